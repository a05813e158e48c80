//! Which files of a tree are wanted and are not here: a store has the trees of a commit before their
//! files, and only those that somebody reads are brought.

use std::collections::{BTreeSet, HashSet};

use gix::{ObjectId, bstr::ByteSlice as _, objs::tree::EntryKind};

use super::{
    Error, Git, blob_id, object_id,
    walk::{MAX_DEPTH, MAX_FILES, resolve_link},
};
use crate::model::{BlobId, CommitId};

impl Git {
    /// The files of commits whose path `wants` and that are not here. A link that is wanted wants
    /// what it leads to, so whoever brought these asks again.
    pub fn wanted(
        &self,
        commits: &[CommitId],
        wants: &dyn Fn(&str) -> bool,
    ) -> Result<Vec<BlobId>, Error> {
        let mut objects = self.objects();
        objects.object_cache_size(8 * 1024 * 1024);
        let mut wanted =
            Wanted { objects: &objects, wants, met: HashSet::new(), missing: BTreeSet::new() };
        for commit in commits {
            let what = || format!("failed to read the tree of {}", commit.short());
            let id = object_id(&commit.0).ok_or_else(|| Error::bare(what()))?;
            let tree = self.tree_of(&objects, id).map_err(Error::new(what()))?;
            let root = objects.find_tree(tree).map_err(Error::new(what()))?;
            wanted.tree(&root, "", &root, 0);
        }
        Ok(wanted.missing.into_iter().map(blob_id).collect())
    }
}

struct Wanted<'a> {
    objects: &'a gix::Repository,
    wants: &'a dyn Fn(&str) -> bool,
    /// Trees by their paths: branches share most of them.
    met: HashSet<(String, ObjectId)>,
    missing: BTreeSet<ObjectId>,
}

impl Wanted<'_> {
    /// What cannot be read is left to those who read it.
    fn tree(&mut self, root: &gix::Tree<'_>, folder: &str, tree: &gix::Tree<'_>, depth: usize) {
        for entry in tree.iter().map_while(Result::ok) {
            let Ok(name) = entry.filename().to_str() else { continue };
            let path = if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") };
            let id = entry.object_id();
            match entry.mode().kind() {
                EntryKind::Tree if depth < MAX_DEPTH => {
                    if self.met.insert((path.clone(), id))
                        && let Ok(child) = self.objects.find_tree(id)
                    {
                        self.tree(root, &path, &child, depth + 1);
                    }
                }
                EntryKind::Blob | EntryKind::BlobExecutable if (self.wants)(&path) => {
                    self.file(id);
                }
                EntryKind::Link if (self.wants)(&path) => self.link(root, &path, id),
                _ => {}
            }
            if self.missing.len() > MAX_FILES {
                return;
            }
        }
    }

    fn file(&mut self, id: ObjectId) {
        if !self.objects.has_object(id) {
            self.missing.insert(id);
        }
    }

    fn link(&mut self, root: &gix::Tree<'_>, path: &str, id: ObjectId) {
        const MOST_STEPS: usize = 8;
        let (mut path, mut id) = (path.to_owned(), id);
        for _ in 0..MOST_STEPS {
            let Ok(target) = self.objects.find_blob(id) else { return self.file(id) };
            let Ok(target) = target.data.to_str() else { return };
            path = resolve_link(&path, target);
            let Some(entry) = root.lookup_entry_by_path(&path).ok().flatten() else { return };
            id = entry.object_id();
            if entry.mode().is_blob() {
                return self.file(id);
            }
            if !entry.mode().is_link() {
                return;
            }
        }
    }
}
