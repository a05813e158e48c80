//! Fact, opinion and policy: what is true, and what the gate makes of it.

use super::Silence;

/// What was seen of a vulnerability at one tip.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sight {
    /// A locked version is in an affected range.
    Affected,
    /// Present, and at a version that the advisory calls fixed.
    Fixed,
    /// Absent from lockfiles that were read, or at a version before the flaw.
    Clear,
    /// Nobody who could tell looked there.
    Unseen,
}

impl Sight {
    /// The word that reports use.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Affected => "affected",
            Self::Fixed => "fixed",
            Self::Clear => "clear",
            Self::Unseen => "unseen",
        }
    }
}

/// What follows for the line from both tips.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Exposure {
    Unpatched {
        /// False: the latest release does not have the flaw, only the branch.
        shipped: bool,
    },
    FixedUnreleased,
    Patched,
    NotAffected,
    Unknown,
}

/// The word that users read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Word {
    Unpatched,
    FixedUnreleased,
    Patched,
    NotAffected,
    Suppressed,
    Unknown,
    Eol,
}

impl Word {
    /// Every word, the worst first.
    pub const ALL: [Self; 7] = [
        Self::Unpatched,
        Self::FixedUnreleased,
        Self::Patched,
        Self::NotAffected,
        Self::Suppressed,
        Self::Unknown,
        Self::Eol,
    ];

    /// The word that reports use.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unpatched => "unpatched",
            Self::FixedUnreleased => "fixed-unreleased",
            Self::Patched => "patched",
            Self::NotAffected => "not-affected",
            Self::Suppressed => "suppressed",
            Self::Unknown => "unknown",
            Self::Eol => "eol",
        }
    }
}

/// What the gate does about a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Decision {
    Note,
    Warn,
    Fail,
}

impl Decision {
    /// The word that reports use.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warn => "warn",
            Self::Fail => "fail",
        }
    }
}

/// The rule of the gate that decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum GateRule {
    /// Good news needs no rule.
    Clean,
    Eol,
    Possible,
    FailAt,
    Unrated,
    Unreleased,
    Unknown,
    Unsound,
    Unmaintained,
    Notice,
    Malware,
    Yanked,
    KnownExploited,
    FixedOnly,
    NewOnly,
    /// The change at hand did not bring it.
    NotIntroduced,
    NotBuilt,
    Grace,
    /// A suppression of ours, or a statement that the policy obeys.
    Suppressed,
}

impl GateRule {
    /// The key in `[gate]`, or in the table of the line's tier, that can change the decision, or why
    /// there is none.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Clean => "clean",
            Self::Eol => "eol",
            Self::Possible => "gate.possible",
            Self::FailAt => "gate.fail-at",
            Self::Unrated => "gate.unrated",
            Self::Unreleased => "gate.unreleased",
            Self::Unknown => "gate.unknown",
            Self::Unsound => "gate.unsound",
            Self::Unmaintained => "gate.unmaintained",
            Self::Notice => "gate.notice",
            Self::Malware => "gate.malware",
            Self::Yanked => "gate.yanked",
            Self::KnownExploited => "gate.known-exploited",
            Self::FixedOnly => "gate.fixed-only",
            Self::NewOnly => "gate.new-only",
            Self::NotIntroduced => "not-introduced",
            Self::NotBuilt => "gate.not-built",
            Self::Grace => "gate.grace-days",
            Self::Suppressed => "suppressed",
        }
    }
}

/// Exposure and decision of one finding, in the order of [`super::Report::findings`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    pub exposure: Exposure,
    pub word: Word,
    pub decision: Decision,
    pub because: GateRule,
    /// What keeps it silent: its exposure is as it is.
    pub suppressed: Option<Silence>,
}
