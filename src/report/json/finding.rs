//! Findings and their evidence.
//!
//! Evidence is written without loss but for the texts of advisories: `patchline merge` reads it
//! back, and merges it anew.

use std::num::NonZeroU32;

use serde::Serialize;

use super::opinion::{JsonSilence, silence};
use crate::{
    escape,
    model::{
        Advisory, AdvisoryClass, Dependent, Disagreement, Evidence, Exposure, Finding, Occurrence,
        Requirement, SeverityClaim, Supply, Update, Verdict, View,
    },
};

/// One vulnerability in one package on one line.
#[derive(Serialize)]
pub(super) struct JsonFinding<'a> {
    id: &'a str,
    names: &'a [String],
    class: &'a str,
    certainty: &'static str,
    title: &'a str,
    url: Option<&'a str>,
    severity: JsonSeverity<'a>,
    package: JsonPackage<'a>,
    line: &'a str,
    status: &'static str,
    shipped: Option<bool>,
    head: Option<JsonView<'a>>,
    release: Option<JsonView<'a>>,
    fixed_in: &'a [String],
    disagreements: Vec<JsonDisagreement<'a>>,
    published: Option<String>,
    fixed_on: Option<String>,
    exploited: Option<JsonExploited>,
    epss: Option<JsonEpss>,
    reach: &'static str,
    paths: Vec<&'a [String]>,
    update: Option<JsonUpdate<'a>>,
    evidence: Vec<JsonEvidence<'a>>,
    suppression: Option<JsonSilence<'a>>,
    decision: &'static str,
    because: &'static str,
}

#[derive(Serialize)]
struct JsonSeverity<'a> {
    rating: Option<&'static str>,
    score: Option<f64>,
    vector: Option<&'a str>,
    decided_by: Option<&'a str>,
    rule: &'static str,
    claims: Vec<JsonSeverityClaim<'a>>,
}

#[derive(Serialize)]
struct JsonSeverityClaim<'a> {
    by: &'a str,
    scale: &'static str,
    rating: &'static str,
    score: Option<f64>,
    vector: Option<&'a str>,
}

#[derive(Serialize)]
struct JsonDisagreement<'a> {
    about: &'static str,
    says: Vec<JsonSays<'a>>,
}

#[derive(Serialize)]
struct JsonSays<'a> {
    source: &'a str,
    says: &'a str,
}

#[derive(Serialize)]
struct JsonExploited {
    added: String,
    ransomware: bool,
}

#[derive(Serialize)]
struct JsonEpss {
    score: f64,
    percentile: f64,
    on: Option<String>,
}

#[derive(Serialize)]
struct JsonPackage<'a> {
    ecosystem: &'a str,
    name: &'a str,
    purl: String,
}

#[derive(Serialize)]
struct JsonView<'a> {
    sight: &'static str,
    occurrences: Vec<JsonOccurrence<'a>>,
    versions: Vec<&'a str>,
}

#[derive(Serialize)]
pub(super) struct JsonOccurrence<'a> {
    version: Option<&'a str>,
    lockfile: Option<&'a str>,
    row: Option<u32>,
    source: Option<String>,
}

#[derive(Serialize)]
struct JsonUpdate<'a> {
    kind: &'static str,
    to: Option<String>,
    dependents: Vec<JsonDependent<'a>>,
}

#[derive(Serialize)]
struct JsonDependent<'a> {
    name: &'a str,
    version: &'a str,
    accepts: Option<bool>,
    known_by: &'static str,
    requirement: Option<&'a str>,
    manifest: Option<&'a str>,
    row: Option<u32>,
}

#[derive(Serialize)]
struct JsonEvidence<'a> {
    source: &'a str,
    basis: &'static str,
    advisory: &'a str,
    record: JsonRecord<'a>,
    tip: &'static str,
    version: Option<&'a str>,
    lockfile: Option<&'a str>,
    row: Option<u32>,
    supply: Option<String>,
    reach: &'static str,
    reach_via: &'a [String],
    path: &'a [String],
    update: JsonUpdate<'a>,
}

/// What the source says of the vulnerability.
#[derive(Serialize)]
struct JsonRecord<'a> {
    aliases: &'a [String],
    class: Option<&'a str>,
    ecosystem: &'a str,
    package: &'a str,
    severity: Vec<JsonSeverityClaim<'a>>,
    patched: &'a [String],
    fixed: Vec<String>,
    title: &'a str,
    url: Option<&'a str>,
    date: Option<String>,
    fixed_on: Option<String>,
}

/// A finding with its verdict.
pub(super) fn finding<'a>(finding: &'a Finding, verdict: &'a Verdict) -> JsonFinding<'a> {
    let severity = finding.severity.decided.as_ref();
    let mut paths: Vec<&[String]> = finding.evidence.iter().map(|e| e.path.as_slice()).collect();
    paths.sort();
    paths.dedup();
    JsonFinding {
        id: &finding.key.vulnerability,
        names: &finding.names,
        class: finding.class.as_str(),
        certainty: finding.key.certainty.as_str(),
        title: &finding.title,
        url: finding.url.as_deref(),
        severity: JsonSeverity {
            rating: severity.map(|claim| claim.rating.as_str()),
            score: severity.and_then(|claim| claim.score),
            vector: severity.and_then(|claim| claim.vector.as_deref()),
            decided_by: severity.map(|claim| claim.by.as_str()),
            rule: finding.severity.rule,
            claims: finding.severity.claims.iter().map(severity_claim).collect(),
        },
        package: JsonPackage {
            ecosystem: finding.key.ecosystem.as_str(),
            name: &finding.key.package,
            purl: purl(finding),
        },
        line: &finding.key.line.0,
        status: verdict.word.as_str(),
        shipped: match verdict.exposure {
            Exposure::Unpatched { shipped } => Some(shipped),
            _ => None,
        },
        head: finding.head.as_ref().map(view),
        release: finding.release.as_ref().map(view),
        fixed_in: &finding.fixed_in,
        disagreements: finding.disagreements.iter().map(disagreement).collect(),
        published: finding.published.map(|day| day.to_string()),
        fixed_on: finding.fixed_on.map(|day| day.to_string()),
        exploited: finding.exploited.as_ref().map(|exploited| JsonExploited {
            added: exploited.added.to_string(),
            ransomware: exploited.ransomware,
        }),
        epss: finding.epss.as_ref().map(|epss| JsonEpss {
            score: epss.score,
            percentile: epss.percentile,
            on: epss.on.map(|day| day.to_string()),
        }),
        reach: finding.reach().as_str(),
        paths,
        update: Finding::hardest(finding.evidence.iter()).map(update),
        evidence: finding.evidence.iter().map(evidence).collect(),
        suppression: verdict.suppressed.as_ref().map(silence),
        decision: verdict.decision.as_str(),
        because: verdict.because.as_str(),
    }
}

fn severity_claim(claim: &SeverityClaim) -> JsonSeverityClaim<'_> {
    JsonSeverityClaim {
        by: &claim.by,
        scale: claim.scale.as_str(),
        rating: claim.rating.as_str(),
        score: claim.score,
        vector: claim.vector.as_deref(),
    }
}

fn disagreement(disagreement: &Disagreement) -> JsonDisagreement<'_> {
    let says = disagreement.says.iter().map(|(source, says)| JsonSays { source, says });
    JsonDisagreement { about: disagreement.about, says: says.collect() }
}

/// The package URL without version: <https://github.com/package-url/purl-spec>. A package that is
/// not from its ecosystem's own registry says where it is from, since it is another package.
pub(in crate::report) fn purl(finding: &Finding) -> String {
    let supply = finding.evidence.first().and_then(|evidence| evidence.supply.as_ref());
    purl_of(finding, None, supply)
}

/// The package URL of one version from one place.
pub(in crate::report) fn purl_of(
    finding: &Finding,
    version: Option<&str>,
    supply: Option<&Supply>,
) -> String {
    let kind = finding.key.ecosystem.purl_type();
    let name = match kind {
        "maven" => finding.key.package.replace(':', "/"),
        _ => finding.key.package.clone(),
    };
    let version = version.map(|version| format!("@{}", escape::query(version)));
    let version = version.unwrap_or_default();
    let base = format!("pkg:{}/{}{version}", escape::uri(kind), escape::uri(&name));
    match supply {
        Some(Supply::Git(url)) => format!("{base}?vcs_url={}", escape::query(url)),
        Some(Supply::OtherRegistry(url)) => {
            format!("{base}?repository_url={}", escape::query(url))
        }
        Some(Supply::Registry | Supply::Path) | None => base,
    }
}

fn view(view: &View) -> JsonView<'_> {
    JsonView {
        sight: view.sight.as_str(),
        occurrences: view.occurrences.iter().map(occurrence).collect(),
        versions: view.versions.iter().map(String::as_str).collect(),
    }
}

pub(super) fn occurrence(occurrence: &Occurrence) -> JsonOccurrence<'_> {
    JsonOccurrence {
        version: occurrence.version.as_deref(),
        lockfile: occurrence.lockfile.as_deref(),
        row: occurrence.row.map(NonZeroU32::get),
        source: occurrence.supply.as_ref().map(ToString::to_string),
    }
}

fn evidence(evidence: &Evidence) -> JsonEvidence<'_> {
    JsonEvidence {
        source: &evidence.source,
        basis: evidence.basis.as_str(),
        advisory: &evidence.advisory.id,
        record: record(&evidence.advisory),
        tip: evidence.at.tip.as_str(),
        version: evidence.version.as_deref(),
        lockfile: evidence.lockfile.as_deref(),
        row: evidence.row.map(NonZeroU32::get),
        supply: evidence.supply.as_ref().map(ToString::to_string),
        reach: evidence.reach.as_str(),
        reach_via: evidence.reach.via(),
        path: &evidence.path,
        update: update(&evidence.update),
    }
}

fn record(advisory: &Advisory) -> JsonRecord<'_> {
    let is_stated = advisory.class != AdvisoryClass::Unstated;
    JsonRecord {
        aliases: &advisory.aliases,
        class: is_stated.then(|| advisory.class.as_str()),
        ecosystem: advisory.ecosystem.as_str(),
        package: &advisory.package,
        severity: advisory.severity.iter().map(severity_claim).collect(),
        patched: &advisory.patched,
        fixed: advisory.fixed.iter().map(ToString::to_string).collect(),
        title: &advisory.title,
        url: advisory.url.as_deref(),
        date: advisory.date.map(|day| day.to_string()),
        fixed_on: advisory.fixed_on.map(|day| day.to_string()),
    }
}

fn update(update: &Update) -> JsonUpdate<'_> {
    JsonUpdate {
        kind: update.fit.as_str(),
        to: update.to.as_ref().map(ToString::to_string),
        dependents: update.dependents.iter().map(dependent).collect(),
    }
}

fn dependent(dependent: &Dependent) -> JsonDependent<'_> {
    let (known_by, requirement, manifest, row) = match &dependent.requires {
        Requirement::Stated { requirement, manifest, row, .. } => {
            ("manifest", Some(requirement.as_str()), Some(manifest.as_str()), Some(row.get()))
        }
        Requirement::Presumed { .. } => ("presumed", None, None, None),
        Requirement::Unreadable => ("unknown", None, None, None),
    };
    JsonDependent {
        name: &dependent.name,
        version: &dependent.version,
        accepts: dependent.requires.accepts(),
        known_by,
        requirement,
        manifest,
        row,
    }
}
