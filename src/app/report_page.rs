//! `patchline report`: a scan, and what people are shown of it.

use super::{
    Error, Exit, Judged, proposal, scan,
    tell::{exit, say, write_all, write_proof},
};
use crate::{
    cli::ReportArgs,
    report::html::{Process, Shown},
};

/// Scans, and shows the result with how it came to it. It ends as the scan does.
pub(super) async fn report(args: &ReportArgs) -> Result<Exit, Error> {
    let scan_args = &args.scan;
    let base = scan_args.base.as_deref();
    let asked = base.map_or(proposal::Asked::No, proposal::Asked::Base);
    let Judged { report, .. } = scan(scan_args, asked).await?;
    let process = Process::default();
    let shown = Shown { report: &report, history: None, process: &process };
    if let Some(folder) = &scan_args.output.output {
        write_all(&report, folder)?;
        write_proof(&shown, folder)?;
    }
    say(&shown, scan_args.output.format, scan_args.repository.color)?;
    Ok(exit(&report, &scan_args.output))
}
