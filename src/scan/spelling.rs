//! One spelling of a crate's name. crates.io takes `Hyper_Rustls` for `hyper-rustls` and lets nobody
//! publish both, while alerts and reports write either; lockfiles write the one that is published.
//!
//! <https://doc.rust-lang.org/cargo/reference/registry-index.html#name-restrictions>

use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
};

use crate::model::{Advisory, Ecosystem, Facts, Inventory};

/// Spells what reports and alerts call a crate as the lockfiles do.
pub fn spelled(facts: &mut Facts) {
    let names = locked(&facts.inventories);
    for claim in &mut facts.reported {
        if let Some(name) = other_spelling(&claim.reported.advisory, &names) {
            let advisory = Advisory { package: name, ..(*claim.reported.advisory).clone() };
            claim.reported.advisory = Arc::new(advisory);
        }
    }
    for database in facts.databases.iter_mut().filter(|database| database.is_projected) {
        for advisories in std::mem::take(&mut database.by_package).into_values() {
            for advisory in advisories {
                let advisory = match other_spelling(&advisory, &names) {
                    Some(package) => Arc::new(Advisory { package, ..(*advisory).clone() }),
                    None => advisory,
                };
                let of = database.by_package.entry(advisory.package.clone()).or_default();
                of.push(advisory);
                of.sort_by(|a, b| a.id.cmp(&b.id));
            }
        }
    }
}

/// The locked names of each crate by what crates.io compares: a crate from elsewhere may be spelled
/// in its own way.
fn locked(inventories: &[Inventory]) -> HashMap<String, BTreeSet<String>> {
    let mut names: HashMap<String, BTreeSet<String>> = HashMap::new();
    let files = inventories.iter().flat_map(|inventory| &inventory.lockfiles);
    for entry in files.flat_map(|file| &file.content.entries) {
        names.entry(compared(&entry.name)).or_default().insert(entry.name.to_string());
    }
    names
}

fn compared(name: &str) -> String {
    name.to_ascii_lowercase().replace('_', "-")
}

/// The locked spelling, if it is another one.
fn other_spelling(
    advisory: &Advisory,
    names: &HashMap<String, BTreeSet<String>>,
) -> Option<String> {
    let is_crate = advisory.ecosystem == Ecosystem::CRATES_IO;
    let names = names.get(&compared(&advisory.package)).filter(|_| is_crate)?;
    names.first().filter(|_| !names.contains(&advisory.package)).cloned()
}
