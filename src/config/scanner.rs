//! Scanners and build graphs of a project's own choice, as meant: `[[scanner]]` and `[[graph]]`.
//!
//! A report's path is on disk, relative to the policy's place; see `collect/scanners.rs`.

use std::time::Duration;

use crate::model::{LineId, Tip};

/// One `[[scanner]]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scanner {
    /// Unique, and no name that Patchline uses for a source of its own.
    pub id: String,
    pub source: ScannerSource,
    /// The id of an importer; `None`: the report shows what it is.
    pub format: Option<String>,
}

/// Where a scanner's reports come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ScannerSource {
    /// An earlier step made them.
    File {
        /// A path or a glob.
        path: String,
        /// `None`: the report itself says what it is about.
        line: Option<LineId>,
        /// `None`: the line's branch, and its release if it has no branch.
        tip: Option<Tip>,
    },
    /// A program makes them, a run per line.
    Command(Program),
}

/// A program and how it is run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Program {
    /// The program and its arguments, never empty. No shell reads them.
    pub run: Vec<String>,
    pub output: Output,
    /// Exit codes that are no failure, never empty.
    pub expected_exit: Vec<i32>,
    pub timeout: Duration,
    /// Never empty. A line without any of them is looked at where it has a tip.
    pub tips: Vec<Tip>,
    /// Names of variables to hand on beside the usual ones.
    pub env: Vec<String>,
}

/// Where a program leaves its report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Output {
    Stdout,
    Stderr,
    /// A path in the tree, with forward slashes and without dots.
    File(String),
}

/// One `[[graph]]`: what `cargo metadata` printed for a lockfile at a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GraphFile {
    pub line: LineId,
    /// `None`: the line's branch, and its release if it has no branch.
    pub tip: Option<Tip>,
    pub file: String,
    /// The lockfile that it is about, from the repository's root.
    pub lockfile: String,
}

/// True of variables that no program gets, whoever asks for them: credentials, and what lets a
/// program speak to the service that runs the job.
pub fn is_withheld(name: &str) -> bool {
    const PREFIXES: [&str; 8] =
        ["GITHUB_", "GH_", "ACTIONS_", "INPUT_", "RUNNER_", "AWS_", "PATCHLINE_", "GIT_"];
    const PARTS: [&str; 5] = ["TOKEN", "SECRET", "PASSWORD", "PASSWD", "CREDENTIAL"];
    let name = name.to_ascii_uppercase();
    PREFIXES.iter().any(|prefix| name.starts_with(prefix))
        || PARTS.iter().any(|part| name.contains(part))
        || name.ends_with("_KEY")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_are_withheld() {
        for (name, expected) in [
            ("GITHUB_TOKEN", true),
            ("github_token", true),
            ("SNYK_TOKEN", true),
            ("CARGO_REGISTRY_TOKEN", true),
            ("ACTIONS_ID_TOKEN_REQUEST_URL", true),
            ("AWS_REGION", true),
            ("NPM_PASSWORD", true),
            ("API_KEY", true),
            ("GOFLAGS", false),
            ("SEMGREP_RULES", false),
            ("PATH", false),
        ] {
            assert_eq!(is_withheld(name), expected, "{name}");
        }
    }
}
