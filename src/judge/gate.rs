//! What the policy makes of an exposed line.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{ToSpan as _, civil::Date};

use crate::model::{
    AdvisoryClass, Decision, Finding, GateRule, Level, LineId, Place, Rating, Reach, ReleaseLine,
    Tier, canonical_id,
};

/// From which severity on an unpatched vulnerability fails the run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FailAt {
    /// Any vulnerability, whatever its severity.
    Any,
    Rating(Rating),
    Never,
}

/// What is made of a vulnerability that no source rates, under a `fail-at` with a rating.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unrated {
    /// As if it were rated so.
    As(Rating),
    Is(Decision),
}

/// From which day on a grace period runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GraceFrom {
    /// Since the first source published it.
    Publication,
    /// Since a fix can be had: the day that a source gives, else its publication if a fix is known.
    Fix,
}

/// Days that a line has before a vulnerability fails the run. Zero: none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Grace {
    pub critical: i64,
    pub high: i64,
    pub medium: i64,
    pub low: i64,
    pub from: GraceFrom,
}

impl Default for Grace {
    fn default() -> Self {
        Self { critical: 0, high: 0, medium: 0, low: 0, from: GraceFrom::Publication }
    }
}

/// The findings of an earlier report, by line, package and every name: what is in it is not new.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Baseline {
    pub known: BTreeSet<(LineId, String, String)>,
}

impl Baseline {
    /// True if the earlier report has the finding under any of its names.
    pub fn has(&self, finding: &Finding) -> bool {
        let key = &finding.key;
        let is_known = |name: &String| {
            let entry = (key.line.clone(), key.package.clone(), canonical_id(name));
            self.known.contains(&entry)
        };
        finding.names.iter().any(is_known)
    }
}

/// The `[gate]` of the configuration.
#[derive(Clone, Debug)]
pub struct Gate {
    pub rules: Rules,
    /// The rules of tiers that have some of their own.
    pub tiers: BTreeMap<Tier, Rules>,
    /// Statements about support that cannot all hold. They are about the whole, so no tier has its
    /// own.
    pub contradictions: Decision,
    /// A change that adds or widens a suppression or a statement, and whose author may not.
    pub proposed_suppressions: Decision,
    /// Who may: how GitHub calls the author's standing, in lower case.
    pub may_suppress: BTreeSet<String>,
}

impl Default for Gate {
    fn default() -> Self {
        Self {
            rules: Rules::default(),
            tiers: BTreeMap::new(),
            contradictions: Decision::Warn,
            proposed_suppressions: Decision::Fail,
            may_suppress: ["owner", "member", "collaborator"].map(str::to_owned).into(),
        }
    }
}

impl Gate {
    /// The rules of the line that a place is at, or the general ones.
    pub(super) fn rules_at(&self, lines: &[ReleaseLine], at: Option<&Place>) -> &Rules {
        let line = at.and_then(|at| lines.iter().find(|line| line.id == at.line));
        line.map_or(&self.rules, |line| self.rules(line.tier))
    }

    /// The rules for a line of this tier.
    pub fn rules(&self, tier: Tier) -> &Rules {
        self.tiers.get(&tier).unwrap_or(&self.rules)
    }
}

/// What is made of a line's findings and gaps.
#[derive(Clone, Debug)]
pub struct Rules {
    pub fail_at: FailAt,
    /// A vulnerability that no source rates, under a `fail-at` with a rating.
    pub unrated: Unrated,
    /// Only what has a known fix may fail.
    pub fixed_only: bool,
    /// Only what the baseline does not have may fail.
    pub new_only: bool,
    pub grace: Grace,
    /// The least that is made of a vulnerability in CISA's catalogue, or above `epss`.
    pub known_exploited: Decision,
    /// From this probability on, 0.0 to 1.0, a vulnerability counts as exploited.
    pub epss: Option<f64>,
    /// The most that is made of a package outside the build graph.
    pub not_built: Decision,
    pub malware: Decision,
    /// Fixed on the branch, not yet released.
    pub unreleased: Decision,
    /// Good news that nobody could confirm.
    pub unknown: Decision,
    /// Something that had to be looked at was not.
    pub incomplete: Decision,
    pub unsound: Decision,
    pub unmaintained: Decision,
    pub notice: Decision,
    pub yanked: Decision,
    /// A package that is only guessed: of the same name from elsewhere, or by a CPE.
    pub possible: Decision,
    /// The most that is made of a result about code, secrets, licences or configuration: see
    /// [`Self::code`].
    pub code: Decision,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            fail_at: FailAt::Any,
            unrated: Unrated::As(Rating::High),
            fixed_only: false,
            new_only: false,
            grace: Grace::default(),
            known_exploited: Decision::Fail,
            epss: None,
            not_built: Decision::Fail,
            malware: Decision::Fail,
            unreleased: Decision::Warn,
            unknown: Decision::Warn,
            incomplete: Decision::Fail,
            unsound: Decision::Warn,
            unmaintained: Decision::Note,
            notice: Decision::Note,
            yanked: Decision::Note,
            possible: Decision::Note,
            code: Decision::Note,
        }
    }
}

impl Rules {
    /// The decision about an unpatched finding on a day, and the rule that made it. What is known to
    /// be exploited is softened by nothing.
    pub fn decide(
        &self,
        finding: &Finding,
        today: Date,
        baseline: Option<&Baseline>,
    ) -> (Decision, GateRule) {
        let rating = finding.severity.rating();
        let (base, rule) = self.of(&finding.class, rating);
        if self.is_exploited(finding) {
            let exploited = (self.known_exploited, GateRule::KnownExploited);
            return if self.known_exploited > base { exploited } else { (base, rule) };
        }
        let is_old = || baseline.is_some_and(|baseline| baseline.has(finding));
        let softer = [
            (self.fixed_only && finding.fixed_in.is_empty(), Decision::Warn, GateRule::FixedOnly),
            (*finding.reach() == Reach::NotBuilt, self.not_built, GateRule::NotBuilt),
            (self.new_only && is_old(), Decision::Warn, GateRule::NewOnly),
            (self.is_in_grace(finding, today), Decision::Warn, GateRule::Grace),
        ];
        let applies = softer.into_iter().filter(|(applies, most, _)| *applies && *most < base);
        let softest = applies.min_by_key(|(_, most, _)| *most);
        softest.map_or((base, rule), |(_, most, rule)| (most, rule))
    }

    /// What is made of a result about code: the most for an error, no more than a warning for a
    /// warning, and a note for the rest.
    pub fn code(&self, level: Level) -> Decision {
        match level {
            Level::Error => self.code,
            Level::Warning => self.code.min(Decision::Warn),
            Level::Note | Level::None => Decision::Note,
        }
    }

    /// True if it is known to be used by attackers, or likely to be.
    pub(super) fn is_exploited(&self, finding: &Finding) -> bool {
        let is_likely = |least: f64| finding.epss.as_ref().is_some_and(|epss| epss.score >= least);
        finding.exploited.is_some() || self.epss.is_some_and(is_likely)
    }

    fn is_in_grace(&self, finding: &Finding, today: Date) -> bool {
        let days = match finding.severity.rating().or(self.unrated_as()) {
            Some(Rating::Critical) => self.grace.critical,
            Some(Rating::High) | None => self.grace.high,
            Some(Rating::Medium) => self.grace.medium,
            Some(Rating::Low | Rating::None) => self.grace.low,
        };
        let has_fix = !finding.fixed_in.is_empty();
        let from = match self.grace.from {
            GraceFrom::Publication => finding.published,
            // Without a fix there is nothing to be late with.
            GraceFrom::Fix if !has_fix => return days > 0,
            GraceFrom::Fix => finding.fixed_on.or(finding.published),
        };
        // On an unknown day nothing began, and nothing is in grace.
        let end = from.and_then(|from| from.checked_add(days.days()).ok());
        // A day that has not come is no day on which anything was published.
        let has_begun = from.is_some_and(|from| from <= today);
        days > 0 && has_begun && end.is_some_and(|end| today < end)
    }

    fn unrated_as(&self) -> Option<Rating> {
        match self.unrated {
            Unrated::As(rating) => Some(rating),
            Unrated::Is(_) => None,
        }
    }

    /// The decision about an unpatched finding, and the rule that made it.
    pub fn of(&self, class: &AdvisoryClass, rating: Option<Rating>) -> (Decision, GateRule) {
        match class {
            AdvisoryClass::Malware => (self.malware, GateRule::Malware),
            AdvisoryClass::Yanked => (self.yanked, GateRule::Yanked),
            AdvisoryClass::Vulnerability | AdvisoryClass::Unstated => self.vulnerability(rating),
            AdvisoryClass::Unsound => (self.unsound, GateRule::Unsound),
            AdvisoryClass::Unmaintained => (self.unmaintained, GateRule::Unmaintained),
            AdvisoryClass::Notice | AdvisoryClass::Other(_) => (self.notice, GateRule::Notice),
        }
    }

    fn vulnerability(&self, rating: Option<Rating>) -> (Decision, GateRule) {
        match (self.fail_at, rating) {
            (FailAt::Any, _) => (Decision::Fail, GateRule::FailAt),
            (FailAt::Rating(least), None) => match self.unrated {
                Unrated::Is(decision) => (decision, GateRule::Unrated),
                Unrated::As(rating) if rating >= least => (Decision::Fail, GateRule::Unrated),
                Unrated::As(_) => (Decision::Warn, GateRule::Unrated),
            },
            (FailAt::Rating(least), Some(rating)) if rating >= least => {
                (Decision::Fail, GateRule::FailAt)
            }
            (FailAt::Never, _) | (FailAt::Rating(_), Some(_)) => (Decision::Warn, GateRule::FailAt),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_gate_fails_on_any_vulnerability() {
        let rules = Rules::default();
        for rating in [None, Some(Rating::None), Some(Rating::Low), Some(Rating::Critical)] {
            let (decision, _) = rules.of(&AdvisoryClass::Vulnerability, rating);
            assert_eq!(decision, Decision::Fail, "{rating:?}");
        }
    }

    #[test]
    fn a_tier_has_rules_of_its_own() {
        let own = Rules {
            fail_at: FailAt::Rating(Rating::High),
            unrated: Unrated::Is(Decision::Warn),
            ..Rules::default()
        };
        let gate = Gate { tiers: BTreeMap::from([(Tier::SecurityOnly, own)]), ..Gate::default() };
        let of = |rating, tier| gate.rules(tier).of(&AdvisoryClass::Vulnerability, rating);
        let low = Some(Rating::Low);
        assert_eq!(of(low, Tier::Full), (Decision::Fail, GateRule::FailAt));
        assert_eq!(of(low, Tier::SecurityOnly), (Decision::Warn, GateRule::FailAt));
        assert_eq!(of(Some(Rating::High), Tier::SecurityOnly), (Decision::Fail, GateRule::FailAt));
        assert_eq!(of(None, Tier::SecurityOnly), (Decision::Warn, GateRule::Unrated));
    }
}
