//! The project's own vulnerabilities: one record per security release, and everything that follows
//! from it.
//!
//! A record → what is missing, where its fixes are, what to do when, the texts of each stage, and the
//! documents that machines read. Nothing here reads a file, a ref or a clock.

pub mod policy;
pub mod process;
pub mod record;
pub mod stage;

pub use policy::Policy;
pub use record::Record;
pub use stage::Stage;
