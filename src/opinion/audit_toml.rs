//! `.cargo/audit.toml`: what cargo-audit ignores. See
//! <https://github.com/rustsec/rustsec/blob/main/cargo-audit/audit.toml.example>.
//!
//! ```toml
//! [advisories]
//! ignore = ["RUSTSEC-2031-0001"] # the call is compiled out
//! ```
//!
//! It knows neither reasons nor ends; a comment is taken for the reason. Its other settings say what
//! cargo-audit reports, and are no opinion about a vulnerability.

use super::{
    OpinionReader, Read,
    reading::{self, Reading, folder_of},
};
use crate::model::Origin;

/// `.cargo/audit.toml`.
#[derive(Debug)]
pub(super) struct AuditToml;

impl OpinionReader for AuditToml {
    fn id(&self) -> &'static str {
        "audit.toml"
    }

    fn claims(&self, path: &str) -> bool {
        path == ".cargo/audit.toml" || path.ends_with("/.cargo/audit.toml")
    }

    fn read(&self, text: &str, at: &Origin) -> Read {
        reading::read(self.id(), folder_of(&at.path, &[".cargo"]), text, at, ignored)
    }
}

fn ignored(text: &str, reading: &mut Reading<'_>) {
    let Some(table) = reading.toml(text) else { return };
    let Some(advisories) = table.get("advisories") else { return };
    let Some(ignore) = advisories.get_ref().get("ignore") else { return };
    for item in reading.list("ignore", ignore) {
        let row = reading.row(item);
        let Some(id) = item.get_ref().as_str() else {
            reading.warn(row, "an entry of `ignore` is not text");
            continue;
        };
        let mut opinion = reading.opinion(row, [id]);
        opinion.reason = comment(text, item.span().end, row, reading);
        reading.make(opinion);
    }
}

/// What a comment says of the entry of a TOML list that ends at an offset.
pub(super) fn comment(
    text: &str,
    end: usize,
    row: std::num::NonZeroU32,
    reading: &Reading<'_>,
) -> Option<String> {
    let behind = text.get(end..).unwrap_or_default().lines().next().unwrap_or_default();
    reading.comment(row, behind, "#")
}
