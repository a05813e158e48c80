//! How long the core takes, without git: `cargo bench`.
//!
//! The inputs are made here, so that a figure means the same everywhere: a lockfile of 2,000
//! packages and a database of 1,200 records, half of them about packages that the lockfile has.

use std::{fmt::Write as _, num::NonZeroU32, sync::Arc};

use patchline::{
    advise::{self, rustsec},
    lockfile::{LockfileFormat as _, cargo::CargoLock},
    model::{AdvisoryDatabase, CommitId, Inventory, LineId, Place, Stamp, Tip, TreeFile},
    scan,
};

const PACKAGES: u32 = 2_000;
const RECORDS: u32 = 1_200;

fn main() {
    divan::main();
}

fn lockfile() -> String {
    let mut text = String::from("version = 4\n");
    for number in 0..PACKAGES {
        let _ = write!(
            text,
            "\n[[package]]\nname = \"package-{number}\"\nversion = \"1.{number}.0\"\n"
        );
        if number > 0 {
            text.push_str("source = \"registry+https://github.com/rust-lang/crates.io-index\"\n");
        }
        let next = [number * 2 + 1, number * 2 + 2];
        if next[1] < PACKAGES {
            let _ = write!(
                text,
                "dependencies = [\n \"package-{}\",\n \"package-{}\",\n]\n",
                next[0], next[1]
            );
        }
    }
    text
}

fn record(number: u32) -> (String, String) {
    let package = format!("package-{}", number * 4);
    let id = format!("RUSTSEC-2031-{number:04}");
    let text = format!(
        "```toml\n[advisory]\nid = \"{id}\"\npackage = \"{package}\"\ndate = \"2031-06-08\"\n\
         cvss = \"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H\"\naliases = [\"CVE-2031-{number:04}\"]\n\
         [versions]\npatched = [\">= 2.0.0\"]\nunaffected = [\"< 0.9.0\"]\n```\n\n# Title\n\n{}\n",
        "A sentence of a description. ".repeat(30)
    );
    (format!("crates/{package}/{id}.md"), text)
}

fn database() -> AdvisoryDatabase {
    let records = (0..RECORDS).map(record);
    let records = records.map(|(path, text)| rustsec::read(&path, text.as_bytes())).collect();
    advise::database(Stamp::default(), records, jiff::civil::date(2031, 6, 15))
}

#[divan::bench]
fn read_a_lockfile_of_2000_packages(bencher: divan::Bencher<'_, '_>) {
    let text = lockfile();
    bencher.bench(|| CargoLock.read(text.as_bytes()).entries.len());
}

#[divan::bench]
fn read_1200_records(bencher: divan::Bencher<'_, '_>) {
    let records: Vec<(String, String)> = (0..RECORDS).map(record).collect();
    bencher.bench(|| {
        for (path, text) in &records {
            divan::black_box(rustsec::read(path, text.as_bytes()));
        }
    });
}

#[divan::bench(args = [1, 8, 32])]
fn match_tips_that_share_a_lockfile(bencher: divan::Bencher<'_, '_>, tips: u32) {
    let lockfile = Arc::new(CargoLock.read(lockfile().as_bytes()));
    let inventories: Vec<Inventory> = (0..tips)
        .map(|number| Inventory {
            place: Place { line: LineId(format!("1.{number}")), tip: Tip::Head },
            commit: CommitId(format!("{number:040}")),
            lockfiles: vec![TreeFile {
                path: "Cargo.lock".to_owned(),
                content: Arc::clone(&lockfile),
            }],
            manifests: Vec::new(),
        })
        .collect();
    let databases = [database()];
    assert!(lockfile.entries.first().map(|entry| entry.row) == NonZeroU32::new(4));
    bencher.bench(|| scan::evidence(&inventories, &databases).evidence.len());
}
