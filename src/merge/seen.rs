//! What was looked at, place by place and source by source.
//!
//! Bad news needs one witness. Good news needs somebody who knows the vulnerability and looked there
//! completely: a database with ranges where every lockfile was read, a tool whose report covers the
//! place and that found the vulnerability elsewhere, or an earlier report of ours.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use semver::Version;

use super::{Subject, records::Records};
use crate::model::{
    Certainty, Covered, Ecosystem, Entry, Evidence, Facts, Occurrence, Place, Sight, Sighting,
    Supply, View,
};

pub(super) struct Seen<'a> {
    records: &'a Records,
    /// The entries of each place's lockfiles by name.
    inventories: HashMap<&'a Place, HashMap<&'a str, Vec<&'a Entry>>>,
    /// Places whose lockfiles were read whole.
    read: HashSet<&'a Place>,
    /// Places that a tool's report covers completely.
    reported: BTreeMap<&'a Place, BTreeSet<&'a str>>,
    /// Whose packages a tool says anything about at a place: it may not read the others' lockfiles.
    reads: HashSet<(Place, String, Ecosystem)>,
    /// Versions that somebody calls affected somewhere.
    affected: HashMap<Subject, BTreeSet<String>>,
    incomparable: &'a BTreeSet<(Place, String)>,
    /// Places that lock an affected version of the package from elsewhere.
    doubtful: HashSet<(Place, Subject)>,
    /// Who claims what where, with certainty.
    claims: HashMap<(Place, Subject), BTreeSet<String>>,
    sightings: HashMap<(&'a Place, Subject), Vec<&'a Sighting>>,
}

impl<'a> Seen<'a> {
    pub(super) fn of(
        facts: &'a Facts,
        records: &'a Records,
        evidence: &[Evidence],
        incomparable: &'a BTreeSet<(Place, String)>,
    ) -> Self {
        let mut read = HashSet::new();
        let mut reported: BTreeMap<&Place, BTreeSet<&str>> = BTreeMap::new();
        // Complete is what nobody calls incomplete: a source may speak of one place twice.
        let is_gap = |source: &str, at: &Place| {
            facts
                .coverage
                .iter()
                .any(|c| c.source == source && c.at.as_ref() == Some(at) && c.covered.is_gap())
        };
        for coverage in facts.coverage.iter().filter(|c| c.covered == Covered::Complete) {
            let Some(at) = &coverage.at else { continue };
            if is_gap(&coverage.source, at) {
                continue;
            }
            if coverage.source == "lockfiles" {
                read.insert(at);
            } else {
                reported.entry(at).or_default().insert(&coverage.source);
            }
        }
        let mut inventories: HashMap<&Place, HashMap<&str, Vec<&Entry>>> = HashMap::new();
        for inventory in &facts.inventories {
            let by_name = inventories.entry(&inventory.place).or_default();
            for entry in inventory.lockfiles.iter().flat_map(|file| &file.content.entries) {
                by_name.entry(&entry.name).or_default().push(entry);
            }
        }
        let mut doubtful = HashSet::new();
        let mut claims: HashMap<(Place, Subject), BTreeSet<String>> = HashMap::new();
        let mut reads = HashSet::new();
        let mut affected: HashMap<Subject, BTreeSet<String>> = HashMap::new();
        for evidence in evidence {
            let key = (evidence.at.clone(), records.subject(&evidence.advisory));
            let ecosystem = key.1.ecosystem.clone();
            reads.insert((evidence.at.clone(), evidence.source.clone(), ecosystem));
            if evidence.certainty == Certainty::Certain {
                affected.entry(key.1.clone()).or_default().extend(evidence.version.clone());
            }
            match evidence.certainty {
                Certainty::Possible => {
                    doubtful.insert(key);
                }
                Certainty::Certain => {
                    claims.entry(key).or_default().insert(evidence.source.clone());
                }
            }
        }
        let mut sightings: HashMap<(&Place, Subject), Vec<&Sighting>> = HashMap::new();
        for sighting in &facts.sightings {
            let named =
                records.named(&sighting.vulnerability, &sighting.ecosystem, &sighting.package);
            if let Some(subject) = named {
                sightings.entry((&sighting.at, subject)).or_default().push(sighting);
            }
        }
        Self {
            records,
            inventories,
            read,
            reported,
            reads,
            affected,
            incomparable,
            doubtful,
            claims,
            sightings,
        }
    }

    /// True if the source claims with certainty that the place is affected.
    pub(super) fn claims(&self, source: &str, subject: &Subject, place: &Place) -> bool {
        let key = (place.clone(), subject.clone());
        self.claims.get(&key).is_some_and(|sources| sources.contains(source))
    }

    /// The sources that know the vulnerability in the package and looked at the place completely.
    pub(super) fn who_looked<'b>(
        &'b self,
        subject: &'b Subject,
        place: &'b Place,
    ) -> impl Iterator<Item = &'b str> {
        let is_matched = self.can_match(subject, place);
        let reported = self.reported.get(place);
        let sources: BTreeSet<&str> = self
            .records
            .about(subject)
            .iter()
            .filter(|record| {
                (record.is_matched && is_matched)
                    || reported.is_some_and(|sources| {
                        sources.contains(record.source.as_str())
                            && self.reads(&record.source, subject, place)
                    })
            })
            .map(|record| record.source.as_str())
            .collect();
        sources.into_iter()
    }

    /// True if a tool's report of a place speaks of packages of this ecosystem. Silence of one that
    /// does not is no look: it may have read another lockfile, or none. Two packages of which nobody
    /// says the ecosystem need not be of the same one.
    fn reads(&self, source: &str, subject: &Subject, place: &Place) -> bool {
        if !subject.ecosystem.is_known() {
            return false;
        }
        let key = (place.clone(), source.to_owned(), subject.ecosystem.clone());
        self.reads.contains(&key)
    }

    /// True if every lockfile of the place was read, of a kind that is read at all.
    fn can_match(&self, subject: &Subject, place: &Place) -> bool {
        subject.ecosystem == Ecosystem::CRATES_IO
            && self.read.contains(place)
            && !self.incomparable.contains(&(place.clone(), subject.package.clone()))
    }

    /// What a tip shows of one vulnerability, given the evidence for it on its line.
    pub(super) fn view(
        &self,
        subject: &Subject,
        place: &Place,
        certainty: Certainty,
        evidence: &[Evidence],
    ) -> View {
        let here = || evidence.iter().filter(|evidence| evidence.at == *place);
        let occurrences: BTreeSet<Occurrence> = here()
            .map(|evidence| Occurrence {
                lockfile: evidence.lockfile.clone(),
                row: evidence.row,
                version: evidence.version.clone(),
                supply: evidence.supply.clone(),
            })
            .collect();
        let sightings = self.sightings.get(&(place, subject.clone()));
        let mut versions = self.versions(subject, place, certainty);
        versions.extend(here().filter_map(|evidence| evidence.version.clone()));
        versions.extend(sightings.into_iter().flatten().flat_map(|s| s.versions.clone()));
        let sight = match (certainty, occurrences.is_empty()) {
            (Certainty::Certain, false) => Sight::Affected,
            // A package from elsewhere may carry the flaw or a fix of its own: nobody can tell.
            (Certainty::Possible, false) => Sight::Unseen,
            (_, true) => self.good_news(subject, place, &versions),
        };
        View { sight, occurrences: occurrences.into_iter().collect(), versions }
    }

    fn good_news(&self, subject: &Subject, place: &Place, versions: &BTreeSet<String>) -> Sight {
        // The package only came from elsewhere instead: it may carry the flaw or a fix of its own.
        if self.doubtful.contains(&(place.clone(), subject.clone())) {
            return Sight::Unseen;
        }
        // Somebody calls this very version affected, at another place.
        let affected = self.affected.get(subject);
        if affected.is_some_and(|affected| versions.iter().any(|v| affected.contains(v))) {
            return Sight::Unseen;
        }
        let sighted = self.sightings.get(&(place, subject.clone())).into_iter().flatten();
        let sighted = sighted.map(|sighting| sighting.sight).min();
        if self.who_looked(subject, place).next().is_none() {
            return sighted.unwrap_or(Sight::Unseen);
        }
        let is_fixed = |version: &Version| {
            self.records.about(subject).iter().any(|record| record.advisory.is_fixed_in(version))
        };
        let is_fixed = sighted == Some(Sight::Fixed)
            || versions
                .iter()
                .filter_map(|version| Version::parse(version).ok())
                .any(|v| is_fixed(&v));
        if is_fixed { Sight::Fixed } else { Sight::Clear }
    }

    fn versions(&self, subject: &Subject, place: &Place, certainty: Certainty) -> BTreeSet<String> {
        if subject.ecosystem != Ecosystem::CRATES_IO {
            return BTreeSet::new();
        }
        let from_registry = certainty == Certainty::Certain;
        let entries =
            self.inventories.get(place).and_then(|by_name| by_name.get(&*subject.package));
        entries
            .into_iter()
            .flatten()
            .filter(|entry| (entry.supply == Supply::Registry) == from_registry)
            .map(|entry| entry.version.to_string())
            .collect()
    }
}
