//! The shapes of sentences that give a rule, each with the number of lines or the time that it gives.
//!
//! They are regular expressions over a lowercase sentence without marks, linear in its length. A new
//! wording is a new shape, or one word more in an old one, with a fixture.

use std::{ops::Range, sync::LazyLock};

use regex::{Captures, Regex};

use crate::model::{Rule, Unit};

/// The rules that a sentence gives, and where in it the words of the first stand.
///
/// There are two if the words may mean two things, of which one gives more lines: "the last two major
/// releases" are two lines where every release that is no patch is called a major one.
pub(super) fn find(plain: &str) -> Option<(Vec<Rule>, Range<usize>)> {
    // Most shapes do not fit, and to tell that takes no captures.
    RULES.iter().filter(|shape| shape.words.is_match(plain)).find_map(|shape| {
        let captures = shape.words.captures(plain)?;
        let whole = captures.get(0)?;
        let mut rule = (shape.rule)(&captures)?;
        // "Bug fixes for 12 months and security fixes for 18 months": the longest is the support.
        if let Rule::Months { months } = &mut rule {
            let others = shape.words.captures_iter(plain).filter_map(|found| (shape.rule)(&found));
            for other in others {
                if let Rule::Months { months: more } = other {
                    *months = more.max(*months);
                }
            }
        }
        let mut rules = vec![rule];
        if let Rule::Newest { lines, majors: None } = rule
            && whole.as_str().contains("major release")
            && lines > 1
        {
            rules.push(Rule::Newest { lines: 1, majors: Some(lines) });
        }
        if matches!(rule, Rule::Newest { .. }) {
            let behind =
                LAST_OF_MAJOR.as_ref().and_then(|also| also.captures(&plain[whole.end()..]));
            rules.extend(behind.and_then(|captures| last_of_major(&captures)));
        }
        Some((rules, whole.range()))
    })
}

/// "… and the last minor of the previous major for one year", behind a rule that counts lines.
static LAST_OF_MAJOR: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let words = r"^.{0,20}(?:and|plus|as well as) (?:for )?(?:the )?(?:last|latest) {KIND}(?:minors?|versions?|releases?|lines?) (?:of|in) the (?:previous|prior|last) major.{0,30}?\b{TIME}";
    Regex::new(&words.replace("{KIND}", KIND).replace("{TIME}", TIME)).ok()
});

struct Shape {
    words: Regex,
    rule: fn(&Captures<'_>) -> Option<Rule>,
}

const NUMBER: &str =
    r"(?P<n>\d{1,2}|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)";
/// A length of time, in months or years.
const TIME: &str = r"(?P<time>\d{1,3}|an?|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|eighteen|twenty-four)[- ](?P<unit>month|year)s?";
/// Which one of a row.
const NTH: &str = r"(?P<n>\d{1,2}|other|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|twelfth)(?:st|nd|rd|th)?";
/// Words between "only" and what it is about.
const ONLY: &str = r"(?:we|to|for|on|in|the|is|are|be|will|do|currently|actively|security|critical|bug|fix(?:es|ed)?|patch(?:es|ed)?|updates?|supports?|supported|maintain(?:s|ed)?|backport(?:s|ed)?|provided?|provides?|applied|made|made available|released?|receives?|offer|offered|issued?)";
const NEWEST: &str = r"(?:most[ -]recent(?:ly released)?|latest|last|newest|recent|current)";
const KIND: &str = r"(?:(?:minor|major|feature|stable|released?|published|active|public|official|supported|patch|semver|calver|consecutive|\w+'s|[a-z0-9.-]+) ){0,3}?";
const LINES: &str =
    r"(?:versions?|releases?|series|lines?|branch(?:es)?|minors?|majors?|trains?|tracks?|cycles?)";

/// The shapes of sentences that give a rule; the first that fits a sentence is taken.
static RULES: LazyLock<Vec<Shape>> = LazyLock::new(|| {
    let shape = |words: &str, rule: fn(&Captures<'_>) -> Option<Rule>| {
        let words = words
            .replace("{N}", NUMBER)
            .replace("{NTH}", NTH)
            .replace("{TIME}", TIME)
            .replace("{ONLY}", ONLY)
            .replace("{NEWEST}", NEWEST)
            .replace("{KIND}", KIND)
            .replace("{LINES}", LINES);
        Regex::new(&words).ok().map(|words| Shape { words, rule })
    };
    [
        // every 12th version is an LTS version, supported for 24 months
        shape(
            r"every {NTH} .{0,80}?\b(?:lts|long[- ]term).{0,160}?{TIME}",
            every_nth,
        ),
        // LTS releases are supported for 24 months; every fourth minor release is one
        shape(
            r"\b(?:lts|long[- ]term).{0,80}?{TIME}\b.{0,60}?\bevery {NTH} .{0,60}?(?:lts|long[- ]term|\bone\b)",
            every_nth,
        ),
        // each release that is a multiple of 12 is an LTS release and supported for 24 months
        shape(
            r"(?:multiple of|divisible by) (?P<n>\d{1,2}).{0,160}?{TIME}",
            every_nth,
        ),
        // the last minor of the previous major for one year after the new major
        shape(
            r"last {KIND}(?:minor|version|release).{0,60}?major.{0,60}?\b{TIME}.{0,40}major",
            last_of_major,
        ),
        // N, N-1 and N-2
        shape(r"\bn ?(?:,|and|&) ?n ?[-–] ?1(?:(?: ?, ?(?:and )?| and )n ?[-–] ?(?P<n>\d))?", counted_back),
        // the latest minor version and latest-1
        shape(r"latest {KIND}{LINES} and (?:the )?latest ?[-–] ?(?P<n>[1-4])\b", counted_back),
        // the current release and the two previous ones; the latest and up to two prior ones
        shape(
            r"{NEWEST} {KIND}(?:{LINES} )?(?:.{0,25}?)(?:and|plus|as well as) (?:up to )?(?:the )?(?:{N} )?(?:previous|prior|preceding|before|older)\b",
            and_previous,
        ),
        shape(
            r"{NEWEST} {KIND}(?:{LINES} )?(?:and|plus|as well as) (?:up to )?(?:the )?{N}(?: {KIND}{LINES}| ones)? (?:before|prior|preceding|previous)",
            and_previous,
        ),
        shape(
            r"(?:current|latest|newest|most recent) and (?:the )?(?:immediately )?(?:previous|prior|last) {KIND}{LINES}",
            |captures| Some(of(captures, 2)),
        ),
        // the latest release of each major version
        shape(
            r"(?:most[ -]recent|latest|last|newest|current) {KIND}{LINES} (?:of|in|from|for|per|on|within) (?:each|every|all|any|a) (?:of the )?(?:supported |active |maintained |given )?majors?\b",
            |_| Some(Rule::Newest { lines: 1, majors: Some(MOST_MAJORS) }),
        ),
        // the last 3 minor versions; the three most recent minor releases
        shape(r"{NEWEST}(?: \w+)? {N} {KIND}{LINES}(?: {LINES})?", newest),
        shape(r"{N} (?:most[ -]recent|latest|last|newest) {KIND}{LINES}(?: {LINES})?", newest),
        // supports two stable versions; up to three releases at any given point in time
        shape(
            r"(?:support|supports|supported|maintain|maintains|patch|patches)(?: up to| only)? {N} (?:stable |minor |major |feature |active |parallel )*{LINES}(?: {LINES})?",
            newest,
        ),
        // up to two versions back from the newest; a three-versions-back policy counts the newest
        shape(r"\bup to {N} versions? back\b", and_previous),
        shape(r"\b{N}[- ]versions?[- ]back\b", newest),
        shape(r"\b(?:n|x\.y) ?[-–] ?(?P<n>[1-4]) (?:support|version|release|polic)", counted_back),
        // only the latest
        shape(
            r"(?:single|one) (?:stable )?(?:release )?(?:track|line|branch|train|series)(?: at a time| at any)",
            latest,
        ),
        shape(r"until the next (?:one|{KIND}{LINES}|\w+)(?: (?:is|gets|has been|ships|comes|becomes)\b|$|[.;])", latest),
        shape(
            r"when (?:a|the) (?:new|next) .{0,40}(?:released|published|ships|available|out), ?(?:the )?(?:previous|prior|old|last) .{0,40}(?:no longer|unsupported|end[- ]of[- ]life|eol|ends)",
            latest,
        ),
        shape(
            r"(?:only|just|solely|exclusively)(?: {ONLY}){0,5}? (?:the |our )?(?P<which>latest|most recent|newest|last|current) (?P<kind>{KIND}){LINES}",
            latest_of,
        ),
        shape(
            r"(?:only|just) (?:the |our )?(?P<which>latest|most recent|newest)(?: \w+){0,3} (?:will be|is|are|receives?|gets?|has)\b",
            latest,
        ),
        shape(
            r"(?:the |our )(?P<which>latest|most recent|newest) (?P<kind>{KIND}){LINES} (?:only|is (?:the only|supported|maintained)|receives?|will receive|gets)",
            latest_of,
        ),
        shape(
            r"(?:support|supported|fix(?:es|ed)?|patch(?:es|ed)?|updates|provided|released|applied|maintained)(?: (?:are|is|only|applied|provided|released|made|will|be|available|security|it|them)){0,5} (?:for|to|on|in|against) (?:the |our )?(?P<which>latest|most recent|newest) (?P<kind>{KIND}){LINES}(?: only)?",
            latest_of,
        ),
        shape(
            r"(?:we|project|team) (?:currently |only |actively ){0,2}(?:supports?|maintains?|patch(?:es)?) (?:only )?(?:the )?(?P<which>latest|most recent|newest) (?P<kind>{KIND}){LINES}",
            latest_of,
        ),
        // until six months after the next release
        shape(
            r"\b{TIME} (?:after|following|from) (?:the )?(?:release of )?(?:the |its |their )?(?:next|successor|subsequent|following)",
            after_next,
        ),
        // for two years after the first release
        shape(
            r"(?:for|of|during)(?: a)?(?: total)?(?: period)?(?: of)?(?: up to)?(?: roughly| about| approximately)? {TIME}\b",
            window,
        ),
        shape(
            r"\b{TIME} (?:after|from|since|following|past|of) (?:the |its |their |initial |first |general |security |bug |support|maintenance)",
            window,
        ),
        shape(
            r"(?:less than|younger than|newer than|(?:released|published|versions?|releases?|lines?) (?:in|within|during|of|from) the (?:last|past)) {TIME}",
            window,
        ),
        // the last 12 months of releases
        shape(r"(?:last|past) {TIME} (?:worth )?of {KIND}{LINES}", window),
    ]
    .into_iter()
    .flatten()
    .collect()
});

fn number(word: &str) -> Option<u32> {
    const WORDS: [&str; 13] = [
        "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
        "eleven", "twelve",
    ];
    match word {
        "a" | "an" => Some(1),
        "eighteen" => Some(18),
        "twenty-four" => Some(24),
        _ => word.parse().ok().or_else(|| {
            WORDS.iter().position(|known| *known == word).and_then(|at| u32::try_from(at).ok())
        }),
    }
}

fn lines_of(captures: &Captures<'_>) -> Option<usize> {
    let count = number(captures.name("n")?.as_str())?;
    usize::try_from(count).ok().filter(|count| (1..=12).contains(count))
}

/// As many majors as anybody has.
const MOST_MAJORS: usize = 12;

/// "the last two major versions" are the newest line of each of them. A "major release" is also what
/// some call every release that is not a patch, so these are counted as lines.
fn of(captures: &Captures<'_>, lines: usize) -> Rule {
    let whole = captures.get(0).map_or("", |whole| whole.as_str());
    let of_majors = whole.contains("major version") || whole.ends_with("majors");
    if of_majors {
        Rule::Newest { lines: 1, majors: Some(lines) }
    } else {
        Rule::Newest { lines, majors: None }
    }
}

/// "the last 12 months of releases" are no 12 lines.
fn newest(captures: &Captures<'_>) -> Option<Rule> {
    let whole = captures.get(0)?.as_str();
    let is_time = ["month", "year", "week", "day"].iter().any(|unit| whole.contains(unit));
    if is_time { None } else { Some(of(captures, lines_of(captures)?)) }
}

#[expect(clippy::unnecessary_wraps, reason = "the functions of all shapes have one type")]
fn counted_back(captures: &Captures<'_>) -> Option<Rule> {
    let back = captures.name("n").and_then(|n| n.as_str().parse::<usize>().ok()).unwrap_or(1);
    Some(of(captures, back + 1))
}

fn and_previous(captures: &Captures<'_>) -> Option<Rule> {
    let previous = if captures.name("n").is_some() { lines_of(captures)? } else { 1 };
    Some(of(captures, previous + 1))
}

#[expect(clippy::unnecessary_wraps, reason = "the functions of all shapes have one type")]
fn latest(_: &Captures<'_>) -> Option<Rule> {
    Some(Rule::Newest { lines: 1, majors: None })
}

/// "only the latest patch release" of each line says nothing of lines.
fn latest_of(captures: &Captures<'_>) -> Option<Rule> {
    let kind = captures.name("kind").map_or("", |kind| kind.as_str());
    let whole = captures.get(0).map_or("", |whole| whole.as_str());
    let is_patch =
        kind.contains("patch") || kind.contains("point") || whole.contains("latest patch");
    (!is_patch).then(|| of(captures, 1))
}

fn months(captures: &Captures<'_>) -> Option<u32> {
    let count = number(captures.name("time")?.as_str())?;
    let months =
        if captures.name("unit")?.as_str() == "year" { count.checked_mul(12)? } else { count };
    (1..=240).contains(&months).then_some(months)
}

fn window(captures: &Captures<'_>) -> Option<Rule> {
    Some(Rule::Months { months: months(captures)? })
}

fn after_next(captures: &Captures<'_>) -> Option<Rule> {
    Some(Rule::AfterNext { months: months(captures)? })
}

fn last_of_major(captures: &Captures<'_>) -> Option<Rule> {
    Some(Rule::LastOfMajor { months: months(captures)? })
}

fn every_nth(captures: &Captures<'_>) -> Option<Rule> {
    const WORDS: [&str; 13] = [
        "", "", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth",
        "tenth", "eleventh", "twelfth",
    ];
    let word = captures.name("n")?.as_str();
    let every = match word {
        "other" => Some(2),
        word => word.parse().ok().or_else(|| {
            let at = WORDS.iter().position(|known| *known == word)?;
            u64::try_from(at).ok()
        }),
    };
    let whole = captures.get(0)?.as_str();
    let of = if whole.contains("minor") { Unit::Minor } else { Unit::Major };
    Some(Rule::EveryNth { every: every.filter(|every| *every > 1)?, of, months: months(captures)? })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A shape that does not compile is left out, and must not be.
    #[test]
    fn every_shape_is_a_regular_expression() {
        let source = include_str!("shapes.rs");
        let (source, _) = source.split_once("fn number(").expect("the list comes first");
        assert_eq!(RULES.len(), source.matches("shape(").count());
    }
}
