//! What every scanned tip locks: each tree is walked once, each blob read once.

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet, HashMap},
    num::NonZero,
    sync::Arc,
};

use tokio::task::{JoinSet, spawn_blocking};

use super::Error;
use crate::{
    config::Scan,
    edge::{
        git::{self, Found, Git, Skipped, Walked},
        progress::Progress,
    },
    lockfile::{self, LockfileFormat},
    model::{
        BlobId, CommitId, Coverage, Covered, Facts, Inventory, Lockfile, Manifest, Origin, Place,
        ReleaseLine, SOME_BRANCH, Tip, TreeFile, Trouble, Weight,
    },
};

/// A tip that has to be looked at.
#[derive(Clone, Debug)]
pub(super) struct Target {
    place: Place,
    /// The full ref.
    reference: String,
    /// `None`: this clone does not have it.
    commit: Option<CommitId>,
}

/// The tips of every supported line.
pub(super) fn tips(lines: &[ReleaseLine]) -> Vec<Target> {
    let place = |line: &ReleaseLine, tip| Place { line: line.id.clone(), tip };
    lines
        .iter()
        .filter(|line| line.is_scanned())
        .flat_map(|line| {
            let head = line.head.as_ref().map(|head| Target {
                place: place(line, Tip::Head),
                reference: head.reference.clone(),
                commit: head.commit.clone(),
            });
            let release = line.release.as_ref().map(|release| Target {
                place: place(line, Tip::Release),
                reference: format!("refs/tags/{}", release.tag),
                commit: release.commit.clone(),
            });
            head.into_iter().chain(release)
        })
        .collect()
}

/// What one commit locks, in the place of a tip, as far as it can be read; `None`: there is no
/// lockfile.
pub async fn at(
    git: &Git,
    scan: &Scan,
    place: Place,
    commit: &CommitId,
    progress: &Progress,
) -> Result<Option<Inventory>, Error> {
    let (reference, commit) = (commit.short().to_owned(), Some(commit.clone()));
    let targets = [Target { place, reference, commit }];
    let read = read(git, scan, &targets, progress).await?;
    Ok(facts(&targets, &read, git.is_shallow()).inventories.pop())
}

/// Every tree and every blob that the tips need.
#[derive(Default)]
pub(super) struct Read {
    trees: BTreeMap<CommitId, Result<Walked, git::Error>>,
    /// Lockfiles that `exclude` left out.
    excluded: BTreeSet<String>,
    lockfiles: HashMap<BlobId, Arc<Lockfile>>,
    manifests: HashMap<BlobId, Arc<Manifest>>,
}

/// Walks the trees, then reads each blob once, however many tips share it.
pub(super) async fn read(
    git: &Git,
    scan: &Scan,
    tips: &[Target],
    progress: &Progress,
) -> Result<Read, Error> {
    let commits: BTreeSet<CommitId> = tips.iter().filter_map(|tip| tip.commit.clone()).collect();
    let commits: Vec<CommitId> = commits.into_iter().collect();
    progress.say(format!("reading {} commits", commits.len()));
    let (walker, exclude) = (git.clone(), scan.exclude.clone());
    let (trees, excluded) = spawn_blocking(move || {
        let wants = |name: &str| lockfile::format_of(name).is_some() || lockfile::is_manifest(name);
        let mut trees = walker.walk(&commits, &wants);
        let mut excluded = BTreeSet::new();
        for walked in trees.values_mut().flatten() {
            walked.skipped.retain(|skipped| !exclude.is_match(&skipped.path));
            let gone = walked.files.extract_if(.., |file| exclude.is_match(&file.path));
            let lockfiles = gone.filter(|file| lockfile::format_of(&file.path).is_some());
            excluded.extend(lockfiles.map(|file| file.path));
        }
        (trees, excluded)
    })
    .await?;

    // By kind as well: an empty `Cargo.lock` and an empty `Cargo.toml` are one blob.
    let files = trees.values().flatten().flat_map(|walked| &walked.files);
    let wanted: BTreeMap<(&BlobId, bool), &Found> =
        files.map(|file| ((&file.blob, lockfile::is_manifest(&file.path)), file)).collect();
    let blobs: Vec<Found> = wanted.into_values().cloned().collect();
    progress.say(format!("reading {} lockfiles and manifests", blobs.len()));
    let workers = std::thread::available_parallelism().map_or(1, NonZero::get);
    let mut tasks = JoinSet::new();
    // Interleaved, because the large lockfiles of one repository are all about the same size.
    for worker in 0..workers {
        let share: Vec<Found> = blobs.iter().skip(worker).step_by(workers).cloned().collect();
        let git = git.clone();
        tasks.spawn_blocking(move || parse(&git, share));
    }
    let mut read = Read { trees, excluded, ..Read::default() };
    while let Some(share) = tasks.join_next().await {
        for (blob, content) in share? {
            match content {
                Content::Lockfile(lockfile) => {
                    read.lockfiles.insert(blob, lockfile);
                }
                Content::Manifest(manifest) => {
                    read.manifests.insert(blob, manifest);
                }
            }
        }
    }
    Ok(read)
}

enum Content {
    Lockfile(Arc<Lockfile>),
    Manifest(Arc<Manifest>),
}

fn parse(git: &Git, blobs: Vec<Found>) -> Vec<(BlobId, Content)> {
    let reader = git.blobs();
    blobs
        .into_iter()
        .map(|found| {
            let bytes = reader.read(&found.blob);
            let content = match (lockfile::format_of(&found.path), bytes) {
                (Some(format), Ok(bytes)) => Content::Lockfile(Arc::new(format.read(&bytes))),
                (Some(_), Err(error)) => Content::Lockfile(Arc::new(Lockfile {
                    entries: Vec::new(),
                    trouble: vec![
                        Trouble::warning(error.to_string())
                            .hint("a partial clone lacks file contents: fetch them with git"),
                    ],
                })),
                (None, Ok(bytes)) => Content::Manifest(Arc::new(lockfile::read_manifest(&bytes))),
                // What a manifest would have said is unknown, and reported as such per dependent.
                (None, Err(_)) => Content::Manifest(Arc::new(Manifest::default())),
            };
            (found.blob, content)
        })
        .collect()
}

/// Inventories of the tips that could be read, and the coverage of all of them.
pub(super) fn facts(tips: &[Target], read: &Read, is_shallow: bool) -> Facts {
    let mut facts = Facts::default();
    if !read.excluded.is_empty() {
        let paths: Vec<String> = read.excluded.iter().map(|path| format!("`{path}`")).collect();
        facts.trouble.push(Trouble::info(format!("excluded as asked: {}", paths.join(", "))));
    }
    for tip in tips {
        let covered = match tip.commit.as_ref().map(|commit| (commit, read.trees.get(commit))) {
            Some((commit, Some(Ok(walked)))) => {
                let inventory = inventory(tip, commit, walked, read);
                let covered = coverage(tip, &inventory, &walked.skipped, &mut facts.trouble);
                if !inventory.lockfiles.is_empty() {
                    facts.inventories.push(inventory);
                }
                covered
            }
            Some((_, Some(Err(error)))) => {
                missing(tip, &error.to_string(), is_shallow, &mut facts.trouble)
            }
            _ => {
                let why = "its commit is not in this clone";
                missing(tip, why, is_shallow, &mut facts.trouble)
            }
        };
        facts.coverage.push(Coverage {
            source: "lockfiles".to_owned(),
            at: Some(tip.place.clone()),
            covered,
        });
    }
    facts.inventories.sort_by(|a, b| a.place.cmp(&b.place));
    facts
}

fn inventory(tip: &Target, commit: &CommitId, walked: &Walked, read: &Read) -> Inventory {
    fn files<T>(walked: &Walked, known: &HashMap<BlobId, Arc<T>>) -> Vec<TreeFile<Arc<T>>> {
        walked
            .files
            .iter()
            .filter_map(|file| {
                let content = Arc::clone(known.get(&file.blob)?);
                Some(TreeFile { path: file.path.clone(), content })
            })
            .collect()
    }
    Inventory {
        place: tip.place.clone(),
        commit: commit.clone(),
        lockfiles: files(walked, &read.lockfiles),
        manifests: files(walked, &read.manifests),
    }
}

/// A tip is covered if it has a lockfile and every lockfile was read whole.
fn coverage(
    tip: &Target,
    inventory: &Inventory,
    skipped: &[Skipped],
    trouble: &mut Vec<Trouble>,
) -> Covered {
    if inventory.lockfiles.is_empty() {
        let formats: Vec<&str> =
            lockfile::ALL.iter().map(|format| LockfileFormat::id(*format)).collect();
        let because =
            format!("no lockfile at `{}` ({} is read)", tip.reference, formats.join(", "));
        trouble.push(
            Trouble::warning(format!("{}: {because}", tip.place))
                .hint("commit Cargo.lock on this line, or leave the line out of patchline.toml"),
        );
        return Covered::Failed { because };
    }
    let mut broken = BTreeSet::new();
    for file in &inventory.lockfiles {
        for found in &file.content.trouble {
            if found.weight == Weight::Warning {
                broken.insert(file.path.as_str());
            }
            let mut found = found.clone();
            let row = found.origin.and_then(|origin| origin.row);
            found.origin = Some(Origin {
                reference: Some(tip.reference.clone()),
                path: file.path.clone(),
                row,
            });
            found.hint = found.hint.or_else(|| {
                Some(format!(
                    "mend it, or if it is a test fixture name it in `[scan] exclude`: \"{}\"",
                    file.path
                ))
            });
            trouble.push(found);
        }
    }
    let mut gaps: Vec<String> =
        broken.iter().map(|path| format!("`{path}` could not be read whole")).collect();
    for skipped in skipped {
        let message = format!("`{}` {}", skipped.path, skipped.why);
        if skipped.is_gap {
            let origin = Origin {
                reference: Some(tip.reference.clone()),
                path: skipped.path.clone(),
                row: None,
            };
            let hint =
                format!("if it does not matter, name it in `[scan] exclude`: \"{}\"", skipped.path);
            trouble.push(Trouble::warning(message.clone()).at(origin).hint(hint));
            gaps.push(message);
        } else {
            trouble.push(Trouble::info(message));
        }
    }
    if gaps.is_empty() { Covered::Complete } else { Covered::Partial { because: gaps.join(", ") } }
}

/// A tip that cannot be read, and the way to it. In a complete clone nothing is fetched at depth 1:
/// that would make it a shallow one.
fn missing(tip: &Target, why: &str, is_shallow: bool, trouble: &mut Vec<Trouble>) -> Covered {
    let because = if tip.reference == SOME_BRANCH {
        "this clone does not have all branches, and that of this line is not in it".to_owned()
    } else {
        format!("`{}`: {why}", tip.reference)
    };
    let fetch = fetch(&tip.reference, if is_shallow { " --depth 1" } else { "" });
    trouble.push(
        Trouble::warning(format!("{}: {because}", tip.place)).hint(format!(
            "run `{fetch}`; in GitHub Actions give actions/checkout `fetch-depth: 0`"
        )),
    );
    Covered::Failed { because }
}

fn fetch(reference: &str, depth: &str) -> String {
    if reference == SOME_BRANCH {
        return format!("git fetch{depth} origin '+refs/heads/*:refs/remotes/origin/*'");
    }
    if let Some(tag) = reference.strip_prefix("refs/tags/") {
        return format!("git fetch{depth} origin tag {}", shell(tag));
    }
    let tracked = reference.strip_prefix("refs/remotes/").and_then(|rest| rest.split_once('/'));
    if let Some((remote, branch)) = tracked {
        let refspec = format!("+{branch}:{reference}");
        return format!("git fetch{depth} {} {}", shell(remote), shell(&refspec));
    }
    let branch = reference.strip_prefix("refs/heads/").unwrap_or(reference);
    let refspec = format!("+{branch}:refs/remotes/origin/{branch}");
    format!("git fetch{depth} origin {}", shell(&refspec))
}

/// A word that a shell takes as it is: whoever names a branch must not write a command.
fn shell(word: &str) -> Cow<'_, str> {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "+-_./:@%".contains(c);
    if word.chars().all(is_plain) {
        return Cow::Borrowed(word);
    }
    Cow::Owned(format!("'{}'", word.replace('\'', r"'\''")))
}
