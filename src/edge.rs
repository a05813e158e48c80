//! The outside: git, HTTP, files, the clock, the terminal. Concrete types, and the only callers of
//! the world.
//!
//! Tests fake the world at the protocol (a real repository, a real server on loopback), so nothing
//! here is a trait.

pub mod clock;
pub mod files;
pub mod git;
pub mod http;
pub mod progress;
