//! Advisories × lines, as every matrix shows them.

use std::{cmp::Reverse, collections::BTreeMap};

use crate::model::{
    AdvisoryClass, Certainty, Ecosystem, Finding, FindingKey, LineId, Report, Verdict,
};

/// A vulnerability in a package, with what it is on each line.
pub(super) struct Row<'a> {
    /// The finding of one of the lines: what it says of the vulnerability is said on all.
    pub(super) finding: &'a Finding,
    pub(super) cells: BTreeMap<&'a LineId, &'a Verdict>,
}

/// Vulnerabilities before the rest, the most severe first; what is only possible comes last.
pub(super) fn rows(report: &Report) -> Vec<Row<'_>> {
    type Key<'a> = (&'a str, &'a Ecosystem, &'a str, Certainty);
    let mut rows: BTreeMap<Key<'_>, Row<'_>> = BTreeMap::new();
    for (finding, verdict) in &report.findings {
        let key = &finding.key;
        rows.entry((&key.vulnerability, &key.ecosystem, &key.package, key.certainty))
            .or_insert_with(|| Row { finding, cells: BTreeMap::new() })
            .cells
            .insert(&key.line, verdict);
    }
    let mut rows: Vec<Row<'_>> = rows.into_values().collect();
    rows.sort_by_key(|row| gravity(row.finding));
    rows
}

/// What is graver comes first.
pub(super) fn gravity(finding: &Finding) -> impl Ord + use<> {
    let rating = finding.severity.rating();
    (finding.key.certainty, finding.class.clone(), Reverse(rating))
}

/// A package, with what another reader needs to tell it from its namesakes.
pub(super) fn package_note(key: &FindingKey) -> Option<String> {
    match key.certainty {
        // This project's own kind of package needs no word.
        Certainty::Certain if key.ecosystem == Ecosystem::CRATES_IO => None,
        Certainty::Certain => Some(key.ecosystem.to_string()),
        Certainty::Possible => Some("possible".to_owned()),
    }
}

/// The rating of a vulnerability; the class of everything else.
pub(super) fn severity(finding: &Finding) -> String {
    match (&finding.class, finding.severity.rating()) {
        (AdvisoryClass::Vulnerability | AdvisoryClass::Unstated, Some(rating)) => {
            rating.as_str().to_owned()
        }
        (AdvisoryClass::Vulnerability | AdvisoryClass::Unstated, None) => "unrated".to_owned(),
        (class, _) => class.as_str().to_owned(),
    }
}

/// Where a vulnerability can be read about: the page of a well-known database about an id of its own
/// is better than what a report says.
pub(super) fn home(finding: &Finding) -> Option<String> {
    known_home(&finding.key.vulnerability).or_else(|| finding.url.clone())
}

/// The page of a well-known database about an id of its own.
fn known_home(id: &str) -> Option<String> {
    let (kind, rest) = id.split_once('-')?;
    let is_plain = rest.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    let address = match kind {
        "RUSTSEC" => format!("https://rustsec.org/advisories/{id}.html"),
        "GHSA" => format!("https://github.com/advisories/{id}"),
        "CVE" => format!("https://nvd.nist.gov/vuln/detail/{id}"),
        "GO" => format!("https://pkg.go.dev/vuln/{id}"),
        "PYSEC" | "MAL" => format!("https://osv.dev/vulnerability/{id}"),
        _ => return None,
    };
    (is_plain && !rest.is_empty() && id.len() <= 64).then_some(address)
}
