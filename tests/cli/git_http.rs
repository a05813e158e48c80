//! A git server on loopback: `git http-backend` behind a bridge that counts, may ask for a
//! credential and may be told to misbehave.

use std::{
    io::{BufReader, Read as _, Write as _},
    net::{SocketAddr, TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    thread::JoinHandle,
};

use crate::http::{read_chunks, read_head, response};

/// Called with each request before git sees it; what it gives is answered in git's place.
pub(crate) type Meddler = dyn Fn(&Asked) -> Option<Vec<u8>> + Send + Sync;

/// How a repository is served.
#[derive(Default)]
pub(crate) struct Served {
    /// What has to be in the header `Authorization`.
    pub authorization: Option<String>,
    /// The remote can leave things out: `uploadpack.allowFilter`.
    pub filters: bool,
    pub meddler: Option<Box<Meddler>>,
}

/// A request that came.
#[derive(Clone, Debug, Default)]
pub(crate) struct Asked {
    /// `POST /ferry/boat.git/git-upload-pack`
    pub request: String,
    pub authorization: Option<String>,
    pub body: Vec<u8>,
    /// How many bytes were answered.
    pub answered: usize,
}

/// Serves a repository under the name `ferry/boat` until it is dropped.
pub(crate) struct GitHttp {
    address: SocketAddr,
    asked: Arc<Mutex<Vec<Asked>>>,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl GitHttp {
    pub(crate) fn start(repository: &Path, served: Served) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        let asked = Arc::new(Mutex::new(Vec::new()));
        let stop = Arc::new(AtomicBool::new(false));
        let (log, ends) = (Arc::clone(&asked), Arc::clone(&stop));
        let (repository, served) = (repository.to_path_buf(), Arc::new(served));
        let thread = std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if ends.load(Ordering::Relaxed) {
                    break;
                }
                let (log, repository) = (Arc::clone(&log), repository.clone());
                let served = Arc::clone(&served);
                std::thread::spawn(move || answer(stream, &repository, &served, &log));
            }
        });
        Self { address, asked, stop, thread: Some(thread) }
    }

    /// Scheme, host and port.
    pub(crate) fn server(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The address of the repository.
    pub(crate) fn url(&self) -> String {
        format!("http://{}/ferry/boat.git", self.address)
    }

    /// The requests so far.
    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.asked.lock().expect("a lock").clone()
    }

    /// Forgets the requests so far, such as those of a clone.
    pub(crate) fn forget(&self) {
        self.asked.lock().expect("a lock").clear();
    }
}

impl Drop for GitHttp {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        let _ = TcpStream::connect(self.address);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn answer(mut stream: TcpStream, repository: &PathBuf, served: &Served, log: &Mutex<Vec<Asked>>) {
    let mut reader = BufReader::new(stream.try_clone().expect("a stream"));
    let head = read_head(&mut reader);
    let header = |name: &str| {
        head.iter().find_map(|line| {
            let (key, value) = line.split_once(':')?;
            key.eq_ignore_ascii_case(name).then(|| value.trim().to_owned())
        })
    };
    let Some((method, address)) = head.first().and_then(|first| {
        let mut words = first.split(' ');
        Some((words.next()?.to_owned(), words.next()?.to_owned()))
    }) else {
        return;
    };
    if header("expect").is_some() {
        let _ = stream.write_all(b"HTTP/1.1 100 Continue\r\n\r\n");
    }
    let mut body = Vec::new();
    if let Some(length) = header("content-length").and_then(|length| length.parse().ok()) {
        body = vec![0; length];
        let _ = reader.read_exact(&mut body);
    } else if header("transfer-encoding").is_some() {
        read_chunks(&mut reader, &mut body);
    }
    let mut asked = Asked {
        request: format!("{method} {address}"),
        authorization: header("authorization"),
        body,
        answered: 0,
    };
    let is_known = served.authorization.is_none() || served.authorization == asked.authorization;
    let meddled = served.meddler.as_ref().and_then(|meddler| meddler(&asked));
    let bytes = match meddled {
        Some(bytes) => bytes,
        None if !is_known => {
            response("401 Unauthorized", "WWW-Authenticate: Basic realm=\"GitHub\"\r\n", b"")
        }
        None => {
            let (path, query) = address.split_once('?').unwrap_or((&address, ""));
            match path.strip_prefix("/ferry/boat.git").or(path.strip_prefix("/ferry/boat")) {
                Some(path) => git(repository, served, &method, path, query, &header, &asked.body),
                None => response("404 Not Found", "", b"Repository not found."),
            }
        }
    };
    asked.answered = bytes.len();
    log.lock().expect("a lock").push(asked);
    let _ = stream.write_all(&bytes);
}

/// <https://www.rfc-editor.org/rfc/rfc3875>, as far as git asks for it.
fn git(
    repository: &PathBuf,
    served: &Served,
    method: &str,
    path: &str,
    query: &str,
    header: &dyn Fn(&str) -> Option<String>,
    body: &[u8],
) -> Vec<u8> {
    let mut child = Command::new("git")
        .arg("http-backend")
        .env("GIT_PROJECT_ROOT", repository)
        .env("GIT_HTTP_EXPORT_ALL", "1")
        .env("PATH_INFO", path)
        .env("QUERY_STRING", query)
        .env("REQUEST_METHOD", method)
        .env("CONTENT_TYPE", header("content-type").unwrap_or_default())
        .env("CONTENT_LENGTH", body.len().to_string())
        .env("HTTP_CONTENT_ENCODING", header("content-encoding").unwrap_or_default())
        .env("GIT_PROTOCOL", header("git-protocol").unwrap_or_default())
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_SYSTEM", "/dev/null")
        .env("GIT_CONFIG_COUNT", "2")
        .env("GIT_CONFIG_KEY_0", "safe.directory")
        .env("GIT_CONFIG_VALUE_0", "*")
        .env("GIT_CONFIG_KEY_1", "uploadpack.allowFilter")
        .env("GIT_CONFIG_VALUE_1", served.filters.to_string())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("git runs");
    let mut input = child.stdin.take().expect("stdin");
    let body = body.to_vec();
    let feeder = std::thread::spawn(move || {
        let _ = input.write_all(&body);
    });
    let output = child.wait_with_output().expect("git ends").stdout;
    let _ = feeder.join();
    let end = output.windows(4).position(|window| window == b"\r\n\r\n").unwrap_or(output.len());
    let (head, body) = output.split_at(end);
    let head = String::from_utf8_lossy(head);
    let (mut status, mut headers) = ("200 OK".to_owned(), String::new());
    for line in head.lines() {
        match line.strip_prefix("Status: ") {
            Some(told) => told.clone_into(&mut status),
            None => headers.extend([line, "\r\n"]),
        }
    }
    response(&status, &headers, body.get(4..).unwrap_or_default())
}
