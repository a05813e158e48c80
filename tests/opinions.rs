//! What is true of every reader of ignore lists and VEX documents, over all fixtures.
//!
//! A fixture is `fixtures/opinions/<reader>/<case>/<path in a repository>`, with what is made of it
//! in `expected.txt` of its case. `UPDATE_GOLDENS=1` writes that anew.
#![expect(
    clippy::disallowed_methods,
    clippy::print_stderr,
    reason = "this test reads fixtures and the source, and says what it skipped"
)]

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use patchline::{
    model::{Expiry, Opinion, Origin},
    opinion::{self, OpinionReader, Read},
};
use proptest::prelude::*;

/// Formats whose end is marked, so that a file that was cut can add nothing. A row of the others is a
/// whole entry, and the next row may have been its end.
const WITH_AN_END: [&str; 4] = ["csaf", "cyclonedx", "dependency-check", "openvex"];

struct Fixture {
    reader: &'static dyn OpinionReader,
    /// The path in the repository.
    path: String,
    text: String,
    expected: PathBuf,
}

impl Fixture {
    fn read(&self, text: &str) -> Read {
        self.reader.read(text, &at(&self.path))
    }
}

fn at(path: &str) -> Origin {
    Origin { reference: Some("refs/heads/main".to_owned()), path: path.to_owned(), row: None }
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

/// The name of a reader's source file.
fn file_of(id: &str) -> String {
    id.replace(['.', '-'], "_")
}

fn fixtures() -> Vec<Fixture> {
    let mut found = Vec::new();
    for folder in children(&root().join("fixtures/opinions")) {
        let file = name(&folder);
        let reader = opinion::ALL.iter().copied().find(|reader| file_of(reader.id()) == file);
        let reader = reader.unwrap_or_else(|| panic!("no reader is in `{file}`"));
        for case in children(&folder) {
            let mut inside = vec![case.clone()];
            while let Some(path) = inside.pop() {
                if path.is_dir() {
                    inside.extend(children(&path));
                } else if path != case.join("expected.txt") {
                    let in_repository = path.strip_prefix(&case).expect("below its case");
                    found.push(Fixture {
                        reader,
                        path: in_repository.to_str().expect("UTF-8").replace('\\', "/"),
                        text: fs::read_to_string(&path).expect("a fixture"),
                        expected: case.join("expected.txt"),
                    });
                }
            }
        }
    }
    found
}

/// A row for each opinion and trouble.
fn shown(read: &Read) -> String {
    let mut out = String::new();
    for opinion in &read.opinions {
        let row = opinion.origin.row.map_or(0, std::num::NonZeroU32::get);
        let _ = writeln!(out, "{row} {}", told(opinion));
    }
    for trouble in &read.trouble {
        let row = trouble.origin.as_ref().and_then(|origin| origin.row);
        let row = row.map_or(0, std::num::NonZeroU32::get);
        let _ = writeln!(out, "! {row} {} {}", trouble.weight.as_str(), trouble.message);
    }
    out
}

fn told(opinion: &Opinion) -> String {
    let ids: Vec<&str> = opinion.ids.iter().map(String::as_str).collect();
    let mut out = format!("{} {} {}", opinion.kind, opinion.stance.as_str(), ids.join("="));
    if let Some(package) = &opinion.package {
        let version = package.version.as_deref().unwrap_or("*");
        let _ = write!(out, " package={}:{}@{version}", package.ecosystem, package.name);
    }
    match &opinion.expiry {
        Expiry::Never => {}
        Expiry::At(instant) => {
            let _ = write!(out, " until={instant}");
        }
        Expiry::Unreadable(text) => {
            let _ = write!(out, " until=? ({text})");
        }
    }
    for (key, value) in [("because", &opinion.justification), ("by", &opinion.by)] {
        if let Some(value) = value {
            let _ = write!(out, " {key}={value}");
        }
    }
    if !opinion.only_if.is_empty() {
        let _ = write!(out, " only if {}", opinion.only_if.join(" and "));
    }
    if let Some(reason) = &opinion.reason {
        let _ = write!(out, " | {reason}");
    }
    out
}

#[test]
fn every_reader_is_registered_under_the_name_of_its_file() {
    let mut files = BTreeSet::new();
    for path in children(&root().join("src/opinion")) {
        let text = fs::read_to_string(&path).unwrap_or_default();
        if text.contains("impl OpinionReader for") {
            files.insert(name(&path).trim_end_matches(".rs").to_owned());
        }
    }
    let ids: BTreeSet<String> = opinion::ALL.iter().map(|reader| file_of(reader.id())).collect();
    assert_eq!(ids.len(), opinion::ALL.len(), "two readers have one id");
    assert_eq!(ids, files);
    assert!(opinion::kinds().is_sorted());
}

#[test]
fn every_reader_has_fixtures_and_each_is_claimed_by_its_reader_alone() {
    let fixtures = fixtures();
    for reader in opinion::ALL {
        let has_one = fixtures.iter().any(|fixture| fixture.reader.id() == reader.id());
        assert!(has_one, "`{}` has no fixture", reader.id());
    }
    for fixture in &fixtures {
        assert_eq!(claimed(&fixture.path), [fixture.reader.id()], "{}", fixture.path);
    }
}

fn claimed(path: &str) -> Vec<&'static str> {
    let claimed = opinion::ALL.iter().filter(|reader| reader.claims(path));
    claimed.map(|reader| reader.id()).collect()
}

#[test]
fn a_path_belongs_to_one_reader_at_most_and_is_found_by_its_name() {
    let names = [
        "audit.toml",
        "deny.toml",
        ".deny.toml",
        "osv-scanner.toml",
        ".trivyignore",
        ".trivyignore.yaml",
        ".grype.yaml",
        "config.yaml",
        ".snyk",
        ".nsprc",
        "audit-ci.json",
        ".audit-ci.jsonc",
        "suppressions.xml",
        "a.openvex.json",
        "openvex.json",
        "vex.json",
        "a.vex.json",
        "bom.json",
        "a.cdx.json",
        "vex.cdx.json",
        "csaf.json",
        "a-csaf.json",
        "csaf.vex.json",
        "csaf.cdx.json",
        "csaf-bom.json",
        "provider-metadata.json",
        "index.json",
        "package.json",
        "Cargo.lock",
    ];
    let folders = ["", ".cargo/", ".grype/", ".openvex/", ".openvex/a/", ".well-known/csaf/", "a/"];
    for folder in folders {
        for name in names {
            let path = format!("{folder}{name}");
            let claimed = claimed(&path);
            assert!(claimed.len() <= 1, "{path}: {claimed:?}");
            let is_in_folder =
                opinion::FOLDERS.iter().any(|folder| path.starts_with(&format!("{folder}/")));
            let is_found = opinion::may_be_read(name) || is_in_folder;
            assert!(claimed.is_empty() || is_found, "{path}");
        }
    }
    assert!(claimed("Cargo.lock").is_empty() && claimed("package.json").is_empty());
    assert!(claimed("audit.toml").is_empty() && claimed("config.yaml").is_empty());
}

#[test]
fn every_fixture_gives_what_is_expected_of_it() {
    let mut differ = Vec::new();
    for fixture in fixtures() {
        let found = shown(&fixture.read(&fixture.text));
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
fn every_opinion_has_a_row_and_says_what_it_is_about() {
    for fixture in fixtures() {
        let rows = fixture.text.lines().count();
        let read = fixture.read(&fixture.text);
        let origins = read.opinions.iter().map(|opinion| &opinion.origin);
        let troubles = read.trouble.iter().filter_map(|trouble| trouble.origin.as_ref());
        for origin in origins.chain(troubles) {
            assert_eq!(Origin { row: None, ..origin.clone() }, at(&fixture.path));
            let row = origin.row.map_or(0, std::num::NonZeroU32::get) as usize;
            assert!((1..=rows + 1).contains(&row), "{}: {origin:?}", fixture.path);
        }
        for opinion in &read.opinions {
            let is_about_something =
                !opinion.ids.is_empty() || opinion.package.is_some() || !opinion.only_if.is_empty();
            assert!(is_about_something, "{}: {opinion:?}", fixture.path);
            assert_eq!(opinion.at, None);
        }
        for trouble in &read.trouble {
            assert!(trouble.origin.is_some() && !trouble.message.ends_with('.'), "{trouble:?}");
        }
    }
}

#[test]
fn rows_may_end_as_on_windows_and_a_byte_order_mark_changes_nothing() {
    for fixture in fixtures() {
        let expected = shown(&fixture.read(&fixture.text));
        let windows = fixture.text.replace("\r\n", "\n").replace('\n', "\r\n");
        assert_eq!(shown(&fixture.read(&windows)), expected, "{}", fixture.expected.display());
        let marked = format!("\u{feff}{}", fixture.text);
        assert_eq!(shown(&fixture.read(&marked)), expected, "{}", fixture.expected.display());
    }
}

#[test]
fn a_file_that_was_cut_adds_nothing_where_that_can_be_seen() {
    for fixture in fixtures() {
        let whole: BTreeSet<String> =
            fixture.read(&fixture.text).opinions.iter().map(told).collect();
        let has_end = WITH_AN_END.contains(&fixture.reader.id());
        for (end, _) in fixture.text.char_indices().take(6_000) {
            let cut = fixture.read(&fixture.text[..end]);
            // An earlier statement of OpenVEX holds until a later one, which may be cut off.
            let is_new = |opinion: &&Opinion| match opinion.expiry {
                Expiry::Never if opinion.kind == "openvex" => {
                    let told = told(opinion);
                    let (ids, rest) = told.split_once(" by=").unwrap_or((told.as_str(), ""));
                    !whole.iter().any(|own| own.starts_with(ids) && own.ends_with(rest))
                }
                _ => !whole.contains(&told(opinion)),
            };
            let added = cut.opinions.iter().find(is_new);
            assert!(added.is_none() || !has_end, "{}:{end}: {added:?}", fixture.path);
        }
    }
}

#[test]
fn no_change_of_a_file_makes_a_reader_fail() {
    let mut seed = 0x9e37_79b9_7f4a_7c15_u64;
    let mut random = move |below: usize| {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        usize::try_from(seed % below.max(1) as u64).expect("it is small")
    };
    let pieces = [
        "\"",
        "'",
        "{",
        "}",
        "[",
        "]",
        ":",
        ",",
        "#",
        "\n",
        "\t",
        "- ",
        "? ",
        "&a ",
        "*a",
        "| ",
        "---\n",
        "\u{0}",
        "\u{2028}",
        "\u{feff}",
        "é",
        "🦀",
        "\r",
        "\\",
        "<",
        ">",
        "</suppress>",
        "<![CDATA[",
        "&amp;",
        "&a;",
        "null",
        "exp:",
        "[[IgnoredVulns]]\n",
        "999999999999999999999",
        "pkg:",
        "@",
        "%zz",
        "*",
        "$",
        "^",
    ];
    for fixture in fixtures() {
        for _ in 0..400 {
            let mut text = fixture.text.clone();
            for _ in 0..=random(4) {
                let places: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
                let Some(&from) = places.get(random(places.len())) else { break };
                let to = places.iter().copied().find(|at| *at >= from + random(20)).unwrap_or(from);
                text.replace_range(from..to.max(from), pieces[random(pieces.len())]);
            }
            let read = fixture.read(&text);
            assert!(read.opinions.len() <= opinion::MOST_OPINIONS);
        }
    }
}

proptest! {
    #[test]
    fn whatever_a_file_holds_reading_it_ends(text in "\\PC{0,200}", reader in 0..opinion::ALL.len()) {
        let read = opinion::ALL[reader].read(&text, &at("a/dependency-check-suppression.xml"));
        prop_assert!(read.opinions.len() <= opinion::MOST_OPINIONS);
    }
}

#[test]
fn a_deep_or_large_file_is_named() {
    for reader in opinion::ALL {
        for piece in ["[", "{\"a\":", "- ", "<suppress>", "a = [", "[[a]]\n", "CVE-1\n", "{a: "] {
            for repeated in [20_000, 400_000] {
                let text = piece.repeat(repeated);
                let read = reader.read(&text, &at("a/dependency-check-suppression.xml"));
                assert!(read.opinions.len() <= opinion::MOST_OPINIONS, "{}", reader.id());
                assert!(read.trouble.len() <= 200, "{}", reader.id());
                let is_too_large = text.len() > opinion::LARGEST;
                assert!(!is_too_large || !read.trouble.is_empty(), "{}", reader.id());
            }
        }
    }
}

/// The real ignore files of the repositories in `PATCHLINE_DATA`, on every branch.
#[test]
fn real_ignore_files_are_read_without_trouble() {
    let Some(folder) = std::env::var_os("PATCHLINE_DATA").map(PathBuf::from) else {
        eprintln!("skipped: real ignore files need the real data that PATCHLINE_DATA names");
        return;
    };
    let mut found: BTreeMap<(String, &str), usize> = BTreeMap::new();
    let mut troubles = BTreeSet::new();
    for bundle in children(&folder.join("repos")) {
        let clone = tempfile::tempdir().expect("a folder");
        let git = |args: &[&str]| {
            let output = Command::new("git").args(args).current_dir(clone.path()).output();
            output.expect("git runs").stdout
        };
        git(&["clone", "--quiet", "--mirror", bundle.to_str().expect("UTF-8"), "."]);
        let refs = String::from_utf8(git(&["for-each-ref", "--format", "%(refname)"]));
        for reference in refs.expect("UTF-8").lines() {
            let listed = git(&["ls-tree", "-r", "--name-only", "-z", reference]);
            for path in String::from_utf8_lossy(&listed).split('\0') {
                let Some(reader) = opinion::reader_of(path) else { continue };
                let bytes = git(&["cat-file", "blob", &format!("{reference}:{path}")]);
                let read = reader.read(&String::from_utf8_lossy(&bytes), &at(path));
                let repository = name(&bundle);
                *found.entry((repository.clone(), reader.id())).or_default() += read.opinions.len();
                for opinion in &read.opinions {
                    assert!(!matches!(opinion.expiry, Expiry::Unreadable(_)), "{opinion:?}");
                }
                troubles.extend(read.trouble.iter().map(|t| format!("{repository}: {t:?}")));
            }
        }
    }
    for ((repository, kind), opinions) in &found {
        eprintln!("{repository}: {opinions} opinions in {kind} over all refs");
    }
    assert!(!found.is_empty(), "the data has no ignore files");
    assert!(troubles.is_empty(), "{troubles:#?}");
}
