//! How far what happened is from what was planned.

use std::fmt;

use jiff::{
    SpanRound, Unit,
    civil::{DateTime, Time},
};

use crate::disclose::record::{Moment, Slot};

/// The difference between the plan and what happened; later than planned is more than zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Slip {
    /// In whole days: one of the moments has no hour.
    Days(i64),
    Minutes(i64),
}

impl Slip {
    /// True if it happened later than planned.
    pub fn is_late(self) -> bool {
        match self {
            Self::Days(days) => days > 0,
            Self::Minutes(minutes) => minutes > 0,
        }
    }
}

impl fmt::Display for Slip {
    /// `on time`, `2 days late`, `3 h 20 min early`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (count, unit) = match self {
            Self::Days(0) | Self::Minutes(0) => return f.write_str("on time"),
            // A count of minutes is no help beyond two days.
            Self::Minutes(minutes) if minutes.abs() >= 2 * 24 * 60 => (minutes / (24 * 60), "day"),
            Self::Days(days) => (*days, "day"),
            Self::Minutes(minutes) => {
                let (hours, rest) = (minutes.abs() / 60, minutes.abs() % 60);
                match (hours, rest) {
                    (0, rest) => write!(f, "{rest} min")?,
                    (hours, 0) => write!(f, "{hours} h")?,
                    (hours, rest) => write!(f, "{hours} h {rest} min")?,
                }
                return f.write_str(if *minutes > 0 { " late" } else { " early" });
            }
        };
        let plural = if count.abs() == 1 { "" } else { "s" };
        let way = if count > 0 { "late" } else { "early" };
        write!(f, "{} {unit}{plural} {way}", count.abs())
    }
}

/// The difference, where something was planned and happened.
pub fn slip(slot: Slot) -> Option<Slip> {
    Some(between(slot.expected?, slot.actual?))
}

/// From one moment to another.
fn between(from: Moment, to: Moment) -> Slip {
    match (from.time, to.time) {
        (Some(start), Some(end)) => {
            let minutes = minutes(from.day.to_datetime(start), to.day.to_datetime(end));
            Slip::Minutes(minutes)
        }
        _ => Slip::Days(days(from, to)),
    }
}

/// The days from one moment to another.
pub(in crate::disclose) fn days(from: Moment, to: Moment) -> i64 {
    let midnight = |moment: Moment| moment.day.to_datetime(Time::midnight());
    minutes(midnight(from), midnight(to)) / (24 * 60)
}

fn minutes(from: DateTime, to: DateTime) -> i64 {
    let round = SpanRound::new().smallest(Unit::Minute).largest(Unit::Minute).days_are_24_hours();
    let span = from.until((Unit::Hour, to)).ok().and_then(|span| span.round(round).ok());
    span.map(|span| span.get_minutes()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moment(text: &str) -> Moment {
        let (day, time) =
            text.split_once(' ').map_or((text, None), |(day, time)| (day, Some(time)));
        Moment {
            day: day.parse().expect("a day"),
            time: time.map(|time| time.parse().expect("a time")),
        }
    }

    #[test]
    fn a_difference_is_said_in_the_unit_that_people_use() {
        for (from, to, said) in [
            ("2031-03-04", "2031-03-04", "on time"),
            ("2031-03-04", "2031-03-06", "2 days late"),
            ("2031-03-04", "2031-03-03", "1 day early"),
            ("2031-03-04 15:00", "2031-03-04", "on time"),
            ("2031-03-04 15:00", "2031-03-04 15:00", "on time"),
            ("2031-03-04 15:00", "2031-03-04 18:20", "3 h 20 min late"),
            ("2031-03-04 15:00", "2031-03-04 14:45", "15 min early"),
            ("2031-03-04 15:00", "2031-03-05 15:00", "24 h late"),
            ("2031-03-04 15:00", "2031-03-07 16:00", "3 days late"),
        ] {
            assert_eq!(between(moment(from), moment(to)).to_string(), said);
        }
    }

    #[test]
    fn what_did_not_happen_has_no_difference() {
        assert_eq!(slip(Slot { expected: Some(moment("2031-03-04")), actual: None }), None);
    }
}
