//! What a shallow clone lacks is fetched beside it, and what is found is what a full clone shows.

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

use serde_json::Value;
use tempfile::TempDir;

use crate::{
    git_http::{GitHttp, Served},
    http::response,
    world::{Database, Repo, Run, TODAY, git, lock, patchline_in, real_data},
};

const TOKEN: &str = "ghs_Pl4nted-t0ken";

/// Four lines, of which one says for itself how long it lives, and a policy in prose.
pub(crate) fn ferry() -> Repo {
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
            let scratch = tempfile::tempdir().expect("a folder");
            let place = scratch.path().to_str().expect("UTF-8");
            let run = scan(clone.path(), &database, &["--fetch"], &[("RUNNER_TEMP", place)]);
            assert!(files(scratch.path()).is_empty(), "nothing is left behind");
            assert_eq!(run.json(), expected.json(), "{filters} {branch} {}", run.stderr);
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

/// `name: version`, a line a row, of what a run could see.
fn lines(folder: &Path, args: &[&str], environment: &[(&str, &str)]) -> Run {
    let mut all = vec!["lines", "--as-of", TODAY, "--format", "json"];
    all.extend(args);
    patchline_in(folder, &all, environment)
}

#[track_caller]
fn assert_same(
    server: &GitHttp,
    branch: &str,
    args: &[&str],
) -> (Run, Vec<crate::git_http::Asked>) {
    let whole = full(server);
    let clone = shallow(server, branch);
    let expected = lines(whole.path(), args, &[]);
    assert!(server.asked().is_empty(), "a full clone lacks nothing");
    let mut with = vec!["--fetch"];
    with.extend(args);
    let run = lines(clone.path(), &with, &[]);
    let asked = server.asked();
    assert_eq!(run.json(), expected.json(), "{}{}", run.stderr, expected.stderr);
    (run, asked)
}

#[test]
fn a_branch_of_another_numbering_is_joined_by_its_history() {
    let repo = Repo::new();
    for (line, day) in [("1.0", "2030-01-01"), ("1.1", "2030-06-01"), ("1.2", "2031-01-01")] {
        repo.commit("main", &[("Cargo.lock", line)], day);
        repo.git_on(day, &["tag", &format!("v{line}.0")]);
    }
    repo.git(&["branch", "vault-1.0", "v1.0.0"]);
    repo.git(&["branch", "keel-1.1", "v1.0.0"]);
    repo.commit("vault-1.0", &[("Cargo.lock", "x")], "2031-02-01");
    for filters in [true, false] {
        let (run, _) = assert_same(&serve(&repo, filters), "main", &[]);
        assert!(run.stdout.contains("vault-1.0"), "{}", run.stdout);
        assert!(!run.stdout.contains("keel-1.1"), "{}", run.stdout);
    }
}

#[test]
fn months_are_counted_from_dates_that_are_fetched() {
    let repo = ferry();
    let policy = "[support]\nrules = [{ months = 9, after = \"first-release\" }]\n";
    repo.commit("main", &[("Cargo.lock", ""), ("patchline.toml", policy)], "2031-04-01");
    let prose = "# Security\n\nEach minor version is supported for 9 months after its release.\n";
    let said = ferry();
    said.commit("main", &[("Cargo.lock", ""), ("SECURITY.md", prose)], "2031-04-01");
    let server = serve(&said, true);
    let (run, _) = assert_same(&server, "main", &[]);
    let until: Vec<Value> = run.json()["lines"]
        .as_array()
        .expect("lines")
        .iter()
        .map(|line| line["until"].clone())
        .collect();
    assert!(until.contains(&Value::from("2031-10-01")), "{until:?}");
}

#[test]
fn a_day_of_the_past_is_replayed_from_the_remote() {
    let repo = Repo::new();
    repo.commit("main", &[("Cargo.lock", "1")], "2021-01-01");
    repo.commit("release-1.0", &[("Cargo.lock", "1")], "2021-01-02");
    repo.git_on("2021-01-02", &["tag", "v1.0.0"]);
    repo.commit("release-1.0", &[("Cargo.lock", "2")], "2021-03-01");
    repo.git_on("2021-03-01", &["tag", "v1.0.1"]);
    repo.commit("main", &[("Cargo.lock", "3")], "2021-04-01");
    let then = repo.git(&["rev-parse", "v1.0.0"]);
    for filters in [true, false] {
        let server = serve(&repo, filters);
        let (whole, clone) = (full(&server), shallow(&server, "main"));
        let on = |folder: &Path, args: &[&str]| {
            let mut all = vec!["lines", "--format", "json", "--as-of", "2021-02-01"];
            all.extend(args);
            patchline_in(folder, &all, &[])
        };
        let expected = on(whole.path(), &[]);
        assert!(expected.stdout.contains(&then), "{}", expected.stdout);
        assert_eq!(on(clone.path(), &["--fetch"]).json(), expected.json());
    }
}

#[test]
fn a_tag_that_no_branch_has_is_a_release_as_any_other() {
    let repo = ferry();
    repo.git(&["checkout", "--quiet", "--detach", "v1.2.0"]);
    repo.git_on("2031-03-03", &["commit", "--quiet", "--allow-empty", "-m", "Alone"]);
    repo.git_on("2031-03-03", &["tag", "-a", "-m", "It", "v1.2.1"]);
    repo.git(&["checkout", "--quiet", "main"]);
    let (run, _) = assert_same(&serve(&repo, true), "main", &[]);
    assert!(run.stdout.contains("v1.2.1"), "{}", run.stdout);
}

#[test]
fn a_tag_of_no_commit_is_no_release() {
    let repo = ferry();
    repo.git(&["tag", "v1.2.7", "main:Cargo.lock"]);
    repo.git(&["tag", "v1.2.8", "main^{tree}"]);
    for filters in [true, false] {
        let (run, _) = assert_same(&serve(&repo, filters), "main", &[]);
        assert!(run.stdout.contains("v1.2.0") && !run.stdout.contains("v1.2.8"), "{}", run.stdout);
    }
}

#[test]
fn thousands_of_refs_are_one_list() {
    let repo = ferry();
    let commit = repo.git(&["rev-parse", "main"]);
    let mut refs = String::new();
    for number in 0..3000 {
        let _ = write!(
            refs,
            "{commit} refs/tags/nightly/{number}\n{commit} refs/heads/user/{number}\n"
        );
    }
    let packed = repo.path().join(".git/packed-refs");
    fs::write(packed, format!("# pack-refs with: peeled fully-peeled \n{refs}")).expect("refs");
    let (_, asked) = assert_same(&serve(&repo, true), "main", &[]);
    assert!(asked.len() <= 8, "{}", asked.len());
}

#[test]
fn of_a_stale_branch_and_its_newer_remote_the_newer_one_is_read() {
    let repo = ferry();
    let server = serve(&repo, true);
    let clone = shallow(&server, "release-1.2");
    let old = repo.git(&["rev-parse", "release-1.2"]);
    repo.commit("release-1.2", &[("Cargo.lock", "version = 4\n")], "2031-05-01");
    let new = repo.git(&["rev-parse", "release-1.2"]);
    let run = lines(clone.path(), &["--fetch"], &[]);
    assert!(run.stdout.contains(&new) && !run.stdout.contains(&old), "{}", run.stdout);
}

#[test]
fn a_partial_clone_gets_its_files_into_a_store() {
    let repo = ferry();
    let database = Database::new();
    let server = serve(&repo, true);
    let whole = full(&server);
    let expected = scan(whole.path(), &database, &[], &[]);
    let folder = tempfile::tempdir().expect("a folder");
    let (url, path) = (server.url(), folder.path().to_str().expect("UTF-8"));
    git(folder.path(), &["clone", "--quiet", "--no-checkout", "--filter", "blob:none", &url, path]);
    assert_eq!(scan(folder.path(), &database, &[], &[]).code, 3);
    let before = files(folder.path());
    let run = scan(folder.path(), &database, &["--fetch"], &[]);
    assert_eq!(run.json(), expected.json(), "{}", run.stderr);
    assert!(files(folder.path()) == before, "the clone is as it was");
}

#[test]
fn offline_nothing_is_fetched() {
    let repo = ferry();
    let server = serve(&repo, true);
    let clone = shallow(&server, "main");
    let database = Database::new();
    let run = scan(clone.path(), &database, &["--fetch", "--offline"], &[]);
    assert_eq!(run.code, 3, "{}", run.stderr);
    assert!(server.asked().is_empty());
}

/// `x-access-token:` and the token, as it is sent.
fn basic(token: &str) -> String {
    patchline::edge::http::basic("x-access-token", token)
        .split_once(": ")
        .expect("a header")
        .1
        .to_owned()
}

fn private(repo: &Repo) -> GitHttp {
    GitHttp::start(
        repo.path(),
        Served { filters: true, authorization: Some(basic(TOKEN)), ..Served::default() },
    )
}

/// A clone of a server that asks who is there.
fn known(server: &GitHttp) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let header = format!("http.extraHeader=Authorization: {}", basic(TOKEN));
    let (url, path) = (server.url(), folder.path().to_str().expect("UTF-8"));
    git(folder.path(), &["-c", &header, "clone", "--quiet", "--depth", "1", &url, path]);
    server.forget();
    folder
}

#[track_caller]
fn assert_no_secret(run: &Run) {
    for secret in [TOKEN, &basic(TOKEN), "wr0ng"] {
        let secret = secret.trim_start_matches("Basic ");
        assert!(!run.stdout.contains(secret) && !run.stderr.contains(secret), "{}", run.stderr);
    }
}

#[test]
fn a_token_is_for_its_own_server() {
    let repo = ferry();
    let server = private(&repo);
    let clone = known(&server);
    let here = server.server();
    for name in ["PATCHLINE_TOKEN", "GITHUB_TOKEN"] {
        let run = lines(clone.path(), &["--fetch"], &[(name, TOKEN), ("GITHUB_SERVER_URL", &here)]);
        assert_eq!(run.code, 0, "{}", run.stderr);
        assert!(run.stdout.contains("v1.2.0"), "{}", run.stdout);
        assert_no_secret(&run);
    }
    server.forget();
    // The clone calls a server its origin that is not GitHub's.
    let run = lines(clone.path(), &["--fetch"], &[("PATCHLINE_TOKEN", TOKEN)]);
    assert_eq!((run.code, run.stdout.as_str()), (4, ""), "{}", run.stderr);
    assert!(server.asked().iter().all(|asked| asked.authorization.is_none()));
    assert!(run.stderr.contains("401 Unauthorized"), "{}", run.stderr);
    assert!(run.stderr.contains("hint: put a token with `contents: read`"), "{}", run.stderr);
    assert_no_secret(&run);
}

#[test]
fn a_token_that_is_not_taken_is_said_and_not_shown() {
    let repo = ferry();
    let server = private(&repo);
    let clone = known(&server);
    let here = server.server();
    let run = lines(
        clone.path(),
        &["--fetch"],
        &[("PATCHLINE_TOKEN", "wr0ng"), ("GITHUB_SERVER_URL", &here)],
    );
    assert_eq!((run.code, run.stdout.as_str()), (4, ""), "{}", run.stderr);
    assert!(run.stderr.contains("hint: is the token valid"), "{}", run.stderr);
    assert_no_secret(&run);
}

#[test]
fn the_credentials_that_a_checkout_leaves_are_used() {
    let repo = ferry();
    let server = private(&repo);
    let header = format!("AUTHORIZATION: {}", basic(TOKEN));
    let key = format!("http.{}/.extraheader", server.server());

    let clone = known(&server);
    git(clone.path(), &["config", &key, &header]);
    let run = lines(clone.path(), &["--fetch"], &[]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert_no_secret(&run);

    // As of version 6: in a file beside the workspace.
    let clone = known(&server);
    let beside = tempfile::tempdir().expect("a folder");
    let file = beside.path().join("git-credentials-1.config");
    let file = file.to_str().expect("UTF-8");
    git(clone.path(), &["config", "--file", file, &key, &header]);
    let folder = clone.path().canonicalize().expect("a folder");
    let condition = format!("includeIf.gitdir:{}/.git.path", folder.display());
    git(clone.path(), &["config", &condition, file]);
    let run = lines(clone.path(), &["--fetch"], &[]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert_no_secret(&run);

    // In the address.
    let clone = known(&server);
    let url = server.url().replace("http://", &format!("http://x-access-token:{TOKEN}@"));
    git(clone.path(), &["remote", "set-url", "origin", &url]);
    let run = lines(clone.path(), &["--fetch"], &[]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert_no_secret(&run);

    // For somebody else.
    let clone = known(&server);
    git(clone.path(), &["config", "http.https://example.org/.extraheader", &header]);
    assert_eq!(lines(clone.path(), &["--fetch"], &[]).code, 4);
}

#[test]
fn a_server_that_is_down_is_no_good_news() {
    let repo = ferry();
    let server = serve(&repo, true);
    let clone = shallow(&server, "main");
    drop(server);
    let run = scan(clone.path(), &Database::new(), &["--fetch"], &[]);
    assert_eq!((run.code, run.stdout.as_str()), (4, ""), "{}", run.stderr);
    assert!(run.stderr.contains("hint: check the network"), "{}", run.stderr);
}

#[test]
fn a_server_that_breaks_down_leaves_gaps() {
    let repo = ferry();
    for filters in [true, false] {
        for lasts in 3..9 {
            let packs = std::sync::atomic::AtomicUsize::new(0);
            let meddler = move |asked: &crate::git_http::Asked| {
                let count = packs.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                // The clone took three requests.
                let is_broken = count >= 3 + lasts && asked.request.starts_with("POST");
                is_broken.then(|| response("500 Internal Server Error", "", b""))
            };
            let meddler: Option<Box<crate::git_http::Meddler>> = Some(Box::new(meddler));
            let how = Served { filters, meddler, ..Served::default() };
            let server = GitHttp::start(repo.path(), how);
            let clone = shallow(&server, "release-1.1");
            let run = scan(clone.path(), &Database::new(), &["--fetch"], &[]);
            let is_whole = !server.asked().iter().any(|asked| asked.answered < 150);
            println!("{filters} {lasts}: {} {}", run.code, server.asked().len());
            assert!(
                is_whole || matches!(run.code, 3 | 4 | 1),
                "{lasts}: {} {}",
                run.code,
                run.stdout
            );
            assert!(is_whole || run.code == 4 || run.stdout.contains("500"), "{}", run.stdout);
        }
    }
}

#[test]
fn a_head_that_is_gone_when_it_is_fetched_costs_itself() {
    let repo = ferry();
    let folder = repo.path().to_path_buf();
    let packs = std::sync::atomic::AtomicUsize::new(0);
    // After the clone and the list, somebody pushes by force, and what was there is removed.
    let meddler = move |asked: &crate::git_http::Asked| {
        let is_fetch = String::from_utf8_lossy(&asked.body).contains("command=fetch");
        if is_fetch && packs.fetch_add(1, std::sync::atomic::Ordering::Relaxed) == 1 {
            git(&folder, &["branch", "--force", "release-1.2", "main"]);
            git(&folder, &["reflog", "expire", "--expire=now", "--all"]);
            git(&folder, &["gc", "--quiet", "--prune=now"]);
        }
        None
    };
    let meddler: Option<Box<crate::git_http::Meddler>> = Some(Box::new(meddler));
    let how = Served { filters: true, meddler, ..Served::default() };
    let server = GitHttp::start(repo.path(), how);
    let clone = shallow(&server, "main");
    let run = scan(clone.path(), &Database::new(), &["--fetch"], &[]);
    // The other lines are looked at, and one of them is affected.
    assert_eq!(run.code, 1, "{}{}", run.stdout, run.stderr);
    assert!(run.stdout.contains("not our ref"), "{}", run.stdout);
    let gaps = run.json()["coverage"].as_array().expect("coverage").clone();
    let gaps =
        gaps.iter().filter(|gap| gap["source"] == "lockfiles" && gap["covered"] != "complete");
    let gaps: Vec<&Value> = gaps.collect();
    assert_eq!(gaps.len(), 1, "{gaps:?}");
}

#[test]
fn an_address_of_another_kind_is_an_error_with_a_way_out() {
    let repo = ferry();
    let server = serve(&repo, true);
    let clone = shallow(&server, "main");
    for address in ["file:///nowhere", "/nowhere", "git://127.0.0.1/x", "http://example.org/x"] {
        git(clone.path(), &["remote", "set-url", "origin", address]);
        let run = lines(clone.path(), &["--fetch"], &[]);
        assert_eq!((run.code, run.stdout.as_str()), (4, ""), "{address} {}", run.stderr);
        assert!(run.stderr.contains("hint: clone the repository whole"), "{}", run.stderr);
    }
    assert!(server.asked().is_empty());
}

#[test]
fn a_change_in_a_shallow_clone_is_judged_by_where_it_begins() {
    let repo = ferry();
    let bad = lock(&["app 0.1.0", "clock 0.2.20"]);
    repo.git(&["checkout", "--quiet", "-b", "change", "main"]);
    repo.commit("change", &[("Cargo.lock", &bad)], "2031-03-02");
    repo.commit("main", &[("Cargo.lock", &bad), ("NEWS", "x")], "2031-03-03");
    let database = Database::new();
    let args = ["--base", "main"];
    for filters in [true, false] {
        let server = serve(&repo, filters);
        let whole = full(&server);
        git(whole.path(), &["checkout", "--quiet", "change"]);
        let expected = scan(whole.path(), &database, &args, &[]);
        assert_eq!(expected.code, 1, "{}", expected.stderr);
        let clone = shallow(&server, "change");
        let run = scan(clone.path(), &database, &["--fetch", "--base", "main"], &[]);
        assert_eq!(run.json(), expected.json(), "{}", run.stderr);
        assert_eq!(run.code, expected.code);
    }
}

/// Real branches and tags, if there are any, as a server has them.
pub(crate) fn real(test: &str) -> Vec<(String, TempDir)> {
    let Some(data) = real_data(test) else { return Vec::new() };
    let bundles = ["tikv", "greptimedb", "opentofu"].into_iter().map(|name| {
        let folder = tempfile::tempdir().expect("a folder");
        let bundle = data.join(format!("repos/{name}-lockfiles.bundle"));
        let (bundle, path) =
            (bundle.to_str().expect("UTF-8"), folder.path().to_str().expect("UTF-8"));
        git(folder.path(), &["clone", "--quiet", "--mirror", bundle, path]);
        (name.to_owned(), folder)
    });
    bundles.collect()
}

#[test]
fn real_repositories_show_the_same_in_a_shallow_clone() {
    let database = Database::new();
    for (name, repository) in real("a_shallow_clone_of_real_repositories") {
        for filters in [true, false] {
            let how = Served { filters, ..Served::default() };
            let server = GitHttp::start(repository.path(), how);
            let branch = git(repository.path(), &["symbolic-ref", "--short", "HEAD"]);
            let begun = std::time::Instant::now();
            let whole = full(&server);
            let cloned = begun.elapsed();
            let expected = scan(whole.path(), &database, &[], &[]);
            let scanned = begun.elapsed();
            let begun = std::time::Instant::now();
            let clone = shallow(&server, &branch);
            let checked_out = begun.elapsed();
            let found = scan(clone.path(), &database, &["--fetch"], &[]);
            let asked = server.asked();
            let bytes: usize = asked.iter().map(|asked| asked.answered).sum();
            println!(
                "{name}, filters {filters}: {} requests and {bytes} bytes; {:?} of which \
                 {checked_out:?} for the checkout, and {scanned:?} with {cloned:?} for the clone",
                asked.len(),
                begun.elapsed()
            );
            assert!(found.json() == expected.json(), "{name} {}", found.stderr);
        }
    }
}
