//! `schedule.yaml`: the days of each line's life, with its patches.
//!
//! ```yaml
//! schedules:
//! - release: 1.40
//!   releaseDate: 2040-04-22
//!   maintenanceModeStartDate: 2041-04-28
//!   endOfLifeDate: 2041-06-28
//!   previousPatches:
//!   - release: 1.40.1
//!     targetDate: 2040-05-14
//! ```
//!
//! `1.40` has no quotes, and a day that is not fixed yet is an empty text. As kept at
//! <https://github.com/kubernetes/website/blob/main/data/releases/schedule.yaml>.

use jiff::civil::Date;

use super::{Read, SupportReader, about, reading, reading::Reading, tree::Node};
use crate::model::{About, DeclaredBy, Origin};

/// `schedule.yaml`.
#[derive(Debug)]
pub(super) struct ScheduleYaml;

impl SupportReader for ScheduleYaml {
    fn id(&self) -> &'static str {
        "schedule_yaml"
    }

    fn claims(&self, path: &str) -> bool {
        matches!(path, "schedule.yaml" | "data/releases/schedule.yaml")
    }

    fn read(&self, text: &str, at: &Origin) -> Read {
        reading::read(text, at, DeclaredBy::Manifest, |text, reading| {
            let Some(root) = reading.yaml(text) else { return };
            let schedules = root.get("schedules").map_or(&[][..], Node::items);
            if !schedules.iter().any(|schedule| schedule.get("release").is_some()) {
                reading.note(
                    root.row,
                    "no entry of `schedules` has a `release`, so it says nothing about support",
                );
                return;
            }
            for schedule in schedules {
                line(schedule, reading);
            }
        })
    }
}

fn line(schedule: &Node, reading: &mut Reading<'_>) {
    let Some(release) = schedule.get("release").filter(|release| !release.is_empty()) else {
        reading.note(schedule.row, "an entry has no `release`");
        return;
    };
    let Some(version) = release.text().and_then(about::version) else {
        reading.note(release.row, format!("`{}` is not a version", reading::shown(release)));
        return;
    };
    let mut claim = reading.claim(release.row, About::Version(version));
    claim.from = reading.from(schedule, "releaseDate");
    claim.bug_fixes_until = reading.until(schedule, "maintenanceModeStartDate");
    claim.security_until = reading.until(schedule, "endOfLifeDate");
    if let (Some(from), Some(patch), Some(day)) =
        (claim.from, first_patch(schedule), schedule.get("releaseDate"))
        && patch < from
    {
        reading.warn_with_hint(
            day.row,
            format!("the release day {from} is later than the line's own patch of {patch}"),
            "correct `releaseDate`",
        );
        claim.from = None;
    }
    if claim.from.is_none() && claim.bug_fixes_until.is_none() && claim.security_until.is_none() {
        reading.note(release.row, format!("`{}` has no days", reading::shown(release)));
        return;
    }
    reading.make(claim);
}

/// The earliest day of a patch.
fn first_patch(schedule: &Node) -> Option<Date> {
    let patches = schedule.get("previousPatches").map_or(&[][..], Node::items);
    patches.iter().filter_map(|patch| patch.get("targetDate")?.text()?.parse().ok()).min()
}
