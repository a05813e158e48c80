//! What a change that asks to be merged brings in: the findings of its line that its base does not
//! have.
//!
//! A change answers for what it does to lockfiles, and not for what was published meanwhile. What
//! nobody can compare counts as brought in: bad news needs no second witness.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use crate::model::{
    Alert, Certainty, Change, CommitId, Coverage, Decision, Evidence, Finding, Inventory, LineId,
    Lockfile, Occurrence, Place, Proposal, Sight, Silence, Tip, TreeFile, canonical_id,
};

use super::{Gate, suppress};

/// A change and what its base has.
#[derive(Clone, Debug)]
pub struct Proposed {
    /// The number of the pull request, if it is one.
    pub number: Option<u64>,
    /// The line whose branch would change.
    pub into: LineId,
    pub base: CommitId,
    pub head: CommitId,
    /// What GitHub says its author is to the repository; `None`: there is no single author.
    pub association: Option<String>,
    /// What the base locks; `None`: it could not be read, so nothing can be compared.
    pub before: Option<Inventory>,
    /// What is known of that.
    pub evidence: Vec<Evidence>,
    /// Files that are the same in both.
    pub unchanged: BTreeSet<String>,
    /// The lockfiles of the change.
    pub lockfiles: BTreeSet<String>,
}

impl Proposed {
    /// Compares what was found with the base.
    pub(super) fn compare(&self, findings: &[Finding]) -> Proposal {
        let of_line = || findings.iter().filter(|finding| finding.key.line == self.into);
        let introduced: BTreeMap<_, _> = of_line()
            .filter_map(|finding| Some((finding.key.clone(), self.introduced(finding)?)))
            .collect();
        let is_there = |evidence: &Evidence| {
            of_line().any(|finding| is_same(finding, evidence) && is_affected(finding))
        };
        let gone = self.evidence.iter().filter(|e| e.certainty == Certainty::Certain);
        let fixed = gone.filter(|evidence| !is_there(evidence)).map(|evidence| {
            let name = of_line().find(|finding| is_same(finding, evidence));
            let name = name.map_or(&evidence.advisory.id, |finding| &finding.key.vulnerability);
            (name.clone(), evidence.advisory.package.clone())
        });
        Proposal {
            number: self.number,
            into: self.into.clone(),
            base: self.base.clone(),
            head: self.head.clone(),
            introduced,
            fixed: fixed.collect(),
        }
    }

    /// Where the change brings a finding in; `None`: it does not.
    fn introduced(&self, finding: &Finding) -> Option<Vec<Occurrence>> {
        let view = finding.head.as_ref()?;
        if view.occurrences.is_empty() {
            let is_new = is_affected(finding) && !self.has(finding, |_| true);
            return is_new.then(Vec::new);
        }
        let new = view.occurrences.iter().filter(|occurrence| self.is_new(finding, occurrence));
        let new: Vec<Occurrence> = new.cloned().collect();
        (!new.is_empty()).then_some(new)
    }

    fn is_new(&self, finding: &Finding, occurrence: &Occurrence) -> bool {
        let Some(path) = occurrence.lockfile.as_deref() else {
            return !self.has(finding, |_| true);
        };
        if self.unchanged.contains(path) {
            return false;
        }
        match self.file(path) {
            Some(file) => {
                let is_locked = file.content.entries.iter().any(|entry| {
                    *entry.name == *finding.key.package
                        && Some(&*entry.version) == occurrence.version.as_deref()
                        && Some(&entry.supply) == occurrence.supply.as_ref()
                });
                !is_locked && !self.has(finding, |lockfile| lockfile == path)
            }
            // A lockfile that moved brings nothing in.
            None => !self.has(finding, |lockfile| !self.lockfiles.contains(lockfile)),
        }
    }

    fn file(&self, path: &str) -> Option<&TreeFile<Arc<Lockfile>>> {
        self.before.as_ref()?.lockfiles.iter().find(|file| file.path == path)
    }

    /// True if the base has the vulnerability in a lockfile that is `wanted`.
    fn has(&self, finding: &Finding, wanted: impl Fn(&str) -> bool) -> bool {
        let is_wanted = |e: &&Evidence| e.lockfile.as_deref().is_some_and(&wanted);
        self.evidence.iter().filter(is_wanted).any(|evidence| is_same(finding, evidence))
    }

    /// True of a result about code that the change does not touch.
    pub(super) fn has_alert(&self, alert: &Alert) -> bool {
        let is_here = |at: &Place| at.line == self.into && at.tip == Tip::Head;
        let is_elsewhere = alert.at.as_ref().is_some_and(|at| !is_here(at));
        is_elsewhere || alert.file.as_ref().is_some_and(|file| self.unchanged.contains(file))
    }

    /// What is made of the suppressions and statements that the change adds.
    pub(super) fn about_changes(&self, gate: &Gate) -> Decision {
        match &self.association {
            Some(association) if !gate.may_suppress.contains(association) => {
                gate.proposed_suppressions
            }
            _ => Decision::Note,
        }
    }

    /// True of a gap that the change has to answer for: at its own tip, or of something that every
    /// tip needs. Which other lines there are does not matter to it.
    pub(super) fn minds(&self, gap: &Coverage) -> bool {
        match &gap.at {
            Some(at) => at.line == self.into && at.tip == Tip::Head,
            None => !matches!(gap.source.as_str(), "lines" | "support"),
        }
    }
}

/// True if a change lets something be silent that was not, or could not be, before.
pub(super) fn silences(change: &Change, policy: &suppress::Policy) -> bool {
    let counts = |silence: &Silence| match silence {
        Silence::Suppression(_) => true,
        Silence::Opinion(opinion) => policy.obey.contains(opinion.kind),
    };
    match change {
        Change::Added(silence) => counts(silence),
        Change::Changed { after, .. } => counts(after),
        Change::Removed(_) => false,
    }
}

fn is_affected(finding: &Finding) -> bool {
    finding.head.as_ref().is_some_and(|view| view.sight == Sight::Affected)
}

/// True if both are about one vulnerability in one package, whatever it is called.
fn is_same(finding: &Finding, evidence: &Evidence) -> bool {
    let advisory = &evidence.advisory;
    if advisory.package != finding.key.package || advisory.ecosystem != finding.key.ecosystem {
        return false;
    }
    let names = advisory.aliases.iter().chain([&advisory.id]);
    let names: BTreeSet<String> = names.map(|name| canonical_id(name)).collect();
    finding.names.iter().any(|name| names.contains(&canonical_id(name)))
}
