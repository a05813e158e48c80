//! Where each line stands, in the words that every page says. Nothing is called clean that was not
//! looked at whole.

use std::{collections::BTreeSet, fmt::Write as _};

use crate::model::{Coverage, Decision, Finding, LineId, ReleaseLine, Report, Verdict, Word};

/// Where a line stands.
pub(super) struct State {
    /// How many findings ask for something or may, the worst word first, and how many of them fail.
    pub(super) open: Vec<(Word, usize, usize)>,
    pub(super) sight: Whole,
    pub(super) sign: Sign,
}

/// How much of a line was looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Whole {
    Seen,
    /// Something that had to be looked at was not, here or everywhere.
    InPart,
    /// Its tips are not looked at.
    NotScanned,
}

/// What somebody sees at a glance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Sign {
    /// All of it was looked at, and nothing is open.
    Good,
    /// Something is open that the gate does not mind, or nobody looked.
    Plain,
    /// A warning, or something that was not looked at.
    Warning,
    Bad,
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

/// The state of a line, of all of its findings.
pub(super) fn state(report: &Report, id: &LineId) -> State {
    state_of(report, id, |_| true)
}

/// The same of the findings that are wanted.
pub(super) fn state_of(
    report: &Report,
    id: &LineId,
    is_wanted: impl Fn(&Finding) -> bool,
) -> State {
    const OPEN: [Word; 4] =
        [Word::Unpatched, Word::FixedUnreleased, Word::Unknown, Word::Suppressed];
    let verdicts: Vec<&Verdict> = report
        .findings
        .iter()
        .filter(|(finding, _)| finding.key.line == *id && is_wanted(finding))
        .map(|(_, verdict)| verdict)
        .collect();
    let counted = |word: Word| {
        let of_word = || verdicts.iter().filter(move |verdict| verdict.word == word);
        let fails = of_word().filter(|verdict| verdict.decision == Decision::Fail).count();
        (word, of_word().count(), fails)
    };
    let open = OPEN.into_iter().map(counted).filter(|(_, count, _)| *count > 0).collect();
    let line = report.lines.iter().find(|line| line.id == *id);
    let sight = if !line.is_some_and(ReleaseLine::is_scanned) {
        Whole::NotScanned
    } else if is_unseen(report, id) {
        Whole::InPart
    } else {
        Whole::Seen
    };
    let worst = verdicts.iter().map(|verdict| verdict.decision).max().unwrap_or(Decision::Note);
    let is_open = verdicts.iter().any(|verdict| {
        matches!(verdict.word, Word::Unpatched | Word::FixedUnreleased | Word::Unknown)
    });
    let sign = match (worst, sight) {
        (Decision::Fail, _) => Sign::Bad,
        (Decision::Warn, _) | (Decision::Note, Whole::InPart) => Sign::Warning,
        (Decision::Note, Whole::NotScanned) => Sign::Plain,
        (Decision::Note, Whole::Seen) if is_open => Sign::Plain,
        (Decision::Note, Whole::Seen) => Sign::Good,
    };
    State { open, sight, sign }
}

impl State {
    /// `3 unpatched (2 fail)`, one for each word that is open.
    pub(super) fn parts(&self) -> Vec<String> {
        let part = |(word, count, fails): &(Word, usize, usize)| {
            let mut part = format!("{count} {}", word.as_str());
            if *fails > 0 && fails != count {
                let _ = write!(part, " ({fails} fail)");
            }
            part
        };
        self.open.iter().map(part).collect()
    }
}

impl Whole {
    /// What is to be said of it; `None`: all of it was seen.
    pub(super) fn as_str(self) -> Option<&'static str> {
        match self {
            Self::Seen => None,
            Self::InPart => Some("not looked at whole"),
            Self::NotScanned => Some("not scanned"),
        }
    }
}

/// True if something that had to be looked at was not, here or everywhere.
pub(super) fn is_unseen(report: &Report, id: &LineId) -> bool {
    let concerns =
        |gap: &Coverage| gap.covered.is_gap() && gap.at.as_ref().is_none_or(|at| at.line == *id);
    report.coverage.iter().any(concerns)
}
