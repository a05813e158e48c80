//! Which commits speak of which others, and the story that follows from it for one of them.

use std::collections::{BTreeMap, VecDeque};

use super::{
    facts::{Facts, Named},
    graph::Node,
    mark::{Mark, review},
    story::{Does, Method, Role, Story},
    touch::{self, Bearing, Hollow, Touched},
};
use crate::disclose::Record;

/// One story has no more events than this.
const MOST_EVENTS: usize = 256;
/// Nor is a review about more commits.
const MOST_UNDER_REVIEW: usize = 64;
/// A subject that is shorter says nothing in particular.
const SHORTEST_SUBJECT: usize = 10;

/// So many commits are looked at for one story.
const MOST_STEPS: usize = 4096;

/// A commit that may be part of a story.
#[derive(Clone, Copy)]
struct Step {
    node: Node,
    does: Does,
    method: Method,
    /// What it speaks of, or is like.
    of: Node,
    /// It names a number, which may be one of another project.
    by_number: bool,
}

fn said(node: Node, does: Does, of: Node) -> Step {
    Step { node, does, method: Method::Trailers, of, by_number: false }
}

fn unreadable(why: &str) -> String {
    format!("what it changes cannot be held against it: {why}")
}

/// Which commits speak of which others.
pub(super) struct Links<'a> {
    facts: &'a Facts,
    /// By the commit that is picked.
    picked: BTreeMap<Node, Vec<Node>>,
    /// By the commit that picks.
    picks: BTreeMap<Node, Vec<Node>>,
    /// By the commit that is undone.
    reverted: BTreeMap<Node, Vec<Node>>,
    /// By the number of the pull request that is undone.
    reverted_numbers: BTreeMap<&'a str, Vec<Node>>,
    changes: BTreeMap<&'a str, Vec<Node>>,
    reviews: BTreeMap<&'a str, Vec<Node>>,
    subjects: BTreeMap<Node, &'a str>,
    patches: BTreeMap<[u8; 32], Vec<Node>>,
    /// Merges that are undone, with what they brought in.
    merges: Vec<(Node, Vec<bool>)>,
}

impl<'a> Links<'a> {
    pub(super) fn of(facts: &'a Facts) -> Self {
        let mut links = Self {
            facts,
            picked: BTreeMap::new(),
            picks: BTreeMap::new(),
            reverted: BTreeMap::new(),
            reverted_numbers: BTreeMap::new(),
            changes: BTreeMap::new(),
            reviews: BTreeMap::new(),
            subjects: BTreeMap::new(),
            patches: BTreeMap::new(),
            merges: Vec::new(),
        };
        let graph = &facts.graph;
        for (node, mark) in facts.marks.iter().flat_map(|(n, all)| all.iter().map(|m| (*n, m))) {
            match mark {
                Mark::Pick(digits) => {
                    // Digits that fit several commits are no good news.
                    if let [target] = *graph.beginning_with(digits) {
                        links.picked.entry(target).or_default().push(node);
                        links.picks.entry(node).or_default().push(target);
                    }
                }
                Mark::Revert(digits) => {
                    for target in graph.beginning_with(digits) {
                        links.reverted.entry(*target).or_default().push(node);
                    }
                }
                Mark::RevertOf(number) => {
                    links.reverted_numbers.entry(number).or_default().push(node);
                }
                Mark::Change(id) => links.changes.entry(id).or_default().push(node),
                Mark::Review(address) => links.reviews.entry(address).or_default().push(node),
                Mark::Subject(text) => {
                    links.subjects.insert(node, text);
                }
                Mark::Fixes(_) => {}
            }
        }
        for (node, (forward, _)) in &facts.patches.known {
            links.patches.entry(*forward).or_default().push(*node);
        }
        for merge in links.reverted.keys() {
            let parents = &graph.commit(*merge).parents;
            if let [first, _, ..] = parents[..] {
                let mut brought = graph.behind(&[*merge]);
                for (is_new, is_old) in brought.iter_mut().zip(graph.behind(&[first])) {
                    *is_new &= !is_old;
                }
                links.merges.push((*merge, brought));
            }
        }
        links
    }

    /// The story of the commit that the record calls so.
    pub(super) fn story(&self, name: &str, role: Role) -> Story {
        let named = self.facts.named.get(name).cloned();
        self.told(name, named.unwrap_or(Named::Absent { is_shallow: false }), role)
    }

    /// The stories of the commits that were made under a review: they say its address, or end their
    /// subject with its number, where it is one of the project's own pull requests.
    pub(super) fn of_review(&self, address: &str, record: &Record) -> Vec<Story> {
        let own = record.repository.as_deref().map(review);
        let number = own.as_deref().and_then(|own| {
            let number = address.strip_prefix(own)?.strip_prefix("/pull/")?;
            number.bytes().all(|byte| byte.is_ascii_digit()).then(|| format!("(#{number})"))
        });
        let mut nodes = self.reviews.get(address).cloned().unwrap_or_default();
        if let Some(number) = number {
            let ends = |(node, text): (&Node, &&str)| text.ends_with(&number).then_some(*node);
            nodes.extend(self.subjects.iter().filter_map(ends));
        }
        nodes.sort_unstable();
        nodes.dedup();
        nodes.truncate(MOST_UNDER_REVIEW);
        let stories = nodes.into_iter().map(|node| {
            let mut story = self.told(address, Named::Commit(node), Role::Fix);
            story.weighed.insert(node);
            story
        });
        self.weightiest(stories.collect())
    }

    /// Of what was made under one review, what says the most: the rest came with it.
    fn weightiest(&self, mut stories: Vec<Story>) -> Vec<Story> {
        let touched = |story: &Story| match story.named {
            Named::Commit(node) => self.facts.touched.get(&node).map(|touched| (node, touched)),
            _ => None,
        };
        let kind = |story: &Story| match touched(story) {
            Some((_, Touched::Known(touch))) => touch.changed.iter().map(|p| touch::kind(p)).max(),
            _ => None,
        };
        let most = stories.iter().filter_map(kind).max();
        stories.retain(|story| match touched(story) {
            Some((_, Touched::Known(_))) => most.is_some() && kind(story) == most,
            Some((_, Touched::Unknown(_))) | None => true,
        });
        for story in &mut stories {
            if let Some((node, Touched::Unknown(why))) = touched(story) {
                story.events.retain(|_, (does, _)| *does == Does::Undo);
                story.unsure.insert(node, unreadable(why));
            }
        }
        stories
    }

    fn told(&self, name: &str, named: Named, role: Role) -> Story {
        let mut story = Story::new(name, named, role);
        let mut queue = VecDeque::new();
        match story.named {
            Named::Commit(node) => {
                queue.push_back(Step {
                    node,
                    does: Does::Apply,
                    method: Method::Ancestry,
                    of: node,
                    by_number: false,
                });
                queue.extend(self.by_subject(node));
                story.uncompared = self.facts.patches.unknown.get(&node).cloned();
            }
            Named::Absent { .. } => queue.extend(self.by_digits(&name.to_ascii_lowercase())),
            Named::Ambiguous | Named::NoCommit => {}
        }
        let mut steps = 0;
        while let Some(step) = queue.pop_front() {
            let Step { node, does, method, .. } = step;
            match story.events.get_mut(&node) {
                // Bad news is believed before good news.
                Some((known, _)) if *known != does && does == role.bad() => {}
                Some((known, by)) if *known == does => {
                    if method != Method::Trailers {
                        story.words.remove(&node);
                    }
                    *by = method.min(*by);
                    continue;
                }
                Some(_) => continue,
                None => {}
            }
            steps += 1;
            if story.events.len() >= MOST_EVENTS || steps > MOST_STEPS {
                story.is_cut = true;
                break;
            }
            if method == Method::Trailers && !self.is_believed(step, &mut story) {
                continue;
            }
            story.events.insert(node, (does, method));
            self.follow(node, does, &mut queue);
        }
        let events = &story.events;
        story.hollow.retain(|node, _| !events.contains_key(node));
        story.unsure.retain(|node, _| !events.contains_key(node));
        story
    }

    /// Whether the words of a commit are believed; what speaks against it is noted.
    fn is_believed(&self, step: Step, story: &mut Story) -> bool {
        let is_bad = step.does == story.role.bad();
        story.weighed.insert(step.node);
        let bearing = match story.named {
            Named::Commit(root) => {
                story.weighed.insert(root);
                match (self.facts.touched.get(&root), self.facts.touched.get(&step.node)) {
                    (Some(original), Some(commit)) => touch::bearing(original, commit),
                    // It is asked for, and then this is asked again.
                    _ => return true,
                }
            }
            _ => Bearing::Unknown(story.doubt(None, self.facts).unwrap_or_default()),
        };
        match bearing {
            Bearing::Something => true,
            Bearing::Hollow(_) if step.by_number => false,
            Bearing::Hollow(how) if is_bad => {
                story.words.insert(step.node, how);
                true
            }
            // What was said in vain is taken back in vain.
            Bearing::Hollow(Hollow::Empty) if story.words.contains_key(&step.of) => true,
            Bearing::Hollow(how) => {
                story.hollow.insert(step.node, how);
                false
            }
            Bearing::Unknown(_) if is_bad => true,
            Bearing::Unknown(why) => {
                // A hole that is not known to be undone is there.
                if story.role == Role::Fix {
                    story.unsure.insert(step.node, unreadable(&why));
                }
                false
            }
        }
    }

    /// Who copies a commit, what it copies, and who undoes it.
    fn follow(&self, node: Node, does: Does, queue: &mut VecDeque<Step>) {
        let of = |index: &BTreeMap<Node, Vec<Node>>| index.get(&node).cloned().unwrap_or_default();
        let mut add = |nodes: Vec<Node>, does: Does, method: Method| {
            queue.extend(nodes.into_iter().map(|other| Step {
                node: other,
                does,
                method,
                of: node,
                by_number: false,
            }));
        };
        add(of(&self.picked), does, Method::Trailers);
        // What is made of several is none of them.
        let picks = of(&self.picks);
        if picks.len() == 1 {
            add(picks, does, Method::Trailers);
        }
        add(of(&self.reverted), does.opposite(), Method::Trailers);
        for (merge, brought) in &self.merges {
            if brought[node.0 as usize] && *merge != node {
                let undone = self.reverted.get(merge).cloned().unwrap_or_default();
                add(undone, does.opposite(), Method::Trailers);
            }
        }
        for mark in self.facts.marks.get(&node).into_iter().flatten() {
            if let Mark::Change(id) = mark {
                let same = self.changes.get(id.as_str()).cloned().unwrap_or_default();
                add(same, does, Method::Trailers);
            }
        }
        if let Some((forward, backward)) = self.facts.patches.known.get(&node) {
            let same = |id| self.patches.get(id).cloned().unwrap_or_default();
            // Where only white space changes, a change and its opposite are the same to git.
            if forward != backward {
                add(same(forward), does, Method::PatchId);
                add(same(backward), does.opposite(), Method::PatchId);
            }
        }
        let subject = self.subjects.get(&node).copied().unwrap_or_default();
        for number in numbers(subject) {
            let undone = self.reverted_numbers.get(number).into_iter().flatten();
            let others = undone.filter(|other| **other != node);
            queue.extend(
                others.map(|other| Step { by_number: true, ..said(*other, does.opposite(), node) }),
            );
        }
    }

    /// Commits whose subject is that of `node`, with the number of its pull request or under the same
    /// review.
    fn by_subject(&self, node: Node) -> Vec<Step> {
        let subject = self.subjects.get(&node).copied();
        let Some(subject) = subject.filter(|text| text.len() >= SHORTEST_SUBJECT) else {
            return Vec::new();
        };
        let has_number = subject.contains("(#");
        let reviews = |node: Node| {
            let marks = self.facts.marks.get(&node).into_iter().flatten();
            marks.filter_map(|mark| match mark {
                Mark::Review(address) => Some(address.as_str()),
                _ => None,
            })
        };
        let own: Vec<&str> = reviews(node).collect();
        let others = self.subjects.iter().filter(|(other, _)| **other != node);
        others
            .filter(|(other, _)| has_number || reviews(**other).any(|one| own.contains(&one)))
            .filter_map(|(other, text)| Some(said(*other, copies(text, subject)?, node)))
            .collect()
    }

    /// Commits that speak of one that is not here.
    fn by_digits(&self, name: &str) -> Vec<Step> {
        const FEWEST: usize = 7;
        let is_it = |digits: &str| {
            name.len() >= FEWEST && (name.starts_with(digits) || digits.starts_with(name))
        };
        let marks = self.facts.marks.iter().flat_map(|(n, all)| all.iter().map(|m| (*n, m)));
        marks
            .filter_map(|(node, mark)| match mark {
                Mark::Pick(digits) if is_it(digits) => Some(said(node, Does::Apply, node)),
                Mark::Revert(digits) if is_it(digits) => Some(said(node, Does::Undo, node)),
                _ => None,
            })
            .collect()
    }
}

/// The pull requests that a subject ends with: `Bound the window (#12) (#34)`.
fn numbers(subject: &str) -> Vec<&str> {
    let (mut found, mut rest) = (Vec::new(), subject.trim_end());
    while let Some((before, number)) = rest.strip_suffix(')').and_then(|r| r.rsplit_once("(#")) {
        if number.is_empty() || !number.bytes().all(|byte| byte.is_ascii_digit()) {
            break;
        }
        found.push(number);
        rest = before.trim_end();
    }
    found
}

/// What a commit does whose subject says another one's, with marks of a line before it, numbers
/// behind it, and `Revert "…"` around it. `None`: it only speaks of it.
fn copies(text: &str, subject: &str) -> Option<Does> {
    let at = text.find(subject)?;
    let (mut before, mut behind) = (&text[..at], &text[at + subject.len()..]);
    let mut does = Does::Apply;
    loop {
        before = before.trim_start();
        if let Some(rest) = before.strip_prefix("Revert \"") {
            (before, does) = (rest, does.opposite());
        } else if let Some(rest) = before.strip_prefix("Reapply \"") {
            before = rest;
        } else if before.starts_with('[') {
            before = before.split_once(']')?.1;
        } else {
            break;
        }
    }
    while let Some(rest) = behind.strip_prefix([' ', '"']).or_else(|| {
        let (number, rest) = behind.strip_prefix("(#")?.split_once(')')?;
        number.bytes().all(|byte| byte.is_ascii_digit()).then_some(rest)
    }) {
        behind = rest;
    }
    (before.is_empty() && behind.is_empty()).then_some(does)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_subject_is_copied_reverted_and_spoken_of() {
        let subject = "Bound the window (#12)";
        for (text, does) in [
            ("Bound the window (#12)", Some(Does::Apply)),
            ("Bound the window (#12) (#34)", Some(Does::Apply)),
            ("[1.4] Bound the window (#12) (#34)", Some(Does::Apply)),
            ("[release-1.4][net] Bound the window (#12)", Some(Does::Apply)),
            ("Revert \"Bound the window (#12)\" (#40)", Some(Does::Undo)),
            ("Revert \"Revert \"Bound the window (#12)\" (#40)\" (#41)", Some(Does::Apply)),
            ("Reapply \"Bound the window (#12)\" (#41)", Some(Does::Apply)),
            ("Revert \"[1.4] Bound the window (#12) (#34)\" (#50)", Some(Does::Undo)),
            ("Test \"Bound the window (#12)\"", None),
            ("Bound the window (#12) again", None),
            ("Bound the window (#123)", None),
            ("Bound the door (#12)", None),
        ] {
            assert_eq!(copies(text, subject), does, "{text}");
        }
    }
}
