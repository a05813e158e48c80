//! What somebody thinks of a vulnerability: shown, and obeyed only where the policy says so.

use std::collections::BTreeSet;

use jiff::{Timestamp, civil::Date};

use super::{Ecosystem, Origin, Place};

/// What an opinion says, in OpenVEX's words where it has one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stance {
    /// "Do not tell me": an ignore list, which says nothing of the code.
    Ignored,
    NotAffected,
    Fixed,
    Affected,
    UnderInvestigation,
    /// A word that this version does not know: kept and shown, never obeyed.
    Other(String),
}

impl Stance {
    /// The word that reports use.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Ignored => "ignored",
            Self::NotAffected => "not_affected",
            Self::Fixed => "fixed",
            Self::Affected => "affected",
            Self::UnderInvestigation => "under_investigation",
            Self::Other(word) => word,
        }
    }

    /// True if it asks for silence, so that a policy may obey it.
    pub fn asks_for_silence(&self) -> bool {
        matches!(self, Self::Ignored | Self::NotAffected | Self::Fixed)
    }
}

/// Until when an opinion holds. Formats count days differently, so this is an instant.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Expiry {
    /// It names no end.
    Never,
    /// The first instant at which it does not hold any more.
    At(Timestamp),
    /// It names an end that nobody can read; other tools take that for "never", and it is not obeyed.
    Unreadable(String),
}

/// The package that an opinion is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct PackagePattern {
    /// `UNKNOWN`: of any ecosystem.
    pub ecosystem: Ecosystem,
    pub name: String,
    /// `None`: any version.
    pub version: Option<String>,
}

/// A statement about vulnerabilities that was made elsewhere: an ignore file, a VEX document, a
/// dismissal, a suppression in another tool's report.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Opinion {
    /// The reader that read it: what `[statements] obey` names.
    pub kind: &'static str,
    /// Any name of the vulnerability. Empty: every vulnerability of the package.
    pub ids: BTreeSet<String>,
    /// `None`: whatever the package.
    pub package: Option<PackagePattern>,
    pub stance: Stance,
    /// The word of OpenVEX or CycloneDX, as written.
    pub justification: Option<String>,
    pub reason: Option<String>,
    pub expiry: Expiry,
    /// Who said it, and when.
    pub by: Option<String>,
    pub origin: Origin,
    /// The place whose tree or report it was read from; `None`: it speaks for the whole repository.
    pub at: Option<Place>,
    /// What else it demands that this version cannot check (a path, a namespace): shown, and such an
    /// opinion is not obeyed, since it may be about something else.
    pub only_if: Vec<String>,
}

/// An entry of `[[suppress]]`: our own opinion, with a reason and an end, and obeyed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Suppression {
    /// Any name of the vulnerability.
    pub id: String,
    pub package: Option<String>,
    /// Lines by their names; empty: every line.
    pub lines: Vec<String>,
    pub reason: String,
    /// An OpenVEX justification; with one, OpenVEX says `not_affected`.
    pub justification: Option<String>,
    /// The last day on which it holds.
    pub until: Date,
    pub origin: Origin,
}
