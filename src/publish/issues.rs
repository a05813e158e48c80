//! Living issues: one for each vulnerability with all lines in it, or one for each line.
//!
//! An issue is found by the marker in it and not by its title, closed ones too, and only where it is
//! ours: it has our label, or we opened it. Its page changes in place. It closes when nothing is left to
//! do and nothing was left unread, and opens again when something that was fine falls back; somebody
//! who closed it before has the last word. A run that is not about all lines leaves it alone.

mod page;

use std::collections::{BTreeMap, BTreeSet};

use super::{
    Change, Effect, Issue, Issues, LABEL, NewIssue, Plan, Policy, Remote, Run, Turn, is_about_all,
    marker::{self, Memory, Subject},
};
use crate::{
    model::{
        AdvisoryClass, Decision, Finding, Outcome, Rating, ReleaseLine, Report, Standing, Trouble,
        Verdict, Word,
    },
    report,
};

/// Nobody works on more at a time, and a first run would drown everybody.
const MOST_NEW: usize = 30;

/// A finding with what the gate makes of it.
type Judged<'a> = (&'a Finding, &'a Verdict);

/// What an issue is about in this run.
struct Topic<'a> {
    subject: Subject,
    judged: Vec<Judged<'a>>,
    /// How each part stands now: lines, or vulnerabilities by their own names.
    words: BTreeMap<String, Word>,
    /// Parts that are worth an issue.
    worth: BTreeSet<String>,
    /// A part that the issue does not remember was fine before, whatever else was not.
    is_fine_before: bool,
    /// The line of the issue is supported no longer.
    has_ended: bool,
    title: String,
}

pub(super) fn plan(report: &Report, policy: &Policy, run: &Run, remote: &Remote, plan: &mut Plan) {
    if policy.issues == Issues::Off || report.proposal.is_some() || run.event != super::Event::Lines
    {
        return;
    }
    if !is_about_all(report, run) {
        let why = report.part.as_deref().unwrap_or("lines were chosen");
        let message =
            format!("no issue is opened or changed: this run is not about all lines ({why})");
        plan.trouble.push(Trouble::info(message));
        return;
    }
    // Without the list, every issue would be opened again.
    let Some(issues) = &remote.issues else { return };
    let known = known(issues, policy.issues, remote.viewer.as_deref(), &mut plan.trouble);
    let topics = match policy.issues {
        Issues::Line => of_lines(report),
        _ => of_vulnerabilities(report),
    };
    let mut claimed: BTreeSet<u64> = BTreeSet::new();
    let mut new: Vec<Topic<'_>> = Vec::new();
    for topic in topics {
        let mut matching: Vec<&(&Issue, Memory)> =
            known.iter().filter(|(_, memory)| is_about(memory, &topic)).collect();
        matching.sort_by_key(|(issue, _)| (!issue.is_open, issue.number));
        claimed.extend(matching.iter().map(|(issue, _)| issue.number));
        let Some((first, others)) = matching.split_first() else {
            if !topic.worth.is_empty() {
                new.push(topic);
            }
            continue;
        };
        if !others.is_empty() {
            let numbers: Vec<String> =
                others.iter().map(|(issue, _)| format!("#{}", issue.number)).collect();
            let message = format!(
                "issue #{} is kept up to date, and {} is about the same: close it",
                first.0.number,
                numbers.join(", ")
            );
            plan.trouble.push(Trouble::info(message));
        }
        living(report, first, &topic, plan);
    }
    for found in known.iter().filter(|(issue, _)| !claimed.contains(&issue.number)) {
        if let Some(topic) = vanished(report, &found.1) {
            living(report, found, &topic, plan);
        }
    }
    open(report, policy, new, plan);
}

/// The issues that are ours, with what they remember.
fn known<'a>(
    issues: &'a [Issue],
    kind: Issues,
    viewer: Option<&str>,
    trouble: &mut Vec<Trouble>,
) -> Vec<(&'a Issue, Memory)> {
    let is_ours = |issue: &&Issue| {
        viewer.is_some_and(|viewer| issue.author == viewer)
            || issue.labels.iter().any(|label| label.eq_ignore_ascii_case(LABEL))
    };
    let mut known = Vec::new();
    for issue in issues.iter().filter(is_ours) {
        match Memory::read(&issue.body) {
            Some(memory) => {
                let is_of_lines = matches!(memory.subject, Subject::Line(_));
                // Those of the other kind are from before somebody changed the configuration.
                if is_of_lines == (kind == Issues::Line) {
                    known.push((issue, memory));
                }
            }
            None if marker::is_marked(&issue.body) => {
                let message = format!(
                    "issue #{} is not kept up to date: its hidden marker cannot be read",
                    issue.number
                );
                trouble.push(Trouble::warning(message));
            }
            None => {}
        }
    }
    known
}

fn is_about(memory: &Memory, topic: &Topic<'_>) -> bool {
    match (&memory.subject, &topic.subject) {
        (Subject::Vulnerability(one), Subject::Vulnerability(other)) => {
            one.iter().any(|name| other.contains(name))
        }
        (Subject::Line(one), Subject::Line(other)) => one == other,
        _ => false,
    }
}

/// What becomes of an issue that is there.
fn living(report: &Report, found: &(&Issue, Memory), topic: &Topic<'_>, plan: &mut Plan) {
    let (issue, before) = found;
    let is_whole = is_whole(report);
    let is_bad = topic.words.values().any(|word| is_bad(*word));
    let is_unknown = !is_whole || topic.words.values().any(|word| *word == Word::Unknown);
    let had_bad = before.words.values().any(|word| self::is_bad(*word));
    let was_fine = |part: &String| match recalled(before, topic, part) {
        Some(word) => !self::is_bad(word),
        None => topic.is_fine_before || !had_bad,
    };
    let turn = if issue.is_open {
        (!is_bad && !is_unknown).then(|| {
            let is_settled = |word: &Word| matches!(word, Word::Patched | Word::NotAffected);
            let is_done = topic.words.values().all(is_settled) && !topic.has_ended;
            if is_done { Turn::Completed } else { Turn::NotPlanned }
        })
    } else {
        topic.worth.iter().any(was_fine).then_some(Turn::Reopened)
    };
    // What is over stays as it was when it ended.
    if !issue.is_open && turn.is_none() && !is_bad && (!had_bad || is_unknown) {
        return;
    }
    if !issue.is_open && turn.is_none() && is_bad {
        let parts = topic.words.iter().filter(|(_, word)| self::is_bad(**word));
        let parts: Vec<String> =
            parts.map(|(part, word)| format!("{part} is {}", word.as_str())).take(8).collect();
        let message = format!(
            "issue #{} stays closed, as somebody closed it: {}",
            issue.number,
            parts.join(", ")
        );
        plan.trouble.push(Trouble::info(message));
    }
    let memory = remembered(before, topic);
    let body = page::body(report, topic, &memory);
    let body = (!is_same(&issue.body, &body)).then_some(body);
    if body.is_some() || turn.is_some() {
        let title = issue.title.clone();
        plan.effects.push(Effect::ChangeIssue(Change { number: issue.number, title, body, turn }));
    }
}

/// What an issue remembers of a part, under whatever name.
fn recalled(before: &Memory, topic: &Topic<'_>, part: &str) -> Option<Word> {
    if let Some(word) = before.words.get(part) {
        return Some(*word);
    }
    // A vulnerability may have got another name since.
    let of_line = matches!(topic.subject, Subject::Line(_));
    let mut names = topic
        .judged
        .iter()
        .filter(|(finding, _)| of_line && finding.key.vulnerability == part)
        .flat_map(|(finding, _)| &finding.names);
    names.find_map(|name| before.words.get(name)).copied()
}

/// What is to be remembered: of what nobody could see today, what was known before.
fn remembered(before: &Memory, topic: &Topic<'_>) -> Memory {
    let words = topic.words.iter().filter_map(|(part, word)| {
        let word = match word {
            Word::Unknown => recalled(before, topic, part)?,
            word => *word,
        };
        Some((part.clone(), word))
    });
    Memory { subject: topic.subject.clone(), words: words.collect() }
}

/// Opens issues, the most severe first.
fn open(report: &Report, policy: &Policy, mut new: Vec<Topic<'_>>, plan: &mut Plan) {
    new.sort_by_key(|topic| {
        let urgency = topic.judged.iter().map(|(finding, verdict)| {
            let rating = finding.severity.rating().unwrap_or(Rating::None);
            (finding.exploited.is_some(), verdict.decision, rating)
        });
        (std::cmp::Reverse(urgency.max()), topic.title.clone())
    });
    if new.len() > MOST_NEW {
        let message = format!(
            "{} issues more are worth opening, and one run opens {MOST_NEW}: the next run goes on",
            new.len() - MOST_NEW
        );
        plan.trouble.push(Trouble::warning(message));
        new.truncate(MOST_NEW);
    }
    let mut labels = vec![LABEL.to_owned()];
    labels.extend(policy.labels.iter().filter(|label| *label != LABEL).cloned());
    for topic in new {
        let nothing = Memory { subject: topic.subject.clone(), words: BTreeMap::new() };
        let body = page::body(report, &topic, &remembered(&nothing, &topic));
        plan.effects.push(Effect::OpenIssue(NewIssue {
            title: topic.title,
            body,
            labels: labels.clone(),
            assignees: policy.assignees.clone(),
        }));
    }
}

/// One topic for each vulnerability.
fn of_vulnerabilities(report: &Report) -> Vec<Topic<'_>> {
    let mut groups: BTreeMap<&str, Vec<Judged<'_>>> = BTreeMap::new();
    for (finding, verdict) in counted(report) {
        groups.entry(&finding.key.vulnerability).or_default().push((finding, verdict));
    }
    groups.into_iter().map(|(name, judged)| of_vulnerability(report, name, judged)).collect()
}

fn of_vulnerability<'a>(report: &Report, name: &str, judged: Vec<Judged<'a>>) -> Topic<'a> {
    let mut names: Vec<String> = vec![name.to_owned()];
    for name in judged.iter().flat_map(|(finding, _)| &finding.names) {
        if !names.contains(name) {
            names.push(name.clone());
        }
    }
    let mut words = words(&judged, |finding| &finding.key.line.0);
    for line in report.lines.iter().filter(|line| line.is_scanned()) {
        words.entry(line.id.0.clone()).or_insert_with(|| unseen(report, line));
    }
    let worth = worth(&judged, |finding| &finding.key.line.0);
    let title = page::title(&judged);
    let subject = Subject::Vulnerability(names);
    Topic { subject, judged, words, worth, is_fine_before: false, has_ended: false, title }
}

/// One topic for each line.
fn of_lines(report: &Report) -> Vec<Topic<'_>> {
    let lines = report.lines.iter().filter(|line| line.is_scanned());
    let topic = |line: &ReleaseLine| {
        let judged: Vec<Judged<'_>> =
            counted(report).filter(|(finding, _)| finding.key.line == line.id).collect();
        let words = words(&judged, |finding| &finding.key.vulnerability);
        let worth = worth(&judged, |finding| &finding.key.vulnerability);
        let subject = Subject::Line(line.id.0.clone());
        let title = page::title_of_line(&line.id.0);
        Topic { subject, judged, words, worth, is_fine_before: true, has_ended: false, title }
    };
    lines.map(topic).collect()
}

/// What an issue is about that this run says nothing of; `None`: nothing follows from that.
fn vanished<'a>(report: &Report, memory: &Memory) -> Option<Topic<'a>> {
    let mut words = BTreeMap::new();
    match &memory.subject {
        Subject::Vulnerability(_) => {
            for line in report.lines.iter().filter(|line| line.is_scanned()) {
                words.insert(line.id.0.clone(), unseen(report, line));
            }
        }
        // A line of which nobody knows whether it has ended may still be affected.
        Subject::Line(name) => {
            let line = report.lines.iter().find(|line| line.id.0 == *name)?;
            if line.standing != Standing::Eol {
                return None;
            }
        }
    }
    let is_line = matches!(memory.subject, Subject::Line(_));
    Some(Topic {
        subject: memory.subject.clone(),
        judged: Vec::new(),
        words,
        worth: BTreeSet::new(),
        is_fine_before: is_line,
        has_ended: is_line,
        title: String::new(),
    })
}

/// Findings that an issue counts.
fn counted(report: &Report) -> impl Iterator<Item = Judged<'_>> {
    let is_counted = |finding: &Finding| {
        matches!(
            finding.class,
            AdvisoryClass::Vulnerability | AdvisoryClass::Malware | AdvisoryClass::Unstated
        )
    };
    let found = report.findings.iter().map(|(finding, verdict)| (finding, verdict));
    found.filter(move |(finding, _)| is_counted(finding))
}

/// The worst word of each part.
fn words(judged: &[Judged<'_>], part: impl Fn(&Finding) -> &String) -> BTreeMap<String, Word> {
    let mut words: BTreeMap<String, Word> = BTreeMap::new();
    for (finding, verdict) in judged {
        let word = words.entry(part(finding).clone()).or_insert(verdict.word);
        *word = std::cmp::min_by_key(*word, verdict.word, |word| weight(*word));
    }
    words
}

/// Parts with something that the gate does not only note.
fn worth(judged: &[Judged<'_>], part: impl Fn(&Finding) -> &String) -> BTreeSet<String> {
    let is_worth = |verdict: &Verdict| is_bad(verdict.word) && verdict.decision >= Decision::Warn;
    let found = judged.iter().filter(|(_, verdict)| is_worth(verdict));
    found.map(|(finding, _)| part(finding).clone()).collect()
}

/// What follows for a line from there being no finding.
fn unseen(report: &Report, line: &ReleaseLine) -> Word {
    let is_seen = is_whole(report) && report::is_seen(report, line);
    if is_seen { Word::NotAffected } else { Word::Unknown }
}

/// True if everything was looked at. A run that was blind anywhere closes nothing.
fn is_whole(report: &Report) -> bool {
    let is_gap = report.coverage.iter().any(|coverage| coverage.covered.is_gap());
    !is_gap && report.outcome != Outcome::Incomplete
}

/// What counts of two words: good news only where there is no other.
fn weight(word: Word) -> u8 {
    match word {
        Word::Unpatched => 0,
        Word::FixedUnreleased => 1,
        Word::Unknown => 2,
        Word::Suppressed => 3,
        Word::Patched => 4,
        Word::NotAffected => 5,
        Word::Eol => 6,
    }
}

/// True of what is left to do.
fn is_bad(word: Word) -> bool {
    matches!(word, Word::Unpatched | Word::FixedUnreleased)
}

/// GitHub's editor ends lines in its own way.
fn is_same(there: &str, wanted: &str) -> bool {
    there.replace("\r\n", "\n").trim_end() == wanted.trim_end()
}
