//! What later steps of a workflow can ask: words, counts and names. Reports are files, not outputs.
//!
//! <https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands#setting-an-output-parameter>

use std::{collections::BTreeSet, fmt::Write as _};

use serde_json::{Value, json};

use crate::{
    escape,
    model::{Decision, Finding, LineId, ReleaseLine, Report, Verdict, Word},
};

/// Names and values of the outputs of the action. Counts are of findings on scanned lines; `failing`
/// is of all, so that it is never zero where a finding fails the run.
pub fn outputs(report: &Report) -> Vec<(&'static str, String)> {
    let scanned: BTreeSet<&LineId> = scanned(report).map(|line| &line.id).collect();
    let of = |word: Word| {
        let is_one = move |(_, verdict): &&(Finding, Verdict)| verdict.word == word;
        let scanned = &scanned;
        let is_scanned =
            move |(finding, _): &&(Finding, Verdict)| scanned.contains(&finding.key.line);
        report.findings.iter().filter(is_scanned).filter(is_one)
    };
    let count = |word| of(word).count().to_string();
    let unpatched: BTreeSet<&LineId> = of(Word::Unpatched).map(|(f, _)| &f.key.line).collect();
    let failing = report.findings.iter().filter(|(_, v)| v.decision == Decision::Fail).count();
    vec![
        ("outcome", report.outcome.as_str().to_owned()),
        ("lines", names(scanned_lines(report, |_| true))),
        ("unpatched-lines", names(scanned_lines(report, |id| unpatched.contains(id)))),
        ("failing", failing.to_string()),
        ("unpatched", count(Word::Unpatched)),
        ("fixed-unreleased", count(Word::FixedUnreleased)),
        ("unknown", count(Word::Unknown)),
        ("suppressed", count(Word::Suppressed)),
    ]
}

/// What is appended to the file that `GITHUB_OUTPUT` names; `None`: the delimiter is in a value, and
/// another one is needed.
pub fn github_output(outputs: &[(&'static str, String)], delimiter: &str) -> Option<String> {
    let mut text = String::new();
    for (name, value) in outputs {
        if value.contains(delimiter) || delimiter.is_empty() {
            return None;
        }
        let _ = writeln!(text, "{name}<<{delimiter}\n{value}\n{delimiter}");
    }
    Some(text)
}

fn scanned(report: &Report) -> impl Iterator<Item = &ReleaseLine> {
    report.lines.iter().filter(|line| line.is_scanned())
}

/// In the order of the report.
fn scanned_lines(report: &Report, is_wanted: impl Fn(&LineId) -> bool) -> Vec<&str> {
    scanned(report).filter(|line| is_wanted(&line.id)).map(|line| line.id.0.as_str()).collect()
}

/// For `fromJSON`, on one line.
fn names(names: Vec<&str>) -> String {
    let names: Vec<Value> = names.into_iter().map(|name| json!(name)).collect();
    escape::json(&Value::Array(names).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_output_ends_where_its_delimiter_says() {
        let outputs = [("outcome", "pass".to_owned()), ("lines", "[\"1.2\"]".to_owned())];
        assert_eq!(
            github_output(&outputs, "end").as_deref(),
            Some("outcome<<end\npass\nend\nlines<<end\n[\"1.2\"]\nend\n")
        );
        assert_eq!(github_output(&outputs, "1.2"), None);
        assert_eq!(github_output(&outputs, ""), None);
    }
}
