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

/// The justifications of OpenVEX: <https://github.com/openvex/spec/blob/main/OPENVEX-SPEC.md>.
pub const JUSTIFICATIONS: [&str; 5] = [
    "component_not_present",
    "vulnerable_code_not_present",
    "vulnerable_code_not_in_execute_path",
    "vulnerable_code_cannot_be_controlled_by_adversary",
    "inline_mitigations_already_exist",
];

/// What has become of a suppression on the day of a report.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SuppressionState {
    /// It keeps findings silent.
    Active,
    /// The same, and it ends in so many days; 0: today is its last.
    ExpiresSoon { days: i32 },
    /// Its last day is over, so it keeps nothing silent.
    Expired,
    /// Everything that it names was looked at, and nothing needs it.
    Unused,
    /// Nothing needs it as far as was looked, and that was not everything.
    Unknown {
        /// What is missing.
        because: String,
    },
    /// No advisory in any database or report has this name.
    UnknownId,
}

impl SuppressionState {
    /// The word that reports use.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::ExpiresSoon { .. } => "expires-soon",
            Self::Expired => "expired",
            Self::Unused => "unused",
            Self::Unknown { .. } => "unknown",
            Self::UnknownId => "unknown-id",
        }
    }
}

/// A suppression over a whole report.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SuppressionUse {
    pub suppression: Suppression,
    pub state: SuppressionState,
    /// Findings that it is about and that are not clean, whatever the day: what an expired one
    /// would keep silent.
    pub matched: usize,
    /// Names in `lines` that no line has.
    pub unknown_lines: Vec<String>,
}

/// What keeps a finding silent.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Silence {
    /// Our own.
    Suppression(Suppression),
    /// Somebody else's, of a kind that the policy obeys.
    Opinion(Opinion),
}

/// A change of a suppression or of somebody else's opinion.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Change {
    Added(Silence),
    Removed(Silence),
    /// It is about the same, and says something else of it.
    Changed {
        before: Box<Silence>,
        after: Box<Silence>,
    },
}
