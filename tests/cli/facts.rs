//! What is known of attacks, in files and at addresses that the configuration names.

use std::{
    fs,
    path::Path,
    sync::atomic::{AtomicUsize, Ordering},
};

use tempfile::TempDir;

use crate::{
    http::{DocumentServer, response},
    world::{Database, Repo, Run, TODAY, assert_matches_schema, lock, patchline_in, text},
};

const KEV: &str = r#"{"catalogVersion": "2031.06.14", "dateReleased": "2031-06-14T16:00:04Z", "count": 1,
"vulnerabilities": [{"cveID": "CVE-2031-0001", "dateAdded": "2031-06-01", "dueDate": "2031-06-22",
"knownRansomwareCampaignUse": "Known"}]}"#;
const EPSS: &str = "#model_version:v2031.03.14,score_date:2031-06-14T12:55:00Z\n\
                    cve,epss,percentile\nCVE-2031-0001,0.94321,0.99977\n";

struct World {
    repo: Repo,
    cache: TempDir,
    database: Database,
}

impl World {
    fn new(configuration: &str) -> Self {
        let lockfile = lock(&["app 0.1.0", "clock 0.2.23"]);
        let repo = Repo::with_line(&lockfile, &lockfile);
        repo.write("patchline.toml", configuration);
        Self { repo, cache: tempfile::tempdir().expect("a folder"), database: Database::new() }
    }

    fn of_address(address: &str) -> Self {
        Self::new(&format!("[facts]\nkev = \"{address}\"\n"))
    }

    fn scan(&self, args: &[&str]) -> Run {
        let place = format!("rustsec={}", self.database.path().display());
        let repo = self.repo.path().to_str().expect("UTF-8");
        let own = ["scan", "--repo", repo, "--db", &place, "--format", "json"];
        let day = if args.contains(&"--as-of") { &[][..] } else { &["--as-of", TODAY] };
        let cache = ("PATCHLINE_CACHE_DIR", self.cache.path().to_str().expect("UTF-8"));
        patchline_in(Path::new("."), &[&own[..], day, args].concat(), &[cache])
    }

    fn kept(&self) -> usize {
        fs::read_dir(self.cache.path()).expect("the cache").count()
    }
}

/// `source covered`, and a row for each trouble.
fn heard(run: &Run) -> (String, String) {
    let json = run.json();
    assert_matches_schema(&json);
    let coverage = json["coverage"].as_array().expect("coverage").iter();
    let coverage = coverage.filter(|c| c["source"] == "kev" || c["source"] == "epss");
    let rows: Vec<String> =
        coverage.map(|c| format!("{} {}", text(&c["source"]), text(&c["covered"]))).collect();
    let trouble = json["trouble"].as_array().expect("trouble").iter();
    let trouble: Vec<String> = trouble.map(|t| format!("{}\n", text(&t["message"]))).collect();
    (rows.join(", "), trouble.concat())
}

#[test]
fn lists_are_read_from_files_beside_the_policy() {
    let world = World::new("[facts]\nkev = \"facts/kev.json\"\nepss = \"facts/epss.csv\"\n");
    fs::create_dir(world.repo.path().join("facts")).expect("a folder");
    world.repo.write("facts/kev.json", KEV);
    world.repo.write("facts/epss.csv", EPSS);
    let run = world.scan(&["--offline"]);
    assert_eq!(run.code, 0, "{}", run.stdout);
    assert_eq!(heard(&run), ("epss complete, kev complete".to_owned(), String::new()));
    assert_eq!(world.kept(), 0);
}

#[test]
fn a_list_that_is_lost_or_broken_or_old_is_never_good_news() {
    let many = KEV.replace("\"count\": 1", "\"count\": 1200");
    for (file, day, covered, expected) in [
        (None, TODAY, "kev failed", "`kev.json` could not be read: there is no such file"),
        (Some(""), TODAY, "kev failed", "`kev.json` is no kev list: it is no JSON of a catalogue"),
        (Some("<html>"), TODAY, "kev failed", "is no kev list"),
        (Some("{\"vulnerabilities\": []}"), TODAY, "kev failed", "it has no entries"),
        (
            Some(&KEV[..KEV.len() - 2]),
            TODAY,
            "kev partial",
            "could not be read whole: it is no JSON",
        ),
        (Some(&many), TODAY, "kev partial", "it has 1 entries and says 1200"),
        (Some(KEV), "2031-09-01", "kev partial", "the kev list is 79 days old, more than 30"),
        (Some(KEV), "2031-06-13", "kev complete", "the kev list is from after the day of this"),
        (
            Some(&KEV.replace("dateReleased", "released")),
            TODAY,
            "kev partial",
            "nothing says how old the kev list is",
        ),
    ] {
        let world = World::new("[facts]\nkev = \"kev.json\"\n[gate]\nincomplete = \"fail\"\n");
        if let Some(file) = file {
            world.repo.write("kev.json", file);
        }
        let run = world.scan(&["--as-of", day]);
        let (rows, trouble) = heard(&run);
        assert_eq!(rows, covered, "{file:?}");
        assert!(trouble.contains(expected), "{expected}: {trouble}");
        assert_eq!(run.code == 0, covered == "kev complete", "{file:?}: {}", run.stdout);
    }
}

#[test]
fn a_list_at_an_address_is_fetched_kept_and_asked_for_by_its_tag() {
    let server = DocumentServer::start(|head| {
        if head.iter().any(|row| row.eq_ignore_ascii_case("if-none-match: \"one\"")) {
            return response("304 Not Modified", "", b"");
        }
        response("200 OK", "ETag: \"one\"\r\n", KEV.as_bytes())
    });
    let world = World::of_address(&server.url("/kev.json"));
    for requests in [1, 2] {
        let run = world.scan(&[]);
        assert_eq!(heard(&run), ("kev complete".to_owned(), String::new()));
        assert_eq!((world.kept(), server.requests().len()), (1, requests));
    }
    let run = world.scan(&["--offline"]);
    let (rows, trouble) = heard(&run);
    assert_eq!((run.code, &*rows), (0, "kev complete"));
    assert!(trouble.contains("the run is offline, and of `http://127.0.0.1:"), "{trouble}");
    assert_eq!(server.requests().len(), 2);
    drop(server);
    let run = world.scan(&[]);
    let (rows, trouble) = heard(&run);
    assert_eq!((run.code, &*rows), (0, "kev complete"));
    assert!(trouble.contains("could not be fetched, and the copy of "), "{trouble}");
}

#[test]
fn nothing_is_fetched_offline_or_unasked() {
    let server = DocumentServer::with(response("200 OK", "", KEV.as_bytes()));
    assert_eq!(World::new("").scan(&[]).code, 0);
    let run = World::of_address(&server.url("/kev.json")).scan(&["--offline"]);
    let (rows, trouble) = heard(&run);
    assert_eq!((run.code, &*rows), (3, "kev failed"));
    assert!(trouble.contains("it is not in the cache, and the run is offline"), "{trouble}");
    assert!(server.requests().is_empty());
}

#[test]
fn a_page_that_is_no_list_does_not_cost_the_copy() {
    let asked = AtomicUsize::new(0);
    let server = DocumentServer::start(move |_| match asked.fetch_add(1, Ordering::Relaxed) {
        0 => response("200 OK", "", KEV.as_bytes()),
        1 => response("200 OK", "", b"<title>Log in</title>"),
        _ => response("404 Not Found", "", b""),
    });
    let world = World::of_address(&server.url("/kev.json?key=s3cret"));
    assert_eq!(heard(&world.scan(&[])).0, "kev complete");
    for expected in ["what came is no whole kev list", "the server answered with 404"] {
        let run = world.scan(&[]);
        let (rows, trouble) = heard(&run);
        assert_eq!((run.code, &*rows), (0, "kev complete"));
        assert!(trouble.contains(expected), "{trouble}");
        assert!(!(run.stdout + &run.stderr).contains("s3cret"));
    }
    let world = World::of_address(&server.url("/kev.json?key=s3cret"));
    let run = world.scan(&[]);
    assert_eq!((run.code, &*heard(&run).0, world.kept()), (3, "kev failed", 0));
    assert!(!(run.stdout + &run.stderr).contains("s3cret"));
}
