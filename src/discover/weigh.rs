//! What is declared about a series, strongest first, and the standing that follows.

use std::{cmp::Reverse, collections::BTreeSet};

use jiff::civil::Date;

use super::{
    ASSUMED_LINES, DeclaredLine, Policy, head,
    name::{Numbers, VersionName},
    refs::Named,
    release,
    series::{Series, Shown},
};
use crate::model::{Declaration, DeclaredBy, Head, LineId, LineKind, ReleaseLine, Standing};

/// Every series and every declared line, newest first; what has no number comes last.
pub(super) fn lines(
    shown: &Shown,
    branches: &[Named],
    policy: &Policy,
    today: Date,
) -> Vec<ReleaseLine> {
    let scale = Scale::of(shown, policy);
    let claims = claims(shown, policy);
    let mut lines: Vec<(Option<Numbers>, ReleaseLine)> = Vec::new();
    for (index, series) in shown.series.iter().enumerate() {
        let declared = claims.iter().find(|(_, at)| *at == Some(index)).map(|(d, _)| *d);
        let line = scale.weigh(series, declared, branches, policy, today);
        lines.push((Some(series.order.clone()), line));
    }
    for (declared, _) in claims.iter().filter(|(_, at)| at.is_none()) {
        let order = VersionName::parse(&declared.id).map(|version| version.numbers);
        lines.push((order, only_declared(declared, branches, policy, today)));
    }
    lines.sort_by_key(|(order, _)| Reverse(order.clone()));
    lines.into_iter().map(|(_, line)| line).collect()
}

/// Which series each declaration is about: the one of its name, else the one of its branch, and
/// never more than one.
fn claims<'a>(shown: &Shown, policy: &'a Policy) -> Vec<(&'a DeclaredLine, Option<usize>)> {
    let mut taken = BTreeSet::new();
    let mut find = |fits: &dyn Fn(&Series) -> bool| {
        let at = (0..shown.series.len()).find(|at| !taken.contains(at) && fits(&shown.series[*at]));
        taken.extend(at);
        at
    };
    let by_name: Vec<Option<usize>> =
        policy.declared.iter().map(|d| find(&|series| same_line(&d.id, &series.id))).collect();
    let declared = policy.declared.iter().zip(by_name);
    declared
        .map(|(declared, at)| {
            let of_branch = |series: &Series| {
                let branch = series.branch.as_ref().map(|branch| branch.short.as_str());
                branch.is_some() && branch == declared.branch.as_deref()
            };
            (declared, at.or_else(|| find(&of_branch)))
        })
        .collect()
}

/// What it takes to be among the newest.
struct Scale<'a> {
    places: usize,
    newest: BTreeSet<&'a str>,
    newest_stable: Option<&'a Numbers>,
    has_tags: bool,
}

impl<'a> Scale<'a> {
    fn of(shown: &'a Shown, policy: &Policy) -> Self {
        let assumed = policy.is_assumed().then_some(ASSUMED_LINES);
        let places = policy.newest.or(assumed).unwrap_or(0);
        // Without any version tag, branches are all there is to count.
        let counts = |series: &&Series| {
            (series.release.is_some() || !shown.has_tags) && series.ended_by.is_none()
        };
        Self {
            places,
            newest: shown
                .series
                .iter()
                .filter(counts)
                .take(places)
                .map(|s| s.id.as_str())
                .collect(),
            newest_stable: shown.series.iter().find(|s| s.release.is_some()).map(|s| &s.order),
            has_tags: shown.has_tags,
        }
    }

    fn weigh(
        &self,
        series: &Series,
        declared: Option<&DeclaredLine>,
        branches: &[Named],
        policy: &Policy,
        today: Date,
    ) -> ReleaseLine {
        let mut because: Vec<Declaration> =
            declared.map(|declared| declaration(declared, today)).into_iter().collect();
        because.extend(series.ended_by.as_ref().map(|end| Declaration {
            by: DeclaredBy::Tags,
            standing: Standing::Eol,
            says: format!("`{end}` ends it"),
            origin: None,
            words: None,
            until: None,
        }));
        because.push(self.by_rule(series, policy));
        let declared_head = declared
            .and_then(|declared| declared.branch.as_deref())
            .map(|branch| declared_head(branch, branches, policy));
        ReleaseLine {
            id: LineId(declared.map_or_else(|| series.id.clone(), |d| d.id.clone())),
            kind: LineKind::Release,
            tier: declared.map(|declared| declared.tier).unwrap_or_default(),
            until: declared.and_then(|declared| declared.until),
            head: declared_head.or_else(|| series.branch.as_ref().map(head)),
            release: series.release.as_ref().map(|(tag, version)| release(tag, version.text())),
            ..ReleaseLine::new(LineId(series.id.clone()), LineKind::Release, because)
        }
    }

    fn is_upcoming(&self, series: &Series) -> bool {
        self.has_tags
            && series.release.is_none()
            && self.newest_stable.is_none_or(|newest| *newest < series.order)
    }

    fn by_rule(&self, series: &Series, policy: &Policy) -> Declaration {
        if self.is_upcoming(series) {
            return Declaration {
                by: DeclaredBy::Tags,
                standing: Standing::Upcoming,
                says: "it has no stable release yet".to_owned(),
                origin: None,
                words: None,
                until: None,
            };
        }
        let (by, origin) = if policy.is_assumed() {
            (DeclaredBy::Assumed, None)
        } else {
            (DeclaredBy::Configuration, policy.origin.clone())
        };
        let is_newest = self.newest.contains(series.id.as_str());
        let is_released = series.release.is_some() || !self.has_tags;
        let places = self.places;
        let (standing, says) = match (is_newest, policy.is_assumed(), policy.newest) {
            (true, true, _) => (
                Standing::Supported,
                format!("nothing is declared, and it is among the newest {places} lines"),
            ),
            (true, false, _) => {
                (Standing::Supported, format!("it is among the newest {places} lines"))
            }
            (false, true, _) => {
                (Standing::Unknown, "nothing says whether it is supported".to_owned())
            }
            (false, false, Some(_)) if is_released => {
                (Standing::Eol, format!("it is not among the newest {places} lines"))
            }
            (false, false, _) => {
                (Standing::Unknown, "the configuration does not name it".to_owned())
            }
        };
        Declaration { by, standing, says, origin, words: None, until: None }
    }
}

fn declaration(declared: &DeclaredLine, today: Date) -> Declaration {
    let (standing, says) = match declared.until {
        Some(until) if until < today => (Standing::Eol, format!("declared until {until}")),
        Some(until) => (Standing::Supported, format!("declared until {until}")),
        None => (Standing::Supported, "declared".to_owned()),
    };
    Declaration {
        by: DeclaredBy::Configuration,
        standing,
        says,
        origin: Some(declared.origin.clone()),
        words: None,
        until: declared.until,
    }
}

/// A declared line that no name shows stands with the branch that is declared for it, so that the
/// report says whether that could be found.
fn only_declared(
    declared: &DeclaredLine,
    branches: &[Named],
    policy: &Policy,
    today: Date,
) -> ReleaseLine {
    let because = declaration(declared, today);
    let branch = declared.branch.as_deref().unwrap_or(&declared.id);
    ReleaseLine {
        id: LineId(declared.id.clone()),
        kind: LineKind::Release,
        tier: declared.tier,
        until: declared.until,
        head: Some(declared_head(branch, branches, policy)),
        ..ReleaseLine::new(LineId(declared.id.clone()), LineKind::Release, vec![because])
    }
}

fn declared_head(branch: &str, branches: &[Named], policy: &Policy) -> Head {
    if let Some(found) = branches.iter().find(|found| found.short == branch) {
        return head(found);
    }
    let reference = match &policy.remote {
        Some(remote) => format!("refs/remotes/{remote}/{branch}"),
        None => format!("refs/heads/{branch}"),
    };
    Head { reference, commit: None, date: None }
}

/// `1.4`, `v1.4` and `1.4.x` are one line.
fn same_line(a: &str, b: &str) -> bool {
    fn plain(id: &str) -> String {
        let id = id.to_lowercase();
        let id = id
            .strip_prefix('v')
            .filter(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
            .unwrap_or(&id);
        id.strip_suffix(".x").unwrap_or(id).to_owned()
    }
    plain(a) == plain(b)
}
