//! The first pass over a log: where the parts of each run are, without reading the results.

use std::ops::Range;

use super::cursor::{Cursor, Stop};
use crate::{import::pieces::Bytes, model::Trouble};

/// Where the results of a run are.
#[derive(Debug, Default)]
pub(super) enum Results {
    /// The run does not say whether it looked for anything.
    #[default]
    Absent,
    Listed(Vec<Range<usize>>),
    /// Something else than a list.
    Unreadable,
}

/// One run, as far as it reaches. Of duplicate keys the last one counts, but no results are lost.
#[derive(Debug, Default)]
pub(super) struct Layout {
    pub tool: Option<Range<usize>>,
    pub bases: Option<Range<usize>>,
    pub provenance: Option<Range<usize>>,
    pub invocations: Option<Range<usize>>,
    pub artifacts: Option<Range<usize>>,
    pub properties: Option<Range<usize>>,
    pub external: Option<Range<usize>>,
    pub results: Results,
    /// Why the run does not reach to its end.
    pub cut: Option<Stop>,
}

/// All runs of a log, and of logs that follow it in the same file.
pub(super) fn of(bytes: Bytes<'_>, trouble: &mut Vec<Trouble>) -> Vec<Layout> {
    let mut runs = Vec::new();
    let mut cursor = Cursor::over(bytes);
    let mut logs = 0;
    while cursor.peek() == Some(b'{') {
        logs += 1;
        if let Err(stop) = log(&mut cursor, &mut runs, trouble) {
            trouble.push(cut(stop));
            if let Some(because) = cursor.failed() {
                trouble.push(Trouble::warning(format!("the log cannot be read: {because}")));
            }
            return runs;
        }
    }
    if cursor.peek().is_some() {
        let at = cursor.position();
        trouble.push(Trouble::warning(format!("something that is no SARIF follows at byte {at}")));
    } else if logs > 1 {
        trouble.push(Trouble::info(format!("the file holds {logs} logs, one after the other")));
    }
    runs
}

fn cut(stop: Stop) -> Trouble {
    Trouble::warning(format!("the log was not read whole: {stop}"))
        .hint("write the report anew; what comes before was read")
}

fn log(
    cursor: &mut Cursor<'_>,
    runs: &mut Vec<Layout>,
    trouble: &mut Vec<Trouble>,
) -> Result<(), Stop> {
    cursor.entries(|key, cursor| {
        if key != "runs" {
            return cursor.skip().map(|_| ());
        }
        if cursor.peek() != Some(b'[') {
            trouble.push(Trouble::warning("`runs` is no list, so the log says nothing"));
            return cursor.skip().map(|_| ());
        }
        let before = runs.len();
        let mut number = 0;
        cursor.elements(|cursor| {
            number += 1;
            if cursor.peek() != Some(b'{') {
                trouble.push(Trouble::warning(format!("run {number} is no object")));
                return cursor.skip().map(|_| ());
            }
            let mut layout = Layout::default();
            let read = run(cursor, &mut layout);
            layout.cut = read.err();
            runs.push(layout);
            read
        })?;
        if runs.len() == before {
            trouble.push(Trouble::warning("the log holds no run that says anything"));
        }
        Ok(())
    })
}

fn run(cursor: &mut Cursor<'_>, layout: &mut Layout) -> Result<(), Stop> {
    cursor.entries(|key, cursor| {
        let part = match key {
            "tool" => &mut layout.tool,
            "originalUriBaseIds" => &mut layout.bases,
            "versionControlProvenance" => &mut layout.provenance,
            "invocations" => &mut layout.invocations,
            "artifacts" => &mut layout.artifacts,
            "properties" => &mut layout.properties,
            "externalPropertyFileReferences" => &mut layout.external,
            "results" => return results(cursor, &mut layout.results),
            _ => return cursor.skip().map(|_| ()),
        };
        *part = Some(cursor.skip()?);
        Ok(())
    })
}

fn results(cursor: &mut Cursor<'_>, results: &mut Results) -> Result<(), Stop> {
    match cursor.peek() {
        Some(b'[') => {}
        Some(b'n') => return cursor.skip().map(|_| ()),
        _ => {
            if !matches!(results, Results::Listed(_)) {
                *results = Results::Unreadable;
            }
            return cursor.skip().map(|_| ());
        }
    }
    if !matches!(results, Results::Listed(_)) {
        *results = Results::Listed(Vec::new());
    }
    let Results::Listed(listed) = results else { return Ok(()) };
    cursor.elements(|cursor| {
        listed.push(cursor.skip()?);
        Ok(())
    })
}
