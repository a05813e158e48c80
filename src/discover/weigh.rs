//! What is declared about each line, strongest first, and the standing that follows.
//!
//! The order of trust is that of [`DeclaredBy`]: the configuration, then what the maintainers keep
//! for machines, a dated sentence on the line's own branch, a table, a sentence, and last what bots
//! are told to look after. The first that speaks of a line decides; the others stay as its reasons.
//! Claims in any order give the same decision.

use std::{cmp::Reverse, collections::BTreeSet};

use jiff::civil::Date;

use super::{
    ASSUMED_LINES, DeclaredLine, Policy, head,
    name::{Numbers, VersionName},
    refs::Named,
    release,
    resolve::Known,
    rules::{self, Ruled},
    series::{Series, Shown},
    statement::{Opinion, Statement},
};
use crate::model::{
    About, Declaration, DeclaredBy, Head, LineId, LineKind, ReleaseLine, Rule, Standing, Tier,
};

/// A decided line and the series that it is, by index; `None`: only the configuration shows it.
pub(super) type Weighed = (Option<usize>, ReleaseLine);

/// Every series and every declared line, newest first; what has no number comes last.
pub(super) fn lines(
    known: &Known<'_>,
    statements: &[Statement<'_>],
    branches: &[Named],
    policy: &Policy,
    today: Date,
) -> Vec<Weighed> {
    let shown = known.shown;
    let declared = declared_series(shown, policy);
    let scale = Scale { known, statements, policy, today, decides: deciding(statements) };
    let mut lines: Vec<(Option<Numbers>, Weighed)> = Vec::new();
    for (index, series) in shown.series.iter().enumerate() {
        let own = declared.iter().find(|(_, at)| *at == Some(index)).map(|(d, _)| *d);
        let line = scale.weigh(index, series, own, branches);
        lines.push((Some(series.order.clone()), (Some(index), line)));
    }
    for (declared, _) in declared.iter().filter(|(_, at)| at.is_none()) {
        let order = VersionName::parse(&declared.id).map(|version| version.numbers);
        lines.push((order, (None, only_declared(declared, branches, policy, today))));
    }
    lines.sort_by_key(|(order, _)| Reverse(order.clone()));
    lines.into_iter().map(|(_, line)| line).collect()
}

/// Which statements may decide. What bots look after is heard only where nobody says anything better
/// about the project's lines; a sentence on a line's own branch is about that line alone.
fn deciding(statements: &[Statement<'_>]) -> Vec<bool> {
    let is_better = |statement: &Statement<'_>| {
        statement.by != DeclaredBy::Bots
            && statement.line.is_none()
            && statement.by != DeclaredBy::BranchDate
            && !statement.opinions.is_empty()
            && statement.stands()
    };
    let has_better = statements.iter().any(is_better);
    statements.iter().map(|s| s.stands() && !(s.by == DeclaredBy::Bots && has_better)).collect()
}

/// Which series each declaration is about: the one of its name, else the one of its branch, and
/// never more than one.
fn declared_series<'a>(
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

/// Everything that a line is weighed by.
struct Scale<'a> {
    known: &'a Known<'a>,
    statements: &'a [Statement<'a>],
    policy: &'a Policy,
    today: Date,
    /// Which of the statements may decide.
    decides: Vec<bool>,
}

/// A declaration with what else it gives.
struct Weight {
    declaration: Declaration,
    tier: Option<Tier>,
    bug_fixes_until: Option<Date>,
    extended_until: Option<Date>,
    is_lts: bool,
    edition: Option<String>,
}

impl Weight {
    fn plain(declaration: Declaration) -> Self {
        Self {
            declaration,
            tier: None,
            bug_fixes_until: None,
            extended_until: None,
            is_lts: false,
            edition: None,
        }
    }

    fn of_opinion(by: DeclaredBy, opinion: &Opinion<'_>) -> Self {
        Self {
            declaration: Declaration {
                by,
                standing: opinion.standing,
                says: opinion.says.clone(),
                origin: Some(opinion.claim.origin.clone()),
                words: Some(opinion.claim.words.clone()),
                until: opinion.until,
                rule: match opinion.claim.about {
                    About::Rule(rule) => Some(rule),
                    About::Newest => Some(Rule::Newest { lines: 1, majors: None }),
                    _ => None,
                },
            },
            tier: opinion.tier,
            bug_fixes_until: opinion.bug_fixes_until,
            extended_until: opinion.extended_until,
            is_lts: opinion.is_lts,
            edition: opinion.edition.clone(),
        }
    }
}

impl Scale<'_> {
    fn weigh(
        &self,
        index: usize,
        series: &Series,
        declared: Option<&DeclaredLine>,
        branches: &[Named],
    ) -> ReleaseLine {
        let mut weights = Vec::new();
        weights.extend(declared.map(|declared| of_declared(declared, self.today)));
        weights.extend(series.ended_by.as_ref().map(|end| {
            let says = format!("`{end}` ends it");
            Weight::plain(Declaration::new(DeclaredBy::Tags, Standing::Eol, says))
        }));
        let is_upcoming = self.is_upcoming(series);
        if is_upcoming {
            let says = "it has no stable release yet";
            weights.push(Weight::plain(Declaration::new(
                DeclaredBy::Tags,
                Standing::Upcoming,
                says,
            )));
        }
        let has_rules = self.policy.newest.is_some() || !self.policy.rules.is_empty();
        let by_policy = (!self.policy.is_assumed() && (declared.is_none() || has_rules))
            .then(|| self.by_policy(index, series, is_upcoming));
        // Who decides, then who would have.
        let said = |decides: bool| {
            self.statements
                .iter()
                .zip(&self.decides)
                .filter(move |(_, may)| **may == decides)
                .filter_map(move |(statement, _)| {
                    Some((statement, statement.opinions.get(&index)?))
                })
        };
        let mut decided: Vec<Weight> = said(true)
            .map(|(statement, opinion)| Weight::of_opinion(statement.by, opinion))
            .collect();
        self.keep_newest(
            index,
            &mut decided,
            &said(true).map(|(_, o)| o.is_implied).collect::<Vec<_>>(),
        );
        // A configuration that only names lines says nothing of the others, so an end that is stated
        // elsewhere stands; a promise made elsewhere does not.
        let ends = decided.first().is_some_and(|first| first.declaration.standing == Standing::Eol);
        match by_policy {
            Some(silent) if silent.declaration.standing == Standing::Unknown && ends => {
                weights.extend(decided);
                weights.push(silent);
            }
            by_policy => {
                weights.extend(by_policy);
                weights.extend(decided);
            }
        }
        if weights.is_empty() {
            weights.push(Weight::plain(self.by_default(index)));
        }
        weights.extend(
            said(false).map(|(statement, opinion)| Weight::of_opinion(statement.by, opinion)),
        );
        let first = &weights[0];
        let declared_head = declared
            .and_then(|declared| declared.branch.as_deref())
            .map(|branch| declared_head(branch, branches, self.policy));
        let is_supported = first.declaration.standing == Standing::Supported;
        ReleaseLine {
            id: LineId(declared.map_or_else(|| series.id.clone(), |d| d.id.clone())),
            tier: first.tier.filter(|_| is_supported).unwrap_or_default(),
            until: first.declaration.until,
            bug_fixes_until: first.bug_fixes_until,
            extended_until: first.extended_until,
            first_release: series.first_release,
            edition: first.edition.clone(),
            is_lts: first.is_lts,
            head: declared_head.or_else(|| series.branch.as_ref().map(head)),
            release: series.release.as_ref().map(|(tag, version)| release(tag, version.text())),
            ..ReleaseLine::new(
                LineId(series.id.clone()),
                LineKind::Release,
                weights.into_iter().map(|weight| weight.declaration).collect(),
            )
        }
    }

    /// The newest stable line is supported unless somebody ends it by its name: age alone, a rule or
    /// a list that does not know it yet never drop it.
    fn keep_newest(&self, index: usize, decided: &mut Vec<Weight>, implied: &[bool]) {
        if self.known.newest != Some(index) || !self.policy.is_assumed() {
            return;
        }
        let is_kept = match decided.first() {
            // Where nobody says anything about any line, the default applies.
            None => self.has_statement(),
            Some(first) => {
                first.declaration.standing == Standing::Eol && implied.first() == Some(&true)
            }
        };
        if is_kept {
            let says = "it is the newest stable line, and nobody ended it";
            let newest = Declaration::new(DeclaredBy::Newest, Standing::Supported, says);
            let rule = Some(Rule::Newest { lines: 1, majors: None });
            decided.insert(0, Weight::plain(Declaration { rule, ..newest }));
        }
    }

    /// Only pre-releases, and newer than every stable line.
    fn is_upcoming(&self, series: &Series) -> bool {
        let newest = self.known.shown.series.iter().find(|s| s.is_released());
        self.known.shown.has_tags
            && !series.is_released()
            && newest.is_none_or(|newest| newest.order < series.order)
    }

    /// What the rules of the configuration say.
    fn by_policy(&self, index: usize, series: &Series, is_upcoming: bool) -> Weight {
        let policy = self.policy;
        let newest = policy
            .newest
            .map(|lines| (Rule::Newest { lines, majors: None }, Tier::Full, policy.origin.clone()));
        let rules =
            policy.rules.iter().map(|rule| (rule.rule, rule.tier, Some(rule.origin.clone())));
        let mut best: Option<(Ruled, Tier, Option<crate::model::Origin>)> = None;
        for (rule, tier, origin) in newest.into_iter().chain(rules) {
            let Some(ruled) = rules::apply(rule, self.known.shown, index, self.today) else {
                continue;
            };
            // The newest stable line is never dropped by age alone.
            let is_kept = self.known.newest == Some(index) && ruled.until.is_some();
            let ruled = if is_kept && ruled.standing == Standing::Eol {
                let says = format!("{}, and it is still the newest stable line", ruled.says);
                Ruled { standing: Standing::Supported, until: None, says, ..ruled }
            } else {
                ruled
            };
            let is_better = best.as_ref().is_none_or(|(known, known_tier, _)| {
                let is_in = |ruled: &Ruled| ruled.standing == Standing::Supported;
                let lasts = |ruled: &Ruled| ruled.until.unwrap_or(Date::MAX);
                (is_in(&ruled), Reverse(tier), lasts(&ruled))
                    > (is_in(known), Reverse(*known_tier), lasts(known))
            });
            if is_better {
                best = Some((ruled, tier, origin));
            }
        }
        let has_rules = policy.newest.is_some() || !policy.rules.is_empty();
        let counts = series.is_released() || !self.known.shown.has_tags;
        let (standing, says, until, tier, origin, is_lts) = match best {
            Some((ruled, tier, origin))
                if ruled.standing == Standing::Supported && !is_upcoming =>
            {
                (Standing::Supported, ruled.says, ruled.until, Some(tier), origin, ruled.is_lts)
            }
            Some((ruled, _, origin)) if counts => {
                (Standing::Eol, ruled.says, ruled.until, None, origin, ruled.is_lts)
            }
            None if has_rules && counts => {
                let says = "no rule of the configuration gives it".to_owned();
                (Standing::Eol, says, None, None, policy.origin.clone(), false)
            }
            _ => (
                Standing::Unknown,
                "the configuration does not name it".to_owned(),
                None,
                None,
                policy.place(),
                false,
            ),
        };
        let declaration = Declaration {
            by: DeclaredBy::Configuration,
            standing,
            says,
            origin,
            words: None,
            until,
            rule: None,
        };
        Weight { tier, is_lts, ..Weight::plain(declaration) }
    }

    /// Somebody says of some line that it is supported.
    fn has_statement(&self) -> bool {
        let is_promise = |opinion: &Opinion<'_>| opinion.standing == Standing::Supported;
        let mut deciding = self.statements.iter().zip(&self.decides).filter(|(_, may)| **may);
        deciding.any(|(statement, _)| statement.opinions.values().any(is_promise))
    }

    /// Nobody says anything about the line.
    fn by_default(&self, index: usize) -> Declaration {
        if self.has_statement() {
            let says = "nothing says whether it is supported";
            return Declaration::new(DeclaredBy::Assumed, Standing::Unknown, says);
        }
        let rule = Rule::Newest { lines: ASSUMED_LINES, majors: None };
        match rules::apply(rule, self.known.shown, index, self.today) {
            Some(ruled) if ruled.standing == Standing::Supported => Declaration::new(
                DeclaredBy::Assumed,
                Standing::Supported,
                format!("nothing is declared, and {}", ruled.says),
            ),
            _ => {
                let says = "nothing says whether it is supported";
                Declaration::new(DeclaredBy::Assumed, Standing::Unknown, says)
            }
        }
    }
}

fn of_declared(declared: &DeclaredLine, today: Date) -> Weight {
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
            by: DeclaredBy::Configuration,
            standing,
            says,
            origin: Some(declared.origin.clone()),
            words: None,
            until: declared.until,
            rule: None,
        })
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
