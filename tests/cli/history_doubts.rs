//! `patchline history` where something is not at hand, cannot be read or comes from elsewhere: none of
//! that is good news.

use serde_json::Value;

use crate::{
    history::{GOOD, database, ferry, history, told, world},
    world::{Database, Repo, Run, lock, patchline_in, text},
};

/// One line, and a week for what is critical.
const WEEK: &str = "[support]\ndefault-branch = false\n[[support.line]]\nid = \"1.0\"\n[targets]\n\
                    critical = \"7d\"\n";

/// Numbers of the row over all supported lines.
fn counts<const N: usize>(json: &Value, keys: [&str; N]) -> [u64; N] {
    let row = json["summary"].as_array().and_then(|rows| rows.first()).expect("a row");
    assert!(row["line"].is_null(), "{row}");
    keys.map(|key| row[key].as_u64().expect("a number"))
}

/// What `patchline report` shows of it.
fn report(repo: &Repo, database: &Database, args: &[&str]) -> Run {
    let place = format!("rustsec={}", database.path().display());
    let path = repo.path().to_str().expect("UTF-8");
    let fixed = ["report", "--repo", path, "--db", &place, "--as-of", "2031-06-15"];
    patchline_in(repo.path(), &[&fixed[..], args].concat(), &[])
}

/// Another repository with what `git fetch` brings of this one.
fn fetched(repo: &Repo, args: &[&str]) -> Repo {
    let clone = Repo::new();
    let from = format!("file://{}", repo.path().display());
    let fixed = ["fetch", "--quiet", "--update-head-ok"];
    let heads = [from.as_str(), "+refs/heads/*:refs/heads/*"];
    clone.git(&[&fixed[..], args, &heads[..]].concat());
    clone
}

#[test]
fn days_that_may_be_more_meet_no_target() {
    let repo = world(
        "2031-01-01 main .=0.2.23
         2031-02-01 release-1.0 .=! v1.0.0
         2031-03-01 release-1.0 .=0.1.0 v1.0.1
         2031-03-05 release-1.0 .=0.2.23 v1.0.2",
    );
    let database = database("2031-01-10");
    for (days, code, expected) in [("7d", 3, "unknown"), ("3d", 0, "missed")] {
        repo.write("patchline.toml", &WEEK.replace("7d", days));
        let run = history(&repo, &database, &["--format", "json"]);
        let json = run.json();
        assert_eq!(run.code, code, "{days} {}", run.stderr);
        let episode = &json["episodes"][0];
        assert_eq!((&episode["days_exposed"], &episode["is_at_least"]), (&4.into(), &true.into()));
        assert_eq!(episode["target"], expected);
        let [met, missed, doubtful] = counts(&json, ["met", "missed", "doubtful"]);
        assert_eq!((met, missed, doubtful), if code == 3 { (0, 0, 1) } else { (0, 1, 0) });
        let page = history(&repo, &database, &[]).stdout;
        let met = if code == 3 { "7  0 of 0, 1 unknown" } else { "3  0 of 1" };
        assert!(page.contains(met), "{page}");
    }
    // What may have been there before it was read, and was not public then, is told whole.
    repo.write("patchline.toml", WEEK);
    let run = history(&repo, &crate::history::database("2031-03-02"), &["--format", "json"]);
    assert_eq!((run.code, text(&run.json()["episodes"][0]["target"])), (0, "met"));
    // A release that is known to be without it tells when it came.
    let known = world(
        "2031-01-01 main .=0.2.23
         2031-02-01 release-1.0 .=0.2.23 v1.0.0
         2031-02-10 release-1.0 .=!
         2031-03-01 release-1.0 .=0.1.0 v1.0.1
         2031-03-05 release-1.0 .=0.2.23 v1.0.2",
    );
    known.write("patchline.toml", WEEK);
    let run = history(&known, &database, &["--format", "json"]);
    assert_eq!(
        (run.code, text(&run.json()["episodes"][0]["target"])),
        (0, "met"),
        "{}",
        run.stdout
    );
}

#[test]
fn what_still_runs_may_have_missed_its_target_already() {
    let repo = world(
        "2031-01-01 main .=0.2.23
         2031-02-01 release-1.0 .=! v1.0.0
         2031-06-10 release-1.0 .=0.1.0 v1.0.1",
    );
    repo.write("patchline.toml", WEEK);
    let run = history(&repo, &database("2031-01-10"), &["--format", "json"]);
    assert_eq!(run.code, 3, "{}", run.stdout);
    assert_eq!(run.json()["episodes"][0]["target"], "unknown");
    assert!(run.stdout.contains("nobody can tell whether `RUSTSEC-2031-0001` kept the target"));
}

#[test]
fn a_first_day_that_is_asked_for_excuses_no_clone_that_cuts_an_episode() {
    let repo = world(
        "2031-01-01 main .=0.2.23
         2031-02-05 release-1.0 .=0.1.0 v1.0.0
         2031-02-25 release-1.0 .=0.1.0 v1.0.1
         2031-03-01 release-1.0 .=0.2.23 v1.0.2",
    );
    let database = database("2031-01-10");
    let shallow = fetched(&repo, &["--depth", "2"]);
    for (at, code, target) in [(&repo, 0, "missed"), (&shallow, 3, "unknown")] {
        at.write("patchline.toml", WEEK);
        let args = ["--since", "2031-02-26", "--format", "json"];
        let run = history(at, &database, &args);
        let json = run.json();
        assert_eq!((run.code, text(&json["episodes"][0]["target"])), (code, target), "{json:#}");
        assert_eq!(json["lines"][0]["is_whole"], code == 0);
    }
    // Where nothing told is older, what was before is not asked for.
    let args = ["--since", "2031-03-02", "--format", "json"];
    let run = history(&shallow, &database, &args);
    assert_eq!((run.code, told(&run).as_str()), (0, ""), "{}", run.stdout);
}

#[test]
fn a_branch_that_nobody_can_tell_of_has_no_fix() {
    let elsewhere = lock(&["ferry 1.0.0", "clock 0.1.0 git+https://example.org/clock#1"]);
    let database = database("2031-01-15");
    for (name, lockfile) in [("unreadable", "<<<<<<<\n"), ("from elsewhere", &*elsewhere)] {
        let repo = world("2031-01-01 main .=0.1.0");
        repo.git_on("2031-01-01", &["tag", "-a", "-m", "Release", "v1.0.0"]);
        repo.commit("main", &[("Cargo.lock", lockfile)], "2031-01-20");
        repo.git(&["branch", "release-1.0"]);
        repo.write("patchline.toml", WEEK);
        let run = history(&repo, &database, &["--format", "json"]);
        assert_eq!(told(&run), "1.0 open: shipped v1.0.0 01-01 = 151 days", "{name}");
        assert_eq!(run.code, 1, "{name}");
        // The branch was fixed once, and what it has now cannot be read.
        let repo = world(
            "2031-01-01 main .=0.2.23
             2031-02-01 release-1.0 .=0.1.0 v1.0.0
             2031-02-10 release-1.0 .=0.2.23",
        );
        repo.commit("release-1.0", &[("Cargo.lock", lockfile)], "2031-02-20");
        let told = told(&history(&repo, &database, &["--format", "json"]));
        assert_eq!(
            told, "1.0 open: in 02-01 shipped v1.0.0 02-01 fixed 02-10 = 134 days",
            "{name}"
        );
    }
}

#[test]
fn a_change_that_is_not_merged_is_no_part_of_the_past() {
    let repo = world(
        "2031-01-01 main .=0.1.0
         2031-02-01 release-1.0 .=0.1.0 v1.0.0
         2031-02-02 main .=0.2.23",
    );
    repo.git(&["checkout", "--quiet", "-b", "change", "release-1.0"]);
    repo.commit("change", &[("Cargo.lock", &ferry(GOOD))], "2031-06-01");
    let database = database("2031-02-10");
    let page = report(&repo, &database, &["--base", "release-1.0"]).stdout;
    assert!(page.contains("open for 125 days"), "{page}");
    assert!(!page.contains("fixed, not released for"), "{page}");
    // A line that nobody supported is not told as supported for a change into it.
    repo.write("patchline.toml", "[[support.line]]\nid = \"1.0\"\nuntil = 2031-03-10\n");
    let page = report(&repo, &database, &["--base", "release-1.0"]).stdout;
    assert!(page.contains("Lines that are not supported have 1 episode more"), "{page}");
}

#[test]
fn a_part_of_the_lines_has_their_past_alone() {
    let repo = world(
        "2031-01-01 main .=0.2.23
         2031-02-01 release-1.0 .=0.1.0 v1.0.0
         2031-02-02 main .=0.2.23
         2031-02-03 release-1.1 .=0.1.0 v1.1.0
         2031-02-04 main .=0.2.23",
    );
    let database = database("2031-02-10");
    let markdown =
        |part| report(&repo, &database, &["--format", "markdown", "--shard", part]).stdout;
    let past = |page: &str| page.split("### Days of exposure").nth(1).map(str::to_owned);
    let (first, second) = (past(&markdown("1/2")), past(&markdown("2/2")));
    let has = |page: &Option<String>, line| page.as_deref().is_some_and(|page| page.contains(line));
    assert!(has(&first, "`1.1`") && !has(&first, "`1.0`"), "{first:?}");
    assert!(has(&second, "`1.0`") && !has(&second, "`1.1`"), "{second:?}");
}

#[test]
fn a_move_to_a_copy_from_elsewhere_keeps_no_target() {
    let elsewhere = lock(&["ferry 1.0.0", "clock 0.1.0 git+https://example.org/clock#1"]);
    let repo = world("2031-01-01 main .=0.2.23\n2031-02-01 release-1.0 .=0.1.0 v1.0.0");
    repo.commit("release-1.0", &[("Cargo.lock", &elsewhere)], "2031-03-05");
    repo.git_on("2031-03-05", &["tag", "-a", "-m", "Release", "v1.0.1"]);
    let database = database("2031-01-10");
    for (days, code, target, said) in [
        ("7d", 1, "missed", "1 episode that may be open misses the target"),
        ("60d", 3, "unknown", "not everything could be looked at"),
    ] {
        repo.write("patchline.toml", &WEEK.replace("7d", days));
        let run = history(&repo, &database, &["--format", "json"]);
        assert_eq!(
            told(&run),
            "1.0 open: in 02-01 shipped v1.0.0 02-01 unknown since v1.0.1 03-05 = 32 days"
        );
        let json = run.json();
        assert_eq!((run.code, text(&json["episodes"][0]["target"])), (code, target));
        assert_eq!(counts(&json, ["met", "unknown"]), [0, 1]);
        assert_eq!(json["lines"][0]["is_whole"], false);
        let page = history(&repo, &database, &[]).stdout;
        assert!(page.contains(said), "{page}");
        let gap = "nobody can tell whether `RUSTSEC-2031-0001` is still there since 2031-03-05";
        assert!(page.contains(gap), "{page}");
    }
    let page = report(&repo, &database, &["--format", "html"]).stdout;
    assert!(page.contains("<td class=\"num\">0<br><small>1 unknown</small>"), "{page}");
    assert!(page.contains("<td class=\"num\"><b>–</b><br><small>1 unknown</small>"), "{page}");
    let page = report(&repo, &database, &["--format", "markdown"]).stdout;
    assert!(page.contains("| `1.0` | critical | – | ≥ 32 | 0 | 1 | 60 | 0 |"), "{page}");
    let table = history(&repo, &database, &["--format", "csv"]).stdout;
    assert!(table.contains("\"title\",\"unknown_since\",\"measured\"\r\n"), "{table}");
    assert!(table.contains("\"A clock that stops\",\"2031-03-05\",\"releases\"\r\n"), "{table}");
}

#[test]
fn what_a_report_could_not_look_at_is_missing_of_its_past_too() {
    let old = database("2031-05-01");
    let repo = world("2031-01-01 main .=0.2.23\n2031-02-01 release-1.0 .=0.2.23 v1.0.0");
    let limit = "[scan]\nmax-database-age = \"3d\"\n";
    let bare = fetched(&repo, &["--no-tags"]);
    for (name, at, config) in [("age", &repo, limit), ("tags", &bare, ""), ("whole", &repo, "")] {
        at.write("patchline.toml", config);
        let is_whole = name == "whole";
        let far = if is_whole { "No " } else { "As far as was looked, no " };
        let wanted = format!("{far}supported line was exposed to anything");
        for format in ["html", "markdown"] {
            let run = report(at, &old, &["--format", format]);
            assert_eq!(run.code == 3, !is_whole, "{name} {}", run.stderr);
            assert!(run.stdout.contains(&wanted), "{name} {format}: {}", run.stdout);
        }
        let run = history(at, &old, &[]);
        assert_eq!(run.code == 3, !is_whole, "{name} {}", run.stdout);
    }
}

#[test]
fn a_gap_of_the_past_that_may_hide_what_is_open_makes_no_page_and_no_badge_green() {
    let elsewhere = lock(&["ferry 1.0.0", "clock 0.1.0 git+https://example.org/clock#1"]);
    let repo = world("2031-01-01 main .=0.2.23\n2031-02-01 release-1.0 .=0.1.0 v1.0.0");
    repo.commit("release-1.0", &[("Cargo.lock", &elsewhere)], "2031-03-05");
    repo.git_on("2031-03-05", &["tag", "-a", "-m", "Release", "v1.0.1"]);
    let database = database("2031-01-10");
    for (format, wanted) in [
        ("html", "<body class=\"blind\">"),
        ("html", "<section id=\"gaps\""),
        ("badge", "incomplete"),
        ("junit", "<error "),
        ("csv", "\"gap\""),
    ] {
        let run = report(&repo, &database, &["--format", format]);
        assert!(run.stdout.contains(wanted), "{format} {wanted}: {}", run.stdout);
    }
    // A clone whose history is cut hides no more than days.
    let repo = world(
        "2031-01-01 main .=0.2.23
         2031-02-01 release-1.0 .=0.2.23
         2031-02-05 release-1.0 .=0.2.23 v1.0.0",
    );
    let shallow = fetched(&repo, &["--depth", "1"]);
    shallow.write("patchline.toml", WEEK);
    let page = report(&shallow, &database, &[]);
    assert!(page.stdout.contains("<body>"), "{}", page.stdout);
    assert!(!page.stdout.contains("id=\"gaps\""), "{}", page.stdout);
    assert!(page.stdout.contains("Not all of the past could be looked at"));
}

#[test]
fn a_tag_that_was_made_again_hides_no_release() {
    let again = |repo: &Repo, tag: &str| {
        let at = format!("{tag}^{{}}");
        repo.git_on("2031-06-01", &["tag", "-f", "-a", "-m", "Release", tag, &at]);
    };
    let repo = world(
        "2031-01-01 main .=0.2.23
         2031-02-01 release-1.0 .=0.1.0 v1.0.0
         2031-05-01 release-1.0 .=0.2.23 v1.0.1",
    );
    again(&repo, "v1.0.0");
    repo.write("patchline.toml", WEEK);
    let database = database("2031-01-10");
    let run = history(&repo, &database, &["--format", "json"]);
    assert_eq!(
        told(&run),
        "1.0 released: in 02-01 shipped v1.0.0 02-01 fixed 05-01 released v1.0.1 05-01 = 89 days"
    );
    assert_eq!((run.code, counts(&run.json(), ["missed"])), (0, [1]));
    let said = "1.0: the release v1.0.0 is dated after a higher version; it counts from the day";
    assert!(run.stdout.contains(said), "{}", run.stdout);
    // Of another series nobody can tell which of both was there first.
    let repo = world(
        "2031-01-01 main .=0.2.23
         2031-02-01 release-1 .=0.1.0 v1.0.0
         2031-05-01 release-1 .=0.2.23 v1.1.0",
    );
    again(&repo, "v1.0.0");
    let run = history(&repo, &database, &["--format", "json"]);
    assert_eq!(run.code, 3, "{}", run.stdout);
    let said = "the release v1.0.0 has vulnerabilities and is dated after a higher version";
    assert_eq!(run.stdout.matches(said).count(), 2, "{}", run.stdout);
}

#[test]
fn a_part_is_called_a_part_in_every_format() {
    let repo = world(
        "2031-01-01 main .=0.2.23
         2031-02-01 release-1.0 .=0.1.0 v1.0.0
         2031-02-02 main .=0.2.23
         2031-02-03 release-1.1 .=0.2.23 v1.1.0
         2031-02-04 main .=0.2.23",
    );
    let database = database("2031-02-10");
    for (args, part) in [
        (["--shard", "1/2"], "shard 1/2"),
        (["--line", "1.1"], "the lines that were named"),
        (["--line", "1.0"], "the lines that were named"),
    ] {
        let page = history(&repo, &database, &args).stdout;
        let said = format!("part      {part}: not every supported line is here");
        assert!(page.contains(&said), "{args:?} {page}");
        let last = page.lines().last().expect("a conclusion");
        assert!(last.starts_with("PASS") && last.ends_with(&format!(" ({part})")), "{page}");
        assert!(!page.contains("all supported"), "{page}");
        assert_eq!(page.contains("supported, of this part"), args[1] == "1.0", "{page}");
        let json = history(&repo, &database, &[&args[..], &["--format", "json"]].concat()).json();
        assert_eq!(text(&json["part"]), part);
        let table = history(&repo, &database, &[&args[..], &["--format", "csv"]].concat()).stdout;
        let said = format!("\"{part}: not every supported line is here\"");
        assert!(table.contains("\r\n\"part\",\"every line\"") && table.contains(&said), "{table}");
    }
    assert!(history(&repo, &database, &["--format", "json"]).json()["part"].is_null());
}

#[test]
fn lines_that_nobody_supports_are_no_good_news() {
    let repo = world("2031-01-01 main .=0.2.23\n2031-02-01 release-1.0 .=0.1.0 v1.0.0");
    let database = database("2031-02-10");
    let ended = "[[support.line]]\nid = \"1.0\"\nuntil = 2031-03-10\n";
    repo.write("patchline.toml", ended);
    let page = history(&repo, &database, &[]).stdout;
    assert!(page.contains("No supported line had a known vulnerability."), "{page}");
    assert!(page.contains("1 other line, not supported: 1 episode"), "{page}");
    repo.write("patchline.toml", &format!("[support]\ndefault-branch = false\n{ended}"));
    let run = history(&repo, &database, &[]);
    let scan = repo.scan(&database, &[]);
    assert_eq!((run.code, &run.stderr), (scan.code, &scan.stderr));
    assert!(run.stderr.contains("1.0 is eol"), "{}", run.stderr);
    let run = history(&repo, &database, &["--line", "1.0"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let page = run.stdout;
    assert!(page.contains("PASS  no line here is supported, so nothing is promised"), "{page}");
    assert!(!page.contains("No supported line"), "{page}");
}

#[test]
fn what_is_published_after_the_day_of_the_report_has_no_days() {
    let repo = world(
        "2031-01-01 main .=0.2.23
         2031-02-01 release-1.0 .=0.1.0 v1.0.0
         2031-03-01 release-1.0 .=0.2.23 v1.0.1
         2031-04-01 release-1.0 .=0.1.0 v1.0.2",
    );
    repo.write("patchline.toml", WEEK);
    let later = database("2031-06-20");
    let run = history(&repo, &later, &["--format", "json"]);
    let json = run.json();
    for episode in json["episodes"].as_array().expect("episodes") {
        for key in ["exposed_from", "days_exposed", "days_on_branch", "target"] {
            assert!(episode[key].is_null(), "{key}: {episode}");
        }
    }
    assert_eq!(counts(&json, ["met", "missed", "doubtful", "over", "untold"]), [0; 5]);
    assert!(
        json["summary"][0]["median_days"].is_null() && json["summary"][0]["worst_days"].is_null()
    );
    let page = report(&repo, &later, &[]).stdout;
    let (first, last) = page
        .split("Exposure by advisory and line, ")
        .nth(1)
        .and_then(|rest| rest.split("</caption>").next())
        .and_then(|days| days.split_once(" to "))
        .expect("an axis");
    assert!(first < last && last == "2031-06-15", "{first} {last}");
    assert!(page.contains("there, not public yet"), "{page}");
    // A first day that is asked for may be later than the day of the report.
    let page = report(&repo, &database("2031-02-02"), &["--since", "2031-07-01"]).stdout;
    assert!(!page.contains("2031-07-01 to"), "{page}");
}

/// The places of marks in the lane of a line, in percent: fixed for users, gone from the branch.
fn marks(page: &str, line: &str) -> [Vec<f64>; 2] {
    let from = page.split(&format!("<title>{line}: in the line")).nth(1).expect("a picture");
    let shapes = from.split("</svg>").next().expect("its end");
    ["<circle class=\"z\" cx=\"", "<rect class=\"q\" x=\""].map(|shape| {
        let places = shapes.split(shape).skip(1).filter_map(|rest| rest.split('%').next());
        places.map(|place| place.parse().expect("a number")).collect()
    })
}

#[test]
fn a_release_beside_the_branch_is_where_its_users_have_the_fix() {
    let repo = world("2031-01-01 main .=0.2.23\n2031-02-01 release-1.0 .=0.1.0 v1.0.0");
    repo.git(&["checkout", "--quiet", "-b", "hotfix", "v1.0.0"]);
    repo.commit("hotfix", &[("Cargo.lock", &ferry(GOOD))], "2031-02-20");
    repo.git_on("2031-02-20", &["tag", "-a", "-m", "Release", "v1.0.1"]);
    repo.git(&["checkout", "--quiet", "main"]);
    repo.git(&["branch", "--quiet", "-D", "hotfix"]);
    let database = database("2031-02-01");
    let open = report(&repo, &database, &[]).stdout;
    let [fixed, gone] = marks(&open, "1.0");
    assert!(fixed.len() == 1 && fixed[0] < 30.0 && gone.is_empty(), "{fixed:?} {gone:?}");
    // It is over for users, whatever the branch has.
    assert!(open.contains("19 days, fixed in v1.0.1; the branch still has it"), "{open}");
    assert!(open.contains("not fixed on the branch"), "{open}");
    let cell = "<td class=\"num\">0<td class=\"num\"><b>19</b><br><small>of 1</small><br><small>1 on \
                the branch</small>";
    assert!(open.contains(cell), "{open}");
    let markdown = report(&repo, &database, &["--format", "markdown"]).stdout;
    assert!(
        markdown.contains("| `1.0` | critical | 19 | 19 | 0 (+ 1 on the branch) |"),
        "{markdown}"
    );
    let run = history(&repo, &database, &["--format", "json"]);
    assert_eq!(counts(&run.json(), ["open", "on_branch", "over"]), [1, 1, 1]);
    repo.commit("release-1.0", &[("Cargo.lock", &ferry(GOOD))], "2031-05-30");
    let page = report(&repo, &database, &[]).stdout;
    let [fixed, gone] = marks(&page, "1.0");
    assert!(fixed.len() == 1 && fixed[0] < 30.0, "{fixed:?}");
    assert!(gone.len() == 1 && gone[0] > 80.0, "{gone:?}");
    assert!(page.contains("19 days, fixed in v1.0.1"), "{page}");
}

#[test]
fn a_line_without_a_branch_is_fixed_by_its_release() {
    let repo = world(
        "2031-01-01 main .=0.2.23
         2031-02-01 release-1.0 .=0.1.0 v1.0.0
         2031-02-10 release-1.0 .=0.2.23 v1.0.1
         2031-02-02 main .=0.2.23
         2031-02-03 release-1.1 .=0.1.0 v1.1.0",
    );
    repo.git(&["checkout", "--quiet", "main"]);
    for line in ["1.0", "1.1"] {
        repo.git(&["branch", "--quiet", "-D", &format!("release-{line}")]);
    }
    let ended = |line| format!("[[support.line]]\nid = \"{line}\"\nuntil = 2031-03-10\n");
    repo.write("patchline.toml", &(ended("1.1") + &ended("1.0")));
    let database = database("2031-02-01");
    let page = history(&repo, &database, &[]).stdout;
    let said = "2 other lines, not supported: 2 episodes, 1 of them never fixed there for users";
    assert!(page.contains(said), "{page}");
    let page = report(&repo, &database, &[]).stdout;
    let said = "not supported have 2 episodes more, and 1 was never fixed there for users";
    assert!(page.contains(said), "{page}");
}
