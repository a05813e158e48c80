//! The file of a record → the record, and everything that is wrong with it at once.
//!
//! Nothing is guessed and nothing is dropped: what cannot be taken is complained of with its row, and a
//! record with complaints is used by nobody. What is missing is no complaint: a record grows for
//! weeks; see `check`.

mod advisory;
mod cursor;
mod nearest;
#[cfg(test)]
mod tests;

use std::num::NonZeroU32;

use toml::de::DeTable;

use self::cursor::{Notes, Section, cut};
use super::{
    keys,
    record::{Delivery, Embargo, Moment, PreAnnounce, Recipients, Record, Revision, Slot, Step},
    shape,
    stage::Stage,
};
use crate::model::LineId;

/// A file with more bytes is no record.
pub const LARGEST: usize = 1024 * 1024;
/// The only schema that is known.
pub const SCHEMA: i64 = 1;
/// So many mistakes of TOML's grammar are named.
const MOST_ERRORS: usize = 20;

/// Nobody reads more complaints than so many; the file is something else then.
const MOST_COMPLAINTS: usize = 200;

/// What was read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Reading {
    /// `None`: it is no record at all. With complaints, it is what could be read.
    pub record: Option<Record>,
    /// By their rows.
    pub complaints: Vec<Complaint>,
}

impl Reading {
    /// True of a file that does not say that it is a record.
    pub fn is_foreign(&self) -> bool {
        self.complaints.iter().any(|complaint| complaint.message == no_schema())
    }
}

fn no_schema() -> String {
    format!("it has no `schema = {SCHEMA}`")
}

/// Something that is wrong with the file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Complaint {
    /// 1-based; `None`: the file as a whole.
    pub row: Option<NonZeroU32>,
    /// A fragment without a full stop. It quotes what is in the file, and is escaped where it is shown.
    pub message: String,
}

/// Reads the text of a record, whose id is the name of its file.
pub fn read(id: &str, text: &str) -> Reading {
    if text.len() > LARGEST {
        let message = format!("it has more than {LARGEST} bytes");
        return Reading { record: None, complaints: vec![Complaint { row: None, message }] };
    }
    let mut notes = Notes::new(text);
    let (table, errors) = DeTable::parse_recoverable(text);
    for error in errors.iter().take(MOST_ERRORS) {
        let row = notes.row(&error.span().unwrap_or(0..0));
        notes.complain(row, error.message().lines().collect::<Vec<_>>().join(" "));
    }
    // Where the grammar is broken, what is found on the same row follows from that.
    let broken: Vec<_> = notes.complaints.iter().map(|complaint| complaint.row).collect();
    let record = record(id, table.get_ref(), &mut notes);
    let (grammar, is_cut) = (broken.len(), notes.is_cut);
    let mut complaints = notes.complaints;
    let rest = complaints.split_off(grammar);
    complaints.extend(rest.into_iter().filter(|complaint| !broken.contains(&complaint.row)));
    complaints.sort();
    complaints.dedup();
    if is_cut {
        let message = format!("there is more that is wrong; these are the first {MOST_COMPLAINTS}");
        complaints.push(Complaint { row: None, message });
    }
    Reading { record, complaints }
}

fn record(id: &str, table: &DeTable<'_>, notes: &mut Notes) -> Option<Record> {
    let top = Section::new(table, NonZeroU32::MIN, &keys::TOP, notes);
    match top.number("schema", notes) {
        Some(SCHEMA) => {}
        Some(other) => {
            let row = top.row_of("schema", notes);
            // Another schema has other keys, and complaints about those help nobody.
            notes.complaints.clear();
            notes.is_cut = false;
            notes.complain(
                row,
                format!(
                    "it is written in schema {other}, and this version knows schema {SCHEMA}; \
                     update Patchline"
                ),
            );
            return None;
        }
        None if top.has("schema") => {}
        // It is what tells a file of somebody else, and never too much.
        None => {
            notes.complaints.push(Complaint { row: Some(NonZeroU32::MIN), message: no_schema() });
        }
    }
    let advisories = advisory::advisories(&top, notes);
    Some(Record {
        id: id.to_owned(),
        product: top.text("product", notes).unwrap_or_default(),
        repository: checked(&top, "repository", shape::is_repository, REPOSITORY, notes)
            .map(|address| shape::repository(&address)),
        url: checked(&top, "url", shape::is_web, WEB, notes),
        contact: checked(&top, "contact", shape::is_way, CONTACT, notes),
        coordinator: top.text("coordinator", notes),
        release_managers: plain(top.texts("release-managers", notes)),
        embargo: embargo(&top, notes),
        steps: steps(&top, notes),
        pre_announce: pre_announce(&top, notes),
        recipients: recipients(&top, notes),
        advisories,
        deliveries: deliveries(&top, notes),
        revisions: revisions(&top, notes),
    })
}

const WEB: &str = "an address of the web, such as https://ferry.example/security";
const REPOSITORY: &str = "the address of a repository, such as https://github.com/ferry/ferry";
const CONTACT: &str = "an address of mail or of the web";

/// A text that has a shape; what has another one is complained of.
fn checked(
    section: &Section<'_>,
    key: &str,
    has_shape: impl Fn(&str) -> bool,
    shape: &str,
    notes: &mut Notes,
) -> Option<String> {
    let text = section.text_at(key, notes)?;
    Some(shaped(text, key, has_shape, shape, notes))
}

/// Texts that have a shape.
fn all_checked(
    section: &Section<'_>,
    key: &str,
    has_shape: impl Fn(&str) -> bool,
    shape: &str,
    notes: &mut Notes,
) -> Vec<String> {
    let texts = section.texts(key, notes);
    texts.into_iter().map(|text| shaped(text, key, &has_shape, shape, notes)).collect()
}

fn shaped(
    (text, row): cursor::Text,
    key: &str,
    has_shape: impl Fn(&str) -> bool,
    shape: &str,
    notes: &mut Notes,
) -> String {
    if !has_shape(&text) {
        notes.complain(row, format!("`{key}` has `{}`, which is not {shape}", cut(&text)));
    }
    text
}

fn plain(texts: Vec<cursor::Text>) -> Vec<String> {
    texts.into_iter().map(|(text, _)| text).collect()
}

fn embargo(top: &Section<'_>, notes: &mut Notes) -> Embargo {
    let Some(table) = top.table("embargo", &keys::EMBARGO, notes) else {
        return Embargo::default();
    };
    Embargo {
        may_deploy: table.flag("may-deploy", notes),
        may_share: table.text("may-share", notes),
        terms: table.text("terms", notes),
    }
}

fn pre_announce(top: &Section<'_>, notes: &mut Notes) -> PreAnnounce {
    let Some(table) = top.table("pre-announce", &keys::PRE_ANNOUNCE, notes) else {
        return PreAnnounce::default();
    };
    PreAnnounce {
        component: table.flag("component", notes).unwrap_or_default(),
        likely_affected: table.flag("likely-affected", notes).unwrap_or_default(),
    }
}

/// What cannot be before what. A leak makes a hole public before its fix is ready, so of what happened
/// less can be said than of what is planned.
pub(super) const PLANNED: [(Step, Step); 9] = [
    (Step::Reported, Step::Acknowledged),
    (Step::Reported, Step::Confirmed),
    (Step::Reported, Step::FixReady),
    (Step::Reported, Step::Public),
    (Step::Confirmed, Step::Public),
    (Step::FixReady, Step::Public),
    (Step::Prenotified, Step::Public),
    (Step::PreAnnounced, Step::Public),
    (Step::Public, Step::Closed),
];
const HAPPENED: [(Step, Step); 5] = [
    (Step::Reported, Step::Acknowledged),
    (Step::Reported, Step::Confirmed),
    (Step::Prenotified, Step::Public),
    (Step::PreAnnounced, Step::Public),
    (Step::Public, Step::Closed),
];

fn steps(top: &Section<'_>, notes: &mut Notes) -> Vec<(Step, Slot)> {
    let expected = moments(top, "expected", &PLANNED, notes);
    let actual = moments(top, "actual", &HAPPENED, notes);
    let steps = Step::ALL.into_iter().zip(expected.into_iter().zip(actual));
    steps
        .map(|(step, (expected, actual))| (step, Slot { expected, actual }))
        .filter(|(_, slot)| *slot != Slot::default())
        .collect()
}

/// In the order of [`Step::ALL`].
fn moments(
    top: &Section<'_>,
    key: &str,
    order: &[(Step, Step)],
    notes: &mut Notes,
) -> [Option<Moment>; Step::ALL.len()] {
    let Some(table) = top.table(key, &keys::STEPS, notes) else { return [None; Step::ALL.len()] };
    let found = Step::ALL.map(|step| table.moment(step.as_str(), notes));
    let at = |step: Step| {
        Step::ALL.iter().zip(&found).find(|(of, _)| **of == step).and_then(|(_, moment)| *moment)
    };
    for (first, then) in order {
        if let (Some(before), Some(after)) = (at(*first), at(*then))
            && is_after(before, after)
        {
            let (first, then) = (first.as_str(), then.as_str());
            let row = table.row_of(then, notes);
            let message =
                format!("`{then}` is {after}, which is before `{first}`, {before}, in `[{key}]`");
            notes.complain(row, message);
        }
    }
    found
}

/// True if the one is certainly after the other: a day without an hour is any hour of it.
fn is_after(one: Moment, other: Moment) -> bool {
    match (one.time, other.time) {
        (Some(_), Some(_)) => one > other,
        _ => one.day > other.day,
    }
}

fn recipients(top: &Section<'_>, notes: &mut Notes) -> Vec<Recipients> {
    let stages = Stage::ALL.map(|stage| (stage.as_str(), stage.as_str()));
    let tables = top.tables("recipients", &keys::RECIPIENTS, notes);
    let read = |table: &Section<'_>, notes: &mut Notes| {
        if table.text_at("stage", notes).is_none() && !table.has("stage") {
            notes.complain(table.row, "the recipients have no `stage`");
        }
        Recipients {
            stage: table.word("stage", &stages, notes).unwrap_or_default().to_owned(),
            to: all_checked(table, "to", shape::is_mail, "an address of mail", notes),
            cc: all_checked(table, "cc", shape::is_mail, "an address of mail", notes),
        }
    };
    tables.iter().map(|table| read(table, notes)).collect()
}

fn deliveries(top: &Section<'_>, notes: &mut Notes) -> Vec<Delivery> {
    let mut deliveries: Vec<Delivery> = Vec::new();
    for table in top.tables("delivery", &keys::DELIVERY, notes) {
        let Some(delivery) = delivery(&table, notes) else { continue };
        let is_known =
            |known: &Delivery| known.channel == delivery.channel && known.line == delivery.line;
        if deliveries.iter().any(is_known) {
            let line = delivery.line.as_ref().map_or("every line", |line| line.0.as_str());
            let message = format!(
                "the channel `{}` has two deliveries for `{}`",
                cut(&delivery.channel),
                cut(line)
            );
            notes.complain(table.row, message);
        }
        deliveries.push(delivery);
    }
    deliveries
}

fn delivery(table: &Section<'_>, notes: &mut Notes) -> Option<Delivery> {
    let channel = demanded(table, "channel", "the delivery", notes);
    let line = table.text("line", notes).map(LineId);
    let slot =
        Slot { expected: table.moment("expected", notes), actual: table.moment("actual", notes) };
    let is_promised = table.flag("promised", notes).unwrap_or(true);
    let because = table.text("because", notes);
    let url = checked(table, "url", shape::is_web, WEB, notes);
    let promised = match (is_promised, because) {
        (true, None) => Ok(slot),
        (true, Some(_)) => {
            let row = table.row_of("because", notes);
            notes.complain(row, "`because` belongs to `promised = false`");
            Ok(slot)
        }
        (false, Some(because)) => {
            if slot != Slot::default() {
                let row = table.row_of("promised", notes);
                notes.complain(row, "what is not promised has neither `expected` nor `actual`");
            }
            Err(because)
        }
        (false, None) => {
            let row = table.row_of("promised", notes);
            notes.complain(row, "`promised = false` needs `because`, the reason");
            return None;
        }
    };
    Some(Delivery { channel: channel?, line, promised, url })
}

fn revisions(top: &Section<'_>, notes: &mut Notes) -> Vec<Revision> {
    let mut revisions: Vec<Revision> = Vec::new();
    for table in top.tables("revision", &keys::REVISION, notes) {
        let summary = demanded(&table, "summary", "the revision", notes);
        let before = notes.complaints.len();
        let at = table.moment("at", notes);
        if at.is_none() && notes.complaints.len() == before {
            notes.complain(table.row, "the revision has no `at`");
        }
        let (Some(at), Some(summary)) = (at, summary) else { continue };
        if revisions.last().is_some_and(|last| is_after(last.at, at)) {
            notes.complain(table.row, "the revision is before the one above it");
        }
        revisions.push(Revision { at, summary });
    }
    revisions
}

/// A text that has to be there.
fn demanded(section: &Section<'_>, key: &str, whose: &str, notes: &mut Notes) -> Option<String> {
    let before = notes.complaints.len();
    let text = section.text(key, notes);
    if text.is_none() && notes.complaints.len() == before {
        notes.complain(section.row_of(key, notes), format!("{whose} has no `{key}`"));
    }
    text
}
