//! Advisories × lines: what the gate minds, and the rest folded.

use super::{advisory, package, page::Page, severity, state};
use crate::{
    escape,
    model::{Decision, LineId, Report, Verdict},
    report::{
        rows::{self, Row},
        words::{self, plural},
    },
};

/// A wider table is read by nobody.
const COLUMNS: usize = 8;
/// More rows of what asks for nothing are counted, not listed.
const QUIET: usize = 500;

pub(super) fn draw(page: &mut Page, report: &Report) {
    let lines: Vec<&LineId> = state::columns(report).into_iter().map(|(id, _)| id).collect();
    let is_here = |row: &Row<'_>| lines.iter().any(|line| row.cells.contains_key(line));
    let (minded, quiet): (Vec<Row<'_>>, Vec<Row<'_>>) = rows::rows(report)
        .into_iter()
        .filter(is_here)
        .partition(|row| row.cells.values().any(|verdict| verdict.decision > Decision::Note));
    if minded.is_empty() && quiet.is_empty() {
        page.block("No advisory that anybody knows of touches these lines.");
        return;
    }
    if minded.is_empty() {
        page.block("No advisory asks for anything now.");
    } else {
        page.block("### Advisories");
        tables(page, &lines, &minded);
    }
    if !quiet.is_empty() {
        let count = quiet.len();
        let what = plural(count, "advisory asks", "advisories ask");
        let shown = quiet.len().min(QUIET);
        let more = if shown < count { format!(" (the first {shown})") } else { String::new() };
        if page.fold(&format!("{count} more {what} for nothing now{more}")) {
            tables(page, &lines, &quiet[..shown]);
            page.unfold();
        }
    }
}

/// Tables beside each other would be too wide, so they are below each other.
fn tables(page: &mut Page, lines: &[&LineId], rows: &[Row<'_>]) {
    for lines in lines.chunks(COLUMNS) {
        let names: Vec<String> = lines.iter().map(|line| escape::code(&line.0)).collect();
        let head = format!(
            "| Advisory | Package | Severity | {} |\n|---|---|---|{}\n",
            names.join(" | "),
            "---|".repeat(lines.len())
        );
        let rows: Vec<String> = rows
            .iter()
            .map(|row| {
                let cells: Vec<String> = lines
                    .iter()
                    .map(|line| row.cells.get(line).map_or_else(|| "–".to_owned(), |v| cell(v)))
                    .collect();
                format!(
                    "| {} | {} | {} | {} |",
                    advisory(row.finding),
                    package(&row.finding.key),
                    severity(row.finding),
                    cells.join(" | ")
                )
            })
            .collect();
        page.rows(&head, &rows, "");
    }
}

/// The word, strong where it fails, and why it does not where one would think so.
fn cell(verdict: &Verdict) -> String {
    let word = verdict.word.as_str();
    if verdict.decision == Decision::Fail {
        return format!("**{word}**");
    }
    match words::softened(verdict) {
        Some(why) => format!("{word} ({why})"),
        None => word.to_owned(),
    }
}
