//! `patchline merge`: reports in, one report out.

use std::fs;

use patchline::import::{Document, own};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::world::{Database, Repo, Run, TODAY, assert_matches_schema, lock, patchline, text};

fn lockfile(version: &str) -> String {
    lock(&["app 0.1.0", &format!("clock {version}")])
}

/// Three lines: one affected, one fixed on the branch only, one fixed everywhere.
fn three_lines() -> Repo {
    let repo = Repo::new();
    for (branch, tag, released, head, day) in [
        ("release-1.0", "v1.0.0", "0.2.22", "0.2.22", "2031-01-01"),
        ("release-1.1", "v1.1.0", "0.2.22", "0.2.23", "2031-01-03"),
        ("release-1.2", "v1.2.0", "0.2.23", "0.2.23", "2031-01-05"),
    ] {
        repo.commit(branch, &[("Cargo.lock", &lockfile(released))], day);
        repo.git(&["tag", tag]);
        let next = format!("{}{}", &day[..9], day[9..].parse::<u8>().expect("a digit") + 1);
        let files = [("Cargo.lock", &*lockfile(head)), ("README.md", "next")];
        repo.commit(branch, &files, &next);
    }
    repo
}

struct Reports {
    folder: TempDir,
    paths: Vec<String>,
}

impl Reports {
    fn new() -> Self {
        Self { folder: TempDir::new().expect("a folder"), paths: Vec::new() }
    }

    fn add(&mut self, name: &str, document: &str) -> String {
        let path = self.folder.path().join(name);
        fs::write(&path, document).expect("written");
        let path = path.to_str().expect("UTF-8").to_owned();
        self.paths.push(path.clone());
        path
    }
}

fn merge(args: &[&str]) -> Run {
    let mut all = vec!["merge", "--as-of", TODAY, "--format", "json"];
    all.extend(args);
    patchline(&all)
}

/// What is left of a report when the words are taken that only one whole scan can know.
fn facts(report: &Value) -> Value {
    let findings: Vec<Value> = report["findings"]
        .as_array()
        .expect("findings")
        .iter()
        .map(|finding| {
            json!([
                finding["id"],
                finding["line"],
                finding["status"],
                finding["evidence"],
                finding["severity"],
                finding["names"]
            ])
        })
        .collect();
    json!(findings)
}

#[test]
fn a_matrix_of_lines_gives_what_one_scan_gives() {
    let (repo, database) = (three_lines(), Database::new());
    repo.write("patchline.toml", "[support]\nnewest = 3\ndefault-branch = false\n");
    let whole = repo.scan(&database, &[]);
    let mut reports = Reports::new();
    // Each job of a matrix scans the whole repository in these tests; a finding of another line is a
    // repetition.
    for line in ["1.0", "1.1", "1.2"] {
        reports.add(&format!("{line}.json"), &whole.stdout);
    }
    let paths: Vec<&str> = reports.paths.iter().map(String::as_str).collect();
    let merged = merge(&paths);
    assert_eq!(merged.code, whole.code, "{}", merged.stderr);
    assert_eq!(facts(&merged.json()), facts(&whole.json()));
    assert_eq!(merged.json()["lines"], whole.json()["lines"]);
}

#[test]
fn a_report_names_the_default_branch_and_one_from_before_names_none() {
    let repo = Repo::with_line(&lockfile("0.2.22"), &lockfile("0.2.23"));
    let whole = repo.scan(&Database::new(), &[]).json();
    assert_matches_schema(&whole);
    assert_eq!(whole["default_ref"], "refs/heads/main");
    let read = |report: &Value| {
        let report = report.to_string();
        own::read(&Document::open(report.as_bytes())).expect("a report of ours").default_ref
    };
    assert_eq!(read(&whole).as_deref(), Some("refs/heads/main"));
    for value in [Value::Null, json!(7), json!({})] {
        let mut other = whole.clone();
        other["default_ref"] = value;
        assert_eq!(read(&other), None, "{}", other["default_ref"]);
    }
    let mut before = whole;
    before.as_object_mut().expect("a report").remove("default_ref");
    assert_matches_schema(&before);
    assert_eq!(read(&before), None);
}

#[test]
fn reports_of_single_lines_are_joined_in_any_order() {
    let (repo, database) = (three_lines(), Database::new());
    let mut reports = Reports::new();
    for branch in ["release-1.0", "release-1.1", "release-1.2"] {
        let run = repo.scan(&database, &["--line", branch]);
        reports.add(&format!("{branch}.json"), &run.stdout);
    }
    let mut paths: Vec<&str> = reports.paths.iter().map(String::as_str).collect();
    let merged = merge(&paths);
    assert_eq!(
        merged.statuses(),
        "release-1.2 clock RUSTSEC-2031-0001: not-affected\n\
         release-1.1 clock RUSTSEC-2031-0001: not-affected\n\
         release-1.0 clock RUSTSEC-2031-0001: unpatched\n",
        "{}",
        merged.stderr
    );
    assert_eq!(merged.code, 1);
    paths.reverse();
    assert_eq!(merge(&paths).stdout, merged.stdout);
    paths.push(paths[0]);
    assert_eq!(merge(&paths).stdout, merged.stdout, "a report that is given twice says it once");
    // What was merged can be merged again.
    let again = reports.add("merged.json", &merged.stdout);
    let again = merge(&[&again]);
    assert_eq!(facts(&again.json()), facts(&merged.json()));
}

#[test]
fn a_gap_in_a_part_is_a_gap_of_the_whole() {
    let (repo, database) = (three_lines(), Database::new());
    let mut reports = Reports::new();
    let whole = repo.scan(&database, &["--line", "release-1.2"]);
    let path = reports.add("whole.json", &whole.stdout);
    assert_eq!(merge(&[&path]).code, 0);
    let cut = reports.add("cut.json", &whole.stdout[..whole.stdout.len() / 2]);
    assert_eq!(merge(&[&cut]).code, 3);
    assert_eq!(merge(&[&path, &cut]).code, 3);
    let newer = whole.stdout.replace("report.v1.schema", "report.v9.schema");
    let newer = reports.add("newer.json", &newer);
    let run = merge(&[&newer]);
    assert_eq!(run.code, 3);
    assert!(run.stdout.contains("report.v9.schema"), "{}", run.stdout);
}

const TRIVY: &str = r#"{
  "SchemaVersion": 2, "ArtifactName": ".", "ArtifactType": "repository",
  "Results": [{
    "Target": "package-lock.json", "Class": "lang-pkgs", "Type": "npm",
    "Vulnerabilities": [{
      "VulnerabilityID": "CVE-2031-0007", "PkgName": "tidepool", "InstalledVersion": "1.2.3",
      "FixedVersion": "1.2.4", "Severity": "HIGH", "Title": "Tides leak"
    }]
  }]
}"#;

#[test]
fn a_report_stands_on_the_line_that_is_said() {
    let mut reports = Reports::new();
    let path = reports.add("trivy.json", TRIVY);
    for (argument, row, said) in [
        (format!("2.0={path}"), "2.0 tidepool CVE-2031-0007: unpatched\n", false),
        (format!("2.0@release={path}"), "2.0 tidepool CVE-2031-0007: unpatched\n", false),
        (path.clone(), "unattributed tidepool CVE-2031-0007: unpatched\n", true),
    ] {
        let run = merge(&[&argument]);
        assert_eq!(run.statuses(), row, "{argument}");
        assert_eq!(run.code, 1);
        assert_eq!(run.stdout.contains("does not say which line it is about"), said, "{argument}");
    }
}

#[test]
fn what_the_baseline_has_is_not_new() {
    let mut reports = Reports::new();
    let path = reports.add("trivy.json", TRIVY);
    let line = format!("2.0={path}");
    let earlier = merge(&[&line]);
    let baseline = reports.add("earlier.json", &earlier.stdout);
    let policy = reports.add("policy.toml", "[gate]\nnew-only = true\n");
    let judged = |more: &[&str]| {
        let run = merge(&[&[line.as_str(), "--config", &policy], more].concat());
        let because = text(&run.json()["findings"][0]["because"]).to_owned();
        (run.code, because)
    };
    assert_eq!(judged(&[]), (1, "gate.fail-at".to_owned()));
    assert_eq!(judged(&["--baseline", &baseline]), (0, "gate.new-only".to_owned()));
    let run = merge(&[&line, "--baseline", &path]);
    assert_eq!(run.code, 2, "{}", run.stderr);
    assert!(run.stderr.contains("it is no report of Patchline"), "{}", run.stderr);
}

#[test]
fn suppressions_of_the_parts_hold_in_the_whole() {
    let (repo, database) = (three_lines(), Database::new());
    repo.write(
        "patchline.toml",
        "[[suppress]]\nid = \"RUSTSEC-2031-0001\"\nreason = \"it never ticks\"\nuntil = 2031-08-01\n",
    );
    let scanned = repo.scan(&database, &["--line", "release-1.0"]);
    assert_eq!(scanned.code, 0, "{}", scanned.stdout);
    let mut reports = Reports::new();
    let path = reports.add("report.json", &scanned.stdout);
    let merged = merge(&[&path]);
    assert_eq!(merged.code, 0, "{}", merged.stdout);
    assert_eq!(merged.statuses(), "release-1.0 clock RUSTSEC-2031-0001: suppressed\n");
    let own = reports.add("policy.toml", "");
    let merged = merge(&[&path, "--config", &own]);
    assert_eq!(merged.statuses(), "release-1.0 clock RUSTSEC-2031-0001: unpatched\n");
}

#[test]
fn what_another_database_did_not_know_is_not_taken_for_looked_for() {
    let repo = three_lines();
    let full = Database::new();
    let poor = Database::new();
    // The other database does not have the record of `clock`.
    std::fs::remove_file(poor.path().join("crates/clock/RUSTSEC-2031-0001.md")).expect("removed");
    poor.add("RUSTSEC-2031-0002", "other", "patched = [\">= 1.0.0\"]", "");
    let mut reports = Reports::new();
    let knows = reports.add("knows.json", &repo.scan(&full, &["--line", "release-1.2"]).stdout);
    let affected = repo.scan(&full, &["--line", "release-1.1", "--line", "release-1.0"]);
    let found = reports.add("found.json", &affected.stdout);
    let blind = reports.add("blind.json", &repo.scan(&poor, &["--line", "release-1.2"]).stdout);
    let word = |paths: &[&str]| {
        let run = merge(paths);
        let rows = run.statuses();
        let row = rows.lines().find(|row| row.starts_with("release-1.2 clock")).unwrap_or_default();
        (
            row.rsplit(' ').next().unwrap_or_default().to_owned(),
            run.stdout.contains("different states"),
        )
    };
    assert_eq!(word(&[&found, &knows]), ("not-affected".to_owned(), false));
    assert_eq!(word(&[&found, &blind]), ("unknown".to_owned(), true));
}

#[test]
fn what_one_part_was_judged_with_holds_for_its_own_lines_only() {
    let (repo, database) = (three_lines(), Database::new());
    let mut reports = Reports::new();
    let loud = reports.add("loud.json", &repo.scan(&database, &["--line", "release-1.1"]).stdout);
    repo.write(
        "patchline.toml",
        "[[suppress]]\nid = \"RUSTSEC-2031-0001\"\nreason = \"it never ticks\"\nuntil = 2031-08-01\n",
    );
    repo.commit("release-1.1", &[("Cargo.lock", &lockfile("0.2.21"))], "2031-01-09");
    let silent = repo.scan(&database, &["--line", "release-1.0"]);
    let silent = reports.add("silent.json", &silent.stdout);
    let other = reports.add("other.json", &{
        std::fs::remove_file(repo.path().join("patchline.toml")).expect("removed");
        repo.scan(&database, &["--line", "release-1.1"]).stdout
    });
    let run = merge(&[&silent, &other]);
    assert!(run.statuses().contains("release-1.0 clock RUSTSEC-2031-0001: suppressed"));
    assert!(run.statuses().contains("release-1.1 clock RUSTSEC-2031-0001: unpatched"));
    // The same line at two commits: what was good news at one of them is none.
    let run = merge(&[&loud, &other]);
    assert!(run.stdout.contains("different commits of line release-1.1"), "{}", run.stdout);
}

#[test]
fn one_bad_file_costs_itself_in_any_order() {
    let mut reports = Reports::new();
    let named = |name: &str| {
        format!(
            r#"{{"version":"2.1.0","runs":[{{"tool":{{"driver":{{"name":"{name}"}}}},"results":[],
                "versionControlProvenance":[{{"repositoryUri":"https://example.org/x","branch":"{name}"}}]}}]}}"#
        )
    };
    let first = reports.add("first.sarif", &named("first"));
    let bad = reports.add("bad.sarif", r#"{"version":"2.1.0","runs":[]}"#);
    let second = reports.add("second.sarif", &named("second"));
    let run = merge(&[&first, &bad, &second]);
    let report = run.json();
    let gaps: Vec<&Value> = report["coverage"]
        .as_array()
        .expect("coverage")
        .iter()
        .filter(|coverage| coverage["covered"] != "complete")
        .collect();
    assert_eq!((gaps.len(), run.code), (1, 3), "{gaps:?}");
    assert!(text(&gaps[0]["because"]).contains("bad.sarif"));
    for order in [[&bad, &first, &second], [&second, &first, &bad]] {
        assert_eq!(merge(&order.map(String::as_str)).stdout, run.stdout);
    }
}
