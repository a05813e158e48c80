//! `.snyk`: what Snyk ignores. See
//! <https://docs.snyk.io/manage-risk/policies/the-.snyk-file>.
//!
//! ```yaml
//! ignore:
//!   SNYK-JS-FERRY-1234567:
//!     - '*':
//!         reason: the call is never made
//!         expires: 2031-04-30T00:00:00.000Z
//! ```
//!
//! A path `* > ferry` is the package, whoever needs it. Snyk takes an end that it cannot read for "never"; here such an entry is not obeyed. What it
//! excludes from a scan is no opinion about a vulnerability.

use super::{
    OpinionReader, Read, expiry,
    reading::{self, Reading, file_name, folder_of, shown},
};
use crate::{
    model::{Ecosystem, Origin},
    tree::{Entry, Node},
};

/// `.snyk`.
#[derive(Debug)]
pub(super) struct Snyk;

impl OpinionReader for Snyk {
    fn id(&self) -> &'static str {
        "snyk"
    }

    fn claims(&self, path: &str) -> bool {
        file_name(path) == ".snyk"
    }

    fn read(&self, text: &str, at: &Origin) -> Read {
        reading::read(self.id(), folder_of(&at.path, &[]), text, at, |text, reading| {
            let Some(root) = reading.yaml(text) else { return };
            let ignored = root.get("ignore").map(Node::entries).unwrap_or_default();
            for vulnerability in ignored {
                let items = vulnerability.node.items();
                if items.is_empty() {
                    let message = format!("`{}` names no path", vulnerability.key);
                    reading.warn(vulnerability.row, message);
                }
                for path in items.iter().flat_map(Node::entries) {
                    entry(&vulnerability.key, path, reading);
                }
            }
        })
    }
}

fn entry(id: &str, path: &Entry, reading: &mut Reading<'_>) {
    let mut opinion = reading.opinion(path.row, [id]);
    let text = |key: &str| path.node.get(key).and_then(Node::text);
    let last = path.key.trim().strip_prefix("* > ").filter(|last| !last.contains('>'));
    if let Some(last) = last {
        let (name, version) = match last.rsplit_once('@') {
            Some((name, version)) if !name.is_empty() => (name, Some(version)),
            _ => (last, None),
        };
        opinion.package = reading::package(Ecosystem::UNKNOWN, name, version);
    } else if path.key.trim() != "*" {
        opinion.only_if.push(format!("the path is `{}`", path.key));
    }
    if path.node.get("disregardIfFixable").and_then(Node::truth) == Some(true) {
        opinion.only_if.push("no fix is known".to_owned());
    }
    opinion.reason = text("reason").filter(|reason| *reason != "None Given").map(str::to_owned);
    opinion.justification = text("reasonType").map(str::to_owned);
    opinion.by = match path.node.get("ignoredBy") {
        Some(who) => who.get("name").or_else(|| who.get("email")).unwrap_or(who).text(),
        None => None,
    }
    .and_then(reading::words);
    if let Some(end) = path.node.get("expires").filter(|end| !end.is_empty()) {
        opinion.expiry = end.text().map_or_else(|| expiry::unreadable(&shown(end)), expiry::at);
    }
    reading.make(opinion);
}
