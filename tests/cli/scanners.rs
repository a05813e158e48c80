//! Programs that run on every line, and reports that lie on disk.

use std::{fs, path::Path, time::Duration};

use serde_json::Value;
use tempfile::TempDir;

use super::world::{Database, Repo, Run, TODAY, lock, patchline_in, text};

/// Two lines and `main`: `release-1.0`, released as `v1.0.0`, and `release-1.1`, released as `v1.1.0`.
struct World {
    repo: Repo,
    database: Database,
    /// Where programs leave traces.
    outside: TempDir,
}

const LINES: [(&str, &str, &str); 3] = [
    ("release-1.0", "v1.0.0", "2031-01-01"),
    ("release-1.1", "v1.1.0", "2031-02-01"),
    ("main", "", "2031-03-01"),
];

impl World {
    /// With these files on every line; `{line}` in a text stands for the branch.
    fn new(files: &[(&str, &str)]) -> Self {
        let repo = Repo::new();
        for (branch, tag, day) in LINES {
            let own: Vec<(&str, String)> =
                files.iter().map(|(path, text)| (*path, text.replace("{line}", branch))).collect();
            let lockfile = lock(&["ferry 1.0.0"]);
            let mut all: Vec<(&str, &str)> = vec![("Cargo.lock", &lockfile)];
            all.extend(own.iter().map(|(path, text)| (*path, text.as_str())));
            repo.commit(branch, &all, day);
            if !tag.is_empty() {
                repo.git(&["tag", tag]);
            }
        }
        Self { repo, database: Database::new(), outside: TempDir::new().expect("a folder") }
    }

    fn configure(&self, text: &str) {
        let text = text.replace("{outside}", self.outside.path().to_str().expect("UTF-8"));
        self.repo.write("patchline.toml", &text);
    }

    /// With one scanner that runs a script of the shell.
    fn shell(&self, script: &str, more: &str) {
        let script = script.replace('\\', "\\\\").replace('"', "\\\"");
        self.configure(&format!(
            "[scan]\nallow-commands = true\n[[scanner]]\nid = \"canned\"\n\
             run = [\"sh\", \"-c\", \"{script}\"]\n{more}\n"
        ));
    }

    fn scan(&self, args: &[&str]) -> Run {
        self.scan_in(args, &[])
    }

    fn scan_in(&self, args: &[&str], environment: &[(&str, &str)]) -> Run {
        let place = format!("rustsec={}", self.database.path().display());
        let repo = self.repo.path().to_str().expect("UTF-8");
        let mut all =
            vec!["scan", "--repo", repo, "--db", &place, "--as-of", TODAY, "--format", "json"];
        all.extend(args);
        patchline_in(self.repo.path(), &all, environment)
    }

    /// What programs left outside, `name: content` a row, sorted.
    fn traces(&self) -> String {
        let entries = fs::read_dir(self.outside.path()).expect("the folder");
        let mut rows: Vec<String> = entries
            .map(|entry| {
                let entry = entry.expect("an entry");
                let text = fs::read_to_string(entry.path()).unwrap_or_default();
                format!("{}: {}\n", entry.file_name().to_string_lossy(), text.trim_end())
            })
            .collect();
        rows.sort();
        rows.concat()
    }
}

/// `line tip: covered because`, of one source, a row each.
fn covered(run: &Run, source: &str) -> String {
    let json = run.json();
    let all = json["coverage"].as_array().expect("coverage");
    let rows = all.iter().filter(|coverage| coverage["source"] == source).map(|coverage| {
        let place = match &coverage["line"] {
            Value::Null => "everywhere".to_owned(),
            line => format!("{} {}", text(line), text(&coverage["tip"])),
        };
        let because = coverage["because"].as_str().unwrap_or_default();
        format!("{place}: {} {because}", text(&coverage["covered"])).trim_end().to_owned() + "\n"
    });
    rows.collect()
}

fn troubles(run: &Run) -> String {
    let json = run.json();
    let rows = json["trouble"].as_array().expect("trouble").iter().map(|trouble| {
        let hint = trouble["hint"].as_str().unwrap_or_default();
        format!("{} [{hint}]\n", text(&trouble["message"]))
    });
    rows.collect()
}

#[track_caller]
fn assert_covered(run: &Run, expected: &str) {
    assert_eq!(covered(run, "canned"), expected, "{}{}", run.stderr, run.stdout);
}

const REPORT: &str = r#"{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"canned","semanticVersion":"{line}"}},"results":[]}]}"#;
const ALL_HEADS: &str = "1.0 head: complete\n1.1 head: complete\nmain head: complete\n";

#[test]
fn a_program_runs_once_on_every_line_and_sees_that_line() {
    let world = World::new(&[("report.sarif", REPORT)]);
    let outside = world.outside.path().display();
    world.shell(&format!("cat report.sarif && cp report.sarif {outside}/$PATCHLINE_COMMIT"), "");
    assert_covered(&world.scan(&[]), ALL_HEADS);
    for (branch, ..) in LINES {
        let commit = world.repo.git(&["rev-parse", branch]);
        let found = format!("{commit}: {}\n", REPORT.replace("{line}", branch));
        assert!(world.traces().contains(&found), "{branch}: {}", world.traces());
    }
    assert_eq!(world.traces().lines().count(), 3, "{}", world.traces());
}

#[test]
fn a_program_can_run_on_releases_too_and_once_where_both_tips_are_one_commit() {
    let world = World::new(&[("report.sarif", REPORT)]);
    let outside = world.outside.path().display();
    let script = format!("echo run >> {outside}/$PATCHLINE_COMMIT; cat report.sarif");
    world.shell(&script, "tips = [\"head\", \"release\"]");
    let run = world.scan(&[]);
    assert_covered(
        &run,
        "1.0 head: complete\n1.0 release: complete\n1.1 head: complete\n1.1 release: complete\n\
         main head: complete\n",
    );
    assert_eq!(world.traces().matches("run").count(), 3, "{}", world.traces());
}

#[test]
fn a_line_that_lives_in_its_tags_is_looked_at_there() {
    let world = World::new(&[("report.sarif", REPORT)]);
    world.repo.git(&["branch", "-D", "release-1.0"]);
    world.shell("cat report.sarif", "");
    assert_covered(
        &world.scan(&[]),
        "1.0 release: complete\n1.1 head: complete\nmain head: complete\n",
    );
}

#[test]
fn without_permission_nothing_starts_and_every_line_says_so() {
    let world = World::new(&[]);
    world.configure(
        "[[scanner]]\nid = \"canned\"\nrun = [\"sh\", \"-c\", \"touch {outside}/$PATCHLINE_COMMIT\"]\n",
    );
    let run = world.scan(&[]);
    assert_covered(
        &run,
        "1.0 head: failed it needs allow-commands\n1.1 head: failed it needs allow-commands\n\
         main head: failed it needs allow-commands\n",
    );
    assert!(troubles(&run).contains("set `allow-commands = true` in [scan]"), "{}", troubles(&run));
    assert_eq!((run.code, world.traces().as_str()), (3, ""));
    // It is the configuration's to give, and no flag stands for it.
    let run = world.scan(&["--allow-commands"]);
    assert_eq!((run.code, world.traces().as_str()), (2, ""), "{}", run.stderr);
}

#[test]
fn where_a_strangers_work_may_have_rights_nothing_starts() {
    let world = World::new(&[]);
    world.shell("touch {outside}/$PATCHLINE_COMMIT", "");
    let config = world.repo.path().join("patchline.toml");
    let config = config.to_str().expect("UTF-8");
    let target = [("GITHUB_EVENT_NAME", "pull_request_target")];
    for (args, environment, because) in [
        (vec![], &target[..], "`pull_request_target`"),
        (vec!["--config", config], &target, "`pull_request_target`"),
        (vec![], &[("CI", "true")], "may be a stranger's"),
    ] {
        let run = world.scan_in(&args, environment);
        let covered = covered(&run, "canned");
        assert_eq!(covered.matches(because).count(), 3, "{covered}");
        assert_eq!(world.traces(), "", "{args:?}");
    }
    // In CI, the configuration that the user names is the user's word.
    world.scan_in(&["--config", config], &[("CI", "true")]);
    assert_eq!(world.traces().lines().count(), 3);
}

#[test]
fn no_credential_is_in_the_environment_of_a_program() {
    let world = World::new(&[]);
    world.shell("env > {outside}/$PATCHLINE_COMMIT; echo x", "env = [\"GOFLAGS\"]");
    world.scan_in(
        &[],
        &[
            ("GITHUB_TOKEN", "sesame-1"),
            ("GH_TOKEN", "sesame-2"),
            ("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "sesame-3"),
            ("AWS_SECRET_ACCESS_KEY", "sesame-4"),
            ("SNYK_TOKEN", "sesame-5"),
            ("UNHEARD_OF", "sesame-6"),
            ("GOFLAGS", "-mod=mod"),
        ],
    );
    let seen = world.traces();
    assert!(!seen.contains("sesame"), "{seen}");
    assert_eq!(seen.matches("GOFLAGS=-mod=mod").count(), 3, "{seen}");
    assert_eq!(seen.matches("PATH=").count(), 3, "{seen}");
    assert!(!seen.contains("GITHUB_") && !seen.contains("ACTIONS_"), "{seen}");
}

#[test]
fn a_credential_that_is_named_is_an_error() {
    let world = World::new(&[]);
    world.shell("true", "env = [\"GITHUB_TOKEN\"]");
    let run = world.scan(&[]);
    assert_eq!(run.code, 2, "{}", run.stderr);
    assert!(run.stderr.contains("no program gets credentials"), "{}", run.stderr);
}

#[test]
fn a_crash_on_one_line_is_that_lines() {
    let world = World::new(&[("report.sarif", REPORT)]);
    world.shell(
        "cat report.sarif; if grep -q release-1.1 report.sarif; then \
         printf 'panicked at \\033[31mthe disco' >&2; exit 101; fi",
        "",
    );
    let run = world.scan(&[]);
    let covered = covered(&run, "canned");
    let gap = "1.1 head: failed it ended with 101, and 0 is expected\n";
    assert!(covered.contains(gap) && !covered.contains("1.1 head: complete"), "{covered}");
    assert!(covered.starts_with("1.0 head: complete\n"), "{covered}");
    assert!(covered.ends_with("main head: complete\n"), "{covered}");
    assert!(troubles(&run).contains("it said: panicked at"), "{}", troubles(&run));
    assert!(!run.stdout.contains('\u{1b}'), "it is escaped");
}

#[cfg(unix)]
#[test]
fn where_a_tree_happened_to_lie_is_not_in_the_report() {
    let world = World::new(&[]);
    world.shell("echo lost in $PWD/deck and $TMPDIR >&2; exit 9", "");
    // A folder of a moment may be named by a link to it.
    let link = world.outside.path().join("link");
    std::os::unix::fs::symlink(std::env::temp_dir(), &link).expect("a link");
    let link = link.to_str().expect("UTF-8");
    let run = world.scan_in(&[], &[("TMPDIR", link)]);
    let troubles = troubles(&run);
    assert_eq!(troubles.matches("it said: lost in ./deck and ./scratch").count(), 3, "{troubles}");
    assert_eq!(run.stdout, world.scan(&[]).stdout);
}

#[test]
fn an_exit_code_means_what_the_configuration_says() {
    let world = World::new(&[("report.sarif", REPORT)]);
    world.shell("cat report.sarif; exit 1", "expected-exit = [0, 1]");
    assert_covered(&world.scan(&[]), ALL_HEADS);
}

#[test]
fn a_program_that_says_nothing_or_is_not_there_is_no_clean_line() {
    for (run, because) in [
        ("[\"true\"]", "it ended with an expected code, and left no report"),
        ("[\"no-such-scanner\"]", "the program `no-such-scanner` was not found"),
        ("[\"./report.sarif\"]", "could not be started"),
        ("[\"sh\", \"-c\", \"kill -9 $$\"]", "it was killed"),
    ] {
        let world = World::new(&[("report.sarif", REPORT)]);
        world.configure(&format!(
            "[scan]\nallow-commands = true\n[[scanner]]\nid = \"canned\"\nrun = {run}\n"
        ));
        let run = world.scan(&[]);
        let covered = covered(&run, "canned");
        assert_eq!(covered.matches(because).count(), 3, "{covered}");
        assert_eq!(covered.matches("failed").count(), 3, "{covered}");
        assert_eq!(run.code, 3, "{}", run.stderr);
    }
}

#[test]
fn a_report_may_come_in_a_file_or_on_stderr() {
    for (script, output) in [
        ("cat report.sarif >&2; echo chatter", "stderr"),
        ("cat report.sarif > out/made.sarif; echo chatter", "out/made.sarif"),
    ] {
        let world = World::new(&[("report.sarif", REPORT), ("out/made.sarif", "an old one")]);
        world.shell(script, &format!("output = \"{output}\""));
        assert_covered(&world.scan(&[]), ALL_HEADS);
    }
}

#[test]
fn what_is_committed_where_the_report_comes_is_not_the_report() {
    let world = World::new(&[("out/made.sarif", REPORT)]);
    world.shell("true", "output = \"out/made.sarif\"");
    let covered = covered(&world.scan(&[]), "canned");
    assert_eq!(covered.matches("it left no report at `out/made.sarif`").count(), 3, "{covered}");
}

#[test]
fn a_report_that_leads_out_of_the_tree_or_never_ends_is_none() {
    for script in ["ln -s /etc/passwd made.sarif", "mkfifo made.sarif", "mkdir made.sarif"] {
        let world = World::new(&[]);
        world.shell(script, "output = \"made.sarif\"");
        let covered = covered(&world.scan(&[]), "canned");
        assert_eq!(covered.matches("it left no report").count(), 3, "{script}: {covered}");
    }
}

#[cfg(unix)]
#[test]
fn out_of_time_a_program_ends_with_all_that_it_started() {
    let world = World::new(&[]);
    // The grandchild holds the output open, and tells where it is.
    let script = "(sleep 600 & echo $! > {outside}/$PATCHLINE_COMMIT; wait) & wait";
    world.shell(script, "timeout = \"1s\"");
    let covered = covered(&world.scan(&[]), "canned");
    assert_eq!(covered.matches("failed it took longer than 1 s").count(), 3, "{covered}");
    assert_eq!(assert_ended(&world), 3);
}

#[cfg(unix)]
#[test]
fn what_a_program_leaves_running_ends_with_it() {
    let world = World::new(&[("report.sarif", REPORT)]);
    world.shell("cat report.sarif; sleep 600 & echo $! > {outside}/$PATCHLINE_COMMIT", "");
    assert_covered(&world.scan(&[]), ALL_HEADS);
    assert_eq!(assert_ended(&world), 3);
}

/// No process of those whose ids were left as traces is there; how many there were.
#[cfg(unix)]
fn assert_ended(world: &World) -> usize {
    let traces = world.traces();
    // One that ended before it could write its id has left an empty trace.
    let ids = traces.lines().filter_map(|row| row.split_once(": ").map(|(_, id)| id));
    let ids: Vec<&str> = ids.filter(|id| !id.is_empty()).collect();
    for id in &ids {
        // A killed process is a zombie until init has waited for it.
        let is_there = || {
            fs::read_to_string(format!("/proc/{id}/stat")).is_ok_and(|stat| !stat.contains(") Z "))
        };
        let ended = (0..100).any(|_| {
            let is_gone = !is_there();
            if !is_gone {
                std::thread::sleep(Duration::from_millis(20));
            }
            is_gone
        });
        assert!(ended, "process {id} still runs");
    }
    ids.len()
}

#[test]
fn a_flood_is_cut_and_said() {
    let world = World::new(&[]);
    world.repo.git(&["branch", "-D", "release-1.0", "release-1.1"]);
    world.repo.git(&["tag", "-d", "v1.0.0", "v1.1.0"]);
    world.shell("exec yes", "");
    let covered = covered(&world.scan(&[]), "canned");
    assert!(covered.contains("partial its report has more than 67108864 bytes"), "{covered}");
}

#[test]
fn a_flood_beside_the_report_costs_nothing() {
    let world = World::new(&[("report.sarif", REPORT)]);
    world.shell("yes | head -c 100000000 >&2; cat report.sarif", "");
    assert_covered(&world.scan(&[]), ALL_HEADS);
}

#[test]
fn folders_are_gone_after_the_run() {
    let world = World::new(&[("report.sarif", REPORT)]);
    let scratch = TempDir::new().expect("a folder");
    let place = scratch.path().to_str().expect("UTF-8");
    world.shell(
        "pwd > {outside}/$PATCHLINE_COMMIT; mkdir -p a/b; touch a/b/c $TMPDIR/d; chmod 500 a/b a; \
         case $PWD in */patchline-*/tree) cat report.sarif;; esac; grep -q 1.1 report.sarif && exit 7",
        "expected-exit = [1]",
    );
    let run = world.scan_in(&[], &[("TMPDIR", place)]);
    assert!(covered(&run, "canned").contains("1.1 head: failed it ended with 7"), "{}", run.stdout);
    assert_eq!(world.traces().matches("/tree").count(), 3, "{}", world.traces());
    assert_eq!(fs::read_dir(scratch.path()).expect("the folder").count(), 0);
    assert!(!world.repo.path().join("a").exists());
}

#[cfg(unix)]
#[test]
fn a_run_that_is_interrupted_leaves_nothing_behind() {
    use std::process::{Command, Stdio};
    let world = World::new(&[]);
    let scratch = TempDir::new().expect("a folder");
    world.shell("echo $$ > {outside}/$PATCHLINE_COMMIT; sleep 600", "");
    let place = format!("rustsec={}", world.database.path().display());
    let mut child = Command::new(env!("CARGO_BIN_EXE_patchline"))
        .args(["scan", "--db", &place, "--as-of", TODAY])
        .current_dir(world.repo.path())
        .env("TMPDIR", scratch.path())
        .env("CI", "")
        .env_remove("GITHUB_EVENT_NAME")
        .env_remove("GITHUB_ACTIONS")
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it starts");
    while world.traces().lines().filter(|row| !row.ends_with(": ")).count() == 0 {
        assert!(child.try_wait().expect("it is asked").is_none(), "it ended by itself");
        std::thread::sleep(Duration::from_millis(10));
    }
    let id = child.id().to_string();
    assert!(Command::new("kill").args(["-TERM", &id]).status().expect("kill runs").success());
    let output = child.wait_with_output().expect("it ends");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("the run was interrupted"), "{said}");
    assert_eq!(output.status.code(), Some(4));
    assert_eq!(fs::read_dir(scratch.path()).expect("the folder").count(), 0);
    assert_ended(&world);
}

#[cfg(unix)]
#[test]
fn links_stay_in_the_tree() {
    use std::os::unix::fs::symlink;
    let world = World::new(&[("report.sarif", REPORT), ("deep/er/file", "inner\n")]);
    world.repo.git(&["checkout", "--quiet", "main"]);
    let top = world.repo.path();
    for (name, target) in [
        ("absolute", "/etc/passwd"),
        ("upward", "../../../../../../etc/passwd"),
        ("inner", "deep/er/file"),
        ("folder", "deep"),
        ("over", "folder/er/file"),
        ("nowhere", "none"),
        ("loop-a", "loop-b"),
        ("loop-b", "loop-a"),
        // Read as text it stays inside; over `deep/er/top` it leads out of the tree.
        ("deep/er/top", "../.."),
        ("sly", "deep/er/top/../../../etc/passwd"),
    ] {
        symlink(target, top.join(name)).expect("a link");
    }
    fs::write(top.join("tool.sh"), "#!/bin/sh\ncat report.sarif\n").expect("a file");
    world.repo.git(&["add", "--all"]);
    world.repo.git(&["update-index", "--chmod=+x", "tool.sh"]);
    world.repo.git_on("2031-03-02", &["commit", "--quiet", "-m", "Link"]);
    world.shell(
        "if test -e tool.sh; then ./tool.sh; cat inner over deep/er/top/deep/er/file \
         > {outside}/contents; find . -type l | sort > {outside}/links; test -x report.sarif; \
         echo $? > {outside}/executable; else cat report.sarif; fi",
        "",
    );
    let run = world.scan(&[]);
    assert_covered(&run, ALL_HEADS);
    let traces = world.traces();
    assert_eq!(
        traces,
        "contents: inner\ninner\ninner\nexecutable: 1\n\
         links: ./deep/er/top\n./folder\n./inner\n./over\n"
    );
    for name in ["absolute", "upward", "nowhere", "loop-a", "sly"] {
        let named = format!("`{name}` is a link that leads out of the tree or nowhere");
        assert!(troubles(&run).contains(&named), "{name}: {}", troubles(&run));
    }
}

#[test]
fn hostile_names_are_not_written_and_are_a_gap() {
    let world = World::new(&[("report.sarif", REPORT)]);
    let repo = &world.repo;
    let blob = repo.git(&["hash-object", "-w", "report.sarif"]);
    let lockfile = repo.git(&["rev-parse", "main:Cargo.lock"]);
    // `git mktree` takes what `git add` refuses.
    let rows = [
        format!("100644 blob {lockfile}\tCargo.lock"),
        format!("100644 blob {blob}\treport.sarif"),
        format!("100644 blob {blob}\t.."),
        format!("100644 blob {blob}\t.GIT"),
        format!("160000 commit {}\tsubmodule", repo.git(&["rev-parse", "main"])),
    ];
    let tree = make_tree(repo.path(), &(rows.join("\n") + "\n"));
    let commit = repo.git(&["commit-tree", "-m", "Hostile", "-p", "main", &tree]);
    repo.git(&["update-ref", "refs/heads/main", &commit]);
    world.shell("find . -type f | sort > {outside}/$PATCHLINE_COMMIT; cat report.sarif", "");
    let run = world.scan(&[]);
    let covered = covered(&run, "canned");
    assert!(
        covered.contains(
            "main head: partial `..` has a name that is not safe and was left out, `.GIT` has a name"
        ),
        "{covered}"
    );
    assert!(troubles(&run).contains("`submodule` is a submodule"), "{}", troubles(&run));
    let found = format!("{commit}: ./Cargo.lock\n./report.sarif\n");
    assert!(world.traces().contains(&found), "{}", world.traces());
}

fn make_tree(folder: &Path, rows: &str) -> String {
    use std::{
        io::Write as _,
        process::{Command, Stdio},
    };
    let mut child = Command::new("git")
        .args(["mktree", "--missing"])
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("git runs");
    child.stdin.take().expect("its input").write_all(rows.as_bytes()).expect("git listens");
    let output = child.wait_with_output().expect("git ends");
    assert!(output.status.success());
    String::from_utf8(output.stdout).expect("UTF-8").trim().to_owned()
}

#[test]
fn a_report_on_disk_is_of_the_line_that_is_named() {
    let world = World::new(&[]);
    let report = REPORT.replace("{line}", "trivy");
    fs::create_dir(world.repo.path().join("reports")).expect("a folder");
    for name in ["a.sarif", "b.sarif", "c.json"] {
        world.repo.write(&format!("reports/{name}"), &report);
    }
    world.configure(
        "[[scanner]]\nid = \"canned\"\nfile = \"reports/*.sarif\"\nline = \"1.0\"\ntip = \"release\"\n",
    );
    let run =
        world.scan(&["--import", "reports/c.json", "--import", "v1.1@release=reports/?.json"]);
    let covered = covered(&run, "canned");
    let (nowhere, placed) = covered.split_once('\n').expect("a row");
    assert!(nowhere.starts_with("everywhere: failed `reports/c.json`"), "{covered}");
    assert_eq!(placed, "1.0 release: complete\n1.1 release: complete\n");
}

#[test]
fn a_report_that_is_not_there_is_a_gap() {
    let world = World::new(&[]);
    world
        .configure("[[scanner]]\nid = \"canned\"\nfile = \"reports/**/*.sarif\"\nline = \"1.0\"\n");
    let run = world.scan(&["--import", "9.9=patchline.toml", "--import", "none.json"]);
    assert_covered(&run, "1.0 head: failed `reports/**/*.sarif` matches no file\n");
    assert_eq!(
        covered(&run, "import"),
        "everywhere: failed `none.json` matches no file\n\
         everywhere: failed `patchline.toml` is said to be about `9.9`, and there is no such line\n"
    );
    assert_eq!(run.code, 3);
}

#[cfg(unix)]
#[test]
fn a_report_behind_a_link_out_of_the_work_tree_is_not_read() {
    let world = World::new(&[]);
    fs::write(world.outside.path().join("secret.json"), "{}").expect("a file");
    let link = world.repo.path().join("report.json");
    std::os::unix::fs::symlink(world.outside.path().join("secret.json"), link).expect("a link");
    world.configure("[[scanner]]\nid = \"canned\"\nfile = \"report.json\"\n");
    let run = world.scan(&[]);
    assert!(covered(&run, "canned").starts_with("everywhere: failed"), "{}", run.stdout);
}

#[test]
fn what_the_documentation_shows_is_valid() {
    use patchline::{config, model::Origin};
    let page = include_str!("../../docs/scanners.md");
    let origin = Origin { reference: None, path: "docs/scanners.md".to_owned(), row: None };
    let mut ids = Vec::new();
    for block in page.split("```toml\n").skip(1).filter_map(|rest| rest.split("```").next()) {
        let config = config::parse(Some((block, &origin)), &config::Overrides::default());
        let config = config.unwrap_or_else(|error| panic!("{block}: {error:?}"));
        ids.extend(config.scanners.into_iter().map(|scanner| scanner.id));
    }
    for id in [
        "govulncheck",
        "gosec",
        "osv-scanner",
        "trivy",
        "grype",
        "semgrep",
        "cargo-deny",
        "npm-audit",
        "pip-audit",
        "zizmor",
    ] {
        assert!(ids.iter().any(|shown| shown == id), "{id}");
    }
}
