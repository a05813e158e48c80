//! Which files of a tree are read, and when. A file that this leaves out and somebody reads all the
//! same is a gap there, so nothing is lost silently.

use std::collections::BTreeSet;

use crate::{
    collect::support::{OF_THEIR_TIME, ON_LINES},
    config::{Config, PATHS},
    edge::{causes, git::Git},
    lockfile,
    model::{CommitId, Trouble},
    opinion, support,
};

/// The files that somebody reads of a commit.
#[derive(Clone, Debug)]
pub(super) enum Reads {
    /// Of the default branch: policy, statements, and what is read of a tip.
    Default,
    /// What the policy names.
    Named(BTreeSet<String>),
    /// What a line says of itself.
    Line,
    /// Lockfiles, manifests, ignore files.
    Tip,
    /// Every file.
    All,
}

impl Reads {
    /// True of the path of a file that is read.
    pub(super) fn wants(&self, path: &str) -> bool {
        match self {
            Self::Default => {
                PATHS.contains(&path) || is_title(path) || is_statement(path) || is_of_tip(path)
            }
            Self::Named(paths) => paths.contains(path),
            Self::Line => ON_LINES.contains(&path) || OF_THEIR_TIME.contains(&path),
            Self::Tip => is_of_tip(path),
            Self::All => true,
        }
    }

    /// The files of commits that are read, not here and not known to be lost, by their ids.
    pub(super) fn missing(
        &self,
        git: &Git,
        commits: &[CommitId],
        lost: &BTreeSet<String>,
        trouble: &mut Vec<Trouble>,
    ) -> Vec<String> {
        match git.wanted(commits, &|path| self.wants(path)) {
            Ok(wanted) => {
                wanted.into_iter().map(|blob| blob.0).filter(|blob| !lost.contains(blob)).collect()
            }
            Err(error) => {
                trouble.push(Trouble::warning(causes(&error)));
                Vec::new()
            }
        }
    }
}

/// The paths that the policy names in the repository.
pub(super) fn named(config: &Config) -> BTreeSet<String> {
    let places = [
        config.sources.endoflife.as_ref(),
        config.scan.dependabot.saved.as_ref(),
        config.facts.kev.as_ref(),
        config.facts.epss.as_ref(),
    ];
    let places = places.into_iter().flatten().chain(&config.sources.openeox);
    let inside = places.filter(|place| !place.contains("://"));
    inside.filter_map(|place| crate::collect::sources::inside(place.as_ref())).collect()
}

/// Where the project says its name.
fn is_title(path: &str) -> bool {
    matches!(path, "README.md" | "README.rst")
}

fn is_statement(path: &str) -> bool {
    let mut folders = path.match_indices('/').map(|(at, _)| path.get(..at).unwrap_or_default());
    support::reader_of(path).is_some() && folders.all(support::enters)
}

fn is_of_tip(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let is_in = |folder: &str| path.strip_prefix(folder).is_some_and(|r| r.starts_with('/'));
    lockfile::format_of(name).is_some()
        || lockfile::is_manifest(name)
        || opinion::may_be_read(name)
        || (opinion::FOLDERS.iter().any(|folder| is_in(folder))
            && opinion::reader_of(path).is_some())
}
