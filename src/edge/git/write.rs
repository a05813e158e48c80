//! A repository of our own making, for the demonstration: real objects, real refs, pinned dates.

use std::{collections::BTreeMap, path::Path};

use gix::{
    ObjectId,
    objs::{Commit, Tree, tree},
};

use super::{Error, io, object_id};
use crate::model::CommitId;

/// A new bare repository that is filled commit by commit.
#[derive(Debug)]
pub struct Scratch {
    repository: gix::Repository,
}

impl Scratch {
    /// Makes a bare repository in an empty folder.
    pub fn init(dir: &Path) -> Result<Self, Error> {
        let what = format!("failed to create a repository in `{}`", dir.display());
        let repository = gix::ThreadSafeRepository::init_opts(
            dir,
            gix::create::Kind::Bare,
            gix::create::Options::default(),
            super::options(),
        )
        .map_err(Error::new(what))?;
        Ok(Self { repository: repository.to_thread_local() })
    }

    /// Writes a commit of exactly these files and moves `branch` to it. `seconds` is the time of
    /// author and committer since 1970.
    pub fn commit(
        &self,
        branch: &str,
        parent: Option<&CommitId>,
        message: &str,
        seconds: i64,
        files: &BTreeMap<&str, String>,
    ) -> Result<CommitId, Error> {
        let what = || format!("failed to write a commit on `{branch}`");
        let tree = self.tree(files).map_err(Error::new(what()))?;
        let who = gix::actor::Signature {
            name: "Patchline Demo".into(),
            email: "demo@example.org".into(),
            time: gix::date::Time::new(seconds, 0),
        };
        let commit = Commit {
            tree,
            parents: parent.and_then(|parent| object_id(&parent.0)).into_iter().collect(),
            author: who.clone(),
            committer: who,
            encoding: None,
            message: message.into(),
            extra_headers: Vec::new(),
        };
        let id = self.repository.write_object(&commit).map_err(Error::new(what()))?.detach();
        self.point(&format!("refs/heads/{branch}"), id)?;
        Ok(super::commit_id(id))
    }

    /// Tags a commit.
    pub fn tag(&self, name: &str, commit: &CommitId) -> Result<(), Error> {
        let id = object_id(&commit.0)
            .ok_or_else(|| Error::bare(format!("`{}` is not a commit id", commit.0)))?;
        self.point(&format!("refs/tags/{name}"), id)
    }

    /// Makes `branch` the default branch.
    pub fn set_default(&self, branch: &str) -> Result<(), Error> {
        io::write(&self.repository.path().join("HEAD"), &format!("ref: refs/heads/{branch}\n"))
    }

    fn tree(&self, files: &BTreeMap<&str, String>) -> Result<ObjectId, gix::Error> {
        let mut folders: BTreeMap<&str, BTreeMap<&str, String>> = BTreeMap::new();
        let mut entries = Vec::new();
        for (path, text) in files {
            if let Some((folder, rest)) = path.split_once('/') {
                folders.entry(folder).or_default().insert(rest, text.clone());
            } else {
                let oid = self.repository.write_blob(text)?.detach();
                let mode = tree::EntryKind::Blob.into();
                entries.push(tree::Entry { mode, filename: (*path).into(), oid });
            }
        }
        for (folder, files) in folders {
            let oid = self.tree(&files)?;
            let mode = tree::EntryKind::Tree.into();
            entries.push(tree::Entry { mode, filename: folder.into(), oid });
        }
        entries.sort();
        Ok(self.repository.write_object(Tree { entries })?.detach())
    }

    /// Written as a loose ref: a transaction would also write a reflog with today's date.
    fn point(&self, name: &str, id: ObjectId) -> Result<(), Error> {
        io::write(&self.repository.path().join(name), &format!("{id}\n"))
    }
}
