//! What keeps a finding silent, and what does not.

use serde_json::Value;

use crate::world::{Database, Repo, Run, lock, patchline_in, text};

const STATEMENT: &str =
    "[advisories]\nignore = [{ id = \"RUSTSEC-2031-0001\", reason = \"no clock\" }]\n";

fn affected() -> String {
    lock(&["app 0.1.0", "clock 0.2.22"])
}

fn repo(policy: &str) -> Repo {
    let repo = Repo::with_line(&affected(), &affected());
    repo.write("patchline.toml", policy);
    repo
}

/// The vulnerability has another name, too.
fn database() -> Database {
    let database = Database::new();
    let aliases = "aliases = [\"CVE-2031-0001\"]";
    database.add("RUSTSEC-2031-0001", "clock", "patched = [\">= 0.2.23\"]", aliases);
    database
}

fn words(run: &Run, line: &str) -> Vec<String> {
    let report = run.json();
    let findings = report["findings"].as_array().expect("findings");
    let here = findings.iter().filter(|finding| finding["line"] == line);
    here.map(|finding| text(&finding["status"]).to_owned()).collect()
}

fn suppression(more: &str) -> String {
    format!(
        "[[suppress]]\nid = \"cve-2031-0001\"\nreason = \"the clock is never wound\"\n\
         until = 2031-06-30\n{more}\n"
    )
}

#[test]
fn a_suppressed_finding_moves_and_its_exposure_stays() {
    let repo = repo(&suppression(""));
    let run = repo.scan(&database(), &["--line", "release-1.0"]);
    assert_eq!(run.code, 0, "{}", run.stdout);
    let finding = &run.json()["findings"][0];
    assert_eq!(finding["status"], "suppressed");
    assert_eq!(finding["head"]["sight"], "affected");
    assert_eq!(finding["suppression"]["reason"], "the clock is never wound");
    assert_eq!(run.json()["suppressions"][0]["state"], "active");
    let page = repo.scan(&database(), &["--line", "release-1.0", "--format", "text"]);
    assert!(page.stdout.contains("the clock is never wound"), "{}", page.stdout);
}

#[test]
fn suppressed_results_stay_in_the_full_sarif_and_are_left_out_of_uploads() {
    let repo = repo(&suppression(""));
    let folder = tempfile::TempDir::new().expect("a folder");
    let output = folder.path().to_str().expect("UTF-8");
    repo.scan(&database(), &["--line", "release-1.0", "--output", output]);
    let read = |name: &str| -> Value {
        let text = std::fs::read_to_string(folder.path().join(name)).expect(name);
        serde_json::from_str(&text).expect("JSON")
    };
    let full = read("patchline.sarif");
    let suppressions = &full["runs"][0]["results"][0]["suppressions"];
    assert_eq!(suppressions[0]["kind"], "external");
    assert!(text(&suppressions[0]["justification"]).contains("never wound"));
    let upload = read("lines/release-1.0.sarif");
    assert_eq!(upload["runs"][0]["results"], serde_json::json!([]));
}

#[test]
fn a_suppression_that_is_not_for_this_silences_nothing() {
    for (more, state) in [
        ("package = \"watch\"", "unused"),
        ("lines = [\"2.0\"]", "unknown"),
        ("lines = [\"1.0\"]", "active"),
    ] {
        let repo = repo(&suppression(more));
        let run = repo.scan(&database(), &["--line", "release-1.0"]);
        let is_silent = words(&run, "release-1.0") == ["suppressed"];
        // `--line` names a branch, and the branch is the line's.
        assert!(!is_silent || state == "active", "{more}");
        if state != "active" {
            assert_eq!(run.json()["suppressions"][0]["state"], state, "{more}");
            assert_eq!(run.code, 1, "{more}");
        }
    }
}

#[test]
fn an_ended_suppression_is_told_and_silences_nothing() {
    let text = suppression("").replace("2031-06-30", "2031-01-31");
    let repo = repo(&text);
    let run = repo.scan(&database(), &["--line", "release-1.0"]);
    assert_eq!(words(&run, "release-1.0"), ["unpatched"]);
    assert_eq!(run.json()["suppressions"][0]["state"], "expired");
    assert_eq!(run.code, 1);
}

#[test]
fn a_statement_of_a_tree_is_shown_and_obeyed_only_where_the_policy_says_so() {
    let files = [("Cargo.lock", affected()), ("deny.toml", STATEMENT.to_owned())];
    let files: Vec<(&str, &str)> =
        files.iter().map(|(path, text)| (*path, text.as_str())).collect();
    for (policy, word, code) in [
        ("", "unpatched", 1),
        ("[statements]\nobey = [\"openvex\"]\n", "unpatched", 1),
        ("[statements]\nobey = [\"deny.toml\"]\n", "suppressed", 0),
    ] {
        let repo = Repo::new();
        repo.commit("release-1.0", &files, "2031-01-01");
        repo.git(&["tag", "v1.0.0"]);
        repo.write("patchline.toml", policy);
        let run = repo.scan(&database(), &["--line", "release-1.0"]);
        assert_eq!(words(&run, "release-1.0"), [word], "{policy}");
        assert_eq!(run.code, code, "{policy}");
        let opinion = &run.json()["opinions"][0];
        assert_eq!(
            (&opinion["kind"], &opinion["reason"]),
            (&"deny.toml".into(), &"no clock".into())
        );
    }
}

#[test]
fn a_pull_request_cannot_silence_the_gate_and_its_try_is_listed() {
    let repo = Repo::with_line(&affected(), &affected());
    repo.git(&["checkout", "-q", "-b", "try", "main"]);
    repo.commit(
        "try",
        &[
            ("Cargo.lock", &affected()),
            ("deny.toml", STATEMENT),
            (
                "patchline.toml",
                &format!("{}[statements]\nobey = [\"deny.toml\"]\n", suppression("")),
            ),
        ],
        "2031-01-20",
    );
    repo.git(&["checkout", "-q", "-f", "try"]);
    let event = repo.path().join(".git/event.json");
    let commit = "1".repeat(40);
    let payload = format!(
        r#"{{"repository":{{"default_branch":"main"}},"pull_request":{{"number":7,
        "base":{{"ref":"main","sha":"{commit}"}},"head":{{"sha":"{commit}"}}}}}}"#
    );
    std::fs::write(&event, payload).expect("written");
    let database = database();
    let place = format!("rustsec={}", database.path().display());
    let run = patchline_in(
        repo.path(),
        &["scan", "--db", &place, "--as-of", crate::world::TODAY, "--format", "json"],
        &[
            ("GITHUB_ACTIONS", "true"),
            ("GITHUB_EVENT_NAME", "pull_request"),
            ("GITHUB_EVENT_PATH", event.to_str().expect("UTF-8")),
        ],
    );
    assert_eq!(run.code, 1, "{}{}", run.stdout, run.stderr);
    assert!(words(&run, "main").contains(&"unpatched".to_owned()), "{}", run.stdout);
    let report = run.json();
    let changes = report["changes"].as_array().expect("changes");
    let said: Vec<(&str, &str)> = changes
        .iter()
        .map(|change| (text(&change["change"]), text(&change["after"]["by"])))
        .collect();
    assert!(said.contains(&("added", "suppression")), "{changes:?}");
    assert!(said.contains(&("added", "deny.toml")), "{changes:?}");
}

#[test]
fn a_report_cannot_lend_one_record_the_name_of_another() {
    let database = database();
    database.add("RUSTSEC-2031-0007", "clock", "patched = [\">= 0.2.23\"]", "");
    let repo = repo(&suppression(""));
    let folder = tempfile::TempDir::new().expect("a folder");
    let report = folder.path().join("audit.json");
    // Another tool takes the two records for one vulnerability.
    let osv = r#"{"results":[{"source":{"path":"Cargo.lock","type":"lockfile"},"packages":[{
        "package":{"name":"clock","version":"0.2.22","ecosystem":"crates.io"},
        "vulnerabilities":[{"id":"RUSTSEC-2031-0001","aliases":["RUSTSEC-2031-0007"],
            "affected":[{"package":{"name":"clock","ecosystem":"crates.io"}}]}],
        "groups":[{"ids":["RUSTSEC-2031-0001"],"aliases":["RUSTSEC-2031-0001","RUSTSEC-2031-0007"]}]
    }]}]}"#;
    std::fs::write(&report, osv).expect("written");
    let import = format!("release-1.0={}", report.display());
    let alone = repo.scan(&database, &["--line", "release-1.0"]);
    assert_eq!(alone.code, 1, "{}", alone.stdout);
    let run = repo.scan(&database, &["--line", "release-1.0", "--import", &import]);
    assert_eq!(run.json()["findings"].as_array().map(Vec::len), Some(1), "{}", run.stdout);
    assert_eq!(words(&run, "release-1.0"), ["unpatched"]);
    assert_eq!(run.code, 1);
}

#[test]
fn a_tools_own_suppression_is_obeyed_only_where_the_policy_says_so() {
    let sarif = r#"{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"gosec","rules":[]}},
        "results":[{"ruleId":"G101","level":"error","message":{"text":"a secret"},
            "suppressions":[{"kind":"inSource"}],"locations":[]}]}]}"#;
    let folder = tempfile::TempDir::new().expect("a folder");
    let report = folder.path().join("gosec.sarif");
    std::fs::write(&report, sarif).expect("written");
    let import = format!("release-1.0={}", report.display());
    let fixed = lock(&["app 0.1.0", "clock 0.2.23"]);
    for (policy, level, code) in [
        ("[gate]\ncode = \"fail\"\n", "error", 1),
        ("[gate]\ncode = \"fail\"\n[statements]\nobey = [\"sarif\"]\n", "error", 0),
        ("[gate]\ncode = \"fail\"\n", "note", 0),
        ("", "error", 0),
    ] {
        std::fs::write(&report, sarif.replace("\"error\"", &format!("\"{level}\"")))
            .expect("written");
        let repo = Repo::with_line(&fixed, &fixed);
        repo.write("patchline.toml", policy);
        let run = repo.scan(&database(), &["--line", "release-1.0", "--import", &import]);
        assert_eq!(run.code, code, "{policy} {level}: {}", run.stdout);
        assert_eq!(run.json()["alerts"][0]["rule"], "G101");
    }
}

#[test]
fn a_name_that_only_a_report_lends_silences_nothing() {
    let repo = repo(&suppression("").replace("cve-2031-0001", "CVE-2031-0009"));
    let folder = tempfile::TempDir::new().expect("a folder");
    let report = folder.path().join("osv.json");
    let osv = r#"{"results":[{"source":{"path":"Cargo.lock","type":"lockfile"},"packages":[{
        "package":{"name":"clock","version":"0.2.22","ecosystem":"crates.io"},
        "vulnerabilities":[{"id":"RUSTSEC-2031-0001","aliases":["CVE-2031-0009"],
            "affected":[{"package":{"name":"clock","ecosystem":"crates.io"}}]}],
        "groups":[{"ids":["RUSTSEC-2031-0001"],"aliases":["RUSTSEC-2031-0001","CVE-2031-0009"]}]
    }]}]}"#;
    std::fs::write(&report, osv).expect("written");
    let import = format!("release-1.0={}", report.display());
    let run = repo.scan(&database(), &["--line", "release-1.0", "--import", &import]);
    assert_eq!(words(&run, "release-1.0"), ["unpatched"]);
    assert_eq!(run.code, 1, "{}", run.stdout);
}
