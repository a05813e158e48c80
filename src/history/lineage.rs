//! A line as states in order: its branch, and its releases.

use std::sync::Arc;

use jiff::{Timestamp, civil::Date};

use super::Marks;
use crate::model::{CommitId, LineId, Standing, Turn};

/// A line with its past.
#[derive(Clone, Debug)]
pub struct Lineage {
    pub line: LineId,
    pub standing: Standing,
    /// The last supported day.
    pub until: Option<Date>,
    /// `None`: it has none. A branch without states is not at hand.
    pub branch: Option<Branch>,
    /// Every stable release, lowest version first.
    pub releases: Vec<Tagged>,
}

/// The states of a branch along first parents.
#[derive(Clone, Debug)]
pub struct Branch {
    /// Oldest first: the first of all, and those whose lockfiles differ from the one before.
    pub states: Vec<State>,
    pub begins: Begins,
}

/// What the first state is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Begins {
    /// The commit at which the line left the default branch.
    Cut,
    /// The first commit of all.
    Root,
    /// The first that is at hand, and why.
    Later(String),
}

/// What a branch locked from a commit on.
#[derive(Clone, Debug)]
pub struct State {
    pub commit: CommitId,
    /// The committer date; `None`: it cannot be read.
    pub moment: Option<Timestamp>,
    pub marks: Arc<Marks>,
}

/// What a release locks.
#[derive(Clone, Debug)]
pub struct Tagged {
    /// The tag's short name.
    pub tag: String,
    /// `None`: it is not in this clone.
    pub commit: Option<CommitId>,
    /// The tagger date of an annotated tag, else the committer date.
    pub moment: Option<Timestamp>,
    pub marks: Arc<Marks>,
    /// The state of the branch that the tagged commit belongs to; `None`: it is beside the branch, or
    /// before its first state.
    pub state: Option<usize>,
}

/// A state or a release in its place.
#[derive(Clone, Debug)]
pub(super) struct At {
    pub turn: Turn,
    /// When it came; of the states of a branch, none is before the one that it follows.
    pub moment: Timestamp,
    pub marks: Arc<Marks>,
    /// See [`Tagged::state`].
    pub state: Option<usize>,
}

/// The states and the releases of a line, each in the order in which they held.
#[derive(Clone, Debug, Default)]
pub(super) struct Row {
    pub branch: Vec<At>,
    pub releases: Vec<At>,
    /// Releases that have no date, so that nobody can tell when they came.
    pub undated: usize,
    /// States that are dated before the one that they follow.
    pub backwards: usize,
}

impl Row {
    pub(super) fn of(lineage: &Lineage) -> Self {
        let mut row = Self::default();
        if let Some(branch) = &lineage.branch {
            row.add_branch(&branch.states);
        }
        row.add_releases(&lineage.releases);
        row
    }

    fn add_branch(&mut self, states: &[State]) {
        // What has no date came when its neighbour came.
        let Some(first) = states.iter().find_map(|state| state.moment) else { return };
        let (mut written, mut latest) = (first, first);
        for state in states {
            written = state.moment.unwrap_or(written);
            self.backwards += usize::from(written < latest);
            // Dates are written by whoever commits: what follows another cannot have come before it.
            latest = latest.max(written);
            self.branch.push(At {
                turn: Turn { commit: state.commit.clone(), tag: None, day: day(written) },
                moment: latest,
                marks: Arc::clone(&state.marks),
                state: None,
            });
        }
    }

    /// The line's newest release at any time: a lower version that comes later changes nothing for
    /// those who are up to date.
    fn add_releases(&mut self, releases: &[Tagged]) {
        let mut dated: Vec<(Timestamp, usize, &Tagged)> = releases
            .iter()
            .enumerate()
            .filter_map(|(version, release)| Some((release.moment?, version, release)))
            .collect();
        self.undated = releases.len() - dated.len();
        dated.sort_by_key(|(moment, version, _)| (*moment, *version));
        let mut newest = None;
        for (moment, version, release) in dated {
            if newest.is_some_and(|newest| version < newest) {
                continue;
            }
            newest = Some(version);
            let commit = release.commit.clone().unwrap_or(CommitId(String::new()));
            self.releases.push(At {
                turn: Turn { commit, tag: Some(release.tag.clone()), day: day(moment) },
                moment,
                marks: Arc::clone(&release.marks),
                state: release.state,
            });
        }
    }

    pub(super) fn marks(&self) -> impl Iterator<Item = &Marks> {
        self.branch.iter().chain(&self.releases).map(|at| &*at.marks)
    }

    /// The first day of which anything is known.
    pub(super) fn begins(&self) -> Option<Date> {
        self.branch.first().into_iter().chain(self.releases.first()).map(|at| at.turn.day).min()
    }
}

/// The day of a moment in UTC.
fn day(moment: Timestamp) -> Date {
    moment.to_zoned(jiff::tz::TimeZone::UTC).date()
}
