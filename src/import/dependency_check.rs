//! `dependency-check --format JSON`: <https://dependency-check.github.io/DependencyCheck/>.
//!
//! It finds most vulnerabilities by guessing the CPE of a file, and then they are from the NVD: such
//! a claim is only possible. What another database knows was looked up by the package itself. A
//! dependency without a package URL has the name of its file, and is only possible, too. Files lie
//! where the tool found them, mostly outside the repository, and are then not named.

use serde_json::Value;

use super::{Document, Imported, Importer, Run, field, silenced, unread};
use crate::{
    model::{
        Advisory, AdvisoryClass, Certainty, Ecosystem, Reported, SeverityClaim, Stance,
        canonical_id,
    },
    name, severity,
};

const ID: &str = "dependency-check";

/// The source of vulnerabilities that are matched by CPE.
const BY_CPE: &str = "nvd";

pub(super) struct DependencyCheck;

impl Importer for DependencyCheck {
    fn id(&self) -> &'static str {
        ID
    }

    fn claims(&self, document: &Document<'_>) -> bool {
        document.json().is_some_and(|report| {
            report["scanInfo"].is_object()
                && (report["dependencies"].is_array() || report["reportSchema"].is_string())
        })
    }

    fn read(&self, document: &Document<'_>) -> Imported {
        let Some(report) = document.json().filter(|_| self.claims(document)) else {
            return unread::alien(ID, document);
        };
        let mut run = Run::of(ID);
        let info = &report["scanInfo"];
        run.version = field::text(info, "engineVersion").map(str::to_owned);
        for exception in field::list(info, "analysisExceptions") {
            let inner = exception.get("exception").unwrap_or(exception);
            let message = field::title(inner, "message");
            unread::incomplete(
                &mut run,
                format!("the analysis failed: {}", unread::quote(&message)),
            );
        }
        match report["dependencies"].as_array() {
            Some(list) => list.iter().for_each(|dependency| read_dependency(&mut run, dependency)),
            None => unread::incomplete(&mut run, "it has no list of dependencies".to_owned()),
        }
        Imported { runs: vec![run], trouble: unread::rest(document) }
    }
}

/// A dependency as far as it can be named.
struct Package {
    ecosystem: Ecosystem,
    name: String,
    version: Option<String>,
    /// From the repository's root.
    file: Option<String>,
    certainty: Certainty,
}

fn read_dependency(run: &mut Run, dependency: &Value) {
    let claimed = field::list(dependency, "vulnerabilities");
    let suppressed = field::list(dependency, "suppressedVulnerabilities");
    if claimed.is_empty() && suppressed.is_empty() {
        return;
    }
    let Some(package) = package(dependency) else {
        run.results += claimed.len() + suppressed.len();
        unread::result(run, "a dependency with vulnerabilities has no name");
        return;
    };
    for value in claimed {
        claim(run, &package, value);
    }
    for value in suppressed {
        if let Some(claim) = claim(run, &package, value) {
            let version = claim.version.as_deref();
            let mut opinion = silenced::of_claim(ID, &claim.advisory, version, Stance::Ignored);
            opinion.reason = Some(field::title(value, "notes")).filter(|notes| !notes.is_empty());
            run.opinions.push(opinion);
        }
    }
}

/// The package URL that the tool is surest of, else the name of the file.
fn package(dependency: &Value) -> Option<Package> {
    let path = field::text(dependency, "filePath");
    // `package-lock.json?/left-pad:1.0.0` is a package inside a lockfile.
    let file = path.and_then(|path| name::path(path.split('?').next().unwrap_or(path), None));
    let rank = |confidence: Option<&str>| match confidence {
        Some("HIGHEST") => 0,
        Some("HIGH") => 1,
        Some("MEDIUM") => 2,
        _ => 3,
    };
    let known = field::list(dependency, "packages")
        .iter()
        .filter_map(|package| {
            let purl = name::purl(field::text(package, "id")?)?;
            Some((rank(field::text(package, "confidence")), purl))
        })
        .min_by_key(|(rank, _)| *rank);
    if let Some((_, purl)) = known {
        return Some(Package {
            ecosystem: purl.ecosystem,
            name: purl.name,
            version: purl.version,
            file,
            certainty: Certainty::Certain,
        });
    }
    let name = field::text(dependency, "fileName")
        .or_else(|| path.and_then(|path| path.rsplit(['/', '\\']).next()))
        .filter(|name| !name.is_empty())?;
    Some(Package {
        ecosystem: Ecosystem::UNKNOWN,
        name: name.to_owned(),
        version: None,
        file,
        certainty: Certainty::Possible,
    })
}

/// Adds a claim.
fn claim<'a>(run: &'a mut Run, package: &Package, value: &Value) -> Option<&'a Reported> {
    run.results += 1;
    let Some(id) = field::text(value, "name").map(canonical_id) else {
        let package = unread::quote(&package.name);
        unread::result(run, &format!("a vulnerability of {package} has no name"));
        return None;
    };
    let source = field::text(value, "source").unwrap_or(BY_CPE).to_ascii_lowercase();
    // The npm registry's number, a name of last resort.
    let is_number = id.bytes().all(|byte| byte.is_ascii_digit());
    let id = if is_number && source == "npm" { format!("npm:{id}") } else { id };
    let mut details = field::details(value, "description");
    let exploited = &value["knownExploitedVulnerability"];
    if exploited.is_object() {
        let since = field::date(exploited, "dateAdded").map(|day| format!(" since {day}"));
        details =
            format!("Known to be exploited, says CISA{}.\n\n{details}", since.unwrap_or_default());
    }
    let advisory = Advisory {
        class: AdvisoryClass::Vulnerability,
        ecosystem: package.ecosystem.clone(),
        package: package.name.clone(),
        severity: severities(&source, value),
        details,
        id,
        ..Advisory::default()
    };
    let mut claim = Reported::of(advisory, package.version.clone());
    claim.file.clone_from(&package.file);
    claim.certainty = if source == BY_CPE { Certainty::Possible } else { package.certainty };
    run.reported.push(claim);
    run.reported.last()
}

/// The vectors, put together from the words of their metrics, else scores and words.
fn severities(by: &str, value: &Value) -> Vec<SeverityClaim> {
    let (v2, v3, v4) = (&value["cvssv2"], &value["cvssv3"], &value["cvssv4"]);
    let vector_of_v4 = field::text(v4, "vectorString").or_else(|| field::text(v4, "vector"));
    let mut found: Vec<SeverityClaim> = [
        of_vector(by, vector_of_v4.map(str::to_owned), field::number(v4, "baseScore")),
        of_vector(by, vector_of_v3(v3), field::number(v3, "baseScore")),
        of_vector(by, vector_of_v2(v2), field::number(v2, "score")),
    ]
    .into_iter()
    .flatten()
    .collect();
    if found.is_empty() {
        found.extend(field::text(value, "severity").and_then(|word| severity::of_text(by, word)));
    }
    found
}

/// A vector that gives the score that the report has, else that score: which revision of CVSS the
/// metrics are of is not in every report.
fn of_vector(by: &str, vector: Option<String>, score: Option<f64>) -> Option<SeverityClaim> {
    let fits = |claim: &SeverityClaim| match (claim.score, score) {
        (Some(computed), Some(stated)) => (computed - stated).abs() < 0.05,
        _ => true,
    };
    vector
        .and_then(|vector| severity::of_vector(by, &vector))
        .filter(fits)
        .or_else(|| severity::of_score(by, score?))
}

/// The tool writes each metric's value as a word, whose first letter is the value's own.
fn vector_of_v3(cvss: &Value) -> Option<String> {
    let version = match field::text(cvss, "version") {
        Some("3.0") => "3.0",
        _ => "3.1",
    };
    let metrics = [
        ("AV", "attackVector"),
        ("AC", "attackComplexity"),
        ("PR", "privilegesRequired"),
        ("UI", "userInteraction"),
        ("S", "scope"),
        ("C", "confidentialityImpact"),
        ("I", "integrityImpact"),
        ("A", "availabilityImpact"),
    ];
    Some(format!("CVSS:{version}/{}", vector(cvss, &metrics)?))
}

/// Likewise; two of the keys are misspelt in the tool's own template.
fn vector_of_v2(cvss: &Value) -> Option<String> {
    let authentication = ["authentication", "authenticationr", "authenticationr>"]
        .into_iter()
        .find(|key| field::text(cvss, key).is_some())?;
    let confidentiality = ["confidentialImpact", "confidentialityImpact"]
        .into_iter()
        .find(|key| field::text(cvss, key).is_some())?;
    let metrics = [
        ("AV", "accessVector"),
        ("AC", "accessComplexity"),
        ("Au", authentication),
        ("C", confidentiality),
        ("I", "integrityImpact"),
        ("A", "availabilityImpact"),
    ];
    vector(cvss, &metrics)
}

fn vector(cvss: &Value, metrics: &[(&str, &str)]) -> Option<String> {
    let metric = |(short, key): &(&str, &str)| {
        let letter = field::text(cvss, key)?.chars().next()?.to_ascii_uppercase();
        Some(format!("{short}:{letter}"))
    };
    Some(metrics.iter().map(metric).collect::<Option<Vec<String>>>()?.join("/"))
}
