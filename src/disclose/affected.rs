//! The versions that have the hole, as a row of the record writes them: comparators joined by commas,
//! and ranges joined by `||`. Versions of every scheme are kept as they are.

use std::cmp::Ordering;

use semver::Version;

/// Every version between two ends.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Interval {
    /// `None`: from the very first version.
    pub from: Option<Bound>,
    /// `None`: every later one.
    pub to: Option<Bound>,
}

/// An end of an interval.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bound {
    /// Without `v`.
    pub version: String,
    pub is_inclusive: bool,
}

/// Reads `>= 1.4.0, < 1.4.7 || = 1.5.0`; `None`: it is no range, or one that ends before it begins.
pub fn intervals(text: &str) -> Option<Vec<Interval>> {
    text.split("||").map(interval).collect()
}

fn interval(text: &str) -> Option<Interval> {
    let mut interval = Interval::default();
    for comparator in text.split(',') {
        let comparator = comparator.trim();
        let operators = [">=", "<=", ">", "<", "="];
        let operator = operators.into_iter().find(|operator| comparator.starts_with(operator));
        let version = version(comparator.strip_prefix(operator.unwrap_or(""))?)?;
        let bound = |is_inclusive| Some(Bound { version: version.clone(), is_inclusive });
        let (from, to) = match operator {
            Some(">=") => (bound(true), None),
            Some(">") => (bound(false), None),
            Some("<=") => (None, bound(true)),
            Some("<") => (None, bound(false)),
            _ => (bound(true), bound(true)),
        };
        for (end, found) in [(&mut interval.from, from), (&mut interval.to, to)] {
            if end.is_some() && found.is_some() {
                return None;
            }
            *end = found.or(end.take());
        }
    }
    interval.has_room().then_some(interval)
}

fn version(text: &str) -> Option<String> {
    let text = text.trim();
    let text = text.strip_prefix('v').unwrap_or(text);
    let is_letter = |c: char| c.is_ascii_alphanumeric() || ".-+_:~".contains(c);
    let is_version = text.starts_with(|c: char| c.is_ascii_alphanumeric());
    (is_version && text.len() <= 100 && text.chars().all(is_letter)).then(|| text.to_owned())
}

impl Interval {
    /// False if it ends before it begins, as far as its versions can be compared.
    fn has_room(&self) -> bool {
        let (Some(from), Some(to)) = (&self.from, &self.to) else { return true };
        match (Version::parse(&from.version), Version::parse(&to.version)) {
            (Ok(first), Ok(last)) => match first.cmp_precedence(&last) {
                Ordering::Less => true,
                Ordering::Equal => from.is_inclusive && to.is_inclusive,
                Ordering::Greater => false,
            },
            _ => true,
        }
    }

    /// True if `version` is in it; `None`: it cannot be compared.
    pub fn contains(&self, version: &str) -> Option<bool> {
        let version = Version::parse(version.strip_prefix('v').unwrap_or(version)).ok()?;
        let compared = |bound: &Bound| {
            Version::parse(&bound.version).ok().map(|end| version.cmp_precedence(&end))
        };
        let is_after = match &self.from {
            None => true,
            Some(bound) => match compared(bound)? {
                Ordering::Greater => true,
                Ordering::Equal => bound.is_inclusive,
                Ordering::Less => false,
            },
        };
        let is_before = match &self.to {
            None => true,
            Some(bound) => match compared(bound)? {
                Ordering::Less => true,
                Ordering::Equal => bound.is_inclusive,
                Ordering::Greater => false,
            },
        };
        Some(is_after && is_before)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        let end = |bound: &Option<Bound>| match bound {
            None => "-".to_owned(),
            Some(bound) if bound.is_inclusive => format!("{}]", bound.version),
            Some(bound) => format!("{})", bound.version),
        };
        let Some(read) = intervals(text) else { return "none".to_owned() };
        let shown: Vec<String> =
            read.iter().map(|one| format!("{} {}", end(&one.from), end(&one.to))).collect();
        shown.join(" | ")
    }

    #[test]
    fn a_range_is_what_its_comparators_say() {
        for (text, expected) in [
            (">= 1.4.0, < 1.4.7", "1.4.0] 1.4.7)"),
            ("<1.4.7", "- 1.4.7)"),
            ("> v1.4.0, <= v1.4.6", "1.4.0) 1.4.6]"),
            (">= 1.4.0", "1.4.0] -"),
            ("1.4.3", "1.4.3] 1.4.3]"),
            ("= 1.4.3 || >= 1.5.0, < 1.5.2", "1.4.3] 1.4.3] | 1.5.0] 1.5.2)"),
            (">= 2031.03, < 2031.04-lts", "2031.03] 2031.04-lts)"),
            ("", "none"),
            (">= ", "none"),
            (">= 1.4.0 < 1.4.7", "none"),
            (">= 1.0.0, >= 2.0.0", "none"),
            (">= 1.4.7, < 1.4.0", "none"),
            ("> 1.4.0, < 1.4.0", "none"),
            ("~> 1.4", "none"),
            ("|| < 1.0.0", "none"),
            ("= 1.4.0, < 2.0.0", "none"),
        ] {
            assert_eq!(shown(text), expected, "{text}");
        }
    }

    #[test]
    fn a_version_is_inside_outside_or_not_comparable() {
        let read = intervals(">= 1.4.0, < 1.4.7").expect("a range");
        for (version, expected) in [
            ("1.4.0", Some(true)),
            ("v1.4.6", Some(true)),
            ("1.4.7", Some(false)),
            ("1.3.9", Some(false)),
            ("1.4", None),
        ] {
            assert_eq!(read[0].contains(version), expected, "{version}");
        }
    }
}
