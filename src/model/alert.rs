//! What a scanner says of code, secrets, licences or configuration: not of a package's vulnerability.

use std::{collections::BTreeMap, num::NonZeroU32};

use super::{Place, SeverityClaim};

/// How urgent SARIF calls a result.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    None,
    Note,
    Warning,
    Error,
}

impl Level {
    /// SARIF's word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// One result that names no vulnerability of a package.
#[derive(Clone, Debug, PartialEq)]
pub struct Alert {
    /// The tool's id: `gosec`, `semgrep`.
    pub source: String,
    pub rule: String,
    pub level: Level,
    pub severity: Option<SeverityClaim>,
    pub message: String,
    /// Relative to the repository's root, as far as the report says.
    pub file: Option<String>,
    /// 1-based.
    pub row: Option<NonZeroU32>,
    /// The tool's own fingerprints. Two alerts with one rule and place are the same unless these differ.
    pub fingerprints: BTreeMap<String, String>,
    /// The tool's report says that it was suppressed, and why.
    pub suppressed: Option<String>,
    /// `None` until somebody says which line the report is about.
    pub at: Option<Place>,
}
