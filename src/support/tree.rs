//! YAML, JSON and JSON5 as one tree with rows, for the readers of structured files.
//!
//! Every scalar stays the text that is written: `1.30` is "1.30", and the key `on` is "on". What a
//! file gives before something breaks it is kept. It is no validator: it takes all that JSON5 and
//! JSONC allow for JSON, and of several YAML documents the first one.
//!
//! Formats: <https://yaml.org/spec/1.2.2/>, <https://www.rfc-editor.org/rfc/rfc8259>,
//! <https://spec.json5.org/>.

use std::{collections::HashMap, num::NonZeroU32};

use jsonc_parser::{Scanner, ScannerOptions, tokens::Token};
use saphyr_parser::{Event, Parser, ScalarStyle};

/// A file that nests deeper is not a statement.
const DEEPEST: usize = 64;
/// Nodes in a tree; a long text counts for several. It bounds what YAML aliases can multiply.
const HEAVIEST: usize = 100_000;
/// So many bytes of a text count as one more node.
const BYTES_A_NODE: usize = 32;

/// A value and the row where it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Node {
    /// The row where it starts. What an alias stands for is written at its anchor.
    pub(super) row: NonZeroU32,
    value: Value,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Value {
    /// `null`, `~` or nothing.
    Nothing,
    Text(String),
    List(Vec<Node>),
    Map(Vec<Entry>),
}

/// A key with its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    /// A key that is no scalar is empty.
    pub(super) key: String,
    /// The row of the key.
    pub(super) row: NonZeroU32,
    pub(super) node: Node,
}

impl Node {
    /// The value of the first such key of a map.
    pub(super) fn get(&self, key: &str) -> Option<&Self> {
        self.entries().iter().find(|entry| entry.key == key).map(|entry| &entry.node)
    }

    /// The entries of a map; none of anything else.
    pub(super) fn entries(&self) -> &[Entry] {
        match &self.value {
            Value::Map(entries) => entries,
            _ => &[],
        }
    }

    /// The items of a list; none of anything else.
    pub(super) fn items(&self) -> &[Self] {
        match &self.value {
            Value::List(items) => items,
            _ => &[],
        }
    }

    /// The items of a list, or the one scalar: many formats take both.
    pub(super) fn one_or_many(&self) -> &[Self] {
        match &self.value {
            Value::List(items) => items,
            Value::Text(_) => std::slice::from_ref(self),
            _ => &[],
        }
    }

    /// A scalar as it is written, without quotes.
    pub(super) fn text(&self) -> Option<&str> {
        match &self.value {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// True and false, in quotes or not.
    pub(super) fn truth(&self) -> Option<bool> {
        let text = self.text()?;
        [("true", true), ("false", false)]
            .into_iter()
            .find_map(|(word, truth)| text.eq_ignore_ascii_case(word).then_some(truth))
    }

    /// True of `null`, `~`, nothing and an empty text.
    pub(super) fn is_empty(&self) -> bool {
        self.value == Value::Nothing || self.text().is_some_and(|text| text.trim().is_empty())
    }

    pub(super) fn is_map(&self) -> bool {
        matches!(self.value, Value::Map(_))
    }

    pub(super) fn is_list(&self) -> bool {
        matches!(self.value, Value::List(_))
    }

    fn new(row: NonZeroU32, value: Value) -> Self {
        Self { row, value }
    }

    /// Itself and all below; a tree is never deeper than [`DEEPEST`].
    fn weight(&self) -> usize {
        1 + match &self.value {
            Value::Nothing => 0,
            Value::Text(text) => text.len() / BYTES_A_NODE,
            Value::List(items) => items.iter().map(Self::weight).sum(),
            Value::Map(entries) => {
                entries.iter().map(|e| e.node.weight() + e.key.len() / BYTES_A_NODE).sum()
            }
        }
    }

    fn height(&self) -> usize {
        1 + match &self.value {
            Value::Nothing | Value::Text(_) => 0,
            Value::List(items) => items.iter().map(Self::height).max().unwrap_or(0),
            Value::Map(entries) => entries.iter().map(|e| e.node.height()).max().unwrap_or(0),
        }
    }
}

/// What could be read of a file.
#[derive(Debug)]
pub(super) struct Tree {
    /// `None`: there is nothing in it.
    pub(super) root: Option<Node>,
    /// What was wrong, and where.
    pub(super) complaints: Vec<Complaint>,
    /// False if something may be missing from it.
    pub(super) is_whole: bool,
}

/// Something wrong with a file.
#[derive(Debug)]
pub(super) struct Complaint {
    pub(super) row: NonZeroU32,
    pub(super) message: String,
    pub(super) hint: Option<&'static str>,
}

/// Reads the first document of a YAML text.
pub(super) fn yaml(text: &str) -> Tree {
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

/// Reads a JSON text with whatever JSON5 and JSONC allow.
///
/// On the tokens of the `jsonc-parser` crate: its own trees need recursion and the whole of a file.
pub(super) fn json(text: &str) -> Tree {
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

/// Puts a tree together without recursion.
struct Builder {
    stack: Vec<Open>,
    root: Option<Node>,
    weight: usize,
    complaints: Vec<Complaint>,
    is_whole: bool,
    is_stopped: bool,
}

impl Default for Builder {
    fn default() -> Self {
        Self {
            stack: Vec::new(),
            root: None,
            weight: 0,
            complaints: Vec::new(),
            is_whole: true,
            is_stopped: false,
        }
    }
}

/// A list or map that is not closed yet.
struct Open {
    row: NonZeroU32,
    anchor: usize,
    kind: Kind,
}

enum Kind {
    List(Vec<Node>),
    Map { entries: Vec<Entry>, key: Option<(String, NonZeroU32)> },
}

impl Builder {
    fn complain(&mut self, row: NonZeroU32, message: &str, hint: Option<&'static str>) {
        self.complaints.push(Complaint { row, message: message.to_owned(), hint });
    }

    /// Nothing after this can be read.
    fn stop(&mut self, row: NonZeroU32, message: impl AsRef<str>) {
        self.complain(row, message.as_ref(), None);
        self.is_whole = false;
        self.is_stopped = true;
    }

    /// False, and the end, if the tree would become too heavy.
    fn bear(&mut self, row: NonZeroU32, weight: usize) -> bool {
        self.weight += weight;
        let bears = self.weight <= HEAVIEST;
        if !bears && !self.is_stopped {
            self.stop(
                row,
                format!("it holds more than {HEAVIEST} values, and the rest is not read"),
            );
        }
        bears
    }

    fn open(&mut self, row: NonZeroU32, anchor: usize, kind: Kind) {
        if self.stack.len() >= DEEPEST {
            self.stop(row, format!("it is nested more than {DEEPEST} levels deep"));
        } else if self.bear(row, 1) {
            self.stack.push(Open { row, anchor, kind });
        }
    }

    /// Adds a scalar, and gives it back for whoever has to remember it.
    fn scalar(&mut self, row: NonZeroU32, value: Value) -> Option<Node> {
        let node = Node::new(row, value);
        self.bear(row, node.weight()).then(|| {
            self.put(node.clone());
            node
        })
    }

    fn copy(&mut self, row: NonZeroU32, node: &Node) {
        if self.stack.len() + node.height() > DEEPEST + 1 {
            self.stop(row, format!("it is nested more than {DEEPEST} levels deep"));
        } else if self.bear(row, node.weight()) {
            self.put(node.clone());
        }
    }

    /// Closes the innermost list or map, and gives it back if it has an anchor.
    fn close(&mut self) -> Option<(usize, Node)> {
        let open = self.stack.pop()?;
        let anchor = open.anchor;
        let node = open.into_node();
        let kept = (anchor > 0).then(|| (anchor, node.clone()));
        self.put(node);
        kept
    }

    fn put(&mut self, node: Node) {
        match self.stack.last_mut().map(|open| &mut open.kind) {
            None => self.root = self.root.take().or(Some(node)),
            Some(Kind::List(items)) => items.push(node),
            Some(Kind::Map { entries, key }) => match key.take() {
                Some((key, row)) => entries.push(Entry { key, row, node }),
                None => *key = Some((node.text().unwrap_or_default().to_owned(), node.row)),
            },
        }
    }

    fn wants_key(&self) -> bool {
        matches!(self.stack.last(), Some(Open { kind: Kind::Map { key: None, .. }, .. }))
    }

    fn is_in_list(&self) -> bool {
        matches!(self.stack.last(), Some(Open { kind: Kind::List(_), .. }))
    }

    /// Closes what is open. An item of a list that was cut may have lost the entry that changes its
    /// meaning, and so may the innermost map; other maps and lists have only lost some of their own.
    fn finish(mut self) -> Tree {
        let is_map = |at: usize| matches!(self.stack[at].kind, Kind::Map { .. });
        let is_lost = |at: &usize| is_map(*at) && (!is_map(at - 1) || at + 1 == self.stack.len());
        if let Some(first) = (1..self.stack.len()).find(is_lost) {
            self.stack.truncate(first);
        }
        while let Some(open) = self.stack.pop() {
            self.put(open.into_node());
        }
        Tree { root: self.root, complaints: self.complaints, is_whole: self.is_whole }
    }
}

impl Open {
    fn into_node(self) -> Node {
        let value = match self.kind {
            Kind::List(items) => Value::List(items),
            Kind::Map { entries, .. } => Value::Map(entries),
        };
        Node::new(self.row, value)
    }
}

/// Turns offsets into rows; a row ends with a line feed, as in git.
struct Rows {
    ends: Vec<usize>,
}

impl Rows {
    fn of_characters(text: &str) -> Self {
        Self {
            ends: text.chars().enumerate().filter(|(_, c)| *c == '\n').map(|(i, _)| i).collect(),
        }
    }

    fn of_bytes(text: &str) -> Self {
        Self {
            ends: text.bytes().enumerate().filter(|(_, b)| *b == b'\n').map(|(i, _)| i).collect(),
        }
    }

    fn at(&self, offset: usize) -> NonZeroU32 {
        let row = self.ends.partition_point(|end| *end < offset);
        u32::try_from(row)
            .ok()
            .and_then(|row| NonZeroU32::MIN.checked_add(row))
            .unwrap_or(NonZeroU32::MAX)
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::*;

    /// `row value`, with braces for maps and brackets for lists, then what was wrong.
    fn shown(tree: &Tree) -> String {
        fn node(out: &mut String, at: &Node) {
            let _ = match &at.value {
                Value::Nothing => write!(out, "{}:-", at.row),
                Value::Text(text) => write!(out, "{}:{text}", at.row),
                Value::List(items) => {
                    out.push('[');
                    for item in items {
                        node(out, item);
                        out.push(' ');
                    }
                    write!(out, "]")
                }
                Value::Map(entries) => {
                    out.push('{');
                    for entry in entries {
                        let _ = write!(out, "{}:{}=", entry.row, entry.key);
                        node(out, &entry.node);
                        out.push(' ');
                    }
                    write!(out, "}}")
                }
            };
        }
        let mut out = String::new();
        if let Some(root) = &tree.root {
            node(&mut out, root);
        }
        for complaint in &tree.complaints {
            let _ = write!(out, " !{} {}", complaint.row, complaint.message);
        }
        out
    }

    #[test]
    fn yaml_scalars_stay_as_they_are_written() {
        let text =
            "on: yes\nrelease: 1.30\nquoted: \"1.30\"\nnone: ~\nempty:\nlist:\n- 007\n- {a: b}\n";
        assert_eq!(
            shown(&yaml(text)),
            "{1:on=1:yes 2:release=2:1.30 3:quoted=3:1.30 4:none=4:- 5:empty=5:- \
             6:list=[7:007 {8:a=8:b } ] }"
        );
    }

    #[test]
    fn rows_of_yaml_are_those_of_the_file() {
        let text = "ä: \"é\"\r\n\r\n# ☃\r\nü:\r\n- x\r\n";
        assert_eq!(shown(&yaml(text)), "{1:ä=1:é 4:ü=[5:x ] }");
    }

    #[test]
    fn an_alias_is_what_its_anchor_names() {
        let text = "a: &a\n  - x\nb: *a\nc: &c 1.4\nd: *c\n";
        assert_eq!(shown(&yaml(text)), "{1:a=[2:x ] 3:b=[2:x ] 4:c=4:1.4 5:d=4:1.4 }");
        assert!(shown(&yaml("a: &a [*a]\n")).contains("what it is a part of"));
        assert!(shown(&yaml("a: *b\n")).contains("it is not YAML"));
    }

    #[test]
    fn a_yaml_bomb_is_named() {
        let mut text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
        for level in 1..12 {
            let below = format!("*a{}", level - 1);
            let _ = writeln!(text, "a{level}: &a{level} [{}]", vec![below; 10].join(", "));
        }
        let tree = yaml(&text);
        assert!(!tree.is_whole);
        assert!(shown(&tree).contains("more than 100000 values"));
        // Few nodes, but long ones.
        let text = format!("a: &a {}\nb: [{}]\n", "x".repeat(50_000), "*a, ".repeat(5_000));
        assert!(shown(&yaml(&text)).contains("more than 100000 values"));
        // Each anchor is one more level.
        let mut text = "a0: &a0 [x]\n".to_owned();
        for level in 1..100 {
            let _ = writeln!(text, "a{level}: &a{level} [*a{}]", level - 1);
        }
        assert!(shown(&yaml(&text)).contains("levels deep"));
    }

    #[test]
    fn of_broken_yaml_the_part_before_is_kept() {
        let text = "a:\n- b: 1\n- c: 2\n  d: [\n- e\n";
        let tree = yaml(text);
        assert!(!tree.is_whole);
        // The item that breaks off is lost: what it lacks could change its meaning.
        assert!(shown(&tree).starts_with("{1:a=[{2:b=2:1 } ] } !5"), "{}", shown(&tree));
        assert_eq!(
            shown(&yaml("a: b\n---\nc: d\n")),
            "{1:a=1:b } !2 only the first of its documents is read"
        );
        assert_eq!(shown(&yaml("")), "");
    }

    #[test]
    fn a_name_at_an_open_end_may_be_cut_off() {
        assert_eq!(
            shown(&yaml("a: release-1.4")),
            "{1:a=1:- } !1 `release-1.4` may be cut off, so it is not read"
        );
        assert_eq!(shown(&yaml("a: true")), "{1:a=1:true }");
        assert_eq!(shown(&yaml("a: 2031-04-30")), "{1:a=1:2031-04-30 }");
        assert_eq!(shown(&yaml("a: \"release-1.4\"")), "{1:a=1:release-1.4 }");
        assert_eq!(shown(&yaml("a: b # c")), "{1:a=1:b }");
        assert!(shown(&yaml("a: [main, release-1.4")).starts_with("{1:a=[1:main "));
        assert!(!shown(&yaml("a: [main, release-1.4")).contains("1:release-1.4"));
    }

    #[test]
    fn json_is_read_as_leniently_as_people_write_it() {
        let text =
            "// comment\n{\n  a: 'b', /* c */\n  \"d\": [1.30, true, null,],\n  null: {},\n}\n";
        assert_eq!(shown(&json(text)), "{3:a=3:b 4:d=[4:1.30 4:true 4:- ] 5:null={} }");
    }

    #[test]
    fn of_broken_json_the_part_before_is_kept() {
        for (text, expected) in [
            ("{\"a\": [\n{\"b\": 1},\n{\"c\": ", "{1:a=[{2:b=2:1 } ] } !3 what opens here"),
            ("{\"a\": [\"b\", \"c", "{1:a=[1:b ] } !1 it is not JSON from here on: unterminated"),
            ("{\"a\" 1}", "{} !1 it is not JSON from here on: `1` is out of place"),
            ("{\"a\": ]", "{} !1 it is not JSON from here on: `]` is out of place"),
            ("[1, x]", "[1:1 ] !1 it is not JSON from here on: unexpected token"),
            ("{} {}", "{} !1 only the first of its values"),
            ("]", " !1 it is not JSON"),
        ] {
            let found = shown(&json(text));
            assert!(found.starts_with(expected), "{text}: {found}");
        }
        assert!(json("").root.is_none());
    }

    #[test]
    fn what_nests_too_deep_is_named() {
        for open in ["[", "{\"a\":"] {
            assert!(shown(&json(&open.repeat(100_000))).contains("levels deep"));
        }
        for open in ["[", "{a: ", "- ", "? "] {
            let found = shown(&yaml(&open.repeat(100_000)));
            assert!(
                found.contains("levels deep") || found.contains("recursion"),
                "{open}: {found}"
            );
        }
    }
}
