//! cargo-audit as the oracle: the same claims about every lockfile of real repositories.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
    process::Command,
};

use serde_json::Value;

use crate::world::{patchline, real_data, text};

/// Claims of one class at one lockfile of one ref: (id, package, version).
type Claims = BTreeMap<(String, String, String), BTreeSet<(String, String, String)>>;

#[test]
fn every_claim_equals_cargo_audits() {
    let Some(data) = real_data("every_claim_equals_cargo_audits") else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let database = folder.path().join("advisory-db");
    std::fs::create_dir_all(&database).expect("a folder");
    let archive = data.join("advisory-db/rustsec-2026-08-21.tar.gz");
    run(Command::new("tar").arg("xzf").arg(archive).arg("-C").arg(&database));

    for name in ["tikv", "greptimedb"] {
        let repo = folder.path().join(name);
        let bundle = data.join(format!("repos/{name}-lockfiles.bundle"));
        run(Command::new("git").args(["clone", "--quiet", "--mirror"]).arg(bundle).arg(&repo));
        let ours = ours(&repo, &database);
        let oracle = data.join(format!("oracle/cargo-audit-{name}-db2026-08-21.jsonl.gz"));
        let theirs = theirs(&oracle);
        let claims: usize = theirs.values().map(BTreeSet::len).sum();
        println!("{name}: {claims} claims at {} places", theirs.len());
        assert!(claims > 500, "{name}: the oracle is empty");
        assert_eq!(ours, theirs, "{name}");
    }
}

fn run(command: &mut Command) -> Vec<u8> {
    let output = command.output().expect("the command runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

fn ours(repo: &Path, database: &Path) -> Claims {
    let place = format!("rustsec={}", database.display());
    let repo = repo.to_str().expect("UTF-8");
    let as_of = "2026-08-22";
    let args = ["scan", "--repo", repo, "--line", "**", "--db", &place, "--as-of", as_of];
    let json = patchline(&[&args[..], &["--format", "json"]].concat()).json();
    let refs: BTreeMap<&str, &str> = json["lines"]
        .as_array()
        .expect("lines")
        .iter()
        .map(|line| (text(&line["id"]), text(&line["head"]["ref"])))
        .collect();
    let mut claims = Claims::new();
    for finding in json["findings"].as_array().expect("findings") {
        if finding["certainty"] != "certain" {
            continue;
        }
        // By its evidence: records that share a CVE are one finding here and two claims there.
        for evidence in finding["evidence"].as_array().expect("evidence") {
            if evidence["tip"] != "head" {
                continue;
            }
            let place = (
                refs[text(&finding["line"])].to_owned(),
                text(&evidence["lockfile"]).to_owned(),
                text(&evidence["record"]["class"]).to_owned(),
            );
            claims.entry(place).or_default().insert((
                text(&evidence["advisory"]).to_owned(),
                text(&finding["package"]["name"]).to_owned(),
                text(&evidence["version"]).to_owned(),
            ));
        }
    }
    claims
}

fn theirs(oracle: &Path) -> Claims {
    let rows = run(Command::new("gzip").arg("-dc").arg(oracle));
    let mut claims = Claims::new();
    for row in String::from_utf8(rows).expect("UTF-8").lines() {
        let row: Value = serde_json::from_str(row).expect("JSON");
        let warnings = row["warnings"].as_object().expect("warnings");
        let vulnerabilities = std::iter::once(("vulnerability", &row["vulns"]));
        for (class, list) in vulnerabilities.chain(warnings.iter().map(|(k, v)| (k.as_str(), v))) {
            let place =
                (text(&row["ref"]).to_owned(), text(&row["path"]).to_owned(), class.to_owned());
            for claim in list.as_array().expect("claims") {
                let part = |index: usize| text(&claim[index]).to_owned();
                claims.entry(place.clone()).or_default().insert((part(0), part(1), part(2)));
            }
        }
    }
    claims
}
