//! Where two histories part.

use std::collections::{BinaryHeap, HashMap};

use gix::ObjectId;
use jiff::Timestamp;

use super::{
    Git, commit_id,
    commits::{Commit, shallow},
    object_id,
};
use crate::model::CommitId;

/// More commits than this are not read.
const MOST_COMMITS: usize = 100_000;
/// Behind the one commit, behind the other.
const SIDES: [u8; 2] = [1, 2];
const BOTH: u8 = 3;

impl Git {
    /// Where two histories part: the best commit that both have behind them. `None`: they have none,
    /// or the history at hand does not show it.
    pub fn merge_base(&self, one: &CommitId, other: &CommitId) -> Option<CommitId> {
        let repository = self.objects();
        let shallow = shallow(&repository);
        if shallow.is_empty() {
            let base = repository.merge_base(object_id(&one.0)?, object_id(&other.0)?).ok()?;
            return base.map(|base| commit_id(base.detach()));
        }
        let mut buffer = Vec::new();
        let mut sides: HashMap<ObjectId, u8> = HashMap::new();
        let mut queue: BinaryHeap<(i64, ObjectId)> = BinaryHeap::new();
        let mut read = |id: ObjectId| -> Option<(i64, Vec<ObjectId>)> {
            let commit = Commit::read(&repository, id, &mut buffer)?;
            Some((commit.date.map_or(i64::MIN, Timestamp::as_second), commit.parents))
        };
        for (commit, side) in [one, other].into_iter().zip(SIDES) {
            let id = object_id(&commit.0)?;
            *sides.entry(id).or_default() |= side;
            queue.push((read(id)?.0, id));
        }
        for _ in 0..MOST_COMMITS {
            // The newest first: what is met from both sides first has nothing newer in common.
            let (_, id) = queue.pop()?;
            let side = sides.get(&id).copied()?;
            if side == BOTH {
                return Some(commit_id(id));
            }
            // Behind a cut there may be something newer than what is found later.
            if shallow.contains(&id) {
                return None;
            }
            for parent in read(id)?.1 {
                let known = sides.entry(parent).or_default();
                if *known | side != *known {
                    *known |= side;
                    queue.push((read(parent)?.0, parent));
                }
            }
        }
        None
    }
}
