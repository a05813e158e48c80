//! Where holes and fixes are, on repositories that git builds. Git is asked again for everything that
//! it can answer: what is in whose history, and which changes are the same.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
    sync::LazyLock,
};

use patchline::{
    collect, config,
    disclose::{
        Record,
        record::{Delivery, Disclosure, LineRow, LineStatus, Moment, Slot},
        track::{Comparison, Fix, Hole, Need, Node, Presence, Tracked, needs, unverified},
    },
    discover::{self, Histories},
    edge::git::Git,
    model::{CommitId, LineId, Support},
};

use crate::world::{Repo, git, real_data};

/// A file of so many rows, some of them changed.
pub(crate) fn code(changed: &[(usize, &str)]) -> String {
    let row = |number: usize| {
        let change = changed.iter().find(|(at, _)| *at == number);
        change.map_or_else(|| format!("row {number}"), |(_, text)| (*text).to_owned())
    };
    (1..=60).map(row).collect::<Vec<_>>().join("\n") + "\n"
}

pub(crate) const HOLE: (usize, &str) = (20, "    window = asked");
pub(crate) const FIXED: (usize, &str) = (20, "    window = min(asked, LIMIT)");

/// A project with a hole on `main` and on `release-1.4`, which is released as `v1.4.0`.
pub(crate) struct Project {
    pub(crate) repo: Repo,
}

impl Project {
    pub(crate) fn new() -> Self {
        let project = Self { repo: Repo::new() };
        project.put("net.c", &code(&[]));
        project.commit("2031-01-01", "Begin");
        project.put("net.c", &code(&[HOLE]));
        project.commit("2031-01-02", "Add windows");
        project.git(&["branch", "release-1.4"]);
        project.tag("v1.4.0", "2031-01-03", "main");
        project.put("main.c", "main\n");
        project.commit("2031-01-04", "Go on");
        project
    }

    pub(crate) fn git(&self, args: &[&str]) -> String {
        self.repo.git(args)
    }

    pub(crate) fn put(&self, path: &str, text: &str) {
        let folder = self.repo.path().join(path);
        std::fs::create_dir_all(folder.parent().expect("a folder")).expect("a folder");
        self.repo.write(path, text);
    }

    pub(crate) fn id(&self, name: &str) -> String {
        self.git(&["rev-parse", &format!("{name}^{{commit}}")])
    }

    pub(crate) fn on(&self, branch: &str) -> &Self {
        self.git(&["checkout", "--quiet", branch]);
        self
    }

    pub(crate) fn commit(&self, day: &str, message: &str) -> String {
        self.git(&["add", "--all"]);
        self.repo.git_on(day, &["commit", "--quiet", "--allow-empty", "-m", message]);
        self.id("HEAD")
    }

    /// The fix, on `main`.
    pub(crate) fn fix(&self, message: &str) -> String {
        self.on("main").put("net.c", &code(&[FIXED]));
        self.commit("2031-02-01", message)
    }

    pub(crate) fn pick(&self, day: &str, args: &[&str]) -> String {
        let mut all = vec!["cherry-pick"];
        all.extend(args);
        self.repo.git_on(day, &all);
        self.id("HEAD")
    }

    pub(crate) fn revert(&self, day: &str, commit: &str) -> String {
        self.repo.git_on(day, &["revert", "--no-edit", commit]);
        self.id("HEAD")
    }

    pub(crate) fn tag(&self, name: &str, day: &str, at: &str) {
        self.repo.git_on(day, &["tag", "-a", "-m", name, name, at]);
    }

    pub(crate) fn tracked(&self, record: &Record) -> Tracked {
        tracked(self.repo.path(), record)
    }

    /// `line: hole; fix`, and what contradicts.
    pub(crate) fn status(&self, record: &Record) -> String {
        let tracked = self.tracked(record);
        self.agrees_with_git(&tracked);
        rows(&tracked)
    }

    pub(crate) fn row(&self, record: &Record, line: &str) -> String {
        let status = self.status(record);
        let row = status.lines().find(|row| row.starts_with(&format!("{line}: ")));
        row.unwrap_or_else(|| panic!("{line} is not in\n{status}")).to_owned()
    }

    /// What is said to be on a branch is in its history, as git sees it.
    pub(crate) fn agrees_with_git(&self, tracked: &Tracked) {
        for cell in &tracked.cells {
            let branch = cell.branch_name.as_deref().unwrap_or("main");
            let is_behind = |commit: &str, tip: &str| {
                let found = std::process::Command::new("git")
                    .args(["merge-base", "--is-ancestor", commit, tip])
                    .current_dir(self.repo.path())
                    .status();
                found.expect("git runs").success()
            };
            if let Some(Presence::There { commit, .. }) = &cell.branch {
                assert!(is_behind(&commit.0, branch), "{commit} is not on {branch}");
            }
            if let Fix::OnBranch { commit, commits_since, .. } = &cell.fix {
                let count = self.git(&["rev-list", "--count", &format!("{commit}..{branch}")]);
                assert_eq!(count, commits_since.to_string());
            }
        }
    }
}

fn support(folder: &Path) -> (Git, config::Config, Support) {
    let git = Git::open(folder).expect("a repository");
    let config = config::parse(None, &config::Overrides::default()).expect("the default is valid");
    let refs = git.refs(None, None).expect("refs");
    let heads = discover::wanted_histories(&refs, &config.support);
    let histories: Histories = git.histories(&heads, &refs.tagged_commits());
    let today = "2031-06-15".parse().expect("a day");
    let support = discover::support(&refs, &histories, &[], &config.support, today);
    (git, config, support)
}

pub(crate) fn tracked(folder: &Path, record: &Record) -> Tracked {
    let (git, config, support) = support(folder);
    collect::tracked(&git, &config.support, &support, record, (None, jiff::Timestamp::MAX))
        .expect("it can be read")
}

pub(crate) fn rows(tracked: &Tracked) -> String {
    let row = |cell: &patchline::disclose::track::Cell| {
        let hole = match &cell.hole {
            Hole::Present { method, .. } => format!("present by {}", method.as_str()),
            Hole::Absent => "absent".to_owned(),
            Hole::Unsaid => "unsaid".to_owned(),
            Hole::Unknown { .. } => "unknown".to_owned(),
        };
        let fix = match &cell.fix {
            Fix::OnBranch { day, method, commits_since, .. } => format!(
                "on-branch by {} on {}, {commits_since} since",
                method.as_str(),
                day.expect("a day")
            ),
            Fix::Released { tag, day, method, .. } => {
                format!("released in {tag} by {} on {}", method.as_str(), day.expect("a day"))
            }
            Fix::Partly { present, missing } => {
                format!("partly, {} of {}", present.len(), present.len() + missing.len())
            }
            Fix::Reverted { day, .. } => format!("reverted on {}", day.expect("a day")),
            Fix::Undone { day, .. } => format!("undone, of {}", day.expect("a day")),
            fix => fix.as_str().to_owned(),
        };
        let against = cell.contradictions.iter().map(|found| format!(" !{}", found.kind.as_str()));
        format!("{}: {hole}; {fix}{}\n", cell.line, against.collect::<String>())
    };
    tracked.cells.iter().map(row).collect()
}

/// A record of one advisory that is mended by these commits, with these rows.
pub(crate) fn record(fix: &[&str], rows: Vec<LineRow>) -> Record {
    let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    let advisory =
        Disclosure { id: "W-1".to_owned(), fix: names(fix), lines: rows, ..Disclosure::default() };
    Record { id: "2031-03".to_owned(), advisories: vec![advisory], ..Record::default() }
}

pub(crate) fn line(name: &str) -> LineRow {
    LineRow::new(LineId(name.to_owned()), LineStatus::Affected)
}

pub(crate) fn fixed_in(name: &str, version: &str) -> LineRow {
    LineRow { fixed_in: Some(version.to_owned()), ..line(name) }
}

pub(crate) fn said(needs: &[Need]) -> Vec<String> {
    needs
        .iter()
        .map(|need| {
            let line = need.line.as_ref().map(|line| line.0.as_str()).unwrap_or_default();
            format!("{} {line}: {}", need.weight.as_str(), need.what)
        })
        .collect()
}

#[test]
fn a_fix_that_is_picked_is_found_by_what_the_pick_says() {
    let project = Project::new();
    let fix = project.fix("Bound the window");
    let record = record(&[&fix], vec![line("1.4")]);
    assert_eq!(project.row(&record, "1.4"), "1.4: unsaid; missing");
    project.on("release-1.4").put("other.c", "other\n");
    project.commit("2031-02-02", "Another");
    project.pick("2031-02-03", &["-x", &fix]);
    assert_eq!(
        project.status(&record),
        "1.4: unsaid; on-branch by trailers on 2031-02-03, 0 since\n\
         main: unsaid; on-branch by ancestry on 2031-02-01, 0 since\n"
    );
    project.put("other.c", "more\n");
    project.commit("2031-02-04", "More");
    assert_eq!(
        project.row(&record, "1.4"),
        "1.4: unsaid; on-branch by trailers on 2031-02-03, 1 since"
    );
    let found = needs(&record, &project.tracked(&record));
    assert_eq!(
        said(&found),
        [
            "missing 1.4: the fix is on `release-1.4` since 2031-02-03, and no release has it (1 commit since)"
        ]
    );
}

#[test]
fn a_fix_that_is_picked_without_a_word_is_found_by_its_change() {
    let project = Project::new();
    let fix = project.fix("Bound the window");
    project.on("release-1.4");
    project.pick("2031-02-03", &["--no-commit", &fix]);
    project.commit("2031-02-03", "Security");
    let record = record(&[&fix], vec![line("1.4")]);
    assert_eq!(
        project.row(&record, "1.4"),
        "1.4: unsaid; on-branch by patch-id on 2031-02-03, 0 since"
    );
}

#[test]
fn a_fix_whose_rows_moved_is_found_by_its_change() {
    let project = Project::new();
    let fix = project.fix("Bound the window");
    project.on("release-1.4").put("net.c", &format!("one\ntwo\n{}", code(&[HOLE])));
    project.commit("2031-02-02", "Add rows above");
    project.put("net.c", &format!("one\ntwo\n{}", code(&[FIXED])));
    project.commit("2031-02-03", "Bound it");
    let record = record(&[&fix], vec![line("1.4")]);
    assert_eq!(
        project.row(&record, "1.4"),
        "1.4: unsaid; on-branch by patch-id on 2031-02-03, 0 since"
    );
}

#[test]
fn a_backport_with_conflicts_is_found_by_its_words_or_by_its_row_only() {
    let project = Project::new();
    let fix = project.fix("Bound the window");
    let changed = "    w = asked < 9 ? asked : 9";
    for (message, expected) in [
        (format!("[1.4] Bound the window\n\nBackport of {fix} from main."), "trailers"),
        (format!("Bound it\n\n[ Upstream commit {} ]", &fix[..12]), "trailers"),
    ] {
        project.git(&["branch", "--force", "release-1.4", "v1.4.0"]);
        project.on("release-1.4").put("net.c", &code(&[(20, changed)]));
        project.commit("2031-02-03", &message);
        let record = record(&[&fix], vec![line("1.4")]);
        let row = format!("1.4: unsaid; on-branch by {expected} on 2031-02-03, 0 since");
        assert_eq!(project.row(&record, "1.4"), row);
        project.on("main");
    }
    project.git(&["branch", "--force", "release-1.4", "v1.4.0"]);
    project.on("release-1.4").put("net.c", &code(&[(20, changed)]));
    let own = project.commit("2031-02-03", "Harden");
    project.tag("v1.4.1", "2031-02-04", "release-1.4");
    let unsaid = record(&[&fix], vec![fixed_in("1.4", "1.4.1")]);
    assert_eq!(project.row(&unsaid, "1.4"), "1.4: unsaid; missing !tag-lacks-fix");
    let declared = LineRow { fix: vec![own], ..fixed_in("1.4", "1.4.1") };
    assert_eq!(
        project.row(&record(&[&fix], vec![declared]), "1.4"),
        "1.4: unsaid; released in v1.4.1 by declared on 2031-02-04"
    );
}

#[test]
fn what_undoes_a_fix_opens_the_hole_and_what_undoes_that_closes_it() {
    let project = Project::new();
    let fix = project.fix("Bound the window");
    let record = record(&[&fix], vec![line("1.4")]);
    project.on("release-1.4");
    let pick = project.pick("2031-02-03", &["-x", &fix]);
    project.tag("v1.4.1", "2031-02-04", "release-1.4");
    assert_eq!(
        project.row(&record, "1.4"),
        "1.4: unsaid; released in v1.4.1 by trailers on 2031-02-04"
    );
    let revert = project.revert("2031-02-05", &pick);
    // The release has it still; who takes the next one has not.
    assert_eq!(
        project.row(&record, "1.4"),
        "1.4: unsaid; released in v1.4.1 by trailers on 2031-02-04 !branch-lacks-fix"
    );
    project.tag("v1.4.2", "2031-02-06", "release-1.4");
    assert_eq!(project.row(&record, "1.4"), "1.4: unsaid; reverted on 2031-02-05 !fix-lost");
    project.revert("2031-02-07", &revert);
    assert_eq!(
        project.row(&record, "1.4"),
        "1.4: unsaid; on-branch by trailers on 2031-02-07, 0 since !fix-lost"
    );
    project.tag("v1.4.3", "2031-02-08", "release-1.4");
    assert_eq!(
        project.row(&record, "1.4"),
        "1.4: unsaid; released in v1.4.3 by trailers on 2031-02-08"
    );
    let early = self::record(&[&fix], vec![fixed_in("1.4", "1.4.2")]);
    assert_eq!(
        project.row(&early, "1.4"),
        "1.4: unsaid; released in v1.4.3 by trailers on 2031-02-08 !tag-lacks-fix"
    );
}

#[test]
fn a_fix_that_is_undone_without_a_word_is_found_by_the_opposite_change() {
    let project = Project::new();
    let fix = project.fix("Bound the window");
    project.on("release-1.4");
    let pick = project.pick("2031-02-03", &["-x", &fix]);
    project.repo.git_on("2031-02-05", &["revert", "--no-commit", &pick]);
    project.commit("2031-02-05", "Speed up");
    let record = record(&[&fix], vec![line("1.4")]);
    assert_eq!(project.row(&record, "1.4"), "1.4: unsaid; reverted on 2031-02-05");
}

#[test]
fn a_revert_that_is_backported_undoes_the_backport() {
    let project = Project::new();
    let fix = project.fix("Bound the window");
    let revert = project.revert("2031-02-02", &fix);
    project.on("release-1.4");
    project.pick("2031-02-03", &["-x", &fix]);
    project.pick("2031-02-04", &["-x", &revert]);
    let record = record(&[&fix], vec![line("1.4")]);
    assert_eq!(
        project.status(&record),
        "1.4: unsaid; reverted on 2031-02-04\nmain: unsaid; reverted on 2031-02-02\n"
    );
    // A second backport after it stands.
    project.pick("2031-02-05", &["-x", &fix]);
    assert_eq!(
        project.row(&record, "1.4"),
        "1.4: unsaid; on-branch by trailers on 2031-02-05, 0 since"
    );
}

#[test]
fn a_release_has_the_fix_if_its_tag_has() {
    let project = Project::new();
    let fix = project.fix("Bound the window");
    project.on("release-1.4").put("other.c", "other\n");
    project.commit("2031-02-02", "Another");
    project.tag("v1.4.1", "2031-02-03", "release-1.4");
    project.pick("2031-02-04", &["-x", &fix]);
    project.tag("v1.4.2-rc.1", "2031-02-05", "release-1.4");
    let lacking = record(&[&fix], vec![fixed_in("1.4", "1.4.1")]);
    // What is tagged before it lacks it, and a candidate is no release.
    assert_eq!(
        project.row(&lacking, "1.4"),
        "1.4: unsaid; on-branch by trailers on 2031-02-04, 0 since !tag-lacks-fix"
    );
    project.tag("v1.4.2", "2031-02-06", "release-1.4");
    project.put("other.c", "more\n");
    project.commit("2031-02-07", "More");
    project.tag("v1.4.3", "2031-02-08", "release-1.4");
    for (version, expected) in
        [("1.4.2", ""), ("v1.4.2", ""), ("1.4.3", " !fixed-earlier"), ("1.4.9", " !no-such-tag")]
    {
        assert_eq!(
            project.row(&record(&[&fix], vec![fixed_in("1.4", version)]), "1.4"),
            format!("1.4: unsaid; released in v1.4.2 by trailers on 2031-02-06{expected}")
        );
    }
}

#[test]
fn a_release_beside_the_branch_does_not_mend_the_branch() {
    let project = Project::new();
    let fix = project.fix("Bound the window");
    project.git(&["checkout", "--quiet", "--detach", "v1.4.0"]);
    project.pick("2031-02-03", &["-x", &fix]);
    project.tag("v1.4.1", "2031-02-04", "HEAD");
    project.on("release-1.4").put("other.c", "other\n");
    project.commit("2031-02-05", "Another");
    let record = record(&[&fix], vec![fixed_in("1.4", "1.4.1")]);
    assert_eq!(
        project.row(&record, "1.4"),
        "1.4: unsaid; released in v1.4.1 by trailers on 2031-02-04 !branch-lacks-fix"
    );
    assert_eq!(unverified(&record, &project.tracked(&record)).len(), 1);
}

#[test]
fn every_commit_of_a_fix_is_needed() {
    let project = Project::new();
    let first = project.fix("Bound the window");
    project.put("more.c", "bound\n");
    let second = project.commit("2031-02-02", "Bound the other window");
    project.on("release-1.4");
    project.pick("2031-02-03", &["-x", &first]);
    let record = record(&[&first, &second], vec![line("1.4")]);
    assert_eq!(project.row(&record, "1.4"), "1.4: unsaid; partly, 1 of 2");
    project.pick("2031-02-04", &["-x", &second]);
    assert_eq!(
        project.row(&record, "1.4"),
        "1.4: unsaid; on-branch by trailers on 2031-02-04, 0 since"
    );
}

#[test]
fn a_review_is_found_by_its_address_and_by_its_number() {
    let project = Project::new();
    let address = "https://example.org/project/pull/12";
    let changed = code(&[(20, "    window = bound(asked)")]);
    for (message, is_found) in [
        (format!("net: bound the window\n\nPR-URL: {address}"), true),
        (format!("net: bound the window\n\nReviewed-on: {address}/"), true),
        ("Bound the window (#12)".to_owned(), true),
        ("Bound the window (#120)".to_owned(), false),
        ("Mention (#12) here".to_owned(), false),
    ] {
        project.git(&["branch", "--force", "release-1.4", "v1.4.0"]);
        project.on("release-1.4").put("net.c", &changed);
        project.commit("2031-02-03", &message);
        let row = LineRow { reviews: vec![address.to_owned()], ..line("1.4") };
        let mut record = record(&[], vec![row]);
        record.repository = Some("https://example.org/project".to_owned());
        let expected =
            if is_found { "on-branch by trailers on 2031-02-03, 0 since" } else { "in-review" };
        assert_eq!(project.row(&record, "1.4"), format!("1.4: unsaid; {expected}"), "{message}");
        project.on("main");
    }
}

#[test]
fn a_squash_that_keeps_its_subject_and_number_is_a_copy() {
    let project = Project::new();
    let fix = project.fix("Bound the window (#12)");
    let record = record(&[&fix], vec![line("1.4")]);
    project.on("release-1.4").put("net.c", &code(&[(20, "    window = bound(asked)")]));
    project.commit("2031-02-03", "[1.4] Bound the window (#12) (#15)");
    assert_eq!(
        project.row(&record, "1.4"),
        "1.4: unsaid; on-branch by trailers on 2031-02-03, 0 since"
    );
    project.put("net.c", &code(&[HOLE]));
    project.commit(
        "2031-02-04",
        "Revert \"[1.4] Bound the window (#12) (#15)\" (#16)\n\nReverts project#15",
    );
    assert_eq!(project.row(&record, "1.4"), "1.4: unsaid; reverted on 2031-02-04");
}

#[test]
fn a_hole_is_looked_for_as_its_fix_is() {
    let project = Project::new();
    project.on("main").put("door.c", "open\n");
    let hole = project.commit("2031-01-10", "Add a door");
    project.put("door.c", "closed\n");
    let fix = project.commit("2031-02-01", "Close the door");
    let with = |row: LineRow| {
        let mut record = record(&[&fix], vec![row]);
        record.advisories[0].introduced = vec![hole.clone()];
        record
    };
    let safe = LineRow { status: LineStatus::NotAffected, ..line("1.4") };
    // It branched off before.
    assert_eq!(project.row(&with(safe.clone()), "1.4"), "1.4: absent; not-needed");
    assert_eq!(project.row(&with(line("1.4")), "1.4"), "1.4: absent; missing !affected-differs");
    assert_eq!(
        project.row(&with(safe.clone()), "main"),
        "main: present by ancestry; on-branch by ancestry on 2031-02-01, 0 since"
    );
    // It came with a backport.
    project.on("release-1.4");
    let pick = project.pick("2031-02-02", &["-x", &hole]);
    project.tag("v1.4.1", "2031-02-03", "release-1.4");
    assert_eq!(
        project.row(&with(safe.clone()), "1.4"),
        "1.4: present by trailers; not-needed !affected-differs"
    );
    let word = Some("vulnerable_code_not_in_execute_path".to_owned());
    let excused = LineRow { justification: word, ..safe };
    assert_eq!(project.row(&with(excused), "1.4"), "1.4: present by trailers; not-needed");
    assert_eq!(project.row(&with(line("1.4")), "1.4"), "1.4: present by trailers; missing");
    // Taking it out again is a fix, and the releases before it came are none.
    project.revert("2031-02-04", &pick);
    project.tag("v1.4.2", "2031-02-05", "release-1.4");
    assert_eq!(
        project.row(&with(line("1.4")), "1.4"),
        "1.4: present by trailers; released in v1.4.2 by trailers on 2031-02-05"
    );
}

#[test]
fn a_shallow_clone_knows_what_it_sees_and_not_what_it_does_not() {
    let project = Project::new();
    let fix = project.fix("Bound the window");
    project.on("release-1.4");
    project.pick("2031-02-03", &["-x", &fix]);
    for number in 1..=3 {
        project.put("other.c", &format!("{number}\n"));
        project.commit(&format!("2031-02-1{number}"), "Another");
    }
    project.on("main");
    let url = format!("file://{}", project.repo.path().display());
    let record = record(&[&fix], vec![line("1.4")]);
    for (depth, expected) in [
        ("2", "1.4: unsaid; unknown\nmain: unsaid; on-branch by ancestry on 2031-02-01, 0 since\n"),
        // What the pick changes is not there to see.
        ("4", "1.4: unsaid; unknown\nmain: unsaid; on-branch by ancestry on 2031-02-01, 0 since\n"),
        (
            "5",
            "1.4: unsaid; on-branch by trailers on 2031-02-03, 3 since\n\
               main: unsaid; on-branch by ancestry on 2031-02-01, 0 since\n",
        ),
    ] {
        let folder = tempfile::TempDir::new().expect("a folder");
        let clone = folder.path().join("clone");
        let path = clone.to_str().expect("UTF-8");
        git(
            folder.path(),
            &["clone", "--quiet", "--no-single-branch", "--depth", depth, &url, path],
        );
        let tracked = tracked(&clone, &record);
        assert_eq!(rows(&tracked), expected, "{depth}");
        if depth != "5" {
            let found = needs(&record, &tracked);
            assert!(found.iter().all(|need| need.weight.as_str() == "unknown"), "{found:?}");
            assert!(found[0].next.contains("--unshallow"), "{found:?}");
        }
    }
}

#[test]
fn a_name_that_leads_nowhere_or_to_several_commits_is_said() {
    let project = Project::new();
    let fix = project.fix("Bound the window");
    project.on("release-1.4");
    project.pick("2031-02-03", &["-x", &fix]);
    let blob = project.git(&["rev-parse", "main:net.c"]);
    let tree = project.git(&["rev-parse", "main^{tree}"]);
    let good = "1.4: unsaid; on-branch by trailers on 2031-02-03, 0 since";
    for (name, expected) in [
        (fix.clone(), good),
        (fix[..10].to_owned(), good),
        (fix.to_uppercase(), good),
        ("0".repeat(40), "1.4: unsaid; unknown !no-such-commit"),
        ("abcdef0123".to_owned(), "1.4: unsaid; unknown !no-such-commit"),
        ("main".to_owned(), "1.4: unsaid; unknown !no-such-commit"),
        ("v1.4.0; rm -rf /".to_owned(), "1.4: unsaid; unknown !no-such-commit"),
        (String::new(), "1.4: unsaid; unknown !no-such-commit"),
        (blob, "1.4: unsaid; unknown !no-such-commit"),
        (tree[..12].to_owned(), "1.4: unsaid; unknown !no-such-commit"),
    ] {
        let row = project.row(&record(&[&name], vec![line("1.4")]), "1.4");
        assert_eq!(row, expected, "{name}");
    }
    // Two commits with the same four digits, as there are among so many.
    let mut ids: BTreeMap<String, usize> = BTreeMap::new();
    let mut stream = String::new();
    for number in 0..600 {
        stream.push_str(&format!(
            "commit refs/heads/many\ncommitter A <a@example.org> {number} +0000\ndata 0\n\n"
        ));
    }
    crate::world::import(project.repo.path(), &stream);
    for id in project.git(&["rev-list", "--all"]).lines() {
        *ids.entry(id[..4].to_owned()).or_default() += 1;
    }
    let (digits, _) = ids.into_iter().find(|(_, count)| *count > 1).expect("two are alike");
    assert_eq!(
        project.row(&record(&[&digits], vec![line("1.4")]), "1.4"),
        "1.4: unsaid; unknown !ambiguous-commit"
    );
}

#[test]
fn a_merge_is_a_fix_and_so_is_what_it_is_squashed_to() {
    let project = Project::new();
    project.on("main");
    project.git(&["checkout", "--quiet", "-b", "topic", "main~1"]);
    project.put("net.c", &code(&[FIXED]));
    project.commit("2031-01-20", "Bound the window");
    project.put("more.c", "bound\n");
    project.commit("2031-01-21", "Bound the other window");
    project.on("main");
    project.repo.git_on("2031-02-01", &["merge", "--quiet", "--no-ff", "-m", "Merge", "topic"]);
    let merge = project.id("main");
    project.git(&["branch", "--quiet", "-D", "topic"]);
    let record = record(&[&merge], vec![line("1.4")]);
    assert_eq!(
        project.status(&record),
        "1.4: unsaid; missing\nmain: unsaid; on-branch by ancestry on 2031-02-01, 0 since\n"
    );
    project.on("release-1.4");
    project.pick("2031-02-03", &["-m", "1", &merge]);
    assert_eq!(
        project.row(&record, "1.4"),
        "1.4: unsaid; on-branch by patch-id on 2031-02-03, 0 since"
    );
    // A merge that is undone takes with it what it brought.
    let commit = project.id("main^2");
    project.on("main");
    project.repo.git_on("2031-02-05", &["revert", "--no-edit", "-m", "1", &merge]);
    let of_part = self::record(&[&commit], vec![line("1.4")]);
    assert_eq!(project.row(&of_part, "main"), "main: unsaid; reverted on 2031-02-05");
}

#[test]
fn a_fix_before_a_line_branched_off_is_on_it() {
    let project = Project::new();
    let fix = project.fix("Bound the window");
    project.git(&["branch", "release-1.5"]);
    project.tag("v1.5.0", "2031-02-10", "release-1.5");
    let record = record(&[&fix], vec![line("1.5"), line("1.4")]);
    assert_eq!(
        project.row(&record, "1.5"),
        "1.5: unsaid; released in v1.5.0 by ancestry on 2031-02-10"
    );
}

#[test]
fn what_needs_no_fix_is_shown_and_not_asked_for() {
    let project = Project::new();
    let fix = project.fix("Bound the window");
    let address = "https://example.org/patch".to_owned();
    for (row, expected, asked) in [
        (LineRow { no_fix: Some("too old".into()), ..line("1.4") }, "none-planned", 0),
        (LineRow { no_fix: Some(" ".into()), ..line("1.4") }, "none-planned", 1),
        (LineRow { status: LineStatus::Ended, ..line("1.4") }, "missing", 1),
        (LineRow { status: LineStatus::NotEvaluated, ..line("1.4") }, "missing", 1),
        (LineRow { reviews: vec![address.clone()], ..line("1.4") }, "in-review", 1),
        (LineRow { reviews: vec![address], is_courtesy: true, ..line("1.4") }, "in-review", 0),
    ] {
        let record = record(&[&fix], vec![row]);
        assert_eq!(project.row(&record, "1.4"), format!("1.4: unsaid; {expected}"));
        assert_eq!(needs(&record, &project.tracked(&record)).len(), asked, "{expected}");
    }
    project.on("release-1.4");
    project.pick("2031-02-03", &["-x", &fix]);
    let row = LineRow { is_courtesy: true, ..line("1.4") };
    let courtesy = record(&[&fix], vec![row]);
    assert_eq!(said(&needs(&courtesy, &project.tracked(&courtesy))), Vec::<String>::new());
    let row = LineRow { no_fix: Some("too old".into()), ..line("1.4") };
    let none = record(&[&fix], vec![row]);
    assert_eq!(project.row(&none, "1.4"), "1.4: unsaid; none-planned !fixed-all-the-same");
}

#[test]
fn a_tag_on_the_commit_of_an_affected_release_fixes_nothing() {
    let project = Project::new();
    let commit = project.git(&["rev-parse", "v1.4.0^{commit}"]);
    project.tag("v1.4.1", "2031-02-04", commit.trim());
    let row = LineRow {
        affected: Some(">= 1.4.0, < 1.4.1".to_owned()),
        fixed_in: Some("1.4.1".to_owned()),
        ..line("1.4")
    };
    let record = record(&[], vec![row]);
    let said = said(&needs(&record, &project.tracked(&record)));
    let expected =
        "missing 1.4: `v1.4.1` stands on the same commit as `v1.4.0`, which is said to be affected";
    assert!(said.iter().any(|need| need == expected), "{said:?}");
}

#[test]
fn a_line_without_a_row_and_a_row_without_a_line_are_missing() {
    let project = Project::new();
    let fix = project.fix("Bound the window");
    let record = record(&[&fix], vec![line("0.9")]);
    let tracked = project.tracked(&record);
    assert_eq!(
        said(&needs(&record, &tracked)),
        [
            "missing 1.4: it is supported, and the record has no row for it",
            "missing 1.4: the fix is not on `release-1.4`",
            "missing 0.9: the record has a row for it, and the project has no such line",
        ]
    );
}

#[test]
fn the_commit_of_a_row_that_is_not_on_the_branch_is_corrected() {
    let project = Project::new();
    let fix = project.fix("Bound the window");
    // The branch of the review, before it was rebased.
    project.git(&["checkout", "--quiet", "-b", "review", "v1.4.0"]);
    let proposed = project.pick("2031-02-02", &["-x", &fix]);
    project.on("release-1.4").put("other.c", "other\n");
    project.commit("2031-02-02", "Another");
    project.pick("2031-02-03", &["-x", &fix]);
    let row = LineRow { fix: vec![proposed], ..line("1.4") };
    assert_eq!(
        project.row(&record(&[&fix], vec![row]), "1.4"),
        "1.4: unsaid; on-branch by trailers on 2031-02-03, 0 since !other-commit"
    );
}

#[test]
fn a_channel_has_what_it_is_promised_or_is_missing() {
    let project = Project::new();
    let fix = project.fix("Bound the window");
    project.on("release-1.4");
    project.pick("2031-02-03", &["-x", &fix]);
    let moment = |day: &str| Moment { day: day.parse().expect("a day"), time: None };
    let delivery = |channel: &str, promised: Result<Slot, String>| Delivery {
        channel: channel.to_owned(),
        line: None,
        promised,
        url: None,
    };
    let slot = |expected: &str| Slot { expected: Some(moment(expected)), actual: None };
    let mut record = record(&[&fix], vec![line("1.4")]);
    record.deliveries = vec![
        delivery("git-tag", Ok(slot("2031-02-03"))),
        delivery("crates.io", Ok(slot("2031-02-04"))),
        delivery("apt", Err("built by others".to_owned())),
    ];
    project.tag("v1.4.1", "2031-02-05", "release-1.4");
    let tracked = project.tracked(&record);
    let states: Vec<String> = tracked
        .channels
        .iter()
        .filter(|state| state.line.0 == "1.4")
        .map(|state| {
            format!(
                "{} {:?} {:?}",
                state.channel,
                state.arrival.is_open(),
                state.arrival.days_late()
            )
        })
        .collect();
    assert_eq!(states, ["git-tag false Some(2)", "crates.io true None", "apt false None"]);
    assert_eq!(
        said(&needs(&record, &tracked)),
        ["missing 1.4: not yet in `crates.io`, expected 2031-02-04"]
    );
    assert_eq!(unverified(&record, &tracked), []);
    let mut own = delivery(
        "crates.io",
        Ok(Slot { actual: Some(moment("2031-02-06")), ..slot("2031-02-04") }),
    );
    own.line = Some(LineId("1.4".to_owned()));
    record.deliveries.push(own);
    assert_eq!(needs(&record, &project.tracked(&record)), []);
}

#[test]
fn an_arrival_that_cannot_be_is_said() {
    let project = Project::new();
    let fix = project.fix("Bound the window");
    project.on("release-1.4");
    project.pick("2031-02-03", &["-x", &fix]);
    let moment = |day: &str| Some(Moment { day: day.parse().expect("a day"), time: None });
    let delivery = |channel: &str, line: Option<&str>, actual: &str| Delivery {
        channel: channel.to_owned(),
        line: line.map(|line| LineId(line.to_owned())),
        promised: Ok(Slot { expected: None, actual: moment(actual) }),
        url: None,
    };
    let mut kept = record(&[&fix], vec![fixed_in("1.4", "1.4.1")]);
    kept.product = "Widget".to_owned();
    kept.advisories[0].title = "Windows without bounds".to_owned();
    kept.deliveries = vec![delivery("crates.io", None, "2031-02-02")];
    let told = |record: &Record| -> Vec<String> {
        let found = said(&needs(record, &project.tracked(record)));
        found
            .into_iter()
            .filter(|need| need.contains("is said") || need.contains("has a"))
            .collect()
    };
    let crates = "missing 1.4: `crates.io` is said to have it since 2031-02-02, and";
    assert_eq!(told(&kept), [format!("{crates} no release has the fix")]);
    project.tag("v1.4.1", "2031-02-05", "release-1.4");
    assert_eq!(told(&kept), [format!("{crates} what was released was made on 2031-02-03")]);
    // Some publish first, and tag later.
    kept.deliveries = vec![delivery("crates.io", None, "2031-02-03")];
    assert_eq!(told(&kept), Vec::<String>::new());
    kept.deliveries = vec![delivery("git-tag", Some("1.4"), "2031-02-04")];
    assert_eq!(
        told(&kept),
        [
            "missing 1.4: `git-tag` is said to have it since 2031-02-04, and the tag is of 2031-02-05"
        ]
    );
    kept.deliveries = vec![delivery("git-tag", Some("1.4"), "2031-02-05")];
    assert_eq!(told(&kept), Vec::<String>::new());
    // A channel of a line that nobody knows would be counted nowhere.
    kept.deliveries = vec![delivery("apt", Some("v1.4"), "2031-02-06")];
    assert_eq!(
        told(&kept),
        ["missing v1.4: `apt` has a delivery for it, and there is no such line"]
    );
    project.put("security/2031-03.toml", &patchline::disclose::write(&kept));
    let found = run(&project, &["--format", "json"]);
    assert_eq!(found.code, 1, "{}{}", found.stdout, found.stderr);
    // And so is what may be meant, where it is checked.
    for (delivery, expected) in [
        (
            delivery("apt", None, "2031-02-04"),
            "`apt` is said to have it for `1.4` since 2031-02-04, and `v1.4.1` is of 2031-02-05",
        ),
        (
            delivery("apt", Some("v1.4"), "2031-02-06"),
            "`apt` has a delivery for `v1.4`, and there is no such line",
        ),
    ] {
        kept.deliveries = vec![delivery];
        project.put("security/2031-03.toml", &patchline::disclose::write(&kept));
        let args = ["disclose", "check", "--as-of", "2031-06-15", "--embargoed"];
        let found = crate::world::patchline_in(project.repo.path(), &args, &[]);
        assert!(found.stdout.contains(expected), "{}{}", found.stdout, found.stderr);
    }
}

/// Commits by what they change, as `git patch-id --stable` sees it.
fn classes_of_git(folder: &Path) -> BTreeMap<String, String> {
    let script = "git rev-list --all --no-merges \
        | git diff-tree --stdin --root -r -p --no-renames --no-ext-diff --no-textconv \
        | git patch-id --stable";
    let mut command = std::process::Command::new("sh");
    let output = command.args(["-c", script]).current_dir(folder).output().expect("sh runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    let pair =
        |row: &str| row.split_once(' ').map(|(id, commit)| (commit.to_owned(), id.to_owned()));
    text.lines().filter_map(pair).collect()
}

/// The same of some commits, as Patchline sees it.
fn classes_of_ours(folder: &Path, chosen: &BTreeSet<String>) -> BTreeMap<String, String> {
    let git = Git::open(folder).expect("a repository");
    let heads = crate::world::git(folder, &["rev-parse", "--all"]);
    let tips: Vec<CommitId> = heads.lines().map(|id| CommitId(id.to_owned())).collect();
    let facts = git.changes(&BTreeSet::new(), &tips);
    let node = |id: &String| facts.graph.node(&CommitId(id.clone())).expect("it is a commit");
    let sources: Vec<Node> = chosen.iter().map(node).collect();
    let patches = git.compare(&facts, &Comparison { sources, candidates: Vec::new() });
    assert_eq!(patches.unknown, BTreeMap::new());
    let name = |node: &Node| facts.graph.id(*node).0;
    patches.known.iter().map(|(node, (id, _))| (name(node), format!("{id:?}"))).collect()
}

/// The sets of commits that make the same change.
fn sets(classes: &BTreeMap<String, String>) -> BTreeSet<BTreeSet<&str>> {
    let mut sets: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (commit, class) in classes {
        sets.entry(class).or_default().insert(commit);
    }
    sets.into_values().collect()
}

#[test]
fn two_changes_are_the_same_if_git_says_so() {
    let Some(data) = real_data("two_changes_are_the_same_if_git_says_so") else { return };
    for name in ["tikv", "greptimedb", "opentofu"] {
        let folder = tempfile::TempDir::new().expect("a folder");
        let bundle = data.join(format!("repos/{name}-lockfiles.bundle"));
        let (bundle, path) =
            (bundle.to_str().expect("UTF-8"), folder.path().to_str().expect("UTF-8"));
        git(folder.path(), &["clone", "--quiet", "--mirror", bundle, path]);
        let theirs = classes_of_git(folder.path());
        let all = sets(&theirs);
        let shared = all.iter().filter(|set| set.len() > 1);
        // Every change that was made more than once, and some of the others.
        let single = all.iter().filter(|set| set.len() == 1).step_by(20);
        let chosen: BTreeSet<String> =
            shared.clone().chain(single).flatten().map(|id| (*id).to_owned()).collect();
        eprintln!(
            "{name}: {} commits, {} changes made more than once",
            chosen.len(),
            shared.count()
        );
        let of_theirs: BTreeMap<String, String> = theirs
            .iter()
            .filter(|(id, _)| chosen.contains(*id))
            .map(|(id, class)| (id.clone(), class.clone()))
            .collect();
        let ours = classes_of_ours(folder.path(), &chosen);
        let (theirs, ours) = (sets(&of_theirs), sets(&ours));
        let differing: Vec<_> = theirs.symmetric_difference(&ours).collect();
        assert_eq!(differing, Vec::<&BTreeSet<&str>>::new());
    }
}

/// `patchline disclose status` of the only record. What it tells machines is as its schema says.
pub(crate) fn run(project: &Project, args: &[&str]) -> crate::world::Run {
    let mut all = vec!["disclose", "status", "--as-of", "2031-06-15"];
    all.extend(args);
    let found = crate::world::patchline_in(project.repo.path(), &all, &[]);
    if args.contains(&"json") {
        assert_matches_schema(&found.json());
    }
    found
}

/// A status is as its schema says, and says nothing that the schema does not know.
pub(crate) fn assert_matches_schema(document: &serde_json::Value) {
    static VALIDATOR: LazyLock<jsonschema::Validator> = LazyLock::new(|| {
        let schema = include_str!("../../schemas/status.v1.schema.json");
        let mut schema = serde_json::from_str(schema).expect("the schema is JSON");
        close(&mut schema);
        jsonschema::validator_for(&schema).expect("the schema is a schema")
    });
    let errors: Vec<String> =
        VALIDATOR.iter_errors(document).map(|e| format!("{}: {e}", e.instance_path())).collect();
    assert!(errors.is_empty(), "{}", errors.join("\n"));
}

/// Readers let fields be added, and this test does not, so that each has its place in the schema. What
/// refers to another object is closed by that one.
fn close(schema: &mut serde_json::Value) {
    if let Some(object) = schema.as_object_mut() {
        let is_whole = object.contains_key("properties") && !object.contains_key("allOf");
        object.values_mut().for_each(close);
        if is_whole {
            object.insert("additionalProperties".to_owned(), false.into());
        }
    } else if let Some(list) = schema.as_array_mut() {
        list.iter_mut().for_each(close);
    }
}

#[test]
fn the_status_of_a_record_is_told_to_people_and_machines() {
    let project = Project::new();
    let fix = project.fix("Bound the window");
    let mut kept = record(&[&fix], vec![line("1.4")]);
    kept.product = "Widget".to_owned();
    kept.advisories[0].lines[0].fixed_in = Some("1.4.1".to_owned());
    kept.advisories[0].title = "Windows without bounds".to_owned();
    std::fs::create_dir_all(project.repo.path().join("security")).expect("a folder");
    project.put("security/2031-03.toml", &patchline::disclose::write(&kept));
    let found = run(&project, &[]);
    assert_eq!(found.code, 1, "{}{}", found.stdout, found.stderr);
    let expected = format!(
        "1.4 W-1: the fix is not on `release-1.4`\n    next: on `release-1.4`: `git cherry-pick -x {fix}`"
    );
    assert!(found.stdout.contains(&expected), "{}", found.stdout);
    assert!(!found.stdout.contains('\u{1b}'), "{}", found.stdout);

    project.git(&["stash", "--include-untracked", "--quiet"]);
    project.on("release-1.4");
    project.pick("2031-02-03", &["-x", &fix]);
    project.tag("v1.4.1", "2031-02-04", "release-1.4");
    project.git(&["stash", "pop", "--quiet"]);
    let found = run(&project, &["--format", "json"]);
    assert_eq!(found.code, 0, "{}{}", found.stdout, found.stderr);
    let json = found.json();
    assert_eq!(json["outcome"], "complete");
    assert_eq!(json["cells"][0]["fix"]["tag"], "v1.4.1");
    assert_eq!(json["cells"][0]["fix"]["method"], "trailers");
    // As it was before the release, and before the fix.
    for (day, state) in [("2031-02-03", "on-branch"), ("2031-02-02", "missing")] {
        let found = crate::world::patchline_in(
            project.repo.path(),
            &["disclose", "status", "--as-of", day, "--format", "json"],
            &[],
        );
        assert_eq!(found.code, 1, "{}{}", found.stdout, found.stderr);
        assert_eq!(found.json()["cells"][0]["fix"]["state"], state, "{day}");
    }
    // Nobody reads it in a public log.
    let environment =
        [("GITHUB_ACTIONS", "true"), ("CI", "true"), ("GITHUB_REPOSITORY", "example/widget")];
    let args = ["disclose", "status", "--as-of", "2031-06-15"];
    let found = crate::world::patchline_in(project.repo.path(), &args, &environment);
    assert!(found.code > 1 && !found.stdout.contains("W-1"), "{}{}", found.stdout, found.stderr);
}

#[test]
fn many_releases_and_lines_are_told_in_a_moment() {
    let Some(data) = real_data("many_releases_and_lines_are_told_in_a_moment") else { return };
    let folder = tempfile::TempDir::new().expect("a folder");
    let bundle = data.join("repos/tikv-lockfiles.bundle");
    let (bundle, path) = (bundle.to_str().expect("UTF-8"), folder.path().to_str().expect("UTF-8"));
    git(folder.path(), &["clone", "--quiet", "--mirror", bundle, path]);
    // As many releases as the project has: each line's newest commits, tagged.
    let mut tags = String::new();
    for branch in
        git(folder.path(), &["for-each-ref", "--format=%(refname:short)", "refs/heads/release-*"])
            .lines()
    {
        let version = branch.trim_start_matches("release-");
        let commits = git(folder.path(), &["rev-list", "--first-parent", "--max-count=12", branch]);
        for (patch, commit) in commits.lines().rev().enumerate() {
            tags.push_str(&format!("create refs/tags/v{version}.{patch} {commit}\n"));
        }
    }
    let count = tags.lines().count();
    crate::world::update_refs(folder.path(), &tags);
    let (git_, config, support) = support(folder.path());
    let fixes = git(folder.path(), &["rev-list", "--first-parent", "--max-count=400", "master"]);
    let fixes: Vec<&str> = fixes.lines().step_by(80).collect();
    let lines: Vec<LineRow> = support.lines.iter().map(|one| line(&one.id.0)).collect();
    let rows = lines.len();
    let mut record = record(&[], lines);
    let advisory = record.advisories.remove(0);
    for fix in &fixes {
        let own =
            Disclosure { id: (*fix).to_owned(), fix: vec![(*fix).to_owned()], ..advisory.clone() };
        record.advisories.push(own);
    }
    let begin = std::time::Instant::now();
    let tracked =
        collect::tracked(&git_, &config.support, &support, &record, (None, jiff::Timestamp::MAX))
            .expect("it can be read");
    let took = begin.elapsed();
    eprintln!("{count} tags, {rows} lines, {} fixes: {took:?}", fixes.len());
    assert_eq!(tracked.cells.len(), rows * fixes.len());
    // What is in whose history, git says as well.
    let mut checked = 0;
    for cell in &tracked.cells {
        let Some(branch) = &cell.branch_name else { continue };
        let is_behind = std::process::Command::new("git")
            .args(["merge-base", "--is-ancestor", &cell.advisory, branch])
            .current_dir(folder.path())
            .status()
            .expect("git runs")
            .success();
        let by_ancestry = matches!(
            &cell.branch,
            Some(Presence::There { method: patchline::disclose::track::Method::Ancestry, .. })
        );
        // What is undone is not there.
        let is_undone = matches!(&cell.branch, Some(Presence::Reverted { .. }));
        assert!(is_behind == by_ancestry || is_undone, "{} {branch}", cell.advisory);
        checked += 1;
    }
    assert!(checked > 100, "{checked}");
}
