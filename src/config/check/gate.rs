//! `[gate]` and the tables of tiers: which rules decide.

use toml::Spanned;

use super::Checker;
use crate::{
    config::raw::RawRules,
    judge::{FailAt, Gate, Grace, GraceFrom, Rules, Unrated},
    model::{Decision, Rating, Tier},
};

impl Checker<'_> {
    pub(super) fn gate(&mut self, raw: RawRules) -> Gate {
        let rules = self.rules(&raw, &Rules::default());
        let tiers = raw.tier.map(Spanned::into_inner).unwrap_or_default();
        let standard = Gate::default();
        let contradictions =
            self.decision("contradictions", raw.contradictions.as_ref(), standard.contradictions);
        let proposed_suppressions = self.decision(
            "proposed-suppressions",
            raw.proposed_suppressions.as_ref(),
            standard.proposed_suppressions,
        );
        let may_suppress = match &raw.may_suppress {
            Some(names) => names.iter().filter_map(|name| self.association(name)).collect(),
            None => standard.may_suppress,
        };
        let mut gate = Gate {
            rules,
            tiers: standard.tiers,
            contradictions,
            proposed_suppressions,
            may_suppress,
        };
        for (tier, raw) in [
            (Tier::Full, tiers.full),
            (Tier::SecurityOnly, tiers.security_only),
            (Tier::CriticalOnly, tiers.critical_only),
        ] {
            let Some(raw) = raw else { continue };
            if let Some(own) = &raw.contradictions {
                let message = "`contradictions` is about all statements, so no tier has its own";
                self.complain(own, message.to_owned());
            }
            let of_changes = raw.may_suppress.iter().flatten().chain(&raw.proposed_suppressions);
            for own in of_changes {
                let message = "who may suppress is about the whole run, so no tier says it";
                self.complain(own, message.to_owned());
            }
            if let Some(nested) = &raw.tier {
                self.complain(nested, "a tier has no tiers of its own".to_owned());
            }
            let rules = self.rules(&raw, &gate.rules);
            gate.tiers.insert(tier, rules);
        }
        gate
    }

    /// How GitHub calls what an author is to a repository.
    fn association(&mut self, name: &Spanned<String>) -> Option<String> {
        const KNOWN: [&str; 7] = [
            "owner",
            "member",
            "collaborator",
            "contributor",
            "first-time-contributor",
            "first-timer",
            "none",
        ];
        let is_known = KNOWN.contains(&name.get_ref().as_str());
        if !is_known {
            let message =
                format!("`{}` is not known; it is one of {}", name.get_ref(), KNOWN.join(", "));
            self.complain(name, message);
        }
        is_known.then(|| name.get_ref().clone())
    }

    /// What is typed, over what holds otherwise.
    fn rules(&mut self, raw: &RawRules, base: &Rules) -> Rules {
        let unrated = raw.unrated.as_ref().map_or(base.unrated, |text| self.unrated(text));
        let grace = self.grace(raw, base.grace);
        let epss = raw.epss.as_ref().map_or(base.epss, |epss| self.probability(epss));
        let mut decide = |key, text: &Option<_>, base| self.decision(key, text.as_ref(), base);
        let decided = Rules {
            fail_at: base.fail_at,
            unrated,
            fixed_only: raw.fixed_only.unwrap_or(base.fixed_only),
            new_only: raw.new_only.unwrap_or(base.new_only),
            grace,
            known_exploited: decide("known-exploited", &raw.known_exploited, base.known_exploited),
            epss,
            not_built: decide("not-built", &raw.not_built, base.not_built),
            malware: decide("malware", &raw.malware, base.malware),
            yanked: decide("yanked", &raw.yanked, base.yanked),
            possible: decide("possible", &raw.possible, base.possible),
            code: decide("code", &raw.code, base.code),
            unreleased: decide("unreleased", &raw.unreleased, base.unreleased),
            unknown: decide("unknown", &raw.unknown, base.unknown),
            incomplete: decide("incomplete", &raw.incomplete, base.incomplete),
            unsound: decide("unsound", &raw.unsound, base.unsound),
            unmaintained: decide("unmaintained", &raw.unmaintained, base.unmaintained),
            notice: decide("notice", &raw.notice, base.notice),
        };
        let fail_at = raw.fail_at.as_ref().map_or(base.fail_at, |text| self.fail_at(text));
        Rules { fail_at, ..decided }
    }

    /// A severity that counts instead, or a decision.
    fn unrated(&mut self, text: &Spanned<String>) -> Unrated {
        match text.get_ref().as_str() {
            "low" => Unrated::As(Rating::Low),
            "medium" => Unrated::As(Rating::Medium),
            "high" => Unrated::As(Rating::High),
            "critical" => Unrated::As(Rating::Critical),
            "fail" => Unrated::Is(Decision::Fail),
            "warn" => Unrated::Is(Decision::Warn),
            "note" => Unrated::Is(Decision::Note),
            other => {
                let message = format!(
                    "`unrated` is `{other}`; it is a severity (low, medium, high, critical) that counts instead, or one of fail, warn, note"
                );
                self.complain(text, message);
                Unrated::As(Rating::High)
            }
        }
    }

    fn grace(&mut self, raw: &RawRules, base: Grace) -> Grace {
        const MOST_DAYS: i64 = 3650;
        let mut grace = base;
        if let Some(days) = &raw.grace_days {
            for (key, typed, value) in [
                ("critical", &days.critical, &mut grace.critical),
                ("high", &days.high, &mut grace.high),
                ("medium", &days.medium, &mut grace.medium),
                ("low", &days.low, &mut grace.low),
            ] {
                let Some(typed) = typed else { continue };
                if (0..=MOST_DAYS).contains(typed.get_ref()) {
                    *value = *typed.get_ref();
                } else {
                    let days = typed.get_ref();
                    let message =
                        format!("`grace-days.{key}` is {days}; it is 0 to {MOST_DAYS} days");
                    self.complain(typed, message);
                }
            }
        }
        if let Some(from) = &raw.grace_from {
            match from.get_ref().as_str() {
                "publication" => grace.from = GraceFrom::Publication,
                "fix" => grace.from = GraceFrom::Fix,
                other => {
                    let message =
                        format!("`grace-from` is `{other}`; it is one of publication, fix");
                    self.complain(from, message);
                }
            }
        }
        grace
    }

    fn probability(&mut self, typed: &Spanned<f64>) -> Option<f64> {
        let value = *typed.get_ref();
        if !(0.0..=1.0).contains(&value) {
            self.complain(typed, format!("`epss` is {value}; it is a probability, 0.0 to 1.0"));
            return None;
        }
        Some(value)
    }

    fn fail_at(&mut self, text: &Spanned<String>) -> FailAt {
        match text.get_ref().as_str() {
            "any" => FailAt::Any,
            "low" => FailAt::Rating(Rating::Low),
            "medium" => FailAt::Rating(Rating::Medium),
            "high" => FailAt::Rating(Rating::High),
            "critical" => FailAt::Rating(Rating::Critical),
            "never" => FailAt::Never,
            other => {
                let message = format!(
                    "`fail-at` is `{other}`; it is one of any, low, medium, high, critical, never"
                );
                self.complain(text, message);
                FailAt::Any
            }
        }
    }

    fn decision(
        &mut self,
        key: &str,
        text: Option<&Spanned<String>>,
        standard: Decision,
    ) -> Decision {
        let Some(text) = text else { return standard };
        match text.get_ref().as_str() {
            "fail" => Decision::Fail,
            "warn" => Decision::Warn,
            "note" => Decision::Note,
            other => {
                let message = format!("`{key}` is `{other}`; it is one of fail, warn, note");
                self.complain(text, message);
                standard
            }
        }
    }
}
