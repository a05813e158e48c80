//! Tests of what keeps a finding silent.

use jiff::civil::date;
use proptest::prelude::*;

use super::*;
use crate::model::{
    AdvisoryClass, Certainty, Change, Ecosystem, FindingKey, LineId, LineKind, Occurrence, Origin,
    Place, Release, Severity, Sight, Stance, Standing, Supply, Tip, View,
};

const TODAY: Date = date(2031, 6, 15);

fn finding(names: &[&str], line: &str, sight: Sight) -> Finding {
    let occurrence = Occurrence {
        lockfile: Some("Cargo.lock".to_owned()),
        row: None,
        version: Some("1.2.3".to_owned()),
        supply: Some(Supply::Registry),
    };
    Finding {
        key: FindingKey {
            vulnerability: names[0].to_owned(),
            ecosystem: Ecosystem::CRATES_IO,
            package: "harbour".to_owned(),
            certainty: Certainty::Certain,
            line: LineId(line.to_owned()),
        },
        names: names.iter().map(|name| (*name).to_owned()).collect(),
        class: AdvisoryClass::Vulnerability,
        title: String::new(),
        details: String::new(),
        url: None,
        severity: Severity::default(),
        fixed_in: Vec::new(),
        disagreements: Vec::new(),
        published: None,
        fixed_on: None,
        exploited: None,
        epss: None,
        head: Some(View {
            sight,
            occurrences: vec![occurrence],
            versions: BTreeSet::from(["1.2.3".to_owned()]),
        }),
        release: None,
        evidence: Vec::new(),
    }
}

fn affected() -> Finding {
    finding(&["RUSTSEC-2031-0001", "CVE-2031-0001"], "1.0", Sight::Affected)
}

fn line(id: &str) -> ReleaseLine {
    let mut line = ReleaseLine::new(LineId(id.to_owned()), LineKind::Release, Vec::new());
    line.standing = Standing::Supported;
    line.release = Some(Release {
        tag: format!("v{id}.7"),
        version: format!("{id}.7"),
        commit: None,
        date: None,
    });
    line
}

fn origin(row: u32) -> Origin {
    Origin {
        reference: None,
        path: "patchline.toml".to_owned(),
        row: std::num::NonZeroU32::new(row),
    }
}

fn suppression(id: &str) -> Suppression {
    Suppression {
        id: id.to_owned(),
        package: None,
        lines: Vec::new(),
        reason: "it is never called".to_owned(),
        justification: None,
        until: date(2031, 12, 31),
        origin: origin(3),
    }
}

fn opinion(id: &str) -> Opinion {
    Opinion {
        kind: "deny.toml",
        ids: BTreeSet::from([id.to_owned()]),
        package: None,
        stance: Stance::Ignored,
        justification: None,
        reason: None,
        expiry: Expiry::Never,
        by: None,
        origin: origin(5),
        at: None,
        only_if: Vec::new(),
    }
}

fn policy(suppressions: Vec<Suppression>) -> Policy {
    Policy { suppressions, obey: BTreeSet::from(["deny.toml".to_owned()]) }
}

fn is_suppressed(suppression: Suppression) -> bool {
    let found = silence(&affected(), Some(&line("1.0")), &[], &policy(vec![suppression]), TODAY);
    found.is_some()
}

fn is_obeyed(opinion: Opinion) -> bool {
    silence(&affected(), Some(&line("1.0")), &[opinion], &policy(Vec::new()), TODAY).is_some()
}

#[test]
fn a_suppression_is_about_what_all_its_keys_name() {
    let base = || suppression("cve-2031-0001");
    let with_package = |name: &str| Suppression { package: Some(name.to_owned()), ..base() };
    let with_line = |name: &str| Suppression { lines: vec!["9.9".into(), name.into()], ..base() };
    assert!(is_suppressed(base()));
    assert!(!is_suppressed(suppression("CVE-2031-0002")));
    assert!(is_suppressed(with_package("harbour")));
    assert!(!is_suppressed(with_package("boat")));
    for (name, expected) in [
        ("1.0", true),
        ("1.0.x", true),
        ("v1.0", true),
        ("v1.0.7", true),
        ("1", false),
        ("1.1", false),
    ] {
        assert_eq!(is_suppressed(with_line(name)), expected, "{name}");
    }
}

#[test]
fn the_last_day_of_a_suppression_is_in_it() {
    let until = |until| Suppression { until, ..suppression("CVE-2031-0001") };
    assert!(is_suppressed(until(TODAY)));
    assert!(!is_suppressed(until(date(2031, 6, 14))));
}

#[test]
fn what_is_clean_needs_no_silence() {
    for sight in [Sight::Fixed, Sight::Clear] {
        let clean = finding(&["CVE-2031-0001"], "1.0", sight);
        let policy = policy(vec![suppression("CVE-2031-0001")]);
        assert_eq!(silence(&clean, Some(&line("1.0")), &[], &policy, TODAY), None);
    }
}

#[test]
fn an_opinion_is_obeyed_only_if_nothing_of_it_is_open() {
    let base = || opinion("CVE-2031-0001");
    let package = |ecosystem, name: &str, version: Option<&str>| Opinion {
        package: Some(PackagePattern {
            ecosystem,
            name: name.to_owned(),
            version: version.map(str::to_owned),
        }),
        ..base()
    };
    let at = |line: &str| Opinion {
        at: Some(Place { line: LineId(line.to_owned()), tip: Tip::Head }),
        ..base()
    };
    let until = |instant: &str| Opinion {
        expiry: Expiry::At(instant.parse().expect("an instant")),
        ..base()
    };
    assert!(is_obeyed(base()));
    assert!(is_obeyed(Opinion { stance: Stance::NotAffected, ..base() }));
    assert!(is_obeyed(package(Ecosystem::UNKNOWN, "harbour", None)));
    assert!(is_obeyed(package(Ecosystem::CRATES_IO, "harbour", Some("1.2.3"))));
    assert!(is_obeyed(Opinion {
        ids: BTreeSet::new(),
        ..package(Ecosystem::CRATES_IO, "harbour", None)
    }));
    assert!(is_obeyed(at("1.0")));
    assert!(is_obeyed(until("2031-06-16T00:00:00Z")));

    assert!(!is_obeyed(Opinion { kind: "snyk", ..base() }));
    assert!(!is_obeyed(opinion("CVE-2031-0002")));
    assert!(!is_obeyed(Opinion { ids: BTreeSet::new(), ..base() }), "it is about nothing");
    assert!(!is_obeyed(Opinion { stance: Stance::Affected, ..base() }));
    assert!(!is_obeyed(Opinion { stance: Stance::Other("ignored".into()), ..base() }));
    assert!(!is_obeyed(package(Ecosystem::NPM, "harbour", None)));
    assert!(!is_obeyed(package(Ecosystem::CRATES_IO, "boat", None)));
    assert!(!is_obeyed(package(Ecosystem::CRATES_IO, "harbour", Some("1.2.4"))));
    assert!(!is_obeyed(at("1.1")));
    assert!(!is_obeyed(until("2031-06-15T12:00:00Z")), "it ends within the day");
    assert!(!is_obeyed(Opinion { expiry: Expiry::Unreadable("soon".into()), ..base() }));
    assert!(!is_obeyed(Opinion { only_if: vec!["the file is `x`".into()], ..base() }));
}

#[test]
fn an_opinion_about_one_version_is_not_about_two() {
    let mut two = affected();
    let pattern = PackagePattern {
        ecosystem: Ecosystem::CRATES_IO,
        name: "harbour".to_owned(),
        version: Some("1.2.3".to_owned()),
    };
    assert!(is_package(&pattern, &two));
    let view = two.head.as_mut().expect("a head");
    let other = Occurrence { version: Some("1.3.0".to_owned()), ..view.occurrences[0].clone() };
    view.occurrences.push(other);
    assert!(!is_package(&pattern, &two));
    two.head = None;
    assert!(!is_package(&pattern, &two), "no version is known");
}

#[test]
fn our_own_word_comes_first() {
    let policy = policy(vec![suppression("CVE-2031-0001")]);
    let found = silence(&affected(), None, &[opinion("CVE-2031-0001")], &policy, TODAY);
    assert!(matches!(found, Some(Silence::Suppression(_))));
}

fn state(suppression: Suppression, gap: Option<Coverage>, sight: Sight, today: Date) -> String {
    let finding = finding(&["RUSTSEC-2031-0001", "CVE-2031-0001"], "1.0", sight);
    let findings = [&finding];
    let lines = [line("1.0"), line("1.1")];
    let mut coverage: Vec<Coverage> = lines
        .iter()
        .map(|line| Coverage {
            source: "lockfiles".to_owned(),
            at: Some(Place { line: line.id.clone(), tip: Tip::Head }),
            covered: Covered::Complete,
        })
        .collect();
    coverage.extend(gap);
    let known = known(&[], &findings);
    assert!(known.is_whole);
    let seen = Seen { findings: &findings, lines: &lines, coverage: &coverage, known: &known };
    let policy = policy(vec![suppression]);
    let [used] = uses(&policy, &seen, today).try_into().expect("one use");
    let more = match &used.state {
        SuppressionState::ExpiresSoon { days } => format!(" in {days}"),
        SuppressionState::Unknown { because } => format!(": {because}"),
        _ => String::new(),
    };
    let unknown = used.unknown_lines.join(", ");
    format!("{}{more} ({}) {unknown}", used.state.as_str(), used.matched).trim_end().to_owned()
}

#[test]
fn every_suppression_has_a_state() {
    let base = || suppression("CVE-2031-0001");
    let on = |line: &str| Suppression { lines: vec![line.to_owned()], ..base() };
    let affected = |suppression, today| state(suppression, None, Sight::Affected, today);
    assert_eq!(affected(base(), TODAY), "active (1)");
    assert_eq!(affected(base(), date(2031, 12, 17)), "expires-soon in 14 (1)");
    assert_eq!(affected(base(), date(2031, 12, 31)), "expires-soon in 0 (1)");
    assert_eq!(affected(base(), date(2032, 1, 1)), "expired (1)");
    assert_eq!(affected(suppression("CVE-2031-9999"), TODAY), "unknown-id (0)");
    assert_eq!(affected(on("1.1"), TODAY), "unused (0)");
    assert_eq!(affected(on("9.9"), TODAY), "unknown: no line that it names was looked at (0) 9.9");
    assert_eq!(state(base(), None, Sight::Clear, TODAY), "unused (0)");
    assert_eq!(state(base(), None, Sight::Clear, date(2031, 12, 31)), "unused (0)");
}

#[test]
fn where_not_everything_was_looked_at_nothing_is_called_unused() {
    let gap = |line: Option<&str>| Coverage {
        source: "lockfiles".to_owned(),
        at: line.map(|line| Place { line: LineId(line.to_owned()), tip: Tip::Release }),
        covered: Covered::Partial { because: "`a/Cargo.lock` could not be read whole".to_owned() },
    };
    let state = |lines: &[&str], gap| {
        let lines = lines.iter().map(|line| (*line).to_owned()).collect();
        let suppression = Suppression { lines, ..suppression("CVE-2031-0001") };
        self::state(suppression, Some(gap), Sight::Clear, TODAY)
    };
    let unknown = "unknown: `a/Cargo.lock` could not be read whole (0)";
    assert_eq!(state(&[], gap(Some("1.1"))), unknown);
    assert_eq!(state(&["1.1"], gap(Some("1.1"))), unknown);
    assert_eq!(state(&["1.0"], gap(None)), unknown);
    assert_eq!(state(&["1.0"], gap(Some("1.1"))), "unused (0)");
}

#[test]
fn the_last_day_of_an_entry_is_the_last_on_which_it_holds() {
    for instant in ["2031-06-15T00:00:00Z", "2031-06-15T23:59:59Z", "2031-06-16T00:00:00Z"] {
        let expiry = Expiry::At(instant.parse().expect("an instant"));
        let last = last_day(&expiry).expect("a day");
        assert!(holds(&expiry, last), "{instant}");
        assert!(!holds(&expiry, last.tomorrow().expect("a day")), "{instant}");
    }
    assert_eq!(last_day(&Expiry::Unreadable("soon".into())), None);
}

#[test]
fn changes_are_listed_with_their_origins() {
    let moved = Suppression { origin: origin(40), ..suppression("CVE-2031-0001") };
    let before = [suppression("CVE-2031-0001"), suppression("CVE-2031-0002")];
    let longer = Suppression { until: date(2032, 1, 31), ..suppression("CVE-2031-0002") };
    let after = [moved, longer.clone()];
    let changed = Change::Changed {
        before: Box::new(Silence::Suppression(before[1].clone())),
        after: Box::new(Silence::Suppression(longer)),
    };
    assert_eq!(changes((&before, &[]), (&after, &[])), [changed]);

    let (old, new) = ([opinion("CVE-2031-0001")], [opinion("CVE-2031-0002")]);
    assert_eq!(
        changes((&[], &old), (&[], &new)),
        [
            Change::Removed(Silence::Opinion(old[0].clone())),
            Change::Added(Silence::Opinion(new[0].clone())),
        ]
    );
    assert_eq!(changes((&before, &old), (&before, &old)), []);
    // Two equal entries, of which one goes.
    let twice = [old[0].clone(), old[0].clone()];
    assert_eq!(changes((&[], &twice), (&[], &old)).len(), 1);
}

fn sights() -> impl Strategy<Value = Option<Sight>> {
    prop::sample::select(vec![
        None,
        Some(Sight::Affected),
        Some(Sight::Fixed),
        Some(Sight::Clear),
        Some(Sight::Unseen),
    ])
}

fn some_suppression() -> impl Strategy<Value = Suppression> {
    let ids = ["CVE-2031-0001", "GHSA-aaaa-bbbb-cccc", "RUSTSEC-2031-0001", "CVE-2031-0002"];
    let packages = [None, Some("harbour".to_owned()), Some("boat".to_owned())];
    let lines: [Vec<String>; 3] = [vec![], vec!["1.0.x".to_owned()], vec!["2.0".to_owned()]];
    let select = |list: &[_]| prop::sample::select(list.to_vec());
    (
        prop::sample::select(ids.to_vec()),
        select(&packages),
        prop::sample::select(lines.to_vec()),
        -40_i64..40,
    )
        .prop_map(|(id, package, lines, days)| Suppression {
            package,
            lines,
            until: TODAY.saturating_add(jiff::Span::new().days(days)),
            ..suppression(id)
        })
}

fn views(head: Option<Sight>, release: Option<Sight>) -> Finding {
    let names = ["CVE-2031-0001", "GHSA-aaaa-bbbb-cccc", "RUSTSEC-2031-0001"];
    let mut found = finding(&names, "1.0", Sight::Affected);
    let view = |sight| View { sight, ..found.head.clone().expect("a head") };
    let (head, release) = (head.map(view), release.map(view));
    found.head = head;
    found.release = release;
    found
}

proptest! {
    #[test]
    fn silence_changes_no_exposure(
        head in sights(),
        release in sights(),
        own in prop::collection::vec(some_suppression(), 0..6),
    ) {
        let found = views(head, release);
        let before = format!("{found:?}");
        let clean = matches!(exposure(head, release), Exposure::Patched | Exposure::NotAffected);
        let silence = silence(&found, Some(&line("1.0")), &[], &policy(own), TODAY);
        prop_assert!(silence.is_none() || !clean);
        prop_assert_eq!(format!("{found:?}"), before);
    }

    #[test]
    fn what_is_expired_keeps_nothing_silent(own in prop::collection::vec(some_suppression(), 0..6)) {
        let expired: Vec<Suppression> =
            own.iter().filter(|own| own.until < TODAY).cloned().collect();
        let found = views(Some(Sight::Affected), None);
        let line = line("1.0");
        prop_assert_eq!(silence(&found, Some(&line), &[], &policy(expired), TODAY), None);
        // Nor does it stand in the way of what holds.
        let valid: Vec<Suppression> = own.iter().filter(|own| own.until >= TODAY).cloned().collect();
        prop_assert_eq!(
            silence(&found, Some(&line), &[], &policy(own), TODAY),
            silence(&found, Some(&line), &[], &policy(valid), TODAY)
        );
    }

    #[test]
    fn every_name_of_a_vulnerability_is_as_good_as_another(own in some_suppression()) {
        let found = views(Some(Sight::Affected), Some(Sight::Unseen));
        let is_silent = |id: &String| {
            let own = Suppression { id: id.clone(), ..own.clone() };
            silence(&found, Some(&line("1.0")), &[], &policy(vec![own]), TODAY).is_some()
        };
        let answers: BTreeSet<bool> = found.names.iter().map(is_silent).collect();
        prop_assert_eq!(answers.len(), 1);
        let lower = found.names[0].to_lowercase();
        prop_assert_eq!(is_silent(&lower), is_silent(&found.names[0]));
    }

    #[test]
    fn another_suppression_makes_nothing_loud(
        own in prop::collection::vec(some_suppression(), 0..4),
        more in some_suppression(),
    ) {
        let found = views(Some(Sight::Affected), None);
        let is_silent = |own: Vec<Suppression>| {
            silence(&found, Some(&line("1.0")), &[], &policy(own), TODAY).is_some()
        };
        let mut both = own.clone();
        both.insert(0, more);
        prop_assert!(!is_silent(own) || is_silent(both));
    }
}
