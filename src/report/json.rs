//! The report for programs: versioned structs of its own, described by
//! `schemas/report.v1.schema.json`.
//!
//! A field may be added in version 1; none is renamed, removed or given another meaning.

mod finding;
pub mod history;
mod opinion;
mod proposal;

use std::num::NonZeroU32;

use serde::{Serialize, Serializer};

pub(super) use self::finding::{purl, purl_of};
use self::{
    finding::{JsonFinding, finding},
    opinion::{JsonAlert, JsonChange, JsonOpinion, JsonUse, alert, change, opinion, usage},
    proposal::{JsonProposal, proposal},
};

use super::branch_name;
use crate::model::{
    Alert, Contradiction, Coverage, Declaration, Finding, Head, LineKind, Origin, Release,
    ReleaseLine, Report, Support, Trouble, Verdict,
};

/// The value of `schema`.
pub const SCHEMA: &str = "https://patchline.dev/schemas/report.v1.schema.json";

/// A whole report, pretty-printed, with a line feed at the end.
pub fn report(report: &Report) -> String {
    print(&document(report))
}

/// A whole report, to be written as it is made: it may be larger than what it was made of.
pub fn document(report: &Report) -> impl Serialize + '_ {
    JsonReport {
        schema: SCHEMA,
        tool: Tool::default(),
        as_of: report.as_of.to_string(),
        repository: report.repository.as_deref(),
        default_ref: report.default_ref.as_deref(),
        policy: Policy { path: report.policy.path.as_deref(), read_from: &report.policy.read_from },
        part: report.part.as_deref(),
        proposal: report.proposal.as_ref().map(proposal),
        databases: report
            .databases
            .iter()
            .map(|database| Database {
                id: &database.stamp.id,
                from: &database.stamp.from,
                revision: database.stamp.revision.as_deref(),
                date: database.stamp.date.map(|date| date.to_string()),
                age_days: database.age_days,
                digest: database.digest.as_deref(),
                advisories: database.advisories,
                withdrawn: database.withdrawn,
                toolchain: database.toolchain,
                quarantined: database.quarantined.len(),
                quarantine: database
                    .quarantined
                    .iter()
                    .map(|record| Quarantined {
                        path: &record.path,
                        package: record.package.as_deref(),
                        error: &record.error,
                    })
                    .collect(),
            })
            .collect(),
        lines: report.lines.iter().map(line).collect(),
        findings: Each(&report.findings, |(found, verdict)| finding(found, verdict)),
        contradictions: report.contradictions.iter().map(contradiction).collect(),
        alerts: Each(&report.alerts, alert),
        opinions: report.opinions.iter().map(opinion).collect(),
        suppressions: report.suppressions.iter().map(usage).collect(),
        changes: report.changes.iter().map(change).collect(),
        coverage: report.coverage.iter().map(coverage).collect(),
        trouble: report.trouble.iter().map(trouble).collect(),
        outcome: report.outcome.as_str(),
    }
}

/// The lines alone, for `patchline lines --format json`.
pub fn lines(support: &Support, as_of: jiff::civil::Date) -> String {
    print(&JsonLines {
        schema: SCHEMA,
        as_of: as_of.to_string(),
        lines: support.lines.iter().map(line).collect(),
        contradictions: support.contradictions.iter().map(contradiction).collect(),
        trouble: support.trouble.iter().map(trouble).collect(),
    })
}

fn print(value: &impl Serialize) -> String {
    // These structs have text keys only, so serialising them cannot fail.
    let mut text = serde_json::to_string_pretty(value).unwrap_or_default();
    text.push('\n');
    text
}

/// A long list, of which one element at a time is turned into what is written.
struct Each<'a, T, S>(&'a [T], fn(&'a T) -> S);

impl<T, S: Serialize> Serialize for Each<'_, T, S> {
    fn serialize<Z: Serializer>(&self, to: Z) -> Result<Z::Ok, Z::Error> {
        to.collect_seq(self.0.iter().map(self.1))
    }
}

#[derive(Serialize)]
struct JsonReport<'a> {
    schema: &'static str,
    tool: Tool,
    as_of: String,
    repository: Option<&'a str>,
    default_ref: Option<&'a str>,
    policy: Policy<'a>,
    part: Option<&'a str>,
    proposal: Option<JsonProposal<'a>>,
    databases: Vec<Database<'a>>,
    lines: Vec<JsonLine<'a>>,
    findings: Each<'a, (Finding, Verdict), JsonFinding<'a>>,
    contradictions: Vec<JsonContradiction<'a>>,
    alerts: Each<'a, Alert, JsonAlert<'a>>,
    opinions: Vec<JsonOpinion<'a>>,
    suppressions: Vec<JsonUse<'a>>,
    changes: Vec<JsonChange<'a>>,
    coverage: Vec<JsonCoverage<'a>>,
    trouble: Vec<JsonTrouble<'a>>,
    outcome: &'static str,
}

#[derive(Serialize)]
struct JsonLines<'a> {
    schema: &'static str,
    as_of: String,
    lines: Vec<JsonLine<'a>>,
    contradictions: Vec<JsonContradiction<'a>>,
    trouble: Vec<JsonTrouble<'a>>,
}

#[derive(Serialize)]
struct Tool {
    name: &'static str,
    version: &'static str,
}

impl Default for Tool {
    fn default() -> Self {
        Self { name: "patchline", version: env!("CARGO_PKG_VERSION") }
    }
}

#[derive(Serialize)]
struct Policy<'a> {
    path: Option<&'a str>,
    read_from: &'a str,
}

#[derive(Serialize)]
struct Database<'a> {
    id: &'a str,
    from: &'a str,
    revision: Option<&'a str>,
    date: Option<String>,
    age_days: Option<i64>,
    digest: Option<&'a str>,
    advisories: usize,
    withdrawn: usize,
    toolchain: usize,
    quarantined: usize,
    quarantine: Vec<Quarantined<'a>>,
}

#[derive(Serialize)]
struct Quarantined<'a> {
    path: &'a str,
    package: Option<&'a str>,
    error: &'a str,
}

#[derive(Serialize)]
struct JsonLine<'a> {
    id: &'a str,
    kind: &'static str,
    branch: Option<&'a str>,
    head: Option<JsonHead<'a>>,
    release: Option<JsonRelease<'a>>,
    status: &'static str,
    tier: &'static str,
    until: Option<String>,
    bug_fixes_until: Option<String>,
    extended_until: Option<String>,
    first_release: Option<String>,
    lts: bool,
    edition: Option<&'a str>,
    assumed: bool,
    evidence: Vec<JsonDeclaration<'a>>,
}

#[derive(Serialize)]
struct JsonHead<'a> {
    #[serde(rename = "ref")]
    reference: &'a str,
    commit: Option<&'a str>,
    date: Option<String>,
}

#[derive(Serialize)]
struct JsonRelease<'a> {
    tag: &'a str,
    version: &'a str,
    commit: Option<&'a str>,
    date: Option<String>,
}

#[derive(Serialize)]
struct JsonDeclaration<'a> {
    by: &'static str,
    status: &'static str,
    says: &'a str,
    until: Option<String>,
    words: Option<&'a str>,
    origin: Option<JsonOrigin<'a>>,
}

#[derive(Serialize)]
struct JsonContradiction<'a> {
    rule: &'static str,
    line: Option<&'a str>,
    message: &'a str,
    at: Option<JsonOrigin<'a>>,
    against: Option<JsonOrigin<'a>>,
    mend: &'a str,
}

#[derive(Serialize)]
struct JsonOrigin<'a> {
    #[serde(rename = "ref")]
    reference: Option<&'a str>,
    path: &'a str,
    row: Option<u32>,
}

#[derive(Serialize)]
struct JsonCoverage<'a> {
    source: &'a str,
    line: Option<&'a str>,
    tip: Option<&'static str>,
    covered: &'static str,
    because: Option<&'a str>,
}

#[derive(Serialize)]
struct JsonTrouble<'a> {
    weight: &'static str,
    message: &'a str,
    hint: Option<&'a str>,
    origin: Option<JsonOrigin<'a>>,
}

fn line(line: &ReleaseLine) -> JsonLine<'_> {
    JsonLine {
        id: &line.id.0,
        kind: match line.kind {
            LineKind::Release => "release",
            LineKind::Default => "default",
            LineKind::Ref => "ref",
        },
        branch: branch_name(line),
        head: line.head.as_ref().map(head),
        release: line.release.as_ref().map(release),
        status: line.standing.as_str(),
        tier: line.tier.as_str(),
        until: line.until.map(|day| day.to_string()),
        bug_fixes_until: line.bug_fixes_until.map(|day| day.to_string()),
        extended_until: line.extended_until.map(|day| day.to_string()),
        first_release: line.first_release.map(|day| day.to_string()),
        lts: line.is_lts,
        edition: line.edition.as_deref(),
        assumed: line.is_assumed(),
        evidence: line.because.iter().map(declaration).collect(),
    }
}

fn head(head: &Head) -> JsonHead<'_> {
    JsonHead {
        reference: &head.reference,
        commit: head.commit.as_ref().map(|commit| commit.0.as_str()),
        date: head.date.map(|date| date.to_string()),
    }
}

fn release(release: &Release) -> JsonRelease<'_> {
    JsonRelease {
        tag: &release.tag,
        version: &release.version,
        commit: release.commit.as_ref().map(|commit| commit.0.as_str()),
        date: release.date.map(|date| date.to_string()),
    }
}

fn declaration(declaration: &Declaration) -> JsonDeclaration<'_> {
    JsonDeclaration {
        by: declaration.by.as_str(),
        status: declaration.standing.as_str(),
        says: &declaration.says,
        until: declaration.until.map(|day| day.to_string()),
        words: declaration.words.as_deref(),
        origin: declaration.origin.as_ref().map(origin),
    }
}

fn contradiction(contradiction: &Contradiction) -> JsonContradiction<'_> {
    JsonContradiction {
        rule: contradiction.kind.as_str(),
        line: contradiction.line.as_ref().map(|line| line.0.as_str()),
        message: &contradiction.message,
        at: contradiction.at.as_ref().map(origin),
        against: contradiction.against.as_ref().map(origin),
        mend: &contradiction.mend,
    }
}

fn origin(origin: &Origin) -> JsonOrigin<'_> {
    JsonOrigin {
        reference: origin.reference.as_deref(),
        path: &origin.path,
        row: origin.row.map(NonZeroU32::get),
    }
}

fn coverage(coverage: &Coverage) -> JsonCoverage<'_> {
    JsonCoverage {
        source: &coverage.source,
        line: coverage.at.as_ref().map(|place| place.line.0.as_str()),
        tip: coverage.at.as_ref().map(|place| place.tip.as_str()),
        covered: coverage.covered.as_str(),
        because: coverage.covered.why(),
    }
}

fn trouble(trouble: &Trouble) -> JsonTrouble<'_> {
    JsonTrouble {
        weight: trouble.weight.as_str(),
        message: &trouble.message,
        hint: trouble.hint.as_deref(),
        origin: trouble.origin.as_ref().map(origin),
    }
}
