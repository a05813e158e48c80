//! What of a line's past could not be looked at.

use std::collections::BTreeSet;

use jiff::civil::Date;

use super::{
    Begins, Catalogue, Lineage, Tagged,
    lineage::{At, Row},
};
use crate::model::{Coverage, Covered, Episode, Place, Tip, Trouble};

/// The id of this source in coverage.
const SOURCE: &str = "history";

/// What is missing of one line.
#[derive(Debug, Default)]
pub(super) struct Gaps {
    pub coverage: Vec<Coverage>,
    pub trouble: Vec<Trouble>,
    /// What is open now may be missing for one of them.
    pub hides: bool,
}

impl Gaps {
    fn add(&mut self, lineage: &Lineage, tip: Tip, source: &str, because: String) {
        self.coverage.push(Coverage {
            source: source.to_owned(),
            at: Some(Place { line: lineage.line.clone(), tip }),
            covered: Covered::Partial { because },
        });
    }

    /// Days that may be more than can be told keep no target.
    pub(super) fn doubts(
        &mut self,
        lineage: &Lineage,
        told: &[Episode],
        is_doubtful: impl Fn(&Episode) -> bool,
    ) {
        let doubtful: Vec<&Episode> = told
            .iter()
            .filter(|episode| episode.is_supported && episode.is_older() && is_doubtful(episode))
            .collect();
        let Some(first) = doubtful.first() else { return };
        let more = more(doubtful.len());
        let because = format!(
            "nobody can tell whether `{}`{more} kept the target: it may have been there before what \
             could be read",
            first.vulnerability
        );
        let tip = if first.is_of_branch { Tip::Head } else { Tip::Release };
        self.add(lineage, tip, SOURCE, because);
    }
}

/// What is missing matters where a day depends on it: at the newest states, before the first of them
/// where it is asked for, and in releases that are not here. A state between others that cannot be
/// read makes days uncertain by as much as it lasted, and is told.
pub(super) fn of(
    lineage: &Lineage,
    row: &Row,
    catalogue: &Catalogue,
    since: Option<Date>,
    told: &[Episode],
) -> Gaps {
    let mut gaps = Gaps::default();
    let line = &lineage.line;
    if let Some(branch) = &lineage.branch {
        let begins = row.branch.first().map(|at| at.turn.day);
        match (&branch.begins, begins) {
            (_, None) => {
                let because = "the history of its branch is not in this clone".to_owned();
                gaps.hides = true;
                gaps.add(lineage, Tip::Head, SOURCE, because);
            }
            // What is told and may be older reaches back before the first day that is asked for.
            (Begins::Later(why), Some(first))
                if since.is_none_or(|since| since < first)
                    || told.iter().any(Episode::is_older) =>
            {
                let because = format!("what its branch was before {first} is not known: {why}");
                gaps.add(lineage, Tip::Head, SOURCE, because);
            }
            _ => {}
        }
    }
    for (states, tip, what) in [
        (&row.branch, Tip::Head, "its branch"),
        (&row.releases, Tip::Release, "its newest release"),
    ] {
        let Some(newest) = states.last() else { continue };
        if !newest.marks.is_whole {
            let because = format!("{what} could not be read whole at {}", name(newest));
            gaps.hides = true;
            gaps.add(lineage, tip, SOURCE, because);
        }
        let before = states.iter().rev().skip(1).filter(|at| !at.marks.is_whole);
        let count = before.clone().count();
        if let Some(last) = before.clone().next() {
            let message = format!(
                "{line}: {count} earlier {} of {} could not be read whole, the last of them {}; what \
                 they lock counts neither as fixed nor as exposed",
                if count == 1 { "state" } else { "states" },
                if tip == Tip::Head { "the branch" } else { "the releases" },
                name(last),
            );
            gaps.trouble.push(Trouble::info(message));
        }
    }
    let is_missing = |release: &&Tagged| release.commit.is_none() || release.moment.is_none();
    gaps.hides |= lineage.releases.last().as_ref().is_some_and(is_missing);
    let missing: Vec<&str> =
        lineage.releases.iter().filter(is_missing).map(|release| release.tag.as_str()).collect();
    if let Some(first) = missing.first() {
        let more = more(missing.len());
        let because = format!("the release {first}{more} cannot be read here");
        gaps.add(lineage, Tip::Release, SOURCE, because);
    }
    if let Some(first) = row.late.first() {
        let message = format!(
            "{line}: the release {first}{} is dated after a higher version; it counts from the day of \
             its commit",
            more(row.late.len())
        );
        gaps.trouble.push(Trouble::info(message));
    }
    if let Some(first) = row.lost.first() {
        let because = format!(
            "the release {first}{} has vulnerabilities and is dated after a higher version: nobody can \
             tell when it was the newest",
            more(row.lost.len())
        );
        gaps.trouble.push(Trouble::warning(format!("{line}: {because}")));
        gaps.add(lineage, Tip::Release, SOURCE, because);
    }
    if row.backwards > 0 {
        let message = format!(
            "{line}: {} of the branch's commits are dated before the one that they follow; days are as \
             they are written",
            row.backwards
        );
        gaps.trouble.push(Trouble::info(message));
    }
    let unknown: Vec<&Episode> =
        told.iter().filter(|episode| episode.is_supported && episode.is_unknown()).collect();
    if let Some(first) = unknown.first() {
        let since = first.unknown_since.as_ref().map(|turn| format!(" since {}", turn.day));
        let because = format!(
            "nobody can tell whether `{}`{} is still there{}",
            first.vulnerability,
            more(unknown.len()),
            since.unwrap_or_default()
        );
        gaps.hides = true;
        gaps.add(lineage, Tip::Head, SOURCE, because);
    }
    let unread: BTreeSet<u32> =
        row.marks().flat_map(|marks| marks.unread.iter().copied()).collect();
    for (record, number) in catalogue.quarantined().zip(0..) {
        if unread.contains(&number) {
            let because = format!("`{}` could not be read", record.path);
            gaps.hides = true;
            gaps.add(lineage, Tip::Head, "rustsec", because);
        }
    }
    gaps
}

/// How many there are beside the first.
fn more(count: usize) -> String {
    match count {
        0 | 1 => String::new(),
        count => format!(" and {} more", count - 1),
    }
}

fn name(at: &At) -> String {
    at.turn.tag.clone().unwrap_or_else(|| at.turn.commit.short().to_owned())
}
