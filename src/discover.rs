//! Which lines a repository has, and which of them are supported: refs, policy and a date in,
//! lines with their reasons out.
//!
//! `name` reads one ref name, `refs` brings local and remote-tracking branches together, `tags` and
//! `branches` keep those of the product, `series` joins them, `weigh` hears what is declared about them, strongest first, and
//! `gaps` names what this clone cannot show. New evidence (manifests, tables, dates) becomes a
//! [`Declaration`] and is weighed in `weigh`.
//! A branch's existence is deliberately no evidence of support.

mod name;
mod refs;
mod tags;
mod branches;
mod series;
mod weigh;
mod named;
mod gaps;

use std::collections::{BTreeMap, BTreeSet};

use globset::{GlobMatcher, GlobSet};
use jiff::civil::Date;

use self::refs::Named;
pub use self::{
    name::Pattern,
    refs::{RefEntry, Refs},
};
use crate::model::{
    CommitId, Declaration, DeclaredBy, Head, LineId, LineKind, Origin, Release, ReleaseLine,
    Standing, Support, Tier, Trouble,
};

/// For a branch's head, the tagged commits in its history, nearest first.
pub type Histories = BTreeMap<CommitId, Vec<CommitId>>;

/// How many lines are taken as supported when nothing is declared.
pub const ASSUMED_LINES: usize = 3;

/// What the configuration says about support.
#[derive(Clone, Debug, Default)]
pub struct Policy {
    /// The newest N series with a stable release.
    pub newest: Option<usize>,
    pub declared: Vec<DeclaredLine>,
    /// Whether the default branch is a supported line.
    pub default_branch: bool,
    /// Where `newest` is written.
    pub origin: Option<Origin>,
    /// The remote whose branches count.
    pub remote: Option<String>,
    pub tags: Option<Pattern>,
    pub branches: Option<Pattern>,
    /// Short names that are never lines.
    pub ignore: GlobSet,
    /// `--line`: exactly these refs, and no discovery.
    pub only: Option<Vec<GlobMatcher>>,
}

/// A line that the configuration names.
#[derive(Clone, Debug)]
pub struct DeclaredLine {
    pub id: String,
    /// The short name of its branch, if it is not the one that the names show.
    pub branch: Option<String>,
    pub tier: Tier,
    pub until: Option<Date>,
    pub origin: Origin,
}

impl Policy {
    /// True if nothing was declared, so that the documented default applies.
    pub fn is_assumed(&self) -> bool {
        self.newest.is_none() && self.declared.is_empty()
    }

    fn ignores(&self, short: &str) -> bool {
        self.ignore.is_match(short)
    }
}

/// The heads whose history [`support`] needs; most repositories need none.
pub fn wanted_histories(refs: &Refs, policy: &Policy) -> Vec<CommitId> {
    if policy.only.is_some() {
        return Vec::new();
    }
    series::wanted_histories(&refs.branches(policy.remote.as_deref()).0, &refs.tags(), policy)
}

/// The lines of a repository on a given day.
pub fn support(refs: &Refs, histories: &Histories, policy: &Policy, today: Date) -> Support {
    let (branches, branch_trouble) = refs.branches(policy.remote.as_deref());
    let mut support = Support { trouble: refs.trouble.clone(), ..Support::default() };
    if let Some(only) = &policy.only {
        named::refs(refs, &branches, only, &mut support);
        gaps::of_refs(refs, policy, &mut support);
        return support;
    }
    let shown = series::series(&branches, &refs.tags(), histories, policy);
    support.lines = weigh::lines(&shown, &branches, policy, today);
    add_default_line(refs, &branches, &mut support.lines, policy);

    let heads: BTreeSet<&str> = support.lines.iter().filter_map(ReleaseLine::head_ref).collect();
    // Which copy of a branch was taken matters for the branches that are lines.
    let concerns = |trouble: &Trouble| heads.iter().any(|head| trouble.message.contains(*head));
    support.trouble.extend(branch_trouble.into_iter().filter(concerns));
    gaps::name(refs, &shown, policy, today, &mut support);
    support
}

/// Makes the default branch a supported line: one of its own, unless it is the branch of a series.
/// A series that it belongs to is then supported, too, unless somebody ended it.
fn add_default_line(
    refs: &Refs,
    branches: &[Named],
    lines: &mut Vec<ReleaseLine>,
    policy: &Policy,
) {
    if !policy.default_branch {
        return;
    }
    let Some(short) = refs.default_short() else { return };
    let Some(branch) = branches.iter().find(|branch| branch.short == short) else { return };
    let (by, says) = if policy.is_assumed() {
        (DeclaredBy::Assumed, "nothing is declared, and it is the default branch")
    } else {
        (DeclaredBy::Configuration, "it is the default branch")
    };
    let because = Declaration::new(by, Standing::Supported, says);
    let is_its_line =
        |line: &&mut ReleaseLine| line.head_ref() == Some(&branch.reference) || line.id.0 == short;
    if let Some(line) = lines.iter_mut().find(is_its_line) {
        let is_ended = line.until.is_some() || line.because[0].by == DeclaredBy::Tags;
        let is_upcoming = line.standing == Standing::Upcoming;
        if !line.is_scanned() && (is_upcoming || !is_ended) {
            line.standing = Standing::Supported;
            line.because.insert(0, because);
        }
        return;
    }
    lines.push(ReleaseLine {
        head: Some(head(branch)),
        ..ReleaseLine::new(LineId(short.to_owned()), LineKind::Default, vec![because])
    });
}

fn head(named: &Named) -> Head {
    Head { reference: named.reference.clone(), commit: named.commit.clone(), date: named.date }
}

fn release(tag: &Named, version: String) -> Release {
    Release { tag: tag.short.clone(), version, commit: tag.commit.clone(), date: tag.date }
}
