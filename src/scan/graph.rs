//! Who brings a package in: shortest paths and direct dependents.

use std::collections::VecDeque;

use crate::model::{Lockfile, Supply};

/// A chain that is longer is cut in its middle: nobody reads it, and a hostile lockfile could have
/// thousands of chains of thousands of steps.
const LONGEST: usize = 32;

/// The dependency graph of one lockfile, walked once from all its roots.
#[derive(Debug, Default)]
pub(super) struct Paths {
    /// The entry through which each entry is reached first; `None`: a root or unreachable.
    through: Vec<Option<usize>>,
    dependents: Vec<Vec<usize>>,
}

impl Paths {
    /// Walks the lockfile breadth first. The roots are its path packages, which are the workspace
    /// members; without any, the packages that nobody depends on.
    pub(super) fn of(lockfile: &Lockfile) -> Self {
        let count = lockfile.entries.len();
        let mut dependents = vec![Vec::new(); count];
        for (index, entry) in lockfile.entries.iter().enumerate() {
            for dependency in entry.dependencies.iter().map(|d| *d as usize) {
                if dependency < count && dependency != index {
                    dependents[dependency].push(index);
                }
            }
        }
        let is_member = |index: &usize| lockfile.entries[*index].supply == Supply::Path;
        let mut roots: Vec<usize> = (0..count).filter(is_member).collect();
        if roots.is_empty() {
            roots = (0..count).filter(|index| dependents[*index].is_empty()).collect();
        }
        let mut through = vec![None; count];
        let mut seen = vec![false; count];
        for root in &roots {
            seen[*root] = true;
        }
        let mut queue = VecDeque::from(roots);
        while let Some(index) = queue.pop_front() {
            for dependency in lockfile.entries[index].dependencies.iter().map(|d| *d as usize) {
                if dependency < count && !seen[dependency] {
                    seen[dependency] = true;
                    through[dependency] = Some(index);
                    queue.push_back(dependency);
                }
            }
        }
        Self { through, dependents }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.through.is_empty()
    }

    /// The shortest chain of `name version` from a root to the entry, both included; `…` stands for
    /// the middle of a very long one.
    pub(super) fn to(&self, index: usize, lockfile: &Lockfile) -> Vec<String> {
        let mut chain = vec![index];
        let mut at = index;
        while let Some(before) = self.through[at] {
            chain.push(before);
            at = before;
        }
        chain.reverse();
        let name = |index: &usize| {
            let entry = &lockfile.entries[*index];
            format!("{} {}", entry.name, entry.version)
        };
        if chain.len() <= LONGEST {
            return chain.iter().map(name).collect();
        }
        let (start, end) = (&chain[..LONGEST / 2], &chain[chain.len() - LONGEST / 2..]);
        let middle = std::iter::once("…".to_owned());
        start.iter().map(name).chain(middle).chain(end.iter().map(name)).collect()
    }

    /// Who depends on the entry directly.
    pub(super) fn dependents(&self, index: usize) -> &[usize] {
        self.dependents.get(index).map_or(&[], Vec::as_slice)
    }
}
