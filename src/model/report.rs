//! Everything one run has to say.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use super::{
    Alert, Change, CommitId, Contradiction, Coverage, Decision, Finding, FindingKey, LineId,
    Occurrence, Opinion, Quarantined, ReleaseLine, Stamp, SuppressionUse, Trouble, Verdict,
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

/// A change that asks to be merged. What it introduces decides the run, and the rest is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposal {
    /// The number of the pull request; `None`: a group of a merge queue.
    pub number: Option<u64>,
    /// The line whose branch would change.
    pub into: LineId,
    /// What it is compared with: the merge base of the change and that branch.
    pub base: CommitId,
    /// What was looked at in the place of the line's head.
    pub head: CommitId,
    /// Findings of the line that the base does not have, and where they came in.
    pub introduced: BTreeMap<FindingKey, Vec<Occurrence>>,
    /// Vulnerabilities and packages that the base has at its lockfiles, and the change has not.
    pub fixed: BTreeSet<(String, String)>,
}

/// What `judge` concludes; every reporter renders this and nothing else.
#[derive(Clone, Debug)]
pub struct Report {
    pub as_of: Date,
    /// The repository's address without credentials, if it names one.
    pub repository: Option<String>,
    pub policy: PolicyOrigin,
    /// Why this is not about every supported line: `shard 2/3`.
    pub part: Option<String>,
    /// The change that the run is about, if it is about one.
    pub proposal: Option<Proposal>,
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
    /// What the gate makes of those that let something be silent.
    pub changes_are: Decision,
    pub coverage: Vec<Coverage>,
    pub trouble: Vec<Trouble>,
    pub outcome: Outcome,
}
