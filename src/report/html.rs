//! The whole state of all lines as one page that a project can publish.
//!
//! The page is complete by itself: no script, no font, no picture and no style comes from anywhere,
//! and its policy (CSP) allows none. It can be read without colours, without a mouse, on a phone and
//! on paper; its filters are style sheets. What strangers wrote is text and never markup: every piece
//! goes through `escape::html`. A run that did not see everything has no green on its page.

mod details;
mod lines;
mod looked;
mod made;
mod matrix;
mod process;
mod proposal;
mod silence;
mod statements;
mod timelines;
mod top;

use std::fmt::Write as _;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use sha2::{Digest as _, Sha256};

pub use self::process::Process;
use crate::{
    escape::html::{address, message, text},
    model::{Finding, FindingKey, History, Origin, Report, Word, short_name},
    report::rows,
};

/// What a page is about.
#[derive(Clone, Copy, Debug)]
pub struct Shown<'a> {
    pub report: &'a Report,
    /// `None`: nobody asked how it came to this.
    pub history: Option<&'a History>,
    pub process: &'a Process,
}

/// What every page looks like.
const STYLE: &str = include_str!("html/page.css");

/// A part of the page that the list of contents leads to.
struct Section {
    id: &'static str,
    title: &'static str,
    /// Safe, and not empty.
    body: String,
}

/// The page.
pub fn page(shown: &Shown<'_>) -> String {
    let report = shown.report;
    let rows = rows::rows(report);
    let sections: Vec<Section> = [
        proposal::section(report),
        looked::gaps(report),
        lines::section(report),
        Some(matrix::section(report, &rows)),
        shown.history.map(|history| timelines::section(history, is_blind(report))),
        silence::section(report),
        statements::section(report),
        process::section(shown),
        looked::section(report),
        Some(made::section(shown)),
    ]
    .into_iter()
    .flatten()
    .collect();

    let filters = matrix::filters(report, &rows);
    let mut page = String::with_capacity(128 * 1024);
    let _ = write!(
        page,
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src {} {}; \
         base-uri 'none'; form-action 'none'\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n\
         <meta name=\"referrer\" content=\"no-referrer\">\n\
         <meta name=\"generator\" content=\"Patchline {}\">\n\
         <title>{}</title>\n<style>{STYLE}</style>\n<style>{filters}</style>\n</head>\n",
        hash(STYLE),
        hash(&filters),
        env!("CARGO_PKG_VERSION"),
        top::title(report),
    );
    // Nothing is green where something was not seen.
    let sight = if is_blind(report) { " class=\"blind\"" } else { "" };
    let _ =
        write!(page, "<body{sight}>\n<a class=\"skip\" href=\"#main\">Skip to the content</a>\n");
    top::draw(&mut page, report, &sections);
    page.push_str("<main id=\"main\" tabindex=\"-1\">\n");
    for Section { id, title, body } in &sections {
        let _ = write!(
            page,
            "<section id=\"{id}\" aria-labelledby=\"h-{id}\">\n<h2 id=\"h-{id}\">{title}</h2>\n{body}</section>\n"
        );
    }
    page.push_str("</main>\n");
    made::foot(&mut page, report);
    page.push_str("</body>\n</html>\n");
    page
}

/// True if something that had to be looked at was not.
fn is_blind(report: &Report) -> bool {
    report.coverage.iter().any(|coverage| coverage.covered.is_gap())
}

/// A style sheet as a policy names it.
fn hash(style: &str) -> String {
    format!("'sha256-{}'", STANDARD.encode(Sha256::digest(style.as_bytes())))
}

/// The letter that the style sheet knows a word by.
fn letter(word: Word) -> &'static str {
    match word {
        Word::Unpatched => "u",
        Word::FixedUnreleased => "r",
        Word::Patched => "p",
        Word::NotAffected => "n",
        Word::Suppressed => "s",
        Word::Unknown => "k",
        Word::Eol => "e",
    }
}

/// A name as code.
fn code(name: &str) -> String {
    match text(name).as_str() {
        "" => String::new(),
        name => format!("<code>{name}</code>"),
    }
}

/// A link around what is safe already; that alone, if nobody should be led there.
fn link(shown: &str, to: &str) -> String {
    match address(to) {
        Some(to) => format!("<a href=\"{to}\">{shown}</a>"),
        None => shown.to_owned(),
    }
}

/// A package, with its ecosystem where that is not plain.
fn package(key: &FindingKey) -> String {
    let note = rows::package_note(key).map(|note| format!(" ({})", text(&note)));
    format!("{}{}", text(&key.package), note.unwrap_or_default())
}

/// The severity as a word with a mark, and that it is exploited.
fn severity(finding: &Finding) -> String {
    let word = rows::severity(finding);
    let rating = match finding.severity.rating().filter(|rating| rating.as_str() == word) {
        Some(rating) => rating.as_str(),
        None => "other",
    };
    let exploited = if finding.exploited.is_some() { " <b class=\"x\">exploited</b>" } else { "" };
    format!("<span class=\"sev {rating}\">{}</span>{exploited}", text(&word))
}

/// A place in the repository: `SECURITY.md:15`, with the ref if it is not the default branch's.
fn place(origin: &Origin, default: Option<&str>) -> String {
    let reference = origin.reference.as_deref().filter(|reference| Some(*reference) != default);
    let row = origin.row.map(|row| format!(":{row}")).unwrap_or_default();
    let path = &origin.path;
    code(&match reference.map(short_name) {
        Some(reference) if path.is_empty() => reference.to_owned(),
        Some(reference) => format!("{reference}:{path}{row}"),
        None => format!("{path}{row}"),
    })
}

/// A message about what was read here. Where that lies on the machine is nobody else's business: of a
/// path from the root its last name is left.
fn told(words: &str) -> String {
    let shorter = |(at, piece): (usize, &str)| {
        let is_path = at % 2 == 1 && is_from_root(piece);
        let name = piece.rsplit(['/', '\\']).next().filter(|_| is_path);
        name.unwrap_or(piece).to_owned()
    };
    let pieces: Vec<String> = words.split('`').enumerate().map(shorter).collect();
    message(&pieces.join("`"))
}

/// `/srv/ferry`, `~/ferry`, `../ferry` and `C:\ferry`
fn is_from_root(path: &str) -> bool {
    let has_start = ["/", "~", "../", "\\\\"].iter().any(|start| path.starts_with(start));
    has_start || matches!(path.as_bytes(), [_, b':', b'/' | b'\\', ..])
}

/// The policy's file, without the folders of the machine that read it.
fn policy_file(path: &str) -> String {
    let is_elsewhere = path.starts_with(['/', '.', '~']) && !path.starts_with(".github/");
    let name = path.rsplit(['/', '\\']).next().filter(|_| is_elsewhere);
    code(name.unwrap_or(path))
}

/// Rows of a list; empty without any.
fn list(rows: impl IntoIterator<Item = String>) -> String {
    let rows: String = rows.into_iter().fold(String::new(), |mut all, row| {
        let _ = writeln!(all, "<li>{row}");
        all
    });
    if rows.is_empty() { rows } else { format!("<ul>\n{rows}</ul>\n") }
}

/// The same, with so many rows and the number of the rest.
fn first(rows: Vec<String>, shown: usize) -> String {
    match rows.len().saturating_sub(shown) {
        0 => list(rows),
        more => {
            let rest = format!("and {more} more: <code>patchline.json</code> has them all");
            list(rows.into_iter().take(shown).chain([rest]))
        }
    }
}

/// What is folded until somebody asks. The words are ours.
fn fold(summary: &str, body: &str) -> String {
    format!("<details>\n<summary>{summary}</summary>\n{body}</details>\n")
}

/// A table that may be wider than the page: it scrolls by itself, also with the keyboard.
fn scroller(name: &str, table: &str) -> String {
    format!(
        "<div class=\"wide\" role=\"region\" tabindex=\"0\" aria-label=\"{name}\">\n{table}</div>\n"
    )
}
