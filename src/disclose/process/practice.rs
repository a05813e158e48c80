//! What a SECURITY.md lacks, and where the project's practice contradicts it.

use std::num::NonZeroU32;

use jiff::civil::Date;

use super::{POLICY, days};
use crate::{
    disclose::{
        Policy, Record,
        record::{Moment, Step},
    },
    history::summary::{missing_now, summaries},
    model::{Contradiction, Episode, History},
    report::{
        kept::{self, Check},
        lines::security_md::TABLE,
    },
};

/// Something to mend.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    pub row: Option<NonZeroU32>,
    /// What is wrong, as a lowercase fragment.
    pub what: String,
    /// Rows that differ, with `-` and `+`.
    pub difference: Vec<String>,
    pub mend: String,
}

/// A promise in days, and how long it took each time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Promise {
    /// `a fix of severity high`
    pub what: String,
    pub within: i64,
    /// Ascending; empty: it was never needed.
    pub taken: Vec<i64>,
}

impl Promise {
    /// How often it was kept.
    pub fn kept(&self) -> usize {
        self.taken.iter().filter(|days| **days <= self.within).count()
    }
}

/// What a document has to have, the words by which one sees that it is there, and what to write.
const PARTS: [(&str, &[&str], &str); 3] = [
    (
        "says no private way to report a vulnerability",
        &[
            "mailto:",
            "/security/advisories/new",
            "report a vulnerability",
            "security@",
            "hackerone.com",
        ],
        "say where to report in private",
    ),
    (
        "says not how soon somebody answers",
        &["within", "business day", "working day", "hours", "days"],
        "say how soon somebody answers, and how soon there is a fix",
    ),
    (
        "says not how a vulnerability is published",
        &["embargo", "disclos", "announce", "advisory", "advisories"],
        "say who is told what, when and where",
    ),
];

/// What the document at hand lacks or says wrongly. `section` and `table` are what it would say if
/// Patchline kept it.
pub fn document(
    path: &str,
    text: Option<&str>,
    section: &str,
    table: &str,
    contradictions: &[Contradiction],
) -> Vec<Problem> {
    const WRITE: &str = "`patchline disclose policy --write` writes it";
    let problem = |what: String, mend: &str| Problem {
        row: None,
        what,
        difference: Vec::new(),
        mend: mend.to_owned(),
    };
    let Some(text) = text else {
        return vec![problem(format!("there is no `{path}`"), WRITE)];
    };
    let mut problems = Vec::new();
    match kept::check(POLICY, Some(text), section) {
        Check::Same => {}
        Check::Missing => {
            let lower = text.to_lowercase();
            let lacks =
                PARTS.iter().filter(|(_, words, _)| !words.iter().any(|w| lower.contains(w)));
            problems.extend(lacks.map(|(what, _, mend)| problem(format!("`{path}` {what}"), mend)));
        }
        Check::Differs { row, difference } => problems.push(Problem {
            row: Some(row),
            difference,
            ..problem(format!("`{path}` promises something else than the configuration"), WRITE)
        }),
        Check::Refused(refusal) => problems.push(Problem {
            row: refusal.row,
            ..problem(refusal.because, "mend the markers by hand")
        }),
    }
    match kept::check(TABLE, Some(text), table) {
        Check::Differs { row, difference } => problems.push(Problem {
            row: Some(row),
            difference,
            ..problem(
                format!("the table of supported versions in `{path}` is out of date"),
                "`patchline security-md --write` mends it",
            )
        }),
        Check::Refused(refusal) => problems.push(Problem {
            row: refusal.row,
            ..problem(refusal.because, "mend the markers by hand")
        }),
        Check::Missing if !says_versions(text) => problems.push(problem(
            format!("`{path}` says not which versions are supported"),
            "`patchline security-md --write` writes a table",
        )),
        Check::Same | Check::Missing => {}
    }
    for contradiction in contradictions {
        let here = contradiction.at.iter().find(|origin| origin.path == path);
        if let Some(origin) = here {
            problems.push(Problem {
                row: origin.row,
                ..problem(contradiction.message.clone(), &contradiction.mend)
            });
        }
    }
    problems
}

/// True if the document speaks of support outside of the policy that is kept in it.
fn says_versions(text: &str) -> bool {
    let (start, end) =
        (format!("<!-- {} -->", POLICY.marker), format!("<!-- /{} -->", POLICY.marker));
    let before = text.split(&start).next().unwrap_or_default();
    let after = text.split(&end).nth(1).unwrap_or_default();
    format!("{before}{after}").to_lowercase().contains("support")
}

/// What the policy promises about reports, and how long that took in the records.
pub fn promises(policy: &Policy, records: &[Record]) -> Vec<Promise> {
    let lead = &policy.lead;
    [
        ("an answer to a report", Step::Acknowledged, lead.acknowledge),
        ("a fix after a report", Step::FixReady, lead.fix),
        ("publication after a report", Step::Public, lead.embargo_at_most),
    ]
    .into_iter()
    .map(|(what, step, within)| {
        let mut taken: Vec<i64> =
            records.iter().filter_map(|record| between(record, Step::Reported, step)).collect();
        taken.sort_unstable();
        Promise { what: what.to_owned(), within, taken }
    })
    .collect()
}

/// What the project aims at for vulnerabilities that are public, and how long they took on the lines
/// that are supported.
pub fn aims(history: &History) -> Vec<Promise> {
    let rows = summaries(history).into_iter().filter(|row| row.line.is_none());
    rows.filter_map(|row| {
        let what = format!("a release against what is {}", row.rating?.as_str());
        let mut taken: Vec<i64> = row.days.iter().copied().map(i64::from).collect();
        // What still runs, for longer than was promised, is no better than what is over.
        let runs = |episode: &&Episode| episode.rating == row.rating;
        let runs = missing_now(history).filter(runs);
        taken.extend(runs.filter_map(|episode| episode.days_exposed(history.as_of).map(i64::from)));
        taken.sort_unstable();
        Some(Promise { what, within: i64::from(row.target?), taken })
    })
    .collect()
}

/// A promise that was never kept is none.
pub fn never_kept(promises: &[Promise]) -> Vec<Problem> {
    let is_broken = |promise: &&Promise| !promise.taken.is_empty() && promise.kept() == 0;
    let problem = |promise: &Promise| Problem {
        row: None,
        what: format!(
            "{} is promised within {}, and took {} at best ({})",
            promise.what,
            days(promise.within),
            days(promise.taken.first().copied().unwrap_or_default()),
            times(promise.taken.len()),
        ),
        difference: Vec::new(),
        mend: "promise what is done, in `[disclose.lead]` and `[targets]`, or do what is promised"
            .to_owned(),
    };
    promises.iter().filter(is_broken).map(problem).collect()
}

fn times(count: usize) -> String {
    match count {
        1 => "once".to_owned(),
        count => format!("{count} times"),
    }
}

/// The days between two steps that both happened.
fn between(record: &Record, from: Step, to: Step) -> Option<i64> {
    let day = |step| record.step(step).actual.map(|Moment { day, .. }| day);
    let (from, to): (Date, Date) = (day(from)?, day(to)?);
    Some(i64::from((to - from).get_days()))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::{
        disclose::{process::section, record::Slot},
        model::{ContradictionKind, Origin, Targets},
        report::kept::{Splice, splice},
    };

    const TABLE_TEXT: &str =
        "| Version | Supported | Until |\n|---|---|---|\n| 1.4 | ✅ Yes | – |\n";

    fn found(text: Option<&str>, contradictions: &[Contradiction]) -> Vec<String> {
        let policy = section("Boat", &Policy::default(), &Targets::default());
        document("SECURITY.md", text, &policy, TABLE_TEXT, contradictions)
            .into_iter()
            .map(|problem| problem.what)
            .collect()
    }

    #[test]
    fn a_document_is_asked_for_every_part() {
        assert_eq!(found(None, &[]), ["there is no `SECURITY.md`"]);
        assert_eq!(
            found(Some("# Security\n"), &[]),
            [
                "`SECURITY.md` says no private way to report a vulnerability",
                "`SECURITY.md` says not how soon somebody answers",
                "`SECURITY.md` says not how a vulnerability is published",
                "`SECURITY.md` says not which versions are supported",
            ]
        );
        let by_hand = "## Supported versions\n\nThe newest.\n\nWrite to security@boat.example; we \
                       answer within two days and publish an advisory.\n";
        assert_eq!(found(Some(by_hand), &[]), [""; 0]);
    }

    #[test]
    fn what_is_kept_is_compared_with_the_configuration() {
        let policy = section("Boat", &Policy::default(), &Targets::default());
        let Splice::Written { text, .. } = splice(POLICY, Some("# Security\n"), &policy) else {
            panic!("it was refused")
        };
        let Splice::Written { text, .. } = splice(TABLE, Some(&text), TABLE_TEXT) else {
            panic!("it was refused")
        };
        assert_eq!(found(Some(&text), &[]), [""; 0]);
        assert_eq!(
            found(Some(&text.replace("| 2 days |", "| 9 days |").replace("✅ Yes", "❌ No")), &[]),
            [
                "`SECURITY.md` promises something else than the configuration",
                "the table of supported versions in `SECURITY.md` is out of date",
            ]
        );
    }

    #[test]
    fn what_contradicts_the_document_is_told_once_and_only_here() {
        let contradiction = |path: &str| Contradiction {
            kind: ContradictionKind::EndedLineListed,
            line: None,
            message: "1.1 has ended".to_owned(),
            at: Some(Origin { reference: None, path: path.to_owned(), row: None }),
            against: None,
            mend: "take it out".to_owned(),
        };
        let by_hand =
            "Supported: all. security@boat.example answers within a day; advisories here.";
        let contradictions = [contradiction("SECURITY.md"), contradiction("README.md")];
        assert_eq!(found(Some(by_hand), &contradictions), ["1.1 has ended"]);
    }

    #[test]
    fn a_promise_that_was_never_kept_is_told() {
        let record = |acknowledged| Record {
            steps: [(Step::Reported, date(2031, 3, 1)), (Step::Acknowledged, acknowledged)]
                .map(|(step, day)| {
                    (step, Slot { expected: None, actual: Some(Moment { day, time: None }) })
                })
                .to_vec(),
            ..Record::default()
        };
        let told = |days: &[Date]| {
            let records: Vec<Record> = days.iter().map(|day| record(*day)).collect();
            let problems = never_kept(&promises(&Policy::default(), &records));
            problems.into_iter().map(|problem| problem.what).collect::<Vec<_>>()
        };
        assert_eq!(told(&[]), [""; 0]);
        assert_eq!(
            told(&[date(2031, 3, 9), date(2031, 3, 6)]),
            ["an answer to a report is promised within 2 days, and took 5 days at best (2 times)"]
        );
        assert_eq!(told(&[date(2031, 3, 9), date(2031, 3, 3)]), [""; 0]);
    }
}
