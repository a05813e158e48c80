//! Whether a refused request is worth another attempt, and when.
//!
//! As GitHub asks for it: <https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api>.

use std::time::Duration;

use jiff::fmt::rfc2822::DateTimeParser;
use reqwest::header::{HeaderMap, RETRY_AFTER};

/// What to do after a refusal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wait {
    /// The same request would be refused again: a permission is missing, or the thing is.
    Never,
    /// Nothing says how long, and a moment may do.
    Moment,
    /// There were too many requests, and nothing says how long to wait.
    Limited,
    /// The server says how long.
    For(Duration),
}

/// What a response that is no document asks for. `now` is in seconds since 1970.
pub(super) fn after(status: u16, headers: &HeaderMap, body: &[u8], now: i64) -> Wait {
    match status {
        429 => {
            told(headers, now).unwrap_or(if is_limit(body) { Wait::Limited } else { Wait::Moment })
        }
        // Without any of these, it is a permission that is missing, and asking again is of no use.
        403 => {
            told(headers, now).unwrap_or(if is_limit(body) { Wait::Limited } else { Wait::Never })
        }
        408 | 500 | 502 | 503 | 504 => retry_after(headers, now).unwrap_or(Wait::Moment),
        _ => Wait::Never,
    }
}

fn told(headers: &HeaderMap, now: i64) -> Option<Wait> {
    retry_after(headers, now).or_else(|| {
        let number = |name: &str| headers.get(name)?.to_str().ok()?.trim().parse::<i64>().ok();
        let reset = number("x-ratelimit-reset")?;
        (number("x-ratelimit-remaining")? == 0).then(|| until(reset.saturating_add(1), now))
    })
}

/// A number of seconds, or a moment.
fn retry_after(headers: &HeaderMap, now: i64) -> Option<Wait> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = text.parse::<u64>() {
        return Some(Wait::For(Duration::from_secs(seconds)));
    }
    let moment = DateTimeParser::new().parse_timestamp(text).ok()?;
    Some(until(moment.as_second(), now))
}

fn until(moment: i64, now: i64) -> Wait {
    let seconds = moment.saturating_sub(now);
    Wait::For(Duration::from_secs(u64::try_from(seconds).unwrap_or_default()))
}

fn is_limit(body: &[u8]) -> bool {
    String::from_utf8_lossy(body).to_lowercase().contains("rate limit")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_says_when_to_ask_again() {
        let now = 1_900_000_000;
        let seconds = |seconds| Wait::For(Duration::from_secs(seconds));
        let limit = "{\"message\": \"You have exceeded a secondary rate limit.\"}";
        for (status, headers, body, expected) in [
            (429, "retry-after: 7", "", seconds(7)),
            (429, "retry-after: 0", "", seconds(0)),
            (429, "retry-after: Sun, 17 Mar 2030 17:46:45 GMT", "", seconds(5)),
            (429, "retry-after: Sun, 17 Mar 2019 17:46:45 GMT", "", seconds(0)),
            (429, "retry-after: soon", "", Wait::Moment),
            (429, "retry-after: 99999999999999999999", "", Wait::Moment),
            (429, "", "", Wait::Moment),
            (429, "", limit, Wait::Limited),
            (429, "x-ratelimit-remaining: 0\nx-ratelimit-reset: 1900000009", "", seconds(10)),
            (429, "x-ratelimit-remaining: 0\nx-ratelimit-reset: 5", "", seconds(0)),
            (403, "retry-after: 7", "", seconds(7)),
            (403, "x-ratelimit-remaining: 0\nx-ratelimit-reset: 1900000009", "", seconds(10)),
            (403, "x-ratelimit-remaining: 12\nx-ratelimit-reset: 1900000009", "", Wait::Never),
            (403, "", limit, Wait::Limited),
            (403, "", "{\"message\": \"Resource not accessible by integration\"}", Wait::Never),
            (503, "retry-after: 7", "", seconds(7)),
            (500, "", "", Wait::Moment),
            (502, "", "", Wait::Moment),
            (504, "", "", Wait::Moment),
            (501, "", "", Wait::Never),
            (404, "retry-after: 7", "", Wait::Never),
            (401, "", "", Wait::Never),
        ] {
            let mut map = HeaderMap::new();
            for (name, value) in headers.lines().filter_map(|line| line.split_once(": ")) {
                let name = name.parse::<reqwest::header::HeaderName>().expect("a name");
                map.insert(name, value.parse().expect("a value"));
            }
            let found = after(status, &map, body.as_bytes(), now);
            assert_eq!(found, expected, "{status} {headers} {body}");
        }
    }
}
