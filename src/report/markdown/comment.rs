//! The comment of a pull request: one that lives as long as the request does.

use super::{UNFOLD, fold, page::Page, proposal, sign, state, summary};
use crate::{
    escape,
    model::{Decision, Finding, Outcome, Report, Verdict},
    report::{proposed, words},
};

/// GitHub takes 65,536 characters; markers are added to these.
const LONGEST: usize = 60_000;

/// True if a change is worth a comment: it brings something in, fixes something, or touches what is
/// kept silent. A gap is none: it is in the check and its summary, and a database that is away would
/// otherwise speak in every pull request.
pub fn has_news(report: &Report) -> bool {
    let brings = |proposal: &crate::model::Proposal| {
        !proposal.introduced.is_empty() || !proposal.fixed.is_empty()
    };
    report.proposal.as_ref().is_some_and(brings) || !report.changes.is_empty()
}

/// The page, as Markdown of GitHub; short where there is nothing to tell any more.
pub fn comment(report: &Report) -> String {
    let mut page = Page::new(LONGEST);
    let Some(proposal) = &report.proposal else {
        page.block(&format!("### {} Patchline", sign(report.outcome)));
        page.block(&escape::message(&words::conclusion(report)));
        return page.finish();
    };
    let headline = proposal::headline(report, proposal);
    page.block(&format!("### {} Patchline: this change {headline}", sign(report.outcome)));
    if report.outcome == Outcome::Incomplete {
        page.block("**Not everything could be looked at,** so this may not be all of it.");
    }
    for reason in words::other_failures(report) {
        page.block(&format!("It does not pass: {}.", escape::message(&reason)));
    }
    proposal::draw(&mut page, report, proposal);
    if report.outcome == Outcome::Incomplete {
        summary::gaps(&mut page, report);
    }
    before(&mut page, report);
    page.block(&format!(
        "<sub>{} against {}, as of {}</sub>",
        escape::code(proposal.head.short()),
        escape::code(proposal.base.short()),
        report.as_of
    ));
    page.finish()
}

/// What was there already, by line.
fn before(page: &mut Page, report: &Report) {
    let new = proposed::introduced(report);
    let is_old = |(finding, verdict): &&(Finding, Verdict)| {
        verdict.decision > Decision::Note && !new.iter().any(|new| *new.key == finding.key)
    };
    let count = report.findings.iter().filter(is_old).count();
    if count == 0 {
        return;
    }
    let what = words::plural(
        count,
        "finding was there before and does",
        "findings were there before and do",
    );
    let rows: Vec<String> = state::columns(report)
        .into_iter()
        .map(|(id, _)| format!("| {} | {} |", escape::code(&id.0), state::state(report, id)))
        .collect();
    let head = fold(&format!("{count} {what} not count against this change"));
    page.rows(&format!("{head}| Line | State |\n|---|---|\n"), &rows, UNFOLD);
}
