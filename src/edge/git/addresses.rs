//! Whether a repository has a remote, anywhere in what git would obey.
//!
//! Everything else here is read from the repository's own configuration alone. A remote may stand in a
//! file that this one includes, or in the user's, and a push would obey it all the same.

use std::collections::BTreeSet;

use gix::bstr::ByteSlice as _;

use super::{Git, io, options};
use crate::escape::without_credentials;

impl Git {
    /// The addresses of all remotes that are reached over a network, to fetch and to push, without
    /// users, passwords or queries, sorted. One that cannot be read is shown by the remote's name.
    pub fn addresses(&self) -> Vec<String> {
        let own = self.repository.to_thread_local();
        let mut addresses = BTreeSet::new();
        let repository = gix::open_opts(own.git_dir(), obeyed()).unwrap_or_else(|_| {
            addresses.insert("one that git's configuration may name, and it cannot be read".into());
            own.clone()
        });
        for name in repository.remote_names() {
            let Ok(remote) = repository.find_remote(&*name) else {
                addresses.insert(name.to_string());
                continue;
            };
            for direction in [gix::remote::Direction::Fetch, gix::remote::Direction::Push] {
                let url = remote.url(direction).filter(|url| !is_local(url));
                addresses.extend(url.cloned().map(shown));
            }
        }
        addresses.extend(unnamed(&repository));
        // Where remotes were kept before there was a configuration for them; git still looks there.
        for folder in ["remotes", "branches"] {
            let names = io::names(&own.common_dir().join(folder));
            addresses.extend(names.into_iter().map(|name| format!(".git/{folder}/{name}")));
        }
        addresses.into_iter().collect()
    }
}

/// As git itself would open it, without starting it.
fn obeyed() -> gix::open::Options {
    let mut permissions = gix::open::Permissions::isolated();
    permissions.config = gix::open::permissions::Config::all();
    permissions.env = gix::open::permissions::Environment::all();
    options().permissions(permissions)
}

/// True if nothing leaves the machine: a file address may name another one, too.
fn is_local(url: &gix::Url) -> bool {
    url.scheme == gix::url::Scheme::File
        && url.host().is_none_or(|host| host.is_empty() || host == "localhost")
        && !url.path.starts_with(b"//")
        && !url.path.starts_with(br"\\")
}

fn shown(mut url: gix::Url) -> String {
    url.set_user(None);
    url.set_password(None);
    without_credentials(&url.to_bstring().to_str_lossy())
}

/// A remote may be an address, too, without a name.
fn unnamed(repository: &gix::Repository) -> Vec<String> {
    let config = repository.config_snapshot();
    let mut named: Vec<String> = Vec::new();
    named.extend(config.string("remote.pushDefault").map(|name| name.to_string()));
    for section in config.plumbing().sections_by_name("branch").into_iter().flatten() {
        let keys = ["remote", "pushRemote"].into_iter();
        named.extend(keys.filter_map(|key| Some(section.value(key)?.to_string())));
    }
    let is_address = |name: &String| {
        name.contains(':') && !name.starts_with(['/', '.']) && !name.starts_with("file:///")
    };
    named.into_iter().filter(is_address).map(|name| without_credentials(&name)).collect()
}
