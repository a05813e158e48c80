//! The page of `patchline history`: what came of it per line and severity, what is still open, and
//! what is over.

use std::fmt::Write as _;

use jiff::civil::Date;

use super::{BOLD, DIM, GREEN, MAGENTA, RED, YELLOW, columns, gaps, plural, troubles};
use crate::{
    escape,
    history::summary::{self, Summary},
    model::{Episode, History, LineId, Outcome, Rating, Stand, Turn},
};

/// Which lines a page is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    /// Those that are supported; the others are counted.
    Supported,
    /// Those that were named, whatever their standing.
    Named,
}

/// More episodes that are over than this are counted, not listed.
const OVER: usize = 40;
/// More that are not than this.
const OPEN: usize = 200;

/// The whole page.
pub fn page(history: &History, shown: Shown, width: usize) -> String {
    let is_shown = |line: &LineId| {
        let told = history.timelines.iter().find(|timeline| timeline.line == *line);
        shown == Shown::Named
            || told.is_some_and(|t| t.standing == crate::model::Standing::Supported)
    };
    let mut page = String::new();
    header(&mut page, history);
    summaries(&mut page, history, &is_shown);
    let episodes: Vec<&Episode> =
        history.episodes.iter().filter(|episode| is_shown(&episode.line)).collect();
    let (open, mut over): (Vec<&Episode>, Vec<&Episode>) =
        episodes.into_iter().partition(|episode| episode.over().is_none());
    let days = |episode: &Episode| episode.days_exposed(history.as_of);
    let (unknown, mut open): (Vec<&Episode>, Vec<&Episode>) =
        open.into_iter().partition(|episode| episode.is_unknown());
    open.sort_by_key(|e| (std::cmp::Reverse(e.rating), std::cmp::Reverse(days(e))));
    over.sort_by_key(|episode| std::cmp::Reverse(episode.over()));
    let rows = open.iter().map(|episode| open_row(history, episode)).collect();
    table(&mut page, "Still there", OPEN_HEAD, rows, OPEN, width);
    let rows = unknown.iter().map(|episode| open_row(history, episode)).collect();
    table(&mut page, "Nobody can tell", OPEN_HEAD, rows, OVER, width);
    let rows = over.iter().map(|episode| over_row(history, episode)).collect();
    table(&mut page, "Over", OVER_HEAD, rows, OVER, width);
    others(&mut page, history, &is_shown);
    gaps(&mut page, &history.coverage);
    troubles(&mut page, &history.trouble);
    conclusion(&mut page, history);
    page
}

fn header(page: &mut String, history: &History) {
    let since = history.since.map(|since| format!(", since {since}")).unwrap_or_default();
    let _ = writeln!(page, "{BOLD}Patchline history{BOLD:#} as of {}{since}", history.as_of);
    for stamp in &history.stamps {
        let _ = writeln!(page, "{DIM}database  {}{DIM:#}", escape::line(&stamp.to_string()));
    }
    if let Some(part) = &history.part {
        let part = escape::line(part);
        let _ = writeln!(page, "{DIM}part      {part}: not every supported line is here{DIM:#}");
    }
    let _ = writeln!(
        page,
        "{DIM}days      from the day on which it was public and a release of the line had it, to the \
         first release without it{DIM:#}\n"
    );
}

/// A row per line and severity, all supported lines together first.
fn summaries(page: &mut String, history: &History, is_shown: &dyn Fn(&LineId) -> bool) {
    let head = [
        "LINE", "SEVERITY", "TOLD", "OPEN", "BRANCH", "UNKNOWN", "ENDED", "MEDIAN", "WORST",
        "TARGET", "MET",
    ];
    let mut rows: Vec<([String; 11], anstyle::Style)> = vec![(head.map(str::to_owned), BOLD)];
    let mut last = None;
    for summary in summary::summaries(history) {
        if summary.line.as_ref().is_some_and(|line| !is_shown(line)) {
            continue;
        }
        let is_same = last.as_ref() == Some(&summary.line);
        let style = if summary.missing_now > 0 { RED } else { anstyle::Style::new() };
        rows.push((summary_row(history, &summary, is_same), style));
        last = Some(summary.line);
    }
    if rows.len() == 1 {
        let is_whole = !history.coverage.iter().any(|coverage| coverage.covered.is_gap());
        let far = if is_whole { "No" } else { "As far as was looked, no" };
        // Without such a line it is true of nothing.
        if history.has_supported() {
            let _ = writeln!(page, "{far} supported line had a known vulnerability.\n");
        }
        return;
    }
    let widths: [usize; 11] = std::array::from_fn(|column| {
        rows.iter().map(|(row, _)| columns(&row[column])).max().unwrap_or(0)
    });
    for (row, style) in rows {
        let mut text = String::new();
        for ((number, cell), width) in row.iter().enumerate().zip(widths) {
            let fill = " ".repeat(width.saturating_sub(columns(cell)));
            // Numbers stand under each other at their ends.
            let is_number = (2..10).contains(&number);
            let (before, after) =
                if is_number { (fill, String::new()) } else { (String::new(), fill) };
            let _ = write!(text, "{before}{cell}{after}  ");
        }
        let _ = writeln!(page, "{style}{}{style:#}", text.trim_end());
    }
    page.push('\n');
}

fn summary_row(history: &History, summary: &Summary, is_same_line: bool) -> [String; 11] {
    let line = match &summary.line {
        _ if is_same_line => String::new(),
        None => summary::together(history).to_owned(),
        Some(line) => escape::line(&line.0),
    };
    // What was before the first state at hand may have been longer.
    let least = if summary.at_least > 0 { "≥" } else { "" };
    let or_dash = |text: Option<String>| text.unwrap_or_else(|| "-".to_owned());
    let none_if_zero = |count: usize| or_dash((count > 0).then(|| count.to_string()));
    // What nobody can judge is not met.
    let doubtful = match summary.doubtful {
        0 => String::new(),
        count => format!(", {count} unknown"),
    };
    let judged = summary.met + summary.missed;
    [
        line,
        severity(summary.rating).to_owned(),
        summary.episodes.to_string(),
        none_if_zero(summary.exposed()),
        none_if_zero(summary.on_branch),
        none_if_zero(summary.unknown),
        none_if_zero(summary.ended),
        or_dash(summary.median().map(|median| format!("{least}{median}"))),
        or_dash(summary.worst.map(|worst| format!("{least}{worst}"))),
        or_dash(summary.target.map(|target| target.to_string())),
        or_dash(summary.target.map(|_| format!("{} of {judged}{doubtful}", summary.met))),
    ]
}

const OPEN_HEAD: [&str; 8] =
    ["LINE", "SEVERITY", "DAYS", "VULNERABILITY", "PACKAGE", "PUBLIC", "BRANCH", "RELEASE"];

fn open_row(history: &History, episode: &Episode) -> ([String; 8], anstyle::Style) {
    let branch = match (&episode.fixed, &episode.introduced) {
        _ if episode.is_unknown() => unknown(episode),
        (Some(fixed), _) => format!("fixed {}", turn(fixed)),
        (None, Some(introduced)) => format!("since {}", turn(introduced)),
        (None, None) => "-".to_owned(),
    };
    let release = match (&episode.released, &episode.first_release) {
        (Some(released), _) => format!("without since {}", turn(released)),
        (None, Some(first)) => format!("since {}", turn(first)),
        (None, None) if episode.is_of_branch => "-".to_owned(),
        (None, None) => "in none".to_owned(),
    };
    let is_missed = history.targets.is_missed(episode, history.as_of) == Some(true);
    let style = match (is_missed, episode.stand) {
        (true, _) => RED,
        (false, Stand::Unreleased) => YELLOW,
        (false, _) => anstyle::Style::new(),
    };
    let [line, severity, days, id, package] = subject(history, episode, is_missed);
    ([line, severity, days, id, package, public(episode), branch, release], style)
}

const OVER_HEAD: [&str; 8] =
    ["LINE", "SEVERITY", "DAYS", "VULNERABILITY", "PACKAGE", "PUBLIC", "FIXED", "RELEASED"];

fn over_row(history: &History, episode: &Episode) -> ([String; 8], anstyle::Style) {
    let or_dash = |found: &Option<Turn>| found.as_ref().map_or_else(|| "-".to_owned(), turn);
    let released = match episode.stand {
        Stand::Ended => "support ended".to_owned(),
        Stand::NeverReleased => "never in a release".to_owned(),
        _ => or_dash(&episode.released),
    };
    let is_missed = history.targets.is_missed(episode, history.as_of) == Some(true);
    let [line, severity, days, id, package] = subject(history, episode, is_missed);
    let row =
        [line, severity, days, id, package, public(episode), or_dash(&episode.fixed), released];
    (row, if is_missed { YELLOW } else { anstyle::Style::new() })
}

fn subject(history: &History, episode: &Episode, is_missed: bool) -> [String; 5] {
    let days = episode.days_exposed(history.as_of);
    let least = if episode.is_at_least() { "≥" } else { "" };
    let late = if is_missed { "!" } else { "" };
    let versions = match episode.versions.as_slice() {
        [] => String::new(),
        [one] => format!(" {one}"),
        [first, .., newest] => format!(" {first}…{newest}"),
    };
    [
        escape::line(&episode.line.0),
        severity(episode.rating).to_owned(),
        days.map_or_else(|| "-".to_owned(), |days| format!("{least}{days}{late}")),
        escape::line(&episode.vulnerability),
        escape::cut(&escape::line(&format!("{}{versions}", episode.package)), 40),
    ]
}

/// The last that is known, and since when nothing is.
fn unknown(episode: &Episode) -> String {
    let since = episode.unknown_since.as_ref().map(turn).unwrap_or_default();
    format!("unknown since {since}")
}

fn public(episode: &Episode) -> String {
    episode.published.map_or_else(|| "unknown".to_owned(), |day: Date| day.to_string())
}

fn turn(turn: &Turn) -> String {
    let name = turn.tag.as_deref().unwrap_or_else(|| turn.commit.0.get(..8).unwrap_or_default());
    format!("{} {}", turn.day, escape::line(name))
}

fn severity(rating: Option<Rating>) -> &'static str {
    rating.map_or("unrated", Rating::as_str)
}

/// Rows under a title, at most `most`; the last column is cut to the width.
fn table(
    page: &mut String,
    title: &str,
    head: [&str; 8],
    rows: Vec<([String; 8], anstyle::Style)>,
    most: usize,
    width: usize,
) {
    if rows.is_empty() {
        return;
    }
    let more = rows.len().saturating_sub(most);
    let _ = writeln!(page, "{BOLD}{title}{BOLD:#} ({})", rows.len());
    let mut shown = vec![(head.map(str::to_owned), BOLD)];
    shown.extend(rows.into_iter().take(most));
    let widths: [usize; 8] = std::array::from_fn(|column| {
        shown.iter().map(|(row, _)| columns(&row[column])).max().unwrap_or(0)
    });
    for (row, style) in &shown {
        let mut text = String::from("  ");
        for (cell, width) in row.iter().zip(widths) {
            let fill = " ".repeat(width.saturating_sub(columns(cell)) + 2);
            let _ = write!(text, "{cell}{fill}");
        }
        let text = escape::cut(text.trim_end(), width.max(60));
        let _ = writeln!(page, "{style}{text}{style:#}");
    }
    if more > 0 {
        let _ = writeln!(page, "  {DIM}and {more} more (--format json has them all){DIM:#}");
    }
    page.push('\n');
}

/// What is known of the lines that are not shown.
fn others(page: &mut String, history: &History, is_shown: &dyn Fn(&LineId) -> bool) {
    let lines = history.lines.iter().filter(|line| !is_shown(line)).count();
    if lines > 0 {
        let episodes: Vec<&Episode> =
            history.episodes.iter().filter(|episode| !is_shown(&episode.line)).collect();
        let left = episodes.iter().filter(|episode| episode.is_left()).count();
        let _ = writeln!(
            page,
            "{DIM}{lines} other {}, not supported: {} {}, {left} of them never fixed there for users (--line \
             shows them, --format json has them all){DIM:#}\n",
            plural(lines, "line", "lines"),
            episodes.len(),
            plural(episodes.len(), "episode", "episodes"),
        );
    }
    if history.possible > 0 {
        let _ = writeln!(
            page,
            "{DIM}{} {} a package by its name only, which comes from elsewhere: left out{DIM:#}\n",
            history.possible,
            plural(history.possible, "vulnerability concerns", "vulnerabilities concern"),
        );
    }
}

fn conclusion(page: &mut String, history: &History) {
    let (style, word) = match summary::outcome(history) {
        Outcome::Pass => (GREEN, "PASS"),
        Outcome::Fail => (RED, "FAIL"),
        Outcome::Incomplete => (MAGENTA, "INCOMPLETE"),
    };
    let missing = summary::missing_now(history).count();
    let said = match (summary::outcome(history), missing) {
        (Outcome::Fail, count) if summary::missing_now(history).any(Episode::is_unknown) => {
            let said =
                plural(count, "episode that may be open misses", "episodes that may be open miss");
            format!("{count} {said} the target")
        }
        (Outcome::Fail, count) => {
            format!("{count} open {} its target", plural(count, "episode misses", "episodes miss"))
        }
        (Outcome::Incomplete, _) => "not everything could be looked at".to_owned(),
        (Outcome::Pass, _) if !history.has_supported() => {
            "no line here is supported, so nothing is promised".to_owned()
        }
        (Outcome::Pass, _) if history.targets.days.is_empty() => {
            "no target is set, see [targets]".to_owned()
        }
        (Outcome::Pass, _) => "no open episode of a supported line misses its target".to_owned(),
    };
    let part = history.part.as_ref().map(|part| format!(" ({})", escape::line(part)));
    let _ = writeln!(page, "{style}{word}{style:#}  {said}{}", part.unwrap_or_default());
}
