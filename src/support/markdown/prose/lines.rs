//! Sentences about single lines: "v3 gets security fixes until November 11th 2026", "1.4 is no longer
//! supported".

use std::{ops::Range, sync::LazyLock};

use regex::Regex;

use super::said::{Said, said};
use crate::{
    model::{About, Claim, DeclaredBy, End, Standing},
    support::{
        about,
        markdown::{Page, blocks::Text, cell::contains_word, product},
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
    if OF_FLAWS.iter().any(|word| lower.contains(word)) {
        return;
    }
    let is_conditional =
        ["when", "once", "after", "if"].iter().any(|word| contains_word(&lower, word));
    let mut before = None;
    for range in statements(pattern, &lower) {
        let (part, lower_part) = (&sentence[range.clone()], &lower[range]);
        let (subjects, said) = if let Some(listed) = listed(pattern, part, lower_part) {
            (listed, Some(Said { standing: Some(Standing::Supported), ..Said::default() }))
        } else {
            let subjects = subjects(pattern, part, lower_part);
            (subjects, said(lower_part, is_conditional, before.as_ref()))
        };
        if let Some(said) = &said
            && subjects.len() <= MOST_SUBJECTS
        {
            for (subject, word) in subjects {
                // "Starting with 2.0" is often the news for what is older.
                if matches!(subject, About::From(_)) && said.standing != Some(Standing::Supported) {
                    continue;
                }
                let origin = page.origin(text.source(begin));
                let mut claim = Claim::new(DeclaredBy::Prose, subject, origin, sentence);
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
        before = said;
    }
}

/// A sentence about flaws names versions that have them.
const OF_FLAWS: [&str; 5] = ["vulnerable", "affected", "affects", "introduced", "supported by the"];
/// A sentence that names more is no sentence.
const MOST_SUBJECTS: usize = 40;

/// What a sentence is about ends where these begin.
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

fn has_verb(lower: &str) -> bool {
    VERBS.iter().any(|verb| lower.contains(verb))
}

/// A new statement: "2.2 is supported until March 2027 and 2.1 until March 2026".
static NEXT: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?:[,;:]|\band|\bwhile|\bwhereas|\bbut)(?: (?:and|while|whereas|but))? (?:the |all |any |versions? |releases? |series |branch |line )*[`*]?v?\d",
    )
    .ok()
});

/// The parts of a sentence that speak of versions of their own, each with a verb.
fn statements(pattern: &Regex, lower: &str) -> Vec<Range<usize>> {
    let mut cuts = vec![0];
    let places = NEXT.iter().flat_map(|next| next.find_iter(lower).map(|found| found.start()));
    let places: Vec<usize> = places.collect();
    for (at, place) in places.iter().enumerate() {
        let begin = cuts.last().copied().unwrap_or_default();
        let end = places.get(at + 1).copied().unwrap_or(lower.len());
        let next = &lower[*place..end];
        let speaks = has_verb(next) || [" is not", " are not"].iter().any(|w| next.contains(w));
        if speaks && has_verb(&lower[begin..*place]) && pattern.is_match(next) {
            cuts.push(*place);
        }
    }
    let ends = cuts.iter().skip(1).copied().chain([lower.len()]);
    cuts.iter().copied().zip(ends).map(|(begin, end)| begin..end).collect()
}

/// Words that lead to the supported versions.
static LEADS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?:(?:^|[^n])supported (?:versions?|releases?|branches|series|lines)(?: are)?: |supported with security (?:updates|fixes|patches): |\bwe (?:currently |actively |only |still |also )*(?:support|maintain) (?:only )?(?:the )?(?:versions? |releases? )?[`*]?v?\d)",
    )
    .ok()
});

/// The versions behind such words, if nothing else follows: "supported versions: 2.3 and 2.2".
fn listed(pattern: &Regex, part: &str, lower: &str) -> Option<Vec<(About, Option<String>)>> {
    let lead = LEADS.as_ref()?.find(lower)?;
    if [" not ", "no longer", "unsupported"].iter().any(|word| lower.contains(word)) {
        return None;
    }
    // The space before the first version.
    let begin = lower[..lead.end()].rfind(' ')?;
    let mut found = Vec::new();
    let mut end = begin;
    let mut last = begin;
    while let Some(version) =
        pattern.captures_at(part, last).and_then(|found| found.name("version"))
    {
        last = version.end();
        if !is_between(&lower[end..version.start()]) {
            return None;
        }
        end = version.end();
        found.push((About::Version(about::version(version.as_str())?), None));
    }
    (!found.is_empty() && is_between(&lower[end..])).then_some(found)
}

/// True of what stands between versions and says nothing.
fn is_between(lower: &str) -> bool {
    lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).all(|word| {
        ["and", "version", "versions", "releases", "series", "lts", "v", "branches"].contains(&word)
    })
}

/// What the words before a version make of it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Before {
    Nothing,
    Below,
    From,
    /// The version is named, and the sentence is about another.
    Aside,
}

fn before(lower: &str) -> Before {
    const FILLERS: &[&str] = &[
        "version", "versions", "the", "series", "branch", "line", "release", "releases", "any",
        "our",
    ];
    const BELOW: &[&str] = &[
        "older than",
        "before",
        "prior to",
        "below",
        "lower than",
        "earlier than",
        "less than",
        "preceding",
        "<",
    ];
    const FROM: &[&str] =
        &["newer than", "later than", "starting with", "starting from", "beginning with", "from"];
    const ASIDE: &[&str] = &[
        "as of",
        "since",
        "with",
        "release of",
        "after",
        "by",
        "to",
        "instead of",
        "in",
        "favor of",
        "favour of",
        "on",
        "unlike",
        "except",
        "except for",
        "when",
        "once",
        "like",
        "such as",
        "via",
        "using",
        "under",
        "than",
        "against",
        "if",
        "until",
        "excluding",
    ];
    let mut rest = lower.trim_end_matches([' ', '`', '*', '(', '_']);
    let ends = |rest: &str, words: &[&str]| {
        words.iter().any(|word| {
            rest.strip_suffix(word).is_some_and(|left| !left.ends_with(char::is_alphanumeric))
        })
    };
    loop {
        if ends(rest, BELOW) {
            return Before::Below;
        }
        if ends(rest, FROM) {
            return Before::From;
        }
        if ends(rest, ASIDE) {
            return Before::Aside;
        }
        let shorter = FILLERS
            .iter()
            .filter_map(|word| rest.strip_suffix(word))
            .find(|left| left.is_empty() || left.ends_with(' '));
        match shorter {
            Some(left) => rest = left.trim_end(),
            None => return Before::Nothing,
        }
    }
}

/// "1.4 and older", "2.0 or newer".
fn with_others(numbers: &str, behind: &str) -> Option<About> {
    let behind = behind.trim_start_matches(['`', '*', ' ', ')']);
    let behind = behind.strip_prefix("and ").or_else(|| behind.strip_prefix("or "))?;
    let begins = |words: &[&str]| words.iter().any(|word| behind.starts_with(word));
    if begins(&["older", "earlier", "below", "lower", "prior", "before"]) {
        Some(About::Between("0".to_owned(), numbers.to_owned()))
    } else if begins(&["newer", "later", "above", "up", "higher"]) {
        Some(About::From(numbers.to_owned()))
    } else {
        None
    }
}

/// The versions that a sentence is about, each with the word before it: the last run of versions
/// before the verb ("4.0 through 4.8, 3.x and 2.x are …"), or what an end is announced for.
fn subjects(pattern: &Regex, sentence: &str, lower: &str) -> Vec<(About, Option<String>)> {
    const ENDS: [&str; 4] = [
        "end of support (eol) for ",
        "end of life for ",
        "end of support for ",
        "planned for the ",
    ];
    let verb = VERBS.iter().filter_map(|verb| lower.find(verb)).min().unwrap_or(sentence.len());
    let mut run: Vec<(About, Option<String>)> = Vec::new();
    let (mut last, mut end) = (0, 0);
    let mut is_aside = false;
    while let Some(captures) = pattern.captures_at(sentence, last) {
        let Some(version) = captures.name("version") else { break };
        last = version.end();
        let Some(numbers) = about::version(version.as_str()) else { continue };
        let (front, behind) = (&lower[..version.start()], &lower[version.end()..]);
        if ENDS.iter().any(|words| front.contains(words)) {
            return vec![(About::Version(numbers), None)];
        }
        if version.start() >= verb {
            break;
        }
        // `HTTP/` and "TLS " alike.
        let word = sentence[..version.start()].split_whitespace().next_back().map(str::to_owned);
        let between =
            lower[end..version.start()].trim_matches([' ', ',', '`', '*', '/', '&', '(', ')']);
        let is_after_comma = lower[end..version.start()].contains(',');
        end = version.end();
        let is_range = matches!(between, "through" | "to" | "-" | "–" | "until");
        if let (true, Some((About::Version(low) | About::From(low), _))) = (is_range, run.last()) {
            let range = About::Between(low.clone(), numbers);
            run.pop();
            run.push((range, word));
            continue;
        }
        let before = before(front);
        let continues = matches!(between, "" | "and" | "or");
        let stays_aside = is_aside && continues && !is_after_comma;
        let is_start = before == Before::From
            && (behind.starts_with(',')
                || with_others(&numbers, behind).is_none() && front.ends_with("from "));
        is_aside = before == Before::Aside || stays_aside || is_start;
        if is_aside {
            // It may be the beginning of a range: "from 1.0 to 1.4".
            run.clear();
            if is_start && !behind.starts_with(',') {
                let is_low = [" to ", " through ", " until ", " onward"]
                    .iter()
                    .any(|words| behind.starts_with(words));
                if is_low {
                    run.push((About::From(numbers), word));
                    is_aside = false;
                }
            }
            continue;
        }
        if !continues {
            run.clear();
        }
        let about = match before {
            Before::Below => About::Below(numbers),
            Before::From => About::From(numbers),
            _ => with_others(&numbers, behind).unwrap_or(About::Version(numbers)),
        };
        run.push((about, word));
    }
    if run.is_empty() && lower.contains("until") {
        run.extend(in_brackets(lower).map(|version| (About::Version(version), None)));
    }
    run
}

/// The one version in "the previous major version (1.x)".
fn in_brackets(lower: &str) -> Option<String> {
    let marks = ["version (", "release (", "series (", "line (", "branch (", "major ("];
    let mut places = marks.iter().filter_map(|mark| Some(lower.find(mark)? + mark.len()));
    let rest = &lower[places.next()?..];
    if places.next().is_some() {
        return None;
    }
    about::version(rest.split_once(')')?.0)
}
