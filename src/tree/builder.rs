//! How a tree grows, and where it has to stop growing.

use std::num::NonZeroU32;

use super::{Complaint, Entry, Node, Tree, Value};

/// A file that nests deeper is not a statement.
const DEEPEST: usize = 64;
/// Nodes in a tree; a long text counts for several. It bounds what YAML aliases can multiply.
const HEAVIEST: usize = 100_000;

/// Puts a tree together without recursion.
pub(super) struct Builder {
    pub(super) stack: Vec<Open>,
    pub(super) root: Option<Node>,
    weight: usize,
    complaints: Vec<Complaint>,
    pub(super) is_whole: bool,
    pub(super) is_stopped: bool,
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
pub(super) struct Open {
    pub(super) row: NonZeroU32,
    anchor: usize,
    kind: Kind,
}

pub(super) enum Kind {
    List(Vec<Node>),
    Map { entries: Vec<Entry>, key: Option<(String, NonZeroU32)> },
}

impl Builder {
    pub(super) fn complain(&mut self, row: NonZeroU32, message: &str, hint: Option<&'static str>) {
        self.complaints.push(Complaint { row, message: message.to_owned(), hint });
    }

    /// Nothing after this can be read.
    pub(super) fn stop(&mut self, row: NonZeroU32, message: impl AsRef<str>) {
        self.complain(row, message.as_ref(), None);
        self.is_whole = false;
        self.is_stopped = true;
    }

    /// False, and the end, if the tree would become too heavy.
    pub(super) fn bear(&mut self, row: NonZeroU32, weight: usize) -> bool {
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

    pub(super) fn open(&mut self, row: NonZeroU32, anchor: usize, kind: Kind) {
        if self.stack.len() >= DEEPEST {
            self.stop(row, format!("it is nested more than {DEEPEST} levels deep"));
        } else if self.bear(row, 1) {
            self.stack.push(Open { row, anchor, kind });
        }
    }

    /// Adds a scalar, and gives it back for whoever has to remember it.
    pub(super) fn scalar(&mut self, row: NonZeroU32, value: Value) -> Option<Node> {
        let node = Node::new(row, value);
        self.bear(row, node.weight()).then(|| {
            self.put(node.clone());
            node
        })
    }

    pub(super) fn copy(&mut self, row: NonZeroU32, node: &Node) {
        if self.stack.len() + node.height() > DEEPEST + 1 {
            self.stop(row, format!("it is nested more than {DEEPEST} levels deep"));
        } else if self.bear(row, node.weight()) {
            self.put(node.clone());
        }
    }

    /// Closes the innermost list or map, and gives it back if it has an anchor.
    pub(super) fn close(&mut self) -> Option<(usize, Node)> {
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

    pub(super) fn wants_key(&self) -> bool {
        matches!(self.stack.last(), Some(Open { kind: Kind::Map { key: None, .. }, .. }))
    }

    pub(super) fn is_in_list(&self) -> bool {
        matches!(self.stack.last(), Some(Open { kind: Kind::List(_), .. }))
    }

    /// Closes what is open. An item of a list that was cut may have lost the entry that changes its
    /// meaning, and so may the innermost map; other maps and lists have only lost some of their own.
    pub(super) fn finish(mut self) -> Tree {
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
