//! Days and moments as ignore lists write them → the first instant at which an entry does not hold.
//!
//! Formats agree on nothing: some end with the day, some before it, and what they do with a date
//! that they cannot read ranges from "for ever" to "not at all". Here such a one is
//! [`Expiry::Unreadable`], and never obeyed.

use jiff::{
    Timestamp,
    civil::{Date, DateTime},
    fmt::rfc2822::DateTimeParser,
    tz::TimeZone,
};

use crate::model::Expiry;

/// A moment, and whether it was written without an offset, so that its tool takes it for local time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Moment {
    pub(super) instant: Timestamp,
    pub(super) is_local: bool,
}

/// RFC 3339, RFC 2822, or a date with or without a time, which is taken for UTC.
pub(super) fn moment(text: &str) -> Option<Moment> {
    const RFC_2822: DateTimeParser = DateTimeParser::new().relaxed_weekday(true);
    let text = text.trim();
    if let Ok(instant) = text.parse::<Timestamp>() {
        return Some(Moment { instant, is_local: false });
    }
    if let Ok(instant) = RFC_2822.parse_timestamp(text) {
        return Some(Moment { instant, is_local: false });
    }
    // Only what is written in full: the parser would take `20310101` as well.
    let is_dashed = text.as_bytes().get(4) == Some(&b'-');
    let local: DateTime = text.parse().ok().filter(|_| is_dashed)?;
    let instant = TimeZone::UTC.to_timestamp(local).ok()?;
    Some(Moment { instant, is_local: true })
}

/// An entry that ends at a moment; a day without a time ends with its first instant in UTC.
pub(super) fn at(text: &str) -> Expiry {
    moment(text).map_or_else(|| unreadable(text), |moment| Expiry::At(moment.instant))
}

/// An entry that ends with the first instant of a day in UTC, and nothing but a day is read.
pub(super) fn start_of_day(text: &str) -> Expiry {
    let day = Some(text).filter(|text| text.len() == "2031-04-30".len());
    let day = day.and_then(|text| text.parse::<Date>().ok());
    let start = day.and_then(|day| {
        TimeZone::UTC.to_timestamp(day.to_datetime(jiff::civil::Time::midnight())).ok()
    });
    start.map_or_else(|| unreadable(text), Expiry::At)
}

/// Milliseconds since 1970, or a moment.
pub(super) fn milliseconds_or_moment(text: &str) -> Expiry {
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    match text.parse::<i64>() {
        // `2031` may be a year or two seconds after 1970.
        Ok(number) if is_number && text.len() != 4 => {
            Timestamp::from_millisecond(number).map_or_else(|_| unreadable(text), Expiry::At)
        }
        _ => at(&dashed(text)),
    }
}

/// `2031/4/30` as `2031-04-30`; other texts stay as they are.
fn dashed(text: &str) -> String {
    let (day, time) = text.trim().split_once(' ').unwrap_or((text.trim(), ""));
    let parts: Vec<&str> = day.split('/').collect();
    match parts.as_slice() {
        [year, month, day] if year.len() == 4 => {
            format!("{year}-{month:0>2}-{day:0>2} {time}").trim_end().to_owned()
        }
        _ => text.to_owned(),
    }
}

pub(super) fn unreadable(text: &str) -> Expiry {
    Expiry::Unreadable(text.chars().take(80).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(expiry: &Expiry) -> String {
        match expiry {
            Expiry::Never => "never".to_owned(),
            Expiry::At(instant) => instant.to_string(),
            Expiry::Unreadable(text) => format!("unreadable {text}"),
        }
    }

    #[test]
    fn moments_are_read_as_people_write_them() {
        for (text, expected) in [
            ("2031-04-30T12:00:00Z", "2031-04-30T12:00:00Z"),
            ("2031-04-30T12:00:00.000+02:00", "2031-04-30T10:00:00Z"),
            ("2031-04-30T12:00:00", "2031-04-30T12:00:00Z"),
            ("2031-04-30", "2031-04-30T00:00:00Z"),
            ("Wed, 30 Apr 2031 12:00:00 +0000", "2031-04-30T12:00:00Z"),
            ("30 Apr 2031 12:00:00 GMT", "2031-04-30T12:00:00Z"),
            ("20310430", "unreadable 20310430"),
            ("2031-02-30", "unreadable 2031-02-30"),
            ("soon", "unreadable soon"),
            ("", "unreadable "),
        ] {
            assert_eq!(shown(&at(text)), expected, "{text}");
        }
        let is_local = |text| moment(text).map(|moment| moment.is_local);
        assert_eq!(is_local("2031-04-30T12:00:00"), Some(true));
        assert_eq!(is_local("2031-04-30T12:00:00Z"), Some(false));
    }

    #[test]
    fn days_and_milliseconds_are_not_guessed() {
        assert_eq!(shown(&start_of_day("2031-04-30")), "2031-04-30T00:00:00Z");
        assert_eq!(shown(&start_of_day("2031-4-30")), "unreadable 2031-4-30");
        assert_eq!(shown(&start_of_day("2031-04-30T10:00")), "unreadable 2031-04-30T10:00");
        assert_eq!(shown(&milliseconds_or_moment("1935273600000")), "2031-04-30T00:00:00Z");
        assert_eq!(shown(&milliseconds_or_moment("2031-04-30")), "2031-04-30T00:00:00Z");
        assert_eq!(shown(&milliseconds_or_moment("2031")), "unreadable 2031");
        assert_eq!(shown(&milliseconds_or_moment("2031/4/30")), "2031-04-30T00:00:00Z");
        assert_eq!(shown(&milliseconds_or_moment("2031/04/30 12:00")), "2031-04-30T12:00:00Z");
        assert_eq!(shown(&milliseconds_or_moment("30/04/2031")), "unreadable 30/04/2031");
        assert_eq!(
            shown(&milliseconds_or_moment("99999999999999999999")),
            "unreadable 99999999999999999999"
        );
    }
}
