//! Evidence → findings: one per (vulnerability, package, line), with everything that speaks for it.
//!
//! Names are joined over `aliases` only ([`alias`]), a finding is called by its most lasting name
//! ([`identity`]), severities are borrowed over the whole group ([`severity`]), and what was seen
//! where nobody claims a flaw depends on who looked there (`seen`). Nothing is dropped: claims that
//! differ stand side by side.
//!
//! The result depends on the set of claims alone: order, repetition and how the claims were spread
//! over files change nothing.

pub mod alias;
pub mod identity;
mod join;
mod known;
mod records;
mod seen;
pub mod severity;

use std::collections::{BTreeMap, BTreeSet, HashMap};

pub use self::{
    join::{Joined, add_lines, join},
    known::{Known, known},
    severity::Preference,
};
use self::{records::Records, seen::Seen};
use crate::{
    model::{
        Certainty, DeclaredBy, Disagreement, Ecosystem, Evidence, Facts, Finding, FindingKey,
        LineId, Place, ReleaseLine, Standing, ThreatFacts, Tip,
    },
    scan::Scanned,
};

/// A vulnerability in a package, wherever it is: the group of its names, and the package.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Subject {
    group: usize,
    ecosystem: Ecosystem,
    package: String,
}

/// Every finding, sorted by key. A vulnerability that touches one scanned line has a row for all of
/// them: the matrix is the product.
pub fn findings(
    lines: &[ReleaseLine],
    facts: &Facts,
    scanned: Scanned,
    preference: &Preference,
) -> Vec<Finding> {
    let evidence = in_order(scanned.evidence);
    let records = Records::of(facts, &evidence);
    let seen = Seen::of(facts, &records, &evidence, &scanned.incomparable);
    let mut subjects: BTreeMap<(Subject, Certainty), BTreeMap<LineId, Vec<Evidence>>> =
        BTreeMap::new();
    for evidence in evidence {
        let key = (records.subject(&evidence.advisory), evidence.certainty);
        subjects
            .entry(key)
            .or_default()
            .entry(evidence.at.line.clone())
            .or_default()
            .push(evidence);
    }
    // What is known of one place and cannot be looked for elsewhere is unknown there, and not clean.
    for subject in records.unreadable_elsewhere() {
        subjects.entry((subject.clone(), Certainty::Certain)).or_default();
    }
    let mut findings = Vec::new();
    for ((subject, certainty), mut by_line) in subjects {
        let about = About::of(&subject, &records, &facts.threats, preference);
        for line in lines {
            let evidence = by_line.remove(&line.id).unwrap_or_default();
            // A report may be about a line that nobody promises: what it says is not lost.
            let is_of_matrix =
                certainty == Certainty::Certain && (line.is_scanned() || is_declared_eol(line));
            if is_of_matrix || !evidence.is_empty() {
                findings.push(about.finding(certainty, line, evidence, &seen));
            }
        }
    }
    let rank: HashMap<&LineId, usize> = lines.iter().map(|l| &l.id).zip(0..).collect();
    findings.sort_by(|a, b| {
        fn order(key: &FindingKey) -> (&str, &Ecosystem, &str, Certainty) {
            (&key.vulnerability, &key.ecosystem, &key.package, key.certainty)
        }
        let line = |finding: &Finding| rank.get(&finding.key.line).copied();
        order(&a.key).cmp(&order(&b.key)).then_with(|| line(a).cmp(&line(b)))
    });
    findings
}

/// The same claims in one order, each once.
fn in_order(mut evidence: Vec<Evidence>) -> Vec<Evidence> {
    fn order(evidence: &Evidence) -> impl Ord + '_ {
        let at = (&evidence.at, &evidence.lockfile, evidence.row, &evidence.version);
        let advisory = &evidence.advisory;
        let claim = (&evidence.source, evidence.basis, &advisory.id, &advisory.package);
        (at, claim, &evidence.path, &evidence.reach, &advisory.aliases, &advisory.patched)
    }
    // A source may say two things of one place: they have one order too.
    fn rest(evidence: &Evidence) -> impl Ord + '_ {
        let place = (evidence.certainty, &evidence.supply, &evidence.update);
        let advisory = &evidence.advisory;
        let what = (&advisory.class, &advisory.ecosystem, &advisory.fixed, &advisory.url);
        let when = (advisory.date, advisory.fixed_on, advisory.withdrawn);
        let text = (&advisory.title, &advisory.details);
        let severity = advisory.severity.iter().map(|claim| {
            let score = claim.score.map(f64::to_bits);
            (&claim.by, claim.scale, claim.rating, score, &claim.vector)
        });
        let ranges = (advisory.is_of_default_registry, &advisory.ranges);
        (place, what, when, severity.collect::<Vec<_>>(), text, ranges)
    }
    evidence.sort_by(|a, b| order(a).cmp(&order(b)).then_with(|| rest(a).cmp(&rest(b))));
    evidence.dedup();
    evidence
}

/// A line that somebody ended, not one that merely fell out of a rule.
fn is_declared_eol(line: &ReleaseLine) -> bool {
    let first = line.because.first();
    line.standing == Standing::Eol
        && first.is_some_and(|d| d.by == DeclaredBy::Tags || line.until.is_some())
}

/// What is the same on every line: a finding without its line.
struct About<'a> {
    subject: &'a Subject,
    proto: Finding,
}

impl<'a> About<'a> {
    fn of(
        subject: &'a Subject,
        records: &Records,
        threats: &ThreatFacts,
        preference: &Preference,
    ) -> Self {
        let of_package = records.about(subject);
        let names = records.names(subject);
        let vulnerability = names.first().cloned().unwrap_or_default();
        let text = |get: fn(&crate::model::Advisory) -> &str| {
            let found = of_package.iter().map(|record| get(&record.advisory));
            found.map(str::trim).find(|text| !text.is_empty()).unwrap_or_default().to_owned()
        };
        let classes = of_package.iter().map(|record| record.advisory.class.clone());
        let fixes = of_package.iter().map(records::Record::fixes);
        let proto = Finding {
            key: FindingKey {
                vulnerability,
                ecosystem: subject.ecosystem.clone(),
                package: subject.package.clone(),
                certainty: Certainty::Certain,
                line: LineId(String::new()),
            },
            class: classes.min().unwrap_or(crate::model::AdvisoryClass::Unstated),
            title: text(|advisory| &advisory.title),
            details: text(|advisory| &advisory.details),
            url: of_package.iter().find_map(|record| record.advisory.url.clone()),
            severity: severity::decide(records.severities(subject.group), preference),
            fixed_in: { fixes }.find(|fixes| !fixes.is_empty()).unwrap_or_default(),
            disagreements: records.disagreements(subject),
            published: of_package.iter().filter_map(|record| record.advisory.date).min(),
            fixed_on: of_package.iter().filter_map(|record| record.advisory.fixed_on).min(),
            exploited: names.iter().find_map(|name| threats.kev.get(name).cloned()),
            epss: names.iter().find_map(|name| threats.epss.get(name).cloned()),
            names,
            head: None,
            release: None,
            evidence: Vec::new(),
        };
        Self { subject, proto }
    }

    fn finding(
        &self,
        certainty: Certainty,
        line: &ReleaseLine,
        evidence: Vec<Evidence>,
        seen: &Seen<'_>,
    ) -> Finding {
        let view = |tip| {
            let place = Place { line: line.id.clone(), tip };
            seen.view(self.subject, &place, certainty, &evidence)
        };
        // A claim about a tip that nobody else sees is a witness all the same.
        let claimed: Vec<Tip> = evidence.iter().map(|evidence| evidence.at.tip).collect();
        let has = |tip: Tip, is_there: bool| is_there || claimed.contains(&tip);
        let key = FindingKey { certainty, line: line.id.clone(), ..self.proto.key.clone() };
        let mut disagreements = self.proto.disagreements.clone();
        disagreements.extend(self.silent_witnesses(line, &evidence, seen));
        disagreements.sort();
        Finding {
            key,
            head: has(Tip::Head, line.head.is_some()).then(|| view(Tip::Head)),
            release: has(Tip::Release, line.release.is_some()).then(|| view(Tip::Release)),
            disagreements,
            evidence,
            ..self.proto.clone()
        }
    }

    /// Sources that know the vulnerability, looked at an affected tip, and did not find it there.
    fn silent_witnesses(
        &self,
        line: &ReleaseLine,
        evidence: &[Evidence],
        seen: &Seen<'_>,
    ) -> Vec<Disagreement> {
        let disagreement = |tip: Tip| {
            let claims: BTreeSet<&str> = evidence
                .iter()
                .filter(|e| e.at.tip == tip && e.certainty == Certainty::Certain)
                .map(|e| e.source.as_str())
                .collect();
            let place = Place { line: line.id.clone(), tip };
            let silent: Vec<&str> = seen
                .who_looked(self.subject, &place)
                .filter(|source| !claims.contains(source))
                .filter(|source| !seen.claims(source, self.subject, &place))
                .collect();
            if claims.is_empty() || silent.is_empty() {
                return None;
            }
            let word = tip.as_str();
            let affected =
                claims.iter().map(|s| ((*s).to_owned(), format!("affected at the {word}")));
            let clear =
                silent.iter().map(|s| ((*s).to_owned(), format!("not affected at the {word}")));
            let mut says: Vec<(String, String)> = affected.chain(clear).collect();
            says.sort();
            Some(Disagreement { about: "affected", says })
        };
        [Tip::Head, Tip::Release].into_iter().filter_map(disagreement).collect()
    }
}

/// Every name of everything that is found, in any order.
pub fn names(facts: &Facts, evidence: &[Evidence]) -> BTreeSet<String> {
    let groups = records::groups(facts, evidence);
    let found: BTreeSet<usize> =
        evidence.iter().filter_map(|evidence| groups.group(&evidence.advisory.id)).collect();
    found.into_iter().flat_map(|group| groups.names(group)).map(str::to_owned).collect()
}
