//! What the configuration names beside the repository's own files: an endoflife.date product and
//! OpenEoX documents, in files and at an address.

use std::{
    fs,
    path::Path,
    sync::atomic::{AtomicUsize, Ordering},
};

use tempfile::TempDir;

use crate::{
    http::{DocumentServer, response},
    sarif::assert_fit_for_github,
    world::{Database, Repo, Run, TODAY, assert_matches_schema, lock, patchline_in, text},
};

/// On [`TODAY`], 1.2 and 1.1 are supported and 1.0 is not. Nothing else says that 1.0 has ended.
const PRODUCT: &str = r#"---
title: Ferry
releases:
  - releaseCycle: "1.2"
    eol: 2032-01-31
  - releaseCycle: "1.1"
    eol: 2031-06-30
  - releaseCycle: "1.0"
    eol: 2031-01-31
---
"#;

/// The same, as the first interface gives it.
const FIRST: &str = r#"[
  {"cycle": "1.2", "eol": "2032-01-31"},
  {"cycle": "1.1", "eol": "2031-06-30"},
  {"cycle": "1.0", "eol": "2031-01-31"}
]"#;

/// The same, as the second interface gives it.
const SECOND: &str = r#"{"schema_version": "1.2.0", "result": {"name": "ferry", "releases": [
  {"name": "1.2", "isEol": false, "eolFrom": "2032-01-31"},
  {"name": "1.1", "isEol": false, "eolFrom": "2031-06-30"},
  {"name": "1.0", "isEol": true, "eolFrom": "2031-01-31"}
]}}"#;

/// What they say.
const SAID: &str = "1.2 supported endoflife, 1.1 supported endoflife, 1.0 eol endoflife";
/// What holds where nobody says anything.
const UNSAID: &str = "1.2 supported assumed, 1.1 supported assumed, 1.0 supported assumed";

/// A repository with three released lines and these files on its default branch.
fn repo(files: &[(&str, &str)]) -> Repo {
    let repo = Repo::new();
    let lockfile = lock(&["app 0.1.0", "clock 0.2.23"]);
    let files = [files, &[("Cargo.lock", &*lockfile)]].concat();
    for (minor, day) in [(0, "2031-01-01"), (1, "2031-02-01"), (2, "2031-03-01")] {
        repo.commit("main", &files, day);
        repo.git(&["tag", &format!("v1.{minor}.0")]);
    }
    repo
}

/// A repository and a cache of its own.
struct World {
    repo: Repo,
    cache: TempDir,
    database: Database,
}

impl World {
    fn new(files: &[(&str, &str)]) -> Self {
        let cache = tempfile::tempdir().expect("a folder");
        Self { repo: repo(files), cache, database: Database::new() }
    }

    /// With the address of a product in the configuration of the working tree.
    fn of_address(address: &str) -> Self {
        let world = Self::new(&[]);
        world.configure(address);
        world
    }

    fn configure(&self, place: &str) {
        self.repo.write("patchline.toml", &format!("[support]\nendoflife = \"{place}\"\n"));
    }

    fn run_in(&self, args: &[&str], environment: &[(&str, &str)]) -> Run {
        let mut all = vec![args[0], "--repo", self.repo.path().to_str().expect("UTF-8")];
        if !args.contains(&"--as-of") {
            all.extend(["--as-of", TODAY]);
        }
        all.extend(&args[1..]);
        let cache = ("PATCHLINE_CACHE_DIR", self.cache.path().to_str().expect("UTF-8"));
        patchline_in(Path::new("."), &all, &[environment, &[cache]].concat())
    }

    fn lines(&self, args: &[&str]) -> Run {
        self.run_in(&[&["lines", "--format", "json"], args].concat(), &[])
    }

    fn scan(&self, args: &[&str]) -> Run {
        let place = format!("rustsec={}", self.database.path().display());
        self.run_in(&[&["scan", "--format", "json", "--db", &*place], args].concat(), &[])
    }

    /// The names of what is in the cache.
    fn kept(&self) -> Vec<String> {
        let entries = fs::read_dir(self.cache.path()).expect("the cache");
        entries.map(|e| e.expect("an entry").file_name().to_string_lossy().into_owned()).collect()
    }
}

/// `id status by`, without the default branch.
fn said(run: &Run) -> String {
    let json = run.json();
    assert_matches_schema(&json);
    let lines = json["lines"].as_array().expect("lines").iter().filter(|l| l["kind"] != "default");
    let rows = lines.map(|line| {
        let by = text(&line["evidence"][0]["by"]);
        format!("{} {} {by}", text(&line["id"]), text(&line["status"]))
    });
    rows.collect::<Vec<_>>().join(", ")
}

/// Messages and hints, a row each.
fn troubles(run: &Run) -> String {
    let json = run.json();
    let rows = json["trouble"].as_array().expect("trouble").iter().map(|trouble| {
        let hint = trouble["hint"].as_str().unwrap_or_default();
        format!("{}: {} [{hint}]\n", text(&trouble["weight"]), text(&trouble["message"]))
    });
    rows.collect()
}

/// How much of a source was looked at.
fn covered(run: &Run, source: &str) -> String {
    let json = run.json();
    let all = json["coverage"].as_array().expect("coverage");
    let of_source = all.iter().find(|coverage| coverage["source"] == source);
    of_source.map_or_else(|| "nothing".to_owned(), |c| text(&c["covered"]).to_owned())
}

#[track_caller]
fn assert_says(run: &Run, expected: &str) {
    assert_eq!(said(run), expected, "{}{}", run.stderr, run.stdout);
}

#[test]
fn a_file_of_the_working_tree_is_heard_in_each_of_its_forms() {
    for (path, product) in [("products/ferry.md", PRODUCT), ("a.json", FIRST), ("b.json", SECOND)] {
        let world = World::new(&[(path, product)]);
        world.configure(&format!("./{path}"));
        let run = world.lines(&[]);
        assert_says(&run, SAID);
        assert_eq!(troubles(&run), "", "{path}");
        let origin = &run.json()["lines"][1]["evidence"][0]["origin"];
        assert_eq!((origin["ref"].as_str(), text(&origin["path"])), (None, path));
        let run = world.scan(&[]);
        assert_eq!((run.code, &*covered(&run, "endoflife")), (0, "complete"), "{}", run.stdout);
    }
}

#[test]
fn where_the_policy_is_the_default_branchs_the_working_tree_cannot_speak() {
    let policy = "[support]\nendoflife = \"ferry.md\"\nopeneox = [\"1.0.openeox.json\"]\n";
    let until = |day: &str| {
        format!("{{\"end_of_security_support\": \"{day}T00:00:00Z\", \"end_of_life\": \"tba\"}}")
    };
    let document = until("2031-01-31");
    let world = World::new(&[
        ("patchline.toml", policy),
        ("ferry.md", PRODUCT),
        ("1.0.openeox.json", &document),
    ]);
    // What a pull request would say.
    world.repo.write("ferry.md", &PRODUCT.replace("2031-01-31", "2039-01-31"));
    world.repo.write("1.0.openeox.json", &until("2039-01-31"));
    let run = world.run_in(&["lines", "--format", "json"], &[("GITHUB_ACTIONS", "true")]);
    assert_says(&run, "1.2 supported endoflife, 1.1 supported endoflife, 1.0 eol manifest");
    let origin = &run.json()["lines"][0]["evidence"][0]["origin"];
    assert_eq!((text(&origin["ref"]), text(&origin["path"])), ("refs/heads/main", "ferry.md"));
    assert_eq!(run.json()["contradictions"].as_array().map(Vec::len), Some(0), "{}", run.stdout);
    // In a terminal the working tree speaks, and only it.
    let run = world.lines(&[]);
    assert_says(&run, "1.2 supported endoflife, 1.1 supported endoflife, 1.0 supported manifest");
    assert_eq!(run.json()["contradictions"].as_array().map(Vec::len), Some(0), "{}", run.stdout);
}

#[test]
fn a_file_that_is_only_in_the_working_tree_is_not_heard_in_github_actions() {
    let world = World::new(&[("patchline.toml", "[support]\nendoflife = \"ferry.md\"\n")]);
    world.repo.write("ferry.md", PRODUCT);
    let place = format!("rustsec={}", world.database.path().display());
    let args = ["scan", "--format", "json", "--db", &place];
    let run = world.run_in(&args, &[("GITHUB_ACTIONS", "true")]);
    assert_says(&run, UNSAID);
    assert_eq!((run.code, &*covered(&run, "endoflife")), (3, "failed"));
    assert!(
        troubles(&run)
            .contains("there is no such file at `refs/heads/main` [the policy was read from"),
        "{}",
        run.stdout
    );
}

#[test]
fn an_absolute_path_and_one_beside_a_named_configuration_are_read_from_disk() {
    let world = World::new(&[]);
    let elsewhere = tempfile::tempdir().expect("a folder");
    let path = elsewhere.path().join("ferry.md");
    fs::write(&path, PRODUCT).expect("a file");
    world.configure(path.to_str().expect("UTF-8"));
    assert_says(&world.lines(&[]), SAID);

    world.repo.write("patchline.toml", "");
    let policy = elsewhere.path().join("policy.toml");
    fs::write(&policy, "[support]\nendoflife = \"ferry.md\"\n").expect("a file");
    assert_says(&world.lines(&["--config", policy.to_str().expect("UTF-8")]), SAID);
}

#[test]
fn what_is_no_product_of_the_repository_is_named_and_never_green() {
    let world = World::new(&[("empty.json", "[]"), ("ferry.md", PRODUCT)]);
    let other = PRODUCT.replace("\"1.", "\"7.");
    world.repo.write("other.md", &other);
    let cut = PRODUCT.split("  - releaseCycle: \"1.0\"").next().expect("a part");
    world.repo.write("cut.md", cut);
    world.repo.write("page.html", "<html><body>ferry</body></html>");
    for (place, coverage, expected) in [
        ("missing.md", "failed", "`missing.md` could not be read: there is no such file"),
        ("empty.json", "failed", "`empty.json` says nothing of any line"),
        ("page.html", "failed", "warning: it "),
        ("cut.md", "partial", "its header is never closed"),
        (
            "other.md",
            "failed",
            "`other.md` names none of this repository's lines [is it the right product?",
        ),
        ("../ferry.md", "failed", "it lies outside the repository"),
    ] {
        world.configure(place);
        let run = world.scan(&[]);
        let rest = "1.2 supported endoflife, 1.1 supported endoflife, 1.0 unknown assumed";
        assert_says(&run, if coverage == "partial" { rest } else { UNSAID });
        assert_eq!(covered(&run, "endoflife"), coverage, "{place}");
        assert!(troubles(&run).contains(expected), "{place}: {}", troubles(&run));
        assert_eq!(run.json()["contradictions"].as_array().map(Vec::len), Some(0), "{place}");
        assert!(troubles(&run).starts_with("warning"), "{place}");
        assert_eq!(run.code, 3, "{place}: {}", run.stdout);
    }
}

#[test]
fn a_lost_source_costs_nothing_where_somebody_stronger_decides() {
    let security = "# Security\n\n| Version | Supported |\n|---|---|\n| 1.2 | yes |\n| 1.1 | yes |\n| 1.0 | no |\n";
    let world = World::new(&[("SECURITY.md", security)]);
    world.configure("missing.md");
    let run = world.scan(&[]);
    assert_says(&run, "1.2 supported table, 1.1 supported table, 1.0 eol table");
    assert_eq!((run.code, &*covered(&run, "endoflife")), (0, "nothing"), "{}", run.stdout);
    assert!(troubles(&run).contains("`missing.md` could not be read"));

    // The manifests that are lost would have been stronger than the table.
    world.repo.write("patchline.toml", "[support]\nopeneox = [\"missing.json\"]\n");
    let run = world.scan(&[]);
    assert_eq!((run.code, &*covered(&run, "openeox")), (3, "failed"), "{}", run.stdout);
    // The configuration is stronger than both.
    world.repo.write("patchline.toml", "[support]\nnewest = 2\nopeneox = [\"missing.json\"]\n");
    assert_eq!(world.scan(&[]).code, 0);
}

#[test]
fn a_table_overrules_the_product_and_the_difference_is_named() {
    let security = "# Security\n\n| Version | Supported until |\n|---|---|\n| 1.2 | 2031-12-31 |\n| 1.1 | 2031-06-30 |\n";
    let world = World::new(&[("SECURITY.md", security), ("ferry.md", PRODUCT)]);
    world.configure("ferry.md");
    let run = world.lines(&[]);
    assert_says(&run, "1.2 supported table, 1.1 supported table, 1.0 eol endoflife");
    let json = run.json();
    let differ = json["contradictions"].as_array().expect("contradictions");
    let rows: Vec<(&str, &str, &str)> = differ
        .iter()
        .map(|c| (text(&c["rule"]), text(&c["line"]), text(&c["at"]["path"])))
        .collect();
    assert_eq!(rows, [("support/dates-differ", "1.2", "ferry.md")], "{}", run.stdout);
    let against = &json["contradictions"][0]["against"];
    assert_eq!((text(&against["path"]), &against["row"]), ("SECURITY.md", &5.into()));
    assert_eq!(world.lines(&["--check"]).code, 1);
}

#[test]
fn what_an_address_contradicts_is_shown_at_a_file_of_the_repository() {
    let server = DocumentServer::with(response("200 OK", "", FIRST.as_bytes()));
    let security = "# Security\n\n| Version | Supported until |\n|---|---|\n\
                    | 1.2 | 2031-12-31 |\n| 1.1 | 2031-06-30 |\n";
    let world = World::new(&[("SECURITY.md", security)]);
    world.configure(&server.url("/ferry.json"));
    let place = format!("rustsec={}", world.database.path().display());
    let run = world.run_in(&["scan", "--format", "sarif", "--db", &place], &[]);
    let document = run.json();
    assert_fit_for_github(&document);
    let runs = document["runs"].as_array().expect("runs");
    let support = runs.iter().find(|run| run["automationDetails"]["id"] == "patchline/support/");
    let result = &support.expect("a run")["results"][0];
    assert_eq!(result["ruleId"], "support/dates-differ");
    let place = &result["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], "SECURITY.md");
    let words = text(&result["message"]["text"]);
    let start =
        format!("In {}:2: the last day of 1.2 is 2032-01-31 here", server.url("/ferry.json"));
    assert!(words.starts_with(&start), "{words}");
}

#[test]
fn openeox_documents_speak_as_manifests() {
    let statement = |version: &str, day: &str| {
        format!(
            "{{\"product_name\": \"ferry\", \"product_version\": \"{version}\", \"core\": \
             {{\"end_of_security_support\": \"{day}T00:00:00Z\"}}}}"
        )
    };
    let all = format!(
        "{{\"statements\": [{}, {}]}}",
        statement("1.2", "2032-01-31"),
        statement("1.1", "2031-01-31")
    );
    let world = World::new(&[
        ("eox.json", &all),
        ("v1.0.openeox.json", "{\"end_of_security_support\": \"tba\"}"),
    ]);
    let policy = "[support]\nopeneox = [\"eox.json\", \"v1.0.openeox.json\"]\n";
    world.repo.write("patchline.toml", policy);
    let run = world.scan(&[]);
    assert_says(&run, "1.2 supported manifest, 1.1 eol manifest, 1.0 supported manifest");
    assert_eq!((run.code, &*covered(&run, "openeox")), (0, "complete"));

    world.repo.write("eox.json", &all.replace("\"1.", "\"7."));
    fs::remove_file(world.repo.path().join("v1.0.openeox.json")).expect("a file");
    world.repo.write("patchline.toml", "[support]\nopeneox = [\"eox.json\"]\n");
    assert!(
        troubles(&world.lines(&[])).contains("`eox.json` names none of this repository's lines")
    );
}

#[test]
fn nobody_else_is_asked_where_nobody_else_is_heard() {
    let server = DocumentServer::with(response("200 OK", "", SECOND.as_bytes()));
    let world = World::new(&[]);
    let policy = format!("[support]\nevidence = false\nendoflife = \"{}\"\n", server.url("/x"));
    world.repo.write("patchline.toml", &policy);
    let run = world.lines(&[]);
    assert!(troubles(&run).contains("info: `endoflife` is not heard"), "{}", run.stdout);
    world.configure(&server.url("/x"));
    assert_eq!(world.run_in(&["lines", "--line", "main"], &[]).code, 0);
    world.repo.write("patchline.toml", "");
    assert_eq!(world.lines(&[]).code, 0);
    assert!(server.requests().is_empty());
}

#[test]
fn a_document_is_fetched_and_asked_for_again_by_its_tag() {
    let server = DocumentServer::start(|head| {
        if head.iter().any(|row| row.eq_ignore_ascii_case("if-none-match: \"one\"")) {
            return response("304 Not Modified", "ETag: \"one\"\r\n", b"");
        }
        match head[0].split(' ').nth(1) {
            Some("/ferry.json") => response("302 Found", "Location: /v1/ferry\r\n", b""),
            _ => response("200 OK", "ETag: \"one\"\r\n", SECOND.as_bytes()),
        }
    });
    let url = server.url("/ferry.json");
    let world = World::of_address(&url);
    for _ in 0..2 {
        let run = world.scan(&[]);
        assert_says(&run, SAID);
        assert_eq!((run.code, &*troubles(&run), &*covered(&run, "endoflife")), (0, "", "complete"));
        let origin = &run.json()["lines"][0]["evidence"][0]["origin"];
        assert_eq!(text(&origin["path"]), url);
    }
    let requests = server.requests();
    assert_eq!(requests.len(), 3, "{requests:?}");
    let agent = concat!("user-agent: patchline/", env!("CARGO_PKG_VERSION"));
    assert!(requests[0].iter().any(|row| row.to_lowercase() == agent), "{requests:?}");
    assert!(!requests[1].iter().any(|row| row.to_lowercase().starts_with("referer")));
    assert_eq!(world.kept().len(), 1);

    // Offline, nothing is asked, and the copy speaks.
    for args in [&["--offline"][..], &[]] {
        if args.is_empty() {
            let policy = format!("[support]\nendoflife = \"{url}\"\n[scan]\noffline = true\n");
            world.repo.write("patchline.toml", &policy);
        }
        let run = world.scan(args);
        assert_says(&run, SAID);
        assert_eq!((run.code, &*covered(&run, "endoflife")), (0, "complete"));
        assert!(troubles(&run).contains("info: the run is offline, and the copy of "));
    }
    assert_eq!(server.requests().len(), 3);

    // A dead server leaves the copy, and that is said.
    drop(server);
    world.configure(&url);
    let run = world.scan(&[]);
    assert_says(&run, SAID);
    assert_eq!(run.code, 0, "{}", run.stdout);
    let said = troubles(&run);
    assert!(
        said.contains("could not be fetched, and the copy of ") && said.contains("0 days old"),
        "{said}"
    );

    // A copy from long ago is no longer good enough.
    let path = world.cache.path().join(&world.kept()[0]);
    let copy = fs::read_to_string(&path).expect("the copy");
    let row = copy.split_once('\n').expect("a row about it").0;
    let mut row: serde_json::Value = serde_json::from_str(row).expect("JSON");
    // The lines that it leaves to others are open.
    let document = FIRST.replace("\"1.0\"", "\"0.1\"");
    row["checked"] = "2020-01-01".into();
    row["size"] = document.len().into();
    fs::write(&path, format!("{row}\n{document}")).expect("the copy");
    for args in [&["--offline"][..], &[]] {
        let run = world.scan(args);
        assert_eq!((run.code, &*covered(&run, "endoflife")), (3, "partial"), "{}", run.stdout);
    }
    // A damaged one is none.
    fs::write(&path, "{\"checked\"").expect("the copy");
    assert_eq!(covered(&world.scan(&["--offline"]), "endoflife"), "failed");
}

#[test]
fn offline_without_a_copy_is_never_green() {
    let server = DocumentServer::with(response("200 OK", "", SECOND.as_bytes()));
    let world = World::of_address(&server.url("/ferry.json"));
    let run = world.scan(&["--offline"]);
    assert_says(&run, UNSAID);
    assert_eq!((run.code, &*covered(&run, "endoflife")), (3, "failed"));
    assert!(
        troubles(&run)
            .contains("is not in the cache, and the run is offline [run once without --offline")
    );
    for command in [
        &["lines", "--offline"][..],
        &["init", "--dry-run", "--offline"],
        &["security-md", "--offline"],
    ] {
        assert_eq!(world.run_in(command, &[]).code, 0, "{command:?}");
    }
    assert!(server.requests().is_empty());
}

#[test]
fn what_a_server_does_wrong_is_named_and_never_green() {
    let cut = {
        let mut whole = response("200 OK", "", SECOND.as_bytes());
        whole.truncate(whole.len() - 40);
        whole
    };
    // Without a length, so that only counting tells.
    let large =
        [&b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n"[..], &vec![b' '; 5 * 1024 * 1024]]
            .concat();
    let rows = [
        (
            response("404 Not Found", "", b"no"),
            "could not be fetched: the server answered with 404 Not Found",
        ),
        (response("500 Internal Server Error", "", SECOND.as_bytes()), "500 Internal Server Error"),
        (
            response("429 Too Many Requests", "Retry-After: 60\r\n", SECOND.as_bytes()),
            "429 Too Many Requests and asks to wait 60 seconds",
        ),
        (response("204 No Content", "", b""), "204 No Content"),
        (response("304 Not Modified", "", b""), "304 Not Modified"),
        (cut, "could not be fetched: "),
        (large, "it has more than 4194304 bytes"),
        (
            response("302 Found", "Location: /ferry.json\r\n", b""),
            "there are more than 5 redirects",
        ),
        (
            response("302 Found", "Location: https://127.0.0.1:9/x\r\n", b""),
            "it leads from http to https",
        ),
        (
            response("302 Found", "Location: http://example.invalid/x\r\n", b""),
            "it leads to what is not an https address",
        ),
        (
            response("302 Found", "Location: file:///etc/hostname\r\n", b""),
            "could not be fetched: ",
        ),
        (response("200 OK", "", b"<!doctype html><title>Log in</title>"), "warning: "),
        (response("200 OK", "", b"\xff\xfe\x00"), "warning: "),
        (b"nonsense\r\n\r\n".to_vec(), "could not be fetched: "),
        (Vec::new(), "could not be fetched: "),
    ];
    let check = |(answer, expected): (Vec<u8>, &str)| {
        let server = DocumentServer::with(answer);
        let world = World::of_address(&server.url("/ferry.json"));
        let run = world.scan(&[]);
        assert_says(&run, UNSAID);
        assert_eq!(
            (run.code, &*covered(&run, "endoflife")),
            (3, "failed"),
            "{expected}: {}",
            run.stdout
        );
        assert!(troubles(&run).contains(expected), "{expected}: {}", troubles(&run));
        assert!(world.kept().is_empty(), "{expected}");
        assert!(server.requests().len() <= 6, "{expected}");
    };
    // At once, since who is asked again is waited for.
    std::thread::scope(|scope| {
        for row in rows {
            scope.spawn(move || check(row));
        }
    });
    let run = World::of_address("http://127.0.0.1:9/ferry.json").scan(&[]);
    assert_eq!((run.code, &*covered(&run, "endoflife")), (3, "failed"));
    assert!(troubles(&run).contains("Connection refused"), "{}", run.stdout);
}

#[test]
fn an_error_of_a_moment_costs_nothing() {
    let asked = AtomicUsize::new(0);
    let server = DocumentServer::start(move |_| match asked.fetch_add(1, Ordering::Relaxed) {
        0 => response("503 Service Unavailable", "Retry-After: 0\r\n", b""),
        1 => response("429 Too Many Requests", "", b""),
        _ => response("200 OK", "", SECOND.as_bytes()),
    });
    let run = World::of_address(&server.url("/ferry.json")).scan(&[]);
    assert_says(&run, SAID);
    assert_eq!((run.code, &*troubles(&run), server.requests().len()), (0, "", 3));
}

#[test]
fn a_page_that_is_no_product_does_not_cost_the_copy() {
    let asked = AtomicUsize::new(0);
    let server = DocumentServer::start(move |_| match asked.fetch_add(1, Ordering::Relaxed) {
        0 => response("200 OK", "", FIRST.as_bytes()),
        // As a portal answers in place of whoever was asked.
        _ => response("200 OK", "", b"<title>Log in</title>"),
    });
    let world = World::of_address(&server.url("/ferry.json"));
    assert_says(&world.scan(&[]), SAID);
    let path = world.cache.path().join(&world.kept()[0]);
    let copy = fs::read(&path).expect("the copy");
    let run = world.scan(&[]);
    assert_says(&run, SAID);
    assert!(troubles(&run).contains("what came is no product"), "{}", run.stdout);
    assert_eq!((world.kept().len(), fs::read(&path).expect("the copy")), (1, copy));
}

#[test]
#[cfg(unix)]
fn a_link_out_of_the_working_tree_is_not_followed() {
    let elsewhere = tempfile::tempdir().expect("a folder");
    fs::write(elsewhere.path().join("ferry.md"), PRODUCT).expect("a file");
    let world = World::new(&[]);
    std::os::unix::fs::symlink(elsewhere.path(), world.repo.path().join("products"))
        .expect("a link");
    world.configure("products/ferry.md");
    let run = world.scan(&[]);
    assert_says(&run, UNSAID);
    assert!(troubles(&run).contains("it lies outside the repository"), "{}", run.stdout);
}

#[test]
fn the_past_of_an_address_cannot_be_asked_for() {
    let server = DocumentServer::with(response("200 OK", "", SECOND.as_bytes()));
    let world = World::of_address(&server.url("/ferry.json"));
    let repo = &world.repo;
    repo.commit("main", &[("file", "old")], "2020-01-01");
    repo.git(&["tag", "-f", "v1.2.0"]);
    let run = world.lines(&["--as-of", "2021-01-01"]);
    assert!(
        troubles(&run).contains("is heard as it is today, and not as it was on 2021-01-01"),
        "{}{}",
        run.stdout,
        run.stderr
    );
    assert!(!troubles(&world.lines(&[])).contains("as it is today"));
}

#[test]
fn a_secret_in_an_address_reaches_its_server_and_nobody_else() {
    let server = DocumentServer::start(|head| {
        if head[0].contains("/broken") {
            return response("404 Not Found", "", b"");
        }
        response("200 OK", "ETag: \"one\"\r\n", SECOND.as_bytes())
    });
    for path in ["/ferry.json", "/broken"] {
        let url =
            server.url(path).replace("http://", "http://user:s3cret@") + "?token=s3cret#s3cret";
        let world = World::of_address(&url);
        let mut outputs = String::new();
        for command in [
            &["lines"][..],
            &["lines", "--format", "json"],
            &["lines", "--explain"],
            &["lines", "--format", "endoflife"],
            &["lines", "--format", "openeox"],
            &["init", "--dry-run"],
            &["security-md"],
        ] {
            let run = world.run_in(command, &[]);
            outputs += &(run.stdout + &run.stderr);
        }
        for args in [&[][..], &["--offline"], &["--format", "text"], &["--format", "sarif"]] {
            let args: Vec<&str> = args.to_vec();
            let place = format!("rustsec={}", world.database.path().display());
            let folder = world.cache.path().join("reports");
            let folder = folder.to_str().expect("UTF-8");
            let all = [&["scan", "--db", &*place, "--output", folder], &args[..]].concat();
            let run = world.run_in(&all, &[]);
            outputs += &(run.stdout + &run.stderr);
            for file in ["patchline.json", "patchline.sarif"] {
                outputs += &fs::read_to_string(Path::new(folder).join(file)).expect("a report");
            }
        }
        assert!(outputs.contains(&server.url(path)), "{outputs}");
        for word in ["s3cret", "token"] {
            assert!(!outputs.contains(word), "{outputs}");
            assert!(world.kept().iter().all(|name| !name.contains(word)));
        }
    }
    let sent = &server.requests()[0];
    assert!(sent[0].contains("?token=s3cret "), "{sent:?}");
    assert!(sent.iter().any(|row| row.to_lowercase().starts_with("authorization: basic ")));

    // One that cannot be read as an address, either.
    let run = World::of_address("https://user:s3cret@exa mple.org:port/x").scan(&[]);
    assert_eq!(run.code, 3, "{}{}", run.stdout, run.stderr);
    assert!(!(run.stdout + &run.stderr).contains("s3cret"));
}
