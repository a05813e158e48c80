//! The change that a report is about.

use serde::Serialize;

use super::finding::{JsonOccurrence, occurrence};
use crate::model::Proposal;

#[derive(Serialize)]
pub(super) struct JsonProposal<'a> {
    number: Option<u64>,
    into: &'a str,
    base: &'a str,
    head: &'a str,
    introduced: Vec<JsonIntroduced<'a>>,
    fixed: Vec<JsonFixed<'a>>,
}

/// A finding of the report by its key, and where it came in.
#[derive(Serialize)]
struct JsonIntroduced<'a> {
    id: &'a str,
    ecosystem: &'a str,
    package: &'a str,
    certainty: &'static str,
    occurrences: Vec<JsonOccurrence<'a>>,
}

#[derive(Serialize)]
struct JsonFixed<'a> {
    id: &'a str,
    package: &'a str,
}

pub(super) fn proposal(proposal: &Proposal) -> JsonProposal<'_> {
    JsonProposal {
        number: proposal.number,
        into: &proposal.into.0,
        base: &proposal.base.0,
        head: &proposal.head.0,
        introduced: proposal
            .introduced
            .iter()
            .map(|(key, occurrences)| JsonIntroduced {
                id: &key.vulnerability,
                ecosystem: key.ecosystem.as_str(),
                package: &key.package,
                certainty: key.certainty.as_str(),
                occurrences: occurrences.iter().map(occurrence).collect(),
            })
            .collect(),
        fixed: proposal.fixed.iter().map(|(id, package)| JsonFixed { id, package }).collect(),
    }
}
