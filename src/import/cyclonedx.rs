//! CycloneDX with vulnerabilities, VDR and VEX, as JSON: <https://cyclonedx.org/docs/1.6/json/>.
//!
//! A BOM without vulnerabilities is an inventory and no report: nobody looked for any. What a
//! vulnerability affects counts only where it is a component of the same document, since tools also
//! name packages that are not there. XML is not read.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{Document, Imported, Importer, Run, field, silenced, unread};
use crate::{
    escape,
    model::{
        Advisory, AdvisoryClass, Certainty, Ecosystem, Opinion, PackagePattern, Reported,
        SeverityClaim, Stance, canonical_id,
    },
    name, severity,
};

const ID: &str = "cyclonedx";

/// No more components are read.
const MOST_COMPONENTS: usize = 1_000_000;

/// No more components are taken for one reference.
const MOST_COPIES: usize = 100;

/// No more bytes are written for all claims together: each has the whole record of its
/// vulnerability, and a small document can name many components for a long one.
const MOST_BYTES: usize = 512 * 1024 * 1024;

pub(super) struct CycloneDx;

impl Importer for CycloneDx {
    fn id(&self) -> &'static str {
        ID
    }

    fn claims(&self, document: &Document<'_>) -> bool {
        document.json().is_some_and(|bom| field::text(bom, "bomFormat") == Some("CycloneDX"))
    }

    fn read(&self, document: &Document<'_>) -> Imported {
        let Some(bom) = document.json().filter(|_| self.claims(document)) else {
            return unread::alien(ID, document);
        };
        let mut run = Run::of(ID);
        if let Some(tool) = tool(&bom["metadata"]["tools"]) {
            run.source = tool_id(field::text(tool, "name").unwrap_or_default());
            run.version = field::text_or_number(tool, "version");
        }
        run.about.repository = repository(bom);
        match bom["vulnerabilities"].as_array() {
            Some(list) => read_vulnerabilities(&mut run, bom, list),
            None => unread::incomplete(
                &mut run,
                "it has no `vulnerabilities`: it is an inventory, and no report of them".to_owned(),
            ),
        }
        Imported { runs: vec![run], trouble: unread::rest(document) }
    }
}

/// The first tool, in the shape of 1.4 (a list) or since 1.5 (components and services).
fn tool(tools: &Value) -> Option<&Value> {
    let list = tools.as_array().or_else(|| tools["components"].as_array())?;
    list.iter().find(|tool| field::text(tool, "name").is_some())
}

/// `OWASP Dependency-Track` → `owasp-dependency-track`.
fn tool_id(name: &str) -> String {
    let words = name.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    let id = words.take(10).collect::<Vec<_>>().join("-").to_ascii_lowercase();
    if id.is_empty() { ID.to_owned() } else { id }
}

/// Where the product's source is kept.
fn repository(bom: &Value) -> Option<String> {
    let of_product = field::list(&bom["metadata"]["component"], "externalReferences");
    let mut references = of_product.iter().chain(field::list(bom, "externalReferences"));
    let source = references.find(|reference| field::text(reference, "type") == Some("vcs"))?;
    Some(escape::without_credentials(&field::url(source, "url")?))
}

/// Something that a vulnerability can affect.
struct Component<'a> {
    purl: Option<name::Purl>,
    name: &'a str,
    version: Option<&'a str>,
    /// The product itself, which the whole document is about.
    is_product: bool,
}

/// All components, and by what they can be meant.
#[derive(Default)]
struct Components<'a> {
    all: Vec<Component<'a>>,
    /// By `bom-ref`, and by package URL as written.
    by_reference: BTreeMap<&'a str, usize>,
    by_package: BTreeMap<(Ecosystem, String), Vec<usize>>,
}

impl<'a> Components<'a> {
    fn of(bom: &'a Value) -> Self {
        let mut found = Self::default();
        let mut rest = vec![(&bom["metadata"]["component"], true)];
        rest.extend(field::list(bom, "components").iter().rev().map(|value| (value, false)));
        while let Some((value, is_product)) = rest.pop() {
            let index = found.all.len();
            if index >= MOST_COMPONENTS {
                break;
            }
            rest.extend(field::list(value, "components").iter().rev().map(|inner| (inner, false)));
            let written = field::text(value, "purl");
            let purl = written.and_then(name::purl);
            for reference in field::text(value, "bom-ref").into_iter().chain(written) {
                found.by_reference.entry(reference).or_insert(index);
            }
            if let Some(purl) = &purl {
                let key = (purl.ecosystem.clone(), purl.name.clone());
                found.by_package.entry(key).or_default().push(index);
            }
            found.all.push(Component {
                purl,
                name: field::text(value, "name").unwrap_or_default(),
                version: field::text(value, "version"),
                is_product,
            });
        }
        found
    }

    /// A reference is a component's own name, a link to it (`urn:cdx:<serial number>/1#<name>`), or,
    /// in osv-scanner's words, a package URL without a version, which may mean several.
    fn meant(&self, reference: &str) -> Vec<&Component<'a>> {
        let inside = reference.strip_prefix("urn:cdx:").and_then(|link| link.split_once('#'));
        let index = self.by_reference.get(reference);
        let index = index.or_else(|| self.by_reference.get(inside?.1));
        if let Some(component) = index.and_then(|index| self.all.get(*index)) {
            return vec![component];
        }
        let Some(purl) = name::purl(reference).filter(|purl| purl.version.is_none()) else {
            return Vec::new();
        };
        let indices = self.by_package.get(&(purl.ecosystem, purl.name)).into_iter().flatten();
        indices.take(MOST_COPIES).filter_map(|index| self.all.get(*index)).collect()
    }
}

fn read_vulnerabilities(run: &mut Run, bom: &Value, list: &[Value]) {
    let all = Components::of(bom);
    let (mut rejected, mut absent, mut bytes) = (0, 0, 0_usize);
    for value in list {
        run.results += 1;
        let Some(id) = field::text(value, "id").map(canonical_id) else {
            unread::result(run, "a vulnerability has no id");
            continue;
        };
        if field::text(value, "rejected").is_some() {
            rejected += 1;
            continue;
        }
        let record = record(run, value, id);
        let stance = field::text(&value["analysis"], "state").map(stance);
        let affects = field::list(value, "affects");
        if affects.is_empty() {
            if let Some(stance) = &stance {
                run.opinions.push(opinion(value, &record, stance, None));
            } else {
                let id = unread::quote(&record.id);
                unread::result(run, &format!("{id} does not say what it affects"));
            }
        }
        let meant: Vec<_> = affects
            .iter()
            .map(|affected| {
                let reference = field::text(affected, "ref").unwrap_or_default();
                (affected, reference, all.meant(reference))
            })
            .collect();
        if stance.is_none() && !meant.is_empty() && meant.iter().all(|(_, _, c)| c.is_empty()) {
            let id = unread::quote(&record.id);
            let because = format!("{id} affects packages that are not in this document");
            unread::incomplete(run, because);
        }
        let is_alone = meant.iter().map(|(_, _, components)| components.len()).sum::<usize>() == 1;
        for (affected, reference, components) in meant {
            if components.is_empty() {
                absent += 1;
                if let Some(stance) = &stance {
                    let mut opinion = opinion(value, &record, stance, None);
                    let reference = unread::quote(reference);
                    opinion.only_if.push(format!("it is about {reference}, which is not here"));
                    run.opinions.push(opinion);
                }
            }
            // A record without versions may be about one of several packages that are here.
            let is_vague =
                !is_alone && name::purl(reference).is_some_and(|purl| purl.version.is_none());
            for component in components {
                bytes = bytes.saturating_add(size(&record));
                if bytes > MOST_BYTES {
                    unread::incomplete(run, "it affects more than can be read".to_owned());
                    return;
                }
                read_affected(run, value, &record, stance.as_ref(), affected, component, is_vague);
            }
        }
    }
    unread::left_out(run, rejected, "rejected vulnerabilities are");
    unread::left_out(run, absent, "affected packages that are no components here are");
}

fn read_affected(
    run: &mut Run,
    value: &Value,
    record: &Advisory,
    stance: Option<&Stance>,
    affected: &Value,
    component: &Component<'_>,
    is_vague: bool,
) {
    let Some((advisory, version)) = advisory(record, component) else {
        let id = unread::quote(&record.id);
        unread::result(run, &format!("{id} affects a component without a name"));
        return;
    };
    if let Some(stance) = stance {
        let package = (!component.is_product).then(|| PackagePattern {
            ecosystem: advisory.ecosystem.clone(),
            name: advisory.package.clone(),
            version: version.clone(),
        });
        run.opinions.push(opinion(value, record, stance, package));
    }
    if let Some(certainty) = certainty(affected, version.as_deref()) {
        let mut claim = Reported::of(advisory, version);
        let is_certain = certainty == Certainty::Certain && component.purl.is_some() && !is_vague;
        claim.certainty = if is_certain { Certainty::Certain } else { Certainty::Possible };
        run.reported.push(claim);
    }
}

/// What the versions of one affected component say of the one that is here; `None`: no claim.
fn certainty(affected: &Value, version: Option<&str>) -> Option<Certainty> {
    let versions = field::list(affected, "versions");
    let status = |entry: &Value| match field::text(entry, "status") {
        // Affected is what it means to be listed.
        None | Some("affected") => Some(Certainty::Certain),
        Some("unaffected") => None,
        Some(_) => Some(Certainty::Possible),
    };
    let of_this =
        versions.iter().find(|entry| version.is_some() && field::text(entry, "version") == version);
    match of_this {
        Some(entry) => status(entry),
        // Ranges have a notation for every ecosystem and are not read: only what holds of all.
        None if versions.is_empty() => Some(Certainty::Certain),
        None => versions.iter().filter_map(status).max_by_key(|certainty| match certainty {
            Certainty::Certain => 1,
            Certainty::Possible => 0,
        }),
    }
}

/// What the document says of a vulnerability, whatever it affects.
fn record(run: &Run, value: &Value, id: String) -> Advisory {
    let references = field::list(value, "references").iter();
    let names = references.filter_map(|reference| field::text(reference, "id"));
    let mut severity: Vec<SeverityClaim> = Vec::new();
    for rating in field::list(value, "ratings").iter().take(100) {
        let by = field::text(&rating["source"], "name").unwrap_or(&run.source);
        let claim = rated(&by.to_ascii_lowercase(), rating);
        severity.extend(claim.filter(|claim| !severity.contains(claim)));
    }
    let (description, recommendation) =
        (field::details(value, "description"), field::details(value, "recommendation"));
    let details: Vec<String> =
        [description, recommendation].into_iter().filter(|text| !text.is_empty()).collect();
    let mut addresses = field::list(value, "advisories").iter();
    Advisory {
        aliases: field::aliases(
            &id,
            names.filter(|name| name::is_advisory_id(&canonical_id(name))),
        ),
        class: if id.starts_with("MAL-") {
            AdvisoryClass::Malware
        } else {
            AdvisoryClass::Vulnerability
        },
        severity,
        details: details.join("\n\n"),
        url: field::url(&value["source"], "url")
            .or_else(|| addresses.find_map(|advisory| field::url(advisory, "url"))),
        date: field::date(value, "published"),
        id,
        ..Advisory::default()
    }
}

/// About what a record takes in memory.
fn size(record: &Advisory) -> usize {
    let names = record.aliases.iter().chain(record.severity.iter().map(|claim| &claim.by));
    record.details.len() + names.map(|name| name.len() + 200).sum::<usize>() + 500
}

/// The vector, else the score, else the word.
fn rated(by: &str, rating: &Value) -> Option<SeverityClaim> {
    field::text(rating, "vector")
        .and_then(|vector| severity::of_vector(by, vector))
        .or_else(|| {
            // Other methods have scales of their own.
            let method = field::text(rating, "method").unwrap_or_default();
            let score = field::number(rating, "score").filter(|_| method.starts_with("CVSS"));
            severity::of_score(by, score?)
        })
        .or_else(|| severity::of_word(by, field::text(rating, "severity")?))
}

/// The record with the package that it affects, and its version.
fn advisory(record: &Advisory, component: &Component<'_>) -> Option<(Advisory, Option<String>)> {
    let (ecosystem, package, version) = match &component.purl {
        Some(purl) => (
            purl.ecosystem.clone(),
            purl.name.clone(),
            purl.version.as_deref().or(component.version),
        ),
        None => (Ecosystem::UNKNOWN, component.name.to_owned(), component.version),
    };
    let version = version.map(|version| ecosystem.version(version).to_owned());
    (!package.is_empty()).then(|| (Advisory { ecosystem, package, ..record.clone() }, version))
}

fn opinion(
    value: &Value,
    record: &Advisory,
    stance: &Stance,
    package: Option<PackagePattern>,
) -> Opinion {
    let ids = record.aliases.iter().cloned().chain([record.id.clone()]);
    let analysis = &value["analysis"];
    Opinion {
        package,
        justification: field::text(analysis, "justification").map(str::to_owned),
        reason: Some(field::title(analysis, "detail")).filter(|detail| !detail.is_empty()),
        ..silenced::opinion(ID, ids, stance.clone())
    }
}

fn stance(state: &str) -> Stance {
    match state {
        "resolved" | "resolved_with_pedigree" => Stance::Fixed,
        "not_affected" | "false_positive" => Stance::NotAffected,
        "exploitable" => Stance::Affected,
        "in_triage" => Stance::UnderInvestigation,
        other => Stance::Other(other.to_owned()),
    }
}
