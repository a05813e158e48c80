//! Documents over HTTPS, for what the configuration names by address and for GitHub's interface.
//!
//! Plain HTTP is spoken with this machine only: what comes from elsewhere decides which lines are
//! supported, and nobody on the way may change it. There are no cookies and no compression, and a
//! secret in an address is sent to its own host and shown nowhere.
//!
//! What fails for a reason that passes is asked again: after a broken connection, a server's error
//! and a limit on requests, a few times and within bounds that [`Patience`] names. A request that
//! would do its work twice is repeated only where the first one cannot have been heard.

mod address;
mod link;
mod secret;
mod wait;

use std::{
    hash::{BuildHasher as _, RandomState},
    time::Duration,
};

use reqwest::{StatusCode, Url, header, redirect};
use tokio::time::Instant;

pub use self::secret::{Secret, basic};
use self::{
    address::{follow, is_allowed, is_this_machine},
    wait::Wait,
};
use super::clock;

/// No more bytes than this are read, unless a request says otherwise.
pub const LARGEST: usize = 4 * 1024 * 1024;
/// Of what a server says of an error, no more than this is heard.
const LARGEST_REFUSAL: usize = 64 * 1024;

/// How long and how often somebody is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// A document is asked for so many times.
    pub attempts: u32,
    /// What takes longer than this is given up, and asked for again.
    pub attempt: Duration,
    /// The first wait where the server names none; each further one is twice as long.
    pub pause: Duration,
    /// The wait after too many requests where the server names none.
    pub limited: Duration,
    /// All waits together are at most so long; one that would be longer is not begun.
    pub waits: Duration,
    /// Everything that a client does is over after this.
    pub total: Duration,
}

impl Patience {
    /// The patience for one document.
    pub const STANDARD: Self = Self {
        attempts: 4,
        attempt: Duration::from_secs(20),
        pause: Duration::from_millis(500),
        limited: Duration::from_mins(1),
        waits: Duration::from_mins(1),
        total: Duration::from_mins(1),
    };
}

/// What is to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    Get,
    Post,
    Patch,
    Delete,
}

impl Method {
    fn name(self) -> reqwest::Method {
        match self {
            Self::Get => reqwest::Method::GET,
            Self::Post => reqwest::Method::POST,
            Self::Patch => reqwest::Method::PATCH,
            Self::Delete => reqwest::Method::DELETE,
        }
    }
}

/// What is asked for.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    pub method: Method,
    pub address: &'a str,
    /// A document in JSON.
    pub body: Option<&'a str>,
    /// To do it twice is to do it once.
    pub is_repeatable: bool,
    /// What stands for the document that is here already.
    pub tag: Option<&'a str>,
    /// Names in lower case, and values.
    pub headers: &'a [(&'static str, &'static str)],
    /// No more bytes than this are read.
    pub largest: usize,
}

impl<'a> Request<'a> {
    /// A document that nothing else is known of.
    pub fn of(address: &'a str) -> Self {
        Self {
            method: Method::Get,
            address,
            body: None,
            is_repeatable: true,
            tag: None,
            headers: &[],
            largest: LARGEST,
        }
    }

    /// A document that is sent, and does its work once.
    pub fn to(method: Method, address: &'a str, body: Option<&'a str>) -> Self {
        let is_repeatable = method != Method::Post;
        Self { method, body, is_repeatable, ..Self::of(address) }
    }
}

/// What a server gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// It is what the tag stands for.
    Unchanged,
    Document {
        bytes: Vec<u8>,
        /// To ask for a newer one.
        tag: Option<String>,
        /// The media type, without parameters.
        kind: Option<String>,
        /// The address of the next page, wherever it leads.
        next: Option<String>,
    },
}

/// Why there is no document. No message holds the address or the token, which are or may hold
/// secrets.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("it is not an https address")]
    Address,
    #[error("it is the address of another server")]
    Elsewhere,
    #[error("the token has characters that no header may have")]
    Token,
    #[error("the server answered with {status}{}", asks(*.wait))]
    Status {
        status: StatusCode,
        /// How long the server asks to wait, if that is longer than anybody waits here.
        wait: Option<Duration>,
        /// The beginning of what it says. It may hold anything, the token as well.
        body: Vec<u8>,
    },
    #[error("it has more than {0} bytes")]
    TooLarge(usize),
    #[error("there was no whole answer within {} seconds", .0.as_secs_f64().ceil())]
    Timeout(Duration),
    #[error(transparent)]
    Transport(reqwest::Error),
}

fn asks(wait: Option<Duration>) -> String {
    wait.map(|wait| format!(" and asks to wait {} seconds", wait.as_secs())).unwrap_or_default()
}

/// Gets a document, unless it is still the one that the tag stands for.
pub async fn get(address: &str, tag: Option<&str>) -> Result<Answer, Error> {
    let mut client = Client::new(address, None, Patience::STANDARD)?;
    client.ask(&Request { tag, ..Request::of(address) }).await
}

/// True of the addresses that are asked.
pub fn is_address(text: &str) -> bool {
    Url::parse(text).is_ok_and(|url| is_allowed(&url))
}

/// True of the addresses of this machine.
pub fn is_on_this_machine(address: &str) -> bool {
    Url::parse(address).is_ok_and(|url| is_this_machine(&url))
}

/// The host of an address, without its port.
pub fn host(address: &str) -> Option<String> {
    Url::parse(address).ok()?.host_str().map(str::to_owned)
}

/// True if two addresses lead to one server: scheme, host and port.
pub fn is_same_server(one: &str, other: &str) -> bool {
    match (Url::parse(one), Url::parse(other)) {
        (Ok(one), Ok(other)) => one.origin() == other.origin(),
        _ => false,
    }
}

/// Asks one server, with one patience for all that it is asked.
#[derive(Debug)]
pub struct Client {
    transport: reqwest::Client,
    server: Url,
    authorization: Option<header::HeaderValue>,
    patience: Patience,
    end: Instant,
    /// How long may still be waited.
    left: Duration,
}

/// Why an attempt failed, and whether another one may help.
struct Failed {
    error: Error,
    wait: Wait,
}

impl Client {
    /// A client for the server of an address. A token binds it to that server: no other is asked,
    /// and no redirect leads to another one.
    pub fn new(address: &str, token: Option<&Secret>, patience: Patience) -> Result<Self, Error> {
        let server = Url::parse(address).ok().filter(is_allowed).ok_or(Error::Address)?;
        let authorization = token.map(|token| token.bearer().ok_or(Error::Token)).transpose()?;
        let is_bound = authorization.is_some();
        let mut client = reqwest::Client::builder()
            .user_agent(concat!("patchline/", env!("CARGO_PKG_VERSION")))
            // It would tell the next host the query, which may be a secret.
            .referer(false)
            .redirect(redirect::Policy::custom(move |attempt| follow(attempt, is_bound)));
        if is_this_machine(&server) {
            client = client.no_proxy();
        }
        let transport = client.build().map_err(|error| Error::Transport(error.without_url()))?;
        let (end, left) = (Instant::now() + patience.total, patience.waits);
        Ok(Self { transport, server, authorization, patience, end, left })
    }

    /// Gets or sends a document, in several attempts if it must be.
    pub async fn ask(&mut self, request: &Request<'_>) -> Result<Answer, Error> {
        let url = Url::parse(request.address).ok().filter(is_allowed).ok_or(Error::Address)?;
        if self.authorization.is_some() && url.origin() != self.server.origin() {
            return Err(Error::Elsewhere);
        }
        let mut pause = self.patience.pause;
        let mut attempt = 1;
        loop {
            let Failed { error, wait } = match self.attempt(&url, request).await {
                Ok(answer) => return Ok(answer),
                Err(failed) => failed,
            };
            let (least, more) = match wait {
                Wait::Never => return Err(error),
                Wait::Moment => (Duration::ZERO, pause),
                Wait::Limited => (self.patience.limited, self.patience.pause),
                Wait::For(told) => (told, self.patience.pause),
            };
            if attempt >= self.patience.attempts {
                return Err(error);
            }
            // Not everybody who was told the same comes back at the same time.
            let wait_for = least.saturating_add(jittered(more));
            let needed = if least.is_zero() { wait_for } else { least };
            if needed > self.left || needed > self.end - Instant::now() {
                let is_told = matches!(wait, Wait::For(_));
                return Err(if is_told { asking(error, least) } else { error });
            }
            tokio::time::sleep_until(self.end.min(Instant::now() + wait_for)).await;
            self.left = self.left.saturating_sub(wait_for);
            pause = pause.saturating_mul(2);
            attempt += 1;
        }
    }

    /// Waits, and not beyond the end of everything; false: there is no time left.
    pub async fn rest(&self, time: Duration) -> bool {
        let until = Instant::now() + time;
        tokio::time::sleep_until(self.end.min(until)).await;
        until < self.end
    }

    async fn attempt(&self, url: &Url, asked: &Request<'_>) -> Result<Answer, Failed> {
        // A server that sends a byte now and then is cut off by the one as by the other.
        let time = self.patience.attempt.min(self.end - Instant::now());
        let failed = |error: reqwest::Error| {
            let is_heard = !asked.is_repeatable && !error.is_connect();
            let is_final = error.is_redirect() || error.is_builder() || is_heard;
            let wait = if is_final { Wait::Never } else { Wait::Moment };
            let error = if error.is_timeout() {
                Error::Timeout(time)
            } else {
                Error::Transport(error.without_url())
            };
            Failed { error, wait }
        };
        let mut request = self.transport.request(asked.method.name(), url.clone()).timeout(time);
        if let Some(body) = asked.body {
            request =
                request.header(header::CONTENT_TYPE, "application/json").body(body.to_owned());
        }
        for (name, value) in asked.headers {
            request = request.header(*name, *value);
        }
        if let Some(authorization) = &self.authorization {
            request = request.header(header::AUTHORIZATION, authorization);
        }
        let known = asked.tag.and_then(|tag| header::HeaderValue::from_str(tag).ok());
        if let Some(known) = &known {
            request = request.header(header::IF_NONE_MATCH, known);
        }
        let mut response = request.send().await.map_err(failed)?;
        let status = response.status();
        match status {
            StatusCode::OK => {}
            _ if status.is_success() && asked.method != Method::Get => {}
            StatusCode::NOT_MODIFIED if known.is_some() => return Ok(Answer::Unchanged),
            _ => return Err(refused(response, asked.is_repeatable).await),
        }
        let text = |name| Some(response.headers().get(name)?.to_str().ok()?.to_owned());
        let tag = text(header::ETAG);
        let kind = text(header::CONTENT_TYPE)
            .map(|kind| kind.split(';').next().unwrap_or_default().trim().to_owned());
        let next = link::next(response.headers(), response.url()).map(String::from);
        let mut bytes = Vec::new();
        // How much comes is counted and not believed.
        while let Some(chunk) = response.chunk().await.map_err(failed)? {
            if bytes.len() + chunk.len() > asked.largest {
                return Err(Failed { error: Error::TooLarge(asked.largest), wait: Wait::Never });
            }
            bytes.extend_from_slice(&chunk);
        }
        Ok(Answer::Document { bytes, tag, kind, next })
    }
}

/// Hears why a request was refused, as far as that can be heard.
async fn refused(mut response: reqwest::Response, is_repeatable: bool) -> Failed {
    let mut body = Vec::new();
    while let Ok(Some(chunk)) = response.chunk().await {
        let room = LARGEST_REFUSAL - body.len();
        body.extend(chunk.iter().take(room));
        if chunk.len() >= room {
            break;
        }
    }
    let status = response.status();
    let wait = wait::after(status.as_u16(), response.headers(), &body, clock::seconds());
    // A server that broke down may have done its work before; one that limits requests has not.
    let is_limit = matches!(status.as_u16(), 403 | 429);
    let wait = if is_repeatable || is_limit { wait } else { Wait::Never };
    Failed { error: Error::Status { status, wait: None, body }, wait }
}

/// The error of a server that asks for more patience than there is.
fn asking(error: Error, wait: Duration) -> Error {
    match error {
        Error::Status { status, body, .. } => Error::Status { status, wait: Some(wait), body },
        error => error,
    }
}

/// Between a half of a wait and the whole of it.
fn jittered(wait: Duration) -> Duration {
    // The standard library seeds its hashers with chance, and nothing here needs a better one.
    let chance = u32::try_from(RandomState::new().hash_one(0) % 1024).unwrap_or_default();
    wait / 2 + wait / 2048 * chance
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_is_never_longer_than_it_is_and_never_nothing() {
        let wait = Duration::from_secs(8);
        for _ in 0..100 {
            let jittered = jittered(wait);
            assert!(jittered >= wait / 2 && jittered <= wait, "{jittered:?}");
        }
    }
}
