//! `--as-of`: the answer is a function of the repository at that day, the policy and the date.

use std::path::Path;

use serde_json::Value;
use tempfile::TempDir;

use crate::world::{Database, Repo, Run, git, lock, patchline, patchline_in, text};

fn lines(folder: &Path, day: &str) -> Run {
    let path = folder.to_str().expect("UTF-8");
    patchline(&["lines", "--repo", path, "--format", "json", "--as-of", day])
}

/// `id commit`, a line a row.
fn heads(folder: &Path, day: &str) -> String {
    let run = lines(folder, day);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let json = run.json();
    let rows = json["lines"].as_array().expect("lines").iter().map(|line| {
        let commit = line["head"]["commit"].as_str().unwrap_or("-");
        format!("{} {commit}\n", text(&line["id"]))
    });
    rows.collect()
}

fn scan_on(folder: &Path, database: &Database, day: &str) -> Run {
    let place = format!("rustsec={}", database.path().display());
    let path = folder.to_str().expect("UTF-8");
    patchline(&["scan", "--repo", path, "--db", &place, "--as-of", day, "--format", "json"])
}

/// A clone with everything, as bare as a server's.
fn mirror(repo: &Repo) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let target = folder.path().to_str().expect("UTF-8");
    repo.git(&["clone", "--quiet", "--mirror", ".", target]);
    git(folder.path(), &["symbolic-ref", "HEAD", "refs/heads/main"]);
    folder
}

#[test]
fn a_branch_is_taken_back_to_the_day() {
    let repo = Repo::new();
    repo.commit("main", &[("file", "1")], "2031-01-01");
    repo.commit("release-1.0", &[("file", "2")], "2031-01-02");
    repo.git(&["tag", "v1.0.0"]);
    let then = repo.git(&["rev-parse", "release-1.0"]);
    repo.commit("release-1.0", &[("file", "3")], "2031-02-01");
    let now = repo.git(&["rev-parse", "release-1.0"]);
    for (day, head) in [("2031-01-31", then), ("2031-02-01", now)] {
        let shown = heads(repo.path(), day);
        assert!(shown.starts_with(&format!("1.0 {head}\n")), "{day}: {shown}");
    }
}

#[test]
fn a_branch_that_was_cut_later_does_not_leak_in() {
    let repo = Repo::new();
    repo.commit("main", &[("file", "1")], "2031-01-01");
    repo.git(&["tag", "v1.0.0"]);
    let then = repo.git(&["rev-parse", "main"]);
    repo.commit("main", &[("file", "2")], "2031-01-10");
    let later = repo.git(&["rev-parse", "main"]);
    repo.git(&["checkout", "--quiet", "v1.0.0"]);
    repo.git(&["branch", "release-1.0"]);
    repo.commit("release-1.0", &[("file", "3")], "2031-02-01");
    assert_eq!(heads(repo.path(), "2031-01-31"), format!("1.0 -\nmain {later}\n"));
    assert_eq!(heads(repo.path(), "2031-01-05"), format!("1.0 -\nmain {then}\n"));
    assert!(!heads(repo.path(), "2031-02-01").contains('-'));
}

#[test]
fn a_branch_that_has_not_moved_since_stays() {
    let repo = Repo::new();
    repo.commit("main", &[("file", "1")], "2031-01-01");
    repo.git(&["tag", "v1.0.0"]);
    repo.git(&["branch", "release-1.0"]);
    let then = repo.git(&["rev-parse", "main"]);
    repo.commit("main", &[("file", "2")], "2031-02-01");
    assert_eq!(heads(repo.path(), "2031-01-15"), format!("1.0 {then}\nmain {then}\n"));
}

#[test]
fn a_branch_without_a_commit_that_old_is_left_out() {
    let repo = Repo::new();
    repo.commit("main", &[("file", "1")], "2031-01-01");
    repo.git(&["tag", "v1.0.0"]);
    let main = repo.git(&["rev-parse", "main"]);
    repo.git(&["checkout", "--quiet", "--orphan", "release-1.0"]);
    repo.git_on("2031-02-01", &["commit", "--quiet", "-m", "Anew"]);
    assert_eq!(heads(repo.path(), "2031-01-15"), format!("1.0 -\nmain {main}\n"));
    let run = lines(repo.path(), "2030-12-31");
    assert_eq!(run.code, 2, "{}", run.stdout);
    assert!(run.stderr.contains("no release line was found"), "{}", run.stderr);
}

#[test]
fn merged_work_of_others_is_not_walked_into() {
    let repo = Repo::new();
    repo.commit("main", &[("file", "1")], "2031-01-01");
    let main = repo.git(&["rev-parse", "main"]);
    repo.commit("topic", &[("file", "2")], "2031-01-10");
    repo.git(&["checkout", "--quiet", "main"]);
    repo.git_on("2031-02-01", &["merge", "--quiet", "--no-ff", "-m", "Merge", "topic"]);
    assert_eq!(heads(repo.path(), "2031-01-15"), format!("main {main}\n"));
}

#[test]
fn with_dates_out_of_order_the_first_that_is_not_after_counts() {
    let repo = Repo::new();
    for (file, day) in [("1", "2031-01-01"), ("2", "2031-03-01"), ("3", "2031-01-05")] {
        repo.commit("main", &[("file", file)], day);
    }
    let head = repo.git(&["rev-parse", "main"]);
    repo.commit("main", &[("file", "4")], "2031-02-01");
    assert_eq!(heads(repo.path(), "2031-01-15"), format!("main {head}\n"));
}

#[test]
fn tags_count_by_the_day_they_were_made() {
    let repo = Repo::new();
    repo.commit("main", &[("file", "1")], "2031-01-01");
    repo.git(&["tag", "v1.0.0"]);
    repo.git_on("2031-02-01", &["tag", "--annotate", "-m", "Release", "v1.0.1"]);
    repo.commit("main", &[("file", "2")], "2031-03-01");
    repo.git(&["tag", "v1.0.2"]);
    for (day, tag) in [("2031-01-31", "v1.0.0"), ("2031-02-01", "v1.0.1"), ("2031-03-01", "v1.0.2")]
    {
        assert_eq!(lines(repo.path(), day).json()["lines"][0]["release"]["tag"], tag, "{day}");
    }
}

#[test]
fn the_scan_of_an_older_day_sees_the_lockfile_of_that_day() {
    let affected = lock(&["app 0.1.0", "clock 0.2.22"]);
    let fixed = lock(&["app 0.1.0", "clock 0.2.23"]);
    let repo = Repo::new();
    repo.commit("main", &[("Cargo.lock", &affected)], "2031-06-10");
    repo.commit("main", &[("Cargo.lock", &fixed)], "2031-06-12");
    let database = Database::new();
    for (day, expected) in
        [("2031-06-11", "main clock RUSTSEC-2031-0001: unpatched\n"), ("2031-06-12", "")]
    {
        let run = scan_on(repo.path(), &database, day);
        assert_eq!(run.statuses(), expected, "{day}: {}", run.stderr);
    }
}

#[test]
fn the_policy_of_the_default_branch_is_that_of_the_day() {
    let repo = Repo::new();
    for (minor, day) in [(0, "2031-01-01"), (1, "2031-01-02"), (2, "2031-01-03")] {
        repo.commit("main", &[("patchline.toml", "[support]\nnewest = 1\n")], day);
        repo.git(&["tag", &format!("v1.{minor}.0")]);
    }
    repo.commit("main", &[("patchline.toml", "[support]\nnewest = 2\n")], "2031-02-01");
    let bare = mirror(&repo);
    let supported = |day: &str| {
        let json = lines(bare.path(), day).json();
        let lines = json["lines"].as_array().expect("lines").clone();
        lines.iter().filter(|l| l["status"] == "supported" && l["kind"] == "release").count()
    };
    assert_eq!((supported("2031-01-31"), supported("2031-02-01")), (1, 2));

    // The same where a pull request is checked out.
    let place = repo.path().to_str().expect("UTF-8");
    let args = ["lines", "--repo", place, "--as-of", "2031-01-31", "--format", "json"];
    let run = patchline_in(repo.path(), &args, &[("GITHUB_ACTIONS", "true")]);
    assert!(run.stdout.contains("\"eol\""), "{}{}", run.stdout, run.stderr);
}

#[test]
fn a_shallow_clone_that_ends_before_the_day_says_so() {
    let affected = lock(&["app 0.1.0", "clock 0.2.22"]);
    let fixed = lock(&["app 0.1.0", "clock 0.2.23"]);
    let origin = Repo::new();
    origin.commit("main", &[("Cargo.lock", &fixed)], "2031-06-01");
    origin.git(&["tag", "v1.0.0"]);
    origin.commit("main", &[("Cargo.lock", &affected)], "2031-06-10");
    origin.commit("main", &[("Cargo.lock", &fixed)], "2031-06-12");
    let folder = tempfile::tempdir().expect("a folder");
    let url = format!("file://{}", origin.path().display());
    let clone = |name: &str, depth: &str| {
        let clone = folder.path().join(name);
        let target = clone.to_str().expect("UTF-8");
        git(folder.path(), &["clone", "--quiet", "--depth", depth, &url, target]);
        clone
    };
    let database = Database::new();

    let shallow = clone("shallow", "1");
    let run = scan_on(&shallow, &database, "2031-06-11");
    assert_eq!(run.code, 3, "{}{}", run.stdout, run.stderr);
    let said = "in this clone does not reach back to 2031-06-11";
    assert!(run.stdout.contains(said) && run.stdout.contains("fetch-depth: 0"), "{}", run.stdout);
    assert!(lines(&shallow, "2031-06-11").stdout.contains(said));
    assert!(!lines(&shallow, "2031-06-12").stdout.contains(said), "the head is old enough");

    let deeper = clone("deeper", "2");
    let run = scan_on(&deeper, &database, "2031-06-11");
    assert_eq!(run.statuses(), "main clock RUSTSEC-2031-0001: unpatched\n", "{}", run.stdout);
    assert!(!run.stdout.contains(said), "{}", run.stdout);
}

#[test]
fn whether_a_branch_existed_is_doubtful_where_history_is_cut_off() {
    let origin = Repo::new();
    origin.commit("main", &[("file", "1")], "2031-01-01");
    origin.git(&["tag", "v1.0.0"]);
    origin.git(&["branch", "release-1.0"]);
    origin.commit("main", &[("file", "2")], "2031-01-10");
    origin.commit("main", &[("file", "3")], "2031-01-11");
    origin.commit("release-1.0", &[("file", "4")], "2031-02-01");
    origin.git(&["checkout", "--quiet", "main"]);
    let folder = tempfile::tempdir().expect("a folder");
    let clone = folder.path().join("clone");
    let target = clone.to_str().expect("UTF-8");
    let url = format!("file://{}", origin.path().display());
    git(folder.path(), &["clone", "--quiet", "--depth", "2", "--no-single-branch", &url, target]);
    let run = lines(&clone, "2031-01-20");
    assert!(
        run.stdout
            .contains("whether `refs/remotes/origin/release-1.0` had been made by 2031-01-20"),
        "{}",
        run.stdout
    );
    git(&clone, &["fetch", "--quiet", "--unshallow"]);
    let run = lines(&clone, "2031-01-20");
    assert_eq!(
        (&run.json()["lines"][0]["branch"], &run.json()["trouble"]),
        (&Value::Null, &Value::Array(Vec::new()))
    );
}

/// Something that happens to a repository on a day.
type Step = Box<dyn Fn(&Repo, &str)>;

/// A project grows day by day, and a clone is made on each. At the end the whole history is replayed.
#[test]
fn a_replay_gives_what_a_clone_of_that_day_gave() {
    let repo = Repo::new();
    let commit = |branch: &'static str, text: &'static str| {
        move |repo: &Repo, day: &str| repo.commit(branch, &[("file", text)], day)
    };
    let tag = |name: &'static str| move |repo: &Repo, _: &str| drop(repo.git(&["tag", name]));
    let release = |name: &'static str| {
        move |repo: &Repo, day: &str| {
            repo.git_on(day, &["tag", "--annotate", "-m", "Release", name, "main"]);
        }
    };
    let policy = |text: &'static str| {
        move |repo: &Repo, day: &str| repo.commit("main", &[("patchline.toml", text)], day)
    };
    let merge = |branch: &'static str| {
        move |repo: &Repo, day: &str| {
            repo.git(&["checkout", "--quiet", "main"]);
            repo.git_on(day, &["merge", "--quiet", "-s", "ours", "--no-ff", "-m", "Merge", branch]);
        }
    };
    let days: Vec<Vec<Step>> = vec![
        vec![Box::new(commit("main", "1"))],
        vec![Box::new(commit("main", "2")), Box::new(tag("v1.0.0"))],
        vec![Box::new(commit("release-1.0", "3"))],
        vec![Box::new(commit("main", "4")), Box::new(commit("main", "5"))],
        vec![Box::new(release("v1.1.0"))],
        vec![Box::new(commit("release-1.0", "6")), Box::new(tag("v1.0.1"))],
        vec![Box::new(policy("[support]\nnewest = 1\n"))],
        vec![Box::new(commit("release-1.1", "7")), Box::new(tag("v1.1.1"))],
        vec![Box::new(merge("release-1.1"))],
        vec![Box::new(commit("release-1.0", "8"))],
        vec![Box::new(policy("[support]\nnewest = 2\n")), Box::new(release("v1.2.0"))],
        vec![Box::new(commit("release-1.2", "9"))],
        vec![Box::new(commit("topic", "10")), Box::new(merge("topic"))],
        vec![Box::new(commit("main", "11")), Box::new(tag("v1.0.2-eol"))],
    ];
    let mut seen = Vec::new();
    for (number, steps) in days.iter().enumerate() {
        let day = format!("2031-03-{:02}", number + 1);
        for step in steps {
            step(&repo, &day);
        }
        seen.push((lines(mirror(&repo).path(), &day).stdout, day));
    }
    let bare = mirror(&repo);
    for (then, day) in seen {
        assert_eq!(lines(bare.path(), &day).stdout, then, "{day}");
    }
}
