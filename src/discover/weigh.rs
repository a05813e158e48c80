//! What is declared about each line, strongest first, and the standing that follows.
//!
//! The order of trust is that of [`DeclaredBy`]: the configuration, then what the maintainers keep
//! for machines, a dated sentence on the line's own branch, a table, a sentence, and last what bots
//! are told to look after. The first that speaks of a line decides; the others stay as its reasons.
//! Claims in any order give the same decision.

mod declared;

use std::cmp::Reverse;

use jiff::civil::Date;

use self::declared::{by_rule, declared_head, declared_series, of_declared, only_declared};
use super::{
    ASSUMED_LINES, DeclaredLine, Policy, head,
    name::{Numbers, VersionName},
    refs::Named,
    release,
    resolve::Known,
    rules,
    series::Series,
    statement::{Opinion, Statement},
};
use crate::model::{
    About, Declaration, DeclaredBy, LineId, LineKind, ReleaseLine, Rule, Standing, Tier,
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

    fn is(&self, standing: Standing) -> bool {
        self.declaration.standing == standing
    }

    fn of((statement, opinion): (&Statement<'_>, &Opinion<'_>)) -> Self {
        Self {
            declaration: Declaration {
                by: statement.by,
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
        let weights = self.weights(index, series, declared);
        let first = &weights[0];
        let declared_head = declared
            .and_then(|declared| declared.branch.as_deref())
            .map(|branch| declared_head(branch, branches, self.policy));
        let is_supported = first.is(Standing::Supported);
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

    /// Who says what of the line, strongest first, never empty.
    fn weights(
        &self,
        index: usize,
        series: &Series,
        declared: Option<&DeclaredLine>,
    ) -> Vec<Weight> {
        let mut weights: Vec<Weight> =
            declared.map(|declared| of_declared(declared, self.today)).into_iter().collect();
        weights.extend(series.ended_by.as_ref().map(|end| {
            let says = format!("`{end}` ends it");
            Weight::plain(Declaration::new(DeclaredBy::Tags, Standing::Eol, says))
        }));
        if self.is_upcoming(series) {
            let says = "it has no stable release yet";
            let upcoming = Declaration::new(DeclaredBy::Tags, Standing::Upcoming, says);
            weights.push(Weight::plain(upcoming));
        }
        let is_asked = !self.policy.is_assumed() && (declared.is_none() || self.policy.has_rules());
        let ruled = is_asked.then(|| by_rule(self.known, self.policy, index, self.today));
        let decided = self.decided(index);
        // A configuration that only names lines says nothing of the others, so an end that is stated
        // elsewhere stands; a promise made elsewhere does not.
        let has_ended = decided.first().is_some_and(|first| first.is(Standing::Eol));
        match ruled {
            Some(silent) if silent.is(Standing::Unknown) && has_ended => {
                weights.extend(decided);
                weights.push(silent);
            }
            ruled => {
                weights.extend(ruled);
                weights.extend(decided);
            }
        }
        if weights.is_empty() {
            weights.push(Weight::plain(self.by_default(index)));
        }
        weights.extend(self.said(index, false).map(Weight::of));
        weights
    }

    /// What statements say of a line: those that may decide, or those that may not.
    fn said(
        &self,
        index: usize,
        decides: bool,
    ) -> impl Iterator<Item = (&Statement<'_>, &Opinion<'_>)> {
        let chosen = self.statements.iter().zip(&self.decides);
        let chosen = chosen.filter(move |(_, may)| **may == decides);
        chosen.filter_map(move |(said, _)| Some((said, said.opinions.get(&index)?)))
    }

    /// What the deciding statements say of a line.
    ///
    /// The newest stable line is supported unless somebody ends it by its name: age alone, a rule or
    /// a list that does not know it yet never drop it.
    fn decided(&self, index: usize) -> Vec<Weight> {
        let mut decided: Vec<Weight> = self.said(index, true).map(Weight::of).collect();
        if self.known.newest != Some(index) || !self.policy.is_assumed() {
            return decided;
        }
        let is_kept = match self.said(index, true).next() {
            // Where nobody says anything about any line, the default applies.
            None => self.has_statement(),
            // Nor does a loose sentence.
            Some((statement, first)) => {
                let is_loose = statement.by == DeclaredBy::Prose && first.until.is_none();
                first.standing == Standing::Eol && (first.is_implied || is_loose)
            }
        };
        if is_kept {
            let says = "it is the newest stable line, and nobody ended it";
            let newest = Declaration::new(DeclaredBy::Newest, Standing::Supported, says);
            let rule = Some(Rule::Newest { lines: 1, majors: None });
            decided.insert(0, Weight::plain(Declaration { rule, ..newest }));
        }
        decided
    }

    /// Only pre-releases, and newer than every stable line.
    fn is_upcoming(&self, series: &Series) -> bool {
        let newest = self.known.shown.series.iter().find(|s| s.is_released());
        self.known.shown.has_tags
            && !series.is_released()
            && newest.is_none_or(|newest| newest.order < series.order)
    }

    /// Somebody says of some line that it is supported.
    fn has_statement(&self) -> bool {
        let is_promise = |opinion: &Opinion<'_>| opinion.standing == Standing::Supported;
        let mut deciding = self.statements.iter().zip(&self.decides).filter(|(_, may)| **may);
        deciding.any(|(statement, _)| {
            statement.is_about_lines() && statement.opinions.values().any(is_promise)
        })
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
