//! Reads the policy, the databases and the lockfiles of every tip. Failures become coverage.
//!
//! This is the only fan-out: blocking work runs on tokio's blocking threads, and everything is
//! sorted before it leaves, so that concurrency never shows.

mod database;
pub mod imported;
mod dependabot;
mod facts;
mod graph;
mod inventory;
mod kept;
mod lineage;
mod opinions;
mod policy;
mod scanners;
mod sources;
mod supply;
mod support;
mod tracked;

use jiff::civil::Date;
use tokio::task::JoinError;

pub use self::{
    dependabot::Alerts,
    facts::{Threats, threats, wanted},
    graph::{GRAPH, Graphs, graphs},
    inventory::at as inventory_at,
    lineage::lineages,
    opinions::read as opinions,
    policy::{Base, Policy, policy},
    scanners::{Commands, IMPORT, ReportFile, Reports, Trusted, expanded, reports},
    sources::{Repository, Source, sources},
    supply::{Supply, Wish},
    support::{Collected, Readers, on_lines, said, support},
    tracked::tracked,
};
use crate::{
    config::Scan,
    edge::{causes, git::Git, progress::Progress},
    import::Content,
    model::{AdvisoryDatabase, Facts, Support, Trouble},
};

/// Why nothing could be collected at all.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("no {id} database at `{place}`")]
    NoDatabase {
        id: &'static str,
        place: String,
        #[source]
        source: Option<crate::edge::git::Error>,
    },
    #[error("failed to read the {id} database at `{place}`")]
    Database {
        id: &'static str,
        place: String,
        #[source]
        source: std::io::Error,
    },
    #[error("the {id} database at `{place}` holds no advisories")]
    EmptyDatabase { id: &'static str, place: String },
    #[error("the {id} database is not in the cache, and --offline forbids to fetch it")]
    Offline { id: &'static str },
    #[error("there is no folder to keep the {id} database in")]
    NoCache { id: &'static str },
    #[error("failed to read the policy at `{place}`")]
    Policy {
        place: String,
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    #[error("there is no configuration at `{place}`")]
    NoPolicy { place: String },
    #[error("`{}` and `{}` both exist", crate::config::PATHS[0], crate::config::PATHS[1])]
    TwoPolicies,
    #[error("failed to read the repository")]
    Refs(#[source] crate::edge::git::Error),
    #[error("what this clone lacks cannot be fetched")]
    NoRemote { source: crate::edge::git::Error },
    #[error("what this clone lacks could not be fetched")]
    Remote { credential: crate::edge::git::Credential, source: crate::edge::git::Error },
    #[error("the repository {name} could not be read: {}", failure.because)]
    Api { name: String, failure: crate::edge::github::Failure },
    #[error("`{0}` is not an owner and a name")]
    NoName(String),
    #[error("a day of the past needs the history, which GitHub's interface does not give")]
    NoHistory,
    #[error("what this clone lacks cannot be kept")]
    Store { source: crate::edge::git::Error },
    #[error("a worker stopped; this is a bug")]
    Worker(#[from] JoinError),
}

impl Error {
    /// What to do next.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::NoDatabase { id, .. }
            | Self::Database { id, .. }
            | Self::EmptyDatabase { id, .. } => Some(format!(
                "pass --db {id}=PATH with a checkout of the advisory database, or --db {id}=URL \
                     with the address of its git repository"
            )),
            Self::Offline { id } => Some(format!(
                "run once without --offline to fill the cache, or pass --db {id}=PATH"
            )),
            Self::NoCache { id } => {
                Some(format!("set PATCHLINE_CACHE_DIR to a folder, or pass --db {id}=PATH"))
            }
            Self::Policy { .. } => Some(
                "in CI the policy is read from the default branch: give actions/checkout \
                 `fetch-depth: 0`, or pass --config PATH"
                    .to_owned(),
            ),
            Self::NoPolicy { .. } => Some("check the path given with --config".to_owned()),
            Self::TwoPolicies => Some("keep one of them".to_owned()),
            Self::Refs(_) => Some("pass --repo DIR with a git repository".to_owned()),
            Self::NoRemote { .. } => Some(
                "clone the repository whole, with `git clone` or, in GitHub Actions, with \
                 `fetch-depth: 0`"
                    .to_owned(),
            ),
            Self::Remote { credential, source } => {
                Some(supply::hint(*credential, source.is_refused()).to_owned())
            }
            Self::Api { failure, .. } => Some(failure.hint.clone()),
            Self::NoName(_) => Some("write it as OWNER/NAME".to_owned()),
            Self::NoHistory => Some("clone the repository, or leave --as-of out".to_owned()),
            Self::Store { .. } => {
                Some("is there room in the folder for temporary files?".to_owned())
            }
            Self::Worker(_) => None,
        }
    }

    /// True if the user's arguments are wrong, not the world.
    pub fn is_usage(&self) -> bool {
        matches!(
            self,
            Self::NoName(_) | Self::NoHistory | Self::NoPolicy { .. } | Self::TwoPolicies
        )
    }
}

/// The databases alone.
pub async fn databases(
    scan: &Scan,
    today: Date,
    progress: &Progress,
) -> Result<(Vec<AdvisoryDatabase>, Vec<Trouble>), Error> {
    let (database, trouble) = database::load(scan.clone(), today, progress.clone()).await?;
    Ok((vec![database], trouble))
}

/// The databases and what every scanned tip locks.
pub async fn facts(
    git: &Git,
    base: &Base,
    scan: &Scan,
    support: &Support,
    today: Date,
    progress: &Progress,
) -> Result<Facts, Error> {
    let database = tokio::spawn(database::load(scan.clone(), today, progress.clone()));
    let tips = inventory::tips(&support.lines);
    let inventories = inventory::read(git, scan, &tips, progress).await?;
    let mut facts = inventory::facts(&tips, &inventories, git.is_shallow());
    let (database, trouble) = database.await??;
    facts.databases.push(database);
    facts.trouble.extend(trouble);
    let alerts = dependabot::alerts(git, base, scan, today).await;
    facts.coverage.extend(alerts.coverage);
    facts.trouble.extend(alerts.trouble);
    if !alerts.documents.is_empty() {
        let documents = alerts.documents;
        let source = imported::Source {
            scanner: dependabot::ID.to_owned(),
            format: Some(dependabot::ID.to_owned()),
            place: imported::default_line(support),
            name: alerts.from,
            read: Box::new(move || Ok(Content::Whole(documents))),
        };
        let opened = imported::open(vec![source]).await?;
        imported::of_default_branch(opened, &mut facts);
    }
    facts.coverage.sort();
    facts.trouble.sort();
    facts.trouble.dedup();
    Ok(facts)
}
