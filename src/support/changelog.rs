//! The head of a changelog: "The v2.3.x release series is supported until **March 1 2029**", "this
//! release marks the end of support for v3.4".
//!
//! On a line's own branch such a sentence is the maintainers' word for that line. The sentence names
//! its line, so that a date on the default branch is not taken for that of the newest release.

use super::{LONGEST_HEAD, Read, SupportReader, markdown::prose};
use crate::model::{About, Claim, DeclaredBy, Origin};

/// How many rows of a changelog are its head.
const HEAD: usize = 40;

/// Reads the first rows of a changelog.
pub(super) struct Changelog;

impl SupportReader for Changelog {
    fn id(&self) -> &'static str {
        "changelog"
    }

    fn claims(&self, path: &str) -> bool {
        let lower = path.to_lowercase();
        let (folder, name) = lower.rsplit_once('/').unwrap_or(("", &lower));
        let is_named = name.starts_with("changelog") || name.starts_with("changes.");
        let is_text = [".md", ".markdown", ".rst", ".txt"].iter().any(|end| name.ends_with(end));
        is_named && is_text && matches!(folder, "" | "changelog" | "changelogs" | "docs")
    }

    fn reads_head_only(&self) -> bool {
        true
    }

    fn read(&self, text: &str, at: &Origin) -> Read {
        let text = text.trim_start_matches('\u{feff}');
        let text = &text[..text.floor_char_boundary(LONGEST_HEAD)];
        let end = text.match_indices('\n').nth(HEAD - 1).map_or(text.len(), |(at, _)| at);
        let mut read = prose::sentences_of(&text[..end], at);
        // A changelog tells of changes: only what it says of lines by name is about support.
        read.claims.retain(|claim| matches!(claim.about, About::Version(_)) && says_end(claim));
        for claim in &mut read.claims {
            claim.by = DeclaredBy::BranchDate;
            claim.product = None;
        }
        read
    }
}

fn says_end(claim: &Claim) -> bool {
    let words = claim.words.to_lowercase();
    let is_of_lines =
        ["series", "release", "line", "branch", "end of support", "eol", "supported until"]
            .iter()
            .any(|word| words.contains(word));
    is_of_lines && (claim.security_until.is_some() || claim.standing.is_some())
}
