//! What the reader takes, complains of, and gives back to the writer.

use jiff::civil::date;
use proptest::prelude::*;

use super::*;
use crate::disclose::{keys::TABLES, record::LineStatus, write};

fn complaints(text: &str) -> String {
    let shown: Vec<String> = read("2031-03", text)
        .complaints
        .iter()
        .map(|complaint| {
            format!("{}: {}", complaint.row.map_or(0, NonZeroU32::get), complaint.message)
        })
        .collect();
    shown.join("\n")
}

const WHOLE: &str = include_str!("../../../fixtures/disclose/2031-03.toml");

fn whole() -> Record {
    let reading = read("2031-03", WHOLE);
    assert_eq!(reading.complaints, [], "{}", complaints(WHOLE));
    reading.record.expect("it is a record")
}

#[test]
fn a_whole_record_is_what_its_file_says() {
    let record = whole();
    assert_eq!((record.id.as_str(), record.product.as_str()), ("2031-03", "Ferry"));
    let public = record.step(Step::Public);
    assert_eq!(
        public.expected.map(|moment| moment.to_string()).as_deref(),
        Some("2031-03-04 15:00 UTC")
    );
    assert_eq!(record.step(Step::Reported).actual.map(|moment| moment.day), Some(date(2031, 2, 3)));
    let [advisory, other] = record.advisories.as_slice() else { panic!("{record:?}") };
    assert_eq!(
        advisory.cvss.iter().map(|claim| claim.score).collect::<Vec<_>>(),
        [Some(7.5), Some(8.7)]
    );
    assert_eq!(advisory.lines.len(), 4);
    assert_eq!(other.cve, crate::disclose::record::Cve::Requested);
    let statuses: Vec<LineStatus> = advisory.lines.iter().map(|row| row.status).collect();
    assert!(statuses.contains(&LineStatus::Ended) && statuses.contains(&LineStatus::Affected));
    assert!(record.deliveries.iter().any(|delivery| delivery.promised.is_err()));
}

#[test]
fn the_fixture_uses_every_key() {
    let table: toml::Table = toml::from_str(WHOLE).expect("TOML");
    let mut unused = Vec::new();
    // Of what did not happen yet, there is no day.
    for (path, keys) in TABLES.into_iter().filter(|(path, _)| *path != "actual") {
        let mut tables = vec![&table];
        for part in path.split('.').filter(|part| !part.is_empty()) {
            tables = tables
                .iter()
                .filter_map(|table| table.get(part))
                .flat_map(|value| match value {
                    toml::Value::Array(list) => list.iter().filter_map(|v| v.as_table()).collect(),
                    value => value.as_table().into_iter().collect::<Vec<_>>(),
                })
                .collect();
        }
        let is_used = |key: &&keys::Key| tables.iter().any(|table| table.contains_key(key.name));
        let found =
            keys.iter().filter(|key| !is_used(key)).map(|key| format!("{path}.{}", key.name));
        unused.extend(found);
    }
    assert_eq!(unused, Vec::<String>::new());
}

#[test]
fn what_is_written_is_read_as_the_same() {
    let record = whole();
    let written = write::write(&record);
    assert_eq!(complaints(&written), "");
    assert_eq!(read("2031-03", &written).record, Some(record.clone()), "{written}");
    let guided = write::write_guided(&record, &write::Remarks::default());
    assert_eq!(read("2031-03", &guided).record, Some(record), "{guided}");
}

/// Text that tries to leave its quotes, its row and its file.
fn hostile() -> impl Strategy<Value = String> {
    let nasty = "[a-z\"'\\\\#=\\[\\]\\n\\r\\t\u{1b}\u{202e}\u{e0001}\u{feff}é]{1,30}";
    nasty.prop_map(|text| text.trim().to_owned())
}

proptest! {
    #[test]
    fn whatever_is_in_a_record_it_is_written_and_read_as_it_is(
        texts in proptest::collection::vec(hostile(), 12),
        lists in proptest::collection::vec(hostile(), 0..4),
        flags in proptest::collection::vec(any::<bool>(), 4),
        seconds in -60_000_000_000_i64..200_000_000_000,
    ) {
        let mut record = whole();
        let some = |at: usize| Some(texts[at].clone()).filter(|text| !text.is_empty());
        let list: Vec<String> = lists.into_iter().filter(|text| !text.is_empty()).collect();
        record.product.clone_from(&texts[0]);
        record.coordinator = some(1);
        record.release_managers.clone_from(&list);
        record.embargo = Embargo {
            may_deploy: flags[0].then_some(flags[1]),
            may_share: some(2),
            terms: some(3),
        };
        record.pre_announce = PreAnnounce { component: flags[1], likely_affected: flags[2] };
        let moment = jiff::Timestamp::from_second(seconds).expect("a moment");
        let utc = jiff::tz::Offset::UTC.to_datetime(moment);
        let time = flags[3].then_some(utc.time());
        let slot = Slot { expected: Some(Moment { day: utc.date(), time }), actual: None };
        record.steps = vec![(Step::FixReady, slot)];
        let advisory = &mut record.advisories[0];
        advisory.summary.clone_from(&texts[4]);
        advisory.description.clone_from(&texts[5]);
        (advisory.conditions, advisory.check, advisory.action) = (some(6), some(7), some(8));
        if let Some(name) = some(9) {
            advisory.credits[0].name.clone_from(&name);
            advisory.lines[0].line = LineId(name.clone());
            record.deliveries[2].promised = Err(name);
        }
        advisory.lines[1].no_fix = some(10);
        advisory.lines[1].note = some(11);
        for written in [write::write(&record), write::write_guided(&record, &write::Remarks::default())] {
            let reading = read("2031-03", &written);
            prop_assert_eq!(reading.complaints, vec![], "{}", &written);
            prop_assert_eq!(reading.record, Some(record.clone()), "{}", &written);
            // Nothing in the file acts in a terminal.
            let acts = written.contains(['\u{1b}', '\u{202e}', '\r']);
            prop_assert!(!acts);
        }
    }
}

#[test]
fn every_key_has_an_example_that_is_valid() {
    for (path, keys) in TABLES {
        for key in keys.iter().filter(|key| !key.example.is_empty()) {
            let text = format!("{} = {}", key.name, key.example);
            assert!(toml::from_str::<toml::Table>(&text).is_ok(), "{path}: {text}");
        }
    }
}

#[test]
fn every_complaint_is_made_at_once_with_its_row() {
    let text = include_str!("../../../fixtures/disclose/wrong.toml");
    let expected = include_str!("../../../fixtures/disclose/wrong.expected.txt");
    for (found, expected) in complaints(text).lines().zip(expected.lines()) {
        assert_eq!(found, expected);
    }
    assert_eq!(complaints(text).lines().count(), expected.lines().count());
}

#[test]
fn a_moment_is_a_day_or_has_utc() {
    for (typed, expected) in [
        ("2031-03-04", "2031-03-04"),
        ("2031-03-04T15:00:00Z", "2031-03-04 15:00 UTC"),
        ("2031-03-04T00:30:00+01:00", "2031-03-03 23:30 UTC"),
        ("2031-03-04 15:00:00-08:00", "2031-03-04 23:00 UTC"),
        ("2031-03-04T15:00Z", "2031-03-04 15:00 UTC"),
    ] {
        let reading = read("x", &format!("schema = 1\n[expected]\npublic = {typed}\n"));
        let public = reading.record.expect("a record").step(Step::Public).expected;
        assert_eq!(public.map(|moment| moment.to_string()).as_deref(), Some(expected), "{typed}");
        assert_eq!(reading.complaints, [], "{typed}");
    }
    for typed in ["2031-03-04T15:00:00", "15:00:00", "2031-02-29", "\"2031-03-04\"", "20310304"] {
        let reading = read("x", &format!("schema = 1\n[expected]\npublic = {typed}\n"));
        assert_eq!(reading.complaints.len(), 1, "{typed}: {:?}", reading.complaints);
    }
}

#[test]
fn another_schema_and_no_record_are_refused() {
    assert_eq!(
        complaints("schema = 2\nfuture = true\n"),
        "1: it is written in schema 2, and this version knows schema 1; update Patchline"
    );
    assert_eq!(complaints("product = \"x\"\n"), "1: it has no `schema = 1`");
    assert_eq!(read("x", &"#".repeat(LARGEST + 1)).record, None);
    for broken in
        ["schema = 1\nproduct = \"x\n[embargo]\n", "= 1\n", "\u{0}", "schema = 1\nschema = 1\n"]
    {
        assert!(!read("x", broken).complaints.is_empty(), "{broken}");
    }
    let deep = format!("schema = 1\nproduct = {}{}", "[".repeat(5000), "]".repeat(5000));
    assert!(!read("x", &deep).complaints.is_empty());
}

#[test]
fn a_record_that_is_cut_anywhere_is_read_without_end_or_panic() {
    for end in (0..WHOLE.len()).filter(|end| WHOLE.is_char_boundary(*end)).step_by(7) {
        let _ = read("x", &WHOLE[..end]);
    }
}

#[test]
fn a_file_of_mistakes_is_not_answered_with_a_complaint_for_each() {
    let keys: Vec<String> = (0..50_000).map(|at| format!("k{at} = 1\n")).collect();
    let keys = keys.concat();
    let reading = read("x", &format!("schema = 1\n{keys}"));
    assert_eq!(reading.complaints.len(), MOST_COMPLAINTS + 1);
    let last = reading.complaints.last().map(|complaint| complaint.message.as_str());
    assert_eq!(last, Some("there is more that is wrong; these are the first 200"));
    assert!(!reading.is_foreign());
    // Somebody else's file is known as such, whatever is in it.
    assert!(read("x", &keys).is_foreign());
}
