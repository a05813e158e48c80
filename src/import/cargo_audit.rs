//! `cargo audit --json`: <https://github.com/rustsec/rustsec/tree/main/cargo-audit>.
//!
//! cargo-deny writes the like with `--audit-compatible-output`, one document per database, with a
//! bare list of vulnerabilities, and with the ignored ones in it. The report names no lockfile, so
//! its claims have no place in any. A warning without an advisory has
//! the name of its kind for an id, which is what cargo-audit's own SARIF calls it: a withdrawn
//! version is `yanked`.

use semver::VersionReq;
use serde_json::Value;

use super::{Document, Imported, Importer, Run, field, silenced, unread};
use crate::{
    advise::rustsec,
    model::{Advisory, AdvisoryClass, Certainty, Ecosystem, Reported, Stance, canonical_id},
    severity,
};

const ID: &str = "cargo-audit";

/// How lockfiles and advisories name crates.io.
const CRATES_IO: [&str; 3] = [
    "registry+https://github.com/rust-lang/crates.io-index",
    "sparse+https://index.crates.io/",
    "registry+sparse+https://index.crates.io/",
];

pub(super) struct CargoAudit;

impl Importer for CargoAudit {
    fn id(&self) -> &'static str {
        ID
    }

    fn claims(&self, document: &Document<'_>) -> bool {
        document.values().iter().any(is_report)
    }

    fn read(&self, document: &Document<'_>) -> Imported {
        if !self.claims(document) {
            return unread::alien(ID, document);
        }
        let mut run = Run::of(ID);
        for value in document.values() {
            if is_report(value) {
                read(&mut run, value);
            } else {
                unread::incomplete(&mut run, "one of its documents is no report".to_owned());
            }
        }
        if document.values().len() > 1 && document.cut.is_some() {
            let because = "the report of a database may be missing: it is not read to its end";
            unread::incomplete(&mut run, because.to_owned());
        }
        Imported { runs: vec![run], trouble: unread::rest(document) }
    }
}

fn is_report(value: &Value) -> bool {
    let has = |key| value.get(key).is_some_and(Value::is_object);
    let is_of_cargo_deny =
        || field::at(value, &["vulnerabilities"]).is_array() && has("settings") && has("warnings");
    (has("lockfile") || has("database"))
        && (field::at(value, &["vulnerabilities", "list"]).is_array() || is_of_cargo_deny())
}

fn read(run: &mut Run, report: &Value) {
    let vulnerabilities = field::at(report, &["vulnerabilities"]);
    let list =
        vulnerabilities.as_array().map_or(field::list(vulnerabilities, "list"), Vec::as_slice);
    let count = vulnerabilities.get("count").and_then(Value::as_u64);
    if count.is_some_and(|count| count != list.len() as u64) {
        unread::incomplete(run, "it does not list as many vulnerabilities as it counts".to_owned());
    }
    for entry in list {
        entry_of(run, entry, None);
    }
    for (kind, list) in field::entries(report, "warnings") {
        for entry in list.as_array().into_iter().flatten() {
            entry_of(run, entry, Some(kind));
        }
        if !list.is_array() {
            unread::result(
                run,
                &format!("the warnings of kind {} are no list", unread::quote(kind)),
            );
        }
    }

    let settings = field::at(report, &["settings"]);
    for id in field::texts(settings, "ignore") {
        run.opinions.push(silenced::opinion(ID, [canonical_id(id)], Stance::Ignored));
    }
    if let Some(least) = field::text(settings, "severity") {
        let because = format!("it leaves out vulnerabilities below {}", unread::quote(least));
        unread::incomplete(run, because);
    }
}

fn entry_of(run: &mut Run, entry: &Value, kind: Option<&str>) {
    run.results += 1;
    let package = field::at(entry, &["package"]);
    let version = field::text(package, "version");
    let named = field::text(package, "name");
    let record = field::at(entry, &["advisory"]);
    let advisory = advisory(record).or_else(|| {
        // Only a warning may be without an advisory.
        let kind = kind.filter(|_| record.is_null())?;
        Some(Advisory {
            id: canonical_id(kind),
            ecosystem: Ecosystem::CRATES_IO,
            package: named?.to_owned(),
            title: format!("a version that is {kind}"),
            ..Advisory::default()
        })
    });
    let (Some(mut advisory), Some(name)) = (advisory, named) else {
        let what = named.map_or_else(|| "without a package".to_owned(), unread::quote);
        unread::result(run, &format!("a result {what} has no advisory that could be read"));
        return;
    };
    if advisory.withdrawn {
        let id = &advisory.id;
        unread::note(run, format!("{id} is withdrawn, and what the report says of it left out"));
        return;
    }
    name.clone_into(&mut advisory.package);
    if let Some(kind) = kind {
        advisory.class = class(kind);
    }
    patch(&mut advisory, &field::texts(field::at(entry, &["versions"]), "patched"));

    let affected = field::at(entry, &["affected"]);
    let targets: Vec<&str> =
        ["os", "arch"].iter().flat_map(|key| field::texts(affected, key)).collect();
    if !targets.is_empty() {
        let (id, targets) = (&advisory.id, unread::quote(&targets.join(", ")));
        unread::note(run, format!("{id} is about {targets} only, and the report claims it anyway"));
    }

    let mut claim = Reported::of(advisory, version.map(str::to_owned));
    claim.certainty = certainty(record, field::text(package, "source"));
    run.reported.push(claim);
}

/// The object that cargo-audit and cargo-deny call `advisory`; `None`: it is none.
pub(super) fn advisory(value: &Value) -> Option<Advisory> {
    let id = canonical_id(field::text(value, "id")?);
    let informational = field::text(value, "informational");
    Some(Advisory {
        aliases: field::aliases(&id, field::texts(value, "aliases")),
        class: informational.map_or(AdvisoryClass::Vulnerability, class),
        ecosystem: Ecosystem::CRATES_IO,
        package: field::text(value, "package")?.to_owned(),
        is_of_default_registry: field::text(value, "source")
            .is_none_or(|source| CRATES_IO.contains(&source)),
        severity: field::text(value, "cvss")
            .and_then(|vector| severity::of_vector(rustsec::ID, vector))
            .into_iter()
            .collect(),
        title: field::title(value, "title"),
        details: field::details(value, "description"),
        url: if id.starts_with("RUSTSEC-") {
            Some(rustsec::page(&id))
        } else {
            field::url(value, "url")
        },
        date: field::date(value, "date"),
        withdrawn: field::text(value, "withdrawn").is_some(),
        id,
        ..Advisory::default()
    })
}

/// How sure it is that an advisory is about the package of this source: equal names of two
/// registries are two packages.
pub(super) fn certainty(advisory: &Value, source: Option<&str>) -> Certainty {
    let is_crates_io = |source| CRATES_IO.contains(&source);
    let meant = field::text(advisory, "source");
    match source {
        None => Certainty::Certain,
        Some(source) if meant == Some(source) => Certainty::Certain,
        Some(source) if is_crates_io(source) && meant.is_none_or(is_crates_io) => {
            Certainty::Certain
        }
        Some(_) => Certainty::Possible,
    }
}

/// RustSec's word for what is no vulnerability, or cargo-audit's kind of warning.
pub(super) fn class(word: &str) -> AdvisoryClass {
    match word {
        "unsound" => AdvisoryClass::Unsound,
        "unmaintained" => AdvisoryClass::Unmaintained,
        "notice" => AdvisoryClass::Notice,
        "yanked" => AdvisoryClass::Yanked,
        "vulnerability" => AdvisoryClass::Vulnerability,
        other => AdvisoryClass::Other(other.to_owned()),
    }
}

/// Adds requirements that the advisory calls patched, and the lowest version of each.
pub(super) fn patch(advisory: &mut Advisory, requirements: &[&str]) {
    advisory.patched = requirements.iter().map(|&text| text.to_owned()).collect();
    let parsed = requirements.iter().filter_map(|text| text.parse::<VersionReq>().ok());
    advisory.fixed = parsed.filter_map(|requirement| rustsec::lowest(&requirement)).collect();
    advisory.fixed.sort();
    advisory.fixed.dedup();
}
