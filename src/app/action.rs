//! `patchline action`: a run of the container action, with what GitHub shows of it and is told.
//!
//! Inputs → a scan, or a join of earlier reports → files, outputs, summary, annotations → effects.

use std::{
    fmt::Write as _,
    path::{Path, PathBuf},
};

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
    edge::{causes, clock, files, git::Git, github::Environment},
    escape,
    event::{Event, Kind},
    model::Weight,
    publish::{self, Run},
    report::{
        self,
        annotations::{annotations, failure},
        markdown, outputs,
    },
};

/// Where annotations say that there is more.
const MORE: &str = "see the job summary";

/// Runs as an action, and tells the workflow how it ended also where there is no report.
pub(super) async fn action(args: &ActionArgs) -> Result<Exit, Error> {
    let event = files::github_event();
    let ended = Box::pin(run(args, event.as_ref())).await;
    if let Err(error) = &ended {
        // The error itself is what counts, whatever becomes of telling it.
        let _ = broken(error);
    }
    ended
}

async fn run(args: &ActionArgs, event: Option<&Event>) -> Result<Exit, Error> {
    let inputs =
        action::inputs(&files::variable).map_err(|complaints| Error::Inputs { complaints })?;
    let folder = folder(&inputs)?;
    let output = OutputArgs { format: ScanFormat::Text, output: None, exit_zero: inputs.exit_zero };
    let judged = if inputs.reports.is_empty() {
        let asked = event.map_or(proposal::Asked::No, proposal::Asked::Event);
        scan(&scan_args(args, &inputs, &output), asked).await?
    } else {
        join::joined(&merge_args(args, &inputs, &output), policy(args, &inputs)?).await?
    };
    let written = write_all(&judged.report, &folder)?;
    give_away(&folder, written)?;
    let exit = tell(&judged, &output, Color::Auto)?;
    let Judged { mut report, publish: policy, .. } = judged;
    print::data(&annotations(&report, MORE))?;
    let run = publishing(&inputs, event);
    let telling = Telling::new(Environment::read(), args.dry_run || inputs.dry_run);
    let comment = markdown::has_news(&report).then(|| markdown::comment(&report));
    let policy =
        if inputs.offline { publish::Policy::silent(policy) } else { wanted(&inputs, policy) };
    let published = publish(&report, &policy, &run, comment.as_deref(), &telling).await;
    for told in &published.done {
        let address = told.address.as_ref().map(|at| format!(": {at}")).unwrap_or_default();
        print::note(&format!("{}{address}", told.what));
    }
    print::warnings(&published.trouble);
    for trouble in published.trouble.iter().filter(|trouble| trouble.weight == Weight::Info) {
        print::note(&trouble.message);
    }
    let mut outputs = outputs::outputs(&report);
    if published.is_broken {
        outputs.retain(|(name, _)| *name != "outcome");
        outputs.push(("outcome", "broken".to_owned()));
    }
    outputs.push(("report", shown(&folder.join(report::MAIN))));
    outputs.push(("sarif", shown(&folder.join(report::SARIF))));
    outputs.push(("uploads", json_list(&published.sarif_ids)));
    // What became of telling GitHub is a part of how the run went.
    report.trouble.extend(published.trouble);
    add("GITHUB_STEP_SUMMARY", &markdown::summary(&report))?;
    add_outputs(&outputs)?;
    Ok(if published.is_broken { Exit::Broken } else { exit })
}

/// Tells the workflow that there is no report.
fn broken(error: &Error) -> Result<(), Error> {
    let outcome = if error.exit() == Exit::Usage { "usage" } else { "broken" };
    add_outputs(&[("outcome", outcome.to_owned())])?;
    let causes = causes(error);
    let mut page = format!("## Patchline: no report\n\n{}\n", escape::message(&causes));
    for hint in error.hints() {
        let _ = writeln!(page, "\n- {}", escape::message(&hint));
    }
    add("GITHUB_STEP_SUMMARY", &page)?;
    print::data(&failure("Patchline: no report", &causes))
}

/// Adds to a file of the runner.
fn add(variable: &str, text: &str) -> Result<(), Error> {
    files::add_to_workflow(variable, text)
        .map(drop)
        .map_err(|source| Error::Write { path: PathBuf::from(variable), source })
}

fn add_outputs(outputs: &[(&'static str, String)]) -> Result<(), Error> {
    // A delimiter that is guessed or that stands in a value would end it: then another one is drawn.
    let text = std::iter::repeat_with(files::chance)
        .take(MOST_DELIMITERS)
        .find_map(|delimiter| outputs::github_output(outputs, &delimiter));
    add("GITHUB_OUTPUT", &text.unwrap_or_default())
}

/// One is enough but for a wonder.
const MOST_DELIMITERS: usize = 4;

fn shown(path: &Path) -> String {
    path.display().to_string()
}

fn json_list(items: &[String]) -> String {
    serde_json::to_string(items).unwrap_or_default()
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
            remote: None,
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
