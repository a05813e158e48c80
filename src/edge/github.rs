//! GitHub's REST interface, as far as it is read: Dependabot's alerts of one repository.
//!
//! <https://docs.github.com/en/rest/dependabot/alerts>. Nothing is ever written there. What an alert
//! says is not read here: pages of JSON come out, or words for why there are none and what to do.
//! Pages are followed as the server links them; numbers and cursors are never made up.

mod environment;

use std::collections::BTreeSet;

use serde::de::IgnoredAny;

pub use self::environment::{Environment, RepositoryName};
use super::{
    causes,
    http::{self, Answer, Client, Error, Patience, Request, Secret},
};
use crate::escape;

/// The most alerts that GitHub puts on one page. An Enterprise Server calls `per_page` deprecated, and
/// github.com knows nothing else.
const PER_PAGE: usize = 100;
/// Twenty thousand alerts are nobody's list.
const MOST_PAGES: usize = 200;
/// A hundred alerts have a few hundred kB.
const LARGEST_PAGE: usize = 32 * 1024 * 1024;
/// All pages together.
const LARGEST: usize = 128 * 1024 * 1024;
/// Of what GitHub says of an error, no more is shown.
const LONGEST_WORDS: usize = 200;
/// No reason is longer.
const LONGEST_BECAUSE: usize = 600;
const HEADERS: [(&str, &str); 2] =
    [("accept", "application/vnd.github+json"), ("x-github-api-version", "2022-11-28")];
const CHECK_API: &str =
    "is `GITHUB_API_URL` the address of GitHub's interface, and is a proxy in between?";
const ASK_LATER: &str = "run again later";

/// One GitHub and what it is asked with.
#[derive(Clone, Debug)]
pub struct Github {
    api: String,
    token: Secret,
    patience: Patience,
    is_enterprise_server: bool,
}

/// Why something is missing, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    pub because: String,
    pub hint: String,
}

impl Failure {
    fn of(because: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { because: because.into(), hint: hint.into() }
    }
}

/// What was listed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Each is a list in JSON.
    pub pages: Vec<Vec<u8>>,
    /// Why these are not all of them.
    pub missing: Option<Failure>,
}

impl Github {
    /// The patience for one list. There may be many pages, so it has more time in all.
    pub const PATIENCE: Patience =
        Patience { total: std::time::Duration::from_mins(5), ..Patience::STANDARD };

    /// The GitHub of the environment, where that has a token.
    pub fn new(environment: &Environment, patience: Patience) -> Result<Self, Failure> {
        let api = &environment.api;
        // Credentials belong into the token, and a query would end up inside of every address.
        let is_plain = escape::without_credentials(api) == *api;
        if !is_plain || !http::is_address(api) {
            return Err(Failure::of(
                "`GITHUB_API_URL` is no plain https address",
                "it is https://api.github.com, or https://HOST/api/v3 of an Enterprise Server",
            ));
        }
        let token = environment.token.clone().ok_or_else(|| {
            Failure::of(
                "there is no token to ask GitHub with",
                "put one that may read Dependabot alerts into the variable PATCHLINE_TOKEN",
            )
        })?;
        let is_enterprise_server = environment.is_enterprise_server();
        Ok(Self { api: api.clone(), token, patience, is_enterprise_server })
    }

    /// Dependabot's alerts of a repository, in every state. A list is never empty for want of a
    /// permission: that is a failure.
    pub async fn dependabot_alerts(&self, of: &RepositoryName) -> Result<Listed, Failure> {
        let listed = self.listed(of).await.map_err(|failure| self.shown(failure))?;
        Ok(Listed { missing: listed.missing.map(|failure| self.shown(failure)), ..listed })
    }

    /// A failure for people. Whatever a server says may hold the token that it was sent.
    fn shown(&self, failure: Failure) -> Failure {
        let because = escape::cut(&self.token.hide_in(&failure.because), LONGEST_BECAUSE);
        Failure { because, ..failure }
    }

    async fn listed(&self, of: &RepositoryName) -> Result<Listed, Failure> {
        let (owner, name) = (escape::query(&of.owner), escape::query(&of.name));
        let mut address =
            format!("{}/repos/{owner}/{name}/dependabot/alerts?per_page={PER_PAGE}", self.api);
        let mut client = Client::new(&self.api, Some(&self.token), self.patience)
            .map_err(|error| self.explain(&error, of))?;
        let mut asked = BTreeSet::new();
        let (mut pages, mut size) = (Vec::new(), 0);
        loop {
            let (page, next) = match self.page(&mut client, &address, of).await {
                Ok(page) => page,
                Err(failure) if pages.is_empty() => return Err(failure),
                Err(failure) => {
                    let because =
                        format!("page {} could not be read: {}", pages.len() + 1, failure.because);
                    return Ok(Listed { pages, missing: Some(Failure { because, ..failure }) });
                }
            };
            size += page.len();
            pages.push(page);
            asked.insert(address);
            let Some(next) = next else { return Ok(Listed { pages, missing: None }) };
            let because = if asked.contains(&next) {
                format!("page {} names a page before it as the next one", pages.len())
            } else if !http::is_same_server(&next, &self.api) {
                format!("page {} names the next one on another server", pages.len())
            } else if pages.len() >= MOST_PAGES || size >= LARGEST {
                format!("there are more than {} pages, and the rest was not read", pages.len())
            } else {
                address = next;
                continue;
            };
            return Ok(Listed { pages, missing: Some(Failure::of(because, CHECK_API)) });
        }
    }

    /// One page, and the address of the next one.
    async fn page(
        &self,
        client: &mut Client,
        address: &str,
        of: &RepositoryName,
    ) -> Result<(Vec<u8>, Option<String>), Failure> {
        let request = Request { headers: &HEADERS, largest: LARGEST_PAGE, ..Request::of(address) };
        match client.ask(&request).await {
            Ok(Answer::Document { bytes, kind, next, .. }) => {
                if let Some(because) = no_list(&bytes, kind.as_deref()) {
                    return Err(Failure::of(because, CHECK_API));
                }
                Ok((bytes, next))
            }
            Ok(Answer::Unchanged) => {
                Err(Failure::of("the server says that nothing changed", CHECK_API))
            }
            Err(error) => Err(self.explain(&error, of)),
        }
    }

    /// An error in words, with what to do about it.
    fn explain(&self, error: &Error, of: &RepositoryName) -> Failure {
        let shown = causes(error);
        let Error::Status { status, wait, body } = error else {
            let hint = match error {
                Error::Token => "is the token whole, and in one row?",
                Error::Address | Error::Elsewhere => CHECK_API,
                _ => "check the network, or run again later",
            };
            return Failure::of(shown, hint);
        };
        let words = self.words(body);
        let said = words.as_ref().map(|words| format!(": {words}")).unwrap_or_default();
        let says = |word: &str| said.to_lowercase().contains(word);
        let is_limit = wait.is_some() || says("rate limit") || status.as_u16() == 429;
        match status.as_u16() {
            304 => Failure::of("GitHub says that nothing changed, and no copy is kept", CHECK_API),
            401 => Failure::of(
                format!("GitHub does not take the token{said}"),
                "has it expired? PATCHLINE_TOKEN is taken before GITHUB_TOKEN and GH_TOKEN",
            ),
            403 | 429 if is_limit => Failure::of(
                format!("GitHub limits how often it is asked: {shown}{said}"),
                ASK_LATER,
            ),
            403 | 404 if says("disabled") => Failure::of(
                format!("the Dependabot alerts of {of} are not turned on{said}"),
                "turn them on in the repository's security settings, or write `dependabot = \"off\"` \
                 into [scan]",
            ),
            403 if says("archived") => Failure::of(
                format!("an archived repository has no Dependabot alerts{said}"),
                "write `dependabot = \"off\"` into [scan]",
            ),
            403 => Failure::of(
                format!("the token may not read the Dependabot alerts of {of}{said}"),
                self.permission(),
            ),
            404 => Failure::of(
                format!(
                    "GitHub shows no Dependabot alerts of {of}: the repository is not there, the \
                     token may not see it, or its alerts are not turned on{said}"
                ),
                self.permission(),
            ),
            400 | 422 => {
                Failure::of(format!("GitHub does not take the request ({status}){said}"), CHECK_API)
            }
            500..=599 => Failure::of(format!("{shown}{said}"), ASK_LATER),
            _ => Failure::of(format!("{shown}{said}"), CHECK_API),
        }
    }

    fn permission(&self) -> &'static str {
        if self.is_enterprise_server {
            "an Enterprise Server gives this permission to no workflow: put a personal or an app's \
             token with `Dependabot alerts: read` into the variable PATCHLINE_TOKEN"
        } else {
            "give the job `permissions: vulnerability-alerts: read`, which pull requests of forks \
             and of Dependabot never get, or put a token with `Dependabot alerts: read` into the \
             variable PATCHLINE_TOKEN"
        }
    }

    /// What GitHub says of an error, in one row and, before anything is cut, without the token.
    fn words(&self, body: &[u8]) -> Option<String> {
        let body: serde_json::Value = serde_json::from_slice(body).ok()?;
        let message = self.token.hide_in(body.get("message")?.as_str()?);
        let row = message.split_whitespace().collect::<Vec<_>>().join(" ");
        (!row.is_empty()).then(|| escape::cut(&row, LONGEST_WORDS))
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
