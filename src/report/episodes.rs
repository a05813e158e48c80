//! Episodes as a table for spreadsheets: RFC 4180, with a row for each, one for each thing that
//! was not looked at, and one if it is a part.

use crate::{
    escape::csv::row,
    history::summary,
    model::{Episode, History, Rating, Turn},
    report::words,
};

/// The names of the columns. More may come at the end; none changes its meaning.
const COLUMNS: [&str; 30] = [
    "kind",
    "line",
    "supported",
    "vulnerability",
    "aliases",
    "ecosystem",
    "package",
    "versions",
    "severity",
    "state",
    "published",
    "exposed_from",
    "days_exposed",
    "is_at_least",
    "target_days",
    "target",
    "began",
    "introduced_day",
    "introduced_commit",
    "first_release_day",
    "first_release",
    "fixed_day",
    "fixed_commit",
    "released_day",
    "released",
    "days_on_branch",
    "ended",
    "title",
    "unknown_since",
    "measured",
];

/// The table, with its head, in CRLF.
pub fn csv(history: &History) -> String {
    let mut table = row(&COLUMNS.map(str::to_owned));
    if let Some(part) = &history.part {
        let title = format!("{part}: not every supported line is here");
        table.push_str(&row(&other("part", "every line".to_owned(), title)));
    }
    for coverage in history.coverage.iter().filter(|coverage| coverage.covered.is_gap()) {
        let line = coverage.at.as_ref().map(|at| at.line.to_string());
        let line = line.unwrap_or_else(|| "every line".to_owned());
        table.push_str(&row(&other("gap", line, words::gap(coverage).unwrap_or_default())));
    }
    for episode in &history.episodes {
        table.push_str(&row(&fields(history, episode)));
    }
    table
}

/// A row that is about no episode.
fn other(kind: &str, line: String, title: String) -> [String; COLUMNS.len()] {
    let mut fields: [String; COLUMNS.len()] = std::array::from_fn(|_| String::new());
    let mut put = |column: &str, value: String| {
        let place = COLUMNS.iter().position(|name| *name == column);
        if let Some(field) = place.and_then(|place| fields.get_mut(place)) {
            *field = value;
        }
    };
    put("kind", kind.to_owned());
    put("line", line);
    put("title", title);
    fields
}

fn fields(history: &History, episode: &Episode) -> [String; COLUMNS.len()] {
    fn text(value: Option<impl ToString>) -> String {
        value.map(|value| value.to_string()).unwrap_or_default()
    }
    let day = |turn: &Option<Turn>| text(turn.as_ref().map(|turn| turn.day));
    let commit = |turn: &Option<Turn>| text(turn.as_ref().map(|turn| &turn.commit));
    let tag = |turn: &Option<Turn>| text(turn.as_ref().and_then(|turn| turn.tag.as_ref()));
    [
        "episode".to_owned(),
        episode.line.to_string(),
        episode.is_supported.to_string(),
        episode.vulnerability.clone(),
        episode.aliases.join(" "),
        episode.ecosystem.to_string(),
        episode.package.clone(),
        episode.versions.join(" "),
        episode.rating.map_or("", Rating::as_str).to_owned(),
        episode.stand.as_str().to_owned(),
        text(episode.published),
        text(episode.exposed_from(history.as_of)),
        text(episode.days_exposed(history.as_of)),
        episode.is_at_least().to_string(),
        text(summary::target(history, episode)),
        text(summary::judgment(history, episode)),
        episode.began.as_str().to_owned(),
        day(&episode.introduced),
        commit(&episode.introduced),
        day(&episode.first_release),
        tag(&episode.first_release),
        day(&episode.fixed),
        commit(&episode.fixed),
        day(&episode.released),
        tag(&episode.released),
        text(episode.days_on_branch(history.as_of)),
        text(episode.ended),
        episode.title.clone(),
        day(&episode.unknown_since),
        episode.measured().to_owned(),
    ]
}
