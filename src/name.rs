//! Names inside reports and statements: advisory ids, package URLs, paths. Nothing else of a format
//! is known here.

use crate::model::{Ecosystem, canonical_id};

/// True of the id of a published vulnerability record, by its well-known shape.
pub(crate) fn is_advisory_id(text: &str) -> bool {
    let numbers = |rest: &str, least: usize| {
        rest.split_once('-').is_some_and(|(year, number)| {
            year.len() == 4
                && number.len() >= least
                && year.bytes().chain(number.bytes()).all(|byte| byte.is_ascii_digit())
        })
    };
    let Some((prefix, rest)) = text.split_once('-') else { return false };
    match prefix {
        "CVE" | "GO" | "PYSEC" | "MAL" | "RUSTSEC" | "GSD" | "OSV" => numbers(rest, 1),
        "GHSA" => {
            let parts: Vec<&str> = rest.split('-').collect();
            parts.len() == 3
                && parts.iter().all(|part| {
                    part.len() == 4 && part.bytes().all(|byte| byte.is_ascii_alphanumeric())
                })
        }
        "SNYK" => !rest.is_empty() && !rest.contains(char::is_whitespace),
        _ => false,
    }
}

/// Every advisory id in a text, in its canonical spelling, in order, once each.
pub(crate) fn advisory_ids(text: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for word in text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-')) {
        let id = canonical_id(word.trim_matches('-'));
        if is_advisory_id(&id) && !found.contains(&id) {
            found.push(id);
        }
    }
    found
}

/// A package URL: <https://github.com/package-url/purl-spec>.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Purl {
    pub ecosystem: Ecosystem,
    /// In the ecosystem's one spelling.
    pub name: String,
    pub version: Option<String>,
}

/// Reads a package URL; `None`: it is none.
pub(crate) fn purl(text: &str) -> Option<Purl> {
    let rest = text.trim().strip_prefix("pkg:")?.trim_start_matches('/');
    let rest = rest.split('#').next()?.split('?').next()?;
    let (kind, rest) = rest.split_once('/')?;
    // The name may hold an `@` only as `%40`, the version starts at the last one.
    let (path, version) = match rest.rsplit_once('@') {
        Some((path, version)) if !path.is_empty() && !version.contains('/') => {
            (path, Some(version))
        }
        _ => (rest, None),
    };
    let ecosystem = Ecosystem::of_purl_type(kind);
    let name = percent_decoded(path.trim_matches('/'));
    if name.is_empty() {
        return None;
    }
    Some(Purl {
        name: ecosystem.canonical(&name),
        version: version.map(|version| ecosystem.version(&percent_decoded(version)).to_owned()),
        ecosystem,
    })
}

/// A path as a report gives it → one from the repository's root. `root` is the absolute path or
/// address of the checkout, where the report names it. `None`: it leads out of the repository.
pub(crate) fn path(text: &str, root: Option<&str>) -> Option<String> {
    let text = percent_decoded(text.trim()).replace('\\', "/");
    let bare = |text: &str| -> String {
        let text = text.strip_prefix("file:").unwrap_or(text);
        // `file:///a`, `file:////a` and `//a` are `/a`.
        if text.starts_with("//") {
            format!("/{}", text.trim_start_matches('/'))
        } else {
            text.to_owned()
        }
    };
    let mut path = bare(&text);
    if let Some(root) = root.map(|root| bare(&root.replace('\\', "/"))) {
        let root = root.trim_end_matches('/');
        if let Some(rest) = path.strip_prefix(root).filter(|rest| rest.starts_with('/')) {
            path = rest.trim_start_matches('/').to_owned();
        }
    }
    let is_drive = path.as_bytes().get(1) == Some(&b':');
    if path.starts_with('/') || is_drive || path.contains("://") {
        return None;
    }
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    (!parts.is_empty()).then(|| parts.join("/"))
}

/// `%20` is a space; what is no such code, or would not be UTF-8, stays as it is.
fn percent_decoded(text: &str) -> String {
    if !text.contains('%') {
        return text.to_owned();
    }
    let digit = |byte: Option<&u8>| byte.and_then(|byte| char::from(*byte).to_digit(16));
    let bytes = text.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut index = 0;
    while index < bytes.len() {
        let code = (bytes[index] == b'%')
            .then(|| Some(digit(bytes.get(index + 1))? * 16 + digit(bytes.get(index + 2))?))
            .flatten()
            .and_then(|code| u8::try_from(code).ok());
        decoded.push(code.unwrap_or(bytes[index]));
        index += if code.is_some() { 3 } else { 1 };
    }
    String::from_utf8(decoded).unwrap_or_else(|_| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_found_in_prose() {
        let text = "Fixes cve-2031-1234 (GHSA-ABCD-efgh-2345), see RUSTSEC-2031-0001.";
        assert_eq!(
            advisory_ids(text),
            ["CVE-2031-1234", "GHSA-abcd-efgh-2345", "RUSTSEC-2031-0001"]
        );
        assert!(advisory_ids("CVE-20-1, GHSA-x, SOME-1234-1, CVE-").is_empty());
    }

    #[test]
    fn package_urls_are_read() {
        let of =
            |text: &str| purl(text).map(|p| format!("{} {} {:?}", p.ecosystem, p.name, p.version));
        for (text, expected) in [
            ("pkg:cargo/time@0.1.4", "crates.io time Some(\"0.1.4\")"),
            ("pkg:npm/%40babel/core@7.0.0", "npm @babel/core Some(\"7.0.0\")"),
            ("pkg:golang/github.com/a/b@v1.2.3#sub", "Go github.com/a/b Some(\"1.2.3\")"),
            ("pkg:maven/org.x/y@1?type=jar", "Maven org.x:y Some(\"1\")"),
            ("pkg:pypi/Foo_Bar", "PyPI foo-bar None"),
        ] {
            assert_eq!(of(text).as_deref(), Some(expected), "{text}");
        }
        for text in ["", "pkg:", "pkg:cargo", "pkg:cargo/", "time@1"] {
            assert_eq!(of(text), None, "{text}");
        }
    }

    #[test]
    fn paths_start_at_the_root_of_the_repository() {
        for (text, root, expected) in [
            ("Cargo.lock", None, Some("Cargo.lock")),
            ("./a//b/../Cargo.lock", None, Some("a/Cargo.lock")),
            ("a%20b/c", None, Some("a b/c")),
            ("file:///home/me/x/Cargo.lock", Some("/home/me/x"), Some("Cargo.lock")),
            ("/home/me/x/Cargo.lock", Some("file:///home/me/x/"), Some("Cargo.lock")),
            ("/home/me/x/Cargo.lock", None, None),
            ("/home/me/xy/Cargo.lock", Some("/home/me/x"), None),
            ("../Cargo.lock", None, None),
            ("C:\\x\\Cargo.lock", None, None),
            ("https://example.org/x", None, None),
            ("", None, None),
        ] {
            assert_eq!(path(text, root).as_deref(), expected, "{text}");
        }
    }
}
