//! Sentences: "the last three minor versions", "until the next one is released", "security fixes for
//! two years after the first release", "v3 gets security fixes until November 2026".
//!
//! A sentence counts only if it speaks of support; its shapes are in [`RULES`], each with the number
//! of lines or the time that it gives. Examples, best effort and other people's products are left
//! alone. The regular expressions are linear in the length of a sentence, which is bounded.

use std::sync::LazyLock;

use regex::{Captures, Regex};

use super::{
    Page,
    blocks::{self, Block, Text},
    cell::{self, contains_word},
    product,
};
use crate::{
    model::{About, Claim, DeclaredBy, End, Origin, Rule, Standing, Tier, Unit},
    support::{Read, about, day},
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

struct Shape {
    words: Regex,
    rule: fn(&Captures<'_>) -> Option<Rule>,
}

const NUMBER: &str = r"(?P<n>\d{1,2}|one|two|three|four|five|six|seven|eight)";
const NEWEST: &str = r"(?:most[ -]recent(?:ly released)?|latest|last|newest|recent|current)";
const KIND: &str = r"(?:(?:minor|major|feature|stable|released?|published|active|public|official|supported|patch|semver|calver|consecutive|\w+'s|[a-z0-9.-]+) ){0,3}?";
const LINES: &str =
    r"(?:versions?|releases?|series|lines?|branch(?:es)?|minors?|majors?|trains?|tracks?|cycles?)";

/// The shapes of sentences that give a rule; the first that fits a sentence is taken.
static RULES: LazyLock<Vec<Shape>> = LazyLock::new(|| {
    let shape = |words: &str, rule: fn(&Captures<'_>) -> Option<Rule>| {
        let words = words
            .replace("{N}", NUMBER)
            .replace("{NEWEST}", NEWEST)
            .replace("{KIND}", KIND)
            .replace("{LINES}", LINES);
        Regex::new(&words).ok().map(|words| Shape { words, rule })
    };
    [
        // every 12th version is an LTS version, supported for 24 months
        shape(
            r"every (?P<n>\d{1,2})(?:st|nd|rd|th)? .{0,80}?\b(?:lts|long[- ]term).{0,160}?(?P<time>\d{1,3}|one|two|three|four|five)[- ](?P<unit>month|year)s?",
            every_nth,
        ),
        // each release that is a multiple of 12 is an LTS release and supported for 24 months
        shape(
            r"(?:multiple of|divisible by) (?P<n>\d{1,2}).{0,160}?(?P<time>\d{1,3}|one|two|three|four|five)[- ](?P<unit>month|year)s?",
            every_nth,
        ),
        // the last minor of the previous major for one year after the new major
        shape(
            r"last {KIND}(?:minor|version|release).{0,60}?major.{0,60}?(?P<time>\d{1,2}|one|two|three|a) (?P<unit>month|year)s?.{0,40}major",
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
            |_| Some(Rule::Newest { lines: 2, majors: None }),
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
        shape(r"until the next (?:one|{KIND}{LINES}|\w+) (?:is|gets|has been|ships|comes|becomes)?", latest),
        shape(
            r"when (?:a|the) (?:new|next) .{0,40}(?:released|published|ships|available|out), ?(?:the )?(?:previous|prior|old|last) .{0,40}(?:no longer|unsupported|end[- ]of[- ]life|eol|ends)",
            latest,
        ),
        shape(
            r"(?:only|just|solely|exclusively)(?: \w+){0,5}? (?:the |our )?(?P<which>latest|most recent|newest|last|current) (?P<kind>{KIND}){LINES}",
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
            r"(?P<time>\d{1,3}|one|two|three|four|six|nine|twelve|a) (?P<unit>month|year)s? (?:after|following|from) (?:the )?(?:release of )?(?:the |its |their )?(?:next|successor|subsequent|following)",
            after_next,
        ),
        // for two years after the first release
        shape(
            r"(?:for|of|during)(?: a)?(?: total)?(?: period)?(?: of)?(?: up to)?(?: roughly| about| approximately)? (?P<time>\d{1,3}|one|two|three|four|five|six|nine|twelve|eighteen|twenty-four|a)[- ](?P<unit>month|year)s?\b",
            window,
        ),
        shape(
            r"(?P<time>\d{1,3}|one|two|three|four|five|six|nine|twelve|eighteen) (?P<unit>month|year)s? (?:after|from|since|following|past|of) (?:the |its |their |initial |first |general |security |bug |support|maintenance)",
            window,
        ),
        shape(
            r"(?:less than|younger than|newer than|(?:released|published|versions?|releases?|lines?) (?:in|within|during|of|from) the (?:last|past)) (?P<time>\d{1,3}|one|two|three|six|twelve) (?P<unit>month|year)s?",
            window,
        ),
    ]
    .into_iter()
    .flatten()
    .collect()
});

/// A version in a sentence, with a word before it that may be its product.
static VERSION: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?i)(?:^|[\s(`*/_-])(?P<word>[A-Za-z][\w.-]* )?(?:`)?(?P<version>v\d{1,4}(?:\.(?:\d{1,5}|x))*|\d{1,4}(?:\.\d{1,5})*\.x|\d{1,4}\.\d{1,5}(?:\.(?:\d{1,5}|x))*|(?:version|release|series|major) \d{1,4}(?:\.(?:\d{1,5}|x))*)(?P<after>[\s,.;:)`*]|$)",
    )
    .ok()
});

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
        if sentence.len() > LONGEST || !may_speak(sentence) {
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
            lines(page, text, begin, sentence);
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
    let found = RULES.iter().filter(|shape| shape.words.is_match(&plain)).find_map(|shape| {
        let captures = shape.words.captures(&plain)?;
        let whole = captures.get(0)?;
        // Another product right in or behind the words: "the last two Go releases", "… of Kubernetes".
        let end = (whole.end() + 30).min(plain.len());
        let end = (end..=plain.len()).find(|at| plain.is_char_boundary(*at)).unwrap_or(plain.len());
        let around = &plain[whole.start()..end];
        Some(((shape.rule)(&captures)?, product::named(&capitalised(sentence, around))))
    });
    let Some((rule, product)) = found else { return false };
    // "V1 gets fixes for one year after V2" is about V1.
    let is_time = matches!(rule, Rule::Months { .. } | Rule::AfterNext { .. });
    let names_one = VERSION.as_ref().is_some_and(|pattern| pattern.is_match(sentence));
    if is_time && names_one && !plain.contains("starting") {
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

/// Single lines: "v3 gets security fixes until November 11th 2026", "1.4 is no longer supported".
fn lines(page: &mut Page<'_>, text: &Text, begin: usize, sentence: &str) {
    let Some(pattern) = VERSION.as_ref() else { return };
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
            || text[begin..at].ends_with(" v");
        if is_end && !is_short {
            push(&mut found, text, begin, at + 1);
            begin = at + 1;
        }
    }
    push(&mut found, text, begin, text.len());
    found
}

fn push<'a>(found: &mut Vec<(usize, &'a str)>, text: &'a str, begin: usize, end: usize) {
    let sentence = &text[begin..end];
    let trimmed = sentence.trim();
    if !trimmed.is_empty() {
        found.push((begin + (sentence.len() - sentence.trim_start().len()), trimmed));
    }
}

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

/// "the last two major versions" are the newest line of each of them. A "major release" is also what
/// some call every release that is not a patch, so these are counted as lines.
fn newest(captures: &Captures<'_>) -> Option<Rule> {
    let lines = lines_of(captures)?;
    let whole = captures.get(0).map_or("", |whole| whole.as_str());
    let of_majors = whole.contains("major version") || whole.ends_with("majors");
    Some(if of_majors {
        Rule::Newest { lines: 1, majors: Some(lines) }
    } else {
        Rule::Newest { lines, majors: None }
    })
}

#[expect(clippy::unnecessary_wraps, reason = "the functions of all shapes have one type")]
fn counted_back(captures: &Captures<'_>) -> Option<Rule> {
    let back = captures.name("n").and_then(|n| n.as_str().parse::<usize>().ok()).unwrap_or(1);
    Some(Rule::Newest { lines: back + 1, majors: None })
}

fn and_previous(captures: &Captures<'_>) -> Option<Rule> {
    let previous = if captures.name("n").is_some() { lines_of(captures)? } else { 1 };
    Some(Rule::Newest { lines: previous + 1, majors: None })
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
    (!is_patch).then_some(Rule::Newest { lines: 1, majors: None })
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
    let every = captures.name("n")?.as_str().parse().ok().filter(|every| *every > 1)?;
    Some(Rule::EveryNth { every, of: Unit::Major, months: months(captures)? })
}
