//! JSON and its dialects, on the tokens of the `jsonc-parser` crate.

use jsonc_parser::{Scanner, ScannerOptions, tokens::Token};

use super::{
    Tree, Value,
    builder::{Builder, Kind},
    rows::Rows,
};

/// Reads a JSON text with whatever JSON5 and JSONC allow.
///
/// On the tokens of the `jsonc-parser` crate: its own trees need recursion and the whole of a file.
pub(crate) fn json(text: &str) -> Tree {
    let mut builder = Builder::default();
    let rows = Rows::of_bytes(text);
    let mut scanner = Scanner::new(text, &ScannerOptions::default());
    let mut needs_colon = false;
    loop {
        let token = match scanner.scan() {
            Ok(Some(Token::CommentLine(_) | Token::CommentBlock(_))) => continue,
            Ok(Some(token)) => token,
            Ok(None) => break,
            Err(error) => {
                let row = rows.at(scanner.token_start());
                let why = error.kind().to_string();
                let mut why = why.chars();
                let first = why.next().map(|c| c.to_ascii_lowercase());
                let why: String = first.into_iter().chain(why).collect();
                builder.stop(row, format!("it is not JSON from here on: {why}"));
                break;
            }
        };
        let row = rows.at(scanner.token_start());
        if needs_colon != (token == Token::Colon) {
            let message =
                format!("it is not JSON from here on: `{}` is out of place", token.as_str());
            builder.stop(row, message.chars().take(120).collect::<String>());
            break;
        }
        if builder.root.is_some() {
            builder.complain(row, "only the first of its values is read", None);
            break;
        }
        let is_key = builder.wants_key();
        match &token {
            Token::Colon => needs_colon = false,
            Token::OpenBrace if !is_key => {
                builder.open(row, 0, Kind::Map { entries: Vec::new(), key: None });
            }
            Token::OpenBracket if !is_key => builder.open(row, 0, Kind::List(Vec::new())),
            Token::CloseBrace if is_key => drop(builder.close()),
            Token::CloseBracket if builder.is_in_list() => drop(builder.close()),
            // A missing or doubled comma takes nothing away from what is meant.
            Token::Comma if is_key || builder.is_in_list() => {}
            Token::Null if !is_key => drop(builder.scalar(row, Value::Nothing)),
            Token::String(_) | Token::Number(_) | Token::Boolean(_) => {
                drop(builder.scalar(row, Value::Text(token.as_str().to_owned())));
                needs_colon = is_key;
            }
            Token::Word(_) | Token::Null if is_key => {
                drop(builder.scalar(row, Value::Text(token.as_str().to_owned())));
                needs_colon = true;
            }
            _ => {
                let message =
                    format!("it is not JSON from here on: `{}` is out of place", token.as_str());
                builder.stop(row, message.chars().take(120).collect::<String>());
            }
        }
        if builder.is_stopped {
            break;
        }
    }
    if let (false, Some(open)) = (builder.is_stopped, builder.stack.last()) {
        let row = open.row;
        builder.stop(row, "what opens here is never closed, so the file is cut off");
    }
    builder.finish()
}
