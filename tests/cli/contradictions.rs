//! Where statements disagree: each kind names both places, and none changes a decision.

use std::fmt::Write as _;

use patchline::model::ContradictionKind;

use crate::{
    support::{BRANCHED, FERRY, place, rows, run_on, told_on},
    world::{Database, Repo, TODAY, assert_matches_schema, lock, text},
};

fn table(rows: &str) -> String {
    format!("# Security\n\n| Version | Supported |\n|---|---|\n{rows}")
}

/// `rule line place ← place that says otherwise`, a row each.
fn found(repo: &Repo) -> String {
    let run = run_on(repo, TODAY, &["--format", "json"]);
    let json = run.json();
    assert_matches_schema(&json);
    let all = json["contradictions"].as_array().expect("a list");
    all.iter().fold(String::new(), |mut rows, found| {
        let against = match found["against"]["path"].as_str() {
            Some("") => format!(" {}", text(&found["against"]["ref"])),
            _ => place(&found["against"]),
        };
        let line = found["line"].as_str().unwrap_or("-");
        let _ = writeln!(rows, "{} {line}{} ←{against}", text(&found["rule"]), place(&found["at"]));
        assert!(!text(&found["message"]).is_empty() && !text(&found["mend"]).is_empty());
        rows
    })
}

#[track_caller]
fn assert_found(repo: &Repo, expected: &str) {
    assert_eq!(found(repo), rows(expected), "{}", told_on(repo, TODAY));
}

/// The statement `added` contradicts, is named, and changes nothing.
#[track_caller]
fn assert_changes_nothing(
    history: &str,
    files: &[(&str, &str)],
    added: &[(&str, &str)],
    expected: &str,
) {
    let before = Repo::with_history(history, files);
    assert_eq!(found(&before), "", "{}", told_on(&before, TODAY));
    let both: Vec<(&str, &str)> = files.iter().chain(added).copied().collect();
    let after = Repo::with_history(history, &both);
    assert_found(&after, expected);
    assert_eq!(told_on(&after, TODAY), told_on(&before, TODAY));
}

#[test]
fn each_kind_has_a_test_here() {
    let source = include_str!("contradictions.rs");
    for kind in ContradictionKind::ALL {
        assert!(source.contains(kind.as_str()), "{}", kind.as_str());
    }
}

const TWO: &str = "| 1.4 | yes |\n| 1.3 | yes |\n| 1.2 | no |\n";

#[test]
fn a_workflow_that_scans_an_ended_line_is_named() {
    let workflow = "on: push\njobs:\n  scan:\n    strategy:\n      matrix:\n        branch:\n          - main\n          - release-1.3\n          - release-1.2\n";
    assert_changes_nothing(
        BRANCHED,
        &[("SECURITY.md", &table(TWO))],
        &[(".github/workflows/scan.yml", workflow)],
        "support/ended-line-listed 1.2 .github/workflows/scan.yml:9 ← SECURITY.md:7",
    );
    // Ten copies of a list are one thing to mend.
    let renovate = "{\"baseBranches\": [\"main\", \"release-1.3\", \"release-1.2\"],\n\"packageRules\": [\n\
                    {\"matchBaseBranches\": [\"release-1.2\"]},\n{\"matchBaseBranches\": [\"release-1.2\"]}\n]}\n";
    let repo =
        Repo::with_history(BRANCHED, &[("SECURITY.md", &table(TWO)), ("renovate.json", renovate)]);
    assert_found(&repo, "support/ended-line-listed 1.2 renovate.json:1 ← SECURITY.md:7");
    let message =
        run_on(&repo, TODAY, &["--format", "json"]).json()["contradictions"][0]["message"].clone();
    assert!(text(&message).ends_with(", here and in 2 more places of this file"), "{message}");
}

#[test]
fn a_list_of_branches_without_the_new_line_is_named() {
    let history = format!("{BRANCHED}\n2031-01-11 release-1.4");
    let renovate = "{\n  \"baseBranches\": [\n    \"main\",\n    \"release-1.3\"\n  ]\n}\n";
    assert_changes_nothing(
        &history,
        &[("SECURITY.md", &table(TWO))],
        &[("renovate.json", renovate)],
        "support/supported-line-missing 1.4 renovate.json:4 ← SECURITY.md:5",
    );
    // A pattern covers it, and so does the default branch.
    let expression = "\"/(a+)+$/\"";
    // Nor is it known what a glob would cover that is too long to be tried, or none.
    let long = format!("\"{{{}}}\"", "release-[0-9]*,".repeat(5_000));
    let many = vec!["\"hotfix-*\""; 150].join(", ");
    for covers in [
        "\"/^release-.*/\"",
        "\"release-*\"",
        "\"release-1.4\"",
        expression,
        &long,
        &many,
        "\"release-[\"",
    ] {
        let renovate = renovate.replace("\"main\"", covers);
        let repo = Repo::with_history(
            &history,
            &[("SECURITY.md", &table(TWO)), ("renovate.json", &renovate)],
        );
        assert_found(&repo, "");
    }
    let repo =
        Repo::with_history(BRANCHED, &[("SECURITY.md", &table(TWO)), ("renovate.json", renovate)]);
    assert_found(&repo, "");
}

#[test]
fn a_table_that_is_far_behind_is_stale_and_decides_nothing() {
    assert_changes_nothing(
        FERRY,
        &[],
        &[("SECURITY.md", &table("| 1.1 | yes |\n| 1.0 | no |\n"))],
        "support/stale-statement - SECURITY.md:5 ← refs/tags/v1.4.0",
    );
}

#[test]
fn a_table_two_minors_behind_is_named() {
    let repo =
        Repo::with_history(FERRY, &[("SECURITY.md", &table("| 1.2 | yes |\n| 1.1 | no |\n"))]);
    let found = found(&repo);
    assert!(
        found.contains("support/supported-line-missing 1.4 SECURITY.md:5 ← refs/tags/v1.4.0\n"),
        "{found}"
    );
}

#[test]
fn two_last_days_for_one_line_are_named() {
    let days = |day: &str| {
        format!(
            "# Releases\n\n| Version | End of support |\n|---|---|\n| 1.4 | TBD |\n| 1.3 | {day} |\n"
        )
    };
    let security = days("2031-12-31");
    for (other, expected) in [
        ("2031-08-01", "support/dates-differ 1.3 docs/releases.md:6 ← SECURITY.md:6"),
        // A month and a day in it agree.
        ("December 2031", ""),
        ("2031-12-15", ""),
    ] {
        assert_changes_nothing(
            FERRY,
            &[("SECURITY.md", &security)],
            &[("docs/releases.md", &days(other))],
            expected,
        );
    }
}

#[test]
fn two_statements_that_differ_about_a_line_are_named() {
    assert_changes_nothing(
        FERRY,
        &[("SECURITY.md", &table(TWO))],
        &[(
            "SUPPORT.md",
            "# Support\n\nVersion 1.4 is supported.\n\nVersion 1.3 is no longer supported.\n",
        )],
        "support/standings-differ 1.3 SUPPORT.md:5 ← SECURITY.md:6",
    );
    assert_changes_nothing(
        FERRY,
        &[("SECURITY.md", &table(TWO))],
        &[("SUPPORT.md", "# Support\n\nVersion 1.2 is supported.\n")],
        "support/standings-differ 1.2 SUPPORT.md:3 ← SECURITY.md:7",
    );
}

#[test]
fn a_promise_for_a_line_that_is_nowhere_is_named() {
    let repo = Repo::with_history(
        FERRY,
        &[("SECURITY.md", &table("| 1.4 | yes |\n| 1.3 | yes |\n| 0.9 | yes |\n| 0.8 | no |\n"))],
    );
    assert_found(&repo, "support/line-without-refs 0.9 SECURITY.md:7 ←");
    // What is to come is no contradiction.
    let repo = Repo::with_history(
        FERRY,
        &[("SECURITY.md", &table("| 1.5 | yes |\n| 1.4 | yes |\n| 1.3 | yes |\n"))],
    );
    assert_found(&repo, "");
}

#[test]
fn a_release_after_the_end_is_named() {
    let text = "# Releases\n\n| Version | End of support |\n|---|---|\n| 1.4 | TBD |\n| 1.3 | 2031-05-01 |\n";
    for (day, expected) in [
        ("2031-05-02", "support/released-after-end 1.3 RELEASES.md:6 ← refs/tags/v1.3.9"),
        ("2031-05-01", ""),
    ] {
        let history = format!("{BRANCHED}\n{day} release-1.3 v1.3.9");
        let repo = Repo::with_history(&history, &[("RELEASES.md", text)]);
        assert_found(&repo, expected);
        assert!(told_on(&repo, TODAY).contains("1.3 eol table RELEASES.md:6 until=2031-05-01\n"));
    }
}

/// The last release of a line came while it was among the newest two, and long after its successor.
#[test]
fn a_release_before_two_newer_lines_is_no_release_after_the_end() {
    for (last, expected) in [
        ("2031-05-20", ""),
        ("2031-06-14", "support/released-after-end 1.0 patchline.toml:2 ← refs/tags/v1.0.1"),
    ] {
        let repo = Repo::with_history(
            &format!(
                "2030-10-01 main\n2030-10-01 release-1.0 v1.0.0\n2030-11-01 release-1.1 v1.1.0\n\
                 2031-05-01 release-1.2 v1.2.0\n{last} release-1.0 v1.0.1"
            ),
            &[],
        );
        repo.write("patchline.toml", "[support]\nnewest = 2\n");
        assert_found(&repo, expected);
    }
}

#[test]
fn a_line_that_is_released_and_that_nobody_names_is_named() {
    let history = format!("{BRANCHED}\n2031-06-01 release-1.2 v1.2.7");
    let repo =
        Repo::with_history(&history, &[("SECURITY.md", &table("| 1.4 | yes |\n| 1.3 | yes |\n"))]);
    assert_found(&repo, "support/undeclared-line 1.2 SECURITY.md:5 ← refs/tags/v1.2.7");
    assert!(told_on(&repo, TODAY).contains("1.2 unknown assumed\n"));
    // One that was left alone since is history.
    let repo =
        Repo::with_history(BRANCHED, &[("SECURITY.md", &table("| 1.4 | yes |\n| 1.3 | yes |\n"))]);
    assert_found(&repo, "");
}

fn contradicting() -> Repo {
    let renovate = "{\n  \"baseBranches\": [\n    \"main\",\n    \"release-1.3\",\n    \"release-1.2\"\n  ]\n}\n";
    let days = "# Releases\n\n| Version | End of support |\n|---|---|\n| 1.4 | TBD |\n| 1.3 | 2031-12-31 |\n| 1.2 | 2031-05-31 |\n";
    Repo::with_history(BRANCHED, &[("RELEASES.md", days), ("renovate.json", renovate)])
}

#[test]
fn a_check_fails_where_statements_disagree() {
    let run = run_on(&contradicting(), TODAY, &["--check"]);
    assert_eq!(run.code, 1, "{}", run.stderr);
    assert!(run.stdout.contains("Contradictions\n"), "{}", run.stdout);
    assert_eq!(run_on(&contradicting(), TODAY, &[]).code, 0);
    let agreeing = Repo::with_history(BRANCHED, &[("SECURITY.md", &table(TWO))]);
    assert_eq!(run_on(&agreeing, TODAY, &["--check"]).code, 0);
    // Nobody else is heard, so nobody disagrees.
    let silenced = contradicting();
    silenced.write("patchline.toml", "[support]\nnewest = 2\nevidence = false\n");
    assert_eq!(run_on(&silenced, TODAY, &["--check"]).code, 0);
}

#[test]
fn a_line_tells_its_story() {
    let repo = contradicting();
    let run = run_on(&repo, TODAY, &["--explain", "1.2"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert_eq!(
        run.stdout,
        "1.2 ended on 2031-05-31.
  branch release-1.2, latest release v1.2.0 of 2030-07-10, first release on 2030-07-10
  Why: it ended on 2031-05-31, by the list at RELEASES.md:7
    \"| 1.2 | 2031-05-31 |\"
  Disagrees: it is looked after, by the bots' list at renovate.json:5
    \"\"release-1.2\"\"
  To mend: renovate.json:5: take 1.2 out here, or correct the other place (support/ended-line-listed)
"
    );
    let run = run_on(&repo, TODAY, &["--explain", "9.9"]);
    assert_eq!(run.code, 2, "{}", run.stdout);
    assert!(run.stderr.contains("there is no line `9.9`"), "{}", run.stderr);
    assert!(run.stderr.contains("the lines are 1.4, 1.3, 1.2, 1.1, 1.0, main"), "{}", run.stderr);
}

#[test]
fn the_gate_decides_what_a_contradiction_costs() {
    let clean = lock(&["app 0.1.0", "clock 0.2.23"]);
    let repo = contradicting();
    let locks: Vec<String> =
        ["main", "release-1.3"].iter().map(|b| format!("{b}:Cargo.lock")).collect();
    let files: Vec<(&str, &str)> =
        locks.iter().map(|path| (path.as_str(), clean.as_str())).collect();
    repo.say(&files, "2031-05-01");
    for tag in ["v1.3.1 release-1.3", "v1.4.1 main"] {
        let (tag, branch) = tag.split_once(' ').expect("two words");
        repo.git(&["tag", tag, branch]);
    }
    let database = Database::new();
    for (knob, code) in [("fail", 1), ("warn", 0), ("note", 0)] {
        repo.write("patchline.toml", &format!("[gate]\ncontradictions = \"{knob}\"\n"));
        let run = repo.scan(&database, &[]);
        assert_eq!(run.code, code, "{knob}: {}{}", run.stdout, run.stderr);
        assert_eq!(
            run.json()["contradictions"].as_array().map(Vec::len),
            Some(1),
            "{}",
            run.stdout
        );
    }
}
