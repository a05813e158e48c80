//! Which files some commits change, and which of the others' they have: as much as it takes to tell
//! whether one that calls itself a copy of another is one. No file is read.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use gix::ObjectId;

use super::{
    Git,
    changed::{Reader, Side, Trouble},
    object_id,
};
use crate::disclose::track::{FilePath, Graph, Node, Touch, Touched, file_name, weightiest_of};

/// So many files are looked for to see what was moved; beyond that, nothing counts as moved.
const MOST_LOOKED_FOR: usize = 50_000;

impl Git {
    /// What commits change against their first parents.
    pub fn touched(&self, graph: &Graph, nodes: &BTreeSet<Node>) -> BTreeMap<Node, Touched> {
        let mut repository = self.objects();
        repository.object_cache_size(8 * 1024 * 1024);
        let reader = Reader { git: self, repository: &repository, graph };
        let changed: BTreeMap<Node, Result<BTreeSet<FilePath>, Trouble>> = nodes
            .iter()
            .map(|node| (*node, reader.files(*node).map(|files| files.into_keys().collect())))
            .collect();
        let mut alike = alike(changed.values().flatten().flatten());
        let mut all = alike.clone();
        all.extend(
            changed.values().flatten().flat_map(|files| weightiest_of(files.iter())).cloned(),
        );
        // Where that is too much, it is not known of a file whether it has another name.
        if all.len().saturating_mul(nodes.len()) <= MOST_LOOKED_FOR {
            alike = all;
        }
        let is_bounded = alike.len().saturating_mul(nodes.len()) <= MOST_LOOKED_FOR;
        let mut trees = Trees::new(self, &repository);
        let mut present = |node: Node| -> Option<BTreeSet<FilePath>> {
            let tree = trees.of(graph, node)?;
            let is_there = |path: &&FilePath| trees.file(tree, path).is_some();
            Some(alike.iter().filter(is_there).cloned().collect())
        };
        changed
            .into_iter()
            .map(|(node, changed)| {
                let touched = match changed {
                    Err(trouble) => {
                        let cut = graph.commit(node).cut.map(|cut| cut.because().to_owned());
                        Touched::Unknown(cut.unwrap_or_else(|| trouble.to_string()))
                    }
                    Ok(changed) => {
                        let present = if is_bounded { present(node) } else { None };
                        // What nobody looked for is taken for there, so that nothing was moved.
                        let present = present.unwrap_or_else(|| alike.clone());
                        Touched::Known(Touch { changed, present })
                    }
                };
                (node, touched)
            })
            .collect()
    }
}

/// Those that have the name of another one in another folder.
fn alike<'a>(paths: impl Iterator<Item = &'a FilePath>) -> BTreeSet<FilePath> {
    let mut by_name: BTreeMap<&[u8], BTreeSet<&FilePath>> = BTreeMap::new();
    for path in paths {
        by_name.entry(file_name(path)).or_default().insert(path);
    }
    let several = by_name.into_values().filter(|paths| paths.len() > 1);
    several.flatten().cloned().collect()
}

/// What lies at paths of trees. What was asked once is not read again.
pub(super) struct Trees<'a> {
    git: &'a Git,
    repository: &'a gix::Repository,
    roots: HashMap<Node, Option<ObjectId>>,
    /// By the tree, and by the name in it.
    known: HashMap<ObjectId, HashMap<Vec<u8>, Side>>,
}

impl<'a> Trees<'a> {
    pub(super) fn new(git: &'a Git, repository: &'a gix::Repository) -> Self {
        Self { git, repository, roots: HashMap::new(), known: HashMap::new() }
    }

    /// The tree of a commit; `None`: it cannot be read.
    pub(super) fn of(&mut self, graph: &Graph, node: Node) -> Option<ObjectId> {
        if let Some(known) = self.roots.get(&node) {
            return *known;
        }
        let id = object_id(&graph.id(node).0);
        let tree = id.and_then(|id| self.git.tree_of(self.repository, id).ok());
        self.roots.insert(node, tree);
        tree
    }

    /// The file at a path; `None`: there is none, or a tree on the way cannot be read.
    pub(super) fn file(&mut self, tree: ObjectId, path: &[u8]) -> Side {
        let mut at = tree;
        let mut parts = path.split(|byte| *byte == b'/').peekable();
        while let Some(part) = parts.next() {
            let (mode, id) = self.entry(at, part)?;
            match (mode.is_tree(), parts.peek().is_some()) {
                (true, true) => at = id,
                (false, false) => return Some((mode, id)),
                _ => return None,
            }
        }
        None
    }

    fn entry(&mut self, tree: ObjectId, name: &[u8]) -> Side {
        if let Some(known) = self.known.get(&tree).and_then(|names| names.get(name)) {
            return *known;
        }
        let read = self.repository.find_tree(tree).ok();
        let entry = read.as_ref().and_then(|read| {
            let mut entries = read.iter().map_while(Result::ok);
            let found = entries.find(|entry| <[u8]>::eq(entry.filename(), name))?;
            Some((found.mode(), found.object_id()))
        });
        self.known.entry(tree).or_default().insert(name.to_vec(), entry);
        entry
    }
}
