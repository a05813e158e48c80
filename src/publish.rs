//! What a run may tell GitHub beside its exit code: uploads to code scanning, a comment, issues.
//!
//! What there is and what is wanted come in, what is to be done comes out as data: a rehearsal costs
//! nothing, and tests compare lists. Deliberately nothing here speaks to anybody: that is
//! `edge::github`.

/// When something is published that GitHub may refuse.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Publishes {
    /// Where the run is of a kind that does, and a refusal is a warning.
    #[default]
    Auto,
    /// Always, and a refusal breaks the run.
    Required,
    Off,
}

/// What there is one living issue for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Issues {
    #[default]
    Off,
    /// Each vulnerability, with all lines in it.
    Vulnerability,
    /// Each line, with all vulnerabilities in it.
    Line,
}

/// The `[publish]` of the configuration.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Policy {
    pub code_scanning: Publishes,
    pub comment: Publishes,
    pub issues: Issues,
    /// Beside [`LABEL`].
    pub labels: Vec<String>,
    /// Who new issues are given to.
    pub assignees: Vec<String>,
}

/// The label of every issue of ours.
pub const LABEL: &str = "patchline";
