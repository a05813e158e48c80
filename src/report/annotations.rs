//! Annotations: workflow commands for the log of a step, which GitHub shows beside the code.
//!
//! GitHub keeps ten of a kind for each step, so the gravest come first and the last says how many
//! there are more. Annotations point at rows that a change touches; without a change there is no row
//! to look at, and a line is named. Deliberately no annotation for what a change did not bring.
//!
//! <https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands>

use std::{collections::BTreeMap, fmt::Write as _, num::NonZeroU32};

use super::{
    moves,
    proposed::{self, Introduced},
    rows, words,
};
use crate::{
    escape,
    model::{
        Change, Coverage, Decision, LineId, Occurrence, Outcome, Place, ReleaseLine, Report,
        Silence, Tip, Word,
    },
};

/// GitHub keeps one more of each kind, which counts the rest.
const SHOWN: usize = 9;
/// GitHub cuts a message at 4,096 characters.
const LONGEST: usize = 4_000;
/// In characters.
const LONGEST_TITLE: usize = 200;

/// One annotation, with its texts as they are.
struct Annotation {
    level: Decision,
    file: Option<String>,
    row: Option<u32>,
    title: String,
    message: String,
}

/// The commands, a line each. `rest` says where the rest is told: `see the job summary`.
pub fn annotations(report: &Report, rest: &str) -> String {
    let mut all = match &report.proposal {
        Some(_) => introduced(report),
        None => failing(report),
    };
    all.extend(changes(report));
    all.extend(contradictions(report));
    all.extend(gaps(report));
    let fails = report.outcome == Outcome::Fail;
    if fails && !all.iter().any(|annotation| annotation.level == Decision::Fail) {
        all.push(Annotation::of(Decision::Fail, "the gate fails", &words::conclusion(report)));
    }
    let mut page = String::new();
    for (level, command) in
        [(Decision::Fail, "error"), (Decision::Warn, "warning"), (Decision::Note, "notice")]
    {
        let of_level: Vec<&Annotation> = all.iter().filter(|a| a.level == level).collect();
        for annotation in of_level.iter().take(SHOWN) {
            annotation.write(&mut page, command);
        }
        let more = of_level.len().saturating_sub(SHOWN);
        if more > 0 {
            let message = format!("{more} more, {rest}");
            Annotation::of(level, "Patchline", &message).write(&mut page, command);
        }
    }
    page
}

/// The one command of a run without a report.
pub fn failure(title: &str, message: &str) -> String {
    let mut page = String::new();
    Annotation::of(Decision::Fail, title, message).write(&mut page, "error");
    page
}

impl Annotation {
    fn of(level: Decision, title: &str, message: &str) -> Self {
        let (title, message) = (title.to_owned(), message.to_owned());
        Self { level, file: None, row: None, title, message }
    }

    fn write(&self, page: &mut String, command: &str) {
        let mut properties = Vec::new();
        if let Some(file) = &self.file {
            let file = escape::command_property(&escape::line(file));
            properties.push(format!("file={file}"));
            properties.extend(self.row.map(|row| format!("line={row}")));
        }
        let title = escape::cut(&self.title, LONGEST_TITLE);
        properties.push(format!("title={}", escape::command_property(&title)));
        let message = escape::command_data(&escape::cut(&self.message, LONGEST));
        let _ = writeln!(page, "::{command} {}::{message}", properties.join(","));
    }
}

/// What a change brings in, at each row where it does.
fn introduced(report: &Report) -> Vec<Annotation> {
    let new = proposed::introduced(report);
    new.iter().flat_map(|new| introduced_at(report, new)).collect()
}

fn introduced_at(report: &Report, new: &Introduced<'_>) -> Vec<Annotation> {
    const NOWHERE: &[Occurrence] =
        &[Occurrence { lockfile: None, row: None, version: None, supply: None }];
    let occurrences = if new.occurrences.is_empty() { NOWHERE } else { new.occurrences };
    let into = report.proposal.as_ref().map(|proposal| proposal.into.0.as_str());
    occurrences
        .iter()
        .map(|occurrence| {
            let version = occurrence.version.as_ref().map(|version| format!(" {version}"));
            let subject = format!("{}{}", new.key.package, version.unwrap_or_default());
            let title = format!("{} in {subject}", new.key.vulnerability);
            let into = into.map(|into| format!(" into {into}")).unwrap_or_default();
            let mut message = vec![format!("this change brings {subject}{into}")];
            if let Some((finding, verdict)) = new.found {
                message.extend(Some(finding.title.clone()).filter(|title| !title.is_empty()));
                let fixed = match finding.fixed_in.as_slice() {
                    [] => "no fix is known".to_owned(),
                    fixed => format!("fixed in {}", words::few(fixed, 5)),
                };
                message.push(format!("{}, {fixed}", rows::severity(finding)));
                if verdict.word == Word::Suppressed {
                    message.push("a suppression keeps it silent".to_owned());
                }
            }
            // Line feeds between our own sentences are ours.
            let message: Vec<String> = message.iter().map(|part| escape::line(part)).collect();
            Annotation {
                level: new.decision(),
                file: occurrence.lockfile.clone(),
                row: occurrence.row.map(NonZeroU32::get),
                title: escape::line(&title),
                message: message.join("\n"),
            }
        })
        .collect()
}

/// Each line that fails, with what it needs.
fn failing(report: &Report) -> Vec<Annotation> {
    const NAMED: usize = 10;
    let mut by_line: BTreeMap<&LineId, Vec<String>> = BTreeMap::new();
    for (finding, verdict) in &report.findings {
        if verdict.decision == Decision::Fail {
            let key = &finding.key;
            let what =
                format!("{} in {} ({})", key.vulnerability, key.package, verdict.word.as_str());
            by_line.entry(&key.line).or_default().push(escape::line(&what));
        }
    }
    let known = report.lines.iter().map(|line| &line.id);
    let unknown = by_line.keys().copied().filter(|id| !known.clone().any(|known| known == *id));
    let ids: Vec<&LineId> = known.clone().chain(unknown).collect();
    ids.into_iter()
        .filter_map(|id| {
            let what = by_line.get(id)?;
            let count = what.len();
            let fails = words::plural(count, "finding fails", "findings fail");
            let mut message =
                vec![format!("{count} {fails} the gate: {}", words::few(what, NAMED))];
            let line = report.lines.iter().find(|line| line.id == *id);
            message.extend(line.and_then(|line| next_steps(report, line)));
            let title = escape::line(&format!("{id} does not pass"));
            Some(Annotation::of(Decision::Fail, &title, &message.join("\n")))
        })
        .collect()
}

/// What there is to do on a line, in one sentence.
fn next_steps(report: &Report, line: &ReleaseLine) -> Option<String> {
    const STEPS: usize = 5;
    let todo = moves::todo(report, line)?;
    // Nobody can move what has no fix.
    let moves = todo.moves.iter().filter(|found| found.has_target()).map(|found| {
        escape::line(&format!("move {} {} to {}", found.package, found.version, found.to()))
    });
    let release = (!todo.to_release.is_empty()).then(|| "release what is fixed".to_owned());
    let steps: Vec<String> = moves.chain(release).collect();
    (!steps.is_empty()).then(|| words::few(&steps, STEPS))
}

/// Suppressions that a change adds, where they are written.
fn changes(report: &Report) -> Vec<Annotation> {
    let adds = |change: &&Change| !matches!(change, Change::Removed(_));
    report.changes.iter().filter(adds).map(|change| suppression(report, change)).collect()
}

fn suppression(report: &Report, change: &Change) -> Annotation {
    let after = match change {
        Change::Added(silence) | Change::Removed(silence) => silence,
        Change::Changed { after, .. } => after,
    };
    let origin = match after {
        Silence::Suppression(own) => &own.origin,
        Silence::Opinion(opinion) => &opinion.origin,
    };
    let level = match report.changes_are {
        Decision::Fail if !words::is_silencing(change) => Decision::Warn,
        level => level,
    };
    let mut message = vec![
        escape::line(&format!("this change {}", words::change(change))),
        "it is not obeyed before it is merged".to_owned(),
    ];
    if level == Decision::Fail {
        message.push("who may add one is said by `gate.may-suppress`".to_owned());
    }
    Annotation {
        level,
        file: Some(origin.path.clone()).filter(|path| !path.is_empty()),
        row: origin.row.map(NonZeroU32::get),
        title: "a suppression is proposed".to_owned(),
        message: message.join("\n"),
    }
}

/// Contradictions, where they fail the run.
fn contradictions(report: &Report) -> Option<Annotation> {
    let first = report.contradictions.first()?;
    (report.contradictions_are == Decision::Fail).then(|| {
        let count = report.contradictions.len();
        let what = words::plural(count, "contradiction", "contradictions");
        let message = format!("{count} {what}; the first: {}", escape::line(&first.message));
        Annotation::of(Decision::Fail, "places disagree about which lines are supported", &message)
    })
}

/// What was not looked at: one for each line, and one for what concerns all of them. Of a change
/// only what it has to answer for.
fn gaps(report: &Report) -> Vec<Annotation> {
    let matters = |at: &Place| {
        let proposal = report.proposal.as_ref();
        proposal.is_none_or(|proposal| at.line == proposal.into && at.tip == Tip::Head)
    };
    let mut by_line: BTreeMap<Option<&LineId>, Vec<&Coverage>> = BTreeMap::new();
    for coverage in report.coverage.iter().filter(|coverage| coverage.covered.is_gap()) {
        if coverage.at.as_ref().is_none_or(matters) {
            by_line.entry(coverage.at.as_ref().map(|at| &at.line)).or_default().push(coverage);
        }
    }
    by_line
        .into_iter()
        .map(|(line, gaps)| {
            let title = match line {
                Some(line) => escape::line(&format!("{line} was not looked at whole")),
                None => "not everything was looked at".to_owned(),
            };
            let said: Vec<String> = gaps
                .iter()
                .filter_map(|gap| words::gap(gap))
                .map(|gap| escape::line(&gap))
                .collect();
            Annotation::of(Decision::Warn, &title, &words::few(&said, 5))
        })
        .collect()
}
