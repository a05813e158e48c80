//! What is known of each advisory: its names, who rates it how, who says so, and line by line where
//! it is locked and what to do. Lines of which the same is to be said are told together.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
};

use super::{
    code, letter, lines, link,
    matrix::{self, Parts},
    package, severity,
};
use crate::{
    escape::html::{message, text},
    model::{
        Decision, Finding, FindingKey, LineId, Reach, Report, SeverityClaim, Verdict, View, Word,
    },
    report::{
        moves,
        rows::{self, Row},
        words,
    },
};

/// More names, files or ways are counted.
const SHOWN: usize = 4;
/// What all of it may take, in bytes: the table above has every advisory anyhow.
const MOST: usize = 320 * 1024;

type Found<'a> = BTreeMap<&'a FindingKey, &'a (Finding, Verdict)>;

pub(super) fn draw(
    report: &Report,
    lines: &[&LineId],
    parts: &Parts<'_, '_>,
    severities: &[String],
) -> String {
    let found: Found<'_> = report.findings.iter().map(|found| (&found.0.key, found)).collect();
    let mut body = String::from("<h3>Each advisory</h3>\n<div class=\"each\">\n");
    let mut left_out = 0;
    for (index, row) in parts.minded.iter().chain(&parts.quiet).enumerate() {
        let drawn = one(report, row, lines, &found, severities, index + 1);
        if body.len() + drawn.len() > MOST {
            left_out += 1;
            // The links of the table lead somewhere all the same.
            let _ = write!(body, "<i id=\"a{}\"></i>", index + 1);
        } else {
            body.push_str(&drawn);
        }
    }
    body.push_str("</div>\n");
    if left_out > 0 {
        let _ = writeln!(
            body,
            "<p class=\"note\">{left_out} more have no room here; <code>patchline.json</code> has \
             them all.</p>"
        );
    }
    body
}

fn one(
    report: &Report,
    row: &Row<'_>,
    columns: &[&LineId],
    found: &Found<'_>,
    severities: &[String],
    number: usize,
) -> String {
    let finding = row.finding;
    let key = &finding.key;
    let home = rows::home(finding).unwrap_or_default();
    let mut body = format!(
        "<details class=\"a {}\"><summary><code>{}</code> <b>{}</b> {} <span>{}</span></summary>\n\
         <div id=\"a{number}\">\n",
        matrix::class(row, severities),
        text(&key.vulnerability),
        package(key),
        severity(finding),
        message(&finding.title)
    );
    body.push_str("<ul class=\"where\">\n");
    for (told, lines) in groups(report, row, columns, found) {
        let names: Vec<String> =
            lines.names.iter().map(|id| format!("<b>{}</b>", text(&id.0))).collect();
        let _ = writeln!(
            body,
            "<li class=\"{}{}\">{} {}{}",
            told.letter,
            matrix::columns_of(&lines.names, columns),
            names.join(", "),
            told.said,
            lines.locked()
        );
    }
    body.push_str("</ul>\n<dl>\n");
    for (name, said) in facts(finding, row, found) {
        let _ = writeln!(body, "<dt>{name}<dd>{said}");
    }
    let source = link("read the advisory", &home);
    if source.starts_with("<a") {
        let _ = writeln!(body, "<dt>Source<dd>{source}");
    }
    body.push_str("</dl></div></details>\n");
    body
}

/// What is said of one line or of several.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Told {
    letter: &'static str,
    said: String,
}

/// What differs between lines of which the same is said.
#[derive(Default)]
struct Lines<'a> {
    names: Vec<&'a LineId>,
    versions: BTreeSet<&'a str>,
    /// Rows by file.
    rows: BTreeMap<&'a str, BTreeSet<u32>>,
    /// The ways to the package.
    ways: BTreeSet<String>,
}

impl Lines<'_> {
    fn locked(&self) -> String {
        let versions: Vec<String> = self.versions.iter().map(|version| text(version)).collect();
        let file = |(file, rows): (&&str, &BTreeSet<u32>)| {
            let rows: Vec<String> = rows.iter().map(u32::to_string).collect();
            let rows = words::few(&rows, SHOWN);
            code(&if rows.is_empty() { (*file).to_owned() } else { format!("{file}:{rows}") })
        };
        let files: Vec<String> = self.rows.iter().map(file).collect();
        let way = self.ways.first().map(|way| match self.ways.len() - 1 {
            0 => format!("through {}", code(way)),
            1 => format!("through {} or another way", code(way)),
            more => format!("through {} or {more} other ways", code(way)),
        });
        let parts = [
            (!versions.is_empty()).then(|| format!("locked {}", words::few(&versions, SHOWN))),
            (!files.is_empty()).then(|| format!("in {}", words::few(&files, SHOWN))),
            way,
        ];
        let parts: Vec<String> = parts.into_iter().flatten().collect();
        if parts.is_empty() { String::new() } else { format!("<br>{}", parts.join(" ")) }
    }
}

/// The lines by what is to be said of them, in the order of the lines.
fn groups<'a>(
    report: &Report,
    row: &Row<'_>,
    lines: &[&'a LineId],
    found: &Found<'a>,
) -> Vec<(Told, Lines<'a>)> {
    let mut groups: Vec<(Told, Lines<'a>)> = Vec::new();
    for id in lines {
        let key = FindingKey { line: (*id).clone(), ..row.finding.key.clone() };
        let Some((finding, verdict)) = found.get(&key) else { continue };
        let told = told(report, finding, verdict);
        let index = groups.iter().position(|(known, _)| *known == told).unwrap_or_else(|| {
            groups.push((told, Lines::default()));
            groups.len() - 1
        });
        let Some((_, lines)) = groups.get_mut(index) else { continue };
        lines.names.push(id);
        for view in [&finding.head, &finding.release].into_iter().flatten() {
            lines.versions.extend(view.versions.iter().map(String::as_str));
            for occurrence in &view.occurrences {
                let Some(file) = &occurrence.lockfile else { continue };
                let rows = lines.rows.entry(file).or_default();
                rows.extend(occurrence.row.map(u32::from));
            }
        }
        if is_present(verdict.word) {
            let paths = finding.evidence.iter().map(|evidence| &evidence.path);
            let path = paths.filter(|path| path.len() > 1).min();
            lines.ways.extend(path.map(|path| words::chain(path)));
        }
    }
    groups
}

/// True if the flaw is in something that is looked at.
fn is_present(word: Word) -> bool {
    matches!(word, Word::Unpatched | Word::FixedUnreleased | Word::Suppressed)
}

fn told(report: &Report, finding: &Finding, verdict: &Verdict) -> Told {
    let word = verdict.word.as_str();
    let rule = verdict.because.as_str();
    let mut said = match verdict.decision {
        Decision::Fail => format!("<b class=\"w\">{word}</b>, fails ({rule})"),
        Decision::Warn => format!("<b class=\"w\">{word}</b>, a warning ({rule})"),
        Decision::Note => match words::softened(verdict) {
            Some(why) => format!("<b class=\"w\">{word}</b>, {why}"),
            None => format!("<b class=\"w\">{word}</b>"),
        },
    };
    let sights = sights(finding);
    if !sights.is_empty() && !matches!(verdict.word, Word::Patched | Word::NotAffected) {
        let _ = write!(said, "<br>{sights}");
    }
    let reach = finding.reach();
    if *reach != Reach::Unasked {
        let via: Vec<String> = reach.via().iter().map(|via| text(via)).collect();
        let via =
            if via.is_empty() { via.concat() } else { format!(" by {}", words::few(&via, SHOWN)) };
        let _ = write!(said, "<br>{}{via}", reach.as_str());
    }
    if let Some(silence) = &verdict.suppressed {
        let _ = write!(said, "<br>{}", super::silence::reason(silence, report));
    }
    if verdict.word == Word::Unpatched {
        for step in todo(report, finding) {
            let _ = write!(said, "<br>{step}");
        }
    }
    Told { letter: letter(verdict.word), said }
}

/// `branch fixed, release affected`
fn sights(finding: &Finding) -> String {
    let sight = |view: &Option<View>| view.as_ref().map(|view| view.sight.as_str());
    match (sight(&finding.head), sight(&finding.release)) {
        (Some(head), Some(release)) if head == release => format!("branch and release {head}"),
        (Some(head), Some(release)) => format!("branch {head}, release {release}"),
        (Some(head), None) => format!("branch {head}, no release"),
        (None, Some(release)) => format!("release {release}, no branch"),
        (None, None) => String::new(),
    }
}

/// Where to move the package.
fn todo(report: &Report, finding: &Finding) -> Vec<String> {
    let line = report.lines.iter().find(|line| line.id == finding.key.line);
    let Some(line) = line.filter(|line| line.is_scanned()) else { return Vec::new() };
    let step = |found: &moves::Move<'_>| {
        let how = lines::how(found).map(|how| format!(": {how}")).unwrap_or_default();
        if found.has_target() {
            format!("move to <b>{}</b>{how}", text(&found.to()))
        } else {
            text(&found.to())
        }
    };
    moves::moves(&[finding], line).iter().map(step).collect()
}

/// What is known of the vulnerability, whatever the line.
fn facts(finding: &Finding, row: &Row<'_>, found: &Found<'_>) -> Vec<(&'static str, String)> {
    let key = &finding.key;
    let mut facts = Vec::new();
    let others: Vec<String> = finding
        .names
        .iter()
        .filter(|name| **name != key.vulnerability)
        .map(|name| code(name))
        .collect();
    if !others.is_empty() {
        facts.push(("Also called", words::few(&others, SHOWN * 2)));
    }
    let claims = claims(finding);
    if !claims.is_empty() {
        facts.push(("Rated", claims.join("; ")));
    }
    let fixed: Vec<String> = finding.fixed_in.iter().map(|version| text(version)).collect();
    facts.push((
        "Fixed in",
        match fixed.len() {
            0 => "no fix is known".to_owned(),
            _ => words::few(&fixed, SHOWN),
        },
    ));
    if let Some(day) = finding.published {
        facts.push(("Published", day.to_string()));
    }
    if let Some(known) = &finding.exploited {
        let how = if known.ransomware { ", by ransomware, too" } else { "" };
        facts.push(("Exploited", format!("known since {} (CISA){how}", known.added)));
    }
    if let Some(epss) = &finding.epss {
        facts.push(("EPSS", format!("{:.1} % within 30 days", epss.score * 100.0)));
    }
    let all: Vec<&Finding> = row
        .cells
        .keys()
        .filter_map(|line| found.get(&FindingKey { line: (*line).clone(), ..key.clone() }))
        .map(|(finding, _)| finding)
        .collect();
    let says: BTreeSet<String> = all
        .iter()
        .flat_map(|finding| &finding.evidence)
        .map(|evidence| format!("{} ({})", text(&evidence.source), evidence.basis.as_str()))
        .collect();
    let says: Vec<String> = says.into_iter().collect();
    if !says.is_empty() {
        facts.push(("Said by", words::few(&says, SHOWN * 2)));
    }
    let differ: BTreeSet<String> = all
        .iter()
        .flat_map(|finding| &finding.disagreements)
        .map(|said| text(&words::disagreement(said)))
        .collect();
    let differ: Vec<String> = differ.into_iter().collect();
    if !differ.is_empty() {
        facts.push(("But", words::few(&differ, SHOWN)));
    }
    facts
}

/// Who rates it how: the claim that counts first, equal ones once.
fn claims(finding: &Finding) -> Vec<String> {
    let decided = finding.severity.decided.iter();
    let mut shown = Vec::new();
    for claim in decided.chain(&finding.severity.claims) {
        let said = claim_said(claim);
        if !shown.contains(&said) {
            shown.push(said);
        }
    }
    shown.truncate(SHOWN);
    shown
}

fn claim_said(claim: &SeverityClaim) -> String {
    let score = claim.score.map(|score| format!(" {score:.1}")).unwrap_or_default();
    let vector = claim.vector.as_ref().map(|vector| format!(" {}", code(vector)));
    format!("{}{score} by {}{}", claim.rating.as_str(), text(&claim.by), vector.unwrap_or_default())
}
