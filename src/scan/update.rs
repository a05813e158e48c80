//! What it takes to leave the affected range: is a compatible update enough for every dependent?
//!
//! A dependent inside the repository states its requirement in a `Cargo.toml` of the same tree. The
//! requirement of a dependent from a registry is not in the tree; Cargo's default, the caret
//! requirement on the locked version, is presumed and reported as presumed.

use std::sync::Arc;

use semver::{Comparator, Op, Version, VersionReq};

use super::graph::Paths;
use crate::model::{
    Advisory, Dependency, Dependent, Fit, Lockfile, Manifest, Requirement, Supply, TreeFile, Update,
};
type Manifests = [TreeFile<Arc<Manifest>>];

/// The smallest fixed version that every dependent accepts, else the smallest fixed version and who
/// refuses it.
pub(super) fn find(
    entry: usize,
    current: &Version,
    advisory: &Advisory,
    lockfile: &Lockfile,
    paths: &Paths,
    lockfile_path: &str,
    manifests: &Manifests,
) -> Update {
    let candidates: Vec<&Version> = advisory
        .fixed
        .iter()
        .filter(|fix| fix.cmp_precedence(current).is_gt() && !advisory.affects(fix))
        .collect();
    let dependents_at = |candidate: &Version| -> Vec<Dependent> {
        let name = &lockfile.entries[entry].name;
        let mut dependents: Vec<Dependent> = paths
            .dependents(entry)
            .iter()
            .map(|index| {
                let dependent = &lockfile.entries[*index];
                let requires = if dependent.supply == Supply::Path {
                    stated(&dependent.name, name, current, candidate, lockfile_path, manifests)
                } else {
                    Requirement::Presumed { accepts: is_compatible(current, candidate) }
                };
                Dependent {
                    name: dependent.name.to_string(),
                    version: dependent.version.to_string(),
                    requires,
                }
            })
            .collect();
        dependents.sort_by(|a, b| (&a.name, &a.version).cmp(&(&b.name, &b.version)));
        dependents
    };
    let fit = |candidate: &Version, dependents: &[Dependent]| {
        let answers = || dependents.iter().map(|dependent| dependent.requires.accepts());
        if answers().any(|accepts| accepts == Some(false)) {
            Fit::Breaking
        } else if dependents.is_empty() || answers().any(|accepts| accepts.is_none()) {
            if is_compatible(current, candidate) { Fit::Unverified } else { Fit::Breaking }
        } else {
            Fit::Compatible
        }
    };
    let updates = candidates.iter().map(|candidate| {
        let dependents = dependents_at(candidate);
        Update { fit: fit(candidate, &dependents), to: Some((*candidate).clone()), dependents }
    });
    // The first of the best: candidates ascend.
    updates.min_by_key(|update| update.fit).unwrap_or(Update::NO_FIX)
}

/// Cargo's caret rule: <https://doc.rust-lang.org/cargo/reference/specifying-dependencies.html>.
fn is_compatible(current: &Version, candidate: &Version) -> bool {
    let caret = VersionReq {
        comparators: vec![Comparator {
            op: Op::Caret,
            major: current.major,
            minor: Some(current.minor),
            patch: Some(current.patch),
            pre: current.pre.clone(),
        }],
    };
    caret.matches(candidate)
}

/// What the manifests of the tree say.
fn stated(
    dependent: &str,
    package: &str,
    current: &Version,
    candidate: &Version,
    lockfile_path: &str,
    manifests: &Manifests,
) -> Requirement {
    let root = folder(lockfile_path);
    let of_dependent = |file: &&TreeFile<Arc<Manifest>>| {
        file.content.package.as_deref() == Some(dependent) && is_inside(&file.path, root)
    };
    let mut weakest: Option<Requirement> = None;
    for file in manifests.iter().filter(of_dependent) {
        for dependency in &file.content.dependencies {
            let Some((dependency, path)) = inherited(dependency, &file.path, manifests) else {
                continue;
            };
            let requirement = dependency.requirement.as_deref();
            let Some(text) = requirement.filter(|_| *dependency.package == *package) else {
                continue;
            };
            let Ok(parsed) = VersionReq::parse(text) else { continue };
            // Another version of the same package may be required beside this one.
            if !parsed.matches(current) {
                continue;
            }
            let accepts = parsed.matches(candidate);
            if weakest.is_none() || !accepts {
                weakest = Some(Requirement::Stated {
                    requirement: text.to_owned(),
                    manifest: path.to_owned(),
                    row: dependency.row,
                    accepts,
                });
            }
            if !accepts {
                return weakest.unwrap_or(Requirement::Unreadable);
            }
        }
    }
    weakest.unwrap_or(Requirement::Unreadable)
}

/// The dependency itself, or for `workspace = true` the one of the nearest workspace root above.
fn inherited<'a>(
    dependency: &'a Dependency,
    manifest: &'a str,
    manifests: &'a Manifests,
) -> Option<(&'a Dependency, &'a str)> {
    if !dependency.inherited {
        return Some((dependency, manifest));
    }
    manifests
        .iter()
        .filter(|file| is_inside(manifest, folder(&file.path)))
        .filter_map(|file| {
            let shared = &file.content.workspace_dependencies;
            let found = shared.iter().find(|shared| shared.key == dependency.key)?;
            Some((found, file.path.as_str()))
        })
        .max_by_key(|(_, path)| path.len())
}

fn folder(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

fn is_inside(path: &str, folder: &str) -> bool {
    folder.is_empty() || path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn compatible_means_what_cargo_means() {
        for (current, candidate, expected) in [
            ("1.2.3", "1.9.0", true),
            ("1.2.3", "2.0.0", false),
            ("0.2.3", "0.2.9", true),
            ("0.2.3", "0.3.0", false),
            ("0.0.3", "0.0.4", false),
            ("1.2.3", "1.2.4-rc.1", false),
            ("1.2.4-rc.1", "1.2.4", true),
        ] {
            let parse = |text: &str| Version::parse(text).expect("a version");
            assert_eq!(is_compatible(&parse(current), &parse(candidate)), expected, "{current}");
        }
    }
}
