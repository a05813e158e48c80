//! What was looked at, what was not, and what went wrong without stopping the run.

use std::collections::BTreeSet;

use super::{
    AdvisoryDatabase, Alert, DatabaseUse, Ecosystem, Inventory, Opinion, Origin, Place, Reported,
    Sight, ThreatFacts,
};

/// How much a trouble matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Weight {
    /// Good to know; nothing is missing from the result.
    Info,
    /// Something could not be looked at, or is not as it should be.
    Warning,
}

impl Weight {
    /// The word that reports use.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
        }
    }
}

/// Who can act on a trouble.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Blame {
    /// The user's repository, configuration or command line.
    User,
    /// The maintainers of a database or tool.
    Upstream,
}

/// Something wrong that did not stop the run.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Trouble {
    pub weight: Weight,
    pub blame: Blame,
    pub origin: Option<Origin>,
    /// What happened, a fragment without a full stop.
    pub message: String,
    /// What to do next.
    pub hint: Option<String>,
}

impl Trouble {
    /// Something that could not be looked at, or is not as it should be.
    pub fn warning(message: impl Into<String>) -> Self {
        Self {
            weight: Weight::Warning,
            blame: Blame::User,
            origin: None,
            message: message.into(),
            hint: None,
        }
    }

    /// Something good to know.
    pub fn info(message: impl Into<String>) -> Self {
        Self { weight: Weight::Info, ..Self::warning(message) }
    }

    /// Adds what to do next.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Adds where it is.
    #[must_use]
    pub fn at(mut self, origin: Origin) -> Self {
        self.origin = Some(origin);
        self
    }

    /// Says that the maintainers of a database or tool can act.
    #[must_use]
    pub fn upstream(mut self) -> Self {
        self.blame = Blame::Upstream;
        self
    }
}

/// How much of something was looked at.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Covered {
    Complete,
    Partial {
        /// What is missing.
        because: String,
    },
    Failed {
        because: String,
    },
    /// It could not be looked at, and nothing requires it: told, and no gap.
    Skipped {
        because: String,
    },
}

impl Covered {
    /// The word that reports use.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Complete => "complete",
            Self::Partial { .. } => "partial",
            Self::Failed { .. } => "failed",
            Self::Skipped { .. } => "skipped",
        }
    }

    /// True if something is missing that had to be looked at.
    pub fn is_gap(&self) -> bool {
        match self {
            Self::Complete | Self::Skipped { .. } => false,
            Self::Partial { .. } | Self::Failed { .. } => true,
        }
    }

    /// What is missing of a gap.
    pub fn because(&self) -> Option<&str> {
        self.why().filter(|_| self.is_gap())
    }

    /// Why it was not looked at, or not completely, be it a gap or not.
    pub fn why(&self) -> Option<&str> {
        match self {
            Self::Complete => None,
            Self::Partial { because } | Self::Failed { because } | Self::Skipped { because } => {
                Some(because)
            }
        }
    }
}

/// How completely one source looked at one place.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Coverage {
    /// `rustsec` for databases, `lockfiles` for trees, `lines` for discovery, `support` for what
    /// files say of it, `endoflife` and `openeox` for what the configuration names, `graph` for what
    /// cargo says of a build, `import` for reports that the command line names, and the id of a tool
    /// or of a `[[scanner]]` for its report.
    pub source: String,
    /// `None`: the whole repository.
    pub at: Option<Place>,
    pub covered: Covered,
}

/// What `collect` brings home.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// Sorted by place.
    pub inventories: Vec<Inventory>,
    pub databases: Vec<AdvisoryDatabase>,
    /// True if all reports that were joined used the same state of every database, so that what one
    /// of them found was looked for by all.
    pub has_one_database: bool,
    /// Databases that earlier reports used.
    pub used: Vec<DatabaseUse>,
    /// What other tools' reports claim, attributed to places.
    pub reported: Vec<ReportedAt>,
    /// What earlier reports of ours saw at places whose trees are not at hand.
    pub sightings: Vec<Sighting>,
    pub alerts: Vec<Alert>,
    pub opinions: Vec<Opinion>,
    pub threats: ThreatFacts,
    pub coverage: Vec<Coverage>,
    pub trouble: Vec<Trouble>,
}

/// A claim of a tool's report, at the place that the report is about.
#[derive(Clone, Debug, PartialEq)]
pub struct ReportedAt {
    /// The tool's id.
    pub source: String,
    pub at: Place,
    pub reported: Reported,
}

/// What one of our own reports saw of a vulnerability at a place where it saw no flaw.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Sighting {
    pub at: Place,
    /// Any name of the vulnerability.
    pub vulnerability: String,
    pub ecosystem: Ecosystem,
    pub package: String,
    pub sight: Sight,
    /// The locked versions that it saw.
    pub versions: BTreeSet<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nothing_requires_is_explained_and_no_gap() {
        const WHY: Option<&str> = Some("nobody answers");
        let because = || "nobody answers".to_owned();
        for (covered, word, missing, why) in [
            (Covered::Complete, "complete", None, None),
            (Covered::Partial { because: because() }, "partial", WHY, WHY),
            (Covered::Failed { because: because() }, "failed", WHY, WHY),
            (Covered::Skipped { because: because() }, "skipped", None, WHY),
        ] {
            assert_eq!((covered.as_str(), covered.because(), covered.why()), (word, missing, why));
            assert_eq!(covered.is_gap(), missing.is_some(), "{word}");
        }
    }
}
