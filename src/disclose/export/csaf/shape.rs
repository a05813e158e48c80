//! A document of CSAF, as it is written.

use serde::Serialize;

#[derive(Serialize)]
pub(super) struct CsafDocument<'a> {
    pub(super) document: Document<'a>,
    pub(super) product_tree: ProductTree,
    pub(super) vulnerabilities: Vec<Vulnerability<'a>>,
}

#[derive(Serialize)]
pub(super) struct Document<'a> {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) acknowledgments: Vec<Acknowledgment<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) aggregate_severity: Option<Severity>,
    pub(super) category: &'static str,
    pub(super) csaf_version: &'static str,
    pub(super) distribution: Distribution,
    pub(super) lang: &'static str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) notes: Vec<Note>,
    pub(super) publisher: Publisher<'a>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) references: Vec<Reference<'a>>,
    pub(super) title: String,
    pub(super) tracking: Tracking,
}

#[derive(Serialize)]
pub(super) struct Severity {
    pub(super) text: &'static str,
}

#[derive(Serialize)]
pub(super) struct Distribution {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) text: Option<String>,
    pub(super) tlp: Tlp,
}

#[derive(Serialize)]
pub(super) struct Tlp {
    pub(super) label: &'static str,
}

#[derive(Serialize)]
pub(super) struct Note {
    pub(super) category: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) title: Option<String>,
    pub(super) text: String,
}

#[derive(Serialize)]
pub(super) struct Publisher<'a> {
    pub(super) category: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) contact_details: Option<&'a str>,
    pub(super) name: String,
    pub(super) namespace: &'a str,
}

#[derive(Serialize)]
pub(super) struct Reference<'a> {
    pub(super) category: &'static str,
    pub(super) summary: &'static str,
    pub(super) url: &'a str,
}

#[derive(Serialize)]
pub(super) struct Tracking {
    pub(super) current_release_date: String,
    pub(super) generator: Generator,
    pub(super) id: String,
    pub(super) initial_release_date: String,
    pub(super) revision_history: Vec<Revision>,
    pub(super) status: &'static str,
    pub(super) version: String,
}

#[derive(Serialize)]
pub(super) struct Generator {
    pub(super) engine: Engine,
}

#[derive(Serialize)]
pub(super) struct Engine {
    pub(super) name: &'static str,
    pub(super) version: &'static str,
}

#[derive(Serialize)]
pub(super) struct Revision {
    pub(super) date: String,
    pub(super) number: String,
    pub(super) summary: String,
}

#[derive(Serialize)]
pub(super) struct ProductTree {
    pub(super) branches: Vec<Branch>,
}

#[derive(Serialize)]
pub(super) struct Branch {
    pub(super) category: &'static str,
    pub(super) name: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) branches: Vec<Self>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) product: Option<FullName>,
}

#[derive(Serialize)]
pub(super) struct FullName {
    pub(super) name: String,
    pub(super) product_id: String,
    pub(super) product_identification_helper: Helper,
}

#[derive(Serialize)]
pub(super) struct Helper {
    pub(super) purl: String,
}

#[derive(Serialize)]
pub(super) struct Vulnerability<'a> {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) acknowledgments: Vec<Acknowledgment<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) cve: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) cwe: Option<Cwe>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) discovery_date: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) flags: Vec<Flag<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) ids: Vec<Id<'a>>,
    pub(super) notes: Vec<Note>,
    pub(super) product_status: ProductStatus,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) references: Vec<Reference<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) release_date: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) remediations: Vec<Remediation<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) scores: Vec<Score<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) threats: Vec<Threat>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) title: Option<String>,
}

#[derive(Serialize)]
pub(super) struct Acknowledgment<'a> {
    pub(super) names: [String; 1],
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) organization: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) summary: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) urls: Vec<&'a str>,
}

#[derive(Serialize)]
pub(super) struct Cwe {
    pub(super) id: String,
    pub(super) name: &'static str,
}

#[derive(Serialize)]
pub(super) struct Flag<'a> {
    pub(super) label: &'a str,
    pub(super) product_ids: Vec<String>,
}

#[derive(Serialize, PartialEq)]
pub(super) struct Id<'a> {
    pub(super) system_name: String,
    pub(super) text: &'a str,
}

#[derive(Default, Serialize)]
pub(super) struct ProductStatus {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) first_fixed: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) fixed: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) known_affected: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) known_not_affected: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) recommended: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) under_investigation: Vec<String>,
}

#[derive(Serialize)]
pub(super) struct Remediation<'a> {
    pub(super) category: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) date: Option<String>,
    pub(super) details: String,
    pub(super) product_ids: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) url: Option<&'a str>,
}

#[derive(Serialize)]
pub(super) struct Score<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) cvss_v2: Option<CvssV2<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) cvss_v3: Option<CvssV3<'a>>,
    pub(super) products: Vec<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct CvssV2<'a> {
    pub(super) version: &'static str,
    pub(super) vector_string: &'a str,
    pub(super) base_score: f64,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct CvssV3<'a> {
    pub(super) version: &'static str,
    pub(super) vector_string: &'a str,
    pub(super) base_score: f64,
    pub(super) base_severity: &'static str,
}

#[derive(Serialize)]
pub(super) struct Threat {
    pub(super) category: &'static str,
    pub(super) details: String,
    pub(super) product_ids: Vec<String>,
}
