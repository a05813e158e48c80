//! What was said elsewhere: alerts about code, ignore lists and VEX documents.

use std::{collections::BTreeMap, num::NonZeroU32};

use serde::Serialize;

use super::{JsonOrigin, origin};
use crate::model::{Alert, Expiry, Opinion};

/// A result of a scanner that names no vulnerability of a package.
#[derive(Serialize)]
pub(super) struct JsonAlert<'a> {
    source: &'a str,
    rule: &'a str,
    level: &'static str,
    rating: Option<&'static str>,
    score: Option<f64>,
    message: &'a str,
    file: Option<&'a str>,
    row: Option<u32>,
    fingerprints: &'a BTreeMap<String, String>,
    suppressed: Option<&'a str>,
    line: Option<&'a str>,
    tip: Option<&'static str>,
}

/// A statement that was made elsewhere.
#[derive(Serialize)]
pub(super) struct JsonOpinion<'a> {
    kind: &'a str,
    ids: Vec<&'a str>,
    ecosystem: Option<&'a str>,
    package: Option<&'a str>,
    version: Option<&'a str>,
    stance: &'a str,
    justification: Option<&'a str>,
    reason: Option<&'a str>,
    /// The first instant at which it does not hold any more.
    expires: Option<String>,
    /// An end that nobody can read, as written.
    unreadable_end: Option<&'a str>,
    by: Option<&'a str>,
    only_if: &'a [String],
    origin: JsonOrigin<'a>,
    line: Option<&'a str>,
    tip: Option<&'static str>,
}

pub(super) fn alert(alert: &Alert) -> JsonAlert<'_> {
    JsonAlert {
        source: &alert.source,
        rule: &alert.rule,
        level: alert.level.as_str(),
        rating: alert.severity.as_ref().map(|claim| claim.rating.as_str()),
        score: alert.severity.as_ref().and_then(|claim| claim.score),
        message: &alert.message,
        file: alert.file.as_deref(),
        row: alert.row.map(NonZeroU32::get),
        fingerprints: &alert.fingerprints,
        suppressed: alert.suppressed.as_deref(),
        line: alert.at.as_ref().map(|at| at.line.0.as_str()),
        tip: alert.at.as_ref().map(|at| at.tip.as_str()),
    }
}

pub(super) fn opinion(opinion: &Opinion) -> JsonOpinion<'_> {
    let package = opinion.package.as_ref();
    JsonOpinion {
        kind: opinion.kind,
        ids: opinion.ids.iter().map(String::as_str).collect(),
        ecosystem: package.map(|p| p.ecosystem.as_str()).filter(|name| !name.is_empty()),
        package: package.map(|p| p.name.as_str()),
        version: package.and_then(|p| p.version.as_deref()),
        stance: opinion.stance.as_str(),
        justification: opinion.justification.as_deref(),
        reason: opinion.reason.as_deref(),
        expires: match &opinion.expiry {
            Expiry::At(end) => Some(end.to_string()),
            Expiry::Never | Expiry::Unreadable(_) => None,
        },
        unreadable_end: match &opinion.expiry {
            Expiry::Unreadable(text) => Some(text),
            Expiry::Never | Expiry::At(_) => None,
        },
        by: opinion.by.as_deref(),
        only_if: &opinion.only_if,
        origin: origin(&opinion.origin),
        line: opinion.at.as_ref().map(|at| at.line.0.as_str()),
        tip: opinion.at.as_ref().map(|at| at.tip.as_str()),
    }
}
