//! Git's side of a record: commits, messages and changes, as far as the record needs them.

use jiff::Timestamp;

use super::Error;
use crate::{
    disclose::{
        Record,
        track::{self, Facts, LineTips, Touched, Tracked},
    },
    discover,
    edge::git::Git,
    model::{CommitId, Support},
};

/// Where the holes and the fixes of a record are. `support` holds the lines of the day, and with
/// `until`, tags that were made later are left out. A tag that is dated after `now` releases nothing yet.
pub fn tracked(
    git: &Git,
    policy: &discover::Policy,
    support: &Support,
    record: &Record,
    (until, now): (Option<Timestamp>, Timestamp),
) -> Result<Tracked, Error> {
    let refs = git.refs(until, None).map_err(Error::Refs)?;
    let mut releases =
        discover::releases(&support.lines, &refs, &discover::Histories::new(), policy);
    for released in releases.values_mut() {
        released.retain(|release| release.date.is_none_or(|date| date <= now));
    }
    let lines: Vec<LineTips<'_>> = support
        .lines
        .iter()
        .map(|line| LineTips { line, releases: releases.remove(&line.id).unwrap_or_default() })
        .collect();
    let tips: Vec<CommitId> = lines.iter().flat_map(LineTips::tips).cloned().collect();
    let mut facts = git.changes(&track::names(record), &tips);
    weigh(git, record, &mut facts);
    let comparison = track::comparison(record, &lines, &facts);
    facts.patches = git.compare(&facts, &comparison);
    // Commits that make the same change may be spoken of as well.
    weigh(git, record, &mut facts);
    facts.contents = git.contents(&facts.graph, &track::standing(record, &lines, &facts));
    Ok(track::track(record, &lines, &facts))
}

/// So often it is asked what commits change: each answer may lead to more of them.
const MOST_ROUNDS: usize = 8;

fn weigh(git: &Git, record: &Record, facts: &mut Facts) {
    for _ in 0..MOST_ROUNDS {
        let Some(wanted) = track::unweighed(record, facts) else { return };
        facts.touched = git.touched(&facts.graph, &wanted);
    }
    let rest = track::unweighed(record, facts).unwrap_or_default();
    for node in rest {
        let unknown = || Touched::Unknown("too many commits speak of each other".to_owned());
        facts.touched.entry(node).or_insert_with(unknown);
    }
}
