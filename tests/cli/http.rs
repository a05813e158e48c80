//! A git server on loopback: real HTTP, real git behind it.

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{SocketAddr, TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::{
        Arc,
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
    let mut head = Vec::new();
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).unwrap_or(0) == 0 || line == "\r\n" {
            break;
        }
        head.push(line.trim_end().to_owned());
    }
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

fn read_chunks(reader: &mut impl std::io::BufRead, body: &mut Vec<u8>) {
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
