//! Why a run has no report, what to do about it, and how the program ends: a contract, see the README.

use std::{io, path::PathBuf};

use jiff::civil::Date;

use super::tree;
use crate::{collect, config, edge::git};

/// Why a run could not produce a report.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(transparent)]
    Config(#[from] config::Error),
    #[error("failed to read the repository")]
    Git(#[from] git::Error),
    #[error(transparent)]
    Collect(#[from] collect::Error),
    #[error("the inputs are not valid")]
    Inputs { complaints: Vec<String> },
    #[error("no release line was found")]
    NoLines,
    #[error("no release line is supported on {today}: {lines}")]
    NoneSupported { today: Date, lines: String },
    #[error("there is no line `{wanted}`")]
    NoSuchLine { wanted: String, known: String },
    #[error("nobody can tell which change this is about: {because}")]
    Change { because: String },
    #[error("no branch or tag matches {globs}")]
    NoMatch { globs: String },
    #[error("failed to write `{}`", path.display())]
    Write {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error(transparent)]
    Tree(#[from] tree::Error),
    #[error("nobody can tell where it belongs in `{place}`: {because}")]
    SecurityMd { place: String, because: String },
    #[error("nothing was written: {because}")]
    Suppress { because: String },
    #[error("the record `{place}` is not valid")]
    Record { place: String, complaints: Vec<String> },
    #[error("the record `{id}` cannot be told in {format}")]
    Untold { id: String, format: &'static str, lacks: Vec<String> },
    #[error("{because}")]
    Disclose { because: String, hint: Option<String> },
    #[error("the baseline `{}` cannot be read: {because}", path.display())]
    Baseline { path: PathBuf, because: String },
    #[error("failed to build the demonstration")]
    Demo(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// The exit codes. They are a contract: see the README.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    Pass = 0,
    Fail = 1,
    Usage = 2,
    Incomplete = 3,
    Broken = 4,
}

impl Exit {
    pub const ALL: [Self; 5] =
        [Self::Pass, Self::Fail, Self::Usage, Self::Incomplete, Self::Broken];

    /// The number that the process ends with.
    pub fn code(self) -> u8 {
        self as u8
    }
}

impl Error {
    /// What to do next, a line each.
    pub fn hints(&self) -> Vec<String> {
        match self {
            Self::Config(error) => error
                .complaints
                .iter()
                .map(|complaint| {
                    let row = complaint.origin.row.map(|row| format!(":{row}")).unwrap_or_default();
                    format!("{}{row}: {}", complaint.origin.path, complaint.message)
                })
                .collect(),
            Self::Inputs { complaints } | Self::Record { complaints, .. } => complaints.clone(),
            Self::Untold { lacks, .. } => lacks.clone(),
            Self::Disclose { hint, .. } => hint.clone().into_iter().collect(),
            Self::Git(_) => vec!["pass --repo DIR with a git repository".to_owned()],
            Self::Collect(error) => error.hint().into_iter().collect(),
            Self::NoneSupported { .. } => {
                vec!["`patchline lines` shows why; `--line` scans what you name".to_owned()]
            }
            Self::NoLines => vec![
                "declare a line with [[support.line]] in patchline.toml, or name refs with --line"
                    .to_owned(),
            ],
            Self::NoSuchLine { known, .. } => vec![format!("the lines are {known}")],
            Self::NoMatch { .. } => {
                vec!["`git branch --all` and `git tag` list what there is".to_owned()]
            }
            Self::Tree(error) => error.hint().into_iter().collect(),
            Self::Change { .. } => vec![
                "name the branch that it would go into with --base; in GitHub Actions check out \
                 with `fetch-depth: 0`, or give the action a token to fetch with"
                    .to_owned(),
            ],
            Self::SecurityMd { .. } => {
                vec!["mend it by hand and run this again; nothing was written".to_owned()]
            }
            Self::Baseline { .. } => {
                vec!["give --baseline the patchline.json of an earlier run".to_owned()]
            }
            Self::Suppress { .. } | Self::Write { .. } | Self::Demo(_) => Vec::new(),
        }
    }

    /// How the program ends for it.
    pub fn exit(&self) -> Exit {
        match self {
            Self::Config(_)
            | Self::Inputs { .. }
            | Self::NoLines
            | Self::NoneSupported { .. }
            | Self::NoSuchLine { .. }
            | Self::NoMatch { .. }
            | Self::Baseline { .. }
            | Self::SecurityMd { .. }
            | Self::Suppress { .. }
            | Self::Record { .. }
            | Self::Untold { .. }
            | Self::Disclose { .. } => Exit::Usage,
            Self::Collect(error) if error.is_usage() => Exit::Usage,
            Self::Tree(error) if error.is_usage() => Exit::Usage,
            Self::Git(_)
            | Self::Collect(_)
            | Self::Change { .. }
            | Self::Tree(_)
            | Self::Write { .. }
            | Self::Demo(_) => Exit::Broken,
        }
    }
}
