//! GitHub's notation of affected versions → [`VersionRange`], for SemVer ecosystems.
//!
//! It knows `=`, `<`, `<=`, `>` and `>=`, joined by commas that mean "and":
//! <https://docs.github.com/en/code-security/security-advisories/guidance-on-reporting-and-writing-information-about-vulnerabilities/best-practices-for-writing-repository-security-advisories#affected-versions>.
//! Anything else is an error and never a guess.

use semver::{BuildMetadata, Prerelease, Version};

use crate::{import::unread, model::VersionRange};

/// Reads `>= 1.0.0, < 1.2.3`; an error says what is wrong with it.
pub(super) fn read(text: &str) -> Result<VersionRange, String> {
    let mut range = VersionRange { introduced: None, fixed: None };
    for comparator in text.split(',').map(str::trim) {
        let split = comparator.find(|c: char| !matches!(c, '<' | '>' | '='));
        let (operator, version) = comparator.split_at(split.unwrap_or(comparator.len()));
        let Some(version) = parsed(version.trim()) else {
            return Err(format!("{} is no range of versions", unread::quote(text)));
        };
        // Both ends of ours are half open. SemVer has a next version after each one, so that an end
        // that is included can be said exactly.
        let next = || next(&version).ok_or_else(|| format!("nothing is above {version}"));
        let (from, to) = match operator {
            "=" => (Some(version.clone()), Some(next()?)),
            ">=" => (Some(version), None),
            ">" => (Some(next()?), None),
            "<" => (None, Some(version)),
            "<=" => (None, Some(next()?)),
            _ => return Err(format!("{} is no range of versions", unread::quote(text))),
        };
        // The narrower end counts.
        range.introduced = range.introduced.into_iter().chain(from).max();
        range.fixed = range.fixed.into_iter().chain(to).min();
    }
    match (&range.introduced, &range.fixed) {
        (Some(from), Some(to)) if from >= to => {
            Err(format!("no version is in {}", unread::quote(text)))
        }
        _ => Ok(range),
    }
}

/// A version without build metadata, which no comparison looks at. `2` and `2.0` are `2.0.0`.
fn parsed(text: &str) -> Option<Version> {
    let parts = text.split('.').count();
    let is_plain = text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    let mut version = match parts {
        1 | 2 if is_plain => Version::parse(&format!("{text}{}", ".0".repeat(3 - parts))).ok()?,
        _ => Version::parse(text).ok()?,
    };
    version.build = BuildMetadata::EMPTY;
    Some(version)
}

/// The lowest version above another one: after `1.5.0` comes `1.5.1-0`, the least pre-release of the
/// next patch, and after `1.5.0-beta` comes `1.5.0-beta.0`. `1.5.1` instead would take in the
/// pre-releases between.
fn next(version: &Version) -> Option<Version> {
    let mut next = version.clone();
    next.build = BuildMetadata::EMPTY;
    if version.pre.is_empty() {
        next.patch = version.patch.checked_add(1)?;
        next.pre = Prerelease::new("0").ok()?;
    } else {
        next.pre = Prerelease::new(&format!("{}.0", version.pre)).ok()?;
    }
    Some(next)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_are_included_or_not_as_written() {
        for (text, inside, outside) in [
            (">= 1.0.0, < 1.2.3", "1.0.0 1.2.2 1.2.3-rc.1", "1.0.0-rc.1 0.9.9 1.2.3 2.0.0"),
            ("= 1.0.0", "1.0.0 1.0.0+build", "1.0.0-rc.1 1.0.1 1.0.1-0 1.0.1-alpha"),
            ("<= 1.5.0", "0.0.0 1.5.0-rc.1 1.5.0 1.5.0+x", "1.5.1-0 1.5.1-alpha 1.5.1 2.0.0"),
            ("<= 1.5.0-beta.1", "1.4.9 1.5.0-beta.1", "1.5.0-beta.1.0 1.5.0-beta.2 1.5.0"),
            ("= 2.0.0-rc.1", "2.0.0-rc.1", "2.0.0-rc 2.0.0-rc.1.0 2.0.0-rc.2 2.0.0"),
            ("> 1.0.0", "1.0.1-0 1.0.1-alpha 1.0.1 9.0.0", "1.0.0 1.0.0-rc.1"),
            ("> 1.0.0-rc.1, <= 1.0.0", "1.0.0-rc.1.1 1.0.0", "1.0.0-rc.1 1.0.1-alpha"),
            ("< 2", "1.9.9 2.0.0-rc.1", "2.0.0"),
            (">=0.3,<0.4", "0.3.0 0.3.9 0.4.0-alpha", "0.3.0-alpha 0.4.0"),
            ("< 3.0.0, < 2.0.0, >= 1.0.0, >= 1.1.0", "1.1.0", "1.0.0 2.0.0"),
            (">= 0", "0.0.0 99.0.0", "0.0.0-alpha"),
        ] {
            let range = read(text).expect(text);
            for (versions, expected) in [(inside, true), (outside, false)] {
                for version in versions.split(' ') {
                    let parsed = Version::parse(version).expect(version);
                    assert_eq!(range.contains(&parsed), expected, "{version} in {text}");
                }
            }
        }
    }

    #[test]
    fn what_is_no_range_is_never_guessed() {
        for text in [
            "",
            " ",
            ",",
            "*",
            "1.0.0",
            "^1.0.0",
            "~> 1.0",
            "== 1.0.0",
            "=> 1.0.0",
            "!= 1.0.0",
            ">= 1.0.0,",
            ">= 1.0.0 < 2.0.0",
            "< 1.0.0 || >= 2.0.0",
            "< 1.0.0.0",
            "< v1.0.0",
            "< 01.0.0",
            "< 1.x",
            "<",
            "all versions",
            "< 1.0.0, >= 1.0.0",
            "<= 1.0.18446744073709551615",
            "< 99999999999999999999.0.0",
        ] {
            assert!(read(text).is_err(), "{text}");
        }
    }
}
