//! A change that asks to be merged: what it brings in fails, and the rest is shown.

use crate::world::{Database, Repo, Run, lock, text};

const SERDE: &str = "serde 1.0.0";

fn database() -> Database {
    let database = Database::new();
    database.add("RUSTSEC-2031-0001", "clock", "patched = [\">= 0.2.0\"]", "");
    database.add("RUSTSEC-2031-0002", "ferry-http", "patched = [\">= 1.5.0\"]", "");
    database
}

/// `main` and `release-1.0` lock a vulnerable `clock`; `change` starts at one of them.
fn repo(from: &str, files: &[(&str, &str)]) -> Repo {
    let old = lock(&[SERDE, "clock 0.1.0"]);
    let repo = Repo::with_line(&old, &old);
    repo.git(&["checkout", "-q", "-b", "change", from]);
    repo.commit("change", files, "2031-04-01");
    repo
}

fn check(repo: &Repo, base: &str, args: &[&str]) -> Run {
    repo.scan(&database(), &[&["--base", base, "--format", "json"], args].concat())
}

fn introduced(run: &Run) -> Vec<String> {
    let report = run.json();
    let findings = report["findings"].as_array().expect("findings").iter();
    let fails = findings.filter(|finding| text(&finding["decision"]) == "fail");
    fails.map(|finding| format!("{} on {}", text(&finding["id"]), text(&finding["line"]))).collect()
}

#[test]
fn what_is_there_already_is_shown_and_fails_nobody() {
    let lock = lock(&[SERDE, "clock 0.1.0", "tidy 1.0.0"]);
    let repo = repo("main", &[("Cargo.lock", &lock)]);
    let run = check(&repo, "main", &[]);
    assert_eq!(run.code, 0, "{}{}", run.stdout, run.stderr);
    let report = run.json();
    let findings = report["findings"].as_array().expect("findings");
    assert_eq!(findings.len(), 2, "one per line: {findings:?}");
    for finding in findings {
        assert_eq!(text(&finding["status"]), "unpatched");
        assert_eq!(text(&finding["because"]), "not-introduced");
    }
    // Without a change in sight, both fail.
    assert_eq!(repo.scan(&database(), &[]).code, 1);
}

#[test]
fn what_a_change_brings_in_fails_it() {
    let both = lock(&[SERDE, "clock 0.1.0", "ferry-http 1.4.0"]);
    let newer = lock(&[SERDE, "clock 0.1.5"]);
    let old = lock(&[SERDE, "clock 0.1.0"]);
    let clean = lock(&[SERDE]);
    for (name, from, files, expected) in [
        ("a new package", "main", vec![("Cargo.lock", &both)], vec!["RUSTSEC-2031-0002 on main"]),
        (
            "on a release branch",
            "release-1.0",
            vec![("Cargo.lock", &both)],
            vec!["RUSTSEC-2031-0002 on 1.0"],
        ),
        ("another version with the same flaw", "main", vec![("Cargo.lock", &newer)], vec![]),
        (
            "in one more lockfile",
            "main",
            vec![("Cargo.lock", &old), ("tools/Cargo.lock", &old)],
            vec!["RUSTSEC-2031-0001 on main"],
        ),
        ("a lockfile that moved", "main", vec![("tools/Cargo.lock", &old)], vec![]),
        ("a fix", "main", vec![("Cargo.lock", &clean)], vec![]),
    ] {
        let files: Vec<(&str, &str)> = files.iter().map(|(p, t)| (*p, t.as_str())).collect();
        let repo = repo(from, &files);
        let run = check(&repo, from, &[]);
        assert_eq!(introduced(&run), expected, "{name}: {}", run.stderr);
        assert_eq!(run.code, i32::from(!expected.is_empty()), "{name}: {}", run.stderr);
    }
}

#[test]
fn what_came_to_the_branch_meanwhile_is_not_the_change() {
    let repo = repo("main", &[("Cargo.lock", &lock(&[SERDE, "clock 0.1.0", "tidy 1.0.0"]))]);
    let worse = lock(&[SERDE, "clock 0.1.0", "ferry-http 1.4.0"]);
    repo.commit("main", &[("Cargo.lock", &worse)], "2031-04-02");
    repo.git(&["checkout", "-q", "change"]);
    let run = check(&repo, "main", &[]);
    assert_eq!((run.code, introduced(&run)), (0, Vec::new()), "{}", run.stderr);
}

#[test]
fn a_branch_that_nobody_promises_is_looked_at_all_the_same() {
    let repo = Repo::with_line(&lock(&[SERDE]), &lock(&[SERDE]));
    repo.commit("topic", &[("Cargo.lock", &lock(&[SERDE]))], "2031-04-01");
    repo.commit("change", &[("Cargo.lock", &lock(&[SERDE, "clock 0.1.0"]))], "2031-04-02");
    let run = check(&repo, "topic", &[]);
    assert_eq!(introduced(&run), ["RUSTSEC-2031-0001 on topic"], "{}", run.stderr);
}

#[test]
fn what_cannot_be_compared_is_no_pass() {
    let repo = repo("main", &[("Cargo.lock", &lock(&[SERDE]))]);
    let run = check(&repo, "gone", &[]);
    assert_eq!(run.code, 4);
    assert!(run.stderr.contains("`gone` is neither a branch nor a commit here"), "{}", run.stderr);
    repo.git(&["checkout", "-q", "--orphan", "alone"]);
    repo.git_on("2031-04-03", &["commit", "-q", "--allow-empty", "-m", "Alone"]);
    let run = check(&repo, "main", &[]);
    assert_eq!(run.code, 4);
    assert!(run.stderr.contains("no common history here"), "{}", run.stderr);
}

#[test]
fn the_gaps_of_other_lines_are_not_the_changes() {
    let repo = repo("main", &[("Cargo.lock", &lock(&[SERDE]))]);
    repo.commit("release-1.0", &[("README.md", "no lockfile any more")], "2031-04-01");
    repo.git(&["checkout", "-q", "change"]);
    let run = check(&repo, "main", &[]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    // Its own are.
    repo.commit("change", &[("Cargo.lock", "[[package")], "2031-04-02");
    assert_eq!(check(&repo, "main", &[]).code, 3);
}
