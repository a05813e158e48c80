//! Our own report, read back: `schemas/report.v1.schema.json`. It holds all of a finding but the texts
//! of its advisories.
//!
//! It is more than a tool's report: it has lines, what was seen where no flaw was found, and what was
//! looked at. `patchline merge` joins several of them, and a gate compares with one.

mod finding;
mod opinion;

use std::collections::BTreeSet;

use jiff::{Timestamp, civil::Date};
use serde_json::Value;

use self::{
    finding::{finding, incomparable},
    opinion::{opinion, suppression},
};
use super::{Document, field};
use crate::model::{
    Alert, CommitId, Contradiction, ContradictionKind, Coverage, Covered, DatabaseUse, Declaration,
    DeclaredBy, Evidence, Head, Level, LineId, LineKind, Opinion, Origin, Place, Release,
    ReleaseLine, Sighting, Stamp, Standing, Suppression, Tier, Tip, Trouble,
};

/// The start of every version's `schema`.
const SCHEMA: &str = "https://patchline.dev/schemas/report.";
/// The only version that is known.
const VERSION: &str = "https://patchline.dev/schemas/report.v1.schema.json";

/// What one of our reports holds.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OwnReport {
    pub as_of: Option<Date>,
    pub repository: Option<String>,
    /// The full ref of the default branch.
    pub default_ref: Option<String>,
    /// Why it is not about every supported line, if it is not.
    pub part: Option<String>,
    pub lines: Vec<ReleaseLine>,
    pub evidence: Vec<Evidence>,
    pub sightings: Vec<Sighting>,
    /// Packages of places that were read, of which it could not tell all the same.
    pub incomparable: BTreeSet<(Place, String)>,
    pub alerts: Vec<Alert>,
    pub contradictions: Vec<Contradiction>,
    pub opinions: Vec<Opinion>,
    /// The suppressions that it was judged with.
    pub suppressions: Vec<Suppression>,
    /// Kinds of statements that it obeyed.
    pub obeyed: BTreeSet<String>,
    pub databases: Vec<DatabaseUse>,
    pub coverage: Vec<Coverage>,
    /// What the report said itself, and what could not be read of it.
    pub trouble: Vec<Trouble>,
    /// Every finding's line, package and names.
    pub findings: Vec<(LineId, String, Vec<String>)>,
}

/// True of a report of ours, of whatever version.
pub fn is_own(document: &Document<'_>) -> bool {
    let schema = document.json().and_then(|value| field::text(value, "schema"));
    schema.is_some_and(|schema| schema.starts_with(SCHEMA))
}

/// Reads a report of ours; `None`: it is none.
pub fn read(document: &Document<'_>) -> Option<OwnReport> {
    let value = document.json().filter(|_| is_own(document))?;
    let mut report = OwnReport {
        as_of: field::date(value, "as_of"),
        repository: field::text(value, "repository").map(str::to_owned),
        default_ref: field::text(value, "default_ref").map(str::to_owned),
        part: field::text(value, "part").map(str::to_owned),
        ..OwnReport::default()
    };
    if let Some(schema) = field::text(value, "schema").filter(|schema| *schema != VERSION) {
        let message =
            format!("the report has the schema `{schema}`, which this version does not know");
        report.coverage.push(gap(&message));
        report.trouble.push(Trouble::warning(message).hint("update Patchline"));
        return Some(report);
    }
    // What it says of that line's head is not what the branch has.
    if let Some(into) = value.get("proposal").and_then(|proposal| field::text(proposal, "into")) {
        let message = format!("a report is about a change to `{into}` that is not merged");
        report
            .trouble
            .push(Trouble::warning(message).hint("join reports of branches, not of pull requests"));
    }
    if let Some(cut) = &document.cut {
        report.coverage.push(gap(&format!("a report is not whole: {cut}")));
    }
    for key in ["lines", "findings", "coverage"] {
        if !value.get(key).is_some_and(Value::is_array) {
            report.coverage.push(gap(&format!("a report has no list of {key}")));
        }
    }
    if field::list(value, "lines").is_empty() {
        report.coverage.push(gap("a report is about no line"));
    }
    let mut unread = 0_usize;
    let mut keep = |is_read: bool| unread += usize::from(!is_read);
    for value in field::list(value, "lines") {
        let line = line(value);
        keep(line.is_some());
        report.lines.extend(line);
    }
    for value in field::list(value, "findings") {
        keep(finding(value, &mut report).is_some());
    }
    for value in field::list(value, "coverage") {
        let coverage = coverage(value);
        keep(coverage.is_some());
        report.coverage.extend(coverage);
    }
    report.incomparable = incomparable(value, &report.coverage);
    for value in field::list(value, "alerts") {
        let alert = alert(value);
        keep(alert.is_some());
        report.alerts.extend(alert);
    }
    for value in field::list(value, "contradictions") {
        let contradiction = contradiction(value);
        keep(contradiction.is_some());
        report.contradictions.extend(contradiction);
    }
    for value in field::list(value, "opinions") {
        let opinion = opinion(value);
        keep(opinion.is_some());
        report.opinions.extend(opinion);
    }
    for value in field::list(value, "suppressions") {
        let suppression = suppression(value);
        keep(suppression.is_some());
        report.suppressions.extend(suppression);
    }
    let known: BTreeSet<&LineId> = report.lines.iter().map(|line| &line.id).collect();
    let lost = report.evidence.iter().filter(|e| !known.contains(&e.at.line)).count();
    if lost > 0 {
        report.coverage.push(gap(&format!("{lost} claims of a report are about lines it lacks")));
    }
    report.databases = field::list(value, "databases").iter().filter_map(database).collect();
    report.trouble.extend(field::list(value, "trouble").iter().filter_map(trouble));
    if unread > 0 {
        let message = format!("{unread} entries of a report could not be read");
        report.coverage.push(gap(&message));
        report.trouble.push(Trouble::warning(message));
    }
    Some(report)
}

fn gap(because: &str) -> Coverage {
    let covered = Covered::Partial { because: because.to_owned() };
    Coverage { source: "merge".to_owned(), at: None, covered }
}

/// The value that a word of ours stands for.
fn of_word<T: Copy>(all: &[T], as_str: fn(T) -> &'static str, word: Option<&str>) -> Option<T> {
    all.iter().copied().find(|value| Some(as_str(*value)) == word)
}

fn line(value: &Value) -> Option<ReleaseLine> {
    let id = LineId(field::text(value, "id")?.to_owned());
    let kind = match field::text(value, "kind")? {
        "release" => LineKind::Release,
        "default" => LineKind::Default,
        "ref" => LineKind::Ref,
        _ => return None,
    };
    let standing = standing(field::text(value, "status"))?;
    let tiers = [Tier::Full, Tier::SecurityOnly, Tier::CriticalOnly];
    let because = field::list(value, "evidence").iter().filter_map(declaration).collect();
    let time = |value: &Value| field::text(value, "date")?.parse::<Timestamp>().ok();
    let commit = |value: &Value| field::commit(value, "commit").map(CommitId);
    let head = value.get("head").filter(|head| head.is_object());
    let release = value.get("release").filter(|release| release.is_object());
    Some(ReleaseLine {
        standing,
        tier: of_word(&tiers, Tier::as_str, field::text(value, "tier")).unwrap_or_default(),
        until: field::date(value, "until"),
        bug_fixes_until: field::date(value, "bug_fixes_until"),
        extended_until: field::date(value, "extended_until"),
        first_release: field::date(value, "first_release"),
        edition: field::text(value, "edition").map(str::to_owned),
        is_lts: field::is_true(value, "lts"),
        head: match head {
            Some(head) => Some(Head {
                reference: field::text(head, "ref")?.to_owned(),
                commit: commit(head),
                date: time(head),
            }),
            None => None,
        },
        release: match release {
            Some(release) => Some(Release {
                tag: field::text(release, "tag")?.to_owned(),
                version: field::text(release, "version")?.to_owned(),
                commit: commit(release),
                date: time(release),
            }),
            None => None,
        },
        ..ReleaseLine::new(id, kind, because)
    })
}

fn standing(word: Option<&str>) -> Option<Standing> {
    let all = [Standing::Supported, Standing::Upcoming, Standing::Eol, Standing::Unknown];
    of_word(&all, Standing::as_str, word)
}

fn declaration(value: &Value) -> Option<Declaration> {
    let by = of_word(&DeclaredBy::ALL, DeclaredBy::as_str, field::text(value, "by"))?;
    let standing = standing(field::text(value, "status"))?;
    let says = field::text(value, "says").unwrap_or_default();
    let mut declaration = Declaration::new(by, standing, says);
    declaration.words = field::text(value, "words").map(str::to_owned);
    declaration.until = field::date(value, "until");
    declaration.origin = origin(value.get("origin")?);
    Some(declaration)
}

fn origin(value: &Value) -> Option<Origin> {
    Some(Origin {
        reference: field::text(value, "ref").map(str::to_owned),
        path: field::text(value, "path")?.to_owned(),
        row: field::row(value, "row"),
    })
}

fn tip(word: Option<&str>) -> Option<Tip> {
    of_word(&[Tip::Head, Tip::Release], Tip::as_str, word)
}

fn coverage(value: &Value) -> Option<Coverage> {
    let because = field::text(value, "because").unwrap_or_default().to_owned();
    let line = field::text(value, "line").map(|line| LineId(line.to_owned()));
    Some(Coverage {
        source: field::text(value, "source")?.to_owned(),
        at: match line {
            Some(line) => Some(Place { line, tip: tip(field::text(value, "tip"))? }),
            None => None,
        },
        covered: match field::text(value, "covered")? {
            "complete" => Covered::Complete,
            "partial" => Covered::Partial { because },
            "skipped" => Covered::Skipped { because },
            _ => Covered::Failed { because },
        },
    })
}

fn alert(value: &Value) -> Option<Alert> {
    let levels = [Level::None, Level::Note, Level::Warning, Level::Error];
    let by = field::text(value, "source")?;
    let line = field::text(value, "line").map(|line| LineId(line.to_owned()));
    Some(Alert {
        source: by.into(),
        rule: field::text(value, "rule")?.into(),
        level: of_word(&levels, Level::as_str, field::text(value, "level"))?,
        severity: field::number(value, "score")
            .and_then(|score| crate::severity::of_score(by, score))
            .or_else(|| crate::severity::of_word(by, field::text(value, "rating")?)),
        message: field::text(value, "message").unwrap_or_default().into(),
        file: field::text(value, "file").map(str::to_owned),
        row: field::row(value, "row"),
        fingerprints: field::entries(value, "fingerprints")
            .filter_map(|(key, value)| Some((key, value.as_str()?)))
            .collect(),
        suppressed: field::text(value, "suppressed").map(str::to_owned),
        at: match line {
            Some(line) => Some(Place { line, tip: tip(field::text(value, "tip"))? }),
            None => None,
        },
    })
}

fn contradiction(value: &Value) -> Option<Contradiction> {
    let kinds = ContradictionKind::ALL;
    Some(Contradiction {
        kind: of_word(&kinds, ContradictionKind::as_str, field::text(value, "rule"))?,
        line: field::text(value, "line").map(|line| LineId(line.to_owned())),
        message: field::text(value, "message")?.to_owned(),
        at: value.get("at").and_then(origin),
        against: value.get("against").and_then(origin),
        mend: field::text(value, "mend")?.to_owned(),
    })
}

fn database(value: &Value) -> Option<DatabaseUse> {
    let count = |key: &str| value.get(key).and_then(Value::as_u64).unwrap_or(0);
    let count = |key: &str| usize::try_from(count(key)).unwrap_or(usize::MAX);
    Some(DatabaseUse {
        stamp: Stamp {
            id: field::text(value, "id")?.to_owned(),
            from: field::text(value, "from").unwrap_or_default().to_owned(),
            revision: field::text(value, "revision").map(str::to_owned),
            date: field::date(value, "date"),
        },
        digest: field::text(value, "digest").map(str::to_owned),
        advisories: count("advisories"),
        withdrawn: count("withdrawn"),
        toolchain: count("toolchain"),
        // What they cost stands in the coverage.
        quarantined: Vec::new(),
        age_days: None,
    })
}

fn trouble(value: &Value) -> Option<Trouble> {
    let message = field::text(value, "message")?;
    let is_warning = field::text(value, "weight") == Some("warning");
    let mut trouble = if is_warning { Trouble::warning(message) } else { Trouble::info(message) };
    trouble.hint = field::text(value, "hint").map(str::to_owned);
    trouble.origin = value.get("origin").and_then(origin);
    Some(trouble)
}

/// The lines, packages and names of a report's findings, for a gate that minds new ones only.
pub fn known(report: &OwnReport) -> BTreeSet<(LineId, String, String)> {
    let of = |(line, package, names): &(LineId, String, Vec<String>)| {
        let (line, package) = (line.clone(), package.clone());
        let names: Vec<String> =
            names.iter().map(|name| crate::model::canonical_id(name)).collect();
        names.into_iter().map(move |name| (line.clone(), package.clone(), name))
    };
    report.findings.iter().flat_map(of).collect()
}
