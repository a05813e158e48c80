//! SARIF 2.1.0, read leniently and result by result, and the dialects of the tools that write it.
//!
//! A log may have hundreds of megabytes, so it is never one value in memory: the first pass finds
//! where the parts of each run are, the second one reads each result on its own. A result that
//! cannot be read costs itself. SARIF says how results are written and not where an advisory, a
//! package or a version is in them, so each tool has a [`Dialect`].
//!
//! <https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/sarif-v2.1.0-errata01-os.html>

mod cursor;
mod gather;
mod invocation;
mod layout;
mod opinion;
mod parts;
mod place;
mod result;
mod rules;
mod seen;
mod value;

mod cargo_audit;
mod cargo_deny;
mod checkov;
mod dependency_check;
mod generic;
mod govulncheck;
mod grype;
mod hex_audit;
mod osv_scanner;
mod patchline;
mod scorecard;
mod semgrep;
mod snyk;
mod trivy;

use self::cursor::{Cursor, Stop};
pub use self::seen::{Made, Seen};
use super::{Document, Imported, Importer, pieces::Bytes};
use crate::model::Level;

/// How one tool writes SARIF.
pub trait Dialect: Sync {
    /// The tool's id, equal to the name of its source file but for `-`.
    fn id(&self) -> &'static str;

    /// True of the driver's name; no two dialects claim one name.
    fn claims(&self, driver: &str) -> bool;

    /// Reads one result in the context of its run.
    fn read(&self, seen: &Seen<'_>) -> Made;

    /// From which level on a notification of the tool means that the run is not the whole truth.
    fn gaps_from(&self) -> Level {
        Level::Error
    }
}

/// All dialects. `generic` claims what no other one does.
pub const DIALECTS: &[&dyn Dialect] = &[
    &cargo_audit::CargoAudit,
    &cargo_deny::CargoDeny,
    &checkov::Checkov,
    &dependency_check::DependencyCheck,
    &govulncheck::Govulncheck,
    &grype::Grype,
    &hex_audit::HexAudit,
    &osv_scanner::OsvScanner,
    &patchline::Patchline,
    &scorecard::Scorecard,
    &semgrep::Semgrep,
    &snyk::Snyk,
    &trivy::Trivy,
    &generic::Generic,
];

/// The dialect of a driver, also where its name is spelled in another way: wrappers say
/// `cargo audit` and `cargo_audit`.
fn dialect(driver: &str) -> &'static dyn Dialect {
    let plain = driver.trim().to_ascii_lowercase().replace([' ', '_'], "-");
    let is_its = |dialect: &&&dyn Dialect| {
        dialect.id() != generic::ID && (dialect.claims(driver) || dialect.claims(&plain))
    };
    DIALECTS.iter().find(is_its).copied().unwrap_or(&generic::Generic)
}

/// Reads SARIF, whoever wrote it.
pub(super) struct Sarif;

impl Importer for Sarif {
    fn id(&self) -> &'static str {
        "sarif"
    }

    fn claims(&self, document: &Document<'_>) -> bool {
        matches!(document.shape, super::Shape::Sarif)
    }

    fn read(&self, document: &Document<'_>) -> Imported {
        let mut imported = Imported::default();
        let bytes = document.everything();
        let layouts = layout::of(bytes, &mut imported.trouble);
        let runs = layouts.into_iter().map(|layout| gather::run(bytes, layout));
        imported.runs = runs.collect();
        imported
    }
}

/// True of a JSON object with `runs` that is a list or null, even if it is cut short.
pub(super) fn is_sarif(bytes: Bytes<'_>) -> bool {
    let mut cursor = Cursor::over(bytes);
    if cursor.peek() != Some(b'{') {
        return false;
    }
    let mut is_sarif = false;
    let _ = cursor.entries(|key, cursor| {
        if key != "runs" {
            return cursor.skip().map(|_| ());
        }
        is_sarif = cursor.peek() == Some(b'[') || *cursor.value()? == *b"null";
        // Whatever follows changes nothing.
        Err(Stop { at: cursor.position(), is_end: false })
    });
    is_sarif
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_driver_may_be_spelled_in_several_ways() {
        for (driver, expected) in [
            ("cargo-audit", "cargo-audit"),
            ("Cargo Audit", "cargo-audit"),
            ("cargo_deny", "cargo-deny"),
            ("Black Duck", "generic"),
        ] {
            assert_eq!(dialect(driver).id(), expected, "{driver}");
        }
    }

    #[test]
    fn only_a_top_level_list_of_runs_makes_it_sarif() {
        for (text, expected) in [
            ("{\"runs\":[]}", true),
            ("{\"runs\":null}", true),
            ("{\"version\":\"2.1.0\",\"\\u0072uns\" : [ {\"tool\":", true),
            ("{\"runs\":{}}", false),
            ("{\"runs\":3}", false),
            ("{\"runs\":", false),
            ("{\"runs\"", false),
            ("{\"a\":{\"runs\":[]}}", false),
            ("{\"a\":\"\\\"runs\\\":[]\"}", false),
            ("[{\"runs\":[]}]", false),
            ("\"runs\"", false),
            ("", false),
        ] {
            assert_eq!(is_sarif(Bytes::Whole(text.as_bytes())), expected, "{text}");
        }
    }
}
