//! Nothing from outside can crash the program, shorten a result in silence, or speak for it.

use std::{fmt::Write as _, fs, io::Write as _};

use crate::world::{Database, Repo, lock, patchline, text};

/// No raw control character, and no line that the runner takes for a command.
fn assert_harmless(page: &str) {
    for line in page.lines() {
        let start = line.trim_start();
        assert!(!start.starts_with("::") && !line.contains("##["), "{line:?}");
        let raw = line.chars().find(|c| c.is_control() || ('\u{202a}'..='\u{202e}').contains(c));
        assert_eq!(raw, None, "{line:?}");
    }
}

#[test]
fn names_cannot_speak_for_the_program() {
    let evil = "::error::owned\\u001b[2J\\u202e";
    let database = Database::new();
    let folder = "crates/plain";
    let record = |package: &str| {
        format!(
            "```toml\n[advisory]\nid = \"RUSTSEC-2031-0007\"\npackage = \"{package}\"\n\
             date = \"2031-06-08\"\n[versions]\npatched = []\n```\n\n# ::warning::\u{1b}[31mtitle ##[group]x\n\n\
             ##[error]details\n"
        )
    };
    database.add_file(&format!("{folder}/RUSTSEC-2031-0007.md"), record("plain").as_bytes());
    let lockfile = format!(
        "{}\n[[package]]\nname = \"{evil}\"\nversion = \"1.0.0\"\n",
        lock(&["app 0.1.0", "plain 1.0.0"])
    );
    let repo = Repo::new();
    let files = [("Cargo.lock", lockfile.as_str()), ("::add-mask::x/Cargo.lock", &lockfile)];
    repo.commit("main", &files, "2031-01-01");
    let run = repo.scan(&database, &["--format", "text", "--line", "*"]);
    assert_eq!(run.code, 1, "{}", run.stderr);
    assert_harmless(&run.stdout);
    assert_harmless(&run.stderr);

    let json = repo.scan(&database, &[]).json();
    assert_eq!(json["findings"].as_array().map(Vec::len), Some(1), "{json}");
    let sarif = repo.scan(&database, &["--format", "sarif"]).stdout;
    assert!(!sarif.contains('\u{1b}'));
    for format in ["json", "sarif", "openvex", "markdown"] {
        let page = repo.scan(&database, &["--format", format]).stdout;
        assert!(page.contains("RUSTSEC-2031-0007") && !page.contains("##["), "{format}: {page}");
    }
    assert!(sarif.contains("%3A%3Aadd-mask%3A%3Ax/Cargo.lock"), "a colon is no scheme");
}

#[test]
fn a_path_in_trouble_cannot_speak_either() {
    let repo = Repo::new();
    let files = [("::error::x/Cargo.lock", "not a lockfile [")];
    repo.commit("main", &files, "2031-01-01");
    let run = repo.scan(&Database::new(), &["--format", "text"]);
    assert_eq!(run.code, 3);
    assert_harmless(&run.stdout);

    let run = patchline(&["scan", "--repo", "/nowhere\n::error::x"]);
    assert_eq!(run.code, 4);
    assert_harmless(&run.stderr);
}

#[test]
fn refs_with_odd_bytes_are_named_and_cost_only_themselves() {
    let repo = Repo::with_line(
        &lock(&["app 0.1.0", "clock 0.2.22"]),
        &lock(&["app 0.1.0", "clock 0.2.22"]),
    );
    let commit = repo.git(&["rev-parse", "main"]);
    let mut packed = fs::read(repo.path().join(".git/packed-refs")).unwrap_or_default();
    packed.extend_from_slice(format!("{commit} refs/heads/release-").as_bytes());
    packed.extend_from_slice(b"\xff\xfe\n");
    fs::write(repo.path().join(".git/packed-refs"), packed).expect("a file");
    let run = repo.scan(&Database::new(), &[]);
    assert_eq!(run.code, 1, "{}", run.stderr);
    assert!(run.stdout.contains("is not UTF-8 and was left out"), "{}", run.stdout);
}

#[test]
fn a_replaced_object_hides_nothing() {
    let (bad, good) = (lock(&["app 0.1.0", "clock 0.2.22"]), lock(&["app 0.1.0", "clock 0.2.23"]));
    let repo = Repo::with_line(&bad, &bad);
    repo.commit("other", &[("Cargo.lock", &good)], "2031-04-01");
    for name in ["main", "release-1.0"] {
        repo.git(&["replace", "--force", name, "other"]);
    }
    let run = repo.scan(&Database::new(), &[]);
    assert_eq!(run.code, 1, "{}", run.stdout);
    assert_eq!(run.json()["findings"].as_array().map(Vec::len), Some(2));
}

#[test]
fn a_damaged_repository_is_an_error_or_a_gap() {
    let fixed = lock(&["app 0.1.0", "clock 0.2.23"]);
    for damage in ["packed-refs", "HEAD", "config", "refs/heads/main"] {
        let repo = Repo::with_line(&fixed, &fixed);
        repo.git(&["pack-refs", "--no-prune", "--all"]);
        fs::write(repo.path().join(".git").join(damage), b"\x00garbage\xff\n").expect("a file");
        let run = repo.scan(&Database::new(), &[]);
        assert_ne!(run.code, 101, "{damage}: {}", run.stderr);
        assert!(run.code != 0 || run.stdout.contains("trouble"), "{damage}");
    }
}

#[test]
fn huge_and_deep_lockfiles_are_bounded() {
    let repo = Repo::new();
    let deep = format!("x = {}1{}", "[".repeat(50_000), "]".repeat(50_000));
    let long = format!("{}\n# {}", lock(&["app 0.1.0", "clock 0.2.22"]), "x".repeat(5_000_000));
    let files = [("deep/Cargo.lock", deep.as_str()), ("long/Cargo.lock", &long)];
    repo.commit("main", &files, "2031-01-01");
    let run = repo.scan(&Database::new(), &[]);
    assert_eq!(run.code, 1, "{}", run.stderr);
    assert!(run.stdout.contains("deep/Cargo.lock"), "the deep one is named");
}

#[test]
fn a_tree_that_holds_itself_a_billion_times_is_a_gap() {
    let repo = Repo::new();
    let lockfile = lock(&["app 0.1.0", "clock 0.2.22"]);
    repo.commit("main", &[("Cargo.lock", &lockfile)], "2031-01-01");
    let mut tree = repo.git(&["rev-parse", "main^{tree}"]);
    for _ in 0..9 {
        tree = bomb(&repo, &tree);
    }
    let commit = repo.git(&["commit-tree", "-m", "Bomb", &tree]);
    repo.git(&["update-ref", "refs/heads/bomb", &commit]);
    let run = repo.scan(&Database::new(), &["--line", "bomb"]);
    assert_eq!(run.code, 1, "{}", run.stderr);
    assert!(run.stdout.contains("holds too many files"), "it is named");
}

#[test]
#[cfg(target_os = "linux")]
fn a_tree_that_holds_another_one_many_times_takes_no_memory() {
    let repo = Repo::new();
    let lockfile = lock(&["app 0.1.0", "clock 0.2.22"]);
    repo.commit("main", &[("Cargo.lock", &lockfile)], "2031-01-01");
    let mut tree = repo.git(&["rev-parse", "main^{tree}"]);
    // As many as are read, then the same many times over, and over again in each folder above.
    for times in [140, 142, 2_000] {
        tree = copies(&repo, &tree, times);
    }
    for _ in 0..100 {
        tree = copies(&repo, &tree, 1);
    }
    let commit = repo.git(&["commit-tree", "-m", "Bomb", &tree]);
    repo.git(&["update-ref", "refs/heads/bomb", &commit]);
    let run = within_500_mb("scan", &repo, "bomb");
    assert_eq!(run.status.code(), Some(1), "{}", String::from_utf8_lossy(&run.stderr));
    assert!(String::from_utf8_lossy(&run.stdout).contains("holds too many files"), "it is named");
}

#[test]
#[cfg(target_os = "linux")]
fn a_folder_with_a_name_of_a_megabyte_takes_no_memory() {
    let repo = Repo::new();
    let lockfile = lock(&["app 0.1.0", "clock 0.2.22"]);
    repo.commit("main", &[("Cargo.lock", &lockfile)], "2031-01-01");
    let tree = copies(&repo, &repo.git(&["rev-parse", "main^{tree}"]), 10_000);
    let blob = repo.git(&["rev-parse", "main:Cargo.lock"]);
    let (file, name) = (format!("100644 blob {blob}\tCargo.lock"), "d".repeat(1 << 20));
    let tree = mktree(&repo, &format!("{file}\n040000 tree {tree}\t{name}\n"));
    let commit = repo.git(&["commit-tree", "-m", "Name", &tree]);
    repo.git(&["update-ref", "refs/heads/name", &commit]);
    let run = within_500_mb("scan", &repo, "name");
    assert_ne!(run.status.code(), Some(0), "{}", String::from_utf8_lossy(&run.stderr));
    let shown = String::from_utf8_lossy(&run.stdout);
    assert!(
        shown.contains("too long for a path"),
        "{}",
        &shown[shown.len().saturating_sub(3000)..]
    );
}

#[test]
#[cfg(target_os = "linux")]
fn a_past_of_many_lockfiles_of_which_one_changes_takes_no_memory() {
    let repo = Repo::new();
    let text = |count: usize| format!("{}# {count}\n", lock(&["app 0.1.0", "clock 0.2.22"]));
    repo.commit("main", &[("Cargo.lock", &text(0))], "2031-01-01");
    let tree = repo.git(&["rev-parse", "main^{tree}"]);
    let many = copies(&repo, &copies(&repo, &tree, 121), 121);
    let mut stream = String::new();
    for count in 1..=150 {
        let file = text(count);
        let _ = write!(
            stream,
            "commit refs/heads/release-1.0\ncommitter A <a@example.org> {} +0000\ndata 0\n{}M 040000 \
             {many} all\nM 100644 inline Cargo.lock\ndata {}\n{file}\n",
            1_930_000_000 + count,
            if count == 1 { "from refs/heads/main^0\n" } else { "" },
            file.len()
        );
    }
    crate::world::import(repo.path(), &stream);
    repo.git(&["tag", "v1.0.0", "release-1.0"]);
    let run = within_500_mb("history", &repo, "release-1.0");
    let page = String::from_utf8_lossy(&run.stdout);
    assert_eq!(run.status.code(), Some(0), "{page}{}", String::from_utf8_lossy(&run.stderr));
    assert!(page.contains("RUSTSEC-2031-0001"), "{page}");
}

/// What a command says that may have so much memory.
#[cfg(target_os = "linux")]
fn within_500_mb(command: &str, repo: &Repo, line: &str) -> std::process::Output {
    let database = Database::new();
    let place = format!("rustsec={}", database.path().display());
    std::process::Command::new("sh")
        .args(["-c", "ulimit -d 500000 && exec \"$@\"", "sh", env!("CARGO_BIN_EXE_patchline")])
        .args([command, "--format", "json", "--as-of", "2031-06-15", "--line", line])
        .args(["--db", &place, "--repo"])
        .arg(repo.path())
        .env_clear()
        .output()
        .expect("a shell runs")
}

#[test]
fn a_link_that_is_no_link_is_a_gap_and_costs_nothing_else() {
    let repo = Repo::new();
    let bad = lock(&["app 0.1.0", "clock 0.2.22"]);
    repo.commit("main", &[("Cargo.lock", &bad), ("x", &"../".repeat(2_000))], "2031-01-01");
    let missing = "1234567890123456789012345678901234567890";
    let long = repo.git(&["rev-parse", "main:x"]);
    for (link, why) in [(&*long, "too long to be one"), (missing, "cannot be read")] {
        let at = format!("120000,{link},sub/Cargo.lock");
        repo.git(&["update-index", "--add", "--cacheinfo", &at]);
        let tree = repo.git(&["write-tree", "--missing-ok"]);
        let commit = repo.git(&["commit-tree", "-m", "Link", &tree]);
        repo.git(&["update-ref", "refs/heads/link", &commit]);
        let run = repo.scan(&Database::new(), &["--line", "link"]);
        // What is beside it was read.
        assert_eq!(run.code, 1, "{why} {}", run.stderr);
        let gap = format!(
            "`sub/Cargo.lock` is a symbolic link that {}{why}",
            if link == missing { "" } else { "is " }
        );
        assert!(run.stdout.contains(&gap), "{gap} {}", run.stdout);
    }
}

/// A tree that holds the same tree ten times.
fn bomb(repo: &Repo, tree: &str) -> String {
    copies(repo, tree, 10)
}

fn copies(repo: &Repo, tree: &str, times: usize) -> String {
    let entries = (0..times).map(|name| format!("040000 tree {tree}\td{name:04}\n"));
    mktree(repo, &entries.collect::<String>())
}

fn mktree(repo: &Repo, entries: &str) -> String {
    let mut make = std::process::Command::new("git")
        .arg("mktree")
        .current_dir(repo.path())
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .expect("git runs");
    make.stdin.take().expect("stdin").write_all(entries.as_bytes()).expect("the entries");
    let output = make.wait_with_output().expect("git ends").stdout;
    String::from_utf8(output).expect("UTF-8").trim().to_owned()
}

#[test]
fn long_chains_and_long_names_stay_small() {
    let mut lockfile = String::from(
        "version = 4\n\n[[package]]\nname = \"app\"\nversion = \"0.1.0\"\ndependencies = [\"clock 0.2.0\"]\n",
    );
    for patch in 0..3000 {
        let next = format!("dependencies = [\"clock 0.2.{}\"]\n", patch + 1);
        let next = if patch < 2999 { next } else { String::new() };
        let _ = write!(
            lockfile,
            "\n[[package]]\nname = \"clock\"\nversion = \"0.2.{patch}\"\nsource = \
             \"registry+https://github.com/rust-lang/crates.io-index\"\n{next}"
        );
    }
    let database = Database::new();
    database.add("RUSTSEC-2031-0001", "clock", "patched = []", "");
    let repo = Repo::new();
    repo.commit("main", &[("Cargo.lock", &lockfile)], "2031-01-01");
    let commit = repo.git(&["rev-parse", "main"]);
    let name = format!("refs/tags/v1.2{}", ".x".repeat(20_000));
    fs::write(repo.path().join(".git/packed-refs"), format!("{commit} {name}\n")).expect("a file");
    let run = repo.scan(&database, &[]);
    assert_eq!(run.code, 1, "{}", run.stderr);
    assert!(run.stdout.len() < 12_000_000, "{}", run.stdout.len());
}

#[test]
fn a_blob_over_the_limit_is_a_gap() {
    let repo = Repo::new();
    let path = repo.path().join("Cargo.lock");
    let mut file = fs::File::create(&path).expect("a file");
    let row = [b'#'; 1024];
    for _ in 0..=(64 * 1024) {
        file.write_all(&row).expect("bytes");
    }
    drop(file);
    repo.git(&["add", "Cargo.lock"]);
    repo.git(&["commit", "--quiet", "-m", "Large"]);
    let run = repo.scan(&Database::new(), &[]);
    assert_eq!(run.code, 3, "{}", run.stderr);
    assert!(run.stdout.contains("more than the"), "{}", run.stdout);
}

#[test]
fn a_version_that_is_none_is_never_clean() {
    let repo = Repo::new();
    let fine = lock(&["app 0.1.0", "clock 0.2.22"]);
    repo.commit("release-1.0", &[("Cargo.lock", &fine)], "2031-01-01");
    let odd = lock(&["app 0.1.0", "clock not-a-version"]);
    repo.commit("release-1.1", &[("Cargo.lock", &odd)], "2031-01-02");
    let run = repo.scan(&Database::new(), &["--line", "release-*"]);
    assert_eq!(
        run.statuses(),
        "release-1.0 clock RUSTSEC-2031-0001: unpatched\n\
         release-1.1 clock RUSTSEC-2031-0001: unknown\n"
    );
    assert!(run.stdout.contains("`not-a-version`, which is not a version"), "{}", run.stdout);

    // Alone it is a gap, too.
    let run = repo.scan(&Database::new(), &["--line", "release-1.1"]);
    assert_eq!(run.code, 3, "{}", run.stdout);
}

#[test]
fn every_truncation_of_a_lockfile_is_noticed_or_changes_nothing() {
    let whole = lock(&["app 0.1.0 -> beta clock", "beta 1.0.0 -> clock", "clock 0.2.22"]);
    let repo = Repo::new();
    let mut names = Vec::new();
    for (index, (cut, _)) in whole.char_indices().enumerate().filter(|(i, _)| i % 9 == 0) {
        let name = format!("{index:03}/Cargo.lock");
        names.push((name, whole[..cut].to_owned()));
    }
    let files: Vec<(&str, &str)> = names.iter().map(|(n, t)| (n.as_str(), t.as_str())).collect();
    repo.commit("main", &files, "2031-01-01");
    let json = repo.scan(&Database::new(), &[]).json();
    let troubled: Vec<&str> = json["trouble"]
        .as_array()
        .expect("trouble")
        .iter()
        .filter_map(|trouble| trouble["origin"]["path"].as_str())
        .collect();
    let found: Vec<&str> = json["findings"]
        .as_array()
        .expect("findings")
        .iter()
        .flat_map(|finding| finding["head"]["occurrences"].as_array().expect("occurrences"))
        .map(|occurrence| text(&occurrence["lockfile"]))
        .collect();
    for (name, _) in &names {
        let noticed = troubled.contains(&name.as_str()) || found.contains(&name.as_str());
        assert!(noticed, "{name} was cut, and nothing says so");
    }
}
