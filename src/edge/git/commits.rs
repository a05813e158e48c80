//! The two facts of a commit that finding lines needs, read from its raw header: the rest of the
//! object, which may be a long message, is never looked at.

use std::collections::HashSet;

use gix::{
    ObjectId,
    objs::{CommitRefIter, FindExt as _, commit::ref_iter::Token},
};
use jiff::Timestamp;

/// Where a commit stands in history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Commit {
    /// Empty: history begins here.
    pub parents: Vec<ObjectId>,
    /// When it was committed; `None`: that is not readable.
    pub date: Option<Timestamp>,
}

impl Commit {
    /// Reads one commit into `buffer`; `None`: it is not in this clone, or not a commit.
    pub(super) fn read(
        repository: &gix::Repository,
        id: ObjectId,
        buffer: &mut Vec<u8>,
    ) -> Option<Self> {
        repository.objects.find_commit_iter(&id, buffer).ok().map(Self::of)
    }

    fn of(tokens: CommitRefIter<'_>) -> Self {
        let mut commit = Self { parents: Vec::new(), date: None };
        for token in tokens.map_while(Result::ok) {
            match token {
                Token::Parent { id } => commit.parents.push(id),
                Token::Committer { signature } => {
                    let seconds = signature.time().ok().map(|time| time.seconds);
                    commit.date = seconds.and_then(|s| Timestamp::from_second(s).ok());
                    break;
                }
                _ => {}
            }
        }
        commit
    }
}

/// The commits at which the history of a shallow clone is cut off.
pub(super) fn shallow(repository: &gix::Repository) -> HashSet<ObjectId> {
    let commits = repository.shallow_commits().ok().flatten();
    commits.iter().flat_map(|commits| commits.iter().copied()).collect()
}
