//! Trees: every one is read once, however many commits share it.

use std::{
    collections::{BTreeMap, HashMap},
    rc::Rc,
};

use gix::{ObjectId, bstr::ByteSlice as _, objs::tree::EntryKind};

use super::{Error, Git, blob_id, object_id};
use crate::model::{BlobId, CommitId};

/// Trees nested deeper than this are not followed; git's own limit for paths is far below.
pub(super) const MAX_DEPTH: usize = 128;
/// More lockfiles and manifests than this in one tree are not read.
pub(super) const MAX_FILES: usize = 20_000;

/// A file found in a tree.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Found {
    /// Relative to the tree's root, with forward slashes.
    pub path: String,
    pub blob: BlobId,
}

/// What a walk over one tree found.
#[derive(Clone, Debug, Default)]
pub struct Walked {
    /// Sorted by path.
    pub files: Vec<Found>,
    /// What was not followed, by its path.
    pub skipped: Vec<Skipped>,
}

/// Something in a tree that was not read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skipped {
    pub path: String,
    pub why: &'static str,
    /// True if a file that is wanted may be missing for it.
    pub is_gap: bool,
}

impl Git {
    /// The files at each commit whose name `wants`, with every tree read once however many commits
    /// share it. A commit that cannot be read is an error of its own.
    pub fn walk(
        &self,
        commits: &[CommitId],
        wants: &dyn Fn(&str) -> bool,
    ) -> BTreeMap<CommitId, Result<Walked, Error>> {
        let mut repository = self.objects();
        repository.object_cache_size(8 * 1024 * 1024);
        let mut walker = Walker::new(self, &repository, wants);
        commits.iter().map(|commit| (commit.clone(), walker.commit(commit))).collect()
    }
}

/// What a subtree holds, relative to itself: the same subtree may hang at two paths.
#[derive(Default)]
struct Subtree {
    files: Vec<(String, ObjectId)>,
    /// What was not followed.
    notes: Vec<(String, Note)>,
}

/// Something in a tree that was not read.
#[derive(Clone)]
enum Note {
    /// Nothing is missing for it.
    Info(&'static str),
    /// A file that is wanted may be missing for it.
    Gap(&'static str),
    /// A symbolic link in place of a file, and what it says.
    Link(Rc<str>),
}

/// Reads trees, each once.
pub(super) struct Walker<'a> {
    git: &'a Git,
    repository: &'a gix::Repository,
    wants: &'a dyn Fn(&str) -> bool,
    memo: HashMap<ObjectId, Rc<Subtree>>,
}

impl<'a> Walker<'a> {
    pub(super) fn new(
        git: &'a Git,
        repository: &'a gix::Repository,
        wants: &'a dyn Fn(&str) -> bool,
    ) -> Self {
        Self { git, repository, wants, memo: HashMap::new() }
    }

    /// What is wanted at a commit.
    pub(super) fn commit(&mut self, commit: &CommitId) -> Result<Walked, Error> {
        let what = || format!("failed to read the tree of {}", commit.short());
        let id = object_id(&commit.0).ok_or_else(|| Error::bare(what()))?;
        let tree = self.git.tree_of(self.repository, id).map_err(Error::new(what()))?;
        let subtree = self.tree(tree, 0).map_err(Error::new(what()))?;
        let mut files: Vec<Found> = subtree
            .files
            .iter()
            .map(|(path, id)| Found { path: path.clone(), blob: blob_id(*id) })
            .collect();
        files.sort();
        let is_found =
            |path: &str| files.binary_search_by(|file| file.path.as_str().cmp(path)).is_ok();
        let skipped = subtree
            .notes
            .iter()
            .map(|(path, note)| {
                let (why, is_gap) = match note {
                    Note::Info(why) => (*why, false),
                    Note::Gap(why) => (*why, true),
                    Note::Link(target) if is_found(&resolve_link(path, target)) => {
                        ("is a symbolic link; what it leads to was read", false)
                    }
                    Note::Link(_) => ("is a symbolic link to something that was not read", true),
                };
                Skipped { path: path.clone(), why, is_gap }
            })
            .collect();
        Ok(Walked { files, skipped })
    }

    fn tree(&mut self, id: ObjectId, depth: usize) -> Result<Rc<Subtree>, gix::Error> {
        if let Some(known) = self.memo.get(&id) {
            return Ok(Rc::clone(known));
        }
        let object = self.repository.find_tree(id)?;
        let mut subtree = Subtree::default();
        for entry in object.iter() {
            let entry = entry?;
            let Ok(name) = entry.filename().to_str() else {
                if !entry.mode().is_commit() {
                    let shown = entry.filename().to_str_lossy().into_owned();
                    subtree.notes.push((shown, Note::Gap("is not UTF-8 and was left out")));
                }
                continue;
            };
            match entry.mode().kind() {
                EntryKind::Tree if depth >= MAX_DEPTH => {
                    let note = Note::Gap("is nested too deep and was left out");
                    subtree.notes.push((name.to_owned(), note));
                }
                EntryKind::Tree => {
                    let child = self.tree(entry.object_id(), depth + 1)?;
                    let join = |path: &str| format!("{name}/{path}");
                    subtree.files.extend(child.files.iter().map(|(p, id)| (join(p), *id)));
                    subtree
                        .notes
                        .extend(child.notes.iter().map(|(p, note)| (join(p), note.clone())));
                }
                EntryKind::Blob | EntryKind::BlobExecutable if (self.wants)(name) => {
                    subtree.files.push((name.to_owned(), entry.object_id()));
                }
                EntryKind::Link if (self.wants)(name) => {
                    let target = self.repository.find_blob(entry.object_id())?;
                    let target = target.data.to_str_lossy();
                    subtree.notes.push((name.to_owned(), Note::Link(target.as_ref().into())));
                }
                EntryKind::Commit => {
                    let note = Note::Info("is a submodule; its content is in another repository");
                    subtree.notes.push((name.to_owned(), note));
                }
                _ => {}
            }
        }
        // The same subtree may hang at thousands of places: eleven objects can name a billion files.
        if subtree.files.len() + subtree.notes.len() > MAX_FILES {
            subtree.files.truncate(MAX_FILES);
            subtree.notes.truncate(MAX_FILES);
            subtree
                .notes
                .push((".".to_owned(), Note::Gap("holds too many files to read them all")));
        }
        let subtree = Rc::new(subtree);
        self.memo.insert(id, Rc::clone(&subtree));
        Ok(subtree)
    }
}

/// Where a link in a tree leads, without leaving the tree; `..` beyond the root leads nowhere.
pub(super) fn resolve_link(path: &str, target: &str) -> String {
    let mut parts: Vec<&str> = path.split('/').collect();
    parts.pop();
    if target.starts_with('/') {
        return String::new();
    }
    for part in target.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                if parts.pop().is_none() {
                    return String::new();
                }
            }
            name => parts.push(name),
        }
    }
    parts.join("/")
}
