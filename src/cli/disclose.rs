//! What can be typed after `patchline disclose`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use jiff::civil::Date;

use super::{Color, PlaceArgs};
use crate::disclose::Stage;

#[derive(Debug, Args)]
pub struct DiscloseArgs {
    #[command(subcommand)]
    pub command: DiscloseCommand,
}

#[derive(Debug, Subcommand)]
pub enum DiscloseCommand {
    /// Begin a record, with the lines, their wording and the next good dates filled in
    New(NewArgs),
    /// List what the record lacks, for a stage or for all
    Check(CheckArgs),
    /// Show on which lines the hole is, and where its fix is: on the branch, released, delivered
    Status(StatusArgs),
    /// Write the text of a stage
    Render(RenderArgs),
    /// Write a document for machines
    Export(ExportArgs),
    /// Show the dated checklist, with what was planned and what happened
    Plan(PlanArgs),
    /// Keep the project's disclosure policy in SECURITY.md
    Policy(PolicyArgs),
}

/// Which record, and where.
#[derive(Debug, Args)]
pub struct RecordArgs {
    /// The record: a path, or its id [default: the only one that is not closed]
    #[arg(value_name = "RECORD")]
    pub record: Option<PathBuf>,

    #[command(flatten)]
    pub place: PlaceArgs,
}

/// What is under embargo stays private unless somebody says otherwise, each time.
#[derive(Clone, Copy, Debug, Args)]
pub struct PrivacyArgs {
    /// Go on where others can read what is under embargo: a public log, a public repository
    #[arg(long)]
    pub embargoed: bool,

    /// Do not ask before anything is written
    #[arg(long)]
    pub yes: bool,
}

#[derive(Debug, Args)]
pub struct NewArgs {
    /// The id of the record, which names its file, or the path of that file, which ends with `.toml`
    /// [default: the public day]
    #[arg(value_name = "ID")]
    pub id: Option<String>,

    #[command(flatten)]
    pub place: PlaceArgs,

    #[command(flatten)]
    pub privacy: PrivacyArgs,

    /// The day on which all is public [default: the next good one]
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub public: Option<Date>,

    /// Print the record and write nothing
    #[arg(long)]
    pub dry_run: bool,
}

#[derive(Debug, Args)]
pub struct CheckArgs {
    #[command(flatten)]
    pub record: RecordArgs,

    #[command(flatten)]
    pub privacy: PrivacyArgs,

    /// Only what this stage needs
    #[arg(long, value_name = "STAGE")]
    pub stage: Option<StageArg>,
}

#[derive(Debug, Args)]
pub struct StatusArgs {
    #[command(flatten)]
    pub record: RecordArgs,

    #[command(flatten)]
    pub privacy: PrivacyArgs,

    /// What to print
    #[arg(long, default_value = "text")]
    pub format: TextOrJson,

    /// When to use colour
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    pub color: Color,
}

#[derive(Debug, Args)]
pub struct RenderArgs {
    /// The stage whose text is wanted
    #[arg(value_name = "STAGE")]
    pub stage: StageArg,

    #[command(flatten)]
    pub record: RecordArgs,

    #[command(flatten)]
    pub privacy: PrivacyArgs,

    /// Write it into this file, which only its owner can read
    #[arg(long, value_name = "FILE")]
    pub output: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub struct ExportArgs {
    /// The format of the document
    #[arg(value_name = "FORMAT")]
    pub format: ExportFormat,

    #[command(flatten)]
    pub record: RecordArgs,

    #[command(flatten)]
    pub privacy: PrivacyArgs,

    /// Only this advisory, by any of its names
    #[arg(long, value_name = "ID")]
    pub advisory: Option<String>,

    /// Write the documents into this folder, where only their owner can read them
    #[arg(long, value_name = "DIR")]
    pub output: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub struct PlanArgs {
    #[command(flatten)]
    pub record: RecordArgs,

    #[command(flatten)]
    pub privacy: PrivacyArgs,

    /// What to print
    #[arg(long, default_value = "text")]
    pub format: PlanFormat,
}

#[derive(Debug, Args)]
pub struct PolicyArgs {
    #[command(flatten)]
    pub place: PlaceArgs,

    /// Put the policy between its markers in the file
    #[arg(long)]
    pub write: bool,

    /// Exit with 1 if the file lacks something, or if practice contradicts it
    #[arg(long, conflicts_with = "write")]
    pub check: bool,

    /// Do not ask before anything is written
    #[arg(long, requires = "write", conflicts_with = "check")]
    pub yes: bool,

    /// The file [default: SECURITY.md in the work tree, in .github or in docs]
    #[arg(long, value_name = "PATH")]
    pub file: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum TextOrJson {
    Text,
    Json,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum PlanFormat {
    Text,
    Json,
    /// A calendar of its steps
    Ics,
}

/// The stages whose texts can be rendered, in the order in which they are needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub enum StageArg {
    /// To those who decide and help, when a report came in
    Escalation,
    /// To distributors, under embargo
    Prenotification,
    /// To everybody: lines, day and hour, count, highest severity, and nothing else
    PreAnnouncement,
    /// To everybody, with all that helps them
    Announcement,
    /// The mail to oss-security
    OssSecurity,
    /// A paragraph for the notes of each release
    ReleaseNote,
    /// The whole timeline, afterwards
    Retrospective,
}

impl From<StageArg> for Stage {
    fn from(stage: StageArg) -> Self {
        match stage {
            StageArg::Escalation => Self::Escalation,
            StageArg::Prenotification => Self::Prenotification,
            StageArg::PreAnnouncement => Self::PreAnnouncement,
            StageArg::Announcement => Self::Announcement,
            StageArg::OssSecurity => Self::OssSecurity,
            StageArg::ReleaseNote => Self::ReleaseNote,
            StageArg::Retrospective => Self::Retrospective,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ExportFormat {
    Osv,
    Csaf,
    Cve,
    Openvex,
    /// What GitHub takes for a repository advisory
    Github,
    /// A RustSec advisory
    Rustsec,
}
