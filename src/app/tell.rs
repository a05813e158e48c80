//! A report, told: printed in the format that is asked for, written into a folder, and how the run
//! ends because of it.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
};

use super::{Error, Exit, Judged, print};
use crate::{
    cli::{Color, OutputArgs, ScanFormat},
    edge::files,
    model::{Outcome, ReleaseLine, Report},
    report::{self, html::Shown},
};

/// Prints a report, writes its artifacts, and says how the run ends.
pub(super) fn tell(judged: &Judged, args: &OutputArgs, color: Color) -> Result<Exit, Error> {
    let Judged { report, process, .. } = judged;
    if let Some(folder) = &args.output {
        write_all(report, folder)?;
    }
    say(&Shown { report, history: None, process }, args.format, color)?;
    Ok(exit(report, args))
}

/// Prints it.
pub(super) fn say(shown: &Shown<'_>, format: ScanFormat, color: Color) -> Result<(), Error> {
    let report = shown.report;
    match format {
        ScanFormat::Text => print::page(&report::text::report(report, print::width()), color),
        ScanFormat::Json => print::json(&report::json::document(report)),
        ScanFormat::Sarif => {
            let lines: Vec<_> = report.lines.iter().filter(|line| line.is_scanned()).collect();
            let runs = report::sarif::run_count(report, lines.len());
            if runs > report::RUNS_PER_FILE {
                print::note(&format!(
                    "this file has {runs} runs, and GitHub refuses more than {}; --output splits it",
                    report::RUNS_PER_FILE
                ));
            }
            print::document(&report::sarif::merged(report, &lines, true))
        }
        ScanFormat::Markdown => {
            let past = |past| format!("\n{}", report::markdown::past(past, report));
            let past = shown.history.map(past);
            print::data(&(report::markdown::summary(report) + &past.unwrap_or_default()))
        }
        ScanFormat::Openvex => {
            for note in report::openvex::notes(report) {
                print::note(&note);
            }
            print::document(&report::openvex::openvex(report))
        }
        ScanFormat::Html => print::data(&report::html::page(shown)),
        ScanFormat::Badge => print::data(&report::badge::overall(report).svg()),
        ScanFormat::Csv => print::data(&report::csv::csv(report)),
        ScanFormat::Junit => print::data(&report::junit::junit(report)),
    }
}

/// How a run with this report ends.
pub(super) fn exit(report: &Report, args: &OutputArgs) -> Exit {
    let exit = match report.outcome {
        Outcome::Pass => Exit::Pass,
        Outcome::Fail => Exit::Fail,
        Outcome::Incomplete => Exit::Incomplete,
    };
    if args.exit_zero && exit != Exit::Pass {
        print::note(&format!(
            "exiting with 0 instead of {} ({}), as --exit-zero asks",
            exit.code(),
            report.outcome.as_str()
        ));
        return Exit::Pass;
    }
    exit
}

/// Writes the artifacts of a report into a folder; gives their paths.
pub(super) fn write_all(report: &Report, folder: &Path) -> Result<Vec<PathBuf>, Error> {
    let artifacts = report::artifacts(report);
    // What an earlier run left for lines that are gone must not be uploaded with the new files.
    if files::exists(&folder.join(report::MAIN)) {
        let kept: BTreeSet<PathBuf> = artifacts.iter().map(|a| folder.join(&a.name)).collect();
        let own = |path: &PathBuf| {
            let name = path.file_name().and_then(|name| name.to_str());
            path.parent() != Some(folder) || name.is_some_and(|n| n.starts_with("patchline"))
        };
        let mut found = files::with_extension(&[folder, &folder.join(report::LINES)], "sarif");
        found.extend(Some(folder.join(report::VEX)).filter(|path| files::exists(path)));
        for old in found.into_iter().filter(|path| own(path) && !kept.contains(path)) {
            files::remove(&old).map_err(|source| Error::Write { path: old, source })?;
        }
    }
    let is_unseen = |line: &&ReleaseLine| line.is_scanned() && !report::is_seen(report, line);
    for line in report.lines.iter().filter(is_unseen) {
        print::note(&format!(
            "no SARIF file of its own for {}: its tip was not read whole, and an upload would close \
             alerts that still hold",
            line.id
        ));
    }
    let mut written = Vec::new();
    for artifact in artifacts {
        let path = folder.join(&artifact.name);
        write(&path, &artifact.bytes)?;
        written.push(path);
    }
    Ok(written)
}

/// No badge of ours is larger.
const LARGEST_BADGE: u64 = 16 * 1024;

/// Writes what is for people into the same folder.
pub(super) fn write_proof(shown: &Shown<'_>, folder: &Path) -> Result<(), Error> {
    let artifacts = report::proof::artifacts(shown);
    let kept: BTreeSet<PathBuf> = artifacts.iter().map(|a| folder.join(&a.name)).collect();
    // The badge of a line that is gone would say for ever what was true once.
    let badges = folder.join(report::proof::BADGES);
    let is_old = |path: &PathBuf| {
        let text = files::read(path, LARGEST_BADGE).map(String::from_utf8);
        !kept.contains(path) && matches!(text, Ok(Ok(text)) if report::badge::is_ours(&text))
    };
    for picture in files::with_extension(&[&badges], "svg").into_iter().filter(is_old) {
        let data = picture.with_extension("json");
        for old in [data, picture].into_iter().filter(|path| files::exists(path)) {
            files::remove(&old).map_err(|source| Error::Write { path: old, source })?;
        }
    }
    for artifact in artifacts {
        write(&folder.join(&artifact.name), &artifact.bytes)?;
    }
    Ok(())
}

pub(super) fn write(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    files::write(path, bytes).map_err(|source| Error::Write { path: path.to_path_buf(), source })
}
