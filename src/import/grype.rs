//! `grype -o json`: <https://github.com/anchore/grype/tree/main/grype/presenter/models>.
//!
//! A match by CPE alone is a guess by a package's name. What Grype left out by a rule is a claim
//! with an opinion. An advisory of a distribution may be related to many vulnerabilities, so only
//! ids that name one have the related ones for aliases.

use serde_json::Value;

use super::{Document, Imported, Importer, Run, field, silenced, unread};
use crate::{
    model::{
        Advisory, AdvisoryClass, Certainty, Ecosystem, Opinion, Reported, SeverityClaim, Stance,
        canonical_id,
    },
    name, severity,
};

const ID: &str = "grype";

/// No more rules of one match are shown.
const MOST_RULES: usize = 20;

pub(super) struct Grype;

impl Importer for Grype {
    fn id(&self) -> &'static str {
        ID
    }

    fn claims(&self, document: &Document<'_>) -> bool {
        document.json().is_some_and(is_report)
    }

    fn read(&self, document: &Document<'_>) -> Imported {
        let Some(report) = document.json().filter(|report| is_report(report)) else {
            return unread::alien(ID, document);
        };
        let mut run = Run::of(ID);
        let descriptor = field::at(report, &["descriptor"]);
        run.version = field::text(descriptor, "version").map(str::to_owned);
        if !field::at(report, &["matches"]).is_array() {
            unread::incomplete(&mut run, "it has no list of matches".to_owned());
        }
        database(&mut run, field::at(descriptor, &["db"]));

        let scan = Scan::of(report);
        for found in field::list(report, "matches") {
            run.results += 1;
            match claim(&scan, found) {
                Some(claim) => run.reported.push(claim),
                None => unnamed(&mut run, found),
            }
        }
        for found in field::list(report, "ignoredMatches") {
            run.results += 1;
            let Some(claim) = claim(&scan, found) else {
                unnamed(&mut run, found);
                continue;
            };
            run.opinions.extend(opinions(&claim, field::list(found, "appliedIgnoreRules")));
            run.reported.push(claim);
        }
        silenced::once_each(&mut run);
        Imported { runs: vec![run], trouble: unread::rest(document) }
    }
}

fn is_report(value: &Value) -> bool {
    let is_of_grype = field::text(field::at(value, &["descriptor"]), "name") == Some(ID);
    let is_match = |entry: &Value| {
        field::at(entry, &["vulnerability"]).is_object()
            && field::at(entry, &["artifact"]).is_object()
    };
    is_of_grype || field::list(value, "matches").iter().any(is_match)
}

/// Without a valid database nothing can be found.
fn database(run: &mut Run, database: &Value) {
    for state in [database, field::at(database, &["status"])] {
        if let Some(error) = field::text(state, "error") {
            unread::incomplete(run, format!("its database failed: {}", unread::quote(error)));
        } else if state.get("valid").is_some_and(|valid| valid == false) {
            unread::incomplete(run, "its database is not valid".to_owned());
        }
    }
}

fn unnamed(run: &mut Run, found: &Value) {
    let id = field::text(field::at(found, &["vulnerability"]), "id").unwrap_or_default();
    unread::result(run, &format!("a match of {} has no id or no package", unread::quote(id)));
}

/// What holds of all matches.
struct Scan<'a> {
    /// `None`: it is no folder, so no path is one of the repository.
    folder: Option<&'a str>,
    /// `debian`, `ubuntu`.
    distribution: Option<&'a str>,
}

impl<'a> Scan<'a> {
    fn of(report: &'a Value) -> Self {
        let source = field::at(report, &["source"]);
        let is_folder = field::text(source, "type") == Some("directory");
        Self {
            folder: is_folder.then(|| field::text(source, "target").unwrap_or(".")),
            distribution: field::text(field::at(report, &["distro"]), "name"),
        }
    }

    /// Paths start at the scanned folder, with a slash before them, or are absolute.
    fn file(&self, path: &str) -> Option<String> {
        let folder = self.folder?;
        if folder.starts_with('/') {
            return name::path(path, Some(folder))
                .or_else(|| name::path(path.trim_start_matches('/'), None));
        }
        name::path(&format!("{folder}/{path}"), None)
    }

    fn package(&self, artifact: &Value) -> Option<(Ecosystem, String)> {
        let own = field::text(artifact, "name");
        let kind = field::text(artifact, "type").unwrap_or_default();
        let purl = field::text(artifact, "purl").and_then(name::purl);
        if matches!(kind, "apk" | "deb" | "rpm") {
            let of_kind = || Ecosystem::of_purl_type(kind);
            let ecosystem = self.distribution.map_or_else(of_kind, |name| match name {
                "redhat" | "rhel" => Ecosystem::named("Red Hat"),
                other => Ecosystem::named(other),
            });
            return Some((ecosystem, own?.to_owned()));
        }
        if let Some(purl) = purl {
            return Some((purl.ecosystem, purl.name));
        }
        let ecosystem = match kind {
            "dart-pub" => Ecosystem::named("Pub"),
            "dotnet" => Ecosystem::named("NuGet"),
            "gem" => Ecosystem::named("RubyGems"),
            "github-action" => Ecosystem::named("GitHub Actions"),
            "go-module" => Ecosystem::GO,
            "java-archive" => Ecosystem::MAVEN,
            "php-composer" => Ecosystem::named("Packagist"),
            "python" => Ecosystem::PYPI,
            "rust-crate" => Ecosystem::CRATES_IO,
            other => Ecosystem::named(other),
        };
        let name = ecosystem.canonical(own?);
        Some((ecosystem, name))
    }
}

fn claim(scan: &Scan<'_>, found: &Value) -> Option<Reported> {
    let vulnerability = field::at(found, &["vulnerability"]);
    let artifact = field::at(found, &["artifact"]);
    let related = field::list(found, "relatedVulnerabilities");
    let id = canonical_id(field::text(vulnerability, "id")?);
    let (ecosystem, package) = scan.package(artifact)?;
    let names_one = name::is_advisory_id(&id);
    let aliases = related.iter().filter_map(|entry| field::text(entry, "id"));
    let fix = field::at(vulnerability, &["fix"]);
    let patched = field::texts(fix, "versions");
    let text = |key, read: fn(&Value, &str) -> String| {
        let all = std::iter::once(vulnerability).chain(related);
        all.map(|entry| read(entry, key)).find(|text| !text.is_empty()).unwrap_or_default()
    };
    let advisory = Advisory {
        aliases: field::aliases(&id, aliases.filter(|_| names_one)),
        class: if id.starts_with("MAL-") {
            AdvisoryClass::Malware
        } else {
            AdvisoryClass::Unstated
        },
        fixed: field::fixed(&ecosystem, patched.iter().copied()),
        patched: patched.iter().map(|&version| ecosystem.version(version).to_owned()).collect(),
        severity: severities(vulnerability, if names_one { related } else { &[] }),
        // It has no title, but a description that often is one sentence.
        details: text("description", field::details),
        url: field::url(vulnerability, "dataSource"),
        fixed_on: field::list(fix, "available")
            .iter()
            .filter_map(|available| field::date(available, "date"))
            .min(),
        ecosystem,
        package,
        id,
        ..Advisory::default()
    };
    let version = field::text(artifact, "version");
    let version = version.map(|version| advisory.ecosystem.version(version).to_owned());
    let mut claim = Reported::of(advisory, version);
    let place = field::list(artifact, "locations").first();
    claim.file = place.and_then(|place| field::text(place, "path")).and_then(|p| scan.file(p));
    let details = field::list(found, "matchDetails");
    let is_guess = |detail: &Value| field::text(detail, "type") == Some("cpe-match");
    if !details.is_empty() && details.iter().all(is_guess) {
        claim.certainty = Certainty::Possible;
    }
    Some(claim)
}

/// By the database whose record it is: `nvd:cpe`, `github:language:rust`, `debian:distro:debian:12`.
fn severities(vulnerability: &Value, related: &[Value]) -> Vec<SeverityClaim> {
    let mut claims: Vec<SeverityClaim> = Vec::new();
    for record in std::iter::once(vulnerability).chain(related) {
        let namespace = field::text(record, "namespace").unwrap_or(ID);
        let by = match namespace.split(':').next() {
            Some("github") => "ghsa",
            Some(by) if !by.is_empty() => by,
            _ => ID,
        };
        let vectors = field::list(record, "cvss").iter();
        let scored = vectors.filter_map(|cvss| {
            let vector = field::text(cvss, "vector").and_then(|v| severity::of_vector(by, v));
            let metrics = field::at(cvss, &["metrics"]);
            let score = || field::number(metrics, "baseScore");
            vector.or_else(|| severity::of_score(by, score()?))
        });
        let word = field::text(record, "severity").and_then(|word| severity::of_word(by, word));
        for claim in scored.chain(word) {
            if !claims.contains(&claim) {
                claims.push(claim);
            }
        }
    }
    claims
}

fn opinions(claim: &Reported, rules: &[Value]) -> Vec<Opinion> {
    let of = |stance| silenced::of_claim(ID, &claim.advisory, claim.version.as_deref(), stance);
    if rules.is_empty() {
        return vec![of(Stance::Ignored)];
    }
    let opinion = |rule: &Value| {
        let stance = match field::text(rule, "vex-status") {
            None => Stance::Ignored,
            Some("not_affected") => Stance::NotAffected,
            Some("fixed") => Stance::Fixed,
            Some("affected") => Stance::Affected,
            Some("under_investigation") => Stance::UnderInvestigation,
            Some(other) => Stance::Other(other.to_owned()),
        };
        let reason = Some(field::title(rule, "reason")).filter(|reason| !reason.is_empty());
        let by_fix = || field::text(rule, "fix-state").map(|state| format!("its fix is {state}"));
        Opinion {
            justification: field::text(rule, "vex-justification").map(str::to_owned),
            reason: reason.or_else(by_fix),
            ..of(stance)
        }
    };
    rules.iter().take(MOST_RULES).map(opinion).collect()
}
