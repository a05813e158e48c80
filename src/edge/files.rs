//! Files and the environment. Nothing is written but the artifacts that were asked for.
#![expect(
    clippy::disallowed_methods,
    reason = "this is the edge where files and the environment are touched"
)]

use std::{
    io::{self, Read as _, Seek as _, Write as _},
    path::{Path, PathBuf},
};

use crate::{
    event::{self, Event},
    import::{Content, Pieces},
    model::CommitId,
};

/// A configuration larger than this is not one.
const LARGEST_TEXT: u64 = 1024 * 1024;
/// An event of GitHub is smaller.
const LARGEST_EVENT: u64 = 32 * 1024 * 1024;

/// A file's text; `None`: there is no such file.
pub fn read_text(path: &Path) -> io::Result<Option<String>> {
    match read(path, LARGEST_TEXT) {
        Ok(bytes) => String::from_utf8(bytes)
            .map(Some)
            .map_err(|_| io::Error::new(io::ErrorKind::InvalidData, "it is not UTF-8")),
        Err(error)
            if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) =>
        {
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

/// The bytes of a regular file, if there are at most `largest`. What else lies at a path of the work
/// tree, such as a pipe, may never end, and is not opened.
pub fn read_regular(path: &Path, largest: u64) -> io::Result<Vec<u8>> {
    if !std::fs::metadata(path)?.is_file() {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "it is not a regular file"));
    }
    read(path, largest)
}

/// A file's bytes, if there are at most `largest`.
pub fn read(path: &Path, largest: u64) -> io::Result<Vec<u8>> {
    at_most(&std::fs::File::open(path)?, largest)
}

fn at_most(file: &std::fs::File, largest: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    file.take(largest + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > largest {
        let message = format!("it is larger than {largest} bytes");
        return Err(io::Error::new(io::ErrorKind::InvalidData, message));
    }
    Ok(bytes)
}

/// A file that stays where it is until its bytes are asked for, if there are at most `largest`. What
/// can be read only once, such as a pipe, is read now.
pub fn open(path: &Path, largest: u64) -> io::Result<Content> {
    let file = std::fs::File::open(path)?;
    let metadata = file.metadata()?;
    match usize::try_from(metadata.len()) {
        Ok(length @ 1..) if metadata.is_file() && metadata.len() <= largest => {
            Ok(Content::Pieces(Box::new(Opened { file, length })))
        }
        _ => at_most(&file, largest).map(Content::Whole),
    }
}

/// A file that is read piece by piece.
#[derive(Debug)]
struct Opened {
    file: std::fs::File,
    length: usize,
}

impl Pieces for Opened {
    fn length(&self) -> usize {
        self.length
    }

    fn read(&self, at: usize, into: &mut [u8]) -> Result<(), String> {
        let mut file = &self.file;
        file.seek(io::SeekFrom::Start(at as u64))
            .and_then(|_| file.read_exact(into))
            .map_err(|error| error.to_string())
    }
}

/// The files two folders below `root`, as paths relative to it with forward slashes, sorted: the
/// shape of an advisory database. A file where a folder should be is listed, too, so that it is
/// missed by nobody.
pub fn two_levels(root: &Path, folders: &[&str]) -> io::Result<Vec<String>> {
    let mut found = Vec::new();
    for folder in folders {
        let groups = match std::fs::read_dir(root.join(folder)) {
            Ok(groups) => groups,
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            Err(error) => return Err(error),
        };
        for group in groups {
            let group = group?;
            let name = group.file_name().to_string_lossy().into_owned();
            if name.starts_with('.') {
                continue;
            }
            if !std::fs::metadata(group.path()).is_ok_and(|metadata| metadata.is_dir()) {
                found.push(format!("{folder}/{name}"));
                continue;
            }
            for file in std::fs::read_dir(group.path())? {
                found.push(format!("{folder}/{name}/{}", file?.file_name().to_string_lossy()));
            }
        }
    }
    found.sort();
    Ok(found)
}

/// True if there is something at this path.
pub fn exists(path: &Path) -> bool {
    path.exists()
}

/// True if there is a folder at this path.
pub fn is_folder(path: &Path) -> bool {
    path.is_dir()
}

/// The files in these folders with this extension, sorted.
pub fn with_extension(folders: &[&Path], extension: &str) -> Vec<PathBuf> {
    let entries = folders.iter().filter_map(|folder| std::fs::read_dir(folder).ok()).flatten();
    let mut found: Vec<PathBuf> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.is_file() && path.extension().is_some_and(|found| found == extension))
        .collect();
    found.sort();
    found
}

/// True if there is a file at this path, and no folder, pipe or device.
pub fn is_file(path: &Path) -> bool {
    path.is_file()
}

/// The files below a folder, as paths that begin with it, sorted. No link to a folder is followed,
/// and `.git` is left out. More than `most` entries are an error.
pub fn below(folder: &Path, most: usize) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    let mut seen = 0_usize;
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder)? {
            let entry = entry?;
            seen += 1;
            if seen > most {
                return Err(io::Error::other(format!("there are more than {most} files")));
            }
            let path = entry.path();
            if entry.file_type()?.is_dir() {
                if entry.file_name() != ".git" {
                    folders.push(path);
                }
            } else if path.is_file() {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

/// Removes a file.
pub fn remove(path: &Path) -> io::Result<()> {
    std::fs::remove_file(path)
}

/// Writes an artifact and the folders above it. A link in its place is replaced and not followed:
/// where it leads may be a stranger's choice.
pub fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    if let Some(parent) = path.parent() {
        std::fs::create_dir_all(parent)?;
    }
    if path.is_symlink() {
        std::fs::remove_file(path)?;
    }
    std::fs::write(path, bytes)
}

/// Puts a file of ours in the place of what is there, whole or not at all, and makes the folders
/// above it.
pub fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let parent = path.parent().unwrap_or(path);
    std::fs::create_dir_all(parent)?;
    let mut file = tempfile::Builder::new().prefix(".writing-").tempfile_in(parent)?;
    file.write_all(bytes)?;
    file.persist(path).map(drop).map_err(|error| error.error)
}

/// Writes a file that is not there yet, and the folders above it; false: there is something at that
/// path, and it is left as it is.
pub fn write_new(path: &Path, bytes: &[u8]) -> io::Result<bool> {
    if let Some(parent) = path.parent() {
        std::fs::create_dir_all(parent)?;
    }
    match std::fs::OpenOptions::new().write(true).create_new(true).open(path) {
        Ok(mut file) => file.write_all(bytes).map(|()| true),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(false),
        Err(error) => Err(error),
    }
}

/// Writes a file that only its owner can read, whole or not at all, and the folders above it. Nothing
/// that is there is replaced unless `over` says what is there, and it still says that; false: there is
/// something else. A link is never followed.
pub fn write_private(path: &Path, bytes: &[u8], over: Option<&[u8]>) -> io::Result<bool> {
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty());
    let parent = parent.unwrap_or_else(|| Path::new("."));
    std::fs::create_dir_all(parent)?;
    // What is made by it is its owner's alone.
    let mut file = tempfile::Builder::new().prefix(".writing-").tempfile_in(parent)?;
    file.write_all(bytes)?;
    let Some(over) = over else {
        return match file.persist_noclobber(path) {
            Ok(_) => Ok(true),
            Err(error) if error.error.kind() == io::ErrorKind::AlreadyExists => Ok(false),
            Err(error) => Err(error.error),
        };
    };
    if path.is_symlink() || std::fs::read(path)? != over {
        return Ok(false);
    }
    file.persist(path).map(|_| true).map_err(|error| error.error)
}

/// The files in a folder with this extension, sorted; none if there is no such folder. More than
/// `most` are an error.
pub fn listed(folder: &Path, extension: &str, most: usize) -> io::Result<Vec<PathBuf>> {
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let mut found = Vec::new();
    for entry in entries {
        let path = entry?.path();
        if path.extension().is_some_and(|found| found == extension) && !path.is_dir() {
            found.push(path);
        }
        if found.len() > most {
            return Err(io::Error::other(format!("there are more than {most} files")));
        }
    }
    found.sort();
    Ok(found)
}

/// A path with every link on the way resolved.
pub fn resolved(path: &Path) -> io::Result<PathBuf> {
    path.canonicalize()
}

/// True if the path itself is a link.
pub fn is_link(path: &Path) -> bool {
    path.is_symlink()
}

/// True if a path, with every link on the way resolved, lies below `root`; what is not there yet
/// lies where its nearest folder does.
pub fn is_inside(root: &Path, path: &Path) -> io::Result<bool> {
    let root = root.canonicalize()?;
    for place in path.ancestors() {
        match place.symlink_metadata() {
            Ok(_) => return Ok(place.canonicalize()?.starts_with(&root)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
    }
    Ok(false)
}

/// True if the folder is not there or has nothing in it.
pub fn is_vacant(path: &Path) -> bool {
    match std::fs::read_dir(path) {
        Ok(mut entries) => entries.next().is_none(),
        Err(error) => error.kind() == io::ErrorKind::NotFound,
    }
}

/// Where Patchline keeps what it fetched: `PATCHLINE_CACHE_DIR`, else `patchline` in the user's
/// cache folder.
pub fn cache_folder() -> Option<PathBuf> {
    let set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty());
    if let Some(folder) = set("PATCHLINE_CACHE_DIR") {
        return Some(folder.into());
    }
    let user = set("XDG_CACHE_HOME")
        .map(PathBuf::from)
        .or_else(|| set("LOCALAPPDATA").map(PathBuf::from))
        .or_else(|| set("HOME").map(|home| PathBuf::from(home).join(".cache")))?;
    Some(user.join("patchline"))
}

/// Where files of a moment lie: `RUNNER_TEMP` in GitHub Actions, else the folder of the system.
pub fn scratch_folder() -> PathBuf {
    let runner = std::env::var_os("RUNNER_TEMP").filter(|folder| !folder.is_empty());
    runner.map(PathBuf::from).filter(|folder| folder.is_dir()).unwrap_or_else(std::env::temp_dir)
}

/// What this workflow of GitHub Actions runs for; `None`: it is none.
pub fn github_event() -> Option<Event> {
    if !is_github_actions() {
        return None;
    }
    let name = std::env::var("GITHUB_EVENT_NAME").unwrap_or_default();
    let path = std::env::var_os("GITHUB_EVENT_PATH");
    let payload = path.and_then(|path| read(Path::new(&path), LARGEST_EVENT).ok());
    Some(event::read(&name, &payload.unwrap_or_default()))
}

/// The commit that a workflow of GitHub Actions runs at: of a pull request, GitHub's own merge.
pub fn github_commit() -> Option<CommitId> {
    let id = std::env::var("GITHUB_SHA").ok().filter(|_| is_github_actions())?;
    let is_id = matches!(id.len(), 40 | 64) && id.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_id.then(|| CommitId(id.to_ascii_lowercase()))
}

/// A variable of the environment, if it is text.
pub fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// A word that nobody can guess, of 32 hexadecimal digits.
pub fn chance() -> String {
    use std::hash::{BuildHasher as _, RandomState};
    // The standard library seeds its hashers with chance, and nothing here needs a better one.
    format!("{:016x}{:016x}", RandomState::new().hash_one(0), RandomState::new().hash_one(1))
}

/// Adds to a file that the runner reads after the step, `GITHUB_OUTPUT` or `GITHUB_STEP_SUMMARY`;
/// false: there is none, as outside of workflows.
pub fn add_to_workflow(variable: &str, text: &str) -> io::Result<bool> {
    let path = std::env::var_os(variable).filter(|path| !path.is_empty());
    let Some(path) = path else { return Ok(false) };
    let mut file = std::fs::OpenOptions::new().create(true).append(true).open(path)?;
    file.write_all(text.as_bytes())?;
    Ok(true)
}

/// Gives files to whoever owns the folder that they are in, as root must where the folder is
/// somebody's workspace.
#[cfg(unix)]
pub fn give_to_owner_of(folder: &Path, paths: &[PathBuf]) -> io::Result<()> {
    use std::os::unix::fs::{MetadataExt as _, lchown};
    let owner = std::fs::metadata(folder)?;
    for path in paths {
        let own = path.symlink_metadata()?;
        if (own.uid(), own.gid()) != (owner.uid(), owner.gid()) {
            lchown(path, Some(owner.uid()), Some(owner.gid()))?;
        }
    }
    Ok(())
}

/// Only Unix knows owners of this kind, and container actions run nowhere else.
#[cfg(not(unix))]
pub fn give_to_owner_of(_: &Path, _: &[PathBuf]) -> io::Result<()> {
    Ok(())
}

/// True inside GitHub Actions, where the working tree may belong to a stranger's pull request.
pub fn is_github_actions() -> bool {
    std::env::var_os("GITHUB_ACTIONS").is_some_and(|value| value == "true")
}
