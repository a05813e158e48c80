//! What a shallow clone lacks is fetched beside it, and what is found is what a full clone shows.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use serde_json::Value;
use tempfile::TempDir;

use crate::{
    git_http::{GitHttp, Served},
    http::response,
    world::{Database, Repo, Run, TODAY, git, lock, patchline_in},
};

const TOKEN: &str = "ghs_Pl4nted-t0ken";

/// Four lines, of which one says for itself how long it lives, and a policy in prose.
fn ferry() -> Repo {
    let repo = Repo::new();
    let bad = lock(&["app 0.1.0", "clock 0.2.20"]);
    let good = lock(&["app 0.1.0", "clock 0.2.23"]);
    let readme = "# Ferry\n\nA boat.\n";
    for (line, day) in [("1.0", "2030-01-01"), ("1.1", "2030-06-01"), ("1.2", "2031-01-01")] {
        repo.commit("main", &[("Cargo.lock", &bad), ("README.md", readme)], day);
        let branch = format!("release-{line}");
        repo.commit(&branch, &[("Cargo.lock", &bad), ("README.md", readme)], day);
        let tag = format!("v{line}.0");
        repo.git_on(day, &["tag", "--annotate", "--message", "It", &tag]);
        let changes = format!("# Changes of {line}\n");
        repo.commit(
            &branch,
            &[("Cargo.lock", &good), ("README.md", readme), ("CHANGELOG.md", &changes)],
            "2031-02-01",
        );
    }
    repo.commit(
        "main",
        &[
            ("Cargo.lock", &good),
            ("README.md", readme),
            ("SECURITY.md", "# Security\n\n| Version | Supported |\n|---|---|\n| 1.2 | yes |\n| 1.1 | yes |\n| 1.0 | no |\n"),
        ],
        "2031-03-01",
    );
    repo.git(&["branch", "feature/-x", "main"]);
    repo.git(&["branch", "übersetzung", "main"]);
    repo
}

/// A clone of `branch` alone, as actions/checkout makes it.
fn shallow(server: &GitHttp, branch: &str) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().to_str().expect("UTF-8");
    let url = server.url();
    git(
        folder.path(),
        &["clone", "--quiet", "--depth", "1", "--no-tags", "--branch", branch, &url, path],
    );
    server.forget();
    folder
}

fn full(server: &GitHttp) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let url = server.url();
    git(folder.path(), &["clone", "--quiet", &url, folder.path().to_str().expect("UTF-8")]);
    server.forget();
    folder
}

fn scan(folder: &Path, database: &Database, args: &[&str], environment: &[(&str, &str)]) -> Run {
    let place = format!("rustsec={}", database.path().display());
    let mut all = vec!["scan", "--db", &place, "--as-of", TODAY, "--format", "json"];
    all.extend(args);
    patchline_in(folder, &all, environment)
}

/// Every file below a folder and what is in it.
fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else {
                found.insert(path.clone(), fs::read(&path).expect("a file"));
            }
        }
    }
    found
}

fn serve(repo: &Repo, filters: bool) -> GitHttp {
    GitHttp::start(repo.path(), Served { filters, ..Served::default() })
}

/// What is reported, without what tells two runs apart: nothing does.
fn report(run: &Run) -> Value {
    run.json()
}

#[test]
fn a_shallow_clone_shows_what_a_full_one_shows() {
    let repo = ferry();
    let database = Database::new();
    for filters in [true, false] {
        let server = serve(&repo, filters);
        let whole = full(&server);
        let expected = scan(whole.path(), &database, &["--fetch"], &[]);
        assert!(server.asked().is_empty(), "a full clone lacks nothing");
        for branch in ["main", "release-1.1"] {
            let clone = shallow(&server, branch);
            let blind = scan(clone.path(), &database, &[], &[]);
            assert_eq!(blind.code, 3, "{}", blind.stderr);
            assert!(server.asked().is_empty(), "nothing is fetched unless somebody asks for it");
            let before = files(clone.path());
            let run = scan(clone.path(), &database, &["--fetch"], &[]);
            assert_eq!(report(&run), report(&expected), "{filters} {branch} {}", run.stderr);
            assert_eq!(run.code, expected.code);
            assert!(files(clone.path()) == before, "the clone is as it was");
            let asked = server.asked();
            let bytes: usize = asked.iter().map(|asked| asked.answered).sum();
            println!("{filters} {branch}: {} requests, {bytes} bytes", asked.len());
            let most = if filters { 10 } else { 6 };
            assert!(
                asked.len() <= most,
                "{:#?}",
                asked.iter().map(|a| &a.request).collect::<Vec<_>>()
            );
        }
    }
}
