//! The page that a project publishes: large ones stay small, and blind ones are never green.
#![expect(clippy::disallowed_methods, reason = "the page is kept for the browser that judges it")]

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    num::NonZeroU32,
    path::Path,
    sync::Arc,
};

use jiff::{
    ToSpan as _,
    civil::{Date, date},
    tz::TimeZone,
};
use patchline::{
    model::{
        Advisory, AdvisoryClass, Basis, Began, Certainty, CommitId, Coverage, Covered, DatabaseUse,
        Decision, Declaration, DeclaredBy, Dependent, Ecosystem, Episode, Evidence, Exposure,
        Finding, FindingKey, Fit, GateRule, Head, History, LineId, LineKind, Occurrence, Origin,
        Outcome, Place, PolicyOrigin, Rating, Reach, Release, ReleaseLine, Report, Requirement,
        Scale, Severity, SeverityClaim, Sight, Silence, Stamp, Stand, Standing, Supply,
        Suppression, SuppressionState, SuppressionUse, Targets, Tier, Tip, Trouble, Turn, Update,
        Verdict, View, Word,
    },
    report::{
        badge, csv,
        html::{self, Process, Shown},
        junit, proof,
    },
};
use semver::Version;

const TODAY: Date = date(2031, 6, 15);

// A project that is larger than most.

fn words(seed: usize, count: usize) -> String {
    const WORDS: [&str; 24] = [
        "a",
        "peer",
        "can",
        "keep",
        "the",
        "parser",
        "busy",
        "with",
        "crafted",
        "frames",
        "and",
        "exhaust",
        "memory",
        "before",
        "authentication",
        "in",
        "default",
        "builds",
        "of",
        "every",
        "server",
        "that",
        "accepts",
        "uploads",
    ];
    (0..count).map(|at| WORDS[(seed * 7 + at * 5) % WORDS.len()]).collect::<Vec<_>>().join(" ")
}

fn commit(seed: usize) -> CommitId {
    CommitId(format!("{:040x}", seed as u128 * 0x9e37_79b9_7f4a_7c15_u128))
}

fn line(index: usize) -> ReleaseLine {
    let id = format!("{}.{}", 8 - index / 4, 9 - index % 4);
    let mut because =
        Declaration::new(DeclaredBy::Table, Standing::Supported, "listed as supported");
    because.origin = Some(Origin {
        reference: Some("refs/heads/main".to_owned()),
        path: "SECURITY.md".to_owned(),
        row: NonZeroU32::new(12 + u32::try_from(index).expect("small")),
    });
    let mut line = ReleaseLine::new(LineId(id.clone()), LineKind::Release, vec![because]);
    line.is_lts = index == 4;
    line.tier = if index > 6 { Tier::SecurityOnly } else { Tier::Full };
    line.until = Some(TODAY + (200 - 15 * i64::try_from(index).expect("small")).days());
    line.head = Some(Head {
        reference: format!("refs/heads/release-{id}"),
        commit: Some(commit(index + 1)),
        date: None,
    });
    let released =
        (TODAY - (10 + 20 * i64::try_from(index).expect("small")).days()).to_zoned(TimeZone::UTC);
    line.release = Some(Release {
        tag: format!("v{id}.{}", 3 + index),
        version: format!("{id}.{}", 3 + index),
        commit: Some(commit(index + 100)),
        date: released.ok().map(|day| day.timestamp()),
    });
    line
}

fn finding(line: &ReleaseLine, at: usize, number: usize) -> (Finding, Verdict) {
    let ratings = [Rating::Critical, Rating::High, Rating::Medium, Rating::Low, Rating::Medium];
    let rating = ratings[number % ratings.len()];
    // Old flaws are fixed everywhere, new ones are not yet in old lines.
    let (word, decision, because) = match (number * 13 + at * at) % 40 {
        _ if number % 9 == 8 => (Word::NotAffected, Decision::Note, GateRule::Clean),
        0..=3 if at > 1 => (Word::Unpatched, Decision::Fail, GateRule::FailAt),
        4..=5 if at > 1 => (Word::Unpatched, Decision::Note, GateRule::FailAt),
        6..=8 => (Word::FixedUnreleased, Decision::Warn, GateRule::Unreleased),
        9 => (Word::Suppressed, Decision::Note, GateRule::Suppressed),
        _ => (Word::Patched, Decision::Note, GateRule::Clean),
    };
    let package = format!("{}-{number}", ["frame", "codec", "ferry-http", "quay"][number % 4]);
    let version = format!("1.{}.{}", number % 30, at);
    let vulnerability = format!("RUSTSEC-{}-{:04}", 2025 + number % 6, number);
    let is_here = !matches!(word, Word::Patched | Word::NotAffected);
    let occurrence = Occurrence {
        lockfile: Some("Cargo.lock".to_owned()),
        row: NonZeroU32::new(u32::try_from(number * 9 + at * 3 + 1).expect("small")),
        version: Some(version.clone()),
        supply: Some(Supply::Registry),
    };
    let view = |sight: Sight| View {
        sight,
        occurrences: if sight == Sight::Affected { vec![occurrence.clone()] } else { Vec::new() },
        versions: BTreeSet::from([version.clone()]),
    };
    let good = if word == Word::NotAffected { Sight::Clear } else { Sight::Fixed };
    let head = if is_here && word != Word::FixedUnreleased { Sight::Affected } else { good };
    let release = if is_here { Sight::Affected } else { good };
    let claim = claim(rating);
    let evidence = Evidence {
        source: "rustsec".to_owned(),
        basis: Basis::Matched,
        advisory: Arc::new(Advisory { id: vulnerability.clone(), ..Advisory::default() }),
        at: Place { line: line.id.clone(), tip: Tip::Head },
        version: Some(version.clone()),
        supply: occurrence.supply.clone(),
        certainty: Certainty::Certain,
        lockfile: occurrence.lockfile.clone(),
        row: occurrence.row,
        path: vec![
            "ferry 8.0.0".to_owned(),
            format!("ferry-net 8.{}.0", at / 3),
            format!("{package} {version}"),
        ],
        update: Update {
            fit: if number.is_multiple_of(3) { Fit::Breaking } else { Fit::Compatible },
            to: Some(Version::new(2, 0, 1)),
            dependents: vec![Dependent {
                name: "ferry-net".to_owned(),
                version: "8.0.0".to_owned(),
                requires: Requirement::Presumed { accepts: !number.is_multiple_of(3) },
            }],
        },
        reach: Reach::Unasked,
    };
    let finding = Finding {
        names: vec![
            vulnerability.clone(),
            format!("CVE-2031-{number:05}"),
            format!("GHSA-{number:04}-wxyz-abcd"),
        ],
        key: FindingKey {
            vulnerability,
            ecosystem: Ecosystem::CRATES_IO,
            package,
            certainty: Certainty::Certain,
            line: line.id.clone(),
        },
        class: if number % 17 == 16 {
            AdvisoryClass::Unmaintained
        } else {
            AdvisoryClass::Vulnerability
        },
        title: words(number, 9),
        details: words(number, 400),
        url: None,
        severity: Severity { decided: Some(claim.clone()), rule: "x", claims: vec![claim] },
        fixed_in: vec!["2.0.1".to_owned(), "1.30.0".to_owned()],
        disagreements: Vec::new(),
        published: Some(published(number)),
        fixed_on: None,
        exploited: None,
        epss: None,
        head: Some(view(head)),
        release: Some(view(release)),
        evidence: if is_here { vec![evidence] } else { Vec::new() },
    };
    let silence = Silence::Suppression(suppression(number));
    let verdict = Verdict {
        exposure: Exposure::Unpatched { shipped: true },
        word,
        decision,
        because,
        suppressed: (word == Word::Suppressed).then_some(silence),
    };
    (finding, verdict)
}

fn claim(rating: Rating) -> SeverityClaim {
    SeverityClaim {
        by: "rustsec".to_owned(),
        scale: Scale::CvssV3,
        rating,
        score: Some(7.5),
        vector: Some("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H".to_owned()),
    }
}

fn suppression(number: usize) -> Suppression {
    Suppression {
        id: format!("RUSTSEC-{}-{number:04}", 2025 + number % 6),
        package: None,
        lines: Vec::new(),
        reason: "the parser runs on files of our own alone".to_owned(),
        justification: Some("vulnerable_code_cannot_be_controlled_by_adversary".to_owned()),
        until: date(2031, 9, 1),
        origin: Origin {
            reference: Some("refs/heads/main".to_owned()),
            path: "patchline.toml".to_owned(),
            row: NonZeroU32::new(40),
        },
    }
}

fn published(number: usize) -> Date {
    TODAY - i64::try_from(30 + (number * 37) % 1500).expect("small").days()
}

/// `lines` lines with `findings` findings each.
fn report(lines: usize, findings: usize) -> Report {
    let known: Vec<ReleaseLine> = (0..lines).map(line).collect();
    let mut found: Vec<(Finding, Verdict)> = (0..findings)
        .flat_map(|number| {
            known.iter().enumerate().map(move |(at, line)| finding(line, at, number))
        })
        .collect();
    found.sort_by(|(a, _), (b, _)| a.key.cmp(&b.key));
    let coverage = known.iter().flat_map(|line| {
        [Tip::Head, Tip::Release].map(|tip| Coverage {
            source: "lockfiles".to_owned(),
            at: Some(Place { line: line.id.clone(), tip }),
            covered: Covered::Complete,
        })
    });
    let suppressions =
        found.iter().filter(|(_, verdict)| verdict.word == Word::Suppressed).take(6).map(|_| {
            SuppressionUse {
                suppression: suppression(7),
                state: SuppressionState::ExpiresSoon { days: 12 },
                matched: 2,
                unknown_lines: Vec::new(),
            }
        });
    Report {
        as_of: TODAY,
        repository: Some("https://github.com/harbour/ferry".to_owned()),
        policy: PolicyOrigin {
            path: Some("patchline.toml".to_owned()),
            read_from: "refs/heads/main".to_owned(),
        },
        part: None,
        proposal: None,
        databases: vec![DatabaseUse {
            stamp: Stamp {
                id: "rustsec".to_owned(),
                from: "https://github.com/RustSec/advisory-db.git".to_owned(),
                revision: Some("d1e7c5b0a9f84c1d".to_owned()),
                date: Some(date(2031, 6, 14)),
            },
            digest: None,
            advisories: 912,
            withdrawn: 41,
            toolchain: 12,
            quarantined: Vec::new(),
            age_days: Some(1),
        }],
        coverage: coverage.collect(),
        suppressions: suppressions.collect(),
        lines: known,
        default_ref: Some("refs/heads/main".to_owned()),
        contradictions: Vec::new(),
        contradictions_are: Decision::Note,
        outcome: if found.iter().any(|(_, verdict)| verdict.decision == Decision::Fail) {
            Outcome::Fail
        } else {
            Outcome::Pass
        },
        findings: found,
        alerts: Vec::new(),
        alerts_are: Decision::Note,
        opinions: Vec::new(),
        changes: Vec::new(),
        changes_are: Decision::Note,
        trouble: vec![Trouble::info("one lockfile has a version that nobody knows: `quay` 1.x")],
    }
}

/// An episode for each finding that is or was there.
fn history(report: &Report) -> History {
    let lines: Vec<LineId> = report.lines.iter().map(|line| line.id.clone()).collect();
    let episode = |(at, (finding, verdict)): (usize, &(Finding, Verdict))| {
        let key = &finding.key;
        let published = finding.published?;
        let place = lines.iter().position(|line| *line == key.line)?;
        let turn = |days: i64, tag: Option<String>| {
            let day = (published + days.days()).min(TODAY);
            Turn { commit: commit(at), tag, day }
        };
        let late = i64::try_from((at * 31 + place * 11) % 70).expect("small");
        let wait = i64::try_from(at % 19).expect("small");
        let is_fixed = !matches!(verdict.word, Word::Unpatched | Word::Suppressed);
        let is_released = is_fixed && verdict.word != Word::FixedUnreleased;
        (verdict.word != Word::NotAffected).then(|| Episode {
            vulnerability: key.vulnerability.clone(),
            aliases: finding.names.iter().skip(1).cloned().collect(),
            title: finding.title.clone(),
            package: key.package.clone(),
            rating: finding.severity.rating(),
            line: key.line.clone(),
            ecosystem: Ecosystem::CRATES_IO,
            is_supported: true,
            stand: match (is_fixed, is_released) {
                (false, _) => Stand::Open,
                (true, false) => Stand::Unreleased,
                (true, true) => Stand::Released,
            },
            is_of_branch: false,
            began: Began::Came,
            is_cut: false,
            unknown_since: None,
            published: Some(published),
            introduced: Some(turn(-400, None)),
            first_release: Some(turn(-380, Some(format!("v{}.0", key.line)))),
            fixed: is_fixed.then(|| turn(late, None)),
            released: is_released
                .then(|| turn(late + wait, Some(format!("v{}.{}", key.line, at % 12)))),
            ended: None,
            versions: vec!["1.0.0".to_owned()],
        })
    };
    History {
        as_of: TODAY,
        since: None,
        part: None,
        episodes: report.findings.iter().enumerate().filter_map(episode).collect(),
        timelines: Vec::new(),
        stamps: Vec::new(),
        possible: 0,
        lines,
        targets: Targets {
            days: BTreeMap::from([(Rating::Critical, 7), (Rating::High, 30), (Rating::Medium, 60)]),
        },
        coverage: Vec::new(),
        trouble: Vec::new(),
    }
}

fn process() -> Process {
    Process {
        contact: vec![
            "https://github.com/harbour/ferry/security/advisories/new".to_owned(),
            "mailto:security@ferry.example".to_owned(),
        ],
        promises: vec![("A report is confirmed", 2), ("A fix is made", 30)],
        ended: Some("They are not evaluated and may be affected."),
        targets: Targets::default(),
    }
}

fn page(report: &Report, history: Option<&History>) -> String {
    html::page(&Shown { report, history, process: &process() })
}

#[test]
fn a_page_of_ten_lines_with_three_hundred_findings_each_is_below_a_megabyte() {
    let report = report(10, 300);
    let history = history(&report);
    assert!(report.findings.len() == 3000 && history.episodes.len() > 2000);
    let page = page(&report, Some(&history));
    // The browser that judges pages is given this one.
    fs::write(Path::new(env!("CARGO_TARGET_TMPDIR")).join("synthetic.html"), &page)
        .expect("a file");
    assert!(page.len() < 1_000_000, "{}", page.len());
    assert_eq!(page, self::page(&report, Some(&history)), "the same gives the same");
    for wanted in ["RUSTSEC-2025-0000", "RUSTSEC-2030-0299", "id=\"timelines\""] {
        assert!(page.contains(wanted), "{wanted}");
    }
    // Each link inside the page leads somewhere, and each place has its name alone.
    let ids: Vec<&str> = attribute(&page, " id=\"").collect();
    let unique: BTreeSet<&str> = ids.iter().copied().collect();
    assert_eq!(ids.len(), unique.len());
    for target in attribute(&page, "href=\"#") {
        assert!(unique.contains(target), "#{target}");
    }
}

#[test]
fn a_page_has_no_more_than_a_megabyte_whatever_there_is_to_tell() {
    for (lines, findings) in [(10, 2600), (19, 600), (2, 3000)] {
        let report = report(lines, findings);
        let history = history(&report);
        let page = page(&report, Some(&history));
        assert!(page.len() < 1_000_000, "{lines} × {findings}: {}", page.len());
        assert!(page.contains(" more have no room here; <code>patchline.csv</code>"));
    }
}

#[test]
fn where_things_lie_on_the_machine_is_not_on_the_page() {
    let mut report = report(2, 10);
    report.databases[0].stamp.from = "db-2031-01-10".to_owned();
    report.coverage.push(Coverage {
        source: "tool".to_owned(),
        at: None,
        covered: Covered::Failed { because: "`/srv/secret/place/report.json` is cut".to_owned() },
    });
    report
        .trouble
        .push(Trouble::warning("`C:\\secret\\place.toml` is cut").hint("see `~/secret/x`"));
    let page = page(&report, None);
    assert!(page.contains("<code>report.json</code> is cut"), "{page}");
    for hidden in ["secret", "/srv", "db-2031-01-10"] {
        assert!(!page.contains(hidden), "{hidden}");
    }
}

fn attribute<'a>(page: &'a str, start: &'a str) -> impl Iterator<Item = &'a str> {
    page.split(start).skip(1).filter_map(|rest| rest.split('"').next())
}

#[test]
fn a_run_that_did_not_see_everything_has_no_green() {
    let seen = {
        let mut report = report(3, 40);
        report.findings.retain(|(_, verdict)| verdict.word == Word::Patched);
        report.outcome = Outcome::Pass;
        report
    };
    assert!(!page(&seen, None).contains("class=\"blind\""));
    assert!(badge::overall(&seen).endpoint().contains("brightgreen"));
    for (at, outcome) in [
        (None, Outcome::Incomplete),
        (Some(seen.lines[1].id.clone()), Outcome::Incomplete),
        (None, Outcome::Fail),
    ] {
        let mut blind = seen.clone();
        blind.outcome = outcome;
        blind.coverage.push(Coverage {
            source: "rustsec".to_owned(),
            at: at.map(|line| Place { line, tip: Tip::Head }),
            covered: Covered::Failed { because: "nobody answers".to_owned() },
        });
        let page = page(&blind, None);
        assert!(page.contains("<body class=\"blind\">"));
        fs::write(Path::new(env!("CARGO_TARGET_TMPDIR")).join("blind.html"), &page)
            .expect("a file");
        assert!(page.contains("Not looked at") && page.contains("nobody answers"));
        assert!(!page.contains("class=\"top pass\""));
        let badge = badge::overall(&blind).endpoint();
        assert!(!badge.contains("green") && badge.contains("incomplete"), "{badge}");
        assert!(csv::csv(&blind).contains("nobody answers"));
        assert!(junit::junit(&blind).contains("<error type=\"failed\""));
    }
    // The style has no other green than these two, which a blind page replaces.
    let style = include_str!("../src/report/html/page.css");
    assert!(style.contains(".blind{--good:var(--calm);--goodbg:var(--calmbg)}"));
}

#[test]
fn test_results_fail_where_the_gate_does_and_are_errors_where_nobody_looked() {
    for (lines, findings) in [(3, 0), (3, 1), (10, 60)] {
        let report = report(lines, findings);
        let xml = junit::junit(&report);
        let is_failing = report.outcome == Outcome::Fail;
        assert_eq!(xml.contains("<failure "), is_failing);
        assert!(!xml.contains("<error "));
        let cases = xml.matches("<testcase ").count();
        assert_eq!(cases, report.findings.len() + report.coverage.len());
    }
}

#[test]
fn every_line_has_its_badge_and_every_file_its_name() {
    let report = report(4, 30);
    let process = process();
    let artifacts = proof::artifacts(&Shown { report: &report, history: None, process: &process });
    let names: BTreeSet<&str> = artifacts.iter().map(|artifact| artifact.name.as_str()).collect();
    assert_eq!(names.len(), artifacts.len());
    for name in
        ["patchline.html", "patchline.csv", "patchline.junit.xml", "badge.svg", "badge.json"]
    {
        assert!(names.contains(name), "{name}");
    }
    for line in &report.lines {
        for ending in ["svg", "json"] {
            let name = format!("badges/{}.{ending}", line.id);
            assert!(names.contains(name.as_str()), "{name}");
        }
    }
}
