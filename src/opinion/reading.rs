//! A file while it is read: its rows, and what was made of it so far.
//!
//! It keeps the promises that are the same for all readers: origins, bounds, and that a file which
//! speaks for its own folder only is not taken for the whole repository.

use std::{collections::BTreeSet, num::NonZeroU32};

use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use super::{LARGEST, MOST_OPINIONS, Read};
use crate::{
    model::{
        Ecosystem, Expiry, Opinion, Origin, PackagePattern, Stance, Trouble, Weight, canonical_id,
    },
    tree::{self, Node, Rows, Tree},
};

/// More than this is not worth reading.
const MOST_TROUBLE: usize = 100;
/// Characters of a message.
const LONGEST_MESSAGE: usize = 300;
/// Characters of a reason, an id, a condition.
const LONGEST_TEXT: usize = 2_000;

/// Rows of a comment that are read.
const LONGEST_COMMENT: usize = 20;

/// A value of a TOML file.
pub(super) type Value<'a> = Spanned<DeValue<'a>>;

/// Reads a text with a function, inside the bounds. What it says holds below `folder` only, which is
/// empty for the whole repository.
pub(super) fn read(
    kind: &'static str,
    folder: &str,
    text: &str,
    at: &Origin,
    body: impl FnOnce(&str, &mut Reading<'_>),
) -> Read {
    let text = text.trim_start_matches('\u{feff}');
    let mut reading = Reading {
        kind,
        folder: folder.to_owned(),
        offsets: Rows::of_bytes(text),
        rows: Vec::new(),
        at,
        read: Read::default(),
        is_full: false,
    };
    if text.len() > LARGEST {
        let message = format!("it has more than {LARGEST} bytes, so it is not read");
        reading.warn(NonZeroU32::MIN, message);
        return reading.read;
    }
    reading.rows = text.lines().collect();
    body(text, &mut reading);
    reading.read
}

/// What was made of a file so far.
pub(super) struct Reading<'a> {
    /// Of the opinions to come.
    pub(super) kind: &'static str,
    folder: String,
    offsets: Rows,
    pub(super) rows: Vec<&'a str>,
    at: &'a Origin,
    read: Read,
    is_full: bool,
}

impl Reading<'_> {
    /// An opinion about these names, not yet held: ignored, for ever, whatever the package.
    pub(super) fn opinion<'i>(
        &self,
        row: NonZeroU32,
        ids: impl IntoIterator<Item = &'i str>,
    ) -> Opinion {
        let ids: BTreeSet<String> = ids
            .into_iter()
            .map(|id| canonical_id(&short(id)))
            .filter(|id| !id.is_empty())
            .collect();
        let only_if = match self.folder.as_str() {
            "" => Vec::new(),
            folder => vec![format!("it is below `{folder}`")],
        };
        Opinion {
            kind: self.kind,
            ids,
            package: None,
            stance: Stance::Ignored,
            justification: None,
            reason: None,
            expiry: Expiry::Never,
            by: None,
            origin: self.origin(row),
            at: None,
            only_if,
        }
    }

    /// Holds an opinion.
    pub(super) fn make(&mut self, mut opinion: Opinion) {
        if self.read.opinions.len() < MOST_OPINIONS {
            opinion.reason = opinion.reason.as_deref().and_then(words);
            opinion.only_if = opinion.only_if.iter().map(|condition| short(condition)).collect();
            self.read.opinions.push(opinion);
        } else if !self.is_full {
            self.is_full = true;
            let row = opinion.origin.row.unwrap_or(NonZeroU32::MIN);
            let message =
                format!("it has more than {MOST_OPINIONS} statements, and the rest is not read");
            self.warn(row, message);
        }
    }

    /// True once nothing more is kept.
    pub(super) fn is_full(&self) -> bool {
        self.is_full
    }

    /// What is held so far.
    pub(super) fn held(&mut self) -> &mut Vec<Opinion> {
        &mut self.read.opinions
    }

    /// Something that is not known here, and that takes nothing away.
    pub(super) fn note(&mut self, row: NonZeroU32, message: impl Into<String>) {
        self.trouble(row, Trouble::info(message));
    }

    /// Something wrong.
    pub(super) fn warn(&mut self, row: NonZeroU32, message: impl Into<String>) {
        self.trouble(row, Trouble::warning(message));
    }

    fn trouble(&mut self, row: NonZeroU32, mut trouble: Trouble) {
        // A message may quote a key or a value, and those are as long as strangers like.
        if let Some((end, _)) = trouble.message.char_indices().nth(LONGEST_MESSAGE) {
            trouble.message.truncate(end);
            trouble.message.push('…');
        }
        match self.read.trouble.len() {
            0..MOST_TROUBLE => self.read.trouble.push(trouble.at(self.origin(row))),
            MOST_TROUBLE => {
                let more = Trouble::info("there is more of this kind below");
                self.read.trouble.push(more.at(self.origin(row)));
            }
            _ => {}
        }
    }

    fn origin(&self, row: NonZeroU32) -> Origin {
        Origin { row: Some(row), ..self.at.clone() }
    }

    /// The root of a YAML text.
    pub(super) fn yaml(&mut self, text: &str) -> Option<Node> {
        self.root(tree::yaml(text))
    }

    /// The root of a JSON, JSONC or JSON5 text.
    pub(super) fn json(&mut self, text: &str) -> Option<Node> {
        self.root(tree::json(text))
    }

    fn root(&mut self, tree: Tree) -> Option<Node> {
        for complaint in tree.complaints {
            let mut trouble = Trouble::warning(complaint.message);
            trouble.weight = if tree.is_whole { Weight::Info } else { Weight::Warning };
            trouble.hint = complaint.hint.map(str::to_owned);
            self.trouble(complaint.row, trouble);
        }
        tree.root
    }

    /// A TOML text, whole or not at all: its tools refuse a broken one, too.
    pub(super) fn toml<'t>(&mut self, text: &'t str) -> Option<DeTable<'t>> {
        match DeTable::parse(text) {
            Ok(table) => Some(table.into_inner()),
            Err(error) => {
                let row = error.span().map_or(NonZeroU32::MIN, |span| self.offsets.at(span.start));
                let why = error.message().lines().next().unwrap_or_default();
                self.warn(row, format!("it does not parse: {why}"));
                None
            }
        }
    }

    /// The row of a value of a TOML file.
    pub(super) fn row(&self, value: &Value<'_>) -> NonZeroU32 {
        self.offsets.at(value.span().start)
    }

    /// The row of an offset.
    pub(super) fn row_at(&self, offset: usize) -> NonZeroU32 {
        self.offsets.at(offset)
    }

    /// The items of a TOML list; anything else is named.
    pub(super) fn list<'v, 't>(&mut self, key: &str, value: &'v Value<'t>) -> &'v [Value<'t>] {
        if let Some(items) = value.get_ref().as_array() {
            return items;
        }
        self.warn(self.row(value), format!("`{key}` is not a list"));
        &[]
    }

    /// What a comment says of the entry in a row: behind it, else directly above it. `behind` is what
    /// follows the entry on its row, `mark` what a comment starts with. A comment over several
    /// entries is the first one's: whether it is about the others as well is a guess.
    pub(super) fn comment(&self, row: NonZeroU32, behind: &str, mark: &str) -> Option<String> {
        let behind = behind.trim_start_matches([',', ' ', '\t', ']', '}']);
        if let Some(comment) = behind.strip_prefix(mark) {
            return words(comment.trim_start_matches(mark));
        }
        let before = usize::try_from(row.get() - 1).ok()?;
        let above = self.rows.get(..before)?.iter().rev().take(LONGEST_COMMENT);
        let block = above.map_while(|row| row.trim().strip_prefix(mark));
        let mut block: Vec<&str> = block.map(|row| row.trim_start_matches(mark)).collect();
        block.reverse();
        words(&block.join(" "))
    }
}

/// A package in the one spelling of its ecosystem.
pub(super) fn package(
    ecosystem: Ecosystem,
    name: &str,
    version: Option<&str>,
) -> Option<PackagePattern> {
    let name = name.trim();
    let version = version.map(|version| ecosystem.version(version.trim()).to_owned());
    (!name.is_empty()).then(|| PackagePattern {
        name: ecosystem.canonical(&short(name)),
        version: version.filter(|version| !version.is_empty()),
        ecosystem,
    })
}

/// Text in one row; `None`: there is none.
pub(super) fn words(text: &str) -> Option<String> {
    let words: Vec<&str> = text.split_whitespace().collect();
    (!words.is_empty()).then(|| short(&words.join(" ")))
}

/// No longer than anybody reads.
fn short(text: &str) -> String {
    match text.char_indices().nth(LONGEST_TEXT) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// A text of a TOML table.
pub(super) fn text<'t>(table: &'t DeTable<'_>, key: &str) -> Option<&'t str> {
    table.get(key)?.get_ref().as_str()
}

/// A value for a message or a condition.
pub(super) fn shown(node: &Node) -> String {
    match node.text() {
        Some(text) if text.chars().count() > 80 => text.chars().take(80).chain(['…']).collect(),
        Some(text) => text.to_owned(),
        None if node.is_map() => "{…}".to_owned(),
        None if node.is_list() => "[…]".to_owned(),
        None => "null".to_owned(),
    }
}

/// The last part of a path.
pub(super) fn file_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// True of files with such an ending, which is in lowercase.
pub(super) fn ends_as(path: &str, extension: &str) -> bool {
    path.rsplit_once('.').is_some_and(|(_, own)| own.eq_ignore_ascii_case(extension))
}

/// The folder that a file is in, or that such a folder of settings is in; empty: the root.
pub(super) fn folder_of<'p>(path: &'p str, settings: &[&str]) -> &'p str {
    let (folder, _) = path.rsplit_once('/').unwrap_or_default();
    let (parent, last) = folder.rsplit_once('/').unwrap_or(("", folder));
    if settings.contains(&last) { parent } else { folder }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_speaks_for_its_folder() {
        for (path, expected) in [
            ("deny.toml", ""),
            (".cargo/deny.toml", ""),
            ("a/b/deny.toml", "a/b"),
            ("a/.cargo/deny.toml", "a"),
        ] {
            assert_eq!(folder_of(path, &[".cargo"]), expected, "{path}");
        }
    }

    #[test]
    fn what_a_file_may_hold_has_bounds() {
        let at = Origin { reference: None, path: "x".to_owned(), row: None };
        let read = read("x", "", "\n", &at, |_, reading| {
            for number in 0..=MOST_OPINIONS + 1 {
                let opinion = reading.opinion(NonZeroU32::MIN, [number.to_string().as_str()]);
                reading.make(opinion);
                reading.warn(NonZeroU32::MIN, "x".repeat(LONGEST_MESSAGE * 2));
            }
        });
        assert_eq!(read.opinions.len(), MOST_OPINIONS);
        assert_eq!(read.trouble.len(), MOST_TROUBLE + 1);
        assert!(read.trouble.iter().all(|t| t.message.chars().count() <= LONGEST_MESSAGE + 1));
    }
}
