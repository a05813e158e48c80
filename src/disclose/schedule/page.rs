//! The plan for people and for programs.

use std::fmt::Write as _;

use jiff::civil::Date;
use serde::Serialize;

use super::{By, Item, Plan, State, days, slip};
use crate::{
    disclose::{
        Record,
        record::{Moment, Slot},
    },
    escape,
};

/// The schema of the document.
const SCHEMA: u32 = 1;

/// The plan as a page of text.
pub fn page(record: &Record, plan: &Plan, today: Date) -> String {
    let mut page = format!("{}: {}", escape::line(&record.id), escape::line(&record.product));
    match plan.public {
        Some(public) => {
            let _ = write!(page, ", public on {public}");
            let away = days(Moment { day: today, time: None }, public);
            let _ = match away {
                0 => write!(page, ", which is today"),
                1 => write!(page, ", which is tomorrow"),
                away if away > 0 => write!(page, ", in {away} days"),
                _ => Ok(()),
            };
        }
        None => page.push_str(", without a public day"),
    }
    page.push_str("\n\n");
    let who = plan.items.iter().map(|item| item.who.len()).max().unwrap_or_default();
    for item in &plan.items {
        let day = item.slot.expected.or(item.slot.actual);
        let _ = writeln!(
            page,
            "  {} {:<5} {:<20}  {:<who$}  {}",
            mark(item.state),
            offset(day, plan.public),
            day.map(|day| day.to_string()).unwrap_or_default(),
            item.who,
            escape::line(&item.what),
        );
        let indent = " ".repeat(32 + who + 2);
        if let Some(told) = told(item) {
            let _ = writeln!(page, "{indent}{told}");
        }
        if let Some(command) = item.command.filter(|_| item.state != State::Done) {
            let _ = writeln!(page, "{indent}$ {command}");
        }
    }
    if !plan.warnings.is_empty() {
        page.push_str("\nlook at these dates again:\n");
    }
    for warning in &plan.warnings {
        let _ = writeln!(page, "  {}", escape::line(warning));
    }
    let missed = plan.missed();
    if missed > 0 {
        let dates = if missed == 1 { "date has" } else { "dates have" };
        let _ = writeln!(
            page,
            "\n{missed} {dates} passed without a word in `[actual]`; write down what happened, or plan \
             anew"
        );
    }
    page
}

/// The signs, for those who read quickly; the words beside them say the same.
fn mark(state: State) -> &'static str {
    match state {
        State::Done => "✓",
        State::Ahead => "·",
        State::Missed => "!",
        State::Passed => "-",
        State::Undated => "?",
    }
}

/// `T-7`, `T+0`
fn offset(day: Option<Moment>, public: Option<Moment>) -> String {
    match day.zip(public) {
        Some((day, public)) => format!("T{:+}", days(public, day)),
        None => String::new(),
    }
}

/// What became of it.
fn told(item: &Item) -> Option<String> {
    let happened = |actual: Moment| match slip(item.slot) {
        Some(slip) => format!("happened {actual}, {slip}"),
        None => format!("happened {actual}"),
    };
    match (item.state, item.slot.actual) {
        (State::Done, Some(actual)) => Some(happened(actual)),
        (State::Missed, _) => Some("missed: the record does not say that it happened".to_owned()),
        (State::Passed, _) => Some("its day has passed".to_owned()),
        (State::Undated, _) => Some("no day is named".to_owned()),
        (State::Ahead, _) if item.by == By::Policy => None,
        _ => None,
    }
}

/// The plan as a document of JSON, which ends with a line feed.
pub fn json(record: &Record, plan: &Plan, today: Date) -> String {
    let document = Document {
        schema: SCHEMA,
        record: &record.id,
        product: &record.product,
        today: today.to_string(),
        public: plan.public.map(Stamp::of),
        missed: plan.missed(),
        warnings: &plan.warnings,
        items: plan.items.iter().map(|item| ItemRow::of(item, plan.public)).collect(),
    };
    let mut text = serde_json::to_string_pretty(&document).unwrap_or_default();
    text.push('\n');
    text
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Document<'a> {
    schema: u32,
    record: &'a str,
    product: &'a str,
    today: String,
    public: Option<Stamp>,
    missed: usize,
    warnings: &'a [String],
    items: Vec<ItemRow<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct ItemRow<'a> {
    key: &'a str,
    who: &'a str,
    what: &'a str,
    command: Option<&'a str>,
    state: &'a str,
    /// Days from the public one.
    offset: Option<i64>,
    expected: Option<Stamp>,
    actual: Option<Stamp>,
    difference: Option<String>,
    /// Who named the day: `record` or `policy`.
    by: Option<&'a str>,
}

/// A day, and the hour where one is named, in UTC.
#[derive(Serialize)]
struct Stamp {
    day: String,
    time: Option<String>,
}

impl Stamp {
    fn of(moment: Moment) -> Self {
        let time = |time: jiff::civil::Time| format!("{:02}:{:02}Z", time.hour(), time.minute());
        Self { day: moment.day.to_string(), time: moment.time.map(time) }
    }
}

impl<'a> ItemRow<'a> {
    fn of(item: &'a Item, public: Option<Moment>) -> Self {
        let Slot { expected, actual } = item.slot;
        Self {
            key: &item.key,
            who: item.who,
            what: &item.what,
            command: item.command,
            state: item.state.as_str(),
            offset: expected.or(actual).zip(public).map(|(day, public)| days(public, day)),
            expected: expected.map(Stamp::of),
            actual: actual.map(Stamp::of),
            difference: slip(item.slot).map(|slip| slip.to_string()),
            by: match item.by {
                By::Record => Some("record"),
                By::Policy => Some("policy"),
                By::Nobody => None,
            },
        }
    }
}
