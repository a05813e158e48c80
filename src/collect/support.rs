//! What the repository's files say about support: each is found in its tree, read once and handed to
//! its reader. A file that cannot be read is trouble and coverage, never an error.

use std::collections::{BTreeSet, HashMap};

use crate::{
    discover::{self, Histories, Refs},
    edge::git::{Blobs, Found, Git, Walked},
    model::{
        About, BlobId, Claim, CommitId, Coverage, Covered, DeclaredBy, Origin, Trouble, Weight,
    },
    support::{self, LARGEST, LONGEST_HEAD, Read, SupportReader},
};

/// More statements than this are not read.
const MOST_FILES: usize = 400;
/// Nor more bytes than this in all.
const MOST_BYTES: u64 = 16 * 1024 * 1024;
/// A byte order mark, which is no part of the text.
const BOM: char = '\u{feff}';

/// Who reads the file at a path, such as [`support::reader_of`].
pub type Readers = fn(&str) -> Option<&'static dyn SupportReader>;

/// What files said, and what could not be heard.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Collected {
    /// File by file, in the order of each.
    pub claims: Vec<Claim>,
    /// Of the source `support`.
    pub coverage: Vec<Coverage>,
    pub trouble: Vec<Trouble>,
}

impl Collected {
    fn cover(&mut self, covered: Covered) {
        let source = "support".to_owned();
        self.coverage.push(Coverage { source, at: None, covered });
    }

    fn fail(&mut self, because: String) {
        self.trouble.push(Trouble::warning(because.clone()));
        self.cover(Covered::Failed { because });
    }

    fn add(&mut self, other: Self) {
        self.claims.extend(other.claims);
        self.coverage.extend(other.coverage);
        self.trouble.extend(other.trouble);
    }

    /// Takes what one file said, and gives what of it could not be heard.
    fn hear(&mut self, said: Said) -> Option<String> {
        self.claims.extend(said.claims);
        self.trouble.extend(said.trouble);
        said.gap
    }

    /// One statement per thing that is missing, or that all was read.
    fn close(&mut self, gaps: &[String]) {
        if gaps.is_empty() {
            self.cover(Covered::Complete);
        } else {
            self.cover(Covered::Partial { because: gaps.join(", ") });
        }
        self.trouble.sort();
        self.trouble.dedup();
    }
}

/// Where a line's own branch says how long it is supported.
pub(super) const ON_LINES: [&str; 2] = ["CHANGELOG.md", "CHANGES.md"];
/// Where an older line keeps the policy of its time.
pub(super) const OF_THEIR_TIME: [&str; 5] =
    ["RELEASE.md", "RELEASES.md", "SECURITY.md", ".github/SECURITY.md", "SUPPORT.md"];
/// The newest lines are asked; what is said on the others is history.
pub(super) const MOST_LINES: usize = 40;

/// Everything that the repository's files say about its own lines.
pub fn said(git: &Git, refs: &Refs, histories: &Histories, policy: &discover::Policy) -> Collected {
    if !policy.evidence || policy.only.is_some() {
        return Collected::default();
    }
    let readers = support::reader_of;
    let names = names(git, refs, policy);
    let mut all = support(git, refs, readers);
    support::keep_own(&mut all.claims, &names);
    let mut heads = discover::line_heads(refs, histories, policy);
    if heads.len() > MOST_LINES {
        let message =
            format!("only the newest {MOST_LINES} branches of lines were asked for a date");
        all.trouble.push(Trouble::info(message));
        heads.truncate(MOST_LINES);
    }
    let dated = on_lines(git, &heads, &ON_LINES, readers);
    let is_dated = |reference: &String| {
        dated.claims.iter().any(|claim| claim.origin.reference.as_ref() == Some(reference))
    };
    // Where lines say it themselves, one that does not is still under the policy that it carries,
    // unless there is one for all.
    let has_policy = all.claims.iter().any(|claim| matches!(claim.about, About::Rule(_)));
    if !has_policy && heads.iter().any(|(reference, _)| is_dated(reference)) {
        let rest: Vec<(String, CommitId)> =
            heads.iter().filter(|(reference, _)| !is_dated(reference)).cloned().collect();
        let mut kept = on_lines(git, &rest, &OF_THEIR_TIME, readers);
        // Only the rule: a table on a branch is a copy from the day it was cut.
        kept.claims.retain(|claim| {
            claim.by == DeclaredBy::Prose && matches!(claim.about, About::Rule(_) | About::Others)
        });
        all.add(kept);
    }
    all.add(dated);
    support::keep_own(&mut all.claims, &names);
    all
}

/// The names that the project goes by, whole: `rust-ferry` is not Rust, and an owner or a folder is
/// no name at all.
fn names(git: &Git, refs: &Refs, policy: &discover::Policy) -> BTreeSet<String> {
    let address = git.address().unwrap_or_default();
    let last = address.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
    let mut names = vec![last.trim_end_matches(".git").to_owned()];
    names.extend(discover::products(refs, policy));
    let default = refs.default.as_ref();
    let commit = default.and_then(|name| refs.entries.iter().find(|entry| entry.name == *name));
    if let Some(commit) = commit.and_then(|entry| entry.commit.as_ref()) {
        let readme =
            ["README.md", "README.rst"].iter().find_map(|path| git.file(commit, path).ok()?);
        let readme = readme.map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
        let title = readme.as_deref().and_then(support::title).unwrap_or_default();
        let first = title.split_whitespace().next().unwrap_or_default();
        names.extend(first.split(|c: char| !(c.is_alphanumeric() || c == '.')).map(str::to_owned));
    }
    names.into_iter().map(|name| name.to_lowercase()).filter(|name| !name.is_empty()).collect()
}

/// What the files of the default branch say: it speaks for all lines, and what a line's own branch
/// says of the others is a copy from the day it was cut.
pub fn support(git: &Git, refs: &Refs, readers: Readers) -> Collected {
    let mut collected = Collected::default();
    let Some(reference) = &refs.default else {
        collected.fail("it is not known which branch is the default one".to_owned());
        return collected;
    };
    let entry = refs.entries.iter().find(|entry| entry.name == *reference);
    let Some(commit) = entry.and_then(|entry| entry.commit.as_ref()) else {
        collected.fail(format!("this clone does not have the commit of `{reference}`"));
        return collected;
    };
    let wants = |path: &str| readers(path).is_some();
    let mut walked = match git.statements(commit, &wants, &support::enters) {
        Ok(walked) => walked,
        Err(error) => {
            collected.fail(format!("`{reference}`: {error}"));
            return collected;
        }
    };
    // What stands nearest to the root speaks for the project.
    walked.files.sort_by_cached_key(|file| (file.path.matches('/').count(), file.path.clone()));
    let mut gaps = skipped(&walked, reference, &mut collected.trouble);
    let mut statements = Statements::new(git, readers);
    let mut bytes = 0;
    for (number, file) in walked.files.iter().enumerate() {
        let size = statements.blobs.size(&file.blob).unwrap_or(0);
        bytes += size.min(heard(readers, &file.path));
        if number >= MOST_FILES || bytes > MOST_BYTES {
            let because = format!(
                "`{reference}` has {} files that may speak of support, and only {number} were read",
                walked.files.len()
            );
            collected.trouble.push(Trouble::warning(because.clone()));
            gaps.push(because);
            break;
        }
        gaps.extend(collected.hear(statements.read(reference, file)));
    }
    collected.close(&gaps);
    collected
}

/// What the files at `paths` say on the branches of lines, each about its own line. Heads are full
/// refs and their commits; a file that several heads share is read once.
pub fn on_lines(
    git: &Git,
    heads: &[(String, CommitId)],
    paths: &[&str],
    readers: Readers,
) -> Collected {
    let mut collected = Collected::default();
    let wants = |path: &str| paths.contains(&path) && readers(path).is_some();
    let leads_there = |folder: &str| {
        paths.iter().any(|path| path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/')))
    };
    let mut statements = Statements::new(git, readers);
    let mut gaps = Vec::new();
    for (reference, commit) in heads {
        let walked = match git.statements(commit, &wants, &leads_there) {
            Ok(walked) => walked,
            Err(error) => {
                let because = format!("`{reference}`: {error}");
                collected.trouble.push(Trouble::warning(because.clone()));
                gaps.push(because);
                continue;
            }
        };
        gaps.extend(skipped(&walked, reference, &mut collected.trouble));
        for file in &walked.files {
            gaps.extend(collected.hear(statements.read(reference, file)));
        }
    }
    collected.close(&gaps);
    collected
}

/// How many bytes of a file are listened to at most.
fn heard(readers: Readers, path: &str) -> u64 {
    let is_head_only = readers(path).is_some_and(SupportReader::reads_head_only);
    (if is_head_only { LONGEST_HEAD } else { LARGEST }) as u64
}

/// What was not followed.
fn skipped(walked: &Walked, reference: &str, trouble: &mut Vec<Trouble>) -> Vec<String> {
    let mut gaps = Vec::new();
    for skipped in &walked.skipped {
        let message = format!("`{}` {}", skipped.path, skipped.why);
        if skipped.is_gap {
            let at = origin(reference, &skipped.path);
            trouble.push(Trouble::warning(message.clone()).at(at));
            gaps.push(message);
        } else {
            trouble.push(Trouble::info(message));
        }
    }
    gaps
}

/// What one file says.
#[derive(Clone, Default)]
struct Said {
    claims: Vec<Claim>,
    trouble: Vec<Trouble>,
    /// Set if it could not be read.
    gap: Option<String>,
}

impl Said {
    /// The same file on another branch.
    fn on(mut self, reference: &str) -> Self {
        let origins = self.claims.iter_mut().map(|claim| &mut claim.origin);
        let troubles = self.trouble.iter_mut().filter_map(|trouble| trouble.origin.as_mut());
        for origin in origins.chain(troubles) {
            origin.reference = Some(reference.to_owned());
        }
        self
    }
}

/// Reads statements, each once.
struct Statements {
    blobs: Blobs,
    readers: Readers,
    known: HashMap<(BlobId, String), Said>,
}

impl Statements {
    fn new(git: &Git, readers: Readers) -> Self {
        Self { blobs: git.blobs(), readers, known: HashMap::new() }
    }

    fn read(&mut self, reference: &str, file: &Found) -> Said {
        // By path as well, since that decides who reads it.
        let key = (file.blob.clone(), file.path.clone());
        if let Some(known) = self.known.get(&key) {
            return known.clone().on(reference);
        }
        let said = self.say(reference, file);
        self.known.insert(key, said.clone());
        said
    }

    fn say(&self, reference: &str, file: &Found) -> Said {
        let at = origin(reference, &file.path);
        let Some(reader) = (self.readers)(&file.path) else { return Said::default() };
        let size = self.blobs.size(&file.blob);
        let is_too_large = |size: &u64| *size > LARGEST as u64 && !reader.reads_head_only();
        if let Some(size) = size.ok().filter(is_too_large) {
            let message = format!(
                "it has {size} bytes, which is too much for a statement about support, and was not \
                 read"
            );
            let gap = reader.may_decide().then(|| format!("`{}` is too large", file.path));
            let trouble = vec![Trouble::warning(message).at(at)];
            return Said { trouble, gap, ..Said::default() };
        }
        let bytes = match self.blobs.read(&file.blob) {
            Ok(mut bytes) => {
                bytes.truncate(LARGEST);
                bytes
            }
            Err(error) => {
                let trouble = vec![Trouble::warning(error.to_string()).at(at)];
                let gap = Some(format!("`{}` could not be read", file.path));
                return Said { trouble, gap, ..Said::default() };
            }
        };
        let mut trouble = Vec::new();
        let text = String::from_utf8(bytes).unwrap_or_else(|error| {
            let message = "it is not UTF-8, and what is not was replaced";
            trouble.push(Trouble::info(message).at(at.clone()));
            String::from_utf8_lossy(error.as_bytes()).into_owned()
        });
        let text = text.strip_prefix(BOM).unwrap_or(&text);
        let Read { claims, trouble: found } = reader.read(text, &at);
        // What may decide about lines and was read in part is a gap, as it is for sources.
        let is_part = found.iter().any(|trouble| trouble.weight == Weight::Warning);
        let gap = (is_part && reader.may_decide())
            .then(|| format!("`{}` was read in part only", file.path));
        trouble.extend(found);
        Said { claims, trouble, gap }
    }
}

fn origin(reference: &str, path: &str) -> Origin {
    Origin { reference: Some(reference.to_owned()), path: path.to_owned(), row: None }
}
