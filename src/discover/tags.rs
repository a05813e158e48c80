//! The tags of the product itself, without those of its modules, siblings and former schemes.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet, HashMap},
};

use jiff::{SignedDuration, Timestamp};

use super::{
    Policy,
    name::{Suffix, VersionName},
    refs::{Named, Versioned},
};
use crate::model::CommitId;

/// The version tags of a repository.
#[derive(Debug, Default)]
pub(super) struct ProductTags {
    pub tags: Vec<Versioned>,
    /// Other products whose tags may be the ones that are meant: as many, or newer.
    pub left_out: Vec<String>,
}

pub(super) fn product_tags(tags: &[Named], branches: &[Named], policy: &Policy) -> ProductTags {
    let kept = tags.iter().filter(|tag| !policy.ignores(&tag.short));
    if let Some(pattern) = &policy.tags {
        let tags = kept
            .filter_map(|tag| {
                Some(Versioned { named: tag.clone(), version: pattern.read(&tag.short)? })
            })
            .collect();
        return ProductTags { tags, left_out: Vec::new() };
    }
    let versioned: Vec<Versioned> = kept
        .filter_map(|tag| {
            Some(Versioned { named: tag.clone(), version: VersionName::parse(&tag.short)? })
        })
        .collect();
    let mut families: BTreeMap<String, Vec<Versioned>> = BTreeMap::new();
    for tag in versioned {
        families.entry(tag.version.product_of_tag()).or_default().push(tag);
    }
    let product = product_family(&families, branches);
    let product = twin_family(&families, &product, branches).unwrap_or(product);
    let mut tags = families.remove(&product).unwrap_or_default();
    if let Some(next) = continuing_family(&families, &tags) {
        tags.extend(families.remove(&next).unwrap_or_default());
    }
    drop_stray_spellings(&mut tags);
    drop_stray_lengths(&mut tags);
    use_builds_if_there_are_no_releases(&mut tags);
    drop_old_scheme(&mut tags);
    drop_second_scheme(&mut tags);
    let left_out = left_out(&families, &product, &tags);
    ProductTags { tags, left_out }
}

fn left_out(
    families: &BTreeMap<String, Vec<Versioned>>,
    product: &str,
    tags: &[Versioned],
) -> Vec<String> {
    let stem = format!("{product}-");
    let (count, date) = (stable_count(tags), newest(tags));
    let is_rival = |(name, family): &(&String, &Vec<Versioned>)| {
        let is_module = name.is_empty() || name.contains('/') || name.starts_with(&stem);
        let size = stable_count(family);
        // One or two tags are a marker, not a product.
        !is_module && size > 2 && (size > count || newest(family) > date)
    };
    families.iter().filter(is_rival).map(|(name, _)| name.clone()).collect()
}

/// A scheme that was not used for so long is a former one.
const LONG_AGO: SignedDuration = SignedDuration::from_hours(2 * 365 * 24);

fn newest(tags: &[Versioned]) -> Option<Timestamp> {
    let stable = tags.iter().filter(|tag| tag.version.suffix == Suffix::None);
    stable.filter_map(|tag| tag.named.date).max()
}

fn stable_count(tags: &[Versioned]) -> usize {
    tags.iter().filter(|tag| tag.version.suffix == Suffix::None).count()
}

/// Plain versions, unless there are none; else the family whose name is the stem of the others or
/// that has the most releases and branches (`tokio-` before `tokio-util-`).
fn product_family(families: &BTreeMap<String, Vec<Versioned>>, branches: &[Named]) -> String {
    let largest = families.values().map(|tags| stable_count(tags)).max().unwrap_or(0);
    if let Some(plain) = families.get("") {
        let count = stable_count(plain);
        // A handful of early plain tags does not outweigh hundreds with a product's name, nor do
        // plain tags of long ago outweigh a scheme that replaced them.
        let is_replaced = families.iter().any(|(name, tags)| {
            // A dozen releases make a scheme, even beside hundreds of the one before.
            let is_larger = !name.is_empty()
                && !name.contains('/')
                && (stable_count(tags) > count || stable_count(tags) >= 12);
            is_larger
                && newest(tags) > newest(plain).and_then(|date| date.checked_add(LONG_AGO).ok())
        });
        if count > 0 && count * 20 >= largest && !is_replaced {
            return String::new();
        }
    }
    let mut branch_families: BTreeMap<String, usize> = BTreeMap::new();
    for branch in branches.iter().filter_map(|branch| VersionName::parse(&branch.short)) {
        *branch_families.entry(branch.product_of_branch()).or_default() += 1;
    }
    let score = |name: &String, tags: &Vec<Versioned>| {
        let stem = format!("{name}-");
        let children = families.keys().filter(|other| other.starts_with(&stem)).count();
        let is_path = name.contains('/');
        let branches = branch_families.get(name).copied().unwrap_or(0);
        (stable_count(tags) > 0, !is_path, stable_count(tags) + 10 * children + 5 * branches)
    };
    families
        .iter()
        .max_by_key(|(name, tags)| (score(name, tags), Reverse((*name).clone())))
        .map(|(name, _)| name.clone())
        .unwrap_or_default()
}

/// How many releases make it a habit.
const HABIT: usize = 3;

/// Where each release has two tags, `v0.50.0` and `hub-v1.23.0`, the branches tell which of them the
/// project counts by.
fn twin_family(
    families: &BTreeMap<String, Vec<Versioned>>,
    product: &str,
    branches: &[Named],
) -> Option<String> {
    let key = |versioned: &VersionName| (versioned.numbers.major(), versioned.numbers.minor());
    let stable = |tags: &[Versioned]| -> Vec<Versioned> {
        tags.iter().filter(|tag| tag.version.suffix == Suffix::None).cloned().collect()
    };
    let named: BTreeSet<(u64, u64)> = branches
        .iter()
        .filter_map(|branch| VersionName::parse(&branch.short))
        .filter(|version| version.product_of_branch().is_empty() && version.numbers.len() > 1)
        .map(|version| key(&version))
        .collect();
    let matching = |tags: &[Versioned]| {
        let keys: BTreeSet<(u64, u64)> = tags.iter().map(|tag| key(&tag.version)).collect();
        keys.intersection(&named).count()
    };
    let own = stable(families.get(product)?);
    let commits: BTreeSet<&CommitId> =
        own.iter().filter_map(|tag| tag.named.commit.as_ref()).collect();
    let own_matching = matching(&own);
    families
        .iter()
        .filter(|(name, _)| *name != product && !name.contains('/'))
        .map(|(name, tags)| (name, stable(tags)))
        .filter(|(_, tags)| {
            let here = tags.iter().filter_map(|tag| tag.named.commit.as_ref());
            let twins: BTreeSet<&CommitId> =
                here.filter(|commit| commits.contains(commit)).collect();
            twins.len() >= HABIT
        })
        .map(|(name, tags)| (matching(&tags), name))
        .filter(|(count, _)| *count > own_matching)
        .max_by_key(|(count, name)| (*count, Reverse((*name).clone())))
        .map(|(_, name)| name.clone())
}

/// A family that goes on where the product's tags stop: `hub-v29.0.0` after `v28.5.2`.
fn continuing_family(
    families: &BTreeMap<String, Vec<Versioned>>,
    tags: &[Versioned],
) -> Option<String> {
    let majors = |tags: &[Versioned]| -> BTreeSet<u64> {
        let stable = tags.iter().filter(|tag| tag.version.suffix == Suffix::None);
        stable.map(|tag| tag.version.numbers.major()).collect()
    };
    let last = *majors(tags).last()?;
    let follows = |(name, others): &(&String, &Vec<Versioned>)| {
        !name.contains('/')
            && stable_count(others) >= HABIT
            && majors(others).first() == Some(&(last + 1))
            && newest(others) > newest(tags)
    };
    families.iter().find(follows).map(|(name, _)| name.clone())
}

/// Drops a spelling that occurs once or twice beside a scheme with many tags: `1.999.0` in a
/// project that writes `v3.2.1`.
fn drop_stray_spellings(tags: &mut Vec<Versioned>) {
    let mut spellings: HashMap<String, usize> = HashMap::new();
    for tag in tags.iter() {
        *spellings.entry(tag.version.prefix.clone()).or_default() += 1;
    }
    let largest = spellings.values().copied().max().unwrap_or(0);
    if largest >= 10 {
        tags.retain(|tag| spellings[&tag.version.prefix] > 2);
    }
}

/// Drops tags with fewer numbers than the project's releases have.
///
/// `v1.0` beside dozens of `vX.Y.0` is a marker; `5.2` in a project that never writes `5.2.0` is
/// its first release. `v4` beside `v4.2.0` is a moving pointer; `stable2407` beside
/// `stable2407-1` is a release.
fn drop_stray_lengths(tags: &mut Vec<Versioned>) {
    let is_first =
        |tag: &&Versioned| tag.version.numbers.len() == 3 && tag.version.numbers.patch() == 0;
    let firsts = tags.iter().filter(is_first).count();
    let pairs = tags.iter().filter(|tag| tag.version.numbers.len() == 2).count();
    let keeps_pairs = firsts < 10 * pairs;
    let mut lengths: HashMap<(String, usize), usize> = HashMap::new();
    for tag in tags.iter() {
        let key = (tag.version.prefix.clone(), tag.version.numbers.len());
        *lengths.entry(key).or_default() += 1;
    }
    let count = |tag: &Versioned, length: usize| {
        lengths.get(&(tag.version.prefix.clone(), length)).copied().unwrap_or(0)
    };
    tags.retain(|tag| match tag.version.numbers.len() {
        _ if tag.version.suffix == Suffix::EndOfLife => true,
        1 => count(tag, 1) >= 3 && count(tag, 3) < count(tag, 1),
        2 => keeps_pairs,
        _ => true,
    });
}

/// Where every release carries build metadata (`v1.28.2+k3s1`), the builds are the releases.
fn use_builds_if_there_are_no_releases(tags: &mut [Versioned]) {
    if stable_count(tags) == 0 {
        for tag in tags.iter_mut() {
            if tag.version.suffix == Suffix::Variant && tag.named.short.contains('+') {
                tag.version.suffix = Suffix::None;
            }
        }
    }
}

/// Calendar and ordinary versions in one repository are two schemes; the one that is still used
/// stands (`2009.1.4` sorts above `41.0.2` and is fifteen years older).
fn drop_old_scheme(tags: &mut Vec<Versioned>) {
    let newest = |calendar: bool| {
        tags.iter()
            .filter(|tag| tag.version.suffix == Suffix::None)
            .filter(|tag| tag.version.numbers.is_calendar() == calendar)
            .map(|tag| tag.named.date)
            .max()
    };
    if let (Some(calendar), Some(ordinary)) = (newest(true), newest(false)) {
        let keeps_calendar = calendar >= ordinary;
        tags.retain(|tag| tag.version.numbers.is_calendar() == keeps_calendar);
    }
}

/// Two tags of different majors on one commit, again and again, are one release under two schemes
/// (`v3.5.5` and `v0.305.5`); the higher one is the product's. Once or twice it is an accident, or a
/// repository in which much happened on one commit.
fn drop_second_scheme(tags: &mut Vec<Versioned>) {
    const IN_STEP: usize = 3;
    let mut majors: HashMap<CommitId, BTreeSet<u64>> = HashMap::new();
    for tag in tags.iter().filter(|tag| tag.version.suffix == Suffix::None) {
        if let Some(commit) = &tag.named.commit {
            majors.entry(commit.clone()).or_default().insert(tag.version.numbers.major());
        }
    }
    let mut twins: HashMap<u64, usize> = HashMap::new();
    for pair in majors.values().filter(|majors| majors.len() == 2) {
        *twins.entry(pair.first().copied().unwrap_or(0)).or_default() += 1;
    }
    tags.retain(|tag| {
        let major = tag.version.numbers.major();
        let is_twin = tag
            .named
            .commit
            .as_ref()
            .and_then(|commit| majors.get(commit))
            .is_some_and(|majors| majors.len() == 2 && majors.first() == Some(&major));
        !is_twin || twins.get(&major).copied().unwrap_or(0) < IN_STEP
    });
}
