//! What is true of one advisory on one line.

use std::collections::BTreeMap;

use jiff::{Timestamp, civil::Date, tz::TimeZone};

use super::{
    Cell, Demand, Fix, Hole, Loss, Presence,
    contradict::{self, Seen},
    facts::{Content, Facts, LineTips, Named},
    graph::{Node, Reach},
    links::Links,
    released::{ReleaseAt, declared, first_fixed, released},
    remark::remarks,
    story::{Method, Role, Story},
    tip::{FixAt, Fixes, HoleAt, hole_at},
    touch::Touched,
    ways::addresses,
};
use crate::{
    disclose::{
        Record,
        record::{Disclosure, LineRow, LineStatus},
    },
    model::{CommitId, LineKind, ReleaseLine, Standing},
};

/// Why nobody can tell whether a line is mended of which the record says nothing.
pub(super) const UNNAMED: &str = "the record does not say which commit mends it";

/// Everything that cells are made of.
pub(super) struct Context<'a> {
    pub(super) facts: &'a Facts,
    /// By the name that the record writes, and the part that it plays.
    stories: BTreeMap<(Role, String), Story>,
    /// By the address of a review.
    pub(super) reviewed: BTreeMap<String, Vec<Story>>,
    reach: Reach,
}

impl<'a> Context<'a> {
    pub(super) fn of(record: &Record, facts: &'a Facts) -> Self {
        let links = Links::of(facts);
        let told = super::told(record, &links).into_iter();
        let stories: BTreeMap<(Role, String), Story> =
            told.map(|story| ((story.role, story.name.clone()), story)).collect();
        let addresses = addresses(record).into_iter();
        let reviewed: BTreeMap<String, Vec<Story>> =
            addresses.map(|url| (url.clone(), links.of_review(&url, record))).collect();
        let all = stories.values().chain(reviewed.values().flatten());
        let mut nodes: Vec<Node> = all.flat_map(Story::nodes).collect();
        nodes.sort_unstable();
        nodes.dedup();
        let reach = facts.graph.reach(&nodes);
        Self { facts, stories, reviewed, reach }
    }

    /// The lines that have not ended or that the record speaks of, and then the lines that only the record
    /// knows.
    pub(super) fn cells(&self, advisory: &Disclosure, lines: &[LineTips<'_>]) -> Vec<Cell> {
        let row_of = |line: &ReleaseLine| {
            advisory.row(&line.id).or_else(|| {
                let is_called = |row: &&LineRow| {
                    !lines.iter().any(|other| other.line.id == row.line)
                        && line.is_called(&row.line.0)
                };
                advisory.lines.iter().find(is_called)
            })
        };
        let mut told: Vec<&LineRow> = Vec::new();
        let mut cells = Vec::new();
        for tips in lines {
            let row = row_of(tips.line);
            if row.is_some() || tips.line.standing != Standing::Eol {
                cells.push(self.cell(advisory, row, tips));
            }
            told.extend(row);
        }
        let rest = advisory.lines.iter().filter(|row| !told.contains(row));
        cells.extend(rest.map(|row| self.unknown_line(advisory, row)));
        cells
    }

    fn cell(&self, advisory: &Disclosure, row: Option<&LineRow>, tips: &LineTips<'_>) -> Cell {
        let (line, graph) = (tips.line, &self.facts.graph);
        let ways = self.ways(advisory, row);
        let is_named = !ways.is_empty();
        let introduced = self.introduced(advisory, row);
        let ways = match row {
            None if !is_named => self.fixes_of_others(advisory),
            _ => ways,
        };
        let fixes = Fixes { ways, holes: introduced.clone() };
        let node = |commit: Option<&crate::model::CommitId>| graph.node(commit?);
        // What mends another line need not be what mends this one.
        let is_told = is_named || row.is_some();
        let fix_at = |node: Option<Node>| match node {
            Some(node) => match fixes.at(node, &self.reach, self.facts) {
                FixAt::Lacking if !is_told => FixAt::Unknown(UNNAMED.to_owned()),
                found => found,
            },
            None => FixAt::Unknown("its commit is not in this clone".to_owned()),
        };
        let hole_at = |node: Option<Node>| match node {
            Some(node) => hole_at(&introduced, node, &self.reach, self.facts),
            None if introduced.is_empty() => HoleAt::Unsaid,
            None => HoleAt::Unknown("its commit is not in this clone".to_owned()),
        };
        let head = line.head.as_ref().map(|head| node(head.commit.as_ref()));
        let head_at = head.map(|node| (mended(fix_at(node), &hole_at(node)), hole_at(node)));
        let releases: Vec<ReleaseAt<'_>> = tips
            .releases
            .iter()
            .map(|release| {
                let node = node(release.commit.as_ref());
                let hole = hole_at(node);
                ReleaseAt { release, fix: mended(fix_at(node), &hole), hole }
            })
            .collect();
        let hole = self.hole(head_at.as_ref().map(|(_, hole)| hole), &releases);
        let seen = Seen {
            advisory,
            row,
            line: Some(line),
            hole: &hole,
            head: head_at.as_ref().map(|(fix, _)| fix),
            first: first_fixed(&releases, &self.facts.graph),
            releases: &releases,
            names_commits: is_named,
        };
        let fix = self.fix(&seen, head.flatten());
        let contradictions = contradict::all(&seen, &fix, self);
        let tip = head
            .flatten()
            .or_else(|| releases.last().and_then(|last| node(last.release.commit.as_ref())));
        let remarks = tip.map_or_else(Vec::new, |tip| {
            let fix_at = seen.head.or(releases.last().map(|last| &last.fix));
            let hole_at = hole_at(Some(tip));
            remarks(fix_at, &fixes, (&hole_at, &introduced), tip, self)
        });
        let mended_by = self.mended_by(seen.head, &releases);
        let released_from = match &fix {
            Fix::Released { tag, .. } => {
                let release = releases.iter().find(|at| at.release.tag == *tag);
                let commit = release.and_then(|at| at.release.commit.as_ref());
                node(commit).and_then(|commit| self.day(commit))
            }
            _ => None,
        };
        Cell {
            advisory: advisory.id.clone(),
            line: line.id.clone(),
            branch_name: line.branch_name().map(str::to_owned),
            standing: Some(line.standing),
            is_series: line.kind == LineKind::Release,
            is_assumed: line.is_assumed() && line.standing == Standing::Supported,
            status: row.map(|row| row.status),
            demand: demand(row, line, &hole),
            is_courtesy: row.is_some_and(|row| row.is_courtesy),
            hole,
            fix,
            contradictions,
            remarks,
            mended_by,
            released_from,
            branch: head_at.map(|(fix, _)| self.presence(fix)),
            wanted: advisory.fix.clone(),
        }
    }

    fn unknown_line(&self, advisory: &Disclosure, row: &LineRow) -> Cell {
        let fix = match &row.no_fix {
            Some(reason) => Fix::NonePlanned { reason: reason.clone() },
            None if row.status == LineStatus::Affected => {
                Fix::Unknown { why: "the project has no such line".to_owned() }
            }
            None => Fix::NotNeeded,
        };
        let (hole, releases) = (Hole::Unsaid, Vec::new());
        let seen = Seen {
            advisory,
            row: Some(row),
            line: None,
            hole: &hole,
            head: None,
            first: None,
            releases: &releases,
            names_commits: false,
        };
        let contradictions = contradict::all(&seen, &fix, self);
        let is_demanded = row.status == LineStatus::Affected && row.no_fix.is_none();
        Cell {
            advisory: advisory.id.clone(),
            line: row.line.clone(),
            branch_name: None,
            standing: None,
            is_series: false,
            is_assumed: false,
            status: Some(row.status),
            demand: if is_demanded { Demand::Release } else { Demand::Nothing },
            is_courtesy: row.is_courtesy,
            hole,
            branch: None,
            fix,
            contradictions,
            remarks: Vec::new(),
            mended_by: Vec::new(),
            released_from: None,
            wanted: Vec::new(),
        }
    }

    /// Anywhere on the line is on the line.
    fn hole(&self, head: Option<&HoleAt>, releases: &[ReleaseAt<'_>]) -> Hole {
        let all: Vec<&HoleAt> =
            head.into_iter().chain(releases.iter().map(|release| &release.hole)).collect();
        let there = all.iter().find_map(|hole| match hole {
            HoleAt::There { by, method } => Some((*by, *method)),
            // It was there until then.
            _ => None,
        });
        if let Some((by, method)) = there {
            return Hole::Present { since: self.facts.graph.id(by), method };
        }
        for hole in &all {
            match hole {
                HoleAt::Unknown(why) => return Hole::Unknown { why: why.clone() },
                HoleAt::Unsaid => return Hole::Unsaid,
                HoleAt::There { .. } | HoleAt::Undone { .. } | HoleAt::Lacking => {}
            }
        }
        if all.is_empty() {
            return Hole::Unknown { why: "the line has neither a branch nor a release".to_owned() };
        }
        Hole::Absent
    }

    fn mended_by(&self, head: Option<&FixAt>, releases: &[ReleaseAt<'_>]) -> Vec<CommitId> {
        let mut commits = Vec::new();
        for fix in head.into_iter().chain(releases.iter().map(|release| &release.fix)) {
            if let FixAt::There { by, .. } = fix
                && !commits.contains(&self.facts.graph.id(*by))
            {
                commits.push(self.facts.graph.id(*by));
            }
        }
        commits
    }

    fn presence(&self, fix: FixAt) -> Presence {
        match fix {
            FixAt::There { by, method } => {
                Presence::There { commit: self.facts.graph.id(by), day: self.day(by), method }
            }
            FixAt::Partly { present, missing } => Presence::Partly { present, missing },
            FixAt::Undone { by } => {
                Presence::Reverted { by: self.facts.graph.id(by), day: self.day(by) }
            }
            FixAt::Gone { of, how } => {
                let (commit, day) = (self.facts.graph.id(of), self.day(of));
                Presence::Undone { commit, day, loss: self.loss(how) }
            }
            FixAt::Lacking => Presence::Lacking,
            FixAt::Unknown(why) => Presence::Unknown { why },
        }
    }

    fn fix(&self, seen: &Seen<'_>, head: Option<Node>) -> Fix {
        if let Some(reason) = seen.row.and_then(|row| row.no_fix.clone()) {
            return Fix::NonePlanned { reason };
        }
        let is_affected = seen.row.is_some_and(|row| row.status == LineStatus::Affected);
        if *seen.hole == Hole::Absent && !is_affected
            || seen.row.is_some_and(|row| row.status == LineStatus::NotAffected)
        {
            return Fix::NotNeeded;
        }
        if let Some((first, method)) = &seen.first {
            return released(first, *method);
        }
        let reviews = seen.row.map(|row| row.reviews.clone()).unwrap_or_default();
        // Without a branch, the newest release is what there is.
        let newest = seen.releases.last().map(|release| &release.fix);
        match seen.head.or(newest) {
            Some(FixAt::There { by, method }) => Fix::OnBranch {
                commit: self.facts.graph.id(*by),
                day: self.day(*by),
                method: *method,
                commits_since: head
                    .map(|head| self.facts.graph.count(*by, head))
                    .unwrap_or_default(),
            },
            Some(FixAt::Partly { present, missing }) => {
                Fix::Partly { present: present.clone(), missing: missing.clone() }
            }
            Some(FixAt::Undone { by }) => {
                Fix::Reverted { by: self.facts.graph.id(*by), day: self.day(*by) }
            }
            Some(FixAt::Gone { of, how }) => {
                let (commit, day) = (self.facts.graph.id(*of), self.day(*of));
                Fix::Undone { commit, day, loss: self.loss(*how) }
            }
            Some(FixAt::Unknown(why)) => Fix::Unknown { why: why.clone() },
            Some(FixAt::Lacking) if !seen.names_commits => declared(seen),
            Some(FixAt::Lacking) if !reviews.is_empty() => Fix::InReview { reviews },
            Some(FixAt::Lacking) => Fix::Missing,
            None => Fix::Unknown { why: "the line has neither a branch nor a release".to_owned() },
        }
    }

    fn loss(&self, how: Content) -> Loss {
        match how {
            Content::LeftOut(by) => Loss::LeftOut(by.map(|merge| self.facts.graph.id(merge))),
            Content::Whole | Content::Restored | Content::Alike => Loss::Restored,
        }
    }

    /// The day of a commit, in UTC.
    pub(super) fn day(&self, node: Node) -> Option<Date> {
        let seconds = self.facts.graph.commit(node).seconds?;
        Timestamp::from_second(seconds).ok().map(day_of)
    }

    /// What a name in the record leads to.
    pub(super) fn story(&self, name: &str, role: Role) -> Option<&Story> {
        self.stories.get(&(role, name.to_owned()))
    }

    /// True if the commit is behind a tip.
    pub(super) fn is_behind(&self, commit: &Story, tip: Option<&crate::model::CommitId>) -> bool {
        let tip = tip.and_then(|tip| self.facts.graph.node(tip));
        let Named::Commit(node) = commit.named else { return false };
        tip.is_some_and(|tip| self.reach.has(tip, node))
    }

    /// True if it is known that a commit changes no file.
    pub(super) fn is_empty(&self, node: Node) -> bool {
        let touched = self.facts.touched.get(&node);
        matches!(touched, Some(Touched::Known(touch)) if touch.changed.is_empty())
    }

    /// True if a commit of a story is behind a tip.
    pub(super) fn has(&self, tip: Node, node: Node) -> bool {
        self.reach.has(tip, node)
    }

    pub(super) fn facts(&self) -> &Facts {
        self.facts
    }
}

/// A hole that was undone is mended by what undid it.
fn mended(fix: FixAt, hole: &HoleAt) -> FixAt {
    match (fix, hole) {
        (fix @ FixAt::There { .. }, _) => fix,
        (_, HoleAt::Undone { by }) => FixAt::There { by: *by, method: Method::Trailers },
        (fix, _) => fix,
    }
}

/// Nobody says whether it is supported, not even by assumption.
fn is_undecided(line: &ReleaseLine) -> bool {
    line.kind == LineKind::Release && line.standing == Standing::Unknown
}

fn demand(row: Option<&LineRow>, line: &ReleaseLine, hole: &Hole) -> Demand {
    let is_release_line = line.kind == LineKind::Release && line.standing != Standing::Upcoming;
    match row {
        Some(row) => match row.status {
            LineStatus::Affected if line.standing == Standing::Eol => Demand::Nothing,
            LineStatus::Affected if row.is_courtesy || !is_release_line => Demand::Branch,
            LineStatus::Affected => Demand::Release,
            LineStatus::NotAffected | LineStatus::NotEvaluated | LineStatus::Ended => {
                Demand::Nothing
            }
        },
        None if *hole == Hole::Absent => Demand::Nothing,
        // Whether anything is to be done for it is what nobody decided.
        None if is_undecided(line) => Demand::Nothing,
        // Where nothing is said, nobody knows that it is mended.
        None if !is_release_line => Demand::Branch,
        None => Demand::Release,
    }
}

pub(super) fn day_of(moment: Timestamp) -> Date {
    moment.to_zoned(TimeZone::UTC).date()
}
