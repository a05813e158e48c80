//! Packages as lockfiles and manifests name them.

use std::{fmt, num::NonZeroU32, sync::Arc};

use super::{CommitId, Place, Trouble};

/// A git object id of a blob, as lowercase hexadecimal.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BlobId(pub String);

/// Where a locked package comes from. Advisories match [`Supply::Registry`] with certainty only.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Supply {
    /// crates.io, by its git index or its sparse index.
    Registry,
    /// Another registry, by the URL in the lockfile.
    OtherRegistry(String),
    /// A git repository, by the URL in the lockfile.
    Git(String),
    /// A path inside the repository: a workspace member or a vendored crate.
    Path,
}

impl fmt::Display for Supply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Registry => f.write_str("crates.io"),
            Self::OtherRegistry(url) => write!(f, "registry {url}"),
            Self::Git(url) => write!(f, "git {url}"),
            Self::Path => f.write_str("path"),
        }
    }
}

/// The position of an entry in its lockfile.
pub type EntryIndex = u32;

/// One locked package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub name: Box<str>,
    /// As written: it may not be a version at all.
    pub version: Box<str>,
    pub supply: Supply,
    /// The 1-based row of the package's name.
    pub row: NonZeroU32,
    /// What it depends on, as far as the lockfile says so.
    pub dependencies: Vec<EntryIndex>,
}

/// What one lockfile holds. It knows its blob and not its path, so that equal blobs are shared.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lockfile {
    pub entries: Vec<Entry>,
    /// What could not be read; a warning means that the entries are not all of it.
    pub trouble: Vec<Trouble>,
}

/// One dependency requirement of a manifest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dependency {
    /// The name that the manifest gives it.
    pub key: Box<str>,
    /// The package's real name, after `package = "…"`.
    pub package: Box<str>,
    /// The version requirement as written; `None`: the manifest gives none (git or path only).
    pub requirement: Option<Box<str>>,
    /// True for `workspace = true`: the requirement is the workspace root's.
    pub inherited: bool,
    /// The 1-based row of the dependency.
    pub row: NonZeroU32,
}

/// What a `Cargo.toml` says of its package's requirements.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Manifest {
    /// `None`: a virtual workspace.
    pub package: Option<Box<str>>,
    pub dependencies: Vec<Dependency>,
    /// `[workspace.dependencies]`.
    pub workspace_dependencies: Vec<Dependency>,
    pub trouble: Vec<Trouble>,
}

/// A file of a tree, by its path from the root.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct TreeFile<T> {
    /// Relative, with forward slashes.
    pub path: String,
    pub content: T,
}

/// What one tip locks.
#[derive(Clone, Debug)]
pub struct Inventory {
    pub place: Place,
    pub commit: CommitId,
    /// Sorted by path.
    pub lockfiles: Vec<TreeFile<Arc<Lockfile>>>,
    /// Sorted by path.
    pub manifests: Vec<TreeFile<Arc<Manifest>>>,
}
