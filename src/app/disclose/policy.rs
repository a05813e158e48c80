//! `patchline disclose policy`

use super::unbuilt;
use crate::{
    app::{Error, Exit},
    cli::disclose::PolicyArgs,
};

/// `patchline disclose policy`
pub(super) async fn policy(args: &PolicyArgs) -> Result<Exit, Error> {
    let _ = args;
    Err(unbuilt())
}
