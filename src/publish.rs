//! What a run may tell GitHub beside its exit code: uploads to code scanning, a comment, issues.
//!
//! What there is and what is wanted come in, what is to be done comes out as data: a rehearsal costs
//! nothing, and tests compare lists. Deliberately nothing here speaks to anybody: that is
//! `edge::github`.
//!
//! Two rules bear the rest. What was not read whole closes nothing: no alert, no issue. And what is
//! not known of GitHub is never taken for absent: without the list of issues none is opened.

mod code_scanning;
mod comment;
mod effect;
mod issues;
mod marker;
mod packed;
mod remote;

pub use self::{
    code_scanning::ended,
    effect::{
        About, Change, CommentChange, Deletion, Effect, Feature, NewComment, NewIssue, Turn, Upload,
    },
    packed::{LARGEST_PACKED, Packed, packed},
    remote::{Analysis, Comment, Issue, Reference, Remote, analyses, comments, issues, reference},
};
use crate::model::{Report, Trouble};

/// When something is published that GitHub may refuse.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Publishes {
    /// Where the run is of a kind that does, and a refusal is a warning.
    #[default]
    Auto,
    /// Always, and a refusal breaks the run.
    Required,
    Off,
}

/// What there is one living issue for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Issues {
    #[default]
    Off,
    /// Each vulnerability, with all lines in it.
    Vulnerability,
    /// Each line, with all vulnerabilities in it.
    Line,
}

/// The `[publish]` of the configuration.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Policy {
    pub code_scanning: Publishes,
    pub comment: Publishes,
    pub issues: Issues,
    /// Beside [`LABEL`].
    pub labels: Vec<String>,
    /// Who new issues are given to.
    pub assignees: Vec<String>,
}

/// What these say decides which lines there are and how a finding is judged, and takes none away.
const NO_FINDINGS: [&str; 7] = ["lines", "support", "endoflife", "openeox", "epss", "kev", "graph"];

impl Policy {
    /// The same, but nobody is told anything.
    #[must_use]
    pub fn silent(self) -> Self {
        let off = Publishes::Off;
        Self { code_scanning: off, comment: off, issues: Issues::Off, ..self }
    }
}

/// The label of every issue of ours.
pub const LABEL: &str = "patchline";

/// What a run is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// The lines as they are: by the clock, by a push or by hand.
    Lines,
    /// A change that asks to be merged.
    PullRequest {
        number: u64,
        /// Its code comes from another repository, so its token may write nothing.
        is_fork: bool,
    },
    /// Changes that a merge queue is about to merge.
    MergeGroup,
}

/// The run that publishes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    pub event: Event,
    /// Somebody chose lines, so nothing is known of the others.
    pub is_selection: bool,
    /// Where people look at this run.
    pub address: Option<String>,
}

/// What has to be read before anything is planned.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    pub analyses: bool,
    pub issues: bool,
    /// The comments of this pull request.
    pub comments: Option<u64>,
}

impl Wanted {
    /// Whose token it is matters for what only we may have written.
    pub fn viewer(self) -> bool {
        self.issues || self.comments.is_some()
    }
}

/// What is to be done, in this order, and what has to be said of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    pub effects: Vec<Effect>,
    pub trouble: Vec<Trouble>,
}

/// What has to be read for a run.
pub fn wanted(report: &Report, policy: &Policy, run: &Run) -> Wanted {
    Wanted {
        analyses: policy.code_scanning != Publishes::Off && is_about_all(report, run),
        issues: policy.issues != Issues::Off && is_about_all(report, run),
        comments: match run.event {
            Event::PullRequest { number, is_fork: false } if policy.comment != Publishes::Off => {
                Some(number)
            }
            _ => None,
        },
    }
}

/// Everything that a run has to tell GitHub. `comment` is what to say of a change; `None`: it brings
/// nothing.
pub fn plan(
    report: &Report,
    policy: &Policy,
    run: &Run,
    comment: Option<&str>,
    remote: &Remote,
) -> Plan {
    let mut plan = Plan::default();
    if let Event::PullRequest { number, is_fork: true } = run.event {
        let message = format!(
            "nothing is published for pull request {number}: it comes from a fork, whose token may \
             write nothing; the job summary and the files of this run tell everything"
        );
        plan.trouble.push(Trouble::info(message));
        return plan;
    }
    code_scanning::plan(report, policy, run, remote, &mut plan);
    issues::plan(report, policy, run, remote, &mut plan);
    comment::plan(report, policy, run, comment, remote, &mut plan);
    plan
}

/// True of a run over all lines as they are.
fn is_about_all(report: &Report, run: &Run) -> bool {
    run.event == Event::Lines
        && !run.is_selection
        && report.part.is_none()
        && report.proposal.is_none()
}

/// True if a source of findings was not read at all places.
fn is_blind(report: &Report) -> bool {
    report.coverage.iter().any(|coverage| {
        let has_findings = !NO_FINDINGS.contains(&&*coverage.source);
        coverage.at.is_none() && has_findings && coverage.covered.is_gap()
    })
}
