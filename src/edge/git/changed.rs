//! Which files a commit changes, against its first parent.

use std::collections::BTreeMap;

use gix::{ObjectId, objs::tree::EntryMode};

use super::{Git, object_id};
use crate::disclose::track::{Graph, Node};

/// A change of more files is no fix to look for.
pub(super) const MOST_FILES: usize = 2_000;
/// Trees nested deeper than this are not compared.
const DEEPEST: usize = 128;

/// Why a change is not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Trouble {
    #[error("it is not in this clone")]
    Missing,
    #[error("it changes more than {MOST_FILES} files")]
    TooManyFiles,
    #[error("it changes files that are too large together")]
    TooLarge,
    #[error("its parent is not in this clone")]
    Cut,
    #[error("its folders are nested too deep")]
    TooDeep,
}

/// One side of a changed file.
pub(super) type Side = Option<(EntryMode, ObjectId)>;
/// Both sides of each changed file, by its path.
pub(super) type Files = BTreeMap<Vec<u8>, [Side; 2]>;

/// Reads what commits change.
pub(super) struct Reader<'a> {
    pub git: &'a Git,
    pub repository: &'a gix::Repository,
    pub graph: &'a Graph,
}

impl Reader<'_> {
    /// The files that a commit changes.
    pub(super) fn files(&self, node: Node) -> Result<Files, Trouble> {
        let commit = self.graph.commit(node);
        let tree = |node: Node| {
            let id = object_id(&self.graph.id(node).0).ok_or(Trouble::Missing)?;
            self.git.tree_of(self.repository, id).map_err(|_| Trouble::Missing)
        };
        // Where one parent is missing, the first that is left may be another one.
        if commit.cut.is_some() {
            return Err(Trouble::Cut);
        }
        let old = commit.parents.first().map(|parent| tree(*parent)).transpose()?;
        let mut files = Files::new();
        self.trees([old, Some(tree(node)?)], &mut Vec::new(), 0, &mut files)?;
        Ok(files)
    }

    /// Adds what differs between two trees.
    fn trees(
        &self,
        trees: [Option<ObjectId>; 2],
        path: &mut Vec<u8>,
        depth: usize,
        files: &mut Files,
    ) -> Result<(), Trouble> {
        if depth > DEEPEST {
            return Err(Trouble::TooDeep);
        }
        let mut entries: BTreeMap<Vec<u8>, [Side; 2]> = BTreeMap::new();
        for (side, tree) in trees.into_iter().enumerate() {
            let Some(tree) = tree else { continue };
            let tree = self.repository.find_tree(tree).map_err(|_| Trouble::Missing)?;
            for entry in tree.iter() {
                let entry = entry.map_err(|_| Trouble::Missing)?;
                let both = entries.entry(entry.filename().to_vec()).or_default();
                both[side] = Some((entry.mode(), entry.object_id()));
            }
        }
        for (name, both) in entries {
            if both[0] == both[1] {
                continue;
            }
            let length = path.len();
            path.extend(name);
            let is_tree = |side: &Side| side.is_some_and(|(mode, _)| mode.is_tree());
            let inner = both.map(|side| side.filter(|(mode, _)| mode.is_tree()).map(|(_, id)| id));
            if inner != [None, None] {
                path.push(b'/');
                self.trees(inner, path, depth + 1, files)?;
                path.pop();
            }
            // A file in the place of a folder is both.
            let outer = both.map(|side| side.filter(|_| !is_tree(&side)));
            if outer != [None, None] {
                files.insert(path.clone(), outer);
                if files.len() > MOST_FILES {
                    return Err(Trouble::TooManyFiles);
                }
            }
            path.truncate(length);
        }
        Ok(())
    }
}
