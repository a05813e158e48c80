//! Reports that lie on disk: which files a path or a glob means, and their bytes.
//!
//! An earlier step of the job made them, so they are never in a commit: a relative path starts at
//! the work tree where the policy is the default branch's, else where the policy's own paths do.

use std::path::{Component, Path, PathBuf};

use globset::GlobBuilder;

use super::{IMPORT, LARGEST_FILE, ReportFile, Reports, called, tip_of};
use crate::{
    cli::ImportArg,
    collect::Base,
    config::{Scanner, ScannerSource},
    edge::{files, git::Git},
    model::{Covered, Place, ReleaseLine, Tip, Trouble},
};

/// A folder with more is not searched for reports.
const MOST_ENTRIES: usize = 500_000;
/// More reports than this are not one glob's.
const MOST_REPORTS: usize = 10_000;

/// Where relative paths start.
enum Start {
    /// They stay inside.
    Inside(PathBuf),
    /// They are the user's word.
    At(PathBuf),
}

/// Reads what a scanner's `file` names.
pub(super) fn of_scanner(
    scanner: &Scanner,
    git: &Git,
    base: &Base,
    lines: &[ReleaseLine],
    reports: &mut Reports,
) {
    let ScannerSource::File { path, line, tip } = &scanner.source else { return };
    let about = line.as_ref().map(|line| (line.0.as_str(), *tip));
    let wanted = Wanted { scanner: &scanner.id, format: scanner.format.as_deref(), path, about };
    wanted.read(&start(git, base), lines, reports);
}

/// Reads what `--import` names.
pub(super) fn of_import(import: &ImportArg, lines: &[ReleaseLine], reports: &mut Reports) {
    let about = import.line.as_deref().map(|line| (line, import.tip));
    let wanted = Wanted { scanner: IMPORT, format: None, path: &import.path, about };
    wanted.read(&Start::At(PathBuf::from(".")), lines, reports);
}

/// The report that a program wrote into its tree.
pub(super) fn of_tree(tree: &Path, path: &str) -> Result<Vec<u8>, String> {
    let full = tree.join(path);
    if !files::is_inside(tree, &full).unwrap_or(false) || !files::is_file(&full) {
        return Err(format!("it left no report at `{path}`"));
    }
    files::read(&full, LARGEST_FILE).map_err(|error| format!("its report at `{path}`: {error}"))
}

/// The files that a path or a glob on the command line means; one that means none is left as it is,
/// for whoever opens it to say so.
pub fn expanded(typed: &str) -> Vec<PathBuf> {
    match matching(&Start::At(PathBuf::from(".")), typed) {
        Ok(found) if !files::exists(Path::new(typed)) => {
            found.into_iter().map(|(path, _)| path).collect()
        }
        _ => vec![PathBuf::from(typed)],
    }
}

/// The bytes of one file that the configuration names.
pub(in crate::collect) fn of_path(
    typed: &str,
    git: &Git,
    base: &Base,
    largest: u64,
) -> Result<Vec<u8>, String> {
    let found = match_one(&start(git, base), typed)?;
    files::read(&found, largest).map_err(|error| format!("`{typed}` could not be read: {error}"))
}

fn start(git: &Git, base: &Base) -> Start {
    match base {
        Base::Folder(folder) => Start::At(folder.clone()),
        Base::WorkTree(top) => Start::Inside(top.clone()),
        Base::Tree { .. } | Base::Nowhere => match git.work_dir() {
            Some(top) => Start::Inside(top),
            None => Start::At(PathBuf::from(".")),
        },
    }
}

/// What somebody named.
struct Wanted<'a> {
    scanner: &'a str,
    format: Option<&'a str>,
    path: &'a str,
    about: Option<(&'a str, Option<Tip>)>,
}

impl Wanted<'_> {
    /// `None`: the report itself says what it is about.
    fn place(&self, lines: &[ReleaseLine]) -> Result<Option<Place>, About> {
        let Some((name, tip)) = self.about else { return Ok(None) };
        let Some(line) = called(lines, name) else {
            return Err(About::Nobody(format!(
                "`{}` is said to be about `{name}`, and there is no such line",
                self.path
            )));
        };
        if !line.is_scanned() {
            return Err(About::NotScanned(format!(
                "`{}` is about `{name}`, which is {} and not scanned",
                self.path,
                line.standing.as_str()
            )));
        }
        Ok(Some(Place { line: line.id.clone(), tip: tip_of(line, tip) }))
    }

    fn read(&self, start: &Start, lines: &[ReleaseLine], reports: &mut Reports) {
        let place = match self.place(lines) {
            Ok(place) => place,
            Err(About::NotScanned(because)) => {
                let message = format!("`{}`: {because}", self.scanner);
                return reports.trouble.push(Trouble::info(message));
            }
            Err(About::Nobody(because)) => {
                let hint = "`patchline lines` shows the names of the lines";
                let covered = Covered::Failed { because };
                return reports.miss(self.scanner, &[], &covered, "", Some(hint));
            }
        };
        let places: Vec<Place> = place.iter().cloned().collect();
        let mut miss = |because| {
            let covered = Covered::Failed { because };
            let hint = "check the path, and that the step before wrote the report";
            reports.miss(self.scanner, &places, &covered, "", Some(hint));
        };
        let found = match matching(start, self.path) {
            Ok(found) => found,
            Err(because) => return miss(because),
        };
        let mut read = Vec::new();
        for (path, name) in found {
            match files::read(&path, LARGEST_FILE) {
                Ok(bytes) => read.push((name, bytes)),
                Err(error) => miss(format!("`{name}` could not be read: {error}")),
            }
        }
        reports.files.extend(read.into_iter().map(|(name, bytes)| ReportFile {
            scanner: self.scanner.to_owned(),
            format: self.format.map(str::to_owned),
            place: place.clone(),
            name,
            bytes,
        }));
    }
}

/// Why a report is about no line that is scanned.
enum About {
    NotScanned(String),
    Nobody(String),
}

/// The files that a path or a glob means, never none, each with its name for people.
fn matching(start: &Start, typed: &str) -> Result<Vec<(PathBuf, String)>, String> {
    if let Ok(path) = match_one(start, typed) {
        return Ok(vec![(path, typed.to_owned())]);
    }
    let none = || format!("`{typed}` matches no file");
    if !typed.contains(is_special) {
        return Err(none());
    }
    let root = root(start, typed)?;
    let typed = typed.strip_prefix("./").unwrap_or(typed);
    // The folders before the first that is no plain name.
    let plain: Vec<&str> = typed.split('/').take_while(|part| !part.contains(is_special)).collect();
    let folder = root.join(plain.join("/"));
    let glob = GlobBuilder::new(typed)
        .literal_separator(true)
        .build()
        .map_err(|error| format!("`{typed}` is not a glob: {}", error.kind()))?
        .compile_matcher();
    if !files::is_folder(&folder) {
        return Err(none());
    }
    let all = files::below(&folder, MOST_ENTRIES)
        .map_err(|error| format!("`{typed}` could not be searched: {error}"))?;
    let mut found = Vec::new();
    for path in all {
        let Ok(name) = path.strip_prefix(&root) else { continue };
        let name = name.to_string_lossy().replace('\\', "/");
        if glob.is_match(&name) && is_allowed(start, typed, &path) {
            found.push((path, name));
        }
    }
    match found.len() {
        0 => Err(none()),
        count if count > MOST_REPORTS => {
            Err(format!("`{typed}` matches {count} files, more than {MOST_REPORTS}"))
        }
        _ => Ok(found),
    }
}

/// The file of a path.
fn match_one(start: &Start, typed: &str) -> Result<PathBuf, String> {
    let path = root(start, typed)?.join(typed);
    if !files::is_file(&path) {
        return Err(format!("there is no file `{typed}`"));
    }
    if !is_allowed(start, typed, &path) {
        return Err(format!("`{typed}` lies outside the repository"));
    }
    Ok(path)
}

fn root(start: &Start, typed: &str) -> Result<PathBuf, String> {
    let path = Path::new(typed);
    match start {
        _ if path.is_absolute() => Ok(PathBuf::new()),
        Start::At(folder) => Ok(folder.clone()),
        Start::Inside(_) if path.components().any(|part| part == Component::ParentDir) => {
            Err(format!("`{typed}` leads out of the repository"))
        }
        Start::Inside(top) => Ok(top.clone()),
    }
}

/// Links in a work tree may be a stranger's.
fn is_allowed(start: &Start, typed: &str, path: &Path) -> bool {
    match start {
        Start::Inside(top) if !Path::new(typed).is_absolute() => {
            files::is_inside(top, path).unwrap_or(false)
        }
        _ => true,
    }
}

fn is_special(c: char) -> bool {
    matches!(c, '*' | '?' | '[' | ']' | '{' | '}')
}
