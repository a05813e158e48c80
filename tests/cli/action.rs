//! The action: inputs, events and what it leaves behind.

use std::{collections::BTreeMap, fs, path::Path};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::world::{Database, Repo, Run, TODAY, lock, patchline_in, text};

const SERDE: &str = "serde 1.0.0";

fn database() -> Database {
    let database = Database::new();
    database.add("RUSTSEC-2031-0001", "clock", "patched = [\">= 0.2.0\"]", "");
    database
}

/// A step of a workflow: its files, and what the event says.
pub(crate) struct Step {
    folder: TempDir,
}

impl Step {
    pub(crate) fn new(payload: &Value) -> Self {
        let folder = TempDir::new().expect("a folder");
        fs::write(folder.path().join("event.json"), payload.to_string()).expect("written");
        Self { folder }
    }

    pub(crate) fn path(&self, name: &str) -> String {
        self.folder.path().join(name).to_str().expect("UTF-8").to_owned()
    }

    /// Runs the action as the runner does, with these inputs and further variables.
    pub(crate) fn run(
        &self,
        workspace: &Path,
        event: &str,
        inputs: &[(&str, &str)],
        more: &[(&str, &str)],
    ) -> Run {
        let mut environment = vec![
            ("CI".to_owned(), "true".to_owned()),
            ("GITHUB_ACTIONS".to_owned(), "true".to_owned()),
            ("GITHUB_EVENT_NAME".to_owned(), event.to_owned()),
            ("GITHUB_EVENT_PATH".to_owned(), self.path("event.json")),
            ("GITHUB_OUTPUT".to_owned(), self.path("output")),
            ("GITHUB_STEP_SUMMARY".to_owned(), self.path("summary.md")),
        ];
        // The runner sets a variable for every input.
        for name in patchline::cli::action::NAMES {
            let given = inputs.iter().find(|(known, _)| *known == name);
            let value = given.map(|(_, value)| (*value).to_owned()).unwrap_or_default();
            environment.push((patchline::cli::action::variable(name), value));
        }
        environment.extend(more.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())));
        let environment: Vec<(&str, &str)> =
            environment.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
        patchline_in(workspace, &["action", "--as-of", TODAY], &environment)
    }

    /// The outputs, as the runner reads them: a name, a delimiter, a value up to that.
    pub(crate) fn outputs(&self) -> BTreeMap<String, String> {
        let text = fs::read_to_string(self.folder.path().join("output")).unwrap_or_default();
        let mut outputs = BTreeMap::new();
        let mut rows = text.lines();
        while let Some(row) = rows.next() {
            let (name, delimiter) = row.split_once("<<").expect("a name and a delimiter");
            let value: Vec<&str> = rows.by_ref().take_while(|row| *row != delimiter).collect();
            outputs.insert(name.to_owned(), value.join("\n"));
        }
        outputs
    }

    pub(crate) fn summary(&self) -> String {
        fs::read_to_string(self.folder.path().join("summary.md")).unwrap_or_default()
    }
}

fn repository() -> Value {
    json!({ "full_name": "ferry/boat", "default_branch": "main" })
}

/// The report that a run left in a workspace.
pub(crate) fn report(workspace: &Path) -> Value {
    let text = fs::read_to_string(workspace.join("patchline/patchline.json")).expect("a report");
    serde_json::from_str(&text).expect("JSON")
}

#[test]
fn a_scheduled_run_looks_at_every_line() {
    let old = lock(&[SERDE, "clock 0.1.0"]);
    let repo = Repo::with_line(&old, &old);
    let database = database();
    let place = database.path().to_str().expect("UTF-8").to_owned();
    let step = Step::new(&json!({ "schedule": "37 3 * * *", "repository": repository() }));
    let run = step.run(repo.path(), "schedule", &[("database", &place)], &[]);
    assert_eq!(run.code, 1, "{}{}", run.stdout, run.stderr);
    let report = report(repo.path());
    assert_eq!(text(&report["outcome"]), "fail");
    assert_eq!(report["proposal"], Value::Null);
    let outputs = step.outputs();
    for (name, value) in [
        ("outcome", "fail"),
        ("report", "patchline/patchline.json"),
        ("sarif", "patchline/patchline.sarif"),
        ("lines", "[\"1.0\",\"main\"]"),
        ("unpatched-lines", "[\"1.0\",\"main\"]"),
        ("failing", "2"),
        ("unpatched", "2"),
        ("uploads", "[]"),
    ] {
        assert_eq!(outputs[name], value, "{name}");
    }
    assert!(step.summary().contains("RUSTSEC-2031-0001"), "{}", step.summary());
    assert!(run.stdout.contains("\n::error title="), "{}", run.stdout);
    for name in ["patchline.sarif", "lines/1.0.sarif", "lines/main.sarif"] {
        assert!(repo.path().join("patchline").join(name).is_file(), "{name}");
    }
}

#[test]
fn wrong_inputs_are_named_at_once_and_told_to_the_workflow() {
    let repo = Repo::with_line(&lock(&[SERDE]), &lock(&[SERDE]));
    let step = Step::new(&json!({ "repository": repository() }));
    let inputs = [("upload", "maybe"), ("shard", "0/2")];
    let run = step.run(repo.path(), "push", &inputs, &[]);
    assert_eq!(run.code, 2, "{}", run.stderr);
    for words in ["the input `upload`: `maybe` is none of", "the input `shard`: write it as I/N"] {
        assert!(run.stderr.contains(words), "{}", run.stderr);
    }
    assert_eq!(step.outputs()["outcome"], "usage");
}

#[test]
fn a_pull_request_that_cannot_be_read_is_no_push() {
    let repo = Repo::with_line(&lock(&[SERDE]), &lock(&[SERDE]));
    let database = database();
    let place = database.path().to_str().expect("UTF-8").to_owned();
    let step = Step::new(&json!({ "repository": repository(), "pull_request": { "number": 1 } }));
    let run = step.run(repo.path(), "pull_request", &[("database", &place)], &[]);
    assert_eq!(run.code, 4, "{}", run.stderr);
    assert!(run.stderr.contains("nobody can tell which change this is about"), "{}", run.stderr);
    assert_eq!(step.outputs()["outcome"], "broken");
}

#[test]
fn a_pull_request_is_judged_by_its_merge() {
    let old = lock(&[SERDE, "clock 0.1.0"]);
    let repo = Repo::with_line(&lock(&[SERDE]), &old);
    // Somebody else's flaw is on the branch; the change brings another package.
    repo.commit("change", &[("Cargo.lock", &old), ("NEWS", "x")], "2031-04-01");
    let head = repo.git(&["rev-parse", "change"]);
    let base = repo.git(&["rev-parse", "main"]);
    repo.git(&["checkout", "-q", "--detach", "main"]);
    repo.git_on("2031-04-02", &["merge", "-q", "--no-ff", "-m", "Merge", "change"]);
    let merged = repo.git(&["rev-parse", "HEAD"]);
    let payload = json!({
        "repository": repository(),
        "pull_request": {
            "number": 7, "author_association": "NONE",
            "base": { "ref": "main", "sha": base.trim(), "repo": repository() },
            "head": { "ref": "change", "sha": head.trim(), "repo": { "full_name": "x/boat" } },
        },
    });
    let database = database();
    let place = database.path().to_str().expect("UTF-8").to_owned();
    let step = Step::new(&payload);
    let sha = [("GITHUB_SHA", merged.trim())];
    let run = step.run(repo.path(), "pull_request", &[("database", &place)], &sha);
    assert_eq!(run.code, 0, "{}{}", run.stdout, run.stderr);
    let report = report(repo.path());
    let main = report["lines"].as_array().expect("lines").iter().find(|l| text(&l["id"]) == "main");
    assert_eq!(text(&main.expect("main")["head"]["commit"]), merged.trim());
}

#[test]
fn nothing_is_written_outside_of_the_workspace() {
    let repo = Repo::with_line(&lock(&[SERDE]), &lock(&[SERDE]));
    let elsewhere = TempDir::new().expect("a folder");
    let step = Step::new(&json!({ "repository": repository() }));
    let run = step.run(repo.path(), "push", &[("output", "../out")], &[]);
    assert_eq!(run.code, 2, "{}", run.stderr);
    assert!(run.stderr.contains("does not lie in the workspace"), "{}", run.stderr);
    std::os::unix::fs::symlink(elsewhere.path(), repo.path().join("patchline")).expect("a link");
    let run = step.run(repo.path(), "push", &[], &[]);
    assert_eq!(run.code, 2, "{}", run.stderr);
    assert_eq!(fs::read_dir(elsewhere.path()).expect("a folder").count(), 0);
}
