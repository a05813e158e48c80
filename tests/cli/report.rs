//! `patchline report`: what people are shown.

use std::fs;

use crate::world::{Database, Repo, lock, patchline};

const SERDE: &str = "serde 1.0.0";

fn args<'a>(repo: &'a Repo, place: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    let repo = repo.path().to_str().expect("UTF-8");
    let mut all = vec!["report", "--repo", repo, "--db", place, "--as-of", "2031-06-15"];
    all.extend(more);
    all
}

#[test]
fn a_report_is_a_page_that_ends_as_the_scan_does_and_tells_the_past() {
    let database = Database::new();
    let vulnerable = lock(&[SERDE, "clock 0.1.0"]);
    let repo = Repo::with_line(&vulnerable, &lock(&[SERDE, "clock 0.2.23"]));
    let place = format!("rustsec={}", database.path().display());
    let scan = repo.scan(&database, &["--format", "text"]);
    let page = patchline(&args(&repo, &place, &[]));
    assert_eq!(page.code, scan.code, "{}", page.stderr);
    let wanted = [
        "<!doctype html>",
        "id=\"timelines\"",
        "fixed-unreleased",
        "RUSTSEC-2031-0001",
        "fixed, not released for 7 days",
    ];
    for wanted in wanted {
        assert!(page.stdout.contains(wanted), "{wanted}:\n{}", page.stdout);
    }
    assert!(!page.stdout.contains("<script"), "a page needs no script");
    // Where the database lies is nobody else's business.
    let folder = database.path().to_str().expect("UTF-8");
    assert!(!page.stdout.contains(folder) && page.stdout.contains("a local copy"));
    assert_eq!(page.stdout, patchline(&args(&repo, &place, &[])).stdout);

    let other = patchline(&args(&repo, &place, &["--format", "json", "--exit-zero"]));
    assert_eq!((other.code, other.json()["as_of"].as_str()), (0, Some("2031-06-15")));
}

#[test]
fn a_page_promises_what_somebody_wrote_and_nothing_else() {
    let database = Database::new();
    let good = lock(&[SERDE, "clock 0.2.23"]);
    let place = format!("rustsec={}", database.path().display());
    let all = ["A report is confirmed", "A fix is made", "Everything is public", "may be affected"];
    for (policy, promised) in [
        ("", [false; 4]),
        ("contact = [\"mailto:a@example.org\"]", [false; 4]),
        ("lead = { fix = \"20d\" }", [false, true, false, false]),
        ("ended-lines = \"not-evaluated\"", [false, false, false, true]),
        ("preset = \"django\"", [true; 4]),
    ] {
        let repo = Repo::with_line(&good, &good);
        repo.write("patchline.toml", &format!("[disclose]\n{policy}\n"));
        let page = patchline(&args(&repo, &place, &["--format", "html"]));
        let found = all.map(|promise| page.stdout.contains(promise));
        assert_eq!(found, promised, "{policy}: {}", page.stderr);
    }
}

#[test]
fn a_folder_holds_what_is_published_and_no_badge_of_a_line_that_is_gone() {
    let database = Database::new();
    let good = lock(&[SERDE, "clock 0.2.23"]);
    let repo = Repo::with_line(&good, &good);
    let place = format!("rustsec={}", database.path().display());
    let folder = tempfile::tempdir().expect("a folder");
    let site = folder.path().join("site");
    let site_text = site.to_str().expect("UTF-8");
    let run = patchline(&args(&repo, &place, &["--output", site_text, "--format", "badge"]));
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(
        run.stdout.starts_with("<svg") && run.stdout.contains("2 of 2 patched"),
        "{}",
        run.stdout
    );
    let names = [
        "patchline.json",
        "patchline.sarif",
        "patchline.html",
        "patchline.csv",
        "patchline.junit.xml",
        "badge.svg",
        "badge.json",
        "badges/1.0.svg",
        "badges/1.0.json",
    ];
    for name in names {
        assert!(site.join(name).is_file(), "{name}");
    }
    for ending in ["svg", "json"] {
        let badge = |line: &str| site.join(format!("badges/{line}.{ending}"));
        fs::copy(badge("1.0"), badge("0.9")).expect("a file");
        fs::write(badge("coverage"), "somebody else's").expect("a file");
    }
    fs::write(site.join("badges/notes.txt"), "kept").expect("a file");
    let again = patchline(&args(&repo, &place, &["--output", site_text]));
    assert_eq!(again.code, 0, "{}", again.stderr);
    let left = |name: &str| site.join("badges").join(name).exists();
    assert!(!left("0.9.svg") && !left("0.9.json"));
    assert!(left("notes.txt") && left("coverage.svg") && left("coverage.json"));

    // A scan writes what it always wrote.
    let plain = folder.path().join("plain");
    let plain_text = plain.to_str().expect("UTF-8");
    let scan = repo.scan(&database, &["--output", plain_text]);
    assert_eq!(scan.code, 0, "{}", scan.stderr);
    assert!(plain.join("patchline.json").is_file() && !plain.join("patchline.html").exists());
}

#[test]
fn what_nobody_could_read_is_said_in_every_format() {
    let database = Database::new();
    let repo = Repo::with_line(&lock(&[SERDE]), "no lockfile at all [");
    let place = format!("rustsec={}", database.path().display());
    for (format, wanted) in [
        ("html", "<body class=\"blind\">"),
        ("html", "id=\"gaps\""),
        ("badge", "incomplete"),
        ("csv", "\"gap\""),
        ("junit", "<error "),
    ] {
        let run = patchline(&args(&repo, &place, &["--format", format]));
        assert_eq!(run.code, 3, "{}", run.stderr);
        assert!(run.stdout.contains(wanted), "{format}: {wanted}:\n{}", run.stdout);
        assert!(!run.stdout.contains("#1b7a43") && !run.stdout.contains("class=\"top pass\""));
    }
}
