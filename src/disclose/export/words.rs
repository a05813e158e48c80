//! The sentences and values that several formats share.

use jiff::civil::Date;

use super::lines::Facts;
use crate::disclose::record::{
    Credit, Disclosure, LineRow, LineStatus, Moment, Record, Reference, Step,
};
use crate::escape;

/// Every name of an advisory, its own first.
pub(super) fn names(disclosure: &Disclosure) -> impl Iterator<Item = &str> {
    let own = [Some(&*disclosure.id), disclosure.cve.id(), disclosure.ghsa.as_deref()];
    own.into_iter().flatten().chain(disclosure.aliases.iter().map(String::as_str))
}

/// What a document that may hold a whole record is about: the record, or some of its advisories, which
/// make another document.
pub(super) fn identity(record: &Record, facts: &[Facts<'_>]) -> String {
    let mut parts = vec![record.id.as_str()];
    if facts.len() < record.advisories.len() {
        parts.extend(facts.iter().map(|facts| facts.of.id.as_str()));
    }
    parts.join("-")
}

/// The other names, once each.
pub(super) fn aliases<'a>(disclosure: &'a Disclosure, id: &str) -> Vec<&'a str> {
    let mut aliases: Vec<&str> = Vec::new();
    for name in names(disclosure).filter(|name| *name != id && !name.is_empty()) {
        if !aliases.contains(&name) {
            aliases.push(name);
        }
    }
    aliases
}

/// `2031-03-04T15:00:00Z`; a day without an hour begins at midnight.
pub(super) fn timestamp(moment: Moment) -> String {
    let time = moment.time.unwrap_or_default();
    format!("{}T{:02}:{:02}:{:02}Z", moment.day, time.hour(), time.minute(), time.second())
}

/// Midnight of a day.
pub(super) fn start_of(day: Date) -> String {
    timestamp(Moment { day, time: None })
}

/// Those who agreed to be named.
pub(super) fn credited(disclosure: &Disclosure) -> impl Iterator<Item = &Credit> {
    disclosure.credits.iter().filter(|credit| credit.consent && !credit.name.trim().is_empty())
}

/// `Ada, of Example`
pub(super) fn credit(credit: &Credit) -> String {
    match &credit.affiliation {
        Some(affiliation) => format!("{}, {affiliation}", credit.name),
        None => credit.name.clone(),
    }
}

/// The links of an advisory, the published text first, once each; what is no address is left out.
pub(super) fn references<'a>(
    record: &'a Record,
    disclosure: &'a Disclosure,
) -> Vec<(&'a str, &'a str)> {
    let published = record.url.as_deref().map(|url| ("advisory", url));
    let others = disclosure.references.iter();
    let others = others.map(|Reference { kind, url }| (kind.as_str(), url.as_str()));
    let mut links: Vec<(&str, &str)> = Vec::new();
    for link in published.into_iter().chain(others).filter(|(_, url)| is_address(url)) {
        if links.iter().all(|(_, url)| *url != link.1) {
            links.push(link);
        }
    }
    links
}

/// What is in the references and is no address.
pub(super) fn broken(disclosure: &Disclosure) -> impl Iterator<Item = &str> {
    disclosure.references.iter().map(|link| link.url.as_str()).filter(|url| !is_address(url))
}

/// True of an address of the web that every parser takes as it is.
pub(super) fn is_address(url: &str) -> bool {
    let is_plain = |c: char| c.is_ascii_graphic() && !"<>\"{}|\\^`[]".contains(c);
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    let is_percent_encoded = |rest: &str| {
        rest.split('%').skip(1).all(|code| {
            code.len() >= 2 && code.bytes().take(2).all(|byte| byte.is_ascii_hexdigit())
        })
    };
    rest.is_some_and(|rest| {
        rest.starts_with(|c: char| c.is_ascii_alphanumeric())
            && rest.chars().all(is_plain)
            && rest.matches('#').count() < 2
            && is_percent_encoded(rest)
            && has_host(rest)
            && rest.len() < 2000
    })
}

fn has_host(rest: &str) -> bool {
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (host, port) = rest[..end].split_once(':').unwrap_or((&rest[..end], "443"));
    !host.is_empty()
        && host.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-'))
        && !port.is_empty()
        && port.len() < 6
        && port.bytes().all(|byte| byte.is_ascii_digit())
}

/// True of a whole id of a commit, as git writes it.
pub(super) fn is_commit(text: &str) -> bool {
    matches!(text.len(), 40 | 64)
        && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

/// The summary, else the title, as one line.
pub(super) fn summary(disclosure: &Disclosure) -> String {
    let text =
        if disclosure.summary.trim().is_empty() { &disclosure.title } else { &disclosure.summary };
    one_line(text)
}

/// White space becomes one space.
pub(super) fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A text that is there, without white space around it.
pub(super) fn stated(text: Option<&String>) -> Option<&str> {
    text.map(|text| text.trim()).filter(|text| !text.is_empty())
}

/// The lines of which nobody knows whether they are affected.
pub(super) fn unknown(disclosure: &Disclosure) -> Option<String> {
    let of = |status: LineStatus| -> Vec<&str> {
        let rows = disclosure.lines.iter().filter(|row| row.status == status);
        rows.map(|row| row.line.0.as_str()).collect()
    };
    let (unlooked, ended) = (of(LineStatus::NotEvaluated), of(LineStatus::Ended));
    let mut sentences = Vec::new();
    if !unlooked.is_empty() {
        sentences.push(format!("Not evaluated, and may be affected: {}.", unlooked.join(", ")));
    }
    if !ended.is_empty() {
        sentences.push(format!(
            "No longer supported, not evaluated, and may be affected: {}.",
            ended.join(", ")
        ));
    }
    (!sentences.is_empty()).then(|| sentences.join(" "))
}

/// What those who use a line can do.
pub(super) fn action(row: &LineRow) -> String {
    let line = &row.line;
    if let Some(reason) = stated(row.no_fix.as_ref()) {
        let patches = if row.is_courtesy { " Patches are offered, without a release." } else { "" };
        return format!("No fix is planned for {line}: {}{patches}", ended(reason));
    }
    if row.is_courtesy {
        return format!("Patches are offered for {line}, and no release will be made of them.");
    }
    match stated(row.fixed_in.as_ref()) {
        Some(fixed) => format!("Upgrade to {fixed} or a later release of {line}."),
        None => format!("There is no fix for {line} yet."),
    }
}

/// A text as a sentence.
pub(super) fn ended(text: &str) -> String {
    let text = one_line(text);
    if text.ends_with(['.', '!', '?']) { text } else { format!("{text}.") }
}

/// What is said of each line, as a plain sentence: for formats whose tables say less.
pub(super) fn of_lines<'a>(facts: &Facts<'a>) -> Vec<(&'a str, String)> {
    let mut sentences: Vec<(&str, String)> = Vec::new();
    for segment in facts.affected() {
        let Some(row) = segment.row else { continue };
        let from = &segment.from;
        sentences.push((
            &row.line.0,
            match segment.fixed() {
                Some(fixed) => format!("affected from {from}, fixed in {fixed}."),
                None => match facts.end_on_line(segment) {
                    Some(end) => format!("affected from {from}, and before {end}. {}", action(row)),
                    None => format!("affected from {from}. {}", action(row)),
                },
            },
        ));
    }
    for row in facts.unversioned.iter().filter(|row| row.status == LineStatus::Affected) {
        // The fix of the advisory is that of the default branch, whose name is no version.
        let is_branch = super::version::Version::parse(&row.line.0).is_none();
        let is_fixed = !row.fix.is_empty() || (is_branch && !facts.of.fix.is_empty());
        let sentence = match &row.fixed_in {
            _ if row.no_fix.is_some() => format!("affected. {}", action(row)),
            Some(fixed) => format!("affected, and fixed in {fixed}."),
            None if is_fixed => "affected, and fixed on the branch.".to_owned(),
            None => format!("affected. {}", action(row)),
        };
        sentences.push((&row.line.0, sentence));
    }
    for row in facts.of.lines.iter().filter(|row| row.status == LineStatus::NotAffected) {
        sentences.push((&row.line.0, "not affected.".to_owned()));
    }
    sentences
}

/// The steps that happened, with their words.
pub(super) fn timeline(record: &Record) -> impl Iterator<Item = (Moment, &'static str)> {
    record.steps.iter().filter_map(|(step, slot)| {
        let word = match step {
            Step::Reported => "Reported to the project.",
            Step::Acknowledged => "Acknowledged by the project.",
            Step::Confirmed => "Confirmed.",
            Step::FixReady => "Fixes ready.",
            Step::Prenotified => "Distributors told.",
            Step::PreAnnounced => "Releases announced.",
            Step::Public => "Published.",
            Step::Closed => return None,
        };
        Some((slot.actual?, word))
    })
}

/// Everything that helps those who read Markdown.
pub(super) fn details(facts: &Facts<'_>) -> String {
    let disclosure = facts.of;
    let text = match disclosure.description.trim() {
        "" => summary(disclosure),
        description => description.to_owned(),
    };
    let mut parts: Vec<String> = vec![escape::document::contained(&text)];
    let lines = of_lines(facts).into_iter();
    let mut lines: Vec<String> = lines
        .map(|(line, text)| format!("- {}: {}", escape::code(line), escape::markdown(&text)))
        .collect();
    lines.extend(unknown(disclosure).map(|text| format!("- {}", escape::markdown(&text))));
    section(&mut parts, "Release lines", (!lines.is_empty()).then(|| lines.join("\n")));
    let markdown = |text: Option<&String>| stated(text).map(escape::document::contained);
    let conditions = markdown(disclosure.conditions.as_ref());
    let check = stated(disclosure.check.as_ref()).map(fenced);
    let affected: Vec<String> = conditions.into_iter().chain(check).collect();
    section(&mut parts, "Am I affected?", (!affected.is_empty()).then(|| affected.join("\n\n")));
    section(&mut parts, "Mitigation", markdown(disclosure.mitigation.as_ref()));
    section(&mut parts, "After the upgrade", markdown(disclosure.action.as_ref()));
    section(&mut parts, "Side effects of the fix", markdown(disclosure.side_effects.as_ref()));
    section(&mut parts, "Was it exploited here?", markdown(disclosure.detection.as_ref()));
    without_commands(&parts.join("\n\n"))
}

/// In a log, a row that begins with two colons is a command to the runner.
fn without_commands(text: &str) -> String {
    let rows = text.lines().map(|row| {
        let start = row.trim_start();
        let indent = &row[..row.len() - start.len()];
        let row = match start.strip_prefix("::") {
            Some(rest) => format!("{indent}\\:\\:{rest}"),
            None => row.to_owned(),
        };
        row.replace("##[", "##\\[")
    });
    rows.collect::<Vec<_>>().join("\n")
}

fn section(parts: &mut Vec<String>, title: &str, text: Option<String>) {
    if let Some(text) = text {
        parts.push(format!("## {title}\n\n{text}"));
    }
}

/// A block of code that nothing in it can end.
fn fenced(code: &str) -> String {
    let mut longest = 0;
    let mut here = 0;
    for character in code.chars() {
        here = if character == '`' { here + 1 } else { 0 };
        longest = longest.max(here);
    }
    let fence = "`".repeat(longest.max(2) + 1);
    format!("{fence}sh\n{}\n{fence}", escape::paragraphs(code))
}
