//! The report for people: a matrix of advisories × lines, then what to do per line.
//!
//! Colour only repeats what a word says; every page reads the same without it.

pub mod history;
pub mod lines;
mod matrix;
mod proposal;
mod silence;
mod todo;

use std::fmt::Write as _;

use super::words::{self, plural};
use crate::{
    discover::ASSUMED_LINES,
    escape,
    model::{
        Coverage, Covered, DeclaredBy, Origin, Outcome, ReleaseLine, Report, SOME_BRANCH, Standing,
        Trouble, Weight, Word,
    },
};
use anstyle::{AnsiColor, Style};

/// The width without a terminal.
pub const WIDTH: usize = 140;
/// More troubles than this are counted, not listed.
const TROUBLES: usize = 12;

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();
const RED: Style = AnsiColor::Red.on_default().bold();
const YELLOW: Style = AnsiColor::Yellow.on_default();
const GREEN: Style = AnsiColor::Green.on_default();
const MAGENTA: Style = AnsiColor::Magenta.on_default();

/// A whole report, with ANSI styles; the printer drops them where they do not belong.
pub fn report(report: &Report, width: usize) -> String {
    let mut page = String::new();
    header(&mut page, report);
    proposal::draw(&mut page, report);
    matrix::draw(&mut page, report, width);
    not_scanned(&mut page, &report.lines);
    todo::draw(&mut page, report);
    silence::draw(&mut page, report);
    lines::contradictions(&mut page, &report.contradictions, report.default_ref.as_deref());
    gaps(&mut page, &report.coverage);
    troubles(&mut page, &report.trouble);
    assumed_hint(&mut page, &report.lines);
    conclusion(&mut page, report);
    page
}

fn header(page: &mut String, report: &Report) {
    let _ = writeln!(page, "{BOLD}Patchline{BOLD:#} as of {}", report.as_of);
    for database in &report.databases {
        let age = match database.age_days {
            Some(0) => ", of today".to_owned(),
            Some(1) => ", a day old".to_owned(),

            Some(days @ 2..) => format!(", {days} days old"),
            Some(..0) | None => String::new(),
        };
        let _ = writeln!(
            page,
            "{DIM}database  {}: {} advisories{age}{DIM:#}",
            escape::line(&database.stamp.to_string()),
            database.advisories,
        );
    }
    if let Some(tools) = witnesses(report) {
        let _ = writeln!(page, "{DIM}reports   {tools}{DIM:#}");
    }
    let policy = match &report.policy.path {
        Some(path) => {
            format!("{} from {}", escape::line(path), escape::line(&report.policy.read_from))
        }
        None => "the default (no patchline.toml)".to_owned(),
    };
    let _ = writeln!(page, "{DIM}policy    {policy}{DIM:#}");
    if let Some(part) = &report.part {
        let part = escape::line(part);
        let _ = writeln!(page, "{DIM}part      {part}: not every supported line is here{DIM:#}");
    }
    if let Some(sources) = support_sources(report) {
        let _ = writeln!(page, "{DIM}support   {sources}{DIM:#}");
    }
    page.push('\n');
}

/// The tools whose reports were read, and at how many places.
fn witnesses(report: &Report) -> Option<String> {
    const OURS: [&str; 3] = ["lockfiles", "graph", "merge"];
    let is_database = |source: &str| report.databases.iter().any(|d| d.stamp.id == source);
    let mut places: std::collections::BTreeMap<&str, usize> = std::collections::BTreeMap::new();
    for coverage in report.coverage.iter().filter(|coverage| coverage.at.is_some()) {
        let is_tool = !OURS.contains(&&*coverage.source) && !is_database(&coverage.source);
        if is_tool && matches!(coverage.covered, Covered::Complete | Covered::Partial { .. }) {
            *places.entry(&coverage.source).or_default() += 1;
        }
    }
    let tools: Vec<String> = places
        .iter()
        .map(|(tool, count)| {
            format!("{} at {count} {}", escape::line(tool), plural(*count, "place", "places"))
        })
        .collect();
    (!tools.is_empty()).then(|| tools.join(", "))
}

/// The documents that say which lines are supported, where it is not the policy.
fn support_sources(report: &Report) -> Option<String> {
    const SHOWN: usize = 3;
    let deciding = report
        .lines
        .iter()
        .filter(|line| line.is_scanned())
        .filter_map(|line| line.because.first())
        .filter(|first| !matches!(first.by, DeclaredBy::CommandLine | DeclaredBy::Configuration));
    let mut files: Vec<String> = deciding
        .filter_map(|first| first.origin.as_ref())
        .map(|origin| place(&Origin { row: None, ..origin.clone() }, report.default_ref.as_deref()))
        .collect();
    files.sort();
    files.dedup();
    let more = files.len().saturating_sub(SHOWN);
    files.truncate(SHOWN);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    (!files.is_empty()).then(|| format!("{}{more}", files.join(", ")))
}

/// The lines that are known and were not looked at, in one paragraph.
fn not_scanned(page: &mut String, lines: &[ReleaseLine]) {
    let mut groups = Vec::new();
    for (standing, what) in [
        (Standing::Upcoming, "upcoming"),
        (Standing::Eol, "ended"),
        (Standing::Unknown, "nothing says whether they are supported"),
    ] {
        let ids: Vec<String> = lines
            .iter()
            .filter(|line| line.standing == standing)
            .map(|line| escape::line(&line.id.0))
            .collect();
        if let Some(list) = list_of(&ids) {
            groups.push(format!("{list} ({what})"));
        }
    }
    if !groups.is_empty() {
        let _ = writeln!(page, "{DIM}Not scanned: {}{DIM:#}\n", groups.join("; "));
    }
}

fn list_of(ids: &[String]) -> Option<String> {
    const SHOWN: usize = 12;
    match ids.len() {
        0 => None,
        count if count <= SHOWN => Some(ids.join(", ")),
        count => Some(format!("{} and {} more", ids[..SHOWN].join(", "), count - SHOWN)),
    }
}

fn gaps(page: &mut String, coverage: &[Coverage]) {
    let gaps: Vec<String> =
        coverage.iter().filter_map(words::gap).map(|gap| escape::line(&gap)).collect();
    if gaps.is_empty() {
        return;
    }
    let _ = writeln!(page, "{MAGENTA}Not looked at{MAGENTA:#}");
    for gap in gaps.iter().take(TROUBLES) {
        let _ = writeln!(page, "  {gap}");
    }
    if gaps.len() > TROUBLES {
        let _ = writeln!(page, "  and {} more (--format json has them all)", gaps.len() - TROUBLES);
    }
    page.push('\n');
}

fn troubles(page: &mut String, troubles: &[Trouble]) {
    if troubles.is_empty() {
        return;
    }
    let mut sorted: Vec<&Trouble> = troubles.iter().collect();
    sorted.sort_by_key(|trouble| std::cmp::Reverse(trouble.weight));
    let _ = writeln!(page, "{BOLD}Trouble{BOLD:#}");
    for trouble in sorted.iter().take(TROUBLES) {
        let style = if trouble.weight == Weight::Warning { YELLOW } else { DIM };
        let place = trouble.origin.as_ref().map(|origin| format!("{}: ", place(origin, None)));
        let _ = writeln!(
            page,
            "  {style}{}:{style:#} {}{}",
            trouble.weight.as_str(),
            place.unwrap_or_default(),
            escape::line(&trouble.message)
        );
        if let Some(hint) = &trouble.hint {
            let _ = writeln!(page, "    {DIM}hint: {}{DIM:#}", escape::line(hint));
        }
    }
    if sorted.len() > TROUBLES {
        let _ =
            writeln!(page, "  and {} more (--format json has them all)", sorted.len() - TROUBLES);
    }
    page.push('\n');
}

fn assumed_hint(page: &mut String, lines: &[ReleaseLine]) {
    if !lines.iter().any(|line| line.is_scanned() && line.is_assumed()) {
        return;
    }
    let _ = writeln!(
        page,
        "{DIM}The supported lines are assumed: nothing declares them. To declare them, put this into \
         patchline.toml:{DIM:#}\n"
    );
    let _ = writeln!(page, "    [support]\n    newest = {ASSUMED_LINES}\n");
}

fn conclusion(page: &mut String, report: &Report) {
    let (style, word) = match report.outcome {
        Outcome::Pass => (GREEN, "PASS"),
        Outcome::Fail => (RED, "FAIL"),
        Outcome::Incomplete => (MAGENTA, "INCOMPLETE"),
    };
    let _ = writeln!(page, "{style}{word}{style:#}  {}", words::conclusion(report));
}

fn standing_style(standing: Standing) -> Style {
    match standing {
        Standing::Supported => Style::new(),
        Standing::Upcoming | Standing::Eol | Standing::Unknown => DIM,
    }
}

fn word_style(word: Word) -> Style {
    match word {
        Word::Unpatched => RED,
        Word::FixedUnreleased => YELLOW,
        Word::Patched => GREEN,
        Word::NotAffected | Word::Suppressed | Word::Eol => DIM,
        Word::Unknown => MAGENTA,
    }
}

/// A place as people say it: `SECURITY.md:15`, with the ref if it is not the default branch's.
fn place(origin: &Origin, default: Option<&str>) -> String {
    let reference = origin.reference.as_deref().filter(|reference| Some(*reference) != default);
    let row = origin.row.map(|row| format!(":{row}")).unwrap_or_default();
    match reference.map(short_ref) {
        Some(reference) if origin.path.is_empty() => reference,
        Some(reference) => format!("{reference}:{}{row}", escape::line(&origin.path)),
        None => format!("{}{row}", escape::line(&origin.path)),
    }
}

/// A ref as people say it.
fn short_ref(reference: &str) -> String {
    if reference == SOME_BRANCH {
        return "(not here)".to_owned();
    }
    let short = ["refs/heads/", "refs/tags/", "refs/remotes/"]
        .iter()
        .find_map(|prefix| reference.strip_prefix(prefix));
    match short {
        Some(short) => escape::line(short),
        None if reference.len() == 40 && reference.bytes().all(|b| b.is_ascii_hexdigit()) => {
            reference[..12].to_owned()
        }
        None => escape::line(reference),
    }
}

fn day(date: jiff::Timestamp) -> String {
    date.to_zoned(jiff::tz::TimeZone::UTC).date().to_string()
}

/// The columns that a text takes in a terminal: exact for what names are made of, one per
/// character for the rest.
fn columns(text: &str) -> usize {
    text.chars().count()
}
