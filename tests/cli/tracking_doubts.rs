//! What nobody said or everybody forgot is never complete.

use patchline::{
    disclose::{
        Record,
        record::{LineRow, LineStatus},
    },
    model::LineId,
};

use crate::{
    tracking::{FIXED, HOLE, Project, code, fixed_in, record, run},
    world::{Run, patchline_in},
};

impl Project {
    /// The status of a record that is kept on `main`.
    pub(crate) fn told(&self, record: &Record) -> Run {
        let mut record = record.clone();
        "Widget".clone_into(&mut record.product);
        "Windows without bounds".clone_into(&mut record.advisories[0].title);
        self.on("main").put("security/2031-03.toml", &patchline::disclose::write(&record));
        let found = run(self, &[]);
        std::fs::remove_dir_all(self.repo.path().join("security")).expect("it was there");
        found
    }

    /// The fix, made on the line alone and released as `v1.4.1`.
    fn mend_the_line(&self) -> String {
        self.on("release-1.4").put("net.c", &code(&[FIXED]));
        let own = self.commit("2031-02-03", "Bound the window");
        self.tag("v1.4.1", "2031-02-04", "release-1.4");
        own
    }
}

#[test]
fn the_default_branch_is_not_known_to_be_mended_until_its_fix_is_named() {
    let project = Project::new();
    let own = project.mend_the_line();
    let row = || fixed_in("1.4", "1.4.1");
    for row in [row(), LineRow { fix: vec![own.clone()], ..row() }] {
        let record = record(&[], vec![row]);
        let found = project.told(&record);
        assert_eq!(found.code, 3, "{}{}", found.stdout, found.stderr);
        let expected = "main W-1: whether it has the fix cannot be seen: the record does not say which \
                        commit mends it\n    next: name it under `fix` of the advisory";
        assert!(found.stdout.contains(expected), "{}", found.stdout);
        assert!(!found.stdout.contains("missing"), "{}", found.stdout);
    }
    // Where what mends a line came from is on `main`, or came there, that is enough.
    let record = record(&[], vec![LineRow { fix: vec![own.clone()], ..row() }]);
    project.on("main");
    project.pick("2031-02-05", &["-x", &own]);
    let found = project.told(&record);
    assert_eq!(found.code, 0, "{}{}", found.stdout, found.stderr);
    assert!(!found.stdout.contains("missing"), "{}", found.stdout);
    assert_eq!(
        project.row(&record, "main"),
        "main: unsaid; on-branch by trailers on 2031-02-05, 0 since"
    );
    project.git(&["reset", "--quiet", "--hard", "HEAD^"]);
    project.repo.git_on("2031-02-06", &["merge", "--quiet", "-m", "Merge", "release-1.4"]);
    assert_eq!(
        project.row(&record, "main"),
        "main: unsaid; on-branch by ancestry on 2031-02-03, 2 since"
    );
}

#[test]
fn a_line_that_is_to_come_is_asked_for_its_fix() {
    let project = Project::new();
    let own = project.mend_the_line();
    project.git(&["branch", "release-2.0", "main"]);
    project.tag("v2.0.0-rc.1", "2031-02-10", "release-2.0");
    let fix = project.fix("Bound the window");
    let row = LineRow { fix: vec![own], ..fixed_in("1.4", "1.4.1") };
    let found = project.told(&record(&[&fix], vec![row.clone()]));
    assert_eq!(found.code, 1, "{}{}", found.stdout, found.stderr);
    assert!(found.stdout.contains("2.0 W-1: the fix is not on `release-2.0`"), "{}", found.stdout);
    project.on("release-2.0");
    project.pick("2031-02-11", &["-x", &fix]);
    let found = project.told(&record(&[&fix], vec![row]));
    assert_eq!(found.code, 0, "{}{}", found.stdout, found.stderr);
}

#[test]
fn a_fix_that_was_lost_and_came_back_is_not_there_since_the_first_release_that_had_it() {
    let project = Project::new();
    let fix = project.fix("Bound the window");
    project.on("release-1.4");
    let pick = project.pick("2031-02-03", &["-x", &fix]);
    project.tag("v1.4.1", "2031-02-04", "release-1.4");
    let revert = project.revert("2031-02-05", &pick);
    project.tag("v1.4.2", "2031-02-06", "release-1.4");
    project.revert("2031-02-07", &revert);
    project.tag("v1.4.3", "2031-02-08", "release-1.4");
    let found = project.told(&record(&[&fix], vec![fixed_in("1.4", "1.4.1")]));
    assert_eq!(found.code, 1, "{}{}", found.stdout, found.stderr);
    let expected = "1.4 W-1: `v1.4.1` has the fix, and `v1.4.2`, which is later, lacks it; `v1.4.3` \
                    has it again";
    assert!(found.stdout.contains(expected), "{}", found.stdout);
    let found = project.told(&record(&[&fix], vec![fixed_in("1.4", "1.4.3")]));
    assert_eq!(found.code, 0, "{}{}", found.stdout, found.stderr);
}

#[test]
fn a_courtesy_that_names_a_release_has_one() {
    let project = Project::new();
    let fix = project.fix("Bound the window");
    project.on("release-1.4");
    project.pick("2031-02-03", &["-x", &fix]);
    let row = LineRow { is_courtesy: true, ..fixed_in("1.4", "1.4.1") };
    let found = project.told(&record(&[&fix], vec![row.clone()]));
    assert_eq!(found.code, 1, "{}{}", found.stdout, found.stderr);
    let expected = "1.4 W-1: the record says `1.4.1`, which is not tagged";
    assert!(found.stdout.contains(expected), "{}", found.stdout);
    project.tag("v1.4.1", "2031-02-04", "release-1.4");
    let found = project.told(&record(&[&fix], vec![row]));
    assert_eq!(found.code, 0, "{}{}", found.stdout, found.stderr);
}

#[test]
fn a_line_of_which_nobody_says_whether_it_is_supported_is_not_forgotten() {
    let project = Project::new();
    let hole = project.id("v1.4.0");
    for version in ["1.5", "1.6", "1.7"] {
        project.git(&["branch", &format!("release-{version}"), "main"]);
        project.tag(&format!("v{version}.0"), "2031-01-10", "main");
    }
    let fix = project.fix("Bound the window");
    let mut rows = Vec::new();
    for version in ["1.5", "1.6", "1.7"] {
        project.on(&format!("release-{version}"));
        project.pick("2031-02-03", &["-x", &fix]);
        project.tag(&format!("v{version}.1"), "2031-02-04", "HEAD");
        rows.push(fixed_in(version, &format!("{version}.1")));
    }
    let mut record = record(&[&fix], rows);
    let found = project.told(&record);
    assert_eq!(found.code, 3, "{}{}", found.stdout, found.stderr);
    let expected = "1.4 W-1: nobody says whether it is supported, and nobody looked";
    assert!(found.stdout.contains(expected), "{}", found.stdout);
    let expected = "1.7, 1.6, 1.5 are assumed to be supported";
    assert!(found.stdout.contains(expected), "{}", found.stdout);
    // Where the hole is known to be in it, that is worse.
    record.advisories[0].introduced = vec![hole.clone()];
    let found = project.told(&record);
    assert_eq!(found.code, 1, "{}{}", found.stdout, found.stderr);
    let expected = format!("and commit {} brought the hole in (by ancestry)", &hole[..12]);
    assert!(found.stdout.contains(&expected), "{}", found.stdout);
    // Somebody decides, and a new record names it.
    let ended = LineRow::new(LineId("1.4".to_owned()), LineStatus::Ended);
    record.advisories[0].lines.push(ended);
    let found = project.told(&record);
    assert_eq!(found.code, 0, "{}{}", found.stdout, found.stderr);
    let args = ["disclose", "new", "x", "--dry-run", "--offline", "--as-of", "2031-06-15"];
    let begun = patchline_in(project.repo.path(), &args, &[]);
    assert!(begun.stdout.contains("whether these are supported: 1.4."), "{}", begun.stdout);
}

#[test]
fn whoever_says_that_he_takes_a_fix_back_is_believed_in_any_words() {
    let project = Project::new();
    let fix = project.fix("net: bound the window (#77)");
    let record = record(&[&fix], vec![fixed_in("1.4", "1.4.1")]);
    project.on("release-1.4");
    let pick = project.pick("2031-02-03", &["-x", &fix]);
    project.git(&["branch", "picked"]);
    let mut judged = 0;
    for body in [
        format!("Speed\n\nThis backs out commit {fix}"),
        format!("Speed\n\nThis partially reverts commit {pick}."),
        format!("Speed\n\nReverts: {fix}"),
        format!("Revert {pick}"),
        format!("Speed\n\nThis reverts commit abcdef1234, {pick}."),
        "Speed\n\nReverts widget/widget#77".to_owned(),
    ] {
        project.git(&["checkout", "--quiet", "-B", "release-1.4", "picked"]);
        // Where files have changed otherwise, nothing but the words tells.
        project.put("net.c", &code(&[HOLE, (40, "another"), (21, "    window = max(window, 1)")]));
        project.put("other.c", "other\n");
        let revert = project.commit("2031-02-04", &body);
        project.git(&["tag", "--force", "-a", "-m", "1", "v1.4.1"]);
        let row = project.row(&record, "1.4");
        assert_eq!(row, "1.4: unsaid; reverted on 2031-02-04 !tag-lacks-fix", "{body} {revert}");
        judged += 1;
    }
    assert_eq!(judged, 6);
    // A number of another project, by somebody who changes nothing of the fix.
    project.git(&["checkout", "--quiet", "-B", "release-1.4", "picked"]);
    project.put("vendored.c", "other\n");
    project.commit("2031-02-04", "Update\n\nReverts other/library#77");
    project.git(&["tag", "--delete", "v1.4.1"]);
    assert_eq!(
        project.row(&record, "1.4"),
        "1.4: unsaid; on-branch by trailers on 2031-02-03, 1 since"
    );
}

#[test]
fn a_hole_that_comes_again_after_the_fix_is_open() {
    let project = Project::new();
    let fix = project.fix("Bound the window");
    let hole = project.id("v1.4.0");
    let mut record = record(&[&fix], vec![fixed_in("1.4", "1.4.1")]);
    record.advisories[0].introduced = vec![hole.clone()];
    project.on("release-1.4");
    project.pick("2031-02-03", &["-x", &fix]);
    project.put("net.c", &code(&[(20, "    window = bound(asked)"), (22, "")]));
    project.commit("2031-02-04", "Simplify");
    let with = |text| code(&[(20, text), (22, ""), (24, "faster")]);
    project.put("net.c", &with("    window = asked;"));
    let again =
        project.commit("2031-02-05", &format!("Add windows\n\n(cherry picked from commit {hole})"));
    project.tag("v1.4.1", "2031-02-06", "release-1.4");
    let row = "1.4: present by ancestry; reverted on 2031-02-05 !tag-lacks-fix";
    assert_eq!(project.row(&record, "1.4"), row);
    let found = project.told(&record);
    assert_eq!(found.code, 1, "{}{}", found.stdout, found.stderr);
    let expected = format!("commit {} of 2031-02-05 undid the fix", &again[..12]);
    assert!(found.stdout.contains(&expected), "{}", found.stdout);
    // A second backport closes it.
    project.on("release-1.4").put("net.c", &with(FIXED.1));
    project.commit("2031-02-07", &format!("Bound it\n\nBackport of {fix}"));
    project.tag("v1.4.2", "2031-02-08", "release-1.4");
    record.advisories[0].lines[0].fixed_in = Some("1.4.2".to_owned());
    assert_eq!(
        project.row(&record, "1.4"),
        "1.4: present by ancestry; released in v1.4.2 by trailers on 2031-02-08"
    );
    // Words alone bring nothing.
    project.commit("2031-02-09", &format!("Note\n\n(cherry picked from commit {hole})"));
    project.tag("v1.4.3", "2031-02-10", "release-1.4");
    assert_eq!(
        project.row(&record, "1.4"),
        "1.4: present by ancestry; released in v1.4.2 by trailers on 2031-02-08"
    );
}

#[test]
fn a_commit_of_a_row_answers_for_the_fix_that_it_is_and_for_no_other() {
    let project = Project::new();
    let first = project.fix("Bound the window");
    project.put("door.c", "closed\n");
    let second = project.commit("2031-02-02", "Close the door");
    project.on("release-1.4");
    let pick = project.pick("2031-02-03", &["-x", &first]);
    project.put("other.c", "other\n");
    let own = project.commit("2031-02-04", "Harden");
    project.put("more.c", "more\n");
    let more = project.commit("2031-02-04", "Harden more");
    project.tag("v1.4.1", "2031-02-05", "release-1.4");
    let row = |fix: &[&String]| {
        let fix = fix.iter().map(|name| (*name).clone()).collect();
        let row = LineRow { fix, ..fixed_in("1.4", "1.4.1") };
        project.row(&record(&[&first, &second], vec![row]), "1.4")
    };
    let partly = "1.4: unsaid; partly, 1 of 2 !tag-lacks-fix";
    let released = "1.4: unsaid; released in v1.4.1 by declared on 2031-02-05";
    for (named, expected) in [
        (vec![], partly),
        (vec![&pick], partly),
        (vec![&pick, &pick], partly),
        // One that is a copy of none stands for one.
        (vec![&pick, &own], released),
        (vec![&own, &more], released),
    ] {
        assert_eq!(row(&named), expected, "{named:?}");
    }
    assert!(row(&[&own]).starts_with("1.4: unsaid; partly"), "{}", row(&[&own]));
}

#[test]
fn a_tag_of_tomorrow_releases_nothing_today() {
    let project = Project::new();
    let fix = project.fix("Bound the window");
    project.on("release-1.4");
    project.pick("2031-02-03", &["-x", &fix]);
    // Nobody gives a day: it is today, and this test is older than that tag.
    project.tag("v1.4.1", "2098-01-01", "release-1.4");
    let mut record = record(&[&fix], vec![fixed_in("1.4", "1.4.1")]);
    record.product = "Widget".to_owned();
    record.advisories[0].title = "Windows without bounds".to_owned();
    project.on("main").put("security/2031-03.toml", &patchline::disclose::write(&record));
    for (arguments, code) in [(vec![], 1), (vec!["--as-of", "2098-01-01"], 0)] {
        let arguments = [vec!["disclose", "status"], arguments].concat();
        let found = patchline_in(project.repo.path(), &arguments, &[]);
        assert_eq!(found.code, code, "{arguments:?}: {}{}", found.stdout, found.stderr);
        assert_eq!(found.stdout.contains("no release has it"), code == 1, "{}", found.stdout);
    }
}

/// A line that was cut after the fix has the hole in its history, and never in a release.
#[test]
fn a_line_that_began_after_the_fix_may_be_called_not_affected() {
    let project = Project::new();
    let hole = project.id("v1.4.0");
    let fix = project.fix("Bound the window");
    project.on("release-1.4");
    project.pick("2031-02-03", &["-x", &fix]);
    project.tag("v1.4.1", "2031-02-04", "HEAD");
    project.git(&["branch", "release-1.5", "main"]);
    project.tag("v1.5.0", "2031-02-10", "main");
    let mut clear = LineRow::new(LineId("1.5".to_owned()), LineStatus::NotAffected);
    clear.justification = Some("vulnerable_code_not_present".to_owned());
    let mut record = record(&[&fix], vec![fixed_in("1.4", "1.4.1"), clear]);
    record.advisories[0].introduced = vec![hole];
    let found = project.told(&record);
    assert_eq!(found.code, 0, "{}{}", found.stdout, found.stderr);
    // Not any more, if a later release of it has lost the fix.
    project.on("release-1.5");
    project.revert("2031-02-11", &fix);
    project.tag("v1.5.1", "2031-02-12", "HEAD");
    let found = project.told(&record);
    assert_eq!(found.code, 1, "{}{}", found.stdout, found.stderr);
    assert!(found.stdout.contains("brought the hole in"), "{}", found.stdout);
}
