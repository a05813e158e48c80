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
        }
    }

    /// What GitHub calls the room that this belongs to.
    pub fn feature(&self) -> Feature {
        match self {
            Self::Upload(_) | Self::DeleteAnalyses(_) => Feature::CodeScanning,
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
