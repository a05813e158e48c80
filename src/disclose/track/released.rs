//! Which release of a line is the first one that is mended.

use std::collections::BTreeMap;

use super::{
    Fix,
    cell::day_of,
    contradict::Seen,
    graph::Graph,
    story::Method,
    tip::{FixAt, HoleAt},
};
use crate::model::Release;

/// A release with what is true of it.
pub(super) struct ReleaseAt<'a> {
    pub release: &'a Release,
    pub fix: FixAt,
    pub hole: HoleAt,
}

impl ReleaseAt<'_> {
    /// Nobody who has it is affected.
    pub(super) fn is_safe(&self) -> bool {
        matches!(self.fix, FixAt::There { .. })
            || matches!(self.hole, HoleAt::Lacking | HoleAt::Undone { .. })
    }

    /// It is known to be affected, if an earlier one was not.
    pub(super) fn has_lost(&self) -> bool {
        !self.is_safe() && !matches!(self.fix, FixAt::Unknown(_))
    }
}

/// The first release by history that has the fix, of those after which every release is safe.
pub(super) fn first_fixed<'r>(
    releases: &'r [ReleaseAt<'r>],
    graph: &Graph,
) -> Option<(&'r Release, Method)> {
    let unsafe_ones = releases.iter().rposition(|release| !release.is_safe());
    let rest = &releases[unsafe_ones.map_or(0, |last| last + 1)..];
    let fixed: Vec<(&Release, Method)> = rest
        .iter()
        .filter_map(|release| match release.fix {
            FixAt::There { method, .. } => Some((release.release, method)),
            _ => None,
        })
        .collect();
    // Few: the walk is for the releases that have the fix, and one is enough to end it.
    let behind: BTreeMap<&str, Vec<bool>> = fixed
        .iter()
        .take(MOST_COMPARED)
        .filter_map(|(release, _)| {
            let node = graph.node(release.commit.as_ref()?)?;
            Some((release.tag.as_str(), graph.behind(&[node])))
        })
        .collect();
    let is_first = |(release, _): &&(&Release, Method)| {
        !fixed.iter().any(|(other, _)| comes_before(graph, other, release, &behind))
    };
    fixed.iter().find(is_first).or(fixed.first()).copied()
}

/// True if one release is in the history of another.
fn comes_before(
    graph: &Graph,
    one: &Release,
    other: &Release,
    behind: &BTreeMap<&str, Vec<bool>>,
) -> bool {
    let node = one.commit.as_ref().and_then(|commit| graph.node(commit));
    let is_behind = behind.get(other.tag.as_str());
    one.commit != other.commit
        && node.zip(is_behind).is_some_and(|(node, is_behind)| is_behind[node.0 as usize])
}

/// So many releases with the fix are held against each other; more come after these by their version.
const MOST_COMPARED: usize = 8;

pub(super) fn released(release: &Release, method: Method) -> Fix {
    Fix::Released {
        tag: release.tag.clone(),
        version: release.version.clone(),
        day: release.date.map(day_of),
        method,
    }
}

/// Where the record names no commit, its word is all there is.
pub(super) fn declared(seen: &Seen<'_>) -> Fix {
    let reviews = seen.row.map(|row| row.reviews.clone()).unwrap_or_default();
    let wanted = seen.row.and_then(|row| row.fixed_in.as_deref());
    let is_it = |at: &&ReleaseAt<'_>| wanted.is_some_and(|wanted| is_version(at.release, wanted));
    match seen.releases.iter().find(is_it) {
        Some(at) => released(at.release, Method::Declared),
        None if !reviews.is_empty() => Fix::InReview { reviews },
        None => Fix::Missing,
    }
}

/// True if a release is called so: by its version or by its tag.
pub(super) fn is_version(release: &Release, wanted: &str) -> bool {
    let plain = |text: &str| text.strip_prefix('v').unwrap_or(text).to_owned();
    release.tag == wanted || plain(&release.version) == plain(wanted)
}
