//! How vulnerabilities reach the project, and within which time it means to fix them.

use std::fmt::Write as _;

use super::{Section, Shown, link};
use crate::{escape::html::text, model::Targets, report::words::plural};

/// What a project says of its process, as its configuration has it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Process {
    /// The ways to report a vulnerability, the best one first: addresses of the web or of mail.
    pub contact: Vec<String>,
    /// What else is promised to whoever reports one, each with its days.
    pub promises: Vec<(&'static str, i64)>,
    /// What is said of lines that have ended.
    pub ended: Option<&'static str>,
    pub targets: Targets,
}

pub(super) fn section(shown: &Shown<'_>) -> Option<Section> {
    let process = shown.process;
    let mut rows: Vec<(&str, String)> = Vec::new();
    let ways: Vec<String> = process.contact.iter().map(|way| contact(way)).collect();
    if !ways.is_empty() {
        rows.push(("Report a vulnerability", ways.join("<br>")));
    }
    for (what, days) in &process.promises {
        rows.push((what, format!("within {days} {}", plural_days(*days))));
    }
    // A report without a configuration of its own may come with a history that has one.
    let targets = match shown.history {
        Some(history) if process.targets.days.is_empty() => &history.targets,
        _ => &process.targets,
    };
    let days: Vec<String> = targets
        .days
        .iter()
        .rev()
        .map(|(rating, days)| {
            let unit = plural_days(i64::from(*days));
            let rating = rating.as_str();
            format!("<span class=\"sev {rating}\">{rating}</span> {days} {unit}")
        })
        .collect();
    if !days.is_empty() {
        rows.push(("A release with the fix, once public", days.join("<br>")));
    }
    rows.extend(process.ended.map(|ended| ("Ended lines", text(ended))));
    if rows.is_empty() {
        return None;
    }
    let mut body = String::from("<dl>\n");
    for (name, said) in rows {
        let _ = writeln!(body, "<dt>{name}<dd>{said}");
    }
    body.push_str("</dl>\n");
    Some(Section { id: "process", title: "Process and targets", body })
}

/// An address of the web as a link; one of mail as text that can be copied.
fn contact(way: &str) -> String {
    link(&text(way.strip_prefix("mailto:").unwrap_or(way)), way)
}

fn plural_days(days: i64) -> &'static str {
    plural(usize::try_from(days).unwrap_or(0), "day", "days")
}
