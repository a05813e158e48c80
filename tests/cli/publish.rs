//! Code scanning, as a GitHub that remembers it sees it.

use patchline::{
    app::Published,
    model::{Coverage, Covered, LineId, Place, Standing, Tip},
    publish::{Event, Policy, Publishes, Run},
};

use crate::{
    forge::refusal,
    telling::{
        NIGHTLY, change, commit, findings, forge, line, lines, report, tell, tell_as, troubles,
    },
};

fn uploads() -> Policy {
    Policy::default()
}

const TWO: &str = "RUSTSEC-2031-0001 clock 1.2 unpatched fail
    RUSTSEC-2031-0001 clock 1.1 unpatched fail
    RUSTSEC-2031-0001 clock main patched note";

#[test]
fn each_line_is_uploaded_for_its_branch_and_a_clean_one_as_an_empty_run() {
    let forge = forge();
    let published = tell(&forge, &report(lines(), TWO), &uploads());
    assert_eq!(troubles(&published), "");
    assert_eq!(published.sarif_ids.len(), 3);
    let uploaded: Vec<String> = forge
        .state()
        .analyses
        .iter()
        .map(|a| format!("{} {} {} {}", a.reference, &a.commit[..2], a.category, a.results.len()))
        .collect();
    assert_eq!(
        uploaded,
        [
            "refs/heads/release-1.2 bb patchline/1.2 1",
            "refs/heads/release-1.1 aa patchline/1.1 1",
            "refs/heads/main cc patchline/main 0",
        ]
    );
    assert_eq!(forge.open_alerts().len(), 2);

    // A night later nothing has changed, and so nothing changes.
    let before = forge.open_alerts();
    assert_eq!(troubles(&tell(&forge, &report(lines(), TWO), &uploads())), "");
    assert_eq!(forge.open_alerts(), before);

    // And what is fixed is closed.
    let fixed = "RUSTSEC-2031-0001 clock 1.2 unpatched fail";
    assert_eq!(troubles(&tell(&forge, &report(lines(), fixed), &uploads())), "");
    let [open] = &forge.open_alerts()[..] else { panic!("one alert") };
    assert!(open.starts_with("refs/heads/release-1.2 "), "{open}");
}

#[test]
fn a_rehearsal_tells_everything_and_writes_nothing() {
    let forge = forge();
    let published = tell_as(&forge, &report(lines(), TWO), &uploads(), &NIGHTLY, None, true);
    let what: Vec<&str> = published.done.iter().map(|told| &*told.what).collect();
    let [first, _, last] = what[..] else { panic!("three uploads: {what:?}") };
    let start = "would upload the results of line 1.2 for refs/heads/release-1.2 at bbbbbbbbbbbb (1 result, ";
    assert!(first.starts_with(start), "{first}");
    assert!(last.contains("line main for refs/heads/main at cccccccccccc (0 results, "), "{last}");
    assert_eq!(forge.writes(), Vec::<String>::new());
}

#[test]
fn a_line_that_was_not_read_whole_keeps_its_alerts() {
    let forge = forge();
    tell(&forge, &report(lines(), TWO), &uploads());
    let before = forge.open_alerts();
    let gap = |source: &str, at| Coverage {
        source: source.to_owned(),
        at,
        covered: Covered::Failed { because: "it is not here".to_owned() },
    };
    let place = Place { line: LineId("1.1".to_owned()), tip: Tip::Head };
    for (coverage, uploaded) in [
        (gap("lockfiles", Some(place)), 2),
        (gap("rustsec", None), 0),
        (gap("dependabot", None), 0),
        (gap("kev", None), 3),
    ] {
        let mut blind = report(lines(), "RUSTSEC-2031-0001 clock 1.2 unpatched fail");
        blind.findings.extend(findings("RUSTSEC-2031-0001 clock 1.1 unpatched fail"));
        blind.coverage.push(coverage.clone());
        if uploaded < 3 {
            blind.findings.truncate(1);
        }
        let published = tell(&forge, &blind, &uploads());
        assert_eq!(published.sarif_ids.len(), uploaded, "{coverage:?}");
        assert_eq!(forge.open_alerts(), before, "{coverage:?}");
        let is_told = troubles(&published).contains("would close alerts that still hold");
        assert_eq!(is_told, uploaded < 3, "{}", troubles(&published));
    }
}

#[test]
fn a_line_that_has_ended_gets_one_last_empty_run() {
    let forge = forge();
    tell(&forge, &report(lines(), TWO), &uploads());
    forge.writes();
    let ended = |standing| {
        let mut lines = lines();
        lines[1].standing = standing;
        report(lines, "RUSTSEC-2031-0001 clock 1.2 unpatched fail")
    };
    // Whether it has ended is not known.
    let published = tell(&forge, &ended(Standing::Unknown), &uploads());
    assert!(troubles(&published).contains("nothing says that it has ended"), "{published:?}");
    assert_eq!((published.sarif_ids.len(), forge.open_alerts().len()), (2, 2));
    // Nor is it in a run over chosen lines, or over a part of them, or that could not hear everything.
    let mut part = ended(Standing::Eol);
    part.part = Some("shard 1/2".to_owned());
    let selection = Run { is_selection: true, ..NIGHTLY };
    let mut deaf = ended(Standing::Eol);
    deaf.coverage.push(Coverage {
        source: "support".to_owned(),
        at: None,
        covered: Covered::Failed { because: "nobody answers".to_owned() },
    });
    for (report, run) in [(&part, &NIGHTLY), (&ended(Standing::Eol), &selection), (&deaf, &NIGHTLY)]
    {
        let published = tell_as(&forge, report, &uploads(), run, None, false);
        assert_eq!((published.sarif_ids.len(), forge.open_alerts().len()), (2, 2));
    }

    let published = tell(&forge, &ended(Standing::Eol), &uploads());
    assert_eq!(troubles(&published), "");
    let last = &published.done.last().expect("an upload").what;
    let expected = "upload an empty run for `patchline/1.1` for refs/heads/release-1.1 at aaaaaaaaaaaa (0 results, ";
    assert!(last.starts_with(expected), "{last}");
    assert_eq!(forge.open_alerts().len(), 1);
    // Once.
    let published = tell(&forge, &ended(Standing::Eol), &uploads());
    assert_eq!(published.done.len(), 2);
}

#[test]
fn analyses_of_a_branch_that_is_gone_are_deleted_to_the_last() {
    let forge = forge();
    for _ in 0..3 {
        tell(&forge, &report(lines(), TWO), &uploads());
    }
    forge.state().refs.remove("refs/heads/release-1.1");
    // A branch whose name only begins alike is another one.
    forge.state().refs.insert("refs/heads/release-1.10".to_owned(), commit('d').0);
    let mut left = lines();
    left.remove(1);
    let report = report(left, "RUSTSEC-2031-0001 clock 1.2 unpatched fail");
    forge.writes();
    let published = tell(&forge, &report, &uploads());
    assert_eq!(troubles(&published), "");
    let last = &published.done.last().expect("a deletion").what;
    assert_eq!(
        last,
        "delete the analyses `patchline/1.1` of refs/heads/release-1.1, which is gone"
    );
    let deletions = forge.writes().iter().filter(|it| it.starts_with("DELETE")).count();
    assert_eq!((deletions, forge.open_alerts().len()), (3, 1));
    assert!(forge.state().analyses.iter().all(|a| a.category != "patchline/1.1"));
    assert_eq!(tell(&forge, &report, &uploads()).done.len(), 2);
}

#[test]
fn what_is_refused_is_explained_with_the_remedy_and_breaks_only_what_requires_it() {
    let required = Policy { code_scanning: Publishes::Required, ..Policy::default() };
    let permission = "`permissions: security-events: write`";
    let integration = "Resource not accessible by integration";
    for (status, message, because, hint) in [
        ("403 Forbidden", integration, "the token may not", permission),
        (
            "403 Forbidden",
            "Advanced Security must be enabled for this repository to use code scanning.",
            "ferry/boat has no code scanning",
            "code-scanning = \"off\"",
        ),
        (
            "403 Forbidden",
            "Repository was archived so is read-only.",
            "an archived repository has no code scanning",
            "code-scanning = \"off\"",
        ),
        ("401 Unauthorized", "Bad credentials", "does not take the token", "expired"),
        ("404 Not Found", "Not Found", "or the token may not write the code scanning", permission),
    ] {
        for (policy, is_broken) in [(&uploads(), false), (&required, true)] {
            let forge = forge();
            forge.state().no_code_scanning = Some((status, message));
            let published = tell(&forge, &report(lines(), TWO), policy);
            let told = troubles(&published);
            assert!(told.contains(because) && told.contains(hint), "{told}");
            assert_eq!((published.is_broken, published.done.len()), (is_broken, 0), "{told}");
            // What would be refused for the same reason is not tried.
            let tried = if status.starts_with("404") { 4 } else { 1 };
            assert_eq!(forge.writes().len(), tried, "{told}");
        }
    }
}

#[test]
fn one_upload_that_fails_stops_no_other() {
    let later = "Retry-After: 0\r\n";
    for (status, headers, times, uploaded, because) in [
        ("500 Oh", "", 3, 2, "500 Internal Server Error"),
        ("503 Later", later, 1, 3, ""),
        ("429 Too Many Requests", later, 2, 3, ""),
        ("413 Payload Too Large", "", 1, 2, "too large for GitHub"),
        ("400 Bad Request", "", 1, 2, "does not take the file"),
    ] {
        let forge = forge();
        forge.fail("POST", "/sarifs", times, refusal(status, headers, "Oh"));
        let published = tell(&forge, &report(lines(), TWO), &uploads());
        assert_eq!(published.sarif_ids.len(), uploaded, "{status}: {}", troubles(&published));
        assert!(troubles(&published).contains(because), "{}", troubles(&published));
    }
    // A connection that breaks, and an answer that is none.
    for answer in [Vec::new(), b"HTTP/1.1 202 Accepted\r\nContent-Length: 99\r\n\r\n{".to_vec()] {
        let forge = forge();
        forge.fail("POST", "/sarifs", 1, answer);
        let published = tell(&forge, &report(lines(), TWO), &uploads());
        assert_eq!((published.sarif_ids.len(), &*troubles(&published)), (3, ""));
    }
    // Too often, for longer than anybody waits: then nothing else is tried.
    let forge = forge();
    let far = "Retry-After: 3600\r\n";
    forge.fail("POST", "/sarifs", 1, refusal("429 Too Many Requests", far, "slow down"));
    let published = tell(&forge, &report(lines(), TWO), &uploads());
    assert!(troubles(&published).contains("asks to wait 3600 seconds"), "{published:?}");
    assert_eq!(forge.writes().len(), 1);
    assert!(troubles(&published).contains("2 more things were not tried in code scanning"));
}

#[test]
fn an_upload_for_what_github_does_not_have_is_explained() {
    let forge = forge();
    forge.state().commits.remove(&commit('b').0);
    forge.state().refs.remove("refs/heads/release-1.1");
    let published = tell(&forge, &report(lines(), TWO), &uploads());
    let told = troubles(&published);
    assert!(told.contains("ferry/boat has no commit bbbbbbbbbbbb: commit not found"), "{told}");
    assert!(told.contains("ferry/boat has no refs/heads/release-1.1: ref not found"), "{told}");
    assert_eq!(published.sarif_ids.len(), 1);
}

#[test]
fn what_github_makes_of_an_upload_is_told() {
    let one = || report(vec![line("main", 'c')], "RUSTSEC-2031-0001 clock main unpatched fail");
    for (error, hint) in [
        ("rejecting delivery as the repository has too many logical alerts", "GitHub's support"),
        ("locationFromSarifResult: expected at least one location", "bug of Patchline"),
        ("an invalid URI was provided as a SARIF location: x", "exclude it"),
        ("rejecting SARIF for a reason of its own", "report what GitHub says"),
    ] {
        let forge = forge();
        forge.state().rejections = vec![error];
        let published = tell(&forge, &one(), &uploads());
        let told = troubles(&published);
        assert!(told.contains(&format!("refs/heads/main: {error}")), "{told}");
        assert!(told.contains(hint), "{told}");
    }
    let forge = forge();
    forge.state().pending = 99;
    let told = troubles(&tell(&forge, &one(), &uploads()));
    assert!(told.contains("did not process it in time"), "{told}");
    let looks = forge.state().requests.iter().filter(|it| it.contains("/sarifs/")).count();
    assert_eq!(looks, 5);
}

#[test]
fn a_pull_request_uploads_only_where_that_is_required_and_a_fork_nothing() {
    let forge = forge();
    let change = change(TWO);
    let required = Policy { code_scanning: Publishes::Required, ..Policy::default() };
    let run = |is_fork| Run { event: Event::PullRequest { number: 7, is_fork }, ..NIGHTLY };
    for (policy, is_fork, expected) in [
        (&uploads(), false, &[][..]),
        (&required, true, &[]),
        (&required, false, &["POST /repos/ferry/boat/code-scanning/sarifs"]),
    ] {
        let published = tell_as(&forge, &change, policy, &run(is_fork), None, false);
        assert_eq!(forge.writes(), expected, "{published:?}");
        assert!(!published.is_broken, "{published:?}");
        let is_told = troubles(&published).contains("it comes from a fork");
        assert_eq!(is_told, is_fork, "{published:?}");
    }
    let state = forge.state();
    let [analysis] = &state.analyses[..] else { panic!("one analysis") };
    assert_eq!(analysis.reference, "refs/pull/7/merge");
    assert_eq!(analysis.commit, commit('d').0);
    drop(state);
    let group = Run { event: Event::MergeGroup, ..NIGHTLY };
    let published = tell_as(&forge, &change, &required, &group, None, false);
    assert_eq!(published, Published::default());
}
