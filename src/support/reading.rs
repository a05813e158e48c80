//! A file while it is read: its rows, and what was made of it so far.
//!
//! It keeps the promises that are the same for all readers: rows and words of claims, the bounds,
//! and that a list that was cut is never taken for a complete one.

use std::num::NonZeroU32;

use jiff::civil::Date;

use super::{
    LARGEST, MOST_CLAIMS, Read, day,
    tree::{self, Node, Tree},
};
use crate::model::{About, Claim, DeclaredBy, End, Origin, Standing, Trouble};

/// More than this is not worth reading.
pub(super) const MOST_TROUBLE: usize = 100;
/// Characters of a message.
const LONGEST_MESSAGE: usize = 300;
/// A row is quoted from no more bytes than this: a file may be one row.
const LONGEST_ROW: usize = 800;

/// Reads a text with a function, inside the bounds.
pub(super) fn read(
    text: &str,
    at: &Origin,
    by: DeclaredBy,
    body: impl FnOnce(&str, &mut Reading<'_>),
) -> Read {
    let text = text.trim_start_matches('\u{feff}');
    let mut reading =
        Reading { rows: Vec::new(), at, by, read: Read::default(), is_whole: true, is_full: false };
    if text.len() > LARGEST {
        let message = format!("it has more than {LARGEST} bytes, so it is not read");
        reading.warn(NonZeroU32::MIN, message);
        return reading.read;
    }
    reading.rows = text.split('\n').collect();
    body(text, &mut reading);
    reading.read
}

/// What was made of a file so far.
pub(super) struct Reading<'a> {
    rows: Vec<&'a str>,
    at: &'a Origin,
    by: DeclaredBy,
    read: Read,
    /// False once something may be missing from what was read.
    pub(super) is_whole: bool,
    is_full: bool,
}

impl Reading<'_> {
    /// The path of the file.
    pub(super) fn path(&self) -> &str {
        &self.at.path
    }

    /// A claim in the words of a row, not yet made.
    pub(super) fn claim(&self, row: NonZeroU32, about: About) -> Claim {
        Claim::new(self.by, about, self.origin(row), self.row(row))
    }

    /// The same, where the row alone does not tell what it is: `matrix: - release-1.4`.
    pub(super) fn claim_in(&self, place: &str, row: NonZeroU32, about: About) -> Claim {
        let words = format!("{place}: {}", self.row(row).trim());
        Claim::new(self.by, about, self.origin(row), &words)
    }

    /// Makes a claim.
    pub(super) fn make(&mut self, claim: Claim) {
        if self.read.claims.len() < MOST_CLAIMS {
            self.read.claims.push(claim);
        } else if !self.is_full {
            self.is_full = true;
            self.is_whole = false;
            let row = claim.origin.row.unwrap_or(NonZeroU32::MIN);
            let message =
                format!("it makes more than {MOST_CLAIMS} claims, and the rest is not read");
            self.warn(row, message);
        }
    }

    /// Claims that every other line has ended, if the list names a supported line and nothing can be
    /// missing from it: half a list ends nobody's support.
    pub(super) fn make_others(&mut self, row: NonZeroU32) {
        let names_one = self.read.claims.iter().any(|c| c.standing == Some(Standing::Supported));
        if self.is_whole && names_one {
            self.make(self.claim(row, About::Others).standing(Standing::Eol));
        }
    }

    /// Something that is not known here, and that takes nothing away.
    pub(super) fn note(&mut self, row: NonZeroU32, message: impl Into<String>) {
        self.trouble(row, Trouble::info(message));
    }

    /// Something wrong.
    pub(super) fn warn(&mut self, row: NonZeroU32, message: impl Into<String>) {
        self.trouble(row, Trouble::warning(message));
    }

    /// Something wrong that can be mended.
    pub(super) fn warn_with_hint(
        &mut self,
        row: NonZeroU32,
        message: impl Into<String>,
        hint: &str,
    ) {
        self.trouble(row, Trouble::warning(message).hint(hint));
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

    fn row(&self, row: NonZeroU32) -> &str {
        // Claims beyond the bound are not kept, so they need no words.
        if self.is_full {
            return "";
        }
        let at = usize::try_from(row.get() - 1).unwrap_or(usize::MAX);
        let row = self.rows.get(at).copied().unwrap_or_default().trim();
        row.char_indices().find(|(at, _)| *at >= LONGEST_ROW).map_or(row, |(end, _)| &row[..end])
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
        self.is_whole &= tree.is_whole;
        for complaint in tree.complaints {
            match complaint.hint {
                Some(hint) => self.warn_with_hint(complaint.row, complaint.message, hint),
                None => self.warn(complaint.row, complaint.message),
            }
        }
        if tree.root.is_none() && self.read.trouble.is_empty() {
            self.note(NonZeroU32::MIN, "it is empty");
        }
        tree.root
    }

    /// The last day that an entry of a map gives; of a month, its last day. What is not known yet is
    /// left empty by its authors.
    pub(super) fn until(&mut self, map: &Node, key: &str) -> Option<End> {
        self.dated(map, key, day::whole).map(End::Day)
    }

    /// The first day that an entry of a map gives; of a month, its first day.
    pub(super) fn from(&mut self, map: &Node, key: &str) -> Option<Date> {
        self.dated(map, key, |text| {
            let day = day::whole(text)?;
            let is_month = text.trim().len() < "2031-04-30".len();
            Some(if is_month { day.first_of_month() } else { day })
        })
    }

    fn dated(
        &mut self,
        map: &Node,
        key: &str,
        parse: impl FnOnce(&str) -> Option<Date>,
    ) -> Option<Date> {
        let node = map.get(key).filter(|node| !node.is_empty())?;
        let day = node.text().and_then(parse);
        if day.is_none() {
            self.note(node.row, format!("`{key}` is not a day: `{}`", shown(node)));
        }
        day
    }
}

/// A value for a message.
pub(super) fn shown(node: &Node) -> String {
    match node.text() {
        Some(text) if text.chars().count() > 40 => text.chars().take(40).chain(['…']).collect(),
        Some(text) => text.to_owned(),
        None if node.is_map() => "{…}".to_owned(),
        None if node.is_list() => "[…]".to_owned(),
        None => "null".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at() -> Origin {
        Origin { reference: None, path: "a.txt".to_owned(), row: None }
    }

    /// Claims support for as many versions, then that all others have ended.
    fn list(count: usize) -> Read {
        read("a row\n", &at(), DeclaredBy::Manifest, |_, reading| {
            for number in 0..count {
                let about = About::Version(number.to_string());
                let claim = reading.claim(NonZeroU32::MIN, about);
                reading.make(claim.standing(Standing::Supported));
            }
            reading.make_others(NonZeroU32::MIN);
        })
    }

    #[test]
    fn only_a_whole_list_that_names_a_supported_line_ends_the_others() {
        let ends_others = |read: &Read| read.claims.iter().any(|c| c.about == About::Others);
        assert!(ends_others(&list(1)));
        assert!(!ends_others(&list(0)));
        let cut = list(MOST_CLAIMS + 1);
        assert!(!ends_others(&cut));
        assert_eq!((cut.claims.len(), cut.trouble.len()), (MOST_CLAIMS, 1));
    }

    #[test]
    fn days_may_be_months_or_unknown() {
        let text = "a: 2031-04\nb: ''\nc: soon\nd: 2031-04-02\n";
        let mut days = Vec::new();
        let made = read(text, &at(), DeclaredBy::Manifest, |text, reading| {
            let Some(root) = reading.yaml(text) else { return };
            for key in ["a", "b", "c", "d", "e"] {
                let from = reading.from(&root, key).map(|day| day.to_string());
                days.push((key, from, reading.until(&root, key)));
            }
        });
        let shown: Vec<String> = days
            .iter()
            .map(|(key, from, until)| {
                let until = match until {
                    Some(End::Day(day)) => day.to_string(),
                    _ => "-".to_owned(),
                };
                format!("{key} {} {until}", from.as_deref().unwrap_or("-"))
            })
            .collect();
        assert_eq!(
            shown,
            ["a 2031-04-01 2031-04-30", "b - -", "c - -", "d 2031-04-02 2031-04-02", "e - -"]
        );
        assert_eq!(made.trouble.len(), 2);
    }

    #[test]
    fn a_file_that_is_too_large_is_named() {
        let made = read(&"x".repeat(LARGEST + 1), &at(), DeclaredBy::Manifest, |_, _| {});
        assert!(made.trouble[0].message.contains("so it is not read"));
    }
}
