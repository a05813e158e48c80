//! `osv-scanner.toml`: what OSV-Scanner ignores in the folder that the file is in. See
//! <https://google.github.io/osv-scanner/configuration/>.
//!
//! ```toml
//! [[IgnoredVulns]]
//! id = "GHSA-aaaa-bbbb-cccc"
//! ignoreUntil = 2031-04-30T00:00:00Z
//! reason = "the call is compiled out"
//!
//! [[PackageOverrides]]
//! name = "ferry"
//! version = "1.2.3"
//! ecosystem = "npm"
//! vulnerability.ignore = true
//! ```
//!
//! Keys may be in any case. An entry holds while its end is in the future. Of two entries with one id OSV-Scanner takes the
//! first. What it says of licences is no opinion about a vulnerability.

use std::collections::BTreeSet;

use toml::de::{DeTable, DeValue};

use super::{
    OpinionReader, Read, expiry,
    reading::{self, Reading, Value, file_name, folder_of},
};
use crate::model::{Ecosystem, Expiry, Origin, canonical_id};

/// `osv-scanner.toml`.
#[derive(Debug)]
pub(super) struct OsvScannerToml;

impl OpinionReader for OsvScannerToml {
    fn id(&self) -> &'static str {
        "osv-scanner.toml"
    }

    fn claims(&self, path: &str) -> bool {
        file_name(path) == "osv-scanner.toml"
    }

    fn read(&self, text: &str, at: &Origin) -> Read {
        reading::read(self.id(), folder_of(&at.path, &[]), text, at, |text, reading| {
            let Some(table) = reading.toml(text) else { return };
            if let Some(ignored) = get(&table, "IgnoredVulns") {
                let mut seen = BTreeSet::new();
                for item in reading.list("IgnoredVulns", ignored) {
                    vulnerability(item, &mut seen, reading);
                }
            }
            if let Some(overrides) = get(&table, "PackageOverrides") {
                for item in reading.list("PackageOverrides", overrides) {
                    package(item, reading);
                }
            }
        })
    }
}

fn vulnerability(item: &Value<'_>, seen: &mut BTreeSet<String>, reading: &mut Reading<'_>) {
    let row = reading.row(item);
    let entry = item.get_ref().as_table().and_then(|table| Some((table, get(table, "id")?)));
    let Some((table, (value, id))) =
        entry.and_then(|(table, value)| Some((table, (value, value.get_ref().as_str()?))))
    else {
        reading.warn(row, "an entry of `IgnoredVulns` has no `id`");
        return;
    };
    let row = reading.row(value);
    if !seen.insert(canonical_id(id)) {
        reading.note(row, format!("`{id}` is ignored twice, and OSV-Scanner takes the first"));
        return;
    }
    let mut opinion = reading.opinion(row, [id]);
    opinion.expiry = end(table, "ignoreUntil", reading);
    opinion.reason = text(table, "reason").map(str::to_owned);
    for (key, value) in table {
        let is_known =
            ["id", "ignoreUntil", "reason"].iter().any(|k| k.eq_ignore_ascii_case(key.get_ref()));
        if !is_known {
            let key = key.get_ref();
            reading.note(reading.row(value), format!("`{key}` is not read"));
            opinion.only_if.push(format!("`{key}` is what it says"));
        }
    }
    reading.make(opinion);
}

fn package(item: &Value<'_>, reading: &mut Reading<'_>) {
    let Some(table) = item.get_ref().as_table() else {
        reading.warn(reading.row(item), "an entry of `PackageOverrides` is not a table");
        return;
    };
    let is_true =
        |value: Option<&Value<'_>>| value.and_then(|v| v.get_ref().as_bool()) == Some(true);
    let vulnerability = get(table, "vulnerability").and_then(|value| value.get_ref().get("ignore"));
    if !is_true(get(table, "ignore")) && !is_true(vulnerability) {
        return;
    }
    let name = get(table, "name");
    let mut opinion = reading.opinion(reading.row(name.unwrap_or(item)), []);
    let ecosystem = text(table, "ecosystem").map_or(Ecosystem::UNKNOWN, Ecosystem::named);
    let name = text(table, "name").unwrap_or_default();
    if is_true(get(table, "nameIsRegex")) {
        opinion.only_if.push(format!("the package matches `{name}`"));
    } else if name.trim().is_empty() {
        opinion.only_if.push(format!("the package is one of {ecosystem}"));
    } else {
        opinion.package = reading::package(ecosystem, name, text(table, "version"));
    }
    if let Some(group) = text(table, "group").filter(|group| !group.is_empty()) {
        opinion.only_if.push(format!("the dependency is of the group `{group}`"));
    }
    opinion.expiry = end(table, "effectiveUntil", reading);
    opinion.reason = text(table, "reason").map(str::to_owned);
    reading.make(opinion);
}

/// The value of a key in any case: OSV-Scanner's reader takes them all.
fn get<'v, 't>(table: &'v DeTable<'t>, key: &str) -> Option<&'v Value<'t>> {
    let is_key = |own: &str| own.eq_ignore_ascii_case(key);
    table
        .get(key)
        .or_else(|| table.iter().find(|(own, _)| is_key(own.get_ref())).map(|(_, value)| value))
}

fn text<'t>(table: &'t DeTable<'_>, key: &str) -> Option<&'t str> {
    get(table, key)?.get_ref().as_str()
}

fn end(table: &DeTable<'_>, key: &str, reading: &mut Reading<'_>) -> Expiry {
    let Some(value) = get(table, key) else { return Expiry::Never };
    let DeValue::Datetime(written) = value.get_ref() else {
        let written = value.get_ref().as_str().unwrap_or_else(|| value.get_ref().type_str());
        return expiry::unreadable(written);
    };
    let written = written.to_string();
    let Some(moment) = expiry::moment(&written) else { return expiry::unreadable(&written) };
    if moment.is_local {
        let message = format!(
            "`{key}` is {written} without an offset: OSV-Scanner takes it for local time, and it is \
             taken for UTC here"
        );
        reading.note(reading.row(value), message);
    }
    Expiry::At(moment.instant)
}
