//! OpenVEX 0.2.0: what the project's own branches and releases are affected by, for those who use
//! them. See <https://github.com/openvex/spec/blob/main/OPENVEX-SPEC.md>.
//!
//! A product is a branch at its commit, or a release; its subcomponent is the package. A reader of
//! this document silences its scanner, so good news needs a reason that somebody saw:
//!
//! | what is known of a tip | status |
//! | --- | --- |
//! | a locked version is affected | `affected`, with what to do |
//! | … and a suppression has a justification | `not_affected` for that reason, in its words |
//! | … and a suppression has none | `affected`, with its reason as a note |
//! | … and it is not in the build graph, which the gate lets pass | `not_affected`, `vulnerable_code_not_present` |
//! | a fixed version is locked | `fixed` |
//! | only versions outside the range are locked | `not_affected`, `vulnerable_code_not_present` |
//! | every lockfile was read and none has the package | `not_affected`, `component_not_present` |
//! | whoever looked does not report it, and nobody here read what is locked | `not_affected`, in words only |
//! | nobody who could tell looked there | `under_investigation` |
//! | the package is not its registry's own, or is guessed by its name | `under_investigation` |
//!
//! A line that is not scanned is not under investigation either: of it, only bad news is stated.
//! What is no flaw has no statement (unmaintained packages, notices, withdrawn versions), nor has a
//! branch whose commit is unknown, since nothing names it. Deliberately no history: a document says
//! what holds on its day, and the next one is another document.

pub(crate) mod document;

use std::collections::{BTreeMap, BTreeSet};

use self::document::{Component, Document, NO_REASONS, Reasons, Statement, Status, Vulnerability};
use super::{json::purl_of, lines::openeox::Product};
use crate::{
    escape,
    model::{
        AdvisoryClass, Certainty, Covered, Decision, Ecosystem, Evidence, Finding, Fit, GateRule,
        JUSTIFICATIONS, Place, Reach, ReleaseLine, Report, Sight, Silence, Stance, Supply, Tip,
        Verdict, View,
    },
};

/// Who says it, if nothing tells whose repository it is.
const AUTHOR: &str = "Patchline";

const NOT_PRESENT: &str = "component_not_present";
const CODE_NOT_PRESENT: &str = "vulnerable_code_not_present";

/// The document, pretty-printed, with a line feed at the end.
pub fn openvex(report: &Report) -> String {
    let author = report.repository.as_deref().unwrap_or(AUTHOR);
    Document::new(author, report.as_of, statements(report)).print()
}

/// True if there is anything to state; a document without statements is not valid.
pub fn has_statements(report: &Report) -> bool {
    !statements(report).is_empty()
}

/// What the reader of the document should know and cannot see in it.
pub fn notes(report: &Report) -> Vec<String> {
    let mut notes = Vec::new();
    if !has_statements(report) {
        notes.push("there is nothing to state, and OpenVEX has no document for that".to_owned());
    }
    if report.repository.is_none() {
        notes.push(
            "the repository has no remote, so the products have no name that others know"
                .to_owned(),
        );
    }
    let left_out: BTreeSet<&str> = report
        .findings
        .iter()
        .filter(|(finding, _)| !is_flaw(finding))
        .map(|(finding, _)| finding.key.vulnerability.as_str())
        .collect();
    if !left_out.is_empty() {
        let names: Vec<&str> = left_out.into_iter().collect();
        notes.push(format!("OpenVEX is about flaws only; left out: {}", names.join(", ")));
    }
    notes
}

/// Every statement once, in the order of the findings. Two lines may stand at one commit; where the
/// policy treats them differently, the graver word holds for it.
fn statements(report: &Report) -> Vec<Statement<'_>> {
    let product = Product::named(report.repository.as_deref());
    let mut statements: Vec<Statement<'_>> = Vec::new();
    let mut known: BTreeMap<(&str, Component), usize> = BTreeMap::new();
    for (finding, verdict) in report.findings.iter().filter(|(finding, _)| is_flaw(finding)) {
        let Some(line) = report.lines.iter().find(|line| line.id == finding.key.line) else {
            continue;
        };
        for (tip, view) in [(Tip::Head, &finding.head), (Tip::Release, &finding.release)] {
            let silence = silence(verdict);
            let tip = At { report, finding, verdict, silence, line, tip };
            let statement = view.as_ref().and_then(|view| tip.statement(view, &product.package));
            let Some(statement) = statement else { continue };
            let Some(about) = statement.products.first() else { continue };
            let key = (finding.key.vulnerability.as_str(), about.clone());
            match known.get(&key).and_then(|index| statements.get_mut(*index)) {
                Some(other) if other.status < statement.status => *other = statement,
                Some(_) => {}
                None => {
                    known.insert(key, statements.len());
                    statements.push(statement);
                }
            }
        }
    }
    statements
}

/// True if it is about a defect. An unknown class may be one.
fn is_flaw(finding: &Finding) -> bool {
    let is_other = |class: &AdvisoryClass| {
        matches!(class, AdvisoryClass::Unmaintained | AdvisoryClass::Notice | AdvisoryClass::Yanked)
    };
    !is_other(&finding.class)
}

/// What keeps a finding silent.
fn silence(verdict: &Verdict) -> Option<&Silence> {
    verdict.suppressed.as_ref()
}

/// A finding at a tip of its line.
#[derive(Clone, Copy)]
struct At<'a> {
    report: &'a Report,
    finding: &'a Finding,
    verdict: &'a Verdict,
    silence: Option<&'a Silence>,
    line: &'a ReleaseLine,
    tip: Tip,
}

impl<'a> At<'a> {
    fn statement(self, view: &View, product: &str) -> Option<Statement<'a>> {
        let (status, reasons) = self.status(view)?;
        if status != Status::Affected && !self.line.is_scanned() {
            return None;
        }
        let mut product = Component::new(self.product(product)?);
        product.subcomponents = self.subcomponents(view, status);
        let names = self.finding.names.iter().map(String::as_str);
        Some(Statement {
            vulnerability: Vulnerability {
                id: self.finding.url.as_deref().filter(|url| is_address(url)),
                name: &self.finding.key.vulnerability,
                aliases: names.filter(|name| *name != self.finding.key.vulnerability).collect(),
            },
            products: vec![product],
            status,
            reasons,
        })
    }

    /// `None`: nothing can be stated.
    fn status(self, view: &View) -> Option<(Status, Reasons<'a>)> {
        match (self.finding.key.certainty, view.sight) {
            // That the copy is gone says nothing of the registry's own package.
            (Certainty::Possible, Sight::Clear | Sight::Fixed) if view.versions.is_empty() => None,
            (Certainty::Possible, _) if !view.occurrences.is_empty() => Some(self.possible()),
            (Certainty::Possible, _) | (_, Sight::Unseen) => {
                Some((Status::UnderInvestigation, NO_REASONS))
            }
            (_, Sight::Affected) => Some(self.affected()),
            (_, Sight::Fixed) => Some((Status::Fixed, NO_REASONS)),
            (_, Sight::Clear) => Some((Status::NotAffected, self.clear(view))),
        }
    }

    fn affected(self) -> (Status, Reasons<'a>) {
        if let Some(reasons) = self.justified() {
            return (Status::NotAffected, reasons);
        }
        let mut notes = self.silenced();
        let mut here = self.evidence().peekable();
        let is_asked = here.peek().is_some();
        if is_asked && here.all(|evidence| evidence.reach == Reach::NotBuilt) {
            notes.push("it is in the lockfile and not in the build graph".to_owned());
            // Nobody is told that what fails here does no harm.
            let rule = (self.verdict.because, self.verdict.decision);
            if rule == (GateRule::NotBuilt, Decision::Note) {
                let justification = Some(CODE_NOT_PRESENT);
                let notes = joined(&notes);
                return (Status::NotAffected, Reasons { justification, notes, ..NO_REASONS });
            }
        }
        let action = Some(self.action());
        (Status::Affected, Reasons { action, notes: joined(&notes), ..NO_REASONS })
    }

    /// A package from elsewhere may carry the flaw or a fix of its own: only people can tell.
    fn possible(self) -> (Status, Reasons<'a>) {
        if let Some(reasons) = self.justified() {
            return (Status::NotAffected, reasons);
        }
        let mut notes = self.silenced();
        notes.push(
            "it does not come from its ecosystem's own registry or is only guessed by its name"
                .to_owned(),
        );
        (Status::UnderInvestigation, Reasons { notes: joined(&notes), ..NO_REASONS })
    }

    /// What people say with a word of OpenVEX. They say it of a package that is there: never of a
    /// tip that nobody looked at.
    fn justified(self) -> Option<Reasons<'a>> {
        let (word, reason) = match self.silence? {
            Silence::Suppression(own) => (own.justification.as_deref(), Some(own.reason.clone())),
            Silence::Opinion(other) => (
                other.justification.as_deref().filter(|_| other.stance == Stance::NotAffected),
                other.reason.clone(),
            ),
        };
        let justification = word.filter(|word| JUSTIFICATIONS.contains(word))?;
        let reasons = Reasons { justification: Some(justification), ..NO_REASONS };
        Some(Reasons { impact: reason, ..reasons })
    }

    /// Why a finding is kept silent, which is a decision and changes no fact.
    fn silenced(self) -> Vec<String> {
        let note = self.silence.map(|silence| match silence {
            Silence::Suppression(own) => format!("accepted until {}: {}", own.until, own.reason),
            Silence::Opinion(other) => {
                let reason = other.reason.as_deref().unwrap_or("no reason is given");
                format!("{} by {}: {reason}", other.stance.as_str(), other.origin.path)
            }
        });
        note.into_iter().collect()
    }

    /// Why a tip is clear, as far as it can be told.
    fn clear(self, view: &View) -> Reasons<'a> {
        let (word, words) = if !view.versions.is_empty() {
            (CODE_NOT_PRESENT, "no version in the affected range is locked")
        } else if self.is_read() {
            (NOT_PRESENT, "no lockfile has it")
        } else {
            let words = "whoever knows the vulnerability and looked there does not report it";
            return Reasons { impact: Some(words.to_owned()), ..NO_REASONS };
        };
        Reasons { justification: Some(word), notes: Some(words.to_owned()), ..NO_REASONS }
    }

    /// True if the lockfiles of the tip were read whole, and are of a kind that is read here.
    fn is_read(self) -> bool {
        let at = Place { line: self.line.id.clone(), tip: self.tip };
        let of_tip = || {
            let all = self.report.coverage.iter();
            all.filter(|c| c.source == "lockfiles" && c.at.as_ref() == Some(&at))
        };
        self.finding.key.ecosystem == Ecosystem::CRATES_IO
            && of_tip().next().is_some()
            && of_tip().all(|coverage| coverage.covered == Covered::Complete)
    }

    fn evidence(self) -> impl Iterator<Item = &'a Evidence> {
        self.finding.evidence.iter().filter(move |evidence| evidence.at.tip == self.tip)
    }

    /// What those who use the product can do.
    fn action(self) -> String {
        let package = &self.finding.key.package;
        let update = Finding::hardest(self.evidence());
        let step = match update.and_then(|update| Some((update.fit, update.to.as_ref()?))) {
            Some((Fit::Breaking | Fit::NoFix, to)) => {
                format!("update {package} to {to}, which not every dependent accepts")
            }
            Some((Fit::Compatible | Fit::Unverified, to)) => format!("update {package} to {to}"),
            None if self.finding.fixed_in.is_empty() => "no fixed version is known".to_owned(),
            None => format!("update {package} to {}", self.finding.fixed_in.join(" or ")),
        };
        let branch = self.finding.head.as_ref().map(|view| view.sight);
        let is_fixed_at_head = matches!(branch, Some(Sight::Fixed | Sight::Clear));
        if !self.line.is_scanned() {
            format!("{step}; {} is not supported", self.line.id)
        } else if self.tip == Tip::Release && is_fixed_at_head {
            format!("{step}; the branch of {} is fixed and not released yet", self.line.id)
        } else {
            step
        }
    }

    /// The package URL of the branch at its commit, or of the release.
    fn product(self, package: &str) -> Option<String> {
        let (head, release) = (self.line.head.as_ref(), self.line.release.as_ref());
        let (tag, version, commit) = match self.tip {
            Tip::Head => {
                let commit = &head?.commit.as_ref()?.0;
                (commit, commit, Some(commit))
            }
            Tip::Release => {
                let release = release?;
                let commit = release.commit.as_ref().map(|commit| &commit.0);
                (&release.tag, &release.version, commit)
            }
        };
        if package.starts_with("pkg:github/") {
            return Some(format!("{package}@{}", escape::query(tag)));
        }
        let url = format!("{package}@{}", escape::query(version));
        let Some(address) = &self.report.repository else { return Some(url) };
        let origin = format!("git+{address}@{}", commit.unwrap_or(tag));
        Some(format!("{url}?vcs_url={}", escape::query(&origin)))
    }

    /// The package at the versions that the status is about; without a version if nobody knows any.
    fn subcomponents(self, view: &View, status: Status) -> Vec<Component> {
        let is_about_found = !view.occurrences.is_empty() && status != Status::Fixed;
        let found: BTreeSet<(Option<&str>, Option<&Supply>)> = if is_about_found {
            view.occurrences.iter().map(|o| (o.version.as_deref(), o.supply.as_ref())).collect()
        } else {
            view.versions.iter().map(|version| (Some(version.as_str()), None)).collect()
        };
        let urls: BTreeSet<String> = if found.is_empty() {
            BTreeSet::from([purl_of(self.finding, None, None)])
        } else {
            let urls = found.into_iter();
            urls.map(|(version, supply)| purl_of(self.finding, version, supply)).collect()
        };
        urls.into_iter().map(Component::new).collect()
    }
}

fn joined(notes: &[String]) -> Option<String> {
    (!notes.is_empty()).then(|| notes.join("; "))
}

/// True of a URL that an IRI parser takes as it is.
fn is_address(url: &str) -> bool {
    let is_plain = |c: char| c.is_ascii_graphic() && !"<>\"{}|\\^`".contains(c);
    (url.starts_with("https://") || url.starts_with("http://")) && url.chars().all(is_plain)
}
