//! How the files of branches came to be what they are: first parents, from the commit at which each
//! left the default branch.
//!
//! First parents are what a branch itself was; what was merged came with the merge. The way ends at
//! the first commit that is one of the default branch's own. Where there is none, as after a merge
//! that swapped the two, it ends at the merge base, and a branch of an origin of its own is told
//! whole. Each tree is read once over all branches and tags.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use gix::ObjectId;
use jiff::Timestamp;

use super::{
    Found, Git, commit_id,
    commits::{Commit, shallow},
    object_id,
    walk::{Walked, Walker},
};
use crate::model::CommitId;

/// More commits than this are not read in one run.
const MOST_COMMITS: usize = 1_000_000;

/// So many files are remembered over all sets: a hostile history has thousands of them, and changes one
/// of them with each commit.
const MOST_ENTRIES: usize = 16_000_000;

/// What is asked for.
pub struct Past<'a> {
    /// The newest commit of the default branch.
    pub default: Option<&'a CommitId>,
    /// The newest commits of the branches, and how much of each is asked for. A branch that was just
    /// made has the default branch's newest commit, and is another one.
    pub heads: &'a BTreeSet<(CommitId, Part)>,
    /// Where releases were made.
    pub tagged: &'a BTreeSet<CommitId>,
    /// The names of the files that are asked for.
    pub wants: &'a dyn Fn(&str) -> bool,
    /// Paths that are not looked at.
    pub excludes: &'a dyn Fn(&str) -> bool,
}

/// How much of a branch is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// From where it left the default branch.
    Own,
    /// All of it: it is the default branch.
    Whole,
}

/// What was found.
#[derive(Debug, Default)]
pub struct Lineages {
    /// Each different file once.
    pub files: Vec<Found>,
    /// Each different set of them once.
    pub sets: Vec<Files>,
    /// By the newest commit.
    pub strands: BTreeMap<(CommitId, Part), Strand>,
    /// What each tagged commit has.
    pub tagged: BTreeMap<CommitId, Step>,
}

/// The files of a tree.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Files {
    /// By their numbers, in the order of their paths.
    pub found: Vec<u32>,
    /// True if something may be missing.
    pub has_gap: bool,
}

/// The own part of a branch.
#[derive(Clone, Debug)]
pub struct Strand {
    /// Oldest first: the first commit, and those whose files differ from the one before.
    pub steps: Vec<Step>,
    pub begins: Begins,
    /// The step that each tagged commit of this part belongs to.
    pub tagged: BTreeMap<CommitId, usize>,
}

/// A commit from which on a branch had these files.
#[derive(Clone, Debug)]
pub struct Step {
    pub commit: CommitId,
    /// The committer date.
    pub moment: Option<Timestamp>,
    /// The number of the set.
    pub files: usize,
}

/// What the first step is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Begins {
    /// A commit of the default branch.
    Cut,
    /// The first commit of all.
    Root,
    /// The first that is at hand, and why.
    Later(&'static str),
}

impl Git {
    /// The past of branches and of tagged commits.
    pub fn lineages(&self, past: &Past<'_>) -> Lineages {
        let mut repository = self.objects();
        repository.object_cache_size(8 * 1024 * 1024);
        let mut reader = Reader {
            git: self,
            shallow: shallow(&repository),
            repository: &repository,
            walker: Walker::new(self, &repository, past.wants),
            excludes: past.excludes,
            commits: HashMap::new(),
            numbers: HashMap::new(),
            sets: HashMap::new(),
            by_tree: HashMap::new(),
            entries: 0,
            most: MOST_ENTRIES,
            buffer: Vec::new(),
        };
        let default = past.default.and_then(|commit| object_id(&commit.0));
        let trunk: HashSet<ObjectId> =
            default.map(|id| reader.chain(id, &HashSet::new()).0).into_iter().flatten().collect();
        let mut found = Lineages::default();
        let mut numbers: HashMap<ObjectId, usize> = HashMap::new();
        for (head, part) in past.heads {
            let Some(id) = object_id(&head.0) else { continue };
            let (mut chain, begins) = match part {
                Part::Own => reader.own(id, default, &trunk),
                Part::Whole => reader.chain(id, &HashSet::new()),
            };
            chain.reverse();
            let strand = reader.strand(&chain, begins, past.tagged, &mut numbers);
            if !strand.steps.is_empty() {
                found.strands.insert((head.clone(), *part), strand);
            }
        }
        for commit in past.tagged {
            let Some(id) = object_id(&commit.0) else { continue };
            if let Some((_, moment)) = reader.commit(id) {
                let files = reader.files(id, &mut numbers);
                found.tagged.insert(commit.clone(), Step { commit: commit.clone(), moment, files });
            }
        }
        found.sets = in_order(reader.sets);
        found.files = in_order(reader.numbers);
        found
    }
}

/// What was numbered, by its number.
fn in_order<T, N: Ord + Copy>(numbered: HashMap<T, N>) -> Vec<T> {
    let mut numbered: Vec<(T, N)> = numbered.into_iter().collect();
    numbered.sort_by_key(|(_, number)| *number);
    numbered.into_iter().map(|(item, _)| item).collect()
}

struct Reader<'a> {
    git: &'a Git,
    repository: &'a gix::Repository,
    /// Commits whose parents are not in this clone.
    shallow: HashSet<ObjectId>,
    walker: Walker<'a>,
    excludes: &'a dyn Fn(&str) -> bool,
    /// The first parent and the date of each commit that was read.
    commits: HashMap<ObjectId, (Option<ObjectId>, Option<Timestamp>)>,
    numbers: HashMap<Found, u32>,
    sets: HashMap<Files, usize>,
    /// The set of each tree, by the walker's number of it.
    by_tree: HashMap<usize, usize>,
    /// How many numbers all sets have together, and how many they may have.
    entries: usize,
    most: usize,
    buffer: Vec<u8>,
}

impl Reader<'_> {
    fn commit(&mut self, id: ObjectId) -> Option<(Option<ObjectId>, Option<Timestamp>)> {
        if let Some(known) = self.commits.get(&id) {
            return Some(*known);
        }
        if self.commits.len() >= MOST_COMMITS {
            return None;
        }
        let commit = Commit::read(self.repository, id, &mut self.buffer)?;
        let read = (commit.parents.first().copied(), commit.date);
        self.commits.insert(id, read);
        Some(read)
    }

    /// First parents from `head` to the first of `stops`, newest first.
    fn chain(&mut self, head: ObjectId, stops: &HashSet<ObjectId>) -> (Vec<ObjectId>, Begins) {
        let mut chain = Vec::new();
        let mut id = head;
        loop {
            let Some((parent, _)) = self.commit(id) else {
                let is_full = self.commits.len() >= MOST_COMMITS;
                let why = if is_full { "it is too long" } else { "a commit cannot be read" };
                return (chain, Begins::Later(why));
            };
            chain.push(id);
            if stops.contains(&id) {
                return (chain, Begins::Cut);
            }
            match parent {
                None => return (chain, Begins::Root),
                Some(_) if self.shallow.contains(&id) => {
                    return (chain, Begins::Later("the clone is shallow"));
                }
                Some(parent) => id = parent,
            }
        }
    }

    /// The own part of a branch, newest first. `trunk`: the default branch's own.
    fn own(
        &mut self,
        head: ObjectId,
        default: Option<ObjectId>,
        trunk: &HashSet<ObjectId>,
    ) -> (Vec<ObjectId>, Begins) {
        let (mut chain, mut begins) = self.chain(head, trunk);
        if begins == Begins::Root {
            let base = default
                .and_then(|default| self.git.merge_base(&commit_id(head), &commit_id(default)));
            let base = base.and_then(|base| object_id(&base.0));
            let place = base.and_then(|base| chain.iter().position(|id| *id == base));
            if let Some(place) = place {
                chain.truncate(place + 1);
                begins = Begins::Cut;
            }
        }
        (chain, begins)
    }

    fn strand(
        &mut self,
        chain: &[ObjectId],
        begins: Begins,
        tagged: &BTreeSet<CommitId>,
        numbers: &mut HashMap<ObjectId, usize>,
    ) -> Strand {
        let mut strand = Strand { steps: Vec::new(), begins, tagged: BTreeMap::new() };
        for id in chain {
            let files = self.files(*id, numbers);
            let commit = commit_id(*id);
            if strand.steps.last().is_none_or(|step| step.files != files) {
                let moment = self.commits.get(id).and_then(|(_, moment)| *moment);
                strand.steps.push(Step { commit: commit.clone(), moment, files });
            }
            if tagged.contains(&commit) {
                strand.tagged.insert(commit, strand.steps.len() - 1);
            }
        }
        strand
    }

    /// The number of a commit's set of files.
    fn files(&mut self, id: ObjectId, numbers: &mut HashMap<ObjectId, usize>) -> usize {
        if let Some(known) = numbers.get(&id) {
            return *known;
        }
        // Nobody knows what a tree has that cannot be read, or that is too much.
        let number = match self.walker.number(&commit_id(id)) {
            Ok(tree) => self.of_tree(tree),
            Err(_) => self.set(Files { found: Vec::new(), has_gap: true }),
        };
        numbers.insert(id, number);
        number
    }

    fn of_tree(&mut self, tree: usize) -> usize {
        if let Some(known) = self.by_tree.get(&tree) {
            return *known;
        }
        if self.entries >= self.most {
            return self.set(Files { found: Vec::new(), has_gap: true });
        }
        let Walked { files, skipped } = self.walker.walked(tree);
        let mut found = Vec::new();
        for file in files.into_iter().filter(|file| !(self.excludes)(&file.path)) {
            let next = u32::try_from(self.numbers.len()).unwrap_or(u32::MAX);
            found.push(*self.numbers.entry(file).or_insert(next));
        }
        let has_gap =
            skipped.iter().any(|skipped| skipped.is_gap && !(self.excludes)(&skipped.path));
        let set = self.set(Files { found, has_gap });
        self.by_tree.insert(tree, set);
        set
    }

    fn set(&mut self, files: Files) -> usize {
        if let Some(known) = self.sets.get(&files) {
            return *known;
        }
        self.entries += files.found.len();
        let next = self.sets.len();
        self.sets.insert(files, next);
        next
    }
}
