//! Laws of merging that hold for every set of claims.

use std::{
    collections::{BTreeMap, BTreeSet},
    num::NonZeroU32,
    sync::Arc,
};

use jiff::civil::date;
use patchline::{
    import::{Document, own},
    judge::{self, Context, Gate, Policy, exposure, word},
    lockfile::{LockfileFormat as _, cargo::CargoLock},
    merge::{self, Preference, alias::Groups},
    model::{
        Advisory, AdvisoryClass, AdvisoryDatabase, Basis, Certainty, CommitId, Coverage, Covered,
        Declaration, DeclaredBy, Ecosystem, Evidence, Facts, Finding, FindingKey, Head, Inventory,
        LineId, LineKind, Place, PolicyOrigin, Release, ReleaseLine, Sight, Sighting, Stamp,
        Standing, Supply, Support, Tip, TreeFile, Update, VersionRange, Word, canonical_id,
    },
    report, scan, severity,
};
use proptest::{collection::vec, option, prelude::*, sample::select};
use semver::Version;
use serde_json::Value;

/// A generator of numbers that gives the same ones in every run.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap_or(0) % limit
    }

    fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            items.swap(last, self.below(last + 1));
        }
    }
}

fn shuffled<T: Clone>(items: &[T], seed: u64) -> Vec<T> {
    let mut items = items.to_vec();
    Numbers(seed | 1).shuffle(&mut items);
    items
}

// Names.

/// A record: its id and its aliases.
type Names = (String, Vec<String>);

/// What is reachable from each name, by walking over all pairs again and again.
fn closure(records: &[Names]) -> BTreeSet<BTreeSet<String>> {
    let mut sets: Vec<BTreeSet<String>> = records
        .iter()
        .map(|(id, aliases)| aliases.iter().chain([id]).map(|name| canonical_id(name)).collect())
        .collect();
    loop {
        let joint = (0..sets.len())
            .flat_map(|a| (0..a).map(move |b| (a, b)))
            .find(|(a, b)| !sets[*a].is_disjoint(&sets[*b]));
        let Some((a, b)) = joint else { return sets.into_iter().collect() };
        let joined = sets.swap_remove(a);
        sets[b].extend(joined);
    }
}

fn groups(records: &[Names]) -> Groups {
    Groups::of(records.iter().map(|(id, aliases)| (id.as_str(), aliases.as_slice())))
}

fn members(groups: &Groups) -> BTreeSet<BTreeSet<String>> {
    (0..groups.len()).map(|group| groups.names(group).map(str::to_owned).collect()).collect()
}

/// One of the spellings of a name.
fn spelled(number: usize, numbers: &mut Numbers) -> String {
    let name = match number % 4 {
        0 => format!("RUSTSEC-2031-{number:04}"),
        1 => format!("GHSA-aaaa-bbbb-{number:04}"),
        2 => format!("CVE-2031-{number:04}"),
        _ => return format!("VENDOR-{number}"),
    };
    match numbers.below(4) {
        0 => name.to_ascii_lowercase(),
        1 => format!(" {name} "),
        _ => name,
    }
}

/// Chains, stars, cliques and whatever else comes up, among at most thirty names.
fn records(numbers: &mut Numbers) -> Vec<Names> {
    let most = 1 + numbers.below(30);
    let shape = numbers.below(4);
    let mut records: Vec<Names> = Vec::new();
    for record in 0..=numbers.below(most) {
        let from = if shape == 3 { numbers.below(most) } else { record };
        let aliases: Vec<usize> = match shape {
            0 => vec![record + 1],
            1 => vec![0],
            2 => (0..record % 7).collect(),
            _ => (0..numbers.below(3)).map(|_| numbers.below(most)).collect(),
        };
        // A gap in the chain, so that there is more than one group.
        if shape < 3 && numbers.below(6) == 0 {
            continue;
        }
        let id = spelled(from, numbers);
        records.push((id, aliases.into_iter().map(|alias| spelled(alias, numbers)).collect()));
    }
    numbers.shuffle(&mut records);
    records
}

#[test]
fn groups_are_the_transitive_closure_in_any_order() {
    let mut numbers = Numbers(0x5eed);
    let mut joined = 0;
    for round in 0..10_000 {
        let mut records = records(&mut numbers);
        let found = groups(&records);
        let expected = closure(&records);
        assert_eq!(members(&found), expected, "round {round}: {records:?}");
        joined += usize::from(expected.iter().any(|group| group.len() > 3));
        for (id, aliases) in &records {
            for alias in aliases {
                assert_eq!(found.group(id), found.group(alias), "round {round}: {records:?}");
            }
        }
        numbers.shuffle(&mut records);
        assert_eq!(groups(&records), found, "round {round}: {records:?}");
    }
    assert!(joined > 5_000, "only {joined} rounds have a group worth looking at");
}

#[test]
fn a_cve_that_arrives_later_changes_no_id() {
    let mut numbers = Numbers(0xcafe);
    let ecosystems = [Ecosystem::CRATES_IO, Ecosystem::NPM, Ecosystem::GO, Ecosystem::UNKNOWN];
    for round in 0..2_000 {
        let home = ["RUSTSEC-2031-0007", "GHSA-aaaa-bbbb-cccc", "GO-2031-0007"];
        for (ecosystem, home) in ecosystems.iter().zip(home.iter().chain([&"GHSA-aaaa-bbbb-cccc"]))
        {
            let mut names = vec![(*home).to_owned()];
            let first = merge::identity::primary(ecosystem, [*home]).map(str::to_owned);
            for _ in 0..numbers.below(5) {
                names.push(format!("CVE-20{:02}-{}", numbers.below(99), numbers.below(99_999)));
            }
            numbers.shuffle(&mut names);
            let later = merge::identity::primary(ecosystem, names.iter().map(String::as_str));
            assert_eq!(later, first.as_deref(), "round {round}: {names:?}");
        }
    }
}

// Findings.

/// Everything that `merge` is given.
#[derive(Clone, Debug)]
struct World {
    claims: Vec<Evidence>,
    coverage: Vec<Coverage>,
    inventories: Vec<Inventory>,
    databases: Vec<AdvisoryDatabase>,
    sightings: Vec<Sighting>,
}

impl World {
    fn findings(&self) -> Vec<Finding> {
        let mut facts = self.facts();
        let mut scanned = scan::evidence(&facts.inventories, &facts.databases);
        facts.coverage.append(&mut scanned.coverage);
        scanned.evidence.extend(self.claims.iter().cloned());
        merge::findings(&lines(), &facts, scanned, &Preference::default())
    }

    fn facts(&self) -> Facts {
        Facts {
            inventories: self.inventories.clone(),
            databases: self.databases.clone(),
            sightings: self.sightings.clone(),
            coverage: self.coverage.clone(),
            ..Facts::default()
        }
    }

    /// The whole report as JSON.
    fn report(&self) -> String {
        let policy = Policy { gate: Gate::default(), max_database_age: 30, baseline: None };
        let context = Context {
            policy: PolicyOrigin::default(),
            changes: Vec::new(),
            repository: None,
            part: None,
            proposed: None,
            today: date(2031, 6, 15),
        };
        let support = Support { lines: lines(), ..Support::default() };
        let report = {
            let silence = judge::suppress::Policy::default();
            judge::report(support, self.findings(), self.facts(), &policy, &silence, context)
        };
        report::json::report(&report)
    }

    fn shuffled(&self, seed: u64) -> Self {
        Self {
            claims: shuffled(&self.claims, seed),
            coverage: shuffled(&self.coverage, seed),
            inventories: shuffled(&self.inventories, seed),
            databases: shuffled(&self.databases, seed),
            sightings: shuffled(&self.sightings, seed),
        }
    }

    /// The claims of reports alone.
    fn of(claims: &[Evidence], coverage: &[Coverage]) -> Self {
        Self {
            claims: claims.to_vec(),
            coverage: coverage.to_vec(),
            inventories: Vec::new(),
            databases: Vec::new(),
            sightings: Vec::new(),
        }
    }
}

/// Three supported lines, one of them without a release, and one that nothing is known of.
fn lines() -> Vec<ReleaseLine> {
    let line = |id: &str, standing, has_release: bool| {
        let because = Declaration::new(DeclaredBy::Configuration, standing, "");
        let mut line = ReleaseLine::new(LineId(id.to_owned()), LineKind::Release, vec![because]);
        line.head = Some(Head {
            reference: format!("refs/heads/release-{id}"),
            commit: Some(CommitId("1".repeat(40))),
            date: None,
        });
        line.release = has_release.then(|| Release {
            tag: format!("v{id}.0"),
            version: format!("{id}.0"),
            commit: Some(CommitId("2".repeat(40))),
            date: None,
        });
        line
    };
    vec![
        line("1.2", Standing::Supported, true),
        line("1.1", Standing::Supported, true),
        line("1.0", Standing::Unknown, true),
        line("main", Standing::Supported, false),
    ]
}

fn place() -> impl Strategy<Value = Place> {
    let places = [
        ("1.2", Tip::Head),
        ("1.2", Tip::Release),
        ("1.1", Tip::Head),
        ("1.1", Tip::Release),
        ("1.0", Tip::Head),
        ("main", Tip::Head),
    ];
    select(places.to_vec()).prop_map(|(line, tip)| Place { line: LineId(line.to_owned()), tip })
}

fn name() -> impl Strategy<Value = String> {
    let names = [
        "RUSTSEC-2031-0001",
        "RUSTSEC-2031-0002",
        "GHSA-aaaa-bbbb-cccc",
        "ghsa-AAAA-bbbb-dddd",
        "CVE-2031-0001",
        "cve-2031-0002",
        "CVE-2031-0003",
        "SNYK-RUST-CLOCK-1",
    ];
    select(names.to_vec()).prop_map(str::to_owned)
}

fn class() -> impl Strategy<Value = AdvisoryClass> {
    use AdvisoryClass::{Malware, Other, Unmaintained, Unsound, Unstated, Vulnerability, Yanked};
    let other = Other("new".to_owned());
    select(vec![Vulnerability, Unstated, Unmaintained, Unsound, Malware, Yanked, other])
}

/// What a report says of `clock` or of `sundial`.
fn advisory(ecosystems: &'static [Ecosystem]) -> impl Strategy<Value = Advisory> {
    let package = select(&["clock", "sundial"][..]);
    let what = (class(), option::of(select(&["low", "high"][..])), option::of(0..100_u8));
    let more = (select(&["", "Ticks", "Ticks too often"][..]), option::of(1..28_i8), 0..3_usize);
    (name(), vec(name(), 0..2), package, select(ecosystems), what, more).prop_map(
        |(id, mut aliases, package, ecosystem, (class, word, score), (title, day, patched))| {
            aliases.sort();
            aliases.dedup();
            let word = word.and_then(|word| severity::of_word("ghsa", word));
            let score =
                score.and_then(|tenths| severity::of_score("nvd", f64::from(tenths) / 10.0));
            Advisory {
                id,
                aliases,
                class,
                ecosystem,
                package: package.to_owned(),
                severity: word.into_iter().chain(score).collect(),
                title: title.to_owned(),
                patched: [">= 0.2.23", ">= 0.3.0"][..patched.min(2)]
                    .iter()
                    .map(ToString::to_string)
                    .collect(),
                date: day.map(|day| date(2031, 5, day)),
                ..Advisory::default()
            }
        },
    )
}

const ANY: &[Ecosystem] =
    &[Ecosystem::CRATES_IO, Ecosystem::CRATES_IO, Ecosystem::NPM, Ecosystem::UNKNOWN];
/// A name that means one package wherever it is said.
const ONE: &[Ecosystem] = &[Ecosystem::CRATES_IO, Ecosystem::UNKNOWN];

fn claim(ecosystems: &'static [Ecosystem]) -> impl Strategy<Value = Evidence> {
    let sources = ["rustsec", "cargo-audit", "trivy", "osv-scanner"];
    let version = option::of(select(&["0.2.22", "0.3.0", "1.0.0"][..]));
    let spot = (option::of(select(&["Cargo.lock", "a/Cargo.lock"][..])), option::of(1..9_u32));
    let certainty = select(vec![Certainty::Certain, Certainty::Certain, Certainty::Possible]);
    (select(sources.to_vec()), advisory(ecosystems), place(), version, spot, certainty).prop_map(
        |(source, advisory, at, version, (file, row), certainty)| Evidence {
            source: source.to_owned(),
            basis: if source == "rustsec" { Basis::Matched } else { Basis::Reported },
            advisory: Arc::new(advisory),
            at,
            version: version.map(str::to_owned),
            supply: row.map(|_| Supply::Registry),
            certainty,
            lockfile: file.map(str::to_owned),
            row: row.and_then(NonZeroU32::new),
            path: Vec::new(),
            update: Update::NO_FIX,
            reach: patchline::model::Reach::Unasked,
        },
    )
}

/// Claims, and some that differ from another in nothing but what its source says of it.
fn claims(ecosystems: &'static [Ecosystem], most: usize) -> impl Strategy<Value = Vec<Evidence>> {
    let twins = vec((any::<prop::sample::Index>(), claim(ecosystems)), 0..3);
    (vec(claim(ecosystems), 0..most), twins).prop_map(|(mut claims, twins)| {
        for (index, other) in twins {
            if claims.is_empty() {
                break;
            }
            let first = index.get(&claims).clone();
            let advisory = Advisory {
                id: first.advisory.id.clone(),
                aliases: first.advisory.aliases.clone(),
                package: first.advisory.package.clone(),
                patched: first.advisory.patched.clone(),
                ..(*other.advisory).clone()
            };
            let (supply, certainty) = (other.supply, other.certainty);
            claims.push(Evidence { advisory: Arc::new(advisory), supply, certainty, ..first });
        }
        claims
    })
}

fn complete() -> impl Strategy<Value = Coverage> {
    let sources = ["lockfiles", "rustsec", "cargo-audit", "trivy", "osv-scanner"];
    (select(sources.to_vec()), place()).prop_map(|(source, at)| Coverage {
        source: source.to_owned(),
        at: Some(at),
        covered: Covered::Complete,
    })
}

fn coverage() -> impl Strategy<Value = Coverage> {
    (complete(), 0..6_u8).prop_map(|(mut coverage, gap)| {
        match gap {
            0 => coverage.covered = Covered::Partial { because: "half of it".to_owned() },
            1 => coverage.covered = Covered::Skipped { because: "nobody asked".to_owned() },
            _ => {}
        }
        coverage
    })
}

fn inventory() -> impl Strategy<Value = Inventory> {
    let version = select(&["0.2.22", "0.2.23", "0.3.0"][..]);
    let packages = vec((select(&["clock", "sundial"][..]), version, any::<bool>()), 0..3);
    (place(), packages).prop_map(|(place, packages)| {
        let rows = packages.into_iter().map(|(name, version, is_ours)| {
            let source = if is_ours {
                "registry+https://github.com/rust-lang/crates.io-index"
            } else {
                "git+https://example.org/clock#0123456789abcdef0123456789abcdef01234567"
            };
            format!(
                "[[package]]\nname = \"{name}\"\nversion = \"{version}\"\nsource = \"{source}\"\n"
            )
        });
        let text = format!("version = 4\n{}", rows.collect::<Vec<_>>().concat());
        Inventory {
            place,
            commit: CommitId("1".repeat(40)),
            lockfiles: vec![TreeFile {
                path: "Cargo.lock".to_owned(),
                content: Arc::new(CargoLock.read(text.as_bytes())),
            }],
            manifests: Vec::new(),
        }
    })
}

fn database() -> impl Strategy<Value = AdvisoryDatabase> {
    vec(advisory(&[Ecosystem::CRATES_IO]), 0..3).prop_map(|advisories| {
        let mut database = AdvisoryDatabase {
            stamp: Stamp { id: "rustsec".to_owned(), ..Stamp::default() },
            ..AdvisoryDatabase::default()
        };
        for mut advisory in advisories {
            let fixed = Version::new(0, 2, 23);
            advisory.ranges = vec![VersionRange { introduced: None, fixed: Some(fixed.clone()) }];
            advisory.patched = vec![">= 0.2.23".to_owned()];
            advisory.fixed = vec![fixed];
            let of = database.by_package.entry(advisory.package.clone()).or_default();
            of.push(Arc::new(advisory));
        }
        database
    })
}

fn sighting() -> impl Strategy<Value = Sighting> {
    let sight = select(vec![Sight::Fixed, Sight::Clear]);
    (place(), name(), select(&["clock", "sundial"][..]), sight).prop_map(
        |(at, vulnerability, package, sight)| Sighting {
            at,
            vulnerability,
            ecosystem: Ecosystem::CRATES_IO,
            package: package.to_owned(),
            sight,
            versions: BTreeSet::from(["0.2.23".to_owned()]),
        },
    )
}

fn world() -> impl Strategy<Value = World> {
    let of_trees = (vec(inventory(), 0..4), vec(database(), 0..2), vec(sighting(), 0..3));
    (claims(ANY, 7), vec(coverage(), 0..9), of_trees).prop_map(
        |(claims, coverage, (mut inventories, databases, sightings))| {
            inventories.sort_by(|a, b| a.place.cmp(&b.place));
            inventories.dedup_by(|a, b| a.place == b.place);
            World { claims, coverage, inventories, databases, sightings }
        },
    )
}

/// How bad what a finding says of its line is.
fn badness(finding: &Finding) -> u8 {
    let sight = |view: &Option<patchline::model::View>| view.as_ref().map(|view| view.sight);
    match word(Standing::Supported, exposure(sight(&finding.head), sight(&finding.release))) {
        Word::Patched | Word::NotAffected | Word::Suppressed | Word::Eol => 0,
        Word::Unknown => 1,
        Word::FixedUnreleased => 2,
        Word::Unpatched => 3,
    }
}

/// The findings of a report, as they are written.
fn written(report: &str) -> Vec<Value> {
    let report: Value = serde_json::from_str(report).expect("a report is JSON");
    report["findings"].as_array().expect("findings").clone()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn the_order_of_claims_never_shows(world in world(), seed: u64) {
        prop_assert_eq!(world.shuffled(seed).report(), world.report());
    }

    #[test]
    fn what_is_said_twice_is_said_once(world in world(), seed: u64) {
        let twice = World {
            claims: shuffled(&[world.claims.clone(), world.claims.clone()].concat(), seed),
            coverage: shuffled(&[world.coverage.clone(), world.coverage.clone()].concat(), seed),
            sightings: [world.sightings.clone(), world.sightings.clone()].concat(),
            ..world.clone()
        };
        prop_assert_eq!(twice.report(), world.report());
    }

    #[test]
    fn every_claim_is_in_exactly_one_finding(world in world()) {
        let mut given: Vec<String> =
            world.claims.iter().map(|evidence| format!("{evidence:?}")).collect();
        let of_databases = scan::evidence(&world.inventories, &world.databases).evidence;
        given.extend(of_databases.iter().map(|evidence| format!("{evidence:?}")));
        given.sort();
        given.dedup();
        let findings = world.findings();
        let mut found: Vec<String> =
            findings.iter().flat_map(|f| &f.evidence).map(|e| format!("{e:?}")).collect();
        found.sort();
        prop_assert_eq!(found, given);
        let keys: BTreeSet<_> = findings.iter().map(|finding| &finding.key).collect();
        prop_assert_eq!(keys.len(), findings.len());
        for finding in &findings {
            for evidence in &finding.evidence {
                let name = canonical_id(&evidence.advisory.id);
                prop_assert!(finding.names.contains(&name), "{} {:?}", name, finding.names);
                prop_assert_eq!(&evidence.advisory.package, &finding.key.package);
                prop_assert_eq!(&evidence.at.line, &finding.key.line);
            }
        }
    }

    /// A newcomer repeats what is known of, and nobody says where it looked.
    #[test]
    fn one_more_witness_improves_nothing(world in world(), at in place(), which: usize) {
        let before = world.findings();
        prop_assume!(!before.is_empty());
        let finding = &before[which % before.len()];
        let claim = Evidence {
            source: "newcomer".to_owned(),
            basis: Basis::Reported,
            advisory: Arc::new(Advisory {
                id: finding.key.vulnerability.clone(),
                ecosystem: finding.key.ecosystem.clone(),
                package: finding.key.package.clone(),
                ..Advisory::default()
            }),
            at,
            version: None,
            supply: None,
            certainty: Certainty::Certain,
            lockfile: None,
            row: None,
            path: Vec::new(),
            update: Update::NO_FIX,
            reach: patchline::model::Reach::Unasked,
        };
        let mut more = world.clone();
        more.claims.push(claim);
        let after = more.findings();
        for finding in &before {
            // The name may be another one: it is the newcomer's, of another package.
            let same = after.iter().find(|other| {
                let key = FindingKey {
                    vulnerability: finding.key.vulnerability.clone(),
                    ..other.key.clone()
                };
                key == finding.key && other.names.contains(&finding.key.vulnerability)
            });
            prop_assert!(same.is_some_and(|f| badness(f) >= badness(finding)), "{:?}", finding.key);
        }
    }

    #[test]
    fn one_more_look_only_tells_what_was_unknown(world in world(), look in complete()) {
        let before = world.findings();
        let mut more = world.clone();
        more.coverage.push(look);
        let after = more.findings();
        prop_assert_eq!(before.len(), after.len());
        for (before, after) in before.iter().zip(&after) {
            prop_assert_eq!(&before.key, &after.key);
            for (before, after) in [(&before.head, &after.head), (&before.release, &after.release)] {
                let (Some(before), Some(after)) = (before, after) else { continue };
                let is_good = matches!(after.sight, Sight::Fixed | Sight::Clear);
                match before.sight {
                    Sight::Unseen => prop_assert!(is_good || after.sight == Sight::Unseen),
                    Sight::Fixed | Sight::Clear => prop_assert!(is_good),
                    Sight::Affected => prop_assert_eq!(after.sight, Sight::Affected),
                }
            }
        }
    }

    /// What was merged, written and read again is merged with the rest as if all had come at once.
    #[test]
    fn merging_in_steps_is_merging_at_once(
        first in (claims(ONE, 6), vec(complete(), 0..7)),
        then in (claims(ONE, 4), vec(complete(), 0..5)),
    ) {
        let at_once = World::of(
            &[first.0.clone(), then.0.clone()].concat(),
            &[first.1.clone(), then.1.clone()].concat(),
        );
        let report = World::of(&first.0, &first.1).report();
        let own = own::read(&Document::open(report.as_bytes())).expect("a report of ours");
        let in_steps = World {
            claims: [own.evidence, then.0].concat(),
            coverage: [own.coverage, then.1].concat(),
            sightings: own.sightings,
            inventories: Vec::new(),
            databases: Vec::new(),
        };
        prop_assert_eq!(written(&in_steps.report()), written(&at_once.report()));
    }
}

fn said(source: &str, id: &str, ecosystem: Ecosystem, package: &str) -> Evidence {
    Evidence {
        source: source.to_owned(),
        basis: Basis::Reported,
        advisory: Arc::new(Advisory {
            id: id.to_owned(),
            ecosystem,
            package: package.to_owned(),
            ..Advisory::default()
        }),
        at: Place { line: LineId("1.2".to_owned()), tip: Tip::Head },
        version: None,
        supply: None,
        certainty: Certainty::Certain,
        lockfile: None,
        row: None,
        path: Vec::new(),
        update: Update::NO_FIX,
        reach: patchline::model::Reach::Unasked,
    }
}

/// `ecosystem package: sources`, of the line that is affected.
fn witnesses(claims: &[Evidence]) -> BTreeMap<String, Vec<String>> {
    let findings = World::of(claims, &[]).findings();
    findings
        .iter()
        .filter(|finding| !finding.evidence.is_empty())
        .map(|finding| {
            let key = &finding.key;
            let named = format!("{} {} {}", key.vulnerability, key.ecosystem, key.package);
            (named, finding.evidence.iter().map(|evidence| evidence.source.clone()).collect())
        })
        .collect()
}

fn shown(claims: &[Evidence]) -> Vec<String> {
    let witnesses = witnesses(claims).into_iter();
    witnesses.map(|(named, sources)| format!("{named}: {}", sources.join(", "))).collect()
}

#[test]
fn one_cve_in_two_packages_is_two_findings() {
    let claims = [
        said("trivy", "CVE-2031-1", Ecosystem::NPM, "ferry"),
        said("trivy", "CVE-2031-1", Ecosystem::NPM, "ferry-core"),
        said("grype", "cve-2031-1", Ecosystem::NPM, "ferry"),
        said("grype", "CVE-2031-1", Ecosystem::PYPI, "ferry"),
    ];
    assert_eq!(
        shown(&claims),
        [
            "CVE-2031-1 PyPI ferry: grype",
            "CVE-2031-1 npm ferry: grype, trivy",
            "CVE-2031-1 npm ferry-core: trivy",
        ]
    );
}

#[test]
fn an_unknown_ecosystem_is_the_known_one_if_there_is_just_one() {
    let vague = said("snyk", "CVE-2031-1", Ecosystem::UNKNOWN, "ferry");
    let npm = said("trivy", "CVE-2031-1", Ecosystem::NPM, "ferry");
    let python = said("grype", "CVE-2031-1", Ecosystem::PYPI, "ferry");
    let other = said("grype", "CVE-2031-2", Ecosystem::NPM, "ferry");
    assert_eq!(shown(&[vague.clone(), npm.clone()]), ["CVE-2031-1 npm ferry: snyk, trivy"]);
    assert_eq!(
        shown(&[vague.clone(), npm, python]),
        [
            "CVE-2031-1 PyPI ferry: grype",
            "CVE-2031-1 npm ferry: trivy",
            "CVE-2031-1 unknown ferry: snyk",
        ]
    );
    assert_eq!(
        shown(&[vague, other]),
        ["CVE-2031-1 unknown ferry: snyk", "CVE-2031-2 npm ferry: grype"]
    );
}

/// A tool that speaks of some package at a place has read the lockfiles of that ecosystem there, and
/// its silence about another one of it counts. Of which ecosystem an unknown one is, nobody knows.
#[test]
fn silence_is_a_look_only_within_a_known_ecosystem() {
    for (ecosystem, expected) in
        [(Ecosystem::NPM, Sight::Clear), (Ecosystem::UNKNOWN, Sight::Unseen)]
    {
        let release = Place { line: LineId("1.2".to_owned()), tip: Tip::Release };
        let mut of_release = said("trivy", "CVE-2031-1", ecosystem.clone(), "ferry");
        of_release.at = release;
        let at_head = said("trivy", "CVE-2031-2", ecosystem.clone(), "ferry-core");
        let looked = Coverage {
            source: "trivy".to_owned(),
            at: Some(at_head.at.clone()),
            covered: Covered::Complete,
        };
        let world = World::of(&[of_release, at_head], &[looked]);
        let findings = world.findings();
        let of_line = findings.iter().find(|finding| {
            finding.key.vulnerability == "CVE-2031-1" && finding.key.line.0 == "1.2"
        });
        let head = of_line.and_then(|finding| finding.head.as_ref());
        assert_eq!(head.map(|view| view.sight), Some(expected), "{ecosystem}");
    }
}
