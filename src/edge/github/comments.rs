//! Comments on pull requests, which are those of issues:
//! <https://docs.github.com/en/rest/issues/comments>.

use serde_json::json;

use super::{Done, Failure, Listed, Refused, RepositoryName, Session, http::Method, issues::done};
use crate::publish::{CommentChange, NewComment};

/// Two thousand comments are nobody's conversation.
const MOST_PAGES: usize = 20;
const PERMISSION: &str =
    "give the job `permissions: pull-requests: write`, which pull requests of forks never get";

impl Session {
    /// The comments on a pull request.
    pub async fn comments(&mut self, number: u64) -> Result<Listed, Failure> {
        let of = self.of.clone();
        let path = format!("issues/{number}/comments?per_page=100");
        self.listed(&path, MOST_PAGES, |status, said| refused(&of, "read", status, said)).await
    }

    pub(super) async fn add_comment(&mut self, comment: &NewComment) -> Result<Done, Refused> {
        let path = format!("issues/{}/comments", comment.number);
        let of = self.of.clone();
        let meaning = |status, said: &str| refused(&of, "write", status, said);
        let body = json!({ "body": comment.body });
        let reply = self.send(Method::Post, &path, &body, meaning).await?;
        done(&reply, "id")
    }

    pub(super) async fn change_comment(&mut self, change: &CommentChange) -> Result<Done, Refused> {
        let path = format!("issues/comments/{}", change.id);
        let of = self.of.clone();
        let meaning = |status, said: &str| refused(&of, "write", status, said);
        let body = json!({ "body": change.body });
        let reply = self.send(Method::Patch, &path, &body, meaning).await?;
        done(&reply, "id")
    }
}

fn refused(of: &RepositoryName, verb: &str, status: u16, said: &str) -> Option<Failure> {
    let says = |word: &str| said.to_lowercase().contains(word);
    Some(match status {
        403 if says("archived") => Failure::of(
            format!("nobody can {verb} comments of an archived repository{said}"),
            "write `comment = \"off\"` into [publish]",
        ),
        403 if says("locked") => Failure::of(
            format!("the conversation is locked{said}"),
            "unlock it, or read the job summary",
        ),
        403 => Failure::of(
            format!("the token may not {verb} comments on pull requests of {of}{said}"),
            PERMISSION,
        ),
        404 | 410 => Failure::of(
            format!("GitHub shows no such conversation in {of}, or the token may not see it{said}"),
            PERMISSION,
        ),
        _ => return None,
    })
}
