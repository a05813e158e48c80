//! OpenVEX. See <https://github.com/openvex/spec/blob/main/OPENVEX-SPEC.md>, version 0.2.0; earlier
//! ones had texts where it has objects.
//!
//! ```json
//! {"@context": "https://openvex.dev/ns/v0.2.0", "author": "Ferry", "timestamp": "2031-01-01T00:00:00Z",
//!  "statements": [{"vulnerability": {"name": "CVE-2031-0001"}, "status": "not_affected",
//!    "justification": "vulnerable_code_not_present",
//!    "products": [{"@id": "pkg:oci/ferry", "subcomponents": [{"@id": "pkg:cargo/harbour@1.2.3"}]}]}]}
//! ```
//!
//! A product's subcomponent is the package. A product without any is the package itself, if it can be
//! one. A product of a certain version says nothing of our other lines, so that is a condition.
//! A later statement on the same ends an earlier one.

use super::{
    OpinionReader, Read,
    expiry::moment,
    reading::{Reading, ends_as, file_name, shown},
    vex,
};
use crate::{
    model::{Expiry, Opinion, Origin, Stance},
    name::purl,
    tree::Node,
};

pub(super) const KIND: &str = "openvex";

/// `….openvex.json`, `….vex.json`, and what is in `.openvex`.
#[derive(Debug)]
pub(super) struct OpenVex;

impl OpinionReader for OpenVex {
    fn id(&self) -> &'static str {
        KIND
    }

    fn claims(&self, path: &str) -> bool {
        let name = file_name(path);
        let is_vex = |end: &str| {
            name.strip_suffix(end).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
        };
        !super::cyclonedx::is_named(path)
            && !super::csaf::is_named(path)
            && (is_vex("openvex.json")
                || is_vex("vex.json")
                || path.starts_with(".openvex/") && ends_as(name, "json"))
    }

    fn read(&self, text: &str, at: &Origin) -> Read {
        vex::read(self.id(), text, at)
    }
}

/// Reads the statements of a document.
pub(super) fn statements(root: &Node, reading: &mut Reading<'_>) {
    let author = root.get("author").and_then(Node::text);
    let of_document = root.get("timestamp").and_then(Node::text);
    // When each opinion was stated, as far as anybody says.
    let mut stated: Vec<Option<jiff::Timestamp>> = Vec::new();
    for item in root.get("statements").map(Node::items).unwrap_or_default() {
        let Some(mut opinion) = statement(item, reading) else { continue };
        let when = item.get("timestamp").and_then(Node::text).or(of_document);
        opinion.by = vex::signed(author, when);
        let products = item.get("products").map(Node::items).unwrap_or_default();
        let mut about = Vec::new();
        for product in products {
            self::product(&opinion, product, &mut about);
        }
        if products.is_empty() {
            about.push(opinion);
        }
        for opinion in about {
            reading.make(opinion);
        }
        let made = reading.held().len();
        stated.resize(made, when.and_then(moment).map(|moment| moment.instant));
        if reading.is_full() {
            break;
        }
    }
    supersede(reading.held(), &stated);
}

fn statement(item: &Node, reading: &mut Reading<'_>) -> Option<Opinion> {
    let vulnerability = item.get("vulnerability");
    let name = vulnerability.and_then(|v| v.text().or_else(|| vex::first(v, &["name", "@id"])));
    let Some(name) = name else {
        reading.warn(item.row, "a statement names no vulnerability");
        return None;
    };
    // The older form of the name is an address.
    let name = name.trim_end_matches('/').rsplit('/').next().unwrap_or(name);
    let aliases = vulnerability.and_then(|v| v.get("aliases")).map(Node::items).unwrap_or_default();
    let ids = std::iter::once(name).chain(aliases.iter().filter_map(Node::text));
    let mut opinion = reading.opinion(item.row, ids);
    opinion.stance = match item.get("status").and_then(Node::text) {
        Some("not_affected") => Stance::NotAffected,
        Some("affected") => Stance::Affected,
        Some("fixed") => Stance::Fixed,
        Some("under_investigation") => Stance::UnderInvestigation,
        Some(other) => Stance::Other(other.chars().take(80).collect()),
        None => {
            reading.warn(item.row, format!("the statement on `{name}` has no status"));
            return None;
        }
    };
    opinion.justification = item.get("justification").and_then(Node::text).map(str::to_owned);
    let keys = ["impact_statement", "action_statement", "status_notes"];
    opinion.reason = vex::reasons(keys.iter().map(|key| vex::first(item, &[key])));
    Some(opinion)
}

/// One opinion for each package of a product.
fn product(opinion: &Opinion, product: &Node, about: &mut Vec<Opinion>) {
    let name = |node: &Node| -> String {
        let own = node.get("identifiers").and_then(|all| vex::first(all, &["purl"]));
        let own = own.or_else(|| node.text()).or_else(|| vex::first(node, &["@id"]));
        own.map_or_else(|| shown(node), str::to_owned)
    };
    let subcomponents = product.get("subcomponents").map(Node::items).unwrap_or_default();
    if subcomponents.is_empty() {
        let mut opinion = opinion.clone();
        vex::about(&mut opinion, "the product", &name(product));
        about.push(opinion);
        return;
    }
    let of = name(product);
    let is_of_any_version = purl(&of).is_some_and(|purl| purl.version.is_none());
    for subcomponent in subcomponents {
        let mut opinion = opinion.clone();
        opinion.origin.row = Some(subcomponent.row);
        vex::about(&mut opinion, "the component", &name(subcomponent));
        if !is_of_any_version {
            opinion.only_if.push(format!("the product is `{of}`"));
        }
        about.push(opinion);
    }
}

/// Ends each opinion where a later one on the same begins.
fn supersede(opinions: &mut [Opinion], stated: &[Option<jiff::Timestamp>]) {
    for earlier in 0..opinions.len() {
        let is_later = |later: &usize| {
            let is_after = match (stated.get(*later), stated.get(earlier)) {
                (Some(Some(later_at)), Some(Some(earlier_at))) if later_at != earlier_at => {
                    later_at > earlier_at
                }
                _ => *later > earlier,
            };
            let (a, b) = (&opinions[*later], &opinions[earlier]);
            is_after
                && a.package == b.package
                && a.only_if == b.only_if
                && !a.ids.is_disjoint(&b.ids)
        };
        let later = (0..opinions.len()).filter(|at| *at != earlier).filter(is_later);
        let begins = later.map(|at| stated.get(at).copied().flatten()).min();
        if let Some(begins) = begins {
            // Without a time of its own it holds from the beginning.
            opinions[earlier].expiry = Expiry::At(begins.unwrap_or(jiff::Timestamp::UNIX_EPOCH));
        }
    }
}
