//! Dependabot's alerts: <https://docs.github.com/en/rest/dependabot/alerts>.

use super::{Failure, Github, Listed, Pace, RepositoryName, Session};

/// The most alerts that GitHub puts on one page. An Enterprise Server calls `per_page` deprecated, and
/// github.com knows nothing else.
const PER_PAGE: usize = 100;
/// Twenty thousand alerts are nobody's list.
const MOST_PAGES: usize = 200;

impl Github {
    /// Dependabot's alerts of a repository, in every state. A list is never empty for want of a
    /// permission: that is a failure.
    pub async fn dependabot_alerts(&self, of: &RepositoryName) -> Result<Listed, Failure> {
        let mut session = Session::new(self, of, Pace::STANDARD)?;
        let path = format!("dependabot/alerts?per_page={PER_PAGE}");
        session
            .listed(&path, MOST_PAGES, |status, said| self.refused_alerts(of, status, said))
            .await
    }

    fn refused_alerts(&self, of: &RepositoryName, status: u16, said: &str) -> Option<Failure> {
        let says = |word: &str| said.to_lowercase().contains(word);
        Some(match status {
            403 | 404 if says("disabled") => Failure::of(
                format!("the Dependabot alerts of {of} are not turned on{said}"),
                "turn them on in the repository's security settings, or write `dependabot = \"off\"` \
                 into [scan]",
            ),
            403 if says("archived") => Failure::of(
                format!("an archived repository has no Dependabot alerts{said}"),
                "write `dependabot = \"off\"` into [scan]",
            ),
            403 => Failure::of(
                format!("the token may not read the Dependabot alerts of {of}{said}"),
                self.alerts_permission(),
            ),
            404 => Failure::of(
                format!(
                    "GitHub shows no Dependabot alerts of {of}: the repository is not there, the \
                     token may not see it, or its alerts are not turned on{said}"
                ),
                self.alerts_permission(),
            ),
            _ => return None,
        })
    }

    fn alerts_permission(&self) -> &'static str {
        if self.is_enterprise_server {
            "an Enterprise Server gives this permission to no workflow: put a personal or an app's \
             token with `Dependabot alerts: read` into the variable PATCHLINE_TOKEN"
        } else {
            "give the job `permissions: vulnerability-alerts: read`, which pull requests of forks \
             and of Dependabot never get, or put a token with `Dependabot alerts: read` into the \
             variable PATCHLINE_TOKEN"
        }
    }
}
