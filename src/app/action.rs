//! `patchline action`: a run of the container action, with what GitHub shows of it and is told.
//!
//! Inputs → a scan, or a join of earlier reports → files, outputs, summary, annotations → effects.

use std::path::{Path, PathBuf};

use super::{
    Error, Exit, Judged, join, print, proposal,
    publish::{Telling, publish},
    scan, tell, write_all,
};
use crate::{
    cli::{
        ActionArgs, Color, MergeArgs, OutputArgs, RepositoryArgs, ScanArgs, ScanFormat,
        action::{self, Inputs},
    },
    collect, config,
    edge::{clock, files, git::Git, github::Environment},
    event::{Event, Kind},
    publish::{self, Run},
    report,
};

/// Runs as an action, and tells the workflow how it ended also where there is no report.
pub(super) async fn action(args: &ActionArgs) -> Result<Exit, Error> {
    let event = files::github_event();
    let ended = run(args, event.as_ref()).await;
    if let Err(error) = &ended {
        let outcome = if error.exit() == Exit::Usage { "usage" } else { "broken" };
        // The error itself is what counts, whatever becomes of this.
        let _ = files::add_to_workflow("GITHUB_OUTPUT", &format!("outcome={outcome}\n"));
    }
    ended
}

async fn run(args: &ActionArgs, event: Option<&Event>) -> Result<Exit, Error> {
    let inputs =
        action::inputs(&files::variable).map_err(|complaints| Error::Inputs { complaints })?;
    let folder = folder(&inputs)?;
    let output = OutputArgs { format: ScanFormat::Text, output: None, exit_zero: inputs.exit_zero };
    let Judged { report: judged, publish: policy } = if inputs.reports.is_empty() {
        let asked = event.map_or(proposal::Asked::No, proposal::Asked::Event);
        scan(&scan_args(args, &inputs, &output), asked).await?
    } else {
        join::joined(&merge_args(args, &inputs, &output), policy(args, &inputs)?).await?
    };
    let written = write_all(&judged, &folder)?;
    give_away(&folder, written)?;
    let exit = tell(&judged, &output, Color::Auto)?;
    let run = publishing(&inputs, event);
    let telling = Telling::new(Environment::read(), args.dry_run || inputs.dry_run);
    let published = publish(&judged, &wanted(&inputs, policy), &run, None, &telling).await;
    for told in &published.done {
        let address = told.address.as_ref().map(|at| format!(": {at}")).unwrap_or_default();
        print::note(&format!("{}{address}", told.what));
    }
    print::warnings(&published.trouble);
    let outcome = if published.is_broken { "broken" } else { judged.outcome.as_str() };
    let _ = files::add_to_workflow("GITHUB_OUTPUT", &format!("outcome={outcome}\n"));
    Ok(if published.is_broken { Exit::Broken } else { exit })
}

/// The folder that is written to. A link out of the workspace may be a stranger's idea.
fn folder(inputs: &Inputs) -> Result<PathBuf, Error> {
    let folder = &inputs.output;
    for place in [folder.clone(), folder.join(report::LINES)] {
        let is_inside = files::is_inside(Path::new("."), &Path::new(".").join(&place))
            .map_err(|source| Error::Write { path: place.clone(), source })?;
        if !is_inside {
            let because = format!("`{}` does not lie in the workspace", place.display());
            return Err(Error::Inputs {
                complaints: vec![format!("the input `output`: {because}")],
            });
        }
    }
    Ok(folder.clone())
}

/// Gives what was written to the owner of the workspace, who has to be able to clean it up.
fn give_away(folder: &Path, mut written: Vec<PathBuf>) -> Result<(), Error> {
    let folders = folder.ancestors().filter(|path| !path.as_os_str().is_empty());
    written.extend(folders.map(Path::to_path_buf));
    written.extend(Some(folder.join(report::LINES)).filter(|path| files::exists(path)));
    files::give_to_owner_of(Path::new("."), &written)
        .map_err(|source| Error::Write { path: folder.to_path_buf(), source })
}

/// What kind of run tells GitHub something.
fn publishing(inputs: &Inputs, event: Option<&Event>) -> Run {
    let event = match event.map(|event| &event.kind) {
        Some(Kind::PullRequest(pull)) => {
            publish::Event::PullRequest { number: pull.number, is_fork: pull.is_fork }
        }
        Some(Kind::MergeGroup(_)) => publish::Event::MergeGroup,
        _ => publish::Event::Lines,
    };
    let variable = |name| files::variable(name).filter(|value| !value.is_empty());
    let address = || {
        let (server, name) = (variable("GITHUB_SERVER_URL")?, variable("GITHUB_REPOSITORY")?);
        Some(format!("{server}/{name}/actions/runs/{}", variable("GITHUB_RUN_ID")?))
    };
    Run { event, is_selection: !inputs.lines.is_empty(), address: address() }
}

/// What is published: as the inputs say, else the configuration.
fn wanted(inputs: &Inputs, policy: publish::Policy) -> publish::Policy {
    publish::Policy {
        code_scanning: inputs.upload.unwrap_or(policy.code_scanning),
        comment: inputs.comment.unwrap_or(policy.comment),
        issues: inputs.issues.unwrap_or(policy.issues),
        ..policy
    }
}

fn scan_args(args: &ActionArgs, inputs: &Inputs, output: &OutputArgs) -> ScanArgs {
    ScanArgs {
        repository: RepositoryArgs {
            repo: ".".into(),
            lines: inputs.lines.clone(),
            shard: inputs.shard,
            fetch: true,
            as_of: args.as_of,
            config: None,
            policy: inputs.config.clone(),
            offline: inputs.offline,
            color: Color::Auto,
        },
        output: output.clone(),
        fail_at: inputs.fail_at.clone(),
        db: inputs.database.iter().map(|place| ("rustsec".to_owned(), place.clone())).collect(),
        exclude: Vec::new(),
        import: inputs.imports.clone(),
        baseline: inputs.baseline.clone(),
        base: None,
        deep: inputs.deep,
    }
}

fn merge_args(args: &ActionArgs, inputs: &Inputs, output: &OutputArgs) -> MergeArgs {
    MergeArgs {
        files: inputs.reports.clone(),
        output: output.clone(),
        config: None,
        as_of: args.as_of,
        baseline: inputs.baseline.clone(),
        color: Color::Auto,
    }
}

/// The policy that reports are joined by: as in a scan, where there is a repository; else none.
fn policy(args: &ActionArgs, inputs: &Inputs) -> Result<Option<join::Policy>, Error> {
    let Ok(git) = Git::open(".".as_ref()) else { return Ok(None) };
    let event = files::github_event();
    let default = event.as_ref().and_then(|event| event.default_branch.as_deref());
    let refs = git.refs(None, default)?;
    let policy = collect::policy(&git, &refs, None, inputs.config.as_deref())?;
    let Some((text, origin)) = &policy.file else { return Ok(None) };
    let overrides = config::Overrides {
        fail_at: inputs.fail_at.clone(),
        today: Some(args.as_of.unwrap_or_else(clock::today).max(clock::today())),
        ..config::Overrides::default()
    };
    let config = config::parse(Some((text, origin)), &overrides)?;
    Ok(Some(join::Policy { config, origin: policy.origin }))
}
