//! The record of one security release: what is kept in `security/<id>.toml`, checked once and used
//! by everything else. It is the only source of every text and every document that is published.

use std::fmt;

use jiff::civil::{Date, Time};

use crate::model::{LineId, Rating, SeverityClaim};

/// One security release: some advisories that are published together.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Record {
    /// The name of the file, `2031-03`.
    pub id: String,
    /// What is released, as people call it.
    pub product: String,
    /// The project's address, for links and for records of machines.
    pub repository: Option<String>,
    /// Where the published texts will be read.
    pub url: Option<String>,
    /// Whom to write to.
    pub contact: Option<String>,
    /// Who leads, and who makes the releases.
    pub coordinator: Option<String>,
    pub release_managers: Vec<String>,
    pub embargo: Embargo,
    /// What was planned and what happened, in the order of [`Step::ALL`]; a step without either is
    /// left out.
    pub steps: Vec<(Step, Slot)>,
    /// What the public pre-announcement may say beyond the lines, the day, the count and the highest
    /// severity.
    pub pre_announce: PreAnnounce,
    /// To whom the texts of a stage go.
    pub recipients: Vec<Recipients>,
    pub advisories: Vec<Disclosure>,
    /// When each channel has the fix.
    pub deliveries: Vec<Delivery>,
    /// What was changed after all was public, in the order of time.
    pub revisions: Vec<Revision>,
}

/// A change to what is published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revision {
    pub at: Moment,
    /// What is different, in a sentence.
    pub summary: String,
}

/// What those who are told early may do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Embargo {
    /// May the fix be deployed before it is public?
    pub may_deploy: Option<bool>,
    /// May the patches be shared, and with whom?
    pub may_share: Option<String>,
    pub terms: Option<String>,
}

/// Allowed by the project, one by one; nothing by default.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PreAnnounce {
    /// [`Disclosure::component`] may be named.
    pub component: bool,
    /// [`Disclosure::likely_affected`] may be told.
    pub likely_affected: bool,
}

/// The steps of a disclosure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Step {
    Reported,
    Acknowledged,
    Confirmed,
    FixReady,
    /// Distributors are told, under embargo.
    Prenotified,
    /// Everybody is told that a release is coming.
    PreAnnounced,
    Public,
    /// The story was told, and nothing is left to do.
    Closed,
}

impl Step {
    /// Every step, in order.
    pub const ALL: [Self; 8] = [
        Self::Reported,
        Self::Acknowledged,
        Self::Confirmed,
        Self::FixReady,
        Self::Prenotified,
        Self::PreAnnounced,
        Self::Public,
        Self::Closed,
    ];

    /// The key in `[expected]` and `[actual]`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Reported => "reported",
            Self::Acknowledged => "acknowledged",
            Self::Confirmed => "confirmed",
            Self::FixReady => "fix-ready",
            Self::Prenotified => "prenotified",
            Self::PreAnnounced => "pre-announced",
            Self::Public => "public",
            Self::Closed => "closed",
        }
    }
}

/// A day in UTC, and the hour where it matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Moment {
    pub day: Date,
    pub time: Option<Time>,
}

impl fmt::Display for Moment {
    /// `2031-03-04` or `2031-03-04 15:00 UTC`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.day)?;
        match self.time {
            Some(time) => write!(f, " {:02}:{:02} UTC", time.hour(), time.minute()),
            None => Ok(()),
        }
    }
}

/// What was planned, and what happened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Slot {
    pub expected: Option<Moment>,
    pub actual: Option<Moment>,
}

impl Slot {
    /// What happened, else what is planned.
    pub fn best(&self) -> Option<Moment> {
        self.actual.or(self.expected)
    }
}

/// To whom a text goes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Recipients {
    /// The stage's word, `prenotification`.
    pub stage: String,
    pub to: Vec<String>,
    pub cc: Vec<String>,
}

/// One vulnerability of the project itself.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Disclosure {
    /// The project's own id, which is never empty.
    pub id: String,
    pub cve: Cve,
    pub ghsa: Option<String>,
    /// Other names.
    pub aliases: Vec<String>,
    pub title: String,
    /// One paragraph.
    pub summary: String,
    /// Markdown.
    pub description: String,
    pub component: Option<String>,
    /// How somebody may guess early whether they are affected, without what the hole is.
    pub likely_affected: Option<String>,
    /// The project's own word.
    pub severity: Option<Rating>,
    /// Of its CVSS vectors, with scores that are computed from them.
    pub cvss: Vec<SeverityClaim>,
    /// `CWE-79`
    pub cwe: Vec<String>,
    pub capec: Vec<String>,
    pub impact: Option<String>,
    pub attack: Option<String>,
    /// What has to be true for an installation to be affected.
    pub conditions: Option<String>,
    /// A command that tells whether one is.
    pub check: Option<String>,
    pub mitigation: Option<String>,
    /// What is to be done after the upgrade.
    pub action: Option<String>,
    pub side_effects: Option<String>,
    /// How to see that it was exploited.
    pub detection: Option<String>,
    /// `external`, `internal`, `user`, `upstream`, `unknown`
    pub discovery: Option<String>,
    /// The package that has it, if the project publishes one.
    pub package: Option<Package>,
    /// Commits of the default branch that brought the hole in.
    pub introduced: Vec<String>,
    /// Commits of the default branch that close it; all of them are needed.
    pub fix: Vec<String>,
    pub credits: Vec<Credit>,
    pub references: Vec<Reference>,
    /// At most one row for each line.
    pub lines: Vec<LineRow>,
}

/// Where the CVE id stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Cve {
    /// Nothing is said.
    #[default]
    Unstated,
    /// Nobody gave one yet.
    Requested,
    /// `CVE-2031-0001`
    Id(String),
}

impl Cve {
    /// The id, if there is one.
    pub fn id(&self) -> Option<&str> {
        match self {
            Self::Id(id) => Some(id),
            Self::Unstated | Self::Requested => None,
        }
    }
}

/// A package of a registry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Package {
    /// As OSV names it, `crates.io`.
    pub ecosystem: String,
    pub name: String,
}

/// Who did something for it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Credit {
    pub name: String,
    pub affiliation: Option<String>,
    /// In a word of OSV, in lower case: `finder`, `reporter`, `coordinator`,
    /// `remediation-developer`, …
    pub role: String,
    /// Nobody is named who did not agree.
    pub consent: bool,
    /// Ways to reach them, as URLs.
    pub contact: Vec<String>,
}

/// A link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    /// In a word of OSV, in lower case: `advisory`, `article`, `fix`, `report`, `web`, …
    pub kind: String,
    pub url: String,
}

/// What is true of one vulnerability on one line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineRow {
    pub line: LineId,
    pub status: LineStatus,
    /// The versions that have the hole, as comparators: `>= 1.4.0, < 1.4.7`. Without an upper end:
    /// every later one.
    pub affected: Option<String>,
    /// The version that brought it in, if that is known.
    pub introduced_in: Option<String>,
    /// Commits of the line's branch that brought it in, if they are not those of the default branch.
    pub introduced: Vec<String>,
    /// Commits of the line's branch that close it, if they are known.
    pub fix: Vec<String>,
    pub fixed_in: Option<String>,
    /// Why there will be no fix; `None`: one is planned, or there is one.
    pub no_fix: Option<String>,
    /// Why the line is not affected, in a word of OpenVEX.
    pub justification: Option<String>,
    /// Patches are offered, and no release will be made of them.
    pub is_courtesy: bool,
    pub note: Option<String>,
    /// Pull requests and patches.
    pub reviews: Vec<String>,
}

/// What the project says of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LineStatus {
    Affected,
    NotAffected,
    /// Nobody looked; it may be affected.
    NotEvaluated,
    /// Its support has ended, and nobody looked; it may be affected.
    Ended,
}

impl LineStatus {
    /// The word of the record.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Affected => "affected",
            Self::NotAffected => "not-affected",
            Self::NotEvaluated => "not-evaluated",
            Self::Ended => "ended",
        }
    }
}

/// When the fix of a line is to be had in one channel (a deployment method).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// `github-release`, `crates.io`, `container`, `apt`, …
    pub channel: String,
    /// `None`: every line.
    pub line: Option<LineId>,
    /// `Err`: it is not promised, and why.
    pub promised: Result<Slot, String>,
    pub url: Option<String>,
}

impl Record {
    /// When a step was planned and when it happened.
    pub fn step(&self, step: Step) -> Slot {
        self.steps.iter().find(|(of, _)| *of == step).map(|(_, slot)| *slot).unwrap_or_default()
    }

    /// The deliveries that somebody waits for: of all lines together, or of one that gets a release.
    /// What is of a line without one is never late, whatever was planned before anybody knew.
    pub fn looked_for(&self) -> impl Iterator<Item = &Delivery> {
        let gets_one = |line: &LineId| {
            let mut rows = self.advisories.iter().filter_map(|of| of.row(line));
            rows.any(LineRow::gets_release)
        };
        self.deliveries.iter().filter(move |of| of.line.as_ref().is_none_or(gets_one))
    }

    /// Every line that a row is about, once, in the order of the record.
    pub fn lines(&self) -> Vec<&LineId> {
        let mut lines: Vec<&LineId> = Vec::new();
        for row in self.advisories.iter().flat_map(|advisory| &advisory.lines) {
            if !lines.contains(&&row.line) {
                lines.push(&row.line);
            }
        }
        lines
    }
}

impl LineRow {
    /// True if a release of the line is to close it.
    pub fn gets_release(&self) -> bool {
        self.status == LineStatus::Affected && self.no_fix.is_none() && !self.is_courtesy
    }

    /// A row that says no more than this.
    pub fn new(line: LineId, status: LineStatus) -> Self {
        Self {
            line,
            status,
            affected: None,
            introduced_in: None,
            introduced: Vec::new(),
            fix: Vec::new(),
            fixed_in: None,
            no_fix: None,
            justification: None,
            is_courtesy: false,
            note: None,
            reviews: Vec::new(),
        }
    }
}

impl Disclosure {
    /// The project's own word, else the highest that a vector gives.
    pub fn rating(&self) -> Option<Rating> {
        self.severity.or_else(|| self.cvss.iter().map(|claim| claim.rating).max())
    }

    /// The CVE id if there is one, else the GHSA, else the project's own.
    pub fn name(&self) -> &str {
        self.cve.id().or(self.ghsa.as_deref()).unwrap_or(&self.id)
    }

    /// What is said of a line.
    pub fn row(&self, line: &LineId) -> Option<&LineRow> {
        self.lines.iter().find(|row| row.line == *line)
    }
}
