//! Documents for people: tables, lists and sentences in Markdown (reStructuredText and plain text
//! are read as if they were, which finds their sentences).
//!
//! It reads what a careful person would read: it knows under which heading something stands, and
//! leaves alone what it does not understand. What a sentence means for which line is not decided
//! here. The dialects come from a study of real documents.

mod blocks;
mod cell;
mod list;
mod product;
pub(super) mod prose;
mod table;

use self::blocks::Block;
use super::{MOST_CLAIMS, Read, SupportReader};
use crate::model::{Claim, Origin, Trouble};

/// Reads documents whose names say that they are about releases, support or security.
pub(super) struct Markdown;

impl SupportReader for Markdown {
    fn id(&self) -> &'static str {
        "markdown"
    }

    fn claims(&self, path: &str) -> bool {
        scope(path).is_some()
    }

    fn read(&self, text: &str, at: &Origin) -> Read {
        let scope = scope(&at.path).unwrap_or(Scope::Sections);
        let mut page = Page::new(text, at);
        let (blocks, is_cut) = blocks::blocks(text);
        for block in &blocks {
            if page.claims.len() >= MOST_CLAIMS {
                page.cut();
                break;
            }
            page.take(block, scope);
        }
        if is_cut {
            page.cut();
        }
        prose::close(&mut page);
        Read { claims: page.claims, trouble: page.trouble }
    }
}

/// How much of a document is about support.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Scope {
    Whole,
    /// Only sections whose headings say so.
    Sections,
}

/// Words in the name of a document that is about support as a whole.
const NAMES: [&str; 16] = [
    "security",
    "support",
    "release",
    "releasing",
    "version",
    "maintenance",
    "maintained",
    "lifecycle",
    "life-cycle",
    "life_cycle",
    "eol",
    "end-of-life",
    "lts",
    "branch",
    "backport",
    "stability",
];
/// Words in the name of a document that only looks like one.
const OTHERS: [&str; 16] = [
    "notes",
    "changelog",
    "template",
    "advisor",
    "migration",
    "upgrade",
    "upgrading",
    "audit",
    "checklist",
    "announce",
    "context",
    "faq",
    "threat",
    "insights",
    "contacts",
    "bulletin",
];
const ENDINGS: [&str; 6] = [".md", ".markdown", ".mdx", ".rst", ".txt", ".adoc"];

fn scope(path: &str) -> Option<Scope> {
    let lower = path.to_lowercase();
    let (folder, name) = lower.rsplit_once('/').unwrap_or(("", &lower));
    let stem = match ENDINGS.iter().find_map(|ending| name.strip_suffix(ending)) {
        Some(stem) => stem,
        // `SECURITY`, `README` without an ending.
        None if !name.contains('.')
            && matches!(name, "security" | "readme" | "releases" | "support") =>
        {
            name
        }
        None => return None,
    };
    let is_near = folder.is_empty() || matches!(folder, ".github" | "docs" | "doc" | ".gitlab");
    if stem == "readme" || stem == "contributing" || stem == "maintainers" || stem == "development"
    {
        // The page of a folder is about what the folder is about.
        let parent = folder.rsplit('/').next().unwrap_or_default();
        let is_page = NAMES.iter().any(|word| parent.contains(word));
        return match (is_near, is_page) {
            (true, _) => Some(Scope::Sections),
            (false, true) => Some(Scope::Whole),
            _ => None,
        };
    }
    let stem = if matches!(stem, "index" | "_index") {
        folder.rsplit('/').next().unwrap_or_default()
    } else {
        stem
    };
    // `VERSION.txt` holds one, and `version.md` explains a flag.
    if stem == "version" {
        return None;
    }
    // `release-1.15.md` is about one release.
    let is_of_one = stem.bytes().any(|b| b.is_ascii_digit()) && stem.contains('.');
    let is_about = NAMES.iter().any(|word| stem.contains(word));
    let is_other = OTHERS.iter().any(|word| stem.contains(word));
    (is_about && !is_other && !is_of_one).then_some(Scope::Whole)
}

/// A document while it is read.
pub(super) struct Page<'a> {
    text: &'a str,
    at: &'a Origin,
    /// Where each row begins.
    rows: Vec<usize>,
    /// The headings above, with their levels.
    headings: Vec<(usize, String)>,
    /// The last paragraph.
    lead: String,
    pub(super) claims: Vec<Claim>,
    pub(super) trouble: Vec<Trouble>,
}

impl<'a> Page<'a> {
    pub(super) fn new(text: &'a str, at: &'a Origin) -> Self {
        let mut rows = vec![0];
        rows.extend(text.match_indices('\n').map(|(at, _)| at + 1));
        Self {
            text,
            at,
            rows,
            headings: Vec::new(),
            lead: String::new(),
            claims: Vec::new(),
            trouble: Vec::new(),
        }
    }

    fn take(&mut self, block: &Block, scope: Scope) {
        match block {
            Block::Heading { level, text } => {
                self.headings.retain(|(above, _)| above < level);
                self.headings.push((*level, text.text.clone()));
                self.lead.clear();
            }
            _ if scope == Scope::Sections && !self.is_about_support() => {}
            Block::Paragraph(text) => {
                prose::read(self, text);
                self.lead.clone_from(&text.text);
            }
            Block::Item(text) => {
                let before = self.claims.len();
                list::read(self, text);
                if self.claims.len() == before {
                    prose::read(self, text);
                }
            }
            Block::Table { head, rows } => table::read(self, head, rows),
        }
    }

    /// The place of a byte of the document.
    fn origin(&self, offset: usize) -> Origin {
        let row = self.rows.partition_point(|begin| *begin <= offset);
        Origin {
            row: u32::try_from(row).ok().and_then(std::num::NonZeroU32::new),
            ..self.at.clone()
        }
    }

    /// The row of a byte of the document.
    fn words(&self, offset: usize) -> &'a str {
        let row = self.rows.partition_point(|begin| *begin <= offset).saturating_sub(1);
        self.text[self.rows[row]..].lines().next().unwrap_or_default()
    }

    fn nearest_heading(&self) -> &str {
        self.headings.last().map_or("", |(_, text)| text)
    }

    fn lead(&self) -> &str {
        &self.lead
    }

    fn is_under(&self, words: &[&str]) -> bool {
        let contains = |text: &str| {
            let lower = text.to_lowercase();
            words.iter().any(|word| lower.contains(word))
        };
        self.headings.iter().any(|(_, text)| contains(text))
    }

    /// What stands here is over: "Previous LTS releases".
    fn is_past(&self) -> bool {
        let heading = self.nearest_heading().to_lowercase();
        [
            "previous",
            "past",
            "old ",
            "older",
            "unsupported",
            "end of life",
            "end-of-life",
            "eol",
            "no longer",
            "archive",
            "historic",
            "retired",
            "discontinued",
        ]
        .iter()
        .any(|word| heading.contains(word))
            && !heading.contains("policy")
    }

    /// A bare list here is one of supported lines.
    fn lists_support(&self) -> bool {
        let lead = self.lead.to_lowercase();
        let heading = self.nearest_heading().to_lowercase();
        let speaks = |text: &str| {
            let has_state =
                ["support", "maintain", "lts", "security fix", "security update", "security patch"]
                    .iter()
                    .any(|word| text.contains(word));
            let has_lines = ["version", "release", "branch", "series", "lines"]
                .iter()
                .any(|word| text.contains(word));
            let is_over = ["unsupported", "no longer", "not supported", "end of life", "previous"]
                .iter()
                .any(|word| text.contains(word));
            has_state && has_lines && !is_over
        };
        speaks(&lead) || (lead.is_empty() && speaks(&heading))
    }

    /// In a document about everything, a section that is about support.
    fn is_about_support(&self) -> bool {
        self.is_under(&[
            "support",
            "release",
            "version",
            "maint",
            "security",
            "branch",
            "lts",
            "backport",
            "lifecycle",
            "life cycle",
            "end of life",
            "stable",
            "patch",
        ])
    }

    fn cut(&mut self) {
        self.trouble.push(
            Trouble::warning("the document is too large to be read whole").at(self.at.clone()),
        );
    }
}
