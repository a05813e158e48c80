//! `.nsprc`: what better-npm-audit, and nsp before it, ignore. See
//! <https://github.com/jeemok/better-npm-audit#using-nsprc-file-to-manage-exceptions>.
//!
//! ```json
//! {
//!   "GHSA-aaaa-bbbb-cccc": { "active": true, "notes": "the call is never made", "expiry": "2031-04-30" },
//!   "1234": "only in the build"
//! }
//! ```
//!
//! An end is a moment or milliseconds since 1970.

use super::{
    OpinionReader, Read, expiry,
    reading::{self, Reading, file_name, folder_of, shown},
};
use crate::{
    model::{Expiry, Origin},
    tree::{Entry, Node},
};

/// `.nsprc`.
#[derive(Debug)]
pub(super) struct Nsprc;

impl OpinionReader for Nsprc {
    fn id(&self) -> &'static str {
        "nsprc"
    }

    fn claims(&self, path: &str) -> bool {
        file_name(path) == ".nsprc"
    }

    fn read(&self, text: &str, at: &Origin) -> Read {
        reading::read(self.id(), folder_of(&at.path, &[]), text, at, |text, reading| {
            let Some(root) = reading.json(text) else { return };
            for entry in root.entries() {
                // The `exceptions` of nsp are addresses of advisories.
                if entry.key == "exceptions" && entry.node.is_list() {
                    for item in entry.node.items() {
                        let id = item.text().map(|text| text.trim_end_matches('/'));
                        let id = id.and_then(|text| text.rsplit('/').next());
                        let opinion = reading.opinion(item.row, id);
                        reading.make(opinion);
                    }
                } else {
                    exception(entry, reading);
                }
            }
        })
    }
}

fn exception(entry: &Entry, reading: &mut Reading<'_>) {
    let Some(terms) = terms(&entry.node) else { return };
    let mut opinion = reading.opinion(entry.row, [entry.key.as_str()]);
    opinion.reason = terms.reason;
    opinion.expiry = terms.expiry;
    reading.make(opinion);
}

/// Why and how long something is ignored.
pub(super) struct Terms {
    pub(super) reason: Option<String>,
    pub(super) expiry: Expiry,
}

/// A note, or a map with one and an end; `None`: it is switched off.
pub(super) fn terms(node: &Node) -> Option<Terms> {
    let truth = |key: &str| node.get(key).and_then(Node::truth);
    if truth("active").or_else(|| truth("ignore")) == Some(false) {
        return None;
    }
    let reason = ["notes", "reason", "note"].iter().find_map(|key| node.get(key)?.text());
    let expiry = match node.get("expiry").filter(|end| !end.is_empty()) {
        None => Expiry::Never,
        Some(end) => end
            .text()
            .map_or_else(|| expiry::unreadable(&shown(end)), expiry::milliseconds_or_moment),
    };
    Some(Terms { reason: reason.or_else(|| node.text()).map(str::to_owned), expiry })
}
