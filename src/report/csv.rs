//! One row for each finding and line, and one for each thing that was not looked at: for
//! spreadsheets and for programs that read no JSON. RFC 4180, <https://www.rfc-editor.org/rfc/rfc4180>.
//!
//! A table without the last ones would look the same whether a line is clean or nobody saw it.

use std::collections::BTreeSet;

use super::words;
use crate::{
    escape::csv::row,
    model::{Coverage, Finding, LineId, ReleaseLine, Report, Silence, Tip, Verdict, View},
};

/// The names of the columns. More may come at the end; none changes its meaning.
const COLUMNS: [&str; 32] = [
    "kind",
    "line",
    "support",
    "supported_until",
    "status",
    "decision",
    "because",
    "advisory",
    "aliases",
    "ecosystem",
    "package",
    "certainty",
    "class",
    "severity",
    "score",
    "vector",
    "title",
    "published",
    "known_exploited",
    "epss",
    "head",
    "head_commit",
    "head_versions",
    "release",
    "release_tag",
    "release_versions",
    "fixed_in",
    "places",
    "sources",
    "suppressed_until",
    "reason",
    "url",
];

/// The table, with its head, in CRLF.
pub fn csv(report: &Report) -> String {
    let mut table = row(&COLUMNS.map(str::to_owned));
    for coverage in report.coverage.iter().filter(|coverage| coverage.covered.is_gap()) {
        table.push_str(&row(&gap(report, coverage)));
    }
    for (finding, verdict) in &report.findings {
        table.push_str(&row(&found(report, finding, verdict)));
    }
    table
}

/// Something that had to be looked at and was not.
fn gap(report: &Report, coverage: &Coverage) -> [String; COLUMNS.len()] {
    let mut fields = std::array::from_fn(|_| String::new());
    let line = coverage.at.as_ref().map(|at| &at.line);
    let named: [(&str, String); 6] = [
        ("kind", "gap".to_owned()),
        ("line", line.map_or_else(|| "every line".to_owned(), ToString::to_string)),
        ("support", line.and_then(|id| find(report, id)).map(words::standing).unwrap_or_default()),
        ("status", coverage.covered.as_str().to_owned()),
        ("sources", coverage.source.clone()),
        ("reason", words::gap(coverage).unwrap_or_default()),
    ];
    for (column, text) in named {
        put(&mut fields, column, text);
    }
    fields
}

fn found(report: &Report, finding: &Finding, verdict: &Verdict) -> [String; COLUMNS.len()] {
    let key = &finding.key;
    let line = find(report, &key.line);
    let decided = finding.severity.decided.as_ref();
    let head = line.and_then(|line| line.head.as_ref());
    let release = line.and_then(|line| line.release.as_ref());
    let (until, reason) = silence(verdict);
    let sources: BTreeSet<&str> = finding.evidence.iter().map(|e| e.source.as_str()).collect();
    let mut fields = std::array::from_fn(|_| String::new());
    let named = [
        ("kind", "finding".to_owned()),
        ("line", key.line.to_string()),
        ("support", line.map(words::standing).unwrap_or_default()),
        ("supported_until", shown(line.and_then(|line| line.until))),
        ("status", verdict.word.as_str().to_owned()),
        ("decision", verdict.decision.as_str().to_owned()),
        ("because", verdict.because.as_str().to_owned()),
        ("advisory", key.vulnerability.clone()),
        ("aliases", list(finding.names.iter().filter(|name| **name != key.vulnerability))),
        ("ecosystem", key.ecosystem.to_string()),
        ("package", key.package.clone()),
        ("certainty", key.certainty.as_str().to_owned()),
        ("class", finding.class.as_str().to_owned()),
        ("severity", shown(decided.map(|claim| claim.rating.as_str()))),
        ("score", shown(decided.and_then(|claim| claim.score).map(|score| format!("{score:.1}")))),
        ("vector", shown(decided.and_then(|claim| claim.vector.as_ref()))),
        ("title", finding.title.clone()),
        ("published", shown(finding.published)),
        ("known_exploited", shown(finding.exploited.as_ref().map(|entry| entry.added))),
        ("epss", shown(finding.epss.as_ref().map(|epss| epss.score))),
        ("head", sight(finding.head.as_ref())),
        ("head_commit", shown(head.and_then(|head| head.commit.as_ref()))),
        ("head_versions", versions(finding.head.as_ref())),
        ("release", sight(finding.release.as_ref())),
        ("release_tag", shown(release.map(|release| &release.tag))),
        ("release_versions", versions(finding.release.as_ref())),
        ("fixed_in", list(finding.fixed_in.iter())),
        ("places", list(places(finding).iter())),
        ("sources", list(sources.iter())),
        ("suppressed_until", until),
        ("reason", reason),
        ("url", finding.url.clone().unwrap_or_default()),
    ];
    for (column, text) in named {
        put(&mut fields, column, text);
    }
    fields
}

fn put(fields: &mut [String; COLUMNS.len()], column: &str, text: String) {
    let place = COLUMNS.iter().position(|name| *name == column);
    if let Some(field) = place.and_then(|place| fields.get_mut(place)) {
        *field = text;
    }
}

fn find<'a>(report: &'a Report, id: &LineId) -> Option<&'a ReleaseLine> {
    report.lines.iter().find(|line| line.id == *id)
}

fn shown(value: Option<impl ToString>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}

fn list(items: impl Iterator<Item = impl ToString>) -> String {
    items.map(|item| item.to_string()).collect::<Vec<_>>().join("; ")
}

fn sight(view: Option<&View>) -> String {
    view.map_or("none", |view| view.sight.as_str()).to_owned()
}

fn versions(view: Option<&View>) -> String {
    view.map(|view| list(view.versions.iter())).unwrap_or_default()
}

/// `Cargo.lock:12 (head)`
fn places(finding: &Finding) -> BTreeSet<String> {
    let at = |view: &Option<View>, tip: Tip| -> Vec<String> {
        let occurrences = view.iter().flat_map(|view| &view.occurrences);
        occurrences
            .filter_map(super::proposed::place)
            .map(|place| format!("{place} ({})", tip.as_str()))
            .collect()
    };
    let head = at(&finding.head, Tip::Head);
    head.into_iter().chain(at(&finding.release, Tip::Release)).collect()
}

/// Until when it is kept silent, and why.
fn silence(verdict: &Verdict) -> (String, String) {
    match &verdict.suppressed {
        None => (String::new(), String::new()),
        Some(Silence::Suppression(own)) => (own.until.to_string(), own.reason.clone()),
        Some(Silence::Opinion(opinion)) => {
            let reason = opinion.reason.as_ref().or(opinion.justification.as_ref());
            let reason = reason.map_or("no reason is given", String::as_str);
            (String::new(), format!("{}: {reason}", opinion.kind))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::COLUMNS;

    #[test]
    fn no_column_is_named_twice() {
        let names: std::collections::BTreeSet<&str> = COLUMNS.into_iter().collect();
        assert_eq!(names.len(), COLUMNS.len());
    }
}
