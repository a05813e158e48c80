//! How long each line had each vulnerability: states of branches and releases in, episodes out.
//!
//! [`Catalogue`] is what is looked for: one subject per vulnerability and package, grouped and matched
//! as a scan does it. [`Marks`] is what a state of a tree has of it. [`Lineage`] is a line's branch and
//! its releases as states in order, and [`tell`] makes episodes of them. `stretch` finds where one
//! subject comes and goes in a row of states, `episode` joins those of the branch and of the releases,
//! `gaps` names what is missing, and [`summary`] counts.
//!
//! The definitions, with their limits, are in docs/history.md. Nothing here knows where a state comes
//! from, and nothing judges: what a target says is the project's own word.

mod catalogue;
mod episode;
mod gaps;
mod lineage;
mod marks;
mod reader;
mod stretch;
pub mod summary;
#[cfg(test)]
mod tests;

use std::collections::{BTreeSet, HashMap};

use jiff::civil::Date;

use self::lineage::Row;
pub use self::{
    catalogue::Catalogue,
    lineage::{Begins, Branch, Lineage, State, Tagged},
    marks::{Marks, Sight},
    reader::Reader,
};
use crate::model::{Coverage, Episode, History, LineId, Standing, Targets, Timeline, Trouble};

/// What a history says of its own making.
#[derive(Clone, Debug)]
pub struct Context {
    pub as_of: Date,
    /// What was over before this day is left out.
    pub since: Option<Date>,
    pub targets: Targets,
    pub coverage: Vec<Coverage>,
    pub trouble: Vec<Trouble>,
}

/// Every episode of every line.
pub fn tell(lineages: &[Lineage], catalogue: &Catalogue, context: Context) -> History {
    let Context { as_of, since, targets, mut coverage, mut trouble } = context;
    let mut episodes = Vec::new();
    let mut timelines = Vec::new();
    let mut possible: BTreeSet<u32> = BTreeSet::new();
    for lineage in lineages {
        let row = Row::of(lineage);
        possible.extend(row.marks().flat_map(Marks::possible));
        let of_line = episode::all(lineage, &row, catalogue, as_of);
        let is_told = |day: Option<Date>| since.is_none_or(|since| day.is_none_or(|d| d >= since));
        let told: Vec<Episode> =
            of_line.into_iter().filter(|episode| is_told(episode.over())).collect();
        let mut found = gaps::of(lineage, &row, catalogue, since, &told);
        found.doubts(lineage, &told, |episode| targets.is_doubtful(episode, as_of));
        episodes.extend(told);
        timelines.push(Timeline {
            line: lineage.line.clone(),
            standing: lineage.standing,
            ended: lineage.ended(as_of),
            begins: row.begins(),
            releases: row.releases.iter().map(|at| at.turn.clone()).collect(),
            has_branch: lineage.branch.is_some(),
            is_whole: found.coverage.is_empty(),
            is_seen: !found.hides,
        });
        coverage.extend(found.coverage);
        trouble.extend(found.trouble);
    }
    let rank: HashMap<&LineId, usize> = lineages.iter().map(|l| &l.line).zip(0..).collect();
    episodes.sort_by(|a, b| {
        let subject =
            |e: &Episode| (e.vulnerability.clone(), e.package.clone(), e.ecosystem.clone());
        let begins =
            |e: &Episode| e.introduced.iter().chain(&e.first_release).map(|turn| turn.day).min();
        subject(a)
            .cmp(&subject(b))
            .then_with(|| rank.get(&a.line).cmp(&rank.get(&b.line)))
            .then_with(|| begins(a).cmp(&begins(b)))
    });
    coverage.sort();
    coverage.dedup();
    trouble.sort();
    trouble.dedup();
    History {
        as_of,
        since,
        part: None,
        lines: lineages.iter().map(|lineage| lineage.line.clone()).collect(),
        timelines,
        episodes,
        targets,
        stamps: catalogue.stamps(),
        possible: possible.len(),
        coverage,
        trouble,
    }
}

impl Lineage {
    /// The last supported day, where it is past.
    fn ended(&self, as_of: Date) -> Option<Date> {
        self.until.filter(|until| self.standing == Standing::Eol && *until < as_of)
    }

    /// True if its users get its branch, as it has no release.
    fn is_of_branch(&self) -> bool {
        self.releases.is_empty()
    }
}
