//! `--line`: exactly the refs that are named, without discovery.

use std::collections::{BTreeMap, BTreeSet};

use globset::GlobMatcher;

use super::{Refs, head, refs::Named, release};
use crate::model::{Declaration, DeclaredBy, LineId, LineKind, ReleaseLine, Standing, Support};

/// A branch or a tag is found by its short name or by its full name. A short name that two of the
/// named refs share is no name for a line; then both go by their full names.
pub(super) fn refs(refs: &Refs, branches: &[Named], only: &[GlobMatcher], support: &mut Support) {
    let tags = refs.tags();
    let taken: BTreeSet<&str> = branches.iter().map(|branch| branch.reference.as_str()).collect();
    // The other copy of a branch, or another remote's, has a full name only.
    let others: Vec<Named> = refs
        .entries
        .iter()
        .filter(|entry| !taken.contains(entry.name.as_str()) && !entry.name.ends_with("/HEAD"))
        .filter(|entry| !entry.name.starts_with("refs/tags/"))
        .map(|entry| Named {
            short: entry.name.clone(),
            reference: entry.name.clone(),
            commit: entry.commit.clone(),
            date: entry.date,
        })
        .collect();
    let candidates = || branches.iter().chain(&tags).chain(&others);
    let fits = |glob: &GlobMatcher, named: &Named| {
        glob.is_match(&named.reference)
            || (named.short != named.reference && glob.is_match(&named.short))
    };
    let is_named = |named: &&Named| {
        // A glob such as `**` means every branch once, not every copy of it.
        let is_copy = named.short == named.reference;
        only.iter()
            .any(|glob| fits(glob, named) && (!is_copy || glob.glob().glob().starts_with("refs/")))
    };
    let found: Vec<&Named> = candidates().filter(is_named).collect();
    let mut names: BTreeMap<&str, usize> = BTreeMap::new();
    for named in &found {
        *names.entry(&named.short).or_default() += 1;
    }
    support.lines = found
        .iter()
        .map(|named| {
            let is_shared = names.get(named.short.as_str()).is_some_and(|count| *count > 1);
            line(named, if is_shared { &named.reference } else { &named.short })
        })
        .collect();
    support.unmatched = only
        .iter()
        .filter(|glob| !found.iter().any(|named| fits(glob, named)))
        .map(|glob| glob.glob().glob().to_owned())
        .collect();
}

fn line(named: &Named, id: &str) -> ReleaseLine {
    let is_tag = named.reference.starts_with("refs/tags/");
    let says = format!("`{}` was named with --line", named.short);
    let because = vec![Declaration::new(DeclaredBy::CommandLine, Standing::Supported, says)];
    ReleaseLine {
        head: (!is_tag).then(|| head(named)),
        release: is_tag.then(|| release(named, named.short.clone())),
        ..ReleaseLine::new(LineId(id.to_owned()), LineKind::Ref, because)
    }
}
