//! Branches as they were on a day. Git keeps no such record, so a branch is taken back along first
//! parents to the first commit that is not later: that is what it would have shown, unless history
//! was rewritten since.

use std::collections::{BTreeMap, HashMap, HashSet};

use gix::ObjectId;
use jiff::{Timestamp, tz::TimeZone};

use super::{
    commit_id,
    commits::{Commit, shallow},
    object_id,
};
use crate::{
    discover::{RefEntry, Refs},
    model::Trouble,
};

/// More commits than this are not read to take the branches of one repository back.
const MAX_COMMITS: usize = 100_000;
/// So many refs are named in one message.
const MAX_NAMED: usize = 5;
const FETCH: &str = "in GitHub Actions give actions/checkout `fetch-depth: 0`; elsewhere run \
    `git fetch --unshallow`";

/// Takes every branch back to `until`. One that has no commit that old is left out, and so is one
/// that had none of its own, since it was cut from the default branch later.
pub(super) fn branches(repository: &gix::Repository, refs: &mut Refs, until: Timestamp) {
    let is_later =
        |entry: &RefEntry| entry.commit.is_some() && entry.date.is_none_or(|date| date > until);
    let is_branch = |entry: &RefEntry| !entry.name.starts_with("refs/tags/");
    if !refs.entries.iter().any(|entry| is_branch(entry) && is_later(entry)) {
        return;
    }
    let mut history = History::new(repository);
    let default = refs.default_short().map(str::to_owned);
    let is_default = |name: &str| default.as_deref().is_some_and(|short| short_name(name) == short);
    let mut trunk = Trunk::new(&mut history, refs, is_default, until);
    let mut cut: BTreeMap<Cut, Vec<String>> = BTreeMap::new();
    let mut doubtful: Vec<String> = Vec::new();
    refs.entries.retain_mut(|entry| {
        if !is_branch(entry) || !is_later(entry) {
            return true;
        }
        let Some(head) = entry.commit.as_ref().and_then(|commit| object_id(&commit.0)) else {
            return true;
        };
        // It is a name for the default branch, which is listed itself.
        let is_named = !entry.name.ends_with("/HEAD");
        match history.at(head, until) {
            Then::Nothing => return false,
            Then::Cut(why) => {
                (entry.commit, entry.date) = (None, None);
                if is_named {
                    cut.entry(why).or_default().push(entry.name.clone());
                }
            }
            Then::Commit(id, date) => {
                (entry.commit, entry.date) = (Some(commit_id(id)), Some(date));
                if is_default(&entry.name) {
                    return true;
                }
                match trunk.has(&mut history, id) {
                    Some(true) => return false,
                    None if is_named => doubtful.push(entry.name.clone()),
                    Some(false) | None => {}
                }
            }
        }
        true
    });
    let day = until.to_zoned(TimeZone::UTC).date();
    for (why, names) in cut {
        let trouble = match why {
            Cut::Shallow => Trouble::warning(format!(
                "the history of {} in this clone does not reach back to {day}",
                list(&names)
            ))
            .hint(FETCH),
            Cut::Unreadable => Trouble::warning(format!(
                "the history of {} could not be read back to {day}",
                list(&names)
            ))
            .hint("`git fsck` may say more"),
            Cut::Long => Trouble::warning(format!(
                "more than {MAX_COMMITS} commits were made since {day}, and {} could not be taken \
                 back to it",
                list(&names)
            ))
            .hint("give a later day with --as-of"),
        };
        refs.trouble.push(trouble);
    }
    if !doubtful.is_empty() {
        let message = format!(
            "the history at hand does not show whether {} had been made by {day}",
            list(&doubtful)
        );
        refs.trouble.push(Trouble::warning(message).hint(FETCH));
    }
}

/// A few names in backticks.
fn list(names: &[String]) -> String {
    let shown: Vec<String> = names.iter().take(MAX_NAMED).map(|name| format!("`{name}`")).collect();
    match names.len().saturating_sub(MAX_NAMED) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

/// `main` for `refs/heads/main` and `refs/remotes/origin/main`.
fn short_name(name: &str) -> &str {
    let tracked = name.strip_prefix("refs/remotes/").and_then(|rest| rest.split_once('/'));
    tracked.map_or_else(|| name.strip_prefix("refs/heads/").unwrap_or(name), |(_, short)| short)
}

/// What a head was at the moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Then {
    Commit(ObjectId, Timestamp),
    /// It has no commit that old.
    Nothing,
    /// Nobody can tell.
    Cut(Cut),
}

/// Why history ends before its beginning.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Cut {
    /// The clone is shallow.
    Shallow,
    /// An object is missing or broken.
    Unreadable,
    /// [`MAX_COMMITS`] were read.
    Long,
}

/// What is kept of a commit.
#[derive(Clone, Copy)]
struct Step {
    parent: Option<ObjectId>,
    date: Option<Timestamp>,
}

/// First parents, with every commit read once however many branches share it.
struct History<'a> {
    repository: &'a gix::Repository,
    /// Commits whose parents are not in this clone.
    shallow: HashSet<ObjectId>,
    read: HashMap<ObjectId, Step>,
    /// What was found for a later commit.
    then: HashMap<ObjectId, Then>,
    buffer: Vec<u8>,
}

impl<'a> History<'a> {
    fn new(repository: &'a gix::Repository) -> Self {
        Self {
            repository,
            shallow: shallow(repository),
            read: HashMap::new(),
            then: HashMap::new(),
            buffer: Vec::new(),
        }
    }

    fn commit(&mut self, id: ObjectId) -> Result<Step, Cut> {
        if let Some(known) = self.read.get(&id) {
            return Ok(*known);
        }
        if self.read.len() >= MAX_COMMITS {
            return Err(Cut::Long);
        }
        let commit = Commit::read(self.repository, id, &mut self.buffer).ok_or(Cut::Unreadable)?;
        let step = Step { parent: commit.parents.first().copied(), date: commit.date };
        self.read.insert(id, step);
        Ok(step)
    }

    /// The commit before this one; `None`: it is the first of all.
    fn parent(&mut self, id: ObjectId) -> Result<Option<ObjectId>, Cut> {
        let commit = self.commit(id)?;
        if commit.parent.is_some() && self.shallow.contains(&id) {
            return Err(Cut::Shallow);
        }
        Ok(commit.parent)
    }

    /// When a commit was made, if that can be read.
    fn date(&mut self, id: ObjectId) -> Option<Timestamp> {
        self.commit(id).ok()?.date
    }

    /// The first commit along first parents whose date is not after `until`. Dates may be out of
    /// order, and an unreadable one says nothing: such a commit is taken for a later one.
    fn at(&mut self, head: ObjectId, until: Timestamp) -> Then {
        let mut later = Vec::new();
        let mut id = head;
        let then = loop {
            if let Some(known) = self.then.get(&id) {
                break *known;
            }
            let commit = match self.commit(id) {
                Ok(commit) => commit,
                Err(why) => break Then::Cut(why),
            };
            if let Some(date) = commit.date.filter(|date| *date <= until) {
                break Then::Commit(id, date);
            }
            later.push(id);
            match self.parent(id) {
                Ok(Some(parent)) => id = parent,
                Ok(None) => break Then::Nothing,
                Err(why) => break Then::Cut(why),
            }
        };
        self.then.extend(later.into_iter().map(|id| (id, then)));
        then
    }
}

/// The default branch's own first parents, from the day backwards, as far as somebody asked.
struct Trunk {
    seen: HashSet<ObjectId>,
    /// Commits that are not among them.
    aside: HashSet<ObjectId>,
    next: Option<ObjectId>,
    /// It ends before its beginning.
    is_cut: bool,
}

impl Trunk {
    fn new(
        history: &mut History<'_>,
        refs: &Refs,
        is_default: impl Fn(&str) -> bool,
        until: Timestamp,
    ) -> Self {
        // The default branch of the remote, or else a local branch of its name.
        let entry = refs
            .entries
            .iter()
            .find(|entry| Some(&entry.name) == refs.default.as_ref())
            .or_else(|| refs.entries.iter().find(|entry| is_default(&entry.name)));
        let head = entry.and_then(|entry| object_id(&entry.commit.as_ref()?.0));
        let then = head.map_or(Then::Nothing, |head| history.at(head, until));
        let next = match then {
            Then::Commit(id, _) => Some(id),
            Then::Nothing | Then::Cut(_) => None,
        };
        let is_cut = matches!(then, Then::Cut(_));
        Self { seen: HashSet::new(), aside: HashSet::new(), next, is_cut }
    }

    /// True if `commit` is one of the trunk's; `None`: the history at hand does not show it.
    ///
    /// Two chains of first parents never part again once they have met. So both are followed, the
    /// newer end first, until the trunk comes to `commit`, or the other chain to the trunk below
    /// it. Dates only keep that short: the answer does not depend on them.
    fn has(&mut self, history: &mut History<'_>, commit: ObjectId) -> Option<bool> {
        let mut passed = Vec::new();
        let mut other = Some(commit);
        let has = loop {
            if self.seen.contains(&commit) {
                break Some(true);
            }
            let has_met = |id| self.seen.contains(&id) || self.aside.contains(&id);
            let is_all_known = self.next.is_none() && !self.is_cut;
            if is_all_known || other.is_some_and(has_met) {
                break Some(false);
            }
            match (self.next, other) {
                (Some(next), Some(id)) if history.date(next) < history.date(id) => {
                    passed.push(id);
                    other = history.parent(id).ok().flatten();
                }
                (Some(next), _) => {
                    self.seen.insert(next);
                    let parent = history.parent(next);
                    self.is_cut = parent.is_err();
                    self.next = parent.ok().flatten();
                }
                (None, Some(id)) if !self.seen.is_empty() => {
                    passed.push(id);
                    other = history.parent(id).ok().flatten();
                }
                (None, _) => break None,
            }
        };
        if has == Some(false) {
            self.aside.extend(passed);
        }
        has
    }
}
