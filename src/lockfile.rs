//! Lockfiles and manifests: bytes in, entries with rows out.
//!
//! A reader cannot fail. What it could not read it names as trouble, and a lockfile with trouble is
//! never taken for all of it.

pub mod cargo;
pub mod cargo_manifest;

use crate::model::{Lockfile, Manifest};

/// One lockfile format.
pub trait LockfileFormat: Sync {
    /// The name in the configuration and in reports.
    fn id(&self) -> &'static str;
    /// True of the file names that this format owns.
    fn claims(&self, file_name: &str) -> bool;
    /// Reads a whole file; what it could not read is in the trouble of the result.
    fn read(&self, bytes: &[u8]) -> Lockfile;
}

/// Every format.
pub const ALL: &[&dyn LockfileFormat] = &[&cargo::CargoLock];

/// The format that owns a path.
pub fn format_of(path: &str) -> Option<&'static dyn LockfileFormat> {
    let name = file_name(path);
    ALL.iter().copied().find(|format| format.claims(name))
}

/// True of manifests, which say what the dependents of a package require.
pub fn is_manifest(path: &str) -> bool {
    file_name(path) == "Cargo.toml"
}

/// Reads a manifest.
pub fn read_manifest(bytes: &[u8]) -> Manifest {
    cargo_manifest::read(bytes)
}

fn file_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// Turns byte offsets into rows.
struct Rows {
    /// The offset of each line feed, ascending.
    ends: Vec<usize>,
}

impl Rows {
    fn of(text: &str) -> Self {
        Self {
            ends: text.bytes().enumerate().filter(|(_, b)| *b == b'\n').map(|(i, _)| i).collect(),
        }
    }

    /// The 1-based row of an offset.
    fn at(&self, offset: usize) -> std::num::NonZeroU32 {
        let row = self.ends.partition_point(|end| *end < offset);
        u32::try_from(row)
            .ok()
            .and_then(|row| std::num::NonZeroU32::MIN.checked_add(row))
            .unwrap_or(std::num::NonZeroU32::MAX)
    }
}
