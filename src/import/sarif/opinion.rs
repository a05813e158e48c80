//! SARIF's suppressions as opinions: what a tool found and was told to be silent about.

use std::{collections::BTreeSet, num::NonZeroU32};

use jiff::Timestamp;
use serde_json::Value;

use super::{rules::one_line, value::text};
use crate::model::{Expiry, Opinion, Origin, PackagePattern, Reported, Stance};

/// What `[statements] obey` names.
const KIND: &str = "sarif";

/// The opinion that suppresses a claim, at a row of the report.
pub(super) fn of(suppression: &Value, claim: &Reported, row: u32) -> Opinion {
    let advisory = &claim.advisory;
    let mut ids: BTreeSet<String> = advisory.aliases.iter().cloned().collect();
    ids.insert(advisory.id.clone());
    Opinion {
        kind: KIND,
        ids,
        package: Some(PackagePattern {
            ecosystem: advisory.ecosystem.clone(),
            name: advisory.package.clone(),
            version: claim.version.clone(),
        }),
        stance: Stance::Ignored,
        justification: None,
        reason: text(suppression, "/justification").map(one_line),
        expiry: expiry(suppression),
        by: by(suppression),
        // The reader knows neither the name of the report nor who asked for it.
        origin: Origin { reference: None, path: String::new(), row: NonZeroU32::new(row) },
        at: None,
        only_if: Vec::new(),
    }
}

/// Why an alert is suppressed, in the tool's words.
pub(super) fn reason(suppression: &Value) -> String {
    let kind = text(suppression, "/kind").unwrap_or_default();
    match text(suppression, "/justification") {
        Some(words) => one_line(words),
        None if kind.eq_ignore_ascii_case("inSource") => "suppressed in the source".to_owned(),
        None => "suppressed without a reason".to_owned(),
    }
}

/// SARIF has no end of a suppression; Snyk and `sarif-multitool` add one.
fn expiry(suppression: &Value) -> Expiry {
    let end = text(suppression, "/properties/expiration")
        .or_else(|| text(suppression, "/properties/expiryUtc"))
        .or_else(|| text(suppression, "/expiryUtc"));
    match end {
        None => Expiry::Never,
        Some(end) => match end.parse::<Timestamp>() {
            Ok(instant) => Expiry::At(instant),
            Err(_) => Expiry::Unreadable(one_line(end)),
        },
    }
}

/// Who suppressed it, by name; an address would be personal.
fn by(suppression: &Value) -> Option<String> {
    let name = text(suppression, "/properties/ignoredBy/name").map(one_line)?;
    match text(suppression, "/properties/ignoredOn") {
        Some(on) => Some(format!("{name} on {}", one_line(on))),
        None => Some(name),
    }
}
