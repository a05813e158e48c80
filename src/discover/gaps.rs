//! What this clone cannot show is said, and never taken for "there is nothing".

use super::{Policy, Refs, series::Shown};
use crate::model::{
    Coverage, Covered, Head, LineKind, ReleaseLine, SOME_BRANCH, Standing, Support, Trouble, Weight,
};

const FETCH_ALL: &str = "in GitHub Actions give actions/checkout `fetch-depth: 0`; elsewhere run \
    `git fetch --tags origin '+refs/heads/*:refs/remotes/origin/*'`";

pub(super) fn name(refs: &Refs, shown: &Shown, policy: &Policy, support: &mut Support) {
    of_refs(refs, policy, support);
    doubtful_branches(shown, policy, support);
    other_products(shown, support);
    unmatched_keys(refs, shown, policy, support);
    missing_lines(refs, support);
    hidden_lines(refs, policy, support);
    missing_branches(refs, support);
    missing_tags(refs, shown, policy, support);
    missing_default(refs, policy, support);
    unknown_releases(shown, support);
}

/// What concerns refs that are named as well as lines that are discovered.
pub(super) fn of_refs(refs: &Refs, policy: &Policy, support: &mut Support) {
    if refs.trouble.iter().any(|trouble| trouble.weight == Weight::Warning) {
        gap(support, "a ref could not be read, or not as it was that day");
    }
    doubtful_remote(refs, policy, support);
}

fn gap(support: &mut Support, because: &str) {
    support.coverage.push(Coverage {
        source: "lines".to_owned(),
        at: None,
        covered: Covered::Partial { because: because.to_owned() },
    });
}

fn release_lines(support: &Support) -> impl Iterator<Item = &ReleaseLine> {
    support.lines.iter().filter(|line| line.kind == LineKind::Release)
}

/// With several remotes of which none is `origin`, another one may be the project's.
fn doubtful_remote(refs: &Refs, policy: &Policy, support: &mut Support) {
    let Some(remote) = refs.guessed_remote().filter(|_| policy.remote.is_none()) else { return };
    let because = format!(
        "there are several remotes and none is called `origin`; the branches of `{remote}` were taken"
    );
    let hint = "say whose branches count with `remote` in [support]";
    support.trouble.push(Trouble::warning(because.clone()).hint(hint));
    gap(support, &because);
}

/// A key of the configuration that matches nothing hides what it should show.
fn unmatched_keys(refs: &Refs, shown: &Shown, policy: &Policy, support: &mut Support) {
    let has_tags = refs.entries.iter().any(|entry| entry.name.starts_with("refs/tags/"));
    let has_branches = refs.entries.iter().any(|entry| !entry.name.starts_with("refs/tags/"));
    let has_remote = |remote: &str| {
        let prefix = format!("refs/remotes/{remote}/");
        refs.entries.iter().any(|entry| entry.name.starts_with(&prefix))
    };
    let mut unmatched = Vec::new();
    if let Some(remote) = policy.remote.as_deref().filter(|remote| !has_remote(remote)) {
        unmatched.push(format!("`remote` in [support] is `{remote}`, and no branch here is of it"));
    }
    if policy.tags.is_some() && has_tags && !shown.has_tags {
        unmatched.push("`tags` in [support] matches no tag".to_owned());
    }
    if policy.untagged && shown.has_tags {
        unmatched.push("`untagged` is set in [support], and releases are tagged here".to_owned());
    }
    let shows_branch = shown.series.iter().any(|series| series.branch.is_some());
    if policy.branches.is_some() && has_branches && !shows_branch {
        unmatched.push("`branches` in [support] matches no branch of a line".to_owned());
    }
    for because in unmatched {
        let hint = "correct the key, or leave it out for the built-in reading";
        support.trouble.push(Trouble::warning(because.clone()).hint(hint));
        gap(support, &because);
    }
}

/// Where lines are counted, a clone that lacks branches or tags counts too few.
fn hidden_lines(refs: &Refs, policy: &Policy, support: &mut Support) {
    let is_counted = policy.is_assumed() || policy.has_rules();
    if !refs.partial || !is_counted || release_lines(support).next().is_none() {
        return;
    }
    let because = if refs.shallow {
        "this is a shallow clone, so lines may be missing in it"
    } else {
        "this clone has only some of the branches, so lines may be missing in it"
    };
    support.trouble.push(Trouble::warning(because).hint(FETCH_ALL));
    gap(support, because);
}

/// Where two branches look like that of one supported line, the other one was not looked at.
fn doubtful_branches(shown: &Shown, policy: &Policy, support: &mut Support) {
    for series in shown.series.iter().filter(|series| !series.rivals.is_empty()) {
        let Some(taken) = &series.branch else { continue };
        let line = support.lines.iter().find(|line| line.head_ref() == Some(&taken.reference));
        let Some(line) = line.filter(|line| line.is_scanned()) else { continue };
        if policy.declared.iter().any(|d| d.branch.as_ref() == Some(&taken.short)) {
            continue;
        }
        let rivals: Vec<String> = series.rivals.iter().map(|rival| format!("`{rival}`")).collect();
        let because = format!(
            "`{}` was taken for the branch of {}, and {} would fit as well",
            taken.short,
            line.id,
            rivals.join(", ")
        );
        support.trouble.push(Trouble::warning(because.clone()).hint(
            "name the right one with `branch` in [[support.line]], or the others in `[support] ignore`",
        ));
        gap(support, &because);
    }
}

fn other_products(shown: &Shown, support: &mut Support) {
    for product in &shown.left_out {
        let message = format!("the tags of `{product}` were taken for those of another product");
        let hint = format!(
            "if they are the ones, say so with `tags` in [support], such as \"{product}-{{version}}\""
        );
        support.trouble.push(Trouble::info(message).hint(hint));
    }
}

fn missing_lines(refs: &Refs, support: &mut Support) {
    if refs.partial && release_lines(support).next().is_none() {
        let because = if refs.shallow {
            "this is a shallow clone, and no release line is in it"
        } else {
            "this clone has only some of the branches, and no release line is in it"
        };
        support.trouble.push(Trouble::warning(because).hint(FETCH_ALL));
        gap(support, because);
    }
}

/// A supported line without a branch may live in its tags alone; in a clone that has only some of
/// the branches nobody can tell, so its head is unseen.
fn missing_branches(refs: &Refs, support: &mut Support) {
    if !refs.partial {
        return;
    }
    for line in &mut support.lines {
        let is_supported = line.standing == Standing::Supported;
        if is_supported && line.kind == LineKind::Release && line.head.is_none() {
            line.head = Some(Head { reference: SOME_BRANCH.to_owned(), commit: None, date: None });
        }
    }
}

/// Nothing in a clone shows whether the project has no tags or whoever made it left them out.
fn missing_tags(refs: &Refs, shown: &Shown, policy: &Policy, support: &mut Support) {
    if shown.has_tags || policy.untagged || release_lines(support).next().is_none() {
        return;
    }
    let because = "no release tag is in this clone, so branches were counted instead of releases, \
        and no latest release was looked at";
    let trouble = Trouble::warning(because);
    support.trouble.push(if refs.partial || refs.without_tags {
        trouble.hint(FETCH_ALL)
    } else {
        trouble.hint(
            "run `git fetch --tags`; if the project tags no releases, say so with \
            `untagged = true` in [support]",
        )
    });
    gap(support, because);
}

fn missing_default(refs: &Refs, policy: &Policy, support: &mut Support) {
    if !policy.default_branch {
        return;
    }
    let short = refs.default_short();
    let is_here = |line: &ReleaseLine| {
        line.kind == LineKind::Default
            || short.is_some_and(|short| {
                line.id.0 == short || line.head_ref() == refs.default.as_deref()
            })
    };
    if support.lines.iter().any(is_here) {
        return;
    }
    let because = match short {
        Some(short) => format!("the default branch `{short}` is not in this clone"),
        None => "it is not known which branch is the default one".to_owned(),
    };
    support.trouble.push(
        Trouble::warning(because.clone())
            .hint("fetch it, or leave it out with `default-branch = false` in [support]"),
    );
    gap(support, &because);
}

/// A line that only the configuration shows has no release that could be looked at. Where there are no
/// tags at all, that is said already.
fn unknown_releases(shown: &Shown, support: &mut Support) {
    if !shown.has_tags {
        return;
    }
    let trouble: Vec<Trouble> = release_lines(support)
        .filter(|line| line.is_scanned() && line.release.is_none() && !line.is_assumed())
        .map(|line| {
            Trouble::warning(format!(
                "no release of {} is known, so only its branch is looked at",
                line.id
            ))
            .hint("name the line as its tags do, such as \"1.4\", or give `tags` in [support]")
        })
        .collect();
    support.trouble.extend(trouble);
}
