//! `….openeox.json`: when a product ends, in the words of OASIS OpenEoX.
//!
//! ```json
//! {"end_of_life": "2031-04-30T00:00:00Z", "end_of_security_support": "tba", "last_updated": "2026-08-01T00:00:00Z"}
//! ```
//!
//! The core says nothing of the product: its version is that of the shell around it, a draft, or
//! the name of the file, `1.4.openeox.json`. The shell has it in a `product`, earlier ones beside the
//! core. `tba` is a day still to be announced, so the line has not ended, unless its life has. See
//! <https://docs.oasis-open.org/openeox/>.

use std::num::NonZeroU32;

use jiff::{Timestamp, civil::Date};

use super::{Read, SupportReader, about, reading, reading::Reading, tree::Node};
use crate::model::{About, DeclaredBy, End, Origin, Standing};

const SUFFIX: &str = ".openeox.json";

/// `….openeox.json`.
#[derive(Debug)]
pub(super) struct OpenEox;

impl SupportReader for OpenEox {
    fn id(&self) -> &'static str {
        "openeox"
    }

    fn claims(&self, path: &str) -> bool {
        path.ends_with(SUFFIX)
    }

    fn read(&self, text: &str, at: &Origin) -> Read {
        reading::read(text, at, DeclaredBy::Manifest, |text, reading| {
            let Some(root) = reading.json(text) else { return };
            // The version may stand in the part that is missing.
            if !reading.is_whole {
                return;
            }
            match root.get("statements") {
                Some(statements) => {
                    for statement in statements.items() {
                        product(statement, reading);
                    }
                }
                None => product(&root, reading),
            }
        })
    }
}

/// The core of a statement, and the versions of all its products.
fn product(statement: &Node, reading: &mut Reading<'_>) {
    let core = statement.get("core").unwrap_or(statement);
    let Some(security) = core.get("end_of_security_support") else {
        reading.warn(core.row, "it has no `end_of_security_support`");
        return;
    };
    let versions = versions(statement, reading);
    if versions.is_empty() {
        return;
    }
    let life = core.get("end_of_life").and_then(Node::text).and_then(day);
    let (standing, security_until) = match security.text().map(|text| (text, day(text))) {
        // Nothing is supported for longer than it lives.
        Some(("tba", _)) if life.is_some() => (None, life),
        Some(("tba", _)) => (Some(Standing::Supported), None),
        Some((_, Some(day))) => (None, Some(day)),
        _ => {
            let shown = reading::shown(security);
            let message =
                format!("`end_of_security_support` is neither a time nor `tba`: `{shown}`");
            reading.note(security.row, message);
            return;
        }
    };
    for version in versions {
        let mut claim = reading.claim(security.row, About::Version(version));
        claim.standing = standing;
        claim.security_until = security_until.map(End::Day);
        // What is left between the two is not for everybody.
        claim.extended_until = life.filter(|life| Some(*life) > security_until).map(End::Day);
        reading.make(claim);
    }
}

/// The versions in the shell, else that in the name of the file.
fn versions(statement: &Node, reading: &mut Reading<'_>) -> Vec<String> {
    let products = match statement.get("product") {
        Some(product) if product.is_list() => product.items().iter().collect(),
        Some(product) => vec![product],
        None => Vec::new(),
    };
    let nodes: Vec<(NonZeroU32, String)> = products
        .into_iter()
        .chain([statement])
        .filter_map(|node| node.get("product_version"))
        .map(|node| (node.row, reading::shown(node)))
        .collect();
    if !nodes.is_empty() {
        let mut found = Vec::new();
        for (row, shown) in nodes {
            match about::version(&shown) {
                Some(version) => found.push(version),
                None => {
                    reading.note(row, format!("`product_version` is not a version: `{shown}`"));
                }
            }
        }
        return found;
    }
    let name = reading.path().rsplit('/').next().unwrap_or_default();
    let found = name.strip_suffix(SUFFIX).and_then(about::version);
    if found.is_none() {
        reading.warn_with_hint(
            statement.row,
            "neither `product_version` nor the file's name tells the version",
            "name the file after the line, such as `1.4.openeox.json`",
        );
    }
    found.into_iter().collect()
}

/// The day of an RFC 3339 time, as it is written: whoever writes midnight means the day.
fn day(text: &str) -> Option<Date> {
    text.parse::<Timestamp>().ok()?;
    text.get(..10)?.parse().ok()
}
