//! What a document shows and what it never does.

use std::collections::BTreeSet;

use patchline::disclose::{
    export::{Format, Lack},
    record::{Cve, LineStatus, Moment, Package, Revision, Step},
};
use serde_json::{Value, json};

use crate::samples::{self, HOSTILE, Sample, affected, row};

fn ordinary() -> Sample {
    samples::sample("ordinary", samples::record())
}

fn named(name: &str) -> Sample {
    samples::all().into_iter().find(|sample| sample.name == name).expect("a sample")
}

fn messages(lacks: &[Lack]) -> String {
    lacks.iter().map(|lack| lack.message.as_str()).collect::<Vec<_>>().join("\n")
}

#[test]
fn nobody_is_named_who_did_not_agree() {
    for sample in samples::all() {
        for format in &sample.formats {
            for document in sample.export(*format).documents {
                let says = |text: &str| document.content.contains(text);
                assert!(!says("Nobody Asked") && !says("nobody-asked"), "{format:?}");
                let is_named = sample.name != "ordinary" || says("Ada Byron") || says("\"ada\"");
                // RustSec has no place for people.
                assert!(
                    is_named || matches!(format, Format::RustSec | Format::OpenVex),
                    "{format:?}"
                );
            }
        }
    }
}

#[test]
fn a_document_does_nothing_in_a_terminal_or_a_log() {
    let hostile = named("hostile");
    for format in &hostile.formats {
        let export = hostile.export(*format);
        assert_eq!(export.lacks, [], "{format:?}");
        for document in export.documents {
            let is_bad = |c: char| (c.is_control() && c != '\n') || c == '\u{202e}';
            assert!(!document.content.contains(is_bad), "{format:?}");
            assert!(!document.content.lines().any(|row| row.trim_start().starts_with("::")));
            assert!(document.content.ends_with('\n') && document.content.len() < 1_000_000);
            assert!(document.file.chars().all(|c| c.is_ascii_alphanumeric() || "._-+".contains(c)));
            assert!(
                !document.file.starts_with('.') && document.file.len() < 255,
                "{}",
                document.file
            );
        }
    }
    assert!(!HOSTILE.is_empty());
}

/// Each text is Markdown of the record's authors, and stays inside its own section.
#[test]
fn no_text_breaks_out_of_its_section() {
    let text = Some("# Big\n\n<img src=x> ![x](https://example.org/y.png) @octocat\n\n```\nopen");
    let text = || text.map(ToOwned::to_owned);
    let mut sample = ordinary();
    let disclosure = &mut sample.record.advisories[0];
    disclosure.description = text().unwrap_or_default();
    disclosure.conditions = text();
    disclosure.check = text();
    disclosure.mitigation = text();
    disclosure.action = text();
    disclosure.side_effects = text();
    disclosure.detection = text();
    let osv = sample.json(Format::Osv)["details"].clone();
    let github = sample.json(Format::Github)["description"].clone();
    let rustsec = sample.document(Format::RustSec);
    // Its head is TOML.
    let rustsec = rustsec.rsplit_once("```\n\n# Endless wait").map(|(_, rest)| rest.to_owned());
    for text in [osv.as_str(), github.as_str(), rustsec.as_deref()] {
        let text = text.expect("Markdown");
        let mut fence = None;
        let mut headings = 0;
        for row in text.lines() {
            match fence {
                Some(end) if row == end => fence = None,
                Some(_) => {}
                None if row.starts_with("```") => fence = Some(row.trim_end_matches("sh")),
                None => {
                    headings += usize::from(row.starts_with("## "));
                    assert!(!row.starts_with("# "), "{text}");
                    for part in ["<img", " ![", "@octocat"] {
                        assert!(!row.contains(part), "{part}: {text}");
                    }
                }
            }
        }
        assert_eq!((fence, headings), (None, 6), "{text}");
    }
}

#[test]
fn the_same_record_is_the_same_document() {
    for format in Format::ALL {
        assert_eq!(ordinary().document(format), ordinary().document(format));
    }
    // It keeps its name when it changes, and its version rises.
    let (first, then) = (ordinary().json(Format::OpenVex), named("revised").json(Format::OpenVex));
    assert_eq!(first["@id"], then["@id"]);
    assert_eq!((&first["version"], &then["version"]), (&json!(1), &json!(2)));
    assert_eq!(then["last_updated"], "2031-03-06T08:00:00Z");
    let revised = named("revised").json(Format::Csaf);
    let tracking = &revised["document"]["tracking"];
    assert_eq!(tracking["version"], "2");
    assert_eq!(tracking["initial_release_date"], "2031-03-04T15:00:00Z");
    assert_eq!(tracking["current_release_date"], "2031-03-06T08:00:00Z");
}

/// Documents of one id and one version are one document.
#[test]
fn a_document_of_one_advisory_is_not_that_of_the_record() {
    let several = named("several");
    for (format, id) in [(Format::Csaf, "/document/tracking/id"), (Format::OpenVex, "/@id")] {
        let mut ids = BTreeSet::new();
        let mut files = BTreeSet::new();
        for advisory in [None, Some("FERRY-2031-2"), Some("FERRY-2031-3")] {
            let document = several.export_one(format, advisory).documents.remove(0);
            let value: Value = serde_json::from_str(&document.content).expect("JSON");
            ids.insert(value.pointer(id).and_then(Value::as_str).expect("an id").to_owned());
            files.insert(document.file);
        }
        assert_eq!((ids.len(), files.len()), (3, 3), "{ids:?} {files:?}");
        // The only one is the whole record.
        let all = ordinary().export(format).documents;
        assert_eq!(ordinary().export_one(format, Some("FERRY-2031-1")).documents, all);
    }
}

#[test]
fn a_change_on_the_day_of_the_publication_is_told() {
    let public = samples::record().step(Step::Public).actual.expect("it is public");
    let day = |day| Moment { day, time: None };
    for (at, told) in [
        (day(public.day), Some("2031-03-04T15:00:00Z")),
        (samples::at(public.day, 16), Some("2031-03-04T16:00:00Z")),
        (samples::at(public.day, 14), None),
        (day(public.day.yesterday().expect("a day")), None),
        (day(public.day.tomorrow().expect("a day")), Some("2031-03-05T00:00:00Z")),
    ] {
        let mut sample = ordinary();
        let summary = "1.2.1 is affected, too".to_owned();
        sample.record.revisions = vec![Revision { at, summary }];
        let csaf = sample.json(Format::Csaf);
        let history = csaf["document"]["tracking"]["revision_history"].as_array().expect("some");
        let second = history.get(1).map(|revision| revision["date"].as_str().expect("a date"));
        assert_eq!(second, told, "{at}");
        let version = 1 + u64::from(told.is_some());
        assert_eq!(sample.json(Format::OpenVex)["version"], version, "{at}");
    }
}

#[test]
fn under_embargo_csaf_is_a_draft_that_says_to_whom_it_may_be_shown() {
    let mut sample = named("embargoed");
    for (share, label) in [(Some("Distributors".to_owned()), "AMBER"), (None, "RED")] {
        sample.record.embargo.may_share = share;
        let document = &sample.json(Format::Csaf)["document"];
        assert_eq!(document["distribution"]["tlp"]["label"], label);
        assert_eq!(document["tracking"]["status"], "draft");
        assert_eq!(document["tracking"]["version"], "0");
    }
    let document = &ordinary().json(Format::Csaf)["document"];
    assert_eq!(document["distribution"]["tlp"]["label"], "WHITE");
    assert_eq!(document["tracking"]["status"], "final");
    assert!(!sample.document(Format::Osv).contains("published"));
}

#[test]
fn an_unfixed_line_has_no_fixed_event() {
    let events =
        |name: &str| named(name).json(Format::Osv)["affected"][0]["ranges"][0]["events"].clone();
    assert_eq!(
        events("unfixed-oldest"),
        json!([{"introduced": "1.2.1"}, {"introduced": "1.3.0"}, {"fixed": "1.3.2"}])
    );
    assert_eq!(
        events("unfixed-newest"),
        json!([{"introduced": "1.2.1"}, {"fixed": "1.2.3"}, {"introduced": "1.3.0"}])
    );
    // The next line never had it, and so ends it.
    assert_eq!(
        events("unfixed-before-one-that-never-had-it"),
        json!([{"introduced": "1.2.1"}, {"fixed": "1.3.0"}])
    );
}

/// The first release of the next line is the next line's.
#[test]
fn the_next_line_is_no_fix_of_the_one_before_it() {
    for (no_fix, next) in [
        (None, affected("1.3", ">= 1.3.0, < 1.3.2", None)),
        (Some("The fix needs what only 1.3 has"), affected("1.3", ">= 1.3.0, < 1.3.2", None)),
        (None, row("1.3", LineStatus::NotEvaluated)),
    ] {
        let mut sample = ordinary();
        let is_affected = next.status == LineStatus::Affected;
        let rows = &mut sample.record.advisories[0].lines;
        *rows = vec![affected("1.2", ">= 1.2.0, < 1.3.0", None), next];
        rows[0].no_fix = no_fix.map(ToOwned::to_owned);
        let github = sample.json(Format::Github);
        let first = &github["vulnerabilities"][0];
        assert_eq!(first["vulnerable_version_range"], ">= 1.2.0, < 1.3.0");
        assert!(first.get("patched_versions").is_none(), "{github:#}");
        let osv = sample.document(Format::Osv);
        assert!(!osv.contains("fixed in 1.3.0"), "{osv}");
        let csaf = sample.json(Format::Csaf);
        let status = &csaf["vulnerabilities"][0]["product_status"];
        let fixed = if is_affected { json!(["crates.io:ferry@1.3.2"]) } else { Value::Null };
        assert_eq!(status["first_fixed"], fixed, "{status:#}");
    }
}

/// What the project will not fix is fixed by no release, whatever the range leaves out.
#[test]
fn without_a_fix_nothing_is_fixed() {
    let mut sample = ordinary();
    let rows = &mut sample.record.advisories[0].lines;
    rows[0] = affected("1.2", ">= 1.2.1, < 1.2.3", None);
    rows[0].no_fix = Some("Only two releases have it".to_owned());
    let csaf = sample.json(Format::Csaf);
    let status = &csaf["vulnerabilities"][0]["product_status"];
    assert_eq!(status["first_fixed"], json!(["crates.io:ferry@1.3.2"]));
    assert_eq!(status["fixed"], json!(["crates.io:ferry@1.3.2"]));
    let clear = ["crates.io:ferry@1.2.0", "crates.io:ferry@1.2.3", "crates.io:ferry@1.2.4"];
    assert_eq!(status["known_not_affected"], json!(clear));
    let osv = sample.document(Format::Osv);
    assert!(osv.contains("affected from 1.2.1, and before 1.2.3. No fix is planned"), "{osv}");
}

/// "Up to the newest one" says nothing of the next one.
#[test]
fn no_version_is_made_up_that_would_be_fixed() {
    for no_fix in [None, Some("The fix needs what only 1.3 has")] {
        for range in [">= 1.2.1, <= 1.2.4", ">= 1.2.1, <= 1.2.2 || = 1.2.4"] {
            let mut sample = ordinary();
            sample.releases.retain(|release| release.version != "1.2.3");
            let rows = &mut sample.record.advisories[0].lines;
            rows[0] = affected("1.2", range, None);
            rows[0].no_fix = no_fix.map(ToOwned::to_owned);
            let osv = sample.json(Format::Osv);
            assert_eq!(
                osv["affected"][0]["ranges"][0]["events"],
                json!([{"introduced": "1.2.1"}, {"introduced": "1.3.0"}, {"fixed": "1.3.2"}])
            );
            for format in Format::ALL {
                let document = sample.document(format);
                assert!(!document.contains("1.2.3") && !document.contains("1.2.5"), "{document}");
            }
            assert!(sample.document(Format::RustSec).contains("patched = [\">= 1.3.2\"]"));
            let github = &sample.json(Format::Github)["vulnerabilities"][0];
            assert_eq!(github["vulnerable_version_range"], ">= 1.2.1, < 1.3.0");
        }
    }
    // Where there is a later release, the record says that this one has no hole.
    let mut sample = ordinary();
    sample.record.advisories[0].lines[0] = affected("1.2", ">= 1.2.1, <= 1.2.3", None);
    let github = &sample.json(Format::Github)["vulnerabilities"][0];
    assert_eq!(github["patched_versions"], "1.2.4");
}

fn events(sample: &Sample) -> Value {
    sample.json(Format::Osv)["affected"][0]["ranges"][0]["events"].clone()
}

/// A line with nothing but candidates is patched on its branch, and no version of it is affected.
#[test]
fn a_line_that_is_not_released_yet_is_told_in_words() {
    let mut sample = ordinary();
    let before = events(&sample);
    let cve = sample.json(Format::Cve)["containers"]["cna"]["affected"].clone();
    let mut next = row("1.4", LineStatus::Affected);
    next.fix = vec!["e".repeat(40)];
    sample.record.advisories[0].lines.push(next);
    assert_eq!(events(&sample), before);
    assert_eq!(sample.json(Format::Cve)["containers"]["cna"]["affected"], cve);
    for format in [Format::Osv, Format::Github, Format::RustSec] {
        let document = sample.document(format);
        assert!(document.contains("`1.4`: affected, and fixed on the branch."), "{document}");
        assert!(!document.contains("1.4.0"), "{document}");
    }
    // What has no fix on the line below ends where the new one begins: it has the fix.
    sample.record.advisories[0].lines[1] = affected("1.3", ">= 1.3.0", None);
    let github = sample.json(Format::Github);
    assert_eq!(github["vulnerabilities"][1]["vulnerable_version_range"], ">= 1.3.0, < 1.4.0");
    let cna = &sample.json(Format::Cve)["containers"]["cna"];
    assert_eq!(cna["affected"][0]["defaultStatus"], "unaffected");
    // Where the row says which versions have it, they are named.
    sample.record.advisories[0].lines[1] = affected("1.3", "< 1.3.2", Some("1.3.2"));
    sample.record.advisories[0].lines[2] = affected("1.4", ">= 1.4.0-rc.1, < 1.4.0-rc.2", None);
    let last = json!([{"introduced": "1.4.0-rc.1"}, {"fixed": "1.4.0-rc.2"}]);
    assert!(
        events(&sample).as_array().is_some_and(|all| all.ends_with(last.as_array().expect("two")))
    );
}

/// The versions of the default branch are those of the lines that are cut from it.
#[test]
fn the_default_branch_is_told_in_words() {
    let before = events(&ordinary());
    let mut main = row("main", LineStatus::Affected);
    main.fix = vec!["e".repeat(40)];
    for (range, introduced, fixed, words) in [
        (None, None, None, "affected, and fixed on the branch."),
        (None, None, Some("1.4.0"), "affected, and fixed in 1.4.0."),
        (Some(">= 1.3.0"), None, Some("1.4.0"), "affected, and fixed in 1.4.0."),
        (Some(">= 1.3.0"), Some("1.3.0"), None, "affected, and fixed on the branch."),
    ] {
        let text = |text: Option<&str>| text.map(ToOwned::to_owned);
        main.affected = text(range);
        (main.introduced_in, main.fixed_in) = (text(introduced), text(fixed));
        let mut sample = ordinary();
        sample.record.advisories[0].lines.insert(0, main.clone());
        assert_eq!(events(&sample), before);
        for format in Format::ALL {
            assert_eq!(sample.export(format).lacks, [], "{format:?}");
        }
        let document = sample.document(Format::Github);
        assert!(document.contains(&format!("`main`: {words}")), "{document}");
    }
}

/// A line that nobody evaluated is in no range of OSV, also where the one below has no fix.
#[test]
fn an_unfixed_line_ends_before_one_that_nobody_evaluated() {
    let mut sample = ordinary();
    sample.releases = samples::releases(&[("1.2", 4), ("1.3", 2), ("1.4", 1), ("1.5", 3)]);
    let rows = &mut sample.record.advisories[0].lines;
    rows[1] = affected("1.3", ">= 1.3.0", None);
    rows.push(row("1.4", LineStatus::NotEvaluated));
    rows.push(affected("1.5", "< 1.5.3", Some("1.5.3")));
    let ranges = &sample.json(Format::Osv)["affected"][0]["ranges"];
    assert_eq!(
        ranges[0]["events"],
        json!([{"introduced": "1.2.1"}, {"fixed": "1.2.3"}, {"introduced": "1.5.0"}, {"fixed": "1.5.3"}])
    );
    assert_eq!(ranges[1]["events"], json!([{"introduced": "1.3.0"}, {"last_affected": "1.3.2"}]));
}

#[test]
fn this_version_and_every_later_one_is_written_the_other_way_round() {
    let document = named("unfixed-newest").json(Format::Cve);
    let affected = &document["containers"]["cna"]["affected"][0];
    assert_eq!(affected["defaultStatus"], "affected");
    let entries = affected["versions"].as_array().expect("versions");
    assert!(entries.iter().all(|entry| entry["status"] == "unaffected"), "{entries:?}");
    assert_eq!(entries[0]["version"], "0");
}

#[test]
fn what_nobody_evaluated_is_no_good_news() {
    let sample = named("ended-and-not-evaluated");
    let cve = sample.json(Format::Cve);
    let cna = &cve["containers"]["cna"];
    let entries = cna["affected"][0]["versions"].as_array().expect("versions").clone();
    let unknown = entries.iter().filter(|entry| entry["status"] == "unknown");
    let from: Vec<&Value> = unknown.map(|entry| &entry["version"]).collect();
    assert_eq!(from, ["0", "1.0.0", "1.1.0", "1.4.0"]);
    for format in [Format::Cve, Format::Osv, Format::Github, Format::RustSec, Format::Csaf] {
        let document = sample.document(format);
        assert!(document.contains("not evaluated, and may be affected"), "{format:?}");
    }
    let vex = sample.json(Format::OpenVex);
    let statements = vex["statements"].as_array().expect("statements");
    let open = statements.iter().filter(|s| s["status"] == "under_investigation");
    assert_eq!(open.count(), 3);
}

#[test]
fn a_vector_of_cvss_4_is_told_where_it_has_a_place() {
    let sample = ordinary();
    let csaf = sample.json(Format::Csaf);
    let scores = csaf["vulnerabilities"][0]["scores"].as_array().expect("scores");
    assert!(scores.iter().all(|score| score.get("cvss_v4").is_none()));
    let notes = csaf["vulnerabilities"][0]["notes"].as_array().expect("notes");
    let note = notes.iter().find(|note| note["title"] == "CVSS 4.0").expect("a note");
    assert!(note["text"].as_str().is_some_and(|text| text.contains(samples::V40)));
    let cve = sample.json(Format::Cve);
    let metrics = cve["containers"]["cna"]["metrics"].as_array().expect("metrics");
    assert_eq!(metrics[0]["cvssV3_1"]["baseScore"], 7.5);
    assert_eq!(metrics[1]["cvssV4_0"]["baseSeverity"], "HIGH");
}

#[test]
fn everything_that_is_missing_is_told_at_once() {
    let mut sample = ordinary();
    sample.policy = patchline::disclose::Policy::default();
    sample.record.url = None;
    let disclosure = &mut sample.record.advisories[0];
    disclosure.cve = Cve::Requested;
    disclosure.ghsa = None;
    disclosure.title.clear();
    disclosure.summary.clear();
    disclosure.description.clear();
    disclosure.package = None;
    disclosure.cvss.clear();
    disclosure.severity = None;
    disclosure.references.clear();
    for (format, parts) in [
        (Format::Cve, &["no CVE id", "`summary`", "no address", "`cve-org` in `[disclose]`"][..]),
        (Format::Osv, &["no id of a database", "neither `summary` nor `title`"]),
        (Format::Csaf, &["no `summary`"]),
        (Format::Github, &["neither `title` nor `summary`", "neither a severity"]),
        (Format::RustSec, &["no package of crates.io", "no `title`"]),
    ] {
        let export = sample.export(format);
        assert!(export.documents.is_empty(), "{format:?}");
        let messages = messages(&export.lacks);
        for part in parts {
            assert!(messages.contains(part), "{format:?}: {part}: {messages}");
        }
    }
    sample.record.repository = None;
    assert!(messages(&sample.export(Format::Csaf).lacks).contains("`namespace`"));
    sample.policy.cve.id = Some("not-a-uuid".to_owned());
    assert!(messages(&sample.export(Format::Cve).lacks).contains("no UUID"));
}

#[test]
fn what_contradicts_itself_is_refused() {
    for (range, fixed, part) in [
        (">= 1.2.0, < 1.2.2", Some("1.2.3"), "do not fit together"),
        (">= 1.2.0, < 1.2.4", Some("1.2.3"), "do not fit together"),
        (">= 1.2.0, <= 1.2.4", Some("1.2.4"), "do not fit together"),
        (">= 1.2.0, <= 1.2.2", Some("1.2.4"), "do not fit together"),
        (">= 1.9.0, < 1.9.2", None, "no version of the line"),
        (">= 1.2.0, < 1.3.3", None, "reaches beyond the line: the next one begins with `1.3.0`"),
        (">= 1.2.0, <= 1.3.1", None, "reaches beyond the line"),
        (">= 1.2.0, < 1.3.3", Some("1.3.3"), "reaches beyond the line"),
        (">= 1.2.0, < 1.2.9 || = 1.3.1", None, "reaches beyond the line"),
        (">= 1.2.0", Some("1.3.0"), "reaches beyond the line"),
        ("= 1.2.0 || >= 1.3.0", None, "reaches beyond the line"),
        ("~> 1.2", None, "no range"),
        ("soon", None, "no version"),
        (">= 1.2.0", Some("soon"), "no version"),
    ] {
        let mut sample = ordinary();
        sample.record.advisories[0].lines[0] = affected("1.2", range, fixed);
        for format in Format::ALL {
            let export = sample.export(format);
            assert!(export.documents.is_empty(), "{range} in {format:?}");
            assert!(messages(&export.lacks).contains(part), "{}", messages(&export.lacks));
        }
    }
    let mut sample = ordinary();
    sample.record.advisories[0].fix = vec!["abc1234".to_owned()];
    assert!(messages(&sample.export(Format::Osv).lacks).contains("`abc1234`"));
    let mut twins = named("several");
    for disclosure in &mut twins.record.advisories {
        disclosure.cve = Cve::Id("CVE-2031-0001".to_owned());
    }
    assert!(messages(&twins.export(Format::Csaf).lacks).contains("another advisory"));
    assert!(messages(&twins.export(Format::Osv).lacks).contains("same file"));
}

/// A fix that was taken back makes two stretches of one line.
#[test]
fn a_line_can_have_the_hole_twice() {
    let mut sample = ordinary();
    sample.releases = samples::releases(&[("1.2", 8)]);
    let rows = &mut sample.record.advisories[0].lines;
    *rows = vec![affected("1.2", ">= 1.2.1, < 1.2.3 || >= 1.2.5, <= 1.2.6", Some("1.2.7"))];
    let osv = sample.json(Format::Osv);
    assert_eq!(
        osv["affected"][0]["ranges"][0]["events"],
        json!([{"introduced": "1.2.1"}, {"fixed": "1.2.3"}, {"introduced": "1.2.5"}, {"fixed": "1.2.7"}])
    );
    assert_eq!(osv["affected"][0]["versions"], json!(["1.2.1", "1.2.2", "1.2.5", "1.2.6"]));
    let csaf = sample.json(Format::Csaf);
    let fixed = &csaf["vulnerabilities"][0]["product_status"]["fixed"];
    assert_eq!(
        *fixed,
        json!([
            "crates.io:ferry@1.2.3",
            "crates.io:ferry@1.2.4",
            "crates.io:ferry@1.2.7",
            "crates.io:ferry@1.2.8"
        ])
    );
}

#[test]
fn a_project_without_a_registry_is_named_by_its_tags() {
    let osv = named("unpackaged").json(Format::Osv);
    let affected = &osv["affected"][0];
    assert!(affected.get("package").is_none());
    assert_eq!(affected["versions"], json!(["v1.2.1", "v1.2.2", "v1.3.0", "v1.3.1"]));
    assert_eq!(affected["ranges"][1]["repo"], "https://github.com/ferry/ferry");
    let python = named("python").json(Format::Osv);
    assert_eq!(python["affected"][0]["ranges"][0]["type"], "ECOSYSTEM");
    assert_eq!(python["affected"][0]["package"]["purl"], "pkg:pypi/ferry-boat");
    assert_eq!(python["affected"][0]["versions"], json!(["2030.3", "2031.1", "2031.2.post1"]));
}

/// Every id of a product that is named somewhere.
fn named_ids(value: &Value, found: &mut BTreeSet<String>) {
    const LISTS: [&str; 8] = [
        "first_fixed",
        "fixed",
        "known_affected",
        "known_not_affected",
        "recommended",
        "under_investigation",
        "product_ids",
        "products",
    ];
    match value {
        Value::Object(object) => {
            for (key, value) in object {
                let ids = value.as_array().filter(|_| LISTS.contains(&key.as_str()));
                found
                    .extend(ids.into_iter().flatten().map(|id| id.as_str().expect("an id").into()));
                named_ids(value, found);
            }
        }
        Value::Array(values) => values.iter().for_each(|value| named_ids(value, found)),
        _ => {}
    }
}

/// By the tests 6.1.1 and 6.1.2 of the standard.
#[test]
fn every_product_is_defined_once_and_every_one_that_is_named_is_defined() {
    let mut registries = named("two-packages");
    let npm = Package { ecosystem: "npm".to_owned(), name: "ferry".to_owned() };
    registries.record.advisories[1].package = Some(npm);
    let mut texts = named("two-packages");
    texts.record.advisories[1].package = texts.record.advisories[0].package.clone();
    for (disclosure, fixed) in texts.record.advisories.iter_mut().zip(["1.2.5.0", "1.2.5"]) {
        disclosure.lines[0] = affected("1.2", ">= 1.2.1", Some(fixed));
    }
    let mut samples = samples::all();
    samples.extend([registries, texts]);
    for sample in &samples {
        let csaf = sample.json(Format::Csaf);
        let (mut defined, mut named) = (Vec::new(), BTreeSet::new());
        let vendors = csaf["product_tree"]["branches"].as_array().expect("a vendor");
        let below = |branch: &Value| branch["branches"].as_array().expect("branches").clone();
        for version in vendors.iter().flat_map(below).flat_map(|name| below(&name)) {
            defined.push(version["product"]["product_id"].as_str().expect("an id").to_owned());
        }
        named_ids(&csaf["vulnerabilities"], &mut named);
        let count = defined.len();
        let defined: BTreeSet<String> = defined.into_iter().collect();
        assert_eq!(count, defined.len(), "{}: {defined:?}", sample.name);
        assert_eq!(named, defined, "{}", sample.name);
    }
}

#[test]
fn what_is_planned_is_named_like_the_tags_of_its_line() {
    let products = |sample: &Sample| sample.document(Format::OpenVex);
    let sample = named("embargoed");
    assert!(sample.releases.iter().all(|release| release.version != "1.2.3"));
    let document = products(&sample);
    assert!(document.contains("pkg:github/ferry/ferry@v1.2.3"), "{document}");
    assert!(!document.contains("pkg:github/ferry/ferry@1.2.3"), "{document}");
    let mut python = named("python");
    python.releases.retain(|release| release.version != "2031.3");
    assert!(products(&python).contains("pkg:github/ferry/ferry@ferry-2031.3"));
    // No tag of the project shows how it names them.
    python.releases.clear();
    assert!(products(&python).contains("pkg:github/ferry/ferry@2031.3"));
}

#[test]
fn a_line_that_is_not_affected_says_why() {
    let csaf = named("unfixed-before-one-that-never-had-it").json(Format::Csaf);
    let flags = csaf["vulnerabilities"][0]["flags"].as_array().expect("flags");
    let labels: Vec<&Value> = flags.iter().map(|flag| &flag["label"]).collect();
    assert_eq!(labels, ["component_not_present", "vulnerable_code_not_present"]);
    let vex = named("not-affected-without-a-word").json(Format::OpenVex);
    let statements = vex["statements"].as_array().expect("statements");
    let clear = statements.iter().filter(|s| s["status"] == "not_affected");
    let impacts: Vec<&Value> = clear.map(|s| &s["impact_statement"]).collect();
    assert!(impacts.contains(&&json!("It was written anew")), "{impacts:?}");
}

#[test]
fn the_remedy_of_each_line_is_what_the_record_says() {
    let categories = |sample: &Sample| -> Vec<String> {
        let csaf = sample.json(Format::Csaf);
        let all = csaf["vulnerabilities"][0]["remediations"].as_array().expect("some").clone();
        all.iter().map(|r| r["category"].as_str().expect("a word").to_owned()).collect()
    };
    assert_eq!(categories(&ordinary()), ["vendor_fix", "vendor_fix", "mitigation"]);
    assert_eq!(
        categories(&named("unfixed-oldest")),
        ["no_fix_planned", "vendor_fix", "mitigation"]
    );
    assert_eq!(
        categories(&named("unfixed-newest")),
        ["vendor_fix", "none_available", "mitigation"]
    );
    assert_eq!(categories(&named("courtesy")), ["workaround", "vendor_fix", "mitigation"]);
    let mut sample = ordinary();
    sample.record.advisories[0].lines.push(row("1.1", LineStatus::Ended));
    sample.releases.extend(samples::releases(&[("1.1", 1)]));
    assert_eq!(categories(&sample), ["vendor_fix", "vendor_fix", "no_fix_planned", "mitigation"]);
}

#[test]
fn what_is_recommended_is_tagged() {
    let recommended = |sample: &Sample| {
        let csaf = sample.json(Format::Csaf);
        csaf["vulnerabilities"][0]["product_status"]["recommended"].clone()
    };
    assert_eq!(recommended(&ordinary()), json!(["crates.io:ferry@1.2.4", "crates.io:ferry@1.3.2"]));
    let mut sample = ordinary();
    sample.releases.retain(|release| release.version != "1.3.2");
    assert_eq!(recommended(&sample), json!(["crates.io:ferry@1.2.4"]));
    sample.releases.retain(|release| release.line.0 != "1.2" || *release.version < *"1.2.3");
    assert_eq!(recommended(&sample), Value::Null);
}

#[test]
fn nobody_waits_for_a_fix_that_will_not_come() {
    let actions = |name: &str| {
        let vex = named(name).json(Format::OpenVex);
        let statements = vex["statements"].as_array().expect("statements").clone();
        statements[0]["action_statement"]
            .as_str()
            .or(statements[1]["action_statement"].as_str())
            .expect("what to do")
            .to_owned()
    };
    assert_eq!(
        actions("ordinary"),
        "Upgrade to 1.2.3 or a later release of 1.2. Until then: Set `door = \"manual\"`."
    );
    let said = "No fix is planned for 1.2: The fix needs what only 1.3 has. Mitigation: Set `door";
    assert!(actions("unfixed-oldest").starts_with(said), "{}", actions("unfixed-oldest"));
    assert!(actions("courtesy").contains("Mitigation: "), "{}", actions("courtesy"));
}

#[test]
fn a_timeline_tells_only_what_happened() {
    let mut sample = named("embargoed");
    sample.record.steps.insert(0, samples::happened(Step::Reported, samples::TODAY, 9));
    let cve = sample.json(Format::Cve);
    let timeline = cve["containers"]["cna"]["timeline"].as_array().expect("a timeline").clone();
    assert_eq!(timeline.len(), 1);
    assert_eq!(timeline[0]["value"], "Reported to the project.");
    assert!(cve["containers"]["cna"].get("datePublic").is_none());
}
