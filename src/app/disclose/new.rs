//! `patchline disclose new`

use super::unbuilt;
use crate::{
    app::{Error, Exit},
    cli::disclose::NewArgs,
};

/// `patchline disclose new`
pub(super) async fn new(args: &NewArgs) -> Result<Exit, Error> {
    let _ = args;
    Err(unbuilt())
}
