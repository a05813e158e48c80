//! The change that a run is about: which commits it has, and what its base locks.

use std::collections::BTreeSet;

use super::Error;
use crate::{
    collect::{self, Supply},
    config::Scan,
    discover,
    edge::{files, git::Git, progress::Progress},
    event::{Event, Kind},
    judge,
    model::{CommitId, Coverage, Covered, Facts, LineId, Place, Support, Tip, Trouble, short_name},
    scan,
};

/// What somebody says of the change.
#[derive(Clone, Copy, Debug)]
pub(super) enum Asked<'a> {
    /// The run is about what is there.
    No,
    /// GitHub says it.
    Event(&'a Event),
    /// `--base`: what is checked out would go into this branch.
    Base(&'a str),
}

/// A change by its commits.
#[derive(Clone, Debug)]
pub(super) struct Change {
    number: Option<u64>,
    association: Option<String>,
    /// The branch that it would change, by its short name.
    branch: String,
    head: CommitId,
    /// `None`: nobody can tell where the change begins.
    base: Option<CommitId>,
}

/// Which change that is; its commits are brought, as far as they can be had.
pub(super) async fn find(supply: &mut Supply, asked: Asked<'_>) -> Result<Option<Change>, Error> {
    let change = match asked {
        Asked::No => return Ok(None),
        Asked::Base(name) => Some(since(supply, name).await?),
        Asked::Event(event) => of_event(supply, event).await?,
    };
    if let Some(base) = change.as_ref().and_then(|change| change.base.clone()) {
        supply.bring_commits(&[base]).await;
    }
    Ok(change)
}

async fn of_event(supply: &mut Supply, event: &Event) -> Result<Option<Change>, Error> {
    match &event.kind {
        Kind::PullRequest(pull) => {
            let merged = files::github_commit().filter(|_| !pull.has_secrets);
            let head = merged.unwrap_or_else(|| pull.head.clone());
            // Its parents tell where it begins, and it need not be what is checked out.
            supply.bring_commits(std::slice::from_ref(&head)).await;
            Ok(Some(Change {
                number: Some(pull.number),
                association: Some(pull.association.clone()),
                branch: pull.into.clone(),
                base: beginning(supply, &head, &pull.head, &pull.base).await,
                head,
            }))
        }
        Kind::MergeGroup(group) => {
            supply.bring_commits(std::slice::from_ref(&group.head)).await;
            Ok(Some(Change {
                number: None,
                association: None,
                branch: group.into.clone(),
                head: group.head.clone(),
                base: Some(group.base.clone()),
            }))
        }
        Kind::Unreadable { because } => Err(Error::Change { because: because.clone() }),
        _ => Ok(None),
    }
}

/// Where a change begins. What GitHub checks out is a merge that it made itself, of the branch and
/// the change: there, the branch's side is the merge base of both.
async fn beginning(
    supply: &mut Supply,
    seen: &CommitId,
    own: &CommitId,
    base: &CommitId,
) -> Option<CommitId> {
    let parents = supply.git().parents(seen);
    if let [branch, change] = parents.as_slice()
        && change == own
    {
        return Some(branch.clone());
    }
    supply.merge_base(seen, base).await
}

/// What is checked out, against the branch that it would go into.
async fn since(supply: &mut Supply, name: &str) -> Result<Change, Error> {
    let failed = |because: String| Error::Change { because };
    let head = supply.git().head();
    let (head, _) = head.ok_or_else(|| failed("nothing is checked out here".to_owned()))?;
    let branch = supply
        .resolve(name)
        .ok_or_else(|| failed(format!("`{name}` is neither a branch nor a commit here")))?;
    let base = supply.merge_base(&head, &branch).await.ok_or_else(|| {
        failed(format!("what is checked out and `{name}` have no common history here"))
    })?;
    let short = short_name(name);
    let short = short.strip_prefix("origin/").unwrap_or(short).to_owned();
    Ok(Change { number: None, association: None, branch: short, head, base: Some(base) })
}

/// The two commits between which suppressions and statements may change, and the ref to tell it of:
/// those of the change, else what is checked out and the branch that it would go into.
pub(super) fn compared_with(
    git: &Git,
    change: Option<&Change>,
    branch: Option<(String, CommitId)>,
) -> Option<(String, CommitId, CommitId)> {
    if let Some(change) = change {
        let reference = format!("refs/heads/{}", change.branch);
        return Some((reference, change.base.clone()?, change.head.clone()));
    }
    let (reference, base) = branch?;
    Some((reference, base, git.head()?.0))
}

/// Puts the change where it would go; gives the line.
pub(super) fn propose(git: &Git, change: &Change, support: &mut Support) -> Result<LineId, Error> {
    if !git.has(&change.head) {
        let because = format!("its commit {} is not in this clone", change.head.short());
        return Err(Error::Change { because });
    }
    Ok(discover::propose(support, &change.branch, &change.head))
}

/// What the base locks, and what is known of that. What cannot be had makes the run incomplete, and
/// everything that the change has counts as brought in.
pub(super) async fn compared(
    git: &Git,
    scan: &Scan,
    change: &Change,
    into: &LineId,
    facts: &mut Facts,
    progress: &Progress,
) -> Result<judge::Proposed, Error> {
    let place = Place { line: into.clone(), tip: Tip::Head };
    let base = change.base.clone().filter(|base| git.has(base));
    let mut proposed = judge::Proposed {
        number: change.number,
        into: into.clone(),
        base: change.base.clone().unwrap_or_else(|| change.head.clone()),
        head: change.head.clone(),
        association: change.association.clone(),
        before: None,
        evidence: Vec::new(),
        unchanged: BTreeSet::new(),
        lockfiles: BTreeSet::new(),
    };
    let own = facts.inventories.iter().filter(|inventory| inventory.place == place);
    let own = own.flat_map(|inventory| &inventory.lockfiles);
    proposed.lockfiles = own.map(|file| file.path.clone()).collect();
    let Some(base) = base else {
        let because = "where the change begins is not in this clone, so all that its line has counts \
             as brought in";
        let hint = "give actions/checkout `fetch-depth: 0`, or the action a token to fetch with";
        facts.trouble.push(Trouble::warning(because).hint(hint));
        let covered = Covered::Failed { because: because.to_owned() };
        facts.coverage.push(Coverage { source: "change".to_owned(), at: Some(place), covered });
        return Ok(proposed);
    };
    proposed.before = collect::inventory_at(git, scan, place, &base, progress).await?;
    let inventories = proposed.before.as_slice();
    proposed.evidence = scan::evidence(inventories, &facts.databases).evidence;
    let named = facts.reported.iter().filter_map(|reported| reported.reported.file.as_ref());
    let named: BTreeSet<&String> =
        named.chain(facts.alerts.iter().filter_map(|alert| alert.file.as_ref())).collect();
    let is_same = |path: &&&String| git.is_same(&base, &change.head, path);
    proposed.unchanged = named.iter().filter(is_same).map(|path| (*path).clone()).collect();
    let is_same = |path: &&String| git.is_same(&base, &change.head, path);
    proposed.unchanged.extend(proposed.lockfiles.iter().filter(is_same).cloned());
    Ok(proposed)
}
