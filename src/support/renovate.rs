//! The configuration of Renovate: the branches that it keeps up to date.
//!
//! ```json5
//! {
//!   baseBranchPatterns: ["main", "release-1.4", "/^release-2\\./"],
//!   packageRules: [{ matchBaseBranches: ["release-1.4"], groupName: null }],
//! }
//! ```
//!
//! A list of branches is often repeated in the rules, and each copy can go stale. A rule that turns
//! something off names a branch without caring for it. See
//! <https://docs.renovatebot.com/configuration-options/#basebranchpatterns>.

use super::{Read, SupportReader, reading, reading::Reading, tree::Node};
use crate::model::{About, DeclaredBy, Origin, Standing};

/// `renovate.json` and its other names.
#[derive(Debug)]
pub(super) struct Renovate;

impl SupportReader for Renovate {
    fn id(&self) -> &'static str {
        "renovate"
    }

    fn claims(&self, path: &str) -> bool {
        const FOLDERS: [&str; 2] = [".github/", ".gitlab/"];
        let name = FOLDERS.iter().find_map(|folder| path.strip_prefix(folder)).unwrap_or(path);
        matches!(name, "renovate.json" | "renovate.json5")
            || matches!(path, ".renovaterc" | ".renovaterc.json" | ".renovaterc.json5")
    }

    fn may_decide(&self) -> bool {
        false
    }

    fn read(&self, text: &str, at: &Origin) -> Read {
        reading::read(text, at, DeclaredBy::Bots, |text, reading| {
            let Some(root) = reading.json(text) else { return };
            for entry in root.entries() {
                match entry.key.as_str() {
                    "baseBranches" | "baseBranchPatterns" => branches(&entry.node, true, reading),
                    "packageRules" => {
                        for rule in entry.node.items() {
                            let is_on = rule.get("enabled").and_then(Node::truth) != Some(false);
                            if let Some(list) = rule.get("matchBaseBranches") {
                                branches(list, is_on, reading);
                            }
                        }
                    }
                    _ => {}
                }
            }
        })
    }
}

fn branches(list: &Node, is_on: bool, reading: &mut Reading<'_>) {
    for item in list.one_or_many() {
        let Some(name) = item.text().filter(|name| !name.is_empty()) else {
            reading.note(item.row, format!("`{}` is not a branch", reading::shown(item)));
            continue;
        };
        // What is exempt is not looked after, and the default branch has a name of its own.
        if name.starts_with('!') || name == "$default" {
            continue;
        }
        let is_pattern = name.starts_with('/') || name.contains(['*', '?', '{', '[']);
        let claim = if is_pattern {
            reading.claim(item.row, About::Matching(name.to_owned()))
        } else {
            let mut claim = reading.claim(item.row, About::Branch(name.to_owned()));
            claim.standing = is_on.then_some(Standing::Supported);
            claim
        };
        reading.make(claim);
    }
}
