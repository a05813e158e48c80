//! What goes into documents that a project publishes in its own name: nothing in them is cut, and
//! what people read stays as readable as it can be.
//!
//! A title or a name is one row of plain text. A description is Markdown that its authors wrote on
//! purpose: it stays Markdown, and stays inside its own section.

use std::{fmt::Write as _, ops::Range};

use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};

use super::is_harmless;

/// A zero-width space, as a reference that people see in the source of a page.
const BREAK: &str = "&#8203;";

/// What is not at rest after so many rounds is shown as code.
const ROUNDS: usize = 8;

/// One row of plain text, whole: white space of any kind is one space, and what acts in a terminal, in
/// the head of a mail or on whoever reads from right to left is gone.
pub fn plain(text: &str) -> String {
    let spaced = |c: char| if c.is_whitespace() { ' ' } else { c };
    let kept: String = text.chars().map(spaced).filter(|c| is_harmless(*c)).collect();
    kept.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The same in Markdown: it opens nothing, calls nobody and leads nowhere. What is between two
/// backticks is code.
pub fn inline(text: &str) -> String {
    let text = plain(text);
    let pieces: Vec<&str> = text.split('`').collect();
    // In a cell of a table a pipe ends even code.
    let is_code = |(at, piece): (usize, &&str)| {
        at % 2 == 0 || !piece.trim().is_empty() && !piece.contains('|')
    };
    if pieces.len().is_multiple_of(2) || !pieces.iter().enumerate().all(is_code) {
        return inert(&text);
    }
    let mut safe = String::with_capacity(text.len() + 8);
    for (at, piece) in pieces.into_iter().enumerate() {
        if at % 2 == 1 {
            safe.extend(["`", piece, "`"]);
        } else {
            safe.push_str(&inert(piece));
        }
    }
    safe
}

fn inert(text: &str) -> String {
    let mut safe = String::with_capacity(text.len() + 8);
    for (at, character) in text.char_indices() {
        let (before, rest) = text.split_at(at);
        let after = &rest[character.len_utf8()..];
        let is_word = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
        let (left, right) = (is_word(before.chars().next_back()), is_word(after.chars().next()));
        let is_first = before.is_empty();
        match character {
            // Readers of tables differ about a backslash before a pipe.
            '|' => safe.push_str("&#124;"),
            '_' if left && right => safe.push('_'),
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '~' | '$' => {
                safe.extend(['\\', character]);
            }
            '&' if right || after.starts_with('#') => safe.push_str("&amp;"),
            // GitHub looks for people and issues in the text of the rendered page.
            '@' if right && !left => {
                safe.push('@');
                safe.push_str(BREAK);
            }
            '#' if is_first || right => {
                safe.push_str("\\#");
                safe.push_str(if right { BREAK } else { "" });
            }
            '-' if ends_with(before, "gh") && right => {
                safe.push('-');
                safe.push_str(BREAK);
            }
            ':' if after.starts_with("//") => {
                safe.push(':');
                safe.push_str(BREAK);
            }
            '.' if ends_with(before, "www") => {
                safe.push_str(BREAK);
                safe.push('.');
            }
            // What begins a list, a rule or the underline of a heading.
            '-' | '+' | '=' if is_first => safe.extend(['\\', character]),
            '.' | ')' if !right && !is_first && before.bytes().all(|b| b.is_ascii_digit()) => {
                safe.extend(['\\', character]);
            }
            _ => safe.push(character),
        }
    }
    safe
}

fn ends_with(text: &str, word: &str) -> bool {
    let start = text.len().checked_sub(word.len());
    start.and_then(|start| text.get(start..)).is_some_and(|end| end.eq_ignore_ascii_case(word))
}

/// One row of Markdown that shows its text as it is and can be copied.
pub fn span(text: &str) -> String {
    let text = plain(text);
    if text.is_empty() {
        return text;
    }
    let fence = "`".repeat(longest_run(&text) + 1);
    // The renderer takes one space away on each side.
    let pad = if text.starts_with('`') || text.ends_with('`') { " " } else { "" };
    format!("{fence}{pad}{text}{pad}{fence}")
}

/// Some rows of Markdown that show their text as it is and can be copied.
pub fn block(text: &str) -> String {
    let text = super::paragraphs(text.trim_matches(['\n', '\r']));
    let fence = "`".repeat(longest_run(&text).max(2) + 1);
    format!("{fence}\n{text}\n{fence}")
}

fn longest_run(text: &str) -> usize {
    text.split(|c| c != '`').map(str::len).max().unwrap_or_default()
}

/// An address that people can follow, in Markdown; what is none is shown as it is.
pub fn address(text: &str) -> String {
    let text = plain(text);
    let is_of_web =
        ["https://", "http://", "mailto:"].iter().any(|scheme| text.starts_with(scheme));
    let ends = |c: char| c.is_whitespace() || matches!(c, '<' | '>' | '`' | '"' | '\\');
    if is_of_web && !text.contains(ends) { format!("<{text}>") } else { span(&text) }
}

/// Markdown of the project's own, kept inside its section: it has no element of HTML and no picture,
/// its headings are bold rows, it calls nobody, and a block of code that nobody closed ends with it.
pub fn contained(markdown: &str) -> String {
    let text = super::paragraphs(markdown.trim());
    let mut text = text.trim_end_matches([' ', '\n']).to_owned();
    // What stood in an element of HTML is Markdown once that is none.
    for _ in 0..ROUNDS {
        let kept = contained_once(&text);
        if kept == text {
            return kept;
        }
        text = kept;
    }
    block(&text)
}

fn contained_once(text: &str) -> String {
    let mut changes: Vec<(Range<usize>, String)> = Vec::new();
    let mut open = None;
    // In what is no text of the page nobody is called.
    let mut quiet = 0_usize;
    for (event, range) in Parser::new_ext(text, Options::ENABLE_STRIKETHROUGH).into_offset_iter() {
        match event {
            Event::Html(_) | Event::InlineHtml(_) => {
                let shown = text[range.clone()].replace('<', "&lt;");
                changes.push((range, shown));
            }
            Event::Start(Tag::Heading { .. }) => {
                changes.push((range.clone(), heading(&text[range])));
            }
            Event::Start(Tag::Image { .. }) => {
                let shown = text[range.clone()].replacen("![", "\\!\\[", 1);
                changes.push((range, shown));
            }
            Event::Start(Tag::CodeBlock(kind)) => {
                quiet += 1;
                if matches!(kind, CodeBlockKind::Fenced(_)) {
                    open = Some(range);
                }
            }
            Event::End(TagEnd::CodeBlock) => quiet = quiet.saturating_sub(1),
            Event::Text(_) if quiet == 0 => mentions(text, range, &mut changes),
            _ => {}
        }
    }
    let mut kept = applied(text, changes);
    if let Some(fence) =
        open.filter(|range| range.end >= text.len()).and_then(|r| unclosed(&text[r]))
    {
        let _ = write!(kept, "\n{fence}");
    }
    kept
}

/// A heading as a bold row: those of the document are the document's.
fn heading(text: &str) -> String {
    let rows: Vec<&str> = text.trim_end().lines().map(str::trim).collect();
    let words = match rows.as_slice() {
        [row] => row.trim_start_matches('#').trim_end_matches([' ', '#']).trim().to_owned(),
        // Its last row underlines the others.
        [rows @ .., _] => rows.join(" "),
        [] => String::new(),
    };
    let end = if text.ends_with('\n') { "\n" } else { "" };
    format!("**{}**{end}", inline(&words))
}

fn mentions(text: &str, range: Range<usize>, changes: &mut Vec<(Range<usize>, String)>) {
    for (at, _) in text[range.clone()].match_indices('@') {
        let at = range.start + at;
        let is_name = text[at + 1..].chars().next().is_some_and(char::is_alphanumeric);
        let is_mail = text[..at].chars().next_back().is_some_and(char::is_alphanumeric);
        if is_name && !is_mail {
            changes.push((at..at + 1, format!("@{BREAK}")));
        }
    }
}

/// Puts each change in its place. Of those that overlap the outer one counts.
fn applied(text: &str, mut changes: Vec<(Range<usize>, String)>) -> String {
    changes.sort_by_key(|(range, _)| (range.start, std::cmp::Reverse(range.end)));
    let mut kept = String::with_capacity(text.len() + 32);
    let mut from = 0;
    for (range, replacement) in changes {
        if range.start >= from {
            kept.push_str(&text[from..range.start]);
            kept.push_str(&replacement);
            from = range.end;
        }
    }
    kept.push_str(&text[from..]);
    kept
}

/// The fence that a block of code lacks at its end.
fn unclosed(block: &str) -> Option<String> {
    let first = block.lines().next()?.trim_start();
    let mark = first.chars().next().filter(|c| matches!(c, '`' | '~'))?;
    let count = first.chars().take_while(|c| *c == mark).count();
    let closes = |row: &str| {
        let row = row.trim();
        row.chars().count() >= count && row.chars().all(|c| c == mark)
    };
    let is_closed = block.lines().skip(1).last().is_some_and(closes);
    (!is_closed).then(|| mark.to_string().repeat(count))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_row_of_text_stays_one_row_and_acts_nowhere() {
        for (text, expected) in [
            ("Crash in parse_header", "Crash in parse_header"),
            ("a\r\nBcc: x@example.org", "a Bcc: x@example.org"),
            ("@octocat, see #1 and GH-2", "@&#8203;octocat, see \\#&#8203;1 and GH-&#8203;2"),
            ("1.4.7", "1.4.7"),
            ("1. one", "1\\. one"),
            ("Crash in `a_*b`", "Crash in `a_*b`"),
            ("`a|b` and ` `", "\\`a&#124;b\\` and \\` \\`"),
            ("- item", "\\- item"),
            ("<img src=x> & &lt; *b*", "\\<img src=x\\> & &amp;lt; \\*b\\*"),
            ("see https://evil.example", "see https:&#8203;//evil.example"),
            ("a\u{202e}b\u{1b}[31m", "ab\\[31m"),
            ("R&D: 3 | 4", "R&amp;D: 3 &#124; 4"),
        ] {
            assert_eq!(inline(text), expected);
        }
        let long = "x".repeat(5_000);
        assert_eq!(inline(&long), long);
    }

    #[test]
    fn code_cannot_be_left() {
        for (text, expected) in
            [(">= 1.4, < 2", "`>= 1.4, < 2`"), ("a`b", "``a`b``"), ("`a`", "`` `a` ``"), ("", "")]
        {
            assert_eq!(span(text), expected);
        }
        assert_eq!(block("a\n```\nb"), "````\na\n```\nb\n````");
    }

    #[test]
    fn an_address_is_a_link_or_is_shown() {
        assert_eq!(address("https://example.org/a?b#c"), "<https://example.org/a?b#c>");
        assert_eq!(address("javascript:x"), "`javascript:x`");
        assert_eq!(address("https://x> [y](z)"), "`https://x> [y](z)`");
    }

    #[test]
    fn markdown_stays_inside_its_section() {
        for (text, expected) in [
            ("A *flaw* in `x<y>`.\n\n- one", "A *flaw* in `x<y>`.\n\n- one"),
            ("# Big\n\ntext", "**Big**\n\ntext"),
            ("Big\n===\ntext", "**Big**\ntext"),
            (
                "It reads.\nIt does not check.\n---\nMore.",
                "**It reads. It does not check.**\nMore.",
            ),
            ("a <img src=x> b", "a &lt;img src=x> b"),
            ("<script>\nx\n</script>", "&lt;script>\nx\n&lt;/script>"),
            ("![x](https://example.org/y.png)", "\\!\\[x](https://example.org/y.png)"),
            ("```\n@a <b>", "```\n@a <b>\n```"),
            ("~~~~text\nx\n~~~", "~~~~text\nx\n~~~\n~~~~"),
            ("ask @octocat or a@example.org", "ask @&#8203;octocat or a@example.org"),
        ] {
            assert_eq!(contained(text), expected);
        }
    }

    #[test]
    fn what_was_contained_has_no_element_left_and_swallows_nothing() {
        let hidden = "# Big\n\n![p](http://e.example/p.png) @octocat\n\n~~~\n";
        let texts = [
            "<<b>b>",
            "`a\n<b>` <i>",
            "<!-- x",
            "> <b>\n> # y",
            "> ```\n> open",
            "- ```\n  <b>",
            "[<b>](x)",
            "a\nb\n---\nc",
            "<?x\n# y\n```",
            "<![CDATA[\n# y",
            "1. <pre>\n   # y\n   ~~~",
            "\\<!-- a\n# b",
        ];
        let starts = ["<!-- a\n", "<div>\n", "<script>\n", "</pre>\n", "Intro.\n\n<!-- a\n"];
        let in_elements = starts.map(|start| format!("{start}{hidden}"));
        for text in texts.map(str::to_owned).into_iter().chain(in_elements) {
            let contained = contained(&text);
            let whole = format!("{contained}\n\n## Ours\n");
            let mut headings = 0;
            for event in Parser::new_ext(&whole, Options::ENABLE_STRIKETHROUGH) {
                let is_foreign = match event {
                    Event::Html(_) | Event::InlineHtml(_) | Event::Start(Tag::Image { .. }) => true,
                    Event::Start(Tag::Heading { .. }) => {
                        headings += 1;
                        false
                    }
                    _ => false,
                };
                assert!(!is_foreign, "{text}\nbecame\n{contained}");
            }
            assert_eq!(headings, 1, "{text}\nbecame\n{contained}");
            assert!(!contained.contains("@octocat"), "{text}\nbecame\n{contained}");
        }
    }
}
