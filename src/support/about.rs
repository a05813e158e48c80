//! Versions and ranges of versions as people write them.

use crate::model::About;

/// A number above this is a date or an issue, not a part of a version.
const LARGEST: u64 = 99_999;
/// A text with more bytes is not about versions alone.
const LONGEST: usize = 1_000;

/// The numbers of a whole text that is one version: `v1.4.x` and `1.4` are `1.4`, `v22` is `22`,
/// `hub-1.4.2` is `1.4.2`; `None` for anything else.
pub(super) fn version(text: &str) -> Option<String> {
    let text = text.trim().trim_matches('`').trim();
    let start = text.find(|c: char| c.is_ascii_digit())?;
    let before = &text[..start];
    let is_prefix =
        before.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | '/' | ' '))
            && before.len() <= 40;
    // `latest-1` and `n-2` count back.
    let counts_back = ["latest", "n", "current", "newest"]
        .contains(&before.trim_end_matches(['-', '_', ' ']).to_lowercase().as_str());
    if !is_prefix || counts_back {
        return None;
    }
    let (numbers, rest) = numbers(&text[start..])?;
    rest.is_empty().then_some(numbers)
}

/// Reads the numbers at the start of a text, with a closing `.x` if there is one, and gives the rest.
pub(super) fn numbers(text: &str) -> Option<(String, &str)> {
    let mut found: Vec<&str> = Vec::new();
    let mut rest = text;
    loop {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        if digits == 0 || rest[..digits].parse::<u64>().ok()? > LARGEST {
            return None;
        }
        found.push(&rest[..digits]);
        rest = &rest[digits..];
        let mut following = rest.chars();
        match (following.next(), following.next()) {
            (Some('.'), Some(digit)) if digit.is_ascii_digit() && found.len() < 5 => {
                rest = &rest[1..];
            }
            _ => break,
        }
    }
    // `1.x.x` is `1.x`.
    loop {
        let wild = rest
            .strip_prefix('.')
            .or_else(|| rest.strip_prefix('-'))
            .and_then(|after| after.strip_prefix(['x', 'X', '*', 'y', 'Y', 'z', 'Z']));
        match wild {
            Some(after) if !after.starts_with(|c: char| c.is_alphanumeric()) => rest = after,
            _ => break,
        }
    }
    Some((found.join("."), rest))
}

/// What the cell of a table or the head of a list item is about: a version, a range, a branch name.
///
/// `None`: it names no version at all.
pub(super) fn about(text: &str) -> Vec<About> {
    if text.len() > LONGEST {
        return Vec::new();
    }
    let text = text.trim().trim_matches(['`', '*', '_', '"']).trim();
    // `2.latest` is the newest of 2.
    let text = text.strip_suffix(".latest").unwrap_or(text);
    let lower = text.to_lowercase();
    if OTHERS.iter().any(|word| lower == *word) {
        return vec![About::Others];
    }
    if NEWEST.iter().any(|word| lower == *word) {
        return vec![About::Newest];
    }
    if let Some(one) = single(text) {
        return vec![one];
    }
    // Several versions in one cell: `2.4, 2.5 and 3.0`, `1.4 / 1.5`.
    let parts: Vec<&str> = text.split(&[',', '/', ';', '&', '\n'][..]).collect();
    let parts: Vec<&str> = parts.iter().flat_map(|part| part.split(" and ")).collect();
    if parts.len() > 1 {
        let found: Vec<Option<About>> = parts.iter().map(|part| single(part)).collect();
        if found.iter().all(Option::is_some) {
            return found.into_iter().flatten().collect();
        }
    }
    Vec::new()
}

const NEWEST: [&str; 8] = [
    "latest",
    "newest",
    "latest release",
    "latest version",
    "current",
    "latest stable",
    "latest minor",
    "latest stable release",
];

const OTHERS: [&str; 14] = [
    "all other releases",
    "all other versions",
    "all others",
    "any other version",
    "everything else",
    "older",
    "older releases",
    "older versions",
    "other",
    "other releases",
    "other versions",
    "others",
    "previous versions",
    "all older versions",
];

/// Words that stand beside a version and add nothing to what it is about.
const FILLERS: [&str; 18] = [
    "version",
    "versions",
    "release",
    "releases",
    "series",
    "lts",
    "line",
    "branch",
    "stable",
    "latest",
    "current",
    "(lts)",
    "(current)",
    "(latest)",
    "(stable)",
    "all",
    "the",
    "supported",
];

fn single(text: &str) -> Option<About> {
    let text = text.trim().trim_matches(['`', '*', '_', '"']).trim();
    if text.is_empty() || text.len() > 80 {
        return None;
    }
    let lower = text.to_lowercase();
    let after = |prefix: &[&str]| prefix.iter().find_map(|p| lower.strip_prefix(p)).map(str::trim);
    if let Some(rest) = after(&["<=", "=<", "≤", "&lt;="]) {
        let rest = plain(rest)?;
        return Some(About::Between("0".to_owned(), rest));
    }
    if let Some(rest) =
        after(&["<", "&lt;", "older than", "below", "before", "prior to", "lower than", "up to"])
    {
        return plain(rest).map(About::Below);
    }
    if let Some(rest) = after(&[">=", "≥", "=>", "&gt;=", ">", "&gt;", "from"]) {
        // `>= 1.2, < 2.0` and `>= 1.2 < 2.0`
        if let Some((low, high)) = rest.split_once('<') {
            let low = plain(low.trim_end_matches([',', ' ']))?;
            let high = plain(high.trim_start_matches(['=', ' ']))?;
            return Some(About::Between(low, high));
        }
        return plain(rest).map(About::From);
    }
    for mark in [" - ", " – ", " — ", " to ", " through ", "–", " … "] {
        if let Some((low, high)) = lower.split_once(mark)
            && let (Some(low), Some(high)) = (plain(low), plain(high))
        {
            return Some(About::Between(low, high));
        }
    }
    for end in [
        "and older",
        "and below",
        "and earlier",
        "or older",
        "or below",
        "or earlier",
        "and lower",
        "or lower",
        "and prior",
        "and before",
    ] {
        if let Some(rest) = lower.strip_suffix(end) {
            return plain(rest).map(|high| About::Between("0".to_owned(), high));
        }
    }
    for end in [
        "and newer",
        "and above",
        "and later",
        "or newer",
        "or above",
        "or later",
        "and up",
        "or higher",
        "and higher",
        "+",
    ] {
        if let Some(rest) = lower.strip_suffix(end) {
            return plain(rest).map(About::From);
        }
    }
    plain(lower.trim_start_matches(['^', '~'])).map(About::Version)
}

/// A version with nothing but fillers around it.
fn plain(text: &str) -> Option<String> {
    let words: Vec<&str> = text
        .split_whitespace()
        .map(|word| word.trim_matches(['`', '*', '_', '"', ',', '.', ':']))
        .filter(|word| !word.is_empty() && !FILLERS.contains(word))
        .collect();
    match words.as_slice() {
        [one] => version(one),
        // `Helm 3.x`: a name and a version.
        [name, _]
            if ["older", "other", "others", "previous", "earlier", "any", "every", "not"]
                .contains(name)
                || ["tier", "level", "step", "phase", "part", "stage", "class", "category"]
                    .contains(name) =>
        {
            None
        }
        [name, one]
            if name.starts_with(char::is_alphabetic)
                && name.chars().all(|c| c.is_alphanumeric() || c == '-')
                && name.len() <= 30
                && version(name).is_none() =>
        {
            version(one)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_as_people_write_them() {
        for (text, expected) in [
            ("v1.4.x", Some("1.4")),
            ("`1.47.x`", Some("1.47")),
            ("1.30", Some("1.30")),
            ("22", Some("22")),
            ("v22.x", Some("22")),
            ("hub-1.4.2", Some("1.4.2")),
            ("release-1.4", Some("1.4")),
            ("1.x.x", Some("1")),
            ("2.3.*", Some("2.3")),
            ("main", None),
            ("1.4-rc1", None),
            ("20260812", None),
            ("", None),
        ] {
            assert_eq!(version(text).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn a_cell_names_a_version_or_a_range() {
        use About::{Below, Between, From, Newest, Version};
        let v = str::to_owned;
        for (text, expected) in [
            ("`3.6.x`", vec![Version(v("3.6"))]),
            ("< 3.6.x", vec![Below(v("3.6"))]),
            ("<2.0", vec![Below(v("2.0"))]),
            ("&lt; 4.0", vec![Below(v("4.0"))]),
            ("<= 1.9", vec![Between(v("0"), v("1.9"))]),
            (">= 5.0", vec![From(v("5.0"))]),
            ("5.0+", vec![From(v("5.0"))]),
            ("1.2 and older", vec![Between(v("0"), v("1.2"))]),
            ("1.0 - 1.4", vec![Between(v("1.0"), v("1.4"))]),
            (">= 1.2, < 2.0", vec![Between(v("1.2"), v("2.0"))]),
            ("v3.5 LTS", vec![Version(v("3.5"))]),
            ("Ferry 3.x", vec![Version(v("3"))]),
            ("27, 26", vec![Version(v("27")), Version(v("26"))]),
            ("v2 v1", vec![]),
            ("2.4, 2.5 and 3.0", vec![Version(v("2.4")), Version(v("2.5")), Version(v("3.0"))]),
            ("latest", vec![Newest]),
            ("2.latest", vec![Version(v("2"))]),
            ("All other releases", vec![About::Others]),
            ("Latest 3.x", vec![Version(v("3"))]),
            ("Older 3.x", vec![]),
            ("^22.0.0", vec![Version(v("22.0.0"))]),
            ("latest-1", vec![]),
            ("all", vec![]),
            ("Some other text 1.2 here", vec![]),
        ] {
            assert_eq!(about(text), expected, "{text}");
        }
    }
}
