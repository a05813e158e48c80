//! A row for each line: how much, how long, how often in time, and a picture of what was open when.

use std::{collections::BTreeMap, fmt::Write as _};

use jiff::civil::Date;

use super::{
    axis::Axis,
    span::{self, Span},
};
use crate::{
    escape::html::text,
    model::{History, LineId, Rating, Stand},
    report::words::plural,
};

/// The height of a picture.
const HEIGHT: i64 = 36;

pub(super) fn draw(spans: &[Span<'_>], history: &History, axis: &Axis) -> String {
    let mut by_line: BTreeMap<&LineId, Vec<&Span<'_>>> = BTreeMap::new();
    for span in spans {
        by_line.entry(&span.episode.line).or_default().push(span);
    }
    let lines: Vec<(&LineId, &Vec<&Span<'_>>)> = history
        .lines
        .iter()
        .filter_map(|line| by_line.get_key_value(line))
        .map(|(line, spans)| (*line, spans))
        .collect();
    let steps: Vec<Vec<(Date, i64)>> = lines.iter().map(|(_, spans)| steps(spans)).collect();
    let most = steps.iter().flatten().map(|(_, open)| *open).max().unwrap_or(1).max(1);
    let has_targets = !history.targets.days.is_empty();
    let target = if has_targets { "<th scope=\"col\" class=\"num\">In time" } else { "" };
    let mut table = format!(
        "<table class=\"sums\">\n<caption>Exposures by line, {} to {}</caption>\n<thead><tr><th \
         scope=\"col\">Line<th scope=\"col\">Open at the same time<th scope=\"col\" \
         class=\"num\">Now<th scope=\"col\" class=\"num\">All<th scope=\"col\" class=\"num\">Median days\
         <th scope=\"col\" class=\"num\">Longest{target}</thead>\n<tbody>\n",
        axis.first, axis.last
    );
    for ((line, spans), steps) in lines.iter().zip(&steps) {
        let open = spans.iter().filter(|span| span.is_open()).count();
        let longest = spans.iter().map(|span| span.days).max().unwrap_or_default();
        let median = median(spans).map_or_else(|| "–".to_owned(), |days| days.to_string());
        let _ = write!(
            table,
            "<tr><th scope=\"row\">{}<td>{}<td class=\"num\">{open}<td class=\"num\">{}<td \
             class=\"num\">{median}<td class=\"num\">{longest}",
            text(&line.0),
            picture(line, steps, axis, most),
            spans.len()
        );
        if has_targets {
            let judged: Vec<bool> = spans.iter().filter_map(|span| span.is_in_time()).collect();
            let met = judged.iter().filter(|is_met| **is_met).count();
            let _ = write!(table, "<td class=\"num\">{met} of {}", judged.len());
        }
        table.push('\n');
    }
    table.push_str("</tbody></table>\n");
    let table = super::super::scroller("Exposures by line", &table);
    format!("<h3>By line</h3>\n{table}{}", by_rating(spans, history))
}

/// The median of the days until a release had the fix; `None`: none had.
fn median(spans: &[&Span<'_>]) -> Option<i64> {
    let is_released = |span: &&&Span<'_>| span.stand == Stand::Released;
    let mut days: Vec<i64> = spans.iter().filter(is_released).map(|span| span.days).collect();
    days.sort_unstable();
    // Of two in the middle the longer one: no time is told shorter than it was.
    days.get(days.len() / 2).copied()
}

/// `critical: median 3 days over 4, target 7 days`
fn by_rating(spans: &[Span<'_>], history: &History) -> String {
    let mut by_rating: BTreeMap<Option<Rating>, Vec<&Span<'_>>> = BTreeMap::new();
    for span in spans {
        by_rating.entry(span.episode.rating).or_default().push(span);
    }
    let rows = by_rating.iter().rev().map(|(rating, spans)| {
        let name = rating.map_or("unrated", Rating::as_str);
        let median = median(spans);
        let median = median.map_or_else(
            || "none released yet".to_owned(),
            |days| format!("median {}", span::days(days)),
        );
        let count = spans.len();
        let target = rating.and_then(|rating| history.targets.days.get(&rating));
        let target = target.map(|days| format!(", target {}", span::days(i64::from(*days))));
        format!(
            "<span class=\"sev {name}\">{name}</span> {median} over {count} {}{}",
            plural(count, "exposure", "exposures"),
            target.unwrap_or_default()
        )
    });
    super::super::list(rows)
}

/// How many are open from each day on, where that changes.
fn steps(spans: &[&Span<'_>]) -> Vec<(Date, i64)> {
    let mut changes: BTreeMap<Date, i64> = BTreeMap::new();
    for span in spans.iter().filter(|span| span.days > 0) {
        *changes.entry(span.from).or_default() += 1;
        if !span.is_open() {
            *changes.entry(span.until).or_default() -= 1;
        }
    }
    let mut open = 0;
    let steps = changes.into_iter().map(|(day, change)| {
        open += change;
        (day, open)
    });
    steps.collect()
}

/// The steps as an area. Every line has the same scale.
fn picture(line: &LineId, steps: &[(Date, i64)], axis: &Axis, most: i64) -> String {
    let height = |open: i64| HEIGHT - open * (HEIGHT - 2) / most;
    let mut path = format!("M0 {HEIGHT}");
    for (day, open) in steps {
        let _ = write!(path, "H{}V{}", axis.place(*day), height(*open));
    }
    let _ = write!(path, "H1000V{HEIGHT}z");
    let highest = steps.iter().map(|(_, open)| *open).max().unwrap_or_default();
    let now = steps.last().map_or(0, |(_, open)| *open);
    let line = text(&line.0);
    format!(
        "<svg class=\"area\" viewBox=\"0 0 1000 {HEIGHT}\" preserveAspectRatio=\"none\" \
         role=\"img\"><title>{line}: at most {highest} open at the same time, {now} on {}</title>\
         <desc>From {} to {}; the scale ends at {most}.</desc><path d=\"{path}\"/></svg>",
        axis.last, axis.first, axis.last
    )
}
