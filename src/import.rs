//! Reports of other tools: bytes in, claims, alerts, opinions and trouble out.
//!
//! One file per tool and format, in [`ALL`]; the dialects of SARIF have a list of their own in
//! [`sarif`]. An importer knows no line and no repository: it says what the report holds. Who the
//! report is about is decided in `collect`, what it means in `merge`.
//!
//! A field that is missing, null or of another type costs itself; a result that cannot be read
//! costs itself and is named; a report that was cut short, or that says of itself that it failed,
//! is incomplete and never clean.

mod cargo_audit;
mod cargo_deny;
mod cyclonedx;
pub mod dependabot;
mod dependency_check;
mod document;
mod field;
mod goreportcard;
mod govulncheck;
mod grype;
mod npm_audit;
mod osv;
mod osv_scanner;
pub mod own;
mod pieces;
mod pip_audit;
mod pnpm_audit;
pub mod sarif;
mod silenced;
mod snyk;
mod trivy;
mod unread;
mod yarn_audit;

pub use self::{
    document::{Document, Shape},
    pieces::{Content, Pieces},
};
use crate::model::{Advisory, Alert, LineId, Opinion, Quarantined, Reported, Trouble};

/// Reads one tool's report.
pub trait Importer: Sync {
    /// Its name, equal to that of its source file but for `-`: what `format` names.
    fn id(&self) -> &'static str;

    /// True of the documents that it reads; no two importers claim one document.
    fn claims(&self, document: &Document<'_>) -> bool;

    /// Reads a document that it claims, or that somebody says is its.
    fn read(&self, document: &Document<'_>) -> Imported;
}

/// All importers.
pub const ALL: &[&dyn Importer] = &[
    &cargo_audit::CargoAudit,
    &cargo_deny::CargoDeny,
    &cyclonedx::CycloneDx,
    &dependabot::Dependabot,
    &dependency_check::DependencyCheck,
    &goreportcard::GoReportCard,
    &govulncheck::Govulncheck,
    &grype::Grype,
    &npm_audit::NpmAudit,
    &osv_scanner::OsvScanner,
    &pip_audit::PipAudit,
    &pnpm_audit::PnpmAudit,
    &sarif::Sarif,
    &snyk::Snyk,
    &trivy::Trivy,
    &yarn_audit::YarnAudit,
];

/// What is in a report.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Imported {
    /// One per run of a tool, in the order of the document.
    pub runs: Vec<Run>,
    /// What concerns the document as a whole. A warning means that it was not read whole.
    pub trouble: Vec<Trouble>,
}

/// One run of one tool.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Run {
    /// The tool's id: `trivy`, `cargo-audit`; for other SARIF the driver's name in kebab-case.
    pub source: String,
    /// The tool's version as written.
    pub version: Option<String>,
    pub about: Provenance,
    pub reported: Vec<Reported>,
    pub alerts: Vec<Alert>,
    /// Suppressions that the report holds. Their origin is a row of the report, or nothing.
    pub opinions: Vec<Opinion>,
    /// Why the run is not the whole truth: a crash, a skipped package, a database that failed.
    pub incomplete: Vec<String>,
    /// Results that were read, whatever came of them.
    pub results: usize,
    /// One entry per result that could not be read, and what was left out by intention.
    pub trouble: Vec<Trouble>,
}

impl Run {
    /// An empty run of a tool.
    pub fn of(source: impl Into<String>) -> Self {
        Self { source: source.into(), ..Self::default() }
    }
}

/// What a report says of the state that it is about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Provenance {
    /// A line, if the report is one of ours.
    pub line: Option<LineId>,
    /// A full commit id in lowercase hexadecimal.
    pub commit: Option<String>,
    /// A branch, short or full.
    pub branch: Option<String>,
    pub tag: Option<String>,
    /// The repository's address, without credentials.
    pub repository: Option<String>,
}

impl Provenance {
    /// The branch; a checkout that is on none says `HEAD`, which names no branch.
    pub fn branch(&self) -> Option<&str> {
        self.branch.as_deref().filter(|branch| !matches!(*branch, "" | "HEAD"))
    }
}

/// What a document knows of vulnerabilities elsewhere: the advisories behind its claims, and those
/// that could not be read. Only Dependabot's alerts have ranges that are worth it.
pub fn advisories(importer: &str, document: &Document<'_>) -> (Vec<Advisory>, Vec<Quarantined>) {
    if importer != dependabot::ID {
        return (Vec::new(), Vec::new());
    }
    let known = dependabot::advisories(document);
    (known.advisories, known.unreadable)
}

/// The importer of a document: the one that is named, else the one that claims it.
pub fn importer(document: &Document<'_>, named: Option<&str>) -> Option<&'static dyn Importer> {
    let is_wanted = |importer: &&&dyn Importer| match named {
        Some(id) => importer.id() == id,
        None => importer.claims(document),
    };
    ALL.iter().find(is_wanted).copied()
}
