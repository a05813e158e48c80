//! Patchline: is every release line that a project promises to support patched, and how do we know?
//!
//! Data flows one way, and a module uses only modules listed before it:
//!
//! ```text
//! files ─ support ─ claims ─┐
//! refs ─ discover ─ lines ──┤
//! trees ─ lockfile ─ inventories ─ scan ─ evidence ─ merge ─ findings ─ judge ─ report ─ artifacts
//! database ─ advise ─ advisories ─┘
//! ```
//!
//! The core, up to `cli`, is pure and synchronous and cannot fail: it returns what it could read
//! and says what was wrong with the rest. `edge`, `collect` and `app` touch the world.
//! ARCHITECTURE.md tells the rest.

// The core: pure, synchronous.
pub mod model;
pub mod escape;
mod tree;
pub mod lockfile;
pub mod graph;
pub mod severity;
pub mod advise;
mod name;
pub mod event;
pub mod opinion;
pub mod import;
pub mod support;
pub mod discover;
pub mod scan;
pub mod merge;
pub mod history;
pub mod judge;
pub mod report;
pub mod publish;
pub mod disclose;
pub mod config;
pub mod cli;
// The rim: the outside.
pub mod edge;
pub mod collect;
pub mod app;
