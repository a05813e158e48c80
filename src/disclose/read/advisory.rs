//! `[[advisory]]`, and what it says of each line.

use std::collections::BTreeMap;

use super::{
    WEB, all_checked, checked,
    cursor::{Notes, Section, cut},
    demanded,
};
use crate::{
    disclose::{
        affected, keys,
        record::{Credit, Cve, Disclosure, LineRow, LineStatus, Package, Reference},
        shape,
    },
    model::{JUSTIFICATIONS, LineId, Rating, SeverityClaim},
    severity,
};

/// Whose severities these are.
const BY: &str = "record";
const COMMIT: &str = "a commit: 7 to 64 hexadecimal digits";
const RATINGS: [(&str, Rating); 5] = [
    ("critical", Rating::Critical),
    ("high", Rating::High),
    ("medium", Rating::Medium),
    ("low", Rating::Low),
    ("none", Rating::None),
];
/// How a hole is found: CVE JSON 5, `source.discovery`.
pub(in crate::disclose) const DISCOVERIES: [&str; 5] =
    ["external", "internal", "user", "upstream", "unknown"];
/// <https://ossf.github.io/osv-schema/#creditstype-field>
pub(in crate::disclose) const ROLES: [&str; 10] = [
    "finder",
    "reporter",
    "analyst",
    "coordinator",
    "remediation-developer",
    "remediation-reviewer",
    "remediation-verifier",
    "tool",
    "sponsor",
    "other",
];
/// <https://ossf.github.io/osv-schema/#references-field>
pub(in crate::disclose) const KINDS: [&str; 11] = [
    "advisory",
    "article",
    "detection",
    "discussion",
    "report",
    "fix",
    "introduced",
    "git",
    "package",
    "evidence",
    "web",
];
const STATUSES: [(&str, LineStatus); 4] = [
    ("affected", LineStatus::Affected),
    ("not-affected", LineStatus::NotAffected),
    ("not-evaluated", LineStatus::NotEvaluated),
    ("ended", LineStatus::Ended),
];

pub(super) fn advisories(top: &Section<'_>, notes: &mut Notes) -> Vec<Disclosure> {
    let mut names = BTreeMap::new();
    let mut advisories = Vec::new();
    for table in top.tables("advisory", &keys::ADVISORY, notes) {
        let advisory = advisory(&table, notes);
        let own = [Some(advisory.id.as_str()), advisory.cve.id(), advisory.ghsa.as_deref()];
        for name in own.into_iter().flatten().filter(|name| !name.is_empty()) {
            if let Some(first) =
                names.insert(name.to_owned(), table.row).filter(|r| *r != table.row)
            {
                let message = format!("`{}` is the advisory of row {first}, too", cut(name));
                notes.complain(table.row, message);
            }
        }
        advisories.push(advisory);
    }
    advisories
}

fn advisory(table: &Section<'_>, notes: &mut Notes) -> Disclosure {
    let id = demanded(table, "id", "the advisory", notes).unwrap_or_default();
    if !shape::is_id(&id) {
        let row = table.row_of("id", notes);
        notes
            .complain(row, format!("`id` is `{}`; it is one word, such as FERRY-2031-1", cut(&id)));
    }
    let cvss = vectors(table, notes);
    let advisory = Disclosure {
        id,
        cve: cve(table, notes),
        ghsa: checked(
            table,
            "ghsa",
            shape::is_ghsa,
            "an id of GitHub, such as GHSA-2222-3333-4444",
            notes,
        ),
        aliases: all_checked(table, "aliases", shape::is_id, "an id", notes),
        title: table.text("title", notes).unwrap_or_default(),
        summary: table.text("summary", notes).unwrap_or_default(),
        description: table.text("description", notes).unwrap_or_default(),
        component: table.text("component", notes),
        likely_affected: table.text("likely-affected", notes),
        severity: rating(table, &cvss, notes),
        cvss,
        cwe: all_checked(
            table,
            "cwe",
            |text| shape::is_numbered(text, "CWE"),
            "a weakness, such as CWE-79",
            notes,
        ),
        capec: all_checked(
            table,
            "capec",
            |text| shape::is_numbered(text, "CAPEC"),
            "a pattern of attacks, such as CAPEC-130",
            notes,
        ),
        impact: table.text("impact", notes),
        attack: table.text("attack", notes),
        conditions: table.text("conditions", notes),
        check: table.text("check", notes),
        mitigation: table.text("mitigation", notes),
        action: table.text("action", notes),
        side_effects: table.text("side-effects", notes),
        detection: table.text("detection", notes),
        discovery: word(table, "discovery", &DISCOVERIES, notes),
        package: package(table, notes),
        introduced: all_checked(table, "introduced", shape::is_commit, COMMIT, notes),
        fix: all_checked(table, "fix", shape::is_commit, COMMIT, notes),
        credits: credits(table, notes),
        references: references(table, notes),
        lines: lines(table, notes),
    };
    if advisory.title.contains(['\n', '\r']) {
        notes.complain(table.row_of("title", notes), "`title` is one line");
    }
    advisory
}

fn word(
    table: &Section<'_>,
    key: &str,
    words: &[&'static str],
    notes: &mut Notes,
) -> Option<String> {
    let words: Vec<(&str, &str)> = words.iter().map(|word| (*word, *word)).collect();
    table.word(key, &words, notes).map(str::to_owned)
}

fn cve(table: &Section<'_>, notes: &mut Notes) -> Cve {
    let Some((text, row)) = table.text_at("cve", notes) else { return Cve::Unstated };
    match text.as_str() {
        "requested" => Cve::Requested,
        id if shape::is_cve(id) => Cve::Id(text),
        other => {
            let message = format!(
                "`cve` is `{}`; it is an id such as CVE-2031-0001, or \"requested\"",
                cut(other)
            );
            notes.complain(row, message);
            Cve::Unstated
        }
    }
}

/// Scores are computed, so that none is typed wrongly.
fn vectors(table: &Section<'_>, notes: &mut Notes) -> Vec<SeverityClaim> {
    let mut claims: Vec<SeverityClaim> = Vec::new();
    for (text, row) in table.texts("cvss", notes) {
        match severity::of_vector(BY, &text) {
            None => {
                let message = format!("`cvss` has `{}`, which is no vector of CVSS", cut(&text));
                notes.complain(row, message);
            }
            Some(claim) => {
                if claims.iter().any(|known| known.scale == claim.scale) {
                    let version = claim.scale.as_str();
                    notes.complain(row, format!("`cvss` has two vectors of {version}"));
                }
                claims.push(claim);
            }
        }
    }
    claims
}

fn rating(table: &Section<'_>, cvss: &[SeverityClaim], notes: &mut Notes) -> Option<Rating> {
    let rating = table.word("severity", &RATINGS, notes)?;
    if !cvss.is_empty() && !cvss.iter().any(|claim| claim.rating == rating) {
        let scored: Vec<String> = cvss
            .iter()
            .map(|claim| {
                let score = claim.score.unwrap_or_default();
                format!("{score:.1} ({}) by {}", claim.rating.as_str(), claim.scale.as_str())
            })
            .collect();
        let message = format!(
            "`severity` is {}, and the vectors give {}; correct the one or the other",
            rating.as_str(),
            scored.join(" and ")
        );
        notes.complain(table.row_of("severity", notes), message);
    }
    Some(rating)
}

fn package(table: &Section<'_>, notes: &mut Notes) -> Option<Package> {
    let package = table.table("package", &keys::PACKAGE, notes)?;
    let ecosystem = demanded(&package, "ecosystem", "the package", notes);
    let name = demanded(&package, "name", "the package", notes);
    Some(Package { ecosystem: ecosystem?, name: name? })
}

fn credits(table: &Section<'_>, notes: &mut Notes) -> Vec<Credit> {
    let tables = table.tables("credit", &keys::CREDIT, notes);
    let read = |credit: &Section<'_>, notes: &mut Notes| Credit {
        name: demanded(credit, "name", "the credit", notes).unwrap_or_default(),
        affiliation: credit.text("affiliation", notes),
        role: word(credit, "role", &ROLES, notes).unwrap_or_else(|| "other".to_owned()),
        consent: credit.flag("consent", notes).unwrap_or_default(),
        contact: all_checked(
            credit,
            "contact",
            shape::is_contact,
            "an address, such as mailto:dana@harbour.example",
            notes,
        ),
    };
    tables.iter().map(|credit| read(credit, notes)).collect()
}

fn references(table: &Section<'_>, notes: &mut Notes) -> Vec<Reference> {
    let mut references = Vec::new();
    for reference in table.tables("reference", &keys::REFERENCE, notes) {
        let kind = word(&reference, "kind", &KINDS, notes);
        let has_url = demanded(&reference, "url", "the reference", notes).is_some();
        if let Some(url) = checked(&reference, "url", shape::is_web, WEB, notes).filter(|_| has_url)
        {
            references.push(Reference { kind: kind.unwrap_or_else(|| "web".to_owned()), url });
        }
    }
    references
}

fn lines(table: &Section<'_>, notes: &mut Notes) -> Vec<LineRow> {
    let mut seen = BTreeMap::new();
    let mut rows = Vec::new();
    for row in table.tables("line", &keys::LINE, notes) {
        let Some(read) = line(&row, notes) else { continue };
        if let Some(first) = seen.insert(read.line.clone(), row.row) {
            let message =
                format!("the line `{}` has a row already, in row {first}", cut(&read.line.0));
            notes.complain(row.row, message);
        }
        rows.push(read);
    }
    rows
}

fn line(table: &Section<'_>, notes: &mut Notes) -> Option<LineRow> {
    let line = demanded(table, "line", "the row", notes);
    if !table.has("status") {
        let message = "the row has no `status`: affected, not-affected, not-evaluated or ended";
        notes.complain(table.row, message);
    }
    let status = table.word("status", &STATUSES, notes);
    let row = LineRow {
        line: LineId(line.clone().unwrap_or_default()),
        status: status.unwrap_or(LineStatus::NotEvaluated),
        affected: table.text("affected", notes),
        introduced_in: table.text("introduced-in", notes),
        introduced: all_checked(table, "introduced", shape::is_commit, COMMIT, notes),
        fix: all_checked(table, "fix", shape::is_commit, COMMIT, notes),
        fixed_in: table.text("fixed-in", notes),
        no_fix: table.text("no-fix", notes),
        justification: word(table, "justification", &JUSTIFICATIONS, notes),
        is_courtesy: table.flag("courtesy", notes).unwrap_or_default(),
        note: table.text("note", notes),
        reviews: all_checked(table, "reviews", shape::is_web, WEB, notes),
    };
    if status.is_some() {
        contradict(&row, table, notes);
    }
    line.map(|_| row)
}

/// What cannot all be true of one line.
fn contradict(row: &LineRow, table: &Section<'_>, notes: &mut Notes) {
    let mut complain = |key: &str, message: String| {
        let at = table.row_of(key, notes);
        notes.complain(at, message);
    };
    if let Some(fixed) = row.fixed_in.as_deref().filter(|_| row.no_fix.is_some()) {
        complain(
            "no-fix",
            format!("`no-fix` says that there is no fix, and `fixed-in` is {}", cut(fixed)),
        );
    }
    if row.status == LineStatus::NotAffected {
        if row.justification.is_none() && row.note.is_none() && !table.has("justification") {
            let words = JUSTIFICATIONS.join(", ");
            complain(
                "status",
                format!("a line that is not affected needs a `justification`: {words}"),
            );
        }
        for (key, is_there) in [
            ("affected", row.affected.is_some()),
            ("fixed-in", row.fixed_in.is_some()),
            ("no-fix", row.no_fix.is_some()),
            ("introduced-in", row.introduced_in.is_some()),
        ] {
            if is_there {
                complain(key, format!("the line is not affected, and has `{key}`"));
            }
        }
    } else if row.justification.is_some() {
        let status = row.status.as_str();
        complain(
            "justification",
            format!("`justification` belongs to not-affected, and not to {status}"),
        );
    }
    let Some(text) = &row.affected else { return };
    let Some(intervals) = affected::intervals(text) else {
        let message =
            format!("`affected` is `{}`; it is comparators, such as >= 1.4.0, < 1.4.7", cut(text));
        complain("affected", message);
        return;
    };
    let is_inside = |version: &str| intervals.iter().any(|one| one.contains(version) == Some(true));
    if let Some(fixed) = row.fixed_in.as_deref().filter(|version| is_inside(version)) {
        complain(
            "fixed-in",
            format!("`fixed-in` is {}, which `affected` calls affected", cut(fixed)),
        );
    }
}
