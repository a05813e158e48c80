//! The refs of a remote as it lists them. Their commits are known before their objects are here.

use std::collections::BTreeSet;

use gix::{ObjectId, bstr::ByteSlice as _};
use jiff::Timestamp;

use super::{Git, commit_date, commit_id, object_id, replay};
use crate::{
    discover::{RefEntry, Refs},
    model::{CommitId, Trouble},
};

/// A branch or a tag of a remote.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Listed {
    /// The full name there, `refs/heads/main`.
    pub name: String,
    /// What it leads to at once: an annotated tag, or the commit itself.
    pub object: String,
    /// The commit that it leads to in the end.
    pub commit: CommitId,
    /// The tagger date of an annotated tag, else the committer date, if the remote told it.
    pub date: Option<Timestamp>,
}

/// All branches and tags of a remote.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Listing {
    /// Sorted by name.
    pub refs: Vec<Listed>,
    /// The full name of the default branch there.
    pub default: Option<String>,
    pub trouble: Vec<Trouble>,
}

impl Listing {
    /// Takes a ref of a remote whose name is fit to be one.
    pub(super) fn add(&mut self, name: &[u8], object: ObjectId, commit: ObjectId) {
        let is_branch_or_tag = name.starts_with(b"refs/heads/") || name.starts_with(b"refs/tags/");
        if !is_branch_or_tag {
            return;
        }
        let Ok(text) = name.to_str() else {
            let shown = name.to_str_lossy();
            let message = format!("the ref `{shown}` is not UTF-8 and was left out");
            self.trouble.push(Trouble::info(message));
            return;
        };
        if !is_ref_name(text) {
            let message = format!("the remote lists `{text}`, which is no name for a ref");
            self.trouble.push(Trouble::warning(message).hint("`git fsck` there may say more"));
            return;
        }
        self.refs.push(Listed {
            name: text.to_owned(),
            object: object.to_string(),
            commit: commit_id(commit),
            date: None,
        });
    }

    /// Takes a ref that somebody lists by texts.
    pub fn list(&mut self, name: &str, object: &str, commit: &str, date: Option<Timestamp>) {
        let (Some(object), Some(commit)) = (object_id(object), object_id(commit)) else { return };
        let known = self.refs.len();
        self.add(name.as_bytes(), object, commit);
        if let Some(added) = self.refs.get_mut(known) {
            added.date = date;
        }
    }

    /// The ids under which a remote gives a commit: those of the tags which lead to it, so that they
    /// come, too.
    pub fn objects_of(&self, commit: &CommitId) -> BTreeSet<String> {
        let refs = self.refs.iter().filter(|listed| listed.commit == *commit);
        let tags = refs.map(|listed| &listed.object).filter(|object| **object != commit.0);
        let mut objects: BTreeSet<String> = tags.cloned().collect();
        if objects.is_empty() {
            objects.insert(commit.0.clone());
        }
        objects
    }
}

/// True of a full name that git would take.
pub(super) fn is_ref_name(name: &str) -> bool {
    gix::refs::FullName::try_from(name).is_ok()
}

impl Git {
    /// The refs of a repository as they are with those of its main remote: what it has of that
    /// remote's branches and tags is what was listed. `remote` is `None` where nothing but the remote
    /// is at hand, so that its branches go by their own names, as in a bare clone.
    pub fn listed(
        &self,
        listing: &Listing,
        own: &Refs,
        remote: Option<&str>,
        until: Option<Timestamp>,
        default: Option<&str>,
    ) -> Refs {
        let objects = self.objects();
        let tracked =
            remote.map_or("refs/heads/".to_owned(), |name| format!("refs/remotes/{name}/"));
        let name_of = |listed: &str| match listed.strip_prefix("refs/heads/") {
            Some(short) => format!("{tracked}{short}"),
            None => listed.to_owned(),
        };
        let mut entries: Vec<RefEntry> = Vec::new();
        for listed in &listing.refs {
            let Some(date) = date_of(&objects, listed) else { continue };
            let is_tag = listed.name.starts_with("refs/tags/");
            if is_tag && until.is_some_and(|until| date.is_some_and(|date| date > until)) {
                continue;
            }
            let commit = Some(listed.commit.clone());
            entries.push(RefEntry { name: name_of(&listed.name), commit, date });
        }
        let names: BTreeSet<String> = entries.iter().map(|entry| entry.name.clone()).collect();
        let is_kept =
            |entry: &&RefEntry| !entry.name.starts_with(&tracked) && !names.contains(&entry.name);
        entries.extend(own.entries.iter().filter(is_kept).cloned());
        entries.sort();
        let default = default.map(|short| format!("refs/heads/{short}"));
        let default = default.or_else(|| listing.default.clone());
        let mut refs = Refs {
            entries,
            default: default.map(|name| name_of(&name)).or_else(|| own.default.clone()),
            trouble: own.trouble.iter().chain(&listing.trouble).cloned().collect(),
            ..Refs::default()
        };
        if let Some(until) = until {
            replay::branches(&objects, &mut refs, until);
        }
        refs
    }

    /// True if there is an object of this id.
    pub fn has_object(&self, id: &str) -> bool {
        object_id(id).is_some_and(|id| self.objects().has_object(id))
    }
}

/// The date of a ref, as far as it is known. `None`: what it leads to is here, and is no commit.
#[expect(clippy::option_option, reason = "what is no commit has no date that could be unknown")]
fn date_of(objects: &gix::Repository, listed: &Listed) -> Option<Option<Timestamp>> {
    let tagger = object_id(&listed.object)
        .filter(|_| listed.object != listed.commit.0)
        .and_then(|id| objects.find_object(id).ok())
        .and_then(|object| object.try_into_tag().ok())
        .and_then(|tag| Some(tag.tagger().ok()??.time().ok()?.seconds))
        .and_then(|seconds| Timestamp::from_second(seconds).ok());
    let object = object_id(&listed.commit.0).and_then(|id| objects.find_object(id).ok());
    let Some(object) = object else { return Some(tagger.or(listed.date)) };
    let commit = object.try_into_commit().ok()?;
    Some(tagger.or_else(|| commit_date(&commit)))
}
