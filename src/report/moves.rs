//! What there is to do on a line: which package to move where, who stands in the way, and what waits
//! for a release.

use std::collections::{BTreeMap, BTreeSet};

use super::words;
use crate::model::{
    Certainty, Decision, Dependent, Ecosystem, Evidence, Finding, Fit, ReleaseLine, Report,
    Requirement, Tip, Word,
};

/// What a line asks for.
pub(super) struct Todo<'a> {
    pub(super) moves: Vec<Move<'a>>,
    /// Names of what is fixed on the branch and not in the release.
    pub(super) to_release: BTreeSet<&'a str>,
}

/// One package at one version, with everything that moves it.
pub(super) struct Move<'a> {
    pub(super) package: &'a str,
    pub(super) ecosystem: &'a Ecosystem,
    /// Empty: nobody says.
    pub(super) version: &'a str,
    pub(super) advisories: BTreeSet<&'a str>,
    /// The one whose update leaves the most ranges: the highest target.
    pub(super) evidence: &'a Evidence,
    pub(super) has_unfixed: bool,
    /// The fixed versions that the nearest source names.
    pub(super) fixed_in: &'a [String],
    pub(super) sources: BTreeSet<&'a str>,
    pub(super) disagreements: BTreeSet<String>,
    /// Lockfiles with rows.
    pub(super) places: BTreeSet<String>,
}

/// What the gate minds on a line; `None`: nothing.
pub(super) fn todo<'a>(report: &'a Report, line: &ReleaseLine) -> Option<Todo<'a>> {
    let findings = report.findings.iter().filter(|(finding, verdict)| {
        finding.key.line == line.id && verdict.decision > Decision::Note
    });
    let (mut unpatched, mut to_release) = (Vec::new(), BTreeSet::new());
    for (finding, verdict) in findings {
        match verdict.word {
            Word::Unpatched => unpatched.push(finding),
            Word::FixedUnreleased => {
                to_release.insert(finding.key.vulnerability.as_str());
            }
            _ => {}
        }
    }
    let is_done = unpatched.is_empty() && to_release.is_empty();
    (!is_done).then(|| Todo { moves: moves(&unpatched, line), to_release })
}

/// The packages to move, in the order of their names.
pub(super) fn moves<'a>(findings: &[&'a Finding], line: &ReleaseLine) -> Vec<Move<'a>> {
    type Subject<'a> = (&'a str, &'a Ecosystem, &'a str);
    let tip = if line.head.is_some() { Tip::Head } else { Tip::Release };
    let mut moves: BTreeMap<Subject<'a>, Move<'a>> = BTreeMap::new();
    for finding in findings.iter().filter(|f| f.key.certainty == Certainty::Certain) {
        // Bad news may come from the release alone, when the branch could not be seen.
        let at_tip = finding.evidence.iter().any(|evidence| evidence.at.tip == tip);
        for evidence in finding.evidence.iter().filter(|e| !at_tip || e.at.tip == tip) {
            let key = &finding.key;
            let version = evidence.version.as_deref().unwrap_or_default();
            let found = moves.entry((&key.package, &key.ecosystem, version)).or_insert_with(|| {
                let (package, ecosystem) = (&key.package, &key.ecosystem);
                Move {
                    package,
                    ecosystem,
                    version,
                    advisories: BTreeSet::new(),
                    evidence,
                    has_unfixed: false,
                    fixed_in: &[],
                    sources: BTreeSet::new(),
                    disagreements: BTreeSet::new(),
                    places: BTreeSet::new(),
                }
            });
            found.advisories.insert(&key.vulnerability);
            found.sources.insert(&evidence.source);
            if found.fixed_in.is_empty() {
                found.fixed_in = &finding.fixed_in;
            }
            found.disagreements.extend(finding.disagreements.iter().map(words::disagreement));
            let row = evidence.row.map(|row| format!(":{row}")).unwrap_or_default();
            found.places.extend(evidence.lockfile.as_ref().map(|file| format!("{file}{row}")));
            found.has_unfixed |= evidence.update.fit == Fit::NoFix && finding.fixed_in.is_empty();
            if evidence.update.to >= found.evidence.update.to {
                found.evidence = evidence;
            }
        }
    }
    moves.into_values().collect()
}

impl Move<'_> {
    /// True if there is a version to move to.
    pub(super) fn has_target(&self) -> bool {
        self.evidence.update.to.is_some() || !self.fixed_in.is_empty()
    }

    /// The version to move to, in words if there is none.
    pub(super) fn to(&self) -> String {
        match (&self.evidence.update.to, self.fixed_in) {
            (Some(to), _) if self.has_unfixed => format!("{to} (does not fix all)"),
            (Some(to), _) => to.to_string(),
            (None, []) => "no fix is known".to_owned(),
            (None, patched) => patched.join(" or "),
        }
    }

    /// What to type, if that is enough, for a name that a shell takes for one word.
    pub(super) fn command(&self) -> Option<String> {
        let is_word = |text: &str| {
            let is_plain = |c: char| c.is_ascii_alphanumeric() || "_.+-".contains(c);
            text.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_')
                && text.chars().all(is_plain)
        };
        let is_enough = matches!(self.evidence.update.fit, Fit::Compatible | Fit::Unverified);
        let to = self.evidence.update.to.as_ref().filter(|_| is_enough)?;
        let (package, version) = (self.package, self.version);
        (is_word(package) && is_word(version))
            .then(|| format!("cargo update {package}@{version} --precise {to}"))
    }

    /// Who has to agree to the update or move first; `None`: nobody.
    pub(super) fn waits_for(&self) -> Option<String> {
        self.evidence.update.to.as_ref()?;
        let dependents = &self.evidence.update.dependents;
        match self.evidence.update.fit {
            Fit::Compatible => None,
            Fit::Unverified | Fit::Breaking | Fit::NoFix => Some(reluctant(dependents)),
        }
    }
}

/// Who does not accept the update, as far as that is known.
fn reluctant(dependents: &[Dependent]) -> String {
    const SHOWN: usize = 3;
    let refusing: Vec<String> = dependents
        .iter()
        .filter(|dependent| dependent.requires.accepts() != Some(true))
        .map(|dependent| {
            let why = match &dependent.requires {
                Requirement::Stated { requirement, manifest, row, .. } => {
                    format!(" (requires {requirement}, {manifest}:{row})")
                }
                Requirement::Presumed { .. } | Requirement::Unreadable => String::new(),
            };
            format!("{} {}{why}", dependent.name, dependent.version)
        })
        .collect();
    match refusing.len() {
        0 => "its dependents".to_owned(),
        _ => words::few(&refusing, SHOWN),
    }
}
