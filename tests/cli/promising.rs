//! `disclose policy`: what SECURITY.md promises, and whether that is what is done.

use std::fs;

use crate::world::{Database, Repo, Run, TODAY, lock, patchline, patchline_in};

const POLICY: &str = "[support]\nnewest = 1\n[disclose]\nproduct = \"Boat\"\n\
                      contact = [\"mailto:security@boat.example\"]\n";

/// One line, `v1.0.0`, and its policy.
fn repo(policy: &str) -> Repo {
    let repo = Repo::new();
    repo.commit("main", &[("Cargo.lock", &lock(&["boat 1.0.0", "time 0.1.0"]))], "2030-01-01");
    repo.git(&["tag", "v1.0.0"]);
    repo.git(&["branch", "release-1.0"]);
    repo.write("patchline.toml", policy);
    repo
}

fn policy(repo: &Repo, args: &[&str]) -> Run {
    policy_in(repo, args, &[])
}

fn policy_in(repo: &Repo, args: &[&str], environment: &[(&str, &str)]) -> Run {
    let path = repo.path().to_str().expect("UTF-8");
    let mut all = vec!["disclose", "policy", "--repo", path, "--as-of", TODAY, "--offline"];
    all.extend(args);
    patchline_in(repo.path(), &all, environment)
}

fn security_md(repo: &Repo) -> String {
    fs::read_to_string(repo.path().join("SECURITY.md")).expect("a document")
}

#[test]
fn the_policy_is_written_once_and_is_content_with_itself() {
    let repo = repo(POLICY);
    let printed = policy(&repo, &[]);
    assert_eq!((printed.code, printed.stderr.as_str()), (0, ""));
    for heading in ["## Supported versions\n\n| Version", "\n## Reporting a vulnerability\n\n"] {
        assert!(printed.stdout.contains(heading), "{}", printed.stdout);
    }
    assert!(printed.stdout.contains("- `security@boat.example`"), "{}", printed.stdout);
    assert!(!repo.path().join("SECURITY.md").exists());

    let written = policy(&repo, &["--write", "--yes"]);
    assert_eq!(written.code, 0, "{}", written.stderr);
    assert!(
        written.stdout.starts_with("wrote `SECURITY.md`\nwrote the policy in"),
        "{}",
        written.stdout
    );
    let again = policy(&repo, &["--write"]);
    assert_eq!(again.stdout, "`SECURITY.md` says it already\n".repeat(2));
    let table = patchline(&[
        "security-md",
        "--repo",
        repo.path().to_str().expect("UTF-8"),
        "--as-of",
        TODAY,
        "--write",
    ]);
    assert_eq!(table.code, 0, "{}", table.stderr);
    let check = policy(&repo, &["--check"]);
    assert_eq!((check.code, check.stdout.as_str()), (0, ""), "{}", check.stderr);
}

#[test]
fn nothing_is_written_that_nobody_agreed_to() {
    let repo = repo(POLICY);
    let refused = policy(&repo, &["--write"]);
    assert_eq!((refused.code, refused.stdout.as_str()), (2, ""), "{}", refused.stderr);
    assert!(
        refused.stderr.contains("nobody can be asked here, so `")
            && refused.stderr.contains("SECURITY.md` is not written\n")
            && refused.stderr.contains("`--yes` agrees beforehand"),
        "{}",
        refused.stderr
    );
    // Whoever reads the remote reads it, too; and no address is shown with its password.
    repo.git(&["remote", "add", "origin", "https://me:s3cret@github.com/ferry/boat.git"]);
    let refused = policy(&repo, &["--write"]);
    assert_eq!(refused.code, 2, "{}", refused.stderr);
    let says =
        "is not written; it would be for everybody who reads https://github.com/ferry/boat.git";
    assert!(refused.stderr.contains(says), "{}", refused.stderr);
    assert!(!refused.stderr.contains("s3cret"), "{}", refused.stderr);
    assert!(!repo.path().join("SECURITY.md").exists());
    // Looking asks nothing and writes nothing.
    assert_eq!(policy(&repo, &["--check"]).code, 1);
    assert_eq!(policy(&repo, &["--check", "--yes"]).code, 2);
    assert!(!repo.path().join("SECURITY.md").exists());

    // Both parts, or none.
    let own = "# Security\n\n## Reporting a Vulnerability\n\nCall us.\n";
    repo.write("SECURITY.md", own);
    assert_eq!(policy(&repo, &["--write", "--yes"]).code, 2);
    assert_eq!(security_md(&repo), own);
    fs::remove_file(repo.path().join("SECURITY.md")).expect("it is there");

    // What is there already needs nobody.
    assert_eq!(policy(&repo, &["--write", "--yes"]).code, 0);
    let again = policy(&repo, &["--write"]);
    assert_eq!(
        (again.code, again.stdout),
        (0, "`SECURITY.md` says it already\n".repeat(2)),
        "{}",
        again.stderr
    );
}

#[test]
fn what_somebody_wrote_by_hand_stays() {
    let repo = repo(POLICY);
    let own = "# Security\n\n## Reporting a Vulnerability\n\nCall us.\n";
    repo.write("SECURITY.md", own);
    let refused = policy(&repo, &["--write", "--yes"]);
    assert_eq!(refused.code, 2, "{}", refused.stderr);
    assert!(
        refused.stderr.contains("`SECURITY.md:3`")
            && refused.stderr.contains("<!-- patchline:disclosure-policy -->"),
        "{}",
        refused.stderr
    );
    assert_eq!(security_md(&repo), own);

    repo.write(
        "SECURITY.md",
        "# Security\n\n## Reporting a Vulnerability\n\nCall us.\n\n\
         <!-- patchline:disclosure-policy -->\n<!-- /patchline:disclosure-policy -->\nBye.\n",
    );
    assert_eq!(policy(&repo, &["--write", "--yes"]).code, 0);
    let text = security_md(&repo);
    assert!(
        text.starts_with("# Security\n\n## Reporting a Vulnerability\n\nCall us.\n\n<!-- "),
        "{text}"
    );
    assert!(text.contains("<!-- /patchline:disclosure-policy -->\nBye.\n"), "{text}");
}

#[test]
fn what_the_document_lacks_or_says_otherwise_is_told() {
    let repo = repo(POLICY);
    let none = policy(&repo, &["--check"]);
    assert_eq!(none.code, 1);
    assert!(none.stdout.starts_with("there is no `SECURITY.md`\n"), "{}", none.stdout);

    repo.write("SECURITY.md", "# Security\n");
    let bare = policy(&repo, &["--check"]);
    assert_eq!(bare.code, 1);
    for lack in [
        "says no private way to report a vulnerability",
        "says not how soon somebody answers",
        "says not how a vulnerability is published",
        "says not which versions are supported",
    ] {
        assert!(bare.stdout.contains(lack), "{lack}: {}", bare.stdout);
    }

    assert_eq!(policy(&repo, &["--write", "--yes"]).code, 0);
    repo.write("patchline.toml", &format!("{POLICY}[disclose.lead]\nacknowledge = \"5d\"\n"));
    let changed = policy(&repo, &["--check"]);
    assert_eq!(changed.code, 1);
    for row in ["promises something else than the configuration", "| 5 days |", "| 2 days |"] {
        assert!(changed.stdout.contains(row), "{row}: {}", changed.stdout);
    }
}

#[test]
fn a_promise_that_is_never_kept_contradicts_practice() {
    let repo = repo(POLICY);
    assert_eq!(policy(&repo, &["--write", "--yes"]).code, 0);
    repo.write("SECURITY.md", &(security_md(&repo) + "\nThe newest version is supported.\n"));
    fs::create_dir(repo.path().join("security")).expect("a folder");
    repo.write(
        "security/2030-05.toml",
        "schema = 1\nproduct = \"Boat\"\n[actual]\nreported = 2030-05-01\nacknowledged = 2030-05-11\n",
    );
    let late = policy(&repo, &["--check"]);
    assert_eq!(late.code, 1, "{}", late.stderr);
    let says = "an answer to a report is promised within 2 days, and took 10 days at best (once)";
    assert!(late.stdout.starts_with(says), "{}", late.stdout);

    // When it was reported is a secret until it is public.
    let stranger = policy_in(&repo, &["--check"], &[("CI", "true")]);
    assert_eq!((stranger.code, stranger.stdout.as_str()), (0, ""), "{}", stranger.stderr);

    // What is not valid is used by nothing.
    let wrong = "[actual]\nreported = 2030-05-01\nacknowledged = 2030-05-11\nwhat = 1\n";
    repo.write("security/2030-05.toml", &format!("schema = 1\nproduct = \"Boat\"\n{wrong}"));
    let stranger = policy_in(&repo, &["--check"], &[("CI", "true")]);
    assert_eq!((stranger.code, stranger.stdout.as_str()), (3, ""), "{}", stranger.stderr);
    assert!(!stranger.stderr.contains("2030-05"), "{}", stranger.stderr);
    let blind = policy(&repo, &["--check"]);
    assert_eq!((blind.code, blind.stdout.as_str()), (3, ""), "{}", blind.stderr);
    assert!(blind.stderr.contains("the record `2030-05` is not valid"), "{}", blind.stderr);
}

#[test]
fn a_target_that_is_never_met_contradicts_practice() {
    let database = Database::new();
    database.add("RUSTSEC-2030-0001", "time", "patched = [\">= 0.2.0\"]", "");
    let place = database.path().to_str().expect("UTF-8");
    let repo = repo(&format!(
        "{POLICY}[targets]\ncritical = \"3d\"\nhigh = \"3d\"\n[scan.db]\nrustsec = {place:?}\n"
    ));
    assert_eq!(policy(&repo, &["--write", "--yes"]).code, 0);
    repo.write("SECURITY.md", &(security_md(&repo) + "\nThe newest version is supported.\n"));
    let run = policy(&repo, &["--check"]);
    // The record has no severity, so no target is about it.
    assert_eq!(run.code, 0, "{}{}", run.stdout, run.stderr);
    database.add(
        "RUSTSEC-2030-0002",
        "time",
        "patched = [\">= 0.2.0\"]",
        "cvss = \"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H\"\n",
    );
    let run = policy(&repo, &["--check"]);
    assert_eq!(run.code, 1, "{}", run.stderr);
    let says = "a release against what is critical is promised within 3 days, and took ";
    assert!(run.stdout.contains(says), "{}", run.stdout);
}

#[test]
fn without_a_way_to_report_there_is_no_policy() {
    let repo = repo("[support]\nnewest = 1\n");
    let run = policy(&repo, &[]);
    assert_eq!(run.code, 2);
    assert!(
        run.stderr.contains("nothing says how a vulnerability is reported in private"),
        "{}",
        run.stderr
    );
    repo.git(&["remote", "add", "origin", "git@github.com:ferry/boat.git"]);
    let run = policy(&repo, &[]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(
        run.stdout.contains("(https://github.com/ferry/boat/security/advisories/new)"),
        "{}",
        run.stdout
    );
}
