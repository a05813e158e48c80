//! What is kept silent: by whom, for which reason, until when; and what others say.

use std::{collections::BTreeMap, fmt::Write as _};

use super::{Section, code, first, place, scroller};
use crate::{
    escape::html::{message, text},
    model::{Finding, Report, Silence, SuppressionState, SuppressionUse, Verdict, short_name},
    report::words::{self, plural},
};

/// More rows are in the report for programs.
const SHOWN: usize = 60;

pub(super) fn section(report: &Report) -> Option<Section> {
    let mut body = String::new();
    own(&mut body, report);
    obeyed(&mut body, report);
    opinions(&mut body, report);
    (!body.is_empty()).then_some(Section { id: "silence", title: "Kept silent", body })
}

fn own(body: &mut String, report: &Report) {
    if report.suppressions.is_empty() {
        return;
    }
    let mut table = String::from(
        "<table>\n<caption>The project's own suppressions</caption>\n<thead><tr><th \
         scope=\"col\">Advisory<th scope=\"col\">Where<th scope=\"col\">Reason<th \
         scope=\"col\">Until<th scope=\"col\">State</thead>\n<tbody>\n",
    );
    for used in &report.suppressions {
        let own = &used.suppression;
        let _ = writeln!(
            table,
            "<tr><th scope=\"row\">{}<td>{}<td>{}{}<td>{}<td>{}",
            code(&own.id),
            scope(used),
            text(&own.reason),
            own.justification
                .as_ref()
                .map(|word| format!("<br>{}", code(word)))
                .unwrap_or_default(),
            own.until,
            state(used)
        );
    }
    table.push_str("</tbody></table>\n");
    body.push_str(&scroller("The project's own suppressions", &table));
}

fn scope(used: &SuppressionUse) -> String {
    let own = &used.suppression;
    let package = own.package.as_ref().map(|package| code(package));
    let package = package.unwrap_or_else(|| "every package".to_owned());
    let lines: Vec<String> = own.lines.iter().map(|line| text(line)).collect();
    let lines = if lines.is_empty() { "every line".to_owned() } else { words::few(&lines, 6) };
    format!("{package}, {lines}")
}

fn state(used: &SuppressionUse) -> String {
    let count = used.matched;
    let silences = format!("silences {count} {}", plural(count, "finding", "findings"));
    let is_live =
        matches!(used.state, SuppressionState::Active | SuppressionState::ExpiresSoon { .. });
    match words::due(used) {
        None => silences,
        Some(due) if is_live => format!("{silences}; <b>{}</b>", text(&due)),
        Some(due) => format!("<b>{}</b>", text(&due)),
    }
}

/// What is silent because the policy obeys somebody else.
fn obeyed(body: &mut String, report: &Report) {
    let rows: Vec<String> = report
        .findings
        .iter()
        .filter_map(|(finding, verdict): &(Finding, Verdict)| {
            let silence = verdict.suppressed.as_ref()?;
            matches!(silence, Silence::Opinion(_)).then(|| {
                let key = &finding.key;
                format!(
                    "{} in {} on {}: {}",
                    code(&key.vulnerability),
                    code(&key.package),
                    text(&key.line.0),
                    reason(silence, report)
                )
            })
        })
        .collect();
    if !rows.is_empty() {
        body.push_str("<h3>Silent by statements that the policy obeys</h3>\n");
        body.push_str(&first(rows, SHOWN));
    }
}

/// Why something is silent, until when, and where that is written.
pub(super) fn reason(silence: &Silence, report: &Report) -> String {
    let default = report.default_ref.as_deref();
    match silence {
        Silence::Suppression(own) => {
            format!("{} (until {}, {})", text(&own.reason), own.until, place(&own.origin, default))
        }
        Silence::Opinion(opinion) => {
            let reason = opinion.reason.as_deref().or(opinion.justification.as_deref());
            format!(
                "{} ({}, {})",
                text(reason.unwrap_or("no reason is given")),
                opinion.kind,
                place(&opinion.origin, default)
            )
        }
    }
}

/// How many statements there are elsewhere, by kind and place.
fn opinions(body: &mut String, report: &Report) {
    let mut by_file: BTreeMap<(String, &str), usize> = BTreeMap::new();
    for opinion in &report.opinions {
        let reference = opinion.origin.reference.as_deref();
        let of = reference.filter(|reference| Some(*reference) != report.default_ref.as_deref());
        let branch = of.map(|of| format!("{}:", short_name(of))).unwrap_or_default();
        *by_file.entry((format!("{branch}{}", opinion.origin.path), opinion.kind)).or_default() +=
            1;
    }
    let rows: Vec<String> = by_file
        .into_iter()
        .map(|((file, kind), count)| {
            format!(
                "{}: {count} {} ({kind})",
                code(&file),
                plural(count, "statement", "statements")
            )
        })
        .collect();
    if !rows.is_empty() {
        body.push_str("<h3>Said elsewhere</h3>\n<p>");
        body.push_str(&message(
            "Such statements are obeyed only where `[statements] obey` in the policy names their \
             kind; else they change nothing.",
        ));
        body.push_str("</p>\n");
        body.push_str(&first(rows, SHOWN));
    }
}
