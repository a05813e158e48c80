//! How documents in JSON are printed.

use serde::Serialize;

use crate::escape;

/// Pretty-printed, with a line feed at the end, and doing nothing in a terminal.
pub(super) fn print(document: &impl Serialize) -> String {
    // These structs have text keys only, so serialising them cannot fail.
    let text = serde_json::to_string_pretty(document).unwrap_or_default();
    let mut safe = String::with_capacity(text.len() + 1);
    for line in text.lines() {
        safe.push_str(&escape::json(line));
        safe.push('\n');
    }
    safe
}

/// The same with its keys sorted, where a standard asks for that.
pub(super) fn print_sorted(document: &impl Serialize) -> String {
    print(&serde_json::to_value(document).unwrap_or_default())
}

/// A text of a field with a limit, without control characters that no field wants.
pub(super) fn text(text: &str, longest: usize) -> String {
    let plain: String =
        text.trim().chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t')).collect();
    escape::cut(&plain, longest)
}
