//! One rule per vulnerability, with all its names. It describes the vulnerability; what concerns
//! one package on one line is in the result.

use std::collections::BTreeMap;

use serde_json::json;
use serde_sarif::sarif::{
    MultiformatMessageString, PropertyBag, ReportingConfiguration, ReportingDescriptor,
};

use super::limits;
use crate::{
    escape,
    model::{AdvisoryClass, Certainty, Ecosystem, Finding, Rating, SeverityClaim},
};

/// SARIF's levels, most urgent first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Urgency {
    Error,
    Warning,
    Note,
}

impl Urgency {
    fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Note => "note",
        }
    }
}

/// The urgency of a finding: its severity, or its class where it is no vulnerability.
pub(super) fn urgency(finding: &Finding) -> Urgency {
    if finding.key.certainty == Certainty::Possible {
        return Urgency::Note;
    }
    of_advisory(finding)
}

fn of_advisory(finding: &Finding) -> Urgency {
    match (&finding.class, finding.severity.rating()) {
        (AdvisoryClass::Malware, _)
        | (
            AdvisoryClass::Vulnerability | AdvisoryClass::Unstated,
            Some(Rating::High | Rating::Critical),
        ) => Urgency::Error,
        (AdvisoryClass::Vulnerability | AdvisoryClass::Unstated, Some(Rating::Medium) | None)
        | (AdvisoryClass::Unsound, _) => Urgency::Warning,
        (
            AdvisoryClass::Vulnerability | AdvisoryClass::Unstated,
            Some(Rating::Low | Rating::None),
        )
        | (
            AdvisoryClass::Unmaintained
            | AdvisoryClass::Notice
            | AdvisoryClass::Yanked
            | AdvisoryClass::Other(_),
            _,
        ) => Urgency::Note,
    }
}

/// The rule of a vulnerability, from all findings about it: it may be in several packages, and what
/// is said of one must not stand for another. `None`: there is no finding.
pub(super) fn of(findings: &[&Finding]) -> Option<ReportingDescriptor> {
    let finding = *findings.first()?;
    let id = &finding.key.vulnerability;
    let title = first_of(&[&finding.title, id]);
    let description = first_paragraph(&finding.details);
    let names = finding.names.join(", ");
    let packages: BTreeMap<(&Ecosystem, &str), String> = findings
        .iter()
        .map(|finding| {
            let fixed = match finding.fixed_in.as_slice() {
                [] => "no fixed version is known".to_owned(),
                fixed => format!("fixed in {}", fixed.join(", ")),
            };
            ((&finding.key.ecosystem, finding.key.package.as_str()), fixed)
        })
        .collect();
    let list = |quote: &str| {
        let of = |((_, package), fixed): (&(&Ecosystem, &str), &String)| {
            format!("{quote}{}{quote}: {}", escape::line(package), escape::line(fixed))
        };
        packages.iter().take(limits::PACKAGES).map(of).collect::<Vec<_>>().join("; ")
    };
    let facts = format!("{title}\n\nNames: {names}\n{}.", list(""));
    let details = escape::paragraphs(&finding.details);
    let link = finding.url.as_ref().map(|url| format!("\n\n<{url}>")).unwrap_or_default();
    let help = format!("{}\n\n{details}", escape::paragraphs(&facts));
    let markdown = format!(
        "**{}**\n\n- Names: {names}\n- {}{link}\n\n{details}",
        escape::line(&title),
        list("`"),
    );
    let mut properties = PropertyBag {
        tags: Some(vec!["security".to_owned(), finding.class.as_str().to_owned()]),
        ..PropertyBag::default()
    };
    let extra = &mut properties.additional_properties;
    extra.insert("precision".to_owned(), json!("very-high"));
    extra.insert("names".to_owned(), json!(finding.names));
    if let Some((claim, score)) =
        finding.severity.decided.as_ref().and_then(|claim| Some((claim, score(claim)?)))
    {
        // A decimal in a string: one number or word here makes GitHub refuse the whole file.
        extra.insert("security-severity".to_owned(), json!(format!("{score:.1}")));
        extra.insert("severityVector".to_owned(), json!(claim.vector));
        extra.insert("severityDecidedBy".to_owned(), json!(claim.by));
    }
    let mut rule = ReportingDescriptor::builder()
        .id(id)
        .name(pascal_case(id))
        .short_description(plain(&title))
        .full_description(plain(&first_of(&[&description, &title])))
        .help(
            MultiformatMessageString::builder()
                .text(escape::cut(&help, limits::HELP))
                .markdown(escape::cut(&markdown, limits::HELP))
                .build(),
        )
        .default_configuration(ReportingConfiguration {
            level: Some(json!(of_advisory(finding).as_str())),
            ..ReportingConfiguration::default()
        })
        .properties(properties)
        .build();
    // SARIF wants a name that says more than the id.
    rule.name = rule.name.filter(|name| !name.eq_ignore_ascii_case(id));
    rule.help_uri.clone_from(&finding.url);
    rule.deprecated_ids = (finding.names.len() > 1).then(|| finding.names[1..].to_vec());
    Some(rule)
}

/// The score, or for a word the lower end of its band: the number says no more than the word does.
fn score(claim: &SeverityClaim) -> Option<f64> {
    let of_word = match claim.rating {
        Rating::Critical => Some(9.0),
        Rating::High => Some(7.0),
        Rating::Medium => Some(4.0),
        Rating::Low => Some(0.1),
        Rating::None => None,
    };
    claim.score.filter(|score| *score > 0.0).or(of_word.filter(|_| claim.score.is_none()))
}

fn plain(text: &str) -> MultiformatMessageString {
    let mut text = escape::cut(&escape::line(text), limits::DESCRIPTION - 1);
    if !text.ends_with(['.', '!', '?', '…']) {
        text.push('.');
    }
    MultiformatMessageString::builder().text(text).build()
}

/// Headings and blank lines are no description.
fn first_paragraph(details: &str) -> String {
    details
        .split("\n\n")
        .map(str::trim)
        .find(|paragraph| !paragraph.is_empty() && !paragraph.starts_with('#'))
        .map(|paragraph| paragraph.split_whitespace().collect::<Vec<_>>().join(" "))
        .unwrap_or_default()
}

fn first_of(texts: &[&str]) -> String {
    texts.iter().map(|text| text.trim()).find(|text| !text.is_empty()).unwrap_or("-").to_owned()
}

/// `RUSTSEC-2020-0071` → `Rustsec20200071`, as SARIF wants rule names.
fn pascal_case(id: &str) -> String {
    id.split(|c: char| !c.is_ascii_alphanumeric())
        .map(|word| {
            let lower = word.to_lowercase();
            let mut letters = lower.chars();
            letters
                .next()
                .map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
        })
        .collect()
}
