//! Reports of other tools: bytes → what they hold → claims at places.
//!
//! Opening and importing is done on all cores, one report at a time each, so that the memory that is
//! needed is that of the largest reports and not of all.

use std::num::NonZero;

use tokio::task::JoinSet;

use super::{Error, ReportFile};
use crate::{
    import::{self, Content, Document, Imported, own::OwnReport},
    model::{
        Advisory, AdvisoryDatabase, Coverage, Covered, Facts, Opinion, Origin, Place, Quarantined,
        ReleaseLine, ReportedAt, Stamp, Support, Tip, Trouble, Weight, short_name,
    },
    scan::{Attribution, attribute},
};

/// A report that can be opened: where it came from, and its bytes on demand.
pub struct Source {
    /// The scanner's id, for a report that nobody can open.
    pub scanner: String,
    /// The id of an importer; `None`: the report shows what it is.
    pub format: Option<String>,
    /// `None`: the report itself says what it is about.
    pub place: Option<Place>,
    /// Its path, or the program that printed it.
    pub name: String,
    pub read: Box<dyn FnOnce() -> std::io::Result<Content> + Send>,
}

impl From<ReportFile> for Source {
    fn from(file: ReportFile) -> Self {
        let ReportFile { scanner, format, place, name, bytes } = file;
        Self { scanner, format, place, name, read: Box::new(move || Ok(Content::Whole(bytes))) }
    }
}

/// A report that was opened.
pub struct Opened {
    pub scanner: String,
    pub place: Option<Place>,
    pub name: String,
    pub holds: Holds,
}

/// What is in a report.
pub enum Holds {
    Own(Box<OwnReport>),
    Runs(Box<Runs>),
    /// Why it could not be opened.
    Nothing(String),
}

/// What is in a report of another tool.
pub struct Runs {
    pub imported: Imported,
    /// Advisories that may concern other places than the report's.
    pub advisories: Vec<Advisory>,
    pub unreadable: Vec<Quarantined>,
}

/// Opens all reports; the result is in the order of the sources.
pub async fn open(sources: Vec<Source>) -> Result<Vec<Opened>, Error> {
    let workers = std::thread::available_parallelism().map_or(1, NonZero::get);
    let queue = std::sync::Arc::new(std::sync::Mutex::new(
        sources.into_iter().enumerate().collect::<std::collections::VecDeque<_>>(),
    ));
    let mut tasks = JoinSet::new();
    for _ in 0..workers {
        let queue = std::sync::Arc::clone(&queue);
        tasks.spawn_blocking(move || {
            let mut opened = Vec::new();
            loop {
                // A poisoned queue is an empty one: the panic is reported by its own task.
                let next = queue.lock().ok().and_then(|mut queue| queue.pop_front());
                let Some((index, source)) = next else { return opened };
                opened.push((index, open_one(source)));
            }
        });
    }
    let mut opened = Vec::new();
    while let Some(share) = tasks.join_next().await {
        opened.extend(share?);
    }
    opened.sort_by_key(|(index, _)| *index);
    Ok(opened.into_iter().map(|(_, opened)| opened).collect())
}

fn open_one(source: Source) -> Opened {
    let Source { scanner, format, place, name, read } = source;
    let holds = match read() {
        Ok(content) => opened(&content, format.as_deref()),
        Err(error) => Holds::Nothing(format!("it could not be read: {error}")),
    };
    Opened { scanner, place, name, holds }
}

/// Only of SARIF does it stay where it is.
fn opened(content: &Content, format: Option<&str>) -> Holds {
    let pieces = match content {
        Content::Whole(bytes) => return holds(bytes, format),
        Content::Pieces(pieces) => pieces.as_ref(),
    };
    let may_be_sarif = format.is_none_or(|format| format == "sarif");
    if let Some(document) = may_be_sarif.then(|| Document::open_pieces(pieces)).flatten() {
        return read(&document, format);
    }
    match whole(pieces) {
        Ok(bytes) => holds(&bytes, format),
        Err(because) => Holds::Nothing(format!("it could not be read: {because}")),
    }
}

fn holds(bytes: &[u8], format: Option<&str>) -> Holds {
    if bytes.trim_ascii().is_empty() {
        return Holds::Nothing("it is empty, so nobody can tell that its tool ran".to_owned());
    }
    read(&Document::open(bytes), format)
}

/// All bytes at once; an error says in words why they cannot be read.
fn whole(pieces: &dyn import::Pieces) -> Result<Vec<u8>, String> {
    let mut bytes = vec![0; pieces.length()];
    pieces.read(0, &mut bytes)?;
    Ok(bytes)
}

fn read(document: &Document<'_>, format: Option<&str>) -> Holds {
    if format.is_none()
        && let Some(own) = import::own::read(document)
    {
        return Holds::Own(Box::new(own));
    }
    let Some(importer) = import::importer(document, format) else {
        return Holds::Nothing("it is of no known format".to_owned());
    };
    let (advisories, unreadable) = import::advisories(importer.id(), document);
    Holds::Runs(Box::new(Runs { imported: importer.read(document), advisories, unreadable }))
}

/// Puts the claims of all reports at their places. What belongs to no place is said, and is a gap.
pub fn attributed(opened: Vec<Opened>, lines: &[ReleaseLine], facts: &mut Facts) {
    // What was missing before anything was opened: a report's own gaps are no other report's.
    let before = facts.coverage.clone();
    for Opened { scanner, place, name, holds } in opened {
        let origin = Origin { reference: None, path: name.clone(), row: None };
        match holds {
            Holds::Nothing(because) => {
                let because = format!("`{name}`: {because}");
                let hint = "make the report anew; if it is whole, name its format with `format` in \
                            [[scanner]]";
                facts.trouble.push(Trouble::warning(because.clone()).hint(hint));
                let covered = Covered::Failed { because };
                facts.coverage.push(Coverage { source: scanner, at: place, covered });
            }
            Holds::Own(_) => {
                let because = format!("`{name}` is a report of Patchline itself");
                let hint = "join reports with `patchline merge`, or compare with one by --baseline";
                facts.trouble.push(Trouble::warning(because.clone()).hint(hint));
                let covered = Covered::Failed { because };
                facts.coverage.push(Coverage { source: scanner, at: place, covered });
            }
            Holds::Runs(runs) => {
                let Runs { imported, advisories, unreadable } = *runs;
                projected(&name, advisories, unreadable, facts);
                if imported.runs.is_empty() {
                    let because = format!("`{name}` holds no run of any tool");
                    let covered = Covered::Failed { because };
                    let coverage = Coverage { source: scanner.clone(), at: place.clone(), covered };
                    facts.coverage.push(coverage);
                }
                let mut whole = of_document(imported.trouble, &origin, facts);
                // A program that failed may have printed a part of its report.
                let is_of_program = |gap: &&Coverage| {
                    gap.source == scanner && gap.at == place && gap.covered.is_gap()
                };
                let failed = before.iter().filter(|_| place.is_some()).find(is_of_program);
                whole.extend(failed.and_then(|gap| gap.covered.because()).map(str::to_owned));
                for run in imported.runs {
                    let at = match place
                        .clone()
                        .map_or_else(|| attribute(&run.about, lines), Attribution::At)
                    {
                        Attribution::At(at) | Attribution::Outdated(at) => at,
                        Attribution::Nowhere(because) => {
                            nowhere(&run, &name, &because, facts);
                            continue;
                        }
                    };
                    outdated(&run, &at, lines, &name, facts);
                    take(run, &at, &whole, &origin, facts);
                }
            }
        }
    }
}

/// The line whose head is the default branch.
pub(super) fn default_line(support: &Support) -> Option<Place> {
    let default = support.default_ref.as_deref().map(short_name);
    let is_default = |line: &&ReleaseLine| {
        line.is_scanned() && default.is_some() && line.head_ref().map(short_name) == default
    };
    let line = support.lines.iter().find(is_default)?;
    Some(Place { line: line.id.clone(), tip: Tip::Head })
}

/// Puts alerts of the default branch at their line. Where that branch is no supported line, what the
/// alerts are about is still looked for on the lines that are.
pub(super) fn of_default_branch(opened: Vec<Opened>, facts: &mut Facts) {
    let (at_a_line, elsewhere): (Vec<Opened>, Vec<Opened>) =
        opened.into_iter().partition(|opened| opened.place.is_some());
    attributed(at_a_line, &[], facts);
    for opened in elsewhere {
        let Holds::Runs(runs) = opened.holds else { continue };
        projected(&opened.name, runs.advisories, runs.unreadable, facts);
        let origin = Origin { reference: None, path: opened.name, row: None };
        let whole = of_document(runs.imported.trouble, &origin, facts);
        for run in runs.imported.runs {
            facts.opinions.extend(run.opinions.into_iter().map(|opinion| Opinion {
                origin: Origin { row: opinion.origin.row, ..origin.clone() },
                ..opinion
            }));
            let gaps: Vec<String> = run.incomplete.into_iter().chain(whole.clone()).collect();
            if !gaps.is_empty() {
                let covered = Covered::Partial { because: gaps.join("; ") };
                facts.coverage.push(Coverage { source: run.source, at: None, covered });
            }
            facts.trouble.extend(run.trouble.into_iter().map(|trouble| located(trouble, &origin)));
        }
    }
}

/// Says that a report is about another commit than the tip it is held for.
fn outdated(run: &import::Run, at: &Place, lines: &[ReleaseLine], name: &str, facts: &mut Facts) {
    let Some(commit) = &run.about.commit else { return };
    let line = lines.iter().find(|line| line.id == at.line);
    let tip = line.and_then(|line| match at.tip {
        Tip::Head => line.head.as_ref().and_then(|head| head.commit.as_ref()),
        Tip::Release => line.release.as_ref().and_then(|r| r.commit.as_ref()),
    });
    if tip.is_some_and(|tip| tip.0 != *commit) {
        facts.trouble.push(
            Trouble::warning(format!("`{name}` is about the commit `{commit}`, not that of {at}"))
                .hint("scan the tip anew; until then its claims count, and its silence does not"),
        );
        facts.coverage.push(Coverage {
            source: run.source.clone(),
            at: Some(at.clone()),
            covered: Covered::Partial { because: "the report is about another commit".to_owned() },
        });
    }
}

/// A report without a line: it is no empty report, and never the default branch's.
fn nowhere(run: &import::Run, name: &str, because: &str, facts: &mut Facts) {
    let because = format!(
        "`{name}` of {} has {} claims that belong to no line: {because}",
        run.source,
        run.reported.len() + run.alerts.len()
    );
    let hint = format!("say it: --import LINE={name}, or `line` in [[scanner]]");
    facts.trouble.push(Trouble::warning(because.clone()).hint(hint));
    let covered = Covered::Failed { because };
    facts.coverage.push(Coverage { source: run.source.clone(), at: None, covered });
}

/// What is wrong with a document as a whole, as gaps of each of its runs.
fn of_document(trouble: Vec<Trouble>, origin: &Origin, facts: &mut Facts) -> Vec<String> {
    let is_gap = |trouble: &&Trouble| trouble.weight == Weight::Warning;
    let gaps = trouble.iter().filter(is_gap).map(|trouble| trouble.message.clone()).collect();
    facts.trouble.extend(trouble.into_iter().map(|trouble| located(trouble, origin)));
    gaps
}

fn located(trouble: Trouble, origin: &Origin) -> Trouble {
    let row = trouble.origin.as_ref().and_then(|at| at.row);
    trouble.at(Origin { row, ..origin.clone() })
}

fn take(run: import::Run, at: &Place, whole: &[String], origin: &Origin, facts: &mut Facts) {
    let is_gap = |trouble: &Trouble| trouble.weight == Weight::Warning;
    let unread = run.trouble.iter().filter(|trouble| is_gap(trouble)).count();
    let mut gaps = run.incomplete.clone();
    gaps.extend_from_slice(whole);
    if unread > 0 {
        gaps.push(format!("{unread} results could not be read"));
    }
    for because in &run.incomplete {
        let message = format!("the report of {} is not the whole truth: {because}", run.source);
        facts.trouble.push(Trouble::warning(message).at(origin.clone()));
    }
    let covered = if gaps.is_empty() {
        Covered::Complete
    } else {
        Covered::Partial { because: gaps.join("; ") }
    };
    let source = run.source;
    facts.coverage.push(Coverage { source: source.clone(), at: Some(at.clone()), covered });
    let claim = |reported| ReportedAt { source: source.clone(), at: at.clone(), reported };
    facts.reported.extend(run.reported.into_iter().map(claim));
    facts.alerts.extend(run.alerts.into_iter().map(|mut alert| {
        alert.at = Some(at.clone());
        alert
    }));
    facts.opinions.extend(run.opinions.into_iter().map(|mut opinion| {
        opinion.at = Some(at.clone());
        opinion.origin = Origin { row: opinion.origin.row, ..origin.clone() };
        opinion
    }));
    facts.trouble.extend(run.trouble.into_iter().map(|trouble| located(trouble, origin)));
}

/// Advisories that a report knows, as a database that is held against every line.
fn projected(
    name: &str,
    advisories: Vec<Advisory>,
    unreadable: Vec<Quarantined>,
    facts: &mut Facts,
) {
    if advisories.is_empty() && unreadable.is_empty() {
        return;
    }
    let mut database = AdvisoryDatabase {
        stamp: Stamp {
            id: "dependabot".to_owned(),
            from: name.to_owned(),
            revision: None,
            date: None,
        },
        is_projected: true,
        quarantined: unreadable,
        ..AdvisoryDatabase::default()
    };
    for advisory in advisories {
        if advisory.withdrawn {
            database.withdrawn += 1;
            continue;
        }
        let of = database.by_package.entry(advisory.package.clone()).or_default();
        of.push(std::sync::Arc::new(advisory));
    }
    facts.databases.push(database);
}
