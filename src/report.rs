//! A report → artifacts. Each format is a total function of the report, and the exit code depends
//! on none of them.

pub mod annotations;
pub mod badge;
pub mod csv;
pub mod html;
pub mod episodes;
pub mod json;
pub mod junit;
pub mod kept;
pub mod lines;
pub mod markdown;
mod moves;
pub mod openvex;
pub mod outputs;
pub mod proof;
mod proposed;
mod rows;
pub mod sarif;
mod state;
pub mod text;
mod words;

use crate::{
    escape,
    model::{Coverage, Place, ReleaseLine, Report, Tip},
};

/// Rendered bytes and the file that they belong in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Artifact {
    /// Relative to the output folder, with forward slashes.
    pub name: String,
    pub bytes: Vec<u8>,
}

/// The file that every run writes.
pub const MAIN: &str = "patchline.json";
/// The first file of the merged report.
pub const SARIF: &str = "patchline.sarif";
/// The contradictions that stand on the default branch, to be uploaded for it.
pub const SUPPORT: &str = "patchline-support.sarif";
/// What can be stated of the project's own branches and releases.
pub const VEX: &str = "patchline.openvex.json";
/// The folder of the lines' own files.
pub const LINES: &str = "lines";

/// GitHub refuses a file with more runs.
pub const RUNS_PER_FILE: usize = 20;

/// Everything that `--output` writes.
pub fn artifacts(report: &Report) -> Vec<Artifact> {
    let mut artifacts =
        vec![Artifact { name: MAIN.to_owned(), bytes: json::report(report).into_bytes() }];
    // A document of OpenVEX states something, or is none.
    if openvex::has_statements(report) {
        let bytes = openvex::openvex(report).into_bytes();
        artifacts.push(Artifact { name: VEX.to_owned(), bytes });
    }
    let scanned: Vec<_> = report.lines.iter().filter(|line| line.is_scanned()).collect();
    let mut parts: Vec<&[&ReleaseLine]> = scanned.chunks(RUNS_PER_FILE).collect();
    if sarif::run_count(report, scanned.len()) > parts.len() * RUNS_PER_FILE {
        // The contradictions are one run too many for the last file.
        parts.push(&[]);
    }
    for (index, lines) in parts.iter().enumerate() {
        let name = match index {
            0 => SARIF.to_owned(),
            _ => format!("patchline-{}.sarif", index + 1),
        };
        let is_last = index + 1 == parts.len();
        let bytes = sarif::merged(report, lines, is_last).into_bytes();
        artifacts.push(Artifact { name, bytes });
    }
    if let Some(default) = &report.default_ref {
        let bytes = sarif::support_upload(report, default).into_bytes();
        artifacts.push(Artifact { name: SUPPORT.to_owned(), bytes });
    }
    let names = file_names(scanned.iter().map(|line| line.id.0.as_str()));
    for (line, name) in scanned.iter().zip(names).filter(|(line, _)| is_seen(report, line)) {
        artifacts.push(Artifact {
            name: format!("{LINES}/{name}.sarif"),
            bytes: sarif::upload(report, line).into_bytes(),
        });
    }
    artifacts
}

/// True if the tip that a line's upload is about was read whole. An upload replaces the one before
/// it, so one that lacks what nobody could read would close alerts that still hold.
pub fn is_seen(report: &Report, line: &ReleaseLine) -> bool {
    let tip = if line.head.is_some() { Tip::Head } else { Tip::Release };
    let is_gap = |coverage: &Coverage| {
        let concerns = |at: &Place| at.line == line.id && at.tip == tip;
        coverage.at.as_ref().is_some_and(concerns) && coverage.covered.is_gap()
    };
    !report.coverage.iter().any(is_gap)
}

/// True of the names that the pages show for a line: see [`ReleaseLine::is_called`].
pub fn is_called(line: &ReleaseLine, name: &str) -> bool {
    line.is_called(name)
}

/// The name of a line's branch, without `refs/heads/` or `refs/remotes/<remote>/`.
fn branch_name(line: &ReleaseLine) -> Option<&str> {
    line.branch_name()
}

/// File systems take 255 bytes; this leaves room for a number and an ending.
const LONGEST_NAME: usize = 120;

/// One file name per line: `release/1.2` and `release_1.2` are two lines and stay two files, also
/// on a file system that ignores case.
fn file_names<'a>(ids: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut taken = std::collections::BTreeSet::new();
    ids.map(|id| {
        let plain = escape::cut(&escape::segment(id), LONGEST_NAME);
        let mut name = plain.clone();
        let mut count = 1;
        while !taken.insert(name.to_lowercase()) {
            count += 1;
            name = format!("{plain}-{count}");
        }
        name
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::file_names;

    #[test]
    fn two_lines_never_share_a_file() {
        let ids = ["release/1.2", "release_1.2", "RELEASE_1.2", "1.2"];
        assert_eq!(
            file_names(ids.into_iter()),
            ["release_1.2", "release_1.2-2", "RELEASE_1.2-3", "1.2"]
        );
    }
}
