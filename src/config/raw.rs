//! What was typed. A typo must get a good message, so nothing is flattened, untagged or ignored.

use std::num::NonZeroU32;

use serde::Deserialize;
use toml::{Spanned, value::Datetime};

use super::Complaint;
use crate::model::Origin;

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct RawConfig {
    pub schema: Option<Spanned<i64>>,
    pub support: RawSupport,
    pub scan: RawScan,
    pub severity: RawSeverity,
    pub facts: RawFacts,
    pub scanner: Vec<Spanned<RawScanner>>,
    pub graph: Vec<RawGraph>,
    pub gate: RawRules,
    pub suppress: Vec<Spanned<RawSuppression>>,
    pub statements: RawStatements,
    pub publish: RawPublish,
    pub targets: RawTargets,
    pub disclose: RawDisclose,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct RawSupport {
    pub newest: Option<Spanned<i64>>,
    pub default_branch: Option<bool>,
    pub remote: Option<String>,
    pub tags: Option<Spanned<String>>,
    pub branches: Option<Spanned<String>>,
    pub untagged: Option<Spanned<bool>>,
    pub ignore: Vec<Spanned<String>>,
    pub evidence: Option<bool>,
    pub editions: Option<Spanned<Vec<Spanned<String>>>>,
    pub endoflife: Option<Spanned<String>>,
    pub openeox: Vec<Spanned<String>>,
    pub rule: Vec<Spanned<RawRule>>,
    pub line: Vec<RawLine>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct RawLine {
    pub id: Spanned<String>,
    pub branch: Option<String>,
    pub tier: Option<Spanned<String>>,
    pub until: Option<Spanned<Datetime>>,
    pub bug_fixes_until: Option<Spanned<Datetime>>,
    pub status: Option<Spanned<String>>,
    pub edition: Option<Spanned<String>>,
    #[serde(default)]
    pub lts: bool,
}

/// Exactly one of `newest`, `months`, `after-next`, `last-of-major` and `lts-every`; the rest
/// belongs to some of them.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct RawRule {
    pub newest: Option<Spanned<i64>>,
    pub majors: Option<Spanned<i64>>,
    pub months: Option<Spanned<i64>>,
    pub after_next: Option<Spanned<i64>>,
    pub last_of_major: Option<Spanned<i64>>,
    pub lts_every: Option<Spanned<i64>>,
    pub of: Option<Spanned<String>>,
    pub tier: Option<Spanned<String>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct RawScan {
    pub exclude: Vec<Spanned<String>>,
    pub max_database_age: Option<Spanned<String>>,
    pub offline: bool,
    pub dependabot: Option<Spanned<String>>,
    pub dependabot_alerts: Option<Spanned<String>>,
    pub allow_commands: bool,
    pub deep: bool,
    pub db: RawDatabases,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct RawFacts {
    pub kev: Option<Spanned<String>>,
    pub epss: Option<Spanned<String>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct RawDatabases {
    pub rustsec: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct RawSeverity {
    pub prefer: Vec<Spanned<String>>,
}

/// `[[scanner]]`: of a `file`, or of a program to `run`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct RawScanner {
    pub id: Spanned<String>,
    pub format: Option<Spanned<String>>,
    pub file: Option<Spanned<String>>,
    pub line: Option<Spanned<String>>,
    pub tip: Option<Spanned<String>>,
    pub run: Option<Spanned<Vec<String>>>,
    pub output: Option<Spanned<String>>,
    pub expected_exit: Option<Spanned<Vec<i32>>>,
    pub timeout: Option<Spanned<String>>,
    pub tips: Option<Spanned<Vec<Spanned<String>>>>,
    pub env: Option<Spanned<Vec<Spanned<String>>>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct RawGraph {
    pub line: Spanned<String>,
    pub tip: Option<Spanned<String>>,
    pub file: Spanned<String>,
    pub lockfile: Option<String>,
}

/// `[gate]`, and once more each `[gate.tier.…]`, which may not have tiers of its own, nor what is
/// about the whole run.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct RawRules {
    pub fail_at: Option<Spanned<String>>,
    pub unrated: Option<Spanned<String>>,
    pub fixed_only: Option<bool>,
    pub new_only: Option<bool>,
    pub grace_days: Option<RawGrace>,
    pub grace_from: Option<Spanned<String>>,
    pub known_exploited: Option<Spanned<String>>,
    pub epss: Option<Spanned<f64>>,
    pub not_built: Option<Spanned<String>>,
    pub malware: Option<Spanned<String>>,
    pub yanked: Option<Spanned<String>>,
    pub possible: Option<Spanned<String>>,
    pub code: Option<Spanned<String>>,
    pub unreleased: Option<Spanned<String>>,
    pub unknown: Option<Spanned<String>>,
    pub incomplete: Option<Spanned<String>>,
    pub unsound: Option<Spanned<String>>,
    pub unmaintained: Option<Spanned<String>>,
    pub notice: Option<Spanned<String>>,
    pub contradictions: Option<Spanned<String>>,
    pub proposed_suppressions: Option<Spanned<String>>,
    pub may_suppress: Option<Vec<Spanned<String>>>,
    pub tier: Option<Spanned<RawTiers>>,
}

/// Days by severity.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct RawGrace {
    pub critical: Option<Spanned<i64>>,
    pub high: Option<Spanned<i64>>,
    pub medium: Option<Spanned<i64>>,
    pub low: Option<Spanned<i64>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct RawTiers {
    pub full: Option<Box<RawRules>>,
    pub security_only: Option<Box<RawRules>>,
    pub critical_only: Option<Box<RawRules>>,
}

/// `[[suppress]]`. What it must have is asked for by `check`, so that everything missing is named at
/// once.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct RawSuppression {
    pub id: Option<Spanned<String>>,
    pub package: Option<Spanned<String>>,
    pub lines: Vec<Spanned<String>>,
    pub reason: Option<Spanned<String>>,
    pub justification: Option<Spanned<String>>,
    pub until: Option<Spanned<Datetime>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct RawStatements {
    pub obey: Vec<Spanned<String>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct RawPublish {
    pub code_scanning: Option<Spanned<String>>,
    pub comment: Option<Spanned<String>>,
    pub issues: Option<Spanned<String>>,
    pub labels: Vec<Spanned<String>>,
    pub assignees: Vec<Spanned<String>>,
}

/// `[targets]`: days by severity.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct RawTargets {
    pub critical: Option<Spanned<String>>,
    pub high: Option<Spanned<String>>,
    pub medium: Option<Spanned<String>>,
    pub low: Option<Spanned<String>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct RawDisclose {
    pub records: Option<Spanned<String>>,
    pub product: Option<Spanned<String>>,
    pub contact: Vec<Spanned<String>>,
    pub private: bool,
    pub ended_lines: Option<Spanned<String>>,
    pub preset: Option<Spanned<String>>,
    pub templates: Option<Spanned<String>>,
    pub package: Option<RawPackage>,
    pub namespace: Option<Spanned<String>>,
    pub cve_org: Option<Spanned<String>>,
    pub cve_org_name: Option<Spanned<String>>,
    pub slot: RawSlot,
    pub lead: RawLead,
    pub channel: Vec<Spanned<RawChannel>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct RawPackage {
    pub ecosystem: Spanned<String>,
    pub name: Spanned<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct RawSlot {
    pub weekdays: Option<Spanned<Vec<Spanned<String>>>>,
    pub hour: Option<Spanned<i64>>,
    pub zone: Option<Spanned<String>>,
    pub holidays: Vec<Spanned<Datetime>>,
}

/// Days, each as `"7d"`.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct RawLead {
    pub acknowledge: Option<Spanned<String>>,
    pub fix: Option<Spanned<String>>,
    pub prenotify: Option<Spanned<String>>,
    pub pre_announce: Option<Spanned<String>>,
    pub embargo_at_most: Option<Spanned<String>>,
    pub close: Option<Spanned<String>>,
}

/// `[[disclose.channel]]`: `within`, or `promised = false` and `because`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct RawChannel {
    pub id: Spanned<String>,
    pub within: Option<Spanned<String>>,
    pub promised: Option<Spanned<bool>>,
    pub because: Option<Spanned<String>>,
}

/// Reads the file, or says where it stops making sense.
pub(super) fn read(text: &str, origin: &Origin) -> Result<RawConfig, Complaint> {
    toml::from_str(text).map_err(|error| Complaint {
        origin: Origin { row: error.span().map(|span| row(text, span.start)), ..origin.clone() },
        message: error.message().lines().collect::<Vec<_>>().join(" "),
    })
}

/// The 1-based row of an offset.
pub(super) fn row(text: &str, offset: usize) -> NonZeroU32 {
    let before = text.as_bytes().iter().take(offset).filter(|byte| **byte == b'\n').count();
    u32::try_from(before)
        .ok()
        .and_then(|before| NonZeroU32::MIN.checked_add(before))
        .unwrap_or(NonZeroU32::MAX)
}
