//! `.release/versions.hcl`: the active release branches, and which of them have a public edition.
//!
//! ```text
//! active_versions {
//!   version "2.4" { ce_active = true }
//!   version "1.9.x" { lts = true }
//! }
//! ```
//!
//! What is listed is active, and what is not listed has ended. It is HCL
//! (<https://github.com/hashicorp/hcl/blob/main/hclsyntax/spec.md>), of which the few forms that
//! such a file needs are read here; expressions are not.

use std::num::NonZeroU32;

use super::{Read, SupportReader, about, reading, reading::Reading};
use crate::model::{About, DeclaredBy, Origin, Standing};

/// `.release/versions.hcl`.
#[derive(Debug)]
pub(super) struct VersionsHcl;

impl SupportReader for VersionsHcl {
    fn id(&self) -> &'static str {
        "versions_hcl"
    }

    fn claims(&self, path: &str) -> bool {
        path == ".release/versions.hcl"
    }

    fn read(&self, text: &str, at: &Origin) -> Read {
        reading::read(text, at, DeclaredBy::Manifest, |text, reading| {
            let tokens = tokens(text, reading);
            file(&mut Cursor { tokens: &tokens, at: 0 }, reading);
        })
    }
}

fn file(cursor: &mut Cursor<'_, '_>, reading: &mut Reading<'_>) {
    let mut active = None;
    while let Some(token) = cursor.next() {
        match token.kind {
            Kind::Word("active_versions") if cursor.take(Kind::Open('{')) => {
                active = Some(token.row);
                active_versions(token.row, cursor, reading);
            }
            Kind::Word("schema") if cursor.take(Kind::Mark('=')) => {
                if let Some(value) = cursor.next().filter(|value| value.kind != Kind::Word("1")) {
                    reading.note(
                        value.row,
                        "its schema is not 1, so it may say more than is read here",
                    );
                }
            }
            Kind::Open(_) => cursor.skip_block(),
            _ => {}
        }
    }
    match active {
        Some(row) => reading.make_others(row),
        None => reading.note(NonZeroU32::MIN, "it has no block `active_versions`"),
    }
}

fn active_versions(row: NonZeroU32, cursor: &mut Cursor<'_, '_>, reading: &mut Reading<'_>) {
    while let Some(token) = cursor.next() {
        match token.kind {
            Kind::Close('}') => return,
            Kind::Word("version") => {
                if let Some(Token { kind: Kind::Text(key), row }) = cursor.peek() {
                    cursor.next();
                    if cursor.take(Kind::Open('{')) {
                        version(key, row, cursor, reading);
                        continue;
                    }
                }
                reading.warn(token.row, "a `version` has no name or no block");
                reading.is_whole = false;
            }
            Kind::Word(word) => reading.note(token.row, format!("`{word}` is not known here")),
            Kind::Open(_) => cursor.skip_block(),
            _ => {}
        }
    }
    reading.warn(row, "`active_versions` is never closed, so the file is cut off");
    reading.is_whole = false;
}

fn version(key: &str, row: NonZeroU32, cursor: &mut Cursor<'_, '_>, reading: &mut Reading<'_>) {
    let (mut is_lts, mut edition) = (false, None);
    loop {
        let Some(token) = cursor.next() else {
            reading.warn(row, format!("version `{key}` is never closed, so it is not read"));
            reading.is_whole = false;
            return;
        };
        match token.kind {
            Kind::Close('}') => break,
            Kind::Word(name) if cursor.take(Kind::Mark('=')) => {
                let Some(value) = cursor.next() else { continue };
                match (name, value.kind) {
                    ("lts", Kind::Word(word @ ("true" | "false"))) => is_lts = word == "true",
                    ("ce_active", Kind::Word("true")) => {}
                    ("ce_active", Kind::Word("false")) => edition = Some("enterprise".to_owned()),
                    ("lts" | "ce_active", _) => {
                        reading.note(value.row, format!("`{name}` is neither true nor false"));
                    }
                    (_, Kind::Open(_)) => cursor.skip_block(),
                    _ => reading.note(token.row, format!("`{name}` is not known here")),
                }
            }
            Kind::Open(_) => cursor.skip_block(),
            _ => {}
        }
    }
    if let Some(version) = about::version(key) {
        let mut claim = reading.claim(row, About::Version(version)).standing(Standing::Supported);
        claim.is_lts = is_lts;
        claim.edition = edition;
        reading.make(claim);
    } else {
        reading.note(row, format!("`{key}` is not a version"));
        // It may be a line after all, and then the list does not end it.
        reading.is_whole &= !key.contains(|c: char| c.is_ascii_digit());
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Token<'t> {
    kind: Kind<'t>,
    row: NonZeroU32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind<'t> {
    Word(&'t str),
    Text(&'t str),
    Open(char),
    Close(char),
    Mark(char),
}

struct Cursor<'c, 't> {
    tokens: &'c [Token<'t>],
    at: usize,
}

impl<'t> Cursor<'_, 't> {
    fn peek(&self) -> Option<Token<'t>> {
        self.tokens.get(self.at).copied()
    }

    fn next(&mut self) -> Option<Token<'t>> {
        let token = self.peek();
        self.at += 1;
        token
    }

    fn take(&mut self, kind: Kind<'_>) -> bool {
        let is_next = self.peek().is_some_and(|token| token.kind == kind);
        self.at += usize::from(is_next);
        is_next
    }

    /// Goes behind the end of the block or list that was just opened.
    fn skip_block(&mut self) {
        let mut depth = 1_usize;
        while depth > 0 {
            match self.next().map(|token| token.kind) {
                Some(Kind::Open(_)) => depth += 1,
                Some(Kind::Close(_)) => depth -= 1,
                Some(_) => {}
                None => return,
            }
        }
    }
}

fn tokens<'t>(text: &'t str, reading: &mut Reading<'_>) -> Vec<Token<'t>> {
    let mut found = Vec::new();
    let mut row = NonZeroU32::MIN;
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let length = if rest.starts_with('#') || rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            rest.find("*/").map_or(rest.len(), |end| end + 2)
        } else if first == '"' {
            // A name in these files has no escapes; a text ends on its row.
            let inside = &rest[1..];
            let end = inside.find(['"', '\n']).unwrap_or(inside.len());
            if !inside[end..].starts_with('"') {
                reading.warn(row, "a text is never closed, so the rest is not read");
                reading.is_whole = false;
                return found;
            }
            found.push(Token { kind: Kind::Text(&inside[..end]), row });
            end + 2
        } else if is_word(first) {
            let end = rest.find(|c| !is_word(c)).unwrap_or(rest.len());
            found.push(Token { kind: Kind::Word(&rest[..end]), row });
            end
        } else {
            let kind = match first {
                '{' | '[' | '(' => Some(Kind::Open(first)),
                '}' | ']' | ')' => Some(Kind::Close(first)),
                _ if first.is_whitespace() => None,
                _ => Some(Kind::Mark(first)),
            };
            found.extend(kind.map(|kind| Token { kind, row }));
            first.len_utf8()
        };
        let (taken, left) = rest.split_at(length);
        let rows = taken.bytes().filter(|byte| *byte == b'\n').count();
        row = u32::try_from(rows).ok().and_then(|rows| row.checked_add(rows)).unwrap_or(row);
        rest = left;
    }
    found
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '-' | '.')
}
