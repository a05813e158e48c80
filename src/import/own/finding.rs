//! One finding of our own report: what was claimed, and what was seen where nobody claims anything. The
//! mirror of `report/json/finding`.

use std::{collections::BTreeSet, num::NonZeroU32, sync::Arc};

use semver::Version;
use serde_json::Value;

use super::{OwnReport, of_word, tip};
use crate::{
    import::field,
    model::{
        Advisory, AdvisoryClass, Basis, Certainty, Coverage, Covered, Dependent, Ecosystem,
        Evidence, Fit, LineId, Place, Rating, Reach, Requirement, Scale, SeverityClaim, Sight,
        Sighting, Supply, Tip, Update,
    },
};

pub(super) fn finding(value: &Value, report: &mut OwnReport) -> Option<()> {
    let line = LineId(field::text(value, "line")?.to_owned());
    let id = field::text(value, "id")?;
    let package = value.get("package")?;
    let name = field::text(package, "name")?;
    let ecosystem = Ecosystem::named(field::text(package, "ecosystem").unwrap_or_default());
    let certainties = [Certainty::Certain, Certainty::Possible];
    let certainty = of_word(&certainties, Certainty::as_str, field::text(value, "certainty"))?;
    let silence = value.get("suppression").and_then(|silence| field::text(silence, "by"));
    report.obeyed.extend(silence.filter(|by| *by != "suppression").map(str::to_owned));
    for evidence in field::list(value, "evidence") {
        report.evidence.push(self::evidence(evidence, &line, certainty)?);
    }
    let names: Vec<String> = field::texts(value, "names").into_iter().map(str::to_owned).collect();
    let status = field::text(value, "status")?;
    if certainty == Certainty::Certain
        && matches!(status, "unpatched" | "fixed-unreleased" | "suppressed")
    {
        report.findings.push((line.clone(), name.to_owned(), names));
    }
    for at in [Tip::Head, Tip::Release] {
        let Some(view) = value.get(at.as_str()).filter(|view| view.is_object()) else { continue };
        let sights = [Sight::Affected, Sight::Fixed, Sight::Clear, Sight::Unseen];
        let sight = of_word(&sights, Sight::as_str, field::text(view, "sight"))?;
        if sight == Sight::Affected && field::list(value, "evidence").is_empty() {
            return None;
        }
        let versions: BTreeSet<String> =
            field::texts(view, "versions").into_iter().map(str::to_owned).collect();
        // What is affected has evidence; of what was not seen only the versions are told.
        let is_told = match sight {
            Sight::Affected => false,
            Sight::Fixed | Sight::Clear => true,
            Sight::Unseen => !versions.is_empty(),
        };
        if certainty == Certainty::Certain && is_told {
            report.sightings.push(Sighting {
                at: Place { line: line.clone(), tip: at },
                vulnerability: id.to_owned(),
                ecosystem: ecosystem.clone(),
                package: name.to_owned(),
                sight,
                versions,
            });
        }
    }
    Some(())
}

/// Where lockfiles were read and advisories held against them, only a version that cannot be compared
/// or a package from elsewhere leaves a view unseen; the latter has evidence of its own.
pub(super) fn incomparable(value: &Value, coverage: &[Coverage]) -> BTreeSet<(Place, String)> {
    let lockfiles = || coverage.iter().filter(|coverage| coverage.source == "lockfiles");
    let is_read = |place: &Place| {
        let of_place = || lockfiles().filter(|coverage| coverage.at.as_ref() == Some(place));
        of_place().next().is_some() && of_place().all(|c| c.covered == Covered::Complete)
    };
    let mut matched = BTreeSet::new();
    let mut elsewhere = BTreeSet::new();
    let mut unseen = Vec::new();
    for finding in field::list(value, "findings") {
        let package = field::at(finding, &["package"]);
        let about = (field::text(finding, "id"), field::text(package, "name"));
        let (Some(_), Some(name)) = about else { continue };
        let is_of_cargo = field::text(package, "ecosystem") == Some(Ecosystem::CRATES_IO.as_str());
        let Some(line) = field::text(finding, "line").filter(|_| is_of_cargo) else { continue };
        let is_certain = field::text(finding, "certainty") == Some(Certainty::Certain.as_str());
        let place = |tip| Place { line: LineId(line.to_owned()), tip };
        for evidence in field::list(finding, "evidence") {
            if field::text(evidence, "basis") != Some(Basis::Reported.as_str()) {
                matched.insert(about);
            }
            if !is_certain {
                elsewhere.extend(tip(field::text(evidence, "tip")).map(|tip| (place(tip), about)));
            }
        }
        for at in [Tip::Head, Tip::Release].into_iter().filter(|_| is_certain) {
            let sight = field::text(field::at(finding, &[at.as_str()]), "sight");
            if sight == Some(Sight::Unseen.as_str()) && is_read(&place(at)) {
                unseen.push((place(at), about, name));
            }
        }
    }
    unseen
        .into_iter()
        .filter(|(_, about, _)| matched.contains(about))
        .filter(|(place, about, _)| !elsewhere.contains(&(place.clone(), *about)))
        .map(|(place, _, name)| (place, name.to_owned()))
        .collect()
}

pub(super) fn evidence(value: &Value, line: &LineId, certainty: Certainty) -> Option<Evidence> {
    let bases = [Basis::Matched, Basis::Projected, Basis::Reported];
    let owned = |key: &str| field::text(value, key).map(str::to_owned);
    Some(Evidence {
        source: owned("source")?,
        basis: of_word(&bases, Basis::as_str, field::text(value, "basis"))?,
        advisory: Arc::new(advisory(field::text(value, "advisory")?, value.get("record")?)?),
        at: Place { line: line.clone(), tip: tip(field::text(value, "tip"))? },
        version: owned("version"),
        supply: field::text(value, "supply").map(supply),
        certainty,
        lockfile: owned("lockfile"),
        row: field::row(value, "row"),
        path: field::texts(value, "path").into_iter().map(str::to_owned).collect(),
        update: update(value.get("update")?),
        reach: reach(value)?,
    })
}

pub(super) fn reach(value: &Value) -> Option<Reach> {
    let via = || field::texts(value, "reach_via").into_iter().map(str::to_owned).collect();
    Some(match field::text(value, "reach")? {
        "unasked" => Reach::Unasked,
        "not-built" => Reach::NotBuilt,
        "required" => Reach::Required,
        "dev-only" => Reach::DevOnly { via: via() },
        "imported" => Reach::Imported,
        "built" => Reach::Built { via: via() },
        "called" => Reach::Called,
        _ => return None,
    })
}

pub(super) fn supply(text: &str) -> Supply {
    match text.split_once(' ') {
        Some(("git", url)) => Supply::Git(url.to_owned()),
        Some(("registry", url)) => Supply::OtherRegistry(url.to_owned()),
        _ if text == "path" => Supply::Path,
        _ => Supply::Registry,
    }
}

pub(super) fn advisory(id: &str, record: &Value) -> Option<Advisory> {
    let owned = |key: &str| field::text(record, key).map(str::to_owned);
    let texts = |key: &str| field::texts(record, key).into_iter().map(str::to_owned).collect();
    Some(Advisory {
        id: id.to_owned(),
        aliases: texts("aliases"),
        class: match field::text(record, "class") {
            None => AdvisoryClass::Unstated,
            Some("malware") => AdvisoryClass::Malware,
            Some("vulnerability") => AdvisoryClass::Vulnerability,
            Some("unsound") => AdvisoryClass::Unsound,
            Some("unmaintained") => AdvisoryClass::Unmaintained,
            Some("notice") => AdvisoryClass::Notice,
            Some("yanked") => AdvisoryClass::Yanked,
            Some(other) => AdvisoryClass::Other(other.to_owned()),
        },
        ecosystem: match field::text(record, "ecosystem") {
            Some(name) if !name.is_empty() => Ecosystem::named(name),
            _ => Ecosystem::UNKNOWN,
        },
        package: owned("package")?,
        patched: texts("patched"),
        fixed: field::texts(record, "fixed")
            .iter()
            .filter_map(|v| Version::parse(v).ok())
            .collect(),
        severity: field::list(record, "severity").iter().filter_map(severity).collect(),
        title: owned("title").unwrap_or_default(),
        url: owned("url"),
        date: field::date(record, "date"),
        fixed_on: field::date(record, "fixed_on"),
        ..Advisory::default()
    })
}

pub(super) fn severity(value: &Value) -> Option<SeverityClaim> {
    let scales = [Scale::Word, Scale::Score, Scale::CvssV2, Scale::CvssV3, Scale::CvssV4];
    let ratings = [Rating::None, Rating::Low, Rating::Medium, Rating::High, Rating::Critical];
    Some(SeverityClaim {
        by: field::text(value, "by")?.to_owned(),
        scale: of_word(&scales, Scale::as_str, field::text(value, "scale"))?,
        rating: of_word(&ratings, Rating::as_str, field::text(value, "rating"))?,
        score: field::number(value, "score"),
        vector: field::text(value, "vector").map(str::to_owned),
    })
}

pub(super) fn update(value: &Value) -> Update {
    let fits = [Fit::Compatible, Fit::Unverified, Fit::Breaking, Fit::NoFix];
    Update {
        fit: of_word(&fits, Fit::as_str, field::text(value, "kind")).unwrap_or(Fit::NoFix),
        to: field::text(value, "to").and_then(|version| Version::parse(version).ok()),
        dependents: field::list(value, "dependents").iter().filter_map(dependent).collect(),
    }
}

pub(super) fn dependent(value: &Value) -> Option<Dependent> {
    let accepts = value.get("accepts").and_then(Value::as_bool);
    let stated = || {
        Some(Requirement::Stated {
            requirement: field::text(value, "requirement")?.to_owned(),
            manifest: field::text(value, "manifest")?.to_owned(),
            row: field::row(value, "row").unwrap_or(NonZeroU32::MIN),
            accepts: accepts?,
        })
    };
    Some(Dependent {
        name: field::text(value, "name")?.to_owned(),
        version: field::text(value, "version")?.to_owned(),
        requires: match field::text(value, "known_by")? {
            "manifest" => stated()?,
            "presumed" => Requirement::Presumed { accepts: accepts? },
            _ => Requirement::Unreadable,
        },
    })
}
