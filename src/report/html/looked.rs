//! What was looked at, and first what was not.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
};

use super::{Section, code, first, fold, scroller, told};
use crate::{
    escape::html::text,
    model::{Alert, Coverage, Covered, DatabaseUse, Place, Report},
    report::words::{self, plural},
};

/// More rows are in the report for programs.
const SHOWN: usize = 60;

/// What had to be looked at and was not: it comes before everything else.
pub(super) fn gaps(report: &Report) -> Option<Section> {
    let rows = rows(report, Covered::is_gap);
    let body = first(rows, SHOWN);
    (!body.is_empty()).then_some(Section { id: "gaps", title: "Not looked at", body })
}

fn rows(report: &Report, is_wanted: impl Fn(&Covered) -> bool) -> Vec<String> {
    let wanted = report.coverage.iter().filter(|coverage| is_wanted(&coverage.covered));
    wanted.filter_map(words::gap).map(|gap| told(&gap)).collect()
}

pub(super) fn section(report: &Report) -> Option<Section> {
    let mut body = String::new();
    databases(&mut body, report);
    coverage(&mut body, report);
    let skipped = rows(report, |covered| matches!(covered, Covered::Skipped { .. }));
    if !skipped.is_empty() {
        let count = skipped.len();
        let head = format!("{count} not looked at, and nothing requires it");
        body.push_str(&fold(&head, &first(skipped, SHOWN)));
    }
    alerts(&mut body, &report.alerts);
    (!body.is_empty()).then_some(Section { id: "looked", title: "What was looked at", body })
}

/// How old a database is on the day of the report.
pub(super) fn age(database: &DatabaseUse) -> Option<String> {
    match database.age_days? {
        0 => Some("of today".to_owned()),
        1 => Some("a day old".to_owned()),
        days @ 2.. => Some(format!("{days} days old")),
        ..0 => None,
    }
}

fn databases(body: &mut String, report: &Report) {
    if report.databases.is_empty() {
        return;
    }
    let mut table = String::from(
        "<table>\n<caption>Databases</caption>\n<thead><tr><th scope=\"col\">Database<th \
         scope=\"col\">From<th scope=\"col\">Age<th scope=\"col\" class=\"num\">Advisories<th \
         scope=\"col\" class=\"num\">Withdrawn<th scope=\"col\" class=\"num\">Unreadable</thead>\n\
         <tbody>\n",
    );
    for database in &report.databases {
        let _ = writeln!(
            table,
            "<tr><th scope=\"row\">{}<td>{}<td>{}<td class=\"num\">{}<td class=\"num\">{}<td \
             class=\"num\">{}",
            text(&database.stamp.to_string()),
            from(&database.stamp.from),
            age(database).unwrap_or_else(|| "unknown".to_owned()),
            database.advisories,
            database.withdrawn,
            database.quarantined.len()
        );
    }
    table.push_str("</tbody></table>\n");
    body.push_str(&scroller("Databases", &table));
}

/// Where a database came from. A path on somebody's machine is nobody else's business.
fn from(place: &str) -> String {
    if place.contains("://") { code(place) } else { "a local copy".to_owned() }
}

/// Who looked where: places by sources.
fn coverage(body: &mut String, report: &Report) {
    let sources: BTreeSet<&str> =
        report.coverage.iter().map(|coverage| coverage.source.as_str()).collect();
    let mut places: BTreeMap<Option<&Place>, BTreeMap<&str, &Coverage>> = BTreeMap::new();
    for coverage in &report.coverage {
        let cells = places.entry(coverage.at.as_ref()).or_default();
        let cell = cells.entry(&coverage.source).or_insert(coverage);
        // Of two words about one place the worse one is shown.
        if coverage.covered > cell.covered {
            *cell = coverage;
        }
    }
    if places.is_empty() {
        return;
    }
    let mut table = String::from(
        "<table>\n<caption>Who looked where</caption>\n<thead><tr><th scope=\"col\">Place",
    );
    for source in &sources {
        let _ = write!(table, "<th scope=\"col\">{}", text(source));
    }
    table.push_str("</thead>\n<tbody>\n");
    for (place, cells) in in_order(report, places) {
        let place = place.map_or_else(|| "every line".to_owned(), ToString::to_string);
        let _ = write!(table, "<tr><th scope=\"row\">{}", text(&place));
        for source in &sources {
            let _ = match cells.get(source) {
                None => write!(table, "<td class=o>–"),
                Some(coverage) => {
                    let word = coverage.covered.as_str();
                    write!(table, "<td class=\"c-{word}\">{word}")
                }
            };
        }
        table.push('\n');
    }
    table.push_str("</tbody></table>\n");
    body.push_str(&scroller("Who looked where", &table));
}

/// The whole repository first, then the lines in the order of the report.
fn in_order<'a, T>(
    report: &Report,
    places: BTreeMap<Option<&'a Place>, T>,
) -> Vec<(Option<&'a Place>, T)> {
    let mut places: Vec<(Option<&Place>, T)> = places.into_iter().collect();
    let rank = |place: Option<&Place>| {
        let place = place?;
        let rank = report.lines.iter().position(|line| line.id == place.line);
        Some((rank.unwrap_or(usize::MAX), place.line.clone(), place.tip))
    };
    places.sort_by_key(|(place, _)| rank(*place));
    places
}

/// How many results about code there are, by tool.
fn alerts(body: &mut String, alerts: &[Alert]) {
    let mut by_tool: BTreeMap<&str, usize> = BTreeMap::new();
    for alert in alerts {
        *by_tool.entry(&alert.source).or_default() += 1;
    }
    let tools: Vec<String> =
        by_tool.iter().map(|(tool, count)| format!("{} {count}", text(tool))).collect();
    if !tools.is_empty() {
        let count = alerts.len();
        let _ = writeln!(
            body,
            "<p>{count} {} about code, secrets, licences or configuration: {}.</p>",
            plural(count, "result", "results"),
            words::few(&tools, SHOWN)
        );
    }
}
