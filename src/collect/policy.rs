//! Where the policy is read, and by whom it may have been written.

use std::path::{Path, PathBuf};

use super::Error;
use crate::{
    config::PATHS,
    discover::Refs,
    edge::{files, git::Git},
    model::{CommitId, Origin, PolicyOrigin},
};

/// A policy file, or the fact that there is none.
#[derive(Clone, Debug, Default)]
pub struct Policy {
    /// The text and where it stands.
    pub file: Option<(String, Origin)>,
    pub origin: PolicyOrigin,
    pub base: Base,
}

/// Where the files lie that a policy names: in the place that it was read from itself, so that who
/// may not write the policy may not write those, either.
#[derive(Clone, Debug, Default)]
pub enum Base {
    /// There is no policy.
    #[default]
    Nowhere,
    /// The folder of the file that was named on the command line.
    Folder(PathBuf),
    /// The top of the working tree.
    WorkTree(PathBuf),
    /// The tree of the default branch.
    Tree { reference: String, commit: CommitId },
}

impl Policy {
    fn of(self, base: Base) -> Self {
        Self { base, ..self }
    }
}

/// Reads the policy: the file named with `--config`; in GitHub Actions and in a bare repository the
/// default branch's, because a working tree there may be a stranger's; else the working tree's.
/// `at` is the path of the file there, if it is not a usual one.
pub fn policy(
    git: &Git,
    refs: &Refs,
    named: Option<&Path>,
    at: Option<&str>,
) -> Result<Policy, Error> {
    let usual = PATHS.as_slice();
    let at = at.map(|path| [path]);
    let paths = at.as_ref().map_or(usual, |path| path.as_slice());
    let policy = found_in(git, refs, named, paths)?;
    match at {
        // What was asked for by its name and is not there is no reason for the default.
        Some([path]) if policy.file.is_none() => {
            Err(Error::NoPolicy { place: format!("{path} ({})", policy.origin.read_from) })
        }
        _ => Ok(policy),
    }
}

fn found_in(git: &Git, refs: &Refs, named: Option<&Path>, paths: &[&str]) -> Result<Policy, Error> {
    if let Some(path) = named {
        let place = path.display().to_string();
        let text = files::read_text(path)
            .map_err(|source| Error::Policy { place: place.clone(), source: Box::new(source) })?
            .ok_or_else(|| Error::NoPolicy { place: place.clone() })?;
        let folder = path.parent().unwrap_or(path).to_path_buf();
        return Ok(found(text, place, None, "the command line").of(Base::Folder(folder)));
    }
    match git.work_dir().filter(|_| !files::is_github_actions()) {
        Some(folder) => Ok(in_folder(&folder, paths)?.of(Base::WorkTree(folder))),
        None => in_default_branch(git, refs, paths),
    }
}

fn in_folder(folder: &Path, paths: &[&str]) -> Result<Policy, Error> {
    let mut policies = Vec::new();
    for path in paths.iter().copied() {
        let text = files::read_text(&folder.join(path))
            .map_err(|source| Error::Policy { place: path.to_owned(), source: Box::new(source) })?;
        policies.extend(text.map(|text| found(text, path.to_owned(), None, "the working tree")));
    }
    only_one(policies, "the working tree")
}

fn in_default_branch(git: &Git, refs: &Refs, paths: &[&str]) -> Result<Policy, Error> {
    let unreadable = |place: &str, source: Box<dyn std::error::Error + Send + Sync>| {
        Error::Policy { place: place.to_owned(), source }
    };
    let Some(reference) = &refs.default else {
        if files::is_github_actions() {
            return Err(unreadable("the default branch", "nothing says which one it is".into()));
        }
        return Ok(Policy {
            origin: PolicyOrigin { path: None, read_from: "nowhere: no default branch".to_owned() },
            ..Policy::default()
        });
    };
    let entry = refs.entries.iter().find(|entry| entry.name == *reference);
    let commit = entry
        .and_then(|entry| entry.commit.clone())
        .ok_or_else(|| unreadable(reference, "this clone does not have its commit".into()))?;
    let mut policies = Vec::new();
    for path in paths.iter().copied() {
        let place = format!("{reference}:{path}");
        let bytes = git.file(&commit, path).map_err(|e| unreadable(&place, Box::new(e)))?;
        let Some(bytes) = bytes else { continue };
        let text = String::from_utf8(bytes).map_err(|e| unreadable(&place, Box::new(e)))?;
        policies.push(found(text, path.to_owned(), Some(reference.clone()), reference));
    }
    Ok(only_one(policies, reference)?.of(Base::Tree { reference: reference.clone(), commit }))
}

fn only_one(mut policies: Vec<Policy>, read_from: &str) -> Result<Policy, Error> {
    match policies.len() {
        0 => Ok(Policy {
            origin: PolicyOrigin { path: None, read_from: read_from.to_owned() },
            ..Policy::default()
        }),
        1 => Ok(policies.remove(0)),
        _ => Err(Error::TwoPolicies),
    }
}

fn found(text: String, path: String, reference: Option<String>, read_from: &str) -> Policy {
    let origin = PolicyOrigin { path: Some(path.clone()), read_from: read_from.to_owned() };
    let file = Some((text, Origin { reference, path, row: None }));
    Policy { file, origin, ..Policy::default() }
}
