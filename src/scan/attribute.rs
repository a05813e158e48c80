//! Which line a report is about: what the user says, else what the report says of its commit, branch
//! or tag. Never the default branch because nothing else is known.

use crate::{
    import::Provenance,
    model::{Place, ReleaseLine, Tip, short_name},
};

/// The place of a report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Attribution {
    At(Place),
    /// By its branch or line, while its commit is another one than the tip's.
    Outdated(Place),
    /// Why nobody can tell.
    Nowhere(String),
}

/// The place that a report's own words point to.
pub fn attribute(about: &Provenance, lines: &[ReleaseLine]) -> Attribution {
    let at = |line: &ReleaseLine, tip| Place { line: line.id.clone(), tip };
    let scanned = || lines.iter().filter(|line| line.is_scanned());
    if let Some(commit) = &about.commit {
        let head = |line: &&ReleaseLine| {
            line.head.as_ref().and_then(|head| head.commit.as_ref()).is_some_and(|c| c.0 == *commit)
        };
        let release = |line: &&ReleaseLine| {
            let release = line.release.as_ref().and_then(|release| release.commit.as_ref());
            release.is_some_and(|c| c.0 == *commit)
        };
        // A tag that is named decides between a head and a release on one commit.
        let by_tag = scanned().filter(release).find(|line| is_release(line, about));
        if let Some(line) = by_tag {
            return Attribution::At(at(line, Tip::Release));
        }
        let by_branch = scanned().filter(head).find(|line| is_branch(line, about));
        if let Some(line) = by_branch.or_else(|| scanned().find(head)) {
            return Attribution::At(at(line, Tip::Head));
        }
        if let Some(line) = scanned().find(release) {
            return Attribution::At(at(line, Tip::Release));
        }
    }
    let found = |place| match about.commit {
        None => Attribution::At(place),
        Some(_) => Attribution::Outdated(place),
    };
    let named = about.line.as_ref();
    if let Some(line) = named.and_then(|id| lines.iter().find(|line| line.id == *id)) {
        return found(at(line, if line.head.is_some() { Tip::Head } else { Tip::Release }));
    }
    if let Some(line) = scanned().find(|line| is_release(line, about)) {
        return found(at(line, Tip::Release));
    }
    if let Some(line) = scanned().find(|line| is_branch(line, about)) {
        return found(at(line, Tip::Head));
    }
    Attribution::Nowhere(match (about.branch(), &about.tag, &about.commit) {
        (Some(branch), _, _) => {
            format!("it is about the branch `{branch}`, which is no supported line's")
        }
        (_, Some(tag), _) => {
            format!("it is about the tag `{tag}`, which is no supported line's latest release")
        }
        (_, _, Some(commit)) => {
            format!("it is about the commit `{commit}`, which is no supported line's tip")
        }
        _ => "it does not say which line it is about".to_owned(),
    })
}

fn is_release(line: &ReleaseLine, about: &Provenance) -> bool {
    let tag = about.tag.as_deref().map(|tag| tag.strip_prefix("refs/tags/").unwrap_or(tag));
    tag.is_some() && line.release.as_ref().map(|release| release.tag.as_str()) == tag
}

fn is_branch(line: &ReleaseLine, about: &Provenance) -> bool {
    let branch = about.branch().map(short_name);
    branch.is_some() && line.head_ref().map(short_name) == branch
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{
        CommitId, Declaration, DeclaredBy, Head, LineId, LineKind, Release, Standing,
    };

    fn line(id: &str, branch: &str, tag: &str) -> ReleaseLine {
        let because = Declaration::new(DeclaredBy::Configuration, Standing::Supported, "");
        let mut line = ReleaseLine::new(LineId(id.to_owned()), LineKind::Release, vec![because]);
        line.head = Some(Head {
            reference: format!("refs/heads/{branch}"),
            commit: Some(CommitId(format!("head of {id}"))),
            date: None,
        });
        line.release = Some(Release {
            tag: tag.to_owned(),
            version: tag.to_owned(),
            commit: Some(CommitId(format!("release of {id}"))),
            date: None,
        });
        line
    }

    fn shown(attribution: &Attribution) -> String {
        match attribution {
            Attribution::At(place) => place.to_string(),
            Attribution::Outdated(place) => format!("outdated {place}"),
            Attribution::Nowhere(_) => "nowhere".to_owned(),
        }
    }

    #[test]
    fn a_commit_decides_then_a_tag_then_a_branch_and_never_a_guess() {
        let lines = [line("1.1", "release-1.1", "v1.1.4"), line("1.0", "release-1.0", "v1.0.9")];
        for (commit, branch, tag, expected) in [
            ("", "", "", "nowhere"),
            ("", "release-1.0", "", "1.0 (head)"),
            ("", "refs/heads/release-1.0", "", "1.0 (head)"),
            ("", "main", "", "nowhere"),
            ("", "", "v1.0.9", "1.0 (release)"),
            ("", "", "v1.0.8", "nowhere"),
            ("head of 1.1", "", "", "1.1 (head)"),
            ("release of 1.1", "release-1.0", "", "1.1 (release)"),
            ("another", "release-1.0", "", "outdated 1.0 (head)"),
            ("another", "", "", "nowhere"),
        ] {
            let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
            let about = Provenance {
                commit: some(commit),
                branch: some(branch),
                tag: some(tag),
                ..Provenance::default()
            };
            let found = shown(&attribute(&about, &lines));
            assert_eq!(found, expected, "{commit} {branch} {tag}");
        }
    }
}
