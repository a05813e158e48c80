//! YAML, on the events of the `saphyr-parser` crate.

use std::collections::HashMap;

use saphyr_parser::{Event, Parser, ScalarStyle};

use super::{
    Node, Tree, Value,
    builder::{Builder, Kind},
    rows::Rows,
};

/// Reads the first document of a YAML text.
pub(crate) fn yaml(text: &str) -> Tree {
    let mut builder = Builder::default();
    let rows = Rows::of_characters(text);
    // A name at the very end of a file without a last line feed may be half a name.
    let open_end = (!text.ends_with(['\n', '\r'])).then(|| text.trim_end().chars().count());
    let mut anchors: HashMap<usize, Node> = HashMap::new();
    let mut documents = 0;
    let mut parser = Parser::new_from_str(text);
    while let Some(event) = parser.next_event() {
        let (event, span) = match event {
            Ok(event) => event,
            Err(error) => {
                builder.stop(
                    rows.at(error.marker().index()),
                    format!("it is not YAML from here on: {}", error.info()),
                );
                break;
            }
        };
        let row = rows.at(span.start.index());
        let anchored = match event {
            Event::DocumentStart(_) => {
                documents += 1;
                if documents > 1 {
                    builder.complain(row, "only the first of its documents is read", None);
                    break;
                }
                None
            }
            Event::Scalar(scalar, style, anchor, _) => {
                let is_plain = style == ScalarStyle::Plain;
                let is_last = open_end.is_some_and(|end| span.end.index() >= end);
                let is_nothing = matches!(&*scalar, "" | "~" | "null" | "Null" | "NULL");
                let value = if is_plain && is_last && !is_nothing && !is_finished(&scalar) {
                    builder.is_whole = false;
                    // Only a name with a number could have been about a line.
                    if scalar.bytes().any(|byte| byte.is_ascii_digit()) {
                        // Its end says most about what was cut.
                        let begin = scalar.char_indices().rev().nth(39).map_or(0, |(at, _)| at);
                        builder.complain(
                            row,
                            &format!("`{}` may be cut off, so it is not read", &scalar[begin..]),
                            Some("end the file with a line feed"),
                        );
                    }
                    Value::Nothing
                } else if is_plain && is_nothing {
                    Value::Nothing
                } else {
                    Value::Text(scalar.into_owned())
                };
                builder.scalar(row, value).map(|node| (anchor, node))
            }
            Event::SequenceStart(anchor, _) => {
                builder.open(row, anchor, Kind::List(Vec::new()));
                None
            }
            Event::MappingStart(anchor, _) => {
                builder.open(row, anchor, Kind::Map { entries: Vec::new(), key: None });
                None
            }
            Event::SequenceEnd | Event::MappingEnd => builder.close(),
            Event::Alias(anchor) => {
                match anchors.get(&anchor) {
                    Some(node) => builder.copy(row, node),
                    None => builder.stop(row, "an alias stands for what it is a part of"),
                }
                None
            }
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentEnd => None,
        };
        // Anchors are numbered from 1.
        if let Some((anchor, node)) = anchored.filter(|(anchor, _)| *anchor > 0)
            && builder.bear(row, node.weight())
        {
            anchors.insert(anchor, node);
        }
        if builder.is_stopped {
            break;
        }
    }
    builder.finish()
}

/// True of texts that stay what they are when more follows: a truth, and a day.
fn is_finished(scalar: &str) -> bool {
    matches!(scalar, "true" | "false")
        || scalar.len() == 10 && scalar.parse::<jiff::civil::Date>().is_ok()
}
