//! Sentences: "the last three minor versions", "until the next one is released", "security fixes for
//! two years after the first release", "v3 gets security fixes until November 2026".
//!
//! A sentence counts only if it speaks of support. Rules for all lines are in `shapes`, what is said
//! of single lines in `lines`. Examples, best effort and other people's products are left alone. The
//! regular expressions are linear in the length of a sentence, which is bounded.

mod lines;
mod said;
mod sense;
mod shapes;

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
    if !sense::may_speak(&text.text) {
        return;
    }
    for (begin, sentence) in sentences(&text.text) {
        if page.is_cut {
            break;
        }
        if !sense::may_speak(sentence) {
            continue;
        }
        if sentence.len() > LONGEST {
            let message = format!("a sentence has more than {LONGEST} bytes, so it is not read");
            page.trouble(text.source(begin), Trouble::info(message));
            continue;
        }
        // What follows "for example" is one.
        let sentence = sense::without_example(sentence);
        let lower = sense::without_attribute(&sentence.to_lowercase());
        let lower = match sense::FLOOR.as_ref() {
            Some(floor) => floor.replace_all(&lower, "$what").into_owned(),
            None => lower,
        };
        let speaks = sense::speaks(&lower);
        if speaks && sense::leaves_newest(&lower) {
            let origin = page.origin(text.source(begin));
            let claim = Claim::new(DeclaredBy::Prose, About::Newest, origin, sentence);
            page.push(claim.standing(Standing::Supported));
            continue;
        }
        if !speaks || sense::says_nothing(&lower) {
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
    // Of two times, one for bug fixes and one for security, the second often has no noun.
    let is_time_given =
        page.claims.iter().any(|claim| matches!(claim.about, About::Rule(Rule::Months { .. })));
    if !sense::gives_fixes(lower, is_time_given) || sense::gives_no_rule(lower) {
        return false;
    }
    let plain = lower
        .replace(['*', '`', '_', '"'], "")
        .replace('\u{a0}', " ")
        // Lines, whichever number counts them.
        .replace("major/minor", "minor")
        .replace("minor/major", "minor");
    let Some((rules, range)) = shapes::find(&plain) else { return false };
    let Some(rule) = rules.first().copied() else { return false };
    let behind = &plain[range.end..];
    if sense::is_of_something_else(behind) {
        return false;
    }
    // "Only the latest release of each line" says nothing of lines.
    let is_newest = matches!(rule, Rule::Newest { lines: 1, majors: None });
    let of_each =
        [" of each", " of every", " in each", " in every", " for each", " from each", " on each"];
    if is_newest && of_each.iter().any(|words| behind.starts_with(words)) {
        return false;
    }
    // Another product up to right behind the words: "the last two Go releases", "… of Kubernetes",
    // "on Node.js …".
    let end = (range.end + 30).min(plain.len());
    let end = (end..=plain.len()).find(|at| plain.is_char_boundary(*at)).unwrap_or(plain.len());
    let product = product::named(&capitalised(sentence, &plain[..end]));
    // "At least the last two versions of Kafka" is what one runs with.
    if product.is_some() && sentence.to_lowercase().contains("at least") {
        return false;
    }
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
    let tier = match (is_security, is_bug_fixes) {
        (true, false) => Some(Tier::SecurityOnly),
        (false, true) => Some(Tier::Full),
        _ => None,
    };
    let product = product.or_else(|| page.heading_product());
    for rule in rules {
        let origin = page.origin(at);
        let mut claim = Claim::new(DeclaredBy::Prose, About::Rule(rule), origin, sentence)
            .standing(Standing::Supported);
        claim.tier = tier;
        claim.product.clone_from(&product);
        page.push(claim);
    }
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
        let text = match &claim.about {
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
        let end = match &claim.security_until {
            Some(End::Day(day)) => format!(" until {day}"),
            Some(End::Release(version)) => format!(" until {version}"),
            None => String::new(),
        };
        let standing = claim.standing.map(|standing| format!(" {}", standing.as_str()));
        let tier = if claim.tier == Some(Tier::CriticalOnly) { " critical" } else { "" };
        format!("{text}{}{end}{tier}", standing.unwrap_or_default())
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

    #[test]
    fn a_sentence_gives_the_rule_that_a_reader_takes_from_it() {
        check(&[
            ("We support the last three minor versions.", "newest 3"),
            ("Only the latest minor release receives security fixes.", "newest 1"),
            ("Security fixes are only provided for the latest release.", "newest 1"),
            ("The project supports at least the last three minor releases.", "newest 3"),
            ("We support the last ten minor releases.", "newest 10"),
            ("Fixes are backported to the last 2 releases within 7 days.", "newest 2"),
            ("We support the current major version and the one before it.", "newest 1 of 2 majors"),
            ("We support the last two major releases.", "newest 2, newest 1 of 2 majors"),
            (
                "Only the latest release of each major version receives security updates.",
                "newest 1 of 12 majors",
            ),
            ("The latest minor of every major is supported.", "newest 1 of 12 majors"),
            ("Only the latest release of each line is supported.", "-"),
            (
                "Every 2nd minor release is an LTS release and is supported for 24 months.",
                "every 2 minor 24 months",
            ),
            (
                "Every fourth minor release is an LTS release and is supported for two years.",
                "every 4 minor 24 months",
            ),
            (
                "Long-term support releases are supported for 24 months; every fourth minor release is an LTS release.",
                "every 4 minor 24 months",
            ),
            (
                "Every 12th version is an LTS version, supported for 24 months.",
                "every 12 major 24 months",
            ),
            (
                "Each minor version will receive bug fixes for at least 9 months after it is released.",
                "9 months",
            ),
            ("Every minor release gets eighteen months of security fixes.", "18 months"),
            (
                "Each release gets bug fixes for 12 months and security fixes for 18 months.",
                "18 months",
            ),
            (
                "Security fixes go into the latest three minor releases and the last minor of the previous major for one year.",
                "newest 3, last of major + 12 months",
            ),
            ("It gets security fixes for 12 months.", "12 months"),
            ("Security fixes are provided for two years.", "24 months"),
            (
                "Minor releases get bug fixes for a year. Fixes of security flaws last for 18 months.",
                "12 months, 18 months",
            ),
            ("We support the last 12 months of releases.", "12 months"),
            ("A release is maintained until the next minor release is published.", "newest 1"),
            (
                "The previous release line gets security fixes for 6 months after the release of the next one.",
                "next + 6 months",
            ),
        ]);
    }

    #[test]
    fn what_is_about_something_else_gives_no_rule() {
        let nothing = [
            "Please only report security issues against the latest release.",
            "The documentation for the latest version is maintained in `docs`.",
            "The embargo lasts until the next release is published, so security fixes stay private.",
            "Access logs are kept for one year for security reasons.",
            "Our GPG keys are valid for two years from the date of creation and used to sign security releases.",
            "Our bug bounty is supported by Acme for a period of two years.",
            "Support tickets are answered for one year after the release.",
            "Each security advisory names the versions and is kept for five years after publication.",
            "Extended support is available from our partners for up to three years.",
            "Enterprise customers receive security patches for up to five years.",
            "Paid support covers the last four minor releases.",
            "Hotfixes for the latest three releases are available with a support contract.",
            "Beta APIs are supported for 9 months after their introduction in a release.",
            "The CLI supports the last three versions of the API server.",
            "The client supports the two latest versions of the server.",
            "The database schema of the last two versions is supported by the migration tool.",
            "We maintain an MSRV policy of supporting Rust versions released in the last 6 months.",
            "We used to support the last five releases.",
            "We do not support the last three versions any more.",
            "Previously, each release was supported for 18 months.",
            "Until 2024, we supported only the latest release.",
            "It is planned to support the last three minor versions from 3.0 on.",
            "2.1.0 (2026-04-01): fixed support for the latest two versions of the protocol.",
            "Kubernetes: the last three minor versions are supported.",
            "On Node.js we support the latest two releases.",
            "Rust toolchains younger than six months are supported in each release.",
            "Windows and macOS: only the latest version is supported.",
            "Please check that the problem is still there in the latest version before you report a security issue.",
            "A patch for critical vulnerabilities is usually made available in the latest release within 7 days.",
            "Maintainers are elected for a term of one year and may support up to two releases in that time.",
            "Security audits are performed for each of the last two major releases.",
            "Docker images are patched weekly for the latest release.",
            "Keep your installation patched: always run the latest release.",
            "Bug fixes should be sent against main first and backported to the latest release branch by a maintainer.",
            "Release candidates are supported until the next one is published.",
            "Each release manager supports one release line at a time.",
            "Every 6th release is a long-running soak test, in which we look for security problems for 3 months.",
            "Security fixes are announced for one week before the release.",
            "To test a fix, use the latest nightly release only.",
            "We support upgrades from the last two minor releases.",
            "Rolling updates are supported between two adjacent versions.",
            "Backups made with the latest three versions can be restored and are supported.",
        ];
        let cases: Vec<(&str, &str)> = nothing.iter().map(|sentence| (*sentence, "-")).collect();
        check(&cases);
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
