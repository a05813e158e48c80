//! Code scanning: one upload per line, for its branch at its newest commit.
//!
//! An upload replaces the one before it with the same ref, tool and category, and what it lacks is
//! closed. So a clean line uploads an empty run, a line that nobody read whole uploads nothing, and a
//! line that has ended uploads one last empty run, or its alerts would stay open for ever. Limits and
//! traps: <https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning>.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{
    About, Analysis, Deletion, Effect, Event, LARGEST_PACKED, Plan, Policy, Publishes, Reference,
    Remote, Run, Upload, is_about_all, is_blind, packed, remote,
};
use crate::{
    model::{CommitId, Proposal, ReleaseLine, Report, SOME_BRANCH, Standing, Trouble, short_name},
    report::{self, sarif},
};

/// More lines than this end in no run.
const MOST_ENDED: usize = 50;

/// A ref and a category, which together with the tool's name are one row of analyses.
type Key = (String, String);

pub(super) fn plan(report: &Report, policy: &Policy, run: &Run, remote: &Remote, plan: &mut Plan) {
    match (policy.code_scanning, run.event, &report.proposal) {
        (Publishes::Off, ..) => {}
        // What is uploaded for a pull request stays open when that is merged, so only who asks gets it.
        (Publishes::Required, Event::PullRequest { number, .. }, Some(proposal)) => {
            proposed(report, proposal, number, plan);
        }
        (_, Event::Lines, None) => lines(report, run, remote, plan),
        _ => {}
    }
}

/// The refs whose analyses hold alerts and that no line of this run belongs to: whether they are still
/// there decides what becomes of them.
pub fn ended(report: &Report, run: &Run, remote: &Remote) -> Vec<String> {
    let mut ended: Vec<String> =
        left(report, run, remote).into_iter().map(|analysis| analysis.reference.clone()).collect();
    ended.dedup();
    ended
}

fn lines(report: &Report, run: &Run, remote: &Remote, plan: &mut Plan) {
    for line in report.lines.iter().filter(|line| line.is_scanned()) {
        match target(report, line) {
            Ok((reference, commit)) => {
                let (sarif, cut) = fitting(report, line);
                plan.trouble.extend(cut.map(|cut| too_large(line, cut)));
                let about = About::Line(line.id.clone());
                let upload = upload(about, reference, commit, sarif::category(line), &sarif);
                plan.effects.push(Effect::Upload(upload));
            }
            Err(because) => {
                let message = format!("nothing is uploaded for line {}: {because}", line.id);
                let hint = "the report says what was not looked at, and why";
                plan.trouble.push(Trouble::warning(message).hint(hint));
            }
        }
    }
    support(report, run, remote, plan);
    for analysis in left(report, run, remote) {
        let (reference, category) = (analysis.reference.clone(), analysis.category.clone());
        let of_unknown = report.lines.iter().find(|line| {
            matches!(line.standing, Standing::Unknown | Standing::Upcoming)
                && reference_of(line).as_deref() == Some(&*reference)
        });
        if let Some(line) = of_unknown {
            let message = format!(
                "the alerts of {reference} stay as they are: line {} is not looked at any more, and \
                 nothing says that it has ended",
                line.id
            );
            let hint = "say so in the configuration or in the statement of supported versions";
            plan.trouble.push(Trouble::warning(message).hint(hint));
            continue;
        }
        plan.effects.extend(match remote.refs.get(&reference) {
            Some(Reference::There(commit)) => {
                let commit = commit.clone().unwrap_or_else(|| analysis.commit.clone());
                let sarif = sarif::empty_upload(report, &category);
                Some(Effect::Upload(upload(About::Ended, reference, commit, category, &sarif)))
            }
            Some(Reference::Gone) => {
                let first = analysis.id;
                Some(Effect::DeleteAnalyses(Deletion { reference, category, first }))
            }
            // Nobody could tell; the next run asks again.
            None => None,
        });
    }
}

/// What a pull request would make of its line, for its merge.
fn proposed(report: &Report, proposal: &Proposal, number: u64, plan: &mut Plan) {
    let Some(line) = report.lines.iter().find(|line| line.id == proposal.into) else { return };
    if !report::is_seen(report, line) {
        let message = format!(
            "nothing is uploaded for pull request {number}: line {} was not read whole",
            line.id
        );
        plan.trouble.push(Trouble::warning(message));
        return;
    }
    let (sarif, cut) = fitting(report, line);
    plan.trouble.extend(cut.map(|cut| too_large(line, cut)));
    let reference = format!("refs/pull/{number}/merge");
    let about = About::Line(line.id.clone());
    let commit = proposal.head.clone();
    let upload = upload(about, reference, commit, sarif::category(line), &sarif);
    plan.effects.push(Effect::Upload(upload));
}

/// The contradictions of the default branch. They are no line's, so they have a category of their own:
/// with that of the line on the default branch, the one upload would replace the other.
fn support(report: &Report, run: &Run, remote: &Remote, plan: &mut Plan) {
    let category = sarif::support_category();
    let at = report.default_ref.as_deref().and_then(|default| {
        let line = report.lines.iter().find(|line| line.head_ref() == Some(default))?;
        let commit = line.head.as_ref()?.commit.clone()?;
        Some((default, full(default)?, commit))
    });
    let Some((default, reference, commit)) = at else { return };
    // A shard saw every statement, and so did each of the others.
    if !is_about_all(report, run) || has_gap(report) {
        let has_any = !report.contradictions.is_empty();
        plan.trouble.extend(has_any.then(|| {
            Trouble::info(
                "contradictions about support are uploaded by a run over all lines that read \
                 everything",
            )
        }));
        return;
    }
    let sarif = sarif::support_upload(report, default);
    let upload = upload(About::Support, reference, commit, category.to_owned(), &sarif);
    let had_any = match &remote.analyses {
        Some(analyses) => newest(analyses)
            .into_values()
            .any(|a| a.category == category && a.reference == upload.reference && a.results > 0),
        None => true,
    };
    if upload.results > 0 || had_any {
        plan.effects.push(Effect::Upload(upload));
    }
}

/// The newest analysis of every ref and category that has alerts, and that no line of this run
/// uploads for or might have uploaded for.
fn left<'a>(report: &Report, run: &Run, remote: &'a Remote) -> Vec<&'a Analysis> {
    // What is not known of the lines may be that one of them is still supported.
    if !is_about_all(report, run) || has_gap(report) {
        return Vec::new();
    }
    let lines = || report.lines.iter().filter(|line| line.is_scanned());
    let mut kept: BTreeSet<Key> =
        lines().filter_map(|line| Some((reference_of(line)?, sarif::category(line)))).collect();
    let default = report.default_ref.as_deref().and_then(full);
    kept.extend(default.map(|default| (default, sarif::support_category().to_owned())));
    // A line that is not read whole today may have had another name yesterday.
    let unseen: BTreeSet<String> =
        lines().filter(|line| target(report, line).is_err()).filter_map(reference_of).collect();
    let is_ours = |category: &str| {
        let rest = category.strip_prefix(sarif::TOOL_CATEGORY);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    let analyses = remote.analyses.as_deref().unwrap_or_default();
    let mut left: Vec<&Analysis> = newest(analyses)
        .into_iter()
        .filter(|((reference, category), analysis)| {
            let is_of_lines =
                reference.starts_with("refs/heads/") || reference.starts_with("refs/tags/");
            analysis.results > 0
                && is_of_lines
                && is_ours(category)
                && !kept.contains(&((*reference).to_owned(), (*category).to_owned()))
                && !unseen.contains(*reference)
        })
        .map(|(_, analysis)| analysis)
        .collect();
    left.truncate(MOST_ENDED);
    left
}

/// The newest analysis of every ref and category.
fn newest(analyses: &[Analysis]) -> BTreeMap<(&str, &str), &Analysis> {
    let mut newest = BTreeMap::new();
    for analysis in analyses {
        newest.entry((&*analysis.reference, &*analysis.category)).or_insert(analysis);
    }
    newest
}

/// What an upload for a line says, or why there can be none.
fn target(report: &Report, line: &ReleaseLine) -> Result<(String, CommitId), &'static str> {
    if !report::is_seen(report, line) {
        return Err("its tip was not read whole, and an upload would close alerts that still hold");
    }
    if is_blind(report) {
        return Err(
            "not every source could be read, and an upload would close alerts that still hold",
        );
    }
    let reference = reference_of(line).ok_or("it has neither a branch nor a tag on GitHub")?;
    let commit = match (&line.head, &line.release) {
        (Some(head), _) => head.commit.as_ref(),
        (None, release) => release.as_ref().and_then(|release| release.commit.as_ref()),
    };
    let commit = commit.filter(|commit| remote::is_commit(&commit.0));
    commit.map(|commit| (reference, commit.clone())).ok_or("nobody knows its newest commit")
}

/// The full ref that a line is uploaded for: its branch, or the tag of its release if it has none.
fn reference_of(line: &ReleaseLine) -> Option<String> {
    match (&line.head, &line.release) {
        (Some(head), _) => full(&head.reference),
        (None, Some(release)) => Some(format!("refs/tags/{}", release.tag)),
        (None, None) => None,
    }
}

/// The name that a ref has on GitHub.
fn full(reference: &str) -> Option<String> {
    if reference == SOME_BRANCH {
        return None;
    }
    let is_branch = reference.starts_with("refs/heads/") || reference.starts_with("refs/remotes/");
    if is_branch {
        return Some(format!("refs/heads/{}", short_name(reference)));
    }
    reference.starts_with("refs/tags/").then(|| reference.to_owned())
}

/// True if something that is about the whole repository was not looked at.
fn has_gap(report: &Report) -> bool {
    report.coverage.iter().any(|coverage| coverage.at.is_none() && coverage.covered.is_gap())
}

fn upload(
    about: About,
    reference: String,
    commit: CommitId,
    category: String,
    sarif: &str,
) -> Upload {
    let (results, rules) = counts(sarif);
    Upload { about, reference, commit, category, results, rules, sarif: packed(sarif) }
}

/// The file of a line, and how many results were cut so that it fits.
fn fitting(report: &Report, line: &ReleaseLine) -> (String, Option<usize>) {
    let whole = sarif::upload(report, line);
    let make = |most| sarif::upload_of(report, line, most);
    cut_to(whole, LARGEST_PACKED, make)
}

/// Half of the results, and again, until a file is small enough when packed.
fn cut_to(
    whole: String,
    largest: usize,
    make: impl Fn(usize) -> String,
) -> (String, Option<usize>) {
    // Packing makes nothing larger to speak of, so most files need not be tried.
    let is_small = |sarif: &str| sarif.len() < largest / 2 || packed(sarif).size <= largest;
    if is_small(&whole) {
        return (whole, None);
    }
    let (results, _) = counts(&whole);
    let mut most = results;
    loop {
        most /= 2;
        let part = make(most);
        if most == 0 || is_small(&part) {
            return (part, Some(results - most));
        }
    }
}

fn too_large(line: &ReleaseLine, cut: usize) -> Trouble {
    Trouble::warning(format!(
        "{cut} results of lower severity are not uploaded for line {}: GitHub takes {} MB packed",
        line.id,
        LARGEST_PACKED / 1_000_000
    ))
}

/// Results and rules of the one run of a file.
fn counts(sarif: &str) -> (usize, usize) {
    let document: Value = serde_json::from_str(sarif).unwrap_or_default();
    let length = |pointer: &str| {
        document.pointer(pointer).and_then(Value::as_array).map(Vec::len).unwrap_or_default()
    };
    (length("/runs/0/results"), length("/runs/0/tool/driver/rules"))
}

#[cfg(test)]
mod tests {
    use sha2::{Digest as _, Sha256};

    use super::*;
    use crate::escape;

    /// Results that cannot be packed well.
    fn file(results: usize) -> String {
        let result = |n: usize| escape::hex(&Sha256::digest(n.to_string()));
        let results: Vec<String> = (0..results).map(result).collect();
        serde_json::json!({ "runs": [{ "results": results }] }).to_string()
    }

    #[test]
    fn a_file_is_cut_until_it_is_small_enough() {
        for (largest, left) in
            [(1_000_000, None), (5_000, Some(100)), (2_500, Some(50)), (1, Some(0))]
        {
            let (part, cut) = cut_to(file(200), largest, file);
            assert_eq!(cut, left.map(|left| 200 - left), "{largest}");
            assert_eq!(counts(&part).0, left.unwrap_or(200));
            assert!(left == Some(0) || packed(&part).size <= largest, "{largest}");
        }
    }
}
