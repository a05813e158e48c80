//! Places that disagree about the lines, what a change does to suppressions, and what went wrong.

use super::{Section, first, fold, place, told};
use crate::{
    escape::html::{message, text},
    model::{Report, Trouble, Weight},
    report::words::{self, plural},
};

/// More rows are in the report for programs.
const SHOWN: usize = 60;

pub(super) fn section(report: &Report) -> Option<Section> {
    let mut body = contradictions(report);
    body.push_str(&changes(report));
    body.push_str(&troubles(report));
    (!body.is_empty()).then_some(Section { id: "doubts", title: "Doubts", body })
}

fn contradictions(report: &Report) -> String {
    let default = report.default_ref.as_deref();
    let rows: Vec<String> = report
        .contradictions
        .iter()
        .map(|said| {
            let at = said.at.as_ref().map(|at| format!("{}: ", place(at, default)));
            let against = said.against.as_ref().map(|at| format!(" ({})", place(at, default)));
            format!(
                "{}{}{}<br><span class=\"note\">mend: {}</span>",
                at.unwrap_or_default(),
                message(&said.message),
                against.unwrap_or_default(),
                message(&said.mend)
            )
        })
        .collect();
    if rows.is_empty() {
        return String::new();
    }
    format!("<h3>Places that disagree about the lines</h3>\n{}", first(rows, SHOWN))
}

fn changes(report: &Report) -> String {
    let rows: Vec<String> =
        report.changes.iter().map(|change| text(&words::change(change))).collect();
    if rows.is_empty() {
        return String::new();
    }
    format!(
        "<h3>This change to suppressions and statements is not obeyed before it is merged</h3>\n{}",
        first(rows, SHOWN)
    )
}

fn troubles(report: &Report) -> String {
    let troubles = words::troubles(report);
    let warnings = troubles.iter().filter(|trouble| trouble.weight == Weight::Warning).count();
    let count = troubles.len();
    if count == 0 {
        return String::new();
    }
    let head = format!(
        "{count} {} with this run, {warnings} of weight",
        plural(count, "trouble", "troubles")
    );
    fold(&head, &first(troubles.into_iter().map(trouble).collect(), SHOWN))
}

fn trouble(trouble: &Trouble) -> String {
    let at = trouble.origin.as_ref().map(|origin| format!("{}: ", place(origin, None)));
    let hint = trouble
        .hint
        .as_ref()
        .map(|hint| format!("<br><span class=\"note\">hint: {}</span>", told(hint)));
    format!(
        "{}: {}{}{}",
        trouble.weight.as_str(),
        at.unwrap_or_default(),
        told(&trouble.message),
        hint.unwrap_or_default()
    )
}
