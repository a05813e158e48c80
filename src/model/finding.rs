//! One vulnerability in one package on one line, with everything that speaks for it.

use std::{collections::BTreeSet, num::NonZeroU32};

use super::{
    AdvisoryClass, Certainty, Ecosystem, Evidence, LineId, Rating, SeverityClaim, Sight, Supply,
    Update,
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
    /// What it takes for all of these claims: the hardest of their updates.
    pub fn hardest<'a>(evidence: impl Iterator<Item = &'a Evidence>) -> Option<&'a Update> {
        evidence.map(|evidence| &evidence.update).max_by_key(|update| update.fit)
    }
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
    /// Versions that carry the fix, ascending.
    pub fixed_in: Vec<String>,
    /// `None`: the line has no such tip.
    pub head: Option<View>,
    pub release: Option<View>,
    pub evidence: Vec<Evidence>,
}
