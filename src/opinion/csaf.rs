//! CSAF VEX: the product status of vulnerabilities. See
//! <https://docs.oasis-open.org/csaf/csaf/v2.0/os/csaf-v2.0-os.html#45-profile-5-vex>.
//!
//! ```json
//! {"document": {"csaf_version": "2.0", "publisher": {"name": "Ferry"}},
//!  "product_tree": {"full_product_names": [{"product_id": "a", "name": "harbour",
//!    "product_identification_helper": {"purl": "pkg:cargo/harbour@1.2.3"}}]},
//!  "vulnerabilities": [{"cve": "CVE-2031-0001", "product_status": {"known_not_affected": ["a"]},
//!    "flags": [{"label": "vulnerable_code_not_present", "product_ids": ["a"]}]}]}
//! ```
//!
//! A product without a package URL, or as a part of another product, is a condition.

use std::collections::{BTreeMap, HashMap};

use super::{
    OpinionReader, Read,
    reading::{Reading, ends_as, file_name},
    vex,
};
use crate::{
    model::{Origin, Stance},
    tree::Node,
};

pub(super) const KIND: &str = "csaf";

/// `….csaf.json`, and what is in `.well-known/csaf`.
#[derive(Debug)]
pub(super) struct Csaf;

impl OpinionReader for Csaf {
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

/// True of the names that people give to such documents, but for lists of them.
pub(super) fn is_named(path: &str) -> bool {
    let name = file_name(path).to_ascii_lowercase();
    let is_list = matches!(name.as_str(), "provider-metadata.json" | "index.json")
        || name.starts_with("csaf-feed");
    let is_csaf = name.contains("csaf") || path.starts_with(".well-known/csaf/");
    is_csaf && ends_as(&name, "json") && !is_list && !super::cyclonedx::is_named(path)
}

/// A product, as far as the tree tells.
#[derive(Clone, Copy, Default)]
struct Product<'n> {
    name: &'n str,
    purl: Option<&'n str>,
    /// What it is a part of.
    part_of: Option<&'n str>,
}

/// Reads the vulnerabilities of a document.
pub(super) fn vulnerabilities(root: &Node, reading: &mut Reading<'_>) {
    let mut products = HashMap::new();
    let mut groups: HashMap<&str, &[Node]> = HashMap::new();
    if let Some(tree) = root.get("product_tree") {
        branches(tree, &mut products);
        relationships(tree, &mut products);
        for group in items(tree, "product_groups") {
            if let (Some(id), Some(members)) =
                (vex::first(group, &["group_id"]), group.get("product_ids"))
            {
                groups.insert(id, members.items());
            }
        }
    }
    let document = root.get("document");
    let publisher = document.and_then(|document| document.get("publisher"));
    let tracking = document.and_then(|document| document.get("tracking"));
    let by = vex::signed(
        publisher.and_then(|publisher| vex::first(publisher, &["name"])),
        tracking.and_then(|tracking| vex::first(tracking, &["current_release_date"])),
    );
    for vulnerability in items(root, "vulnerabilities") {
        statuses(vulnerability, &products, &groups, by.as_ref(), reading);
        if reading.is_full() {
            break;
        }
    }
}

fn statuses(
    vulnerability: &Node,
    products: &HashMap<&str, Product<'_>>,
    groups: &HashMap<&str, &[Node]>,
    by: Option<&String>,
    reading: &mut Reading<'_>,
) {
    let others = items(vulnerability, "ids").iter().filter_map(|id| vex::first(id, &["text"]));
    let ids: Vec<&str> = vex::first(vulnerability, &["cve"]).into_iter().chain(others).collect();
    if ids.is_empty() {
        reading.warn(vulnerability.row, "a vulnerability has neither `cve` nor `ids`");
        return;
    }
    let flags = said(items(vulnerability, "flags"), groups, |flag| vex::first(flag, &["label"]));
    let impacts = said(items(vulnerability, "threats"), groups, |threat| {
        let is_impact = vex::first(threat, &["category"]) == Some("impact");
        vex::first(threat, &["details"]).filter(|_| is_impact)
    });
    for status in vulnerability.get("product_status").map(Node::entries).unwrap_or_default() {
        let stance = match status.key.as_str() {
            "known_not_affected" => Stance::NotAffected,
            "fixed" | "first_fixed" => Stance::Fixed,
            "known_affected" | "first_affected" | "last_affected" => Stance::Affected,
            "under_investigation" => Stance::UnderInvestigation,
            // What to move to says nothing of what is there.
            "recommended" => continue,
            other => Stance::Other(other.chars().take(80).collect()),
        };
        for node in status.node.items() {
            let Some(id) = node.text() else { continue };
            if reading.is_full() {
                return;
            }
            let mut opinion = reading.opinion(node.row, ids.iter().copied());
            opinion.stance = stance.clone();
            opinion.justification = flags.get(id).map(|flag| (*flag).to_owned());
            opinion.reason = impacts.get(id).map(|impact| (*impact).to_owned());
            opinion.by = by.cloned();
            match products.get(id) {
                Some(Product { purl: Some(purl), part_of, .. }) => {
                    vex::about(&mut opinion, "the product", purl);
                    opinion
                        .only_if
                        .extend(part_of.map(|whole| format!("it is a part of `{whole}`")));
                }
                Some(product) => opinion.only_if.push(format!("the product is `{}`", product.name)),
                None => opinion.only_if.push(format!("the product is `{id}`")),
            }
            reading.make(opinion);
        }
    }
}

/// What notes say of products, by product. The first one counts.
fn said<'n>(
    notes: &'n [Node],
    groups: &HashMap<&str, &'n [Node]>,
    text: impl Fn(&'n Node) -> Option<&'n str>,
) -> BTreeMap<&'n str, &'n str> {
    let mut by_product = BTreeMap::new();
    for note in notes {
        let Some(text) = text(note) else { continue };
        let named = items(note, "product_ids").iter();
        let grouped = items(note, "group_ids").iter().filter_map(Node::text);
        let grouped = grouped.filter_map(|id| groups.get(id)).copied().flatten();
        for product in named.chain(grouped).filter_map(Node::text) {
            by_product.entry(product).or_insert(text);
        }
    }
    by_product
}

/// The products of a tree and of its branches. A tree is never deep.
fn branches<'n>(node: &'n Node, products: &mut HashMap<&'n str, Product<'n>>) {
    let own = node.get("product").into_iter().chain(items(node, "full_product_names"));
    for product in own {
        add(product, Product::default(), products);
    }
    for branch in items(node, "branches") {
        branches(branch, products);
    }
}

fn relationships<'n>(tree: &'n Node, products: &mut HashMap<&'n str, Product<'n>>) {
    for relationship in items(tree, "relationships") {
        let Some(product) = relationship.get("full_product_name") else { continue };
        let find = |key: &str| products.get(vex::first(relationship, &[key])?).copied();
        let inherited = Product {
            purl: find("product_reference").and_then(|part| part.purl),
            part_of: find("relates_to_product_reference").map(|whole| whole.name),
            name: "",
        };
        add(product, inherited, products);
    }
}

fn add<'n>(
    product: &'n Node,
    inherited: Product<'n>,
    products: &mut HashMap<&'n str, Product<'n>>,
) {
    let Some(id) = vex::first(product, &["product_id"]) else { return };
    let helper = product.get("product_identification_helper");
    let purl = helper.and_then(|helper| vex::first(helper, &["purl"])).or(inherited.purl);
    let name = vex::first(product, &["name"]).unwrap_or(id);
    products.insert(id, Product { name, purl, ..inherited });
}

fn items<'n>(node: &'n Node, key: &str) -> &'n [Node] {
    node.get(key).map(Node::items).unwrap_or_default()
}
