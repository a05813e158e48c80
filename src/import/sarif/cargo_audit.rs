//! cargo-audit: <https://github.com/rustsec/rustsec/tree/main/cargo-audit>, since 0.22.
//!
//! Advisory, package and version are in its own fingerprint, `ID:name:version`; a withdrawn version
//! has the word `yanked` for an id. What kind of warning it is says only the message, `… has a
//! <kind> warning: …`. Every result is said to be in row 1 of the lockfile.

use super::{Dialect, Made, Seen};
use crate::model::{AdvisoryClass, Ecosystem};

pub(super) struct CargoAudit;

impl Dialect for CargoAudit {
    fn id(&self) -> &'static str {
        "cargo-audit"
    }

    fn claims(&self, driver: &str) -> bool {
        driver.eq_ignore_ascii_case("cargo-audit")
    }

    fn read(&self, seen: &Seen<'_>) -> Made {
        let fingerprint = seen.result.partial("cargo-audit/advisory-fingerprint");
        let mut parts = fingerprint.unwrap_or_default().splitn(3, ':').map(str::trim);
        let (Some(id), Some(package), version) = (parts.next(), parts.next(), parts.next()) else {
            return Made::Nameless("its fingerprint names no package");
        };
        if id.is_empty() || package.is_empty() {
            return Made::Nameless("its fingerprint names no package");
        }
        let mut advisory = seen.advisory(id, Ecosystem::CRATES_IO, package);
        advisory.class = kind(seen.text()).unwrap_or(advisory.class);
        seen.packages(advisory, version)
    }
}

/// `<package> <version> is vulnerable to …`, or `… has a <kind> warning`.
fn kind(message: &str) -> Option<AdvisoryClass> {
    let mut words = message.split_whitespace().skip(2);
    let (verb, next, kind) = (words.next()?, words.next()?, words.next()?);
    if (verb, next) == ("is", "vulnerable") {
        return Some(AdvisoryClass::Vulnerability);
    }
    if verb != "has" || words.next()?.trim_end_matches(':') != "warning" {
        return None;
    }
    Some(match kind {
        "unmaintained" => AdvisoryClass::Unmaintained,
        "unsound" => AdvisoryClass::Unsound,
        "notice" => AdvisoryClass::Notice,
        "yanked" => AdvisoryClass::Yanked,
        other => AdvisoryClass::Other(super::rules::one_line(other)),
    })
}
