//! cargo-deny: <https://github.com/EmbarkStudios/cargo-deny>, since 0.18.
//!
//! A rule is a kind of diagnostic, and only those of advisories (`a:`) are about vulnerabilities;
//! bans, licences and sources are alerts. The advisory's id and the crates are in the partial
//! fingerprints. Rows are counted from 0.

use std::num::NonZeroU32;

use super::{Dialect, Made, Seen, value::whole};
use crate::model::{AdvisoryClass, Ecosystem};

pub(super) struct CargoDeny;

/// More crates than this are not read from one result.
const MOST_CRATES: usize = 1_000;

impl Dialect for CargoDeny {
    fn id(&self) -> &'static str {
        "cargo-deny"
    }

    fn claims(&self, driver: &str) -> bool {
        driver.eq_ignore_ascii_case("cargo-deny")
    }

    fn read(&self, seen: &Seen<'_>) -> Made {
        let Some(kind) = seen.rule_id().strip_prefix("a:") else { return alert(seen) };
        let id = seen.result.partial("cargo-deny/advisory-id").map(str::trim);
        let id = match (id, kind) {
            (Some(id), _) if !id.is_empty() => id,
            (_, "yanked") => "yanked",
            // What is about the database or the configuration, and about no crate.
            _ => return alert(seen),
        };
        let mut claims = Vec::new();
        for place in 0..MOST_CRATES {
            let key = match place {
                0 => "cargo-deny/krate".to_owned(),
                place => format!("cargo-deny/krate{place}"),
            };
            let Some(named) = seen.result.partial(&key) else { break };
            // What is not from crates.io has its source before a `#`.
            let named = named.rsplit('#').next().unwrap_or(named);
            let Some((name, version)) = super::seen::name_and_version(named) else { break };
            let mut advisory = seen.advisory(id, Ecosystem::CRATES_IO, name);
            advisory.class = class(kind).unwrap_or(advisory.class);
            // The rule tells of the kind of diagnostic only.
            advisory.title = super::rules::one_line(seen.text());
            advisory.details = String::new();
            let mut spots = seen.spots();
            for spot in &mut spots {
                spot.row = None;
            }
            spots.dedup_by(|one, other| one.file == other.file);
            if let Made::Packages(of_crate) = Made::packages(advisory, version, spots) {
                claims.extend(of_crate);
            }
        }
        if claims.is_empty() {
            return Made::Nameless("its fingerprints name no crate");
        }
        Made::Packages(claims)
    }
}

fn class(kind: &str) -> Option<AdvisoryClass> {
    Some(match kind {
        "vulnerability" => AdvisoryClass::Vulnerability,
        "unmaintained" => AdvisoryClass::Unmaintained,
        "unsound" => AdvisoryClass::Unsound,
        "notice" => AdvisoryClass::Notice,
        "yanked" => AdvisoryClass::Yanked,
        _ => return None,
    })
}

/// An alert, with its row counted from 1.
fn alert(seen: &Seen<'_>) -> Made {
    let mut alert = seen.alert();
    let Some(spot) = seen.spots().into_iter().next() else { return Made::Alert(alert) };
    let region = &spot.location.physical.0.region.0;
    let from_zero = whole(Some(&region.start_line));
    let is_start = whole(Some(&region.byte_offset)) == Some(0);
    let row = from_zero.filter(|row| *row >= 0).map(|row| if is_start { 1 } else { row + 1 });
    let row = row.and_then(|row| u32::try_from(row).ok()).and_then(NonZeroU32::new);
    alert.row = row.filter(|_| alert.file.is_some());
    Made::Alert(alert)
}
