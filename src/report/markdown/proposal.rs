//! What a change brings in, what it fixes, and what it would keep silent: for the summary and the
//! comment alike.

use super::{advisory, fixed_in, items, package, page::Page, severity};
use crate::{
    escape,
    model::{Decision, Proposal, Report, Word},
    report::{
        proposed::{self, Introduced},
        words,
    },
};

/// In characters.
const LONGEST_TITLE: usize = 120;
/// More places of one finding are counted.
const PLACES: usize = 3;
/// More names in one sentence are counted.
const NAMES: usize = 30;

/// `introduces 2 findings into 1.2, 1 of which fails the gate`
pub(super) fn headline(report: &Report, proposal: &Proposal) -> String {
    let new = proposed::introduced(report);
    let into = escape::code(&proposal.into.0);
    let fails = new.iter().filter(|new| new.decision() == Decision::Fail).count();
    let count = new.len();
    if count == 0 {
        return format!("introduces nothing into {into}");
    }
    let what = words::plural(count, "finding", "findings");
    let how = match fails {
        0 => ", and the gate lets it pass".to_owned(),
        fails if fails == count => String::new(),
        fails => format!(", {fails} of which {}", words::plural(fails, "fails", "fail")),
    };
    format!("introduces {count} {what} into {into}{how}")
}

/// The tables and lists.
pub(super) fn draw(page: &mut Page, report: &Report, proposal: &Proposal) {
    let new = proposed::introduced(report);
    let rows: Vec<String> = new.iter().map(row).collect();
    page.rows(
        "|  | Advisory | Package | Where | Fixed in | Severity |\n|---|---|---|---|---|---|\n",
        &rows,
        "",
    );
    let fixed: Vec<String> = proposal
        .fixed
        .iter()
        .map(|(id, package)| format!("{} in {}", escape::code(id), escape::code(package)))
        .collect();
    if !fixed.is_empty() {
        let into = escape::code(&proposal.into.0);
        page.block(&format!("**It fixes** on {into}: {}.", words::few(&fixed, NAMES)));
    }
    changes(page, report);
}

fn row(new: &Introduced<'_>) -> String {
    let is_silent = new.found.is_some_and(|(_, verdict)| verdict.word == Word::Suppressed);
    let gate = match new.decision() {
        Decision::Fail => "❌ fails",
        Decision::Warn => "⚠️ warns",
        Decision::Note if is_silent => "suppressed",
        Decision::Note => "noted",
    };
    let versions: Vec<String> = new.versions().into_iter().map(escape::code).collect();
    let package = format!("{} {}", package(new.key), words::few(&versions, PLACES));
    let places: Vec<String> = new.occurrences.iter().filter_map(proposed::place).collect();
    let places: Vec<String> = places.iter().map(|place| escape::code(place)).collect();
    let (advisory, fixed, severity) = match new.found {
        None => (escape::code(&new.key.vulnerability), String::new(), String::new()),
        Some((finding, _)) => {
            let title = escape::message(&escape::cut(&finding.title, LONGEST_TITLE));
            let title = if title.is_empty() { title } else { format!("<br>{title}") };
            (format!("{}{title}", advisory(finding)), fixed_in(finding), severity(finding))
        }
    };
    format!(
        "| {gate} | {advisory} | {} | {} | {fixed} | {severity} |",
        package.trim(),
        words::few(&places, PLACES)
    )
}

/// Suppressions and statements that it touches.
pub(super) fn changes(page: &mut Page, report: &Report) {
    if report.changes.is_empty() {
        return;
    }
    let right = match report.changes_are {
        Decision::Fail | Decision::Warn if report.changes.iter().any(words::is_silencing) => {
            " Its author may not add suppressions: `gate.may-suppress` says who may."
        }
        _ => "",
    };
    let head = format!(
        "**Suppressions and statements** that it touches are not obeyed before it is merged.{right}\n\n"
    );
    let rows = items(report.changes.iter().map(|change| escape::markdown(&words::change(change))));
    page.rows(&head, &rows, "");
}
