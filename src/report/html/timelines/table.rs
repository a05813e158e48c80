//! All of it in words: an advisory, and a row for each line.

use std::fmt::Write as _;

use super::{super::code, span::Span};
use crate::{escape::html::text, model::Turn, report::words::plural};

/// What the table may take, in bytes.
const MOST: usize = 160 * 1024;

pub(super) fn draw(spans: &[Span<'_>]) -> String {
    let mut table = String::from(
        "<table class=\"all\">\n<caption>Every exposure, by advisory</caption>\n<thead><tr><th \
         scope=\"col\">Line<th scope=\"col\">There since<th scope=\"col\">Fixed on the branch<th \
         scope=\"col\">Released<th scope=\"col\" class=\"num\">Days</thead>\n",
    );
    let mut last = None;
    let mut written = 0;
    for span in spans {
        if table.len() > MOST {
            break;
        }
        let episode = span.episode;
        let subject = (&episode.vulnerability, &episode.package);
        if last != Some(subject) {
            last = Some(subject);
            let published = episode.published.map(|day| format!(", {day}")).unwrap_or_default();
            let _ = writeln!(
                table,
                "<tbody><tr class=\"g\"><th scope=\"rowgroup\" colspan=\"5\">{} {}{published}",
                text(&episode.vulnerability),
                text(&episode.package)
            );
        }
        let _ = writeln!(
            table,
            "<tr><th scope=\"row\">{}<td>{}<td>{}<td>{}<td class=num>{}{}",
            text(&episode.line.0),
            turn(episode.introduced.as_ref()),
            turn(episode.fixed.as_ref()),
            match (&episode.released, episode.ended) {
                (None, Some(day)) => format!("ended {day}"),
                (released, _) => turn(released.as_ref()),
            },
            days(span),
            match (span.is_open(), episode.is_unknown()) {
                (true, _) => " open",
                (false, true) => " unknown",
                (false, false) => "",
            }
        );
        written += 1;
    }
    table.push_str("</table>\n");
    let count = spans.len();
    let mut body = super::super::scroller("Every exposure", &table);
    if written < count {
        let _ = writeln!(
            body,
            "<p class=\"note\">{} more have no room here; <code>patchline history --format csv</code> \
             has them all.</p>",
            count - written
        );
    }
    let head = format!("{count} {} as a table", plural(count, "exposure", "exposures"));
    super::super::fold(&head, &body)
}

/// A number alone, so that a column of them can be read.
fn days(span: &Span<'_>) -> String {
    let Some(exposed) = &span.exposed else { return "–".to_owned() };
    let least = if span.episode.is_at_least() { "≥ " } else { "" };
    format!("{least}{}", exposed.days)
}

/// `2024-05-01 v1.2.3`, or the commit without a tag.
fn turn(turn: Option<&Turn>) -> String {
    let Some(turn) = turn else { return "–".to_owned() };
    match &turn.tag {
        Some(tag) => format!("{} {}", turn.day, text(tag)),
        None => format!("{} {}", turn.day, code(turn.commit.0.get(..8).unwrap_or(&turn.commit.0))),
    }
}
