//! What is true of every reader of support statements, over all fixtures.
//!
//! A fixture is `fixtures/support/<reader>/<case>/<path in a repository>`, with what is made of it
//! in `expected.txt` of its case. `UPDATE_GOLDENS=1` writes that anew.
#![expect(clippy::disallowed_methods, reason = "this test reads fixtures and the source")]

use std::{
    collections::BTreeSet,
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
    sync::LazyLock,
};

use patchline::{
    model::{About, Claim, End, LONGEST_WORDS, Origin, Standing, Weight},
    support::{self, Read, SupportReader},
};
use proptest::prelude::*;

/// Readers that claim no path, because the configuration names their files.
const WITHOUT_PATHS: [&str; 1] = ["endoflife"];

/// Readers of documents for people. A sentence that was cut is often a sentence, so their files are
/// cut between paragraphs only; and they quote what a person reads, without its marks.
const OF_DOCUMENTS: [&str; 2] = ["changelog", "markdown"];

struct Fixture {
    reader: &'static dyn SupportReader,
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

impl Fixture {
    fn is_document(&self) -> bool {
        OF_DOCUMENTS.contains(&self.reader.id())
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

fn fixtures() -> Vec<Fixture> {
    let mut found = Vec::new();
    for folder in children(&root().join("fixtures/support")) {
        let id = name(&folder);
        let reader = support::ALL.iter().copied().find(|reader| reader.id() == id);
        let reader = reader.unwrap_or_else(|| panic!("no reader is called `{id}`"));
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

/// One row for each claim and trouble.
fn shown(read: &Read) -> String {
    let mut out = String::new();
    for claim in &read.claims {
        let row = claim.origin.row.map_or(0, std::num::NonZeroU32::get);
        let standing = claim.standing.map_or("-", Standing::as_str);
        let _ = write!(out, "{row} {} {} {standing}", claim.by.as_str(), about(&claim.about));
        if let Some(tier) = claim.tier {
            let _ = write!(out, " tier={}", tier.as_str());
        }
        if claim.is_lts {
            out.push_str(" lts");
        }
        if let Some(edition) = &claim.edition {
            let _ = write!(out, " edition={edition}");
        }
        if let Some(product) = &claim.product {
            let _ = write!(out, " product={product}");
        }
        if let Some(from) = claim.from {
            let _ = write!(out, " from={from}");
        }
        for (key, end) in [
            ("bug-fixes-until", &claim.bug_fixes_until),
            ("security-until", &claim.security_until),
            ("extended-until", &claim.extended_until),
        ] {
            match end {
                Some(End::Day(day)) => {
                    let _ = write!(out, " {key}={day}");
                }
                Some(End::Release(release)) => {
                    let _ = write!(out, " {key}=release {release}");
                }
                None => {}
            }
        }
        let _ = writeln!(out, " | {}", claim.words);
    }
    for trouble in &read.trouble {
        let row = trouble.origin.as_ref().and_then(|origin| origin.row);
        let row = row.map_or(0, std::num::NonZeroU32::get);
        let weight = match trouble.weight {
            Weight::Info => "info",
            Weight::Warning => "warning",
        };
        let _ = write!(out, "! {row} {weight} {}", trouble.message);
        if let Some(hint) = &trouble.hint {
            let _ = write!(out, " ({hint})");
        }
        out.push('\n');
    }
    out
}

fn about(about: &About) -> String {
    match about {
        About::Version(version) => format!("version {version}"),
        About::Branch(branch) => format!("branch {branch}"),
        About::Matching(pattern) => format!("matching {pattern}"),
        About::Below(version) => format!("below {version}"),
        About::From(version) => format!("from {version}"),
        About::Between(low, high) => format!("between {low} and {high}"),
        About::Newest => "newest".to_owned(),
        About::Rule(rule) => format!("rule {rule:?}"),
        About::Others => "others".to_owned(),
    }
}

/// The words of a text without its marks.
fn bare_words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty())
}

/// True if a person reads these words from the row on: a sentence may go over several rows, and have
/// marks and addresses of links in it.
fn is_read_from(rows: &[String], row: usize, words: &str) -> bool {
    let mut quoted = bare_words(words).peekable();
    let Some(first) = quoted.peek() else { return words.chars().any(|c| !c.is_whitespace()) };
    if !bare_words(&rows[row - 1]).any(|word| word == *first) {
        return false;
    }
    let mut below = rows[row - 1..].iter().flat_map(|row| bare_words(row));
    // The last word may be cut.
    quoted.all(|word| below.any(|other| other.starts_with(word)))
}

fn pairs(read: &Read) -> BTreeSet<(About, Option<Standing>)> {
    let pair = |claim: &Claim| (claim.about.clone(), claim.standing);
    read.claims.iter().map(pair).filter(|(about, _)| *about != About::Others).collect()
}

#[test]
fn every_reader_is_registered_under_the_name_of_its_file() {
    let mut files = BTreeSet::new();
    for path in children(&root().join("src/support")) {
        let text = fs::read_to_string(&path).unwrap_or_default();
        if text.contains("impl SupportReader for") {
            files.insert(name(&path).trim_end_matches(".rs").to_owned());
        }
    }
    let ids: BTreeSet<String> = support::ALL.iter().map(|reader| reader.id().to_owned()).collect();
    assert_eq!(ids.len(), support::ALL.len(), "two readers have one id");
    assert_eq!(ids, files);
}

#[test]
fn every_reader_has_fixtures_and_each_is_claimed_by_its_reader_alone() {
    let fixtures = fixtures();
    for reader in support::ALL {
        let has_one = fixtures.iter().any(|fixture| fixture.reader.id() == reader.id());
        assert!(has_one, "`{}` has no fixture", reader.id());
    }
    for fixture in &fixtures {
        let id = fixture.reader.id();
        let claimed: Vec<&str> = support::ALL
            .iter()
            .filter(|reader| reader.claims(&fixture.path))
            .map(|reader| reader.id())
            .collect();
        let expected = if WITHOUT_PATHS.contains(&id) { vec![] } else { vec![id] };
        assert_eq!(claimed, expected, "{}", fixture.path);
    }
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
fn every_claim_has_a_row_and_quotes_it() {
    for fixture in fixtures() {
        let rows: Vec<String> = fixture
            .text
            .lines()
            .map(|row| row.split_whitespace().collect::<Vec<_>>().join(" "))
            .collect();
        let read = fixture.read(&fixture.text);
        for claim in &read.claims {
            let origin = &claim.origin;
            assert_eq!(Origin { row: None, ..origin.clone() }, at(&fixture.path));
            let at_row = origin.row.map_or(0, std::num::NonZeroU32::get) as usize;
            assert!((1..=rows.len()).contains(&at_row), "{}: {claim:?}", fixture.path);
            // A reader may say where in the file it is, with a colon after it.
            let words = claim.words.trim_end_matches('…');
            let bare = words.split_once(": ").map_or("", |(_, bare)| bare);
            let row = &rows[at_row - 1];
            let quotes = row.contains(words)
                || !bare.is_empty() && row.contains(bare)
                || fixture.is_document() && is_read_from(&rows, at_row, words);
            assert!(quotes && !words.is_empty(), "{}: {claim:?}", fixture.path);
        }
        for trouble in &read.trouble {
            let origin = trouble.origin.as_ref().expect("trouble has an origin");
            assert_eq!(origin.path, fixture.path);
            let row = origin.row.map_or(0, std::num::NonZeroU32::get) as usize;
            assert!((1..=rows.len() + 1).contains(&row), "{}: {trouble:?}", fixture.path);
            assert!(!trouble.message.ends_with('.'), "{trouble:?}");
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
fn a_file_that_was_cut_adds_no_claim() {
    for fixture in fixtures() {
        let whole = pairs(&fixture.read(&fixture.text));
        for (end, _) in fixture.text.char_indices().take(4_000) {
            if fixture.is_document() && !fixture.text[..end].replace('\r', "").ends_with("\n\n") {
                continue;
            }
            let cut = fixture.read(&fixture.text[..end]);
            let added: Vec<_> = pairs(&cut).difference(&whole).cloned().collect();
            let rest = &fixture.text[..end];
            assert!(added.is_empty(), "{}: {added:?} of\n{rest}", fixture.expected.display());
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
        "\u{85}",
        "\u{2028}",
        "\u{feff}",
        "é",
        "🦀",
        "\r",
        "!",
        "%",
        "\\",
        "/*",
        "//",
        "1",
        "99999999999999999999",
        "<<",
        "> ",
        "`",
    ];
    for fixture in fixtures() {
        let ends: Vec<usize> = fixture.text.char_indices().map(|(end, _)| end).collect();
        for _ in 0..300 {
            let mut text = fixture.text.clone();
            for _ in 0..=random(2) {
                let from = ends[random(ends.len())];
                let piece = pieces[random(pieces.len())];
                if text.is_char_boundary(from) && from < text.len() {
                    let next = text[from..].chars().next().map_or(0, char::len_utf8);
                    let to = if random(2) == 0 { from } else { from + next };
                    text.replace_range(from..to, piece);
                }
            }
            for reader in support::ALL {
                if reader.id() == fixture.reader.id() || random(10) == 0 {
                    let read = reader.read(&text, &at(&fixture.path));
                    let rows = u32::try_from(text.split('\n').count()).expect("it is small");
                    for claim in &read.claims {
                        let row = claim.origin.row.map_or(0, std::num::NonZeroU32::get);
                        assert!((1..=rows).contains(&row), "{claim:?}");
                    }
                }
            }
        }
    }
}

/// What is quadratic takes hours for these.
#[test]
fn hostile_files_are_read_in_bounded_time_and_memory() {
    let mut bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..15 {
        let below = format!("*a{}, ", level - 1).repeat(10);
        let _ = writeln!(bomb, "a{level}: &a{level} [{below}]");
    }
    // Enough for what is quadratic to show.
    let mega = 200_000;
    let hostile = [
        bomb.clone(),
        format!("---\n{bomb}---\n"),
        "[".repeat(100_000),
        "{\"a\":".repeat(100_000),
        "{a: ".repeat(100_000),
        "- ".repeat(mega / 2),
        "? ".repeat(mega / 2),
        "x".repeat(1_000_000),
        format!("versions: {}", "x ".repeat(mega / 2)),
        format!("{{\"branches\": [{}]}}", "{\"branch\": \"9.1\"}, ".repeat(mega / 20)),
        format!("{{\"baseBranches\": [{}]}}", "'release-1.4',".repeat(mega / 15)),
        format!("updates: [{}]", "{target-branch: a}, ".repeat(mega / 21)),
        format!("versions: [{}]", "{version: 1.4, supported: true}, ".repeat(mega / 34)),
        format!("active_versions {{ {} }}", "version \"1.4\" { } ".repeat(mega / 19)),
        "OTP-1.0 : a\n".repeat(mega / 12),
        "| a | b |\n".repeat(mega / 10),
        "* ".repeat(mega / 2),
        "`".repeat(mega),
        "\n".repeat(mega),
        "\"".repeat(mega),
        "&a ".repeat(mega / 3),
        "!".repeat(mega),
        "\u{202e}\u{0}\u{85}\u{2028}\u{feff}é🦀".repeat(10_000),
        "a".repeat(support::LARGEST + 1),
    ];
    for text in &hostile {
        for reader in support::ALL {
            let start: String = text.chars().take(30).collect();
            let read = reader.read(text, &at("1.4.openeox.json"));
            assert!(read.claims.len() <= support::MOST_CLAIMS, "{} {start}", reader.id());
            assert!(read.trouble.len() < 1_000, "{} {start}", reader.id());
            if text.len() > support::LARGEST && !reader.reads_head_only() {
                assert!(read.claims.is_empty() && !read.trouble.is_empty(), "{}", reader.id());
            }
        }
    }
    let dependabot = support::reader_of(".github/dependabot.yml").expect("a reader");
    let is_named = |text: &str, message: &str| {
        let read = dependabot.read(text, &at(".github/dependabot.yml"));
        read.trouble.iter().any(|trouble| trouble.message.contains(message))
    };
    assert!(is_named(&bomb, "more than 100000 values"));
    assert!(is_named(&"- ".repeat(1_000), "levels deep"));
}

/// Many times a piece, as a whole no larger than a statement may be.
fn filled(before: &str, piece: &str, after: &str) -> String {
    let count = (support::LARGEST - before.len() - after.len()) / piece.len();
    format!("{before}{}{after}", piece.repeat(count))
}

/// What is quadratic takes hours for these.
#[test]
fn hostile_documents_are_read_in_bounded_time_and_what_is_cut_is_named() {
    let table = "# Supported versions\n\n| Version | Supported |\n|---|---|\n";
    let named = [
        format!("{table}{}", "|1.4|y|\n".repeat(100_000)),
        format!("|{}\n|{}\n{}", "Version|".repeat(10_000), "-|".repeat(10_000), "|1\n".repeat(99)),
        filled("# Supported versions\n\n", "Only the latest release is supported. ", "\n"),
        filled("# Supported versions\n\n", "1.4 is supported until May 2031.\n\n", ""),
        filled("# Supported versions\n\n", "- 1.4: supported\n", ""),
        filled(&format!("{}:\n\n", "supported versions ".repeat(20_000)), "- 1.4\n", ""),
        filled("", "# Supported versions 1.4\n- End of life: 2031-04-30\n", ""),
        filled("", "| Version | Supported |\n|-|-|\n| 1.4 | yes |\n\n", ""),
        "supported ".repeat(support::LARGEST / 10 + 1),
    ];
    let silent = [
        filled(table, "1.4, ", "|yes|\n"),
        filled(&format!("{table}|1.4|"), "yes ", "|\n"),
        filled("", "supported ", "\n"),
        filled("", "1.4 `is` *supported* <br> ", "\n"),
        filled("", "supported 1.4 &nbsp;", "\n"),
        filled("- 1.4 ", "- supported until ", "\n"),
        filled("- ", "1.4, ", ": supported\n"),
        filled("# ", "supported versions ", "\n\n- 1.4\n- 1.5\n"),
        filled("1.4 is supported ", "until ", ".\n"),
        filled("", "> ", "1.4 is supported\n"),
        filled("", "* ", "1.4 is supported\n"),
        filled("", "1. ", "1.4 is supported\n"),
        (0..1_000).fold(String::new(), |text, level| text + &"  ".repeat(level) + "- a\n"),
        (0..1_000).fold(String::new(), |text, level| text + &"> ".repeat(level) + "a\n"),
        filled("", "[", "\n"),
        filled("", "![a](", "\n"),
        filled("", "[a]: b\n", ""),
        filled("", "*a **b ", "\n"),
        filled("", "<a ", "\n"),
        filled("", "<!-- ", "\n"),
        filled("", "`` ` ", "\n"),
        filled("", "a|", "\n"),
        filled("", "\\", "\n"),
        filled("", "a.b. ", "\n"),
        filled("", ". ", "\n"),
        filled("", "\r", "\n"),
    ];
    for (text, is_named) in
        named.iter().map(|text| (text, true)).chain(silent.iter().map(|text| (text, false)))
    {
        for path in ["SECURITY.md", "CHANGELOG.md"] {
            let reader = support::reader_of(path).expect("a reader");
            let start: String = text.chars().take(60).collect();
            let read = reader.read(text, &at(path));
            check_bounds(&read, text);
            if is_named && path == "SECURITY.md" {
                let says =
                    |trouble: &patchline::model::Trouble| trouble.message.contains("not read");
                assert!(read.trouble.iter().any(says), "{start}: {:?}", read.trouble.first());
            }
        }
    }
}

/// What holds of every text.
fn check_bounds(read: &Read, text: &str) {
    let rows = u32::try_from(text.split('\n').count()).expect("it is small");
    assert!(read.claims.len() <= support::MOST_CLAIMS);
    assert!(read.trouble.len() <= 110, "{} of trouble", read.trouble.len());
    for claim in &read.claims {
        let row = claim.origin.row.map_or(0, std::num::NonZeroU32::get);
        assert!((1..=rows).contains(&row), "{claim:?}");
        assert!(claim.words.chars().count() <= LONGEST_WORDS + 1, "{claim:?}");
    }
    for trouble in &read.trouble {
        let row = trouble.origin.as_ref().and_then(|origin| origin.row);
        assert!(row.is_none_or(|row| row.get() <= rows), "{trouble:?}");
        assert!(trouble.message.chars().count() <= 400, "{trouble:?}");
    }
}

/// Letters that change their length in lowercase, or have none, marks without width, marks of
/// direction, wide digits, halves of emoji.
const ODD: &[&str] = &[
    "\u{130}",
    "\u{131}",
    "\u{212a}",
    "\u{1e9e}",
    "\u{23a}",
    "\u{2126}",
    "\u{3a3}",
    "\u{fb01}",
    "\u{301}",
    "\u{345}",
    "\u{200b}",
    "\u{200d}",
    "\u{202e}",
    "\u{2066}",
    "\u{feff}",
    "\u{fe0f}",
    "\u{20e3}",
    "\u{a0}",
    "\u{2028}",
    "\u{85}",
    "\u{0}",
    "\u{ff11}",
    "\u{661}",
    "\u{2212}",
    "\u{2705}",
    "\u{1f980}",
    "\u{10ffff}",
    "\u{e9}",
];
/// What the readers look for, and what parts it.
const MARKS: &[&str] = &[
    " ",
    " ",
    " ",
    "\n",
    "\n",
    "\n\n",
    "\r\n",
    "\r",
    "\t",
    "| ",
    " |\n",
    "|---|---|\n",
    "- ",
    "  * ",
    "# ",
    "> ",
    "`",
    "**",
    "_",
    "<br>",
    "&nbsp;",
    "&lt;",
    ".",
    ". ",
    ", ",
    ": ",
    "(e.g. ",
    ")",
    "1.4",
    "v1.x",
    "<= ",
    " - ",
    "until ",
    "supported ",
    "end of life for ",
    "May 2031",
    "2031-04-30",
    "the last two versions ",
];

/// Words, rows and blocks of all fixtures.
static PIECES: LazyLock<Vec<String>> = LazyLock::new(|| {
    let mut pieces = BTreeSet::new();
    for fixture in fixtures() {
        let text = fixture.text.as_str();
        pieces.extend(text.split_inclusive(' ').map(str::to_owned));
        pieces.extend(text.split_inclusive('\n').map(str::to_owned));
        pieces.extend(text.split_inclusive("\n\n").map(str::to_owned));
    }
    pieces.into_iter().collect()
});

/// Every path of a fixture, so that every reader is asked.
static PATHS: LazyLock<Vec<(&'static dyn SupportReader, String)>> = LazyLock::new(|| {
    let mut paths = Vec::new();
    for reader in support::ALL {
        let of_reader = fixtures().into_iter().filter(|fixture| fixture.reader.id() == reader.id());
        let mut of_reader: Vec<String> = of_reader.map(|fixture| fixture.path).collect();
        of_reader.sort();
        of_reader.dedup();
        paths.extend(of_reader.into_iter().take(4).map(|path| (*reader, path)));
    }
    paths
});

fn piece() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => proptest::sample::select(PIECES.as_slice()),
        2 => proptest::sample::select(MARKS).prop_map(str::to_owned),
        2 => proptest::sample::select(ODD).prop_map(str::to_owned),
        1 => any::<String>(),
    ]
}

/// Some letters of a text, replaced by or followed by odd ones.
fn with_odd(text: &str, odd: &[(usize, usize, bool)]) -> String {
    let mut characters: Vec<String> = text.chars().map(String::from).collect();
    for (place, letter, replaces) in odd {
        let place = place % characters.len().max(1);
        let letter = ODD[letter % ODD.len()];
        match characters.get_mut(place) {
            Some(old) if *replaces => letter.clone_into(old),
            Some(old) => old.push_str(letter),
            None => {}
        }
    }
    characters.concat()
}

proptest! {
    #[test]
    fn whatever_pieces_a_file_is_made_of_its_reading_has_bounds(
        pieces in proptest::collection::vec(piece(), 0..60)
    ) {
        let text = pieces.concat();
        for (reader, path) in PATHS.iter() {
            check_bounds(&reader.read(&text, &at(path)), &text);
        }
    }

    #[test]
    fn odd_letters_in_any_place_of_a_file_make_no_reader_fail(
        fixture in any::<proptest::sample::Index>(),
        odd in proptest::collection::vec((any::<usize>(), any::<usize>(), any::<bool>()), 1..40),
    ) {
        static FIXTURES: LazyLock<Vec<(&'static dyn SupportReader, String, String)>> =
            LazyLock::new(|| {
                let all = fixtures().into_iter();
                all.map(|fixture| (fixture.reader, fixture.path, fixture.text)).collect()
            });
        let (reader, path, text) = fixture.get(FIXTURES.as_slice());
        let text = with_odd(text, &odd);
        check_bounds(&reader.read(&text, &at(path)), &text);
        for reader in support::ALL {
            check_bounds(&reader.read(&text, &at("SECURITY.md")), &text);
        }
    }
}
