//! What a scanner says of code, secrets, licences or configuration: not of a package's vulnerability.

use std::{collections::BTreeMap, num::NonZeroU32, sync::Arc};

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

/// The fingerprints that a tool gives to a result, by key. A report may have a hundred thousand
/// results with one or two each, so they are no map.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fingerprints(Box<[(Box<str>, Box<str>)]>);

impl Fingerprints {
    /// True if the tool gives none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Keys and values, sorted by key.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(key, value)| (&**key, &**value))
    }
}

impl<K: Into<Box<str>>, V: Into<Box<str>>> FromIterator<(K, V)> for Fingerprints {
    /// Of equal keys the last one counts.
    fn from_iter<I: IntoIterator<Item = (K, V)>>(entries: I) -> Self {
        let entries = entries.into_iter().map(|(key, value)| (key.into(), value.into()));
        Self(entries.collect::<BTreeMap<_, _>>().into_iter().collect())
    }
}

/// One result that names no vulnerability of a package. What many results of one report have in
/// common is shared between them.
#[derive(Clone, Debug, PartialEq)]
pub struct Alert {
    /// The tool's id: `gosec`, `semgrep`.
    pub source: Arc<str>,
    pub rule: Arc<str>,
    pub level: Level,
    pub severity: Option<SeverityClaim>,
    pub message: Arc<str>,
    /// Relative to the repository's root, as far as the report says.
    pub file: Option<String>,
    /// 1-based.
    pub row: Option<NonZeroU32>,
    /// The tool's own fingerprints. Two alerts with one rule and place are the same unless these differ.
    pub fingerprints: Fingerprints,
    /// The tool's report says that it was suppressed, and why.
    pub suppressed: Option<String>,
    /// `None` until somebody says which line the report is about.
    pub at: Option<Place>,
}
