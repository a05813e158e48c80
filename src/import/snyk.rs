//! `snyk test --json` and `snyk container test --json`:
//! <https://docs.snyk.io/developer-tools/snyk-cli/commands/test>.
//!
//! One project, or a list of them, each a run of its own. Snyk repeats a vulnerability for every
//! chain that leads to it: the shortest one is kept. Licence issues share the list and are no
//! vulnerabilities. What a policy filtered out is claimed all the same, with an opinion. Snyk's
//! other tools write SARIF or other shapes, which are not read here. For Go, Snyk names the package
//! inside a module, which is not what go.sum names.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::Value;

use super::{Document, Imported, Importer, Run, field, npm_audit, silenced, unread};
use crate::{
    model::{
        Advisory, AdvisoryClass, Alert, Ecosystem, Expiry, Fingerprints, Level, Opinion, Reported,
        SeverityClaim, Stance, canonical_id,
    },
    name, severity,
};

const ID: &str = "snyk";

/// Where Snyk's own records are published, for links.
const SITE: &str = "https://security.snyk.io/vuln/";

pub(super) struct Snyk;

impl Importer for Snyk {
    fn id(&self) -> &'static str {
        ID
    }

    fn claims(&self, document: &Document<'_>) -> bool {
        document.values().iter().any(|value| is_project(value) || is_failure(value))
    }

    fn read(&self, document: &Document<'_>) -> Imported {
        if !self.claims(document) {
            return unread::alien(ID, document);
        }
        let mut imported = Imported { runs: Vec::new(), trouble: unread::rest(document) };
        for project in document.values() {
            imported.runs.push(read_project(project));
            // Of an image, what is not from its distribution.
            for application in field::list(project, "applications") {
                imported.runs.push(read_project(application));
            }
        }
        imported
    }
}

fn is_project(value: &Value) -> bool {
    value["vulnerabilities"].is_array()
        && ["packageManager", "dependencyCount", "displayTargetFile"]
            .iter()
            .any(|key| value.get(*key).is_some())
}

/// `{"ok": false, "error": …, "path": …}`: a project that could not be tested.
fn is_failure(value: &Value) -> bool {
    value["ok"].is_boolean() && value["error"].is_string()
}

fn read_project(project: &Value) -> Run {
    let mut run = Run::of(ID);
    let what = field::text(project, "displayTargetFile")
        .or_else(|| field::text(project, "projectName"))
        .map(|what| format!(" of {}", unread::quote(what)))
        .unwrap_or_default();
    if let Some(error) = field::text(project, "error") {
        unread::incomplete(&mut run, format!("the test{what} failed: {}", unread::quote(error)));
    }
    let Some(list) = project["vulnerabilities"].as_array() else {
        if run.incomplete.is_empty() {
            unread::incomplete(&mut run, format!("the test{what} has no list of vulnerabilities"));
        }
        return run;
    };
    let target = Target::of(project);
    let mut seen = BTreeMap::new();
    for vulnerability in list {
        run.results += 1;
        if is_licence(vulnerability) {
            run.alerts.extend(licence(vulnerability, &target));
        } else {
            claim(&mut run, &mut seen, vulnerability, &target);
        }
    }
    for (key, stance) in [("ignore", Stance::Ignored), ("patch", Stance::Fixed)] {
        for vulnerability in field::list(&project["filtered"], key) {
            run.results += 1;
            if is_licence(vulnerability) {
                let alert = licence(vulnerability, &target);
                run.alerts.extend(alert.map(|alert| Alert {
                    suppressed: Some(reasons(vulnerability).join("; ")),
                    ..alert
                }));
            } else if let Some(index) = claim(&mut run, &mut seen, vulnerability, &target) {
                let silenced = opinions(&run, index, vulnerability, &stance);
                run.opinions.extend(silenced);
            }
        }
    }
    run.alerts.dedup();
    run.opinions.sort();
    run.opinions.dedup();
    run
}

/// What is true of all packages of a project.
struct Target {
    /// Snyk's word: `npm`, `gomodules`, `deb`.
    manager: String,
    file: Option<String>,
}

impl Target {
    fn of(project: &Value) -> Self {
        let root = field::text(project, "path");
        let file = field::text(project, "displayTargetFile")
            .or_else(|| field::text(project, "targetFile"))
            .and_then(|file| name::path(file, root));
        let manager = field::text(project, "packageManager").unwrap_or_default();
        Self { manager: manager.to_ascii_lowercase(), file }
    }

    /// `id` tells the distributions of one kind of package apart.
    fn ecosystem(&self, id: &str) -> Ecosystem {
        match self.manager.as_str() {
            "npm" | "yarn" | "yarn-workspace" | "pnpm" => Ecosystem::NPM,
            "pip" | "pipenv" | "poetry" | "setuptools" | "uv" => Ecosystem::PYPI,
            "maven" | "gradle" | "sbt" => Ecosystem::MAVEN,
            "gomodules" | "golangdep" | "govendor" | "golang" => Ecosystem::GO,
            "cargo" => Ecosystem::CRATES_IO,
            "composer" => Ecosystem::named("Packagist"),
            "paket" => Ecosystem::named("NuGet"),
            "swift" => Ecosystem::named("SwiftURL"),
            "deb" if id.starts_with("SNYK-UBUNTU") => Ecosystem::named("Ubuntu"),
            "deb" | "apk" | "rpm" => Ecosystem::of_purl_type(&self.manager),
            other => Ecosystem::named(other),
        }
    }
}

type Seen = BTreeMap<(String, String, Option<String>), usize>;

/// Adds a claim, or a chain to one that is known; its index.
fn claim(run: &mut Run, seen: &mut Seen, value: &Value, target: &Target) -> Option<usize> {
    let Some((advisory, version)) = advisory(value, target) else {
        unread::result(run, "a vulnerability has no id or is about no package");
        return None;
    };
    let mut claim = Reported::of(advisory, version);
    claim.file.clone_from(&target.file);
    // The first link is the project itself.
    let links = field::texts(value, "from").into_iter().skip(1);
    claim.path = npm_audit::shortest(std::iter::once(links));
    let advisory = &claim.advisory;
    let key = (advisory.id.clone(), advisory.package.clone(), claim.version.clone());
    let next = run.reported.len();
    let index = *seen.entry(key).or_insert(next);
    match run.reported.get_mut(index) {
        Some(known) => npm_audit::join(known, claim),
        None => run.reported.push(claim),
    }
    Some(index)
}

fn advisory(value: &Value, target: &Target) -> Option<(Advisory, Option<String>)> {
    let id = canonical_id(field::text(value, "id")?);
    let ecosystem = target.ecosystem(&id);
    let package = ["packageName", "moduleName", "name"]
        .iter()
        .find_map(|key| field::text(value, key))
        .map(|package| ecosystem.canonical(package))
        .filter(|package| !package.is_empty())?;
    let version = field::text(value, "version").map(|text| ecosystem.version(text).to_owned());
    let names = ["CVE", "GHSA", "RHSA", "USN", "DSA"];
    let names = names.iter().flat_map(|key| field::texts(&value["identifiers"], key));
    let fixed = field::texts(value, "fixedIn");
    let advisory = Advisory {
        // Errata of distributions cover several vulnerabilities: they are no other names.
        aliases: field::aliases(&id, names.filter(|name| name::is_advisory_id(name))),
        class: if field::is_true(value, "malicious") {
            AdvisoryClass::Malware
        } else {
            AdvisoryClass::Vulnerability
        },
        package,
        fixed: field::fixed(&ecosystem, fixed.iter().copied()),
        patched: fixed.into_iter().map(|text| ecosystem.version(text).to_owned()).collect(),
        severity: severities(value),
        title: field::title(value, "title"),
        details: field::details(value, "description"),
        url: id.starts_with("SNYK-").then(|| format!("{SITE}{id}")),
        date: field::date(value, "publicationTime"),
        id,
        ecosystem,
        ..Advisory::default()
    };
    Some((advisory, version))
}

/// Every vector with its source, else the score, else the word.
fn severities(value: &Value) -> Vec<SeverityClaim> {
    let mut found: Vec<SeverityClaim> = Vec::new();
    let mut add = |claim: Option<SeverityClaim>| {
        found.extend(claim.filter(|claim| !found.contains(claim) && found.len() < 20));
    };
    add(field::text(value, "CVSSv3").and_then(|vector| severity::of_vector(ID, vector)));
    for (list, vector) in [("cvssSources", "vector"), ("cvssDetails", "cvssV3Vector")] {
        for source in field::list(value, list) {
            let by = field::text(source, "assigner").unwrap_or(ID).to_ascii_lowercase();
            add(field::text(source, vector).and_then(|vector| severity::of_vector(&by, vector)));
        }
    }
    if found.is_empty() {
        let score = field::number(value, "cvssScore");
        let word = || severity::of_word(ID, field::text(value, "severity")?);
        found.extend(score.and_then(|score| severity::of_score(ID, score)).or_else(word));
    }
    found
}

fn is_licence(value: &Value) -> bool {
    field::text(value, "type") == Some("license")
        || field::text(value, "id").is_some_and(|id| id.starts_with("snyk:lic:"))
}

fn licence(value: &Value, target: &Target) -> Option<Alert> {
    let package = field::text(value, "packageName").or_else(|| field::text(value, "name"));
    let package = package.unwrap_or("a package");
    let version = field::text(value, "version").unwrap_or_default();
    let word = field::text(value, "severity").unwrap_or_default();
    Some(Alert {
        source: ID.into(),
        rule: field::text(value, "id")?.into(),
        level: match word {
            "high" | "critical" => Level::Error,
            "low" => Level::Note,
            _ => Level::Warning,
        },
        severity: None,
        message: format!("{} in {package} {version}", field::title(value, "title")).trim().into(),
        file: target.file.clone(),
        row: None,
        fingerprints: Fingerprints::default(),
        suppressed: None,
        at: None,
    })
}

/// One opinion for each rule of the policy that filtered the vulnerability out.
fn opinions(run: &Run, index: usize, value: &Value, stance: &Stance) -> Vec<Opinion> {
    let Some(claim) = run.reported.get(index) else { return Vec::new() };
    let plain = silenced::of_claim(ID, &claim.advisory, claim.version.as_deref(), stance.clone());
    let rules = rules(value);
    if rules.is_empty() {
        return vec![plain];
    }
    let opinion = |rule: &Value| {
        // An ignored chain says nothing of the other chains to the package.
        let chain = field::texts(rule, "path").join(" > ");
        Opinion {
            reason: reason(rule),
            expiry: expiry(rule),
            by: field::text(&rule["ignoredBy"], "name").map(str::to_owned),
            only_if: if matches!(chain.as_str(), "" | "*") {
                Vec::new()
            } else {
                vec![format!("it is required through {}", unread::quote(&chain))]
            },
            ..plain.clone()
        }
    };
    rules.into_iter().map(opinion).collect()
}

/// `filtered.ignored[]` and `filtered.patches[]` of one vulnerability.
fn rules(value: &Value) -> Vec<&Value> {
    let filtered = &value["filtered"];
    field::list(filtered, "ignored").iter().chain(field::list(filtered, "patches")).collect()
}

fn reasons(value: &Value) -> Vec<String> {
    rules(value).into_iter().filter_map(reason).collect()
}

fn reason(rule: &Value) -> Option<String> {
    Some(field::title(rule, "reason")).filter(|reason| !reason.is_empty())
}

/// A rule without an end holds for ever; Snyk takes an end that it cannot read for that, too.
fn expiry(rule: &Value) -> Expiry {
    match field::text(rule, "expires") {
        None => Expiry::Never,
        Some(text) => text
            .parse::<Timestamp>()
            .map_or_else(|_| Expiry::Unreadable(text.to_owned()), Expiry::At),
    }
}
