//! `patchline init`

use std::fmt::Write as _;

use super::{Error, Exit, discover, print, tree};
use crate::{
    cli::{Color, InitArgs},
    config,
    edge::files,
    report::lines::policy_file::policy_file,
};

/// At the top, where reviewers see it and every forge reads it, and not in `.github`.
const POLICY: &str = "patchline.toml";

const WORKFLOWS: [(&str, &str); 2] = [
    (
        ".github/workflows/patchline-pull-request.yml",
        include_str!("../../examples/workflows/pull-request.yml"),
    ),
    (
        ".github/workflows/patchline-nightly.yml",
        include_str!("../../examples/workflows/nightly.yml"),
    ),
];

/// Writes a configuration that states what was found, and two workflows. What is there stays.
pub(super) async fn init(args: &InitArgs) -> Result<Exit, Error> {
    let discovered = discover(&args.place.repository(), config::Overrides::default()).await?;
    let root = tree::root(&discovered.git)?;
    print::warnings(&discovered.support.trouble);

    let policy = policy_file(&discovered.support, discovered.today);
    // Two configurations are one too many, so the other place counts as well.
    let other = config::PATHS.into_iter().find(|path| files::exists(&root.join(path)));
    let mut wanted = vec![(other.unwrap_or(POLICY), policy.as_str())];
    wanted.extend(WORKFLOWS);
    // No file is written if one of them would land elsewhere.
    let mut placed = Vec::new();
    for (shown, text) in wanted {
        placed.push((shown, tree::inside(&root, shown)?, text));
    }
    let mut page = String::new();
    for (shown, path, text) in placed {
        let done = if args.dry_run {
            !files::exists(&path)
        } else {
            files::write_new(&path, text.as_bytes())
                .map_err(|source| Error::Write { path: path.clone(), source })?
        };
        let _ = match (done, args.dry_run) {
            (false, _) => writeln!(page, "kept `{shown}`"),
            (true, false) => writeln!(page, "wrote `{shown}`"),
            (true, true) => writeln!(page, "would write `{shown}`:\n\n{text}"),
        };
    }
    print::page(&page, Color::Never)?;
    Ok(Exit::Pass)
}
