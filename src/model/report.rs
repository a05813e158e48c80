//! Everything one run has to say.

use jiff::civil::Date;

use super::{
    Alert, Change, Contradiction, Coverage, Decision, Finding, Opinion, Quarantined, ReleaseLine,
    Stamp, SuppressionUse, Trouble, Verdict,
};

/// The end of a run, in one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Everything that the policy demands was looked at, and the gate is content.
    Pass,
    /// At least one finding fails the gate.
    Fail,
    /// Something that had to be looked at was not; nothing worse was found.
    Incomplete,
}

impl Outcome {
    /// The word that reports use.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::Incomplete => "incomplete",
        }
    }
}

/// Which policy was obeyed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PolicyOrigin {
    /// `None`: no file, the documented defaults.
    pub path: Option<String>,
    /// Where it was read: a ref, `the working tree`, `the command line`.
    pub read_from: String,
}

/// A database in a report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DatabaseUse {
    pub stamp: Stamp,
    /// See [`super::AdvisoryDatabase::digest`].
    pub digest: Option<String>,
    /// Records that can match a package.
    pub advisories: usize,
    pub withdrawn: usize,
    pub toolchain: usize,
    pub quarantined: Vec<Quarantined>,
    /// Whole days between the database and the day of the report.
    pub age_days: Option<i64>,
}

/// What `judge` concludes; every reporter renders this and nothing else.
#[derive(Clone, Debug)]
pub struct Report {
    pub as_of: Date,
    /// The repository's address without credentials, if it names one.
    pub repository: Option<String>,
    pub policy: PolicyOrigin,
    pub databases: Vec<DatabaseUse>,
    pub lines: Vec<ReleaseLine>,
    /// The full ref of the default branch.
    pub default_ref: Option<String>,
    /// Places that disagree about the support of lines, sorted.
    pub contradictions: Vec<Contradiction>,
    /// What the gate makes of each of them.
    pub contradictions_are: Decision,
    /// Sorted by key, each with its verdict.
    pub findings: Vec<(Finding, Verdict)>,
    /// What tools say of code, secrets, licences and configuration; sorted, each once.
    pub alerts: Vec<Alert>,
    /// What the gate makes of them.
    pub alerts_are: Decision,
    /// What ignore lists, VEX documents and dismissals say; sorted, each once.
    pub opinions: Vec<Opinion>,
    /// What has become of each suppression of the policy, in its order.
    pub suppressions: Vec<SuppressionUse>,
    /// What the change at hand would do to suppressions and statements, sorted.
    pub changes: Vec<Change>,
    pub coverage: Vec<Coverage>,
    pub trouble: Vec<Trouble>,
    pub outcome: Outcome,
}
