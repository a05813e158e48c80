//! GitHub's REST interface, for one repository and with one token: <https://docs.github.com/en/rest>.
//!
//! What is read comes out as pages of JSON, or as words for why there are none and what to do; what
//! they say is not read here. What is written was planned by `publish`, and each thing is done once or
//! not at all. Pages are followed as the server links them; numbers and cursors are never made up.

mod code_scanning;
mod comments;
mod dependabot;
mod environment;
mod issues;
mod objects;
mod refs;
mod session;
mod viewer;

pub use self::{
    environment::{Environment, RepositoryName},
    refs::Repository,
    session::{Done, Pace, Refused, Scope, Session},
};
use super::{
    causes,
    http::{self, Error, Patience, Secret},
};
use crate::escape;

/// Of what GitHub says of an error, no more is shown.
const LONGEST_WORDS: usize = 200;
/// No reason is longer.
const LONGEST_BECAUSE: usize = 600;
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

    /// The patience for everything that a run writes: uploads are large, writes keep their distance,
    /// and a limit is waited out where that can be done.
    pub const PATIENCE_TO_WRITE: Patience = Patience {
        attempt: std::time::Duration::from_mins(1),
        waits: std::time::Duration::from_mins(5),
        total: std::time::Duration::from_mins(20),
        ..Patience::STANDARD
    };

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
                "put one that may do what is asked for into the variable PATCHLINE_TOKEN",
            )
        })?;
        let is_enterprise_server = environment.is_enterprise_server();
        Ok(Self { api: api.clone(), token, patience, is_enterprise_server })
    }

    /// A failure for people. Whatever a server says may hold the token that it was sent.
    fn shown(&self, failure: Failure) -> Failure {
        let because = escape::cut(&self.token.hide_in(&failure.because), LONGEST_BECAUSE);
        Failure { because, ..failure }
    }

    /// An error in words, with what to do about it. `meaning` knows what a status means for what was
    /// asked; it is given what GitHub says, after a colon.
    fn explain(&self, error: &Error, meaning: impl Fn(u16, &str) -> Option<Failure>) -> Failure {
        let shown = causes(error);
        let Error::Status { status, body, .. } = error else {
            let hint = match error {
                Error::Token => "is the token whole, and in one row?",
                Error::Address | Error::Elsewhere => CHECK_API,
                _ => "check the network, or run again later",
            };
            return Failure::of(shown, hint);
        };
        let words = self.words(body);
        let said = words.as_ref().map(|words| format!(": {words}")).unwrap_or_default();
        if is_limit(error) {
            return Failure::of(
                format!("GitHub limits how often it is asked: {shown}{said}"),
                ASK_LATER,
            );
        }
        if let Some(failure) = meaning(status.as_u16(), &said) {
            return failure;
        }
        match status.as_u16() {
            304 => Failure::of("GitHub says that nothing changed, and no copy is kept", CHECK_API),
            401 => Failure::of(
                format!("GitHub does not take the token{said}"),
                "has it expired? PATCHLINE_TOKEN is taken before GITHUB_TOKEN and GH_TOKEN",
            ),
            400 | 422 => {
                Failure::of(format!("GitHub does not take the request ({status}){said}"), CHECK_API)
            }
            500..=599 => Failure::of(format!("{shown}{said}"), ASK_LATER),
            _ => Failure::of(format!("{shown}{said}"), CHECK_API),
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

/// True if GitHub was asked too often.
fn is_limit(error: &Error) -> bool {
    match error {
        Error::Status { status, wait, body } => {
            let says = || String::from_utf8_lossy(body).to_lowercase().contains("rate limit");
            let may_be = matches!(status.as_u16(), 403 | 429);
            may_be && (status.as_u16() == 429 || wait.is_some() || says())
        }
        _ => false,
    }
}
