//! Advisories × lines, with filters that are style sheets, and below it what is known of each.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
};

use super::{Section, details, fold, letter, package, scroller, severity};
use crate::{
    escape::html::text,
    model::{Decision, LineId, Report, Verdict, Word},
    report::{
        rows::{self, Row},
        state,
        words::{self, plural},
    },
};

/// More rows of what asks for nothing are in the other files.
const QUIET: usize = 600;
/// More rows of what asks for something are, too: a page that nobody can open tells nothing.
const MINDED: usize = 2_000;
/// What the rows may take, in bytes, whatever the number of lines.
const MOST: usize = 300 * 1024;
/// About what a cell takes, and a row beside its cells and its words.
const CELL: usize = 44;
const ROW: usize = 160;
/// Rules for more lines than this would be longer than what they hide.
const FILTERED: usize = 40;
/// More lines than this are printed across.
const UPRIGHT: usize = 6;
/// The columns before those of lines.
const LABELS: usize = 2;

/// The rows that are shown, those that ask for something first.
pub(super) struct Parts<'r, 'a> {
    pub(super) minded: Vec<&'r Row<'a>>,
    pub(super) quiet: Vec<&'r Row<'a>>,
    /// How many have no place.
    left_out: usize,
}

fn parts<'r, 'a>(rows: &'r [Row<'a>], lines: &[&LineId]) -> Parts<'r, 'a> {
    let is_here = |row: &&Row<'_>| lines.iter().any(|line| row.cells.contains_key(line));
    let (mut minded, mut quiet): (Vec<_>, Vec<_>) =
        rows.iter().filter(is_here).partition(|row| is_minded(row));
    let all = minded.len() + quiet.len();
    let mut room = MOST;
    let mut has_room = |row: &&Row<'_>| {
        let key = &row.finding.key;
        let size = ROW + CELL * lines.len() + text(&key.vulnerability).len() + package(key).len();
        room = room.saturating_sub(size);
        room > 0
    };
    minded.truncate(MINDED);
    quiet.truncate(QUIET);
    minded.truncate(minded.iter().take_while(|row| has_room(row)).count());
    quiet.truncate(quiet.iter().take_while(|row| has_room(row)).count());
    let left_out = all - minded.len() - quiet.len();
    Parts { minded, quiet, left_out }
}

fn is_minded(row: &Row<'_>) -> bool {
    row.cells.values().any(|verdict| verdict.decision > Decision::Note)
}

/// The lines that have a column.
fn columns(report: &Report) -> Vec<&LineId> {
    state::columns(report).into_iter().map(|(id, _)| id).collect()
}

/// The severities that there are, in the order of the rows.
fn severities(rows: &[Row<'_>]) -> Vec<String> {
    let mut seen = BTreeSet::new();
    let words = rows.iter().map(|row| rows::severity(row.finding));
    words.filter(|word| seen.insert(word.clone())).collect()
}

fn statuses(rows: &[Row<'_>]) -> BTreeSet<Word> {
    rows.iter().flat_map(|row| row.cells.values()).map(|verdict| verdict.word).collect()
}

pub(super) fn section(report: &Report, rows: &[Row<'_>]) -> Section {
    let lines = columns(report);
    let parts = parts(rows, &lines);
    let mut body = String::new();
    if parts.minded.is_empty() && parts.quiet.is_empty() {
        let far = if super::is_blind(report) { "As far as was looked, no" } else { "No" };
        let _ = writeln!(body, "<p>{far} advisory that anybody knows of touches these lines.</p>");
    } else {
        let severities = severities(rows);
        controls(&mut body, &lines, &severities, &statuses(rows));
        body.push_str(&scroller("Advisories by line", &table(&lines, &parts, &severities)));
        if parts.left_out > 0 {
            let _ = writeln!(
                body,
                "<p class=\"note\">{} more have no room here; <code>patchline.csv</code> and \
                 <code>patchline.json</code> have them all.</p>",
                parts.left_out
            );
        }
        body.push_str(&fold("What the words mean", &meanings()));
        body.push_str(&details::draw(report, &lines, &parts, &severities));
    }
    Section { id: "advisories", title: "Advisories", body }
}

fn controls(
    body: &mut String,
    lines: &[&LineId],
    severities: &[String],
    statuses: &BTreeSet<Word>,
) {
    body.push_str("<fieldset class=\"filters\">\n<legend>Show</legend>\n");
    let mut select = |name: &str, label: &str, any: &str, options: Vec<String>| {
        if options.len() < 2 {
            return;
        }
        let mut rows = String::new();
        for (index, option) in options.iter().enumerate() {
            let _ = write!(rows, "<option value=\"{}\">{option}", index + 1);
        }
        let _ = writeln!(
            body,
            "<label for=\"f-{name}\">{label}</label> <select id=\"f-{name}\" autocomplete=\"off\">\
             <option value=\"0\">{any}{rows}</select>"
        );
    };
    select("severity", "Severity", "every severity", severities.iter().map(|s| text(s)).collect());
    let words = statuses.iter().map(|word| word.as_str().to_owned()).collect();
    select("status", "State", "every state", words);
    if lines.len() <= FILTERED {
        select("line", "Line", "every line", lines.iter().map(|line| text(&line.0)).collect());
    }
    body.push_str(
        "</fieldset>\n<p class=\"filtered\">Some rows are hidden by the choice above.</p>\n",
    );
}

/// The rules that hide what is not chosen.
pub(super) fn filters(report: &Report, rows: &[Row<'_>]) -> String {
    let lines = columns(report);
    let severities = severities(rows);
    let statuses = statuses(rows);
    let chosen = |name: &str, value: usize| {
        format!("#advisories:has(#f-{name} option[value=\"{value}\"]:checked)")
    };
    let mut css = String::new();
    for index in 0..severities.len() {
        let at = chosen("severity", index + 1);
        let _ = write!(css, "{at} .a:not(.s{index}){{display:none}}");
    }
    for (index, word) in statuses.iter().enumerate() {
        let at = chosen("status", index + 1);
        let letter = letter(*word);
        let _ = write!(
            css,
            "{at} tr.a:not(:has(>.{letter})),{at} details.a:not(:has(li.{letter})){{display:none}}"
        );
    }
    for column in 0..lines.len().min(FILTERED) {
        let at = chosen("line", column + 1);
        let place = column + LABELS + 1;
        let _ = write!(
            css,
            "{at} tr:not(.g)>:nth-child(n+{}):not(:nth-child({place})),\
             {at} tr.a:has(>.o:nth-child({place})),\
             {at} details.a:not(:has(li.l{column})){{display:none}}",
            LABELS + 1
        );
        for (index, word) in statuses.iter().enumerate() {
            let both = format!("{at}:has(#f-status option[value=\"{}\"]:checked)", index + 1);
            let letter = letter(*word);
            let _ = write!(
                css,
                "{both} tr.a:not(:has(>.{letter}:nth-child({place}))),\
                 {both} details.a:not(:has(li.{letter}.l{column})){{display:none}}"
            );
        }
    }
    css
}

fn table(lines: &[&LineId], parts: &Parts<'_, '_>, severities: &[String]) -> String {
    let many = if lines.len() > UPRIGHT { " many" } else { "" };
    let mut table = format!(
        "<table class=\"matrix{many}\">\n<caption>Advisories by line, the gravest first</caption>\n\
         <thead><tr><th scope=\"col\">Advisory<th scope=\"col\">Severity",
    );
    for line in lines {
        let _ = write!(table, "<th scope=\"col\">{}", text(&line.0));
    }
    table.push_str("</thead>\n");
    let width = lines.len() + LABELS;
    let count = parts.minded.len();
    let asks = format!("{count} {} for something", plural(count, "asks", "ask"));
    group(&mut table, &asks, width, &parts.minded, 0, lines, severities);
    let count = parts.quiet.len();
    let nothing = format!("{count} {} for nothing now", plural(count, "asks", "ask"));
    group(&mut table, &nothing, width, &parts.quiet, parts.minded.len(), lines, severities);
    table.push_str("</table>\n");
    table
}

fn group(
    table: &mut String,
    title: &str,
    width: usize,
    rows: &[&Row<'_>],
    before: usize,
    lines: &[&LineId],
    severities: &[String],
) {
    if rows.is_empty() {
        return;
    }
    let _ = write!(
        table,
        "<tbody>\n<tr class=\"g\"><th scope=\"rowgroup\" colspan=\"{width}\"><span>{title}</span>\n"
    );
    for (index, row) in rows.iter().enumerate() {
        let number = before + index + 1;
        let _ = write!(
            table,
            "<tr class=\"a {}\"><th scope=\"row\"><a href=\"#a{number}\">{}</a> <span>{}</span><td>{}",
            class(row, severities),
            text(&row.finding.key.vulnerability),
            package(&row.finding.key),
            severity(row.finding)
        );
        for line in lines {
            match row.cells.get(line) {
                None => table.push_str("<td class=o>–"),
                Some(verdict) => cell(table, verdict),
            }
        }
        table.push('\n');
    }
    table.push_str("</tbody>\n");
}

/// The class that the filters know a row by.
pub(super) fn class(row: &Row<'_>, severities: &[String]) -> String {
    let word = rows::severity(row.finding);
    let index = severities.iter().position(|known| *known == word);
    index.map(|index| format!("s{index}")).unwrap_or_default()
}

/// The classes that the filters know lines by, each after a space.
pub(super) fn columns_of(named: &[&LineId], lines: &[&LineId]) -> String {
    let column = |id: &&LineId| lines.iter().take(FILTERED).position(|line| line == id);
    named.iter().filter_map(column).fold(String::new(), |mut classes, column| {
        let _ = write!(classes, " l{column}");
        classes
    })
}

/// The word, strong where it fails, and why it does not where one would think so.
fn cell(table: &mut String, verdict: &Verdict) {
    let (letter, word) = (letter(verdict.word), verdict.word.as_str());
    let _ = match (verdict.decision, words::softened(verdict)) {
        (Decision::Fail, _) => write!(table, "<td class=\"{letter} f\">{word} <i>fails</i>"),
        (_, Some(why)) => write!(table, "<td class={letter}>{word} <i>{why}</i>"),
        (Decision::Warn, None) => write!(table, "<td class={letter}>{word} <i>warning</i>"),
        (Decision::Note, None) => write!(table, "<td class={letter}>{word}"),
    };
}

/// The seven words, for readers who do not know them.
fn meanings() -> String {
    let meanings = BTreeMap::from(Word::ALL.map(|word| (word, meaning(word))));
    let mut list = String::from("<dl class=\"words\">\n");
    for (word, meaning) in meanings {
        let _ = writeln!(list, "<dt class=\"w {}\">{}<dd>{meaning}", letter(word), word.as_str());
    }
    list.push_str("</dl>\n");
    list
}

fn meaning(word: Word) -> &'static str {
    match word {
        Word::Unpatched => {
            "The flaw is in the branch or in the latest release, and the branch does not fix it."
        }
        Word::FixedUnreleased => {
            "The branch is fixed or free of it; the latest release still has it."
        }
        Word::Patched => {
            "Everything was looked at, nothing has the flaw, and something is at a fixed version."
        }
        Word::NotAffected => "Everything was looked at, and nothing ever had the flaw.",
        Word::Suppressed => {
            "It stands, and the project keeps it silent for a reason and for a time."
        }
        Word::Unknown => {
            "Good news would need a look that nobody took. It is never shown as clean."
        }
        Word::Eol => "The line has ended: what is known of it is listed, and it is not judged.",
    }
}
