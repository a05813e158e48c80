//! What GitHub has already, read from its pages of JSON.
//!
//! The pages are known to be lists. An element that lacks what is needed is left out, and so is what
//! is not ours; whether all pages came is told by whoever asked for them.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use crate::{model::CommitId, report::sarif};

/// What was read; `None`: nobody asked or nobody answered, so nothing may be concluded from it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Remote {
    /// Newest first, as far as they were read.
    pub analyses: Option<Vec<Analysis>>,
    /// What was asked of refs; see [`super::ended`].
    pub refs: BTreeMap<String, Reference>,
    /// In every state.
    pub issues: Option<Vec<Issue>>,
    /// Those of the pull request that the run is about.
    pub comments: Option<Vec<Comment>>,
    /// Whom everything is written as.
    pub viewer: Option<String>,
}

/// An issue, and no pull request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Issue {
    pub number: u64,
    pub title: String,
    pub body: String,
    /// Empty: whoever it was is gone.
    pub author: String,
    pub labels: Vec<String>,
    pub is_open: bool,
}

/// A comment on a pull request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comment {
    pub id: u64,
    /// Empty: whoever it was is gone.
    pub author: String,
    pub body: String,
}

/// An analysis of ours in code scanning.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Analysis {
    pub id: u64,
    /// The full ref.
    pub reference: String,
    pub commit: CommitId,
    pub category: String,
    pub created: String,
    pub results: u64,
}

/// Whether a ref is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reference {
    /// `None`: it leads to something else than a commit, such as an annotated tag.
    There(Option<CommitId>),
    Gone,
}

/// The analyses of ours on these pages, newest first.
pub fn analyses(pages: &[Vec<u8>]) -> Vec<Analysis> {
    #[derive(Deserialize)]
    struct Raw {
        id: u64,
        #[serde(rename = "ref")]
        reference: String,
        commit_sha: String,
        #[serde(default)]
        category: Option<String>,
        created_at: String,
        results_count: u64,
        tool: Tool,
    }
    #[derive(Deserialize)]
    struct Tool {
        name: String,
    }
    let raw = elements(pages).filter_map(|element| Raw::deserialize(element).ok());
    let ours = raw.filter(|raw| raw.tool.name == sarif::TOOL && is_commit(&raw.commit_sha));
    let mut analyses: Vec<Analysis> = ours
        .map(|raw| Analysis {
            id: raw.id,
            reference: raw.reference,
            commit: CommitId(raw.commit_sha),
            category: raw.category.unwrap_or_default(),
            created: raw.created_at,
            results: raw.results_count,
        })
        .collect();
    // Days and times of one form are in order as text.
    analyses.sort_by(|a, b| (&b.created, b.id).cmp(&(&a.created, a.id)));
    analyses.dedup_by_key(|analysis| analysis.id);
    analyses
}

/// The issues on these pages, by their numbers, each once.
pub fn issues(pages: &[Vec<u8>]) -> Vec<Issue> {
    let issues = elements(pages).filter(|element| element.get("pull_request").is_none());
    let mut issues: Vec<Issue> = issues
        .filter_map(|element| {
            let labels = element.get("labels").and_then(Value::as_array).into_iter().flatten();
            // A label is an object, or only its name.
            let name = |label: &Value| {
                label.as_str().or_else(|| label.get("name")?.as_str()).map(str::to_owned)
            };
            Some(Issue {
                number: element.get("number")?.as_u64()?,
                title: text(&element, "title"),
                body: text(&element, "body"),
                author: author(&element),
                labels: labels.filter_map(name).collect(),
                is_open: element.get("state")?.as_str()? == "open",
            })
        })
        .collect();
    issues.sort_by_key(|issue| issue.number);
    issues.dedup_by_key(|issue| issue.number);
    issues
}

/// The comments on these pages.
pub fn comments(pages: &[Vec<u8>]) -> Vec<Comment> {
    let comment = |element: Value| {
        let id = element.get("id")?.as_u64()?;
        Some(Comment { id, author: author(&element), body: text(&element, "body") })
    };
    elements(pages).filter_map(comment).collect()
}

fn text(element: &Value, key: &str) -> String {
    element.get(key).and_then(Value::as_str).unwrap_or_default().to_owned()
}

fn author(element: &Value) -> String {
    element.get("user").map(|user| text(user, "login")).unwrap_or_default()
}

/// What a page of refs that begin with a name says of that very ref.
pub fn reference(page: &[u8], name: &str) -> Reference {
    let found = elements(std::slice::from_ref(&page.to_vec()))
        .find(|element| element.get("ref").and_then(Value::as_str) == Some(name));
    let Some(found) = found else { return Reference::Gone };
    let text = |key: &str| found.get("object")?.get(key)?.as_str();
    let commit = text("sha").filter(|sha| text("type") == Some("commit") && is_commit(sha));
    Reference::There(commit.map(|sha| CommitId(sha.to_owned())))
}

/// The elements of all pages.
pub(super) fn elements(pages: &[Vec<u8>]) -> impl Iterator<Item = Value> {
    pages.iter().flat_map(|page| serde_json::from_slice::<Vec<Value>>(page).unwrap_or_default())
}

/// Forty digits, or 64 in a repository with SHA-256.
pub(super) fn is_commit(text: &str) -> bool {
    matches!(text.len(), 40 | 64)
        && text.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
}
