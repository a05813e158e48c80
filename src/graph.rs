//! What `cargo metadata` says of a build: is a locked package in it, how, where, and by which
//! feature?
//!
//! A lockfile holds more than is built: what a feature that nobody turns on would bring. A document
//! made with `--all-features` and for all targets is the most that can be built, so what is not in
//! it is not built. It is true of the packages of this workspace, not of those who depend on them.
//!
//! The format: <https://doc.rust-lang.org/cargo/commands/cargo-metadata.html>.

mod walk;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use cargo_metadata::{Dependency, DependencyKind, Metadata, Node, Package, PackageId};

use self::walk::Walked;
use crate::model::{Entry, Evidence, Lockfile, Place, Reach, Supply, Trouble};

/// Brackets in one text that nest deeper are no condition of a target; reading them would take as
/// much of the stack as somebody likes.
const DEEPEST: usize = 100;

/// What a document says of one workspace.
#[derive(Clone, Debug)]
pub struct BuildGraph {
    /// `name version` of its members.
    members: BTreeSet<(String, String)>,
    /// What it describes, built or not.
    described: BTreeSet<(String, String)>,
    /// What can be built.
    packages: BTreeMap<(String, String), Seen>,
}

/// What is known of one package.
#[derive(Clone, Debug)]
struct Seen {
    reach: Reach,
    path: Vec<String>,
}

/// A document, as far as it could be read.
#[derive(Clone, Debug, Default)]
pub struct Read {
    pub graph: Option<BuildGraph>,
    pub trouble: Vec<Trouble>,
}

/// Reads what `cargo metadata --format-version 1` printed.
pub fn read(bytes: &[u8]) -> Read {
    let nothing = |because: String| {
        let hint = "make it with `cargo metadata --format-version 1 --locked --all-features`";
        Read { graph: None, trouble: vec![Trouble::warning(because).hint(hint)] }
    };
    if nests_too_deep(bytes) {
        return nothing("its conditions nest too deep to be read".to_owned());
    }
    let metadata: Metadata = match serde_json::from_slice(bytes) {
        Ok(metadata) => metadata,
        Err(error) => return nothing(format!("it is no document of `cargo metadata`: {error}")),
    };
    let Some(resolve) = &metadata.resolve else {
        return nothing("it says nothing of dependencies, as with `--no-deps`".to_owned());
    };
    if metadata.workspace_members.is_empty() {
        return nothing("it has no workspace members".to_owned());
    }
    let packages: HashMap<&PackageId, &Package> =
        metadata.packages.iter().map(|package| (&package.id, package)).collect();
    let members: Vec<&Package> =
        metadata.workspace_members.iter().filter_map(|id| packages.get(id).copied()).collect();
    if members.len() != metadata.workspace_members.len() {
        return nothing("it names workspace members that it does not describe".to_owned());
    }
    let edges = edges(&resolve.nodes, &packages, &metadata.workspace_members);
    let walked = Walked::of(&edges);
    let mut graph = BuildGraph {
        members: members.into_iter().map(name_and_version).collect(),
        described: metadata.packages.iter().map(name_and_version).collect(),
        packages: BTreeMap::new(),
    };
    for (index, id) in edges.ids.iter().enumerate() {
        let Some(package) = packages.get(id) else { continue };
        // It is a node, but for a feature that nobody turns on.
        let Some(reach) = walked.reach(index) else { continue };
        let path = walked.path(index).into_iter().filter_map(|step| {
            let package = packages.get(edges.ids.get(step)?)?;
            Some(format!("{} {}", package.name, package.version))
        });
        let seen = Seen { reach, path: walk::shortened(path.collect()) };
        // The same version from two places: what is used more counts.
        let known = graph.packages.entry(name_and_version(package)).or_insert_with(|| seen.clone());
        if known.reach < seen.reach {
            *known = seen;
        }
    }
    Read { graph: Some(graph), trouble: Vec::new() }
}

impl BuildGraph {
    /// Whether a locked package is built. It is true only of a lockfile that the document is about:
    /// ask [`BuildGraph::mismatch`] first.
    pub fn reach(&self, name: &str, version: &str) -> Reach {
        self.seen(name, version).map_or(Reach::NotBuilt, |seen| seen.reach.clone())
    }

    /// The shortest chain of `name version` from a workspace member to the package, both included;
    /// empty: it is not built.
    pub fn path(&self, name: &str, version: &str) -> &[String] {
        self.seen(name, version).map_or(&[], |seen| &seen.path)
    }

    /// Why the document is about something else than this lockfile, if it is.
    pub fn mismatch(&self, lockfile: &Lockfile) -> Option<String> {
        let entries = || lockfile.entries.iter();
        let locked: BTreeSet<(&str, &str)> = entries().map(|e| (&*e.name, &*e.version)).collect();
        let is_locked = |(name, version): &&(String, String)| {
            locked.contains(&(name.as_str(), version.as_str()))
        };
        if let Some((name, version)) = self.members.iter().find(|member| !is_locked(member)) {
            return Some(format!("its workspace member `{name} {version}` is not in the lockfile"));
        }
        if let Some((name, version)) = self.described.iter().find(|package| !is_locked(package)) {
            return Some(format!("its package `{name} {version}` is not in the lockfile"));
        }
        // A member that it does not know: it is of an older state, or of a part of the workspace.
        let is_foreign = |entry: &&Entry| {
            !self.described.contains(&(entry.name.to_string(), entry.version.to_string()))
        };
        let mut own = entries().filter(|entry| entry.supply == Supply::Path);
        own.find(is_foreign).map(|entry| {
            format!("it does not know `{} {}` of the lockfile", entry.name, entry.version)
        })
    }

    fn seen(&self, name: &str, version: &str) -> Option<&Seen> {
        self.packages.get(&(name.to_owned(), version.to_owned()))
    }
}

/// Adds to evidence what the graphs of its lockfiles say, by place and the lockfile's path. Where
/// there is no graph, nobody asked.
pub fn mark(evidence: &mut [Evidence], graphs: &BTreeMap<(Place, String), BuildGraph>) {
    for evidence in evidence.iter_mut().filter(|evidence| evidence.reach == Reach::Unasked) {
        let (Some(lockfile), Some(version)) = (&evidence.lockfile, &evidence.version) else {
            continue;
        };
        let Some(graph) = graphs.get(&(evidence.at.clone(), lockfile.clone())) else { continue };
        let name = &evidence.advisory.package;
        evidence.reach = graph.reach(name, version);
        let path = graph.path(name, version);
        if !path.is_empty() {
            evidence.path = path.to_vec();
        }
    }
}

fn name_and_version(package: &Package) -> (String, String) {
    (package.name.to_string(), package.version.to_string())
}

/// Which packages need which, and under which conditions.
struct Edges<'a> {
    ids: Vec<&'a PackageId>,
    /// The members of the workspace, by index.
    roots: Vec<usize>,
    /// By index, in the document's order.
    from: Vec<Vec<Edge>>,
}

/// One way in which a package needs another.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Edge {
    to: usize,
    is_dev: bool,
    is_build: bool,
    /// `cfg(windows)` or a triple.
    target: Option<String>,
    /// Features of a member, any of which brings it, and none of which is on by default.
    features: Vec<String>,
}

fn edges<'a>(
    nodes: &'a [Node],
    packages: &HashMap<&PackageId, &'a Package>,
    members: &[PackageId],
) -> Edges<'a> {
    let ids: Vec<&PackageId> = nodes.iter().map(|node| &node.id).collect();
    let index: HashMap<&PackageId, usize> =
        ids.iter().enumerate().map(|(index, id)| (*id, index)).collect();
    let roots: Vec<usize> = members.iter().filter_map(|id| index.get(id).copied()).collect();
    let member_ids: BTreeSet<&PackageId> = members.iter().collect();
    let from = nodes.iter().map(|node| {
        let Some(package) = packages.get(&node.id) else { return Vec::new() };
        let is_member = member_ids.contains(&node.id);
        let mut own = Vec::new();
        for needed in &node.deps {
            let (Some(to), Some(child)) = (index.get(&needed.pkg), packages.get(&needed.pkg))
            else {
                continue;
            };
            // Cargo before 1.41 says nothing of kinds.
            if needed.dep_kinds.is_empty() {
                own.push(Edge {
                    to: *to,
                    is_dev: false,
                    is_build: false,
                    target: None,
                    features: Vec::new(),
                });
            }
            for kind in &needed.dep_kinds {
                let is_meant = |typed: &&Dependency| {
                    typed.name == *child.name
                        && typed.kind == kind.kind
                        && typed.target == kind.target
                        && (typed.req.matches(&child.version) || typed.path.is_some())
                };
                let typed: Vec<&Dependency> =
                    package.dependencies.iter().filter(is_meant).collect();
                let Some(features) = brought_by(package, node, &typed, is_member) else { continue };
                own.push(Edge {
                    to: *to,
                    is_dev: kind.kind == DependencyKind::Development,
                    is_build: kind.kind == DependencyKind::Build,
                    target: kind.target.as_ref().map(ToString::to_string),
                    features,
                });
            }
        }
        own
    });
    let from = from.collect();
    Edges { ids, roots, from }
}

/// The features of a member that bring a dependency, if it takes one that is off by default.
///
/// `None`: it is an optional dependency that no active feature brings. It is in the document, and in
/// the lockfile, for a feature such as `name?/feature` that would only add to it.
fn brought_by(
    package: &Package,
    node: &Node,
    typed: &[&Dependency],
    is_member: bool,
) -> Option<Vec<String>> {
    if typed.is_empty() || typed.iter().any(|dependency| !dependency.optional) {
        return Some(Vec::new());
    }
    let mut bringing = BTreeSet::new();
    for dependency in typed {
        let key = dependency.rename.as_deref().unwrap_or(&dependency.name);
        let direct = node.features.iter().map(|feature| feature.as_str());
        bringing.extend(direct.filter(|feature| brings(package, feature, key)));
    }
    if bringing.is_empty() {
        return None;
    }
    if !is_member {
        // Whoever turned that feature on is not told.
        return Some(Vec::new());
    }
    let standard = closure(package, "default");
    if bringing.iter().any(|feature| standard.contains(feature)) {
        return Some(Vec::new());
    }
    Some(bringing.into_iter().map(|feature| format!("{}/{feature}", package.name)).collect())
}

/// True if a feature by itself turns an optional dependency on.
fn brings(package: &Package, feature: &str, key: &str) -> bool {
    match package.features.get(feature) {
        // Its own feature, which older documents do not list.
        None => feature == key,
        Some(values) => values.iter().any(|value| {
            let dependency = value.strip_prefix("dep:");
            let through = value.split_once('/').map(|(dependency, _)| dependency);
            dependency == Some(key) || through == Some(key)
        }),
    }
}

/// A feature and all that it turns on in its package.
fn closure<'a>(package: &'a Package, feature: &'a str) -> BTreeSet<&'a str> {
    let mut found = BTreeSet::new();
    let mut open = vec![feature];
    while let Some(feature) = open.pop() {
        if found.insert(feature) {
            let values = package.features.get(feature).into_iter().flatten();
            open.extend(values.map(String::as_str).filter(|value| !value.contains([':', '/'])));
        }
    }
    found
}

fn nests_too_deep(bytes: &[u8]) -> bool {
    let mut depth = 0_usize;
    for byte in bytes {
        match byte {
            b'"' => depth = 0,
            b'(' => depth += 1,
            b')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > DEEPEST {
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests;
