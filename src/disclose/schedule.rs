//! When which step of a disclosure is due, who does it and how, and how far what happened is from what
//! was planned.
//!
//! Days that the record names count. A step without one is dated backwards from the public moment, by
//! the lead times of the policy; nobody promised such a day, so that it is never a missed one.

mod checklist;
pub mod ics;
pub mod page;
mod slip;

use jiff::civil::Date;

pub(in crate::disclose) use slip::days;
pub use slip::{Slip, slip};

use super::{
    Policy, Record,
    read::PLANNED,
    record::{Moment, Slot, Step},
    slot,
    track::GIT_TAG,
};

/// What is to be done when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    pub public: Option<Moment>,
    /// By their days; those without one come last.
    pub items: Vec<Item>,
    /// What speaks against the dates, as fragments.
    pub warnings: Vec<String>,
}

/// One thing to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// The same in every plan of a record, and in no other item of it.
    pub key: String,
    pub kind: Kind,
    pub slot: Slot,
    /// Who named the day.
    pub by: By,
    pub who: &'static str,
    /// An imperative without a full stop.
    pub what: String,
    /// What of Patchline helps with it.
    pub command: Option<&'static str>,
    pub state: State,
}

/// What an item is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// A step of the record.
    Step(Step),
    /// One channel has the fix.
    Delivery,
    /// Work between the steps, of which the record keeps nothing.
    Task,
}

/// Who named the day of an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    Record,
    /// It is computed from the public day.
    Policy,
    Nobody,
}

/// Where an item stands on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// It happened.
    Done,
    /// Its day is to come, or today.
    Ahead,
    /// Its day has passed, and the record does not say that it happened.
    Missed,
    /// Its day has passed, and nobody promised it or keeps a record of it.
    Passed,
    /// It has no day.
    Undated,
}

impl State {
    /// The word that documents use.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Ahead => "ahead",
            Self::Missed => "missed",
            Self::Passed => "passed",
            Self::Undated => "undated",
        }
    }
}

impl Plan {
    /// How many dates were promised and passed without a word.
    pub fn missed(&self) -> usize {
        self.items.iter().filter(|item| item.state == State::Missed).count()
    }
}

/// The checklist of a record on a day.
pub fn plan(record: &Record, policy: &Policy, today: Date) -> Plan {
    let public = record.step(Step::Public);
    let public = public.expected.or(public.actual);
    let mut items = checklist::items(record, policy);
    for item in &mut items {
        item.state = state(item, today);
    }
    // Whatever has no day comes last, and what comes on one day keeps its order.
    items.sort_by_key(|item| match item.slot.expected.or(item.slot.actual) {
        Some(at) => (0, Some(at.day)),
        None => (1, None),
    });
    Plan { public, warnings: warnings(record, policy, public, today), items }
}

/// How many promised dates of a record passed without a word: cheap, and it tells nothing else.
pub fn missed(record: &Record, today: Date) -> usize {
    let steps = record.steps.iter().map(|(_, slot)| *slot);
    // What is tagged is seen in git, and not in the record.
    let deliveries = record.looked_for().filter(|of| of.channel != GIT_TAG);
    let deliveries = deliveries.filter_map(|of| of.promised.as_ref().ok().copied());
    steps.chain(deliveries).filter(|slot| is_missed(*slot, today)).count()
}

/// The day itself is not over before the next one begins.
fn is_missed(slot: Slot, today: Date) -> bool {
    slot.actual.is_none() && slot.expected.is_some_and(|expected| expected.day < today)
}

fn state(item: &Item, today: Date) -> State {
    match (item.slot.expected, item.slot.actual) {
        (_, Some(actual)) if actual.day <= today => State::Done,
        (None, _) => State::Undated,
        (Some(_), _) if !is_missed(item.slot, today) => State::Ahead,
        (Some(_), _) if item.by == By::Record && item.kind != Kind::Task => State::Missed,
        (Some(_), _) => State::Passed,
    }
}

/// What comes first as a rule: who is told of a fix that is not ready waits for it.
const USUAL: [(Step, Step); 1] = [(Step::FixReady, Step::Prenotified)];

fn warnings(record: &Record, policy: &Policy, public: Option<Moment>, today: Date) -> Vec<String> {
    let mut warnings = Vec::new();
    let Some(public) = public else {
        warnings.push("the record names no public day, so that nothing can be dated".to_owned());
        return warnings;
    };
    let is_public = record.step(Step::Public).actual.is_some();
    if public.time.is_none() && !is_public {
        warnings.push(format!("{} has no hour; people in other zones cannot plan", public.day));
    }
    if !is_public {
        let objections = slot::objections(public.day, &policy.slot);
        warnings.extend(objections.iter().map(|of| format!("{} is {}", public.day, of.because)));
        warnings.extend(short_notices(record, policy, public));
    }
    if let Some(reported) = record.step(Step::Reported).best() {
        let (took, most) = (days(reported, public), policy.lead.embargo_at_most);
        if took > most {
            warnings.push(format!(
                "from the report to the public day are {took} days, and the policy allows {most}"
            ));
        }
        let waited = days(reported, Moment { day: today, time: None });
        if !is_public && took <= most && waited > most {
            warnings.push(format!("the report is {waited} days old, and the policy allows {most}"));
        }
    }
    // What happened comes first, and nothing is planned for a day before the report.
    if let Some(reported) = record.step(Step::Reported).actual {
        let early = record.steps.iter().filter_map(|(step, slot)| Some((step, slot.expected?)));
        let early = early.filter(|(step, at)| **step > Step::Reported && at.day < reported.day);
        warnings.extend(early.map(|(step, at)| {
            let (step, day) = (step.as_str(), at.day);
            format!("`{step}` is planned for {day}, before the report on {}", reported.day)
        }));
    }
    // Who is told first, distributors or everybody, is the project's own choice.
    for (earlier, later) in PLANNED.iter().chain(&USUAL) {
        let planned = |step| record.step(step).expected;
        if let (Some(first), Some(second)) = (planned(*earlier), planned(*later))
            && second.day < first.day
        {
            warnings.push(format!(
                "`{}` is planned for {}, before `{}` on {}",
                later.as_str(),
                second.day,
                earlier.as_str(),
                first.day
            ));
        }
    }
    warnings
}

/// The day of the report; if nothing says it, the day by which there was one, since it was answered or
/// was to be.
fn reported(record: &Record) -> Option<Date> {
    let steps = [Step::Reported, Step::Acknowledged, Step::Confirmed];
    steps.into_iter().find_map(|step| record.step(step).best()).map(|moment| moment.day)
}

/// Who is told later than the policy promises: by the day that the record has, else by the one that is
/// computed.
fn short_notices(record: &Record, policy: &Policy, public: Moment) -> Vec<String> {
    let reported = reported(record);
    let computed = slot::steps(reported, public, policy.lead);
    let short = |(step, who, promised): (Step, &str, i64)| {
        let planned = || computed.iter().find(|(of, _)| *of == step)?.1.expected;
        let told = record.step(step).best().or_else(planned)?;
        slot::short_notice(who, days(told, public), promised)
    };
    [
        (Step::Prenotified, "distributors are", policy.lead.prenotify),
        (Step::PreAnnounced, "everybody is", policy.lead.pre_announce),
    ]
    .into_iter()
    .filter_map(short)
    .collect()
}

#[cfg(test)]
mod tests;
