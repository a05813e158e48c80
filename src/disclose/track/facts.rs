//! What git says, before anybody concludes anything from it.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    graph::{Graph, Node},
    mark::Mark,
    story::Role,
    touch::Touched,
};
use crate::{
    disclose::{Record, record::LineRow},
    model::{CommitId, Release, ReleaseLine},
};

/// Everything that is known of commits.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    pub graph: Graph,
    /// What messages say, of commits that say something.
    pub marks: BTreeMap<Node, Vec<Mark>>,
    /// What each name in the record leads to.
    pub named: BTreeMap<String, Named>,
    /// What commits change, of those whose words are weighed.
    pub touched: BTreeMap<Node, Touched>,
    /// What became of a commit's change at a tip that has it in its history, where that can be told.
    pub contents: BTreeMap<(Node, Node), Content>,
    pub patches: Patches,
}

/// What became of a change in the files that say the most of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Content {
    /// They are as the commit left them.
    Whole,
    /// They are as they were before it.
    Restored,
    /// They came from the side of a merge, of this one, that does not have it.
    LeftOut(Option<Node>),
    /// Their lines are as they were before it, as far as it changed them, and others have changed.
    Alike,
}

/// What a name in the record leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Named {
    Commit(Node),
    /// There is no such commit in this clone, which is shallow if so it says.
    Absent {
        is_shallow: bool,
    },
    /// More than one commit begins with these digits.
    Ambiguous,
    /// It is not the digits of a commit.
    NoCommit,
}

/// A patch by what it changes: equal for two commits that make the same change to the same files,
/// wherever in the files that is.
pub type PatchId = [u8; 32];

/// The changes that commits make.
#[derive(Clone, Debug, Default)]
pub struct Patches {
    /// The change that a commit makes, and the one that would undo it.
    pub known: BTreeMap<Node, (PatchId, PatchId)>,
    /// Why the change of a commit is not known, of those that were asked about.
    pub unknown: BTreeMap<Node, String>,
    /// Why not every commit that was asked about was compared.
    pub gap: Option<String>,
}

/// One line with everything that was released of it.
#[derive(Clone, Debug)]
pub struct LineTips<'a> {
    pub line: &'a ReleaseLine,
    /// Stable releases only, the lowest version first.
    pub releases: Vec<Release>,
}

impl LineTips<'_> {
    /// Where the line stands and stood: its head, then its releases.
    pub fn tips(&self) -> Vec<&CommitId> {
        let head = self.line.head.as_ref().and_then(|head| head.commit.as_ref());
        let releases = self.releases.iter().filter_map(|release| release.commit.as_ref());
        head.into_iter().chain(releases).collect()
    }
}

/// Every name of a commit in the record.
pub fn names(record: &Record) -> BTreeSet<String> {
    let mut names = names_of(record, Role::Fix);
    names.extend(names_of(record, Role::Hole));
    names
}

/// The names of commits that play one part.
pub(super) fn names_of(record: &Record, role: Role) -> BTreeSet<String> {
    let of = record.advisories.iter().flat_map(|advisory| {
        let (own, of_rows): (_, fn(&LineRow) -> &Vec<String>) = match role {
            Role::Fix => (&advisory.fix, |row| &row.fix),
            Role::Hole => (&advisory.introduced, |row| &row.introduced),
        };
        own.iter().chain(advisory.lines.iter().flat_map(of_rows))
    });
    of.cloned().collect()
}
