//! Without a database there is no report; with a bad one the report says so.

use std::{fs, path::Path, process::Command};

use crate::{
    http::GitServer,
    world::{Database, Repo, TODAY, git, lock, patchline, patchline_in, text},
};

fn repo() -> Repo {
    let lockfile = lock(&["app 0.1.0", "clock 0.2.23"]);
    Repo::with_line(&lockfile, &lockfile)
}

#[test]
fn a_missing_or_empty_database_is_no_report() {
    let repo = repo();
    let path = repo.path().to_str().expect("UTF-8");
    let empty = tempfile::tempdir().expect("a folder");
    fs::create_dir_all(empty.path().join("crates")).expect("a folder");
    for place in ["/nowhere", path, empty.path().to_str().expect("UTF-8")] {
        let run = patchline(&["scan", "--repo", path, "--db", &format!("rustsec={place}")]);
        assert_eq!((run.code, run.stdout.as_str()), (4, ""), "{place}");
        assert!(run.stderr.contains("hint: pass --db rustsec=PATH"), "{}", run.stderr);
    }
}

#[test]
fn an_old_database_is_incomplete() {
    let repo = repo();
    let database = Database::new();
    let place = format!("rustsec={}", database.path().display());
    let path = repo.path().to_str().expect("UTF-8");
    let on = |day: &str| {
        patchline(&["scan", "--repo", path, "--db", &place, "--format", "json", "--as-of", day])
    };
    assert_eq!(on("2031-07-08").code, 0);
    let stale = on("2031-07-09");
    assert_eq!(stale.code, 3);
    assert!(stale.stdout.contains("the rustsec database is 31 days old, more than 30"));
    repo.write("patchline.toml", "[scan]\nmax-database-age = \"31d\"\n");
    assert_eq!(on("2031-07-09").code, 0);
}

#[test]
fn one_bad_record_costs_the_lines_that_lock_its_package() {
    let repo = repo();
    let database = Database::new();
    database.add_file("crates/unrelated/RUSTSEC-2031-0009.md", b"garbage");
    let run = repo.scan(&database, &[]);
    assert_eq!(run.code, 0, "{}", run.stdout);
    assert_eq!(run.json()["databases"][0]["quarantined"], 1);
    assert!(run.stdout.contains("RUSTSEC-2031-0009.md` could not be read"));

    for bytes in [&b"garbage"[..], b"\xff\xfe", b"```toml\n[advisory]\n", "```tomlé".as_bytes()] {
        database.add_file("crates/clock/RUSTSEC-2031-0008.md", bytes);
        let run = repo.scan(&database, &[]);
        assert_eq!(run.code, 3, "{bytes:?}");
        assert_eq!(run.json()["databases"][0]["quarantined"], 2);
    }
}

#[test]
fn a_record_from_the_future_makes_no_database_fresh() {
    let database = Database::new();
    let text = "```toml\n[advisory]\nid = \"RUSTSEC-2031-0005\"\npackage = \"x\"\ndate = \"2099-01-01\"\n\
                [versions]\npatched = []\n```\n\n# T\n\nD\n";
    database.add_file("crates/x/RUSTSEC-2031-0005.md", text.as_bytes());
    let run = repo().scan(&database, &[]);
    assert_eq!(run.json()["databases"][0]["date"], "2031-06-08");
}

#[test]
fn a_database_of_another_shape_is_noticed() {
    let repo = repo();
    let database = Database::new();
    database.add_file("crates/wheel", b"a file where a folder should be");
    let run = repo.scan(&database, &[]);
    assert_eq!(run.json()["databases"][0]["quarantined"], 1, "{}", run.stdout);

    // A record in the folder of another package counts for the one that it names, and the other
    // one may lack a record.
    let database = Database::new();
    let (right, wrong) = ("crates/clock/RUSTSEC-2031-0001.md", "crates/app/RUSTSEC-2031-0001.md");
    database.add_file(wrong, &std::fs::read(database.path().join(right)).expect("a record"));
    std::fs::remove_file(database.path().join(right)).expect("a record");
    let run = repo.scan(&database, &[]);
    assert_eq!(run.json()["databases"][0]["advisories"], 1);
    assert_eq!(run.code, 3, "the app is locked, and a record about it may be missing");
    assert!(run.stdout.contains("it is about `clock`"), "{}", run.stdout);
}

#[test]
fn toolchain_records_are_counted_and_not_matched() {
    let repo = Repo::new();
    let lockfile = lock(&["app 0.1.0", "std 0.1.0"]);
    repo.commit("main", &[("Cargo.lock", &lockfile)], "2031-01-01");
    let database = Database::new();
    database.add_file("rust/std/CVE-2031-9.md", b"```toml\n[advisory]\nid = \"CVE-2031-9\"\n```\n");
    let run = repo.scan(&database, &[]);
    assert_eq!((run.statuses().as_str(), run.code), ("", 0));
    assert_eq!(run.json()["databases"][0]["toolchain"], 1);
}

/// The database as a git repository, as it is published.
fn published(database: &Database) {
    let folder = database.path();
    git(folder, &["init", "--quiet", "--initial-branch", "main"]);
    git(folder, &["add", "--all"]);
    let committed = Command::new("git")
        .args(["-c", "user.name=A", "-c", "user.email=a@example.org", "commit", "-q", "-m", "x"])
        .env("GIT_COMMITTER_DATE", "2031-06-10T12:00:00Z")
        .env("GIT_AUTHOR_DATE", "2031-06-10T12:00:00Z")
        .current_dir(folder)
        .status();
    assert!(committed.is_ok_and(|status| status.success()));
}

#[test]
fn a_checkout_is_stamped_with_its_commit() {
    let database = Database::new();
    published(&database);
    let json = repo().scan(&database, &[]).json();
    let stamp = &json["databases"][0];
    assert_eq!(text(&stamp["revision"]), git(database.path(), &["rev-parse", "HEAD"]));
    assert_eq!(text(&stamp["date"]), "2031-06-10");
    assert_eq!(stamp["age_days"], 5);
}

#[test]
#[cfg(unix)]
fn a_record_that_is_no_file_is_missed() {
    let database = Database::new();
    database.add_file("elsewhere.md", b"x");
    let link = database.path().join("crates/clock/RUSTSEC-2031-0003.md");
    std::os::unix::fs::symlink("../../elsewhere.md", link).expect("a link");
    published(&database);
    let folder = tempfile::tempdir().expect("a folder");
    let bare = folder.path().join("db.git");
    git(database.path(), &["clone", "--quiet", "--bare", ".", bare.to_str().expect("UTF-8")]);
    let repo = repo();
    let place = format!("rustsec={}", bare.display());
    let path = repo.path().to_str().expect("UTF-8");
    let args = ["scan", "--repo", path, "--db", &place, "--as-of", TODAY, "--format", "json"];
    let run = patchline(&args);
    assert_eq!(run.json()["databases"][0]["quarantined"], 1, "{}", run.stdout);
    assert_eq!(run.code, 3);
}

#[test]
fn no_address_starts_a_program() {
    let repo = repo();
    let path = repo.path().to_str().expect("UTF-8");
    for place in ["ssh://example.org/x", "file:///x", "ext::sh", "git@example.org:x", "git://x/y"] {
        let run = patchline(&["scan", "--repo", path, "--db", &format!("rustsec={place}")]);
        assert_eq!(run.code, 2, "{place}: {}", run.stderr);
        repo.write("patchline.toml", &format!("[scan.db]\nrustsec = \"{place}\"\n"));
        assert_eq!(patchline(&["scan", "--repo", path]).code, 2, "{place}");
        repo.write("patchline.toml", "");
    }
}

#[test]
fn a_url_is_fetched_once_and_reused() {
    let database = Database::new();
    published(&database);
    let repo = repo();
    let cache = tempfile::tempdir().expect("a folder");
    let environment = [("PATCHLINE_CACHE_DIR", cache.path().to_str().expect("UTF-8"))];
    let server = GitServer::start(database.path());
    let place = format!("rustsec={}", server.url());
    let path = repo.path().to_str().expect("UTF-8");
    let args = ["scan", "--repo", path, "--db", &place, "--as-of", TODAY, "--format", "json"];
    let offline: Vec<&str> = args.iter().copied().chain(["--offline"]).collect();

    let run = patchline_in(repo.path(), &offline, &environment);
    assert_eq!(run.code, 4);
    assert!(run.stderr.contains("--offline forbids to fetch it"), "{}", run.stderr);
    assert_eq!(server.packs_sent(), 0);

    let run = patchline_in(repo.path(), &args, &environment);
    assert_eq!(run.code, 0, "{}{}", run.stdout, run.stderr);
    let first = run.json()["databases"][0].clone();
    assert_eq!(text(&first["revision"]), git(database.path(), &["rev-parse", "HEAD"]));
    assert_eq!((&first["advisories"], server.packs_sent()), (&1.into(), 1));

    // Nothing new: nothing is sent again, and offline says the same.
    for args in [args.as_slice(), &offline] {
        let run = patchline_in(repo.path(), args, &environment);
        assert_eq!(run.json()["databases"][0], first);
        assert_eq!(server.packs_sent(), 1);
    }

    // Something new arrives.
    database.add("RUSTSEC-2031-0002", "other", "patched = []", "");
    git(database.path(), &["add", "--all"]);
    let identity = ["-c", "user.name=A", "-c", "user.email=a@example.org"];
    git(database.path(), &[&identity[..], &["commit", "-q", "-m", "y"]].concat());
    let run = patchline_in(repo.path(), &args, &environment);
    assert_eq!(run.json()["databases"][0]["advisories"], 2, "{}", run.stderr);

    // A dead server leaves the cached copy, and the report says so.
    drop(server);
    let run = patchline_in(repo.path(), &args, &environment);
    assert_eq!(run.json()["databases"][0]["advisories"], 2);
    assert!(run.stdout.contains("could not be refreshed, and the copy of "));
}

#[test]
fn the_copy_that_an_image_brings_is_used_where_the_network_is_silent() {
    let database = Database::new();
    published(&database);
    let repo = repo();
    let path = repo.path().to_str().expect("UTF-8");
    let server = GitServer::start(database.path());
    let place = format!("rustsec={}", server.url());
    let scan = |cache: &Path, day: &str, more: &[&str]| {
        let args = ["scan", "--repo", path, "--db", &place, "--as-of", day, "--format", "json"];
        let environment = [("PATCHLINE_CACHE_DIR", cache.to_str().expect("UTF-8"))];
        patchline_in(repo.path(), &[&args, more].concat(), &environment)
    };

    // As the Dockerfile makes it: one run, and its folder is copied into the image.
    let built = tempfile::tempdir().expect("a folder");
    assert_eq!(scan(built.path(), TODAY, &[]).code, 0);
    let image = tempfile::tempdir().expect("a folder");
    let cache = image.path().join("cache");
    fs::rename(built.path(), &cache).expect("a folder");

    // Where nothing is newer, nothing is sent.
    let fresh = scan(&cache, TODAY, &[]);
    assert_eq!((fresh.code, server.packs_sent()), (0, 1), "{}", fresh.stdout);
    drop(server);

    let silent = scan(&cache, TODAY, &[]);
    assert_eq!((silent.code, silent.json()["databases"][0]["age_days"].as_u64()), (0, Some(5)));
    assert_eq!(silent.json()["databases"], fresh.json()["databases"]);
    let told = "could not be refreshed, and the copy of 2031-06-10 was used";
    assert!(silent.stdout.contains(told), "{}", silent.stdout);
    let offline = scan(&cache, TODAY, &["--offline"]);
    assert_eq!(offline.json()["databases"], fresh.json()["databases"]);
    assert!(!offline.stdout.contains("could not be refreshed"), "{}", offline.stdout);

    // An old copy is a gap, and never good news.
    for more in [&[][..], &["--offline"]] {
        let old = scan(&cache, "2031-07-11", more);
        assert_eq!(old.code, 3, "{}", old.stdout);
        assert!(old.stdout.contains("the rustsec database is 31 days old, more than 30"));
    }
    // Another address is another database.
    let other = format!("{place}/other");
    let args = ["scan", "--repo", path, "--db", &other, "--as-of", TODAY, "--offline"];
    let environment = [("PATCHLINE_CACHE_DIR", cache.to_str().expect("UTF-8"))];
    assert_eq!(patchline_in(repo.path(), &args, &environment).code, 4);
}

#[test]
fn a_server_that_is_not_there_is_no_report_and_shows_no_secret() {
    let repo = repo();
    let cache = tempfile::tempdir().expect("a folder");
    let environment = [("PATCHLINE_CACHE_DIR", cache.path().to_str().expect("UTF-8"))];
    let path = repo.path().to_str().expect("UTF-8");
    let place = "rustsec=http://user:s3cret@127.0.0.1:9/db.git?token=s3cret";
    let run = patchline_in(repo.path(), &["scan", "--repo", path, "--db", place], &environment);
    assert_eq!(run.code, 4);
    assert!(run.stderr.contains("http://127.0.0.1:9/db.git"), "{}", run.stderr);
    assert!(!run.stderr.contains("s3cret"), "{}", run.stderr);
}
