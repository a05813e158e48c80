//! What GitHub reads: Markdown on its pages, and workflow commands in a log.
//!
//! GitHub looks for people, issues and addresses in the *text* of a rendered page, so a backslash is
//! no protection: `\@name` still calls somebody. An invisible character inside the word is, and so is
//! code. Workflow commands: <https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands>.

use std::fmt::Write as _;

use super::{is_harmless, line};

/// A zero-width space, as a reference that people see in the source of a page.
const BREAK: &str = "&#8203;";
/// A link with a longer address is no link.
const LONGEST_ADDRESS: usize = 1_000;

/// Plain text on a page of GitHub, in a table or outside: it opens nothing, calls nobody and leads
/// nowhere, whatever it looks like.
pub fn markdown(text: &str) -> String {
    let text = line(text);
    let text = text.trim();
    let mut safe = String::with_capacity(text.len() + 16);
    for (at, character) in text.char_indices() {
        let (before, rest) = text.split_at(at);
        let ends = |word: &str| {
            before
                .len()
                .checked_sub(word.len())
                .and_then(|start| before.get(start..))
                .is_some_and(|end| end.eq_ignore_ascii_case(word))
        };
        match character {
            // Readers of tables differ about a backslash before a pipe.
            '|' => safe.push_str("&#124;"),
            '\\' => safe.push_str("&#92;"),
            '@' | '#' => {
                safe.extend(['\\', character]);
                safe.push_str(BREAK);
            }
            ':' if rest.starts_with("://") => {
                safe.push_str("\\:");
                safe.push_str(BREAK);
            }
            '.' if ends("www") => {
                safe.push_str(BREAK);
                safe.push('.');
            }
            '-' if ends("gh") => {
                safe.push('-');
                safe.push_str(BREAK);
            }
            '`' | '*' | '_' | '~' | '[' | ']' | '<' | '>' | '&' | '!' | ':' | '$' => {
                safe.extend(['\\', character]);
            }
            '(' if before.ends_with(']') => safe.push_str("\\("),
            // What begins a list, a rule or the underline of a heading at the start of a row.
            '-' | '+' | '=' if before.is_empty() => safe.extend(['\\', character]),
            '.' | ')' if is_number(before) => {
                safe.extend(['\\', character]);
            }
            _ => safe.push(character),
        }
    }
    safe
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// A name on a page of GitHub: the same as code, which people can copy and GitHub leaves alone.
pub fn code(text: &str) -> String {
    let plain = line(text);
    let plain = plain.trim();
    if plain.is_empty() {
        return String::new();
    }
    if plain.contains(['`', '|', '\\']) {
        // Inside of an element the text is Markdown like everywhere.
        return format!("<code>{}</code>", markdown(plain));
    }
    format!("`{plain}`")
}

/// A message of ours on a page of GitHub: between its backticks is code. What strangers wrote into
/// it may hold backticks, too, and moves the borders; each piece is safe by itself.
pub fn message(text: &str) -> String {
    let text = line(text);
    let pieces: Vec<&str> = text.split('`').collect();
    if pieces.len().is_multiple_of(2) {
        return markdown(&text);
    }
    let mut safe = String::with_capacity(text.len() + 16);
    for (index, piece) in pieces.iter().enumerate() {
        if index % 2 == 1 {
            safe.push_str(&code(piece));
            continue;
        }
        let start = piece.len() - piece.trim_start().len();
        let end = piece.trim_end().len().max(start);
        safe.push_str(if start > 0 && index > 0 { " " } else { "" });
        safe.push_str(&markdown(piece));
        safe.push_str(if end < piece.len() && end > start { " " } else { "" });
    }
    safe
}

/// A link of Markdown around what is Markdown already; that alone, if nobody should be led there.
pub fn link(shown: &str, address: &str) -> String {
    match destination(address) {
        Some(address) => format!("[{shown}]({address})"),
        None => shown.to_owned(),
    }
}

/// An address that a page may lead to: `https`, a host by its name, nobody's password. GitHub tells
/// an issue about each page that leads to it, so those are none.
fn destination(address: &str) -> Option<String> {
    let rest = address.strip_prefix("https://").filter(|_| address.len() <= LONGEST_ADDRESS)?;
    let (host, path) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
    let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-');
    let is_host = host.contains('.') && host.chars().all(is_name) && !host.starts_with('.');
    let lower = path.to_ascii_lowercase();
    let told = ["/issues/", "/pull/", "/pulls/", "/discussions/", "/commit/"];
    if !is_host || told.iter().any(|part| lower.contains(part)) {
        return None;
    }
    let mut encoded = format!("https://{host}");
    for byte in path.bytes() {
        match byte {
            b'&' => encoded.push_str("&amp;"),
            b'/' | b'?' | b'#' | b'=' | b'%' | b'+' | b',' | b';' | b':' | b'-' | b'.' => {
                encoded.push(char::from(byte));
            }
            byte if byte.is_ascii_alphanumeric() => encoded.push(char::from(byte)),
            byte => {
                let _ = write!(encoded, "%{byte:02X}");
            }
        }
    }
    Some(encoded)
}

/// The data of a workflow command: the line feeds in it are the reader's, and everything else that
/// could end it or begin another one is visible.
pub fn command_data(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '%' => safe.push_str("%25"),
            '\n' => safe.push_str("%0A"),
            '\r' => safe.push_str("%0D"),
            character if is_harmless(character) => safe.push(character),
            character => {
                let _ = write!(safe, "\\u{{{:x}}}", character as u32);
            }
        }
    }
    // The runner looks for the older kind of command anywhere in a line.
    safe.replace("##[", "##\\[")
}

/// The value of a property of a workflow command.
pub fn command_property(text: &str) -> String {
    command_data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_on_a_page_is_plain_text() {
        for (text, expected) in [
            ("serde 1.0.2", "serde 1.0.2"),
            ("a|b\\c", "a&#124;b&#92;c"),
            ("@octocat", "\\@&#8203;octocat"),
            ("fixes #1 and GH-2", "fixes \\#&#8203;1 and GH-&#8203;2"),
            ("<img src=x>", "\\<img src=x\\>"),
            ("[x](javascript:y)", "\\[x\\]\\(javascript\\:y)"),
            ("https://www.example.org", "https\\:&#8203;//www&#8203;.example.org"),
            ("--> x", "\\--\\> x"),
            ("1. one", "1\\. one"),
            ("v1.2.3", "v1.2.3"),
            ("  - a\n::error::", "\\- a&#92;u{a}\\:\\:error\\:\\:"),
            ("ünd-gh", "ünd-gh"),
        ] {
            assert_eq!(markdown(text), expected);
        }
    }

    #[test]
    fn a_name_is_code() {
        for (text, expected) in [
            ("@types/node", "`@types/node`"),
            (" padded ", "`padded`"),
            ("", ""),
            ("a`b", "<code>a\\`b</code>"),
            ("a|b", "<code>a&#124;b</code>"),
            ("a\nb", "<code>a&#92;u{a}b</code>"),
            ("</code>|", "<code>\\</code\\>&#124;</code>"),
        ] {
            assert_eq!(code(text), expected);
        }
    }

    #[test]
    fn what_is_between_backticks_in_a_message_is_code() {
        for (text, expected) in [
            ("`a.lock` could not be read", "`a.lock` could not be read"),
            ("no advisory in `x` and `y`", "no advisory in `x` and `y`"),
            ("it is (see `a`).", "it is (see `a`)."),
            ("one ` of *two*", "one \\` of \\*two\\*"),
            ("`@a` and @b", "`@a` and \\@&#8203;b"),
        ] {
            assert_eq!(message(text), expected);
        }
    }

    #[test]
    fn only_a_harmless_address_is_linked() {
        for (address, expected) in [
            ("https://example.org/a?b=c&d#e", "[x](https://example.org/a?b=c&amp;d#e)"),
            ("https://example.org/a)b|c d`", "[x](https://example.org/a%29b%7Cc%20d%60)"),
            ("http://example.org", "x"),
            ("javascript:alert(1)", "x"),
            ("https://user@example.org", "x"),
            ("https://exa mple.org", "x"),
            ("https://github.com/o/r/issues/1", "x"),
            ("https://github.com/advisories/GHSA-1", "[x](https://github.com/advisories/GHSA-1)"),
            ("", "x"),
        ] {
            assert_eq!(link("x", address), expected);
        }
    }

    #[test]
    fn the_data_of_a_command_is_no_command() {
        for (text, expected) in [
            ("a\n::error::b", "a%0A::error::b"),
            ("a%0A\r", "a%250A%0D"),
            ("x ##[error]y", "x ##\\[error]y"),
            ("a\u{2028}b\u{1b}[m\u{85}", "a\\u{2028}b\\u{1b}[m\\u{85}"),
        ] {
            assert_eq!(command_data(text), expected);
        }
        assert_eq!(command_property("a:b,c\nd"), "a%3Ab%2Cc%0Ad");
    }
}
