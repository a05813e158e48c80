//! Whether a sentence speaks of support, and of the project's own lines: what is asked before any
//! shape is tried. A sentence that is about something else, an example, or what once was, gives
//! nothing; when in doubt it gives nothing, too, because a wrong rule ends lines.

use std::sync::LazyLock;

use regex::Regex;

use crate::support::markdown::cell::contains_word;

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
    "enterprise customer",
    "paid support",
    "support contract",
    "partners",
    "extended support",
    "msrv",
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
pub(super) fn may_speak(text: &str) -> bool {
    SPEAKS.as_ref().is_some_and(|words| words.is_match(text))
}

/// True if a text has a word of [`SUPPORT`].
pub(super) fn speaks(lower: &str) -> bool {
    let is_letter = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    SPEAKS.as_ref().is_some_and(|words| {
        words.find_iter(lower).any(|found| {
            !is_letter(lower[..found.start()].chars().next_back())
                && !is_letter(lower[found.end()..].chars().next())
        })
    })
}

/// "Older releases are maintained on a best effort basis" leaves the newest one.
pub(super) fn leaves_newest(lower: &str) -> bool {
    let is_loose = lower.contains("best effort") || lower.contains("best-effort");
    let is_of_older = ["older", "previous", "prior"].iter().any(|word| contains_word(lower, word));
    let is_of_lines = ["release", "branch", "version"].iter().any(|word| lower.contains(word));
    is_loose && is_of_older && is_of_lines
}

/// A sentence up to its example.
pub(super) fn without_example(sentence: &str) -> &str {
    let starts = ["(e.g", "e.g.", "(i.e", "(for example", ", for example", "(for instance"];
    // Only of ASCII letters, so that a place in the copy is one in the original.
    let lower = sentence.to_ascii_lowercase();
    let end = starts.iter().filter_map(|start| lower.find(start)).min();
    end.filter(|end| *end >= 20).map_or(sentence, |end| &sentence[..end])
}

/// True of an example, a promise about something else, or a time to answer in.
pub(super) fn says_nothing(lower: &str) -> bool {
    let has = |word: &str| lower.contains(word);
    // "Released within the last year" is a window, "within a week" a time to answer in.
    let is_window = [
        "released within the ",
        "published within the ",
        "releases within the ",
        "versions within the ",
    ];
    let is_answer = has("within ") && !has("backport") && !is_window.iter().any(|words| has(words));
    is_answer || NOTHING.as_ref().is_some_and(|words| words.is_match(lower))
}

/// "The latest supported version of it" is not about support.
pub(super) fn without_attribute(lower: &str) -> String {
    let attributes = [
        "latest supported ",
        "newest supported ",
        "currently supported upstream ",
        "highest supported ",
    ];
    attributes.iter().fold(lower.to_owned(), |text, attribute| text.replace(attribute, "latest "))
}

/// True of a sentence about fixes for lines: "for security reasons" is about neither.
pub(super) fn gives_fixes(lower: &str, is_time_given: bool) -> bool {
    // "It gets …", "Security fixes are provided for two years".
    const BEGINNINGS: [&str; 8] =
        ["it ", "they ", "each ", "security ", "bug", "critical ", "full ", "active "];
    const FIXES: [&str; 13] = [
        "support",
        "maint",
        "fix",
        "patch",
        "backport",
        "back-port",
        "updat",
        "eol",
        "end of life",
        "end-of-life",
        "eligible",
        "lts",
        "security release",
    ];
    const OF_LINES: [&str; 14] = [
        "version", "release", "series", "line", "branch", "minor", "major", "train", "track",
        "cycle", "n-1", "n - 1", "n–1", "x.y",
    ];
    let has = |words: &[&str]| words.iter().any(|word| lower.contains(word));
    let is_of_lines =
        || has(&OF_LINES) || is_time_given || BEGINNINGS.iter().any(|word| lower.starts_with(word));
    has(&FIXES) && is_of_lines()
}

/// True of what was, will be, is paid for or is about something other than lines.
pub(super) fn gives_no_rule(lower: &str) -> bool {
    const OTHER: &[&str] = &[
        "only report",
        "reporting",
        "before you report",
        "documentation",
        "nightly",
        " api",
        "apis ",
        "schema",
        "protocol",
        "used to",
        "previously",
        "planned to",
        "do not support",
        "don't support",
        "any more",
        "anymore",
        "release candidate",
        "release manager",
        "elected",
        "embargo",
        "upgrades from",
        "sent against",
        "adjacent",
        "restored",
        "tickets",
        "bounty",
        "kept for",
        "valid for",
        "under discussion",
        "reproduce",
        "announced for",
        "aim to fix",
    ];
    OTHER.iter().any(|word| lower.contains(word))
        || FORMER.as_ref().is_some_and(|words| words.is_match(lower))
}

/// "Until 2024, we supported only the latest release."
static FORMER: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"^(?:until|before) \d{4}\b").ok());

/// "… versions of the API server": a part of the project or of another one is counted.
pub(super) fn is_of_something_else(behind: &str) -> bool {
    const OURS: [&str; 22] = [
        "project",
        "software",
        "package",
        "library",
        "app",
        "application",
        "product",
        "framework",
        "tool",
        "latest",
        "last",
        "current",
        "same",
        "line",
        "major",
        "minor",
        "release",
        "code",
        "previous",
        "two",
        "most",
        "next",
    ];
    let Some(rest) = behind.strip_prefix(" of the ") else { return false };
    let word = rest.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
    !OURS.contains(&word)
}

/// "At least" is a floor, and what is promised is that: without it the sentence reads alike.
pub(super) static FLOOR: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"\bat least (?P<what>(?:the )?(?:last|latest|newest|current|most recent|two|three|four)\b|(?:\d{1,3}|a|one|two|three|four|five|six|nine|twelve|eighteen)[- ](?:month|year))",
    )
    .ok()
});
