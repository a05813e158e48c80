//! `patchline disclose check`

use super::unbuilt;
use crate::{
    app::{Error, Exit},
    cli::disclose::CheckArgs,
};

/// `patchline disclose check`
pub(super) async fn check(args: &CheckArgs) -> Result<Exit, Error> {
    let _ = args;
    Err(unbuilt())
}
