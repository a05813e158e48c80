//! A row for each line: how long it took by severity, how often in time, and a picture of what was
//! open when.

use std::{collections::BTreeMap, fmt::Write as _};

use jiff::civil::Date;

use super::{axis::Axis, span::Span};
use crate::{
    escape::html::text,
    history::summary::{RATINGS, Summary, summaries, together},
    model::{History, LineId, Rating},
};

/// The height of a picture.
const HEIGHT: i64 = 36;

pub(super) fn draw(spans: &[Span<'_>], history: &History, axis: &Axis) -> String {
    let mut rows: BTreeMap<Option<LineId>, BTreeMap<Option<Rating>, Summary>> = BTreeMap::new();
    for summary in summaries(history) {
        rows.entry(summary.line.clone()).or_default().insert(summary.rating, summary);
    }
    let shown: Vec<Option<&LineId>> = [None]
        .into_iter()
        .chain(history.lines.iter().map(Some))
        .filter(|line| line.is_none_or(|id| spans.iter().any(|span| span.episode.line == *id)))
        .collect();
    let ratings: Vec<Option<Rating>> = RATINGS
        .into_iter()
        .filter(|rating| rows.get(&None).is_some_and(|row| row.contains_key(rating)))
        .collect();
    let steps: Vec<Vec<(Date, i64)>> = shown.iter().map(|line| steps(spans, *line)).collect();
    let all = shown.iter().zip(&steps);
    // Together they are more, so they have a scale of their own.
    let most = all.clone().filter(|(line, _)| line.is_some()).flat_map(|(_, steps)| steps);
    let most = most.map(|(_, open)| *open).max().unwrap_or(1).max(1);
    let mut table = format!(
        "<table class=\"sums\">\n<caption>Median days of exposure, by line and severity</caption>\n\
         <thead><tr><th scope=\"col\">Line<th scope=\"col\">Open at the same time, {} to {}<th \
         scope=\"col\" class=\"num\">Open now",
        axis.first, axis.last
    );
    for rating in &ratings {
        let name = rating.map_or("unrated", Rating::as_str);
        let target = rating.and_then(|rating| history.targets.days.get(&rating));
        let target = target.map(|days| format!("<br><small>target {days}</small>"));
        let _ =
            write!(table, "<th scope=\"col\" class=\"num\">{name}{}", target.unwrap_or_default());
    }
    table.push_str("</thead>\n<tbody>\n");
    for (line, steps) in all {
        let Some(row) = rows.get(&line.cloned()) else { continue };
        let open: usize = row.values().map(Summary::exposed).sum();
        let unknown: usize = row.values().map(|summary| summary.unknown).sum();
        // What nobody can tell is not nothing.
        let unknown = match unknown {
            0 => String::new(),
            count => format!("<br><small>{count} unknown</small>"),
        };
        let name = line.map_or_else(|| together(history).to_owned(), |id| text(&id.0));
        let most = match line {
            Some(_) => most,
            None => steps.iter().map(|(_, open)| *open).max().unwrap_or(1).max(1),
        };
        let _ = write!(
            table,
            "<tr><th scope=\"row\">{name}{}<td>{}<td class=\"num\">{open}{unknown}",
            whole(history, *line),
            picture(&name, steps, axis, most)
        );
        for rating in &ratings {
            let _ = write!(table, "<td class=\"num\">{}", cell(row.get(rating)));
        }
        table.push('\n');
    }
    table.push_str("</tbody></table>\n");
    let table = super::super::scroller("Exposures by line", &table);
    format!("<h3>By line and severity</h3>\n{table}")
}

/// Says of a line that something that matters is missing.
fn whole(history: &History, line: Option<&LineId>) -> &'static str {
    let is_whole = |line: &LineId| {
        let timeline = history.timelines.iter().find(|timeline| timeline.line == *line);
        timeline.is_none_or(|timeline| timeline.is_whole)
    };
    match line {
        Some(line) if !is_whole(line) => "<br><span class=\"note\">not looked at whole</span>",
        _ => "",
    }
}

/// The median, over how many, and how many were too late.
fn cell(summary: Option<&Summary>) -> String {
    let Some(summary) = summary else { return "–".to_owned() };
    let least = if summary.at_least > 0 { "≥ " } else { "" };
    let median = summary.median().map(|median| format!("{least}{median}"));
    let over = summary.days.len() + summary.untold;
    let mut cell = format!("<b>{}</b>", median.unwrap_or_else(|| "–".to_owned()));
    if over > 0 {
        let _ = write!(cell, "<br><small>of {over}</small>");
    }
    if summary.exposed() > 0 {
        let _ = write!(cell, "<br><small>{} open</small>", summary.exposed());
    }
    if summary.on_branch > 0 {
        let _ = write!(cell, "<br><small>{} on the branch</small>", summary.on_branch);
    }
    if summary.unknown > 0 {
        let _ = write!(cell, "<br><small>{} unknown</small>", summary.unknown);
    }
    if summary.doubtful > summary.unknown {
        let doubtful = summary.doubtful - summary.unknown;
        let _ = write!(cell, "<br><small>{doubtful} in doubt</small>");
    }
    if summary.missed > 0 {
        let _ = write!(cell, "<br><small class=\"late\">{} late</small>", summary.missed);
    }
    cell
}

/// How many are open from each day on, where that changes.
fn steps(spans: &[Span<'_>], line: Option<&LineId>) -> Vec<(Date, i64)> {
    let mut changes: BTreeMap<Date, i64> = BTreeMap::new();
    let is_meant = |span: &&Span<'_>| line.is_none_or(|line| span.episode.line == *line);
    for span in spans.iter().filter(is_meant) {
        let Some(exposed) = span.exposed.as_ref().filter(|exposed| exposed.days > 0) else {
            continue;
        };
        *changes.entry(exposed.from).or_default() += 1;
        if !span.is_open() {
            *changes.entry(exposed.until).or_default() -= 1;
        }
    }
    let mut open = 0;
    let steps = changes.into_iter().map(|(day, change)| {
        open += change;
        (day, open)
    });
    steps.collect()
}

/// The steps as an area.
fn picture(line: &str, steps: &[(Date, i64)], axis: &Axis, most: i64) -> String {
    let height = |open: i64| HEIGHT - open * (HEIGHT - 3) / most;
    let mut path = format!("M-5 {HEIGHT}");
    let before = steps.iter().rev().find(|(day, _)| *day <= axis.first);
    let _ = write!(path, "V{}", height(before.map_or(0, |(_, open)| *open)));
    for (day, open) in steps.iter().filter(|(day, _)| *day > axis.first) {
        let _ = write!(path, "H{}V{}", axis.place(*day), height(*open));
    }
    let _ = write!(path, "H1005V{HEIGHT}");
    let highest = steps.iter().map(|(_, open)| *open).max().unwrap_or_default();
    let now = steps.last().map_or(0, |(_, open)| *open);
    format!(
        "<svg class=\"area\" viewBox=\"0 0 1000 {HEIGHT}\" preserveAspectRatio=\"none\" \
         role=\"img\"><title>{line}: at most {highest} open at the same time, {now} on {}</title>\
         <desc>From {} to {}; the scale ends at {most}.</desc><path d=\"{path}\"/></svg>",
        axis.last, axis.first, axis.last
    )
}
