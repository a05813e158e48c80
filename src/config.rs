//! `patchline.toml`: what was typed → what was meant.
//!
//! `raw` is the file as serde sees it, `check` turns it into values that cannot be wrong and
//! collects every complaint on the way. Reading the file is the rim's business.

mod check;
mod raw;
mod scanner;

use globset::{GlobMatcher, GlobSet};
use jiff::civil::Date;

pub use self::scanner::{GraphFile, Output, Program, Scanner, ScannerSource, is_withheld};
use crate::{
    disclose, discover, judge, merge,
    model::{Origin, Targets},
    publish,
};

/// Where the configuration is looked for, in this order.
pub const PATHS: [&str; 2] = [".github/patchline.toml", "patchline.toml"];

/// The RustSec database's address when nothing else is said.
pub const RUSTSEC_URL: &str = "https://github.com/RustSec/advisory-db.git";

/// Everything that a run obeys.
#[derive(Clone, Debug)]
pub struct Config {
    pub support: discover::Policy,
    pub sources: Sources,
    pub scan: Scan,
    pub merge: merge::Preference,
    pub facts: FactPlaces,
    pub scanners: Vec<Scanner>,
    pub graphs: Vec<GraphFile>,
    pub judge: judge::Policy,
    pub silence: judge::suppress::Policy,
    pub publish: publish::Policy,
    /// The days within which the project means to release a fix.
    pub targets: Targets,
    pub disclose: disclose::Policy,
}

/// Statements about support that lie elsewhere.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sources {
    /// An endoflife.date product: a file, or an address that is fetched unless the run is offline.
    /// It is one of https, or leads to this machine.
    pub endoflife: Option<String>,
    /// OpenEoX documents, as paths.
    pub openeox: Vec<String>,
}

/// What `collect` obeys.
#[derive(Clone, Debug)]
pub struct Scan {
    /// Paths that are not looked at.
    pub exclude: GlobSet,
    /// Where the RustSec database is: a folder or a git URL.
    pub rustsec: String,
    pub offline: bool,
    pub dependabot: Dependabot,
    /// Programs may be started, where the configuration can be trusted.
    pub allow_commands: bool,
    /// Cargo is asked for the build graph of each lockfile.
    pub deep: bool,
}

/// Whether Dependabot's alerts are asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Dependabot {
    pub asks: Asks,
    /// A saved list of alerts, as a path: nobody is asked then.
    pub saved: Option<String>,
}

/// When somebody is asked who may not answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Asks {
    /// Where the environment has a token and names the repository. No answer is no gap.
    #[default]
    Auto,
    /// Always. No answer is a gap.
    Required,
    Off,
}

/// Where facts about attacks are: files, or addresses like that of an endoflife.date product.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FactPlaces {
    /// CISA's catalogue of known exploited vulnerabilities, in JSON.
    pub kev: Option<String>,
    /// The scores of EPSS, in CSV, also with gzip.
    pub epss: Option<String>,
}

/// What the command line says over the file. A flag and a key never differ in meaning. That programs
/// may be started is the word of the configuration alone.
#[derive(Clone, Debug, Default)]
pub struct Overrides {
    /// `--line`
    pub lines: Vec<String>,
    /// `--exclude`
    pub exclude: Vec<String>,
    /// `--db`
    pub rustsec: Option<String>,
    pub offline: bool,
    pub deep: bool,
    /// `--fail-at`
    pub fail_at: Option<String>,
    /// The day of the report: no suppression ends more than a year after it. `None`: that is not
    /// asked.
    pub today: Option<Date>,
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

/// Globs of the command line.
pub fn globs(given: &[String]) -> Result<Vec<GlobMatcher>, Error> {
    check::globs(given)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Rule, Standing, Tier, Unit};

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
bug-fixes-until = 2026-06-30
status = "supported"
edition = "ce"
lts = true
[[support.rule]]
newest = 2
majors = 2
[[support.rule]]
months = 24
tier = "critical-only"
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
contradictions = "fail"
[gate.tier.security-only]
fail-at = "critical"
[gate.tier.critical-only]
fail-at = "never"
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
6: `tier` is `gold`; it is one of full, security-only, critical-only
8: the line `1.0` is declared twice
9: `until` is a day, such as 2027-06-30
11: `a[b` is not a glob: unclosed character class; missing ']'
12: `max-database-age` is `soon`; write a number of days, such as \"30d\"
14: `fail-at` is `huge`; it is one of any, low, medium, high, critical, never"
        );
    }

    fn support(text: &str) -> Config {
        let origin = Origin { reference: None, path: "patchline.toml".to_owned(), row: None };
        parse(Some((text, &origin)), &Overrides::default())
            .unwrap_or_else(|error| panic!("{text}: {error:?}"))
    }

    #[test]
    fn a_rule_is_what_its_keys_say() {
        for (text, expected) in [
            ("newest = 2", Rule::Newest { lines: 2, majors: None }),
            ("newest = 2\nof = \"minor\"", Rule::Newest { lines: 2, majors: None }),
            ("newest = 3\nmajors = 2", Rule::Newest { lines: 3, majors: Some(2) }),
            ("newest = 2\nof = \"major\"", Rule::Newest { lines: 1, majors: Some(2) }),
            ("months = 24", Rule::Months { months: 24 }),
            ("after-next = 6", Rule::AfterNext { months: 6 }),
            ("last-of-major = 12", Rule::LastOfMajor { months: 12 }),
            (
                "lts-every = 12\nmonths = 24",
                Rule::EveryNth { every: 12, of: Unit::Major, months: 24 },
            ),
            (
                "lts-every = 4\nof = \"minor\"\nmonths = 36",
                Rule::EveryNth { every: 4, of: Unit::Minor, months: 36 },
            ),
        ] {
            let rules = support(&format!("[[support.rule]]\n{text}\n")).support.rules;
            let [rule] = rules.as_slice() else { panic!("{text}: {rules:?}") };
            assert_eq!((rule.rule, rule.tier), (expected, Tier::Full), "{text}");
            assert_eq!(rule.origin.row.map(std::num::NonZeroU32::get), Some(2), "{text}");
        }
    }

    #[test]
    fn rules_are_joined() {
        let text = "[support]\nnewest = 3\n[[support.rule]]\nmonths = 9\n[[support.rule]]\n\
                    lts-every = 2\nmonths = 24\ntier = \"security-only\"\n";
        let policy = support(text).support;
        assert_eq!((policy.newest, policy.rules.len()), (Some(3), 2));
        assert_eq!(policy.rules[1].tier, Tier::SecurityOnly);
    }

    #[test]
    fn a_rule_that_is_not_one_thing_is_refused() {
        for (text, expected) in [
            (
                "tier = \"full\"",
                "1: the rule is none of newest, months, after-next, last-of-major, lts-every",
            ),
            (
                "newest = 2\nmonths = 24\nafter-next = 6",
                "3: a rule is one thing, and this is `newest` already; give `months` a rule of its own\n\
                 4: a rule is one thing, and this is `newest` already; give `after-next` a rule of its own",
            ),
            ("newest = 0", "2: `newest` is 0; it is 1 or more"),
            ("months = 1201", "2: `months` is 1201; it is 1 to 1200"),
            ("after-next = -1", "2: `after-next` is -1; it is 1 to 1200"),
            ("newest = 1\nmajors = 0", "3: `majors` is 0; it is 1 or more"),
            (
                "newest = 1\nmajors = 2\nof = \"major\"",
                "2: `of = \"major\"` takes one line of each major; `majors` takes `newest` lines of each",
            ),
            ("lts-every = 2", "2: `lts-every` needs `months`: how long such a line is supported"),
            ("months = 9\nmajors = 2", "3: `majors` belongs to `newest`, and not to `months`"),
            (
                "months = 9\nof = \"minor\"",
                "3: `of` belongs to `newest` and `lts-every`, and not to `months`",
            ),
            ("newest = 1\nof = \"patch\"", "3: `of` is `patch`; it is one of major, minor"),
        ] {
            assert_eq!(complaints(&format!("[[support.rule]]\n{text}\n")), expected, "{text}");
        }
    }

    #[test]
    fn a_declared_line_says_what_it_says() {
        let text = "[[support.line]]\nid = \"1.0\"\ntier = \"critical-only\"\nstatus = \"eol\"\n\
                    edition = \"ce\"\nlts = true\nbug-fixes-until = 2030-01-01\nuntil = 2031-01-01\n\
                    [[support.line]]\nid = \"0.9\"\n";
        let declared = support(text).support.declared;
        let (full, bare) = (&declared[0], &declared[1]);
        assert_eq!(full.tier, Tier::CriticalOnly);
        assert_eq!(full.standing, Some(Standing::Eol));
        assert_eq!((full.edition.as_deref(), full.is_lts), (Some("ce"), true));
        assert_eq!(full.bug_fixes_until, Some(jiff::civil::date(2030, 1, 1)));
        assert_eq!((bare.standing, bare.bug_fixes_until, bare.is_lts), (None, None, false));
    }

    #[test]
    fn what_is_heard_beside_the_configuration_is_configured() {
        let standard = support("");
        assert!(standard.support.evidence);
        assert_eq!((standard.support.editions, standard.sources), (None, Sources::default()));
        let config = support(
            "[support]\nevidence = false\neditions = [\"ce\"]\nopeneox = [\"eox.json\"]\n\
             endoflife = \"https://endoflife.date/api/product.json\"\n",
        );
        assert!(!config.support.evidence);
        assert_eq!(config.support.editions, Some(vec!["ce".to_owned()]));
        assert_eq!(config.sources.openeox, ["eox.json"]);
        assert!(config.sources.endoflife.is_some());
    }

    #[test]
    fn a_product_is_at_an_https_address_or_on_this_machine() {
        for (place, is_valid) in [
            ("https://endoflife.date/api/v1/products/ferry", true),
            ("http://127.0.0.1:8080/ferry.json", true),
            ("http://user:secret@[::1]:8080/ferry.json", true),
            ("http://localhost/ferry.json", true),
            ("http://localhost@example.org/ferry.json", false),
            ("http://localhost.example.org", false),
            ("http://127.0.0.1.example.org/", false),
            ("file:///srv/ferry.md", false),
            ("products/ferry.md", true),
            ("/srv/ferry.md", true),
        ] {
            let complaints = complaints(&format!("[support]\nendoflife = \"{place}\"\n"));
            assert_eq!(complaints == "valid", is_valid, "{place}: {complaints}");
        }
    }

    #[test]
    fn what_makes_no_sense_about_support_is_refused() {
        for (text, expected) in [
            ("[support]\neditions = []", "2: `editions` is empty, so no edition would count"),
            ("[support]\neditions = [\" \"]", "2: the edition has no name"),
            (
                "[support]\nendoflife = \"http://user:secret@example.org/x\"",
                "2: `endoflife` is `http://example.org/x`; it is a file or an https address",
            ),
            (
                "[support]\nopeneox = [\"https://example.org/x\"]",
                "2: `openeox` names `https://example.org/x`; it names files",
            ),
            (
                "[[support.line]]\nid = \"1\"\nstatus = \"alive\"",
                "3: `status` is `alive`; it is one of supported, eol, upcoming",
            ),
            (
                "[[support.line]]\nid = \"1\"\nuntil = 2030-01-01\nbug-fixes-until = 2030-01-02",
                "4: `bug-fixes-until` is after `until`, the last supported day",
            ),
            (
                "[[support.line]]\nid = \"1\"\nbug-fixes-until = 10:00:00",
                "3: `bug-fixes-until` is a day, such as 2027-06-30",
            ),
            (
                "[gate.tier.full]\ncontradictions = \"fail\"",
                "2: `contradictions` is about all statements, so no tier has its own",
            ),
            (
                "[gate]\ncontradictions = \"maybe\"",
                "2: `contradictions` is `maybe`; it is one of fail, warn, note",
            ),
        ] {
            assert_eq!(complaints(text), expected, "{text}");
        }
        assert_eq!(support("").judge.gate.contradictions, crate::model::Decision::Warn);
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
