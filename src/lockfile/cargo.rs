//! `Cargo.lock`, versions 1 to 4.
//!
//! Format: <https://doc.rust-lang.org/cargo/guide/cargo-toml-vs-cargo-lock.html> and the encoder in
//! `cargo::core::resolver::encode`. Deliberately not the `cargo-lock` crate: it knows no rows and
//! loses a whole file over one bad entry. It is the oracle in the tests.

mod canonical;

use std::{collections::HashMap, num::NonZeroU32};

use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use super::{LockfileFormat, Piece, Rows};
use crate::{
    escape,
    model::{Entry, EntryIndex, Lockfile, Origin, Supply, Trouble, Weight},
};

/// The newest lockfile version that is known to be read completely.
const NEWEST_VERSION: i64 = 4;

/// `Cargo.lock`.
#[derive(Debug)]
pub struct CargoLock;

impl LockfileFormat for CargoLock {
    fn id(&self) -> &'static str {
        "cargo"
    }

    fn claims(&self, file_name: &str) -> bool {
        file_name == "Cargo.lock"
    }

    fn read(&self, bytes: &[u8]) -> Lockfile {
        let text = match std::str::from_utf8(bytes) {
            Ok(text) => text.trim_start_matches('\u{feff}'),
            Err(error) => {
                let why = format!("it is not UTF-8 (byte {})", error.valid_up_to());
                return unreadable(&why, None);
            }
        };
        let rows = Rows::of(text);
        match DeTable::parse(text) {
            Ok(table) => Reader { rows, trouble: Vec::new() }.lockfile(table.get_ref()),
            Err(error) => {
                let row = error.span().map(|span| rows.at(span.start));
                unreadable(error.message().lines().next().unwrap_or_default(), row)
            }
        }
    }

    fn pieces<'t>(&self, text: &'t str) -> Option<Vec<&'t str>> {
        canonical::pieces(text)
    }

    fn piece(&self, piece: &str) -> Option<Piece> {
        let (entry, dependencies) = canonical::package(piece)?;
        let name = |needed: &str| needed.split(' ').next().unwrap_or(needed).to_owned();
        Some(Piece { needs: dependencies.into_iter().map(name).collect(), entry })
    }
}

fn unreadable(why: &str, row: Option<NonZeroU32>) -> Lockfile {
    Lockfile {
        entries: Vec::new(),
        trouble: vec![trouble(format!("it does not parse: {why}"), row)],
    }
}

/// The lockfile knows neither its path nor its commit: whoever holds it adds them.
fn trouble(message: String, row: Option<NonZeroU32>) -> Trouble {
    let trouble = Trouble::warning(message);
    match row {
        Some(_) => trouble.at(Origin { reference: None, path: String::new(), row }),
        None => trouble,
    }
}

type Value<'a> = Spanned<DeValue<'a>>;

struct Reader {
    rows: Rows,
    trouble: Vec<Trouble>,
}

impl Reader {
    fn lockfile(mut self, table: &DeTable<'_>) -> Lockfile {
        if let Some(version) = table.get("version") {
            let number = version.get_ref().as_integer();
            let number = number.and_then(|n| i64::from_str_radix(n.as_str(), n.radix()).ok());
            if number.is_none_or(|number| number > NEWEST_VERSION) {
                self.note(
                    "its version is newer than 4, so it may say more than is read here",
                    version,
                );
            }
        }
        let mut found: Vec<(Entry, Vec<String>)> = Vec::new();
        // `[root]` is the workspace member of lockfiles from before 2017.
        found.extend(table.get("root").and_then(|root| self.entry(root)));
        match table.get("package") {
            None => {}
            Some(packages) => match packages.get_ref().as_array() {
                Some(array) => {
                    found.extend(array.iter().filter_map(|package| self.entry(package)));
                }
                None => self.note("`package` is not a list", packages),
            },
        }
        if found.is_empty() && self.trouble.is_empty() {
            self.trouble.push(trouble("it names no package".to_owned(), None));
        }
        let (entries, dangling) = resolve(found);
        if let Some((name, row)) = dangling.first() {
            let message = format!(
                "it locks no `{name}`, on which a package depends ({} such dependencies), so it is \
                 not whole",
                dangling.len()
            );
            self.trouble.push(trouble(message, Some(*row)));
        } else if self.trouble.is_empty() {
            self.trouble.extend(loose_end(&entries));
        }
        Lockfile { entries, trouble: self.trouble }
    }

    fn entry(&mut self, package: &Value<'_>) -> Option<(Entry, Vec<String>)> {
        let Some(table) = package.get_ref().as_table() else {
            self.note("a package is not a table", package);
            return None;
        };
        let (Some((name, name_span)), Some((version, _))) =
            (string(table, "name"), string(table, "version"))
        else {
            self.note("a package has no name or no version", package);
            return None;
        };
        let mut dependencies: Vec<String> =
            match table.get("dependencies").map(|d| (d, d.get_ref().as_array())) {
                None => Vec::new(),
                Some((_, Some(array))) => array
                    .iter()
                    .filter_map(|dependency| dependency.get_ref().as_str().map(str::to_owned))
                    .collect(),
                Some((value, None)) => {
                    self.note("`dependencies` is not a list", value);
                    Vec::new()
                }
            };
        // `[replace]` of old: the package stands for another one, which only this names.
        dependencies.extend(string(table, "replace").map(|(name, _)| name.to_owned()));
        let supply = match table.get("source").map(|s| (s, s.get_ref().as_str())) {
            None => Supply::Path,
            Some((_, Some(source))) => supply(source),
            Some((value, None)) => {
                self.note("`source` is not text", value);
                return None;
            }
        };
        let entry = Entry {
            name: name.into(),
            version: version.into(),
            supply,
            row: self.rows.at(name_span),
            dependencies: Vec::new(),
        };
        Some((entry, dependencies))
    }

    fn note(&mut self, message: &str, at: &Value<'_>) {
        let row = self.rows.at(at.span().start);
        self.trouble.push(trouble(message.to_owned(), Some(row)));
    }
}

fn string<'t>(table: &'t DeTable<'_>, key: &str) -> Option<(&'t str, usize)> {
    let value = table.get(key)?;
    Some((value.get_ref().as_str()?, value.span().start))
}

/// As Cargo names its sources; only the two spellings of crates.io are the default registry.
fn supply(source: &str) -> Supply {
    match source {
        "registry+https://github.com/rust-lang/crates.io-index"
        | "sparse+https://index.crates.io/" => Supply::Registry,
        _ => match source.split_once('+') {
            Some(("git", url)) => Supply::Git(escape::without_credentials(url)),
            Some(("path", _)) => Supply::Path,
            Some(("registry" | "sparse" | "local-registry" | "directory", url)) => {
                Supply::OtherRegistry(escape::without_credentials(url))
            }
            _ => Supply::OtherRegistry(escape::without_credentials(source)),
        },
    }
}

/// Cargo locks what is needed and no more, so a package from elsewhere that nobody depends on means
/// that the file was written by hand, or that its end is missing. Worth saying, and no proof.
fn loose_end(entries: &[Entry]) -> Option<Trouble> {
    let mut is_needed = vec![false; entries.len()];
    for dependency in entries.iter().flat_map(|entry| &entry.dependencies) {
        if let Some(needed) = is_needed.get_mut(*dependency as usize) {
            *needed = true;
        }
    }
    let is_loose = |(entry, needed): &(&Entry, bool)| !needed && entry.supply != Supply::Path;
    let (entry, _) = entries.iter().zip(is_needed).find(is_loose)?;
    let message = format!("nothing depends on `{}`: its end may be missing", entry.name);
    Some(Trouble { weight: Weight::Info, ..trouble(message, Some(entry.row)) })
}

/// Turns dependency names (`serde`, `serde 1.0.0`, `serde 1.0.0 (registry+…)`) into indices, and
/// tells which lead nowhere: that is how a lockfile cut off between two packages shows.
fn resolve(found: Vec<(Entry, Vec<String>)>) -> (Vec<Entry>, Vec<(String, NonZeroU32)>) {
    let (mut entries, wanted): (Vec<Entry>, Vec<Vec<String>>) = found.into_iter().unzip();
    let mut dangling = Vec::new();
    let indices: Vec<Vec<EntryIndex>> = {
        let mut by_name: HashMap<&str, usize> = HashMap::with_capacity(entries.len());
        let mut by_version: HashMap<(&str, &str), Vec<usize>> =
            HashMap::with_capacity(entries.len());
        for (index, entry) in entries.iter().enumerate() {
            by_name.entry(&entry.name).or_insert(index);
            by_version.entry((&entry.name, &entry.version)).or_default().push(index);
        }
        let find = |text: &str| -> Option<EntryIndex> {
            let mut words = text.splitn(3, ' ');
            let name = words.next()?;
            let any = by_name.get(name)?;
            let same: &[usize] = match words.next() {
                Some(version) => by_version.get(&(name, version)).map_or(&[], Vec::as_slice),
                None => std::slice::from_ref(any),
            };
            let source = words
                .next()
                .filter(|_| same.len() > 1)
                .map(|s| supply(s.trim_start_matches('(').trim_end_matches(')')));
            let of_source = |index: &&usize| source.as_ref() == Some(&entries[**index].supply);
            // Old Cargos wrote sources that differ in spelling between the two places, and members
            // whose version moved on without their dependents: any of the name will do then.
            let index = same.iter().find(of_source).or_else(|| same.first()).unwrap_or(any);
            EntryIndex::try_from(*index).ok()
        };
        let resolve_one = |(entry, names): (&Entry, &Vec<String>)| {
            let mut indices = Vec::with_capacity(names.len());
            for name in names {
                match find(name) {
                    Some(index) => indices.push(index),
                    None => dangling.push((name.clone(), entry.row)),
                }
            }
            indices.sort_unstable();
            indices.dedup();
            indices
        };
        entries.iter().zip(&wanted).map(resolve_one).collect()
    };
    for (entry, dependencies) in entries.iter_mut().zip(indices) {
        entry.dependencies = dependencies;
    }
    (entries, dangling)
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::*;

    fn read(text: &str) -> String {
        let lockfile = CargoLock.read(text.as_bytes());
        let mut out = String::new();
        for entry in &lockfile.entries {
            let Entry { row, name, version, supply, dependencies } = entry;
            let _ = writeln!(out, "{row}: {name} {version} ({supply}) -> {dependencies:?}");
        }
        for trouble in &lockfile.trouble {
            let row = trouble.origin.as_ref().and_then(|o| o.row).map_or(0, NonZeroU32::get);
            let _ = writeln!(out, "! {row}: {}", trouble.message);
        }
        out
    }

    #[test]
    fn a_lockfile_of_version_4_is_read_with_rows() {
        let text = r#"# This file is automatically @generated by Cargo.
version = 4

[[package]]
name = "app"
version = "0.1.0"
dependencies = [
 "log 0.3.9",
 "log 0.4.20",
 "time",
]

[[package]]
name = "log"
version = "0.3.9"
source = "registry+https://github.com/rust-lang/crates.io-index"

[[package]]
name = "log"
version = "0.4.20"
source = "sparse+https://index.crates.io/"

[[package]]
name = "time"
version = "0.1.43"
source = "git+https://user:secret@example.org/time?branch=main#abc"
"#;
        assert_eq!(
            read(text),
            "5: app 0.1.0 (path) -> [1, 2, 3]\n\
             14: log 0.3.9 (crates.io) -> []\n\
             19: log 0.4.20 (crates.io) -> []\n\
             24: time 0.1.43 (git https://example.org/time) -> []\n"
        );
    }

    #[test]
    fn a_lockfile_of_version_1_is_read_with_its_root() {
        let text = r#"[root]
name = "app"
version = "0.1.0"
dependencies = ["log 0.3.9 (registry+https://github.com/rust-lang/crates.io-index)"]

[[package]]
name = "log"
version = "0.3.9"
source = "registry+https://github.com/rust-lang/crates.io-index"

[metadata]
"checksum log 0.3.9 (registry+https://github.com/rust-lang/crates.io-index)" = "00"
"#;
        assert_eq!(read(text), "2: app 0.1.0 (path) -> [1]\n7: log 0.3.9 (crates.io) -> []\n");
    }

    #[test]
    fn one_bad_entry_costs_itself_and_is_named() {
        let text = "version = 4\n[[package]]\nname = \"a\"\nversion = \"1.0.0\"\n[[package]]\nname = \"b\"\n";
        assert_eq!(
            read(text),
            "3: a 1.0.0 (path) -> []\n! 5: a package has no name or no version\n"
        );
    }

    #[test]
    fn what_does_not_parse_is_trouble_and_never_a_shorter_list() {
        for text in [
            "<<<<<<< HEAD\n[[package]]\n",
            "[[package]]\nname = \"a\"\nversion = \"1.0.",
            "\u{0}",
            "package = 3",
        ] {
            let lockfile = CargoLock.read(text.as_bytes());
            assert!(lockfile.entries.is_empty(), "{text:?}");
            assert!(!lockfile.trouble.is_empty(), "{text:?}");
        }
        assert!(!CargoLock.read(&[0xff, 0xfe]).trouble.is_empty());
        let deep = format!("x = {}1{}", "[".repeat(100_000), "]".repeat(100_000));
        assert!(!CargoLock.read(deep.as_bytes()).trouble.is_empty());
    }

    #[test]
    fn a_lockfile_that_was_cut_between_packages_is_not_whole() {
        let text = "version = 4\n[[package]]\nname = \"a\"\nversion = \"1.0.0\"\ndependencies = [\"b\", \"c 2.0.0\", \"a 3.0.0\"]\n";
        assert_eq!(
            read(text),
            "3: a 1.0.0 (path) -> [0]\n\
             ! 3: it locks no `b`, on which a package depends (2 such dependencies), so it is not whole\n"
        );
        assert_eq!(read("version = 4\n"), "! 0: it names no package\n");
        assert_eq!(read(""), "! 0: it names no package\n");
        let registry = "registry+https://github.com/rust-lang/crates.io-index";
        let text =
            format!("[[package]]\nname = \"a\"\nversion = \"1.0.0\"\nsource = \"{registry}\"\n");
        assert!(read(&text).ends_with("! 2: nothing depends on `a`: its end may be missing\n"));
    }

    #[test]
    fn a_newer_lockfile_version_is_read_and_named() {
        let text = "version = 5\n[[package]]\nname = \"a\"\nversion = \"1.0.0\"\n";
        assert_eq!(
            read(text),
            "3: a 1.0.0 (path) -> []\n\
             ! 1: its version is newer than 4, so it may say more than is read here\n"
        );
    }
}
