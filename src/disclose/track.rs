//! Where the hole is and where its fix is, for each advisory on each line.
//!
//! The rim reads commits once and says what their messages and changes are ([`Facts`]); everything
//! that follows from that is decided here: `story` finds where a commit's change came to and where it
//! was undone, `tip` puts the commits together that are needed, `cell` says what is true of a line,
//! and `needs` what is missing. What is cut off by a bound or by a shallow clone is unknown, and never
//! "fixed" or "not affected".

mod cell;
mod contradict;
mod deliver;
mod facts;
mod graph;
mod links;
mod mark;
mod needs;
mod released;
mod remark;
mod story;
mod tip;
mod touch;
mod ways;

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use self::{
    cell::Context,
    facts::names_of,
    links::Links,
    story::{Role, Story},
};
pub use self::{
    deliver::{Arrival, ChannelState, GIT_TAG},
    facts::{Content, Facts, LineTips, Named, PatchId, Patches, names},
    graph::{Commit, Cut, Digits, Graph, Node, Reach},
    mark::{Mark, marks},
    needs::{Need, Weight, needs, unverified},
    story::Method,
    touch::{FilePath, Touch, Touched, file_name, weightiest_of},
};
use crate::{
    disclose::{Record, record::LineStatus},
    model::{CommitId, LineId, Standing},
};

/// What git and the record say together.
#[derive(Clone, Debug, Default)]
pub struct Tracked {
    /// In the order of the record, and within an advisory in that of the lines.
    pub cells: Vec<Cell>,
    /// Lines in their order, channels in that of the record.
    pub channels: Vec<ChannelState>,
}

/// One advisory on one line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cell {
    /// The project's own id.
    pub advisory: String,
    pub line: LineId,
    /// The short name of the line's branch.
    pub branch_name: Option<String>,
    /// `None`: the project has no such line.
    pub standing: Option<Standing>,
    /// True of a released series, and not of the default branch.
    pub is_series: bool,
    /// That it is supported is what nobody says, and a rule of thumb.
    pub is_assumed: bool,
    /// `None`: the record has no row for it.
    pub status: Option<LineStatus>,
    pub demand: Demand,
    /// Patches are offered, and no release will be made of them.
    pub is_courtesy: bool,
    pub hole: Hole,
    /// At the head of the branch; `None`: the line has no branch.
    pub branch: Option<Presence>,
    pub fix: Fix,
    pub contradictions: Vec<Contradiction>,
    /// What was seen and not believed, or believed on its word alone: sentences without a full stop.
    pub remarks: Vec<String>,
    /// The day of the commit that the first release with the fix was made of.
    pub released_from: Option<Date>,
    /// Every commit that mends the branch or a release, the branch's first.
    pub mended_by: Vec<CommitId>,
    /// Commits that the record names and the line could be mended with.
    pub wanted: Vec<String>,
}

/// What has to be true before a line is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Demand {
    /// It is not affected, has ended, or nobody evaluated it.
    Nothing,
    /// The fix is on the branch: releases are made of others, or none will be.
    Branch,
    /// The fix is released.
    Release,
}

/// Whether the line has the hole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Hole {
    Present {
        since: CommitId,
        method: Method,
    },
    /// What brought it in is nowhere on the line.
    Absent,
    /// The record names no commit that brought it in.
    Unsaid,
    Unknown {
        why: String,
    },
}

/// Whether the fix is at a tip.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Presence {
    There {
        commit: CommitId,
        day: Option<Date>,
        method: Method,
    },
    Partly {
        present: Vec<String>,
        missing: Vec<String>,
    },
    Reverted {
        by: CommitId,
        day: Option<Date>,
    },
    /// The commit is in the history, and nothing of what it changes is there any more.
    Undone {
        commit: CommitId,
        day: Option<Date>,
        loss: Loss,
    },
    Lacking,
    Unknown {
        why: String,
    },
}

/// How far the fix has come on a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fix {
    /// The line does not have the hole.
    NotNeeded,
    NonePlanned {
        reason: String,
    },
    Missing,
    /// It is proposed, and not on the branch.
    InReview {
        reviews: Vec<String>,
    },
    /// Only some of the commits that are needed are there.
    Partly {
        present: Vec<String>,
        missing: Vec<String>,
    },
    OnBranch {
        commit: CommitId,
        day: Option<Date>,
        method: Method,
        /// On the branch, after it.
        commits_since: usize,
    },
    /// The first release from which on every release of the line is mended.
    Released {
        tag: String,
        version: String,
        day: Option<Date>,
        method: Method,
    },
    Reverted {
        by: CommitId,
        day: Option<Date>,
    },
    /// The commit is in the history, and nothing of what it changes is there any more.
    Undone {
        commit: CommitId,
        day: Option<Date>,
        loss: Loss,
    },
    Unknown {
        why: String,
    },
}

/// How a change went that nobody undid in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Loss {
    /// Its files are as they were before it.
    Restored,
    /// A merge, this one, took its files from the side that does not have it.
    LeftOut(Option<CommitId>),
}

impl Loss {
    /// A fragment for people, after "the commit is in the history, and".
    pub fn because(&self) -> String {
        match self {
            Self::Restored => "its files are again as they were before it".to_owned(),
            Self::LeftOut(Some(merge)) => {
                format!("merge {} left out what it changes", merge.short())
            }
            Self::LeftOut(None) => "a merge left out what it changes".to_owned(),
        }
    }
}

impl Fix {
    /// The word that reports use.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::NotNeeded => "not-needed",
            Self::NonePlanned { .. } => "none-planned",
            Self::Missing => "missing",
            Self::InReview { .. } => "in-review",
            Self::Partly { .. } => "partly",
            Self::OnBranch { .. } => "on-branch",
            Self::Released { .. } => "released",
            Self::Reverted { .. } => "reverted",
            Self::Undone { .. } => "undone",
            Self::Unknown { .. } => "unknown",
        }
    }
}

/// The record says something that git does not show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contradiction {
    pub kind: ContradictionKind,
    /// A fragment without a full stop.
    pub message: String,
    /// What to change.
    pub mend: String,
}

/// What kind of disagreement it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ContradictionKind {
    /// The record has a row for a line that the project does not have.
    NoSuchLine,
    /// A name leads to no commit.
    NoSuchCommit,
    /// A name leads to several.
    AmbiguousCommit,
    /// The commit of the row is not on the branch, and the fix is, by another one.
    OtherCommit,
    /// It is said to be affected, and nothing brought the hole in; or the other way round.
    AffectedDiffers,
    /// The version that is said to be fixed lacks the fix.
    TagLacksFix,
    /// Nothing is tagged so, and the fix is released otherwise.
    NoSuchTag,
    /// An earlier release has the fix already.
    FixedEarlier,
    /// A later release lost the fix.
    FixLost,
    /// A release has the fix, and the branch has not.
    BranchLacksFix,
    /// It is said that there will be no fix, and there is one.
    FixedAllTheSame,
    /// The commit that is named as the fix changes no file.
    EmptyFix,
}

impl ContradictionKind {
    /// The word that reports use.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NoSuchLine => "no-such-line",
            Self::NoSuchCommit => "no-such-commit",
            Self::AmbiguousCommit => "ambiguous-commit",
            Self::OtherCommit => "other-commit",
            Self::AffectedDiffers => "affected-differs",
            Self::TagLacksFix => "tag-lacks-fix",
            Self::NoSuchTag => "no-such-tag",
            Self::FixedEarlier => "fixed-earlier",
            Self::FixLost => "fix-lost",
            Self::BranchLacksFix => "branch-lacks-fix",
            Self::FixedAllTheSame => "fixed-all-the-same",
            Self::EmptyFix => "empty-fix",
        }
    }
}

/// What is wanted to compare changes: the commits whose change is looked for, and those that may
/// make it, the newest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Comparison {
    pub sources: Vec<Node>,
    pub candidates: Vec<Node>,
}

/// Which changes have to be compared to know where the fixes are.
pub fn comparison(record: &Record, lines: &[LineTips<'_>], facts: &Facts) -> Comparison {
    let graph = &facts.graph;
    let index = Links::of(facts);
    let stories = told(record, &index);
    let mut sources: Vec<Node> = stories.iter().flat_map(Story::appliers).collect();
    sources.sort_unstable();
    sources.dedup();
    let tips: Vec<Node> =
        lines.iter().flat_map(LineTips::tips).filter_map(|commit| graph.node(commit)).collect();
    // What every source has behind it was there before any of them: no copy of them is in it.
    let mut old = vec![true; graph.len()];
    for source in &sources {
        for (is_old, is_behind) in old.iter_mut().zip(graph.behind(&[*source])) {
            *is_old &= is_behind;
        }
    }
    let at_tips = graph.behind(&tips);
    let is_candidate = |node: &Node| {
        let place = node.0 as usize;
        at_tips[place] && !old[place] && graph.commit(*node).parents.len() < 2
    };
    let all = if sources.is_empty() { 0 } else { u32::try_from(graph.len()).unwrap_or(u32::MAX) };
    let mut candidates: Vec<Node> = (0..all).map(Node).filter(is_candidate).collect();
    candidates.sort_by_key(|node| (std::cmp::Reverse(graph.commit(*node).seconds), *node));
    Comparison { sources, candidates }
}

/// The story of every name, for each part that it plays.
fn told(record: &Record, links: &Links<'_>) -> Vec<Story> {
    let of = |role| names_of(record, role).into_iter().map(move |name| links.story(&name, role));
    of(Role::Fix).chain(of(Role::Hole)).collect()
}

/// The commits of which it has to be known what they change before their words are believed, if there
/// are any of which it is not. What comes of knowing it may lead to more of them.
pub fn unweighed(record: &Record, facts: &Facts) -> Option<BTreeSet<Node>> {
    let links = Links::of(facts);
    let mut stories = told(record, &links);
    for address in ways::addresses(record) {
        stories.extend(links.of_review(&address, record));
    }
    let named = stories.iter().filter_map(|story| match story.named {
        Named::Commit(node) => Some(node),
        _ => None,
    });
    let wanted: BTreeSet<Node> =
        stories.iter().flat_map(|story| &story.weighed).copied().chain(named).collect();
    let is_known = wanted.iter().all(|node| facts.touched.contains_key(node));
    (!is_known).then(|| facts.touched.keys().copied().chain(wanted).collect())
}

/// Of each commit that makes a fix, the tips that have it in their history: what became of it there has
/// to be looked at.
pub fn standing(
    record: &Record,
    lines: &[LineTips<'_>],
    facts: &Facts,
) -> BTreeMap<Node, Vec<Node>> {
    let index = Links::of(facts);
    let mut stories = told(record, &index);
    stories.retain(|story| story.role == Role::Fix);
    for address in ways::addresses(record) {
        stories.extend(index.of_review(&address, record));
    }
    let appliers: BTreeSet<Node> = stories.iter().flat_map(Story::appliers).collect();
    let appliers: Vec<Node> = appliers.into_iter().collect();
    let reach = facts.graph.reach(&appliers);
    let commits = lines.iter().flat_map(LineTips::tips);
    let tips: BTreeSet<Node> = commits.filter_map(|commit| facts.graph.node(commit)).collect();
    let at = |node: &Node| tips.iter().copied().filter(|tip| reach.has(*tip, *node)).collect();
    appliers.iter().map(|node| (*node, at(node))).collect()
}

/// Where the holes and the fixes of a record are. `lines` are the project's, in their order.
pub fn track(record: &Record, lines: &[LineTips<'_>], facts: &Facts) -> Tracked {
    let context = Context::of(record, facts);
    let cells: Vec<Cell> =
        record.advisories.iter().flat_map(|advisory| context.cells(advisory, lines)).collect();
    let channels = deliver::channels(record, &cells);
    Tracked { cells, channels }
}
