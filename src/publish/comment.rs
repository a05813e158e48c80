//! The one comment on a pull request: written when the change brings something in, kept up to date,
//! and set to rest when it brings nothing any more. Nobody gets a comment that says that all is well.

use super::{
    Comment, CommentChange, Effect, Event, NewComment, Plan, Policy, Publishes, Remote, Run, marker,
};
use crate::{
    model::{Outcome, Report},
    report,
};

/// GitHub takes 65,536 characters.
const LONGEST: usize = 65_000;
const RESOLVED: &str = "What this pull request brought in is gone: it adds no vulnerability to its \
                        line any more.";

pub(super) fn plan(
    report: &Report,
    policy: &Policy,
    run: &Run,
    comment: Option<&str>,
    remote: &Remote,
    plan: &mut Plan,
) {
    let Event::PullRequest { number, .. } = run.event else { return };
    // Without the comments, or without knowing which are ours, one more would be written each time.
    let (Some(comments), Some(viewer)) = (&remote.comments, &remote.viewer) else { return };
    if policy.comment == Publishes::Off {
        return;
    }
    let is_ours = |comment: &&Comment| {
        comment.author == *viewer && comment.body.trim_start().starts_with(marker::COMMENT)
    };
    let ours = comments.iter().filter(is_ours).min_by_key(|comment| comment.id);
    let effect = match (comment, ours) {
        (Some(text), None) => Effect::AddComment(NewComment { number, body: body(text) }),
        (Some(text), Some(ours)) => changed(number, ours, body(text)),
        (None, Some(ours)) if is_seen(report) => changed(number, ours, body(RESOLVED)),
        // What was not looked at may still be there.
        (None, _) => return,
    };
    let is_same = |effect: &Effect| match (effect, ours) {
        (Effect::ChangeComment(change), Some(ours)) => {
            ours.body.replace("\r\n", "\n").trim_end() == change.body.trim_end()
        }
        _ => false,
    };
    if !is_same(&effect) {
        plan.effects.push(effect);
    }
}

fn changed(number: u64, ours: &Comment, body: String) -> Effect {
    Effect::ChangeComment(CommentChange { id: ours.id, number, body })
}

fn body(text: &str) -> String {
    let text = text.strip_prefix(marker::COMMENT).unwrap_or(text).trim_start_matches('\n');
    let mut body = format!("{}\n", marker::COMMENT);
    let mut length = body.chars().count();
    for row in text.lines() {
        length += row.chars().count() + 1;
        if length > LONGEST {
            body.push_str("\nThe rest is in the job summary.\n");
            break;
        }
        body.push_str(row);
        body.push('\n');
    }
    body
}

/// True if the line of the change was looked at.
fn is_seen(report: &Report) -> bool {
    let into = report.proposal.as_ref().map(|proposal| &proposal.into);
    let line = report.lines.iter().find(|line| Some(&line.id) == into);
    let is_blind = super::is_blind(report) || report.outcome == Outcome::Incomplete;
    !is_blind && line.is_some_and(|line| report::is_seen(report, line))
}
