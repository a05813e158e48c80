//! OWASP dependency-check: <https://dependency-check.github.io/DependencyCheck/>.
//!
//! The package is a purl among the logical locations. A rule's id may be free text, where a source
//! without ids found something. The file is a jar of the machine, mostly outside the repository,
//! and `vulnerabilityHash` hashes the name only.

use super::{Dialect, Made, Seen};
use crate::{
    model::{Certainty, Rating, Scale, SeverityClaim},
    name::purl,
    severity,
};

pub(super) struct DependencyCheck;

/// Where its rules have scores of their own.
const SCORES: [(&str, Scale); 3] = [
    ("cvssv4_baseScore", Scale::CvssV4),
    ("cvssv3_baseScore", Scale::CvssV3),
    ("cvssv2_score", Scale::CvssV2),
];

impl Dialect for DependencyCheck {
    fn id(&self) -> &'static str {
        "dependency-check"
    }

    fn claims(&self, driver: &str) -> bool {
        driver.eq_ignore_ascii_case("dependency-check")
    }

    fn read(&self, seen: &Seen<'_>) -> Made {
        let Some(package) = seen.logical_names().find_map(purl) else {
            return Made::Nameless("it has no package URL");
        };
        let mut advisory = seen.advisory(seen.rule_id(), package.ecosystem, &package.name);
        // The short description names the package, and the details are no title.
        advisory.title = String::new();
        let scores = scores(seen);
        if !scores.is_empty() {
            advisory.severity = scores;
        }
        // What the NVD knows is found by CPE, which is a guess from the file's name.
        let source = seen.rule.and_then(|rule| rule.properties.get("source")?.as_str());
        let certainty = match source {
            Some("NVD") => Certainty::Possible,
            _ => Certainty::Certain,
        };
        seen.packages(advisory, package.version.as_deref()).certain(certainty)
    }
}

/// `security-severity` is written twice where there are two scores, so each is read by its name.
fn scores(seen: &Seen<'_>) -> Vec<SeverityClaim> {
    let Some(rule) = seen.rule else { return Vec::new() };
    let claim = |(key, scale): &(&str, Scale)| {
        let value = rule.properties.get(*key)?;
        let score = value.as_f64().or_else(|| value.as_str()?.trim().parse().ok())?;
        let mut claim = severity::of_score(&seen.context.source, score)?;
        claim.scale = *scale;
        if *scale == Scale::CvssV2 && claim.rating == Rating::Critical {
            claim.rating = Rating::High;
        }
        Some(claim)
    };
    SCORES.iter().filter_map(claim).collect()
}
