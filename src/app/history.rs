//! `patchline history`

use std::sync::Arc;

use jiff::civil::Date;

use super::{Error, Exit, discover_as, print};
use crate::{
    cli::{HistoryArgs, HistoryFormat},
    collect, config, discover,
    edge::{git::Git, progress::Progress},
    history::{self, Catalogue, Context},
    model::{AdvisoryDatabase, CommitId, History, ReleaseLine},
};

/// `patchline history`
pub(super) async fn history(args: &HistoryArgs) -> Result<Exit, Error> {
    let progress = Progress::on_stderr();
    let overrides = config::Overrides {
        rustsec: args.db.iter().map(|(_, place)| place.clone()).next_back(),
        ..config::Overrides::default()
    };
    progress.say("reading refs");
    let discovered = discover_as(&args.repository, overrides).await?;
    let (databases, trouble) =
        collect::databases(&discovered.config.scan, discovered.today, &progress).await?;
    let asked = Asked {
        git: &discovered.git,
        config: &discovered.config,
        refs: &discovered.refs,
        histories: &discovered.histories,
        lines: &discovered.support.lines,
        default: discovered.default_tip.as_ref().map(|(_, commit)| commit),
        databases: &databases,
        today: discovered.today,
        since: args.since,
    };
    let mut history = timelines(&asked, &progress).await?;
    history.coverage.extend(discovered.support.coverage);
    history.trouble.extend(discovered.support.trouble);
    history.trouble.extend(trouble);
    progress.finish();
    match args.format {
        HistoryFormat::Text | HistoryFormat::Json | HistoryFormat::Csv => {
            print::note(&format!("{} episodes", history.episodes.len()));
        }
    }
    Ok(Exit::Pass)
}

/// What timelines are made of.
#[derive(Clone, Copy)]
pub(super) struct Asked<'a> {
    pub git: &'a Git,
    pub config: &'a config::Config,
    pub refs: &'a discover::Refs,
    pub histories: &'a discover::Histories,
    pub lines: &'a [ReleaseLine],
    /// The newest commit of the default branch.
    pub default: Option<&'a CommitId>,
    pub databases: &'a [AdvisoryDatabase],
    pub today: Date,
    /// What was over before this day is left out.
    pub since: Option<Date>,
}

/// The timelines of lines that were discovered, by databases that were read. Their coverage and
/// trouble are about the past alone.
pub(super) async fn timelines(asked: &Asked<'_>, progress: &Progress) -> Result<History, Error> {
    let Asked { git, config, lines, .. } = *asked;
    let releases = discover::releases(lines, asked.refs, asked.histories, &config.support);
    let catalogue = Arc::new(Catalogue::of(asked.databases, &config.merge));
    let lineages =
        collect::lineages(git, &config.scan, lines, &releases, asked.default, &catalogue, progress)
            .await?;
    let context = Context {
        as_of: asked.today,
        since: asked.since,
        targets: config.targets.clone(),
        coverage: Vec::new(),
        trouble: Vec::new(),
    };
    Ok(history::tell(&lineages, &catalogue, context))
}
