//! What the configuration names beside the repository's own files: an endoflife.date product, as a
//! file or at an address, and OpenEoX documents.
//!
//! The network is touched only here, for an address that the configuration names, and not if the run
//! is offline. What cannot be read is trouble and coverage, never an error.

use std::path::{Component, Path};

use jiff::civil::Date;

use super::{
    Base, Collected, causes,
    kept::{Kept, Of},
};
use crate::{
    config::Config,
    discover::{self, Histories, Refs},
    edge::{
        clock, files,
        git::Git,
        http::{self, Answer},
    },
    escape::without_credentials,
    model::{Claim, Coverage, Covered, DeclaredBy, Origin, Trouble, Weight},
    support::{END_OF_LIFE, LARGEST, OPENEOX, Read, SupportReader},
};

/// The repository, as far as it was read already.
#[derive(Clone, Copy, Debug)]
pub struct Repository<'a> {
    pub git: &'a Git,
    pub refs: &'a Refs,
    pub histories: &'a Histories,
}

/// What one key of the configuration brought.
#[derive(Clone, Debug)]
pub struct Source {
    /// The key, which is the name of its reader.
    pub id: &'static str,
    pub by: DeclaredBy,
    pub claims: Vec<Claim>,
    pub trouble: Vec<Trouble>,
    /// `None`: it was not asked.
    pub coverage: Option<Coverage>,
    /// Of the files that were read.
    paths: Vec<String>,
}

impl Source {
    /// Adds what it says. A file that the configuration names is read where the configuration says,
    /// and what was found at that path in the tree is the same file.
    pub fn join(&self, said: &mut Collected) {
        said.claims.retain(|claim| claim.by != self.by || !self.paths.contains(&claim.origin.path));
        said.claims.extend(self.claims.iter().cloned());
        said.trouble.extend(self.trouble.iter().cloned());
    }
}

/// Reads what `[support]` names, in the place that the policy was read from.
pub async fn sources(
    repository: &Repository<'_>,
    config: &Config,
    base: &Base,
    as_of: Option<Date>,
) -> Vec<Source> {
    if config.support.only.is_some() {
        return Vec::new();
    }
    let mut sources = Vec::new();
    if let Some(place) = &config.sources.endoflife {
        let mut heard = Heard::new(END_OF_LIFE, std::slice::from_ref(place));
        if !config.support.evidence {
            heard.skip();
        } else if place.contains("://") {
            heard.fetch(place, config, as_of).await;
        } else {
            heard.open(place, repository.git, base);
        }
        sources.push(heard.close(DeclaredBy::EndOfLife, repository, config));
    }
    if !config.sources.openeox.is_empty() {
        let mut heard = Heard::new(OPENEOX, &config.sources.openeox);
        if config.support.evidence {
            for place in &config.sources.openeox {
                heard.open(place, repository.git, base);
            }
        } else {
            heard.skip();
        }
        sources.push(heard.close(DeclaredBy::Manifest, repository, config));
    }
    sources
}

/// What was heard so far of one key.
struct Heard {
    reader: &'static dyn SupportReader,
    /// As the configuration names them.
    places: Vec<String>,
    paths: Vec<String>,
    claims: Vec<Claim>,
    trouble: Vec<Trouble>,
    /// How much of each document was heard.
    covered: Vec<Covered>,
}

impl Heard {
    fn new(reader: &'static dyn SupportReader, places: &[String]) -> Self {
        let places = places.to_vec();
        Self {
            reader,
            places,
            paths: Vec::new(),
            claims: Vec::new(),
            trouble: Vec::new(),
            covered: Vec::new(),
        }
    }

    /// Nobody but the configuration is to be heard.
    fn skip(&mut self) {
        let message = format!(
            "`{}` is not heard, since `evidence = false` hears nobody but the configuration",
            self.reader.id()
        );
        self.trouble.push(Trouble::info(message));
    }

    fn fail(&mut self, because: String, hint: &str) {
        self.trouble.push(Trouble::warning(because.clone()).hint(hint));
        self.covered.push(Covered::Failed { because });
    }

    /// Reads a file.
    fn open(&mut self, typed: &str, git: &Git, base: &Base) {
        match bytes(typed, git, base, LARGEST as u64) {
            Ok((bytes, at)) => {
                self.paths.push(at.path.clone());
                let (text, replaced) = text(bytes, &at);
                self.trouble.extend(replaced);
                let read = self.reader.read(&text, &at);
                self.take(read, typed);
            }
            Err(Unread { because, hint }) => {
                self.fail(format!("`{typed}` could not be read: {because}"), &hint);
            }
        }
    }

    /// Gets a document, or its copy.
    async fn fetch(&mut self, address: &str, config: &Config, as_of: Option<Date>) {
        let shown = without_credentials(address);
        let at = Origin { reference: None, path: shown.clone(), row: None };
        let kept = Kept::read(Of { source: END_OF_LIFE.id(), address }, http::LARGEST);
        if config.scan.offline {
            let Some(kept) = kept else {
                let because = format!("`{shown}` is not in the cache, and the run is offline");
                let hint = "run once without --offline to fill the cache, or name a file";
                return self.fail(because, hint);
            };
            self.reuse(&kept, &at, config, as_of, None);
            return;
        }
        let because = match http::get(address, kept.as_ref().and_then(|k| k.tag.as_deref())).await {
            Ok(Answer::Unchanged) => match kept {
                Some(kept) => {
                    let kept = Kept { checked: clock::today(), ..kept };
                    self.keep(&kept, address, &shown);
                    let read = self.reader.read(&text(kept.bytes, &at).0, &at);
                    self.take(read, &shown);
                    return self.say_day(&shown, as_of);
                }
                None => "the server says that it is unchanged, and there is no copy".to_owned(),
            },
            Ok(Answer::Document { bytes, tag, .. }) => {
                let (text, replaced) = text(bytes, &at);
                let read = self.reader.read(&text, &at);
                // A page of a portal or a proxy is no product, and must not cost the copy.
                if kept.is_none() || !read.claims.is_empty() {
                    if replaced.is_none() && !has_warning(&read) && !read.claims.is_empty() {
                        let bytes = text.into_bytes();
                        let kept = Kept { bytes, tag, checked: clock::today() };
                        self.keep(&kept, address, &shown);
                    }
                    self.trouble.extend(replaced);
                    self.take(read, &shown);
                    return self.say_day(&shown, as_of);
                }
                "what came is no product of endoflife.date".to_owned()
            }
            Err(error) => causes(&error),
        };
        match kept {
            Some(kept) => self.reuse(&kept, &at, config, as_of, Some(&because)),
            None => self.fail(
                format!("`{shown}` could not be fetched: {because}"),
                "check the address and the network, or name a file in place of the address",
            ),
        }
    }

    /// Hears a copy, and says how old it is. Like that of a database, its age decides whether it is
    /// still good enough.
    fn reuse(
        &mut self,
        kept: &Kept,
        at: &Origin,
        config: &Config,
        as_of: Option<Date>,
        failure: Option<&str>,
    ) {
        let shown = &at.path;
        let age = kept.checked.until(clock::today()).map_or(0, |span| i64::from(span.get_days()));
        let copy = format!("the copy of {}, {age} days old, was used", kept.checked);
        let most = config.judge.max_database_age;
        let is_old = age > most;
        let trouble =
            match failure {
                Some(failure) => Trouble::warning(format!(
                    "`{shown}` could not be fetched, and {copy}: {failure}"
                ))
                .hint("check the address and the network; --offline uses the copy without asking"),
                None if is_old => Trouble::warning(format!("the run is offline, and {copy}"))
                    .at(at.clone())
                    .hint("run once without --offline to bring it up to date"),
                None => Trouble::info(format!("the run is offline, and {copy}")).at(at.clone()),
            };
        self.trouble.push(trouble);
        if is_old {
            let because = format!("the copy of `{shown}` is {age} days old, more than {most}");
            self.covered.push(Covered::Partial { because });
        }
        let read = self.reader.read(&text(kept.bytes.clone(), at).0, at);
        self.take(read, shown);
        self.say_day(shown, as_of);
    }

    /// Keeps a copy for the next run.
    fn keep(&mut self, kept: &Kept, address: &str, shown: &str) {
        if let Err(error) = kept.write(Of { source: END_OF_LIFE.id(), address }) {
            let message = format!("no copy of `{shown}` could be kept: {error}");
            self.trouble.push(
                Trouble::info(message).hint("set PATCHLINE_CACHE_DIR to a folder of your own"),
            );
        }
    }

    /// Says that an address has no past.
    fn say_day(&mut self, shown: &str, as_of: Option<Date>) {
        if let Some(day) = as_of.filter(|day| *day < clock::today()) {
            let message = format!("`{shown}` is heard as it is today, and not as it was on {day}");
            self.trouble.push(Trouble::info(message));
        }
    }

    /// Takes what a reader made of a document.
    fn take(&mut self, read: Read, shown: &str) {
        let has_warning = has_warning(&read);
        self.covered.push(if read.claims.is_empty() {
            if !has_warning {
                let message = format!("`{shown}` says nothing of any line");
                self.trouble.push(Trouble::warning(message).hint(self.hint()));
            }
            Covered::Failed { because: format!("`{shown}` says nothing of any line") }
        } else if has_warning {
            Covered::Partial { because: format!("`{shown}` could not be read whole") }
        } else {
            Covered::Complete
        });
        self.claims.extend(read.claims);
        self.trouble.extend(read.trouble);
    }

    fn hint(&self) -> String {
        format!("check what `{}` in the configuration names", self.reader.id())
    }

    fn close(mut self, by: DeclaredBy, repository: &Repository<'_>, config: &Config) -> Source {
        let speaks = self.claims.is_empty()
            || discover::speaks_of_lines(
                repository.refs,
                repository.histories,
                &config.support,
                &self.claims,
            );
        // One trouble instead of a contradiction for each version of another product.
        if !speaks {
            self.claims.clear();
            self.covered.clear();
            let shown: Vec<String> =
                self.places.iter().map(|place| without_credentials(place)).collect();
            let because = format!("`{}` names none of this repository's lines", shown.join("`, `"));
            let hint = format!("is it the right product? {}", self.hint());
            self.fail(because, &hint);
        }
        let coverage = covered(&self.covered).map(|covered| Coverage {
            source: self.reader.id().to_owned(),
            at: None,
            covered,
        });
        Source {
            id: self.reader.id(),
            by,
            claims: self.claims,
            trouble: self.trouble,
            coverage,
            paths: self.paths,
        }
    }
}

/// How much of several documents was heard; `None`: there are none.
fn covered(all: &[Covered]) -> Option<Covered> {
    let has_failed = |covered: &Covered| matches!(covered, Covered::Failed { .. });
    let are_all_lost = all.iter().all(has_failed);
    let gaps: Vec<&str> = all.iter().filter_map(Covered::because).collect();
    let because = gaps.join(", ");
    match all.len() {
        0 => None,
        _ if gaps.is_empty() => Some(Covered::Complete),
        _ if are_all_lost => Some(Covered::Failed { because }),
        _ => Some(Covered::Partial { because }),
    }
}

fn has_warning(read: &Read) -> bool {
    read.trouble.iter().any(|trouble| trouble.weight == Weight::Warning)
}

/// The text of a document.
fn text(bytes: Vec<u8>, at: &Origin) -> (String, Option<Trouble>) {
    match String::from_utf8(bytes) {
        Ok(text) => (text, None),
        Err(error) => {
            let message = "it is not UTF-8, and what is not was replaced";
            let text = String::from_utf8_lossy(error.as_bytes()).into_owned();
            (text, Some(Trouble::info(message).at(at.clone())))
        }
    }
}

/// Why a file could not be read, and what to do.
pub(super) struct Unread {
    pub because: String,
    pub hint: String,
}

/// The bytes of a file, and where it was read: a file of the repository by its path there, another
/// one as it is typed.
pub(super) fn bytes(
    typed: &str,
    git: &Git,
    base: &Base,
    largest: u64,
) -> Result<(Vec<u8>, Origin), Unread> {
    let path = Path::new(typed);
    let at = |path: &str, reference: Option<&String>| Origin {
        reference: reference.cloned(),
        path: path.to_owned(),
        row: None,
    };
    if path.is_absolute() {
        let bytes = on_disk(path, largest, "check the path in the configuration")?;
        return Ok((bytes, at(typed, None)));
    }
    let outside = || Unread {
        because: "it lies outside the repository".to_owned(),
        hint: "name a file from the top of the repository, or an absolute path".to_owned(),
    };
    match base {
        Base::Nowhere => Err(outside()),
        Base::Folder(folder) => {
            let hint = "its path starts at the file that --config names";
            Ok((on_disk(&folder.join(path), largest, hint)?, at(typed, None)))
        }
        Base::WorkTree(top) => {
            let inner = inside(path).ok_or_else(outside)?;
            let path = top.join(&inner);
            if !files::is_inside(top, &path).unwrap_or(false) {
                return Err(outside());
            }
            let hint = "its path starts at the top of the repository";
            Ok((on_disk(&path, largest, hint)?, at(&inner, None)))
        }
        Base::Tree { reference, commit } => {
            let inner = inside(path).ok_or_else(outside)?;
            let hint = format!(
                "the policy was read from `{reference}`, so the files that it names are, too: commit \
                 the file there, with its path from the top of the repository"
            );
            match git.file(commit, &inner) {
                Ok(Some(bytes)) => Ok((bytes, at(&inner, Some(reference)))),
                Ok(None) => {
                    Err(Unread { because: format!("there is no such file at `{reference}`"), hint })
                }
                Err(error) => Err(Unread { because: causes(&error), hint }),
            }
        }
    }
}

fn on_disk(path: &Path, largest: u64, hint: &str) -> Result<Vec<u8>, Unread> {
    files::read(path, largest).map_err(|error| Unread {
        because: match error.kind() {
            std::io::ErrorKind::NotFound => "there is no such file".to_owned(),
            _ => error.to_string(),
        },
        hint: hint.to_owned(),
    })
}

/// A path inside the repository, with forward slashes and without dots; `None`: it leads out.
pub(super) fn inside(path: &Path) -> Option<String> {
    let mut parts: Vec<&str> = Vec::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::Normal(part) => parts.push(part.to_str()?),
            Component::ParentDir => {
                parts.pop()?;
            }
            Component::RootDir | Component::Prefix(_) => return None,
        }
    }
    Some(parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_stays_inside_the_repository() {
        for (typed, expected) in [
            ("products/ferry.md", Some("products/ferry.md")),
            ("./products//ferry.md", Some("products/ferry.md")),
            ("docs/../ferry.md", Some("ferry.md")),
            ("../ferry.md", None),
            ("docs/../../ferry.md", None),
        ] {
            assert_eq!(inside(Path::new(typed)).as_deref(), expected, "{typed}");
        }
    }

    #[test]
    fn a_document_of_several_that_is_lost_is_a_gap() {
        let lost = || Covered::Failed { because: "lost".to_owned() };
        let words = |all: Vec<Covered>| covered(&all).map(|covered| covered.as_str());
        assert_eq!(words(vec![]), None);
        assert_eq!(words(vec![Covered::Complete, Covered::Complete]), Some("complete"));
        assert_eq!(words(vec![Covered::Complete, lost()]), Some("partial"));
        assert_eq!(words(vec![lost(), lost()]), Some("failed"));
    }
}
