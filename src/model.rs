//! The nouns: what every stage takes and gives, as plain data.
//!
//! Nothing here reads, decides or prints, and nothing here derives a serde trait: what strangers
//! read is written down in `report::json` and `report::sarif`, so that these types stay free to
//! change.

mod advisory;
mod alert;
mod coverage;
mod ecosystem;
mod evidence;
mod facts;
mod finding;
mod history;
mod line;
mod opinion;
mod package;
mod report;
mod support;
mod verdict;

pub use advisory::{
    Advisory, AdvisoryClass, AdvisoryDatabase, Quarantined, Rating, Scale, SeverityClaim, Stamp,
    VersionRange, canonical_id,
};
pub use alert::{Alert, Fingerprints, Level};
pub use coverage::{Blame, Coverage, Covered, Facts, ReportedAt, Sighting, Trouble, Weight};
pub use ecosystem::Ecosystem;
pub use evidence::{
    Basis, Certainty, Dependent, Evidence, Fit, Place, Reach, Reported, Requirement, Tip, Update,
};
pub use facts::{Epss, Exploited, ThreatFacts};
pub use finding::{Disagreement, Finding, FindingKey, Occurrence, Severity, View};
pub use history::{Began, Episode, History, Stand, Targets, Timeline, Turn};
pub use line::{
    CommitId, Head, LineId, LineKind, Origin, Release, ReleaseLine, SOME_BRANCH, Standing, Support,
    Tier, short_name,
};
pub use opinion::{
    Change, Expiry, JUSTIFICATIONS, Opinion, PackagePattern, Silence, Stance, Suppression,
    SuppressionState, SuppressionUse,
};
pub use package::{
    BlobId, Dependency, Entry, EntryIndex, Inventory, Lockfile, Manifest, Supply, TreeFile,
};
pub use report::{DatabaseUse, Outcome, PolicyOrigin, Proposal, Report};
pub use support::{
    About, Claim, Contradiction, ContradictionKind, Declaration, DeclaredBy, End, LONGEST_WORDS,
    Rule, Unit,
};
pub use verdict::{Decision, Exposure, GateRule, Sight, Verdict, Word};
