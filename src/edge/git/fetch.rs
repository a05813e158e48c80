//! A shallow copy of one branch of a remote repository, in a folder of our own.

use std::{
    path::Path,
    sync::{
        atomic::{AtomicBool, Ordering},
        mpsc,
    },
    time::Duration,
};

use super::{Error, Git, commit_id, io, options};
use crate::{escape::without_credentials, model::CommitId};

/// A fetch that takes longer is given up.
const TIMEOUT: Duration = Duration::from_mins(5);

/// What a fetch did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fetched {
    /// The remote had something new, and it is here now.
    Updated,
    /// What is here is what the remote has.
    Current,
}

impl Git {
    /// Brings the newest commit of `url`'s default branch into the bare repository at `target`.
    ///
    /// The copy is made beside `target` and moved there whole, so that a broken transfer leaves the
    /// old copy as it was.
    pub fn fetch_shallow(url: &str, target: &Path) -> Result<Fetched, Error> {
        within_time(|interrupt| {
            if is_current(url, target)? {
                return Ok(Fetched::Current);
            }
            fetch(url, target, interrupt).map(|()| Fetched::Updated)
        })
    }

    /// The same, whatever is there.
    pub fn fetch_anew(url: &str, target: &Path) -> Result<(), Error> {
        within_time(|interrupt| fetch(url, target, interrupt))
    }
}

pub(super) fn within_time<T>(
    work: impl FnOnce(&AtomicBool) -> Result<T, Error>,
) -> Result<T, Error> {
    let interrupt = AtomicBool::new(false);
    let (done, waiting) = mpsc::channel::<()>();
    std::thread::scope(|scope| {
        let interrupt = &interrupt;
        scope.spawn(move || {
            if waiting.recv_timeout(TIMEOUT) == Err(mpsc::RecvTimeoutError::Timeout) {
                interrupt.store(true, Ordering::Relaxed);
            }
        });
        let result = work(interrupt);
        drop(done);
        result
    })
}

fn is_current(url: &str, target: &Path) -> Result<bool, Error> {
    let what = || format!("failed to fetch `{}`", without_credentials(url));
    let Ok(known) = Git::open_at(target) else { return Ok(false) };
    let Some((commit, _)) = known.head() else { return Ok(false) };
    Ok(remote_head(&known, url).map_err(Error::new(what()))? == Some(commit))
}

fn fetch(url: &str, target: &Path, interrupt: &AtomicBool) -> Result<(), Error> {
    let what = || format!("failed to fetch `{}`", without_credentials(url));
    let parent = target.parent().unwrap_or(target);
    io::create_folder(parent)?;
    let scratch = tempfile::Builder::new()
        .prefix(".fetching-")
        .tempdir_in(parent)
        .map_err(|source| io::error(parent, source))?;
    let place = scratch.path().join("db.git");
    let depth = std::num::NonZeroU32::MIN;
    let mut clone = gix::clone::PrepareFetch::new(
        url,
        &place,
        gix::create::Kind::Bare,
        gix::create::Options::default(),
        options(),
    )
    .map_err(Error::new(what()))?
    .with_shallow(gix::remote::fetch::Shallow::DepthAtRemote(depth));
    let (repository, _) =
        clone.fetch_only(gix::progress::Discard, interrupt).map_err(Error::new(what()))?;
    drop(repository);
    io::replace(&place, target)
}

/// What the remote's `HEAD` is, without fetching it.
fn remote_head(repository: &Git, url: &str) -> Result<Option<CommitId>, gix::Error> {
    let repository = repository.repository.to_thread_local();
    let remote = repository
        .remote_at(url)?
        .with_fetch_tags(gix::remote::fetch::Tags::None)
        .with_refspecs(Some("HEAD"), gix::remote::Direction::Fetch)?;
    let connection = remote.connect(gix::remote::Direction::Fetch)?;
    let (map, _) =
        connection.ref_map(gix::progress::Discard, gix::remote::ref_map::Options::default())?;
    let head = map
        .remote_refs
        .iter()
        .map(gix::protocol::handshake::Ref::unpack)
        .find_map(|(name, target, _)| (name == "HEAD").then_some(target).flatten());
    Ok(head.map(|id| commit_id(id.to_owned())))
}
