//! Published records, and the databases that hold them.

use std::{
    collections::BTreeMap,
    fmt::{self, Write as _},
    sync::Arc,
};

use jiff::civil::Date;
use semver::Version;
use sha2::{Digest as _, Sha256};

use super::Ecosystem;

/// What an advisory is about. Everything but a vulnerability has a gate of its own.
///
/// From the gravest to the lightest; what a source leaves open is taken for a vulnerability unless
/// another source of the same alias group says what it is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum AdvisoryClass {
    /// The package itself is an attack.
    Malware,
    Vulnerability,
    Unsound,
    Unmaintained,
    Notice,
    /// A version that its registry has withdrawn.
    Yanked,
    /// A class that this version does not know: kept and named, gated as a notice.
    Other(String),
    /// The source does not say.
    Unstated,
}

impl AdvisoryClass {
    /// The word that reports use.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Malware => "malware",
            Self::Vulnerability | Self::Unstated => "vulnerability",
            Self::Unsound => "unsound",
            Self::Unmaintained => "unmaintained",
            Self::Notice => "notice",
            Self::Yanked => "yanked",
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

/// How a severity is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scale {
    /// A word of the source's own scale, or a number without a vector.
    Word,
    Score,
    CvssV2,
    CvssV3,
    CvssV4,
}

impl Scale {
    /// The word that reports and `severity.prefer` use.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Word => "word",
            Self::Score => "score",
            Self::CvssV2 => "cvss2",
            Self::CvssV3 => "cvss3",
            Self::CvssV4 => "cvss4",
        }
    }
}

/// What one source says of a vulnerability's severity.
#[derive(Clone, Debug, PartialEq)]
pub struct SeverityClaim {
    /// The source: `rustsec`, `trivy`, or whom a report quotes, `nvd`.
    pub by: String,
    pub scale: Scale,
    pub rating: Rating,
    /// 0.0 to 10.0, one decimal; `None`: only a word is given.
    pub score: Option<f64>,
    /// The CVSS vector as published.
    pub vector: Option<String>,
}

/// An advisory's id in the spelling of its database: `cve-2031-1` is `CVE-2031-1`, and of a GHSA only
/// the prefix is in capitals. An id of an unknown kind is kept as it is.
pub fn canonical_id(id: &str) -> String {
    const IN_CAPITALS: [&str; 10] =
        ["CVE", "GO", "GSD", "MAL", "OSV", "PYSEC", "RUSTSEC", "EEF", "SNYK", "CKV"];
    let id = id.trim();
    match id.split_once('-') {
        Some((prefix, rest)) if prefix.eq_ignore_ascii_case("GHSA") => {
            format!("GHSA-{}", rest.to_ascii_lowercase())
        }
        Some((prefix, _)) if IN_CAPITALS.iter().any(|known| prefix.eq_ignore_ascii_case(known)) => {
            id.to_ascii_uppercase()
        }
        _ => id.to_owned(),
    }
}

/// Affected versions `[introduced, fixed)`, by SemVer precedence, as OSV defines ranges.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct VersionRange {
    /// Inclusive; `None`: from the very first version.
    pub introduced: Option<Version>,
    /// Exclusive; `None`: no end.
    pub fixed: Option<Version>,
}

impl fmt::Display for VersionRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.introduced, &self.fixed) {
            (Some(from), Some(to)) => write!(f, ">= {from}, < {to}"),
            (Some(from), None) => write!(f, ">= {from}"),
            (None, Some(to)) => write!(f, "< {to}"),
            (None, None) => f.write_str("every version"),
        }
    }
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
    pub ecosystem: Ecosystem,
    /// In the ecosystem's one spelling; see [`Ecosystem::canonical`].
    pub package: String,
    /// False if the record names a registry other than the ecosystem's own.
    pub is_of_default_registry: bool,
    /// Affected ranges; empty where only a report speaks, which says that a version is affected and
    /// not why.
    pub ranges: Vec<VersionRange>,
    /// The requirements or versions that the record calls patched, as written.
    pub patched: Vec<String>,
    /// The lowest version of each patched requirement, ascending; empty where versions are not SemVer.
    pub fixed: Vec<Version>,
    pub severity: Vec<SeverityClaim>,
    pub title: String,
    /// Markdown, as published.
    pub details: String,
    /// Where the record can be read.
    pub url: Option<String>,
    /// When it was published.
    pub date: Option<Date>,
    /// The day since which a fix can be had, if the source says so.
    pub fixed_on: Option<Date>,
    /// A withdrawn record never matches.
    pub withdrawn: bool,
}

impl Default for Advisory {
    /// Nothing is known of it yet.
    fn default() -> Self {
        Self {
            id: String::new(),
            aliases: Vec::new(),
            class: AdvisoryClass::Unstated,
            ecosystem: Ecosystem::UNKNOWN,
            package: String::new(),
            is_of_default_registry: true,
            ranges: Vec::new(),
            patched: Vec::new(),
            fixed: Vec::new(),
            severity: Vec::new(),
            title: String::new(),
            details: String::new(),
            url: None,
            date: None,
            fixed_on: None,
            withdrawn: false,
        }
    }
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
    /// True if its records were published for one place, and are held against every line: alerts of
    /// the default branch.
    pub is_projected: bool,
    /// By package name; every list sorted by id. Withdrawn records are not here.
    pub by_package: BTreeMap<String, Vec<Arc<Advisory>>>,
    pub withdrawn: usize,
    /// Records about the Rust toolchain, which no lockfile names.
    pub toolchain: usize,
    pub quarantined: Vec<Quarantined>,
}

impl AdvisoryDatabase {
    /// What its records say about versions, in one number: two databases with the same digest find
    /// the same.
    pub fn digest(&self) -> String {
        let mut hash = Sha256::new();
        for advisory in self.by_package.values().flatten() {
            let Advisory { id, aliases, ecosystem, package, ranges, .. } = &**advisory;
            hash.update(format!("{id}\0{aliases:?}\0{ecosystem}\0{package}\0"));
            for range in ranges {
                hash.update(format!("{range}\0"));
            }
        }
        hash.finalize().iter().fold(String::new(), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
    }

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
