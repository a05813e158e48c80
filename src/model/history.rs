//! How long each line was exposed to each vulnerability: the proof, or the lack of it.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::{CommitId, Coverage, LineId, Rating, Trouble};

/// Everything that `history` concludes.
#[derive(Clone, Debug)]
pub struct History {
    pub as_of: Date,
    /// The first day that is told of; episodes that ended before it are left out.
    pub since: Option<Date>,
    /// Newest line first, the default branch last.
    pub lines: Vec<LineId>,
    /// Sorted by vulnerability, package and line, then by their beginning.
    pub episodes: Vec<Episode>,
    pub targets: Targets,
    pub coverage: Vec<Coverage>,
    pub trouble: Vec<Trouble>,
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
    pub package: String,
    pub rating: Option<Rating>,
    pub line: LineId,
    /// True if the line is supported on the day of the report.
    pub is_supported: bool,
    /// The day on which the advisory was published; `None`: no source says.
    pub published: Option<Date>,
    /// The first commit of the line that had it: by a dependency, or by the line's beginning.
    pub introduced: Option<Turn>,
    /// The first release of the line that had it.
    pub first_release: Option<Turn>,
    /// The commit that ended it on the branch.
    pub fixed: Option<Turn>,
    /// The first release after that without it.
    pub released: Option<Turn>,
    /// The line's support ended before a fix was released.
    pub ended: Option<Date>,
    /// Versions of the package that were locked meanwhile, ascending as text.
    pub versions: Vec<String>,
}

/// Where something turned for better or worse: a commit, or a release.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Turn {
    pub commit: CommitId,
    /// The tag's short name, where it is a release.
    pub tag: Option<String>,
    pub day: Date,
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
