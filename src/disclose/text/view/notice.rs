//! What everybody may know before the day: which lines, when, how many, how bad. [`Notice`] is all that
//! its renderer gets, so that nothing else can be in the text.

use jiff::tz::TimeZone;
use serde::Serialize;

use super::{ended_are_affected, line, step};
use crate::disclose::{
    Record,
    record::{Disclosure, Step},
    text::Around,
};
use crate::model::Standing;

/// The public words about a release to come.
#[derive(Debug, Serialize)]
pub(in crate::disclose::text) struct Notice {
    product: String,
    /// `2031-03-04 15:00 UTC`
    when: Option<String>,
    /// `2031-03-04`
    day: Option<String>,
    /// `15:00`
    hour: Option<String>,
    /// `Tuesday`
    weekday: Option<String>,
    /// The same moment in the project's zone.
    also: Option<String>,
    /// How many vulnerabilities.
    count: usize,
    severity: Option<&'static str>,
    /// The lines that get a release.
    lines: Vec<NoticeLine>,
    /// The supported lines that get none. Why is nobody's business before the day: they may be affected
    /// or not. Which lines are supported is public, so that this says no more than `lines` does.
    others: Vec<String>,
    /// The names of the lines whose support ended last, as the project has them: those of the record
    /// would tell at which of them somebody looked.
    ended: Vec<String>,
    ended_are_affected: bool,
    /// Only what the record allows.
    components: Vec<String>,
    likely_affected: Vec<String>,
    /// The project's public ways to be reached, as its configuration has them.
    contact: Vec<String>,
}

/// A line that gets a release.
#[derive(Debug, Serialize)]
struct NoticeLine {
    line: String,
    severity: Option<&'static str>,
}

impl Notice {
    /// Takes from a record what may be public early, and nothing else.
    pub(in crate::disclose::text) fn of(record: &Record, around: &Around<'_>) -> Self {
        let slot = record.step(Step::Public);
        let moment = slot.expected.or(slot.actual);
        let upgrades = line::upgrades(record, around).into_iter();
        let lines: Vec<NoticeLine> = upgrades
            .filter(|line| !line.closes.is_empty() && !line.is_courtesy && !line.is_branch)
            .map(|line| NoticeLine { line: line.line, severity: line.severity })
            .collect();
        let without = |standing: Standing| {
            let names = line::releases(around, standing).map(ToString::to_string);
            names.filter(|name| !lines.iter().any(|of| of.line == *name)).collect::<Vec<_>>()
        };
        let allowed = |is_allowed: bool, of: fn(&Disclosure) -> Option<&String>| {
            let texts = record.advisories.iter().filter(|_| is_allowed).filter_map(of);
            let mut texts: Vec<String> = texts.cloned().collect();
            // Their order would tell which belongs to which.
            texts.sort();
            texts.dedup();
            texts
        };
        Self {
            product: record.product.clone(),
            when: moment.map(|moment| moment.to_string()),
            day: moment.map(|moment| moment.day.to_string()),
            hour: moment
                .and_then(|moment| moment.time)
                .map(|time| format!("{:02}:{:02}", time.hour(), time.minute())),
            weekday: moment.map(|moment| weekday(moment.day)),
            also: moment.and_then(|moment| step::also(moment, around)),
            count: record.advisories.len(),
            severity: super::highest(record),
            others: without(Standing::Supported),
            ended: without(Standing::Eol).into_iter().take(line::MOST_ENDED).collect(),
            lines,
            ended_are_affected: ended_are_affected(around),
            components: allowed(record.pre_announce.component, |of| of.component.as_ref()),
            likely_affected: allowed(record.pre_announce.likely_affected, |of| {
                of.likely_affected.as_ref()
            }),
            contact: around.policy.contact.clone(),
        }
    }
}

/// The English name of a day, which mails need beside its date.
pub(super) fn weekday(day: jiff::civil::Date) -> String {
    let noon = day.at(12, 0, 0, 0).to_zoned(TimeZone::UTC);
    noon.map(|noon| noon.strftime("%A").to_string()).unwrap_or_default()
}
