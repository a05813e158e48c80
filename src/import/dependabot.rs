//! Dependabot alerts as GitHub's REST API gives them, one page or several, one after the other:
//! <https://docs.github.com/en/rest/dependabot/alerts>.
//!
//! An alert is about the default branch and names no installed version. It is read twice: as a claim
//! about that branch, and, whatever its state, as an advisory that [`advisories`] gives for holding
//! against every other line. Fetching the pages is not done here.

mod known;
mod range;

use serde_json::Value;

pub use self::known::{Known, advisories};
use super::{Document, Imported, Importer, Run, Shape, field, silenced, unread};
use crate::{
    model::{
        Advisory, AdvisoryClass, Ecosystem, Opinion, Reach, Reported, SeverityClaim, Stance,
        canonical_id,
    },
    name, severity,
};

/// The id of this source.
pub const ID: &str = "dependabot";

/// Whom the severities are from.
const BY: &str = "github";

/// Where advisories are published, for links.
const SITE: &str = "https://github.com/advisories/";

/// Reads saved alerts.
pub(super) struct Dependabot;

impl Importer for Dependabot {
    fn id(&self) -> &'static str {
        ID
    }

    fn claims(&self, document: &Document<'_>) -> bool {
        alerts(document).iter().any(|alert| is_alert(alert) || is_refusal(alert))
    }

    fn read(&self, document: &Document<'_>) -> Imported {
        let alerts = alerts(document);
        if !self.claims(document) && !is_empty_page(document) {
            return unread::alien(ID, document);
        }
        let mut run = Run::of(ID);
        let mut fixed = 0;
        for alert in alerts {
            if is_alert(alert) {
                run.results += 1;
                read_alert(&mut run, alert, &mut fixed);
            } else {
                let message = field::title(alert, "message");
                unread::incomplete(
                    &mut run,
                    if message.is_empty() {
                        "it holds something that is no alert".to_owned()
                    } else {
                        format!("GitHub refuses: {}", unread::quote(&message))
                    },
                );
            }
        }
        unread::left_out(&mut run, fixed, "alerts that are fixed on the default branch are");
        Imported { runs: vec![run], trouble: unread::rest(document) }
    }
}

/// Every element of every page; `gh api --paginate --slurp` wraps the pages in one more list.
fn alerts<'a>(document: &'a Document<'_>) -> Vec<&'a Value> {
    let mut found = Vec::new();
    for value in document.values() {
        match value {
            Value::Array(page) => found.extend(page),
            one => found.push(one),
        }
    }
    found
}

/// A repository without alerts. Nobody but GitHub can tell such a list from another tool's, so it is
/// claimed by name only, and then it is no failure.
fn is_empty_page(document: &Document<'_>) -> bool {
    let pages = match &document.shape {
        Shape::Json(page) => std::slice::from_ref(page),
        Shape::Stream(pages) => pages,
        Shape::Sarif | Shape::Text => return false,
    };
    pages.iter().all(Value::is_array) && alerts(document).is_empty()
}

fn is_alert(value: &Value) -> bool {
    value["security_advisory"].is_object() || value["security_vulnerability"].is_object()
}

/// GitHub's answer instead of a page.
fn is_refusal(value: &Value) -> bool {
    value["message"].is_string()
        && field::text(value, "documentation_url").is_some_and(|url| url.contains("/dependabot/"))
}

fn number(alert: &Value) -> String {
    let number = field::text_or_number(alert, "number");
    number.map_or_else(|| "an alert".to_owned(), |number| format!("alert {number}"))
}

/// The GHSA, else the CVE.
fn id(alert: &Value) -> Option<String> {
    let advisory = &alert["security_advisory"];
    let id = field::text(advisory, "ghsa_id").or_else(|| field::text(advisory, "cve_id"))?;
    Some(canonical_id(id))
}

/// The package that the alert is about.
fn package(alert: &Value) -> Option<(Ecosystem, String)> {
    package_of(&alert["dependency"]["package"])
        .or_else(|| package_of(&alert["security_vulnerability"]["package"]))
}

fn package_of(package: &Value) -> Option<(Ecosystem, String)> {
    let ecosystem = field::text(package, "ecosystem").map_or(Ecosystem::UNKNOWN, ecosystem);
    let name = ecosystem.canonical(field::text(package, "name")?);
    (!name.is_empty()).then_some((ecosystem, name))
}

/// GitHub's own words for ecosystems.
fn ecosystem(word: &str) -> Ecosystem {
    Ecosystem::named(match word.to_ascii_lowercase().as_str() {
        "actions" => "GitHub Actions",
        "composer" => "Packagist",
        "erlang" => "Hex",
        "pip" => "PyPI",
        "rust" => "crates.io",
        "swift" => "SwiftURL",
        _ => word,
    })
}

fn read_alert(run: &mut Run, alert: &Value, fixed: &mut usize) {
    let state = field::text(alert, "state").unwrap_or_default();
    if state == "fixed" {
        *fixed += 1;
        return;
    }
    let (Some(id), Some((ecosystem, name))) = (id(alert), package(alert)) else {
        unread::result(run, &format!("{} names no advisory or no package", number(alert)));
        return;
    };
    if !matches!(state, "open" | "dismissed" | "auto_dismissed") {
        let state = unread::quote(state);
        let message =
            format!("{} has the unknown state {state} and is taken for open", number(alert));
        unread::result(run, &message);
    }
    let mut advisory = advisory(alert, &id, ecosystem, name);
    // A range that cannot be read costs the other lines; here GitHub has matched it already.
    let _ = known::widen(&mut advisory, &alert["security_vulnerability"]);
    if advisory.withdrawn {
        unread::note(run, format!("{} is about {id}, which is withdrawn: left out", number(alert)));
        return;
    }
    run.opinions.extend(dismissal(alert, state, &advisory));
    let mut claim = Reported::of(advisory, None);
    let manifest = field::at(alert, &["dependency"]);
    claim.file = field::text(manifest, "manifest_path")
        .and_then(|path| name::path(path.trim_start_matches('/'), None));
    if field::text(manifest, "scope") == Some("development") {
        claim.reach = Reach::DevOnly { via: Vec::new() };
    }
    run.reported.push(claim);
}

/// What the record says of a package, but for its versions.
fn advisory(alert: &Value, id: &str, ecosystem: Ecosystem, package: String) -> Advisory {
    let record = &alert["security_advisory"];
    let identifiers = field::list(record, "identifiers").iter();
    let names = identifiers
        .filter_map(|identifier| field::text(identifier, "value"))
        .chain(field::text(record, "cve_id"));
    let is_malware = [record, alert].iter().any(|value| {
        ["classification", "type"].iter().any(|key| field::text(value, key) == Some("malware"))
    });
    Advisory {
        aliases: field::aliases(id, names),
        class: if is_malware { AdvisoryClass::Malware } else { AdvisoryClass::Vulnerability },
        ecosystem,
        package,
        severity: severities(alert),
        title: field::title(record, "summary"),
        details: field::details(record, "description"),
        url: id.starts_with("GHSA-").then(|| format!("{SITE}{id}")),
        date: field::date(record, "published_at"),
        withdrawn: field::text(record, "withdrawn_at").is_some(),
        id: id.to_owned(),
        ..Advisory::default()
    }
}

/// The vectors and scores, else the word.
fn severities(alert: &Value) -> Vec<SeverityClaim> {
    let record = &alert["security_advisory"];
    let mut found: Vec<SeverityClaim> = Vec::new();
    for keys in [&["cvss_severities", "cvss_v4"][..], &["cvss_severities", "cvss_v3"], &["cvss"]] {
        let cvss = field::at(record, keys);
        let vector = field::text(cvss, "vector_string");
        let claim = vector
            .and_then(|vector| severity::of_vector(BY, vector))
            .or_else(|| severity::of_score(BY, field::number(cvss, "score")?));
        found.extend(claim.filter(|claim| !found.contains(claim)));
    }
    if found.is_empty() {
        let word = field::text(record, "severity")
            .or_else(|| field::text(&alert["security_vulnerability"], "severity"));
        found.extend(word.and_then(|word| severity::of_word(BY, word)));
    }
    found
}

/// What somebody thought of the alert.
fn dismissal(alert: &Value, state: &str, advisory: &Advisory) -> Option<Opinion> {
    let by =
        match state {
            "dismissed" => field::text(&alert["dismissed_by"], "login").map(|login| {
                match field::date(alert, "dismissed_at") {
                    Some(day) => format!("{login}, {day}"),
                    None => login.to_owned(),
                }
            }),
            "auto_dismissed" => Some("a rule of the repository".to_owned()),
            _ => return None,
        };
    let comment = field::title(alert, "dismissed_comment");
    let reason = match (field::text(alert, "dismissed_reason"), comment.is_empty()) {
        (Some(reason), true) => Some(reason.to_owned()),
        (Some(reason), false) => Some(format!("{reason}: {comment}")),
        (None, true) => None,
        (None, false) => Some(comment),
    };
    Some(Opinion { reason, by, ..silenced::of_claim(ID, advisory, None, Stance::Ignored) })
}
