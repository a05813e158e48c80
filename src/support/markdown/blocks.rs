//! Markdown as a flat run of blocks with rows: what the readers of tables, lists and sentences need
//! of it. HTML and code blocks are left out: they state nothing that a reader of the page is told.

use std::ops::Range;

use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd};

/// A page has at most so many blocks; the rest is cut.
const MOST_BLOCKS: usize = 20_000;
/// A table has at most so many cells.
const MOST_CELLS: usize = 50_000;

/// A text and where its parts stand.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Text {
    pub text: String,
    /// For each piece of source text: where it begins in `text`, and its range in the file.
    pieces: Vec<(usize, Range<usize>)>,
}

impl Text {
    fn push(&mut self, text: &str, range: Range<usize>) {
        self.pieces.push((self.text.len(), range));
        self.text.push_str(text);
    }

    /// Where in the file the character at `offset` of the text stands.
    pub(super) fn source(&self, offset: usize) -> usize {
        let piece = self.pieces.partition_point(|(begin, _)| *begin <= offset).checked_sub(1);
        let piece = piece.and_then(|at| self.pieces.get(at));
        // An entity may be shorter in the file than what it stands for.
        piece.map_or(0, |(begin, range)| {
            (range.start + (offset - begin)).min(range.end.saturating_sub(1).max(range.start))
        })
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Block {
    /// Level 1 to 6.
    Heading {
        level: usize,
        text: Text,
    },
    Paragraph(Text),
    /// The first paragraph of a list item; the rest of it follows as blocks of their own.
    Item(Text),
    Table {
        head: Vec<String>,
        rows: Vec<Row>,
    },
    /// A table in HTML, which is not read, and where it begins in the file.
    HtmlTable(usize),
}

/// A row of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Row {
    pub cells: Vec<String>,
    /// Where it begins in the file.
    pub at: usize,
}

/// The blocks of a page, and where it had to be cut. A table that is cut is left out: what its other
/// rows say may change its meaning.
pub(super) fn blocks(text: &str) -> (Vec<Block>, Option<usize>) {
    let mut builder = Builder::default();
    let mut cells = 0;
    for (event, range) in Parser::new_ext(text, Options::ENABLE_TABLES).into_offset_iter() {
        if builder.blocks.len() >= MOST_BLOCKS || cells >= MOST_CELLS {
            builder.close();
            return (builder.blocks, Some(range.start));
        }
        if matches!(event, Event::End(TagEnd::TableCell)) {
            cells += 1;
        }
        builder.take(event, &range, text);
    }
    builder.close();
    (builder.blocks, None)
}

#[derive(Default)]
struct Builder {
    blocks: Vec<Block>,
    open: Option<(Kind, Text)>,
    table: Option<(Vec<String>, Vec<Row>)>,
    row: Vec<String>,
    cell: Option<String>,
    /// Inside something whose text is not read.
    silent: usize,
}

#[derive(Clone, Copy)]
enum Kind {
    Heading(usize),
    Paragraph,
    Item,
}

impl Builder {
    fn take(&mut self, event: Event<'_>, range: &Range<usize>, source: &str) {
        match event {
            Event::Start(Tag::CodeBlock(_) | Tag::HtmlBlock | Tag::Image { .. }) => {
                self.silent += 1;
            }
            Event::End(TagEnd::CodeBlock | TagEnd::HtmlBlock | TagEnd::Image) => {
                self.silent = self.silent.saturating_sub(1);
            }
            Event::Start(Tag::Heading { level, .. }) => self.begin(Kind::Heading(number(level))),
            Event::Start(Tag::Paragraph) if !matches!(self.open, Some((Kind::Item, ref text)) if text.text.is_empty()) =>
            {
                self.begin(Kind::Paragraph);
            }
            Event::Start(Tag::Item) => self.begin(Kind::Item),
            Event::End(TagEnd::Heading(_) | TagEnd::Paragraph | TagEnd::Item) => self.close(),
            Event::Start(Tag::Table(_)) => {
                self.close();
                self.table = Some((Vec::new(), Vec::new()));
            }
            Event::Start(Tag::TableHead | Tag::TableRow) => self.row.clear(),
            Event::Start(Tag::TableCell) => self.cell = Some(String::new()),
            Event::End(TagEnd::TableCell) => {
                let cell = self.cell.take().unwrap_or_default();
                self.row.push(cell.trim().to_owned());
            }
            Event::End(TagEnd::TableHead) => {
                let row = std::mem::take(&mut self.row);
                if let Some((head, _)) = &mut self.table {
                    *head = row;
                }
            }
            Event::End(TagEnd::TableRow) => {
                let cells = std::mem::take(&mut self.row);
                if let Some((_, rows)) = &mut self.table {
                    rows.push(Row { cells, at: range.start });
                }
            }
            Event::End(TagEnd::Table) => {
                if let Some((head, rows)) = self.table.take() {
                    self.blocks.push(Block::Table { head, rows });
                }
            }
            Event::Text(text) => {
                // The text of an entity is shorter than its source, so only its begin is exact.
                self.text(&text, range.clone());
            }
            Event::Code(text) => {
                let ticks = source[range.clone()].bytes().take_while(|byte| *byte == b'`').count();
                self.text(&text, range.start + ticks..range.end);
            }
            Event::Html(html) if html.to_ascii_lowercase().contains("<table") => {
                self.blocks.push(Block::HtmlTable(range.start));
            }
            Event::SoftBreak | Event::HardBreak => self.text(" ", range.clone()),
            // `<br>` in a cell parts two values.
            Event::InlineHtml(html)
                if html.get(..3).is_some_and(|begin| begin.eq_ignore_ascii_case("<br")) =>
            {
                self.text(", ", range.clone());
            }
            _ => {}
        }
    }

    fn begin(&mut self, kind: Kind) {
        self.close();
        self.open = Some((kind, Text::default()));
    }

    fn text(&mut self, text: &str, range: Range<usize>) {
        if self.silent > 0 {
            return;
        }
        // What a reader of the page does not see says nothing.
        let visible: String;
        let text = if text.contains(is_invisible) {
            visible = text.replace(is_invisible, "");
            &visible
        } else {
            text
        };
        if let Some(cell) = &mut self.cell {
            cell.push_str(text);
        } else if let Some((_, open)) = &mut self.open {
            open.push(text, range);
        }
    }

    fn close(&mut self) {
        let Some((kind, text)) = self.open.take() else { return };
        if text.text.trim().is_empty() {
            return;
        }
        self.blocks.push(match kind {
            Kind::Heading(level) => Block::Heading { level, text },
            Kind::Paragraph => Block::Paragraph(text),
            Kind::Item => Block::Item(text),
        });
    }
}

/// Marks of direction, joiners and spaces without width, soft hyphens.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

fn number(level: HeadingLevel) -> usize {
    match level {
        HeadingLevel::H1 => 1,
        HeadingLevel::H2 => 2,
        HeadingLevel::H3 => 3,
        HeadingLevel::H4 => 4,
        HeadingLevel::H5 => 5,
        HeadingLevel::H6 => 6,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn show(text: &str) -> String {
        let row = |at: usize| text[..at].matches('\n').count() + 1;
        let (blocks, _) = blocks(text);
        let lines: Vec<String> = blocks
            .iter()
            .map(|block| match block {
                Block::Heading { level, text } => {
                    format!("{} h{level} {}", row(text.source(0)), text.text)
                }
                Block::Paragraph(text) => format!("{} p {}", row(text.source(0)), text.text),
                Block::Item(text) => format!("{} i {}", row(text.source(0)), text.text),
                Block::HtmlTable(at) => format!("{} html table", row(*at)),
                Block::Table { head, rows } => {
                    let rows: Vec<String> = rows
                        .iter()
                        .map(|r| format!("{}:{}", row(r.at), r.cells.join("|")))
                        .collect();
                    format!("t {} / {}", head.join("|"), rows.join(" / "))
                }
            })
            .collect();
        lines.join("\n")
    }

    #[test]
    fn a_page_is_a_run_of_blocks_with_rows() {
        let page = "# Ti*tle*\n\nOne\ntwo `three`.\n\n* a\n* b\n\n  more\n\n```\n| code |\n```\n<div>html</div>\n\n\
            | Version | Supported |\n|---|---|\n| `1.0` | :x: |\n| **1.1**<br>1.2 | [yes](u) |\n";
        assert_eq!(
            show(page),
            "1 h1 Title\n3 p One two three.\n6 i a\n7 i b\n9 p more\nt Version|Supported / 18:1.0|:x: / 19:1.1, 1.2|yes"
        );
    }
}
