//! What keeps other files true: the formats of `lines`, the table in SECURITY.md,
//! and the files that `init` writes.

use std::{fs, path::Path};

use serde_json::json;

use crate::world::{Repo, Run, TODAY, patchline, patchline_in};

/// Four releases, of which two lines have a branch; `main` is ahead.
fn repo() -> Repo {
    let repo = Repo::new();
    for (tag, day) in [
        ("v1.1.0", "2030-01-01"),
        ("v1.2.0", "2030-04-01"),
        ("v1.3.0", "2030-07-01"),
        ("v1.4.0", "2030-10-01"),
    ] {
        repo.commit("main", &[("file", tag)], day);
        repo.git(&["tag", tag]);
    }
    repo.git(&["branch", "release-1.4", "v1.4.0"]);
    repo.git(&["branch", "release-1.2", "v1.2.0"]);
    repo.commit("main", &[("file", "next")], "2031-01-01");
    repo.git(&["remote", "add", "origin", "https://github.com/ferry/boat"]);
    repo
}

const POLICY: &str = "[support]\nnewest = 2\n[[support.line]]\nid = \"1.2\"\ntier = \"security-only\"\nuntil = 2031-12-31\n";

fn run(repo: &Repo, args: &[&str]) -> Run {
    let path = repo.path().to_str().expect("UTF-8");
    let mut all = vec![args[0], "--repo", path, "--as-of", TODAY];
    all.extend(&args[1..]);
    patchline(&all)
}

#[test]
fn the_supported_lines_are_a_matrix() {
    let repo = repo();
    repo.write("patchline.toml", POLICY);
    let run = run(&repo, &["lines", "--format", "matrix"]);
    assert_eq!((run.code, run.stderr.as_str()), (0, ""));
    assert_eq!(run.stdout.lines().count(), 1);
    assert_eq!(
        run.json(),
        json!({ "include": [
            { "id": "1.4", "branch": "release-1.4", "tag": "v1.4.0", "tier": "full" },
            { "id": "1.3", "branch": "", "tag": "v1.3.0", "tier": "full" },
            { "id": "1.2", "branch": "release-1.2", "tag": "v1.2.0", "tier": "security-only" },
            { "id": "main", "branch": "main", "tag": "", "tier": "full" },
        ] })
    );
}

#[test]
fn a_matrix_that_github_refuses_is_noted() {
    let repo = repo();
    repo.write(
        "patchline.toml",
        "[support]\ndefault-branch = false\n[[support.line]]\nid = \"1.4\"\nuntil = 2030-12-31\n",
    );
    let empty = run(&repo, &["lines", "--format", "matrix"]);
    assert_eq!((empty.code, empty.stdout.as_str()), (0, "{\"include\":[]}\n"));
    assert!(empty.stderr.contains("GitHub refuses an empty matrix"), "{}", empty.stderr);

    for minor in 5..270 {
        repo.git(&["tag", &format!("v1.{minor}.0")]);
    }
    repo.write("patchline.toml", "[support]\nnewest = 260\n");
    let large = run(&repo, &["lines", "--format", "matrix"]);
    assert!(large.stderr.contains("261 lines are supported"), "{}", large.stderr);
    assert_eq!(large.json()["include"].as_array().map(Vec::len), Some(261));
}

#[test]
fn a_matrix_of_a_partial_clone_says_so_beside_the_document() {
    let origin = repo();
    origin.write("patchline.toml", POLICY);
    let folder = tempfile::tempdir().expect("a folder");
    let url = format!("file://{}", origin.path().display());
    let clone = folder.path().join("clone");
    let target = clone.to_str().expect("UTF-8");
    crate::world::git(folder.path(), &["clone", "--quiet", "--depth", "1", &url, target]);
    let run = patchline(&["lines", "--repo", target, "--as-of", TODAY, "--format", "matrix"]);
    assert!(run.stderr.contains("warning: "), "{}", run.stderr);
    assert!(run.stderr.contains("hint: "), "{}", run.stderr);
    assert!(serde_json::from_str::<serde_json::Value>(&run.stdout).is_ok(), "{}", run.stdout);
}

#[test]
fn what_is_assumed_is_noted_beside_a_document() {
    let repo = repo();
    for format in ["matrix", "openeox", "endoflife"] {
        let assumed = run(&repo, &["lines", "--format", format]);
        assert!(assumed.stderr.contains("nothing declares"), "{format}: {}", assumed.stderr);
    }
}

#[test]
fn openeox_has_a_statement_for_each_line_with_something_to_state() {
    let repo = repo();
    repo.write("patchline.toml", POLICY);
    let run = run(&repo, &["lines", "--format", "openeox"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(run.stderr.contains("left out: 1.1"), "{}", run.stderr);
    let document = run.json();
    let statements = document["statements"].as_array().expect("statements");
    assert_eq!(statements.len(), 3);
    assert_eq!(
        statements[2],
        json!({
            "core": {
                "$schema": "https://docs.oasis-open.org/openeox/v1.0/schema/core.json",
                "end_of_life": "2031-12-31T23:59:59Z",
                "end_of_security_support": "2031-12-31T23:59:59Z",
                "last_updated": "2031-06-15T00:00:00Z",
            },
            "product": {
                "$schema": "https://docs.oasis-open.org/openeox/tbd/schema/product_software.json",
                "product_name": "boat",
                "product_version": "1.2",
                "vendor_name": "ferry",
            },
            "product_identification_helper": { "purls": ["pkg:github/ferry/boat@v1.2.0"] },
        })
    );
}

#[test]
fn endoflife_has_the_releases_of_a_product() {
    let repo = repo();
    repo.write("patchline.toml", POLICY);
    let run = run(&repo, &["lines", "--format", "endoflife"]);
    assert_eq!((run.code, run.stderr.as_str()), (0, ""));
    assert!(run.stdout.starts_with("releases:\n- releaseCycle: \"1.4\"\n"), "{}", run.stdout);
    let second = "- releaseCycle: \"1.2\"\n";
    let (_, rest) = run.stdout.split_once(second).expect("the line");
    assert!(rest.contains("  eol: 2031-12-31\n"), "{rest}");
    assert!(rest.contains("  latest: \"1.2.0\"\n  latestReleaseDate: 2030-04-01\n"), "{rest}");
    assert!(run.stdout.contains("- releaseCycle: \"1.1\"\n"), "{}", run.stdout);
    assert!(!run.stdout.contains("main"), "{}", run.stdout);
}

#[test]
fn equal_input_gives_equal_documents_from_everywhere() {
    let repo = repo();
    repo.write("patchline.toml", POLICY);
    let elsewhere = tempfile::tempdir().expect("a folder");
    let path = repo.path().to_str().expect("UTF-8");
    for format in ["matrix", "openeox", "endoflife"] {
        let args = ["lines", "--repo", path, "--as-of", TODAY, "--format", format];
        let first = patchline_in(Path::new("."), &args, &[]).stdout;
        assert_eq!(patchline_in(elsewhere.path(), &args, &[]).stdout, first, "{format}");
    }
}

fn read(repo: &Repo, path: &str) -> String {
    fs::read_to_string(repo.path().join(path)).expect("a file")
}

const TABLE: &str = "| Version | Supported | Until |
|---|---|---|
| 1.4 | ✅ Yes | – |
| 1.3 | ✅ Yes | – |
| 1.2 | 🔒 Security fixes only | 2031-12-31 |
| 1.1 | ❌ No | – |
";

#[test]
fn the_table_of_supported_versions_is_printed() {
    let repo = repo();
    repo.write("patchline.toml", POLICY);
    let run = run(&repo, &["security-md"]);
    assert_eq!((run.code, run.stdout.as_str(), run.stderr.as_str()), (0, TABLE, ""));
    assert!(!repo.path().join("SECURITY.md").exists());
}

#[test]
fn security_md_is_written_checked_and_kept() {
    let repo = repo();
    repo.write("patchline.toml", POLICY);
    let missing = run(&repo, &["security-md", "--check"]);
    assert_eq!(missing.code, 1, "{}", missing.stderr);
    assert!(missing.stdout.starts_with("there is no `SECURITY.md`"), "{}", missing.stdout);
    assert!(missing.stdout.contains("patchline security-md --write"), "{}", missing.stdout);

    let created = run(&repo, &["security-md", "--write"]);
    assert_eq!((created.code, created.stdout.as_str()), (0, "wrote `SECURITY.md`\n"));
    let text = read(&repo, "SECURITY.md");
    assert!(text.contains(TABLE), "{text}");
    let clean = run(&repo, &["security-md", "--check"]);
    assert_eq!((clean.code, clean.stdout.as_str()), (0, ""), "{}", clean.stdout);

    // A new line is released, and the newest two are others.
    repo.git(&["tag", "v1.5.0"]);
    let stale = run(&repo, &["security-md", "--check"]);
    assert_eq!(stale.code, 1);
    for row in
        ["- | 1.3 | ✅ Yes | – |", "+ | 1.5 | ✅ Yes | – |", "+ | 1.3 | ❌ No | – |", "row 6"]
    {
        assert!(stale.stdout.contains(row), "{row}: {}", stale.stdout);
    }
    let again = run(&repo, &["security-md", "--write"]);
    assert_eq!(again.stdout, "wrote the table in `SECURITY.md`\n");
    assert_eq!(run(&repo, &["security-md", "--check"]).code, 0);
    let text = read(&repo, "SECURITY.md");
    let idle = run(&repo, &["security-md", "--write"]);
    assert_eq!(idle.stdout, "`SECURITY.md` says it already\n");
    assert_eq!(read(&repo, "SECURITY.md"), text);
}

#[test]
fn the_first_security_md_there_is_is_kept() {
    let repo = repo();
    repo.write("patchline.toml", POLICY);
    for folder in ["docs", ".github"] {
        fs::create_dir(repo.path().join(folder)).expect("a folder");
        let path = format!("{folder}/SECURITY.md");
        let old = "# Security\r\n\r\n## Supported Versions\r\n\r\n| Version | Ok |\r\n|-|-|\r\n| 9 | yes |\r\n\r\nBye.\r\n";
        repo.write(&path, old);
        let run = run(&repo, &["security-md", "--write"]);
        assert_eq!(
            run.stdout,
            format!("wrote the table in `{path}`, in place of the one in row 5\n")
        );
        let text = read(&repo, &path);
        assert!(text.contains(&TABLE.replace('\n', "\r\n")), "{text}");
        assert_eq!(text.matches('\n').count(), text.matches("\r\n").count());
        assert!(text.ends_with("\r\n\r\nBye.\r\n"), "{text}");
    }
    let named = repo.path().join("POLICY.md");
    let named = named.to_str().expect("UTF-8");
    assert_eq!(run(&repo, &["security-md", "--check", "--file", named]).code, 1);
    assert_eq!(run(&repo, &["security-md", "--write", "--file", named]).code, 0);
    assert_eq!(run(&repo, &["security-md", "--check", "--file", named]).code, 0);
}

#[test]
fn markers_that_nobody_understands_stop_the_run_and_stay() {
    let repo = repo();
    repo.write("patchline.toml", POLICY);
    let text = "# Security\n\n<!-- patchline:supported-versions -->\n";
    repo.write("SECURITY.md", text);
    for flag in ["--write", "--check"] {
        let run = run(&repo, &["security-md", flag]);
        assert_eq!(run.code, 2, "{}", run.stdout);
        assert!(run.stderr.contains("SECURITY.md:3"), "{}", run.stderr);
        assert!(run.stderr.contains("no end marker"), "{}", run.stderr);
        assert_eq!(read(&repo, "SECURITY.md"), text);
    }
}

#[test]
#[cfg(unix)]
fn a_link_out_of_the_repository_is_not_written_through() {
    let elsewhere = tempfile::tempdir().expect("a folder");
    let victim = elsewhere.path().join("victim");
    fs::write(&victim, "precious").expect("a file");
    for target in [victim.clone(), elsewhere.path().join("new")] {
        let repo = repo();
        repo.write("patchline.toml", POLICY);
        std::os::unix::fs::symlink(&target, repo.path().join("SECURITY.md")).expect("a link");
        let run = run(&repo, &["security-md", "--write"]);
        assert_eq!(run.code, 2, "{}", run.stdout);
        assert!(run.stderr.contains("leads out of the working tree"), "{}", run.stderr);
        assert_eq!(fs::read_to_string(&victim).expect("a file"), "precious");
        assert_eq!(fs::read_dir(elsewhere.path()).expect("a folder").count(), 1);
    }
}

#[test]
fn without_a_working_tree_or_a_supported_line_nothing_is_kept() {
    let repo = repo();
    let folder = tempfile::tempdir().expect("a folder");
    let bare = folder.path().join("bare.git");
    let target = bare.to_str().expect("UTF-8");
    repo.git(&["clone", "--quiet", "--bare", ".", target]);
    let run_bare = patchline(&["security-md", "--repo", target, "--write"]);
    assert_eq!(run_bare.code, 2, "{}", run_bare.stderr);
    assert!(run_bare.stderr.contains("bare"), "{}", run_bare.stderr);

    repo.write(
        "patchline.toml",
        "[support]\ndefault-branch = false\n[[support.line]]\nid = \"1.4\"\nuntil = 2030-12-31\n",
    );
    let none = run(&repo, &["security-md", "--write"]);
    assert_eq!(none.code, 2, "{}", none.stderr);
    assert!(!repo.path().join("SECURITY.md").exists());
}

const WRITTEN: [&str; 3] = [
    "patchline.toml",
    ".github/workflows/patchline-pull-request.yml",
    ".github/workflows/patchline-nightly.yml",
];

/// `id branch` of the supported lines.
fn supported(repo: &Repo, args: &[&str]) -> Vec<String> {
    let mut all = vec!["lines", "--format", "json"];
    all.extend(args);
    let json = run(repo, &all).json();
    let lines = json["lines"].as_array().expect("lines").iter();
    lines
        .filter(|line| line["status"] == "supported")
        .map(|line| format!("{} {} {} {}", line["id"], line["branch"], line["tier"], line["until"]))
        .collect()
}

#[test]
fn init_writes_what_it_found_and_overwrites_nothing() {
    let repo = repo();
    let before = supported(&repo, &[]);
    let dry = run(&repo, &["init", "--dry-run"]);
    assert_eq!(dry.code, 0, "{}", dry.stderr);
    assert!(WRITTEN.iter().all(|path| !repo.path().join(path).exists()));

    let first = run(&repo, &["init"]);
    let said: String = WRITTEN.iter().map(|path| format!("wrote `{path}`\n")).collect();
    assert_eq!((first.code, first.stdout), (0, said), "{}", first.stderr);
    for path in WRITTEN {
        assert!(dry.stdout.contains(&read(&repo, path)), "{path}");
    }
    assert!(read(&repo, "patchline.toml").contains("\nnewest = 3\n"));
    assert_eq!(supported(&repo, &[]), before);

    repo.write(WRITTEN[1], "mine");
    let second = run(&repo, &["init"]);
    let said: String = WRITTEN.iter().map(|path| format!("kept `{path}`\n")).collect();
    assert_eq!((second.code, second.stdout), (0, said), "{}", second.stderr);
    assert_eq!(read(&repo, WRITTEN[1]), "mine");
}

#[test]
fn init_keeps_a_configuration_in_either_place() {
    let repo = repo();
    fs::create_dir(repo.path().join(".github")).expect("a folder");
    repo.write(".github/patchline.toml", POLICY);
    let run = run(&repo, &["init"]);
    assert!(run.stdout.starts_with("kept `.github/patchline.toml`\nwrote `"), "{}", run.stdout);
    assert!(!repo.path().join("patchline.toml").exists());
}

#[test]
fn the_written_configuration_gives_the_same_lines() {
    let repo = repo();
    repo.git(&["branch", "odd", "v1.1.0"]);
    repo.git(&["branch", "7-1-stable", "v1.1.0"]);
    let elsewhere = tempfile::tempdir().expect("a folder");
    let policy = elsewhere.path().join("policy.toml");
    fs::write(
        &policy,
        "[[support.line]]\nid = \"1.4\"\nuntil = 2031-06-15\n[[support.line]]\nid = \"1.3\"\nbranch = \"odd\"\n\
         tier = \"security-only\"\n[[support.line]]\nid = \"7.1\"\n[[support.line]]\nid = \"l\\\"t\\ns\"\n\
         branch = \"release-1.2\"\nbug-fixes-until = 2031-01-01\nlts = true\n",
    )
    .expect("a file");
    let config = ["--config", policy.to_str().expect("UTF-8")];
    let before = supported(&repo, &config);
    assert_eq!(before.len(), 5, "{before:?}");
    let run = run(&repo, &["init", config[0], config[1]]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert_eq!(supported(&repo, &[]), before, "{}", read(&repo, "patchline.toml"));
}

#[test]
fn the_written_workflows_may_do_little() {
    let repo = repo();
    assert_eq!(run(&repo, &["init"]).code, 0);
    for path in &WRITTEN[1..] {
        let text = read(&repo, path);
        assert!(text.contains("\npermissions: {}\n"), "{text}");
        assert!(!text.contains("secrets.") && text.contains("persist-credentials: false"));
        // Whatever more a job may do, the file says why, and it is none of the rights that change code.
        for scope in text.lines().filter(|line| line.contains(": write")) {
            let (scope, why) = scope.split_once(": write # ").expect("a reason");
            let scope = scope.trim();
            let is_known = ["issues", "pull-requests", "security-events"].contains(&scope);
            assert!(is_known && !why.is_empty(), "{scope}");
        }
        let actions: Vec<&str> =
            text.lines().filter_map(|line| line.trim().strip_prefix("uses: ")).collect();
        assert!(actions.len() >= 3, "{text}");
        for action in actions {
            let (name, rest) = action.split_once('@').expect("a version");
            let pin = rest.split(' ').next().expect("a pin");
            let is_commit = pin.len() == 40 && pin.chars().all(|c| c.is_ascii_hexdigit());
            assert!(is_commit || name == "patchline/patchline", "{action}");
        }
    }
}

#[test]
#[cfg(unix)]
fn init_writes_through_no_link() {
    let elsewhere = tempfile::tempdir().expect("a folder");
    let repo = repo();
    std::os::unix::fs::symlink(elsewhere.path(), repo.path().join(".github")).expect("a link");
    let run = run(&repo, &["init"]);
    assert_eq!(run.code, 2, "{}", run.stdout);
    assert!(run.stderr.contains("leads out of the working tree"), "{}", run.stderr);
    assert_eq!(fs::read_dir(elsewhere.path()).expect("a folder").count(), 0);
    assert!(!repo.path().join("patchline.toml").exists());
}
