//! What is looked for: one subject per vulnerability and package.

use std::collections::HashMap;

use super::Marks;
use crate::{
    merge::{self, Known, Preference},
    model::{AdvisoryClass, AdvisoryDatabase, Certainty, Lockfile, Quarantined, Stamp, Weight},
    scan,
};

/// Databases, and the subjects that their records are about.
///
/// Alerts of one place say nothing of the past, so databases of them are left out; and what is no
/// vulnerability, such as a package without a maintainer, has no days of exposure.
#[derive(Clone, Debug, Default)]
pub struct Catalogue {
    databases: Vec<AdvisoryDatabase>,
    /// Sorted by name and package.
    pub(super) subjects: Vec<Known>,
    /// The subject of each record, by its id and package.
    by_record: HashMap<(String, String), u32>,
}

impl Catalogue {
    /// Everything that databases know of vulnerabilities.
    pub fn of(databases: &[AdvisoryDatabase], preference: &Preference) -> Self {
        let databases: Vec<AdvisoryDatabase> =
            databases.iter().filter(|database| !database.is_projected).cloned().collect();
        let mut subjects = merge::known(&databases, preference);
        subjects.retain(|subject| is_vulnerability(&subject.class));
        let mut by_record = HashMap::new();
        for (subject, number) in subjects.iter().zip(0..) {
            for record in &subject.records {
                by_record.insert((record.id.clone(), record.package.clone()), number);
            }
        }
        Self { databases, subjects, by_record }
    }

    /// What a lockfile has of it.
    pub fn marks(&self, lockfile: &Lockfile) -> Marks {
        let is_whole = lockfile.trouble.iter().all(|trouble| trouble.weight != Weight::Warning);
        let mut marks = Marks { is_whole, ..Marks::default() };
        for locked in scan::locked(lockfile, &self.databases) {
            let entry = &lockfile.entries[locked.entry];
            let Some((_, concerns)) = locked.version else {
                // Every record about the package may be meant.
                let of = locked.database.by_package.get(&*entry.name).into_iter().flatten();
                marks.incomparable.extend(of.filter_map(|record| self.subject(record)));
                continue;
            };
            for (record, certainty) in concerns {
                let Some(subject) = self.subject(record) else { continue };
                match certainty {
                    Certainty::Certain => marks.has.push((subject, entry.version.clone())),
                    Certainty::Possible => {
                        marks.possible.insert(subject);
                    }
                }
            }
        }
        for (number, record) in self.quarantined().zip(0..).map(|(record, number)| (number, record))
        {
            let package = record.package.as_deref();
            let locks = package.is_none_or(|p| lockfile.entries.iter().any(|e| *e.name == *p));
            if locks {
                marks.unread.insert(number);
            }
        }
        marks.has.sort();
        marks.has.dedup();
        marks
    }

    fn subject(&self, record: &crate::model::Advisory) -> Option<u32> {
        self.by_record.get(&(record.id.clone(), record.package.clone())).copied()
    }

    /// The records that could not be read.
    pub(super) fn quarantined(&self) -> impl Iterator<Item = &Quarantined> {
        self.databases.iter().flat_map(|database| &database.quarantined)
    }

    /// Which state of each database is used.
    pub(super) fn stamps(&self) -> Vec<Stamp> {
        self.databases.iter().map(|database| database.stamp.clone()).collect()
    }
}

fn is_vulnerability(class: &AdvisoryClass) -> bool {
    matches!(class, AdvisoryClass::Malware | AdvisoryClass::Vulnerability | AdvisoryClass::Unstated)
}
