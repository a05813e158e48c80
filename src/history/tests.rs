//! Episodes of rows of states whose every day is known: the state, whether days may be more, since when
//! nobody can tell, and what a target makes of it.

use std::sync::Arc;

use jiff::{Timestamp, civil::Date};

use super::{Begins, Branch, Catalogue, Context, Lineage, Marks, State, Tagged, summary, tell};
use crate::{
    merge::Known,
    model::{
        AdvisoryClass, CommitId, Ecosystem, LineId, Outcome, Rating, Severity, Standing, Targets,
    },
    severity,
};

/// One subject that is critical, published on a day.
fn catalogue(published: &str) -> Catalogue {
    let mut catalogue = Catalogue::default();
    catalogue.subjects = vec![Known {
        names: vec!["CVE-2031-1".to_owned()],
        ecosystem: Ecosystem::CRATES_IO,
        package: "clock".to_owned(),
        class: AdvisoryClass::Vulnerability,
        title: String::new(),
        url: None,
        severity: Severity {
            decided: severity::of_score("a test", 9.8),
            rule: "the only claim",
            claims: Vec::new(),
        },
        published: Some(day(published)),
        records: Vec::new(),
    }];
    catalogue
}

fn day(text: &str) -> Date {
    format!("2031-{text}").parse().expect("a day")
}

/// `H02-01 c03-05 ?04-01`: it has it, is clear of it, or nobody can tell, from that day on.
fn states(row: &str) -> Vec<(Timestamp, Arc<Marks>)> {
    let state = |word: &str| {
        let (sight, of) = word.split_at(1);
        let has = if sight == "H" { vec![(0, "0.1.0".into())] } else { Vec::new() };
        let marks = Marks { has, is_whole: sight != "?", ..Marks::default() };
        let moment: Timestamp = format!("2031-{of}T12:00:00Z").parse().expect("a moment");
        (moment, Arc::new(marks))
    };
    row.split_whitespace().map(state).collect()
}

/// A branch and releases that are beside it; `~` before the branch: what was before is not at hand.
fn lineage(branch: &str, releases: &str) -> Lineage {
    let later = branch.strip_prefix('~');
    let commit = |number: usize| CommitId(format!("{number:040}"));
    let state =
        |(number, (moment, marks))| State { commit: commit(number), moment: Some(moment), marks };
    let release = |(number, (moment, marks))| Tagged {
        tag: format!("v1.0.{number}"),
        version: format!("1.0.{number}"),
        commit: Some(commit(number)),
        moment: Some(moment),
        committed: Some(moment),
        marks,
        state: None,
    };
    Lineage {
        line: LineId("1.0".to_owned()),
        standing: Standing::Supported,
        until: None,
        branch: Some(Branch {
            states: states(later.unwrap_or(branch)).into_iter().enumerate().map(state).collect(),
            begins: match later {
                Some(_) => Begins::Later("a test".to_owned()),
                None => Begins::Cut,
            },
        }),
        releases: states(releases).into_iter().enumerate().map(release).collect(),
    }
}

#[test]
fn each_row_has_its_state_its_days_and_its_judgment() {
    for (published, branch, releases, expected, outcome) in [
        // Known from end to end.
        ("01-10", "c01-01 H02-01 c02-05", "c01-02 H02-02 c02-06", "released 4 met", "pass"),
        ("01-10", "c01-01 H02-01 c02-25", "c01-02 H02-02 c02-26", "released 24 missed", "pass"),
        ("01-10", "c01-01 H06-01", "c01-02 H06-02", "open 13 missed", "fail"),
        ("01-10", "c01-01 H06-01", "c01-02 H06-12", "open 3 -", "pass"),
        ("01-10", "c01-01 H06-01 c06-12", "c01-02 H06-12", "unreleased 3 -", "pass"),
        // On the branch alone.
        ("01-10", "c01-01 H02-01 c02-05", "c01-02", "never-released - -", "pass"),
        ("01-10", "c01-01 H02-01", "c01-02", "open - -", "pass"),
        // What was before cannot be read, or is not at hand.
        (
            "01-10",
            "?01-01 H02-01 c02-05",
            "?01-02 H02-02 c02-06",
            "released ≥4 unknown",
            "incomplete",
        ),
        ("01-10", "?01-01 H02-01 c02-25", "?01-02 H02-02 c02-26", "released ≥24 missed", "pass"),
        ("02-03", "?01-01 H02-01 c02-05", "?01-02 H02-02 c02-06", "released 3 met", "pass"),
        ("01-10", "?01-01 H02-01 c02-05", "c01-02 H02-02 c02-06", "released 4 met", "pass"),
        ("01-10", "~H06-10", "H06-11", "open ≥4 unknown", "incomplete"),
        ("01-10", "~H06-01", "H06-01", "open ≥14 missed", "fail"),
        // What became of it cannot be read.
        (
            "01-10",
            "c01-01 H02-01 ?02-03",
            "c01-02 H02-02 ?02-04",
            "open ≥2 ?v1.0.2 unknown",
            "incomplete",
        ),
        (
            "01-10",
            "c01-01 H02-01 ?02-20",
            "c01-02 H02-02 ?02-21",
            "open ≥19 ?v1.0.2 missed",
            "fail",
        ),
        (
            "03-01",
            "c01-01 H02-01 ?02-20",
            "c01-02 H02-02 ?02-21",
            "open - ?v1.0.2 unknown",
            "incomplete",
        ),
        ("06-10", "c01-01 H02-01 ?02-20", "c01-02 H02-02", "open 5 -", "incomplete"),
        ("06-10", "?01-01", "H01-02", "open 5 -", "incomplete"),
        // A release beside the branch ends it for users, and the branch is another matter.
        ("01-10", "c01-01 H02-01", "c01-02 H02-02 c02-06", "open 4 met", "pass"),
        ("01-10", "c01-01 H02-01 ?03-01", "c01-02 H02-02 c02-06", "open 4 ?000 met", "incomplete"),
        // A line without releases is its branch.
        ("01-10", "c01-01 H02-01 c02-05", "", "never-released 4 met", "pass"),
        ("01-10", "c01-01 H02-01 ?02-05", "", "open ≥4 ?000 unknown", "incomplete"),
        // Nobody knew.
        ("06-20", "c01-01 H02-01 c02-05", "c01-02 H02-02 c02-06", "released - -", "pass"),
        ("06-20", "c01-01 H02-01", "c01-02 H02-02", "open - -", "pass"),
    ] {
        let context = Context {
            as_of: day("06-15"),
            since: None,
            targets: Targets { days: [(Rating::Critical, 7)].into() },
            coverage: Vec::new(),
            trouble: Vec::new(),
        };
        let history = tell(&[lineage(branch, releases)], &catalogue(published), context);
        let [episode] = history.episodes.as_slice() else { panic!("{branch} | {releases}") };
        let days = episode.days_exposed(history.as_of);
        let least = if episode.is_at_least() && days.is_some() { "≥" } else { "" };
        let days = days.map_or_else(|| "-".to_owned(), |days| days.to_string());
        let since = episode.unknown_since.as_ref();
        let since = since.map(|turn| turn.tag.as_deref().unwrap_or(&turn.commit.0[..3]));
        let since = since.map(|name| format!("?{name} ")).unwrap_or_default();
        let target = summary::judgment(&history, episode).unwrap_or("-");
        let said = format!("{} {least}{days} {since}{target}", episode.stand.as_str());
        assert_eq!(said, expected, "{published} {branch} | {releases}");
        assert_eq!(
            summary::outcome(&history).as_str(),
            outcome,
            "{published} {branch} | {releases}"
        );
        // Good news is never told of what nobody knows.
        let is_doubtful = least == "≥" || episode.is_unknown() && episode.end().is_none();
        assert!(!is_doubtful || target != "met", "{branch} | {releases}");
        assert!(history.is_whole() || summary::outcome(&history) != Outcome::Pass);
    }
}
