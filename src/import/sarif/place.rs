//! Where a result is: addresses as reports write them → paths from the repository's root.
//!
//! No path is invented. What is outside the repository, or nobody knows where, is `None`.

use std::{cell::OnceCell, num::NonZeroU32, ops::Range};

use serde::Deserialize;
use serde_json::{Map, Value};

use super::{
    cursor::Cursor,
    parts::{Artifact, Location, Part},
    result::SarifResult,
    value::{index, read, text, whole},
};
use crate::{import::pieces::Bytes, name};

/// Tools use these without defining them, and mean the root of the repository.
const ROOTS: [&str; 5] = ["SRCROOT", "ROOTPATH", "PROJECTROOT", "REPOROOT", "REPOSITORY_ROOT"];
/// More places of one result than this are not read.
const MOST_PLACES: usize = 1_000;
/// A longer chain of bases has a loop.
const LONGEST_CHAIN: usize = 8;

/// One place of a result.
#[derive(Clone, Debug)]
pub(super) struct Spot<'a> {
    /// As written.
    pub uri: &'a str,
    /// From the repository's root.
    pub file: Option<String>,
    /// 1-based.
    pub row: Option<NonZeroU32>,
    pub location: &'a Location,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Listed {
    location: Part<Artifact>,
}

/// What a run says of the places of its files.
#[derive(Debug, Default)]
pub(super) struct Places<'a> {
    bases: Map<String, Value>,
    /// The absolute address of the repository's root, if the report gives one.
    root: Option<String>,
    artifacts: Option<(Bytes<'a>, Range<usize>)>,
    read: OnceCell<Vec<Artifact>>,
}

impl<'a> Places<'a> {
    /// `mapped` is the base that the provenance names as the root of the repository.
    pub(super) fn new(
        bases: Option<&[u8]>,
        artifacts: Option<(Bytes<'a>, Range<usize>)>,
        mapped: Option<&str>,
    ) -> Self {
        let bases = bases.and_then(|bytes| read::<Map<String, Value>>(bytes).ok());
        let mut places = Self { bases: bases.unwrap_or_default(), artifacts, ..Self::default() };
        places.root = places.find_root(mapped);
        places
    }

    fn find_root(&self, mapped: Option<&str>) -> Option<String> {
        let absolute = |name: &str| match self.base(name) {
            Base::Absolute(address) => Some(address),
            _ => None,
        };
        if let Some(root) = mapped.and_then(absolute) {
            return Some(root);
        }
        let mut names: Vec<&str> = self.bases.keys().map(String::as_str).collect();
        names.sort_unstable();
        let known = names.iter().find(|name| is_root(name)).and_then(|name| absolute(name));
        known.or_else(|| {
            // Of several roots, the one that holds all others.
            let roots: Vec<String> = names.iter().filter_map(|name| absolute(name)).collect();
            let shortest = roots.iter().min_by_key(|root| root.len())?;
            roots.iter().all(|root| root.starts_with(shortest.as_str())).then(|| shortest.clone())
        })
    }

    /// What a base means.
    fn base(&self, name: &str) -> Base {
        let mut name = name;
        let mut tail = String::new();
        for _ in 0..LONGEST_CHAIN {
            let Some(base) = self.bases.get(name) else {
                return if is_root(name) { Base::Root(tail) } else { Base::Unknown };
            };
            let uri = text(base, "/uri").unwrap_or_default();
            tail = joined(uri, &tail);
            if is_absolute(uri) {
                return Base::Absolute(tail);
            }
            match text(base, "/uriBaseId") {
                Some(parent) => name = parent,
                None if uri.is_empty() && is_root(name) => return Base::Root(tail),
                None => return Base::Unknown,
            }
        }
        Base::Unknown
    }

    fn artifact(&self, index: usize) -> Option<&Artifact> {
        let artifacts = self.read.get_or_init(|| {
            let mut found = Vec::new();
            let Some((bytes, range)) = &self.artifacts else { return found };
            let _ = Cursor::new(&bytes.part(range.clone())).elements(|cursor| {
                let listed = read::<Listed>(&cursor.value()?).unwrap_or_default();
                found.push(listed.location.0);
                Ok(())
            });
            found
        });
        artifacts.get(index)
    }

    /// Every place of a result, in order, each once.
    pub(super) fn of<'f>(&'f self, result: &'f SarifResult) -> Vec<Spot<'f>> {
        let mut spots: Vec<Spot<'f>> = Vec::new();
        for location in result.locations.0.iter().take(MOST_PLACES) {
            let physical = &location.physical.0;
            let mut artifact = &physical.artifact_location.0;
            if artifact.uri.get().is_none() {
                let place = index(Some(&artifact.index));
                let Some(other) = place.and_then(|place| self.artifact(place)) else { continue };
                artifact = other;
            }
            let Some(uri) = artifact.uri.get() else { continue };
            let row = whole(Some(&physical.region.0.start_line));
            let row = row.and_then(|row| u32::try_from(row).ok()).and_then(NonZeroU32::new);
            let message = location.message.0.text.get();
            let is_known = |spot: &Spot<'_>| {
                spot.uri == uri && spot.row == row && spot.location.message.0.text.get() == message
            };
            // Looking back through hundreds of places would be quadratic.
            if spots.len() > 32 || !spots.iter().any(is_known) {
                let file = self.path(uri, artifact.uri_base_id.get());
                spots.push(Spot { uri, file, row, location });
            }
        }
        spots
    }

    /// An address → a path from the repository's root.
    fn path(&self, uri: &str, base: Option<&str>) -> Option<String> {
        // A root that is the whole machine says nothing of what is in the repository.
        let root = self.root.as_deref().filter(|root| !is_whole_machine(root));
        if is_absolute(uri) {
            return name::path(uri, root);
        }
        match base.map(|base| self.base(base)) {
            None => name::path(uri, None),
            Some(Base::Root(tail)) => name::path(&joined(&tail, uri), None),
            Some(Base::Absolute(address)) if is_whole_machine(&address) => name::path(uri, None),
            Some(Base::Absolute(address)) => name::path(&joined(&address, uri), root),
            Some(Base::Unknown) => None,
        }
    }
}

/// What a base id stands for.
enum Base {
    /// The repository's root, or a folder in it.
    Root(String),
    /// An absolute address.
    Absolute(String),
    /// Nobody says.
    Unknown,
}

fn is_root(name: &str) -> bool {
    let bare = name.trim_matches('%');
    ROOTS.iter().any(|root| root.eq_ignore_ascii_case(bare))
}

fn is_absolute(uri: &str) -> bool {
    let drive = uri.as_bytes().get(1) == Some(&b':');
    uri.starts_with('/') || uri.starts_with('\\') || drive || uri.starts_with("file:") || {
        uri.contains("://")
    }
}

fn is_whole_machine(address: &str) -> bool {
    address.strip_prefix("file:").unwrap_or(address).chars().all(|c| c == '/')
}

fn joined(base: &str, rest: &str) -> String {
    match (base, rest) {
        ("", rest) => rest.to_owned(),
        (base, "") => base.to_owned(),
        (base, rest) if base.ends_with('/') => format!("{base}{rest}"),
        (base, rest) => format!("{base}/{rest}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(bases: &str, base: Option<&str>, uri: &str) -> Option<String> {
        Places::new(Some(bases.as_bytes()), None, None).path(uri, base)
    }

    #[test]
    fn undefined_roots_are_the_root_of_the_repository() {
        for base in ["%SRCROOT%", "SRCROOT", "ROOTPATH", "PROJECTROOT"] {
            assert_eq!(path("{}", Some(base), "a/b").as_deref(), Some("a/b"), "{base}");
        }
        assert_eq!(path("{}", Some("%GOMODCACHE%"), "a/b"), None);
        assert_eq!(path("null", None, "a%20b").as_deref(), Some("a b"));
    }

    #[test]
    fn roots_are_stripped_only_where_the_report_defines_them() {
        let bases = r#"{"SRCROOT":{"uri":"file:///home/x/"},
            "OUT":{"uri":"out/","uriBaseId":"SRCROOT"}}"#;
        assert_eq!(path(bases, Some("SRCROOT"), "a/b").as_deref(), Some("a/b"));
        assert_eq!(path(bases, Some("OUT"), "a/b").as_deref(), Some("out/a/b"));
        assert_eq!(path(bases, None, "file:///home/x/a").as_deref(), Some("a"));
        assert_eq!(path(bases, None, "file:///home/y/a"), None);
        assert_eq!(path("{}", None, "file:///home/x/a"), None);
        assert_eq!(path(bases, Some("SRCROOT"), "../a"), None);
        let machine = r#"{"ROOTPATH":{"uri":"file:///"}}"#;
        assert_eq!(
            path(machine, Some("ROOTPATH"), "a/Cargo.lock").as_deref(),
            Some("a/Cargo.lock")
        );
        assert_eq!(path(machine, None, "/home/x/Cargo.lock"), None);
        let looped = r#"{"A":{"uriBaseId":"B"},"B":{"uriBaseId":"A"}}"#;
        assert_eq!(path(looped, Some("A"), "a"), None);
    }
}
