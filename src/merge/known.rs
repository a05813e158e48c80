//! What databases know, without any evidence: one entry per vulnerability and package, with the name
//! and the severity that a finding about it has.

use std::sync::Arc;

use super::{
    records::{self, Records},
    severity::{self, Preference},
};
use crate::model::{Advisory, AdvisoryClass, AdvisoryDatabase, Ecosystem, Facts, Severity};

/// A vulnerability in a package.
#[derive(Clone, Debug)]
pub struct Known {
    /// The group's stable name first, then the others, sorted.
    pub names: Vec<String>,
    pub ecosystem: Ecosystem,
    pub package: String,
    pub class: AdvisoryClass,
    pub title: String,
    pub url: Option<String>,
    pub severity: Severity,
    /// The earliest day on which any source published it.
    pub published: Option<jiff::civil::Date>,
    /// The records about the package, the nearest to its home first.
    pub records: Vec<Arc<Advisory>>,
}

/// Everything that databases know, sorted by name and package.
pub fn known(databases: &[AdvisoryDatabase], preference: &Preference) -> Vec<Known> {
    let facts = Facts { databases: databases.to_vec(), ..Facts::default() };
    let records = Records::of(&facts, &[]);
    let mut all: Vec<Known> = records
        .subjects()
        .map(|subject| {
            let about = records.about(subject);
            let advisories = || about.iter().map(|record| &record.advisory);
            let title = advisories().map(|a| a.title.trim()).find(|title| !title.is_empty());
            Known {
                names: records.names(subject),
                ecosystem: subject.ecosystem.clone(),
                package: subject.package.clone(),
                class: advisories()
                    .map(|advisory| advisory.class.clone())
                    .min()
                    .unwrap_or(AdvisoryClass::Unstated),
                title: title.unwrap_or_default().to_owned(),
                url: advisories().find_map(|advisory| advisory.url.clone()),
                severity: severity::decide(records.severities(subject.group), preference),
                published: advisories().filter_map(|advisory| advisory.date).min(),
                records: about.iter().map(records::Record::advisory).collect(),
            }
        })
        .collect();
    all.sort_by(|a, b| {
        (&a.names, &a.ecosystem, &a.package).cmp(&(&b.names, &b.ecosystem, &b.package))
    });
    all
}
