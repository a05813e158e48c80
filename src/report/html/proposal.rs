//! What a change that asks to be merged brings in.

use std::fmt::Write as _;

use super::{Section, code, first, list, package};
use crate::{
    escape::html::text,
    model::{Decision, Report},
    report::{
        proposed::{self, Introduced},
        rows,
        words::{self, plural},
    },
};

/// More rows are in the report for programs.
const SHOWN: usize = 100;

pub(super) fn section(report: &Report) -> Option<Section> {
    let proposal = report.proposal.as_ref()?;
    let introduced = proposed::introduced(report);
    let what = match proposal.number {
        Some(number) => format!("Pull request {number}"),
        None => "This change".to_owned(),
    };
    let (new, fixed) = (introduced.len(), proposal.fixed.len());
    let mut body = format!(
        "<p>{what} into <b>{}</b> brings in {new} {} and takes out {fixed}. Compared: {} with {}. \
         What was there before is below, and does not fail.</p>\n",
        text(&proposal.into.0),
        plural(new, "finding", "findings"),
        code(proposal.head.short()),
        code(proposal.base.short())
    );
    body.push_str(&first(introduced.iter().map(new_row).collect(), SHOWN));
    let gone =
        proposal.fixed.iter().map(|(id, package)| format!("{} in {}", code(id), code(package)));
    let gone: Vec<String> = gone.take(SHOWN).collect();
    if !gone.is_empty() {
        let _ = write!(body, "<h3>Gone with it</h3>\n{}", list(gone));
    }
    Some(Section { id: "change", title: "What the change brings", body })
}

fn new_row(new: &Introduced<'_>) -> String {
    let decision = match new.decision() {
        Decision::Fail => "<b>fails</b>",
        Decision::Warn => "warning",
        Decision::Note => "note",
    };
    let severity = new.found.map(|(finding, _)| text(&rows::severity(finding)));
    let versions: Vec<String> = new.versions().iter().map(|version| text(version)).collect();
    let places: Vec<String> =
        new.occurrences.iter().filter_map(proposed::place).map(|place| code(&place)).collect();
    format!(
        "{} in {} {} ({}): {decision} {}",
        code(&new.key.vulnerability),
        package(new.key),
        words::few(&versions, 3),
        severity.unwrap_or_else(|| "unrated".to_owned()),
        words::few(&places, 3)
    )
}
