//! The RustSec database: a folder, a git repository, or a URL that is fetched into the cache.

use std::{
    num::NonZero,
    path::{Path, PathBuf},
};

use jiff::civil::Date;
use sha2::{Digest as _, Sha256};
use tokio::task::{JoinSet, spawn_blocking};

use super::{Error, causes};
use crate::{
    advise::{self, Record, rustsec},
    config::Scan,
    edge::{
        files,
        git::{Fetched, Git, Skipped},
        progress::Progress,
    },
    escape::{hex, without_credentials},
    model::{AdvisoryDatabase, BlobId, CommitId, Quarantined, Stamp, Trouble},
};

const ID: &str = rustsec::ID;
const FOLDERS: [&str; 2] = ["crates", "rust"];
const LARGEST_RECORD: u64 = 1024 * 1024;

/// Loads the database that the configuration names.
pub(super) async fn load(
    scan: Scan,
    today: Date,
    progress: Progress,
) -> Result<(AdvisoryDatabase, Vec<Trouble>), Error> {
    let (source, trouble) = spawn_blocking(move || locate(&scan, &progress)).await??;
    let workers = std::thread::available_parallelism().map_or(1, NonZero::get);
    let share = source.records.len().div_ceil(workers).max(1);
    let mut tasks = JoinSet::new();
    for share in source.records.chunks(share) {
        let (share, place) = (share.to_vec(), source.place.clone());
        tasks.spawn_blocking(move || read(&share, &place));
    }
    let mut records = Vec::with_capacity(source.records.len());
    while let Some(share) = tasks.join_next().await {
        records.extend(share?);
    }
    records.sort_by(|(a, _), (b, _)| a.cmp(b));
    let unreadable = source.unreadable.into_iter().map(Record::Quarantined);
    let records = records.into_iter().map(|(_, record)| record).chain(unreadable).collect();
    let database = advise::database(source.stamp, records, today);
    if database.is_empty() && database.quarantined.is_empty() {
        return Err(Error::EmptyDatabase { id: ID, place: database.stamp.from });
    }
    Ok((database, trouble))
}

/// Where the records of one state of the database lie.
struct Source {
    stamp: Stamp,
    /// Paths inside the database, sorted, with the blob where it is a git repository.
    records: Vec<(String, Option<BlobId>)>,
    /// What stands where records should be and cannot be read.
    unreadable: Vec<Quarantined>,
    place: Place,
}

#[derive(Clone)]
enum Place {
    Folder(PathBuf),
    Git(Box<Git>),
}

fn locate(scan: &Scan, progress: &Progress) -> Result<(Source, Vec<Trouble>), Error> {
    if is_url(&scan.rustsec) {
        return fetched(&scan.rustsec, scan.offline, progress);
    }
    let folder = Path::new(&scan.rustsec);
    if files::exists(&folder.join(FOLDERS[0])) {
        return Ok((in_folder(folder)?, Vec::new()));
    }
    let place = scan.rustsec.clone();
    if !files::is_folder(folder) {
        return Err(Error::NoDatabase { id: ID, place, source: None });
    }
    match Git::open_at(folder) {
        Ok(git) => Ok((in_repository(git, place)?, Vec::new())),
        Err(source) => Err(Error::NoDatabase { id: ID, place, source: Some(source) }),
    }
}

fn is_url(source: &str) -> bool {
    source.contains("://")
}

/// A plain folder or a checkout: its files as they are, its commit if git knows one.
fn in_folder(folder: &Path) -> Result<Source, Error> {
    let from = folder.display().to_string();
    let paths = files::two_levels(folder, &FOLDERS).map_err(|source| Error::Database {
        id: ID,
        place: from.clone(),
        source,
    })?;
    let records = paths.into_iter().filter(|path| rustsec::is_record(path));
    Ok(Source {
        stamp: stamp(from, Git::open_at(folder).ok().as_ref()),
        records: records.map(|path| (path, None)).collect(),
        unreadable: Vec::new(),
        place: Place::Folder(folder.to_path_buf()),
    })
}

/// A repository without a checkout, such as our own cache.
fn in_repository(git: Git, from: String) -> Result<Source, Error> {
    let missing = |source| Error::NoDatabase { id: ID, place: from.clone(), source };
    let (commit, _) = git.head().ok_or_else(|| missing(None))?;
    let wants = |name: &str| !name.starts_with('.');
    let walked = git
        .walk(std::slice::from_ref(&commit), &wants)
        .remove(&commit)
        .ok_or_else(|| missing(None))?
        .map_err(|source| missing(Some(source)))?;
    Ok(Source {
        stamp: stamp(from, Some(&git)),
        records: walked
            .files
            .into_iter()
            .filter(|file| rustsec::is_record(&file.path))
            .map(|file| (file.path, Some(file.blob)))
            .collect(),
        unreadable: walked.skipped.into_iter().filter_map(unreadable).collect(),
        place: Place::Git(Box::new(git)),
    })
}

/// What was skipped where records should be. Only `crates/<package>/…` says which package it may
/// concern; whatever is missing above that may concern every one.
fn unreadable(skipped: Skipped) -> Option<Quarantined> {
    let parts: Vec<&str> = skipped.path.split('/').collect();
    let package = match parts.as_slice() {
        [top] if *top != "." && !FOLDERS.contains(top) => return None,
        [top, _, ..] if !FOLDERS.contains(top) => return None,
        [_, package, ..] if *package != "." => Some((*package).to_owned()),
        _ => None,
    };
    Some(Quarantined { package, error: skipped.why.to_owned(), path: skipped.path })
}

/// The cached copy of a URL, brought up to date unless that is forbidden. A copy that could not be
/// refreshed is used and said to be what it is: its age decides whether it is still good enough. It
/// may have come with the image, which is made with a filled cache.
fn fetched(url: &str, offline: bool, progress: &Progress) -> Result<(Source, Vec<Trouble>), Error> {
    let shown = without_credentials(url);
    let folder = files::cache_folder().ok_or(Error::NoCache { id: ID })?;
    let key = hex(&Sha256::digest(url.as_bytes()));
    let target = folder.join(format!("{ID}-{}.git", &key[..16]));
    let mut silent = None;
    if !offline {
        progress.say(format!("fetching the {ID} database"));
        match Git::fetch_shallow(url, &target) {
            Ok(Fetched::Updated | Fetched::Current) => {}
            Err(source) if Git::open_at(&target).is_err() => {
                return Err(Error::NoDatabase { id: ID, place: shown, source: Some(source) });
            }
            Err(source) => silent = Some(source),
        }
    }
    let git = Git::open_at(&target).map_err(|_| Error::Offline { id: ID })?;
    let source = match in_repository(git, shown.clone()) {
        Ok(source) => source,
        Err(error) if offline => return Err(error),
        // The cached copy is damaged: it is replaced once.
        Err(_) => {
            let missing = |source| Error::NoDatabase { id: ID, place: shown.clone(), source };
            Git::fetch_anew(url, &target).map_err(|source| missing(Some(source)))?;
            silent = None;
            let git = Git::open_at(&target).map_err(|source| missing(Some(source)))?;
            in_repository(git, shown.clone())?
        }
    };
    let trouble = silent.map(|error| {
        let of = source.stamp.date.map(|date| format!(" of {date}")).unwrap_or_default();
        Trouble::warning(format!(
            "the {ID} database could not be refreshed, and the copy{of} was used: {}",
            causes(&error)
        ))
        .hint("check the network; --offline uses the copy without asking")
    });
    Ok((source, trouble.into_iter().collect()))
}

fn stamp(from: String, git: Option<&Git>) -> Stamp {
    let head: Option<(CommitId, _)> = git.and_then(Git::head);
    Stamp {
        id: ID.to_owned(),
        from,
        revision: head.as_ref().map(|(commit, _)| commit.0.clone()),
        date: head
            .and_then(|(_, date)| date)
            .map(|date| date.to_zoned(jiff::tz::TimeZone::UTC).date()),
    }
}

fn read(records: &[(String, Option<BlobId>)], place: &Place) -> Vec<(String, Record)> {
    let blobs = match place {
        Place::Git(git) => Some(git.blobs()),
        Place::Folder(_) => None,
    };
    let bytes = |path: &str, blob: Option<&BlobId>| -> Result<Vec<u8>, String> {
        match (place, blob, &blobs) {
            (Place::Folder(folder), _, _) => {
                files::read(&folder.join(path), LARGEST_RECORD).map_err(|error| error.to_string())
            }
            (Place::Git(_), Some(blob), Some(blobs)) => {
                blobs.read(blob).map_err(|error| causes(&error))
            }
            (Place::Git(_), _, _) => Err("it has no content".to_owned()),
        }
    };
    records
        .iter()
        .map(|(path, blob)| {
            let record = match bytes(path, blob.as_ref()) {
                Ok(bytes) => rustsec::read(path, &bytes),
                Err(error) => Record::Quarantined(Quarantined {
                    path: path.clone(),
                    package: path.split('/').nth(1).map(str::to_owned),
                    error,
                }),
            };
            (path.clone(), record)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_above_a_package_may_concern_every_package() {
        let read = |path: &str| {
            let skipped = Skipped { path: path.to_owned(), why: "was left out", is_gap: true };
            unreadable(skipped).map(|record| record.package)
        };
        let of = |package: &str| Some(Some(package.to_owned()));
        assert_eq!(read("crates/clock/RUSTSEC-2031-0001.md"), of("clock"));
        assert_eq!(read("crates/clock/."), of("clock"));
        assert_eq!(read("crates/clock"), of("clock"));
        assert_eq!(read("crates/."), Some(None));
        assert_eq!(read("crates"), Some(None));
        assert_eq!(read("."), Some(None));
        assert_eq!(read("LICENSES/."), None);
        assert_eq!(read("README.md"), None);
    }
}
