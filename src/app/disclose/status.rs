//! `patchline disclose status`

use super::{guard, open};
use crate::{
    app::{Error, Exit, end_of, print},
    cli::disclose::{StatusArgs, TextOrJson},
    collect,
    disclose::status::{self, Completeness, Status},
};

/// `patchline disclose status`: where the holes and the fixes are, and what is missing.
pub(super) async fn status(args: &StatusArgs) -> Result<Exit, Error> {
    let opened = open(&args.record).await?;
    guard::reveal(&opened, args.privacy, "the status")?;
    let until = args.record.place.as_of.and_then(end_of);
    let policy = &opened.config.support;
    let tracked = collect::tracked(
        &opened.git,
        policy,
        &opened.support,
        &opened.record,
        (until, opened.now()),
    )?;
    let around =
        status::around(&opened.record, &opened.config.disclose, &opened.support, opened.today);
    let needs = status::sorted_needs(&opened.record, &tracked, around);
    let found =
        Status { record: &opened.record, tracked: &tracked, needs: &needs, today: opened.today };
    match args.format {
        TextOrJson::Text => print::page(&status::page(&found), args.color)?,
        TextOrJson::Json => print::json(&status::json(&found))?,
    }
    print::warnings(&opened.support.trouble);
    Ok(match Completeness::of(&needs) {
        Completeness::Complete => Exit::Pass,
        Completeness::Missing => Exit::Fail,
        Completeness::Unknown => Exit::Incomplete,
    })
}
