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

/// Longer symbolic links are none: Linux follows no path with more bytes.
const MAX_LINK: u64 = 4096;

/// A longer path is none: nothing can check it out, and thousands of files below it would fill the
/// memory with its name.
const MAX_PATH: usize = 4096;

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

/// What a tree holds. The same one may hang at thousands of places, so that eleven objects can name a
/// billion files: a tree knows what is directly in it, and paths are made for a commit, as many as are
/// read.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
struct Subtree {
    files: Vec<(Box<str>, ObjectId)>,
    /// What was not followed.
    notes: Vec<(Box<str>, Note)>,
    /// The folders that hold any of it, by their numbers.
    folders: Vec<(Box<str>, usize)>,
    /// The folders in each other below it.
    height: usize,
}

/// Something in a tree that was not read.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Note {
    /// Nothing is missing for it.
    Info(&'static str),
    /// A file that is wanted may be missing for it.
    Gap(&'static str),
    /// A symbolic link in place of a file, and what it says.
    Link(Box<str>),
}

/// Reads trees, each once.
pub(super) struct Walker<'a> {
    git: &'a Git,
    repository: &'a gix::Repository,
    wants: &'a dyn Fn(&str) -> bool,
    memo: HashMap<ObjectId, usize>,
    /// Trees that differ in something that is not wanted are one.
    known: Vec<Rc<Subtree>>,
    numbers: HashMap<Rc<Subtree>, usize>,
}

impl<'a> Walker<'a> {
    pub(super) fn new(
        git: &'a Git,
        repository: &'a gix::Repository,
        wants: &'a dyn Fn(&str) -> bool,
    ) -> Self {
        let (memo, known, numbers) = (HashMap::new(), Vec::new(), HashMap::new());
        Self { git, repository, wants, memo, known, numbers }
    }

    /// What is wanted at a commit.
    fn commit(&mut self, commit: &CommitId) -> Result<Walked, Error> {
        let number = self.number(commit)?;
        Ok(self.walked(number))
    }

    /// The number of what is wanted at a commit: commits with the same number have the same.
    pub(super) fn number(&mut self, commit: &CommitId) -> Result<usize, Error> {
        let what = || format!("failed to read the tree of {}", commit.short());
        let id = object_id(&commit.0).ok_or_else(|| Error::bare(what()))?;
        let tree = self.git.tree_of(self.repository, id).map_err(Error::new(what()))?;
        self.tree(tree, 0).map_err(Error::new(what()))
    }

    /// What has this number.
    pub(super) fn walked(&self, number: usize) -> Walked {
        let mut all = All { known: &self.known, path: String::new(), files: vec![], notes: vec![] };
        if !all.add(number) {
            all.notes.push((".".to_owned(), &Note::Gap("holds too many files to read them all")));
        }
        let All { mut files, notes, .. } = all;
        files.sort();
        let is_found =
            |path: &str| files.binary_search_by(|file| file.path.as_str().cmp(path)).is_ok();
        let skipped = notes
            .into_iter()
            .map(|(path, note)| {
                let (why, is_gap) = match note {
                    Note::Info(why) => (*why, false),
                    Note::Gap(why) => (*why, true),
                    Note::Link(target) if is_found(&resolve_link(&path, target)) => {
                        ("is a symbolic link; what it leads to was read", false)
                    }
                    Note::Link(_) => ("is a symbolic link to something that was not read", true),
                };
                Skipped { path, why, is_gap }
            })
            .collect();
        Walked { files, skipped }
    }

    fn tree(&mut self, id: ObjectId, depth: usize) -> Result<usize, gix::Error> {
        if let Some(known) = self.memo.get(&id) {
            return Ok(*known);
        }
        let object = self.repository.find_tree(id)?;
        let mut subtree = Subtree::default();
        for entry in object.iter() {
            let entry = entry?;
            let Ok(name) = entry.filename().to_str() else {
                if !entry.mode().is_commit() {
                    let shown = entry.filename().to_str_lossy().as_ref().into();
                    subtree.notes.push((shown, Note::Gap("is not UTF-8 and was left out")));
                }
                continue;
            };
            match entry.mode().kind() {
                EntryKind::Tree if name.len() > MAX_PATH => {
                    let shown: String = name.chars().take(80).collect();
                    subtree.notes.push((shown.into(), TOO_LONG));
                }
                EntryKind::Tree if depth >= MAX_DEPTH => {
                    subtree.notes.push((name.into(), TOO_DEEP));
                }
                EntryKind::Tree => {
                    let number = self.tree(entry.object_id(), depth + 1)?;
                    let folder = &self.known[number];
                    // One that was met nearer to the root may reach too deep from here.
                    if folder.height >= MAX_DEPTH {
                        subtree.notes.push((name.into(), TOO_DEEP));
                    } else if !folder.is_empty() {
                        subtree.height = subtree.height.max(folder.height + 1);
                        subtree.folders.push((name.into(), number));
                    }
                }
                EntryKind::Blob | EntryKind::BlobExecutable if (self.wants)(name) => {
                    subtree.files.push((name.into(), entry.object_id()));
                }
                EntryKind::Link if (self.wants)(name) => {
                    subtree.notes.push((name.into(), self.link(entry.object_id())));
                }
                EntryKind::Commit => {
                    let note = Note::Info("is a submodule; its content is in another repository");
                    subtree.notes.push((name.into(), note));
                }
                _ => {}
            }
        }
        let number = self.intern(subtree);
        self.memo.insert(id, number);
        Ok(number)
    }

    fn intern(&mut self, subtree: Subtree) -> usize {
        if let Some(known) = self.numbers.get(&subtree) {
            return *known;
        }
        let subtree = Rc::new(subtree);
        self.known.push(Rc::clone(&subtree));
        self.numbers.insert(subtree, self.known.len() - 1);
        self.known.len() - 1
    }

    /// Reads where a link leads, if it is no longer than a path can be.
    fn link(&self, id: ObjectId) -> Note {
        match self.repository.find_header(id) {
            Ok(header) if header.size() > MAX_LINK => {
                return Note::Gap("is a symbolic link that is too long to be one");
            }
            Ok(_) => {}
            Err(_) => return UNREADABLE_LINK,
        }
        match self.repository.find_blob(id) {
            Ok(target) => Note::Link(target.data.to_str_lossy().as_ref().into()),
            Err(_) => UNREADABLE_LINK,
        }
    }
}

const UNREADABLE_LINK: Note = Note::Gap("is a symbolic link that cannot be read");
const TOO_LONG: Note = Note::Gap("has a name that is too long for a path");
const TOO_DEEP: Note = Note::Gap("is nested too deep and was left out");

impl Subtree {
    fn is_empty(&self) -> bool {
        self.files.is_empty() && self.notes.is_empty() && self.folders.is_empty()
    }
}

/// What hangs below a tree, with its paths.
struct All<'a> {
    known: &'a [Rc<Subtree>],
    /// Where it is now.
    path: String,
    files: Vec<Found>,
    notes: Vec<(String, &'a Note)>,
}

impl All<'_> {
    /// Adds a tree at the path; false: there is more than is read.
    fn add(&mut self, number: usize) -> bool {
        let known = self.known;
        let subtree = &known[number];
        for (name, id) in &subtree.files {
            if self.is_full() {
                return false;
            }
            let path = format!("{}{name}", self.path);
            self.files.push(Found { path, blob: blob_id(*id) });
        }
        for (name, note) in &subtree.notes {
            if self.is_full() {
                return false;
            }
            self.notes.push((format!("{}{name}", self.path), note));
        }
        for (name, folder) in &subtree.folders {
            let length = self.path.len();
            if length + name.len() > MAX_PATH {
                let shown: String = self.path.chars().chain(name.chars()).take(80).collect();
                self.notes.push((shown, &TOO_LONG));
                continue;
            }
            self.path.push_str(name);
            self.path.push('/');
            let is_all = self.add(*folder);
            self.path.truncate(length);
            if !is_all {
                return false;
            }
        }
        true
    }

    fn is_full(&self) -> bool {
        self.files.len() + self.notes.len() >= MAX_FILES
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
