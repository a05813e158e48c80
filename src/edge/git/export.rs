//! The tree of a commit as files in a folder of ours, for programs that read nothing else.
//!
//! It is no git worktree: nothing points back to the repository, and nothing of the repository's
//! configuration, attributes or filters is obeyed. Names and links are a stranger's: nothing is
//! written outside the folder, and no link leads out of it.

use std::{
    collections::{BTreeMap, BTreeSet},
    io::Write as _,
    path::{Path, PathBuf},
};

use gix::{ObjectId, bstr::ByteSlice as _, objs::tree::EntryKind};
use tempfile::TempDir;

use super::{Error, Git, MAX_BLOB, io, object_id, walk::MAX_DEPTH};
use crate::model::CommitId;

/// A tree with more files is not written.
const MOST_FILES: usize = 300_000;
/// Nor one with more bytes.
const MOST_BYTES: u64 = 4 * 1024 * 1024 * 1024;
/// A link that takes more steps leads nowhere.
const MOST_STEPS: usize = 256;
/// Where the tree lies in the folder that is made for it.
const TREE: &str = "tree";
/// Where the files of a moment lie beside it.
const SCRATCH: &str = "scratch";
/// Longer links are none.
const LONGEST_LINK: u64 = 4096;

/// A tree on disk. It is removed with this value.
#[derive(Debug)]
pub struct Export {
    /// `None` only while it is removed.
    folder: Option<TempDir>,
    /// The same without links: programs print real paths.
    root: PathBuf,
    /// What is not in it, sorted by path.
    pub left_out: Vec<LeftOut>,
}

/// Something of a tree that was not written.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct LeftOut {
    pub path: String,
    pub why: &'static str,
    /// True if a program may miss something for it.
    pub is_gap: bool,
}

impl Export {
    /// The top of the tree.
    pub fn tree(&self) -> PathBuf {
        self.root.join(TREE)
    }

    /// A folder beside it, for files of a moment.
    pub fn scratch(&self) -> PathBuf {
        self.root.join(SCRATCH)
    }

    /// A text with `.` for where this tree happens to lie, so that equal runs give equal words.
    pub fn unnamed(&self, text: &str) -> String {
        let roots = [Some(&*self.root), self.folder.as_ref().map(TempDir::path)];
        let mut names: Vec<String> = roots
            .into_iter()
            .flatten()
            .flat_map(|root| [root.join(TREE), root.to_path_buf()])
            .map(|path| path.display().to_string())
            .collect();
        // One may be a part of another.
        names.sort_by_key(|name| std::cmp::Reverse(name.len()));
        names.iter().fold(text.to_owned(), |text, name| text.replace(name, "."))
    }
}

impl Drop for Export {
    fn drop(&mut self) {
        let Some(folder) = self.folder.take() else { return };
        if folder.close().is_err() {
            io::remove_stubborn(&self.root);
        }
    }
}

impl Git {
    /// Writes the tree of a commit into a new folder.
    pub fn export(&self, commit: &CommitId) -> Result<Export, Error> {
        let what = || format!("failed to export the tree of {}", commit.short());
        let repository = self.objects();
        let id = object_id(&commit.0).ok_or_else(|| Error::bare(what()))?;
        let tree = self.tree_of(&repository, id).map_err(Error::new(what()))?;
        let folder = tempfile::Builder::new()
            .prefix("patchline-")
            .tempdir()
            .map_err(|source| io::error(&std::env::temp_dir(), source.kind().into()))?;
        let root = io::absolute(folder.path());
        let mut export = Export { folder: Some(folder), root, left_out: Vec::new() };
        for name in [SCRATCH, TREE] {
            io::create_one_folder(&export.root.join(name))
                .map_err(|source| io::error(Path::new(name), source))?;
        }
        let mut writer = Writer {
            repository: &repository,
            root: export.tree(),
            written: BTreeMap::from([(String::new(), Kind::Folder)]),
            links: BTreeMap::new(),
            left_out: BTreeSet::new(),
            bytes: 0,
        };
        writer.tree(tree, "", 0)?;
        writer.links();
        export.left_out = writer.left_out.into_iter().collect();
        Ok(export)
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    File,
    Folder,
}

struct Writer<'a> {
    repository: &'a gix::Repository,
    root: PathBuf,
    /// What is on disk, by its path in the tree. No link is among it.
    written: BTreeMap<String, Kind>,
    /// Links are written last, so that no file is ever written through one.
    links: BTreeMap<String, String>,
    left_out: BTreeSet<LeftOut>,
    bytes: u64,
}

impl Writer<'_> {
    fn leave_out(&mut self, path: String, why: &'static str, is_gap: bool) {
        self.left_out.insert(LeftOut { path, why, is_gap });
    }

    fn tree(&mut self, id: ObjectId, folder: &str, depth: usize) -> Result<(), Error> {
        let what = || format!("failed to read the tree of `{folder}`");
        let object = self.repository.find_tree(id).map_err(Error::new(what()))?;
        for entry in object.iter() {
            let entry = entry.map_err(Error::new(what()))?;
            let kind = entry.mode().kind();
            let shown = join(folder, &entry.filename().to_str_lossy());
            let Ok(name) = entry.filename().to_str() else {
                self.leave_out(shown, "is not UTF-8 and was left out", true);
                continue;
            };
            if !is_harmless(name, kind) {
                self.leave_out(shown, "has a name that is not safe and was left out", true);
                continue;
            }
            let path = shown;
            if self.written.contains_key(&path) || self.links.contains_key(&path) {
                self.leave_out(path, "is twice in its folder and was left out once", true);
                continue;
            }
            if self.written.len() + self.links.len() >= MOST_FILES {
                return Err(Error::bare(format!("the tree has more than {MOST_FILES} files")));
            }
            match kind {
                EntryKind::Tree if depth >= MAX_DEPTH => {
                    self.leave_out(path, "is nested too deep and was left out", true);
                }
                EntryKind::Tree => {
                    if self.made(&path, io::create_one_folder(&self.root.join(&path)))? {
                        self.written.insert(path.clone(), Kind::Folder);
                        self.tree(entry.object_id(), &path, depth + 1)?;
                    }
                }
                EntryKind::Blob | EntryKind::BlobExecutable => {
                    self.file(path, entry.object_id(), kind == EntryKind::BlobExecutable)?;
                }
                EntryKind::Link => {
                    let target = self.link(entry.object_id())?;
                    match target {
                        Some(target) => drop(self.links.insert(path, target)),
                        None => self.leave_out(path, "is a link that is no path", false),
                    }
                }
                EntryKind::Commit => {
                    let why = "is a submodule; its content is in another repository";
                    self.leave_out(path, why, false);
                }
            }
        }
        Ok(())
    }

    /// True if it was written, false if something of another name is in its place, as where upper
    /// and lower case are one.
    fn made(&mut self, path: &str, made: Result<(), std::io::Error>) -> Result<bool, Error> {
        match made {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
                let why = "has the place of another file on this system and was left out";
                self.leave_out(path.to_owned(), why, true);
                Ok(false)
            }
            Err(error) => Err(io::error(Path::new(path), error)),
        }
    }

    fn file(&mut self, path: String, id: ObjectId, is_executable: bool) -> Result<(), Error> {
        let what = || format!("failed to read `{path}`");
        let size = self.repository.find_header(id).map_err(Error::new(what()))?.size();
        if size > MAX_BLOB {
            self.leave_out(path, "is too large and was left out", true);
            return Ok(());
        }
        self.bytes = self.bytes.saturating_add(size);
        if self.bytes > MOST_BYTES {
            return Err(Error::bare(format!("the tree has more than {MOST_BYTES} bytes")));
        }
        let blob = self.repository.find_blob(id).map_err(Error::new(what()))?;
        let written = io::create_file(&self.root.join(&path), is_executable)
            .and_then(|mut file| file.write_all(&blob.data));
        if self.made(&path, written)? {
            self.written.insert(path, Kind::File);
        }
        Ok(())
    }

    fn link(&self, id: ObjectId) -> Result<Option<String>, Error> {
        let what = || "failed to read a link".to_owned();
        if self.repository.find_header(id).map_err(Error::new(what()))?.size() > LONGEST_LINK {
            return Ok(None);
        }
        let blob = self.repository.find_blob(id).map_err(Error::new(what()))?;
        Ok(blob.data.to_str().ok().filter(|text| !text.contains('\0')).map(str::to_owned))
    }

    /// Writes the links that lead to something in the tree, straight to it: a way over other links
    /// could leave the tree and come back.
    fn links(&mut self) {
        for (path, target) in self.links.clone() {
            let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
            let Some(end) = self.resolve(folder, &target) else {
                let why = "is a link that leads out of the tree or nowhere and was left out";
                self.leave_out(path, why, false);
                continue;
            };
            let up = "../".repeat(if folder.is_empty() { 0 } else { folder.split('/').count() });
            let straight = if up.is_empty() && end.is_empty() { ".".to_owned() } else { up + &end };
            let is_folder = self.written.get(&end) == Some(&Kind::Folder);
            if io::create_link(&self.root.join(&path), Path::new(&straight), is_folder).is_err() {
                self.leave_out(path, "is a link that could not be made", true);
            }
        }
    }

    /// The file or folder of the tree that a link in `folder` leads to, over every other link.
    fn resolve(&self, folder: &str, target: &str) -> Option<String> {
        if target.starts_with('/') || target.is_empty() {
            return None;
        }
        let mut steps: Vec<&str> = target.split('/').rev().collect();
        let mut at: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
        for _ in 0..MOST_STEPS {
            match steps.pop() {
                None => {
                    let end = at.join("/");
                    return self.written.contains_key(&end).then_some(end);
                }
                Some("" | ".") => {}
                Some("..") => drop(at.pop()?),
                Some(name) => {
                    at.push(name);
                    if let Some(next) = self.links.get(&at.join("/")) {
                        if next.starts_with('/') || next.is_empty() {
                            return None;
                        }
                        at.pop();
                        steps.extend(next.split('/').rev());
                    }
                }
            }
        }
        None
    }
}

/// True of a name that is one step down, and that no system takes for something else: `.git` in all
/// its spellings, and on Windows devices and streams.
fn is_harmless(name: &str, kind: EntryKind) -> bool {
    use gix::validate::path::{component, component::Options};
    let mode = (kind == EntryKind::Link).then_some(component::Mode::Symlink);
    let options = Options { protect_windows: cfg!(windows), protect_hfs: true, protect_ntfs: true };
    !name.contains('\0') && component(name.into(), mode, options).is_ok()
}

fn join(folder: &str, name: &str) -> String {
    if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") }
}
