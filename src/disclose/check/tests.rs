//! What a record lacks, and what is doubtful about it.

use jiff::civil::date;

use super::*;
use crate::{
    disclose::{Policy, policy::SlotPolicy, read, record::Moment},
    model::{Declaration, DeclaredBy},
};

const WHOLE: &str = include_str!("../../../fixtures/disclose/2031-03.toml");

fn record(text: &str) -> Record {
    let reading = read("2031-03", text);
    assert_eq!(reading.complaints, [], "{text}");
    reading.record.expect("a record")
}

/// `1.4 supported`, `1.1 eol`, …
fn support(lines: &[(&str, Standing)]) -> Support {
    let line = |(id, standing): &(&str, Standing)| {
        let because = vec![Declaration::new(DeclaredBy::Configuration, *standing, "said")];
        ReleaseLine::new(LineId((*id).to_owned()), LineKind::Release, because)
    };
    Support { lines: lines.iter().map(line).collect(), ..Support::default() }
}

fn usual() -> Support {
    support(&[
        ("1.4", Standing::Supported),
        ("1.3", Standing::Supported),
        ("1.2", Standing::Supported),
        ("1.1", Standing::Eol),
    ])
}

/// The record of the fixture, with the second advisory as far as the first one.
fn complete() -> Record {
    let mut record = record(WHOLE);
    record.advisories.truncate(1);
    record
}

/// The same before anything has arrived.
fn planned() -> Record {
    Record { deliveries: Vec::new(), ..complete() }
}

fn lacks(record: &Record, stage: Stage) -> Vec<String> {
    let shown = missing(record, &usual(), &[stage]);
    shown.iter().map(|missing| format!("{} {}", missing.of.join(" "), missing.key)).collect()
}

#[test]
fn nothing_is_missing_where_everything_is_said() {
    let record = complete();
    for stage in
        [Stage::Escalation, Stage::Prenotification, Stage::PreAnnouncement, Stage::Announcement]
    {
        assert_eq!(lacks(&record, stage), Vec::<String>::new(), "{stage:?}");
    }
}

#[test]
fn every_need_of_every_stage_can_be_missing() {
    let empty = Record {
        advisories: vec![Disclosure { id: "A".to_owned(), ..Disclosure::default() }],
        pre_announce: crate::disclose::record::PreAnnounce {
            component: true,
            likely_affected: true,
        },
        ..Record::default()
    };
    let mut found: Vec<Need> = Vec::new();
    for stage in Stage::ALL {
        found.extend(missing(&empty, &usual(), &[stage]).iter().map(|missing| missing.need));
        found.extend(missing(&Record::default(), &usual(), &[stage]).iter().map(|m| m.need));
        let mut rows = complete();
        rows.advisories[0].fix.clear();
        rows.deliveries.clear();
        for row in &mut rows.advisories[0].lines {
            (row.status, row.affected, row.is_courtesy) = (LineStatus::Affected, None, false);
            (row.fixed_in, row.no_fix) = (None, None);
            row.fix.clear();
        }
        rows.advisories[0].lines[0].status = LineStatus::NotEvaluated;
        found.extend(missing(&rows, &usual(), &[stage]).iter().map(|missing| missing.need));
        found.extend(missing(&complete(), &usual(), &[stage]).iter().map(|missing| missing.need));
    }
    for need in Stage::ALL.iter().flat_map(|stage| stage.needs()) {
        assert!(found.contains(need), "{need:?} is never missing");
    }
}

#[test]
fn what_is_missing_is_named_with_its_place() {
    let record = record(WHOLE);
    assert_eq!(
        lacks(&record, Stage::Announcement),
        [
            "FERRY-2031-2 description",
            "FERRY-2031-2 cvss",
            "FERRY-2031-2 cwe",
            "FERRY-2031-2 check",
            "FERRY-2031-2 mitigation",
            "FERRY-2031-2 line 1.2 line",
            "FERRY-2031-2 line 1.3 status",
            "FERRY-2031-2 line 1.4 fix",
        ]
    );
    assert!(lacks(&record, Stage::OssSecurity).contains(&"FERRY-2031-2 cve".to_owned()));
    let later = lacks(&complete(), Stage::Retrospective);
    assert_eq!(
        later,
        [" prenotified", " pre-announced", " public", "github-release line 1.4 actual"]
    );
}

#[test]
fn a_thing_that_two_stages_need_is_missing_once() {
    let mut record = complete();
    record.contact = None;
    let all = missing(&record, &usual(), &Stage::ALL);
    let contact: Vec<Stage> =
        all.iter().filter(|m| m.need == Need::Contact).map(|missing| missing.stage).collect();
    assert_eq!(contact, [Stage::Escalation]);
}

#[test]
fn what_cannot_be_right_is_said() {
    let policy = Policy {
        slot: SlotPolicy { holidays: vec![date(2031, 3, 5)], ..SlotPolicy::default() },
        ..Policy::default()
    };
    let today = date(2031, 2, 24);
    let shown = |record: &Record, support: &Support, today| -> Vec<String> {
        let doubts = doubts(record, support, &policy, today);
        let grave = doubts.into_iter().filter(|doubt| doubt.gravity == Gravity::Wrong);
        grave.map(|doubt| doubt.message).collect()
    };
    let mut record = planned();
    assert_eq!(shown(&record, &usual(), today), Vec::<String>::new());

    // The lines are others.
    let other = support(&[("1.4", Standing::Supported), ("1.1", Standing::Supported)]);
    assert_eq!(
        shown(&record, &other, today),
        [
            "CVE-2031-0001 has a row for `1.3`, and there is no such line; the lines are 1.4, 1.1",
            "CVE-2031-0001 has a row for `1.2`, and there is no such line; the lines are 1.4, 1.1",
            "CVE-2031-0001 says that 1.1 is ended, and it is supported",
        ]
    );
    record.advisories[0].lines[0].line = LineId("1.4.x".to_owned());
    assert_eq!(
        shown(&record, &usual(), today),
        ["CVE-2031-0001 has a row for `1.4.x`, and there is no such line; it may be `1.4`"]
    );

    // The days are others.
    for (public, today, expected) in [
        (
            "2031-03-07",
            today,
            "all would be public on 2031-03-07, a Friday: whoever has to update does it on the weekend",
        ),
        ("2031-03-05", today, "all would be public on 2031-03-05, a holiday"),
        (
            "2031-05-07",
            today,
            "the embargo lasts 93 days, from 2031-02-03 to 2031-05-07, and 90 are the most",
        ),
        (
            "2031-03-04",
            date(2031, 3, 6),
            "`public` was expected on 2031-03-04, 2 days ago, and nothing says that it happened",
        ),
    ] {
        let mut record = planned();
        for (step, slot) in &mut record.steps {
            slot.expected = match step {
                Step::Public => Some(crate::disclose::record::Moment {
                    day: public.parse().expect("a day"),
                    time: None,
                }),
                _ => None,
            };
        }
        let shown = shown(&record, &usual(), today);
        assert_eq!(shown, [expected], "{public}");
    }
}

#[test]
fn whoever_did_not_agree_is_named_to_the_keepers_as_a_note() {
    let doubts = doubts(&planned(), &usual(), &Policy::default(), date(2031, 2, 24));
    let notes: Vec<&str> = doubts.iter().map(|doubt| doubt.message.as_str()).collect();
    assert_eq!(
        notes,
        ["Eli Reef did not agree to be named for CVE-2031-0001, and no text names them"]
    );
    assert!(doubts.iter().all(|doubt| doubt.gravity == Gravity::Note));
}

#[test]
fn an_arrival_that_contradicts_the_record_is_wrong() {
    let said = |rows: &str| -> Vec<String> {
        let text = format!("{WHOLE}\n{rows}");
        let mut record = record(&text);
        record.deliveries.retain(|delivery| rows.contains(&format!("\"{}\"", delivery.channel)));
        let doubts = doubts(&record, &usual(), &Policy::default(), date(2031, 5, 1));
        let wrong = doubts.into_iter().filter(|doubt| doubt.gravity == Gravity::Wrong);
        let messages = wrong.map(|doubt| doubt.message);
        messages.filter(|message| message.contains("apt") || message.contains("Apt")).collect()
    };
    let row = |rest: &str| format!("[[delivery]]\nchannel = \"apt-x\"\n{rest}\n");
    for (rows, expected) in [
        (row("line = \"1.4\"\nactual = 2031-04-30"), ""),
        (
            row("line = \"9.9\"\nactual = 2031-04-30"),
            "`apt-x` has a delivery for `9.9`, and there is no such line",
        ),
        (
            row("line = \"1.1\"\nactual = 2031-04-30"),
            "`apt-x` has a delivery for `1.1`, and nothing is mended there",
        ),
        (
            row("") + &row("line = \"1.4\"").replace("apt-x", "Apt-x"),
            "`Apt-x` and `apt-x` are two channels, and differ in nothing but case",
        ),
    ] {
        assert_eq!(said(&rows).join("; "), expected, "{rows}");
    }
    let early = said(&row("actual = 2020-01-01"));
    let reported = "`apt-x` is said to have it since 2020-01-01, before `reported` on ";
    assert!(early.iter().any(|message| message.starts_with(reported)), "{early:?}");
}

#[test]
fn an_embargo_lasts_until_the_record_says_that_it_ended() {
    let said = |steps: &[(Step, Option<&str>, Option<&str>)], today| -> Vec<String> {
        let moment = |text: &str| Moment { day: text.parse().expect("a day"), time: None };
        let steps = steps.iter().map(|(step, expected, actual)| {
            (*step, Slot { expected: expected.map(moment), actual: actual.map(moment) })
        });
        let record = Record { steps: steps.collect(), ..planned() };
        let doubts = doubts(&record, &usual(), &Policy::default(), today);
        let of = doubts.into_iter().filter(|doubt| doubt.message.contains("the embargo"));
        of.map(|doubt| doubt.message).collect()
    };
    let reported = (Step::Reported, None, Some("2030-11-01"));
    let late = "the embargo has lasted 395 days, since 2030-11-01, and 90 are the most";
    let slipped = [reported, (Step::Public, Some("2030-12-02"), None)];
    assert_eq!(said(&slipped, date(2031, 12, 1)), [late]);
    assert_eq!(said(&slipped, date(2030, 12, 10)), Vec::<String>::new());
    let kept = [reported, (Step::Public, Some("2030-12-02"), Some("2030-12-02"))];
    assert_eq!(said(&kept, date(2031, 12, 1)), Vec::<String>::new());
}
