//! What a scan says, and how it ends.

use crate::world::{Database, Repo, lock, patchline, text};

fn affected() -> String {
    lock(&["app 0.1.0", "clock 0.2.22"])
}

fn fixed() -> String {
    lock(&["app 0.1.0", "clock 0.2.23"])
}

fn without() -> String {
    lock(&["app 0.1.0", "other 1.0.0"])
}

#[test]
fn a_line_is_called_what_its_branch_and_its_release_show() {
    let database = Database::new();
    for (release, head, word, code) in [
        (affected(), affected(), "unpatched", 1),
        (affected(), fixed(), "fixed-unreleased", 0),
        (affected(), without(), "fixed-unreleased", 0),
        (fixed(), affected(), "unpatched", 1),
        (without(), affected(), "unpatched", 1),
    ] {
        let run = Repo::with_line(&release, &head).scan(&database, &[]);
        let statuses = run.statuses();
        let line = statuses.lines().find(|row| row.starts_with("1.0 ")).unwrap_or_default();
        assert_eq!(line, format!("1.0 clock RUSTSEC-2031-0001: {word}"), "{}", run.stderr);
        assert_eq!(run.code, code, "{word}");
    }
}

#[test]
fn a_vulnerability_on_one_line_has_a_row_for_every_line() {
    let repo = Repo::new();
    repo.commit("release-1.0", &[("Cargo.lock", &affected())], "2031-01-01");
    repo.git(&["tag", "v1.0.0"]);
    repo.commit("release-1.1", &[("Cargo.lock", &fixed())], "2031-01-02");
    repo.git(&["tag", "v1.1.0"]);
    repo.commit("release-1.2", &[("Cargo.lock", &without())], "2031-01-03");
    repo.git(&["tag", "v1.2.0"]);
    let run = repo.scan(&Database::new(), &["--line", "release-*"]);
    assert_eq!(
        run.statuses(),
        "release-1.0 clock RUSTSEC-2031-0001: unpatched\n\
         release-1.1 clock RUSTSEC-2031-0001: patched\n\
         release-1.2 clock RUSTSEC-2031-0001: not-affected\n"
    );
    assert_eq!(run.code, 1);
}

#[test]
fn a_clean_project_passes() {
    let run = Repo::with_line(&fixed(), &fixed()).scan(&Database::new(), &[]);
    assert_eq!((run.statuses().as_str(), run.code), ("", 0), "{}", run.stderr);
    assert_eq!(run.json()["outcome"], "pass");
}

#[test]
fn the_exit_code_does_not_depend_on_the_format() {
    let database = Database::new();
    for (release, head, code) in [(affected(), affected(), 1), (fixed(), fixed(), 0)] {
        let repo = Repo::with_line(&release, &head);
        for format in ["text", "json", "sarif"] {
            assert_eq!(repo.scan(&database, &["--format", format]).code, code, "{format}");
        }
        let zero = repo.scan(&database, &["--exit-zero"]);
        assert_eq!(zero.code, 0);
        assert_eq!(zero.stderr.contains("--exit-zero"), code == 1, "{}", zero.stderr);
    }
}

#[test]
fn other_classes_than_vulnerabilities_have_gates_of_their_own() {
    let database = Database::new();
    for (class, default, key) in [
        ("unmaintained", "note", "unmaintained"),
        ("unsound", "warn", "unsound"),
        ("notice", "note", "notice"),
        ("brand-new-class", "note", "notice"),
    ] {
        let more = format!("informational = \"{class}\"");
        database.add("RUSTSEC-2031-0002", "other", "patched = []", &more);
        let repo = Repo::with_line(&without(), &without());
        let run = repo.scan(&database, &[]);
        let json = run.json();
        let finding = &json["findings"][0];
        assert_eq!((text(&finding["class"]), text(&finding["decision"])), (class, default));
        assert_eq!(run.code, 0, "{class}");

        repo.write("patchline.toml", &format!("[gate]\n{key} = \"fail\"\n"));
        assert_eq!(repo.scan(&database, &[]).code, 1, "{class}");
    }
}

#[test]
fn a_withdrawn_record_never_matches() {
    let database = Database::new();
    database.add("RUSTSEC-2031-0003", "other", "patched = []", "withdrawn = \"2031-06-09\"");
    let run = Repo::with_line(&without(), &without()).scan(&database, &[]);
    assert_eq!((run.statuses().as_str(), run.code), ("", 0));
    assert_eq!(run.json()["databases"][0]["withdrawn"], 1);
}

#[test]
fn a_package_from_elsewhere_is_possible_and_never_gates() {
    let elsewhere = [
        "git+https://example.org/clock#0123456789abcdef0123456789abcdef01234567",
        "registry+https://example.org/index",
        "path",
    ];
    for source in elsewhere {
        let lockfile = lock(&["app 0.1.0", &format!("clock 0.2.22 {source}")]);
        let run = Repo::with_line(&lockfile, &lockfile).scan(&Database::new(), &[]);
        assert_eq!(
            run.statuses(),
            "1.0 clock RUSTSEC-2031-0001: unknown (possible)\n\
             main clock RUSTSEC-2031-0001: unknown (possible)\n",
            "{source}"
        );
        assert_eq!(run.code, 0, "{source}");
    }
}

#[test]
fn a_package_that_moved_elsewhere_is_not_taken_for_fixed() {
    let git = "git+https://example.org/clock#0123456789abcdef0123456789abcdef01234567";
    let moved = lock(&["app 0.1.0", &format!("clock 0.2.22 {git}")]);
    let run = Repo::with_line(&affected(), &moved).scan(&Database::new(), &[]);
    let statuses = run.statuses();
    assert!(statuses.contains("1.0 clock RUSTSEC-2031-0001: unpatched\n"), "{statuses}");
    assert!(statuses.contains("main clock RUSTSEC-2031-0001: unknown\n"), "{statuses}");
    assert_eq!(run.code, 1);
}

#[test]
fn every_glob_of_the_command_line_must_match() {
    let repo = Repo::with_line(&fixed(), &fixed());
    let run = repo.scan(&Database::new(), &["--line", "release-1.0", "--line", "release-9.9"]);
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("no branch or tag matches `release-9.9`"), "{}", run.stderr);
}

#[test]
fn a_branch_and_a_tag_of_one_name_are_two_lines() {
    let repo = Repo::with_line(&fixed(), &fixed());
    repo.commit("work", &[("Cargo.lock", &affected())], "2031-04-01");
    repo.git(&["tag", "release-1.0"]);
    let run = repo.scan(&Database::new(), &["--line", "release-1.0"]);
    assert_eq!(
        run.statuses(),
        "refs/heads/release-1.0 clock RUSTSEC-2031-0001: patched\n\
         refs/tags/release-1.0 clock RUSTSEC-2031-0001: unpatched\n"
    );
    let run = repo.scan(&Database::new(), &["--line", "refs/tags/release-1.0"]);
    assert_eq!(run.statuses(), "release-1.0 clock RUSTSEC-2031-0001: unpatched\n");
}

#[test]
fn one_declaration_is_about_one_line() {
    let repo = Repo::with_line(&affected(), &affected());
    repo.commit("release-1.1", &[("Cargo.lock", &fixed())], "2031-04-01");
    repo.git(&["tag", "v1.1.0"]);
    repo.write(
        "patchline.toml",
        "[support]\ndefault-branch = false\n[[support.line]]\nid = \"1.0\"\nbranch = \"release-1.1\"\n",
    );
    let statuses = repo.scan(&Database::new(), &[]).statuses();
    assert_eq!(statuses, "1.0 clock RUSTSEC-2031-0001: fixed-unreleased\n");
}

#[test]
fn the_default_branch_is_scanned_whatever_line_it_is() {
    let repo = Repo::new();
    repo.commit("3.x", &[("Cargo.lock", &fixed())], "2031-01-01");
    repo.git(&["tag", "v2.0.0"]);
    repo.commit("3.x", &[("Cargo.lock", &affected())], "2031-01-02");
    repo.git(&["tag", "v3.0.0-rc.1"]);
    let run = repo.scan(&Database::new(), &[]);
    assert!(run.statuses().contains("3 clock RUSTSEC-2031-0001: unpatched"), "{}", run.stdout);
    assert_eq!(run.code, 1);
}

#[test]
fn a_tier_has_gates_of_its_own() {
    let repo = Repo::with_line(&affected(), &fixed());
    let policy = |rules: &str| {
        format!(
            "[support]\ndefault-branch = false\n[[support.line]]\nid = \"1.0\"\ntier = \"security-only\"\n\
             [gate.tier.security-only]\n{rules}\n"
        )
    };
    for (rules, code) in [("", 0), ("unreleased = \"fail\"", 1), ("unreleased = \"note\"", 0)] {
        repo.write("patchline.toml", &policy(rules));
        assert_eq!(repo.scan(&Database::new(), &[]).code, code, "{rules}");
    }
    let broken = lock(&["app 0.1.0 -> nowhere", "clock 0.2.23"]);
    let repo = Repo::with_line(&fixed(), &broken);
    for (rules, code) in [("", 3), ("incomplete = \"warn\"", 0)] {
        repo.write("patchline.toml", &policy(rules));
        assert_eq!(repo.scan(&Database::new(), &["--exclude", "x"]).code, code, "{rules}");
    }
}

#[test]
fn an_update_is_compatible_only_if_everybody_is_known_to_accept_it() {
    let lockfile = affected();
    let kind = |manifest: &str| {
        let repo = Repo::new();
        repo.commit("main", &[("Cargo.lock", &lockfile), ("Cargo.toml", manifest)], "2031-01-01");
        let json = repo.scan(&Database::new(), &[]).json();
        text(&json["findings"][0]["update"]["kind"]).to_owned()
    };
    let app = "[package]\nname = \"app\"\n";
    assert_eq!(kind(&format!("{app}[dependencies]\nclock = \"0.2\"\n")), "compatible");
    assert_eq!(kind(&format!("{app}[dependencies]\nclock = \"=0.2.22\"\n")), "breaking");
    assert_eq!(kind(&format!("{app}[dependencies\n")), "unverified");
    assert_eq!(kind("[workspace]\n"), "unverified");
}

#[test]
fn a_fix_without_a_lowest_version_is_still_a_fix() {
    let database = Database::new();
    database.add("RUSTSEC-2031-0004", "wheel", "patched = [\"> 1.10.3\"]", "");
    let (old, new) = (lock(&["app 0.1.0", "wheel 1.10.3"]), lock(&["app 0.1.0", "wheel 1.11.0"]));
    let run = Repo::with_line(&old, &new).scan(&database, &[]);
    let json = run.json();
    assert_eq!(json["findings"][0]["head"]["sight"], "fixed");
    assert_eq!(json["findings"][0]["fixed_in"], serde_json::json!([">1.10.3"]));
}

#[test]
fn a_line_that_was_not_seen_gets_no_upload() {
    let repo = Repo::with_line(&fixed(), &fixed());
    repo.commit("release-1.0", &[("Cargo.lock", "[[package")], "2031-04-01");
    let folder = tempfile::tempdir().expect("a folder");
    let output = folder.path().to_str().expect("UTF-8");
    let run = repo.scan(&Database::new(), &["--output", output]);
    assert!(run.stderr.contains("no SARIF file of its own for 1.0"), "{}", run.stderr);
    assert!(!folder.path().join("lines/1.0.sarif").exists());
    assert!(folder.path().join("lines/main.sarif").exists());
}

#[test]
fn a_very_long_name_is_still_a_file() {
    let repo = Repo::with_line(&fixed(), &fixed());
    let long = format!("x/{}", "y".repeat(240));
    repo.git(&["branch", &long]);
    let folder = tempfile::tempdir().expect("a folder");
    let output = folder.path().to_str().expect("UTF-8");
    assert_eq!(repo.scan(&Database::new(), &["--line", "x/*", "--output", output]).code, 0);
}

#[test]
fn files_of_lines_that_are_gone_do_not_stay() {
    let repo = Repo::with_line(&fixed(), &fixed());
    let folder = tempfile::tempdir().expect("a folder");
    let output = folder.path().to_str().expect("UTF-8");
    let database = Database::new();
    repo.scan(&database, &["--output", output]);
    std::fs::write(folder.path().join("other.sarif"), "{}").expect("a file");
    assert!(folder.path().join("lines/1.0.sarif").exists());
    repo.scan(&database, &["--output", output, "--line", "main"]);
    assert!(!folder.path().join("lines/1.0.sarif").exists());
    assert!(folder.path().join("lines/main.sarif").exists());
    assert!(
        folder.path().join("other.sarif").exists(),
        "another tool's file is not ours to remove"
    );
}

#[test]
fn a_policy_that_supports_nothing_says_why() {
    let repo = Repo::with_line(&fixed(), &fixed());
    repo.write(
        "patchline.toml",
        "[support]\ndefault-branch = false\n[[support.line]]\nid = \"1.0\"\nuntil = 2031-01-01\n",
    );
    let run = repo.scan(&Database::new(), &[]);
    assert_eq!(run.code, 2);
    assert!(
        run.stderr.contains("no release line is supported on 2031-06-15: 1.0 is eol"),
        "{}",
        run.stderr
    );
}

#[test]
fn severity_decides_where_the_gate_says_so() {
    let database = Database::new();
    let more = "cvss = \"CVSS:3.1/AV:L/AC:H/PR:H/UI:R/S:U/C:N/I:N/A:L\"";
    database.add("RUSTSEC-2031-0001", "clock", "patched = [\">= 0.2.23\"]", more);
    let repo = Repo::with_line(&affected(), &affected());
    for (gate, code, because) in [
        ("", 1, "gate.fail-at"),
        ("fail-at = \"low\"", 1, "gate.fail-at"),
        ("fail-at = \"high\"", 0, "gate.fail-at"),
        ("fail-at = \"never\"", 0, "gate.fail-at"),
        ("tier.full.fail-at = \"critical\"", 0, "gate.fail-at"),
        ("tier.security-only.fail-at = \"critical\"", 1, "gate.fail-at"),
    ] {
        repo.write("patchline.toml", &format!("[gate]\n{gate}\n"));
        let run = repo.scan(&database, &[]);
        assert_eq!(run.code, code, "{gate}: {}", run.stderr);
        let json = run.json();
        let finding = &json["findings"][0];
        assert_eq!(finding["severity"]["rating"], "low");
        assert_eq!(text(&finding["because"]), because, "{gate}");
    }
}

#[test]
fn a_lockfile_that_does_not_parse_is_a_gap_and_not_the_end() {
    let repo = Repo::new();
    let good = fixed();
    let files = [("Cargo.lock", good.as_str()), ("tests/bad/Cargo.lock", "<<<<<<< HEAD\n")];
    repo.commit("main", &files, "2031-01-01");
    let database = Database::new();
    let run = repo.scan(&database, &[]);
    assert_eq!(run.code, 3);
    let json = run.json();
    assert_eq!(json["outcome"], "incomplete");
    let trouble = &json["trouble"][0];
    assert_eq!(trouble["origin"]["path"], "tests/bad/Cargo.lock");
    assert_eq!(trouble["origin"]["row"], 1);
    assert!(text(&trouble["hint"]).contains("exclude"), "{trouble}");

    assert_eq!(repo.scan(&database, &["--exclude", "tests/**"]).code, 0);
    repo.write("patchline.toml", "[gate]\nincomplete = \"warn\"\n");
    assert_eq!(repo.scan(&database, &[]).code, 0);

    // What the other lockfile shows still counts.
    let bad = affected();
    let files = [("Cargo.lock", bad.as_str()), ("tests/bad/Cargo.lock", "<<<<<<< HEAD\n")];
    repo.commit("main", &files, "2031-01-02");
    assert_eq!(repo.scan(&database, &[]).statuses(), "main clock RUSTSEC-2031-0001: unpatched\n");
}

#[test]
fn good_news_from_a_tip_that_was_not_read_whole_is_unknown() {
    let repo = Repo::new();
    let (bad, good) = (affected(), fixed());
    repo.commit("release-1.0", &[("Cargo.lock", &bad)], "2031-01-01");
    let broken = [("Cargo.lock", good.as_str()), ("x/Cargo.lock", "[[package")];
    repo.commit("release-1.1", &broken, "2031-01-02");
    let run = repo.scan(&Database::new(), &["--line", "release-*"]);
    assert_eq!(
        run.statuses(),
        "release-1.0 clock RUSTSEC-2031-0001: unpatched\n\
         release-1.1 clock RUSTSEC-2031-0001: unknown\n"
    );
}

#[test]
fn a_line_without_a_lockfile_is_not_clean() {
    let repo = Repo::new();
    repo.commit("main", &[("README.md", "no lockfile")], "2031-01-01");
    let run = repo.scan(&Database::new(), &[]);
    assert_eq!(run.code, 3);
    assert!(run.stdout.contains("no lockfile at `refs/heads/main`"), "{}", run.stdout);
}

#[test]
fn a_finding_says_where_why_and_what_to_do() {
    let repo = Repo::new();
    let lockfile = lock(&[
        "app 0.1.0 -> timer",
        "timer 1.4.0 -> clock",
        "clock 0.2.22",
        "tool 0.1.0 path -> clock",
    ]);
    let manifest = "[package]\nname = \"tool\"\n[dependencies]\nclock = { workspace = true }\n";
    let root = "[workspace]\nmembers = [\"tool\"]\n[workspace.dependencies]\nclock = \"0.2\"\n";
    let files =
        [("Cargo.lock", lockfile.as_str()), ("tool/Cargo.toml", manifest), ("Cargo.toml", root)];
    repo.commit("main", &files, "2031-01-01");
    let json = repo.scan(&Database::new(), &[]).json();
    let finding = &json["findings"][0];
    assert_eq!(finding["head"]["occurrences"][0]["row"], 19);
    assert_eq!(finding["paths"][0], serde_json::json!(["tool 0.1.0", "clock 0.2.22"]));
    assert_eq!(finding["fixed_in"], serde_json::json!(["0.2.23"]));
    let update = &finding["update"];
    assert_eq!((text(&update["kind"]), text(&update["to"])), ("compatible", "0.2.23"));
    let tool = &update["dependents"][1];
    assert_eq!(tool["known_by"], "manifest");
    assert_eq!((text(&tool["manifest"]), &tool["row"]), ("Cargo.toml", &4.into()));
    assert_eq!(update["dependents"][0]["known_by"], "presumed");

    // The member now refuses the fix.
    let root = root.replace("\"0.2\"", "\"=0.2.22\"");
    let files = [
        ("Cargo.lock", lockfile.as_str()),
        ("tool/Cargo.toml", manifest),
        ("Cargo.toml", root.as_str()),
    ];
    repo.commit("main", &files, "2031-01-02");
    let json = repo.scan(&Database::new(), &[]).json();
    assert_eq!(json["findings"][0]["update"]["kind"], "breaking");
    assert_eq!(json["findings"][0]["update"]["dependents"][1]["accepts"], false);
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    let repo = Repo::with_line(&affected(), &fixed());
    let database = Database::new();
    let folders = [tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder")];
    let outputs: Vec<Vec<(String, Vec<u8>)>> = folders
        .iter()
        .map(|folder| {
            let output = folder.path().to_str().expect("UTF-8");
            repo.scan(&database, &["--output", output]);
            let files =
                ["patchline.json", "patchline.sarif", "lines/1.0.sarif", "lines/main.sarif"];
            let read = |name: &str| std::fs::read(folder.path().join(name)).expect(name);
            files.iter().map(|name| ((*name).to_owned(), read(name))).collect()
        })
        .collect();
    assert_eq!(outputs[0], outputs[1]);
}

#[test]
fn wrong_arguments_and_configuration_end_with_2() {
    let repo = Repo::with_line(&fixed(), &fixed());
    let database = Database::new();
    let run = repo.scan(&database, &["--line", "nothing-*"]);
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("no branch or tag matches `nothing-*`"), "{}", run.stderr);

    repo.write("patchline.toml", "[gate]\nfail-at = \"huge\"\n[support]\nnewest = 0\n");
    let run = repo.scan(&database, &[]);
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("hint: patchline.toml:2: `fail-at` is `huge`"), "{}", run.stderr);
    assert!(run.stderr.contains("hint: patchline.toml:4: `newest` is 0"), "{}", run.stderr);

    assert_eq!(repo.scan(&database, &["--config", "nowhere.toml"]).code, 2);
    assert_eq!(patchline(&["scan", "--db", "osv=x"]).code, 2);
    assert_eq!(patchline(&["scan", "--as-of", "soon"]).code, 2);
    assert_eq!(patchline(&["frobnicate"]).code, 2);
}
