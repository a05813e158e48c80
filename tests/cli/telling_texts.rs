//! The texts and the calendar of a record, from the program.

use std::fs;

use crate::world::{Database, Repo, Run, patchline_in};

const RECORD: &str = r#"schema = 1
product = "Teapot"
url = "https://teapot.example.org/security/2031-03"
contact = "security@teapot.example.org"
coordinator = "Carol"

[embargo]
may-deploy = false
may-share = "with those who build packages"

[expected]
fix-ready = 2031-02-18
prenotified = 2031-02-25
pre-announced = 2031-02-25
public = 2031-03-04T15:00:00Z
closed = 2031-03-07

[actual]
reported = 2031-02-01
fix-ready = 2031-02-20

[[recipients]]
stage = "prenotification"
to = ["distributors@teapot.example.org"]

[[advisory]]
id = "TEA-2031-01"
cve = "CVE-2031-0117"
title = "Upload names can leave the upload folder"
summary = "Names of uploads are not checked."
description = "The name is joined to the folder as it is."
component = "uploads"
severity = "high"
cvss = ["CVSS:3.1/AV:N/AC:L/PR:L/UI:N/S:U/C:N/I:H/A:H"]
cwe = ["CWE-22"]
conditions = "`uploads` is on."
check = "teapot config get uploads"
mitigation = "Set `uploads` to off."

[[advisory.credit]]
name = "Ada"
role = "finder"
consent = true

[[advisory.line]]
line = "1.5"
status = "affected"
affected = ">= 1.5.0, < 1.5.1"
fixed-in = "1.5.1"
fix = ["aaaa567890123456789012345678901234567890"]

[[advisory.line]]
line = "1.4"
status = "affected"
affected = ">= 1.4.0, < 1.4.1"
fixed-in = "1.4.1"
fix = ["bbbb567890123456789012345678901234567890"]

[[delivery]]
channel = "container"
expected = 2031-03-05
"#;

const CONFIG: &str = r#"schema = 1
[disclose]
product = "Teapot"
contact = ["security@teapot.example.org"]
"#;

/// Two lines, a record that lies beside them, and a configuration.
fn teapot(record: &str, config: &str) -> Repo {
    let repo = Repo::with_history(
        "2030-01-01 main
         2030-02-01 release-1.4 v1.4.0
         2030-03-01 main
         2030-04-01 release-1.5 v1.5.0",
        &[],
    );
    for (branch, fixed, tag) in
        [("release-1.4", "2031-02-19", "v1.4.1"), ("release-1.5", "2031-02-20", "v1.5.1")]
    {
        repo.say(&[(&format!("{branch}:uploads.c"), "checks the name\n")], fixed);
        repo.git_on("2031-03-04", &["tag", "--annotate", "--message", tag, tag, branch]);
    }
    let fix = |branch: &str| repo.git(&["rev-parse", branch]);
    let record = record
        .replace("aaaa567890123456789012345678901234567890", &fix("release-1.5"))
        .replace("bbbb567890123456789012345678901234567890", &fix("release-1.4"));
    put(&repo, "security/2031-03.toml", &record);
    put(&repo, "patchline.toml", config);
    repo
}

fn put(repo: &Repo, path: &str, text: &str) {
    let path = repo.path().join(path);
    fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
    fs::write(path, text).expect("a file");
}

fn run(repo: &Repo, day: &str, args: &[&str]) -> Run {
    let mut all = vec!["disclose"];
    all.extend(args);
    all.extend(["--as-of", day]);
    patchline_in(repo.path(), &all, &[])
}

#[test]
fn every_stage_of_a_whole_record_has_its_text() {
    let repo = teapot(RECORD, CONFIG);
    for (stage, said) in [
        ("escalation", "Subject: [EMBARGOED] Teapot: high vulnerability"),
        ("prenotification", "To: distributors@teapot.example.org"),
        ("pre-announcement", "**Tuesday, 2031-03-04 15:00 UTC**"),
        ("announcement", "## CVE-2031-0117: Upload names can leave the upload folder"),
        ("oss-security", "Subject: [EMBARGOED] [Teapot] CVE-2031-0117: Upload names"),
        ("release-note", "Teapot 1.5.1 fixes 1 vulnerability"),
    ] {
        let run = run(&repo, "2031-02-24", &["render", stage]);
        assert_eq!(run.code, 0, "{stage}: {}", run.stderr);
        assert!(run.stdout.contains(said), "{stage}: {}", run.stdout);
        let tells_early = stage == "pre-announcement" && run.stdout.contains("CVE");
        assert!(!tells_early, "{}", run.stdout);
        let is_draft = ["announcement", "oss-security", "release-note"].contains(&stage);
        let mark = "EMBARGOED DRAFT until 2031-03-04 15:00 UTC.";
        assert_eq!(run.stdout.contains(mark), is_draft, "{stage}: {}", run.stdout);
        let says_so = "until the moment of `public` in [actual] of the record has come";
        assert_eq!(run.stderr.contains(says_so), is_draft, "{stage}: {}", run.stderr);
    }
}

#[test]
fn a_draft_is_marked_until_the_record_says_that_it_is_public() {
    let happened = "[actual]\npublic = 2031-03-04T15:30:00Z\n";
    for (actual, day, until) in [
        ("[actual]\n", "2031-02-24", Some("2031-03-04 15:00 UTC")),
        // That it was planned for today or yesterday is no word that it happened.
        ("[actual]\n", "2031-03-04", Some("2031-03-04 15:00 UTC")),
        ("[actual]\n", "2031-03-05", Some("2031-03-04 15:00 UTC")),
        (happened, "2031-03-04", None),
        (happened, "2031-03-05", None),
    ] {
        let repo = teapot(&RECORD.replace("[actual]\n", actual), CONFIG);
        let run = run(&repo, day, &["render", "announcement"]);
        assert_eq!(run.code, 0, "{day}: {}", run.stderr);
        let mark = until.map(|until| format!("> **EMBARGOED DRAFT until {until}.** Do not"));
        let first = run.stdout.lines().next().unwrap_or_default();
        match mark {
            Some(mark) => assert!(first.starts_with(&mark), "{day}: {first}"),
            None => assert!(first.starts_with("# Teapot security release"), "{day}: {first}"),
        }
    }
}

#[test]
fn a_text_with_a_gap_is_not_written_and_every_gap_is_named() {
    let gaps = RECORD
        .replace("fixed-in = \"1.4.1\"\n", "")
        .replace("mitigation = \"Set `uploads` to off.\"\n", "");
    let repo = teapot(&gaps, CONFIG);
    let run = run(&repo, "2031-02-24", &["render", "announcement"]);
    assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{}", run.stderr);
    assert!(run.stderr.contains("lacks 2 things for the announcement"), "{}", run.stderr);
    for said in ["mitigation", "fixed-in", "1.4"] {
        assert!(run.stderr.contains(said), "{said}: {}", run.stderr);
    }
}

#[test]
fn what_git_does_not_show_is_a_draft_before_the_day_and_refused_from_it_on() {
    let unreleased = RECORD.replace("fixed-in = \"1.4.1\"", "fixed-in = \"1.4.2\"");
    let repo = teapot(&unreleased, CONFIG);
    let early = run(&repo, "2031-02-24", &["render", "announcement"]);
    assert_eq!(early.code, 0, "{}", early.stderr);
    assert!(early.stderr.contains("this is a draft"), "{}", early.stderr);
    let late = run(&repo, "2031-03-04", &["render", "announcement"]);
    assert_eq!((late.code, late.stdout.as_str()), (2, ""), "{}", late.stderr);
    assert!(late.stderr.contains("patchline disclose status"), "{}", late.stderr);
    // What is true is told, with the days that git knows.
    let repo = teapot(RECORD, CONFIG);
    let true_ = run(&repo, "2031-03-04", &["render", "announcement"]);
    assert_eq!(true_.code, 0, "{}", true_.stderr);
    assert!(!true_.stderr.contains("this is a draft"), "{}", true_.stderr);
    assert!(
        true_.stdout.contains("upgrade to **1.4.1**, released on 2031-03-04"),
        "{}",
        true_.stdout
    );
}

#[test]
fn a_project_writes_its_own_texts_and_learns_what_is_wrong_with_them() {
    let config = format!("{CONFIG}templates = \"texts\"\npreset = \"envoy\"\n");
    let repo = teapot(RECORD, &config);
    put(
        &repo,
        "texts/pre-announcement.md",
        "Soon: {{ product }} {{ lines | map(attribute='line') | listed }}\n{% include 'footer.md' %}\n",
    );
    put(&repo, "texts/footer.md", "Yours, the *team*");
    let own = run(&repo, "2031-02-24", &["render", "pre-announcement"]);
    assert_eq!(
        (own.code, own.stdout.as_str()),
        (0, "Soon: Teapot 1.5 and 1.4\nYours, the *team*\n"),
        "{}",
        own.stderr
    );
    // The rest is that of the preset.
    let preset = run(&repo, "2031-02-24", &["render", "announcement"]);
    assert!(
        preset.stdout.contains("\n\n# Security release of Teapot: 1.5.1 and 1.4.1\n"),
        "{}",
        preset.stdout
    );

    put(&repo, "texts/pre-announcement.md", "\n{{ title }}\n");
    let wrong = run(&repo, "2031-02-24", &["render", "pre-announcement"]);
    assert_eq!((wrong.code, wrong.stdout.as_str()), (2, ""));
    assert!(
        wrong.stderr.contains("texts/pre-announcement.md:2: there is no name `title`"),
        "{}",
        wrong.stderr
    );
    assert!(
        wrong.stderr.contains("`severity`") && !wrong.stderr.contains("CVE"),
        "{}",
        wrong.stderr
    );
}

#[test]
fn a_template_is_never_a_link() {
    let config = format!("{CONFIG}templates = \"texts\"\n");
    let repo = teapot(RECORD, &config);
    let outside = tempfile::TempDir::new().expect("a folder");
    fs::write(outside.path().join("x.md"), "stolen").expect("a file");
    put(&repo, "texts/escalation.md", "x");
    fs::remove_file(repo.path().join("texts/escalation.md")).expect("removed");
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink(
            outside.path().join("x.md"),
            repo.path().join("texts/escalation.md"),
        )
        .expect("a link");
        let run = run(&repo, "2031-02-24", &["render", "escalation"]);
        assert_eq!(run.code, 2, "{}", run.stdout);
        assert!(run.stderr.contains("it is a link"), "{}", run.stderr);
        // A link to the record would be a template that has all of it.
        fs::remove_file(repo.path().join("texts/escalation.md")).expect("removed");
        let link = repo.path().join("texts/pre-announcement.md");
        std::os::unix::fs::symlink("../security/2031-03.toml", link).expect("a link");
        let run = crate::telling_texts::run(&repo, "2031-02-24", &["render", "pre-announcement"]);
        assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{}", run.stderr);
    }
}

#[test]
fn a_text_under_embargo_is_not_printed_into_a_public_log() {
    let repo = teapot(RECORD, CONFIG);
    let environment =
        [("GITHUB_ACTIONS", "true"), ("CI", "true"), ("GITHUB_REPOSITORY", "example/teapot")];
    for args in [["render", "announcement"], ["plan", "2031-03"]] {
        let mut all = vec!["disclose"];
        all.extend(args);
        all.extend(["--as-of", "2031-02-24"]);
        let run = patchline_in(repo.path(), &all, &environment);
        assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{}", run.stderr);
        assert!(
            !run.stderr.contains("CVE-2031") && !run.stderr.contains("Upload"),
            "{}",
            run.stderr
        );
    }
}

#[test]
fn a_file_is_written_for_its_owner_alone() {
    let repo = teapot(RECORD, CONFIG);
    let folder = tempfile::TempDir::new().expect("a folder");
    let path = folder.path().join("mail.txt");
    let path = path.to_str().expect("UTF-8");
    let run = run(&repo, "2031-02-24", &["render", "prenotification", "--output", path, "--yes"]);
    assert_eq!((run.code, run.stdout.as_str()), (0, ""), "{}", run.stderr);
    assert!(fs::read_to_string(path).expect("written").starts_with("Subject: [EMBARGOED] "));
}

#[test]
fn a_plan_shows_slips_and_fails_when_a_date_was_missed() {
    let repo = teapot(RECORD, CONFIG);
    let plan = run(&repo, "2031-02-24", &["plan"]);
    assert_eq!(plan.code, 0, "{}{}", plan.stdout, plan.stderr);
    for said in [
        "2031-03: Teapot, public on 2031-03-04 15:00 UTC, in 8 days",
        "2 days late",
        "T-7",
        "T+7",
        "$ patchline disclose render pre-announcement",
        "have the fix in container",
    ] {
        assert!(plan.stdout.contains(said), "{said}: {}", plan.stdout);
    }
    let missed = run(&repo, "2031-02-26", &["plan", "--format", "json"]);
    assert_eq!(missed.code, 1, "{}", missed.stderr);
    let json = missed.json();
    assert_eq!(json["missed"], 2);
    let items = json["items"].as_array().expect("items");
    let of = |key: &str| items.iter().find(|item| item["key"] == key).expect("an item").clone();
    assert_eq!(of("prenotified")["state"], "missed");
    assert_eq!(of("fix-ready")["difference"], "2 days late");
    assert_eq!(of("public")["expected"]["time"], "15:00Z");
    assert_eq!(of("review")["by"], "policy");
    // The same day gives the same calendar.
    let calendar = run(&repo, "2031-02-24", &["plan", "--format", "ics"]);
    assert!(
        calendar.stdout.contains("SUMMARY:Security release of Teapot: publication\r\n"),
        "{}",
        calendar.stdout
    );
    assert_eq!(calendar.stdout, run(&repo, "2031-02-24", &["plan", "--format", "ics"]).stdout);
    assert!(
        !calendar.stdout.contains("CVE") && !calendar.stdout.contains("2031-03\r"),
        "{}",
        calendar.stdout
    );
}

#[test]
fn a_scan_warns_of_missed_dates_and_tells_nothing_else() {
    let repo =
        Repo::with_line(&crate::world::lock(&["app 1.0.0"]), &crate::world::lock(&["app 1.0.0"]));
    put(&repo, "security/2031-03.toml", RECORD);
    put(&repo, "security/other.toml", "[advisories]\nignore = []\n");
    let database = Database::new();
    let place = format!("rustsec={}", database.path().display());
    let scan =
        |day: &str| patchline_in(repo.path(), &["scan", "--db", &place, "--as-of", day], &[]);
    let late = scan("2031-02-26");
    let all = format!("{}{}", late.stdout, late.stderr);
    assert!(all.contains("the record `2031-03` has 2 missed dates"), "{all}");
    assert!(all.contains("patchline disclose plan 2031-03`"), "{all}");
    for hidden in ["CVE-2031", "Upload", "TEA-2031", "prenotified"] {
        assert!(!all.contains(hidden), "{hidden}: {all}");
    }
    assert!(!all.contains("other"), "{all}");
    let early = scan("2031-02-20");
    assert_eq!(early.code, late.code);
    assert!(!format!("{}{}", early.stdout, early.stderr).contains("missed"), "{}", early.stdout);
    // What is closed waits for nothing.
    let closed = RECORD.replace("[actual]\n", "[actual]\nclosed = 2031-02-25\n");
    put(&repo, "security/2031-03.toml", &closed);
    let done = scan("2031-02-26");
    assert!(!format!("{}{}", done.stdout, done.stderr).contains("missed"), "{}", done.stderr);
    put(&repo, "security/2031-03.toml", "schema = 1\nproduct = [\n");
    let broken = scan("2031-02-26");
    let all = format!("{}{}", broken.stdout, broken.stderr);
    assert_eq!(broken.code, late.code, "{all}");
    assert!(all.contains("the record `2031-03` is not valid"), "{all}");
}

#[cfg(unix)]
#[test]
fn a_pipe_among_the_records_holds_nobody_up() {
    let repo = teapot(RECORD, CONFIG);
    let pipe = repo.path().join("security/pipe.toml");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status();
    assert!(made.is_ok_and(|status| status.success()));
    let (done, ended) = std::sync::mpsc::channel();
    let path = repo.path().to_path_buf();
    std::thread::spawn(move || {
        let run = patchline_in(&path, &["disclose", "plan", "--as-of", "2031-02-24"], &[]);
        let _ = done.send(run);
    });
    let run = ended.recv_timeout(std::time::Duration::from_mins(1)).expect("it ends");
    // What it says nobody knows, so that it may be meant.
    assert_eq!(run.code, 2, "{}{}", run.stdout, run.stderr);
    assert!(run.stderr.contains("pipe"), "{}", run.stderr);
}

#[test]
fn a_text_that_looks_ahead_says_when_there_is_nothing_ahead() {
    let public = RECORD.replace("[actual]\n", "[actual]\npublic = 2031-03-04T15:00:00Z\n");
    for (record, is_over) in [(RECORD, false), (public.as_str(), true)] {
        let repo = teapot(record, CONFIG);
        for stage in ["prenotification", "pre-announcement"] {
            let run = run(&repo, "2031-03-06", &["render", stage]);
            assert_eq!(run.code, 0, "{}{}", run.stdout, run.stderr);
            assert_eq!(run.stderr.contains("all is public already"), is_over, "{}", run.stderr);
        }
    }
}

#[test]
fn every_command_of_a_plan_can_be_typed() {
    let repo = teapot(RECORD, CONFIG);
    let plan = run(&repo, "2031-02-01", &["plan"]);
    let commands = plan.stdout.lines().filter_map(|row| row.trim().strip_prefix("$ patchline "));
    let commands: Vec<&str> = commands.collect();
    assert!(commands.len() > 8, "{}", plan.stdout);
    for command in commands {
        let mut args: Vec<&str> = command.split(' ').collect();
        if command == "disclose new" {
            args.push("--dry-run");
        }
        args.extend(["--as-of", "2031-02-01"]);
        let run = patchline_in(repo.path(), &args, &[]);
        assert!(!run.stderr.contains("Usage:"), "{command}: {}", run.stderr);
    }
}
