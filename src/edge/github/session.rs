//! One conversation with GitHub about one repository: one client, so one budget of time and patience
//! for everything that a run asks and writes.
//!
//! Requests are serial, and writes keep the distance that GitHub asks for:
//! <https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api>.

use std::{collections::BTreeSet, time::Duration};

use serde::de::IgnoredAny;
use serde_json::Value;

use super::{
    CHECK_API, Environment, Failure, Github, Listed, RepositoryName,
    http::{self, Answer, Client, Error, Method, Request},
    is_limit,
};
use crate::{escape, publish::Effect};

/// A hundred alerts or issues have a few hundred kB; a hundred issues of the longest have 26 MB.
const LARGEST_PAGE: usize = 32 * 1024 * 1024;
/// All pages together.
const LARGEST: usize = 128 * 1024 * 1024;
const HEADERS: [(&str, &str); 2] =
    [("accept", "application/vnd.github+json"), ("x-github-api-version", "2022-11-28")];

/// How much time is left between what is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    /// Between two writes.
    pub writes: Duration,
    /// Before each look at whether an upload was processed.
    pub looks: [Duration; 5],
}

impl Pace {
    /// With a server on this machine, which nobody else asks: that of a test.
    pub const NEAR: Self =
        Self { writes: Duration::from_millis(1), looks: [Duration::from_millis(5); 5] };

    /// As GitHub asks for it, and as its own action looks: after 5, 15, 35, 75 and 155 seconds.
    pub const STANDARD: Self = Self {
        writes: Duration::from_secs(1),
        looks: [
            Duration::from_secs(5),
            Duration::from_secs(10),
            Duration::from_secs(20),
            Duration::from_secs(40),
            Duration::from_secs(80),
        ],
    };
}

impl Pace {
    /// The pace for the GitHub of an environment.
    pub fn of(environment: &Environment) -> Self {
        if http::is_on_this_machine(&environment.api) { Self::NEAR } else { Self::STANDARD }
    }
}

/// One conversation.
#[derive(Debug)]
pub struct Session {
    github: Github,
    client: Client,
    pub(super) of: RepositoryName,
    pub(super) pace: Pace,
    has_written: bool,
}

/// What was done.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Done {
    /// Where people look at it.
    pub address: Option<String>,
    /// The id of an upload, which is processed later.
    pub sarif: Option<String>,
}

/// What a failure is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    One,
    /// The same would happen to everything in this part of GitHub.
    Feature,
    /// The same would happen to everything.
    All,
}

/// Why something was not done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    pub failure: Failure,
    pub scope: Scope,
}

impl Session {
    pub fn new(github: &Github, of: &RepositoryName, pace: Pace) -> Result<Self, Failure> {
        let client = Client::new(&github.api, Some(&github.token), github.patience)
            .map_err(|error| github.shown(github.explain(&error, |_, _| None)))?;
        let of = of.clone();
        Ok(Self { github: github.clone(), client, of, pace, has_written: false })
    }

    /// Does one thing.
    pub async fn perform(&mut self, effect: &Effect) -> Result<Done, Refused> {
        match effect {
            Effect::Upload(upload) => self.upload(upload).await,
            Effect::DeleteAnalyses(deletion) => self.delete_analyses(deletion).await,
            Effect::OpenIssue(issue) => self.open_issue(issue).await,
            Effect::ChangeIssue(change) => self.change_issue(change).await,
            Effect::AddComment(comment) => self.add_comment(comment).await,
            Effect::ChangeComment(change) => self.change_comment(change).await,
        }
    }

    /// A list of the repository, page by page. `meaning`: see [`Github::explain`].
    pub(super) async fn listed(
        &mut self,
        path: &str,
        most_pages: usize,
        meaning: impl Fn(u16, &str) -> Option<Failure>,
    ) -> Result<Listed, Failure> {
        let mut address = self.address(path);
        let mut asked = BTreeSet::new();
        let (mut pages, mut size) = (Vec::new(), 0);
        loop {
            let (page, next) = match self.page(&address, &meaning).await {
                Ok(page) => page,
                Err(failure) if pages.is_empty() => return Err(failure),
                Err(failure) => {
                    let because =
                        format!("page {} could not be read: {}", pages.len() + 1, failure.because);
                    let missing = self.github.shown(Failure { because, ..failure });
                    return Ok(Listed { pages, missing: Some(missing) });
                }
            };
            size += page.len();
            pages.push(page);
            asked.insert(address);
            let Some(next) = next else { return Ok(Listed { pages, missing: None }) };
            let because = if asked.contains(&next) {
                format!("page {} names a page before it as the next one", pages.len())
            } else if !http::is_same_server(&next, &self.github.api) {
                format!("page {} names the next one on another server", pages.len())
            } else if pages.len() >= most_pages || size >= LARGEST {
                format!("there are more than {} pages, and the rest was not read", pages.len())
            } else {
                address = next;
                continue;
            };
            return Ok(Listed { pages, missing: Some(Failure::of(because, CHECK_API)) });
        }
    }

    /// One page, and the address of the next one.
    pub(super) async fn page(
        &mut self,
        address: &str,
        meaning: &impl Fn(u16, &str) -> Option<Failure>,
    ) -> Result<(Vec<u8>, Option<String>), Failure> {
        match self.ask(&Request::of(address)).await {
            Ok(Answer::Document { bytes, kind, next, .. }) => {
                if let Some(because) = no_list(&bytes, kind.as_deref()) {
                    return Err(self.github.shown(Failure::of(because, CHECK_API)));
                }
                Ok((bytes, next))
            }
            Ok(Answer::Unchanged) => {
                Err(Failure::of("the server says that nothing changed", CHECK_API))
            }
            Err(error) => Err(self.github.shown(self.github.explain(&error, meaning))),
        }
    }

    /// One document in JSON.
    pub(super) async fn document(
        &mut self,
        request: &Request<'_>,
        meaning: impl Fn(u16, &str) -> Option<Failure>,
    ) -> Result<Value, Failure> {
        let answer = self.ask(request).await;
        self.read(answer, meaning).map_err(|refused| refused.failure)
    }

    /// Writes, at a distance from what was written before. The answer is a document, or empty.
    pub(super) async fn write(
        &mut self,
        request: &Request<'_>,
        meaning: impl Fn(u16, &str) -> Option<Failure>,
    ) -> Result<Value, Refused> {
        if self.has_written {
            self.client.rest(self.pace.writes).await;
        }
        self.has_written = true;
        let answer = self.ask(request).await;
        self.read(answer, meaning)
    }

    /// Sends a document to a path of the repository.
    pub(super) async fn send(
        &mut self,
        method: Method,
        path: &str,
        body: &Value,
        meaning: impl Fn(u16, &str) -> Option<Failure>,
    ) -> Result<Value, Refused> {
        let (address, body) = (self.address(path), body.to_string());
        self.write(&Request::to(method, &address, Some(&body)), meaning).await
    }

    async fn ask(&mut self, request: &Request<'_>) -> Result<Answer, Error> {
        let request = Request { headers: &HEADERS, largest: LARGEST_PAGE, ..*request };
        self.client.ask(&request).await
    }

    fn read(
        &self,
        answer: Result<Answer, Error>,
        meaning: impl Fn(u16, &str) -> Option<Failure>,
    ) -> Result<Value, Refused> {
        let failure = |because: String| {
            let failure = self.github.shown(Failure::of(because, CHECK_API));
            Refused { failure, scope: Scope::One }
        };
        match answer {
            Ok(Answer::Document { bytes, .. }) if bytes.is_empty() => Ok(Value::Null),
            Ok(Answer::Document { bytes, .. }) => serde_json::from_slice(&bytes)
                .map_err(|error| failure(format!("what came is no JSON: {error}"))),
            Ok(Answer::Unchanged) => {
                Err(failure("the server says that nothing changed".to_owned()))
            }
            Err(error) => {
                let scope = scope(&error);
                let failure = self.github.shown(self.github.explain(&error, meaning));
                Err(Refused { failure, scope })
            }
        }
    }

    /// The address of a path of the repository.
    pub(super) fn address(&self, path: &str) -> String {
        let (owner, name) = (escape::query(&self.of.owner), escape::query(&self.of.name));
        format!("{}/repos/{owner}/{name}/{path}", self.github.api)
    }

    pub(super) fn api(&self) -> &str {
        &self.github.api
    }

    /// Where GraphQL is spoken.
    pub(super) fn graphql(&self) -> String {
        let api = &self.github.api;
        format!("{}/graphql", api.strip_suffix("/v3").unwrap_or(api))
    }

    pub(super) fn shown(&self, failure: Failure) -> Failure {
        self.github.shown(failure)
    }

    pub(super) async fn rest(&self, time: Duration) -> bool {
        self.client.rest(time).await
    }
}

/// What else would fail in the same way.
fn scope(error: &Error) -> Scope {
    match error {
        _ if is_limit(error) => Scope::All,
        Error::Token | Error::Address | Error::Elsewhere => Scope::All,
        Error::Status { status, .. } => match status.as_u16() {
            401 => Scope::All,
            // It is not there for anybody, after several attempts.
            403 | 410 | 503 => Scope::Feature,
            _ => Scope::One,
        },
        _ => Scope::One,
    }
}

/// Why a document is no list in JSON.
fn no_list(bytes: &[u8], kind: Option<&str>) -> Option<String> {
    let is_json = |kind: &str| {
        let kind = kind.to_ascii_lowercase();
        kind.ends_with("/json") || kind.ends_with("+json")
    };
    if let Some(kind) = kind.filter(|kind| !kind.is_empty() && !is_json(kind)) {
        return Some(format!("what came is `{kind}` and no JSON"));
    }
    match serde_json::from_slice::<Vec<IgnoredAny>>(bytes) {
        Ok(_) => None,
        Err(error) if error.is_data() => Some("what came is JSON and no list".to_owned()),
        Err(error) => Some(format!("what came is no JSON: {error}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_list_in_json_is_a_page() {
        for (text, kind, expected) in [
            ("[]", Some("application/json"), None),
            (" [{\"number\": 1}, null]\n", Some("application/vnd.github+json"), None),
            ("[]", None, None),
            ("[]", Some("text/html"), Some("what came is `text/html` and no JSON")),
            ("{\"message\": \"x\"}", None, Some("what came is JSON and no list")),
            ("null", None, Some("what came is JSON and no list")),
            ("", None, Some("what came is no JSON: EOF")),
            ("[{\"number\":", None, Some("what came is no JSON: EOF")),
            ("[] []", None, Some("what came is no JSON: trailing")),
        ] {
            let found = no_list(text.as_bytes(), kind);
            let is_so = match expected {
                Some(start) => found.as_deref().is_some_and(|found| found.starts_with(start)),
                None => found.is_none(),
            };
            assert!(is_so, "{text} {kind:?}: {found:?}");
        }
        let deep = format!("[{}{}]", "[".repeat(100_000), "]".repeat(100_000));
        let _ = no_list(deep.as_bytes(), None);
    }
}
