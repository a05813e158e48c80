//! The lines of a new record, held against what git and people say of real repositories.

use std::{collections::BTreeSet, fs, path::Path, process::Command};

use patchline::disclose::{read, record::LineStatus};
use serde_json::Value;
use tempfile::TempDir;

use crate::world::{git, patchline_in, real_data, text};

/// The lines that a new record asks about.
fn begun(repo: &Path, day: &str) -> Vec<String> {
    let args = ["disclose", "new", "x", "--dry-run", "--offline", "--as-of", day];
    let run = patchline_in(repo, &args, &[]);
    assert_eq!(run.code, 0, "{day}: {}", run.stderr);
    let reading = read("x", &run.stdout);
    assert_eq!(reading.complaints, [], "{day}: {}", run.stdout);
    let record = reading.record.expect("a record");
    let rows = record.advisories[0].lines.iter();
    let asked = rows.filter(|row| row.status == LineStatus::NotEvaluated);
    asked.map(|row| row.line.0.clone()).collect()
}

/// What `OpenTofu` supported on a day, told by git alone: the date in the first row of the line's
/// changelog where there is one, else that it was one of the newest three.
fn supported_by_git(tofu: &Path, day: &str) -> Vec<String> {
    let tags =
        git(tofu, &["for-each-ref", "--format=%(refname:short) %(creatordate:short)", "refs/tags"]);
    let mut lines: Vec<(u32, u32)> = tags
        .lines()
        .filter_map(|row| row.strip_prefix('v')?.split_once(' '))
        .filter(|(version, at)| *at <= day && !version.contains('-'))
        .filter_map(|(version, _)| {
            let mut parts = version.split('.').map(str::parse);
            Some((parts.next()?.ok()?, parts.next()?.ok()?))
        })
        .collect();
    lines.sort_unstable();
    lines.dedup();
    lines.reverse();
    let until = format!("{day}T23:59:59Z");
    let is_supported = |at: usize, (major, minor): (u32, u32)| {
        let branch = format!("refs/heads/v{major}.{minor}");
        let args = ["log", "-1", "--first-parent", "--format=%H", "--before", &until, &branch];
        let commit = git(tofu, &args);
        let is_there = !git(tofu, &["ls-tree", &commit, "CHANGELOG.md"]).is_empty();
        let place = format!("{commit}:CHANGELOG.md");
        let changelog = if is_there { git(tofu, &["show", &place]) } else { String::new() };
        let first = changelog.lines().next().unwrap_or_default();
        match first.split_once("is supported until **").and_then(|(_, rest)| rest.split_once("**"))
        {
            Some((stated, _)) => {
                let mut words = stated.split_whitespace();
                let month = words.next().expect("a month");
                let months = [
                    "January",
                    "February",
                    "March",
                    "April",
                    "May",
                    "June",
                    "July",
                    "August",
                    "September",
                    "October",
                    "November",
                    "December",
                ];
                let month = months.iter().position(|name| *name == month).expect("a month") + 1;
                let date: u32 = words.next().expect("a day").parse().expect("a number");
                let year = words.next().expect("a year");
                format!("{year}-{month:02}-{date:02}").as_str() >= day
            }
            None => at < 3,
        }
    };
    let found = lines.iter().enumerate().filter(|(at, line)| is_supported(*at, **line));
    found.map(|(_, (major, minor))| format!("{major}.{minor}")).collect()
}

#[test]
fn opentofu_gets_the_lines_that_it_supported_on_the_day() {
    let Some(data) = real_data("disclose new on OpenTofu") else { return };
    let folder = TempDir::new().expect("a folder");
    let tofu = folder.path().join("tofu");
    let bundle = data.join("repos/opentofu-lockfiles.bundle");
    let places = [bundle.to_str().expect("UTF-8"), tofu.to_str().expect("UTF-8")];
    git(folder.path(), &["clone", "--quiet", "--mirror", places[0], places[1]]);
    let mut different = BTreeSet::new();
    // The bundle has no changelogs, so nobody says anything there, and the newest three count.
    for day in ["2024-06-01", "2024-09-01", "2025-03-01", "2025-07-15", "2026-01-15", "2026-08-22"]
    {
        let lines = begun(&tofu, day);
        assert_eq!(lines, supported_by_git(&tofu, day), "{day}");
        different.insert(lines);
    }
    assert_eq!(different.len(), 6, "{different:?}");
}

#[test]
fn real_projects_get_the_lines_that_they_support() {
    let Some(data) = real_data("disclose new on sixteen projects") else { return };
    let folder = TempDir::new().expect("a folder");
    let captures = data.join("lines");
    let rebuilt = Command::new("python3")
        .arg(captures.join("rebuild.py"))
        .args([&captures, &folder.path().to_path_buf()])
        .arg("--all")
        .output()
        .expect("python3 runs");
    assert!(rebuilt.status.success(), "{}", String::from_utf8_lossy(&rebuilt.stderr));
    let mut count = 0;
    for entry in fs::read_dir(&captures).expect("the data") {
        let path = entry.expect("an entry").path();
        if path.extension().is_none_or(|extension| extension != "json") {
            continue;
        }
        let truth: Value =
            serde_json::from_slice(&fs::read(&path).expect("the truth")).expect("JSON");
        let name = text(&truth["repo"]);
        let repo = folder.path().join(name.replace('/', "+")).join("repo");
        let found: BTreeSet<String> = begun(&repo, text(&truth["as_of"])).into_iter().collect();
        let set = |value: &Value| -> BTreeSet<String> {
            value.as_array().into_iter().flatten().map(|id| text(id).to_owned()).collect()
        };
        let others = ["also_acceptable", "acceptable_if_assumed"].map(|key| truth[key].as_array());
        let others = others.into_iter().flatten().flatten();
        let right: Vec<BTreeSet<String>> =
            [&truth["expected_supported"]].into_iter().chain(others).map(set).collect();
        assert!(right.contains(&found), "{name}: {found:?} is none of {right:?}");
        count += 1;
    }
    assert_eq!(count, 16);
    // Each line of OpenTofu says itself how long it is supported; 1.12 until 2027-02-01.
    let tofu = folder.path().join("opentofu+opentofu/repo");
    for (day, lines) in [
        ("2026-08-22", &["1.12", "1.10"][..]),
        ("2027-02-01", &["1.12", "1.10"]),
        ("2027-02-02", &["1.10"]),
    ] {
        assert_eq!(begun(&tofu, day), lines, "{day}");
        assert_eq!(supported_by_git(&tofu, day), lines, "{day}");
    }
}
