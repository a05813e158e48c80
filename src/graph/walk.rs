//! Ways from the workspace's members to a package, and what all of them have in common.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::{Edge, Edges};
use crate::model::Reach;

/// Conditions that are more than this are not listed one by one.
const MOST_CONDITIONS: usize = 12;
/// A chain that is longer is cut in its middle.
const LONGEST: usize = 32;

/// The graph, walked once for each question.
pub(super) struct Walked {
    /// Without what is only for tests and examples.
    built: Ways,
    /// With it.
    all: Ways,
}

/// What is known of the ways over some of the edges.
struct Ways {
    /// The package before it on the shortest way; a root is before itself.
    before: Vec<Option<usize>>,
    targets: Vec<Conditions>,
    features: Vec<Conditions>,
    /// Reached without an edge of a build script.
    at_run_time: Vec<bool>,
}

/// What every way to a package passes first; `None`: some way passes none.
type Conditions = Option<BTreeSet<String>>;

impl Walked {
    pub(super) fn of(edges: &Edges<'_>) -> Self {
        Self { built: Ways::of(edges, |edge| !edge.is_dev), all: Ways::of(edges, |_| true) }
    }

    /// `None`: no way leads to it.
    pub(super) fn reach(&self, index: usize) -> Option<Reach> {
        if self.built.is_reached(index) {
            return Some(Reach::Built { via: self.built.via(index) });
        }
        self.all.is_reached(index).then(|| Reach::DevOnly { via: self.all.via(index) })
    }

    /// The shortest way to a package, from a member on.
    pub(super) fn path(&self, index: usize) -> Vec<usize> {
        let ways = if self.built.is_reached(index) { &self.built } else { &self.all };
        let mut path = vec![index];
        let mut at = index;
        while let Some(before) = ways.before.get(at).copied().flatten().filter(|next| *next != at) {
            path.push(before);
            at = before;
        }
        path.reverse();
        path
    }
}

impl Ways {
    fn of(edges: &Edges<'_>, takes: impl Fn(&Edge) -> bool) -> Self {
        let before = breadth_first(edges, &takes);
        let one = |target: &Option<String>| target.iter().cloned().collect();
        let targets = conditions(edges, &takes, |edge| one(&edge.target));
        let features = conditions(edges, &takes, |edge| edge.features.iter().cloned().collect());
        let run_time = breadth_first(edges, &|edge| takes(edge) && !edge.is_build);
        let at_run_time = run_time.iter().map(Option::is_some).collect();
        Self { before, targets, features, at_run_time }
    }

    fn is_reached(&self, index: usize) -> bool {
        self.before.get(index).copied().flatten().is_some()
    }

    fn via(&self, index: usize) -> Vec<String> {
        let named = |all: &[Conditions], word: &str| -> Vec<String> {
            let conditions = all.get(index).and_then(Option::as_ref);
            let named: Vec<String> =
                conditions.into_iter().flatten().map(|name| format!("{word} {name}")).collect();
            if named.len() > MOST_CONDITIONS {
                return vec![format!("one of more than {MOST_CONDITIONS} {word}s")];
            }
            named
        };
        let mut via = named(&self.targets, "target");
        via.extend(named(&self.features, "feature"));
        if self.at_run_time.get(index) == Some(&false) {
            via.push("build script".to_owned());
        }
        via
    }
}

/// The package before each on the shortest way from a root.
fn breadth_first(edges: &Edges<'_>, takes: &dyn Fn(&Edge) -> bool) -> Vec<Option<usize>> {
    let mut before = vec![None; edges.from.len()];
    let mut queue = VecDeque::new();
    for root in &edges.roots {
        if let Some(slot @ None) = before.get_mut(*root) {
            *slot = Some(*root);
            queue.push_back(*root);
        }
    }
    while let Some(at) = queue.pop_front() {
        let next = edges.from.get(at).into_iter().flatten().filter(|edge| takes(edge));
        for edge in next {
            if let Some(slot @ None) = before.get_mut(edge.to) {
                *slot = Some(at);
                queue.push_back(edge.to);
            }
        }
    }
    before
}

/// What every way to each package passes first, of what `names` says of the edges: it is built only
/// where one of these holds. Packages with a way that passes none have none.
fn conditions(
    edges: &Edges<'_>,
    takes: &dyn Fn(&Edge) -> bool,
    names: impl Fn(&Edge) -> BTreeSet<String>,
) -> Vec<Conditions> {
    let free = breadth_first(edges, &|edge| takes(edge) && names(edge).is_empty());
    let is_free = |index: usize| free.get(index).copied().flatten().is_some();
    let mut found: Vec<BTreeSet<String>> = vec![BTreeSet::new(); edges.from.len()];
    // Each name flows on by itself from where it was passed, over what is not free anyway.
    let mut starts: BTreeMap<String, BTreeSet<usize>> = BTreeMap::new();
    for (_, own) in edges.from.iter().enumerate().filter(|(at, _)| is_free(*at)) {
        for edge in own.iter().filter(|edge| takes(edge) && !is_free(edge.to)) {
            for name in names(edge) {
                starts.entry(name).or_default().insert(edge.to);
            }
        }
    }
    for (name, starts) in starts {
        let mut open: Vec<usize> = starts.into_iter().collect();
        while let Some(at) = open.pop() {
            // That there are many is enough to know.
            let Some(conditions) = found.get_mut(at).filter(|c| c.len() <= MOST_CONDITIONS) else {
                continue;
            };
            if conditions.insert(name.clone()) {
                let next = edges.from.get(at).into_iter().flatten();
                open.extend(next.filter(|e| takes(e) && !is_free(e.to)).map(|e| e.to));
            }
        }
    }
    let conditions = found.into_iter().enumerate();
    conditions.map(|(index, names)| (!is_free(index)).then_some(names)).collect()
}

/// A chain that people can read: `…` stands for the middle of a very long one.
pub(super) fn shortened(mut chain: Vec<String>) -> Vec<String> {
    if chain.len() > LONGEST {
        let end = chain.split_off(chain.len() - LONGEST / 2);
        chain.truncate(LONGEST / 2);
        chain.push("…".to_owned());
        chain.extend(end);
    }
    chain
}
