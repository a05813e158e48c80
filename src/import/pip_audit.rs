//! `pip-audit --format json`: <https://github.com/pypa/pip-audit#usage>.
//!
//! A list of dependencies, in old versions without anything around it. It names no file and no
//! severity. What pip-audit skipped was not looked at.

use serde_json::Value;

use super::{Document, Imported, Importer, Run, field, unread};
use crate::model::{Advisory, AdvisoryClass, Ecosystem, Reported, canonical_id};

const ID: &str = "pip-audit";

pub(super) struct PipAudit;

impl Importer for PipAudit {
    fn id(&self) -> &'static str {
        ID
    }

    fn claims(&self, document: &Document<'_>) -> bool {
        document.json().is_some_and(|report| match report {
            Value::Array(list) => list.iter().any(is_dependency),
            report => {
                let list = field::list(report, "dependencies");
                list.iter().any(is_dependency)
                    || (report["dependencies"].is_array()
                        && list.is_empty()
                        && report["fixes"].is_array())
            }
        })
    }

    fn read(&self, document: &Document<'_>) -> Imported {
        let Some(report) = document.json().filter(|_| self.claims(document)) else {
            return unread::alien(ID, document);
        };
        let mut run = Run::of(ID);
        let list = match report {
            Value::Array(list) => list.as_slice(),
            report => field::list(report, "dependencies"),
        };
        for dependency in list {
            read_dependency(&mut run, dependency);
        }
        Imported { runs: vec![run], trouble: unread::rest(document) }
    }
}

fn is_dependency(value: &Value) -> bool {
    value["name"].is_string() && (value["vulns"].is_array() || value["skip_reason"].is_string())
}

fn read_dependency(run: &mut Run, dependency: &Value) {
    let package = field::text(dependency, "name").map(|name| Ecosystem::PYPI.canonical(name));
    let Some(package) = package.filter(|package| !package.is_empty()) else {
        unread::result(run, "a dependency has no name");
        return;
    };
    if let Some(reason) = field::text(dependency, "skip_reason") {
        let (package, reason) = (unread::quote(&package), unread::quote(reason));
        unread::incomplete(run, format!("{package} was not looked at: {reason}"));
        return;
    }
    let Some(vulnerabilities) = dependency["vulns"].as_array() else {
        let package = unread::quote(&package);
        unread::result(run, &format!("it says nothing of {package} that could be read"));
        return;
    };
    let version = field::text(dependency, "version");
    for vulnerability in vulnerabilities {
        run.results += 1;
        let Some(id) = field::text(vulnerability, "id").map(canonical_id) else {
            let package = unread::quote(&package);
            unread::result(run, &format!("a vulnerability of {package} has no id"));
            continue;
        };
        let fixed = field::texts(vulnerability, "fix_versions");
        let details = field::details(vulnerability, "description");
        let advisory = Advisory {
            aliases: field::aliases(&id, field::texts(vulnerability, "aliases")),
            class: AdvisoryClass::Vulnerability,
            ecosystem: Ecosystem::PYPI,
            package: package.clone(),
            fixed: field::fixed(&Ecosystem::PYPI, fixed.iter().copied()),
            patched: fixed.into_iter().map(str::to_owned).collect(),
            details,
            id,
            ..Advisory::default()
        };
        run.reported.push(Reported::of(advisory, version.map(str::to_owned)));
    }
}
