//! `patchline.toml`: what was typed → what was meant.
//!
//! `raw` is the file as serde sees it, `check` turns it into values that cannot be wrong and
//! collects every complaint on the way. Reading the file is the rim's business.

mod check;
mod raw;

use globset::GlobSet;

use crate::{discover, judge, model::Origin};

/// Where the configuration is looked for, in this order.
pub const PATHS: [&str; 2] = [".github/patchline.toml", "patchline.toml"];

/// The RustSec database's address when nothing else is said.
pub const RUSTSEC_URL: &str = "https://github.com/RustSec/advisory-db.git";

/// Everything that a run obeys.
#[derive(Clone, Debug)]
pub struct Config {
    pub support: discover::Policy,
    pub scan: Scan,
    pub judge: judge::Policy,
}

/// What `collect` obeys.
#[derive(Clone, Debug)]
pub struct Scan {
    /// Paths that are not looked at.
    pub exclude: GlobSet,
    /// Where the RustSec database is: a folder or a git URL.
    pub rustsec: String,
    pub offline: bool,
}

/// What the command line says over the file. A flag and a key never differ in meaning.
#[derive(Clone, Debug, Default)]
pub struct Overrides {
    /// `--line`
    pub lines: Vec<String>,
    /// `--exclude`
    pub exclude: Vec<String>,
    /// `--db`
    pub rustsec: Option<String>,
    pub offline: bool,
}

/// One thing that is wrong with the configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Complaint {
    pub origin: Origin,
    pub message: String,
}

/// Everything that is wrong with the configuration.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the configuration is not valid")]
pub struct Error {
    pub complaints: Vec<Complaint>,
}

/// Reads a configuration file, or the documented defaults if there is none.
pub fn parse(file: Option<(&str, &Origin)>, overrides: &Overrides) -> Result<Config, Error> {
    let nowhere = Origin { reference: None, path: "the command line".to_owned(), row: None };
    let (raw, origin, text) = match file {
        None => (raw::RawConfig::default(), &nowhere, ""),
        Some((text, origin)) => match raw::read(text, origin) {
            Ok(raw) => (raw, origin, text),
            Err(complaint) => return Err(Error { complaints: vec![complaint] }),
        },
    };
    check::check(raw, origin, text, overrides)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn complaints(text: &str) -> String {
        let origin = Origin { reference: None, path: "patchline.toml".to_owned(), row: None };
        match parse(Some((text, &origin)), &Overrides::default()) {
            Ok(_) => "valid".to_owned(),
            Err(error) => error
                .complaints
                .iter()
                .map(|c| {
                    let row = c.origin.row.map_or(0, std::num::NonZeroU32::get);
                    format!("{row}: {}", c.message)
                })
                .collect::<Vec<_>>()
                .join("\n"),
        }
    }

    #[test]
    fn nothing_said_is_the_documented_default() {
        let config = parse(None, &Overrides::default()).expect("the default is valid");
        assert!(config.support.is_assumed());
        assert!(config.support.default_branch);
        assert_eq!(config.judge.max_database_age, 30);
        assert_eq!(config.scan.rustsec, RUSTSEC_URL);
    }

    #[test]
    fn a_whole_configuration_is_valid() {
        let text = r#"
schema = 1
[support]
newest = 3
default-branch = false
tags = "v{version}"
branches = "release/{major}.{minor}"
ignore = ["nightly-*"]
[[support.line]]
id = "1.0"
branch = "release/1.0"
tier = "security-only"
until = 2027-06-30
[scan]
exclude = ["fixtures/**"]
max-database-age = "14d"
offline = true
[scan.db]
rustsec = "../advisory-db"
[gate]
fail-at = "high"
unrated = "warn"
unreleased = "fail"
incomplete = "warn"
[gate.tier.security-only]
fail-at = "critical"
"#;
        assert_eq!(complaints(text), "valid");
    }

    #[test]
    fn every_complaint_is_made_at_once_with_its_row() {
        let text = r#"[support]
newest = 0
tags = "v{versoin}"
[[support.line]]
id = "1.0"
tier = "gold"
[[support.line]]
id = "1.0"
until = 2027-06-30T10:00:00
[scan]
exclude = ["a[b"]
max-database-age = "soon"
[gate]
fail-at = "huge"
"#;
        assert_eq!(
            complaints(text),
            "2: `newest` is 0, so no line would be supported
3: `{versoin}` in `v{versoin}` is not one of {version}, {major}, {minor}, {patch}
6: `tier` is `gold`; it is one of full, security-only
8: the line `1.0` is declared twice
9: `until` is a day, such as 2027-06-30
11: `a[b` is not a glob: unclosed character class; missing ']'
12: `max-database-age` is `soon`; write a number of days, such as \"30d\"
14: `fail-at` is `huge`; it is one of any, low, medium, high, critical, never"
        );
    }

    #[test]
    fn a_typo_is_an_error_with_its_place() {
        assert!(
            complaints("[gate]\nfial-at = \"high\"\n").starts_with("2: unknown field `fial-at`")
        );
        assert!(complaints("schema = 2\n").contains("schema 2"));
        let nested = "[gate.tier.full]\n[gate.tier.full.tier.full]\nfail-at = \"low\"\n";
        assert!(complaints(nested).ends_with("a tier has no tiers of its own"));
        assert!(complaints("[support\n").starts_with("1: "));
    }
}
