//! A record of CVE, as it is written.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::disclose::export::json;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct CveRecord<'a> {
    pub(super) data_type: &'static str,
    pub(super) data_version: &'static str,
    pub(super) cve_metadata: CveMetadata<'a>,
    pub(super) containers: Containers<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct CveMetadata<'a> {
    pub(super) cve_id: &'a str,
    pub(super) assigner_org_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) assigner_short_name: Option<&'a str>,
    pub(super) state: &'static str,
}

#[derive(Serialize)]
pub(super) struct Containers<'a> {
    pub(super) cna: Cna<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Cna<'a> {
    pub(super) provider_metadata: Provider<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) date_public: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) title: Option<String>,
    pub(super) descriptions: Vec<Text>,
    pub(super) affected: [Affected<'a>; 1],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) problem_types: Vec<ProblemType>,
    pub(super) references: Vec<Reference<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) impacts: Vec<Impact>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) metrics: Vec<Metric<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) configurations: Vec<Text>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) workarounds: Vec<Text>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) solutions: Vec<Text>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) timeline: Vec<TimelineEntry>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) credits: Vec<CreditEntry>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) source: Option<Source>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Provider<'a> {
    pub(super) org_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) short_name: Option<&'a str>,
}

#[derive(Serialize)]
pub(super) struct Text {
    lang: &'static str,
    value: String,
}

impl Text {
    pub(super) fn english(text: &str, longest: usize) -> Self {
        Self { lang: "en", value: json::text(text, longest) }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Affected<'a> {
    pub(super) vendor: String,
    pub(super) product: String,
    #[serde(rename = "collectionURL", skip_serializing_if = "Option::is_none")]
    pub(super) collection_url: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) package_name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) repo: Option<&'a str>,
    pub(super) default_status: &'static str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) versions: Vec<VersionEntry>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct VersionEntry {
    pub(super) version: String,
    pub(super) less_than: String,
    pub(super) version_type: &'static str,
    pub(super) status: &'static str,
}

#[derive(Serialize)]
pub(super) struct ProblemType {
    pub(super) descriptions: [Problem; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Problem {
    pub(super) cwe_id: String,
    pub(super) lang: &'static str,
    pub(super) description: String,
    pub(super) r#type: &'static str,
}

#[derive(Serialize)]
pub(super) struct Reference<'a> {
    pub(super) url: &'a str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) tags: Vec<&'static str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Impact {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) capec_id: Option<String>,
    pub(super) descriptions: Vec<Text>,
}

#[derive(Serialize)]
pub(super) struct Metric<'a> {
    pub(super) format: &'static str,
    /// One, under the name of its version.
    #[serde(flatten)]
    pub(super) score: BTreeMap<&'static str, Cvss<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Cvss<'a> {
    pub(super) version: &'static str,
    pub(super) vector_string: &'a str,
    pub(super) base_score: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) base_severity: Option<&'static str>,
}

#[derive(Serialize)]
pub(super) struct TimelineEntry {
    pub(super) time: String,
    pub(super) lang: &'static str,
    pub(super) value: &'static str,
}

#[derive(PartialEq, Serialize)]
pub(super) struct CreditEntry {
    pub(super) lang: &'static str,
    pub(super) value: String,
    pub(super) r#type: &'static str,
}

#[derive(Serialize)]
pub(super) struct Source {
    pub(super) discovery: &'static str,
}
