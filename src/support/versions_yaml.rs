//! `versions.yaml`: every release, and whether it is supported.
//!
//! ```yaml
//! versions:
//!   - version: v1.40.2
//!     supported: "true"
//!   - version: v1.40.1
//!     supported: "false"
//! ```
//!
//! The truths may be texts, and each patch has its entry: a line is supported if one of its patches
//! is, which is decided in `discover`. As kept at
//! <https://github.com/projectcontour/contour/blob/main/versions.yaml>.

use super::{Read, SupportReader, about, reading, reading::Reading, tree::Node};
use crate::model::{About, DeclaredBy, Origin, Standing};

/// `versions.yaml`.
#[derive(Debug)]
pub(super) struct VersionsYaml;

impl SupportReader for VersionsYaml {
    fn id(&self) -> &'static str {
        "versions_yaml"
    }

    fn claims(&self, path: &str) -> bool {
        matches!(path, "versions.yaml" | "versions.yml")
    }

    fn read(&self, text: &str, at: &Origin) -> Read {
        reading::read(text, at, DeclaredBy::Manifest, |text, reading| {
            let Some(root) = reading.yaml(text) else { return };
            let versions = root.get("versions").map_or(&[][..], Node::items);
            // Many things have versions.
            if !versions.iter().any(|item| item.get("supported").is_some()) {
                reading.note(
                    root.row,
                    "no entry of `versions` has `supported`, so it says nothing about support",
                );
                return;
            }
            for item in versions {
                entry(item, reading);
            }
            let row = root.entries().iter().find(|entry| entry.key == "versions").map(|e| e.row);
            reading.make_others(row.unwrap_or(root.row));
        })
    }
}

fn entry(item: &Node, reading: &mut Reading<'_>) {
    let version = item.get("version").filter(|version| !version.is_empty());
    let (Some((version, name)), Some(supported)) =
        (version.and_then(|v| Some((v, v.text()?))), item.get("supported"))
    else {
        reading.note(item.row, "an entry has no `version` or no `supported`");
        reading.is_whole = false;
        return;
    };
    let Some(is_supported) = supported.truth() else {
        let value = reading::shown(supported);
        reading.note(supported.row, format!("`supported` is neither true nor false: `{value}`"));
        reading.is_whole = false;
        return;
    };
    let standing = if is_supported { Standing::Supported } else { Standing::Eol };
    let about = match about::version(name) {
        Some(version) => About::Version(version),
        // A branch that is not supported as such may still become the next line.
        None if !name.contains(|c: char| c.is_ascii_digit()) => {
            if !is_supported {
                return;
            }
            About::Branch(name.to_owned())
        }
        None => {
            reading.note(version.row, format!("`{}` is not a version", reading::shown(version)));
            // Which line is supported cannot be told, so the list ends none.
            reading.is_whole &= !is_supported;
            return;
        }
    };
    reading.make(reading.claim(version.row, about).standing(standing));
}
