//! What a clone, a path or a key of the configuration hides is said, and never taken for "there is
//! nothing".

use std::path::Path;

use crate::world::{Database, Repo, Run, git, patchline_in, text};

const THREE: &str = "
    2030-01-10 main v1.0.0
    2030-01-11 release-1.0
    2030-02-10 main v1.1.0
    2030-02-11 release-1.1
    2030-03-10 main v1.2.0
    2030-03-11 release-1.2";

fn lines(folder: &Path, args: &[&str]) -> Run {
    let mut all = vec!["lines"];
    all.extend(args);
    patchline_in(folder, &all, &[])
}

#[test]
fn a_relative_path_opens_the_repository_that_it_leads_to() {
    let outer = Repo::with_history("2030-01-10 main v9.0.0", &[]);
    let inner = Repo::with_history(THREE, &[]);
    let url = inner.path().to_str().expect("UTF-8");
    git(outer.path(), &["clone", "--quiet", "--bare", url, "inner.git"]);
    let deep = outer.path().join("deep");
    std::fs::create_dir(&deep).expect("a folder");
    for (folder, repo) in
        [(deep.as_path(), "../inner.git"), (&outer.path().join("inner.git/refs"), ".")]
    {
        let run = lines(folder, &["--repo", repo]);
        assert!(run.stdout.contains("v1.2.0"), "{repo}: {}{}", run.stdout, run.stderr);
        assert!(!run.stdout.contains("v9.0.0"), "{repo}: {}", run.stdout);
    }
}

#[test]
fn a_key_that_matches_nothing_is_no_clean_result() {
    let repo = Repo::with_history(THREE, &[]);
    for (policy, said) in [
        (
            "remote = \"upstream\"",
            "`remote` in [support] is `upstream`, and no branch here is of it",
        ),
        ("tags = \"zz{version}\"", "`tags` in [support] matches no tag"),
        ("branches = \"zz-{version}\"", "`branches` in [support] matches no branch of a line"),
    ] {
        repo.write("patchline.toml", &format!("[support]\n{policy}\n"));
        let run = repo.scan(&Database::new(), &["--format", "json"]);
        assert_eq!(run.json()["outcome"], "incomplete", "{policy}: {}", run.stdout);
        assert!(run.stdout.contains(said), "{policy}: {}", run.stdout);
    }
}

#[test]
fn a_clone_that_may_lack_lines_counts_none_in_silence() {
    let repo = Repo::with_history(THREE, &[]);
    let url = format!("file://{}", repo.path().display());
    let folder = tempfile::tempdir().expect("a folder");
    git(folder.path(), &["clone", "--quiet", "--depth", "1", &url, "shallow"]);
    git(folder.path(), &["clone", "--quiet", "--single-branch", &url, "single"]);
    for (clone, said) in [
        ("shallow", "this is a shallow clone, so lines may be missing in it"),
        ("single", "this clone has only some of the branches, so lines may be missing in it"),
    ] {
        let clone = folder.path().join(clone);
        if said.contains("shallow") {
            git(&clone, &["fetch", "--quiet", "--depth", "1", "origin", "tag", "v1.2.0"]);
        }
        let run = lines(&clone, &[]);
        assert!(run.stdout.contains(said), "{}", run.stdout);
        let run = patchline_in(&clone, &["security-md", "--write"], &[]);
        assert_eq!(run.code, 3, "{}{}", run.stdout, run.stderr);
        assert!(!clone.join("SECURITY.md").exists());
        // Who names the lines counts none.
        std::fs::write(clone.join("patchline.toml"), "[[support.line]]\nid = \"1.2\"\n")
            .expect("a file");
        let run = lines(&clone, &[]);
        assert!(!run.stdout.contains("may be missing in it"), "{}", run.stdout);
    }
}

#[test]
fn a_table_is_never_written_into_the_folder_of_git() {
    let repo = Repo::with_history(THREE, &[]);
    let args = ["security-md", "--write", "--file", ".git/config"];
    let run = patchline_in(repo.path(), &args, &[]);
    assert_eq!(run.code, 2, "{}", run.stderr);
    assert!(run.stderr.contains("git's own folder"), "{}", run.stderr);
}

#[test]
fn a_line_is_found_by_every_name_that_the_page_shows() {
    let repo = Repo::with_history(THREE, &[]);
    let by = |name: &str| lines(repo.path(), &["--explain", name]);
    let story = by("1.1").stdout;
    assert!(story.starts_with("1.1 "), "{story}");
    for name in ["v1.1", "1.1.x", "release-1.1", "v1.1.0"] {
        assert_eq!(by(name).stdout, story, "{name}");
    }
    assert_eq!(by("1.7").code, 2);
}

#[test]
fn a_hint_is_a_command_even_for_a_hostile_branch() {
    let repo = Repo::with_history(THREE, &[]);
    repo.write(
        "patchline.toml",
        "[[support.line]]\nid = \"1.3\"\nbranch = \"rel;$(id)\"\n[[support.line]]\nid = \"1.2\"\n",
    );
    let run = repo.scan(&Database::new(), &["--format", "json"]);
    let trouble = run.json()["trouble"].clone();
    let hints: Vec<&str> = trouble
        .as_array()
        .expect("a list")
        .iter()
        .filter(|trouble| trouble["hint"].is_string())
        .map(|trouble| text(&trouble["hint"]))
        .collect();
    assert!(
        hints.iter().any(|hint| hint.contains("'+rel;$(id):refs/remotes/origin/rel;$(id)'")),
        "{hints:?}"
    );
}
