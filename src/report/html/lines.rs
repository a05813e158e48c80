//! Each line: how it is supported and who says so, where its code stands, what is open and what to do.

use std::{collections::BTreeMap, fmt::Write as _};

use jiff::tz::TimeZone;

use super::{code, fold, letter, list, place};
use crate::{
    escape::html::{message, text},
    model::{Ecosystem, Fit, LineId, ReleaseLine, Report, SOME_BRANCH, Standing, Word, short_name},
    report::{
        moves::{self, Move},
        state::{self, Sign, State, Whole},
        words::{self, plural},
    },
};

use super::Section;

/// More packages are under each advisory.
const MOVES: usize = 12;

pub(super) fn section(report: &Report) -> Option<Section> {
    let mut body = String::from("<ul class=\"cards\">\n");
    let columns = state::columns(report);
    for (id, line) in &columns {
        card(&mut body, report, id, *line);
    }
    body.push_str("</ul>\n");
    if columns.is_empty() {
        body.clear();
    }
    body.push_str(&others(report, &columns));
    (!body.is_empty()).then_some(Section { id: "lines", title: "The lines", body })
}

fn card(body: &mut String, report: &Report, id: &LineId, line: Option<&ReleaseLine>) {
    let state = state::state(report, id);
    let class = match state.sign {
        Sign::Good => "good",
        Sign::Plain => "plain",
        Sign::Warning => "warning",
        Sign::Bad => "bad",
    };
    let lts = line.filter(|line| line.is_lts).map_or("", |_| " <span class=\"tag\">LTS</span>");
    let _ = write!(
        body,
        "<li class=\"card {class}\">\n<h3>{}{lts}</h3>\n<p class=\"state\">{}</p>\n",
        text(&id.0),
        said(&state)
    );
    bar(body, report, id);
    if let Some(line) = line {
        facts(body, report, line);
        todo(body, report, line);
    }
    body.push('\n');
}

/// What is open, in words.
fn said(state: &State) -> String {
    let mut parts: Vec<String> = state.parts().iter().map(|part| text(part)).collect();
    parts.extend(state.sight.as_str().map(|said| format!("<b>{said}</b>")));
    if !parts.is_empty() {
        return parts.join(", ");
    }
    match state.sight {
        Whole::Seen => "nothing open".to_owned(),
        Whole::InPart | Whole::NotScanned => String::new(),
    }
}

/// How many findings are what, as a bar with its numbers below it.
fn bar(body: &mut String, report: &Report, id: &LineId) {
    let mut counts: BTreeMap<Word, usize> = BTreeMap::new();
    for (_, verdict) in report.findings.iter().filter(|(finding, _)| finding.key.line == *id) {
        *counts.entry(verdict.word).or_default() += 1;
    }
    let all: usize = counts.values().sum();
    if all == 0 {
        return;
    }
    body.push_str("<svg class=\"bar\" aria-hidden=\"true\">");
    let mut from = 0;
    for (word, count) in &counts {
        let _ = write!(
            body,
            "<rect class=\"{}\" x=\"{}%\" width=\"{}%\" height=\"8\"/>",
            letter(*word),
            share(from, all),
            share(*count, all)
        );
        from += count;
    }
    body.push_str("</svg>\n<ul class=\"counts\">");
    for (word, count) in &counts {
        let _ = write!(body, "<li class=\"w {}\">{count} {}", letter(*word), word.as_str());
    }
    body.push_str("</ul>\n");
}

/// A share of a hundred, with one decimal.
fn share(part: usize, all: usize) -> String {
    let tenths = part.saturating_mul(1000) / all.max(1);
    format!("{}.{}", tenths / 10, tenths % 10)
}

fn facts(body: &mut String, report: &Report, line: &ReleaseLine) {
    let mut rows = vec![("Support", text(&words::standing(line)))];
    if let Some(until) = line.bug_fixes_until.filter(|_| line.is_scanned()) {
        rows.push(("Bug fixes", format!("until {until}")));
    }
    if let Some(until) = line.extended_until {
        rows.push(("Paid support", format!("until {until}")));
    }
    rows.push(("Branch", head(line)));
    rows.push(("Release", release(line)));
    if let Some(because) = line.because.first() {
        let at = because.origin.as_ref().map(|at| place(at, report.default_ref.as_deref()));
        let at = at.filter(|at| !at.is_empty()).map(|at| format!(", {at}")).unwrap_or_default();
        rows.push(("Says who", format!("{}{at}", message(&because.says))));
    }
    body.push_str("<dl>\n");
    for (name, said) in rows {
        let _ = writeln!(body, "<dt>{name}<dd>{said}");
    }
    body.push_str("</dl>\n");
}

fn head(line: &ReleaseLine) -> String {
    let Some(head) = &line.head else { return "none".to_owned() };
    let name = match head.reference.as_str() {
        SOME_BRANCH => "one that is not here".to_owned(),
        reference => code(short_name(reference)),
    };
    match &head.commit {
        Some(commit) => format!("{name} at {}", code(commit.short())),
        None => name,
    }
}

fn release(line: &ReleaseLine) -> String {
    let Some(release) = &line.release else { return "none".to_owned() };
    let day = release.date.map(|date| date.to_zoned(TimeZone::UTC).date());
    let of = day.map(|day| format!(" of {day}")).unwrap_or_default();
    format!("{}{of}", code(&release.tag))
}

/// Which package to move where, and what to release.
fn todo(body: &mut String, report: &Report, line: &ReleaseLine) {
    let Some(todo) = moves::todo(report, line).filter(|_| line.is_scanned()) else { return };
    let count = todo.moves.len();
    let mut rows: Vec<String> = todo.moves.iter().take(MOVES).map(step).collect();
    if count > MOVES {
        rows.push(format!("and {} more, under each advisory", count - MOVES));
    }
    if let Some(release) = line.release.as_ref().filter(|_| !todo.to_release.is_empty()) {
        let waiting = todo.to_release.len();
        rows.push(format!(
            "<b>release it</b>: {waiting} {} fixed on the branch and not in {}",
            plural(waiting, "advisory is", "advisories are"),
            code(&release.tag)
        ));
    }
    body.push_str(&fold("What to do", &list(rows)));
}

/// One package to move.
pub(super) fn step(found: &Move<'_>) -> String {
    let ecosystem = match found.ecosystem {
        plain if *plain == Ecosystem::CRATES_IO => String::new(),
        other => format!(" ({})", text(&other.to_string())),
    };
    let advisories = found.advisories.len();
    let target = if found.has_target() {
        format!("→ <b>{}</b>", text(&found.to()))
    } else {
        format!("· {}", text(&found.to()))
    };
    let mut step = format!(
        "<b>{}</b>{ecosystem} {} {target} <span class=\"note\">({advisories} {})</span>",
        text(found.package),
        text(found.version),
        plural(advisories, "advisory", "advisories")
    );
    if let Some(how) = how(found) {
        let _ = write!(step, "<br>{how}");
    }
    step
}

/// The command, or who has to move first.
pub(super) fn how(found: &Move<'_>) -> Option<String> {
    let waits_for = found.waits_for().map(|who| text(&who));
    match (found.command(), waits_for) {
        (Some(command), None) => Some(code(&command)),
        (Some(command), Some(who)) => Some(format!("{} if {who} accepts it", code(&command))),
        (None, Some(who)) if found.evidence.update.fit != Fit::Unverified => {
            Some(format!("first move {who}"))
        }
        (None, _) => None,
    }
}

/// The lines that are known and have no card.
fn others(report: &Report, columns: &[(&LineId, Option<&ReleaseLine>)]) -> String {
    let groups = [
        (Standing::Upcoming, "Upcoming"),
        (Standing::Unknown, "Nothing says whether they are supported"),
        (Standing::Eol, "Ended"),
    ];
    let mut body = String::new();
    for (standing, title) in groups {
        let is_here = |line: &&ReleaseLine| {
            line.standing == standing && !columns.iter().any(|(id, _)| **id == line.id)
        };
        let rows: Vec<String> = report
            .lines
            .iter()
            .filter(is_here)
            .map(|line| {
                let until = line.until.filter(|_| standing == Standing::Eol);
                let until = until.map(|day| format!(" <span class=\"note\">{day}</span>"));
                format!("<li>{}{}", text(&line.id.0), until.unwrap_or_default())
            })
            .collect();
        if !rows.is_empty() {
            let _ = writeln!(body, "<dt>{title}<dd><ul class=\"chips\">{}</ul>", rows.concat());
        }
    }
    if body.is_empty() {
        return body;
    }
    format!("<h3>Not scanned</h3>\n<dl class=\"others\">\n{body}</dl>\n")
}
