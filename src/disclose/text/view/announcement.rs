//! What everybody sees once all is public, on a page and in a mail.

use serde::Serialize;

use super::{
    Advisory,
    line::{self, Upgrade},
    step::{self, DeliveryView, StepView},
};
use crate::disclose::{Record, record::Step, text::Around};

/// The view of the announcement, and of the mail to oss-security.
#[derive(Debug, Serialize)]
pub(in crate::disclose::text) struct Announcement {
    product: String,
    day: Option<String>,
    when: Option<String>,
    count: usize,
    severity: Option<&'static str>,
    /// The names of the vulnerabilities, in order.
    names: Vec<String>,
    /// The fixed versions, once each.
    versions: Vec<String>,
    lines: Vec<Upgrade>,
    /// Lines that have none of it.
    unaffected: Vec<String>,
    /// Supported lines that nothing is known to affect, and at which nobody looked for all of it.
    not_evaluated: Vec<String>,
    advisories: Vec<Advisory>,
    deliveries: Vec<DeliveryView>,
    /// What happened so far; what was planned is told afterwards.
    steps: Vec<StepView>,
    contact: Vec<String>,
    repository: Option<String>,
    /// Where the published text is read.
    url: Option<String>,
    ended: Vec<String>,
    ended_are_affected: bool,
    /// What was changed in the text after it was published.
    revisions: Vec<RevisionView>,
}

/// A change to a published text.
#[derive(Debug, Serialize)]
struct RevisionView {
    when: String,
    what: String,
}

impl Announcement {
    pub(in crate::disclose::text) fn of(record: &Record, around: &Around<'_>) -> Self {
        let moment = record.step(Step::Public).best();
        let lines = line::upgrades(record, around);
        let mut versions: Vec<String> = Vec::new();
        for version in lines.iter().filter_map(|line| line.version.clone()) {
            if !versions.contains(&version) {
                versions.push(version);
            }
        }
        let happened = |step: &StepView| step.actual.is_some() || step.step == "public";
        Self {
            product: record.product.clone(),
            day: moment.map(|moment| moment.day.to_string()),
            when: moment.map(|moment| moment.to_string()),
            count: record.advisories.len(),
            severity: super::highest(record),
            names: record.advisories.iter().map(|of| of.name().to_owned()).collect(),
            versions,
            lines,
            unaffected: line::unaffected(record, around),
            not_evaluated: line::unevaluated(record, around),
            advisories: record.advisories.iter().map(|of| Advisory::public(of, around)).collect(),
            deliveries: step::deliveries(record, around),
            steps: step::steps(record, around).into_iter().filter(happened).collect(),
            contact: super::contact(record, around),
            repository: record.repository.clone(),
            url: record.url.clone(),
            ended: line::all_ended(record, around),
            ended_are_affected: super::ended_are_affected(around),
            revisions: record
                .revisions
                .iter()
                .map(|of| RevisionView { when: of.at.to_string(), what: of.summary.clone() })
                .collect(),
        }
    }
}
