//! The pages that GitHub shows of a run: the summary of a job and the comment of a pull request.
//!
//! The verdict comes first, then what needs somebody, then the rest, folded. Every page has a bound
//! and is cut between rows. What strangers wrote is text or code, and never a link, a mention or
//! markup: see `escape`. Deliberately without the markers by which a page is found again: who
//! publishes adds them, and writes the pages of issues: those tell of many runs.

mod comment;
mod matrix;
mod page;
mod past;
mod proposal;
mod state;
mod summary;
mod todo;

pub use self::{
    comment::{comment, has_news},
    past::past,
    summary::summary,
};
use crate::{
    escape,
    model::{Finding, FindingKey, Origin, Outcome, ReleaseLine, short_name},
    report::{branch_name, rows, words},
};

/// The sign of an outcome; the word stands beside it.
fn sign(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Pass => "✅",
        Outcome::Fail => "❌",
        Outcome::Incomplete => "⚠️",
    }
}

/// The name of a vulnerability, with a link to where it can be read.
fn advisory(finding: &Finding) -> String {
    let id = &finding.key.vulnerability;
    let shown = escape::code(id);
    escape::link(&shown, &rows::home(finding).unwrap_or_default())
}

/// A package, with its ecosystem where that is not plain.
fn package(key: &FindingKey) -> String {
    let name = escape::code(&key.package);
    match rows::package_note(key) {
        None => name,
        Some(note) => format!("{name} ({})", escape::markdown(&note)),
    }
}

fn severity(finding: &Finding) -> String {
    let severity = escape::markdown(&rows::severity(finding));
    match finding.exploited {
        Some(_) => format!("{severity}, **exploited**"),
        None => severity,
    }
}

/// Versions that carry the fix.
fn fixed_in(finding: &Finding) -> String {
    let fixed: Vec<String> = finding.fixed_in.iter().map(|fixed| escape::code(fixed)).collect();
    match fixed.len() {
        0 => "no fix is known".to_owned(),
        _ => words::few(&fixed, 3),
    }
}

/// A place in the repository: `SECURITY.md:15`, with the ref if it is not the default branch's.
fn place(origin: &Origin, default: Option<&str>) -> String {
    let reference = origin.reference.as_deref().filter(|reference| Some(*reference) != default);
    let row = origin.row.map(|row| format!(":{row}")).unwrap_or_default();
    let path = &origin.path;
    escape::code(&match reference.map(short_name) {
        Some(reference) if path.is_empty() => reference.to_owned(),
        Some(reference) => format!("{reference}:{path}{row}"),
        None => format!("{path}{row}"),
    })
}

/// The branch of a line, else what there is of it.
fn whereabouts(line: &ReleaseLine) -> String {
    match (branch_name(line), &line.release) {
        (Some(branch), _) => escape::code(branch),
        (None, Some(release)) => format!("release {}, no branch", escape::code(&release.tag)),
        (None, None) => "neither branch nor release".to_owned(),
    }
}

/// Rows of a list, each with its mark.
fn items(texts: impl IntoIterator<Item = String>) -> Vec<String> {
    texts.into_iter().map(|text| format!("- {text}")).collect()
}

/// What stands before something that is folded. The words are ours.
fn fold(summary: &str) -> String {
    format!("<details>\n<summary>{summary}</summary>\n\n")
}

/// What stands after it.
const UNFOLD: &str = "</details>\n\n";
