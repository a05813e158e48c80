//! CycloneDX VEX: the analyses of vulnerabilities in a bill of materials. See
//! <https://cyclonedx.org/docs/1.6/json/#vulnerabilities>.
//!
//! ```json
//! {"bomFormat": "CycloneDX", "specVersion": "1.6",
//!  "components": [{"bom-ref": "a", "purl": "pkg:cargo/harbour@1.2.3"}],
//!  "vulnerabilities": [{"id": "CVE-2031-0001", "affects": [{"ref": "a"}],
//!    "analysis": {"state": "not_affected", "justification": "code_not_reachable"}}]}
//! ```
//!
//! Only what somebody analysed is an opinion. The vulnerabilities themselves are a report: see
//! `import`.

use std::collections::HashMap;

use super::{
    OpinionReader, Read,
    reading::{Reading, file_name, shown},
    vex,
};
use crate::{
    model::{Opinion, Origin, Stance},
    tree::Node,
};

pub(super) const KIND: &str = "cyclonedx";

/// `….cdx.json`, `bom.json`.
#[derive(Debug)]
pub(super) struct CycloneDx;

impl OpinionReader for CycloneDx {
    fn id(&self) -> &'static str {
        KIND
    }

    fn claims(&self, path: &str) -> bool {
        is_named(path)
    }

    fn read(&self, text: &str, at: &Origin) -> Read {
        vex::read(self.id(), text, at)
    }
}

/// True of the names that people give to such documents.
pub(super) fn is_named(path: &str) -> bool {
    let name = file_name(path);
    let is_bom = |end: &str| {
        name.strip_suffix(end).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    };
    is_bom("cdx.json") || is_bom("bom.json") || is_bom("cyclonedx.json")
}

/// Reads the analyses of a document.
pub(super) fn analyses(root: &Node, reading: &mut Reading<'_>) {
    let mut components = HashMap::new();
    for node in root.get("components").map(Node::items).unwrap_or_default() {
        component(node, &mut components);
    }
    let subject = root.get("metadata").and_then(|metadata| metadata.get("component"));
    let when = root.get("metadata").and_then(|metadata| vex::first(metadata, &["timestamp"]));
    for item in root.get("vulnerabilities").map(Node::items).unwrap_or_default() {
        let Some(analysis) = item.get("analysis") else { continue };
        let Some(mut opinion) = self::analysis(item, analysis, reading) else { continue };
        let updated = ["lastUpdated", "firstIssued"];
        opinion.by = vex::signed(None, vex::first(analysis, &updated).or(when));
        let affects = item.get("affects").map(Node::items).unwrap_or_default();
        for affected in affects {
            let mut opinion = opinion.clone();
            opinion.origin.row = Some(affected.row);
            affected_by(&mut opinion, affected, subject, &components);
            reading.make(opinion);
        }
        if affects.is_empty() {
            reading.make(opinion);
        }
        if reading.is_full() {
            break;
        }
    }
}

/// Package URLs by reference; a component may have components. A tree is never deep.
fn component<'n>(node: &'n Node, components: &mut HashMap<&'n str, &'n str>) {
    if let (Some(reference), Some(purl)) =
        (vex::first(node, &["bom-ref"]), vex::first(node, &["purl"]))
    {
        components.insert(reference, purl);
    }
    for inner in node.get("components").map(Node::items).unwrap_or_default() {
        component(inner, components);
    }
}

fn analysis(item: &Node, analysis: &Node, reading: &mut Reading<'_>) -> Option<Opinion> {
    let Some(id) = vex::first(item, &["id"]) else {
        reading.warn(item.row, "an analysed vulnerability has no `id`");
        return None;
    };
    let state = vex::first(analysis, &["state"])?;
    let references = item.get("references").map(Node::items).unwrap_or_default();
    let aliases = references.iter().filter_map(|reference| vex::first(reference, &["id"]));
    let mut opinion = reading.opinion(analysis.row, std::iter::once(id).chain(aliases));
    opinion.stance = match state {
        "not_affected" | "false_positive" => Stance::NotAffected,
        "resolved" | "resolved_with_pedigree" => Stance::Fixed,
        "exploitable" => Stance::Affected,
        "in_triage" => Stance::UnderInvestigation,
        other => Stance::Other(other.chars().take(80).collect()),
    };
    opinion.justification = vex::first(analysis, &["justification"])
        .or(Some(state).filter(|state| *state == "false_positive"))
        .map(str::to_owned);
    let responses = analysis.get("response").map(Node::one_or_many).unwrap_or_default();
    let responses: Vec<&str> = responses.iter().filter_map(Node::text).collect();
    let responses = (!responses.is_empty()).then(|| responses.join(", "));
    opinion.reason = vex::reasons([vex::first(analysis, &["detail"]), responses.as_deref()]);
    Some(opinion)
}

fn affected_by(
    opinion: &mut Opinion,
    affected: &Node,
    subject: Option<&Node>,
    components: &HashMap<&str, &str>,
) {
    let Some(reference) = vex::first(affected, &["ref"]) else {
        opinion.only_if.push("an affected component has no `ref`".to_owned());
        return;
    };
    // A reference into another document: `urn:cdx:serial/version#reference`.
    let inner = reference.split_once('#').filter(|_| reference.starts_with("urn:cdx:"));
    let reference = inner.map_or(reference, |(_, inner)| inner);
    let is_subject = |node: &&Node| vex::first(node, &["bom-ref"]) == Some(reference);
    match (components.get(reference), subject.filter(is_subject)) {
        (Some(purl), _) => vex::about(opinion, "the component", purl),
        (None, Some(subject)) => {
            // The product itself, in one of its versions.
            if let Some(version) = vex::first(subject, &["version"]) {
                opinion.only_if.push(format!("the product's version is `{version}`"));
            }
        }
        (None, None) => vex::about(opinion, "the component", reference),
    }
    for version in affected.get("versions").map(Node::items).unwrap_or_default() {
        let what = vex::first(version, &["version", "range"])
            .map_or_else(|| shown(version), str::to_owned);
        let is_own = opinion.package.as_ref().and_then(|p| p.version.as_deref()) == Some(&what);
        if !is_own {
            opinion.only_if.push(format!("the version is `{what}`"));
        }
    }
}
