//! What cargo says of the build graph of every line. Cargo is the real one, and all packages are
//! folders of the tree, so that it needs no network.

use std::{fs, path::Path, process::Command};

use patchline::{graph, model::Reach};
use serde_json::Value;
use tempfile::TempDir;

use super::world::{Database, Repo, Run, TODAY, patchline_in, text};

const APP: &str = r#"[package]
name = "app"
version = "1.0.0"
edition = "2021"

[features]
tls = ["dep:only"]

[dependencies]
helper = { path = "helper", features = ["weak"] }
only = { path = "only", optional = true }

[target.'cfg(windows)'.dependencies]
clock = { path = "clock" }

[dev-dependencies]
tester = { path = "tester" }

[workspace]
exclude = ["helper", "only", "clock", "tester", "maybe"]
"#;

const HELPER: &str = r#"[package]
name = "helper"
version = "0.2.0"
edition = "2021"

[features]
weak = ["maybe?/x"]

[dependencies]
maybe = { path = "../maybe", optional = true }
"#;

/// The files of a workspace, with its lockfile as cargo writes it.
fn workspace() -> Vec<(String, String)> {
    let mut files = vec![
        ("Cargo.toml".to_owned(), APP.to_owned()),
        ("src/lib.rs".to_owned(), String::new()),
        ("helper/Cargo.toml".to_owned(), HELPER.to_owned()),
        ("helper/src/lib.rs".to_owned(), String::new()),
    ];
    for name in ["only", "clock", "tester", "maybe"] {
        let manifest = format!(
            "[package]\nname = \"{name}\"\nversion = \"0.2.0\"\nedition = \"2021\"\n[features]\nx = []\n"
        );
        files.push((format!("{name}/Cargo.toml"), manifest));
        files.push((format!("{name}/src/lib.rs"), String::new()));
    }
    let folder = TempDir::new().expect("a folder");
    lay(folder.path(), &files);
    cargo(folder.path(), &["generate-lockfile", "--offline"]);
    let lockfile = fs::read_to_string(folder.path().join("Cargo.lock")).expect("a lockfile");
    files.push(("Cargo.lock".to_owned(), lockfile));
    files
}

fn lay(folder: &Path, files: &[(String, String)]) {
    for (path, text) in files {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, text).expect("a file");
    }
}

fn cargo(folder: &Path, args: &[&str]) -> Vec<u8> {
    let output = Command::new("cargo").args(args).current_dir(folder).output().expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

fn metadata(folder: &Path) -> Vec<u8> {
    cargo(folder, &["metadata", "--offline", "--locked", "--all-features", "--format-version", "1"])
}

/// `release-1.0`, released as `v1.0.0`, and `main`.
struct World {
    repo: Repo,
    database: Database,
}

impl World {
    fn new(files: &[(String, String)]) -> Self {
        let repo = Repo::new();
        let files: Vec<(&str, &str)> =
            files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
        repo.commit("release-1.0", &files, "2031-01-01");
        repo.git(&["tag", "v1.0.0"]);
        repo.commit("main", &files, "2031-03-01");
        Self { repo, database: Database::new() }
    }

    fn scan(&self, args: &[&str]) -> Run {
        let place = format!("rustsec={}", self.database.path().display());
        let repo = self.repo.path().to_str().expect("UTF-8");
        let mut all = vec![
            "scan",
            "--repo",
            repo,
            "--db",
            &place,
            "--as-of",
            TODAY,
            "--format",
            "json",
            "--offline",
        ];
        all.extend(args);
        patchline_in(self.repo.path(), &all, &[])
    }
}

/// `line tip: covered because`, a row each.
fn covered(run: &Run) -> String {
    let json = run.json();
    let all = json["coverage"].as_array().expect("coverage");
    let rows = all.iter().filter(|coverage| coverage["source"] == "graph").map(|coverage| {
        let place = match &coverage["line"] {
            Value::Null => "everywhere".to_owned(),
            line => format!("{} {}", text(line), text(&coverage["tip"])),
        };
        let because = coverage["because"].as_str().unwrap_or_default();
        format!("{place}: {} {because}", text(&coverage["covered"])).trim_end().to_owned() + "\n"
    });
    rows.collect()
}

const ALL: &str = "1.0 head: complete\n1.0 release: complete\nmain head: complete\n";

/// Only the configuration gives permission.
const ALLOWED: &str = "[scan]\nallow-commands = true\n";

#[test]
fn what_cargo_says_is_what_is_read() {
    let folder = TempDir::new().expect("a folder");
    lay(folder.path(), &workspace());
    let read = graph::read(&metadata(folder.path()));
    let graph = read.graph.unwrap_or_else(|| panic!("{:?}", read.trouble));
    let via = |name: &str| vec![name.to_owned()];
    for (name, expected) in [
        ("helper", Reach::Built { via: Vec::new() }),
        ("only", Reach::Built { via: via("feature app/tls") }),
        ("clock", Reach::Built { via: via("target cfg(windows)") }),
        ("tester", Reach::DevOnly { via: Vec::new() }),
        // It is locked, and cargo lists it, for `maybe?/x` alone.
        ("maybe", Reach::NotBuilt),
    ] {
        assert_eq!(graph.reach(name, "0.2.0"), expected, "{name}");
    }
}

#[test]
fn every_tip_of_every_line_is_asked_about() {
    let world = World::new(&workspace());
    world.repo.write("patchline.toml", ALLOWED);
    let run = world.scan(&["--deep"]);
    assert_eq!(covered(&run), ALL, "{}{}", run.stderr, run.stdout);
    world.repo.write("patchline.toml", &format!("{ALLOWED}deep = true\n"));
    assert_eq!(covered(&world.scan(&[])), ALL);
    assert!(!world.repo.path().join("target").exists());
}

#[test]
fn nobody_asks_unless_somebody_wants_it() {
    let world = World::new(&workspace());
    world.repo.write("patchline.toml", ALLOWED);
    assert_eq!(covered(&world.scan(&[])), "");
}

#[test]
fn without_permission_cargo_is_not_asked() {
    let world = World::new(&workspace());
    let covered = covered(&world.scan(&["--deep"]));
    let gap = "partial `Cargo.lock`: cargo is not asked: it needs allow-commands";
    assert_eq!(covered.matches(gap).count(), 3, "{covered}");
}

#[test]
fn where_cargo_fails_nothing_is_said_of_the_build() {
    let mut files = workspace();
    let broken = ("helper/Cargo.toml".to_owned(), "[package\n".to_owned());
    files.retain(|(path, _)| *path != broken.0);
    files.push(broken);
    let world = World::new(&files);
    world.repo.write("patchline.toml", ALLOWED);
    let run = world.scan(&["--deep"]);
    let covered = covered(&run);
    assert_eq!(
        covered.matches("partial `Cargo.lock`: cargo ended with 101").count(),
        3,
        "{covered}"
    );
    // Cargo names its files by where they lie, which is another place in every run.
    assert!(covered.contains(" ./helper"), "{covered}");
    assert_eq!(run.stdout, world.scan(&["--deep"]).stdout);
    // A manifest is missing: the same, with other words.
    files.retain(|(path, _)| path != "Cargo.toml");
    let world = World::new(&files);
    world.repo.write("patchline.toml", ALLOWED);
    let covered = self::covered(&world.scan(&["--deep"]));
    assert_eq!(
        covered.matches("there is no `Cargo.toml` beside the lockfile").count(),
        3,
        "{covered}"
    );
}

#[test]
fn the_tree_cannot_put_a_program_in_the_place_of_rustc() {
    let mut files = workspace();
    let config = "[build]\nrustc = \"./evil.sh\"\nrustc-wrapper = \"./evil.sh\"\n";
    files.push((".cargo/config.toml".to_owned(), config.to_owned()));
    let outside = TempDir::new().expect("a folder");
    let evil = format!("#!/bin/sh\ntouch {}/mark\nexec \"$@\"\n", outside.path().display());
    files.push(("evil.sh".to_owned(), evil));
    let world = World::new(&files);
    world.repo.git(&["update-index", "--chmod=+x", "evil.sh"]);
    world.repo.git_on("2031-03-02", &["commit", "--quiet", "-m", "Arm"]);
    world.repo.write("patchline.toml", ALLOWED);
    let run = world.scan(&["--deep"]);
    assert_eq!(covered(&run), ALL, "{}{}", run.stderr, run.stdout);
    assert_eq!(fs::read_dir(outside.path()).expect("the folder").count(), 0);
}

#[test]
fn a_saved_document_needs_no_cargo() {
    let files = workspace();
    let world = World::new(&files);
    let folder = TempDir::new().expect("a folder");
    lay(folder.path(), &files);
    let document = metadata(folder.path());
    fs::write(world.repo.path().join("metadata.json"), &document).expect("a file");
    world.repo.write(
        "patchline.toml",
        "[[graph]]\nline = \"1.0\"\ntip = \"release\"\nfile = \"metadata.json\"\n\
         [[graph]]\nline = \"main\"\nfile = \"none.json\"\n\
         [[graph]]\nline = \"7\"\nfile = \"metadata.json\"\n",
    );
    assert_eq!(
        covered(&world.scan(&[])),
        "everywhere: failed `metadata.json` is said to be about `7`, and there is no such line\n\
         1.0 release: complete\n\
         main head: partial `Cargo.lock`: there is no file `none.json`\n"
    );
}

#[test]
fn a_saved_document_about_something_else_is_not_believed() {
    let files = workspace();
    let folder = TempDir::new().expect("a folder");
    lay(folder.path(), &files);
    let document = String::from_utf8(metadata(folder.path())).expect("UTF-8");
    let other = document.replace("\"app\"", "\"ship\"");
    let world = World::new(&files);
    world.repo.write("metadata.json", &other);
    world.repo.write("patchline.toml", "[[graph]]\nline = \"main\"\nfile = \"metadata.json\"\n");
    let covered = covered(&world.scan(&[]));
    assert!(
        covered.contains("its workspace member `ship 1.0.0` is not in the lockfile"),
        "{covered}"
    );
}
