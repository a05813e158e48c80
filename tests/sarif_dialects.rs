//! What is true of every dialect of SARIF, over all fixtures, and what real files hold.
//!
//! A fixture is `fixtures/import/sarif/<dialect>/<case>.sarif`, with what is made of it in
//! `<case>.expected.txt`. `UPDATE_GOLDENS=1` writes that anew. Real files are read where
//! `PATCHLINE_DATA` says where they are.
#![expect(clippy::disallowed_methods, reason = "this test reads fixtures and the source")]
#![expect(clippy::print_stderr, reason = "a skipped test says so")]

use std::{
    collections::BTreeSet,
    fmt::Write as _,
    fs,
    hash::{DefaultHasher, Hash as _, Hasher as _},
    path::{Path, PathBuf},
    sync::LazyLock,
};

use patchline::{
    import::{self, Document, Imported, Pieces, Run, sarif::DIALECTS},
    model::{
        AdvisoryClass, Alert, Ecosystem, Expiry, Opinion, Reach, Reported, SeverityClaim, Trouble,
        Weight,
    },
};
use proptest::prelude::*;
use serde_json::Value;

struct Fixture {
    dialect: String,
    path: PathBuf,
    bytes: Vec<u8>,
}

fn children(folder: &Path) -> Vec<PathBuf> {
    let entries =
        fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut found: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).collect();
    found.sort();
    found
}

fn name(path: &Path) -> &str {
    path.file_name().and_then(|name| name.to_str()).expect("UTF-8")
}

fn fixtures() -> Vec<Fixture> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/import/sarif");
    let mut found = Vec::new();
    for folder in children(&root) {
        for path in children(&folder) {
            if path.extension().is_some_and(|extension| extension == "sarif") {
                let dialect = name(&folder).to_owned();
                found.push(Fixture { dialect, bytes: fs::read(&path).expect("a fixture"), path });
            }
        }
    }
    found
}

fn read(bytes: &[u8]) -> Imported {
    let document = Document::open(bytes);
    match import::importer(&document, None) {
        Some(importer) if importer.id() == "sarif" => importer.read(&document),
        _ => {
            Imported { trouble: vec![Trouble::warning("this is no SARIF")], ..Imported::default() }
        }
    }
}

fn severity(claim: Option<&SeverityClaim>) -> String {
    claim.map_or_else(String::new, |claim| {
        let score = claim.score.map(|score| format!(" {score}")).unwrap_or_default();
        format!(" {}={}{score}", claim.scale.as_str(), claim.rating.as_str())
    })
}

fn place(file: Option<&str>, row: Option<std::num::NonZeroU32>) -> String {
    let row = row.map(|row| format!(":{row}")).unwrap_or_default();
    format!("{}{row}", file.unwrap_or("-"))
}

fn shown_claim(claim: &Reported) -> String {
    let advisory = &claim.advisory;
    let mut out = format!(
        "{} {} {} {} {}",
        advisory.id,
        advisory.ecosystem,
        advisory.package,
        claim.version.as_deref().unwrap_or("-"),
        place(claim.file.as_deref(), claim.row)
    );
    let _ = write!(out, " {:?} {}", advisory.class, claim.certainty.as_str());
    if claim.reach != Reach::Unasked {
        let _ = write!(out, " {}", claim.reach.as_str());
    }
    for claim in &advisory.severity {
        out.push_str(&severity(Some(claim)));
    }
    if !advisory.aliases.is_empty() {
        let _ = write!(out, " aka {}", advisory.aliases.join(","));
    }
    if !advisory.patched.is_empty() {
        let _ =
            write!(out, " fixed {} ({} ordered)", advisory.patched.join(","), advisory.fixed.len());
    }
    if !claim.path.is_empty() {
        let _ = write!(out, " via {}", claim.path.join(" > "));
    }
    let _ = write!(out, " | {}", advisory.title);
    out
}

fn shown_alert(alert: &Alert) -> String {
    let mut out = format!(
        "{} {} {}{}",
        alert.rule,
        alert.level.as_str(),
        place(alert.file.as_deref(), alert.row),
        severity(alert.severity.as_ref())
    );
    if !alert.fingerprints.is_empty() {
        let keys: Vec<&str> = alert.fingerprints.iter().map(|(key, _)| key).collect();
        let _ = write!(out, " by {}", keys.join(","));
    }
    if let Some(why) = &alert.suppressed {
        let _ = write!(out, " suppressed: {why}");
    }
    let _ = write!(out, " | {}", alert.message.lines().next().unwrap_or_default());
    out
}

fn shown_opinion(opinion: &Opinion) -> String {
    let ids: Vec<&str> = opinion.ids.iter().map(String::as_str).collect();
    let package = opinion.package.as_ref().map(|one| format!("{} {:?}", one.name, one.version));
    let end = match &opinion.expiry {
        Expiry::Never => "never".to_owned(),
        Expiry::At(instant) => instant.to_string(),
        Expiry::Unreadable(text) => format!("unreadable {text}"),
    };
    format!(
        "{} {} {} until {end} by {:?}: {:?}",
        opinion.stance.as_str(),
        ids.join(","),
        package.unwrap_or_default(),
        opinion.by,
        opinion.reason
    )
}

fn shown_trouble(trouble: &Trouble) -> String {
    format!("! {} {}", trouble.weight.as_str(), trouble.message)
}

fn shown_run(run: &Run) -> String {
    let version = run.version.as_deref().unwrap_or("-");
    let mut out = format!("{} {version}, {} results\n", run.source, run.results);
    if run.about != import::Provenance::default() {
        let _ = writeln!(out, "  about {:?}", run.about);
    }
    for why in &run.incomplete {
        let _ = writeln!(out, "  incomplete: {why}");
    }
    for (mark, rows) in [
        ("package", run.reported.iter().map(shown_claim).collect::<Vec<_>>()),
        ("alert", run.alerts.iter().map(shown_alert).collect()),
        ("opinion", run.opinions.iter().map(shown_opinion).collect()),
    ] {
        for row in rows {
            let _ = writeln!(out, "  {mark} {row}");
        }
    }
    for trouble in &run.trouble {
        let _ = writeln!(out, "  {}", shown_trouble(trouble));
    }
    out
}

fn shown(imported: &Imported) -> String {
    let mut out: String = imported.runs.iter().map(shown_run).collect();
    for trouble in &imported.trouble {
        out.push_str(&shown_trouble(trouble));
        out.push('\n');
    }
    out
}

fn data() -> Option<PathBuf> {
    let found = std::env::var_os("PATCHLINE_DATA").map(|data| PathBuf::from(data).join("sarif"));
    let found = found.filter(|folder| folder.is_dir());
    if found.is_none() {
        eprintln!("skipped: PATCHLINE_DATA names no folder with `sarif`");
    }
    found
}

fn real(data: &Path, file: &str) -> Imported {
    read(&fs::read(data.join(file)).unwrap_or_else(|error| panic!("{file}: {error}")))
}

#[test]
fn every_dialect_has_fixtures_and_each_driver_is_claimed_by_one() {
    let fixtures = fixtures();
    for dialect in DIALECTS {
        let has_one = fixtures.iter().any(|fixture| fixture.dialect == dialect.id());
        assert!(has_one, "no fixture for `{}`", dialect.id());
    }
    for fixture in &fixtures {
        let value: Value = serde_json::from_slice(&fixture.bytes).unwrap_or(Value::Null);
        let drivers = value["runs"].as_array().cloned().unwrap_or_default();
        for run in drivers {
            let driver = run["tool"]["driver"]["name"].as_str().unwrap_or_default().to_owned();
            let claiming: Vec<&str> = DIALECTS
                .iter()
                .filter(|dialect| dialect.claims(&driver))
                .map(|dialect| dialect.id())
                .collect();
            assert_eq!(claiming, [fixture.dialect.as_str()], "{}", fixture.path.display());
        }
    }
}

#[test]
fn every_dialect_is_registered_under_the_name_of_its_file() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/import/sarif");
    let is_dialect = |path: &PathBuf| {
        fs::read_to_string(path).is_ok_and(|text| text.contains("impl Dialect for"))
    };
    let files: BTreeSet<String> = children(&folder)
        .iter()
        .filter(|path| is_dialect(path))
        .map(|path| name(path).trim_end_matches(".rs").replace('_', "-"))
        .collect();
    let ids: BTreeSet<String> = DIALECTS.iter().map(|dialect| dialect.id().to_owned()).collect();
    assert_eq!(ids.len(), DIALECTS.len(), "two dialects have one id");
    assert_eq!(ids, files);
}

#[test]
fn fixtures_are_read_as_expected() {
    let mut wrong = Vec::new();
    for fixture in fixtures() {
        let expected = fixture.path.with_extension("expected.txt");
        let made = shown(&read(&fixture.bytes));
        if std::env::var_os("UPDATE_GOLDENS").is_some() {
            fs::write(&expected, &made).expect("a golden");
        } else if fs::read_to_string(&expected).unwrap_or_default() != made {
            wrong.push(format!("{}\n{made}", expected.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What a report claims, without what is said of it.
fn claims(imported: &Imported) -> BTreeSet<String> {
    let of_run = |run: &Run| -> Vec<String> {
        let packages = run.reported.iter().map(|claim| {
            let advisory = &claim.advisory;
            format!("{} {} {} {:?}", run.source, advisory.id, advisory.package, claim.version)
        });
        let alerts =
            run.alerts.iter().map(|one| format!("{} {} {}", one.source, one.rule, one.message));
        packages.chain(alerts).collect()
    };
    imported.runs.iter().flat_map(of_run).collect()
}

#[test]
fn a_cut_report_claims_nothing_that_the_whole_one_does_not_and_says_that_it_is_cut() {
    for fixture in fixtures() {
        let whole = claims(&read(&fixture.bytes));
        for end in 0..fixture.bytes.len() {
            let cut = read(fixture.bytes.get(..end).unwrap_or_default());
            let more: Vec<String> = claims(&cut).difference(&whole).cloned().collect();
            assert!(more.is_empty(), "{} cut at {end}: {more:?}", fixture.path.display());
            // Every fixture ends with a line feed, and some with words after it.
            let is_whole = end + 25 >= fixture.bytes.len();
            let says_so = cut.trouble.iter().any(|one| one.weight == Weight::Warning);
            assert!(says_so || is_whole || cut.runs.is_empty() || fixture.dialect == "generic");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3_000, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_in_a_report_reading_it_ends(
        which in any::<prop::sample::Index>(),
        edits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0..3_u8), 1..6),
    ) {
        static FIXTURES: LazyLock<Vec<Fixture>> = LazyLock::new(fixtures);
        let mut bytes = which.get(&FIXTURES).bytes.clone();
        for (at, byte, edit) in edits {
            let at = at.index(bytes.len());
            match edit {
                0 => bytes[at] = byte,
                1 => bytes.insert(at, b"{}[]\",:0-\\n"[usize::from(byte) % 11]),
                _ => drop(bytes.remove(at)),
            }
            prop_assume!(!bytes.is_empty());
        }
        let imported = read(&bytes);
        for run in &imported.runs {
            prop_assert!(!run.source.is_empty());
            for claim in &run.reported {
                prop_assert!(!claim.advisory.package.is_empty());
                prop_assert!(!claim.advisory.id.is_empty());
            }
        }
    }
}

/// JSON with the keys of every object in another order.
fn reordered(value: &Value, seed: u64) -> String {
    match value {
        Value::Object(map) => {
            let mut entries: Vec<(&String, &Value)> = map.iter().collect();
            entries.sort_by_key(|(key, _)| {
                let mut hash = DefaultHasher::new();
                (seed, key).hash(&mut hash);
                hash.finish()
            });
            let entry = |(key, value): &(&String, &Value)| {
                format!("{}:{}", Value::from(key.as_str()), reordered(value, seed))
            };
            format!("{{{}}}", entries.iter().map(entry).collect::<Vec<_>>().join(","))
        }
        Value::Array(list) => {
            let elements: Vec<String> = list.iter().map(|one| reordered(one, seed)).collect();
            format!("[{}]", elements.join(","))
        }
        other => other.to_string(),
    }
}

#[test]
fn the_order_of_keys_means_nothing() {
    let mut read_again = 0;
    for fixture in fixtures() {
        let Ok(value) = serde_json::from_slice::<Value>(&fixture.bytes) else { continue };
        let expected = shown(&read(&fixture.bytes));
        for seed in 0..20 {
            let made = shown(&read(reordered(&value, seed).as_bytes()));
            assert_eq!(made, expected, "{}", fixture.path.display());
        }
        read_again += 1;
    }
    assert!(read_again > 15);
}

#[test]
fn every_real_file_says_something_and_none_is_lost() {
    let Some(data) = data() else { return };
    let mut files = 0;
    for folder in children(&data).iter().filter(|path| path.is_dir()) {
        for path in children(folder) {
            let bytes = fs::read(&path).expect("a file");
            let imported = read(&bytes);
            let says = |run: &Run| {
                let parts = run.reported.len() + run.alerts.len();
                parts + run.incomplete.len() + run.trouble.len() > 0
            };
            let text = String::from_utf8_lossy(&bytes);
            let parsed = serde_json::from_str::<Value>(text.trim_start_matches('\u{feff}'));
            let runs = parsed.ok().and_then(|log| log["runs"].as_array().cloned());
            let is_silent = !imported.runs.iter().any(says) && imported.trouble.is_empty();
            // By another reader, which is not lenient.
            let results: Vec<usize> = runs
                .unwrap_or_default()
                .iter()
                .map(|run| run["results"].as_array().map_or(0, Vec::len))
                .collect();
            let read: Vec<usize> = imported.runs.iter().map(|run| run.results).collect();
            if !results.is_empty() {
                assert_eq!(read, results, "{}", path.display());
            }
            let is_empty = results.iter().all(|count| *count == 0);
            assert!(!is_silent || is_empty, "{}", path.display());
            files += 1;
        }
    }
    assert!(files >= 100, "{files} files");
}

/// The claims about packages of the first run: id, package, version.
fn packages(imported: &Imported) -> Vec<(&str, &str, &str)> {
    let claims = imported.runs.first().map(|run| run.reported.as_slice()).unwrap_or_default();
    claims
        .iter()
        .map(|claim| {
            let version = claim.version.as_deref().unwrap_or_default();
            (claim.advisory.id.as_str(), claim.advisory.package.as_str(), version)
        })
        .collect()
}

/// Files whose every package was counted by hand: how many claims and alerts, and some claims.
type Truth = (&'static str, usize, usize, &'static [(&'static str, &'static str, &'static str)]);

const TRUTHS: &[Truth] = &[
    (
        "cargo-audit/LOCAL-cargo-audit-0.22.2-absolute.sarif",
        37,
        0,
        &[
            ("RUSTSEC-2024-0421", "idna", "0.1.5"),
            ("RUSTSEC-2024-0421", "idna", "0.2.3"),
            ("RUSTSEC-2024-0421", "idna", "0.3.0"),
            ("RUSTSEC-2019-0036", "failure", "0.1.8"),
            ("yanked", "futures-util", "0.3.24"),
        ],
    ),
    ("cargo-deny/sarif_licenses.sarif", 0, 2, &[]),
    ("cargo-deny/sarif_sources.sarif", 0, 2, &[]),
    // It names no driver.
    ("checkov/results.sarif", 0, 12, &[]),
    ("codeql/advanced-security__filter-sarif__test_input.sarif", 0, 1, &[]),
    (
        // 44 results are 30 pairs of an id and a purl, and one result without a purl.
        "dependency-check/GeoDienstenCentrum__schemaspy-maven-plugin__dependency-check-report.sarif",
        30,
        1,
        &[
            ("CVE-2025-67721", "io.airlift:aircompressor", "0.27"),
            ("CVE-2023-50572", "jline:jline", "2.14.6"),
            ("jquery issue: 162", "jquery", "2.2.3.min"),
        ],
    ),
    (
        "dependency-check/ministryofjustice__hmpps-github-actions__dependency-check-report.sarif",
        2,
        0,
        &[("CVE-2025-22233", "org.springframework:spring-context", "6.2.6")],
    ),
    ("gitleaks/gitleaks_7.5.0.sarif", 0, 8, &[]),
    ("gosec/johnlam90__aws-ssm__gosec.sarif", 0, 6, &[]),
    (
        "govulncheck/issue_15033_sarif.sarif",
        3,
        0,
        &[("GO-2026-4865", "stdlib", "1.25.8"), ("GO-2026-4869", "stdlib", "")],
    ),
    (
        "govulncheck/source_call_sarif_0.sarif",
        4,
        0,
        &[
            ("GO-2021-0054", "github.com/tidwall/gjson", "1.6.5"),
            ("GO-2021-0265", "github.com/tidwall/gjson", "1.6.5"),
            ("GO-2020-0015", "golang.org/x/text", ""),
        ],
    ),
    (
        "grype/grype-directory.sarif",
        2,
        0,
        &[("CVE-1999-0001", "package-1", "1.1.1"), ("CVE-1999-0002", "package-2", "2.2.2")],
    ),
    ("osv-scanner/TestCommand_Empty_sarif_output_1.sarif", 0, 0, &[]),
    (
        "osv-scanner/TestCommand_Sarif_with_vulns_1.sarif",
        1,
        0,
        &[("CVE-2021-23424", "ansi-html", "0.0.1")],
    ),
    ("scorecard/check8.sarif", 0, 4, &[]),
    ("semgrep/pngouin__test-sarif-semgrep__semgrep.sarif", 0, 577, &[]),
    (
        "snyk/glennadjrussell__sarif-results__snyk.v1.sarif",
        59,
        0,
        &[
            ("SNYK-ALPINE313-APKTOOLS-1533754", "apk-tools", "2.12.5-r0"),
            ("SNYK-ALPINE313-BUSYBOX-1920715", "busybox", "1.32.1-r6"),
        ],
    ),
    (
        // Seven results are four vulnerabilities.
        "snyk/snyk-fixtures__npm-two-vuln-deps__snyk.v1.sarif",
        4,
        0,
        &[
            ("SNYK-JS-BL-608877", "bl", "1.1.2"),
            ("npm:hoek:20180212", "hoek", "2.16.3"),
            ("npm:ms:20170412", "ms", "0.7.3"),
            ("npm:tunnel-agent:20170305", "tunnel-agent", "0.4.3"),
        ],
    ),
    ("snyk/test__jest__acceptance__snyk-code__fixtures__test-sarif.sarif", 0, 11, &[]),
    ("spotbugs/spotbugs.sarif", 0, 56, &[]),
    (
        "trivy/aquasecurity__trivy-sarif-demo__debug-trivy-results.sarif",
        124,
        0,
        &[("CVE-2018-14618", "curl", "7.61.0-r0"), ("CVE-2019-5481", "curl", "7.61.0-r0")],
    ),
    // Neither a version nor a line for the package: Trivy's template of 2020.
    ("trivy/aquasecurity__trivy-sarif-demo__report.sarif", 0, 10, &[]),
    (
        "trivy/austimkelly__trivy-test-ghas__trivy-results.sarif",
        21,
        0,
        &[
            ("CVE-2024-26597", "linux-libc-dev", "5.15.0-97.107"),
            ("CVE-2023-34541", "langchain", "0.0.171"),
        ],
    ),
    (
        "trivy/ministryofjustice__hmpps-github-actions__trivy-results.sarif",
        46,
        0,
        &[
            ("CVE-2024-53203", "linux-libc-dev", "6.1.137-1"),
            ("CVE-2025-37914", "linux-libc-dev", "6.1.137-1"),
        ],
    ),
];

#[test]
fn real_files_give_the_ids_packages_and_versions_that_they_hold() {
    let Some(data) = data() else { return };
    for (file, claims, alerts, some) in TRUTHS {
        let imported = real(&data, file);
        let found = packages(&imported);
        let run = imported.runs.first().expect(file);
        assert_eq!((found.len(), run.alerts.len()), (*claims, *alerts), "{file}");
        for expected in *some {
            assert!(found.contains(expected), "{file}: {expected:?} is not in {found:?}");
        }
    }
}

fn count(imported: &Imported, is_meant: impl Fn(&Reported) -> bool) -> usize {
    imported.runs.iter().flat_map(|run| &run.reported).filter(|claim| is_meant(claim)).count()
}

#[test]
fn real_files_give_what_else_their_tools_say() {
    let Some(data) = data() else { return };
    let audit = real(&data, "cargo-audit/LOCAL-cargo-audit-0.22.2-absolute.sarif");
    for (class, expected) in [
        (AdvisoryClass::Vulnerability, 25),
        (AdvisoryClass::Unmaintained, 6),
        (AdvisoryClass::Unsound, 5),
        (AdvisoryClass::Yanked, 1),
    ] {
        assert_eq!(count(&audit, |claim| claim.advisory.class == class), expected, "{class:?}");
    }
    assert_eq!(count(&audit, |claim| claim.file.as_deref() == Some("Cargo.lock")), 37);

    // The level is `error` in all of these, but only one scan looked at calls.
    for (file, called, imported, required) in [
        ("binary_sarif_0", 2, 1, 1),
        ("source_call_sarif_0", 2, 1, 1),
        ("source_package_sarif_0", 0, 3, 1),
        ("source_module_sarif_0", 0, 0, 4),
    ] {
        let report = real(&data, &format!("govulncheck/{file}.sarif"));
        let reached = |reach| count(&report, |claim| claim.reach == reach);
        let found = (reached(Reach::Called), reached(Reach::Imported), reached(Reach::Required));
        assert_eq!(found, (called, imported, required), "{file}");
    }

    let osv = real(&data, "osv-scanner/TestCommand_Sarif_with_vulns_1.sarif");
    let ansi = &osv.runs[0].reported[0].advisory;
    assert_eq!(ansi.aliases, ["GHSA-whgm-jr23-g3j9"]);
    assert_eq!(ansi.patched, ["0.0.8"]);
    assert_eq!(ansi.ecosystem, Ecosystem::NPM);

    let container =
        real(&data, "trivy/ministryofjustice__hmpps-github-actions__trivy-results.sarif");
    for (package, version, expected) in
        [("linux-libc-dev", "6.1.137-1", 25), ("stdlib", "1.19.4", 18), ("stdlib", "1.20.12", 3)]
    {
        let is_meant = |claim: &Reported| {
            claim.advisory.package == package && claim.version.as_deref() == Some(version)
        };
        assert_eq!(count(&container, is_meant), expected, "{package} {version}");
    }

    let ruby = real(&data, "snyk/snyk-fixtures__ruby-simple-vuln-gem__snyk.sarif");
    let is_nokogiri = |claim: &Reported| {
        claim.advisory.package == "nokogiri" && claim.version.as_deref() == Some("1.5.4")
    };
    assert_eq!((count(&ruby, is_nokogiri), count(&ruby, |_| true)), (15, 16));

    let code = real(&data, "snyk/test__jest__acceptance__snyk-code__fixtures__test-sarif.sarif");
    let suppressed = code.runs[0].alerts.iter().filter(|alert| alert.suppressed.is_some());
    assert_eq!(suppressed.count(), 2);
    let tutorial = real(&data, "sarif-tutorials/Suppressions.sarif");
    let suppressed = tutorial.runs[0].alerts.iter().filter(|alert| alert.suppressed.is_some());
    assert_eq!(suppressed.count(), 7);
}

#[test]
fn a_report_of_a_failure_is_never_an_empty_report() {
    let Some(data) = data() else { return };
    for file in [
        "codeql-action/invalid-sarif.sarif",
        "sarif-tutorials/ExceptionalConditions__Catastrophic_configuration_error.sarif",
        "sarif-tutorials/ExceptionalConditions__One_run_no_results.sarif",
        "sarif-tutorials/Notifications.sarif",
        "spotbugs/spotbugs.sarif",
    ] {
        let imported = real(&data, file);
        assert!(imported.runs.iter().all(|run| !run.incomplete.is_empty()), "{file}");
    }
    let empty = real(&data, "sarif-tutorials/ExceptionalConditions__One_run_empty_results.sarif");
    assert_eq!((empty.runs.len(), empty.trouble.len()), (1, 0));
    assert!(empty.runs[0].incomplete.is_empty());
    let none = real(&data, "sarif-tutorials/ExceptionalConditions__No_runs.sarif");
    assert!(none.runs.is_empty() && !none.trouble.is_empty());
}

/// Bytes that are read like those of a file; from `broken` on they cannot be.
#[derive(Debug)]
struct InPieces<'a> {
    bytes: &'a [u8],
    broken: usize,
}

impl Pieces for InPieces<'_> {
    fn length(&self) -> usize {
        self.bytes.len()
    }

    fn read(&self, at: usize, into: &mut [u8]) -> Result<(), String> {
        if at + into.len() > self.broken {
            return Err("the disk is broken".to_owned());
        }
        into.copy_from_slice(&self.bytes[at..at + into.len()]);
        Ok(())
    }
}

fn read_in_pieces(bytes: &[u8], broken: usize) -> Option<Imported> {
    let pieces = InPieces { bytes, broken };
    let document = Document::open_pieces(&pieces)?;
    Some(import::importer(&document, None)?.read(&document))
}

/// A log that is larger than what is read at once, with results of many lengths.
fn large() -> String {
    let results: Vec<String> = (0..3_000)
        .map(|number| {
            let text = "\\\"é{[".repeat(number % 97);
            format!(
                "{{\"ruleId\":\"r/{number}\",\"message\":{{\"text\":\"{text}\"}},\n\
                 \"suppressions\":[{{\"kind\":\"external\"}}]}}"
            )
        })
        .collect();
    format!(
        "{{\"runs\":[{{\"results\":[{}],\n \"tool\":{{\"driver\":{{\"name\":\"x\"}}}}}}]}}",
        results.join(",\n")
    )
}

#[test]
fn a_report_says_the_same_if_it_is_read_in_pieces() {
    for fixture in fixtures() {
        if let Some(imported) = read_in_pieces(&fixture.bytes, usize::MAX) {
            assert_eq!(imported, read(&fixture.bytes), "{}", fixture.path.display());
        }
    }
    let large = large();
    let whole = read(large.as_bytes());
    assert_eq!(whole.runs[0].alerts.len(), 3_000);
    for end in [large.len(), large.len() - 1, 700_001, 262_145, 262_144, 262_143, 9] {
        let bytes = &large.as_bytes()[..end];
        let imported = read_in_pieces(bytes, usize::MAX).unwrap_or_else(|| read(bytes));
        assert_eq!(imported, read(bytes), "cut at {end}");
    }
}

#[test]
fn a_report_that_cannot_be_read_to_its_end_is_incomplete() {
    let large = large();
    let imported = read_in_pieces(large.as_bytes(), 600_000).expect("SARIF");
    assert!(imported.runs.iter().all(|run| !run.incomplete.is_empty()));
    assert!(imported.trouble.iter().any(|trouble| trouble.message.contains("the disk is broken")));
}
