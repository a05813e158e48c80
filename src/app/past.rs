//! What a scan knows beside its report: of what the timelines of the same lines are made, and what
//! the project says of its process.

use jiff::civil::Date;

use super::history::Asked;
use crate::{
    config::Config,
    disclose::policy::{EndedLines, Promise},
    discover,
    edge::git::Git,
    model::{AdvisoryDatabase, CommitId, ReleaseLine},
    report::html::Process,
};

/// Of what timelines are made.
pub(super) struct Past {
    pub(super) git: Git,
    pub(super) config: Config,
    pub(super) refs: discover::Refs,
    pub(super) histories: discover::Histories,
    pub(super) lines: Vec<ReleaseLine>,
    /// The default branch and its newest commit.
    pub(super) default: Option<(String, CommitId)>,
    pub(super) databases: Vec<AdvisoryDatabase>,
    pub(super) today: Date,
}

impl Past {
    /// The question for all of it.
    pub(super) fn asked(&self) -> Asked<'_> {
        Asked {
            git: &self.git,
            config: &self.config,
            refs: &self.refs,
            histories: &self.histories,
            lines: &self.lines,
            default: self.default.as_ref().map(|(name, commit)| (name.as_str(), commit)),
            databases: &self.databases,
            today: self.today,
            since: None,
        }
    }
}

/// What the configuration says of the process. What nobody wrote there is no promise.
pub(super) fn process(config: &Config) -> Process {
    let policy = &config.disclose;
    let is_written = |promise: &Promise| policy.promised.contains(promise);
    let promises = [
        (Promise::Acknowledge, "A report is confirmed", policy.lead.acknowledge),
        (Promise::Fix, "A fix is made", policy.lead.fix),
        (Promise::Publish, "Everything is public", policy.lead.embargo_at_most),
    ];
    let promises = promises.into_iter().filter(|(promise, ..)| is_written(promise));
    let ended = match policy.ended {
        EndedLines::NotEvaluated => "They are not evaluated and may be affected.",
        EndedLines::Affected => "They count as affected and get no fix.",
    };
    Process {
        contact: policy.contact.clone(),
        promises: promises.map(|(_, words, days)| (words, days)).collect(),
        ended: is_written(&Promise::Ended).then_some(ended),
        targets: config.targets.clone(),
    }
}
