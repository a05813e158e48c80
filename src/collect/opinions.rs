//! What ignore lists and VEX documents in the trees say: of the default branch and of every scanned
//! line's branch. A file that cannot be read is trouble, and its opinions are simply not there: that
//! can only make a report louder.

use std::collections::{BTreeMap, HashMap};

use globset::GlobSet;
use tokio::task::spawn_blocking;

use crate::{
    edge::git::{Blobs, Found, Git, Skipped, Walked},
    model::{BlobId, CommitId, Opinion, Origin, Place, ReleaseLine, Tip, Trouble},
    opinion::{self, FOLDERS, LARGEST, Read},
};

/// More files than this in one tree are not read.
const MOST_FILES: usize = 200;

/// The opinions in the trees of the lines' heads and of the default branch, whose are the whole
/// repository's unless a line stands there. They are in the order of lines, paths and rows. Paths that
/// `exclude` matches are not looked at.
pub async fn read(
    git: &Git,
    lines: &[ReleaseLine],
    default: Option<(&str, &CommitId)>,
    exclude: &GlobSet,
) -> (Vec<Opinion>, Vec<Trouble>) {
    let trees = trees(lines, default);
    let (git, exclude) = (git.clone(), exclude.clone());
    match spawn_blocking(move || read_trees(&git, &trees, &exclude)).await {
        Ok(read) => read,
        Err(_) => (Vec::new(), vec![Trouble::warning("a worker stopped; this is a bug")]),
    }
}

/// A tree, and for whom it speaks.
struct Tree {
    reference: String,
    commit: CommitId,
    at: Option<Place>,
}

fn trees(lines: &[ReleaseLine], default: Option<(&str, &CommitId)>) -> Vec<Tree> {
    let heads = lines.iter().filter(|line| line.is_scanned()).filter_map(|line| {
        let head = line.head.as_ref()?;
        Some(Tree {
            reference: head.reference.clone(),
            commit: head.commit.clone()?,
            at: Some(Place { line: line.id.clone(), tip: Tip::Head }),
        })
    });
    let mut trees: Vec<Tree> = heads.collect();
    let is_a_head = |reference: &str| trees.iter().any(|tree| tree.reference == reference);
    if let Some((reference, commit)) = default.filter(|(reference, _)| !is_a_head(reference)) {
        let reference = reference.to_owned();
        trees.insert(0, Tree { reference, commit: commit.clone(), at: None });
    }
    trees
}

fn read_trees(git: &Git, trees: &[Tree], exclude: &GlobSet) -> (Vec<Opinion>, Vec<Trouble>) {
    let commits: Vec<CommitId> = trees.iter().map(|tree| tree.commit.clone()).collect();
    let mut walked = git.walk(&commits, &opinion::may_be_read);
    let mut reader = Reader { blobs: git.blobs(), known: HashMap::new() };
    let (mut opinions, mut troubles) = (Vec::new(), Vec::new());
    for tree in trees {
        // The same tree may be the head of two lines.
        let found = match walked.get_mut(&tree.commit) {
            Some(Ok(found)) => std::mem::take(found),
            Some(Err(error)) => {
                let message =
                    format!("`{}`: its ignore files were not read: {error}", tree.reference);
                troubles.push(Trouble::warning(message));
                continue;
            }
            None => continue,
        };
        let files = files(git, tree, &found, exclude, &mut troubles);
        for file in files {
            let Some(read) = reader.file(tree, &file) else { continue };
            opinions.extend(
                read.opinions.into_iter().map(|opinion| Opinion { at: tree.at.clone(), ..opinion }),
            );
            troubles.extend(read.trouble);
        }
        if let Some(Ok(kept)) = walked.get_mut(&tree.commit) {
            *kept = found;
        }
    }
    troubles.sort();
    troubles.dedup();
    (opinions, troubles)
}

/// The files of a tree that somebody reads, nearest to the root first, in the order of their paths.
fn files(
    git: &Git,
    tree: &Tree,
    walked: &Walked,
    exclude: &GlobSet,
    troubles: &mut Vec<Trouble>,
) -> Vec<Found> {
    let origin = |path: &str| Origin {
        reference: Some(tree.reference.clone()),
        path: path.to_owned(),
        row: None,
    };
    let is_wanted = |path: &str| opinion::reader_of(path).is_some() && !exclude.is_match(path);
    // A name that is not UTF-8 is nobody's ignore file, and the inventory speaks of the tree.
    let is_lost = |skipped: &&Skipped| skipped.is_gap && is_wanted(&skipped.path);
    let mut skipped: Vec<&Skipped> = walked.skipped.iter().filter(is_lost).collect();
    // Files that are read whatever their names.
    let enters = |folder: &str| {
        FOLDERS.iter().any(|wanted| {
            folder == *wanted
                || folder.strip_prefix(wanted).is_some_and(|rest| rest.starts_with('/'))
                || wanted.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
        })
    };
    let in_folders = |path: &str| {
        FOLDERS.iter().any(|folder| path.strip_prefix(folder).is_some_and(|r| r.starts_with('/')))
    };
    let wants = |path: &str| in_folders(path) && is_wanted(path);
    let inside = git.statements(&tree.commit, &wants, &enters);
    let mut files: BTreeMap<(usize, &str), &Found> = BTreeMap::new();
    match &inside {
        Ok(inside) => {
            skipped.extend(inside.skipped.iter().filter(is_lost));
            files.extend(inside.files.iter().map(|file| (key(file), file)));
        }
        Err(error) => troubles.push(Trouble::warning(format!("`{}`: {error}", tree.reference))),
    }
    let claimed = walked.files.iter().filter(|file| is_wanted(&file.path));
    files.extend(claimed.map(|file| (key(file), file)));
    for skipped in skipped {
        let message =
            format!("`{}` {}, so what it ignores is not known", skipped.path, skipped.why);
        troubles.push(Trouble::info(message).at(origin(&skipped.path)));
    }
    if files.len() > MOST_FILES {
        let message = format!(
            "`{}` has {} ignore files and VEX documents, and the {MOST_FILES} nearest to its root \
             are read",
            tree.reference,
            files.len()
        );
        troubles.push(Trouble::warning(message));
    }
    files.into_values().take(MOST_FILES).cloned().collect()
}

fn key(file: &Found) -> (usize, &str) {
    (file.path.matches('/').count(), file.path.as_str())
}

/// Reads each blob once for each path, however many trees share it.
struct Reader {
    blobs: Blobs,
    known: HashMap<(BlobId, String), Read>,
}

impl Reader {
    fn file(&mut self, tree: &Tree, file: &Found) -> Option<Read> {
        let reader = opinion::reader_of(&file.path)?;
        let origin =
            Origin { reference: Some(tree.reference.clone()), path: file.path.clone(), row: None };
        let key = (file.blob.clone(), file.path.clone());
        if let Some(known) = self.known.get(&key) {
            return Some(said_at(known.clone(), &tree.reference));
        }
        let read = match text(&self.blobs, &file.blob) {
            Ok(text) => reader.read(&text, &origin),
            Err(message) => {
                Read { opinions: Vec::new(), trouble: vec![Trouble::warning(message).at(origin)] }
            }
        };
        self.known.insert(key, read.clone());
        Some(read)
    }
}

fn text(blobs: &Blobs, blob: &BlobId) -> Result<String, String> {
    let size = blobs.size(blob).map_err(|error| error.to_string())?;
    if size > LARGEST as u64 {
        return Err(format!("it has more than {LARGEST} bytes, so it is not read"));
    }
    let bytes = blobs.read(blob).map_err(|error| error.to_string())?;
    String::from_utf8(bytes)
        .map_err(|error| format!("it is not UTF-8 (byte {})", error.utf8_error().valid_up_to()))
}

/// The same, with the ref of another tree that shares the file.
fn said_at(mut read: Read, reference: &str) -> Read {
    let opinions = read.opinions.iter_mut().map(|opinion| &mut opinion.origin);
    let troubles = read.trouble.iter_mut().filter_map(|trouble| trouble.origin.as_mut());
    for origin in opinions.chain(troubles) {
        origin.reference = Some(reference.to_owned());
    }
    read
}
