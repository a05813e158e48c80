//! What is built of what is locked: `cargo metadata` in an export of each commit, or the documents
//! that `[[graph]]` names. `graph` reads them.
//!
//! What cannot be had is a gap of the place, and nothing is said of its packages: who is blind never
//! says that something is not built.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::Duration,
};

use tokio::task::{JoinSet, spawn_blocking};

use super::{
    Commands, Error, Trusted, causes,
    scanners::{called, export, files::of_path, last_words, permits, tip_of},
};
use crate::{
    config::{Config, GraphFile},
    edge::{
        exec::{self, End, Stream},
        files as disk,
        git::{Export, Git},
        progress::Progress,
    },
    graph::{self, BuildGraph},
    model::{
        CommitId, Coverage, Covered, Inventory, Lockfile, Origin, Place, ReleaseLine, Trouble,
    },
};

/// The name in coverage.
pub const GRAPH: &str = "graph";

/// A document is not larger.
const LARGEST: usize = 256 * 1024 * 1024;
/// Cargo may have to fetch every package.
const TIMEOUT: Duration = Duration::from_mins(10);
/// More lockfiles of one tree are not asked about.
const MOST_LOCKFILES: usize = 32;
const LOCKFILE: &str = "Cargo.lock";

/// The graphs of a run, and where there is none.
#[derive(Debug, Default)]
pub struct Graphs {
    /// By place and the path of the lockfile.
    pub graphs: BTreeMap<(Place, String), BuildGraph>,
    /// Sorted; empty where nobody asked.
    pub coverage: Vec<Coverage>,
    pub trouble: Vec<Trouble>,
}

/// The build graphs of what was found to be locked.
pub async fn graphs(
    git: &Git,
    config: &Config,
    trusted: &Trusted,
    lines: &[ReleaseLine],
    inventories: &[Inventory],
    progress: &Progress,
) -> Result<Graphs, Error> {
    let mut found = Found::default();
    let saved: BTreeMap<(Place, String), &GraphFile> =
        config.graphs.iter().filter_map(|file| Some((found.about(file, lines)?, file))).collect();
    for (key, file) in &saved {
        let lockfile = lockfile(inventories, key);
        let Some(lockfile) = lockfile else {
            let because =
                format!("there is no lockfile `{}`, and `{}` is about it", key.1, file.file);
            found.fail(key, &because, None);
            continue;
        };
        match of_path(&file.file, git, &trusted.base, LARGEST as u64) {
            Ok(bytes) => found.read(key, &file.file, bytes, Some(lockfile)).await?,
            Err(because) => {
                let hint = "check the path, and that the step before wrote the document";
                found.fail(key, &because, Some(hint));
            }
        }
    }
    if !config.scan.deep {
        return Ok(found.close());
    }
    let mut runs: BTreeMap<CommitId, Run> = BTreeMap::new();
    for inventory in inventories {
        let is_cargo = |path: &&str| *path == LOCKFILE || path.ends_with("/Cargo.lock");
        let paths = inventory.lockfiles.iter().map(|file| file.path.as_str()).filter(is_cargo);
        let paths = paths
            .filter(|path| !saved.contains_key(&(inventory.place.clone(), (*path).to_owned())));
        let paths: BTreeSet<String> = paths.map(str::to_owned).collect();
        if let Commands::Refused { because, hint } = &trusted.commands {
            for path in paths {
                let key = (inventory.place.clone(), path);
                found.fail(&key, &format!("cargo is not asked: {because}"), Some(hint));
            }
            continue;
        }
        let run = runs.entry(inventory.commit.clone()).or_default();
        run.places.insert(inventory.place.clone());
        run.lockfiles.extend(paths);
    }
    runs.retain(|_, run| !run.lockfiles.is_empty());
    progress.say(format!("asking cargo about {} commits", runs.len()));
    let mut tasks = JoinSet::new();
    let permits = permits();
    for (commit, run) in runs {
        let (git, permits) = (git.clone(), Arc::clone(&permits));
        let is_offline = config.scan.offline;
        tasks.spawn(async move {
            let permit = permits.acquire_owned().await;
            let documents = run.documents(&git, &commit, is_offline).await;
            drop(permit);
            documents.map(|documents| (run, documents))
        });
    }
    while let Some(finished) = tasks.join_next().await {
        let (run, documents) = finished??;
        for (path, document) in documents {
            for place in &run.places {
                let key = (place.clone(), path.clone());
                if saved.contains_key(&key) {
                    continue;
                }
                match &document {
                    Ok(bytes) => {
                        let lockfile = lockfile(inventories, &key);
                        found.read(&key, "what cargo printed", bytes.clone(), lockfile).await?;
                    }
                    Err((because, hint)) => found.fail(&key, because, hint.as_deref()),
                }
            }
        }
    }
    Ok(found.close())
}

/// The lockfile at a place.
fn lockfile(inventories: &[Inventory], (place, path): &(Place, String)) -> Option<Arc<Lockfile>> {
    let inventory = inventories.iter().find(|inventory| inventory.place == *place)?;
    let file = inventory.lockfiles.iter().find(|file| file.path == *path)?;
    Some(Arc::clone(&file.content))
}

/// One commit, and who stands there.
#[derive(Default)]
struct Run {
    places: BTreeSet<Place>,
    lockfiles: BTreeSet<String>,
}

/// What cargo printed, or why it did not and what to do.
type Document = Result<Vec<u8>, (String, Option<String>)>;

impl Run {
    /// What cargo says of each lockfile. The outer error is a bug.
    async fn documents(
        &self,
        git: &Git,
        commit: &CommitId,
        is_offline: bool,
    ) -> Result<Vec<(String, Document)>, Error> {
        let export = match export(git, commit).await? {
            Ok(export) => export,
            Err(error) => {
                let because = causes(&error);
                let failed = |path: &String| (path.clone(), Err((because.clone(), None)));
                return Ok(self.lockfiles.iter().map(failed).collect());
            }
        };
        let mut documents = Vec::new();
        for (index, path) in self.lockfiles.iter().enumerate() {
            let document = if index >= MOST_LOCKFILES {
                Err((format!("the tree has more than {MOST_LOCKFILES} lockfiles"), None))
            } else {
                document(&export, path, is_offline).await
            };
            documents.push((path.clone(), document));
        }
        spawn_blocking(move || drop(export)).await?;
        Ok(documents)
    }
}

/// Asks cargo about one lockfile.
async fn document(export: &Export, lockfile: &str, is_offline: bool) -> Document {
    let (tree, scratch) = (export.tree(), export.scratch());
    let folder = lockfile.strip_suffix(LOCKFILE).unwrap_or_default();
    let manifest = format!("{folder}Cargo.toml");
    if !disk::is_file(&tree.join(&manifest)) {
        return Err((format!("there is no `{manifest}` beside the lockfile"), None));
    }
    let mut words: Vec<String> =
        ["cargo", "metadata", "--format-version", "1", "--all-features", "--locked"]
            .map(str::to_owned)
            .to_vec();
    if is_offline {
        words.push("--offline".to_owned());
    }
    words.push("--manifest-path".to_owned());
    words.push(manifest);
    let run = exec::Run {
        words: &words,
        folder: &tree,
        scratch: &scratch,
        env: &[],
        // The tree's own `.cargo/config.toml` could name programs of the tree in their place.
        set: &[("RUSTC", "rustc"), ("RUSTC_WRAPPER", ""), ("RUSTC_WORKSPACE_WRAPPER", "")],
        report: Stream::Stdout,
        largest: LARGEST,
        timeout: TIMEOUT,
    };
    let ran = exec::run(&run).await.map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => {
            let hint = "install Rust in an earlier step, or name a saved document with [[graph]]";
            ("the program `cargo` was not found".to_owned(), Some(hint.to_owned()))
        }
        _ => (format!("the program `cargo` could not be started: {error}"), None),
    })?;
    match ran.end {
        End::Code(0) if !ran.is_cut => Ok(ran.stdout),
        End::Code(code) => {
            let hint = if is_offline {
                "the packages have to be in cargo's cache: run it once without --offline"
            } else {
                "run `cargo metadata --locked` on that line, and see what it says"
            };
            let words = last_words(&ran.stderr, export);
            Err((format!("cargo ended with {code}; it said: {words}"), Some(hint.to_owned())))
        }
        End::TimedOut => Err((format!("cargo took longer than {} s", TIMEOUT.as_secs()), None)),
        End::Flooded => Err((format!("cargo printed more than {LARGEST} bytes"), None)),
        End::Signal => Err(("cargo was killed".to_owned(), None)),
    }
}

/// What was found so far.
#[derive(Default)]
struct Found {
    graphs: BTreeMap<(Place, String), BuildGraph>,
    gaps: BTreeMap<Place, BTreeSet<String>>,
    trouble: Vec<Trouble>,
    unplaced: Vec<Coverage>,
}

impl Found {
    /// The place and the lockfile that a saved document is about.
    fn about(&mut self, file: &GraphFile, lines: &[ReleaseLine]) -> Option<(Place, String)> {
        let Some(line) = called(lines, &file.line.0) else {
            let because = format!(
                "`{}` is said to be about `{}`, and there is no such line",
                file.file, file.line
            );
            let hint = "`patchline lines` shows the names of the lines";
            self.trouble.push(Trouble::warning(format!("`{GRAPH}`: {because}")).hint(hint));
            let covered = Covered::Failed { because };
            self.unplaced.push(Coverage { source: GRAPH.to_owned(), at: None, covered });
            return None;
        };
        if !line.is_scanned() {
            let message = format!("`{}` is about `{}`, which is not scanned", file.file, file.line);
            self.trouble.push(Trouble::info(message));
            return None;
        }
        let place = Place { line: line.id.clone(), tip: tip_of(line, file.tip) };
        Some((place, file.lockfile.clone()))
    }

    /// Reads a document, and holds it against the lockfile that it has to be about.
    async fn read(
        &mut self,
        key: &(Place, String),
        name: &str,
        bytes: Vec<u8>,
        lockfile: Option<Arc<Lockfile>>,
    ) -> Result<(), Error> {
        let (read, mismatch) = spawn_blocking(move || {
            let read = graph::read(&bytes);
            let graph = read.graph.as_ref();
            let mismatch = graph.zip(lockfile).and_then(|(graph, lock)| graph.mismatch(&lock));
            (read, mismatch)
        })
        .await?;
        let origin = Origin { reference: None, path: name.to_owned(), row: None };
        for trouble in read.trouble {
            let because = trouble.message.clone();
            self.trouble.push(trouble.at(origin.clone()));
            self.gap(key, &format!("{name}: {because}"));
        }
        if let Some(mismatch) = mismatch {
            let because = format!("{name} is about something else: {mismatch}");
            let hint = "make the document at the very commit that is scanned";
            self.fail(key, &because, Some(hint));
        } else if let Some(graph) = read.graph {
            self.graphs.insert(key.clone(), graph);
        }
        Ok(())
    }

    fn fail(&mut self, key: &(Place, String), because: &str, hint: Option<&str>) {
        let trouble = Trouble::warning(format!("`{GRAPH}` of `{}` at {}: {because}", key.1, key.0));
        self.trouble.push(match hint {
            Some(hint) => trouble.hint(hint),
            None => trouble,
        });
        self.gap(key, because);
    }

    fn gap(&mut self, (place, path): &(Place, String), because: &str) {
        let gaps = self.gaps.entry(place.clone()).or_default();
        gaps.insert(format!("`{path}`: {because}"));
    }

    fn close(self) -> Graphs {
        let known = self.graphs.keys().map(|(place, _)| place);
        let places: BTreeSet<&Place> = known.chain(self.gaps.keys()).collect();
        let coverage = places.into_iter().map(|place| {
            let covered = match self.gaps.get(place) {
                None => Covered::Complete,
                Some(gaps) => {
                    let gaps: Vec<&str> = gaps.iter().map(String::as_str).collect();
                    Covered::Partial { because: gaps.join(", ") }
                }
            };
            Coverage { source: GRAPH.to_owned(), at: Some(place.clone()), covered }
        });
        let mut coverage: Vec<Coverage> = coverage.collect();
        coverage.extend(self.unplaced);
        coverage.sort();
        let mut trouble = self.trouble;
        trouble.sort();
        Graphs { graphs: self.graphs, coverage, trouble }
    }
}
