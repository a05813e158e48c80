//! An advisory of RustSec, Markdown with a head in TOML:
//! <https://github.com/RustSec/advisory-db/blob/main/EXAMPLE_ADVISORY.md>.
//!
//! Whatever is neither `patched` nor `unaffected` counts as affected, also what nobody evaluated.
//! The id is given by RustSec: until then it is `RUSTSEC-0000-0000`.

use std::fmt::Write as _;

use super::{
    Document, Export, Lack, Source,
    lines::{Facts, Segment, State},
    score,
    version::Version,
    words,
};
use crate::{disclose::record::Step, escape, model::Ecosystem};

/// Until RustSec gives another one.
const NO_ID: &str = "RUSTSEC-0000-0000";

pub(super) fn write(source: Source<'_>, facts: &Facts<'_>, export: &mut Export) {
    let disclosure = facts.of;
    let before = export.lacks.len();
    let mut lack = |message: &str| export.lacks.push(Lack::of(disclosure, message));
    let package = disclosure
        .package
        .as_ref()
        .filter(|package| Ecosystem::named(&package.ecosystem) == Ecosystem::CRATES_IO)
        .map(|package| package.name.as_str());
    if package.is_none_or(|name| !is_crate(name)) {
        lack("is about no package of crates.io, and RustSec is about these only");
    }
    if words::one_line(&disclosure.title).is_empty() {
        lack("has no `title`");
    }
    if disclosure.description.trim().is_empty() && words::summary(disclosure).is_empty() {
        lack("has neither `description` nor `summary`");
    }
    if facts.affected().next().is_none() {
        lack("has no line with an affected version");
    }
    if !facts.is_semantic() {
        lack("has versions that are no semantic ones, and crates have no others");
    }
    for url in words::broken(disclosure) {
        lack(&format!("has the reference `{url}`, which is no address"));
    }
    let date = source.record.step(Step::Public).best();
    if date.is_none() {
        export.lacks.push(Lack::of_record("the record has no public day"));
    }
    let (Some(package), Some(date)) = (package, date) else { return };
    if export.lacks.len() > before {
        return;
    }
    let id = words::names(disclosure).find(|name| is_rustsec(name)).unwrap_or(NO_ID);
    let mut text = "```toml\n[advisory]\n".to_owned();
    let _ = writeln!(text, "id = {}", escape::quoted(id));
    let _ = writeln!(text, "package = {}", escape::quoted(package));
    let _ = writeln!(text, "date = \"{}\"", date.day);
    let links = words::references(source.record, disclosure);
    let urls: Vec<&str> = links.into_iter().map(|(_, url)| url).collect();
    if let Some((first, others)) = urls.split_first() {
        let _ = writeln!(text, "url = {}", escape::quoted(first));
        list(&mut text, "references", others);
    }
    // RustSec takes one vector; its own tools read the newest one, too.
    if let Some(scored) = score::scored(&disclosure.cvss).last() {
        if scored.version == score::Version::V2 {
            let note = "RustSec takes no CVSS 2, so it is told no vector";
            export.notes.push(format!("{}: {note}", disclosure.id));
        } else {
            let _ = writeln!(text, "cvss = {}", escape::quoted(scored.vector));
        }
    }
    let aliases = words::aliases(disclosure, id).into_iter();
    let aliases: Vec<&str> = aliases.filter(|alias| is_alias(alias)).collect();
    list(&mut text, "aliases", &aliases);
    let (patched, unaffected) = requirements(facts);
    text.push_str("\n[versions]\n");
    let _ = writeln!(text, "patched = [{}]", quoted(&patched));
    if !unaffected.is_empty() {
        let _ = writeln!(text, "unaffected = [{}]", quoted(&unaffected));
    }
    let title = escape::markdown(&words::one_line(&disclosure.title));
    let _ = write!(text, "```\n\n# {title}\n\n{}\n", words::details(facts));
    if facts.segments.iter().any(|segment| segment.state == State::Unknown) {
        export.notes.push(format!(
            "{}: RustSec takes every version for affected that is neither patched nor unaffected, \
             also those that nobody evaluated",
            disclosure.id
        ));
    }
    let name = if id == NO_ID { &disclosure.id } else { id };
    export
        .documents
        .push(Document { file: format!("{}.md", escape::segment(name)), content: text });
}

/// The stretches without the hole: where it was closed, and where it never was.
fn requirements(facts: &Facts<'_>) -> (Vec<String>, Vec<String>) {
    let is_lowest = |index: usize| index == 0;
    let requirement = |index: usize, segment: &Segment<'_>| match &segment.to {
        // Nobody speaks of what is below the first line, because there is nothing.
        Some(to) if is_lowest(index) && segment.state == State::Clear => format!("< {to}"),
        None if is_lowest(index) && segment.state == State::Clear => ">= 0.0.0".to_owned(),
        Some(to) => format!(">= {}, < {to}", semantic(&segment.from)),
        None => format!(">= {}", semantic(&segment.from)),
    };
    let of = |state: State| -> Vec<String> {
        let segments = facts.segments.iter().enumerate();
        segments
            .filter(|(_, segment)| segment.state == state)
            .map(|(index, segment)| requirement(index, segment))
            .collect()
    };
    let mut unaffected = of(State::Clear);
    let first = facts.segments.first();
    let first = first.filter(|first| matches!(first.state, State::Affected | State::Fixed));
    if let Some(first) = first.filter(|first| first.from > Version::zero()) {
        unaffected.insert(0, format!("< {}", first.from));
    }
    (of(State::Fixed), unaffected)
}

fn semantic(version: &Version) -> String {
    version.padded().to_string()
}

fn list(text: &mut String, key: &str, values: &[&str]) {
    if !values.is_empty() {
        let values: Vec<String> = values.iter().map(|value| escape::quoted(value)).collect();
        let _ = writeln!(text, "{key} = [{}]", values.join(", "));
    }
}

fn quoted(values: &[String]) -> String {
    let values: Vec<String> = values.iter().map(|value| escape::quoted(value)).collect();
    values.join(", ")
}

/// Of the names that crates.io gives.
fn is_crate(name: &str) -> bool {
    (1..=64).contains(&name.len())
        && name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))
}

fn is_rustsec(name: &str) -> bool {
    crate::name::is_advisory_id(name) && name.starts_with("RUSTSEC-")
}

/// Ids of databases that RustSec knows.
fn is_alias(name: &str) -> bool {
    let is_known = ["CVE-", "GHSA-", "TALOS-"].iter().any(|prefix| name.starts_with(prefix));
    is_known && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
}
