//! How long each line was exposed to each vulnerability: the proof, or the lack of it.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::{CommitId, Coverage, Ecosystem, LineId, Rating, Stamp, Standing, Trouble};

/// Everything that `history` concludes.
#[derive(Clone, Debug)]
pub struct History {
    pub as_of: Date,
    /// The first day that is told of; episodes that ended before it are left out.
    pub since: Option<Date>,
    /// Why not every supported line is here.
    pub part: Option<String>,
    /// Newest line first, the default branch last.
    pub lines: Vec<LineId>,
    /// The same lines, with what was looked at of each.
    pub timelines: Vec<Timeline>,
    /// Sorted by vulnerability, package and line, then by their beginning.
    pub episodes: Vec<Episode>,
    pub targets: Targets,
    /// Which state of each database was used.
    pub stamps: Vec<Stamp>,
    /// Vulnerabilities in packages that only have the name in common, as they come from elsewhere:
    /// nobody can tell, and they are left out.
    pub possible: usize,
    pub coverage: Vec<Coverage>,
    pub trouble: Vec<Trouble>,
}

/// What was looked at of one line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Timeline {
    pub line: LineId,
    pub standing: Standing,
    /// The last supported day, where it is past.
    pub ended: Option<Date>,
    /// The first day of which anything is known.
    pub begins: Option<Date>,
    /// The releases that were the line's newest one when they came, oldest first.
    pub releases: Vec<Turn>,
    /// True if there is a branch to look at.
    pub has_branch: bool,
    /// True if nothing that matters for the days of this line is missing.
    pub is_whole: bool,
    /// True if nothing is missing that could hide what is open now: what its branch and its newest
    /// release have is known.
    pub is_seen: bool,
}

impl History {
    /// What was not looked at, here or of a supported line: it could make good news wrong.
    pub fn gaps(&self) -> impl Iterator<Item = &Coverage> {
        let is_meant = |gap: &&Coverage| {
            gap.covered.is_gap()
                && self.timeline(gap).is_none_or(|told| told.standing == Standing::Supported)
        };
        self.coverage.iter().filter(is_meant)
    }

    /// True if everything was looked at that supported lines depend on.
    pub fn is_whole(&self) -> bool {
        self.gaps().next().is_none()
    }

    /// True if any line is supported.
    pub fn has_supported(&self) -> bool {
        self.timelines.iter().any(|timeline| timeline.standing == Standing::Supported)
    }

    /// Those of the gaps that could hide what is open now, and not days of the past alone.
    pub fn hiding(&self) -> impl Iterator<Item = &Coverage> {
        self.gaps().filter(|gap| self.timeline(gap).is_none_or(|told| !told.is_seen))
    }

    fn timeline(&self, gap: &Coverage) -> Option<&Timeline> {
        let line = &gap.at.as_ref()?.line;
        self.timelines.iter().find(|timeline| timeline.line == *line)
    }
}

/// One stretch of days in which a line had a vulnerability. A line that became exposed again has
/// another one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Episode {
    /// The stable name of the alias group.
    pub vulnerability: String,
    /// Its other names.
    pub aliases: Vec<String>,
    pub title: String,
    pub ecosystem: Ecosystem,
    pub package: String,
    pub rating: Option<Rating>,
    pub line: LineId,
    /// True if the line is supported on the day of the report.
    pub is_supported: bool,
    /// How it stands on the day of the report.
    pub stand: Stand,
    /// True if the line has no releases, so that whoever uses it has its branch.
    pub is_of_branch: bool,
    /// How it began.
    pub began: Began,
    /// Whoever uses the line may have had it before the first release that is told, or the first
    /// commit: nothing that is known is without it.
    pub is_cut: bool,
    /// The day on which the advisory was published; `None`: no source says.
    pub published: Option<Date>,
    /// The first commit of the line that had it: by a dependency, or by the line's beginning.
    pub introduced: Option<Turn>,
    /// The first release of the line that had it.
    pub first_release: Option<Turn>,
    /// The commit that ended it on the branch.
    pub fixed: Option<Turn>,
    /// The first release without it, after one with it.
    pub released: Option<Turn>,
    /// Since then nobody can tell whether it is still there, neither on the branch nor in the newest
    /// release: what is locked cannot be read, or comes from elsewhere. `None`: it is over, or it is
    /// known to be there.
    pub unknown_since: Option<Turn>,
    /// The line's support ended on that day, before a fix was released.
    pub ended: Option<Date>,
    /// Versions of the package that were locked meanwhile, ascending as text.
    pub versions: Vec<String>,
}

impl Episode {
    /// The day since which it was public, and whoever uses the line had it: from the first release
    /// that has it, or from the branch where there are no releases. `None`: nobody knows when it was
    /// published, it was not on the day of the report, or no release ever had it.
    pub fn exposed_from(&self, as_of: Date) -> Option<Date> {
        Some(self.published?.max(self.first()?.day)).filter(|from| *from <= as_of)
    }

    /// By what its days are measured, in the word that reports use.
    pub fn measured(&self) -> &'static str {
        if self.is_of_branch { "branch" } else { "releases" }
    }

    /// Since when whoever uses the line had it.
    pub fn first(&self) -> Option<&Turn> {
        let first = if self.is_of_branch { &self.introduced } else { &self.first_release };
        first.as_ref()
    }

    /// What ended it for whoever uses the line.
    pub fn end(&self) -> Option<&Turn> {
        let end = if self.is_of_branch { &self.fixed } else { &self.released };
        end.as_ref()
    }

    /// Whole days from [`Self::exposed_from`] to the first release without it, or to the fix where
    /// there are no releases; to the end of the line's support if it ended before that, else to the
    /// day of the report. A fix that was out before anybody knew gives 0. `None`: they cannot be
    /// told, which is never 0. Where nobody can tell what became of it, they end where that begins.
    pub fn days_exposed(&self, as_of: Date) -> Option<u32> {
        let from = self.exposed_from(as_of)?;
        let until = match (self.end(), self.stand) {
            (Some(turn), _) => turn.day,
            // It ended on a day that nobody knows, or before anybody was exposed.
            (None, Stand::Ended) => self.ended.filter(|ended| from <= *ended)?,
            (None, _) => match &self.unknown_since {
                Some(turn) => Some(turn.day).filter(|day| from <= *day)?,
                None => as_of,
            },
        };
        Some(days(from, until))
    }

    /// True if nobody can tell whether it is still there.
    pub fn is_unknown(&self) -> bool {
        self.unknown_since.is_some()
    }

    /// True if its days may be more than can be told: what was before its first day is not at hand, or
    /// what became of it.
    pub fn is_at_least(&self) -> bool {
        self.is_older() || (self.is_unknown() && self.end().is_none())
    }

    /// True if its days may be more, as what was before its first day is not at hand.
    pub fn is_older(&self) -> bool {
        let is_since_then = |published| self.first().is_some_and(|first| published < first.day);
        self.is_cut && self.published.is_some_and(is_since_then)
    }

    /// Whole days from the day since which it was public and the branch had it, to the commit that
    /// ended it there.
    pub fn days_on_branch(&self, as_of: Date) -> Option<u32> {
        let from = self.published?.max(self.introduced.as_ref()?.day);
        let from = Some(from).filter(|from| *from <= as_of)?;
        let until = match (&self.fixed, self.stand) {
            (Some(turn), _) => turn.day,
            (None, Stand::Ended) => self.ended.filter(|ended| from <= *ended)?,
            (None, _) => match &self.unknown_since {
                Some(turn) => Some(turn.day).filter(|day| from <= *day)?,
                None => as_of,
            },
        };
        Some(days(from, until))
    }

    /// True if whoever uses the line still has it, as far as anybody can tell.
    pub fn is_exposed(&self) -> bool {
        self.is_running() && !self.is_unknown()
    }

    /// True if whoever uses the line got it, and neither a fix nor the end of its support is known.
    pub fn is_running(&self) -> bool {
        self.first().is_some() && self.end().is_none() && self.stand != Stand::Ended
    }

    /// True if no release of the line ended it, and the branch has it, had it when support ended, or
    /// ships no fix.
    pub fn is_left(&self) -> bool {
        self.end().is_none() && matches!(self.stand, Stand::Open | Stand::Unreleased | Stand::Ended)
    }

    /// The day on which nothing was left of it; `None`: it is not over.
    pub fn over(&self) -> Option<Date> {
        match self.stand {
            Stand::Open | Stand::Unreleased => None,
            Stand::Ended => self.ended,
            Stand::Released | Stand::NeverReleased => {
                self.fixed.iter().chain(&self.released).map(|turn| turn.day).max()
            }
        }
    }
}

/// Whole days between two; 0 if the second is before the first.
fn days(from: Date, until: Date) -> u32 {
    until.since(from).map_or(0, |span| u32::try_from(span.get_days()).unwrap_or(0))
}

/// Where something turned for better or worse: a commit, or a release.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Turn {
    pub commit: CommitId,
    /// The tag's short name, where it is a release.
    pub tag: Option<String>,
    pub day: Date,
}

/// How an episode began.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Began {
    /// A commit or a release of the line brought it.
    Came,
    /// The branch had it already when it left the default branch.
    WithLine,
    /// Before the first commit or release of which anything is known: it may be longer than it seems.
    Earlier,
}

impl Began {
    /// The word that reports use.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Came => "came",
            Self::WithLine => "with-line",
            Self::Earlier => "earlier",
        }
    }
}

/// How an episode stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stand {
    /// Neither fixed nor released.
    Open,
    /// Fixed on the branch only.
    Unreleased,
    /// A release has the fix.
    Released,
    /// No release of the line ever had it, and the branch has it no longer.
    NeverReleased,
    /// The line's support ended with it.
    Ended,
}

impl Stand {
    /// The word that reports use.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Unreleased => "unreleased",
            Self::Released => "released",
            Self::NeverReleased => "never-released",
            Self::Ended => "ended",
        }
    }
}

/// The days within which a project means to release a fix, from the day on which the vulnerability
/// is public and the line has it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Targets {
    /// Days by severity.
    pub days: BTreeMap<Rating, u32>,
}

impl Targets {
    /// True if the episode took, or takes, longer than the project means it to; `None`: no target is
    /// set for it, it may yet be met, or its days cannot be told.
    pub fn is_missed(&self, episode: &Episode, as_of: Date) -> Option<bool> {
        let most = *self.days.get(&episode.rating?)?;
        let days = episode.days_exposed(as_of)?;
        // What is still running may yet make it, what the line's end cut off never did, and of days
        // that may be more nobody can tell.
        let is_over = !episode.is_running() && episode.stand != Stand::Ended;
        (days > most || (is_over && !episode.is_at_least())).then_some(days > most)
    }

    /// True if nobody can tell whether the target is missed: its days may be more than can be told.
    pub fn is_doubtful(&self, episode: &Episode, as_of: Date) -> bool {
        let has_target = episode.rating.is_some_and(|rating| self.days.contains_key(&rating));
        has_target
            && episode.exposed_from(as_of).is_some()
            && episode.is_at_least()
            && episode.stand != Stand::Ended
            && self.is_missed(episode, as_of).is_none()
    }
}
