//! Which lines are supported, from end to end: the edge cases of discovery. What each kind of
//! statement decides is in `evidence.rs`, what a configuration decides in `rules.rs`, and where
//! statements disagree in `contradictions.rs`.
//!
//! | Edge case | Test, in `lines.rs` unless it says `→` |
//! |---|---|
//! | 1 candidates | `a_release_beats_its_release_candidate`, → `every_form_of_pre_release_is_below_its_release` |
//! | 2 only pre-releases | `a_line_with_only_pre_releases_is_upcoming_and_takes_no_place` |
//! | 3 branch before release | → `a_branch_that_is_not_released_yet_evicts_nobody` |
//! | 4 hotfix suffixes | `hotfix_builds_are_no_releases` |
//! | 5 two and four numbers | `four_part_security_versions_and_dashes_are_read`, `first_releases_with_fewer_numbers_…` |
//! | 6 prefixes, modules | → `prefixes_slashes_and_underscores_are_read`, `module_tags_and_sibling_products_are_left_out` |
//! | 7 two tags, one commit | `two_schemes_in_step_are_one_release` |
//! | 8 unrelated schemes | `branches_named_after_another_product_…`, → `branches_named_after_days_are_joined_by_history` |
//! | 9 a branch per patch | `one_branch_per_patch_is_one_line` |
//! | 10 missing minors | `minors_are_numbers_and_may_be_missing`, → `rules.rs` |
//! | 11 rollover | → `rules.rs`: `the_last_line_of_a_major_is_kept_and_majors_roll_over` |
//! | 12 granularity | `a_project_that_counts_in_majors_…`, → `before_1_0_the_minor_is_the_line` |
//! | 13 sets with holes | → `evidence.rs`: `days_on_branches_need_not_be_in_the_order_of_versions` |
//! | 14 numeric order | `minors_are_numbers_…`, → `evidence.rs`: `a_schedule_in_yaml_says_1_30_and_not_1_3` |
//! | 15 newest without branch | → `the_newest_line_may_live_on_the_default_branch` |
//! | 16 line without branch | → `a_supported_line_needs_no_branch_and_a_branch_is_no_support` |
//! | 17 ends in refs | `a_tag_ends_a_line`, → `tags_and_names_of_branches_end_lines` |
//! | 18 kinds of days | → `evidence.rs`: `days_are_written_in_many_ways` |
//! | 19 several days | → `evidence.rs`: `several_days_of_one_line_are_kept_apart` |
//! | 20 rejected branches | `branches_of_bots_and_work_are_no_lines`, → `names_that_only_contain_a_line_are_none` |
//! | 21 policy changed | → `a_policy_that_changed_holds_from_its_day` |
//! | 22 old scheme above | `an_old_calendar_scheme_does_not_outrank_the_new_one` |
//! | 23 several styles | → `several_styles_of_branches_and_tags_stand_side_by_side` |
//! | 24 LTS from old weeklies | → `a_long_term_line_may_be_older_than_the_weeklies` |
//! | 25 thousands of pre-releases | → `thousands_of_nightlies_are_no_lines` |
//! | 26 no local branches | → `lines_may_be_seen_as_remote_branches_only`, `reading.rs` |
//! | 27 tags only | → `lines_whose_branches_were_deleted_live_in_their_tags` |

use std::fmt::Write as _;

use serde_json::Value;

use crate::world::{Repo, Run, TODAY, git, patchline, text};

/// A ferry company with a line every three months, the newest from January 2031.
pub(crate) const FERRY: &str = "
    2030-01-10 main v1.0.0
    2030-04-10 main v1.1.0
    2030-07-10 main v1.2.0
    2030-10-10 main v1.3.0
    2031-01-10 main v1.4.0";

/// The same with a branch for each line but the newest.
pub(crate) const BRANCHED: &str = "
    2030-01-10 main v1.0.0
    2030-01-11 release-1.0
    2030-04-10 main v1.1.0
    2030-04-11 release-1.1
    2030-07-10 main v1.2.0
    2030-07-11 release-1.2
    2030-10-10 main v1.3.0
    2030-10-11 release-1.3
    2031-01-10 main v1.4.0";

/// `patchline lines` on a day.
pub(crate) fn run_on(repo: &Repo, day: &str, args: &[&str]) -> Run {
    let path = repo.path().to_str().expect("UTF-8");
    let mut all = vec!["lines", "--repo", path, "--as-of", day];
    all.extend(args);
    patchline(&all)
}

/// What is decided about each release line, a row each: its name, its standing, who decides and
/// where, and what else is known. A place on another branch than `main` names it.
pub(crate) fn told_on(repo: &Repo, day: &str) -> String {
    let run = run_on(repo, day, &["--format", "json"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let json = run.json();
    let lines = json["lines"].as_array().expect("lines");
    lines.iter().filter(|line| line["kind"] == "release").fold(String::new(), |mut rows, line| {
        let by = &line["evidence"][0];
        let _ = write!(
            rows,
            "{} {} {}{}",
            text(&line["id"]),
            text(&line["status"]),
            text(&by["by"]),
            place(&by["origin"])
        );
        for (key, label) in [
            ("until", "until="),
            ("bug_fixes_until", "bug-fixes="),
            ("extended_until", "extended="),
            ("edition", "edition="),
        ] {
            if let Some(value) = line[key].as_str() {
                let _ = write!(rows, " {label}{value}");
            }
        }
        if line["tier"] != "full" {
            let _ = write!(rows, " {}", text(&line["tier"]));
        }
        if line["lts"] == true {
            rows.push_str(" lts");
        }
        rows.push('\n');
        rows
    })
}

/// ` path:row`, or nothing.
pub(crate) fn place(origin: &Value) -> String {
    let Some(path) = origin["path"].as_str() else { return String::new() };
    let on = match origin["ref"].as_str() {
        None | Some("refs/heads/main") => String::new(),
        Some(reference) => format!("{reference}:"),
    };
    let row = origin["row"].as_u64().map(|row| format!(":{row}")).unwrap_or_default();
    format!(" {on}{path}{row}")
}

pub(crate) fn rows(expected: &str) -> String {
    let rows = expected.lines().map(str::trim).filter(|row| !row.is_empty());
    rows.map(|row| format!("{row}\n")).collect()
}

#[track_caller]
pub(crate) fn assert_told_on(repo: &Repo, day: &str, expected: &str) {
    assert_eq!(told_on(repo, day), rows(expected));
}

#[track_caller]
pub(crate) fn assert_told(repo: &Repo, expected: &str) {
    assert_told_on(repo, TODAY, expected);
}

/// The names of the supported release lines.
pub(crate) fn supported_on(repo: &Repo, day: &str) -> String {
    let rows = told_on(repo, day);
    let is_supported = |row: &&str| row.split(' ').nth(1) == Some("supported");
    let names = rows.lines().filter(is_supported).filter_map(|row| row.split(' ').next());
    names.collect::<Vec<_>>().join(" ")
}

pub(crate) fn supported(repo: &Repo) -> String {
    supported_on(repo, TODAY)
}

/// `id status branch tag`, a row each.
fn structure(repo: &Repo) -> String {
    let run = run_on(repo, TODAY, &["--format", "json"]);
    let json = run.json();
    let lines = json["lines"].as_array().expect("lines").iter();
    lines.filter(|line| line["kind"] == "release").fold(String::new(), |mut rows, line| {
        let or_none = |value: &Value| value.as_str().unwrap_or("-").to_owned();
        let _ = writeln!(
            rows,
            "{} {} {} {}",
            text(&line["id"]),
            text(&line["status"]),
            or_none(&line["branch"]),
            or_none(&line["release"]["tag"])
        );
        rows
    })
}

#[track_caller]
fn assert_structure(history: &str, expected: &str) {
    assert_eq!(structure(&Repo::with_history(history, &[])), rows(expected), "{history}");
}

#[test]
fn every_form_of_pre_release_is_below_its_release() {
    let forms = [
        "-rc.1",
        "-rc1",
        "rc1",
        "b1",
        "-RC.1",
        "-rc-1",
        "-alpha.0",
        "-beta.3",
        "-dev",
        "-nightly.20310102",
        "a1",
        "-preview2",
        ".dev3",
        "-SNAPSHOT",
    ];
    let mut history = "2030-01-01 main v1.0.0\n2030-02-01 main".to_owned();
    for form in forms {
        let _ = write!(history, " v1.0.0{form} v1.0.1{form}");
    }
    // Made after its candidates and sorted as text below them.
    history.push_str("\n2030-03-01 main v1.1.0rc1 v1.1.0 v1.1.0-rc2\n2030-04-01 main");
    for (minor, form) in (2..).zip(forms) {
        let _ = write!(history, " v1.{minor}.0{form}");
    }
    let shown = structure(&Repo::with_history(&history, &[]));
    let upcoming = (2..2 + forms.len()).rev().fold(String::new(), |mut rows, minor| {
        let _ = writeln!(rows, "1.{minor} upcoming - -");
        rows
    });
    assert_eq!(shown, format!("{upcoming}1.1 supported - v1.1.0\n1.0 supported - v1.0.0\n"));
}

#[test]
fn a_branch_that_is_not_released_yet_evicts_nobody() {
    let repo = Repo::with_history(
        "2026-01-10 main v2.0.0
         2028-01-10 main v4.0.0
         2028-01-11 release-4.0
         2029-06-10 main v5.0.0
         2029-06-11 release-5.0
         2031-06-01 release-6.0 v6.0.0-rc.1",
        &[],
    );
    for (policy, expected) in [
        // The long-term line that was cut does not replace the one that is out.
        ("[[support.rule]]\nlts-every = 2\nmonths = 48\n", "4.0"),
        ("[support]\nnewest = 2\n", "5.0 4.0"),
        ("[[support.rule]]\nnewest = 2\nof = \"major\"\n", "5.0 4.0"),
        ("[[support.rule]]\nafter-next = 36\n", "5.0 4.0"),
    ] {
        repo.write("patchline.toml", policy);
        assert_eq!(supported(&repo), expected, "{policy}");
        assert!(told_on(&repo, TODAY).starts_with("6.0 upcoming tags\n"), "{policy}");
    }
    // Nor by a sentence.
    let said = "Security fixes are made for the two most recent minor releases.\n";
    repo.say(&[("SECURITY.md", said)], "2031-06-02");
    repo.write("patchline.toml", "");
    assert_eq!(supported(&repo), "5.0 4.0");
}

#[test]
fn prefixes_slashes_and_underscores_are_read() {
    for (first, second, id) in [
        ("v/1.2.3", "v/1.3.0", "1.3"),
        ("wave-8_20_0", "wave-8_21_1", "8.21"),
        ("ver_5_1_2", "ver_5_2_0", "5.2"),
        ("motor-v12.1.0", "motor-v12.2.0", "12.2"),
        ("ABC-27.0", "ABC-28.0", "28.0"),
        ("boat-v4.84.0", "boat-v4.85.1", "4.85"),
    ] {
        let history = format!(
            "2030-01-01 main {first}\n2030-02-01 main {second} api/v9.9.9 sdk/v0.5.1 cmd/ctl/v7.0.0"
        );
        let shown = structure(&Repo::with_history(&history, &[]));
        assert!(shown.starts_with(&format!("{id} supported - {second}\n")), "{second}: {shown}");
        assert_eq!(shown.lines().count(), 2, "{shown}");
    }
}

#[test]
fn branches_named_after_days_are_joined_by_history() {
    assert_structure(
        "2030-01-10 main v3.1.0
         2030-01-11 release-2030.01
         2030-02-10 main v3.2.0
         2030-02-11 release-2030.02
         2030-03-10 main v3.3.0
         2030-03-11 release-2030.03 v3.3.1",
        "3.3 supported release-2030.03 v3.3.1
         3.2 supported release-2030.02 v3.2.0
         3.1 supported release-2030.01 v3.1.0",
    );
}

#[test]
fn before_1_0_the_minor_is_the_line() {
    assert_structure(
        "2030-01-10 main v0.13.0
         2030-02-10 main v0.14.0
         2030-02-11 0.14.x v0.14.32
         2030-03-10 main v1.0.0
         2030-03-11 1.x v1.1.0
         2030-04-10 main v2.0.0
         2030-04-11 2.x v2.3.0",
        "2 supported 2.x v2.3.0
         1 supported 1.x v1.1.0
         0.14 supported 0.14.x v0.14.32
         0.13 unknown - v0.13.0",
    );
}

#[test]
fn the_newest_line_may_live_on_the_default_branch() {
    let repo = Repo::with_history(
        BRANCHED,
        &[("renovate.json", "{\n \"baseBranches\": [\n  \"main\",\n  \"release-1.3\"\n ]\n}\n")],
    );
    assert_told(
        &repo,
        "1.4 supported newest
         1.3 supported bots renovate.json:4
         1.2 unknown assumed
         1.1 unknown assumed
         1.0 unknown assumed",
    );
    let run = run_on(&repo, TODAY, &["--format", "json"]);
    assert_eq!(run.json()["contradictions"], Value::Array(Vec::new()));
    // A branch that rolls from line to line.
    assert_structure(
        "2030-01-10 main ABC-27.0
         2030-01-11 maint-27 ABC-27.1
         2030-02-10 main ABC-28.0
         2030-02-11 maint-28 ABC-28.1
         2030-03-10 main ABC-29.0
         2030-03-11 maint ABC-29.1",
        "29 supported - ABC-29.1
         28 supported maint-28 ABC-28.1
         27 supported maint-27 ABC-27.1",
    );
}

#[test]
fn a_supported_line_needs_no_branch_and_a_branch_is_no_support() {
    let table = "| Version | Supported |\n|---|---|\n| 1.4 | yes |\n| 1.3 | yes |\n";
    let history = "
        2030-01-10 main v1.1.0
        2030-01-11 release-1.1
        2030-04-10 main v1.2.0
        2030-04-11 release-1.2
        2030-07-10 main v1.3.0
        2031-01-10 main v1.4.0
        2031-06-10 release-1.1";
    let repo = Repo::with_history(history, &[("SECURITY.md", table)]);
    assert_eq!(
        structure(&repo),
        "1.4 supported - v1.4.0\n1.3 supported - v1.3.0\n1.2 unknown release-1.2 v1.2.0\n\
         1.1 unknown release-1.1 v1.1.0\n",
        "unknown is not unsupported, and a branch that moves is no promise"
    );
}

#[test]
fn tags_and_names_of_branches_end_lines() {
    assert_structure(
        "2030-01-10 main 2031.1.0
         2030-02-10 main 2031.2.0
         2030-02-11 unmaintained/2031.2
         2030-03-10 main 2031.3.0
         2030-03-11 stable/2031.3
         2030-04-10 main 2031.4.0 2031.1-eom
         2030-04-11 stable/2031.4",
        "2031.4 supported stable/2031.4 2031.4.0
         2031.3 supported stable/2031.3 2031.3.0
         2031.2 eol unmaintained/2031.2 2031.2.0
         2031.1 eol - 2031.1.0",
    );
}

#[test]
fn names_that_only_contain_a_line_are_none() {
    assert_structure(
        "2030-01-10 main v1.20.0
         2030-01-11 release-1.20
         2030-02-10 main v1.21.0
         2030-02-11 release-1.21
         2030-02-12 renovate/release-1.20-serde-1.x
         2030-02-12 release-1.21-patch
         2030-02-12 release-1.21-patch-1
         2030-02-12 cherry-pick-1234-to-release-1.21
         2030-02-12 mergify/bp/release-1.20/pr-12
         2030-02-12 release-1.21-disable-clone
         2030-02-12 revert-33-release-1.22
         2030-02-12 docs-release-1.23
         2030-02-12 users/ann/release-1.24
         2030-02-12 update-release-1.25",
        "1.21 supported release-1.21 v1.21.0
         1.20 supported release-1.20 v1.20.0",
    );
}

#[test]
fn a_policy_that_changed_holds_from_its_day() {
    let repo = Repo::with_history(FERRY, &[]);
    let sentence =
        |count: &str| format!("# Security\n\nThe last {count} minor versions are supported.\n");
    repo.say(&[("SECURITY.md", &sentence("three"))], "2031-02-01");
    repo.say(&[("SECURITY.md", &sentence("two"))], "2031-05-01");
    assert_eq!(supported_on(&repo, "2031-04-30"), "1.4 1.3 1.2");
    assert_eq!(supported_on(&repo, "2031-05-01"), "1.4 1.3");
    // Before anything was said, and before the newest line was released.
    assert!(told_on(&repo, "2031-01-31").contains("1.4 supported assumed\n"));
    assert_eq!(supported_on(&repo, "2030-12-31"), "1.3 1.2 1.1");
}

#[test]
fn several_styles_of_branches_and_tags_stand_side_by_side() {
    assert_structure(
        "2029-01-10 main motor-v7.03.1
         2029-01-11 7.03.x
         2029-06-10 main motor-v9.0.0
         2029-06-11 9.0
         2030-01-10 main motor-v11.0.0
         2030-01-11 11.x
         2030-06-10 main motor-v12.1.0
         2030-06-11 motor-12.x motor-v12.1.1",
        "12 supported motor-12.x motor-v12.1.1
         11 supported 11.x motor-v11.0.0
         9.0 supported 9.0 motor-v9.0.0
         7.03 unknown 7.03.x motor-v7.03.1",
    );
}

#[test]
fn a_long_term_line_may_be_older_than_the_weeklies() {
    let repo = Repo::with_history(
        "2030-01-10 main hub-2.570
         2030-01-17 main hub-2.571
         2030-01-24 main hub-2.572
         2030-02-24 stable-2.570 hub-2.570.1
         2030-03-24 stable-2.570 hub-2.570.2
         2030-04-24 main hub-2.573",
        &[(
            "SECURITY.md",
            "# Security\n\n| Version | Supported |\n|---|---|\n| 2.573 | yes |\n| 2.570 LTS | yes |\n",
        )],
    );
    assert_eq!(supported(&repo), "2.573 2.570");
    assert!(structure(&repo).contains("2.570 supported stable-2.570 hub-2.570.2\n"));
}

#[test]
fn thousands_of_nightlies_are_no_lines() {
    let mut history = "2030-01-01 main v1.0.0\n2030-02-01 main v2.0.0\n2030-03-01 main".to_owned();
    for night in 0..2500 {
        let _ = write!(history, " v{}.{}.0-nightly.{night}", 1 + night % 3, night % 50);
    }
    history.push_str("\n2030-04-01 1-x\n2030-04-02 2-x v2.1.0\n2030-05-01 main v3.0.0-beta.1");
    assert_structure(
        &history,
        "3 upcoming - -
         2 supported 2-x v2.1.0
         1 supported 1-x v1.0.0",
    );
}

#[test]
fn lines_may_be_seen_as_remote_branches_only() {
    let origin = Repo::with_history(
        BRANCHED,
        &[("SECURITY.md", "| Version | Supported |\n|---|---|\n| 1.4 | yes |\n| 1.3 | yes |\n")],
    );
    let folder = tempfile::tempdir().expect("a folder");
    let clone = folder.path().join("clone");
    let url = format!("file://{}", origin.path().display());
    let target = clone.to_str().expect("UTF-8");
    git(folder.path(), &["clone", "--quiet", &url, target]);
    // A pull request is checked out, and its statements are not the project's.
    git(&clone, &["checkout", "--quiet", "--detach", "origin/release-1.0"]);
    git(&clone, &["branch", "--quiet", "--delete", "--force", "main"]);
    let json = patchline(&["lines", "--repo", target, "--as-of", TODAY, "--format", "json"]).json();
    let third = &json["lines"][1];
    assert_eq!(
        (text(&third["id"]), text(&third["status"]), text(&third["head"]["ref"])),
        ("1.3", "supported", "refs/remotes/origin/release-1.3")
    );
    assert_eq!(place(&third["evidence"][0]["origin"]), " refs/remotes/origin/main:SECURITY.md:4");

    // With one branch of it there is no silence.
    let single = folder.path().join("single");
    let target = single.to_str().expect("UTF-8");
    git(folder.path(), &["clone", "--quiet", "--depth", "1", "--single-branch", &url, target]);
    let run = patchline(&["lines", "--repo", target, "--as-of", TODAY]);
    assert!(run.stdout.contains("no release line is in it"), "{}", run.stdout);
}

#[test]
fn lines_whose_branches_were_deleted_live_in_their_tags() {
    let repo = Repo::with_history(BRANCHED, &[]);
    for line in ["1.0", "1.1", "1.2", "1.3"] {
        repo.git(&["branch", "--quiet", "--delete", "--force", &format!("release-{line}")]);
    }
    assert_eq!(
        structure(&repo),
        "1.4 supported - v1.4.0\n1.3 supported - v1.3.0\n1.2 supported - v1.2.0\n\
         1.1 unknown - v1.1.0\n1.0 unknown - v1.0.0\n"
    );
}

#[test]
fn what_is_not_on_the_default_branch_is_not_heard() {
    let repo = Repo::with_history(BRANCHED, &[]);
    let silent = told_on(&repo, TODAY);
    let table = "| Version | Supported |\n|---|---|\n| 1.0 | yes |\n| 1.4 | no |\n";
    // In the working tree and the index, and on a branch that is checked out.
    repo.write("SECURITY.md", table);
    repo.git(&["add", "SECURITY.md"]);
    repo.say(
        &[("release-1.0:SECURITY.md", table), ("topic:SECURITY.md", table)][..1],
        "2031-02-01",
    );
    repo.git(&["branch", "topic", "release-1.0"]);
    repo.git(&["symbolic-ref", "HEAD", "refs/heads/topic"]);
    assert_eq!(told_on(&repo, TODAY), silent);
}

#[test]
fn the_newest_stable_line_is_never_dropped_by_age() {
    let history = "2026-01-10 main v1.0.0\n2027-01-10 main v1.1.0\n2027-02-10 main v1.1.1";
    let said =
        "# Releases\n\nEvery release series is supported for 12 months after its first release.\n";
    let repo = Repo::with_history(history, &[("RELEASES.md", said)]);
    assert_told(
        &repo,
        "1.1 supported newest
         1.0 eol prose RELEASES.md:3 until=2027-01-10",
    );
    repo.write("patchline.toml", "[[support.rule]]\nmonths = 12\n");
    assert_told(
        &repo,
        "1.1 supported configuration patchline.toml:2
         1.0 eol configuration patchline.toml:2 until=2027-01-10",
    );
    // A loose sentence does not end it, a list does by its name.
    repo.write("patchline.toml", "");
    repo.say(&[("SUPPORT.md", "# Support\n\nVersion 1.1 is no longer supported.\n")], "2031-01-01");
    assert!(told_on(&repo, TODAY).starts_with("1.1 supported newest\n"));
    let table = "# Security\n\n| Version | Supported |\n|---|---|\n| 1.1 | no |\n| 1.0 | no |\n";
    repo.say(&[("SECURITY.md", table)], "2031-01-02");
    assert!(told_on(&repo, TODAY).starts_with("1.1 eol table SECURITY.md:5\n"));
}
