//! Where each line stands, in a word: the table that a maintainer reads first.

use std::{collections::BTreeSet, fmt::Write as _};

use super::{super::words, find, page::Page, whereabouts};
use crate::{
    escape,
    model::{Coverage, Decision, Finding, LineId, ReleaseLine, Report, Word},
};

/// Every line that was looked at, and every one that asks for something.
pub(super) fn draw(page: &mut Page, report: &Report) {
    let rows: Vec<String> = columns(report)
        .into_iter()
        .map(|(id, line)| {
            let name = escape::code(&id.0);
            let state = state(report, id);
            let Some(line) = line else { return format!("| {name} | {state} |  |  |  |") };
            format!(
                "| {name} | {state} | {} | {} | {} |",
                head(line),
                release(line),
                escape::markdown(&words::standing(line))
            )
        })
        .collect();
    let head = "| Line | State | Branch | Latest release | Support |\n|---|---|---|---|---|\n";
    page.rows(head, &rows, "");
}

/// The lines that have a place in a table: those that were scanned, and those with findings that
/// the gate minds, whatever the line is.
pub(super) fn columns(report: &Report) -> Vec<(&LineId, Option<&ReleaseLine>)> {
    let minded: BTreeSet<&LineId> = report
        .findings
        .iter()
        .filter(|(_, verdict)| verdict.decision > Decision::Note)
        .map(|(finding, _)| &finding.key.line)
        .collect();
    let has_place = |line: &&ReleaseLine| line.is_scanned() || minded.contains(&line.id);
    let known: Vec<(&LineId, Option<&ReleaseLine>)> =
        report.lines.iter().filter(has_place).map(|line| (&line.id, Some(line))).collect();
    let is_unknown = |id: &&LineId| !report.lines.iter().any(|line| line.id == **id);
    let unknown = minded.iter().copied().filter(is_unknown).map(|id| (id, None));
    known.iter().copied().chain(unknown).collect()
}

/// A sign, and what is open. Nothing is called clean that was not looked at whole.
pub(super) fn state(report: &Report, id: &LineId) -> String {
    state_of(report, id, |_| true)
}

/// The same of the findings that are wanted.
pub(super) fn state_of(
    report: &Report,
    id: &LineId,
    is_wanted: impl Fn(&Finding) -> bool,
) -> String {
    const OPEN: [Word; 4] =
        [Word::Unpatched, Word::FixedUnreleased, Word::Unknown, Word::Suppressed];
    let verdicts: Vec<_> = report
        .findings
        .iter()
        .filter(|(finding, _)| finding.key.line == *id && is_wanted(finding))
        .map(|(_, verdict)| verdict)
        .collect();
    let mut parts = Vec::new();
    for word in OPEN {
        let of_word = || verdicts.iter().filter(move |verdict| verdict.word == word);
        let count = of_word().count();
        if count == 0 {
            continue;
        }
        let mut part = format!("{count} {}", word.as_str());
        match of_word().filter(|verdict| verdict.decision == Decision::Fail).count() {
            0 => {}
            fails if fails == count => {}
            fails => {
                let _ = write!(part, " ({fails} fail)");
            }
        }
        parts.push(part);
    }
    let is_unseen = is_unseen(report, id);
    let is_scanned = find(report, id).is_some_and(ReleaseLine::is_scanned);
    if !is_scanned {
        parts.push("**not scanned**".to_owned());
    } else if is_unseen {
        parts.push("**not looked at whole**".to_owned());
    }
    let worst = verdicts.iter().map(|verdict| verdict.decision).max().unwrap_or(Decision::Note);
    let is_open = verdicts.iter().any(|verdict| {
        matches!(verdict.word, Word::Unpatched | Word::FixedUnreleased | Word::Unknown)
    });
    let sign = match worst {
        Decision::Fail => "❌ ",
        Decision::Warn => "⚠️ ",
        Decision::Note if !is_scanned => "",
        Decision::Note if is_unseen => "⚠️ ",
        Decision::Note if is_open => "",
        Decision::Note => "✅ ",
    };
    if parts.is_empty() {
        parts.push("nothing open".to_owned());
    }
    format!("{sign}{}", parts.join(", "))
}

/// True if something that had to be looked at was not, here or everywhere.
fn is_unseen(report: &Report, id: &LineId) -> bool {
    let concerns =
        |gap: &Coverage| gap.covered.is_gap() && gap.at.as_ref().is_none_or(|at| at.line == *id);
    report.coverage.iter().any(concerns)
}

fn head(line: &ReleaseLine) -> String {
    match &line.head {
        None => "none".to_owned(),
        Some(head) => match &head.commit {
            Some(commit) => format!("{} at {}", whereabouts(line), escape::code(commit.short())),
            None => format!("{} (not here)", whereabouts(line)),
        },
    }
}

fn release(line: &ReleaseLine) -> String {
    match &line.release {
        None => "none".to_owned(),
        Some(release) => {
            let day = |date: jiff::Timestamp| date.to_zoned(jiff::tz::TimeZone::UTC).date();
            let of = release.date.map(|date| format!(" of {}", day(date))).unwrap_or_default();
            format!("{}{of}", escape::code(&release.tag))
        }
    }
}
