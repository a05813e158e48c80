//! The outside: git, HTTP, files, programs, the clock, the terminal. Concrete types, and the only callers of
//! the world.
//!
//! Tests fake the world at the protocol (a real repository, a real server on loopback), so nothing
//! here is a trait.

pub mod clock;
pub mod exec;
pub mod files;
pub mod git;
pub mod github;
pub mod http;
pub mod progress;
pub mod readers;

/// An error and what is behind it, in one line.
pub fn causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    text
}
