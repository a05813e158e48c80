//! `patchline disclose render`

use super::unbuilt;
use crate::{
    app::{Error, Exit},
    cli::disclose::RenderArgs,
};

/// `patchline disclose render`
pub(super) async fn render(args: &RenderArgs) -> Result<Exit, Error> {
    let _ = args;
    Err(unbuilt())
}
