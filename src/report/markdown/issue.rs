//! The pages of living issues: a vulnerability over all lines, or a line with all its
//! vulnerabilities.

use super::{advisory, find, fixed_in, items, matrix, package, page::Page, severity, state, todo};
use crate::{
    escape,
    model::{Decision, Finding, LineId, ReleaseLine, Report, Sight, Silence, Verdict, View, Word},
    report::{
        branch_name, moves, rows,
        words::{self, plural},
    },
};

/// GitHub takes 65,536 characters; markers are added to these.
const LONGEST: usize = 60_000;
/// GitHub takes 256 characters.
const LONGEST_TITLE: usize = 200;

/// The title of [`vulnerability_issue`]: it does not change with the state of the lines.
pub fn vulnerability_issue_title(report: &Report, vulnerability: &str) -> String {
    let found = of_vulnerability(report, vulnerability);
    let mut packages: Vec<&str> = found.iter().map(|(f, _)| f.key.package.as_str()).collect();
    packages.sort_unstable();
    packages.dedup();
    let title = found.iter().map(|(finding, _)| finding.title.as_str()).find(|t| !t.is_empty());
    let packages: Vec<String> = packages.into_iter().map(str::to_owned).collect();
    let about = match packages.as_slice() {
        [] => String::new(),
        packages => format!(" in {}", words::few(packages, 3)),
    };
    let title = title.map(|title| format!(": {title}")).unwrap_or_default();
    escape::cut(&escape::line(&format!("{vulnerability}{about}{title}")), LONGEST_TITLE)
}

/// The title of [`line_issue`].
pub fn line_issue_title(_report: &Report, line: &LineId) -> String {
    escape::cut(&escape::line(&format!("Vulnerabilities of release line {line}")), LONGEST_TITLE)
}

/// One vulnerability, with a row for each line.
pub fn vulnerability_issue(report: &Report, vulnerability: &str) -> String {
    let mut page = Page::new(LONGEST);
    let found = of_vulnerability(report, vulnerability);
    let Some((first, _)) = found.first() else {
        page.block(&format!("No line of this report has {}.", escape::code(vulnerability)));
        return page.finish();
    };
    facts(&mut page, first);
    let mut rows = Vec::new();
    for (id, line) in lines(report, &found) {
        let here: Vec<_> = found.iter().filter(|(f, _)| f.key.line == *id).collect();
        if here.is_empty() {
            let is_unseen = state::is_unseen(report, id);
            let state = if is_unseen { "not looked at whole" } else { "not in it" };
            rows.push(format!("| {} |  |  |  | {state} |  |", escape::code(&id.0)));
        }
        for (finding, verdict) in here {
            rows.push(format!(
                "| {} | {} | {} |",
                escape::code(&id.0),
                package(&finding.key),
                cells(line, finding, verdict)
            ));
        }
    }
    page.rows(
        "| Line | Package | Branch | Latest release | State | What to do |\n\
         |---|---|---|---|---|---|\n",
        &rows,
        "",
    );
    closing(&mut page, report);
    page.finish()
}

/// One line, with a row for each vulnerability that is open on it.
pub fn line_issue(report: &Report, line: &LineId) -> String {
    let mut page = Page::new(LONGEST);
    let known = find(report, line);
    page.block(&format!("**{}**: {}", escape::code(&line.0), state::state(report, line)));
    let mut all: Vec<(&Finding, &Verdict)> = report
        .findings
        .iter()
        .filter(|(finding, _)| finding.key.line == *line)
        .map(|(finding, verdict)| (finding, verdict))
        .collect();
    all.sort_by_key(|(finding, verdict)| {
        (std::cmp::Reverse(verdict.decision), rows::gravity(finding))
    });
    let (open, closed): (Vec<_>, Vec<_>) = all.into_iter().partition(|(_, verdict)| {
        matches!(verdict.word, Word::Unpatched | Word::FixedUnreleased | Word::Unknown)
    });
    let rows: Vec<String> = open
        .iter()
        .map(|(finding, verdict)| {
            format!(
                "| {} | {} | {} | {} |",
                advisory(finding),
                package(&finding.key),
                severity(finding),
                cells(known, finding, verdict)
            )
        })
        .collect();
    if rows.is_empty() && state::is_whole(report, line) {
        page.block("No vulnerability is open.");
    }
    page.rows(
        "| Advisory | Package | Severity | Branch | Latest release | State | What to do |\n\
         |---|---|---|---|---|---|---|\n",
        &rows,
        "",
    );
    let count = |word| closed.iter().filter(|(_, verdict)| verdict.word == word).count();
    let counts: Vec<String> = [Word::Patched, Word::NotAffected, Word::Suppressed, Word::Eol]
        .into_iter()
        .map(|word| (count(word), word))
        .filter(|(count, _)| *count > 0)
        .map(|(count, word)| format!("{count} {}", word.as_str()))
        .collect();
    if !counts.is_empty() {
        page.block(&format!("The rest: {}.", counts.join(", ")));
    }
    let gaps = report.coverage.iter().filter(|coverage| {
        coverage.covered.is_gap() && coverage.at.as_ref().is_none_or(|at| at.line == *line)
    });
    let gaps: Vec<String> = gaps.filter_map(words::gap).map(|gap| escape::message(&gap)).collect();
    page.rows("**Not looked at**\n\n", &items(gaps), "");
    closing(&mut page, report);
    page.finish()
}

/// Findings of a vulnerability by any of its names, in the order of the report.
fn of_vulnerability<'a>(report: &'a Report, name: &str) -> Vec<(&'a Finding, &'a Verdict)> {
    let is_called = |finding: &Finding| {
        finding.key.vulnerability == name || finding.names.iter().any(|known| known == name)
    };
    let all = report.findings.iter().filter(|(finding, _)| is_called(finding));
    all.map(|(finding, verdict)| (finding, verdict)).collect()
}

/// What is true of the vulnerability on every line.
fn facts(page: &mut Page, finding: &Finding) {
    let title = escape::message(&finding.title);
    if !title.is_empty() {
        page.block(&format!("**{title}**"));
    }
    let others = finding.names.iter().filter(|name| **name != finding.key.vulnerability);
    let others: Vec<String> = others.map(|name| escape::code(name)).collect();
    let also = match others.len() {
        0 => String::new(),
        _ => format!(" ({})", words::few(&others, 5)),
    };
    let mut rows = vec![
        format!("{}{also}", advisory(finding)),
        format!("severity: {}", severity(finding)),
        format!("fixed in: {}", fixed_in(finding)),
    ];
    rows.extend(finding.published.map(|day| format!("published: {day}")));
    rows.extend(finding.exploited.as_ref().map(|exploited| {
        format!("in CISA's catalogue of known exploited vulnerabilities since {}", exploited.added)
    }));
    page.rows("", &items(rows), "");
}

/// The lines of a table: those that were scanned, and those with a finding of it.
fn lines<'a>(
    report: &'a Report,
    found: &[(&'a Finding, &'a Verdict)],
) -> Vec<(&'a LineId, Option<&'a ReleaseLine>)> {
    let has = |id: &LineId| found.iter().any(|(finding, _)| finding.key.line == *id);
    let shown = report.lines.iter().filter(|line| line.is_scanned() || has(&line.id));
    let mut lines: Vec<(&LineId, Option<&ReleaseLine>)> =
        shown.map(|line| (&line.id, Some(line))).collect();
    for (finding, _) in found {
        let id = &finding.key.line;
        if !lines.iter().any(|(known, _)| *known == id) {
            lines.push((id, None));
        }
    }
    lines
}

/// The branch, the release, the state and what to do.
fn cells(line: Option<&ReleaseLine>, finding: &Finding, verdict: &Verdict) -> String {
    let branch = line.and_then(branch_name);
    let tag = line.and_then(|line| line.release.as_ref()).map(|release| release.tag.as_str());
    let word = verdict.word.as_str();
    let state = match (verdict.decision, matrix::softened(verdict)) {
        (Decision::Fail, _) => format!("❌ **{word}**"),
        (_, Some(why)) => format!("{word} ({why})"),
        (_, None) => word.to_owned(),
    };
    let steps = line.map(|line| steps(line, finding, verdict)).unwrap_or_default();
    format!(
        "{} | {} | {state} | {steps}",
        view(branch, finding.head.as_ref()),
        view(tag, finding.release.as_ref())
    )
}

/// The name of a tip and what was seen there.
fn view(name: Option<&str>, view: Option<&View>) -> String {
    let name = name.map(escape::code).unwrap_or_default();
    let Some(view) = view else { return if name.is_empty() { "none".to_owned() } else { name } };
    let affected = view.occurrences.iter().filter_map(|occurrence| occurrence.version.as_ref());
    let mut versions: Vec<String> = match view.sight {
        Sight::Affected => affected.map(|version| escape::code(version)).collect(),
        _ => view.versions.iter().map(|version| escape::code(version)).collect(),
    };
    versions.sort();
    versions.dedup();
    let at = match versions.len() {
        0 => String::new(),
        _ => format!(" at {}", words::few(&versions, 3)),
    };
    format!("{name} {}{at}", view.sight.as_str()).trim().to_owned()
}

fn steps(line: &ReleaseLine, finding: &Finding, verdict: &Verdict) -> String {
    match verdict.word {
        Word::Unpatched => {
            let found = moves::moves(&[finding], line);
            let steps: Vec<String> = found
                .iter()
                .map(|found| {
                    let how = todo::how(found).map(|how| format!("<br>{how}")).unwrap_or_default();
                    let to = todo::target(found);
                    format!("{} → {to}{how}", escape::code(found.version))
                })
                .collect();
            words::few(&steps, 3)
        }
        Word::FixedUnreleased => "release what is on the branch".to_owned(),
        Word::Unknown => "find out: it was not looked at whole".to_owned(),
        Word::Suppressed => {
            let until = verdict.suppressed.as_ref().and_then(|silence| match silence {
                Silence::Suppression(own) => Some(own.until),
                Silence::Opinion(_) => None,
            });
            until.map(|until| format!("silent until {until}")).unwrap_or_default()
        }
        Word::Patched | Word::NotAffected | Word::Eol => String::new(),
    }
}

/// The day, and with what it was looked at.
fn closing(page: &mut Page, report: &Report) {
    let databases: Vec<String> = report
        .databases
        .iter()
        .map(|database| escape::markdown(&database.stamp.to_string()))
        .collect();
    let with = match databases.len() {
        0 => String::new(),
        count => {
            format!(", {} {}", plural(count, "database", "databases"), words::few(&databases, 5))
        }
    };
    page.block(&format!("<sub>as of {}{with}</sub>", report.as_of));
}
