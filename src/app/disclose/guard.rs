//! What is under embargo stays private: it is refused where others can read it, and nothing is
//! written before somebody said yes to exactly that.

use std::path::Path;

use super::{Opened, unbuilt};
use crate::{app::Error, cli::disclose::PrivacyArgs};

/// Refuses to print what is under embargo where others can read it: the log of a public repository's
/// CI. `what` names it in the message: `the announcement`.
pub(super) fn reveal(opened: &Opened, privacy: PrivacyArgs, what: &str) -> Result<(), Error> {
    let _ = (opened, privacy, what);
    Err(unbuilt())
}

/// Writes a file that only its owner can read, if whoever asks for it says yes. It is refused inside a
/// work tree whose remote is public while the record is under embargo.
pub(super) fn write(
    opened: &Opened,
    privacy: PrivacyArgs,
    path: &Path,
    bytes: &[u8],
) -> Result<(), Error> {
    let _ = (opened, privacy, path, bytes);
    Err(unbuilt())
}
