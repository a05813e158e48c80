//! One result: a vulnerability in a package, at the lockfiles where it is.

use std::{
    collections::{BTreeMap, BTreeSet},
    num::NonZeroU32,
};

use serde_json::json;
use serde_sarif::sarif::{
    ArtifactLocation, Location, PhysicalLocation, Region, Result as SarifResult, ResultLevel,
    Suppression,
};
use sha2::{Digest as _, Sha256};

use super::{super::json::purl, NO_FILE, message, properties, rule};
use crate::{
    escape,
    model::{
        Basis, Certainty, Disagreement, Finding, Fit, Occurrence, ReleaseLine, Silence, Tip,
        Update, Verdict, Word,
    },
};

/// What becomes one result.
pub(super) struct Spot<'a> {
    verdict: &'a Verdict,
    tip: Tip,
    lockfile: &'a str,
    occurrences: Vec<&'a Occurrence>,
}

/// One result per lockfile. Two affected versions in one lockfile are one result with a related
/// location, or they would collapse under one fingerprint.
pub(super) fn spots<'a>(finding: &'a Finding, verdict: &'a Verdict, tips: &[Tip]) -> Vec<Spot<'a>> {
    if verdict.word == Word::Eol {
        return Vec::new();
    }
    let mut by_lockfile: BTreeMap<&str, Vec<(Tip, &Occurrence)>> = BTreeMap::new();
    for tip in tips {
        let view = match tip {
            Tip::Head => &finding.head,
            Tip::Release => &finding.release,
        };
        for occurrence in view.iter().flat_map(|view| &view.occurrences) {
            by_lockfile.entry(file_of(occurrence)).or_default().push((*tip, occurrence));
        }
    }
    by_lockfile
        .into_iter()
        .filter_map(|(lockfile, occurrences)| {
            let tip = occurrences.first()?.0;
            let here = occurrences.iter().filter(|(at, _)| *at == tip).map(|(_, o)| *o);
            Some(Spot { verdict, tip, lockfile, occurrences: here.collect() })
        })
        .collect()
}

pub(super) fn file_of(occurrence: &Occurrence) -> &str {
    occurrence.lockfile.as_deref().unwrap_or(NO_FILE)
}

pub(super) fn result(finding: &Finding, line: &ReleaseLine, spot: &Spot<'_>) -> SarifResult {
    let Spot { verdict, tip, lockfile, ref occurrences } = *spot;
    let fingerprint = fingerprint(finding, lockfile);
    let commit = match tip {
        Tip::Head => line.head.as_ref().and_then(|head| head.commit.as_ref()),
        Tip::Release => line.release.as_ref().and_then(|release| release.commit.as_ref()),
    };
    let here = || {
        finding
            .evidence
            .iter()
            .filter(|e| e.at.tip == tip && e.lockfile.as_deref().unwrap_or(NO_FILE) == lockfile)
    };
    let evidence = here().next();
    let related: Vec<Location> = occurrences
        .iter()
        .zip(1..)
        .skip(1)
        .map(|(occurrence, id)| Location {
            id: Some(id),
            message: Some(message(format!(
                "{} {} is locked here too.",
                finding.key.package,
                occurrence.version.as_deref().unwrap_or_default()
            ))),
            ..location(lockfile, occurrence.row)
        })
        .collect();
    let text = text(finding, verdict, line, tip, occurrences, Finding::hardest(here()));
    let mut result = SarifResult::builder()
        .rule_id(&finding.key.vulnerability)
        .level(level(finding))
        .message(message(text))
        .locations(vec![location(lockfile, occurrences.first().and_then(|o| o.row))])
        .partial_fingerprints(BTreeMap::from([
            ("primaryLocationLineHash".to_owned(), format!("{fingerprint}:1")),
            ("patchline/finding/v1".to_owned(), fingerprint),
        ]))
        .properties(properties(json!({
            "line": line.id.0,
            "status": verdict.word.as_str(),
            "decision": verdict.decision.as_str(),
            "because": verdict.because.as_str(),
            "certainty": finding.key.certainty.as_str(),
            "class": finding.class.as_str(),
            "names": finding.names,
            "ecosystem": finding.key.ecosystem.as_str(),
            "purl": purl(finding),
            "sources": finding.evidence.iter().map(|e| e.source.as_str()).collect::<BTreeSet<_>>(),
            "basis": here().map(|e| e.basis.as_str()).collect::<BTreeSet<_>>(),
            "reach": finding.reach().as_str(),
            "exploited": finding.exploited.as_ref().map(|exploited| exploited.added.to_string()),
            "epss": finding.epss.as_ref().map(|epss| epss.score),
            "disagreements": finding.disagreements.iter().map(disagreement).collect::<Vec<_>>(),
            "versions": occurrences.iter().filter_map(|o| o.version.as_deref()).collect::<BTreeSet<_>>(),
            "fixedIn": finding.fixed_in,
            "tip": tip.as_str(),
            "commit": commit.map(|commit| commit.0.as_str()),
            "path": evidence.map(|evidence| evidence.path.as_slice()),
        })))
        .build();
    result.related_locations = (!related.is_empty()).then_some(related);
    result.suppressions = verdict.suppressed.as_ref().map(|silence| vec![suppression(silence)]);
    result
}

/// The same on every line, tip and version, so that an alert survives an update that does not fix
/// it. A copy from elsewhere is another package than the registry's.
pub(super) fn fingerprint(finding: &Finding, lockfile: &str) -> String {
    let mut hash = Sha256::new();
    let parts = [
        finding.key.vulnerability.as_str(),
        finding.key.ecosystem.as_str(),
        &finding.key.package,
        lockfile,
        finding.key.certainty.as_str(),
    ];
    for part in parts {
        hash.update(part.as_bytes());
        hash.update([0]);
    }
    escape::hex(&hash.finalize())
}

/// GitHub shows the first sentence as the title.
pub(super) fn text(
    finding: &Finding,
    verdict: &Verdict,
    line: &ReleaseLine,
    tip: Tip,
    occurrences: &[&Occurrence],
    update: Option<&Update>,
) -> String {
    let versions: BTreeSet<&str> =
        occurrences.iter().filter_map(|o| o.version.as_deref()).collect();
    let versions = versions.into_iter().collect::<Vec<_>>().join(", ");
    let place = match (tip, &line.release) {
        (Tip::Release, Some(release)) => format!("line {} (release {})", line.id, release.tag),
        _ => format!("line {}", line.id),
    };
    let package = &finding.key.package;
    let verb = match finding.key.certainty {
        Certainty::Certain => "is affected by",
        Certainty::Possible => "may be affected by",
    };
    let title = finding.title.trim_end_matches('.');
    let id = &finding.key.vulnerability;
    let mut sentences = vec![format!("{package} {versions} on {place} {verb} {id}: {title}.")];
    sentences.push(match verdict.word {
        Word::FixedUnreleased => "The branch is fixed; release it.".to_owned(),
        _ if finding.fixed_in.is_empty() => "No fixed version is known.".to_owned(),
        _ => format!("Fixed in {}.", finding.fixed_in.join(", ")),
    });
    if verdict.word == Word::Unpatched {
        let sentence = |update: &Update| {
            let to = update.to.as_ref()?;
            Some(match update.fit {
                Fit::Compatible => format!("A compatible update to {to} should suffice."),
                Fit::Unverified => format!("{to} is compatible by its number."),
                Fit::Breaking | Fit::NoFix => format!("{to} is not accepted by every dependent."),
            })
        };
        sentences.extend(update.and_then(sentence));
    }
    if finding.key.certainty == Certainty::Possible {
        let why = "It does not come from its ecosystem's own registry or is only guessed by its name, so nobody can tell from its version.";
        sentences.push(why.to_owned());
    }
    if finding.evidence.iter().any(|e| e.at.tip == tip && e.basis == Basis::Projected) {
        sentences.push("Projected from an alert of the default branch.".to_owned());
    }
    escape::sarif(&sentences.join(" "))
}

/// The effective severity; SARIF has no word for "nobody rated it", so that is a warning.
pub(super) fn level(finding: &Finding) -> ResultLevel {
    match rule::urgency(finding) {
        rule::Urgency::Error => ResultLevel::Error,
        rule::Urgency::Warning => ResultLevel::Warning,
        rule::Urgency::Note => ResultLevel::Note,
    }
}

pub(super) fn location(lockfile: &str, row: Option<NonZeroU32>) -> Location {
    Location {
        physical_location: Some(PhysicalLocation {
            artifact_location: Some(ArtifactLocation {
                uri: Some(escape::uri(lockfile)),
                ..ArtifactLocation::default()
            }),
            region: Some(Region {
                start_line: Some(row.map_or(1, |row| i64::from(row.get()))),
                ..Region::default()
            }),
            ..PhysicalLocation::default()
        }),
        ..Location::default()
    }
}

/// Our suppressions and others' statements are made outside of the code that they are about.
pub(super) fn suppression(silence: &Silence) -> Suppression {
    let justification = match silence {
        Silence::Suppression(own) => format!("{} (until {})", own.reason, own.until),
        Silence::Opinion(opinion) => {
            let reason = opinion.reason.as_deref().or(opinion.justification.as_deref());
            format!("{} ({})", reason.unwrap_or("no reason is given"), opinion.kind)
        }
    };
    Suppression {
        kind: json!("external"),
        status: Some(json!("accepted")),
        justification: Some(escape::sarif(&justification)),
        guid: None,
        location: None,
        properties: None,
    }
}

/// `fix: rustsec says 0.2.23; trivy says 0.3.0`
pub(super) fn disagreement(disagreement: &Disagreement) -> String {
    let says = disagreement.says.iter().map(|(source, says)| format!("{source} says {says}"));
    format!("{}: {}", disagreement.about, says.collect::<Vec<_>>().join("; "))
}
