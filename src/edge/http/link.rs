//! The next page, as the server names it: <https://www.rfc-editor.org/rfc/rfc8288>.

use reqwest::{
    Url,
    header::{HeaderMap, LINK},
};

/// The address of the next page; `None`: this is the last one.
pub(super) fn next(headers: &HeaderMap, current: &Url) -> Option<Url> {
    headers
        .get_all(LINK)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .find_map(target)
        .and_then(|target| current.join(target).ok())
}

/// The target of `rel="next"` in `<a>; rel="prev", <b>; rel="next"`.
fn target(text: &str) -> Option<&str> {
    let mut rest = text;
    loop {
        let (_, after) = rest.split_once('<')?;
        let (target, after) = after.split_once('>')?;
        // A comma may stand inside an address, hence the next bracket and not the next comma.
        let parameters = after.split('<').next().unwrap_or_default();
        if parameters.split([';', ',']).any(is_next) {
            return Some(target);
        }
        rest = after;
    }
}

fn is_next(parameter: &str) -> bool {
    parameter.split_once('=').is_some_and(|(name, value)| {
        let mut words = value.trim().trim_matches('"').split_ascii_whitespace();
        name.trim().eq_ignore_ascii_case("rel") && words.any(|w| w.eq_ignore_ascii_case("next"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_page_is_the_one_that_is_named_so() {
        let current = Url::parse("https://example.org/a?page=2").expect("an address");
        for (header, expected) in [
            ("<https://example.org/a?page=3>; rel=\"next\"", Some("https://example.org/a?page=3")),
            (
                "<https://example.org/a?page=1>; rel=\"prev\", <https://example.org/a?b=1,2>; rel=\"next\", \
                 <https://example.org/a?page=9>; rel=\"last\"",
                Some("https://example.org/a?b=1,2"),
            ),
            ("<?page=3>; title=\"x\"; REL=Next", Some("https://example.org/a?page=3")),
            ("</b>; rel=\"last next\"", Some("https://example.org/b")),
            ("<https://example.org/a?page=1>; rel=\"prev\"", None),
            ("<https://example.org/a>; rev=\"next\"", None),
            ("<https://example.org/a; rel=\"next\"", None),
            ("next", None),
            ("", None),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(LINK, header.parse().expect("a value"));
            let found = next(&headers, &current).map(String::from);
            assert_eq!(found.as_deref(), expected, "{header}");
        }
    }
}
