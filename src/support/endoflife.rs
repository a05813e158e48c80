//! A product of endoflife.date: as it is edited, and as its two interfaces give it.
//!
//! - a Markdown file with `releases` in its YAML header, or that header alone,
//! - the first interface, `/api/product.json`: a list of `cycle`s,
//! - the second, `/api/v1/products/product`: `result.releases`.
//!
//! It claims no path: it is read where the configuration names a file. `eol: false` says that it has
//! not ended, and often that nobody knows when it will; the rule behind it stands in a comment at
//! best. See <https://endoflife.date/docs/api/v1/> and
//! <https://github.com/endoflife-date/endoflife.date/blob/master/CONTRIBUTING.md>.

use super::{Read, SupportReader, about, reading, reading::Reading, tree::Node};
use crate::model::{About, DeclaredBy, End, Origin, Standing};

/// A product of endoflife.date.
#[derive(Debug)]
pub(super) struct EndOfLife;

impl SupportReader for EndOfLife {
    fn id(&self) -> &'static str {
        "endoflife"
    }

    fn claims(&self, _path: &str) -> bool {
        false
    }

    fn read(&self, text: &str, at: &Origin) -> Read {
        reading::read(text, at, DeclaredBy::EndOfLife, |text, reading| {
            let start = text.trim_start();
            let root = if start.starts_with("---") {
                let header = header(text, reading);
                reading.yaml(header)
            } else if start.starts_with(['{', '[']) {
                reading.json(text)
            } else {
                // The header alone, as `patchline lines --format endoflife` prints it.
                reading.yaml(text)
            };
            let Some(root) = root else { return };
            let result = root.get("result").unwrap_or(&root);
            let releases = result.get("releases").unwrap_or(result);
            if !releases.is_list() {
                reading.warn_with_hint(
                    root.row,
                    "it has no list of releases",
                    "name a product file of endoflife.date, or what its interface gives",
                );
            }
            for release in releases.items() {
                line(release, reading);
            }
        })
    }
}

/// The YAML between the first two `---`, with the rows of the file.
fn header<'t>(text: &'t str, reading: &mut Reading<'_>) -> &'t str {
    let mut end = 0;
    let mut fences = 0;
    for row in text.split_inclusive('\n') {
        fences += usize::from(row.trim_end() == "---");
        if fences == 2 {
            return &text[..end];
        }
        end += row.len();
    }
    reading.warn(std::num::NonZeroU32::MIN, "its header is never closed, so the file is cut off");
    reading.is_whole = false;
    text
}

fn line(release: &Node, reading: &mut Reading<'_>) {
    let first = |keys: &[&'static str]| {
        keys.iter().copied().find(|key| release.get(key).is_some_and(|node| !node.is_empty()))
    };
    let Some(name) = first(&["releaseCycle", "cycle", "name"]).and_then(|key| release.get(key))
    else {
        reading.note(release.row, "a release has no name");
        return;
    };
    let Some(version) = name.text().and_then(about::version) else {
        reading.note(name.row, format!("`{}` is not a version", reading::shown(name)));
        return;
    };
    let mut claim = reading.claim(name.row, About::Version(version));
    // A day counts for more than the truth beside it, which was computed from it on some day.
    match first(&["eol", "eolFrom", "isEol"]) {
        None => {
            reading.note(name.row, format!("`{}` has no `eol`", reading::shown(name)));
            return;
        }
        Some(key) => match release.get(key).and_then(Node::truth) {
            Some(true) => claim.standing = Some(Standing::Eol),
            Some(false) => claim.standing = Some(Standing::Supported),
            None => {
                claim.security_until = reading.until(release, key);
                if claim.security_until.is_none() {
                    return;
                }
            }
        },
    }
    claim.from = first(&["releaseDate"]).and_then(|key| reading.from(release, key));
    claim.bug_fixes_until = day_or_truth(release, first(&["eoas", "support", "eoasFrom"]), reading);
    claim.extended_until =
        day_or_truth(release, first(&["eoes", "extendedSupport", "eoesFrom"]), reading);
    // A day is the one on which it becomes a long-term line, and may be ahead.
    let lts = first(&["lts", "isLts", "ltsFrom"]).and_then(|key| release.get(key));
    claim.is_lts = lts.is_some_and(|lts| lts.truth() != Some(false));
    reading.make(claim);
}

/// The day of a value that may be a truth instead, which says nothing of when.
fn day_or_truth(release: &Node, key: Option<&str>, reading: &mut Reading<'_>) -> Option<End> {
    let key = key.filter(|key| release.get(key).is_some_and(|node| node.truth().is_none()))?;
    reading.until(release, key)
}
