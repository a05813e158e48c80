//! Which GitHub, which repository, whose token: from the environment and never from the command
//! line, where everybody on the machine could read the token.
//!
//! <https://docs.github.com/en/actions/reference/workflows-and-actions/variables>
#![expect(clippy::disallowed_methods, reason = "this is where GitHub's environment is read")]

use crate::edge::http::{Secret, host};

/// GitHub's own interface; an Enterprise Server has its at `https://HOST/api/v3`.
const API: &str = "https://api.github.com";
/// The variables that may hold a token, and the inputs of the action among them. The first one that
/// does counts: that of GitHub Actions may not see what somebody's own may.
const TOKENS: [&str; 4] = ["PATCHLINE_TOKEN", "INPUT_TOKEN", "GITHUB_TOKEN", "GH_TOKEN"];
/// A token for Dependabot's alerts alone, which that of a workflow may not see.
const ALERTS_TOKEN: &str = "INPUT_ALERTS-TOKEN";

/// What the environment says of GitHub.
#[derive(Clone, Debug)]
pub struct Environment {
    /// `GITHUB_API_URL`, without a slash at the end.
    pub api: String,
    /// `GITHUB_SERVER_URL`, where people look at repositories.
    pub server: Option<String>,
    /// `GITHUB_REPOSITORY`
    pub repository: Option<String>,
    /// `PATCHLINE_TOKEN`, else the action's input, else `GITHUB_TOKEN`, else `GH_TOKEN`.
    pub token: Option<Secret>,
    /// The action's input for Dependabot's alerts, else the same.
    pub alerts_token: Option<Secret>,
    /// The variables are those of a workflow, and not set by somebody for this run.
    pub is_workflow: bool,
}

impl Environment {
    /// What is set.
    pub fn read() -> Self {
        let set = |name: &str| std::env::var(name).ok().filter(|value| !value.trim().is_empty());
        let api = set("GITHUB_API_URL").unwrap_or_else(|| API.to_owned());
        let token = TOKENS.iter().find_map(|name| Secret::new(&set(name)?));
        let own = set(ALERTS_TOKEN).and_then(|token| Secret::new(&token));
        Self {
            alerts_token: own.or_else(|| token.clone()),
            api: api.trim().trim_end_matches('/').to_owned(),
            server: set("GITHUB_SERVER_URL"),
            repository: set("GITHUB_REPOSITORY"),
            token,
            is_workflow: set("GITHUB_ACTIONS").is_some_and(|value| value == "true"),
        }
    }

    /// The same, with the token that may see Dependabot's alerts.
    #[must_use]
    pub fn for_alerts(self) -> Self {
        Self { token: self.alerts_token.clone(), ..self }
    }

    /// The repository that is looked at, whose main remote has this address.
    ///
    /// In a workflow the variable names the workflow's repository, whatever is checked out, so the
    /// remote says it better there; elsewhere somebody set the variable for this run.
    pub fn repository(&self, remote: Option<&str>) -> Option<RepositoryName> {
        let named = || self.repository.as_deref().and_then(RepositoryName::parse);
        let remote = || remote.and_then(|remote| self.of_remote(remote));
        if self.is_workflow { remote().or_else(named) } else { named().or_else(remote) }
    }

    /// The repository of an address, if it lies on this GitHub and not on another one.
    fn of_remote(&self, address: &str) -> Option<RepositoryName> {
        if !host(address)?.eq_ignore_ascii_case(&self.host()?) {
            return None;
        }
        let path = address.split_once("://")?.1.split_once('/')?.1;
        let path = path.trim_matches('/');
        RepositoryName::parse(path.strip_suffix(".git").unwrap_or(path))
    }

    /// The server of the repositories: scheme, host and port.
    pub fn server(&self) -> String {
        let server = self.server.as_deref().map(|server| server.trim().trim_end_matches('/'));
        let host = || format!("https://{}", self.host().unwrap_or_default());
        server.map_or_else(host, str::to_owned)
    }

    /// The host of the repositories.
    fn host(&self) -> Option<String> {
        if let Some(server) = &self.server {
            return host(server);
        }
        let host = host(&self.api)?;
        // `api.github.com` and `api.NAME.ghe.com`; an Enterprise Server has one host for both.
        Some(host.strip_prefix("api.").map_or_else(|| host.clone(), str::to_owned))
    }

    /// True of an Enterprise Server, which knows less than github.com.
    pub fn is_enterprise_server(&self) -> bool {
        let host = host(&self.api).unwrap_or_default();
        host != "api.github.com" && !host.ends_with(".ghe.com")
    }
}

/// `owner/name`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RepositoryName {
    pub owner: String,
    pub name: String,
}

impl RepositoryName {
    /// `None`: it is not one owner and one name.
    pub fn parse(text: &str) -> Option<Self> {
        let (owner, name) = text.trim().split_once('/')?;
        let is_name = |text: &str| {
            !text.is_empty() && text != "." && text != ".." && !text.contains(['/', '\\'])
        };
        (is_name(owner) && is_name(name))
            .then(|| Self { owner: owner.to_owned(), name: name.to_owned() })
    }
}

impl std::fmt::Display for RepositoryName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.owner, self.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn environment(api: &str, repository: Option<&str>, is_workflow: bool) -> Environment {
        Environment {
            api: api.to_owned(),
            server: None,
            repository: repository.map(str::to_owned),
            token: None,
            alerts_token: None,
            is_workflow,
        }
    }

    #[test]
    fn the_repository_is_the_one_that_is_looked_at() {
        let server = "https://git.example.org/api/v3";
        for (api, named, is_workflow, remote, expected) in [
            (API, None, false, Some("https://github.com/o/r.git"), Some("o/r")),
            (API, None, false, Some("ssh://github.com/o/r"), Some("o/r")),
            (API, None, false, Some("https://GitHub.com/o/r/"), Some("o/r")),
            (API, Some("p/q"), false, Some("https://github.com/o/r"), Some("p/q")),
            (API, Some("p/q"), true, Some("https://github.com/o/r"), Some("o/r")),
            (API, Some("p/q"), true, Some("https://example.org/o/r"), Some("p/q")),
            (API, Some("p/q"), true, None, Some("p/q")),
            // The token is for github.com, and the repository lies elsewhere.
            (API, None, false, Some("https://gitlab.example.org/o/r"), None),
            (API, None, false, Some("https://git.example.org/o/r"), None),
            (API, None, false, Some("https://notgithub.com/o/r"), None),
            (server, None, false, Some("https://git.example.org/o/r.git"), Some("o/r")),
            (server, None, false, Some("https://github.com/o/r"), None),
            (
                "https://api.firm.ghe.com",
                None,
                false,
                Some("https://firm.ghe.com/o/r"),
                Some("o/r"),
            ),
            (API, None, false, Some("https://github.com/o/r/s"), None),
            (API, None, false, Some("https://github.com/../r"), None),
            (API, Some("o"), false, None, None),
            (API, Some("o/.."), false, None, None),
            (API, None, false, None, None),
        ] {
            let found = environment(api, named, is_workflow).repository(remote);
            let found = found.map(|name| name.to_string());
            assert_eq!(found.as_deref(), expected, "{api} {named:?} {remote:?}");
        }
    }

    #[test]
    fn an_enterprise_server_is_known_by_its_address() {
        let is = |api: &str| environment(api, None, false).is_enterprise_server();
        assert!(!is(API) && !is("https://api.firm.ghe.com"));
        assert!(is("https://git.example.org/api/v3") && is("http://127.0.0.1:4010"));
    }
}
