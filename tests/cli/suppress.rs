//! Suppressions are written with a reason and an end, and other tools' ignore lists are read from the
//! trees and adopted.

use std::fs;

use patchline::{
    collect,
    config::{self, Overrides},
    edge::git::Git,
    model::{CommitId, Head, LineId, LineKind, Opinion, ReleaseLine, Standing, Trouble},
};

use crate::world::{Repo, Run, TODAY, patchline, patchline_in};

const ID: &str = "CVE-2031-0001";

fn suppress(repo: &Repo, args: &[&str]) -> Run {
    let path = repo.path().to_str().expect("UTF-8");
    let mut all = vec!["suppress", "--repo", path, "--as-of", TODAY];
    all.extend(args);
    patchline(&all)
}

fn policy(repo: &Repo) -> Option<String> {
    fs::read_to_string(repo.path().join("patchline.toml")).ok()
}

#[test]
fn a_suppression_is_written_to_a_new_configuration() {
    let repo = Repo::new();
    let args = [
        "cve-2031-0001",
        "--reason",
        "it is \"never\" called",
        "--until",
        "2032-03-31",
        "--package",
        "harbour",
        "--line",
        "1.0.x",
        "--line",
        "main",
        "--justification",
        "vulnerable_code_not_in_execute_path",
    ];
    let run = suppress(&repo, &args);
    assert_eq!((run.code, run.stderr.as_str()), (0, ""));
    let block = r#"[[suppress]]
id = "CVE-2031-0001"
package = "harbour"
lines = ["1.0.x", "main"]
reason = 'it is "never" called'
justification = "vulnerable_code_not_in_execute_path"
until = 2032-03-31
"#;
    assert_eq!(policy(&repo), Some(format!("schema = 1\n\n{block}")));
    assert_eq!(run.stdout, format!("wrote to `patchline.toml`:\n\n{block}"));
}

#[test]
fn the_rest_of_the_configuration_stays_byte_for_byte() {
    let args = [ID, "--reason", "r", "--until", "2031-07-01"];
    for (before, between, ending) in [
        ("# ours\n[support]\nnewest = 2 # two\n", "\n", "\n"),
        ("[support]\nnewest = 2", "\n\n", "\n"),
        ("# ours\r\n[support]\r\nnewest = 2\r\n", "\r\n", "\r\n"),
        ("", "", "\n"),
    ] {
        let repo = Repo::new();
        repo.write("patchline.toml", before);
        assert_eq!(suppress(&repo, &args).code, 0, "{before:?}");
        let block = "[[suppress]]\nid = \"CVE-2031-0001\"\nreason = \"r\"\nuntil = 2031-07-01\n";
        let block = block.replace('\n', ending);
        assert_eq!(policy(&repo), Some(format!("{before}{between}{block}")), "{before:?}");
    }
}

#[test]
fn the_configuration_is_the_one_that_is_there() {
    let repo = Repo::new();
    let args = [ID, "--reason", "r", "--until", "2031-07-01"];
    fs::create_dir(repo.path().join(".github")).expect("a folder");
    repo.write(".github/patchline.toml", "schema = 1\n");
    let run = suppress(&repo, &args);
    assert!(run.stdout.starts_with("wrote to `.github/patchline.toml`:"), "{}", run.stdout);
    assert_eq!(policy(&repo), None);

    repo.write("patchline.toml", "schema = 1\n");
    let run = suppress(&repo, &args);
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("both exist"), "{}", run.stderr);

    let other = repo.path().join("other.toml");
    let named = [&args[..], &["--config", other.to_str().expect("UTF-8")]].concat();
    assert_eq!(suppress(&repo, &named).code, 0);
    assert!(fs::read_to_string(other).expect("a file").starts_with("schema = 1\n\n[[suppress]]"));
}

#[test]
fn what_is_not_valid_is_refused_and_nothing_is_written() {
    let before = "[[suppress]]\nid = \"CVE-2031-0001\"\nreason = \"r\"\nuntil = 2031-07-01\n";
    for (policy_before, args, expected) in [
        (
            before,
            vec!["CVE-2031-0001", "--reason", "s"],
            "is suppressed already, in `patchline.toml:1`",
        ),
        (before, vec!["CVE-2031-2", "--reason", " "], "the command line: `reason` is empty"),
        (before, vec!["", "--reason", "r"], "`id` is empty"),
        (
            before,
            vec!["CVE-2031-2", "--reason", "r", "--justification", "because"],
            "`justification` is `because`; it is one of component_not_present",
        ),
        ("[support\n", vec!["CVE-2031-2", "--reason", "r"], "patchline.toml:1: "),
        ("suppress = []\n", vec!["CVE-2031-2", "--reason", "r"], "the configuration is not valid"),
    ] {
        let repo = Repo::new();
        repo.write("patchline.toml", policy_before);
        let args = [&args[..], &["--until", "2031-07-01"]].concat();
        let run = suppress(&repo, &args);
        assert_eq!(run.code, 2, "{args:?}: {}{}", run.stdout, run.stderr);
        assert!(run.stderr.contains(expected), "{args:?}: {}", run.stderr);
        assert_eq!(policy(&repo).as_deref(), Some(policy_before), "{args:?}");
    }
    let repo = Repo::new();
    for until in ["2032-06-16", "soon"] {
        let run = suppress(&repo, &[ID, "--reason", "r", "--until", until]);
        assert_eq!((run.code, policy(&repo)), (2, None), "{until}: {}", run.stderr);
    }
    assert_eq!(suppress(&repo, &[ID, "--until", "2031-07-01"]).code, 2);
    assert_eq!(suppress(&repo, &[ID, "--reason", "r"]).code, 2);
}

#[test]
fn nothing_is_written_through_a_link_out_of_the_repository() {
    let (repo, outside) = (Repo::new(), tempfile::tempdir().expect("a folder"));
    let target = outside.path().join("target.toml");
    fs::write(&target, "schema = 1\n").expect("a file");
    #[cfg(unix)]
    std::os::unix::fs::symlink(&target, repo.path().join("patchline.toml")).expect("a link");
    let run = suppress(&repo, &[ID, "--reason", "r", "--until", "2031-07-01"]);
    assert_eq!(run.code, 2, "{}", run.stdout);
    assert_eq!(fs::read_to_string(&target).expect("a file"), "schema = 1\n");
}

#[test]
fn an_ignore_list_is_adopted_as_far_as_it_can_be_said() {
    let repo = Repo::new();
    repo.write(
        "deny.toml",
        r#"[advisories]
ignore = [
    { id = "RUSTSEC-2031-0001", reason = "it is never called" },
    "RUSTSEC-2031-0002",
    "ferry@1.2.3",
    "RUSTSEC-2031-0001",
    "RUSTSEC-2031-0003", # known
]
"#,
    );
    let known = "[[suppress]]\nid = \"RUSTSEC-2031-0003\"\nreason = \"r\"\nuntil = 2031-07-01\n";
    repo.write("patchline.toml", known);
    let file = repo.path().join("deny.toml");
    let args = ["--adopt", file.to_str().expect("UTF-8"), "--until", "2031-12-31"];
    let run = suppress(&repo, &args);
    assert_eq!((run.code, run.stderr.as_str()), (0, ""));
    let block = "[[suppress]]\nid = \"RUSTSEC-2031-0001\"\nreason = \"it is never called\"\n\
                 until = 2031-12-31\n";
    assert_eq!(policy(&repo), Some(format!("{known}\n{block}")));
    assert_eq!(
        run.stdout,
        format!(
            "wrote to `patchline.toml`:\n\n{block}
not written:
  deny.toml:4: `RUSTSEC-2031-0002`: it has no reason; give one with --reason
  deny.toml:5: `ferry`: it holds only if the version is withdrawn
  deny.toml:6: `RUSTSEC-2031-0001`: it has no reason; give one with --reason
  `RUSTSEC-2031-0003` is suppressed already, in `patchline.toml:1`
"
        )
    );
}

#[test]
fn an_entry_that_ends_earlier_keeps_its_end() {
    let repo = Repo::new();
    let text = "[[IgnoredVulns]]\nid = \"CVE-2031-0001\"\nignoreUntil = 2031-08-01T12:00:00Z\n\
                [[IgnoredVulns]]\nid = \"CVE-2031-0002\"\nignoreUntil = 2031-06-15T12:00:00Z\n\
                [[IgnoredVulns]]\nid = \"CVE-2031-0003\"\nignoreUntil = \"soon\"\n\
                [[IgnoredVulns]]\nid = \"CVE-2031-0004\"\nreason = \"\"\"\nnever\ncalled\"\"\"\n";
    let elsewhere = tempfile::tempdir().expect("a folder");
    fs::write(elsewhere.path().join("osv-scanner.toml"), text).expect("a file");
    let path = repo.path().to_str().expect("UTF-8");
    let args = [
        "suppress",
        "--repo",
        path,
        "--as-of",
        TODAY,
        "--adopt",
        "osv-scanner.toml",
        "--until",
        "2031-12-31",
        "--reason",
        "as before",
        "--line",
        "1.0",
    ];
    let run = patchline_in(elsewhere.path(), &args, &[]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert_eq!(
        policy(&repo).expect("a configuration"),
        "schema = 1

[[suppress]]
id = \"CVE-2031-0001\"
lines = [\"1.0\"]
reason = \"as before\"
until = 2031-07-31

[[suppress]]
id = \"CVE-2031-0004\"
lines = [\"1.0\"]
reason = \"never called\"
until = 2031-12-31
"
    );
    assert!(run.stdout.contains("`CVE-2031-0002`: it held until 2031-06-14"), "{}", run.stdout);
    assert!(run.stdout.contains("`CVE-2031-0003`: nobody can tell when it ends"), "{}", run.stdout);
}

#[test]
fn a_file_that_nobody_knows_or_can_read_is_refused() {
    let repo = Repo::new();
    repo.write("list.txt", ID);
    repo.write("deny.toml", "[advisories\n");
    repo.write(".trivyignore", "# nothing\n");
    for (name, expected) in [
        ("list.txt", "is no list that is known by its name: audit-ci, audit.toml"),
        ("deny.toml", "it could not be read"),
        (".trivyignore", "it ignores nothing"),
        (".snyk", "there is no"),
    ] {
        let file = repo.path().join(name);
        let file = file.to_str().expect("UTF-8");
        let run = suppress(&repo, &["--adopt", file, "--until", "2031-12-31", "--reason", "r"]);
        assert_eq!((run.code, policy(&repo)), (2, None), "{name}");
        assert!(run.stderr.contains(expected), "{name}: {}", run.stderr);
    }
}

#[test]
fn what_a_list_says_cannot_act_in_a_terminal_or_break_out_of_its_text() {
    let repo = Repo::new();
    let text = "[advisories]\nignore = [{ id = \"CVE-2031-0001\", reason = \
                \"\\u001b[31m\\\"\\n[gate]\\nfail-at = \\\"never\\\"\" }, \"a\\u001b[0m@1\"]\n";
    repo.write("deny.toml", text);
    let file = repo.path().join("deny.toml");
    let args = ["--adopt", file.to_str().expect("UTF-8"), "--until", "2031-12-31"];
    let run = suppress(&repo, &args);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(!run.stdout.contains('\u{1b}'), "{:?}", run.stdout);
    let written = policy(&repo).expect("a configuration");
    assert!(!written.lines().any(|row| row.starts_with("[gate]")), "{written}");
    assert!(!written.contains('\u{1b}'), "{written:?}");
}

/// `ref path row kind id [at line]`, an opinion a row, then the trouble.
fn opinions(repo: &Repo, heads: &[&str], default: Option<&str>) -> String {
    opinions_without(repo, heads, default, &[])
}

/// The same, without the paths that match.
fn opinions_without(
    repo: &Repo,
    heads: &[&str],
    default: Option<&str>,
    exclude: &[&str],
) -> String {
    let git = Git::open(repo.path()).expect("a repository");
    let commit = |branch: &str| CommitId(repo.git(&["rev-parse", branch]));
    let lines: Vec<ReleaseLine> = heads
        .iter()
        .map(|branch| {
            let id = LineId(branch.trim_start_matches("release-").to_owned());
            let mut line = ReleaseLine::new(id, LineKind::Release, Vec::new());
            line.standing = Standing::Supported;
            let reference = format!("refs/heads/{branch}");
            line.head = Some(Head { reference, commit: Some(commit(branch)), date: None });
            line
        })
        .collect();
    let default = default.map(|branch| (format!("refs/heads/{branch}"), commit(branch)));
    let default = default.as_ref().map(|(reference, commit)| (reference.as_str(), commit));
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let overrides = Overrides {
        exclude: exclude.iter().map(|&glob| glob.to_owned()).collect(),
        ..Overrides::default()
    };
    let exclude = config::parse(None, &overrides).expect("they are globs").scan.exclude;
    let (opinions, troubles) = runtime.block_on(collect::opinions(&git, &lines, default, &exclude));
    let said = |opinion: &Opinion| {
        let origin = &opinion.origin;
        let at = opinion.at.as_ref().map(|at| format!(" at {at}")).unwrap_or_default();
        let ids: Vec<&str> = opinion.ids.iter().map(String::as_str).collect();
        format!(
            "{} {}:{} {} {}{at}\n",
            origin.reference.as_deref().unwrap_or_default(),
            origin.path,
            origin.row.map_or(0, std::num::NonZeroU32::get),
            opinion.kind,
            ids.join("=")
        )
    };
    let wrong = |trouble: &Trouble| {
        let origin = trouble.origin.as_ref();
        let place = origin.map(|origin| format!("{}: ", origin.path)).unwrap_or_default();
        format!("! {place}{}\n", trouble.message)
    };
    opinions.iter().map(said).chain(troubles.iter().map(wrong)).collect()
}

#[test]
fn the_trees_of_lines_and_of_the_default_branch_are_asked() {
    let repo = Repo::new();
    let vex = "{\"@context\": \"https://openvex.dev/ns\", \"statements\": [{\"vulnerability\": \
               \"CVE-2031-0005\", \"status\": \"fixed\"}]}";
    let files = [
        (".trivyignore", "CVE-2031-0001\n"),
        (".cargo/audit.toml", "[advisories]\nignore = [\"RUSTSEC-2031-0001\"]\n"),
        (".openvex/a/1.json", vex),
        ("a/1.json", vex),
        ("deep/in/osv-scanner.toml", "[[IgnoredVulns]]\nid = \"CVE-2031-0002\"\n"),
        ("config.yaml", "ignore: [{vulnerability: CVE-2031-0003}]\n"),
    ];
    repo.commit("main", &files, "2031-01-01");
    repo.commit("release-1.0", &files[..1], "2031-01-02");
    let main = "refs/heads/main .trivyignore:1 trivyignore CVE-2031-0001\n\
                refs/heads/main .cargo/audit.toml:2 audit.toml RUSTSEC-2031-0001\n\
                refs/heads/main .openvex/a/1.json:1 openvex CVE-2031-0005\n\
                refs/heads/main deep/in/osv-scanner.toml:2 osv-scanner.toml CVE-2031-0002\n";
    let line = "refs/heads/release-1.0 .trivyignore:1 trivyignore CVE-2031-0001 at 1.0 (head)\n";
    assert_eq!(opinions(&repo, &["release-1.0"], Some("main")), format!("{main}{line}"));
    // Where the default branch is a line, it speaks for that line alone.
    let own = main.replace('\n', " at main (head)\n");
    assert_eq!(opinions(&repo, &["release-1.0", "main"], Some("main")), format!("{line}{own}"));
    assert_eq!(opinions(&repo, &[], None), "");
}

#[test]
fn what_is_excluded_says_nothing() {
    let repo = Repo::new();
    let vex = "{\"@context\": \"https://openvex.dev/ns\", \"statements\": [{\"vulnerability\": \
               \"CVE-2031-0005\", \"status\": \"fixed\"}]}";
    let files = [
        (".openvex/a/1.json", vex),
        ("deny.toml", "[advisories]\nignore = [\"RUSTSEC-2031-0001\"]\n"),
        ("tests/fixtures/.trivyignore", "CVE-2031-0001\n"),
        ("tests/fixtures/deny.toml", "[x\n"),
    ];
    repo.commit("main", &files, "2031-01-01");
    let exclude = ["tests/fixtures/**", ".openvex/a/**"];
    assert_eq!(
        opinions_without(&repo, &[], Some("main"), &exclude),
        "refs/heads/main deny.toml:2 deny.toml RUSTSEC-2031-0001\n"
    );
    assert_eq!(opinions(&repo, &[], Some("main")).lines().count(), 4);
}

#[test]
fn what_cannot_be_read_of_a_tree_is_named() {
    let repo = Repo::new();
    let large = "CVE-2031-0001\n".repeat(100_000);
    repo.commit("main", &[(".trivyignore", &large), ("deny.toml", "[x\n")], "2031-01-01");
    let found = opinions(&repo, &[], Some("main"));
    assert_eq!(
        found,
        "! .trivyignore: it has more than 1048576 bytes, so it is not read\n\
         ! deny.toml: it does not parse: unclosed table, expected `]`\n"
    );
    let names: Vec<String> = (0..210).map(|number| format!("d{number:03}/.trivyignore")).collect();
    let many: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), "CVE-1\n")).collect();
    repo.commit("main", &many, "2031-01-02");
    let found = opinions(&repo, &[], Some("main"));
    assert_eq!(found.lines().filter(|row| !row.starts_with('!')).count(), 200);
    assert!(found.contains("has 210 ignore files and VEX documents"), "{found}");
}
