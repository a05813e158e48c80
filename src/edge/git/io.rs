//! The few plain files that this module writes, always outside the user's repository.

use std::path::{Path, PathBuf};

use super::Error;

/// Writes a small file and the folders above it.
#[expect(
    clippy::disallowed_methods,
    reason = "an edge; only a scratch repository of ours is written"
)]
pub(super) fn write(path: &Path, text: &str) -> Result<(), Error> {
    let written = path
        .parent()
        .map_or(Ok(()), std::fs::create_dir_all)
        .and_then(|()| std::fs::write(path, text));
    written.map_err(|source| error(path, source))
}

/// A path from the root, without links; itself, if there is no such thing.
pub(super) fn absolute(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| path.to_path_buf())
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
    Error { what: format!("failed to write `{}`", path.display()), source: Some(Box::new(source)) }
}
