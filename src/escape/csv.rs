//! Rows of CSV (RFC 4180, <https://www.rfc-editor.org/rfc/rfc4180>), safe for spreadsheets.

/// What a formula begins with.
const FORMULA: [char; 10] = ['=', '+', '-', '@', '|', '%', '＝', '＋', '－', '＠'];

/// A row with its end.
pub fn row<const COLUMNS: usize>(fields: &[String; COLUMNS]) -> String {
    let fields: Vec<String> = fields.iter().map(|text| field(text)).collect();
    format!("{}\r\n", fields.join(","))
}

/// A field with its quotes, on one line. A spreadsheet takes what begins with
/// one of these characters for a formula, with or without quotes, so an apostrophe goes before it; and
/// after a semicolon, too, where one that is set up for another language begins a field:
/// <https://owasp.org/www-community/attacks/CSV_Injection>.
fn field(text: &str) -> String {
    let safe = super::paragraphs_as_line(text);
    let pieces: Vec<String> = safe
        .split(';')
        .map(|piece| {
            let guard = if piece.trim_start().starts_with(FORMULA) { "'" } else { "" };
            format!("{guard}{}", piece.replace('"', "\"\""))
        })
        .collect();
    format!("\"{}\"", pieces.join(";"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_is_one_field_and_no_formula() {
        for (given, expected) in [
            ("serde", "\"serde\""),
            ("", "\"\""),
            ("say \"no\", twice", "\"say \"\"no\"\", twice\""),
            ("=1+1", "\"'=1+1\""),
            ("  @SUM(A1)", "\"'  @SUM(A1)\""),
            ("-2", "\"'-2\""),
            ("＝cmd", "\"'＝cmd\""),
            ("crash; =HYPERLINK(\"x\");b", "\"crash;' =HYPERLINK(\"\"x\"\");b\""),
            ("a\r\nb", "\"a b\""),
            ("::error::x", "\"::error::x\""),
            ("##[x]", "\"##\\[x]\""),
        ] {
            assert_eq!(field(given), expected);
        }
        assert_eq!(row(&["a".to_owned(), "b".to_owned()]), "\"a\",\"b\"\r\n");
    }
}
