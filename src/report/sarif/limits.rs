//! GitHub's limits: <https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning>.

use super::rule;
use crate::model::Finding;

/// GitHub keeps this many results of a run, and does not say which; so the choice is made here.
pub(super) const RESULTS_PER_RUN: usize = 5_000;
/// Descriptions above this are refused.
pub(super) const DESCRIPTION: usize = 1_024;
/// More packages than this in one rule are not listed: its results name each.
pub(super) const PACKAGES: usize = 20;
/// Help is long for people, not without end.
pub(super) const HELP: usize = 8_000;

/// The results to keep, in their order, and how many were cut. Ties are cut from the end.
pub(super) fn keep_most_severe<R>(
    results: Vec<(&Finding, R)>,
    most: usize,
) -> (Vec<(&Finding, R)>, usize) {
    if results.len() <= most {
        return (results, 0);
    }
    let cut = results.len() - most;
    let mut ranked: Vec<(usize, (&Finding, R))> = results.into_iter().enumerate().collect();
    ranked.sort_by(|(a_index, (a, _)), (b_index, (b, _))| {
        rule::urgency(a)
            .cmp(&rule::urgency(b))
            .then_with(|| score(b).total_cmp(&score(a)))
            .then_with(|| a_index.cmp(b_index))
    });
    ranked.truncate(most);
    ranked.sort_by_key(|(index, _)| *index);
    (ranked.into_iter().map(|(_, result)| result).collect(), cut)
}

fn score(finding: &Finding) -> f64 {
    finding.severity.decided.as_ref().and_then(|claim| claim.score).unwrap_or(0.0)
}
