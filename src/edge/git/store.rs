//! Objects of our own beside a repository's: what a clone lacks is put here, never into the clone.
//!
//! The store is a bare repository in a folder that goes when nobody reads it any more. It knows the
//! clone's objects as alternates, so that both are read as one, and where the clone's history ends.

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
    sync::{PoisonError, RwLock},
};

use gix::{
    ObjectId,
    objs::{Tree, tree},
};
use tempfile::TempDir;

use super::{Error, Git, io, object_id, options};
use crate::model::CommitId;

/// What a folder holds, as somebody tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub name: String,
    /// As git writes it: `0o100644` is a file.
    pub mode: u32,
    pub id: String,
}

impl Entry {
    /// True of a folder.
    pub fn is_folder(&self) -> bool {
        self.mode == 0o040_000
    }
}

/// A bare repository of ours.
#[derive(Debug)]
pub struct Store {
    repository: gix::ThreadSafeRepository,
    /// The trees of commits that are known without the object itself.
    trees: RwLock<HashMap<ObjectId, ObjectId>>,
    /// Removed last.
    _folder: TempDir,
}

impl Store {
    /// An empty store in a new folder inside of `place`. `address` becomes its main remote, which is
    /// what somebody who looks for the project's name asks for.
    pub fn new(place: &Path, address: Option<&str>) -> Result<Self, Error> {
        Self::make(place, |folder| {
            let Some(address) = address else { return Ok(()) };
            // A character that ends a value is in no address.
            let is_plain = !address.contains(['"', '\\', '\n', '\r']);
            let address = if is_plain { address } else { "" };
            let text = format!(
                "[core]\n\tbare = true\n\trepositoryformatversion = 0\n[remote \"origin\"]\n\turl = \
                 \"{address}\"\n"
            );
            io::write(&folder.join("config"), &text)
        })
    }

    /// A store that reads the objects of a repository as well.
    pub fn beside(git: &Git, place: &Path) -> Result<Self, Error> {
        let repository = git.repository.to_thread_local();
        let objects = io::absolute(repository.objects.store_ref().path());
        let shallow = repository.shallow_commits().ok().flatten();
        Self::make(place, |folder| {
            let what = || format!("`{}` cannot be read beside a store", objects.display());
            let path = gix::path::into_bstr(&objects).map_err(Error::new(what()))?;
            // A path that the file of alternates would take for something else.
            if path.contains(&b'\n') || path.starts_with(b"\"") || path.starts_with(b"#") {
                return Err(Error::bare(what()));
            }
            let mut line = path.into_owned();
            line.push(b'\n');
            io::write_bytes(&folder.join("objects/info/alternates"), &line)?;
            let commits = shallow.iter().flat_map(|commits| commits.iter());
            let text: Vec<String> = commits.map(|commit| format!("{commit}\n")).collect();
            if text.is_empty() {
                return Ok(());
            }
            io::write(&folder.join("shallow"), &text.concat())
        })
    }

    fn make(place: &Path, fill: impl FnOnce(&Path) -> Result<(), Error>) -> Result<Self, Error> {
        io::create_folder(place)?;
        let folder = tempfile::Builder::new()
            .prefix("patchline-objects-")
            .tempdir_in(place)
            .map_err(|source| io::error(place, source))?;
        let path = io::absolute(folder.path()).join("objects.git");
        let what = format!("failed to create a repository in `{}`", place.display());
        let made = gix::ThreadSafeRepository::init_opts(
            &path,
            gix::create::Kind::Bare,
            gix::create::Options::default(),
            options(),
        );
        drop(made.map_err(Error::new(what.clone()))?);
        fill(&path)?;
        // Again, since alternates and configuration are read on opening.
        let repository =
            gix::ThreadSafeRepository::open_opts(&path, options()).map_err(Error::new(what))?;
        Ok(Self { repository, trees: RwLock::default(), _folder: folder })
    }

    /// The store as a repository of its own.
    pub fn git(self: &std::sync::Arc<Self>) -> Git {
        Git { repository: self.repository.clone(), store: Some(std::sync::Arc::clone(self)) }
    }

    /// Puts a folder under its id, if that is what its entries give; true: it is here.
    pub fn add_tree(&self, id: &str, entries: &[Entry]) -> bool {
        let entry = |entry: &Entry| {
            let mode = tree::EntryMode::try_from(entry.mode).ok()?;
            Some(tree::Entry {
                mode,
                filename: entry.name.as_str().into(),
                oid: object_id(&entry.id)?,
            })
        };
        let Some(mut entries) = entries.iter().map(entry).collect::<Option<Vec<_>>>() else {
            return false;
        };
        entries.sort();
        let repository = self.repository();
        let written = repository.write_object(Tree { entries }).map(gix::Id::detach);
        written.ok().is_some_and(|written| Some(written) == object_id(id))
    }

    /// The same of a file.
    pub fn add_file(&self, id: &str, bytes: &[u8]) -> bool {
        let written = self.repository().write_blob(bytes).map(gix::Id::detach);
        written.ok().is_some_and(|written| Some(written) == object_id(id))
    }

    /// Remembers the tree of a commit whose object is not here.
    pub fn add_commit(&self, commit: &CommitId, tree: &str) {
        if let (Some(commit), Some(tree)) = (object_id(&commit.0), object_id(tree)) {
            self.trees.write().unwrap_or_else(PoisonError::into_inner).insert(commit, tree);
        }
    }

    /// The folders of a folder that is here; `None`: it is not.
    pub fn folders(&self, id: &str) -> Option<Vec<(String, String)>> {
        let repository = self.repository();
        let tree = repository.find_tree(object_id(id)?).ok()?;
        let entries = tree.iter().filter_map(Result::ok).filter(|entry| entry.mode().is_tree());
        Some(entries.map(|e| (e.filename().to_string(), e.object_id().to_string())).collect())
    }

    /// True if there is an object of this id.
    pub fn has(&self, id: &str) -> bool {
        object_id(id).is_some_and(|id| self.repository().has_object(id))
    }

    /// Where its files lie.
    pub(super) fn path(&self) -> PathBuf {
        self.repository.to_thread_local().path().to_path_buf()
    }

    pub(super) fn repository(&self) -> gix::Repository {
        self.repository.to_thread_local()
    }

    pub(super) fn tree_of(&self, commit: ObjectId) -> Option<ObjectId> {
        self.trees.read().unwrap_or_else(PoisonError::into_inner).get(&commit).copied()
    }
}
