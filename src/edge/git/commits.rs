//! The two facts of a commit that finding lines needs, read from its raw header: the rest of the
//! object, which may be a long message, is never looked at.

use gix::{
    ObjectId,
    objs::{CommitRefIter, FindExt as _, commit::ref_iter::Token},
};
use jiff::Timestamp;

/// Where a commit stands in history.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Commit {
    /// `None`: history begins here.
    pub first_parent: Option<ObjectId>,
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

    /// What the header says.
    pub(super) fn of(tokens: CommitRefIter<'_>) -> Self {
        let mut commit = Self { first_parent: None, date: None };
        for token in tokens.map_while(Result::ok) {
            match token {
                Token::Parent { id } if commit.first_parent.is_none() => {
                    commit.first_parent = Some(id);
                }
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
