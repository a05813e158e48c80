//! What to do, line by line: which package to move where, and who stands in the way.

use std::{collections::BTreeSet, fmt::Write as _};

use super::{BOLD, DIM, RED, YELLOW, plural, short_ref};
use crate::{
    escape,
    model::{Ecosystem, Fit, ReleaseLine, Report},
    report::{
        moves::{self, Move},
        words,
    },
};

/// More names than this are counted.
const NAMES: usize = 2;

pub(super) fn draw(page: &mut String, report: &Report) {
    for line in report.lines.iter().filter(|line| line.is_scanned()) {
        let Some(todo) = moves::todo(report, line) else { continue };
        heading(page, line);
        for found in &todo.moves {
            update(page, found);
        }
        release(page, &todo.to_release, line);
        page.push('\n');
    }
}

fn heading(page: &mut String, line: &ReleaseLine) {
    let place = match (&line.head, &line.release) {
        (Some(head), _) => short_ref(&head.reference),
        (None, Some(release)) => format!("release {}, no branch", escape::line(&release.tag)),
        (None, None) => String::new(),
    };
    let _ = writeln!(page, "{BOLD}{}{BOLD:#} {DIM}({place}){DIM:#}", escape::line(&line.id.0));
}

fn update(page: &mut String, found: &Move<'_>) {
    let mut subject = escape::line(found.package);
    if *found.ecosystem != Ecosystem::CRATES_IO {
        let _ = write!(subject, " ({})", escape::line(&found.ecosystem.to_string()));
    }
    if !found.version.is_empty() {
        let _ = write!(subject, " {}", escape::line(found.version));
    }
    let to = escape::line(&found.to());
    let names = names(&found.advisories);
    let _ = writeln!(page, "  {RED}{subject}{RED:#} → {to}   {DIM}{names}{DIM:#}");
    let places: Vec<String> = found.places.iter().map(|place| escape::line(place)).collect();
    let path: Vec<String> = found.evidence.path.iter().map(|step| escape::line(step)).collect();
    let parts = [places.join(", "), words::chain(&path)];
    let parts: Vec<&str> = parts.iter().map(String::as_str).filter(|p| !p.is_empty()).collect();
    if !parts.is_empty() {
        let _ = writeln!(page, "      {DIM}{}{DIM:#}", parts.join("  "));
    }
    if found.sources.len() > 1 {
        let sources: Vec<String> = found.sources.iter().map(|s| escape::line(s)).collect();
        let _ = writeln!(page, "      {DIM}said by {}{DIM:#}", sources.join(", "));
    }
    for disagreement in &found.disagreements {
        let _ = writeln!(page, "      {YELLOW}{}{YELLOW:#}", escape::line(disagreement));
    }
    let waits_for = found.waits_for().map(|who| escape::line(&who));
    let _ = match (found.command(), waits_for) {
        (Some(command), None) => writeln!(page, "      {command}"),
        (Some(command), Some(who)) => {
            writeln!(page, "      {command}   {DIM}if {who} accepts it{DIM:#}")
        }
        (None, Some(who)) if found.evidence.update.fit != Fit::Unverified => {
            writeln!(page, "      first move {who}")
        }
        (None, _) => Ok(()),
    };
}

fn names(ids: &BTreeSet<&str>) -> String {
    let ids: Vec<String> = ids.iter().map(|id| escape::line(id)).collect();
    words::few(&ids, NAMES)
}

fn release(page: &mut String, ids: &BTreeSet<&str>, line: &ReleaseLine) {
    let Some(release) = line.release.as_ref().filter(|_| !ids.is_empty()) else { return };
    let _ = writeln!(
        page,
        "  {YELLOW}release it{YELLOW:#}: {} {} fixed on the branch and not in {}   {DIM}{}{DIM:#}",
        ids.len(),
        plural(ids.len(), "advisory is", "advisories are"),
        escape::line(&release.tag),
        names(ids)
    );
}
