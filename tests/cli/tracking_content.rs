//! Fixes that history has and the files have not: merges that left them out, and commits that took
//! them back without a word. Git is asked which commits a file comes from.

use std::collections::{BTreeMap, BTreeSet};

use patchline::{
    disclose::{
        record::LineRow,
        track::{Content, Fix, Node, Touched, needs},
    },
    edge::git::Git,
    model::CommitId,
};

use crate::{
    tracking::{FIXED, HOLE, Project, code, fixed_in, line, record, run, said},
    world::{git, import},
};

impl Project {
    /// Merges a branch into `release-1.4` as a strategy has it.
    fn merge(&self, day: &str, what: &str, strategy: &[&str]) -> String {
        self.on("release-1.4");
        let mut args = vec!["merge", "--quiet", "--no-ff", "-m", "Merge"];
        args.extend(strategy);
        args.push(what);
        self.repo.git_on(day, &args);
        self.id("HEAD")
    }

    /// The commits that a file of the branch comes from, as git sees it.
    fn past_of(&self, path: &str) -> Vec<String> {
        let found = self.git(&["log", "--format=%H", "release-1.4", "--", path]);
        found.lines().map(str::to_owned).collect()
    }

    /// A row on the branch, so that it is not the same as at the release.
    fn differ(&self) {
        self.on("release-1.4").put("net.c", &code(&[HOLE, (50, "of this line")]));
        self.commit("2031-01-15", "Go on here");
    }
}

#[test]
fn a_merge_that_leaves_out_the_fix_does_not_bring_it() {
    let project = Project::new();
    project.differ();
    let fix = project.fix("Bound the window");
    let record = record(&[&fix], vec![fixed_in("1.4", "1.4.1")]);
    for strategy in [&["-s", "ours"][..], &["-X", "ours"]] {
        project.git(&["branch", "--force", "before", "release-1.4"]);
        if strategy[0] == "-X" {
            // Both sides change the same rows.
            project.on("release-1.4").put("net.c", &code(&[(20, "    window = asked * 2")]));
            project.commit("2031-01-16", "Widen");
        }
        let merge = project.merge("2031-02-03", "main", strategy);
        assert!(!project.past_of("net.c").contains(&fix), "{strategy:?}");
        let row = project.row(&record, "1.4");
        assert_eq!(row, "1.4: unsaid; undone, of 2031-02-01", "{strategy:?}");
        let said = said(&needs(&record, &project.tracked(&record)));
        let expected = format!(
            "missing 1.4: commit {} is in the history of `release-1.4`, and merge {} left out what it \
             changes",
            &fix[..12],
            &merge[..12]
        );
        assert_eq!(said, [expected], "{strategy:?}");
        // What comes later has no more of it, and is released without it.
        project.put("other.c", "other\n");
        project.commit("2031-02-04", "Another");
        project.tag("v1.4.1", "2031-02-05", "release-1.4");
        let row = project.row(&record, "1.4");
        assert_eq!(row, "1.4: unsaid; undone, of 2031-02-01 !tag-lacks-fix", "{strategy:?}");
        project.git(&["tag", "-d", "v1.4.1"]);
        // A copy of it mends the line all the same.
        project.put("net.c", &code(&[FIXED]));
        let copy = project.commit("2031-02-06", &format!("Bound\n\nBackport of {fix}"));
        assert!(project.past_of("net.c").contains(&copy));
        let row = project.row(&record, "1.4");
        assert!(row.starts_with("1.4: unsaid; on-branch by "), "{row}");
        project.on("main").git(&["branch", "--force", "release-1.4", "before"]);
    }
}

#[test]
fn a_merge_that_takes_the_fix_brings_it() {
    let project = Project::new();
    project.differ();
    project.git(&["branch", "topic", "release-1.4"]);
    let fix = project.fix("Bound the window");
    let record = record(&[&fix], vec![line("1.4")]);
    project.merge("2031-02-03", "main", &[]);
    assert!(project.past_of("net.c").contains(&fix));
    let expected = "1.4: unsaid; on-branch by ancestry on 2031-02-01, ";
    assert!(project.row(&record, "1.4").starts_with(expected), "{}", project.row(&record, "1.4"));
    // Branches that began before it, and are merged after it, take nothing away.
    project.on("topic").put("other.c", "other\n");
    project.commit("2031-02-02", "Topic");
    project.merge("2031-02-04", "topic", &[]);
    project.on("topic").put("net.c", &code(&[HOLE, (50, "of this line"), (5, "of the topic")]));
    project.commit("2031-02-05", "Topic again");
    project.merge("2031-02-06", "topic", &[]);
    assert!(project.past_of("net.c").contains(&fix));
    assert!(project.row(&record, "1.4").starts_with(expected), "{}", project.row(&record, "1.4"));
    // One that takes the file of the topic does.
    project.on("topic").put("net.c", &code(&[HOLE, (7, "of the topic")]));
    project.commit("2031-02-07", "Topic for the last time");
    let merge = project.merge("2031-02-08", "topic", &["-X", "theirs"]);
    project.git(&["checkout", "topic", "--", "net.c"]);
    project.repo.git_on("2031-02-08", &["commit", "--quiet", "--amend", "--no-edit"]);
    assert_ne!(project.id("HEAD"), merge);
    assert!(!project.past_of("net.c").contains(&fix));
    assert_eq!(project.row(&record, "1.4"), "1.4: unsaid; undone, of 2031-02-01");
}

#[test]
fn a_fix_whose_files_are_as_before_is_undone() {
    let project = Project::new();
    let fix = project.fix("Bound the window");
    project.on("release-1.4");
    project.pick("2031-02-03", &["-x", &fix]);
    project.tag("v1.4.1", "2031-02-04", "release-1.4");
    // Not the opposite change, as it does more.
    project.put("net.c", &code(&[HOLE]));
    project.put("other.c", "fast\n");
    let hidden = project.commit("2031-02-05", "Speed up");
    let record = record(&[&fix], vec![fixed_in("1.4", "1.4.1")]);
    assert_eq!(
        project.row(&record, "1.4"),
        "1.4: unsaid; released in v1.4.1 by trailers on 2031-02-04 !branch-lacks-fix"
    );
    project.tag("v1.4.2", "2031-02-06", "release-1.4");
    assert_eq!(project.row(&record, "1.4"), "1.4: unsaid; undone, of 2031-02-03 !fix-lost");
    project.put("security/2031-03.toml", &patchline::disclose::write(&record));
    let found = run(&project, &["--format", "json"]).json();
    assert_eq!(found["cells"][0]["fix"]["state"], "undone");
    assert_eq!(found["cells"][0]["fix"]["method"], "content");
    project.git(&["clean", "--quiet", "--force", "-d"]);
    let tracked = project.tracked(&record);
    let Fix::Undone { loss, .. } = &tracked.cells[0].fix else { panic!("{:?}", tracked.cells[0]) };
    assert_eq!(loss.because(), "its files are again as they were before it");
    // Who mended the line otherwise can say so.
    let named = LineRow { fix: vec![hidden], ..fixed_in("1.4", "1.4.1") };
    let named = crate::tracking::record(&[&fix], vec![named]);
    assert_eq!(
        project.row(&named, "1.4"),
        "1.4: unsaid; released in v1.4.1 by trailers on 2031-02-04"
    );
    // And what brings it back is a fix again.
    project.put("net.c", &code(&[FIXED]));
    project.commit("2031-02-07", "Slow down");
    project.tag("v1.4.3", "2031-02-08", "release-1.4");
    assert_eq!(
        project.row(&record, "1.4"),
        "1.4: unsaid; released in v1.4.3 by trailers on 2031-02-08 !fix-lost"
    );
}

#[test]
fn a_fix_whose_lines_are_as_before_is_not_known_to_be_there() {
    let project = Project::new();
    let fix = project.fix("Bound the window");
    project.on("release-1.4");
    project.pick("2031-02-03", &["-x", &fix]);
    let record = record(&[&fix], vec![line("1.4")]);
    let found = "1.4: unsaid; on-branch by trailers on 2031-02-03, 1 since";
    for (text, expected) in [
        (code(&[HOLE, (50, "more")]), "1.4: unsaid; unknown"),
        (code(&[FIXED, (50, "more")]), found),
        // Rewritten, and not as it was.
        (code(&[(20, "    window = bound(asked)"), (50, "more")]), found),
        // The new line is kept beside the old one.
        (code(&[HOLE, (21, FIXED.1)]), found),
    ] {
        project.put("net.c", &text);
        project.commit("2031-02-05", "Go on");
        assert_eq!(project.row(&record, "1.4"), expected, "{text}");
        project.git(&["reset", "--quiet", "--hard", "HEAD^"]);
    }
}

#[test]
fn code_that_moves_on_keeps_the_fix() {
    let project = Project::new();
    project.on("main").put("guard.c", "bound, and no more than that\n");
    let fix = project.fix("Bound the window");
    project.on("release-1.4");
    project.pick("2031-02-03", &["-x", &fix]);
    let record = record(&[&fix], vec![line("1.4")]);
    let expected =
        |since: usize| format!("1.4: unsaid; on-branch by trailers on 2031-02-03, {since} since");
    project.git(&["rm", "--quiet", "guard.c"]);
    project.put("src/guard.c", "bound, and no more than that\n");
    project.commit("2031-02-04", "Move one file");
    assert_eq!(project.row(&record, "1.4"), expected(1));
    project.git(&["rm", "--quiet", "net.c"]);
    project.put("src/net.c", &code(&[FIXED]));
    project.commit("2031-02-05", "Move the other");
    assert_eq!(project.row(&record, "1.4"), expected(2));
    // What only adds a file may be anywhere when that file is gone.
    project.on("main").put("gate.c", "closed\n");
    let only = project.commit("2031-02-06", "Add a gate");
    project.git(&["rm", "--quiet", "gate.c"]);
    project.put("main.c", "main with a gate\n");
    project.commit("2031-02-07", "Build the gate in");
    let record = crate::tracking::record(&[&only], vec![line("1.4")]);
    let row = project.row(&record, "main");
    assert_eq!(row, "main: unsaid; on-branch by ancestry on 2031-02-06, 1 since");
}

/// Commits on a few branches that each write the file anew, and merges that take one side's file or
/// write it anew, as `git fast-import` reads them.
fn history(seed: u64) -> String {
    let mut state = seed;
    let mut below = |end: usize| {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).expect("31 bits") % end
    };
    let mut stream = String::new();
    // What the file is at each commit.
    let mut files: Vec<usize> = Vec::new();
    for number in 0..45_usize {
        let recent = |choice: usize| number - 1 - choice.min(number - 1);
        let parents: Vec<usize> = match number {
            0 => Vec::new(),
            _ if number > 2 && below(3) == 0 => {
                let (one, other) = (recent(below(5)), recent(below(5)));
                if one == other { vec![one] } else { vec![one, other] }
            }
            _ => vec![recent(below(4))],
        };
        let file = match parents[..] {
            [one, other] => [files[one], files[other], number][below(3)],
            [one] if below(4) == 0 => files[one],
            _ => number,
        };
        files.push(file);
        let day = 1_900_000_000 + number * 86_400;
        stream.push_str(&format!(
            "commit refs/heads/b{number}\nmark :{}\ncommitter A <a@example.org> {day} +0000\ndata 0\n",
            number + 1
        ));
        for (place, parent) in parents.iter().enumerate() {
            let word = if place == 0 { "from" } else { "merge" };
            stream.push_str(&format!("{word} :{}\n", parent + 1));
        }
        let text = format!("this is what was written by {file}\n");
        stream.push_str(&format!("M 100644 inline net.c\ndata {}\n{text}\n", text.len()));
    }
    stream
}

#[test]
fn what_merges_left_out_is_what_git_leaves_out_of_the_past_of_a_file() {
    let (mut left_out, mut kept, mut restored) = (0, 0, 0);
    for seed in 0..12 {
        let folder = tempfile::TempDir::new().expect("a folder");
        git(folder.path(), &["init", "--quiet", "--bare"]);
        import(folder.path(), &history(seed));
        let repository = Git::open(folder.path()).expect("a repository");
        let tips = git(folder.path(), &["for-each-ref", "--format=%(objectname)"]);
        let tips: Vec<CommitId> = tips.lines().map(|id| CommitId(id.to_owned())).collect();
        let facts = repository.changes(&BTreeSet::new(), &tips);
        let graph = &facts.graph;
        let nodes: Vec<Node> = tips.iter().map(|tip| graph.node(tip).expect("a commit")).collect();
        let reach = graph.reach(&nodes);
        let later = |node: &Node| nodes.iter().copied().filter(|t| reach.has(*t, *node)).collect();
        let wanted: BTreeMap<Node, Vec<Node>> = nodes.iter().map(|n| (*n, later(n))).collect();
        let contents = repository.contents(graph, &wanted);
        let touched = repository.touched(graph, &nodes.iter().copied().collect());
        for tip in &nodes {
            let id = graph.id(*tip).0;
            let past = git(folder.path(), &["log", "--format=%H", &id, "--", "net.c"]);
            for node in nodes.iter().filter(|node| reach.has(*tip, **node)) {
                let Touched::Known(touch) = &touched[node] else { panic!("it can be read") };
                // Merges write what neither side has, or take a side's, which is no change of theirs.
                if touch.changed.is_empty() || graph.commit(*node).parents.len() > 1 {
                    continue;
                }
                let is_in_past = past.lines().any(|commit| commit == graph.id(*node).0);
                let content = contents.get(&(*node, *tip));
                match content {
                    Some(Content::LeftOut(_)) => left_out += 1,
                    Some(Content::Restored) => restored += 1,
                    _ => kept += 1,
                }
                let is_gone = matches!(content, Some(Content::LeftOut(_) | Content::Restored));
                assert_eq!(is_gone, !is_in_past, "{seed}: {content:?} at {id}");
            }
        }
    }
    assert!(left_out > 100 && kept > 1000 && restored > 0, "{left_out} {kept} {restored}");
}
