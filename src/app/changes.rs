//! What a pull request would do to suppressions and statements. They are listed, and never obeyed:
//! the trusted policy rules until the change is merged.

use globset::GlobSet;

use crate::{
    collect, config,
    discover::Refs,
    edge::git::Git,
    event::{Event, Kind, PullRequest},
    judge::suppress,
    model::{Change, CommitId, Opinion, Origin, Suppression, Trouble},
};

/// The branch that a pull request would change, if this run is about one.
pub(super) fn base(refs: &Refs, event: Option<&Event>) -> Option<(String, CommitId)> {
    let Kind::PullRequest(PullRequest { into, .. }) = &event?.kind else { return None };
    let names = [format!("refs/remotes/origin/{into}"), format!("refs/heads/{into}")];
    let entry = names.iter().find_map(|name| refs.entries.iter().find(|e| e.name == *name))?;
    Some((entry.name.clone(), entry.commit.clone()?))
}

/// What a commit says otherwise than the one that it is compared with; both are told as if they were
/// on the branch `reference`.
pub(super) async fn proposed(
    git: &Git,
    reference: &str,
    (base, head): (&CommitId, &CommitId),
    exclude: &GlobSet,
) -> (Vec<Change>, Vec<Trouble>) {
    let (before, _) = collect::opinions(git, &[], Some((reference, base)), exclude).await;
    let (after, mut trouble) = collect::opinions(git, &[], Some((reference, head)), exclude).await;
    let after: Vec<Opinion> = after;
    // The base may have mistakes of its own, which are not this change's.
    let known = suppressions(git, base).unwrap_or_default();
    let suppressions = match suppressions(git, head) {
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
