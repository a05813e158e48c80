//! Evidence → findings: one per (vulnerability, package, line), with everything that speaks for it.
//!
//! In this version there is one source, and a RustSec id is the name of a vulnerability. Records of
//! other sources will be joined here, by `aliases` only.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
};

use semver::Version;

use crate::{
    model::{
        Advisory, Certainty, Covered, DeclaredBy, Evidence, Facts, Finding, FindingKey, Inventory,
        LineId, Occurrence, Place, ReleaseLine, Severity, Sight, Standing, Supply, Tip, View,
    },
    scan::Scanned,
};

/// Every finding, sorted by key. A vulnerability that touches one scanned line has a row for all of
/// them: the matrix is the product.
pub fn findings(lines: &[ReleaseLine], facts: &Facts, scanned: Scanned) -> Vec<Finding> {
    let mut seen = Seen::of(facts, &scanned);
    let mut groups: BTreeMap<(String, String, Certainty), Group> = BTreeMap::new();
    for evidence in &scanned.evidence {
        if evidence.certainty == Certainty::Possible {
            let package = evidence.advisory.package.clone();
            seen.doubtful.insert((evidence.at.clone(), package, evidence.advisory.id.clone()));
        }
    }
    for evidence in scanned.evidence {
        let advisory = &evidence.advisory;
        let key = (advisory.id.clone(), advisory.package.clone(), evidence.certainty);
        let group = groups
            .entry(key)
            .or_insert_with(|| Group { advisory: Arc::clone(advisory), by_line: BTreeMap::new() });
        group.by_line.entry(evidence.at.line.clone()).or_default().push(evidence);
    }
    let mut findings: Vec<Finding> = groups
        .into_iter()
        .flat_map(|((vulnerability, package, certainty), mut group)| {
            let seen = &seen;
            lines.iter().filter_map(move |line| {
                let evidence = group.by_line.remove(&line.id).unwrap_or_default();
                let has_row = match certainty {
                    Certainty::Certain => line.is_scanned() || is_declared_eol(line),
                    Certainty::Possible => !evidence.is_empty(),
                };
                has_row.then(|| {
                    let key = FindingKey {
                        vulnerability: vulnerability.clone(),
                        ecosystem: crate::model::Ecosystem::CRATES_IO,
                        package: package.clone(),
                        certainty,
                        line: line.id.clone(),
                    };
                    finding(key, line, &group.advisory, evidence, seen)
                })
            })
        })
        .collect();
    let rank: HashMap<&LineId, usize> = lines.iter().map(|l| &l.id).zip(0..).collect();
    findings.sort_by(|a, b| {
        let order = |f: &Finding| {
            (
                f.key.vulnerability.clone(),
                f.key.package.clone(),
                f.key.certainty,
                rank.get(&f.key.line).copied(),
            )
        };
        order(a).cmp(&order(b))
    });
    findings
}

struct Group {
    advisory: Arc<Advisory>,
    by_line: BTreeMap<LineId, Vec<Evidence>>,
}

/// A line that somebody ended, not one that merely fell out of a rule.
fn is_declared_eol(line: &ReleaseLine) -> bool {
    let first = line.because.first();
    line.standing == Standing::Eol
        && first.is_some_and(|d| d.by == DeclaredBy::Tags || line.until.is_some())
}

/// What was looked at, place by place.
struct Seen<'a> {
    inventories: HashMap<&'a Place, &'a Inventory>,
    incomplete: BTreeSet<&'a Place>,
    incomparable: BTreeSet<(Place, String)>,
    /// Places that lock an affected version of the package from elsewhere, per advisory.
    doubtful: BTreeSet<(Place, String, String)>,
}

impl<'a> Seen<'a> {
    fn of(facts: &'a Facts, scanned: &Scanned) -> Self {
        Self {
            inventories: facts.inventories.iter().map(|i| (&i.place, i)).collect(),
            incomplete: facts
                .coverage
                .iter()
                .filter(|c| c.source == "lockfiles" && c.covered != Covered::Complete)
                .filter_map(|c| c.at.as_ref())
                .collect(),
            incomparable: scanned.incomparable.clone(),
            doubtful: BTreeSet::new(),
        }
    }

    /// What a tip shows of one advisory, given the evidence for it there.
    fn view(
        &self,
        line: &LineId,
        tip: Tip,
        advisory: &Advisory,
        certainty: Certainty,
        evidence: &[Evidence],
    ) -> View {
        let place = Place { line: line.clone(), tip };
        let mut occurrences: Vec<Occurrence> = evidence
            .iter()
            .filter(|evidence| evidence.at.tip == tip)
            .map(|evidence| Occurrence {
                lockfile: evidence.lockfile.clone(),
                row: evidence.row,
                version: evidence.version.clone(),
                supply: evidence.supply.clone(),
            })
            .collect();
        occurrences.sort();
        let versions = self.versions(&place, &advisory.package, certainty);
        let sight = match (certainty, occurrences.is_empty()) {
            (Certainty::Certain, false) => Sight::Affected,
            // A package from elsewhere may carry the flaw or a fix of its own: nobody can tell.
            (Certainty::Possible, false) => Sight::Unseen,
            (_, true) => self.good_news(&place, advisory, &versions),
        };
        View { sight, occurrences, versions }
    }

    fn good_news(&self, place: &Place, advisory: &Advisory, versions: &BTreeSet<String>) -> Sight {
        let package = &advisory.package;
        let unreadable = self.incomparable.contains(&(place.clone(), package.clone()));
        // The package only came from elsewhere instead: it may carry the flaw or a fix of its own.
        let doubt = (place.clone(), package.clone(), advisory.id.clone());
        let unreadable = unreadable || self.doubtful.contains(&doubt);
        if !self.inventories.contains_key(place) || self.incomplete.contains(place) || unreadable {
            return Sight::Unseen;
        }
        let is_fixed = versions
            .iter()
            .filter_map(|version| Version::parse(version).ok())
            .any(|version| advisory.is_fixed_in(&version));
        if is_fixed { Sight::Fixed } else { Sight::Clear }
    }

    fn versions(&self, place: &Place, package: &str, certainty: Certainty) -> BTreeSet<String> {
        let from_registry = certainty == Certainty::Certain;
        self.inventories
            .get(place)
            .into_iter()
            .flat_map(|inventory| &inventory.lockfiles)
            .flat_map(|file| &file.content.entries)
            .filter(|e| &*e.name == package && (e.supply == Supply::Registry) == from_registry)
            .map(|entry| entry.version.to_string())
            .collect()
    }
}

fn finding(
    key: FindingKey,
    line: &ReleaseLine,
    advisory: &Advisory,
    mut evidence: Vec<Evidence>,
    seen: &Seen<'_>,
) -> Finding {
    evidence.sort_by(|a, b| {
        (&a.at, &a.lockfile, a.row, &a.version).cmp(&(&b.at, &b.lockfile, b.row, &b.version))
    });
    let view = |tip| seen.view(&line.id, tip, advisory, key.certainty, &evidence);
    let head = line.head.as_ref().map(|_| view(Tip::Head));
    let release = line.release.as_ref().map(|_| view(Tip::Release));
    let mut names = vec![advisory.id.clone()];
    names.extend(advisory.aliases.iter().filter(|alias| **alias != advisory.id).cloned());
    Finding {
        key,
        names,
        class: advisory.class.clone(),
        title: advisory.title.clone(),
        details: advisory.details.clone(),
        url: advisory.url.clone(),
        severity: Severity {
            decided: advisory.severity.first().cloned(),
            rule: "the highest claim",
            claims: advisory.severity.clone(),
        },
        // `> 1.10.3` names no lowest version, and is still an answer.
        fixed_in: if advisory.fixed.is_empty() {
            advisory.patched.clone()
        } else {
            advisory.fixed.iter().map(ToString::to_string).collect()
        },
        head,
        release,
        evidence,
    }
}
