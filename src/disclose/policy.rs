//! What a project promises about its disclosures: `[disclose]` of the configuration, as meant.

use std::collections::BTreeSet;

use jiff::civil::{Date, Weekday};

use super::record::Package;

/// What every command of `disclose` obeys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// The folder of the records, from the top of the repository.
    pub records: String,
    /// What is released, as people call it; `None`: the name of the repository.
    pub product: Option<String>,
    /// The ways to report a hole, the best one first: addresses of the web or of mail.
    pub contact: Vec<String>,
    /// Only those who may know can read this repository, whatever its remote looks like.
    pub is_private: bool,
    pub ended: EndedLines,
    pub slot: SlotPolicy,
    pub lead: LeadTimes,
    /// The deployment methods that every record begins with.
    pub channels: Vec<Channel>,
    /// The name of a set of texts; `None`: our own.
    pub preset: Option<String>,
    /// The folder of the project's own texts, from the top of the repository.
    pub templates: Option<String>,
    /// The package that the project publishes.
    pub package: Option<Package>,
    /// Who publishes, as an address: CSAF's `publisher.namespace`.
    pub namespace: Option<String>,
    /// Who assigns CVE ids for the project.
    pub cve: CveOrganisation,
    /// What the project itself wrote. Whatever else is above is planned with, and promised to nobody.
    pub promised: BTreeSet<Promise>,
}

/// What a project says to those who report and to those who use it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Promise {
    Acknowledge,
    Fix,
    /// That everything is public in the end.
    Publish,
    /// What is said of ended lines.
    Ended,
}

/// What is said of lines whose support has ended, if nobody looked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum EndedLines {
    /// They were not evaluated and may be affected.
    #[default]
    NotEvaluated,
    /// All of them count as affected.
    Affected,
}

impl EndedLines {
    /// The word of the configuration.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NotEvaluated => "not-evaluated",
            Self::Affected => "affected",
        }
    }
}

/// When something may become public.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SlotPolicy {
    /// In the order of the week, never empty.
    pub weekdays: Vec<Weekday>,
    /// The hour in UTC.
    pub hour: i8,
    /// The IANA name of a zone that is shown beside UTC.
    pub zone: Option<String>,
    /// Sorted.
    pub holidays: Vec<Date>,
}

/// Days between the steps of a disclosure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LeadTimes {
    /// From the report to its acknowledgement, at most.
    pub acknowledge: i64,
    /// From the report to the fix, at most.
    pub fix: i64,
    /// From the word to distributors to the public day.
    pub prenotify: i64,
    /// From the public pre-announcement to the public day.
    pub pre_announce: i64,
    /// From the report to the public day, at most.
    pub embargo_at_most: i64,
    /// From the public day to the whole story.
    pub close: i64,
}

/// A deployment method.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Channel {
    /// `github-release`, `crates.io`, `container`, …
    pub id: String,
    /// How many days after the public one the fix is there; `Err`: that is not promised, and why.
    pub within: Result<i64, String>,
}

/// Who assigns CVE ids.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CveOrganisation {
    /// The UUID of the CNA.
    pub id: Option<String>,
    /// Its short name.
    pub name: Option<String>,
}

impl Default for SlotPolicy {
    /// Tuesday and Wednesday at 15:00 UTC: hardly anybody sleeps then, and two days are left for what
    /// goes wrong.
    fn default() -> Self {
        Self {
            weekdays: vec![Weekday::Tuesday, Weekday::Wednesday],
            hour: 15,
            zone: None,
            holidays: Vec::new(),
        }
    }
}

impl Default for LeadTimes {
    /// What most of the published processes ask for.
    fn default() -> Self {
        Self {
            acknowledge: 2,
            fix: 30,
            prenotify: 7,
            pre_announce: 7,
            embargo_at_most: 90,
            close: 3,
        }
    }
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            records: "security".to_owned(),
            product: None,
            contact: Vec::new(),
            is_private: false,
            ended: EndedLines::default(),
            slot: SlotPolicy::default(),
            lead: LeadTimes::default(),
            channels: Vec::new(),
            preset: None,
            templates: None,
            package: None,
            namespace: None,
            cve: CveOrganisation::default(),
            promised: BTreeSet::new(),
        }
    }
}
