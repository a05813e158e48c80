//! `--remote`: a repository that nobody cloned shows what a bare clone of it shows.

use std::path::Path;

use patchline::{
    edge::{
        github::{Environment, Github, Pace, RepositoryName, Session},
        http::Secret,
    },
    model::CommitId,
};
use tempfile::TempDir;

use crate::{
    git_api::{GitApi, Manners},
    supply::{ferry, real},
    world::{Database, Repo, Run, TODAY, git, lock, patchline_in},
};

const TOKEN: &str = "ghs_Pl4nted-t0ken";

/// A bare clone that says that it comes from there.
fn bare(repo: &Repo, api: &GitApi) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    repo.git(&["clone", "--quiet", "--bare", ".", folder.path().to_str().expect("UTF-8")]);
    git(folder.path(), &["remote", "set-url", "origin", &format!("{}/ferry/boat", api.server())]);
    folder
}

fn run(place: &[&str], what: &[&str], api: &GitApi, token: &str) -> Run {
    let server = api.server();
    let mut args = what.to_vec();
    args.extend(["--as-of", TODAY, "--format", "json"]);
    args.extend(place);
    let environment =
        [("GITHUB_API_URL", &*server), ("GITHUB_SERVER_URL", &*server), ("GITHUB_TOKEN", token)];
    patchline_in(Path::new("/"), &args, &environment)
}

#[track_caller]
fn assert_same(repo: &Repo, manners: Manners, what: &[&str]) -> (Run, Vec<(String, usize)>) {
    let api = GitApi::start(repo.path(), manners);
    let clone = bare(repo, &api);
    let whole = ["--repo", clone.path().to_str().expect("UTF-8")];
    // Without a token, nobody asks for alerts.
    let expected = run(&whole, what, &api, "");
    assert!(api.asked().is_empty());
    let found = run(&["--remote", "ferry/boat"], what, &api, TOKEN);
    assert_eq!(found.json(), expected.json(), "{}{}", found.stderr, expected.stderr);
    assert_eq!(found.code, expected.code);
    (found, api.asked())
}

/// Nobody is asked for alerts, whatever the token.
const POLICY: &str = "[scan]\ndependabot = \"off\"\n";

/// A ferry with a policy, folders, links and files that are no text.
fn large() -> Repo {
    let repo = ferry();
    let good = lock(&["app 0.1.0", "clock 0.2.23"]);
    repo.git(&["checkout", "--quiet", "main"]);
    for (path, text) in [
        ("patchline.toml", POLICY),
        ("deep/er/Cargo.lock", &good),
        ("deep/er/Cargo.toml", "[package]\nname = \"app\"\nversion = \"0.1.0\"\n"),
        ("deep/er/still/x", "x"),
        (".github/SECURITY.md", "Nothing.\n"),
        (".cargo/audit.toml", "[advisories]\nignore = [\"RUSTSEC-2031-0001\"]\n"),
        (".openvex/it.json", "{}"),
    ] {
        let at = repo.path().join(path);
        std::fs::create_dir_all(at.parent().expect("a parent")).expect("a folder");
        std::fs::write(at, text).expect("a file");
    }
    std::fs::write(repo.path().join("deny.toml"), b"# \xff\xfe\n").expect("a file");
    std::os::unix::fs::symlink("README.md", repo.path().join("SUPPORT.md")).expect("a link");
    std::os::unix::fs::symlink("er", repo.path().join("deep/link")).expect("a link");
    repo.git(&["add", "--all", "--force"]);
    repo.git_on("2031-04-01", &["commit", "--quiet", "-m", "Large"]);
    repo.git(&["branch", "--force", "release-1.3", "main"]);
    repo.git_on("2031-04-02", &["tag", "-a", "-m", "It", "v1.3.0", "main"]);
    repo.git(&["tag", "v1.3.7", "main^{tree}"]);
    repo
}

#[test]
fn a_repository_that_nobody_cloned_shows_what_a_bare_clone_shows() {
    let repo = large();
    let database = Database::new();
    let place = format!("rustsec={}", database.path().display());
    let usual = Manners::of(TOKEN);
    for manners in [
        usual.clone(),
        Manners { page: 2, ..usual.clone() },
        Manners { longest_text: 10, ..usual.clone() },
        Manners { has_graphql: false, ..usual.clone() },
        Manners { has_graphql: false, most_entries: 6, ..usual },
    ] {
        let told = format!("graphql {} page {}", manners.has_graphql, manners.page);
        let (_, asked) = assert_same(&repo, manners, &["scan", "--db", &place]);
        let bytes: usize = asked.iter().map(|(_, bytes)| bytes).sum();
        println!("{told}: {} requests, {bytes} bytes", asked.len());
    }
    assert_same(&repo, Manners::of(TOKEN), &["lines"]);
    assert_same(&repo, Manners::of(TOKEN), &["lines", "--line", "v1.*"]);
}

#[test]
fn few_requests_serve_many_lines() {
    let repo = large();
    let (_, asked) = assert_same(&repo, Manners::of(TOKEN), &["lines"]);
    assert!(asked.len() <= 16, "{asked:#?}");
    // One file is no text, and comes by itself.
    let alone = asked.iter().filter(|(request, _)| !request.starts_with("POST /graphql"));
    assert_eq!(alone.count(), 1, "{asked:#?}");
}

#[test]
fn what_breaks_off_is_a_gap() {
    let repo = large();
    let database = Database::new();
    let place = format!("rustsec={}", database.path().display());
    for has_graphql in [true, false] {
        for lasts in 0..30 {
            let manners = Manners { has_graphql, lasts, ..Manners::of(TOKEN) };
            let api = GitApi::start(repo.path(), manners);
            let found = run(&["--remote", "ferry/boat"], &["scan", "--db", &place], &api, TOKEN);
            let is_whole = api.asked().len() <= lasts;
            assert!(is_whole || found.code != 0, "{lasts}: {}", found.stdout);
            let is_said = found.stdout.contains("This is down") || found.code == 4;
            assert!(is_whole || is_said, "{lasts}: {} {}", found.stdout, found.stderr);
        }
    }
}

#[test]
fn who_may_not_see_it_is_told_what_to_do() {
    let repo = ferry();
    let api = GitApi::start(repo.path(), Manners::of(TOKEN));
    for (name, token, said) in [
        ("ferry/boat", "wr0ng", "GitHub does not take the token: Bad credentials"),
        ("ferry/boat", "", "there is no token to ask GitHub with"),
        ("ferry/raft", TOKEN, "GitHub does not show the repository ferry/raft"),
    ] {
        let found = run(&["--remote", name], &["lines"], &api, token);
        assert_eq!((found.code, found.stdout.as_str()), (4, ""), "{}", found.stderr);
        assert!(found.stderr.contains(said), "{}", found.stderr);
        assert!(found.stderr.contains("hint: "), "{}", found.stderr);
        assert!(!found.stderr.contains("wr0ng") && !found.stderr.contains(TOKEN));
    }
    for args in [
        &["lines", "--remote", "ferry"][..],
        &["lines", "--remote", "a/b", "--repo", "."],
        &["lines", "--remote", "a/b", "--fetch"],
        &["lines", "--remote", "a/b", "--offline"],
    ] {
        assert_eq!(patchline_in(Path::new("/"), args, &[]).code, 2, "{args:?}");
    }
}

#[test]
fn what_needs_history_is_a_gap_or_an_error() {
    let repo = Repo::new();
    for (line, day) in [("1.0", "2030-01-01"), ("1.1", "2030-06-01"), ("1.2", "2031-01-01")] {
        repo.commit("main", &[("Cargo.lock", line)], day);
        repo.git_on(day, &["tag", &format!("v{line}.0")]);
    }
    repo.git(&["branch", "vault-1.0", "v1.0.0"]);
    let api = GitApi::start(repo.path(), Manners::of(TOKEN));
    let found = run(&["--remote", "ferry/boat"], &["lines", "--check"], &api, TOKEN);
    assert_eq!(found.code, 3, "{}{}", found.stdout, found.stderr);
    assert!(found.stdout.contains("clone the repository"), "{}", found.stdout);

    let server = api.server();
    let environment = [("GITHUB_API_URL", &*server), ("GITHUB_TOKEN", TOKEN)];
    let args = ["lines", "--remote", "ferry/boat", "--as-of", "2020-01-01"];
    let past = patchline_in(Path::new("/"), &args, &environment);
    assert_eq!((past.code, past.stdout.as_str()), (2, ""), "{}", past.stderr);
    assert!(past.stderr.contains("hint: clone the repository"), "{}", past.stderr);
}

#[test]
fn github_says_where_two_histories_part() {
    let repo = ferry();
    let api = GitApi::start(repo.path(), Manners::of(TOKEN));
    let environment = Environment {
        api: api.server(),
        server: None,
        repository: None,
        token: Secret::new(TOKEN),
        alerts_token: None,
        is_workflow: false,
    };
    let github = Github::new(&environment, Github::PATIENCE).expect("a GitHub");
    let name = RepositoryName::parse("ferry/boat").expect("a name");
    let mut session = Session::new(&github, &name, Pace::NEAR).expect("a session");
    let id = |name: &str| CommitId(repo.git(&["rev-parse", name]));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let (one, other) = (id("release-1.1"), id("main"));
    let base = runtime.expect("a runtime").block_on(session.merge_base(&one, &other));
    assert_eq!(base, Ok(CommitId(repo.git(&["merge-base", "release-1.1", "main"]))));
}

#[test]
fn real_repositories_show_the_same_through_the_interface() {
    let database = Database::new();
    let place = format!("rustsec={}", database.path().display());
    let what = ["scan", "--db", &*place];
    for (name, repository) in real("real_repositories_through_the_interface") {
        let api = GitApi::start(repository.path(), Manners::of(TOKEN));
        let url = format!("{}/ferry/boat", api.server());
        git(repository.path(), &["remote", "set-url", "origin", &url]);
        let whole = ["--repo", repository.path().to_str().expect("UTF-8")];
        let expected = run(&whole, &what, &api, "");
        let found = run(&["--remote", "ferry/boat"], &what, &api, TOKEN);
        let asked = api.asked();
        let bytes: usize = asked.iter().map(|(_, bytes)| bytes).sum();
        println!("{name}: {} requests, {bytes} bytes", asked.len());
        let (found, expected) = (found.json(), expected.json());
        for key in ["lines", "findings", "contradictions", "outcome"] {
            assert!(found[key] == expected[key], "{name} {key}");
        }
    }
}
