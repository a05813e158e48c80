//! Snyk: <https://docs.snyk.io/>; its drivers are `Snyk Open Source`, `Snyk Container`, `SnykCode`,
//! `Snyk IaC` and, in older files, `snyk-cli`.
//!
//! Package and version are in the logical locations, in older files only in the rule's full
//! description, `(CVE-…,CVE-…) name@version`, which also has the other names. Licences are alerts.

use super::{
    Dialect, Made, Seen,
    seen::{ecosystem_of, fix, from_the_root, name, name_and_version},
    value::{list, text},
};
use crate::{
    model::{Ecosystem, SeverityClaim},
    name::advisory_ids,
    severity,
};

pub(super) struct Snyk;

/// Its tags for package managers, where one of them is one ecosystem.
const MANAGERS: [(&str, &str); 16] = [
    ("apk", "Alpine"),
    ("cargo", "crates.io"),
    ("composer", "Packagist"),
    ("golangdep", "Go"),
    ("gomodules", "Go"),
    ("gradle", "Maven"),
    ("hex", "Hex"),
    ("maven", "Maven"),
    ("npm", "npm"),
    ("nuget", "NuGet"),
    ("pip", "PyPI"),
    ("pipenv", "PyPI"),
    ("poetry", "PyPI"),
    ("rubygems", "RubyGems"),
    ("swift", "SwiftURL"),
    ("yarn", "npm"),
];
/// Tags of packages of a system, which have the source's name before their own.
const OF_SYSTEMS: [&str; 4] = ["apk", "deb", "linux", "rpm"];

impl Dialect for Snyk {
    fn id(&self) -> &'static str {
        "snyk"
    }

    fn claims(&self, driver: &str) -> bool {
        driver.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("snyk"))
    }

    fn read(&self, seen: &Seen<'_>) -> Made {
        let id = seen.rule_id();
        // `SNYK-CC-…` are policies of infrastructure as code.
        let is_advisory = id.starts_with("SNYK-") && !id.starts_with("SNYK-CC-") || is_old_id(id);
        if !is_advisory {
            return Made::Alert(seen.alert());
        }
        let description = seen.rule.and_then(|rule| text(&rule.full_description, "/text"));
        let description = description.unwrap_or_default();
        let (aliases, described) = match description.strip_prefix('(') {
            Some(rest) => rest.split_once(')').unwrap_or_default(),
            None => ("", description),
        };
        // A description of older rules may be prose.
        let described = Some(described.trim()).filter(|text| !text.contains(char::is_whitespace));
        let Some((package, version)) =
            seen.logical_names().next().or(described).and_then(name_and_version)
        else {
            return Made::Nameless("neither its place nor its rule names a package");
        };
        let is_of_system =
            seen.rule.is_some_and(|rule| rule.tags().any(|tag| OF_SYSTEMS.contains(&tag)));
        let package = match package.split_once('/') {
            Some((source, _)) if is_of_system => source,
            _ => package,
        };
        let mut spots = seen.spots();
        from_the_root(&mut spots);
        let by_tag = seen.rule.and_then(|rule| {
            let known = |tag| MANAGERS.iter().find(|(manager, _)| *manager == tag);
            rule.tags().find_map(known).map(|(_, ecosystem)| Ecosystem::named(ecosystem))
        });
        let by_file = || ecosystem_of(&spots).filter(|_| !is_of_system);
        let ecosystem = by_tag.or_else(by_file).unwrap_or(Ecosystem::UNKNOWN);
        let mut advisory = seen.advisory(id, ecosystem, package);
        let aliases = advisory_ids(aliases);
        name(&mut advisory, aliases.iter().map(String::as_str));
        advisory.details = String::new();
        advisory.severity = rated(seen).into_iter().collect();
        let title = advisory.title.split_once(" severity - ").map(|(_, title)| title.to_owned());
        advisory.title = title.unwrap_or(advisory.title);
        let upgrades: Vec<&str> = list(&seen.result.fixes, "")
            .iter()
            .filter_map(|one| text(one, "/description/text"))
            .flat_map(str::split_whitespace)
            .filter_map(|word| name_and_version(word))
            // Most are upgrades of the direct dependency, which fix nothing by themselves.
            .filter_map(|(name, version)| version.filter(|_| name == package))
            .collect();
        fix(&mut advisory, upgrades.into_iter());
        Made::packages(advisory, version, spots)
    }
}

/// `npm:name:20180212`, the form of ids before 2019; `snyk:lic:…` are licences.
fn is_old_id(id: &str) -> bool {
    let mut parts = id.split(':');
    let (Some(manager), Some(_), Some(date), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return false;
    };
    manager != "snyk" && date.len() == 8 && date.bytes().all(|byte| byte.is_ascii_digit())
}

/// The score, which may be the word `undefined`, else the first word of the title.
fn rated(seen: &Seen<'_>) -> Option<SeverityClaim> {
    let rule = seen.rule?;
    let by = &seen.context.source;
    let score = || rule.properties.get("cvssv3_baseScore")?.as_f64();
    rule.severity.clone().or_else(|| severity::of_score(by, score()?)).or_else(|| {
        let title = text(&rule.short_description, "/text")?;
        let (word, _) = title.split_once(" severity - ")?;
        severity::of_word(by, word)
    })
}
