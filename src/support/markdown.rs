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

use std::cell::OnceCell;

use self::blocks::Block;
use super::{LARGEST, MOST_CLAIMS, Read, SupportReader, reading::MOST_TROUBLE};
use crate::model::{Claim, Origin, Trouble};

/// Of a paragraph that leads to a list, the end is remembered, and of a heading the beginning: each
/// item below is read with them in mind, and there may be many.
const LONGEST_LEAD: usize = 1_000;
/// A row is quoted from no more bytes than this: a document may be one row.
const LONGEST_ROW: usize = 800;

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
        let text = text.trim_start_matches('\u{feff}');
        let mut page = Page::new(text, at);
        if text.len() > LARGEST {
            let message = format!("it has more than {LARGEST} bytes, so it is not read");
            page.trouble(0, Trouble::warning(message));
            return page.into_read();
        }
        let (blocks, cut) = blocks::blocks(text);
        for block in &blocks {
            if page.is_cut {
                break;
            }
            page.take(block, scope);
        }
        if let Some(offset) = cut {
            page.cut(page.origin(offset), "it has too many parts");
        }
        prose::close(&mut page);
        page.into_read()
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
    headings: Vec<(usize, Phrase)>,
    /// The last paragraph.
    lead: Phrase,
    claims: Vec<Claim>,
    trouble: Vec<Trouble>,
    /// Something is not read, and that is said.
    is_cut: bool,
}

/// A text above others, with what each of them asks about it.
#[derive(Default)]
struct Phrase {
    text: String,
    lower: String,
    /// Somebody else's product. Most phrases are never asked, and to look is dear.
    product: OnceCell<Option<String>>,
}

impl Phrase {
    fn new(text: &str) -> Self {
        let product = OnceCell::new();
        Self { text: text.to_owned(), lower: text.to_lowercase(), product }
    }

    fn product(&self) -> Option<String> {
        self.product.get_or_init(|| product::named(&self.text)).clone()
    }
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
            lead: Phrase::default(),
            claims: Vec::new(),
            trouble: Vec::new(),
            is_cut: false,
        }
    }

    fn take(&mut self, block: &Block, scope: Scope) {
        match block {
            Block::Heading { level, text } => {
                self.headings.retain(|(above, _)| above < level);
                self.headings.push((*level, Phrase::new(first(&text.text, LONGEST_LEAD))));
                self.lead = Phrase::default();
            }
            _ if scope == Scope::Sections && !self.is_about_support() => {}
            Block::Paragraph(text) => {
                prose::read(self, text);
                self.lead = Phrase::new(last(&text.text, LONGEST_LEAD));
            }
            Block::Item(_) | Block::Table { .. } if self.leads_to_example() => {}
            Block::Item(text) => {
                let before = self.claims.len();
                list::read(self, text);
                if self.claims.len() == before {
                    prose::read(self, text);
                }
            }
            Block::Table { head, rows } => table::read(self, head, rows),
            Block::HtmlTable(at) if self.is_under(&["support", "version", "release"]) => {
                self.trouble.push(
                    Trouble::info("a table in HTML is not read")
                        .at(self.origin(*at))
                        .hint("write it in Markdown, if it says which versions are supported"),
                );
            }
            Block::HtmlTable(_) => {}
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
        let next = self.rows.partition_point(|begin| *begin <= offset);
        let begin = next.checked_sub(1).and_then(|row| self.rows.get(row)).copied();
        let end = self.rows.get(next).copied().unwrap_or(self.text.len());
        let row = self.text.get(begin.unwrap_or_default()..end).unwrap_or_default();
        first(row.trim(), LONGEST_ROW)
    }

    fn push(&mut self, claim: Claim) {
        if self.claims.len() < MOST_CLAIMS {
            self.claims.push(claim);
        } else {
            self.cut(claim.origin, &format!("it makes more than {MOST_CLAIMS} claims"));
        }
    }

    fn trouble(&mut self, offset: usize, trouble: Trouble) {
        let trouble = match self.trouble.len() {
            0..MOST_TROUBLE => trouble,
            MOST_TROUBLE => Trouble::info("there is more of this kind below"),
            _ => return,
        };
        self.trouble.push(trouble.at(self.origin(offset)));
    }

    /// Says once that the rest is not read.
    fn cut(&mut self, at: Origin, why: &str) {
        if !self.is_cut {
            self.is_cut = true;
            let message = format!("{why}, and the rest is not read");
            self.trouble.push(Trouble::warning(message).at(at));
        }
    }

    fn into_read(self) -> Read {
        Read { claims: self.claims, trouble: self.trouble }
    }

    fn nearest_heading(&self) -> &str {
        self.headings.last().map_or("", |(_, heading)| &heading.text)
    }

    /// Somebody else's product in the nearest heading.
    fn heading_product(&self) -> Option<String> {
        self.headings.last().and_then(|(_, heading)| heading.product())
    }

    fn lead(&self) -> &str {
        &self.lead.text
    }

    /// Somebody else's product in the last paragraph.
    fn lead_product(&self) -> Option<String> {
        self.lead.product()
    }

    fn is_under(&self, words: &[&str]) -> bool {
        let mut headings = self.headings.iter().map(|(_, heading)| &heading.lower);
        headings.any(|heading| words.iter().any(|word| heading.contains(word)))
    }

    /// What stands here is over: "Previous LTS releases".
    fn is_past(&self) -> bool {
        let heading = self.headings.last().map_or("", |(_, heading)| &heading.lower);
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

    /// "For example:" makes numbers of those below.
    fn leads_to_example(&self) -> bool {
        let lead = self.lead.lower.trim_end();
        let sentence = lead.rsplit(". ").next().unwrap_or(lead);
        let is_example =
            ["for example", "for instance", "as an example", "suppose", "hypothetical"]
                .iter()
                .any(|words| sentence.contains(words));
        is_example && sentence.ends_with(':')
    }

    /// A bare list here is one of supported lines.
    fn lists_support(&self) -> bool {
        let lead = self.lead.lower.as_str();
        let heading = self.headings.last().map_or("", |(_, heading)| &heading.lower);
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
        speaks(lead) || (lead.is_empty() && speaks(heading))
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
}

/// At most so many bytes of the beginning.
fn first(text: &str, most: usize) -> &str {
    let end = text.floor_char_boundary(most);
    text.get(..end).unwrap_or(text)
}

/// At most so many bytes of the end.
fn last(text: &str, most: usize) -> &str {
    let begin = text.ceil_char_boundary(text.len().saturating_sub(most));
    text.get(begin..).unwrap_or(text)
}
