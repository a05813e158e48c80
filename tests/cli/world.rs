//! A small world to test in: repositories, an advisory database, and the program.

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
    sync::LazyLock,
};

use serde_json::Value;
use tempfile::TempDir;

/// The day of every report, unless a test says otherwise.
pub(crate) const TODAY: &str = "2031-06-15";
pub(crate) const CRATES_IO: &str = "registry+https://github.com/rust-lang/crates.io-index";

/// A git repository with pinned authors and dates.
pub(crate) struct Repo {
    folder: TempDir,
}

impl Repo {
    pub(crate) fn new() -> Self {
        let folder = TempDir::new().expect("a temporary folder");
        let repo = Self { folder };
        repo.git(&["init", "--quiet", "--initial-branch", "main"]);
        repo
    }

    /// A repository with one release line: `main` and `release-1.0`, released as `v1.0.0`.
    pub(crate) fn with_line(release: &str, head: &str) -> Self {
        let repo = Self::new();
        repo.commit("release-1.0", &[("Cargo.lock", release)], "2031-01-01");
        repo.git(&["tag", "v1.0.0"]);
        if head != release {
            repo.commit("release-1.0", &[("Cargo.lock", head)], "2031-02-01");
        }
        repo.commit("main", &[("Cargo.lock", head)], "2031-03-01");
        repo
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn git(&self, args: &[&str]) -> String {
        git(self.path(), args)
    }

    /// The same, as if it were noon of that day.
    pub(crate) fn git_on(&self, day: &str, args: &[&str]) {
        let date = format!("{day}T12:00:00Z");
        let output = command(self.path(), args)
            .env("GIT_AUTHOR_DATE", &date)
            .env("GIT_COMMITTER_DATE", &date)
            .output()
            .expect("git runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }

    /// Commits exactly these files on a branch, which is made where it does not exist.
    pub(crate) fn commit(&self, branch: &str, files: &[(&str, &str)], day: &str) {
        let exists = Command::new("git")
            .args(["rev-parse", "--verify", "--quiet", &format!("refs/heads/{branch}")])
            .current_dir(self.path())
            .output()
            .expect("git runs")
            .status
            .success();
        if exists {
            self.git(&["checkout", "--quiet", branch]);
        } else if self.git(&["for-each-ref"]).is_empty() {
            self.git(&["checkout", "--quiet", "--orphan", branch]);
        } else {
            self.git(&["checkout", "--quiet", "-b", branch]);
        }
        self.git(&["rm", "-r", "--quiet", "--force", "--ignore-unmatch", "."]);
        for (path, text) in files {
            let path = self.path().join(path);
            fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
            fs::write(&path, text).expect("a file");
        }
        self.git(&["add", "--all", "--force"]);
        self.git_on(day, &["commit", "--quiet", "--allow-empty", "-m", "Change"]);
    }

    /// A repository in which nothing is checked out, made in one step: `DAY BRANCH TAG …`, a commit
    /// a row, in the order of time. A branch begins where `main` is then.
    pub(crate) fn with_history(rows: &str, files: &[(&str, &str)]) -> Self {
        let repo = Self::new();
        let mut known: Vec<&str> = Vec::new();
        let mut stream = String::new();
        let mut day = "2030-01-01";
        for row in rows.lines().map(str::trim).filter(|row| !row.is_empty()) {
            let mut words = row.split_whitespace();
            day = words.next().expect("a day");
            let branch = words.next().expect("a branch");
            // A branch that the stream has made goes on by itself.
            let from = Some("main").filter(|main| !known.contains(&branch) && known.contains(main));
            commit_to(&mut stream, branch, from, &[], day);
            known.push(branch);
            for tag in words {
                let _ = writeln!(stream, "reset refs/tags/{tag}\nfrom refs/heads/{branch}\n");
            }
        }
        import(repo.path(), &stream);
        repo.say(files, day);
        repo
    }

    /// Puts files on the heads of branches: `path`, on `main`, or `branch:path`.
    pub(crate) fn say(&self, files: &[(&str, &str)], day: &str) {
        let mut by_branch: BTreeMap<&str, Vec<(&str, &str)>> = BTreeMap::new();
        for (place, text) in files {
            let (branch, path) = place.split_once(':').unwrap_or(("main", place));
            by_branch.entry(branch).or_default().push((path, text));
        }
        let mut stream = String::new();
        for (branch, files) in by_branch {
            let from = format!("{branch}^0");
            commit_to(&mut stream, branch, Some(&from), &files, day);
        }
        if !stream.is_empty() {
            import(self.path(), &stream);
        }
    }

    pub(crate) fn write(&self, path: &str, text: &str) {
        fs::write(self.path().join(path), text).expect("a file");
    }

    /// `patchline scan` of this repository with a database.
    pub(crate) fn scan(&self, database: &Database, args: &[&str]) -> Run {
        scan(self.path(), database, args)
    }
}

pub(crate) fn git(folder: &Path, args: &[&str]) -> String {
    let output = command(folder, args).output().expect("git runs");
    assert!(output.status.success(), "git {args:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("UTF-8").trim_end().to_owned()
}

fn commit_to(
    stream: &mut String,
    branch: &str,
    from: Option<&str>,
    files: &[(&str, &str)],
    day: &str,
) {
    let noon: jiff::Timestamp = format!("{day}T12:00:00Z").parse().expect("a day");
    let who = format!("A <a@example.org> {} +0000", noon.as_second());
    let _ = writeln!(stream, "commit refs/heads/{branch}\ncommitter {who}\ndata 0");
    if let Some(from) = from {
        let _ = writeln!(stream, "from refs/heads/{from}");
    }
    for (path, text) in files {
        let _ = writeln!(stream, "M 100644 inline {path}\ndata {}\n{text}", text.len());
    }
    stream.push('\n');
}

pub(crate) fn import(folder: &Path, stream: &str) {
    feed(folder, &["fast-import", "--quiet"], stream);
}

/// `git update-ref --stdin`
pub(crate) fn update_refs(folder: &Path, commands: &str) {
    feed(folder, &["update-ref", "--stdin"], commands);
}

fn feed(folder: &Path, args: &[&str], stream: &str) {
    let mut child = command(folder, args)
        .stdin(Stdio::piped())
        .stderr(Stdio::inherit())
        .spawn()
        .expect("git runs");
    let mut input = child.stdin.take().expect("its input");
    input.write_all(stream.as_bytes()).expect("git listens");
    drop(input);
    assert!(child.wait().expect("git ends").success(), "{stream}");
}

fn command(folder: &Path, args: &[&str]) -> Command {
    let mut command = Command::new("git");
    command
        .args(args)
        .current_dir(folder)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_SYSTEM", "/dev/null")
        .env("GIT_AUTHOR_NAME", "A")
        .env("GIT_AUTHOR_EMAIL", "a@example.org")
        .env("GIT_COMMITTER_NAME", "A")
        .env("GIT_COMMITTER_EMAIL", "a@example.org");
    command
}

/// A lockfile: `name version [source]`, one package a row; a name alone after `->` is a dependency.
///
/// The first package is the workspace member; it depends on all others unless `->` says so.
pub(crate) fn lock(packages: &[&str]) -> String {
    let mut text = String::from("version = 4\n");
    let others: Vec<&str> =
        packages[1..].iter().filter_map(|p| p.split_whitespace().next()).collect();
    for (index, package) in packages.iter().enumerate() {
        let (package, dependencies) = package.split_once("->").unwrap_or((package, ""));
        let mut words = package.split_whitespace();
        let name = words.next().expect("a name");
        let version = words.next().expect("a version");
        let source = words.next().unwrap_or(if index == 0 { "path" } else { CRATES_IO });
        let _ = write!(text, "\n[[package]]\nname = \"{name}\"\nversion = \"{version}\"\n");
        if source != "path" {
            let _ = writeln!(text, "source = \"{source}\"");
        }
        let mut dependencies: Vec<&str> = dependencies.split_whitespace().collect();
        if index == 0 && dependencies.is_empty() {
            dependencies.clone_from(&others);
            dependencies.dedup();
        }
        if !dependencies.is_empty() {
            let list: Vec<String> = dependencies.iter().map(|d| format!(" \"{d}\",\n")).collect();
            let _ = write!(text, "dependencies = [\n{}]\n", list.concat());
        }
    }
    text
}

/// An advisory database in a folder.
pub(crate) struct Database {
    folder: TempDir,
}

impl Database {
    /// One vulnerability: `clock` before 0.2.23, a week before [`TODAY`].
    pub(crate) fn new() -> Self {
        let database = Self { folder: TempDir::new().expect("a temporary folder") };
        database.add("RUSTSEC-2031-0001", "clock", "patched = [\">= 0.2.23\"]", "");
        database
    }

    pub(crate) fn add(&self, id: &str, package: &str, versions: &str, more: &str) {
        let text = format!(
            "```toml\n[advisory]\nid = \"{id}\"\npackage = \"{package}\"\ndate = \"2031-06-08\"\n\
             {more}\n[versions]\n{versions}\n```\n\n# Title of {id}\n\nDetails of {id}.\n"
        );
        self.add_file(&format!("crates/{package}/{id}.md"), text.as_bytes());
    }

    pub(crate) fn add_file(&self, path: &str, bytes: &[u8]) {
        let path = self.folder.path().join(path);
        fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        fs::write(path, bytes).expect("a file");
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }
}

/// What a run of the program did.
pub(crate) struct Run {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Run {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.stdout)
            .unwrap_or_else(|error| panic!("{error}: {}{}", self.stdout, self.stderr))
    }

    /// `line package id: status`, one finding a row.
    pub(crate) fn statuses(&self) -> String {
        let json = self.json();
        let rows = json["findings"].as_array().expect("findings").iter().map(|f| {
            format!(
                "{} {} {}: {}{}\n",
                text(&f["line"]),
                text(&f["package"]["name"]),
                text(&f["id"]),
                text(&f["status"]),
                if f["certainty"] == "possible" { " (possible)" } else { "" }
            )
        });
        rows.collect()
    }
}

/// What `scan` and `lines` print as JSON is what the published schema says.
#[track_caller]
pub(crate) fn assert_matches_schema(document: &Value) {
    static VALIDATOR: LazyLock<jsonschema::Validator> = LazyLock::new(|| {
        let schema = include_str!("../../schemas/report.v1.schema.json");
        let schema: Value = serde_json::from_str(schema).expect("the schema is JSON");
        jsonschema::validator_for(&schema).expect("the schema is a schema")
    });
    let errors: Vec<String> =
        VALIDATOR.iter_errors(document).map(|e| format!("{}: {e}", e.instance_path())).collect();
    assert!(errors.is_empty(), "{}", errors.join("\n"));
}

pub(crate) fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("{value} is not text"))
}

/// By which the machine that runs the tests could be taken for a CI: see `edge/readers.rs`.
const SIGNS_OF_A_CI: [&str; 8] = [
    "CI",
    "GITLAB_CI",
    "TF_BUILD",
    "JENKINS_URL",
    "TEAMCITY_VERSION",
    "BUILDKITE",
    "CODEBUILD_BUILD_ID",
    "bamboo_buildKey",
];

/// Runs the program with a clean environment: like at somebody's desk, wherever the tests run.
pub(crate) fn patchline(args: &[&str]) -> Run {
    patchline_in(Path::new("."), args, &[])
}

pub(crate) fn patchline_in(folder: &Path, args: &[&str], environment: &[(&str, &str)]) -> Run {
    let mut command = Command::new(env!("CARGO_BIN_EXE_patchline"));
    for (name, _) in std::env::vars_os() {
        let name = name.to_string_lossy();
        let prefixes = ["GH_", "GIT_", "GITHUB_", "PATCHLINE_", "INPUT_", "RUNNER_", "ACTIONS_"];
        let is_sign = SIGNS_OF_A_CI.contains(&&*name);
        if is_sign || prefixes.iter().any(|prefix| name.starts_with(prefix)) {
            command.env_remove(&*name);
        }
    }
    let output = command
        .args(args)
        .current_dir(folder)
        .envs(environment.iter().copied())
        .output()
        .expect("the program runs");
    run(&output)
}

fn run(output: &Output) -> Run {
    Run {
        code: output.status.code().expect("an exit code"),
        stdout: String::from_utf8(output.stdout.clone()).expect("UTF-8"),
        stderr: String::from_utf8(output.stderr.clone()).expect("UTF-8"),
    }
}

/// `patchline scan` as JSON.
pub(crate) fn scan(repo: &Path, database: &Database, args: &[&str]) -> Run {
    let place = format!("rustsec={}", database.path().display());
    let repo = repo.to_str().expect("UTF-8");
    let mut all = vec!["scan", "--repo", repo, "--db", &place, "--as-of", TODAY];
    if !args.contains(&"--format") {
        all.extend(["--format", "json"]);
    }
    all.extend(args);
    patchline(&all)
}

/// The real data, if `PATCHLINE_DATA` names it.
pub(crate) fn real_data(test: &str) -> Option<PathBuf> {
    let folder = std::env::var_os("PATCHLINE_DATA").map(PathBuf::from);
    if folder.is_none() {
        eprintln!("skipped: {test} needs the real data that PATCHLINE_DATA names");
    }
    folder
}
