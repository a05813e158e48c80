//! Issues: <https://docs.github.com/en/rest/issues/issues>. What people set, labels and assignees, is
//! given to a new issue and never replaced.

use serde_json::{Value, json};

use super::{
    CHECK_API, Done, Failure, Listed, Refused, RepositoryName, Scope, Session, http::Method,
};
use crate::{
    escape,
    publish::{Change, LABEL, NewIssue, Turn},
};

/// Five thousand issues of ours are nobody's list.
const MOST_PAGES: usize = 50;
/// Whoever lost our label is among what we changed last.
const MOST_PAGES_OF_OURS: usize = 5;
const PERMISSION: &str = "give the job `permissions: issues: write`";

impl Session {
    /// All issues with our label; those that we opened too, as far as they fit on a few pages.
    pub async fn issues(&mut self, viewer: Option<&str>) -> Result<Listed, Failure> {
        let of = self.of.clone();
        let meaning = |status, said: &str| refused(&of, "read", status, said);
        let path = format!(
            "issues?state=all&labels={}&sort=created&direction=asc&per_page=100",
            escape::query(LABEL)
        );
        let mut listed = self.listed(&path, MOST_PAGES, meaning).await?;
        if let (Some(viewer), None) = (viewer, &listed.missing) {
            let path = format!(
                "issues?state=all&creator={}&sort=updated&direction=desc&per_page=100",
                escape::query(viewer)
            );
            // An issue that lost its label is found again, and without this list it would be opened twice.
            let ours = self.listed(&path, MOST_PAGES_OF_OURS, meaning).await?;
            listed.pages.extend(ours.pages);
        }
        Ok(listed)
    }

    pub(super) async fn open_issue(&mut self, issue: &NewIssue) -> Result<Done, Refused> {
        let body = json!({
            "title": issue.title,
            "body": issue.body,
            "labels": issue.labels,
            "assignees": issue.assignees,
        });
        let of = self.of.clone();
        let meaning = |status, said: &str| match status {
            422 => Some(Failure::of(
                format!("GitHub does not take the issue{said}"),
                "are the `labels` and `assignees` of [publish] those of the repository?",
            )),
            _ => refused(&of, "write", status, said),
        };
        let reply = self.send(Method::Post, "issues", &body, meaning).await?;
        done(&reply, "number")
    }

    pub(super) async fn change_issue(&mut self, change: &Change) -> Result<Done, Refused> {
        let mut body = serde_json::Map::new();
        body.extend(change.body.as_ref().map(|text| ("body".to_owned(), json!(text))));
        if let Some(turn) = change.turn {
            let (state, reason) = match turn {
                Turn::Completed => ("closed", "completed"),
                Turn::NotPlanned => ("closed", "not_planned"),
                Turn::Reopened => ("open", "reopened"),
            };
            body.insert("state".to_owned(), json!(state));
            body.insert("state_reason".to_owned(), json!(reason));
        }
        let of = self.of.clone();
        let path = format!("issues/{}", change.number);
        let meaning = |status, said: &str| refused(&of, "write", status, said);
        let reply = self.send(Method::Patch, &path, &Value::Object(body), meaning).await?;
        done(&reply, "number")
    }
}

/// What was written, if the answer says so: a redirect may have made a question of it.
pub(super) fn done(reply: &Value, id: &str) -> Result<Done, Refused> {
    if reply.get(id).and_then(Value::as_u64).is_none() {
        let failure = Failure::of("GitHub answers, and not that anything was written", CHECK_API);
        return Err(Refused { failure, scope: Scope::One });
    }
    let address = reply.get("html_url").and_then(Value::as_str).map(str::to_owned);
    Ok(Done { address, sarif: None })
}

fn refused(of: &RepositoryName, verb: &str, status: u16, said: &str) -> Option<Failure> {
    let says = |word: &str| said.to_lowercase().contains(word);
    let off = "write `issues = \"off\"` into [publish]";
    Some(match status {
        410 => Failure::of(
            format!("the issues of {of} are not turned on{said}"),
            format!("turn them on in the repository's settings, or {off}"),
        ),
        403 if says("archived") => Failure::of(
            format!("nobody can {verb} the issues of an archived repository{said}"),
            off,
        ),
        403 => {
            Failure::of(format!("the token may not {verb} the issues of {of}{said}"), PERMISSION)
        }
        404 => Failure::of(
            format!(
                "GitHub shows no such issues of {of}: the repository is not there, or the token may \
                 not see it{said}"
            ),
            PERMISSION,
        ),
        _ => return None,
    })
}
