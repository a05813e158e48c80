//! The nouns: what every stage takes and gives, as plain data.
//!
//! Nothing here reads, decides or prints, and nothing here derives a serde trait: what strangers
//! read is written down in `report::json` and `report::sarif`, so that these types stay free to
//! change.

mod advisory;
mod coverage;
mod evidence;
mod finding;
mod line;
mod package;
mod report;
mod support;
mod verdict;

pub use advisory::{
    Advisory, AdvisoryClass, AdvisoryDatabase, Quarantined, Rating, SeverityClaim, Stamp,
    VersionRange,
};
pub use coverage::{Blame, Coverage, Covered, Facts, Trouble, Weight};
pub use evidence::{Certainty, Dependent, Evidence, Fit, Place, Requirement, Tip, Update};
pub use finding::{Finding, FindingKey, Occurrence, Severity, View};
pub use line::{
    CommitId, Head, LineId, LineKind, Origin, Release, ReleaseLine, SOME_BRANCH, Standing, Support,
    Tier,
};
pub use package::{
    BlobId, Dependency, Entry, EntryIndex, Inventory, Lockfile, Manifest, Supply, TreeFile,
};
pub use report::{DatabaseUse, Outcome, PolicyOrigin, Report};
pub use support::{
    About, Claim, Contradiction, ContradictionKind, Declaration, DeclaredBy, End, LONGEST_WORDS,
    Rule, Unit,
};
pub use verdict::{Decision, Exposure, GateRule, Sight, Verdict, Word};
