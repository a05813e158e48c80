//! What the policy makes of an exposed line.

use std::collections::BTreeMap;

use crate::model::{AdvisoryClass, Decision, GateRule, Rating, Tier};

/// From which severity on an unpatched vulnerability fails the run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FailAt {
    /// Any vulnerability, whatever its severity.
    Any,
    Rating(Rating),
    Never,
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
}

impl Default for Gate {
    fn default() -> Self {
        Self { rules: Rules::default(), tiers: BTreeMap::new(), contradictions: Decision::Warn }
    }
}

impl Gate {
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
    pub unrated: Decision,
    /// Fixed on the branch, not yet released.
    pub unreleased: Decision,
    /// Good news that nobody could confirm.
    pub unknown: Decision,
    /// Something that had to be looked at was not.
    pub incomplete: Decision,
    pub unsound: Decision,
    pub unmaintained: Decision,
    pub notice: Decision,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            fail_at: FailAt::Any,
            unrated: Decision::Fail,
            unreleased: Decision::Warn,
            unknown: Decision::Warn,
            incomplete: Decision::Fail,
            unsound: Decision::Warn,
            unmaintained: Decision::Note,
            notice: Decision::Note,
        }
    }
}

impl Rules {
    /// The decision about an unpatched finding, and the rule that made it.
    pub fn of(&self, class: &AdvisoryClass, rating: Option<Rating>) -> (Decision, GateRule) {
        match class {
            AdvisoryClass::Malware => (Decision::Fail, GateRule::FailAt),
            AdvisoryClass::Vulnerability | AdvisoryClass::Unstated => self.vulnerability(rating),
            AdvisoryClass::Unsound => (self.unsound, GateRule::Unsound),
            AdvisoryClass::Unmaintained => (self.unmaintained, GateRule::Unmaintained),
            AdvisoryClass::Notice | AdvisoryClass::Yanked | AdvisoryClass::Other(_) => {
                (self.notice, GateRule::Notice)
            }
        }
    }

    fn vulnerability(&self, rating: Option<Rating>) -> (Decision, GateRule) {
        match (self.fail_at, rating) {
            (FailAt::Any, _) => (Decision::Fail, GateRule::FailAt),
            (FailAt::Rating(_), None) => (self.unrated, GateRule::Unrated),
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
            unrated: Decision::Warn,
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
