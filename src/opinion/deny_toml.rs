//! `deny.toml`: what cargo-deny ignores. See
//! <https://embarkstudios.github.io/cargo-deny/checks/advisories/cfg.html>.
//!
//! ```toml
//! [advisories]
//! ignore = [
//!     "RUSTSEC-2031-0001",
//!     { id = "RUSTSEC-2031-0002", reason = "the call is compiled out" },
//!     { crate = "ferry@1.2.3", reason = "withdrawn by mistake" },
//! ]
//! ```
//!
//! A crate in place of an id is about versions that were withdrawn, and not about vulnerabilities.

use super::{
    OpinionReader, Read,
    audit_toml::comment,
    reading::{self, Reading, Value, file_name, folder_of},
};
use crate::{
    model::{Ecosystem, Opinion, Origin, canonical_id},
    name::is_advisory_id,
};

/// `deny.toml`.
#[derive(Debug)]
pub(super) struct DenyToml;

impl OpinionReader for DenyToml {
    fn id(&self) -> &'static str {
        "deny.toml"
    }

    fn claims(&self, path: &str) -> bool {
        matches!(file_name(path), "deny.toml" | ".deny.toml")
    }

    fn read(&self, text: &str, at: &Origin) -> Read {
        reading::read(self.id(), folder_of(&at.path, &[".cargo"]), text, at, |text, reading| {
            let Some(table) = reading.toml(text) else { return };
            let Some(advisories) = table.get("advisories") else { return };
            let Some(ignore) = advisories.get_ref().get("ignore") else { return };
            for item in reading.list("ignore", ignore) {
                if let Some(opinion) = entry(text, item, reading) {
                    reading.make(opinion);
                }
            }
        })
    }
}

fn entry(text: &str, item: &Value<'_>, reading: &mut Reading<'_>) -> Option<Opinion> {
    let row = reading.row(item);
    let (id, spec, reason) = match (item.get_ref().as_str(), item.get_ref().as_table()) {
        (Some(id), _) if is_advisory_id(&canonical_id(id)) => (Some(id), None, None),
        (Some(spec), _) => (None, Some(spec), None),
        (_, Some(table)) => (
            reading::text(table, "id"),
            reading::text(table, "crate").or_else(|| reading::text(table, "name")),
            reading::text(table, "reason").map(str::to_owned),
        ),
        _ => (None, None, None),
    };
    if id.is_none() && spec.is_none() {
        reading.warn(row, "an entry of `ignore` is neither an advisory nor a crate");
        return None;
    }
    let mut opinion = reading.opinion(row, id);
    opinion.reason = reason.or_else(|| comment(text, item.span().end, row, reading));
    if let Some(spec) = spec {
        let (name, version) = spec.split_once(['@', ':']).unwrap_or((spec, ""));
        let version = version.trim().trim_start_matches('=').trim();
        let is_version = semver::Version::parse(version).is_ok();
        opinion.package =
            reading::package(Ecosystem::CRATES_IO, name, Some(version).filter(|_| is_version));
        if !is_version && !version.is_empty() {
            opinion.only_if.push(format!("the version is `{version}`"));
        }
        opinion.only_if.push("the version is withdrawn".to_owned());
    }
    Some(opinion)
}
