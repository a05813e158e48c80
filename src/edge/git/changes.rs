//! What git says of commits: which there are behind some tips, what their messages say of each other,
//! and what the digits that somebody wrote down lead to. Every commit is read once.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use gix::{
    ObjectId,
    objs::{CommitRef, FindExt as _, Kind},
};

use super::{Git, commits::shallow, object_id};
use crate::{
    disclose::track::{Commit, Cut, Digits, Facts, Graph, Mark, Named, Node, Patches, marks},
    model::CommitId,
};

/// More commits than this are not read.
const MOST_COMMITS: usize = 500_000;
/// Fewer digits than this name no commit; git asks for as many.
const FEWEST_DIGITS: usize = 4;
/// So many objects that begin with the same digits are looked at.
const MOST_ALIKE: usize = 64;

impl Git {
    /// What the history of `tips` says, and what `names` lead to: the digits of commits, all or the
    /// first of them. A tip that is not in this clone is left out. Changes are not compared.
    pub fn changes(&self, names: &BTreeSet<String>, tips: &[CommitId]) -> Facts {
        let repository = self.objects();
        let found: BTreeMap<&String, Found> =
            names.iter().map(|name| (name, look_up(&repository, name))).collect();
        let wanted = found.values().filter_map(|found| match found {
            Found::Commit(id) => Some(*id),
            Found::Absent | Found::Ambiguous | Found::NoCommit => None,
        });
        let mut walk =
            Walk { shallow: shallow(&repository), ..Walk::new(&repository, MOST_COMMITS) };
        let tips = tips.iter().filter_map(|commit| object_id(&commit.0));
        walk.run(wanted.chain(tips).collect());
        let is_shallow = !walk.shallow.is_empty();
        let leads = found
            .into_iter()
            .map(|(name, found)| {
                let known = match found {
                    Found::Commit(id) => walk.numbers.get(&id).map(|node| Named::Commit(*node)),
                    Found::Ambiguous => Some(Named::Ambiguous),
                    Found::NoCommit => Some(Named::NoCommit),
                    Found::Absent => None,
                };
                (name.clone(), known.unwrap_or(Named::Absent { is_shallow }))
            })
            .collect();
        Facts {
            graph: Graph::new(walk.commits),
            marks: walk.marks,
            named: leads,
            touched: BTreeMap::new(),
            contents: BTreeMap::new(),
            patches: Patches::default(),
        }
    }
}

/// What digits lead to.
enum Found {
    Commit(ObjectId),
    Absent,
    Ambiguous,
    /// They are no digits of an object, or that is none.
    NoCommit,
}

fn look_up(repository: &gix::Repository, name: &str) -> Found {
    let is_name = (FEWEST_DIGITS..=40).contains(&name.len())
        && name.bytes().all(|byte| byte.is_ascii_hexdigit());
    if !is_name {
        return Found::NoCommit;
    }
    let name = name.to_ascii_lowercase();
    let kind = |id: ObjectId| repository.find_header(id).ok().map(|header| header.kind());
    if let Some(id) = object_id(&name) {
        return match kind(id) {
            Some(Kind::Commit) => Found::Commit(id),
            Some(_) => Found::NoCommit,
            None => Found::Absent,
        };
    }
    let Ok(prefix) = gix::hash::Prefix::from_hex(&name) else { return Found::NoCommit };
    let mut alike = HashSet::new();
    match repository.objects.lookup_prefix(prefix, Some(&mut alike)) {
        Ok(Some(_)) => {}
        Ok(None) | Err(_) => return Found::Absent,
    }
    if alike.len() > MOST_ALIKE {
        return Found::Ambiguous;
    }
    // As git does: what is asked for is a commit, so files that begin alike do not matter.
    let mut commits = alike.iter().copied().filter(|id| kind(*id) == Some(Kind::Commit));
    match (commits.next(), commits.next()) {
        (Some(id), None) => Found::Commit(id),
        (Some(_), Some(_)) => Found::Ambiguous,
        (None, _) => Found::NoCommit,
    }
}

/// Commits as they are met.
struct Walk<'a> {
    repository: &'a gix::Repository,
    /// Commits whose parents are not in this clone.
    shallow: HashSet<ObjectId>,
    most: usize,
    numbers: HashMap<ObjectId, Node>,
    commits: Vec<Commit>,
    marks: BTreeMap<Node, Vec<Mark>>,
    buffer: Vec<u8>,
}

impl<'a> Walk<'a> {
    fn new(repository: &'a gix::Repository, most: usize) -> Self {
        Self {
            repository,
            shallow: HashSet::new(),
            most,
            numbers: HashMap::new(),
            commits: Vec::new(),
            marks: BTreeMap::new(),
            buffer: Vec::new(),
        }
    }

    /// Level by level, so that a bound cuts off what is old.
    fn run(&mut self, tips: Vec<ObjectId>) {
        let mut parents: Vec<Vec<ObjectId>> = Vec::new();
        let mut level = tips;
        while !level.is_empty() {
            let mut next = Vec::new();
            for id in level {
                if self.numbers.contains_key(&id) || self.commits.len() >= self.most {
                    continue;
                }
                let Some(found) = self.read(id) else { continue };
                next.extend(&found);
                parents.push(found);
            }
            level = next;
        }
        for (commit, parents) in self.commits.iter_mut().zip(parents) {
            let known = parents.iter().filter_map(|id| self.numbers.get(id).copied());
            commit.parents = known.collect();
            if commit.parents.len() < parents.len() {
                let is_full = self.numbers.len() >= self.most;
                commit.cut = Some(if is_full { Cut::Long } else { Cut::Unreadable });
            }
        }
    }

    /// Its parents; `None`: it is not in this clone, or cannot be read.
    fn read(&mut self, id: ObjectId) -> Option<Vec<ObjectId>> {
        let commit = self.repository.objects.find_commit(&id, &mut self.buffer).ok()?;
        let node = Node(u32::try_from(self.commits.len()).ok()?);
        let said = marks(commit.message);
        if !said.is_empty() {
            self.marks.insert(node, said);
        }
        let is_cut = self.shallow.contains(&id);
        let parents = if is_cut { Vec::new() } else { commit.parents().collect() };
        self.commits.push(Commit {
            id: digits(id)?,
            parents: Vec::new(),
            seconds: seconds(&commit),
            cut: is_cut.then_some(Cut::Shallow),
        });
        self.numbers.insert(id, node);
        Some(parents)
    }
}

fn seconds(commit: &CommitRef<'_>) -> Option<i64> {
    commit.committer().ok()?.time().ok().map(|time| time.seconds)
}

fn digits(id: ObjectId) -> Option<Digits> {
    id.as_bytes().try_into().ok()
}
