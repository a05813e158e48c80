//! What a reviewer would otherwise have to remember: the invariants of ARCHITECTURE.md that can be
//! read off the source.
#![expect(clippy::disallowed_methods, reason = "this test reads the source")]

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

const CORE: [&str; 22] = [
    "model", "escape", "tree", "lockfile", "graph", "severity", "advise", "name", "event",
    "opinion", "import", "support", "discover", "scan", "merge", "history", "judge", "report",
    "publish", "disclose", "config", "cli",
];

/// Every source file by its path below `src`, without the tests inside.
fn sources() -> BTreeMap<String, String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = BTreeMap::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("a folder") {
            let path: PathBuf = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            // Templates and styles lie beside the code that they belong to.
            if path.extension().is_none_or(|extension| extension != "rs") {
                continue;
            }
            let name = path.strip_prefix(&root).expect("below src").to_str().expect("UTF-8");
            let text = fs::read_to_string(&path).expect("a source file");
            let text = text.split("#[cfg(test)]").next().unwrap_or_default().to_owned();
            found.insert(name.replace('\\', "/"), text);
        }
    }
    found
}

/// The module of a file: `model` for `model/line.rs`.
fn module(file: &str) -> &str {
    file.split('/').next().unwrap_or(file).trim_end_matches(".rs")
}

/// The lines of code, without comments.
fn code(text: &str) -> impl Iterator<Item = &str> {
    text.lines().filter(|line| !line.trim_start().starts_with("//"))
}

/// The modules in the order of `lib.rs`.
fn order() -> Vec<String> {
    sources()["lib.rs"]
        .lines()
        .filter_map(|line| {
            Some(
                line.strip_prefix("pub ")
                    .unwrap_or(line)
                    .strip_prefix("mod ")?
                    .strip_suffix(';')?
                    .to_owned(),
            )
        })
        .collect()
}

#[test]
fn a_module_uses_only_modules_listed_before_it() {
    let order = order();
    let place = |name: &str| order.iter().position(|module| module == name);
    for (file, text) in sources() {
        let Some(own) = place(module(&file)) else { continue };
        for used in &order {
            let uses = code(&text).any(|line| {
                line.contains(&format!("crate::{used}::"))
                    || line.trim_start().starts_with(&format!("{used}::"))
                        && text.contains("use crate::{")
            });
            let used_place = place(used).expect("it is listed");
            assert!(!uses || used_place <= own, "{file} uses `{used}`, which is listed after it");
        }
    }
}

#[test]
fn the_core_is_synchronous() {
    for (file, text) in sources().iter().filter(|(file, _)| CORE.contains(&module(file))) {
        let found = code(text).find(|line| line.contains("async ") || line.contains(".await"));
        assert_eq!(found, None, "{file}");
    }
}

#[test]
fn the_stages_of_the_core_cannot_fail() {
    for (file, text) in sources().iter().filter(|(file, _)| CORE.contains(&module(file))) {
        if matches!(module(file), "config" | "cli") {
            continue;
        }
        let found = code(text).find(|line| {
            let line = line.trim_start();
            line.starts_with("pub fn") && line.contains("-> Result")
        });
        // A pattern is part of the configuration, which is checked by `config`.
        let is_pattern = file == "discover/name.rs";
        assert!(found.is_none() || is_pattern, "{file}: {found:?}");
    }
}

#[test]
fn the_model_is_not_serialised() {
    for (file, text) in sources().iter().filter(|(file, _)| module(file) == "model") {
        let found = code(text).find(|line| line.contains("serde") || line.contains("Serialize"));
        assert_eq!(found, None, "{file}");
    }
}

#[test]
fn each_heavy_dependency_is_named_in_one_place() {
    for (dependency, place) in [
        ("gix::", "edge/git"),
        ("reqwest::", "edge/http"),
        ("serde_sarif::", "report/sarif"),
        ("::rustsec::", "advise/rustsec"),
        ("saphyr_parser::", "tree"),
        ("jsonc_parser::", "tree"),
        ("roxmltree::", "opinion/dependency_check"),
        ("regex::", "support/markdown"),
        ("indicatif::", "edge/progress"),
        ("cargo_metadata::", "graph"),
        ("rustix::", "edge/exec"),
        ("clap::", "cli"),
        ("flate2::", "advise/epss"),
        ("tokio::", "collect"),
        ("minijinja::", "disclose/text"),
    ] {
        for (file, text) in sources() {
            let names = code(&text).any(|line| line.contains(dependency));
            let is_main = file == "main.rs" || file == "app.rs";
            // A client waits before it asks again.
            let is_waiting = dependency == "tokio::" && file == "edge/http.rs";
            // Programs are waited for as everything else is.
            let is_waiting = is_waiting || dependency == "tokio::" && file == "edge/exec.rs";
            // EPSS comes packed, and code scanning wants what it gets so.
            let is_packing = dependency == "flate2::" && file == "publish/packed.rs";
            let may = file.starts_with(place) || is_main || is_waiting || is_packing;
            assert!(!names || may, "{file} names `{dependency}`");
        }
    }
}

#[test]
fn every_module_says_what_it_is() {
    for (file, text) in sources() {
        assert!(text.starts_with("//! "), "{file} has no `//!`");
    }
}

#[test]
fn nothing_is_printed_but_through_the_printer() {
    for (file, text) in sources() {
        let found =
            code(&text).find(|line| line.contains("io::stdout") || line.contains("io::stderr"));
        assert!(
            found.is_none() || file == "app/print.rs" || file == "main.rs",
            "{file}: {found:?}"
        );
    }
}

#[test]
fn the_exit_codes_of_the_readme_are_those_of_the_program() {
    let readme = include_str!("../README.md");
    for exit in patchline::app::Exit::ALL {
        let row = format!("| {} | {exit:?} |", exit.code());
        assert!(readme.contains(&row), "the README lacks `{row}`");
    }
}

#[test]
fn the_truth_table_of_the_readme_is_the_function() {
    use patchline::{
        judge,
        model::{Sight, Standing},
    };
    let readme = include_str!("../README.md");
    let sights = [
        (None, "none"),
        (Some(Sight::Affected), "affected"),
        (Some(Sight::Fixed), "fixed"),
        (Some(Sight::Clear), "clear"),
        (Some(Sight::Unseen), "unseen"),
    ];
    for (head, head_name) in sights {
        let cells: Vec<&str> = sights
            .iter()
            .map(|(release, _)| match (head, release) {
                (None, None) => "–",
                _ => judge::word(Standing::Supported, judge::exposure(head, *release)).as_str(),
            })
            .collect();
        let row = format!("| **{head_name}** | {} |", cells.join(" | "));
        assert!(readme.contains(&row), "the README lacks `{row}`");
    }
}

#[test]
fn the_configuration_of_the_readme_is_valid_and_names_every_default() {
    use patchline::{config, disclose, model::Origin};
    let text = shown_configuration();
    let origin = Origin { reference: None, path: "README.md".to_owned(), row: None };
    let overrides = config::Overrides::default();
    let shown = config::parse(Some((text, &origin)), &overrides).expect("it is valid");
    let standard = config::parse(None, &overrides).expect("the default is valid");
    assert_eq!(format!("{:?}", shown.judge.gate.rules), format!("{:?}", standard.judge.gate.rules));
    assert_eq!(shown.judge.gate.contradictions, standard.judge.gate.contradictions);
    assert_eq!(shown.judge.max_database_age, standard.judge.max_database_age);
    assert_eq!(shown.merge, standard.merge);
    assert_eq!(shown.silence, standard.silence);
    assert_eq!(shown.facts, standard.facts);
    assert_eq!(shown.scan.rustsec, standard.scan.rustsec);
    assert_eq!(shown.scan.dependabot, standard.scan.dependabot);
    assert_eq!(shown.scan.allow_commands, standard.scan.allow_commands);
    assert_eq!(shown.scan.deep, standard.scan.deep);
    // What the README shows, somebody has written.
    let promised = shown.disclose.promised.clone();
    assert_eq!(shown.disclose, disclose::Policy { promised, ..standard.disclose });
    assert_eq!(shown.support.default_branch, standard.support.default_branch);

    // What is shown as a comment is valid, too.
    let all: Vec<&str> = text.lines().map(|line| line.strip_prefix("# ").unwrap_or(line)).collect();
    let parsed = config::parse(Some((&all.join("\n"), &origin)), &overrides);
    let complaints = parsed.map_err(|error| error.complaints).err();
    assert_eq!(complaints, None);
}

/// The configuration that the README shows.
fn shown_configuration() -> &'static str {
    let readme = include_str!("../README.md");
    let block = readme.split("```toml\n").nth(1).and_then(|rest| rest.split("```").next());
    block.expect("the README shows a configuration")
}

#[test]
fn the_readme_shows_every_key_of_the_configuration() {
    let is_of_a_key = |c: char| c.is_ascii_alphanumeric() || c == '-';
    let shown: Vec<&str> = shown_configuration().split(|c| !is_of_a_key(c)).collect();
    let raw = &sources()["config/raw.rs"];
    let keys: Vec<String> = raw
        .lines()
        .filter_map(|line| line.trim().strip_prefix("pub ")?.split_once(": "))
        .map(|(key, _)| key.replace('_', "-"))
        .collect();
    assert!(keys.len() > 50, "{keys:?}");
    // These are rules, and the README has a table of them.
    let is_in_the_table = |key: &str| include_str!("../README.md").contains(&format!("`{key} = "));
    let missing: Vec<&String> =
        keys.iter().filter(|key| !shown.contains(&key.as_str()) && !is_in_the_table(key)).collect();
    assert_eq!(missing, Vec::<&String>::new());
}

/// The names of a section of `action.yml`, in its order.
fn names_in_action(section: &str) -> Vec<&'static str> {
    let action = include_str!("../action.yml");
    let rows = action.lines().skip_while(|row| *row != format!("{section}:")).skip(1);
    let rows = rows.take_while(|row| row.is_empty() || row.starts_with([' ', '#']));
    rows.filter_map(|row| {
        let name = row.strip_prefix("  ")?.strip_suffix(':')?;
        (!name.starts_with([' ', '#'])).then_some(name)
    })
    .collect()
}

#[test]
fn the_inputs_of_the_action_are_those_that_are_read_and_documented() {
    assert_eq!(names_in_action("inputs"), patchline::cli::action::NAMES);
    let documented = include_str!("../docs/github.md");
    for name in names_in_action("inputs").into_iter().chain(names_in_action("outputs")) {
        assert!(documented.contains(&format!("`{name}`")), "docs/github.md lacks `{name}`");
    }
    // What somebody gives as an input is no argument, which would have to be quoted.
    let (_, runs) = include_str!("../action.yml").split_once("\nruns:\n").expect("runs");
    assert!(!runs.contains("${{") && runs.trim_end().ends_with("\n    - action"), "{runs}");
}

#[test]
fn the_examples_give_only_inputs_that_there_are() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/workflows");
    let mut steps = 0;
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        let text = fs::read_to_string(&path).expect("a workflow");
        for step in text.split("\n      - ").filter(|step| step.contains("uses: patchline/")) {
            steps += 1;
            let (_, inputs) = step.split_once("\n        with:\n").unwrap_or_default();
            let rows = inputs.lines().map_while(|row| row.strip_prefix("          "));
            for name in rows.filter_map(|row| row.split_once(": ")).map(|(name, _)| name) {
                let is_known = patchline::cli::action::NAMES.contains(&name);
                assert!(is_known, "{}: there is no input `{name}`", path.display());
            }
        }
    }
    assert!(steps >= 6, "{steps}");
}
