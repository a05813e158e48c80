//! Where the record and git say different things of one line.

use super::{
    Contradiction, ContradictionKind as Kind, Fix, Hole, Named,
    cell::Context,
    released::{ReleaseAt, is_version},
    story::{Method, Role},
    tip::FixAt,
};
use crate::{
    disclose::{
        affected,
        record::{Disclosure, LineRow, LineStatus},
    },
    model::{Release, ReleaseLine},
};

/// What was seen of one advisory on one line.
pub(super) struct Seen<'a> {
    pub advisory: &'a Disclosure,
    pub row: Option<&'a LineRow>,
    /// `None`: the project has no such line.
    pub line: Option<&'a ReleaseLine>,
    pub hole: &'a Hole,
    /// `None`: the line has no branch.
    pub head: Option<&'a FixAt>,
    /// The first release with the fix, if every later one is safe.
    pub first: Option<(&'a Release, Method)>,
    /// The lowest version first.
    pub releases: &'a [ReleaseAt<'a>],
    /// The record says somehow which commits are the fix.
    pub names_commits: bool,
}

/// Justifications that are true although the commit with the hole is there.
const LETS_CODE_BE_THERE: [&str; 3] = [
    "vulnerable_code_not_in_execute_path",
    "vulnerable_code_cannot_be_controlled_by_adversary",
    "inline_mitigations_already_exist",
];

pub(super) fn all(seen: &Seen<'_>, fix: &Fix, context: &Context<'_>) -> Vec<Contradiction> {
    let mut found = Vec::new();
    let mut say = |kind: Kind, message: String, mend: &str| {
        found.push(Contradiction { kind, message, mend: mend.to_owned() });
    };
    let is_ended = seen
        .row
        .is_some_and(|row| matches!(row.status, LineStatus::Ended | LineStatus::NotEvaluated));
    // What has ended may have left nothing behind.
    if seen.line.is_none() && !is_ended {
        let message = "the record has a row for it, and the project has no such line".to_owned();
        say(Kind::NoSuchLine, message, "correct the name of the line, or remove the row");
    }
    for name in names(seen) {
        match context.facts().named.get(name) {
            Some(Named::Absent { is_shallow: false }) => say(
                Kind::NoSuchCommit,
                format!("commit `{name}` is not in this repository"),
                "correct it, or fetch the branch that it is on",
            ),
            Some(Named::NoCommit) => say(
                Kind::NoSuchCommit,
                format!("`{name}` is not the name of a commit"),
                "give the digits of the commit",
            ),
            Some(Named::Ambiguous) => say(
                Kind::AmbiguousCommit,
                format!("more than one commit begins with `{name}`"),
                "give all forty digits",
            ),
            Some(Named::Commit(node)) if is_fix(seen, name) && context.is_empty(*node) => say(
                Kind::EmptyFix,
                format!("commit `{name}` is named as the fix, and changes nothing"),
                "name the commit that makes the change",
            ),
            Some(Named::Commit(_) | Named::Absent { is_shallow: true }) | None => {}
        }
    }
    hole(seen, &mut say);
    other_commit(seen, context, &mut say);
    releases(seen, fix, &mut say);
    // Patches without a release are a courtesy, and no promise is broken by them.
    let is_courtesy = seen.row.is_some_and(|row| row.is_courtesy) && seen.first.is_none();
    if let Fix::NonePlanned { .. } = fix
        && !is_courtesy
        && (seen.first.is_some() || matches!(seen.head, Some(FixAt::There { .. })))
    {
        say(
            Kind::FixedAllTheSame,
            "the record says that there will be no fix, and the line has it".to_owned(),
            "remove `no-fix` from the row",
        );
    }
    found
}

fn is_fix(seen: &Seen<'_>, name: &String) -> bool {
    seen.advisory.fix.contains(name) || seen.row.is_some_and(|row| row.fix.contains(name))
}

/// What the record names for this line, once each.
fn names<'a>(seen: &Seen<'a>) -> Vec<&'a String> {
    let of_row = seen.row.into_iter().flat_map(|row| row.fix.iter().chain(&row.introduced));
    let of_advisory = seen.advisory.fix.iter().chain(&seen.advisory.introduced);
    // A row that needs nothing is not held up by what is wrong elsewhere.
    let is_affected = seen.row.is_none_or(|row| row.status == LineStatus::Affected);
    let mut names: Vec<&String> = of_advisory.filter(|_| is_affected).chain(of_row).collect();
    names.sort_unstable();
    names.dedup();
    names
}

fn hole(seen: &Seen<'_>, say: &mut dyn FnMut(Kind, String, &str)) {
    let Some(row) = seen.row else { return };
    match (row.status, seen.hole) {
        (LineStatus::Affected, Hole::Absent) if seen.line.is_some() => say(
            Kind::AffectedDiffers,
            "the record says that the line is affected, and what brought the hole in is nowhere on it"
                .to_owned(),
            "if it is not affected, say so with a justification; if it is, name the commit of the \
             branch that brought it in under `introduced`",
        ),
        (LineStatus::NotAffected, Hole::Present { since, method }) => {
            let is_excused =
                row.justification.as_deref().is_some_and(|word| LETS_CODE_BE_THERE.contains(&word));
            if !is_excused && !is_mended_from_the_first(seen) {
                say(
                    Kind::AffectedDiffers,
                    format!(
                        "the record says that the line is not affected, and commit {} brought the \
                         hole in (by {})",
                        since.short(),
                        method.as_str()
                    ),
                    "say that it is affected, or give a justification that holds with the code there",
                );
            }
        }
        _ => {}
    }
}

/// True of a line that began after the fix: no release of it was ever affected, though its history has
/// what brought the hole in.
fn is_mended_from_the_first(seen: &Seen<'_>) -> bool {
    let first = seen.releases.first().map(|at| &at.release.tag);
    let is_on_branch = matches!(seen.head, None | Some(FixAt::There { .. }));
    is_on_branch && first.is_some() && seen.first.map(|(release, _)| &release.tag) == first
}

/// The row names a commit that is not there, and the fix is, by another one.
fn other_commit(seen: &Seen<'_>, context: &Context<'_>, say: &mut dyn FnMut(Kind, String, &str)) {
    let (Some(row), Some(line), Some(FixAt::There { by, .. })) = (seen.row, seen.line, seen.head)
    else {
        return;
    };
    let head = line.head.as_ref().and_then(|head| head.commit.as_ref());
    for name in &row.fix {
        let Some(story) = context.story(name, Role::Fix) else { continue };
        if matches!(story.named, Named::Commit(_)) && !context.is_behind(story, head) {
            let there = context.facts().graph.id(*by);
            say(
                Kind::OtherCommit,
                format!(
                    "commit `{name}` is not on the branch; the fix is there as {}",
                    there.short()
                ),
                "name that one on the row",
            );
        }
    }
}

fn releases(seen: &Seen<'_>, fix: &Fix, say: &mut dyn FnMut(Kind, String, &str)) {
    let is_affected = seen.row.is_some_and(|row| row.status == LineStatus::Affected);
    if !is_affected || matches!(fix, Fix::NonePlanned { .. }) {
        return;
    }
    let wanted = seen.row.and_then(|row| row.fixed_in.as_deref());
    let named = wanted.and_then(|wanted| {
        seen.releases.iter().find(|at| is_version(at.release, wanted)).map(|at| (wanted, at))
    });
    let first = seen.first.map(|(release, _)| release);
    match (wanted, named) {
        (Some(wanted), None) if seen.line.is_some() => {
            if let Some(first) = first {
                say(
                    Kind::NoSuchTag,
                    format!(
                        "the record says `{wanted}`, which is not tagged; `{}` has the fix",
                        first.tag
                    ),
                    "correct `fixed-in`",
                );
            } else if seen.row.is_some_and(|row| row.is_courtesy) {
                // Of other lines, the release itself is missing.
                say(
                    Kind::NoSuchTag,
                    format!("the record says `{wanted}`, which is not tagged"),
                    "tag it; or remove `fixed-in`, as a courtesy is patches without a release",
                );
            }
        }
        (_, Some((_, at))) if twin(seen, at).is_some() => {
            let twin = twin(seen, at).unwrap_or_default();
            say(
                Kind::TagLacksFix,
                format!(
                    "`{}` stands on the same commit as `{twin}`, which is said to be affected",
                    at.release.tag
                ),
                "tag a commit that has the fix, or correct the row",
            );
        }
        (_, Some((_, at))) if seen.names_commits => match &at.fix {
            FixAt::Lacking | FixAt::Partly { .. } | FixAt::Undone { .. } | FixAt::Gone { .. } => {
                say(
                    Kind::TagLacksFix,
                    format!("the record says `{}`, and that release lacks the fix", at.release.tag),
                    "correct `fixed-in`; if the fix was changed for the line, name its commit on the row",
                );
            }
            FixAt::There { .. } => {
                if let Some(first) = first.filter(|first| first.tag != at.release.tag) {
                    earlier_or_lost(seen, first, at, say);
                }
            }
            FixAt::Unknown(_) => {}
        },
        _ => {}
    }
    if let Some((_, at)) = named {
        lost_after(seen, at, say);
    }
    lost(seen, say);
    let head_lacks = matches!(
        seen.head,
        Some(FixAt::Lacking | FixAt::Partly { .. } | FixAt::Undone { .. } | FixAt::Gone { .. })
    );
    if let (true, Some(first), true) = (head_lacks, first, seen.names_commits) {
        let branch =
            seen.line.and_then(ReleaseLine::branch_name).unwrap_or("the branch").to_owned();
        say(
            Kind::BranchLacksFix,
            format!(
                "`{}` has the fix, and `{branch}` lacks it: the next release loses it",
                first.tag
            ),
            "bring the fix to the branch, too",
        );
    }
}

/// A release of the very commit of another one, which the row calls affected.
fn twin<'a>(seen: &Seen<'a>, at: &ReleaseAt<'_>) -> Option<&'a str> {
    let affected = affected::intervals(seen.row?.affected.as_deref()?)?;
    let is_affected =
        |release: &Release| affected.iter().any(|of| of.contains(&release.version) == Some(true));
    let others = seen.releases.iter().map(|other| other.release);
    let twin = others
        .filter(|other| other.tag != at.release.tag && other.commit.is_some())
        .find(|other| other.commit == at.release.commit && is_affected(other));
    twin.map(|other| other.tag.as_str())
}

/// The first release that stays mended is not the one that is named.
fn earlier_or_lost(
    seen: &Seen<'_>,
    first: &Release,
    named: &ReleaseAt<'_>,
    say: &mut dyn FnMut(Kind, String, &str),
) {
    let place = |tag: &str| seen.releases.iter().position(|at| at.release.tag == tag);
    if place(&first.tag) < place(&named.release.tag) {
        say(
            Kind::FixedEarlier,
            format!(
                "the record says `{}`, and `{}` has the fix already",
                named.release.tag, first.tag
            ),
            "correct `fixed-in`",
        );
    }
}

/// The named release has the fix, a later one lost it, and one after that has it again: whoever took the
/// one between believes the record, and is affected.
fn lost_after(seen: &Seen<'_>, named: &ReleaseAt<'_>, say: &mut dyn FnMut(Kind, String, &str)) {
    let place = seen.releases.iter().position(|at| at.release.tag == named.release.tag);
    let (Some(place), Some((first, _)), FixAt::There { .. }) = (place, seen.first, &named.fix)
    else {
        return;
    };
    let later = &seen.releases[place + 1..];
    if let Some(between) = later.iter().rev().find(|at| at.has_lost()) {
        say(
            Kind::FixLost,
            format!(
                "`{}` has the fix, and `{}`, which is later, lacks it; `{}` has it again",
                named.release.tag, between.release.tag, first.tag
            ),
            "name the last of them under `fixed-in`, and the one between under `affected`",
        );
    }
}

/// A release lacks what an earlier one had.
fn lost(seen: &Seen<'_>, say: &mut dyn FnMut(Kind, String, &str)) {
    let Some(had) = seen.releases.iter().position(|at| matches!(at.fix, FixAt::There { .. }))
    else {
        return;
    };
    let later = &seen.releases[had + 1..];
    // What came right again afterwards is history, unless the record names what was before it.
    if let Some(last) = later.iter().rev().find(|at| at.has_lost())
        && seen.first.is_none()
    {
        say(
            Kind::FixLost,
            format!(
                "`{}` has the fix, and `{}`, which is later, lacks it",
                seen.releases[had].release.tag, last.release.tag
            ),
            "make a release with the fix",
        );
    }
}
