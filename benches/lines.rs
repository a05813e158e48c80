//! How long it takes to read what documents say and to decide about lines, without git:
//! `cargo bench --bench lines`.
//!
//! The inputs are made here, so that a figure means the same everywhere: 800 tags of 80 lines, 2,000
//! branches of which 80 are lines, a table of all lines, and a long document with one rule in it.

use std::fmt::Write as _;

use patchline::{
    discover::{self, Histories, Policy, RefEntry, Refs},
    model::{Claim, CommitId, Origin},
    support,
};

const LINES: u32 = 80;
const PATCHES: u32 = 10;
const BRANCHES: u32 = 2_000;

fn main() {
    divan::main();
}

fn refs() -> Refs {
    let commit = |number: u32| Some(CommitId(format!("{number:040}")));
    let day = |number: u32| jiff::Timestamp::from_second(1_800_000_000 + i64::from(number)).ok();
    let tags = (0..LINES * PATCHES).map(|number| RefEntry {
        name: format!("refs/tags/v1.{}.{}", number / PATCHES, number % PATCHES),
        commit: commit(number),
        date: day(number),
    });
    let branches = (0..BRANCHES).map(|number| RefEntry {
        name: match number {
            0..LINES => format!("refs/heads/release-1.{number}"),
            _ => format!("refs/heads/feature/work-{number}"),
        },
        commit: commit(number),
        date: day(number),
    });
    let mut entries: Vec<RefEntry> = tags.chain(branches).collect();
    entries.sort();
    Refs { entries, default: Some("refs/heads/main".to_owned()), ..Refs::default() }
}

/// A table of every line, and a sentence about the newest three.
fn table() -> String {
    let mut text = String::from("# Security\n\nWe support the last three minor releases.\n\n");
    text.push_str("| Version | Supported | Until |\n|---|---|---|\n");
    for minor in (0..LINES).rev() {
        let _ = writeln!(text, "| 1.{minor}.x | :x: | January 2030 |");
    }
    text
}

/// A guide of 2,000 paragraphs that says one thing about support.
fn guide() -> String {
    let mut text = String::from("# Releases\n\n");
    for number in 0..2_000 {
        let _ = writeln!(text, "Step {number}: check the release notes, and fix what is broken.\n");
    }
    text.push_str("Each release series gets security fixes for 12 months.\n");
    text
}

fn read(path: &str, text: &str) -> Vec<Claim> {
    let at = Origin { reference: None, path: path.to_owned(), row: None };
    support::reader_of(path).map(|reader| reader.read(text, &at).claims).unwrap_or_default()
}

#[divan::bench]
fn read_a_table_of_80_lines(bencher: divan::Bencher<'_, '_>) {
    let text = table();
    bencher.bench(|| read("SECURITY.md", &text).len());
}

#[divan::bench]
fn read_a_guide_of_2000_paragraphs(bencher: divan::Bencher<'_, '_>) {
    let text = guide();
    bencher.bench(|| read("RELEASES.md", &text).len());
}

#[divan::bench]
fn decide_about_80_lines_among_2800_refs(bencher: divan::Bencher<'_, '_>) {
    let refs = refs();
    let claims = read("SECURITY.md", &table());
    let policy = Policy { evidence: true, default_branch: true, ..Policy::default() };
    let today = jiff::civil::date(2031, 6, 15);
    assert!(claims.len() > 80, "{}", claims.len());
    bencher
        .bench(|| discover::support(&refs, &Histories::new(), &claims, &policy, today).lines.len());
}
