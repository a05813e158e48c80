//! What is kept silent and why, what of that is due, and what others say.

use std::{collections::BTreeMap, fmt::Write as _};

use super::{BOLD, DIM, YELLOW, place, plural};
use crate::{
    escape,
    model::{Finding, Report, Silence, Verdict, Word, short_name},
    report::words,
};

/// More rows than this are counted, not listed.
const SHOWN: usize = 12;

pub(super) fn draw(page: &mut String, report: &Report) {
    suppressed(page, report);
    states(page, report);
    changes(page, report);
    opinions(page, report);
    alerts(page, report);
}

/// Each suppressed finding with who keeps it silent.
fn suppressed(page: &mut String, report: &Report) {
    let rows: Vec<(&Finding, &Verdict)> = report
        .findings
        .iter()
        .filter(|(_, verdict)| verdict.word == Word::Suppressed)
        .map(|(finding, verdict)| (finding, verdict))
        .collect();
    if rows.is_empty() {
        return;
    }
    let _ = writeln!(page, "{BOLD}Suppressed{BOLD:#}");
    for (finding, verdict) in rows.iter().take(SHOWN) {
        let why = verdict.suppressed.as_ref().map(|silence| reason(silence, report));
        let _ = writeln!(
            page,
            "  {}  {} on {}: {}",
            escape::line(&finding.key.vulnerability),
            escape::line(&finding.key.package),
            escape::line(&finding.key.line.0),
            why.unwrap_or_default()
        );
    }
    more(page, rows.len());
    page.push('\n');
}

fn more(page: &mut String, count: usize) {
    if count > SHOWN {
        let _ = writeln!(page, "  and {} more (--format json has them all)", count - SHOWN);
    }
}

/// The reason, the last day and the place of what keeps something silent.
fn reason(silence: &Silence, report: &Report) -> String {
    let default = report.default_ref.as_deref();
    match silence {
        Silence::Suppression(own) => format!(
            "{} {DIM}(until {}, {}){DIM:#}",
            escape::line(&own.reason),
            own.until,
            place(&own.origin, default)
        ),
        Silence::Opinion(opinion) => {
            let reason = opinion.reason.as_deref().or(opinion.justification.as_deref());
            format!(
                "{} {DIM}({}, {}){DIM:#}",
                escape::line(reason.unwrap_or("no reason is given")),
                opinion.kind,
                place(&opinion.origin, default)
            )
        }
    }
}

/// Suppressions that somebody should look at.
fn states(page: &mut String, report: &Report) {
    let rows: Vec<String> = report
        .suppressions
        .iter()
        .filter_map(|usage| {
            let said = words::due(usage)?;
            let at = place(&usage.suppression.origin, report.default_ref.as_deref());
            Some(format!("{at}: {}: {said}", usage.suppression.id))
        })
        .collect();
    list(page, "Suppressions to look at", &rows);
}

fn list(page: &mut String, title: &str, rows: &[String]) {
    if rows.is_empty() {
        return;
    }
    let _ = writeln!(page, "{YELLOW}{title}{YELLOW:#}");
    for row in rows.iter().take(SHOWN) {
        let _ = writeln!(page, "  {}", escape::line(row));
    }
    more(page, rows.len());
    page.push('\n');
}

/// What the pull request would do, which nobody obeys yet.
fn changes(page: &mut String, report: &Report) {
    let rows: Vec<String> = report.changes.iter().map(words::change).collect();
    list(
        page,
        "This change to suppressions and statements is not obeyed before it is merged",
        &rows,
    );
}

/// How many statements there are elsewhere, by kind and place.
fn opinions(page: &mut String, report: &Report) {
    let mut by_file: BTreeMap<(String, &str), usize> = BTreeMap::new();
    for opinion in &report.opinions {
        let reference = opinion.origin.reference.as_deref();
        let of = reference.filter(|reference| Some(*reference) != report.default_ref.as_deref());
        let branch = of.map(|of| format!("{}:", short_name(of))).unwrap_or_default();
        let file = format!("{branch}{}", opinion.origin.path);
        *by_file.entry((file, opinion.kind)).or_default() += 1;
    }
    let rows: Vec<String> = by_file
        .into_iter()
        .map(|((file, kind), count)| {
            format!("{file}: {count} {} ({kind})", plural(count, "statement", "statements"))
        })
        .collect();
    if rows.is_empty() {
        return;
    }
    let _ = writeln!(
        page,
        "{DIM}Said elsewhere, and obeyed only where `[statements] obey` names its kind:{DIM:#}"
    );
    for row in rows.iter().take(SHOWN) {
        let _ = writeln!(page, "  {DIM}{}{DIM:#}", escape::line(row));
    }
    more(page, rows.len());
    page.push('\n');
}

/// How many alerts there are, by tool.
fn alerts(page: &mut String, report: &Report) {
    let mut by_tool: BTreeMap<&str, usize> = BTreeMap::new();
    for alert in &report.alerts {
        *by_tool.entry(&alert.source).or_default() += 1;
    }
    if by_tool.is_empty() {
        return;
    }
    let tools: Vec<String> =
        by_tool.iter().map(|(tool, count)| format!("{} {count}", escape::line(tool))).collect();
    let count = report.alerts.len();
    let _ = writeln!(
        page,
        "{DIM}{count} {} about code, secrets, licences or configuration: {}{DIM:#}\n",
        plural(count, "result", "results"),
        tools.join(", ")
    );
}
