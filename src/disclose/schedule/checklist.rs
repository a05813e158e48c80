//! What is to be done from the report to the end, in the order in which projects do it.

use jiff::{ToSpan as _, civil::Date};

use super::{By, Item, Kind, State};
use crate::disclose::{
    Policy, Record,
    record::{Cve, Delivery, Moment, Slot, Step},
    slot,
    track::GIT_TAG,
};

const COORDINATOR: &str = "coordinator";
const LINES: &str = "maintainers";
const RELEASES: &str = "release managers";

/// A task by its days from the public one.
struct Task {
    key: &'static str,
    days: i64,
    /// The step that cannot be taken before it is done: its day where the usual one comes before anybody
    /// knew of the hole.
    until: Step,
    who: &'static str,
    what: &'static str,
    command: Option<&'static str>,
}

/// What is done between the steps of the record.
const TASKS: [Task; 7] = [
    Task {
        key: "review",
        days: -14,
        until: Step::FixReady,
        who: LINES,
        what: "have the fix reviewed for the default branch and every supported line, in private",
        command: Some("patchline disclose status"),
    },
    Task {
        key: "verify",
        days: -10,
        until: Step::Prenotified,
        who: COORDINATOR,
        what: "let the reporter try the fix, and ask whom to thank",
        command: None,
    },
    Task {
        key: "texts",
        days: -3,
        until: Step::Public,
        who: COORDINATOR,
        what: "read the texts and the records for machines as those who get them",
        command: Some("patchline disclose check"),
    },
    Task {
        key: "rehearse",
        days: -1,
        until: Step::Public,
        who: RELEASES,
        what: "see that the fix still applies on every line, and remind distributors",
        command: Some("patchline disclose status"),
    },
    Task {
        key: "machines",
        days: 0,
        until: Step::Public,
        who: COORDINATOR,
        what: "hand over the records for machines: GitHub, CVE, OSV, CSAF, OpenVEX",
        command: Some("patchline disclose export github"),
    },
    Task {
        key: "latest",
        days: 1,
        until: Step::Closed,
        who: RELEASES,
        what: "see that every channel has every line, and that `latest` is the newest line",
        command: Some("patchline disclose status"),
    },
    Task {
        key: "tidy",
        days: 7,
        until: Step::Closed,
        who: COORDINATOR,
        what: "close private forks and branches, and bring SECURITY.md up to date",
        command: Some("patchline disclose policy --check"),
    },
];

/// Every item, with the day that the record names, else the one of the policy.
pub(super) fn items(record: &Record, policy: &Policy) -> Vec<Item> {
    let public = record.step(Step::Public);
    let public = public.expected.or(public.actual);
    let reported = super::reported(record);
    let computed = public.map(|public| slot::steps(reported, public, policy.lead));
    let computed = computed.unwrap_or_default();
    let dates = Dates { record, computed: &computed, public };
    let mut items = Vec::new();
    for step in Step::ALL {
        items.push(of_step(step, record, &computed));
        if step == Step::Confirmed {
            items.push(cve(record, &dates));
        }
        if step == Step::Public {
            items.extend(deliveries(record));
        }
    }
    items.extend(TASKS.iter().map(|task| of_task(task, &dates)));
    items
}

/// The days of the steps.
struct Dates<'a> {
    record: &'a Record,
    computed: &'a [(Step, Slot)],
    public: Option<Moment>,
}

impl Dates<'_> {
    /// What the record says, else what is computed.
    fn of(&self, step: Step) -> Option<Date> {
        let computed = self.computed.iter().find(|(of, _)| *of == step);
        let computed = computed.and_then(|(_, slot)| slot.expected);
        self.record.step(step).best().or(computed).map(|moment| moment.day)
    }

    /// The day of a task: nothing is done for a hole that nobody has confirmed.
    fn of_task(&self, task: &Task) -> Option<Date> {
        let public = self.public?;
        let usual = public.day.checked_add(task.days.days()).ok()?;
        let begin = self.of(Step::Confirmed).or_else(|| super::reported(self.record));
        match begin {
            Some(begin) if usual < begin => {
                self.of(task.until).filter(|day| *day >= begin).or(Some(begin))
            }
            _ => Some(usual),
        }
    }
}

fn of_step(step: Step, record: &Record, computed: &[(Step, Slot)]) -> Item {
    let slot = record.step(step);
    let planned = computed.iter().find(|(of, _)| *of == step).and_then(|(_, slot)| slot.expected);
    let (expected, by) = match (slot.expected, planned) {
        (Some(expected), _) => (Some(expected), By::Record),
        // What happened without a plan needs none.
        (None, Some(planned)) if slot.actual.is_none() => (Some(planned), By::Policy),
        (None, _) => (None, By::Nobody),
    };
    let (who, what, command) = told(step);
    Item {
        key: step.as_str().to_owned(),
        kind: Kind::Step(step),
        slot: Slot { expected, ..slot },
        by,
        who,
        what: what.to_owned(),
        command,
        state: State::Undated,
    }
}

fn told(step: Step) -> (&'static str, &'static str, Option<&'static str>) {
    match step {
        Step::Reported => ("reporter", "report it", Some("patchline disclose new")),
        Step::Acknowledged => (COORDINATOR, "tell the reporter that the report is here", None),
        Step::Confirmed => (
            COORDINATOR,
            "say whether it is a vulnerability, and tell those who decide",
            Some("patchline disclose render escalation"),
        ),
        Step::FixReady => (
            LINES,
            "have the fix ready for every supported line",
            Some("patchline disclose status"),
        ),
        Step::Prenotified => (
            COORDINATOR,
            "tell distributors, under embargo",
            Some("patchline disclose render prenotification"),
        ),
        Step::PreAnnounced => (
            COORDINATOR,
            "tell everybody that a release is coming, and nothing else",
            Some("patchline disclose render pre-announcement"),
        ),
        Step::Public => (
            RELEASES,
            "publish the releases, the oldest line first, then the announcement",
            Some("patchline disclose render announcement"),
        ),
        Step::Closed => (
            COORDINATOR,
            "tell the whole timeline, and close the record",
            Some("patchline disclose render retrospective"),
        ),
    }
}

/// Ids take days to come, so they are asked for as soon as it is clear what they are for.
fn cve(record: &Record, dates: &Dates<'_>) -> Item {
    let is_asked =
        !record.advisories.is_empty() && record.advisories.iter().all(|of| of.cve != Cve::Unstated);
    let mut item = of_task(
        &Task {
            key: "cve",
            days: -14,
            until: Step::Prenotified,
            who: COORDINATOR,
            what: "ask for a CVE id for each vulnerability",
            command: Some("patchline disclose export cve"),
        },
        dates,
    );
    if is_asked {
        item.what.push_str(" (the record says so)");
    }
    item
}

fn deliveries(record: &Record) -> Vec<Item> {
    let mut items = Vec::new();
    for delivery in record.looked_for() {
        // What is not promised has no day.
        let Ok(slot) = delivery.promised else { continue };
        // That of tags is git's, which `status` asks.
        if delivery.channel == GIT_TAG {
            continue;
        }
        let line = delivery.line.as_ref().map(|line| format!(" for {line}")).unwrap_or_default();
        items.push(Item {
            key: delivery_key(delivery, &items),
            kind: Kind::Delivery,
            slot,
            by: if slot.expected.is_some() { By::Record } else { By::Nobody },
            who: RELEASES,
            what: format!("have the fix in {}{line}", delivery.channel),
            command: Some("patchline disclose status"),
            state: State::Undated,
        });
    }
    items
}

/// By what the delivery is of, and not by its place: others may be put before it.
fn delivery_key(delivery: &Delivery, known: &[Item]) -> String {
    let line = delivery.line.as_ref().map(|line| format!("/{line}")).unwrap_or_default();
    let key = format!("delivery/{}{line}", delivery.channel);
    let mut unique = key.clone();
    let mut count = 1;
    while known.iter().any(|item| item.key == unique) {
        count += 1;
        unique = format!("{key}#{count}");
    }
    unique
}

fn of_task(task: &Task, dates: &Dates<'_>) -> Item {
    let expected = dates.of_task(task).map(|day| Moment { day, time: None });
    Item {
        key: task.key.to_owned(),
        kind: Kind::Task,
        slot: Slot { expected, actual: None },
        by: if expected.is_some() { By::Policy } else { By::Nobody },
        who: task.who,
        what: task.what.to_owned(),
        command: task.command,
        state: State::Undated,
    }
}
