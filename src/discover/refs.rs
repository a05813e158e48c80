//! Refs as git lists them, brought to one branch per name.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::name::VersionName;
use crate::model::{CommitId, Trouble};

/// One ref of a repository.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct RefEntry {
    /// The full name, `refs/heads/main`.
    pub name: String,
    /// The commit that it leads to; `None`: this clone does not have that object.
    pub commit: Option<CommitId>,
    /// The tagger date of an annotated tag, else the committer date.
    pub date: Option<Timestamp>,
}

/// All refs of a repository.
#[derive(Clone, Debug, Default)]
pub struct Refs {
    /// Sorted by name.
    pub entries: Vec<RefEntry>,
    /// The full name of the default branch.
    pub default: Option<String>,
    /// Some history is not in this clone.
    pub shallow: bool,
    /// Some branches of the project are not in this clone: it is shallow, or it fetches only some.
    pub partial: bool,
    /// The main remote is set up to bring no tags.
    pub without_tags: bool,
    pub trouble: Vec<Trouble>,
}

/// A branch or tag whose name reads as a version.
#[derive(Clone, Debug)]
pub(super) struct Versioned {
    pub named: Named,
    pub version: VersionName,
}

/// A branch or tag by its short name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Named {
    /// Without `refs/heads/` or `refs/remotes/origin/`.
    pub short: String,
    pub reference: String,
    pub commit: Option<CommitId>,
    pub date: Option<Timestamp>,
}

impl Refs {
    /// Every commit that a tag leads to.
    pub fn tagged_commits(&self) -> BTreeSet<CommitId> {
        let tags = self.entries.iter().filter(|entry| entry.name.starts_with("refs/tags/"));
        tags.filter_map(|entry| entry.commit.clone()).collect()
    }

    /// The commits of branches of which there are two copies that differ.
    pub(super) fn rivals(&self) -> Vec<CommitId> {
        let local = |entry: &RefEntry| {
            let short = entry.name.strip_prefix("refs/heads/")?;
            Some((short.to_owned(), entry.commit.clone()))
        };
        let locals: BTreeMap<String, Option<CommitId>> =
            self.entries.iter().filter_map(local).collect();
        let is_rival = |entry: &&RefEntry| {
            let tracked = entry.name.strip_prefix("refs/remotes/");
            let short = tracked.and_then(|rest| rest.split_once('/')).map(|(_, short)| short);
            short.and_then(|short| locals.get(short)).is_some_and(|own| *own != entry.commit)
        };
        self.entries.iter().filter(is_rival).filter_map(|entry| entry.commit.clone()).collect()
    }

    /// Tags by short name, sorted.
    pub(super) fn tags(&self) -> Vec<Named> {
        self.entries
            .iter()
            .filter_map(|entry| Some(named(entry, entry.name.strip_prefix("refs/tags/")?)))
            .collect()
    }

    /// One branch per short name. A local branch and its remote-tracking twin are one branch: the
    /// one with the newer commit stands, since a stale copy of a fixed branch and an unpushed fix
    /// both mislead, and the report names the ref that was read.
    pub(super) fn branches(&self, remote: Option<&str>) -> (Vec<Named>, Vec<Trouble>) {
        let mut trouble = Vec::new();
        let mut branches: BTreeMap<String, Named> = BTreeMap::new();
        let remote = remote.map(str::to_owned).or_else(|| self.main_remote().map(|(name, _)| name));
        if let Some(remote) = &remote {
            let prefix = format!("refs/remotes/{remote}/");
            for entry in &self.entries {
                if let Some(short) = entry.name.strip_prefix(&prefix).filter(|s| *s != "HEAD") {
                    branches.insert(short.to_owned(), named(entry, short));
                }
            }
        }
        for entry in &self.entries {
            let Some(short) = entry.name.strip_prefix("refs/heads/") else { continue };
            let local = named(entry, short);
            match branches.get(short) {
                Some(tracked) if tracked.commit != local.commit => {
                    let takes_local = local.date > tracked.date;
                    let (taken, left) =
                        if takes_local { (&local, tracked) } else { (tracked, &local) };
                    trouble.push(
                        Trouble::info(format!(
                            "`{}` and `{}` differ; the newer one, `{}`, was taken",
                            local.reference, tracked.reference, taken.reference
                        ))
                        .hint(format!("bring `{}` up to date to silence this", left.reference)),
                    );
                    if takes_local {
                        branches.insert(short.to_owned(), local);
                    }
                }
                Some(_) => {}
                None => {
                    branches.insert(short.to_owned(), local);
                }
            }
        }
        (branches.into_values().collect(), trouble)
    }

    /// True if there is a branch of this short name, here or on a remote.
    pub(super) fn has_branch(&self, short: &str) -> bool {
        self.entries.iter().any(|entry| {
            let name = entry.name.strip_prefix("refs/heads/").or_else(|| {
                entry.name.strip_prefix("refs/remotes/")?.split_once('/').map(|(_, name)| name)
            });
            name == Some(short)
        })
    }

    /// The remote that was taken although others would fit as well.
    pub(super) fn guessed_remote(&self) -> Option<String> {
        self.main_remote().and_then(|(name, is_certain)| (!is_certain).then_some(name))
    }

    /// The remote whose branches are this project's (`origin`, else the only one, else the first by
    /// name) and whether that is beyond doubt.
    fn main_remote(&self) -> Option<(String, bool)> {
        let branches = self.entries.iter().filter_map(|e| e.name.strip_prefix("refs/remotes/"));
        let mut remotes: Vec<&str> =
            branches.filter_map(|name| name.split('/').next()).filter(|r| *r != "pull").collect();
        remotes.dedup();
        if remotes.contains(&"origin") {
            return Some(("origin".to_owned(), true));
        }
        remotes.first().map(|name| ((*name).to_owned(), remotes.len() == 1))
    }

    /// The default branch by its short name.
    pub fn default_short(&self) -> Option<&str> {
        let full = self.default.as_deref()?;
        full.strip_prefix("refs/heads/").or_else(|| {
            full.strip_prefix("refs/remotes/").and_then(|rest| rest.split_once('/')).map(|(_, s)| s)
        })
    }
}

fn named(entry: &RefEntry, short: &str) -> Named {
    Named {
        short: short.to_owned(),
        reference: entry.name.clone(),
        commit: entry.commit.clone(),
        date: entry.date,
    }
}
