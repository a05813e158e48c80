//! The line that a change would go into, with the change in the place of its head.

use crate::model::{
    CommitId, Declaration, DeclaredBy, Head, LineId, LineKind, ReleaseLine, Standing, Support,
};

/// Puts a commit in the place of a branch's newest one, and gives the line that this is. A branch
/// that nobody promises to support is looked at all the same: the change goes there.
pub fn propose(support: &mut Support, branch: &str, head: &CommitId) -> LineId {
    let says = "the change at hand goes there";
    let asked = Declaration::new(DeclaredBy::CommandLine, Standing::Supported, says);
    let is_there = |line: &ReleaseLine| line.branch_name() == Some(branch);
    if !support.lines.iter().any(is_there) {
        let id = LineId(branch.to_owned());
        let mut line = ReleaseLine::new(id, LineKind::Ref, vec![asked.clone()]);
        let reference = format!("refs/heads/{branch}");
        line.head = Some(Head { reference, commit: None, date: None });
        support.lines.push(line);
    }
    let mut id = LineId(branch.to_owned());
    for line in support.lines.iter_mut().filter(|line| is_there(line)).take(1) {
        if line.standing != Standing::Supported {
            line.standing = Standing::Supported;
            line.because.insert(0, asked.clone());
        }
        if let Some(known) = &mut line.head {
            known.commit = Some(head.clone());
            known.date = None;
        }
        id = line.id.clone();
    }
    id
}

/// Keeps every `of`-th supported line, from the `number`-th on, both counted from 1: what a share of
/// the work is, whoever does it. Lines that are not scanned stay, and so does the one that a change
/// goes into: no share may pass it without a look.
pub fn share(support: &mut Support, number: usize, of: usize, into: Option<&LineId>) {
    let mut count = 0;
    support.lines.retain(|line| {
        if !line.is_scanned() || into == Some(&line.id) {
            return true;
        }
        count += 1;
        (count - 1) % of == number - 1
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    fn support() -> Support {
        let line = |id: &str, branch: &str, standing| {
            let declared = Declaration::new(DeclaredBy::Table, standing, "a table");
            let mut line =
                ReleaseLine::new(LineId(id.to_owned()), LineKind::Release, vec![declared]);
            let reference = format!("refs/remotes/origin/{branch}");
            let commit = Some(CommitId("a".repeat(40)));
            line.head = Some(Head { reference, commit, date: None });
            line
        };
        let lines = vec![
            line("1.3", "release-1.3", Standing::Supported),
            line("1.2", "release-1.2", Standing::Supported),
            line("1.1", "release-1.1", Standing::Eol),
            line("main", "main", Standing::Supported),
        ];
        Support { lines, ..Support::default() }
    }

    #[test]
    fn a_change_stands_where_it_goes() {
        let head = CommitId("b".repeat(40));
        for (branch, id, count) in
            [("release-1.2", "1.2", 4), ("release-1.1", "1.1", 4), ("feature", "feature", 5)]
        {
            let mut support = support();
            assert_eq!(propose(&mut support, branch, &head).0, id);
            assert_eq!(support.lines.len(), count, "{branch}");
            let line = support.lines.iter().find(|line| line.id.0 == id).expect("the line");
            assert!(line.is_scanned(), "{branch}");
            assert_eq!(line.head.as_ref().and_then(|h| h.commit.as_ref()), Some(&head));
        }
    }

    #[test]
    fn shares_are_all_of_it_and_none_twice() {
        for of in 1..5 {
            let mut ids: Vec<String> = Vec::new();
            for number in 1..=of {
                let mut support = support();
                share(&mut support, number, of, None);
                assert!(support.lines.iter().any(|line| line.standing == Standing::Eol));
                let scanned = support.lines.iter().filter(|line| line.is_scanned());
                ids.extend(scanned.map(|line| line.id.0.clone()));
            }
            ids.sort();
            assert_eq!(ids, ["1.2", "1.3", "main"], "{of}");
        }
    }

    #[test]
    fn every_share_has_the_line_that_a_change_goes_into() {
        for number in 1..=4 {
            let mut support = support();
            share(&mut support, number, 4, Some(&LineId("1.2".to_owned())));
            assert!(support.lines.iter().any(|line| line.id.0 == "1.2"), "{number}");
        }
    }
}
