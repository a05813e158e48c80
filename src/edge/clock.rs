//! Today.

use jiff::{Timestamp, civil::Date, tz::TimeZone};

/// The current day in UTC: a day that depends on where the program runs would let two runs of one
/// night disagree.
#[expect(clippy::disallowed_methods, reason = "this is the clock")]
pub fn today() -> Date {
    Timestamp::now().to_zoned(TimeZone::UTC).date()
}
