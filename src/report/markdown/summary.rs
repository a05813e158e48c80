//! The summary of a job: what a maintainer reads in the morning.

use super::{UNFOLD, fold, items, matrix, page::Page, place, proposal, sign, state, todo};
use crate::{
    escape,
    model::{
        Finding, Outcome, ReleaseLine, Report, Silence, Standing, Trouble, Verdict, Weight, Word,
        short_name,
    },
    report::words::{self, plural},
};

/// GitHub drops a summary of more than 1,048,576 bytes, and several steps may share one.
const LONGEST: usize = 1_000_000;
/// More rows of a list are counted.
const SHOWN: usize = 30;

/// The page, as Markdown of GitHub.
pub fn summary(report: &Report) -> String {
    let mut page = Page::new(LONGEST);
    verdict(&mut page, report);
    if report.outcome == Outcome::Incomplete {
        gaps(&mut page, report);
    }
    state::draw(&mut page, report);
    not_scanned(&mut page, &report.lines);
    if report.outcome != Outcome::Incomplete {
        gaps(&mut page, report);
    }
    matrix::draw(&mut page, report);
    let is_asked = |line: &ReleaseLine| {
        report.proposal.as_ref().is_none_or(|proposal| proposal.into == line.id)
    };
    todo::draw(&mut page, report, is_asked);
    suppressed(&mut page, report);
    due(&mut page, report);
    if report.proposal.is_none() {
        proposal::changes(&mut page, report);
    }
    contradictions(&mut page, report);
    troubles(&mut page, report);
    code(&mut page, report);
    sources(&mut page, report);
    page.finish()
}

fn verdict(page: &mut Page, report: &Report) {
    let word = report.outcome.as_str().to_uppercase();
    page.block(&format!("## {} Patchline: {word}", sign(report.outcome)));
    let conclusion = escape::message(&words::conclusion(report));
    page.block(&format!("**As of {}:** {conclusion}.", report.as_of));
    if let Some(part) = &report.part {
        page.block(&format!(
            "This is a part ({}): not every supported line is here.",
            escape::markdown(part)
        ));
    }
    let Some(proposal) = &report.proposal else { return };
    let what = match proposal.number {
        Some(number) => format!("Pull request {number}"),
        None => "This change".to_owned(),
    };
    page.block(&format!("### {what} {}", proposal::headline(report, proposal)));
    proposal::draw(page, report, proposal);
    page.block(&format!(
        "Compared: {} with {}. What was there before is below, and does not fail.",
        escape::code(proposal.head.short()),
        escape::code(proposal.base.short())
    ));
    page.block("### The lines");
}

/// The lines that are known and were not looked at.
fn not_scanned(page: &mut Page, lines: &[ReleaseLine]) {
    let groups = [
        (Standing::Upcoming, "upcoming"),
        (Standing::Eol, "ended"),
        (Standing::Unknown, "nothing says whether they are supported"),
    ];
    let groups: Vec<String> = groups
        .into_iter()
        .filter_map(|(standing, what)| {
            let of = lines.iter().filter(|line| line.standing == standing);
            let ids: Vec<String> = of.map(|line| escape::code(&line.id.0)).collect();
            (!ids.is_empty()).then(|| format!("{} ({what})", words::few(&ids, 12)))
        })
        .collect();
    if !groups.is_empty() {
        page.block(&format!("Not scanned: {}.", groups.join("; ")));
    }
}

/// What was not looked at although it had to be; what nothing requires is folded.
pub(super) fn gaps(page: &mut Page, report: &Report) {
    let (gaps, skipped): (Vec<_>, Vec<_>) = report
        .coverage
        .iter()
        .filter_map(|coverage| Some((coverage.covered.is_gap(), words::gap(coverage)?)))
        .partition(|(is_gap, _)| *is_gap);
    let rows = |gaps: Vec<(bool, String)>| items(gaps.iter().map(|(_, gap)| escape::message(gap)));
    list(page, "### Not looked at\n\n", &rows(gaps), "");
    let count = skipped.len();
    let head = fold(&format!("{count} not looked at, and nothing requires it"));
    list(page, &head, &rows(skipped), UNFOLD);
}

/// So many rows, and the number of the rest.
fn list(page: &mut Page, before: &str, rows: &[String], after: &str) {
    match rows.get(..SHOWN) {
        Some(first) if rows.len() > SHOWN => {
            let more = format!("- and {} more: `patchline.json` has them all", rows.len() - SHOWN);
            let rows: Vec<String> = first.iter().cloned().chain([more]).collect();
            page.rows(before, &rows, after);
        }
        _ => page.rows(before, rows, after),
    }
}

/// What is kept silent, by whom, and until when.
fn suppressed(page: &mut Page, report: &Report) {
    let is_silent = |(_, verdict): &&(Finding, Verdict)| verdict.word == Word::Suppressed;
    let rows: Vec<String> = report
        .findings
        .iter()
        .filter(is_silent)
        .map(|(finding, verdict)| {
            let why = verdict.suppressed.as_ref().map(|silence| reason(silence, report));
            let key = &finding.key;
            format!(
                "{} in {} on {}: {}",
                escape::code(&key.vulnerability),
                escape::code(&key.package),
                escape::code(&key.line.0),
                why.unwrap_or_default()
            )
        })
        .collect();
    let count = rows.len();
    let head = format!("{count} suppressed {}", plural(count, "finding", "findings"));
    list(page, &fold(&head), &items(rows), UNFOLD);
}

fn reason(silence: &Silence, report: &Report) -> String {
    let default = report.default_ref.as_deref();
    match silence {
        Silence::Suppression(own) => format!(
            "{} (until {}, {})",
            escape::markdown(&own.reason),
            own.until,
            place(&own.origin, default)
        ),
        Silence::Opinion(opinion) => {
            let reason = opinion.reason.as_deref().or(opinion.justification.as_deref());
            format!(
                "{} ({}, {})",
                escape::markdown(reason.unwrap_or("no reason is given")),
                opinion.kind,
                place(&opinion.origin, default)
            )
        }
    }
}

/// Suppressions that somebody should look at.
fn due(page: &mut Page, report: &Report) {
    let rows = report.suppressions.iter().filter_map(|usage| {
        let said = words::due(usage)?;
        let at = place(&usage.suppression.origin, report.default_ref.as_deref());
        let id = escape::code(&usage.suppression.id);
        Some(format!("{at}: {id} {}", escape::markdown(&said)))
    });
    list(page, "### Suppressions to look at\n\n", &items(rows), "");
}

fn contradictions(page: &mut Page, report: &Report) {
    let default = report.default_ref.as_deref();
    let rows = report.contradictions.iter().map(|contradiction| {
        let place = |origin| place(origin, default);
        let at = contradiction.at.as_ref().map(|at| format!("{}: ", place(at)));
        let against = contradiction.against.as_ref().map(|at| format!(" ({})", place(at)));
        format!(
            "{}{}{}<br>\n  mend: {}",
            at.unwrap_or_default(),
            escape::message(&contradiction.message),
            against.unwrap_or_default(),
            escape::message(&contradiction.mend)
        )
    });
    let rows = items(rows);
    list(page, "### Places that disagree about the lines\n\n", &rows, "");
}

fn troubles(page: &mut Page, report: &Report) {
    let troubles = words::troubles(report);
    let warnings = troubles.iter().filter(|trouble| trouble.weight == Weight::Warning).count();
    let count = troubles.len();
    let head = format!(
        "{count} {} with this run, {warnings} of weight",
        plural(count, "trouble", "troubles")
    );
    list(page, &fold(&head), &items(troubles.into_iter().map(trouble)), UNFOLD);
}

fn trouble(trouble: &Trouble) -> String {
    let at = trouble.origin.as_ref().map(|origin| format!("{}: ", place(origin, None)));
    let hint = trouble.hint.as_ref().map(|hint| format!("<br>\n  hint: {}", escape::message(hint)));
    format!(
        "{}: {}{}{}",
        trouble.weight.as_str(),
        at.unwrap_or_default(),
        escape::message(&trouble.message),
        hint.unwrap_or_default()
    )
}

/// How many results about code there are, by tool.
fn code(page: &mut Page, report: &Report) {
    let mut by_tool: std::collections::BTreeMap<&str, usize> = std::collections::BTreeMap::new();
    for alert in &report.alerts {
        *by_tool.entry(&alert.source).or_default() += 1;
    }
    let tools: Vec<String> =
        by_tool.iter().map(|(tool, count)| format!("{} {count}", escape::code(tool))).collect();
    if !tools.is_empty() {
        let count = report.alerts.len();
        let what = plural(count, "result", "results");
        page.block(&format!(
            "{count} {what} about code, secrets, licences or configuration: {}.",
            words::few(&tools, SHOWN)
        ));
    }
}

/// What the answer rests on.
fn sources(page: &mut Page, report: &Report) {
    let mut rows: Vec<String> = report
        .databases
        .iter()
        .map(|database| {
            let age = match database.age_days {
                Some(0) => ", of today".to_owned(),
                Some(1) => ", a day old".to_owned(),
                Some(days @ 2..) => format!(", {days} days old"),
                Some(..0) | None => String::new(),
            };
            let stamp = escape::markdown(&database.stamp.to_string());
            format!("{stamp}: {} advisories{age}", database.advisories)
        })
        .collect();
    rows.push(match &report.policy.path {
        Some(path) => {
            let from = match short_name(&report.policy.read_from) {
                branch if branch != report.policy.read_from => escape::code(branch),
                words => escape::markdown(words),
            };
            format!("policy: {} from {from}", escape::code(path))
        }
        None => "policy: the default (no `patchline.toml`)".to_owned(),
    });
    list(page, "### Looked at with\n\n", &items(rows), "");
}
