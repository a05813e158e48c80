//! What a template leaves behind, put in order: empty rows, the columns of a mail, its head.

use super::Syntax;
use crate::escape::{self, document};

/// What mail readers and archives show without breaking it, and what oss-security asks for.
const COLUMNS: usize = 72;
/// A longer subject is shown nowhere.
const LONGEST_SUBJECT: usize = 200;

/// One empty row where a template left several, none at the ends, and in plain text no row that is
/// longer than a mail has columns.
pub(super) fn laid_out(text: &str, syntax: Syntax) -> String {
    let mut rows: Vec<String> = Vec::new();
    let mut fence: Option<String> = None;
    for row in text.lines() {
        let mark = row.trim_start();
        let is_fence = syntax == Syntax::Markdown && mark.starts_with("```");
        match &fence {
            Some(open) if mark.starts_with(open.as_str()) && mark.trim_end() == open => {
                fence = None;
            }
            Some(_) => {
                rows.push(row.to_owned());
                continue;
            }
            None if is_fence => fence = Some(mark.chars().take_while(|c| *c == '`').collect()),
            None => {}
        }
        let row = row.trim_end();
        let is_second = row.is_empty() && rows.last().is_none_or(String::is_empty);
        if is_second {
            continue;
        }
        // The head is no row of the text, and is folded elsewhere.
        let is_head = rows.is_empty() && row.starts_with("Subject:");
        if syntax == Syntax::Plain && !is_head {
            rows.extend(wrapped(row));
        } else {
            rows.push(row.to_owned());
        }
    }
    while rows.last().is_some_and(String::is_empty) {
        rows.pop();
    }
    let mut text = rows.join("\n");
    text.push('\n');
    text
}

/// A row in as many as it needs; those that follow an item stand below its words. A row that begins
/// with four spaces is to be copied and stays as it is.
fn wrapped(row: &str) -> Vec<String> {
    if row.chars().count() <= COLUMNS || row.starts_with("    ") {
        return vec![row.to_owned()];
    }
    let start = row.len() - row.trim_start().len();
    let item = row[start..].starts_with("- ") || row[start..].starts_with("* ");
    let indent = " ".repeat(if item { start + 2 } else { start });
    let mut rows = Vec::new();
    let mut current = row[..start].to_owned();
    let mut width = start;
    let mut is_empty = true;
    for word in row.split_whitespace() {
        let length = word.chars().count();
        if !is_empty && width + 1 + length > COLUMNS {
            rows.push(std::mem::replace(&mut current, indent.clone()));
            width = indent.len();
            is_empty = true;
        }
        if !is_empty {
            current.push(' ');
            width += 1;
        }
        current.push_str(word);
        width += length;
        is_empty = false;
    }
    rows.push(current);
    rows
}

/// Markdown of the project's own for a mail: as it is written, with code in rows that can be copied.
pub(super) fn prose(markdown: &str) -> String {
    let text = escape::paragraphs(markdown.trim());
    let mut rows = Vec::new();
    let mut is_code = false;
    for row in text.lines() {
        if row.trim_start().starts_with("```") {
            is_code = !is_code;
        } else if is_code {
            rows.push(format!("    {row}"));
        } else {
            rows.push(row.to_owned());
        }
    }
    rows.join("\n")
}

/// A subject: one row, not longer than anybody reads. In a template of Markdown it was made safe for a
/// page, which a mail has no use for; in one of plain text it is as the record has it.
pub(super) fn subject(text: &str, syntax: Syntax) -> String {
    if syntax == Syntax::Plain {
        return escape::cut(&document::plain(text), LONGEST_SUBJECT);
    }
    let plain = document::plain(text).replace("&#8203;", "").replace("&#124;", "|");
    let plain = plain.replace("&amp;", "&");
    let mut subject = String::with_capacity(plain.len());
    let mut characters = plain.chars().peekable();
    while let Some(character) = characters.next() {
        let is_escape =
            character == '\\' && characters.peek().is_some_and(char::is_ascii_punctuation);
        if !is_escape {
            subject.push(character);
        } else if let Some(next) = characters.next() {
            subject.push(next);
        }
    }
    escape::cut(&document::plain(&subject), LONGEST_SUBJECT)
}

/// A head with addresses, one a row (RFC 5322, 2.2.3); nothing if there are none.
pub(super) fn addresses(name: &str, addresses: &[String]) -> Option<String> {
    let plain = addresses.iter().map(|address| document::plain(address));
    let plain: Vec<String> = plain.filter(|address| !address.is_empty()).collect();
    (!plain.is_empty()).then(|| format!("{name}: {}", plain.join(",\n ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mail_has_no_long_row_but_those_to_copy() {
        let long = "word ".repeat(40);
        let text = format!("Subject: {long}\n\n- {long}\n\n\n\n    {long}\n");
        let laid = laid_out(&text, Syntax::Plain);
        for row in laid.lines().filter(|row| !row.starts_with("Subject:")) {
            assert!(row.chars().count() <= COLUMNS || row.starts_with("    "), "{row}");
        }
        assert!(laid.contains("\n  word word"), "{laid}");
        assert!(!laid.contains("\n\n\n"), "{laid}");
    }

    #[test]
    fn code_keeps_its_empty_rows() {
        let text = "a\n\n\n```\nb\n\n\nc\n```\n\n\nd";
        assert_eq!(laid_out(text, Syntax::Markdown), "a\n\n```\nb\n\n\nc\n```\n\nd\n");
    }

    #[test]
    fn a_head_is_one_row_whatever_is_in_it() {
        for syntax in [Syntax::Plain, Syntax::Markdown] {
            assert_eq!(subject(" [a] b\r\nBcc: x", syntax), "[a] b Bcc: x");
        }
        assert_eq!(subject("\\[a\\] R&amp;D \\*", Syntax::Markdown), "[a] R&D *");
        let plain = "Names with \\* and &amp; leave C:\\.ssh";
        assert_eq!(subject(plain, Syntax::Plain), plain);
        assert_eq!(subject(&document::inline(plain), Syntax::Markdown), plain);
        let to = ["a@example.org\nBcc: b@example.org".to_owned(), "c@example.org".to_owned()];
        assert_eq!(
            addresses("To", &to).as_deref(),
            Some("To: a@example.org Bcc: b@example.org,\n c@example.org")
        );
        assert_eq!(addresses("To", &[String::new()]), None);
    }
}
