//! Which lines a repository has: the discovery cases, each from a real mistake, and the truth of
//! sixteen real repositories.

use std::{collections::BTreeSet, fs, process::Command};

use serde_json::Value;

use crate::world::{Repo, TODAY, patchline, real_data, text};

/// A repository with these refs: `tag v1.0.0` or `branch release-1.0`, in the order of time.
fn repo(refs: &str) -> Repo {
    let repo = Repo::new();
    let mut day = 1;
    repo.commit("main", &[("file", "0")], "2030-01-01");
    for line in refs.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let (kind, name) = line.split_once(' ').expect("a kind and a name");
        match kind {
            "tag" => {
                day += 1;
                let date = format!("2030-{:02}-{:02}", 1 + day / 28, 1 + day % 28);
                repo.commit("main", &[("file", name)], &date);
                repo.git(&["tag", name]);
            }
            "twin" => drop(repo.git(&["tag", name])),
            "branch" => drop(repo.git(&["branch", name])),
            other => panic!("{other}"),
        }
    }
    repo
}

/// `id status branch tag`, a line a row, without the default branch.
fn lines(repo: &Repo, args: &[&str]) -> String {
    let path = repo.path().to_str().expect("UTF-8");
    let mut all = vec!["lines", "--repo", path, "--format", "json"];
    if !args.contains(&"--as-of") {
        all.extend(["--as-of", TODAY]);
    }
    all.extend(args);
    let run = patchline(&all);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let json = run.json();
    let rows = json["lines"].as_array().expect("lines").iter().filter(|l| l["kind"] != "default");
    rows.map(|line| {
        format!(
            "{} {} {} {}\n",
            text(&line["id"]),
            text(&line["status"]),
            line["branch"].as_str().unwrap_or("-"),
            line["release"]["tag"].as_str().unwrap_or("-")
        )
    })
    .collect()
}

fn check(refs: &str, expected: &str) {
    let expected: String = expected
        .lines()
        .map(str::trim)
        .filter(|l| !l.is_empty())
        .map(|l| format!("{l}\n"))
        .collect();
    assert_eq!(lines(&repo(refs), &[]), expected, "{refs}");
}

#[test]
fn a_release_beats_its_release_candidate() {
    check("tag v3.5.0-rc3\ntag v3.5.0\ntag v3.5.0-rc4", "3.5 supported - v3.5.0");
}

#[test]
fn a_line_with_only_pre_releases_is_upcoming_and_takes_no_place() {
    check(
        "tag v1.1.0\ntag v1.2.0\ntag v1.3.0\ntag v1.4.0-beta.1\nbranch release-1.4\nbranch release-1.5",
        "1.5 upcoming release-1.5 -
         1.4 upcoming release-1.4 -
         1.3 supported - v1.3.0
         1.2 supported - v1.2.0
         1.1 supported - v1.1.0",
    );
}

#[test]
fn an_abandoned_pre_release_is_no_line() {
    check("tag v0.0.1-pre\ntag v1.0.0", "1.0 supported - v1.0.0");
}

#[test]
fn minors_are_numbers_and_may_be_missing() {
    check(
        "tag v1.8.0\ntag v1.9.3\ntag v1.10.0\ntag v1.10.2\ntag v1.12.0",
        "1.12 supported - v1.12.0
         1.10 supported - v1.10.2
         1.9 supported - v1.9.3
         1.8 unknown - v1.8.0",
    );
}

#[test]
fn hotfix_builds_are_no_releases() {
    check(
        "tag v8.5.6\ntag v8.5.6-20260812-f098345\ntag v8.5.7-hf1\nbranch release-8.5\n\
         branch release-8.5-20260812-v8.5.6\nbranch release-8.5-20260812",
        "8.5 supported release-8.5 v8.5.6",
    );
}

#[test]
fn branches_of_bots_and_work_are_no_lines() {
    check(
        "tag v1.1.0\ntag v1.2.0\nbranch v1.1\nbranch v1.2\nbranch backport_1.1_3495\n\
         branch dependabot/cargo/time-0.2.23\nbranch renovate/release-1.2-lock\nbranch 1.2-sec\n\
         branch temp-cherry-pick-ab12-to-release-1.1\nbranch v1.2-disable-klone\nbranch go1.27rc1\n\
         branch feature/release-1.1\nbranch deps-x-0.17.0\nbranch approximate-1.1\nbranch 1-1-bump",
        "1.2 supported v1.2 v1.2.0
         1.1 supported v1.1 v1.1.0",
    );
}

#[test]
fn four_part_security_versions_and_dashes_are_read() {
    check(
        "tag v8.1.3\ntag v8.1.3.1\nbranch 8-1-stable\nbranch 8-1-sec",
        "8.1 supported 8-1-stable v8.1.3.1",
    );
}

#[test]
fn module_tags_and_sibling_products_are_left_out() {
    check(
        "tag api/v3.5.16\ntag v3.5.16\ntag cmd/ctl/v4.0.0\ntag client/v9.9.9",
        "3.5 supported - v3.5.16",
    );
    check(
        "tag hub-1.47.0\ntag hub-1.47.5\ntag hub-util-0.7.1\ntag hub-util-0.7.2\ntag hub-util-0.7.3\n\
         branch hub-1.47.x\nbranch hub-util-0.7.x",
        "1.47 supported hub-1.47.x hub-1.47.5",
    );
}

#[test]
fn two_schemes_in_step_are_one_release() {
    check(
        "tag v3.3.0\ntwin v0.303.0\ntag v3.4.0\ntwin v0.304.0\ntag v3.5.5\ntwin v0.305.5",
        "3.5 supported - v3.5.5\n3.4 supported - v3.4.0\n3.3 supported - v3.3.0",
    );
    // Once is an accident, and both are releases.
    check("tag v0.9.8\ntag v0.9.9\ntwin v1.0.0", "1.0 supported - v1.0.0\n0.9 supported - v0.9.9");
}

#[test]
fn an_old_calendar_scheme_does_not_outrank_the_new_one() {
    check(
        "tag 2009.1.4\ntag 2010.2.0\ntag 40.0.0\ntag 41.0.2",
        "41.0 supported - 41.0.2\n40.0 supported - 40.0.0",
    );
}

#[test]
fn a_project_that_counts_in_majors_has_lines_of_majors() {
    check(
        "tag v20.1.0\ntag v20.9.3\ntag v22.0.0\ntag v22.4.1\nbranch v20.x\nbranch v22.x\nbranch v22.x-staging",
        "22 supported v22.x v22.4.1
         20 supported v20.x v20.9.3",
    );
}

#[test]
fn first_releases_with_fewer_numbers_are_releases_where_the_project_writes_them_so() {
    check(
        "tag 5.1\ntag 5.1.1\ntag 5.2\ntag 5.2.1\ntag 6.0\nbranch stable/5.2.x",
        "6.0 supported - 6.0
         5.2 supported stable/5.2.x 5.2.1
         5.1 supported - 5.1.1",
    );
    check(
        "tag REL9_6_24\ntag REL_15_9\ntag REL_16_1\ntag REL_16_BETA1\nbranch REL9_6_STABLE\n\
         branch REL_15_STABLE\nbranch REL_16_STABLE",
        "16 supported REL_16_STABLE REL_16_1
         15 supported REL_15_STABLE REL_15_9
         9.6 supported REL9_6_STABLE REL9_6_24",
    );
    check(
        "tag ship-stable2407\ntag ship-stable2407-1\ntag ship-stable2409\ntag ship-stable2412\n\
         branch stable2409\nbranch stable2412",
        "2412 supported stable2412 ship-stable2412
         2409 supported stable2409 ship-stable2409
         2407 supported - ship-stable2407-1",
    );
}

#[test]
fn a_moving_major_tag_is_no_release() {
    check(
        "tag v3\ntag v3.0.1\ntag v4\ntag v4.0.0\ntag v4.2.0\ntag v5",
        "4.2 supported - v4.2.0\n4.0 supported - v4.0.0\n3.0 supported - v3.0.1",
    );
}

#[test]
fn one_branch_per_patch_is_one_line() {
    check(
        "tag v5.3.1\ntag v5.3.2\nbranch release/v5.3.1\nbranch release/v5.3.2\nbranch release/v5.3.10",
        "5.3 supported release/v5.3.10 v5.3.2",
    );
}

#[test]
fn a_release_candidate_branch_is_no_line() {
    check(
        "tag v1.29.1\ntag v1.30.0\nbranch release-1.29\nbranch release-1.30\nbranch release-1.30.0-rc.1",
        "1.30 supported release-1.30 v1.30.0
         1.29 supported release-1.29 v1.29.1",
    );
}

#[test]
fn a_tag_ends_a_line() {
    check(
        "tag 2031.1.0\ntag 2031.2.0\ntag 2031.1-eol",
        "2031.2 supported - 2031.2.0
         2031.1 eol - 2031.1.0",
    );
}

#[test]
fn branches_named_after_another_product_are_joined_by_history() {
    let repo = Repo::new();
    repo.commit("main", &[("file", "0")], "2030-01-01");
    for (minor, day) in [(97, "2030-02-01"), (98, "2030-03-01"), (99, "2030-04-01")] {
        repo.git(&["checkout", "--quiet", "main"]);
        repo.commit("main", &[("file", &format!("main {minor}"))], day);
        let branch = format!("host-1.{}.0", minor - 1);
        repo.commit(&branch, &[("file", &format!("branch {minor}"))], day);
        repo.git(&["tag", &format!("0.{minor}.0")]);
        repo.commit(&branch, &[("file", &format!("later {minor}"))], day);
    }
    assert_eq!(
        lines(&repo, &[]),
        "0.99 supported host-1.98.0 0.99.0\n\
         0.98 supported host-1.97.0 0.98.0\n\
         0.97 supported host-1.96.0 0.97.0\n"
    );
}

#[test]
fn a_branch_with_another_word_is_joined_by_history_only() {
    let repo = repo("tag v1.0.0\ntag v1.1.0\nbranch quiet");
    repo.git(&["branch", "vault-1.0", "v1.0.0"]);
    repo.git(&["branch", "conform-kube-1.1", "v1.0.0"]);
    assert_eq!(lines(&repo, &[]), "1.1 supported - v1.1.0\n1.0 supported vault-1.0 v1.0.0\n");
}

#[test]
fn a_rolling_major_branch_belongs_to_its_newest_line() {
    check(
        "tag v1.1.4\ntag v1.2.1\ntag v2.0.0\nbranch 1.x\nbranch 1.1.x\nbranch 2.x",
        "2 supported 2.x v2.0.0
         1.2 supported 1.x v1.2.1
         1.1 supported 1.1.x v1.1.4",
    );
}

#[test]
fn with_only_pre_releases_every_line_is_upcoming() {
    check("tag v1.0.0-rc.1\nbranch release-1.0", "1.0 upcoming release-1.0 -");
}

#[test]
fn a_scheme_that_was_replaced_long_ago_gives_way() {
    let repo = Repo::new();
    for (day, tag) in
        [("2024-01-01", "v3.0.0"), ("2030-01-01", "hub-v1.0.0"), ("2030-02-01", "hub-v1.1.0")]
    {
        repo.commit("main", &[("file", tag)], day);
        repo.git(&["tag", tag]);
    }
    assert_eq!(lines(&repo, &[]), "1.1 supported - hub-v1.1.0\n1.0 supported - hub-v1.0.0\n");
}

#[test]
fn two_branches_for_one_line_are_said() {
    let repo = repo("tag v1.0.0\nbranch release/1.0");
    repo.commit("release-1.0", &[("file", "other")], "2030-06-01");
    let path = repo.path().to_str().expect("UTF-8").to_owned();
    let run = patchline(&["lines", "--repo", &path]);
    assert!(run.stdout.contains("was taken for the branch of 1.0, and"), "{}", run.stdout);
}

#[test]
fn a_line_with_a_name_of_its_own_keeps_its_release() {
    let repo = repo("tag v1.0.0\ntag v1.1.0\nbranch release-1.0");
    repo.write("patchline.toml", "[[support.line]]\nid = \"lts\"\nbranch = \"release-1.0\"\n");
    assert_eq!(lines(&repo, &[]), "1.1 unknown - v1.1.0\nlts supported release-1.0 v1.0.0\n");
    repo.write("patchline.toml", "[[support.line]]\nid = \"odd\"\nbranch = \"main\"\n");
    let path = repo.path().to_str().expect("UTF-8").to_owned();
    let run = patchline(&["lines", "--repo", &path]);
    assert!(run.stdout.contains("no release of odd is known"), "{}", run.stdout);
}

#[test]
fn what_is_checked_out_is_not_the_default_branch() {
    let repo = repo("tag v1.0.0\nbranch release-1.0\nbranch feature/x");
    let path = repo.path().to_str().expect("UTF-8").to_owned();
    let show =
        || patchline(&["lines", "--repo", &path, "--format", "json"]).json()["lines"].clone();
    let on_main = show();
    assert_eq!(on_main[1]["branch"], "main");
    for branch in ["release-1.0", "feature/x"] {
        repo.git(&["checkout", "--quiet", branch]);
        assert_eq!(show(), on_main, "{branch}");
    }
}

#[test]
fn a_head_that_names_no_branch_is_no_default_branch_in_silence() {
    let repo = repo("tag v1.0.0\nbranch release-1.0");
    let bare = tempfile::tempdir().expect("a folder");
    let path = bare.path().to_str().expect("UTF-8");
    repo.git(&["clone", "--quiet", "--bare", ".", path]);
    let said = "HEAD names `refs/heads/gone`, which is not there; `refs/heads/main` was taken";
    let run = patchline(&["lines", "--repo", path, "--check"]);
    assert!(!run.stdout.contains(said), "{}", run.stdout);
    assert_eq!(run.code, 0, "{}", run.stderr);
    repo.git(&["--git-dir", path, "symbolic-ref", "HEAD", "refs/heads/gone"]);
    let run = patchline(&["lines", "--repo", path]);
    assert!(run.stdout.contains(said), "{}", run.stdout);
    assert!(run.stdout.contains("git symbolic-ref HEAD"), "{}", run.stdout);
    // Another branch may say something else, so nothing is known to agree.
    let run = patchline(&["lines", "--repo", path, "--check"]);
    assert_eq!(run.code, 3, "{}", run.stderr);
    assert!(run.stderr.contains("whether the statements agree is not known"), "{}", run.stderr);
}

#[test]
fn of_several_remotes_none_is_taken_in_silence() {
    let repo = repo("tag v1.0.0");
    let main = repo.git(&["rev-parse", "main"]);
    for remote in ["fork", "upstream"] {
        repo.git(&["update-ref", &format!("refs/remotes/{remote}/release-1.0"), &main]);
    }
    let path = repo.path().to_str().expect("UTF-8").to_owned();
    let run = patchline(&["lines", "--repo", &path]);
    assert!(run.stdout.contains("there are several remotes"), "{}", run.stdout);
    repo.write("patchline.toml", "[support]\nremote = \"upstream\"\n");
    let run = patchline(&["lines", "--repo", &path]);
    assert!(!run.stdout.contains("there are several remotes"), "{}", run.stdout);
}

#[test]
fn a_ref_that_leads_nowhere_is_said() {
    let repo = repo("tag v1.0.0");
    repo.git(&["symbolic-ref", "refs/heads/release-2.0", "refs/heads/release-2.0"]);
    let path = repo.path().to_str().expect("UTF-8").to_owned();
    let run = patchline(&["lines", "--repo", &path]);
    assert!(run.stdout.contains("release-2.0"), "{}", run.stdout);
    assert!(run.stdout.contains("warning"), "{}", run.stdout);
    assert!(!run.stdout.contains("upcoming"), "{}", run.stdout);
}

#[test]
fn a_tag_of_a_tree_or_a_blob_is_no_release() {
    let repo = repo("tag v1.0.0");
    repo.git(&["tag", "v2.0.0", "main^{tree}"]);
    repo.git(&["tag", "v3.0.0", "main:file"]);
    assert_eq!(lines(&repo, &[]), "1.0 supported - v1.0.0\n");
}

#[test]
fn without_any_tag_branches_are_counted_and_that_is_said() {
    let repo = repo("branch release-1.0\nbranch release-1.1");
    let path = repo.path().to_str().expect("UTF-8").to_owned();
    let run = patchline(&["lines", "--repo", &path]);
    assert!(run.stdout.contains("no release tag is in this clone"), "{}", run.stdout);
    assert_eq!(lines(&repo, &[]), "1.1 supported release-1.1 -\n1.0 supported release-1.0 -\n");
}

#[test]
fn a_declared_policy_decides() {
    let repo = repo(
        "tag v1.1.0\ntag v1.2.0\ntag v1.3.0\ntag v1.4.0\nbranch release-1.1\nbranch release-1.2\n\
         branch special",
    );
    repo.write("patchline.toml", "[support]\nnewest = 2\n");
    assert_eq!(
        lines(&repo, &[]),
        "1.4 supported - v1.4.0\n1.3 supported - v1.3.0\n1.2 eol release-1.2 v1.2.0\n1.1 eol release-1.1 v1.1.0\n"
    );
    repo.write(
        "patchline.toml",
        "[support]\nnewest = 1\n[[support.line]]\nid = \"1.2.x\"\nbranch = \"special\"\ntier = \"security-only\"\n\
         until = 2031-06-15\n[[support.line]]\nid = \"1.1\"\nuntil = 2031-06-14\n\
         [[support.line]]\nid = \"0.9\"\n",
    );
    assert_eq!(
        lines(&repo, &[]),
        "1.4 supported - v1.4.0\n1.3 eol - v1.3.0\n1.2.x supported special v1.2.0\n\
         1.1 eol release-1.1 v1.1.0\n0.9 supported 0.9 -\n"
    );
    let path = repo.path().to_str().expect("UTF-8");
    let json = patchline(&["lines", "--repo", path, "--as-of", TODAY, "--format", "json"]).json();
    let line = &json["lines"][2];
    assert_eq!((&line["tier"], &line["until"]), (&"security-only".into(), &"2031-06-15".into()));
    let evidence = &line["evidence"][0];
    assert_eq!((&evidence["by"], &evidence["origin"]["row"]), (&"configuration".into(), &4.into()));
    assert_eq!(line["assumed"], false);
}

#[test]
fn patterns_of_the_configuration_replace_the_built_in_ones() {
    let repo =
        repo("tag wave/7.1.0\ntag wave/7.2.0\ntag v9.0.0\nbranch ship_7.1\nbranch release-9.0");
    repo.write(
        "patchline.toml",
        "[support]\ntags = \"wave/{version}\"\nbranches = \"ship_{major}.{minor}\"\nignore = [\"*7.2*\"]\n",
    );
    assert_eq!(lines(&repo, &[]), "7.1 supported ship_7.1 wave/7.1.0\n");
}

#[test]
fn exactly_the_named_refs_are_taken() {
    let repo = repo("tag v1.0.0\ntag v1.1.0\nbranch release-1.0\nbranch odd/branch");
    assert_eq!(lines(&repo, &["--line", "odd/*"]), "odd/branch supported odd/branch -\n");
    assert_eq!(
        lines(&repo, &["--line", "v1.*", "--line", "release-1.0"]),
        "release-1.0 supported release-1.0 -\nv1.0.0 supported - v1.0.0\nv1.1.0 supported - v1.1.0\n"
    );
}

#[test]
fn a_replayed_day_does_not_know_later_tags() {
    let repo = repo("tag v1.0.0\ntag v1.1.0");
    let date = repo.git(&["log", "-1", "--format=%cs", "v1.0.0"]);
    assert_eq!(lines(&repo, &["--as-of", &date][..]).lines().count(), 1);
}

#[test]
fn a_stale_local_branch_does_not_hide_its_remote() {
    let origin = repo("tag v1.0.0\nbranch release-1.0");
    let folder = tempfile::tempdir().expect("a folder");
    let clone = folder.path().join("clone");
    let url = origin.path().to_str().expect("UTF-8");
    let target = clone.to_str().expect("UTF-8");
    crate::world::git(folder.path(), &["clone", "--quiet", url, target]);
    crate::world::git(&clone, &["branch", "--quiet", "release-1.0", "origin/release-1.0"]);
    origin.commit("release-1.0", &[("file", "newer")], "2031-01-01");
    crate::world::git(&clone, &["fetch", "--quiet"]);
    let run = patchline(&["lines", "--repo", target, "--format", "json"]);
    let json = run.json();
    assert_eq!(json["lines"][0]["head"]["ref"], "refs/remotes/origin/release-1.0");
    assert!(run.stdout.contains("differ; the newer one"), "{}", run.stdout);
}

/// `PATCHLINE_DATA/lines`: truth by hand for sixteen repositories, rebuilt from captures, each
/// without any configuration and on its own day.
#[test]
fn real_repositories_have_the_lines_that_people_see() {
    let Some(data) = real_data("real_repositories_have_the_lines_that_people_see") else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let lines_folder = data.join("lines");
    let rebuilt = Command::new("python3")
        .arg(lines_folder.join("rebuild.py"))
        .args([&lines_folder, &folder.path().to_path_buf()])
        .arg("--all")
        .output()
        .expect("python3 runs");
    assert!(rebuilt.status.success(), "{}", String::from_utf8_lossy(&rebuilt.stderr));
    let mut score = Score::default();
    let mut repositories = 0;
    for entry in fs::read_dir(&lines_folder).expect("the data") {
        let path = entry.expect("an entry").path();
        if path.extension().is_none_or(|extension| extension != "json") {
            continue;
        }
        let truth: Value =
            serde_json::from_slice(&fs::read(&path).expect("the truth")).expect("JSON");
        let name = text(&truth["repo"]);
        let repo = folder.path().join(name.replace('/', "+")).join("repo");
        let repo = repo.to_str().expect("UTF-8");
        let as_of = text(&truth["as_of"]);
        let run = patchline(&["lines", "--repo", repo, "--as-of", as_of, "--format", "json"]);
        score.compare(name, &truth, &run.json());
        repositories += 1;
    }
    let structure = f64::from(score.right) / f64::from(score.checked);
    println!(
        "{repositories} repositories: {} of {} supported sets, {structure:.3} of {} statements about \
         lines, {} traps leaked",
        score.sets_right,
        score.sets,
        score.checked,
        score.leaked.len()
    );
    println!("{}", score.wrong.join("\n"));
    assert!(repositories >= 16 && score.checked > 400, "{repositories} {}", score.checked);
    assert_eq!(score.sets_right, score.sets, "{}", score.wrong.join("\n"));
    assert!(structure >= 0.97, "{structure}: {}", score.wrong.join("\n"));
    assert!(score.leaked.is_empty(), "{}", score.leaked.join("\n"));
}

#[derive(Default)]
struct Score {
    /// Repositories whose supported set is scored.
    sets: u32,
    sets_right: u32,
    /// Statements about the structure of lines.
    checked: u32,
    right: u32,
    wrong: Vec<String>,
    leaked: Vec<String>,
}

impl Score {
    fn compare(&mut self, name: &str, truth: &Value, found: &Value) {
        let expected = truth["lines"].as_array().expect("lines");
        // The truth's own name of a line that is found under another one.
        let own_name = |id: &str| -> String {
            let known = expected.iter().find(|line| {
                line["id"] == id || strings(&line["aliases"]).iter().any(|alias| alias == id)
            });
            known.map_or(id, |line| text(&line["id"])).to_owned()
        };
        let found = found["lines"].as_array().expect("lines");
        let releases: Vec<&Value> = found.iter().filter(|l| l["kind"] == "release").collect();
        for line in expected {
            let id = text(&line["id"]);
            let own = releases.iter().find(|found| own_name(text(&found["id"])) == id);
            self.structure(name, line, own.copied());
        }
        for trap in strings(&truth["must_not_be_lines"]) {
            if releases.iter().any(|l| l["branch"] == *trap || l["release"]["tag"] == *trap) {
                self.leaked.push(format!("{name}: `{trap}` became a line"));
            }
        }
        for trap in strings(&truth["must_not_be_ids"]) {
            let lives =
                |line: &&Value| line["status"] == "supported" || line["status"] == "upcoming";
            if releases.iter().filter(|line| line["id"] == *trap).any(lives) {
                self.leaked.push(format!("{name}: `{trap}` is taken as a living line"));
            }
        }
        if truth["scored_supported"] != true {
            return;
        }
        let supported: Vec<&&Value> =
            releases.iter().filter(|line| line["status"] == "supported").collect();
        let ids: BTreeSet<String> =
            supported.iter().map(|line| own_name(text(&line["id"]))).collect();
        let mut accepted = vec![&truth["expected_supported"]];
        accepted.extend(truth["also_acceptable"].as_array().into_iter().flatten());
        if supported.iter().all(|line| line["assumed"] == true) {
            accepted.extend(truth["acceptable_if_assumed"].as_array().into_iter().flatten());
        }
        self.sets += 1;
        if accepted.iter().any(|set| strings(set).into_iter().collect::<BTreeSet<_>>() == ids) {
            self.sets_right += 1;
        } else {
            self.wrong.push(format!("{name}: {ids:?} are supported"));
        }
    }

    /// The name, branch, latest release and status of one line.
    fn structure(&mut self, name: &str, expected: &Value, found: Option<&Value>) {
        let is_any = |value: &Value, one: &str, others: &str| {
            *value == expected[one] || strings(&expected[others]).iter().any(|other| value == other)
        };
        let checks = match found {
            None => [("is missing", false); 4],
            Some(line) => [
                ("", true),
                ("branch", is_any(&line["branch"], "branch", "branch_alt")),
                ("release", line["release"]["tag"] == expected["latest_stable"]),
                ("status", is_any(&line["status"], "status", "status_alt")),
            ],
        };
        for (what, holds) in checks {
            self.checked += 1;
            if holds {
                self.right += 1;
            } else {
                let found = found.map_or(&Value::Null, |line| &line[what]);
                self.wrong.push(format!("{name}: {} {what} {found}", expected["id"]));
            }
        }
    }
}

fn strings(value: &Value) -> Vec<String> {
    let values = value.as_array().into_iter().flatten();
    values.filter_map(|value| value.as_str().map(str::to_owned)).collect()
}
