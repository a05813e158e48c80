//! One vulnerability in one package on one line, with everything that speaks for it.

use std::{collections::BTreeSet, num::NonZeroU32};

use jiff::civil::Date;

use super::{
    AdvisoryClass, Certainty, Ecosystem, Epss, Evidence, Exploited, LineId, Rating, Reach,
    SeverityClaim, Sight, Supply, Update,
};

/// What makes a finding one and the same.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct FindingKey {
    /// The group's stable name: see `merge::identity`.
    pub vulnerability: String,
    pub ecosystem: Ecosystem,
    pub package: String,
    /// A package of the same name from elsewhere is another package.
    pub certainty: Certainty,
    pub line: LineId,
}

/// An affected entry of a lockfile.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Occurrence {
    /// `None`: no source says in which file.
    pub lockfile: Option<String>,
    /// 1-based.
    pub row: Option<NonZeroU32>,
    pub version: Option<String>,
    /// `None`: no lockfile that was read shows the package.
    pub supply: Option<Supply>,
}

/// What was seen at one tip.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct View {
    pub sight: Sight,
    /// The affected entries, sorted; empty unless the sight is `Affected` or certainty is possible.
    pub occurrences: Vec<Occurrence>,
    /// Every locked version of the package, affected or not, ascending as text.
    pub versions: BTreeSet<String>,
}

/// A severity and who decided it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Severity {
    /// `None`: no source rates it.
    pub decided: Option<SeverityClaim>,
    /// Why this one: `the highest claim`, `severity.prefer`.
    pub rule: &'static str,
    /// Everything that was said, borrowed over the whole alias group.
    pub claims: Vec<SeverityClaim>,
}

impl Severity {
    /// The rating that was decided, if any source gives one.
    pub fn rating(&self) -> Option<Rating> {
        self.decided.as_ref().map(|claim| claim.rating)
    }
}

impl Finding {
    /// The strongest use of the flaw that anybody saw; `NotBuilt` only if everybody who asked says so.
    pub fn reach(&self) -> &Reach {
        const UNASKED: &Reach = &Reach::Unasked;
        self.evidence.iter().map(|evidence| &evidence.reach).max().unwrap_or(UNASKED)
    }

    /// What it takes for all of these claims: the hardest of their updates.
    pub fn hardest<'a>(evidence: impl Iterator<Item = &'a Evidence>) -> Option<&'a Update> {
        evidence.map(|evidence| &evidence.update).max_by_key(|update| update.fit)
    }
}

/// Sources that say different things of one vulnerability: all are shown, none is averaged.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Disagreement {
    /// `affected`, `class`, `fix`, `range`.
    pub about: &'static str,
    /// Each source and what it says, sorted.
    pub says: Vec<(String, String)>,
}

/// One (vulnerability, package, line) with all its evidence.
#[derive(Clone, Debug)]
pub struct Finding {
    pub key: FindingKey,
    /// Every name of the vulnerability, its own first.
    pub names: Vec<String>,
    pub class: AdvisoryClass,
    pub title: String,
    pub details: String,
    pub url: Option<String>,
    pub severity: Severity,
    /// Versions that carry the fix, ascending, by the source that is nearest to the package's home.
    pub fixed_in: Vec<String>,
    /// Where the sources do not agree, sorted.
    pub disagreements: Vec<Disagreement>,
    /// The earliest day on which any source published it.
    pub published: Option<Date>,
    /// The day since which a fix can be had, if a source says so.
    pub fixed_on: Option<Date>,
    /// It is in CISA's catalogue of known exploited vulnerabilities.
    pub exploited: Option<Exploited>,
    pub epss: Option<Epss>,
    /// `None`: the line has no such tip.
    pub head: Option<View>,
    pub release: Option<View>,
    pub evidence: Vec<Evidence>,
}
