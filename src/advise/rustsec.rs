//! The RustSec advisory database: <https://github.com/RustSec/advisory-db>.
//!
//! Records are read one at a time with rustsec's own types, never with its `Database::open`, which
//! gives up on the whole database for one bad file. Its version ranges become OSV ranges by
//! rustsec's own conversion, so that every database is matched by one matcher, `scan`.

use std::{panic, str::FromStr as _};

use ::rustsec::advisory;
use jiff::civil::Date;
use semver::{Op, Version, VersionReq};

use super::Record;
use crate::{
    model::{Advisory, AdvisoryClass, Ecosystem, Quarantined, VersionRange},
    severity,
};

/// The id of this source.
pub const ID: &str = "rustsec";

/// Where records are published, for links.
const SITE: &str = "https://rustsec.org/advisories/";

/// A record longer than this is not read; the longest real one has 30 kB.
const LONGEST: usize = 1024 * 1024;

/// True of the paths inside a database that hold records.
pub fn is_record(path: &str) -> bool {
    let mut parts = path.split('/');
    let (collection, package, file) = (parts.next(), parts.next(), parts.next());
    // `crates/clock` is no record, and stands where the records of `clock` should be.
    matches!(collection, Some("crates" | "rust"))
        && package.is_some_and(|package| !package.starts_with('.'))
        && file.is_none_or(|file| !file.starts_with('.'))
        && parts.next().is_none()
}

/// Where a record is published.
pub(crate) fn page(id: &str) -> String {
    format!("{SITE}{id}.html")
}

/// Reads one record; `path` is relative to the database.
pub fn read(path: &str, bytes: &[u8]) -> Record {
    if path.starts_with("rust/") {
        return Record::Toolchain;
    }
    let file = path.rsplit('/').next().unwrap_or(path);
    if file.starts_with("RUSTSEC-0000-0000.") {
        return Record::Ignored;
    }
    // `crates/<package>/<id>.md`
    let folder = path.split('/').nth(1).unwrap_or_default();
    let quarantined =
        |error| Quarantined { path: path.to_owned(), package: Some(folder.to_owned()), error };
    match parse(bytes) {
        Ok(advisory) if advisory.package == folder => Record::Advisory(Box::new(advisory)),
        Ok(advisory) => {
            let error = format!("it is about `{}`", advisory.package);
            Record::Misplaced(Box::new(advisory), quarantined(error))
        }
        Err(error) => Record::Quarantined(quarantined(error)),
    }
}

fn parse(bytes: &[u8]) -> Result<Advisory, String> {
    if bytes.len() > LONGEST {
        return Err(format!("it has {} bytes, more than the {LONGEST} that are read", bytes.len()));
    }
    let text = std::str::from_utf8(bytes).map_err(|_| "it is not UTF-8".to_owned())?;
    // rustsec cuts the start of anything else at a byte, which may be inside a character.
    if !text.starts_with("```toml") {
        return Err("it does not start with a TOML block".to_owned());
    }
    // Its range checks assert what hostile input can violate: one record must not end the run.
    panic::catch_unwind(|| advisory::Advisory::from_str(text).map(convert))
        .map_err(|_| "rustsec's reader gave up on it".to_owned())?
        .map_err(|error| first_line(&error))
}

fn convert(record: advisory::Advisory) -> Advisory {
    let patched = record.versions.patched();
    let mut fixed: Vec<Version> = patched.iter().filter_map(lowest).collect();
    fixed.sort();
    fixed.dedup();
    let ranges = ::rustsec::osv::ranges_for_advisory(&record.versions)
        .into_iter()
        .map(|range| VersionRange { introduced: range.introduced, fixed: range.fixed })
        .collect();
    let patched = patched.iter().map(ToString::to_string).collect();
    let metadata = record.metadata;
    let id = metadata.id.to_string();
    let mut aliases: Vec<String> = metadata.aliases.iter().map(ToString::to_string).collect();
    aliases.sort();
    aliases.dedup();
    Advisory {
        url: Some(page(&id)),
        id,
        aliases,
        class: match &metadata.informational {
            None => AdvisoryClass::Vulnerability,
            Some(advisory::Informational::Unsound) => AdvisoryClass::Unsound,
            Some(advisory::Informational::Unmaintained) => AdvisoryClass::Unmaintained,
            Some(advisory::Informational::Notice) => AdvisoryClass::Notice,
            Some(other) => AdvisoryClass::Other(other.as_str().to_owned()),
        },
        package: metadata.package.to_string(),
        ecosystem: Ecosystem::CRATES_IO,
        is_of_default_registry: metadata.source.is_none_or(|source| source.is_default_registry()),
        ranges,
        patched,
        fixed,
        severity: metadata
            .cvss
            .and_then(|cvss| severity::of_vector(ID, &cvss.to_string()))
            .into_iter()
            .collect(),
        title: metadata.title,
        details: metadata.description,
        date: Date::strptime("%Y-%m-%d", metadata.date.as_str()).ok(),
        fixed_on: None,
        withdrawn: metadata.withdrawn.is_some(),
    }
}

/// The lowest version that a requirement admits, if it has one: `>=0.2.23` and `^0.2.23` say
/// 0.2.23, `>1.2.3` has none that could be named.
pub(crate) fn lowest(requirement: &VersionReq) -> Option<Version> {
    requirement
        .comparators
        .iter()
        .filter(|c| {
            matches!(c.op, Op::Exact | Op::GreaterEq | Op::Caret | Op::Tilde | Op::Wildcard)
        })
        .map(|c| Version {
            major: c.major,
            minor: c.minor.unwrap_or(0),
            patch: c.patch.unwrap_or(0),
            pre: c.pre.clone(),
            build: semver::BuildMetadata::EMPTY,
        })
        .max()
}

fn first_line(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    if let Some(source) = error.source() {
        text = format!("{text}: {source}");
    }
    text.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Rating;

    const RECORD: &str = r#"```toml
[advisory]
id = "RUSTSEC-2031-0001"
package = "clock"
date = "2031-02-03"
aliases = ["GHSA-xxxx-yyyy-zzzz", "CVE-2031-0001"]
cvss = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H"
[versions]
patched = [">= 0.3.20", "^0.2.23"]
unaffected = ["< 0.1.5"]
```

# Ticks too often

It ticks.
"#;

    fn read_text(text: &str) -> Record {
        read("crates/clock/RUSTSEC-2031-0001.md", text.as_bytes())
    }

    #[test]
    fn a_record_becomes_an_advisory() {
        let Record::Advisory(advisory) = read_text(RECORD) else { panic!("it is a record") };
        assert_eq!(advisory.id, "RUSTSEC-2031-0001");
        assert_eq!(advisory.aliases, ["CVE-2031-0001", "GHSA-xxxx-yyyy-zzzz"]);
        assert_eq!(advisory.severity.first().map(|s| s.rating), Some(Rating::High));
        let fixed: Vec<String> = advisory.fixed.iter().map(ToString::to_string).collect();
        assert_eq!(fixed, ["0.2.23", "0.3.20"]);
        for (version, affected) in [
            ("0.1.4", false),
            ("0.1.5", true),
            ("0.2.22", true),
            ("0.2.23", false),
            ("0.2.99", false),
            ("0.3.0", true),
            ("0.3.20", false),
        ] {
            let version: Version = version.parse().expect("a version");
            assert_eq!(advisory.affects(&version), affected, "{version}");
        }
        let before: Version = "0.1.4".parse().expect("a version");
        assert!(!advisory.is_fixed_in(&before), "a version before the flaw is clear, not fixed");
    }

    #[test]
    fn a_bad_record_is_quarantined_with_its_package() {
        for text in [
            "",
            "```tom",
            "```toml\n",
            "ééééééééééééééééééé",
            &RECORD.replace("[versions]", "[versions"),
            &RECORD.replace("CVSS:3.1", "CVSS:9.9"),
            &RECORD.replace(r#""< 0.1.5""#, r#""< 0.2.24""#),
            &RECORD.replace(
                "0.3.20",
                "18446744073709551615.18446744073709551615.18446744073709551615",
            ),
            &RECORD[..RECORD.len() / 2],
        ] {
            match read_text(text) {
                Record::Quarantined(record) => {
                    assert_eq!(record.package.as_deref(), Some("clock"), "{text}");
                    assert!(!record.error.is_empty(), "{text}");
                }
                Record::Advisory(_) if text.contains("18446744073709551615") => {}
                other => panic!("{other:?} for {text}"),
            }
        }
    }

    #[test]
    fn only_records_of_crates_are_read() {
        assert!(is_record("crates/clock/RUSTSEC-2031-0001.md"));
        assert!(is_record("rust/std/CVE-2031-1.md"));
        assert!(!is_record("crates/clock/.DS_Store"));
        assert!(!is_record("README.md"));
        assert!(!is_record("EXAMPLE_ADVISORY.md"));
        assert!(matches!(read("rust/std/CVE-2031-1.md", b""), Record::Toolchain));
        assert!(matches!(read("crates/x/RUSTSEC-0000-0000.md", b""), Record::Ignored));
    }
}
