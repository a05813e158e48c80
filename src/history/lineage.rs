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
    /// The version that the tag names.
    pub version: String,
    /// `None`: it is not in this clone.
    pub commit: Option<CommitId>,
    /// The tagger date of an annotated tag, else the committer date.
    pub moment: Option<Timestamp>,
    /// The committer date.
    pub committed: Option<Timestamp>,
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
    /// Releases that are dated after a higher version and came before it: by their commit, that is.
    pub late: Vec<String>,
    /// Those of which nobody can tell when they were the newest, if ever, and that have something.
    pub lost: Vec<String>,
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
            .filter_map(|(version, release)| {
                let moment = match Came::of(releases, version) {
                    Came::Then => release.moment?,
                    Came::Before(moment) => {
                        self.late.push(release.tag.clone());
                        moment
                    }
                    Came::NobodyKnows => {
                        self.lost.extend(release.marks.has_any().then(|| release.tag.clone()));
                        release.moment?
                    }
                };
                Some((moment, version, release))
            })
            .collect();
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

/// When a release came.
enum Came {
    /// When it says.
    Then,
    /// Its tag was made again, after a higher version's; the release was there before that.
    Before(Timestamp),
    /// The same, and nobody can tell when it was there.
    NobodyKnows,
}

impl Came {
    /// When the release at this place came; they are in the order of their versions.
    fn of(releases: &[Tagged], place: usize) -> Self {
        let release = &releases[place];
        let Some(moment) = release.moment else { return Self::Then };
        let higher = releases[place + 1..].iter();
        let first = higher.filter_map(|higher| Some((higher.moment?, higher))).min_by_key(|h| h.0);
        let Some((then, higher)) = first.filter(|(then, _)| *then < moment) else {
            return Self::Then;
        };
        let is_before = release.committed.is_some_and(|committed| committed < then);
        match (is_before, series(release) == series(higher)) {
            // A patch of a lower series after a higher one is the custom.
            (false, false) => Self::Then,
            // The next patch of a series came after it, whatever the tag says.
            (true, true) => {
                let lower = releases[..place].iter().filter(|l| series(l) == series(release));
                let lower = lower.filter_map(|l| l.moment).filter(|moment| *moment < then);
                Self::Before(lower.chain(release.committed).max().unwrap_or(then))
            }
            (true, false) | (false, true) => Self::NobodyKnows,
        }
    }
}

/// All of a version but its last number.
fn series(release: &Tagged) -> &str {
    release.version.rsplit_once('.').map_or(&release.version, |(series, _)| series)
}

/// The day of a moment in UTC.
fn day(moment: Timestamp) -> Date {
    moment.to_zoned(jiff::tz::TimeZone::UTC).date()
}
