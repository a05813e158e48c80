//! What was said elsewhere: alerts about code, ignore lists and VEX documents.

use std::num::NonZeroU32;

use serde::{Serialize, Serializer};

use super::{JsonOrigin, origin};
use crate::{
    judge::suppress,
    model::{
        Alert, Change, Expiry, Fingerprints, Opinion, Silence, Suppression, SuppressionState,
        SuppressionUse,
    },
};

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
    #[serde(serialize_with = "map")]
    fingerprints: &'a Fingerprints,
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

/// What keeps a finding silent: a suppression of the policy, or a statement that it obeys.
#[derive(Serialize)]
pub(super) struct JsonSilence<'a> {
    /// `suppression`, or the statement's kind.
    by: &'a str,
    ids: Vec<&'a str>,
    package: Option<&'a str>,
    lines: &'a [String],
    reason: Option<&'a str>,
    justification: Option<&'a str>,
    /// The last day on which it holds.
    until: Option<String>,
    origin: JsonOrigin<'a>,
}

/// What has become of a suppression of the policy.
#[derive(Serialize)]
pub(super) struct JsonUse<'a> {
    #[serde(flatten)]
    suppression: JsonSilence<'a>,
    state: &'static str,
    because: Option<&'a str>,
    /// Findings that it is about.
    matched: usize,
    unknown_lines: &'a [String],
}

/// A change of a suppression or of a statement.
#[derive(Serialize)]
pub(super) struct JsonChange<'a> {
    change: &'static str,
    before: Option<JsonSilence<'a>>,
    after: Option<JsonSilence<'a>>,
}

pub(super) fn silence(silence: &Silence) -> JsonSilence<'_> {
    match silence {
        Silence::Suppression(suppression) => of_suppression(suppression),
        Silence::Opinion(opinion) => JsonSilence {
            by: opinion.kind,
            ids: opinion.ids.iter().map(String::as_str).collect(),
            package: opinion.package.as_ref().map(|package| package.name.as_str()),
            lines: &[],
            reason: opinion.reason.as_deref(),
            justification: opinion.justification.as_deref(),
            until: match &opinion.expiry {
                Expiry::At(_) => suppress::last_day(&opinion.expiry).map(|day| day.to_string()),
                Expiry::Never | Expiry::Unreadable(_) => None,
            },
            origin: origin(&opinion.origin),
        },
    }
}

fn of_suppression(suppression: &Suppression) -> JsonSilence<'_> {
    JsonSilence {
        by: "suppression",
        ids: vec![&suppression.id],
        package: suppression.package.as_deref(),
        lines: &suppression.lines,
        reason: Some(&suppression.reason),
        justification: suppression.justification.as_deref(),
        until: Some(suppression.until.to_string()),
        origin: origin(&suppression.origin),
    }
}

pub(super) fn usage(usage: &SuppressionUse) -> JsonUse<'_> {
    JsonUse {
        suppression: of_suppression(&usage.suppression),
        state: usage.state.as_str(),
        because: match &usage.state {
            SuppressionState::Unknown { because } => Some(because),
            _ => None,
        },
        matched: usage.matched,
        unknown_lines: &usage.unknown_lines,
    }
}

pub(super) fn change(change: &Change) -> JsonChange<'_> {
    let (word, before, after) = match change {
        Change::Added(after) => ("added", None, Some(after)),
        Change::Removed(before) => ("removed", Some(before), None),
        Change::Changed { before, after } => ("changed", Some(&**before), Some(&**after)),
    };
    JsonChange { change: word, before: before.map(silence), after: after.map(silence) }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes the field by reference")]
fn map<S: Serializer>(fingerprints: &&Fingerprints, to: S) -> Result<S::Ok, S::Error> {
    to.collect_map(fingerprints.iter())
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
