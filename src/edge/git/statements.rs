//! The few files of one tree that somebody wants, found without walking all of it: only promising
//! folders are entered, nearest first.

use std::collections::VecDeque;

use gix::{
    ObjectId,
    bstr::ByteSlice as _,
    objs::tree::{EntryKind, EntryMode},
};

use super::{
    Error, Found, Git, Skipped, Walked, blob_id, object_id,
    walk::{MAX_DEPTH, MAX_FILES, resolve_link},
};
use crate::model::CommitId;

/// No more folders than this are entered.
const MAX_FOLDERS: usize = 20_000;
/// A link that leads to a link is followed so often.
const MAX_LINKS: usize = 8;
/// A longer text is no path.
const MAX_TARGET: u64 = 4096;

impl Git {
    /// The files at a commit whose path `wants`, in the root and in every folder that `enters` lets
    /// in; both are asked with whole paths from the root. A symbolic link that is wanted gives the
    /// file that it leads to, under the link's path.
    pub fn statements(
        &self,
        commit: &CommitId,
        wants: &dyn Fn(&str) -> bool,
        enters: &dyn Fn(&str) -> bool,
    ) -> Result<Walked, Error> {
        let what = || format!("failed to read the tree of {}", commit.short());
        let id = object_id(&commit.0).ok_or_else(|| Error::bare(what()))?;
        let mut repository = self.objects();
        repository.object_cache_size(4 * 1024 * 1024);
        let root = self
            .tree_of(&repository, id)
            .and_then(|tree| repository.find_tree(tree))
            .map_err(Error::new(what()))?;
        let mut picked =
            Picked { wants, enters, walked: Walked::default(), folders: VecDeque::new() };
        let mut links = Vec::new();
        picked.folder("", &root, &mut links).map_err(Error::new(what()))?;
        let mut entered = 0;
        while let Some((path, id)) = picked.folders.pop_front() {
            entered += 1;
            if entered > MAX_FOLDERS || picked.walked.files.len() > MAX_FILES {
                picked.skip(".", "holds too many files to look at them all");
                break;
            }
            // One broken folder costs itself.
            let read = repository.find_tree(id);
            if read.and_then(|tree| picked.folder(&path, &tree, &mut links)).is_err() {
                picked.skip(&path, "could not be read");
            }
        }
        let mut walked = picked.walked;
        for (path, id) in links {
            match follow(&repository, &root, &path, id) {
                Some(target) => walked.files.push(Found { path, blob: blob_id(target) }),
                None => walked.skipped.push(Skipped {
                    path,
                    why: "is a symbolic link to something that is not a file here",
                    is_gap: true,
                }),
            }
        }
        walked.files.truncate(MAX_FILES);
        walked.files.sort();
        walked.skipped.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(walked)
    }
}

struct Picked<'a> {
    wants: &'a dyn Fn(&str) -> bool,
    enters: &'a dyn Fn(&str) -> bool,
    walked: Walked,
    /// Those that are still to be entered.
    folders: VecDeque<(String, ObjectId)>,
}

impl Picked<'_> {
    fn skip(&mut self, path: &str, why: &'static str) {
        self.walked.skipped.push(Skipped { path: path.to_owned(), why, is_gap: true });
    }

    fn folder(
        &mut self,
        folder: &str,
        tree: &gix::Tree<'_>,
        links: &mut Vec<(String, ObjectId)>,
    ) -> Result<(), gix::Error> {
        for entry in tree.iter() {
            let entry = entry?;
            // A name that is not UTF-8 is nobody's convention.
            let Ok(name) = entry.filename().to_str() else { continue };
            let path = if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") };
            match entry.mode().kind() {
                EntryKind::Tree if !(self.enters)(&path) => {}
                EntryKind::Tree if path.matches('/').count() >= MAX_DEPTH => {
                    self.skip(&path, "is nested too deep and was left out");
                }
                EntryKind::Tree => self.folders.push_back((path, entry.object_id())),
                EntryKind::Blob | EntryKind::BlobExecutable if (self.wants)(&path) => {
                    self.walked.files.push(Found { path, blob: blob_id(entry.object_id()) });
                }
                EntryKind::Link if (self.wants)(&path) => links.push((path, entry.object_id())),
                EntryKind::Commit if (self.enters)(&path) => {
                    let why = "is a submodule; its content is in another repository";
                    self.walked.skipped.push(Skipped { path, why, is_gap: false });
                }
                _ => {}
            }
        }
        Ok(())
    }
}

/// The file that a link leads to, if that is one of this tree.
fn follow(
    repository: &gix::Repository,
    root: &gix::Tree<'_>,
    path: &str,
    link: ObjectId,
) -> Option<ObjectId> {
    let (mut path, mut link) = (path.to_owned(), link);
    for _ in 0..MAX_LINKS {
        if repository.find_header(link).ok()?.size() > MAX_TARGET {
            return None;
        }
        let target = repository.find_blob(link).ok()?;
        path = resolve_link(&path, target.data.to_str().ok()?);
        let entry = root.lookup_entry_by_path(&path).ok().flatten()?;
        let mode: EntryMode = entry.mode();
        if mode.is_blob() {
            return Some(entry.object_id());
        }
        if !mode.is_link() {
            return None;
        }
        link = entry.object_id();
    }
    None
}
