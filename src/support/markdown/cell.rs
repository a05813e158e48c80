//! The many dialects of yes and no.

use crate::{
    model::{End, Standing, Tier},
    support::{about, day},
};

/// What the cell of a support column says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Said {
    pub standing: Option<Standing>,
    pub tier: Option<Tier>,
    pub is_lts: bool,
    pub end: Option<End>,
}

/// A text with more bytes does not answer a question.
const LONGEST: usize = 1_000;

const YES: &[&str] = &[
    "✅",
    "✔",
    "☑",
    "🟢",
    "💚",
    "✓",
    "√",
    "👍",
    ":white_check_mark:",
    ":heavy_check_mark:",
    ":ballot_box_with_check:",
    ":green_circle:",
    ":green_heart:",
    ":check:",
    ":+1:",
    ":thumbsup:",
    ":check_mark:",
    "(/)",
];
const NO: &[&str] = &[
    "❌",
    "✖",
    "✗",
    "✘",
    "🔴",
    "🚫",
    "⛔",
    "☠",
    "✕",
    "❎",
    "👎",
    "💀",
    ":x:",
    ":heavy_multiplication_x:",
    ":negative_squared_cross_mark:",
    ":red_circle:",
    ":no_entry:",
    ":no_entry_sign:",
    ":-1:",
    ":skull:",
    ":cross_mark:",
];
const FUTURE: &[&str] = &[
    "future",
    "planned",
    "upcoming",
    "in development",
    "under development",
    "development",
    "unreleased",
    "not released",
    "not yet released",
    "pre-release",
    "prerelease",
    "in preparation",
    "in progress",
    "next",
    "tentative",
    "pending",
    "beta",
    "alpha",
    "release candidate",
    "preview",
];
const ENDED: &[&str] = &[
    "end of life",
    "end-of-life",
    "eol",
    "unsupported",
    "not supported",
    "no longer",
    "unmaintained",
    "not maintained",
    "deprecated",
    "obsolete",
    "discontinued",
    "retired",
    "out of support",
    "expired",
    "archived",
    "inactive",
    "ended",
    "end of support",
    "not receiving",
    "none",
    "eom",
    "closed",
    "dropped",
    "abandoned",
    "no support",
    "sunset",
    "won't",
    "will not",
    "not receive",
];
/// A state between: fixes of some kind are still promised.
const SECURITY_ONLY: &[&str] = &[
    "security",
    "maintenance",
    "maintained for security",
    "extended",
    "limited",
    "bug fixes only",
    "bugfixes only",
];
const CRITICAL_ONLY: &[&str] = &["critical", "severe", "emergency"];
const SUPPORTED: &[&str] = &[
    "supported",
    "support",
    "active",
    "maintained",
    "current",
    "stable",
    "full",
    "lts",
    "long term",
    "long-term",
    "latest",
    "bugfix",
    "bug fix",
    "in service",
    "ongoing",
    "receiving",
    "standard",
    "general availability",
    "production",
    "mainstream",
];
const BEST_EFFORT: &[&str] = &[
    "life support",
    "best effort",
    "best-effort",
    "community support",
    "case by case",
    "case-by-case",
    "on request",
];

/// Reads a cell of a support or status column. Empty: the cell says nothing that is understood.
pub(super) fn read(text: &str) -> Said {
    if text.len() > LONGEST {
        return Said::default();
    }
    let whole = text.trim().to_lowercase();
    let lower = without_plans(&whole);
    let plain = lower.trim_matches(|c: char| !c.is_alphanumeric());
    let has = |words: &[&str]| words.iter().any(|word| contains_word(lower, word));
    let mark = |marks: &[&str]| marks.iter().any(|mark| lower.contains(mark));
    let mut said = Said { is_lts: contains_word(lower, "lts"), ..Said::default() };
    let (yes, no) = (
        mark(YES) || matches!(plain, "yes" | "y" | "true") || plain.starts_with("yes"),
        mark(NO)
            || matches!(plain, "no" | "n" | "false")
            || plain.starts_with("no ")
            || plain.starts_with("no,"),
    );
    // Of ":x: since May 2026" the mark says what is since then.
    let end = if no && contains_word(lower, "since") {
        end(&format!("EOL {}", text.trim()))
    } else {
        end(text)
    };
    // "Bug fixes and security patches" is everything.
    let has_all = ["bug fix", "bugfix"].iter().any(|word| lower.contains(word)) && !has(&["only"]);
    let tier = if has_all {
        None
    } else if has(CRITICAL_ONLY) {
        Some(Tier::CriticalOnly)
    } else if has(SECURITY_ONLY) {
        Some(Tier::SecurityOnly)
    } else {
        None
    };
    // "No new features, security fixes only" promises something.
    let is_only = tier.is_some() && has(&["only"]) && !mark(NO) && !has(BEST_EFFORT);
    let (standing, end) = match end {
        Some(Ending::Over(date)) => (Some(Standing::Eol), date.map(End::Day)),
        Some(Ending::At(end)) if no && !is_only => (Some(Standing::Eol), Some(end)),
        Some(Ending::At(end)) => (yes.then_some(Standing::Supported), Some(end)),
        None if is_only => (Some(Standing::Supported), None),
        None if is_end_planned(&whole) => (Some(Standing::Supported), None),
        None if yes != no => (Some(if yes { Standing::Supported } else { Standing::Eol }), None),
        None if has_all => (Some(Standing::Supported), None),
        None if has(BEST_EFFORT) => (Some(Standing::Unknown), None),
        None if has(FUTURE) && !has(SUPPORTED) && tier.is_none() => {
            (Some(Standing::Upcoming), None)
        }
        None if has(ENDED) => (Some(Standing::Eol), None),
        None if tier.is_some() || has(SUPPORTED) => (Some(Standing::Supported), None),
        None => (None, None),
    };
    said.standing = standing;
    said.end = end;
    if matches!(standing, Some(Standing::Supported) | None) {
        said.tier = tier;
    }
    said
}

/// "Active (no EOL date yet)" and "Stable, EOL in 2027" say in their first words what is; the rest is
/// about a time to come.
fn without_plans(lower: &str) -> &str {
    const PLANS: &[&str] = &[
        "planned",
        "yet",
        "no eol",
        "no end",
        "eol in",
        "will",
        "scheduled",
        "expected",
        "soon",
        "next",
        "upcoming",
    ];
    match lower.split_once(['(', ',', ';']) {
        Some((first, rest)) if PLANS.iter().any(|word| contains_word(rest, word)) => {
            let is_state = |words: &[&str]| words.iter().any(|word| contains_word(first, word));
            let is_now = (is_state(SUPPORTED) || is_state(SECURITY_ONLY)) && !is_state(ENDED);
            if is_now { first.trim() } else { lower }
        }
        _ => lower,
    }
}

/// "EOL planned" has not come.
fn is_end_planned(lower: &str) -> bool {
    [
        "eol planned",
        "planned eol",
        "eol soon",
        "eol upcoming",
        "upcoming eol",
        "end of life planned",
    ]
    .iter()
    .any(|words| contains_word(lower, words))
}

/// The answer of a cell that says yes or no and nothing else.
pub(super) fn answer(text: &str) -> Option<bool> {
    let lower = text.trim().to_lowercase();
    let plain = lower.trim_matches(|c: char| !c.is_alphanumeric());
    let is_mark =
        |marks: &[&str]| marks.iter().any(|mark| lower.trim_end_matches('\u{fe0f}') == *mark);
    if is_mark(YES) || matches!(plain, "yes" | "y" | "true") {
        Some(true)
    } else if is_mark(NO) || matches!(plain, "no" | "n" | "false") {
        Some(false)
    } else {
        None
    }
}

/// How an end is given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Ending {
    /// It is over, since a day if one is named.
    Over(Option<jiff::civil::Date>),
    /// It will end, or ended, then.
    At(End),
}

/// The end in a cell: `2026-09-30`, `Ended May 05, 2026`, `EOL since 2026-08-18`, `until 1.13 ships`,
/// `EOL when v1.15.0 will be released`.
pub(super) fn end(text: &str) -> Option<Ending> {
    if text.len() > LONGEST {
        return None;
    }
    let lower = text.to_lowercase();
    let is_ended = |clause: &str| {
        ["eol", "end of life", "end-of-life", "ended", "unsupported", "expired", "retired"]
            .iter()
            .any(|word| contains_word(clause, word))
    };
    let is_over = |clause: &str| {
        let is_past =
            ["ended", "expired", "reached"].iter().any(|word| contains_word(clause, word));
        let is_future = ["will", "to be", "is expected"].iter().any(|w| contains_word(clause, w));
        (is_past || is_ended(clause) && contains_word(clause, "since")) && !is_future
    };
    // "Supported since May 2026" gives a first day.
    let is_start = |clause: &str| {
        let starts = contains_word(clause, "since")
            || ["released", "in maintenance mode when", "started"]
                .iter()
                .any(|word| clause.contains(word));
        starts
            && !is_ended(clause)
            // "Until 1.13 is released" is an end.
            && !contains_word(clause, "until")
    };
    // A comma stands inside `May 05, 2026`, so clauses are tried as wholes first.
    let clauses = split_clauses(&lower, &[',', ';']);
    for clause in clauses.iter().filter(|clause| !is_start(clause)) {
        if let Some(date) = day::find(clause) {
            return Some(if is_over(clause) {
                Ending::Over(Some(date))
            } else {
                Ending::At(End::Day(date))
            });
        }
        if let Some(release) = release_event(clause) {
            return Some(Ending::At(End::Release(release)));
        }
        if let Some(date) = last_of_year(clause) {
            return Some(Ending::At(End::Day(date)));
        }
    }
    None
}

/// The last day of the year in "EOL in 2027", "until 2028", and of a bare year.
fn last_of_year(clause: &str) -> Option<jiff::civil::Date> {
    const ENDS: [&str; 8] =
        ["eol", "life", "support", "until", "through", "ends", "maintained", "supported"];
    let words: Vec<&str> = clause
        .split_whitespace()
        .map(|word| word.trim_matches(|c: char| !c.is_alphanumeric()))
        .filter(|word| !word.is_empty())
        .collect();
    let at = words.iter().position(|word| day::year(word).is_some())?;
    let year = day::year(words.get(at)?)?;
    let mut before = words.get(..at)?.iter().rev().skip_while(|word| matches!(**word, "in" | "by"));
    let is_end = match before.next() {
        Some(word) => ENDS.contains(word),
        None => words.len() == at + 1,
    };
    is_end.then(|| jiff::civil::Date::new(year, 12, 31).ok()).flatten()
}

/// Parts that end with one of the marks, unless what follows the mark is a year.
pub(super) fn split_clauses(text: &str, marks: &[char]) -> Vec<String> {
    let mut clauses: Vec<String> = vec![String::new()];
    for part in text.split_inclusive(marks) {
        let continues = part.trim_start().starts_with(|c: char| c.is_ascii_digit());
        match clauses.last_mut() {
            Some(last) if continues || last.trim().is_empty() => last.push_str(part),
            _ => clauses.push(part.to_owned()),
        }
    }
    clauses
}

/// The version in `until 1.13 ships`, `when v1.15.0 will be released`, `1.13 release`.
pub(super) fn release_event(clause: &str) -> Option<String> {
    let names_event = ["until", "when", "once", "after", "release of", "ships", "is out", "upon"]
        .iter()
        .any(|word| contains_word(clause, word));
    // "Until Kubernetes 1.27 runs out of support" is no release of ours.
    if !names_event || super::product::named(clause).is_some() {
        return None;
    }
    clause
        .split(|c: char| c.is_whitespace() || matches!(c, ',' | '(' | ')' | ';' | '`'))
        .map(|word| word.trim_end_matches('.'))
        .filter(|word| word.contains('.') || word.starts_with('v'))
        .find_map(about::version)
}

/// True if a text contains a word or phrase that is not part of a longer word.
pub(super) fn contains_word(text: &str, word: &str) -> bool {
    let mut from = 0;
    while let Some(at) = text[from..].find(word) {
        let (begin, end) = (from + at, from + at + word.len());
        let is_letter = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
        if !is_letter(text[..begin].chars().next_back()) && !is_letter(text[end..].chars().next()) {
            return true;
        }
        from = begin + word.chars().next().map_or(1, char::len_utf8);
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn yes_and_no_have_many_dialects() {
        for (text, expected) in [
            (":white_check_mark:", "supported"),
            ("✅", "supported"),
            ("✔️ Yes", "supported"),
            ("Yes", "supported"),
            ("Active", "supported"),
            ("Standard support period", "supported"),
            ("LTS", "supported lts"),
            ("Security fixes only", "supported security-only"),
            ("Maintenance", "supported security-only"),
            ("Bug fixes and security patches", "supported"),
            ("critical fixes only", "supported critical-only"),
            ("⚠️ security only", "supported security-only"),
            (":x:", "eol"),
            ("❌", "eol"),
            ("No", "eol"),
            ("End of Life", "eol"),
            ("EOL", "eol"),
            ("not supported", "eol"),
            ("no longer maintained", "eol"),
            ("Ended May 05, 2026", "eol 2026-05-05"),
            ("EOL since 2026-08-18 - v1.14.0 release date", "eol 2026-08-18"),
            ("Future", "upcoming"),
            ("Best effort", "unknown"),
            ("September 2028*", "- 2028-09-30"),
            ("May 05, 2026", "- 2026-05-05"),
            ("Yes, until 2027-01-31", "supported 2027-01-31"),
            ("until 1.13 ships", "- 1.13"),
            ("until 1.13 is released", "- 1.13"),
            (
                "Maintenance mode since 2026-08-18 - v1.14.0 release date, EOL when v1.15.0 will be released",
                "- 1.15.0 security-only",
            ),
            (
                "in maintenance mode when v1.16.0 will be released, EOL when v1.17.0 will be released",
                "- 1.17.0 security-only",
            ),
            ("Supported since 2026-08-01", "supported"),
            ("LTS since 2026-08-01", "supported lts"),
            ("Maintenance since 2026-08-01", "supported security-only"),
            ("Active since May 2026", "supported"),
            ("✅ since 2026-05-01", "supported"),
            ("unsupported since 2026-05-01", "eol 2026-05-01"),
            ("will be reached on 2027-03-31", "- 2027-03-31"),
            ("reached on 2026-03-31", "eol 2026-03-31"),
            ("No new features, security fixes only", "supported security-only"),
            ("Security fixes only, no longer gets features", "supported security-only"),
            ("Maintenance (EOL planned)", "supported security-only"),
            ("EOL planned", "supported"),
            ("Active (no EOL date yet)", "supported"),
            ("Stable, EOL in 2027", "- 2027-12-31"),
            ("EOL 2027", "- 2027-12-31"),
            ("2028", "- 2028-12-31"),
            ("Supported (previous LTS, past its peak)", "supported lts"),
            ("LTS (EOL)", "eol lts"),
            ("Supported, but EOL", "eol"),
            ("TBD", ""),
            ("Somebody", ""),
            ("", ""),
        ] {
            let said = read(text);
            let mut words = vec![said.standing.map_or("-", Standing::as_str).to_owned()];
            match &said.end {
                Some(End::Day(date)) => words.push(date.to_string()),
                Some(End::Release(version)) => words.push(version.clone()),
                None => {}
            }
            words.extend(said.tier.map(|tier| tier.as_str().to_owned()));
            if said.is_lts {
                words.push("lts".to_owned());
            }
            let found = words.join(" ");
            assert_eq!(if found == "-" { "" } else { &found }, expected, "{text}");
        }
    }
}
