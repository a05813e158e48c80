//! The first thing a newcomer runs, and the page that the README shows of it.

use crate::world::{patchline, text};

/// The block in the README after the command.
fn readme_block(command: &str) -> String {
    let readme = include_str!("../../README.md");
    let block = readme.split("```").find(|block| block.contains(command));
    let block = block.unwrap_or_else(|| panic!("the README has no block with `{command}`"));
    let (_, output) = block.split_once(command).expect("the command");
    output.trim_start_matches('\n').to_owned()
}

#[test]
fn the_readme_shows_what_the_demonstration_prints() {
    let run = patchline(&["demo"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let shown = readme_block("$ cargo run --release -- demo\n");
    assert_eq!(shown.trim_end(), run.stdout.trim_end());
    assert!(run.stderr.contains("would exit with 1 (fail)"), "{}", run.stderr);
}

#[test]
fn the_demonstration_shows_one_line_of_each_kind_and_can_be_kept() {
    let folder = tempfile::tempdir().expect("a folder");
    let kept = folder.path().join("demo");
    let kept_text = kept.to_str().expect("UTF-8");
    let run = patchline(&["demo", "--keep", kept_text, "--format", "json"]);
    let demo = run.json();
    let words: Vec<String> = demo["findings"]
        .as_array()
        .expect("findings")
        .iter()
        .filter(|finding| finding["id"] == "RUSTSEC-2024-0336")
        .map(|finding| format!("{} {}", text(&finding["line"]), text(&finding["status"])))
        .collect();
    assert_eq!(words, ["1.4 patched", "1.3 fixed-unreleased", "1.2 unpatched", "1.1 eol"]);

    // What was kept is an ordinary repository, and scanning it by hand says the same.
    let place = format!("rustsec={kept_text}/advisory-db");
    let repo = format!("{kept_text}/ferry.git");
    let args =
        ["scan", "--repo", &repo, "--db", &place, "--as-of", "2025-01-06", "--format", "json"];
    let scan = patchline(&args);
    assert_eq!(scan.code, 1);
    assert_eq!(scan.json()["findings"], demo["findings"]);

    // Nothing is overwritten.
    assert_eq!(patchline(&["demo", "--keep", kept_text]).code, 4);
}
