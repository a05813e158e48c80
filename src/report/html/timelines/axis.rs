//! Days as places on a picture.

use std::fmt::Write as _;

use jiff::{
    ToSpan as _,
    civil::{Date, date},
};

use super::span::Span;
use crate::model::History;

/// From the left edge to the right one.
pub(super) struct Axis {
    pub(super) first: Date,
    pub(super) last: Date,
    days: i64,
}

/// More marks than this run into each other on a phone.
const MARKS: i64 = 5;

impl Axis {
    /// All that is drawn, and some days before it.
    pub(super) fn new(spans: &[Span<'_>], history: &History) -> Self {
        let last = history.as_of;
        let starts = spans.iter().filter_map(|span| span.exposed.as_ref());
        let earliest = starts.map(|exposed| exposed.from).min().unwrap_or(last);
        let first = history.since.unwrap_or(earliest).max(earliest).min(last);
        let room = (between(first, last) / 50).clamp(3, 90);
        let first = first.checked_sub(room.days()).unwrap_or(first);
        Self { first, last, days: between(first, last).max(1) }
    }

    /// The place of a day in thousandths of the width.
    pub(super) fn place(&self, day: Date) -> i64 {
        (between(self.first, day) * 1000 / self.days).clamp(0, 1000)
    }

    /// A place, or a width, as SVG writes it.
    pub(super) fn percent(thousandths: i64) -> String {
        match thousandths % 10 {
            0 => format!("{}%", thousandths / 10),
            rest => format!("{}.{rest}%", thousandths / 10),
        }
    }

    /// Days to mark, with their names: beginnings of years, or of months where it is a short time.
    fn marks(&self) -> Vec<(Date, String)> {
        let years = i64::from(self.last.year() - self.first.year());
        if years >= 2 {
            let step = i16::try_from((years + MARKS - 1) / MARKS).unwrap_or(1).max(1);
            let from = self.first.year() + 1;
            return (from..=self.last.year())
                .filter(|year| (self.last.year() - year) % step == 0)
                .map(|year| (date(year, 1, 1), year.to_string()))
                .collect();
        }
        let months = (self.days / 30).max(1);
        let step = ((months + MARKS - 1) / MARKS).max(1);
        let mut marks = Vec::new();
        let mut day = self.first.first_of_month();
        while let Ok(next) = day.checked_add(step.months()) {
            if next > self.last {
                break;
            }
            marks.push((next, next.strftime("%Y-%m").to_string()));
            day = next;
        }
        marks
    }

    /// The picture of the axis. Lanes repeat its lines by their name.
    pub(super) fn draw(&self) -> String {
        let mut svg = String::from("<svg class=\"axis\" aria-hidden=\"true\"><g id=\"marks\">");
        let marks = self.marks();
        for (day, _) in &marks {
            let x = Self::percent(self.place(*day));
            let _ = write!(svg, "<line x1=\"{x}\" x2=\"{x}\" y1=\"-9\" y2=\"29\"/>");
        }
        svg.push_str("</g>");
        for (day, name) in &marks {
            let place = self.place(*day);
            // A name does not leave the picture.
            let anchor = match place {
                ..=60 => " text-anchor=\"start\"",
                940.. => " text-anchor=\"end\"",
                _ => "",
            };
            let _ =
                write!(svg, "<text x=\"{}\" y=\"13\"{anchor}>{name}</text>", Self::percent(place));
        }
        svg.push_str("</svg>");
        svg
    }
}

/// Whole days from one to the other.
pub(super) fn between(from: Date, to: Date) -> i64 {
    from.until(to).map_or(0, |span| i64::from(span.get_days()))
}
