//! CVE JSON 5.1: <https://github.com/CVEProject/cve-schema>.
//!
//! Each line is a range from its first affected version to its fix. What nobody evaluated is
//! `unknown`, which is no `unaffected`. "This version and every later one" is written the other way
//! round: everything is affected by default, and what is not is listed.

mod shape;

use self::shape::{
    Affected, Cna, Containers, CreditEntry, CveMetadata, CveRecord, Cvss, Impact, Metric, Problem,
    ProblemType, Provider, Reference, Source as Discovery, Text, TimelineEntry, VersionEntry,
};
use super::{
    Document, Export, Lack, Source, json,
    lines::{Facts, State},
    score, words,
};
use crate::{
    disclose::record::Disclosure, escape, model::Ecosystem, report::lines::openeox::Product,
};

const DATA_VERSION: &str = "5.1.1";

/// The longest text of a description.
const LONGEST: usize = 4096;

pub(super) fn write(source: Source<'_>, facts: &Facts<'_>, export: &mut Export) {
    let disclosure = facts.of;
    let before = export.lacks.len();
    let mut lack = |message: &str| export.lacks.push(Lack::of(disclosure, message));
    let id = disclosure.cve.id().filter(|id| is_cve(id));
    if id.is_none() {
        lack("has no CVE id: nobody gave one yet, or it is not written as `CVE-2031-0001`");
    }
    let summary = words::summary(disclosure);
    if summary.is_empty() && disclosure.description.trim().is_empty() {
        lack("has no `summary`, `title` or `description`");
    }
    for url in words::broken(disclosure) {
        lack(&format!("has the reference `{url}`, which is no address"));
    }
    let references = references(source, disclosure);
    if references.is_empty() {
        lack("has no address where it is published: give the record a `url`, or it a reference");
    }
    if facts.segments.iter().all(|segment| segment.row.is_none()) {
        lack("has no line with a version");
    }
    if source.record.product.trim().is_empty() && disclosure.package.is_none() {
        lack("is of a record without `product`");
    }
    let organisation = source.policy.cve.id.as_deref();
    match organisation {
        None => export.lacks.push(Lack::of_record(
            "the configuration does not say who assigns CVE ids: set `cve-org` in `[disclose]` to the \
             UUID of the organisation",
        )),
        Some(id) if !is_uuid(id) => export.lacks.push(Lack::of_record(&format!(
            "`cve-org` in `[disclose]` is `{id}`, which is no UUID of an organisation"
        ))),
        Some(_) => {}
    }
    let (Some(id), Some(organisation)) = (id, organisation) else { return };
    if export.lacks.len() > before {
        return;
    }
    let name =
        source.policy.cve.name.as_deref().filter(|name| (2..=32).contains(&name.chars().count()));
    let record = CveRecord {
        data_type: "CVE_RECORD",
        data_version: DATA_VERSION,
        cve_metadata: CveMetadata {
            cve_id: id,
            assigner_org_id: organisation,
            assigner_short_name: name,
            state: "PUBLISHED",
        },
        containers: Containers { cna: cna(source, facts, organisation, name, references) },
    };
    let file = format!("{}.json", escape::segment(id));
    export.documents.push(Document { file, content: json::print(&record) });
}

fn cna<'a>(
    source: Source<'a>,
    facts: &'a Facts<'a>,
    organisation: &'a str,
    short_name: Option<&'a str>,
    references: Vec<Reference<'a>>,
) -> Cna<'a> {
    let disclosure = facts.of;
    let texts = |text: Option<&String>| -> Vec<Text> {
        words::stated(text).map(|text| Text::english(text, LONGEST)).into_iter().collect()
    };
    Cna {
        provider_metadata: Provider { org_id: organisation, short_name },
        date_public: source.published(),
        title: Some(json::text(&words::one_line(&disclosure.title), 256))
            .filter(|title| !title.is_empty()),
        descriptions: vec![Text::english(&description(facts), LONGEST)],
        affected: [affected(source, facts)],
        problem_types: problem_types(disclosure),
        references,
        impacts: impacts(disclosure),
        metrics: score::scored(&disclosure.cvss).iter().map(metric).collect(),
        configurations: texts(disclosure.conditions.as_ref()),
        workarounds: texts(disclosure.mitigation.as_ref()),
        solutions: solutions(facts),
        timeline: timeline(source),
        credits: credits(disclosure),
        source: disclosure
            .discovery
            .as_deref()
            .map(|kind| Discovery { discovery: discovery(kind) }),
    }
}

/// One paragraph that stands for itself, with what the table of versions has no words for.
fn description(facts: &Facts<'_>) -> String {
    let disclosure = facts.of;
    let text = match words::summary(disclosure) {
        summary if summary.is_empty() => words::one_line(&disclosure.description),
        summary => summary,
    };
    match words::unknown(disclosure) {
        Some(unknown) => {
            // The sentence has to stand, however long the rest is.
            let rest = LONGEST.saturating_sub(unknown.chars().count().min(1000) + 1);
            format!("{} {unknown}", escape::cut(&words::ended(&text), rest))
        }
        None => text,
    }
}

fn affected<'a>(source: Source<'a>, facts: &Facts<'a>) -> Affected<'a> {
    let record = source.record;
    let product = Product::named(record.repository.as_deref());
    let vendor = if product.is_named() { product.vendor } else { record.product.clone() };
    let package = facts.of.package.as_ref();
    let named = |text: &str, other: &str| {
        let text = if text.trim().is_empty() { other } else { text };
        json::text(&words::one_line(text), 512)
    };
    let other = package.map_or("", |package| package.name.as_str());
    let name = named(&record.product, other);
    let (default, versions) = versions(facts);
    Affected {
        vendor: named(&vendor, &name),
        product: name,
        collection_url: package.and_then(collection),
        package_name: package
            .filter(|package| collection(package).is_some())
            .map(|p| p.name.as_str()),
        repo: record.repository.as_deref().filter(|url| words::is_address(url)),
        default_status: default,
        versions,
    }
}

/// The ranges in the order of versions, and what holds outside of them.
fn versions(facts: &Facts<'_>) -> (&'static str, Vec<VersionEntry>) {
    let last = facts.segments.last();
    let is_open = last.is_some_and(|last| last.state == State::Affected && last.to.is_none());
    let default = if is_open { State::Affected } else { State::Clear };
    let kind = if facts.is_semantic() { "semver" } else { kind_of(facts.of) };
    let entry = |from: &str, to: Option<&str>, state: State| VersionEntry {
        version: from.to_owned(),
        // An asterisk is larger than every number.
        less_than: to.unwrap_or("*").to_owned(),
        version_type: kind,
        status: status(state),
    };
    let mut versions = Vec::new();
    for (index, segment) in facts.segments.iter().enumerate() {
        // What is below the first line: of a release that nobody speaks of, nothing is known.
        let zero = super::version::Version::zero();
        if index == 0 && is_open && segment.row.is_some() && segment.from > zero {
            versions.push(entry("0", Some(segment.from.as_str()), State::Clear));
        }
        let from = if index == 0 && segment.row.is_none() { "0" } else { segment.from.as_str() };
        if status(segment.state) != status(default) {
            versions.push(entry(
                from,
                segment.to.as_ref().map(super::version::Version::as_str),
                segment.state,
            ));
        }
    }
    (status(default), versions)
}

fn status(state: State) -> &'static str {
    match state {
        State::Affected => "affected",
        State::Clear | State::Fixed => "unaffected",
        State::Unknown => "unknown",
    }
}

/// The way in which versions are compared: <https://cveproject.github.io/cve-schema/schema/docs/>.
fn kind_of(disclosure: &Disclosure) -> &'static str {
    let ecosystem = disclosure.package.as_ref().map(|package| Ecosystem::named(&package.ecosystem));
    match ecosystem.as_ref().map_or("", |ecosystem| ecosystem.as_str()) {
        "Maven" => "maven",
        "PyPI" => "python",
        _ => "custom",
    }
}

/// The address of a registry, as CVE records name it.
fn collection(package: &crate::disclose::record::Package) -> Option<&'static str> {
    Some(match Ecosystem::named(&package.ecosystem).as_str() {
        "crates.io" => "https://crates.io",
        "Go" => "https://pkg.go.dev",
        "Hackage" => "https://hackage.haskell.org",
        "Hex" => "https://repo.hex.pm",
        "Maven" => "https://repo.maven.apache.org/maven2",
        "npm" => "https://registry.npmjs.org",
        "NuGet" => "https://www.nuget.org/packages",
        "Packagist" => "https://packagist.org",
        "Pub" => "https://pub.dev",
        "PyPI" => "https://pypi.org",
        "RubyGems" => "https://rubygems.org",
        _ => return None,
    })
}

fn references<'a>(source: Source<'a>, disclosure: &'a Disclosure) -> Vec<Reference<'a>> {
    let links = words::references(source.record, disclosure).into_iter();
    let tag = |kind: &str| match kind {
        "advisory" => Some("vendor-advisory"),
        "article" => Some("technical-description"),
        "discussion" => Some("mailing-list"),
        "report" => Some("issue-tracking"),
        "fix" => Some("patch"),
        "package" => Some("product"),
        _ => None,
    };
    // More are not taken.
    links
        .take(512)
        .map(|(kind, url)| Reference { url, tags: tag(kind).into_iter().collect() })
        .collect()
}

fn problem_types(disclosure: &Disclosure) -> Vec<ProblemType> {
    let mut known = Vec::new();
    for cwe in disclosure.cwe.iter().filter_map(|cwe| super::csaf::cwe::id(cwe)) {
        if !known.contains(&cwe) {
            known.push(cwe);
        }
    }
    let described = known.into_iter().map(|id| {
        let name = super::csaf::cwe::name(&id);
        let description = name.map_or_else(|| id.clone(), |name| format!("{id} {name}"));
        ProblemType {
            descriptions: [Problem { cwe_id: id, lang: "en", description, r#type: "CWE" }],
        }
    });
    described.collect()
}

fn impacts(disclosure: &Disclosure) -> Vec<Impact> {
    let impact = words::stated(disclosure.impact.as_ref());
    let capec: Vec<&String> = disclosure.capec.iter().filter(|id| is_capec(id)).collect();
    let text = |fallback: &str| vec![Text::english(impact.unwrap_or(fallback), LONGEST)];
    if capec.is_empty() {
        let alone = impact.map(|_| Impact { capec_id: None, descriptions: text("") });
        return alone.into_iter().collect();
    }
    let mut impacts: Vec<Impact> = Vec::new();
    for id in capec {
        if impacts.iter().all(|other| other.capec_id.as_ref() != Some(id)) {
            impacts.push(Impact { capec_id: Some(id.clone()), descriptions: text(id) });
        }
    }
    impacts
}

fn is_capec(text: &str) -> bool {
    text.strip_prefix("CAPEC-").is_some_and(|number| {
        (1..=5).contains(&number.len())
            && !number.starts_with('0')
            && number.bytes().all(|byte| byte.is_ascii_digit())
    })
}

fn metric<'a>(scored: &score::Scored<'a>) -> Metric<'a> {
    let (key, version) = match scored.version {
        score::Version::V2 => ("cvssV2_0", "2.0"),
        score::Version::V30 => ("cvssV3_0", "3.0"),
        score::Version::V31 => ("cvssV3_1", "3.1"),
        score::Version::V40 => ("cvssV4_0", "4.0"),
    };
    let word = (scored.version != score::Version::V2).then(|| scored.word());
    let score = Cvss {
        version,
        vector_string: scored.vector,
        base_score: scored.score,
        base_severity: word,
    };
    Metric { format: "CVSS", score: std::iter::once((key, score)).collect() }
}

fn solutions(facts: &Facts<'_>) -> Vec<Text> {
    let mut sentences: Vec<String> =
        facts.affected().filter_map(|segment| segment.row).map(words::action).collect();
    let action = words::stated(facts.of.action.as_ref());
    sentences.extend(action.map(|action| format!("After the upgrade: {}", words::ended(action))));
    let text = sentences.join(" ");
    (!text.is_empty()).then(|| Text::english(&text, LONGEST)).into_iter().collect()
}

fn timeline(source: Source<'_>) -> Vec<TimelineEntry> {
    words::timeline(source.record)
        .filter(|(moment, _)| moment.day <= source.today)
        .map(|(moment, value)| TimelineEntry { time: words::timestamp(moment), lang: "en", value })
        .collect()
}

fn credits(disclosure: &Disclosure) -> Vec<CreditEntry> {
    let mut credits: Vec<CreditEntry> = Vec::new();
    for credit in words::credited(disclosure) {
        let entry = CreditEntry {
            lang: "en",
            value: json::text(&words::one_line(&words::credit(credit)), LONGEST),
            r#type: role(&credit.role),
        };
        if !entry.value.is_empty() && !credits.contains(&entry) {
            credits.push(entry);
        }
    }
    credits
}

fn role(role: &str) -> &'static str {
    match role {
        "finder" => "finder",
        "reporter" => "reporter",
        "analyst" => "analyst",
        "coordinator" => "coordinator",
        "remediation-developer" => "remediation developer",
        "remediation-reviewer" => "remediation reviewer",
        "remediation-verifier" => "remediation verifier",
        "tool" => "tool",
        "sponsor" => "sponsor",
        _ => "other",
    }
}

fn discovery(kind: &str) -> &'static str {
    match kind {
        "external" => "EXTERNAL",
        "internal" => "INTERNAL",
        "user" => "USER",
        "upstream" => "UPSTREAM",
        _ => "UNKNOWN",
    }
}

/// `CVE-2031-0001`
pub(super) fn is_cve(id: &str) -> bool {
    id.strip_prefix("CVE-").and_then(|rest| rest.split_once('-')).is_some_and(|(year, number)| {
        year.len() == 4
            && (4..=19).contains(&number.len())
            && year.bytes().chain(number.bytes()).all(|byte| byte.is_ascii_digit())
    })
}

/// A random UUID, as organisations have.
fn is_uuid(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let lengths: Vec<usize> = parts.iter().map(|part| part.len()).collect();
    lengths == [8, 4, 4, 4, 12]
        && text.bytes().all(|byte| byte == b'-' || byte.is_ascii_hexdigit())
        && parts.get(2).is_some_and(|part| part.starts_with('4'))
        && parts.get(3).is_some_and(|part| part.starts_with(['8', '9', 'a', 'b', 'A', 'B']))
}
