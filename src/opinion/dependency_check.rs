//! Suppression files of OWASP dependency-check. See
//! <https://dependency-check.github.io/DependencyCheck/general/suppression.html>.
//!
//! ```xml
//! <suppressions xmlns="https://jeremylong.github.io/DependencyCheck/dependency-suppression.1.3.xsd">
//!   <suppress until="2031-04-30">
//!     <notes>the call is never made</notes>
//!     <packageUrl regex="true">^pkg:maven/org\.ferry/harbour@.*$</packageUrl>
//!     <cve>CVE-2031-0001</cve>
//!   </suppress>
//! </suppressions>
//! ```
//!
//! An entry holds while its day is in the future: it ends with the first instant of that day. What
//! such an entry says by file, checksum, CPE, CWE or score is shown and not obeyed. Other tools call
//! their files by the same names; those are nobody's here, and no document type is ever read.

use std::num::NonZeroU32;

use roxmltree::{Document, Node, ParsingOptions};

use super::{
    OpinionReader, Read, expiry,
    reading::{self, Reading, ends_as, file_name, words},
};
use crate::{
    model::{Ecosystem, Opinion, Origin},
    name::purl,
};

/// A suppression file has fewer elements and texts.
const MOST_NODES: u32 = 200_000;

/// `dependency-check-suppression.xml`, `suppressions.xml`.
#[derive(Debug)]
pub(super) struct DependencyCheck;

impl OpinionReader for DependencyCheck {
    fn id(&self) -> &'static str {
        "dependency-check"
    }

    fn claims(&self, path: &str) -> bool {
        let name = file_name(path).to_ascii_lowercase();
        ends_as(&name, "xml") && name.contains("suppress")
    }

    fn read(&self, text: &str, at: &Origin) -> Read {
        // The namespaces of all versions, and what people call such a file.
        let says = ["dependency-suppression", "OWASP_Dependency_Check_Suppression"];
        let name = file_name(&at.path).to_ascii_lowercase();
        let is_ours = says.iter().any(|word| text.contains(word))
            || ["dependency-check", "dependencycheck", "owasp"].iter().any(|w| name.contains(w));
        if !is_ours {
            return Read::default();
        }
        reading::read(self.id(), "", text, at, suppressions)
    }
}

fn suppressions(text: &str, reading: &mut Reading<'_>) {
    let options = ParsingOptions { nodes_limit: MOST_NODES, ..ParsingOptions::default() };
    let document = match Document::parse_with_options(text, options) {
        Ok(document) => document,
        Err(error) => {
            let row = NonZeroU32::new(error.pos().row).unwrap_or(NonZeroU32::MIN);
            reading.warn(row, format!("it does not parse: {error}"));
            return;
        }
    };
    let root = document.root_element();
    if root.tag_name().name() != "suppressions" {
        let row = reading.row_at(root.range().start);
        reading.warn(row, format!("its root is `{}`, not `suppressions`", root.tag_name().name()));
        return;
    }
    for child in root.children().filter(Node::is_element) {
        let row = reading.row_at(child.range().start);
        match child.tag_name().name() {
            "suppress" => suppress(child, reading),
            other => reading.warn(row, format!("`{other}` is not read")),
        }
    }
}

fn suppress(element: Node<'_, '_>, reading: &mut Reading<'_>) {
    let row = reading.row_at(element.range().start);
    let mut base = reading.opinion(row, []);
    if let Some(until) = element.attribute("until") {
        base.expiry = day(until);
    }
    // Each of these is suppressed by itself, in what the rest names.
    let mut ids: Vec<(String, NonZeroU32)> = Vec::new();
    let mut others: Vec<(String, NonZeroU32)> = Vec::new();
    for child in element.children().filter(Node::is_element) {
        let at = reading.row_at(child.range().start);
        let name = child.tag_name().name();
        let text = child.text().unwrap_or_default().trim();
        let is_regex = matches!(child.attribute("regex"), Some("true" | "1"));
        match name {
            "notes" => base.reason = words(text),
            // The format knows one; with several nobody can tell which is meant.
            "packageUrl" | "gav" if base.package.is_some() => {
                base.only_if.push(format!("`{name}` is `{text}`"));
            }
            "packageUrl" => url(text, is_regex, &mut base),
            "gav" => coordinates(text, is_regex, &mut base),
            "filePath" | "sha1" => base.only_if.push(format!("`{name}` is `{text}`")),
            // A prefix before the number of a CVE is allowed.
            "cve" => {
                let id = text.get(text.find("CVE-").unwrap_or(0)..).unwrap_or(text);
                ids.push((id.to_owned(), at));
            }
            "vulnerabilityName" if !is_regex => ids.push((text.to_owned(), at)),
            "vulnerabilityName" | "cpe" | "cwe" | "cvssBelow" | "cvssV2Below" | "cvssV3Below"
            | "cvssV4Below" => others.push((format!("`{name}` is `{text}`"), at)),
            other => {
                // What it demands is not known, so the entry may be about less than it seems.
                reading.warn(at, format!("`{other}` in a suppression is not read"));
                base.only_if.push(format!("`{other}` is `{text}`"));
            }
        }
    }
    if ids.is_empty() && others.is_empty() {
        reading.warn(row, "it suppresses nothing");
        return;
    }
    for (id, at) in ids {
        let named = reading.opinion(at, [id.as_str()]);
        reading.make(Opinion { ids: named.ids, origin: named.origin, ..base.clone() });
    }
    for (condition, at) in others {
        let mut opinion = base.clone();
        opinion.origin.row = Some(at);
        opinion.only_if.push(condition);
        reading.make(opinion);
    }
}

/// `xs:date`, with or without a time zone, which no tool looks at.
fn day(until: &str) -> crate::model::Expiry {
    let text = until.trim();
    let day = text.get(..10).unwrap_or(text);
    let zone = text.get(10..).unwrap_or_default();
    let is_zone = zone.is_empty()
        || zone == "Z"
        || zone.len() == 6 && zone.starts_with(['+', '-']) && zone.get(3..4) == Some(":");
    if is_zone { expiry::start_of_day(day) } else { expiry::unreadable(text) }
}

fn url(text: &str, is_regex: bool, opinion: &mut Opinion) {
    let plain = if is_regex { plain(text, "@") } else { Some((text.to_owned(), false)) };
    match plain.and_then(|(text, _)| purl(&text)) {
        Some(found) => {
            opinion.package =
                reading::package(found.ecosystem, &found.name, found.version.as_deref());
        }
        None => opinion.only_if.push(format!("`packageUrl` is `{text}`")),
    }
}

/// `group:artifact:version`.
fn coordinates(text: &str, is_regex: bool, opinion: &mut Opinion) {
    let plain = if is_regex { plain(text, ":") } else { Some((text.to_owned(), false)) };
    let parts =
        plain.as_ref().map(|(text, is_open)| (text.split(':').collect::<Vec<_>>(), is_open));
    opinion.package = match parts {
        Some((parts, true)) if parts.len() == 2 => {
            reading::package(Ecosystem::MAVEN, &parts.join(":"), None)
        }
        Some((parts, false)) if parts.len() == 3 => {
            reading::package(Ecosystem::MAVEN, &parts[..2].join(":"), parts.get(2).copied())
        }
        _ => None,
    };
    if opinion.package.is_none() {
        opinion.only_if.push(format!("`gav` is `{text}`"));
    }
}

/// The text that a pattern stands for, if it is no more than a text, or one that leaves the version
/// open: `^pkg:maven/org\.ferry/harbour@.*$`. The flag says that it does.
fn plain(pattern: &str, before_version: &str) -> Option<(String, bool)> {
    let pattern = pattern.strip_prefix('^')?.strip_suffix('$')?;
    let open = [".*", ".+"].iter().find_map(|any| pattern.strip_suffix(any));
    let open = open.and_then(|rest| rest.strip_suffix(before_version));
    let (rest, is_open) = open.map_or((pattern, false), |rest| (rest, true));
    let mut text = String::new();
    let mut characters = rest.chars();
    while let Some(character) = characters.next() {
        match character {
            // An escaped letter is a class, an escaped mark is itself.
            '\\' => text.push(characters.next().filter(|next| !next.is_alphanumeric())?),
            '.' | '*' | '+' | '?' | '|' | '(' | ')' | '[' | ']' | '{' | '}' | '^' | '$' => {
                return None;
            }
            other => text.push(other),
        }
    }
    Some((text, is_open))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_is_a_package_only_if_it_can_be_no_other() {
        for (pattern, expected) in [
            (r"^pkg:maven/org\.ferry/harbour@.*$", Some(("pkg:maven/org.ferry/harbour", true))),
            (r"^org\.ferry:harbour:.*$", None),
            (r"^pkg:maven/org.ferry/harbour@.*$", None),
            (r"^pkg:npm/a@1\.2\.3$", Some(("pkg:npm/a@1.2.3", false))),
            (r"pkg:npm/a@.*", None),
            (r"^pkg:npm/(a|b)@.*$", None),
            (r"^pkg:npm/a\w@.*$", None),
            (r"^pkg:npm/a.*$", None),
        ] {
            let found = plain(pattern, "@");
            assert_eq!(found.as_ref().map(|(t, open)| (t.as_str(), *open)), expected, "{pattern}");
        }
        assert_eq!(
            plain(r"^org\.ferry:harbour:.*$", ":"),
            Some(("org.ferry:harbour".into(), true))
        );
    }

    #[test]
    fn a_file_of_another_tool_is_nobodys() {
        let at = Origin { reference: None, path: "config/suppressions.xml".to_owned(), row: None };
        let text =
            "<?xml version=\"1.0\"?>\n<!DOCTYPE suppressions PUBLIC \"x\" \"y\">\n<suppressions/>";
        assert_eq!(DependencyCheck.read(text, &at), Read::default());
    }

    #[test]
    fn a_hostile_document_is_named() {
        let at = Origin { reference: None, path: "owasp-suppress.xml".to_owned(), row: None };
        let bomb = "<!DOCTYPE x [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;\">]><suppressions>&b;</suppressions>";
        let deep = "<a>".repeat(100_000);
        let closed = format!("{}{}", "<a>".repeat(50_000), "</a>".repeat(50_000));
        for text in [bomb, &deep, &closed, "", "\u{0}", "<suppressions>"] {
            let read = DependencyCheck.read(text, &at);
            assert!(read.opinions.is_empty() && !read.trouble.is_empty());
        }
    }
}
