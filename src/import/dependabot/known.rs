//! What alerts know beyond the default branch: advisories to hold against every other line.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{advisory, alerts, id, is_alert, number, package, package_of, range};
use crate::{
    import::{Document, field},
    model::{Advisory, Ecosystem, Quarantined, VersionRange},
};

/// An advisory with more ranges or packages than this is not read.
const MOST: usize = 1_000;

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
        if of_record.len() > MOST {
            unreadable.insert(Quarantined {
                path: id,
                package: package(alert).map(|(_, name)| name),
                error: format!("it is about more than {MOST} packages and versions"),
            });
            continue;
        }
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

/// Adds the versions of one range to an advisory. Of several ranges each has its own fix.
pub(super) fn widen(advisory: &mut Advisory, vulnerability: &Value) -> Result<(), String> {
    if advisory.ranges.len() > MOST || advisory.patched.len() > MOST {
        return Err(format!("it has more than {MOST} ranges"));
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::{Importer as _, dependabot::Dependabot};

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
        let alerts = include_bytes!("../../../fixtures/import/dependabot/alerts.json");
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
        let alerts = include_str!("../../../fixtures/import/dependabot/alerts.json");
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
