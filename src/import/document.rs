//! The bytes of a report, opened once: what is it, by what parses and not by its name?

use serde::de::{Deserialize as _, IgnoredAny};
use serde_json::{Deserializer, Value};

use super::pieces::{Bytes, Pieces};

/// More documents than this in one stream are not read.
const MOST_DOCUMENTS: usize = 1_000_000;

/// A report's bytes and what they are.
#[derive(Debug)]
pub struct Document<'a> {
    /// Without a byte order mark and without a banner before the first brace. None if the report was
    /// opened in pieces.
    pub bytes: &'a [u8],
    pub shape: Shape,
    /// Why the document is not whole: it ends early, or something follows that is no JSON.
    pub cut: Option<String>,
    /// Where the bytes are, if not in memory.
    pieces: Option<&'a dyn Pieces>,
}

/// What parses.
#[derive(Debug)]
pub enum Shape {
    /// A SARIF log: it is not kept in memory, since it may be large. [`super::sarif`] reads the
    /// bytes result by result.
    Sarif,
    /// One JSON value.
    Json(Value),
    /// Several JSON values one after the other, with or without line feeds, or cut after some.
    Stream(Vec<Value>),
    /// No JSON at all.
    Text,
}

impl<'a> Document<'a> {
    /// Opens a report. Duplicate keys: the last one counts.
    pub fn open(bytes: &'a [u8]) -> Self {
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let bytes = without_banner(bytes);
        if super::sarif::is_sarif(Bytes::Whole(bytes)) {
            return Self { bytes, shape: Shape::Sarif, cut: None, pieces: None };
        }
        let mut values = Vec::new();
        let mut cut = None;
        let mut stream = Deserializer::from_slice(bytes).into_iter::<Value>();
        loop {
            match stream.next() {
                Some(Ok(value)) if values.len() < MOST_DOCUMENTS => values.push(value),
                Some(Ok(_)) => {
                    cut = Some(format!("it has more than {MOST_DOCUMENTS} documents"));
                    break;
                }
                Some(Err(error)) => {
                    cut = Some(format!(
                        "it is no JSON from byte {} on: {error}",
                        stream.byte_offset()
                    ));
                    break;
                }
                None => break,
            }
        }
        let shape = match values.len() {
            0 => Shape::Text,
            // Trailing text after one document: the document is read, and the rest is named.
            1 => values.pop().map_or(Shape::Text, Shape::Json),
            _ => Shape::Stream(values),
        };
        Self { bytes, shape, cut, pieces: None }
    }

    /// Opens a report that stays where it is. `None`: it has to be read whole, since it is no SARIF,
    /// or something stands before it.
    pub fn open_pieces(pieces: &'a dyn Pieces) -> Option<Self> {
        super::sarif::is_sarif(Bytes::Pieces(pieces)).then_some(Self {
            bytes: &[],
            shape: Shape::Sarif,
            cut: None,
            pieces: Some(pieces),
        })
    }

    /// The bytes, wherever they are.
    pub(super) fn everything(&self) -> Bytes<'a> {
        self.pieces.map_or(Bytes::Whole(self.bytes), Bytes::Pieces)
    }

    /// The one JSON value.
    pub fn json(&self) -> Option<&Value> {
        match &self.shape {
            Shape::Json(value) => Some(value),
            _ => None,
        }
    }

    /// Every JSON value: one, several in a stream, or those of an array that wraps the stream.
    pub fn values(&self) -> &[Value] {
        match &self.shape {
            Shape::Json(Value::Array(values)) | Shape::Stream(values) => values,
            Shape::Json(value) => std::slice::from_ref(value),
            Shape::Sarif | Shape::Text => &[],
        }
    }
}

/// Tools print greetings before their JSON. What comes before a line that starts with a brace is
/// left out, if the rest is JSON.
fn without_banner(bytes: &[u8]) -> &[u8] {
    let starts = |bytes: &[u8]| bytes.trim_ascii_start().first().copied();
    if matches!(starts(bytes), Some(b'{' | b'[')) {
        return bytes;
    }
    let mut rest = bytes;
    while let Some(end) = rest.iter().position(|byte| *byte == b'\n') {
        rest = &rest[end + 1..];
        if matches!(rest.first(), Some(b'{' | b'[')) && is_json(rest) {
            return rest;
        }
    }
    bytes
}

fn is_json(bytes: &[u8]) -> bool {
    IgnoredAny::deserialize(&mut Deserializer::from_slice(bytes)).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_parses_decides() {
        let shape = |text: &str| match Document::open(text.as_bytes()).shape {
            Shape::Sarif => "sarif".to_owned(),
            Shape::Json(value) => format!("json {value}"),
            Shape::Stream(values) => format!("stream of {}", values.len()),
            Shape::Text => "text".to_owned(),
        };
        for (text, expected) in [
            ("", "text"),
            ("hello", "text"),
            ("\u{feff}{\"a\":1}", "json {\"a\":1}"),
            ("{\"a\":1,\"a\":2}", "json {\"a\":2}"),
            ("Scanning...\nDone.\n{\"a\":1}\n", "json {\"a\":1}"),
            ("{\"a\":1}\ntotal: 1", "json {\"a\":1}"),
            ("{\"a\":1}{\"b\":2}", "stream of 2"),
            ("{\"a\":1}\n{\"b\":2}\n{\"c\":", "stream of 2"),
            ("{\"version\":\"2.1.0\",\"runs\":[]}", "sarif"),
            ("{\"runs\":null}", "sarif"),
        ] {
            assert_eq!(shape(text), expected, "{text}");
        }
    }

    #[test]
    fn a_cut_document_says_so() {
        assert!(Document::open(b"{\"a\":1}\n{\"b\":").cut.is_some());
        assert!(Document::open(b"{\"a\":1}\n").cut.is_none());
    }
}
