//! Which of the sources' severities counts, and why.

use std::cmp::Ordering;

use crate::model::{Severity, SeverityClaim};

/// What `[severity]` says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Preference {
    /// Scales (`cvss4`, `cvss3`, `cvss2`, `score`, `word`) and sources (`rustsec`, `nvd`, `ghsa`),
    /// the best first. The first that any claim matches decides.
    pub prefer: Vec<String>,
}

/// Why the claim counts that does.
const PREFERRED: &str = "severity.prefer";
const HIGHEST: &str = "the highest claim";
const NOBODY: &str = "no source rates it";

/// Keeps every claim and decides on one: the highest of the most preferred, else the highest. Claims
/// are never averaged.
pub fn decide(mut claims: Vec<SeverityClaim>, preference: &Preference) -> Severity {
    claims.sort_by(order);
    claims.dedup();
    let preferred = preference.prefer.iter().find_map(|wanted| {
        let matches =
            |claim: &&SeverityClaim| claim.scale.as_str() == wanted || claim.by == *wanted;
        claims.iter().find(matches)
    });
    let (decided, rule) = match (preferred, claims.first()) {
        (Some(claim), _) => (Some(claim.clone()), PREFERRED),
        (None, Some(claim)) => (Some(claim.clone()), HIGHEST),
        (None, None) => (None, NOBODY),
    };
    Severity { decided, rule, claims }
}

/// The highest first; what is equally high in an order that depends on nothing but the claims. A
/// vector says more than a number, and a number more than a word.
fn order(a: &SeverityClaim, b: &SeverityClaim) -> Ordering {
    let score = |claim: &SeverityClaim| claim.score.unwrap_or(0.0);
    b.rating
        .cmp(&a.rating)
        .then_with(|| score(b).total_cmp(&score(a)))
        .then_with(|| b.scale.cmp(&a.scale))
        .then_with(|| a.by.cmp(&b.by))
        .then_with(|| a.vector.cmp(&b.vector))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::severity;

    #[test]
    fn the_highest_counts_unless_the_policy_prefers_another() {
        let claims = || {
            vec![
                severity::of_word("osv-scanner", "low"),
                severity::of_vector("rustsec", "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H"),
                severity::of_score("trivy", 9.8),
            ]
            .into_iter()
            .flatten()
            .collect::<Vec<_>>()
        };
        let by = |prefer: &[&str]| {
            let prefer = prefer.iter().map(ToString::to_string).collect();
            let severity = decide(claims(), &Preference { prefer });
            assert_eq!(severity.claims.len(), 3);
            let by = severity.decided.map(|claim| claim.by).unwrap_or_default();
            (by, severity.rule)
        };
        assert_eq!(by(&[]), ("trivy".to_owned(), HIGHEST));
        assert_eq!(by(&["cvss4", "cvss3"]), ("rustsec".to_owned(), PREFERRED));
        assert_eq!(by(&["osv-scanner"]), ("osv-scanner".to_owned(), PREFERRED));
        assert_eq!(by(&["nvd"]), ("trivy".to_owned(), HIGHEST));
        assert_eq!(decide(Vec::new(), &Preference::default()).rule, NOBODY);
    }
}
