//! One program in the tree of one commit, and what came of it.

use std::sync::Arc;

use tokio::task::spawn_blocking;

use super::files;
use crate::{
    collect::{Error, causes},
    config::{Output, Program},
    edge::{
        exec::{self, End, Ran, Stream},
        files as disk,
        git::{self, Export, Git},
    },
    model::{CommitId, Covered, Origin, Place, Trouble},
};

/// A report on a stream is not larger.
const LARGEST_STREAM: usize = 64 * 1024 * 1024;
/// Rows of what a program said last.
const LAST_WORDS: usize = 4;

/// One program at one commit.
pub(super) struct Run {
    pub scanner: String,
    pub format: Option<String>,
    pub program: Program,
    pub commit: CommitId,
    /// Who stands at the commit, sorted.
    pub places: Vec<Place>,
}

/// What came of a run.
pub(super) struct Outcome {
    /// Empty: there is no report.
    pub bytes: Vec<u8>,
    /// `None`: it ended as it should, and its report is whole.
    pub missing: Option<Covered>,
    /// What the program said last, for people.
    pub words: String,
    pub hint: Option<&'static str>,
    /// What of the tree it could not see.
    pub notes: Vec<Trouble>,
}

impl Run {
    /// An error is a bug; what the program does is in the outcome.
    pub(super) async fn outcome(&self, git: &Git) -> Result<Outcome, Error> {
        let mut outcome = Outcome {
            bytes: Vec::new(),
            missing: None,
            words: String::new(),
            hint: None,
            notes: Vec::new(),
        };
        let failed = |because: String| Some(Covered::Failed { because });
        let export = match export(git, &self.commit).await? {
            Ok(export) => Arc::new(export),
            Err(error) => {
                outcome.missing = failed(causes(&error));
                return Ok(outcome);
            }
        };
        let (tree, scratch) = (export.tree(), export.scratch());
        let stream = match &self.program.output {
            Output::Stdout => Stream::Stdout,
            Output::Stderr => Stream::Stderr,
            Output::File(path) => {
                // What is committed there is not the report of this run.
                let path = tree.join(path);
                if disk::is_inside(&tree, &path).unwrap_or(false) {
                    let _ = disk::remove(&path);
                }
                Stream::Neither
            }
        };
        let ran = exec::run(&exec::Run {
            words: &self.program.run,
            folder: &tree,
            scratch: &scratch,
            env: &self.program.env,
            set: &[("PATCHLINE_COMMIT", &self.commit.0)],
            report: stream,
            largest: LARGEST_STREAM,
            timeout: self.program.timeout,
        })
        .await;
        let ran = match ran {
            Ok(ran) => ran,
            Err(error) => {
                let name = self.program.run.first().map(String::as_str).unwrap_or_default();
                outcome.missing = failed(match error.kind() {
                    std::io::ErrorKind::NotFound => format!("the program `{name}` was not found"),
                    _ => format!("the program `{name}` could not be started: {error}"),
                });
                outcome.hint =
                    Some("install it in an earlier step, and see that it is on the PATH");
                return Ok(outcome);
            }
        };
        outcome.words = last_words(&ran.stderr, &export);
        let ended = self.ended(&ran);
        let read = match &self.program.output {
            Output::Stdout => Ok(ran.stdout),
            Output::Stderr => Ok(ran.stderr),
            Output::File(path) => {
                let (export, path) = (Arc::clone(&export), path.clone());
                spawn_blocking(move || files::of_tree(&export.tree(), &path)).await?
            }
        };
        outcome.missing = match (ended, read) {
            (Some(covered @ Covered::Failed { .. }), read) => {
                outcome.bytes = read.unwrap_or_default();
                Some(covered)
            }
            (_, Err(because)) => failed(because),
            (_, Ok(bytes)) if bytes.trim_ascii().is_empty() => {
                failed("it ended with an expected code, and left no report".to_owned())
            }
            (ended, Ok(bytes)) => {
                outcome.bytes = bytes;
                ended.or_else(|| gap(&export))
            }
        };
        outcome.notes = notes(&export, &self.commit);
        // Many files: not on a thread that others wait for.
        spawn_blocking(move || drop(export)).await?;
        Ok(outcome)
    }

    /// What is missing for how a program ended.
    fn ended(&self, ran: &Ran) -> Option<Covered> {
        let failed = |because: String| Some(Covered::Failed { because });
        match ran.end {
            End::Code(code) if self.program.expected_exit.contains(&code) => {
                ran.is_cut.then(|| Covered::Partial {
                    because: "something that it started held its output open".to_owned(),
                })
            }
            End::Code(code) => {
                let expected: Vec<String> =
                    self.program.expected_exit.iter().map(ToString::to_string).collect();
                failed(format!("it ended with {code}, and {} is expected", expected.join(" or ")))
            }
            End::Signal => failed("it was killed".to_owned()),
            End::TimedOut => {
                failed(format!("it took longer than {} s", self.program.timeout.as_secs()))
            }
            End::Flooded => Some(Covered::Partial {
                because: format!("its report has more than {LARGEST_STREAM} bytes and was cut"),
            }),
        }
    }
}

/// The tree of a commit on disk. The outer error is a bug.
pub(in crate::collect) async fn export(
    git: &Git,
    commit: &CommitId,
) -> Result<Result<Export, git::Error>, Error> {
    let (git, commit) = (git.clone(), commit.clone());
    Ok(spawn_blocking(move || git.export(&commit)).await?)
}

/// What of a tree is not in its export, if a program may miss it.
fn gap(export: &Export) -> Option<Covered> {
    let gaps = export.left_out.iter().filter(|left_out| left_out.is_gap);
    let gaps: Vec<String> =
        gaps.take(8).map(|left_out| format!("`{}` {}", left_out.path, left_out.why)).collect();
    (!gaps.is_empty()).then(|| Covered::Partial { because: gaps.join(", ") })
}

/// What of a tree is not in its export.
fn notes(export: &Export, commit: &CommitId) -> Vec<Trouble> {
    let note = |left_out: &git::LeftOut| {
        let text = format!("for scanners, `{}` {}", left_out.path, left_out.why);
        let origin =
            Origin { reference: Some(commit.0.clone()), path: left_out.path.clone(), row: None };
        if left_out.is_gap { Trouble::warning(text) } else { Trouble::info(text) }.at(origin)
    };
    export.left_out.iter().take(64).map(note).collect()
}

/// The last rows of what a program said of a tree, in one.
pub(in crate::collect) fn last_words(bytes: &[u8], export: &Export) -> String {
    let text = export.unnamed(&String::from_utf8_lossy(bytes));
    let rows = text.lines().rev().map(str::trim).filter(|row| !row.is_empty());
    let mut rows: Vec<&str> = rows.take(LAST_WORDS).collect();
    rows.reverse();
    rows.join(" | ")
}
