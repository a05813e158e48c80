//! `patchline history` on repositories whose every date is known.

use std::{fmt::Write as _, sync::LazyLock};

use serde_json::Value;

use crate::world::{Database, Repo, Run, lock, patchline_in, text};

/// `ferry` locks this version of `clock`, which has the flaw before 0.2.23.
pub(crate) fn ferry(clock: &str) -> String {
    lock(&["ferry 1.0.0", &format!("clock {clock}")])
}

pub(crate) const BAD: &str = "0.1.0";
pub(crate) const GOOD: &str = "0.2.23";

/// One vulnerability, published on a day.
pub(crate) fn database(published: &str) -> Database {
    let database = Database::new();
    let text = format!(
        "```toml\n[advisory]\nid = \"RUSTSEC-2031-0001\"\npackage = \"clock\"\ndate = \"{published}\"\n\
         cvss = \"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H\"\naliases = [\"CVE-2031-1\"]\n\
         [versions]\npatched = [\">= 0.2.23\"]\n```\n\n# A clock that stops\n\nIt stops.\n"
    );
    database.add_file("crates/clock/RUSTSEC-2031-0001.md", text.as_bytes());
    // A database is as old as its newest record.
    database.add("RUSTSEC-2031-0009", "rope", "patched = []", "");
    database
}

pub(crate) fn history(repo: &Repo, database: &Database, args: &[&str]) -> Run {
    let place = format!("rustsec={}", database.path().display());
    let path = repo.path().to_str().expect("UTF-8");
    let fixed = ["history", "--repo", path, "--db", &place, "--as-of", "2031-06-15"];
    patchline_in(repo.path(), &[&fixed[..], args].concat(), &[])
}

/// `LINE STATE: introduced DAY, first release TAG DAY, …, N days`, an episode a row; the default
/// branch's are left out.
pub(crate) fn told(run: &Run) -> String {
    let json = run.json();
    assert_matches_schema(&json);
    let rows = json["episodes"].as_array().expect("episodes").iter();
    rows.filter(|episode| episode["line"] != "main").map(row).collect::<Vec<_>>().join("\n")
}

pub(crate) fn row(episode: &Value) -> String {
    let mut row = format!("{} {}:", text(&episode["line"]), text(&episode["state"]));
    for (key, name) in [
        ("introduced", "in"),
        ("first_release", "shipped"),
        ("fixed", "fixed"),
        ("released", "released"),
        ("unknown_since", "unknown since"),
    ] {
        let turn = &episode[key];
        if !turn.is_null() {
            let tag = turn["tag"].as_str().map(|tag| format!("{tag} ")).unwrap_or_default();
            let _ = write!(row, " {name} {tag}{}", &text(&turn["day"])[5..]);
        }
    }
    if episode["began"] != "came" {
        let _ = write!(row, " ({})", text(&episode["began"]));
    }
    let _ = match episode["days_exposed"].as_u64() {
        Some(days) => write!(row, " = {days} days"),
        None => write!(row, " = ?"),
    };
    row
}

fn assert_matches_schema(document: &Value) {
    static VALIDATOR: LazyLock<jsonschema::Validator> = LazyLock::new(|| {
        let schema = include_str!("../../schemas/history.v1.schema.json");
        let schema: Value = serde_json::from_str(schema).expect("the schema is JSON");
        jsonschema::validator_for(&schema).expect("the schema is a schema")
    });
    let errors: Vec<String> =
        VALIDATOR.iter_errors(document).map(|e| format!("{}: {e}", e.instance_path())).collect();
    assert!(errors.is_empty(), "{}", errors.join("\n"));
}

/// A repository from rows: `DAY BRANCH FILES [TAG…]`. Files are `-` for none, or `path=version` joined
/// by commas, where a path alone is the folder of a lockfile, `.` is the root, and `!` in the place of
/// a version is a lockfile that does not parse.
pub(crate) fn world(rows: &str) -> Repo {
    let repo = Repo::new();
    for row in rows.lines().map(str::trim).filter(|row| !row.is_empty()) {
        let words: Vec<&str> = row.split_whitespace().collect();
        let [day, branch, files, tags @ ..] = words.as_slice() else { panic!("{row}") };
        let files: Vec<(String, String)> = files
            .split(',')
            .filter(|file| *file != "-")
            .map(|file| {
                let (folder, version) = file.split_once('=').expect("a version");
                let text = if version == "!" { "<<<<<<<\n".to_owned() } else { ferry(version) };
                let path = if folder == "." { String::new() } else { format!("{folder}/") };
                (format!("{path}Cargo.lock"), text)
            })
            .collect();
        let mut files: Vec<(&str, &str)> =
            files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
        files.push(("README.md", row));
        repo.commit(branch, &files, day);
        for tag in tags {
            repo.git_on(day, &["tag", "-a", "-m", "Release", tag]);
        }
    }
    repo
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table of stories is read from top to bottom")]
fn each_story_is_told_as_it_was() {
    for (name, published, rows, expected) in [
        (
            "a dependency brings it, a bump on the branch takes it, a release ships that",
            "2031-03-10",
            "2031-01-01 main .=0.2.23
             2031-02-01 release-1.0 .=0.2.23 v1.0.0
             2031-03-01 release-1.0 .=0.1.0
             2031-03-05 release-1.0 .=0.1.0 v1.0.1
             2031-03-20 release-1.0 .=0.2.23
             2031-04-01 release-1.0 .=0.2.23 v1.0.2",
            "1.0 released: in 03-01 shipped v1.0.1 03-05 fixed 03-20 released v1.0.2 04-01 = 22 days",
        ),
        (
            "it counts from the first release that has it, if it was public before",
            "2030-12-01",
            "2031-01-01 main .=0.2.23
             2031-02-01 release-1.0 .=0.2.23 v1.0.0
             2031-03-01 release-1.0 .=0.1.0
             2031-03-05 release-1.0 .=0.1.0 v1.0.1
             2031-04-01 release-1.0 .=0.2.23 v1.0.2",
            "1.0 released: in 03-01 shipped v1.0.1 03-05 fixed 04-01 released v1.0.2 04-01 = 27 days",
        ),
        (
            "a fix before publication is a matter of no days",
            "2031-05-01",
            "2030-12-31 main .=0.2.23
             2031-01-01 release-1.0 .=0.1.0 v1.0.0
             2031-03-05 release-1.0 .=0.2.23 v1.0.1",
            "1.0 released: in 01-01 shipped v1.0.0 01-01 fixed 03-05 released v1.0.1 03-05 = 0 days",
        ),
        (
            "what comes back is another episode",
            "2031-01-01",
            "2031-01-01 main .=0.2.23
             2031-02-01 release-1.0 .=0.1.0 v1.0.0
             2031-02-05 release-1.0 .=0.2.23 v1.0.1
             2031-03-01 release-1.0 .=0.1.0 v1.0.2
             2031-03-09 release-1.0 .=0.2.23
             2031-03-11 release-1.0 .=0.2.23 v1.0.3",
            "1.0 released: in 02-01 shipped v1.0.0 02-01 fixed 02-05 released v1.0.1 02-05 = 4 days\n\
             1.0 released: in 03-01 shipped v1.0.2 03-01 fixed 03-09 released v1.0.3 03-11 = 10 days",
        ),
        (
            "what comes back before the fix was released is on its own until a release has it",
            "2031-01-01",
            "2031-01-01 main .=0.2.23
             2031-02-01 release-1.0 .=0.1.0 v1.0.0
             2031-02-05 release-1.0 .=0.2.23
             2031-02-06 release-1.0 .=0.2.23 v1.0.1
             2031-03-01 release-1.0 .=0.1.0",
            "1.0 released: in 02-01 shipped v1.0.0 02-01 fixed 02-05 released v1.0.1 02-06 = 5 days\n\
             1.0 open: in 03-01 = ?",
        ),
        (
            "what was on the branch only exposed no user of a release",
            "2031-01-01",
            "2031-01-01 main .=0.2.23
             2031-02-01 release-1.0 .=0.2.23 v1.0.0
             2031-03-01 release-1.0 .=0.1.0
             2031-03-05 release-1.0 .=0.2.23
             2031-03-06 release-1.0 .=0.2.23 v1.0.1",
            "1.0 never-released: in 03-01 fixed 03-05 = ?",
        ),
        (
            "a line is cut with the hole, and a fix on main only is none",
            "2031-02-10",
            "2031-01-01 main .=0.1.0
             2031-02-01 release-1.0 .=0.1.0 v1.0.0
             2031-03-01 main .=0.2.23",
            "1.0 open: in 01-01 shipped v1.0.0 02-01 (with-line) = 125 days",
        ),
        (
            "fixed on the branch and not shipped",
            "2031-02-10",
            "2031-01-01 main .=0.1.0
             2031-02-01 release-1.0 .=0.1.0 v1.0.0
             2031-03-01 release-1.0 .=0.2.23",
            "1.0 unreleased: in 01-01 shipped v1.0.0 02-01 fixed 03-01 (with-line) = 125 days",
        ),
        (
            "with several lockfiles, the last one counts",
            "2031-01-10",
            "2031-01-01 main .=0.2.23
             2031-02-01 release-1.0 .=0.1.0,tool=0.1.0 v1.0.0
             2031-03-01 release-1.0 .=0.2.23,tool=0.1.0 v1.0.1
             2031-03-05 release-1.0 .=0.2.23,tool=0.2.23 v1.0.2",
            "1.0 released: in 02-01 shipped v1.0.0 02-01 fixed 03-05 released v1.0.2 03-05 = 32 days",
        ),
        (
            "a lockfile that moves is the same, and one that goes while another stays is gone",
            "2031-01-10",
            "2031-01-01 main .=0.2.23
             2031-02-01 release-1.0 .=0.2.23,tool=0.1.0 v1.0.0
             2031-02-15 release-1.0 .=0.2.23,tools/all=0.1.0 v1.0.1
             2031-03-01 release-1.0 .=0.2.23 v1.0.2",
            "1.0 released: in 02-01 shipped v1.0.0 02-01 fixed 03-01 released v1.0.2 03-01 = 28 days",
        ),
        (
            "what does not parse fixes nothing",
            "2031-01-10",
            "2031-01-01 main .=0.2.23
             2031-02-01 release-1.0 .=0.1.0 v1.0.0
             2031-02-10 release-1.0 .=! v1.0.1
             2031-03-01 release-1.0 .=0.2.23 v1.0.2",
            "1.0 released: in 02-01 shipped v1.0.0 02-01 fixed 03-01 released v1.0.2 03-01 = 28 days",
        ),
        (
            "without any lockfile nobody can tell",
            "2031-01-10",
            "2031-01-01 main .=0.2.23
             2031-02-01 release-1.0 .=0.1.0 v1.0.0
             2031-02-10 release-1.0 -",
            "1.0 open: in 02-01 shipped v1.0.0 02-01 = 134 days",
        ),
        (
            "a pre-release ships nothing",
            "2031-01-10",
            "2031-01-01 main .=0.2.23
             2031-02-01 release-1.0 .=0.1.0 v1.0.0-rc.1
             2031-02-10 release-1.0 .=0.1.0 v1.0.0
             2031-03-01 release-1.0 .=0.2.23 v1.0.1-rc.1
             2031-03-09 release-1.0 .=0.2.23 v1.0.1",
            "1.0 released: in 02-01 shipped v1.0.0 02-10 fixed 03-01 released v1.0.1 03-09 = 27 days",
        ),
        (
            "two lines have two stories",
            "2031-01-10",
            "2031-01-01 main .=0.1.0
             2031-02-01 release-1.0 .=0.1.0 v1.0.0
             2031-02-02 release-1.0 .=0.2.23 v1.0.1",
            "1.0 released: in 01-01 shipped v1.0.0 02-01 fixed 02-02 released v1.0.1 02-02 (with-line) = 1 days",
        ),
    ] {
        let repo = world(rows);
        let run = history(&repo, &database(published), &["--format", "json"]);
        assert_eq!(told(&run), expected, "{name}\n{}", run.stderr);
    }
}

#[test]
fn a_release_beside_the_branch_ends_the_exposure_and_not_the_hole() {
    let repo = world(
        "2031-01-01 main .=0.2.23
         2031-02-01 release-1.0 .=0.1.0 v1.0.0",
    );
    repo.git(&["checkout", "--quiet", "-b", "hotfix", "v1.0.0"]);
    repo.commit("hotfix", &[("Cargo.lock", &ferry(GOOD))], "2031-02-20");
    repo.git_on("2031-02-20", &["tag", "-a", "-m", "Release", "v1.0.1"]);
    repo.git(&["checkout", "--quiet", "main"]);
    repo.git(&["branch", "--quiet", "-D", "hotfix"]);
    let database = database("2031-02-10");
    assert_eq!(
        told(&history(&repo, &database, &["--format", "json"])),
        "1.0 open: in 02-01 shipped v1.0.0 02-01 released v1.0.1 02-20 = 10 days"
    );
    // The next release of the branch ships it again.
    repo.commit("release-1.0", &[("Cargo.lock", &ferry(BAD)), ("x", "")], "2031-03-01");
    repo.git_on("2031-03-01", &["tag", "-a", "-m", "Release", "v1.0.2"]);
    assert_eq!(
        told(&history(&repo, &database, &["--format", "json"])),
        "1.0 released: in 02-01 shipped v1.0.0 02-01 released v1.0.1 02-20 = 10 days\n\
         1.0 open: in 02-01 shipped v1.0.2 03-01 = 106 days"
    );
}

#[test]
fn a_line_that_was_just_cut_has_no_past_of_its_own() {
    let repo = world("2031-01-01 main .=0.2.23\n2031-02-01 main .=0.1.0\n2031-02-05 main .=0.1.0");
    repo.git(&["branch", "release-1.0"]);
    repo.git_on("2031-02-06", &["tag", "-a", "-m", "Release", "v1.0.0"]);
    let run = history(&repo, &database("2031-01-31"), &["--format", "json"]);
    assert_eq!(told(&run), "1.0 open: in 02-05 shipped v1.0.0 02-06 (with-line) = 129 days");
    let json = run.json();
    let of_main =
        json["episodes"].as_array().expect("episodes").iter().find(|e| e["line"] == "main");
    assert_eq!(row(of_main.expect("an episode")), "main open: in 02-01 = 134 days");
}

#[test]
fn a_lower_version_that_comes_later_changes_nothing() {
    // The project counts in majors, and looks after an older minor for a while.
    let repo = world(
        "2031-01-01 main .=0.2.23
         2031-02-01 release-3 .=0.1.0 v3.1.0
         2031-02-10 release-3 .=0.1.0 v3.2.0",
    );
    repo.git(&["checkout", "--quiet", "-b", "aside", "v3.1.0"]);
    repo.commit("aside", &[("Cargo.lock", &ferry(GOOD))], "2031-02-20");
    repo.git_on("2031-02-20", &["tag", "-a", "-m", "Release", "v3.1.1"]);
    repo.git(&["checkout", "--quiet", "main"]);
    repo.git(&["branch", "--quiet", "-D", "aside"]);
    repo.commit("release-3", &[("Cargo.lock", &ferry(GOOD))], "2031-03-02");
    repo.git_on("2031-03-02", &["tag", "-a", "-m", "Release", "v3.2.1"]);
    let run = history(&repo, &database("2031-01-31"), &["--format", "json"]);
    assert_eq!(
        told(&run),
        "3 released: in 02-01 shipped v3.1.0 02-01 fixed 03-02 released v3.2.1 03-02 = 29 days"
    );
}

#[test]
fn the_support_of_a_line_may_end_with_it() {
    let repo = world(
        "2031-01-01 main .=0.2.23
         2031-02-01 release-1.0 .=0.1.0 v1.0.0
         2031-02-02 main .=0.2.23
         2031-03-01 release-1.1 .=0.2.23 v1.1.0",
    );
    repo.write(
        "patchline.toml",
        "[[support.line]]\nid = \"1.1\"\n[[support.line]]\nid = \"1.0\"\nuntil = 2031-03-10\n\
         [targets]\ncritical = \"7d\"\n",
    );
    for (published, expected) in [
        ("2031-02-10", "1.0 ended: in 02-01 shipped v1.0.0 02-01 = 28 days"),
        ("2031-04-10", "1.0 ended: in 02-01 shipped v1.0.0 02-01 = ?"),
    ] {
        let run = history(&repo, &database(published), &["--format", "json"]);
        assert_eq!(told(&run), expected, "{}", run.stderr);
        // Nobody was exposed by what was published after the end, on the branch as little.
        let on_branch = &run.json()["episodes"][0]["days_on_branch"];
        assert_eq!(on_branch.is_null(), expected.ends_with('?'), "{on_branch}");
        // What an ended line has is nobody's promise.
        assert_eq!(run.code, 0, "{}", run.stderr);
    }
}

#[test]
fn a_target_that_an_open_hole_misses_fails_and_one_that_was_missed_is_told() {
    let repo = world(
        "2031-01-01 main .=0.2.23
         2031-02-01 release-1.0 .=0.1.0 v1.0.0
         2031-03-05 release-1.0 .=0.2.23 v1.0.1
         2031-06-01 release-1.0 .=0.1.0 v1.0.2",
    );
    let database = database("2031-02-10");
    for (targets, code, met, missed, now) in [
        ("", 0, 0, 0, 0),
        ("[targets]\ncritical = \"7d\"\n", 1, 0, 2, 1),
        ("[targets]\ncritical = \"14d\"\n", 0, 0, 1, 0),
        ("[targets]\ncritical = \"30d\"\n", 0, 1, 0, 0),
        ("[targets]\nhigh = \"0d\"\n", 0, 0, 0, 0),
    ] {
        let text =
            format!("[support]\ndefault-branch = false\n[[support.line]]\nid = \"1.0\"\n{targets}");
        repo.write("patchline.toml", &text);
        let run = history(&repo, &database, &["--format", "json"]);
        let json = run.json();
        assert_eq!(run.code, code, "{targets}{}", run.stderr);
        let all = &json["summary"][0];
        assert_eq!((&all["line"], &all["severity"]), (&Value::Null, &Value::from("critical")));
        let counts = ["met", "missed", "missing_now", "episodes", "open", "over"]
            .map(|key| all[key].as_u64().expect("a number"));
        assert_eq!(counts, [met, missed, now, 2, 1, 1], "{targets}");
        assert_eq!(all["median_days"].as_f64(), Some(23.0), "{targets}");
        assert_eq!(all["worst_days"], 23, "{targets}");
        let page = history(&repo, &database, &[]);
        assert_eq!(page.code, code);
        let word = if code == 1 { "FAIL  1 open episode misses its target" } else { "PASS  no" };
        assert!(page.stdout.contains(word), "{}", page.stdout);
    }
}

#[test]
fn a_clone_that_was_made_without_tags_tells_no_release() {
    let repo = world(
        "2031-01-01 main .=0.2.23
         2031-02-01 release-1.0 .=0.1.0 v1.0.0
         2031-03-05 release-1.0 .=0.2.23 v1.0.1",
    );
    let database = database("2031-02-02");
    let bare = Repo::new();
    let from = format!("file://{}", repo.path().display());
    bare.git(&[
        "fetch",
        "--quiet",
        "--update-head-ok",
        "--no-tags",
        &from,
        "+refs/heads/*:refs/heads/*",
    ]);
    let run = history(&bare, &database, &["--format", "json"]);
    assert_eq!(run.code, 3, "{}", run.stderr);
    let gap = "no release tag is in this clone";
    assert!(run.stdout.contains(gap), "{}", run.stdout);
    bare.git(&["fetch", "--quiet", "--tags", &from]);
    assert_eq!(history(&bare, &database, &[]).code, 0);
}

#[test]
fn what_is_not_at_hand_is_never_good_news() {
    let repo = world(
        "2031-01-01 main .=0.2.23
         2031-02-01 release-1.0 .=0.1.0 v1.0.0
         2031-02-05 release-1.0 .=0.1.0
         2031-03-05 release-1.0 .=0.2.23 v1.0.1",
    );
    let database = database("2031-02-02");
    assert_eq!(history(&repo, &database, &[]).code, 0);
    let shallow = Repo::new();
    let from = format!("file://{}", repo.path().display());
    let heads = "+refs/heads/*:refs/heads/*";
    shallow.git(&[
        "fetch",
        "--quiet",
        "--depth",
        "2",
        "--update-head-ok",
        "--no-tags",
        &from,
        heads,
    ]);
    let run = history(&shallow, &database, &["--format", "json", "--line", "release-1.0"]);
    let json = run.json();
    assert_eq!(run.code, 3, "{}", run.stderr);
    let told = json["episodes"].as_array().expect("episodes").iter().map(row).collect::<Vec<_>>();
    // There is no release here, so the branch is what its users have.
    assert_eq!(told, ["1.0 never-released: in 02-05 fixed 03-05 (earlier) = 28 days"]);
    assert_eq!(json["episodes"][0]["is_at_least"], true);
    assert_eq!(json["summary"][0]["at_least"], 1);
    assert_eq!(json["lines"][0]["is_whole"], false);
    let is_told =
        |run: &Run| run.stdout.contains("what its branch was before 2031-02-05 is not known");
    assert!(is_told(&run), "{}", run.stdout);
    // What was before the first day that is asked for matters where something told may be older.
    for (since, is_whole) in [("2031-02-20", false), ("2031-03-06", true)] {
        let args = ["--line", "release-1.0", "--since", since, "--format", "json"];
        let run = history(&shallow, &database, &args);
        assert_eq!(is_told(&run), !is_whole, "{}", run.stdout);
        assert_eq!(run.json()["lines"][0]["is_whole"], is_whole, "{since}");
    }
}

#[test]
fn a_tip_that_cannot_be_read_is_a_gap_and_an_unknown_day_is_not_zero() {
    let repo = world(
        "2031-01-01 main .=0.2.23
         2031-02-01 release-1.0 .=0.1.0 v1.0.0
         2031-03-05 release-1.0 .=! v1.0.1",
    );
    let run = history(&repo, &database("2031-02-02"), &["--format", "json"]);
    assert_eq!(run.code, 3);
    let told = told(&run);
    assert_eq!(
        told,
        "1.0 open: in 02-01 shipped v1.0.0 02-01 unknown since v1.0.1 03-05 = 31 days"
    );
    assert!(run.stdout.contains("its newest release could not be read whole at v1.0.1"));
}

#[test]
fn what_was_over_before_is_left_out() {
    let repo = world(
        "2031-01-01 main .=0.2.23
         2031-02-01 release-1.0 .=0.1.0 v1.0.0
         2031-03-05 release-1.0 .=0.2.23 v1.0.1",
    );
    let database = database("2031-02-02");
    for (since, count) in [("2031-03-05", 1), ("2031-03-06", 0)] {
        let run = history(&repo, &database, &["--format", "json", "--since", since]);
        assert_eq!(run.json()["episodes"].as_array().map(Vec::len), Some(count), "{since}");
    }
}

#[test]
fn one_vulnerability_has_one_story_and_what_comes_from_elsewhere_none() {
    let database = database("2031-02-02");
    // The same by its CVE, a withdrawn one, and what is no vulnerability.
    database.add(
        "RUSTSEC-2031-0002",
        "clock",
        "patched = [\">= 0.2.0\"]",
        "aliases = [\"CVE-2031-1\"]",
    );
    database.add("RUSTSEC-2031-0003", "clock", "patched = []", "withdrawn = \"2031-03-01\"");
    database.add("RUSTSEC-2031-0004", "clock", "patched = []", "informational = \"unmaintained\"");
    let repo = world(
        "2031-01-01 main .=0.2.23
         2031-02-01 release-1.0 .=0.1.0 v1.0.0
         2031-03-01 release-1.0 .=0.2.1 v1.0.1
         2031-03-05 release-1.0 .=0.2.23 v1.0.2",
    );
    let run = history(&repo, &database, &["--format", "json"]);
    assert_eq!(
        told(&run),
        "1.0 released: in 02-01 shipped v1.0.0 02-01 fixed 03-05 released v1.0.2 03-05 = 31 days"
    );
    let episode = &run.json()["episodes"][0];
    assert_eq!(text(&episode["vulnerability"]), "RUSTSEC-2031-0001");
    assert_eq!(episode["versions"], serde_json::json!(["0.1.0", "0.2.1"]));
    // A copy from elsewhere may have the flaw or not: that is no fix.
    let elsewhere = lock(&["ferry 1.0.0", "clock 0.1.0 git+https://example.org/clock#1"]);
    repo.commit("release-1.0", &[("Cargo.lock", &ferry(BAD))], "2031-04-01");
    repo.commit("release-1.0", &[("Cargo.lock", &elsewhere)], "2031-04-05");
    let run = history(&repo, &database, &["--format", "json"]);
    let told = told(&run);
    let last = told.lines().last().expect("a row");
    assert_eq!(last, "1.0 open: in 04-01 unknown since 04-05 = ?");
    assert_eq!(run.json()["possible"], 1);
    let all = &run.json()["summary"][0];
    assert_eq!((&all["open"], &all["unknown"]), (&Value::from(0), &Value::from(1)));
    assert!(history(&repo, &database, &[]).stdout.contains("Nobody can tell (1)"));
}

#[test]
fn days_are_days_in_utc_and_dates_that_go_back_are_said() {
    let repo = world("2031-01-01 main .=0.2.23\n2031-02-01 release-1.0 .=0.1.0 v1.0.0");
    std::fs::write(repo.path().join("Cargo.lock"), ferry(GOOD)).expect("a file");
    repo.git(&["add", "--all"]);
    // Late in the evening in the west is the next day.
    let commit = |date: &str, message: &str| {
        let output = std::process::Command::new("git")
            .args(["-c", "user.name=A", "-c", "user.email=a@example.org"])
            .args(["commit", "--quiet", "--allow-empty", "-m", message])
            .current_dir(repo.path())
            .env("GIT_COMMITTER_DATE", date)
            .output()
            .expect("git runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    };
    commit("2031-03-04T22:00:00-05:00", "Fix");
    repo.git_on("2031-03-06", &["tag", "-a", "-m", "Release", "v1.0.1"]);
    let run = history(&repo, &database("2031-02-01"), &["--format", "json"]);
    assert_eq!(
        told(&run),
        "1.0 released: in 02-01 shipped v1.0.0 02-01 fixed 03-05 released v1.0.1 03-06 = 33 days"
    );
    std::fs::write(repo.path().join("Cargo.lock"), ferry(BAD)).expect("a file");
    repo.git(&["add", "--all"]);
    commit("2031-01-15T12:00:00Z", "Undo");
    let run = history(&repo, &database("2031-02-01"), &["--format", "json"]);
    assert!(told(&run).contains("1.0 open: in 01-15 = ?"), "{}", told(&run));
    assert!(run.stdout.contains("dated before the one that they follow"), "{}", run.stdout);
}

#[test]
fn the_page_and_the_table_say_what_matters() {
    let repo = world(
        "2031-01-01 main .=0.2.23
         2031-02-01 release-1.0 .=0.1.0 v1.0.0
         2031-03-05 release-1.0 .=0.2.23 v1.0.1
         2031-06-01 release-1.0 .=0.1.0 v1.0.2",
    );
    let database = database("2031-02-10");
    let text = "[support]\ndefault-branch = false\n[[support.line]]\nid = \"1.0\"\n[targets]\n\
                critical = \"7d\"\n";
    repo.write("patchline.toml", text);
    let page = history(&repo, &database, &[]).stdout;
    for expected in [
        "LINE           SEVERITY  TOLD  OPEN  BRANCH  UNKNOWN  ENDED  MEDIAN  WORST  TARGET  MET",
        "all supported  critical     2     1       -        -      -      23     23       7  0 of 2",
        "Still there (1)",
        "  1.0   critical  14!   RUSTSEC-2031-0001  clock 0.1.0  2031-02-10  since 2031-06-01",
        "Over (1)",
        "2031-03-05 v1.0.1",
        "FAIL  1 open episode misses its target",
    ] {
        assert!(page.contains(expected), "{expected}\n{page}");
    }
    let table = history(&repo, &database, &["--format", "csv"]).stdout;
    let rows: Vec<&str> = table.split("\r\n").collect();
    assert_eq!(rows.len(), 4, "{table}");
    assert!(rows[0].starts_with("\"kind\",\"line\",\"supported\",\"vulnerability\""));
    assert!(
        rows[1].starts_with("\"episode\",\"1.0\",\"true\",\"RUSTSEC-2031-0001\",\"CVE-2031-1\"")
    );
    assert!(rows.iter().take(3).all(|row| row.matches("\",\"").count() == 29), "{table}");
}

#[test]
fn a_line_is_named_by_any_of_its_names() {
    let repo = world(
        "2031-01-01 main .=0.2.23
         2031-02-01 release-1.0 .=0.1.0 v1.0.0
         2031-02-02 main .=0.2.23
         2031-03-01 release-1.1 .=0.1.0 v1.1.0",
    );
    let database = database("2031-02-10");
    for (glob, lines) in [
        ("1.0", vec!["1.0"]),
        ("release-1.1", vec!["1.1"]),
        ("v1.0.*", vec!["1.0"]),
        ("1.*", vec!["1.1", "1.0"]),
        ("refs/heads/release-*", vec!["1.1", "1.0"]),
    ] {
        let run = history(&repo, &database, &["--format", "json", "--line", glob]);
        let json = run.json();
        let found: Vec<&str> =
            json["lines"].as_array().expect("lines").iter().map(|l| text(&l["id"])).collect();
        assert_eq!(found, lines, "{glob}");
    }
    let run = history(&repo, &database, &["--line", "2.0"]);
    assert_eq!(run.code, 2, "{}", run.stderr);
    assert!(run.stderr.contains("no branch or tag matches `2.0`"), "{}", run.stderr);
}
