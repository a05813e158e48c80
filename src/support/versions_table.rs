//! `…_versions.table`: every release with the versions of its parts, newest first.
//!
//! ```text
//! OTP-31.0.1 : app-1.1 # lib-2.0 :
//! OTP-31.0 : app-1.0 lib-2.0 # :
//! ```
//!
//! It lists releases and not support: by the convention of those who keep such a table, the newest
//! three majors are supported, and a major starts with its `.0`. As kept at
//! <https://github.com/erlang/otp/blob/master/otp_versions.table>.

use std::num::NonZeroU32;

use super::{Read, SupportReader, about, reading, reading::Reading};
use crate::model::{About, DeclaredBy, Origin, Standing};

/// So many majors are supported.
const SUPPORTED: usize = 3;

/// `…_versions.table`.
#[derive(Debug)]
pub(super) struct VersionsTable;

impl SupportReader for VersionsTable {
    fn id(&self) -> &'static str {
        "versions_table"
    }

    fn claims(&self, path: &str) -> bool {
        !path.contains('/') && path.ends_with("_versions.table")
    }

    fn read(&self, text: &str, at: &Origin) -> Read {
        reading::read(text, at, DeclaredBy::Manifest, table)
    }
}

fn table(text: &str, reading: &mut Reading<'_>) {
    let rows = (1..).filter_map(NonZeroU32::new).zip(text.split('\n'));
    let mut majors: Vec<(u64, NonZeroU32)> = Vec::new();
    for (row, line) in rows {
        // What is further down is older.
        if majors.len() == SUPPORTED {
            break;
        }
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let release = line.split_once(" :").map(|(release, _)| release.trim());
        let Some(version) = release.and_then(about::version) else {
            reading.note(row, "the row names no release");
            continue;
        };
        let Some(major) = version.strip_suffix(".0").and_then(|major| major.parse().ok()) else {
            continue;
        };
        match majors.last() {
            Some((newer, _)) if *newer == major => {}
            Some((newer, _)) if *newer < major => {
                reading.warn_with_hint(
                    row,
                    format!("{major} stands below {newer}, so the newest releases cannot be told"),
                    "put the newest release first",
                );
                return;
            }
            _ => majors.push((major, row)),
        }
    }
    if majors.len() < SUPPORTED {
        // Which end is the newest cannot be told, either, nor whether the file is whole.
        reading.note(NonZeroU32::MIN, "it names the `.0` of fewer than three majors");
        return;
    }
    for (major, row) in &majors {
        let claim = reading.claim(*row, About::Version(major.to_string()));
        reading.make(claim.standing(Standing::Supported));
    }
    reading.make_others(majors.first().map_or(NonZeroU32::MIN, |(_, row)| *row));
}
