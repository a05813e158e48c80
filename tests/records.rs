//! Records for machines: judged by the official schemas, read back, and compared with the record.
#![expect(
    clippy::assigning_clones,
    clippy::disallowed_methods,
    clippy::print_stderr,
    reason = "the judges are outside, and the tests say what they skipped and are read before they are \
              fast"
)]

#[path = "records/again.rs"]
mod again;
#[path = "records/judged.rs"]
mod judged;
#[path = "records/samples.rs"]
mod samples;
#[path = "records/shown.rs"]
mod shown;
