//! A record under embargo that git keeps where others may read: the next push publishes it, or the last
//! one did.

use super::{Opened, guard};
use crate::{
    app::print,
    disclose::privacy::Secrecy,
    edge::{files, git},
    model::Trouble,
};

/// What is wrong with where a record lies.
pub(super) struct Exposure {
    /// A fragment without a full stop.
    pub(super) what: String,
    /// What to do about it.
    pub(super) remedy: &'static str,
}

/// What git would show to strangers of a record that is under embargo; `None`: nothing.
pub(super) fn exposure(opened: &Opened) -> Result<Option<Exposure>, git::Error> {
    if guard::secrecy_now(opened) == Secrecy::Public {
        return Ok(None);
    }
    let Some((git, root)) =
        guard::repository_of(&opened.path).and_then(|git| git.work_dir().map(|root| (git, root)))
    else {
        return Ok(None);
    };
    let remotes = git.addresses();
    if remotes.is_empty() || guard::is_private(opened, &root) {
        return Ok(None);
    }
    let inside = files::resolved(&root).ok().zip(files::resolved(&opened.path).ok());
    let inside = inside.and_then(|(root, path)| Some(path.strip_prefix(root).ok()?.to_owned()));
    let Some(inside) = inside else { return Ok(None) };
    let parts: Vec<_> = inside.components().map(|p| p.as_os_str().to_string_lossy()).collect();
    let path = parts.join("/");
    let remotes = remotes.join(", ");
    if let Some(branch) = git.remote_branch_with(&path) {
        return Ok(Some(Exposure {
            what: format!(
                "`{path}` is under embargo, and `{branch}` has it already, where others may read \
                 it: {remotes}"
            ),
            remedy: "take it for public: a push cannot be taken back, so bring the releases and the \
                     announcement forward; `private = true` in `[disclose]` says that only those who \
                     may know read this repository",
        }));
    }
    Ok(git.tracks(&path)?.then(|| Exposure {
        what: format!(
            "`{path}` is under embargo, and git tracks it in a repository that others may read: \
             {remotes}; the next push publishes it"
        ),
        remedy: "move it into a private repository, or run `git rm --cached` on it and name it in \
                 .git/info/exclude, and take it out of the commits that have it; `private = true` in \
                 `[disclose]` says that only those who may know read this repository",
    }))
}

/// Warns of it. Only where the record may be shown: its name says already that something comes.
pub(super) fn warn(opened: &Opened) {
    let trouble = match exposure(opened) {
        Ok(None) => return,
        Ok(Some(exposure)) => Trouble::warning(exposure.what).hint(exposure.remedy),
        Err(error) => Trouble::warning(unknown(&error)),
    };
    print::warnings(&[trouble]);
}

/// What is said where git cannot tell.
pub(super) fn unknown(error: &git::Error) -> String {
    format!("whether git tracks the record is not known: {error}")
}
