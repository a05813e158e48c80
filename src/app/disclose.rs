//! `patchline disclose …`: the project's own vulnerabilities.

mod check;
mod export;
mod exposure;
pub(in crate::app) mod find;
mod guard;
mod new;
pub(in crate::app) mod overdue;
mod plan;
mod policy;
mod render;
mod status;
mod truth;

use std::{collections::BTreeMap, path::PathBuf};

use jiff::{Timestamp, civil::Date};

use super::{Discovered, Error, Exit, discover, end_of};
use crate::{
    cli::disclose::{DiscloseCommand, RecordArgs},
    config::{Config, Overrides},
    disclose::Record,
    discover::releases,
    edge::git::Git,
    model::{LineId, Release, Support},
};

/// Runs what was asked for.
pub(super) async fn run(command: &DiscloseCommand) -> Result<Exit, Error> {
    match command {
        DiscloseCommand::New(args) => new::new(args).await,
        DiscloseCommand::Check(args) => check::check(args).await,
        DiscloseCommand::Status(args) => status::status(args).await,
        DiscloseCommand::Render(args) => render::render(args).await,
        DiscloseCommand::Export(args) => export::export(args).await,
        DiscloseCommand::Plan(args) => plan::plan(args).await,
        DiscloseCommand::Policy(args) => policy::policy(args).await,
    }
}

/// A record with what is around it.
struct Opened {
    record: Record,
    path: PathBuf,
    git: Git,
    config: Config,
    /// The lines of the project on the day.
    support: Support,
    /// Every stable release of each of them.
    releases: BTreeMap<LineId, Vec<Release>>,
    today: Date,
}

impl Opened {
    /// The end of the day: what is tagged for a later one is not released yet.
    fn now(&self) -> Timestamp {
        end_of(self.today).unwrap_or(Timestamp::MAX)
    }
}

/// Finds the record that is meant and reads it.
async fn open(args: &RecordArgs) -> Result<Opened, Error> {
    let discovered = discover(&args.place.repository(), Overrides::default()).await?;
    let Discovered { git, config, refs, histories, support, today, .. } = discovered;
    let kept = find::wanted(args.record.as_deref(), &git, &config, today)?;
    let (record, path) = find::valid(kept, guard::audience(&config))?;
    let releases = releases(&support.lines, &refs, &histories, &config.support);
    Ok(Opened { record, path, git, config, support, releases, today })
}
