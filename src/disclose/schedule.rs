//! When which step of a disclosure is due, and how far what happened is from what was planned.

mod slip;

pub(in crate::disclose) use slip::days;
pub use slip::{Slip, slip};
