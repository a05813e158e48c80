//! Every kind of repository is read, and none is written to.

use std::{collections::BTreeMap, fs, path::Path, process::Command};

use crate::world::{Database, Repo, TODAY, git, lock, patchline_in, scan, text};

fn affected() -> String {
    lock(&["app 0.1.0", "clock 0.2.22"])
}

fn fixed() -> String {
    lock(&["app 0.1.0", "clock 0.2.23"])
}

#[test]
fn bare_linked_nested_and_foreign_repositories_give_the_same_findings() {
    let repo = Repo::with_line(&affected(), &fixed());
    fs::create_dir_all(repo.path().join("some/folder")).expect("a folder");
    let database = Database::new();
    let expected = repo.scan(&database, &[]).json()["findings"].clone();
    assert_eq!(expected.as_array().map(Vec::len), Some(2));

    let elsewhere = tempfile::tempdir().expect("a folder");
    let bare = elsewhere.path().join("bare.git");
    git(repo.path(), &["clone", "--quiet", "--mirror", ".", bare.to_str().expect("UTF-8")]);
    let linked = elsewhere.path().join("linked");
    repo.git(&["worktree", "add", "--quiet", "--detach", linked.to_str().expect("UTF-8")]);
    let nested = repo.path().join("some/folder");
    for folder in [bare.as_path(), linked.as_path(), nested.as_path()] {
        assert_eq!(
            scan(folder, &database, &[]).json()["findings"],
            expected,
            "{}",
            folder.display()
        );
    }

    // In a container the workspace belongs to somebody else, and git itself refuses it.
    let chown = Command::new("chown").args(["-R", "65534:65534"]).arg(repo.path()).status();
    if chown.is_ok_and(|status| status.success()) {
        assert_eq!(repo.scan(&database, &[]).json()["findings"], expected);
    }
}

#[test]
fn a_repository_is_never_written_to() {
    let repo = Repo::with_line(&affected(), &fixed());
    repo.git(&["pack-refs", "--all"]);
    let before = snapshot(repo.path());
    repo.scan(&Database::new(), &[]);
    assert_eq!(snapshot(repo.path()), before);
}

/// Every file with its bytes and its time.
fn snapshot(folder: &Path) -> BTreeMap<String, (Vec<u8>, std::time::SystemTime)> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry")) {
            let metadata = entry.metadata().expect("metadata");
            let name = entry.path().display().to_string();
            let bytes = if metadata.is_dir() {
                folders.push(entry.path());
                Vec::new()
            } else {
                fs::read(entry.path()).expect("a file")
            };
            found.insert(name, (bytes, metadata.modified().expect("a time")));
        }
    }
    found
}

#[test]
fn what_a_shallow_clone_lacks_is_unknown_and_named() {
    let origin = Repo::with_line(&affected(), &affected());
    let folder = tempfile::tempdir().expect("a folder");
    let clone = folder.path().join("clone");
    let url = format!("file://{}", origin.path().display());
    let target = clone.to_str().expect("UTF-8");
    git(folder.path(), &["clone", "--quiet", "--depth", "1", "--branch", "main", &url, target]);
    let database = Database::new();

    // Nothing is declared: the clone cannot show that there are no lines.
    let run = scan(&clone, &database, &["--line", "nothing"]);
    assert_eq!(run.code, 2);
    let run = scan(&clone, &database, &["--exit-zero"]);
    assert!(run.stdout.contains("this is a shallow clone, and no release line is in it"));
    assert!(run.stdout.contains("fetch-depth: 0"), "{}", run.stdout);
    assert_eq!(run.json()["outcome"], "fail", "main itself is affected");

    // A declared line whose branch is not here is unknown, and the way out is named.
    fs::write(
        clone.join("patchline.toml"),
        "[[support.line]]\nid = \"1.0\"\nbranch = \"release-1.0\"\n",
    )
    .expect("a file");
    let run = scan(&clone, &database, &[]);
    let statuses = run.statuses();
    assert!(statuses.contains("1.0 clock RUSTSEC-2031-0001: unknown\n"), "{statuses}");
    let json = run.json();
    let hints: Vec<&str> = json["trouble"]
        .as_array()
        .expect("trouble")
        .iter()
        .filter_map(|trouble| trouble["hint"].as_str())
        .collect();
    assert!(
        hints.iter().any(|hint| hint.contains("git fetch --depth 1 origin +release-1.0:")),
        "{hints:?}"
    );

    // The hint works.
    git(
        &clone,
        &[
            "fetch",
            "--quiet",
            "--depth",
            "1",
            "origin",
            "release-1.0:refs/remotes/origin/release-1.0",
        ],
    );
    let statuses = scan(&clone, &database, &[]).statuses();
    assert!(statuses.contains("1.0 clock RUSTSEC-2031-0001: unpatched\n"), "{statuses}");
}

#[test]
fn a_clone_without_the_branches_of_its_tags_is_not_clean() {
    let (old, new) = (fixed(), affected());
    let origin = Repo::with_line(&old, &new);
    let folder = tempfile::tempdir().expect("a folder");
    let url = format!("file://{}", origin.path().display());
    for (name, how) in [("shallow", ["--depth", "1"]), ("single", ["--single-branch", "--quiet"])] {
        let clone = folder.path().join(name);
        let target = clone.to_str().expect("UTF-8");
        let args = ["clone", "--quiet", "--branch", "main", &url, target];
        git(folder.path(), &[&args[..], &how].concat());
        git(&clone, &["fetch", "--quiet", "--tags"]);
        let run = scan(&clone, &Database::new(), &[]);
        let statuses = run.statuses();
        assert!(statuses.contains("1.0 clock RUSTSEC-2031-0001: unknown\n"), "{name}: {statuses}");
        assert!(run.stdout.contains("this clone does not have all branches"), "{name}");
    }
}

#[test]
fn a_clone_that_was_told_to_bring_less_is_not_clean() {
    let origin = Repo::with_line(&fixed(), &affected());
    let folder = tempfile::tempdir().expect("a folder");
    let url = format!("file://{}", origin.path().display());
    for (name, how, why) in [
        ("no-tags", &["--no-tags"][..], "no release tag is in this clone"),
        ("upstream", &["-o", "upstream", "--single-branch"], "does not have all branches"),
    ] {
        let clone = folder.path().join(name);
        let target = clone.to_str().expect("UTF-8");
        let args = ["clone", "--quiet", "--branch", "main", &url, target];
        git(folder.path(), &[&args[..], how].concat());
        if name == "upstream" {
            git(&clone, &["fetch", "--quiet", "--tags", "upstream"]);
        }
        let run = scan(&clone, &Database::new(), &[]);
        assert_ne!(run.code, 0, "{name}");
        assert!(run.stdout.contains(why), "{name}: {}", run.stdout);
    }
}

#[test]
fn a_repository_without_tags_is_whole_only_if_the_project_says_so() {
    let repo = Repo::with_line(&fixed(), &fixed());
    repo.git(&["tag", "--delete", "v1.0.0"]);
    let database = Database::new();
    let scanned = |policy: &str, code: i32, says: &str| {
        repo.write("patchline.toml", policy);
        let run = repo.scan(&database, &["--format", "text"]);
        assert_eq!(run.code, code, "{policy}: {}{}", run.stdout, run.stderr);
        let said = if code == 2 { &run.stderr } else { &run.stdout };
        assert!(said.contains(says), "{policy}: {said}");
    };
    scanned("", 3, "no release tag is in this clone");
    scanned("[support]\nuntagged = true\n", 0, "PASS");
    repo.git(&["tag", "v1.0.0", "release-1.0"]);
    scanned("", 0, "PASS");
    scanned("[support]\nuntagged = true\n", 3, "`untagged` is set in [support], and releases are");
    scanned("[support]\nuntagged = true\ntags = \"v{version}\"\n", 2, "`untagged` that there are");
}

#[test]
#[cfg(unix)]
fn a_policy_that_is_no_file_is_not_taken_for_none() {
    let repo = Repo::with_line(&fixed(), &fixed());
    std::os::unix::fs::symlink("elsewhere.toml", repo.path().join("patchline.toml"))
        .expect("a link");
    repo.git(&["add", "patchline.toml"]);
    repo.git(&["commit", "--quiet", "-m", "Link"]);
    let folder = tempfile::tempdir().expect("a folder");
    let bare = folder.path().join("bare.git");
    git(repo.path(), &["clone", "--quiet", "--mirror", ".", bare.to_str().expect("UTF-8")]);
    let run = scan(&bare, &Database::new(), &[]);
    assert_eq!(run.code, 4);
    assert!(run.stderr.contains("`patchline.toml` is not a file"), "{}", run.stderr);
}

#[test]
fn in_github_actions_the_policy_of_the_default_branch_is_obeyed() {
    let origin = Repo::with_line(&affected(), &fixed());
    let lockfile = fixed();
    let policy = "[gate]\nunreleased = \"fail\"\n";
    origin.commit("next", &[("Cargo.lock", &lockfile), ("patchline.toml", policy)], "2031-04-01");
    let folder = tempfile::tempdir().expect("a folder");
    let clone = folder.path().join("clone");
    let target = clone.to_str().expect("UTF-8");
    git(folder.path(), &["clone", "--quiet", origin.path().to_str().expect("UTF-8"), target]);
    git(&clone, &["remote", "set-head", "origin", "--delete"]);
    git(&clone, &["checkout", "--quiet", "--detach", "origin/release-1.0"]);
    let event = folder.path().join("event.json");
    fs::write(&event, "{\"repository\":{\"default_branch\":\"next\"}}").expect("a file");
    let database = Database::new();
    let place = format!("rustsec={}", database.path().display());
    let args = ["scan", "--repo", target, "--db", &place, "--as-of", TODAY, "--format", "json"];
    let environment =
        [("GITHUB_ACTIONS", "true"), ("GITHUB_EVENT_PATH", event.to_str().expect("UTF-8"))];
    let run = patchline_in(&clone, &args, &environment);
    assert_eq!(run.code, 1, "{}", run.stderr);
    assert_eq!(text(&run.json()["policy"]["read_from"]), "refs/remotes/origin/next");

    // Without that branch there is no policy, and without a policy there is no verdict.
    for name in ["refs/remotes/origin/next", "refs/heads/next"] {
        git(&clone, &["update-ref", "-d", name]);
    }
    let run = patchline_in(&clone, &args, &environment);
    assert_eq!((run.code, run.stdout.as_str()), (4, ""));
    assert!(run.stderr.contains("failed to read the policy"), "{}", run.stderr);
}

#[test]
fn a_missing_object_costs_its_line_only() {
    let repo = Repo::new();
    repo.commit("release-1.0", &[("Cargo.lock", &affected())], "2031-01-01");
    repo.commit("release-1.1", &[("Cargo.lock", &fixed())], "2031-01-02");
    let tree = repo.git(&["rev-parse", "release-1.1^{tree}"]);
    let (folder, file) = tree.split_at(2);
    fs::remove_file(repo.path().join(".git/objects").join(folder).join(file))
        .expect("a loose object");
    let run = repo.scan(&Database::new(), &["--line", "release-*"]);
    assert_eq!(
        run.statuses(),
        "release-1.0 clock RUSTSEC-2031-0001: unpatched\n\
         release-1.1 clock RUSTSEC-2031-0001: unknown\n"
    );
    assert!(run.stdout.contains("failed to read the tree"), "{}", run.stdout);
}

#[test]
fn every_lockfile_of_the_tree_is_read_and_rows_are_exact() {
    let repo = Repo::new();
    let (a, b) = (affected(), lock(&["tool 0.1.0", "clock 0.1.0", "zlib 1.0.0"]));
    let files = [("Cargo.lock", a.as_str()), ("deep/er/Cargo.lock", &b), ("tools/Cargo.lock", &a)];
    repo.commit("main", &files, "2031-01-01");
    let json = repo.scan(&Database::new(), &[]).json();
    let occurrences = json["findings"][0]["head"]["occurrences"].as_array().expect("occurrences");
    assert_eq!(occurrences.len(), 3);
    let commit = repo.git(&["rev-parse", "main"]);
    for occurrence in occurrences {
        let path = text(&occurrence["lockfile"]);
        let row = usize::try_from(occurrence["row"].as_u64().expect("a row")).expect("a row");
        let file = repo.git(&["show", &format!("{commit}:{path}")]);
        assert_eq!(file.lines().nth(row - 1), Some("name = \"clock\""), "{path}:{row}");
    }
}

#[test]
#[cfg(unix)]
fn submodules_and_links_are_named_and_not_followed() {
    let repo = Repo::new();
    repo.commit("main", &[("Cargo.lock", &fixed()), ("x", "x")], "2031-01-01");
    fs::create_dir_all(repo.path().join("sub")).expect("a folder");
    std::os::unix::fs::symlink("../Cargo.lock", repo.path().join("sub/Cargo.lock"))
        .expect("a link");
    repo.git(&["add", "sub"]);
    let commit = repo.git(&["rev-parse", "HEAD"]);
    repo.git(&["update-index", "--add", "--cacheinfo", &format!("160000,{commit},vendor/lib")]);
    repo.git(&["commit", "--quiet", "-m", "Add a submodule and a link"]);
    let run = repo.scan(&Database::new(), &[]);
    assert_eq!(run.code, 0);
    assert!(run.stdout.contains("`vendor/lib` is a submodule"), "{}", run.stdout);
    assert!(run.stdout.contains("`sub/Cargo.lock` is a symbolic link; what it leads to was read"));

    // A link that leads out of the tree may hide a lockfile.
    std::os::unix::fs::symlink("../../Cargo.lock", repo.path().join("out")).expect("a link");
    fs::create_dir_all(repo.path().join("away")).expect("a folder");
    fs::rename(repo.path().join("out"), repo.path().join("away/Cargo.lock")).expect("a link");
    repo.git(&["add", "away"]);
    repo.git(&["commit", "--quiet", "-m", "Link away"]);
    let database = Database::new();
    assert_eq!(repo.scan(&database, &[]).code, 3);
    assert_eq!(repo.scan(&database, &["--exclude", "away/**"]).code, 0);
}
