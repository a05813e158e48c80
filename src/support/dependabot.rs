//! `.github/dependabot.yml`: the branches that Dependabot keeps up to date.
//!
//! ```yaml
//! updates:
//! - package-ecosystem: cargo
//!   target-branch: release-1.4
//! ```
//!
//! An entry without a `target-branch` is for the default branch. See
//! <https://docs.github.com/en/code-security/dependabot/working-with-dependabot/dependabot-options-reference>.

use super::{Read, SupportReader, reading};
use crate::model::{About, DeclaredBy, Origin, Standing};

/// `.github/dependabot.yml`.
#[derive(Debug)]
pub(super) struct Dependabot;

impl SupportReader for Dependabot {
    fn id(&self) -> &'static str {
        "dependabot"
    }

    fn claims(&self, path: &str) -> bool {
        matches!(path, ".github/dependabot.yml" | ".github/dependabot.yaml")
    }

    fn may_decide(&self) -> bool {
        false
    }

    fn read(&self, text: &str, at: &Origin) -> Read {
        reading::read(text, at, DeclaredBy::Bots, |text, reading| {
            let Some(root) = reading.yaml(text) else { return };
            let Some(updates) = root.get("updates").filter(|updates| updates.is_list()) else {
                reading.note(root.row, "it has no list `updates`");
                return;
            };
            for update in updates.items() {
                let branch = update.get("target-branch").filter(|branch| !branch.is_empty());
                let Some(branch) = branch else { continue };
                match branch.text() {
                    Some(name) => {
                        let claim = reading.claim(branch.row, About::Branch(name.to_owned()));
                        reading.make(claim.standing(Standing::Supported));
                    }
                    None => reading.note(branch.row, "`target-branch` is not a name"),
                }
            }
        })
    }
}
