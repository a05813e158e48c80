//! Lists of lines: `* 1.47.x - LTS release until September 2028`, or bare versions below a sentence
//! that says what they are.

use super::{
    Page,
    blocks::Text,
    cell::{self, contains_word},
};
use crate::{
    model::{About, Claim, DeclaredBy, Standing},
    support::about,
};

/// Words without which an item of a list is about something else (its MSRV, its changes).
const SUPPORT: &[&str] = &[
    "support",
    "supported",
    "unsupported",
    "lts",
    "maintained",
    "maintenance",
    "eol",
    "end of life",
    "end-of-life",
    "until",
    "security",
    "active",
    "deprecated",
    "bug fixes",
    "bugfixes",
    "ended",
    "life",
];

/// Reads one item.
pub(super) fn read(page: &mut Page<'_>, item: &Text) {
    let text = item.text.trim();
    let (mut head, rest) = parts(text);
    let (subjects, rest) = match about::about(head) {
        // `- End of life: 2031-04-30` below the heading of a line.
        none if none.is_empty() => {
            head = page.nearest_heading();
            (below_heading(page, &text.to_lowercase()), text)
        }
        // Only the first sentence is about the line as such.
        subjects => (subjects, rest.split(". ").next().unwrap_or(rest)),
    };
    if subjects.is_empty() {
        return;
    }
    let lower = rest.to_lowercase();
    let speaks = SUPPORT.iter().any(|word| contains_word(&lower, word));
    let is_listed = page.lists_support() && (rest.is_empty() || page.lead().ends_with(':'));
    if !speaks && !is_listed {
        return;
    }
    let said = cell::read(rest);
    let names_lts = |text: &str| contains_word(&text.to_lowercase(), "lts");
    let is_lts = names_lts(rest) || names_lts(head);
    // "The last LTS release" may be the one before.
    let is_former = ["last", "previous", "former"].iter().any(|word| contains_word(&lower, word));
    let standing = match said.standing {
        None if is_listed => Some(Standing::Supported),
        Some(Standing::Supported) if is_former && said.end.is_none() => None,
        standing => standing,
    };
    if standing.is_none() && said.end.is_none() {
        return;
    }
    let at = item.source(0);
    let product = page.heading_product().or_else(|| page.lead_product());
    for subject in subjects {
        let mut claim = Claim::new(DeclaredBy::Table, subject, page.origin(at), page.words(at));
        claim.standing = standing;
        claim.tier = said.tier;
        claim.is_lts = is_lts;
        claim.security_until.clone_from(&said.end);
        claim.product.clone_from(&product);
        if page.is_past() && claim.security_until.is_none() {
            claim.standing = Some(Standing::Eol);
        }
        page.push(claim);
    }
}

/// The line of the heading above, if the item gives an end.
fn below_heading(page: &Page<'_>, lower: &str) -> Vec<About> {
    let gives_end =
        ["end of life", "end-of-life", "eol", "end of support", "supported until", "estimated end"]
            .iter()
            .any(|words| lower.starts_with(words));
    if gives_end { about::about(page.nearest_heading()) } else { Vec::new() }
}

/// What an item is about, and what it says.
fn parts(text: &str) -> (&str, &str) {
    let marks =
        [" - ", " – ", " — ", ": ", " (", " is ", " will ", " has ", " until ", " receives "];
    let cut = marks.iter().filter_map(|mark| text.find(mark)).min();
    // `2.1 - 2.3: supported` is about a range.
    let range = [": ", " ("].iter().filter_map(|mark| text.find(mark)).min().filter(|at| {
        cut.is_some_and(|cut| cut < *at)
            && matches!(about::about(&text[..*at]).as_slice(), [About::Between(..)])
    });
    match range.or(cut) {
        Some(at) => (text[..at].trim(), text[at..].trim_matches([' ', '-', '–', '—', ':'])),
        None => (text.trim_end_matches(['.', ',', ';']), ""),
    }
}
