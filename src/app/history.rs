//! `patchline history`

use std::sync::Arc;

use globset::GlobMatcher;
use jiff::civil::Date;

use super::{Discovered, Error, Exit, discover_as, print};
use crate::{
    cli::{HistoryArgs, HistoryFormat},
    collect, config, discover,
    edge::{git::Git, progress::Progress},
    history::{self, Catalogue, Context, summary},
    judge,
    model::{AdvisoryDatabase, CommitId, History, Outcome, ReleaseLine},
    report::{
        self,
        text::history::{Shown, page},
    },
};

/// `patchline history`
pub(super) async fn history(args: &HistoryArgs) -> Result<Exit, Error> {
    if args.repository.remote.is_some() {
        return Err(collect::Error::NoHistory.into());
    }
    let named = config::globs(&args.repository.lines)?;
    let progress = Progress::on_stderr();
    let overrides = config::Overrides {
        rustsec: args.db.iter().map(|(_, place)| place.clone()).next_back(),
        ..config::Overrides::default()
    };
    progress.say("reading refs");
    let mut discovered = discover_as(&args.repository, overrides).await?;
    let Discovered { support, today, .. } = &discovered;
    // Without a promise there is none to keep; the past of lines that are named is told.
    if named.is_empty() && !support.lines.iter().any(ReleaseLine::is_scanned) {
        return Err(super::none_supported(support, *today));
    }
    let part = super::part(&args.repository, &mut discovered.support, None);
    if !named.is_empty() {
        keep_named(&mut discovered, &named)?;
    }
    let repository = discovered.git.address();
    let mut history = of(discovered, args.since, &progress).await?;
    history.part = part;
    progress.finish();
    match args.format {
        HistoryFormat::Text => {
            let shown = if named.is_empty() { Shown::Supported } else { Shown::Named };
            print::page(&page(&history, shown, print::width()), args.repository.color)
        }
        HistoryFormat::Json => {
            print::json(&report::json::history::history(&history, repository.as_deref()))
        }
        HistoryFormat::Csv => {
            print::warnings(&history.trouble);
            print::data(&report::episodes::csv(&history))
        }
    }?;
    Ok(match summary::outcome(&history) {
        Outcome::Pass => Exit::Pass,
        Outcome::Fail => Exit::Fail,
        Outcome::Incomplete => Exit::Incomplete,
    })
}

/// The history of lines that were discovered, with the databases of the configuration.
pub(super) async fn of(
    discovered: Discovered,
    since: Option<Date>,
    progress: &Progress,
) -> Result<History, Error> {
    let Discovered { git, config, refs, histories, support, default_tip, today, .. } = discovered;
    let (databases, trouble) = collect::databases(&config.scan, today, progress).await?;
    let asked = Asked {
        git: &git,
        config: &config,
        refs: &refs,
        histories: &histories,
        lines: &support.lines,
        default: default_tip.as_ref().map(|(name, commit)| (name.as_str(), commit)),
        databases: &databases,
        today,
        since,
    };
    let mut history = timelines(&asked, progress).await?;
    let about = judge::about_databases(&databases, &config.judge, today);
    history.coverage.extend(about.0);
    history.trouble.extend(about.1);
    history.coverage.extend(support.coverage);
    history.trouble.extend(support.trouble);
    history.trouble.extend(trouble);
    history.coverage.sort();
    history.trouble.sort();
    history.trouble.dedup();
    Ok(history)
}

/// Keeps the lines that somebody named: by the line's own name, its branch's or a release's.
fn keep_named(discovered: &mut Discovered, named: &[GlobMatcher]) -> Result<(), Error> {
    let lines = &discovered.support.lines;
    let Discovered { refs, histories, config, .. } = &*discovered;
    let releases = discover::releases(lines, refs, histories, &config.support);
    let is_named = |glob: &GlobMatcher, line: &ReleaseLine| {
        let tags = releases.get(&line.id).into_iter().flatten().map(|r| r.tag.as_str());
        let own = [Some(line.id.0.as_str()), line.head_ref(), line.branch_name()];
        own.into_iter().flatten().chain(tags).any(|name| glob.is_match(name))
    };
    let unmatched: Vec<String> = named
        .iter()
        .filter(|glob| !lines.iter().any(|line| is_named(glob, line)))
        .map(|glob| format!("`{}`", glob.glob().glob()))
        .collect();
    if !unmatched.is_empty() {
        return Err(Error::NoMatch { globs: unmatched.join(" or ") });
    }
    let kept = |line: &ReleaseLine| named.iter().any(|glob| is_named(glob, line));
    let kept: Vec<ReleaseLine> = lines.iter().filter(|line| kept(line)).cloned().collect();
    discovered.support.lines = kept;
    Ok(())
}

/// What timelines are made of.
#[derive(Clone, Copy)]
pub(super) struct Asked<'a> {
    pub git: &'a Git,
    pub config: &'a config::Config,
    pub refs: &'a discover::Refs,
    pub histories: &'a discover::Histories,
    pub lines: &'a [ReleaseLine],
    /// The default branch and its newest commit.
    pub default: Option<(&'a str, &'a CommitId)>,
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
