//! `trivy --format json`, schema 2, and the bare list of its first versions:
//! <https://trivy.dev/latest/docs/configuration/reporting/#json>
//!
//! Vulnerabilities are claims; secrets, misconfigurations and licences are alerts. What Trivy left
//! out for an ignore file or a VEX document is a claim with an opinion. Files inside a container
//! image are none of the repository's. Of `VendorIDs` only those are aliases that name one
//! vulnerability; an advisory of a distribution names many.

mod alerts;
mod packages;

use serde_json::Value;

use self::{alerts::KINDS, packages::Packages};
use super::{Document, Imported, Importer, Provenance, Run, field, silenced, unread};
use crate::{
    escape,
    model::{
        Advisory, Alert, Ecosystem, Opinion, Rating, Reported, Scale, SeverityClaim, Stance,
        canonical_id,
    },
    name, severity,
};

const ID: &str = "trivy";

/// Trivy's types of files and the ecosystems of what is in them.
const TYPES: [(&str, &str); 37] = [
    ("bun", "npm"),
    ("bundler", "RubyGems"),
    ("cargo", "crates.io"),
    ("composer", "Packagist"),
    ("composer-vendor", "Packagist"),
    ("conan", "ConanCenter"),
    ("conda-environment", "Conda"),
    ("conda-pkg", "Conda"),
    ("dotnet-core", "NuGet"),
    ("gemspec", "RubyGems"),
    ("gobinary", "Go"),
    ("gomod", "Go"),
    ("gradle", "Maven"),
    ("hex", "Hex"),
    ("jar", "Maven"),
    ("node-pkg", "npm"),
    ("npm", "npm"),
    ("nuget", "NuGet"),
    ("nuget-config", "NuGet"),
    ("packages-props", "NuGet"),
    ("pip", "PyPI"),
    ("pipenv", "PyPI"),
    ("pnpm", "npm"),
    ("poetry", "PyPI"),
    ("pom", "Maven"),
    ("pub", "Pub"),
    ("pylock", "PyPI"),
    ("python-pkg", "PyPI"),
    ("redhat", "Red Hat"),
    ("rustbinary", "crates.io"),
    ("sbt", "Maven"),
    ("swift", "SwiftURL"),
    ("uv", "PyPI"),
    ("yarn", "npm"),
    ("alpine", "Alpine"),
    ("debian", "Debian"),
    ("ubuntu", "Ubuntu"),
];

/// Types whose results gather many files under one name: only `PkgPath` is a path.
const GATHERED: [&str; 5] = ["conda-pkg", "gemspec", "jar", "node-pkg", "python-pkg"];

/// Targets that are no files.
const NO_FILES: [&str; 7] =
    ["Conda", "Java", "Loose File License(s)", "Node.js", "OS Packages", "Python", "Ruby"];

pub(super) struct Trivy;

impl Importer for Trivy {
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
        run.version = field::text(field::at(report, &["Trivy"]), "Version").map(str::to_owned);
        run.about = about(field::at(report, &["Metadata"]));
        let results = report.as_array().map_or(field::list(report, "Results"), Vec::as_slice);
        if results.is_empty() {
            let because = "it has no results: trivy found nothing that it knows how to scan";
            unread::incomplete(&mut run, because.to_owned());
        }
        let scan = Scan {
            is_image: field::text(report, "ArtifactType") == Some("container_image"),
            folder: folder(report),
        };
        for result in results {
            read(&mut run, &scan, result);
        }
        Imported { runs: vec![run], trouble: unread::rest(document) }
    }
}

fn is_report(value: &Value) -> bool {
    let is_result = |entry: &Value| {
        field::text(entry, "Target").is_some() && entry.get("Vulnerabilities").is_some()
    };
    match value {
        Value::Array(results) => results.iter().any(is_result),
        report => {
            let has = |key| report.get(key).is_some();
            has("SchemaVersion") && (has("Results") || has("ArtifactName") || has("ArtifactType"))
        }
    }
}

fn about(metadata: &Value) -> Provenance {
    let tags = field::texts(metadata, "Tags");
    Provenance {
        line: None,
        commit: field::commit(metadata, "Commit"),
        branch: field::text(metadata, "Branch").map(str::to_owned),
        // With several, nobody can tell which was checked out.
        tag: <[&str; 1]>::try_from(tags).ok().map(|[tag]| tag.to_owned()),
        repository: field::text(metadata, "RepoURL").map(escape::without_credentials),
    }
}

/// What holds of all results.
struct Scan {
    is_image: bool,
    /// The scanned folder below the working directory; targets are relative to it.
    folder: Option<String>,
}

impl Scan {
    fn file(&self, path: &str) -> Option<String> {
        if self.is_image || path.is_empty() || NO_FILES.contains(&path) {
            return None;
        }
        match &self.folder {
            // A scanned file is its own target.
            Some(folder) if folder.ends_with(path) => Some(folder.clone()),
            Some(folder) => name::path(&format!("{folder}/{path}"), None),
            None => name::path(path, None),
        }
    }
}

/// An absolute path or an address is taken for the checkout.
fn folder(report: &Value) -> Option<String> {
    (field::text(report, "ArtifactType") == Some("filesystem"))
        .then(|| field::text(report, "ArtifactName"))
        .flatten()
        .and_then(|artifact| name::path(artifact, None))
}

fn read(run: &mut Run, scan: &Scan, result: &Value) {
    let target = field::text(result, "Target").unwrap_or_default();
    let vulnerabilities = field::list(result, "Vulnerabilities");
    let modified = field::list(result, "ExperimentalModifiedFindings");
    if !vulnerabilities.is_empty() || !modified.is_empty() {
        let packages = Packages::of(result);
        for found in vulnerabilities {
            run.results += 1;
            match claim(scan, result, &packages, found) {
                Some(claim) => run.reported.push(claim),
                None => unnamed(run, target),
            }
        }
        for finding in modified {
            run.results += 1;
            modified_finding(run, scan, result, &packages, finding);
        }
    }
    for kind in &KINDS {
        for found in field::list(result, kind.list) {
            run.results += 1;
            match (kind.read)(found) {
                Some(alert) => run.alerts.push(placed(alert, scan, target)),
                None if field::text(found, "Status") == Some("PASS") => {}
                None => unnamed(run, target),
            }
        }
    }
}

/// A file of the alert is its own, else the target.
fn placed(mut alert: Alert, scan: &Scan, target: &str) -> Alert {
    alert.file = scan.file(alert.file.as_deref().unwrap_or(target));
    alert.row = alert.row.filter(|_| alert.file.is_some());
    alert
}

fn unnamed(run: &mut Run, target: &str) {
    unread::result(run, &format!("a result in {} has no id or no package", unread::quote(target)));
}

fn claim(scan: &Scan, result: &Value, packages: &Packages<'_>, found: &Value) -> Option<Reported> {
    let kind = field::text(result, "Type").unwrap_or_default();
    let purl = field::text(field::at(found, &["PkgIdentifier"]), "PURL").and_then(name::purl);
    let ecosystem = match TYPES.iter().find(|(known, _)| *known == kind) {
        Some((_, ecosystem)) => Ecosystem::named(ecosystem),
        None => purl.map_or_else(|| Ecosystem::named(kind), |purl| purl.ecosystem),
    };
    let id = canonical_id(field::text(found, "VulnerabilityID")?);
    let vendor = field::texts(found, "VendorIDs").into_iter();
    let patched = field::text(found, "FixedVersion").unwrap_or_default();
    let patched: Vec<&str> =
        patched.split(',').map(str::trim).filter(|version| !version.is_empty()).collect();
    let plain = patched.iter().map(|version| version.trim_start_matches(">="));
    let advisory = Advisory {
        aliases: field::aliases(&id, vendor.filter(|name| name::is_advisory_id(name))),
        package: ecosystem.canonical(field::text(found, "PkgName")?),
        fixed: field::fixed(&ecosystem, plain),
        patched: patched.iter().map(|&version| version.to_owned()).collect(),
        severity: severities(found),
        title: field::title(found, "Title"),
        details: field::details(found, "Description"),
        url: field::url(found, "PrimaryURL"),
        date: field::date(found, "PublishedDate"),
        ecosystem,
        id,
        ..Advisory::default()
    };
    let version = field::text(found, "InstalledVersion");
    let version = version.map(|version| advisory.ecosystem.version(version).to_owned());
    let mut claim = Reported::of(advisory, version);
    let is_of_files = field::text(result, "Class") != Some("os-pkgs");
    let target = field::text(result, "Target").filter(|_| !GATHERED.contains(&kind));
    let path = field::text(found, "PkgPath").or(target).filter(|_| is_of_files);
    claim.file = path.and_then(|path| scan.file(path));
    if let Some(package) = field::text(found, "PkgID") {
        claim.row = packages.row(package).filter(|_| claim.file.is_some());
        claim.path = packages.path(package);
    }
    Some(claim)
}

/// Vectors and scores by the database that gives them, the words of databases, and Trivy's own
/// choice where there is nothing else.
fn severities(found: &Value) -> Vec<SeverityClaim> {
    let mut claims = Vec::new();
    for (by, given) in field::entries(found, "CVSS") {
        for (vector, score) in
            [("V40Vector", "V40Score"), ("V3Vector", "V3Score"), ("V2Vector", "V2Score")]
        {
            let vector = field::text(given, vector).and_then(|v| severity::of_vector(by, v));
            let score = || field::number(given, score).and_then(|n| severity::of_score(by, n));
            claims.extend(vector.or_else(score));
        }
    }
    for (by, level) in field::entries(found, "VendorSeverity") {
        let rating = match level.as_u64() {
            Some(1) => Rating::Low,
            Some(2) => Rating::Medium,
            Some(3) => Rating::High,
            Some(4) => Rating::Critical,
            _ => continue,
        };
        let by = by.to_owned();
        claims.push(SeverityClaim { by, scale: Scale::Word, rating, score: None, vector: None });
    }
    if claims.is_empty() {
        let by = field::text(found, "SeveritySource").unwrap_or(ID);
        let word = field::text(found, "Severity");
        claims.extend(word.and_then(|word| severity::of_word(by, word)));
    }
    claims
}

fn modified_finding(
    run: &mut Run,
    scan: &Scan,
    result: &Value,
    packages: &Packages<'_>,
    modified: &Value,
) {
    let target = field::text(result, "Target").unwrap_or_default();
    let found = field::at(modified, &["Finding"]);
    let status = field::text(modified, "Status").unwrap_or("unknown");
    let statement = field::title(modified, "Statement");
    let reason = Some(statement).filter(|statement| !statement.is_empty());
    let kind = field::text(modified, "Type").unwrap_or("vulnerability");
    if kind != "vulnerability" {
        let kind = KINDS.iter().find(|known| known.word == kind);
        match kind.and_then(|kind| (kind.read)(found)) {
            Some(alert) => {
                let suppressed = Some(reason.unwrap_or_else(|| status.to_owned()));
                run.alerts.push(Alert { suppressed, ..placed(alert, scan, target) });
            }
            None => unnamed(run, target),
        }
        return;
    }
    let Some(claim) = claim(scan, result, packages, found) else {
        unnamed(run, target);
        return;
    };
    let stance = match status {
        "ignored" => Stance::Ignored,
        "not_affected" => Stance::NotAffected,
        "fixed" => Stance::Fixed,
        "affected" => Stance::Affected,
        "under_investigation" => Stance::UnderInvestigation,
        other => Stance::Other(other.to_owned()),
    };
    let by = field::text(modified, "Source").map(str::to_owned);
    let opinion = silenced::of_claim(ID, &claim.advisory, claim.version.as_deref(), stance);
    run.opinions.push(Opinion { reason, by, ..opinion });
    run.reported.push(claim);
}
