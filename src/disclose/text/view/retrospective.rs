//! The whole story afterwards: what was planned, what happened, and how far apart they are. Only
//! facts of the record are in it; what people conclude they write themselves.

use serde::Serialize;

use super::{
    Credit, credits,
    line::{self, Upgrade},
    step::{self, DeliveryView, StepView},
};
use crate::{
    disclose::{Record, record::Step, schedule, text::Around},
    model::Rating,
};

/// The view of the retrospective.
#[derive(Debug, Serialize)]
pub(in crate::disclose::text) struct Retrospective {
    product: String,
    record: String,
    day: Option<String>,
    url: Option<String>,
    severity: Option<&'static str>,
    count: usize,
    advisories: Vec<Told>,
    steps: Vec<StepView>,
    /// How long parts of the way took.
    spans: Vec<Span>,
    lines: Vec<Upgrade>,
    /// Lines that had none of it.
    unaffected: Vec<String>,
    /// Supported lines that nothing is known to affect, and at which nobody looked for all of it.
    not_evaluated: Vec<String>,
    deliveries: Vec<DeliveryView>,
    /// Everything that came later than planned.
    slips: Vec<SlipView>,
    /// What was planned and has no day on which it happened.
    missing: Vec<SlipView>,
    ended: Vec<String>,
    ended_are_affected: bool,
    contact: Vec<String>,
}

/// A vulnerability, in short.
#[derive(Debug, Serialize)]
struct Told {
    name: String,
    title: String,
    severity: Option<&'static str>,
    credits: Vec<Credit>,
}

/// How long it took from one step to another.
#[derive(Debug, Serialize)]
struct Span {
    what: &'static str,
    days: i64,
}

/// What was planned, beside what happened.
#[derive(Debug, Serialize)]
struct SlipView {
    what: String,
    expected: Option<String>,
    actual: Option<String>,
    difference: Option<String>,
}

impl Retrospective {
    pub(in crate::disclose::text) fn of(record: &Record, around: &Around<'_>) -> Self {
        let steps = step::steps(record, around);
        let deliveries = step::deliveries(record, around);
        let told = record.advisories.iter().map(|of| Told {
            name: of.name().to_owned(),
            title: of.title.clone(),
            severity: of.rating().map(Rating::as_str),
            credits: credits(&of.credits),
        });
        let all = all(&steps, &deliveries);
        let (missing, known): (Vec<_>, Vec<_>) =
            all.into_iter().partition(|(slip, _)| slip.actual.is_none());
        let is_missing = |(slip, _): &(SlipView, bool)| slip.expected.is_some();
        Self {
            product: record.product.clone(),
            record: record.id.clone(),
            day: record.step(Step::Public).best().map(|moment| moment.day.to_string()),
            url: record.url.clone(),
            severity: super::highest(record),
            count: record.advisories.len(),
            advisories: told.collect(),
            spans: spans(record),
            lines: line::upgrades(record, around),
            unaffected: line::unaffected(record, around),
            not_evaluated: line::unevaluated(record, around),
            slips: known.into_iter().filter(|(_, late)| *late).map(|(slip, _)| slip).collect(),
            missing: missing.into_iter().filter(is_missing).map(|(slip, _)| slip).collect(),
            ended: line::all_ended(record, around),
            ended_are_affected: super::ended_are_affected(around),
            contact: super::contact(record, around),
            steps,
            deliveries,
        }
    }
}

/// Each step and delivery, and whether it was late.
fn all(steps: &[StepView], deliveries: &[DeliveryView]) -> Vec<(SlipView, bool)> {
    // The story is told before the record is closed.
    let is_told = |step: &&StepView| step.step != Step::Closed.as_str() || step.actual.is_some();
    let steps = steps.iter().filter(is_told).map(|step| {
        let slip = SlipView {
            what: step.what.to_owned(),
            expected: step.expected.clone(),
            actual: step.actual.clone(),
            difference: step.difference.clone(),
        };
        (slip, step.is_late)
    });
    let promised = deliveries.iter().filter(|delivery| delivery.not_promised.is_none());
    let deliveries = promised.map(|delivery| {
        let line = delivery.line.as_ref().map(|line| format!(" ({line})")).unwrap_or_default();
        let slip = SlipView {
            what: format!("the fix was to be had from {}{line}", delivery.channel),
            expected: delivery.expected.clone(),
            actual: delivery.actual.clone(),
            difference: delivery.difference.clone(),
        };
        (slip, delivery.is_late)
    });
    steps.chain(deliveries).collect()
}

fn spans(record: &Record) -> Vec<Span> {
    let of = |what, from, to| {
        let (from, to) = (record.step(from).actual?, record.step(to).actual?);
        Some(Span { what, days: schedule::days(from, to) })
    };
    [
        of("from the report to its acknowledgement", Step::Reported, Step::Acknowledged),
        of("from the report to a fix", Step::Reported, Step::FixReady),
        of("from a fix to its release", Step::FixReady, Step::Public),
        of("from the report to its release", Step::Reported, Step::Public),
        of("notice for distributors", Step::Prenotified, Step::Public),
        of("notice for everybody", Step::PreAnnounced, Step::Public),
    ]
    .into_iter()
    .flatten()
    .collect()
}
