//! Any other tool: gosec, `CodeQL`, zizmor, gitleaks, `SpotBugs`, `ESLint` and those that nobody has heard
//! of yet.
//!
//! A result is an alert. Only where the rule is a published advisory and the result has a package
//! URL is it a claim about that package; an id in prose is neither.

use super::{
    DIALECTS, Dialect, Made, Seen,
    value::{text, texts},
};
use crate::name::{Purl, is_advisory_id, purl};

pub(super) const ID: &str = "generic";

pub(super) struct Generic;

impl Dialect for Generic {
    fn id(&self) -> &'static str {
        ID
    }

    fn claims(&self, driver: &str) -> bool {
        DIALECTS.iter().all(|dialect| dialect.id() == ID || !dialect.claims(driver))
    }

    fn read(&self, seen: &Seen<'_>) -> Made {
        read(seen)
    }
}

pub(super) fn read(seen: &Seen<'_>) -> Made {
    let id = seen.rule_id();
    if !is_advisory_id(id) {
        return Made::Alert(seen.alert());
    }
    let Some(package) = package(seen) else { return Made::Alert(seen.alert()) };
    let advisory = seen.advisory(id, package.ecosystem, &package.name);
    seen.packages(advisory, package.version.as_deref())
}

fn package(seen: &Seen<'_>) -> Option<Purl> {
    let said = &seen.result.properties;
    seen.logical_names()
        .find_map(purl)
        .or_else(|| text(said, "/purl").and_then(purl))
        .or_else(|| texts(said, "/purls").find_map(purl))
}
