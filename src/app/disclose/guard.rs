//! What is under embargo stays private: it is refused where others can read it, and nothing is
//! written before somebody said yes to exactly that. `disclose::privacy` decides; here the facts are
//! gathered.

use std::path::{Component, Path, PathBuf};

use jiff::civil::Date;

use super::Opened;
use crate::{
    app::{Error, print},
    cli::disclose::PrivacyArgs,
    config::{self, Config},
    disclose::{
        Record,
        privacy::{
            Asked, Audience, Leave, Permission, Place, Secrecy, may_print, may_write, secrecy,
        },
        record::Disclosure,
    },
    edge::{
        clock, files,
        git::Git,
        readers::{Readers, readers},
    },
    model::Origin,
};

/// What is written has no more bytes.
const LARGEST: u64 = 64 * 1024 * 1024;

/// Refuses to print what is under embargo where others can read it: the log of a public repository's
/// CI. `what` names it in the message: `the announcement`.
pub(super) fn reveal(opened: &Opened, privacy: PrivacyArgs, what: &str) -> Result<(), Error> {
    match may_print(secrecy_now(opened), audience(&opened.config), leave(privacy)) {
        // The name of the record would say already that something comes.
        Permission::Exposed => Err(Error::Disclose {
            because: format!(
                "the record is under embargo, and others may read this log: {what} is not printed"
            ),
            hint: Some(
                "run it where only those who may know can read; `private = true` in `[disclose]` \
                 says that this repository is such a place, and `--embargoed` prints it all the same"
                    .to_owned(),
            ),
        }),
        _ => Ok(()),
    }
}

/// Who reads what is printed.
pub(super) fn audience(config: &Config) -> Audience {
    match readers() {
        Readers::Own => Audience::Own,
        Readers::Members => Audience::Members,
        Readers::Others if config.disclose.is_private => Audience::Members,
        Readers::Others => Audience::Others,
    }
}

/// Writes a file that only its owner can read, if whoever asks for it says yes. It is refused inside a
/// work tree whose remote is public while the record is under embargo.
pub(super) fn write(
    opened: &Opened,
    privacy: PrivacyArgs,
    path: &Path,
    bytes: &[u8],
) -> Result<(), Error> {
    let failed = |source| Error::Write { path: path.to_path_buf(), source };
    let around = Around::of(opened, path)?;
    let is_there = files::exists(path);
    let before = is_there.then(|| files::read(path, LARGEST)).transpose().map_err(failed)?;
    if before.as_deref() == Some(bytes) {
        print::note(&format!("`{}` says it already", path.display()));
        return Ok(());
    }
    let secrecy = secrecy_now(opened);
    match may_write(secrecy, around.place, leave(privacy), asked(privacy.yes)) {
        Permission::Granted => {}
        Permission::OnAnswer => {
            for row in about(&opened.record, secrecy, &around) {
                print::note(&row);
            }
            let verb = if before.is_some() { "replace" } else { "write" };
            ask(&format!("{verb} `{}` ({} bytes)?", path.display(), bytes.len()), path)?;
        }
        Permission::Exposed => return Err(exposed(&opened.record, path, &around)),
        Permission::Unasked => return Err(unasked(path, "")),
    }
    if !files::write_private(path, bytes, before.as_deref()).map_err(failed)? {
        return Err(changed(path));
    }
    let done = if before.is_some() { "replaced" } else { "wrote" };
    print::note(&format!("{done} `{}`, which only its owner can read", path.display()));
    Ok(())
}

/// Asks before something that everybody may read is put into a file of the project, and says who does.
/// `what` is what is put there: `the policy`.
pub(super) fn agree(path: &Path, what: &str, is_agreed_before: bool) -> Result<(), Error> {
    let git = repository_of(path);
    let remotes = git.as_ref().map(Git::addresses).unwrap_or_default();
    // Nothing of a record is in it, so that no place is a wrong one.
    match may_write(Secrecy::Public, Place::Others, Leave::Missing, asked(is_agreed_before)) {
        Permission::Granted => Ok(()),
        Permission::OnAnswer | Permission::Exposed => {
            for row in remote_rows(&remotes) {
                print::note(&row);
            }
            if git.is_some_and(|git| git.is_detached()) {
                print::note(DETACHED);
            }
            ask(&format!("write {what} into `{}`?", path.display()), path)
        }
        Permission::Unasked => {
            let readers = match remotes.as_slice() {
                [] => String::new(),
                remotes => format!("; it would be for everybody who reads {}", remotes.join(", ")),
            };
            Err(unasked(path, &readers))
        }
    }
}

fn asked(is_agreed_before: bool) -> Asked {
    match (is_agreed_before, print::can_ask()) {
        (true, _) => Asked::Before,
        (false, true) => Asked::Now,
        (false, false) => Asked::Nobody,
    }
}

fn ask(question: &str, path: &Path) -> Result<(), Error> {
    if print::is_agreed(question) {
        return Ok(());
    }
    let because = format!("nobody agreed, so `{}` is not written", path.display());
    Err(Error::Disclose { because, hint: None })
}

fn unasked(path: &Path, readers: &str) -> Error {
    Error::Disclose {
        because: format!(
            "nobody can be asked here, so `{}` is not written{readers}",
            path.display()
        ),
        hint: Some("`--yes` agrees beforehand".to_owned()),
    }
}

/// What is to be written was decided by what was there.
pub(super) fn changed(path: &Path) -> Error {
    Error::Disclose {
        because: format!("`{}` was changed by somebody else meanwhile", path.display()),
        hint: Some("look at it and run this again; nothing was written".to_owned()),
    }
}

/// Whether the record is still under embargo on the day that is asked about, for what a document says
/// of itself. On the day itself, the hour counts.
pub(super) fn secrecy_of(opened: &Opened) -> Secrecy {
    let is_now = opened.today == clock::today();
    secrecy(&opened.record, opened.today, is_now.then(clock::time))
}

/// The same for what strangers may see: a day that somebody names lifts no embargo.
pub(super) fn secrecy_now(opened: &Opened) -> Secrecy {
    is_secret(&opened.record, opened.today)
}

/// Whether strangers may know of a record now, whatever later day is asked about.
pub(super) fn is_secret(record: &Record, today: Date) -> Secrecy {
    let today = today.min(clock::today());
    secrecy(record, today, (today == clock::today()).then(clock::time))
}

fn leave(privacy: PrivacyArgs) -> Leave {
    if privacy.embargoed { Leave::Given } else { Leave::Missing }
}

/// What is around a path.
struct Around {
    place: Place,
    /// The remotes of the repository that it is in.
    remotes: Vec<String>,
    is_detached: bool,
}

impl Around {
    fn of(opened: &Opened, path: &Path) -> Result<Self, Error> {
        let refused = |because: &str| Error::Disclose {
            because: format!("`{}` is not written: {because}", path.display()),
            hint: Some("name another file".to_owned()),
        };
        let path = &plain(path);
        if path.components().any(|part| part.as_os_str() == ".git") {
            return Err(refused("it is in git's own folder"));
        }
        if files::is_link(path) {
            return Err(refused("it is a link, and where it leads may be a stranger's choice"));
        }
        if files::is_folder(path) {
            return Err(refused("it is a folder"));
        }
        // A folder in a stranger's clone may be a link as well.
        let own = opened.git.work_dir().filter(|root| lies_in(root, path));
        if own.is_some_and(|root| !files::is_inside(&root, path).unwrap_or(false)) {
            return Err(refused("a link in the repository leads out of it there"));
        }
        let nowhere = Self { place: Place::Local, remotes: Vec::new(), is_detached: false };
        let Some(git) = repository_of(path) else { return Ok(nowhere) };
        let Some(root) = git.work_dir() else { return Ok(nowhere) };
        let remotes = git.addresses();
        let place = match remotes.as_slice() {
            [] => Place::Local,
            _ if is_private(opened, &root) => Place::Members,
            _ => Place::Others,
        };
        Ok(Self { place, remotes, is_detached: git.is_detached() })
    }
}

/// The absolute path, without `.` and `..`.
fn plain(path: &Path) -> PathBuf {
    let whole = std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf());
    whole.components().fold(PathBuf::new(), |mut plain, part| {
        match part {
            Component::ParentDir => {
                plain.pop();
            }
            Component::CurDir => {}
            part => plain.push(part),
        }
        plain
    })
}

/// True if a path is below the root by its letters.
fn lies_in(root: &Path, path: &Path) -> bool {
    std::path::absolute(path).is_ok_and(|path| path.starts_with(root))
}

/// The repository in whose work tree a path really lies, with every link on the way resolved.
pub(super) fn repository_of(path: &Path) -> Option<Git> {
    let path = std::path::absolute(path).ok()?;
    let folder = path.ancestors().skip(1).find(|folder| files::is_folder(folder))?;
    Git::open(&files::resolved(folder).ok()?).ok()
}

/// True if the policy of the repository at `root` says that only those who may know read it.
pub(super) fn is_private(opened: &Opened, root: &Path) -> bool {
    let resolved = |path: &Path| files::resolved(path).ok();
    let own = opened.git.work_dir().and_then(|own| resolved(&own));
    if own.is_some() && own == resolved(root) {
        return opened.config.disclose.is_private;
    }
    // Records may lie in a repository of their own, beside that of the project.
    let read = |path: &&str| files::read_text(&root.join(path)).ok().flatten();
    let Some(text) = config::PATHS.iter().find_map(read) else { return false };
    let origin = Origin { reference: None, path: "patchline.toml".to_owned(), row: None };
    config::parse(Some((&text, &origin)), &config::Overrides::default())
        .is_ok_and(|config| config.disclose.is_private)
}

/// What somebody should know before they say yes.
fn about(record: &Record, secrecy: Secrecy, around: &Around) -> Vec<String> {
    let mut rows = Vec::new();
    if secrecy == Secrecy::Embargoed {
        let ids: Vec<&str> = record.advisories.iter().map(Disclosure::name).collect();
        let about = if ids.is_empty() { String::new() } else { format!(": {}", ids.join(", ")) };
        rows.push(format!("`{}` is under embargo{about}", record.id));
    }
    rows.extend(remote_rows(&around.remotes));
    if around.is_detached {
        rows.push(DETACHED.to_owned());
    }
    rows
}

fn remote_rows(remotes: &[String]) -> impl Iterator<Item = String> {
    remotes.iter().map(|remote| format!("its repository has the remote {remote}"))
}

const DETACHED: &str =
    "HEAD is detached there: what is committed is on no branch, and is easily pushed by mistake";

fn exposed(record: &Record, path: &Path, around: &Around) -> Error {
    let detached = if around.is_detached { format!("; {DETACHED}") } else { String::new() };
    Error::Disclose {
        because: format!(
            "`{}` is under embargo, and `{}` would lie in a repository that others may read: {}{detached}",
            record.id,
            path.display(),
            around.remotes.join(", ")
        ),
        hint: Some(
            "name a file outside of the repository, or in a private one; `private = true` in \
             `[disclose]` of its patchline.toml says that it is private, and `--embargoed` writes it \
             all the same"
                .to_owned(),
        ),
    }
}
