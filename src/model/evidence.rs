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
#[derive(Clone, Debug, PartialEq, Eq)]
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
#[derive(Clone, Debug, PartialEq, Eq)]
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
#[derive(Clone, Debug, PartialEq, Eq)]
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

/// One advisory matched to one locked package at one tip.
#[derive(Clone, Debug)]
pub struct Evidence {
    /// The database or tool that claims it.
    pub source: String,
    pub advisory: Arc<Advisory>,
    pub at: Place,
    pub version: String,
    pub supply: Supply,
    pub certainty: Certainty,
    pub lockfile: String,
    /// 1-based row of the package's name.
    pub row: NonZeroU32,
    /// The shortest chain of `name version` from a workspace member to the package.
    pub path: Vec<String>,
    pub update: Update,
}
