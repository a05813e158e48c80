//! Every SARIF document is valid, inside GitHub's limits, and points at what it names.

use std::{collections::BTreeSet, path::Path};

use serde_json::Value;

use crate::world::{Database, Repo, assert_matches_schema, lock, patchline, text};

fn validator() -> jsonschema::Validator {
    let schema = include_str!("../../fixtures/sarif/sarif-schema-2.1.0.json");
    let mut schema: Value = serde_json::from_str(schema).expect("the schema is JSON");
    // Its pattern for languages has an unbalanced bracket, which ECMA 262 does not allow.
    for definition in ["run", "toolComponent"] {
        let language = &mut schema["definitions"][definition]["properties"]["language"];
        language.as_object_mut().expect("a property").remove("pattern");
    }
    jsonschema::validator_for(&schema).expect("the schema is a schema")
}

/// The rules of GitHub that no schema states.
pub(crate) fn assert_fit_for_github(document: &Value) {
    let validator = validator();
    let errors: Vec<String> =
        validator.iter_errors(document).map(|e| format!("{}: {e}", e.instance_path())).collect();
    assert!(errors.is_empty(), "{}", errors.join("\n"));
    let runs = document["runs"].as_array().expect("runs");
    assert!((1..=20).contains(&runs.len()));
    let ids: BTreeSet<&str> =
        runs.iter().map(|run| text(&run["automationDetails"]["id"])).collect();
    assert_eq!(ids.len(), runs.len(), "one category a run");
    for run in runs {
        assert!(text(&run["automationDetails"]["id"]).ends_with('/'));
        assert_eq!(run["invocations"][0]["executionSuccessful"], true);
        let rules = run["tool"]["driver"]["rules"].as_array().expect("rules");
        for rule in rules {
            for field in ["shortDescription", "fullDescription", "help"] {
                let words = text(&rule[field]["text"]);
                assert!(!words.trim().is_empty(), "{field}");
                assert!(field == "help" || words.chars().count() <= 1024, "{field}");
            }
            if let Some(severity) = rule["properties"].get("security-severity") {
                let number: f64 = text(severity).parse().expect("a decimal");
                assert!((0.1..=10.0).contains(&number));
            }
        }
        let results = run["results"].as_array().expect("results");
        let fingerprints: BTreeSet<&str> = results
            .iter()
            .map(|result| text(&result["partialFingerprints"]["primaryLocationLineHash"]))
            .collect();
        assert_eq!(fingerprints.len(), results.len(), "one fingerprint a result");
        for result in results {
            let index =
                usize::try_from(result["ruleIndex"].as_u64().expect("an index")).expect("usize");
            assert_eq!(rules[index]["id"], result["ruleId"]);
            assert!(!text(&result["message"]["text"]).is_empty());
            let place = &result["locations"][0]["physicalLocation"];
            assert!(place["region"]["startLine"].as_u64() >= Some(1));
            let uri = text(&place["artifactLocation"]["uri"]);
            assert!(!uri.starts_with(['/', '.']) && !uri.contains(':'), "{uri}");
        }
    }
}

/// Opens every location at its commit and requires the package's name on that row.
fn assert_rows_are_true(repo: &Repo, document: &Value) {
    for run in document["runs"].as_array().expect("runs") {
        for result in run["results"].as_array().expect("results") {
            let place = &result["locations"][0]["physicalLocation"];
            let commit = text(&result["properties"]["commit"]);
            let uri = text(&place["artifactLocation"]["uri"]);
            let row = usize::try_from(place["region"]["startLine"].as_u64().expect("a row"));
            let file = repo.git(&["show", &format!("{commit}:{uri}")]);
            let purl = text(&result["properties"]["purl"]);
            let package = purl.trim_start_matches("pkg:cargo/").split('?').next().expect("a name");
            let line = file.lines().nth(row.expect("a row") - 1).unwrap_or_default();
            assert_eq!(line, format!("name = \"{package}\""), "{uri}");
        }
    }
}

fn repo() -> Repo {
    let old = lock(&["app 0.1.0", "clock 0.2.22", "wheel 1.0.0"]);
    let new = lock(&["app 0.1.0", "clock 0.2.23", "wheel 1.0.0"]);
    let two = lock(&["app 0.1.0 -> wheel", "clock 0.1.0", "clock 0.2.0", "wheel 1.0.0 -> clock"]);
    let repo = Repo::new();
    repo.commit("release-1.0", &[("Cargo.lock", &old)], "2031-01-01");
    repo.git(&["tag", "v1.0.0"]);
    repo.commit("release-1.0", &[("Cargo.lock", &new)], "2031-01-02");
    repo.commit("release-1.1", &[("Cargo.lock", &old), ("x/Cargo.lock", &two)], "2031-01-03");
    repo.git(&["tag", "v1.1.0"]);
    repo.commit("main", &[("Cargo.lock", &new)], "2031-01-04");
    repo
}

fn database() -> Database {
    let database = Database::new();
    let more =
        "aliases = [\"CVE-2031-0001\"]\ncvss = \"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H\"";
    database.add("RUSTSEC-2031-0001", "clock", "patched = [\">= 0.2.23\"]", more);
    database.add("RUSTSEC-2031-0002", "wheel", "patched = []", "informational = \"unmaintained\"");
    database
}

fn read(folder: &Path, name: &str) -> Value {
    let bytes = std::fs::read(folder.join(name)).expect(name);
    serde_json::from_slice(&bytes).expect("JSON")
}

#[test]
fn the_merged_report_has_a_run_for_every_line() {
    let (repo, database) = (repo(), database());
    let document = repo.scan(&database, &["--format", "sarif"]).json();
    assert_fit_for_github(&document);
    assert_rows_are_true(&repo, &document);
    let runs = document["runs"].as_array().expect("runs");
    let categories: Vec<&str> =
        runs.iter().map(|run| text(&run["automationDetails"]["id"])).collect();
    assert_eq!(categories, ["patchline/1.1/", "patchline/1.0/", "patchline/main/"]);
    let counts: Vec<usize> =
        runs.iter().map(|run| run["results"].as_array().map_or(0, Vec::len)).collect();
    assert_eq!(counts, [4, 2, 1]);
    let provenance = &runs[1]["versionControlProvenance"];
    assert_eq!(provenance[0]["branch"], "refs/heads/release-1.0");
    assert_eq!(provenance[0]["revisionId"], repo.git(&["rev-parse", "release-1.0"]));
    assert_eq!(provenance[1]["revisionTag"], "v1.0.0");
    let rule = &runs[0]["tool"]["driver"]["rules"][0];
    assert_eq!(rule["deprecatedIds"], serde_json::json!(["CVE-2031-0001"]));
    assert_eq!(rule["properties"]["security-severity"], "9.8");
}

#[test]
fn a_lines_upload_holds_only_what_is_true_at_its_head() {
    let (repo, database) = (repo(), database());
    let folder = tempfile::tempdir().expect("a folder");
    repo.scan(&database, &["--output", folder.path().to_str().expect("UTF-8")]);
    let merged = read(folder.path(), "patchline.sarif");
    assert_fit_for_github(&merged);
    for (line, count) in [("1.0", 1), ("1.1", 4), ("main", 1)] {
        let document = read(folder.path(), &format!("lines/{line}.sarif"));
        assert_fit_for_github(&document);
        assert_rows_are_true(&repo, &document);
        let results = document["runs"][0]["results"].as_array().expect("results");
        assert_eq!(results.len(), count, "{line}");
    }
}

#[test]
fn a_clean_line_is_an_empty_run() {
    let fixed = lock(&["app 0.1.0", "clock 0.2.23"]);
    let document =
        Repo::with_line(&fixed, &fixed).scan(&Database::new(), &["--format", "sarif"]).json();
    assert_fit_for_github(&document);
    assert_eq!(document["runs"][0]["results"], serde_json::json!([]));
}

#[test]
fn a_fingerprint_survives_an_update_that_does_not_fix() {
    let fingerprints = |version: &str| -> BTreeSet<String> {
        let lockfile = lock(&["app 0.1.0", "another 1.0.0", version]);
        let document = Repo::with_line(&lockfile, &lockfile)
            .scan(&Database::new(), &["--format", "sarif"])
            .json();
        let runs = document["runs"].as_array().expect("runs").clone();
        runs.iter()
            .flat_map(|run| run["results"].as_array().expect("results"))
            .map(|result| {
                text(&result["partialFingerprints"]["primaryLocationLineHash"]).to_owned()
            })
            .collect()
    };
    let first = fingerprints("clock 0.2.1");
    assert_eq!(first.len(), 1, "the same on every line");
    assert_eq!(first, fingerprints("clock 0.2.22"));
}

#[test]
fn more_than_twenty_lines_are_split_over_files() {
    let repo = Repo::new();
    let lockfile = lock(&["app 0.1.0", "clock 0.2.22"]);
    repo.commit("main", &[("Cargo.lock", &lockfile)], "2031-01-01");
    for minor in 0..23 {
        repo.git(&["branch", &format!("release-1.{minor}")]);
    }
    let folder = tempfile::tempdir().expect("a folder");
    let args = ["--line", "release-*", "--output", folder.path().to_str().expect("UTF-8")];
    repo.scan(&Database::new(), &args);
    for (name, runs) in [("patchline.sarif", 20), ("patchline-2.sarif", 3)] {
        let document = read(folder.path(), name);
        assert_fit_for_github(&document);
        assert_eq!(document["runs"].as_array().map(Vec::len), Some(runs));
    }
}

#[test]
fn the_json_report_matches_its_schema() {
    let (repo, database) = (repo(), database());
    repo.write(
        "patchline.toml",
        "[support]\nnewest = 1\n[[support.line]]\nid = \"0.9\"\nuntil = 2030-01-01\n",
    );
    let documents = [
        repo.scan(&database, &[]).json(),
        patchline(&["demo", "--format", "json"]).json(),
        patchline(&["lines", "--repo", repo.path().to_str().expect("UTF-8"), "--format", "json"])
            .json(),
    ];
    for document in documents {
        assert_matches_schema(&document);
    }
}
