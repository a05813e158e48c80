//! How long the supported lines were exposed: a row for each line and severity.

use super::page::Page;
use crate::{
    escape,
    history::summary::{Summary, summaries, together},
    model::{History, LineId, Rating, Report},
    report::words,
};

/// All of it is less than this.
const LONGEST: usize = 60_000;

/// The section that follows the summary of a report where somebody asked for the past. What the report
/// could not look at is missing of the past, too.
pub fn past(history: &History, report: &Report) -> String {
    let mut page = Page::new(LONGEST);
    let is_supported = |summary: &Summary| {
        let of_line =
            |line: &LineId| history.episodes.iter().any(|e| e.is_supported && e.line == *line);
        summary.line.as_ref().is_none_or(of_line)
    };
    let rows: Vec<String> = summaries(history)
        .iter()
        .filter(|summary| is_supported(summary))
        .map(|summary| row(history, summary))
        .collect();
    page.block("### Days of exposure");
    let mut coverage = report.coverage.iter().chain(&history.coverage);
    let is_whole = !coverage.any(|coverage| coverage.covered.is_gap());
    if rows.is_empty() {
        let far = if is_whole { "No" } else { "As far as was looked, no" };
        page.block(&format!("{far} supported line was exposed to anything."));
    }
    let head = "| Line | Severity | Median | Longest | Open | Unknown | Target | Late |\n\
                |---|---|---|---|---|---|---|---|\n";
    page.rows(head, &rows, "");
    let gaps: Vec<String> = history.coverage.iter().filter_map(words::gap).collect();
    let gaps = super::items(gaps.iter().map(|gap| escape::message(gap)));
    page.rows("Not looked at of the past:\n\n", &gaps, "");
    page.finish()
}

fn row(history: &History, summary: &Summary) -> String {
    let least = if summary.at_least > 0 { "≥ " } else { "" };
    let or_dash = |text: Option<String>| text.unwrap_or_else(|| "–".to_owned());
    format!(
        "| {} | {} | {} | {} | {} | {} | {} | {} |",
        match &summary.line {
            Some(id) => escape::code(&id.0),
            None => together(history).to_owned(),
        },
        summary.rating.map_or("unrated", Rating::as_str),
        or_dash(summary.median().map(|days| format!("{least}{days}"))),
        or_dash(summary.worst.map(|days| format!("{least}{days}"))),
        match summary.on_branch {
            0 => summary.exposed().to_string(),
            count => format!("{} (+ {count} on the branch)", summary.exposed()),
        },
        // Nobody can tell whether they are still there, or kept the target.
        summary.unknown.max(summary.doubtful),
        or_dash(summary.target.map(|days| days.to_string())),
        or_dash(summary.target.map(|_| summary.missed.to_string())),
    )
}
