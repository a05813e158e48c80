//! What ignore lists and VEX documents say about vulnerabilities: text in, opinions and trouble out.
//!
//! One small reader per kind of file, in [`ALL`]. An opinion is shown with its origin. It is obeyed
//! only where the policy says `[statements] obey = [kind…]`, and never from a pull request's own
//! tree; that is decided in `judge`. The support of lines is another matter: see `support`.

mod expiry;
mod reading;
mod vex;

mod audit_ci;
mod audit_toml;
mod csaf;
mod cyclonedx;
mod deny_toml;
mod dependency_check;
mod grype_yaml;
mod nsprc;
mod openvex;
mod osv_scanner_toml;
mod snyk;
mod trivyignore;
mod trivyignore_yaml;

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
pub const ALL: &[&dyn OpinionReader] = &[
    &audit_ci::AuditCi,
    &audit_toml::AuditToml,
    &csaf::Csaf,
    &cyclonedx::CycloneDx,
    &deny_toml::DenyToml,
    &dependency_check::DependencyCheck,
    &grype_yaml::GrypeYaml,
    &nsprc::Nsprc,
    &openvex::OpenVex,
    &osv_scanner_toml::OsvScannerToml,
    &snyk::Snyk,
    &trivyignore::Trivyignore,
    &trivyignore_yaml::TrivyignoreYaml,
];

/// Kinds of opinions that come with a report only, and not from a file of their own: what a tool
/// says it was told to ignore, the suppressions of SARIF, and the dismissals of Dependabot alerts.
pub const REPORTED_KINDS: [&str; 6] =
    ["cargo-audit", "cargo-deny", "dependabot", "grype", "sarif", "trivy"];

/// A file with more bytes is not read.
pub const LARGEST: usize = 1024 * 1024;
/// A file that says more is cut there, and that is said.
pub const MOST_OPINIONS: usize = 2_000;

/// The reader of a path, if there is one.
pub fn reader_of(path: &str) -> Option<&'static dyn OpinionReader> {
    ALL.iter().find(|reader| reader.claims(path)).copied()
}

/// True of a file name that a reader claims in some folder, apart from [`FOLDERS`].
pub fn may_be_read(file_name: &str) -> bool {
    ["", ".cargo/", ".grype/"]
        .iter()
        .any(|folder| reader_of(&format!("{folder}{file_name}")).is_some())
}

/// Folders at the root of a tree in which files are read whatever their names.
pub const FOLDERS: [&str; 2] = [".openvex", ".well-known/csaf"];

/// Every word that `[statements] obey` may hold, sorted.
pub fn kinds() -> Vec<&'static str> {
    let mut kinds: Vec<&str> = ALL.iter().map(|reader| reader.id()).collect();
    kinds.extend(REPORTED_KINDS);
    kinds.sort_unstable();
    kinds
}
