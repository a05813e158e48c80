//! Records of the OSV format inside reports: <https://ossf.github.io/osv-schema/>.
//!
//! Only what a report needs of them: whether a version is affected was decided by the tool. Names
//! are taken from `aliases` alone; `upstream` and `related` are other vulnerabilities.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{cargo_audit, field};
use crate::{
    advise::rustsec,
    model::{Advisory, AdvisoryClass, Ecosystem, Scale, SeverityClaim, canonical_id},
    severity,
};

/// The records of a report by their ids.
pub(super) fn by_id<'a>(
    records: impl IntoIterator<Item = &'a Value>,
) -> BTreeMap<String, &'a Value> {
    records.into_iter().filter_map(|record| Some((id(record)?, record))).collect()
}

pub(super) fn id(record: &Value) -> Option<String> {
    field::text(record, "id").map(canonical_id)
}

pub(super) fn is_withdrawn(record: &Value) -> bool {
    field::text(record, "withdrawn").is_some()
}

/// A package as a report names it.
pub(super) struct Package<'a> {
    pub ecosystem: Ecosystem,
    /// With its suffix: the fixes of `Debian:12` are none of `Debian:11`.
    pub ecosystem_as_written: &'a str,
    /// In the ecosystem's one spelling.
    pub name: String,
}

impl<'a> Package<'a> {
    pub(super) fn of(ecosystem: &'a str, name: &str) -> Self {
        let known = Ecosystem::named(ecosystem);
        let name = known.canonical(name);
        Self { ecosystem: known, ecosystem_as_written: ecosystem, name }
    }
}

/// What records of one vulnerability say together of a package. `ids` are all names that the tool
/// gives it, the first one is the claim's. There may be no record.
pub(super) fn advisory(ids: &[String], records: &[&Value], package: &Package<'_>) -> Advisory {
    let id = ids.first().cloned().unwrap_or_default();
    let own = records.iter().flat_map(|record| field::texts(record, "aliases"));
    let names = ids.iter().map(String::as_str).chain(own);
    let mut advisory = Advisory {
        aliases: field::aliases(&id, names),
        ecosystem: package.ecosystem.clone(),
        package: package.name.clone(),
        class: AdvisoryClass::Unstated,
        ..Advisory::default()
    };
    for record in records {
        let affected = affected(record, package);
        advisory.class = class(record, &affected).min(advisory.class);
        for version in affected.iter().flat_map(|affected| fixes(affected)) {
            let version = package.ecosystem.version(version).to_owned();
            if !advisory.patched.contains(&version) {
                advisory.patched.push(version);
            }
        }
        for claim in severities(record, &affected) {
            if !advisory.severity.contains(&claim) {
                advisory.severity.push(claim);
            }
        }
        if advisory.title.is_empty() {
            advisory.title = field::title(record, "summary");
        }
        if advisory.details.is_empty() {
            advisory.details = field::details(record, "details");
        }
        let date = field::date(record, "published");
        advisory.date = [advisory.date, date].into_iter().flatten().min();
        advisory.url = advisory.url.or_else(|| page(record));
    }
    advisory.fixed = field::fixed(&package.ecosystem, advisory.patched.iter().map(String::as_str));
    Advisory { id, ..advisory }
}

/// What a record says of a package, as near as it says it.
fn affected<'a>(record: &'a Value, package: &Package<'_>) -> Vec<&'a Value> {
    let is_about = |entry: &&Value| {
        let name = field::text(field::at(entry, &["package"]), "name").unwrap_or_default();
        let ecosystem = ecosystem_of(entry).unwrap_or_default();
        Ecosystem::named(ecosystem) == package.ecosystem
            && package.ecosystem.canonical(name) == package.name
    };
    let about: Vec<&Value> = field::list(record, "affected").iter().filter(is_about).collect();
    let is_exact = |entry: &&Value| ecosystem_of(entry) == Some(package.ecosystem_as_written);
    let exact: Vec<&Value> = about.iter().copied().filter(is_exact).collect();
    if exact.is_empty() { about } else { exact }
}

fn ecosystem_of(affected: &Value) -> Option<&str> {
    field::text(field::at(affected, &["package"]), "ecosystem")
}

fn fixes(affected: &Value) -> impl Iterator<Item = &str> {
    let is_of_versions = |range: &&Value| field::text(range, "type") != Some("GIT");
    let ranges = field::list(affected, "ranges").iter().filter(is_of_versions);
    ranges
        .flat_map(|range| field::list(range, "events"))
        .filter_map(|event| field::text(event, "fixed"))
}

/// RustSec says what is no vulnerability; a record of another database leaves it open.
fn class(record: &Value, affected: &[&Value]) -> AdvisoryClass {
    let id = id(record).unwrap_or_default();
    let informational = |value: &Value| {
        let specific = value.get("database_specific").or_else(|| value.get("databaseSpecific"))?;
        Some(cargo_audit::class(field::text(specific, "informational")?))
    };
    let stated = affected.iter().copied().chain([record]).find_map(informational);
    match stated {
        _ if id.starts_with("MAL-") => AdvisoryClass::Malware,
        Some(class) => class,
        None if id.starts_with("RUSTSEC-") => AdvisoryClass::Vulnerability,
        None => AdvisoryClass::Unstated,
    }
}

/// The vectors of a record, else the word of its database. `by` is the database, by the id's prefix.
fn severities(record: &Value, affected: &[&Value]) -> Vec<SeverityClaim> {
    let id = id(record).unwrap_or_default();
    let by = id.split('-').next().unwrap_or_default().to_ascii_lowercase();
    let entries = field::list(record, "severity").iter();
    let entries = entries.chain(affected.iter().flat_map(|entry| field::list(entry, "severity")));
    let scores = entries.filter_map(|entry| field::text_or_number(entry, "score"));
    let mut claims: Vec<SeverityClaim> =
        scores.filter_map(|score| severity::of_text(&by, &score)).collect();
    if claims.iter().all(|claim| claim.scale == Scale::Word) {
        let specific = record.get("database_specific").or_else(|| record.get("databaseSpecific"));
        let word = specific.and_then(|specific| field::text(specific, "severity"));
        claims.extend(word.and_then(|word| severity::of_text(&by, word)));
    }
    claims
}

/// Where a record can be read.
fn page(record: &Value) -> Option<String> {
    let id = id(record)?;
    if id.starts_with("RUSTSEC-") {
        return Some(rustsec::page(&id));
    }
    let specific = field::at(record, &["database_specific"]);
    field::url(specific, "url").or_else(|| {
        let is_plain =
            id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.:".contains(&byte));
        is_plain.then(|| format!("https://osv.dev/vulnerability/{id}"))
    })
}
