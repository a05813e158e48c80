//! Git itself as the oracle: the dates of real projects, found with `git log`, `git ls-tree` and
//! `git for-each-ref` and with readers of lockfiles and records that know nothing of ours.
//!
//! The bundles have no tags, so those of the list of refs are put on the newest commit of their line
//! that is not later. With `PATCHLINE_ALL` the default branches are compared, too; they are most of the
//! work.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    fs,
    io::{BufRead as _, Read as _, Write as _},
    path::Path,
    process::{Command, Stdio},
};

use jiff::{Timestamp, civil::Date, tz::TimeZone};
use semver::{Version, VersionReq};

use crate::world::{git, patchline, real_data, text};

const AS_OF: &str = "2026-08-22";

#[test]
fn every_episode_is_what_git_says() {
    let Some(data) = real_data("every_episode_is_what_git_says") else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let database = folder.path().join("advisory-db");
    fs::create_dir_all(&database).expect("a folder");
    let archive = data.join("advisory-db/rustsec-2026-08-21.tar.gz");
    let tar = Command::new("tar").arg("xzf").arg(archive).arg("-C").arg(&database).status();
    assert!(tar.expect("tar runs").success());
    let records = Records::read(&database);
    let is_all = std::env::var_os("PATCHLINE_ALL").is_some();
    for (name, prefix, default) in
        [("tikv", "release-", "master"), ("greptimedb", "release/v", "main")]
    {
        let repo = folder.path().join(name);
        let bundle = data.join(format!("repos/{name}-lockfiles.bundle"));
        let place = repo.to_str().expect("UTF-8");
        git(
            folder.path(),
            &["clone", "--quiet", "--mirror", bundle.to_str().expect("UTF-8"), place],
        );
        let world = World { repo: &repo, prefix, default };
        let refs = data.join(format!("lines/{name}.refs.tsv"));
        world.tag(&fs::read_to_string(refs).unwrap_or_default());
        let ours = ours(&world, &database, is_all);
        let theirs = world.episodes(&records, is_all);
        compare(name, &ours, &theirs);
    }
}

/// A vulnerability in a package.
type Subject = (String, String);
/// Where something came and went: names of commits or tags, `None` where it has not gone.
type Stretch = (String, Option<String>);

/// What either side says of one subject on one line.
#[derive(Debug, Default, PartialEq, Eq)]
struct Told {
    /// With the days of exposure, in the order of time.
    releases: Vec<(Stretch, Option<i64>)>,
    branch: Vec<Stretch>,
    /// Days of exposure where there are only branches.
    days: Vec<Option<i64>>,
}

type All = BTreeMap<(String, Subject), Told>;

/// The stretches of releases are the same one by one. Those of a branch are, unless several lie
/// between two releases: then ours is from the first to the last of them.
fn compare(name: &str, ours: &All, theirs: &All) {
    let keys: BTreeSet<_> = ours.keys().chain(theirs.keys()).collect();
    let (mut releases, mut branches, mut joined) = (0, 0, 0);
    let nothing = Told::default();
    for key in keys {
        let (our, their) = (ours.get(key).unwrap_or(&nothing), theirs.get(key).unwrap_or(&nothing));
        assert_eq!(our.releases, their.releases, "{name} {key:?}\n{our:?}\n{their:?}");
        assert_eq!(our.days, their.days, "{name} {key:?}\n{our:?}\n{their:?}");
        releases += our.releases.len();
        branches += their.branch.len();
        if our.branch == their.branch {
            continue;
        }
        joined += 1;
        for (from, until) in &our.branch {
            assert!(their.branch.iter().any(|other| other.0 == *from), "{name} {key:?} {from}");
            assert!(their.branch.iter().any(|other| other.1 == *until), "{name} {key:?} {until:?}");
        }
        let place = |from: &String| their.branch.iter().position(|other| other.0 == *from);
        let end = |until: &Option<String>| their.branch.iter().position(|other| other.1 == *until);
        for (number, (from, _)) in their.branch.iter().enumerate() {
            let is_told = our.branch.iter().any(|(first, last)| {
                place(first).is_some_and(|first| first <= number)
                    && end(last).is_some_and(|last| number <= last)
            });
            assert!(is_told, "{name} {key:?}: {from} is not told\n{our:?}\n{their:?}");
        }
    }
    println!("{name}: {releases} stretches of releases, {branches} of branches, {joined} joined");
    assert!(branches > 100, "{name}: the oracle is empty");
}

fn ours(world: &World<'_>, database: &Path, is_all: bool) -> All {
    let place = format!("rustsec={}", database.display());
    let repo = world.repo.to_str().expect("UTF-8");
    let args = ["history", "--repo", repo, "--db", &place, "--as-of", AS_OF, "--format", "json"];
    let glob = format!("{}*", world.prefix);
    let narrow = ["--line", &glob];
    let args = if is_all { args.to_vec() } else { [&args[..], &narrow].concat() };
    let json = patchline(&args).json();
    let mut all = All::new();
    for episode in json["episodes"].as_array().expect("episodes") {
        let subject = (
            text(&episode["vulnerability"]).to_owned(),
            text(&episode["package"]["name"]).to_owned(),
        );
        let told = all.entry((text(&episode["line"]).to_owned(), subject)).or_default();
        let name = |key: &str, of: &str| episode[key][of].as_str().map(str::to_owned);
        let days = episode["days_exposed"].as_i64();
        if let Some(first) = name("first_release", "tag") {
            told.releases.push(((first, name("released", "tag")), days));
        } else if text(&episode["measured"]) == "branch" {
            told.days.push(days);
        }
        if let Some(introduced) = name("introduced", "commit") {
            told.branch.push((introduced, name("fixed", "commit")));
        }
    }
    all
}

struct World<'a> {
    repo: &'a Path,
    /// What the names of the lines' branches begin with.
    prefix: &'a str,
    default: &'a str,
}

/// What a commit or a tag locks: path → blob.
type Tree = BTreeMap<String, String>;

impl World<'_> {
    fn git(&self, args: &[&str]) -> String {
        git(self.repo, args)
    }

    /// Commits along first parents, newest first, with their moments.
    fn chain(&self, branch: &str) -> Vec<(String, i64)> {
        let log = self.git(&["log", "--first-parent", "--format=%H %ct", branch]);
        log.lines().filter_map(|row| row.split_once(' ')).map(pair).collect()
    }

    /// The lines by their branches.
    fn lines(&self) -> BTreeMap<String, String> {
        let heads = self.git(&["for-each-ref", "--format=%(refname:short)", "refs/heads"]);
        let lines = heads.lines().filter_map(|branch| {
            Some((branch.strip_prefix(self.prefix)?.to_owned(), branch.to_owned()))
        });
        lines.collect()
    }

    /// Makes the stable tags of a list of refs.
    fn tag(&self, refs: &str) {
        let lines = self.lines();
        let mut chains: BTreeMap<&str, Vec<(String, i64)>> = BTreeMap::new();
        let mut stream = String::new();
        for row in refs.lines() {
            let columns: Vec<&str> = row.split('\t').collect();
            let [name, _, _, committed, created] = columns.as_slice() else { continue };
            let Some(tag) = name.strip_prefix("refs/tags/") else { continue };
            let Some(branch) = series(tag).and_then(|line| lines.get(&line)) else { continue };
            let chain = chains.entry(branch).or_insert_with(|| self.chain(branch));
            let seconds = |text: &str| text.parse::<Timestamp>().expect("a moment").as_second();
            let commit = chain.iter().find(|(_, moment)| *moment <= seconds(committed));
            if let Some((commit, _)) = commit {
                let _ = writeln!(
                    stream,
                    "tag {tag}\nfrom {commit}\ntagger A <a@example.org> {} +0000\ndata 0",
                    seconds(created)
                );
            }
        }
        let mut child = Command::new("git")
            .args(["fast-import", "--quiet", "--force"])
            .current_dir(self.repo)
            .stdin(Stdio::piped())
            .spawn()
            .expect("git runs");
        child.stdin.take().expect("input").write_all(stream.as_bytes()).expect("git listens");
        assert!(child.wait().expect("git ends").success());
    }

    fn episodes(&self, records: &Records, is_all: bool) -> All {
        let trunk: BTreeSet<String> =
            self.chain(self.default).into_iter().map(|(commit, _)| commit).collect();
        let mut timelines = Vec::new();
        for (line, branch) in self.lines() {
            let chain = self.chain(&branch);
            let own = chain.iter().position(|(commit, _)| trunk.contains(commit)).expect("a cut");
            let range = format!("{}..{branch}", chain[own].0);
            let mut states = vec![(chain[own].clone(), self.tree(&chain[own].0))];
            states.extend(self.changes(&range, &states[0].1));
            timelines.push((line.clone(), states, self.releases(&line)));
        }
        if is_all {
            let (first, rest) = (self.chain(self.default).pop().expect("a root"), self.default);
            let root = self.tree(&first.0);
            let mut states = vec![(first, root)];
            states.extend(self.changes(&format!("{}..{rest}", states[0].0.0), &states[0].1));
            timelines.push((self.default.to_owned(), states, Vec::new()));
        }
        let trees = timelines.iter().flat_map(|(_, states, releases)| {
            states.iter().map(|(_, tree)| tree).chain(releases.iter().map(|(_, tree)| tree))
        });
        let blobs: BTreeSet<&String> = trees.flat_map(Tree::values).collect();
        let affected = self.read(&blobs, records);
        let mut all = All::new();
        for (line, states, releases) in &timelines {
            for (subject, published) in &records.subjects {
                let has = |tree: &Tree| -> Option<bool> {
                    if tree.is_empty() {
                        return None;
                    }
                    let mut read = tree.values().map(|blob| &affected[blob]);
                    if read.clone().any(|read| read.has.contains(subject)) {
                        return Some(true);
                    }
                    // A copy from elsewhere may have it or not.
                    (!read.any(|read| read.doubts.contains(subject))).then_some(false)
                };
                let on_branch = stretches(states, has);
                let in_releases = stretches(releases, has);
                if on_branch.is_empty() && in_releases.is_empty() {
                    continue;
                }
                let is_told = |found: &Found| found.until.is_none() && found.unknown.is_none();
                let is_known_on_branch = on_branch.iter().any(is_told);
                let told = all.entry((line.clone(), subject.clone())).or_default();
                for found in in_releases {
                    let days = found.days(releases, *published, is_known_on_branch);
                    told.releases.push((found.names(releases), days));
                }
                for found in on_branch {
                    if releases.is_empty() {
                        told.days.push(found.days(states, *published, false));
                    }
                    told.branch.push(found.names(states));
                }
            }
        }
        all
    }

    fn tree(&self, commit: &str) -> Tree {
        let listed = self.git(&["ls-tree", "-r", commit]);
        let files = listed.lines().filter_map(|row| row.split_once('\t'));
        let files = files.filter(|(_, path)| path.rsplit('/').next() == Some("Cargo.lock"));
        files.map(|(what, path)| (path.to_owned(), what[what.len() - 40..].to_owned())).collect()
    }

    /// What each commit of a range made of a tree, oldest first.
    fn changes(&self, range: &str, first: &Tree) -> Vec<((String, i64), Tree)> {
        let log = self.git(&[
            "log",
            "--first-parent",
            "--reverse",
            "-m",
            "--raw",
            "--no-abbrev",
            "--no-renames",
            "--format=%H %ct",
            range,
        ]);
        let mut tree = first.clone();
        let mut found: Vec<((String, i64), Tree)> = Vec::new();
        for row in log.lines().filter(|row| !row.is_empty()) {
            let Some(change) = row.strip_prefix(':') else {
                found.push((pair(row.split_once(' ').expect("a commit")), tree.clone()));
                continue;
            };
            let (what, path) = change.split_once('\t').expect("a path");
            if path.rsplit('/').next() != Some("Cargo.lock") {
                continue;
            }
            let what: Vec<&str> = what.split(' ').collect();
            match what[4] {
                "D" => tree.remove(path),
                _ => tree.insert(path.to_owned(), what[3].to_owned()),
            };
            found.last_mut().expect("a commit").1 = tree.clone();
        }
        found
    }

    /// The newest release at any time, oldest first.
    fn releases(&self, line: &str) -> Vec<((String, i64), Tree)> {
        let format = "--format=%(refname:short) %(creatordate:unix)";
        let tags = self.git(&["for-each-ref", format, "refs/tags"]);
        let mut dated: Vec<(i64, Version, String)> = tags
            .lines()
            .filter_map(|row| row.split_once(' '))
            .filter(|(tag, _)| series(tag).as_deref() == Some(line))
            .filter_map(|(tag, moment)| {
                let version = Version::parse(tag.trim_start_matches('v')).ok()?;
                Some((moment.parse().ok()?, version, tag.to_owned()))
            })
            .filter(|(_, version, _)| version.pre.is_empty() && version.build.is_empty())
            .collect();
        dated.sort();
        let mut found: Vec<((String, i64), Tree)> = Vec::new();
        let mut newest = None;
        for (moment, version, tag) in dated {
            if newest.as_ref() < Some(&version) {
                let tree = self.tree(&tag);
                found.push(((tag, moment), tree));
                newest = Some(version);
            }
        }
        found
    }

    /// What each lockfile is affected by.
    fn read(&self, blobs: &BTreeSet<&String>, records: &Records) -> BTreeMap<String, Read> {
        let mut known: BTreeMap<(String, String), BTreeSet<Subject>> = BTreeMap::new();
        let mut child = Command::new("git")
            .args(["cat-file", "--batch"])
            .current_dir(self.repo)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("git runs");
        let names: String = blobs.iter().map(|blob| format!("{blob}\n")).collect();
        let mut input = child.stdin.take().expect("input");
        let feeder = std::thread::spawn(move || input.write_all(names.as_bytes()));
        let mut output = std::io::BufReader::new(child.stdout.take().expect("output"));
        let mut found = BTreeMap::new();
        for blob in blobs {
            let mut head = String::new();
            output.read_line(&mut head).expect("a head");
            let size: usize =
                head.trim_end().rsplit(' ').next().expect("a size").parse().expect("it");
            let mut bytes = vec![0; size + 1];
            output.read_exact(&mut bytes).expect("a blob");
            let text = std::str::from_utf8(&bytes).expect("UTF-8");
            let mut of = Read::default();
            for (name, version, is_from_crates_io) in locked(text) {
                let Some(about) = records.by_package.get(name) else { continue };
                let key = (name.to_owned(), version.to_owned());
                let found = known.entry(key).or_insert_with(|| about.affect(version));
                let set = if is_from_crates_io { &mut of.has } else { &mut of.doubts };
                set.extend(found.iter().cloned());
            }
            found.insert((*blob).clone(), of);
        }
        feeder.join().expect("it ends").expect("git listens");
        assert!(child.wait().expect("git ends").success());
        found
    }
}

fn pair((commit, moment): (&str, &str)) -> (String, i64) {
    (commit.to_owned(), moment.parse().expect("seconds"))
}

/// `v8.5.1` is of `8.5`.
fn series(tag: &str) -> Option<String> {
    let mut parts = tag.strip_prefix('v')?.splitn(3, '.');
    let (major, minor, _) = (parts.next()?, parts.next()?, parts.next()?);
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    (is_number(major) && is_number(minor)).then(|| format!("{major}.{minor}"))
}

/// A stretch of states, by their places.
struct Found {
    from: usize,
    until: Option<usize>,
    /// Nobody can tell from here on.
    unknown: Option<usize>,
}

type States = [((String, i64), Tree)];

impl Found {
    /// The names of what began and what ended it.
    fn names(&self, states: &States) -> Stretch {
        (states[self.from].0.0.clone(), self.until.map(|until| states[until].0.0.clone()))
    }

    /// The days that it counts; `is_known`: something else shows that it is still there.
    fn days(&self, states: &States, published: Date, is_known: bool) -> Option<i64> {
        let day = |place: usize| {
            let moment = Timestamp::from_second(states[place].0.1).expect("a moment");
            moment.to_zoned(TimeZone::UTC).date()
        };
        let from = day(self.from).max(published);
        let until = match (self.until, self.unknown.filter(|_| !is_known)) {
            (Some(until), _) => day(until),
            (None, Some(unknown)) if day(unknown) < from => return None,
            (None, Some(unknown)) => day(unknown),
            (None, None) => AS_OF.parse().expect("a day"),
        };
        Some(i64::from(until.since(from).expect("days").get_days()).max(0))
    }
}

/// Stretches of `true`; what is not known neither begins nor ends one.
fn stretches(states: &States, has: impl Fn(&Tree) -> Option<bool>) -> Vec<Found> {
    let mut found: Vec<Found> = Vec::new();
    for (place, (_, tree)) in states.iter().enumerate() {
        let open = found.last_mut().filter(|found| found.until.is_none());
        match (has(tree), open) {
            (Some(true), None) => found.push(Found { from: place, until: None, unknown: None }),
            (Some(true), Some(open)) => open.unknown = None,
            (Some(false), Some(open)) => open.until = Some(place),
            (None, Some(open)) => open.unknown = open.unknown.or(Some(place)),
            (_, None) => {}
        }
    }
    found
}

/// What a lockfile is affected by.
#[derive(Default)]
struct Read {
    has: BTreeSet<Subject>,
    /// By the name of a package that comes from elsewhere.
    doubts: BTreeSet<Subject>,
}

/// Names and versions, and whether they come from crates.io, row by row.
fn locked(lockfile: &str) -> Vec<(&str, &str, bool)> {
    let mut found: Vec<(&str, &str, bool)> = Vec::new();
    let mut name = "";
    for row in lockfile.lines() {
        let value = |key: &str| row.strip_prefix(key).map(|rest| rest.trim_matches('"'));
        if let Some(text) = value("name = ") {
            name = text;
        } else if let Some(text) = value("version = ").filter(|_| !name.is_empty()) {
            found.push((name, text, false));
        } else if row == "source = \"registry+https://github.com/rust-lang/crates.io-index\"" {
            found.last_mut().expect("a package").2 = true;
        }
    }
    found
}

/// What the database says, read here.
struct Records {
    by_package: BTreeMap<String, About>,
    /// The day of publication of each.
    subjects: BTreeMap<Subject, Date>,
}

#[derive(Default)]
struct About {
    /// Each subject with the versions that do not have it.
    records: Vec<(Subject, Vec<VersionReq>)>,
}

impl About {
    fn affect(&self, version: &str) -> BTreeSet<Subject> {
        let Ok(version) = Version::parse(version) else { return BTreeSet::new() };
        let is_free = |free: &Vec<VersionReq>| free.iter().any(|req| req.matches(&version));
        let affected = self.records.iter().filter(|(_, free)| !is_free(free));
        affected.map(|(subject, _)| subject.clone()).collect()
    }
}

struct Record {
    id: String,
    package: String,
    names: BTreeSet<String>,
    date: Date,
    is_informational: bool,
    free: Vec<VersionReq>,
}

impl Records {
    fn read(database: &Path) -> Self {
        let mut records = Vec::new();
        for package in fs::read_dir(database.join("crates")).expect("a folder") {
            let package = package.expect("an entry").path();
            for file in fs::read_dir(package).expect("a folder") {
                let text = fs::read_to_string(file.expect("an entry").path()).expect("a record");
                records.extend(record(&text));
            }
        }
        // Records that share a name, however indirectly, are one vulnerability.
        let mut groups: Vec<(BTreeSet<String>, Vec<Record>)> = Vec::new();
        for record in records {
            let (joined, rest): (Vec<_>, Vec<_>) =
                groups.into_iter().partition(|(names, _)| !names.is_disjoint(&record.names));
            groups = rest;
            let mut group = (record.names.clone(), vec![record]);
            for (names, records) in joined {
                group.0.extend(names);
                group.1.extend(records);
            }
            groups.push(group);
        }
        let mut found = Self { by_package: BTreeMap::new(), subjects: BTreeMap::new() };
        for (_, records) in groups {
            let packages: BTreeSet<String> = records.iter().map(|r| r.package.clone()).collect();
            for package in packages {
                let of: Vec<&Record> = records.iter().filter(|r| r.package == package).collect();
                if of.iter().all(|record| record.is_informational) {
                    continue;
                }
                let id = of.iter().map(|record| &record.id).min().expect("one").clone();
                let subject = (id, package.clone());
                let date = of.iter().map(|record| record.date).min().expect("one");
                found.subjects.insert(subject.clone(), date);
                let about = found.by_package.entry(package).or_default();
                about.records.extend(of.iter().map(|r| (subject.clone(), r.free.clone())));
            }
        }
        found
    }
}

/// A record that was not withdrawn.
fn record(text: &str) -> Option<Record> {
    let toml = text.strip_prefix("```toml\n")?.split("\n```").next()?;
    let toml: toml::Table = toml.parse().expect("TOML");
    let advisory = toml["advisory"].as_table().expect("a table");
    if advisory.contains_key("withdrawn") {
        return None;
    }
    let word = |key: &str| Some(advisory.get(key)?.as_str()?.to_owned());
    let list = |table: &toml::Table, key: &str| -> Vec<String> {
        let array = table.get(key).and_then(|list| list.as_array()).into_iter().flatten();
        array.filter_map(|item| Some(item.as_str()?.to_owned())).collect()
    };
    let versions = toml["versions"].as_table().expect("a table");
    let free = list(versions, "patched").into_iter().chain(list(versions, "unaffected"));
    let id = word("id")?;
    let mut names: BTreeSet<String> = list(advisory, "aliases").into_iter().collect();
    names.insert(id.clone());
    Some(Record {
        id,
        package: word("package")?,
        names,
        date: word("date")?.parse().expect("a day"),
        is_informational: advisory.contains_key("informational"),
        free: free.map(|req| req.parse().expect("a requirement")).collect(),
    })
}
