//! The head of the page: whose lines, which day, and how it stands.

use std::fmt::Write as _;

use super::{Section, is_blind};
use crate::{
    escape::html::{message, text},
    model::{Outcome, Report, Word},
    report::words::{self, plural},
};

/// What the window is called.
pub(super) fn title(report: &Report) -> String {
    format!("{} · {} · {}", name(report), outcome(report), report.as_of)
}

/// The project as people call it: the last two parts of its address.
fn name(report: &Report) -> String {
    let address = report.repository.as_deref().unwrap_or_default();
    let path = address.split_once("://").map_or(address, |(_, rest)| rest);
    let path = path.trim_end_matches('/').trim_end_matches(".git");
    let parts: Vec<&str> = path.split(['/', ':']).skip(1).filter(|part| !part.is_empty()).collect();
    match parts.as_slice() {
        [] => "Release lines".to_owned(),
        [.., owner, name] => text(&format!("{owner}/{name}")),
        [name] => text(name),
    }
}

fn outcome(report: &Report) -> &'static str {
    match report.outcome {
        Outcome::Pass => "Pass",
        Outcome::Fail => "Fail",
        Outcome::Incomplete => "Incomplete",
    }
}

/// A sign beside the word.
fn sign(report: &Report) -> &'static str {
    match report.outcome {
        Outcome::Pass => "M6 12.5l4 4 8-9",
        Outcome::Fail => "M7 7l10 10M17 7L7 17",
        Outcome::Incomplete => "M12 6v8M12 17.5v.5",
    }
}

pub(super) fn draw(page: &mut String, report: &Report, sections: &[Section]) {
    let word = outcome(report);
    let class = report.outcome.as_str();
    let _ = write!(
        page,
        "<header class=\"top {class}\">\n<div class=\"in\">\n<p class=\"kicker\">Security of the \
         release lines</p>\n<h1>{}</h1>\n\
         <p class=\"outcome\"><svg viewBox=\"0 0 24 24\" aria-hidden=\"true\"><circle cx=\"12\" \
         cy=\"12\" r=\"11\"/><path d=\"{}\"/></svg> <strong>{word}</strong> <span>on <time \
         datetime=\"{day}\">{day}</time></span></p>\n<p class=\"lead\">{}.</p>\n",
        name(report),
        sign(report),
        sentence(&message(&words::conclusion(report))),
        day = report.as_of,
    );
    if is_blind(report) && report.outcome != Outcome::Incomplete {
        page.push_str("<p class=\"care\">Not everything could be looked at, so nothing here is shown as good.</p>\n");
    }
    if let Some(part) = &report.part {
        let part = text(part);
        let _ = writeln!(
            page,
            "<p class=\"care\">This is a part ({part}): not every supported line is here.</p>"
        );
    }
    if report.lines.iter().any(|line| line.is_scanned() && line.is_assumed()) {
        page.push_str(
            "<p class=\"care\">Which lines are supported is assumed: nothing in the project says \
             it.</p>\n",
        );
    }
    figures(page, report);
    rests_on(page, report);
    contents(page, sections);
    page.push_str("</div>\n</header>\n");
}

/// The same with a capital.
fn sentence(fragment: &str) -> String {
    let mut characters = fragment.chars();
    let first = characters.next().map(|first| first.to_ascii_uppercase());
    first.into_iter().chain(characters).collect()
}

/// What there is, in numbers.
fn figures(page: &mut String, report: &Report) {
    let lines = report.lines.iter().filter(|line| line.is_scanned()).count();
    let _ = write!(
        page,
        "<dl class=\"figures\">\n<div><dt>{}</dt><dd>{lines}</dd></div>\n",
        plural(lines, "supported line", "supported lines")
    );
    for word in [Word::Unpatched, Word::FixedUnreleased, Word::Unknown, Word::Suppressed] {
        let count = report.findings.iter().filter(|(_, verdict)| verdict.word == word).count();
        // What there is none of is said of the first two, and else not worth a word.
        if count > 0 || matches!(word, Word::Unpatched | Word::FixedUnreleased) {
            let zero = if count == 0 { "zero" } else { super::letter(word) };
            let _ = writeln!(
                page,
                "<div class=\"{zero}\"><dt>{}</dt><dd>{count}</dd></div>",
                word.as_str()
            );
        }
    }
    page.push_str("</dl>\n");
}

/// The policy and the databases, in a row.
fn rests_on(page: &mut String, report: &Report) {
    let mut parts: Vec<String> = report
        .databases
        .iter()
        .map(|database| {
            let age = super::looked::age(database);
            let age = age.map(|age| format!(", {age}")).unwrap_or_default();
            format!("{}{age}", text(&database.stamp.to_string()))
        })
        .collect();
    parts.push(match &report.policy.path {
        Some(path) => format!("policy {}", super::policy_file(path)),
        None => "the default policy".to_owned(),
    });
    let _ = writeln!(page, "<p class=\"rests\">Judged with {}.</p>", parts.join("; "));
}

fn contents(page: &mut String, sections: &[Section]) {
    page.push_str("<nav aria-label=\"Contents\"><ul>\n");
    for Section { id, title, .. } in sections {
        let _ = writeln!(page, "<li><a href=\"#{id}\">{title}</a>");
    }
    page.push_str("</ul></nav>\n");
}
