//! The status for people: for each advisory its lines, then the channels, then what is missing.
//!
//! Colour only repeats what a word says; the page reads the same without it.

use std::fmt::Write as _;

use anstyle::{AnsiColor, Style};

use super::{Completeness, Status};
use crate::{
    disclose::{
        record::{Disclosure, LineStatus},
        track::{Arrival, Cell, ChannelState, Demand, Fix, Hole, Need, Presence, Weight},
    },
    escape,
};

const PLAIN: Style = Style::new();
const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();
const RED: Style = AnsiColor::Red.on_default().bold();
const YELLOW: Style = AnsiColor::Yellow.on_default();
const GREEN: Style = AnsiColor::Green.on_default();
const MAGENTA: Style = AnsiColor::Magenta.on_default();

/// The whole status, with ANSI styles; the printer drops them where they do not belong.
pub fn page(status: &Status<'_>) -> String {
    let mut page = String::new();
    let product = match escape::line(&status.record.product) {
        product if product.is_empty() => product,
        product => format!(" of {product}"),
    };
    let id = escape::line(&status.record.id);
    let _ = writeln!(page, "{BOLD}Disclosure {id}{BOLD:#}{product}, as of {}\n", status.today);
    for advisory in &status.record.advisories {
        of_advisory(&mut page, advisory, status);
    }
    channels(&mut page, &status.tracked.channels);
    for (weight, title, style) in
        [(Weight::Missing, "Missing", RED), (Weight::Unknown, "Not known", MAGENTA)]
    {
        let of_weight: Vec<&Need> =
            status.needs.iter().filter(|need| need.weight == weight).collect();
        missing(&mut page, &of_weight, title, style);
    }
    conclusion(&mut page, status);
    page
}

/// Text in a column.
type Written = (Style, String);

fn of_advisory(page: &mut String, advisory: &Disclosure, status: &Status<'_>) {
    let rating = advisory.rating().map(|rating| format!(" ({})", rating.as_str()));
    let _ = writeln!(
        page,
        "{BOLD}{}{BOLD:#}{}  {}",
        escape::line(advisory.name()),
        rating.unwrap_or_default(),
        escape::line(&advisory.title)
    );
    let head = ["LINE", "AFFECTED", "FIX ON BRANCH", "RELEASED AS"];
    let mut rows = vec![head.map(|title| (BOLD, title.to_owned())).to_vec()];
    let cells = || status.tracked.cells.iter().filter(|cell| cell.advisory == advisory.id);
    for cell in cells() {
        let line = (PLAIN, escape::line(&cell.line.0));
        rows.push(vec![line, affected(cell), on_branch(cell), released(cell)]);
    }
    table(page, &rows);
    let assumed: Vec<String> = cells()
        .filter(|cell| cell.is_assumed && cell.is_series)
        .map(|cell| escape::line(&cell.line.0))
        .collect();
    let mut noted = !assumed.is_empty();
    if noted {
        let verb = if assumed.len() == 1 { "is" } else { "are" };
        let _ = writeln!(
            page,
            "  {DIM}{} {verb} assumed to be supported: nobody says so{DIM:#}",
            assumed.join(", ")
        );
    }
    for (cell, remark) in cells().flat_map(|cell| cell.remarks.iter().map(move |text| (cell, text)))
    {
        // What is missing for it says it below.
        if !status.needs.iter().any(|need| need.what.contains(remark.as_str())) {
            noted = true;
            let _ = writeln!(page, "  {}: {}", escape::line(&cell.line.0), escape::line(remark));
        }
    }
    if noted {
        page.push('\n');
    }
}

fn affected(cell: &Cell) -> Written {
    match (cell.status, &cell.hole) {
        (Some(LineStatus::NotAffected), _) => (DIM, "no".to_owned()),
        (Some(LineStatus::NotEvaluated), _) => (DIM, "not evaluated".to_owned()),
        (Some(LineStatus::Ended), _) => (DIM, "ended, not evaluated".to_owned()),
        (_, Hole::Present { since, method }) => {
            (PLAIN, format!("since {} ({})", since.short(), method.as_str()))
        }
        (None, Hole::Absent) => (DIM, "no: it is nowhere".to_owned()),
        (Some(LineStatus::Affected), Hole::Absent) => (YELLOW, "said so, found nowhere".to_owned()),
        (Some(LineStatus::Affected), Hole::Unsaid) => (PLAIN, "as the record says".to_owned()),
        (None, Hole::Unsaid) => (YELLOW, "the record does not say".to_owned()),
        (_, Hole::Unknown { .. }) => (MAGENTA, "not known".to_owned()),
    }
}

fn on_branch(cell: &Cell) -> Written {
    let day =
        |day: &Option<jiff::civil::Date>| day.map(|day| format!(" of {day}")).unwrap_or_default();
    let bad = if cell.demand == Demand::Nothing { DIM } else { RED };
    match (&cell.fix, &cell.branch) {
        (Fix::NotNeeded, _) => (DIM, "-".to_owned()),
        (Fix::NonePlanned { reason }, _) => {
            (DIM, escape::cut(&escape::line(&format!("none planned: {reason}")), LONGEST))
        }
        (Fix::InReview { reviews }, _) => (
            YELLOW,
            escape::cut(&escape::line(&format!("in review: {}", reviews.join(", "))), LONGEST),
        ),
        (_, None) => (DIM, "(no branch)".to_owned()),
        (_, Some(Presence::There { commit, day: on, method })) => {
            (GREEN, format!("{}{} ({})", commit.short(), day(on), method.as_str()))
        }
        (_, Some(Presence::Partly { present, missing })) => {
            let all = present.len() + missing.len();
            (bad, format!("{} of {all} commits", present.len()))
        }
        (_, Some(Presence::Reverted { by, day: on })) => {
            (bad, format!("undone by {}{}", by.short(), day(on)))
        }
        (_, Some(Presence::Undone { commit, .. })) => {
            (bad, format!("{} is undone (content)", commit.short()))
        }
        (Fix::Released { method, .. }, Some(Presence::Lacking))
            if *method == crate::disclose::track::Method::Declared =>
        {
            (DIM, "no commit is named".to_owned())
        }
        (_, Some(Presence::Lacking)) => (bad, "missing".to_owned()),
        (_, Some(Presence::Unknown { .. })) => (MAGENTA, "not known".to_owned()),
    }
}

/// Longer foreign text is cut, so that the table stays one.
const LONGEST: usize = 60;

fn released(cell: &Cell) -> Written {
    match &cell.fix {
        Fix::Released { tag, day, method, .. } => {
            let day = day.map(|day| format!(" of {day}")).unwrap_or_default();
            let is_declared = *method == crate::disclose::track::Method::Declared;
            let declared = if is_declared { " (declared)" } else { "" };
            (GREEN, format!("{}{day}{declared}", escape::line(tag)))
        }
        Fix::OnBranch { commits_since, .. } if cell.demand == Demand::Release => {
            let commits = if *commits_since == 1 { "commit" } else { "commits" };
            (YELLOW, format!("not yet, {commits_since} {commits} later"))
        }
        _ => (DIM, "-".to_owned()),
    }
}

fn channels(page: &mut String, states: &[ChannelState]) {
    let mut names: Vec<&str> = Vec::new();
    let mut lines: Vec<&crate::model::LineId> = Vec::new();
    for state in states {
        if !names.contains(&state.channel.as_str()) {
            names.push(&state.channel);
        }
        if !lines.contains(&&state.line) {
            lines.push(&state.line);
        }
    }
    if names.is_empty() {
        return;
    }
    let _ = writeln!(page, "{BOLD}Channels{BOLD:#}");
    let titles = std::iter::once("LINE").chain(names.iter().copied());
    let mut rows = vec![titles.map(|title| (BOLD, escape::line(title))).collect::<Vec<_>>()];
    for line in lines {
        let mut row = vec![(PLAIN, escape::line(&line.0))];
        for name in &names {
            let found = states.iter().find(|state| state.line == *line && state.channel == *name);
            row.push(found.map_or((DIM, "-".to_owned()), arrival));
        }
        rows.push(row);
    }
    table(page, &rows);
}

fn arrival(state: &ChannelState) -> Written {
    let slot = match &state.arrival {
        Arrival::NotPromised { .. } => return (DIM, "not promised".to_owned()),
        Arrival::Promised(_) if state.is_idle => return (DIM, "-".to_owned()),
        Arrival::Promised(slot) => slot,
    };
    match (slot.expected, slot.actual) {
        (_, Some(actual)) => {
            let late = match state.arrival.days_late() {
                None => String::new(),
                Some(0) => " (on the day)".to_owned(),
                Some(1) => " (1 day late)".to_owned(),
                Some(days @ 2..) => format!(" ({days} days late)"),
                Some(-1) => " (1 day early)".to_owned(),
                Some(days) => format!(" ({} days early)", days.unsigned_abs()),
            };
            (GREEN, format!("{actual}{late}"))
        }
        (Some(expected), None) => (YELLOW, format!("expected {expected}")),
        (None, None) => (YELLOW, "promised, no day".to_owned()),
    }
}

fn missing(page: &mut String, needs: &[&Need], title: &str, style: Style) {
    if needs.is_empty() {
        return;
    }
    let _ = writeln!(page, "{style}{title}{style:#}");
    for need in needs {
        let about: Vec<String> = [need.line.as_ref().map(|line| &line.0), need.advisory.as_ref()]
            .into_iter()
            .flatten()
            .map(|text| escape::line(text))
            .collect();
        let about = if about.is_empty() { String::new() } else { format!("{}: ", about.join(" ")) };
        let _ = writeln!(page, "  {BOLD}{about}{BOLD:#}{}", escape::line(&need.what));
        let _ = writeln!(page, "    {DIM}next: {}{DIM:#}", escape::line(&need.next));
    }
    page.push('\n');
}

fn conclusion(page: &mut String, status: &Status<'_>) {
    let count = |weight: Weight| status.needs.iter().filter(|need| need.weight == weight).count();
    let things = |count: usize| if count == 1 { "thing is" } else { "things are" };
    let _ = match Completeness::of(status.needs) {
        Completeness::Complete => writeln!(
            page,
            "{GREEN}Complete{GREEN:#}: every line that was promised a fix has it, on every channel that \
             was promised."
        ),
        Completeness::Missing => {
            let missing = count(Weight::Missing);
            writeln!(page, "{RED}Not complete{RED:#}: {missing} {} missing.", things(missing))
        }
        Completeness::Unknown => {
            let unknown = count(Weight::Unknown);
            writeln!(
                page,
                "{MAGENTA}Not known{MAGENTA:#}: {unknown} {} not known.",
                things(unknown)
            )
        }
    };
}

/// Columns as wide as what is in them.
fn table(page: &mut String, rows: &[Vec<Written>]) {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |column: usize| {
        let texts = rows.iter().filter_map(|row| row.get(column));
        texts.map(|(_, text)| text.chars().count()).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..columns).map(width).collect();
    for row in rows {
        let mut line = String::new();
        for ((style, text), width) in row.iter().zip(&widths) {
            let padding = " ".repeat(width.saturating_sub(text.chars().count()));
            let _ = write!(line, "  {style}{text}{style:#}{padding}");
        }
        let _ = writeln!(page, "{}", line.trim_end());
    }
    page.push('\n');
}
