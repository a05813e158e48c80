//! `release-cycle.json`: the state of each line, with its first and last day.
//!
//! ```json
//! {"3.41": {"branch": "3.41", "status": "bugfix", "first_release": "2040-10-01", "end_of_life": "2045-10"}}
//! ```
//!
//! A day may be a month. The branch is `main` for the line in development and empty for old ones,
//! so it is not read. As published at <https://peps.python.org/api/release-cycle.json>.

use super::{
    Read, SupportReader, about, reading,
    reading::Reading,
    tree::{Entry, Node},
};
use crate::model::{About, DeclaredBy, Origin, Standing, Tier};

/// `release-cycle.json`.
#[derive(Debug)]
pub(super) struct ReleaseCycle;

impl SupportReader for ReleaseCycle {
    fn id(&self) -> &'static str {
        "release_cycle"
    }

    fn claims(&self, path: &str) -> bool {
        path.rsplit('/').next() == Some("release-cycle.json")
    }

    fn read(&self, text: &str, at: &Origin) -> Read {
        reading::read(text, at, DeclaredBy::Manifest, |text, reading| {
            let Some(root) = reading.json(text) else { return };
            if !root.entries().iter().any(|entry| entry.node.get("status").is_some()) {
                reading.note(root.row, "no entry has a `status`, so it says nothing about support");
                return;
            }
            for entry in root.entries() {
                line(entry, reading);
            }
        })
    }
}

fn line(entry: &Entry, reading: &mut Reading<'_>) {
    let Some(version) = about::version(&entry.key) else {
        reading.note(entry.row, format!("`{}` is not a version", entry.key));
        return;
    };
    let Some(status) = entry.node.get("status") else {
        reading.note(entry.row, format!("`{}` has no `status`", entry.key));
        return;
    };
    let mut claim = reading.claim(entry.row, About::Version(version));
    let standing = match status.text() {
        Some("feature" | "prerelease") => Some(Standing::Upcoming),
        Some("bugfix" | "security") => Some(Standing::Supported),
        Some("end-of-life") => Some(Standing::Eol),
        _ => {
            let status_shown = reading::shown(status);
            reading.note(status.row, format!("the status `{status_shown}` is not known here"));
            None
        }
    };
    claim.standing = standing;
    claim.tier = is_security_only(status).then_some(Tier::SecurityOnly);
    claim.from = reading.from(&entry.node, "first_release");
    claim.security_until = reading.until(&entry.node, "end_of_life");
    reading.make(claim);
}

fn is_security_only(status: &Node) -> bool {
    status.text() == Some("security")
}
