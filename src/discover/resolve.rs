//! Which lines a claim is about.

use std::collections::BTreeMap;

use super::{
    Policy,
    name::{Numbers, Suffix, VersionName},
    refs::Refs,
    series::{Series, Shown},
};
use crate::model::{About, Standing};

/// A range without an upper end that holds more lines than this is no list of them.
const MOST_FROM: usize = 4;

/// What is known of the lines when claims are resolved.
pub(super) struct Known<'a> {
    pub shown: &'a Shown,
    /// The short name of the default branch.
    pub default: Option<&'a str>,
    /// The index of the newest line with a stable release.
    pub newest: Option<usize>,
    /// The editions whose support counts.
    editions: Option<&'a [String]>,
}

impl<'a> Known<'a> {
    pub(super) fn of(shown: &'a Shown, refs: &'a Refs, policy: &'a Policy) -> Self {
        let newest = shown.series.iter().position(|s| s.is_released() && s.ended_by.is_none());
        let editions = policy.editions.as_deref();
        Self { shown, default: refs.default_short(), newest, editions }
    }

    /// True of an edition that everybody gets, or that the configuration counts.
    pub(super) fn is_public(&self, edition: &str) -> bool {
        match self.editions {
            Some(editions) => editions.iter().any(|counted| counted == edition),
            None => matches!(edition, "ce" | "community" | "oss"),
        }
    }

    /// The lines that a claim is about, by index. A rule and "others" are about all lines and are
    /// treated apart.
    pub(super) fn lines(&self, about: &About, standing: Option<Standing>) -> Vec<usize> {
        let is_over = standing == Some(Standing::Eol);
        match about {
            About::Version(version) => self.version(version, is_over),
            About::Branch(name) => self.branch(name, is_over),
            About::Below(version) => self.within(|series, key| series < key, version),
            About::From(version) => self.from(version, is_over),
            About::Between(low, high) => {
                let (Some(low), Some(high)) = (numbers(low), numbers(high)) else {
                    return Vec::new();
                };
                let all = 0..self.shown.series.len();
                let inside: Vec<usize> = all
                    .filter(|at| {
                        let order = &self.shown.series[*at].order;
                        cut(order, low.len()) >= parts(&low)
                            && cut(order, high.len()) <= parts(&high)
                    })
                    .collect();
                let names_lines = low.len() > 1 && high.len() > 1;
                if is_over || (names_lines && self.is_short(&inside)) {
                    inside
                } else {
                    self.newest_of_majors(&inside)
                }
            }
            About::Newest => self.newest.into_iter().collect(),
            About::Matching(_) | About::Rule(_) | About::Others => Vec::new(),
        }
    }

    fn version(&self, version: &str, is_over: bool) -> Vec<usize> {
        let Some(version) = numbers(version) else { return Vec::new() };
        let series = &self.shown.series;
        let is_line = |s: &Series| {
            s.order.len() <= version.len()
                && cut(&s.order, s.order.len()) == parts(&version)[..s.order.len()]
        };
        let exact: Vec<usize> = (0..series.len()).filter(|at| is_line(&series[*at])).collect();
        // `4.10` and `4.1` differ, and `22.3` is of the line `22` where lines are majors.
        if let Some(longest) = exact.iter().max_by_key(|at| series[**at].order.len()) {
            return vec![*longest];
        }
        if version.len() > 1 {
            return Vec::new();
        }
        let of_major: Vec<usize> =
            (0..series.len()).filter(|at| series[*at].order.major() == version.major()).collect();
        if is_over { of_major } else { self.newest_of_majors(&of_major) }
    }

    /// A promise for a major is kept by its newest released line; without one, by the newest.
    fn newest_of_majors(&self, lines: &[usize]) -> Vec<usize> {
        // The newest of each major, and the newest released one; lines come newest first.
        let mut newest: BTreeMap<u64, (usize, Option<usize>)> = BTreeMap::new();
        for at in lines {
            let series = &self.shown.series[*at];
            let entry = newest.entry(series.order.major()).or_insert((*at, None));
            if entry.1.is_none() && series.is_released() {
                entry.1 = Some(*at);
            }
        }
        newest.into_values().rev().map(|(any, released)| released.unwrap_or(any)).collect()
    }

    fn from(&self, version: &str, is_over: bool) -> Vec<usize> {
        let inside = self.within(|series, key| series >= key, version);
        // `>= 1.4` names lines, `>= 2` a major.
        let names_lines = numbers(version).is_some_and(|version| version.len() > 1);
        if is_over || (names_lines && self.is_short(&inside)) {
            inside
        } else {
            self.newest_of_majors(&inside)
        }
    }

    /// Who writes `>= 0.10` beside thirty newer lines means the newest.
    fn is_short(&self, lines: &[usize]) -> bool {
        lines.iter().filter(|at| self.shown.series[**at].is_released()).count() <= MOST_FROM
    }

    fn within(&self, holds: fn(&[u64], &[u64]) -> bool, version: &str) -> Vec<usize> {
        let Some(version) = numbers(version) else { return Vec::new() };
        let key = parts(&version);
        let all = 0..self.shown.series.len();
        all.filter(|at| {
            let order = &self.shown.series[*at].order;
            let length = order.len().min(key.len());
            // `< 3.6.4` is about all of 3.5 and about a part of 3.6.
            let order = cut(order, length);
            holds(&order, &key[..length])
        })
        .collect()
    }

    fn branch(&self, name: &str, is_over: bool) -> Vec<usize> {
        let series = &self.shown.series;
        let is_its = |s: &Series| s.branch.as_ref().is_some_and(|branch| branch.short == name);
        if let Some(at) = series.iter().position(is_its) {
            return vec![at];
        }
        if self.default == Some(name) {
            return Vec::new();
        }
        let Some(version) = VersionName::parse(name) else { return Vec::new() };
        let is_line =
            matches!(version.suffix, Suffix::None | Suffix::Wildcard | Suffix::BranchWord);
        if is_line && self.is_own(&version) {
            self.version(&version.numbers.text(), is_over)
        } else {
            Vec::new()
        }
    }

    /// True of a name that reads as a line's branch.
    pub(super) fn is_line_name(&self, name: &str) -> bool {
        VersionName::parse(name).is_some_and(|version| {
            matches!(version.suffix, Suffix::None | Suffix::Wildcard | Suffix::BranchWord)
                && version.numbers.len() <= 3
                && self.is_own(&version)
        })
    }

    /// True of a branch name that is not another product's.
    pub(super) fn is_own(&self, name: &VersionName) -> bool {
        let product = name.product_of_branch();
        product.is_empty() || self.shown.products.contains(&product)
    }

    /// True if a claim about a branch means the one that newest releases are made on.
    pub(super) fn is_branch_of_newest(&self, about: &About) -> bool {
        let About::Branch(name) = about else { return false };
        let has_own = self.newest.is_some_and(|newest| self.shown.series[newest].branch.is_some());
        self.default == Some(name) && !has_own
    }
}

fn numbers(version: &str) -> Option<Numbers> {
    VersionName::parse(version).map(|version| version.numbers)
}

fn parts(numbers: &Numbers) -> Vec<u64> {
    cut(numbers, numbers.len())
}

/// The first `length` numbers.
fn cut(numbers: &Numbers, length: usize) -> Vec<u64> {
    numbers.values().iter().copied().chain(std::iter::repeat(0)).take(length).collect()
}
