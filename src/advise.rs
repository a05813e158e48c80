//! Advisory databases: records in, advisories out, one bad record at a time.

pub mod epss;
pub mod kev;
pub mod rustsec;

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use crate::model::{Advisory, AdvisoryDatabase, Quarantined, Stamp};

/// What one file of a database turned out to be.
#[derive(Debug)]
pub enum Record {
    Advisory(Box<Advisory>),
    /// A record that lies in the folder of another package: it counts for the package that it
    /// names, and the folder's own package may lack a record.
    Misplaced(Box<Advisory>, Quarantined),
    /// A record about the Rust toolchain, which no lockfile names.
    Toolchain,
    /// A draft, or a file that is no record.
    Ignored,
    Quarantined(Quarantined),
}

/// Joins the records of a database. A database without a date of its own is as old as its newest
/// record, where records from after `today` do not count: one wrong date must not make it fresh.
pub fn database(mut stamp: Stamp, records: Vec<Record>, today: Date) -> AdvisoryDatabase {
    let mut database = AdvisoryDatabase::default();
    let mut newest = None;
    let mut seen = BTreeSet::new();
    let mut by_package: BTreeMap<String, Vec<Advisory>> = BTreeMap::new();
    for record in records {
        let advisory = match record {
            Record::Advisory(advisory) => advisory,
            Record::Misplaced(advisory, misplaced) => {
                database.quarantined.push(misplaced);
                advisory
            }
            Record::Toolchain => {
                database.toolchain += 1;
                continue;
            }
            Record::Ignored => continue,
            Record::Quarantined(record) => {
                database.quarantined.push(record);
                continue;
            }
        };

        newest = newest.max(advisory.date.filter(|date| *date <= today));
        if !seen.insert(advisory.id.clone()) {
            database.quarantined.push(Quarantined {
                path: format!("{} in {}", advisory.id, advisory.package),
                package: Some(advisory.package.clone()),
                error: "another record has the same id".to_owned(),
            });
        } else if advisory.withdrawn {
            database.withdrawn += 1;
        } else {
            by_package.entry(advisory.package.clone()).or_default().push(*advisory);
        }
    }
    for advisories in by_package.values_mut() {
        advisories.sort_by(|a, b| a.id.cmp(&b.id));
    }
    stamp.date = stamp.date.or(newest);
    database.stamp = stamp;
    database.quarantined.sort();
    database.by_package = by_package
        .into_iter()
        .map(|(name, list)| (name, list.into_iter().map(Into::into).collect()))
        .collect();
    database
}

/// The day that a text begins with, as in `2031-06-14T12:55:00Z`.
fn day(text: &str) -> Option<Date> {
    text.trim().get(..10)?.parse().ok()
}
