//! The comment of a pull request: one that lives as long as the request does.

use super::{UNFOLD, fold, page::Page, proposal, sign, state, summary};
use crate::{
    escape,
    model::{Decision, Finding, Outcome, Proposal, Report},
    report::words,
};

/// GitHub takes 65,536 characters; markers are added to these.
const LONGEST: usize = 60_000;

/// True if a change is worth a comment: it brings something in, fixes something, or touches what is
/// kept silent. A gap is none: it is in the check and its summary, and a database that is away would
/// otherwise speak in every pull request.
pub fn has_news(report: &Report) -> bool {
    let brings =
        |proposal: &Proposal| !proposal.introduced.is_empty() || !proposal.fixed.is_empty();
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
    before(&mut page, report, proposal);
    page.block(&format!(
        "<sub>{} against {}, as of {}</sub>",
        escape::code(proposal.head.short()),
        escape::code(proposal.base.short()),
        report.as_of
    ));
    page.finish()
}

/// What was there already, by line.
fn before(page: &mut Page, report: &Report, proposal: &Proposal) {
    let is_old = |finding: &Finding| !proposal.introduced.contains_key(&finding.key);
    let minded: Vec<&Finding> = report
        .findings
        .iter()
        .filter(|(finding, verdict)| verdict.decision > Decision::Note && is_old(finding))
        .map(|(finding, _)| finding)
        .collect();
    let rows: Vec<String> = state::columns(report)
        .into_iter()
        .filter(|(id, _)| minded.iter().any(|finding| finding.key.line == **id))
        .map(|(id, _)| {
            format!("| {} | {} |", escape::code(&id.0), state::state_of(report, id, is_old))
        })
        .collect();
    let count = minded.len();
    let were = words::plural(count, "finding was", "findings were");
    let count_against = words::plural(count, "does", "do");
    let what =
        format!("{count} {were} there before and {count_against} not count against this change");
    page.rows(&format!("{}| Line | State |\n|---|---|\n", fold(&what)), &rows, UNFOLD);
}
