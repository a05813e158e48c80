//! SARIF 2.1.0, as GitHub reads it.
//!
//! *The merged report* has one run per line and every result. *A line's upload* belongs to one ref
//! and one commit, so it holds only what is true at that line's head; a clean line is an empty run,
//! or its old alerts would never close. GitHub takes a suppressed result for an open one, so
//! `suppressions` are in the merged report alone. Deliberately no `fixes` or taxonomies: GitHub reads
//! none of them.

mod alert;
mod limits;
mod result;
mod rule;
mod support;

use std::collections::BTreeMap;

use serde_json::{Value, json};
use serde_sarif::sarif::{
    Invocation, Message, Notification, PropertyBag, ReportingDescriptor, Result as SarifResult,
    Run, RunAutomationDetails, Sarif, ToolComponent, VersionControlDetails,
};

use self::result::{Spot, result, spots};
use crate::{
    escape,
    model::{Alert, Covered, Finding, ReleaseLine, Report, Tip, Verdict, Word},
};

const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";
/// The name under which GitHub knows what we upload.
pub const TOOL: &str = "Patchline";
/// What every category of ours begins with.
pub const TOOL_CATEGORY: &str = "patchline";
const HOME: &str = "https://github.com/patchline/patchline";
/// `repositoryUri` is required and absolute; a repository without a remote has no address.
const NO_ADDRESS: &str = "urn:git:local-repository";

/// Where GitHub is told to look if no source says in which file a package is: it wants a file that
/// exists.
const NO_FILE: &str = "README.md";

/// Runs of a merged report: one per line, and one for contradictions if there are any.
pub fn run_count(report: &Report, lines: usize) -> usize {
    lines + usize::from(has_support_run(report))
}

fn has_support_run(report: &Report) -> bool {
    report.contradictions.iter().any(|contradiction| support::spot(contradiction).is_some())
}

/// One run per line, with every result; the last part of a report also has the contradictions.
pub fn merged(report: &Report, lines: &[&ReleaseLine], is_last: bool) -> String {
    let both = [Tip::Head, Tip::Release];
    let most = limits::RESULTS_PER_RUN;
    let runs = lines.iter().map(|line| run(report, line, &both, Use::Record, most));
    let support = (is_last && has_support_run(report)).then(|| support::run(report, None));
    document(runs.chain(support).collect())
}

/// One run with the contradictions that stand on the default branch, to be uploaded for it.
pub fn support_upload(report: &Report, default: &str) -> String {
    document(vec![support::run(report, Some(default))])
}

/// One run for one line, with what is true at its head.
pub fn upload(report: &Report, line: &ReleaseLine) -> String {
    upload_of(report, line, limits::RESULTS_PER_RUN)
}

/// The same with at most so many results, the most severe ones: a large file is refused as a whole.
pub fn upload_of(report: &Report, line: &ReleaseLine, most: usize) -> String {
    // A line without a branch is uploaded for its release.
    let tip = if line.head.is_some() { Tip::Head } else { Tip::Release };
    let most = most.min(limits::RESULTS_PER_RUN);
    document(vec![run(report, line, &[tip], Use::Upload, most)])
}

/// A run without results, which closes the alerts of a category on the ref that it is uploaded for.
pub fn empty_upload(report: &Report, category: &str) -> String {
    let category = RunAutomationDetails {
        id: Some(format!("{category}/")),
        ..RunAutomationDetails::default()
    };
    let run = Run::builder()
        .tool(driver(Vec::new()))
        .automation_details(category)
        .properties(properties(json!({ "asOf": report.as_of.to_string() })))
        .results(Vec::new())
        .build();
    document(vec![run])
}

/// The category of a line's runs, as GitHub names it. It stays the same from run to run, and two lines
/// that share a branch have two.
pub fn category(line: &ReleaseLine) -> String {
    let category = format!("{TOOL_CATEGORY}/{}", escape::segment(&line.id.0));
    // A line may be called so, too, and one would replace the other.
    if category == support_category() { format!("{category}_") } else { category }
}

/// The category of contradictions, as GitHub names it.
pub fn support_category() -> &'static str {
    support::CATEGORY.trim_end_matches('/')
}

fn document(runs: Vec<Run>) -> String {
    let sarif = Sarif {
        schema: Some(SCHEMA.to_owned()),
        inline_external_properties: None,
        properties: None,
        runs,
        version: json!("2.1.0"),
    };
    // These structs have text keys only, so serialising them cannot fail.
    let mut text = serde_json::to_string_pretty(&sarif).unwrap_or_default();
    text.push('\n');
    text
}

/// What a run is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Use {
    /// For people and tools, with everything.
    Record,
    /// For GitHub, which takes a suppressed result for an open one.
    Upload,
}

fn run(report: &Report, line: &ReleaseLine, tips: &[Tip], purpose: Use, most: usize) -> Run {
    let findings: Vec<(&Finding, &Verdict)> = report
        .findings
        .iter()
        .filter(|(finding, _)| finding.key.line == line.id)
        .filter(|(_, verdict)| purpose == Use::Record || verdict.word != Word::Suppressed)
        .map(|(finding, verdict)| (finding, verdict))
        .collect();
    let spots: Vec<(&Finding, Spot<'_>)> = findings
        .iter()
        .flat_map(|(finding, verdict)| {
            spots(finding, verdict, tips).into_iter().map(move |spot| (*finding, spot))
        })
        .collect();
    // A result is large: none is made that is cut.
    let (spots, mut cut) = limits::keep_most_severe(spots, most);
    let results = spots.into_iter().map(|(finding, spot)| (finding, result(finding, line, &spot)));
    let results = results.collect();
    let (mut rules, mut results) = with_rules(results);
    let mut alerts: Vec<&Alert> = alert::of(report, &line.id, tips).collect();
    let room = most - results.len();
    if alerts.len() > room {
        cut += alerts.len() - room;
        alerts.sort_by_key(|alert| alert::urgency(alert));
        alerts.truncate(room);
    }
    let of_alerts: BTreeMap<String, &Alert> =
        alerts.iter().rev().map(|alert| (alert::rule_id(alert), *alert)).collect();
    let indices: BTreeMap<&str, i64> = of_alerts
        .keys()
        .map(String::as_str)
        .zip(i64::try_from(rules.len()).unwrap_or(0)..)
        .collect();
    results.extend(alerts.iter().map(|alert| {
        let index = indices.get(alert::rule_id(alert).as_str()).copied();
        alert::result(alert, &line.id, index)
    }));
    rules.extend(of_alerts.values().map(|alert| alert::rule(alert)));
    let details = RunAutomationDetails {
        id: Some(format!("{}/", category(line))),
        ..RunAutomationDetails::default()
    };
    Run::builder()
        .tool(driver(rules))
        .automation_details(details)
        .version_control_provenance(provenance(report, line, tips))
        .invocations(vec![invocation(report, line, tips, cut)])
        .properties(run_properties(report, line))
        .results(results)
        .build()
}

fn driver(rules: Vec<ReportingDescriptor>) -> ToolComponent {
    ToolComponent::builder()
        .name(TOOL)
        .version(env!("CARGO_PKG_VERSION"))
        .semantic_version(env!("CARGO_PKG_VERSION"))
        .information_uri(HOME)
        .rules(rules)
        .build()
}

/// Gives every result the index of its rule; rules are sorted by id.
fn with_rules(
    results: Vec<(&Finding, SarifResult)>,
) -> (Vec<ReportingDescriptor>, Vec<SarifResult>) {
    let mut by_id: BTreeMap<&str, Vec<&Finding>> = BTreeMap::new();
    for (finding, _) in &results {
        by_id.entry(&finding.key.vulnerability).or_default().push(finding);
    }
    let indices: BTreeMap<&str, i64> = by_id.keys().copied().zip(0..).collect();
    let rules = by_id.values().filter_map(|findings| rule::of(findings)).collect();
    let results = results
        .into_iter()
        .map(|(finding, mut result)| {
            result.rule_index = indices.get(finding.key.vulnerability.as_str()).copied();
            result
        })
        .collect();
    (rules, results)
}

fn message(text: String) -> Message {
    Message { text: Some(text), ..Message::default() }
}

fn properties(value: Value) -> PropertyBag {
    let map = match value {
        Value::Object(map) => map.into_iter().filter(|(_, value)| !value.is_null()).collect(),
        _ => BTreeMap::new(),
    };
    PropertyBag { tags: None, additional_properties: map }
}

fn provenance(report: &Report, line: &ReleaseLine, tips: &[Tip]) -> Vec<VersionControlDetails> {
    let address = report.repository.as_deref().unwrap_or(NO_ADDRESS);
    let head = line.head.as_ref().filter(|_| tips.contains(&Tip::Head)).map(|head| {
        let mut details = VersionControlDetails::builder().repository_uri(address).build();
        details.revision_id = head.commit.as_ref().map(|commit| commit.0.clone());
        details.branch = Some(head.reference.clone());
        details
    });
    let release = line.release.as_ref().filter(|_| tips.contains(&Tip::Release)).map(|release| {
        let mut details = VersionControlDetails::builder().repository_uri(address).build();
        details.revision_id = release.commit.as_ref().map(|commit| commit.0.clone());
        details.revision_tag = Some(release.tag.clone());
        details
    });
    head.into_iter().chain(release).collect()
}

/// `executionSuccessful` stays true, since false makes GitHub refuse the file; what was not looked
/// at is told in notifications.
fn invocation(report: &Report, line: &ReleaseLine, tips: &[Tip], cut: usize) -> Invocation {
    let concerns = |at: &crate::model::Place| at.line == line.id && tips.contains(&at.tip);
    let mut notes: Vec<(&str, String)> = report
        .coverage
        .iter()
        .filter(|coverage| coverage.at.as_ref().is_none_or(concerns))
        .filter_map(|coverage| match &coverage.covered {
            Covered::Complete => None,
            Covered::Partial { because } => {
                let text = format!("{} was not looked at completely: {because}.", coverage.source);
                Some(("warning", text))
            }
            Covered::Failed { because } => {
                Some(("warning", format!("{} was not looked at: {because}.", coverage.source)))
            }
            Covered::Skipped { because } => {
                let source = &coverage.source;
                let text =
                    format!("{source} was not looked at, and nothing requires it: {because}.");
                Some(("note", text))
            }
        })
        .collect();
    if cut > 0 {
        let text = format!("{cut} results of lower severity were left out, over GitHub's limit.");
        notes.push(("warning", text));
    }
    let notifications: Vec<Notification> = notes
        .into_iter()
        .map(|(level, text)| {
            Notification::builder()
                .level(json!(level))
                .message(message(escape::sarif(&text)))
                .build()
        })
        .collect();
    let mut invocation = Invocation::builder().execution_successful(true).build();
    invocation.tool_execution_notifications = (!notifications.is_empty()).then_some(notifications);
    invocation
}

fn run_properties(report: &Report, line: &ReleaseLine) -> PropertyBag {
    let databases: Vec<Value> = report
        .databases
        .iter()
        .map(|database| {
            json!({
                "id": database.stamp.id,
                "revision": database.stamp.revision,
                "date": database.stamp.date.map(|date| date.to_string()),
                "ageDays": database.age_days,
                "advisories": database.advisories,
                "quarantined": database.quarantined.len(),
            })
        })
        .collect();
    properties(json!({
        "asOf": report.as_of.to_string(),
        "line": line.id.0,
        "standing": line.standing.as_str(),
        "tier": line.tier.as_str(),
        "until": line.until.map(|until| until.to_string()),
        "assumed": line.is_assumed(),
        "databases": databases,
    }))
}
