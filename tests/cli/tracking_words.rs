//! What is said of a fix and is not so: commits that name it and change nothing of it, and those that
//! say they undo it.

use patchline::disclose::{
    record::{LineRow, LineStatus},
    track::{Cell, needs},
};

use crate::tracking::{FIXED, HOLE, Project, code, fixed_in, line, record, run, said};

impl Project {
    /// The only cell of a line.
    fn cell(&self, record: &patchline::disclose::Record, line: &str) -> Cell {
        let tracked = self.tracked(record);
        let cell = tracked.cells.into_iter().find(|cell| cell.line.0 == line);
        cell.unwrap_or_else(|| panic!("there is no {line}"))
    }

    /// `release-1.4` as it was released.
    fn anew(&self) -> &Self {
        self.on("main").git(&["branch", "--force", "release-1.4", "v1.4.0"]);
        self.on("release-1.4")
    }
}

#[test]
fn a_commit_that_names_the_fix_and_changes_nothing_of_it_is_no_fix() {
    let project = Project::new();
    project.on("main").put("tests/net.c", "bounded\n");
    project.put("Widget.lock", "2\n");
    project.put("NEWS", "Bounded\n");
    let id = format!("I{}", "0123456789".repeat(4));
    let address = "https://example.org/widget/pull/12";
    let fix = project.fix(&format!("Bound the window (#12)\n\nPR-URL: {address}\nChange-Id: {id}"));
    let record = record(&[&fix], vec![line("1.4")]);
    let files: [(&str, &[&str]); 4] = [
        ("changes nothing", &[]),
        ("changes nothing that the fix changes", &["other.c", "docs/net.md"]),
        (
            "changes only tests, documents or lockfiles of what the fix changes",
            &["tests/net.c", "NEWS", "Widget.lock"],
        ),
        ("", &["net.c", "other.c"]),
    ];
    let mut judged = 0;
    for message in [
        format!("Bound it\n\n(cherry picked from commit {fix})"),
        format!("[1.4] Bound it\n\nBackport of {fix} from main."),
        format!("Bound it\n\n[ Upstream commit {} ]", &fix[..12]),
        format!("Bound it\n\nChange-Id: {id}"),
        "[1.4] Bound the window (#12) (#15)".to_owned(),
        format!("Bound the window (#12)\n\nPR-URL: {address}"),
    ] {
        for (words, paths) in &files {
            project.anew();
            for path in *paths {
                project.put(path, "    w = bound(asked)\n");
            }
            let commit = project.commit("2031-02-03", &message);
            let cell = project.cell(&record, "1.4");
            let row = project.row(&record, "1.4");
            if words.is_empty() {
                let expected = "1.4: unsaid; on-branch by trailers on 2031-02-03, 0 since";
                assert_eq!(row, expected, "{message}");
                assert_eq!(cell.remarks, Vec::<String>::new(), "{message}");
            } else {
                assert_eq!(row, "1.4: unsaid; missing", "{message} {paths:?}");
                let expected = format!("commit {} names the fix, and {words}", &commit[..12]);
                assert_eq!(cell.remarks.join("|"), expected, "{message} {paths:?}");
                let needs = said(&needs(&record, &project.tracked(&record)));
                let lacks = format!("missing 1.4: the fix is not on `release-1.4`; {expected}");
                assert_eq!(needs, [lacks], "{message}");
            }
            judged += 1;
        }
    }
    assert_eq!(judged, 24);
}

/// Main has another name for the file, and the fix is made there.
#[test]
fn a_fix_of_a_file_that_has_another_name_on_the_line_is_not_known_until_its_row_names_it() {
    let project = Project::new();
    project.on("main").git(&["mv", "net.c", "reader.c"]);
    project.commit("2031-01-20", "Rename");
    project.put("reader.c", &code(&[FIXED]));
    let fix = project.commit("2031-02-01", "Bound the window");
    project.anew();
    let pick = project.pick("2031-02-03", &["-x", &fix]);
    project.tag("v1.4.1", "2031-02-04", "release-1.4");
    let mut record = record(&[&fix], vec![fixed_in("1.4", "1.4.1")]);
    let found = project.told(&record);
    assert_eq!(found.code, 3, "{}{}", found.stdout, found.stderr);
    let expected = "`reader.c` is not there by that name, and may have another one";
    assert!(found.stdout.contains(expected), "{}", found.stdout);
    record.advisories[0].lines[0].fix = vec![pick];
    let found = project.told(&record);
    assert_eq!(found.code, 0, "{}{}", found.stdout, found.stderr);
}

#[test]
fn a_merge_that_names_the_fix_and_takes_nothing_is_no_fix() {
    let project = Project::new();
    let fix = project.fix("Bound the window");
    project.anew().put("other.c", "other\n");
    project.commit("2031-02-02", "Another");
    project.git(&["checkout", "--quiet", "-b", "topic", "v1.4.0"]);
    project.pick("2031-02-03", &["--no-commit", &fix]);
    project.put("net.c", &code(&[(20, "    window = bound(asked)")]));
    project.commit("2031-02-03", "Topic");
    project.on("release-1.4");
    let message = format!("Merge the fix\n\nBackport of {fix}");
    project.repo.git_on("2031-02-04", &["merge", "-q", "-s", "ours", "-m", &message, "topic"]);
    let record = record(&[&fix], vec![line("1.4")]);
    assert_eq!(project.row(&record, "1.4"), "1.4: unsaid; missing");
    // And so is one that takes it.
    project.git(&["reset", "--quiet", "--hard", "HEAD^1"]);
    project.repo.git_on("2031-02-04", &["merge", "-q", "--no-ff", "-m", &message, "topic"]);
    assert_eq!(
        project.row(&record, "1.4"),
        "1.4: unsaid; on-branch by trailers on 2031-02-04, 0 since"
    );
}

#[test]
fn a_file_that_was_moved_is_the_same_file_and_one_of_the_same_name_is_not() {
    let project = Project::new();
    project.anew().git(&["checkout", "--quiet", "main"]);
    project.git(&["rm", "--quiet", "net.c"]);
    project.put("src/net.c", &code(&[HOLE]));
    project.commit("2031-01-20", "Move");
    project.put("src/net.c", &code(&[FIXED]));
    let fix = project.commit("2031-02-01", "Bound the window");
    let record = record(&[&fix], vec![line("1.4")]);
    let message = format!("Bound it\n\nBackport of {fix}");
    project.on("release-1.4").put("net.c", &code(&[(20, "    window = bound(asked)")]));
    project.commit("2031-02-03", &message);
    assert_eq!(
        project.row(&record, "1.4"),
        "1.4: unsaid; on-branch by trailers on 2031-02-03, 0 since"
    );
    project.anew().put("src/net.c", "another\n");
    project.put("lib/net.c", "another\n");
    project.commit("2031-02-02", "Others of that name");
    project.put("lib/net.c", "other\n");
    project.commit("2031-02-03", &message);
    assert_eq!(project.row(&record, "1.4"), "1.4: unsaid; missing");
}

#[test]
fn a_row_that_names_the_commit_is_believed_unless_that_changes_nothing() {
    let project = Project::new();
    let fix = project.fix("Bound the window");
    project.anew().put("window.c", "bound\n");
    let own = project.commit("2031-02-03", &format!("Bound it\n\nBackport of {fix}"));
    project.tag("v1.4.1", "2031-02-04", "release-1.4");
    let unsaid = record(&[&fix], vec![fixed_in("1.4", "1.4.1")]);
    assert_eq!(project.row(&unsaid, "1.4"), "1.4: unsaid; missing !tag-lacks-fix");
    let declared = LineRow { fix: vec![own], ..fixed_in("1.4", "1.4.1") };
    let declared = record(&[&fix], vec![declared]);
    assert_eq!(
        project.row(&declared, "1.4"),
        "1.4: unsaid; released in v1.4.1 by declared on 2031-02-04"
    );
    assert_eq!(said(&needs(&declared, &project.tracked(&declared))), Vec::<String>::new());
    let empty = project.commit("2031-02-05", "Nothing");
    project.tag("v1.4.2", "2031-02-06", "release-1.4");
    let declared = LineRow { fix: vec![empty.clone()], ..fixed_in("1.4", "1.4.2") };
    let declared = record(&[&fix], vec![declared]);
    assert_eq!(
        project.row(&declared, "1.4"),
        "1.4: unsaid; released in v1.4.2 by declared on 2031-02-06 !empty-fix"
    );
    let said = said(&needs(&declared, &project.tracked(&declared)));
    let expected =
        format!("missing 1.4: commit `{empty}` is named as the fix, and changes nothing");
    assert_eq!(said, [expected]);
}

#[test]
fn who_says_that_a_fix_is_undone_is_believed_and_what_speaks_against_it_is_said() {
    let project = Project::new();
    let fix = project.fix("Bound the window");
    project.anew();
    let pick = project.pick("2031-02-03", &["-x", &fix]);
    let record = record(&[&fix], vec![line("1.4")]);
    let message = format!("Revert \"Bound the window\"\n\nThis reverts commit {pick}.");
    let revert = project.commit("2031-02-04", &message);
    assert_eq!(project.row(&record, "1.4"), "1.4: unsaid; reverted on 2031-02-04");
    assert_eq!(
        project.cell(&record, "1.4").remarks,
        [format!(
            "commit {} says that it undoes the fix, and changes nothing; it is believed all the same",
            &revert[..12]
        )]
    );
    // Taking that back in the same way is as much as it was.
    project.commit("2031-02-05", &format!("Reapply\n\nThis reverts commit {revert}."));
    assert_eq!(
        project.row(&record, "1.4"),
        "1.4: unsaid; on-branch by trailers on 2031-02-05, 0 since"
    );
    // What was undone in truth is not brought back by words.
    project.anew();
    let pick = project.pick("2031-02-03", &["-x", &fix]);
    let revert = project.revert("2031-02-04", &pick);
    assert_eq!(project.cell(&record, "1.4").remarks, Vec::<String>::new());
    let again = project.commit("2031-02-05", &format!("Reapply\n\nThis reverts commit {revert}."));
    assert_eq!(project.row(&record, "1.4"), "1.4: unsaid; reverted on 2031-02-04");
    assert_eq!(
        project.cell(&record, "1.4").remarks,
        [format!("commit {} names the fix, and changes nothing", &again[..12])]
    );
}

#[test]
fn who_says_that_a_hole_came_is_believed_and_who_says_that_it_went_has_to_show_it() {
    let project = Project::new();
    project.on("main").put("door.c", "open\n");
    let hole = project.commit("2031-01-10", "Add a door");
    project.put("door.c", "closed\n");
    let fix = project.commit("2031-02-01", "Close the door");
    let with = |status: LineStatus| {
        let mut record = record(&[&fix], vec![LineRow { status, ..line("1.4") }]);
        record.advisories[0].introduced = vec![hole.clone()];
        record
    };
    let affected = with(LineStatus::Affected);
    project.anew();
    let pick = project.commit("2031-02-02", &format!("Door\n\nBackport of {hole}"));
    assert_eq!(
        project.row(&with(LineStatus::NotAffected), "1.4"),
        "1.4: present by trailers; not-needed !affected-differs"
    );
    assert_eq!(
        project.cell(&affected, "1.4").remarks,
        [format!(
            "commit {} names what brought the hole in, and changes nothing; it is believed all the same",
            &pick[..12]
        )]
    );
    project.anew();
    let pick = project.pick("2031-02-02", &["-x", &hole]);
    project.put("other.c", "other\n");
    let revert = project.commit("2031-02-04", &format!("Undo\n\nThis reverts commit {pick}."));
    assert_eq!(project.row(&affected, "1.4"), "1.4: present by trailers; missing");
    assert_eq!(
        project.cell(&affected, "1.4").remarks,
        [format!(
            "commit {} says that it undoes what brought the hole in, and changes nothing that that \
             one changes",
            &revert[..12]
        )]
    );
}

#[test]
fn what_came_under_a_review_beside_the_fix_is_not_the_fix() {
    let project = Project::new();
    let address = "https://example.org/widget/pull/12";
    let message = format!("net: bound the window\n\nPR-URL: {address}");
    let row = LineRow { reviews: vec![address.to_owned()], ..line("1.4") };
    // Nothing but the review is named, and the rest of it is on main.
    project.fix(&message);
    let fix = project.id("main");
    let unnamed = record(&[], vec![row.clone()]);
    let named = record(&[&fix], vec![row]);
    for (path, is_found) in [("", false), ("docs/net.md", false), ("net.c", true)] {
        project.anew();
        if !path.is_empty() {
            project.put(path, "    w = bound(asked)\n");
        }
        project.commit("2031-02-03", &message);
        let expected =
            if is_found { "on-branch by trailers on 2031-02-03, 0 since" } else { "in-review" };
        for record in [&unnamed, &named] {
            assert_eq!(project.row(record, "1.4"), format!("1.4: unsaid; {expected}"), "{path}");
        }
    }
    // Where a fix is named, other code of the review is not it.
    project.anew().put("other.c", "other\n");
    project.commit("2031-02-03", &message);
    assert_eq!(project.row(&named, "1.4"), "1.4: unsaid; in-review");
}

#[test]
fn what_is_not_believed_is_told_to_people_and_machines() {
    let project = Project::new();
    let fix = project.fix("Bound the window");
    let commit =
        project.anew().commit("2031-02-03", &format!("Bound it\n\nBackport of {fix} from main."));
    project.on("main");
    let mut kept = record(&[&fix], vec![fixed_in("1.4", "1.4.1")]);
    kept.product = "Widget".to_owned();
    kept.advisories[0].title = "Windows without bounds".to_owned();
    project.put("security/2031-03.toml", &patchline::disclose::write(&kept));
    let found = run(&project, &[]);
    assert_eq!(found.code, 1, "{}{}", found.stdout, found.stderr);
    let expected = format!("commit {} names the fix, and changes nothing", &commit[..12]);
    assert_eq!(found.stdout.matches(&expected).count(), 1, "{}", found.stdout);
    let found = run(&project, &["--format", "json"]);
    assert_eq!(found.json()["cells"][0]["remarks"][0], expected.as_str());
    assert_eq!(found.json()["cells"][0]["fix"]["state"], "missing");
}

#[test]
fn a_fix_of_white_space_is_found_by_its_history_and_by_its_words() {
    let project = Project::new();
    project.on("main").put("pump.py", "if closed:\n    stop()\nlog()\n");
    let begin = project.commit("2031-01-20", "Add a pump");
    project.on("release-1.4");
    project.pick("2031-01-21", &["-x", &begin]);
    project.on("main").put("pump.py", "if closed:\n    stop()\n    log()\n");
    let fix = project.commit("2031-02-01", "Log what is closed");
    let record = record(&[&fix], vec![line("1.4")]);
    assert_eq!(
        project.status(&record),
        "1.4: unsaid; missing\nmain: unsaid; on-branch by ancestry on 2031-02-01, 0 since\n"
    );
    project.on("release-1.4");
    let pick = project.pick("2031-02-03", &["-x", &fix]);
    assert_eq!(
        project.row(&record, "1.4"),
        "1.4: unsaid; on-branch by trailers on 2031-02-03, 0 since"
    );
    project.revert("2031-02-04", &pick);
    assert_eq!(project.row(&record, "1.4"), "1.4: unsaid; reverted on 2031-02-04");
}

#[test]
fn what_to_do_for_a_line_without_a_branch_names_the_line() {
    let project = Project::new();
    let fix = project.fix("Bound the window");
    project.git(&["branch", "--quiet", "-D", "release-1.4"]);
    let record = record(&[&fix], vec![line("1.4")]);
    let needs = needs(&record, &project.tracked(&record));
    assert_eq!(said(&needs), ["missing 1.4: the fix is not on the newest release of 1.4"]);
    let expected = format!(
        "for 1.4, from its newest release, as it has no branch here: `git cherry-pick -x {fix}`"
    );
    assert!(needs[0].next.starts_with(&expected), "{}", needs[0].next);
}
