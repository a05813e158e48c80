//! Refs, the default branch, and how much of the project this clone was told to bring.

use gix::bstr::ByteSlice as _;
use jiff::Timestamp;

use super::{Error, Git, commit_date, commit_id, replay};
use crate::{
    discover::{RefEntry, Refs},
    model::{CommitId, Trouble},
};

impl Git {
    /// All branches and tags. With `until`, tags that were made after that moment are left out, and
    /// branches are taken back to it: a replayed day must not know its future. `default` is the
    /// default branch's short name, if somebody knows it.
    pub fn refs(&self, until: Option<Timestamp>, default: Option<&str>) -> Result<Refs, Error> {
        let repository = self.repository.to_thread_local();
        let shallow = self.is_shallow();
        let mut refs = Refs {
            shallow,
            partial: shallow || fetches_only_some(&repository),
            without_tags: brings_no_tags(&repository),
            default: default_branch(&repository, default),
            ..Refs::default()
        };
        let platform = repository.references().map_err(Error::new("failed to read the refs"))?;
        let all = platform.all().map_err(Error::new("failed to read the refs"))?;
        for reference in all {
            let mut reference = match reference {
                Ok(reference) => reference,
                Err(error) => {
                    let trouble = Trouble::warning(format!("a ref could not be read: {error}"))
                        .hint("`git fsck` may say more");
                    refs.trouble.push(trouble);
                    continue;
                }
            };
            let Ok(name) = reference.name().as_bstr().to_str().map(str::to_owned) else {
                let shown = reference.name().as_bstr().to_str_lossy().into_owned();
                let trouble =
                    Trouble::info(format!("the ref `{shown}` is not UTF-8 and was left out"));
                refs.trouble.push(trouble);
                continue;
            };
            let is_tag = name.starts_with("refs/tags/");
            if !is_tag && !name.starts_with("refs/heads/") && !name.starts_with("refs/remotes/") {
                continue;
            }
            let is_symbolic = reference.target().try_name().is_some();
            let (commit, date) = match resolve(&repository, &mut reference, is_tag) {
                None => continue,
                Some((None, _)) if is_symbolic => {
                    if !name.ends_with("/HEAD") {
                        let message = format!("the ref `{name}` leads nowhere");
                        refs.trouble
                            .push(Trouble::warning(message).hint("`git fsck` may say more"));
                    }
                    continue;
                }
                Some(found) => found,
            };
            if is_tag && until.is_some_and(|until| date.is_some_and(|date| date > until)) {
                continue;
            }
            refs.entries.push(RefEntry { name, commit, date });
        }
        refs.trouble.extend(guessed_default(&repository, default, refs.default.as_deref()));
        refs.entries.sort();
        if let Some(until) = until {
            replay::branches(&repository, &mut refs, until);
        }
        Ok(refs)
    }
}

impl Git {
    /// True of a partial clone: files may be missing, and a remote promised them.
    pub fn is_promised(&self) -> bool {
        let repository = self.repository.to_thread_local();
        let config = repository.config_snapshot();
        let is_set = |name: &str| config.string(name).is_some_and(|value| !value.is_empty());
        let names = repository.remote_names();
        is_set("extensions.partialClone")
            || names.iter().any(|name| {
                let name = name.to_str_lossy();
                config.boolean(&*format!("remote.{name}.promisor")) == Some(true)
                    || is_set(&format!("remote.{name}.partialclonefilter"))
            })
    }
}

/// The default branch: the one that somebody knows by name, else what the main remote calls its
/// head, else the head of a bare repository, else the usual names. What a work tree has checked out
/// says nothing about the project, so that comes last.
fn default_branch(repository: &gix::Repository, known: Option<&str>) -> Option<String> {
    let exists = |name: &str| repository.find_reference(name).is_ok();
    let places =
        |short: &str| [format!("refs/remotes/origin/{short}"), format!("refs/heads/{short}")];
    if let Some(short) = known {
        let [remote, local] = places(short);
        // Not being here is no reason to take another one.
        return Some(if exists(&local) && !exists(&remote) { local } else { remote });
    }
    let origin_head = repository.find_reference("refs/remotes/origin/HEAD").ok();
    let target =
        origin_head.as_ref().and_then(|head| head.target().try_name().map(ToOwned::to_owned));
    if let Some(name) = target.and_then(|name| name.as_bstr().to_str().map(str::to_owned).ok()) {
        return Some(name);
    }
    let head = repository.head_name().ok().flatten();
    let head = head.and_then(|name| name.as_bstr().to_str().map(str::to_owned).ok());
    let head = head.filter(|name| exists(name));
    if repository.workdir().is_none() && head.is_some() {
        return head;
    }
    let usual = ["main", "master", "trunk", "develop", "devel"];
    usual.iter().flat_map(|short| places(short)).find(|name| exists(name)).or(head)
}

/// A bare repository says with its head which branch is the default one. Where that branch is not
/// there, as after a push of `main` to a repository that was made for `master`, another is a guess.
fn guessed_default(
    repository: &gix::Repository,
    known: Option<&str>,
    taken: Option<&str>,
) -> Option<Trouble> {
    if known.is_some() || repository.workdir().is_some() {
        return None;
    }
    let taken = taken.filter(|name| name.starts_with("refs/heads/"))?;
    let head = repository.head_name().ok().flatten()?;
    let head = head.as_bstr().to_str().ok()?;
    (head != taken).then(|| {
        Trouble::warning(format!("HEAD names `{head}`, which is not there; `{taken}` was taken"))
            .hint("name the default branch with `git symbolic-ref HEAD refs/heads/<branch>`")
    })
}

/// The remotes that the branches may come from: `origin`, or all if there is no such one.
fn main_remotes(repository: &gix::Repository) -> Vec<gix::Remote<'_>> {
    if let Ok(origin) = repository.find_remote("origin") {
        return vec![origin];
    }
    let names = repository.remote_names();
    names.iter().filter_map(|name| repository.find_remote(name.as_slice()).ok()).collect()
}

/// True if a remote is set up to bring only some of its branches.
fn fetches_only_some(repository: &gix::Repository) -> bool {
    let is_all = |spec: &gix::refspec::RefSpec| {
        let spec = spec.to_ref();
        spec.source().is_some_and(|source| source == "refs/heads/*" || source == "refs/*")
    };
    main_remotes(repository).iter().any(|remote| {
        let specs = remote.refspecs(gix::remote::Direction::Fetch);
        // `git clone --bare` sets none and brings all.
        !specs.is_empty() && !specs.iter().any(is_all)
    })
}

/// True after `git clone --no-tags`.
fn brings_no_tags(repository: &gix::Repository) -> bool {
    let remotes = main_remotes(repository);
    remotes.iter().any(|remote| remote.fetch_tags() == gix::remote::fetch::Tags::None)
}

/// The commit of a ref and its date: the tagger date of an annotated tag, else the committer date.
/// `None`: it leads to a tree or a blob, which is neither a branch nor a release.
fn resolve(
    repository: &gix::Repository,
    reference: &mut gix::Reference<'_>,
    is_tag: bool,
) -> Option<(Option<CommitId>, Option<Timestamp>)> {
    let tagged = is_tag
        .then(|| reference.try_id())
        .flatten()
        .and_then(|id| repository.find_object(id.detach()).ok())
        .and_then(|object| object.try_into_tag().ok())
        .and_then(|tag| Some(tag.tagger().ok()??.time().ok()?.seconds))
        .and_then(|seconds| Timestamp::from_second(seconds).ok());
    let Ok(id) = reference.peel_to_id() else {
        return Some((None, tagged));
    };
    let Ok(object) = repository.find_object(id.detach()) else {
        return Some((None, tagged));
    };
    let commit = object.try_into_commit().ok()?;
    let date = tagged.or_else(|| commit_date(&commit));
    Some((Some(commit_id(commit.id)), date))
}
