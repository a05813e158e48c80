//! `cargo deny --format json check`: one JSON object per line, on stderr.
//! <https://embarkstudios.github.io/cargo-deny/checks/advisories/diags.html>
//!
//! Only diagnostics with an advisory, and withdrawn versions, are claims. What it says of licences,
//! bans and sources are alerts. The rows in its labels are those of a list that it makes up, or of
//! its own configuration, so they are no place in a lockfile. A run that ends without a summary has
//! crashed.

use std::collections::{BTreeMap, VecDeque};

use serde_json::Value;

use super::{Document, Imported, Importer, Run, cargo_audit, field, silenced, unread};
use crate::model::{
    Advisory, AdvisoryClass, Alert, Ecosystem, Level, Opinion, PackagePattern, Reported, Stance,
    Trouble, canonical_id,
};

const ID: &str = "cargo-deny";

/// The id of a claim that a version was withdrawn, as cargo-audit names it.
const YANKED: &str = "yanked";

/// No graph of dependents is walked further.
const MOST_NODES: usize = 100_000;

pub(super) struct CargoDeny;

impl Importer for CargoDeny {
    fn id(&self) -> &'static str {
        ID
    }

    fn claims(&self, document: &Document<'_>) -> bool {
        document.values().iter().any(is_message)
    }

    fn read(&self, document: &Document<'_>) -> Imported {
        if !self.claims(document) {
            return unread::alien(ID, document);
        }
        let mut run = Run::of(ID);
        let mut seen = Seen::default();
        if document.cut.is_some() {
            // Cargo writes to stderr, too, so there may be other lines between those of cargo-deny.
            read_lines(&mut run, &mut seen, document.bytes);
        } else {
            for value in document.values() {
                message(&mut run, &mut seen, value);
            }
        }
        finish(&mut run, &seen);
        Imported { runs: vec![run], trouble: Vec::new() }
    }
}

/// What was seen so far, to be held against the summary.
#[derive(Default)]
struct Seen {
    errors: u64,
    warnings: u64,
    hidden: usize,
    summary: Option<Value>,
}

fn is_message(value: &Value) -> bool {
    let kind = field::text(value, "type");
    matches!(kind, Some("log" | "diagnostic" | "summary"))
        && field::at(value, &["fields"]).is_object()
}

fn read_lines(run: &mut Run, seen: &mut Seen, bytes: &[u8]) {
    let mut others = 0_usize;
    let mut is_last_whole = true;
    for line in bytes.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii) {
        if line.is_empty() {
            continue;
        }
        let value = serde_json::from_slice::<Value>(line);
        is_last_whole = value.is_ok();
        others += usize::from(!is_last_whole);
        if let Ok(value) = value {
            message(run, seen, &value);
        }
    }
    if others > 0 {
        unread::result(run, &format!("{others} of the lines are not read, since they are no JSON"));
    }
    if !is_last_whole {
        unread::incomplete(run, "the report is not read to its end".to_owned());
    }
}

fn message(run: &mut Run, seen: &mut Seen, value: &Value) {
    let fields = field::at(value, &["fields"]);
    match field::text(value, "type") {
        Some("diagnostic") if fields.is_object() => diagnostic(run, seen, fields),
        Some("summary") if fields.is_object() => seen.summary = Some(fields.clone()),
        Some("log") if field::text(fields, "level") == Some("ERROR") => {
            let text = field::title(fields, "message");
            unread::incomplete(run, format!("cargo-deny says {}", unread::quote(&text)));
        }
        Some("log") if field::text(fields, "level") == Some("WARN") => {
            let text = field::title(fields, "message");
            unread::note(run, format!("cargo-deny warns {}", unread::quote(&text)));
        }
        Some("log") => {}
        _ => unread::result(run, "a line is no message of cargo-deny"),
    }
}

fn diagnostic(run: &mut Run, seen: &mut Seen, fields: &Value) {
    run.results += 1;
    let code = field::text(fields, "code").unwrap_or_default();
    let severity = field::text(fields, "severity").unwrap_or_default();
    let advisory = field::at(fields, &["advisory"]);
    let is_of_advisories = advisory.is_object() || of_advisories(code);
    if is_of_advisories {
        seen.errors += u64::from(severity == "error");
        seen.warnings += u64::from(severity == "warning");
    }
    match code {
        "advisory-ignored" | "yanked-ignored" => ignored(run, fields, code),
        "advisory-not-detected" | "yanked-not-detected" | "unknown-advisory" => {
            let (entry, text) = (label(fields, 0), field::title(fields, "message"));
            let entry = unread::quote(entry.unwrap_or_default());
            unread::note(
                run,
                format!("of {entry} in its ignore list it says {}", unread::quote(&text)),
            );
        }
        _ if advisory.is_object() || code == YANKED => claim(run, fields, advisory),
        _ if is_of_advisories || code.is_empty() || severity == "bug" => {
            let text = field::title(fields, "message");
            unread::incomplete(run, format!("cargo-deny says {}", unread::quote(&text)));
        }
        _ => match severity {
            "error" => run.alerts.push(alert(fields, code, Level::Error)),
            "warning" => run.alerts.push(alert(fields, code, Level::Warning)),
            _ => seen.hidden += 1,
        },
    }
}

/// Codes of the check of advisories that come without an advisory. One that this version does not
/// know and that sounds like them means that something was not checked.
fn of_advisories(code: &str) -> bool {
    ["advisory", "yanked", "unknown-advisory", "index-"].iter().any(|start| code.starts_with(start))
}

fn claim(run: &mut Run, fields: &Value, record: &Value) {
    let graph = field::list(fields, "graphs").first().unwrap_or(&Value::Null);
    let (name, version) = krate(graph).or_else(|| entry(fields)).unwrap_or_default();
    let read = if record.is_object() {
        cargo_audit::advisory(record)
    } else {
        (!name.is_empty()).then(|| Advisory {
            id: YANKED.to_owned(),
            class: AdvisoryClass::Yanked,
            ecosystem: Ecosystem::CRATES_IO,
            title: "a version that is yanked".to_owned(),
            ..Advisory::default()
        })
    };
    let Some(mut advisory) = read else {
        let text = field::title(fields, "message");
        unread::result(
            run,
            &format!("{} has no advisory that could be read", unread::quote(&text)),
        );
        return;
    };
    if advisory.withdrawn {
        let id = &advisory.id;
        unread::note(run, format!("{id} is withdrawn, and what the report says of it left out"));
        return;
    }
    if !name.is_empty() {
        advisory.package = name;
    }
    cargo_audit::patch(&mut advisory, &solution(fields));
    let mut claim = Reported::of(advisory, (!version.is_empty()).then_some(version));
    let source = label(fields, 0).and_then(|span| span.split_whitespace().nth(2));
    claim.certainty = cargo_audit::certainty(record, source);
    claim.path = path(graph);
    run.reported.push(claim);
}

/// The requirements of the note that says what to upgrade to.
fn solution(fields: &Value) -> Vec<&str> {
    let notes = field::texts(fields, "notes");
    let solution = notes.iter().rev().find_map(|note| note.strip_prefix("Solution: Upgrade to "));
    let requirements = solution.and_then(|text| text.split(" (try ").next());
    requirements.into_iter().flat_map(|text| text.split(" OR ")).map(str::trim).collect()
}

fn ignored(run: &mut Run, fields: &Value, code: &str) {
    let Some(entry) = label(fields, 0) else {
        unread::result(run, "an ignored advisory has no name");
        return;
    };
    let reason = label(fields, 1).map(str::to_owned);
    let opinion = if code == "yanked-ignored" {
        let (name, version) = entry.split_once('@').map_or((entry, None), |(n, v)| (n, Some(v)));
        let package = PackagePattern {
            ecosystem: Ecosystem::CRATES_IO,
            name: name.to_owned(),
            version: version.map(str::to_owned),
        };
        let opinion = silenced::opinion(ID, [YANKED.to_owned()], Stance::Ignored);
        Opinion { package: Some(package), reason, ..opinion }
    } else {
        Opinion { reason, ..silenced::opinion(ID, [canonical_id(entry)], Stance::Ignored) }
    };
    run.opinions.push(opinion);
}

fn alert(fields: &Value, code: &str, level: Level) -> Alert {
    let krates = field::list(fields, "graphs").iter().filter_map(krate).take(100);
    let krates: Vec<String> = krates.map(|(name, version)| format!("{name}@{version}")).collect();
    let mut message = field::title(fields, "message");
    if let Some(first) = krates.first() {
        message = format!("{message} ({first})");
    }
    // The keys are those of cargo-deny's own SARIF.
    let key = |index| match index {
        0 => "cargo-deny/krate".to_owned(),
        index => format!("cargo-deny/krate{index}"),
    };
    Alert {
        source: ID.into(),
        rule: code.into(),
        level,
        severity: None,
        message: message.into(),
        file: None,
        row: None,
        fingerprints: krates.into_iter().enumerate().map(|(n, krate)| (key(n), krate)).collect(),
        suppressed: None,
        at: None,
    }
}

/// The piece of text that a label points at.
fn label(fields: &Value, index: usize) -> Option<&str> {
    field::list(fields, "labels").get(index).and_then(|label| field::text(label, "span"))
}

/// Name and version from the label, where there is no graph: `name version source`.
fn entry(fields: &Value) -> Option<(String, String)> {
    let mut words = label(fields, 0)?.split_whitespace();
    Some((words.next()?.to_owned(), words.next()?.to_owned()))
}

fn krate(node: &Value) -> Option<(String, String)> {
    let krate = field::at(node, &["Krate"]);
    Some((field::text(krate, "name")?.to_owned(), field::text(krate, "version")?.to_owned()))
}

/// The shortest way from a package without dependents to the root of the graph, which points from
/// packages to their dependents. A package that was shown before has no dependents the second time.
fn path(graph: &Value) -> Vec<String> {
    let mut dependents: BTreeMap<(String, String), Vec<(String, String)>> = BTreeMap::new();
    let mut nodes = vec![graph];
    while let Some(node) = nodes.pop() {
        let parents = field::list(node, "parents");
        nodes.extend(parents);
        if let Some(of) = krate(node)
            && !field::is_true(node, "repeat")
        {
            dependents.entry(of).or_default().extend(parents.iter().filter_map(krate));
        }
        if dependents.len() > MOST_NODES {
            return Vec::new();
        }
    }
    let Some(root) = krate(graph) else { return Vec::new() };
    // From each package, the one through which it was reached.
    let mut reached = BTreeMap::from([(root.clone(), None)]);
    let mut next = VecDeque::from([root]);
    while let Some(at) = next.pop_front() {
        let above = dependents.get(&at).map_or(&[][..], Vec::as_slice);
        if above.is_empty() {
            let chain = std::iter::successors(Some(at), |at| reached.get(at).cloned().flatten());
            return chain.map(|(name, version)| format!("{name} {version}")).collect();
        }
        for dependent in above {
            if !reached.contains_key(dependent) {
                reached.insert(dependent.clone(), Some(at.clone()));
                next.push_back(dependent.clone());
            }
        }
    }
    Vec::new()
}

fn finish(run: &mut Run, seen: &Seen) {
    silenced::once_each(run);
    unread::left_out(run, seen.hidden, "of the notes that are no advisories are");
    let Some(summary) = &seen.summary else {
        unread::incomplete(
            run,
            "it ends without a summary, so cargo-deny may have crashed".to_owned(),
        );
        return;
    };
    let of = field::at(summary, &["advisories"]);
    if !of.is_object() {
        unread::incomplete(run, "it did not check advisories".to_owned());
        return;
    }
    let count = |key| of.get(key).and_then(Value::as_u64).unwrap_or(0);
    if count("errors") > seen.errors || count("warnings") > seen.warnings {
        unread::incomplete(
            run,
            "it does not list as many advisories as its summary counts".to_owned(),
        );
    }
    if count("notes") > 0 && run.opinions.is_empty() {
        let message = "it may ignore advisories without listing them";
        run.trouble.push(Trouble::info(message).hint("run it with `--log-level info`"));
    }
}
