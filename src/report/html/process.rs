//! How vulnerabilities reach the project, and within which time it means to fix them.

use std::fmt::Write as _;

use super::{Section, Shown, link};
use crate::{escape::html::text, model::Targets};

/// What a project says of its process, as its configuration has it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Process {
    /// Where to report a vulnerability: an address of the web, of mail, or words.
    pub contact: Option<String>,
    /// What is said of lines that have ended.
    pub ended: Option<String>,
    pub targets: Targets,
}

pub(super) fn section(shown: &Shown<'_>) -> Option<Section> {
    let process = shown.process;
    let mut rows: Vec<(&str, String)> = Vec::new();
    if let Some(contact) = &process.contact {
        rows.push(("Report a vulnerability", link(&text(contact), contact)));
    }
    let targets = match shown.history {
        Some(history) if process.targets.days.is_empty() => &history.targets,
        _ => &process.targets,
    };
    let days: Vec<String> = targets
        .days
        .iter()
        .rev()
        .map(|(rating, days)| {
            let unit = if *days == 1 { "day" } else { "days" };
            format!("{} within {days} {unit}", rating.as_str())
        })
        .collect();
    if !days.is_empty() {
        rows.push(("A fix is released", days.join(", ")));
    }
    if let Some(ended) = &process.ended {
        rows.push(("Ended lines", text(ended)));
    }
    if rows.is_empty() {
        return None;
    }
    let mut body = String::from("<dl>\n");
    for (name, said) in rows {
        let _ = write!(body, "<dt>{name}<dd>{said}\n");
    }
    body.push_str("</dl>\n");
    Some(Section { id: "process", title: "Process and targets", body })
}
