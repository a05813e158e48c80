//! The plan as a calendar: <https://www.rfc-editor.org/rfc/rfc5545>.
//!
//! Calendars are shared more freely than records, so that its words are those of the public: that a
//! product has a security release, and the step. No line, name or id of the record is in it; not even
//! its identifiers are more than a digest.

use jiff::{ToSpan as _, civil::Date};
use sha2::{Digest as _, Sha256};

use super::{Item, Kind, Plan, State};
use crate::{
    disclose::{
        Record,
        record::{Moment, Step},
    },
    escape::{self, document},
};

/// A row has no more bytes, its end aside (3.1).
const LONGEST_ROW: usize = 75;

/// The calendar on a day. The same record and day give the same bytes.
pub fn calendar(record: &Record, plan: &Plan, today: Date) -> String {
    let mut rows = vec![
        "BEGIN:VCALENDAR".to_owned(),
        "VERSION:2.0".to_owned(),
        "PRODID:-//Patchline//disclose plan//EN".to_owned(),
        "CALSCALE:GREGORIAN".to_owned(),
        "METHOD:PUBLISH".to_owned(),
    ];
    for item in &plan.items {
        if let Some(at) = item.slot.expected.or(item.slot.actual) {
            event(&mut rows, record, item, at, today);
        }
    }
    rows.push("END:VCALENDAR".to_owned());
    rows.iter().map(|row| folded(row)).collect()
}

fn event(rows: &mut Vec<String>, record: &Record, item: &Item, at: Moment, today: Date) {
    let day = |day: Date| format!("{:04}{:02}{:02}", day.year(), day.month(), day.day());
    let product = document::plain(&record.product);
    let done = if item.state == State::Done { " (done)" } else { "" };
    let summary = format!("Security release of {product}: {}{done}", title(item));
    rows.push("BEGIN:VEVENT".to_owned());
    rows.push(format!("UID:{}", identifier(record, item)));
    rows.push(format!("DTSTAMP:{}T000000Z", day(today)));
    if let Some(time) = at.time {
        let start =
            format!("{}T{:02}{:02}{:02}Z", day(at.day), time.hour(), time.minute(), time.second());
        rows.push(format!("DTSTART:{start}"));
        rows.push("DURATION:PT1H".to_owned());
    } else {
        let next = at.day.checked_add(1.days()).unwrap_or(at.day);
        rows.push(format!("DTSTART;VALUE=DATE:{}", day(at.day)));
        rows.push(format!("DTEND;VALUE=DATE:{}", day(next)));
    }
    rows.push(format!("SUMMARY:{}", text(&summary)));
    let command = item.command.map(|command| format!(" ({command})")).unwrap_or_default();
    rows.push(format!("DESCRIPTION:{}", text(&format!("{}{command}", item.who))));
    rows.push("CLASS:CONFIDENTIAL".to_owned());
    // Nobody is busy because of it.
    rows.push("TRANSP:TRANSPARENT".to_owned());
    rows.push("END:VEVENT".to_owned());
}

/// Public words for an item: a channel or a line would tell more than the plan.
fn title(item: &Item) -> &str {
    match item.kind {
        Kind::Step(Step::Reported) => "report",
        Kind::Step(Step::Acknowledged) => "acknowledge the report",
        Kind::Step(Step::Confirmed) => "confirm",
        Kind::Step(Step::FixReady) => "fixes ready",
        Kind::Step(Step::Prenotified) => "tell distributors",
        Kind::Step(Step::PreAnnounced) => "announce that it is coming",
        Kind::Step(Step::Public) => "publication",
        Kind::Step(Step::Closed) => "retrospective",
        Kind::Delivery => "a channel has it",
        Kind::Task => match item.key.as_str() {
            "cve" => "ids",
            "review" => "reviews",
            "verify" => "reporter tries it",
            "texts" => "read the texts",
            "rehearse" => "rehearse",
            "machines" => "records for machines",
            "latest" => "look at every channel",
            "tidy" => "tidy up",
            _ => "task",
        },
    }
}

/// The same for the same item whenever the calendar is written, so that a calendar that has it moves
/// it; and nobody reads the record's name out of it.
fn identifier(record: &Record, item: &Item) -> String {
    let whole = format!("patchline\0{}\0{}\0{}", record.product, record.id, item.key);
    let digest = escape::hex(&Sha256::digest(whole.as_bytes()));
    format!("{}@patchline", digest.get(..32).unwrap_or(&digest))
}

/// A value of text (3.3.11).
fn text(value: &str) -> String {
    let mut escaped = String::with_capacity(value.len() + 8);
    for character in value.chars() {
        match character {
            '\\' | ';' | ',' => escaped.extend(['\\', character]),
            '\n' => escaped.push_str("\\n"),
            character if character.is_control() => {}
            character => escaped.push(character),
        }
    }
    escaped
}

/// A row with its end, in as many pieces as its bytes need; none ends within a character.
fn folded(row: &str) -> String {
    let mut folded = String::with_capacity(row.len() + 8);
    let mut width = 0;
    for character in row.chars() {
        if width + character.len_utf8() > LONGEST_ROW {
            folded.push_str("\r\n ");
            width = 1;
        }
        folded.push(character);
        width += character.len_utf8();
    }
    folded.push_str("\r\n");
    folded
}
