//! What ignore lists and VEX documents say about vulnerabilities: text in, opinions and trouble out.
//!
//! One small reader per kind of file, in [`ALL`]. An opinion is shown with its origin. It is obeyed
//! only where the policy says `[statements] obey = [kind…]`, and never from a pull request's own
//! tree; that is decided in `judge`. The support of lines is another matter: see `support`.

use crate::model::{Opinion, Origin, Trouble};

/// Reads one kind of file.
pub trait OpinionReader: Sync {
    /// What `[statements] obey` names, equal to the name of its source file but for `.` and `-`.
    fn id(&self) -> &'static str;

    /// True of the paths that it reads; no two readers claim one path. Relative to the tree's root,
    /// with forward slashes.
    fn claims(&self, path: &str) -> bool;

    /// Reads a file. `at` has its ref and path, and no row.
    fn read(&self, text: &str, at: &Origin) -> Read;
}

/// What a reader made of a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Read {
    /// In the order of the file.
    pub opinions: Vec<Opinion>,
    pub trouble: Vec<Trouble>,
}

/// All readers.
pub const ALL: &[&dyn OpinionReader] = &[];

/// The reader of a path, if there is one.
pub fn reader_of(path: &str) -> Option<&'static dyn OpinionReader> {
    ALL.iter().find(|reader| reader.claims(path)).copied()
}
