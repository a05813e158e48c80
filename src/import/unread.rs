//! What could not be read of a report, said in the same words by every importer.

use super::{Document, Imported, Run};
use crate::{escape, model::Trouble};

/// More results that could not be read are counted and not listed.
const MOST_LISTED: usize = 100;

/// The longest piece of a report that a message quotes, in characters.
const LONGEST_QUOTE: usize = 100;

/// A document that is no report of this tool: somebody said that it is, or nothing is in it that the
/// tool writes. It is never an empty report.
pub(super) fn alien(source: &str, document: &Document<'_>) -> Imported {
    let mut run = Run::of(source);
    run.incomplete.push(match &document.cut {
        Some(cut) => format!("this is no report of {source}: {cut}"),
        None => format!("this is no report of {source}"),
    });
    Imported { runs: vec![run], trouble: rest(document) }
}

/// Says that a document was not read to its end.
pub(super) fn rest(document: &Document<'_>) -> Vec<Trouble> {
    let cut = document.cut.iter();
    cut.map(|cut| Trouble::warning(format!("the report is not read to its end: {cut}"))).collect()
}

/// Names a result that could not be read; `what` says which one and why.
pub(super) fn result(run: &mut Run, what: &str) {
    if run.trouble.len() < MOST_LISTED {
        run.trouble.push(Trouble::warning(what.to_owned()));
    } else if run.trouble.len() == MOST_LISTED {
        let message = format!("more than {MOST_LISTED} messages about this report are not shown");
        run.trouble.push(Trouble::warning(message));
    }
}

/// Says something good to know about a result.
pub(super) fn note(run: &mut Run, what: String) {
    if run.trouble.len() < MOST_LISTED {
        run.trouble.push(Trouble::info(what));
    }
}

/// Says what was left out by intention, if anything was.
pub(super) fn left_out(run: &mut Run, count: usize, what: &str) {
    if count > 0 {
        run.trouble.push(Trouble::info(format!("{count} {what} left out")));
    }
}

/// A reason why the run is not the whole truth, once each.
pub(super) fn incomplete(run: &mut Run, because: String) {
    if !run.incomplete.contains(&because) && run.incomplete.len() < MOST_LISTED {
        run.incomplete.push(because);
    }
}

/// A piece of the report inside a message.
pub(super) fn quote(text: &str) -> String {
    format!("`{}`", escape::cut(text, LONGEST_QUOTE))
}
