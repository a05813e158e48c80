//! A GitHub on loopback that remembers: refs and commits, analyses and alerts, issues and comments.
//!
//! It is as strict as the real one where that matters: who asks, with which permission, in which
//! version, and whether what is uploaded is a gzip in base64 with one run for a ref and a commit that
//! are there. What goes wrong is ordered beforehand; see [`Forge::fail`].

use std::{
    collections::{BTreeMap, BTreeSet},
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{SocketAddr, TcpListener, TcpStream},
    path::Path,
    sync::{
        Arc, Mutex, MutexGuard,
        atomic::{AtomicBool, Ordering},
    },
    thread::JoinHandle,
};

use serde_json::{Value, json};

use crate::{http::response, world::git};

pub(crate) const TOKEN: &str = "ghs_F0rge-t0ken";
pub(crate) const LOGIN: &str = "github-actions[bot]";
/// The one repository.
pub(crate) const NAME: &str = "ferry/boat";

/// A GitHub with one repository, until it is dropped.
pub(crate) struct Forge {
    address: SocketAddr,
    state: Arc<Mutex<State>>,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

/// What it remembers.
pub(crate) struct State {
    /// `security-events`, `issues`, `pull-requests`, `contents`: what the token may write.
    pub(crate) may: BTreeSet<&'static str>,
    /// Full refs and their commits.
    pub(crate) refs: BTreeMap<String, String>,
    /// What was pushed, whether a ref leads to it or not.
    pub(crate) commits: BTreeSet<String>,
    /// Why nobody gets code scanning: an answer to everything about it.
    pub(crate) no_code_scanning: Option<(&'static str, &'static str)>,
    pub(crate) has_issues: bool,
    /// What is said of the next uploads in the place of `complete`.
    pub(crate) rejections: Vec<&'static str>,
    /// How often an upload is `pending` before it is processed.
    pub(crate) pending: usize,
    pub(crate) analyses: Vec<Analysis>,
    pub(crate) issues: Vec<Issue>,
    pub(crate) comments: Vec<Comment>,
    /// Elements of a page.
    pub(crate) per_page: usize,
    /// `METHOD /path`, in their order.
    pub(crate) requests: Vec<String>,
    /// What came with them.
    pub(crate) bodies: Vec<String>,
    sarifs: BTreeMap<String, (Value, usize)>,
    faults: Vec<Fault>,
    next: u64,
}

/// One analysis of one run, with the fingerprints of its results.
#[derive(Clone, Debug)]
pub(crate) struct Analysis {
    pub(crate) id: u64,
    pub(crate) reference: String,
    pub(crate) commit: String,
    pub(crate) category: String,
    pub(crate) tool: String,
    pub(crate) results: Vec<String>,
    rules: usize,
    sarif_id: String,
}

#[derive(Clone, Debug)]
pub(crate) struct Issue {
    pub(crate) number: u64,
    pub(crate) title: String,
    pub(crate) body: String,
    pub(crate) author: String,
    pub(crate) labels: Vec<String>,
    pub(crate) assignees: Vec<String>,
    pub(crate) is_open: bool,
    pub(crate) reason: Option<String>,
    pub(crate) is_pull_request: bool,
}

#[derive(Clone, Debug)]
pub(crate) struct Comment {
    pub(crate) id: u64,
    /// The issue or pull request.
    pub(crate) number: u64,
    pub(crate) author: String,
    pub(crate) body: String,
}

/// Something that goes wrong, so many times.
struct Fault {
    method: &'static str,
    /// A part of the path.
    path: &'static str,
    times: usize,
    answer: Vec<u8>,
}

/// A request.
struct Asked {
    method: String,
    path: String,
    query: BTreeMap<String, String>,
    headers: BTreeMap<String, String>,
    body: Value,
}

impl Forge {
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        let state = Arc::new(Mutex::new(State {
            may: BTreeSet::from(["security-events", "issues", "pull-requests", "contents"]),
            refs: BTreeMap::new(),
            commits: BTreeSet::new(),
            no_code_scanning: None,
            has_issues: true,
            rejections: Vec::new(),
            pending: 1,
            analyses: Vec::new(),
            issues: Vec::new(),
            comments: Vec::new(),
            per_page: 100,
            requests: Vec::new(),
            bodies: Vec::new(),
            sarifs: BTreeMap::new(),
            faults: Vec::new(),
            next: 1,
        }));
        let stop = Arc::new(AtomicBool::new(false));
        let (shared, ends) = (Arc::clone(&state), Arc::clone(&stop));
        let thread = std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if ends.load(Ordering::Relaxed) {
                    break;
                }
                serve(stream, &shared, address);
            }
        });
        Self { address, state, stop, thread: Some(thread) }
    }

    /// The address of the interface.
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("nobody fails while it holds this")
    }

    /// Takes over branches, tags and commits of a repository, as a push would.
    pub(crate) fn push(&self, repository: &Path) {
        let mut state = self.state();
        state.refs.clear();
        let format = "--format=%(refname) %(if)%(*objectname)%(then)%(*objectname)%(else)%(objectname)%(end)";
        let rows = git(repository, &["for-each-ref", format, "refs/heads", "refs/tags"]);
        for (name, commit) in rows.lines().filter_map(|row| row.split_once(' ')) {
            state.refs.insert(name.to_owned(), commit.to_owned());
        }
        let commits = git(repository, &["rev-list", "--all"]);
        state.commits.extend(commits.lines().map(str::to_owned));
    }

    /// The next requests of a kind are answered with this.
    pub(crate) fn fail(
        &self,
        method: &'static str,
        path: &'static str,
        times: usize,
        answer: Vec<u8>,
    ) {
        self.state().faults.push(Fault { method, path, times, answer });
    }

    /// The requests since this was asked last, without those that only read.
    pub(crate) fn writes(&self) -> Vec<String> {
        let requests = std::mem::take(&mut self.state().requests);
        let is_write =
            |request: &String| !request.starts_with("GET ") && !request.ends_with("/graphql");
        requests.into_iter().filter(is_write).collect()
    }

    /// The alerts that are open: `ref category fingerprint`.
    pub(crate) fn open_alerts(&self) -> Vec<String> {
        let state = self.state();
        let mut newest: BTreeMap<(&str, &str, &str), &Analysis> = BTreeMap::new();
        for analysis in &state.analyses {
            newest.insert((&analysis.reference, &analysis.category, &analysis.tool), analysis);
        }
        let alerts = newest.values().flat_map(|analysis| {
            let of = |id: &String| format!("{} {} {id}", analysis.reference, analysis.category);
            analysis.results.iter().map(of)
        });
        let alerts: BTreeSet<String> = alerts.collect();
        alerts.into_iter().collect()
    }
}

impl Drop for Forge {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        let _ = TcpStream::connect(self.address);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// An error as GitHub tells it.
pub(crate) fn refusal(status: &str, headers: &str, message: &str) -> Vec<u8> {
    let body = json!({ "message": message, "status": status[..3] });
    let headers = format!("Content-Type: application/json; charset=utf-8\r\n{headers}");
    response(status, &headers, body.to_string().as_bytes())
}

fn document(status: &str, headers: &str, body: &Value) -> Vec<u8> {
    let headers = format!("Content-Type: application/json; charset=utf-8\r\n{headers}");
    response(status, &headers, body.to_string().as_bytes())
}

fn serve(mut stream: TcpStream, state: &Mutex<State>, address: SocketAddr) {
    let mut reader = BufReader::new(stream.try_clone().expect("a stream"));
    let Some(asked) = read(&mut reader) else { return };
    let mut state = state.lock().expect("nobody fails while it holds this");
    let path = &asked.path;
    state.requests.push(format!("{} {path}", asked.method));
    state.bodies.push(asked.body.to_string());
    let fault = state
        .faults
        .iter_mut()
        .find(|fault| fault.times > 0 && fault.method == asked.method && path.contains(fault.path));
    let answer = match fault {
        Some(fault) => {
            fault.times -= 1;
            fault.answer.clone()
        }
        None => answer(&mut state, &asked, address),
    };
    drop(state);
    let _ = stream.write_all(&answer);
}

fn read(reader: &mut BufReader<TcpStream>) -> Option<Asked> {
    let mut row = String::new();
    reader.read_line(&mut row).ok()?;
    let mut words = row.split_whitespace();
    let (method, target) = (words.next()?.to_owned(), words.next()?.to_owned());
    let mut headers = BTreeMap::new();
    loop {
        let mut row = String::new();
        if reader.read_line(&mut row).ok()? == 0 || row == "\r\n" {
            break;
        }
        if let Some((name, value)) = row.trim_end().split_once(": ") {
            headers.insert(name.to_ascii_lowercase(), value.to_owned());
        }
    }
    let length = headers.get("content-length").and_then(|length| length.parse().ok());
    let mut body = vec![0; length.unwrap_or(0)];
    reader.read_exact(&mut body).ok()?;
    let (path, query) = target.split_once('?').unwrap_or((&target, ""));
    let query = query.split('&').filter_map(|pair| {
        let (key, value) = pair.split_once('=')?;
        Some((key.to_owned(), decoded(value)))
    });
    // An Enterprise Server has its interface below this.
    let path = path.strip_prefix("/api/v3").or(path.strip_prefix("/api")).unwrap_or(path);
    Some(Asked {
        method,
        path: decoded(path),
        query: query.collect(),
        headers,
        body: serde_json::from_slice(&body).unwrap_or_default(),
    })
}

/// Percent-encoding undone.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        let digits = after.get(..2).and_then(|digits| std::str::from_utf8(digits).ok());
        let byte = digits.and_then(|digits| u8::from_str_radix(digits, 16).ok());
        if let (b'%', Some(byte)) = (first, byte) {
            bytes.push(byte);
            rest = &after[2..];
        } else {
            bytes.push(*first);
            rest = after;
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn answer(state: &mut State, asked: &Asked, address: SocketAddr) -> Vec<u8> {
    let header = |name: &str| asked.headers.get(name).map(String::as_str).unwrap_or_default();
    if header("user-agent").is_empty() {
        return refusal("403 Forbidden", "", "Request forbidden by administrative rules.");
    }
    if header("authorization") != format!("Bearer {TOKEN}") {
        return refusal("401 Unauthorized", "", "Bad credentials");
    }
    if header("x-github-api-version") != "2022-11-28"
        || header("accept") != "application/vnd.github+json"
    {
        return refusal("400 Bad Request", "", "the headers are not those of the interface");
    }
    if asked.path == "/graphql" {
        return document("200 OK", "", &json!({ "data": { "viewer": { "login": LOGIN } } }));
    }
    if asked.path == "/user" {
        return refusal("403 Forbidden", "", "Resource not accessible by integration");
    }
    let Some(path) = asked.path.strip_prefix(&format!("/repos/{NAME}/")) else {
        return refusal("404 Not Found", "", "Not Found");
    };
    let parts: Vec<&str> = path.split('/').collect();
    match (&*asked.method, &*parts) {
        ("GET", ["git", "matching-refs", name @ ..]) => {
            let name = format!("refs/{}", name.join("/"));
            let refs = state.refs.iter().filter(|(reference, _)| reference.starts_with(&name));
            let refs = refs.map(|(reference, sha)| {
                json!({ "ref": reference, "object": { "type": "commit", "sha": sha } })
            });
            document("200 OK", "", &refs.collect())
        }
        (_, ["code-scanning", ..]) => code_scanning(state, asked, &parts[1..], address),
        (_, ["issues", ..]) => issues(state, asked, &parts[1..], address),
        _ => refusal("404 Not Found", "", "Not Found"),
    }
}

fn code_scanning(state: &mut State, asked: &Asked, parts: &[&str], address: SocketAddr) -> Vec<u8> {
    if let Some((status, message)) = state.no_code_scanning {
        return refusal(status, "", message);
    }
    let is_write = asked.method != "GET";
    if is_write && !state.may.contains("security-events") {
        return refusal("403 Forbidden", "", "Resource not accessible by integration");
    }
    match (&*asked.method, parts) {
        ("POST", ["sarifs"]) => match uploaded(state, &asked.body) {
            Ok(id) => document("202 Accepted", "", &json!({ "id": id, "url": "" })),
            Err(refusal) => refusal,
        },
        ("GET", ["sarifs", id]) => match state.sarifs.get_mut(*id) {
            Some((_, pending)) if *pending > 0 => {
                *pending -= 1;
                document("200 OK", "", &json!({ "processing_status": "pending" }))
            }
            Some((status, _)) => document("200 OK", "", status),
            None => refusal("404 Not Found", "", "Not Found"),
        },
        ("GET", ["analyses"]) => {
            let is_asked = |analysis: &&Analysis| {
                let is = |key: &str, value: &str| {
                    asked.query.get(key).is_none_or(|asked| asked == value)
                };
                is("tool_name", &analysis.tool)
                    && is("sarif_id", &analysis.sarif_id)
                    && is("ref", &analysis.reference)
            };
            let found = state.analyses.iter().rev().filter(is_asked);
            let found: Vec<Value> = found.map(Analysis::json).collect();
            if found.is_empty() {
                return refusal("404 Not Found", "", "no analysis found");
            }
            page(state, asked, &found, address)
        }
        ("DELETE", ["analyses", id]) => {
            let place = state.analyses.iter().position(|analysis| analysis.id.to_string() == *id);
            let Some(place) = place else { return refusal("404 Not Found", "", "Not Found") };
            let key = |a: &Analysis| (a.reference.clone(), a.category.clone(), a.tool.clone());
            let own = key(&state.analyses[place]);
            let set: Vec<u64> =
                state.analyses.iter().filter(|a| key(a) == own).map(|a| a.id).collect();
            if set.last() != Some(&state.analyses[place].id) {
                return refusal("400 Bad Request", "", "Analysis specified is not deletable.");
            }
            let is_confirmed = asked.query.get("confirm_delete").is_some_and(|it| it == "true");
            if set.len() == 1 && !is_confirmed {
                let message = "Analysis is last of its type. Please specify confirm_delete.";
                return refusal("400 Bad Request", "", message);
            }
            state.analyses.remove(place);
            let before = set
                .iter()
                .rev()
                .nth(1)
                .map(|id| format!("http://{address}/repos/{NAME}/code-scanning/analyses/{id}"));
            let confirm = before.as_ref().map(|url| format!("{url}?confirm_delete=true"));
            let reply = json!({ "next_analysis_url": before, "confirm_delete_url": confirm });
            document("200 OK", "", &reply)
        }
        _ => refusal("404 Not Found", "", "Not Found"),
    }
}

/// Takes an upload, or refuses it as a whole.
fn uploaded(state: &mut State, body: &Value) -> Result<String, Vec<u8>> {
    let bad = |message: &str| refusal("400 Bad Request", "", message);
    let known = ["commit_sha", "ref", "sarif", "checkout_uri", "started_at", "tool_name"];
    let unknown = body.as_object().ok_or_else(|| bad("no object"))?;
    if let Some(key) = unknown.keys().find(|key| !known.contains(&key.as_str())) {
        return Err(refusal("422 Unprocessable Entity", "", &format!("{key} is not a key")));
    }
    let text = |key: &str| body[key].as_str().ok_or_else(|| bad(&format!("{key} is missing")));
    let (commit, reference, packed) = (text("commit_sha")?, text("ref")?, text("sarif")?);
    if !reference.starts_with("refs/") {
        return Err(bad("ref must be fully qualified"));
    }
    if !state.commits.contains(commit) {
        return Err(refusal("404 Not Found", "", "commit not found"));
    }
    if !reference.starts_with("refs/pull/") && !state.refs.contains_key(reference) {
        return Err(refusal("404 Not Found", "", "ref not found"));
    }
    let sarif = unpacked(packed).ok_or_else(|| bad("sarif is no gzip in base64"))?;
    let sarif: Value = serde_json::from_slice(&sarif).map_err(|_| bad("no JSON"))?;
    let [run] = &sarif["runs"].as_array().map(Vec::as_slice).unwrap_or_default() else {
        return Err(bad("there is not one run"));
    };
    let results = run["results"].as_array().ok_or_else(|| bad("there are no results"))?;
    let fingerprints: Option<Vec<String>> = results
        .iter()
        .map(|result| {
            let hash = result["partialFingerprints"]["primaryLocationLineHash"].as_str()?;
            Some(format!("{}/{}", result["ruleId"].as_str()?, hash))
        })
        .collect();
    let id = run["automationDetails"]["id"].as_str().unwrap_or_default();
    let category = id.rsplit_once('/').map_or("", |(category, _)| category);
    let number = state.next;
    state.next += 1;
    let sarif_id = format!("6c81cd8e-b078-4ac3-a3be-{number:012}");
    let status = if state.rejections.is_empty() {
        state.analyses.push(Analysis {
            id: number,
            reference: reference.to_owned(),
            commit: commit.to_owned(),
            category: category.to_owned(),
            tool: run["tool"]["driver"]["name"].as_str().unwrap_or_default().to_owned(),
            results: fingerprints.ok_or_else(|| bad("a result has no fingerprint"))?,
            rules: run["tool"]["driver"]["rules"].as_array().map_or(0, Vec::len),
            sarif_id: sarif_id.clone(),
        });
        json!({ "processing_status": "complete", "errors": null })
    } else {
        let errors = std::mem::take(&mut state.rejections);
        json!({ "processing_status": "failed", "errors": errors })
    };
    state.sarifs.insert(sarif_id.clone(), (status, state.pending));
    Ok(sarif_id)
}

/// Base64 and gzip undone.
fn unpacked(text: &str) -> Option<Vec<u8>> {
    let value = |byte: u8| -> Option<u32> {
        const DIGITS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        DIGITS.iter().position(|digit| *digit == byte)?.try_into().ok()
    };
    if !text.len().is_multiple_of(4) {
        return None;
    }
    let digits = text.trim_end_matches('=').bytes().map(value).collect::<Option<Vec<u32>>>()?;
    let mut bytes = Vec::new();
    for group in digits.chunks(4) {
        let bits = group.iter().fold(0, |bits, digit| bits << 6 | digit) << (6 * (4 - group.len()));
        bytes.extend(&bits.to_be_bytes()[1..group.len()]);
    }
    let mut unpacked = Vec::new();
    flate2::read::GzDecoder::new(&*bytes).read_to_end(&mut unpacked).ok()?;
    Some(unpacked)
}

impl Analysis {
    fn json(&self) -> Value {
        json!({
            "id": self.id, "ref": self.reference, "commit_sha": self.commit,
            "category": self.category, "tool": { "name": self.tool }, "sarif_id": self.sarif_id,
            "results_count": self.results.len(), "rules_count": self.rules, "error": "",
            "warning": "", "deletable": true,
            "created_at": format!("2031-06-15T12:{:02}:{:02}Z", self.id / 60, self.id % 60),
        })
    }
}

fn issues(state: &mut State, asked: &Asked, parts: &[&str], address: SocketAddr) -> Vec<u8> {
    let is_write = asked.method != "GET";
    let gone = || refusal("410 Gone", "", "Issues has been disabled in this repository.");
    let denied = || refusal("403 Forbidden", "", "Resource not accessible by integration");
    let is_of_change = |number: &str| {
        state.issues.iter().any(|issue| issue.number.to_string() == number && issue.is_pull_request)
    };
    let is_comment = parts.contains(&"comments");
    let may_comment = match parts {
        [number, "comments"] if is_of_change(number) => state.may.contains("pull-requests"),
        ["comments", _] => state.may.contains("pull-requests") || state.may.contains("issues"),
        _ => state.may.contains("issues"),
    };
    if !is_comment && !state.has_issues {
        return gone();
    }
    if is_write && !may_comment {
        return denied();
    }
    let text = |key: &str| asked.body[key].as_str().map(str::to_owned);
    let texts = |key: &str| -> Vec<String> {
        let list = asked.body[key].as_array().into_iter().flatten();
        list.filter_map(|text| text.as_str().map(str::to_owned)).collect()
    };
    if is_comment {
        return comments(state, asked, parts, address);
    }
    match (&*asked.method, parts) {
        ("GET", [""] | []) => {
            let is_asked = |issue: &&Issue| {
                let labels = asked.query.get("labels");
                labels.is_none_or(|labels| {
                    labels.split(',').all(|l| issue.labels.iter().any(|o| o == l))
                }) && asked.query.get("creator").is_none_or(|creator| *creator == issue.author)
                    && match asked.query.get("state").map_or("open", String::as_str) {
                        "all" => true,
                        state => (state == "open") == issue.is_open,
                    }
            };
            let found: Vec<Value> =
                state.issues.iter().rev().filter(is_asked).map(Issue::json).collect();
            page(state, asked, &found, address)
        }
        ("POST", [] | [""]) => {
            let (Some(title), body) = (text("title"), text("body").unwrap_or_default()) else {
                return refusal("422 Unprocessable Entity", "", "title is missing");
            };
            if body.chars().count() > 65_536 {
                return refusal("422 Unprocessable Entity", "", "body is too long");
            }
            let number = state.next_number();
            let issue = Issue {
                number,
                title,
                body,
                author: LOGIN.to_owned(),
                labels: texts("labels"),
                assignees: texts("assignees"),
                is_open: true,
                reason: None,
                is_pull_request: false,
            };
            let reply = issue.json();
            state.issues.push(issue);
            document("201 Created", "", &reply)
        }
        ("PATCH", [number]) => {
            let found = state.issues.iter_mut().find(|issue| issue.number.to_string() == *number);
            let Some(issue) = found else { return refusal("404 Not Found", "", "Not Found") };
            if let Some(body) = text("body") {
                issue.body = body;
            }
            if let Some(title) = text("title") {
                issue.title = title;
            }
            if asked.body.get("labels").is_some() {
                issue.labels = texts("labels");
            }
            match text("state").as_deref() {
                Some("open") => issue.is_open = true,
                Some("closed") => issue.is_open = false,
                _ => {}
            }
            issue.reason = text("state_reason").or(issue.reason.take());
            document("200 OK", "", &issue.json())
        }
        _ => refusal("404 Not Found", "", "Not Found"),
    }
}

fn comments(state: &mut State, asked: &Asked, parts: &[&str], address: SocketAddr) -> Vec<u8> {
    let text = || asked.body["body"].as_str().unwrap_or_default().to_owned();
    match (&*asked.method, parts) {
        ("PATCH", ["comments", id]) => {
            let found = state.comments.iter_mut().find(|comment| comment.id.to_string() == *id);
            let Some(comment) = found else { return refusal("404 Not Found", "", "Not Found") };
            comment.body = text();
            document("200 OK", "", &comment.json())
        }
        ("GET", [number, "comments"]) => {
            let of = |comment: &&Comment| comment.number.to_string() == *number;
            let found: Vec<Value> = state.comments.iter().filter(of).map(Comment::json).collect();
            page(state, asked, &found, address)
        }
        ("POST", [number, "comments"]) => {
            let Ok(number) = number.parse() else { return refusal("404 Not Found", "", "") };
            let id = state.next_number();
            let author = LOGIN.to_owned();
            let comment = Comment { id, number, author, body: text() };
            let reply = comment.json();
            state.comments.push(comment);
            document("201 Created", "", &reply)
        }
        _ => refusal("404 Not Found", "", "Not Found"),
    }
}

impl State {
    fn next_number(&mut self) -> u64 {
        self.next += 1;
        self.next - 1
    }

    /// An issue or pull request that somebody opened.
    pub(crate) fn open(&mut self, author: &str, title: &str, body: &str) -> &mut Issue {
        let number = self.next_number();
        self.issues.push(Issue {
            number,
            title: title.to_owned(),
            body: body.to_owned(),
            author: author.to_owned(),
            labels: Vec::new(),
            assignees: Vec::new(),
            is_open: true,
            reason: None,
            is_pull_request: false,
        });
        self.issues.last_mut().expect("it was just pushed")
    }
}

impl Issue {
    fn json(&self) -> Value {
        let labels: Vec<Value> = self.labels.iter().map(|name| json!({ "name": name })).collect();
        let mut issue = json!({
            "number": self.number, "title": self.title, "body": self.body,
            "user": { "login": self.author }, "labels": labels, "state_reason": self.reason,
            "state": if self.is_open { "open" } else { "closed" },
            "html_url": format!("https://git.example.org/{NAME}/issues/{}", self.number),
        });
        if self.is_pull_request {
            issue["pull_request"] = json!({ "url": "" });
        }
        issue
    }
}

impl Comment {
    fn json(&self) -> Value {
        json!({
            "id": self.id, "body": self.body, "user": { "login": self.author },
            "html_url": format!("https://git.example.org/{NAME}/pull/{}#{}", self.number, self.id),
        })
    }
}

/// One page of a list, with the address of the next one.
fn page(state: &State, asked: &Asked, all: &[Value], address: SocketAddr) -> Vec<u8> {
    let number = |key: &str| asked.query.get(key).and_then(|text| text.parse::<usize>().ok());
    let page = number("page").unwrap_or(1);
    let size = number("per_page").unwrap_or(30).min(state.per_page);
    let skipped = (page - 1) * size;
    let elements: Vec<&Value> = all.iter().skip(skipped).take(size).collect();
    let link = if skipped + elements.len() < all.len() {
        let mut query = asked.query.clone();
        query.insert("page".to_owned(), (page + 1).to_string());
        let query: Vec<String> =
            query.iter().map(|(key, value)| format!("{key}={}", encoded(value))).collect();
        let path = &asked.path;
        format!("Link: <http://{address}{path}?{}>; rel=\"next\"\r\n", query.join("&"))
    } else {
        String::new()
    };
    document("200 OK", &link, &json!(elements))
}

fn encoded(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~,".contains(&byte);
    text.bytes()
        .map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}
