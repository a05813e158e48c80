//! Where a clone came from, and what its server is shown.
//!
//! An explicit token is for GitHub's own server: it goes nowhere else, whatever the clone calls its
//! origin. Else the clone's own credentials are used as git would: those that actions/checkout leaves
//! in its configuration, or in a file that it names
//! (<https://github.com/actions/checkout#usage>), or those in the address. Nothing of it is written,
//! shown or handed to a program.

use std::path::Path;

use gix::bstr::{BStr, ByteSlice as _};

use super::{Error, Git, io};
use crate::edge::{
    files,
    http::{self, Secret},
};

/// A configuration larger than this is none.
const LARGEST_CONFIGURATION: u64 = 256 * 1024;
/// A longer header is none.
const LONGEST_HEADER: usize = 8 * 1024;

/// A token and the only server that may see it.
#[derive(Clone, Debug)]
pub struct Token {
    pub secret: Secret,
    /// Scheme, host and port.
    pub server: String,
}

/// Whose word it is that a server is asked with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Credential {
    Token,
    /// What the clone keeps for itself.
    Clone,
    None,
}

/// An address and what is shown there.
#[derive(Clone)]
pub struct Access {
    url: String,
    header: Option<String>,
    pub credential: Credential,
    /// The short name of the remote.
    pub remote: String,
}

impl std::fmt::Debug for Access {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Access").field("url", &self.url).finish_non_exhaustive()
    }
}

impl Access {
    /// The address, without any credential.
    pub(super) fn url(&self) -> &str {
        &self.url
    }

    /// The address for people.
    pub fn shown(&self) -> &str {
        &self.url
    }

    /// What is sent along.
    pub(super) fn headers(&self) -> Vec<String> {
        self.header.iter().cloned().collect()
    }
}

impl Git {
    /// How the main remote is asked: `origin`, or the only one that there is.
    pub fn access(&self, token: Option<&Token>) -> Result<Access, Error> {
        let repository = self.repository.to_thread_local();
        let names = repository.remote_names();
        let name = if names.iter().any(|name| name == "origin") || names.len() != 1 {
            "origin".to_owned()
        } else {
            names.iter().next().map(ToString::to_string).unwrap_or_default()
        };
        let nowhere = || Error::bare(format!("this clone has no remote `{name}`"));
        let remote = repository.find_remote(name.as_str()).map_err(|_| nowhere())?;
        let mut url = remote.url(gix::remote::Direction::Fetch).ok_or_else(nowhere)?.clone();
        let own = match (url.user(), url.password()) {
            (Some(user), Some(password)) => Some(http::basic(user, password)),
            (None, Some(password)) => Some(http::basic("", password)),
            // A name without a password would be refused even where nobody need be known.
            (_, None) => None,
        };
        let own = own.filter(|_| url.scheme != gix::url::Scheme::Ssh);
        let address = plain(&mut url).filter(|address| http::is_address(address));
        let Some(url) = address else {
            return Err(Error::bare(format!("the address of `{name}` is not one of https")));
        };
        let token = token.filter(|token| http::is_same_server(&url, &token.server));
        let (header, credential) = match token {
            Some(token) => (Some(token.secret.git_header()), Credential::Token),
            None => match own.or_else(|| kept(&repository, &url)) {
                Some(header) => (Some(header), Credential::Clone),
                None => (None, Credential::None),
            },
        };
        let header = header.filter(|header| is_header(header));
        let credential = if header.is_some() { credential } else { Credential::None };
        Ok(Access { url, header, credential, remote: name })
    }
}

/// An address without user, password, query and fragment; one of SSH as GitHub's servers and those
/// like it serve the same repository.
fn plain(url: &mut gix::Url) -> Option<String> {
    if url.scheme == gix::url::Scheme::Ssh {
        let path = url.path.to_str().ok()?.trim_start_matches('/');
        return Some(format!("https://{}/{path}", url.host()?));
    }
    url.set_user(None);
    url.set_password(None);
    Some(crate::escape::without_credentials(url.to_bstring().to_str().ok()?))
}

fn is_header(header: &str) -> bool {
    let is_text = |c: char| !c.is_control();
    header.len() <= LONGEST_HEADER && header.contains(':') && header.chars().all(is_text)
}

/// The header that the clone's configuration keeps for an address.
fn kept(repository: &gix::Repository, url: &str) -> Option<String> {
    let snapshot = repository.config_snapshot();
    let own = header(snapshot.plumbing(), url);
    own.or_else(|| included(repository, snapshot.plumbing(), url))
}

/// The same of the files that the configuration includes for this repository.
fn included(repository: &gix::Repository, file: &gix::config::File, url: &str) -> Option<String> {
    let here = io::absolute(repository.git_dir());
    let is_here = |condition: &BStr| {
        let path = condition.strip_prefix(b"gitdir:").and_then(|path| path.to_str().ok());
        path.is_some_and(|path| io::absolute(Path::new(path.trim_end_matches('/'))) == here)
    };
    file.sections_by_name("includeIf")?
        .filter(|section| section.header().subsection_name().is_some_and(is_here))
        .flat_map(|section| section.values("path"))
        .find_map(|path| {
            let path = path.to_str().ok()?;
            let bytes = files::read(Path::new(path), LARGEST_CONFIGURATION).ok()?;
            let meta = gix::config::file::Metadata::from(gix::config::Source::Local);
            let file = gix::config::File::from_bytes_no_includes(
                &bytes,
                meta,
                gix::config::file::init::Options::default(),
            );
            header(&file.ok()?, url)
        })
}

/// `http.<url>.extraHeader`, the one whose address says most.
fn header(file: &gix::config::File, url: &str) -> Option<String> {
    let sections = file.sections_by_name("http")?;
    let fitting = sections.filter_map(|section| {
        let pattern = section.header().subsection_name()?.to_str().ok()?.to_owned();
        let value = section.value("extraheader")?.to_str().ok()?.to_owned();
        fits(&pattern, url).then_some((pattern.len(), value))
    });
    fitting.max_by_key(|(length, _)| *length).map(|(_, value)| value)
}

/// True of an address on the same server whose path begins that of `url`.
fn fits(pattern: &str, url: &str) -> bool {
    if !http::is_same_server(pattern, url) {
        return false;
    }
    let path = |address: &str| {
        let rest = address.split_once("://").map_or("", |(_, rest)| rest);
        rest.split_once('/').map_or("", |(_, path)| path).trim_end_matches('/').to_owned()
    };
    let (begins, whole) = (path(pattern), path(url));
    let rest = whole.strip_prefix(&begins);
    rest.is_some_and(|rest| begins.is_empty() || rest.is_empty() || rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_for_an_address_is_kept_for_nobody_else() {
        for (pattern, url, expected) in [
            ("https://github.com/", "https://github.com/o/r", true),
            ("https://github.com", "https://github.com/o/r.git", true),
            ("https://github.com/o/r", "https://github.com/o/r", true),
            ("https://github.com/o", "https://github.com/other/r", false),
            ("https://github.com/", "https://github.com.example.org/o/r", false),
            ("https://github.com/", "http://github.com/o/r", false),
            ("https://github.com:8443/", "https://github.com/o/r", false),
            ("github.com", "https://github.com/o/r", false),
        ] {
            assert_eq!(fits(pattern, url), expected, "{pattern} {url}");
        }
    }
}
