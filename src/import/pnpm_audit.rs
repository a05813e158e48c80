//! `pnpm audit --json`: <https://pnpm.io/cli/audit>.
//!
//! pnpm writes what npm 6 writes, with chains that start at a project of the workspace. How the two
//! are told apart stands in [`super::npm_audit`].

use super::{Document, Imported, Importer, Run, field, npm_audit, unread};

const ID: &str = "pnpm-audit";

pub(super) struct PnpmAudit;

impl Importer for PnpmAudit {
    fn id(&self) -> &'static str {
        ID
    }

    fn claims(&self, document: &Document<'_>) -> bool {
        document.json().is_some_and(|report| {
            failure(report).is_some()
                || (npm_audit::is_of_npm_6(report) && npm_audit::is_of_pnpm(report))
        })
    }

    fn read(&self, document: &Document<'_>) -> Imported {
        let mut run = Run::of(ID);
        match document.json() {
            Some(report) if npm_audit::is_of_npm_6(report) => {
                if npm_audit::starts_at_a_project(report) == Some(false) {
                    unread::incomplete(&mut run, "it looks like a report of npm".to_owned());
                }
                npm_audit::read_advisories(&mut run, report);
            }
            Some(report) => match failure(report) {
                Some(because) => unread::incomplete(&mut run, because),
                None => return unread::alien(ID, document),
            },
            None => return unread::alien(ID, document),
        }
        Imported { runs: vec![run], trouble: unread::rest(document) }
    }
}

/// Why pnpm gave up, if the document says that it did.
fn failure(report: &serde_json::Value) -> Option<String> {
    let error = &report["error"];
    let code = field::text(error, "code").filter(|code| code.starts_with("ERR_PNPM_"))?;
    let said = format!("{code}: {}", field::title(error, "message"));
    Some(format!("pnpm audit failed: {}", unread::quote(&said)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::npm_audit::NpmAudit;

    #[test]
    fn chains_tell_pnpm_from_npm_and_without_one_the_id_of_the_run_does() {
        let with = |chains: &str, more: &str| {
            format!(
                r#"{{"actions":[],"advisories":{{"1":{{"id":1,"module_name":"a","findings":
                [{{"version":"1.0.0","paths":[{chains}]}}]}}}},"metadata":{{}}{more}}}"#
            )
        };
        for (text, is_of_pnpm) in [
            (with(r#"".>a""#, ""), true),
            (with(r#"".>a""#, r#","runId":"x""#), true),
            (with(r#""packages__web>a""#, ""), true),
            (with(r#""b>a""#, ""), false),
            (with(r#""a""#, r#","runId":"x""#), false),
            (with("", ""), true),
            (with("", r#","runId":"x""#), false),
        ] {
            let document = Document::open(text.as_bytes());
            assert_eq!(PnpmAudit.claims(&document), is_of_pnpm, "{text}");
            assert_eq!(NpmAudit.claims(&document), !is_of_pnpm, "{text}");
        }
    }

    #[test]
    fn a_clean_report_of_either_is_clean_under_both_names() {
        let text = r#"{"actions":[],"advisories":{},"muted":[],"metadata":{"dependencies":3}}"#;
        let document = Document::open(text.as_bytes());
        assert!(PnpmAudit.claims(&document) && !NpmAudit.claims(&document));
        for imported in [PnpmAudit.read(&document), NpmAudit.read(&document)] {
            assert!(imported.trouble.is_empty() && imported.runs.len() == 1);
            assert!(imported.runs.iter().all(|run| run.incomplete.is_empty()));
        }
    }
}
