//! Sentences about single lines: "v3 gets security fixes until November 11th 2026", "1.4 is no longer
//! supported".

use std::sync::LazyLock;

use regex::Regex;

use crate::{
    model::{About, Claim, DeclaredBy, End, Standing, Tier},
    support::{
        about, day,
        markdown::{
            Page,
            blocks::Text,
            cell::{self, contains_word},
            product,
        },
    },
};

/// A version in a sentence, with a word before it that may be its product.
static VERSION: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?i)(?:^|[\s(`*/_-])(?P<word>[A-Za-z][\w.-]* )?(?:`)?(?P<version>v\d{1,4}(?:\.(?:\d{1,5}|x))*|\d{1,4}(?:\.\d{1,5})*\.x|\d{1,4}\.\d{1,5}(?:\.(?:\d{1,5}|x))*|(?:version|release|series|major) \d{1,4}(?:\.(?:\d{1,5}|x))*)(?P<after>[\s,.;:)`*]|$)",
    )
    .ok()
});

/// True if a sentence names a version.
pub(super) fn names_one(sentence: &str) -> bool {
    VERSION.as_ref().is_some_and(|pattern| pattern.is_match(sentence))
}

/// Reads what a sentence says of single lines: "v3 gets security fixes until November 11th 2026", "1.4 is no longer supported".
pub(super) fn read(page: &mut Page<'_>, text: &Text, begin: usize, sentence: &str) {
    let Some(pattern) = VERSION.as_ref() else { return };
    // Most sentences name no version, and to look for one is dear.
    if !sentence.bytes().any(|byte| byte.is_ascii_digit()) {
        return;
    }
    // Only of ASCII letters, so that a place in the copy is one in the original.
    let lower = sentence.to_ascii_lowercase();
    let subjects = subjects(pattern, sentence, &lower);
    if subjects.is_empty() || subjects.len() > 6 {
        return;
    }
    let Some(said) = said(&lower) else { return };
    let at = text.source(begin);
    for (subject, word) in subjects {
        let mut claim = Claim::new(DeclaredBy::Prose, subject, page.origin(at), sentence);
        claim.standing = said.standing;
        claim.tier = said.tier;
        claim.bug_fixes_until = said.bug_fixes_until.map(End::Day);
        claim.security_until.clone_from(&said.security_until);
        claim.is_lts = contains_word(&lower, "lts");
        claim.product = word.as_deref().and_then(product::named);
        if page.is_past() && claim.security_until.is_none() {
            claim.standing = Some(Standing::Eol);
        }
        page.push(claim);
    }
}

/// The versions that a sentence is about, each with the word before it: the last run of versions
/// before the verb ("4.0 through 4.8, 3.x and 2.x are …"), or what an end is announced for.
fn subjects(pattern: &Regex, sentence: &str, lower: &str) -> Vec<(About, Option<String>)> {
    const VERBS: [&str; 12] = [
        " is ",
        " are ",
        " will ",
        " receive",
        " reach",
        " has ",
        " have ",
        " until ",
        " gets ",
        " get ",
        " supported",
        " maintained",
    ];
    const ENDS: [&str; 4] = [
        "end of support (eol) for ",
        "end of life for ",
        "end of support for ",
        "planned for the ",
    ];
    let verb = VERBS.iter().filter_map(|verb| lower.find(verb)).min().unwrap_or(sentence.len());
    let mut run: Vec<(String, Option<String>)> = Vec::new();
    let (mut last, mut end) = (0, 0);
    let mut ranges = Vec::new();
    while let Some(captures) = pattern.captures_at(sentence, last) {
        let Some(version) = captures.name("version") else { break };
        last = version.end();
        let Some(numbers) = about::version(version.as_str()) else { continue };
        let word = captures.name("word").map(|word| word.as_str().trim().to_owned());
        if ENDS.iter().any(|words| lower[..version.start()].contains(words)) {
            return vec![(About::Version(numbers), None)];
        }
        if version.start() >= verb {
            break;
        }
        let between =
            lower[end..version.start()].trim_matches([' ', ',', '`', '*', '/', '&', '(', ')']);
        end = version.end();
        let is_range = matches!(between, "through" | "to" | "-" | "–" | "until");
        let continues = is_range || matches!(between, "" | "and" | "or");
        if !continues {
            run.clear();
            ranges.clear();
        }
        match run.last() {
            Some((low, _)) if is_range => {
                ranges.push((About::Between(low.clone(), numbers), word));
                run.pop();
            }
            _ => run.push((numbers, word)),
        }
    }
    ranges
        .into_iter()
        .chain(run.into_iter().map(|(version, word)| (About::Version(version), word)))
        .collect()
}

/// What a sentence says of its lines.
struct Said {
    standing: Option<Standing>,
    tier: Option<Tier>,
    bug_fixes_until: Option<jiff::civil::Date>,
    security_until: Option<End>,
}

fn said(lower: &str) -> Option<Said> {
    let mut said = Said { standing: None, tier: None, bug_fixes_until: None, security_until: None };
    let has = |words: &[&str]| words.iter().any(|word| contains_word(lower, word));
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
        "reached its end",
        "is deprecated",
        "end of support",
        "no longer be supported",
    ]) || lower.contains("final patch release planned");
    let is_conditional =
        has(&["will be", "when", "once", "after", "if"]) && said.security_until.is_none();
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
                "security fixes",
                "maintenance mode",
                "security updates",
            ])
            && has(&["is", "are", "receives", "receive", "gets"])
        {
            said.standing = Some(Standing::Supported);
            said.tier = Some(Tier::SecurityOnly);
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
    let mut clauses: Vec<String> = vec![String::new()];
    for part in text.split_inclusive([',', ';', ':']) {
        let continues = part.trim_start().starts_with(|c: char| c.is_ascii_digit());
        match clauses.last_mut() {
            Some(last) if continues || last.trim().is_empty() => last.push_str(part),
            _ => clauses.push(part.to_owned()),
        }
    }
    clauses
        .iter()
        .flat_map(|clause| clause.split(" and ").map(str::to_owned).collect::<Vec<_>>())
        .collect()
}
