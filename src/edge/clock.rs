//! Today, and now.

use jiff::{
    Timestamp,
    civil::{Date, Time},
    tz::TimeZone,
};

/// The current day in UTC: a day that depends on where the program runs would let two runs of one
/// night disagree.
#[expect(clippy::disallowed_methods, reason = "this is the clock")]
pub fn today() -> Date {
    Timestamp::now().to_zoned(TimeZone::UTC).date()
}

/// The seconds since 1970, as servers count them.
#[expect(clippy::disallowed_methods, reason = "this is the clock")]
pub fn seconds() -> i64 {
    Timestamp::now().as_second()
}

/// The time of the day in UTC.
#[expect(clippy::disallowed_methods, reason = "this is the clock")]
pub fn time() -> Time {
    Timestamp::now().to_zoned(TimeZone::UTC).time()
}

/// A zone by its IANA name, as this machine knows it.
pub fn zone(name: &str) -> Option<TimeZone> {
    TimeZone::get(name).ok()
}
