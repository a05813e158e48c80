//! What keeps a finding silent: our own suppressions, and others' opinions where the policy obeys
//! their kind.
//!
//! Silence is a decision, never a fact: it moves a finding in a report and changes no exposure. A
//! suppression that nobody needs any more is told only where everything was looked at.

mod change;

use std::collections::{BTreeMap, BTreeSet};

use jiff::{Timestamp, civil::Date, tz::TimeZone};

pub use self::change::changes;
use super::exposure;
use crate::model::{
    AdvisoryDatabase, Basis, Coverage, Covered, Expiry, Exposure, Finding, Opinion, PackagePattern,
    ReleaseLine, Silence, Suppression, SuppressionState, SuppressionUse, canonical_id,
};

/// A suppression that ends in so many days is due for a look.
const SOON: i32 = 14;

/// What the configuration says about silence.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Policy {
    /// In the order of the file.
    pub suppressions: Vec<Suppression>,
    /// Kinds of opinions that are obeyed.
    pub obey: BTreeSet<String>,
}

/// What keeps a finding silent on a day: the first suppression that is about it, else the first
/// opinion that is obeyed. A clean finding needs no silence. `line` is the finding's.
pub fn silence(
    finding: &Finding,
    line: Option<&ReleaseLine>,
    opinions: &[Opinion],
    policy: &Policy,
    today: Date,
) -> Option<Silence> {
    if is_clean(finding) {
        return None;
    }
    let names = names(finding);
    let is_live = |suppression: &&Suppression| {
        today <= suppression.until && is_about(suppression, finding, line, &names)
    };
    let own: Vec<&Suppression> = policy.suppressions.iter().filter(is_live).collect();
    let is_obeyed = |opinion: &&Opinion| {
        policy.obey.contains(opinion.kind) && is_obeyable(opinion, finding, &names, today)
    };
    let others: Vec<&Opinion> = opinions.iter().filter(is_obeyed).collect();
    let ids: BTreeSet<String> = own
        .iter()
        .map(|suppression| &suppression.id)
        .chain(others.iter().flat_map(|opinion| &opinion.ids))
        .map(|id| canonical_id(id))
        .collect();
    // An opinion about every vulnerability of a package names none.
    let is_general = others.iter().any(|opinion| opinion.ids.is_empty());
    if !is_general && !names_all(&ids, finding) {
        return None;
    }
    let first = own.first().map(|own| Silence::Suppression((*own).clone()));
    first.or_else(|| others.first().map(|other| Silence::Opinion((*other).clone())))
}

/// What a run saw, for those who ask what became of the suppressions.
#[derive(Clone, Copy, Debug)]
pub struct Seen<'a> {
    pub findings: &'a [&'a Finding],
    pub lines: &'a [ReleaseLine],
    pub coverage: &'a [Coverage],
    pub known: &'a Known,
}

/// The names of all vulnerabilities that some database or report has.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Known {
    /// In their canonical spelling.
    pub ids: BTreeSet<String>,
    /// False if a record or a report could not be read, so that a name may be missing.
    pub is_whole: bool,
}

/// Collects the names of databases and findings. Withdrawn records are not in a database, so their
/// names are not known. Whoever lost a report sets `is_whole` to false.
pub fn known(databases: &[AdvisoryDatabase], findings: &[&Finding]) -> Known {
    let advisories = databases.iter().flat_map(|database| database.by_package.values()).flatten();
    let names = advisories.flat_map(|advisory| advisory.aliases.iter().chain([&advisory.id]));
    let found = findings.iter().flat_map(|finding| &finding.names);
    Known {
        ids: names.chain(found).map(|name| canonical_id(name)).collect(),
        is_whole: databases.iter().all(|database| database.quarantined.is_empty()),
    }
}

/// What has become of each suppression, in the order of the policy.
pub fn uses(policy: &Policy, seen: &Seen<'_>, today: Date) -> Vec<SuppressionUse> {
    policy.suppressions.iter().map(|suppression| usage(suppression, seen, today)).collect()
}

fn usage(suppression: &Suppression, seen: &Seen<'_>, today: Date) -> SuppressionUse {
    let needs = |finding: &&&Finding| {
        let line = seen.lines.iter().find(|line| line.id == finding.key.line);
        !is_clean(finding) && is_about(suppression, finding, line, &names(finding))
    };
    let matched = seen.findings.iter().filter(needs).count();
    let is_unknown = |name: &&String| !seen.lines.iter().any(|line| line.is_called(name));
    let unknown_lines = suppression.lines.iter().filter(is_unknown).cloned().collect();
    let days = today.until(suppression.until).map_or(i32::MAX, |span| span.get_days());
    let gap = || gap(suppression, seen);
    let state = if suppression.until < today {
        SuppressionState::Expired
    } else if matched > 0 && days <= SOON {
        SuppressionState::ExpiresSoon { days }
    } else if matched > 0 {
        SuppressionState::Active
    } else if seen.known.is_whole && !seen.known.ids.contains(&canonical_id(&suppression.id)) {
        SuppressionState::UnknownId
    } else if let Some(because) = gap() {
        SuppressionState::Unknown { because }
    } else {
        SuppressionState::Unused
    };
    SuppressionUse { suppression: suppression.clone(), state, matched, unknown_lines }
}

/// What of the places that a suppression is about was not looked at completely.
fn gap(suppression: &Suppression, seen: &Seen<'_>) -> Option<String> {
    let is_named = |line: &&ReleaseLine| line.is_scanned() && is_for(suppression, line);
    let lines: Vec<&ReleaseLine> = seen.lines.iter().filter(is_named).collect();
    if lines.is_empty() {
        return Some("no line that it names was looked at".to_owned());
    }
    let is_here = |coverage: &&Coverage| {
        let at = coverage.at.as_ref();
        at.is_none_or(|at| lines.iter().any(|line| line.id == at.line))
    };
    let mut here = seen.coverage.iter().filter(is_here);
    if let Some(because) = here.find_map(|coverage| coverage.covered.because()) {
        return Some(because.to_owned());
    }
    let is_covered = |line: &&&ReleaseLine| {
        seen.coverage.iter().any(|coverage| {
            coverage.covered == Covered::Complete
                && coverage.at.as_ref().is_some_and(|at| at.line == line.id)
        })
    };
    let unseen = lines.iter().find(|line| !is_covered(line))?;
    Some(format!("`{}` was not looked at", unseen.id))
}

/// True if no tip of the line has the flaw, as far as all were seen.
fn is_clean(finding: &Finding) -> bool {
    let [head, release] =
        [&finding.head, &finding.release].map(|view| view.as_ref().map(|v| v.sight));
    matches!(exposure(head, release), Exposure::Patched | Exposure::NotAffected)
}

/// True if every record that was matched is called by one of these names, directly or over the
/// aliases of other matched records. What only a report says of aliases joins findings, and silences
/// nothing: the name of one record must not silence another because somebody says that they are one.
fn names_all(ids: &BTreeSet<String>, finding: &Finding) -> bool {
    let matched: BTreeMap<&str, BTreeSet<String>> = finding
        .evidence
        .iter()
        .filter(|evidence| evidence.basis != Basis::Reported)
        .map(|evidence| {
            let advisory = &evidence.advisory;
            let names = advisory.aliases.iter().chain([&advisory.id]);
            (advisory.id.as_str(), names.map(|name| canonical_id(name)).collect())
        })
        .collect();
    let mut reached = ids.clone();
    let mut open: Vec<&BTreeSet<String>> = matched.values().collect();
    loop {
        let before = open.len();
        open.retain(|names| {
            let is_named = !names.is_disjoint(&reached);
            if is_named {
                reached.extend(names.iter().cloned());
            }
            !is_named
        });
        if open.is_empty() || open.len() == before {
            return open.is_empty();
        }
    }
}

fn names(finding: &Finding) -> BTreeSet<String> {
    let all = finding.names.iter().chain([&finding.key.vulnerability]);
    all.map(|name| canonical_id(name)).collect()
}

fn is_about(
    suppression: &Suppression,
    finding: &Finding,
    line: Option<&ReleaseLine>,
    names: &BTreeSet<String>,
) -> bool {
    let own = &finding.key;
    let is_package = |package: &String| own.ecosystem.canonical(package) == own.package;
    let is_here = match line {
        Some(line) => is_for(suppression, line),
        None => suppression.lines.is_empty() || suppression.lines.contains(&own.line.0),
    };
    names.contains(&canonical_id(&suppression.id))
        && suppression.package.as_ref().is_none_or(is_package)
        && is_here
}

fn is_for(suppression: &Suppression, line: &ReleaseLine) -> bool {
    suppression.lines.is_empty() || suppression.lines.iter().any(|name| line.is_called(name))
}

/// True if an opinion is about this finding and asks for silence, and nothing of it is left open.
fn is_obeyable(
    opinion: &Opinion,
    finding: &Finding,
    names: &BTreeSet<String>,
    today: Date,
) -> bool {
    let is_named = if opinion.ids.is_empty() {
        // Nothing but a package may stand for every vulnerability.
        opinion.package.is_some()
    } else {
        opinion.ids.iter().any(|id| names.contains(&canonical_id(id)))
    };
    let is_here = opinion.at.as_ref().is_none_or(|at| at.line == finding.key.line);
    is_named
        && is_here
        && opinion.stance.asks_for_silence()
        && opinion.only_if.is_empty()
        && holds(&opinion.expiry, today)
        && opinion.package.as_ref().is_none_or(|package| is_package(package, finding))
}

/// True if it holds through the whole day, in UTC.
fn holds(expiry: &Expiry, today: Date) -> bool {
    match expiry {
        Expiry::Never => true,
        Expiry::At(instant) => end_of(today).is_some_and(|end| *instant >= end),
        Expiry::Unreadable(_) => false,
    }
}

/// The first instant after a day in UTC.
fn end_of(day: Date) -> Option<Timestamp> {
    Some(day.tomorrow().ok()?.to_zoned(TimeZone::UTC).ok()?.timestamp())
}

/// The last day on which an entry holds; `None`: no day, or nobody can tell.
pub fn last_day(expiry: &Expiry) -> Option<Date> {
    match expiry {
        Expiry::Never => Some(Date::MAX),
        Expiry::At(instant) => instant.to_zoned(TimeZone::UTC).date().yesterday().ok(),
        Expiry::Unreadable(_) => None,
    }
}

/// True if every version that the finding is about is the one of the pattern, if that has one.
fn is_package(pattern: &PackagePattern, finding: &Finding) -> bool {
    let own = &finding.key;
    let is_named = own.ecosystem.canonical(&pattern.name) == own.package
        && (!pattern.ecosystem.is_known() || pattern.ecosystem == own.ecosystem);
    let Some(version) = &pattern.version else { return is_named };
    let views = [&finding.head, &finding.release].into_iter().flatten();
    let occurrences = views.flat_map(|view| &view.occurrences).map(|found| &found.version);
    let mut versions =
        occurrences.chain(finding.evidence.iter().map(|evidence| &evidence.version)).peekable();
    let is_same = |found: &Option<String>| {
        let found = found.as_deref().map(|found| own.ecosystem.version(found));
        found == Some(own.ecosystem.version(version))
    };
    is_named && versions.peek().is_some() && versions.all(is_same)
}

#[cfg(test)]
mod tests;
