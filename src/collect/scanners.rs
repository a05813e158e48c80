//! Reports of other tools, as bytes: what the configuration and the command line name, and what
//! programs print that are run on every line. Nothing is read of them here.
//!
//! A program runs in an export of its own, once for each commit, however many lines stand there.
//! That it failed is the coverage of those lines; a report that is here is covered as far as its
//! importer says.

pub(super) mod files;
mod run;

pub use self::files::expanded;

use std::{
    collections::{BTreeMap, BTreeSet},
    num::NonZero,
    sync::Arc,
};

use tokio::{sync::Semaphore, task::JoinSet};

use self::run::{Outcome, Run};
pub(super) use self::run::{export, last_words};
use super::{Base, Error, Policy};
use crate::{
    cli::ImportArg,
    config::{Config, Program, Scanner, ScannerSource},
    edge::{exec, git::Git, progress::Progress},
    model::{CommitId, Coverage, Covered, Place, ReleaseLine, Tip, Trouble},
    report,
};

/// The name in coverage of reports that the command line names.
pub const IMPORT: &str = "import";

/// A report in a file is not larger.
const LARGEST_FILE: u64 = 1024 * 1024 * 1024;

/// A report of another tool.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReportFile {
    /// The scanner's id, or [`IMPORT`].
    pub scanner: String,
    /// The id of an importer; `None`: the report shows what it is.
    pub format: Option<String>,
    /// `None`: the report itself says what it is about.
    pub place: Option<Place>,
    /// Its path, or the program that printed it.
    pub name: String,
    pub bytes: Vec<u8>,
}

/// All reports of a run, and what there is none of.
#[derive(Debug, Default)]
pub struct Reports {
    /// Sorted by scanner, place and name.
    pub files: Vec<ReportFile>,
    /// Gaps only.
    pub coverage: Vec<Coverage>,
    pub trouble: Vec<Trouble>,
}

/// Whether programs may be started.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Commands {
    Allowed,
    Refused { because: String, hint: String },
}

/// What may be done in the name of the configuration.
#[derive(Clone, Debug)]
pub struct Trusted {
    /// Where the paths that it names start.
    pub base: Base,
    pub commands: Commands,
}

impl Trusted {
    /// What may be done in the name of a configuration, for where it was read.
    pub fn of(config: &Config, policy: &Policy) -> Self {
        Self { base: policy.base.clone(), commands: Commands::of(config, policy) }
    }
}

impl Commands {
    fn of(config: &Config, policy: &Policy) -> Self {
        let refused = |because: &str, hint: &str| Self::Refused {
            because: because.to_owned(),
            hint: hint.to_owned(),
        };
        let is_of_work_tree = matches!(policy.base, Base::WorkTree(_)) && policy.file.is_some();
        if let Some(because) = exec::refusal(is_of_work_tree) {
            let hint = "run it on a push or a schedule, or name the configuration with --config";
            return refused(because, hint);
        }
        if !config.scan.allow_commands {
            return refused(
                "it needs allow-commands",
                "set `allow-commands = true` in [scan], or run the tool in a step of its own and \
                 name its report with `file`",
            );
        }
        Self::Allowed
    }
}

/// Runs every scanner on every line that it is for, and reads the reports that are named.
pub async fn reports(
    git: &Git,
    config: &Config,
    trusted: &Trusted,
    lines: &[ReleaseLine],
    imports: &[ImportArg],
    progress: &Progress,
) -> Result<Reports, Error> {
    let mut reports = Reports::default();
    let mut runs = Vec::new();
    for scanner in &config.scanners {
        match &scanner.source {
            ScannerSource::File { .. } => {
                files::of_scanner(scanner, git, &trusted.base, lines, &mut reports);
            }
            ScannerSource::Command(program) => {
                let places = places(lines, &program.tips);
                match &trusted.commands {
                    Commands::Allowed => reports.plan(scanner, program, places, &mut runs),
                    Commands::Refused { because, hint } => {
                        let places: Vec<Place> = places.into_iter().map(|(at, ..)| at).collect();
                        let covered = Covered::Failed { because: because.clone() };
                        reports.miss(&scanner.id, &places, &covered, "", Some(hint));
                    }
                }
            }
        }
    }
    for import in imports {
        files::of_import(import, lines, &mut reports);
    }
    if !runs.is_empty() {
        progress.say(format!("running {} programs", runs.len()));
    }
    let mut tasks = JoinSet::new();
    let permits = permits();
    for run in runs {
        let (git, permits) = (git.clone(), Arc::clone(&permits));
        tasks.spawn(async move {
            let permit = permits.acquire_owned().await;
            let outcome = run.outcome(&git).await;
            drop(permit);
            outcome.map(|outcome| (run, outcome))
        });
    }
    let mut done = Vec::new();
    while let Some(finished) = tasks.join_next().await {
        done.push(finished??);
    }
    done.sort_by(|(a, _), (b, _)| (&a.scanner, &a.places).cmp(&(&b.scanner, &b.places)));
    for (run, outcome) in done {
        reports.take(run, outcome);
    }
    let key = |file: &ReportFile| (file.scanner.clone(), file.place.clone(), file.name.clone());
    reports.files.sort_by_key(key);
    reports.coverage.sort();
    reports.trouble.sort();
    Ok(reports)
}

/// As many programs at once as there are processors.
pub(super) fn permits() -> Arc<Semaphore> {
    let workers = std::thread::available_parallelism().map_or(1, NonZero::get);
    Arc::new(Semaphore::new(workers))
}

/// Where a scanned line stands, and by which ref: at those of the wanted tips that it has, else at
/// the one that it has.
fn places(lines: &[ReleaseLine], wanted: &[Tip]) -> Vec<(Place, String, Option<CommitId>)> {
    let mut places = Vec::new();
    for line in lines.iter().filter(|line| line.is_scanned()) {
        let at = |tip| Place { line: line.id.clone(), tip };
        let head = line.head.as_ref();
        let head = head.map(|h| (at(Tip::Head), h.reference.clone(), h.commit.clone()));
        let release = line.release.as_ref().map(|release| {
            (at(Tip::Release), format!("refs/tags/{}", release.tag), release.commit.clone())
        });
        let tips: Vec<_> = head.into_iter().chain(release).collect();
        let has_wanted = tips.iter().any(|(place, ..)| wanted.contains(&place.tip));
        places.extend(
            tips.into_iter().filter(|(place, ..)| !has_wanted || wanted.contains(&place.tip)),
        );
    }
    places
}

impl Reports {
    /// Brings together who stands at one commit.
    fn plan(
        &mut self,
        scanner: &Scanner,
        program: &Program,
        places: Vec<(Place, String, Option<CommitId>)>,
        runs: &mut Vec<Run>,
    ) {
        let mut commits: BTreeMap<CommitId, BTreeSet<Place>> = BTreeMap::new();
        for (place, reference, commit) in places {
            if let Some(commit) = commit {
                commits.entry(commit).or_default().insert(place);
            } else {
                let because = format!("`{reference}`: its commit is not in this clone");
                self.miss(&scanner.id, &[place], &Covered::Failed { because }, "", None);
            }
        }
        runs.extend(commits.into_iter().map(|(commit, places)| Run {
            scanner: scanner.id.clone(),
            format: scanner.format.clone(),
            program: program.clone(),
            commit,
            places: places.into_iter().collect(),
        }));
    }

    fn take(&mut self, run: Run, outcome: Outcome) {
        self.trouble.extend(outcome.notes);
        if let Some(covered) = outcome.missing {
            self.miss(&run.scanner, &run.places, &covered, &outcome.words, outcome.hint);
        }
        if outcome.bytes.trim_ascii().is_empty() {
            return;
        }
        let name = run.program.run.join(" ");
        for place in run.places {
            self.files.push(ReportFile {
                scanner: run.scanner.clone(),
                format: run.format.clone(),
                place: Some(place),
                name: name.clone(),
                bytes: outcome.bytes.clone(),
            });
        }
    }

    /// A report that is not there, or not whole. Without a place, it is of the whole repository.
    fn miss(
        &mut self,
        source: &str,
        places: &[Place],
        covered: &Covered,
        words: &str,
        hint: Option<&str>,
    ) {
        let because = covered.because().unwrap_or_default();
        let at: Vec<String> = places.iter().map(ToString::to_string).collect();
        let about = if at.is_empty() { String::new() } else { format!(" of {}", at.join(", ")) };
        let words = if words.is_empty() { String::new() } else { format!("; it said: {words}") };
        let trouble = Trouble::warning(format!("`{source}`{about}: {because}{words}"));
        self.trouble.push(match hint {
            Some(hint) => trouble.hint(hint),
            None => trouble,
        });
        let coverage = |at: Option<Place>| Coverage {
            source: source.to_owned(),
            at,
            covered: covered.clone(),
        };
        if places.is_empty() {
            self.coverage.push(coverage(None));
        }
        self.coverage.extend(places.iter().map(|place| coverage(Some(place.clone()))));
    }
}

/// The line that somebody means by a name.
pub(super) fn called<'a>(lines: &'a [ReleaseLine], name: &str) -> Option<&'a ReleaseLine> {
    let by_id = lines.iter().find(|line| line.id.0 == name);
    by_id.or_else(|| lines.iter().find(|line| report::is_called(line, name)))
}

/// The tip that is meant where none is named.
pub(super) fn tip_of(line: &ReleaseLine, named: Option<Tip>) -> Tip {
    let own = if line.head.is_none() && line.release.is_some() { Tip::Release } else { Tip::Head };
    named.unwrap_or(own)
}
