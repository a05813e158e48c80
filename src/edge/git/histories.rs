//! Which tagged commits lie behind a head. Branches share nearly all of their history, so every
//! commit is read once, and each head's walk is over numbers.

use std::{
    cmp::Reverse,
    collections::{BTreeSet, BinaryHeap, HashMap, HashSet},
};

use gix::ObjectId;
use jiff::Timestamp;

use super::{
    Git, commit_id,
    commits::{Commit, shallow},
    object_id,
};
use crate::{discover::Histories, model::CommitId};

/// How many commits of a branch are searched for the tags that it carries.
const MAX_HISTORY: usize = 20_000;
/// So many tagged commits of one head are told.
const MAX_TAGGED: usize = 8;

impl Git {
    /// For each head, which of `tagged` lie in its history, nearest first.
    pub fn histories(&self, heads: &[CommitId], tagged: &BTreeSet<CommitId>) -> Histories {
        if heads.is_empty() {
            return Histories::new();
        }
        let repository = self.objects();
        let mut graph = Graph {
            tagged: tagged.iter().filter_map(|commit| object_id(&commit.0)).collect(),
            shallow: shallow(&repository),
            repository: &repository,
            nodes: Vec::new(),
            numbers: HashMap::new(),
            buffer: Vec::new(),
        };
        let known = |head: &CommitId| Some((head.clone(), object_id(&head.0)?));
        heads
            .iter()
            .filter_map(known)
            .enumerate()
            .map(|(walk, (head, id))| (head, graph.tagged_behind(id, walk)))
            .collect()
    }
}

/// A commit that was met, by its number in [`Graph::nodes`].
struct Node {
    id: ObjectId,
    seconds: i64,
    is_tagged: bool,
    /// Not in this clone, if history is cut off here.
    parents: Vec<ObjectId>,
    /// The last walk that came here.
    walk: Option<usize>,
}

struct Graph<'a> {
    repository: &'a gix::Repository,
    tagged: HashSet<ObjectId>,
    /// Commits whose parents are not in this clone.
    shallow: HashSet<ObjectId>,
    nodes: Vec<Node>,
    numbers: HashMap<ObjectId, usize>,
    buffer: Vec<u8>,
}

impl Graph<'_> {
    /// The newest commits come first, and of two of one second the one that was met first.
    fn tagged_behind(&mut self, head: ObjectId, walk: usize) -> Vec<CommitId> {
        let mut found = Vec::new();
        let mut queue = BinaryHeap::new();
        let mut met = vec![head];
        let mut count: usize = 0;
        for _ in 0..MAX_HISTORY {
            for id in met.drain(..) {
                let Some(number) = self.number(id) else { continue };
                let node = &mut self.nodes[number];
                if node.walk.replace(walk) != Some(walk) {
                    count += 1;
                    queue.push((node.seconds, Reverse(count), number));
                }
            }
            let Some((_, _, number)) = queue.pop() else { break };
            let node = &self.nodes[number];
            if node.is_tagged {
                found.push(commit_id(node.id));
                if found.len() == MAX_TAGGED {
                    break;
                }
            }
            met.extend(&node.parents);
        }
        found
    }

    /// `None`: this clone does not have the commit.
    fn number(&mut self, id: ObjectId) -> Option<usize> {
        if let Some(number) = self.numbers.get(&id) {
            return Some(*number);
        }
        let mut commit = Commit::read(self.repository, id, &mut self.buffer)?;
        if self.shallow.contains(&id) {
            commit.parents.clear();
        }
        let number = self.nodes.len();
        self.nodes.push(Node {
            id,
            // An unreadable date is taken for the oldest.
            seconds: commit.date.map_or(i64::MIN, Timestamp::as_second),
            is_tagged: self.tagged.contains(&id),
            parents: commit.parents,
            walk: None,
        });
        self.numbers.insert(id, number);
        Some(number)
    }
}
