//! OSV-Scanner: <https://github.com/google/osv-scanner>.
//!
//! A rule is a group of aliases. Package and version are in the message only, which has one fixed
//! form; the same result is written once per record of the group.

use super::{
    Dialect, Made, Seen,
    seen::{ecosystem_of, fix, name, name_and_version},
    value::{text, texts},
};
use crate::model::Ecosystem;

pub(super) struct OsvScanner;

impl Dialect for OsvScanner {
    fn id(&self) -> &'static str {
        "osv-scanner"
    }

    fn claims(&self, driver: &str) -> bool {
        driver.eq_ignore_ascii_case("osv-scanner")
    }

    fn read(&self, seen: &Seen<'_>) -> Made {
        let named = seen.text().strip_prefix("Package '").and_then(|rest| {
            let (named, _) = rest.split_once("' is vulnerable to '")?;
            name_and_version(named)
        });
        let Some((package, version)) = named else {
            return Made::Nameless("its message names no package");
        };
        let spots = seen.spots();
        let ecosystem = ecosystem_of(&spots).unwrap_or(Ecosystem::UNKNOWN);
        let mut advisory = seen.advisory(seen.rule_id(), ecosystem, package);
        if let Some(rule) = seen.rule {
            name(&mut advisory, texts(&rule.deprecated_ids, ""));
            let bare = advisory.title.strip_prefix(&advisory.id);
            if let Some(bare) = bare.map(|bare| bare.trim_start_matches(':').trim().to_owned()) {
                advisory.title = bare;
            }
            let help = text(&rule.help, "/markdown").unwrap_or_default();
            fix(&mut advisory, fixed_versions(help, package));
        }
        Made::packages(advisory, version, spots)
    }
}

/// The rows of a package in the table of fixed versions.
fn fixed_versions<'t>(help: &'t str, package: &'t str) -> impl Iterator<Item = &'t str> {
    let table = help.split("### Fixed Versions").nth(1).unwrap_or_default();
    let rows = table.lines().map(str::trim).skip_while(|line| !line.starts_with('|'));
    rows.take_while(|line| line.starts_with('|')).filter_map(move |row| {
        let mut cells = row.trim_matches('|').split('|').map(str::trim);
        let (Some(_), Some(name), Some(version)) = (cells.next(), cells.next(), cells.next())
        else {
            return None;
        };
        let is_version = version.starts_with(|c: char| c.is_ascii_digit() || c == 'v');
        (name == package && is_version).then_some(version)
    })
}
