//! How long each line was exposed to each vulnerability, as pictures that are tables: every bar
//! stands beside its words, so that nobody has to see it to know what it says.

mod axis;
mod lanes;
mod span;
mod summary;
mod table;

use std::fmt::Write as _;

use self::{axis::Axis, span::Span};
use super::{Section, first, fold, told};
use crate::{
    model::{Episode, History, Trouble},
    report::words::{self, plural},
};

/// More rows are in the report for programs.
const SHOWN: usize = 40;

/// The lines that are supported, as the report is about those; `is_blind`: something that had to be
/// looked at was not, and what is missing today is missing of the past.
pub(super) fn section(history: &History, is_blind: bool) -> Section {
    let is_shown = |episode: &&Episode| episode.is_supported;
    let shown = history.episodes.iter().filter(is_shown);
    let spans: Vec<Span<'_>> = shown.map(|episode| Span::new(episode, history)).collect();
    let mut body = gaps(history);
    let is_blind = is_blind || !body.is_empty();
    let since = history.since.map(|day| format!(" since {day}")).unwrap_or_default();
    if spans.is_empty() {
        let far = if is_blind { "As far as was looked, no" } else { "No" };
        let _ = writeln!(body, "<p>{far} supported line was exposed to anything{since}.</p>");
    } else {
        let axis = Axis::new(&spans, history);
        let count = spans.len();
        let _ = writeln!(
            body,
            "<p>{count} {} of supported lines{since}, from the lockfiles of every commit and \
             release. A line is exposed from the day on which the vulnerability is public and a \
             release of the line has it, until a release is without it.</p>",
            plural(count, "episode", "episodes")
        );
        body.push_str(&summary::draw(&spans, history, &axis));
        body.push_str(&lanes::draw(&spans, history, &axis));
        body.push_str(&table::draw(&spans));
    }
    body.push_str(&others(history));
    body.push_str(&troubles(&history.trouble));
    // What was not looked at in the past makes nothing green, either.
    if is_blind {
        body = format!("<div class=\"blind\">\n{body}</div>\n");
    }
    Section { id: "timelines", title: "Timelines", body }
}

/// What is known beside the supported lines.
fn others(history: &History) -> String {
    let others: Vec<&Episode> =
        history.episodes.iter().filter(|episode| !episode.is_supported).collect();
    let mut said = String::new();
    if !others.is_empty() {
        let count = others.len();
        let left = others.iter().filter(|episode| episode.is_left()).count();
        let _ = writeln!(
            said,
            "<p class=\"note\">Lines that are not supported have {count} {} more, and {left} {} \
             never fixed there for users.</p>",
            plural(count, "episode", "episodes"),
            plural(left, "was", "were")
        );
    }
    if history.possible > 0 {
        let count = history.possible;
        let _ = writeln!(
            said,
            "<p class=\"note\">{count} {} a package by its name only, which comes from elsewhere: \
             left out.</p>",
            plural(count, "vulnerability concerns", "vulnerabilities concern")
        );
    }
    said
}

/// What of the past could not be looked at.
fn gaps(history: &History) -> String {
    let rows: Vec<String> = history
        .coverage
        .iter()
        .filter(|coverage| coverage.covered.is_gap())
        .filter_map(words::gap)
        .map(|gap| told(&gap))
        .collect();
    if rows.is_empty() {
        return String::new();
    }
    format!(
        "<div class=\"care\"><p>Not all of the past could be looked at, so times may be longer and \
         exposures may be missing:</p>\n{}</div>\n",
        first(rows, SHOWN)
    )
}

fn troubles(troubles: &[Trouble]) -> String {
    if troubles.is_empty() {
        return String::new();
    }
    let count = troubles.len();
    let rows = troubles.iter().map(|trouble| told(&trouble.message)).collect();
    let head = format!("{count} {} with the past", plural(count, "trouble", "troubles"));
    fold(&head, &first(rows, SHOWN))
}
