//! Where in a document without markers a part belongs.

use std::ops::Range;

use pulldown_cmark::{CowStr, Event, Options, Parser, Tag, TagEnd};

use super::Kept;

/// Whole rows of a document.
pub(super) struct Section {
    pub(super) heading: Range<usize>,
    /// The first table of versions before the next heading.
    pub(super) table: Option<Range<usize>>,
}

/// The section that the part belongs in. Headings and tables in lists and quotations are part of
/// some other thought.
pub(super) fn section(kept: Kept, text: &str) -> Option<Section> {
    let mut depth = 0_usize;
    let mut section: Option<Section> = None;
    let mut heading: Option<(Range<usize>, String)> = None;
    let mut table: Option<(Range<usize>, String)> = None;
    for (event, range) in Parser::new_ext(text, Options::ENABLE_TABLES).into_offset_iter() {
        match event {
            Event::Start(Tag::BlockQuote(_) | Tag::List(_)) => depth += 1,
            Event::End(TagEnd::BlockQuote(_) | TagEnd::List(_)) => depth = depth.saturating_sub(1),
            Event::Start(Tag::Heading { .. }) if depth == 0 => {
                if section.is_some() {
                    break;
                }
                heading = Some((range, String::new()));
            }
            Event::End(TagEnd::Heading(_)) => {
                if let Some((range, _)) =
                    heading.take().filter(|(_, title)| is_the_title(kept, title))
                {
                    section = Some(Section { heading: whole_rows(text, &range), table: None });
                }
            }
            Event::Start(Tag::Table(_)) if depth == 0 && section.is_some() => {
                table = Some((range, String::new()));
            }
            Event::End(TagEnd::TableHead) => {
                let versions = table.take().filter(|(_, header)| is_of_versions(header));
                if let (Some((range, _)), Some(section)) = (versions, section.as_mut()) {
                    section.table = Some(table_rows(text, &range));
                    break;
                }
            }
            Event::Text(words) | Event::Code(words) => note(&words, &mut heading, &mut table),
            _ => {}
        }
    }
    section
}

fn note(
    words: &CowStr<'_>,
    heading: &mut Option<(Range<usize>, String)>,
    table: &mut Option<(Range<usize>, String)>,
) {
    for (_, text) in [heading, table].into_iter().flatten() {
        text.push_str(words);
        text.push(' ');
    }
}

fn is_the_title(kept: Kept, title: &str) -> bool {
    let title = title.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
    title.split_whitespace().eq(kept.heading.to_lowercase().split_whitespace())
}

/// A table of something else, such as platforms, may stand in the same section.
fn is_of_versions(header: &str) -> bool {
    let header = header.to_lowercase();
    ["version", "release", "branch", "series"].iter().any(|word| header.contains(word))
}

/// The rows of a range, with their ends.
fn whole_rows(text: &str, range: &Range<usize>) -> Range<usize> {
    let start = text[..range.start].rfind('\n').map_or(0, |at| at + 1);
    let last = start + text[start..range.end].trim_end().len();
    let end = text[last..].find('\n').map_or(text.len(), |at| last + at + 1);
    start..end
}

/// The rows of a table. A sentence right below one is a row of it to the rules of Markdown, and a
/// sentence to whoever wrote it.
fn table_rows(text: &str, range: &Range<usize>) -> Range<usize> {
    let rows = whole_rows(text, range);
    let own = text[rows.clone()].split_inclusive('\n').take_while(|row| row.contains('|'));
    rows.start..rows.start + own.map(str::len).sum::<usize>()
}
