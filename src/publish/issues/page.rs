//! The page of an issue: the marker, what it is about, a table, and how it lives.
//!
//! Equal findings give equal pages, so it holds no date, no commit and no address of a run. What
//! strangers wrote into an advisory calls nobody, leads nowhere and closes nothing.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
};

use super::{Judged, Memory, Subject, Topic};
use crate::{
    escape,
    model::{Finding, LineKind, Report, View, Word},
};

/// GitHub takes 65,536 characters; the rest is room for the last rows.
const LONGEST: usize = 60_000;
/// GitHub takes 256 characters.
const LONGEST_TITLE: usize = 200;
/// Of each cell.
const LONGEST_CELL: usize = 120;
const FOOT: &str = "Patchline keeps this page up to date: what is written into it is lost, comments \
                    stay. It closes this issue when nothing is left to do on any line, and opens it \
                    again if a line falls back.";

/// What a new issue is called. It is never changed, so that people know it again.
pub(super) fn title(judged: &[Judged<'_>]) -> String {
    let Some((first, _)) = judged.first() else { return String::new() };
    let packages: BTreeSet<&str> =
        judged.iter().map(|(finding, _)| finding.key.package.as_str()).collect();
    let packages: Vec<&str> = packages.into_iter().take(3).collect();
    let id = &first.key.vulnerability;
    let text = format!("{id}: {}: {}", packages.join(", "), first.title);
    escape::cut(&escape::line(&text), LONGEST_TITLE)
}

pub(super) fn title_of_line(line: &str) -> String {
    escape::cut(
        &escape::line(&format!("Line {line}: vulnerabilities to fix or to release")),
        LONGEST_TITLE,
    )
}

/// The whole page.
pub(super) fn body(report: &Report, topic: &Topic<'_>, memory: &Memory) -> String {
    let mut page = format!("{}\n", memory.marker());
    let rows = match &topic.subject {
        Subject::Vulnerability(names) => {
            page.push_str(&about_vulnerability(names, &topic.judged));
            page.push_str("| Line | Package | State | Branch | Release | Fixed in |\n");
            lines(report, topic)
        }
        Subject::Line(line) => {
            page.push_str(&about_line(report, line, topic));
            page.push_str("| Vulnerability | Package | State | Branch | Release | Fixed in |\n");
            vulnerabilities(topic)
        }
    };
    page.push_str("|---|---|---|---|---|---|\n");
    let total = rows.len();
    let mut length = page.chars().count();
    for (shown, row) in rows.into_iter().enumerate() {
        length += row.chars().count() + 1;
        if length > LONGEST {
            let more = total - shown;
            let _ = writeln!(page, "\n{more} more rows are not shown.");
            break;
        }
        page.push_str(&row);
        page.push('\n');
    }
    let _ = writeln!(page, "\n<sub>{FOOT}</sub>");
    page
}

fn about_vulnerability(names: &[String], judged: &[Judged<'_>]) -> String {
    let own = cell(names.first().map(String::as_str).unwrap_or_default());
    let Some((first, _)) = judged.first() else {
        return format!("**{own}** is in nothing that is looked at any more.\n\n");
    };
    let rating = judged.iter().filter_map(|(finding, _)| finding.severity.rating()).max();
    let rating = rating.map_or("not rated", |rating| rating.as_str());
    let own = first.url.as_deref().map_or_else(|| own.clone(), |url| escape::link(&own, url));
    let mut text = format!("**{own}** ({rating}): {}\n", escape::markdown(&first.title));
    if names.len() > 1 {
        let others: Vec<String> = names.iter().skip(1).take(20).map(|name| cell(name)).collect();
        let _ = writeln!(text, "\nAlso known as {}.", others.join(", "));
    }
    if judged.iter().any(|(finding, _)| finding.exploited.is_some()) {
        text.push_str("\nIt is known to be exploited.\n");
    }
    text.push('\n');
    text
}

fn about_line(report: &Report, line: &str, topic: &Topic<'_>) -> String {
    let is_scanned = report.lines.iter().any(|known| known.id.0 == line && known.is_scanned());
    let name = cell(line);
    let count = topic.words.values().filter(|word| super::is_bad(**word)).count();
    let state = match (is_scanned, count) {
        (false, _) => "has ended".to_owned(),
        (true, 0) => "has nothing to fix or to release".to_owned(),
        (true, 1) => "has 1 vulnerability to fix or to release".to_owned(),
        (true, count) => format!("has {count} vulnerabilities to fix or to release"),
    };
    format!("Line **{name}** {state}.\n\n")
}

/// The rows of lines, as the report has them.
fn lines(report: &Report, topic: &Topic<'_>) -> Vec<String> {
    let mut rows = Vec::new();
    let mut left: BTreeMap<&str, Word> =
        topic.words.iter().map(|(line, word)| (&**line, *word)).collect();
    for line in &report.lines {
        let here = topic.judged.iter().filter(|(finding, _)| finding.key.line == line.id);
        let name = match line.kind {
            LineKind::Default => format!("{} (default)", cell(&line.id.0)),
            _ => cell(&line.id.0),
        };
        let before = rows.len();
        rows.extend(here.map(|judged| row(&name, &cell(&judged.0.key.package), *judged)));
        match left.remove(&*line.id.0) {
            Some(word) if rows.len() == before => {
                rows.push(format!("| {name} | – | {} | – | – | – |", state(word)));
            }
            _ => {}
        }
    }
    rows
}

/// The rows of vulnerabilities, the worst first. What is good is not listed.
fn vulnerabilities(topic: &Topic<'_>) -> Vec<String> {
    let mut shown: Vec<Judged<'_>> = topic
        .judged
        .iter()
        .copied()
        .filter(|(_, verdict)| {
            !matches!(verdict.word, Word::Patched | Word::NotAffected | Word::Eol)
        })
        .collect();
    shown.sort_by_key(|(finding, verdict)| {
        let rating = std::cmp::Reverse(finding.severity.rating());
        (super::weight(verdict.word), rating, finding.key.clone())
    });
    let name = |finding: &Finding| {
        let own = cell(&finding.key.vulnerability);
        finding.url.as_deref().map_or_else(|| own.clone(), |url| escape::link(&own, url))
    };
    shown.into_iter().map(|it| row(&name(it.0), &cell(&it.0.key.package), it)).collect()
}

fn row(first: &str, package: &str, (finding, verdict): Judged<'_>) -> String {
    let versions = |view: &Option<View>| {
        let versions = view.iter().flat_map(|view| &view.versions).map(String::as_str);
        let versions: Vec<&str> = versions.take(8).collect();
        if versions.is_empty() { "–".to_owned() } else { cell(&versions.join(", ")) }
    };
    let fixed = if finding.fixed_in.is_empty() {
        "–".to_owned()
    } else {
        cell(&finding.fixed_in.join(", "))
    };
    format!(
        "| {first} | {package} | {} | {} | {} | {fixed} |",
        state(verdict.word),
        versions(&finding.head),
        versions(&finding.release)
    )
}

fn state(word: Word) -> String {
    if super::is_bad(word) { format!("**{}**", word.as_str()) } else { word.as_str().to_owned() }
}

fn cell(text: &str) -> String {
    escape::markdown(&escape::cut(text, LONGEST_CELL))
}
