//! Contradictions as results of a class of their own: one rule per kind, in a run of their own,
//! because they are about statements and not about the code of one line.

use std::collections::BTreeMap;

use serde_json::json;
use serde_sarif::sarif::{
    Location, MultiformatMessageString, ReportingConfiguration, ReportingDescriptor,
    Result as SarifResult, ResultLevel, Run, RunAutomationDetails, VersionControlDetails,
};
use sha2::{Digest as _, Sha256};

use super::{NO_ADDRESS, driver, limits, message, properties, result::location};
use crate::{
    escape,
    model::{Contradiction, ContradictionKind as Kind, Decision, Origin, Report},
};

/// The category of the run.
pub(super) const CATEGORY: &str = "patchline/support/";

/// All contradictions that stand at a place, or only those at one ref; `None`: there is none.
///
/// An upload replaces the one before it, so a repository without contradictions gives an empty run
/// for its default branch, and none in the merged report.
pub(super) fn run(report: &Report, only: Option<&str>) -> Run {
    let is_here = |contradiction: &&Contradiction| {
        spot(contradiction).is_some_and(|at| only.is_none() || at.reference.as_deref() == only)
    };
    let found: Vec<&Contradiction> =
        report.contradictions.iter().filter(is_here).take(limits::RESULTS_PER_RUN).collect();
    let mut kinds: Vec<Kind> = found.iter().map(|contradiction| contradiction.kind).collect();
    kinds.sort();
    kinds.dedup();
    let indices: BTreeMap<Kind, i64> = kinds.iter().copied().zip(0..).collect();
    let level = level(report.contradictions_are);
    let results: Vec<SarifResult> = found
        .iter()
        .filter_map(|contradiction| {
            let mut result = result(contradiction, level)?;
            result.rule_index = indices.get(&contradiction.kind).copied();
            Some(result)
        })
        .collect();
    let rules = kinds.into_iter().map(|kind| rule(kind, level)).collect();
    Run::builder()
        .tool(driver(rules))
        .automation_details(RunAutomationDetails {
            id: Some(CATEGORY.to_owned()),
            ..RunAutomationDetails::default()
        })
        .version_control_provenance(vec![provenance(report, only)])
        .invocations(vec![
            serde_sarif::sarif::Invocation::builder().execution_successful(true).build(),
        ])
        .properties(properties(json!({ "asOf": report.as_of.to_string() })))
        .results(results)
        .build()
}

/// Where a viewer shows a contradiction: the place to mend, or the other one where that is no file of
/// the repository, such as an address that the configuration names.
pub(super) fn spot(contradiction: &Contradiction) -> Option<&Origin> {
    [&contradiction.at, &contradiction.against].into_iter().flatten().find(|at| is_inside(at))
}

fn is_inside(origin: &Origin) -> bool {
    let path = origin.path.as_str();
    let first = path.split('/').next().unwrap_or_default();
    let is_elsewhere = path.contains("://") || std::path::Path::new(path).is_absolute();
    !is_elsewhere && !matches!(first, "" | "." | "..")
}

fn provenance(report: &Report, only: Option<&str>) -> VersionControlDetails {
    let address = report.repository.as_deref().unwrap_or(NO_ADDRESS);
    let mut details = VersionControlDetails::builder().repository_uri(address).build();
    let line = report.lines.iter().find(|line| only.is_some() && line.head_ref() == only);
    details.branch = only.map(str::to_owned);
    details.revision_id = line
        .and_then(|line| line.head.as_ref())
        .and_then(|head| head.commit.as_ref())
        .map(|commit| commit.0.clone());
    details
}

fn result(contradiction: &Contradiction, level: ResultLevel) -> Option<SarifResult> {
    let at = spot(contradiction)?;
    let fingerprint = fingerprint(contradiction, at);
    let mut result = SarifResult::builder()
        .rule_id(contradiction.kind.as_str())
        .level(level)
        .message(message(text(contradiction)))
        .locations(vec![location(&at.path, at.row)])
        .partial_fingerprints(BTreeMap::from([
            ("primaryLocationLineHash".to_owned(), format!("{fingerprint}:1")),
            ("patchline/contradiction/v1".to_owned(), fingerprint),
        ]))
        .properties(properties(json!({
            "line": contradiction.line.as_ref().map(|line| line.0.as_str()),
            "ref": at.reference,
            "against": contradiction.against.as_ref().map(place),
            "mend": contradiction.mend,
        })))
        .build();
    let against = contradiction.against.as_ref();
    let against = against.filter(|against| is_inside(against) && *against != at);
    result.related_locations = against.map(|against| {
        vec![Location {
            id: Some(1),
            message: Some(message(format!("{} says otherwise.", escape::sarif(&place(against))))),
            ..location(&against.path, against.row)
        }]
    });
    Some(result)
}

/// GitHub shows the first sentence as the title.
fn text(contradiction: &Contradiction) -> String {
    let mut letters = contradiction.message.chars();
    let first = letters.next().map(char::to_uppercase).into_iter().flatten();
    let message: String = first.chain(letters).collect();
    // "Here" is the place to mend, wherever this is shown.
    let elsewhere = contradiction.at.as_ref().filter(|at| !is_inside(at));
    let message = match elsewhere {
        Some(at) => format!("In {}: {}", place(at), contradiction.message),
        None => message,
    };
    let against = contradiction.against.as_ref().map(|at| format!(" See {}.", place(at)));
    let text =
        format!("{message}.{} To mend it: {}.", against.unwrap_or_default(), contradiction.mend);
    escape::sarif(&text)
}

/// `main:SECURITY.md:15`, or a tag.
fn place(origin: &Origin) -> String {
    let reference = origin.reference.as_deref().unwrap_or_default();
    let short = ["refs/heads/", "refs/tags/", "refs/remotes/"]
        .iter()
        .find_map(|prefix| reference.strip_prefix(prefix))
        .unwrap_or(reference);
    let row = origin.row.map(|row| format!(":{row}")).unwrap_or_default();
    match (short.is_empty(), origin.path.is_empty()) {
        (false, false) => format!("{short}:{}{row}", origin.path),
        (false, true) => short.to_owned(),
        (true, _) => format!("{}{row}", origin.path),
    }
}

/// The kind, the line and the two files: an alert survives until one of them is mended, wherever in
/// the file it moves to. Unlike that of a finding it names the line, which is what it is about.
fn fingerprint(contradiction: &Contradiction, at: &Origin) -> String {
    let mut hash = Sha256::new();
    let parts = [
        contradiction.kind.as_str(),
        contradiction.line.as_ref().map_or("", |line| line.0.as_str()),
        at.reference.as_deref().unwrap_or_default(),
        at.path.as_str(),
        contradiction.against.as_ref().map_or("", |against| against.path.as_str()),
    ];
    for part in parts {
        hash.update(part.as_bytes());
        hash.update([0]);
    }
    escape::hex(&hash.finalize())
}

fn level(decision: Decision) -> ResultLevel {
    match decision {
        Decision::Fail => ResultLevel::Error,
        Decision::Warn => ResultLevel::Warning,
        Decision::Note => ResultLevel::Note,
    }
}

fn rule(kind: Kind, level: ResultLevel) -> ReportingDescriptor {
    let (name, title, help) = about(kind);
    ReportingDescriptor::builder()
        .id(kind.as_str())
        .name(name)
        .short_description(plain(title))
        .full_description(plain(help))
        .help(MultiformatMessageString::builder().text(help).markdown(help).build())
        .default_configuration(ReportingConfiguration {
            level: Some(json!(match level {
                ResultLevel::Error => "error",
                ResultLevel::Note => "note",
                _ => "warning",
            })),
            ..ReportingConfiguration::default()
        })
        .properties(properties(json!({ "precision": "high" })))
        .build()
}

fn plain(text: &str) -> MultiformatMessageString {
    MultiformatMessageString::builder().text(text).build()
}

/// A rule's name, what it says, and what it is for.
fn about(kind: Kind) -> (&'static str, &'static str, &'static str) {
    match kind {
        Kind::EndedLineListed => (
            "SupportEndedLineListed",
            "A release line that has ended is listed as supported.",
            "A table, bot or workflow still names a release line whose support has ended. Work goes \
             into a line that gets no releases, or users rely on it. Take it out of the list, or \
             correct the place that says that it ended.",
        ),
        Kind::SupportedLineMissing => (
            "SupportSupportedLineMissing",
            "A supported release line is missing in a list.",
            "A table, bot or workflow lists release lines and lacks one that is supported, so that \
             line gets no updates or scans, or users do not know of it. Add it to the list.",
        ),
        Kind::StaleStatement => (
            "SupportStaleStatement",
            "A statement of supported versions is out of date.",
            "The newest release lines are missing, so the statement decides nothing. Bring it up to \
             date, or let `patchline security-md --write` keep it.",
        ),
        Kind::DatesDiffer => (
            "SupportDatesDiffer",
            "Two places give different last days of support.",
            "Users cannot know how long a release line is supported. Write the same day in both \
             places, or keep it in one.",
        ),
        Kind::StandingsDiffer => (
            "SupportStandingsDiffer",
            "Two places differ about whether a release line is supported.",
            "One place says that a release line is supported, another that it is not. Make both say \
             the same, or keep it in one.",
        ),
        Kind::LineWithoutRefs => (
            "SupportLineWithoutRefs",
            "A release line is promised that no branch or tag shows.",
            "A statement names a release line as supported, and there is neither a branch nor a tag \
             for it. Take it out, or push what is missing.",
        ),
        Kind::ReleasedAfterEnd => (
            "SupportReleasedAfterEnd",
            "A release line was released after its stated end.",
            "Practice and promise differ: a release line got a release after its support had ended. \
             Say how long it is really supported.",
        ),
        Kind::UndeclaredLine => (
            "SupportUndeclaredLine",
            "A release line looks maintained and no statement names it.",
            "A release line still gets releases, and nothing says whether it is supported. Say so.",
        ),
    }
}
