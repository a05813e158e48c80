//! What to do, line by line: which package to move where, and who stands in the way.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
};

use super::{BOLD, DIM, RED, YELLOW, plural, short_ref};
use crate::{
    escape,
    model::{
        Certainty, Decision, Dependent, Disagreement, Ecosystem, Evidence, Finding, Fit,
        ReleaseLine, Report, Requirement, Tip, Verdict, Word,
    },
};

pub(super) fn draw(page: &mut String, report: &Report) {
    for line in report.lines.iter().filter(|line| line.is_scanned()) {
        let findings: Vec<(&Finding, &Verdict)> = report
            .findings
            .iter()
            .filter(|(f, v)| f.key.line == line.id && v.decision > Decision::Note)
            .map(|(finding, verdict)| (finding, verdict))
            .collect();
        let of = |word| findings.iter().filter(move |(_, v)| v.word == word).map(|(f, _)| *f);
        let unpatched: Vec<&Finding> = of(Word::Unpatched).collect();
        let unreleased: Vec<&Finding> = of(Word::FixedUnreleased).collect();
        if unpatched.is_empty() && unreleased.is_empty() {
            continue;
        }
        heading(page, line);
        updates(page, &unpatched, line);
        release(page, &unreleased, line);
        page.push('\n');
    }
}

fn heading(page: &mut String, line: &ReleaseLine) {
    let place = match (&line.head, &line.release) {
        (Some(head), _) => short_ref(&head.reference),
        (None, Some(release)) => format!("release {}, no branch", escape::line(&release.tag)),
        (None, None) => String::new(),
    };
    let _ = writeln!(page, "{BOLD}{}{BOLD:#} {DIM}({place}){DIM:#}", escape::line(&line.id.0));
}

/// One package at one version, with everything that moves it.
#[derive(Default)]
struct Move<'a> {
    advisories: BTreeSet<&'a str>,
    /// The update that leaves the most ranges: the highest target.
    evidence: Option<&'a Evidence>,
    has_unfixed: bool,
    /// The fixed versions that the nearest source names.
    fixed_in: &'a [String],
    sources: BTreeSet<&'a str>,
    disagreements: BTreeSet<String>,
    places: BTreeSet<String>,
}

/// A package, its ecosystem, and the version of it.
type Subject<'a> = (&'a str, &'a Ecosystem, &'a str);

fn updates(page: &mut String, findings: &[&Finding], line: &ReleaseLine) {
    let tip = if line.head.is_some() { Tip::Head } else { Tip::Release };
    let mut moves: BTreeMap<Subject<'_>, Move<'_>> = BTreeMap::new();
    for finding in findings.iter().filter(|f| f.key.certainty == Certainty::Certain) {
        // Bad news may come from the release alone, when the branch could not be seen.
        let at_tip = finding.evidence.iter().any(|evidence| evidence.at.tip == tip);
        for evidence in finding.evidence.iter().filter(|e| !at_tip || e.at.tip == tip) {
            let entry = moves
                .entry((
                    &finding.key.package,
                    &finding.key.ecosystem,
                    evidence.version.as_deref().unwrap_or_default(),
                ))
                .or_default();
            entry.advisories.insert(&finding.key.vulnerability);
            entry.sources.insert(&evidence.source);
            if entry.fixed_in.is_empty() {
                entry.fixed_in = &finding.fixed_in;
            }
            entry.disagreements.extend(finding.disagreements.iter().map(disagreement));
            let row = evidence.row.map(|row| format!(":{row}")).unwrap_or_default();
            entry.places.extend(evidence.lockfile.as_ref().map(|file| format!("{file}{row}")));
            entry.has_unfixed |= evidence.update.fit == Fit::NoFix && finding.fixed_in.is_empty();
            if evidence.update.to >= entry.evidence.and_then(|e| e.update.to.clone()) {
                entry.evidence = Some(evidence);
            }
        }
    }
    for ((package, ecosystem, version), found) in moves {
        let Some(evidence) = found.evidence else { continue };
        let package = escape::line(package);
        let version = escape::line(version);
        let mut subject = package.clone();
        if *ecosystem != Ecosystem::CRATES_IO {
            let _ = write!(subject, " ({})", escape::line(&ecosystem.to_string()));
        }
        if !version.is_empty() {
            let _ = write!(subject, " {version}");
        }
        let ids: Vec<String> = found.advisories.iter().map(|id| escape::line(id)).collect();
        let to = match (&evidence.update.to, found.fixed_in) {
            (Some(to), _) if found.has_unfixed => format!("{to} (does not fix all)"),
            (Some(to), _) => to.to_string(),
            (None, []) => "no fix is known".to_owned(),
            (None, patched) => escape::line(&patched.join(" or ")),
        };
        let _ = writeln!(page, "  {RED}{subject}{RED:#} → {to}   {DIM}{}{DIM:#}", summary(&ids));
        let places: Vec<String> = found.places.iter().map(|place| escape::line(place)).collect();
        let parts = [places.join(", "), chain(&evidence.path)];
        let parts: Vec<&str> = parts.iter().map(String::as_str).filter(|p| !p.is_empty()).collect();
        if !parts.is_empty() {
            let _ = writeln!(page, "      {DIM}{}{DIM:#}", parts.join("  "));
        }
        if found.sources.len() > 1 {
            let sources: Vec<String> = found.sources.iter().map(|s| escape::line(s)).collect();
            let _ = writeln!(page, "      {DIM}said by {}{DIM:#}", sources.join(", "));
        }
        for disagreement in &found.disagreements {
            let _ = writeln!(page, "      {YELLOW}{}{YELLOW:#}", escape::line(disagreement));
        }
        let Some(to) = &evidence.update.to else { continue };
        let dependents = &evidence.update.dependents;
        let _ = match evidence.update.fit {
            Fit::Compatible => {
                writeln!(page, "      cargo update {package}@{version} --precise {to}")
            }
            Fit::Unverified => writeln!(
                page,
                "      cargo update {package}@{version} --precise {to}   {DIM}if {} accepts \
                 it{DIM:#}",
                reluctant(dependents)
            ),
            Fit::Breaking | Fit::NoFix => {
                writeln!(page, "      first move {}", reluctant(dependents))
            }
        };
    }
}

/// `the sources differ about the fix: rustsec says 0.2.23, trivy says 0.3.0`
fn disagreement(disagreement: &Disagreement) -> String {
    let says = disagreement.says.iter().map(|(source, says)| format!("{source} says {says}"));
    let about = match disagreement.about {
        "affected" => "whether it is affected".to_owned(),
        about => format!("the {about}"),
    };
    format!("the sources differ about {about}: {}", says.collect::<Vec<_>>().join(", "))
}

fn summary(ids: &[String]) -> String {
    match ids {
        [] => String::new(),
        [a] => a.clone(),
        [a, b] => format!("{a}, {b}"),
        [a, b, rest @ ..] => format!("{a}, {b} and {} more", rest.len()),
    }
}

fn chain(path: &[String]) -> String {
    const SHOWN: usize = 6;
    let path: Vec<String> = path.iter().map(|step| escape::line(step)).collect();
    if path.len() <= SHOWN {
        return path.join(" > ");
    }
    let (first, last) = (&path[..2], &path[path.len() - 3..]);
    format!("{} > … > {}", first.join(" > "), last.join(" > "))
}

/// Who does not accept the update, as far as that is known.
fn reluctant(dependents: &[Dependent]) -> String {
    const SHOWN: usize = 3;
    let refusing: Vec<String> = dependents
        .iter()
        .filter(|dependent| dependent.requires.accepts() != Some(true))
        .map(|dependent| {
            let name = format!("{} {}", dependent.name, dependent.version);
            let why = match &dependent.requires {
                Requirement::Stated { requirement, manifest, row, .. } => {
                    format!(" (requires {requirement}, {manifest}:{row})")
                }
                Requirement::Presumed { .. } | Requirement::Unreadable => String::new(),
            };
            escape::line(&format!("{name}{why}"))
        })
        .collect();
    match refusing.len() {
        0 => "its dependents".to_owned(),
        count if count <= SHOWN => refusing.join(", "),
        count => format!("{} and {} more", refusing[..SHOWN].join(", "), count - SHOWN),
    }
}

fn release(page: &mut String, findings: &[&Finding], line: &ReleaseLine) {
    let Some(release) = line.release.as_ref().filter(|_| !findings.is_empty()) else { return };
    let ids: BTreeSet<String> =
        findings.iter().map(|finding| escape::line(&finding.key.vulnerability)).collect();
    let ids: Vec<String> = ids.into_iter().collect();
    let _ = writeln!(
        page,
        "  {YELLOW}release it{YELLOW:#}: {} {} fixed on the branch and not in {}   {DIM}{}{DIM:#}",
        ids.len(),
        plural(ids.len(), "advisory is", "advisories are"),
        escape::line(&release.tag),
        summary(&ids)
    );
}
