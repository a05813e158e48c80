//! What is stated to those who use the project: valid, true at the tip that it names, and never
//! better than what was seen.

use std::{collections::BTreeSet, fmt::Write as _, fs};

use serde_json::Value;

use crate::world::{Database, Repo, Run, lock, patchline, text};

const ADDRESS: &str = "https://github.com/Ferry/Boat.git";

/// What the specification demands, field by field.
#[track_caller]
pub(crate) fn assert_is_openvex(document: &Value) {
    assert_keys(
        document,
        &["@context", "@id", "author", "timestamp", "version", "statements"],
        &["tooling"],
    );
    assert_eq!(document["@context"], "https://openvex.dev/ns/v0.2.0");
    let id = text(&document["@id"]).strip_prefix("urn:uuid:").expect("a UUID");
    let lengths: Vec<usize> = id.split('-').map(str::len).collect();
    assert_eq!(lengths, [8, 4, 4, 4, 12], "{id}");
    assert!(!text(&document["author"]).is_empty());
    text(&document["timestamp"]).parse::<jiff::Timestamp>().expect("a timestamp");
    assert_eq!(document["version"], 1);
    let statements = document["statements"].as_array().expect("statements");
    assert!(!statements.is_empty());
    let different: BTreeSet<String> = statements.iter().map(ToString::to_string).collect();
    assert_eq!(different.len(), statements.len(), "each once");
    for statement in statements {
        let optional = ["justification", "impact_statement", "action_statement", "status_notes"];
        assert_keys(statement, &["vulnerability", "products", "status"], &optional);
        let vulnerability = &statement["vulnerability"];
        assert_keys(vulnerability, &["name"], &["@id", "aliases"]);
        for product in statement["products"].as_array().expect("products") {
            assert_component(product, &["subcomponents"]);
            for part in product["subcomponents"].as_array().expect("subcomponents") {
                assert_component(part, &[]);
            }
        }
        let has = |key: &str| statement.get(key).is_some();
        match text(&statement["status"]) {
            "affected" => assert!(has("action_statement"), "{statement}"),
            "not_affected" => {
                assert!(has("justification") || has("impact_statement"), "{statement}");
            }
            "fixed" | "under_investigation" => {}
            other => panic!("`{other}` is no status"),
        }
        assert!(!has("justification") || statement["status"] == "not_affected", "{statement}");
        if let Some(word) = statement.get("justification") {
            assert!(patchline::model::JUSTIFICATIONS.contains(&text(word)), "{word}");
        }
    }
}

#[track_caller]
fn assert_component(component: &Value, more: &[&str]) {
    let required = [&["@id", "identifiers"], more].concat();
    assert_keys(component, &required, &[]);
    let id = text(&component["@id"]);
    assert!(id.starts_with("pkg:") && id.bytes().all(|byte| byte.is_ascii_graphic()), "{id}");
    assert_eq!(component["identifiers"], serde_json::json!({ "purl": id }));
}

#[track_caller]
fn assert_keys(value: &Value, required: &[&str], optional: &[&str]) {
    let keys: BTreeSet<&str> = value.as_object().expect("an object").keys().map(|k| &**k).collect();
    let missing: Vec<&&str> = required.iter().filter(|key| !keys.contains(**key)).collect();
    assert!(missing.is_empty(), "{missing:?} in {value}");
    let is_known = |key: &&&str| required.contains(*key) || optional.contains(*key);
    let unknown: Vec<&&str> = keys.iter().filter(|key| !is_known(key)).collect();
    assert!(unknown.is_empty(), "{unknown:?} in {value}");
}

/// A statement a row, commits by the name of their branch.
fn shown(document: &Value, repo: &Repo) -> String {
    let mut out = String::new();
    for statement in document["statements"].as_array().expect("statements") {
        let product = &statement["products"][0];
        let parts: Vec<&str> = product["subcomponents"]
            .as_array()
            .expect("subcomponents")
            .iter()
            .map(|part| text(&part["@id"]))
            .collect();
        let _ = writeln!(
            out,
            "{} {} {}: {}",
            text(&statement["vulnerability"]["name"]),
            text(&product["@id"]),
            parts.join(" "),
            text(&statement["status"]),
        );
        for key in ["justification", "impact_statement", "action_statement", "status_notes"] {
            if let Some(words) = statement.get(key) {
                let _ = writeln!(out, "  {key}: {}", text(words));
            }
        }
    }
    for branch in ["main", "release-1.0", "release-1.1"] {
        let commit = repo.git(&["rev-parse", "--verify", branch, "--"]);
        let commit = commit.lines().next().expect("a commit");
        out = out.replace(commit, branch);
    }
    out
}

fn openvex(repo: &Repo, database: &Database, args: &[&str]) -> Run {
    repo.scan(database, &[&["--format", "openvex"], args].concat())
}

/// 1.0 is fixed on its branch only, 1.1 is not fixed, and `main` does not have the package.
fn repo() -> Repo {
    let old = lock(&["app 0.1.0", "clock 0.2.22"]);
    let new = lock(&["app 0.1.0", "clock 0.2.23"]);
    let repo = Repo::new();
    repo.commit("release-1.0", &[("Cargo.lock", &old)], "2031-01-01");
    repo.git(&["tag", "v1.0.0"]);
    repo.commit("release-1.0", &[("Cargo.lock", &new)], "2031-01-02");
    repo.commit("release-1.1", &[("Cargo.lock", &old)], "2031-01-03");
    repo.git(&["tag", "v1.1.0"]);
    let without = lock(&["app 0.1.0", "wheel 1.0.0"]);
    repo.commit("main", &[("Cargo.lock", &without)], "2031-01-04");
    repo.git(&["remote", "add", "origin", ADDRESS]);
    repo
}

#[test]
fn the_demonstration_is_stated() {
    let run = patchline(&["demo", "--format", "openvex"]);
    assert_is_openvex(&run.json());
    let golden = "fixtures/openvex/demo.json";
    if std::env::var_os("UPDATE_GOLDENS").is_some() {
        fs::write(golden, &run.stdout).expect("the golden file");
    }
    assert_eq!(run.stdout, fs::read_to_string(golden).expect("the golden file"));
    assert!(run.stderr.contains("the repository has no remote"), "{}", run.stderr);
}

#[test]
fn every_tip_of_a_line_has_its_own_statement() {
    let (repo, database) = (repo(), Database::new());
    let document = openvex(&repo, &database, &[]).json();
    assert_is_openvex(&document);
    assert_eq!(document["author"], ADDRESS);
    assert_eq!(document["timestamp"], "2031-06-15T00:00:00Z");
    let expected = "\
RUSTSEC-2031-0001 pkg:github/ferry/boat@release-1.1 pkg:cargo/clock@0.2.22: affected
  action_statement: update clock to 0.2.23
RUSTSEC-2031-0001 pkg:github/ferry/boat@v1.1.0 pkg:cargo/clock@0.2.22: affected
  action_statement: update clock to 0.2.23
RUSTSEC-2031-0001 pkg:github/ferry/boat@release-1.0 pkg:cargo/clock@0.2.23: fixed
RUSTSEC-2031-0001 pkg:github/ferry/boat@v1.0.0 pkg:cargo/clock@0.2.22: affected
  action_statement: update clock to 0.2.23; the branch of 1.0 is fixed and not released yet
RUSTSEC-2031-0001 pkg:github/ferry/boat@main pkg:cargo/clock: not_affected
  justification: component_not_present
  status_notes: no lockfile has it
";
    assert_eq!(shown(&document, &repo), expected);
}

#[test]
fn a_repository_elsewhere_is_named_with_its_address_and_commit() {
    let (repo, database) = (repo(), Database::new());
    repo.git(&["remote", "set-url", "origin", "https://user:s3cret@example.org/ferry/boat"]);
    let run = openvex(&repo, &database, &[]);
    assert_is_openvex(&run.json());
    let rows = shown(&run.json(), &repo);
    let origin = "vcs_url=git%2Bhttps%3A%2F%2Fexample.org%2Fferry%2Fboat%40";
    let head = format!("pkg:generic/ferry/boat@main?{origin}main ");
    assert!(rows.contains(&head), "{rows}");
    let tagged = repo.git(&["rev-parse", "v1.0.0"]);
    let release = format!("pkg:generic/ferry/boat@1.0.0?{origin}{tagged} ");
    assert!(rows.contains(&release), "{rows}");
    assert!(!(run.stdout + &run.stderr).contains("s3cret"));
}

#[test]
fn what_nobody_can_tell_is_under_investigation() {
    let repo = Repo::new();
    let fork =
        "clock 0.2.22 git+https://example.org/clock?rev=1#0123456789abcdef0123456789abcdef01234567";
    repo.commit("release-1.0", &[("Cargo.lock", &lock(&["app 0.1.0", fork]))], "2031-01-01");
    repo.commit("release-1.1", &[("Cargo.lock", "not a lockfile [")], "2031-01-02");
    let affected = lock(&["app 0.1.0", "clock 0.2.22"]);
    repo.commit("main", &[("Cargo.lock", &affected)], "2031-01-03");
    repo.git(&["remote", "add", "origin", ADDRESS]);
    let document = openvex(&repo, &Database::new(), &[]).json();
    assert_is_openvex(&document);
    let rows = shown(&document, &repo);
    for (product, status) in [
        ("boat@release-1.0", "under_investigation"),
        ("boat@release-1.1", "under_investigation"),
        ("boat@main", "affected"),
    ] {
        let rows: Vec<&str> = rows.lines().filter(|row| row.contains(product)).collect();
        assert!(!rows.is_empty(), "{product}");
        assert!(rows.iter().all(|row| row.ends_with(status)), "{rows:#?}");
    }
    assert!(rows.contains("pkg:cargo/clock@0.2.22?vcs_url=https%3A%2F%2Fexample.org"), "{rows}");
}

#[test]
fn a_line_that_ended_has_no_good_news() {
    let (repo, database) = (repo(), Database::new());
    repo.write(
        "patchline.toml",
        "[[support.line]]\nid = \"1.0\"\nuntil = 2030-01-01\n\n[[support.line]]\nid = \"1.1\"\n",
    );
    let rows = shown(&openvex(&repo, &database, &[]).json(), &repo);
    assert!(rows.contains("boat@v1.1.0"), "{rows}");
    assert!(!rows.contains("boat@v1.0.0") && !rows.contains("boat@release-1.0"), "{rows}");
}

#[test]
fn lines_at_one_commit_are_stated_once() {
    let (repo, database) = (repo(), Database::new());
    repo.git(&["branch", "release-1.2", "release-1.1"]);
    let document = openvex(&repo, &database, &[]).json();
    assert_is_openvex(&document);
    let rows = shown(&document, &repo);
    assert_eq!(rows.matches("boat@release-1.1").count(), 1, "{rows}");
}

#[test]
fn what_is_no_flaw_is_left_out_and_said() {
    let (repo, database) = (repo(), Database::new());
    let more = "informational = \"unmaintained\"";
    database.add("RUSTSEC-2031-0002", "wheel", "patched = []", more);
    let run = openvex(&repo, &database, &[]);
    assert!(!run.stdout.contains("RUSTSEC-2031-0002"));
    assert!(run.stderr.contains("left out: RUSTSEC-2031-0002"), "{}", run.stderr);
}

#[test]
fn nothing_to_state_is_said_and_leaves_no_file() {
    let (repo, database) = (repo(), Database::new());
    let folder = tempfile::tempdir().expect("a folder");
    let output = folder.path().to_str().expect("UTF-8");
    let file = folder.path().join("patchline.openvex.json");
    let printed = openvex(&repo, &database, &["--output", output]).stdout;
    assert_eq!(fs::read_to_string(&file).expect("an artifact"), printed);
    assert_eq!(openvex(&repo, &database, &[]).stdout, printed, "the same bytes");

    // An earlier statement is not left for what holds no more.
    let clean = lock(&["app 0.1.0"]);
    let run = openvex(&Repo::with_line(&clean, &clean), &database, &["--output", output]);
    assert_eq!(run.json()["statements"], serde_json::json!([]));
    assert!(run.stderr.contains("there is nothing to state"), "{}", run.stderr);
    assert!(!file.exists());
}

#[test]
fn hostile_names_stay_inside_their_strings() {
    let database = Database::new();
    let record = "```toml\n[advisory]\nid = \"RUSTSEC-2031-0007\"\npackage = \"plain\"\n\
                  date = \"2031-06-08\"\nurl = \"javascript:alert(1)\"\naliases = [\"X-\u{202e}\\\"x\"]\n\
                  [versions]\npatched = []\n```\n\n# Title\n\nDetails.\n";
    database.add_file("crates/plain/RUSTSEC-2031-0007.md", record.as_bytes());
    let lockfile = lock(&["app 0.1.0", "plain 1.0.0+\u{202e}\u{9b}31m%20@x?y#z"]);
    let repo = Repo::new();
    repo.commit("main", &[("Cargo.lock", &lock(&["app 0.1.0", "plain 1.0.0"]))], "2031-01-01");
    repo.git(&["tag", "v1.0.0-x%20@y"]);
    repo.commit("release-1.0", &[("Cargo.lock", &lockfile)], "2031-01-02");
    repo.git(&["tag", "v1.0.0"]);
    repo.git(&["remote", "add", "origin", "https://github.com/a\u{202e}b/c\"d?x#y"]);
    let run = openvex(&repo, &database, &[]);
    assert_is_openvex(&run.json());
    assert!(run.stdout.contains("RUSTSEC-2031-0007"));
    let is_harmful =
        |c: char| c.is_control() && c != '\n' || ('\u{202a}'..='\u{202e}').contains(&c);
    assert_eq!(run.stdout.chars().find(|c| is_harmful(*c)), None);
    assert!(!run.stdout.contains("javascript:"));
}
