//! The packages of one result of Trivy: rows, and who requires whom.

use std::{
    collections::{BTreeMap, VecDeque},
    num::NonZeroU32,
};

use serde_json::Value;

use super::field;

/// No chain of dependents is longer.
const LONGEST_PATH: usize = 100;

/// What `Packages` says, by the id that vulnerabilities call `PkgID`.
pub(super) struct Packages<'a> {
    /// `name version`.
    names: BTreeMap<&'a str, String>,
    rows: BTreeMap<&'a str, NonZeroU32>,
    /// Through which package each is reached first from one that nobody requires.
    via: BTreeMap<&'a str, Option<&'a str>>,
}

impl<'a> Packages<'a> {
    pub(super) fn of(result: &'a Value) -> Self {
        let mut names = BTreeMap::new();
        let mut rows = BTreeMap::new();
        let mut requires: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        let mut via: BTreeMap<&str, Option<&str>> = BTreeMap::new();
        for package in field::list(result, "Packages") {
            let Some(id) = field::text(package, "ID") else { continue };
            let name = field::text(package, "Name").unwrap_or(id);
            let version = field::text(package, "Version").unwrap_or_default();
            names.insert(id, format!("{name} {version}").trim_end().to_owned());
            let place = field::list(package, "Locations").first();
            if let Some(row) = place.and_then(|place| field::row(place, "StartLine")) {
                rows.insert(id, row);
            }
            requires.insert(id, field::texts(package, "DependsOn"));
        }
        let mut next: VecDeque<&str> = names.keys().copied().collect();
        for required in requires.values().flatten() {
            via.insert(required, None);
        }
        next.retain(|id| !via.contains_key(id));
        via = next.iter().map(|id| (*id, None)).collect();
        while let Some(id) = next.pop_front() {
            for required in requires.get(id).into_iter().flatten() {
                if !via.contains_key(required) {
                    via.insert(required, Some(id));
                    next.push_back(required);
                }
            }
        }
        Self { names, rows, via }
    }

    /// The row of a vulnerability's package.
    pub(super) fn row(&self, id: &str) -> Option<NonZeroU32> {
        self.rows.get(id).copied()
    }

    /// The chain of `name version` through which a package is required; empty if nothing says so.
    pub(super) fn path(&self, id: &str) -> Vec<String> {
        let Some((start, _)) = self.via.get_key_value(id) else { return Vec::new() };
        let above = |id: &&'a str| self.via.get(id).copied().flatten();
        let mut path: Vec<String> = std::iter::successors(Some(*start), above)
            .take(LONGEST_PATH + 1)
            .map(|id| self.names.get(id).cloned().unwrap_or_else(|| id.to_owned()))
            .collect();
        if path.len() > LONGEST_PATH {
            return Vec::new();
        }
        path.reverse();
        path
    }
}
