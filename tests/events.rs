//! Events as GitHub sends them: every example of `@octokit/webhooks-examples`, of github.com and of
//! Enterprise Servers, where `.ci/run` has brought them.
#![expect(
    clippy::disallowed_methods,
    clippy::print_stderr,
    reason = "tests read what is there, and say what they skipped"
)]

use std::{collections::BTreeMap, fs, path::Path};

use patchline::event::{self, Kind};
use serde_json::Value;

/// Each file of examples, by the edition that it is of.
fn examples() -> Vec<(String, Vec<Value>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("target/ci/webhooks/node_modules/@octokit/webhooks-examples");
    let Ok(editions) = fs::read_dir(&folder) else {
        eprintln!("skipped: GitHub's example events are not here; .ci/run brings them");
        return Vec::new();
    };
    let mut found = Vec::new();
    for edition in editions {
        let path = edition.expect("an entry").path();
        let Ok(text) = fs::read_to_string(path.join("index.json")) else { continue };
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        found.push((name, serde_json::from_str(&text).expect("a list of events")));
    }
    found
}

#[test]
fn every_event_that_github_sends_is_read_for_what_it_is() {
    let mut count: BTreeMap<&str, usize> = BTreeMap::new();
    let examples = examples();
    for (edition, events) in &examples {
        for event in events {
            let name = event["name"].as_str().expect("a name");
            for payload in event["examples"].as_array().expect("examples") {
                let read = event::read(name, payload.to_string().as_bytes());
                assert_eq!(
                    read.default_branch.as_deref(),
                    payload["repository"]["default_branch"].as_str(),
                    "{edition} {name}"
                );
                let kind = match &read.kind {
                    Kind::PullRequest(pull) => {
                        let said = &payload["pull_request"];
                        assert_eq!(said["number"], pull.number, "{edition}");
                        assert_eq!(said["base"]["ref"], *pull.into, "{edition}");
                        assert_eq!(said["base"]["sha"], *pull.base.0, "{edition}");
                        assert_eq!(said["head"]["sha"], *pull.head.0, "{edition}");
                        let repository = |side: &str| &said[side]["repo"]["id"];
                        let is_fork = repository("base") != repository("head");
                        assert_eq!(pull.is_fork, is_fork, "{edition}");
                        assert!(!pull.has_secrets);
                        "pull request"
                    }
                    Kind::MergeGroup(group) => {
                        let said = &payload["merge_group"];
                        assert_eq!(said["base_sha"], *group.base.0, "{edition}");
                        assert_eq!(said["head_sha"], *group.head.0, "{edition}");
                        assert_eq!(said["base_ref"], format!("refs/heads/{}", group.into));
                        "merge group"
                    }
                    Kind::Push { reference } => {
                        assert_eq!(payload["ref"].as_str(), reference.as_deref(), "{edition}");
                        "push"
                    }
                    Kind::Dispatch => "dispatch",
                    Kind::Schedule => "schedule",
                    Kind::Other => "other",
                    Kind::Unreadable { because } => panic!("{edition} {name}: {because}"),
                };
                let expected = match name {
                    "pull_request" | "pull_request_review" | "pull_request_review_comment" => {
                        "pull request"
                    }
                    "merge_group" => "merge group",
                    "push" => "push",
                    "workflow_dispatch" | "repository_dispatch" => "dispatch",
                    _ => "other",
                };
                assert_eq!(kind, expected, "{edition} {name}");
                *count.entry(kind).or_default() += 1;
            }
        }
    }
    if !examples.is_empty() {
        for (kind, least) in [("pull request", 29), ("merge group", 2), ("push", 7), ("other", 100)]
        {
            assert!(count.get(kind).is_some_and(|count| *count >= least), "{kind}: {count:?}");
        }
    }
}

#[test]
fn a_cut_event_of_a_change_is_never_taken_for_another_kind() {
    for (edition, events) in examples() {
        for event in events.iter().filter(|event| event["name"] == "pull_request").take(1) {
            let whole = event["examples"][0].to_string();
            for end in (0..whole.len()).step_by(199) {
                let read = event::read("pull_request", &whole.as_bytes()[..end]);
                assert!(matches!(read.kind, Kind::Unreadable { .. }), "{edition}: {end}");
            }
        }
    }
}
