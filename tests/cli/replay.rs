//! `--as-of`: the answer is a function of the repository at that day, the policy and the date.

use crate::world::{Repo, patchline, text};

/// `patchline lines --format json`.
fn lines(repo: &Repo, args: &[&str]) -> serde_json::Value {
    let path = repo.path().to_str().expect("UTF-8");
    let run = patchline(&[&["lines", "--repo", path, "--format", "json"], args].concat());
    assert_eq!(run.code, 0, "{}", run.stderr);
    run.json()
}

/// `id commit`, a line a row, of the branches.
fn heads(repo: &Repo, day: &str) -> String {
    let json = lines(repo, &["--as-of", day]);
    let rows = json["lines"].as_array().expect("lines").iter().map(|line| {
        let commit = line["head"]["commit"].as_str().unwrap_or("-");
        format!("{} {}\n", text(&line["id"]), &commit[..commit.len().min(12)])
    });
    rows.collect()
}

#[test]
fn a_branch_is_taken_back_to_the_day() {
    let repo = Repo::with_line("then", "now");
    let head = repo.git(&["rev-parse", "--short=12", "release-1.0"]);
    let main = repo.git(&["rev-parse", "--short=12", "main"]);
    assert_eq!(heads(&repo, "2031-01-15"), format!("1.0 {head}\nmain {main}\n"));
}

#[test]
fn a_branch_that_was_cut_later_does_not_leak_in() {
    let repo = Repo::new();
    repo.commit("main", &[("file", "1")], "2031-01-01");
    repo.git(&["tag", "v1.0.0"]);
    repo.commit("release-1.0", &[("file", "2")], "2031-02-01");
    let then = repo.git(&["rev-parse", "--short=12", "main"]);
    let head = repo.git(&["rev-parse", "--short=12", "release-1.0"]);
    assert_eq!(heads(&repo, "2031-01-15"), format!("1.0 {head}\nmain {then}\n"));
}
