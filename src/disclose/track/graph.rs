//! Commits and what lies behind them, as numbers: which commits a commit has in its history, and
//! where history ends because nothing more is at hand.

use std::collections::BTreeMap;

use crate::model::CommitId;

/// The digits of a commit's name, as bytes.
pub type Digits = [u8; 20];

/// A commit by its place in a [`Graph`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Node(pub u32);

impl Node {
    fn index(self) -> usize {
        self.0 as usize
    }
}

/// One commit, as far as ancestry is concerned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Commit {
    pub id: Digits,
    /// Those that are in the graph, the first one first.
    pub parents: Vec<Node>,
    /// The committer's, since the epoch; `None`: that is not readable.
    pub seconds: Option<i64>,
    /// Some of its parents are not in the graph, and why.
    pub cut: Option<Cut>,
}

/// Why history ends before its beginning.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cut {
    /// The clone is shallow.
    Shallow,
    /// An object is missing or cannot be read.
    Unreadable,
    /// So many commits were read that the rest was left out.
    Long,
}

impl Cut {
    /// A fragment for people.
    pub fn because(self) -> &'static str {
        match self {
            Self::Shallow => "this clone is shallow, and the history that would tell is not in it",
            Self::Unreadable => "an object of the history that would tell cannot be read",
            Self::Long => "the history is longer than what is read of it",
        }
    }
}

/// Commits with their parents.
#[derive(Clone, Debug, Default)]
pub struct Graph {
    commits: Vec<Commit>,
    /// Sorted by the digits.
    by_id: Vec<Node>,
    /// Parents before children.
    order: Vec<Node>,
}

impl Graph {
    /// Of commits whose parents are named by their places among them. Parents that are no place are
    /// left out.
    pub fn new(mut commits: Vec<Commit>) -> Self {
        let count = commits.len();
        for commit in &mut commits {
            commit.parents.retain(|parent| parent.index() < count);
        }
        let node = |index: usize| Node(u32::try_from(index).unwrap_or(u32::MAX));
        let mut by_id: Vec<Node> = (0..count).map(node).collect();
        by_id.sort_by_key(|node| commits[node.index()].id);
        // Kahn's: git cannot make a cycle, and one that is there all the same ends the walk early.
        let mut waiting: Vec<usize> = commits.iter().map(|commit| commit.parents.len()).collect();
        let mut children: Vec<Vec<Node>> = vec![Vec::new(); count];
        for (index, commit) in commits.iter().enumerate() {
            for parent in &commit.parents {
                children[parent.index()].push(node(index));
            }
        }
        let mut order: Vec<Node> =
            (0..count).filter(|index| waiting[*index] == 0).map(node).collect();
        let mut next = 0;
        while let Some(parent) = order.get(next).copied() {
            next += 1;
            for child in &children[parent.index()] {
                waiting[child.index()] -= 1;
                if waiting[child.index()] == 0 {
                    order.push(*child);
                }
            }
        }
        Self { commits, by_id, order }
    }

    /// How many commits there are.
    pub fn len(&self) -> usize {
        self.commits.len()
    }

    pub fn is_empty(&self) -> bool {
        self.commits.is_empty()
    }

    /// Everything that is known of a commit.
    pub fn commit(&self, node: Node) -> &Commit {
        &self.commits[node.index()]
    }

    /// Every commit, parents before children.
    pub fn order(&self) -> &[Node] {
        &self.order
    }

    /// The name of a commit.
    pub fn id(&self, node: Node) -> CommitId {
        CommitId(self.commit(node).id.iter().fold(String::with_capacity(40), |mut text, byte| {
            text.extend(
                [byte >> 4, byte & 15]
                    .map(|digit| char::from_digit(u32::from(digit), 16).unwrap_or_default()),
            );
            text
        }))
    }

    /// The commit of this name.
    pub fn node(&self, id: &CommitId) -> Option<Node> {
        match *self.beginning_with(&id.0) {
            [node] if id.0.len() == 40 => Some(node),
            _ => None,
        }
    }

    /// The commits whose names begin with these lowercase digits.
    pub fn beginning_with(&self, digits: &str) -> &[Node] {
        let Some((low, high)) = bounds(digits) else { return &[] };
        let id = |node: &Node| self.commit(*node).id;
        let from = self.by_id.partition_point(|node| id(node) < low);
        let to = self.by_id.partition_point(|node| id(node) <= high);
        self.by_id.get(from..to).unwrap_or_default()
    }

    /// For each commit, which of `wanted` it has in its history or is itself, and where what is known
    /// of its history ends.
    pub fn reach(&self, wanted: &[Node]) -> Reach {
        let words = wanted.len().div_ceil(64).max(1);
        let mut reach = Reach {
            words,
            bits: vec![0; self.commits.len() * words],
            cuts: vec![None; self.commits.len()],
            places: BTreeMap::new(),
        };
        for (place, node) in wanted.iter().enumerate() {
            let place = *reach.places.entry(*node).or_insert(place);
            reach.bits[node.index() * words + place / 64] |= 1 << (place % 64);
        }
        for node in &self.order {
            let commit = self.commit(*node);
            let own = commit.cut.map(|cut| (commit.seconds.unwrap_or(i64::MAX), cut));
            let mut newest = own;
            for parent in &commit.parents {
                newest = newest.max(reach.cuts[parent.index()]);
                for word in 0..words {
                    let behind = reach.bits[parent.index() * words + word];
                    reach.bits[node.index() * words + word] |= behind;
                }
            }
            reach.cuts[node.index()] = newest;
        }
        reach
    }

    /// Which commits lie behind any of these, themselves included.
    pub fn behind(&self, tips: &[Node]) -> Vec<bool> {
        let mut is_behind = vec![false; self.commits.len()];
        let mut queue: Vec<Node> = tips.to_vec();
        while let Some(node) = queue.pop() {
            if !std::mem::replace(&mut is_behind[node.index()], true) {
                queue.extend(&self.commit(node).parents);
            }
        }
        is_behind
    }

    /// How many commits are behind `tip` and not behind `since`.
    pub fn count(&self, since: Node, tip: Node) -> usize {
        let (old, new) = (self.behind(&[since]), self.behind(&[tip]));
        new.iter().zip(&old).filter(|(new, old)| **new && !**old).count()
    }
}

/// The first and the last name that begins with these digits.
fn bounds(digits: &str) -> Option<(Digits, Digits)> {
    if digits.is_empty() || digits.len() > 40 {
        return None;
    }
    let (mut low, mut high) = ([0; 20], [0xff; 20]);
    for (index, character) in digits.chars().enumerate() {
        let digit = u8::try_from(character.to_digit(16)?).ok()?;
        let (shift, mask) = if index % 2 == 0 { (4, 0x0f) } else { (0, 0xf0) };
        low[index / 2] |= digit << shift;
        high[index / 2] &= mask | digit << shift;
    }
    Some((low, high))
}

/// What [`Graph::reach`] found.
#[derive(Clone, Debug)]
pub struct Reach {
    words: usize,
    bits: Vec<u64>,
    /// The newest place behind each commit at which history ends too early.
    cuts: Vec<Option<(i64, Cut)>>,
    places: BTreeMap<Node, usize>,
}

impl Reach {
    /// True if `wanted`, one of those that were asked about, is behind `tip` or is `tip`.
    pub fn has(&self, tip: Node, wanted: Node) -> bool {
        let Some(place) = self.places.get(&wanted) else { return false };
        self.bits[tip.index() * self.words + place / 64] & (1 << (place % 64)) != 0
    }

    /// Why something that is not found behind `tip` may be there all the same.
    pub fn cut(&self, tip: Node) -> Option<Cut> {
        self.cuts[tip.index()].map(|(_, cut)| cut)
    }

    /// Why something newer than `seconds` may be behind `tip`, although it is not found: history ends
    /// too early at a commit that is itself newer. What lies behind an older one is older still.
    pub fn cut_since(&self, tip: Node, seconds: Option<i64>) -> Option<Cut> {
        let seconds = seconds.unwrap_or(i64::MIN);
        self.cuts[tip.index()].filter(|(at, _)| *at > seconds).map(|(_, cut)| cut)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn commit(first: u8, parents: &[u32]) -> Commit {
        let mut id = [0; 20];
        id[0] = first;
        let parents = parents.iter().map(|parent| Node(*parent)).collect();
        Commit { id, parents, seconds: Some(i64::from(first)), cut: None }
    }

    #[test]
    fn what_is_behind_a_commit_is_all_that_its_parents_have() {
        // 4 merges 2 and 3, which both come from 1; 0 is alone.
        let graph = Graph::new(vec![
            commit(9, &[]),
            commit(1, &[]),
            commit(2, &[1]),
            commit(3, &[1]),
            commit(4, &[2, 3]),
        ]);
        let all: Vec<Node> = (0..5).map(Node).collect();
        let reach = graph.reach(&all);
        let behind = |tip: u32| (0..5).filter(|n| reach.has(Node(tip), Node(*n))).collect();
        let found: Vec<Vec<u32>> = (0..5).map(behind).collect();
        assert_eq!(found, [vec![0], vec![1], vec![1, 2], vec![1, 3], vec![1, 2, 3, 4]]);
        assert_eq!(graph.count(Node(2), Node(4)), 2);
        assert_eq!(reach.cut(Node(4)), None);
    }

    #[test]
    fn more_commits_than_a_word_has_bits_are_told_apart() {
        let parents = |n: u8| n.checked_sub(1).map(u32::from);
        let chain = (0..200).map(|n| commit(n, parents(n).as_slice())).collect();
        let graph = Graph::new(chain);
        let all: Vec<Node> = (0..200).map(Node).collect();
        let reach = graph.reach(&all);
        for (one, other) in [(0, 199), (63, 64), (64, 63), (127, 128), (199, 0)] {
            assert_eq!(reach.has(Node(other), Node(one)), one <= other, "{one} {other}");
        }
    }

    #[test]
    fn a_name_is_found_by_its_first_digits() {
        let graph = Graph::new(vec![commit(0xab, &[]), commit(0xac, &[]), commit(0xb0, &[])]);
        let found = |digits: &str| graph.beginning_with(digits).to_vec();
        assert_eq!(found("a"), [Node(0), Node(1)]);
        assert_eq!(found("ab"), [Node(0)]);
        assert_eq!(found("ab0"), [Node(0)]);
        assert_eq!(found("ab1"), []);
        assert_eq!(found(""), []);
        assert_eq!(found("ab0x"), []);
        assert_eq!(graph.node(&graph.id(Node(2))), Some(Node(2)));
        assert_eq!(graph.node(&CommitId("b0".to_owned())), None);
    }

    #[test]
    fn where_history_ends_too_early_is_told_to_all_that_come_after_it() {
        let mut commits = vec![commit(5, &[]), commit(6, &[0]), commit(7, &[])];
        commits[0].cut = Some(Cut::Shallow);
        let reach = Graph::new(commits).reach(&[]);
        assert_eq!(reach.cut(Node(1)), Some(Cut::Shallow));
        assert_eq!(reach.cut(Node(2)), None);
        assert_eq!(reach.cut_since(Node(1), Some(4)), Some(Cut::Shallow));
        assert_eq!(reach.cut_since(Node(1), Some(5)), None, "what is behind it is older");
    }

    #[test]
    fn a_cycle_is_not_walked_for_ever() {
        let graph = Graph::new(vec![commit(1, &[1]), commit(2, &[0]), commit(3, &[7])]);
        assert!(graph.commit(Node(2)).parents.is_empty());
        assert!(!graph.reach(&[Node(0)]).has(Node(2), Node(0)));
        assert_eq!(graph.behind(&[Node(0)]), [true, true, false]);
    }
}
