//! `.github/workflows/`: the branches that workflows scan, and those whose pushes they run for.
//!
//! ```yaml
//! on:
//!   push:
//!     branches: [main, release-1.4, "release-2.*"]
//! jobs:
//!   scan:
//!     strategy:
//!       matrix:
//!         branch: [main, release-1.4]
//! ```
//!
//! A matrix costs something for each of its branches, so it is tended; a filter costs nothing and
//! outlives its branches. The words of a claim tell which of them it is. Most matrices are about
//! compilers and platforms, so only keys and values that speak of branches are read. See
//! <https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax>.

use super::{
    Read, SupportReader, about, reading,
    reading::Reading,
    tree::{Entry, Node},
};
use crate::model::{About, DeclaredBy, Origin, Standing};

/// `.github/workflows/….yml`.
#[derive(Debug)]
pub(super) struct Workflow;

impl SupportReader for Workflow {
    fn id(&self) -> &'static str {
        "workflow"
    }

    fn claims(&self, path: &str) -> bool {
        path.strip_prefix(".github/workflows/").is_some_and(|name| {
            !name.contains('/')
                && name.rsplit_once('.').is_some_and(|(_, end)| matches!(end, "yml" | "yaml"))
        })
    }

    fn may_decide(&self) -> bool {
        false
    }

    fn read(&self, text: &str, at: &Origin) -> Read {
        reading::read(text, at, DeclaredBy::Bots, |text, reading| {
            let Some(root) = reading.yaml(text) else { return };
            for event in root.get("on").map_or(&[][..], Node::entries) {
                let is_ours =
                    matches!(event.key.as_str(), "push" | "pull_request" | "pull_request_target");
                if let (true, Some(branches)) = (is_ours, event.node.get("branches")) {
                    filter(&event.key, branches, reading);
                }
            }
            for job in root.get("jobs").map_or(&[][..], Node::entries) {
                let matrix = job.node.get("strategy").and_then(|strategy| strategy.get("matrix"));
                for axis in matrix.map_or(&[][..], Node::entries) {
                    if axis.key == "include" {
                        for entry in axis.node.items().iter().flat_map(Node::entries) {
                            values(entry, reading);
                        }
                    } else if axis.key != "exclude" {
                        values(axis, reading);
                    }
                }
            }
        })
    }
}

/// The branches of `on.<event>.branches`.
fn filter(event: &str, branches: &Node, reading: &mut Reading<'_>) {
    let place = format!("filter of {event}");
    for item in branches.one_or_many() {
        let Some(name) = item.text().filter(|name| !name.is_empty()) else { continue };
        if name.starts_with('!') || name.contains("${{") {
            continue;
        }
        // `+` repeats what stands before it, and is part of names such as `1.4+ent`.
        let is_pattern = name.contains(['*', '?', '[']);
        let claim = if is_pattern {
            reading.claim_in(&place, item.row, About::Matching(name.to_owned()))
        } else {
            let claim = reading.claim_in(&place, item.row, About::Branch(name.to_owned()));
            claim.standing(Standing::Supported)
        };
        reading.make(claim);
    }
}

/// The branches among the values of one key of a matrix.
fn values(axis: &Entry, reading: &mut Reading<'_>) {
    let Some(key) = key(&axis.key) else { return };
    for item in axis.node.one_or_many() {
        if let Some(about) = item.text().and_then(|text| named(text, key)) {
            let claim = reading.claim_in("matrix", item.row, about);
            reading.make(claim.standing(Standing::Supported));
        }
    }
}

/// How plainly the key of a matrix speaks of branches.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Key {
    Plain,
    /// Platforms and images have targets and bases, too.
    Vague,
}

fn key(name: &str) -> Option<Key> {
    // `baseRef` is `base-Ref`.
    let mut spaced = String::with_capacity(name.len() + 4);
    for c in name.chars() {
        if c.is_uppercase() {
            spaced.push('-');
        }
        spaced.extend(c.to_lowercase());
    }
    let words: Vec<&str> = spaced.split(|c: char| !c.is_alphanumeric()).collect();
    let has = |wanted: &[&str]| words.iter().any(|word| wanted.contains(word));
    if has(&["ref", "refs"]) || words.iter().any(|w| w.ends_with("branch") || *w == "branches") {
        Some(Key::Plain)
    } else {
        has(&["target", "targets", "base", "bases", "line", "lines"]).then_some(Key::Vague)
    }
}

/// What a value names, if it looks like a branch or tag of a release line.
fn named(text: &str, key: Key) -> Option<About> {
    const TRUNKS: [&str; 5] = ["main", "master", "trunk", "develop", "devel"];
    const PREFIXES: [&str; 10] = [
        "v",
        "r",
        "release",
        "releases",
        "rel",
        "stable",
        "maint",
        "maintenance",
        "support",
        "lts",
    ];
    if let Some(tag) = text.strip_prefix("refs/tags/") {
        return about::version(tag).map(About::Version);
    }
    let name = text.strip_prefix("refs/heads/").unwrap_or(text);
    let is_name = name.chars().all(|c| c.is_alphanumeric() || "-_./+".contains(c));
    let is_hash =
        name.len() >= 7 && name.chars().all(|c| c.is_ascii_hexdigit()) && !name.contains('.');
    if !is_name || is_hash || name.len() > 100 {
        return None;
    }
    if TRUNKS.contains(&name) {
        return Some(About::Branch(name.to_owned()));
    }
    let start = name.find(|c: char| c.is_ascii_digit())?;
    let version = about::version(name);
    if key == Key::Vague {
        let before = name[..start].to_lowercase();
        let mut words = before.split(['-', '_', '/']).filter(|word| !word.is_empty()).peekable();
        // A bare number is a version of something else.
        let is_bare = words.peek().is_none() && !name.ends_with('x');
        if version.is_none() || is_bare || !words.all(|word| PREFIXES.contains(&word)) {
            return None;
        }
    }
    match version {
        // Three numbers are a release, unless the last one is open.
        Some(version) if version.split('.').count() > 2 && !name.ends_with('x') => {
            Some(About::Version(version))
        }
        _ => Some(About::Branch(name.to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(name: &str, value: &str) -> Option<String> {
        match named(value, key(name)?)? {
            About::Branch(name) => Some(name),
            About::Version(version) => Some(format!("version {version}")),
            other => Some(format!("{other:?}")),
        }
    }

    #[test]
    fn only_values_that_look_like_lines_under_keys_that_speak_of_branches_are_read() {
        for (name, value, expected) in [
            ("branch", "main", Some("main")),
            ("branch", "release-1.14", Some("release-1.14")),
            ("branches", "8-1-stable", Some("8-1-stable")),
            ("release-branch", "1.4.x", Some("1.4.x")),
            ("targetBranch", "acme-1.47.x", Some("acme-1.47.x")),
            ("branch", "9.4", Some("9.4")),
            ("ref", "refs/heads/v2.x", Some("v2.x")),
            ("ref", "v1.4.2", Some("version 1.4.2")),
            ("ref", "refs/tags/v1.4.2", Some("version 1.4.2")),
            ("baseRef", "maint-28", Some("maint-28")),
            ("target", "release/v2.9.x", Some("release/v2.9.x")),
            ("line", "1.4.x", Some("1.4.x")),
            ("ref", "0123456789abcdef0123456789abcdef01234567", None),
            ("ref", "${{ github.ref }}", None),
            ("branch", "some-topic", None),
            ("target", "x86_64-unknown-linux-gnu", None),
            ("target", "1.85", None),
            ("base", "ubuntu-24.04", None),
            ("base-image", "debian:12", None),
            ("baseline", "1.4", None),
            ("prefix", "v1", None),
            ("go", "1.24", None),
            ("go-version", "1.24.x", None),
            ("python-version", "3.14", None),
            ("k8s-release", "v1.30", None),
            ("version", "1.4", None),
        ] {
            assert_eq!(shown(name, value).as_deref(), expected, "{name}: {value}");
        }
    }
}
