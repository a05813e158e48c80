//! Documents over HTTPS, for what the configuration names by address and for GitHub's interface.
//!
//! Plain HTTP is spoken with this machine only: what comes from elsewhere decides which lines are
//! supported, and nobody on the way may change it. There are no cookies and no compression, and a
//! secret in an address is sent to its own host and shown nowhere.
//!
//! Nothing is written, so every request may be made again: after a broken connection, a server's
//! error and a limit on requests, a few times and within bounds that [`Patience`] names.

mod link;
mod secret;
mod wait;

use std::{
    hash::{BuildHasher as _, RandomState},
    net::IpAddr,
    time::Duration,
};

use reqwest::{StatusCode, Url, header, redirect};
use tokio::time::Instant;

pub use self::secret::Secret;
use self::wait::Wait;
use super::clock;

/// More redirects than this are a loop.
const MOST_REDIRECTS: usize = 5;
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

/// What is asked for.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    pub address: &'a str,
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
        Self { address, tag: None, headers: &[], largest: LARGEST }
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
    #[error("there was no whole answer within {0:?}")]
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
    client.get(&Request { tag, ..Request::of(address) }).await
}

/// True of the addresses that are asked.
pub fn is_address(text: &str) -> bool {
    Url::parse(text).is_ok_and(|url| is_allowed(&url))
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
    client: reqwest::Client,
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
        let client = client.build().map_err(|error| Error::Transport(error.without_url()))?;
        let (end, left) = (Instant::now() + patience.total, patience.waits);
        Ok(Self { client, server, authorization, patience, end, left })
    }

    /// Gets a document, in several attempts if it must be.
    pub async fn get(&mut self, request: &Request<'_>) -> Result<Answer, Error> {
        let url = Url::parse(request.address).ok().filter(is_allowed).ok_or(Error::Address)?;
        if self.authorization.is_some() && url.origin() != self.server.origin() {
            return Err(Error::Elsewhere);
        }
        let mut pause = self.patience.pause;
        for attempt in 1.. {
            let Failed { error, wait } = match self.attempt(&url, request).await {
                Ok(answer) => return Ok(answer),
                Err(failed) => failed,
            };
            let (wait, is_asked) = match wait {
                Wait::Never => return Err(error),
                Wait::Moment => (jittered(pause), false),
                Wait::Limited => (self.patience.limited, true),
                // Not everybody who was told the same comes back at the same time.
                Wait::For(wait) => (wait.saturating_add(jittered(self.patience.pause)), true),
            };
            if wait > self.left || wait > self.end - Instant::now() {
                return Err(if is_asked { waiting(error, wait) } else { error });
            }
            if attempt >= self.patience.attempts {
                return Err(error);
            }
            tokio::time::sleep(wait).await;
            self.left = self.left.saturating_sub(wait);
            pause = pause.saturating_mul(2);
        }
        Err(Error::Timeout(self.patience.total))
    }

    async fn attempt(&self, url: &Url, asked: &Request<'_>) -> Result<Answer, Failed> {
        // A server that sends a byte now and then is cut off by the one as by the other.
        let time = self.patience.attempt.min(self.end - Instant::now());
        let failed = |error: reqwest::Error| {
            let is_final = error.is_redirect() || error.is_builder();
            let wait = if is_final { Wait::Never } else { Wait::Moment };
            let error = if error.is_timeout() {
                Error::Timeout(time)
            } else {
                Error::Transport(error.without_url())
            };
            Failed { error, wait }
        };
        let mut request = self.client.get(url.clone()).timeout(time);
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
            StatusCode::NOT_MODIFIED if known.is_some() => return Ok(Answer::Unchanged),
            _ => return Err(refused(response).await),
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
async fn refused(mut response: reqwest::Response) -> Failed {
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
    Failed { error: Error::Status { status, wait: None, body }, wait }
}

/// The error of a server that asks for more patience than there is.
fn waiting(error: Error, wait: Duration) -> Error {
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

/// Follows a redirect to an address that is allowed and as safe as the one before.
fn follow(attempt: redirect::Attempt<'_>, is_bound: bool) -> redirect::Action {
    match refusal(attempt.previous(), attempt.url(), is_bound) {
        Some(refusal) => attempt.error(refusal),
        None => attempt.follow(),
    }
}

/// Why a redirect is not followed. `previous` are the addresses that were asked so far.
fn refusal(previous: &[Url], next: &Url, is_bound: bool) -> Option<String> {
    if previous.len() > MOST_REDIRECTS {
        return Some(format!("there are more than {MOST_REDIRECTS} redirects"));
    }
    let before = previous.last();
    if let Some(before) = before.map(Url::scheme).filter(|before| *before != next.scheme()) {
        return Some(format!("it leads from {before} to {}", next.scheme()));
    }
    if is_bound && before.is_some_and(|before| before.origin() != next.origin()) {
        return Some("it leads to another server, which has no business with the token".to_owned());
    }
    (!is_allowed(next)).then(|| "it leads to what is not an https address".to_owned())
}

fn is_allowed(url: &Url) -> bool {
    match url.scheme() {
        "https" => url.host_str().is_some_and(|host| !host.is_empty()),
        "http" => is_this_machine(url),
        _ => false,
    }
}

fn is_this_machine(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let address = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || address.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_http_is_spoken_with_this_machine_only() {
        for (address, expected) in [
            ("https://example.org/x", true),
            ("https://user:secret@example.org/x", true),
            ("http://127.0.0.1:8080/x", true),
            ("http://[::1]/x", true),
            ("http://localhost/x", true),
            ("http://example.org/x", false),
            ("http://localhost.example.org/x", false),
            ("http://localhost@example.org/x", false),
            ("http://example.org\\@localhost/x", false),
            ("http://192.168.1.1/x", false),
            ("file:///etc/hostname", false),
            ("ftp://localhost/x", false),
        ] {
            let is_allowed = Url::parse(address).is_ok_and(|url| is_allowed(&url));
            assert_eq!(is_allowed, expected, "{address}");
        }
    }

    #[test]
    fn a_redirect_is_followed_a_few_times_and_to_nothing_less_safe() {
        let url = |address: &str| Url::parse(address).expect("an address");
        let of = |previous: &str, next: &str| refusal(&[url(previous)], &url(next), false);
        assert_eq!(of("https://example.org/a", "https://example.net/b"), None);
        assert_eq!(of("http://127.0.0.1/a", "http://127.0.0.1/b"), None);
        for (previous, next, expected) in [
            ("https://example.org/a", "http://example.org/a", "it leads from https to http"),
            ("https://example.org/a", "http://localhost/a", "it leads from https to http"),
            ("http://localhost/a", "https://example.org/a", "it leads from http to https"),
            (
                "http://localhost/a",
                "http://example.org/a",
                "it leads to what is not an https address",
            ),
        ] {
            assert_eq!(of(previous, next).as_deref(), Some(expected), "{previous} {next}");
        }
        let asked = vec![url("https://example.org/a"); MOST_REDIRECTS];
        assert_eq!(refusal(&asked, &url("https://example.org/b"), false), None);
        let asked = vec![url("https://example.org/a"); MOST_REDIRECTS + 1];
        assert!(refusal(&asked, &url("https://example.org/b"), false).is_some());
    }

    #[test]
    fn with_a_token_no_redirect_leads_to_another_server() {
        let url = |address: &str| Url::parse(address).expect("an address");
        let of = |next: &str| refusal(&[url("https://example.org/a")], &url(next), true);
        assert_eq!(of("https://example.org/b"), None);
        assert_eq!(of("https://example.org:443/b"), None);
        for next in
            ["https://example.net/a", "https://example.org:8443/a", "https://a.example.org/"]
        {
            assert!(of(next).is_some_and(|why| why.contains("another server")), "{next}");
        }
    }

    #[test]
    fn a_wait_is_never_longer_than_it_is_and_never_nothing() {
        let wait = Duration::from_secs(8);
        for _ in 0..100 {
            let jittered = jittered(wait);
            assert!(jittered >= wait / 2 && jittered <= wait, "{jittered:?}");
        }
    }
}
