//! Claims of other tools' reports × inventories → evidence with rows.
//!
//! A report often names a package and a version, and no row or file. Where the lockfiles of that
//! place show the package, the claim becomes evidence at its row; where they do not, the claim
//! stands as it is, and that is said: bad news needs one witness, and a report may also be older
//! than the branch.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
};

use semver::Version;

use super::{Scanned, graph::Paths, update};
use crate::model::{
    Basis, Certainty, Ecosystem, Evidence, Inventory, Lockfile, Place, ReportedAt, Supply, Trouble,
    Update,
};

/// Evidence for every claim, in any order, and what is odd about them.
pub fn reported(inventories: &[Inventory], claims: Vec<ReportedAt>) -> Scanned {
    let by_place: HashMap<&Place, &Inventory> =
        inventories.iter().map(|inventory| (&inventory.place, inventory)).collect();
    let mut lockfiles: HashMap<*const Lockfile, Index<'_>> = HashMap::new();
    let mut scanned = Scanned::default();
    // One row per report and place: a report of another commit has hundreds of them.
    let mut absent: BTreeMap<(String, Place), BTreeSet<String>> = BTreeMap::new();
    for claim in claims {
        let found = by_place.get(&claim.at).map(|i| locked(&claim, i, &mut lockfiles));
        match found {
            Some(found) if !found.is_empty() => {
                let certain = found.iter().any(|evidence| evidence.certainty == Certainty::Certain);
                // A copy from elsewhere beside the registry's package is another package.
                let is_meant =
                    |evidence: &Evidence| !certain || evidence.certainty == Certainty::Certain;
                scanned.evidence.extend(found.into_iter().filter(is_meant));
            }
            found => {
                // The place was read, and does not lock what the report says.
                if found.is_some() && is_read(&claim) {
                    let version = claim.reported.version.as_deref().unwrap_or_default();
                    let package = format!("`{} {version}`", claim.reported.advisory.package);
                    let key = (claim.source.clone(), claim.at.clone());
                    absent.entry(key).or_default().insert(package.replace(" `", "`"));
                }
                scanned.evidence.push(as_reported(claim));
            }
        }
    }
    scanned
        .trouble
        .extend(absent.into_iter().map(|((source, at), packages)| said(&source, &at, &packages)));
    scanned
}

fn said(source: &str, at: &Place, packages: &BTreeSet<String>) -> Trouble {
    const SHOWN: usize = 3;
    let shown: Vec<&str> = packages.iter().take(SHOWN).map(String::as_str).collect();
    let more = match packages.len().saturating_sub(SHOWN) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    Trouble::warning(format!(
        "{source} reports {}{more} at {at}, and no lockfile there locks that",
        shown.join(", ")
    ))
    .hint("check that the report was made from this commit; its claims count until then")
}

/// Only what lockfiles of this kind would show can be missed in them.
fn is_read(claim: &ReportedAt) -> bool {
    claim.reported.advisory.ecosystem == Ecosystem::CRATES_IO
}

fn as_reported(claim: ReportedAt) -> Evidence {
    let ReportedAt { source, at, reported } = claim;
    Evidence {
        source,
        basis: Basis::Reported,
        at,
        version: reported.version,
        supply: None,
        certainty: reported.certainty,
        lockfile: reported.file,
        row: reported.row,
        path: reported.path,
        update: Update::NO_FIX,
        reach: reported.reach,
        advisory: reported.advisory,
    }
}

/// One lockfile, by the names of its packages.
struct Index<'a> {
    by_name: HashMap<&'a str, Vec<usize>>,
    paths: Paths,
}

/// The entries that a claim is about, as evidence.
fn locked<'a>(
    claim: &ReportedAt,
    inventory: &'a Inventory,
    lockfiles: &mut HashMap<*const Lockfile, Index<'a>>,
) -> Vec<Evidence> {
    let reported = &claim.reported;
    let advisory = &reported.advisory;
    if !is_read(claim) {
        return Vec::new();
    }
    let named = reported.file.as_deref();
    let is_there = inventory.lockfiles.iter().any(|file| Some(file.path.as_str()) == named);
    let mut found = Vec::new();
    for file in &inventory.lockfiles {
        if is_there && Some(file.path.as_str()) != named {
            continue;
        }
        let lockfile = &*file.content;
        let index = lockfiles
            .entry(Arc::as_ptr(&file.content))
            .or_insert_with(|| Index { by_name: by_name(lockfile), paths: Paths::of(lockfile) });
        let entries = index.by_name.get(advisory.package.as_str());
        for entry_index in entries.into_iter().flatten().copied() {
            let entry = &lockfile.entries[entry_index];
            let version = Version::parse(&entry.version).ok();
            let is_meant = match (&reported.version, &version) {
                (Some(claimed), _) => *claimed == *entry.version,
                // The claim names no version: those in the range, if it has one.
                (None, Some(version)) => advisory.ranges.is_empty() || advisory.affects(version),
                (None, None) => true,
            };
            if !is_meant {
                continue;
            }
            let update = version.as_ref().map_or(Update::NO_FIX, |version| {
                update::find(
                    entry_index,
                    version,
                    advisory,
                    lockfile,
                    &index.paths,
                    &file.path,
                    &inventory.manifests,
                )
            });
            let is_ours = entry.supply == Supply::Registry;
            found.push(Evidence {
                source: claim.source.clone(),
                basis: Basis::Reported,
                advisory: Arc::clone(advisory),
                at: claim.at.clone(),
                version: Some(entry.version.to_string()),
                supply: Some(entry.supply.clone()),
                certainty: if is_ours { reported.certainty } else { Certainty::Possible },
                lockfile: Some(file.path.clone()),
                row: Some(entry.row),
                path: index.paths.to(entry_index, lockfile),
                update,
                reach: reported.reach.clone(),
            });
        }
    }
    found
}

fn by_name(lockfile: &Lockfile) -> HashMap<&str, Vec<usize>> {
    let mut by_name: HashMap<&str, Vec<usize>> = HashMap::new();
    for (index, entry) in lockfile.entries.iter().enumerate() {
        by_name.entry(&entry.name).or_default().push(index);
    }
    by_name
}
