//! `….openeox.json`: when a product ends, in the words of OASIS OpenEoX.
//!
//! ```json
//! {"end_of_life": "2031-04-30T00:00:00Z", "end_of_security_support": "tba", "last_updated": "2026-08-01T00:00:00Z"}
//! ```
//!
//! The core says nothing of the product: its version is that of the shell around it, a draft, or
//! the name of the file, `1.4.openeox.json`. `tba` is a day still to be announced, so the line has
//! not ended. See <https://docs.oasis-open.org/openeox/>.

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

fn product(statement: &Node, reading: &mut Reading<'_>) {
    let core = statement.get("core").unwrap_or(statement);
    let Some(security) = core.get("end_of_security_support") else {
        reading.warn(core.row, "it has no `end_of_security_support`");
        return;
    };
    let Some(version) = version(statement, reading) else { return };
    let mut claim = reading.claim(security.row, About::Version(version));
    match security.text().map(|text| (text, day(text))) {
        Some(("tba", _)) => claim.standing = Some(Standing::Supported),
        Some((_, Some(day))) => claim.security_until = Some(End::Day(day)),
        _ => {
            let shown = reading::shown(security);
            let message =
                format!("`end_of_security_support` is neither a time nor `tba`: `{shown}`");
            reading.note(security.row, message);
            return;
        }
    }
    reading.make(claim);
}

/// The version in the shell, else in the name of the file.
fn version(statement: &Node, reading: &mut Reading<'_>) -> Option<String> {
    if let Some(version) = statement.get("product_version") {
        let found = version.text().and_then(about::version);
        if found.is_none() {
            let shown = reading::shown(version);
            reading.note(version.row, format!("`product_version` is not a version: `{shown}`"));
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
    found
}

/// The day of an RFC 3339 time, as it is written: whoever writes midnight means the day.
fn day(text: &str) -> Option<Date> {
    text.parse::<Timestamp>().ok()?;
    text.get(..10)?.parse().ok()
}
