//! The `patchline` program: parse, run, print the error, return the code.

use std::{
    error::Error,
    io::{self, Write as _},
    process::ExitCode,
};

use clap::Parser as _;
use patchline::{app, cli::Cli, escape};

fn main() -> ExitCode {
    let cli = Cli::parse();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return fail(&error, &[], app::Exit::Broken),
    };
    match runtime.block_on(app::run(cli)) {
        Ok(exit) => ExitCode::from(exit.code()),
        Err(error) => fail(&error, &error.hints(), error.exit()),
    }
}

/// Prints an error once, with its causes and what to do next.
fn fail(error: &dyn Error, hints: &[String], exit: app::Exit) -> ExitCode {
    let mut stderr = io::stderr().lock();
    let mut said = error.to_string();
    let _ = writeln!(stderr, "error: {}", escape::line(&said));
    let mut source = error.source();
    while let Some(cause) = source {
        // Some libraries wrap an error in one that says the same.
        if cause.to_string() != said {
            said = cause.to_string();
            let _ = writeln!(stderr, "cause: {}", escape::line(&said));
        }
        source = cause.source();
    }
    for hint in hints {
        let _ = writeln!(stderr, "hint: {}", escape::line(hint));
    }
    ExitCode::from(exit.code())
}
