//! What is true of every importer, over all fixtures.
//!
//! A fixture is `fixtures/import/<importer>/<case>.<extension>`, with what is made of it in
//! `<case>.expected.txt`. `UPDATE_GOLDENS=1` writes that anew. The dialects of SARIF have fixtures
//! and a test of their own; what is true of every document is asked of them here, too.
#![expect(clippy::disallowed_methods, reason = "this test reads fixtures and the source")]

use std::{
    collections::BTreeSet,
    fmt::Write as _,
    fs,
    num::NonZeroU32,
    path::{Path, PathBuf},
};

use patchline::{
    import::{self, Document, Imported, Importer, Run},
    model::{
        AdvisoryClass, Alert, Certainty, Expiry, Opinion, Reach, Reported, SeverityClaim, Trouble,
        Weight, canonical_id,
    },
};
use serde_json::Value;

/// Its fixtures lie one folder deeper, by dialect.
const SARIF: &str = "sarif";

struct Fixture {
    importer: &'static dyn Importer,
    name: String,
    bytes: Vec<u8>,
    expected: PathBuf,
}

impl Fixture {
    fn read(&self, bytes: &[u8]) -> Imported {
        self.importer.read(&Document::open(bytes))
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}

fn children(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("a folder");
    let mut found: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).collect();
    found.sort();
    found
}

fn name(path: &Path) -> String {
    path.file_name().and_then(|name| name.to_str()).expect("UTF-8").to_owned()
}

fn native() -> impl Iterator<Item = &'static dyn Importer> {
    import::ALL.iter().copied().filter(|importer| importer.id() != SARIF)
}

fn fixtures() -> Vec<Fixture> {
    let mut found = Vec::new();
    for folder in children(&root().join("fixtures/import")) {
        let id = name(&folder).replace('_', "-");
        if id == SARIF {
            continue;
        }
        let importer = native().find(|importer| importer.id() == id);
        let importer = importer.unwrap_or_else(|| panic!("no importer is called `{id}`"));
        for path in children(&folder) {
            let file = name(&path);
            if file.ends_with(".expected.txt") {
                continue;
            }
            let case = file.split('.').next().expect("a name");
            found.push(Fixture {
                importer,
                name: format!("{id}/{file}"),
                bytes: fs::read(&path).expect("a fixture"),
                expected: folder.join(format!("{case}.expected.txt")),
            });
        }
    }
    found
}

/// One row for each thing that was read.
fn shown(imported: &Imported) -> String {
    let mut out = String::new();
    for run in &imported.runs {
        let version = run.version.as_deref().unwrap_or("-");
        let _ = write!(out, "run {} {version}, {} results", run.source, run.results);
        let about = &run.about;
        for (key, value) in [
            ("commit", &about.commit),
            ("branch", &about.branch),
            ("tag", &about.tag),
            ("repository", &about.repository),
        ] {
            if let Some(value) = value {
                let _ = write!(out, " {key}={value}");
            }
        }
        out.push('\n');
        for row in rows(run) {
            let _ = writeln!(out, "  {row}");
        }
    }
    for trouble in &imported.trouble {
        let _ = writeln!(out, "{}", of_trouble(trouble));
    }
    out
}

fn rows(run: &Run) -> Vec<String> {
    let mut rows = Vec::new();
    rows.extend(run.reported.iter().map(of_claim));
    rows.extend(run.alerts.iter().map(of_alert));
    rows.extend(run.opinions.iter().map(of_opinion));
    rows.extend(run.incomplete.iter().map(|because| format!("incomplete: {because}")));
    rows.extend(run.trouble.iter().map(of_trouble));
    rows
}

fn of_claim(claim: &Reported) -> String {
    let advisory = &claim.advisory;
    let mut names = vec![advisory.id.as_str()];
    names.extend(advisory.aliases.iter().map(String::as_str));
    let mut row = format!(
        "{} {} {} {} {}",
        names.join("="),
        advisory.class.as_str(),
        advisory.ecosystem,
        advisory.package,
        claim.version.as_deref().unwrap_or("-"),
    );
    if let Some(file) = &claim.file {
        let _ = write!(row, " in {}", place(file, claim.row));
    }
    if !advisory.patched.is_empty() {
        let fixed: Vec<String> = advisory.fixed.iter().map(ToString::to_string).collect();
        let _ = write!(row, " patched={} fixed={}", advisory.patched.join(","), fixed.join(","));
    }
    for claim in &advisory.severity {
        let _ = write!(row, " {}", of_severity(claim));
    }
    if claim.certainty != Certainty::Certain {
        let _ = write!(row, " {}", claim.certainty.as_str());
    }
    if claim.reach != Reach::Unasked {
        let _ = write!(row, " reach={:?}", claim.reach);
    }
    for (key, date) in [("published", advisory.date), ("fixed-on", advisory.fixed_on)] {
        if let Some(date) = date {
            let _ = write!(row, " {key}={date}");
        }
    }
    if !advisory.is_of_default_registry {
        row.push_str(" other-registry");
    }
    if !claim.path.is_empty() {
        let _ = write!(row, " path={}", claim.path.join(" > "));
    }
    if let Some(url) = &advisory.url {
        let _ = write!(row, " {url}");
    }
    let details = advisory.details.lines().next().unwrap_or_default();
    let _ = write!(row, " | {} | {details}", advisory.title);
    row.trim_end_matches(" | ").to_owned()
}

fn of_alert(alert: &Alert) -> String {
    let mut row = format!("alert {} {} {}", alert.source, alert.rule, alert.level.as_str());
    if let Some(claim) = &alert.severity {
        let _ = write!(row, " {}", of_severity(claim));
    }
    if let Some(file) = &alert.file {
        let _ = write!(row, " in {}", place(file, alert.row));
    }
    for (key, value) in alert.fingerprints.iter() {
        let _ = write!(row, " {key}={value}");
    }
    if let Some(reason) = &alert.suppressed {
        let _ = write!(row, " suppressed ({reason})");
    }
    let _ = write!(row, " | {}", alert.message);
    row
}

fn of_opinion(opinion: &Opinion) -> String {
    let ids: Vec<&str> = opinion.ids.iter().map(String::as_str).collect();
    let mut row = format!("opinion {} {} {}", opinion.kind, ids.join("="), opinion.stance.as_str());
    if let Some(package) = &opinion.package {
        let version = package.version.as_deref().unwrap_or("-");
        let _ = write!(row, " {} {} {version}", package.ecosystem, package.name);
    }
    if let Some(justification) = &opinion.justification {
        let _ = write!(row, " {justification}");
    }
    match &opinion.expiry {
        Expiry::Never => {}
        Expiry::At(end) => {
            let _ = write!(row, " until {end}");
        }
        Expiry::Unreadable(end) => {
            let _ = write!(row, " until ? {end}");
        }
    }
    if let Some(by) = &opinion.by {
        let _ = write!(row, " by {by}");
    }
    for demand in &opinion.only_if {
        let _ = write!(row, " only-if {demand}");
    }
    let _ = write!(row, " | {}", opinion.reason.as_deref().unwrap_or_default());
    row
}

fn of_severity(claim: &SeverityClaim) -> String {
    let score = claim.score.map(|score| format!("({score:.1})")).unwrap_or_default();
    format!("{}:{}:{}{score}", claim.by, claim.scale.as_str(), claim.rating.as_str())
}

fn of_trouble(trouble: &Trouble) -> String {
    let weight = match trouble.weight {
        Weight::Info => "info",
        Weight::Warning => "warning",
    };
    let hint = trouble.hint.as_ref().map(|hint| format!(" ({hint})")).unwrap_or_default();
    format!("! {weight} {}{hint}", trouble.message)
}

fn place(file: &str, row: Option<NonZeroU32>) -> String {
    row.map_or_else(|| file.to_owned(), |row| format!("{file}:{row}"))
}

/// Everything that a document claims, without order.
fn claims(imported: &Imported) -> BTreeSet<String> {
    let claims = |run: &Run| -> Vec<String> {
        let rows = run.reported.iter().map(of_claim).chain(run.alerts.iter().map(of_alert));
        rows.map(|row| format!("{} {row}", run.source)).collect()
    };
    imported.runs.iter().flat_map(claims).collect()
}

/// Which vulnerability of which package at which version, and no more.
fn identities(imported: &Imported) -> BTreeSet<(String, String, Option<String>)> {
    let reported = imported.runs.iter().flat_map(|run| &run.reported);
    reported
        .map(|claim| {
            let advisory = &claim.advisory;
            (advisory.id.clone(), advisory.package.clone(), claim.version.clone())
        })
        .collect()
}

/// True if somebody reading the outcome is told that something is missing.
fn is_said_to_lack(imported: &Imported) -> bool {
    let is_warning = |trouble: &Trouble| trouble.weight == Weight::Warning;
    imported.trouble.iter().any(is_warning)
        || imported
            .runs
            .iter()
            .any(|run| !run.incomplete.is_empty() || run.trouble.iter().any(is_warning))
}

fn check(imported: &Imported, of: &str) {
    for run in &imported.runs {
        assert!(!run.source.is_empty(), "{of}");
        for claim in &run.reported {
            let advisory = &claim.advisory;
            assert!(!advisory.id.is_empty() && !advisory.package.is_empty(), "{of}: {claim:?}");
            assert_eq!(canonical_id(&advisory.id), advisory.id, "{of}");
            assert!(advisory.aliases.is_sorted() && !advisory.aliases.contains(&advisory.id));
            assert!(advisory.fixed.is_sorted(), "{of}: {claim:?}");
            let canonical = advisory.ecosystem.canonical(&advisory.package);
            assert_eq!(canonical, advisory.package, "{of}");
            let version = claim.version.as_deref().unwrap_or_default();
            assert_eq!(advisory.ecosystem.version(version), version, "{of}");
            check_file(claim.file.as_deref(), of);
        }
        for alert in &run.alerts {
            assert!(!alert.rule.is_empty(), "{of}: {alert:?}");
            check_file(alert.file.as_deref(), of);
        }
        for opinion in &run.opinions {
            assert!(!opinion.ids.is_empty() || opinion.package.is_some(), "{of}: {opinion:?}");
        }
        assert!(run.trouble.len() < 1_000 && run.incomplete.len() < 1_000, "{of}");
    }
}

fn check_file(file: Option<&str>, of: &str) {
    let is_inside = |path: &str| !path.is_empty() && !path.starts_with('/') && !path.contains('\\');
    assert!(file.is_none_or(is_inside), "{of}: {file:?}");
}

/// Numbers that look random and are the same in every run.
fn dice(mut seed: u64) -> impl FnMut(usize) -> usize {
    move |below| {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        usize::try_from(seed % below.max(1) as u64).expect("it is small")
    }
}

#[test]
fn every_importer_is_registered_under_the_name_of_its_file() {
    let mut files = BTreeSet::new();
    for path in children(&root().join("src/import")) {
        let text = fs::read_to_string(&path).unwrap_or_default();
        if text.contains("impl Importer for") {
            files.insert(name(&path).trim_end_matches(".rs").replace('_', "-"));
        }
    }
    let ids: Vec<String> = import::ALL.iter().map(|importer| importer.id().to_owned()).collect();
    assert!(ids.is_sorted(), "{ids:?}");
    assert_eq!(ids.iter().cloned().collect::<BTreeSet<_>>(), files);
    assert_eq!(ids.len(), files.len(), "two importers have one id");
    for id in &ids {
        let found = import::importer(&Document::open(b""), Some(id));
        assert!(found.is_some_and(|importer| importer.id() == id), "{id}");
    }
}

#[test]
fn every_importer_has_fixtures_and_each_is_claimed_by_its_importer_alone() {
    let fixtures = fixtures();
    for importer in native() {
        let has_one = fixtures.iter().any(|fixture| fixture.importer.id() == importer.id());
        assert!(has_one, "`{}` has no fixture", importer.id());
    }
    for fixture in &fixtures {
        let document = Document::open(&fixture.bytes);
        let claiming = import::ALL.iter().filter(|importer| importer.claims(&document));
        let claiming: Vec<&str> = claiming.map(|importer| importer.id()).collect();
        assert_eq!(claiming, [fixture.importer.id()], "{}", fixture.name);
    }
}

#[test]
fn every_fixture_gives_what_is_expected_of_it() {
    let mut differ = Vec::new();
    for fixture in fixtures() {
        let imported = fixture.read(&fixture.bytes);
        check(&imported, &fixture.name);
        let found = shown(&imported);
        if std::env::var_os("UPDATE_GOLDENS").is_some() {
            fs::write(&fixture.expected, &found).expect("a golden");
        }
        let expected = fs::read_to_string(&fixture.expected).unwrap_or_default();
        if found != expected.replace("\r\n", "\n") {
            differ.push(format!("{}:\n{found}", fixture.expected.display()));
        }
    }
    assert!(differ.is_empty(), "{}", differ.join("\n"));
}

#[test]
fn a_byte_order_mark_and_a_banner_change_nothing() {
    for fixture in fixtures() {
        let expected = shown(&fixture.read(&fixture.bytes));
        let marked = [b"\xef\xbb\xbf", fixture.bytes.as_slice()].concat();
        assert_eq!(shown(&fixture.read(&marked)), expected, "{}", fixture.name);
        let greeted = [b"Scanning...\n", fixture.bytes.as_slice()].concat();
        assert_eq!(shown(&fixture.read(&greeted)), expected, "{}", fixture.name);
    }
}

#[test]
fn the_order_of_keys_changes_nothing() {
    let mut random = dice(0x9e37_79b9_7f4a_7c15);
    for fixture in fixtures() {
        let document = Document::open(&fixture.bytes);
        if document.cut.is_some() {
            continue;
        }
        let sets = |imported: &Imported| -> Vec<BTreeSet<String>> {
            imported.runs.iter().map(|run| rows(run).into_iter().collect()).collect()
        };
        let expected = sets(&fixture.read(&fixture.bytes));
        let is_list = matches!(document.json(), Some(Value::Array(_)));
        for _ in 0..5 {
            let values = document.values().iter();
            let values: Vec<String> = values.map(|value| shuffled(value, &mut random)).collect();
            let text = if is_list { format!("[{}]", values.join(",")) } else { values.join("\n") };
            assert_eq!(sets(&fixture.read(text.as_bytes())), expected, "{}", fixture.name);
        }
    }
}

/// The same value with the keys of its objects in another order.
fn shuffled(value: &Value, random: &mut impl FnMut(usize) -> usize) -> String {
    match value {
        Value::Object(object) => {
            let mut entries: Vec<String> = object
                .iter()
                .map(|(key, value)| {
                    format!("{}:{}", Value::from(key.as_str()), shuffled(value, random))
                })
                .collect();
            for last in (1..entries.len()).rev() {
                entries.swap(last, random(last + 1));
            }
            format!("{{{}}}", entries.join(","))
        }
        Value::Array(list) => {
            let list: Vec<String> = list.iter().map(|value| shuffled(value, random)).collect();
            format!("[{}]", list.join(","))
        }
        other => other.to_string(),
    }
}

#[test]
fn a_report_that_was_cut_adds_no_claim_and_is_never_whole() {
    for fixture in fixtures() {
        let whole = fixture.read(&fixture.bytes);
        let all = identities(&whole);
        let end = fixture.bytes.trim_ascii_end().len();
        // Every byte of a small report, and about 700 places of a larger one.
        for end in (0..end).step_by(1 + end / 700) {
            let cut = fixture.read(&fixture.bytes[..end]);
            let added: Vec<_> = identities(&cut).difference(&all).cloned().collect();
            assert!(added.is_empty(), "{}, {end} bytes: {added:?}", fixture.name);
            let document = Document::open(&fixture.bytes[..end]);
            if document.cut.is_some() || document.values().is_empty() {
                assert!(is_said_to_lack(&cut), "{}, {end} bytes", fixture.name);
            }
        }
    }
}

#[test]
fn no_change_of_a_report_makes_an_importer_fail() {
    let mut random = dice(0x2545_f491_4f6c_dd1d);
    let pieces: [&[u8]; 26] = [
        b"\"",
        b"{",
        b"}",
        b"[",
        b"]",
        b":",
        b",",
        b"\n",
        b"null",
        b"true",
        b"0",
        b"-1",
        b"1e999",
        b"99999999999999999999",
        b"\"\"",
        b"{}",
        b"[]",
        b"[null]",
        b"\\",
        b"\\u0000",
        b"\x00",
        b"\xff",
        "é".as_bytes(),
        "🦀".as_bytes(),
        "\u{202e}".as_bytes(),
        b"../",
    ];
    for fixture in fixtures() {
        for _ in 0..250 {
            let mut bytes = fixture.bytes.clone();
            for _ in 0..=random(3) {
                let from = random(bytes.len());
                let to = (from + random(3)).min(bytes.len());
                bytes.splice(from..to, pieces[random(pieces.len())].iter().copied());
            }
            let document = Document::open(&bytes);
            check(&fixture.importer.read(&document), &fixture.name);
            for importer in import::ALL {
                if importer.claims(&document) || random(10) == 0 {
                    check(&importer.read(&document), importer.id());
                }
            }
        }
    }
}

/// Most changes of bytes make no JSON at all, so values are changed, too.
#[test]
fn no_change_of_a_value_makes_an_importer_fail() {
    let mut random = dice(0x1234_5678_9abc_def1);
    for fixture in fixtures() {
        let document = Document::open(&fixture.bytes);
        let values = document.values();
        for _ in 0..200 {
            let mut changed = values.to_vec();
            let Some(count) = std::num::NonZeroUsize::new(changed.len()) else { continue };
            let at = random(count.get());
            for _ in 0..=random(4) {
                change(&mut changed[at], &mut random);
            }
            let text: Vec<String> = changed.iter().map(Value::to_string).collect();
            check(&fixture.read(text.join("\n").as_bytes()), &fixture.name);
        }
    }
}

/// Replaces or takes away one value somewhere inside.
fn change(value: &mut Value, random: &mut impl FnMut(usize) -> usize) {
    let odd = [
        Value::Null,
        Value::Bool(true),
        Value::from(-1),
        Value::from(0),
        Value::from(1e300),
        Value::from(""),
        Value::from("x".repeat(5_000)),
        Value::from("../../\\\u{202e}\n"),
        Value::Array(vec![]),
        Value::Array(vec![Value::Null, Value::from(1), Value::from("a")]),
        Value::Object(serde_json::Map::new()),
    ];
    let children: Vec<&mut Value> = match value {
        Value::Object(object) if !object.is_empty() && random(8) == 0 => {
            let key = object.keys().nth(random(object.len())).cloned().unwrap_or_default();
            object.remove(&key);
            return;
        }
        Value::Object(object) => object.values_mut().collect(),
        Value::Array(list) => list.iter_mut().collect(),
        _ => Vec::new(),
    };
    let count = children.len();
    if count == 0 || random(8) == 0 {
        *value = odd[random(odd.len())].clone();
    } else if let Some(child) = children.into_iter().nth(random(count)) {
        change(child, random);
    }
}

#[test]
fn what_is_no_report_is_never_a_clean_run() {
    for text in [
        "",
        "\n",
        "error: no such file",
        "null",
        "true",
        "[]",
        "{}",
        "[{}]",
        "[null]",
        "{}{}",
        r#"{"error": "could not fetch the database"}"#,
        r#"{"error": {"code": "ENOAUDIT", "summary": "no lockfile"}}"#,
        r#"{"message": "Not Found", "status": "404"}"#,
        "<html></html>",
    ] {
        let document = Document::open(text.as_bytes());
        let claiming = import::ALL.iter().filter(|importer| importer.claims(&document));
        let claiming: Vec<&str> = claiming.map(|importer| importer.id()).collect();
        // An error document may be known as one tool's.
        assert!(claiming.len() <= 1, "{text}: {claiming:?}");
        for importer in native() {
            let imported = importer.read(&document);
            check(&imported, importer.id());
            assert!(claims(&imported).is_empty(), "{}: {text}", importer.id());
            // GitHub's answer for a repository without alerts, if somebody says that it is GitHub's.
            let is_whole = importer.id() == "dependabot" && text == "[]";
            assert!(is_whole || is_said_to_lack(&imported), "{}: {text}", importer.id());
        }
    }
}

#[test]
fn a_report_of_another_tool_gives_nothing_and_says_so() {
    for fixture in fixtures() {
        let document = Document::open(&fixture.bytes);
        for importer in native().filter(|importer| importer.id() != fixture.importer.id()) {
            let imported = importer.read(&document);
            let of = format!("{} of {}", importer.id(), fixture.name);
            check(&imported, &of);
            assert!(is_said_to_lack(&imported), "{of}: {}", shown(&imported));
        }
    }
}

#[test]
fn hostile_reports_are_read_in_bounded_time_and_memory() {
    let mega = 200_000;
    for text in [
        "[".repeat(mega),
        "{\"a\":".repeat(mega),
        "{}".repeat(mega),
        "{\"vulnerabilities\":".repeat(100),
        format!("{{\"vulnerabilities\":[{}null]}}", "{},".repeat(mega)),
        format!("{{\"matches\":[{}null],\"descriptor\":{{}}}}", "{},".repeat(mega)),
        format!("{{\"results\":[{}null],\"experimental_config\":{{}}}}", "{},".repeat(mega)),
        format!("{{\"SchemaVersion\":2,\"Results\":[{}null]}}", "{},".repeat(mega)),
        "{\"finding\":{}}\n".repeat(mega),
        "{\"type\":\"diagnostic\",\"fields\":{}}\n".repeat(mega),
        "x\n".repeat(2_000),
    ] {
        let document = Document::open(text.as_bytes());
        for importer in import::ALL {
            check(&importer.read(&document), importer.id());
        }
    }
}

#[test]
fn what_is_yanked_has_one_name_whoever_says_it_and_in_whatever_format() {
    for file in [
        "cargo_audit/findings.json",
        "cargo_deny/findings.jsonl",
        "sarif/cargo-audit/kinds.sarif",
        "sarif/cargo-deny/all-checks.sarif",
    ] {
        let bytes = fs::read(root().join("fixtures/import").join(file)).expect("a fixture");
        let document = Document::open(&bytes);
        let importer = import::ALL.iter().find(|importer| importer.claims(&document));
        let read = importer.unwrap_or_else(|| panic!("nobody reads {file}")).read(&document);
        let claims = read.runs.iter().flat_map(|run| &run.reported);
        let yanked: Vec<&str> = claims
            .map(|claim| &claim.advisory)
            .filter(|advisory| advisory.class == AdvisoryClass::Yanked)
            .map(|advisory| advisory.id.as_str())
            .collect();
        assert!(
            !yanked.is_empty() && yanked.iter().all(|id| *id == "yanked"),
            "{file}: {yanked:?}"
        );
    }
}
