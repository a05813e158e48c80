//! Which series a repository's own names show, with the branch and the newest release of each.
//!
//! This looks at names, dates and history only. It says nothing about support: a branch is no
//! evidence of that.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet, HashMap},
};

use jiff::civil::Date;

use super::{
    Histories, Policy,
    branches::{LineBranches, dominant_style, is_of_line, line_branches, rank},
    name::{Numbers, Suffix, VersionName},
    refs::{Named, Versioned},
    tags::{ProductTags, product_tags},
};
use crate::model::CommitId;

/// A series: `1.4` or, where the project counts in majors, `22`.
#[derive(Clone, Debug)]
pub(super) struct Series {
    /// As the project's own names spell it.
    pub id: String,
    pub order: Numbers,
    pub branch: Option<Named>,
    /// Branches that look like its branch just as well.
    pub rivals: Vec<String>,
    /// The newest stable tag and its version.
    pub release: Option<(Named, Numbers)>,
    /// Every stable tag.
    pub releases: Vec<(Named, Numbers)>,
    /// The day of the first stable tag that is known, in UTC.
    pub first_release: Option<Date>,
    /// The tag or branch that declares the end of the series.
    pub ended_by: Option<String>,
}

/// What names and history show.
#[derive(Debug, Default)]
pub(super) struct Shown {
    /// Newest first. Series that only ever had pre-releases are here only if they are newer than
    /// every stable one.
    pub series: Vec<Series>,
    /// False: there is no version tag at all, so that branches are all there is to count.
    pub has_tags: bool,
    /// The names that the tags begin with; empty for plain versions.
    pub products: BTreeSet<String>,
    /// Products whose tags may be the ones that are meant.
    pub left_out: Vec<String>,
}

/// Major and, unless the project counts in majors, minor.
type Key = (u64, Option<u64>);

pub(super) fn series(
    branches: &[Named],
    tags: &[Named],
    histories: &Histories,
    policy: &Policy,
) -> Shown {
    let ProductTags { tags, left_out } = product_tags(tags, branches, policy);
    let LineBranches { ours, others } = line_branches(branches, &tags, policy);
    let mut finder = Finder { granularity: Granularity::of(&ours), found: BTreeMap::new() };
    finder.add_tags(&tags);
    if finder.has_stable() && !ours.iter().any(|branch| finder.knows(branch)) {
        // Their numbers are another product's.
        finder.join(&ours, &tags, histories, |_, _| true);
    } else {
        finder.add_branches(ours);
    }
    finder.join(&others, &tags, histories, |own, nearest| own == nearest);
    let mut series: Vec<Series> = finder.found.into_values().collect();
    series.sort_by(|a, b| b.order.cmp(&a.order));
    let products = tags.iter().map(|tag| tag.version.product_of_tag()).collect();
    Shown { series, has_tags: !tags.is_empty(), products, left_out }
}

/// The heads whose history is needed to join branches to series.
pub(super) fn wanted_histories(
    branches: &[Named],
    tags: &[Named],
    policy: &Policy,
) -> Vec<CommitId> {
    /// A repository with more branches of foreign names than this is not searched for lines.
    const MOST: usize = 200;
    let tags = product_tags(tags, branches, policy).tags;
    let LineBranches { ours, others } = line_branches(branches, &tags, policy);
    let granularity = Granularity::of(&ours);
    let key = |versioned: &Versioned| granularity.key(&versioned.version.numbers);
    let stable: BTreeSet<Key> =
        tags.iter().filter(|tag| tag.version.suffix == Suffix::None).map(key).collect();
    let taken: BTreeSet<Key> = ours.iter().map(key).collect();
    let others = others.iter().filter(|branch| {
        let key = key(branch);
        stable.contains(&key) && !taken.contains(&key)
    });
    let is_foreign = !stable.is_empty() && stable.is_disjoint(&taken);
    let ours = ours.iter().filter(|_| is_foreign);
    ours.chain(others.take(MOST)).filter_map(|branch| branch.named.commit.clone()).collect()
}

struct Finder {
    granularity: Granularity,
    found: BTreeMap<Key, Series>,
}

impl Finder {
    fn has_stable(&self) -> bool {
        self.found.values().any(|series| series.release.is_some())
    }

    fn key(&self, versioned: &Versioned) -> Key {
        self.granularity.key(&versioned.version.numbers)
    }

    fn knows(&self, branch: &Versioned) -> bool {
        self.found.contains_key(&self.key(branch))
    }

    fn entry(&mut self, versioned: &Versioned) -> &mut Series {
        let key = self.key(versioned);
        self.found.entry(key).or_insert_with(|| Series::new(key, &versioned.version.numbers))
    }

    fn add_tags(&mut self, tags: &[Versioned]) {
        let of = |suffix: Suffix| tags.iter().filter(move |tag| tag.version.suffix == suffix);
        for tag in of(Suffix::None) {
            let numbers = &tag.version.numbers;
            let series = self.entry(tag);
            series.releases.push((tag.named.clone(), numbers.clone()));
            if series.release.as_ref().is_none_or(|(_, known)| known < numbers) {
                series.release = Some((tag.named.clone(), numbers.clone()));
            }
            let day = tag.named.date.map(day_of);
            series.first_release = series.first_release.into_iter().chain(day).min();
        }
        for tag in of(Suffix::EndOfLife) {
            let key = self.key(tag);
            if let Some(series) = self.found.get_mut(&key) {
                series.ended_by = Some(tag.named.reference.clone());
            }
        }
        let newest_stable = self.found.keys().next_back().copied();
        for tag in of(Suffix::PreRelease) {
            if newest_stable.is_none_or(|newest| self.key(tag) > newest) {
                self.entry(tag);
            }
        }
    }

    fn add_branches(&mut self, mut branches: Vec<Versioned>) {
        let style = dominant_style(&branches);
        branches.sort_by_key(|branch| Reverse(rank(branch, &style)));
        let (rolling, branches): (Vec<_>, Vec<_>) =
            branches.into_iter().partition(|branch| self.granularity.is_rolling(branch));
        for branch in branches {
            let ends = branch.version.prefix_words().contains(&"unmaintained");
            let is_of_line = is_of_line(&branch);
            let series = self.entry(&branch);
            if ends {
                series.ended_by = Some(branch.named.reference.clone());
            }
            match &series.branch {
                None => series.branch = Some(branch.named),
                Some(taken) if is_of_line && taken.commit != branch.named.commit => {
                    series.rivals.push(branch.named.short);
                }
                Some(_) => {}
            }
        }
        // `1.x` beside `1.1.x` rolls on: it belongs to the newest series of its major.
        for branch in rolling {
            let major = branch.version.numbers.major();
            let newest = self.found.iter_mut().rfind(|(key, _)| key.0 == major);
            if let Some((_, series)) = newest.filter(|(_, series)| series.branch.is_none()) {
                series.branch = Some(branch.named);
            }
        }
    }

    /// Joins branches to the series whose newest release lies nearest in their history, if `fits`
    /// agrees to the branch's own series and that one.
    fn join(
        &mut self,
        branches: &[Versioned],
        tags: &[Versioned],
        histories: &Histories,
        fits: fn(Key, Key) -> bool,
    ) {
        let stable = tags.iter().filter(|tag| tag.version.suffix == Suffix::None);
        let keys: HashMap<&CommitId, Key> =
            stable.filter_map(|tag| Some((tag.named.commit.as_ref()?, self.key(tag)))).collect();
        // In the order of their own names: a later branch also contains the tags of earlier ones.
        let mut branches: Vec<&Versioned> = branches.iter().collect();
        branches.sort_by(|a, b| a.version.numbers.cmp(&b.version.numbers));
        for branch in branches {
            let nearest = branch
                .named
                .commit
                .as_ref()
                .and_then(|head| histories.get(head))
                .and_then(|tagged| tagged.iter().find_map(|commit| keys.get(commit)))
                .filter(|nearest| fits(self.key(branch), **nearest));
            if let Some(series) = nearest.and_then(|key| self.found.get_mut(key))
                && series.branch.is_none()
            {
                series.branch = Some(branch.named.clone());
            }
        }
    }
}

impl Series {
    fn new(key: Key, numbers: &Numbers) -> Self {
        let count = if key.1.is_some() { 2 } else { 1 };
        Self {
            id: numbers.spelled(count),
            order: VersionName::parse(&numbers.spelled(count))
                .map_or_else(|| numbers.clone(), |version| version.numbers),
            branch: None,
            rivals: Vec::new(),
            release: None,
            releases: Vec::new(),
            first_release: None,
            ended_by: None,
        }
    }

    /// It has a stable release.
    pub(super) fn is_released(&self) -> bool {
        self.release.is_some()
    }

    /// The day of the newest stable tag, in UTC.
    pub(super) fn last_release(&self) -> Option<Date> {
        self.release.as_ref().and_then(|(tag, _)| tag.date).map(day_of)
    }
}

/// The day of a moment in UTC.
pub(super) fn day_of(moment: jiff::Timestamp) -> Date {
    moment.to_zoned(jiff::tz::TimeZone::UTC).date()
}

/// Whether a project counts its series in majors or in minors, major by major.
struct Granularity {
    /// Majors that have a branch of their own and no minor branch.
    majors: BTreeSet<u64>,
    /// Majors that have minor branches.
    minors: BTreeSet<u64>,
    /// What the other majors do.
    counts_majors: bool,
}

impl Granularity {
    fn of(branches: &[Versioned]) -> Self {
        let by_length = |minor: bool| -> BTreeSet<u64> {
            branches
                .iter()
                .map(|branch| &branch.version.numbers)
                .filter(|numbers| (numbers.len() > 1) == minor)
                .map(Numbers::major)
                .collect()
        };
        let minors = by_length(true);
        let majors: BTreeSet<u64> =
            by_length(false).difference(&minors).copied().filter(|major| *major > 0).collect();
        let counts_majors = majors.len() > minors.len();
        Self { majors, minors, counts_majors }
    }

    /// True for `1.x` where there are minor branches of 1, too.
    fn is_rolling(&self, branch: &Versioned) -> bool {
        let numbers = &branch.version.numbers;
        numbers.len() == 1 && self.minors.contains(&numbers.major())
    }

    /// For 0.x versions the minor is always the line.
    fn key(&self, numbers: &Numbers) -> Key {
        let major = numbers.major();
        let is_major = major > 0
            && (self.majors.contains(&major)
                || (self.counts_majors && !self.minors.contains(&major)));
        (major, (!is_major).then(|| numbers.minor()))
    }
}
