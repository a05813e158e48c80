//! `branches.json`: the branches that are maintained.
//!
//! ```json
//! {"branches": [{"branch": "main", "version": "10.1.0"}, {"branch": "9.7", "version": "9.7.3"}]}
//! ```
//!
//! What is listed is maintained, and what is not listed has ended. The version is the one in
//! preparation and not a release, so it is not read. As kept at
//! <https://github.com/elastic/elasticsearch/blob/main/branches.json>.

use super::{Read, SupportReader, reading};
use crate::model::{About, DeclaredBy, Origin, Standing};

/// `branches.json`.
#[derive(Debug)]
pub(super) struct BranchesJson;

impl SupportReader for BranchesJson {
    fn id(&self) -> &'static str {
        "branches_json"
    }

    fn claims(&self, path: &str) -> bool {
        path == "branches.json"
    }

    fn read(&self, text: &str, at: &Origin) -> Read {
        reading::read(text, at, DeclaredBy::Manifest, |text, reading| {
            let Some(root) = reading.json(text) else { return };
            let Some(branches) = root.get("branches").filter(|branches| branches.is_list()) else {
                reading
                    .note(root.row, "it has no list `branches`, so it says nothing about support");
                return;
            };
            for item in branches.items() {
                match item.get("branch").filter(|branch| !branch.is_empty()) {
                    Some(branch) if branch.text().is_some() => {
                        let name = branch.text().unwrap_or_default().to_owned();
                        let claim = reading.claim(branch.row, About::Branch(name));
                        reading.make(claim.standing(Standing::Supported));
                    }
                    _ => {
                        reading.note(item.row, "an entry names no `branch`");
                        reading.is_whole = false;
                    }
                }
            }
            reading.make_others(branches.row);
        })
    }
}
