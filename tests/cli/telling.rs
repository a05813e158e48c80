//! Reports made by hand, and telling them to a GitHub that remembers.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use jiff::civil::Date;
use patchline::{
    app::{Published, Telling, publish},
    edge::{
        github::{Environment, Pace},
        http::{Patience, Secret},
    },
    model::{
        AdvisoryClass, Certainty, CommitId, Decision, Declaration, DeclaredBy, Ecosystem, Exposure,
        Finding, FindingKey, GateRule, Head, LineId, LineKind, Occurrence, Outcome, PolicyOrigin,
        Proposal, ReleaseLine, Report, Severity, Sight, Standing, Supply, Verdict, View, Word,
    },
    publish::{Event, Policy, Run},
};

use crate::forge::{Forge, NAME, TOKEN};

/// Whoever is asked has milliseconds.
pub(crate) const HASTE: Patience = Patience {
    attempts: 3,
    attempt: Duration::from_secs(5),
    pause: Duration::from_millis(2),
    limited: Duration::from_millis(20),
    waits: Duration::from_millis(500),
    total: Duration::from_secs(30),
};
pub(crate) const DAY: Date = jiff::civil::date(2031, 6, 15);
pub(crate) const NIGHTLY: Run = Run { event: Event::Lines, is_selection: false, address: None };

/// A commit of forty equal digits.
pub(crate) fn commit(digit: char) -> CommitId {
    CommitId(digit.to_string().repeat(40))
}

/// A supported line with a branch: `1.2`, on `release-1.2`, or `main`.
pub(crate) fn line(name: &str, digit: char) -> ReleaseLine {
    let is_default = name == "main";
    let kind = if is_default { LineKind::Default } else { LineKind::Release };
    let branch = if is_default { "main".to_owned() } else { format!("release-{name}") };
    let because =
        Declaration::new(DeclaredBy::Assumed, Standing::Supported, "it is new".to_owned());
    let mut line = ReleaseLine::new(LineId(name.to_owned()), kind, vec![because]);
    line.head = Some(Head {
        reference: format!("refs/remotes/origin/{branch}"),
        commit: Some(commit(digit)),
        date: None,
    });
    line
}

/// `RUSTSEC-2031-0001 clock 1.2 unpatched fail`, a finding a row; other names after a comma.
pub(crate) fn findings(rows: &str) -> Vec<(Finding, Verdict)> {
    let rows = rows.lines().map(str::trim).filter(|row| !row.is_empty());
    let mut findings: Vec<(Finding, Verdict)> = rows.map(finding).collect();
    findings.sort_by(|(a, _), (b, _)| a.key.cmp(&b.key));
    findings
}

pub(crate) fn finding(row: &str) -> (Finding, Verdict) {
    let [names, package, line, word, decision] =
        row.split_whitespace().collect::<Vec<_>>().try_into().expect("five words");
    let names: Vec<String> = names.split(',').map(str::to_owned).collect();
    let word = Word::ALL.into_iter().find(|known| known.as_str() == word).expect("a word");
    let decision = match decision {
        "fail" => Decision::Fail,
        "warn" => Decision::Warn,
        _ => Decision::Note,
    };
    let view = |is_affected| View {
        sight: if is_affected { Sight::Affected } else { Sight::Fixed },
        occurrences: is_affected
            .then(|| Occurrence {
                lockfile: Some("Cargo.lock".to_owned()),
                row: std::num::NonZeroU32::new(7),
                version: Some("0.2.1".to_owned()),
                supply: Some(Supply::Registry),
            })
            .into_iter()
            .collect(),
        versions: std::iter::once("0.2.1".to_owned()).collect(),
    };
    let finding = Finding {
        key: FindingKey {
            vulnerability: names[0].clone(),
            ecosystem: Ecosystem::CRATES_IO,
            package: package.to_owned(),
            certainty: Certainty::Certain,
            line: LineId(line.to_owned()),
        },
        title: format!("Title of {}", names[0]),
        names,
        class: AdvisoryClass::Vulnerability,
        details: String::new(),
        url: None,
        severity: Severity::default(),
        fixed_in: vec!["0.2.23".to_owned()],
        disagreements: Vec::new(),
        published: None,
        fixed_on: None,
        exploited: None,
        epss: None,
        head: Some(view(word == Word::Unpatched)),
        release: Some(view(matches!(word, Word::Unpatched | Word::FixedUnreleased))),
        evidence: Vec::new(),
    };
    let exposure = match word {
        Word::Unpatched => Exposure::Unpatched { shipped: true },
        Word::FixedUnreleased => Exposure::FixedUnreleased,
        Word::Patched => Exposure::Patched,
        Word::NotAffected => Exposure::NotAffected,
        _ => Exposure::Unknown,
    };
    let verdict = Verdict { exposure, word, decision, because: GateRule::FailAt, suppressed: None };
    (finding, verdict)
}

pub(crate) fn report(lines: Vec<ReleaseLine>, rows: &str) -> Report {
    Report {
        as_of: DAY,
        repository: Some(format!("https://git.example.org/{NAME}")),
        policy: PolicyOrigin::default(),
        part: None,
        proposal: None,
        databases: Vec::new(),
        lines,
        default_ref: Some("refs/remotes/origin/main".to_owned()),
        contradictions: Vec::new(),
        contradictions_are: Decision::Warn,
        findings: findings(rows),
        alerts: Vec::new(),
        alerts_are: Decision::Note,
        changes_are: Decision::Fail,
        opinions: Vec::new(),
        suppressions: Vec::new(),
        changes: Vec::new(),
        coverage: Vec::new(),
        trouble: Vec::new(),
        outcome: Outcome::Fail,
    }
}

/// The lines that most tests have.
pub(crate) fn lines() -> Vec<ReleaseLine> {
    vec![line("1.2", 'b'), line("1.1", 'a'), line("main", 'c')]
}

pub(crate) fn forge() -> Forge {
    let forge = Forge::start();
    let mut state = forge.state();
    for (name, digit) in [("release-1.2", 'b'), ("release-1.1", 'a'), ("main", 'c')] {
        state.refs.insert(format!("refs/heads/{name}"), commit(digit).0);
    }
    state.commits.extend(['a', 'b', 'c', 'd'].map(|digit| commit(digit).0));
    drop(state);
    forge
}

/// What a token sees.
pub(crate) fn environment(forge: &Forge) -> Environment {
    Environment {
        api: forge.url(),
        server: Some("https://git.example.org".to_owned()),
        repository: Some(NAME.to_owned()),
        token: Secret::new(TOKEN),
        alerts_token: None,
        is_workflow: true,
    }
}

pub(crate) fn tell_as(
    forge: &Forge,
    report: &Report,
    policy: &Policy,
    run: &Run,
    comment: Option<&str>,
    is_rehearsal: bool,
) -> Published {
    let environment = environment(forge);
    let telling = Telling { environment, patience: HASTE, pace: Pace::NEAR, is_rehearsal };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let published =
        runtime.expect("a runtime").block_on(publish(report, policy, run, comment, &telling));
    let shown = format!("{published:?}");
    assert!(!shown.contains(TOKEN), "{shown}");
    published
}

pub(crate) fn tell(forge: &Forge, report: &Report, policy: &Policy) -> Published {
    tell_as(forge, report, policy, &NIGHTLY, None, false)
}

pub(crate) fn troubles(published: &Published) -> String {
    let rows = published.trouble.iter().map(|trouble| {
        format!("{} [{}]\n", trouble.message, trouble.hint.as_deref().unwrap_or_default())
    });
    rows.collect()
}

/// The report of a pull request into `main`.
pub(crate) fn change(rows: &str) -> Report {
    let mut change = report(lines(), rows);
    change.proposal = Some(Proposal {
        number: Some(7),
        into: LineId("main".to_owned()),
        base: commit('c'),
        head: commit('d'),
        introduced: BTreeMap::new(),
        fixed: BTreeSet::new(),
    });
    change
}
