//! `osv-scanner --format json`:
//! <https://google.github.io/osv-scanner/output/#json>
//!
//! One claim per package and group of aliases. The tool folds `upstream` into its groups, which is
//! another vulnerability or a set of them, so a group is parted again where only `upstream` holds it
//! together. Paths are absolute and nothing in the report says where the repository's root is, so
//! most claims have no file. `called: false` says that no vulnerable function is called; whether
//! the package is imported at all is not said, and [`Reach::Imported`] is the most it can mean.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{Document, Imported, Importer, Run, field, osv, unread};
use crate::{
    model::{Alert, Level, Reach, Reported, canonical_id},
    name, severity,
};

const ID: &str = "osv-scanner";

/// Groups of dependencies that no release holds.
const DEV_GROUPS: [&str; 3] = ["dev", "development", "test"];

/// Larger groups are not parted, and no more aliases of one record are compared.
const MOST_NAMES: usize = 100;

/// Keys of the whole report; other tools write `results`, too.
const KEYS: [&str; 6] = [
    "results",
    "experimental_config",
    "experimental_generic_findings",
    "image_metadata",
    "license_summary",
    "metadata",
];

pub(super) struct OsvScanner;

impl Importer for OsvScanner {
    fn id(&self) -> &'static str {
        ID
    }

    fn claims(&self, document: &Document<'_>) -> bool {
        document.json().is_some_and(is_report)
    }

    fn read(&self, document: &Document<'_>) -> Imported {
        let Some(report) = document.json().filter(|report| is_report(report)) else {
            return unread::alien(ID, document);
        };
        let mut run = Run::of(ID);
        if !report.get("results").is_some_and(Value::is_array) {
            unread::incomplete(&mut run, "it has no list of results".to_owned());
        }
        for source in field::list(report, "results") {
            let path = field::text(field::at(source, &["source"]), "path");
            let file = path.and_then(|path| name::path(path, None));
            if !field::at(source, &["packages"]).is_array() {
                let path = unread::quote(path.unwrap_or_default());
                unread::result(&mut run, &format!("the source {path} has no list of packages"));
            }
            for package in field::list(source, "packages") {
                read(&mut run, package, file.as_deref());
            }
        }
        Imported { runs: vec![run], trouble: unread::rest(document) }
    }
}

fn is_report(value: &Value) -> bool {
    let Some(object) = value.as_object() else { return false };
    let is_source = |entry: &Value| {
        field::at(entry, &["source"]).is_object() && entry.get("packages").is_some()
    };
    let results = field::list(value, "results");
    object.keys().all(|key| KEYS.contains(&key.as_str()))
        && (results.iter().any(is_source)
            || field::at(value, &["experimental_config"]).is_object()
            || value.get("results").is_some_and(Value::is_array) && results.is_empty())
}

fn read(run: &mut Run, found: &Value, file: Option<&str>) {
    let package = field::at(found, &["package"]);
    let records = osv::by_id(field::list(found, "vulnerabilities"));
    let mut groups: Vec<Group> =
        field::list(found, "groups").iter().flat_map(|group| parted(group, &records)).collect();
    // Old versions write no groups.
    let grouped: BTreeSet<&String> = groups.iter().flat_map(|group| &group.ids).collect();
    let alone: Vec<Group> = records
        .keys()
        .filter(|id| !grouped.contains(id))
        .map(|id| Group { ids: vec![id.clone()], ..Group::default() })
        .collect();
    groups.extend(alone);
    let violations = field::texts(found, "license_violations");
    run.results += groups.len() + violations.len();

    let Some(name) = field::text(package, "name") else {
        if !groups.is_empty() {
            let commit = field::text(package, "commit").unwrap_or("without a commit");
            let ids: Vec<&str> = groups.iter().flat_map(|g| &g.ids).map(String::as_str).collect();
            let (commit, ids) = (unread::quote(commit), unread::quote(&ids.join(", ")));
            unread::result(run, &format!("a package without a name, {commit}, has {ids}"));
        }
        return;
    };
    let package_version = field::text(package, "version");
    let package = osv::Package::of(field::text(package, "ecosystem").unwrap_or_default(), name);
    let version = package_version.map(|version| package.ecosystem.version(version).to_owned());

    for group in groups {
        let own: Vec<&Value> = group.ids.iter().filter_map(|id| records.get(id).copied()).collect();
        if !own.is_empty() && own.iter().all(|record| osv::is_withdrawn(record)) {
            let ids = unread::quote(&group.ids.join(", "));
            unread::note(
                run,
                format!("{ids} is withdrawn, and what the report says of it left out"),
            );
            continue;
        }
        let own: Vec<&Value> = own.into_iter().filter(|r| !osv::is_withdrawn(r)).collect();
        let names: Vec<String> = group.ids.iter().chain(&group.aliases).cloned().collect();
        let mut advisory = osv::advisory(&names, &own, &package);
        if advisory.id.is_empty() {
            unread::result(run, &format!("a group of {} has no id", unread::quote(name)));
            continue;
        }
        if advisory.severity.is_empty() {
            advisory
                .severity
                .extend(group.severity.and_then(|score| severity::of_score(ID, score)));
        }
        let mut claim = Reported::of(advisory, version.clone());
        claim.file = file.map(str::to_owned);
        claim.reach = match group.is_called {
            Some(true) => Reach::Called,
            Some(false) => Reach::Imported,
            None => dev_only(&field::texts(found, "dependency_groups")),
        };
        run.reported.push(claim);
    }
    for license in violations {
        run.alerts.push(violation(license, name, package_version, file));
    }
}

fn dev_only(groups: &[&str]) -> Reach {
    if groups.is_empty() || !groups.iter().all(|group| DEV_GROUPS.contains(group)) {
        return Reach::Unasked;
    }
    Reach::DevOnly { via: groups.iter().map(|&group| group.to_owned()).collect() }
}

/// One vulnerability of a package.
#[derive(Default)]
struct Group {
    ids: Vec<String>,
    aliases: Vec<String>,
    severity: Option<f64>,
    /// `None`: nobody asked.
    is_called: Option<bool>,
}

/// A group of the report, without what only `upstream` joins.
fn parted(group: &Value, records: &BTreeMap<String, &Value>) -> Vec<Group> {
    let ids: Vec<String> = field::texts(group, "ids").into_iter().map(canonical_id).collect();
    let own = |id: &String, key| -> Vec<String> {
        let texts = records.get(id).map(|record| field::texts(record, key));
        texts.unwrap_or_default().into_iter().take(MOST_NAMES).map(canonical_id).collect()
    };
    // Where a record is missing, nobody can tell what holds the group together.
    let is_known = ids.len() <= MOST_NAMES && ids.iter().all(|id| records.contains_key(id));
    let parts = if is_known { by_alias(&ids, |id| own(id, "aliases")) } else { vec![ids.clone()] };

    let analysis = group.get("experimental_analysis").or_else(|| group.get("experimentalAnalysis"));
    let is_called = |members: &[String]| {
        let analysis = analysis?.as_object()?.iter();
        let mut of = analysis.filter(|(id, _)| members.contains(&canonical_id(id))).peekable();
        of.peek()?;
        Some(of.any(|(_, info)| !info.get("called").is_some_and(|called| called == false)))
    };
    let is_whole = parts.len() == 1;
    let named = field::texts(group, "aliases").into_iter().map(canonical_id);
    let upstream: BTreeSet<String> = ids.iter().flat_map(|id| own(id, "upstream")).collect();
    let named: Vec<String> = named.filter(|name| !upstream.contains(name)).collect();
    parts
        .into_iter()
        .map(|members| Group {
            aliases: if is_whole { named.clone() } else { Vec::new() },
            severity: field::number(group, "max_severity"),
            is_called: is_called(&members),
            ids: members,
        })
        .collect()
}

/// Ids that share a name, their own or an alias, are one; in the order of the first of each.
fn by_alias(ids: &[String], aliases: impl Fn(&String) -> Vec<String>) -> Vec<Vec<String>> {
    let mut part_of: Vec<usize> = (0..ids.len()).collect();
    let mut owner: BTreeMap<String, usize> = BTreeMap::new();
    for (index, id) in ids.iter().enumerate() {
        for name in aliases(id).into_iter().chain([id.clone()]) {
            let other = *owner.entry(name).or_insert(index);
            let known = part_of.get(other).copied().unwrap_or(index);
            let own = part_of.get(index).copied().unwrap_or(index);
            if own == known {
                continue;
            }
            for part in part_of.iter_mut().filter(|part| **part == own.max(known)) {
                *part = own.min(known);
            }
        }
    }
    let mut parts: BTreeMap<usize, Vec<String>> = BTreeMap::new();
    for (id, part) in ids.iter().zip(part_of) {
        parts.entry(part).or_default().push(id.clone());
    }
    parts.into_values().collect()
}

fn violation(license: &str, name: &str, version: Option<&str>, file: Option<&str>) -> Alert {
    let package = version.map_or_else(|| name.to_owned(), |version| format!("{name}@{version}"));
    Alert {
        source: ID.into(),
        rule: "license-violation".into(),
        level: Level::Warning,
        severity: None,
        message: format!("{package} has the license {license}").into(),
        file: file.map(str::to_owned),
        row: None,
        fingerprints: [("package", package)].into_iter().collect(),
        suppressed: None,
        at: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_is_parted_by_aliases_however_far_they_reach() {
        let parted = |pairs: &[(&str, &str)], ids: &str| -> String {
            let ids: Vec<String> = ids.split(' ').map(str::to_owned).collect();
            let aliases = |id: &String| {
                let own = pairs.iter().filter(|(of, _)| of == id);
                own.map(|(_, alias)| (*alias).to_owned()).collect()
            };
            let parts: Vec<String> = by_alias(&ids, aliases).iter().map(|p| p.join(" ")).collect();
            parts.join(", ")
        };
        assert_eq!(parted(&[], "a b c"), "a, b, c");
        assert_eq!(parted(&[("a", "x"), ("c", "x")], "a b c"), "a c, b");
        // Pairwise merging loses a member of this one.
        assert_eq!(parted(&[("a", "d"), ("b", "c"), ("c", "d")], "a b c d"), "a b c d");
        assert_eq!(parted(&[("c", "a")], "a b c"), "a c, b");
    }
}
