//! Servers on loopback: real HTTP, with real git or a few documents behind it.

use std::{
    io::{BufRead, BufReader, Read as _, Write as _},
    net::{SocketAddr, TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread::JoinHandle,
};

/// Serves one repository until it is dropped.
pub(crate) struct GitServer {
    address: SocketAddr,
    packs: Arc<AtomicUsize>,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl GitServer {
    pub(crate) fn start(repository: &Path) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        let (packs, stop) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicBool::new(false)));
        let (sent, ends, repository) =
            (Arc::clone(&packs), Arc::clone(&stop), repository.to_path_buf());
        let thread = std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if ends.load(Ordering::Relaxed) {
                    break;
                }
                answer(stream, &repository, &sent);
            }
        });
        Self { address, packs, stop, thread: Some(thread) }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}/db.git", self.address)
    }

    /// How often a pack was asked for.
    pub(crate) fn packs_sent(&self) -> usize {
        self.packs.load(Ordering::Relaxed)
    }
}

impl Drop for GitServer {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        let _ = TcpStream::connect(self.address);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// Smart HTTP, as `git http-backend` speaks it, one request a connection.
fn answer(mut stream: TcpStream, repository: &PathBuf, packs: &AtomicUsize) {
    let mut reader = BufReader::new(stream.try_clone().expect("a stream"));
    let head = read_head(&mut reader);
    let header = |name: &str| {
        head.iter().find_map(|line| {
            let (key, value) = line.split_once(": ")?;
            key.eq_ignore_ascii_case(name).then(|| value.to_owned())
        })
    };
    let Some(request) = head.first() else { return };
    let is_advertisement = request.starts_with("GET ");
    let mut body = Vec::new();
    if let Some(length) = header("content-length").and_then(|length| length.parse().ok()) {
        body = vec![0; length];
        reader.read_exact(&mut body).expect("the body");
    } else if header("transfer-encoding").is_some() {
        read_chunks(&mut reader, &mut body);
    }
    if String::from_utf8_lossy(&body).contains("command=fetch") {
        packs.fetch_add(1, Ordering::Relaxed);
    }
    let mut command = Command::new("git");
    command.args(["upload-pack", "--stateless-rpc"]);
    if is_advertisement {
        command.arg("--advertise-refs");
    }
    let mut git = command
        .arg(repository)
        .env("GIT_PROTOCOL", header("git-protocol").unwrap_or_default())
        .env("GIT_CONFIG_COUNT", "1")
        .env("GIT_CONFIG_KEY_0", "safe.directory")
        .env("GIT_CONFIG_VALUE_0", "*")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("git runs");
    git.stdin.take().expect("stdin").write_all(&body).expect("the body");
    let output = git.wait_with_output().expect("git ends").stdout;
    let kind = if is_advertisement { "advertisement" } else { "result" };
    let mut content = Vec::new();
    if is_advertisement && header("git-protocol").is_none() {
        content.extend_from_slice(b"001e# service=git-upload-pack\n0000");
    }
    content.extend_from_slice(&output);
    let _ = write!(
        stream,
        "HTTP/1.1 200 OK\r\nContent-Type: application/x-git-upload-pack-{kind}\r\n\
         Content-Length: {}\r\nConnection: close\r\n\r\n",
        content.len()
    );
    let _ = stream.write_all(&content);
}

pub(crate) fn read_head(reader: &mut impl BufRead) -> Vec<String> {
    let mut head = Vec::new();
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).unwrap_or(0) == 0 || line == "\r\n" {
            return head;
        }
        head.push(line.trim_end().to_owned());
    }
}

pub(crate) fn read_chunks(reader: &mut impl BufRead, body: &mut Vec<u8>) {
    loop {
        let mut size = String::new();
        reader.read_line(&mut size).expect("a chunk");
        let size = usize::from_str_radix(size.trim(), 16).unwrap_or(0);
        let mut chunk = vec![0; size + 2];
        reader.read_exact(&mut chunk).expect("a chunk");
        if size == 0 {
            break;
        }
        body.extend_from_slice(&chunk[..size]);
    }
}

/// Answers requests, each with the bytes that a function makes of its head, until it is dropped.
pub(crate) struct DocumentServer {
    address: SocketAddr,
    requests: Arc<Mutex<Vec<Vec<String>>>>,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl DocumentServer {
    pub(crate) fn start(answer: impl Fn(&[String]) -> Vec<u8> + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        let requests = Arc::new(Mutex::new(Vec::new()));
        let stop = Arc::new(AtomicBool::new(false));
        let (log, ends) = (Arc::clone(&requests), Arc::clone(&stop));
        let thread = std::thread::spawn(move || {
            for mut stream in listener.incoming().flatten() {
                if ends.load(Ordering::Relaxed) {
                    break;
                }
                let mut reader = BufReader::new(stream.try_clone().expect("a stream"));
                let head = read_head(&mut reader);
                if !head.is_empty() {
                    // Before the answer, so that whoever has it finds the request here.
                    log.lock().expect("a lock").push(head.clone());
                    // A client that has heard enough goes away.
                    let _ = stream.write_all(&answer(&head));
                }
            }
        });
        Self { address, requests, stop, thread: Some(thread) }
    }

    /// The same bytes for every request.
    pub(crate) fn with(answer: Vec<u8>) -> Self {
        Self::start(move |_| answer.clone())
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// The heads of the requests so far.
    pub(crate) fn requests(&self) -> Vec<Vec<String>> {
        self.requests.lock().expect("a lock").clone()
    }
}

impl Drop for DocumentServer {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        let _ = TcpStream::connect(self.address);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// A whole response: `200 OK`, headers each with its end of line, and a body.
pub(crate) fn response(status: &str, headers: &str, body: &[u8]) -> Vec<u8> {
    let length = body.len();
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Length: {length}\r\nConnection: close\r\n{headers}\r\n"
    );
    [head.as_bytes(), body].concat()
}
