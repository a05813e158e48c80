//! What each kind of statement decides when it is the only one, whom it is trusted before, and what
//! is not taken for a statement about this project.

use crate::{
    support::{
        BRANCHED, FERRY, assert_told, assert_told_on, run_on, supported, supported_on, told_on,
    },
    world::{Repo, TODAY},
};

fn with(files: &[(&str, &str)]) -> Repo {
    Repo::with_history(BRANCHED, files)
}

fn table(rows: &str) -> String {
    format!("# Security\n\n| Version | Supported |\n|---|---|\n{rows}")
}

#[test]
fn active_versions_decide_and_what_is_missing_has_ended() {
    let file = "schema = 1\nactive_versions {\n  version \"1.4\" { ce_active = true }\n  \
                version \"1.3.x\" { ce_active = false }\n  version \"1.1\" { lts = true }\n}\n";
    let repo = with(&[(".release/versions.hcl", file)]);
    assert_told(
        &repo,
        "1.4 supported manifest .release/versions.hcl:3
         1.3 eol manifest .release/versions.hcl:4 edition=enterprise
         1.2 eol manifest .release/versions.hcl:2
         1.1 supported manifest .release/versions.hcl:5 lts
         1.0 eol manifest .release/versions.hcl:2",
    );
    // Who sells the other edition counts it.
    repo.write("patchline.toml", "[support]\neditions = [\"enterprise\"]\n");
    assert!(told_on(&repo, TODAY).contains("1.3 supported manifest"));
}

#[test]
fn a_list_of_maintained_branches_decides() {
    let file = "{\"branches\": [\n {\"branch\": \"main\", \"version\": \"1.5.0\"},\n \
                {\"branch\": \"release-1.3\", \"version\": \"1.3.8\"},\n {\"branch\": \"release-1.1\", \"version\": \"1.1.9\"}\n]}\n";
    assert_told(
        &with(&[("branches.json", file)]),
        "1.4 supported newest
         1.3 supported manifest branches.json:3
         1.2 eol manifest branches.json:1
         1.1 supported manifest branches.json:4
         1.0 eol manifest branches.json:1",
    );
}

#[test]
fn a_schedule_of_majors_decides_by_its_days() {
    let history = "
        2028-04-20 main v30.0.0
        2028-04-21 v30.x
        2029-04-24 main v32.0.0
        2029-04-25 v32.x
        2030-10-17 main v33.0.0
        2030-10-18 v33.x
        2031-04-20 main v34.0.0
        2031-04-21 v34.x v34.1.0
        2031-06-01 v35.x v35.0.0-rc.1";
    let file = "{\n\
        \"v30\": {\"start\": \"2028-04-20\", \"lts\": \"2028-10-24\", \"maintenance\": \"2029-10-20\", \"end\": \"2031-04-30\"},\n\
        \"v32\": {\"start\": \"2029-04-24\", \"lts\": \"2029-10-23\", \"maintenance\": \"2030-10-22\", \"end\": \"2032-04-30\"},\n\
        \"v33\": {\"start\": \"2030-10-17\", \"maintenance\": \"2031-07-01\", \"end\": \"2031-09-01\"},\n\
        \"v34\": {\"start\": \"2031-04-20\", \"end\": \"2034-04-30\"},\n\
        \"v35\": {\"start\": \"2031-10-20\", \"end\": \"2032-06-01\"}\n}\n";
    let repo = Repo::with_history(history, &[("schedule.json", file)]);
    assert_told(
        &repo,
        "35 upcoming tags
         34 supported manifest schedule.json:5 until=2034-04-30
         33 supported manifest schedule.json:4 until=2031-09-01 bug-fixes=2031-07-01
         32 supported manifest schedule.json:3 until=2032-04-30 bug-fixes=2030-10-22 security-only lts
         30 eol manifest schedule.json:2 until=2031-04-30 bug-fixes=2029-10-20 lts",
    );
    // The last day is one of support; the day after is not.
    assert_eq!(supported_on(&repo, "2031-09-01"), "34 33 32");
    assert_eq!(supported_on(&repo, "2031-09-02"), "34 32");
}

#[test]
fn a_schedule_in_yaml_says_1_30_and_not_1_3() {
    let history = "2028-01-10 main v1.3.0\n2030-04-22 main v1.30.0\n2030-12-22 main v1.31.0";
    let file = "schedules:\n- release: 1.30\n  releaseDate: 2030-04-22\n  endOfLifeDate: 2031-06-28\n\
                - release: 1.31\n  releaseDate: \"\"\n  endOfLifeDate: 2032-02-28\n";
    assert_told(
        &Repo::with_history(history, &[("data/releases/schedule.yaml", file)]),
        "1.31 supported manifest data/releases/schedule.yaml:5 until=2032-02-28
         1.30 supported manifest data/releases/schedule.yaml:2 until=2031-06-28
         1.3 unknown assumed",
    );
}

#[test]
fn a_release_cycle_decides_by_its_states() {
    let history = "
        2024-10-01 main v3.39.0
        2029-10-01 main v3.40.0
        2030-10-01 main v3.41.0
        2031-05-01 main v3.42.0b1";
    let file = "{\n\
        \"3.42\": {\"branch\": \"main\", \"status\": \"prerelease\", \"first_release\": \"2031-10-01\", \"end_of_life\": \"2036-10\"},\n\
        \"3.41\": {\"branch\": \"3.41\", \"status\": \"bugfix\", \"first_release\": \"2030-10-01\", \"end_of_life\": \"2035-10\"},\n\
        \"3.40\": {\"branch\": \"3.40\", \"status\": \"security\", \"first_release\": \"2029-10-01\", \"end_of_life\": \"2034-10\"},\n\
        \"3.39\": {\"branch\": \"\", \"status\": \"end-of-life\", \"first_release\": \"2024-10-01\", \"end_of_life\": \"2029-10-29\"}\n}\n";
    assert_told(
        &Repo::with_history(history, &[("release-cycle.json", file)]),
        "3.42 upcoming tags
         3.41 supported manifest release-cycle.json:3 until=2035-10-31
         3.40 supported manifest release-cycle.json:4 until=2034-10-31 security-only
         3.39 eol manifest release-cycle.json:5 until=2029-10-29",
    );
}

#[test]
fn a_list_of_patches_supports_the_line_of_one_that_is() {
    let file = "versions:\n- version: main\n  supported: \"false\"\n- version: v1.4.0\n  supported: \"true\"\n\
                - version: v1.3.2\n  supported: \"false\"\n- version: v1.3.1\n  supported: \"true\"\n\
                - version: v1.2.0\n  supported: \"false\"\n";
    assert_told(
        &with(&[("versions.yaml", file)]),
        "1.4 supported manifest versions.yaml:4
         1.3 supported manifest versions.yaml:8
         1.2 eol manifest versions.yaml:10
         1.1 eol manifest versions.yaml:1
         1.0 eol manifest versions.yaml:1",
    );
}

#[test]
fn a_table_of_releases_supports_the_newest_three_majors() {
    let history = "
        2028-01-10 main ABC-27.0
        2028-01-11 maint-27
        2029-01-10 main ABC-28.0
        2029-01-11 maint-28
        2030-01-10 main ABC-29.0
        2030-01-11 maint-29
        2031-01-10 main ABC-30.0
        2031-02-10 maint ABC-30.0.1";
    let file = "ABC-30.0.1 : app-1.1 # lib-2.0 :\nABC-30.0 : app-1.0 # :\nABC-29.0 : app-0.9 # :\n\
                ABC-28.0 : app-0.8 # :\nABC-27.0 : app-0.7 # :\n";
    assert_told(
        &Repo::with_history(history, &[("abc_versions.table", file)]),
        "30 supported manifest abc_versions.table:2
         29 supported manifest abc_versions.table:3
         28 supported manifest abc_versions.table:4
         27 eol manifest abc_versions.table:2",
    );
}

#[test]
fn a_sentence_on_a_branch_decides_for_its_line_alone() {
    let until = |line: &str, day: &str| {
        format!(
            "The v{line}.x release series is supported until **{day}**.\n\n## {line}.5 (unreleased)\n"
        )
    };
    let history = format!("{BRANCHED}\n2031-01-11 release-1.4");
    let repo = Repo::with_history(
        &history,
        &[
            ("release-1.4:CHANGELOG.md", &until("1.4", "March 1 2033")),
            ("release-1.2:CHANGELOG.md", &until("1.2", "June 15 2031")),
            ("release-1.1:CHANGELOG.md", &until("1.1", "June 14 2031")),
            // What a branch says of another line is a copy.
            ("release-1.0:CHANGELOG.md", &until("1.3", "January 1 2040")),
        ],
    );
    assert_told(
        &repo,
        "1.4 supported branch-date refs/heads/release-1.4:CHANGELOG.md:1 until=2033-03-01
         1.3 unknown assumed
         1.2 supported branch-date refs/heads/release-1.2:CHANGELOG.md:1 until=2031-06-15
         1.1 eol branch-date refs/heads/release-1.1:CHANGELOG.md:1 until=2031-06-14
         1.0 unknown assumed",
    );
}

/// Lines end on days of their own, the newer of two before the older, and the oldest keep the rule
/// of their time.
#[test]
fn days_on_branches_need_not_be_in_the_order_of_versions() {
    let history = "
        2029-01-10 main v1.8.0
        2029-01-11 v1.8
        2029-07-10 main v1.9.0
        2029-07-11 v1.9
        2030-01-10 main v1.10.0
        2030-01-11 v1.10
        2030-07-10 main v1.11.0
        2030-07-11 v1.11
        2031-01-10 main v1.12.0
        2031-01-11 v1.12
        2031-08-19 v1.11 v1.11.14";
    let until = |line: &str, day: &str| {
        format!("The v{line}.x release series is supported until **{day}**.\n")
    };
    let rule = "# Releases\n\nWe support the three most recent minor releases.\n";
    let repo = Repo::with_history(
        history,
        &[
            ("v1.12:CHANGELOG.md", &until("1.12", "February 1 2032")),
            ("v1.11:CHANGELOG.md", &until("1.11", "August 1 2031")),
            ("v1.10:CHANGELOG.md", &until("1.10", "December 1 2031")),
            ("v1.9:CHANGELOG.md", "## 1.9.5\n"),
            ("v1.9:RELEASE.md", rule),
            (
                "v1.9:SECURITY.md",
                "| Version | Supported |\n|---|---|\n| 1.9 | yes |\n| 1.8 | yes |\n",
            ),
        ],
    );
    assert_told_on(
        &repo,
        "2031-08-22",
        "1.12 supported branch-date refs/heads/v1.12:CHANGELOG.md:1 until=2032-02-01
         1.11 eol branch-date refs/heads/v1.11:CHANGELOG.md:1 until=2031-08-01
         1.10 supported branch-date refs/heads/v1.10:CHANGELOG.md:1 until=2031-12-01
         1.9 eol prose refs/heads/v1.9:RELEASE.md:3
         1.8 eol prose refs/heads/v1.9:RELEASE.md:3",
    );
}

#[test]
fn a_table_decides_from_every_place_where_one_may_stand() {
    let text = table("| 1.4 | :white_check_mark: |\n| `1.3.x` | ✅ |\n| < 1.3 | :x: |\n");
    for path in [
        "SECURITY.md",
        ".github/SECURITY.md",
        "docs/SECURITY.md",
        "docs/content/project/releases.md",
        "SUPPORT.md",
        "RELEASES.md",
    ] {
        assert_told(
            &with(&[(path, &text)]),
            &format!(
                "1.4 supported table {path}:5\n1.3 supported table {path}:6\n1.2 eol table {path}:7\n\
                 1.1 eol table {path}:7\n1.0 eol table {path}:7"
            ),
        );
    }
    for path in
        ["vendor/SECURITY.md", "docs/v1.2/SECURITY.md", "src/SECURITY.md", "docs/de/SECURITY.md"]
    {
        assert!(
            told_on(&with(&[(path, &text)]), TODAY).contains("1.4 supported assumed\n"),
            "{path}"
        );
    }
    // In a document about everything, the section counts.
    let readme =
        "# Ferry\n\n## Supported versions\n\n| Version | Supported |\n|---|---|\n| 1.4 | yes |\n";
    assert!(
        told_on(&with(&[("README.md", readme)]), TODAY)
            .starts_with("1.4 supported table README.md:7\n")
    );
}

#[test]
fn a_list_decides_and_a_list_of_former_lines_does_not() {
    let text = "# Ferry\n\n## Release schedule\n\nThe current LTS releases are:\n\n\
        * `1.3.x` - LTS release until September 2031. (MSRV 1.70)\n\
        * `1.1.x` - LTS release until May 2031. (MSRV 1.63)\n\n\
        ### Previous LTS releases\n\n * `1.0.x` - LTS release until January 2031.\n * `1.2.x` - LTS release\n";
    assert_told(
        &with(&[("README.md", text)]),
        "1.4 supported newest
         1.3 supported table README.md:7 until=2031-09-30 lts
         1.2 eol table README.md:13 lts
         1.1 eol table README.md:8 until=2031-05-31 lts
         1.0 eol table README.md:12 until=2031-01-31 lts",
    );
}

#[test]
fn each_rule_in_prose_decides() {
    let history = "
        2027-01-10 main v1.8.0
        2028-01-10 main v1.9.0
        2029-01-10 main v2.0.0
        2029-11-10 main v2.1.0
        2030-07-10 main v2.2.0
        2031-01-10 main v3.0.0";
    let repo = Repo::with_history(history, &[]);
    for (sentence, expected) in [
        ("Only the latest release is supported.", "3.0"),
        ("Each version is supported until the next one is out.", "3.0"),
        ("We support the last 3 minor versions.", "3.0 2.2 2.1"),
        ("Security fixes are backported to the two most recent minor releases.", "3.0 2.2"),
        ("We support N, N-1 and N-2 with security fixes.", "3.0 2.2 2.1"),
        ("Security updates are made for the last two major versions.", "3.0 2.2"),
        ("Releases are supported for 18 months after their first release.", "3.0 2.2"),
        ("Versions receive security fixes for one year after the release.", "3.0 2.2"),
        ("A release is supported until 12 months after the next release.", "3.0 2.2 2.1"),
        ("Bug reports are welcome in every release.", "3.0 2.2 2.1"),
    ] {
        repo.say(&[("SECURITY.md", &format!("# Security\n\n{sentence}\n"))], "2031-02-01");
        assert_eq!(supported(&repo), expected, "{sentence}\n{}", told_on(&repo, TODAY));
    }
}

#[test]
fn what_bots_look_after_decides_where_nobody_says_better() {
    let renovate = "{\n  // weekly\n  \"baseBranchPatterns\": [\"main\", \"release-1.3\"],\n}\n";
    let dependabot = "version: 2\nupdates:\n- package-ecosystem: cargo\n  directory: /\n\
                      - package-ecosystem: cargo\n  target-branch: release-1.3\n  directory: /\n";
    let matrix = "on: push\njobs:\n  scan:\n    strategy:\n      matrix:\n        branch: [main, release-1.3]\n";
    for (path, text, row) in
        [(".github/renovate.json5", renovate, 3), (".github/workflows/scan.yml", matrix, 6)]
    {
        assert_told(
            &with(&[(path, text)]),
            &format!(
                "1.4 supported newest\n1.3 supported bots {path}:{row}\n1.2 unknown assumed\n\
                 1.1 unknown assumed\n1.0 unknown assumed"
            ),
        );
    }
    let history = format!("{BRANCHED}\n2031-01-11 release-1.4");
    let dependabot =
        format!("{dependabot}- package-ecosystem: cargo\n  target-branch: release-1.4\n");
    assert_told(
        &Repo::with_history(&history, &[(".github/dependabot.yml", &dependabot)]),
        "1.4 supported bots .github/dependabot.yml:9
         1.3 supported bots .github/dependabot.yml:6
         1.2 unknown assumed
         1.1 unknown assumed
         1.0 unknown assumed",
    );
    // A list that does not know the newest line has rotted, and decides nothing.
    let old = renovate.replace("\"main\", ", "");
    let repo = with(&[("renovate.json5", &old)]);
    assert!(
        told_on(&repo, TODAY).starts_with("1.4 supported assumed\n"),
        "{}",
        told_on(&repo, TODAY)
    );
    // Beside a table, it decides nothing either.
    let table = table("| 1.4 | yes |\n");
    let repo = with(&[("renovate.json5", renovate), ("SECURITY.md", &table)]);
    assert_eq!(supported(&repo), "1.4");
}

#[test]
fn openeox_statements_decide_by_their_days() {
    let core = |day: &str| {
        format!(
            "{{\n\"$schema\": \"https://docs.oasis-open.org/openeox/core/schema.json\",\n\"end_of_life\": \"tba\",\n\
                 \"end_of_security_support\": \"{day}\",\n\"last_updated\": \"2031-01-01T00:00:00Z\"\n}}\n"
        )
    };
    let repo = with(&[
        ("support/1.4.openeox.json", &core("tba")),
        ("support/1.3.openeox.json", &core("2031-06-15T00:00:00Z")),
        ("support/1.2.openeox.json", &core("2031-06-14T00:00:00Z")),
    ]);
    assert_told(
        &repo,
        "1.4 supported manifest support/1.4.openeox.json:4
         1.3 supported manifest support/1.3.openeox.json:4 until=2031-06-15
         1.2 eol manifest support/1.2.openeox.json:4 until=2031-06-14
         1.1 unknown assumed
         1.0 unknown assumed",
    );
}

#[test]
fn a_product_file_is_heard_only_if_the_configuration_names_it() {
    let file = "---\ntitle: Ferry\nreleases:\n  - releaseCycle: \"1.4\"\n    eol: false\n  - releaseCycle: \"1.1\"\n    eol: 2032-01-01\n---\n";
    let repo = with(&[("products/ferry.md", file), ("data/products/ferry.md", file)]);
    assert!(!told_on(&repo, TODAY).contains("endoflife"));
}

/// Files that say that the first line is supported and the second is not.
type Say = fn(&str, &str) -> Vec<(&'static str, String)>;

/// Each kind of statement says that 1.3 is supported and 1.2 is not, or the other way round.
#[test]
fn of_two_neighbours_in_the_order_of_trust_the_first_decides() {
    let kinds: [(&str, Say); 6] = [
        ("configuration", |yes, no| {
            let line = |id, more| format!("[[support.line]]\nid = \"{id}\"\n{more}");
            vec![("", line(yes, "") + &line(no, "status = \"eol\"\n"))]
        }),
        ("manifest", |yes, _| {
            let text = format!(
                "active_versions {{\n  version \"1.4\" {{}}\n  version \"{yes}\" {{}}\n}}\n"
            );
            vec![(".release/versions.hcl", text)]
        }),
        ("branch-date", |yes, _| {
            let text = |line: &str| {
                let year = if line == yes { 2033 } else { 2030 };
                format!("The v{line}.x release series is supported until **March 1 {year}**.\n")
            };
            vec![
                ("release-1.3:CHANGELOG.md", text("1.3")),
                ("release-1.2:CHANGELOG.md", text("1.2")),
            ]
        }),
        ("table", |yes, no| {
            vec![(
                "SECURITY.md",
                table(&format!("| 1.4 | yes |\n| {yes} | yes |\n| {no} | no |\n")),
            )]
        }),
        ("prose", |yes, no| {
            let text = format!(
                "# Support\n\nVersion {yes} is supported.\nVersion {no} is no longer supported.\n"
            );
            vec![("SUPPORT.md", text)]
        }),
        ("bots", |yes, _| {
            let text = format!("{{\"baseBranches\": [\"main\", \"release-{yes}\"]}}\n");
            vec![("renovate.json", text)]
        }),
    ];
    for pair in kinds.windows(2) {
        for (yes, no) in [("1.3", "1.2"), ("1.2", "1.3")] {
            let (first, second) = (pair[0].1(yes, no), pair[1].1(no, yes));
            let said: Vec<(&str, &str)> =
                first.iter().chain(&second).map(|(path, text)| (*path, text.as_str())).collect();
            let (config, files): (Vec<_>, Vec<_>) =
                said.into_iter().partition(|(path, _)| path.is_empty());
            let repo = with(&files);
            for (_, text) in config {
                repo.write("patchline.toml", text);
            }
            let told = told_on(&repo, TODAY);
            for (line, status) in [(yes, "supported"), (no, "eol")] {
                let row = format!("{line} {status} {}", pair[0].0);
                assert!(told.contains(&row), "{row}, before {}\n{told}", pair[1].0);
            }
        }
    }
}

#[test]
fn the_configuration_wins_over_every_file() {
    let manifest = "active_versions {\n  version \"1.4\" {}\n  version \"1.2\" {}\n}\n";
    let repo = with(&[
        (".release/versions.hcl", manifest),
        ("SECURITY.md", &table("| 1.4 | no |\n| 1.0 | yes |\n")),
        (
            "release-1.1:CHANGELOG.md",
            "The v1.1.x release series is supported until **March 1 2040**.\n",
        ),
    ]);
    repo.write("patchline.toml", "[support]\nnewest = 2\n");
    assert_told(
        &repo,
        "1.4 supported configuration patchline.toml:2
         1.3 supported configuration patchline.toml:2
         1.2 eol configuration patchline.toml:2
         1.1 eol configuration patchline.toml:2
         1.0 eol configuration patchline.toml:2",
    );
    // The default again, with nobody heard.
    repo.write("patchline.toml", "[support]\nevidence = false\n");
    assert_eq!(supported(&repo), "1.4 1.3 1.2");
    assert!(told_on(&repo, TODAY).starts_with("1.4 supported assumed\n"));
    let run = run_on(&repo, TODAY, &["--check"]);
    assert_eq!(run.code, 0, "{}", run.stdout);
}

#[test]
fn unknown_is_not_unsupported() {
    // A table that names two lines says nothing of the others.
    assert_told(
        &with(&[("SECURITY.md", &table("| 1.4 | yes |\n| 1.1 | no |\n"))]),
        "1.4 supported table SECURITY.md:5
         1.3 unknown assumed
         1.2 unknown assumed
         1.1 eol table SECURITY.md:6
         1.0 unknown assumed",
    );
    // One that names the others does.
    assert_told(
        &with(&[("SECURITY.md", &table("| 1.4 | yes |\n| Older versions | no |\n"))]),
        "1.4 supported table SECURITY.md:5
         1.3 eol table SECURITY.md:6
         1.2 eol table SECURITY.md:6
         1.1 eol table SECURITY.md:6
         1.0 eol table SECURITY.md:6",
    );
    // Best effort is no promise, and no end.
    assert!(
        told_on(&with(&[("SECURITY.md", &table("| 1.4 | yes |\n| 1.3 | best effort |\n"))]), TODAY)
            .contains("1.3 unknown table SECURITY.md:6\n")
    );
}

#[test]
fn days_are_written_in_many_ways() {
    let text = "# Releases\n\n| Version | End of support |\n|---|---|\n| 1.4 | TBD |\n| 1.3 | June 2031* |\n\
                | 1.2 | until 1.4 ships |\n| 1.1 | Ended May 05, 2031 |\n| 1.0 | 2031-06-14 |\n\n\\* may be longer\n";
    let repo = with(&[("RELEASES.md", text)]);
    assert_told(
        &repo,
        "1.4 supported table RELEASES.md:5
         1.3 supported table RELEASES.md:6 until=2031-06-30
         1.2 eol table RELEASES.md:7
         1.1 eol table RELEASES.md:8 until=2031-05-05
         1.0 eol table RELEASES.md:9 until=2031-06-14",
    );
    // A month is its last day, which is one of support.
    assert!(supported_on(&repo, "2031-06-30").contains("1.3"));
    assert!(!supported_on(&repo, "2031-07-01").contains("1.3"));
}

#[test]
fn a_folder_with_a_changelog_for_each_line_tells_when_they_end() {
    let dated = |line: &str, day: &str| {
        format!("# Ferry {line}\n\nThe {line} release series is supported until {day}.\n")
    };
    let repo = with(&[
        ("CHANGELOG/CHANGELOG-1.3.md", &dated("1.3", "2031-12-31")),
        ("CHANGELOG/CHANGELOG-1.2.md", &dated("1.2", "2031-01-31")),
        ("lib/CHANGELOG/CHANGELOG-1.1.md", &dated("1.1", "2031-12-31")),
    ]);
    let told = told_on(&repo, TODAY);
    assert!(told.contains("1.3 supported branch-date CHANGELOG/CHANGELOG-1.3.md:3"), "{told}");
    assert!(told.contains("1.2 eol branch-date CHANGELOG/CHANGELOG-1.2.md:3"), "{told}");
    assert!(!told.contains("lib/"), "{told}");
}

#[test]
fn an_event_ends_a_line_when_it_happens() {
    let text = "# Releases\n\n| Version | Supported |\n|---|---|\n| 1.4 | yes |\n| 1.3 | until 1.5 ships |\n\
                | 1.2 | until 1.4.1 is released |\n";
    let history = format!(
        "{FERRY}\n2031-03-01 main v1.4.1\n2031-07-01 main v1.5.0-rc.1\n2031-08-01 main v1.5.0"
    );
    let repo = Repo::with_history(&history, &[]);
    repo.say(&[("RELEASES.md", text)], "2031-08-01");
    // The file is of the last day, so that days before it have no statement.
    assert_eq!(supported_on(&repo, "2031-08-02"), "1.5 1.4");
    let early = Repo::with_history(FERRY, &[("RELEASES.md", text)]);
    assert_told(
        &early,
        "1.4 supported table RELEASES.md:5
         1.3 supported table RELEASES.md:6
         1.2 supported table RELEASES.md:7
         1.1 unknown assumed
         1.0 unknown assumed",
    );
    let later = Repo::with_history(
        &format!("{FERRY}\n2031-03-01 main v1.4.1\n2031-06-01 main v1.5.0-rc.1"),
        &[("RELEASES.md", text)],
    );
    assert_told(
        &later,
        "1.5 upcoming tags
         1.4 supported table RELEASES.md:5
         1.3 supported table RELEASES.md:6
         1.2 eol table RELEASES.md:7
         1.1 unknown assumed
         1.0 unknown assumed",
    );
}

#[test]
fn several_days_of_one_line_are_kept_apart() {
    let text = "# Releases\n\n| Version | Bug fixes until | Security fixes until | Extended support until |\n|---|---|---|---|\n\
                | 1.4 | 2032-01-31 | 2033-01-31 | 2035-01-31 |\n| 1.3 | 2031-06-14 | 2031-12-31 | 2034-01-31 |\n\
                | 1.2 | 2030-12-31 | 2031-05-31 | 2033-01-31 |\n";
    let repo = with(&[("RELEASES.md", text)]);
    assert_told(
        &repo,
        "1.4 supported table RELEASES.md:5 until=2033-01-31 bug-fixes=2032-01-31 extended=2035-01-31
         1.3 supported table RELEASES.md:6 until=2031-12-31 bug-fixes=2031-06-14 extended=2034-01-31 security-only
         1.2 eol table RELEASES.md:7 until=2031-05-31 bug-fixes=2030-12-31 extended=2033-01-31
         1.1 unknown assumed
         1.0 unknown assumed",
    );
    // On its last day with bug fixes a line has them.
    assert!(told_on(&repo, "2031-06-14").contains("bug-fixes=2031-06-14 extended=2034-01-31\n"));
}

#[test]
fn tiers_are_read_from_words() {
    assert_told(
        &with(&[(
            "SECURITY.md",
            &table(
                "| 1.4 | yes |\n| 1.3 | security fixes only |\n| 1.2 | critical fixes only |\n| 1.1 | best effort |\n| 1.0 | no |\n",
            ),
        )]),
        "1.4 supported table SECURITY.md:5
         1.3 supported table SECURITY.md:6 security-only
         1.2 supported table SECURITY.md:7 critical-only
         1.1 unknown table SECURITY.md:8
         1.0 eol table SECURITY.md:9",
    );
}

#[test]
fn what_is_said_of_another_product_is_not_heard() {
    let text = "# Ferry\n\n## Supported versions\n\nWe support the last two Kubernetes versions.\n";
    assert!(told_on(&with(&[("README.md", text)]), TODAY).starts_with("1.4 supported assumed\n"));
    // Unless it is this one.
    let own =
        "# Kubernetes\n\n## Supported versions\n\nWe support the last two Kubernetes versions.\n";
    assert_eq!(supported(&with(&[("README.md", own)])), "1.4 1.3");
}

#[test]
fn copies_on_branches_of_lines_do_not_count() {
    let silent = told_on(&with(&[]), TODAY);
    let table = table("| 1.0 | yes |\n| 1.4 | no |\n");
    let bots = "{\"baseBranches\": [\"main\", \"release-1.0\"]}\n";
    let manifest = "active_versions {\n  version \"1.0\" {}\n}\n";
    let repo = with(&[
        ("release-1.0:SECURITY.md", &table),
        ("release-1.1:.release/versions.hcl", manifest),
        ("release-1.2:renovate.json", bots),
        ("release-1.3:RELEASES.md", "# Releases\n\nOnly the latest release is supported.\n"),
    ]);
    assert_eq!(told_on(&repo, TODAY), silent);
}

#[test]
fn hotfix_branches_are_no_lines_and_a_stale_table_decides_nothing() {
    let history = "
        2026-01-10 main v4.0.0
        2027-01-10 main v5.0.0
        2028-01-10 main v6.5.0
        2028-01-11 release-6.5
        2029-01-10 main v7.5.0
        2029-01-11 release-7.5 v7.5.1-20290812-0f1e2d3
        2030-01-10 main v8.1.0
        2030-01-11 release-8.1
        2031-01-10 main v8.5.0
        2031-01-11 release-8.5
        2031-02-10 release-8.5-20310210-v8.5.0 v8.5.0-20310210-f098345
        2031-05-10 release-8.5 v8.5.1
        2031-05-12 release-8.5-20310512-v8.5.1 v8.5.1-20310512-ab12cd3
        2031-06-01 main v9.0.0-beta.1";
    let repo = Repo::with_history(
        history,
        &[(
            "SECURITY.md",
            &table("| 6.x | :white_check_mark: |\n| 5.x | :white_check_mark: |\n| < 5.0 | :x: |\n"),
        )],
    );
    let told = told_on(&repo, TODAY);
    assert_eq!(supported(&repo), "8.5 8.1 7.5", "{told}");
    assert!(told.starts_with("9.0 upcoming tags\n8.5 supported assumed\n"), "{told}");
    let run = run_on(&repo, TODAY, &["--format", "json"]);
    let json = run.json();
    assert_eq!(json["lines"][1]["release"]["tag"], "v8.5.1");
    assert!(
        json["contradictions"]
            .as_array()
            .expect("a list")
            .iter()
            .any(|c| c["rule"] == "support/stale-statement"),
        "{}",
        run.stdout
    );
}
