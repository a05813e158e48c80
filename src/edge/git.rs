//! Git, straight from the object database: no git program, no checkout, nothing written.
//!
//! The repository is opened isolated (no system or user configuration, no credential helpers), and
//! the owner check is answered with yes: in a container the workspace belongs to somebody else, and
//! nothing is executed from it.

mod access;
mod addresses;
mod changed;
mod changes;
mod commits;
mod contents;
mod export;
mod fetch;
mod histories;
mod io;
mod lineage;
mod listing;
mod merge_base;
mod patches;
mod refs;
mod remote;
mod replay;
mod statements;
mod store;
mod touched;
mod tracked;
mod walk;
mod wanted;
mod write;

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use gix::{ObjectId, bstr::ByteSlice as _};
use jiff::Timestamp;

pub use self::{
    access::{Access, Credential, Token},
    export::{Export, LeftOut},
    fetch::Fetched,
    lineage::{Begins, Files, Lineages, Part, Past, Step, Strand},
    listing::{Listed, Listing},
    remote::{Ask, Depth, Remote},
    store::{Entry, Store},
    walk::{Found, Skipped, Walked},
    write::Scratch,
};
use crate::model::{BlobId, CommitId};

/// Files larger than this are not read.
pub const MAX_BLOB: u64 = 64 * 1024 * 1024;

/// Something that git could not do.
#[derive(Debug, thiserror::Error)]
#[error("{what}")]
pub struct Error {
    what: String,
    #[source]
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
    /// A server says that whoever asks may not, or that there is no such thing.
    is_refused: bool,
}

impl Error {
    fn new(what: impl Into<String>) -> impl FnOnce(gix::Error) -> Self {
        let what = what.into();
        move |source| Self { source: Some(Box::new(source)), ..Self::bare(what) }
    }

    fn bare(what: impl Into<String>) -> Self {
        Self { what: what.into(), source: None, is_refused: false }
    }

    /// True if a server says that whoever asks may not, or that there is no such repository.
    pub fn is_refused(&self) -> bool {
        self.is_refused
    }
}

/// An opened repository; cheap to share between threads.
#[derive(Clone, Debug)]
pub struct Git {
    /// Whose refs, remotes and work tree these are.
    repository: gix::ThreadSafeRepository,
    /// Where its objects are read, if there are more of them than in the repository.
    store: Option<Arc<Store>>,
}

fn options() -> gix::open::Options {
    gix::open::Options::isolated()
        .with(gix::sec::Trust::Full)
        // What is at a commit is what its id says, whatever `refs/replace` would put there.
        .config_overrides(["core.useReplaceRefs=false"])
}

impl Git {
    /// Opens the repository that `dir` is in: a work tree, a linked worktree or a bare repository.
    pub fn open(dir: &Path) -> Result<Self, Error> {
        // With a relative path that goes up, the search would end in another repository.
        let dir = &io::absolute(dir);
        let upwards = gix::discover::upwards::Options {
            trust: gix::discover::upwards::TrustPolicy::Assume(gix::sec::Trust::Full),
            ..Default::default()
        };
        let trust = gix::sec::trust::Mapping { full: options(), reduced: options() };
        let repository = gix::ThreadSafeRepository::discover_opts(dir, upwards, trust)
            .map_err(Error::new(format!("`{}` is not in a git repository", dir.display())))?;
        Ok(Self { repository, store: None })
    }

    /// Opens exactly this repository, without looking into the folders above it.
    pub fn open_at(dir: &Path) -> Result<Self, Error> {
        let repository = gix::ThreadSafeRepository::open_opts(dir, options())
            .map_err(Error::new(format!("`{}` is not a git repository", dir.display())))?;
        Ok(Self { repository, store: None })
    }

    /// The same repository, with the objects of a store beside its own.
    #[must_use]
    pub fn with(&self, store: Arc<Store>) -> Self {
        Self { repository: self.repository.clone(), store: Some(store) }
    }

    /// Where objects are read, for one thread.
    fn objects(&self) -> gix::Repository {
        match &self.store {
            Some(store) => store.repository(),
            None => self.repository.to_thread_local(),
        }
    }

    /// The tree of a commit. `objects` is what [`Self::objects`] gave.
    fn tree_of(&self, objects: &gix::Repository, commit: ObjectId) -> Result<ObjectId, gix::Error> {
        let known = self.store.as_ref().and_then(|store| store.tree_of(commit));
        known.map_or_else(|| Ok(objects.find_commit(commit)?.tree_id()?.detach()), Ok)
    }

    /// The top of the work tree, if there is one.
    pub fn work_dir(&self) -> Option<PathBuf> {
        self.repository.to_thread_local().workdir().map(Path::to_path_buf)
    }

    /// The address of the main remote, without user, password or query.
    pub fn address(&self) -> Option<String> {
        let repository = self.repository.to_thread_local();
        let remote = repository.find_remote("origin").ok()?;
        let mut url = remote.url(gix::remote::Direction::Fetch)?.clone();
        if matches!(url.scheme, gix::url::Scheme::File) {
            return None;
        }
        if url.scheme == gix::url::Scheme::Ssh {
            // `git@host:path` is an address for git and none for a browser or a URI parser.
            let path = url.path.to_str().ok()?.trim_start_matches('/');
            return Some(format!("ssh://{}/{path}", url.host()?));
        }
        url.set_user(None);
        url.set_password(None);
        Some(crate::escape::without_credentials(url.to_bstring().to_str().ok()?))
    }

    /// True if `HEAD` is on no branch, so that what is committed is on none, either.
    pub fn is_detached(&self) -> bool {
        self.repository.to_thread_local().head().is_ok_and(|head| head.is_detached())
    }

    /// The newest commit of `HEAD` and its committer date.
    pub fn head(&self) -> Option<(CommitId, Option<Timestamp>)> {
        let repository = self.repository.to_thread_local();
        let commit = repository.head_commit().ok()?;
        let date = commit_date(&commit);
        Some((commit_id(commit.id), date))
    }

    /// The commit that a branch, a tag or a commit's digits name here, as git looks it up.
    pub fn resolve(&self, name: &str) -> Option<CommitId> {
        let repository = self.repository.to_thread_local();
        let places = ["", "refs/tags/", "refs/heads/", "refs/remotes/", "refs/remotes/origin/"];
        let reference = places.iter().find_map(|place| {
            repository
                .find_reference(format!("{place}{name}").as_str())
                .ok()?
                .into_fully_peeled_id()
                .ok()
        });
        let id = match reference {
            Some(id) => id.detach(),
            None => object_id(name)?,
        };
        let commit = repository.find_object(id).ok()?.peel_to_commit().ok()?;
        Some(commit_id(commit.id))
    }

    /// The commit that begins with these digits, of which git needs four; `None`: there is none, or
    /// there are several.
    pub fn whole(&self, digits: &str) -> Option<CommitId> {
        // Anything else would be an expression.
        if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        let repository = self.repository.to_thread_local();
        let id = repository.rev_parse_single(digits).ok()?.detach();
        let commit = repository.find_object(id).ok()?.peel_to_commit().ok()?;
        Some(commit_id(commit.id))
    }

    /// True if the commit is in this clone.
    pub fn has(&self, commit: &CommitId) -> bool {
        let repository = self.objects();
        object_id(&commit.0).is_some_and(|id| repository.find_commit(id).is_ok())
    }

    /// What a commit says that it comes from, whether or not that is in this clone.
    pub fn parents(&self, commit: &CommitId) -> Vec<CommitId> {
        let repository = self.objects();
        let id = object_id(&commit.0);
        let found = id.and_then(|id| commits::Commit::read(&repository, id, &mut Vec::new()));
        found.into_iter().flat_map(|commit| commit.parents).map(commit_id).collect()
    }

    /// True if a path leads to the same file at both commits.
    pub fn is_same(&self, one: &CommitId, other: &CommitId, path: &str) -> bool {
        let repository = self.objects();
        let entry = |commit: &CommitId| {
            let tree = self.tree_of(&repository, object_id(&commit.0)?).ok()?;
            let tree = repository.find_tree(tree).ok()?;
            let entry = tree.lookup_entry_by_path(path).ok()??;
            Some((entry.mode(), entry.object_id()))
        };
        let one = entry(one);
        one.is_some() && one == entry(other)
    }

    /// Some history is not in this clone.
    pub fn is_shallow(&self) -> bool {
        self.repository.to_thread_local().is_shallow().unwrap_or(false)
    }

    /// A reader of blobs for one thread.
    pub fn blobs(&self) -> Blobs {
        Blobs { repository: self.objects() }
    }

    /// One file at a commit; `None`: there is no such file.
    pub fn file(&self, commit: &CommitId, path: &str) -> Result<Option<Vec<u8>>, Error> {
        let repository = self.objects();
        let what = || format!("failed to read `{path}` at {}", commit.short());
        let id = object_id(&commit.0).ok_or_else(|| Error::bare(what()))?;
        let tree = self
            .tree_of(&repository, id)
            .and_then(|tree| repository.find_tree(tree))
            .map_err(Error::new(what()))?;
        let entry = tree.lookup_entry_by_path(path).map_err(Error::new(what()))?;
        match entry {
            Some(entry) if entry.mode().is_blob() => {
                self.blobs().read(&blob_id(entry.object_id())).map(Some)
            }
            // Something is there, and taking it for nothing would drop what it says.
            Some(_) => Err(Error::bare(format!("`{path}` is not a file at {}", commit.short()))),
            None => Ok(None),
        }
    }
}

/// Reads blobs in one thread.
#[derive(Debug)]
pub struct Blobs {
    repository: gix::Repository,
}

impl Blobs {
    /// How many bytes a blob has, without reading them.
    pub fn size(&self, blob: &BlobId) -> Result<u64, Error> {
        let what = || format!("failed to read blob {}", blob.0);
        let id = object_id(&blob.0).ok_or_else(|| Error::bare(what()))?;
        Ok(self.repository.find_header(id).map_err(Error::new(what()))?.size())
    }

    /// The bytes of a blob of at most [`MAX_BLOB`].
    pub fn read(&self, blob: &BlobId) -> Result<Vec<u8>, Error> {
        let what = || format!("failed to read blob {}", blob.0);
        let id = object_id(&blob.0).ok_or_else(|| Error::bare(what()))?;
        let size = self.size(blob)?;
        if size > MAX_BLOB {
            return Err(Error::bare(format!(
                "blob {} has {size} bytes, more than the {MAX_BLOB} that are read",
                blob.0
            )));
        }
        let mut object = self.repository.find_blob(id).map_err(Error::new(what()))?;
        Ok(object.take_data())
    }
}

fn commit_date(commit: &gix::Commit<'_>) -> Option<Timestamp> {
    Timestamp::from_second(commit.time().ok()?.seconds).ok()
}

fn commit_id(id: ObjectId) -> CommitId {
    CommitId(id.to_hex().to_string())
}

fn blob_id(id: ObjectId) -> BlobId {
    BlobId(id.to_hex().to_string())
}

fn object_id(hex: &str) -> Option<ObjectId> {
    ObjectId::from_hex(hex.as_bytes()).ok()
}
