//! YAML, JSON and JSON5 as one tree with rows, for the readers of structured files.
//!
//! Every scalar stays the text that is written: `1.30` is "1.30", and the key `on` is "on". What a
//! file gives before something breaks it is kept. It is no validator: it takes all that JSON5 and
//! JSONC allow for JSON, and of several YAML documents the first one.
//!
//! Formats: <https://yaml.org/spec/1.2.2/>, <https://www.rfc-editor.org/rfc/rfc8259>,
//! <https://spec.json5.org/>.

mod builder;
mod json;
mod rows;
mod yaml;

use std::num::NonZeroU32;

pub(crate) use self::{json::json, rows::Rows, yaml::yaml};

/// So many bytes of a text count as one more node.
const BYTES_A_NODE: usize = 32;

/// A value and the row where it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Node {
    /// The row where it starts. What an alias stands for is written at its anchor.
    pub(crate) row: NonZeroU32,
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
pub(crate) struct Entry {
    /// A key that is no scalar is empty.
    pub(crate) key: String,
    /// The row of the key.
    pub(crate) row: NonZeroU32,
    pub(crate) node: Node,
}

impl Node {
    /// The value of the first such key of a map.
    pub(crate) fn get(&self, key: &str) -> Option<&Self> {
        self.entries().iter().find(|entry| entry.key == key).map(|entry| &entry.node)
    }

    /// The entries of a map; none of anything else.
    pub(crate) fn entries(&self) -> &[Entry] {
        match &self.value {
            Value::Map(entries) => entries,
            _ => &[],
        }
    }

    /// The items of a list; none of anything else.
    pub(crate) fn items(&self) -> &[Self] {
        match &self.value {
            Value::List(items) => items,
            _ => &[],
        }
    }

    /// The items of a list, or the one scalar: many formats take both.
    pub(crate) fn one_or_many(&self) -> &[Self] {
        match &self.value {
            Value::List(items) => items,
            Value::Text(_) => std::slice::from_ref(self),
            _ => &[],
        }
    }

    /// A scalar as it is written, without quotes.
    pub(crate) fn text(&self) -> Option<&str> {
        match &self.value {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// True and false, in quotes or not.
    pub(crate) fn truth(&self) -> Option<bool> {
        let text = self.text()?;
        [("true", true), ("false", false)]
            .into_iter()
            .find_map(|(word, truth)| text.eq_ignore_ascii_case(word).then_some(truth))
    }

    /// True of `null`, `~`, nothing and an empty text.
    pub(crate) fn is_empty(&self) -> bool {
        self.value == Value::Nothing || self.text().is_some_and(|text| text.trim().is_empty())
    }

    pub(crate) fn is_map(&self) -> bool {
        matches!(self.value, Value::Map(_))
    }

    pub(crate) fn is_list(&self) -> bool {
        matches!(self.value, Value::List(_))
    }

    fn new(row: NonZeroU32, value: Value) -> Self {
        Self { row, value }
    }

    /// Itself and all below; a tree is never deeper than `DEEPEST`.
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
pub(crate) struct Tree {
    /// `None`: there is nothing in it.
    pub(crate) root: Option<Node>,
    /// What was wrong, and where.
    pub(crate) complaints: Vec<Complaint>,
    /// False if something may be missing from it.
    pub(crate) is_whole: bool,
}

/// Something wrong with a file.
#[derive(Debug)]
pub(crate) struct Complaint {
    pub(crate) row: NonZeroU32,
    pub(crate) message: String,
    pub(crate) hint: Option<&'static str>,
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
