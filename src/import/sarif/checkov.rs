//! Checkov: <https://github.com/bridgecrewio/checkov>.
//!
//! One run holds policies (`CKV_…`), licences (`<licence>_<package>@<version>`) and vulnerabilities
//! (`<id>_<package>@<version>`); only the last are about a package's flaw.

use super::{
    Dialect, Made, Seen,
    rules::Rule,
    seen::{ecosystem_of, fix, from_the_root, line_of, name_and_version},
};
use crate::{model::Ecosystem, name::is_advisory_id};

pub(super) struct Checkov;

/// The scores that it writes where it knows only a word.
const INVENTED: [(&str, f64); 4] =
    [("critical", 10.0), ("high", 8.9), ("medium", 6.9), ("low", 3.9)];

impl Dialect for Checkov {
    fn id(&self) -> &'static str {
        "checkov"
    }

    fn claims(&self, driver: &str) -> bool {
        ["checkov", "bridgecrew", "prisma cloud", "prisma_cloud"]
            .iter()
            .any(|name| name.eq_ignore_ascii_case(driver))
    }

    fn read(&self, seen: &Seen<'_>) -> Made {
        let parts = seen.rule_id().split_once('_');
        let is_id = |id: &str| is_advisory_id(id) || id.starts_with("PRISMA-");
        let Some((id, package)) = parts.filter(|(id, _)| is_id(id)) else {
            let mut alert = seen.alert();
            let mut spots = seen.spots();
            from_the_root(&mut spots);
            if let Some(first) = spots.into_iter().next() {
                alert.row = first.row.filter(|_| first.file.is_some());
                alert.file = first.file;
            }
            alert.severity = seen.rated(None, &INVENTED);
            return Made::Alert(alert);
        };
        let Some((package, version)) = name_and_version(package) else {
            return Made::Nameless("its rule names no package");
        };
        let mut spots = seen.spots();
        from_the_root(&mut spots);
        let ecosystem = ecosystem_of(&spots).unwrap_or(Ecosystem::UNKNOWN);
        let mut advisory = seen.advisory(id, ecosystem, package);
        advisory.severity = seen.rated(None, &INVENTED).into_iter().collect();
        let help = seen.rule.map(Rule::help).unwrap_or_default();
        let fixed = line_of(help, "Status").and_then(|status| status.strip_prefix("fixed in "));
        fix(&mut advisory, fixed.unwrap_or_default().split(','));
        Made::packages(advisory, version, spots)
    }
}
