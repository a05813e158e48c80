//! Starting a program: in a folder of ours, with an environment that is cleared but for what tools
//! need, no input, a bound on its output and its time, and an end for all that it started.
//!
//! It is not a sandbox. A program can read what the user can read, and write there; see
//! docs/scanners.md. The process group is a matter of Unix: elsewhere only the program itself is
//! ended.
#![expect(
    clippy::disallowed_methods,
    reason = "this is the edge where programs are started and their environment is chosen"
)]

use std::{
    ffi::{OsStr, OsString},
    io,
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use tokio::{
    io::{AsyncRead, AsyncReadExt as _},
    process::{Child, Command},
    time::{sleep, timeout},
};

use crate::config::is_withheld;

/// What programs get of our environment: where things are, and the way to the network.
const HANDED_ON: [&str; 42] = [
    "PATH",
    "HOME",
    "LANG",
    "LC_ALL",
    "TZ",
    "USER",
    "LOGNAME",
    "SHELL",
    "CARGO_HOME",
    "RUSTUP_HOME",
    "RUSTUP_TOOLCHAIN",
    "GOPATH",
    "GOCACHE",
    "GOMODCACHE",
    "GOROOT",
    "JAVA_HOME",
    "XDG_CACHE_HOME",
    "XDG_CONFIG_HOME",
    "XDG_DATA_HOME",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "NODE_EXTRA_CA_CERTS",
    "REQUESTS_CA_BUNDLE",
    "CURL_CA_BUNDLE",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "ALL_PROXY",
    "NO_PROXY",
    "http_proxy",
    "https_proxy",
    "all_proxy",
    "no_proxy",
    // Without these nothing starts on Windows.
    "SystemRoot",
    "SystemDrive",
    "ComSpec",
    "PATHEXT",
    "ProgramFiles",
    "ProgramData",
    "USERPROFILE",
    "APPDATA",
    "LOCALAPPDATA",
    "NUMBER_OF_PROCESSORS",
];

/// What of a stream that is not the report is kept: its end.
const TAIL: usize = 16 * 1024;
/// How long output may be held open by something that left the program's group.
const GRACE: Duration = Duration::from_secs(2);
/// How often a program is started again that is still open for writing in a fork of another thread.
const TRIES_WHILE_BUSY: usize = 20;

/// A program, where and how it is run.
#[derive(Clone, Debug)]
pub struct Run<'a> {
    /// The program and its arguments. A program with a slash is a file in `folder`.
    pub words: &'a [String],
    pub folder: &'a Path,
    /// For files of a moment.
    pub scratch: &'a Path,
    /// Names of variables of ours to hand on beside the usual ones.
    pub env: &'a [String],
    /// Variables with their values, over all others.
    pub set: &'a [(&'a str, &'a str)],
    pub report: Stream,
    /// More bytes of a report end the run.
    pub largest: usize,
    pub timeout: Duration,
}

/// Where the report comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stream {
    Stdout,
    Stderr,
    /// In a file; of both streams only the ends are kept.
    Neither,
}

/// How a run ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum End {
    /// By itself, with this code.
    Code(i32),
    /// By a signal that was not ours.
    Signal,
    /// It took too long.
    TimedOut,
    /// Its report was too large.
    Flooded,
}

/// What a run left.
#[derive(Debug)]
pub struct Ran {
    pub end: End,
    pub stdout: Vec<u8>,
    pub stderr: Vec<u8>,
    /// Something that it started held the streams open and was not waited for.
    pub is_cut: bool,
}

/// Why no program may be started, if so: whatever the configuration says, a workflow that runs with
/// the rights of the repository on a stranger's pull request starts none.
pub fn refusal(is_of_work_tree: bool) -> Option<&'static str> {
    let variable = |name| std::env::var_os(name).unwrap_or_default();
    if variable("GITHUB_EVENT_NAME") == "pull_request_target" {
        return Some("no program is started under `pull_request_target`");
    }
    let ci = variable("CI");
    let is_ci = !ci.is_empty() && ci != "false" && ci != "0";
    // In GitHub Actions, the configuration is not read from the work tree.
    (is_of_work_tree && is_ci)
        .then_some("the configuration was read from the work tree, which in CI may be a stranger's")
}

/// Runs a program to its end. An error: it could not be started.
pub async fn run(run: &Run<'_>) -> io::Result<Ran> {
    let mut child = start(run).await?;
    let mut group = Group::of(&child);
    let mut stdout = Captured::of(run, Stream::Stdout);
    let mut stderr = Captured::of(run, Stream::Stderr);
    let (out, err) = (child.stdout.take(), child.stderr.take());
    let mut end = None;
    let mut is_read = false;
    let mut is_cut = false;
    {
        let reading = async { tokio::try_join!(stdout.fill(out), stderr.fill(err)) };
        tokio::pin!(reading);
        let limit = sleep(run.timeout);
        tokio::pin!(limit);
        while end.is_none() {
            tokio::select! {
                biased;
                read = &mut reading, if !is_read => {
                    is_read = true;
                    end = read.err().map(|Flood| End::Flooded);
                }
                status = child.wait() => {
                    end = Some(status?.code().map_or(End::Signal, End::Code));
                }
                () = &mut limit => end = Some(End::TimedOut),
            }
        }
        // Also after its own end: what it left running must not outlive the folder.
        group.kill();
        if !is_read {
            match timeout(GRACE, &mut reading).await {
                Ok(Ok(_)) => {}
                Ok(Err(Flood)) => end = Some(End::Flooded),
                Err(_) => is_cut = true,
            }
        }
    }
    let _ = child.kill().await;
    let end = end.unwrap_or(End::Signal);
    Ok(Ran { end, stdout: stdout.bytes, stderr: stderr.bytes, is_cut })
}

/// Ends with the first signal that asks this program to stop: its children are in groups of their
/// own, so that nobody but us tells them.
pub async fn interrupted() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                Ok(()) = tokio::signal::ctrl_c() => {}
                Some(()) = terminate.recv() => {}
                else => std::future::pending().await,
            }
            return;
        }
    }
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}

async fn start(run: &Run<'_>) -> io::Result<Child> {
    let Some((program, arguments)) = run.words.split_first() else {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "no program is named"));
    };
    let is_path = program.contains('/') || cfg!(windows) && program.contains('\\');
    let program = if is_path { run.folder.join(program).into() } else { OsString::from(program) };
    let mut command = Command::new(program);
    command
        .args(arguments)
        .current_dir(run.folder)
        .env_clear()
        .envs(environment(run))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    #[cfg(unix)]
    command.process_group(0);
    for _ in 0..TRIES_WHILE_BUSY {
        match command.spawn() {
            Err(error) if error.kind() == io::ErrorKind::ExecutableFileBusy => {
                sleep(Duration::from_millis(20)).await;
            }
            started => return started,
        }
    }
    command.spawn()
}

fn environment(run: &Run<'_>) -> Vec<(OsString, OsString)> {
    let named = run.env.iter().map(String::as_str).filter(|name| !is_withheld(name));
    let mut all: Vec<(OsString, OsString)> = HANDED_ON
        .into_iter()
        .chain(named)
        .filter_map(|name| Some((name.into(), std::env::var_os(name)?)))
        .map(|(name, value): (OsString, OsString)| {
            let value = if name == "PATH" { absolute_only(&value) } else { value };
            (name, value)
        })
        .collect();
    let scratch = |name: &str| (OsString::from(name), run.scratch.as_os_str().to_owned());
    all.extend(["TMPDIR", "TEMP", "TMP"].map(scratch));
    // A tool that asks git gets no answer about a repository that the folder happens to lie in.
    let above = run.folder.parent().unwrap_or(run.folder).as_os_str().to_owned();
    all.push(("GIT_CEILING_DIRECTORIES".into(), above));
    all.push(("NO_COLOR".into(), "1".into()));
    all.extend(run.set.iter().map(|(name, value)| (name.into(), value.into())));
    all
}

/// The search path without what is relative: the folder is a stranger's tree.
fn absolute_only(path: &OsStr) -> OsString {
    let folders = std::env::split_paths(path).filter(|folder| folder.is_absolute());
    std::env::join_paths(folders.collect::<Vec<PathBuf>>()).unwrap_or_default()
}

/// The report is larger than it may be.
struct Flood;

/// What is kept of a stream.
struct Captured {
    bytes: Vec<u8>,
    most: usize,
    is_report: bool,
}

impl Captured {
    fn of(run: &Run<'_>, stream: Stream) -> Self {
        let is_report = run.report == stream;
        let most = if is_report { run.largest } else { TAIL };
        Self { bytes: Vec::new(), most, is_report }
    }

    /// Reads to the end. A report that is too large stops it; of other streams the end is kept, and
    /// the program is never made to wait.
    async fn fill(&mut self, stream: Option<impl AsyncRead + Unpin>) -> Result<(), Flood> {
        let Some(mut stream) = stream else { return Ok(()) };
        let mut buffer = vec![0; 64 * 1024];
        loop {
            let read = match stream.read(&mut buffer).await {
                Ok(0) | Err(_) => return Ok(()),
                Ok(read) => buffer.get(..read).unwrap_or_default(),
            };
            self.bytes.extend_from_slice(read);
            let excess = self.bytes.len().saturating_sub(self.most);
            if excess > 0 && self.is_report {
                self.bytes.truncate(self.most);
                return Err(Flood);
            }
            self.bytes.drain(..excess);
        }
    }
}

/// The group that a program leads, which is ended with this value, however that comes.
struct Group {
    #[cfg(unix)]
    leader: Option<rustix::process::Pid>,
}

impl Group {
    #[cfg(unix)]
    fn of(child: &Child) -> Self {
        let id = child.id().and_then(|id| i32::try_from(id).ok());
        Self { leader: id.and_then(rustix::process::Pid::from_raw) }
    }

    #[cfg(not(unix))]
    fn of(_: &Child) -> Self {
        Self {}
    }

    #[cfg(unix)]
    fn kill(&mut self) {
        if let Some(leader) = self.leader.take() {
            // That there is nobody left is the usual case.
            let _ = rustix::process::kill_process_group(leader, rustix::process::Signal::KILL);
        }
    }

    #[cfg(not(unix))]
    #[expect(clippy::unused_self, reason = "there are no groups here")]
    fn kill(&mut self) {}
}

impl Drop for Group {
    fn drop(&mut self) {
        self.kill();
    }
}
