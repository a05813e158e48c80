//! Every stable release of a line, for who asks about its past.

use std::collections::BTreeMap;

use super::{Histories, Policy, Refs, release, series};
use crate::model::{LineId, LineKind, Release, ReleaseLine};

/// The stable releases of each line, lowest version first. A branch that was named on the command line
/// has those of the line that it is the branch of, and a tag itself.
pub fn releases(
    lines: &[ReleaseLine],
    refs: &Refs,
    histories: &Histories,
    policy: &Policy,
) -> BTreeMap<LineId, Vec<Release>> {
    let branches = refs.branches(policy.remote.as_deref()).0;
    let shown = series::series(&branches, &refs.tags(), histories, policy);
    let of = |line: &ReleaseLine| -> Vec<Release> {
        let is_its_branch = |series: &&series::Series| {
            let branch = series.branch.as_ref();
            branch.is_some_and(|branch| Some(branch.reference.as_str()) == line.head_ref())
        };
        let found = match line.kind {
            LineKind::Release => shown.series.iter().find(|series| series.id == line.id.0),
            LineKind::Ref => shown.series.iter().find(is_its_branch),
            LineKind::Default => None,
        };
        let Some(series) = found else { return line.release.iter().cloned().collect() };
        let mut releases = series.releases.clone();
        releases.sort_by(|(_, a), (_, b)| a.cmp(b));
        releases.iter().map(|(tag, numbers)| release(tag, numbers.text())).collect()
    };
    lines.iter().map(|line| (line.id.clone(), of(line))).collect()
}
