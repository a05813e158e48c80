//! One thing to do at GitHub, as data, and in words for people.

use super::Packed;
use crate::{
    escape,
    model::{CommitId, LineId},
};

/// One thing to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    Upload(Upload),
    DeleteAnalyses(Deletion),
    OpenIssue(NewIssue),
    ChangeIssue(Change),
    AddComment(NewComment),
    ChangeComment(CommentChange),
}

/// What an upload to code scanning is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum About {
    Line(LineId),
    /// The contradictions on the default branch.
    Support,
    /// A line that has ended, or whose name has: nothing will be uploaded for it again.
    Ended,
}

/// One file for one ref and commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Upload {
    pub about: About,
    /// The full ref.
    pub reference: String,
    pub commit: CommitId,
    /// As GitHub names it, without the slash at the end.
    pub category: String,
    pub results: usize,
    pub rules: usize,
    pub sarif: Packed,
}

/// The analyses of one category on a ref that is gone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deletion {
    pub reference: String,
    pub category: String,
    /// The newest analysis; only that one can be deleted, and then the one before.
    pub first: u64,
}

/// An issue to open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewIssue {
    pub title: String,
    pub body: String,
    pub labels: Vec<String>,
    pub assignees: Vec<String>,
}

/// What changes about an issue. Title, labels and assignees are people's once it is open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    pub number: u64,
    /// As it is, for people.
    pub title: String,
    /// `None`: it stays.
    pub body: Option<String>,
    pub turn: Option<Turn>,
}

/// An issue opens or closes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// Every line is released, patched or was never affected.
    Completed,
    /// Nothing is left to do, and not all of it was done.
    NotPlanned,
    Reopened,
}

/// A comment to write on a pull request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewComment {
    pub number: u64,
    pub body: String,
}

/// A comment of ours with another text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommentChange {
    pub id: u64,
    /// The pull request.
    pub number: u64,
    pub body: String,
}

impl Effect {
    /// What is done, in one line: `upload …`.
    pub fn describe(&self) -> String {
        match self {
            Self::Upload(upload) => upload.describe(),
            Self::DeleteAnalyses(deletion) => format!(
                "delete the analyses `{}` of {}, which is gone",
                escape::line(&deletion.category),
                escape::line(&deletion.reference)
            ),
            Self::OpenIssue(issue) => format!("open an issue: {}", escape::line(&issue.title)),
            Self::ChangeIssue(change) => {
                let verb = match change.turn {
                    None => "update",
                    Some(Turn::Completed) => "close, as completed,",
                    Some(Turn::NotPlanned) => "close, as not planned,",
                    Some(Turn::Reopened) => "reopen",
                };
                format!("{verb} issue #{}: {}", change.number, escape::line(&change.title))
            }
            Self::AddComment(comment) => format!("comment on pull request #{}", comment.number),
            Self::ChangeComment(change) => {
                format!("update the comment on pull request #{}", change.number)
            }
        }
    }

    /// What GitHub calls the room that this belongs to.
    pub fn feature(&self) -> Feature {
        match self {
            Self::Upload(_) | Self::DeleteAnalyses(_) => Feature::CodeScanning,
            Self::OpenIssue(_) | Self::ChangeIssue(_) => Feature::Issues,
            Self::AddComment(_) | Self::ChangeComment(_) => Feature::Comments,
        }
    }
}

/// A part of GitHub that a repository may not have, and a token may not touch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Feature {
    CodeScanning,
    Issues,
    Comments,
}

impl Upload {
    fn describe(&self) -> String {
        let about = match &self.about {
            About::Line(line) => format!("the results of line {}", escape::line(&line.0)),
            About::Support => "what contradicts the support of lines".to_owned(),
            About::Ended => format!("an empty run for `{}`", escape::line(&self.category)),
        };
        let reference = escape::line(&self.reference);
        let commit = self.commit.short();
        let size = self.sarif.size.div_ceil(1000);
        let results = match self.results {
            1 => "1 result".to_owned(),
            results => format!("{results} results"),
        };
        format!("upload {about} for {reference} at {commit} ({results}, {size} kB)")
    }
}

impl Feature {
    pub const ALL: [Self; 3] = [Self::CodeScanning, Self::Issues, Self::Comments];

    /// As people call it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::CodeScanning => "code scanning",
            Self::Issues => "issues",
            Self::Comments => "comments",
        }
    }
}
