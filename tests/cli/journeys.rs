//! Whole journeys: a real repository served over git's own protocol, a GitHub that remembers, and
//! the action in a checkout as shallow as `actions/checkout` makes it.

use std::{fs, path::Path};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::{
    action::{Step, report},
    forge::{Forge, NAME, TOKEN, refusal},
    git_http::{GitHttp, Served},
    world::{Database, Repo, Run, git, lock, text},
};

const SERDE: &str = "serde 1.0.0";
const BAD: &str = "clock 0.1.0";
const GOOD: &str = "clock 0.2.0";

/// `x-access-token:` and the token, as git sends them.
const AUTHORIZATION: &str = "Basic eC1hY2Nlc3MtdG9rZW46Z2hzX0YwcmdlLXQwa2Vu";

/// A project on its way through time.
struct Project {
    origin: Repo,
    server: GitHttp,
    forge: Forge,
    database: Database,
}

impl Project {
    /// Two release lines and `main`; the policy is on `main`.
    fn new(policy: &str) -> Self {
        let origin = Repo::new();
        let clean = lock(&[SERDE, GOOD]);
        let files = [("Cargo.lock", clean.as_str()), ("patchline.toml", policy)];
        origin.commit("main", &files, "2031-01-01");
        for line in ["1.0", "1.1"] {
            origin.git(&["checkout", "-q", "main"]);
            origin.commit(&format!("release-{line}"), &files, "2031-01-02");
            origin.git(&["tag", &format!("v{line}.0")]);
        }
        origin.git(&["checkout", "-q", "main"]);
        let server = GitHttp::start(
            origin.path(),
            Served {
                authorization: Some(AUTHORIZATION.to_owned()),
                filters: true,
                ..Served::default()
            },
        );
        let database = Database::new();
        database.add("RUSTSEC-2031-0001", "clock", "patched = [\">= 0.2.0\"]", "");
        database.add("RUSTSEC-2031-0002", "ferry-http", "patched = [\">= 1.5.0\"]", "");
        let project = Self { origin, server, forge: Forge::start(), database };
        project.push();
        project
    }

    /// The forge has what the repository has.
    fn push(&self) {
        self.forge.push(self.origin.path());
    }

    /// Locks packages at a branch's head.
    fn change(&self, branch: &str, packages: &[&str], day: &str) {
        let policy = self.origin.git(&["show", "main:patchline.toml"]);
        let lock = lock(packages);
        let files = [("Cargo.lock", lock.as_str()), ("patchline.toml", policy.as_str())];
        self.origin.commit(branch, &files, day);
        self.push();
    }

    /// A checkout of one commit, and nothing else, as `actions/checkout` makes it.
    fn checkout(&self, reference: &str, local: &str) -> TempDir {
        let workspace = TempDir::new().expect("a folder");
        let folder = workspace.path();
        let commit = self.commit(reference);
        git(folder, &["init", "-q"]);
        git(folder, &["remote", "add", "origin", &self.server.url()]);
        let header = format!("http.extraheader=AUTHORIZATION: {AUTHORIZATION}");
        let spec = format!("+{commit}:{local}");
        let fetch = ["-c", &header, "fetch", "-q", "--no-tags", "--depth=1", "origin", &spec];
        git(folder, &fetch);
        git(folder, &["checkout", "-q", "--force", local]);
        self.server.forget();
        workspace
    }

    fn commit(&self, reference: &str) -> String {
        self.origin.git(&["rev-parse", &format!("{reference}^{{commit}}")]).trim().to_owned()
    }

    fn repository() -> Value {
        json!({ "full_name": NAME, "default_branch": "main" })
    }

    /// The nightly run, in a checkout of `main`.
    fn night(&self, inputs: &[(&str, &str)]) -> Journey {
        let workspace = self.checkout("main", "refs/remotes/origin/main");
        let step = Step::new(&json!({ "schedule": "x", "repository": Self::repository() }));
        self.run(workspace, step, "schedule", "main", inputs)
    }

    /// A pull request of `branch` into another one, checked out as GitHub's merge of both.
    fn pull(&self, branch: &str, into: &str, from: &str, inputs: &[(&str, &str)]) -> Journey {
        self.origin.git(&["checkout", "-q", "--detach", into]);
        self.origin.git_on("2031-05-01", &["merge", "-q", "--no-ff", "-m", "Merge", branch]);
        self.origin.git(&["update-ref", "refs/pull/7/merge", "HEAD"]);
        self.origin.git(&["checkout", "-q", "main"]);
        let mut state = self.forge.state();
        let merge = self.commit("refs/pull/7/merge");
        state.refs.insert("refs/pull/7/merge".to_owned(), merge.clone());
        state.commits.insert(merge);
        drop(state);
        let payload = json!({
            "repository": Self::repository(),
            "pull_request": {
                "number": 7,
                "author_association": if from == NAME { "MEMBER" } else { "NONE" },
                "base": { "ref": into, "sha": self.commit(into), "repo": { "full_name": NAME } },
                "head": {
                    "ref": branch, "sha": self.commit(branch), "repo": { "full_name": from },
                },
            },
        });
        let workspace = self.checkout("refs/pull/7/merge", "refs/remotes/pull/7/merge");
        self.run(workspace, Step::new(&payload), "pull_request", "refs/pull/7/merge", inputs)
    }

    fn run(
        &self,
        workspace: TempDir,
        step: Step,
        event: &str,
        at: &str,
        inputs: &[(&str, &str)],
    ) -> Journey {
        let place = self.database.path().to_str().expect("UTF-8").to_owned();
        let mut given = inputs.to_vec();
        given.extend([("token", TOKEN), ("database", place.as_str())]);
        let environment = [
            ("GITHUB_API_URL", self.forge.url()),
            ("GITHUB_SERVER_URL", self.server.server()),
            ("GITHUB_REPOSITORY", NAME.to_owned()),
            ("GITHUB_RUN_ID", "42".to_owned()),
            ("GITHUB_SHA", self.commit(at)),
        ];
        let environment: Vec<(&str, &str)> =
            environment.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let before = contents(workspace.path());
        let run = step.run(workspace.path(), event, &given, &environment);
        assert_eq!(before, contents(workspace.path()), "the workspace is not as it was");
        let told = (step.outputs(), step.summary());
        let said = format!("{}{}{told:?}", run.stdout, run.stderr);
        assert!(!said.contains(TOKEN), "the token is shown");
        assert!(!said.contains("eC1hY2Nlc3M"), "the credential is shown");
        Journey { run, step, workspace, writes: self.forge.writes() }
    }
}

/// Every file of a workspace but what the action is asked to write.
fn contents(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path == folder.join("patchline") {
                continue;
            }
            if path.is_dir() && !path.is_symlink() {
                folders.push(path);
            } else {
                let name = path.display().to_string();
                found.push((name, fs::read(&path).unwrap_or_default()));
            }
        }
    }
    found.sort();
    found
}

/// A run that is over.
struct Journey {
    run: Run,
    step: Step,
    workspace: TempDir,
    /// What the forge was told.
    writes: Vec<String>,
}

impl Journey {
    fn ends(self, code: i32, outcome: &str) -> Self {
        assert_eq!(self.run.code, code, "{}{}", self.run.stdout, self.run.stderr);
        assert_eq!(self.step.outputs()["outcome"], outcome);
        self
    }

    fn says(self, words: &str) -> Self {
        let said = format!("{}{}", self.run.stdout, self.run.stderr);
        assert!(said.contains(words), "{words}: {said}");
        self
    }

    fn report(&self) -> Value {
        report(self.workspace.path())
    }
}

/// How many uploads there are among these requests.
fn uploads(writes: &[String]) -> usize {
    writes.iter().filter(|write| write.ends_with("/code-scanning/sarifs")).count()
}

#[test]
fn a_night_over_three_lines_from_a_checkout_of_one_commit() {
    let project = Project::new("");
    project.change("release-1.0", &[SERDE, BAD], "2031-02-01");
    let night = project.night(&[]).ends(1, "fail");
    assert_eq!(uploads(&night.writes), 3, "{:?}", night.writes);
    let open = project.forge.open_alerts();
    assert_eq!(open.len(), 1, "{open:?}");
    assert!(open[0].starts_with("refs/heads/release-1.0 patchline/1.0 "), "{open:?}");
    let report = night.report();
    let lines = report["lines"].as_array().expect("lines").iter();
    let heads: Vec<(&str, &str)> =
        lines.map(|line| (text(&line["id"]), text(&line["head"]["commit"]))).collect();
    for (line, branch) in [("1.1", "release-1.1"), ("1.0", "release-1.0"), ("main", "main")] {
        assert!(heads.contains(&(line, project.commit(branch).as_str())), "{line}: {heads:?}");
    }
    // Few requests, whatever the number of lines.
    assert!(project.server.asked().len() <= 12, "{:?}", project.server.asked().len());

    // The next night says the same, and opens and closes nothing.
    let again = project.night(&[]).ends(1, "fail");
    assert_eq!(again.report(), report);
    assert_eq!(project.forge.open_alerts(), open);

    // The line is mended, first on the branch and then in a release.
    project.change("release-1.0", &[SERDE, GOOD], "2031-03-01");
    let mended = project.night(&[]).ends(0, "pass");
    assert_eq!(project.forge.open_alerts(), Vec::<String>::new());
    drop(mended);
}

#[test]
fn the_policy_may_lie_elsewhere_on_the_default_branch() {
    let project = Project::new("");
    let bad = lock(&[SERDE, BAD]);
    let policy = "[gate]\nfail-at = \"never\"\n";
    let files = [("Cargo.lock", bad.as_str()), ("ci/lines.toml", policy), ("patchline.toml", "")];
    project.origin.commit("main", &files, "2031-02-01");
    project.push();
    project.night(&[]).ends(1, "fail");
    project.night(&[("config", "ci/lines.toml")]).ends(0, "pass");
    project.night(&[("config", "ci/gone.toml")]).ends(2, "usage").says("no configuration at");
    // Where another branch is checked out, the file has to be brought.
    project.origin.git(&["checkout", "-q", "release-1.0"]);
    project.change("topic", &[SERDE, BAD], "2031-04-01");
    project.pull("topic", "release-1.0", NAME, &[]).ends(1, "fail");
    let named = [("config", "ci/lines.toml")];
    project.pull("topic", "release-1.0", NAME, &named).ends(0, "pass");
}

#[test]
fn a_line_that_ends_is_closed_once() {
    let project = Project::new("");
    project.change("release-1.0", &[SERDE, BAD], "2031-02-01");
    project.night(&[]).ends(1, "fail");
    assert_eq!(project.forge.open_alerts().len(), 1);
    let ended =
        "[[support.line]]\nid = \"1.1\"\n[[support.line]]\nid = \"1.0\"\nstatus = \"eol\"\n";
    let clean = lock(&[SERDE, GOOD]);
    let files = [("Cargo.lock", clean.as_str()), ("patchline.toml", ended)];
    project.origin.commit("main", &files, "2031-04-01");
    project.push();
    let first = project.night(&[]).ends(0, "pass");
    assert_eq!(project.forge.open_alerts(), Vec::<String>::new());
    let second = project.night(&[]).ends(0, "pass");
    assert_eq!(uploads(&first.writes), uploads(&second.writes) + 1, "one tombstone");
}

#[test]
fn a_pull_request_fails_for_what_it_brings_into_its_line() {
    let project = Project::new("");
    project.change("release-1.0", &[SERDE, BAD], "2031-02-01");
    project.origin.git(&["checkout", "-q", "release-1.0"]);
    project.change("topic", &[SERDE, BAD, "ferry-http 1.4.0"], "2031-04-01");
    let pull = project.pull("topic", "release-1.0", NAME, &[]).ends(1, "fail");
    assert_eq!(uploads(&pull.writes), 0, "{:?}", pull.writes);
    let report = pull.report();
    let findings = report["findings"].as_array().expect("findings");
    let fails: Vec<&str> = findings
        .iter()
        .filter(|finding| text(&finding["decision"]) == "fail")
        .map(|finding| text(&finding["id"]))
        .collect();
    assert_eq!(fails, ["RUSTSEC-2031-0002"]);
    // An annotation stands at the row, and one comment and the summary tell the same.
    assert!(pull.run.stdout.contains("::error file=Cargo.lock,line="), "{}", pull.run.stdout);
    let comments = project.forge.state().comments.clone();
    assert_eq!(comments.len(), 1, "{comments:?}");
    for page in [&comments[0].body, &pull.step.summary()] {
        assert!(page.contains("RUSTSEC-2031-0002") && page.contains("ferry-http"), "{page}");
    }
    // The same again changes nothing.
    let again = project.pull("topic", "release-1.0", NAME, &[]).ends(1, "fail");
    assert_eq!(again.writes, Vec::<String>::new());
    // Mended, the comment says so, and stays one.
    project.change("topic", &[SERDE, BAD, "ferry-http 1.5.0"], "2031-04-02");
    project.pull("topic", "release-1.0", NAME, &[]).ends(0, "pass");
    let mended = project.forge.state().comments.clone();
    assert_eq!(mended.len(), 1, "{mended:?}");
    assert!(mended[0].id == comments[0].id && mended[0].body != comments[0].body);
    assert!(!mended[0].body.contains("RUSTSEC-2031-0002"), "{}", mended[0].body);
}

#[test]
fn the_pull_request_of_a_fork_is_judged_and_tells_nobody() {
    let project = Project::new("");
    project.change("topic", &[SERDE, GOOD, "ferry-http 1.4.0"], "2031-04-01");
    let pull = project.pull("topic", "main", "stranger/boat", &[]).ends(1, "fail");
    assert_eq!(pull.writes, Vec::<String>::new());
    let pull = pull.says("it comes from a fork, whose token may write nothing");
    assert!(pull.step.summary().contains("ferry-http"), "{}", pull.step.summary());
}

#[test]
fn a_merge_queue_is_judged_by_the_commits_that_it_names() {
    let project = Project::new("");
    project.change("main", &[SERDE, BAD], "2031-02-01");
    project.change("topic", &[SERDE, BAD, "ferry-http 1.4.0"], "2031-04-01");
    for (head, code, outcome) in [("main", 0, "pass"), ("topic", 1, "fail")] {
        let group = json!({
            "repository": Project::repository(),
            "merge_group": {
                "base_ref": "refs/heads/main", "base_sha": project.commit("main"),
                "head_ref": "refs/heads/gh-readonly-queue/main/pr-7",
                "head_sha": project.commit(head),
            },
        });
        let workspace = project.checkout(head, "refs/remotes/origin/queue");
        let step = Step::new(&group);
        let journey = project.run(workspace, step, "merge_group", head, &[]);
        let journey = journey.ends(code, outcome);
        assert_eq!(journey.writes, Vec::<String>::new());
    }
}

#[test]
fn under_pull_request_target_the_change_is_read_and_nothing_is_run() {
    let policy = "[scan]\nallow-commands = true\n[[scanner]]\nid = \"tool\"\nrun = [\"true\"]\n";
    let project = Project::new(policy);
    project.change("topic", &[SERDE, GOOD, "ferry-http 1.4.0"], "2031-04-01");
    let payload = json!({
        "repository": Project::repository(),
        "pull_request": {
            "number": 7, "author_association": "NONE",
            "base": {
                "ref": "main", "sha": project.commit("main"), "repo": { "full_name": NAME },
            },
            "head": { "ref": "topic", "sha": project.commit("topic"), "repo": null },
        },
    });
    // What is checked out there is the branch, and not the change.
    let workspace = project.checkout("main", "refs/remotes/origin/main");
    let step = Step::new(&payload);
    let journey = project.run(workspace, step, "pull_request_target", "main", &[]);
    let journey = journey.ends(1, "fail").says("no program is started under `pull_request_target`");
    assert!(journey.step.summary().contains("RUSTSEC-2031-0002"), "{}", journey.step.summary());
}

#[test]
fn a_line_is_done_when_its_fix_is_released() {
    let project = Project::new("[gate]\nunreleased = \"fail\"\n");
    project.change("release-1.0", &[SERDE, BAD], "2031-02-01");
    project.origin.git(&["tag", "v1.0.1", "release-1.0"]);
    project.push();
    let words = |journey: &Journey| {
        let report = journey.report();
        let findings = report["findings"].as_array().expect("findings").iter();
        let mut of_line = findings.filter(|finding| text(&finding["line"]) == "1.0");
        of_line.next().map(|finding| text(&finding["status"]).to_owned())
    };
    let night = project.night(&[]).ends(1, "fail");
    assert_eq!(words(&night).as_deref(), Some("unpatched"));
    project.change("release-1.0", &[SERDE, GOOD], "2031-03-01");
    let night = project.night(&[]).ends(1, "fail");
    assert_eq!(words(&night).as_deref(), Some("fixed-unreleased"));
    project.origin.git(&["tag", "v1.0.2", "release-1.0"]);
    project.push();
    project.night(&[]).ends(0, "pass");
}

#[test]
fn shares_of_the_lines_are_joined_to_the_whole() {
    let policy = "[publish]\nissues = \"vulnerability\"\n";
    let project = Project::new(policy);
    project.change("release-1.0", &[SERDE, BAD], "2031-02-01");
    let reports = TempDir::new().expect("a folder");
    for share in ["1/3", "2/3", "3/3"] {
        let journey = project.night(&[("shard", share)]);
        assert_eq!(uploads(&journey.writes), 1, "{share}: {:?}", journey.writes);
        let name = format!("{}.json", &share[..1]);
        let from = journey.workspace.path().join("patchline/patchline.json");
        fs::copy(from, reports.path().join(name)).expect("copied");
    }
    assert_eq!(project.forge.state().issues.len(), 0, "a share tells of no issue");
    let open = project.forge.open_alerts();
    assert_eq!(open.len(), 1, "{open:?}");
    // Without the last share, nobody can tell what has ended or is mended.
    let some = reports.path().join("[12].json");
    let some = project.night(&[("reports", some.to_str().expect("UTF-8"))]).ends(1, "fail");
    assert_eq!(some.step.outputs()["lines"], "[\"1.1\",\"1.0\"]");
    assert_eq!(project.forge.state().issues.len(), 0, "{:?}", some.writes);
    assert_eq!(project.forge.open_alerts(), open);
    let glob = reports.path().join("*.json");
    let glob = glob.to_str().expect("UTF-8");
    let whole = project.night(&[("reports", glob)]).ends(1, "fail");
    assert_eq!(whole.step.outputs()["lines"], "[\"1.1\",\"1.0\",\"main\"]");
    assert_eq!(project.forge.state().issues.len(), 1);
    assert_eq!(project.forge.open_alerts(), open, "and the alerts are as they were");
}

#[test]
fn a_secret_is_nowhere_however_it_is_thrown_back() {
    let project = Project::new("");
    project.change("release-1.0", &[SERDE, BAD], "2031-02-01");
    // Whoever is told the token repeats it in every error.
    let echo = |status: &'static str| {
        refusal(status, "", &format!("no: {TOKEN} and Bearer {TOKEN} and {AUTHORIZATION}"))
    };
    project.forge.fail("POST", "/code-scanning/", 1, echo("403 Forbidden"));
    project.forge.fail("GET", "/dependabot/", 1, echo("403 Forbidden"));
    project.forge.fail("GET", "/issues", 10, echo("500 Oh"));
    // The address of the remote has it as well.
    let workspace = project.checkout("main", "refs/remotes/origin/main");
    let url = project.server.url().replace("http://", &format!("http://x-access-token:{TOKEN}@"));
    git(workspace.path(), &["remote", "set-url", "origin", &url]);
    let step = Step::new(&json!({ "repository": Project::repository(), "token": TOKEN }));
    let journey = project.run(workspace, step, "schedule", "main", &[("issues", "line")]);
    let folder = journey.workspace.path().join("patchline");
    let mut files = vec![folder.clone(), folder.join("lines")];
    let mut seen = 0;
    while let Some(folder) = files.pop() {
        for entry in fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_file() {
                let text = fs::read_to_string(&path).expect("text");
                assert!(!text.contains(TOKEN), "{}", path.display());
                assert!(!text.contains("eC1hY2Nlc3M"), "{}", path.display());
                seen += 1;
            }
        }
    }
    assert!(seen >= 5, "{seen}");
    for request in project.forge.state().bodies.clone() {
        assert!(!request.contains(TOKEN), "{request}");
    }
}

#[test]
fn a_suppression_needs_the_right_to_it() {
    let project = Project::new("");
    project.change("main", &[SERDE, BAD], "2031-02-01");
    let suppression = "[[suppress]]\nid = \"RUSTSEC-2031-0001\"\nreason = \"it is never called\"\n\
                       until = 2031-12-01\n";
    project.origin.git(&["checkout", "-q", "main"]);
    let bad = lock(&[SERDE, BAD]);
    let files = [("Cargo.lock", bad.as_str()), ("patchline.toml", suppression)];
    project.origin.commit("silent", &files, "2031-04-01");
    project.push();
    project.pull("silent", "main", NAME, &[]).ends(0, "pass");
    project.pull("silent", "main", "stranger/boat", &[]).ends(1, "fail");
}

#[test]
fn one_living_issue_follows_a_vulnerability_over_all_lines() {
    let policy =
        "[publish]\nissues = \"vulnerability\"\nlabels = [\"security\"]\nassignees = [\"ada\"]\n";
    let project = Project::new(policy);
    project.change("release-1.0", &[SERDE, BAD], "2031-02-01");
    project.change("main", &[SERDE, BAD], "2031-02-02");
    project.night(&[]).ends(1, "fail");
    let issue = |count| {
        let issues = project.forge.state().issues.clone();
        assert_eq!(issues.len(), count, "{issues:?}");
        issues[0].clone()
    };
    let first = issue(1);
    assert!(first.is_open && first.title.contains("RUSTSEC-2031-0001"), "{first:?}");
    assert!(first.labels.contains(&"patchline".to_owned()), "{first:?}");
    assert!(first.labels.contains(&"security".to_owned()), "{first:?}");
    assert_eq!(first.assignees, ["ada"]);
    // A second night edits nothing.
    let again = project.night(&[]).ends(1, "fail");
    let is_issue = |write: &&String| write.contains("/issues");
    assert_eq!(again.writes.iter().filter(is_issue).count(), 0, "{:?}", again.writes);
    // One line is mended, and then the other: then it closes, and opens again when it comes back.
    project.change("release-1.0", &[SERDE, GOOD], "2031-03-01");
    project.night(&[]).ends(1, "fail");
    let half = issue(1);
    assert!(half.is_open && half.body != first.body);
    project.change("main", &[SERDE, GOOD], "2031-03-02");
    project.night(&[]).ends(0, "pass");
    assert!(!issue(1).is_open);
    project.change("main", &[SERDE, BAD], "2031-03-03");
    project.night(&[]).ends(1, "fail");
    assert!(issue(1).is_open);
}

#[test]
fn a_pull_request_that_brings_nothing_passes_whatever_is_there() {
    let project = Project::new("");
    project.change("main", &[SERDE, BAD], "2031-02-01");
    project.change("topic", &[SERDE, BAD, "tidy 1.0.0"], "2031-04-01");
    project.pull("topic", "main", NAME, &[]).ends(0, "pass");
    // And one that mends it.
    project.change("fix", &[SERDE, GOOD], "2031-04-02");
    project.pull("fix", "main", NAME, &[]).ends(0, "pass");
}

#[test]
fn a_refused_upload_is_a_warning_unless_it_is_required() {
    for (reason, words) in [
        ("Advanced Security must be enabled for this repository to use code scanning.", "enable"),
        ("Resource not accessible by integration", "security-events: write"),
    ] {
        let project = Project::new("");
        let all = || refusal("403 Forbidden", "", reason);
        project.forge.fail("POST", "/code-scanning/", 20, all());
        project.night(&[]).ends(0, "pass").says(words);
        project.night(&[("upload", "true")]).ends(4, "broken").says(words);
    }
}

#[test]
fn a_token_without_rights_and_a_server_that_is_down_are_never_a_pass() {
    let project = Project::new("");
    project.change("release-1.0", &[SERDE, BAD], "2031-02-01");
    let workspace = project.checkout("main", "refs/remotes/origin/main");
    let step = Step::new(&json!({ "repository": Project::repository() }));
    let wrong = [("token", "ghs_wr0ng")];
    let journey = project.run(workspace, step, "schedule", "main", &wrong);
    assert!(journey.run.code >= 3, "{}{}", journey.run.stdout, journey.run.stderr);
    assert!(!journey.run.stderr.contains("ghs_wr0ng"), "{}", journey.run.stderr);
}

#[test]
fn an_interface_that_breaks_down_in_the_middle_costs_itself() {
    let project = Project::new("");
    project.forge.fail("POST", "/code-scanning/", 2, refusal("500 Oh", "", "Server Error"));
    project.night(&[]).ends(0, "pass");
    assert_eq!(project.forge.state().analyses.len(), 3, "asked again, and heard");
    project.forge.fail("POST", "/code-scanning/", 1000, refusal("503 Down", "", "down"));
    project.night(&[]).ends(0, "pass").says("is not there at the moment");
}

#[test]
fn a_rehearsal_tells_nobody() {
    let project = Project::new("");
    project.change("release-1.0", &[SERDE, BAD], "2031-02-01");
    let night = project.night(&[("dry-run", "true")]).ends(1, "fail");
    assert_eq!(night.writes, Vec::<String>::new());
    night.says("would upload the results of line 1.0 for refs/heads/release-1.0 at ");
}
