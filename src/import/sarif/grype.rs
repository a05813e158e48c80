//! Grype: <https://github.com/anchore/grype>.
//!
//! A rule's id is `<advisory>-<package>`. Package, version and fix are lines of the rule's help,
//! and its purl says which ecosystem; two versions of a package share one rule, so the version of
//! a result is the one in its message. Levels may contradict the score.

use super::{
    Dialect, Made, Seen,
    rules::Rule,
    seen::{ecosystem_of, fix, line_of},
    value::texts,
};
use crate::{
    model::Ecosystem,
    name::{Purl, purl},
};

pub(super) struct Grype;

/// The scores that it writes where it knows only a word.
const INVENTED: [(&str, f64); 4] =
    [("critical", 9.0), ("high", 7.0), ("medium", 4.0), ("low", 1.0)];

/// Its types of packages, where one of them is one ecosystem.
const TYPES: [(&str, &str); 12] = [
    ("conan", "ConanCenter"),
    ("dart-pub", "Pub"),
    ("dotnet", "NuGet"),
    ("gem", "RubyGems"),
    ("github-action", "GitHub Actions"),
    ("go-module", "Go"),
    ("hex", "Hex"),
    ("java-archive", "Maven"),
    ("npm", "npm"),
    ("php-composer", "Packagist"),
    ("python", "PyPI"),
    ("rust-crate", "crates.io"),
];

impl Dialect for Grype {
    fn id(&self) -> &'static str {
        "grype"
    }

    fn claims(&self, driver: &str) -> bool {
        driver.eq_ignore_ascii_case("grype")
    }

    fn read(&self, seen: &Seen<'_>) -> Made {
        let help = seen.rule.map(Rule::help).unwrap_or_default();
        let purls: Vec<Purl> = seen
            .rule
            .into_iter()
            .flat_map(|rule| texts(&rule.properties, "/purls"))
            .filter_map(purl)
            .collect();
        let said = said(seen.text());
        let by_purl = || purls.first().map(|purl| purl.name.as_str());
        let package = line_of(help, "Package").or(said.map(|(name, _)| name)).or_else(by_purl);
        let Some(package) = package.filter(|name| !name.is_empty()) else {
            return Made::Nameless("neither its rule nor its message names a package");
        };
        let rule = seen.rule_id();
        let by_suffix = rule.strip_suffix(package).and_then(|id| id.strip_suffix('-'));
        let by_help = || help.lines().next()?.trim().strip_prefix("Vulnerability ");
        let Some(id) = by_suffix.or_else(by_help).filter(|id| !id.is_empty()) else {
            return Made::Nameless("its rule does not end with the name of the package");
        };
        let spots = seen.spots();
        let version = said.filter(|(name, _)| *name == package).map(|(_, version)| version);
        let version = version.or_else(|| line_of(help, "Version"));
        let purl = purls.iter().find(|purl| purl.version.as_deref() == version).or(purls.first());
        let by_type = || {
            let kind = line_of(help, "Type")?;
            let (_, ecosystem) = TYPES.iter().find(|(name, _)| *name == kind)?;
            Some(Ecosystem::named(ecosystem))
        };
        let ecosystem = purl.map(|purl| purl.ecosystem.clone());
        let ecosystem = ecosystem.or_else(by_type).or_else(|| ecosystem_of(&spots));
        let name = purl.map_or(package, |purl| purl.name.as_str());
        let mut advisory = seen.advisory(id, ecosystem.unwrap_or(Ecosystem::UNKNOWN), name);
        // The rule describes a package and not the vulnerability.
        advisory.title = String::new();
        advisory.details = String::new();
        advisory.severity = seen.rated(line_of(help, "Severity"), &INVENTED).into_iter().collect();
        fix(&mut advisory, line_of(help, "Fix Version").unwrap_or_default().split(','));
        Made::packages(advisory, version, spots)
    }
}

/// `A high vulnerability in npm package: <name>, version <version> was found at: <path>`, or `…
/// was found in image <image> at: <path>`.
fn said(message: &str) -> Option<(&str, &str)> {
    let (_, rest) = message.split_once(" package: ")?;
    let (name, rest) = rest.split_once(", version ")?;
    let (version, _) = rest.split_once(" was found ")?;
    Some((name, version))
}
