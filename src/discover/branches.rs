//! The branches that collect fixes for a series, and which one it is where there are several.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet, HashMap},
};

use super::{
    Policy,
    name::{Numbers, Suffix, VersionName, is_one_of},
    refs::{Named, Versioned},
};

/// Words that say that a branch is somebody's work and not a line.
const WORK: &str = "backport backports cherry pick dependabot renovate snyk deps dep bump update upgrade fix \
    fixes bug feature feat features f temp tmp test tests testing revert merge ci wip docs \
    doc user users issue issues pr pull copilot bot bots go clippy k8s poc prototype \
    experiment hotfix conform chore refactor beta";

/// The branches whose names read as lines.
#[derive(Debug, Default)]
pub(super) struct LineBranches {
    /// In a common style, or with the product's own name.
    pub ours: Vec<Versioned>,
    /// With another word in front (`vault-1.0`): only history can tell whose they are.
    pub others: Vec<Versioned>,
}

pub(super) fn line_branches(
    branches: &[Named],
    tags: &[Versioned],
    policy: &Policy,
) -> LineBranches {
    let kept = branches.iter().filter(|branch| !policy.ignores(&branch.short));
    if let Some(pattern) = &policy.branches {
        let read = |branch: &Named| {
            Some(Versioned { named: branch.clone(), version: pattern.read(&branch.short)? })
        };
        return LineBranches { ours: kept.filter_map(read).collect(), others: Vec::new() };
    }
    let is_line = |branch: &Versioned| {
        let suffix = &branch.version.suffix;
        matches!(suffix, Suffix::None | Suffix::Wildcard | Suffix::BranchWord | Suffix::EndOfLife)
            && !branch.version.prefix_words().iter().any(|word| is_one_of(WORK, word))
    };
    let read = |branch: &Named| {
        Some(Versioned { named: branch.clone(), version: VersionName::parse(&branch.short)? })
    };
    let products: BTreeSet<String> = tags.iter().map(|tag| tag.version.product_of_tag()).collect();
    let (mut ours, others): (Vec<_>, Vec<_>) =
        kept.filter_map(read).filter(is_line).partition(|branch| {
            let name = branch.version.product_of_branch();
            products.contains(&name) || name.is_empty()
        });
    let majors: BTreeSet<u64> = tags.iter().map(|tag| tag.version.numbers.major()).collect();
    ours.retain(|branch| branch.version.numbers.len() > 1 || is_major(branch, &majors));
    if ours.is_empty() {
        let (ours, others) = learned_branches(others);
        return LineBranches { ours, others };
    }
    LineBranches { ours, others }
}

/// A single number (`0`, `2023`, `v2`) is a line only if tags agree, or if it says so (`2.x`).
fn is_major(branch: &Versioned, majors: &BTreeSet<u64>) -> bool {
    let is_known = majors.contains(&branch.version.numbers.major());
    let is_bare = branch.version.suffix == Suffix::None && branch.version.prefix.is_empty();
    is_known
        || branch.version.suffix == Suffix::Wildcard
        || branch.version.suffix == Suffix::BranchWord
        || (majors.is_empty() && !is_bare)
}

/// With no branch in a common style, the largest group of branches that share a prefix, if it has
/// at least three (`rhoai-2.25`, `rust-1.98.0`), and the rest.
fn learned_branches(others: Vec<Versioned>) -> (Vec<Versioned>, Vec<Versioned>) {
    let mut groups: BTreeMap<String, usize> = BTreeMap::new();
    for branch in &others {
        *groups.entry(branch.version.prefix.clone()).or_default() += 1;
    }
    let largest = groups.into_iter().filter(|(_, count)| *count >= 3).max_by_key(|(_, c)| *c);
    let Some((prefix, _)) = largest else { return (Vec::new(), others) };
    others.into_iter().partition(|branch| branch.version.prefix == prefix)
}

/// The prefix and the suffix that most line branches share.
pub(super) fn dominant_style(branches: &[Versioned]) -> (String, Suffix) {
    let mut styles: HashMap<(String, u8), (usize, (String, Suffix))> = HashMap::new();
    for branch in branches {
        let style = (branch.version.prefix.clone(), branch.version.suffix.clone());
        let key = (style.0.clone(), suffix_order(&style.1));
        styles.entry(key).or_insert((0, style)).0 += 1;
    }
    styles
        .into_iter()
        .max_by(|(a_key, (a, _)), (b_key, (b, _))| a.cmp(b).then_with(|| b_key.cmp(a_key)))
        .map_or((String::new(), Suffix::None), |(_, (_, style))| style)
}

fn suffix_order(suffix: &Suffix) -> u8 {
    match suffix {
        Suffix::None => 0,
        Suffix::Wildcard => 1,
        Suffix::BranchWord => 2,
        Suffix::PreRelease => 3,
        Suffix::Hotfix => 4,
        Suffix::EndOfLife => 5,
        Suffix::Variant => 6,
    }
}

/// True of a branch of the whole line, as opposed to one of a single patch.
pub(super) fn is_of_line(branch: &Versioned) -> bool {
    branch.version.numbers.len() <= 2 || branch.version.suffix == Suffix::Wildcard
}

/// Which of several branches of one series is its branch: a branch of the line before one of a
/// single patch, the project's usual style before others, the highest patch, the newest commit.
pub(super) fn rank(
    branch: &Versioned,
    style: &(String, Suffix),
) -> (bool, bool, Numbers, Option<jiff::Timestamp>, Reverse<String>) {
    let is_line = is_of_line(branch);
    let is_usual = branch.version.prefix == style.0 && branch.version.suffix == style.1;
    (
        is_line,
        is_usual,
        branch.version.numbers.clone(),
        branch.named.date,
        Reverse(branch.named.short.clone()),
    )
}
