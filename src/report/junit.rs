//! Test results, for systems that show those: a suite for each line, a case for each finding and for
//! each thing that was looked at.
//!
//! A case fails where the gate fails, and is an error where something that had to be looked at was
//! not. What stands and does not fail is skipped with its reason, since a case that passes says that
//! nothing is wrong. The form is the one that Jenkins describes and others read:
//! <https://github.com/jenkinsci/xunit-plugin/blob/master/src/main/resources/org/jenkinsci/plugins/xunit/types/model/xsd/junit-10.xsd>.

use std::fmt::Write as _;

use super::{rows, state, words};
use crate::{
    escape::html::text,
    model::{
        Contradiction, Coverage, Covered, Decision, Finding, LineId, Report, Silence, Verdict, Word,
    },
};

/// The suite of what is about no single line.
const EVERYWHERE: &str = "every line";

/// How a case ends.
enum End {
    Pass,
    /// Why it neither passes nor fails.
    Skipped(String),
    /// A kind and a sentence.
    Failure(&'static str, String),
    Error(&'static str, String),
}

struct Case {
    name: String,
    end: End,
    /// What else there is to say.
    more: Vec<String>,
}

struct Suite {
    name: String,
    cases: Vec<Case>,
}

/// The document. It has a failure if and only if the gate fails, and an error if and only if there
/// is a gap.
pub fn junit(report: &Report) -> String {
    let mut suites: Vec<Suite> =
        state::columns(report).into_iter().map(|(id, _)| suite(report, id)).collect();
    // Lines that are known to have ended, and what was found there, are told as well.
    for line in &report.lines {
        let is_there = suites.iter().any(|suite| suite.name == line.id.0);
        let has_findings = || report.findings.iter().any(|(found, _)| found.key.line == line.id);
        if !is_there && has_findings() {
            suites.push(suite(report, &line.id));
        }
    }
    let known: Vec<String> = suites.iter().map(|suite| suite.name.clone()).collect();
    suites.push(everywhere(report, &known));
    suites.retain(|suite| !suite.cases.is_empty());
    document(report, &suites)
}

fn suite(report: &Report, id: &LineId) -> Suite {
    let at_line = |coverage: &&Coverage| coverage.at.as_ref().is_some_and(|at| at.line == *id);
    let looked = report.coverage.iter().filter(at_line).map(looked);
    let findings = report.findings.iter().filter(|(finding, _)| finding.key.line == *id);
    let found = findings.map(|(finding, verdict)| found(finding, verdict));
    Suite { name: id.0.clone(), cases: looked.chain(found).collect() }
}

/// What is about no line, and about lines that have no suite.
fn everywhere(report: &Report, known: &[String]) -> Suite {
    let is_left =
        |coverage: &&Coverage| coverage.at.as_ref().is_none_or(|at| !known.contains(&at.line.0));
    let looked = report.coverage.iter().filter(is_left).map(looked);
    let said = report.contradictions.iter().map(|said| contradiction(report, said));
    let mut cases: Vec<Case> = looked.chain(said).collect();
    let has_failure =
        report.contradictions_are == Decision::Fail && !report.contradictions.is_empty();
    // What fails a run beside findings and contradictions has no case of its own.
    let others = words::other_failures(report);
    let more = others.len() > usize::from(has_failure);
    if more {
        cases.push(Case {
            name: "the rest of the gate".to_owned(),
            end: End::Failure("gate", words::conclusion(report)),
            more: others,
        });
    }
    Suite { name: EVERYWHERE.to_owned(), cases }
}

fn looked(coverage: &Coverage) -> Case {
    let at = coverage.at.as_ref().map_or_else(|| EVERYWHERE.to_owned(), ToString::to_string);
    let said = words::gap(coverage).unwrap_or_default();
    let end = match &coverage.covered {
        Covered::Complete => End::Pass,
        Covered::Skipped { .. } => End::Skipped(said),
        Covered::Partial { .. } | Covered::Failed { .. } => {
            End::Error(coverage.covered.as_str(), said)
        }
    };
    Case { name: format!("{} looked at {at}", coverage.source), end, more: Vec::new() }
}

fn contradiction(report: &Report, said: &Contradiction) -> Case {
    let end = match report.contradictions_are {
        Decision::Fail => End::Failure("contradiction", said.message.clone()),
        decision => End::Skipped(format!("{}: {}", decision.as_str(), said.message)),
    };
    let name = format!("{}: {}", said.kind.as_str(), said.message);
    Case { name, end, more: vec![format!("mend: {}", said.mend)] }
}

fn found(finding: &Finding, verdict: &Verdict) -> Case {
    let key = &finding.key;
    let word = verdict.word.as_str();
    let severity = rows::severity(finding);
    let said = format!("{word} ({severity}): {}", finding.title);
    let end = match (verdict.decision, verdict.word) {
        (Decision::Fail, _) => End::Failure(word, said),
        (_, Word::Patched | Word::NotAffected) => End::Pass,
        (_, Word::Suppressed) => End::Skipped(format!("{said}; {}", silence(verdict))),
        (decision, _) => {
            End::Skipped(format!("{said}; {} ({})", decision.as_str(), verdict.because.as_str()))
        }
    };
    let mut more = Vec::new();
    if !matches!(verdict.word, Word::Patched | Word::NotAffected) {
        let views = [("head", &finding.head), ("release", &finding.release)];
        for (tip, view) in views {
            let Some(view) = view else { continue };
            let versions: Vec<&str> = view.versions.iter().map(String::as_str).collect();
            more.push(format!("{tip}: {} ({})", view.sight.as_str(), versions.join(", ")));
            more.extend(view.occurrences.iter().filter_map(super::proposed::place));
        }
        let fixed: Vec<String> = finding.fixed_in.clone();
        more.extend((!fixed.is_empty()).then(|| format!("fixed in {}", words::few(&fixed, 3))));
        more.extend(finding.url.clone());
    }
    let note = rows::package_note(key).map(|note| format!(" ({note})")).unwrap_or_default();
    Case { name: format!("{} in {}{note}", key.vulnerability, key.package), end, more }
}

fn silence(verdict: &Verdict) -> String {
    match &verdict.suppressed {
        None => "no reason is given".to_owned(),
        Some(Silence::Suppression(own)) => format!("until {}: {}", own.until, own.reason),
        Some(Silence::Opinion(opinion)) => {
            let reason = opinion.reason.as_ref().or(opinion.justification.as_ref());
            format!("{}: {}", opinion.kind, reason.map_or("no reason is given", String::as_str))
        }
    }
}

/// How many of these cases end so.
#[derive(Default)]
struct Count {
    tests: usize,
    failures: usize,
    errors: usize,
    skipped: usize,
}

fn count<'a>(cases: impl Iterator<Item = &'a Case>) -> Count {
    let mut count = Count::default();
    for case in cases {
        count.tests += 1;
        match case.end {
            End::Pass => {}
            End::Skipped(_) => count.skipped += 1,
            End::Failure(..) => count.failures += 1,
            End::Error(..) => count.errors += 1,
        }
    }
    count
}

fn document(report: &Report, suites: &[Suite]) -> String {
    let all = count(suites.iter().flat_map(|suite| &suite.cases));
    let mut xml = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let _ = writeln!(
        xml,
        "<testsuites name=\"Patchline\" time=\"0\" tests=\"{}\" failures=\"{}\" errors=\"{}\">",
        all.tests, all.failures, all.errors
    );
    for suite in suites {
        let count = count(suite.cases.iter());
        let name = text(&suite.name);
        let _ = writeln!(
            xml,
            "  <testsuite name=\"{name}\" time=\"0\" timestamp=\"{}T00:00:00\" tests=\"{}\" \
             failures=\"{}\" errors=\"{}\" skipped=\"{}\">",
            report.as_of, count.tests, count.failures, count.errors, count.skipped
        );
        for case in &suite.cases {
            draw(&mut xml, &name, case);
        }
        xml.push_str("  </testsuite>\n");
    }
    xml.push_str("</testsuites>\n");
    xml
}

/// A case; the name of the suite is safe already.
fn draw(xml: &mut String, suite: &str, case: &Case) {
    let more: Vec<String> = case.more.iter().map(|more| text(more)).collect();
    let more = more.join("\n");
    let _ = write!(
        xml,
        "    <testcase classname=\"patchline {suite}\" name=\"{}\" time=\"0\"",
        text(&case.name)
    );
    let end = match &case.end {
        End::Pass => {
            xml.push_str("/>\n");
            return;
        }
        End::Skipped(why) => format!("<skipped message=\"{}\"/>", text(why)),
        End::Failure(kind, said) => {
            format!("<failure type=\"{kind}\" message=\"{}\">{more}</failure>", text(said))
        }
        End::Error(kind, said) => {
            format!("<error type=\"{kind}\" message=\"{}\">{more}</error>", text(said))
        }
    };
    let _ = writeln!(xml, ">{end}</testcase>");
}
