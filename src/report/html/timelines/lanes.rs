//! A lane for each line below its vulnerability: since when it is public, when the branch was fixed,
//! when a release was.

use std::{cmp::Reverse, fmt::Write as _};

use super::{axis::Axis, span::Span};
use crate::{
    escape::html::{message, text},
    model::{History, Stand},
    report::words::plural,
};

/// More lanes are in the table alone.
const MOST: usize = 160;

pub(super) fn draw(spans: &[Span<'_>], history: &History, axis: &Axis) -> String {
    let mut groups: Vec<Vec<&Span<'_>>> = Vec::new();
    for span in spans {
        let is_same = |group: &Vec<&Span<'_>>| {
            group.first().is_some_and(|first| {
                first.episode.vulnerability == span.episode.vulnerability
                    && first.episode.package == span.episode.package
            })
        };
        match groups.last_mut().filter(|group| is_same(group)) {
            Some(group) => group.push(span),
            None => groups.push(vec![span]),
        }
    }
    // What is open comes first, and of that the gravest, then what was open last.
    groups.sort_by_key(|group| {
        let is_open = group.iter().any(|span| span.is_open());
        let rating = group.iter().filter_map(|span| span.episode.rating).max();
        let last = group.iter().map(|span| span.last).max();
        (Reverse(is_open), Reverse(rating.filter(|_| is_open)), Reverse(last))
    });
    let all = groups.len();
    let mut table = format!(
        "<table class=\"lanes\">\n<caption>Exposure by advisory and line, {} to {}</caption>\n\
         <thead><tr><th scope=\"col\">Line<td>{}<th scope=\"col\">How long</thead>\n",
        axis.first,
        axis.last,
        axis.draw()
    );
    let (mut drawn, mut lanes) = (0, 0);
    for group in &mut groups {
        if lanes > 0 && lanes + group.len() > MOST {
            break;
        }
        group.sort_by_key(|span| {
            let rank = history.lines.iter().position(|line| *line == span.episode.line);
            (rank.unwrap_or(usize::MAX), span.present)
        });
        draw_group(&mut table, group, axis);
        lanes += group.len();
        drawn += 1;
    }
    table.push_str("</table>\n");
    let mut body = format!("<h3>By advisory</h3>\n{}{table}", legend());
    if drawn < all {
        let _ = writeln!(
            body,
            "<p class=\"note\">{drawn} of {all} {} drawn; the table below has the rest.</p>",
            plural(all, "advisory is", "advisories are")
        );
    }
    body
}

fn legend() -> String {
    let items = [
        (
            "<rect class=\"l\" y=\"9\" width=\"100%\" height=\"2\"/>",
            "there, not public or in no release",
        ),
        ("<rect class=\"x\" y=\"4\" width=\"100%\" height=\"12\"/>", "exposed"),
        (
            "<rect class=\"y\" y=\"7\" width=\"100%\" height=\"6\"/>",
            "fixed on the branch, not released",
        ),
        ("<circle class=\"z\" cx=\"50%\" cy=\"10\" r=\"5\"/>", "fixed for users"),
        (
            "<rect class=\"q\" x=\"45%\" y=\"3\" width=\"3\" height=\"14\"/>",
            "gone from the branch, or support ended, without a release",
        ),
    ];
    let items: String = items.into_iter().fold(String::new(), |mut all, (shape, said)| {
        let _ = writeln!(all, "<li><svg aria-hidden=\"true\">{shape}</svg> {said}");
        all
    });
    format!("<ul class=\"legend\">\n{items}</ul>\n")
}

fn draw_group(table: &mut String, group: &[&Span<'_>], axis: &Axis) {
    let Some(first) = group.first() else { return };
    let episode = first.episode;
    let rating = episode.rating.map_or("unrated", crate::model::Rating::as_str);
    let published = episode.published.map(|day| format!(", published {day}")).unwrap_or_default();
    let _ = write!(
        table,
        "<tbody>\n<tr class=\"g\"><th scope=\"rowgroup\" colspan=\"3\">{} <b>{}</b> \
         <span class=\"sev {rating}\">{rating}</span> <span>{}{published}</span>\n",
        text(&episode.vulnerability),
        text(&episode.package),
        message(&episode.title)
    );
    for span in group {
        lane(table, span, axis);
    }
    table.push_str("</tbody>\n");
}

fn lane(table: &mut String, span: &Span<'_>, axis: &Axis) {
    let line = text(&span.episode.line.0);
    let late = match (span.is_late, span.target) {
        (Some(true), Some(target)) => format!(" <b class=\"late\">target {target}</b>"),
        (Some(false), Some(target)) => format!(" <span class=\"note\">target {target}</span>"),
        _ => String::new(),
    };
    let _ = writeln!(
        table,
        "<tr><th scope=\"row\">{line}<td><svg class=\"lane\" role=\"img\"><title>{line}: {}</title>\
         <use href=\"#marks\"/>{}</svg><td>{}{late}",
        text(&story(span)),
        shapes(span, axis),
        text(&span.said())
    );
}

/// The days, as somebody would tell them.
fn story(span: &Span<'_>) -> String {
    let episode = span.episode;
    let mut parts = Vec::new();
    parts.extend(span.present.map(|day| format!("in the line since {day}")));
    parts.push(match episode.published {
        Some(day) if !span.is_public => format!("public on {day}"),
        Some(day) => format!("public since {day}"),
        None => "public since nobody knows when".to_owned(),
    });
    match &episode.fixed {
        Some(turn) => parts.push(format!("fixed on the branch on {}", turn.day)),
        None if episode.stand == Stand::Open && episode.released.is_some() => {
            parts.push("not fixed on the branch".to_owned());
        }
        None if episode.stand == Stand::Open => parts.push("not fixed".to_owned()),
        None => {}
    }
    match (&episode.released, episode.stand) {
        (Some(turn), _) => {
            let tag = turn.tag.as_deref().unwrap_or("a release");
            parts.push(format!("released in {tag} on {}", turn.day));
        }
        (None, Stand::Unreleased) => parts.push("not released".to_owned()),
        (None, Stand::Ended) => {
            let day = episode.ended.map(|day| format!(" on {day}")).unwrap_or_default();
            parts.push(format!("support ended{day}"));
        }
        (None, _) => {}
    }
    parts.join(", ")
}

fn shapes(span: &Span<'_>, axis: &Axis) -> String {
    let mut svg = String::new();
    let mut bar = |class: &str, from: i64, to: i64, top: i64, height: i64| {
        if to > from {
            let _ = write!(
                svg,
                "<rect class=\"{class}\" x=\"{}\" width=\"{}\" y=\"{top}\" height=\"{height}\"/>",
                Axis::percent(from),
                Axis::percent(to - from)
            );
        }
    };
    let last = axis.place(span.last);
    let present = span.present.map_or(last, |day| axis.place(day));
    match &span.exposed {
        Some(exposed) => {
            let from = axis.place(exposed.from);
            // A single day has to be seen, too.
            let shortest = i64::from(exposed.days > 0) * 4;
            let until = axis.place(exposed.until).max(from + shortest).min(1000);
            let fixed = axis.place(exposed.fixed).clamp(from, until);
            let is_all_fixed = exposed.fixed == exposed.from;
            bar("l", present, from.max(if shortest == 0 { last } else { from }), 9, 2);
            if is_all_fixed {
                bar("y", from, until, 7, 6);
            } else {
                bar("x", from, fixed.max(from + shortest).min(1000), 4, 12);
                bar("y", fixed.max(from + shortest), until, 7, 6);
            }
            // A release beside the branch leaves the branch as it is.
            if span.fixed_for_users().is_some_and(|day| day < span.last) {
                bar("l", until, last, 9, 2);
            }
        }
        None => bar("l", present, last, 9, 2),
    }
    let mut mark = |day: i64| {
        let end = Axis::percent(day.clamp(0, 994));
        let _ = write!(svg, "<rect class=\"q\" x=\"{end}\" y=\"3\" width=\"3\" height=\"14\"/>");
    };
    let is_gone = !matches!(span.episode.stand, Stand::Open | Stand::Unreleased);
    match span.fixed_for_users() {
        Some(day) => {
            if is_gone && day < span.last {
                mark(last);
            }
            let end = Axis::percent(axis.place(day).clamp(6, 994));
            let _ = write!(svg, "<circle class=\"z\" cx=\"{end}\" cy=\"10\" r=\"5\"/>");
        }
        None if is_gone => mark(last),
        None => {}
    }
    svg
}
