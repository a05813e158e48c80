//! What the configuration says of a line: by name, or by a rule that counts it.

use std::{cmp::Reverse, collections::BTreeSet};

use jiff::civil::Date;

use super::Weight;
use crate::{
    discover::{
        DeclaredLine, Policy, head,
        refs::Named,
        resolve::Known,
        rules::{self, Ruled, counts},
        series::{Series, Shown},
    },
    model::{
        Declaration, DeclaredBy, Head, LineId, LineKind, Origin, ReleaseLine, Rule, Standing, Tier,
    },
};

/// Which series each declaration is about: the one of its name, else the one of its branch, and
/// never more than one.
pub(super) fn declared_series<'a>(
    shown: &Shown,
    policy: &'a Policy,
) -> Vec<(&'a DeclaredLine, Option<usize>)> {
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

/// What a rule of the configuration gives a line.
struct Given {
    rule: Rule,
    ruled: Ruled,
    tier: Tier,
    origin: Option<Origin>,
}

impl Given {
    /// The better of two rules: one that gives the line, then the better tier, then the longer time.
    fn rank(&self) -> (bool, Reverse<Tier>, Date) {
        let is_supported = self.ruled.standing == Standing::Supported;
        (is_supported, Reverse(self.tier), self.ruled.until.unwrap_or(Date::MAX))
    }
}

/// What the configuration says of a line that it does not name; `Unknown`: nothing.
pub(super) fn by_rule(known: &Known<'_>, policy: &Policy, index: usize, today: Date) -> Weight {
    let place = || policy.place();
    let counts = counts(known.shown, &known.shown.series[index]);
    let given = best(known, policy, index, today);
    let rule = given.as_ref().map(|given| given.rule);
    let (standing, says, until, tier, origin, is_lts) = match given {
        Some(Given { ruled, tier, origin, .. }) if ruled.standing == Standing::Supported => {
            (Standing::Supported, ruled.says, ruled.until, Some(tier), origin, ruled.is_lts)
        }
        Some(Given { ruled, origin, .. }) if counts => {
            (Standing::Eol, ruled.says, ruled.until, None, origin, ruled.is_lts)
        }
        None if policy.has_rules() && counts => {
            let says = "no rule of the configuration gives it".to_owned();
            (Standing::Eol, says, None, None, place(), false)
        }
        _ => {
            let says = "the configuration does not name it".to_owned();
            (Standing::Unknown, says, None, None, place(), false)
        }
    };
    let declaration = Declaration {
        origin,
        until,
        rule,
        ..Declaration::new(DeclaredBy::Configuration, standing, says)
    };
    Weight { tier, is_lts, ..Weight::plain(declaration) }
}

fn best(known: &Known<'_>, policy: &Policy, index: usize, today: Date) -> Option<Given> {
    let newest = policy
        .newest
        .map(|lines| (Rule::Newest { lines, majors: None }, Tier::Full, policy.origin.clone()));
    let stated = policy.rules.iter().map(|rule| (rule.rule, rule.tier, Some(rule.origin.clone())));
    let mut best: Option<Given> = None;
    for (rule, tier, origin) in newest.into_iter().chain(stated) {
        let Some(mut ruled) = rules::apply(rule, known.shown, index, today) else { continue };
        // The newest stable line is never dropped by age alone.
        let is_old = ruled.standing == Standing::Eol && ruled.until.is_some();
        if known.newest == Some(index) && is_old {
            ruled.says.push_str(", but it is the newest stable line");
            ruled = Ruled { standing: Standing::Supported, until: None, ..ruled };
        }
        let given = Given { rule, ruled, tier, origin };
        if best.as_ref().is_none_or(|known| given.rank() > known.rank()) {
            best = Some(given);
        }
    }
    best
}

/// What the configuration says of a line that it names.
pub(super) fn of_declared(declared: &DeclaredLine, today: Date) -> Weight {
    let (standing, says) = match (declared.standing, declared.until) {
        (Some(Standing::Eol), _) => (Standing::Eol, "declared as ended".to_owned()),
        (Some(Standing::Upcoming), _) => (Standing::Upcoming, "declared as upcoming".to_owned()),
        (_, Some(until)) if until < today => (Standing::Eol, format!("declared until {until}")),
        (_, Some(until)) => (Standing::Supported, format!("declared until {until}")),
        (_, None) => (Standing::Supported, "declared".to_owned()),
    };
    let has_only_security = declared.bug_fixes_until.is_some_and(|day| day < today);
    let tier =
        if has_only_security { declared.tier.max(Tier::SecurityOnly) } else { declared.tier };
    Weight {
        tier: Some(tier),
        bug_fixes_until: declared.bug_fixes_until,
        is_lts: declared.is_lts,
        edition: declared.edition.clone(),
        ..Weight::plain(Declaration {
            origin: Some(declared.origin.clone()),
            until: declared.until,
            ..Declaration::new(DeclaredBy::Configuration, standing, says)
        })
    }
}

/// A declared line that no name shows stands with the branch that is declared for it, so that the
/// report says whether that could be found.
pub(super) fn only_declared(
    declared: &DeclaredLine,
    branches: &[Named],
    policy: &Policy,
    today: Date,
) -> ReleaseLine {
    let weight = of_declared(declared, today);
    let branch = declared.branch.as_deref().unwrap_or(&declared.id);
    ReleaseLine {
        tier: declared.tier,
        until: declared.until,
        bug_fixes_until: declared.bug_fixes_until,
        is_lts: declared.is_lts,
        edition: declared.edition.clone(),
        head: Some(declared_head(branch, branches, policy)),
        ..ReleaseLine::new(LineId(declared.id.clone()), LineKind::Release, vec![weight.declaration])
    }
}

pub(super) fn declared_head(branch: &str, branches: &[Named], policy: &Policy) -> Head {
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
