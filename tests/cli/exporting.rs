//! `disclose export`: from a file and the project's tags to documents for machines.

use std::{fs, path::Path};

use patchline::disclose::record::{Cve, Moment, Slot, Step};
use serde_json::Value;

use crate::{
    tracking::{Project, fixed_in, record},
    world::{Repo, Run, git, patchline_in},
};

const RECORD: &str = r#"
schema = 1
product = "Ferry"
repository = "https://github.com/ferry/ferry"
url = "https://ferry.example/news/2031-03"

[actual]
reported = 2031-02-01
public = 2031-03-04T15:00:00Z

[[advisory]]
id = "FERRY-2031-1"
cve = "CVE-2031-0001"
title = "Endless wait on a locked door"
summary = "A closed door makes the ferry wait for ever."
cvss = ["CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H"]
cwe = ["CWE-835"]
package = { ecosystem = "crates.io", name = "ferry" }
fix = ["FIX"]

[[advisory.line]]
line = "1.2"
status = "affected"
affected = ">= 1.2.0, < 1.2.2"
fixed-in = "1.2.2"

[[advisory.line]]
line = "1.1"
status = "ended"

[[revision]]
at = 2031-03-06
summary = "1.2.0 has the hole, too"
"#;

const POLICY: &str = r#"
[support]
newest = 1
[disclose]
namespace = "https://ferry.example"
cve-org = "f1b2c3d4-0000-4000-8000-000000000000"
cve-org-name = "ferry"
"#;

const HISTORY: &str = "
    2030-01-01 main v1.1.0
    2030-02-01 main v1.1.1
    2030-03-01 main v1.2.0
    2030-04-01 main v1.2.1
";

struct World {
    repo: Repo,
}

impl World {
    fn new(change: impl Fn(String) -> String) -> Self {
        let repo = Repo::with_history(HISTORY, &[("patchline.toml", POLICY)]);
        repo.say(&[("main:door.c", "waits for a while\n")], "2031-03-04");
        repo.git_on("2031-03-04", &["tag", "--annotate", "--message", "1.2.2", "v1.2.2", "main"]);
        repo.git(&["checkout", "--quiet", "main"]);
        // As people write it.
        let fix = repo.git(&["rev-parse", "--short=12", "v1.2.2^{commit}"]);
        let record = change(RECORD.replace("FIX", fix.trim()));
        fs::create_dir(repo.path().join("security")).expect("a folder");
        fs::write(repo.path().join("security/2031-03.toml"), record).expect("a record");
        Self { repo }
    }

    fn export(&self, arguments: &[&str]) -> Run {
        self.export_in(arguments, &[])
    }

    fn export_in(&self, arguments: &[&str], environment: &[(&str, &str)]) -> Run {
        let mut all = vec!["disclose", "export"];
        all.extend(arguments);
        all.extend(["--as-of", "2031-03-10", "--offline"]);
        patchline_in(self.repo.path(), &all, environment)
    }

    fn document(&self, format: &str) -> Value {
        let run = self.export(&[format]);
        assert_eq!(run.code, 0, "{}", run.stderr);
        serde_json::from_str(&run.stdout).expect("JSON")
    }
}

fn unchanged(record: String) -> String {
    record
}

#[test]
fn a_document_names_what_the_tags_show() {
    let world = World::new(unchanged);
    let osv = world.document("osv");
    assert_eq!(osv["affected"][0]["versions"], serde_json::json!(["1.2.0", "1.2.1"]));
    let whole = world.repo.git(&["rev-parse", "v1.2.2^{commit}"]);
    assert_eq!(osv["affected"][0]["ranges"][1]["events"][1]["fixed"], whole.trim());
    let csaf = world.document("csaf");
    let status = &csaf["vulnerabilities"][0]["product_status"];
    assert_eq!(
        status["known_affected"],
        serde_json::json!(["crates.io:ferry@1.2.0", "crates.io:ferry@1.2.1"])
    );
    assert_eq!(
        status["under_investigation"],
        serde_json::json!(["crates.io:ferry@1.1.0", "crates.io:ferry@1.1.1"])
    );
    assert_eq!(csaf["document"]["tracking"]["version"], "2", "it was revised");
    let cve = world.document("cve");
    assert_eq!(cve["cveMetadata"]["assignerShortName"], "ferry");
    let vex = world.document("openvex");
    assert_eq!(vex["statements"].as_array().expect("statements").len(), 3);
    assert_eq!(vex["version"], 2);
    let github = world.document("github");
    assert_eq!(github["vulnerabilities"][0]["patched_versions"], "1.2.2");
    let rustsec = world.export(&["rustsec"]);
    assert!(rustsec.stdout.contains("patched = [\">= 1.2.2\"]"), "{}", rustsec.stdout);
    assert_eq!(world.export(&["osv"]).stdout, world.export(&["osv"]).stdout, "the same each time");
}

#[test]
fn documents_are_written_where_only_their_owner_reads_them() {
    let world = World::new(unchanged);
    let folder = world.repo.path().join("out");
    let output = folder.to_str().expect("UTF-8");
    for (format, file) in [
        ("osv", "CVE-2031-0001.json"),
        ("csaf", "ferry-2031-03.json"),
        ("openvex", "2031-03.openvex.json"),
        ("github", "FERRY-2031-1.github.json"),
        ("rustsec", "FERRY-2031-1.md"),
    ] {
        let run = world.export(&[format, "--output", output, "--yes"]);
        assert_eq!((run.code, run.stdout.as_str()), (0, ""), "{}", run.stderr);
        let path = folder.join(file);
        assert!(path.is_file(), "{file}: {}", run.stderr);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = fs::metadata(&path).expect("a file").permissions().mode();
            assert_eq!(mode & 0o077, 0, "{file}");
        }
    }
    let run = world.export(&["cve", "--output", output]);
    assert_eq!(run.code, 2, "nobody agreed");
    assert!(run.stderr.contains("--yes"), "{}", run.stderr);
}

#[test]
fn everything_that_is_missing_is_told_at_once() {
    let world = World::new(|record| {
        record
            .replace("cve = \"CVE-2031-0001\"", "cve = \"requested\"")
            .replace("url = \"https://ferry.example/news/2031-03\"", "")
    });
    fs::write(world.repo.path().join("patchline.toml"), "").expect("a configuration");
    let run = world.export(&["cve"]);
    assert_eq!((run.code, run.stdout.as_str()), (2, ""));
    for part in ["cannot be told in CVE JSON", "no CVE id", "no address", "`cve-org`"] {
        assert!(run.stderr.contains(part), "{part}: {}", run.stderr);
    }
}

#[test]
fn an_advisory_is_chosen_by_any_of_its_names() {
    let world = World::new(|record| {
        let (top, advisory) = record.split_once("[[advisory]]").expect("an advisory");
        let (advisory, rest) = advisory.split_once("[[revision]]").expect("a revision");
        let other = advisory.replace("2031-1", "2031-2").replace("2031-0001", "2031-0002");
        format!("{top}[[advisory]]{advisory}[[advisory]]{other}[[revision]]{rest}")
    });
    let both = world.export(&["osv"]);
    assert_eq!(both.code, 2);
    assert!(both.stderr.contains("--advisory"), "{}", both.stderr);
    for name in ["cve-2031-0002", "FERRY-2031-2"] {
        let one = world.export(&["osv", "--advisory", name]);
        assert!(one.stdout.contains("\"id\": \"CVE-2031-0002\""), "{}", one.stderr);
    }
    let none = world.export(&["osv", "--advisory", "CVE-1"]);
    assert!(none.code == 2 && none.stderr.contains("`CVE-1`"), "{}", none.stderr);
    let all = world.document("csaf");
    assert_eq!(all["vulnerabilities"].as_array().expect("both").len(), 2);
}

#[test]
fn what_is_under_embargo_is_a_draft_of_csaf_or_nothing() {
    let world = World::new(|record| {
        record
            .replace("public = 2031-03-04T15:00:00Z", "")
            .replace("[[revision]]", "[[x]]")
            .replace("[[advisory]]", "[expected]\npublic = 2031-03-20T15:00:00Z\n\n[[advisory]]")
            .split("[[x]]")
            .next()
            .expect("a part")
            .to_owned()
    });
    let csaf = world.document("csaf");
    assert_eq!(csaf["document"]["tracking"]["status"], "draft");
    assert_eq!(csaf["document"]["distribution"]["tlp"]["label"], "RED");
    for format in ["osv", "cve", "openvex", "github", "rustsec"] {
        let run = world.export(&[format]);
        assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{format}");
        assert!(run.stderr.contains("under embargo"), "{}", run.stderr);
        assert!(!run.stderr.contains("CVE-2031-0001"), "{}", run.stderr);
        let run = world.export(&[format, "--embargoed"]);
        assert_eq!(run.code, 0, "{format}: {}", run.stderr);
    }
    // Where strangers read the log, nothing is said of it at all.
    let run = world.export_in(&["csaf"], &[("CI", "true")]);
    assert_eq!((run.code, run.stdout.as_str()), (2, ""));
    assert!(!run.stderr.contains("CVE-2031-0001"), "{}", run.stderr);
}

#[test]
fn osv_is_told_of_the_backports_that_git_shows() {
    let project = Project::new();
    let fix = project.fix("Bound the window");
    let mut kept = record(&[&fix], vec![fixed_in("1.4", "1.4.1")]);
    kept.product = "Widget".to_owned();
    kept.repository = Some("https://example.org/widget".to_owned());
    let advisory = &mut kept.advisories[0];
    advisory.cve = Cve::Id("CVE-2031-0001".to_owned());
    advisory.title = "Windows without bounds".to_owned();
    advisory.lines[0].affected = Some("< 1.4.1".to_owned());
    // Until it is public, a document is a draft.
    let public = Moment { day: "2031-07-01".parse().expect("a day"), time: None };
    kept.steps = vec![(Step::Public, Slot { expected: Some(public), actual: None })];
    let text = patchline::disclose::write(&kept);
    let events_of = |folder: &Path, code: i32| {
        let path = folder.join("security/2031-03.toml");
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(&path, &text).expect("a record");
        let args = ["disclose", "export", "osv", "--as-of", "2031-06-15", "--embargoed"];
        let run = patchline_in(folder, &args, &[]);
        assert_eq!(run.code, code, "{}", run.stderr);
        let again = patchline_in(folder, &args, &[]);
        assert_eq!(run.stdout, again.stdout, "the same each time");
        fs::remove_file(&path).expect("it is there");
        let document = run.json();
        let ranges = document["affected"][0]["ranges"].as_array().expect("ranges").clone();
        let of_git = ranges.iter().find(|range| range["type"] == "GIT").expect("a range of git");
        let events = of_git["events"].as_array().expect("events").iter();
        let fixed = events.filter_map(|event| event["fixed"].as_str().map(str::to_owned));
        (fixed.collect::<Vec<_>>(), run.stderr)
    };
    let events = |folder: &Path| events_of(folder, 0);
    let here = project.repo.path();
    assert_eq!(events(here).0.join(" "), fix);
    assert!(events(here).1.contains("the fix is not on `release-1.4`"), "{}", events(here).1);
    // Words are no fix.
    project.on("release-1.4");
    project.commit("2031-02-02", &format!("Bound it\n\nBackport of {fix}"));
    assert_eq!(events(here).0.join(" "), fix);
    let backport = project.pick("2031-02-03", &["-x", &fix]);
    project.tag("v1.4.1", "2031-02-04", "release-1.4");
    assert_eq!(events(here), (vec![fix.clone(), backport.clone()], String::new()));
    // Neither is what was undone on the branch, where no release has it.
    project.git(&["tag", "-d", "v1.4.1"]);
    project.revert("2031-02-05", &backport);
    assert_eq!(events(here).0.join(" "), fix);
    // What is not in a clone is not known, and that is said.
    project.git(&["reset", "--quiet", "--hard", "HEAD^"]);
    for day in ["2031-02-06", "2031-02-07"] {
        project.put("other.c", day);
        project.commit(day, "Go on");
    }
    project.tag("v1.4.1", "2031-02-08", "release-1.4");
    let folder = tempfile::TempDir::new().expect("a folder");
    let (clone, url) = (folder.path().join("clone"), format!("file://{}", here.display()));
    let path = clone.to_str().expect("UTF-8");
    let args = ["clone", "-q", "--no-single-branch", "--depth", "2", "-b", "main", &url, path];
    crate::world::git(folder.path(), &args);
    let (fixed, notes) = events_of(&clone, 3);
    assert_eq!(fixed, [fix]);
    assert!(notes.contains("which commit mends `1.4` is not known"), "{notes}");
}

/// Its name may be that of a version, and its versions are other lines'.
#[test]
fn the_default_branch_has_no_place_among_the_versions() {
    let world = World::new(|record| {
        let row = "[[advisory.line]]\nline = \"main\"\nstatus = \"affected\"\naffected = \">= 1.2.0\"\n\n";
        record.replacen("[[advisory.line]]", &format!("{row}[[advisory.line]]"), 1)
    });
    let github = world.document("github");
    let entries = github["vulnerabilities"].as_array().expect("entries");
    assert_eq!(entries.len(), 1, "{github:#}");
    assert_eq!(entries[0]["vulnerable_version_range"], ">= 1.2.0, < 1.2.2");
    assert!(github["description"].as_str().is_some_and(|text| text.contains("`main`: affected")));
}

/// What no announcement may say is in no document either.
#[test]
fn what_git_contradicts_is_in_no_document() {
    let formats = ["osv", "csaf", "cve", "openvex", "github", "rustsec"];
    let world = World::new(|record| record.replace("1.2.2", "1.2.1"));
    for format in formats {
        let run = world.export(&[format]);
        assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{format}: {}", run.stderr);
        let expected = "the record says `v1.2.1`, and that release lacks the fix";
        assert!(run.stderr.contains(expected), "{format}: {}", run.stderr);
    }
    // What is to come is a draft before the day, and untrue from it on.
    for (public, code) in [("2031-03-20", 0), ("2031-03-09", 2)] {
        let world = World::new(|record| {
            let planned = format!("[expected]\npublic = {public}\n\n[[advisory]]");
            let (record, _) = record.split_once("[[revision]]").expect("a revision");
            record.replace("public = 2031-03-04T15:00:00Z", "").replace("[[advisory]]", &planned)
        });
        world.repo.git(&["tag", "--delete", "v1.2.2"]);
        for format in formats {
            let run = world.export(&[format, "--embargoed"]);
            assert_eq!(run.code, code, "{public} {format}: {}", run.stderr);
            assert_eq!(run.stdout.is_empty(), code == 2, "{public} {format}");
            assert!(run.stderr.contains("the fix is not on"), "{format}: {}", run.stderr);
        }
    }
}

/// What a clone does not have is in no document, and nobody sees that in it.
#[test]
fn a_clone_that_lacks_releases_makes_no_document_that_passes() {
    let world = World::new(unchanged);
    let folder = tempfile::tempdir().expect("a folder");
    let url = format!("file://{}", world.repo.path().display());
    let clone = folder.path().join("clone");
    let target = clone.to_str().expect("UTF-8");
    let arguments = ["clone", "--quiet", "--depth", "1", "--no-tags", "--branch", "main"];
    git(folder.path(), &[&arguments[..], &[&url, target]].concat());
    fs::create_dir_all(clone.join("security")).expect("a folder");
    let record = RECORD.replace("fix = [\"FIX\"]", "");
    fs::write(clone.join("security/2031-03.toml"), &record).expect("a record");
    fs::write(clone.join("patchline.toml"), POLICY).expect("a policy");
    let export = |arguments: &[&str], environment: &[(&str, &str)]| {
        let all = [&["disclose", "export", "openvex", "--offline"], arguments].concat();
        patchline_in(&clone, &all, environment)
    };
    let run = export(&["--as-of", "2031-03-10"], &[]);
    assert_eq!(run.code, 3, "{}{}", run.stdout, run.stderr);
    assert!(run.stderr.contains("warning: "), "{}", run.stderr);
    assert!(run.stderr.contains("versions may be missing"), "{}", run.stderr);
    let out = folder.path().join("out");
    let output = out.to_str().expect("UTF-8");
    let run = export(&["--as-of", "2031-03-10", "--output", output, "--yes"], &[]);
    assert_eq!(run.code, 3, "{}{}", run.stdout, run.stderr);
    assert!(run.stderr.contains("nothing was written") && !out.exists(), "{}", run.stderr);
    // Strangers are told nothing at all.
    let record = record.replace("public = 2031-03-04T15:00:00Z", "");
    fs::write(clone.join("security/2031-03.toml"), record).expect("a record");
    let run = export(&["--as-of", "2031-03-10"], &[("CI", "true")]);
    assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{}", run.stderr);
    assert!(!run.stderr.contains("warning: "), "{}", run.stderr);
}

/// `check` says what no document can tell, before anybody asks for one.
#[test]
fn a_range_that_leaves_its_line_is_told_by_check_as_well() {
    let row = "[[advisory.line]]\nline = \"1.1\"\nstatus = \"affected\"\n\
        affected = \">= 1.1.0, < 1.2.2\"\nfixed-in = \"1.2.2\"\n";
    let ended = "[[advisory.line]]\nline = \"1.1\"\nstatus = \"ended\"\n";
    let world = World::new(|record| record.replace(ended, row));
    let said =
        "`FERRY-2031-1` the line `1.1` reaches beyond the line: the next one begins with `1.2.0`";
    let run = world.export(&["osv"]);
    assert!(run.code == 2 && run.stderr.contains(said), "{}", run.stderr);
    let arguments = ["disclose", "check", "--as-of", "2031-03-10", "--offline"];
    let run = patchline_in(world.repo.path(), &arguments, &[]);
    assert!(run.code == 1 && run.stdout.contains(said), "{}{}", run.stdout, run.stderr);
    let run = patchline_in(World::new(unchanged).repo.path(), &arguments, &[]);
    assert!(!run.stdout.contains("beyond"), "{}", run.stdout);
}

/// However git is told of the repository, its page is at one address.
#[test]
fn an_address_that_git_uses_is_told_as_that_of_the_page() {
    for address in [
        "ssh://github.com/ferry/ferry.git",
        "https://github.com/ferry/ferry.git",
        "https://github.com/ferry/ferry/",
    ] {
        let page = "repository = \"https://github.com/ferry/ferry\"";
        let world =
            World::new(|record| record.replace(page, &format!("repository = \"{address}\"")));
        let policy = POLICY.replace("namespace = \"https://ferry.example\"", "");
        fs::write(world.repo.path().join("patchline.toml"), policy).expect("a policy");
        let osv = world.document("osv");
        let ranges = &osv["affected"][0]["ranges"];
        assert_eq!(ranges[1]["repo"], "https://github.com/ferry/ferry", "{address}");
        let csaf = world.document("csaf");
        assert_eq!(csaf["document"]["publisher"]["namespace"], "https://github.com/ferry/ferry");
        let vendor = &csaf["product_tree"]["branches"][0]["name"];
        assert_eq!(*vendor, "ferry", "{address}");
        assert!(world.export(&["openvex"]).stdout.contains("pkg:github/ferry/ferry@v1.2.2"));
    }
}
