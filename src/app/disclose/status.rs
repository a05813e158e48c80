//! `patchline disclose status`

use super::unbuilt;
use crate::{
    app::{Error, Exit},
    cli::disclose::StatusArgs,
};

/// `patchline disclose status`
pub(super) async fn status(args: &StatusArgs) -> Result<Exit, Error> {
    let _ = args;
    Err(unbuilt())
}
