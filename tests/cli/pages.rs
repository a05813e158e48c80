//! The pages for GitHub, from real runs.

use std::fs;

use crate::world::{Database, Repo, assert_matches_schema, lock, patchline, text};

const SERDE: &str = "serde 1.0.0";

fn database() -> Database {
    let database = Database::new();
    database.add("RUSTSEC-2031-0001", "clock", "patched = [\">= 0.2.0\"]", "");
    database.add("RUSTSEC-2031-0002", "ferry-http", "patched = [\">= 1.5.0\"]", "");
    database
}

/// `clock` is vulnerable everywhere; the change adds `ferry-http`.
fn repo() -> Repo {
    let old = lock(&[SERDE, "clock 0.1.0"]);
    let repo = Repo::with_line(&old, &old);
    repo.git(&["checkout", "-q", "-b", "change", "main"]);
    let new = lock(&[SERDE, "clock 0.1.0", "ferry-http 1.4.0"]);
    repo.commit("change", &[("Cargo.lock", &new)], "2031-04-01");
    repo
}

/// True if the page has these, in this order.
#[track_caller]
fn assert_in_order(page: &str, wanted: &[&str]) {
    let mut rest = page;
    for wanted in wanted {
        let Some((_, after)) = rest.split_once(wanted) else {
            panic!("`{wanted}` is not there, or not in its place:\n{page}");
        };
        rest = after;
    }
}

#[test]
fn the_summary_begins_with_the_verdict_and_ends_with_what_it_rests_on() {
    let run = patchline(&["demo", "--format", "markdown"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert_in_order(
        &run.stdout,
        &[
            "## ❌ Patchline: FAIL",
            "2 findings fail the gate, 1 warning over 3 lines",
            "| `1.4` | ✅ nothing open |",
            "| `1.3` | ⚠️ 1 fixed-unreleased |",
            "| `1.2` | ❌ 3 unpatched (2 fail) |",
            "Not scanned: `1.1` (ended).",
            "| [`RUSTSEC-2024-0336`](https://rustsec.org/advisories/RUSTSEC-2024-0336.html) |",
            "| **unpatched** |",
            "1 more advisory asks for nothing now",
            "`RUSTSEC-2024-0375`",
            "**release it**",
            "`rustls` `0.21.10` → **`0.21.11`**",
            "`cargo update rustls@0.21.10 --precise 0.21.11`",
            "rustsec of 2024-12-09: 3 advisories, 28 days old",
        ],
    );
}

#[test]
fn a_change_is_told_first_and_the_rest_does_not_fail() {
    let repo = repo();
    let args = |format| ["--base", "main", "--format", format];
    let run = repo.scan(&database(), &args("markdown"));
    assert_eq!(run.code, 1, "{}", run.stderr);
    assert_in_order(
        &run.stdout,
        &[
            "## ❌ Patchline: FAIL",
            "This change introduces 1 finding into `main`",
            "| ❌ fails | [`RUSTSEC-2031-0002`]",
            "| `ferry-http` `1.4.0` | `Cargo.lock:",
            "`1.5.0`",
            "What was there before is below, and does not fail.",
            "unpatched (not by this change)",
        ],
    );
    let page = repo.scan(&database(), &args("text")).stdout;
    assert_in_order(
        &page,
        &[
            "This change introduces 1 finding into main",
            "fails  ferry-http  1.4.0  RUSTSEC-2031-0002  Cargo.lock:",
            "What was there before is shown and does not fail.",
        ],
    );
}

#[test]
fn a_report_says_which_change_it_is_about_and_so_does_one_that_joins_it() {
    let repo = repo();
    let run = repo.scan(&database(), &["--base", "main", "--format", "json"]);
    let report = run.json();
    assert_matches_schema(&report);
    let proposal = &report["proposal"];
    assert_eq!(text(&proposal["into"]), "main");
    assert_eq!(text(&proposal["base"]), repo.git(&["rev-parse", "main"]).trim());
    assert_eq!(text(&proposal["head"]), repo.git(&["rev-parse", "change"]).trim());
    let introduced = &proposal["introduced"][0];
    assert_eq!(text(&introduced["id"]), "RUSTSEC-2031-0002");
    assert_eq!(text(&introduced["occurrences"][0]["lockfile"]), "Cargo.lock");

    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("change.json");
    fs::write(&path, &run.stdout).expect("a file");
    let joined = patchline(&["merge", path.to_str().expect("UTF-8"), "--format", "json"]);
    let joined = joined.json();
    assert_matches_schema(&joined);
    assert_eq!(joined["proposal"], serde_json::Value::Null);
    let trouble = joined["trouble"].to_string();
    assert!(trouble.contains("about a change to `main` that is not merged"), "{trouble}");
}

#[test]
fn a_run_that_saw_nothing_is_not_called_clean() {
    let repo = Repo::with_line("[[package", &lock(&[SERDE]));
    let run = repo.scan(&database(), &["--format", "markdown"]);
    assert_eq!(run.code, 3, "{}", run.stderr);
    assert_in_order(
        &run.stdout,
        &["## ⚠️ Patchline: INCOMPLETE", "not everything could be looked at", "### Not looked at"],
    );
    let row = run.stdout.lines().find(|line| line.contains("not looked at whole"));
    assert!(row.is_some_and(|row| !row.contains('✅')), "{}", run.stdout);
}
