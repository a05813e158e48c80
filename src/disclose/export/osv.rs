//! OSV: <https://ossf.github.io/osv-schema/>.
//!
//! One range for all lines, with its events in the order of versions: a version is affected if the
//! last event before it is `introduced`. So a hole without a fix is ended by the next line, and only
//! where that one never had it by an event of its own. Lines that nobody evaluated are in no range:
//! OSV has no word for them, and a sentence in `details` says so. A hole without a fix below such a
//! line is a range of its own, since it ends with the last version that has it, and one range has
//! either fixed versions or last ones.

use serde::Serialize;

use super::{
    Document, Export, Lack, Source, json,
    lines::{Facts, Segment, State},
    purl, score, words,
};
use crate::{
    disclose::{
        record::{Disclosure, LineStatus, Package},
        track::Presence,
    },
    escape,
};

/// The version of the format.
const SCHEMA_VERSION: &str = "1.7.4";

/// Prefixes of ids that a home database has:
/// <https://ossf.github.io/osv-schema/#id-modified-fields>. Any other id is none of OSV.
const PREFIXES: [&str; 15] = [
    "CVE-", "GHSA-", "RUSTSEC-", "GO-", "PYSEC-", "CURL-", "HSEC-", "RSEC-", "BIT-", "PSF-", "V8-",
    "EEF-", "KUBE-", "OSV-", "JLSEC-",
];

/// Ecosystems that OSV knows, without those of distributions, which no project publishes to:
/// <https://ossf.github.io/osv-schema/#defined-ecosystems>. True of those that count in semantic
/// versions.
const ECOSYSTEMS: [(&str, bool); 22] = [
    ("Bioconductor", false),
    ("Bitnami", true),
    ("ConanCenter", false),
    ("CRAN", false),
    ("crates.io", true),
    ("GHC", false),
    ("GitHub Actions", false),
    ("Go", true),
    ("Hackage", false),
    ("Hex", true),
    ("Julia", true),
    ("Kubernetes", false),
    ("Maven", false),
    ("npm", true),
    ("NuGet", false),
    ("opam", false),
    ("OSS-Fuzz", false),
    ("Packagist", false),
    ("Pub", true),
    ("PyPI", false),
    ("RubyGems", false),
    ("SwiftURL", true),
];

#[derive(Serialize)]
struct OsvRecord<'a> {
    schema_version: &'static str,
    id: &'a str,
    modified: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    published: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    aliases: Vec<&'a str>,
    summary: String,
    details: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    severity: Vec<OsvSeverity<'a>>,
    affected: [OsvAffected<'a>; 1],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    references: Vec<OsvReference<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    credits: Vec<OsvCredit<'a>>,
}

#[derive(Serialize)]
struct OsvSeverity<'a> {
    r#type: &'static str,
    score: &'a str,
}

#[derive(Serialize)]
struct OsvAffected<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    package: Option<OsvPackage<'a>>,
    ranges: Vec<OsvRange<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    versions: Vec<String>,
}

#[derive(Serialize)]
struct OsvPackage<'a> {
    ecosystem: &'a str,
    name: &'a str,
    purl: String,
}

#[derive(Serialize)]
struct OsvRange<'a> {
    r#type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    repo: Option<&'a str>,
    events: Vec<OsvEvent>,
}

#[derive(Serialize, PartialEq)]
#[serde(rename_all = "lowercase")]
enum OsvEvent {
    Introduced(String),
    Fixed(String),
    #[serde(rename = "last_affected")]
    Last(String),
}

#[derive(Serialize)]
struct OsvReference<'a> {
    r#type: &'static str,
    url: &'a str,
}

#[derive(Serialize)]
struct OsvCredit<'a> {
    name: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    contact: Vec<&'a str>,
    r#type: &'static str,
}

pub(super) fn write(source: Source<'_>, facts: &Facts<'_>, export: &mut Export) {
    let disclosure = facts.of;
    let before = export.lacks.len();
    let id = id(disclosure);
    if id.is_none() {
        export.lacks.push(Lack::of(
            disclosure,
            "has no id of a database that OSV knows, such as `cve` or `ghsa`",
        ));
    }
    if disclosure.lines.iter().all(|row| row.status != LineStatus::Affected) {
        export.lacks.push(Lack::of(disclosure, "has no affected line"));
    }
    if words::summary(disclosure).is_empty() {
        export.lacks.push(Lack::of(disclosure, "has neither `summary` nor `title`"));
    }
    export.lacks.extend(words::broken(disclosure).map(|url| {
        Lack::of(disclosure, &format!("has the reference `{url}`, which is no address"))
    }));
    let affected = affected(source, facts, export);
    let (Some(id), Some(affected)) = (id, affected) else { return };
    if export.lacks.len() > before {
        return;
    }
    let record = OsvRecord {
        schema_version: SCHEMA_VERSION,
        id,
        modified: source.modified(),
        published: source.published(),
        aliases: words::aliases(disclosure, id),
        summary: json::text(&words::summary(disclosure), 1024),
        details: words::details(facts),
        severity: score::scored(&disclosure.cvss).iter().map(severity).collect(),
        affected: [affected],
        references: words::references(source.record, disclosure)
            .into_iter()
            .map(|(kind, url)| OsvReference { r#type: kind_of(kind), url })
            .collect(),
        credits: words::credited(disclosure)
            .map(|credit| OsvCredit {
                name: json::text(&words::one_line(&credit.name), 1024),
                contact: credit
                    .contact
                    .iter()
                    .map(String::as_str)
                    .filter(|c| is_contact(c))
                    .collect(),
                r#type: role(&credit.role),
            })
            .collect(),
    };
    export.documents.push(Document {
        file: format!("{}.json", escape::segment(id)),
        content: json::print(&record),
    });
}

/// The project's own id where a database has it, else the CVE id, else the GHSA.
fn id(disclosure: &Disclosure) -> Option<&str> {
    let is_known = |id: &&str| {
        PREFIXES.iter().any(|prefix| id.len() > prefix.len() && id.starts_with(prefix))
            && id.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | ':' | '_'))
    };
    words::names(disclosure).find(is_known)
}

/// `None`: something is missing, and is told.
fn affected<'a>(
    source: Source<'a>,
    facts: &Facts<'a>,
    export: &mut Export,
) -> Option<OsvAffected<'a>> {
    let disclosure = facts.of;
    let mut ranges = Vec::new();
    let package = disclosure.package.as_ref();
    let known = package.map(ecosystem);
    if let (Some(package), Some(None)) = (package, known) {
        let message = format!("has a package of `{}`, which OSV does not know", package.ecosystem);
        export.lacks.push(Lack::of(disclosure, &message));
        return None;
    }
    let counts_semantically = known.flatten().is_none_or(|(_, is_semantic)| is_semantic);
    let stretches = stretches(facts);
    if !stretches.is_empty() {
        let r#type = match (package, counts_semantically, facts.is_semantic()) {
            (_, true, true) => "SEMVER",
            (Some(_), false, _) => "ECOSYSTEM",
            // Without a package nobody knows how other versions are compared: they are listed.
            (None, ..) => "",
            (Some(package), true, false) => {
                let message = format!(
                    "has versions that are no semantic ones, and `{}` counts in these",
                    package.ecosystem
                );
                export.lacks.push(Lack::of(disclosure, &message));
                return None;
            }
        };
        if !r#type.is_empty() {
            let range = |events| OsvRange { r#type, repo: None, events };
            ranges.extend(stretches.into_iter().map(range));
        }
    }
    ranges.extend(commits(source, facts, export));
    let of_package = |release: &super::lines::Released<'_>| match (package, release.tag) {
        (None, Some(tag)) => tag.to_owned(),
        _ => release.version.to_string(),
    };
    let released = facts.released.iter();
    let versions = released.filter(|release| release.state == State::Affected).map(of_package);
    let versions: Vec<String> = versions.collect();
    if ranges.is_empty() && versions.is_empty() {
        export.lacks.push(Lack::of(disclosure, "has no affected version and no commit"));
        return None;
    }
    let package = package.zip(known.flatten()).map(|(package, (ecosystem, _))| OsvPackage {
        ecosystem,
        name: &package.name,
        purl: purl::package(package, None),
    });
    Some(OsvAffected { package, ranges, versions })
}

/// In the spelling of OSV, and whether it counts in semantic versions.
fn ecosystem(package: &Package) -> Option<(&'static str, bool)> {
    let name = crate::model::Ecosystem::named(&package.ecosystem);
    ECOSYSTEMS.into_iter().find(|(known, _)| known.eq_ignore_ascii_case(name.as_str()))
}

/// The events of each range.
fn stretches(facts: &Facts<'_>) -> Vec<Vec<OsvEvent>> {
    let mut closed: Vec<OsvEvent> = Vec::new();
    let mut others: Vec<Vec<OsvEvent>> = Vec::new();
    // Of the holes that nothing has ended yet, with the last of them.
    let mut open: (Vec<OsvEvent>, Option<&Segment<'_>>) = (Vec::new(), None);
    for segment in &facts.segments {
        let from = segment.from.to_string();
        match (segment.state, open.1) {
            (State::Affected, _) => {
                // Zero is written so.
                let is_zero = segment.from == super::version::Version::zero();
                open.0.push(OsvEvent::Introduced(if is_zero { "0".to_owned() } else { from }));
                open.1 = Some(segment);
            }
            (State::Clear | State::Fixed, Some(_)) => {
                closed.append(&mut open.0);
                closed.push(OsvEvent::Fixed(from));
                open.1 = None;
            }
            (State::Unknown, Some(hole)) => {
                let mut events = std::mem::take(&mut open.0);
                events.push(OsvEvent::Last(last(facts, hole)));
                others.push(events);
                open.1 = None;
            }
            (State::Clear | State::Fixed | State::Unknown, None) => {}
        }
    }
    closed.append(&mut open.0);
    others.insert(0, closed);
    others.retain(|events| !events.is_empty());
    others
}

/// The newest release of a hole, else where it begins.
fn last(facts: &Facts<'_>, hole: &Segment<'_>) -> String {
    let mut released = facts.released.iter().map(|release| &release.version);
    let last = released.rfind(|version| hole.has(version));
    last.unwrap_or(&hole.from).to_string()
}

/// The range of commits, if all that are known are whole; what is not is told.
fn commits<'a>(source: Source<'a>, facts: &Facts<'a>, export: &mut Export) -> Option<OsvRange<'a>> {
    let disclosure = facts.of;
    let affected = || disclosure.lines.iter().filter(|row| row.status == LineStatus::Affected);
    let introduced = disclosure.introduced.iter();
    let introduced: Vec<&String> =
        introduced.chain(affected().flat_map(|row| &row.introduced)).collect();
    // All commits of a fix are needed, and each event would count as the whole fix: the one that came
    // last on a line, or is said to.
    let found = found(source, disclosure, export);
    let last = |fix: &'a Vec<String>| {
        fix.iter().rfind(|commit| found.contains(commit)).or(fix.last()).cloned()
    };
    let said = last(&disclosure.fix).into_iter().chain(affected().filter_map(|row| last(&row.fix)));
    let mut fixes: Vec<String> = said.collect();
    if !fixes.is_empty() || !introduced.is_empty() {
        fixes.extend(found);
    }
    if introduced.is_empty() && fixes.is_empty() {
        return None;
    }
    let Some(repository) = source.record.repository.as_deref().filter(|url| words::is_address(url))
    else {
        let note = format!(
            "{}: the record has no `repository`, so that OSV is not told of its commits",
            disclosure.id
        );
        export.notes.push(note);
        return None;
    };
    let all = introduced.iter().copied().chain(&fixes);
    let cut: Vec<&String> = all.filter(|commit| !words::is_commit(commit)).collect();
    export.lacks.extend(cut.iter().map(|commit| {
        Lack::of(disclosure, &format!("has the commit `{commit}`, which is no whole id of one"))
    }));
    if !cut.is_empty() {
        return None;
    }
    if disclosure.fix.len() > 1 || affected().any(|row| row.fix.len() > 1) {
        export.notes.push(format!(
            "{}: a fix has several commits, and OSV is told of the last one",
            disclosure.id
        ));
    }
    let mut events: Vec<OsvEvent> = Vec::new();
    if introduced.is_empty() {
        events.push(OsvEvent::Introduced("0".to_owned()));
    }
    let introduced = introduced.into_iter().map(|commit| OsvEvent::Introduced(commit.clone()));
    let fixes = fixes.into_iter().map(OsvEvent::Fixed);
    for event in introduced.chain(fixes) {
        if !events.contains(&event) {
            events.push(event);
        }
    }
    Some(OsvRange { r#type: "GIT", repo: Some(repository), events })
}

/// The commits that mend the lines, as git shows them: backports have names of their own.
fn found(source: Source<'_>, disclosure: &Disclosure, export: &mut Export) -> Vec<String> {
    let mut found = Vec::new();
    let cells = source.tracked.iter().flat_map(|tracked| &tracked.cells);
    for cell in cells.filter(|cell| cell.advisory == disclosure.id) {
        if !matches!(cell.status, None | Some(LineStatus::Affected)) {
            continue;
        }
        found.extend(cell.mended_by.iter().map(|commit| commit.0.clone()));
        if let (Some(LineStatus::Affected), Some(Presence::Unknown { why })) =
            (cell.status, &cell.branch)
        {
            export.notes.push(format!(
                "{}: which commit mends `{}` is not known, and OSV is told what the record says: {why}",
                disclosure.id, cell.line
            ));
        }
    }
    found
}

fn severity<'a>(scored: &score::Scored<'a>) -> OsvSeverity<'a> {
    let r#type = match scored.version {
        score::Version::V2 => "CVSS_V2",
        score::Version::V30 | score::Version::V31 => "CVSS_V3",
        score::Version::V40 => "CVSS_V4",
    };
    OsvSeverity { r#type, score: scored.vector }
}

fn kind_of(kind: &str) -> &'static str {
    match kind {
        "advisory" => "ADVISORY",
        "article" => "ARTICLE",
        "detection" => "DETECTION",
        "discussion" => "DISCUSSION",
        "report" => "REPORT",
        "fix" => "FIX",
        "introduced" => "INTRODUCED",
        "package" => "PACKAGE",
        "evidence" => "EVIDENCE",
        _ => "WEB",
    }
}

fn role(role: &str) -> &'static str {
    match role {
        "finder" => "FINDER",
        "reporter" => "REPORTER",
        "analyst" => "ANALYST",
        "coordinator" => "COORDINATOR",
        "remediation-developer" => "REMEDIATION_DEVELOPER",
        "remediation-reviewer" => "REMEDIATION_REVIEWER",
        "remediation-verifier" => "REMEDIATION_VERIFIER",
        "tool" => "TOOL",
        "sponsor" => "SPONSOR",
        _ => "OTHER",
    }
}

/// True of an address of the web or of mail.
fn is_contact(contact: &str) -> bool {
    let is_mail = contact.strip_prefix("mailto:").is_some_and(|rest| {
        rest.contains('@')
            && rest.chars().all(|c| c.is_ascii_graphic() && !"<>\"{}|\\^`".contains(c))
    });
    is_mail || words::is_address(contact)
}
