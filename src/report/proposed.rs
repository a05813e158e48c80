//! What a change that asks to be merged brings in, in the order in which pages tell it.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet},
};

use super::rows;
use crate::model::{Decision, Finding, FindingKey, Occurrence, Report, Verdict};

/// A finding that a change introduces.
pub(super) struct Introduced<'a> {
    pub(super) key: &'a FindingKey,
    /// `None`: the report does not say more of it.
    pub(super) found: Option<(&'a Finding, &'a Verdict)>,
    /// Where it came in.
    pub(super) occurrences: &'a [Occurrence],
}

impl Introduced<'_> {
    /// What the gate makes of it. Of what nothing is known, it is no good news.
    pub(super) fn decision(&self) -> Decision {
        self.found.map_or(Decision::Warn, |(_, verdict)| verdict.decision)
    }

    /// The versions that came in.
    pub(super) fn versions(&self) -> BTreeSet<&str> {
        self.occurrences.iter().filter_map(|occurrence| occurrence.version.as_deref()).collect()
    }
}

/// What fails first, and of that the gravest; empty without a change.
pub(super) fn introduced(report: &Report) -> Vec<Introduced<'_>> {
    let Some(proposal) = &report.proposal else { return Vec::new() };
    let is_new = |finding: &Finding| proposal.introduced.contains_key(&finding.key);
    let found: BTreeMap<&FindingKey, (&Finding, &Verdict)> = report
        .findings
        .iter()
        .filter(|(finding, _)| is_new(finding))
        .map(|(finding, verdict)| (&finding.key, (finding, verdict)))
        .collect();
    let mut introduced: Vec<Introduced<'_>> = proposal
        .introduced
        .iter()
        .map(|(key, occurrences)| Introduced { key, found: found.get(key).copied(), occurrences })
        .collect();
    introduced.sort_by_key(|new| {
        (Reverse(new.decision()), new.found.map(|(finding, _)| rows::gravity(finding)))
    });
    introduced
}

/// A lockfile with its row, as people write it.
pub(super) fn place(occurrence: &Occurrence) -> Option<String> {
    let row = occurrence.row.map(|row| format!(":{row}")).unwrap_or_default();
    occurrence.lockfile.as_ref().map(|file| format!("{file}{row}"))
}
