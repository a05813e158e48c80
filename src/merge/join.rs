//! Several of our own reports → one: their lines, what they saw, and what they were judged with.
//!
//! The result does not depend on the order of the reports.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    import::own::OwnReport,
    model::{
        Coverage, Covered, Evidence, Facts, LineId, LineKind, Place, ReleaseLine, Support,
        Suppression, Tip, Trouble, canonical_id,
    },
};

/// What several reports say together.
#[derive(Debug, Default)]
pub struct Joined {
    pub support: Support,
    pub facts: Facts,
    pub evidence: Vec<Evidence>,
    pub incomparable: BTreeSet<(Place, String)>,
    /// Sorted, each once.
    pub suppressions: Vec<Suppression>,
    pub obeyed: BTreeSet<String>,
    /// The address of the repository, if the reports name just one.
    pub repository: Option<String>,
    /// Why these may not be all supported lines.
    pub part: Option<String>,
}

/// Joins reports. Where two are about different commits of one line, the newer one's line stands,
/// and that is said: the claims of both count.
pub fn join(reports: Vec<OwnReport>) -> Joined {
    let mut joined = Joined::default();
    let mut lines: BTreeMap<LineId, Vec<(Option<jiff::civil::Date>, ReleaseLine)>> =
        BTreeMap::new();
    let mut repositories = BTreeSet::new();
    let mut default_refs = BTreeSet::new();
    let mut states: BTreeSet<Vec<String>> = BTreeSet::new();
    let parts: BTreeSet<Option<String>> = reports.iter().map(|it| it.part.clone()).collect();
    joined.part = part(&parts);
    for mut report in reports {
        judged_apart(&mut report);
        states.insert(databases(&report));
        for line in report.lines {
            lines.entry(line.id.clone()).or_default().push((report.as_of, line));
        }
        repositories.extend(report.repository);
        default_refs.extend(report.default_ref);
        joined.evidence.extend(report.evidence);
        joined.incomparable.extend(report.incomparable);
        joined.suppressions.extend(report.suppressions);
        joined.obeyed.extend(report.obeyed);
        joined.support.contradictions.extend(report.contradictions);
        let facts = &mut joined.facts;
        facts.sightings.extend(report.sightings);
        facts.alerts.extend(report.alerts);
        facts.opinions.extend(report.opinions);
        facts.used.extend(report.databases);
        facts.coverage.extend(report.coverage);
        facts.trouble.extend(report.trouble);
    }
    joined.facts.has_one_database = states.len() < 2;
    if !joined.facts.has_one_database {
        joined.facts.trouble.push(
            Trouble::warning("the reports were made with different states of the databases").hint(
                "make them with one state: until then, what only some of them could know is \
                 unknown on the others' lines",
            ),
        );
    }
    joined.support.contradictions.sort();
    joined.support.contradictions.dedup();
    joined.suppressions.sort_by(|a, b| {
        let order = |s: &Suppression| (canonical_id(&s.id), s.clone());
        order(a).cmp(&order(b))
    });
    joined.suppressions.dedup();
    joined.support.default_ref = default_refs.pop_first().filter(|_| default_refs.is_empty());
    joined.repository = repositories.pop_first().filter(|_| repositories.is_empty());
    for (id, mut said) in lines {
        let commits = |line: &ReleaseLine| {
            let head = line.head.as_ref().and_then(|head| head.commit.clone());
            let release = line.release.as_ref().and_then(|release| release.commit.clone());
            (head, release)
        };
        said.sort_by_key(|(day, line)| (*day, commits(line), format!("{line:?}")));
        let first = said.first().map(|(_, line)| commits(line));
        if said.iter().any(|(_, line)| Some(commits(line)) != first) {
            let message = format!("the reports are about different commits of line {id}");
            joined.facts.trouble.push(
                Trouble::warning(message)
                    .hint("make them from one state: their claims are taken together"),
            );
            // What was good news at one commit is none at another.
            joined.facts.sightings.retain(|sighting| sighting.at.line != id);
            for tip in [Tip::Head, Tip::Release] {
                joined.facts.coverage.push(Coverage {
                    source: "lockfiles".to_owned(),
                    at: Some(Place { line: id.clone(), tip }),
                    covered: Covered::Partial {
                        because: "the reports are about different commits".to_owned(),
                    },
                });
            }
        }
        joined.support.lines.extend(said.pop().map(|(_, line)| line));
    }
    joined.support.lines.sort_by_key(order);
    joined
}

/// Why several parts are not all of it. All shards are, and whoever named lines may have named any.
fn part(parts: &BTreeSet<Option<String>>) -> Option<String> {
    let named: Option<Vec<&str>> = parts.iter().map(Option::as_deref).collect();
    // One of them is about everything.
    let named = named?;
    let of = named.iter().map(|part| Some(part.strip_prefix("shard ")?.split_once('/')?.1));
    let of: BTreeSet<Option<&str>> = of.collect();
    let is_all = match of.iter().collect::<Vec<_>>()[..] {
        [Some(of)] => of.parse() == Ok(named.len()),
        _ => false,
    };
    let shown =
        if named.is_empty() { "reports of other tools".to_owned() } else { named.join(", ") };
    (!is_all).then_some(shown)
}

/// The states of the databases that a report used.
fn databases(report: &OwnReport) -> Vec<String> {
    let mut states: Vec<String> = report
        .databases
        .iter()
        .map(|used| format!("{} {}", used.stamp.id, used.digest.as_deref().unwrap_or("?")))
        .collect();
    states.sort();
    states
}

/// What a report was judged with holds for its own lines, and for no other report's.
fn judged_apart(report: &mut OwnReport) {
    let scanned = report.lines.iter().filter(|line| line.is_scanned());
    let lines: Vec<String> = scanned.map(|line| line.id.0.clone()).collect();
    for suppression in report.suppressions.iter_mut().filter(|s| s.lines.is_empty()) {
        suppression.lines.clone_from(&lines);
    }
    let obeyed = &report.obeyed;
    for opinion in report.opinions.iter_mut().filter(|opinion| !obeyed.contains(opinion.kind)) {
        opinion.only_if.push("the policy of its own report obeys it".to_owned());
    }
}

/// Releases newest first, then what is named by a ref, then the default branch.
pub(super) fn order(line: &ReleaseLine) -> impl Ord + use<> {
    let rank = match line.kind {
        LineKind::Release => 0,
        LineKind::Ref => 1,
        LineKind::Default => 2,
    };
    let numbers: Vec<u64> = line
        .id
        .0
        .split(|c: char| !c.is_ascii_digit())
        .filter_map(|part| part.parse().ok())
        .collect();
    (rank, std::cmp::Reverse(numbers), line.id.clone())
}

/// Adds lines that reports of other tools are about, and that nobody else names; keeps the order.
pub fn add_lines(support: &mut Support, lines: Vec<ReleaseLine>) {
    for line in lines {
        if support.lines.iter().all(|known| known.id != line.id) {
            support.lines.push(line);
        }
    }
    support.lines.sort_by_key(order);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shards_are_all_of_it_if_all_came() {
        for (parts, expected) in [
            (&[None][..], None),
            (&[Some("shard 1/2"), None], None),
            (&[Some("shard 1/2"), Some("shard 2/2"), Some("shard 1/2")], None),
            (&[Some("shard 1/2")], Some("shard 1/2")),
            (&[Some("shard 1/3"), Some("shard 3/3")], Some("shard 1/3, shard 3/3")),
            (&[Some("shard 1/2"), Some("shard 2/3")], Some("shard 1/2, shard 2/3")),
            (&[Some("named"), Some("shard 1/1")], Some("named, shard 1/1")),
            (&[Some("named"), Some("named")], Some("named")),
            (&[], Some("reports of other tools")),
        ] {
            let parts = parts.iter().map(|part| part.map(str::to_owned)).collect();
            assert_eq!(part(&parts).as_deref(), expected, "{parts:?}");
        }
    }
}
