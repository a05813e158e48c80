//! `patchline disclose export`: documents for machines, printed or written.

use super::{
    Opened, guard, open,
    truth::{note_untrue, refuse_untrue},
};
use crate::{
    app::{Error, Exit, end_of, print},
    cli::disclose::{ExportArgs, ExportFormat},
    collect,
    disclose::{
        Record,
        export::{Document, Format, Lack, ReleasedVersion, Source, export as documents},
        privacy::Secrecy,
    },
    edge::git::Git,
    model::{LineId, LineKind},
};

/// `patchline disclose export`
pub(super) async fn export(args: &ExportArgs) -> Result<Exit, Error> {
    let opened = open(&args.record).await?;
    let format = format(args.format);
    // Also what is missing and what is noted tells of it.
    guard::reveal(&opened, args.privacy, &format!("a document of {}", format.name()))?;
    let secrecy = guard::secrecy_of(&opened);
    if secrecy == Secrecy::Embargoed && !format.can_be_secret() && !args.privacy.embargoed {
        return Err(Error::Disclose {
            because: format!(
                "`{}` is under embargo, and a document of {} cannot say so",
                opened.record.id,
                format.name()
            ),
            hint: Some(
                "`disclose export csaf` writes a draft that does; `--embargoed` writes this one all \
                 the same"
                    .to_owned(),
            ),
        });
    }
    let record = with_whole_commits(&opened.record, &opened.git);
    let releases = released(&opened);
    let until = args.record.place.as_of.and_then(end_of);
    let tracked = collect::tracked(
        &opened.git,
        &opened.config.support,
        &opened.support,
        &record,
        (until, opened.now()),
    )?;
    // What this clone lacks is in no document, and whoever reads one takes it for all there is.
    let gap = opened.support.coverage.iter().find_map(|coverage| coverage.covered.because());
    let branches = branches(&opened);
    let source = Source {
        record: &record,
        releases: &releases,
        branches: &branches,
        tracked: (format == Format::Osv).then_some(&tracked),
        policy: &opened.config.disclose,
        secrecy,
        today: opened.today,
    };
    print::warnings(&opened.support.trouble);
    let export = documents(format, source, args.advisory.as_deref());
    for note in &export.notes {
        print::note(note);
    }
    if !export.lacks.is_empty() {
        return Err(Error::Untold {
            id: record.id.clone(),
            format: format.name(),
            lacks: export.lacks.iter().map(lack).collect(),
        });
    }
    // What a gap hides contradicts nothing, and nothing is written for it.
    if gap.is_some() {
        note_untrue(&opened, &tracked);
    } else {
        refuse_untrue(&opened, &format!("the document of {}", format.name()), &tracked)?;
    }
    match (&args.output, export.documents.as_slice()) {
        (Some(_), _) if gap.is_some() => {}
        (Some(folder), documents) => {
            for Document { file, content } in documents {
                guard::write(&opened, args.privacy, &folder.join(file), content.as_bytes())?;
            }
        }
        (None, [document]) if format == Format::RustSec => print::prose(&document.content)?,
        (None, [document]) => print::document(&document.content)?,
        (None, documents) => {
            return Err(Error::Disclose {
                because: format!("there are {} documents, and one can be printed", documents.len()),
                hint: Some(
                    "`--output DIR` writes all of them, and `--advisory ID` chooses one".to_owned(),
                ),
            });
        }
    }
    let Some(gap) = gap else { return Ok(Exit::Pass) };
    print::note(&match args.output {
        Some(_) => format!("nothing was written, since versions may be missing: {gap}"),
        None => format!("versions may be missing in what was printed: {gap}"),
    });
    Ok(Exit::Incomplete)
}

fn format(format: ExportFormat) -> Format {
    match format {
        ExportFormat::Osv => Format::Osv,
        ExportFormat::Csaf => Format::Csaf,
        ExportFormat::Cve => Format::Cve,
        ExportFormat::Openvex => Format::OpenVex,
        ExportFormat::Github => Format::Github,
        ExportFormat::Rustsec => Format::RustSec,
    }
}

/// What is missing or contradicts itself, as a sentence.
pub(super) fn lack(lack: &Lack) -> String {
    match &lack.advisory {
        Some(advisory) => format!("`{advisory}` {}", lack.message),
        None => lack.message.clone(),
    }
}

/// People write the first digits of a commit; machines want all of them.
fn with_whole_commits(record: &Record, git: &Git) -> Record {
    let mut record = record.clone();
    for disclosure in &mut record.advisories {
        let rows = disclosure.lines.iter_mut();
        let lists = rows.flat_map(|row| [&mut row.introduced, &mut row.fix]);
        let lists = lists.chain([&mut disclosure.introduced, &mut disclosure.fix]);
        for commit in lists.flatten() {
            if let Some(whole) = git.whole(commit) {
                *commit = whole.0;
            }
        }
    }
    record
}

/// The lines that are no release series.
pub(super) fn branches(opened: &Opened) -> Vec<LineId> {
    let lines = opened.support.lines.iter().filter(|line| line.kind == LineKind::Default);
    lines.map(|line| line.id.clone()).collect()
}

/// Every stable release of every line.
pub(super) fn released(opened: &Opened) -> Vec<ReleasedVersion> {
    let all = opened.releases.iter();
    all.flat_map(|(line, releases)| {
        releases.iter().map(|release| ReleasedVersion {
            line: line.clone(),
            version: release.version.clone(),
            tag: release.tag.clone(),
        })
    })
    .collect()
}
