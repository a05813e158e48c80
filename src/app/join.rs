//! `patchline merge`: reports in, one report out, without a repository.

use std::path::{Path, PathBuf};

use super::{Error, Exit, Judged, tell};
use crate::{
    cli::{ImportArg, MergeArgs},
    collect::{
        self,
        imported::{Holds, Opened, Source},
    },
    config,
    edge::{clock, files},
    import::Provenance,
    judge, merge,
    model::{
        CommitId, Declaration, DeclaredBy, Head, LineId, LineKind, Origin, Place, PolicyOrigin,
        Release, ReleaseLine, Standing, Tip, Trouble, short_name,
    },
    scan::{self, Attribution, Scanned, attribute},
};

/// A report is not larger.
const LARGEST: u64 = 4 * 1024 * 1024 * 1024;

/// The line of reports that say nothing of theirs.
const NO_LINE: &str = "unattributed";

/// Joins reports and judges what they hold.
pub(super) async fn merge(args: &MergeArgs) -> Result<Exit, Error> {
    let judged = joined(args, None).await?;
    tell(&judged, &args.output, args.color)
}

/// The policy that reports are judged by.
pub(super) struct Policy {
    pub config: config::Config,
    pub origin: PolicyOrigin,
}

/// Joins reports; `given` is the policy that the caller read, if there is one.
pub(super) async fn joined(args: &MergeArgs, given: Option<Policy>) -> Result<Judged, Error> {
    let today = args.as_of.unwrap_or_else(clock::today);
    let is_given = given.is_some() || args.config.is_some();
    let (mut config, policy) = match given {
        Some(Policy { config, origin }) => (config, origin),
        None => policy(args)?,
    };
    let sources = args.files.iter().flat_map(sources).collect();
    let opened = collect::imported::open(sources).await?;
    let (mut owns, mut others) = (Vec::new(), Vec::new());
    for opened in opened {
        match opened.holds {
            Holds::Own(own) => owns.push(*own),
            holds => others.push(Opened { holds, ..opened }),
        }
    }
    let merge::Joined {
        mut support,
        mut facts,
        evidence,
        incomparable,
        suppressions,
        obeyed,
        repository,
        part,
    } = merge::join(owns);
    // Without a configuration of its own, a merged report is judged by what its parts obeyed.
    if !is_given {
        config.silence.suppressions = suppressions;
        config.silence.obey = obeyed;
    }
    let added = lines(&mut others, &support.lines);
    merge::add_lines(&mut support, added);
    say_unattributed(&others, &mut facts.trouble);
    collect::imported::attributed(others, &support.lines, &mut facts);
    let mut scanned = Scanned { evidence, incomparable, ..Scanned::default() };
    let claims = std::mem::take(&mut facts.reported);
    scanned.append(scan::reported(&[], claims));
    let findings = merge::findings(&support.lines, &facts, scanned, &config.merge);
    let context =
        judge::Context { policy, changes: Vec::new(), repository, part, proposed: None, today };
    config.judge.baseline = super::baseline(args.baseline.as_deref())?;
    facts.trouble.extend(config.judge.without_baseline());
    let report = judge::report(support, findings, facts, &config.judge, &config.silence, context);
    let process = super::past::process(&config);
    Ok(Judged { report, publish: config.publish, process, past: None })
}

fn policy(args: &MergeArgs) -> Result<(config::Config, PolicyOrigin), Error> {
    let overrides = config::Overrides { today: Some(clock::today()), ..Default::default() };
    let Some(path) = &args.config else {
        let read_from = "the reports that were merged".to_owned();
        return Ok((config::parse(None, &overrides)?, PolicyOrigin { path: None, read_from }));
    };
    let place = path.display().to_string();
    let text = files::read_text(path)
        .map_err(|source| collect::Error::Policy {
            place: place.clone(),
            source: Box::new(source),
        })?
        .ok_or_else(|| collect::Error::NoPolicy { place: place.clone() })?;
    let origin = Origin { reference: None, path: place.clone(), row: None };
    let config = config::parse(Some((&text, &origin)), &overrides)?;
    let read_from = "the command line".to_owned();
    Ok((config, PolicyOrigin { path: Some(place), read_from }))
}

fn sources(file: &ImportArg) -> Vec<Source> {
    let source = |path| source(file, path);
    collect::expanded(&file.path).into_iter().map(source).collect()
}

fn source(file: &ImportArg, path: PathBuf) -> Source {
    let place = file
        .line
        .as_ref()
        .map(|line| Place { line: LineId(line.clone()), tip: file.tip.unwrap_or(Tip::Head) });
    Source {
        scanner: "import".to_owned(),
        format: None,
        place,
        name: shown(&path),
        read: Box::new(move || files::open(&path, LARGEST)),
    }
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}

/// The lines that reports are about: as the user says, else as the report says of its branch or tag,
/// else one for all that say nothing. Each report is told its line.
fn lines(opened: &mut [Opened], known: &[ReleaseLine]) -> Vec<ReleaseLine> {
    let mut lines: Vec<ReleaseLine> = Vec::new();
    for opened in opened {
        if let Some(place) = &mut opened.place {
            match known.iter().find(|line| line.is_called(&place.line.0)) {
                Some(line) => place.line = line.id.clone(),
                None => lines.push(line(&place.line.0, place.tip, &Provenance::default())),
            }
            continue;
        }
        let Holds::Runs(runs) = &mut opened.holds else { continue };
        for run in &mut runs.imported.runs {
            if !matches!(attribute(&run.about, known), Attribution::Nowhere(_)) {
                continue;
            }
            let (name, tip) = match (&run.about.line, run.about.branch(), &run.about.tag) {
                (Some(line), _, _) => (line.0.clone(), Tip::Head),
                (None, Some(branch), _) => (short_name(branch).to_owned(), Tip::Head),
                (None, None, Some(tag)) => (tag.clone(), Tip::Release),
                (None, None, None) => (NO_LINE.to_owned(), Tip::Head),
            };
            lines.push(line(&name, tip, &run.about));
            run.about.line = Some(LineId(name));
        }
    }
    lines
}

fn line(name: &str, tip: Tip, about: &Provenance) -> ReleaseLine {
    let because =
        Declaration::new(DeclaredBy::CommandLine, Standing::Supported, "a report is about it");
    let mut line = ReleaseLine::new(LineId(name.to_owned()), LineKind::Ref, vec![because]);
    let commit = about.commit.clone().map(CommitId);
    match tip {
        Tip::Head => {
            let reference = format!("refs/heads/{name}");
            line.head = Some(Head { reference, commit, date: None });
        }
        Tip::Release => {
            let (tag, version) = (name.to_owned(), name.to_owned());
            line.release = Some(Release { tag, version, commit, date: None });
        }
    }
    line
}

fn say_unattributed(opened: &[Opened], trouble: &mut Vec<Trouble>) {
    for opened in opened.iter().filter(|opened| opened.place.is_none()) {
        let Holds::Runs(runs) = &opened.holds else { continue };
        let says_nothing = |run: &crate::import::Run| {
            run.about.line.as_ref().is_some_and(|line| line.0 == NO_LINE)
        };
        if runs.imported.runs.iter().any(says_nothing) {
            let name = &opened.name;
            let message = format!("`{name}` does not say which line it is about");
            let hint = format!("say it with LINE={name}; its claims stand under `{NO_LINE}`");
            trouble.push(Trouble::warning(message).hint(hint));
        }
    }
}
