//! Our own SARIF, so that reports of a matrix can be brought together again.
//!
//! Whatever we know is in the properties: names, package URL, versions, class and certainty. The
//! line of a run is in the run's properties.

use super::{
    Dialect, Made, Seen,
    seen::{fix, name},
    value::{text, texts},
};
use crate::{
    model::{AdvisoryClass, Certainty, Level},
    name::purl,
};

pub(super) const ID: &str = "patchline";

pub(super) struct Patchline;

impl Dialect for Patchline {
    fn id(&self) -> &'static str {
        ID
    }

    fn claims(&self, driver: &str) -> bool {
        driver.eq_ignore_ascii_case("patchline")
    }

    fn read(&self, seen: &Seen<'_>) -> Made {
        let said = &seen.result.properties;
        // Contradictions are about no package.
        let Some(package) = text(said, "/purl").and_then(purl) else {
            return Made::Alert(seen.alert());
        };
        // A merged report holds what is true of a line's release beside what is true of its head;
        // claimed for the wrong one, a fix that waits for its release would look like none.
        let commit = text(said, "/commit");
        if commit.zip(seen.context.commit.as_deref()).is_some_and(|(its, of_run)| its != of_run) {
            return Made::Nameless("it is about another commit than its run");
        }
        let mut advisory = seen.advisory(seen.rule_id(), package.ecosystem, &package.name);
        name(&mut advisory, texts(said, "/names"));
        fix(&mut advisory, texts(said, "/fixedIn"));
        advisory.class = text(said, "/class").map_or(AdvisoryClass::Unstated, class);
        let certainty = match text(said, "/certainty") {
            Some("possible") => Certainty::Possible,
            _ => Certainty::Certain,
        };
        let path: Vec<String> =
            texts(said, "/path").map(super::rules::one_line).take(100).collect();
        let mut versions: Vec<Option<&str>> = texts(said, "/versions").map(Some).collect();
        if versions.is_empty() {
            versions.push(package.version.as_deref());
        }
        let mut claims = Vec::new();
        for version in versions {
            let made = seen.packages(advisory.clone(), version).certain(certainty);
            if let Made::Packages(of_version) = made {
                claims.extend(of_version);
            }
        }
        // The path leads to the first version, and the row is its own.
        if let Some(first) = claims.first_mut() {
            first.path = path;
        }
        claims.iter_mut().skip(1).for_each(|claim| claim.row = None);
        Made::Packages(claims)
    }

    /// What was not looked at is a warning, since an error would make GitHub refuse the file.
    fn gaps_from(&self) -> Level {
        Level::Warning
    }
}

fn class(word: &str) -> AdvisoryClass {
    match word {
        "malware" => AdvisoryClass::Malware,
        "vulnerability" => AdvisoryClass::Vulnerability,
        "unsound" => AdvisoryClass::Unsound,
        "unmaintained" => AdvisoryClass::Unmaintained,
        "notice" => AdvisoryClass::Notice,
        "yanked" => AdvisoryClass::Yanked,
        other => AdvisoryClass::Other(super::rules::one_line(other)),
    }
}
