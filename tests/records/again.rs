//! Each document is read back, by readers that know the format alone, and has to say of every
//! version and of every fix what the record says.

use std::collections::{BTreeMap, BTreeSet};

use patchline::{
    advise::{self, Record as Read, rustsec},
    disclose::{
        export::{Format, ReleasedVersion},
        record::{LineRow, LineStatus},
    },
    model::LineId,
};
use proptest::prelude::*;
use semver::Version;
use serde_json::Value;

use crate::samples::{self, Sample, affected, row};

/// What a document says of a version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Said {
    Affected,
    Fine,
    Unknown,
}

/// The number of a patch release; `None`: it is of another line.
fn patch(row: &LineRow, text: &str) -> Option<u64> {
    text.trim().strip_prefix(&format!("{}.", row.line))?.parse().ok()
}

/// The first patch release of a line without its hole, in the row's own words; `None`: nothing says
/// that there will be one. What is not released yet has no fix unless the row names it.
fn end(row: &LineRow, last: u64) -> Option<u64> {
    if let Some(fixed) = &row.fixed_in {
        return patch(row, fixed);
    }
    let (_, end) = row.affected.as_deref()?.split_once('<')?;
    let is_inside = end.starts_with('=');
    let end = patch(row, end.trim_start_matches('='))? + u64::from(is_inside);
    let is_said = !is_inside && row.no_fix.is_none();
    (end <= last || is_said).then_some(end)
}

/// The same if it has the fix: the row says so, or it is there and nothing says that none will be.
fn fix(row: &LineRow, last: u64) -> Option<u64> {
    let is_fix = |end: &u64| row.fixed_in.is_some() || (*end <= last && row.no_fix.is_none());
    end(row, last).filter(is_fix)
}

/// What the record says of a version of a line, found in the plainest way: `last` is the newest patch
/// release of it.
fn truth(row: &LineRow, version: &Version, last: u64) -> Said {
    match row.status {
        LineStatus::NotAffected => Said::Fine,
        LineStatus::NotEvaluated | LineStatus::Ended => Said::Unknown,
        LineStatus::Affected => {
            let range = row.affected.as_deref().expect("a range");
            let from = range.split(',').next().and_then(|from| from.strip_prefix(">="));
            let from = from.and_then(|from| patch(row, from)).expect("a beginning");
            let is_affected =
                from <= version.patch && end(row, last).is_none_or(|end| version.patch < end);
            let written = semver::VersionReq::parse(range).expect("a requirement").matches(version);
            let is_open = !range.contains('<') || version.patch > last;
            assert!(is_open || is_affected == written, "{version} in {range}");
            if is_affected { Said::Affected } else { Said::Fine }
        }
    }
}

fn version(text: &str) -> Version {
    Version::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

/// By the algorithm of the OSV specification: the last event before a version counts, and a version
/// is affected if it is in any range.
fn osv(document: &Value, of: &Version) -> Said {
    let ranges = document["affected"][0]["ranges"].as_array().expect("ranges");
    let ranges = || ranges.iter().filter(|range| range["type"] != "GIT");
    assert!(ranges().next().is_some());
    let has = |range: &Value| {
        assert_eq!(range["type"], "SEMVER");
        let mut is_affected = false;
        let mut last = version("0.0.0");
        let mut ends = BTreeSet::new();
        for event in range["events"].as_array().expect("events") {
            let (kind, at) = event.as_object().expect("an event").iter().next().expect("one kind");
            let at = version(if at == "0" { "0.0.0" } else { at.as_str().expect("a version") });
            assert!(last <= at, "the events are sorted");
            last = at.clone();
            match kind.as_str() {
                "introduced" if *of >= at => is_affected = true,
                "fixed" if *of >= at => is_affected = false,
                "last_affected" if *of > at => is_affected = false,
                _ => {}
            }
            if kind != "introduced" {
                ends.insert(kind.as_str());
            }
        }
        assert!(ends.len() < 2, "a range has one kind of end: {range}");
        is_affected
    };
    if ranges().any(has) { Said::Affected } else { Said::Fine }
}

fn cve(document: &Value, of: &Version) -> Said {
    let affected = &document["containers"]["cna"]["affected"][0];
    let entries = affected["versions"].as_array().map_or(&[][..], Vec::as_slice);
    let has = |entry: &&Value| {
        let edge = |key: &str| {
            let text = entry[key].as_str().expect("a version");
            if text == "0" { version("0.0.0") } else { version(text) }
        };
        assert_eq!(entry["versionType"], "semver");
        edge("version") <= *of && (entry["lessThan"] == "*" || *of < edge("lessThan"))
    };
    let found: Vec<&Value> = entries.iter().filter(has).collect();
    assert!(found.len() < 2, "no two ranges hold one version: {found:?}");
    let status = found.first().map_or(&affected["defaultStatus"], |entry| &entry["status"]);
    match status.as_str() {
        Some("affected") => Said::Affected,
        Some("unaffected") => Said::Fine,
        _ => Said::Unknown,
    }
}

fn csaf(document: &Value, of: &Version) -> Said {
    let status = &document["vulnerabilities"][0]["product_status"];
    let id = Value::from(format!("crates.io:ferry@{of}"));
    let is_in = |key: &str| status[key].as_array().is_some_and(|ids| ids.contains(&id));
    match (
        is_in("known_affected"),
        is_in("fixed") || is_in("known_not_affected"),
        is_in("under_investigation"),
    ) {
        (true, false, false) => Said::Affected,
        (false, true, false) => Said::Fine,
        (false, false, true) => Said::Unknown,
        other => panic!("{of}: {other:?}"),
    }
}

fn openvex(document: &Value, of: &Version) -> Said {
    let mut said = Vec::new();
    for purl in [format!("pkg:cargo/ferry@{of}"), format!("pkg:github/ferry/ferry@v{of}")] {
        let is_about = |statement: &&Value| {
            let products = statement["products"].as_array().expect("products");
            products
                .iter()
                .any(|product| product["@id"] == *purl && product["identifiers"]["purl"] == *purl)
        };
        let found = document["statements"].as_array().expect("statements").iter().filter(is_about);
        said.extend(found.map(|statement| match statement["status"].as_str() {
            Some("affected") => Said::Affected,
            Some("fixed" | "not_affected") => Said::Fine,
            _ => Said::Unknown,
        }));
    }
    assert_eq!(said.len(), 2, "one statement for each name of {of}: {said:?}");
    assert_eq!(said[0], said[1]);
    said[0]
}

fn github(document: &Value, of: &Version) -> Said {
    let entries = document["vulnerabilities"].as_array().expect("entries").iter();
    let mut ranges =
        entries.map(|entry| entry["vulnerable_version_range"].as_str().expect("a range"));
    let has = |range| semver::VersionReq::parse(range).expect("a requirement").matches(of);
    if ranges.any(has) { Said::Affected } else { Said::Fine }
}

/// The fixed versions that a document names, where the format can.
fn fixes(format: Format, document: &Value) -> Option<Vec<String>> {
    let texts = |values: Vec<&Value>| -> Vec<String> {
        let texts = values.into_iter().filter_map(Value::as_str);
        texts.map(|text| text.rsplit('@').next().unwrap_or(text).to_owned()).collect()
    };
    let all = |pointer: &str| -> Vec<&Value> {
        document.pointer(pointer).and_then(Value::as_array).into_iter().flatten().collect()
    };
    Some(match format {
        Format::Csaf => texts(all("/vulnerabilities/0/product_status/first_fixed")),
        Format::Github => texts(
            all("/vulnerabilities").into_iter().map(|entry| &entry["patched_versions"]).collect(),
        ),
        Format::Osv => texts(
            all("/affected/0/ranges")
                .into_iter()
                .filter(|range| range["type"] != "GIT")
                .flat_map(|range| range["events"].as_array().expect("events"))
                .map(|event| &event["fixed"])
                .collect(),
        ),
        _ => return None,
    })
}

/// So many lines, and no more patch releases of any.
const LINES: u64 = 4;
const PATCHES: u64 = 8;

fn assert_says_what_the_record_says(sample: &Sample, last: u64) {
    let rows = &sample.record.advisories[0].lines;
    let of = |minor: u64| rows.iter().find(|row| row.line.0 == format!("1.{minor}"));
    let mut documents: BTreeMap<&str, Value> = BTreeMap::new();
    let is_affected = rows.iter().any(|row| row.status == LineStatus::Affected);
    for format in [Format::Osv, Format::Cve, Format::Csaf, Format::OpenVex, Format::Github] {
        let needs_affected = matches!(format, Format::Osv | Format::Github);
        let export = sample.export(format);
        if needs_affected && !is_affected {
            assert!(!export.lacks.is_empty() && export.documents.is_empty());
            continue;
        }
        let document = sample.json(format);
        if let Some(fixes) = fixes(format, &document) {
            let expected = |row: &LineRow| {
                // OSV has no other word for where a hole ends.
                let patch = if format == Format::Osv { end(row, last) } else { fix(row, last) };
                patch.map(|patch| format!("{}.{patch}", row.line))
            };
            let mut expected: Vec<String> = rows.iter().filter_map(expected).collect();
            expected.sort();
            // A hole without a fix ends where a line that never had it begins.
            let is_fix = |fix: &String| format != Format::Osv || !fix.ends_with(".0");
            let mut fixes: Vec<String> = fixes.into_iter().filter(is_fix).collect();
            fixes.sort();
            assert_eq!(fixes, expected, "{format:?}\n{document:#}");
        }
        documents.insert(crate::judged::name(format), document);
    }
    let rustsec = is_affected.then(|| {
        let text = sample.document(Format::RustSec);
        match rustsec::read("crates/ferry/RUSTSEC-2031-0001.md", text.as_bytes()) {
            Read::Advisory(advisory) => advisory,
            other => panic!("{other:?} for {text}"),
        }
    });
    for (minor, patch) in (0..LINES).flat_map(|minor| (0..PATCHES).map(move |p| (minor, p))) {
        let Some(row) = of(minor) else { continue };
        let here = Version::new(1, minor, patch);
        let is_released = patch <= last;
        let truth = truth(row, &here, last);
        let what = format!("{here}: {truth:?}, and {last} is the last");
        for (format, document) in &documents {
            let said = match *format {
                "osv" => osv(document, &here),
                "cve" => cve(document, &here),
                "github" => github(document, &here),
                // They list what is released.
                _ if !is_released => continue,
                "csaf" => csaf(document, &here),
                _ => openvex(document, &here),
            };
            // OSV and GitHub have no word for what nobody evaluated, and leave it out.
            let has_word = !matches!(*format, "osv" | "github");
            let mut expected = if truth == Said::Unknown && !has_word { Said::Fine } else { truth };
            let is_told = |row: &LineRow| {
                matches!(row.status, LineStatus::Affected | LineStatus::NotAffected)
            };
            // Below what nobody evaluated, OSV ends with the last release that has the hole.
            let is_last = minor + 1 < LINES && !of(minor + 1).is_some_and(is_told);
            if *format == "osv" && is_last && !is_released && end(row, last).is_none() {
                expected = Said::Fine;
            }
            assert_eq!(said, expected, "{format} of {what}\n{document:#}");
            let listed = document.pointer("/affected/0/versions").filter(|_| is_released);
            if let Some(listed) = listed.and_then(Value::as_array) {
                let is_listed = listed.contains(&here.to_string().into());
                assert_eq!(is_listed, truth == Said::Affected, "{what}");
            }
        }
        if let Some(advisory) = rustsec.as_ref().filter(|_| truth != Said::Unknown) {
            assert_eq!(advisory.affects(&here), truth == Said::Affected, "RustSec of {what}");
        }
    }
}

/// What is written of one line: its state, where the hole begins, where the range ends and which
/// version has the fix.
fn any_row(minor: u64) -> impl Strategy<Value = LineRow> {
    let line = format!("1.{minor}");
    (0..9_u8, 0..3_u64, 1..4_u64, any::<bool>()).prop_map(
        move |(state, from, length, is_closed)| {
            let to = from + length;
            let fixed = is_closed.then(|| format!("{line}.{to}"));
            let fixed = fixed.as_deref();
            let begin = format!(">= {line}.{from}");
            let given_up = |range: &str| LineRow {
                no_fix: (!is_closed).then(|| "Nobody can".to_owned()),
                ..affected(&line, range, None)
            };
            match state {
                0 => LineRow {
                    justification: Some("component_not_present".to_owned()),
                    ..row(&line, LineStatus::NotAffected)
                },
                1 => row(&line, LineStatus::NotEvaluated),
                2 => row(&line, LineStatus::Ended),
                3 => affected(&line, &begin, fixed),
                4 => affected(&line, &format!("{begin},<={line}.{}", to - 1), fixed),
                5 => affected(&line, &format!("{begin}, < {line}.{to}"), fixed),
                6 => given_up(&format!("{begin}, <= {line}.{to}")),
                7 => given_up(&format!("{begin}, < {line}.{to}")),
                // To the first release of the next line.
                _ => given_up(&format!("{begin}, < 1.{}.0", minor + 1)),
            }
        },
    )
}

fn any_sample() -> impl Strategy<Value = (Sample, u64)> {
    let rows = (0..LINES).map(any_row).collect::<Vec<_>>();
    (rows, 0..16_u8, 3..6_u64).prop_map(|(rows, kept, last)| {
        let mut record = samples::record();
        let kept = |index: &usize| *index == 0 || kept & (1 << index) != 0;
        let rows = rows.into_iter().enumerate().filter(|(index, _)| kept(index));
        record.advisories[0].lines = rows.map(|(_, row)| row).collect();
        let lines: Vec<String> = (0..LINES).map(|minor| format!("1.{minor}")).collect();
        let lines: Vec<(&str, u64)> = lines.iter().map(|line| (line.as_str(), last)).collect();
        let releases = samples::releases(&lines);
        (Sample { releases, ..samples::sample("random", record) }, last)
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_document_says_of_every_version_what_the_record_says((sample, last) in any_sample()) {
        assert_says_what_the_record_says(&sample, last);
    }

    #[test]
    fn whatever_the_rows_say_the_document_is_valid((sample, _) in any_sample()) {
        thread_local! {
            static JUDGES: Option<BTreeMap<&'static str, jsonschema::Validator>> = crate::judged::judges();
        }
        JUDGES.with(|judges| {
            for (format, judge) in judges.iter().flatten() {
                let of = Format::ALL.into_iter().find(|of| crate::judged::name(*of) == *format);
                for document in sample.export(of.expect("a format")).documents {
                    let value: Value = serde_json::from_str(&document.content).expect("JSON");
                    crate::judged::assert_valid(judge, &value, format);
                }
            }
        });
    }
}

#[test]
fn rustsec_reads_every_document_of_its_own() {
    let mut read = 0;
    for sample in samples::all() {
        if !sample.formats.contains(&Format::RustSec) {
            continue;
        }
        for document in sample.export(Format::RustSec).documents {
            let text = document.content;
            let package = if text.contains("ferry-client\"") { "ferry-client" } else { "ferry" };
            let path = format!("crates/{package}/RUSTSEC-2031-0001.md");
            match rustsec::read(&path, text.as_bytes()) {
                advise::Record::Advisory(advisory) => {
                    assert_eq!(advisory.package, package);
                    assert!(
                        advisory.aliases.contains(&"CVE-2031-0001".to_owned())
                            || sample.record.advisories.len() > 1
                    );
                    read += 1;
                }
                other => panic!("{}: {other:?}\n{text}", sample.name),
            }
        }
    }
    assert!(read > 12, "{read}");
}

/// Both ends of a line's tags, without the line itself.
#[test]
fn a_version_of_no_line_is_nobodys() {
    let mut sample = samples::sample("ordinary", samples::record());
    sample.releases.push(ReleasedVersion {
        line: LineId("0.9".to_owned()),
        version: "0.9.0".to_owned(),
        tag: "v0.9.0".to_owned(),
    });
    assert_eq!(cve(&sample.json(Format::Cve), &version("0.9.0")), Said::Unknown);
    assert_eq!(osv(&sample.json(Format::Osv), &version("0.9.0")), Said::Fine);
    assert!(!sample.document(Format::Csaf).contains("0.9.0"));
    assert!(!sample.document(Format::OpenVex).contains("0.9.0"));
}
