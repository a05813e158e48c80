//! A part of somebody's document that Patchline keeps, between two markers, and where it goes in a
//! document that has none. What lies outside the markers is somebody's own text and stays as it is,
//! byte for byte.

mod section;

use std::{collections::BTreeSet, num::NonZeroU32, ops::Range};

use pulldown_cmark::{Event, Options, Parser, Tag};

use self::section::section;

/// What is kept.
#[derive(Clone, Copy, Debug)]
pub struct Kept {
    /// It stands in a row of its own above the part, and after a slash below it.
    pub marker: &'static str,
    /// The heading that the part belongs under.
    pub heading: &'static str,
    /// What people write by hand under that heading.
    pub by_hand: ByHand,
}

/// What becomes of what somebody wrote under the heading.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ByHand {
    /// A table of versions, which is replaced; other text stays below.
    Table,
    /// Text that nobody may replace, so the markers have to be put there by hand.
    Text,
}

/// Where in a document the part went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Between the markers.
    Markers,
    /// It was there already, perhaps with other spaces, and the document is as it was.
    Unchanged,
    /// In place of the table that starts in this row.
    Table(NonZeroU32),
    /// Under the heading in this row.
    Heading(NonZeroU32),
    /// In a section of its own, at the end.
    End,
    /// In a document of its own.
    New,
}

/// A document with the part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Splice {
    Written {
        text: String,
        place: Place,
    },
    /// Nobody can tell where the part belongs.
    Refused(Refusal),
}

/// Why a document is left alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    pub row: Option<NonZeroU32>,
    pub because: String,
}

/// Puts the part into a document.
pub fn splice(kept: Kept, document: Option<&str>, part: &str) -> Splice {
    let text = document.unwrap_or_default();
    let (text, place) = match block(kept, text) {
        Block::Broken(refusal) => return Splice::Refused(refusal),
        Block::Between(inner) if rows(&text[inner.clone()]) == rows(part) => {
            return Splice::Written { text: text.to_owned(), place: Place::Unchanged };
        }
        Block::Between(inner) => {
            let part = between(part, newline(&text[..inner.start]));
            (replace(text, inner, &part), Place::Markers)
        }
        Block::Absent => match insert(kept, text, part) {
            Ok(inserted) => inserted,
            Err(refusal) => return Splice::Refused(refusal),
        },
    };
    // In a fence or a comment that nobody closed, the part would be written once more each time.
    match block(kept, &text) {
        Block::Between(inner) if rows(&text[inner.clone()]) == rows(part) => {
            Splice::Written { text, place }
        }
        _ => Splice::Refused(Refusal {
            row: None,
            because:
                "a code block or a comment in it is not closed, and would swallow what is kept"
                    .to_owned(),
        }),
    }
}

/// What a document says beside what it should say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Check {
    Same,
    /// There is no such document, or no such markers in it.
    Missing,
    /// The rows that are there and should not be, with `-`, and those that are missing, with `+`.
    Differs {
        row: NonZeroU32,
        difference: Vec<String>,
    },
    Refused(Refusal),
}

/// Compares what is between the markers with what should be there. Spaces do not count: formatters
/// align columns.
pub fn check(kept: Kept, document: Option<&str>, part: &str) -> Check {
    let text = document.unwrap_or_default();
    let inner = match block(kept, text) {
        Block::Broken(refusal) => return Check::Refused(refusal),
        Block::Absent => return Check::Missing,
        Block::Between(inner) => inner,
    };
    let (found, wanted) = (rows(&text[inner.clone()]), rows(part));
    if found == wanted {
        return Check::Same;
    }
    let only = |sign: char, these: &[String], others: &[String]| -> Vec<String> {
        let others: BTreeSet<&String> = others.iter().collect();
        these
            .iter()
            .filter(|row| !others.contains(row))
            .map(|row| format!("{sign} {row}"))
            .collect()
    };
    let mut difference = only('-', &found, &wanted);
    difference.extend(only('+', &wanted, &found));
    if difference.is_empty() {
        difference.push("the rows are in another order, or twice".to_owned());
    }
    Check::Differs { row: row_of(text, inner.start), difference }
}

/// What the markers enclose.
enum Block {
    Absent,
    Between(Range<usize>),
    Broken(Refusal),
}

fn block(kept: Kept, text: &str) -> Block {
    let code = code_blocks(text);
    let mut found: Vec<(bool, Range<usize>)> = Vec::new();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let range = start..start + line.len();
        start = range.end;
        let Some(comment) = line.trim().strip_prefix("<!--").and_then(|l| l.strip_suffix("-->"))
        else {
            continue;
        };
        let name = comment.trim();
        let is_start = name == kept.marker;
        let is_end = name.strip_prefix('/') == Some(kept.marker);
        if (is_start || is_end) && !code.iter().any(|code| code.contains(&range.start)) {
            found.push((is_start, range));
        }
    }
    let broken = |at: &Range<usize>, because: &str| {
        Block::Broken(Refusal { row: Some(row_of(text, at.start)), because: because.to_owned() })
    };
    match found.as_slice() {
        [] => Block::Absent,
        [(true, start), (false, end)] => Block::Between(start.end..end.start),
        [(false, end), ..] => broken(end, "an end marker has no start marker above it"),
        [(true, start)] => broken(start, "a start marker has no end marker below it"),
        [(true, _), (true, second), ..] => {
            broken(second, "a second start marker comes before the end marker")
        }
        [(true, _), (false, _), (_, third), ..] => {
            broken(third, "the markers are there more than once")
        }
    }
}

fn code_blocks(text: &str) -> Vec<Range<usize>> {
    let events = Parser::new_ext(text, Options::ENABLE_TABLES).into_offset_iter();
    let starts = events.filter(|(event, _)| matches!(event, Event::Start(Tag::CodeBlock(_))));
    starts.map(|(_, range)| range).collect()
}

/// Where a document without markers gets them: in place of a table under the heading, under the
/// heading, or at the end.
fn insert(kept: Kept, text: &str, part: &str) -> Result<(String, Place), Refusal> {
    let (newline, heading) = (newline(text), kept.heading);
    let block = marked(kept, part, newline);
    if text.trim().is_empty() {
        let start = format!("# Security policy{newline}{newline}## {heading}{newline}");
        return Ok((format!("{text}{start}{newline}{block}"), Place::New));
    }
    let gap = |text: &str| if text.is_empty() || text.ends_with('\n') { "" } else { newline };
    let Some(section) = section(kept, text) else {
        let section = format!("{newline}## {heading}{newline}{newline}{block}");
        return Ok((format!("{text}{}{section}", gap(text)), Place::End));
    };
    if kept.by_hand == ByHand::Text {
        return Err(Refusal {
            row: Some(row_of(text, section.heading.start)),
            because: format!(
                "what is written under \"{heading}\" would be lost; put <!-- {0} --> and \
                 <!-- /{0} --> where it may stand instead",
                kept.marker
            ),
        });
    }
    if let Some(old) = section.table {
        let place = Place::Table(row_of(text, old.start));
        return Ok((replace(text, old, &block), place));
    }
    let (before, after) = text.split_at(section.heading.end);
    let follows = after.split('\n').next().is_some_and(|line| !line.trim().is_empty());
    let space = if follows { newline } else { "" };
    Ok((
        format!("{before}{}{newline}{block}{space}{after}", gap(before)),
        Place::Heading(row_of(text, section.heading.start)),
    ))
}

fn replace(text: &str, range: Range<usize>, with: &str) -> String {
    format!("{}{with}{}", &text[..range.start], &text[range.end..])
}

fn marked(kept: Kept, part: &str, newline: &str) -> String {
    let marker = kept.marker;
    format!("<!-- {marker} -->{newline}{}<!-- /{marker} -->{newline}", between(part, newline))
}

fn between(part: &str, newline: &str) -> String {
    format!("{newline}{}{newline}", part.replace('\n', newline))
}

/// How the last row before a place ends, or the first one of a document.
fn newline(text: &str) -> &'static str {
    let end = text.rfind('\n').map(|at| &text[..at]);
    if end.is_some_and(|before| before.ends_with('\r')) { "\r\n" } else { "\n" }
}

/// The rows of a part without the spaces that formatters add.
fn rows(part: &str) -> Vec<String> {
    let cell = |cell: &str| {
        let cell = cell.trim();
        let is_rule = !cell.is_empty() && cell.chars().all(|c| matches!(c, '-' | ':'));
        if is_rule { "---".to_owned() } else { cell.to_owned() }
    };
    let lines = part.lines().map(str::trim).filter(|line| !line.is_empty());
    lines
        .map(|line| line.split('|').map(cell).collect::<Vec<_>>().join(" | ").trim().to_owned())
        .collect()
}

/// The 1-based row of an offset.
fn row_of(text: &str, offset: usize) -> NonZeroU32 {
    let before = text.as_bytes().iter().take(offset).filter(|byte| **byte == b'\n').count();
    let before = u32::try_from(before).ok();
    before.and_then(|before| NonZeroU32::MIN.checked_add(before)).unwrap_or(NonZeroU32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        model::Support,
        report::lines::{
            security_md::{TABLE as KEPT, table},
            tests::line,
        },
    };

    const TABLE: &str = "| Version | Supported | Until |\n|---|---|---|\n| 1.4 | ✅ Yes | – |\n";
    const BLOCK: &str = "<!-- patchline:supported-versions -->\n\n| Version | Supported | Until |\n|---|---|---|\n\
                         | 1.4 | ✅ Yes | – |\n\n<!-- /patchline:supported-versions -->\n";

    fn written(document: &str) -> (String, Place) {
        match splice(KEPT, Some(document), TABLE) {
            Splice::Written { text, place } => (text, place),
            Splice::Refused(refusal) => panic!("{document}: {refusal:?}"),
        }
    }

    fn refused(document: &str) -> String {
        match splice(KEPT, Some(document), TABLE) {
            Splice::Written { text, .. } => panic!("{text}"),
            Splice::Refused(refusal) => {
                let row = refusal.row.map_or(0, NonZeroU32::get);
                format!("{row}: {}", refusal.because)
            }
        }
    }

    fn at(row: u32) -> NonZeroU32 {
        NonZeroU32::new(row).expect("a row")
    }

    #[test]
    fn a_name_cannot_leave_its_cell() {
        let hostile = "1|2\n| x | `y` <script> [a](b) <!-- /patchline:supported-versions -->";
        let support = Support { lines: vec![line(hostile, "", "")], ..Support::default() };
        let table = table(&support);
        assert_eq!(table.lines().count(), 3, "{table}");
        let Splice::Written { text, .. } = splice(KEPT, None, &table) else { panic!("{table}") };
        let events = Parser::new_ext(&text, Options::ENABLE_TABLES);
        let mut cells = 0;
        let mut shown = String::new();
        for event in events {
            match event {
                Event::Start(Tag::TableCell) => cells += 1,
                Event::Text(text) if cells == 4 => shown.push_str(&text),
                Event::Start(Tag::Link { .. }) | Event::InlineHtml(_) | Event::Code(_) => {
                    panic!("{table}")
                }
                _ => {}
            }
        }
        assert_eq!(cells, 6, "{table}");
        assert_eq!(shown, hostile.replace('\n', "\\u{a}"));
    }

    #[test]
    fn the_table_goes_between_the_markers_and_nothing_else_changes() {
        for (document, expected) in [
            (
                "a\n<!-- patchline:supported-versions -->\n<!-- /patchline:supported-versions -->\nb",
                format!("a\n{BLOCK}b"),
            ),
            // As somebody typed them, with an old table that touches them.
            (
                "<!--patchline:supported-versions-->\n|x|\n|-|\n  <!--  /patchline:supported-versions -->",
                format!(
                    "<!--patchline:supported-versions-->\n\n{TABLE}\n  <!--  /patchline:supported-versions -->"
                ),
            ),
        ] {
            assert_eq!(written(document), (expected, Place::Markers));
        }
        let windows = "a\r\n<!-- patchline:supported-versions -->\r\nold\r\n\
                       <!-- /patchline:supported-versions -->\r\nb\r\n";
        let (text, _) = written(windows);
        assert_eq!(text, format!("a\n{BLOCK}b\n").replace('\n', "\r\n"));
    }

    #[test]
    fn a_formatted_table_is_the_same_table() {
        let formatted = "<!-- patchline:supported-versions -->\n\
                         | Version | Supported | Until |\n| :------ | --------: | ----- |\n\
                         | 1.4     | ✅ Yes    | –     |\n<!-- /patchline:supported-versions -->\n";
        assert_eq!(written(formatted), (formatted.to_owned(), Place::Unchanged));
        assert_eq!(check(KEPT, Some(formatted), TABLE), Check::Same);
    }

    #[test]
    fn without_markers_the_table_goes_where_people_look_for_it() {
        for (document, expected, place) in [
            ("", format!("# Security policy\n\n## Supported versions\n\n{BLOCK}"), Place::New),
            ("# Title", format!("# Title\n\n## Supported versions\n\n{BLOCK}"), Place::End),
            (
                "# Title\n\n## supported VERSIONS\n\nText.\n",
                format!("# Title\n\n## supported VERSIONS\n\n{BLOCK}\nText.\n"),
                Place::Heading(at(3)),
            ),
            (
                "Supported Versions:\n===\nText.\n",
                format!("Supported Versions:\n===\n\n{BLOCK}\nText.\n"),
                Place::Heading(at(1)),
            ),
            (
                "# Supported versions",
                format!("# Supported versions\n\n{BLOCK}"),
                Place::Heading(at(1)),
            ),
            // The form that GitHub proposes.
            (
                "## Supported Versions\n\nUse this section.\n\n| Version | Supported |\n| --- | --- |\n\
                 | 5.1.x | :white_check_mark: |\n| < 4.0 | :x: |\n\n## Reporting\n",
                format!("## Supported Versions\n\nUse this section.\n\n{BLOCK}\n## Reporting\n"),
                Place::Table(at(5)),
            ),
            // A sentence that touches the table is not part of it.
            (
                "## Supported versions\n| Version |\n|---|\n| 1 |\nOlder ones are not.\n",
                format!("## Supported versions\n{BLOCK}Older ones are not.\n"),
                Place::Table(at(2)),
            ),
            // A table of something else, and one under another heading.
            (
                "## Supported versions\n\n| System |\n|---|\n| x |\n\n## Old\n\n| Version |\n|---|\n| 1 |\n",
                format!(
                    "## Supported versions\n\n{BLOCK}\n| System |\n|---|\n| x |\n\n## Old\n\n| Version |\n|---|\n| 1 |\n"
                ),
                Place::Heading(at(1)),
            ),
            // A heading in a quotation or a code block is no heading of the document.
            (
                "> ## Supported versions\n\n```\n## Supported versions\n```\n",
                format!(
                    "> ## Supported versions\n\n```\n## Supported versions\n```\n\n## Supported versions\n\n{BLOCK}"
                ),
                Place::End,
            ),
            // Markers in an example are no markers.
            (
                "```\n<!-- patchline:supported-versions -->\n```\n",
                format!(
                    "```\n<!-- patchline:supported-versions -->\n```\n\n## Supported versions\n\n{BLOCK}"
                ),
                Place::End,
            ),
        ] {
            assert_eq!(written(document), (expected.clone(), place), "{document}");
            assert_eq!(written(&expected), (expected.clone(), Place::Unchanged), "{document}");
            assert_eq!(check(KEPT, Some(&expected), TABLE), Check::Same, "{document}");
            let windows = |text: &str| text.replace('\n', "\r\n");
            if document.contains('\n') {
                assert_eq!(written(&windows(document)).0, windows(&expected), "{document}");
            }
        }
    }

    #[test]
    fn markers_that_do_not_pair_are_refused() {
        let (start, end) =
            ("<!-- patchline:supported-versions -->\n", "<!-- /patchline:supported-versions -->\n");
        for (document, expected) in [
            (format!("a\n{start}"), "2: a start marker has no end marker below it"),
            (format!("a\n{end}{start}"), "2: an end marker has no start marker above it"),
            (
                format!("{start}{start}{end}"),
                "2: a second start marker comes before the end marker",
            ),
            (format!("{start}{end}{end}"), "3: the markers are there more than once"),
            (format!("{start}{end}{start}{end}"), "3: the markers are there more than once"),
            (
                "```\nnever closed\n".to_owned(),
                "0: a code block or a comment in it is not closed, and would swallow what is kept",
            ),
        ] {
            assert_eq!(refused(&document), expected, "{document}");
        }
    }

    #[test]
    fn a_check_says_what_differs() {
        assert_eq!(check(KEPT, None, TABLE), Check::Missing);
        assert_eq!(check(KEPT, Some("# Title\n"), TABLE), Check::Missing);
        let old = BLOCK.replace("| 1.4 | ✅ Yes | – |", "| 1.4 | ❌ No | – |");
        let difference =
            vec!["- | 1.4 | ❌ No | – |".to_owned(), "+ | 1.4 | ✅ Yes | – |".to_owned()];
        assert_eq!(
            check(KEPT, Some(&format!("a\n{old}")), TABLE),
            Check::Differs { row: at(3), difference }
        );
    }

    #[test]
    fn what_somebody_wrote_by_hand_is_not_replaced() {
        let kept = Kept { by_hand: ByHand::Text, ..KEPT };
        let Splice::Refused(refusal) =
            splice(kept, Some("# T\n\n## Supported versions\n\nOurs.\n"), TABLE)
        else {
            panic!("it was replaced")
        };
        assert_eq!(refusal.row, Some(at(3)));
        let Splice::Written { text, place } = splice(kept, Some("# T\n"), TABLE) else {
            panic!("it was refused")
        };
        assert_eq!((text, place), (format!("# T\n\n## Supported versions\n\n{BLOCK}"), Place::End));
    }
}
