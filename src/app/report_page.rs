//! `patchline report`

use super::{Error, Exit};
use crate::cli::ReportArgs;

/// `patchline report`
pub(super) async fn report(args: &ReportArgs) -> Result<Exit, Error> {
    let _ = args;
    Err(Error::Disclose { because: "this is not built yet".to_owned(), hint: None })
}
