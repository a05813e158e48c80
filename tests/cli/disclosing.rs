//! Records of security releases: begun, found, checked, and kept private.

use std::{fs, path::Path};

use serde_json::Value;
use tempfile::TempDir;

use crate::world::{Repo, Run, patchline_in};

const RECORD: &str = include_str!("../../fixtures/disclose/2031-03.toml");
/// Three supported lines and an ended one.
const HISTORY: &str = "2030-01-01 main v1.1.0\n2030-02-01 release-1.1 v1.1.5\n\
                       2030-05-01 main v1.2.0\n2030-06-01 release-1.2 v1.2.3\n\
                       2030-09-01 main v1.3.0\n2030-10-01 release-1.3 v1.3.9\n\
                       2031-01-01 main v1.4.0\n2031-01-15 release-1.4 v1.4.6\n";
const POLICY: &str = "schema = 1\n[support]\nnewest = 3\n";
/// Before the public day of [`RECORD`].
const EARLY: &str = "2031-02-24";

fn ferry(policy: &str, records: &[(&str, &str)]) -> Repo {
    let repo = Repo::with_history(HISTORY, &[("patchline.toml", policy)]);
    repo.git(&["checkout", "--quiet", "main"]);
    fs::create_dir_all(repo.path().join("security")).expect("a folder");
    for (name, text) in records {
        repo.write(&format!("security/{name}.toml"), text);
    }
    repo
}

/// `patchline disclose …` in a repository.
fn disclose(repo: &Repo, args: &[&str]) -> Run {
    disclose_in(repo, args, &[])
}

fn disclose_in(repo: &Repo, args: &[&str], environment: &[(&str, &str)]) -> Run {
    let (command, rest) = args.split_first().expect("a command");
    let mut all = vec!["disclose", *command];
    if !args.contains(&"--as-of") {
        all.extend(["--as-of", EARLY]);
    }
    all.extend(rest);
    patchline_in(repo.path(), &all, environment)
}

#[test]
fn a_record_begins_as_a_file_of_its_owner_and_is_checked() {
    let repo = ferry(POLICY, &[]);
    let run = disclose(&repo, &["new", "2031-05", "--yes"]);
    assert_eq!((run.code, run.stdout.as_str()), (0, ""), "{}", run.stderr);
    let path = repo.path().join("security/2031-05.toml");
    let text = fs::read_to_string(&path).expect("a file");
    assert_mode(&path);
    for said in [
        "line = \"1.4\"\nstatus = \"not-evaluated\"",
        "line = \"1.1\"\nstatus = \"ended\"",
        "# Expected, and not a fact until it is tagged: fixed-in = \"1.4.7\"",
        "public = 2031-03-11T15:00:00Z",
    ] {
        assert!(text.contains(said), "{said}\n{text}");
    }
    // What is there stays.
    let again = disclose(&repo, &["new", "2031-05", "--yes"]);
    assert_eq!(again.code, 2, "{}", again.stderr);
    assert_eq!(fs::read_to_string(&path).expect("a file"), text);

    let check = disclose(&repo, &["check", "--stage", "pre-announcement"]);
    assert_eq!(check.code, 1, "{}", check.stderr);
    let expected = "`2031-05` lacks 5 things for the pre-announcement:

  at the top
    contact         whom to write to: an address of mail or the web, such as \"security@ferry.example\"

  [[advisory]] 2031-05-1
    severity        the project's own word: critical, high, medium, low or none, such as \"high\"

  [[advisory.line]] 2031-05-1 line 1.4
    status          the line is supported, and nobody looked yet

  [[advisory.line]] 2031-05-1 line 1.3
    status          the line is supported, and nobody looked yet

  [[advisory.line]] 2031-05-1 line 1.2
    status          the line is supported, and nobody looked yet
";
    assert!(check.stdout.starts_with("`2031-05` lacks"), "{}", check.stdout);
    for row in expected.lines().skip(1) {
        assert!(check.stdout.contains(row), "{row}\n{}", check.stdout);
    }
}

#[cfg(unix)]
fn assert_mode(path: &Path) {
    use std::os::unix::fs::MetadataExt as _;
    let mode = fs::metadata(path).expect("a file").mode() & 0o777;
    assert_eq!(mode, 0o600, "{mode:o}");
}

#[cfg(not(unix))]
fn assert_mode(_: &Path) {}

#[test]
fn a_record_that_says_everything_passes_and_one_that_does_not_fails() {
    let (first, _) =
        RECORD.split_once("[[advisory]]\nid = \"FERRY-2031-2\"").expect("a second one");
    let (_, deliveries) = RECORD.split_once("[[delivery]]").expect("deliveries");
    let whole = format!("{first}[[delivery]]{deliveries}");
    let repo = ferry(POLICY, &[("2031-03", &whole)]);
    for stage in ["escalation", "prenotification", "pre-announcement", "announcement"] {
        let run = disclose(&repo, &["check", "--stage", stage]);
        assert_eq!(run.code, 0, "{stage}: {}{}", run.stdout, run.stderr);
        let said = format!("`2031-03` has everything for the {stage}\n");
        assert!(run.stdout.starts_with(&said), "{}", run.stdout);
        assert!(run.stdout.contains("Eli Reef did not agree"), "{}", run.stdout);
    }
    assert_eq!(disclose(&repo, &["check"]).code, 1);
    // The public day is over.
    let late = disclose(&repo, &["check", "--stage", "announcement", "--as-of", "2031-03-06"]);
    assert_eq!(late.code, 1, "{}", late.stdout);
    assert!(late.stdout.contains("`public` was expected on 2031-03-04 15:00 UTC, 2 days ago"));
    let other = ferry(POLICY, &[("2031-03", RECORD)]);
    assert_eq!(disclose(&other, &["check", "--stage", "announcement"]).code, 1);
}

#[test]
fn the_record_that_is_meant_is_found_or_the_candidates_are_named() {
    let closed = RECORD
        .replace("[actual]\n", "[actual]\nclosed = 2031-02-20\n")
        .replace("closed = 2031-03-07\n", "");
    let check = ["check", "--stage", "escalation"];
    let named = |name| ["check", name, "--stage", "escalation"];
    let repo = ferry(POLICY, &[]);
    for (name, text, args, code, said) in [
        ("", "", &check[..], 2, "there is no record in"),
        ("2031-03", RECORD, &check[..], 0, ""),
        ("2031-01", closed.as_str(), &check[..], 0, ""),
        ("2031-04", RECORD, &check[..], 2, "name one of 2031-03, 2031-04"),
        ("", "", &named("2031-04")[..], 0, ""),
        ("", "", &named("security/2031-04.toml")[..], 0, ""),
        ("", "", &named("2031-09")[..], 2, "there are 2031-01, 2031-03, 2031-04"),
        (
            "",
            "",
            &named("security/2031-09.toml")[..],
            2,
            "there is no record `security/2031-09.toml`",
        ),
        (
            "2031-05",
            "schema = 1\nprodukt = \"x\"\n",
            &named("2031-05")[..],
            2,
            "2031-05.toml:2: there is no key `produkt`; it may be `product`",
        ),
    ] {
        if !name.is_empty() {
            repo.write(&format!("security/{name}.toml"), text);
        }
        let run = disclose(&repo, args);
        assert_eq!(run.code, code, "{name} {args:?}: {}{}", run.stdout, run.stderr);
        assert!(run.stderr.contains(said), "{name} {args:?}: {}", run.stderr);
    }
}

#[test]
fn a_record_of_strangers_acts_in_no_terminal() {
    let text = "schema = 1\nproduct = \"x\"\n\"\\u001b[31m::error::x\" = 1\n[[advisory]]\nid = \"A\"\n\
                [[advisory.credit]]\nname = \"\\u001b[2J\\n::error::y\"\n";
    let repo = ferry(POLICY, &[("2031-03", text)]);
    let run = disclose(&repo, &["check"]);
    assert_eq!(run.code, 2);
    assert!(!run.stderr.contains('\u{1b}') && !run.stderr.contains("\n::error"), "{}", run.stderr);
    let repo = ferry(POLICY, &[("2031-03", &text.replace("\"\\u001b[31m::error::x\" = 1\n", ""))]);
    let run = disclose(&repo, &["check"]);
    assert_eq!(run.code, 1, "{}", run.stderr);
    assert!(run.stdout.contains("did not agree"), "{}", run.stdout);
    assert!(!run.stdout.contains('\u{1b}') && !run.stdout.contains("\n::error"), "{}", run.stdout);
}

#[test]
fn what_is_under_embargo_is_printed_only_where_those_who_may_know_read_it() {
    // Strangers may see it from the day on that the clock shows, and not from one that somebody names.
    let published =
        |day: &str| RECORD.replace("[actual]\n", &format!("[actual]\npublic = {day}\n"));
    let (published, foretold) = (published("2021-02-20"), published("2031-02-20"));
    let events = TempDir::new().expect("a folder");
    let event = |name: &str, text: &str| {
        let path = events.path().join(name);
        fs::write(&path, text).expect("a file");
        path.to_str().expect("UTF-8").to_owned()
    };
    let public = event("public", r#"{"repository": {"private": false, "visibility": "public"}}"#);
    let internal =
        event("internal", r#"{"repository": {"private": true, "visibility": "internal"}}"#);
    let private = event("private", r#"{"repository": {"private": true, "visibility": "private"}}"#);
    let older = event("older", r#"{"repository": {"private": true}}"#);
    let broken = event("broken", "{");
    let own = format!("{POLICY}[disclose]\nprivate = true\n");
    let actions = |event: &str| {
        vec![
            ("GITHUB_ACTIONS".to_owned(), "true".to_owned()),
            ("CI".to_owned(), "true".to_owned()),
            ("GITHUB_EVENT_NAME".to_owned(), "workflow_dispatch".to_owned()),
            ("GITHUB_EVENT_PATH".to_owned(), event.to_owned()),
        ]
    };
    let set = |pairs: &[(&str, &str)]| -> Vec<(String, String)> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    };
    for (what, environment, policy, record, flag, is_shown) in [
        ("a terminal", set(&[("CI", "")]), POLICY, RECORD, "", true),
        ("not a CI", set(&[("CI", "false")]), POLICY, RECORD, "", true),
        ("some CI", set(&[("CI", "true")]), POLICY, RECORD, "", false),
        ("some CI, with leave", set(&[("CI", "1")]), POLICY, RECORD, "--embargoed", true),
        ("some CI of a private project", set(&[("CI", "true")]), own.as_str(), RECORD, "", true),
        ("Jenkins", set(&[("CI", ""), ("JENKINS_URL", "https://x")]), POLICY, RECORD, "", false),
        ("a public repository", actions(&public), POLICY, RECORD, "", false),
        ("a public repository, with leave", actions(&public), POLICY, RECORD, "--embargoed", true),
        ("a company's repository", actions(&internal), POLICY, RECORD, "", false),
        ("a private repository", actions(&private), POLICY, RECORD, "", true),
        ("a private repository of an older server", actions(&older), POLICY, RECORD, "", true),
        ("an event that cannot be read", actions(&broken), POLICY, RECORD, "", false),
        ("no event", actions("/nowhere"), POLICY, RECORD, "", false),
        ("what is public", actions(&public), POLICY, published.as_str(), "", true),
        ("what will be public", actions(&public), POLICY, foretold.as_str(), "", false),
        (
            "a public project of GitLab",
            set(&[("GITLAB_CI", "true"), ("CI_PROJECT_VISIBILITY", "public")]),
            POLICY,
            RECORD,
            "",
            false,
        ),
        (
            "a private project of GitLab",
            set(&[("GITLAB_CI", "true"), ("CI_PROJECT_VISIBILITY", "private")]),
            POLICY,
            RECORD,
            "",
            true,
        ),
    ] {
        let repo = ferry(policy, &[("2031-03", record)]);
        let mut args = vec!["check", "--stage", "announcement"];
        args.extend(Some(flag).filter(|flag| !flag.is_empty()));
        let environment: Vec<(&str, &str)> =
            environment.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let run = disclose_in(&repo, &args, &environment);
        assert_eq!(run.code, if is_shown { 1 } else { 2 }, "{what}: {}", run.stderr);
        assert_eq!(run.stdout.contains("FERRY-2031-2"), is_shown, "{what}: {}", run.stdout);
        assert_eq!(run.stderr.contains("others may read this log"), !is_shown, "{what}");
        assert!(is_shown || !run.stderr.contains("FERRY-2031"), "{what}: {}", run.stderr);
    }
    // A record that cannot be read may be under embargo as well, and the names of others are theirs.
    let repo =
        ferry(POLICY, &[("2031-03", "schema = 1\nthe-pump-stops = 1\n"), ("2031-04", RECORD)]);
    for args in [&["check", "2031-03"][..], &["check"], &["check", "2031-09"]] {
        for sign in ["CI", "CODEBUILD_BUILD_ID"] {
            let run = disclose_in(&repo, args, &[(sign, "true")]);
            assert_eq!(run.code, 2, "{}", run.stderr);
            for hidden in ["pump", "2031-03.toml", "2031-04", "FERRY", "several", "others,"] {
                assert!(!run.stderr.contains(hidden), "{args:?}: {}", run.stderr);
            }
        }
    }
}

/// Wherever git would find a remote, it counts: a push obeys it.
#[test]
fn a_remote_counts_wherever_it_is_written() {
    let address = "https://github.com/ferry/ferry";
    let remote = format!("[remote \"origin\"]\n\turl = {address}\n");
    let home = tempfile::tempdir().expect("a folder");
    let home_path = home.path().to_str().expect("UTF-8").to_owned();
    for what in ["included", "the user's", "rewritten", "old", "older", "a share"] {
        let repo = ferry(POLICY, &[]);
        let put = |path: &str, text: &str| fs::write(repo.path().join(path), text).expect("a file");
        let _ = fs::remove_file(home.path().join(".gitconfig"));
        let user = |text: &str| fs::write(home.path().join(".gitconfig"), text).expect("a file");
        let folder = |name: &str| fs::create_dir_all(repo.path().join(name)).expect("a folder");
        match what {
            "included" => {
                put(".git/more", &remote);
                repo.git(&["config", "include.path", "more"]);
            }
            "the user's" => user(&remote),
            "rewritten" => {
                repo.git(&["remote", "add", "origin", "/srv/ferry"]);
                user("[url \"https://github.com/\"]\n\tinsteadOf = /srv/\n");
            }
            "old" => {
                folder(".git/remotes");
                put(".git/remotes/origin", &format!("URL: {address}\n"));
            }
            "older" => {
                folder(".git/branches");
                put(".git/branches/origin", &format!("{address}\n"));
            }
            _ => {
                repo.git(&["remote", "add", "origin", "file://server/share/ferry"]);
            }
        }
        let environment = [("HOME", home_path.as_str()), ("XDG_CONFIG_HOME", &home_path)];
        let run = disclose_in(&repo, &["new", "2031-05", "--yes"], &environment);
        assert_eq!(run.code, 2, "{what}: {}", run.stderr);
        assert!(run.stderr.contains("that others may read"), "{what}: {}", run.stderr);
    }
}

/// A record says when it will be public, and somebody rehearses that day.
#[test]
fn a_later_day_lifts_no_embargo_from_what_strangers_can_read() {
    // Nothing that git would contradict.
    let rows = ["1.4", "1.3", "1.2"].map(|line| {
        format!(
            "[[advisory.line]]\nline = \"{line}\"\nstatus = \"affected\"\n\
             affected = \">= {line}.0\"\nno-fix = \"too old\"\n"
        )
    });
    let record = format!(
        "schema = 1\nproduct = \"Ferry\"\nrepository = \"https://github.com/ferry/ferry\"\n\
         [actual]\nreported = 2031-02-01\npublic = 2031-03-04T15:00:00Z\n\
         [[advisory]]\nid = \"FERRY-2031-1\"\ncve = \"CVE-2031-0001\"\ntitle = \"Endless wait\"\n\
         summary = \"It waits for ever.\"\n\
         package = {{ ecosystem = \"crates.io\", name = \"ferry\" }}\n\
         cvss = [\"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H\"]\n{}",
        rows.concat()
    );
    let repo = ferry(POLICY, &[("2031-03", &record)]);
    repo.git(&["remote", "add", "origin", "https://github.com/ferry/ferry"]);
    let args = ["export", "csaf", "2031-03", "--yes", "--output", "out", "--as-of", "2031-03-10"];
    let run = disclose(&repo, &args);
    assert_eq!(run.code, 2, "{}{}", run.stdout, run.stderr);
    assert!(run.stderr.contains("that others may read"), "{}", run.stderr);
    assert!(!repo.path().join("out").exists());
}

#[test]
fn what_is_under_embargo_is_written_only_where_those_who_may_know_read_it() {
    let own = format!("{POLICY}[disclose]\nprivate = true\n");
    let github = "https://github.com/ferry/ferry.git";
    let secret = "https://me:s3cret@gitlab.com/ferry/ferry.git";
    for (what, policy, remotes, flags, code, said) in [
        ("no remote", POLICY, &[][..], &["--yes"][..], 0, "wrote `"),
        ("nobody to ask", POLICY, &[], &[], 2, "nobody can be asked here"),
        ("a folder as remote", POLICY, &["/srv/ferry.git"], &["--yes"], 0, "wrote `"),
        ("GitHub", POLICY, &[github], &["--yes"], 2, "github.com/ferry/ferry"),
        ("ssh", POLICY, &["git@codeberg.org:ferry/ferry.git"], &["--yes"], 2, "codeberg.org"),
        ("a second remote", POLICY, &["/srv/ferry.git", github], &["--yes"], 2, "github.com"),
        ("with credentials", POLICY, &[secret], &["--yes"], 2, "https://gitlab.com/ferry/ferry"),
        ("with leave", POLICY, &[github], &["--yes", "--embargoed"], 0, "wrote `"),
        (
            "with leave and nobody to ask",
            POLICY,
            &[github],
            &["--embargoed"],
            2,
            "nobody can be asked",
        ),
        ("a private project", own.as_str(), &[github], &["--yes"], 0, "wrote `"),
        (
            "a private project and nobody to ask",
            own.as_str(),
            &[github],
            &[],
            2,
            "nobody can be asked",
        ),
    ] {
        let repo = ferry(policy, &[]);
        for (at, remote) in remotes.iter().enumerate() {
            let name = ["origin", "other"][at];
            repo.git(&["remote", "add", name, remote]);
        }
        let mut args = vec!["new", "2031-05"];
        args.extend(flags);
        let run = disclose(&repo, &args);
        assert_eq!(run.code, code, "{what}: {}", run.stderr);
        assert!(run.stderr.contains(said), "{what}: {}", run.stderr);
        assert!(!run.stderr.contains("s3cret"), "{what}: {}", run.stderr);
        let is_there = repo.path().join("security/2031-05.toml").exists();
        assert_eq!(is_there, code == 0, "{what}");
        // Nothing else is left behind.
        let left = fs::read_dir(repo.path().join("security")).expect("a folder").count();
        assert_eq!(left, usize::from(is_there), "{what}");
    }
}

#[test]
fn records_may_lie_in_a_private_repository_of_their_own() {
    let repo = ferry(POLICY, &[]);
    repo.git(&["remote", "add", "origin", "https://github.com/ferry/ferry"]);
    let private = Repo::new();
    private.git(&["remote", "add", "origin", "https://github.com/ferry/ferry-private"]);
    let path = private.path().join("2031-05.toml");
    let path = path.to_str().expect("UTF-8");
    let refused = disclose(&repo, &["new", path, "--yes"]);
    assert_eq!(refused.code, 2, "{}", refused.stderr);
    assert!(refused.stderr.contains("ferry-private"), "{}", refused.stderr);
    private.write("patchline.toml", "[disclose]\nprivate = true\n");
    let run = disclose(&repo, &["new", path, "--yes"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let check = disclose(&repo, &["check", path, "--stage", "pre-announcement"]);
    assert_eq!(check.code, 1, "{}", check.stderr);
    assert!(check.stdout.contains("line 1.4"), "{}", check.stdout);
    // A folder without a repository is nobody else's.
    let folder = TempDir::new().expect("a folder");
    let path = folder.path().join("records/2031-05.toml");
    let run = disclose(&repo, &["new", path.to_str().expect("UTF-8"), "--yes"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert_mode(&path);
}

#[test]
fn a_record_that_git_would_publish_is_a_finding_until_it_is_public() {
    let github = "https://me:s3cret@github.com/ferry/ferry.git";
    let own = format!("{POLICY}[disclose]\nprivate = true\n");
    let published = RECORD.replace("[actual]\n", "[actual]\npublic = 2021-02-20\n");
    let add: &[&[&str]] = &[&["add", "security/2031-03.toml"]];
    let commit: &[&[&str]] = &[add[0], &["commit", "--quiet", "--message", "x"]];
    let uncached: &[&[&str]] =
        &[add[0], commit[1], &["rm", "--quiet", "--cached", "security/2031-03.toml"]];
    let taken_out: &[&[&str]] =
        &[add[0], commit[1], uncached[2], &["commit", "--quiet", "--message", "y"]];
    let pushed: &[&[&str]] = &[
        add[0],
        commit[1],
        &["update-ref", "refs/remotes/origin/main", "HEAD"],
        &["reset", "--quiet", "HEAD~1"],
    ];
    let tracked = "git tracks it in a repository that others may read: \
                   https://github.com/ferry/ferry.git; the next push publishes it";
    let known = "`origin/main` has it already, where others may read it";
    for (what, policy, record, remote, steps, said) in [
        ("not added", POLICY, RECORD, github, &[][..], None),
        ("added", POLICY, RECORD, github, add, Some(tracked)),
        ("committed", POLICY, RECORD, github, commit, Some(tracked)),
        ("only taken out of the index", POLICY, RECORD, github, uncached, Some(tracked)),
        ("taken out", POLICY, RECORD, github, taken_out, None),
        ("pushed", POLICY, RECORD, github, pushed, Some(known)),
        ("no remote", POLICY, RECORD, "", commit, None),
        ("a folder as remote", POLICY, RECORD, "/srv/ferry.git", commit, None),
        ("a private project", own.as_str(), RECORD, github, commit, None),
        ("what is public", POLICY, published.as_str(), github, commit, None),
    ] {
        let repo = ferry(policy, &[("2031-03", record)]);
        if !remote.is_empty() {
            repo.git(&["remote", "add", "origin", remote]);
        }
        for step in steps {
            repo.git(step);
        }
        let check = disclose(&repo, &["check", "2031-03", "--stage", "escalation"]);
        let is_found = check.stdout.contains("is under embargo, and ");
        assert_eq!(is_found, said.is_some(), "{what}: {}{}", check.stdout, check.stderr);
        assert_eq!(check.code == 1, is_found, "{what}: {}{}", check.stdout, check.stderr);
        let warned = |args: &[&str]| disclose(&repo, args).stderr;
        for shown in [
            check.stdout,
            warned(&["render", "escalation", "2031-03"]),
            warned(&["plan", "2031-03"]),
        ] {
            assert!(!shown.contains("s3cret"), "{what}: {shown}");
            match said {
                Some(said) => assert!(shown.contains(said), "{what}: {shown}"),
                None => assert!(!shown.contains("under embargo, and"), "{what}: {shown}"),
            }
        }
        // Where strangers read, not even that is said.
        let run = disclose_in(&repo, &["plan", "2031-03"], &[("CI", "true")]);
        assert!(!run.stderr.contains("tracks"), "{what}: {}", run.stderr);
    }
}

#[test]
fn a_detached_head_is_said() {
    let repo = ferry(POLICY, &[]);
    repo.git(&["remote", "add", "origin", "https://github.com/ferry/ferry"]);
    repo.git(&["checkout", "--quiet", "--detach"]);
    let run = disclose(&repo, &["new", "2031-05", "--yes"]);
    assert_eq!(run.code, 2, "{}", run.stderr);
    assert!(run.stderr.contains("HEAD is detached there"), "{}", run.stderr);
}

#[cfg(unix)]
#[test]
fn nothing_is_written_through_a_link() {
    use std::os::unix::fs::symlink;
    let elsewhere = TempDir::new().expect("a folder");
    let repo = ferry(POLICY, &[]);
    fs::remove_dir(repo.path().join("security")).expect("it is empty");
    symlink(elsewhere.path(), repo.path().join("security")).expect("a link");
    let run = disclose(&repo, &["new", "2031-05", "--yes"]);
    assert_eq!(run.code, 2, "{}", run.stderr);
    assert!(run.stderr.contains("a link in the repository leads out of it"), "{}", run.stderr);
    assert_eq!(fs::read_dir(elsewhere.path()).expect("a folder").count(), 0);
    fs::remove_file(repo.path().join("security")).expect("a link");
    fs::create_dir(repo.path().join("security")).expect("a folder");
    let target = elsewhere.path().join("x");
    symlink(&target, repo.path().join("security/2031-05.toml")).expect("a link");
    let run = disclose(&repo, &["new", "2031-05", "--yes"]);
    assert_eq!(run.code, 2, "{}", run.stderr);
    assert!(!target.exists());
}

#[test]
fn a_day_that_is_asked_for_is_checked() {
    let repo = ferry(POLICY, &[]);
    let past = disclose(&repo, &["new", "--dry-run", "--public", "2031-02-01"]);
    assert_eq!(past.code, 2, "{}", past.stderr);
    // At midnight the hour of today is over.
    let policy = format!("{POLICY}[disclose.slot]\nhour = 0\n");
    let early = Repo::with_history("2020-01-01 main v1.0.0", &[("patchline.toml", &policy)]);
    early.git(&["checkout", "--quiet", "main"]);
    let today = jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date().to_string();
    let over = disclose(&early, &["new", "--dry-run", "--public", &today, "--as-of", &today]);
    assert_eq!(over.code, 2, "{}", over.stderr);
    assert!(over.stderr.contains("00:00 UTC is in the past"), "{}", over.stderr);
    let friday = disclose(&repo, &["new", "--dry-run", "--public", "2031-03-07"]);
    assert_eq!(friday.code, 0, "{}", friday.stderr);
    assert!(friday.stderr.contains("2031-03-07 is a Friday"), "{}", friday.stderr);
    assert!(friday.stdout.contains("pre-announced = 2031-02-28\npublic = 2031-03-07T15:00:00Z"));
    assert!(!friday.stderr.contains("soon"), "{}", friday.stderr);
    // Two days are no week of notice for anybody.
    let soon = disclose(&repo, &["new", "--dry-run", "--public", "2031-02-26"]);
    assert_eq!(soon.code, 0, "{}", soon.stderr);
    let says = "2031-02-26 is soon: distributors are told 1 day ahead, and the policy says 7";
    assert!(soon.stderr.contains(says), "{}", soon.stderr);
    assert!(
        soon.stdout.contains("confirmed = 2031-02-24\nfix-ready = 2031-02-25\n"),
        "{}",
        soon.stdout
    );
    for id in ["../x", ".x", "a/b", "-x", ""] {
        let run = disclose(&repo, &["new", "--dry-run", "--", id]);
        assert_eq!(run.code, 2, "{id}: {}", run.stdout);
        assert!(run.stderr.contains("cannot be the name of a record"), "{id}: {}", run.stderr);
    }
}

#[test]
fn the_schema_says_what_the_reader_takes() {
    let schema = include_str!("../../schemas/disclosure.v1.schema.json");
    let schema: Value = serde_json::from_str(schema).expect("JSON");
    let of = |name: &str| match name.rsplit('.').next().expect("a part") {
        "" => schema.clone(),
        "expected" | "actual" => schema["$defs"]["steps"].clone(),
        name => schema["$defs"][name].clone(),
    };
    for (path, keys) in patchline::disclose::keys::TABLES {
        let table = of(path);
        let mut described: Vec<&str> =
            table["properties"].as_object().expect("keys").keys().map(String::as_str).collect();
        let mut known: Vec<&str> = keys.iter().map(|key| key.name).collect();
        described.sort_unstable();
        known.sort_unstable();
        assert_eq!(described, known, "{path}");
        assert_eq!(table["additionalProperties"], false, "{path}");
        let documented = include_str!("../../docs/disclosure.md");
        for key in keys {
            let row = format!("| `{}` | ", key.name);
            assert!(documented.contains(&row), "docs/disclosure.md lacks `{}`", key.name);
            let said =
                table["properties"][key.name]["description"].as_str().expect("a description");
            let said = said.trim_end_matches('.').to_lowercase();
            assert_eq!(said, key.help.to_lowercase(), "{path}.{}", key.name);
        }
    }
    let validator = jsonschema::validator_for(&schema).expect("the schema is a schema");
    let json = |text: &str| {
        let value: toml::Value = toml::from_str(text).expect("TOML");
        as_json(&value)
    };
    let errors: Vec<String> = validator
        .iter_errors(&json(RECORD))
        .map(|e| format!("{}: {e}", e.instance_path()))
        .collect();
    assert_eq!(errors, Vec::<String>::new());
    let repo = ferry(POLICY, &[]);
    let begun = disclose(&repo, &["new", "--dry-run"]);
    let errors: Vec<String> = validator
        .iter_errors(&json(&begun.stdout))
        .map(|e| format!("{}: {e}", e.instance_path()))
        .collect();
    assert_eq!(errors, Vec::<String>::new());
    // What the reader refuses, the schema refuses, as far as a schema can tell.
    for (from, to) in [
        ("schema = 1", "schema = 2"),
        ("product = ", "produkt = "),
        ("cve = \"requested\"", "cve = \"soon\""),
        ("consent = true", "consent = \"yes\""),
        ("kind = \"web\"", "kind = \"blog\""),
        ("status = \"ended\"", "status = \"gone\""),
        ("justification = \"vulnerable_code_not_present\"\n", ""),
        ("fix = [\"2a1b2c3d4e5f6071\"]", "fix = [\"v1.4.7\"]"),
        ("because = \"volunteers build it\"\n", ""),
        ("fixed-in = \"1.4.7\"\nreviews", "fixed-in = \"1.4.7\"\nno-fix = \"x\"\nreviews"),
    ] {
        let changed = RECORD.replacen(from, to, 1);
        assert_ne!(changed, RECORD, "{from}");
        assert!(!validator.is_valid(&json(&changed)), "{to}");
        assert!(!patchline::disclose::read("x", &changed).complaints.is_empty(), "{to}");
    }
}

/// As editors check TOML: days are texts.
fn as_json(value: &toml::Value) -> Value {
    match value {
        toml::Value::Table(table) => {
            table.iter().map(|(key, value)| (key.clone(), as_json(value))).collect()
        }
        toml::Value::Array(list) => list.iter().map(as_json).collect(),
        toml::Value::Datetime(moment) => Value::String(moment.to_string()),
        toml::Value::String(text) => Value::String(text.clone()),
        toml::Value::Integer(number) => Value::from(*number),
        toml::Value::Float(number) => Value::from(*number),
        toml::Value::Boolean(flag) => Value::Bool(*flag),
    }
}
