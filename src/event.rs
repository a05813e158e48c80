//! What a workflow of GitHub Actions runs for: the event's name and payload → what is asked of us.
//!
//! Payloads are written by GitHub and filled by strangers: a title or a branch name is theirs, a
//! number, a commit or an author's standing is not. Only what decides something is read. Whatever
//! cannot be read is named: a pull request that nobody understands is no push.
//!
//! <https://docs.github.com/en/actions/reference/workflows-and-actions/events-that-trigger-workflows>

use serde_json::Value;

use crate::model::CommitId;

/// What started a workflow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// `pull_request`, `schedule`.
    pub name: String,
    pub kind: Kind,
    /// `owner/name`
    pub repository: Option<String>,
    pub default_branch: Option<String>,
    /// The event says that only members read the repository: it is not public, and not internal to a
    /// company either.
    pub is_private: bool,
}

/// What follows from the event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    PullRequest(PullRequest),
    /// A group of changes in a merge queue.
    MergeGroup(MergeGroup),
    /// Commits on a branch or a tag: the full ref.
    Push {
        reference: Option<String>,
    },
    Schedule,
    /// Somebody, or another program, asked for it.
    Dispatch,
    /// Something else, which is about the default branch.
    Other,
    /// It says that it is about a change, and not about which.
    Unreadable {
        because: String,
    },
}

/// A pull request, as far as it decides something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PullRequest {
    pub number: u64,
    /// The branch that it would change.
    pub into: String,
    /// That branch's newest commit when the event was made.
    pub base: CommitId,
    /// The change's newest commit.
    pub head: CommitId,
    /// Its commits come from another repository, or from one that is gone.
    pub is_fork: bool,
    /// What the author is to the repository, in lower case and with hyphens: `first-time-contributor`.
    pub association: String,
    /// The workflow has the base's secrets, whoever wrote the change: `pull_request_target`.
    pub has_secrets: bool,
}

/// A group of a merge queue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MergeGroup {
    /// The branch that it would change.
    pub into: String,
    pub base: CommitId,
    pub head: CommitId,
}

/// Reads an event.
pub fn read(name: &str, payload: &[u8]) -> Event {
    let payload: Value = serde_json::from_slice(payload).unwrap_or(Value::Null);
    let repository = &payload["repository"];
    let text = |value: &Value| value.as_str().filter(|text| !text.is_empty()).map(str::to_owned);
    let kind = match name {
        // Reviews start workflows at the change, too.
        "pull_request" | "pull_request_review" | "pull_request_review_comment" => {
            pull_request(&payload, false)
        }
        "pull_request_target" => pull_request(&payload, true),
        "merge_group" => merge_group(&payload["merge_group"]),
        "push" => Kind::Push { reference: text(&payload["ref"]) },
        "schedule" => Kind::Schedule,
        "workflow_dispatch" | "repository_dispatch" => Kind::Dispatch,
        _ => Kind::Other,
    };
    Event {
        name: name.to_owned(),
        kind,
        repository: text(&repository["full_name"]),
        default_branch: text(&repository["default_branch"]),
        is_private: is_private(repository),
    }
}

/// <https://docs.github.com/en/webhooks/webhook-events-and-payloads#push>
fn is_private(repository: &Value) -> bool {
    let visibility = repository["visibility"].as_str();
    repository["private"] == true && visibility.is_none_or(|visibility| visibility == "private")
}

fn pull_request(payload: &Value, has_secrets: bool) -> Kind {
    let said = &payload["pull_request"];
    let (base, head) = (&said["base"], &said["head"]);
    let number = said["number"].as_u64().or_else(|| payload["number"].as_u64());
    let found = (number, branch(&base["ref"]), commit(&base["sha"]), commit(&head["sha"]));
    let (Some(number), Some(into), Some(base_commit), Some(head_commit)) = found else {
        let because = "the event does not say which commits of which branches the pull request has";
        return Kind::Unreadable { because: because.to_owned() };
    };
    // A deleted repository of the head is null: nobody knows whose it was.
    let is_own = match (base["repo"]["full_name"].as_str(), head["repo"]["full_name"].as_str()) {
        (Some(base), Some(head)) => base.eq_ignore_ascii_case(head),
        _ => false,
    };
    let association = said["author_association"].as_str().unwrap_or("none");
    Kind::PullRequest(PullRequest {
        number,
        into,
        base: base_commit,
        head: head_commit,
        is_fork: !is_own,
        association: association.to_ascii_lowercase().replace('_', "-"),
        has_secrets,
    })
}

fn merge_group(said: &Value) -> Kind {
    let found = (branch(&said["base_ref"]), commit(&said["base_sha"]), commit(&said["head_sha"]));
    let (Some(into), Some(base), Some(head)) = found else {
        let because = "the event does not say which commits of which branch are to be merged";
        return Kind::Unreadable { because: because.to_owned() };
    };
    Kind::MergeGroup(MergeGroup { into, base, head })
}

/// A branch's short name, from that or from the full ref.
fn branch(value: &Value) -> Option<String> {
    let name = value.as_str()?;
    let short = name.strip_prefix("refs/heads/").unwrap_or(name);
    (!short.is_empty()).then(|| short.to_owned())
}

/// A commit, by all of its digits.
fn commit(value: &Value) -> Option<CommitId> {
    let id = value.as_str()?;
    let is_id = matches!(id.len(), 40 | 64) && id.bytes().all(|byte| byte.is_ascii_hexdigit());
    // Zeroes stand for "there was none".
    (is_id && id.bytes().any(|byte| byte != b'0')).then(|| CommitId(id.to_ascii_lowercase()))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn id(digit: char) -> String {
        digit.to_string().repeat(40)
    }

    fn payload(head_repository: &Value) -> Value {
        json!({
            "number": 7,
            "repository": { "full_name": "ferry/boat", "default_branch": "main" },
            "pull_request": {
                "number": 7,
                "author_association": "FIRST_TIME_CONTRIBUTOR",
                "base": { "ref": "release-1.2", "sha": id('a'), "repo": { "full_name": "ferry/boat" } },
                "head": { "ref": "fix", "sha": id('B'), "repo": head_repository },
            }
        })
    }

    fn kind(name: &str, payload: &Value) -> Kind {
        read(name, payload.to_string().as_bytes()).kind
    }

    #[test]
    fn a_pull_request_is_known_by_its_commits_and_its_author() {
        let expected = PullRequest {
            number: 7,
            into: "release-1.2".to_owned(),
            base: CommitId(id('a')),
            head: CommitId(id('b')),
            is_fork: true,
            association: "first-time-contributor".to_owned(),
            has_secrets: false,
        };
        for (repository, is_fork) in [
            (json!({ "full_name": "ferry/boat" }), false),
            (json!({ "full_name": "Ferry/Boat" }), false),
            (json!({ "full_name": "stranger/boat" }), true),
            (Value::Null, true),
        ] {
            let found = kind("pull_request", &payload(&repository));
            assert_eq!(found, Kind::PullRequest(PullRequest { is_fork, ..expected.clone() }));
        }
        let found = kind("pull_request_target", &payload(&Value::Null));
        assert_eq!(found, Kind::PullRequest(PullRequest { has_secrets: true, ..expected }));
    }

    #[test]
    fn a_merge_queue_names_its_commits() {
        let group = json!({ "merge_group": {
            "base_ref": "refs/heads/main", "base_sha": id('c'),
            "head_ref": "refs/heads/gh-readonly-queue/main/pr-7", "head_sha": id('d'),
        }});
        let (base, head) = (CommitId(id('c')), CommitId(id('d')));
        let expected = MergeGroup { into: "main".to_owned(), base, head };
        assert_eq!(kind("merge_group", &group), Kind::MergeGroup(expected));
    }

    #[test]
    fn a_change_that_cannot_be_read_is_nothing_else() {
        for (name, payload) in [
            ("pull_request", Value::Null),
            ("pull_request", json!([])),
            ("pull_request", json!({ "pull_request": { "number": 7 } })),
            ("pull_request_target", json!({ "number": "7" })),
            ("merge_group", json!({ "merge_group": { "base_sha": id('0') } })),
        ] {
            let found = kind(name, &payload);
            assert!(matches!(found, Kind::Unreadable { .. }), "{name}: {found:?}");
        }
    }

    #[test]
    fn the_rest_is_about_branches() {
        let push = json!({ "ref": "refs/heads/main" });
        for (name, payload, expected) in [
            ("push", push, Kind::Push { reference: Some("refs/heads/main".to_owned()) }),
            ("push", Value::Null, Kind::Push { reference: None }),
            ("schedule", json!({ "schedule": "37 3 * * *" }), Kind::Schedule),
            ("workflow_dispatch", json!({}), Kind::Dispatch),
            ("release", json!({}), Kind::Other),
        ] {
            assert_eq!(kind(name, &payload), expected, "{name}");
        }
        let event = read("schedule", payload(&Value::Null).to_string().as_bytes());
        assert_eq!(event.repository.as_deref(), Some("ferry/boat"));
        assert_eq!(event.default_branch.as_deref(), Some("main"));
    }
}
