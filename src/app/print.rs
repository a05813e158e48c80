//! stdout carries data only; everything else goes to stderr.

use std::{
    io::{self, Write as _},
    path::PathBuf,
};

use anstream::{AutoStream, ColorChoice};

use super::Error;
use crate::{
    cli::Color,
    escape,
    model::{ReleaseLine, Trouble, Weight},
    report::text,
};

/// A page with styles, which are dropped where they do not belong.
pub(super) fn page(text: &str, color: Color) -> Result<(), Error> {
    let choice = match color {
        Color::Auto => ColorChoice::Auto,
        Color::Always => ColorChoice::Always,
        Color::Never => ColorChoice::Never,
    };
    let mut stdout = match choice {
        ColorChoice::Auto => AutoStream::auto(io::stdout()),
        choice => AutoStream::new(io::stdout(), choice),
    }
    .lock();
    finish(stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()))
}

/// A document, byte for byte.
pub(super) fn data(text: &str) -> Result<(), Error> {
    let mut stdout = io::stdout().lock();
    finish(stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()))
}

/// A JSON document, written as it is made, with a line feed at the end.
pub(super) fn json(document: &impl serde::Serialize) -> Result<(), Error> {
    let mut stdout = io::BufWriter::new(io::stdout().lock());
    let written = serde_json::to_writer_pretty(&mut stdout, document).map_err(io::Error::from);
    finish(written.and_then(|()| stdout.write_all(b"\n")).and_then(|()| stdout.flush()))
}

/// Something worth knowing beside the document.
pub(super) fn note(text: &str) {
    let _ = writeln!(io::stderr(), "note: {}", escape::line(text));
}

/// Says that nobody declared what is about to be passed on, if so.
pub(super) fn assumed(lines: &[ReleaseLine]) {
    if lines.iter().any(|line| line.is_scanned() && line.is_assumed()) {
        note(
            "the supported lines are assumed: nothing declares them; `patchline init` writes a \
             configuration to correct before others rely on this",
        );
    }
}

/// What a document has no place for, and its reader should know.
pub(super) fn warnings(troubles: &[Trouble]) {
    let mut stderr = io::stderr().lock();
    for trouble in troubles.iter().filter(|trouble| trouble.weight == Weight::Warning) {
        let place = trouble.origin.as_ref().map(|origin| {
            let row = origin.row.map(|row| format!(":{row}")).unwrap_or_default();
            format!("{}{row}: ", escape::line(&origin.path))
        });
        let place = place.unwrap_or_default();
        let _ = writeln!(stderr, "warning: {place}{}", escape::line(&trouble.message));
        if let Some(hint) = &trouble.hint {
            let _ = writeln!(stderr, "hint: {}", escape::line(hint));
        }
    }
}

/// The width of the terminal, or a fixed one, so that a log never depends on who reads it.
pub(super) fn width() -> usize {
    terminal_size::terminal_size_of(io::stdout())
        .map_or(text::WIDTH, |(width, _)| usize::from(width.0).max(60))
}

/// A reader that went away (`| head`) is no failure of the report.
fn finish(result: io::Result<()>) -> Result<(), Error> {
    match result {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        result => result.map_err(|source| Error::Write { path: PathBuf::from("<stdout>"), source }),
    }
}
