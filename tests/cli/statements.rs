//! Files that speak of support: which are found in a tree, and what becomes of those that cannot be
//! read. A reader of our own stands in for the real ones.

use std::fs;

use patchline::{
    collect::{self, Collected},
    edge::git::{Git, Walked},
    model::{About, Claim, CommitId, Covered, DeclaredBy, Origin},
    support::{self, Read, SupportReader},
};

use crate::world::Repo;

/// Reads `*.md`; every row is the name of a line.
struct Rows;

impl SupportReader for Rows {
    fn id(&self) -> &'static str {
        "rows"
    }

    fn claims(&self, path: &str) -> bool {
        path.rsplit_once('.').is_some_and(|(_, ending)| ending == "md")
    }

    fn read(&self, text: &str, at: &Origin) -> Read {
        let claim =
            |row: &str| Claim::new(DeclaredBy::Prose, About::Version(row.into()), at.clone(), row);
        Read { claims: text.lines().map(claim).collect(), trouble: Vec::new() }
    }
}

fn rows(path: &str) -> Option<&'static dyn SupportReader> {
    static ROWS: Rows = Rows;
    ROWS.claims(path).then_some(&ROWS)
}

fn open(repo: &Repo) -> Git {
    Git::open(repo.path()).expect("a repository")
}

fn commit_of(repo: &Repo, reference: &str) -> CommitId {
    CommitId(repo.git(&["rev-parse", reference]))
}

fn walk(repo: &Repo) -> Walked {
    let wants = |path: &str| rows(path).is_some();
    open(repo)
        .statements(&commit_of(repo, "HEAD"), &wants, &support::enters)
        .expect("the tree is read")
}

fn paths(walked: &Walked) -> Vec<&str> {
    walked.files.iter().map(|file| file.path.as_str()).collect()
}

/// What the default branch says.
fn collect(repo: &Repo) -> Collected {
    let git = open(repo);
    let refs = git.refs(None, None).expect("refs");
    collect::support(&git, &refs, rows)
}

/// `ref path words`, a claim a row.
fn said(collected: &Collected) -> Vec<String> {
    let show = |claim: &Claim| {
        let reference = claim.origin.reference.as_deref().unwrap_or("-");
        format!("{reference} {} {}", claim.origin.path, claim.words)
    };
    collected.claims.iter().map(show).collect()
}

fn is_complete(collected: &Collected) -> bool {
    collected.coverage.iter().all(|coverage| coverage.covered == Covered::Complete)
}

#[test]
fn only_promising_folders_are_entered_and_paths_are_whole() {
    let repo = Repo::new();
    let files = [
        ("SECURITY.md", "1"),
        ("docs/process/releases.md", "2"),
        (".github/SUPPORT.md", "3"),
        ("src/deep/releases.md", "4"),
        ("docs/vendor/other/releases.md", "5"),
        ("docs/code.rs", "6"),
    ];
    repo.commit("main", &files, "2031-01-01");
    let walked = walk(&repo);
    assert_eq!(paths(&walked), [".github/SUPPORT.md", "SECURITY.md", "docs/process/releases.md"]);
    assert!(walked.skipped.is_empty());
}

#[test]
#[cfg(unix)]
fn a_link_gives_the_file_that_it_leads_to() {
    use std::os::unix::fs::symlink;
    let repo = Repo::new();
    repo.commit("main", &[("docs/real.md", "1"), ("code/SUPPORT.md", "2")], "2031-01-01");
    for (target, link) in [
        ("docs/real.md", "SECURITY.md"),
        ("SECURITY.md", "twice.md"),
        ("../code/SUPPORT.md", "docs/up.md"),
        ("round.md", "round.md"),
        ("docs", "folder.md"),
        ("../outside.md", "out.md"),
        ("/etc/hostname", "absolute.md"),
        ("missing.md", "nothing.md"),
    ] {
        symlink(target, repo.path().join(link)).expect("a link");
    }
    repo.git(&["add", "--all"]);
    repo.git(&["commit", "--quiet", "-m", "Link"]);
    let walked = walk(&repo);
    assert_eq!(paths(&walked), ["SECURITY.md", "docs/real.md", "docs/up.md", "twice.md"]);
    let blob = |path: &str| repo.git(&["rev-parse", &format!("HEAD:{path}")]);
    let found: Vec<&str> = walked.files.iter().map(|file| file.blob.0.as_str()).collect();
    let (one, two) = (blob("docs/real.md"), blob("code/SUPPORT.md"));
    assert_eq!(found, [&one, &one, &two, &one]);
    let skipped: Vec<&str> = walked.skipped.iter().map(|skipped| skipped.path.as_str()).collect();
    assert_eq!(skipped, ["absolute.md", "folder.md", "nothing.md", "out.md", "round.md"]);
    assert!(walked.skipped.iter().all(|skipped| skipped.is_gap));
}

#[test]
fn files_speak_in_the_order_of_their_nearness_to_the_root() {
    let repo = Repo::new();
    let files = [
        ("docs/a/releases.md", "far"),
        ("docs/releases.md", "near"),
        ("SECURITY.md", "\u{feff}first\nsecond"),
    ];
    repo.commit("main", &files, "2031-01-01");
    let collected = collect(&repo);
    assert_eq!(
        said(&collected),
        [
            "refs/heads/main SECURITY.md first",
            "refs/heads/main SECURITY.md second",
            "refs/heads/main docs/releases.md near",
            "refs/heads/main docs/a/releases.md far",
        ]
    );
    assert!(is_complete(&collected) && collected.trouble.is_empty(), "{collected:?}");
}

#[test]
fn a_replayed_day_hears_what_was_said_that_day() {
    let repo = Repo::new();
    repo.commit("main", &[("SECURITY.md", "then")], "2031-01-01");
    repo.commit("main", &[("SECURITY.md", "now")], "2031-02-01");
    let git = open(&repo);
    let refs = git.refs("2031-01-31T23:59:59Z".parse().ok(), None).expect("refs");
    let collected = collect::support(&git, &refs, rows);
    assert_eq!(said(&collected), ["refs/heads/main SECURITY.md then"]);
}

#[test]
fn what_is_not_utf_8_is_replaced_and_what_is_too_large_is_left_out() {
    let repo = Repo::new();
    let large = "1.0\n".repeat(support::LARGEST / 4 + 1);
    repo.commit("main", &[("large.md", &large), ("good.md", "good")], "2031-01-01");
    fs::write(repo.path().join("latin.md"), b"caf\xe9").expect("a file");
    repo.git(&["add", "--all"]);
    repo.git(&["commit", "--quiet", "-m", "Speak Latin"]);
    let collected = collect(&repo);
    assert_eq!(
        said(&collected),
        ["refs/heads/main good.md good", "refs/heads/main latin.md caf\u{fffd}"]
    );
    let trouble: Vec<(&str, &str)> = collected
        .trouble
        .iter()
        .filter_map(|trouble| Some((trouble.origin.as_ref()?.path.as_str(), &*trouble.message)))
        .collect();
    assert_eq!(trouble.len(), 2, "{trouble:?}");
    let has = |path: &str, words: &str| {
        trouble.iter().any(|(at, message)| *at == path && message.contains(words))
    };
    assert!(has("large.md", "1048580 bytes") && has("latin.md", "not UTF-8"), "{trouble:?}");
    // What was left out may have been the promise.
    assert!(!is_complete(&collected), "{collected:?}");
}

#[test]
fn more_statements_than_a_project_can_mean_are_cut_and_that_is_said() {
    let repo = Repo::new();
    let names: Vec<String> = (0..450).map(|number| format!("docs/{number:03}.md")).collect();
    let mut files: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), "row")).collect();
    files.push(("zzz.md", "root"));
    repo.commit("main", &files, "2031-01-01");
    let collected = collect(&repo);
    let said = said(&collected);
    assert_eq!((said.len(), &*said[0]), (400, "refs/heads/main zzz.md root"));
    assert_eq!(said[399], "refs/heads/main docs/398.md row");
    let because = collected.coverage[0].covered.because();
    assert_eq!(
        because,
        Some("`refs/heads/main` has 451 files that may speak of support, and only 400 were read")
    );
}

#[test]
fn a_missing_blob_costs_its_file_only() {
    let repo = Repo::new();
    repo.commit("main", &[("a.md", "lost"), ("b.md", "kept")], "2031-01-01");
    let blob = repo.git(&["rev-parse", "main:a.md"]);
    let (folder, file) = blob.split_at(2);
    fs::remove_file(repo.path().join(".git/objects").join(folder).join(file))
        .expect("a loose object");
    let collected = collect(&repo);
    assert_eq!(said(&collected), ["refs/heads/main b.md kept"]);
    assert_eq!(collected.coverage[0].covered.because(), Some("`a.md` could not be read"));
}

#[test]
fn without_its_default_branch_a_project_says_nothing_and_that_is_no_silence() {
    let repo = Repo::new();
    repo.commit("main", &[("SECURITY.md", "1")], "2031-01-01");
    let git = open(&repo);
    let mut refs = git.refs(None, Some("next")).expect("refs");
    let collected = collect::support(&git, &refs, rows);
    assert!(collected.claims.is_empty() && !is_complete(&collected), "{collected:?}");
    refs.default = None;
    assert!(!is_complete(&collect::support(&git, &refs, rows)));
}

#[test]
fn what_lines_say_of_themselves_is_read_once_and_told_of_each() {
    let repo = Repo::new();
    repo.commit("release-1.0", &[("CHANGELOG.md", "same"), ("SECURITY.md", "stale")], "2031-01-01");
    repo.git(&["branch", "release-1.1"]);
    repo.commit("release-1.2", &[("CHANGELOG.md", "other")], "2031-01-02");
    repo.commit("release-1.3", &[("file", "silent")], "2031-01-03");
    let names = ["release-1.0", "release-1.1", "release-1.2", "release-1.3"];
    let mut heads: Vec<(String, CommitId)> =
        names.iter().map(|name| (format!("refs/heads/{name}"), commit_of(&repo, name))).collect();
    let git = open(&repo);
    let collected = collect::on_lines(&git, &heads, &["CHANGELOG.md"], rows);
    assert_eq!(
        said(&collected),
        [
            "refs/heads/release-1.0 CHANGELOG.md same",
            "refs/heads/release-1.1 CHANGELOG.md same",
            "refs/heads/release-1.2 CHANGELOG.md other",
        ]
    );
    assert!(is_complete(&collected));

    heads[3].1 = CommitId("0123456789012345678901234567890123456789".to_owned());
    let collected = collect::on_lines(&git, &heads, &["CHANGELOG.md"], rows);
    assert_eq!(said(&collected).len(), 3);
    assert!(!is_complete(&collected));
}
