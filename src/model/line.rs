//! Release lines: what a project promises to keep secure, and where its code stands.

use std::{fmt, num::NonZeroU32};

use jiff::{Timestamp, civil::Date};

use super::{Contradiction, Coverage, Declaration, DeclaredBy, Trouble};

/// The name of a line as people write and read it: `1.4`, `22`, `main`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LineId(pub String);

impl fmt::Display for LineId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A git object id of a commit, as lowercase hexadecimal.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CommitId(pub String);

impl CommitId {
    /// The first twelve digits, for people.
    pub fn short(&self) -> &str {
        self.0.get(..12).unwrap_or(&self.0)
    }
}

impl fmt::Display for CommitId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Where something is written: a commit or a file, and a row if there is one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Origin {
    /// A full ref, a commit, or nothing for a file outside git.
    pub reference: Option<String>,
    pub path: String,
    /// 1-based.
    pub row: Option<NonZeroU32>,
}

/// What kind of thing a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LineKind {
    /// A released series, such as `1.4`.
    Release,
    /// The default branch.
    Default,
    /// A ref that was named on the command line.
    Ref,
}

/// Where a line stands in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    Supported,
    /// Only pre-releases, newer than every stable line: it never takes a supported place.
    Upcoming,
    Eol,
    /// Nothing says whether it is supported. Unknown is not unsupported.
    Unknown,
}

impl Standing {
    /// The word that reports use.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Supported => "supported",
            Self::Upcoming => "upcoming",
            Self::Eol => "eol",
            Self::Unknown => "unknown",
        }
    }
}

/// How much a supported line is promised.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tier {
    #[default]
    Full,
    SecurityOnly,
    CriticalOnly,
}

impl Tier {
    /// The word that reports use.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::SecurityOnly => "security-only",
            Self::CriticalOnly => "critical-only",
        }
    }
}

/// In place of a ref: the line may have a branch, and this clone cannot show it.
pub const SOME_BRANCH: &str = "refs/heads/*";

/// A branch without `refs/heads/` or `refs/remotes/<remote>/`.
pub fn short_name(reference: &str) -> &str {
    let remote = || reference.strip_prefix("refs/remotes/")?.split_once('/');
    let local = reference.strip_prefix("refs/heads/");
    local.or_else(|| remote().map(|(_, name)| name)).unwrap_or(reference)
}

/// The branch of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// The full ref, `refs/heads/release-1.4`.
    pub reference: String,
    /// `None`: the branch was declared, and this clone does not have it.
    pub commit: Option<CommitId>,
    /// The committer date.
    pub date: Option<Timestamp>,
}

/// The newest stable release of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Release {
    /// The tag's short name, `v1.4.2`.
    pub tag: String,
    /// The version that the tag names, without prefix.
    pub version: String,
    /// `None`: this clone does not have the tagged commit.
    pub commit: Option<CommitId>,
    /// The tagger date of an annotated tag, else the committer date.
    pub date: Option<Timestamp>,
}

/// One series with what is known of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReleaseLine {
    pub id: LineId,
    pub kind: LineKind,
    pub standing: Standing,
    pub tier: Tier,
    /// The last supported day.
    pub until: Option<Date>,
    /// The last day with bug fixes, if that is another one.
    pub bug_fixes_until: Option<Date>,
    /// The last day of what paying users get.
    pub extended_until: Option<Date>,
    /// The day of the first stable release.
    pub first_release: Option<Date>,
    /// The edition that the support is for, if only one is.
    pub edition: Option<String>,
    pub is_lts: bool,
    /// `None`: the line lives in its tags alone.
    pub head: Option<Head>,
    /// `None`: nothing stable was released yet.
    pub release: Option<Release>,
    /// Strongest first, never empty.
    pub because: Vec<Declaration>,
}

impl ReleaseLine {
    /// A line of which nothing is known but who says what about it, strongest first; the strongest
    /// decides its standing.
    pub fn new(id: LineId, kind: LineKind, because: Vec<Declaration>) -> Self {
        Self {
            id,
            kind,
            standing: because.first().map_or(Standing::Unknown, |first| first.standing),
            tier: Tier::Full,
            until: None,
            bug_fixes_until: None,
            extended_until: None,
            first_release: None,
            edition: None,
            is_lts: false,
            head: None,
            release: None,
            because,
        }
    }

    /// True if only the default policy says that this line is supported.
    pub fn is_assumed(&self) -> bool {
        self.because.first().is_some_and(|d| d.by == DeclaredBy::Assumed)
    }

    /// The full ref of the line's branch.
    pub fn head_ref(&self) -> Option<&str> {
        self.head.as_ref().map(|head| head.reference.as_str())
    }

    /// The name of the line's branch, without `refs/heads/` or `refs/remotes/<remote>/`.
    pub fn branch_name(&self) -> Option<&str> {
        let reference = self.head_ref().filter(|reference| *reference != SOME_BRANCH)?;
        let remote = || reference.strip_prefix("refs/remotes/")?.split_once('/');
        let local = reference.strip_prefix("refs/heads/");
        Some(local.or_else(|| remote().map(|(_, name)| name)).unwrap_or(reference))
    }

    /// True of the names that the pages show for the line: its own, its branch's, its release's, and
    /// its own as people write it (`v1.4`, `1.4.x`).
    pub fn is_called(&self, name: &str) -> bool {
        let id = self.id.0.as_str();
        let plain = name.strip_prefix('v').unwrap_or(name);
        id == name
            || id == plain.strip_suffix(".x").unwrap_or(plain)
            || self.branch_name() == Some(name)
            || self.release.as_ref().is_some_and(|release| release.tag == name)
    }

    /// True if the line's tips are looked at in a scan.
    pub fn is_scanned(&self) -> bool {
        self.standing == Standing::Supported
    }
}

/// What `discover` concludes.
#[derive(Clone, Debug, Default)]
pub struct Support {
    /// Release lines newest first, the default branch last.
    pub lines: Vec<ReleaseLine>,
    /// The full ref of the default branch.
    pub default_ref: Option<String>,
    /// Globs of `--line` that match nothing.
    pub unmatched: Vec<String>,
    /// Sorted.
    pub contradictions: Vec<Contradiction>,
    pub coverage: Vec<Coverage>,
    pub trouble: Vec<Trouble>,
}
