//! The working tree as a place to write to. A scan never does; `security-md --write` and `init` do,
//! and say what they wrote.

use std::{
    io,
    path::{Path, PathBuf},
};

use crate::edge::{files, git::Git};

/// Why nothing could be written.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("the repository is bare: it has no working tree to write to")]
    Bare,
    #[error("`{}` leads out of the working tree", path.display())]
    Outside { path: PathBuf },
    #[error("failed to read `{}`", path.display())]
    Read {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
}

impl Error {
    /// What to do next.
    pub(super) fn hint(&self) -> Option<String> {
        match self {
            Self::Bare => Some("run it in a clone with a working tree".to_owned()),
            Self::Outside { .. } => {
                Some("a link in the repository points there; put a file in its place".to_owned())
            }
            Self::Read { .. } => None,
        }
    }

    /// True if the program was used where it cannot be.
    pub(super) fn is_usage(&self) -> bool {
        matches!(self, Self::Bare | Self::Outside { .. })
    }
}

/// The top of the working tree.
pub(super) fn root(git: &Git) -> Result<PathBuf, Error> {
    git.work_dir().ok_or(Error::Bare)
}

/// A text; `None`: there is no such file.
pub(super) fn read(path: &Path) -> Result<Option<String>, Error> {
    files::read_text(path).map_err(|source| Error::Read { path: path.to_path_buf(), source })
}

/// A path below the root, if no link in the repository leads out of it: a stranger's clone must not
/// decide what is overwritten elsewhere.
pub(super) fn inside(root: &Path, relative: &str) -> Result<PathBuf, Error> {
    let path = root.join(relative);
    match files::is_inside(root, &path) {
        Ok(true) => Ok(path),
        Ok(false) | Err(_) => Err(Error::Outside { path: relative.into() }),
    }
}
