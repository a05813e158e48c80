//! `audit-ci.jsonc`: what audit-ci lets pass. See
//! <https://github.com/IBM/audit-ci#allowlisting>.
//!
//! ```jsonc
//! {
//!   "allowlist": [
//!     "GHSA-aaaa-bbbb-cccc",
//!     "GHSA-dddd-eeee-ffff|ferry>harbour",
//!     "harbour",
//!     { "GHSA-gggg-hhhh-jjjj": { "active": true, "notes": "build only", "expiry": "2031-04-30" } }
//!   ]
//! }
//! ```
//!
//! A comment is taken for the reason. A word that is no advisory is a package, a path is one of dependencies.

use std::num::NonZeroU32;

use super::{
    FOLDERS, OpinionReader, Read,
    nsprc::terms,
    reading::{self, Reading, file_name, folder_of, shown},
};
use crate::{
    model::{Ecosystem, Opinion, Origin, canonical_id},
    name::is_advisory_id,
    tree::Node,
};

/// `audit-ci.json`, `audit-ci.jsonc`, `audit-ci.json5`.
#[derive(Debug)]
pub(super) struct AuditCi;

/// The list, and the names that it had in earlier versions.
const LISTS: [&str; 5] =
    ["allowlist", "whitelist", "advisories", "path-whitelist", "path-allowlist"];

impl OpinionReader for AuditCi {
    fn id(&self) -> &'static str {
        "audit-ci"
    }

    fn claims(&self, path: &str) -> bool {
        let name = file_name(path);
        let name = name.strip_prefix('.').unwrap_or(name);
        // What is in those folders is VEX whatever its name.
        !FOLDERS.iter().any(|folder| path.starts_with(folder))
            && matches!(name, "audit-ci.json" | "audit-ci.jsonc" | "audit-ci.json5")
    }

    fn read(&self, text: &str, at: &Origin) -> Read {
        reading::read(self.id(), folder_of(&at.path, &[]), text, at, |text, reading| {
            let Some(root) = reading.json(text) else { return };
            for list in LISTS.iter().filter_map(|key| root.get(key)) {
                list.items().iter().for_each(|item| entry(item, reading));
            }
        })
    }
}

fn entry(item: &Node, reading: &mut Reading<'_>) {
    if let Some(text) = item.text() {
        let mut opinion = allowed(text, item.row, reading);
        opinion.reason = comment(text, item.row, reading);
        reading.make(opinion);
    } else if item.is_map() {
        for record in item.entries() {
            let Some(terms) = terms(&record.node) else { continue };
            let mut opinion = allowed(&record.key, record.row, reading);
            opinion.reason = terms.reason;
            opinion.expiry = terms.expiry;
            reading.make(opinion);
        }
    } else {
        reading
            .warn(item.row, format!("`{}` in the list is neither text nor a record", shown(item)));
    }
}

/// What a comment says of an entry of the list.
fn comment(text: &str, row: NonZeroU32, reading: &Reading<'_>) -> Option<String> {
    let written = reading.rows.get(usize::try_from(row.get() - 1).ok()?)?;
    let (_, behind) = written.split_once(text)?;
    let behind = behind.trim_start_matches(['"', '\'']);
    reading.comment(row, behind, "//")
}

fn allowed(text: &str, row: NonZeroU32, reading: &Reading<'_>) -> Opinion {
    let (what, path) = text.split_once('|').map_or((text, None), |(what, path)| (what, Some(path)));
    let is_number = !what.is_empty() && what.bytes().all(|byte| byte.is_ascii_digit());
    let is_id = is_number || is_advisory_id(&canonical_id(what));
    let mut opinion = reading.opinion(row, Some(what).filter(|_| is_id));
    match path {
        Some(path) => opinion.only_if.push(format!("the path is `{path}`")),
        None if !is_id && what.contains('>') => {
            opinion.only_if.push(format!("the path is `{what}`"));
        }
        None => {}
    }
    if !is_id && what != "*" && !what.contains('>') {
        opinion.package = reading::package(Ecosystem::NPM, what, None);
    }
    opinion
}
