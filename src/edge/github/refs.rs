//! The branches and tags of a repository, with their commits, trees and dates: by GraphQL, a hundred
//! of each a request, and where nobody speaks that, by REST, object by object.
//!
//! <https://docs.github.com/en/graphql/reference/objects#ref>,
//! <https://docs.github.com/en/rest/git/refs>

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{
    Failure, Session,
    http::{Method, Request},
};
use crate::{edge::git::Listing, model::CommitId};

/// A hundred refs a page.
const MOST_PAGES: usize = 200;
/// By REST, no more objects than this are asked for one by one.
const MOST_OBJECTS: usize = 500;
/// A tag of a tag of a tag is nobody's release.
const DEEPEST_TAG: usize = 4;
const REFS: &str = "query($owner:String!,$name:String!,$heads:Boolean!,$tags:Boolean!,\
    $headsAfter:String,$tagsAfter:String){repository(owner:$owner,name:$name){\
    defaultBranchRef{name}\
    heads:refs(refPrefix:\"refs/heads/\",first:100,after:$headsAfter)@include(if:$heads){...Page}\
    tags:refs(refPrefix:\"refs/tags/\",first:100,after:$tagsAfter)@include(if:$tags){...Page}}\
    rateLimit{cost remaining resetAt}}\
    fragment Page on RefConnection{pageInfo{hasNextPage endCursor}nodes{name target{...Target \
    ...on Tag{target{...Target ...on Tag{target{...Target}}}}}}}\
    fragment Target on GitObject{__typename oid ...on Commit{committedDate tree{oid}}\
    ...on Tag{tagger{date}}}";

/// What GitHub lists.
#[derive(Clone, Debug, Default)]
pub struct Repository {
    pub listing: Listing,
    /// The tree of each commit, as far as it was told.
    pub trees: BTreeMap<CommitId, String>,
    /// GraphQL is spoken here.
    pub has_graphql: bool,
    /// Why these are not all of them.
    pub missing: Option<Failure>,
}

impl Session {
    /// Asks in GraphQL; what it says of an error is a failure.
    pub(super) async fn query(&mut self, query: &str, variables: Value) -> Result<Value, Failure> {
        let address = self.graphql();
        let body = json!({ "query": query, "variables": variables }).to_string();
        let request = Request::to(Method::Post, &address, Some(&body));
        // Nothing is written, so it may be asked twice.
        let request = Request { is_repeatable: true, ..request };
        let mut answer = self.document(&request, |_, _| None).await?;
        let data = answer["data"].take();
        if data.is_object() && answer["errors"].as_array().is_none_or(Vec::is_empty) {
            return Ok(data);
        }
        let said = answer.pointer("/errors/0/message").and_then(Value::as_str);
        let said = said.unwrap_or("there is no data in the answer");
        let hint = "may the token read the repository? It needs `contents: read`";
        Err(self.shown(Failure::of(format!("GitHub answers with an error: {said}"), hint)))
    }

    /// All branches and tags.
    pub async fn repository(&mut self) -> Result<Repository, Failure> {
        let mut found = Repository { has_graphql: true, ..Repository::default() };
        match self.refs_by_query(&mut found).await {
            Ok(()) => {}
            Err(failure) if !found.listing.refs.is_empty() => {
                found.missing = Some(failure);
            }
            Err(_) => {
                found = Repository::default();
                self.refs_by_rest(&mut found).await?;
            }
        }
        found.listing.refs.sort();
        Ok(found)
    }

    async fn refs_by_query(&mut self, found: &mut Repository) -> Result<(), Failure> {
        let (mut heads, mut tags) = (Some(Value::Null), Some(Value::Null));
        for _ in 0..MOST_PAGES {
            let variables = json!({
                "owner": self.of.owner, "name": self.of.name,
                "heads": heads.is_some(), "tags": tags.is_some(),
                "headsAfter": heads, "tagsAfter": tags,
            });
            let data = self.query(REFS, variables).await?;
            let repository = &data["repository"];
            if !repository.is_object() {
                return Err(self.not_there());
            }
            if let Some(name) = repository.pointer("/defaultBranchRef/name").and_then(Value::as_str)
            {
                found.listing.default = Some(format!("refs/heads/{name}"));
            }
            let sides = [(&mut heads, "heads", "refs/heads/"), (&mut tags, "tags", "refs/tags/")];
            for (after, key, prefix) in sides {
                if after.is_none() {
                    continue;
                }
                let page = &repository[key];
                let Some(nodes) = page["nodes"].as_array() else {
                    return Err(Failure::of("a page of refs is none", super::CHECK_API));
                };
                for node in nodes {
                    add(found, prefix, node);
                }
                let next = page.pointer("/pageInfo/endCursor").filter(|cursor| cursor.is_string());
                let has_next = page.pointer("/pageInfo/hasNextPage") == Some(&Value::Bool(true));
                let next = next.filter(|next| has_next && Some(*next) != after.as_ref()).cloned();
                *after = next;
            }
            if heads.is_none() && tags.is_none() {
                return Ok(());
            }
        }
        Err(Failure::of(
            format!("there are more than {} branches or tags", MOST_PAGES * 100),
            "clone the repository",
        ))
    }

    async fn refs_by_rest(&mut self, found: &mut Repository) -> Result<(), Failure> {
        let address = self.address("");
        let of = self.of.clone();
        let refused = |status: u16, said: &str| {
            let hint = "is the name right, and may the token read it? It needs `contents: read`";
            let because = format!("GitHub does not show the repository {of}{said}");
            matches!(status, 403 | 404).then(|| Failure::of(because, hint))
        };
        let request = Request::of(address.trim_end_matches('/'));
        let said = self.document(&request, &refused).await?;
        let default = said["default_branch"].as_str();
        found.listing.default = default.map(|name| format!("refs/heads/{name}"));
        for kind in ["heads", "tags"] {
            let path = format!("git/matching-refs/{kind}");
            // A repository without any commit conflicts with the question.
            let listed = self.listed(&path, MOST_PAGES, &refused).await?;
            found.missing = found.missing.take().or(listed.missing);
            for page in &listed.pages {
                let page: Value = serde_json::from_slice(page).unwrap_or_default();
                for one in page.as_array().into_iter().flatten() {
                    self.add_by_rest(found, one).await?;
                }
            }
        }
        Ok(())
    }

    async fn add_by_rest(&mut self, found: &mut Repository, one: &Value) -> Result<(), Failure> {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let (name, object) = (text(&one["ref"]), text(&one["object"]["sha"]));
        let (mut kind, mut id) = (text(&one["object"]["type"]), object.clone());
        let mut date = None;
        for _ in 0..DEEPEST_TAG {
            if kind != "tag" {
                break;
            }
            if found.listing.refs.len() > MOST_OBJECTS {
                found.missing = Some(Failure::of(
                    format!("there are more than {MOST_OBJECTS} tags, and GraphQL is not spoken"),
                    "clone the repository",
                ));
                return Ok(());
            }
            let address = self.address(&format!("git/tags/{id}"));
            let tag = self.document(&Request::of(&address), |_, _| None).await?;
            date = date.or_else(|| moment(&tag["tagger"]["date"]));
            (kind, id) = (text(&tag["object"]["type"]), text(&tag["object"]["sha"]));
        }
        if kind == "commit" {
            found.listing.list(&name, &object, &id, date);
        }
        Ok(())
    }

    /// The tree of a commit and its date.
    pub async fn commit(
        &mut self,
        commit: &CommitId,
    ) -> Result<(String, Option<Timestamp>), Failure> {
        let address = self.address(&format!("git/commits/{}", commit.0));
        let said = self.document(&Request::of(&address), |_, _| None).await?;
        let tree = said["tree"]["sha"].as_str().unwrap_or_default().to_owned();
        Ok((tree, moment(&said["committer"]["date"])))
    }

    /// Where two histories part: <https://docs.github.com/en/rest/commits/commits#compare-two-commits>.
    pub async fn merge_base(
        &mut self,
        one: &CommitId,
        other: &CommitId,
    ) -> Result<CommitId, Failure> {
        let address = self.address(&format!("compare/{}...{}?per_page=1", one.0, other.0));
        let said = self.document(&Request::of(&address), |_, _| None).await?;
        let base = said.pointer("/merge_base_commit/sha").and_then(Value::as_str);
        let is_id = |id: &&str| id.len() == 40 && id.bytes().all(|byte| byte.is_ascii_hexdigit());
        let broken = || Failure::of("what came names no common commit", super::CHECK_API);
        base.filter(is_id).map(|id| CommitId(id.to_owned())).ok_or_else(broken)
    }

    fn not_there(&self) -> Failure {
        Failure::of(
            format!("GitHub does not show the repository {}", self.of),
            "is the name right, and may the token read it? It needs `contents: read`",
        )
    }
}

/// Takes a ref of a page. What leads to no commit is neither a branch nor a release.
fn add(found: &mut Repository, prefix: &str, node: &Value) {
    let object = &node["target"];
    let (mut target, mut date) = (object, None);
    for _ in 0..DEEPEST_TAG {
        if target["__typename"] != "Tag" {
            break;
        }
        date = date.or_else(|| moment(&target["tagger"]["date"]));
        target = &target["target"];
    }
    let texts = (node["name"].as_str(), object["oid"].as_str(), target["oid"].as_str());
    let (Some(name), Some(object), Some(commit)) = texts else { return };
    if target["__typename"] != "Commit" {
        return;
    }
    if let Some(tree) = target.pointer("/tree/oid").and_then(Value::as_str) {
        found.trees.insert(CommitId(commit.to_owned()), tree.to_owned());
    }
    let date = date.or_else(|| moment(&target["committedDate"]));
    found.listing.list(&format!("{prefix}{name}"), object, commit, date);
}

fn moment(value: &Value) -> Option<Timestamp> {
    value.as_str()?.parse().ok()
}
