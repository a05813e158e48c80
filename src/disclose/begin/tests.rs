//! Records that begin, with what is known of a small project.

use jiff::civil::{Time, date};

use super::*;
use crate::{
    disclose::{policy::Channel, read, write_guided},
    model::{Declaration, DeclaredBy, LineId, Release},
};

fn line(id: &str, standing: Standing, version: &str) -> ReleaseLine {
    let because = vec![Declaration::new(DeclaredBy::Configuration, standing, "said")];
    let release = Release {
        tag: format!("v{version}"),
        version: version.to_owned(),
        commit: None,
        date: None,
    };
    ReleaseLine {
        release: Some(release),
        ..ReleaseLine::new(LineId(id.to_owned()), LineKind::Release, because)
    }
}

fn support() -> Support {
    let mut main = line("main", Standing::Supported, "9.9.9");
    main.kind = LineKind::Default;
    let lines = vec![
        line("1.6", Standing::Upcoming, "1.6.0-rc.1"),
        line("1.5", Standing::Supported, "1.5.3"),
        line("1.4", Standing::Supported, "1.4"),
        line("1.3", Standing::Unknown, "1.3.9"),
        line("1.2", Standing::Eol, "1.2.9"),
        line("1.1", Standing::Eol, "1.1.9"),
        line("1.0", Standing::Eol, "1.0.9"),
        line("0.9", Standing::Eol, "0.9.9"),
        main,
    ];
    Support { lines, ..Support::default() }
}

fn begun(policy: &Policy, public: Option<Moment>) -> (Record, String) {
    let support = support();
    let repository = Some("https://github.com/ferry/ferry.git");
    let today = date(2031, 6, 15);
    let known = Known { support: &support, policy, repository, today, public };
    let (record, remarks) = begin("2031-06", &known);
    let text = write_guided(&record, &remarks);
    let reading = read("2031-06", &text);
    assert_eq!(reading.complaints, [], "{text}");
    assert_eq!(reading.record.as_ref(), Some(&record), "{text}");
    (record, text)
}

#[test]
fn a_record_begins_with_what_is_known_and_guesses_nothing() {
    let (record, text) = begun(&Policy::default(), None);
    assert_eq!(record.product, "ferry");
    assert_eq!(record.repository.as_deref(), Some("https://github.com/ferry/ferry"));
    let rows: Vec<String> = record.advisories[0]
        .lines
        .iter()
        .map(|row| format!("{} {}", row.line, row.status.as_str()))
        .collect();
    assert_eq!(
        rows,
        ["1.5 not-evaluated", "1.4 not-evaluated", "1.2 ended", "1.1 ended", "1.0 ended"]
    );
    assert!(record.advisories[0].lines.iter().all(|row| row.fixed_in.is_none()));
    let public = record.step(Step::Public).expected.map(|at| at.to_string());
    assert_eq!(public.as_deref(), Some("2031-06-25 15:00 UTC"));
    for said in [
        "# Not released yet, so patched and not listed: 1.6.",
        "# Nobody says whether these are supported: 1.3.",
        "# 1 older line has ended, too, without a row here.",
        "# The next good ones: Wed 2031-06-25 15:00 UTC, Tue 2031-07-01 15:00 UTC, \
         Wed 2031-07-02 15:00 UTC, Tue 2031-07-08 15:00 UTC.",
        "# From the report to the fix it leaves 3 days; the policy promises 30 days at most.",
        "acknowledged = 2031-06-17\nconfirmed = 2031-06-17\nfix-ready = 2031-06-18\n\
         prenotified = 2031-06-18\npre-announced = 2031-06-18\npublic = 2031-06-25T15:00:00Z",
        "# Expected, and not a fact until it is tagged: fixed-in = \"1.5.4\"",
        "# The support of 1.2 has ended: nobody evaluated it, and it may be affected.",
        "# title = ",
    ] {
        assert!(text.contains(said), "{said}\n{text}");
    }
    assert!(!text.contains("It is soon"), "{text}");
    // `1.4` is no version of SemVer, so nobody knows what comes after it.
    assert_eq!(text.matches("not a fact").count(), 1);
}

#[test]
fn a_day_that_is_too_soon_is_planned_honestly() {
    let soon = Moment { day: date(2031, 6, 18), time: Time::new(15, 0, 0, 0).ok() };
    let (_, text) = begun(&Policy::default(), Some(soon));
    for said in [
        "# It is soon: distributors are told 1 day ahead, and the policy says 7.",
        "# It is soon: everybody is told 1 day ahead, and the policy says 7.",
        "# From the report to the fix it leaves 2 days; the policy promises 30 days at most.",
        "acknowledged = 2031-06-16\nconfirmed = 2031-06-16\nfix-ready = 2031-06-17\n\
         prenotified = 2031-06-17\npre-announced = 2031-06-17\npublic = 2031-06-18T15:00:00Z",
    ] {
        assert!(text.contains(said), "{said}\n{text}");
    }
}

#[test]
fn a_project_says_what_is_said_of_ended_lines_and_where_releases_are_to_be_had() {
    let channel = |id: &str, within| Channel { id: id.to_owned(), within };
    let policy = Policy {
        ended: EndedLines::Affected,
        channels: vec![
            channel("crates.io", Ok(0)),
            channel("container", Ok(1)),
            channel("apt", Err("volunteers build it".to_owned())),
        ],
        ..Policy::default()
    };
    let friday = Moment { day: date(2031, 7, 4), time: Time::new(15, 0, 0, 0).ok() };
    let (record, text) = begun(&policy, Some(friday));
    assert!(text.contains("# 2031-07-04 is a Friday: "), "{text}");
    let ended = record.advisories[0].row(&LineId("1.2".to_owned())).expect("a row");
    assert_eq!((ended.status, ended.no_fix.is_some()), (LineStatus::Affected, true));
    let shown: Vec<String> = record
        .deliveries
        .iter()
        .map(|delivery| {
            let line = delivery.line.as_ref().map_or("every line", |line| line.0.as_str());
            let when = match &delivery.promised {
                Ok(slot) => slot.expected.map(|at| at.to_string()).unwrap_or_default(),
                Err(because) => because.clone(),
            };
            format!("{} {line}: {when}", delivery.channel)
        })
        .collect();
    assert_eq!(
        shown,
        [
            "crates.io 1.5: 2031-07-04 15:00 UTC",
            "crates.io 1.4: 2031-07-04 15:00 UTC",
            "container 1.5: 2031-07-05",
            "container 1.4: 2031-07-05",
            "apt every line: volunteers build it",
        ]
    );
}
