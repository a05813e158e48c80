//! Findings → verdicts → outcome.
//!
//! *Exposure* is a fact about the code, a *decision* is what the policy makes of it. The truth table
//! of [`exposure`] is printed in the README; nothing else decides what a line is called.

mod gate;
mod proposal;
pub mod suppress;

use std::collections::BTreeSet;

use jiff::civil::Date;

pub use self::{
    gate::{Baseline, FailAt, Gate, Grace, GraceFrom, Rules, Unrated},
    proposal::Proposed,
};
use crate::model::{
    AdvisoryDatabase, Alert, Certainty, Change, Coverage, Covered, DatabaseUse, Decision, Exposure,
    Facts, Finding, GateRule, Outcome, PolicyOrigin, ReleaseLine, Report, Sight, Silence, Standing,
    Support, Trouble, Verdict, Word,
};

/// What `judge` obeys.
#[derive(Clone, Debug)]
pub struct Policy {
    pub gate: Gate,
    /// A database older than this, in days, is incomplete coverage.
    pub max_database_age: i64,
    /// An earlier report, for `gate.new-only`.
    pub baseline: Option<Baseline>,
}

impl Policy {
    /// Says that every finding is new, where only new ones fail and nothing tells which are old.
    pub fn without_baseline(&self) -> Option<Trouble> {
        let mut rules = self.gate.tiers.values().chain([&self.gate.rules]);
        let is_blind = self.baseline.is_none() && rules.any(|rules| rules.new_only);
        is_blind.then(|| {
            Trouble::warning("`new-only` is set, and no earlier report says what is old")
                .hint("give --baseline the patchline.json of an earlier run; every finding is new")
        })
    }
}

/// Says that a probability is in the gate, and no list of probabilities is named.
pub fn without_scores(gate: &Gate, has_scores: bool) -> Option<Trouble> {
    let mut rules = gate.tiers.values().chain([&gate.rules]);
    let is_blind = !has_scores && rules.any(|rules| rules.epss.is_some());
    is_blind.then(|| {
        Trouble::warning("`epss` is in the gate, and nothing gives such scores")
            .hint("name a list of them with `epss` in [facts]")
    })
}

/// What a report says of its own making.
#[derive(Clone, Debug)]
pub struct Context {
    pub policy: PolicyOrigin,
    /// What the change at hand would do to suppressions and statements.
    pub changes: Vec<Change>,
    /// The repository's address without credentials.
    pub repository: Option<String>,
    /// Why not every supported line was looked at.
    pub part: Option<String>,
    /// The change that the run is about.
    pub proposed: Option<Proposed>,
    pub today: Date,
}

/// What follows for a line from what was seen at its tips; `None`: the line has no such tip.
///
/// Bad news needs one witness; good news needs every tip seen.
pub fn exposure(head: Option<Sight>, release: Option<Sight>) -> Exposure {
    use Sight::{Affected, Clear, Fixed, Unseen};
    match (head, release) {
        (Some(Affected), Some(Fixed | Clear) | None) => Exposure::Unpatched { shipped: false },
        (Some(Affected), Some(Affected | Unseen)) | (None | Some(Unseen), Some(Affected)) => {
            Exposure::Unpatched { shipped: true }
        }
        (Some(Fixed | Clear), Some(Affected)) => Exposure::FixedUnreleased,
        (Some(Unseen), _) | (_, Some(Unseen)) | (None, None) => Exposure::Unknown,
        (Some(Fixed), Some(Fixed | Clear) | None) | (Some(Clear) | None, Some(Fixed)) => {
            Exposure::Patched
        }
        (Some(Clear), Some(Clear) | None) | (None, Some(Clear)) => Exposure::NotAffected,
    }
}

/// The word that users read: the first that applies.
pub fn word(standing: Standing, exposure: Exposure) -> Word {
    match (standing, exposure) {
        (Standing::Eol, _) => Word::Eol,
        (_, Exposure::Unknown) => Word::Unknown,
        (_, Exposure::Unpatched { .. }) => Word::Unpatched,
        (_, Exposure::FixedUnreleased) => Word::FixedUnreleased,
        (_, Exposure::Patched) => Word::Patched,
        (_, Exposure::NotAffected) => Word::NotAffected,
    }
}

/// Judges every finding and the run as a whole.
pub fn report(
    support: Support,
    findings: Vec<Finding>,
    facts: Facts,
    policy: &Policy,
    silence: &suppress::Policy,
    context: Context,
) -> Report {
    let today = context.today;
    let (databases, undated) = databases(&facts, today);
    let mut coverage = support.coverage;
    coverage.extend(facts.coverage);
    let mut trouble = support.trouble;
    trouble.extend(facts.trouble);
    quarantine(&facts.databases, &facts.inventories, &mut coverage, &mut trouble);
    for database in databases.iter().filter(|d| !undated.contains(&d.stamp.id)) {
        age(database, policy.max_database_age, &mut coverage, &mut trouble);
    }
    coverage.sort();
    coverage.dedup();
    trouble.sort();
    trouble.dedup();

    let alerts = each_once(facts.alerts);
    let mut opinions = facts.opinions;
    opinions.sort();
    opinions.dedup();
    let all: Vec<&Finding> = findings.iter().collect();
    let mut known = suppress::known(&facts.databases, &all);
    known.is_whole &= !coverage.iter().any(|coverage| coverage.covered.is_gap());
    let seen = suppress::Seen {
        findings: &all,
        lines: &support.lines,
        coverage: &coverage,
        known: &known,
    };
    let suppressions = suppress::uses(silence, &seen, today);
    let proposal = context.proposed.as_ref().map(|proposed| proposed.compare(&findings));
    let is_old = |finding: &Finding| {
        proposal.as_ref().is_some_and(|proposal| !proposal.introduced.contains_key(&finding.key))
    };
    let findings: Vec<(Finding, Verdict)> = findings
        .into_iter()
        .map(|finding| {
            let line = support.lines.iter().find(|line| line.id == finding.key.line);
            let mut verdict = verdict(&finding, line, policy, today);
            if verdict.decision == Decision::Fail && is_old(&finding) {
                (verdict.decision, verdict.because) = (Decision::Warn, GateRule::NotIntroduced);
            }
            if may_be_silent(&finding, &verdict) {
                let silence = suppress::silence(&finding, line, &opinions, silence, today);
                verdict = silence.map_or(verdict.clone(), |silence| silenced(&verdict, silence));
            }
            (finding, verdict)
        })
        .collect();
    let proposed = context.proposed.as_ref();
    // Statements about support are read where a change has no say.
    let contradictions_are = match proposed {
        Some(_) => policy.gate.contradictions.min(Decision::Warn),
        None => policy.gate.contradictions,
    };
    let changes_are =
        proposed.map_or(Decision::Note, |proposed| proposed.about_changes(&policy.gate));
    let is_silenced = changes_are == Decision::Fail
        && context.changes.iter().any(|change| proposal::silences(change, silence));
    let disagrees = !support.contradictions.is_empty() && contradictions_are == Decision::Fail;
    let fails = findings.iter().any(|(_, verdict)| verdict.decision == Decision::Fail);
    // A tool's own suppressions are statements like others.
    let obeys = silence.obey.contains("sarif");
    let code_fails = alerts.iter().any(|alert| {
        let rules = policy.gate.rules_at(&support.lines, alert.at.as_ref());
        let is_silent = alert.suppressed.is_some() && obeys;
        let is_old = proposed.is_some_and(|proposed| proposed.has_alert(alert));
        !is_silent && !is_old && rules.code(alert.level) == Decision::Fail
    });
    let matters = |gap: &Coverage| {
        let rules = policy.gate.rules_at(&support.lines, gap.at.as_ref());
        let is_minded = proposed.is_none_or(|proposed| proposed.minds(gap));
        gap.covered.is_gap() && is_minded && rules.incomplete == Decision::Fail
    };
    let outcome = if fails || disagrees || code_fails || is_silenced {
        Outcome::Fail
    } else if coverage.iter().any(matters) {
        Outcome::Incomplete
    } else {
        Outcome::Pass
    };
    Report {
        as_of: today,
        repository: context.repository,
        policy: context.policy,
        part: context.part,
        proposal,
        databases,
        lines: support.lines,
        default_ref: support.default_ref,
        contradictions: support.contradictions,
        contradictions_are,
        findings,
        alerts,
        alerts_are: policy.gate.rules.code,
        opinions,
        suppressions,
        changes: context.changes,
        changes_are,
        coverage,
        trouble,
        outcome,
    }
}

/// Every database that was used, once, and those whose age says nothing: alerts are as fresh as the
/// moment they were asked for, and an earlier report without a day said so itself.
fn databases(facts: &Facts, today: Date) -> (Vec<DatabaseUse>, BTreeSet<String>) {
    let of_run = facts.databases.iter().map(|database| used(database, today));
    let of_reports = facts.used.iter().map(|used| aged(used.clone(), today));
    let mut databases: Vec<DatabaseUse> = of_run.chain(of_reports).collect();
    databases.sort_by(|a, b| order(&a.stamp).cmp(&order(&b.stamp)));
    databases.dedup();
    let projected = facts.databases.iter().filter(|database| database.is_projected);
    let undated = facts.used.iter().filter(|used| used.stamp.date.is_none());
    let ids = projected.map(|d| &d.stamp.id).chain(undated.map(|used| &used.stamp.id));
    let ids = ids.cloned().collect();
    (databases, ids)
}

/// The same alerts in one order. A tool that is asked twice says the same thing of the same place.
fn each_once(mut alerts: Vec<Alert>) -> Vec<Alert> {
    fn order(alert: &Alert) -> impl Ord + '_ {
        let place = (&alert.at, &alert.file, alert.row);
        (place, &alert.source, &alert.rule, &alert.fingerprints, &alert.message)
    }
    alerts.sort_by(|a, b| order(a).cmp(&order(b)));
    alerts.dedup_by(|a, b| {
        // Without a fingerprint, the message tells two results of one rule and row apart.
        let is_told_apart = a.fingerprints.is_empty() && a.message != b.message;
        let is_same_place = a.at == b.at && a.file == b.file && a.row == b.row;
        let is_same_rule = a.source == b.source && a.rule == b.rule;
        is_same_place && is_same_rule && a.fingerprints == b.fingerprints && !is_told_apart
    });
    alerts
}

fn verdict(finding: &Finding, line: Option<&ReleaseLine>, policy: &Policy, today: Date) -> Verdict {
    let standing = line.map_or(Standing::Unknown, |line| line.standing);
    let rules = policy.gate.rules(line.map(|line| line.tier).unwrap_or_default());
    let sight = |view: &Option<crate::model::View>| view.as_ref().map(|view| view.sight);
    let exposure = exposure(sight(&finding.head), sight(&finding.release));
    let word = word(standing, exposure);
    let (decision, because) = match (word, finding.key.certainty) {
        (Word::Eol, _) => (Decision::Note, GateRule::Eol),
        (_, Certainty::Possible) => (rules.possible, GateRule::Possible),
        (Word::Patched | Word::NotAffected, _) => (Decision::Note, GateRule::Clean),
        (Word::Unknown, _) => (rules.unknown, GateRule::Unknown),
        (Word::FixedUnreleased, _) => {
            let (most, rule) = rules.decide(finding, today, policy.baseline.as_ref());
            let unreleased = (rules.unreleased, GateRule::Unreleased);
            // Whoever runs the release is attacked, whatever the branch has.
            let stands = most < rules.unreleased || rules.is_exploited(finding);
            if stands { (most, rule) } else { unreleased }
        }
        (Word::Unpatched, _) => rules.decide(finding, today, policy.baseline.as_ref()),
        (Word::Suppressed, _) => (Decision::Note, GateRule::Suppressed),
    };
    Verdict { exposure, word, decision, because, suppressed: None }
}

/// What is bad news, and what is only possible where the gate minds that.
fn may_be_silent(finding: &Finding, verdict: &Verdict) -> bool {
    let is_minded = finding.key.certainty == Certainty::Possible
        && verdict.word == Word::Unknown
        && verdict.decision > Decision::Note;
    is_minded || matches!(verdict.word, Word::Unpatched | Word::FixedUnreleased)
}

/// The same fact, kept silent.
fn silenced(verdict: &Verdict, silence: Silence) -> Verdict {
    Verdict {
        exposure: verdict.exposure,
        word: Word::Suppressed,
        decision: Decision::Note,
        because: GateRule::Suppressed,
        suppressed: Some(silence),
    }
}

fn order(stamp: &crate::model::Stamp) -> impl Ord + '_ {
    (&stamp.id, stamp.date, &stamp.revision, &stamp.from)
}

/// How old a database is on the day of the report.
fn aged(used: DatabaseUse, today: Date) -> DatabaseUse {
    let age = used.stamp.date.and_then(|date| today.since(date).ok());
    DatabaseUse { age_days: age.map(|span| i64::from(span.get_days())), ..used }
}

fn used(database: &AdvisoryDatabase, today: Date) -> DatabaseUse {
    let used = DatabaseUse {
        stamp: database.stamp.clone(),
        digest: Some(database.digest()),
        advisories: database.len(),
        withdrawn: database.withdrawn,
        toolchain: database.toolchain,
        quarantined: database.quarantined.clone(),
        age_days: None,
    };
    aged(used, today)
}

/// What is wrong with databases on a day: records that cannot be read, and their age.
pub fn about_databases(
    databases: &[AdvisoryDatabase],
    policy: &Policy,
    today: Date,
) -> (Vec<Coverage>, Vec<Trouble>) {
    let (mut coverage, mut trouble) = (Vec::new(), Vec::new());
    quarantine(databases, &[], &mut coverage, &mut trouble);
    for database in databases.iter().filter(|database| !database.is_projected) {
        age(&used(database, today), policy.max_database_age, &mut coverage, &mut trouble);
    }
    (coverage, trouble)
}

/// An unreadable record costs the places that lock its package, and every place if nobody knows
/// which package that is.
fn quarantine(
    databases: &[AdvisoryDatabase],
    inventories: &[crate::model::Inventory],
    coverage: &mut Vec<Coverage>,
    trouble: &mut Vec<Trouble>,
) {
    for database in databases {
        for record in &database.quarantined {
            trouble.push(
                Trouble::warning(format!(
                    "the {} record `{}` could not be read: {}",
                    database.stamp.id, record.path, record.error
                ))
                .upstream()
                .hint("update the database; if it stays, report the record to its maintainers"),
            );
            for inventory in inventories {
                let locks = record.package.as_ref().is_none_or(|package| {
                    let mut entries = inventory.lockfiles.iter().flat_map(|f| &f.content.entries);
                    entries.any(|entry| *entry.name == **package)
                });
                if locks {
                    coverage.push(Coverage {
                        source: database.stamp.id.clone(),
                        at: Some(inventory.place.clone()),
                        covered: Covered::Partial {
                            because: format!("`{}` could not be read", record.path),
                        },
                    });
                }
            }
        }
    }
}

fn age(
    database: &DatabaseUse,
    most: i64,
    coverage: &mut Vec<Coverage>,
    trouble: &mut Vec<Trouble>,
) {
    let id = &database.stamp.id;
    let because = match database.age_days {
        Some(days) if days < 0 => {
            let message = format!("the {id} database is from after the day of this report");
            trouble.push(Trouble::info(message));
            return;
        }
        Some(days) if days <= most => return,
        Some(days) => format!("the {id} database is {days} days old, more than {most}"),
        None => format!("nothing says how old the {id} database is"),
    };
    trouble.push(
        Trouble::warning(because.clone())
            .hint("update it, or raise `scan.max-database-age` in patchline.toml"),
    );
    coverage.push(Coverage { source: id.clone(), at: None, covered: Covered::Partial { because } });
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The table of the README, cell by cell: rows are the head, columns the latest release.
    #[test]
    fn the_truth_table() {
        use Sight::{Affected, Clear, Fixed, Unseen};
        let sights = [None, Some(Affected), Some(Fixed), Some(Clear), Some(Unseen)];
        let table = [
            ["unknown", "unpatched", "patched", "not-affected", "unknown"],
            ["unpatched", "unpatched", "unpatched", "unpatched", "unpatched"],
            ["patched", "fixed-unreleased", "patched", "patched", "unknown"],
            ["not-affected", "fixed-unreleased", "patched", "not-affected", "unknown"],
            ["unknown", "unpatched", "unknown", "unknown", "unknown"],
        ];
        for (head, row) in sights.iter().zip(table) {
            for (release, expected) in sights.iter().zip(row) {
                let word = word(Standing::Supported, exposure(*head, *release));
                assert_eq!(word.as_str(), expected, "head {head:?}, release {release:?}");
            }
        }
    }

    #[test]
    fn an_affected_head_without_an_affected_release_has_not_shipped() {
        let shipped = |release| exposure(Some(Sight::Affected), release);
        assert_eq!(shipped(Some(Sight::Affected)), Exposure::Unpatched { shipped: true });
        for release in [None, Some(Sight::Fixed), Some(Sight::Clear)] {
            assert_eq!(shipped(release), Exposure::Unpatched { shipped: false });
        }
    }
}
