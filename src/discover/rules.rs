//! Arithmetic: which lines a rule gives on a day.
//!
//! Lines are counted, never computed, and only lines with a stable release count: a branch that was
//! cut for the next release pushes nobody out.

use jiff::{Span, civil::Date};

use super::series::{Series, Shown};
use crate::model::{Rule, Standing, Unit};

/// What a rule says of one line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Ruled {
    pub standing: Standing,
    /// The last day, if the rule gives one.
    pub until: Option<Date>,
    pub is_lts: bool,
    pub says: String,
}

/// What a rule says of the line at `index`; `None`: nothing.
pub(super) fn apply(rule: Rule, shown: &Shown, index: usize, today: Date) -> Option<Ruled> {
    let series = &shown.series[index];
    match rule {
        Rule::Newest { lines, majors } => Some(newest(shown, index, lines, majors)),
        Rule::Months { months } => {
            let first = series.first_release?;
            window(first, months, today, "its first release")
        }
        Rule::AfterNext { months } => {
            let next = successor(shown, index);
            match next.and_then(|next| next.first_release.map(|first| (&next.id, first))) {
                Some((next, first)) => {
                    window(first, months, today, &format!("the first release of {next}"))
                }
                None => counts(shown, series).then(|| Ruled {
                    standing: Standing::Supported,
                    until: None,
                    is_lts: false,
                    says: "it is supported until the next line is released, and longer".to_owned(),
                }),
            }
        }
        Rule::LastOfMajor { months } => {
            let major = series.order.major();
            let newer = shown.series[..index].iter().filter(|other| counts(shown, other));
            let majors: Vec<&Series> = newer.collect();
            let is_last =
                counts(shown, series) && majors.iter().all(|other| other.order.major() != major);
            // The first line of the next major is the oldest of those that are newer.
            let next = majors.iter().rfind(|other| other.order.major() > major)?;
            let first = next.first_release.filter(|_| is_last)?;
            let since = format!("the first release of {}, as the last line of its major", next.id);
            window(first, months, today, &since)
        }
        Rule::EveryNth { every, of, months } => {
            let number = match of {
                Unit::Major => series.order.major(),
                Unit::Minor => series.order.minor(),
            };
            let first = series.first_release?;
            if every == 0 || number == 0 || number % every != 0 {
                return None;
            }
            let since = format!("its first release, as one line in {every}");
            let ruled = window(first, months, today, &since)?;
            Some(Ruled { is_lts: true, ..ruled })
        }
    }
}

/// True of a line that takes a place. Without any version tag, branches are all there is to count.
pub(super) fn counts(shown: &Shown, series: &Series) -> bool {
    (series.is_released() || !shown.has_tags) && series.ended_by.is_none()
}

fn newest(shown: &Shown, index: usize, lines: usize, majors: Option<usize>) -> Ruled {
    let series = &shown.series[index];
    let newer = || shown.series[..index].iter().filter(|other| counts(shown, other));
    let major = series.order.major();
    let (before, is_in) = match majors {
        None => (newer().count(), true),
        Some(majors) => {
            let before = newer().filter(|other| other.order.major() == major).count();
            // Lines come newest first, so a major is a run.
            let mut newer_majors: Vec<u64> = newer().map(|other| other.order.major()).collect();
            newer_majors.dedup();
            let rank = newer_majors.iter().filter(|other| **other != major).count();
            (before, rank < majors)
        }
    };
    let is_supported = is_in && before < lines && counts(shown, series);
    let which = match (lines, majors) {
        (1, None) => "the newest line".to_owned(),
        (_, None) => format!("among the newest {lines} lines"),
        (1, Some(majors)) => format!("the newest line of one of the newest {majors} majors"),
        (_, Some(majors)) => {
            format!("among the newest {lines} lines of one of the newest {majors} majors")
        }
    };
    if is_supported {
        Ruled {
            standing: Standing::Supported,
            until: None,
            is_lts: false,
            says: format!("it is {which}"),
        }
    } else {
        Ruled {
            standing: Standing::Eol,
            until: None,
            is_lts: false,
            says: format!("it is not {which}"),
        }
    }
}

/// The next newer line that is released.
pub(super) fn successor(shown: &Shown, index: usize) -> Option<&Series> {
    shown.series[..index].iter().rev().find(|other| counts(shown, other))
}

/// So many months after a day, which is the day of `since`.
fn window(first: Date, months: u32, today: Date, since: &str) -> Option<Ruled> {
    let until = first.checked_add(Span::new().try_months(months).ok()?).ok()?;
    let time = if months == 1 { "a month".to_owned() } else { format!("{months} months") };
    let (standing, what) = if until < today {
        (Standing::Eol, "it ended on")
    } else {
        (Standing::Supported, "it is supported until")
    };
    let says = format!("{what} {until}, {time} after {since}");
    Some(Ruled { standing, until: Some(until), is_lts: false, says })
}
