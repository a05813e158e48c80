//! `.grype.yaml`: what Grype ignores. See
//! <https://github.com/anchore/grype#specifying-matches-to-ignore>.
//!
//! ```yaml
//! ignore:
//!   - vulnerability: CVE-2031-0001
//!     reason: the call is compiled out
//!     package: {name: ferry, version: 1.2.3, type: rust-crate}
//! ```
//!
//! All criteria of an entry must hold, and a name may be a regular expression. It knows no ends.

use super::{
    OpinionReader, Read,
    reading::{self, Reading, file_name, folder_of, shown},
};
use crate::{
    model::{Ecosystem, Origin},
    tree::Node,
};

/// `.grype.yaml`.
#[derive(Debug)]
pub(super) struct GrypeYaml;

/// Syft's types of packages and its languages, and whose they are.
const ECOSYSTEMS: [(&str, &str); 21] = [
    ("rust-crate", "crates.io"),
    ("rust", "crates.io"),
    ("go-module", "Go"),
    ("go", "Go"),
    ("npm", "npm"),
    ("javascript", "npm"),
    ("java-archive", "Maven"),
    ("java", "Maven"),
    ("python", "PyPI"),
    ("gem", "RubyGems"),
    ("ruby", "RubyGems"),
    ("php-composer", "Packagist"),
    ("php", "Packagist"),
    ("dotnet", "NuGet"),
    ("hex", "Hex"),
    ("elixir", "Hex"),
    ("erlang", "Hex"),
    ("dart-pub", "Pub"),
    ("dart", "Pub"),
    ("swift", "SwiftURL"),
    ("github-action", "GitHub Actions"),
];

impl OpinionReader for GrypeYaml {
    fn id(&self) -> &'static str {
        "grype.yaml"
    }

    fn claims(&self, path: &str) -> bool {
        matches!(file_name(path), ".grype.yaml" | ".grype.yml")
            || path == ".grype/config.yaml"
            || path.ends_with("/.grype/config.yaml")
    }

    fn read(&self, text: &str, at: &Origin) -> Read {
        reading::read(self.id(), folder_of(&at.path, &[".grype"]), text, at, |text, reading| {
            let Some(root) = reading.yaml(text) else { return };
            let Some(ignore) = root.get("ignore") else { return };
            ignore.items().iter().for_each(|item| entry(item, reading));
        })
    }
}

fn entry(item: &Node, reading: &mut Reading<'_>) {
    if item.entries().is_empty() {
        reading.warn(item.row, "an entry of `ignore` names no criterion");
        return;
    }
    let mut opinion = reading.opinion(item.row, item.get("vulnerability").and_then(Node::text));
    let criterion = |key: &str, value: &Node| format!("`{key}` is `{}`", shown(value));
    let mut ecosystem = Ecosystem::UNKNOWN;
    let (mut name, mut version) = (None, None);
    for entry in item.entries().iter().filter(|entry| !entry.node.is_empty()) {
        match entry.key.as_str() {
            // Here any name of a vulnerability matches.
            "vulnerability" | "include-aliases" => {}
            "reason" => opinion.reason = entry.node.text().map(str::to_owned),
            "package" => {
                for part in entry.node.entries().iter().filter(|part| !part.node.is_empty()) {
                    let text = part.node.text();
                    let known = || {
                        let wanted = text?.to_ascii_lowercase();
                        ECOSYSTEMS.iter().find(|(kind, _)| *kind == wanted)
                    };
                    match (part.key.as_str(), text) {
                        ("name", Some(text)) => name = Some(text),
                        ("version", Some(text)) => version = Some(text),
                        ("type" | "language", _) if known().is_some() => {
                            if let Some((_, found)) = known() {
                                ecosystem = Ecosystem::named(found);
                            }
                        }
                        (key, _) => {
                            opinion.only_if.push(criterion(&format!("package.{key}"), &part.node));
                        }
                    }
                }
            }
            key => opinion.only_if.push(criterion(key, &entry.node)),
        }
    }
    // Grype takes the name for a regular expression over all of it.
    let is_pattern = |name: &str| name.contains(|c: char| "*+?()[]{}|^$\\".contains(c));
    match name {
        Some(name) if is_pattern(name) => {
            opinion.only_if.push(format!("the package matches `{name}`"));
            opinion.only_if.extend(version.map(|version| format!("the version is `{version}`")));
        }
        Some(name) => opinion.package = reading::package(ecosystem, name, version),
        None => {
            let whose = ecosystem.is_known().then(|| format!("the package is one of {ecosystem}"));
            opinion.only_if.extend(whose);
            opinion.only_if.extend(version.map(|version| format!("the version is `{version}`")));
        }
    }
    reading.make(opinion);
}
