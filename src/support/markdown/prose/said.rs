//! What a sentence says of the lines that it is about: that they are supported, how far, and until when.

use crate::{
    model::{End, Standing, Tier},
    support::{
        day,
        markdown::cell::{self, contains_word},
    },
};

/// What a sentence says of its lines.
#[derive(Clone, Default)]
pub(super) struct Said {
    pub(super) standing: Option<Standing>,
    pub(super) tier: Option<Tier>,
    pub(super) bug_fixes_until: Option<jiff::civil::Date>,
    pub(super) security_until: Option<End>,
}

/// Reads the ends that a part of a sentence gives.
fn ends(lower: &str, said: &mut Said) {
    // Clause by clause: "bug fixes until July 8th 2026, security fixes until November 11th 2026".
    for clause in clauses(lower) {
        let names_end = [
            "until",
            "through",
            "ends",
            "ended",
            "will end",
            "end of life",
            "end-of-life",
            "eol",
            "reach",
            "reached",
            "unsupported",
        ]
        .iter()
        .any(|word| contains_word(&clause, word));
        if !names_end {
            continue;
        }
        // "Until" says most: "released in March 2030, supported until March 2033".
        let date = ["until", "through", "ends on", "ended on"]
            .iter()
            .find_map(|word| after(&clause, &[word]).and_then(day::find))
            .or_else(|| after(&clause, &["on", "in", "since", "as of"]).and_then(day::find));
        let is_bug_fixes = (clause.contains("bug fix")
            || clause.contains("bugfix")
            || clause.contains("active support"))
            && !clause.contains("security");
        match date {
            Some(date) if is_bug_fixes => said.bug_fixes_until = Some(date),
            Some(date) => said.security_until = Some(End::Day(date)),
            None => {
                if let Some(release) = after(&clause, &["until", "once", "when"])
                    .and_then(|rest| cell::release_event(&format!("until {rest}")))
                {
                    said.security_until.get_or_insert(End::Release(release));
                }
            }
        }
    }
}

/// What a part of a sentence says, after what the part before said.
pub(super) fn said(lower: &str, is_conditional: bool, before: Option<&Said>) -> Option<Said> {
    let mut said = Said::default();
    // "2.x is supported, 1.x is not."
    let bare = lower.trim_end_matches(|c: char| !c.is_alphanumeric());
    let is_supported = before.is_some_and(|said| said.standing == Some(Standing::Supported));
    if is_supported && (bare.ends_with(" is not") || bare.ends_with(" are not")) {
        return Some(Said { standing: Some(Standing::Eol), ..Said::default() });
    }
    let has = |words: &[&str]| words.iter().any(|word| contains_word(lower, word));
    ends(lower, &mut said);
    let is_over = has(&[
        "no longer supported",
        "no longer maintained",
        "not supported",
        "not currently supported",
        "not currently maintained",
        "unsupported",
        "end of life",
        "end-of-life",
        "eol",
        "no longer receive",
        "not maintained",
        "no longer receives",
        "no further",
        "no more",
        "no security",
        "reached its end",
        "is deprecated",
        "end of support",
        "no longer be supported",
    ]) || lower.contains("final patch release planned");
    let is_conditional = (is_conditional || has(&["will be"])) && said.security_until.is_none();
    if said.security_until.is_none() && said.bug_fixes_until.is_none() {
        if is_over && !is_conditional {
            said.standing = Some(Standing::Eol);
        } else if has(&["after"]) {
            // "Gets fixes for one year after the next one": whether it still does is not said.
            return None;
        } else if !is_over
            && has(&[
                "only receives security",
                "security fixes only",
                "critical security fixes",
                "security fixes",
                "maintenance mode",
                "security updates",
            ])
            && has(&["is", "are", "receives", "receive", "gets"])
        {
            said.standing = Some(Standing::Supported);
            let is_critical = has(&["critical"]);
            said.tier = Some(if is_critical { Tier::CriticalOnly } else { Tier::SecurityOnly });
        } else if !is_over
            && (has(&[
                "is supported",
                "are supported",
                "currently supported",
                "actively supported",
                "actively maintained",
                "is maintained",
                "are maintained",
            ]) || lower.contains("is the current"))
            && !has(&["not"])
        {
            said.standing = Some(Standing::Supported);
        } else {
            return None;
        }
    }
    Some(said)
}

/// What follows the first of these words.
fn after<'a>(text: &'a str, words: &[&str]) -> Option<&'a str> {
    words
        .iter()
        .filter_map(|word| {
            let at = text.match_indices(word).find(|(at, _)| {
                let before = text[..*at].chars().next_back();
                let behind = text[at + word.len()..].chars().next();
                !before.is_some_and(char::is_alphanumeric)
                    && !behind.is_some_and(char::is_alphanumeric)
            })?;
            Some(&text[at.0 + word.len()..])
        })
        .max_by_key(|rest| rest.len())
}

/// Parts of a sentence at commas, semicolons and `and`, unless a year follows the comma.
fn clauses(text: &str) -> Vec<String> {
    let parts = cell::split_clauses(text, &[',', ';', ':']);
    parts.iter().flat_map(|part| part.split(" and ")).map(str::to_owned).collect()
}
