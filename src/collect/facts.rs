//! What is known of attacks, from the files and addresses that `[facts]` names.
//!
//! Nothing is fetched that the configuration does not name, and nothing offline. Whatever cannot be
//! read is trouble and coverage: a list that is lost or old never says that nobody attacks.

use std::collections::BTreeSet;

use jiff::civil::Date;

use super::{
    Base, causes,
    kept::{Kept, Of},
    sources::{Unread, bytes},
};
use crate::{
    advise::{epss, kev},
    config::Config,
    edge::{
        clock,
        git::Git,
        http::{Answer, Client, Patience, Request},
    },
    escape::without_credentials,
    model::{Coverage, Covered, Stamp, ThreatFacts, Trouble},
};

/// CISA's catalogue has two megabytes, and EPSS ten without gzip.
const LARGEST: usize = 64 * 1024 * 1024;

/// What was found.
#[derive(Clone, Debug, Default)]
pub struct Threats {
    pub facts: ThreatFacts,
    /// One for each list that the configuration names.
    pub coverage: Vec<Coverage>,
    pub trouble: Vec<Trouble>,
}

/// The ids that such lists speak of, of everything that was found: CVE ids in capitals.
pub fn wanted(names: &BTreeSet<String>) -> BTreeSet<String> {
    names.iter().filter(|id| id.starts_with("CVE-")).cloned().collect()
}

/// What one list says, whatever its format.
struct List {
    id: &'static str,
    entries: usize,
    revision: Option<String>,
    date: Option<Date>,
    gaps: Vec<String>,
}

/// Reads what `[facts]` names, and keeps what is said of the `wanted`: CVE ids in capitals. `base` is
/// where the files of the policy lie.
pub async fn threats(
    git: &Git,
    base: &Base,
    config: &Config,
    wanted: &BTreeSet<String>,
    today: Date,
) -> Threats {
    let mut threats = Threats::default();
    if let Some(place) = &config.facts.kev {
        let mut read = |bytes: &[u8]| {
            let read = kev::read(bytes, wanted);
            let list = List {
                id: kev::ID,
                entries: read.entries,
                revision: read.version,
                date: read.released,
                gaps: read.gaps,
            };
            (list, read.exploited)
        };
        let source = Source { id: kev::ID, place, config, today };
        let found = source.load(&mut threats, git, base, &mut read).await;
        threats.facts.kev = found.unwrap_or_default();
    }
    if let Some(place) = &config.facts.epss {
        let mut read = |bytes: &[u8]| {
            let read = epss::read(bytes, wanted);
            let list = List {
                id: epss::ID,
                entries: read.rows,
                revision: read.model,
                date: read.on,
                gaps: read.gaps,
            };
            (list, read.scores)
        };
        let source = Source { id: epss::ID, place, config, today };
        let found = source.load(&mut threats, git, base, &mut read).await;
        threats.facts.epss = found.unwrap_or_default();
    }
    threats
}

/// A key of `[facts]`.
#[derive(Clone, Copy)]
struct Source<'a> {
    id: &'static str,
    place: &'a str,
    config: &'a Config,
    today: Date,
}

impl Source<'_> {
    /// Finds the list, has it read and says how good it is.
    async fn load<T>(
        self,
        threats: &mut Threats,
        git: &Git,
        base: &Base,
        read: &mut impl FnMut(&[u8]) -> (List, T),
    ) -> Option<T> {
        let found = if self.place.contains("://") {
            self.fetch(threats, read).await
        } else {
            bytes(self.place, git, base, LARGEST as u64).map(|(bytes, at)| (read(&bytes), at.path))
        };
        let id = self.id;
        let shown = without_credentials(self.place);
        let mut cover = |covered| {
            threats.coverage.push(Coverage { source: id.to_owned(), at: None, covered });
        };
        let (list, facts, from) = match found {
            Ok(((list, facts), from)) if list.entries > 0 => (list, facts, from),
            Ok(((list, _), _)) => {
                let why = list.gaps.first().cloned();
                let why = why.unwrap_or_else(|| "it has no entries".to_owned());
                let because = format!("`{shown}` is no {id} list: {why}");
                let hint = format!("check what `{id}` in [facts] names");
                threats.trouble.push(Trouble::warning(because.clone()).hint(hint));
                cover(Covered::Failed { because });
                return None;
            }
            Err(Unread { because, hint }) => {
                let because = format!("`{shown}` could not be read: {because}");
                threats.trouble.push(Trouble::warning(because.clone()).hint(hint));
                cover(Covered::Failed { because });
                return None;
            }
        };
        let mut gaps: Vec<(String, String)> = list
            .gaps
            .iter()
            .map(|gap| {
                let hint = format!("get the {id} list anew; if it stays, tell its publishers");
                (format!("`{shown}` could not be read whole: {gap}"), hint)
            })
            .collect();
        gaps.extend(self.too_old(&list, threats));
        for (because, hint) in &gaps {
            threats.trouble.push(Trouble::warning(because.clone()).hint(hint));
        }
        let because: Vec<String> = gaps.into_iter().map(|(because, _)| because).collect();
        let covered = if because.is_empty() {
            Covered::Complete
        } else {
            Covered::Partial { because: because.join(", ") }
        };
        threats.coverage.push(Coverage { source: id.to_owned(), at: None, covered });
        threats.facts.stamps.push(Stamp {
            id: list.id.to_owned(),
            from,
            revision: list.revision,
            date: list.date,
        });
        Some(facts)
    }

    /// Why a list is too old, and what to do.
    fn too_old(self, list: &List, threats: &mut Threats) -> Option<(String, String)> {
        let id = self.id;
        let most = self.config.judge.max_database_age;
        let hint = "update it, or raise `scan.max-database-age` in patchline.toml".to_owned();
        let Some(date) = list.date else {
            return Some((format!("nothing says how old the {id} list is"), hint));
        };
        let age = self.today.since(date).map_or(0, |span| i64::from(span.get_days()));
        if age < 0 {
            let message = format!("the {id} list is from after the day of this report");
            threats.trouble.push(Trouble::info(message));
        }
        (age > most).then(|| (format!("the {id} list is {age} days old, more than {most}"), hint))
    }

    /// Gets the list, or its copy.
    async fn fetch<T>(
        self,
        threats: &mut Threats,
        read: &mut impl FnMut(&[u8]) -> (List, T),
    ) -> Result<((List, T), String), Unread> {
        let shown = without_credentials(self.place);
        let of = Of { source: self.id, address: self.place };
        let kept = Kept::read(of, LARGEST);
        let copy = |kept: &Kept| format!("the copy of {} was used", kept.checked);
        if self.config.scan.offline {
            let kept = kept.ok_or_else(|| Unread {
                because: "it is not in the cache, and the run is offline".to_owned(),
                hint: "run once without --offline to fill the cache, or name a file".to_owned(),
            })?;
            let message = format!("the run is offline, and of `{shown}` {}", copy(&kept));
            threats.trouble.push(Trouble::info(message));
            return Ok((read(&kept.bytes), shown));
        }
        let because = match self.get(kept.as_ref()).await {
            Ok(new) => {
                let found = read(&new.bytes);
                let is_whole = found.0.entries > 0 && found.0.gaps.is_empty();
                // A page of a portal or a proxy is no list, and must not cost the copy.
                if is_whole || kept.is_none() {
                    if let Some(error) = is_whole.then(|| new.write(of).err()).flatten() {
                        let message = format!("no copy of `{shown}` could be kept: {error}");
                        let hint = "set PATCHLINE_CACHE_DIR to a folder of your own";
                        threats.trouble.push(Trouble::info(message).hint(hint));
                    }
                    return Ok((found, shown));
                }
                format!("what came is no whole {} list", self.id)
            }
            Err(because) => because,
        };
        let hint = "check the address and the network, or name a file in place of the address";
        let Some(kept) = kept else { return Err(Unread { because, hint: hint.to_owned() }) };
        let message = format!("`{shown}` could not be fetched, and {}: {because}", copy(&kept));
        threats.trouble.push(Trouble::warning(message).hint(hint));
        Ok((read(&kept.bytes), shown))
    }

    /// What the server has today.
    async fn get(self, kept: Option<&Kept>) -> Result<Kept, String> {
        let request = Request {
            tag: kept.and_then(|kept| kept.tag.as_deref()),
            largest: LARGEST,
            ..Request::of(self.place)
        };
        let client = Client::new(self.place, None, Patience::STANDARD);
        let mut client = client.map_err(|error| causes(&error))?;
        let checked = clock::today();
        match client.ask(&request).await.map_err(|error| causes(&error))? {
            Answer::Document { bytes, tag, .. } => Ok(Kept { bytes, tag, checked }),
            Answer::Unchanged => match kept {
                Some(kept) => Ok(Kept { checked, ..kept.clone() }),
                None => {
                    Err("the server says that it is unchanged, and there is no copy".to_owned())
                }
            },
        }
    }
}
