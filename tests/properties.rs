//! Laws that hold for every input, and two independent readers that must agree with ours.
#![expect(
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "the oracles read real data from outside, and say what they compared or skipped"
)]

use std::{
    collections::{BTreeMap, BTreeSet},
    num::NonZeroU32,
    path::PathBuf,
    process::Command,
    sync::Arc,
};

use jiff::{
    Span,
    civil::{Date, date},
    tz::TimeZone,
};
use patchline::{
    advise::{self, Record, rustsec},
    config,
    discover::{self, DeclaredLine, Histories, Pattern, PolicyRule, RefEntry, Refs},
    escape,
    judge::{exposure, word},
    lockfile::{self, LockfileFormat as _, cargo::CargoLock},
    model::{
        About, AdvisoryDatabase, Claim, CommitId, Contradiction, Declaration, DeclaredBy, End,
        Exposure, Inventory, LineId, LineKind, Origin, Place, ReleaseLine, Rule, Sight, Stamp,
        Standing, Support, Tier, Tip, TreeFile, Unit, Word,
    },
    report::{
        kept::{self, Check, Place as Spot, Splice},
        lines::{policy_file::policy_file, security_md::TABLE},
    },
    scan,
};
use proptest::prelude::*;
use semver::Version;

const LOCKFILE: &str = include_str!("../fixtures/demo/repository/1.2.lock");
const RECORD: &str =
    include_str!("../fixtures/demo/advisory-db/crates/rustls/RUSTSEC-2024-0336.md");
const MANIFEST: &str = include_str!("../fixtures/demo/repository/1.2.toml");

fn sight() -> impl Strategy<Value = Option<Sight>> {
    prop_oneof![
        Just(None),
        Just(Some(Sight::Affected)),
        Just(Some(Sight::Fixed)),
        Just(Some(Sight::Clear)),
        Just(Some(Sight::Unseen)),
    ]
}

/// How bad a word is, for comparison.
fn badness(exposure: Exposure) -> u8 {
    match word(Standing::Supported, exposure) {
        // Nothing is suppressed here: an exposure is a fact.
        Word::Patched | Word::NotAffected | Word::Suppressed | Word::Eol => 0,
        Word::Unknown => 1,
        Word::FixedUnreleased => 2,
        Word::Unpatched => 3,
    }
}

/// A text with one stretch replaced, as a broken disk or a hostile hand would.
fn mutated(text: &'static str) -> impl Strategy<Value = Vec<u8>> {
    (0..text.len(), 0..40_usize, proptest::collection::vec(any::<u8>(), 0..24)).prop_map(
        move |(start, length, bytes)| {
            let end = (start + length).min(text.len());
            [&text.as_bytes()[..start], &bytes, &text.as_bytes()[end..]].concat()
        },
    )
}

fn entries(lockfile: &patchline::model::Lockfile) -> BTreeSet<(String, String)> {
    lockfile.entries.iter().map(|e| (e.name.to_string(), e.version.to_string())).collect()
}

fn database() -> AdvisoryDatabase {
    let records = [
        ("crates/rustls/RUSTSEC-2024-0336.md", RECORD),
        (
            "crates/idna/RUSTSEC-2024-0421.md",
            include_str!("../fixtures/demo/advisory-db/crates/idna/RUSTSEC-2024-0421.md"),
        ),
        (
            "crates/atty/RUSTSEC-2024-0375.md",
            include_str!("../fixtures/demo/advisory-db/crates/atty/RUSTSEC-2024-0375.md"),
        ),
    ];
    let read = |(path, text): (&str, &str)| rustsec::read(path, text.as_bytes());
    advise::database(Stamp::default(), records.into_iter().map(read).collect(), date(2031, 6, 15))
}

fn inventory(line: &str, lockfile: &str) -> Inventory {
    Inventory {
        place: Place { line: LineId(line.to_owned()), tip: Tip::Head },
        commit: CommitId("0".repeat(40)),
        lockfiles: vec![TreeFile {
            path: "Cargo.lock".to_owned(),
            content: Arc::new(CargoLock.read(lockfile.as_bytes())),
        }],
        manifests: Vec::new(),
    }
}

proptest! {
    #[test]
    fn good_news_needs_every_tip_seen(head in sight(), release in sight()) {
        let is_good = badness(exposure(head, release)) == 0;
        let blind = head == Some(Sight::Unseen) || release == Some(Sight::Unseen);
        prop_assert!(!is_good || !blind);
        prop_assert!(!is_good || (head.is_some() || release.is_some()));
    }

    #[test]
    fn more_evidence_of_affected_never_improves_an_exposure(head in sight(), release in sight()) {
        let before = badness(exposure(head, release));
        if head.is_some() {
            prop_assert!(badness(exposure(Some(Sight::Affected), release)) >= before);
        }
        if release.is_some() {
            let after = badness(exposure(head, Some(Sight::Affected)));
            prop_assert!(after >= before.min(2), "{head:?} {release:?}");
        }
    }

    #[test]
    fn blindness_never_improves_an_exposure(head in sight(), release in sight()) {
        let before = badness(exposure(head, release));
        let good_before = before == 0;
        if head.is_some() && head != Some(Sight::Affected) {
            prop_assert!(!good_before || badness(exposure(Some(Sight::Unseen), release)) > 0);
        }
        if release.is_some() && release != Some(Sight::Affected) {
            prop_assert!(!good_before || badness(exposure(head, Some(Sight::Unseen))) > 0);
        }
    }

    #[test]
    fn a_damaged_lockfile_never_panics(bytes in mutated(LOCKFILE)) {
        let lockfile = CargoLock.read(&bytes);
        for entry in &lockfile.entries {
            for dependency in &entry.dependencies {
                prop_assert!((*dependency as usize) < lockfile.entries.len());
            }
        }
    }

    #[test]
    fn cutting_a_lockfile_adds_nothing_and_is_noticed(cut in 0..LOCKFILE.len()) {
        let whole = CargoLock.read(LOCKFILE.as_bytes());
        let part = CargoLock.read(&LOCKFILE.as_bytes()[..cut]);
        prop_assert!(entries(&part).is_subset(&entries(&whole)));
        // One package without a source is a whole lockfile: that of a crate without dependencies.
        let is_one_member = part.entries.len() == 1;
        let is_shorter = part.entries.len() < whole.entries.len() && !is_one_member;
        prop_assert!(!is_shorter || !part.trouble.is_empty(), "cut at {cut}");
    }

    #[test]
    fn a_damaged_record_never_panics(bytes in mutated(RECORD)) {
        let _ = rustsec::read("crates/rustls/RUSTSEC-2024-0336.md", &bytes);
    }

    #[test]
    fn a_damaged_manifest_never_panics(bytes in mutated(MANIFEST)) {
        let _ = lockfile::read_manifest(&bytes);
    }

    #[test]
    fn any_configuration_is_read_or_refused(text in "(?s).{0,200}") {
        let origin = Origin { reference: None, path: "patchline.toml".to_owned(), row: None };
        let _ = config::parse(Some((&text, &origin)), &config::Overrides::default());
        let _ = Pattern::parse(&text);
    }

    #[test]
    fn any_text_is_shown_on_one_harmless_line(text in "(?s).{0,300}") {
        let shown = escape::line(&text);
        prop_assert!(!shown.chars().any(char::is_control));
        prop_assert!(!shown.trim_start().starts_with("::"));
        prop_assert!(!escape::segment(&text).contains(['/', '\\', ':', '\0']));
        prop_assert!(escape::uri(&text).is_ascii());
    }

    #[test]
    fn the_order_of_refs_never_shows(names in proptest::collection::vec(ref_name(), 0..24), seed: u64) {
        let first = support(&names);
        let mut shuffled = names;
        shuffle(&mut shuffled, seed);
        prop_assert_eq!(first, support(&shuffled));
    }

    #[test]
    fn a_branch_of_somebodys_work_changes_no_line(
        names in proptest::collection::vec(ref_name(), 0..24),
        work in "(dependabot|renovate|fix|feature|backport)/[a-z]{1,8}-[0-9]{1,2}\\.[0-9]{1,2}",
    ) {
        let before = support(&names);
        let mut names = names;
        names.push(format!("refs/heads/{work}"));
        prop_assert_eq!(before, support(&names));
    }

    #[test]
    fn the_order_of_records_and_tips_never_shows(seed: u64) {
        let database = [database()];
        let mut inventories: Vec<Inventory> =
            ["1.0", "1.1", "1.2"].iter().map(|line| inventory(line, LOCKFILE)).collect();
        let claims = |inventories: &[Inventory]| -> BTreeSet<String> {
            let found = scan::evidence(inventories, &database).evidence;
            found.iter().map(|e| format!("{} {} {:?} {:?}", e.at, e.advisory.id, e.version, e.row)).collect()
        };
        let first = claims(&inventories);
        prop_assert_eq!(first.len(), 9);
        shuffle(&mut inventories, seed);
        prop_assert_eq!(first, claims(&inventories));
    }
}

/// The refs of a project with these lines: the major and minor, the day of the first release, and
/// whether there is a branch.
fn project(lines: &BTreeMap<(u8, u8), (u16, bool)>) -> Refs {
    let mut entries = vec![RefEntry {
        name: "refs/heads/main".to_owned(),
        commit: None,
        date: day(3_000).at(12, 0, 0, 0).to_zoned(TimeZone::UTC).ok().map(|day| day.timestamp()),
    }];
    let mut released = 0;
    for (number, ((major, minor), (gap, has_branch))) in lines.iter().enumerate() {
        released += gap;
        let date = day(released).at(12, 0, 0, 0).to_zoned(TimeZone::UTC).expect("a day");
        let commit = Some(CommitId(format!("{number:040}")));
        let entry =
            |name: String| RefEntry { name, commit: commit.clone(), date: Some(date.timestamp()) };
        entries.push(entry(format!("refs/tags/v{major}.{minor}.0")));
        if *has_branch {
            entries.push(entry(format!("refs/heads/release-{major}.{minor}")));
        }
    }
    entries.sort();
    Refs { entries, default: Some("refs/heads/main".to_owned()), ..Refs::default() }
}

fn lines() -> impl Strategy<Value = BTreeMap<(u8, u8), (u16, bool)>> {
    proptest::collection::btree_map((1..3_u8, 0..6_u8), (1..200_u16, any::<bool>()), 1..9)
}

/// So many days after the first of 2030.
fn day(days: u16) -> Date {
    date(2030, 1, 1).checked_add(Span::new().days(days)).expect("a day")
}

fn rule_of_lines() -> impl Strategy<Value = Rule> {
    prop_oneof![
        (1..5_usize, proptest::option::of(1..3_usize))
            .prop_map(|(lines, majors)| Rule::Newest { lines, majors }),
        ageing_rule(),
    ]
}

/// A rule by which a line that has ended stays ended.
fn ageing_rule() -> impl Strategy<Value = Rule> {
    prop_oneof![
        (1..40_u32).prop_map(|months| Rule::Months { months }),
        (1..40_u32).prop_map(|months| Rule::AfterNext { months }),
        (1..40_u32).prop_map(|months| Rule::LastOfMajor { months }),
        (1..4_u64, any::<bool>(), 1..40_u32).prop_map(|(every, is_major, months)| {
            let of = if is_major { Unit::Major } else { Unit::Minor };
            Rule::EveryNth { every, of, months }
        }),
    ]
}

fn about() -> impl Strategy<Value = About> {
    let version = || (1..3_u8, 0..6_u8).prop_map(|(major, minor)| format!("{major}.{minor}"));
    prop_oneof![
        6 => version().prop_map(About::Version),
        2 => version().prop_map(|version| About::Branch(format!("release-{version}"))),
        1 => version().prop_map(About::Below),
        1 => version().prop_map(About::From),
        1 => (version(), version()).prop_map(|(low, high)| About::Between(low, high)),
        1 => Just(About::Branch("main".to_owned())),
        1 => Just(About::Matching("release-*".to_owned())),
        1 => Just(About::Newest),
        1 => Just(About::Others),
        2 => rule_of_lines().prop_map(About::Rule),
    ]
}

fn claim() -> impl Strategy<Value = Claim> {
    let by = prop_oneof![
        3 => Just(DeclaredBy::Table),
        1 => Just(DeclaredBy::Manifest),
        1 => Just(DeclaredBy::BranchDate),
        1 => Just(DeclaredBy::Prose),
        1 => Just(DeclaredBy::EndOfLife),
        1 => Just(DeclaredBy::Bots),
    ];
    let standing = prop::sample::select(vec![
        None,
        Some(Standing::Supported),
        Some(Standing::Supported),
        Some(Standing::Eol),
        Some(Standing::Upcoming),
        Some(Standing::Unknown),
    ]);
    let tier = prop::sample::select(vec![None, None, Some(Tier::Full), Some(Tier::SecurityOnly)]);
    let edition = prop::sample::select(vec![None, None, None, Some("ce"), Some("enterprise")]);
    let end = || {
        prop_oneof![
            3 => Just(None),
            2 => (0..1_500_u16).prop_map(|days| Some(End::Day(day(days)))),
            1 => (1..3_u8, 0..7_u8)
                .prop_map(|(major, minor)| Some(End::Release(format!("{major}.{minor}")))),
        ]
    };
    let place = (
        prop_oneof![5 => Just("refs/heads/main"), 1 => Just("refs/heads/release-1.2")],
        prop::sample::select(vec!["SECURITY.md", "docs/releases.md"]),
        1..40_u32,
    );
    (by, about(), standing, tier, edition, end(), end(), any::<bool>(), place).prop_map(
        |(by, about, standing, tier, edition, security_until, bug_fixes_until, is_lts, place)| {
            let (reference, path, row) = place;
            let origin = Origin {
                reference: Some(reference.to_owned()),
                path: path.to_owned(),
                row: NonZeroU32::new(row),
            };
            let words = format!("{about:?}");
            Claim {
                standing,
                tier,
                edition: edition.map(str::to_owned),
                security_until,
                bug_fixes_until,
                is_lts,
                ..Claim::new(by, about, origin, &words)
            }
        },
    )
}

fn claims() -> impl Strategy<Value = Vec<Claim>> {
    proptest::collection::vec(claim(), 0..16)
}

fn decide(refs: &Refs, claims: &[Claim], policy: &discover::Policy, today: Date) -> Support {
    discover::support(refs, &Histories::new(), claims, policy, today)
}

/// What is decided and why, without the default branch.
fn decided(support: &Support) -> Vec<ReleaseLine> {
    let lines = support.lines.iter().filter(|line| line.kind == LineKind::Release);
    lines.cloned().collect()
}

fn heard() -> discover::Policy {
    discover::Policy { evidence: true, ..discover::Policy::default() }
}

/// A policy of rules by which lines only ever end.
fn ageing_policy() -> impl Strategy<Value = discover::Policy> {
    let origin = || Origin { reference: None, path: "patchline.toml".to_owned(), row: None };
    let rules = proptest::collection::vec(ageing_rule(), 0..3);
    let lines = proptest::collection::btree_map((1..3_u8, 0..6_u8), 0..1_500_u16, 0..3);
    (rules, lines).prop_map(move |(rules, lines)| discover::Policy {
        rules: rules
            .into_iter()
            .map(|rule| PolicyRule { rule, tier: Tier::Full, origin: origin() })
            .collect(),
        declared: lines
            .into_iter()
            .map(|((major, minor), until)| DeclaredLine {
                id: format!("{major}.{minor}"),
                branch: None,
                tier: Tier::Full,
                until: Some(day(until)),
                bug_fixes_until: None,
                standing: None,
                edition: None,
                is_lts: false,
                origin: origin(),
            })
            .collect(),
        ..heard()
    })
}

proptest! {
    #[test]
    fn claims_in_any_order_give_the_same(
        lines in lines(), claims in claims(), seed: u64, today in 0..1_500_u16,
    ) {
        let refs = project(&lines);
        let first = decide(&refs, &claims, &heard(), day(today));
        let mut shuffled = claims;
        shuffle(&mut shuffled, seed);
        let second = decide(&refs, &shuffled, &heard(), day(today));
        prop_assert_eq!(first.lines, second.lines);
        prop_assert_eq!(first.contradictions, second.contradictions);
    }

    #[test]
    fn a_branch_of_something_else_changes_no_decision(
        lines in lines(), claims in claims(), today in 0..1_500_u16,
        other in "(dependabot|renovate|fix|feature|backport|users/ann)/(release-)?[0-9]\\.[0-9]{1,2}|[a-z]{3,8}wagon-[0-9]\\.[0-9](\\.x)?|release-[0-9]\\.[0-9]-(patch|rc[0-9]|20310101)",
    ) {
        let mut refs = project(&lines);
        // Where no branch has a usual name, the commonest unusual one is learned.
        prop_assume!(lines.values().any(|(_, has_branch)| *has_branch));
        let first = decide(&refs, &claims, &heard(), day(today));
        let name = format!("refs/heads/{other}");
        refs.entries.push(RefEntry { name, commit: Some(CommitId("f".repeat(40))), date: None });
        refs.entries.sort();
        let second = decide(&refs, &claims, &heard(), day(today));
        prop_assert_eq!(decided(&first), decided(&second));
        prop_assert_eq!(first.contradictions, second.contradictions);
    }

    #[test]
    fn a_line_that_ended_under_an_ageing_policy_never_comes_back(
        lines in lines(), policy in ageing_policy(), days in (0..3_000_u16, 0..3_000_u16),
    ) {
        let refs = project(&lines);
        let (earlier, later) = (days.0.min(days.1), days.0.max(days.1));
        let then = decided(&decide(&refs, &[], &policy, day(earlier)));
        let now = decided(&decide(&refs, &[], &policy, day(later)));
        for (then, now) in then.iter().zip(&now) {
            prop_assert_eq!(&then.id, &now.id);
            prop_assert!(then.standing != Standing::Eol || now.standing == Standing::Eol, "{}", then.id);
        }
    }

    #[test]
    fn the_newest_line_is_never_dropped_by_age(
        lines in lines(), rules in proptest::collection::vec(ageing_rule(), 1..3), today in 0..60_000_u16,
    ) {
        let refs = project(&lines);
        let claims: Vec<Claim> = rules
            .iter()
            .map(|rule| {
                let at = Origin { reference: refs.default.clone(), path: "SUPPORT.md".to_owned(), row: None };
                Claim::new(DeclaredBy::Prose, About::Rule(*rule), at, "").standing(Standing::Supported)
            })
            .collect();
        let by_text = decided(&decide(&refs, &claims, &heard(), day(today)));
        prop_assert_eq!(by_text[0].standing, Standing::Supported);
    }

    #[test]
    fn what_is_said_of_a_line_is_among_its_reasons(
        lines in lines(), claims in claims(), today in 0..1_500_u16,
    ) {
        let refs = project(&lines);
        let found = decided(&decide(&refs, &claims, &heard(), day(today)));
        for claim in &claims {
            let About::Version(version) = &claim.about else { continue };
            let is_plain = matches!(claim.standing, Some(Standing::Supported | Standing::Eol));
            let is_heard = claim.origin.reference == refs.default && is_plain;
            let Some(line) = found.iter().find(|line| line.id.0 == *version && is_heard) else { continue };
            let is_told = line.because.iter().any(|reason| {
                let path = reason.origin.as_ref().map(|origin| &origin.path);
                reason.by == claim.by && path == Some(&claim.origin.path)
            });
            prop_assert!(is_told, "{claim:?} {line:?}");
        }
        for line in &found {
            prop_assert_eq!(line.standing, line.because[0].standing);
        }
    }

    #[test]
    fn no_line_is_supported_by_its_branch(
        lines in lines(), claims in claims(), today in 0..1_500_u16,
    ) {
        // What bots say of branches, and branches of themselves, is about branches.
        let claims: Vec<Claim> = claims
            .into_iter()
            .filter(|claim| !matches!(claim.about, About::Branch(_)))
            .filter(|claim| claim.origin.reference.as_deref() == Some("refs/heads/main"))
            .collect();
        let with = decide(&project(&lines), &claims, &heard(), day(today));
        let without: BTreeMap<(u8, u8), (u16, bool)> =
            lines.iter().map(|(line, (gap, _))| (*line, (*gap, false))).collect();
        let without = decide(&project(&without), &claims, &heard(), day(today));
        let standings = |support: &Support| -> Vec<(LineId, Standing)> {
            decided(support).into_iter().map(|line| (line.id, line.standing)).collect()
        };
        prop_assert_eq!(standings(&with), standings(&without));
    }

    #[test]
    fn contradictions_are_few_and_change_nothing(
        lines in lines(), claims in claims(), today in 0..1_500_u16,
    ) {
        let found = decide(&project(&lines), &claims, &heard(), day(today)).contradictions;
        let key = |found: &Contradiction| {
            let at = found.at.as_ref().map(|at| (at.reference.clone(), at.path.clone()));
            (found.kind, found.line.clone(), at)
        };
        let keys: BTreeSet<_> = found.iter().map(key).collect();
        prop_assert_eq!(keys.len(), found.len(), "{:?}", found);
        let places: BTreeSet<_> = claims.iter().map(|claim| (claim.by, &claim.origin.reference, &claim.origin.path)).collect();
        // For each line and statement at most one difference of standing, of days, and one gap.
        prop_assert!(found.len() <= 3 * (lines.len() + 1) * (places.len() + 1) + claims.len());
    }
}

fn ref_name() -> impl Strategy<Value = String> {
    prop_oneof![
        "refs/tags/v[0-9]{1,2}\\.[0-9]{1,2}\\.[0-9](-rc[0-9])?",
        "refs/heads/release-[0-9]{1,2}\\.[0-9]{1,2}",
        "refs/heads/[a-z0-9./-]{1,20}",
        "refs/remotes/origin/v?[0-9]{1,2}\\.[0-9x]",
        "refs/tags/[a-z0-9./_+-]{1,20}",
    ]
}

fn support(names: &[String]) -> Vec<String> {
    let mut entries: Vec<RefEntry> = names
        .iter()
        .map(|name| RefEntry { name: name.clone(), commit: None, date: None })
        .collect();
    entries.sort();
    entries.dedup();
    let refs = Refs { entries, ..Refs::default() };
    let support = discover::support(
        &refs,
        &Histories::new(),
        &[],
        &discover::Policy::default(),
        date(2031, 6, 15),
    );
    support.lines.iter().map(|line| format!("{line:?}")).collect()
}

/// Fisher–Yates with a linear congruential generator: enough to disturb an order.
fn shuffle<T>(items: &mut [T], mut seed: u64) {
    for index in (1..items.len()).rev() {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let other = usize::try_from(seed >> 33).unwrap_or(0) % (index + 1);
        items.swap(index, other);
    }
}

fn real_data(test: &str) -> Option<PathBuf> {
    let folder = std::env::var_os("PATCHLINE_DATA").map(PathBuf::from);
    if folder.is_none() {
        eprintln!("skipped: {test} needs the real data that PATCHLINE_DATA names");
    }
    folder
}

/// rustsec's own matcher, over every real record and the versions around each of its bounds.
#[test]
fn the_matcher_agrees_with_rustsecs() {
    let Some(data) = real_data("the_matcher_agrees_with_rustsecs") else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let archive = data.join("advisory-db/rustsec-2026-08-21.tar.gz");
    let unpacked =
        Command::new("tar").arg("xzf").arg(archive).arg("-C").arg(folder.path()).status();
    assert!(unpacked.is_ok_and(|status| status.success()));
    let mut compared = 0;
    for package in std::fs::read_dir(folder.path().join("crates")).expect("the database") {
        for file in std::fs::read_dir(package.expect("an entry").path()).expect("a folder") {
            let text = std::fs::read_to_string(file.expect("an entry").path()).expect("a record");
            let theirs: ::rustsec::Advisory = text.parse().expect("rustsec reads it");
            let Record::Advisory(ours) =
                rustsec::read(&format!("crates/{}/y.md", theirs.metadata.package), text.as_bytes())
            else {
                panic!("{} is not read", theirs.id());
            };
            for version in versions_around(&theirs) {
                assert_eq!(
                    ours.affects(&version),
                    theirs.versions.is_vulnerable(&version),
                    "{} {version}",
                    ours.id
                );
                compared += 1;
            }
        }
    }
    println!("{compared} comparisons");
    assert!(compared > 10_000);
}

fn versions_around(advisory: &::rustsec::Advisory) -> BTreeSet<Version> {
    let requirements = advisory.versions.patched().iter().chain(advisory.versions.unaffected());
    let mut versions: BTreeSet<Version> =
        [Version::new(0, 0, 0), Version::new(0, 1, 0), Version::new(99, 0, 0)].into();
    for comparator in requirements.flat_map(|requirement| &requirement.comparators) {
        let base = Version::new(
            comparator.major,
            comparator.minor.unwrap_or(0),
            comparator.patch.unwrap_or(0),
        );
        for text in ["", "-0", "-alpha.1", "-rc.1", "+build"] {
            versions.extend(format!("{base}{text}").parse::<Version>());
        }
        versions.insert(Version { patch: base.patch + 1, ..base.clone() });
        versions.insert(Version { patch: base.patch.saturating_sub(1), ..base.clone() });
        versions.insert(Version { minor: base.minor + 1, patch: 0, ..base.clone() });
        versions.insert(Version { major: base.major + 1, minor: 0, patch: 0, ..base });
    }
    versions
}

/// The `cargo-lock` crate, over every lockfile of the real repositories.
#[test]
fn the_lockfile_reader_agrees_with_cargo_lock() {
    let Some(data) = real_data("the_lockfile_reader_agrees_with_cargo_lock") else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let mut compared = 0;
    for name in ["tikv", "greptimedb"] {
        let repo = folder.path().join(name);
        let bundle = data.join(format!("repos/{name}-lockfiles.bundle"));
        let git = |args: &[&str]| -> String {
            let output = Command::new("git").args(args).output().expect("git runs");
            assert!(output.status.success());
            String::from_utf8(output.stdout).expect("UTF-8")
        };
        let (bundle, path) = (bundle.to_str().expect("UTF-8"), repo.to_str().expect("UTF-8"));
        git(&["clone", "--quiet", "--mirror", bundle, path]);
        for reference in git(&["-C", path, "for-each-ref", "--format=%(refname)"]).lines() {
            let text = git(&["-C", path, "show", &format!("{reference}:Cargo.lock")]);
            let ours = CargoLock.read(text.as_bytes());
            let theirs: cargo_lock::Lockfile = text.parse().expect("cargo-lock reads it");
            let expected: BTreeSet<(String, String)> = theirs
                .packages
                .iter()
                .map(|package| (package.name.to_string(), package.version.to_string()))
                .collect();
            assert_eq!(entries(&ours), expected, "{name} {reference}");
            assert_eq!(ours.trouble, [], "{name} {reference}");
            let lines: Vec<&str> = text.lines().collect();
            for entry in &ours.entries {
                let row = usize::try_from(entry.row.get()).expect("a row");
                assert_eq!(lines[row - 1], format!("name = \"{}\"", entry.name));
            }
            compared += 1;
        }
    }
    println!("{compared} lockfiles");
    assert!(compared > 40);
}

/// Documents that somebody might have, and some that nobody should.
fn document() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => prop::sample::select(vec![
            "# Security\n", "## Supported versions\n", "Supported Versions\n---\n", "> quoted\n",
            "<!-- patchline:supported-versions -->\n", "<!-- /patchline:supported-versions -->\n",
            "| Version | Supported |\n|---|---|\n| 1.0 | yes |\n", "| System |\n|---|\n| x |\n",
            "```\n", "~~~\n", "    indented\n", "- item\n", "  more\n", "<!--\n", "<pre>\n", "text", "\n",
            "\r\n", "---\n", "\u{feff}", "[a]: b\n", "\t", "| 1 | 2 |\n",
        ]).prop_map(str::to_owned),
        1 => "[ -~\n]{0,20}",
        1 => "\\PC{0,8}\n",
    ];
    (proptest::collection::vec(piece, 0..14), any::<bool>()).prop_map(|(pieces, is_windows)| {
        let text = pieces.concat();
        if is_windows { text.replace('\n', "\r\n") } else { text }
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    /// What lies outside the markers stays as it is, and a second run has nothing to do.
    #[test]
    fn only_the_table_of_supported_versions_changes(document in document()) {
        let table = "| Version | Supported | Until |\n|---|---|---|\n| 1.4 | Yes | – |\n";
        let Splice::Written { text, place } = kept::splice(TABLE, Some(&document), table) else {
            return Ok(());
        };
        prop_assert_eq!(kept::check(TABLE, Some(&text), table), Check::Same);
        prop_assert_eq!(
            kept::splice(TABLE, Some(&text), table),
            Splice::Written { text: text.clone(), place: Spot::Unchanged }
        );
        let before = text.bytes().zip(document.bytes()).take_while(|(new, old)| new == old).count();
        let after = text.bytes().rev().zip(document.bytes().rev()).take_while(|(new, old)| new == old);
        let after = after.count().min(document.len() - before);
        let (bytes, lossy) = (document.as_bytes(), String::from_utf8_lossy);
        let gone = lossy(&bytes[before..bytes.len() - after]);
        match place {
            Spot::Unchanged => prop_assert_eq!(text, document),
            Spot::Heading(_) | Spot::End | Spot::New => prop_assert_eq!(gone, ""),
            Spot::Table(_) => prop_assert!(gone.lines().all(|row| row.contains('|')), "{gone}"),
            Spot::Markers => {
                let (above, below) = (lossy(&bytes[..before]), lossy(&bytes[bytes.len() - after..]));
                prop_assert!(above.contains("<!-- patchline:"), "{above}");
                prop_assert!(below.contains("<!-- /patchline:"), "{below}");
            }
        }
    }
}

proptest! {
    /// Whatever names, words and days were found, the file that `init` writes is a configuration,
    /// and declares those lines and nothing else.
    #[test]
    fn a_written_configuration_is_valid(
        found in proptest::collection::vec(("\\PC{0,6}|.{0,6}", "(?s).{0,30}", ".{0,8}", any::<(u8, u8, bool)>()), 1..5)
    ) {
        let day = |days: u8| date(2031, 1, 1).checked_add(jiff::Span::new().days(i64::from(days))).ok();
        let lines: Vec<ReleaseLine> = found
            .iter()
            .map(|(id, words, edition, (until, bug_fixes, is_lts))| {
                let mut because = Declaration::new(DeclaredBy::Table, Standing::Supported, words.clone());
                because.words = (until % 2 == 0).then(|| words.clone());
                ReleaseLine {
                    until: day(*until),
                    bug_fixes_until: day(*bug_fixes),
                    edition: Some(edition.clone()),
                    is_lts: *is_lts,
                    ..ReleaseLine::new(LineId(id.clone()), LineKind::Release, vec![because])
                }
            })
            .collect();
        let text = policy_file(&Support { lines, ..Support::default() }, date(2031, 3, 1));
        let origin = Origin { reference: None, path: "patchline.toml".to_owned(), row: None };
        let config = config::parse(Some((&text, &origin)), &config::Overrides::default());
        let config = config.map_err(|error| TestCaseError::fail(format!("{text}: {error:?}")))?;
        let declared: BTreeSet<&str> = config.support.declared.iter().map(|d| d.id.as_str()).collect();
        let named = found.iter().map(|(id, ..)| id.as_str()).filter(|id| !id.trim().is_empty());
        prop_assert_eq!(declared, named.collect::<BTreeSet<_>>());
    }
}
