//! Where each line stands, in a word: the table that a maintainer reads first.

use super::{page::Page, whereabouts};
pub(super) use crate::report::state::columns;
use crate::{
    escape,
    model::{Finding, LineId, ReleaseLine, Report},
    report::{
        state::{self, Sign, State},
        words,
    },
};

/// Every line that was looked at, and every one that asks for something.
pub(super) fn draw(page: &mut Page, report: &Report) {
    let rows: Vec<String> = columns(report)
        .into_iter()
        .map(|(id, line)| {
            let name = escape::code(&id.0);
            let state = state(report, id);
            let Some(line) = line else { return format!("| {name} | {state} |  |  |  |") };
            format!(
                "| {name} | {state} | {} | {} | {} |",
                head(line),
                release(line),
                escape::markdown(&words::standing(line))
            )
        })
        .collect();
    let head = "| Line | State | Branch | Latest release | Support |\n|---|---|---|---|---|\n";
    page.rows(head, &rows, "");
}

/// A sign, and what is open.
pub(super) fn state(report: &Report, id: &LineId) -> String {
    shown(&state::state(report, id))
}

/// The same of the findings that are wanted.
pub(super) fn state_of(
    report: &Report,
    id: &LineId,
    is_wanted: impl Fn(&Finding) -> bool,
) -> String {
    shown(&state::state_of(report, id, is_wanted))
}

fn shown(state: &State) -> String {
    let mut parts = state.parts();
    parts.extend(state.sight.as_str().map(|said| format!("**{said}**")));
    if parts.is_empty() {
        parts.push("nothing open".to_owned());
    }
    let sign = match state.sign {
        Sign::Good => "✅ ",
        Sign::Plain => "",
        Sign::Warning => "⚠️ ",
        Sign::Bad => "❌ ",
    };
    format!("{sign}{}", parts.join(", "))
}

fn head(line: &ReleaseLine) -> String {
    match &line.head {
        None => "none".to_owned(),
        Some(head) => match &head.commit {
            Some(commit) => format!("{} at {}", whereabouts(line), escape::code(commit.short())),
            None => format!("{} (not here)", whereabouts(line)),
        },
    }
}

fn release(line: &ReleaseLine) -> String {
    match &line.release {
        None => "none".to_owned(),
        Some(release) => {
            let day = |date: jiff::Timestamp| date.to_zoned(jiff::tz::TimeZone::UTC).date();
            let of = release.date.map(|date| format!(" of {}", day(date))).unwrap_or_default();
            format!("{}{of}", escape::code(&release.tag))
        }
    }
}
