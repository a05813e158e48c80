//! Sentences that more than one page says. Foreign text is in them as it is: each page defuses it.

use std::fmt::Write as _;

use crate::model::{
    Change, Coverage, Covered, Decision, Disagreement, GateRule, Outcome, ReleaseLine, Report,
    Silence, Standing, SuppressionState, SuppressionUse, Tier, Trouble, Verdict, Word,
};

/// The one or the other, by number.
pub(super) fn plural<'a>(count: usize, one: &'a str, many: &'a str) -> &'a str {
    if count == 1 { one } else { many }
}

/// What the gate makes of the findings, and over how many lines.
pub(super) fn conclusion(report: &Report) -> String {
    let count = |decision| {
        let decided = report.findings.iter().filter(|(_, verdict)| verdict.decision == decision);
        decided.count()
    };
    let (fails, warns) = (count(Decision::Fail), count(Decision::Warn));
    let lines = report.lines.iter().filter(|line| line.is_scanned()).count();
    let mut text = match fails {
        0 if report.outcome == Outcome::Fail => "no finding fails the gate".to_owned(),
        0 => "nothing fails the gate".to_owned(),
        fails => format!("{fails} {} the gate", plural(fails, "finding fails", "findings fail")),
    };
    if warns > 0 {
        let _ = write!(text, ", {warns} {}", plural(warns, "warning", "warnings"));
    }
    let _ = write!(text, " over {lines} {}", plural(lines, "line", "lines"));
    for reason in other_failures(report) {
        text.push_str("; ");
        text.push_str(&reason);
    }
    if report.outcome == Outcome::Incomplete {
        text.push_str("; not everything could be looked at");
    }
    text
}

/// Why a run fails, beside its findings.
pub(super) fn other_failures(report: &Report) -> Vec<String> {
    if report.outcome != Outcome::Fail {
        return Vec::new();
    }
    let has_findings = report.findings.iter().any(|(_, v)| v.decision == Decision::Fail);
    let mut reasons = Vec::new();
    let contradictions = report.contradictions.len();
    if contradictions > 0 && report.contradictions_are == Decision::Fail {
        let what = plural(contradictions, "contradiction fails", "contradictions fail");
        reasons.push(format!("{contradictions} {what} it"));
    }
    if report.changes_are == Decision::Fail && report.changes.iter().any(is_silencing) {
        reasons.push(
            "the change adds suppressions, and its author may not (`gate.may-suppress`)".to_owned(),
        );
    }
    if reasons.is_empty() && !has_findings {
        reasons.push("results about code fail it (`gate.code`)".to_owned());
    }
    reasons
}

/// True of a change that lets a suppression of ours silence something.
pub(super) fn is_silencing(change: &Change) -> bool {
    match change {
        Change::Added(silence) => matches!(silence, Silence::Suppression(_)),
        Change::Changed { after, .. } => matches!(**after, Silence::Suppression(_)),
        Change::Removed(_) => false,
    }
}

/// What was not looked at, and whether that matters; `None`: all of it was.
pub(super) fn gap(coverage: &Coverage) -> Option<String> {
    let how = match &coverage.covered {
        Covered::Complete => return None,
        Covered::Partial { because } => format!("only in part: {because}"),
        Covered::Failed { because } => format!("not at all: {because}"),
        Covered::Skipped { because } => format!("not at all, and nothing requires it: {because}"),
    };
    let place = coverage.at.as_ref().map_or_else(|| "every line".to_owned(), ToString::to_string);
    Some(format!("{place}: {}, {how}", coverage.source))
}

/// Troubles, what weighs most first.
pub(super) fn troubles(report: &Report) -> Vec<&Trouble> {
    let mut sorted: Vec<&Trouble> = report.trouble.iter().collect();
    sorted.sort_by_key(|trouble| std::cmp::Reverse(trouble.weight));
    sorted
}

/// `the sources differ about the fix: rustsec says 0.2.23, trivy says 0.3.0`
pub(super) fn disagreement(disagreement: &Disagreement) -> String {
    let says = disagreement.says.iter().map(|(source, says)| format!("{source} says {says}"));
    let about = match disagreement.about {
        "affected" => "whether it is affected".to_owned(),
        about => format!("the {about}"),
    };
    format!("the sources differ about {about}: {}", says.collect::<Vec<_>>().join(", "))
}

/// Why somebody should look at a suppression; `None`: nobody has to.
pub(super) fn due(usage: &SuppressionUse) -> Option<String> {
    let said = match &usage.state {
        SuppressionState::Active => None,
        SuppressionState::ExpiresSoon { days: 0 } => Some("ends today".to_owned()),
        SuppressionState::ExpiresSoon { days } => Some(format!("ends in {days} days")),
        SuppressionState::Expired => {
            let needed = match usage.matched {
                0 => "and nothing needs it".to_owned(),
                count => format!(
                    "and {count} {} it",
                    plural(count, "finding is not silenced by", "findings are not silenced by")
                ),
            };
            Some(format!("ended on {}, {needed}", usage.suppression.until))
        }
        SuppressionState::Unused => Some("nothing needs it any more".to_owned()),
        SuppressionState::Unknown { because } => {
            Some(format!("nobody can tell whether it is needed: {because}"))
        }
        SuppressionState::UnknownId => {
            Some("no advisory in any database or report has this name".to_owned())
        }
    };
    let unknown = (!usage.unknown_lines.is_empty())
        .then(|| format!("there is no line {}", usage.unknown_lines.join(", ")));
    let said: Vec<String> = said.into_iter().chain(unknown).collect();
    (!said.is_empty()).then(|| said.join("; "))
}

/// What a change does to a suppression or a statement.
pub(super) fn change(change: &Change) -> String {
    match change {
        Change::Added(after) => format!("adds {}", silence(after)),
        Change::Removed(before) => format!("removes {}", silence(before)),
        Change::Changed { before, after } => {
            format!("changes {} to {}", silence(before), silence(after))
        }
    }
}

fn silence(silence: &Silence) -> String {
    match silence {
        Silence::Suppression(own) => format!("{} until {} ({})", own.id, own.until, own.reason),
        Silence::Opinion(opinion) => {
            let ids: Vec<&str> = opinion.ids.iter().map(String::as_str).collect();
            let package = opinion.package.as_ref().map(|package| package.name.as_str());
            let subject = if ids.is_empty() {
                package.unwrap_or("everything").to_owned()
            } else {
                ids.join(", ")
            };
            format!("{subject} in {}", opinion.origin.path)
        }
    }
}

/// The first few of many, with the number of the rest.
pub(super) fn few(items: &[String], shown: usize) -> String {
    match items.len().saturating_sub(shown) {
        0 => items.join(", "),
        more => format!("{} and {more} more", items[..shown].join(", ")),
    }
}

/// Names from where to where, without the middle of a long way.
pub(super) fn chain(path: &[String]) -> String {
    const SHOWN: usize = 6;
    if path.len() <= SHOWN {
        return path.join(" > ");
    }
    let (first, last) = (&path[..2], &path[path.len() - 3..]);
    format!("{} > … > {}", first.join(" > "), last.join(" > "))
}

/// How a line is supported: `supported, security only until 2027-06-30`.
pub(super) fn standing(line: &ReleaseLine) -> String {
    let mut text = line.standing.as_str().to_owned();
    text.push_str(match line.tier {
        Tier::Full => "",
        Tier::SecurityOnly => ", security only",
        Tier::CriticalOnly => ", critical only",
    });
    if line.is_scanned() && line.is_assumed() {
        text.push_str(" (assumed)");
    }
    if let Some(until) = line.until.filter(|_| line.standing == Standing::Supported) {
        let _ = write!(text, " until {until}");
    }
    text
}

/// Why a vulnerability that stands does not fail.
pub(super) fn softened(verdict: &Verdict) -> Option<&'static str> {
    if !matches!(verdict.word, Word::Unpatched | Word::FixedUnreleased) {
        return None;
    }
    match verdict.because {
        GateRule::NotIntroduced => Some("not by this change"),
        GateRule::NewOnly => Some("not new"),
        GateRule::Grace => Some("in grace"),
        GateRule::FixedOnly => Some("no fix yet"),
        GateRule::NotBuilt => Some("not built"),
        GateRule::Possible => Some("possible"),
        _ => None,
    }
}
