//! `.trivyignore`: what Trivy ignores, one id a row. See
//! <https://trivy.dev/latest/docs/configuration/filtering/#trivyignore>.
//!
//! ```text
//! # the call is compiled out
//! CVE-2031-0001 exp:2031-04-30
//! ```
//!
//! An entry with an end holds until midnight UTC before that day. Trivy skips an entry whose date it
//! cannot read, and so does a policy that obeys this file. Comments are taken for reasons.

use std::num::NonZeroU32;

use super::{
    OpinionReader, Read, expiry,
    reading::{self, Reading, file_name, folder_of},
};
use crate::model::Origin;

/// `.trivyignore`.
#[derive(Debug)]
pub(super) struct Trivyignore;

impl OpinionReader for Trivyignore {
    fn id(&self) -> &'static str {
        "trivyignore"
    }

    fn claims(&self, path: &str) -> bool {
        file_name(path) == ".trivyignore"
    }

    fn read(&self, text: &str, at: &Origin) -> Read {
        reading::read(self.id(), folder_of(&at.path, &[]), text, at, |_, reading| {
            let mut row = NonZeroU32::MIN;
            for written in reading.rows.clone() {
                entry(written.trim(), row, reading);
                row = row.saturating_add(1);
            }
        })
    }
}

fn entry(written: &str, row: NonZeroU32, reading: &mut Reading<'_>) {
    if written.is_empty() || written.starts_with('#') {
        return;
    }
    let end = written.find(" #").or_else(|| written.find("\t#")).unwrap_or(written.len());
    let (entry, behind) = written.split_at(end);
    let mut words = entry.split_whitespace();
    let Some(id) = words.next() else { return };
    let mut opinion = reading.opinion(row, [id]);
    for word in words.filter(|word| !word.contains(':')) {
        reading.note(row, format!("`{word}` behind `{id}` is not read"));
    }
    // Trivy knows no comment behind an entry, so it finds an end there, too.
    let end = written.split_whitespace().skip(1).find_map(|word| word.strip_prefix("exp:"));
    if let Some(day) = end {
        opinion.expiry = expiry::start_of_day(day);
    }
    opinion.reason = reading.comment(row, behind, "#");
    reading.make(opinion);
}
