//! What the gate makes of an unpatched vulnerability: what softens it, until when, and what nothing
//! softens.

use std::{collections::BTreeSet, sync::Arc};

use jiff::civil::{Date, date};
use patchline::{
    judge::{Baseline, FailAt, Grace, GraceFrom, Rules, Unrated},
    merge::{self, Preference},
    model::{
        Advisory, AdvisoryClass, Basis, Certainty, Decision, Declaration, DeclaredBy, Ecosystem,
        Epss, Evidence, Exploited, Facts, Finding, GateRule, Head, LineId, LineKind, Place, Rating,
        Reach, ReleaseLine, Standing, Tip, Update,
    },
    scan::Scanned,
    severity,
};
use serde_json::json;

use crate::world::{Database, Repo, Run, TODAY, lock, patchline, text};

const SEVERITIES: [(&str, &str); 4] = [
    ("critical", "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H"),
    ("high", "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H"),
    ("medium", "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:L"),
    ("low", "CVSS:3.1/AV:L/AC:H/PR:H/UI:R/S:U/C:N/I:N/A:L"),
];

/// A repository with a vulnerability of this severity on `1.0`, published on 2031-06-08.
struct World {
    repo: Repo,
    database: Database,
}

impl World {
    fn new(versions: &str, more: &str) -> Self {
        let database = Database::new();
        database.add("RUSTSEC-2031-0001", "clock", versions, more);
        let lockfile = lock(&["app 0.1.0", "clock 0.2.22"]);
        Self { repo: Repo::with_line(&lockfile, &lockfile), database }
    }

    fn rated(vector: &str) -> Self {
        let more = format!("cvss = \"{vector}\"\naliases = [\"CVE-2031-0001\"]");
        Self::new("patched = [\">= 0.2.23\"]", &more)
    }

    /// The decision about every finding, which is one, with the exit code.
    fn judged(&self, policy: &str) -> (String, i32) {
        self.judged_on(TODAY, policy)
    }

    fn judged_on(&self, today: &str, policy: &str) -> (String, i32) {
        self.repo.write("patchline.toml", policy);
        let repo = self.repo.path().to_str().expect("UTF-8");
        let place = format!("rustsec={}", self.database.path().display());
        let args = ["scan", "--repo", repo, "--db", &place, "--as-of", today, "--format", "json"];
        let run = patchline(&args);
        (decisions(&run), run.code)
    }
}

/// `decision rule`, each once, a row each.
fn decisions(run: &Run) -> String {
    let json = run.json();
    let findings = json["findings"].as_array().expect("findings").iter();
    let all: BTreeSet<String> =
        findings.map(|f| format!("{} {}", text(&f["decision"]), text(&f["because"]))).collect();
    all.into_iter().collect::<Vec<_>>().join(", ")
}

fn judged(decision: &str, code: i32) -> (String, i32) {
    (decision.to_owned(), code)
}

#[test]
fn each_severity_has_days_of_its_own_and_not_one_more() {
    for (severity, vector) in SEVERITIES {
        let world = World::rated(vector);
        let others = SEVERITIES.iter().filter(|(other, _)| *other != severity);
        let others: String = others.map(|(other, _)| format!("{other} = 99, ")).collect();
        // It was published on the 8th: the 14th is the seventh day, and the 15th is one too many.
        for (days, today, expected) in [
            (0, "2031-06-08", judged("fail gate.fail-at", 1)),
            (1, "2031-06-08", judged("warn gate.grace-days", 0)),
            (1, "2031-06-09", judged("fail gate.fail-at", 1)),
            (7, "2031-06-14", judged("warn gate.grace-days", 0)),
            (7, "2031-06-15", judged("fail gate.fail-at", 1)),
        ] {
            let policy = format!("[gate]\ngrace-days = {{ {others}{severity} = {days} }}\n");
            let found = world.judged_on(today, &policy);
            assert_eq!(found, expected, "{severity}, {days} days, on {today}");
        }
    }
}

#[test]
fn what_is_exploited_is_softened_by_nothing() {
    let world = World::rated(SEVERITIES[3].1);
    let listed = r#"{"catalogVersion": "2031.06.14", "dateReleased": "2031-06-14T16:00:04Z",
        "count": 1, "vulnerabilities": [{"cveID": "CVE-2031-0001", "dateAdded": "2031-06-10",
        "dueDate": "2031-07-01", "knownRansomwareCampaignUse": "Unknown"}]}"#;
    world.repo.write("kev.json", listed);
    let scores = "#model_version:v2031.03.14,score_date:2031-06-14T12:55:00Z\n\
                  cve,epss,percentile\nCVE-2031-0001,0.50000,0.97\n";
    world.repo.write("epss.csv", scores);
    let kev = "[facts]\nkev = \"kev.json\"\n";
    let epss = "[facts]\nepss = \"epss.csv\"\n";
    let grace = "grace-days = { low = 30 }\n";
    for (facts, gate, expected) in [
        ("", grace, judged("warn gate.grace-days", 0)),
        (kev, grace, judged("fail gate.fail-at", 1)),
        ("", "fail-at = \"high\"\n", judged("warn gate.fail-at", 0)),
        (kev, "fail-at = \"high\"\n", judged("fail gate.known-exploited", 1)),
        (kev, "fail-at = \"never\"\n", judged("fail gate.known-exploited", 1)),
        (kev, "fail-at = \"never\"\nknown-exploited = \"warn\"\n", judged("warn gate.fail-at", 0)),
        // A score says nothing unless the policy says from which on.
        (epss, "fail-at = \"high\"\n", judged("warn gate.fail-at", 0)),
        (epss, "fail-at = \"high\"\nepss = 0.51\n", judged("warn gate.fail-at", 0)),
        (epss, "fail-at = \"high\"\nepss = 0.5\n", judged("fail gate.known-exploited", 1)),
        (epss, "epss = 0.5\ngrace-days = { low = 30 }\n", judged("fail gate.fail-at", 1)),
    ] {
        let found = world.judged(&format!("{facts}[gate]\n{gate}"));
        assert_eq!(found, expected, "{facts}{gate}");
    }
}

#[test]
fn only_what_can_be_fixed_fails_where_the_policy_says_so() {
    for (patched, expected) in [
        ("patched = [\">= 0.2.23\"]", judged("fail gate.fail-at", 1)),
        // It names no version, and still there is one.
        ("patched = [\"> 0.2.22\"]", judged("fail gate.fail-at", 1)),
        ("patched = []", judged("warn gate.fixed-only", 0)),
    ] {
        let world = World::new(patched, "");
        assert_eq!(world.judged("[gate]\nfixed-only = true\n"), expected, "{patched}");
        let found = world.judged("[gate]\nfixed-only = false\n");
        assert_eq!(found, judged("fail gate.fail-at", 1), "{patched}");
    }
}

#[test]
fn what_nobody_rates_is_high_unless_the_policy_says_otherwise() {
    let world = World::new("patched = [\">= 0.2.23\"]", "");
    for (gate, expected) in [
        ("", judged("fail gate.fail-at", 1)),
        ("fail-at = \"high\"", judged("fail gate.unrated", 1)),
        ("fail-at = \"critical\"", judged("warn gate.unrated", 0)),
        ("fail-at = \"critical\"\nunrated = \"critical\"", judged("fail gate.unrated", 1)),
        ("fail-at = \"low\"\nunrated = \"note\"", judged("note gate.unrated", 0)),
        ("fail-at = \"high\"\nunrated = \"medium\"", judged("warn gate.unrated", 0)),
        ("grace-days = { high = 8 }", judged("warn gate.grace-days", 0)),
        ("grace-days = { critical = 8, medium = 8 }", judged("fail gate.fail-at", 1)),
        ("unrated = \"medium\"\ngrace-days = { medium = 8 }", judged("warn gate.grace-days", 0)),
    ] {
        let found = world.judged(&format!("[gate]\n{gate}\n"));
        assert_eq!(found, expected, "{gate}");
    }
}

#[test]
fn a_tier_softens_its_own_lines_only() {
    let world = World::rated(SEVERITIES[2].1);
    let policy = |tier: &str| {
        format!(
            "[support]\ndefault-branch = false\n[[support.line]]\nid = \"1.0\"\ntier = \"{tier}\"\n\
             [gate.tier.critical-only]\nfail-at = \"critical\"\n\
             [gate.tier.security-only]\ngrace-days = {{ medium = 30 }}\n"
        )
    };
    for (tier, expected) in [
        ("full", judged("fail gate.fail-at", 1)),
        ("security-only", judged("warn gate.grace-days", 0)),
        ("critical-only", judged("warn gate.fail-at", 0)),
    ] {
        assert_eq!(world.judged(&policy(tier)), expected, "{tier}");
    }
}

#[test]
fn malware_and_withdrawn_versions_have_gates_of_their_own() {
    let lockfile = lock(&["app 0.1.0", "pendulum 0.4.1"]);
    let repo = Repo::with_line(&lockfile, &lockfile);
    let reports = tempfile::tempdir().expect("a folder");
    let package = json!({"name": "pendulum", "version": "0.4.1", "ecosystem": "crates.io"});
    let malware = json!({"results": [{
        "source": {"path": "/home/me/app/Cargo.lock", "type": "lockfile"},
        "packages": [{
            "package": package,
            "vulnerabilities": [{
                "id": "MAL-2031-7", "schema_version": "1.7.0", "modified": "2031-06-09T00:00:00Z",
                "published": "2031-06-08T12:00:00Z", "summary": "Malicious code in pendulum",
                "affected": [{"package": {"ecosystem": "crates.io", "name": "pendulum"}}],
            }],
            "groups": [{"ids": ["MAL-2031-7"], "aliases": ["MAL-2031-7"], "max_severity": ""}],
        }],
    }]});
    let source = "registry+https://github.com/rust-lang/crates.io-index";
    let yanked = json!({
        "database": {"advisory-count": 3, "last-commit": null, "last-updated": null},
        "lockfile": {"dependency-count": 2},
        "settings": {"target_arch": [], "target_os": [], "severity": null, "ignore": [],
            "informational_warnings": []},
        "vulnerabilities": {"found": false, "count": 0, "list": []},
        "warnings": {"yanked": [{
            "kind": "yanked", "advisory": null, "affected": null, "versions": null,
            "package": {"name": "pendulum", "version": "0.4.1", "source": source},
        }]},
    });
    for (report, gate, expected) in [
        (&malware, "", judged("fail gate.malware", 1)),
        // No severity is asked of an attack.
        (&malware, "fail-at = \"never\"", judged("fail gate.malware", 1)),
        (&malware, "malware = \"warn\"", judged("warn gate.malware", 0)),
        (&yanked, "", judged("note gate.yanked", 0)),
        (&yanked, "yanked = \"fail\"", judged("fail gate.yanked", 1)),
    ] {
        let path = reports.path().join("report.json");
        std::fs::write(&path, report.to_string()).expect("a file");
        repo.write(
            "patchline.toml",
            &format!("[support]\ndefault-branch = false\n[gate]\n{gate}\n"),
        );
        let import = format!("1.0={}", path.display());
        let release = format!("1.0@release={}", path.display());
        let args = ["--import", &import, "--import", &release];
        let run = repo.scan(&Database::new(), &args);
        assert_eq!((decisions(&run), run.code), expected, "{gate}: {}", run.stderr);
    }
}

/// A vulnerability of 1 June with a fix of 10 June, on `1.0`, as these reports tell it.
fn finding(change: impl Fn(&mut Advisory), reaches: &[Reach]) -> Finding {
    let mut advisory = Advisory {
        id: "CVE-2031-0001".to_owned(),
        aliases: vec!["GHSA-2222-3333-4444".to_owned()],
        class: AdvisoryClass::Vulnerability,
        ecosystem: Ecosystem::NPM,
        package: "ferry".to_owned(),
        patched: vec!["1.2.3".to_owned()],
        severity: severity::of_word("ghsa", "high").into_iter().collect(),
        date: Some(date(2031, 6, 1)),
        fixed_on: Some(date(2031, 6, 10)),
        ..Advisory::default()
    };
    change(&mut advisory);
    let advisory = Arc::new(advisory);
    let line = LineId("1.0".to_owned());
    let evidence = reaches.iter().enumerate().map(|(number, reach)| Evidence {
        source: format!("tool-{number}"),
        basis: Basis::Reported,
        advisory: Arc::clone(&advisory),
        at: Place { line: line.clone(), tip: Tip::Head },
        version: None,
        supply: None,
        certainty: Certainty::Certain,
        lockfile: None,
        row: None,
        path: Vec::new(),
        update: Update::NO_FIX,
        reach: reach.clone(),
    });
    let scanned = Scanned { evidence: evidence.collect(), ..Scanned::default() };
    let because = Declaration::new(DeclaredBy::Configuration, Standing::Supported, "");
    let head = Head { reference: "refs/heads/1.0".to_owned(), commit: None, date: None };
    let line = ReleaseLine {
        head: Some(head),
        ..ReleaseLine::new(line.clone(), LineKind::Release, vec![because])
    };
    let found = merge::findings(&[line], &Facts::default(), scanned, &Preference::default());
    found.into_iter().next().expect("a finding")
}

fn day(day: i8) -> Date {
    date(2031, 6, day)
}

const FAILS: (Decision, GateRule) = (Decision::Fail, GateRule::FailAt);
const GRACE: (Decision, GateRule) = (Decision::Warn, GateRule::Grace);

#[test]
fn grace_runs_from_the_publication_or_from_the_fix() {
    let rules =
        |from| Rules { grace: Grace { high: 5, from, ..Grace::default() }, ..Rules::default() };
    let (published, fix) = (rules(GraceFrom::Publication), rules(GraceFrom::Fix));
    let usual = finding(|_| (), &[Reach::Unasked]);
    let unfixed = finding(
        |advisory| {
            advisory.patched.clear();
            advisory.fixed_on = None;
        },
        &[Reach::Unasked],
    );
    let undated_fix = finding(|advisory| advisory.fixed_on = None, &[Reach::Unasked]);
    let undated = finding(
        |advisory| {
            advisory.date = None;
            advisory.fixed_on = None;
        },
        &[Reach::Unasked],
    );
    for (name, rules, finding, today, expected) in [
        ("the last day", &published, &usual, 5, GRACE),
        ("the day after", &published, &usual, 6, FAILS),
        ("the last day since the fix", &fix, &usual, 14, GRACE),
        ("the day after", &fix, &usual, 15, FAILS),
        ("no fix, since the publication", &published, &unfixed, 6, FAILS),
        ("no fix to be late with", &fix, &unfixed, 30, GRACE),
        ("a fix of an unknown day", &fix, &undated_fix, 5, GRACE),
        ("a fix of an unknown day", &fix, &undated_fix, 6, FAILS),
        ("an unknown day", &published, &undated, 1, FAILS),
        ("two unknown days", &fix, &undated, 1, FAILS),
    ] {
        assert_eq!(rules.decide(finding, day(today), None), expected, "{name}, on the {today}.");
    }
}

#[test]
fn only_what_the_baseline_has_under_any_name_is_not_new() {
    let rules = Rules { new_only: true, ..Rules::default() };
    let old = (Decision::Warn, GateRule::NewOnly);
    let found = finding(|_| (), &[Reach::Unasked]);
    for (line, package, name, expected) in [
        ("1.0", "ferry", "CVE-2031-0001", old),
        ("1.0", "ferry", "GHSA-2222-3333-4444", old),
        ("1.0", "ferry", "CVE-2031-0002", FAILS),
        ("1.0", "boat", "CVE-2031-0001", FAILS),
        ("1.1", "ferry", "CVE-2031-0001", FAILS),
    ] {
        let known = (LineId(line.to_owned()), package.to_owned(), name.to_owned());
        let baseline = Baseline { known: BTreeSet::from([known]) };
        let decision = |rules: &Rules| rules.decide(&found, day(20), Some(&baseline));
        assert_eq!(decision(&rules), expected, "{line} {package} {name}");
        assert_eq!(decision(&Rules::default()), FAILS, "the policy does not ask");
    }
    // Without a baseline everything is new.
    assert_eq!(rules.decide(&found, day(20), None), FAILS);
}

#[test]
fn what_is_not_built_is_softened_if_everybody_who_asked_says_so() {
    let rules = Rules { not_built: Decision::Note, ..Rules::default() };
    let softened = (Decision::Note, GateRule::NotBuilt);
    let built = Reach::Built { via: Vec::new() };
    for (reaches, expected) in [
        (vec![Reach::NotBuilt], softened),
        (vec![Reach::Unasked, Reach::NotBuilt], softened),
        (vec![Reach::NotBuilt, built], FAILS),
        (vec![Reach::NotBuilt, Reach::Called], FAILS),
        (vec![Reach::Unasked], FAILS),
    ] {
        let found = finding(|_| (), &reaches);
        assert_eq!(rules.decide(&found, day(20), None), expected, "{reaches:?}");
        let usual = Rules::default().decide(&found, day(20), None);
        assert_eq!(usual, FAILS, "the policy does not ask");
    }
}

#[test]
fn the_softest_rule_that_applies_decides_and_attacks_outweigh_all_of_them() {
    let baseline = Baseline {
        known: BTreeSet::from([(
            LineId("1.0".to_owned()),
            "ferry".to_owned(),
            "CVE-2031-0001".to_owned(),
        )]),
    };
    let all = Rules {
        fixed_only: true,
        new_only: true,
        not_built: Decision::Note,
        grace: Grace { high: 99, ..Grace::default() },
        epss: Some(0.5),
        ..Rules::default()
    };
    let quiet = finding(|advisory| advisory.patched.clear(), &[Reach::NotBuilt]);
    let decide = |finding: &Finding| all.decide(finding, day(2), Some(&baseline));
    assert_eq!(decide(&quiet), (Decision::Note, GateRule::NotBuilt));
    let exploited = Finding {
        exploited: Some(Exploited { added: day(1), ransomware: false }),
        ..quiet.clone()
    };
    assert_eq!(decide(&exploited), FAILS);
    let epss =
        |score| Finding { epss: Some(Epss { score, percentile: 0.9, on: None }), ..quiet.clone() };
    assert_eq!(decide(&epss(0.5)), FAILS);
    assert_eq!(decide(&epss(0.499)), (Decision::Note, GateRule::NotBuilt));
    // What is at most a warning is not made a failure, unless it is exploited.
    let never = Rules { fail_at: FailAt::Never, ..all.clone() };
    assert_eq!(never.decide(&exploited, day(2), None), (Decision::Fail, GateRule::KnownExploited));
    let unrated = finding(|advisory| advisory.severity.clear(), &[Reach::Unasked]);
    let strict = Rules {
        fail_at: FailAt::Rating(Rating::Critical),
        unrated: Unrated::Is(Decision::Fail),
        ..Rules::default()
    };
    let decision = strict.decide(&unrated, day(20), None);
    assert_eq!(decision, (Decision::Fail, GateRule::Unrated));
}
