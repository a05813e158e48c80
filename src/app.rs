//! One readable function per subcommand: the architecture, as code.

mod action;
mod changes;
mod demo;
mod disclose;
mod document;
mod error;
mod history;
mod init;
mod join;
mod past;
mod print;
mod proposal;
mod publish;
mod report_page;
mod security_md;
mod suppress;
mod tell;
mod tree;

use std::path::Path;

use jiff::{Timestamp, civil::Date, tz::TimeZone};

use self::tell::{tell, write, write_all};
pub use self::{
    error::{Error, Exit},
    publish::{Published, Telling, Told, publish},
};
use crate::{
    cli::{Cli, Command, LinesArgs, LinesFormat, RepositoryArgs, ScanArgs},
    collect, config, discover,
    edge::{clock, files, git::Git, progress::Progress},
    graph, import, judge, merge,
    model::{CommitId, Coverage, LineId, LineKind, ReleaseLine, Report, Standing, Support},
    publish as publishing, report, scan,
};

/// A report with more bytes is no baseline.
const LARGEST_BASELINE: u64 = 1024 * 1024 * 1024;

/// Lines that change with what is brought for them are brought so often.
const MOST_ROUNDS: usize = 8;

/// Runs what was asked for.
pub async fn run(cli: Cli) -> Result<Exit, Error> {
    match cli.command {
        Command::Lines(args) => lines(&args).await,
        Command::Scan(args) => {
            let asked = args.base.as_deref().map_or(proposal::Asked::No, proposal::Asked::Base);
            let judged = scan(&args, asked).await?;
            tell(&judged, &args.output, args.repository.color)
        }
        Command::Merge(args) => join::merge(&args).await,
        Command::Init(args) => init::init(&args).await,
        Command::SecurityMd(args) => security_md::security_md(&args).await,
        Command::Suppress(args) => suppress::suppress(&args),
        Command::History(args) => history::history(&args).await,
        Command::Report(args) => Box::pin(report_page::report(&args)).await,
        Command::Disclose(args) => disclose::run(&args.command).await,
        Command::Action(args) => Box::pin(action::action(&args)).await,
        Command::Demo(args) => Box::pin(demo::demo(&args)).await,
    }
}

/// `patchline lines`
async fn lines(args: &LinesArgs) -> Result<Exit, Error> {
    let mut discovered = discover(&args.repository, config::Overrides::default()).await?;
    part(&args.repository, &mut discovered.support, None);
    let (support, today) = (&discovered.support, discovered.today);
    if let Some(wanted) = &args.explain {
        print::page(&explanation(support, wanted)?, args.repository.color)?;
        return Ok(checked(args, support));
    }
    tell_beside(args.format, support);
    match args.format {
        LinesFormat::Text => print::page(
            &report::text::lines::page(support, today, print::width()),
            args.repository.color,
        ),
        LinesFormat::Json => print::document(&report::json::lines(support, today)),
        LinesFormat::Matrix => print::document(&report::lines::matrix::matrix(support)),
        LinesFormat::Openeox => {
            let repository = discovered.git.address();
            print::document(&report::lines::openeox::openeox(support, repository.as_deref(), today))
        }
        LinesFormat::Endoflife => print::data(&report::lines::endoflife::endoflife(support)),
    }?;
    Ok(checked(args, support))
}

/// Says on stderr what these formats have no words for.
fn tell_beside(format: LinesFormat, support: &Support) {
    use report::lines::{matrix::MOST_JOBS, openeox};
    match format {
        LinesFormat::Text | LinesFormat::Json => return,
        LinesFormat::Matrix => {
            match support.lines.iter().filter(|line| line.is_scanned()).count() {
                0 => print::note("no line is supported, and GitHub refuses an empty matrix"),
                1..=MOST_JOBS => {}
                lines => print::note(&format!(
                    "{lines} lines are supported, and GitHub refuses a matrix of more than {MOST_JOBS}"
                )),
            }
        }
        LinesFormat::Openeox => {
            let is_left_out = |line: &&ReleaseLine| {
                line.kind == LineKind::Release
                    && line.standing != Standing::Upcoming
                    && !openeox::is_stated(line)
            };
            let left_out: Vec<String> =
                support.lines.iter().filter(is_left_out).map(|line| line.id.to_string()).collect();
            if !left_out.is_empty() {
                print::note(&format!(
                    "OpenEoX has no words for lines that ended on an unknown day or may be \
                     supported; left out: {}",
                    left_out.join(", ")
                ));
            }
        }
        LinesFormat::Endoflife => {}
    }
    print::assumed(&support.lines);
    print::warnings(&support.trouble);
}

/// The story of the line that is asked for, or of all if the name is empty.
fn explanation(support: &Support, wanted: &str) -> Result<String, Error> {
    let is_wanted = |line: &&ReleaseLine| wanted.is_empty() || report::is_called(line, wanted);
    let lines: Vec<&ReleaseLine> = support.lines.iter().filter(is_wanted).collect();
    if lines.is_empty() {
        let known: Vec<&str> = support.lines.iter().map(|line| line.id.0.as_str()).collect();
        return Err(Error::NoSuchLine { wanted: wanted.to_owned(), known: known.join(", ") });
    }
    Ok(report::text::lines::explanation(support, &lines))
}

/// With `--check`, a contradiction is a failure, and a statement that could not be heard may hold one.
fn checked(args: &LinesArgs, support: &Support) -> Exit {
    if !args.check {
        return Exit::Pass;
    }
    if !support.contradictions.is_empty() {
        return Exit::Fail;
    }
    match support.coverage.iter().find_map(|coverage| coverage.covered.because()) {
        Some(gap) => {
            print::note(&format!("whether the statements agree is not known: {gap}"));
            Exit::Incomplete
        }
        None => Exit::Pass,
    }
}

/// What a run concludes, what of that its policy has published, and what else is known.
struct Judged {
    report: Report,
    publish: publishing::Policy,
    process: report::html::Process,
    /// `None`: only reports were at hand.
    past: Option<past::Past>,
}

/// `patchline scan`: discover → collect → match → merge → judge.
async fn scan(args: &ScanArgs, asked: proposal::Asked<'_>) -> Result<Judged, Error> {
    let progress = Progress::on_stderr();
    let overrides = config::Overrides {
        exclude: args.exclude.clone(),
        rustsec: args.db.iter().map(|(_, place)| place.clone()).next_back(),
        deep: args.deep,
        fail_at: args.fail_at.clone(),
        ..config::Overrides::default()
    };
    progress.say("reading refs");
    let discovered = discover(&args.repository, overrides).await?;
    let Discovered { mut config, policy, trusted, mut support, default_tip, base, today, .. } =
        discovered;
    let (git, mut supply) = (discovered.git, discovered.supply);
    print::warnings(&disclose::overdue::overdue(&git, &config, today));
    let (refs, histories) = (discovered.refs, discovered.histories);
    // What a line's own tree says is heard as it is, and not as a change would have it.
    let lines = support.lines.clone();
    let change = proposal::find(&mut supply, asked).await?;
    add_missing(&mut supply, &mut support);
    let into = match &change {
        Some(change) => Some(proposal::propose(&git, change, &mut support)?),
        None => None,
    };
    if !support.lines.iter().any(ReleaseLine::is_scanned) {
        return Err(none_supported(&support, today));
    }
    let part = part(&args.repository, &mut support, into.as_ref());
    let mut facts =
        collect::facts(&git, &trusted.base, &config.scan, &support, today, &progress).await?;
    let reports =
        collect::reports(&git, &config, &trusted, &support.lines, &args.import, &progress).await?;
    facts.trouble.extend(reports.trouble);
    facts.coverage.extend(reports.coverage);
    let opened =
        collect::imported::open(reports.files.into_iter().map(Into::into).collect()).await?;
    collect::imported::attributed(opened, &support.lines, &mut facts);
    let built =
        collect::graphs(&git, &config, &trusted, &support.lines, &facts.inventories, &progress)
            .await?;
    facts.trouble.extend(built.trouble);
    facts.coverage.extend(built.coverage);
    let default = default_tip.as_ref().map(|(name, commit)| (name.as_str(), commit));
    let (opinions, trouble) = collect::opinions(&git, &lines, default, &config.scan.exclude).await;
    facts.opinions.extend(opinions);
    facts.trouble.extend(trouble);
    let mut changes = Vec::new();
    if let Some((reference, before, after)) = proposal::compared_with(&git, change.as_ref(), base) {
        let exclude = &config.scan.exclude;
        let (said, trouble) = changes::proposed(&git, &reference, (&before, &after), exclude).await;
        facts.trouble.extend(trouble);
        changes = said;
    }
    let proposed = match (&change, &into) {
        (Some(change), Some(into)) => {
            Some(proposal::compared(&git, &config.scan, change, into, &mut facts, &progress).await?)
        }
        _ => None,
    };
    progress.say("matching");
    scan::spelled(&mut facts);
    let mut scanned = scan::evidence(&facts.inventories, &facts.databases);
    let claims = std::mem::take(&mut facts.reported);
    scanned.append(scan::reported(&facts.inventories, claims));
    graph::mark(&mut scanned.evidence, &built.graphs);
    facts.trouble.append(&mut scanned.trouble);
    facts.coverage.append(&mut scanned.coverage);
    let wanted = collect::wanted(&merge::names(&facts, &scanned.evidence));
    let threats = collect::threats(&git, &trusted.base, &config, &wanted, today).await;
    facts.threats = threats.facts;
    facts.trouble.extend(threats.trouble);
    facts.coverage.extend(threats.coverage);
    let findings = merge::findings(&support.lines, &facts, scanned, &config.merge);
    config.judge.baseline = baseline(args.baseline.as_deref())?;
    facts.trouble.extend(config.judge.without_baseline());
    let has_scores = config.facts.epss.is_some();
    facts.trouble.extend(judge::without_scores(&config.judge.gate, has_scores));
    let repository = git.address();
    let context = judge::Context { policy, changes, repository, part, proposed, today };
    let databases = facts.databases.clone();
    // What a change would do is no part of the past: its line is as it was before.
    let is_kept = |line: &ReleaseLine| support.lines.iter().any(|kept| kept.id == line.id);
    let lines: Vec<ReleaseLine> = lines.into_iter().filter(is_kept).collect();
    let report = judge::report(support, findings, facts, &config.judge, &config.silence, context);
    progress.finish();
    let (publish, process) = (config.publish.clone(), past::process(&config));
    let default = default_tip;
    let behind = past::Past { git, config, refs, histories, lines, default, databases, today };
    Ok(Judged { report, publish, process, past: Some(behind) })
}

/// Keeps what a run is asked to look at, and says why that is not all.
fn part(args: &RepositoryArgs, support: &mut Support, into: Option<&LineId>) -> Option<String> {
    if let Some(shard) = args.shard {
        discover::share(support, shard.number, shard.of, into);
        return Some(format!("shard {}/{}", shard.number, shard.of));
    }
    (!args.lines.is_empty()).then(|| "the lines that were named".to_owned())
}

/// The findings of an earlier report, which are not new.
fn baseline(path: Option<&Path>) -> Result<Option<judge::Baseline>, Error> {
    let Some(path) = path else { return Ok(None) };
    let failed = |because: String| Error::Baseline { path: path.to_path_buf(), because };
    let bytes = files::read(path, LARGEST_BASELINE).map_err(|error| failed(error.to_string()))?;
    let report = import::own::read(&import::Document::open(&bytes));
    let report = report.ok_or_else(|| failed("it is no report of Patchline".to_owned()))?;
    if let Some(gap) = report.coverage.iter().find(|gap| gap.source == "merge") {
        return Err(failed(gap.covered.because().unwrap_or_default().to_owned()));
    }
    Ok(Some(judge::Baseline { known: import::own::known(&report) }))
}

fn none_supported(support: &Support, today: Date) -> Error {
    let standing = |line: &ReleaseLine| format!("{} is {}", line.id, line.standing.as_str());
    let lines: Vec<String> = support.lines.iter().take(8).map(standing).collect();
    Error::NoneSupported { today, lines: lines.join(", ") }
}

/// What is known before anything is scanned.
struct Discovered {
    git: Git,
    /// For what turns out to be wanted later.
    supply: collect::Supply,
    config: config::Config,
    policy: crate::model::PolicyOrigin,
    trusted: collect::Trusted,
    refs: discover::Refs,
    histories: discover::Histories,
    support: Support,
    /// The default branch and its newest commit.
    default_tip: Option<(String, CommitId)>,
    /// What a pull request would change, if this run is about one.
    base: Option<(String, CommitId)>,
    today: Date,
}

/// Refs, policy, statements → lines. What every command takes is put into the overrides here.
async fn discover(
    args: &RepositoryArgs,
    mut overrides: config::Overrides,
) -> Result<Discovered, Error> {
    overrides.lines.clone_from(&args.lines);
    discover_as(args, overrides).await
}

/// The same of the lines that the overrides name.
async fn discover_as(
    args: &RepositoryArgs,
    mut overrides: config::Overrides,
) -> Result<Discovered, Error> {
    overrides.offline = args.offline;
    let today = args.as_of.unwrap_or_else(clock::today);
    // A replayed day is no reason to refuse what is valid now.
    overrides.today = Some(today.max(clock::today()));
    let event = files::github_event();
    // What is listed today has nothing that is made later.
    let is_clone = !args.fetch && args.remote.is_none();
    let wish = collect::Wish {
        fetches: args.fetch && !args.offline,
        until: args.as_of.filter(|day| *day < clock::today() || is_clone).and_then(end_of),
        default: event.as_ref().and_then(|event| event.default_branch.clone()),
    };
    let mut supply = match &args.remote {
        Some(name) => collect::Supply::of_remote(name, wish).await?,
        None => collect::Supply::of_clone(Git::open(&args.repo)?, wish)?,
    };
    let git = supply.git().clone();
    let refs = supply.refs()?;
    supply.bring_default(&refs, args.policy.as_deref()).await;
    let policy = collect::policy(&git, &refs, args.config.as_deref(), args.policy.as_deref())?;
    let file = policy.file.as_ref().map(|(text, origin)| (text.as_str(), origin));
    let config = config::parse(file, &overrides)?;
    let refs = supply.bring_dates(refs, &config).await?;
    let histories = supply.histories(&refs, &config);
    supply.bring_statements(&refs, &histories, &config).await;
    let mut said = collect::said(&git, &refs, &histories, &config.support);
    let repository = collect::Repository { git: &git, refs: &refs, histories: &histories };
    let sources = collect::sources(&repository, &config, &policy.base, args.as_of).await;
    for source in &sources {
        source.join(&mut said);
    }
    let mut support = discover::support(&refs, &histories, &said.claims, &config.support, today);
    let mut refs = refs;
    // What a tag really leads to is known when it is here, and what comes may date it.
    for _ in 0..MOST_ROUNDS {
        if !supply.bring_tips(&support.lines, &config).await {
            break;
        }
        refs = supply.refs()?;
        support = discover::support(&refs, &histories, &said.claims, &config.support, today);
    }
    add_missing(&mut supply, &mut support);
    support.trouble.extend(said.trouble);
    // Where the configuration decides, nothing is missing if a file cannot be read.
    support.coverage.extend(said.coverage.into_iter().filter(|_| config.support.is_assumed()));
    for source in sources {
        // The same, line by line: a source that failed matters where nobody stronger speaks.
        let is_open = discover::is_open(&support.lines, source.by);
        let matters = |coverage: &Coverage| is_open || !coverage.covered.is_gap();
        support.coverage.extend(source.coverage.filter(matters));
    }
    if !support.unmatched.is_empty() {
        let globs: Vec<String> = support.unmatched.iter().map(|g| format!("`{g}`")).collect();
        return Err(Error::NoMatch { globs: globs.join(" or ") });
    }
    if support.lines.is_empty() {
        return Err(Error::NoLines);
    }
    let trusted = collect::Trusted::of(&config, &policy);
    let policy = policy.origin;
    let default_tip = refs.default.clone().and_then(|name| {
        let entry = refs.entries.iter().find(|entry| entry.name == name)?;
        Some((name, entry.commit.clone()?))
    });
    let base = changes::base(&refs, event.as_ref());
    Ok(Discovered {
        git,
        supply,
        config,
        policy,
        trusted,
        refs,
        histories,
        support,
        default_tip,
        base,
        today,
    })
}

/// Takes what could not be brought for what it is: nobody looked at it.
fn add_missing(supply: &mut collect::Supply, support: &mut Support) {
    let (trouble, coverage) = supply.missing();
    support.trouble.extend(trouble);
    support.coverage.extend(coverage);
}

/// The last moment of a day in UTC.
fn end_of(day: Date) -> Option<Timestamp> {
    let next = day.tomorrow().ok()?.to_zoned(TimeZone::UTC).ok()?.timestamp();
    next.checked_sub(jiff::SignedDuration::from_nanos(1)).ok()
}
