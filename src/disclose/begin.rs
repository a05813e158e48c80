//! The beginning of a record: what is known of the lines, the days and the channels. What is only
//! guessed stands beside it as a remark.

use std::collections::BTreeMap;

use jiff::{ToSpan as _, civil::Date};
use semver::Version;

use super::{
    check::supported,
    policy::{EndedLines, Policy},
    record::{Delivery, Disclosure, LineRow, LineStatus, Moment, Record, Slot, Step},
    shape, slot,
    write::Remarks,
};
use crate::model::{LineKind, ReleaseLine, Standing, Support};

/// So many ended lines are named, the most recent ones.
const ENDED: usize = 3;
/// So many good days are proposed.
const PROPOSED: usize = 4;

/// What is known when a record begins.
#[derive(Clone, Copy, Debug)]
pub struct Known<'a> {
    pub support: &'a Support,
    pub policy: &'a Policy,
    /// The address of the project's repository.
    pub repository: Option<&'a str>,
    pub today: Date,
    /// The public moment that somebody wants; `None`: the next good one.
    pub public: Option<Moment>,
}

/// The moments that are proposed, the next one first.
pub fn moments(policy: &Policy, today: Date) -> Vec<Moment> {
    slot::next(today, &policy.slot, policy.lead, PROPOSED)
}

/// A record that says what is known, and remarks on what may be.
pub fn begin(id: &str, known: &Known<'_>) -> (Record, Remarks) {
    let Known { support, policy, repository, today, .. } = *known;
    let proposed = moments(policy, today);
    let public = known.public.or_else(|| proposed.first().copied());
    let repository =
        repository.map(shape::repository).filter(|address| shape::is_repository(address));
    let name = repository.as_deref().and_then(|address| address.rsplit('/').next());
    let name = name.map(ToOwned::to_owned);
    let lines: Vec<&ReleaseLine> = supported(support).collect();
    let ended: Vec<&ReleaseLine> =
        support.lines.iter().filter(|line| is_ended(line)).take(ENDED).collect();
    let advisory = Disclosure {
        id: format!("{id}-1"),
        package: policy.package.clone(),
        lines: lines
            .iter()
            .map(|line| row(line, LineStatus::NotEvaluated))
            .chain(ended.iter().map(|line| ended_row(line, policy.ended)))
            .collect(),
        ..Disclosure::default()
    };
    let record = Record {
        id: id.to_owned(),
        product: policy.product.clone().or(name).unwrap_or_default(),
        repository,
        contact: policy.contact.first().cloned(),
        steps: public.map(|at| slot::steps(Some(today), at, policy.lead)).unwrap_or_default(),
        advisories: vec![advisory],
        deliveries: public.map(|at| deliveries(&lines, policy, at)).unwrap_or_default(),
        ..Record::default()
    };
    let mut said = BTreeMap::new();
    for line in lines {
        said.insert(line.id.clone(), about(line));
    }
    for line in ended {
        said.insert(line.id.clone(), about_ended(line, policy.ended));
    }
    let remarks = Remarks { top: top(support), expected: days(known, &proposed), lines: said };
    (record, remarks)
}

fn is_ended(line: &ReleaseLine) -> bool {
    line.kind == LineKind::Release && line.standing == Standing::Eol
}

fn row(line: &ReleaseLine, status: LineStatus) -> LineRow {
    LineRow::new(line.id.clone(), status)
}

fn ended_row(line: &ReleaseLine, ended: EndedLines) -> LineRow {
    match ended {
        EndedLines::NotEvaluated => row(line, LineStatus::Ended),
        EndedLines::Affected => LineRow {
            no_fix: Some("its support has ended".to_owned()),
            ..row(line, LineStatus::Affected)
        },
    }
}

fn deliveries(lines: &[&ReleaseLine], policy: &Policy, public: Moment) -> Vec<Delivery> {
    let mut deliveries = Vec::new();
    for channel in &policy.channels {
        let delivery =
            |line, promised| Delivery { channel: channel.id.clone(), line, promised, url: None };
        match &channel.within {
            Err(because) => deliveries.push(delivery(None, Err(because.clone()))),
            Ok(days) => {
                let expected = match days {
                    0 => Some(public),
                    days => public
                        .day
                        .checked_add(days.days())
                        .ok()
                        .map(|day| Moment { day, time: None }),
                };
                for line in lines {
                    let slot = Slot { expected, actual: None };
                    deliveries.push(delivery(Some(line.id.clone()), Ok(slot)));
                }
            }
        }
    }
    deliveries
}

/// What is said at the top of the file.
fn top(support: &Support) -> Vec<String> {
    let mut said = vec![
        "The record of one security release. It is under embargo until `public` in [actual] is a"
            .to_owned(),
        "day in the past: keep it where only those who may know can read it.".to_owned(),
        "`patchline disclose check` lists what it lacks; the keys are in docs/disclosure.md."
            .to_owned(),
    ];
    let of = |standing: Standing| -> Vec<&str> {
        let is_of =
            |line: &&ReleaseLine| line.kind == LineKind::Release && line.standing == standing;
        support.lines.iter().filter(is_of).map(|line| line.id.0.as_str()).collect()
    };
    let upcoming = of(Standing::Upcoming);
    if !upcoming.is_empty() {
        said.push(format!("Not released yet, so patched and not listed: {}.", upcoming.join(", ")));
    }
    let unknown = of(Standing::Unknown);
    if !unknown.is_empty() {
        said.push(format!("Nobody says whether these are supported: {}.", unknown.join(", ")));
        said.push(
            "Each of them needs a row here, or a word in patchline.toml, if the hole is in it."
                .to_owned(),
        );
    }
    let ended = of(Standing::Eol);
    if ended.len() > ENDED {
        let older = ended.len() - ENDED;
        let lines = if older == 1 { "line has" } else { "lines have" };
        said.push(format!("{older} older {lines} ended, too, without a row here."));
    }
    said
}

/// What is said about the days.
fn days(known: &Known<'_>, proposed: &[Moment]) -> Vec<String> {
    let Known { policy, today, public, .. } = known;
    let mut said = vec!["Plans, computed backwards from the public moment.".to_owned()];
    if !proposed.is_empty() {
        let shown: Vec<String> = proposed
            .iter()
            .map(|at| {
                let weekday = slot::weekday_name(at.day.weekday());
                format!("{} {at}", weekday.get(..3).unwrap_or(weekday))
            })
            .collect();
        said.push(format!("The next good ones: {}.", shown.join(", ")));
    }
    if let Some(public) = public {
        for objection in slot::objections(public.day, &policy.slot) {
            said.push(format!("{} is {}.", public.day, objection.because));
        }
    }
    if let Some(at) = public.or_else(|| proposed.first().copied()) {
        let squeezed = slot::squeezed(*today, at.day, policy.lead);
        said.extend(squeezed.iter().map(|what| format!("It is soon: {what}.")));
        said.extend(room(*today, at, policy));
    }
    let most = policy.lead.embargo_at_most;
    if let Ok(last) = today.checked_add(most.days()) {
        said.push(format!(
            "Counted from a report on {today}; after {most} days, on {last}, the embargo ends at the latest."
        ));
    }
    said
}

/// How many days the plan leaves for the fix.
fn room(today: Date, public: Moment, policy: &Policy) -> Option<String> {
    let steps = slot::steps(Some(today), public, policy.lead);
    let (_, ready) = steps.iter().find(|(step, _)| *step == Step::FixReady)?;
    let days = slot::days_between(today, ready.expected?.day);
    let (left, most) = (counted(days), counted(policy.lead.fix));
    Some(format!(
        "From the report to the fix it leaves {left}; the policy promises {most} at most."
    ))
}

fn counted(days: i64) -> String {
    format!("{days} {}", if days == 1 { "day" } else { "days" })
}

fn about(line: &ReleaseLine) -> Vec<String> {
    let mut said = Vec::new();
    let until = line.until.map(|day| format!(" until {day}")).unwrap_or_default();
    let who = if line.is_assumed() { ", which is assumed" } else { "" };
    let tier = match line.tier {
        crate::model::Tier::Full => String::new(),
        tier => format!(" ({})", tier.as_str()),
    };
    let release = line.release.as_ref();
    let tag = release.map(|release| format!("; its newest release is {}", release.tag));
    said.push(format!("{} is supported{tier}{until}{who}{}.", line.id, tag.unwrap_or_default()));
    if let Some(next) = release.and_then(|release| next(&release.version)) {
        said.push(format!("Expected, and not a fact until it is tagged: fixed-in = \"{next}\""));
    }
    said
}

fn about_ended(line: &ReleaseLine, ended: EndedLines) -> Vec<String> {
    let until = line.until.map(|day| format!(" on {day}")).unwrap_or_default();
    let what = match ended {
        EndedLines::NotEvaluated => "nobody evaluated it, and it may be affected",
        EndedLines::Affected => "it counts as affected",
    };
    vec![format!("The support of {} has ended{until}: {what}.", line.id)]
}

/// The version after a stable one, if it is SemVer.
fn next(version: &str) -> Option<String> {
    let mut version = Version::parse(version).ok().filter(|version| version.pre.is_empty())?;
    version.patch = version.patch.checked_add(1)?;
    version.build = semver::BuildMetadata::EMPTY;
    Some(version.to_string())
}

#[cfg(test)]
mod tests;
