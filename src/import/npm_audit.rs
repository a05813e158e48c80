//! `npm audit --json`: of npm 6, advisories with what was found of each; since npm 7, packages with
//! what makes each vulnerable: <https://docs.npmjs.com/cli/commands/npm-audit>.
//!
//! Since npm 7 a report has no installed version and no chain of dependents, and the severity of a
//! package is the worst of its causes, so it is not read. What `via` names by a string is a
//! dependent of a vulnerable package and no advisory. The registry's numbers of advisories change,
//! so they are a name of last resort: `npm:1084`.
//!
//! pnpm and yarn 2 and 3 write what npm 6 writes. A report is pnpm's if its chains start at a
//! project (`.>a>b`, `packages__web>a`), which npm's never do; without a single chain, if it has no
//! `runId`, which npm 6 passes on. All others are npm's.

use std::collections::{BTreeMap, btree_map::Entry};

use serde_json::Value;

use super::{Document, Imported, Importer, Run, field, unread};
use crate::{
    model::{Advisory, AdvisoryClass, Ecosystem, Reach, Reported, SeverityClaim, canonical_id},
    name, severity,
};

const ID: &str = "npm-audit";

/// No more chains of one package are compared; npm 6 lists every one there is.
const MOST_CHAINS: usize = 10_000;

pub(super) struct NpmAudit;

impl Importer for NpmAudit {
    fn id(&self) -> &'static str {
        ID
    }

    fn claims(&self, document: &Document<'_>) -> bool {
        document.json().is_some_and(|report| {
            is_of_npm_7(report)
                || is_failure(report)
                || (is_of_npm_6(report) && !is_of_pnpm(report))
        })
    }

    fn read(&self, document: &Document<'_>) -> Imported {
        let mut run = Run::of(ID);
        match document.json() {
            Some(report) if is_of_npm_7(report) => read_packages(&mut run, report),
            Some(report) if is_of_npm_6(report) => {
                if starts_at_a_project(report) == Some(true) {
                    unread::incomplete(&mut run, "it looks like a report of pnpm".to_owned());
                }
                read_advisories(&mut run, report);
            }
            Some(report) if is_failure(report) => failure(&mut run, report),
            _ => return unread::alien(ID, document),
        }
        Imported { runs: vec![run], trouble: unread::rest(document) }
    }
}

fn is_of_npm_7(report: &Value) -> bool {
    report["auditReportVersion"].is_number() && report["vulnerabilities"].is_object()
}

/// True of what npm 6 and pnpm write.
pub(super) fn is_of_npm_6(report: &Value) -> bool {
    report["advisories"].is_object()
        && (report["metadata"].is_object() || report["actions"].is_array())
}

/// True of what npm 6 does not write; see the top of this file.
pub(super) fn is_of_pnpm(report: &Value) -> bool {
    starts_at_a_project(report).unwrap_or_else(|| report.get("runId").is_none())
}

/// Whether chains are as pnpm writes them; `None`: there is no chain.
pub(super) fn starts_at_a_project(report: &Value) -> Option<bool> {
    let mut chains = field::entries(report, "advisories")
        .flat_map(|(_, advisory)| field::list(advisory, "findings"))
        .flat_map(|finding| field::list(finding, "paths"))
        .filter_map(Value::as_str)
        .peekable();
    chains.peek()?;
    Some(chains.any(|chain| {
        let first = chain.split('>').next().unwrap_or_default();
        first.starts_with('.') || first.contains("__")
    }))
}

/// npm's error documents have a summary and details, pnpm's a code and a message.
fn is_failure(report: &Value) -> bool {
    report["error"]["summary"].is_string()
}

fn failure(run: &mut Run, report: &Value) {
    let error = &report["error"];
    let code = field::text(error, "code");
    let summary = [field::title(error, "summary"), field::title(report, "message")];
    let said = code.into_iter().chain(summary.iter().map(String::as_str));
    let said: Vec<&str> = said.filter(|text| !text.is_empty()).collect();
    unread::incomplete(run, format!("npm audit failed: {}", unread::quote(&said.join(": "))));
}

fn read_packages(run: &mut Run, report: &Value) {
    for (package, vulnerable) in field::entries(report, "vulnerabilities") {
        let Some(causes) = vulnerable["via"].as_array() else {
            let package = unread::quote(package);
            unread::result(run, &format!("it says of {package} nothing that could be read"));
            continue;
        };
        for cause in causes.iter().filter(|cause| !cause.is_string()) {
            run.results += 1;
            let name = field::text(cause, "name").or_else(|| field::text(cause, "dependency"));
            match advisory(ID, cause, "source", name.unwrap_or(package)) {
                Some(mut advisory) => {
                    let fix = &vulnerable["fixAvailable"];
                    // It names what has to be updated, which is often a dependent.
                    if field::text(fix, "name") == Some(advisory.package.as_str())
                        && let Some(version) = field::text(fix, "version")
                    {
                        advisory.fixed = field::fixed(&advisory.ecosystem, [version]);
                        advisory.patched = vec![version.to_owned()];
                    }
                    run.reported.push(Reported::of(advisory, None));
                }
                None => unreadable(run, package),
            }
        }
    }
}

/// Reads what npm 6 and pnpm write.
pub(super) fn read_advisories(run: &mut Run, report: &Value) {
    for (key, value) in field::entries(report, "advisories") {
        run.results += 1;
        match claims(&run.source, value) {
            Some(claims) => run.reported.extend(claims),
            None => unreadable(run, key),
        }
    }
}

fn unreadable(run: &mut Run, which: &str) {
    let which = unread::quote(which);
    unread::result(run, &format!("an advisory of {which} has no name or is about no package"));
}

/// What npm 6, pnpm and yarn 1 found of one advisory: one claim for each version that is installed.
/// `by` is the tool that says so.
pub(super) fn claims(by: &str, value: &Value) -> Option<Vec<Reported>> {
    let mut advisory = advisory(by, value, "id", field::text(value, "module_name")?)?;
    // `<0.0.0` is how the registry says that nothing is patched.
    let patched = field::text(value, "patched_versions").unwrap_or_default();
    for requirement in patched.split("||").map(str::trim) {
        if !requirement.is_empty() && !requirement.starts_with('<') && advisory.patched.len() < 100
        {
            advisory.patched.push(requirement.to_owned());
        }
    }
    let lowest = advisory.patched.iter().filter_map(|requirement| {
        requirement.trim_start_matches(['>', '=', '^', '~', ' ']).split_whitespace().next()
    });
    // Nobody can name the lowest version above another one that is released.
    let is_exclusive =
        |requirement: &String| requirement.starts_with('>') && !requirement.starts_with(">=");
    if !advisory.patched.iter().any(is_exclusive) {
        advisory.fixed = field::fixed(&advisory.ecosystem, lowest);
    }

    let plain = Reported::of(advisory, None);
    let mut claims: BTreeMap<Option<String>, Reported> = BTreeMap::new();
    for finding in field::list(value, "findings") {
        // All of them share the advisory.
        let mut claim = plain.clone();
        claim.version = field::text(finding, "version").map(str::to_owned);
        let chains = field::list(finding, "paths").iter().take(MOST_CHAINS);
        claim.path = shortest(chains.filter_map(Value::as_str).map(|chain| chain.split('>')));
        if field::is_true(finding, "dev") {
            claim.reach = Reach::DevOnly { via: Vec::new() };
        }
        match claims.entry(claim.version.clone()) {
            Entry::Occupied(known) => join(known.into_mut(), claim),
            Entry::Vacant(vacant) => {
                vacant.insert(claim);
            }
        }
    }
    Some(if claims.is_empty() { vec![plain] } else { claims.into_values().collect() })
}

/// Two findings of one package at one version become one: with the shorter chain, and for
/// development only if both are.
pub(super) fn join(claim: &mut Reported, other: Reported) {
    if claim.path.is_empty() || is_shorter(&other.path, &claim.path) {
        claim.path = other.path;
    }
    if other.reach == Reach::Unasked {
        claim.reach = Reach::Unasked;
    }
}

/// The shortest of several chains, and of these the first by name, so that their order is nothing.
/// A link is `name` or `name@version`; the project itself, `.`, is none.
pub(super) fn shortest<'a, Chain>(chains: impl Iterator<Item = Chain>) -> Vec<String>
where
    Chain: Iterator<Item = &'a str>,
{
    let mut best: Vec<String> = Vec::new();
    for chain in chains {
        let links = chain.map(str::trim).filter(|link| !matches!(*link, "" | "."));
        let links: Vec<String> = links.take(100).map(link).collect();
        if best.is_empty() || is_shorter(&links, &best) {
            best = links;
        }
    }
    best
}

/// True if a chain is shorter than another one, or as long and before it by name; no chain is not.
pub(super) fn is_shorter(chain: &[String], other: &[String]) -> bool {
    !chain.is_empty() && (chain.len(), chain) < (other.len(), other)
}

/// `@scope/name@1.0.0` → `@scope/name 1.0.0`.
fn link(text: &str) -> String {
    let text: String = text.chars().take(200).collect();
    match text.rsplit_once('@') {
        Some((name, version)) if !name.is_empty() && !version.contains('/') => {
            format!("{name} {version}")
        }
        _ => text,
    }
}

/// The advisory of one object; `number` is the key of the registry's number.
fn advisory(by: &str, value: &Value, number: &str, package: &str) -> Option<Advisory> {
    let url = field::url(value, "url");
    let names = field::texts(value, "github_advisory_id").into_iter().map(canonical_id);
    let names = names.chain(name::advisory_ids(url.as_deref().unwrap_or_default()));
    let names = names.chain(field::texts(value, "cves").into_iter().map(canonical_id));
    let names: Vec<String> = names.filter(|name| name::is_advisory_id(name)).collect();
    let numbered = || {
        let number = field::text_or_number(value, number);
        Some(format!("npm:{}", number.or_else(|| field::text_or_number(value, "id"))?))
    };
    let id = names.first().cloned().or_else(numbered)?;
    Some(Advisory {
        aliases: field::aliases(&id, names.iter().map(String::as_str)),
        // "Embedded malicious code": there is no other field for packages that attack.
        class: if field::texts(value, "cwe").contains(&"CWE-506") {
            AdvisoryClass::Malware
        } else {
            AdvisoryClass::Vulnerability
        },
        ecosystem: Ecosystem::NPM,
        package: package.to_owned(),
        severity: severity_of(by, value).into_iter().collect(),
        title: field::title(value, "title"),
        details: field::details(value, "overview"),
        url,
        date: field::date(value, "created"),
        id,
        ..Advisory::default()
    })
}

/// The vector, else the score, else the word.
fn severity_of(by: &str, value: &Value) -> Option<SeverityClaim> {
    let cvss = &value["cvss"];
    field::text(cvss, "vectorString")
        .and_then(|vector| severity::of_vector(by, vector))
        .or_else(|| severity::of_score(by, field::number(cvss, "score")?))
        .or_else(|| severity::of_word(by, field::text(value, "severity")?))
}
