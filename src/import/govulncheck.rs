//! `govulncheck -format json`: a stream of messages, with or without line feeds, or in one array;
//! and the one object of versions before 0.2.
//! <https://pkg.go.dev/golang.org/x/vuln/internal/govulncheck>
//!
//! Only a `finding` is a claim: `osv` messages are sent for every record of a module, whatever its
//! version. The same vulnerability is found in a module, then in a package, then at a function; the
//! strongest counts. That nothing stronger was found says something only if the scan looked for it,
//! so a package in a scan of packages is in the build graph and no more is known. In a binary a
//! function is present, and nobody knows who calls it.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{Document, Imported, Importer, Run, field, osv, unread};
use crate::model::{Ecosystem, Reach, Reported, canonical_id};

const ID: &str = "govulncheck";

const MESSAGES: [&str; 5] = ["config", "finding", "osv", "progress", "SBOM"];

/// No chain of modules is longer.
const LONGEST_PATH: usize = 100;

pub(super) struct Govulncheck;

impl Importer for Govulncheck {
    fn id(&self) -> &'static str {
        ID
    }

    fn claims(&self, document: &Document<'_>) -> bool {
        document.values().iter().any(|value| message(value).is_some() || is_old(value))
    }

    fn read(&self, document: &Document<'_>) -> Imported {
        if !self.claims(document) {
            return unread::alien(ID, document);
        }
        let mut run = Run::of(ID);
        let mut found = Found::default();
        for value in document.values() {
            if is_old(value) {
                old(&mut run, &mut found, value);
            }
        }
        stream(&mut run, &mut found, document.values());
        if document.cut.is_some() {
            unread::incomplete(&mut run, "it is not read to its end".to_owned());
            found.forget_what_was_not_found();
        }
        found.report(&mut run);
        Imported { runs: vec![run], trouble: unread::rest(document) }
    }
}

/// The kind of a message and what is in it.
fn message(value: &Value) -> Option<(&str, &Value)> {
    let object = value.as_object().filter(|object| object.len() == 1)?;
    let (key, content) = object.iter().next()?;
    (MESSAGES.contains(&key.as_str()) && content.is_object()).then_some((key, content))
}

fn is_old(value: &Value) -> bool {
    let has = |key| value.get(key).is_some();
    has("Vulns") && (has("Modules") || has("Calls") || has("Imports") || has("Requires"))
}

/// What was found, by id, module and version.
#[derive(Default)]
struct Found<'a> {
    records: BTreeMap<String, &'a Value>,
    claims: BTreeMap<(String, &'a str, Option<&'a str>), Claim<'a>>,
}

#[derive(Default)]
struct Claim<'a> {
    reach: Reach,
    fixed: Option<&'a str>,
    path: Vec<String>,
}

impl<'a> Found<'a> {
    /// Adds a finding; of one vulnerability the strongest is kept.
    fn add(&mut self, id: &str, module: &'a str, version: Option<&'a str>, claim: Claim<'a>) {
        let known = self.claims.entry((canonical_id(id), module, version)).or_default();
        let fixed = known.fixed.or(claim.fixed);
        if claim.reach > known.reach {
            *known = claim;
        }
        known.fixed = fixed;
    }

    /// A call may stand in the part that is missing.
    fn forget_what_was_not_found(&mut self) {
        for claim in self.claims.values_mut().filter(|claim| claim.reach == Reach::Imported) {
            claim.reach = Reach::Built { via: Vec::new() };
        }
    }

    fn report(self, run: &mut Run) {
        for ((id, module, version), found) in self.claims {
            let record = self.records.get(&id).copied();
            if record.is_some_and(osv::is_withdrawn) {
                unread::note(
                    run,
                    format!("{id} is withdrawn, and what the report says of it left out"),
                );
                continue;
            }
            let package = osv::Package::of("Go", module);
            let records: Vec<&Value> = record.into_iter().collect();
            let mut advisory = osv::advisory(&[id], &records, &package);
            if let Some(fixed) = found.fixed
                && advisory.patched.is_empty()
            {
                advisory.patched = vec![package.ecosystem.version(fixed).to_owned()];
                advisory.fixed = field::fixed(&package.ecosystem, [fixed]);
            }
            let version = version.map(|version| package.ecosystem.version(version).to_owned());
            let mut claim = Reported::of(advisory, version);
            claim.reach = found.reach;
            claim.path = found.path;
            run.reported.push(claim);
        }
    }
}

/// How deep a scan looked. Several streams may follow each other.
#[derive(Clone, Copy, Default)]
struct Depth {
    of_functions: bool,
    of_calls: bool,
}

impl Depth {
    fn of(config: &Value) -> Self {
        let of_functions = field::text(config, "scan_level") == Some("symbol");
        let is_binary = field::text(config, "scan_mode") == Some("binary");
        Self { of_functions, of_calls: of_functions && !is_binary }
    }

    fn reach(self, frame: &Value) -> Reach {
        let has = |key| field::text(frame, key).is_some();
        match (has("function"), has("package")) {
            (true, _) if self.of_calls => Reach::Called,
            (false, true) if self.of_functions => Reach::Imported,
            (true, _) | (_, true) => Reach::Built { via: Vec::new() },
            (false, false) => Reach::Required,
        }
    }
}

fn stream<'a>(run: &mut Run, found: &mut Found<'a>, values: &'a [Value]) {
    let mut depth = None;
    let mut is_after_config = false;
    for value in values.iter().filter(|value| !is_old(value)) {
        let Some((kind, content)) = message(value) else {
            unread::result(run, "a message is none of govulncheck's");
            continue;
        };
        is_after_config |= kind != "config";
        match kind {
            "config" => {
                run.version = field::text(content, "scanner_version").map(str::to_owned);
                depth = Some(Depth::of(content));
                is_after_config = false;
                if field::text(content, "scan_mode") == Some("query") {
                    unread::incomplete(run, "it asked for records only and scanned nothing".into());
                }
            }
            "osv" => {
                if let Some(id) = osv::id(content) {
                    found.records.insert(id, content);
                }
            }
            "finding" => finding(run, found, depth.unwrap_or_default(), content),
            _ => {}
        }
    }
    let is_stream = values.iter().any(|value| !is_old(value));
    if is_stream && depth.is_none() {
        unread::incomplete(run, "it does not start with its configuration".to_owned());
    } else if is_stream && !is_after_config {
        unread::incomplete(run, "it ends after its configuration".to_owned());
    }
}

fn finding<'a>(run: &mut Run, found: &mut Found<'a>, depth: Depth, finding: &'a Value) {
    run.results += 1;
    let trace = field::list(finding, "trace");
    let first = trace.first().unwrap_or(&Value::Null);
    let id = field::text(finding, "osv");
    let (Some(id), Some(module)) = (id, field::text(first, "module")) else {
        let id = unread::quote(id.unwrap_or("a finding without an id"));
        unread::result(run, &format!("{id} names no module"));
        return;
    };
    let claim = Claim {
        reach: depth.reach(first),
        fixed: field::text(finding, "fixed_version"),
        path: path(trace),
    };
    found.add(id, module, field::text(first, "version"), claim);
}

/// The modules from the entry point to the vulnerable function, if they are several.
fn path(trace: &[Value]) -> Vec<String> {
    let mut path: Vec<String> = Vec::new();
    for frame in trace.iter().rev() {
        let Some(module) = field::text(frame, "module") else { continue };
        let version = field::text(frame, "version").unwrap_or_default();
        let version = Ecosystem::GO.version(version);
        let step = format!("{module} {version}").trim_end().to_owned();
        if path.last() != Some(&step) {
            path.push(step);
        }
    }
    if (2..=LONGEST_PATH).contains(&path.len()) { path } else { Vec::new() }
}

/// `Vulns` has one entry per function, with `Modules` beside it, or one per record, with its modules.
fn old<'a>(run: &mut Run, found: &mut Found<'a>, report: &'a Value) {
    let modules = field::list(report, "Modules");
    let versions: BTreeMap<&str, &str> = modules
        .iter()
        .filter_map(|module| Some((field::text(module, "Path")?, field::text(module, "Version")?)))
        .collect();
    for entry in field::list(report, "Vulns") {
        run.results += 1;
        let record = field::at(entry, &["OSV"]);
        let Some(id) = osv::id(record) else {
            unread::result(run, "a vulnerability has no id");
            continue;
        };
        found.records.insert(id.clone(), record);
        let of_record = field::list(entry, "Modules");
        for module in of_record {
            let Some(path) = field::text(module, "Path") else { continue };
            let packages = field::list(module, "Packages");
            let is_called = |package: &Value| !field::list(package, "CallStacks").is_empty();
            let reach = match packages {
                [] => Reach::Required,
                packages if packages.iter().any(is_called) => Reach::Called,
                _ => Reach::Imported,
            };
            let fixed = field::text(module, "FixedVersion");
            let claim = Claim { reach, fixed, path: Vec::new() };
            found.add(&id, path, field::text(module, "FoundVersion"), claim);
        }
        let sink = |key| entry.get(key).and_then(Value::as_u64).is_some_and(|sink| sink > 0);
        match field::text(entry, "ModPath") {
            Some(module) => {
                let reach = match (sink("CallSink"), sink("ImportSink")) {
                    (true, _) => Reach::Called,
                    (false, true) => Reach::Imported,
                    (false, false) => Reach::Required,
                };
                let claim = Claim { reach, ..Claim::default() };
                found.add(&id, module, versions.get(module).copied(), claim);
            }
            None if of_record.is_empty() => unread::result(run, &format!("{id} names no module")),
            None => {}
        }
    }
}
