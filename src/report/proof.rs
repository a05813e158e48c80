//! What a project publishes of a report: the page, the badges, the table and the test results.

use super::{Artifact, badge, csv, file_names, html, junit};
use crate::report::html::Shown;

/// The page.
pub const PAGE: &str = "patchline.html";
/// A row for each finding and line.
pub const TABLE: &str = "patchline.csv";
/// Test results.
pub const TESTS: &str = "patchline.junit.xml";
/// The badge of all lines, as a picture and as data.
pub const BADGE: [&str; 2] = ["badge.svg", "badge.json"];
/// The folder of the lines' own badges.
pub const BADGES: &str = "badges";

/// Everything that `report --output` writes beside what a scan writes.
pub fn artifacts(shown: &Shown<'_>) -> Vec<Artifact> {
    let report = shown.report;
    let artifact = |name: String, text: String| Artifact { name, bytes: text.into_bytes() };
    let overall = badge::overall(report);
    let [svg, json] = BADGE;
    let mut artifacts = vec![
        artifact(PAGE.to_owned(), html::page(shown)),
        artifact(TABLE.to_owned(), csv::csv(report)),
        artifact(TESTS.to_owned(), junit::junit(report)),
        artifact(svg.to_owned(), overall.svg()),
        artifact(json.to_owned(), overall.endpoint()),
    ];
    // Lines that have ended keep a badge: it says so, where the old one would go on.
    let names = file_names(report.lines.iter().map(|line| line.id.0.as_str()));
    for (line, name) in report.lines.iter().zip(names) {
        let badge = badge::line(report, &line.id);
        artifacts.push(artifact(format!("{BADGES}/{name}.svg"), badge.svg()));
        artifacts.push(artifact(format!("{BADGES}/{name}.json"), badge.endpoint()));
    }
    artifacts
}
