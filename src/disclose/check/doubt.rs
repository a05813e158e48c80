//! What in a record cannot be right, or should be looked at again.

use std::collections::BTreeMap;

use jiff::{civil::Date, tz::TimeZone};

use super::supported;
use crate::{
    disclose::{
        policy::Policy,
        record::{LineStatus, Moment, Record, Step},
        slot,
    },
    model::{LineId, Release, ReleaseLine, Standing, Support},
};

/// How grave a doubt is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Gravity {
    /// It cannot be right, or the project promised otherwise.
    Wrong,
    /// It may be meant.
    Note,
}

/// A doubt about a record.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Doubt {
    pub gravity: Gravity,
    /// A fragment without a full stop. It quotes the record, and is escaped where it is shown.
    pub message: String,
}

/// Everything that is doubtful on a day, the gravest first.
pub fn doubts(record: &Record, support: &Support, policy: &Policy, today: Date) -> Vec<Doubt> {
    let mut doubts = Vec::new();
    lines(record, support, &mut doubts);
    days(record, policy, today, &mut doubts);
    deliveries(record, support, today, &mut doubts);
    credits(record, &mut doubts);
    doubts.sort_by_key(|doubt| doubt.gravity);
    doubts
}

fn wrong(message: impl Into<String>) -> Doubt {
    Doubt { gravity: Gravity::Wrong, message: message.into() }
}

fn note(message: impl Into<String>) -> Doubt {
    Doubt { gravity: Gravity::Note, message: message.into() }
}

fn lines(record: &Record, support: &Support, doubts: &mut Vec<Doubt>) {
    let known = |id: &LineId| support.lines.iter().find(|line| line.id == *id);
    let names =
        || support.lines.iter().map(|line| line.id.0.as_str()).collect::<Vec<_>>().join(", ");
    for advisory in &record.advisories {
        let name = advisory.name();
        for row in &advisory.lines {
            let status = row.status.as_str();
            match known(&row.line) {
                None => {
                    let near = near(support, &row.line);
                    let what = near.map_or_else(
                        || format!("the lines are {}", names()),
                        |line| format!("it may be `{}`", line.id),
                    );
                    doubts.push(wrong(format!(
                        "{name} has a row for `{}`, and there is no such line; {what}",
                        row.line
                    )));
                }
                Some(line)
                    if line.standing == Standing::Supported && row.status == LineStatus::Ended =>
                {
                    doubts.push(wrong(format!(
                        "{name} says that {} is {status}, and it is supported",
                        line.id
                    )));
                }
                Some(line) if line.standing == Standing::Eol && row.fixed_in.is_some() => {
                    doubts.push(note(format!(
                        "{name} is fixed on {}, whose support has ended",
                        line.id
                    )));
                }
                Some(_) => {}
            }
        }
        let affected =
            advisory.lines.iter().filter(|row| row.status == LineStatus::Affected).count();
        let is_judged = supported(support).all(|line| {
            advisory.row(&line.id).is_some_and(|row| row.status == LineStatus::NotAffected)
        });
        if affected == 0 && !advisory.lines.is_empty() && is_judged {
            doubts.push(note(format!("{name} affects no supported line")));
        }
    }
}

/// The line that people call so.
fn near<'a>(support: &'a Support, id: &LineId) -> Option<&'a ReleaseLine> {
    support.lines.iter().find(|line| line.is_called(&id.0))
}

fn days(record: &Record, policy: &Policy, today: Date, doubts: &mut Vec<Doubt>) {
    for step in Step::ALL {
        let slot = record.step(step);
        let name = step.as_str();
        if let Some(actual) = slot.actual.filter(|actual| actual.day > today) {
            doubts.push(wrong(format!("`{name}` happened on {actual}, which is not yet")));
        }
        if let (Some(expected), None) = (slot.expected, slot.actual)
            && expected.day < today
        {
            let late = (today - expected.day).get_days();
            let days = if late == 1 { "a day".to_owned() } else { format!("{late} days") };
            doubts.push(wrong(format!(
                "`{name}` was expected on {expected}, {days} ago, and nothing says that it happened"
            )));
        }
    }
    let public = record.step(Step::Public);
    if let (Some(expected), None) = (public.expected, public.actual) {
        doubts.extend(slot::objections(expected.day, &policy.slot).into_iter().map(|objection| {
            let message = format!("all would be public on {expected}, {}", objection.because);
            if objection.is_grave { wrong(message) } else { note(message) }
        }));
    }
    embargo(record, policy, today, doubts);
}

fn embargo(record: &Record, policy: &Policy, today: Date, doubts: &mut Vec<Doubt>) {
    let most = policy.lead.embargo_at_most;
    let Some(Moment { day: reported, .. }) = record.step(Step::Reported).best() else { return };
    let length = |until: Date| i64::from((until - reported).get_days());
    let public = record.step(Step::Public);
    // It goes on for as long as nothing says that it ended, whatever was planned.
    let until = public.actual.or(public.expected.filter(|expected| expected.day >= today));
    match until {
        Some(public) if length(public.day) > most => {
            let days = length(public.day);
            doubts.push(wrong(format!(
                "the embargo lasts {days} days, from {reported} to {}, and {most} are the most",
                public.day
            )));
        }
        None if length(today) > most => {
            let days = length(today);
            doubts.push(wrong(format!(
                "the embargo has lasted {days} days, since {reported}, and {most} are the most"
            )));
        }
        _ => {}
    }
}

/// Arrivals that contradict the rest of the record, or that nobody would count.
fn deliveries(record: &Record, support: &Support, today: Date, doubts: &mut Vec<Doubt>) {
    let mut names: Vec<&str> = Vec::new();
    for delivery in &record.deliveries {
        let channel = delivery.channel.as_str();
        if let Some(twin) =
            names.iter().find(|name| **name != channel && name.eq_ignore_ascii_case(channel))
        {
            doubts.push(wrong(format!(
                "`{channel}` and `{twin}` are two channels, and differ in nothing but case"
            )));
        }
        names.push(channel);
        if let Some(line) = &delivery.line {
            let is_known = support.lines.iter().any(|known| known.id == *line);
            let rows = || record.advisories.iter().filter_map(|advisory| advisory.row(line));
            let is_mended =
                rows().any(|row| row.status == LineStatus::Affected && row.no_fix.is_none());
            // What is only expected begins with the record, before anybody has looked at the line.
            let has_come = delivery.promised.as_ref().is_ok_and(|slot| slot.actual.is_some());
            let because = match (is_known, is_mended) {
                (false, _) => Some("there is no such line"),
                (true, false) if has_come => Some("nothing is mended there"),
                (true, _) => None,
            };
            doubts.extend(because.map(|because| {
                wrong(format!("`{channel}` has a delivery for `{line}`, and {because}"))
            }));
        }
        let Ok(slot) = &delivery.promised else { continue };
        let Some(actual) = slot.actual else { continue };
        let place = delivery.line.as_ref().map(|line| format!(" for `{line}`")).unwrap_or_default();
        // The status is not complete for it.
        if actual.day > today {
            doubts.push(note(format!(
                "`{channel}` is said to have it{place} since {actual}, which is not yet"
            )));
        }
        for step in [Step::Reported, Step::FixReady] {
            if let Some(first) = record.step(step).actual.filter(|first| actual.day < first.day) {
                doubts.push(wrong(format!(
                    "`{channel}` is said to have it{place} since {actual}, before `{}` on {first}",
                    step.as_str()
                )));
            }
        }
    }
}

/// Arrivals before the release that they are of was tagged. Where a project publishes first and tags
/// later, that is as it is meant.
pub fn early_deliveries(record: &Record, releases: &BTreeMap<LineId, Vec<Release>>) -> Vec<Doubt> {
    let mut doubts = Vec::new();
    let rows = record.advisories.iter().flat_map(|advisory| &advisory.lines);
    let mut tagged: BTreeMap<&LineId, (&str, Date)> = BTreeMap::new();
    for row in rows.filter(|row| row.status == LineStatus::Affected) {
        let named = |release: &&Release| row.fixed_in.as_deref().is_some_and(|v| is_of(release, v));
        let Some(release) = releases.get(&row.line).and_then(|all| all.iter().find(named)) else {
            continue;
        };
        let Some(date) = release.date else { continue };
        let day = date.to_zoned(TimeZone::UTC).date();
        let known = tagged.entry(&row.line).or_insert((&release.tag, day));
        if known.1 < day {
            *known = (&release.tag, day);
        }
    }
    for delivery in &record.deliveries {
        let Some(actual) = delivery.promised.as_ref().ok().and_then(|slot| slot.actual) else {
            continue;
        };
        // What is said of the line itself goes before what is said of all.
        let is_told = |line: &LineId| match &delivery.line {
            Some(own) => own == line,
            None => !record.deliveries.iter().any(|other| {
                other.channel == delivery.channel && other.line.as_ref() == Some(line)
            }),
        };
        for (line, (tag, day)) in tagged.iter().filter(|(line, _)| is_told(line)) {
            if actual.day < *day {
                doubts.push(note(format!(
                    "`{}` is said to have it for `{line}` since {actual}, and `{tag}` is of {day}",
                    delivery.channel
                )));
            }
        }
    }
    doubts
}

fn is_of(release: &Release, version: &str) -> bool {
    let plain = |text: &str| text.strip_prefix('v').unwrap_or(text).to_owned();
    release.tag == version || plain(&release.version) == plain(version)
}

/// Whoever did not agree is named here, to those who keep the record, and nowhere else.
fn credits(record: &Record, doubts: &mut Vec<Doubt>) {
    for advisory in &record.advisories {
        for credit in advisory.credits.iter().filter(|credit| !credit.consent) {
            doubts.push(note(format!(
                "{} did not agree to be named for {}, and no text names them",
                credit.name,
                advisory.name()
            )));
        }
    }
}
