//! `goreportcard-cli -j`: <https://github.com/gojp/goreportcard>.
//!
//! It checks formatting, complexity, spelling and the like, and no dependency: everything in it is a
//! note about a file, nothing is an advisory. The tool always ends well, so that only the report
//! says whether a check ran.

use serde_json::Value;

use super::{Document, Imported, Importer, Run, field, unread};
use crate::{
    model::{Alert, Fingerprints, Level},
    name,
};

const ID: &str = "goreportcard";

pub(super) struct GoReportCard;

impl Importer for GoReportCard {
    fn id(&self) -> &'static str {
        ID
    }

    fn claims(&self, document: &Document<'_>) -> bool {
        document.json().is_some_and(|report| {
            report["checks"].is_array()
                && (report.get("GradeFromPercentage").is_some() || report["average"].is_number())
        })
    }

    fn read(&self, document: &Document<'_>) -> Imported {
        let Some(report) = document.json().filter(|_| self.claims(document)) else {
            return unread::alien(ID, document);
        };
        let mut run = Run::of(ID);
        for check in field::list(report, "checks") {
            read_check(&mut run, check);
        }
        Imported { runs: vec![run], trouble: unread::rest(document) }
    }
}

fn read_check(run: &mut Run, check: &Value) {
    let Some(rule) = field::text(check, "name") else {
        unread::result(run, "a check has no name");
        return;
    };
    if let Some(error) = field::text(check, "error") {
        let (rule, error) = (unread::quote(rule), unread::quote(error));
        unread::incomplete(run, format!("the check {rule} failed: {error}"));
    }
    for file in field::list(check, "file_summaries") {
        let path = field::text(file, "filename").and_then(|path| name::path(path, None));
        let errors = field::list(file, "errors");
        // A missing licence is a file without a name and without errors.
        let nothing = [Value::Null];
        for error in if errors.is_empty() { &nothing } else { errors } {
            run.results += 1;
            let mut message = field::title(error, "error_string");
            if message.is_empty() {
                message = field::title(check, "description");
            }
            run.alerts.push(Alert {
                source: ID.into(),
                rule: rule.into(),
                level: Level::Note,
                severity: None,
                message: message.into(),
                file: path.clone(),
                // A row of 0 is none.
                row: field::row(error, "line_number"),
                fingerprints: Fingerprints::default(),
                suppressed: None,
                at: None,
            });
        }
    }
}
