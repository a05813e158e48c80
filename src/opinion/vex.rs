//! What the three JSON dialects of VEX share: which of them a document is, and its package URLs.
//!
//! People call such files `vex.json` whatever their dialect, so each reader owns some names, and the
//! content decides who reads.

use super::{Read, csaf, cyclonedx, openvex, reading};
use crate::{
    model::{Opinion, Origin},
    name::{Purl, purl},
    tree::Node,
};

/// Reads a document, whichever dialect it is. `kind` is that of its name.
pub(super) fn read(kind: &'static str, text: &str, at: &Origin) -> Read {
    reading::read(kind, "", text, at, |text, reading| {
        let Some(root) = reading.json(text) else { return };
        let context = root.get("@context").map(Node::one_or_many).unwrap_or_default();
        let is_openvex =
            context.iter().filter_map(Node::text).any(|context| context.contains("openvex"));
        let is_cyclonedx = root.get("bomFormat").and_then(Node::text) == Some("CycloneDX");
        let csaf = root.get("document").filter(|document| document.get("csaf_version").is_some());
        if is_openvex {
            reading.kind = openvex::KIND;
            openvex::statements(&root, reading);
        } else if is_cyclonedx {
            reading.kind = cyclonedx::KIND;
            cyclonedx::analyses(&root, reading);
        } else if csaf.is_some() {
            reading.kind = csaf::KIND;
            csaf::vulnerabilities(&root, reading);
        } else {
            reading
                .note(root.row, "it is neither OpenVEX nor CycloneDX nor CSAF, so it says nothing");
        }
    })
}

/// A package URL of a package that a lockfile can name: an image or a repository is none.
pub(super) fn package_url(text: &str) -> Option<Purl> {
    const NO_PACKAGES: [&str; 8] =
        ["oci", "docker", "github", "gitlab", "bitbucket", "generic", "huggingface", "sid"];
    purl(text).filter(|purl| !NO_PACKAGES.contains(&purl.ecosystem.as_str()))
}

/// Makes the opinion about the package of a URL, or demands what the URL names.
pub(super) fn about(opinion: &mut Opinion, what: &str, text: &str) {
    match package_url(text) {
        Some(purl) => {
            opinion.package = reading::package(purl.ecosystem, &purl.name, purl.version.as_deref());
        }
        None => opinion.only_if.push(format!("{what} is `{text}`")),
    }
}

/// The text of the first of these keys that has one.
pub(super) fn first<'n>(node: &'n Node, keys: &[&str]) -> Option<&'n str> {
    let texts = keys.iter().filter_map(|key| node.get(key)?.text());
    texts.map(str::trim).find(|text| !text.is_empty())
}

/// Who said it, and when.
pub(super) fn signed(who: Option<&str>, when: Option<&str>) -> Option<String> {
    let parts: Vec<&str> = who.into_iter().chain(when).collect();
    reading::words(&parts.join(", "))
}

/// Several texts as one reason.
pub(super) fn reasons<'t>(texts: impl IntoIterator<Item = Option<&'t str>>) -> Option<String> {
    let texts: Vec<&str> = texts.into_iter().flatten().collect();
    reading::words(&texts.join("; "))
}
