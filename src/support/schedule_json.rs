//! `schedule.json`: the days of each line's life.
//!
//! ```json
//! {"v30": {"start": "2028-04-20", "lts": "2028-10-24", "maintenance": "2029-10-20", "end": "2031-04-30"}}
//! ```
//!
//! Lines that have not started yet are listed, too, and some never become long-term ones. As kept
//! at <https://github.com/nodejs/Release/blob/main/schedule.json>.

use super::{Read, SupportReader, about, reading};
use crate::model::{About, DeclaredBy, Origin};

/// `schedule.json`.
#[derive(Debug)]
pub(super) struct ScheduleJson;

impl SupportReader for ScheduleJson {
    fn id(&self) -> &'static str {
        "schedule_json"
    }

    fn claims(&self, path: &str) -> bool {
        path == "schedule.json"
    }

    fn read(&self, text: &str, at: &Origin) -> Read {
        reading::read(text, at, DeclaredBy::Manifest, |text, reading| {
            let Some(root) = reading.json(text) else { return };
            // Many things have a schedule.
            let is_ours = |entry: &&super::tree::Entry| {
                entry.node.get("start").is_some() || entry.node.get("end").is_some()
            };
            if !root.entries().iter().any(|entry| is_ours(&entry)) {
                reading.note(
                    root.row,
                    "no entry has a `start` or `end`, so it says nothing about support",
                );
                return;
            }
            for entry in root.entries() {
                let Some(version) = about::version(&entry.key) else {
                    reading.note(entry.row, format!("`{}` is not a version", entry.key));
                    continue;
                };
                if !is_ours(&entry) {
                    reading
                        .note(entry.row, format!("`{}` has neither `start` nor `end`", entry.key));
                    continue;
                }
                let mut claim = reading.claim(entry.row, About::Version(version));
                claim.from = reading.from(&entry.node, "start");
                claim.bug_fixes_until = reading.until(&entry.node, "maintenance");
                claim.security_until = reading.until(&entry.node, "end");
                claim.is_lts = reading.from(&entry.node, "lts").is_some();
                let ends = [&claim.bug_fixes_until, &claim.security_until];
                if claim.from.is_some() || ends.iter().any(|end| end.is_some()) {
                    reading.make(claim);
                }
            }
        })
    }
}
