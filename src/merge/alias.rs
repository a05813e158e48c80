//! Which names are one vulnerability: a partition by `aliases`, and by nothing else.
//!
//! `related` and `upstream` are not identity: <https://ossf.github.io/osv-schema/#aliases-field>.
//! The relation is symmetric and transitive, so a true union–find keeps it; joining pair by pair
//! loses members.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::model::canonical_id;

/// A partition of names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Groups {
    /// Each name's group.
    group: HashMap<String, usize>,
    /// The names of each group, sorted; groups are in the order of their first names.
    members: Vec<BTreeSet<String>>,
}

impl Groups {
    /// The groups of records, each with its id and its aliases, in any order and spelling.
    pub fn of<'a>(records: impl IntoIterator<Item = (&'a str, &'a [String])>) -> Self {
        let mut forest = Forest::default();
        for (id, aliases) in records {
            let first = forest.index(id);
            for alias in aliases {
                let other = forest.index(alias);
                forest.join(first, other);
            }
        }
        let mut by_root: HashMap<usize, BTreeSet<String>> = HashMap::new();
        let names: Vec<(String, usize)> = std::mem::take(&mut forest.names).into_iter().collect();
        for (name, index) in names {
            by_root.entry(forest.root(index)).or_default().insert(name);
        }
        let sorted: BTreeMap<String, BTreeSet<String>> = by_root
            .into_values()
            .filter_map(|names| Some((names.first()?.clone(), names)))
            .collect();
        let members: Vec<BTreeSet<String>> = sorted.into_values().collect();
        let group = members
            .iter()
            .enumerate()
            .flat_map(|(index, names)| names.iter().map(move |name| (name.clone(), index)))
            .collect();
        Self { group, members }
    }

    /// The group of a name in its canonical spelling; `None`: no record mentions it.
    pub fn group(&self, name: &str) -> Option<usize> {
        let found = self.group.get(name).copied();
        found.or_else(|| self.group.get(&canonical_id(name)).copied())
    }

    /// The names of a group, sorted.
    pub fn names(&self, group: usize) -> impl Iterator<Item = &str> {
        self.members.get(group).into_iter().flatten().map(String::as_str)
    }

    /// The number of groups.
    pub fn len(&self) -> usize {
        self.members.len()
    }

    /// True if there is no name at all.
    pub fn is_empty(&self) -> bool {
        self.members.is_empty()
    }
}

/// Union by size with path halving.
#[derive(Default)]
struct Forest {
    names: HashMap<String, usize>,
    parent: Vec<usize>,
    size: Vec<usize>,
}

impl Forest {
    fn index(&mut self, name: &str) -> usize {
        let next = self.parent.len();
        let index = *self.names.entry(canonical_id(name)).or_insert(next);
        if index == next {
            self.parent.push(next);
            self.size.push(1);
        }
        index
    }

    fn root(&mut self, mut index: usize) -> usize {
        while self.parent[index] != index {
            self.parent[index] = self.parent[self.parent[index]];
            index = self.parent[index];
        }
        index
    }

    fn join(&mut self, a: usize, b: usize) {
        let (a, b) = (self.root(a), self.root(b));
        if a == b {
            return;
        }
        let (large, small) = if self.size[a] >= self.size[b] { (a, b) } else { (b, a) };
        self.parent[small] = large;
        self.size[large] += self.size[small];
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn groups(records: &[(&str, &[&str])]) -> Vec<Vec<String>> {
        let records: Vec<(&str, Vec<String>)> = records
            .iter()
            .map(|(id, aliases)| (*id, aliases.iter().map(ToString::to_string).collect()))
            .collect();
        let groups = Groups::of(records.iter().map(|(id, aliases)| (*id, aliases.as_slice())));
        (0..groups.len()).map(|g| groups.names(g).map(str::to_owned).collect()).collect()
    }

    #[test]
    fn a_chain_that_pairwise_joining_loses_is_one_group() {
        let found = groups(&[("A-0", &["A-3"]), ("A-1", &["A-2"]), ("A-2", &["A-3"])]);
        assert_eq!(found, [["A-0", "A-1", "A-2", "A-3"]]);
    }

    #[test]
    fn two_spellings_are_one_name() {
        let found = groups(&[("ghsa-ABCD-efgh-ijkm", &["cve-2031-1"]), ("CVE-2031-1", &[])]);
        assert_eq!(found, [["CVE-2031-1", "GHSA-abcd-efgh-ijkm"]]);
    }
}
