//! What all sources together say of each vulnerability in each package.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
    ops::Bound,
    sync::Arc,
};

use super::{Subject, alias::Groups, identity};
use crate::model::{
    Advisory, AdvisoryClass, Basis, Disagreement, Ecosystem, Evidence, Facts, SeverityClaim,
    canonical_id,
};

/// One source's record, or what its report says instead.
#[derive(Clone, Debug)]
pub(super) struct Record {
    pub source: String,
    pub advisory: Arc<Advisory>,
    /// It comes from a database whose ranges are matched here, not from a report.
    pub is_matched: bool,
}

impl Record {
    pub(super) fn advisory(&self) -> Arc<Advisory> {
        Arc::clone(&self.advisory)
    }

    /// The versions that carry the fix: the lowest of each requirement where there is one. `> 1.10.3`
    /// names none, and is still an answer.
    pub(super) fn fixes(&self) -> Vec<String> {
        if self.advisory.fixed.is_empty() {
            self.advisory.patched.clone()
        } else {
            self.advisory.fixed.iter().map(ToString::to_string).collect()
        }
    }
}

/// Everything that is known, by group and package.
pub(super) struct Records {
    groups: Groups,
    /// The nearest to the package's home first.
    by_subject: BTreeMap<Subject, Vec<Record>>,
    severities: HashMap<usize, Vec<SeverityClaim>>,
    /// The ecosystem of a (group, package) for claims that name none, if there is just one.
    ecosystems: HashMap<(usize, String), Ecosystem>,
    unreadable_elsewhere: BTreeSet<Subject>,
}

impl Records {
    pub(super) fn of(facts: &Facts, evidence: &[Evidence]) -> Self {
        let groups = groups(facts, evidence);
        let of_databases = facts.databases.iter().flat_map(|database| {
            let advisories = database.by_package.values().flatten();
            advisories.map(|advisory| (&database.stamp.id, advisory, true))
        });
        // Without the database at hand, an advisory that one report knows was looked for by another
        // one only if that had the same database.
        let is_known = !facts.databases.is_empty() || facts.has_one_database;
        let of_evidence = evidence.iter().map(|evidence| {
            let is_matched = is_known && evidence.basis != Basis::Reported;
            (&evidence.source, &evidence.advisory, is_matched)
        });
        let mut known = HashSet::new();
        let all: Vec<(&String, &Arc<Advisory>, bool)> = of_databases
            .chain(of_evidence)
            .filter(|(source, advisory, _)| known.insert((*source, Arc::as_ptr(advisory))))
            .collect();

        let mut ecosystems: HashMap<(usize, String), BTreeSet<&Ecosystem>> = HashMap::new();
        for (_, advisory, _) in all.iter().filter(|(_, a, _)| a.ecosystem.is_known()) {
            let group = groups.group(&advisory.id).unwrap_or_default();
            let of = ecosystems.entry((group, advisory.package.clone())).or_default();
            of.insert(&advisory.ecosystem);
        }
        let ecosystems = ecosystems
            .into_iter()
            .filter(|(_, found)| found.len() == 1)
            .filter_map(|(key, found)| Some((key, (*found.first()?).clone())))
            .collect();

        let mut records = Self {
            groups,
            by_subject: BTreeMap::new(),
            severities: HashMap::new(),
            ecosystems,
            unreadable_elsewhere: BTreeSet::new(),
        };
        for (source, advisory, is_matched) in all {
            let subject = records.subject(advisory);
            let severities = records.severities.entry(subject.group).or_default();
            severities.extend(advisory.severity.iter().cloned());
            records.by_subject.entry(subject).or_default().push(Record {
                source: source.clone(),
                advisory: Arc::clone(advisory),
                is_matched,
            });
        }
        for (subject, of) in &mut records.by_subject {
            let order = |record: &Record| {
                let id = canonical_id(&record.advisory.id);
                let (rank, year, number, _) = identity::order(&subject.ecosystem, &id);
                // Who gives ranges comes before who repeats an id.
                (rank, year, number, !record.is_matched, record.source.clone(), id)
            };
            of.sort_by_cached_key(order);
        }
        let projected = facts.databases.iter().filter(|database| database.is_projected);
        let unreadable = projected
            .flat_map(|database| database.by_package.values().flatten())
            .filter(|advisory| advisory.ecosystem != Ecosystem::CRATES_IO)
            .map(|advisory| records.subject(advisory))
            .collect();
        records.unreadable_elsewhere = unreadable;
        records
    }

    /// What an advisory is about. A package without an ecosystem is the one of the same name in the
    /// same group, if there is just one.
    pub(super) fn subject(&self, advisory: &Advisory) -> Subject {
        let group = self.groups.group(&advisory.id).unwrap_or_default();
        let package = advisory.package.clone();
        if advisory.ecosystem.is_known() {
            return Subject { group, ecosystem: advisory.ecosystem.clone(), package };
        }
        let key = (group, package);
        let ecosystem = self.ecosystems.get(&key).cloned().unwrap_or(Ecosystem::UNKNOWN);
        Subject { group, ecosystem, package: key.1 }
    }

    /// The subject that somebody calls by any name of the vulnerability.
    pub(super) fn named(
        &self,
        name: &str,
        ecosystem: &Ecosystem,
        package: &str,
    ) -> Option<Subject> {
        let group = self.groups.group(name)?;
        Some(Subject { group, ecosystem: ecosystem.clone(), package: package.to_owned() })
    }

    /// Everything that anybody has a record about, sorted.
    pub(super) fn subjects(&self) -> impl Iterator<Item = &Subject> {
        self.by_subject.keys()
    }

    /// Every record about a package, the nearest to its home first.
    pub(super) fn about(&self, subject: &Subject) -> &[Record] {
        self.by_subject.get(subject).map_or(&[], Vec::as_slice)
    }

    /// What every source says of the vulnerability's severity, whatever the package.
    pub(super) fn severities(&self, group: usize) -> Vec<SeverityClaim> {
        self.severities.get(&group).cloned().unwrap_or_default()
    }

    /// Packages that a source knows of, and whose lockfiles nobody here can read.
    pub(super) fn unreadable_elsewhere(&self) -> &BTreeSet<Subject> {
        &self.unreadable_elsewhere
    }

    /// Every name, the lasting one first and the others sorted. The record of another package may
    /// share a CVE: its own id does not become this package's name, and stays among the others.
    pub(super) fn names(&self, subject: &Subject) -> Vec<String> {
        let own: BTreeSet<String> =
            self.about(subject).iter().map(|record| canonical_id(&record.advisory.id)).collect();
        // Those of one group stand next to each other.
        let before = self.by_subject.range(..subject).rev();
        let after = self.by_subject.range((Bound::Excluded(subject), Bound::Unbounded));
        let is_of_group = |(other, _): &(&Subject, &Vec<Record>)| other.group == subject.group;
        let others: BTreeSet<String> = before
            .take_while(is_of_group)
            .chain(after.take_while(is_of_group))
            .flat_map(|(_, records)| records)
            .map(|record| canonical_id(&record.advisory.id))
            .filter(|id| !own.contains(id))
            .collect();
        let all: Vec<&str> = self.groups.names(subject.group).collect();
        let candidates = all.iter().copied().filter(|name| !others.contains(*name));
        let first = identity::primary(&subject.ecosystem, candidates)
            .or_else(|| identity::primary(&subject.ecosystem, all.iter().copied()));
        let Some(first) = first else { return Vec::new() };
        let rest = all.iter().filter(|name| **name != first);
        std::iter::once(first.to_owned()).chain(rest.map(ToString::to_string)).collect()
    }

    /// Where the sources differ about the fix or the class.
    pub(super) fn disagreements(&self, subject: &Subject) -> Vec<Disagreement> {
        let mut fixes: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
        let mut classes: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for record in self.about(subject) {
            let of = record.fixes();
            if !of.is_empty() {
                fixes.entry(&record.source).or_default().extend(of);
            }
            if record.advisory.class != AdvisoryClass::Unstated {
                let class = record.advisory.class.as_str();
                classes.entry(&record.source).or_default().insert(class);
            }
        }
        // A source that names some of the fixes only, for the branch at hand, does not disagree.
        let disagree =
            |a: &BTreeSet<String>, b: &BTreeSet<String>| !a.is_subset(b) && !b.is_subset(a);
        let mut found = Vec::new();
        if fixes.values().any(|a| fixes.values().any(|b| disagree(a, b))) {
            let says = fixes.iter().map(|(source, versions)| {
                ((*source).to_owned(), versions.iter().cloned().collect::<Vec<_>>().join(" or "))
            });
            found.push(Disagreement { about: "fix", says: says.collect() });
        }
        let mut ranges: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
        for record in self.about(subject).iter().filter(|r| !r.advisory.ranges.is_empty()) {
            let of = ranges.entry(&record.source).or_default();
            of.extend(record.advisory.ranges.iter().map(ToString::to_string));
        }
        let distinct: BTreeSet<&BTreeSet<String>> = ranges.values().collect();
        if distinct.len() > 1 {
            let says = ranges.iter().map(|(source, ranges)| {
                ((*source).to_owned(), ranges.iter().cloned().collect::<Vec<_>>().join(" or "))
            });
            found.push(Disagreement { about: "range", says: says.collect() });
        }
        let distinct: BTreeSet<&BTreeSet<&str>> = classes.values().collect();
        if distinct.len() > 1 {
            let says = classes.iter().map(|(source, words)| {
                ((*source).to_owned(), words.iter().copied().collect::<Vec<_>>().join(", "))
            });
            found.push(Disagreement { about: "class", says: says.collect() });
        }
        found
    }
}

/// The alias groups of everything that any source names.
pub(super) fn groups(facts: &Facts, evidence: &[Evidence]) -> Groups {
    let of_databases = facts.databases.iter().flat_map(|d| d.by_package.values()).flatten();
    let of_evidence = evidence.iter().map(|evidence| &evidence.advisory);
    let mut known = HashSet::new();
    let all = of_databases.chain(of_evidence).filter(|a| known.insert(Arc::as_ptr(a)));
    let named = facts.sightings.iter().map(|sighting| (sighting.vulnerability.as_str(), &[][..]));
    Groups::of(all.map(|a| (a.id.as_str(), a.aliases.as_slice())).chain(named))
}
