//! Semgrep: <https://semgrep.dev/docs/>; its drivers are `semgrep`, `Semgrep OSS` and `Semgrep PRO`.
//!
//! A result of its supply chain rules has an exposure and is in a lockfile, but names no package, so
//! it is an alert, unless it has a package URL and an advisory's id.

use super::{Dialect, Made, Seen, generic, value::text};
use crate::model::Reach;

pub(super) struct Semgrep;

impl Dialect for Semgrep {
    fn id(&self) -> &'static str {
        "semgrep"
    }

    fn claims(&self, driver: &str) -> bool {
        driver.get(..7).is_some_and(|start| start.eq_ignore_ascii_case("semgrep"))
    }

    fn read(&self, seen: &Seen<'_>) -> Made {
        match text(&seen.result.properties, "/exposure") {
            Some("reachable") => generic::read(seen).reached(&Reach::Called),
            Some("unreachable") => generic::read(seen).reached(&Reach::Imported),
            _ => generic::read(seen),
        }
    }
}
