//! What a state of a tree has of the subjects that are looked for.

use std::collections::BTreeSet;

/// What is known of one subject at one state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sight {
    Has,
    /// Everything was read, and it is not there.
    Clear,
    /// Something was not read, or the package comes from elsewhere.
    Unknown,
}

/// What the lockfiles of a tree have, by the numbers of the subjects.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Marks {
    /// Sorted, with the version that is locked.
    pub(super) has: Vec<(u32, Box<str>)>,
    /// Affected by its name only, as it comes from elsewhere.
    pub(super) possible: BTreeSet<u32>,
    /// Locked at what is no version.
    pub(super) incomparable: BTreeSet<u32>,
    /// Records that could not be read, and whose package is locked.
    pub(super) unread: BTreeSet<u32>,
    /// Everything was read that there is to read.
    pub(super) is_whole: bool,
}

impl Marks {
    /// Of a tree that could not be read, or that has no lockfile: nobody can tell what it locks.
    pub fn unknown() -> Self {
        Self::default()
    }

    /// Of a tree with several lockfiles: it has what any of them has, and is whole if all are.
    pub fn joined<'a>(all: impl IntoIterator<Item = &'a Self>) -> Self {
        let mut joined = Self { is_whole: true, ..Self::default() };
        for marks in all {
            joined.has.extend_from_slice(&marks.has);
            joined.possible.extend(&marks.possible);
            joined.incomparable.extend(&marks.incomparable);
            joined.unread.extend(&marks.unread);
            joined.is_whole &= marks.is_whole;
        }
        joined.has.sort();
        joined.has.dedup();
        joined
    }

    /// The same of a tree in which something more was not read.
    #[must_use]
    pub fn not_whole(mut self) -> Self {
        self.is_whole = false;
        self
    }

    /// What is known of a subject. Bad news needs one witness, good news needs everything.
    pub(super) fn sight(&self, subject: u32) -> Sight {
        let is_doubtful = !self.is_whole
            || self.possible.contains(&subject)
            || self.incomparable.contains(&subject);
        match (self.versions(subject).next().is_some(), is_doubtful) {
            (true, _) => Sight::Has,
            (false, true) => Sight::Unknown,
            (false, false) => Sight::Clear,
        }
    }

    /// The affected versions of a subject.
    pub(super) fn versions(&self, subject: u32) -> impl Iterator<Item = &str> {
        let from = self.has.partition_point(|(other, _)| *other < subject);
        let of = self.has[from..].iter().take_while(move |(other, _)| *other == subject);
        of.map(|(_, version)| &**version)
    }

    /// True if it has any of them.
    pub(super) fn has_any(&self) -> bool {
        !self.has.is_empty()
    }

    pub(super) fn subjects(&self) -> impl Iterator<Item = u32> {
        self.has.iter().map(|(subject, _)| *subject)
    }

    pub(super) fn possible(&self) -> impl Iterator<Item = u32> {
        self.possible.iter().copied()
    }
}
