//! `yarn audit --json` of yarn 1, and `yarn npm audit --json` of yarn 4: one JSON object per line.
//!
//! <https://classic.yarnpkg.com/lang/en/docs/cli/audit/>, <https://yarnpkg.com/cli/npm/audit>.
//!
//! yarn 1 repeats an advisory for every chain that leads to it, and ends with a summary: without one
//! it gave up. yarn 4 has no such end, prints nothing if it finds nothing, and calls deprecations
//! what it calls advisories; they are left out. yarn 2 and 3 write what npm 6 writes; see
//! [`super::npm_audit`].

use std::collections::BTreeMap;

use serde_json::Value;

use super::{Document, Imported, Importer, Run, field, npm_audit, unread};
use crate::{
    model::{Advisory, AdvisoryClass, Ecosystem, Reported},
    name, severity,
};

const ID: &str = "yarn-audit";

pub(super) struct YarnAudit;

impl Importer for YarnAudit {
    fn id(&self) -> &'static str {
        ID
    }

    fn claims(&self, document: &Document<'_>) -> bool {
        document.values().iter().any(|line| is_of_yarn_1(line) || is_of_yarn_4(line))
    }

    fn read(&self, document: &Document<'_>) -> Imported {
        if !self.claims(document) {
            return unread::alien(ID, document);
        }
        let mut run = Run::of(ID);
        let is_yarn_1 = document.values().iter().any(is_of_yarn_1);
        let mut is_ended = false;
        let mut deprecations = 0;
        let mut seen = Seen::new();
        for line in document.values() {
            match field::text(line, "type") {
                Some("auditAdvisory") => advisory_of_yarn_1(&mut run, &mut seen, line),
                Some("auditSummary") => is_ended = true,
                Some("error") => {
                    let said = unread::quote(&field::title(line, "data"));
                    unread::incomplete(&mut run, format!("yarn audit says {said}"));
                }
                // Greetings, progress, and what could be done.
                Some("auditAction" | "info" | "warning" | "step" | "success" | "verbose") => {}
                Some(kind) if kind.starts_with("activity") || kind.starts_with("progress") => {}
                _ if is_deprecation(line) => deprecations += 1,
                _ if is_of_yarn_4(line) => advisory_of_yarn_4(&mut run, line),
                _ => unread::result(&mut run, "a line is none that yarn writes"),
            }
        }
        if is_yarn_1 && !is_ended {
            unread::incomplete(&mut run, "it has no summary, so yarn audit gave up".to_owned());
        }
        unread::left_out(&mut run, deprecations, "deprecations are");
        Imported { runs: vec![run], trouble: unread::rest(document) }
    }
}

/// The greeting alone is what is left of a run that failed, since errors go elsewhere.
fn is_of_yarn_1(line: &Value) -> bool {
    match field::text(line, "type") {
        Some("auditAdvisory" | "auditAction" | "auditSummary") => true,
        Some("info") => field::text(line, "data")
            .is_some_and(|text| text.contains("yarnpkg.com") && text.contains("audit")),
        _ => false,
    }
}

fn is_of_yarn_4(line: &Value) -> bool {
    let of = &line["children"];
    line["value"].is_string()
        && of.is_object()
        && ["ID", "Issue", "Vulnerable Versions", "Tree Versions"]
            .iter()
            .any(|key| of.get(*key).is_some())
}

fn is_deprecation(line: &Value) -> bool {
    field::text(&line["children"], "ID").is_some_and(|id| id.ends_with("(deprecation)"))
}

/// The claims of a run by vulnerability, package and version.
type Seen = BTreeMap<(String, String, Option<String>), usize>;

fn advisory_of_yarn_1(run: &mut Run, seen: &mut Seen, line: &Value) {
    run.results += 1;
    let Some(claims) = npm_audit::claims(ID, &line["data"]["advisory"]) else {
        unread::result(run, "an advisory has no name or is about no package");
        return;
    };
    for claim in claims {
        let advisory = &claim.advisory;
        let key = (advisory.id.clone(), advisory.package.clone(), claim.version.clone());
        let next = run.reported.len();
        match run.reported.get_mut(*seen.entry(key).or_insert(next)) {
            Some(known) => npm_audit::join(known, claim),
            None => run.reported.push(claim),
        }
    }
}

fn advisory_of_yarn_4(run: &mut Run, line: &Value) {
    run.results += 1;
    let of = &line["children"];
    let url = field::url(of, "URL");
    let names = name::advisory_ids(url.as_deref().unwrap_or_default());
    let number = field::text_or_number(of, "ID").map(|number| format!("npm:{number}"));
    let (Some(id), Some(package)) = (names.first().cloned().or(number), field::text(line, "value"))
    else {
        unread::result(run, "an advisory has no name or is about no package");
        return;
    };
    let advisory = Advisory {
        aliases: field::aliases(&id, names.iter().map(String::as_str)),
        class: AdvisoryClass::Vulnerability,
        ecosystem: Ecosystem::NPM,
        package: package.to_owned(),
        severity: field::text(of, "Severity")
            .and_then(|word| severity::of_word(ID, word))
            .into_iter()
            .collect(),
        title: field::title(of, "Issue"),
        url,
        id,
        ..Advisory::default()
    };
    let plain = Reported::of(advisory, None);
    let versions = field::texts(of, "Tree Versions");
    let of = |version: &&str| Reported { version: Some((*version).to_owned()), ..plain.clone() };
    run.reported.extend(versions.iter().map(of));
    if versions.is_empty() {
        run.reported.push(plain);
    }
}
