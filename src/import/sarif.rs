//! SARIF 2.1.0, read leniently and result by result, and the dialects of the tools that write it.
//!
//! A log may have hundreds of megabytes, so it is never one value in memory: the first pass reads
//! what stands beside the results, the second one reads each result on its own. A result that
//! cannot be read costs itself.
//!
//! <https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/sarif-v2.1.0-errata01-os.html>

use super::{Document, Imported, Importer};

/// Reads SARIF, whoever wrote it.
pub(super) struct Sarif;

impl Importer for Sarif {
    fn id(&self) -> &'static str {
        "sarif"
    }

    fn claims(&self, document: &Document<'_>) -> bool {
        matches!(document.shape, super::Shape::Sarif)
    }

    fn read(&self, _document: &Document<'_>) -> Imported {
        Imported::default()
    }
}

/// True of a JSON object with `runs` that is a list or null, even if it is cut short.
pub(super) fn is_sarif(_bytes: &[u8]) -> bool {
    false
}
