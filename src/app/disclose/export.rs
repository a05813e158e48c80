//! `patchline disclose export`

use super::unbuilt;
use crate::{
    app::{Error, Exit},
    cli::disclose::ExportArgs,
};

/// `patchline disclose export`
pub(super) async fn export(args: &ExportArgs) -> Result<Exit, Error> {
    let _ = args;
    Err(unbuilt())
}
