//! What a pull request would do to suppressions and statements. They are listed, and never obeyed:
//! the trusted policy rules until the change is merged.

use globset::GlobSet;

use crate::{
    collect, config,
    discover::Refs,
    edge::{files, git::Git},
    judge::suppress,
    model::{Change, CommitId, Opinion, Origin, Suppression, Trouble},
};

/// The base of a pull request, if this run is about one.
pub(super) fn base(refs: &Refs) -> Option<(String, CommitId)> {
    let branch = files::github_base_branch()?;
    let names = [format!("refs/remotes/origin/{branch}"), format!("refs/heads/{branch}")];
    let entry = names.iter().find_map(|name| refs.entries.iter().find(|e| e.name == *name))?;
    Some((entry.name.clone(), entry.commit.clone()?))
}

/// What the checked-out commit says otherwise than the base that it would be merged into.
pub(super) async fn proposed(
    git: &Git,
    base: &(String, CommitId),
    exclude: &GlobSet,
) -> (Vec<Change>, Vec<Trouble>) {
    let Some((head, _)) = git.head() else { return (Vec::new(), Vec::new()) };
    let (before, _) = collect::opinions(git, &[], Some((&base.0, &base.1)), exclude).await;
    let (after, mut trouble) = collect::opinions(git, &[], Some((&base.0, &head)), exclude).await;
    let after: Vec<Opinion> = after;
    // The base may have mistakes of its own, which are not this change's.
    let known = suppressions(git, &base.1).unwrap_or_default();
    let suppressions = match suppressions(git, &head) {
        Ok(suppressions) => suppressions,
        Err(because) => {
            let message = format!("the configuration of this change is not valid: {because}");
            trouble.push(
                Trouble::warning(message)
                    .hint("mend it before it is merged: it will be the policy then"),
            );
            known.clone()
        }
    };
    (suppress::changes((&known, &before), (&suppressions, &after)), trouble)
}

/// The suppressions of the configuration that lies at a commit; none if there is no configuration.
fn suppressions(git: &Git, commit: &CommitId) -> Result<Vec<Suppression>, String> {
    for path in config::PATHS {
        let Ok(Some(bytes)) = git.file(commit, path) else { continue };
        let text = String::from_utf8(bytes).map_err(|_| format!("`{path}` is not UTF-8"))?;
        let origin = Origin { reference: None, path: path.to_owned(), row: None };
        let parsed = config::parse(Some((&text, &origin)), &config::Overrides::default());
        return parsed.map(|config| config.silence.suppressions).map_err(|error| {
            let first = error.complaints.first();
            first.map_or_else(String::new, |complaint| complaint.message.clone())
        });
    }
    Ok(Vec::new())
}
