//! `.trivyignore.yaml`: what Trivy ignores, with paths and packages. See
//! <https://trivy.dev/latest/docs/configuration/filtering/#trivyignoreyaml>.
//!
//! ```yaml
//! vulnerabilities:
//!   - id: CVE-2031-0001
//!     purls: ["pkg:cargo/ferry"]
//!     paths: ["harbour/Cargo.lock"]
//!     statement: the call is compiled out
//!     expired_at: 2031-04-30
//! ```
//!
//! An entry ends with the instant that `expired_at` names, a day with its first one in UTC. Its
//! misconfigurations, secrets and licences are no opinion about a vulnerability.

use super::{
    OpinionReader, Read, expiry,
    reading::{self, Reading, file_name, folder_of, shown},
};
use crate::{model::Origin, name::purl, tree::Node};

/// `.trivyignore.yaml`.
#[derive(Debug)]
pub(super) struct TrivyignoreYaml;

impl OpinionReader for TrivyignoreYaml {
    fn id(&self) -> &'static str {
        "trivyignore.yaml"
    }

    fn claims(&self, path: &str) -> bool {
        matches!(file_name(path), ".trivyignore.yaml" | ".trivyignore.yml")
    }

    fn read(&self, text: &str, at: &Origin) -> Read {
        reading::read(self.id(), folder_of(&at.path, &[]), text, at, |text, reading| {
            let Some(root) = reading.yaml(text) else { return };
            for section in root.entries() {
                match section.key.as_str() {
                    "vulnerabilities" => {
                        section.node.items().iter().for_each(|item| entry(item, reading));
                    }
                    "misconfigurations" | "secrets" | "licenses" => {}
                    other => reading.note(section.row, format!("`{other}` is not read")),
                }
            }
        })
    }
}

fn entry(item: &Node, reading: &mut Reading<'_>) {
    let Some(id) = item.get("id").and_then(Node::text) else {
        reading.warn(item.row, "a vulnerability has no `id`");
        return;
    };
    let mut opinion = reading.opinion(item.row, [id]);
    opinion.reason = item.get("statement").and_then(Node::text).map(str::to_owned);
    if let Some(end) = item.get("expired_at").filter(|end| !end.is_empty()) {
        opinion.expiry = end.text().map_or_else(|| expiry::unreadable(&shown(end)), expiry::at);
    }
    let paths = item.get("paths").map(Node::one_or_many).unwrap_or_default();
    if !paths.is_empty() {
        let paths: Vec<String> = paths.iter().map(|path| format!("`{}`", shown(path))).collect();
        opinion.only_if.push(format!("the file is {}", paths.join(" or ")));
    }
    for entry in item.entries() {
        let is_known =
            matches!(entry.key.as_str(), "id" | "paths" | "purls" | "statement" | "expired_at");
        if !is_known {
            // Trivy passes over it; whoever wrote `expires` meant an end all the same.
            reading.note(entry.row, format!("`{}` is not read", entry.key));
            opinion.only_if.push(format!("`{}` is `{}`", entry.key, shown(&entry.node)));
        }
    }
    let purls = item.get("purls").map(Node::one_or_many).unwrap_or_default();
    if purls.is_empty() {
        reading.make(opinion);
        return;
    }
    for written in purls {
        let mut opinion = opinion.clone();
        opinion.origin.row = Some(written.row);
        match written.text().and_then(purl) {
            Some(purl) => {
                opinion.package =
                    reading::package(purl.ecosystem, &purl.name, purl.version.as_deref());
            }
            None => opinion.only_if.push(format!("the package is `{}`", shown(written))),
        }
        reading.make(opinion);
    }
}
