//! `patchline disclose plan`

use super::unbuilt;
use crate::{
    app::{Error, Exit},
    cli::disclose::PlanArgs,
};

/// `patchline disclose plan`
pub(super) async fn plan(args: &PlanArgs) -> Result<Exit, Error> {
    let _ = args;
    Err(unbuilt())
}
