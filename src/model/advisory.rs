//! Published records, and the databases that hold them.

use std::{collections::BTreeMap, fmt, sync::Arc};

use jiff::civil::Date;
use semver::Version;

/// What an advisory is about. Everything but a vulnerability has a gate of its own.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum AdvisoryClass {
    Vulnerability,
    Unsound,
    Unmaintained,
    Notice,
    /// A class that this version does not know: kept and named, gated as a notice.
    Other(String),
}

impl AdvisoryClass {
    /// The word that reports use.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Vulnerability => "vulnerability",
            Self::Unsound => "unsound",
            Self::Unmaintained => "unmaintained",
            Self::Notice => "notice",
            Self::Other(name) => name,
        }
    }
}

/// The qualitative severity rating scale of CVSS.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rating {
    None,
    Low,
    Medium,
    High,
    Critical,
}

impl Rating {
    /// The word that reports use.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }
}

/// What one source says of a vulnerability's severity.
#[derive(Clone, Debug, PartialEq)]
pub struct SeverityClaim {
    /// The source, `rustsec`.
    pub by: &'static str,
    pub rating: Rating,
    /// 0.0 to 10.0, one decimal.
    pub score: f64,
    /// The CVSS vector as published.
    pub vector: String,
}

/// Affected versions `[introduced, fixed)`, by SemVer precedence, as OSV defines ranges.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VersionRange {
    /// Inclusive; `None`: from the very first version.
    pub introduced: Option<Version>,
    /// Exclusive; `None`: no end.
    pub fixed: Option<Version>,
}

impl VersionRange {
    /// True if `version` is in the range.
    pub fn contains(&self, version: &Version) -> bool {
        self.introduced.as_ref().is_none_or(|from| version.cmp_precedence(from).is_ge())
            && self.fixed.as_ref().is_none_or(|to| version.cmp_precedence(to).is_lt())
    }
}

/// A published record about one package.
#[derive(Clone, Debug, PartialEq)]
pub struct Advisory {
    pub id: String,
    /// Other names of the same vulnerability, sorted.
    pub aliases: Vec<String>,
    pub class: AdvisoryClass,
    pub package: String,
    /// False if the record names a registry other than crates.io.
    pub for_crates_io: bool,
    pub ranges: Vec<VersionRange>,
    /// The requirements that the record calls patched, as written.
    pub patched: Vec<String>,
    /// The lowest version of each patched requirement, ascending.
    pub fixed: Vec<Version>,
    pub severity: Option<SeverityClaim>,
    pub title: String,
    /// Markdown, as published.
    pub details: String,
    /// Where the record can be read.
    pub url: Option<String>,
    /// When it was published.
    pub date: Option<Date>,
    /// A withdrawn record never matches.
    pub withdrawn: bool,
}

impl Advisory {
    /// True if the record says that this version has the flaw.
    pub fn affects(&self, version: &Version) -> bool {
        self.ranges.iter().any(|range| range.contains(version))
    }

    /// True if the flaw was in an earlier version and is not in this one.
    pub fn is_fixed_in(&self, version: &Version) -> bool {
        let is_after = |range: &VersionRange| {
            range.fixed.as_ref().is_some_and(|fixed| version.cmp_precedence(fixed).is_ge())
        };
        !self.patched.is_empty() && !self.affects(version) && self.ranges.iter().any(is_after)
    }
}

/// A record that could not be read: it costs exactly itself.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Quarantined {
    /// The path inside the database.
    pub path: String,
    /// The package that it concerns, as far as that could be saved.
    pub package: Option<String>,
    pub error: String,
}

/// Which state of a database was used.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stamp {
    /// `rustsec`.
    pub id: String,
    /// Where it came from, for people: a path or a URL without credentials.
    pub from: String,
    /// The git commit, if the database is a git repository.
    pub revision: Option<String>,
    /// The day of that commit, else of the newest record.
    pub date: Option<Date>,
}

/// All records of one database.
#[derive(Clone, Debug, Default)]
pub struct AdvisoryDatabase {
    pub stamp: Stamp,
    /// By package name; every list sorted by id. Withdrawn records are not here.
    pub by_package: BTreeMap<String, Vec<Arc<Advisory>>>,
    pub withdrawn: usize,
    /// Records about the Rust toolchain, which no lockfile names.
    pub toolchain: usize,
    pub quarantined: Vec<Quarantined>,
}

impl AdvisoryDatabase {
    /// The number of records that can match a package.
    pub fn len(&self) -> usize {
        self.by_package.values().map(Vec::len).sum()
    }

    /// True if no record can match.
    pub fn is_empty(&self) -> bool {
        self.by_package.is_empty()
    }
}

impl fmt::Display for Stamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.id)?;
        if let Some(revision) = &self.revision {
            write!(f, " {}", revision.get(..12).unwrap_or(revision))?;
        }
        if let Some(date) = self.date {
            write!(f, " of {date}")?;
        }
        Ok(())
    }
}
