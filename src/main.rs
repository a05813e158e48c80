//! The `patchline` program: parse, run, print the error, return the code.

use std::{
    error::Error,
    io::{self, Write as _},
    process::ExitCode,
    time::Duration,
};

use clap::Parser as _;
use patchline::{app, cli::Cli, edge::exec, escape};

/// How long it may take to clean up.
const LONGEST_END: Duration = Duration::from_secs(5);

fn main() -> ExitCode {
    let cli = Cli::parse();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return fail(&error, &[], app::Exit::Broken),
    };
    // A task of its own: work that blocks must not keep a signal from being heard.
    let done = runtime.block_on(async {
        let mut run = tokio::spawn(app::run(cli));
        tokio::select! {
            done = &mut run => Some(done),
            () = exec::interrupted() => {
                run.abort();
                None
            }
        }
    });
    // Programs that still run are ended, and their folders removed.
    runtime.shutdown_timeout(LONGEST_END);
    match done {
        Some(Ok(Ok(exit))) => ExitCode::from(exit.code()),
        Some(Ok(Err(error))) => fail(&error, &error.hints(), error.exit()),
        Some(Err(error)) => fail(&error, &["this is a bug".to_owned()], app::Exit::Broken),
        None => fail(&io::Error::other("the run was interrupted"), &[], app::Exit::Broken),
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
