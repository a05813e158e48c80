//! What those who decide see first: what it is, how bad, and what they have to decide by when.

use serde::Serialize;

use super::{
    Advisory,
    step::{self, StepView},
};
use crate::{
    disclose::{
        Record,
        record::{Cve, Disclosure, LineStatus, Step},
        text::Around,
    },
    model::{LineKind, Standing},
};

/// The view of the escalation.
#[derive(Debug, Serialize)]
pub(in crate::disclose::text) struct Escalation {
    product: String,
    record: String,
    reported: Option<String>,
    severity: Option<&'static str>,
    count: usize,
    coordinator: Option<String>,
    release_managers: Vec<String>,
    contact: Vec<String>,
    advisories: Vec<Advisory>,
    ended_are_affected: bool,
    /// What is to be decided, in the order in which it is needed.
    decisions: Vec<Decision>,
    steps: Vec<StepView>,
}

/// Something that somebody has to decide.
#[derive(Debug, Serialize)]
struct Decision {
    question: &'static str,
    /// `None`: it is open.
    answer: Option<String>,
    who: &'static str,
    by: Option<String>,
}

impl Escalation {
    pub(in crate::disclose::text) fn of(record: &Record, around: &Around<'_>) -> Self {
        Self {
            product: record.product.clone(),
            record: record.id.clone(),
            reported: record.step(Step::Reported).best().map(|moment| moment.to_string()),
            severity: super::highest(record),
            count: record.advisories.len(),
            coordinator: record.coordinator.clone(),
            release_managers: record.release_managers.clone(),
            contact: super::contact(record, around),
            advisories: record.advisories.iter().map(|of| Advisory::private(of, around)).collect(),
            ended_are_affected: super::ended_are_affected(around),
            decisions: decisions(record, around),
            steps: step::steps(record, around),
        }
    }
}

fn decisions(record: &Record, around: &Around<'_>) -> Vec<Decision> {
    let expected = |step| record.step(step).expected.map(|moment| moment.to_string());
    let all = |is: fn(&Disclosure) -> bool| {
        !record.advisories.is_empty() && record.advisories.iter().all(is)
    };
    let confirmed = record.step(Step::Confirmed).actual;
    let public = record.step(Step::Public).expected;
    let embargo = &record.embargo;
    vec![
        Decision {
            question: "Is it a vulnerability of ours?",
            answer: confirmed.map(|moment| format!("yes, confirmed on {moment}")),
            who: "coordinator",
            by: expected(Step::Confirmed),
        },
        Decision {
            question: "How severe is it?",
            answer: super::highest(record)
                .filter(|_| all(|of| of.rating().is_some()))
                .map(|word| format!("{word} at the highest")),
            who: "coordinator",
            by: expected(Step::Confirmed),
        },
        Decision {
            question: "Which lines are affected?",
            answer: evaluated(record, around),
            who: "maintainers of each line",
            by: expected(Step::FixReady),
        },
        Decision {
            question: "Which lines get a fix, and which do not, and why?",
            answer: all(|of| {
                let affected = of.lines.iter().filter(|row| row.status == LineStatus::Affected);
                let mut affected = affected.peekable();
                affected.peek().is_some()
                    && affected.all(|row| row.fixed_in.is_some() || row.no_fix.is_some())
            })
            .then(|| "decided for each affected line".to_owned()),
            who: "release managers",
            by: expected(Step::FixReady),
        },
        Decision {
            question: "Has a CVE id been asked for?",
            answer: all(|of| of.cve != Cve::Unstated).then(|| "yes".to_owned()),
            who: "coordinator",
            by: expected(Step::Prenotified).or_else(|| expected(Step::Public)),
        },
        Decision {
            question: "Who is told under embargo, and what may they do?",
            answer: (embargo.may_deploy.is_some()
                && (embargo.may_share.is_some() || embargo.terms.is_some()))
            .then(|| "the terms are in the record".to_owned()),
            who: "coordinator",
            by: expected(Step::Prenotified),
        },
        Decision {
            question: "When is it public?",
            answer: public.map(|moment| match step::also(moment, around) {
                Some(also) => format!("{moment} ({also})"),
                None => moment.to_string(),
            }),
            who: "coordinator and release managers",
            by: expected(Step::Prenotified).or_else(|| expected(Step::PreAnnounced)),
        },
    ]
}

/// That somebody looked at every supported line, if so.
fn evaluated(record: &Record, around: &Around<'_>) -> Option<String> {
    let is_known = |of: &Disclosure| {
        let mut supported = around
            .lines
            .iter()
            .filter(|line| line.kind == LineKind::Release && line.standing == Standing::Supported);
        supported
            .all(|line| of.row(&line.id).is_some_and(|row| row.status != LineStatus::NotEvaluated))
    };
    let has_rows = record.advisories.iter().all(|of| !of.lines.is_empty() && is_known(of));
    (has_rows && !record.advisories.is_empty()).then(|| "known for every supported line".to_owned())
}
