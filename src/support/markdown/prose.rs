//! Sentences: "the last three minor versions", "until the next one is released", "security fixes for
//! two years after the first release", "v3 gets security fixes until November 2026".
//!
//! A sentence counts only if it speaks of support. Rules for all lines are in `shapes`, what is said
//! of single lines in `lines`. Examples, best effort and other people's products are left alone. The
//! regular expressions are linear in the length of a sentence, which is bounded.

mod lines;
mod shapes;

use std::sync::LazyLock;

use regex::Regex;

use super::{
    Page,
    blocks::{self, Block, Text},
    cell::contains_word,
    product,
};
use crate::{
    model::{About, Claim, DeclaredBy, Origin, Rule, Standing, Tier, Trouble},
    support::{Read, day},
};

/// A longer sentence is none.
const LONGEST: usize = 800;

/// Words that a sentence about support has.
const SUPPORT: &[&str] = &[
    "support",
    "supports",
    "supported",
    "supporting",
    "maintain",
    "maintains",
    "maintained",
    "maintaining",
    "maintenance",
    "security",
    "patch",
    "patches",
    "patched",
    "backport",
    "backports",
    "backported",
    "back-ported",
    "fix",
    "fixes",
    "fixed",
    "bugfixes",
    "eol",
    "end-of-life",
    "end of life",
    "lts",
    "updates",
    "unsupported",
    "eligible",
];

/// What makes a sentence say nothing of its own.
const EMPTY: &[&str] = &[
    "for example",
    "e.g",
    "at the time of writing",
    "support upgrad",
    "theoretical",
    "hypothetical",
    "best effort",
    "best-effort",
    "deprecat",
    "api version",
    "upgrade path",
    "upgrade from",
    "upgrading from",
    "skip upgrade",
    "plugin",
    "plug-in",
    "downgrade",
    "compatible with",
    "compatibility",
    "incompatib",
    "at least",
    "at minimum",
    "response",
    "browsers",
    "hardware",
    "operating system",
    "architecture",
    "rare case",
    "minimum",
    "commercial",
    "bugfix branch",
    "extend the support",
];

/// The words of [`EMPTY`], in one search.
static NOTHING: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let words: Vec<String> = EMPTY.iter().map(|word| regex::escape(word)).collect();
    Regex::new(&words.join("|")).ok()
});

/// The words of [`SUPPORT`], the longest first, as parts of words, too. Most sentences have none of
/// them, and one search is many times faster than one for each word.
static SPEAKS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let mut words = SUPPORT.to_vec();
    words.sort_by_key(|word| std::cmp::Reverse(word.len()));
    Regex::new(&format!("(?i){}", words.join("|"))).ok()
});

/// True if a text has a word of [`SUPPORT`] or a longer one.
fn may_speak(text: &str) -> bool {
    SPEAKS.as_ref().is_some_and(|words| words.is_match(text))
}

/// True if a text has a word of [`SUPPORT`].
fn speaks(lower: &str) -> bool {
    let is_letter = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    SPEAKS.as_ref().is_some_and(|words| {
        words.find_iter(lower).any(|found| {
            !is_letter(lower[..found.start()].chars().next_back())
                && !is_letter(lower[found.end()..].chars().next())
        })
    })
}

/// "Older releases are maintained on a best effort basis" leaves the newest one.
fn leaves_newest(lower: &str) -> bool {
    let is_loose = lower.contains("best effort") || lower.contains("best-effort");
    let is_of_older = ["older", "previous", "prior"].iter().any(|word| contains_word(lower, word));
    let is_of_lines = ["release", "branch", "version"].iter().any(|word| lower.contains(word));
    is_loose && is_of_older && is_of_lines
}

/// A sentence up to its example.
fn without_example(sentence: &str) -> &str {
    let starts = ["(e.g", "e.g.", "(i.e", "(for example", ", for example", "(for instance"];
    // Only of ASCII letters, so that a place in the copy is one in the original.
    let lower = sentence.to_ascii_lowercase();
    let end = starts.iter().filter_map(|start| lower.find(start)).min();
    end.filter(|end| *end >= 20).map_or(sentence, |end| &sentence[..end])
}

/// True of an example, a promise about something else, or a time to answer in.
fn says_nothing(lower: &str) -> bool {
    let has = |word: &str| lower.contains(word);
    // "Released within the last year" is a window, "within a week" a time to answer in.
    let is_window = [
        "released within the ",
        "published within the ",
        "releases within the ",
        "versions within the ",
    ];
    let is_answer = has("within ") && !is_window.iter().any(|words| has(words));
    is_answer || NOTHING.as_ref().is_some_and(|words| words.is_match(lower))
}

/// "The latest supported version of it" is not about support.
fn without_attribute(lower: &str) -> String {
    let attributes = [
        "latest supported ",
        "newest supported ",
        "currently supported upstream ",
        "highest supported ",
    ];
    attributes.iter().fold(lower.to_owned(), |text, attribute| text.replace(attribute, "latest "))
}

/// The claims of all paragraphs of a text, whatever it is about.
pub(in crate::support) fn sentences_of(text: &str, at: &Origin) -> Read {
    let mut page = Page::new(text, at);
    for block in blocks::blocks(text).0 {
        if let Block::Paragraph(text) = &block {
            read(&mut page, text);
        }
    }
    page.into_read()
}

/// Reads the sentences of a paragraph or an item.
pub(super) fn read(page: &mut Page<'_>, text: &Text) {
    if !may_speak(&text.text) {
        return;
    }
    for (begin, sentence) in sentences(&text.text) {
        if page.is_cut {
            break;
        }
        if !may_speak(sentence) {
            continue;
        }
        if sentence.len() > LONGEST {
            let message = format!("a sentence has more than {LONGEST} bytes, so it is not read");
            page.trouble(text.source(begin), Trouble::info(message));
            continue;
        }
        // What follows "for example" is one.
        let sentence = without_example(sentence);
        let lower = without_attribute(&sentence.to_lowercase());
        let speaks = speaks(&lower);
        if speaks && leaves_newest(&lower) {
            let origin = page.origin(text.source(begin));
            let claim = Claim::new(DeclaredBy::Prose, About::Newest, origin, sentence);
            page.push(claim.standing(Standing::Supported));
            continue;
        }
        if !speaks || says_nothing(&lower) {
            continue;
        }
        if !rule(page, text, begin, sentence, &lower) {
            lines::read(page, text, begin, sentence);
        }
    }
}

/// A document that gives a rule gives it for all lines.
pub(super) fn close(page: &mut Page<'_>) {
    // "Security fixes for the last three versions" says nothing of other fixes; only where a
    // document gives one time for bug fixes and another for security is the rest security only.
    let has =
        |tier: Tier| page.claims.iter().any(|claim| is_rule(claim) && claim.tier == Some(tier));
    if !(has(Tier::Full) && has(Tier::SecurityOnly)) {
        for claim in page.claims.iter_mut().filter(|claim| is_rule(claim)) {
            claim.tier = None;
        }
    }
    // "Older releases on a best effort basis" adds nothing to a rule that counts them.
    if page.claims.iter().any(is_rule) {
        let is_remark =
            |claim: &Claim| claim.by == DeclaredBy::Prose && claim.about == About::Newest;
        page.claims.retain(|claim| !is_remark(claim));
    }
    // What was not read may say otherwise of them.
    if page.is_cut {
        return;
    }
    // For each product that rules are about: which of them is the project is not known here.
    let mut others: Vec<Claim> = Vec::new();
    for rule in page.claims.iter().filter(|claim| is_rule(claim) && !claim.is_lts) {
        if !others.iter().any(|other| other.product == rule.product) {
            let other = Claim { about: About::Others, tier: None, ..rule.clone() };
            others.push(other.standing(Standing::Eol));
        }
    }
    for other in others {
        page.push(other);
    }
}

fn is_rule(claim: &Claim) -> bool {
    claim.by == DeclaredBy::Prose && matches!(claim.about, About::Rule(_))
}

fn rule(page: &mut Page<'_>, text: &Text, begin: usize, sentence: &str, lower: &str) -> bool {
    let plain = lower
        .replace(['*', '`', '_', '"'], "")
        .replace('\u{a0}', " ")
        // Lines, whichever number counts them.
        .replace("major/minor", "minor")
        .replace("minor/major", "minor");
    let Some((rule, range)) = shapes::find(&plain) else { return false };
    // Another product right in or behind the words: "the last two Go releases", "… of Kubernetes".
    let end = (range.end + 30).min(plain.len());
    let end = (end..=plain.len()).find(|at| plain.is_char_boundary(*at)).unwrap_or(plain.len());
    let product = product::named(&capitalised(sentence, &plain[range.start..end]));
    // "V1 gets fixes for one year after V2" is about V1.
    let is_time = matches!(rule, Rule::Months { .. } | Rule::AfterNext { .. });
    if is_time && lines::names_one(sentence) && !plain.contains("starting") {
        return false;
    }
    let at = text.source(begin);
    let is_lts = contains_word(&plain, "lts") && !matches!(rule, Rule::EveryNth { .. });
    if is_lts && matches!(rule, Rule::Months { .. } | Rule::AfterNext { .. }) {
        // How long an LTS line lasts says nothing of which lines are LTS.
        return true;
    }
    let is_bug_fixes =
        ["bug fix", "bugfix", "bug-fix", "active support"].iter().any(|word| plain.contains(word));
    let is_security = contains_word(&plain, "security") || contains_word(&plain, "cve");
    let mut claim = Claim::new(DeclaredBy::Prose, About::Rule(rule), page.origin(at), sentence)
        .standing(Standing::Supported);
    claim.tier = match (is_security, is_bug_fixes) {
        (true, false) => Some(Tier::SecurityOnly),
        (false, true) => Some(Tier::Full),
        _ => None,
    };
    claim.product = product.or_else(|| page.heading_product());
    page.push(claim);
    true
}

/// The words of `lower`'s part as they are written, so that `Go` is told from `go`.
fn capitalised(sentence: &str, part: &str) -> String {
    part.split_whitespace()
        .map(|word| {
            let bare = word.trim_matches(|c: char| !c.is_alphanumeric());
            sentence
                .split_whitespace()
                .map(|original| original.trim_matches(|c: char| !c.is_alphanumeric()))
                .find(|original| original.to_lowercase() == bare)
                .unwrap_or(bare)
                .to_owned()
        })
        .collect::<Vec<_>>()
        .join(" ")
}

/// The sentences of a text and where they begin in it. A point ends one if a space and something
/// other than a small letter follow.
fn sentences(text: &str) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    let mut begin = 0;
    let bytes = text.as_bytes();
    for (at, c) in text.char_indices() {
        if !matches!(c, '.' | '!' | '?') {
            continue;
        }
        let rest = &text[at + 1..];
        let next = rest.trim_start().chars().next();
        let is_end = rest.starts_with([' ', '\n']) && !next.is_some_and(char::is_lowercase);
        // `e.g. 1.2` and `v. 3` go on.
        let is_short = at >= 2 && bytes[at - 2] == b'.' && bytes[at - 1].is_ascii_alphabetic()
            || shortens(&text[begin..at]);
        if is_end && !is_short {
            push(&mut found, text, begin, at + 1);
            begin = at + 1;
        }
    }
    push(&mut found, text, begin, text.len());
    found
}

/// "Sep.", "vs.", "approx." are no ends of sentences.
fn shortens(before: &str) -> bool {
    let word =
        before.rsplit(|c: char| !c.is_alphanumeric()).next().unwrap_or_default().to_lowercase();
    matches!(word.as_str(), "v" | "vs" | "incl" | "approx" | "no" | "ver")
        || word.len() <= 4 && word != "may" && day::month(&word).is_some()
}

fn push<'a>(found: &mut Vec<(usize, &'a str)>, text: &'a str, begin: usize, end: usize) {
    let sentence = &text[begin..end];
    let trimmed = sentence.trim();
    if !trimmed.is_empty() {
        found.push((begin + (sentence.len() - sentence.trim_start().len()), trimmed));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{End, Unit};

    /// What a sentence says, in a short notation; `-` for nothing.
    fn heard(sentence: &str) -> String {
        let at = Origin { reference: None, path: "SECURITY.md".to_owned(), row: None };
        let read = sentences_of(sentence, &at);
        let said: Vec<String> =
            read.claims.iter().filter(|claim| claim.product.is_none()).map(short).collect();
        if said.is_empty() { "-".to_owned() } else { said.join(", ") }
    }

    fn short(claim: &Claim) -> String {
        let mut text = match &claim.about {
            About::Version(version) => version.clone(),
            About::Below(version) => format!("<{version}"),
            About::From(version) => format!(">={version}"),
            About::Between(low, high) => format!("{low}..{high}"),
            About::Rule(Rule::Newest { lines, majors: None }) => return format!("newest {lines}"),
            About::Rule(Rule::Newest { lines, majors: Some(majors) }) => {
                return format!("newest {lines} of {majors} majors");
            }
            About::Rule(Rule::Months { months }) => return format!("{months} months"),
            About::Rule(Rule::AfterNext { months }) => return format!("next + {months} months"),
            About::Rule(Rule::LastOfMajor { months }) => {
                return format!("last of major + {months} months");
            }
            About::Rule(Rule::EveryNth { every, of, months }) => {
                let of = if *of == Unit::Major { "major" } else { "minor" };
                return format!("every {every} {of} {months} months");
            }
            other => format!("{other:?}"),
        };
        if let Some(standing) = claim.standing {
            text.push(' ');
            text.push_str(standing.as_str());
        }
        match &claim.security_until {
            Some(End::Day(day)) => text.push_str(&format!(" until {day}")),
            Some(End::Release(version)) => text.push_str(&format!(" until {version}")),
            None => {}
        }
        if claim.tier == Some(Tier::CriticalOnly) {
            text.push_str(" critical");
        }
        text
    }

    #[test]
    fn a_sentence_says_of_lines_what_a_reader_takes_from_it() {
        check(&[
            ("Versions older than 2.3 are no longer supported.", "<2.3 eol"),
            ("All versions before 2.1 are end of life.", "<2.1 eol"),
            ("As of 2.3, 2.2 is no longer supported.", "2.2 eol"),
            ("With the release of v2.3, v2.2 is no longer supported.", "2.2 eol"),
            ("Starting with 2.3, 2.2 is no longer supported.", "2.2 eol"),
            ("Since 2.3 and 2.2, 2.1 is no longer supported.", "2.1 eol"),
            ("Releases prior to 2.0 receive no further security fixes.", "<2.0 eol"),
            ("Versions 1.4 and older are no longer supported.", "0..1.4 eol"),
            ("Versions from 1.0 to 1.4 are no longer supported.", "1.0..1.4 eol"),
            ("Versions newer than 2.0 are supported.", ">=2.0 supported"),
            ("From 2.0, fixes are no longer supported.", "-"),
            ("All versions except 2.3 are unsupported.", "-"),
            (
                "2.2 is supported until March 2027 and 2.1 until March 2026.",
                "2.2 until 2027-03-31, 2.1 until 2026-03-31",
            ),
            ("2.2 is supported, 2.1 is no longer supported.", "2.2 supported, 2.1 eol"),
            ("2.2 is supported while 2.1 is unsupported.", "2.2 supported, 2.1 eol"),
            ("2.x is supported, 1.x is not.", "2 supported, 1 eol"),
            ("2.2 and 2.1 are no longer supported.", "2.2 eol, 2.1 eol"),
            ("Once 2.3 is released, 2.2 is no longer supported.", "-"),
            ("When 2.3 is released, 2.2 reaches its end of life.", "-"),
            ("2.2 is supported until Sep. 15, 2026.", "2.2 until 2026-09-15"),
            ("2.2 is supported until 1 Dec. 2026.", "2.2 until 2026-12-01"),
            ("We support version 2.3 and version 2.2.", "2.3 supported, 2.2 supported"),
            ("We actively maintain 2.2 and 2.3.", "2.2 supported, 2.3 supported"),
            (
                "Currently supported versions: 2.3, 2.2 and 1.6.",
                "2.3 supported, 2.2 supported, 1.6 supported",
            ),
            ("Unsupported versions: 1.4 and 1.3.", "1.4 eol, 1.3 eol"),
            (
                "The following versions are currently being supported with security updates: 2.3.x and 2.2.x.",
                "2.3 supported, 2.2 supported",
            ),
            (
                "LTS releases are supported for three years: 1.4 until May 2027, 1.0 until May 2026.",
                "1.4 until 2027-05-31, 1.0 until 2026-05-31",
            ),
            (
                "We will support the previous major version (1.x) with security fixes until 31 December 2026.",
                "1 until 2026-12-31",
            ),
            (
                "v1.x is in maintenance mode and receives only critical security fixes.",
                "1 supported critical",
            ),
            (
                "Versions 1.0, 1.1, 1.2, 1.3, 1.4, 1.5 and 1.6 are supported.",
                "1.0 supported, 1.1 supported, 1.2 supported, 1.3 supported, 1.4 supported, 1.5 supported, 1.6 supported",
            ),
            ("Version 2.3 is supported until 2027-06-30.", "2.3 until 2027-06-30"),
            ("Support for 2.1 ended on 2026-08-01.", "2.1 until 2026-08-01"),
            ("Security support for the 2.2 series ends on 1 March 2027.", "2.2 until 2027-03-01"),
            ("Version 1.3 is vulnerable and is not supported.", "-"),
            ("CVE-2026-1 affects 1.4; versions 1.5 and 2.0 are supported.", "-"),
            ("TLS 1.0 and TLS 1.1 are no longer supported.", "-"),
            ("HTTP/1.1 is supported, HTTP/3 is not.", "-"),
            ("The wire protocol 1.4 is supported until 2028-12-31.", "-"),
            ("JSON Schema draft 2.1 is supported.", "-"),
            ("To upgrade from 1.4 to 2.0, first apply all security updates until 1.6.", "-"),
            (
                "See how to move from version 1.6 to 2.0; both versions are supported by the tool.",
                "-",
            ),
        ]);
    }

    fn check(cases: &[(&str, &str)]) {
        let wrong: Vec<String> = cases
            .iter()
            .filter(|(sentence, expected)| heard(sentence) != *expected)
            .map(|(sentence, expected)| format!("{sentence}\n  {} not {expected}", heard(sentence)))
            .collect();
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }
}
