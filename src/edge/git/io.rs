//! The few plain files that this module writes, always outside the user's repository.

use std::path::{Path, PathBuf};

use super::Error;

/// Writes a small file and the folders above it.
pub(super) fn write(path: &Path, text: &str) -> Result<(), Error> {
    write_bytes(path, text.as_bytes())
}

/// The same of what need not be text, such as a path.
#[expect(
    clippy::disallowed_methods,
    reason = "an edge; only a scratch repository of ours is written"
)]
pub(super) fn write_bytes(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    let written = path
        .parent()
        .map_or(Ok(()), std::fs::create_dir_all)
        .and_then(|()| std::fs::write(path, bytes));
    written.map_err(|source| error(path, source))
}

/// Removes a file of ours, if it is there.
#[expect(clippy::disallowed_methods, reason = "an edge; only a store of ours is changed")]
pub(super) fn remove(path: &Path) {
    let _ = std::fs::remove_file(path);
}

/// A path from the root, without links; itself, if there is no such thing.
pub(super) fn absolute(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| path.to_path_buf())
}

/// The names of what is in a folder, sorted; none, if there is no such folder.
#[expect(clippy::disallowed_methods, reason = "an edge; a folder of git's own is listed")]
pub(super) fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut names: Vec<String> =
        entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

/// Makes a folder and those above it.
#[expect(clippy::disallowed_methods, reason = "an edge; only a cache of ours is written")]
pub(super) fn create_folder(folder: &Path) -> Result<(), Error> {
    std::fs::create_dir_all(folder).map_err(|source| error(folder, source))
}

/// Puts the folder `new` in the place of `target`; if that fails, `target` stays as it was.
#[expect(clippy::disallowed_methods, reason = "an edge; only a cache of ours is written")]
pub(super) fn replace(new: &Path, target: &Path) -> Result<(), Error> {
    let old = target.with_extension("old");
    let _ = std::fs::remove_dir_all(&old);
    let moved_aside = std::fs::rename(target, &old).is_ok();
    if let Err(source) = std::fs::rename(new, target) {
        if moved_aside {
            let _ = std::fs::rename(&old, target);
        }
        return Err(error(target, source));
    }
    let _ = std::fs::remove_dir_all(&old);
    Ok(())
}

pub(super) fn error(path: &Path, source: std::io::Error) -> Error {
    let what = format!("failed to write `{}`", path.display());
    Error { source: Some(Box::new(source)), ..Error::bare(what) }
}

/// Makes one folder that is not there yet.
#[expect(clippy::disallowed_methods, reason = "an edge; only a folder of ours is written")]
pub(super) fn create_one_folder(folder: &Path) -> std::io::Result<()> {
    std::fs::create_dir(folder)
}

/// Makes a file that is not there yet.
pub(super) fn create_file(path: &Path, is_executable: bool) -> std::io::Result<std::fs::File> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(
        &mut options,
        if is_executable { 0o755 } else { 0o644 },
    );
    #[cfg(not(unix))]
    let _ = is_executable;
    options.open(path)
}

/// Makes a symbolic link, where there are such.
pub(super) fn create_link(path: &Path, target: &Path, is_folder: bool) -> std::io::Result<()> {
    #[cfg(unix)]
    {
        let _ = is_folder;
        std::os::unix::fs::symlink(target, path)
    }
    #[cfg(windows)]
    {
        use std::os::windows::fs::{symlink_dir, symlink_file};
        if is_folder { symlink_dir(target, path) } else { symlink_file(target, path) }
    }
}

/// Removes a folder of ours in which a program left folders that nobody may write to.
#[expect(clippy::disallowed_methods, reason = "an edge; only a folder of ours is removed")]
pub(super) fn remove_stubborn(folder: &Path) {
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        #[cfg(unix)]
        {
            let mode = std::os::unix::fs::PermissionsExt::from_mode(0o700);
            let _ = std::fs::set_permissions(&folder, mode);
        }
        let entries = std::fs::read_dir(&folder).into_iter().flatten().flatten();
        // Of an entry, not of its path: a link is not followed.
        let inner = entries.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()));
        folders.extend(inner.map(|entry| entry.path()));
    }
    let _ = std::fs::remove_dir_all(folder);
}
