//! GitHub's interface to one repository on loopback: what it says is read by the git program.

use std::{
    io::{BufReader, Read as _, Write as _},
    net::{SocketAddr, TcpListener, TcpStream},
    path::Path,
    process::Command,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    thread::JoinHandle,
};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use serde_json::{Value, json};

use crate::{
    http::{read_head, response},
    world::git,
};

/// What this GitHub is like.
#[derive(Clone)]
pub(crate) struct Manners {
    pub token: String,
    pub has_graphql: bool,
    /// Refs a page.
    pub page: usize,
    /// A whole tree with more entries is cut off.
    pub most_entries: usize,
    /// A longer text is cut off.
    pub longest_text: usize,
    /// What is asked for from then on fails.
    pub lasts: usize,
}

impl Manners {
    pub(crate) fn of(token: &str) -> Self {
        Self {
            token: token.to_owned(),
            has_graphql: true,
            page: 100,
            most_entries: 100_000,
            longest_text: 500_000,
            lasts: usize::MAX,
        }
    }
}

/// Serves a repository under the name `ferry/boat` until it is dropped.
pub(crate) struct GitApi {
    address: SocketAddr,
    asked: Arc<Mutex<Vec<(String, usize)>>>,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl GitApi {
    pub(crate) fn start(repository: &Path, manners: Manners) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        let asked: Arc<Mutex<Vec<(String, usize)>>> = Arc::default();
        let stop = Arc::new(AtomicBool::new(false));
        let (log, ends) = (Arc::clone(&asked), Arc::clone(&stop));
        let repository = repository.to_path_buf();
        let thread = std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if ends.load(Ordering::Relaxed) {
                    break;
                }
                answer(stream, &repository, &manners, &log);
            }
        });
        Self { address, asked, stop, thread: Some(thread) }
    }

    pub(crate) fn server(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The requests so far, and how many bytes were answered.
    pub(crate) fn asked(&self) -> Vec<(String, usize)> {
        self.asked.lock().expect("a lock").clone()
    }
}

impl Drop for GitApi {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        let _ = TcpStream::connect(self.address);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn answer(
    mut stream: TcpStream,
    repository: &Path,
    manners: &Manners,
    log: &Mutex<Vec<(String, usize)>>,
) {
    let mut reader = BufReader::new(stream.try_clone().expect("a stream"));
    let head = read_head(&mut reader);
    let Some(first) = head.first().cloned() else { return };
    let header = |name: &str| {
        head.iter().find_map(|line| {
            let (key, value) = line.split_once(": ")?;
            key.eq_ignore_ascii_case(name).then(|| value.to_owned())
        })
    };
    let length = header("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
    let mut body = vec![0; length];
    let _ = reader.read_exact(&mut body);
    let count = log.lock().expect("a lock").len();
    let json_type = "Content-Type: application/json; charset=utf-8\r\n";
    let fail = |status: &str, message: &str| {
        let body = json!({ "message": message, "documentation_url": "https://docs.github.com" });
        response(status, json_type, body.to_string().as_bytes())
    };
    let mut words = first.split(' ').skip(1);
    let path = words.next().unwrap_or_default();
    let bytes = if header("authorization") != Some(format!("Bearer {}", manners.token)) {
        fail("401 Unauthorized", "Bad credentials")
    } else if count >= manners.lasts {
        fail("410 Gone", "This is down")
    } else if path == "/graphql" {
        if manners.has_graphql {
            let query: Value = serde_json::from_slice(&body).expect("JSON");
            let data = graphql(repository, manners, &query);
            response("200 OK", json_type, data.to_string().as_bytes())
        } else {
            fail("404 Not Found", "Not Found")
        }
    } else {
        match path.strip_prefix("/repos/ferry/boat").and_then(|p| rest(repository, manners, p)) {
            Some(found) => response("200 OK", json_type, found.to_string().as_bytes()),
            None => fail("404 Not Found", "Not Found"),
        }
    };
    log.lock().expect("a lock").push((first, bytes.len()));
    let _ = stream.write_all(&bytes);
}

/// The bytes of an object.
fn cat(repository: &Path, kind: &str, id: &str) -> Option<Vec<u8>> {
    let output = Command::new("git")
        .args(["cat-file", kind, id])
        .current_dir(repository)
        .output()
        .expect("git runs");
    output.status.success().then_some(output.stdout)
}

fn kind(repository: &Path, id: &str) -> Option<String> {
    let found = String::from_utf8(cat(repository, "-t", id)?).expect("UTF-8");
    Some(found.trim().to_owned())
}

fn rest(repository: &Path, manners: &Manners, path: &str) -> Option<Value> {
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    if path.is_empty() {
        let head = git(repository, &["symbolic-ref", "--short", "HEAD"]);
        return Some(json!({ "id": 1, "full_name": "ferry/boat", "default_branch": head }));
    }
    if let Some(prefix) = path.strip_prefix("/git/matching-refs/") {
        let listed =
            git(repository, &["for-each-ref", "--format=%(refname) %(objectname) %(objecttype)"]);
        let refs = listed.lines().filter(|row| row.starts_with(&format!("refs/{prefix}")));
        let refs = refs.map(|row| {
            let mut words = row.split(' ');
            json!({ "ref": words.next(), "object": { "sha": words.next(), "type": words.next() } })
        });
        return Some(Value::Array(refs.collect()));
    }
    if let Some(id) = path.strip_prefix("/git/tags/") {
        let format = "%(*objectname) %(*objecttype) %(taggerdate:iso-strict)";
        let format = format!("--format=%(objectname) {format}");
        let all = git(repository, &["for-each-ref", &format, "refs/tags"]);
        let row = all.lines().find(|row| row.starts_with(id))?;
        let words: Vec<&str> = row.split(' ').collect();
        return Some(json!({
            "object": { "sha": words[1], "type": words[2] }, "tagger": { "date": words[3] },
        }));
    }
    if let Some(id) = path.strip_prefix("/git/commits/") {
        let told = git(repository, &["show", "-s", "--format=%T %cI", id]);
        let (tree, date) = told.split_once(' ')?;
        return Some(json!({ "sha": id, "tree": { "sha": tree }, "committer": { "date": date } }));
    }
    if let Some((one, other)) = path.strip_prefix("/compare/").and_then(|p| p.split_once("...")) {
        let base = git(repository, &["merge-base", one, other]);
        return Some(json!({ "status": "diverged", "merge_base_commit": { "sha": base } }));
    }
    if let Some(id) = path.strip_prefix("/git/trees/") {
        let mut args = vec!["ls-tree", "-z", "--full-tree"];
        if query.contains("recursive") {
            args.extend(["-r", "-t"]);
        }
        args.push(id);
        let listed = git(repository, &args);
        let all: Vec<&str> = listed.split('\0').filter(|row| !row.is_empty()).collect();
        let is_cut = query.contains("recursive") && all.len() > manners.most_entries;
        let kept = if is_cut { manners.most_entries } else { all.len() };
        let entry = |row: &&str| {
            let (told, path) = row.split_once('\t').expect("a path");
            let words: Vec<&str> = told.split(' ').collect();
            json!({ "path": path, "mode": words[0], "type": words[1], "sha": words[2] })
        };
        let tree: Vec<Value> = all[..kept].iter().map(entry).collect();
        return Some(json!({ "sha": id, "tree": tree, "truncated": is_cut }));
    }
    let id = path.strip_prefix("/git/blobs/")?;
    let bytes = cat(repository, "blob", id)?;
    let mut content = BASE64_STANDARD.encode(&bytes);
    for at in (60..content.len()).step_by(60).rev() {
        content.insert(at, '\n');
    }
    Some(json!({ "sha": id, "size": bytes.len(), "encoding": "base64", "content": content }))
}

fn graphql(repository: &Path, manners: &Manners, asked: &Value) -> Value {
    let (query, variables) = (asked["query"].as_str().expect("a query"), &asked["variables"]);
    let rate = json!({ "cost": 1, "remaining": 4999, "resetAt": "2031-06-15T12:00:00Z" });
    if variables["owner"] != "ferry" || variables["name"] != "boat" {
        let error = json!({ "type": "NOT_FOUND", "message": "Could not resolve to a Repository" });
        return json!({ "data": { "repository": null }, "errors": [error] });
    }
    if query.contains("defaultBranchRef") {
        let head = git(repository, &["symbolic-ref", "--short", "HEAD"]);
        let mut found = json!({ "defaultBranchRef": { "name": head } });
        for (key, prefix) in [("heads", "refs/heads/"), ("tags", "refs/tags/")] {
            if variables[key] == true {
                let after = variables[format!("{key}After")].as_str().unwrap_or("0");
                found[key] =
                    page(repository, prefix, after.parse().expect("a cursor"), manners.page);
            }
        }
        return json!({ "data": { "repository": found, "rateLimit": rate } });
    }
    let mut found = json!({});
    for part in query.split("object(oid:\"").skip(1).zip(query.match_indices(":object(")) {
        let (rest, (at, _)) = part;
        let id = rest.split('"').next().expect("an id");
        let alias = query[..at].rsplit(['{', '}']).next().expect("an alias").to_owned();
        found[alias] = object(repository, manners, id);
    }
    json!({ "data": { "repository": found, "rateLimit": rate } })
}

fn object(repository: &Path, manners: &Manners, id: &str) -> Value {
    match kind(repository, id).as_deref() {
        Some("tree") => {
            let listed = git(repository, &["ls-tree", "-z", id]);
            let rows = listed.split('\0').filter(|row| !row.is_empty());
            let entries = rows.map(|row| {
                let (told, name) = row.split_once('\t').expect("a name");
                let words: Vec<&str> = told.split(' ').collect();
                let mode = u32::from_str_radix(words[0], 8).expect("a mode");
                json!({ "name": name, "mode": mode, "oid": words[2] })
            });
            json!({ "entries": entries.collect::<Vec<_>>() })
        }
        Some("blob") => {
            let bytes = cat(repository, "blob", id).expect("a blob");
            let text = String::from_utf8(bytes).ok();
            let is_cut = text.as_ref().is_some_and(|text| text.len() > manners.longest_text);
            let shown = text.as_ref().map(|text| if is_cut { &text[..1] } else { text.as_str() });
            json!({ "text": shown, "isBinary": text.is_none(), "isTruncated": is_cut })
        }
        _ => Value::Null,
    }
}

fn page(repository: &Path, prefix: &str, from: usize, size: usize) -> Value {
    let format = "--format=%(refname) %(objectname)";
    let listed = git(repository, &["for-each-ref", format, prefix]);
    let all: Vec<&str> = listed.lines().collect();
    let nodes: Vec<Value> = all
        .iter()
        .skip(from)
        .take(size)
        .map(|row| {
            let (name, id) = row.split_once(' ').expect("an id");
            let short = name.strip_prefix(prefix).expect("a name");
            json!({ "name": short, "target": target(repository, id) })
        })
        .collect();
    let end = from + nodes.len();
    json!({
        "pageInfo": { "hasNextPage": end < all.len(), "endCursor": end.to_string() }, "nodes": nodes,
    })
}

fn target(repository: &Path, id: &str) -> Value {
    match kind(repository, id).as_deref() {
        Some("commit") => {
            let told = git(repository, &["show", "-s", "--format=%T %cI", id]);
            let (tree, date) = told.split_once(' ').expect("a date");
            json!({ "__typename": "Commit", "oid": id, "committedDate": date, "tree": { "oid": tree } })
        }
        Some("tag") => {
            let text =
                String::from_utf8(cat(repository, "tag", id).expect("a tag")).expect("UTF-8");
            let object = text.lines().next().and_then(|row| row.strip_prefix("object "));
            let tagger = text.lines().find(|row| row.starts_with("tagger "));
            let seconds = tagger.and_then(|row| row.rsplit(' ').nth(1)).expect("a date");
            let date = jiff::Timestamp::from_second(seconds.parse().expect("seconds"));
            json!({
                "__typename": "Tag", "oid": id,
                "tagger": { "date": date.expect("a date").to_string() },
                "target": target(repository, object.expect("an object")),
            })
        }
        Some("tree") => json!({ "__typename": "Tree", "oid": id }),
        _ => json!({ "__typename": "Blob", "oid": id }),
    }
}
