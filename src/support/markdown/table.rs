//! Tables of versions and what they may expect.
//!
//! A table counts if a column names versions and another says yes or no, or gives an end. A release
//! schedule (versions and first days) says nothing about support, except where it marks a line as
//! LTS.

use super::{
    Page,
    blocks::Row,
    cell::{self, Said, contains_word},
    product,
};
use crate::{
    model::{Claim, DeclaredBy, End, Standing, Tier, Trouble},
    support::{about, day},
};

/// What the cells of a column are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Column {
    /// The versions.
    Version,
    /// Whether and how long there is support, for security or in general.
    Support,
    /// The same for ordinary fixes only.
    BugFixes,
    /// The same for paying users.
    Extended,
    /// The last day of support.
    End,
    /// The first day.
    Start,
    Other,
}

/// Reads one table under the headings and the sentence above it.
pub(super) fn read(page: &mut Page<'_>, head: &[String], rows: &[Row]) {
    let Some(columns) = columns(head, rows) else { return };
    let at = |kind: Column| columns.iter().position(|column| *column == kind);
    let says_support = columns
        .iter()
        .any(|column| matches!(column, Column::Support | Column::End | Column::BugFixes));
    let product = at(Column::Version)
        .and_then(|at| product::named(&head[at]))
        .or_else(|| page.heading_product());
    let is_past = page.is_past();
    let mut unread: Vec<(usize, String)> = Vec::new();
    if is_template(rows) {
        page.trouble(
            rows[0].at,
            Trouble::info("this table is GitHub's example and says nothing about this project")
                .hint("write the versions that are supported, or let `patchline security-md --write` do it"),
        );
        return;
    }
    let marks_only_yes = marks_only_yes(&columns, rows);
    for row in rows {
        let Some(version) = at(Column::Version).and_then(|at| row.cells.get(at)) else { continue };
        let subjects = about::about(&without_marks(version));
        let is_lts = contains_word(&version.to_lowercase(), "lts");
        if subjects.is_empty() {
            if says_support && !version.is_empty() && !is_default_branch(version) {
                unread.push((row.at, format!("the version `{}`", shown(version))));
            }
            continue;
        }
        if !says_support && !is_lts {
            continue;
        }
        let mut claims = Vec::new();
        for subject in subjects {
            let mut claim =
                Claim::new(DeclaredBy::Table, subject, page.origin(row.at), page.words(row.at));
            claim.product.clone_from(&product);
            claim.is_lts = is_lts;
            fill(&mut claim, &columns, head, &row.cells, says_support);
            if marks_only_yes && claim.standing.is_none() && claim.security_until.is_none() {
                claim.standing = Some(Standing::Eol);
            }
            if is_past && claim.standing.is_none() && claim.security_until.is_none() {
                claim.standing = Some(Standing::Eol);
            }
            claims.push(claim);
        }
        let is_silent = |claim: &Claim| {
            claim.standing.is_none()
                && claim.security_until.is_none()
                && claim.bug_fixes_until.is_none()
        };
        if claims.iter().all(is_silent) {
            unread.push((row.at, format!("what is said of `{}`", shown(version))));
            continue;
        }
        for claim in claims {
            page.push(claim);
        }
    }
    // One row is worth a look; a table full of them is about something else.
    if let Some((at, what)) = unread.first() {
        let more = match unread.len() {
            1 => String::new(),
            count => format!(", nor are {} more rows", count - 1),
        };
        page.trouble(
            *at,
            Trouble::info(format!("{what} in a support table is not understood{more}")),
        );
    }
}

/// The beginning of a cell, for a message.
fn shown(cell: &str) -> String {
    match cell.char_indices().nth(40) {
        Some((end, _)) => format!("{}…", &cell[..end]),
        None => cell.to_owned(),
    }
}

/// Puts what the cells say into a claim.
fn fill(
    claim: &mut Claim,
    columns: &[Column],
    head: &[String],
    cells: &[String],
    says_support: bool,
) {
    if !says_support {
        claim.standing = Some(Standing::Supported);
        return;
    }
    for ((column, asked), text) in columns.iter().zip(head).zip(cells) {
        let asks_end = *column == Column::End && asks_for_end(asked);
        match column {
            Column::End if asks_end && cell::answer(text).is_some() => {
                let is_over = cell::answer(text) == Some(true);
                let standing = if is_over { Standing::Eol } else { Standing::Supported };
                claim.standing = claim.standing.filter(|_| !is_over).or(Some(standing));
            }
            Column::End if asks_end && has_no_end(text) => {
                claim.standing = claim.standing.or(Some(Standing::Supported));
            }
            // Since when it is over.
            Column::End if text.trim().to_lowercase().starts_with("since ") => {
                take(claim, cell::read(&format!("EOL {}", text.trim())));
            }
            Column::Support => {
                let said = cell::read(text);
                take(claim, said);
            }
            Column::End => match cell::end(text) {
                Some(cell::Ending::At(end)) => {
                    claim.security_until.get_or_insert(end);
                }
                Some(cell::Ending::Over(date)) => {
                    claim.standing = Some(Standing::Eol);
                    if let Some(date) = date {
                        claim.security_until = Some(End::Day(date));
                    }
                }
                // An end that is still to be decided has not come.
                None if is_open(text) => {
                    claim.standing = claim.standing.or(Some(Standing::Supported));
                }
                None => {
                    let said = cell::read(text);
                    if claim.standing.is_none() {
                        take(claim, said);
                    }
                }
            },
            Column::BugFixes => {
                let said = cell::read(text);
                if said.standing == Some(Standing::Eol) {
                    // Over for ordinary fixes: what is left, if anything, is for security.
                    claim.tier.get_or_insert(Tier::SecurityOnly);
                }
                claim.bug_fixes_until = claim.bug_fixes_until.take().or(said.end);
            }
            Column::Extended => {
                claim.extended_until = claim.extended_until.take().or(cell::read(text).end);
            }
            Column::Start => claim.from = claim.from.or_else(|| day::find(text)),
            Column::Version | Column::Other => {}
        }
    }
    // With nothing else, the ordinary fixes are the support.
    if claim.standing.is_none() && claim.security_until.is_none() && claim.tier.is_some() {
        claim.standing = Some(Standing::Eol);
    }
}

/// "End of life?" is answered with yes by what is over; "supported until" is not.
fn asks_for_end(head: &str) -> bool {
    let lower = head.to_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| contains_word(&lower, word));
    has(&["eol", "end of life", "end-of-life", "end of support", "eos"])
        && !has(&["supported", "until", "status", "maintained"])
}

/// "None" below "EOL".
fn has_no_end(text: &str) -> bool {
    let lower = text.trim().to_lowercase();
    matches!(lower.as_str(), "none" | "never" | "not yet")
        || lower.starts_with("no eol")
        || lower.starts_with("no end")
        || lower.starts_with("none ")
        || lower.starts_with("not announced")
        || lower.starts_with("not planned")
}

fn is_open(text: &str) -> bool {
    let lower = text.to_lowercase();
    ["tbd", "tba", "to be determined", "to be announced", "to be decided"]
        .iter()
        .any(|word| contains_word(&lower, word))
}

fn take(claim: &mut Claim, said: Said) {
    claim.is_lts |= said.is_lts;
    claim.tier = claim.tier.or(said.tier);
    // Of two columns the one that says no is meant: a line that has ended for security has ended.
    match (claim.standing, said.standing) {
        (None, standing) => claim.standing = standing,
        (Some(Standing::Supported), Some(Standing::Eol)) => claim.standing = Some(Standing::Eol),
        _ => {}
    }
    if let Some(end) = said.end {
        claim.security_until = Some(end);
    }
}

/// The table that GitHub offers for a new SECURITY.md, as it comes.
fn is_template(rows: &[Row]) -> bool {
    let versions: Vec<&str> =
        rows.iter().filter_map(|row| row.cells.first()).map(|cell| cell.trim()).collect();
    versions == ["5.1.x", "5.0.x", "4.0.x", "< 4.0"]
}

/// A column that marks what is supported and leaves the rest empty.
fn marks_only_yes(columns: &[Column], rows: &[Row]) -> bool {
    let Some(at) = columns.iter().position(|column| *column == Column::Support) else {
        return false;
    };
    let cells = || rows.iter().filter_map(|row| row.cells.get(at)).filter(|cell| !cell.is_empty());
    let is_yes = |cell: &String| cell::read(cell).standing == Some(Standing::Supported);
    cells().next().is_some() && cells().all(is_yes)
}

/// What may stand before the versions.
const BESIDE: [&str; 8] = ["", "#", "supported", "status", "name", "product", "lts", "codename"];

/// What else is numbered.
const COUNTED: [&str; 11] = [
    "tier", "level", "severity", "score", "cvss", "priority", "step", "phase", "id", "no", "number",
];

/// Which column is what; `None`: the table names no versions.
fn columns(head: &[String], rows: &[Row]) -> Option<Vec<Column>> {
    // A column about somebody else's versions (`Supported Kubernetes versions`) says nothing of ours.
    let is_foreign = |text: &str| product::named(text).is_some();
    let mut columns: Vec<Column> = head
        .iter()
        .enumerate()
        .map(|(at, text)| if at > 0 && is_foreign(text) { Column::Other } else { column(text) })
        .collect();
    // The first column of versions is the one; a later one (`latest release`) adds nothing.
    let is_versions = |at: usize| {
        let cells: Vec<&String> = rows.iter().filter_map(|row| row.cells.get(at)).collect();
        let good =
            cells.iter().filter(|cell| !about::about(&without_marks(cell)).is_empty()).count();
        good > 0 && good * 2 >= cells.len()
    };
    let named = (0..head.len()).find(|at| columns[*at] == Column::Version && is_versions(*at));
    let first = head.first().map(|text| text.trim().to_lowercase()).unwrap_or_default();
    let counts = COUNTED.iter().any(|word| contains_word(&first, word));
    let version = named.or_else(|| (!head.is_empty() && !counts && is_versions(0)).then_some(0))?;
    // Where something else stands first, the versions are those since which it is there.
    if version > 0 && !BESIDE.contains(&first.as_str()) {
        return None;
    }
    for (at, column) in columns.iter_mut().enumerate() {
        if *column == Column::Version || at == version {
            *column = if at == version { Column::Version } else { Column::Other };
        }
    }
    Some(columns)
}

// What the heads of columns say.

/// Of the last day of support.
const ENDS: &[&str] = &[
    "end of life",
    "end-of-life",
    "eol",
    "until",
    "end of support",
    "end date",
    "ends",
    "expires",
    "expiry",
    "end",
    "end of security",
    "supported until",
    "eos",
];
/// Of ordinary fixes.
const BUG_FIXES: &[&str] = &[
    "active support",
    "bug fixes",
    "bug fix",
    "bugfix",
    "bugfixes",
    "bug-fix",
    "active",
    "mainstream",
    "full support",
    "general support",
    "premier",
];
/// Of support in general.
const SUPPORT: &[&str] = &[
    "support",
    "supported",
    "supported?",
    "status",
    "maintained",
    "maintenance",
    "security",
    "state",
    "phase",
    "patches",
    "receives",
    "support status",
    "stage",
    "lifecycle",
    "fixes",
    "updates",
    "backports",
];
/// Of the first day.
const STARTS: &[&str] = &[
    "released",
    "release date",
    "start",
    "initial release",
    "first release",
    "published",
    "ga",
    "general availability",
    "date",
];
/// Of versions.
const VERSIONS: &[&str] = &[
    "version",
    "versions",
    "release",
    "releases",
    "branch",
    "series",
    "line",
    "cycle",
    "minor",
    "major",
    "tag",
    "stable",
    "minor release",
    "release series",
    "release line",
    "train",
];

fn column(text: &str) -> Column {
    let text = text.to_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| contains_word(&text, word));
    if has(&["extended", "commercial", "enterprise", "paid"]) {
        return Column::Extended;
    }
    if has(&["cvss", "severity"]) {
        return Column::Other;
    }
    if text.trim() == "active" {
        return Column::Support;
    }
    // Where the maintenance of a line starts, its ordinary fixes end.
    if has(&["start", "starts", "begin", "begins"]) && !has(&["end"]) {
        return if has(&["maintenance", "security"]) { Column::BugFixes } else { Column::Start };
    }
    if has(ENDS) && !has(&["bug fixes", "bugfix", "active"]) {
        return Column::End;
    }
    if has(BUG_FIXES) && !has(&["status"]) {
        return Column::BugFixes;
    }
    if has(SUPPORT) {
        return Column::Support;
    }
    if has(STARTS) {
        return Column::Start;
    }
    if has(VERSIONS) {
        return Column::Version;
    }
    Column::Other
}

/// A version cell without footnotes and remarks: `1.47\*`, `2.3 (LTS)`, `1.6[^1]`, `v3 (current)`.
fn without_marks(text: &str) -> String {
    let text = text.split(['(', '[']).next().unwrap_or(text);
    text.trim_end_matches(['*', '†', '‡', '¹', '²', '³', ' ', '\\']).trim().to_owned()
}

fn is_default_branch(text: &str) -> bool {
    let text = text.trim_matches('`').to_lowercase();
    ["main", "master", "trunk", "devel", "develop", "dev", "nightly", "head", "unreleased", "edge"]
        .iter()
        .any(|name| contains_word(&text, name))
}
