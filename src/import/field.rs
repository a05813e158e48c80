//! Fields of JSON values, read leniently: what is missing, null, empty or of another type is absent.
//!
//! Tools write numbers as strings and strings as numbers, lists where there was one value, and null
//! for nothing. None of that is an error of the report. Lengths are bounded here, so that no
//! importer has to think of it; what is too long to be a name is none.

use std::num::NonZeroU32;

use jiff::civil::Date;
use semver::Version;
use serde_json::Value;

use crate::{
    escape,
    model::{Ecosystem, canonical_id},
};

/// No id, name, version, path or address has more bytes.
const LONGEST_NAME: usize = 2_000;

/// Titles and messages are cut here, in characters.
const LONGEST_TITLE: usize = 500;

/// Descriptions are cut here, in characters.
const LONGEST_DETAILS: usize = 20_000;

/// No list of names or versions is read further.
const MOST_TEXTS: usize = 1_000;

/// The value below several keys; null if any is missing.
pub(super) fn at<'a>(value: &'a Value, keys: &[&str]) -> &'a Value {
    keys.iter().fold(value, |value, key| value.get(*key).unwrap_or(&Value::Null))
}

/// The elements of a list; nothing of anything else.
pub(super) fn list<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value.get(key).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// The entries of an object; nothing of anything else.
pub(super) fn entries<'a>(
    value: &'a Value,
    key: &str,
) -> impl Iterator<Item = (&'a str, &'a Value)> + use<'a> {
    let object = value.get(key).and_then(Value::as_object);
    object.into_iter().flatten().map(|(key, value)| (key.as_str(), value))
}

/// A string without white space around it: an id, a name, a path, a word.
pub(super) fn text<'a>(value: &'a Value, key: &str) -> Option<&'a str> {
    value.get(key).and_then(name)
}

/// A value that is a string, likewise.
pub(super) fn name(value: &Value) -> Option<&str> {
    let text = value.as_str()?.trim();
    (!text.is_empty() && text.len() <= LONGEST_NAME).then_some(text)
}

/// A string, or a number as a string.
pub(super) fn text_or_number(value: &Value, key: &str) -> Option<String> {
    match value.get(key)? {
        Value::Number(number) => Some(number.to_string()),
        other => name(other).map(str::to_owned),
    }
}

/// The strings of a list, or one string for a list of one.
pub(super) fn texts<'a>(value: &'a Value, key: &str) -> Vec<&'a str> {
    match value.get(key) {
        Some(Value::Array(list)) => list.iter().filter_map(name).take(MOST_TEXTS).collect(),
        Some(one) => name(one).into_iter().collect(),
        None => Vec::new(),
    }
}

/// A number, or a string that is one.
pub(super) fn number(value: &Value, key: &str) -> Option<f64> {
    let value = value.get(key)?;
    value.as_f64().or_else(|| value.as_str()?.trim().parse().ok()).filter(|n: &f64| n.is_finite())
}

/// A 1-based row; 0 and -1 are what tools write for none, and some write `7.0`.
pub(super) fn row(value: &Value, key: &str) -> Option<NonZeroU32> {
    let text = text_or_number(value, key)?;
    text.strip_suffix(".0").unwrap_or(&text).parse().ok()
}

/// True for `true` only, and for that word.
pub(super) fn is_true(value: &Value, key: &str) -> bool {
    match value.get(key) {
        Some(Value::Bool(is_true)) => *is_true,
        Some(Value::String(word)) => word == "true",
        _ => false,
    }
}

/// The day of a date or of a point in time, as written: `2031-04-30`, `2031-04-30T12:00:00Z`.
pub(super) fn date(value: &Value, key: &str) -> Option<Date> {
    Date::strptime("%Y-%m-%d", text(value, key)?.get(..10)?).ok()
}

/// A title or a message, on one line; empty if there is none.
pub(super) fn title(value: &Value, key: &str) -> String {
    let text = value.get(key).and_then(Value::as_str).unwrap_or_default();
    // Cut first: a title of many megabytes is not walked.
    let start: String = text.trim_start().chars().take(4 * LONGEST_TITLE).collect();
    escape::cut(&start.split_whitespace().collect::<Vec<_>>().join(" "), LONGEST_TITLE)
}

/// A description of several lines; empty if there is none.
pub(super) fn details(value: &Value, key: &str) -> String {
    let text = value.get(key).and_then(Value::as_str).unwrap_or_default();
    escape::cut(text.trim(), LONGEST_DETAILS)
}

/// The address of a record: nothing that is no web address becomes a link.
pub(super) fn url(value: &Value, key: &str) -> Option<String> {
    let url = text(value, key)?;
    let is_web = url.starts_with("https://") || url.starts_with("http://");
    (is_web && !url.contains(char::is_whitespace)).then(|| url.to_owned())
}

/// A full commit id in lowercase.
pub(super) fn commit(value: &Value, key: &str) -> Option<String> {
    let id = text(value, key)?;
    let is_id = matches!(id.len(), 40 | 64) && id.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_id.then(|| id.to_ascii_lowercase())
}

/// The other names of a vulnerability: canonical, sorted, once each, without its id.
pub(super) fn aliases<'a>(id: &str, names: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    let mut aliases: Vec<String> =
        names.into_iter().map(canonical_id).filter(|name| !name.is_empty() && name != id).collect();
    aliases.sort();
    aliases.dedup();
    aliases
}

/// Versions that have a fix, ascending, as far as they are SemVer. Those of distributions never are:
/// what follows the hyphen is no pre-release.
pub(super) fn fixed<'a>(
    ecosystem: &Ecosystem,
    versions: impl IntoIterator<Item = &'a str>,
) -> Vec<Version> {
    let is_of_distribution = matches!(ecosystem.purl_type(), "apk" | "deb" | "rpm");
    let versions = versions.into_iter().filter(|_| !is_of_distribution);
    let mut fixed: Vec<Version> =
        versions.filter_map(|text| ecosystem.version(text).parse().ok()).collect();
    fixed.sort();
    fixed.dedup();
    fixed
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_field_of_another_type_is_absent() {
        for odd in [json!(null), json!(true), json!({}), json!([]), json!(""), json!(" ")] {
            let value = json!({ "a": odd });
            assert_eq!(text(&value, "a"), None);
            assert_eq!(text_or_number(&value, "a"), None);
            assert_eq!(number(&value, "a"), None);
            assert_eq!(row(&value, "a"), None);
            assert_eq!(date(&value, "a"), None);
            assert_eq!(url(&value, "a"), None);
            assert!(list(&value, "a").is_empty());
            assert!(texts(&value, "a").is_empty());
            assert!(title(&value, "a").is_empty());
        }
        assert_eq!(at(&json!([1]), &["a", "b"]), &Value::Null);
        assert_eq!(entries(&json!({ "a": [1] }), "a").count(), 0);
    }

    #[test]
    fn numbers_may_be_strings_and_strings_numbers() {
        let value =
            json!({ "a": "7.5", "b": 1084, "c": "12", "d": -1, "e": 0, "f": "NaN", "g": 7.0 });
        assert_eq!(number(&value, "a"), Some(7.5));
        assert_eq!(text_or_number(&value, "b").as_deref(), Some("1084"));
        assert_eq!(row(&value, "c"), NonZeroU32::new(12));
        assert_eq!(row(&value, "g"), NonZeroU32::new(7));
        assert_eq!((row(&value, "d"), row(&value, "e")), (None, None));
        assert_eq!(number(&value, "f"), None);
    }

    #[test]
    fn dates_links_and_commits_are_what_they_look_like() {
        let value = json!({
            "day": "2031-04-30", "time": "2031-04-30T23:00:00.5-08:00", "no": "2031-4-30",
            "link": "https://example.org/x", "script": "javascript:alert(1)",
            "commit": "ABCDEF0123456789abcdef0123456789abcdef01", "short": "abcdef0",
        });
        assert_eq!(date(&value, "day"), date(&value, "time"));
        assert!(date(&value, "day").is_some() && date(&value, "no").is_none());
        assert!(url(&value, "link").is_some() && url(&value, "script").is_none());
        assert!(commit(&value, "commit").is_some_and(|id| id.starts_with("abcdef")));
        assert_eq!(commit(&value, "short"), None);
    }

    #[test]
    fn what_is_too_long_is_no_name_and_a_title_is_cut() {
        let value = json!({ "a": "é".repeat(100_000) });
        assert_eq!(text(&value, "a"), None);
        assert_eq!(title(&value, "a").chars().count(), LONGEST_TITLE);
        assert_eq!(details(&value, "a").chars().count(), LONGEST_DETAILS);
    }

    #[test]
    fn aliases_are_canonical_and_versions_sorted() {
        let names = ["ghsa-ABCD-efgh-2345", "CVE-2031-2", "cve-2031-1", "CVE-2031-2", ""];
        assert_eq!(aliases("CVE-2031-1", names), ["CVE-2031-2", "GHSA-abcd-efgh-2345"]);
        let versions = fixed(&Ecosystem::GO, ["v1.10.0", "1.9.1", "1.9.1", "1.x"]);
        let shown: Vec<String> = versions.iter().map(ToString::to_string).collect();
        assert_eq!(shown, ["1.9.1", "1.10.0"]);
    }
}
