//! What a configuration decides: each rule, their unions, tiers and days.

use crate::{
    support::{BRANCHED, FERRY, assert_told, supported, supported_on, told_on},
    world::{Database, Repo, TODAY, lock},
};

/// Two majors with a missing minor, the last of which is the newest.
const ROLLOVER: &str = "
    2029-01-10 main v1.18.0
    2029-07-10 main v1.19.0
    2030-01-10 main v1.21.0
    2030-07-10 main v1.22.0
    2030-08-10 main v1.22.1
    2031-01-10 main v2.0.0
    2031-05-10 main v2.1.0";

#[track_caller]
fn gives(history: &str, policies: &[(&str, &str)]) {
    let repo = Repo::with_history(history, &[]);
    for (policy, expected) in policies {
        repo.write("patchline.toml", policy);
        assert_eq!(supported(&repo), *expected, "{policy}\n{}", told_on(&repo, TODAY));
    }
}

fn rule(keys: &str) -> String {
    format!("[[support.rule]]\n{}\n", keys.replace(", ", "\n"))
}

#[test]
fn each_rule_gives_its_lines() {
    for (keys, expected) in [
        ("newest = 2", "2.1 2.0"),
        ("newest = 4", "2.1 2.0 1.22 1.21"),
        ("newest = 2, majors = 2", "2.1 2.0 1.22 1.21"),
        ("newest = 1, majors = 2", "2.1 1.22"),
        ("newest = 2, of = \"major\"", "2.1 1.22"),
        ("newest = 1, of = \"major\"", "2.1"),
        ("months = 12", "2.1 2.0 1.22"),
        ("months = 17", "2.1 2.0 1.22"),
        ("months = 18", "2.1 2.0 1.22 1.21"),
        ("after-next = 4", "2.1 2.0"),
        ("after-next = 6", "2.1 2.0 1.22"),
        ("last-of-major = 12", "1.22"),
        ("lts-every = 2, months = 36", "2.1 2.0"),
        ("lts-every = 2, of = \"minor\", months = 12", "1.22"),
        ("lts-every = 3, of = \"minor\", months = 24", "1.21"),
    ] {
        gives(ROLLOVER, &[(&rule(keys), expected)]);
    }
}

#[test]
fn lines_are_counted_and_never_computed() {
    // There is no 1.20, and behind 2.0 comes 1.22.
    gives(
        ROLLOVER,
        &[
            ("[support]\nnewest = 3\n", "2.1 2.0 1.22"),
            ("[support]\nnewest = 5\n", "2.1 2.0 1.22 1.21 1.19"),
        ],
    );
}

#[test]
fn the_last_line_of_a_major_is_kept_and_majors_roll_over() {
    let repo = Repo::with_history(ROLLOVER, &[]);
    repo.write(
        "patchline.toml",
        &(rule("newest = 2") + &rule("last-of-major = 12, tier = \"security-only\"")),
    );
    assert_told(
        &repo,
        "2.1 supported configuration patchline.toml:2
         2.0 supported configuration patchline.toml:2
         1.22 supported configuration patchline.toml:4 until=2032-01-10 security-only
         1.21 eol configuration patchline.toml:2
         1.19 eol configuration patchline.toml:2
         1.18 eol configuration patchline.toml:2",
    );
    assert_eq!(supported_on(&repo, "2032-01-10"), "2.1 2.0 1.22");
    assert_eq!(supported_on(&repo, "2032-01-11"), "2.1 2.0");
    // On the eve of the rollover nothing is the last of its major yet.
    assert_eq!(supported_on(&repo, "2031-01-09"), "1.22 1.21");
    assert_eq!(supported_on(&repo, "2031-01-10"), "2.0 1.22");
}

#[test]
fn rules_are_united_and_the_better_tier_holds() {
    let repo = Repo::with_history(ROLLOVER, &[]);
    let policy = rule("newest = 1")
        + &rule("newest = 3, tier = \"security-only\"")
        + &rule("months = 24, tier = \"critical-only\"")
        + "[[support.line]]\nid = \"1.18\"\ntier = \"security-only\"\nuntil = 2031-06-15\n\
           [[support.line]]\nid = \"2.0\"\nstatus = \"eol\"\n";
    repo.write("patchline.toml", &policy);
    assert_told(
        &repo,
        "2.1 supported configuration patchline.toml:2
         2.0 eol configuration patchline.toml:14
         1.22 supported configuration patchline.toml:4 security-only
         1.21 supported configuration patchline.toml:7 until=2032-01-10 critical-only
         1.19 supported configuration patchline.toml:7 until=2031-07-10 critical-only
         1.18 supported configuration patchline.toml:10 until=2031-06-15 security-only",
    );
}

#[test]
fn days_of_the_configuration_hold_to_their_end() {
    let repo = Repo::with_history(FERRY, &[]);
    repo.write(
        "patchline.toml",
        "[[support.line]]\nid = \"1.4\"\nlts = true\n[[support.line]]\nid = \"1.3\"\nuntil = 2031-12-31\n\
         bug-fixes-until = 2031-06-14\n[[support.line]]\nid = \"1.2\"\nuntil = 2031-06-15\nedition = \"ce\"\n\
         [[support.line]]\nid = \"1.1\"\nuntil = 2031-06-14\n[[support.line]]\nid = \"1.5\"\nstatus = \"upcoming\"\n",
    );
    assert_told(
        &repo,
        "1.5 upcoming configuration patchline.toml:16
         1.4 supported configuration patchline.toml:2 lts
         1.3 supported configuration patchline.toml:5 until=2031-12-31 bug-fixes=2031-06-14 security-only
         1.2 supported configuration patchline.toml:9 until=2031-06-15 edition=ce
         1.1 eol configuration patchline.toml:13 until=2031-06-14
         1.0 unknown configuration patchline.toml",
    );
    assert!(told_on(&repo, "2031-06-14").contains("bug-fixes=2031-06-14\n"));
}

#[test]
fn tiers_have_gates_of_their_own() {
    let affected = lock(&["app 0.1.0", "clock 0.2.22"]);
    let fixed = lock(&["app 0.1.0", "clock 0.2.23"]);
    let repo = Repo::with_history(
        BRANCHED,
        &[("release-1.3:Cargo.lock", &affected), ("Cargo.lock", &fixed)],
    );
    let database = Database::new();
    for (tier, code) in [("full", 1), ("security-only", 1), ("critical-only", 0)] {
        repo.write(
            "patchline.toml",
            &format!(
                "[[support.line]]\nid = \"1.3\"\ntier = \"{tier}\"\n[gate]\nincomplete = \"note\"\nunknown = \"note\"\n\
                 [gate.tier.critical-only]\nfail-at = \"never\"\n"
            ),
        );
        let run = repo.scan(&database, &[]);
        assert_eq!(run.code, code, "{tier}: {}{}", run.stdout, run.stderr);
    }
}
