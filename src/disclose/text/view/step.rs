//! What was planned and what happened, in words.

use jiff::tz::TimeZone;
use serde::Serialize;

use crate::disclose::{
    Record,
    record::{Delivery, Moment, Slot, Step},
    schedule,
    text::Around,
    track::GIT_TAG,
};

/// One step.
#[derive(Debug, Serialize)]
pub(super) struct StepView {
    /// The word of the record, `fix-ready`.
    pub(super) step: &'static str,
    /// The step as a heading of a plan.
    pub(super) name: &'static str,
    /// What happened, as a sentence without its end.
    pub(super) what: &'static str,
    pub(super) expected: Option<String>,
    pub(super) actual: Option<String>,
    /// The hour at which it happened, else that of the plan, in the project's zone.
    also: Option<String>,
    /// `2 days late`
    pub(super) difference: Option<String>,
    pub(super) is_late: bool,
}

/// When the fix is to be had in one channel.
#[derive(Debug, Serialize)]
pub(super) struct DeliveryView {
    pub(super) channel: String,
    /// `None`: every line.
    pub(super) line: Option<String>,
    pub(super) expected: Option<String>,
    pub(super) actual: Option<String>,
    /// The same hour, or that of the plan, in the project's zone.
    also: Option<String>,
    pub(super) difference: Option<String>,
    pub(super) is_late: bool,
    /// Why it is not promised.
    pub(super) not_promised: Option<String>,
    pub(super) url: Option<String>,
}

/// What a plan calls a step.
fn name(step: Step) -> &'static str {
    match step {
        Step::Reported => "report",
        Step::Acknowledged => "acknowledgement of the report",
        Step::Confirmed => "confirmation",
        Step::FixReady => "fix ready",
        Step::Prenotified => "notice to distributors, under embargo",
        Step::PreAnnounced => "public notice that a release is coming",
        Step::Public => "publication",
        Step::Closed => "retrospective",
    }
}

/// What happened at a step.
fn what(step: Step) -> &'static str {
    match step {
        Step::Reported => "the report came in",
        Step::Acknowledged => "the report was acknowledged",
        Step::Confirmed => "the vulnerability was confirmed",
        Step::FixReady => "the fix was ready",
        Step::Prenotified => "distributors were told, under embargo",
        Step::PreAnnounced => "the release was announced ahead, without details",
        Step::Public => "releases and advisories were published",
        Step::Closed => "the record was closed",
    }
}

pub(super) fn steps(record: &Record, around: &Around<'_>) -> Vec<StepView> {
    let known = |(step, slot): &(Step, Slot)| StepView {
        step: step.as_str(),
        name: name(*step),
        what: what(*step),
        expected: slot.expected.map(|moment| moment.to_string()),
        actual: slot.actual.map(|moment| moment.to_string()),
        also: slot.best().and_then(|moment| also(moment, around)),
        difference: schedule::slip(*slot).map(|slip| slip.to_string()),
        is_late: schedule::slip(*slot).is_some_and(schedule::Slip::is_late),
    };
    record.steps.iter().map(known).collect()
}

pub(super) fn deliveries(record: &Record, around: &Around<'_>) -> Vec<DeliveryView> {
    record.looked_for().map(|of| delivery(of, record, around)).collect()
}

pub(super) fn delivery(delivery: &Delivery, record: &Record, around: &Around<'_>) -> DeliveryView {
    let mut slot = delivery.promised.clone().unwrap_or_default();
    if delivery.channel == GIT_TAG && slot.actual.is_none() {
        slot.actual = tagged(delivery, record, around);
    }
    DeliveryView {
        channel: delivery.channel.clone(),
        line: delivery.line.as_ref().map(ToString::to_string),
        expected: slot.expected.map(|moment| moment.to_string()),
        actual: slot.actual.map(|moment| moment.to_string()),
        also: slot.best().and_then(|moment| also(moment, around)),
        difference: schedule::slip(slot).map(|slip| slip.to_string()),
        is_late: schedule::slip(slot).is_some_and(schedule::Slip::is_late),
        not_promised: delivery.promised.as_ref().err().cloned(),
        url: delivery.url.clone(),
    }
}

/// The day of the last tag that closes the line; `None`: one of them is not there yet. Git knows it where
/// the record leaves it out.
fn tagged(delivery: &Delivery, record: &Record, around: &Around<'_>) -> Option<Moment> {
    let line = delivery.line.as_ref()?;
    let rows = record.advisories.iter().filter_map(|advisory| advisory.row(line));
    let rows = rows.filter(|row| row.gets_release());
    let days = rows.map(|row| around.released.get(row.fixed_in.as_ref()?).copied());
    let days: Option<Vec<_>> = days.collect();
    Some(Moment { day: days?.into_iter().max()?, time: None })
}

/// The moment in the zone that the project shows beside UTC: `2031-03-04 16:00 Europe/Berlin`.
pub(super) fn also(moment: Moment, around: &Around<'_>) -> Option<String> {
    let (name, zone) = around.zone.as_ref()?;
    let there = moment.day.to_datetime(moment.time?).to_zoned(TimeZone::UTC).ok()?;
    let there = there.with_time_zone(zone.clone());
    let (date, time) = (there.date(), there.time());
    Some(format!("{date} {:02}:{:02} {name}", time.hour(), time.minute()))
}
