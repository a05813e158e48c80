//! `patchline report`: a scan, and what people are shown of it.

use super::{
    Error, Exit, Judged, history, print, proposal, scan,
    tell::{exit, say, write_all, write_proof},
};
use crate::{
    cli::ReportArgs,
    edge::progress::Progress,
    model::{Coverage, History, Report},
    report::html::Shown,
};

/// Scans, and shows the result with how it came to it. It ends as the scan does.
pub(super) async fn report(args: &ReportArgs) -> Result<Exit, Error> {
    let scan_args = &args.scan;
    let base = scan_args.base.as_deref();
    let asked = base.map_or(proposal::Asked::No, proposal::Asked::Base);
    let Judged { mut report, process, past, .. } = scan(scan_args, asked).await?;
    // What is not cloned has no past here.
    let past = past.filter(|_| scan_args.repository.remote.is_none());
    let history = if let Some(past) = &past {
        let progress = Progress::on_stderr();
        let asked = history::Asked { since: args.since, ..past.asked() };
        let mut history = history::timelines(&asked, &progress).await?;
        history.part.clone_from(&report.part);
        progress.finish();
        Some(history)
    } else {
        print::note("there are no timelines: they need a clone");
        None
    };
    if let Some(history) = &history {
        add_hidden(&mut report, history);
    }
    let shown = Shown { report: &report, history: history.as_ref(), process: &process };
    if let Some(folder) = &scan_args.output.output {
        write_all(&report, folder)?;
        write_proof(&shown, folder)?;
    }
    say(&shown, scan_args.output.format, scan_args.repository.color)?;
    Ok(exit(&report, &scan_args.output))
}

/// What could not be looked at of the past and may hide what is open now: nothing that is shown of the
/// report is green for a line with such a gap, badges and test results included.
fn add_hidden(report: &mut Report, history: &History) {
    let is_known = |gap: &Coverage| {
        report.coverage.iter().any(|known| known.covered.is_gap() && known.at == gap.at)
    };
    let hidden: Vec<Coverage> = history.hiding().filter(|gap| !is_known(gap)).cloned().collect();
    report.coverage.extend(hidden);
    report.coverage.sort();
}
