//! The history for programs, described by `schemas/history.v1.schema.json`.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{Each, JsonCoverage, JsonTrouble, Tool, coverage, trouble};
use crate::{
    history::summary::{self, Summary},
    model::{Episode, History, Rating, Stamp, Timeline, Turn},
};

/// The value of `schema`.
pub const SCHEMA: &str = "https://patchline.dev/schemas/history.v1.schema.json";

/// A whole history, to be written as it is made.
pub fn history<'a>(history: &'a History, repository: Option<&'a str>) -> impl Serialize + 'a {
    JsonHistory {
        schema: SCHEMA,
        tool: Tool::default(),
        as_of: history.as_of.to_string(),
        since: history.since.map(|day| day.to_string()),
        part: history.part.as_deref(),
        repository,
        targets: {
            let days = history.targets.days.iter();
            days.map(|(rating, days)| (rating.as_str(), *days)).collect()
        },
        databases: history.stamps.iter().map(database).collect(),
        lines: history.timelines.iter().map(line).collect(),
        summary: summary::summaries(history).iter().map(row).collect(),
        episodes: history.episodes.iter().map(|e| episode(history, e)).collect(),
        possible: history.possible,
        coverage: Each(&history.coverage, coverage),
        trouble: history.trouble.iter().map(trouble).collect(),
        outcome: summary::outcome(history).as_str(),
    }
}

#[derive(Serialize)]
struct JsonHistory<'a> {
    schema: &'static str,
    tool: Tool,
    as_of: String,
    since: Option<String>,
    part: Option<&'a str>,
    repository: Option<&'a str>,
    targets: BTreeMap<&'static str, u32>,
    databases: Vec<Database<'a>>,
    lines: Vec<Line<'a>>,
    summary: Vec<Row>,
    episodes: Vec<JsonEpisode<'a>>,
    possible: usize,
    coverage: Each<'a, crate::model::Coverage, JsonCoverage<'a>>,
    trouble: Vec<JsonTrouble<'a>>,
    outcome: &'static str,
}

#[derive(Serialize)]
struct Database<'a> {
    id: &'a str,
    from: &'a str,
    revision: Option<&'a str>,
    date: Option<String>,
}

#[derive(Serialize)]
struct Line<'a> {
    id: &'a str,
    standing: &'static str,
    ended: Option<String>,
    begins: Option<String>,
    has_branch: bool,
    is_whole: bool,
    releases: Vec<JsonTurn<'a>>,
}

#[derive(Serialize)]
struct Row {
    line: Option<String>,
    severity: Option<&'static str>,
    episodes: usize,
    open: usize,
    on_branch: usize,
    unknown: usize,
    ended: usize,
    over: usize,
    untold: usize,
    at_least: usize,
    median_days: Option<f64>,
    worst_days: Option<u32>,
    target_days: Option<u32>,
    met: usize,
    missed: usize,
    doubtful: usize,
    missing_now: usize,
}

#[expect(clippy::struct_excessive_bools, reason = "each is an answer to a question of its own")]
#[derive(Serialize)]
struct JsonEpisode<'a> {
    vulnerability: &'a str,
    aliases: &'a [String],
    title: &'a str,
    package: Package<'a>,
    versions: &'a [String],
    severity: Option<&'static str>,
    line: &'a str,
    is_supported: bool,
    state: &'static str,
    measured: &'static str,
    published: Option<String>,
    began: &'static str,
    introduced: Option<JsonTurn<'a>>,
    first_release: Option<JsonTurn<'a>>,
    fixed: Option<JsonTurn<'a>>,
    released: Option<JsonTurn<'a>>,
    unknown_since: Option<JsonTurn<'a>>,
    ended: Option<String>,
    exposed_from: Option<String>,
    is_exposed: bool,
    is_unknown: bool,
    days_exposed: Option<u32>,
    days_on_branch: Option<u32>,
    is_at_least: bool,
    target_days: Option<u32>,
    target: Option<&'static str>,
}

#[derive(Serialize)]
struct Package<'a> {
    ecosystem: &'a str,
    name: &'a str,
}

#[derive(Serialize)]
struct JsonTurn<'a> {
    day: String,
    commit: &'a str,
    tag: Option<&'a str>,
}

fn database(stamp: &Stamp) -> Database<'_> {
    Database {
        id: &stamp.id,
        from: &stamp.from,
        revision: stamp.revision.as_deref(),
        date: stamp.date.map(|day| day.to_string()),
    }
}

fn line(timeline: &Timeline) -> Line<'_> {
    Line {
        id: &timeline.line.0,
        standing: timeline.standing.as_str(),
        ended: timeline.ended.map(|day| day.to_string()),
        begins: timeline.begins.map(|day| day.to_string()),
        has_branch: timeline.has_branch,
        is_whole: timeline.is_whole,
        releases: timeline.releases.iter().map(turn).collect(),
    }
}

fn row(summary: &Summary) -> Row {
    Row {
        line: summary.line.as_ref().map(|line| line.0.clone()),
        severity: summary.rating.map(Rating::as_str),
        episodes: summary.episodes,
        open: summary.open,
        on_branch: summary.on_branch,
        unknown: summary.unknown,
        ended: summary.ended,
        over: summary.days.len(),
        untold: summary.untold,
        at_least: summary.at_least,
        median_days: summary.twice_median().map(|twice| f64::from(twice) / 2.0),
        worst_days: summary.worst,
        target_days: summary.target,
        met: summary.met,
        missed: summary.missed,
        doubtful: summary.doubtful,
        missing_now: summary.missing_now,
    }
}

fn episode<'a>(history: &History, episode: &'a Episode) -> JsonEpisode<'a> {
    let day = |day: Option<jiff::civil::Date>| day.map(|day| day.to_string());
    let at = |found: &'a Option<Turn>| found.as_ref().map(turn);
    JsonEpisode {
        vulnerability: &episode.vulnerability,
        aliases: &episode.aliases,
        title: &episode.title,
        package: Package { ecosystem: episode.ecosystem.as_str(), name: &episode.package },
        versions: &episode.versions,
        severity: episode.rating.map(Rating::as_str),
        line: &episode.line.0,
        is_supported: episode.is_supported,
        state: episode.stand.as_str(),
        measured: episode.measured(),
        published: day(episode.published),
        began: episode.began.as_str(),
        introduced: at(&episode.introduced),
        first_release: at(&episode.first_release),
        fixed: at(&episode.fixed),
        released: at(&episode.released),
        unknown_since: at(&episode.unknown_since),
        ended: day(episode.ended),
        exposed_from: day(episode.exposed_from(history.as_of)),
        is_exposed: episode.is_exposed(),
        is_unknown: episode.is_unknown(),
        days_exposed: episode.days_exposed(history.as_of),
        days_on_branch: episode.days_on_branch(history.as_of),
        is_at_least: episode.is_at_least(),
        target_days: summary::target(history, episode),
        target: summary::judgment(history, episode),
    }
}

fn turn(turn: &Turn) -> JsonTurn<'_> {
    JsonTurn { day: turn.day.to_string(), commit: &turn.commit.0, tag: turn.tag.as_deref() }
}
