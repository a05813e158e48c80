//! Secrets, misconfigurations and licences in Trivy's reports. The secret itself is never taken over.

use serde_json::Value;

use super::{ID, field};
use crate::{
    model::{Alert, Fingerprints, Level},
    severity,
};

/// A kind of alert: the key of its list, its word in `ExperimentalModifiedFindings`, its reader.
pub(super) struct Kind {
    pub(super) list: &'static str,
    pub(super) word: &'static str,
    pub(super) read: fn(&Value) -> Option<Alert>,
}

/// All kinds.
pub(super) const KINDS: [Kind; 3] = [
    Kind { list: "Secrets", word: "secret", read: secret },
    Kind { list: "Misconfigurations", word: "misconfiguration", read: misconfiguration },
    Kind { list: "Licenses", word: "license", read: license },
];

fn secret(found: &Value) -> Option<Alert> {
    let rule = field::text(found, "RuleID")?;
    let message = match field::title(found, "Title") {
        title if title.is_empty() => rule.to_owned(),
        title => title,
    };
    Some(Alert { row: field::row(found, "StartLine"), ..alert(rule, message, found) })
}

fn misconfiguration(found: &Value) -> Option<Alert> {
    let rule = field::text(found, "ID").or_else(|| field::text(found, "AVDID"))?;
    let title = field::title(found, "Title");
    let message = match field::title(found, "Message") {
        message if message.is_empty() => title,
        message if title.is_empty() => message,
        message => format!("{title}: {message}"),
    };
    let cause = field::at(found, &["CauseMetadata"]);
    let alert = Alert { row: field::row(cause, "StartLine"), ..alert(rule, message, found) };
    match field::text(found, "Status") {
        Some("PASS") => None,
        Some("EXCEPTION") => Some(Alert { suppressed: Some("exception".to_owned()), ..alert }),
        _ => Some(alert),
    }
}

fn license(found: &Value) -> Option<Alert> {
    let name = field::text(found, "Name")?;
    let of = field::text(found, "PkgName").or_else(|| field::text(found, "FilePath"));
    let category = field::text(found, "Category").unwrap_or("unknown");
    let message = match of {
        Some(of) => format!("{of} has the license {name} of category {category}"),
        None => format!("the license {name} of category {category}"),
    };
    let mut alert = alert(name, message, found);
    alert.fingerprints = of.map(|of| ("of", of)).into_iter().collect();
    alert.file = field::text(found, "FilePath").map(str::to_owned);
    Some(alert)
}

/// Levels are those of Trivy's own SARIF.
fn alert(rule: &str, message: String, found: &Value) -> Alert {
    let word = field::text(found, "Severity").unwrap_or_default();
    Alert {
        source: ID.into(),
        rule: rule.into(),
        level: match word {
            "CRITICAL" | "HIGH" => Level::Error,
            "MEDIUM" => Level::Warning,
            _ => Level::Note,
        },
        severity: severity::of_word(ID, word),
        message: message.into(),
        file: None,
        row: None,
        fingerprints: Fingerprints::default(),
        suppressed: None,
        at: None,
    }
}
