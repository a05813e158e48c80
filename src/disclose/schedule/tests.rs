//! Plans of small records on days.

use jiff::civil::date;

use super::*;
use crate::{
    disclose::record::{Delivery, Disclosure, LineRow, LineStatus},
    model::LineId,
};

fn moment(text: &str) -> Moment {
    let (day, time) = text.split_once(' ').map_or((text, None), |(day, time)| (day, Some(time)));
    Moment {
        day: day.parse().expect("a day"),
        time: time.map(|time| time.parse().expect("a time")),
    }
}

fn slot_of(expected: &str, actual: &str) -> Slot {
    let read = |text: &str| (!text.is_empty()).then(|| moment(text));
    Slot { expected: read(expected), actual: read(actual) }
}

/// `step expected/actual`, a step a row.
fn record(steps: &str) -> Record {
    let steps = steps.lines().map(str::trim).filter(|row| !row.is_empty()).map(|row| {
        let (name, days) = row.split_once(' ').expect("a step and its days");
        let (expected, actual) = days.split_once('/').unwrap_or((days, ""));
        let step = Step::ALL.into_iter().find(|step| step.as_str() == name).expect("a step");
        (step, slot_of(expected, actual))
    });
    Record {
        id: "2031-03".to_owned(),
        product: "Teapot".to_owned(),
        steps: steps.collect(),
        ..Record::default()
    }
}

fn states(record: &Record, today: Date) -> Vec<(String, State)> {
    let plan = plan(record, &Policy::default(), today);
    plan.items.into_iter().map(|item| (item.key, item.state)).collect()
}

fn state_of(record: &Record, today: Date, key: &str) -> State {
    let states = states(record, today);
    states.into_iter().find(|(of, _)| of == key).map(|(_, state)| state).expect("an item")
}

#[test]
fn a_public_day_alone_dates_everything_backwards() {
    let record = record("public 2031-03-04 15:00");
    let plan = plan(&record, &Policy::default(), date(2031, 2, 1));
    let shown: Vec<String> = plan
        .items
        .iter()
        .filter_map(|item| Some(format!("{} {}", item.slot.expected?.day, item.key)))
        .collect();
    assert_eq!(
        shown,
        [
            "2031-02-18 cve",
            "2031-02-18 review",
            "2031-02-22 verify",
            "2031-02-25 fix-ready",
            "2031-02-25 prenotified",
            "2031-02-25 pre-announced",
            "2031-03-01 texts",
            "2031-03-03 rehearse",
            "2031-03-04 public",
            "2031-03-04 machines",
            "2031-03-05 latest",
            "2031-03-07 closed",
            "2031-03-11 tidy",
        ]
    );
    assert_eq!((plan.missed(), plan.warnings), (0, Vec::new()));
}

#[test]
fn nothing_is_due_before_the_report() {
    // Twelve days: less than the fourteen that reviews have, and enough for every notice.
    let known = record("reported /2031-02-20\npublic 2031-03-04 15:00");
    let today = date(2031, 2, 20);
    let shown = |record: &Record| -> Vec<String> {
        let plan = plan(record, &Policy::default(), today);
        let dated = |item: &Item| Some(format!("{} {}", item.slot.expected?.day, item.key));
        plan.items.iter().filter_map(dated).take(7).collect()
    };
    assert_eq!(
        shown(&known),
        [
            "2031-02-22 acknowledged",
            "2031-02-22 confirmed",
            "2031-02-22 verify",
            "2031-02-25 cve",
            "2031-02-25 fix-ready",
            "2031-02-25 prenotified",
            "2031-02-25 pre-announced",
        ]
    );
    assert_eq!(plan(&known, &Policy::default(), today).warnings, Vec::<String>::new());
    // Three days.
    let soon = record("reported /2031-03-01\npublic 2031-03-04 15:00");
    for (item, day) in plan(&soon, &Policy::default(), today)
        .items
        .iter()
        .filter_map(|item| Some((&item.key, item.slot.expected?.day)))
    {
        assert!(day > date(2031, 3, 1), "{item} on {day}");
    }
    let says = [
        "distributors are told 1 day ahead, and the policy says 7",
        "everybody is told 1 day ahead, and the policy says 7",
    ];
    assert_eq!(plan(&soon, &Policy::default(), today).warnings, says);
    // A record that does not say when it was reported, and says when it is answered.
    let begun = record("acknowledged 2031-03-02\npublic 2031-03-04 15:00");
    for item in &plan(&begun, &Policy::default(), today).items {
        let day = item.slot.expected.map(|at| at.day);
        assert!(day.is_none_or(|day| day >= date(2031, 3, 2)), "{}: {day:?}", item.key);
    }
    // The days of the record count, and what is planned before the report is named.
    let own = record(
        "reported /2031-02-20\nfix-ready 2031-02-19\nprenotified 2031-03-02\npublic 2031-03-04 15:00",
    );
    assert_eq!(
        plan(&own, &Policy::default(), today).warnings,
        [
            "distributors are told 2 days ahead, and the policy says 7",
            "`fix-ready` is planned for 2031-02-19, before the report on 2031-02-20",
        ]
    );
}

#[test]
fn only_what_was_promised_is_missed() {
    let record = record("prenotified 2031-02-25\npublic 2031-03-04 15:00");
    // The day itself is not over.
    assert_eq!(state_of(&record, date(2031, 2, 25), "prenotified"), State::Ahead);
    assert_eq!(state_of(&record, date(2031, 2, 26), "prenotified"), State::Missed);
    // Nobody promised the other one.
    assert_eq!(state_of(&record, date(2031, 2, 26), "pre-announced"), State::Passed);
    assert_eq!(state_of(&record, date(2031, 2, 26), "review"), State::Passed);
    assert_eq!((missed(&record, date(2031, 2, 25)), missed(&record, date(2031, 2, 26))), (0, 1));
}

#[test]
fn what_happened_is_done_from_that_day_on() {
    let record = record("prenotified 2031-02-25/2031-02-26\npublic 2031-03-04 15:00");
    assert_eq!(state_of(&record, date(2031, 2, 26), "prenotified"), State::Done);
    // As it was before.
    assert_eq!(state_of(&record, date(2031, 2, 25), "prenotified"), State::Ahead);
    assert_eq!(missed(&record, date(2031, 3, 1)), 0);
}

#[test]
fn a_channel_is_missed_like_a_step_and_one_without_a_promise_never() {
    let delivery = |promised| Delivery {
        channel: "container".to_owned(),
        line: None::<LineId>,
        promised,
        url: None,
    };
    let mut record = record("public 2031-03-04 15:00/2031-03-04 15:00");
    record.deliveries =
        vec![delivery(Ok(slot_of("2031-03-05", ""))), delivery(Err("volunteers".to_owned()))];
    let today = date(2031, 3, 6);
    assert_eq!((missed(&record, today), plan(&record, &Policy::default(), today).missed()), (1, 1));
    assert_eq!(state_of(&record, today, "delivery/container"), State::Missed);
    assert!(states(&record, today).iter().all(|(key, _)| !key.starts_with("delivery/container#")));
}

#[test]
fn dates_that_speak_against_themselves_are_named() {
    let warned = |steps: &str, today: Date| -> String {
        plan(&record(steps), &Policy::default(), today).warnings.join("\n")
    };
    let today = date(2031, 2, 1);
    let late = warned("prenotified 2031-03-03\npublic 2031-03-04 15:00", today);
    assert_eq!(late, "distributors are told 1 day ahead, and the policy says 7");
    // A Friday, a Monday, a Sunday, the end of a quarter.
    for (day, expected) in [
        ("2031-03-07 15:00", "a Friday"),
        ("2031-03-10 15:00", "a Monday"),
        ("2031-03-09 15:00", "a Sunday"),
        ("2031-12-30 15:00", "at the end of a quarter"),
    ] {
        let warnings = warned(&format!("public {day}"), today);
        assert!(warnings.contains(expected), "{day}: {warnings}");
    }
    assert!(warned("public 2031-03-04", today).contains("has no hour"));
    let long = warned("reported /2030-11-01\npublic 2031-03-04 15:00", today);
    assert!(long.contains("are 123 days, and the policy allows 90"), "{long}");
    let order =
        warned("fix-ready 2031-02-27\nprenotified 2031-02-25\npublic 2031-03-04 15:00", today);
    assert!(
        order.contains("`prenotified` is planned for 2031-02-25, before `fix-ready`"),
        "{order}"
    );
    assert!(warned("reported /2031-01-01", today).contains("no public day"));
    // What is public cannot be moved any more.
    assert_eq!(warned("public 2031-03-07 15:00/2031-03-07 15:00", today), "");
}

#[test]
fn a_calendar_has_rows_and_ends_that_readers_take() {
    let mut record = record("reported /2031-02-01\npublic 2031-03-04 15:00");
    record.product =
        "Teapot, the \u{1f375}; \\ served with a name that is far too long for one row".to_owned();
    let today = date(2031, 2, 1);
    let plan = plan(&record, &Policy::default(), today);
    let calendar = ics::calendar(&record, &plan, today);
    assert!(calendar.starts_with("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:"), "{calendar}");
    assert!(
        calendar.ends_with("END:VCALENDAR\r\n")
            && !calendar.replace("\r\n", "").contains(['\r', '\n'])
    );
    for row in calendar.split("\r\n") {
        assert!(row.len() <= 75, "{row}");
    }
    let whole = calendar.replace("\r\n ", "");
    assert!(
        whole.contains("SUMMARY:Security release of Teapot\\, the \u{1f375}\\; \\\\ served"),
        "{whole}"
    );
    assert!(whole.contains("DTSTART:20310304T150000Z\r\nDURATION:PT1H"), "{whole}");
    assert!(whole.contains("DTSTART;VALUE=DATE:20310307\r\nDTEND;VALUE=DATE:20310308"), "{whole}");
    let mut seen: Vec<&str> = whole.split("\r\n").filter(|row| row.starts_with("UID:")).collect();
    let count = seen.len();
    seen.sort_unstable();
    seen.dedup();
    assert_eq!(seen.len(), count);
    // On another day it is the same but for when it was written.
    let later = ics::calendar(
        &record,
        &super::plan(&record, &Policy::default(), date(2031, 2, 2)),
        date(2031, 2, 2),
    );
    assert_eq!(later.replace("DTSTAMP:20310202", "DTSTAMP:20310201"), calendar);
}

#[test]
fn a_calendar_says_what_the_public_may_know() {
    let mut record = record("reported /2031-02-01\npublic 2031-03-04 15:00");
    record.id = "SECRET".to_owned();
    record.coordinator = Some("SECRET".to_owned());
    record.deliveries = vec![Delivery {
        channel: "SECRET".to_owned(),
        line: None,
        promised: Ok(slot_of("2031-03-05", "")),
        url: Some("SECRET".to_owned()),
    }];
    let today = date(2031, 2, 1);
    let calendar = ics::calendar(&record, &plan(&record, &Policy::default(), today), today);
    assert!(!calendar.replace("\r\n ", "").contains("SECRET"), "{calendar}");
    assert!(calendar.contains("a channel has it"));
}

fn delivery(channel: &str, line: &str, expected: &str) -> Delivery {
    Delivery {
        channel: channel.to_owned(),
        line: Some(LineId(line.to_owned())),
        promised: Ok(slot_of(expected, "")),
        url: None,
    }
}

fn rows(rows: Vec<LineRow>) -> Disclosure {
    Disclosure { id: "TEA-1".to_owned(), lines: rows, ..Disclosure::default() }
}

fn row(line: &str, status: LineStatus) -> LineRow {
    LineRow::new(LineId(line.to_owned()), status)
}

#[test]
fn nobody_waits_for_a_line_that_gets_no_release() {
    let mut record = record("public 2031-03-04 15:00/2031-03-04 15:00");
    let lines = ["1.6", "1.5", "1.4", "1.3", "1.2"];
    record.deliveries =
        lines.map(|line| delivery("container", line, "2031-03-05")).into_iter().collect();
    record.advisories = vec![rows(vec![
        row("1.6", LineStatus::Affected),
        row("1.5", LineStatus::NotAffected),
        LineRow { no_fix: Some("too old".to_owned()), ..row("1.4", LineStatus::Affected) },
        LineRow { is_courtesy: true, ..row("1.3", LineStatus::Affected) },
        row("1.2", LineStatus::NotEvaluated),
    ])];
    let today = date(2031, 3, 6);
    let plan = plan(&record, &Policy::default(), today);
    assert_eq!((missed(&record, today), plan.missed()), (1, 1));
    let keys = plan.items.iter().filter(|item| item.kind == Kind::Delivery).map(|item| &item.key);
    assert_eq!(keys.collect::<Vec<_>>(), ["delivery/container/1.6"]);
    // The other vulnerability is closed there.
    record.advisories.push(rows(vec![row("1.5", LineStatus::Affected)]));
    assert_eq!(missed(&record, today), 2);
}

#[test]
fn an_event_of_a_channel_stays_the_same_when_others_come_before_it() {
    let mut record = record("public 2031-03-04 15:00");
    record.advisories =
        vec![rows(vec![row("1.5", LineStatus::Affected), row("1.4", LineStatus::Affected)])];
    record.deliveries =
        vec![delivery("apt", "1.5", "2031-03-05"), delivery("apt", "1.4", "2031-03-06")];
    let today = date(2031, 3, 1);
    let events = |record: &Record| -> Vec<String> {
        let calendar = ics::calendar(record, &plan(record, &Policy::default(), today), today);
        let whole = calendar.replace("\r\n ", "");
        whole.split("BEGIN:VEVENT").map(str::trim).map(str::to_owned).collect()
    };
    let before = events(&record);
    record.deliveries.insert(0, delivery("snap", "1.5", "2031-03-05"));
    let after = events(&record);
    assert_eq!(after.len(), before.len() + 1);
    for event in before.iter().filter(|event| event.contains("a channel has it")) {
        assert!(after.contains(event), "{event} in {after:?}");
    }
    // Two of the same are two events.
    record.deliveries.push(delivery("snap", "1.5", "2031-03-05"));
    let mut twice = events(&record);
    twice.sort();
    twice.dedup();
    assert_eq!(twice.len(), after.len() + 1);
}

#[test]
fn what_a_policy_plans_is_not_doubted() {
    let mut policy = Policy::default();
    (policy.lead.pre_announce, policy.lead.prenotify) = (10, 5);
    let today = date(2031, 2, 3);
    let public = moment("2031-03-04 15:00");
    let steps = slot::steps(Some(today), public, policy.lead);
    let told = |step| steps.iter().find(|(of, _)| *of == step).and_then(|(_, slot)| slot.expected);
    assert!(told(Step::PreAnnounced) < told(Step::Prenotified), "{steps:?}");
    let planned = Record { steps: steps.clone(), ..record("public 2031-03-04 15:00") };
    assert_eq!(plan(&planned, &policy, today).warnings, Vec::<String>::new());
}
