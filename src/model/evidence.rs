//! What one source claims about one place.

use std::{fmt, num::NonZeroU32, sync::Arc};

use semver::Version;

use super::{Advisory, LineId, Supply};

/// Which of a line's two states is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Tip {
    /// The newest commit of the line's branch.
    Head,
    /// The newest stable release.
    Release,
}

impl Tip {
    /// The word that reports use.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Head => "head",
            Self::Release => "release",
        }
    }
}

/// A line and a tip.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    pub line: LineId,
    pub tip: Tip,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.line, self.tip.as_str())
    }
}

/// How sure it is that the advisory is about this very package.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Certainty {
    /// The package comes from the registry that the advisory is about.
    Certain,
    /// Same name and an affected version, from git, a path or another registry: it may carry the
    /// flaw or a fix of its own. Shown, never gating.
    Possible,
}

impl Certainty {
    /// The word that reports use.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Certain => "certain",
            Self::Possible => "possible",
        }
    }
}

/// What is known of a dependent's requirement.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Requirement {
    /// A `Cargo.toml` of the same tree states it.
    Stated { requirement: String, manifest: String, row: NonZeroU32, accepts: bool },
    /// The dependent is not in this tree; Cargo's default (caret) requirement is presumed.
    Presumed { accepts: bool },
    /// The dependent is in this tree, but its requirement could not be read.
    Unreadable,
}

impl Requirement {
    /// Whether a fixed version satisfies it; `None`: nobody can tell.
    pub fn accepts(&self) -> Option<bool> {
        match self {
            Self::Stated { accepts, .. } | Self::Presumed { accepts } => Some(*accepts),
            Self::Unreadable => None,
        }
    }
}

/// A package that depends on the affected one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Dependent {
    pub name: String,
    pub version: String,
    pub requires: Requirement,
}

/// How well a fixed version fits those who depend on the package, best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fit {
    /// Every dependent accepts it, as stated or as presumed: `cargo update` is enough.
    Compatible,
    /// It is SemVer-compatible and nobody refuses it, but a dependent's requirement is unknown.
    Unverified,
    /// At least one dependent must move first.
    Breaking,
    /// No fixed version is known.
    NoFix,
}

impl Fit {
    /// The word that reports use.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Compatible => "compatible",
            Self::Unverified => "unverified",
            Self::Breaking => "breaking",
            Self::NoFix => "none",
        }
    }
}

/// What it takes to leave the affected range.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Update {
    pub fit: Fit,
    /// The smallest fixed version that fits best.
    pub to: Option<Version>,
    /// Who depends on the package directly, sorted.
    pub dependents: Vec<Dependent>,
}

impl Update {
    /// No fixed version is known.
    pub const NO_FIX: Self = Self { fit: Fit::NoFix, to: None, dependents: Vec::new() };
}

/// How a source came to its claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Basis {
    /// We compared an advisory's range with what is locked.
    Matched,
    /// The same, with an advisory that was published for another place: an alert of the default
    /// branch, held against this line.
    Projected,
    /// A tool's report says so.
    Reported,
}

impl Basis {
    /// The word that reports use.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Matched => "matched",
            Self::Projected => "projected",
            Self::Reported => "reported",
        }
    }
}

/// Whether the vulnerable code is used, as far as anybody asked. It changes no sight: it is true of
/// one set of features and targets only.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reach {
    /// Nobody asked.
    #[default]
    Unasked,
    /// Outside the build graph.
    NotBuilt,
    /// Locked or required, and no more is known of its use.
    Required,
    /// Only for tests, examples and benchmarks. What is for build scripts is built.
    DevOnly { via: Vec<String> },
    /// A package with the flaw is imported, its vulnerable function is not called.
    Imported,
    /// In the build graph, on these targets and by these features, if any are named.
    Built { via: Vec<String> },
    /// The vulnerable function is called.
    Called,
}

impl Reach {
    /// The word that reports use.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Unasked => "unasked",
            Self::NotBuilt => "not-built",
            Self::Required => "required",
            Self::DevOnly { .. } => "dev-only",
            Self::Imported => "imported",
            Self::Built { .. } => "built",
            Self::Called => "called",
        }
    }

    /// Targets, features or callers, if any are named.
    pub fn via(&self) -> &[String] {
        match self {
            Self::DevOnly { via } | Self::Built { via } => via,
            _ => &[],
        }
    }
}

/// One source's claim that a package at a place has a vulnerability.
#[derive(Clone, Debug, PartialEq)]
pub struct Evidence {
    /// The database or tool that claims it: `rustsec`, `trivy`.
    pub source: String,
    pub basis: Basis,
    /// What this source says of the vulnerability.
    pub advisory: Arc<Advisory>,
    pub at: Place,
    /// `None`: the source does not say, and no lockfile shows it.
    pub version: Option<String>,
    /// `None`: no lockfile that was read shows the package.
    pub supply: Option<Supply>,
    pub certainty: Certainty,
    /// The file that holds the package, from the repository's root, if it is known.
    pub lockfile: Option<String>,
    /// 1-based row of the package's name.
    pub row: Option<NonZeroU32>,
    /// The shortest chain of `name version` from a workspace member to the package.
    pub path: Vec<String>,
    pub update: Update,
    pub reach: Reach,
}

/// What a report says of one package, before anybody knows at which line.
#[derive(Clone, Debug, PartialEq)]
pub struct Reported {
    /// What the report says of the vulnerability, with the package and its ecosystem.
    pub advisory: Arc<Advisory>,
    pub version: Option<String>,
    /// From the repository's root, as far as the report says.
    pub file: Option<String>,
    /// 1-based.
    pub row: Option<NonZeroU32>,
    /// `Possible` where the tool itself only guesses (a CPE match).
    pub certainty: Certainty,
    /// The chain of `name version` through which it is required, if the report has one.
    pub path: Vec<String>,
    pub reach: Reach,
}

impl Reported {
    /// A claim without a place in any file.
    pub fn of(advisory: Advisory, version: Option<String>) -> Self {
        Self {
            advisory: Arc::new(advisory),
            version,
            file: None,
            row: None,
            certainty: Certainty::Certain,
            path: Vec::new(),
            reach: Reach::Unasked,
        }
    }
}
