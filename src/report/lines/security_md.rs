//! The table of supported versions that SECURITY.md keeps.

mod table;

pub use self::table::table;
use crate::report::kept::{ByHand, Kept};

/// The part of SECURITY.md that is the table.
pub const TABLE: Kept = Kept {
    marker: "patchline:supported-versions",
    heading: "Supported versions",
    by_hand: ByHand::Table,
};
