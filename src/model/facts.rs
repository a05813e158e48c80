//! What is known of attacks: facts about a CVE, never about a line.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::Stamp;

/// An entry of CISA's catalogue of known exploited vulnerabilities.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Exploited {
    /// The day it was added.
    pub added: Date,
    /// Known to be used by ransomware.
    pub ransomware: bool,
}

/// A score of FIRST's Exploit Prediction Scoring System.
#[derive(Clone, Debug, PartialEq)]
pub struct Epss {
    /// The probability of exploitation in the next 30 days, 0.0 to 1.0.
    pub score: f64,
    /// 0.0 to 1.0.
    pub percentile: f64,
    /// The day of the score.
    pub on: Option<Date>,
}

/// What the configured sources say, by CVE id.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ThreatFacts {
    pub kev: BTreeMap<String, Exploited>,
    pub epss: BTreeMap<String, Epss>,
    /// Which state of each was used.
    pub stamps: Vec<Stamp>,
}
