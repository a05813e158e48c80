//! Scorecard of the `OpenSSF`: <https://github.com/ossf/scorecard>.
//!
//! Its checks are about how a project works. `VulnerabilitiesID` has ids in its message, but no
//! package, so it is an alert like the others and never a claim about a package.

use super::{Dialect, Made, Seen};

pub(super) struct Scorecard;

/// What it writes where a check is about no file.
const NO_FILE: &str = "no file associated with this alert";

impl Dialect for Scorecard {
    fn id(&self) -> &'static str {
        "scorecard"
    }

    fn claims(&self, driver: &str) -> bool {
        driver.eq_ignore_ascii_case("scorecard")
    }

    fn read(&self, seen: &Seen<'_>) -> Made {
        let mut alert = seen.alert();
        if alert.file.as_deref() == Some(NO_FILE) {
            alert.file = None;
            alert.row = None;
        }
        Made::Alert(alert)
    }
}
