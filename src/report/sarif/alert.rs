//! Results about code, secrets, licences and configuration, as their tools said them.

use std::{collections::BTreeMap, num::NonZeroU32};

use serde_json::json;
use serde_sarif::sarif::{
    MultiformatMessageString, PropertyBag, ReportingDescriptor, Result as SarifResult, ResultLevel,
};
use sha2::{Digest as _, Sha256};

use super::{NO_FILE, limits, message, properties, result::location};
use crate::{
    escape,
    model::{Alert, Level, LineId, Report, Tip},
};

/// An alert's rule: two tools may call different rules alike.
pub(super) fn rule_id(alert: &Alert) -> String {
    format!("{}/{}", alert.source, alert.rule)
}

/// The alerts of a line at these tips. What a tool says is suppressed is not among them: GitHub
/// would open it again.
pub(super) fn of<'a>(
    report: &'a Report,
    line: &'a LineId,
    tips: &'a [Tip],
) -> impl Iterator<Item = &'a Alert> {
    report.alerts.iter().filter(move |alert| {
        let concerns = |at: &crate::model::Place| at.line == *line && tips.contains(&at.tip);
        alert.suppressed.is_none() && alert.at.as_ref().is_some_and(concerns)
    })
}

/// The rule of an alert, with what is known of it: its id and its severity.
pub(super) fn rule(alert: &Alert) -> ReportingDescriptor {
    let text = || {
        let mut text = escape::cut(
            &escape::line(&format!("{} reports {}", alert.source, alert.rule)),
            limits::DESCRIPTION - 1,
        );
        text.push('.');
        MultiformatMessageString::builder().text(text).build()
    };
    let mut extra = BTreeMap::from([("tool".to_owned(), json!(&*alert.source))]);
    let score = alert.severity.as_ref().and_then(|claim| claim.score);
    extra.extend(score.map(|score| ("security-severity".to_owned(), json!(format!("{score:.1}")))));
    ReportingDescriptor::builder()
        .id(rule_id(alert))
        .short_description(text())
        .full_description(text())
        .help(text())
        .properties(PropertyBag { tags: None, additional_properties: extra })
        .build()
}

/// An alert as a result.
pub(super) fn result(alert: &Alert, line: &LineId, rule_index: Option<i64>) -> SarifResult {
    let said = if alert.message.trim().is_empty() { &alert.rule } else { &alert.message };
    let fingerprint = fingerprint(alert);
    let mut result = SarifResult::builder()
        .rule_id(rule_id(alert))
        .level(match alert.level {
            Level::Error => ResultLevel::Error,
            Level::Warning => ResultLevel::Warning,
            Level::Note | Level::None => ResultLevel::Note,
        })
        .message(message(escape::sarif(said)))
        .locations(vec![location(alert.file.as_deref().unwrap_or(NO_FILE), alert.row)])
        .partial_fingerprints(BTreeMap::from([
            ("primaryLocationLineHash".to_owned(), format!("{fingerprint}:1")),
            ("patchline/alert/v1".to_owned(), fingerprint),
        ]))
        .properties(properties(json!({
            "line": line.0,
            "class": "code",
            "source": &*alert.source,
            "tip": alert.at.as_ref().map(|at| at.tip.as_str()),
        })))
        .build();
    result.rule_index = rule_index;
    result
}

/// The tool's own fingerprints where there are any, else what was said, and never the row: code
/// moves.
fn fingerprint(alert: &Alert) -> String {
    let mut hash = Sha256::new();
    let mut add = |part: &str| {
        hash.update(part.as_bytes());
        hash.update([0]);
    };
    add(&alert.source);
    add(&alert.rule);
    add(alert.file.as_deref().unwrap_or_default());
    if alert.fingerprints.is_empty() {
        add(&alert.message);
    }
    for (key, value) in alert.fingerprints.iter() {
        add(key);
        add(value);
    }
    escape::hex(&hash.finalize())
}

/// The most urgent first, where a limit cuts.
pub(super) fn urgency(alert: &Alert) -> (std::cmp::Reverse<Level>, Option<NonZeroU32>) {
    (std::cmp::Reverse(alert.level), alert.row)
}
