//! Our own report, read back: `schemas/report.v1.schema.json`. It holds all of a finding but the texts
//! of its advisories.
//!
//! It is more than a tool's report: it has lines, what was seen where no flaw was found, and what was
//! looked at. `patchline merge` joins several of them, and a gate compares with one.

use std::{collections::BTreeSet, num::NonZeroU32, sync::Arc};

use jiff::{Timestamp, civil::Date};
use semver::Version;
use serde_json::Value;

use super::{Document, field};
use crate::model::{
    Advisory, AdvisoryClass, Alert, Basis, Certainty, CommitId, Contradiction, ContradictionKind,
    Coverage, Covered, DatabaseUse, Declaration, DeclaredBy, Dependent, Ecosystem, Evidence,
    Expiry, Fit, Head, Level, LineId, LineKind, Opinion, Origin, PackagePattern, Place, Rating,
    Reach, Release, ReleaseLine, Requirement, Scale, SeverityClaim, Sight, Sighting, Stamp, Stance,
    Standing, Supply, Suppression, Tier, Tip, Trouble, Update,
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

fn finding(value: &Value, report: &mut OwnReport) -> Option<()> {
    let line = LineId(field::text(value, "line")?.to_owned());
    let id = field::text(value, "id")?;
    let package = value.get("package")?;
    let name = field::text(package, "name")?;
    let ecosystem = Ecosystem::named(field::text(package, "ecosystem").unwrap_or_default());
    let certainties = [Certainty::Certain, Certainty::Possible];
    let certainty = of_word(&certainties, Certainty::as_str, field::text(value, "certainty"))?;
    let silence = value.get("suppression").and_then(|silence| field::text(silence, "by"));
    report.obeyed.extend(silence.filter(|by| *by != "suppression").map(str::to_owned));
    for evidence in field::list(value, "evidence") {
        report.evidence.push(self::evidence(evidence, &line, certainty)?);
    }
    let names: Vec<String> = field::texts(value, "names").into_iter().map(str::to_owned).collect();
    let status = field::text(value, "status")?;
    if certainty == Certainty::Certain
        && matches!(status, "unpatched" | "fixed-unreleased" | "suppressed")
    {
        report.findings.push((line.clone(), name.to_owned(), names));
    }
    for at in [Tip::Head, Tip::Release] {
        let Some(view) = value.get(at.as_str()).filter(|view| view.is_object()) else { continue };
        let sights = [Sight::Affected, Sight::Fixed, Sight::Clear, Sight::Unseen];
        let sight = of_word(&sights, Sight::as_str, field::text(view, "sight"))?;
        if sight == Sight::Affected && field::list(value, "evidence").is_empty() {
            return None;
        }
        let versions: BTreeSet<String> =
            field::texts(view, "versions").into_iter().map(str::to_owned).collect();
        // What is affected has evidence; of what was not seen only the versions are told.
        let is_told = match sight {
            Sight::Affected => false,
            Sight::Fixed | Sight::Clear => true,
            Sight::Unseen => !versions.is_empty(),
        };
        if certainty == Certainty::Certain && is_told {
            report.sightings.push(Sighting {
                at: Place { line: line.clone(), tip: at },
                vulnerability: id.to_owned(),
                ecosystem: ecosystem.clone(),
                package: name.to_owned(),
                sight,
                versions,
            });
        }
    }
    Some(())
}

/// Where lockfiles were read and advisories held against them, only a version that cannot be compared
/// or a package from elsewhere leaves a view unseen; the latter has evidence of its own.
fn incomparable(value: &Value, coverage: &[Coverage]) -> BTreeSet<(Place, String)> {
    let lockfiles = || coverage.iter().filter(|coverage| coverage.source == "lockfiles");
    let is_read = |place: &Place| {
        let of_place = || lockfiles().filter(|coverage| coverage.at.as_ref() == Some(place));
        of_place().next().is_some() && of_place().all(|c| c.covered == Covered::Complete)
    };
    let mut matched = BTreeSet::new();
    let mut elsewhere = BTreeSet::new();
    let mut unseen = Vec::new();
    for finding in field::list(value, "findings") {
        let package = field::at(finding, &["package"]);
        let about = (field::text(finding, "id"), field::text(package, "name"));
        let (Some(_), Some(name)) = about else { continue };
        let is_of_cargo = field::text(package, "ecosystem") == Some(Ecosystem::CRATES_IO.as_str());
        let Some(line) = field::text(finding, "line").filter(|_| is_of_cargo) else { continue };
        let is_certain = field::text(finding, "certainty") == Some(Certainty::Certain.as_str());
        let place = |tip| Place { line: LineId(line.to_owned()), tip };
        for evidence in field::list(finding, "evidence") {
            if field::text(evidence, "basis") != Some(Basis::Reported.as_str()) {
                matched.insert(about);
            }
            if !is_certain {
                elsewhere.extend(tip(field::text(evidence, "tip")).map(|tip| (place(tip), about)));
            }
        }
        for at in [Tip::Head, Tip::Release].into_iter().filter(|_| is_certain) {
            let sight = field::text(field::at(finding, &[at.as_str()]), "sight");
            if sight == Some(Sight::Unseen.as_str()) && is_read(&place(at)) {
                unseen.push((place(at), about, name));
            }
        }
    }
    unseen
        .into_iter()
        .filter(|(_, about, _)| matched.contains(about))
        .filter(|(place, about, _)| !elsewhere.contains(&(place.clone(), *about)))
        .map(|(place, _, name)| (place, name.to_owned()))
        .collect()
}

fn evidence(value: &Value, line: &LineId, certainty: Certainty) -> Option<Evidence> {
    let bases = [Basis::Matched, Basis::Projected, Basis::Reported];
    let owned = |key: &str| field::text(value, key).map(str::to_owned);
    Some(Evidence {
        source: owned("source")?,
        basis: of_word(&bases, Basis::as_str, field::text(value, "basis"))?,
        advisory: Arc::new(advisory(field::text(value, "advisory")?, value.get("record")?)?),
        at: Place { line: line.clone(), tip: tip(field::text(value, "tip"))? },
        version: owned("version"),
        supply: field::text(value, "supply").map(supply),
        certainty,
        lockfile: owned("lockfile"),
        row: field::row(value, "row"),
        path: field::texts(value, "path").into_iter().map(str::to_owned).collect(),
        update: update(value.get("update")?),
        reach: reach(value)?,
    })
}

fn reach(value: &Value) -> Option<Reach> {
    let via = || field::texts(value, "reach_via").into_iter().map(str::to_owned).collect();
    Some(match field::text(value, "reach")? {
        "unasked" => Reach::Unasked,
        "not-built" => Reach::NotBuilt,
        "required" => Reach::Required,
        "dev-only" => Reach::DevOnly { via: via() },
        "imported" => Reach::Imported,
        "built" => Reach::Built { via: via() },
        "called" => Reach::Called,
        _ => return None,
    })
}

fn supply(text: &str) -> Supply {
    match text.split_once(' ') {
        Some(("git", url)) => Supply::Git(url.to_owned()),
        Some(("registry", url)) => Supply::OtherRegistry(url.to_owned()),
        _ if text == "path" => Supply::Path,
        _ => Supply::Registry,
    }
}

fn advisory(id: &str, record: &Value) -> Option<Advisory> {
    let owned = |key: &str| field::text(record, key).map(str::to_owned);
    let texts = |key: &str| field::texts(record, key).into_iter().map(str::to_owned).collect();
    Some(Advisory {
        id: id.to_owned(),
        aliases: texts("aliases"),
        class: match field::text(record, "class") {
            None => AdvisoryClass::Unstated,
            Some("malware") => AdvisoryClass::Malware,
            Some("vulnerability") => AdvisoryClass::Vulnerability,
            Some("unsound") => AdvisoryClass::Unsound,
            Some("unmaintained") => AdvisoryClass::Unmaintained,
            Some("notice") => AdvisoryClass::Notice,
            Some("yanked") => AdvisoryClass::Yanked,
            Some(other) => AdvisoryClass::Other(other.to_owned()),
        },
        ecosystem: match field::text(record, "ecosystem") {
            Some(name) if !name.is_empty() => Ecosystem::named(name),
            _ => Ecosystem::UNKNOWN,
        },
        package: owned("package")?,
        patched: texts("patched"),
        fixed: field::texts(record, "fixed")
            .iter()
            .filter_map(|v| Version::parse(v).ok())
            .collect(),
        severity: field::list(record, "severity").iter().filter_map(severity).collect(),
        title: owned("title").unwrap_or_default(),
        url: owned("url"),
        date: field::date(record, "date"),
        fixed_on: field::date(record, "fixed_on"),
        ..Advisory::default()
    })
}

fn severity(value: &Value) -> Option<SeverityClaim> {
    let scales = [Scale::Word, Scale::Score, Scale::CvssV2, Scale::CvssV3, Scale::CvssV4];
    let ratings = [Rating::None, Rating::Low, Rating::Medium, Rating::High, Rating::Critical];
    Some(SeverityClaim {
        by: field::text(value, "by")?.to_owned(),
        scale: of_word(&scales, Scale::as_str, field::text(value, "scale"))?,
        rating: of_word(&ratings, Rating::as_str, field::text(value, "rating"))?,
        score: field::number(value, "score"),
        vector: field::text(value, "vector").map(str::to_owned),
    })
}

fn update(value: &Value) -> Update {
    let fits = [Fit::Compatible, Fit::Unverified, Fit::Breaking, Fit::NoFix];
    Update {
        fit: of_word(&fits, Fit::as_str, field::text(value, "kind")).unwrap_or(Fit::NoFix),
        to: field::text(value, "to").and_then(|version| Version::parse(version).ok()),
        dependents: field::list(value, "dependents").iter().filter_map(dependent).collect(),
    }
}

fn dependent(value: &Value) -> Option<Dependent> {
    let accepts = value.get("accepts").and_then(Value::as_bool);
    let stated = || {
        Some(Requirement::Stated {
            requirement: field::text(value, "requirement")?.to_owned(),
            manifest: field::text(value, "manifest")?.to_owned(),
            row: field::row(value, "row").unwrap_or(NonZeroU32::MIN),
            accepts: accepts?,
        })
    };
    Some(Dependent {
        name: field::text(value, "name")?.to_owned(),
        version: field::text(value, "version")?.to_owned(),
        requires: match field::text(value, "known_by")? {
            "manifest" => stated()?,
            "presumed" => Requirement::Presumed { accepts: accepts? },
            _ => Requirement::Unreadable,
        },
    })
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

fn opinion(value: &Value) -> Option<Opinion> {
    let kind = field::text(value, "kind")?;
    let owned = |key: &str| field::text(value, key).map(str::to_owned);
    let line = field::text(value, "line").map(|line| LineId(line.to_owned()));
    let ecosystem = field::text(value, "ecosystem").map_or(Ecosystem::UNKNOWN, Ecosystem::named);
    Some(Opinion {
        kind: crate::opinion::kinds().into_iter().find(|known| *known == kind)?,
        ids: field::texts(value, "ids").into_iter().map(str::to_owned).collect(),
        package: owned("package").map(|name| PackagePattern {
            ecosystem,
            name,
            version: owned("version"),
        }),
        stance: match field::text(value, "stance")? {
            "ignored" => Stance::Ignored,
            "not_affected" => Stance::NotAffected,
            "fixed" => Stance::Fixed,
            "affected" => Stance::Affected,
            "under_investigation" => Stance::UnderInvestigation,
            other => Stance::Other(other.to_owned()),
        },
        justification: owned("justification"),
        reason: owned("reason"),
        expiry: match (owned("expires"), owned("unreadable_end")) {
            (_, Some(text)) => Expiry::Unreadable(text),
            (None, None) => Expiry::Never,
            (Some(text), None) => {
                text.parse::<Timestamp>().map_or(Expiry::Unreadable(text), Expiry::At)
            }
        },
        by: owned("by"),
        origin: origin(value.get("origin")?).unwrap_or(Origin {
            reference: None,
            path: String::new(),
            row: None,
        }),
        at: match line {
            Some(line) => Some(Place { line, tip: tip(field::text(value, "tip"))? }),
            None => None,
        },
        only_if: field::texts(value, "only_if").into_iter().map(str::to_owned).collect(),
    })
}

fn suppression(value: &Value) -> Option<Suppression> {
    Some(Suppression {
        id: field::texts(value, "ids").first()?.to_string(),
        package: field::text(value, "package").map(str::to_owned),
        lines: field::texts(value, "lines").into_iter().map(str::to_owned).collect(),
        reason: field::text(value, "reason")?.to_owned(),
        justification: field::text(value, "justification").map(str::to_owned),
        until: field::date(value, "until")?,
        origin: origin(value.get("origin")?)?,
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
