//! stdout carries data only; everything else goes to stderr.

use std::{
    io::{self, BufRead as _, IsTerminal as _, Read as _, Write as _},
    path::PathBuf,
};

use anstream::{AutoStream, ColorChoice};

use super::Error;
use crate::{
    cli::Color,
    edge::files,
    escape,
    model::{ReleaseLine, Trouble, Weight},
    report::text,
};

/// No answer to a question is longer.
const LONGEST_ANSWER: u64 = 1024;

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

/// A document of JSON, on one line or on several, without what the runner takes for a command.
pub(super) fn document(text: &str) -> Result<(), Error> {
    let mut stdout = Tame { to: io::stdout().lock(), hashes: 0 };
    finish(stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()))
}

/// A document, byte for byte.
pub(super) fn data(text: &str) -> Result<(), Error> {
    let mut stdout = io::stdout().lock();
    finish(stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()))
}

/// A text for people, byte for byte, but never where the runner of GitHub would obey a row of it.
pub(super) fn prose(text: &str) -> Result<(), Error> {
    let is_command = |row: &str| row.trim_start().starts_with("::") || row.contains("##[");
    if files::is_github_actions() && text.lines().any(is_command) {
        return Err(Error::Disclose {
            because: "the text has a row that the runner would take for a command of a workflow"
                .to_owned(),
            hint: Some("write it into a file with `--output`, or mend the record".to_owned()),
        });
    }
    data(text)
}

/// A JSON document, written as it is made, with a line feed at the end.
pub(super) fn json(document: &impl serde::Serialize) -> Result<(), Error> {
    let mut stdout = io::BufWriter::new(Tame { to: io::stdout().lock(), hashes: 0 });
    let written = serde_json::to_writer_pretty(&mut stdout, document).map_err(io::Error::from);
    finish(written.and_then(|()| stdout.write_all(b"\n")).and_then(|()| stdout.flush()))
}

/// Writes JSON so that it has no `##[`: the runner looks for that anywhere in a line of a log, and JSON
/// has it in texts only, where the bracket may be written otherwise.
struct Tame<W> {
    to: W,
    /// How many there were at the end of what was written, two at most.
    hashes: usize,
}

impl<W: io::Write> io::Write for Tame<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut from = 0;
        for (at, byte) in bytes.iter().enumerate() {
            match byte {
                b'[' if self.hashes == 2 => {
                    self.to.write_all(&bytes[from..at])?;
                    self.to.write_all(b"\\u005b")?;
                    (self.hashes, from) = (0, at + 1);
                }
                b'#' => self.hashes = (self.hashes + 1).min(2),
                _ => self.hashes = 0,
            }
        }
        self.to.write_all(&bytes[from..])?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}

/// Something worth knowing beside the document.
pub(super) fn note(text: &str) {
    let _ = writeln!(io::stderr(), "note: {}", escape::line(text));
}

/// True if somebody at a terminal can be asked.
pub(super) fn can_ask() -> bool {
    io::stdin().is_terminal() && io::stderr().is_terminal()
}

/// Asks somebody at a terminal; whatever is not yes is no.
pub(super) fn is_agreed(question: &str) -> bool {
    let _ = write!(io::stderr(), "{} [y/N] ", escape::line(question));
    let mut answer = String::new();
    let read = io::stdin().lock().take(LONGEST_ANSWER).read_line(&mut answer);
    read.is_ok() && is_yes(&answer)
}

fn is_yes(answer: &str) -> bool {
    matches!(answer.trim().to_ascii_lowercase().as_str(), "y" | "yes")
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_is_not_yes_is_no() {
        for (answer, expected) in [
            ("y\n", true),
            ("YES\r\n", true),
            ("", false),
            ("\n", false),
            ("n\n", false),
            ("yep\n", false),
        ] {
            assert_eq!(is_yes(answer), expected, "{answer:?}");
        }
    }

    #[test]
    fn json_says_the_same_and_commands_nothing() {
        for text in ["##[error]x", "a ###[b] #[c] ##", "[[1]]", "# #["] {
            let document = serde_json::json!([text]).to_string();
            for size in 1..6 {
                let mut tame = Tame { to: Vec::new(), hashes: 0 };
                for piece in document.as_bytes().chunks(size) {
                    tame.write_all(piece).expect("a vector takes everything");
                }
                let written = String::from_utf8(tame.to).expect("UTF-8");
                assert!(!written.contains("##["), "{written}");
                let read: serde_json::Value = serde_json::from_str(&written).expect("JSON");
                assert_eq!(read[0], *text);
            }
        }
    }
}
