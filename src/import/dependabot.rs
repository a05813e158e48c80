//! Dependabot alerts as GitHub's REST API gives them, one page or several, one after the other:
//! <https://docs.github.com/en/rest/dependabot/alerts>.
//!
//! An alert is about the default branch and names no installed version. It is read twice: as a claim
//! about that branch, and, whatever its state, as an advisory that [`advisories`] gives for holding
//! against every other line. Fetching the pages is not done here.

mod range;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{Document, Imported, Importer, Run, Shape, field, name, silenced, unread};
use crate::{
    model::{
        Advisory, AdvisoryClass, Ecosystem, Opinion, Quarantined, Reach, Reported, SeverityClaim,
        Stance, VersionRange, canonical_id,
    },
    severity,
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

/// What alerts know beyond the default branch.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Known {
    /// One for each GHSA and package, sorted. Ranges are those of crates.io only: another ecosystem's
    /// versions are not SemVer, or no lockfile of it is read. Withdrawn ones are among them.
    pub advisories: Vec<Advisory>,
    /// What is affected there cannot be told, sorted by id and package.
    pub unreadable: Vec<Quarantined>,
}

/// The advisories of all alerts, whatever their state, for other lines than the default branch.
///
/// An advisory about several packages is given for each of them: another line may lock one that the
/// default branch does not.
pub fn advisories(document: &Document<'_>) -> Known {
    let mut known: BTreeMap<(String, Ecosystem, String), (Advisory, BTreeSet<String>)> =
        BTreeMap::new();
    let mut unreadable = BTreeSet::new();
    for alert in alerts(document).into_iter().filter(|alert| is_alert(alert)) {
        let Some(id) = id(alert) else {
            unreadable.insert(Quarantined {
                path: number(alert),
                package: package(alert).map(|(_, name)| name),
                error: "it names no advisory".to_owned(),
            });
            continue;
        };
        let of_record = field::list(&alert["security_advisory"], "vulnerabilities");
        let mut is_named = false;
        for vulnerability in of_record.iter().chain([&alert["security_vulnerability"]]) {
            let Some((ecosystem, name)) = package_of(&vulnerability["package"]) else { continue };
            is_named = true;
            let key = (id.clone(), ecosystem.clone(), name.clone());
            let (advisory, errors) = known.entry(key).or_insert_with(|| {
                (advisory(alert, &id, ecosystem.clone(), name), BTreeSet::new())
            });
            if let Err(error) = widen(advisory, vulnerability) {
                errors.insert(error);
            }
        }
        if !is_named {
            unreadable.insert(Quarantined {
                path: id,
                package: package(alert).map(|(_, name)| name),
                error: "it says of no package which versions are affected".to_owned(),
            });
        }
    }
    let mut advisories = Vec::new();
    for (advisory, errors) in known.into_values() {
        // One range that nobody understands may be the one that counts.
        match errors.into_iter().next() {
            Some(error) => {
                unreadable.insert(Quarantined {
                    path: advisory.id,
                    package: Some(advisory.package),
                    error,
                });
            }
            None => advisories.push(advisory),
        }
    }
    Known { advisories, unreadable: unreadable.into_iter().collect() }
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
    let _ = widen(&mut advisory, &alert["security_vulnerability"]);
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

/// Adds the versions of one range to an advisory. Of several ranges each has its own fix.
fn widen(advisory: &mut Advisory, vulnerability: &Value) -> Result<(), String> {
    let patched = &vulnerability["first_patched_version"];
    // An object here, a string in the list of global advisories.
    if let Some(version) = field::text(patched, "identifier").or_else(|| field::name(patched)) {
        if !advisory.patched.iter().any(|known| known == version) {
            advisory.patched.push(version.to_owned());
        }
        let patched = advisory.patched.iter().map(String::as_str);
        advisory.fixed = field::fixed(&advisory.ecosystem, patched);
    }
    if advisory.ecosystem != Ecosystem::CRATES_IO {
        return Ok(());
    }
    let range: VersionRange = match field::text(vulnerability, "vulnerable_version_range") {
        Some(text) => range::read(text)?,
        None => return Err("it has no range of affected versions".to_owned()),
    };
    if !advisory.ranges.contains(&range) {
        advisory.ranges.push(range);
        advisory.ranges.sort_by(|a, b| (&a.introduced, &a.fixed).cmp(&(&b.introduced, &b.fixed)));
    }
    Ok(())
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

#[cfg(test)]
mod tests {
    use super::*;

    fn known(bytes: &[u8]) -> Vec<String> {
        let known = advisories(&Document::open(bytes));
        let range = |range: &VersionRange| {
            let end = |end: &Option<semver::Version>| {
                end.as_ref().map_or_else(|| "..".to_owned(), ToString::to_string)
            };
            format!("[{}, {})", end(&range.introduced), end(&range.fixed))
        };
        let advisory = |advisory: &Advisory| {
            let ranges: Vec<String> = advisory.ranges.iter().map(range).collect();
            format!(
                "{} {} {} {} patched={}{}",
                advisory.id,
                advisory.ecosystem,
                advisory.package,
                ranges.join(" "),
                advisory.patched.join(","),
                if advisory.withdrawn { " withdrawn" } else { "" },
            )
        };
        let record = |record: &Quarantined| {
            let package = record.package.as_deref().unwrap_or("-");
            format!("! {} {package}: {}", record.path, record.error)
        };
        let advisories = known.advisories.iter().map(advisory);
        advisories.chain(known.unreadable.iter().map(record)).collect()
    }

    #[test]
    fn every_alert_is_an_advisory_for_other_lines_whatever_its_state() {
        let alerts = include_bytes!("../../fixtures/import/dependabot/alerts.json");
        let expected = [
            "GHSA-2222-3333-4444 crates.io clock [0.1.0, 0.2.23) [0.3.0, 0.3.20-0) patched=0.2.23",
            "GHSA-2222-3333-4444 crates.io clock-macros [.., 0.2.0) patched=0.2.0",
            "GHSA-3333-4444-5555 npm @evil/spring  patched=",
            "GHSA-5555-6666-7777 npm left-clock  patched=1.2.3",
            "GHSA-8888-9999-2222 PyPI left-clock  patched=",
            "GHSA-9999-2222-3333 crates.io gear [.., 1.5.1-0) patched= withdrawn",
            "! GHSA-6666-7777-8888 sundial: `< 2.x` is no range of versions",
            "! alert 8 -: it names no advisory",
        ];
        assert_eq!(known(alerts), expected);
    }

    #[test]
    fn pages_in_any_shape_are_one_list() {
        let alerts = include_str!("../../fixtures/import/dependabot/alerts.json");
        let expected = known(alerts.as_bytes());
        let pages = format!("[{alerts},[]]");
        let twice = format!("{alerts}\n[]\n{alerts}");
        for text in [pages, twice] {
            assert_eq!(known(text.as_bytes()), expected);
        }
    }

    #[test]
    fn a_repository_without_alerts_is_clean_and_a_refusal_is_not() {
        for text in ["[]", "[][]", "[[]]"] {
            let imported = Dependabot.read(&Document::open(text.as_bytes()));
            assert!(imported.runs.iter().all(|run| run.incomplete.is_empty()), "{text}");
        }
        for text in ["", "{}", "[1]", "[][{}]", "[][null]", r#"[]{"message":"Not Found"}"#] {
            let imported = Dependabot.read(&Document::open(text.as_bytes()));
            assert!(imported.runs.iter().any(|run| !run.incomplete.is_empty()), "{text}");
        }
    }

    #[test]
    fn one_range_that_cannot_be_read_costs_its_advisory_and_no_other() {
        let with = |range: &str| {
            format!(
                r#"[{{"number":1,"state":"open","security_advisory":{{"ghsa_id":"GHSA-2222-3333-4444",
                "vulnerabilities":[
                {{"package":{{"ecosystem":"rust","name":"a"}},"vulnerable_version_range":"< 1.0.0"}},
                {{"package":{{"ecosystem":"rust","name":"a"}},"vulnerable_version_range":{range}}},
                {{"package":{{"ecosystem":"rust","name":"b"}},"vulnerable_version_range":"< 1.0.0"}}
                ]}}}}]"#
            )
        };
        for range in ["null", "3", "\"\"", "\"< one\"", "[]"] {
            let shown = known(with(range).as_bytes());
            assert_eq!(shown.len(), 2, "{shown:?}");
            assert_eq!(shown[0], "GHSA-2222-3333-4444 crates.io b [.., 1.0.0) patched=");
            assert!(shown[1].starts_with("! GHSA-2222-3333-4444 a: "), "{shown:?}");
        }
        assert_eq!(known(with("\"= 2.0.0\"").as_bytes()).len(), 2);
    }
}
