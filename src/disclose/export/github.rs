//! What GitHub takes for a repository advisory, `POST /repos/{owner}/{repo}/security-advisories`:
//! <https://docs.github.com/rest/security-advisories/repository-advisories>.
//!
//! Nothing is sent: it is a file for those who may send it. A private fork is never asked for, since
//! the fixes are where the project has them. One entry for each line; of lines that nobody evaluated
//! GitHub takes no entry, and a sentence of the description names them. GitHub names people by their
//! account alone, so only those with one are credited.

use serde::Serialize;

use super::{Document, Export, Lack, Source, csaf::cwe, json, lines::Facts, score, words};
use crate::{
    disclose::record::{Credit, Disclosure},
    escape,
    model::{Ecosystem, Rating},
};

/// The longest summary and description.
const LONGEST_SUMMARY: usize = 1024;
const LONGEST: usize = 65_535;

#[derive(Serialize)]
struct GithubAdvisory<'a> {
    summary: String,
    description: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    cve_id: Option<&'a str>,
    vulnerabilities: Vec<GithubVulnerability>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    cwe_ids: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    credits: Vec<GithubCredit<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    severity: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cvss_vector_string: Option<&'a str>,
    start_private_fork: bool,
}

#[derive(Serialize)]
struct GithubVulnerability {
    package: GithubPackage,
    vulnerable_version_range: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    patched_versions: Option<String>,
}

#[derive(Clone, Serialize)]
struct GithubPackage {
    ecosystem: &'static str,
    name: String,
}

#[derive(PartialEq, Serialize)]
struct GithubCredit<'a> {
    login: &'a str,
    r#type: &'static str,
}

pub(super) fn write(source: Source<'_>, facts: &Facts<'_>, export: &mut Export) {
    let disclosure = facts.of;
    let before = export.lacks.len();
    let mut lack = |message: &str| export.lacks.push(Lack::of(disclosure, message));
    let summary = match words::one_line(&disclosure.title) {
        title if title.is_empty() => words::summary(disclosure),
        title => title,
    };
    if summary.is_empty() {
        lack("has neither `title` nor `summary`");
    }
    if disclosure.description.trim().is_empty() && words::summary(disclosure).is_empty() {
        lack("has neither `description` nor `summary`");
    }
    if facts.affected().next().is_none() {
        lack("has no line with an affected version");
    }
    let scored = score::scored(&disclosure.cvss);
    let vector = scored.last().filter(|scored| scored.version != score::Version::V2);
    let rating = disclosure.rating().filter(|rating| *rating != Rating::None);
    if vector.is_none() && rating.is_none() {
        lack("has neither a severity other than none nor a CVSS vector of version 3 or 4");
    }
    if export.lacks.len() > before {
        return;
    }
    let package = package(source, disclosure);
    let vulnerabilities = facts
        .affected()
        .map(|segment| GithubVulnerability {
            package: package.clone(),
            vulnerable_version_range: match &segment.to {
                Some(to) => format!(">= {}, < {to}", segment.from),
                None => format!(">= {}", segment.from),
            },
            patched_versions: segment.fixed().map(ToString::to_string),
        })
        .collect();
    let uncredited = words::credited(disclosure).filter(|credit| login(credit).is_none());
    let uncredited: Vec<String> = uncredited.map(|credit| words::one_line(&credit.name)).collect();
    if !uncredited.is_empty() {
        export.notes.push(format!(
            "{}: GitHub credits accounts only, and none is known of {}",
            disclosure.id,
            uncredited.join(", ")
        ));
    }
    let mut cwe_ids: Vec<String> = disclosure.cwe.iter().filter_map(|text| cwe::id(text)).collect();
    cwe_ids.dedup();
    let advisory = GithubAdvisory {
        summary: json::text(&summary, LONGEST_SUMMARY),
        description: json::text(&words::details(facts), LONGEST),
        cve_id: disclosure.cve.id(),
        vulnerabilities,
        cwe_ids,
        credits: credits(disclosure),
        // GitHub takes one of them.
        severity: rating.filter(|_| vector.is_none()).map(Rating::as_str),
        cvss_vector_string: vector.map(|scored| scored.vector),
        start_private_fork: false,
    };
    let file = format!("{}.github.json", escape::segment(&disclosure.id));
    export.documents.push(Document { file, content: json::print(&advisory) });
}

fn package(source: Source<'_>, disclosure: &Disclosure) -> GithubPackage {
    let Some(package) = &disclosure.package else {
        return GithubPackage { ecosystem: "other", name: words::one_line(&source.record.product) };
    };
    let ecosystem = match Ecosystem::named(&package.ecosystem).as_str() {
        "RubyGems" => "rubygems",
        "npm" => "npm",
        "PyPI" => "pip",
        "Maven" => "maven",
        "NuGet" => "nuget",
        "Packagist" => "composer",
        "Go" => "go",
        "crates.io" => "rust",
        "Hex" => "erlang",
        "GitHub Actions" => "actions",
        "Pub" => "pub",
        "SwiftURL" => "swift",
        _ => "other",
    };
    GithubPackage { ecosystem, name: package.name.clone() }
}

fn credits(disclosure: &Disclosure) -> Vec<GithubCredit<'_>> {
    let mut credits: Vec<GithubCredit<'_>> = Vec::new();
    for credit in words::credited(disclosure) {
        let r#type = match credit.role.as_str() {
            "finder" => "finder",
            "reporter" => "reporter",
            "analyst" => "analyst",
            "coordinator" => "coordinator",
            "remediation-developer" => "remediation_developer",
            "remediation-reviewer" => "remediation_reviewer",
            "remediation-verifier" => "remediation_verifier",
            "tool" => "tool",
            "sponsor" => "sponsor",
            _ => "other",
        };
        let entry = login(credit).map(|login| GithubCredit { login, r#type });
        if let Some(entry) = entry.filter(|entry| !credits.contains(entry)) {
            credits.push(entry);
        }
    }
    credits
}

/// The account of somebody who gave its page as a way to reach them.
fn login(credit: &Credit) -> Option<&str> {
    credit.contact.iter().find_map(|contact| {
        let login = contact.strip_prefix("https://github.com/")?.trim_end_matches('/');
        let is_login = (1..=39).contains(&login.len())
            && login.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
        is_login.then_some(login)
    })
}
