//! What can be typed.

pub mod action;
pub mod disclose;
mod value;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use jiff::civil::Date;

pub use self::value::{ImportArg, Shard};
use self::value::{database, import, remote, shard};

/// Is every release line you promise to support patched, and how do you know?
#[derive(Debug, Parser)]
#[command(name = "patchline", version, propagate_version = true, max_term_width = 100)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Show the release lines, and which of them are supported
    Lines(LinesArgs),
    /// Check every supported line's branch and latest release against the advisories
    Scan(ScanArgs),
    /// Join reports of Patchline and of other tools, without a repository
    Merge(MergeArgs),
    /// Write a configuration that states what is found, and two workflows
    Init(InitArgs),
    /// Keep the table of supported versions in SECURITY.md
    SecurityMd(SecurityMdArgs),
    /// Keep a finding silent: write a suppression, with a reason and an end, into the configuration
    Suppress(SuppressArgs),
    /// Tell for each advisory and line when it was exposed, fixed and released
    History(HistoryArgs),
    /// Show the whole state of all lines as a page, a badge, a table or test results
    #[command(mut_arg("format", |format| format.default_value("html")))]
    #[command(mut_arg("output", |output| output.help(
        "Also write what `scan` writes, and patchline.html, patchline.csv, patchline.junit.xml, \
         badge.svg, badge.json and a badge per line into this folder"
    )))]
    Report(ReportArgs),
    /// Disclose the project's own vulnerabilities, on every line and channel
    Disclose(disclose::DiscloseArgs),
    /// Run as a GitHub Action: what is asked for comes in the variables INPUT_*
    Action(ActionArgs),
    /// Build a small repository with four lines and scan it
    Demo(DemoArgs),
}

/// What every look at a repository needs.
#[derive(Debug, Args)]
pub struct RepositoryArgs {
    /// The repository: a work tree, a folder in one, or a bare repository
    #[arg(long, value_name = "DIR", default_value = ".")]
    pub repo: PathBuf,

    /// Read a repository on GitHub that is not cloned, through GitHub's interface and with the token
    /// in `PATCHLINE_TOKEN`, `GITHUB_TOKEN` or `GH_TOKEN`
    #[arg(long, value_name = "OWNER/NAME", value_parser = remote, conflicts_with_all = ["repo", "fetch", "offline"])]
    pub remote: Option<String>,

    /// Fetch what this clone lacks of its lines, as a shallow one does, and leave the clone as it is
    #[arg(long)]
    pub fetch: bool,

    /// Take exactly the branches and tags that match, and skip discovery (repeatable)
    #[arg(long = "line", value_name = "GLOB")]
    pub lines: Vec<String>,

    /// Take a share of the supported lines, such as 2/4: the shares together are all of them
    #[arg(long, value_name = "I/N", value_parser = shard)]
    pub shard: Option<Shard>,

    /// The day to report for, in UTC: branches and tags are those of that day [default: today]
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub as_of: Option<Date>,

    /// The configuration [default: .github/patchline.toml or patchline.toml]
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,

    /// The path of the configuration where the policy is read, which the action names
    #[arg(skip)]
    pub policy: Option<String>,

    /// Never touch the network
    #[arg(long)]
    pub offline: bool,

    /// When to use colour
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    pub color: Color,
}

#[derive(Debug, Args)]
pub struct LinesArgs {
    #[command(flatten)]
    pub repository: RepositoryArgs,

    /// What to print
    #[arg(long, default_value = "text")]
    pub format: LinesFormat,

    /// Tell the story of a line, or of every line: who says what about it, where, in which words
    #[arg(long, value_name = "LINE", num_args = 0..=1, default_missing_value = "", conflicts_with = "format")]
    pub explain: Option<String>,

    /// Exit with 1 if places disagree about which lines are supported, 3 if one could not be read
    #[arg(long)]
    pub check: bool,
}

#[derive(Debug, Args)]
pub struct ScanArgs {
    #[command(flatten)]
    pub repository: RepositoryArgs,

    #[command(flatten)]
    pub output: OutputArgs,

    /// From which severity on a vulnerability fails, over the configuration: any, low, medium, high,
    /// critical, never
    #[arg(long, value_name = "SEVERITY", value_parser = action::FAIL_AT)]
    pub fail_at: Option<String>,

    /// An advisory database: `rustsec=` and a folder or a git URL
    #[arg(long, value_name = "NAME=PLACE", value_parser = database)]
    pub db: Vec<(String, String)>,

    /// Leave out lockfiles that match (repeatable)
    #[arg(long, value_name = "GLOB")]
    pub exclude: Vec<String>,

    /// Read a report of another tool: a path or a glob, after `LINE=` or `LINE@release=` if it is
    /// about one line (repeatable)
    #[arg(long, value_name = "[LINE=]PATH", value_parser = import)]
    pub import: Vec<ImportArg>,

    /// An earlier report of Patchline: for `new-only` in the gate
    #[arg(long, value_name = "FILE")]
    pub baseline: Option<PathBuf>,

    /// Judge what is checked out as a change that would go into this branch: only what it brings in
    /// since their merge base fails
    #[arg(long, value_name = "BRANCH", conflicts_with = "shard")]
    pub base: Option<String>,

    /// Ask cargo which packages are in the build graph of each line, if the configuration has
    /// `allow-commands`
    #[arg(long)]
    pub deep: bool,
}

#[derive(Debug, Args)]
pub struct HistoryArgs {
    #[command(flatten)]
    pub repository: RepositoryArgs,

    /// Leave out what was over before this day
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub since: Option<Date>,

    /// What to print
    #[arg(long, default_value = "text")]
    pub format: HistoryFormat,

    /// An advisory database: `rustsec=` and a folder or a git URL
    #[arg(long, value_name = "NAME=PLACE", value_parser = database)]
    pub db: Vec<(String, String)>,
}

#[derive(Debug, Args)]
pub struct ReportArgs {
    #[command(flatten)]
    pub scan: ScanArgs,

    /// Leave out of the timelines what was over before this day
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub since: Option<Date>,
}

/// Reports that are joined.
#[derive(Debug, Args)]
pub struct MergeArgs {
    /// A report, after `LINE=` or `LINE@release=` if it does not say itself which line it is about
    #[arg(value_name = "[LINE=]FILE", value_parser = import, required = true)]
    pub files: Vec<ImportArg>,

    #[command(flatten)]
    pub output: OutputArgs,

    /// The configuration to judge by [default: the standard gate, and the suppressions that the
    /// reports were judged with]
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,

    /// The day to report for, in UTC [default: today]
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub as_of: Option<Date>,

    /// An earlier report of Patchline: for `new-only` in the gate
    #[arg(long, value_name = "FILE")]
    pub baseline: Option<PathBuf>,

    /// When to use colour
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    pub color: Color,
}

/// What it takes to find the lines and to write them down.
#[derive(Debug, Args)]
pub struct PlaceArgs {
    /// The repository: a work tree, or a folder in one
    #[arg(long, value_name = "DIR", default_value = ".")]
    pub repo: PathBuf,

    /// The day to report for, in UTC [default: today]
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub as_of: Option<Date>,

    /// The configuration [default: .github/patchline.toml or patchline.toml]
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,

    /// Never touch the network
    #[arg(long)]
    pub offline: bool,
}

impl PlaceArgs {
    /// The same for a look at every line: what is written down is never a selection.
    pub fn repository(&self) -> RepositoryArgs {
        RepositoryArgs {
            repo: self.repo.clone(),
            remote: None,
            fetch: false,
            lines: Vec::new(),
            shard: None,
            as_of: self.as_of,
            config: self.config.clone(),
            policy: None,
            offline: self.offline,
            color: Color::Auto,
        }
    }
}

#[derive(Debug, Args)]
pub struct InitArgs {
    #[command(flatten)]
    pub place: PlaceArgs,

    /// Print the files and write nothing
    #[arg(long)]
    pub dry_run: bool,
}

#[derive(Debug, Args)]
pub struct SecurityMdArgs {
    #[command(flatten)]
    pub place: PlaceArgs,

    /// Put the table between the markers in the file
    #[arg(long)]
    pub write: bool,

    /// Exit with 1 if the file says something else
    #[arg(long, conflicts_with = "write")]
    pub check: bool,

    /// The file [default: SECURITY.md in the work tree, in .github or in docs]
    #[arg(long, value_name = "PATH")]
    pub file: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub struct SuppressArgs {
    /// Any name of the vulnerability
    #[arg(value_name = "ID", required_unless_present = "adopt")]
    pub id: Option<String>,

    /// Why it may be silent; with --adopt: of entries that give no reason
    #[arg(long, value_name = "TEXT", required_unless_present = "adopt")]
    pub reason: Option<String>,

    /// The last day on which it holds, at most a year ahead
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub until: Date,

    /// Only in this package
    #[arg(long, value_name = "NAME", conflicts_with = "adopt")]
    pub package: Option<String>,

    /// Only on this line (repeatable)
    #[arg(long = "line", value_name = "LINE")]
    pub lines: Vec<String>,

    /// Why it does no harm, in a word of OpenVEX
    #[arg(long, value_name = "WORD", conflicts_with = "adopt")]
    pub justification: Option<String>,

    /// Take over the ignore list of another tool, or a VEX document
    #[arg(long, value_name = "FILE", conflicts_with = "id")]
    pub adopt: Option<PathBuf>,

    /// The repository: a work tree, or a folder in one
    #[arg(long, value_name = "DIR", default_value = ".")]
    pub repo: PathBuf,

    /// The day that counts as today, in UTC [default: today]
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub as_of: Option<Date>,

    /// The configuration [default: .github/patchline.toml or patchline.toml]
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
}

/// How a scan is told.
#[derive(Clone, Debug, Args)]
pub struct OutputArgs {
    /// What to print
    #[arg(long, default_value = "text")]
    pub format: ScanFormat,

    /// Also write patchline.json, patchline.openvex.json, patchline.sarif and a SARIF file per line
    /// into this folder
    #[arg(long, value_name = "DIR")]
    pub output: Option<PathBuf>,

    /// Exit with 0 where it would be 1 (fail) or 3 (incomplete)
    #[arg(long)]
    pub exit_zero: bool,
}

#[derive(Debug, Args)]
pub struct ActionArgs {
    /// Print what GitHub would be told, and tell it nothing
    #[arg(long)]
    pub dry_run: bool,

    /// The day to report for, in UTC: branches and tags are those of that day [default: today]
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub as_of: Option<Date>,
}

#[derive(Debug, Args)]
pub struct DemoArgs {
    #[command(flatten)]
    pub output: OutputArgs,

    /// Keep the repository and the database in this folder
    #[arg(long, value_name = "DIR")]
    pub keep: Option<PathBuf>,

    /// When to use colour
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    pub color: Color,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum LinesFormat {
    Text,
    Json,
    /// The supported lines for `strategy.matrix` in GitHub Actions
    Matrix,
    /// OpenEoX, a statement a line
    Openeox,
    /// The `releases` of an endoflife.date product
    Endoflife,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum HistoryFormat {
    Text,
    Json,
    Csv,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ScanFormat {
    Text,
    Json,
    Sarif,
    /// The page that GitHub shows as the summary of a job
    Markdown,
    /// OpenVEX: what each branch and release is affected by, for those who use them
    Openvex,
    /// One page that needs nothing else, to be read in a browser and published
    Html,
    /// A picture that says in a few words how the lines stand
    Badge,
    /// A row for each finding and line, for spreadsheets
    Csv,
    /// Test results: a suite for each line, a case for each finding
    Junit,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Color {
    Auto,
    Always,
    Never,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }
}
