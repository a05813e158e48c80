//! Which lines a repository has, and which of them are supported: refs, policy and a date in,
//! lines with their reasons out.
//!
//! `name` reads one ref name, `refs` brings local and remote-tracking branches together, `tags` and
//! `branches` keep those of the product, and `series` joins them. `resolve` finds which of them a
//! claim is about, `statement` brings the claims of one document together, `rules` counts, `weigh`
//! hears all of them, strongest first, and `contradict` names where they disagree. `gaps` names what
//! this clone cannot show.
//! A branch's existence is deliberately no evidence of support.

mod name;
mod refs;
mod tags;
mod branches;
mod series;
mod rules;
mod resolve;
mod statement;
mod weigh;
mod contradict;
mod named;
mod gaps;
mod proposed;
mod released;

use std::collections::{BTreeMap, BTreeSet};

use globset::{GlobMatcher, GlobSet};
use jiff::civil::Date;

pub use self::{
    name::Pattern,
    proposed::{propose, share},
    refs::{RefEntry, Refs},
    released::releases,
};
use self::{refs::Named, resolve::Known, statement::Statement};
use crate::model::{
    Claim, CommitId, Declaration, DeclaredBy, Head, LineId, LineKind, Origin, Release, ReleaseLine,
    Rule, Standing, Support, Tier, Trouble,
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
    /// Arithmetic; a line that any of these gives is supported.
    pub rules: Vec<PolicyRule>,
    /// Whether the default branch is a supported line.
    pub default_branch: bool,
    /// Where `newest` is written.
    pub origin: Option<Origin>,
    /// The remote whose branches count.
    pub remote: Option<String>,
    pub tags: Option<Pattern>,
    pub branches: Option<Pattern>,
    /// The project tags no releases, so a repository without tags lacks nothing.
    pub untagged: bool,
    /// Short names that are never lines.
    pub ignore: GlobSet,
    /// Whether anybody but the configuration is heard.
    pub evidence: bool,
    /// The editions whose support counts; `None`: all that are public.
    pub editions: Option<Vec<String>>,
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
    /// The last supported day.
    pub until: Option<Date>,
    /// The last day with bug fixes.
    pub bug_fixes_until: Option<Date>,
    /// `None`: it follows from the days.
    pub standing: Option<Standing>,
    pub edition: Option<String>,
    pub is_lts: bool,
    pub origin: Origin,
}

/// A rule of the configuration that gives lines.
#[derive(Clone, Debug)]
pub struct PolicyRule {
    pub rule: Rule,
    /// Of the lines that nothing else gives a tier.
    pub tier: Tier,
    pub origin: Origin,
}

impl Policy {
    /// True if nothing was declared, so that the documented default applies.
    pub fn is_assumed(&self) -> bool {
        self.declared.is_empty() && !self.has_rules()
    }

    fn has_rules(&self) -> bool {
        self.newest.is_some() || !self.rules.is_empty()
    }

    /// Where the configuration stands as a whole.
    fn place(&self) -> Option<Origin> {
        let declared = self.declared.first().map(|line| &line.origin);
        let any = self.origin.as_ref().or_else(|| self.rules.first().map(|rule| &rule.origin));
        any.or(declared).map(|origin| Origin { row: None, ..origin.clone() })
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

/// The commits whose dates may tell which lines there are: of every branch and tag whose name reads
/// as a version, or that is named, and of both copies of a branch where they differ.
pub fn dated(refs: &Refs, policy: &Policy) -> Vec<CommitId> {
    let is_version = |pattern: &Option<Pattern>, named: &Named| match (&policy.only, pattern) {
        (Some(only), _) => {
            only.iter().any(|glob| glob.is_match(&named.short) || glob.is_match(&named.reference))
        }
        (None, _) if policy.ignores(&named.short) => false,
        (None, Some(pattern)) => pattern.read(&named.short).is_some(),
        (None, None) => name::VersionName::parse(&named.short).is_some(),
    };
    let tags = refs.tags().into_iter().filter(|tag| is_version(&policy.tags, tag));
    let branches = refs.branches(policy.remote.as_deref()).0.into_iter();
    let branches = branches.filter(|branch| is_version(&policy.branches, branch));
    tags.chain(branches).filter_map(|named| named.commit).chain(refs.rivals()).collect()
}

/// The branches of lines, newest line first, with their commits: where a statement about a line may
/// live, too.
pub fn line_heads(refs: &Refs, histories: &Histories, policy: &Policy) -> Vec<(String, CommitId)> {
    let branches = refs.branches(policy.remote.as_deref()).0;
    let shown = series::series(&branches, &refs.tags(), histories, policy);
    let heads = shown.series.into_iter().filter_map(|series| series.branch);
    let default = refs.default.as_deref();
    heads
        .filter(|branch| Some(branch.reference.as_str()) != default)
        .filter_map(|branch| Some((branch.reference, branch.commit?)))
        .collect()
}

/// The names that the project's tags begin with, such as `hub` of `hub-v1.2.3`.
pub fn products(refs: &Refs, policy: &Policy) -> BTreeSet<String> {
    let branches = refs.branches(policy.remote.as_deref()).0;
    let tags = tags::product_tags(&refs.tags(), &branches, policy).tags;
    tags.iter().map(|tag| tag.version.product_of_tag()).collect()
}

/// True if claims speak of any line of the repository, or if it has none: those of another product
/// do not.
pub fn speaks_of_lines(
    refs: &Refs,
    histories: &Histories,
    policy: &Policy,
    claims: &[Claim],
) -> bool {
    let branches = refs.branches(policy.remote.as_deref()).0;
    let shown = series::series(&branches, &refs.tags(), histories, policy);
    let known = Known::of(&shown, refs, policy);
    let is_known = |claim: &Claim| !known.lines(&claim.about, claim.standing).is_empty();
    shown.series.is_empty() || claims.iter().any(is_known)
}

/// True if some line is decided by somebody less trusted than `by`, who would have been heard there.
pub fn is_open(lines: &[ReleaseLine], by: DeclaredBy) -> bool {
    lines.iter().filter(|line| line.kind == LineKind::Release).any(|line| {
        // What the tags show, that a line has ended or has no release yet, no statement overrules.
        line.because.first().is_none_or(|first| first.by > by && first.by != DeclaredBy::Tags)
    })
}

/// The lines of a repository on a given day, and where what is said about them disagrees.
pub fn support(
    refs: &Refs,
    histories: &Histories,
    claims: &[Claim],
    policy: &Policy,
    today: Date,
) -> Support {
    let (branches, branch_trouble) = refs.branches(policy.remote.as_deref());
    let mut support = Support {
        default_ref: refs.default.clone(),
        trouble: refs.trouble.clone(),
        ..Support::default()
    };
    if let Some(only) = &policy.only {
        named::refs(refs, &branches, only, &mut support);
        gaps::of_refs(refs, policy, &mut support);
        return support;
    }
    let shown = series::series(&branches, &refs.tags(), histories, policy);
    let known = Known::of(&shown, refs, policy);
    let claims = if policy.evidence { claims } else { &[] };
    let statements = Statement::all(claims, &known, refs.default.as_deref(), today);
    let weighed = weigh::lines(&known, &statements, &branches, policy, today);
    support.contradictions = contradict::all(&known, &statements, &weighed, refs, today);
    support.lines = weighed.into_iter().map(|(_, line)| line).collect();
    add_default_line(refs, &branches, &mut support.lines, policy);

    let heads: BTreeSet<&str> = support.lines.iter().filter_map(ReleaseLine::head_ref).collect();
    // Which copy of a branch was taken matters for the branches that are lines.
    let concerns = |trouble: &Trouble| heads.iter().any(|head| trouble.message.contains(*head));
    support.trouble.extend(branch_trouble.into_iter().filter(concerns));
    gaps::name(refs, &shown, policy, &mut support);
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
    let is_assumed = lines.iter().all(|line| !line.is_scanned() || line.is_assumed());
    let (by, says) = if !policy.is_assumed() {
        (DeclaredBy::Configuration, "it is the default branch")
    } else if is_assumed {
        (DeclaredBy::Assumed, "nothing is declared, and it is the default branch")
    } else {
        (DeclaredBy::DefaultBranch, "it is the default branch, where the next release is made")
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
