//! Dependabot's alerts: asked for, or read from a saved file. What they say is read by `import`.
//!
//! GitHub lists alerts for the default branch only, so an alert is an advisory to look for on every
//! line, and none of it says that a line is clean.

use jiff::civil::Date;

use super::{
    Base,
    sources::{Unread, bytes},
};
use crate::{
    config::{Asks, Scan},
    edge::{
        clock,
        git::Git,
        github::{Environment, Failure, Github, RepositoryName},
    },
    model::{Coverage, Covered, Trouble},
};

/// The name of this source.
pub(super) const ID: &str = "dependabot";

/// A saved list is not larger than what is asked for.
const LARGEST: u64 = 128 * 1024 * 1024;

/// What was found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Alerts {
    /// One list in JSON, of all pages; empty: nobody was asked, or nobody answered.
    pub documents: Vec<u8>,
    /// Where they come from, for people.
    pub from: String,
    /// `None`: nobody had to be asked.
    pub coverage: Option<Coverage>,
    pub trouble: Vec<Trouble>,
}

/// Gets the alerts as `[scan]` says. `base` is where the files of the policy lie.
pub(super) async fn alerts(git: &Git, base: &Base, scan: &Scan, today: Date) -> Alerts {
    if let Some(path) = &scan.dependabot.saved {
        return saved(path, git, base);
    }
    let is_required = match scan.dependabot.asks {
        Asks::Off => return Alerts::default(),
        Asks::Auto if scan.offline => return Alerts::default(),
        Asks::Auto => false,
        Asks::Required => true,
    };
    let environment = Environment::read().for_alerts();
    let name = environment.repository(git.address().as_deref());
    // Nobody said that there are alerts to be had.
    if !is_required && (environment.token.is_none() || name.is_none()) {
        return Alerts::default();
    }
    match asked(&environment, name, scan.offline).await {
        Ok(alerts) => alerts.of(today).weighed(is_required),
        Err(failure) => Alerts::failed(failure).weighed(is_required),
    }
}

async fn asked(
    environment: &Environment,
    name: Option<RepositoryName>,
    is_offline: bool,
) -> Result<Alerts, Failure> {
    let failure =
        |because: &str, hint: &str| Failure { because: because.to_owned(), hint: hint.to_owned() };
    if is_offline {
        return Err(failure(
            "the run is offline, so GitHub is not asked",
            "save the alerts and name the file with `dependabot-alerts` in [scan]",
        ));
    }
    let name = name.ok_or_else(|| {
        failure(
            "nothing says which repository on GitHub this is",
            "put OWNER/NAME into the variable GITHUB_REPOSITORY",
        )
    })?;
    let listed = Github::new(environment, Github::PATIENCE)?.dependabot_alerts(&name).await?;
    let (covered, trouble) = match listed.missing {
        None => (Covered::Complete, Vec::new()),
        Some(Failure { because, hint }) => {
            let because = format!("not all alerts were read: {because}");
            let trouble = Trouble::warning(because.clone()).hint(hint);
            (Covered::Partial { because }, vec![trouble])
        }
    };
    Ok(Alerts {
        documents: joined(&listed.pages),
        from: format!("the Dependabot alerts of {name}"),
        coverage: Some(coverage(covered)),
        trouble,
    })
}

fn saved(path: &str, git: &Git, base: &Base) -> Alerts {
    match bytes(path, git, base, LARGEST) {
        Ok((documents, at)) => Alerts {
            documents,
            from: at.path,
            coverage: Some(coverage(Covered::Complete)),
            trouble: Vec::new(),
        },
        Err(Unread { because, hint }) => Alerts::failed(Failure {
            because: format!("`{path}` could not be read: {because}"),
            hint,
        }),
    }
}

impl Alerts {
    fn failed(Failure { because, hint }: Failure) -> Self {
        Self {
            trouble: vec![
                Trouble::warning(format!("Dependabot's alerts are missing: {because}")).hint(hint),
            ],
            coverage: Some(coverage(Covered::Failed { because })),
            ..Self::default()
        }
    }

    /// Says that GitHub knows today's alerts only.
    fn of(mut self, day: Date) -> Self {
        if day < clock::today() {
            let from = &self.from;
            let message =
                format!("{from} are heard as they are today, and not as they were on {day}");
            self.trouble.push(Trouble::info(message));
        }
        self
    }

    /// Where nobody had to answer, what is missing is explained and no gap.
    fn weighed(mut self, is_required: bool) -> Self {
        let covered = self.coverage.as_ref().map(|coverage| &coverage.covered);
        if let Some(Covered::Partial { because } | Covered::Failed { because }) = covered
            && !is_required
        {
            self.coverage = Some(coverage(Covered::Skipped { because: because.clone() }));
        }
        self
    }
}

fn coverage(covered: Covered) -> Coverage {
    Coverage { source: ID.to_owned(), at: None, covered }
}

/// One list of the elements of several, each of which is known to be a list.
fn joined(pages: &[Vec<u8>]) -> Vec<u8> {
    let elements = pages.iter().filter_map(|page| {
        let inner = page.trim_ascii().strip_prefix(b"[")?.strip_suffix(b"]")?.trim_ascii();
        (!inner.is_empty()).then_some(inner)
    });
    let elements: Vec<&[u8]> = elements.collect();
    [&b"["[..], &elements.join(&b",\n"[..]), b"]"].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_become_one_list() {
        for (pages, expected) in [
            (&[][..], "[]"),
            (&["[]"], "[]"),
            (&[" [ ]\n", "[]"], "[]"),
            (&["[1, 2]"], "[1, 2]"),
            (&["[1]\n", "[]", " [[2], \"]\"] "], "[1,\n[2], \"]\"]"),
        ] {
            let pages: Vec<Vec<u8>> = pages.iter().map(|page| page.as_bytes().to_vec()).collect();
            assert_eq!(String::from_utf8(joined(&pages)).expect("UTF-8"), expected);
        }
    }
}
