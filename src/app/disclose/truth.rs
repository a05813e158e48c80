//! Whether what is about to be told is so, as git sees it.

use super::Opened;
use crate::{
    app::{Error, print},
    disclose::{
        record::Step,
        track::{Need, Tracked, unverified},
    },
};

/// What git contradicts is told to nobody, and from the public day on what git does not show yet, either.
/// Before that day `what` is a draft: whoever writes it is told what is not true yet.
pub(super) fn refuse_untrue(opened: &Opened, what: &str, tracked: &Tracked) -> Result<(), Error> {
    let public = opened.record.step(Step::Public);
    let is_due = public.actual.is_some()
        || public.expected.is_none_or(|expected| expected.day <= opened.today);
    let contradicted = tracked.cells.iter().flat_map(|cell| &cell.contradictions).count();
    let count = note_untrue(opened, tracked);
    if contradicted == 0 && (count == 0 || !is_due) {
        if count > 0 {
            print::note("this is a draft: git does not show all of it yet");
        }
        return Ok(());
    }
    let things = if count == 1 { "thing is" } else { "things are" };
    Err(Error::Disclose {
        because: format!(
            "{count} {things} not as `{}` says, so {what} is not written",
            opened.record.id
        ),
        hint: Some("`patchline disclose status` shows what git has".to_owned()),
    })
}

/// Says what git does not show, and how much it is.
pub(super) fn note_untrue(opened: &Opened, tracked: &Tracked) -> usize {
    let needs = unverified(&opened.record, tracked);
    for need in &needs {
        print::note(&said(need));
    }
    needs.len()
}

fn said(need: &Need) -> String {
    let line = need.line.as_ref().map(|line| format!("{line} ")).unwrap_or_default();
    let advisory = need.advisory.as_ref().map(|id| format!("{id}: ")).unwrap_or_default();
    format!("{line}{advisory}{}", need.what)
}
