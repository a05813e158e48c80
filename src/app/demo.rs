//! `patchline demo`: a real repository with four lines, scanned by the very code of `scan`.
//!
//! Everything is pinned (files, dates, the day of the report), so the page in the README is what
//! everybody sees. The advisories are real ones in our own words.

use std::{collections::BTreeMap, path::Path};

use jiff::civil::date;

use super::{Error, Exit, files, print, scan, tell};
use crate::{
    cli::{DemoArgs, RepositoryArgs, ScanArgs},
    edge::git::Scratch,
};

/// A file of the demonstration, embedded.
macro_rules! fixture {
    ($path:literal) => {
        include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/demo/", $path))
    };
}

const ADVISORIES: [(&str, &str); 3] = [
    (
        "crates/rustls/RUSTSEC-2024-0336.md",
        fixture!("advisory-db/crates/rustls/RUSTSEC-2024-0336.md"),
    ),
    ("crates/idna/RUSTSEC-2024-0421.md", fixture!("advisory-db/crates/idna/RUSTSEC-2024-0421.md")),
    ("crates/atty/RUSTSEC-2024-0375.md", fixture!("advisory-db/crates/atty/RUSTSEC-2024-0375.md")),
];

const POLICY: &str = fixture!("repository/patchline.toml");

/// A state of a line: branch, manifest, lockfile, tag if it was released, time of the commit.
struct State {
    branch: &'static str,
    manifest: &'static str,
    lockfile: &'static str,
    tag: Option<&'static str>,
    seconds: i64,
}

/// In the order in which they were committed; a later state of a branch is its child.
const STATES: [State; 6] = [
    State {
        branch: "release-1.1",
        manifest: fixture!("repository/1.1.toml"),
        lockfile: fixture!("repository/1.1.lock"),
        tag: Some("v1.1.12"),
        seconds: 1_711_929_600,
    },
    State {
        branch: "release-1.2",
        manifest: fixture!("repository/1.2.toml"),
        lockfile: fixture!("repository/1.2.lock"),
        tag: Some("v1.2.9"),
        seconds: 1_717_200_000,
    },
    State {
        branch: "release-1.3",
        manifest: fixture!("repository/1.3.toml"),
        lockfile: fixture!("repository/1.3-released.lock"),
        tag: Some("v1.3.4"),
        seconds: 1_725_148_800,
    },
    State {
        branch: "release-1.4",
        manifest: fixture!("repository/1.4.toml"),
        lockfile: fixture!("repository/1.4.lock"),
        tag: Some("v1.4.1"),
        seconds: 1_734_652_800,
    },
    State {
        branch: "release-1.3",
        manifest: fixture!("repository/1.3.toml"),
        lockfile: fixture!("repository/1.3.lock"),
        tag: None,
        seconds: 1_735_862_400,
    },
    State {
        branch: "main",
        manifest: fixture!("repository/1.4.toml"),
        lockfile: fixture!("repository/1.4.lock"),
        tag: None,
        seconds: 1_736_035_200,
    },
];

/// Builds the repository, scans it, and says how a scan would have ended.
pub(super) async fn demo(args: &DemoArgs) -> Result<Exit, Error> {
    let scratch;
    let folder = if let Some(folder) = &args.keep {
        if !files::is_vacant(folder) {
            let taken = format!("`{}` is not empty; name a new folder", folder.display());
            return Err(Error::Demo(taken.into()));
        }
        folder.as_path()
    } else {
        scratch = tempfile::Builder::new().prefix("patchline-demo-").tempdir().map_err(failed)?;
        scratch.path()
    };
    let (repository, database) = (folder.join("ferry.git"), folder.join("advisory-db"));
    build_database(&database)?;
    build_repository(&repository).map_err(failed)?;

    let scan_args = ScanArgs {
        repository: RepositoryArgs {
            remote: None,
            fetch: false,
            repo: repository,
            lines: Vec::new(),
            shard: None,
            as_of: Some(date(2025, 1, 6)),
            config: None,
            policy: None,
            offline: true,
            color: args.color,
        },
        output: args.output.clone(),
        db: vec![("rustsec".to_owned(), database.display().to_string())],
        exclude: Vec::new(),
        import: Vec::new(),
        deep: false,
        baseline: None,
        base: None,
        fail_at: None,
    };
    let mut judged = scan(&scan_args, super::proposal::Asked::No).await?;
    let report = &mut judged.report;
    // A path that differs from run to run is no part of what is shown.
    for database in &mut report.databases {
        "the embedded demonstration".clone_into(&mut database.stamp.from);
    }
    let exit = tell(&judged, &args.output, args.color)?;
    if exit != Exit::Pass {
        print::note(&format!(
            "`patchline scan` would exit with {} ({}) here; a demonstration that shows this has worked",
            exit.code(),
            judged.report.outcome.as_str()
        ));
    }

    Ok(Exit::Pass)
}

fn build_database(folder: &Path) -> Result<(), Error> {
    for (path, text) in ADVISORIES {
        super::write(&folder.join(path), text.as_bytes())?;
    }
    Ok(())
}

fn build_repository(folder: &Path) -> Result<(), crate::edge::git::Error> {
    let scratch = Scratch::init(folder)?;
    let mut heads = BTreeMap::new();
    let mut last = None;
    for state in &STATES {
        let parent = heads.get(state.branch).or(last.as_ref());
        let files = BTreeMap::from([
            ("Cargo.lock", state.lockfile.to_owned()),
            ("Cargo.toml", state.manifest.to_owned()),
            ("patchline.toml", POLICY.to_owned()),
        ]);
        let message = match state.tag {
            Some(tag) => format!("Release {tag}\n"),
            None => "Update dependencies\n".to_owned(),
        };
        let commit = scratch.commit(state.branch, parent, &message, state.seconds, &files)?;
        if let Some(tag) = state.tag {
            scratch.tag(tag, &commit)?;
        }
        heads.insert(state.branch, commit.clone());
        last = Some(commit);
    }
    scratch.set_default("main")
}

fn failed(error: impl std::error::Error + Send + Sync + 'static) -> Error {
    Error::Demo(Box::new(error))
}
