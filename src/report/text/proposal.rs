//! The change that a run is about: what it brings in, and that the rest does not count against it.

use std::fmt::Write as _;

use super::{BOLD, DIM, GREEN, RED, YELLOW, plural};
use crate::{
    escape,
    model::{Decision, Proposal, Report},
    report::{
        proposed::{self, Introduced},
        words,
    },
};

/// More rows than this are counted, not listed.
const SHOWN: usize = 12;

pub(super) fn draw(page: &mut String, report: &Report) {
    let Some(proposal) = &report.proposal else { return };
    let new = proposed::introduced(report);
    let what = match proposal.number {
        Some(number) => format!("Pull request {number}"),
        None => "This change".to_owned(),
    };
    let into = escape::line(&proposal.into.0);
    let count = match new.len() {
        0 => "nothing".to_owned(),
        count => format!("{count} {}", plural(count, "finding", "findings")),
    };
    let _ = writeln!(
        page,
        "{BOLD}{what} introduces {count} into {into}{BOLD:#} {DIM}({} against {}){DIM:#}",
        escape::line(proposal.head.short()),
        escape::line(proposal.base.short())
    );
    for new in new.iter().take(SHOWN) {
        row(page, new);
    }
    if new.len() > SHOWN {
        let _ = writeln!(page, "  and {} more (--format json has them all)", new.len() - SHOWN);
    }
    fixed(page, proposal);
    let _ = writeln!(page, "{DIM}What was there before is shown and does not fail.{DIM:#}\n");
}

fn row(page: &mut String, new: &Introduced<'_>) {
    let (style, word) = match new.decision() {
        Decision::Fail => (RED, "fails"),
        Decision::Warn => (YELLOW, "warns"),
        Decision::Note => (DIM, "noted"),
    };
    let versions: Vec<String> = new.versions().into_iter().map(escape::line).collect();
    let places: Vec<String> = new.occurrences.iter().filter_map(proposed::place).collect();
    let places: Vec<String> = places.iter().map(|place| escape::line(place)).collect();
    let parts = [
        escape::line(&new.key.package),
        words::few(&versions, 3),
        escape::line(&new.key.vulnerability),
        words::few(&places, 3),
    ];
    let parts: Vec<&str> = parts.iter().map(String::as_str).filter(|p| !p.is_empty()).collect();
    let _ = writeln!(page, "  {style}{word}{style:#}  {}", parts.join("  "));
}

fn fixed(page: &mut String, proposal: &Proposal) {
    let fixed: Vec<String> = proposal
        .fixed
        .iter()
        .map(|(id, package)| escape::line(&format!("{id} in {package}")))
        .collect();
    if !fixed.is_empty() {
        let _ = writeln!(page, "  {GREEN}fixes{GREEN:#}  {}", words::few(&fixed, SHOWN));
    }
}
