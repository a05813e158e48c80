//! What to do, line by line.

use std::collections::BTreeSet;

use super::{page::Page, whereabouts};
use crate::{
    escape,
    model::{Ecosystem, Fit, ReleaseLine, Report},
    report::{
        moves::{self, Move, Todo},
        words::{self, plural},
    },
};

/// More names or places than this are counted.
const SHOWN: usize = 3;

/// A heading, and a part for each line that needs something and is asked for.
pub(super) fn draw(page: &mut Page, report: &Report, is_asked: impl Fn(&ReleaseLine) -> bool) {
    let parts: Vec<(&ReleaseLine, Todo<'_>)> = report
        .lines
        .iter()
        .filter(|line| line.is_scanned() && is_asked(line))
        .filter_map(|line| Some((line, moves::todo(report, line)?)))
        .collect();
    if parts.is_empty() {
        return;
    }
    page.block("### What to do");
    for (line, todo) in parts {
        let head = format!("**{}** ({})\n\n", escape::code(&line.id.0), whereabouts(line));
        let moves = todo.moves.iter().map(step);
        let release = release(line, &todo.to_release);
        let rows: Vec<String> = moves.chain(release).map(|text| format!("- {text}")).collect();
        page.rows(&head, &rows, "");
    }
}

/// One package to move, with a row for where it is and one for how.
fn step(found: &Move<'_>) -> String {
    let is_plain = *found.ecosystem == Ecosystem::CRATES_IO;
    let ecosystem = escape::markdown(&found.ecosystem.to_string());
    let ecosystem = if is_plain { String::new() } else { format!(" ({ecosystem})") };
    let subject = format!("{}{ecosystem}", escape::code(found.package));
    let version = escape::code(found.version);
    let mut rows =
        vec![format!("{subject} {version} → {}: {}", target(found), names(&found.advisories))];
    let places: Vec<String> = found.places.iter().map(|place| escape::code(place)).collect();
    let path = escape::code(&words::chain(&found.evidence.path));
    let at = [words::few(&places, SHOWN), path];
    let at: Vec<&str> = at.iter().map(String::as_str).filter(|part| !part.is_empty()).collect();
    if !at.is_empty() {
        rows.push(at.join(", through "));
    }
    rows.extend(how(found));
    let differing = found.disagreements.iter().map(|said| escape::markdown(said));
    rows.extend(differing.take(SHOWN));
    rows.join("<br>\n  ")
}

/// The version to move to, in words if there is none.
fn target(found: &Move<'_>) -> String {
    let all = if found.has_unfixed { " (does not fix all)" } else { "" };
    match (&found.evidence.update.to, found.fixed_in) {
        (Some(to), _) => format!("**{}**{all}", escape::code(&to.to_string())),
        (None, []) => "no fix is known".to_owned(),
        (None, fixed) => {
            let fixed: Vec<String> = fixed.iter().map(|version| escape::code(version)).collect();
            format!("**{}**", words::few(&fixed, SHOWN))
        }
    }
}

/// The command, or who has to move first.
fn how(found: &Move<'_>) -> Option<String> {
    let waits_for = found.waits_for().map(|who| escape::markdown(&who));
    match (found.command(), waits_for) {
        (Some(command), None) => Some(escape::code(&command)),
        (Some(command), Some(who)) => {
            Some(format!("{} if {who} accepts it", escape::code(&command)))
        }
        (None, Some(who)) if found.evidence.update.fit != Fit::Unverified => {
            Some(format!("first move {who}"))
        }
        (None, _) => None,
    }
}

fn names(ids: &BTreeSet<&str>) -> String {
    let ids: Vec<String> = ids.iter().map(|id| escape::code(id)).collect();
    words::few(&ids, SHOWN)
}

/// What is fixed on the branch and waits.
fn release(line: &ReleaseLine, ids: &BTreeSet<&str>) -> Option<String> {
    let release = line.release.as_ref().filter(|_| !ids.is_empty())?;
    Some(format!(
        "**release it**: {} {} fixed on the branch and not in {}: {}",
        ids.len(),
        plural(ids.len(), "advisory is", "advisories are"),
        escape::code(&release.tag),
        names(ids)
    ))
}
