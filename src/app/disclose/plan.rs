//! `patchline disclose plan`

use super::{exposure, guard, open};
use crate::{
    app::{Error, Exit, print},
    cli::{
        Color,
        disclose::{PlanArgs, PlanFormat},
    },
    disclose::schedule::{self, ics, page},
};

/// The dated checklist. A date that was promised and passed without a word is a failure.
pub(super) async fn plan(args: &PlanArgs) -> Result<Exit, Error> {
    let opened = open(&args.record).await?;
    // That a release is coming is under embargo, too.
    guard::reveal(&opened, args.privacy, "the plan")?;
    exposure::warn(&opened);
    let plan = schedule::plan(&opened.record, &opened.config.disclose, opened.today);
    match args.format {
        PlanFormat::Text => {
            print::page(&page::page(&opened.record, &plan, opened.today), Color::Never)
        }
        PlanFormat::Json => print::document(&page::json(&opened.record, &plan, opened.today)),
        PlanFormat::Ics => print::data(&ics::calendar(&opened.record, &plan, opened.today)),
    }?;
    Ok(if plan.missed() > 0 { Exit::Fail } else { Exit::Pass })
}
