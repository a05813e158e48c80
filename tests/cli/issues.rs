//! Living issues and the comment on a pull request, as a GitHub that remembers them sees them.

use patchline::{
    app::Published,
    model::{Coverage, Covered, Outcome, Rating, Report, Scale, SeverityClaim, Standing},
    publish::{Event, Issues, Policy, Publishes, Run},
};

use crate::{
    forge::{Comment, Forge, Issue, LOGIN, refusal},
    telling::{NIGHTLY, change, findings, forge, lines, report, tell, tell_as, troubles},
};

const BOTH_BAD: &str = "RUSTSEC-2031-0001 clock 1.2 unpatched fail
    RUSTSEC-2031-0001 clock 1.1 unpatched fail
    RUSTSEC-2031-0001 clock main patched note";
const ONE_BAD: &str = "RUSTSEC-2031-0001 clock 1.2 patched note
    RUSTSEC-2031-0001 clock 1.1 fixed-unreleased warn
    RUSTSEC-2031-0001 clock main patched note";
const NONE_BAD: &str = "RUSTSEC-2031-0001 clock 1.2 patched note
    RUSTSEC-2031-0001 clock 1.1 patched note
    RUSTSEC-2031-0001 clock main patched note";

fn policy(issues: Issues) -> Policy {
    Policy {
        code_scanning: Publishes::Off,
        issues,
        labels: vec!["security".to_owned()],
        assignees: vec!["octocat".to_owned()],
        ..Policy::default()
    }
}

/// What one night does: the effects, in words, and whatever is said of them.
fn night(forge: &Forge, rows: &str) -> (Vec<String>, String) {
    told(&tell(forge, &report(lines(), rows), &policy(Issues::Vulnerability)))
}

fn told(published: &Published) -> (Vec<String>, String) {
    (published.done.iter().map(|told| told.what.clone()).collect(), troubles(published))
}

fn only(forge: &Forge) -> Issue {
    let state = forge.state();
    let [issue] = &state.issues[..] else { panic!("one issue: {:?}", state.issues) };
    issue.clone()
}

const NOTHING: (Vec<String>, String) = (Vec::new(), String::new());
const TITLE: &str = "RUSTSEC-2031-0001: clock: Title of RUSTSEC-2031-0001";

fn one(verb: &str) -> (Vec<String>, String) {
    let what = if verb == "open an issue" {
        format!("{verb}: {TITLE}")
    } else {
        format!("{verb} issue #1: {TITLE}")
    };
    (vec![what], String::new())
}

#[test]
fn an_issue_lives_as_long_as_there_is_something_to_do() {
    let forge = forge();
    assert_eq!(night(&forge, NONE_BAD), NOTHING, "nothing is worth an issue");
    assert_eq!(night(&forge, BOTH_BAD), one("open an issue"));
    let issue = only(&forge);
    assert_eq!(
        (issue.labels, issue.assignees),
        (vec!["patchline".to_owned(), "security".to_owned()], vec!["octocat".to_owned()])
    );
    assert!(issue.body.contains(r"| 1\.1 | clock | **unpatched** |"), "{}", issue.body);
    assert_eq!(night(&forge, BOTH_BAD), NOTHING, "a second run changes nothing");

    // What people do with it stays.
    {
        let mut state = forge.state();
        state.issues[0].labels = vec!["patchline".to_owned(), "triaged".to_owned()];
        state.issues[0].title = "Clock again".to_owned();
        state.issues[0].body = state.issues[0].body.replace('\n', "\r\n");
    }
    assert_eq!(night(&forge, BOTH_BAD), NOTHING, "GitHub's editor ends lines in its own way");
    let (done, trouble) = night(&forge, ONE_BAD);
    assert_eq!((done, &*trouble), (vec!["update issue #1: Clock again".to_owned()], ""));
    let issue = only(&forge);
    assert!(issue.is_open && issue.body.contains(r"| 1\.2 | clock | patched |"), "{}", issue.body);
    assert_eq!((&*issue.title, &*issue.labels[1]), ("Clock again", "triaged"));

    let (done, trouble) = night(&forge, NONE_BAD);
    assert_eq!(
        (done, &*trouble),
        (vec!["close, as completed, issue #1: Clock again".to_owned()], "")
    );
    let issue = only(&forge);
    assert_eq!((issue.is_open, issue.reason.as_deref()), (false, Some("completed")));
    assert_eq!(night(&forge, NONE_BAD), NOTHING);
    assert_eq!(night(&forge, ""), NOTHING);

    // It falls back on one line.
    let (done, _) = night(&forge, ONE_BAD);
    assert_eq!(done, ["reopen issue #1: Clock again"]);
    let issue = only(&forge);
    assert_eq!((issue.is_open, issue.reason.as_deref()), (true, Some("reopened")));
    assert_eq!(night(&forge, ONE_BAD), NOTHING);

    // And what is not there any more at all is done, too.
    assert_eq!(night(&forge, "").0, ["close, as completed, issue #1: Clock again"]);
    assert_eq!(night(&forge, ""), NOTHING);
}

#[test]
fn whoever_closed_an_issue_has_the_last_word_until_something_falls_back() {
    let forge = forge();
    night(&forge, BOTH_BAD);
    forge.state().issues[0].is_open = false;
    let (done, trouble) = night(&forge, BOTH_BAD);
    assert_eq!(done, Vec::<String>::new());
    assert!(
        trouble.contains(
            "issue #1 stays closed, as somebody closed it: 1.1 is unpatched, 1.2 is unpatched"
        ),
        "{trouble}"
    );
    // The table goes on.
    let (done, trouble) = night(&forge, ONE_BAD);
    assert_eq!(done, [format!("update issue #1: {TITLE}")]);
    assert!(trouble.contains("1.1 is fixed-unreleased") && !only(&forge).is_open, "{trouble}");
    // What was fine in between is bad again: that was not decided.
    assert_eq!(night(&forge, BOTH_BAD), one("reopen"));
}

#[test]
fn only_an_issue_of_ours_is_heard() {
    let forge = forge();
    night(&forge, BOTH_BAD);
    let marked = only(&forge).body;
    forge.state().issues.clear();
    forge.state().open("mallory", "Nothing to see", &marked);
    let (done, trouble) = night(&forge, BOTH_BAD);
    assert_eq!((done.len(), &*trouble), (1, ""));
    assert!(done[0].starts_with("open an issue: "), "{done:?}");
    assert_eq!(forge.state().issues[0].body, marked, "a stranger's issue is left alone");

    // With our label it is ours, whoever opened it; so is what we opened, whoever took the label off.
    for (author, label) in [("mallory", "patchline"), ("mallory", "Patchline"), (LOGIN, "other")] {
        let mut state = forge.state();
        state.issues.clear();
        state.open(author, "Moved", &marked).labels = vec![label.to_owned()];
        drop(state);
        // GitHub compares labels without case.
        if label != "Patchline" {
            assert_eq!(night(&forge, BOTH_BAD), NOTHING, "{author} {label}");
        }
    }
    // A pull request is none, and what cannot be read is told.
    let mut state = forge.state();
    state.issues.clear();
    let change = state.open(LOGIN, "A change", &marked);
    change.is_pull_request = true;
    let broken = marked.replace("{\"", "{{\"");
    state.open(LOGIN, "Mangled", &broken);
    drop(state);
    let (done, trouble) = night(&forge, BOTH_BAD);
    assert_eq!(done.len(), 1);
    assert!(trouble.contains("its hidden marker cannot be read"), "{trouble}");
}

#[test]
fn a_vulnerability_that_gets_another_name_keeps_its_issue() {
    let forge = forge();
    night(&forge, BOTH_BAD);
    let renamed = BOTH_BAD.replace("RUSTSEC-2031-0001", "CVE-2031-7,RUSTSEC-2031-0001");
    let (done, _) = night(&forge, &renamed);
    assert_eq!(done, [format!("update issue #1: {TITLE}")]);
    assert!(only(&forge).body.contains("**CVE-2031-7**"), "{}", only(&forge).body);
    assert_eq!(night(&forge, &renamed), NOTHING);
    // And the old name still leads there, as long as a name is shared.
    let (done, _) = night(&forge, &BOTH_BAD.replace("RUSTSEC-2031-0001", "CVE-2031-7"));
    assert_eq!(done.len(), 1);
    assert_eq!(forge.state().issues.len(), 1);
}

#[test]
fn two_issues_about_one_vulnerability_are_told_and_one_lives() {
    let forge = forge();
    let two = "CVE-2031-7 clock 1.2 unpatched fail\n RUSTSEC-2031-0001 clock 1.2 unpatched fail";
    assert_eq!(night(&forge, two).0.len(), 2);
    // They turn out to be one.
    let joined = "CVE-2031-7,RUSTSEC-2031-0001 clock 1.2 unpatched fail";
    let (done, trouble) = night(&forge, joined);
    assert_eq!(done.len(), 1);
    assert!(trouble.contains("issue #1 is kept up to date, and #2 is about the same"), "{trouble}");
    let state = forge.state();
    assert!(state.issues.iter().all(|issue| issue.is_open), "the other one is not done");
}

fn blind(rows: &str) -> Report {
    let mut blind = report(lines(), rows);
    blind.coverage.push(Coverage {
        source: "rustsec".to_owned(),
        at: None,
        covered: Covered::Failed { because: "it is not here".to_owned() },
    });
    blind.outcome = Outcome::Incomplete;
    blind
}

#[test]
fn a_run_that_was_blind_closes_nothing_and_forgets_nothing() {
    let forge = forge();
    let policy = policy(Issues::Vulnerability);
    night(&forge, ONE_BAD);
    for rows in ["", NONE_BAD, "RUSTSEC-2031-0001 clock 1.1 unknown fail"] {
        tell(&forge, &blind(rows), &policy);
        assert!(only(&forge).is_open, "{rows}");
    }
    // A line that nobody can tell of keeps it open, also where everything was read.
    night(&forge, &NONE_BAD.replace("1.1 patched", "1.1 unknown"));
    assert!(only(&forge).is_open && only(&forge).body.contains(r"| 1\.1 | clock | unknown |"));

    night(&forge, NONE_BAD);
    assert!(!only(&forge).is_open);
    assert_eq!(told(&tell(&forge, &blind(""), &policy)), NOTHING);
    // What was fine before the blind night and is bad after it has fallen back.
    night(&forge, &NONE_BAD.replace("1.1 patched", "1.1 unknown"));
    assert_eq!(night(&forge, ONE_BAD).0.len(), 1);
    assert!(only(&forge).is_open);
}

#[test]
fn a_run_that_is_not_about_all_lines_leaves_issues_alone() {
    let forge = forge();
    let mut part = report(lines(), BOTH_BAD);
    part.part = Some("shard 1/2".to_owned());
    let policy = policy(Issues::Vulnerability);
    let (done, trouble) = told(&tell(&forge, &part, &policy));
    assert_eq!(done, Vec::<String>::new());
    assert!(trouble.contains("this run is not about all lines (shard 1/2)"), "{trouble}");
    let selection = Run { is_selection: true, ..NIGHTLY };
    let published = tell_as(&forge, &report(lines(), BOTH_BAD), &policy, &selection, None, false);
    assert!(troubles(&published).contains("lines were chosen"), "{published:?}");
    let change = Run { event: Event::PullRequest { number: 7, is_fork: false }, ..NIGHTLY };
    tell_as(&forge, &report(lines(), BOTH_BAD), &policy, &change, None, false);
    let rehearsal = tell_as(&forge, &report(lines(), BOTH_BAD), &policy, &NIGHTLY, None, true);
    assert_eq!(told(&rehearsal).0, [format!("would open an issue: {TITLE}")]);
    assert!(forge.state().issues.is_empty());
}

#[test]
fn what_was_silenced_is_closed_as_not_planned_and_noted_things_are_no_issue() {
    let forge = forge();
    night(&forge, BOTH_BAD);
    let silenced = BOTH_BAD.replace("unpatched fail", "suppressed note");
    assert_eq!(night(&forge, &silenced), one("close, as not planned,"));
    assert_eq!(only(&forge).reason.as_deref(), Some("not_planned"));
    // The suppression is over.
    assert_eq!(night(&forge, BOTH_BAD), one("reopen"));
    let forge = self::forge();
    assert_eq!(night(&forge, &BOTH_BAD.replace("fail", "note")), NOTHING);
}

#[test]
fn the_most_severe_come_first_and_the_rest_comes_later() {
    let forge = forge();
    forge.state().per_page = 7;
    let rows: Vec<String> =
        (10..45).map(|n| format!("RUSTSEC-2031-00{n} p{n} 1.2 unpatched fail")).collect();
    let mut many = report(lines(), &rows.join("\n"));
    for (finding, _) in &mut many.findings {
        let is_last = finding.key.package == "p44";
        finding.severity.decided = Some(SeverityClaim {
            by: "rustsec".to_owned(),
            scale: Scale::Word,
            rating: if is_last { Rating::Critical } else { Rating::Low },
            score: None,
            vector: None,
        });
    }
    let policy = policy(Issues::Vulnerability);
    let (done, trouble) = told(&tell(&forge, &many, &policy));
    assert_eq!(done.len(), 30);
    assert!(done[0].contains("p44"), "{done:?}");
    assert!(trouble.contains("5 issues more are worth opening"), "{trouble}");
    // The issues of the first run are found on all their pages.
    assert_eq!(tell(&forge, &many, &policy).done.len(), 5);
    assert_eq!(told(&tell(&forge, &many, &policy)), NOTHING);
    assert_eq!(forge.state().issues.len(), 35);
}

#[test]
fn without_the_list_no_issue_is_opened() {
    let denied = || refusal("403 Forbidden", "", "Resource not accessible by integration");
    for (path, times, answer, because) in [
        ("/issues", 1, denied(), "the token may not read the issues of ferry/boat"),
        ("/issues", 9, refusal("500 Oh", "", "Oh"), "500 Internal Server Error"),
        ("/issues", 1, refusal("404 Not Found", "", "Not Found"), "GitHub shows no such issues"),
    ] {
        let forge = forge();
        forge.fail("GET", path, times, answer);
        let (done, trouble) = night(&forge, BOTH_BAD);
        assert_eq!(done, Vec::<String>::new());
        assert!(trouble.contains(because), "{trouble}");
        assert!(forge.state().issues.is_empty());
    }
    let forge = forge();
    forge.state().has_issues = false;
    let (_, trouble) = night(&forge, BOTH_BAD);
    assert!(trouble.contains("the issues of ferry/boat are not turned on"), "{trouble}");
    // Who we are is not known: what has our label is found, and what lost it may be opened again.
    let forge = self::forge();
    night(&forge, BOTH_BAD);
    forge.fail("POST", "/graphql", 9, refusal("502 Bad Gateway", "", ""));
    assert_eq!(night(&forge, BOTH_BAD), NOTHING);
}

#[test]
fn what_broke_off_in_the_middle_goes_on_the_next_time_and_nothing_comes_twice() {
    let rows: Vec<String> =
        (10..15).map(|n| format!("RUSTSEC-2031-00{n} p{n} 1.2 unpatched fail")).collect();
    let rows = rows.join("\n");
    // An error after the work may have been done is not repeated; a limit is.
    for (answer, opened, because) in [
        (refusal("500 Oh", "", "Oh"), 4, "500 Internal Server Error"),
        (Vec::new(), 4, "failed to open an issue"),
        (refusal("429 Too Many Requests", "Retry-After: 0\r\n", ""), 5, ""),
        (refusal("403 Forbidden", "", "You have exceeded a secondary rate limit"), 5, ""),
        (
            refusal("422 Unprocessable Entity", "", "Validation Failed"),
            4,
            "`labels` and `assignees`",
        ),
        (crate::http::response("200 OK", "", b"[]"), 4, "not that anything was written"),
    ] {
        let forge = forge();
        forge.fail("POST", "/issues", 1, answer);
        let (done, trouble) = night(&forge, &rows);
        assert_eq!((done.len(), forge.state().issues.len()), (opened, opened), "{trouble}");
        assert!(trouble.contains(because), "{trouble}");
        assert_eq!(night(&forge, &rows).0.len(), 5 - opened);
        assert_eq!(forge.state().issues.len(), 5);
    }
    // A redirect makes a question of what was to be written.
    let forge = forge();
    let moved = "Location: /repos/ferry/boat/issues?state=all\r\n";
    forge.fail("POST", "/issues", 1, refusal("301 Moved Permanently", moved, ""));
    let (done, trouble) = night(&forge, BOTH_BAD);
    assert_eq!(done, Vec::<String>::new());
    assert!(trouble.contains("not that anything was written"), "{trouble}");
    // No permission: one is tried, and the others are counted.
    let forge = self::forge();
    forge.state().may.remove("issues");
    let (_, trouble) = night(&forge, &rows);
    assert!(trouble.contains("`permissions: issues: write`"), "{trouble}");
    assert!(trouble.contains("4 more things were not tried in issues"), "{trouble}");
    assert_eq!(forge.writes().len(), 1);
}

#[test]
fn a_line_has_one_issue_with_all_that_is_left_to_do() {
    let forge = forge();
    let policy = policy(Issues::Line);
    let night = |lines, rows: &str| told(&tell(&forge, &report(lines, rows), &policy));
    let two = "RUSTSEC-2031-0001 clock 1.2 unpatched fail
        RUSTSEC-2031-0002 gear 1.2 fixed-unreleased warn
        RUSTSEC-2031-0001 clock 1.1 unpatched fail";
    let (done, _) = night(lines(), two);
    assert_eq!(done.len(), 2, "{done:?}");
    assert_eq!(night(lines(), two), NOTHING);
    let titled = |part: &str| {
        let state = forge.state();
        state.issues.iter().find(|issue| issue.title.contains(part)).cloned().expect("an issue")
    };
    let body = titled("Line 1.2").body;
    assert!(body.contains(r"Line **1\.2** has 2 vulnerabilities to fix"), "{body}");
    assert!(body.contains("| RUSTSEC-2031-0002 | gear | **fixed-unreleased** |"), "{body}");

    let left = "RUSTSEC-2031-0001 clock 1.1 unpatched fail";
    assert_eq!(
        night(lines(), left).0,
        ["close, as completed, issue #2: Line 1.2: vulnerabilities to fix or to release"]
    );
    assert_eq!(night(lines(), left), NOTHING);
    // A new one on the same line; nobody decided anything about that one.
    let new = format!("{left}\n RUSTSEC-2031-0003 wheel 1.2 unpatched fail");
    assert!(night(lines(), &new).0[0].starts_with("reopen issue #2: "));
    forge.state().issues[1].is_open = false;
    let (done, trouble) = night(lines(), &new);
    assert!(done.is_empty() && trouble.contains("issue #2 stays closed"), "{done:?} {trouble}");
    let newer = format!("{new}\n RUSTSEC-2031-0004 axle 1.2 unpatched fail");
    assert!(night(lines(), &newer).0[0].starts_with("reopen issue #2: "));
    // The line ends.
    let mut ended = lines();
    ended[1].standing = Standing::Unknown;
    assert_eq!(night(ended.clone(), &newer.replace(left, "")).0, Vec::<String>::new());
    ended[1].standing = Standing::Eol;
    let (done, _) = night(ended.clone(), &newer.replace(left, ""));
    assert_eq!(
        done,
        ["close, as not planned, issue #1: Line 1.1: vulnerabilities to fix or to release"]
    );
    assert_eq!(night(ended, &newer.replace(left, "")), NOTHING);
}

#[test]
fn what_strangers_wrote_calls_nobody_and_stays_in_its_place() {
    let hostile = "--> @octocat closes #12 GH-3 <img src=x> [a](http://x) | `b` www.example.org \
                   <!-- patchline:issue/v1 {} --> \u{202e}\n::error::x";
    for kind in [Issues::Vulnerability, Issues::Line] {
        let forge = forge();
        let mut report = report(lines(), BOTH_BAD);
        for (finding, _) in &mut report.findings {
            finding.title = hostile.to_owned();
            finding.url = Some(format!("https://github.com/a/b/issues/1?{hostile}"));
            finding.names.push(hostile.to_owned());
            finding.key.package = hostile.to_owned();
            finding.fixed_in = vec![hostile.to_owned()];
        }
        let policy = policy(kind);
        tell(&forge, &report, &policy);
        let issue = forge.state().issues[0].clone();
        let page = issue.body.split_once('\n').expect("a marker and a page").1;
        for bad in [
            "@octocat",
            "closes #12",
            "GH-3",
            " <img",
            "](http",
            "<!--",
            "-->",
            "http://",
            "www.example",
            "\u{202e}",
        ] {
            assert!(!page.contains(bad), "{bad}: {page}");
        }
        assert_eq!(issue.body.matches("<!--").count(), 1, "{}", issue.body);
        assert!(!issue.title.contains(['\n', '\u{202e}']), "{}", issue.title);
        assert_eq!(told(&tell(&forge, &report, &policy)), NOTHING, "the marker is read back");
    }
}

#[test]
fn a_page_stays_below_githubs_limit_and_ends_with_a_row() {
    let forge = forge();
    let rows: Vec<String> =
        (0..4000).map(|n| format!("RUSTSEC-2031-{n:04} package-{n} 1.2 unpatched fail")).collect();
    let many = report(lines(), &rows.join("\n"));
    assert_eq!(tell(&forge, &many, &policy(Issues::Line)).done.len(), 1);
    let body = only(&forge).body;
    assert!(body.chars().count() <= 65_536, "{}", body.chars().count());
    assert!(body.contains(" more rows are not shown.\n"), "{}", &body[body.len() - 500..]);
    assert_eq!(told(&tell(&forge, &many, &policy(Issues::Line))), NOTHING);
}

#[test]
fn a_pull_request_has_one_comment_that_is_kept_up_to_date() {
    const RUN: Run = Run { event: Event::PullRequest { number: 7, is_fork: false }, ..NIGHTLY };
    let forge = forge();
    let policy = Policy::default();
    // Others may write what they want, and so may we about something else.
    let marked = "<!-- patchline:comment/v1 -->\nAll is well.\n";
    for (author, body) in [("mallory", marked), (LOGIN, "Something else.")] {
        let mut state = forge.state();
        let id = 100 + state.comments.len() as u64;
        state.comments.push(Comment {
            id,
            number: 7,
            author: author.to_owned(),
            body: body.to_owned(),
        });
    }
    let say = |report: &Report, comment: Option<&str>| {
        told(&tell_as(&forge, report, &policy, &RUN, comment, false))
    };
    let ours =
        || forge.state().comments.iter().skip(2).map(|it| it.body.clone()).collect::<Vec<_>>();
    assert_eq!(say(&change(""), None), NOTHING, "nobody is told that all is well");
    assert_eq!(say(&change(""), Some("It brings a flaw.")).0, ["comment on pull request #7"]);
    assert_eq!(say(&change(""), Some("It brings a flaw.")), NOTHING);
    assert_eq!(
        say(&change(""), Some("It brings two.")).0,
        ["update the comment on pull request #7"]
    );
    assert_eq!(ours(), ["<!-- patchline:comment/v1 -->\nIt brings two.\n"]);
    let mut blind = blind("");
    blind.proposal = change("").proposal;
    assert_eq!(say(&blind, None), NOTHING, "what was not looked at is not gone");
    assert_eq!(say(&change(""), None).0, ["update the comment on pull request #7"]);
    assert!(ours()[0].contains("is gone"), "{:?}", ours());
    assert_eq!(say(&change(""), None), NOTHING);
    assert_eq!(say(&change(""), Some("Again.")).0, ["update the comment on pull request #7"]);
    assert_eq!(forge.state().comments.len(), 3);

    let long = "a row of it\n".repeat(9000);
    say(&change(""), Some(&long));
    assert!(ours()[0].chars().count() < 65_536 && ours()[0].ends_with("in the job summary.\n"));
}

#[test]
fn a_comment_that_cannot_be_written_is_told_with_the_remedy() {
    let run = |is_fork| Run { event: Event::PullRequest { number: 7, is_fork }, ..NIGHTLY };
    let required = Policy { comment: Publishes::Required, ..Policy::default() };
    let off = Policy { comment: Publishes::Off, ..Policy::default() };
    for (policy, is_fork, is_broken, because) in [
        (&Policy::default(), false, false, "`permissions: pull-requests: write`"),
        (&required, false, true, "`permissions: pull-requests: write`"),
        (&required, true, false, "it comes from a fork"),
        (&off, false, false, ""),
    ] {
        let forge = forge();
        forge.state().may.clear();
        let published = tell_as(&forge, &change(""), policy, &run(is_fork), Some("A flaw."), false);
        let trouble = troubles(&published);
        assert!(trouble.contains(because) && trouble.is_empty() == because.is_empty(), "{trouble}");
        assert_eq!(published.is_broken, is_broken, "{trouble}");
        assert!(forge.state().comments.is_empty());
    }
    // Without knowing who we are, nothing can be found again.
    let forge = forge();
    forge.fail("POST", "/graphql", 9, refusal("502 Bad Gateway", "", ""));
    let published = tell_as(&forge, &change(""), &required, &run(false), Some("A flaw."), false);
    assert!(published.is_broken && forge.state().comments.is_empty(), "{published:?}");
}

#[test]
fn findings_are_made_as_they_are_written() {
    let made = findings("CVE-1,GHSA-2 clock 1.2 unpatched fail");
    assert_eq!(made[0].0.names, ["CVE-1", "GHSA-2"]);
}
