//! The project's own vulnerabilities: one record per security release, and everything that follows
//! from it.
//!
//! A record → what is missing, where its fixes are, what to do when, the texts of each stage, and the
//! documents that machines read. Nothing here reads a file, a ref or a clock.

pub mod affected;
pub mod begin;
pub mod check;
pub mod export;
pub mod keys;
pub mod policy;
pub mod privacy;
pub mod process;
pub mod read;
pub mod record;
pub mod schedule;
pub mod shape;
pub mod slot;
pub mod stage;
pub mod text;
pub mod write;
pub mod track;
pub mod status;

pub use policy::Policy;
pub use read::{Complaint, Reading, read};
pub use record::Record;
pub use stage::Stage;
pub use write::{Remarks, write, write_guided};
