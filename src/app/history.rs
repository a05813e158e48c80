//! `patchline history`

use super::{Error, Exit};
use crate::cli::HistoryArgs;

/// `patchline history`
pub(super) async fn history(args: &HistoryArgs) -> Result<Exit, Error> {
    let _ = args;
    Err(Error::Disclose { because: "this is not built yet".to_owned(), hint: None })
}
