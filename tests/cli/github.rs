//! GitHub as it is on a bad day: a server on loopback that limits, fails, lies and dawdles.

use std::{
    fs,
    io::{Read as _, Write as _},
    net::TcpListener,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use patchline::edge::{
    github::{Environment, Failure, Github, Listed, RepositoryName},
    http::{Patience, Secret},
};

use crate::{
    http::{DocumentServer, response},
    world::{
        Database, Repo, Run, TODAY, assert_matches_schema, lock, patchline, patchline_in, text,
    },
};

const TOKEN: &str = "ghs_Pl4nted-t0ken";
const JSON: &str = "Content-Type: application/json; charset=utf-8\r\n";
/// About a package that nothing locks any more.
const ALERT: &str = r#"[{"number": 1, "state": "fixed",
"dependency": {"package": {"ecosystem": "rust", "name": "anchor"}, "manifest_path": "Cargo.lock",
"scope": "runtime"},
"security_advisory": {"ghsa_id": "GHSA-aaaa-bbbb-cccc", "cve_id": null, "summary": "Drift",
"description": "Drift.", "severity": "high", "identifiers": [], "references": [],
"published_at": "2031-06-01T00:00:00Z", "updated_at": "2031-06-01T00:00:00Z", "withdrawn_at": null,
"vulnerabilities": [{"package": {"ecosystem": "rust", "name": "anchor"}, "severity": "high",
"vulnerable_version_range": "< 1.2.0", "first_patched_version": {"identifier": "1.2.0"}}]},
"security_vulnerability": {"package": {"ecosystem": "rust", "name": "anchor"}, "severity": "high",
"vulnerable_version_range": "< 1.2.0", "first_patched_version": {"identifier": "1.2.0"}},
"html_url": "https://github.com/ferry/boat/security/dependabot/1",
"created_at": "2031-06-01T00:00:00Z", "updated_at": "2031-06-02T00:00:00Z",
"fixed_at": "2031-06-02T00:00:00Z"}]"#;

/// Whoever is asked has milliseconds.
const HASTE: Patience = Patience {
    attempts: 4,
    attempt: Duration::from_millis(400),
    pause: Duration::from_millis(2),
    limited: Duration::from_millis(20),
    waits: Duration::from_secs(2),
    total: Duration::from_secs(3),
};

fn ask(api: &str) -> Result<Listed, Failure> {
    let environment = Environment {
        api: api.to_owned(),
        server: None,
        repository: None,
        token: Secret::new(TOKEN),
        alerts_token: None,
        is_workflow: false,
    };
    let github = Github::new(&environment, HASTE)?;
    let name = RepositoryName::parse("ferry/boat").expect("a name");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.expect("a runtime").block_on(github.dependabot_alerts(&name))
}

/// Answers one after the other, the last one for ever.
fn sequence(answers: Vec<Vec<u8>>) -> DocumentServer {
    let asked = AtomicUsize::new(0);
    DocumentServer::start(move |_| {
        let index = asked.fetch_add(1, Ordering::Relaxed).min(answers.len() - 1);
        answers[index].clone()
    })
}

fn alerts() -> Vec<u8> {
    response("200 OK", JSON, ALERT.as_bytes())
}

fn refusal(status: &str, headers: &str, message: &str) -> Vec<u8> {
    let body = format!("{{\"message\": \"{message}\", \"status\": \"{}\"}}", &status[..3]);
    response(status, &format!("{JSON}{headers}"), body.as_bytes())
}

fn cut() -> Vec<u8> {
    let mut whole = alerts();
    whole.truncate(whole.len() - 5);
    whole
}

#[test]
fn a_request_has_the_headers_that_github_asks_for() {
    let server = DocumentServer::with(alerts());
    let listed = ask(&server.url("")).expect("alerts");
    assert_eq!(listed, Listed { pages: vec![ALERT.into()], missing: None });
    let [request] = &server.requests()[..] else { panic!("one request") };
    assert_eq!(request[0], "GET /repos/ferry/boat/dependabot/alerts?per_page=100 HTTP/1.1");
    let head = request.join("\n");
    for header in [
        "accept: application/vnd.github+json",
        "x-github-api-version: 2022-11-28",
        &format!("authorization: Bearer {TOKEN}"),
        concat!("user-agent: patchline/", env!("CARGO_PKG_VERSION")),
    ] {
        assert!(head.contains(header), "{header}: {head}");
    }
}

#[test]
fn what_passes_is_asked_for_again_and_heard() {
    let reset = |at: i64| format!("x-ratelimit-remaining: 0\r\nx-ratelimit-reset: {at}\r\n");
    let limit = "You have exceeded a secondary rate limit.";
    for (name, answers, requests) in [
        ("429 and now", vec![refusal("429 Too Many Requests", "Retry-After: 0\r\n", "")], 2),
        ("429 and no word", vec![refusal("429 Too Many Requests", "", "")], 2),
        ("403 and now", vec![refusal("403 Forbidden", "Retry-After: 0\r\n", limit)], 2),
        ("403 and no word", vec![refusal("403 Forbidden", "", limit)], 2),
        ("403 until a moment ago", vec![refusal("403 Forbidden", &reset(5), "")], 2),
        ("500 and 502", vec![refusal("500 Oh", "", ""), refusal("502 No", "", "")], 3),
        ("503", vec![refusal("503 Later", "Retry-After: 0\r\n", "")], 2),
        ("cut", vec![cut(), cut()], 3),
        ("nothing", vec![Vec::new()], 2),
        ("a redirect", vec![response("301 Moved", "Location: /repositories/7/alerts\r\n", b"")], 2),
    ] {
        let server = sequence([answers, vec![alerts()]].concat());
        let listed = ask(&server.url("")).unwrap_or_else(|failure| panic!("{name}: {failure:?}"));
        assert_eq!((listed.pages.len(), listed.missing), (1, None), "{name}");
        let heads = server.requests();
        assert_eq!(heads.len(), requests, "{name}");
        let bearer = format!("authorization: Bearer {TOKEN}");
        assert!(heads.iter().all(|head| head.contains(&bearer)), "{name}: {heads:?}");
    }
}

#[test]
fn what_does_not_pass_is_explained_after_a_few_requests() {
    let far = "x-ratelimit-remaining: 0\r\nx-ratelimit-reset: 99999999999\r\n";
    let permission = "Resource not accessible by integration";
    for (answer, requests, because, hint) in [
        (
            refusal("429 Too Many Requests", "Retry-After: 60\r\n", ""),
            1,
            "GitHub limits how often it is asked: the server answered with 429 Too Many Requests \
             and asks to wait 60 seconds",
            "run again later",
        ),
        (refusal("429 Too Many Requests", "", "slow down"), 4, "slow down", "run again later"),
        (refusal("403 Forbidden", far, "API rate limit exceeded"), 1, "asks to wait", "later"),
        (
            refusal("403 Forbidden", "x-ratelimit-remaining: 4711\r\n", permission),
            1,
            "the token may not read the Dependabot alerts of ferry/boat: Resource not accessible",
            "`Dependabot alerts: read`",
        ),
        (
            refusal("403 Forbidden", "", "Dependabot alerts are disabled for this repository."),
            1,
            "the Dependabot alerts of ferry/boat are not turned on",
            "dependabot = \"off\"",
        ),
        (
            refusal("403 Forbidden", "", "Not available for archived repositories."),
            1,
            "an archived repository has no Dependabot alerts",
            "dependabot = \"off\"",
        ),
        (
            refusal("404 Not Found", "", "Not Found"),
            1,
            "the token may not see it",
            "PATCHLINE_TOKEN",
        ),
        (
            refusal("401 Unauthorized", "", "Bad credentials"),
            1,
            "does not take the token",
            "expired",
        ),
        (response("304 Not Modified", "", b""), 1, "nothing changed", "GITHUB_API_URL"),
        (refusal("400 Bad Request", "", "Bad"), 1, "(400 Bad Request): Bad", "GITHUB_API_URL"),
        (refusal("422 Unprocessable Entity", "", "Bad"), 1, "(422 Unproc", "GITHUB_API_URL"),
        (refusal("500 Oh", "", "Server Error"), 4, "500 Internal Server Error: Server", "later"),
        (refusal("503 Later", "Retry-After: 60\r\n", ""), 1, "asks to wait 60 seconds", "later"),
        (response("204 No Content", "", b""), 1, "204 No Content", "GITHUB_API_URL"),
        (cut(), 4, "", "check the network"),
        (Vec::new(), 4, "", "check the network"),
        (b"nonsense\r\n\r\n".to_vec(), 4, "", "check the network"),
        (
            response("301 Moved", "Location: /repos\r\n", b""),
            6,
            "there are more than 5 redirects",
            "check the network",
        ),
        (
            response("200 OK", JSON, b"{\"message\": \"x\"}"),
            1,
            "what came is JSON and no list",
            "GITHUB_API_URL",
        ),
        (
            response("200 OK", "Content-Type: text/html\r\n", b"<title>Log in</title>"),
            1,
            "what came is `text/html` and no JSON",
            "is a proxy in between?",
        ),
        (response("200 OK", JSON, b""), 1, "what came is no JSON: EOF", "GITHUB_API_URL"),
        (response("200 OK", JSON, b"[{\"number\": 1}"), 1, "what came is no JSON: EOF", "proxy"),
    ] {
        let server = DocumentServer::with(answer);
        let failure = ask(&server.url("")).expect_err(because);
        assert!(failure.because.contains(because), "{because}: {failure:?}");
        assert!(failure.hint.contains(hint), "{hint}: {failure:?}");
        assert_eq!(server.requests().len(), requests, "{because}");
    }
    let failure = ask("http://127.0.0.1:9").expect_err("nobody is there");
    assert!(failure.because.contains("Connection refused"), "{failure:?}");
    for address in ["http://example.org", "https://user:secret@example.org", "ferry"] {
        let failure = ask(address).expect_err("no such GitHub");
        assert_eq!(failure.because, "`GITHUB_API_URL` is no plain https address", "{address}");
    }
}

#[test]
fn a_server_that_dawdles_is_given_up_in_time() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let api = format!("http://{}", listener.local_addr().expect("an address"));
    let asked = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            count.fetch_add(1, Ordering::Relaxed);
            std::thread::spawn(move || {
                let _ = stream.read(&mut [0; 4096]);
                let head = format!("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n{JSON}\r\n[");
                let _ = stream.write_all(head.as_bytes());
                while stream.write_all(b" ").is_ok() {
                    std::thread::sleep(Duration::from_millis(20));
                }
            });
        }
    });
    let start = Instant::now();
    let failure = ask(&api).expect_err("it never ends");
    assert!(failure.because.contains("no whole answer within"), "{failure:?}");
    assert_eq!(asked.load(Ordering::Relaxed), 4);
    assert!(start.elapsed() < HASTE.total + Duration::from_secs(20), "{:?}", start.elapsed());
}

#[test]
fn a_token_never_goes_to_another_server() {
    let other = DocumentServer::with(alerts());
    let elsewhere = format!("Location: {}\r\n", other.url("/repositories/7"));
    for status in ["301 Moved", "302 Found", "307 Temporary Redirect", "308 Permanent Redirect"] {
        let server = DocumentServer::with(response(status, &elsewhere, b""));
        let failure = ask(&server.url("")).expect_err("a redirect");
        assert!(failure.because.contains("it leads to another server"), "{failure:?}");
        assert_eq!(server.requests().len(), 1, "{status}");
    }
    let link = format!("{JSON}Link: <{}>; rel=\"next\"\r\n", other.url("/page/2"));
    let server = DocumentServer::with(response("200 OK", &link, ALERT.as_bytes()));
    let listed = ask(&server.url("")).expect("a page");
    let missing = listed.missing.expect("the next one").because;
    assert_eq!((listed.pages.len(), &*missing), (1, "page 1 names the next one on another server"));
    assert!(other.requests().is_empty());
}

/// Numbered pages: what follows a page, and what is in its place.
fn pages(
    follow: impl Fn(usize) -> Option<usize> + Send + 'static,
    instead: impl Fn(usize) -> Option<Vec<u8>> + Send + 'static,
) -> DocumentServer {
    DocumentServer::start(move |head| {
        let page = head[0].split("page=").nth(2).and_then(|rest| rest.split(' ').next());
        let page = page.map_or(1, |page| page.parse().expect("a number"));
        if let Some(answer) = instead(page) {
            return answer;
        }
        let path = "/repositories/7/dependabot/alerts?per_page=100";
        let last = format!("<{path}&page=999>; rel=\"last\"");
        let link = follow(page)
            .map(|next| format!("Link: {last}, <{path}&page={next}>; rel=\"next\"\r\n"));
        let body = format!("[{{\"number\": {page}}}]");
        response("200 OK", &format!("{JSON}{}", link.unwrap_or_default()), body.as_bytes())
    })
}

#[test]
fn pages_are_followed_as_they_are_linked() {
    let server = pages(|page| (page < 3).then_some(page + 1), |_| None);
    let listed = ask(&server.url("")).expect("pages");
    assert_eq!((listed.pages.len(), listed.missing), (3, None));
    assert_eq!(listed.pages[2], b"[{\"number\": 3}]");

    for (back_to, after) in [(2, 3), (3, 3), (1, 4)] {
        // The address of the first page has no number, so the way back to it is one page longer.
        let server = pages(move |page| Some(if page == 3 { back_to } else { page + 1 }), |_| None);
        let listed = ask(&server.url("")).expect("pages");
        let missing = listed.missing.expect("an end").because;
        assert_eq!(missing, format!("page {after} names a page before it as the next one"));
        assert_eq!((listed.pages.len(), server.requests().len()), (after, after), "{back_to}");
    }
    let endless = pages(|page| Some(page + 1), |_| None);
    let listed = ask(&endless.url("")).expect("pages");
    assert_eq!(endless.requests().len(), listed.pages.len());
    assert!(listed.pages.len() <= 200 && listed.missing.is_some());
}

#[test]
fn a_page_that_fails_leaves_those_before_it() {
    for (answer, requests, because) in [
        (refusal("500 Oh", "", ""), 5, "page 2 could not be read: the server answered with 500"),
        (refusal("403 Forbidden", "", "No"), 2, "page 2 could not be read: the token may not"),
        (response("200 OK", JSON, b"{}"), 2, "page 2 could not be read: what came is JSON and no"),
        (cut(), 5, "page 2 could not be read: "),
    ] {
        let server = pages(|page| Some(page + 1), move |page| (page == 2).then(|| answer.clone()));
        let listed = ask(&server.url("")).expect("the first page");
        let missing = listed.missing.expect("the second page").because;
        assert!(missing.starts_with(because), "{because}: {missing}");
        assert_eq!((listed.pages.len(), server.requests().len()), (1, requests), "{because}");
    }
}

struct World {
    repo: Repo,
    database: Database,
    folder: tempfile::TempDir,
}

impl World {
    fn new(configuration: &str) -> Self {
        let lockfile = lock(&["app 0.1.0", "clock 0.2.23"]);
        let repo = Repo::with_line(&lockfile, &lockfile);
        repo.write("patchline.toml", configuration);
        let folder = tempfile::tempdir().expect("a folder");
        Self { repo, database: Database::new(), folder }
    }

    fn scan(&self, api: &str, args: &[&str], environment: &[(&str, &str)]) -> Run {
        let place = format!("rustsec={}", self.database.path().display());
        let (output, cache) = (self.folder.path().join("out"), self.folder.path().join("cache"));
        let (output, cache) = (output.to_str().expect("UTF-8"), cache.to_str().expect("UTF-8"));
        let repo = self.repo.path().to_str().expect("UTF-8");
        let own = ["scan", "--repo", repo, "--db", &place, "--output", output];
        let day = if args.contains(&"--as-of") { &[][..] } else { &["--as-of", TODAY] };
        let format = if args.contains(&"--format") { &[][..] } else { &["--format", "json"] };
        let variables = [("GITHUB_API_URL", api), ("PATCHLINE_CACHE_DIR", cache)];
        let all = [&own[..], day, format, args].concat();
        patchline_in(Path::new("."), &all, &[&variables[..], environment].concat())
    }

    /// Everything that a run wrote, with the names of the files.
    fn written(&self) -> String {
        let mut all = String::new();
        let mut folders = vec![self.folder.path().to_path_buf()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).expect("a folder") {
                let path = entry.expect("an entry").path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    let bytes = fs::read(&path).expect("a file");
                    all += &path.display().to_string();
                    all += &String::from_utf8_lossy(&bytes);
                }
            }
        }
        all
    }
}

/// How much of the alerts was heard, and what is said of it.
fn heard(run: &Run) -> (String, String) {
    let json = run.json();
    assert_matches_schema(&json);
    let coverage = json["coverage"].as_array().expect("coverage").iter();
    let covered = coverage.filter(|coverage| coverage["source"] == "dependabot");
    let covered = covered.map(|coverage| text(&coverage["covered"]).to_owned()).next();
    let trouble = json["trouble"].as_array().expect("trouble").iter();
    let trouble = trouble.map(|trouble| {
        let hint = trouble["hint"].as_str().unwrap_or_default();
        format!("{} [{hint}]", text(&trouble["message"]))
    });
    let is_about_asking = |row: &String| row.contains("lert") && !row.contains("left out");
    let trouble = trouble.filter(is_about_asking).collect::<Vec<_>>().join("\n");
    (covered.unwrap_or_else(|| "nothing".to_owned()), trouble)
}

const NAMED: (&str, &str) = ("GITHUB_REPOSITORY", "ferry/boat");
const GIVEN: (&str, &str) = ("GITHUB_TOKEN", TOKEN);

#[test]
fn alerts_are_asked_for_where_that_is_possible_or_required() {
    let required = "[scan]\ndependabot = \"required\"\n";
    let off = "[scan]\ndependabot = \"off\"\n";
    let denied = || refusal("403 Forbidden", "", "Resource not accessible by integration");
    for (configuration, args, environment, answer, expected, requests) in [
        ("", &[][..], &[NAMED, GIVEN][..], alerts(), (0, "complete", ""), 1),
        ("", &[], &[NAMED], alerts(), (0, "nothing", ""), 0),
        ("", &[], &[GIVEN], alerts(), (0, "nothing", ""), 0),
        ("", &["--offline"], &[NAMED, GIVEN], alerts(), (0, "nothing", ""), 0),
        ("", &[], &[NAMED, GIVEN], denied(), (0, "skipped", "may not read the Dependabot"), 1),
        (off, &[], &[NAMED, GIVEN], alerts(), (0, "nothing", ""), 0),
        (required, &[], &[NAMED, GIVEN], alerts(), (0, "complete", ""), 1),
        (required, &[], &[NAMED, GIVEN], denied(), (3, "failed", "may not read the Depend"), 1),
        (required, &[], &[NAMED], alerts(), (3, "failed", "there is no token"), 0),
        (required, &[], &[GIVEN], alerts(), (3, "failed", "which repository on GitHub"), 0),
        (required, &["--offline"], &[NAMED, GIVEN], alerts(), (3, "failed", "is offline"), 0),
    ] {
        let server = DocumentServer::with(answer);
        let world = World::new(configuration);
        let run = world.scan(&server.url("/api/v3/"), args, environment);
        let (covered, trouble) = heard(&run);
        let (code, how, what) = expected;
        let name = format!("{configuration} {args:?} {environment:?}");
        assert_eq!((run.code, &*covered), (code, how), "{name}: {}", run.stdout);
        assert!(trouble.contains(what) && what.is_empty() == trouble.is_empty(), "{trouble}");
        assert_eq!(server.requests().len(), requests, "{name}");
    }
}

#[test]
fn alerts_that_nothing_requires_are_told_as_missing_and_are_no_gap() {
    let because = "may not read the Dependabot alerts of ferry/boat";
    let server = DocumentServer::with(refusal("403 Forbidden", "", "Resource not accessible"));
    let world = World::new("[gate]\nincomplete = \"fail\"\n");
    let scan = |format| world.scan(&server.url(""), &["--format", format], &[NAMED, GIVEN]);

    let page = scan("text");
    let row = "every line: dependabot, not at all, and nothing requires it: the token may not read";
    assert!(page.stdout.contains("Not looked at") && page.stdout.contains(row), "{}", page.stdout);
    assert!(page.stdout.contains("PASS") && page.code == 0, "{}", page.stdout);

    let sarif = scan("sarif").json();
    let notes = sarif["runs"][0]["invocations"][0]["toolExecutionNotifications"].as_array();
    let [note] = &notes.expect("notifications")[..] else { panic!("one note: {sarif:#}") };
    assert_eq!(note["level"], "note");
    assert!(text(&note["message"]["text"]).contains(because), "{note}");

    let whole = scan("json");
    let json = whole.json();
    assert_eq!((whole.code, text(&json["outcome"])), (0, "pass"), "{}", whole.stdout);
    let coverage = json["coverage"].as_array().expect("coverage").iter();
    let rows: Vec<_> = coverage.filter(|row| row["source"] == "dependabot").collect();
    let [row] = rows[..] else { panic!("one row: {rows:?}") };
    assert_eq!((text(&row["covered"]), row["line"].as_str()), ("skipped", None));
    assert!(text(&row["because"]).contains(because), "{row}");

    // And so it stays when the report is read back.
    let saved = world.folder.path().join("saved.json");
    fs::write(&saved, &whole.stdout).expect("written");
    let saved = saved.to_str().expect("UTF-8");
    let merged = patchline(&["merge", "--as-of", TODAY, "--format", "json", saved]);
    assert_eq!((merged.code, &*heard(&merged).0), (0, "skipped"), "{}", merged.stdout);
    assert_eq!(merged.json()["coverage"], json["coverage"]);
}

#[test]
fn the_repository_is_that_of_the_main_remote_where_nobody_names_it() {
    let server = DocumentServer::with(alerts());
    for (at, expected) in [
        ("https://git.example.org/ferry/punt.git", "/repos/ferry/punt/"),
        ("git@git.example.org:ferry/punt.git", "/repos/ferry/punt/"),
        ("https://user:secret@git.example.org/ferry/dinghy", "/repos/ferry/dinghy/"),
        ("https://elsewhere.example.org/ferry/raft", ""),
    ] {
        let world = World::new("");
        world.repo.git(&["remote", "add", "origin", at]);
        let before = server.requests().len();
        let here = ("GITHUB_SERVER_URL", "https://git.example.org");
        let run = world.scan(&server.url(""), &[], &[GIVEN, here]);
        assert_eq!(run.code, 0, "{at}: {}{}", run.stdout, run.stderr);
        let requests = server.requests();
        assert_eq!(requests.len() - before, usize::from(!expected.is_empty()), "{at}");
        if !expected.is_empty() {
            assert!(requests[before][0].starts_with(&format!("GET {expected}")), "{at}");
        }
    }
}

#[test]
fn a_limit_is_waited_out_by_the_program_itself() {
    let server = sequence(vec![refusal("429 Too Many", "Retry-After: 1\r\n", ""), alerts()]);
    let run = World::new("").scan(&server.url(""), &[], &[NAMED, GIVEN]);
    assert_eq!((run.code, &*heard(&run).0, server.requests().len()), (0, "complete", 2));
}

#[test]
fn the_alerts_of_a_day_that_is_over_are_those_of_today() {
    let server = DocumentServer::with(alerts());
    let world = World::new("");
    world.repo.commit("main", &[("Cargo.lock", &lock(&["app 0.1.0"]))], "2020-01-01");
    world.repo.git(&["tag", "v2.0.0"]);
    let run = world.scan(&server.url(""), &["--as-of", "2021-01-01"], &[NAMED, GIVEN]);
    let (covered, trouble) = heard(&run);
    assert_eq!(covered, "complete", "{}{}", run.stdout, run.stderr);
    assert!(trouble.contains("are heard as they are today, and not as they were on 2021-01-01"));
}

#[test]
fn somebodys_own_token_is_taken_before_that_of_the_workflow() {
    let server = DocumentServer::with(alerts());
    let own = ("PATCHLINE_TOKEN", "own");
    for (environment, expected) in [
        (&[NAMED, GIVEN, own][..], "own"),
        (&[NAMED, ("GH_TOKEN", "cli"), GIVEN], TOKEN),
        (&[NAMED, ("GH_TOKEN", "cli"), ("GITHUB_TOKEN", " ")], "cli"),
    ] {
        World::new("").scan(&server.url(""), &[], environment);
        let request = server.requests().pop().expect("a request").join("\n");
        assert!(request.contains(&format!("Bearer {expected}")), "{request}");
    }
}

#[test]
fn a_saved_list_of_alerts_is_read_and_nobody_is_asked() {
    let server = DocumentServer::with(alerts());
    let world = World::new("[scan]\ndependabot-alerts = \"alerts.json\"\n");
    world.repo.write("alerts.json", ALERT);
    for args in [&[][..], &["--offline"]] {
        let run = world.scan(&server.url(""), args, &[NAMED, GIVEN]);
        assert_eq!((run.code, heard(&run)), (0, ("complete".to_owned(), String::new())));
    }
    fs::remove_file(world.repo.path().join("alerts.json")).expect("a file");
    let run = world.scan(&server.url(""), &[], &[NAMED, GIVEN]);
    let (covered, trouble) = heard(&run);
    assert_eq!((run.code, &*covered), (3, "failed"));
    assert!(
        trouble.contains("`alerts.json` could not be read: there is no such file"),
        "{trouble}"
    );
    assert!(server.requests().is_empty());
}

#[test]
fn a_token_is_shown_nowhere_whatever_the_server_says() {
    // As a proxy might that repeats what it was sent.
    let echo = format!("Bad credentials: Bearer {TOKEN}");
    let link = format!("{JSON}Link: </?{TOKEN}>; rel=\"next\"\r\n");
    let location = format!("Location: https://example.invalid/?{TOKEN}\r\n");
    for (answer, code) in [
        (alerts(), 0),
        (refusal("401 Unauthorized", "", &echo), 3),
        (refusal("403 Forbidden", "", &echo), 3),
        (refusal("404 Not Found", "", &echo), 3),
        (response("418 No", &format!("{JSON}X: {TOKEN}\r\n"), echo.as_bytes()), 3),
        (response("302 Found", &location, b""), 3),
        (response("200 OK", &link, ALERT.as_bytes()), 3),
        (response("200 OK", &format!("Content-Type: {TOKEN}\r\n"), ALERT.as_bytes()), 3),
        (response("200 OK", JSON, format!("[\"{TOKEN}\"").as_bytes()), 3),
        (format!("{TOKEN}\r\n\r\n").into_bytes(), 3),
    ] {
        let server = DocumentServer::with(answer.clone());
        let world = World::new("[scan]\ndependabot = \"required\"\n");
        let mut outputs = String::new();
        for format in ["text", "json", "sarif"] {
            let args = ["--format", format];
            let run = world.scan(&server.url(""), &args, &[NAMED, GIVEN, ("RUST_LOG", "trace")]);
            assert_eq!(run.code, code, "{}{}", run.stdout, run.stderr);
            outputs += &(run.stdout + &run.stderr);
        }
        outputs += &world.written();
        assert!(outputs.contains("patchline.sarif"), "{outputs}");
        let answer = String::from_utf8_lossy(&answer).into_owned();
        assert!(!outputs.to_lowercase().contains(&TOKEN.to_lowercase()), "{answer}\n{outputs}");
        assert!(!server.requests().is_empty());
    }
}
