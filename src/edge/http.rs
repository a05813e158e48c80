//! One document over HTTPS, for what the configuration names by address.
//!
//! Plain HTTP is spoken with this machine only: what comes from elsewhere decides which lines are
//! supported, and nobody on the way may change it. There are no cookies, retries or compression, and
//! a secret in an address is sent to its own host and shown nowhere.

use std::{net::IpAddr, time::Duration};

use reqwest::{Client, StatusCode, Url, header, redirect};

/// What takes longer in all is given up.
const TIMEOUT: Duration = Duration::from_secs(20);
/// More redirects than this are a loop.
const MOST_REDIRECTS: usize = 5;
/// No more bytes than this are read.
pub const LARGEST: usize = 4 * 1024 * 1024;

/// What a server gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// It is what the tag stands for.
    Unchanged,
    /// A document, with the tag to ask for a newer one.
    Document { bytes: Vec<u8>, tag: Option<String> },
}

/// Why there is no document. No message holds the address, which may hold a secret.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("it is not an https address")]
    Address,
    #[error("the server answered with {0}")]
    Status(StatusCode),
    #[error("it has more than {LARGEST} bytes")]
    TooLarge,
    #[error("there was no answer within {} seconds", TIMEOUT.as_secs())]
    Timeout,
    #[error(transparent)]
    Transport(reqwest::Error),
}

impl From<reqwest::Error> for Error {
    fn from(error: reqwest::Error) -> Self {
        if error.is_timeout() { Self::Timeout } else { Self::Transport(error.without_url()) }
    }
}

/// Gets a document, unless it is still the one that the tag stands for.
pub async fn get(address: &str, tag: Option<&str>) -> Result<Answer, Error> {
    let url = Url::parse(address).ok().filter(is_allowed).ok_or(Error::Address)?;
    let mut client = Client::builder()
        .user_agent(concat!("patchline/", env!("CARGO_PKG_VERSION")))
        .timeout(TIMEOUT)
        // It would tell the next host the query, which may be a secret.
        .referer(false)
        .redirect(redirect::Policy::custom(follow));
    if is_this_machine(&url) {
        client = client.no_proxy();
    }
    let mut request = client.build()?.get(url);
    let known = tag.and_then(|tag| header::HeaderValue::from_str(tag).ok());
    if let Some(known) = &known {
        request = request.header(header::IF_NONE_MATCH, known);
    }
    let mut response = request.send().await?;
    match response.status() {
        StatusCode::OK => {}
        StatusCode::NOT_MODIFIED if known.is_some() => return Ok(Answer::Unchanged),
        status => return Err(Error::Status(status)),
    }
    let tag = response.headers().get(header::ETAG);
    let tag = tag.and_then(|tag| tag.to_str().ok()).map(str::to_owned);
    let mut bytes = Vec::new();
    // How much comes is counted and not believed.
    while let Some(chunk) = response.chunk().await? {
        if bytes.len() + chunk.len() > LARGEST {
            return Err(Error::TooLarge);
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(Answer::Document { bytes, tag })
}

/// Follows a redirect to an address that is allowed and as safe as the one before.
fn follow(attempt: redirect::Attempt<'_>) -> redirect::Action {
    match refusal(attempt.previous(), attempt.url()) {
        Some(refusal) => attempt.error(refusal),
        None => attempt.follow(),
    }
}

/// Why a redirect is not followed. `previous` are the addresses that were asked so far.
fn refusal(previous: &[Url], next: &Url) -> Option<String> {
    if previous.len() > MOST_REDIRECTS {
        return Some(format!("there are more than {MOST_REDIRECTS} redirects"));
    }
    let before = previous.last().map(Url::scheme);
    if let Some(before) = before.filter(|before| *before != next.scheme()) {
        return Some(format!("it leads from {before} to {}", next.scheme()));
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
        let of = |previous: &str, next: &str| refusal(&[url(previous)], &url(next));
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
        assert_eq!(refusal(&asked, &url("https://example.org/b")), None);
        let asked = vec![url("https://example.org/a"); MOST_REDIRECTS + 1];
        assert!(refusal(&asked, &url("https://example.org/b")).is_some());
    }
}
