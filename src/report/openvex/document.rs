//! A document of OpenVEX, as it is written.

use jiff::civil::Date;
use serde::Serialize;
use sha2::{Digest as _, Sha256};

use crate::escape;

const CONTEXT: &str = "https://openvex.dev/ns/v0.2.0";
const TOOLING: &str = concat!("Patchline ", env!("CARGO_PKG_VERSION"));

#[derive(Serialize)]
pub(crate) struct Document<'a> {
    #[serde(rename = "@context")]
    context: &'static str,
    #[serde(rename = "@id")]
    id: String,
    author: &'a str,
    timestamp: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_updated: Option<String>,
    version: usize,
    tooling: &'static str,
    statements: Vec<Statement<'a>>,
}

impl<'a> Document<'a> {
    pub(crate) fn new(author: &'a str, day: Date, statements: Vec<Statement<'a>>) -> Self {
        let mut document = Self {
            context: CONTEXT,
            id: String::new(),
            author,
            // The day is all that is known, and the same report is the same document.
            timestamp: format!("{day}T00:00:00Z"),
            last_updated: None,
            version: 1,
            tooling: TOOLING,
            statements,
        };
        document.id = name_of(&document.print());
        document
    }

    /// A document that keeps its name when it changes: the name is that of what it is about, and the
    /// version rises.
    pub(crate) fn lasting(
        author: &'a str,
        about: &str,
        version: usize,
        timestamp: String,
        last_updated: Option<String>,
        statements: Vec<Statement<'a>>,
    ) -> Self {
        let (id, tooling) = (name_of(about), TOOLING);
        Self { context: CONTEXT, id, author, timestamp, last_updated, version, tooling, statements }
    }

    /// JSON that does nothing in a terminal, pretty-printed, with a line feed at the end.
    pub(crate) fn print(&self) -> String {
        // These structs have text keys only, so serialising them cannot fail.
        let text = serde_json::to_string_pretty(self).unwrap_or_default();
        let mut safe = String::with_capacity(text.len() + 1);
        for line in text.lines() {
            safe.push_str(&escape::json(line));
            safe.push('\n');
        }
        safe
    }
}

/// A UUID of the content (version 8 of RFC 9562), so that the same statements have the same name
/// and no domain is claimed for it.
fn name_of(content: &str) -> String {
    let digest = Sha256::digest(content.as_bytes());
    let mut name = "urn:uuid:".to_owned();
    for (index, byte) in digest.iter().take(16).enumerate() {
        let byte = match index {
            6 => byte & 0x0f | 0x80,
            8 => byte & 0x3f | 0x80,
            _ => *byte,
        };
        if matches!(index, 4 | 6 | 8 | 10) {
            name.push('-');
        }
        name.push_str(&escape::hex(&[byte]));
    }
    name
}

#[derive(Serialize)]
pub(crate) struct Statement<'a> {
    pub(crate) vulnerability: Vulnerability<'a>,
    pub(crate) products: Vec<Component>,
    pub(crate) status: Status,
    #[serde(flatten)]
    pub(crate) reasons: Reasons<'a>,
}

#[derive(Serialize)]
pub(crate) struct Vulnerability<'a> {
    #[serde(rename = "@id", skip_serializing_if = "Option::is_none")]
    pub(crate) id: Option<&'a str>,
    pub(crate) name: &'a str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) aliases: Vec<&'a str>,
}

/// A product or a part of one.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub(crate) struct Component {
    #[serde(rename = "@id")]
    pub(crate) id: String,
    identifiers: Identifiers,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) subcomponents: Vec<Self>,
}

impl Component {
    /// A package URL is an IRI, and readers differ about where they look for it.
    pub(crate) fn new(purl: String) -> Self {
        Self { id: purl.clone(), identifiers: Identifiers { purl }, subcomponents: Vec::new() }
    }
}

#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
struct Identifiers {
    purl: String,
}

/// From the lightest to the gravest.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Status {
    NotAffected,
    Fixed,
    UnderInvestigation,
    Affected,
}

/// What the status is based on and what follows from it.
#[derive(Serialize)]
pub(crate) struct Reasons<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) justification: Option<&'a str>,
    #[serde(rename = "impact_statement", skip_serializing_if = "Option::is_none")]
    pub(crate) impact: Option<String>,
    #[serde(rename = "action_statement", skip_serializing_if = "Option::is_none")]
    pub(crate) action: Option<String>,
    #[serde(rename = "status_notes", skip_serializing_if = "Option::is_none")]
    pub(crate) notes: Option<String>,
}

/// None at all.
pub(crate) const NO_REASONS: Reasons<'static> =
    Reasons { justification: None, impact: None, action: None, notes: None };
