//! One vulnerability, many witnesses: reports of other tools about what we scan ourselves.

use std::{collections::BTreeSet, fs, process::Command};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::world::{
    Database, Repo, Run, TODAY, assert_matches_schema, lock, patchline, real_data, scan, text,
};

/// An advisory, as RustSec calls it, as GitHub does, and what it is about.
const KNOWN: [(&str, &str, &str, &str); 3] = [
    ("RUSTSEC-2031-0001", "GHSA-2222-3333-4444", "clock", "0.2.22"),
    ("RUSTSEC-2031-0002", "GHSA-5555-6666-7777", "sundial", "1.0.0"),
    ("RUSTSEC-2031-0003", "GHSA-8888-9999-2222", "sundial", "1.0.0"),
];

const SPOT: &str = "Cargo.lock";

/// A repository, a database that knows [`KNOWN`], and a folder for reports.
struct World {
    repo: Repo,
    database: Database,
    reports: TempDir,
}

impl World {
    fn of(lockfile: &str) -> Self {
        let database = Database::new();
        for (index, (id, ghsa, package, _)) in KNOWN.iter().enumerate() {
            let patched =
                if *package == "clock" { "patched = [\">= 0.2.23\"]" } else { "patched = []" };
            let aliases = format!("aliases = [\"CVE-2031-{:04}\", \"{ghsa}\"]", index + 1);
            database.add(id, package, patched, &aliases);
        }
        let reports = tempfile::tempdir().expect("a folder");
        Self { repo: Repo::with_line(lockfile, lockfile), database, reports }
    }

    /// Everything that is known is locked.
    fn affected() -> Self {
        Self::of(&lock(&["app 0.1.0", "clock 0.2.22", "sundial 1.0.0"]))
    }

    /// Nothing that is known is locked.
    fn clean() -> Self {
        Self::of(&lock(&["app 0.1.0", "clock 0.2.23"]))
    }

    fn write(&self, name: &str, text: &str) -> String {
        let path = self.reports.path().join(name);
        fs::write(&path, text).expect("a file");
        path.to_str().expect("UTF-8").to_owned()
    }

    /// A scan with reports: the line before the first `=`, if it is named, and the path.
    fn scan(&self, imports: &[String]) -> Run {
        let args: Vec<&str> =
            imports.iter().flat_map(|import| ["--import", import.as_str()]).collect();
        let run = scan(self.repo.path(), &self.database, &args);
        if run.code != 2 {
            assert_matches_schema(&run.json());
        }
        run
    }
}

fn sarif(tool: &str, version: &str, rules: &[Value], results: &[Value], more: &Value) -> String {
    let driver = json!({"name": tool, "version": version, "rules": rules});
    let mut run = json!({"tool": {"driver": driver}, "results": results});
    for (key, value) in more.as_object().into_iter().flatten() {
        run[key] = value.clone();
    }
    let schema = "https://json.schemastore.org/sarif-2.1.0.json";
    json!({"$schema": schema, "version": "2.1.0", "runs": [run]}).to_string()
}

fn region(path: &str, row: u32) -> Value {
    json!([{"physicalLocation": {"artifactLocation": {"uri": path}, "region": {"startLine": row}}}])
}

/// `cargo audit --format sarif`, of (id, package, version).
fn cargo_audit(claims: &[(&str, &str, &str)], more: &Value) -> String {
    let rules = claims.iter().map(|(id, ..)| {
        json!({
            "id": id, "name": id, "shortDescription": {"text": format!("Title of {id}")},
            "fullDescription": {"text": format!("Details of {id}.")},
            "defaultConfiguration": {"level": "error"},
            "properties": {"tags": ["security", "vulnerability"], "precision": "very-high"},
        })
    });
    let results = claims.iter().map(|(id, package, version)| {
        json!({
            "ruleId": id, "level": "error",
            "message": {"text": format!("{package} {version} is vulnerable to {id} (Title of {id})")},
            "locations": region(SPOT, 1),
            "partialFingerprints": {
                "cargo-audit/advisory-fingerprint": format!("{id}:{package}:{version}"),
            },
        })
    });
    let (rules, results): (Vec<Value>, Vec<Value>) = (rules.collect(), results.collect());
    sarif("cargo-audit", "0.22.2", &rules, &results, more)
}

/// `cargo deny --format sarif check advisories`.
fn cargo_deny(claims: &[(&str, &str, &str)]) -> String {
    let rule = json!({
        "id": "a:vulnerability", "name": "a:vulnerability",
        "shortDescription": {"text": "detected a vulnerability"}, "fullDescription": {"text": ""},
        "defaultConfiguration": {"level": "error"},
        "properties": {"tags": ["security", "vulnerability"], "precision": "high"},
    });
    let results = claims.iter().map(|(id, package, version)| {
        json!({
            "ruleId": "a:vulnerability", "level": "error",
            "message": {"text": format!("Title of {id}"), "markdown": format!("# {id}")},
            "locations": region("/home/me/app/Cargo.lock", 0),
            "partialFingerprints": {
                "cargo-deny/id": "a:vulnerability",
                "cargo-deny/advisory-id": id,
                "cargo-deny/krate": format!("{package}@{version}"),
            },
        })
    });
    sarif("cargo-deny", "0.20.1", &[rule], &results.collect::<Vec<_>>(), &json!({}))
}

/// `osv-scanner scan --format json`: it calls a group by GitHub's name and by RustSec's.
fn osv_scanner(claims: &[(&str, &str, &str, &str)]) -> String {
    let packages = claims.iter().map(|(id, ghsa, package, version)| {
        let record = |id: &str, other: &str| {
            json!({
                "id": id, "schema_version": "1.7.0", "modified": "2031-06-09T00:00:00Z",
                "published": "2031-06-08T12:00:00Z", "aliases": [other],
                "summary": format!("Title of {id}"),
                "affected": [{
                    "package": {"ecosystem": "crates.io", "name": package},
                    "ranges": [{"type": "SEMVER", "events": [{"introduced": "0"}]}],
                }],
            })
        };
        json!({
            "package": {"name": package, "version": version, "ecosystem": "crates.io"},
            "vulnerabilities": [record(ghsa, id), record(id, ghsa)],
            "groups": [{"ids": [ghsa, id], "aliases": [ghsa, id], "max_severity": "7.5"}],
        })
    });
    let source = json!({"path": "/home/me/app/Cargo.lock", "type": "lockfile"});
    let packages: Vec<Value> = packages.collect();
    json!({"results": [{"source": source, "packages": packages}]}).to_string()
}

/// What cargo-audit and cargo-deny name of it.
fn of_rustsec() -> Vec<(&'static str, &'static str, &'static str)> {
    KNOWN.iter().map(|(id, _, package, version)| (*id, *package, *version)).collect()
}

fn list<'v>(value: &'v Value, key: &str) -> &'v [Value] {
    value[key].as_array().map_or(&[], Vec::as_slice)
}

/// What was said of the run, a row each.
fn troubles(run: &Run) -> String {
    let json = run.json();
    list(&json, "trouble").iter().map(|t| format!("{}\n", text(&t["message"]))).collect()
}

fn covered(run: &Run, source: &str) -> String {
    let json = run.json();
    let of_source = list(&json, "coverage").iter().filter(|c| c["source"] == source);
    let rows = of_source.map(|c| {
        let at = match c["line"].as_str() {
            Some(line) => format!("{line} {}", text(&c["tip"])),
            None => "everywhere".to_owned(),
        };
        format!("{at}: {}\n", text(&c["covered"]))
    });
    rows.collect()
}

#[test]
fn four_tools_that_see_one_vulnerability_are_four_witnesses_of_one_finding() {
    let world = World::affected();
    let alone = world.scan(&[]);
    let audit = world.write("audit.sarif", &cargo_audit(&of_rustsec(), &json!({})));
    let deny = world.write("deny.sarif", &cargo_deny(&of_rustsec()));
    let osv = world.write("osv.json", &osv_scanner(&KNOWN));
    let places = ["1.0", "1.0@release", "main"];
    let imports: Vec<String> = [&audit, &deny, &osv]
        .iter()
        .flat_map(|path| places.iter().map(move |place| format!("{place}={path}")))
        .collect();
    let run = world.scan(&imports);
    assert_eq!(run.statuses(), alone.statuses());
    assert_eq!((run.code, alone.code), (1, 1), "{}", run.stderr);
    assert_eq!(troubles(&run), troubles(&alone));
    let json = run.json();
    assert_eq!(list(&json, "findings").len(), KNOWN.len() * 2);
    for finding in list(&json, "findings") {
        let tips: &[&str] =
            if finding["line"] == "main" { &["head"] } else { &["head", "release"] };
        for tip in tips {
            let at_tip = list(finding, "evidence").iter().filter(|e| e["tip"] == *tip);
            let mut sources: Vec<&str> = at_tip.map(|e| text(&e["source"])).collect();
            sources.sort_unstable();
            assert_eq!(
                sources,
                ["cargo-audit", "cargo-deny", "osv-scanner", "rustsec"],
                "{tip}: {finding:#}"
            );
            // All of them mean the one entry of the lockfile.
            let occurrences = list(&finding[*tip], "occurrences");
            assert_eq!(occurrences.len(), 1, "{finding:#}");
            assert_eq!(text(&occurrences[0]["lockfile"]), SPOT);
        }
        assert_eq!(list(finding, "names").len(), 3, "{finding:#}");
        assert!(text(&finding["id"]).starts_with("RUSTSEC-"));
        assert_eq!(finding["disagreements"], json!([]), "{finding:#}");
    }
    for source in ["cargo-audit", "cargo-deny", "osv-scanner"] {
        let complete = "1.0 head: complete\n1.0 release: complete\nmain head: complete\n";
        assert_eq!(covered(&run, source), complete, "{source}");
    }
    let shuffled: Vec<String> = imports.iter().rev().cloned().collect();
    assert_eq!(world.scan(&shuffled).stdout, run.stdout);
}

#[test]
fn a_tool_that_does_not_see_it_is_shown_as_a_disagreement() {
    let world = World::affected();
    let audit = world.write("audit.sarif", &cargo_audit(&of_rustsec(), &json!({})));
    let silent = world.write("silent.json", &osv_scanner(&KNOWN[1..]));
    let only_here = world.write("here.json", &osv_scanner(&KNOWN[..1]));
    let run = world.scan(&[
        format!("1.0={audit}"),
        format!("1.0={silent}"),
        // It knows the vulnerability: it found it elsewhere.
        format!("main={only_here}"),
    ]);
    let json = run.json();
    let is_it = |f: &&Value| f["id"] == "RUSTSEC-2031-0001" && f["line"] == "1.0";
    let finding = list(&json, "findings").iter().find(is_it).expect("the finding");
    assert_eq!(
        finding["disagreements"],
        json!([{
            "about": "affected",
            "says": [
                {"source": "cargo-audit", "says": "affected at the head"},
                {"source": "osv-scanner", "says": "not affected at the head"},
                {"source": "rustsec", "says": "affected at the head"},
            ],
        }])
    );
    assert_eq!((finding["status"].as_str(), run.code), (Some("unpatched"), 1));
}

#[test]
fn a_report_that_tells_nothing_of_a_line_is_said_and_never_clean() {
    let world = World::clean();
    assert_eq!(world.scan(&[]).code, 0);
    let none = cargo_audit(&[], &json!({}));
    let provenance = |commit: &str, branch: &str| {
        let uri = "https://example.org/app";
        let of = json!({"repositoryUri": uri, "revisionId": commit, "branch": branch});
        cargo_audit(&[], &json!({"versionControlProvenance": [of]}))
    };
    let other = world.repo.git(&["rev-parse", "refs/tags/v1.0.0"]);
    let main = world.repo.git(&["rev-parse", "refs/heads/main"]);
    assert_ne!(other, main);
    for (name, report, line, said, source, coverage) in [
        (
            "another tip's",
            provenance(&other, ""),
            "main=",
            "not that of main (head)",
            "cargo-audit",
            "main head: partial\n",
        ),
        (
            "an older commit's",
            provenance(&"a".repeat(40), "main"),
            "",
            "not that of main (head)",
            "cargo-audit",
            "main head: partial\n",
        ),
        (
            "another branch's",
            provenance(&"a".repeat(40), "feature"),
            "",
            "it is about the branch `feature`, which is no supported line's",
            "cargo-audit",
            "everywhere: failed\n",
        ),
        (
            "nobody's",
            none.clone(),
            "",
            "it does not say which line it is about",
            "cargo-audit",
            "everywhere: failed\n",
        ),
        ("empty", String::new(), "1.0=", "it is empty", "import", "1.0 head: failed\n"),
        ("blank", "\n \n".to_owned(), "1.0=", "it is empty", "import", "1.0 head: failed\n"),
        (
            "unknown",
            "{\"bugs\": []}".to_owned(),
            "1.0=",
            "it is of no known format",
            "import",
            "1.0 head: failed\n",
        ),
        (
            "an error",
            "Error: no lockfile found\n".to_owned(),
            "1.0=",
            "it is of no known format",
            "import",
            "1.0 head: failed\n",
        ),
        (
            "half",
            none[..none.len() - 12].to_owned(),
            "1.0=",
            "",
            "cargo-audit",
            "1.0 head: partial\n",
        ),
    ] {
        let path = world.write("report", &report);
        let run = world.scan(&[format!("{line}{path}")]);
        assert!(troubles(&run).contains(said), "{name}: {}", troubles(&run));
        assert!(!troubles(&run).is_empty(), "{name}");
        // Who read a file is named where nobody knows whose report it is.
        let found = covered(&run, source).replace("1.0 head: complete\n", "");
        assert!(found.contains(coverage), "{name}: {found}{}", run.stdout);
        assert_eq!(run.code, 3, "{name}: {}", run.stdout);
        assert_eq!(run.json()["outcome"], "incomplete", "{name}");
    }
    // The same report, of its line.
    let path = world.write("report", &provenance(&main, "main"));
    let run = world.scan(&[path]);
    assert_eq!((covered(&run, "cargo-audit"), run.code), ("main head: complete\n".to_owned(), 0));
}

#[test]
fn a_version_that_no_lockfile_locks_is_said_and_its_claim_stands() {
    let world = World::clean();
    let report = cargo_audit(&[("RUSTSEC-2031-0001", "clock", "0.2.22")], &json!({}));
    let path = world.write("report.sarif", &report);
    let run = world.scan(&[format!("1.0={path}")]);
    assert!(
        troubles(&run).contains(
            "cargo-audit reports `clock 0.2.22` at 1.0 (head), and no lockfile there locks that"
        ),
        "{}",
        troubles(&run)
    );
    // Bad news needs one witness; the lockfile, which locks a fixed version, is the other.
    assert_eq!(
        run.statuses(),
        "1.0 clock RUSTSEC-2031-0001: unpatched\nmain clock RUSTSEC-2031-0001: patched\n"
    );
    let json = run.json();
    let disagreement = &json["findings"][0]["disagreements"][0];
    assert_eq!(
        disagreement["says"],
        json!([
            {"source": "cargo-audit", "says": "affected at the head"},
            {"source": "rustsec", "says": "not affected at the head"},
        ])
    );
    assert_eq!(run.code, 1);
}

#[test]
fn a_report_about_a_line_that_has_ended_is_left_out_and_that_is_said() {
    let world = World::clean();
    world.repo.write("patchline.toml", "[[support.line]]\nid = \"1.0\"\nstatus = \"eol\"\n");
    let path = world.write("report.sarif", &cargo_audit(&of_rustsec(), &json!({})));
    let run = world.scan(&[format!("1.0={path}")]);
    let said = "is about `1.0`, which is eol and not scanned";
    assert!(troubles(&run).contains(said), "{}", troubles(&run));
    assert_eq!((run.statuses().as_str(), run.code), ("", 0));
}

/// `cargo audit --json` of a lockfile, from what it was recorded to claim.
fn recorded(row: &Value) -> (String, BTreeSet<(String, String)>) {
    let mut claimed = BTreeSet::new();
    let mut entries = |list: &Value, kind: Option<&str>| -> Vec<Value> {
        let claims = list.as_array().expect("claims").iter();
        claims
            .map(|claim| {
                let part = |index: usize| text(&claim[index]).to_owned();
                claimed.insert((part(0), part(1)));
                json!({
                    "kind": kind,
                    "advisory": {
                        "id": part(0), "package": part(1), "title": "", "description": "",
                        "date": "2026-01-01", "aliases": [], "related": [], "cvss": null,
                        "informational": kind, "withdrawn": null, "url": null,
                    },
                    "versions": {"patched": [], "unaffected": []},
                    "affected": null,
                    "package": {
                        "name": part(1), "version": part(2),
                        "source": "registry+https://github.com/rust-lang/crates.io-index",
                    },
                })
            })
            .collect()
    };
    let vulnerabilities = entries(&row["vulns"], None);
    let warnings = row["warnings"].as_object().expect("warnings").iter();
    let warnings: serde_json::Map<String, Value> = warnings
        .map(|(kind, list)| (kind.clone(), Value::Array(entries(list, Some(kind.as_str())))))
        .collect();
    let report = json!({
        "database": {"advisory-count": 1000, "last-commit": null, "last-updated": null},
        "lockfile": {"dependency-count": row["deps"]},
        "settings": {"target_arch": [], "target_os": [], "severity": null, "ignore": [],
            "informational_warnings": ["unmaintained", "unsound", "notice"]},
        "vulnerabilities": {
            "found": !vulnerabilities.is_empty(),
            "count": vulnerabilities.len(),
            "list": vulnerabilities,
        },
        "warnings": warnings,
    });
    (report.to_string(), claimed)
}

#[test]
fn a_second_tool_about_a_real_lockfile_adds_witnesses_and_no_findings() {
    let test = "a_second_tool_about_a_real_lockfile_adds_witnesses_and_no_findings";
    let Some(data) = real_data(test) else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let database = folder.path().join("advisory-db");
    fs::create_dir_all(&database).expect("a folder");
    let archive = data.join("advisory-db/rustsec-2026-08-21.tar.gz");
    run(Command::new("tar").arg("xzf").arg(archive).arg("-C").arg(&database));
    let repo = folder.path().join("tikv");
    let bundle = data.join("repos/tikv-lockfiles.bundle");
    run(Command::new("git").args(["clone", "--quiet", "--mirror"]).arg(bundle).arg(&repo));

    let oracle = data.join("oracle/cargo-audit-tikv-db2026-08-21.jsonl.gz");
    let rows = String::from_utf8(run(Command::new("gzip").arg("-dc").arg(oracle))).expect("UTF-8");
    let rows: Vec<Value> =
        rows.lines().map(|row| serde_json::from_str(row).expect("JSON")).collect();
    let of_releases = rows.iter().filter(|row| text(&row["ref"]).contains("/release-"));
    let newest = of_releases.max_by_key(|row| text(&row["commit_date"])).expect("a branch");
    let branch = text(&newest["ref"]).trim_start_matches("refs/heads/");
    let (report, claimed) = recorded(newest);
    let report_path = folder.path().join("audit.json");
    fs::write(&report_path, report).expect("a file");

    let place = format!("rustsec={}", database.display());
    let scan = |more: &[&str]| {
        let repo = repo.to_str().expect("UTF-8");
        let args = ["scan", "--repo", repo, "--line", branch, "--db", &place];
        patchline(&[&args[..], &["--as-of", "2026-08-22", "--format", "json"], more].concat())
    };
    let alone = scan(&[]);
    let import = format!("{branch}={}", report_path.display());
    let with = scan(&["--import", &import]);
    assert_eq!(with.statuses(), alone.statuses());
    assert_eq!(with.code, alone.code);
    let json = with.json();
    assert_eq!(covered(&with, "cargo-audit"), format!("{branch} head: complete\n"));
    let witnessed: BTreeSet<(String, String)> = list(&json, "findings")
        .iter()
        .filter(|finding| {
            list(finding, "evidence").iter().any(|evidence| evidence["source"] == "cargo-audit")
        })
        .map(|f| (text(&f["id"]).to_owned(), text(&f["package"]["name"]).to_owned()))
        .collect();
    println!(
        "{branch}: {} findings, {} with a second witness",
        list(&json, "findings").len(),
        witnessed.len()
    );
    assert!(!claimed.is_empty());
    assert_eq!(witnessed, claimed);
}

fn run(command: &mut Command) -> Vec<u8> {
    let output = command.output().expect("the command runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

#[test]
fn a_report_that_is_merged_alone_says_the_same() {
    let affected = lock(&["app 0.1.0", "clock 0.2.22", "sundial 1.0.0"]);
    let elsewhere = "git+https://example.org/clock#0123456789abcdef0123456789abcdef01234567";
    for (release, head) in [
        (affected.clone(), affected.clone()),
        (affected.clone(), lock(&["app 0.1.0", "clock 0.2.23"])),
        // What cannot be compared, or is from elsewhere, is no good news in either of them.
        (affected.clone(), lock(&["app 0.1.0", "clock next"])),
        (affected.clone(), lock(&["app 0.1.0", &format!("clock 0.2.22 {elsewhere}")])),
        (affected.clone(), lock(&["app 0.1.0", &format!("clock next {elsewhere}")])),
        (affected.clone(), lock(&["app 0.1.0 -> nowhere", "clock 0.2.23"])),
        (affected.clone(), "version = 4\n[[package".to_owned()),
    ] {
        let mut world = World::clean();
        world.repo = Repo::with_line(&release, &head);
        let run = world.scan(&[]);
        let path = world.write("report.json", &run.stdout);
        let merged = patchline(&["merge", &path, "--as-of", TODAY, "--format", "json"]);
        assert_eq!(merged.statuses(), run.statuses(), "{head}");
        assert_eq!(merged.code, run.code, "{head}");
        assert_eq!(merged.json()["findings"], run.json()["findings"], "{head}");
    }
}

/// What Trivy says of one package of a lockfile.
fn trivy(lockfile: &str, kind: &str, vulnerabilities: &str) -> String {
    format!(
        r#"{{"SchemaVersion":2,"ArtifactName":".","ArtifactType":"repository","Results":[{{
            "Target":"{lockfile}","Class":"lang-pkgs","Type":"{kind}","Vulnerabilities":{vulnerabilities}}}]}}"#
    )
}

#[test]
fn silence_about_something_else_is_no_good_news() {
    let database = Database::new();
    let locked = lock(&["app 0.1.0", "bell 1.0.3"]);
    let older = lock(&["app 0.1.0", "bell 1.0.1"]);
    let repo = Repo::new();
    for (branch, lockfile) in
        [("release-1.0", &locked), ("release-1.1", &locked), ("release-1.2", &older)]
    {
        repo.commit(branch, &[("Cargo.lock", lockfile)], "2031-01-01");
    }
    let folder = tempfile::TempDir::new().expect("a folder");
    let report = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).expect("written");
        path.to_str().expect("UTF-8").to_owned()
    };
    let claim = r#"[{"VulnerabilityID":"CVE-2031-0077","PkgName":"bell","InstalledVersion":"1.0.3","Severity":"HIGH"}]"#;
    let other = r#"[{"VulnerabilityID":"CVE-2031-0078","PkgName":"gong","InstalledVersion":"2.0.0","Severity":"LOW"}]"#;
    let affected = report("affected.json", &trivy("Cargo.lock", "cargo", claim));
    let npm = report("npm.json", &trivy("package-lock.json", "npm", "[]"));
    let attentive = report("whole.json", &trivy("Cargo.lock", "cargo", other));
    let word = |line: &str, more: &str| {
        let first = format!("release-1.0={affected}");
        let second = format!("{line}={more}");
        let mut args = vec!["--line", "release-*", "--import", &first];
        if !more.is_empty() {
            args.extend(["--import", &second]);
        }
        let run = repo.scan(&database, &args);
        let row = format!("{line} bell CVE-2031-0077: ");
        let rows = run.statuses();
        let found = rows.lines().find_map(|found| found.strip_prefix(&row)).unwrap_or_default();
        found.to_owned()
    };
    for (line, more, expected) in [
        ("release-1.1", "", "unknown"),
        ("release-1.1", npm.as_str(), "unknown"),
        // It locks the very version that is called affected elsewhere.
        ("release-1.1", attentive.as_str(), "unknown"),
        ("release-1.2", npm.as_str(), "unknown"),
        ("release-1.2", attentive.as_str(), "not-affected"),
    ] {
        assert_eq!(word(line, more), expected, "{line} {more}");
    }
}

#[test]
fn a_claim_about_a_tip_that_nobody_else_sees_counts() {
    let fixed = lock(&["app 0.1.0", "bell 1.0.3"]);
    let repo = Repo::new();
    repo.commit("release-1.0", &[("Cargo.lock", &fixed)], "2031-01-01");
    let folder = tempfile::TempDir::new().expect("a folder");
    let path = folder.path().join("trivy.json");
    let claim = r#"[{"VulnerabilityID":"CVE-2031-0077","PkgName":"bell","InstalledVersion":"1.0.3","Severity":"HIGH"}]"#;
    std::fs::write(&path, trivy("Cargo.lock", "cargo", claim)).expect("written");
    let import = format!("release-1.0@release={}", path.display());
    let run = repo.scan(&Database::new(), &["--line", "release-1.0", "--import", &import]);
    assert_eq!(run.code, 1, "{}", run.stdout);
}

#[test]
fn a_log_without_a_run_is_no_clean_report() {
    let fixed = lock(&["app 0.1.0", "clock 0.2.23"]);
    let repo = Repo::with_line(&fixed, &fixed);
    let folder = tempfile::TempDir::new().expect("a folder");
    for text in [r#"{"version":"2.1.0","runs":[]}"#, r#"{"runs":null}"#] {
        let path = folder.path().join("empty.sarif");
        std::fs::write(&path, text).expect("written");
        let import = format!("release-1.0={}", path.display());
        let run = repo.scan(&Database::new(), &["--line", "release-1.0", "--import", &import]);
        assert_eq!(run.code, 3, "{text}: {}", run.stdout);
    }
}

#[test]
fn an_alert_may_spell_a_crate_as_it_likes() {
    let database = Database::new();
    for (name, expected) in [("deep-anchor", 1), ("Deep_Anchor", 1), ("deep-anchors", 0)] {
        let repo = Repo::new();
        let locked = lock(&["app 0.1.0", "deep-anchor 1.1.0"]);
        repo.commit("release-1.0", &[("Cargo.lock", &locked)], "2031-01-01");
        let range = json!({
            "package": {"ecosystem": "rust", "name": name},
            "vulnerable_version_range": "< 1.2.0",
            "first_patched_version": {"identifier": "1.2.0"},
        });
        // It is fixed on the default branch, and looked for on the others.
        let alerts = json!([{
            "number": 1, "state": "fixed",
            "dependency": {"package": range["package"], "manifest_path": "Cargo.lock"},
            "security_advisory": {
                "ghsa_id": "GHSA-aaaa-bbbb-cccc", "summary": "Drift", "severity": "high",
                "identifiers": [], "vulnerabilities": [range],
            },
            "security_vulnerability": range,
        }]);
        repo.write("alerts.json", &alerts.to_string());
        repo.write("patchline.toml", "[scan]\ndependabot-alerts = \"alerts.json\"\n");
        let run = repo.scan(&database, &["--line", "release-1.0"]);
        assert_eq!(run.code, expected, "{name}: {}", run.stdout);
        if expected == 1 {
            assert_eq!(run.json()["findings"][0]["evidence"][0]["basis"], "projected");
        }
    }
}
