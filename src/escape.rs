//! Text from outside, made safe to show.
//!
//! Package names, file names, branch names and advisory titles are written by strangers. They can
//! carry terminal escapes, workflow commands, markup and bidirectional tricks; this is the only
//! module that knows how each output defuses them.

pub mod csv;
pub mod document;
mod github;
pub mod html;

use std::fmt::Write as _;

pub use self::github::{code, command_data, command_property, link, markdown, message};

/// The longest piece of foreign text that is shown in one place.
const LONGEST: usize = 400;

/// One line for a terminal or a log: control characters, invisible characters and bidirectional
/// overrides become visible escapes, and nothing at the start of the line is a workflow command.
pub fn line(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for (count, character) in text.chars().enumerate() {
        if count >= LONGEST {
            safe.push('…');
            break;
        }
        if is_harmless(character) {
            safe.push(character);
        } else {
            let _ = write!(safe, "\\u{{{:x}}}", character as u32);
        }
    }
    // The runner reads `::name::` at the start of a line, after white space, and `##[name]` anywhere.
    let mut safe = safe.replace("##[", "##\\[");
    let start = safe.trim_start();
    if start.starts_with("::") {
        safe.insert(safe.len() - start.len(), '\\');
    }
    safe
}

/// A sentence of SARIF: no control characters, and no Markdown links or embedded ids that the
/// viewer would resolve.
pub fn sarif(text: &str) -> String {
    line(text).replace('[', "\\[").replace(']', "\\]")
}

/// Text of several lines: each is safe by itself.
pub fn paragraphs(text: &str) -> String {
    text.lines()
        .map(|text| {
            text.chars().map(|c| if c == '\t' { ' ' } else { c }).filter(|c| is_harmless(*c))
        })
        .map(Iterator::collect::<String>)
        .collect::<Vec<_>>()
        .join("\n")
}

/// The same as one line, for a cell that has no lines of its own.
fn paragraphs_as_line(text: &str) -> String {
    let text = paragraphs(text);
    let text: Vec<&str> = text.lines().collect();
    text.join(" ").replace("##[", "##\\[")
}

/// Text for a field with a limit, cut at a character.
pub fn cut(text: &str, longest: usize) -> String {
    if text.chars().count() <= longest {
        return text.to_owned();
    }
    let mut cut: String = text.chars().take(longest.saturating_sub(1)).collect();
    cut.push('…');
    cut
}

/// A relative URI reference for a path inside the repository: what is not unreserved is
/// percent-encoded, so that a colon in the first segment is no scheme and a space is no end.
pub fn uri(path: &str) -> String {
    percent_encoded(path, "/")
}

/// A value in the query of a URI.
pub fn query(value: &str) -> String {
    percent_encoded(value, "")
}

fn percent_encoded(text: &str, kept: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        let is_unreserved =
            byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~');
        if is_unreserved || kept.as_bytes().contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

/// A name as one path segment: for files and category ids.
pub fn segment(name: &str) -> String {
    let safe: String =
        name.chars()
            .map(|c| {
                if c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | '+') {
                    c
                } else {
                    '_'
                }
            })
            .collect();
    match safe.trim_start_matches('.') {
        "" => "_".to_owned(),
        trimmed => trimmed.to_owned(),
    }
}

/// A string that YAML and TOML read alike, with its quotes.
pub fn quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for character in text.chars() {
        match character {
            '"' | '\\' => quoted.extend(['\\', character]),
            character if is_harmless(character) => quoted.push(character),
            character if u32::from(character) <= 0xffff => {
                let _ = write!(quoted, "\\u{:04x}", u32::from(character));
            }
            character => {
                let _ = write!(quoted, "\\U{:08x}", u32::from(character));
            }
        }
    }
    quoted.push('"');
    quoted
}

/// A cell of a Markdown table: one line of plain text, whatever it looks like. The pipe and the
/// backslash become references, since readers of tables differ about a backslash before a pipe.
pub fn cell(text: &str) -> String {
    let mut cell = String::with_capacity(text.len());
    for character in line(text).chars() {
        match character {
            '|' => cell.push_str("&#124;"),
            '\\' => cell.push_str("&#92;"),
            '`' | '*' | '_' | '~' | '[' | ']' | '<' | '>' | '&' | '!' | '#' | ':' | '@' | '$' => {
                cell.extend(['\\', character]);
            }
            _ => cell.push(character),
        }
    }
    // The one bare address that needs no colon.
    cell.replace("www.", "www\\.")
}

/// A JSON document on one line that cannot act in a terminal or a log: what a writer of JSON may
/// leave as it is, such as a bidirectional override, becomes an escape.
pub fn json(document: &str) -> String {
    let mut safe = String::with_capacity(document.len());
    for character in document.chars() {
        if is_harmless(character) {
            safe.push(character);
        } else {
            for unit in character.encode_utf16(&mut [0; 2]) {
                let _ = write!(safe, "\\u{unit:04x}");
            }
        }
    }
    safe
}

/// A digest as lowercase hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// A URL without user, password, query and fragment.
pub fn without_credentials(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return url.to_owned() };
    let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let end = |text: &str| text.find(['?', '#']).unwrap_or(text.len());
    let host = &host[..end(host)];
    let path = &path[..end(path)];
    format!("{scheme}://{host}{path}")
}

fn is_harmless(character: char) -> bool {
    !character.is_control()
        && !matches!(character,
            // Zero-width and bidirectional controls, separators that end a line, tags, specials.
            '\u{61c}' | '\u{180e}'
            | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}' | '\u{ad}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_text_stays_text() {
        for (text, shown) in [
            ("serde", "serde"),
            ("a\u{1b}[31mred", "a\\u{1b}[31mred"),
            ("x\n::error::y", "x\\u{a}::error::y"),
            ("::set-output name=x::y", "\\::set-output name=x::y"),
            ("  ##[command]y", "  ##\\[command]y"),
            ("y ##[command]x", "y ##\\[command]x"),
            ("\u{202e}evil", "\\u{202e}evil"),
            ("zero\u{200b}width", "zero\\u{200b}width"),
        ] {
            assert_eq!(line(text), shown);
        }
        assert_eq!(line(&"x".repeat(1000)).chars().count(), LONGEST + 1);
    }

    #[test]
    fn a_path_becomes_a_uri_that_every_parser_reads() {
        assert_eq!(uri("crates/a b/Cargo.lock"), "crates/a%20b/Cargo.lock");
        assert_eq!(uri("nginx:1.2/Cargo.lock"), "nginx%3A1.2/Cargo.lock");
        assert_eq!(uri("ü/%/Cargo.lock"), "%C3%BC/%25/Cargo.lock");
    }

    #[test]
    fn a_string_stays_inside_its_quotes() {
        for (text, expected) in [
            ("1.4", r#""1.4""#),
            (r#"a"b\c"#, r#""a\"b\\c""#),
            ("a\nb\u{85}", r#""a\u000ab\u0085""#),
            ("\u{202e}x\u{e0001}", r#""\u202ex\U000e0001""#),
        ] {
            assert_eq!(quoted(text), expected);
            let value: toml::Table =
                toml::from_str(&format!("x = {}", quoted(text))).expect("TOML");
            assert_eq!(value["x"].as_str(), Some(text));
        }
    }

    #[test]
    fn a_cell_is_plain_text() {
        for (text, expected) in [
            ("1.4", "1.4"),
            ("release-1.4", "release-1.4"),
            ("REL_15", "REL\\_15"),
            ("a|b\\|c", "a&#124;b&#92;&#124;c"),
            ("a\n<b>", "a&#92;u{a}\\<b\\>"),
            ("https://www.example.org", "https\\://www\\.example.org"),
            ("&#124;", "\\&\\#124;"),
        ] {
            assert_eq!(cell(text), expected);
        }
    }

    #[test]
    fn a_document_of_json_says_the_same_and_does_nothing() {
        for text in ["plain", "a\nb", "\u{7f}\u{202e}x\u{e0001}ü"] {
            let document = serde_json::json!([text]).to_string();
            let safe = json(&document);
            assert!(safe.chars().all(is_harmless), "{safe}");
            assert_eq!(serde_json::from_str::<serde_json::Value>(&safe).expect("JSON")[0], text);
        }
    }

    #[test]
    fn a_line_name_is_one_file_name() {
        assert_eq!(segment("release/1.2"), "release_1.2");
        assert_eq!(segment("../../etc"), "_.._etc");
        assert_eq!(segment(".."), "_");
        assert_eq!(segment("1.19.x+ent"), "1.19.x+ent");
    }

    #[test]
    fn a_secret_in_a_url_is_never_shown() {
        for (url, shown) in [
            ("https://user:s3cret@example.org/db.git", "https://example.org/db.git"),
            ("https://example.org/db.git?token=s3cret#x", "https://example.org/db.git"),
            ("https://example.org?token=s3cret", "https://example.org"),
            ("git+ssh://git@example.org/x", "git+ssh://example.org/x"),
            ("/srv/db", "/srv/db"),
        ] {
            assert_eq!(without_credentials(url), shown);
        }
    }
}
