//! What a browser, an XML parser and a spreadsheet read: text that stays text in each of them.
//!
//! A page, a badge or a table may be printed in a log of GitHub, so workflow commands are defused as
//! well; where the format has references, in a way that readers do not see.

use std::fmt::Write as _;

use super::{LONGEST, is_harmless};

/// A link with a longer address is no link.
const LONGEST_ADDRESS: usize = 1_000;

/// Text of HTML or XML, between tags or in a quoted attribute: one line, and no markup. What cannot
/// be seen becomes a visible escape, as in [`super::line`].
pub fn text(text: &str) -> String {
    let mut safe = String::with_capacity(text.len() + 8);
    let mut hashes = 0;
    for (count, character) in text.chars().enumerate() {
        if count >= LONGEST {
            safe.push('…');
            break;
        }
        match character {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            // The runner of GitHub looks for these two anywhere, and at the start of a row.
            '[' if hashes >= 2 => safe.push_str("&#91;"),
            ':' if safe.trim_start().is_empty() => safe.push_str("&#58;"),
            // Neither HTML nor XML has a place for what is no character.
            '\u{fffe}' | '\u{ffff}' => {
                let _ = write!(safe, "\\u{{{:x}}}", u32::from(character));
            }
            character if is_harmless(character) => safe.push(character),
            character => {
                let _ = write!(safe, "\\u{{{:x}}}", u32::from(character));
            }
        }
        hashes = if character == '#' { hashes + 1 } else { 0 };
    }
    safe
}

/// A message of ours in HTML: between its backticks is code. What strangers wrote into it may hold
/// backticks, too, and moves the borders; each piece is safe by itself.
pub fn message(message: &str) -> String {
    let pieces: Vec<&str> = message.split('`').collect();
    if pieces.len().is_multiple_of(2) {
        return text(message);
    }
    let mut safe = String::with_capacity(message.len() + 32);
    for (index, piece) in pieces.iter().enumerate() {
        match index % 2 {
            1 => {
                let _ = write!(safe, "<code>{}</code>", text(piece));
            }
            _ => safe.push_str(&text(piece)),
        }
    }
    safe
}

/// An address that a page may lead to, ready for a quoted attribute: `http` or `https`, a host by its
/// name, nobody's password.
pub fn address(address: &str) -> Option<String> {
    let scheme = ["https://", "http://"].into_iter().find(|scheme| address.starts_with(scheme))?;
    let rest = address.strip_prefix(scheme).filter(|_| address.len() <= LONGEST_ADDRESS)?;
    let (host, path) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
    let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':');
    if host.is_empty() || !host.chars().all(is_name) || host.starts_with(['.', ':']) {
        return None;
    }
    let mut encoded = format!("{scheme}{host}");
    for byte in path.bytes() {
        match byte {
            b'&' => encoded.push_str("&amp;"),
            b'/' | b'?' | b'#' | b'=' | b'%' | b'+' | b',' | b';' | b':' | b'-' | b'.' | b'_'
            | b'~' | b'@' => encoded.push(char::from(byte)),
            byte if byte.is_ascii_alphanumeric() => encoded.push(char::from(byte)),
            byte => {
                let _ = write!(encoded, "%{byte:02X}");
            }
        }
    }
    Some(encoded)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_no_markup() {
        for (given, expected) in [
            ("serde 1.0", "serde 1.0"),
            ("</style><script>", "&lt;/style&gt;&lt;script&gt;"),
            ("\" onload='x'", "&quot; onload=&#39;x&#39;"),
            ("a & b", "a &amp; b"),
            ("a\u{202e}b\nc\0", "a\\u{202e}b\\u{a}c\\u{0}"),
            ("a\u{ffff}", "a\\u{ffff}"),
            ("::error::x", "&#58;:error::x"),
            ("  ::error::x", "  &#58;:error::x"),
            ("x ##[error]y #[z]", "x ##&#91;error]y #[z]"),
        ] {
            assert_eq!(text(given), expected);
        }
        assert_eq!(text(&"&".repeat(1000)).matches("&amp;").count(), LONGEST);
    }

    #[test]
    fn what_is_between_backticks_in_a_message_is_code() {
        for (given, expected) in [
            ("`a.lock` is cut", "<code>a.lock</code> is cut"),
            ("a ` b", "a ` b"),
            ("`<b>`", "<code>&lt;b&gt;</code>"),
        ] {
            assert_eq!(message(given), expected);
        }
    }

    #[test]
    fn only_an_address_of_the_web_is_followed() {
        for (given, expected) in [
            ("https://a.example/x?y=1&z#w", Some("https://a.example/x?y=1&amp;z#w")),
            ("http://a.example:8080/<\">'", Some("http://a.example:8080/%3C%22%3E%27")),
            ("javascript:alert(1)", None),
            (" https://a.example", None),
            ("https://user:secret@a.example", None),
            ("https://a.example\\@b", None),
            ("data:text/html,x", None),
            ("//a.example", None),
            ("https:///x", None),
        ] {
            assert_eq!(address(given).as_deref(), expected, "{given}");
        }
    }
}
