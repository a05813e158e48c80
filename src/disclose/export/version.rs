//! Versions as records and tags write them, compared.
//!
//! Records have to be put into the order of versions for every ecosystem, also for those whose
//! versions are no semantic ones: numbers first, however many, then what stands behind them.

use std::{cmp::Ordering, fmt};

/// Longer than any version that somebody releases.
const LONGEST: usize = 100;

/// A version that can be compared.
#[derive(Clone, Debug)]
pub(in crate::disclose) struct Version {
    /// As written, without a leading `v`.
    text: String,
    /// Without zeros at the end, so that `1.4` is `1.4.0`.
    numbers: Vec<u64>,
    /// How many numbers are written.
    length: usize,
    suffix: Suffix,
}

/// What stands behind the numbers.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Suffix {
    /// `-rc.1`, `rc1`, `b2`: before the version.
    Before(Vec<Part>),
    None,
    /// `.post1`, `p1`: after it.
    After(Vec<Part>),
}

/// Numbers come before words, as in semantic versions.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Part {
    Number(u64),
    Word(String),
}

impl Version {
    /// Reads `1.4.7`, `v1.4.7`, `1.4.7-rc.1`, `2031.2rc1`; `None`: it is no version.
    pub(in crate::disclose) fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let text = text.strip_prefix(['v', 'V']).unwrap_or(text);
        let is_plain =
            |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '+' | '_' | '~');
        if text.len() > LONGEST || !text.chars().all(is_plain) {
            return None;
        }
        let without_build = text.split('+').next().unwrap_or(text);
        let end = without_build.find(|c: char| !c.is_ascii_digit() && c != '.');
        let (numbers, suffix) = without_build.split_at(end.unwrap_or(without_build.len()));
        let numbers = numbers.strip_suffix('.').filter(|_| !suffix.is_empty()).unwrap_or(numbers);
        let mut numbers: Vec<u64> =
            numbers.split('.').map(str::parse).collect::<Result<_, _>>().ok()?;
        let length = numbers.len();
        while numbers.len() > 1 && numbers.last() == Some(&0) {
            numbers.pop();
        }
        Some(Self { text: text.to_owned(), numbers, length, suffix: Suffix::read(suffix) })
    }

    /// Before every version.
    pub(super) fn zero() -> Self {
        Self::of(&[0])
    }

    pub(super) fn as_str(&self) -> &str {
        &self.text
    }

    /// True of `1.5.0-rc.1`.
    pub(super) fn is_before_release(&self) -> bool {
        matches!(self.suffix, Suffix::Before(_))
    }

    /// True if both have the same numbers, whatever stands behind them.
    pub(super) fn is_of(&self, other: &Self) -> bool {
        self.numbers == other.numbers
    }

    /// The least version that somebody would release after this one: `1.4.7` after `1.4.6`, and
    /// `1.4.6` after `1.4.6-rc.1`.
    pub(super) fn next(&self) -> Self {
        let mut numbers = self.numbers.clone();
        numbers.resize(self.length, 0);
        if !self.is_before_release()
            && let Some(last) = numbers.last_mut()
        {
            *last = last.saturating_add(1);
        }
        Self::of(&numbers)
    }

    /// Written with at least three numbers, as semantic versions are, where it has fewer and nothing
    /// stands behind them.
    pub(super) fn padded(&self) -> Self {
        if self.length >= 3 || self.suffix != Suffix::None || self.text.contains('+') {
            return self.clone();
        }
        let mut numbers = self.numbers.clone();
        numbers.resize(3, 0);
        Self::of(&numbers)
    }

    /// True if it is a semantic version as it is written.
    pub(super) fn is_semantic(&self) -> bool {
        semver::Version::parse(&self.text).is_ok()
    }

    fn of(numbers: &[u64]) -> Self {
        let text: Vec<String> = numbers.iter().map(ToString::to_string).collect();
        let mut short = numbers.to_vec();
        while short.len() > 1 && short.last() == Some(&0) {
            short.pop();
        }
        Self { text: text.join("."), numbers: short, length: numbers.len(), suffix: Suffix::None }
    }
}

impl Suffix {
    fn read(text: &str) -> Self {
        let text = text.trim_start_matches(['-', '.', '_']).to_ascii_lowercase();
        let parts = parts(&text);
        match parts.first() {
            None => Self::None,
            Some(Part::Word(word)) if matches!(word.as_str(), "post" | "p" | "patch" | "sp") => {
                Self::After(parts)
            }
            // Words for "this is stable".
            Some(Part::Word(word)) if matches!(word.as_str(), "final" | "ga" | "release") => {
                Self::None
            }
            Some(_) => Self::Before(parts),
        }
    }
}

/// `rc.1` and `rc1` are the same two parts.
fn parts(text: &str) -> Vec<Part> {
    let mut parts = Vec::new();
    for piece in text.split(['.', '-', '_', '~']).filter(|piece| !piece.is_empty()) {
        let mut rest = piece;
        while let Some(first) = rest.chars().next() {
            let is_digit = first.is_ascii_digit();
            let end = rest.find(|c: char| c.is_ascii_digit() != is_digit).unwrap_or(rest.len());
            let (here, then) = rest.split_at(end);
            parts.push(match here.parse() {
                Ok(number) if is_digit => Part::Number(number),
                _ => Part::Word(here.to_owned()),
            });
            rest = then;
        }
    }
    parts
}

impl Ord for Version {
    fn cmp(&self, other: &Self) -> Ordering {
        let order = self.numbers.cmp(&other.numbers);
        order.then_with(|| self.suffix.cmp(&other.suffix))
    }
}

impl PartialOrd for Version {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// `1.4` and `1.4.0` are one version.
impl PartialEq for Version {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Version {}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(text: &str) -> Version {
        Version::parse(text).unwrap_or_else(|| panic!("{text} is a version"))
    }

    #[test]
    fn versions_are_in_the_order_in_which_they_are_released() {
        for order in [
            &[
                "0.9",
                "1.0.0-alpha",
                "1.0.0-alpha.1",
                "1.0.0-beta",
                "1.0.0-rc.2",
                "1.0.0-rc.11",
                "1.0",
            ][..],
            &["1.0.0", "1.0.1", "1.2", "1.10.0", "2.0"],
            &["2031.1", "2031.1.post1", "2031.2rc1", "2031.2"],
            &["8.4", "8.4p1", "8.5"],
            &["1.2.3", "1.2.3.1", "1.2.4"],
        ] {
            for pair in order.windows(2) {
                assert!(version(pair[0]) < version(pair[1]), "{pair:?}");
            }
        }
        for (one, other) in [("1.4", "v1.4.0"), ("1.2.3.Final", "1.2.3"), ("1.0.0+a", "1.0.0+b")] {
            assert_eq!(version(one), version(other));
        }
        for text in ["", "v", "main", "x.y", "1..2", "1.2 3", "99999999999999999999999.0", "1.x;y"]
        {
            assert!(Version::parse(text).is_none(), "{text}");
        }
    }

    #[test]
    fn the_next_version_is_the_least_that_may_be_released() {
        for (text, next) in
            [("1.4.6", "1.4.7"), ("2031.1", "2031.2"), ("1.4.6-rc.1", "1.4.6"), ("1.0.0", "1.0.1")]
        {
            assert_eq!(version(text).next().as_str(), next);
        }
        assert_eq!(version("1.4").padded().as_str(), "1.4.0");
        assert_eq!(version("1.4-rc1").padded().as_str(), "1.4-rc1");
    }
}
