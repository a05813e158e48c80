//! Which addresses are asked, and which redirects lead to them.

use std::net::IpAddr;

use reqwest::{Url, redirect};

/// More redirects than this are a loop.
const MOST_REDIRECTS: usize = 5;

/// Follows a redirect to an address that is allowed and as safe as the one before.
pub(super) fn follow(attempt: redirect::Attempt<'_>, is_bound: bool) -> redirect::Action {
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

pub(super) fn is_allowed(url: &Url) -> bool {
    match url.scheme() {
        "https" => url.host_str().is_some_and(|host| !host.is_empty()),
        "http" => is_this_machine(url),
        _ => false,
    }
}

pub(super) fn is_this_machine(url: &Url) -> bool {
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
}
