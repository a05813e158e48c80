//! Lockfiles and manifests: bytes in, entries with rows out.
//!
//! A reader cannot fail. What it could not read it names as trouble, and a lockfile with trouble is
//! never taken for all of it.

pub mod cargo;
pub mod cargo_manifest;

use crate::model::{Entry, Lockfile, Manifest};

/// One lockfile format.
pub trait LockfileFormat: Sync {
    /// The name in the configuration and in reports.
    fn id(&self) -> &'static str;
    /// True of the file names that this format owns.
    fn claims(&self, file_name: &str) -> bool;
    /// Reads a whole file; what it could not read is in the trouble of the result.
    fn read(&self, bytes: &[u8]) -> Lockfile;
    /// The parts of a file that is written just as its tool writes it, a package each: many versions
    /// of one file share nearly all of them. `None`: it has to be read whole.
    fn pieces<'t>(&self, text: &'t str) -> Option<Vec<&'t str>> {
        let _ = text;
        None
    }
    /// Reads a part; `None`: the file has to be read whole.
    fn piece(&self, piece: &str) -> Option<Piece> {
        let _ = piece;
        None
    }
}

/// One package of a file, by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// Its row and what it depends on are not known.
    pub entry: Entry,
    /// The names of packages without which the file is not whole.
    pub needs: Vec<String>,
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
