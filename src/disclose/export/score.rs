//! The base scores of vectors: what the formats ask for beside a vector is the score of its base
//! metrics, also where it has others.

use crate::{
    model::{Rating, SeverityClaim},
    severity,
};

/// Which version of CVSS.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Version {
    V2,
    V30,
    V31,
    V40,
}

/// A vector with its base score.
#[derive(Clone, Debug)]
pub(super) struct Scored<'a> {
    pub version: Version,
    pub vector: &'a str,
    pub score: f64,
    rating: Rating,
}

impl Scored<'_> {
    /// `HIGH`
    pub(super) fn word(&self) -> &'static str {
        word(self.rating)
    }
}

/// In capitals, as CVSS writes it.
pub(super) fn word(rating: Rating) -> &'static str {
    match rating {
        Rating::None => "NONE",
        Rating::Low => "LOW",
        Rating::Medium => "MEDIUM",
        Rating::High => "HIGH",
        Rating::Critical => "CRITICAL",
    }
}

/// Every vector of an advisory, oldest version first, one of each.
pub(super) fn scored(claims: &[SeverityClaim]) -> Vec<Scored<'_>> {
    let mut scored: Vec<Scored<'_>> = Vec::new();
    for vector in claims.iter().filter_map(|claim| claim.vector.as_deref()) {
        let Some(found) = read(vector) else { continue };
        if scored.iter().all(|other| other.version != found.version) {
            scored.push(found);
        }
    }
    scored.sort_by_key(|scored| scored.version);
    scored
}

fn read(vector: &str) -> Option<Scored<'_>> {
    let version = match vector {
        _ if vector.starts_with("CVSS:4.0/") => Version::V40,
        _ if vector.starts_with("CVSS:3.1/") => Version::V31,
        _ if vector.starts_with("CVSS:3.0/") => Version::V30,
        _ if vector.starts_with("AV:") => Version::V2,
        _ => return None,
    };
    let is_base = |metric: &&str| {
        let name = metric.split(':').next().unwrap_or_default();
        match version {
            Version::V2 => matches!(name, "AV" | "AC" | "Au" | "C" | "I" | "A"),
            Version::V30 | Version::V31 => {
                matches!(name, "CVSS" | "AV" | "AC" | "PR" | "UI" | "S" | "C" | "I" | "A")
            }
            Version::V40 => matches!(
                name,
                "CVSS" | "AV" | "AC" | "AT" | "PR" | "UI" | "VC" | "VI" | "VA" | "SC" | "SI" | "SA"
            ),
        }
    };
    let base: Vec<&str> = vector.split('/').filter(is_base).collect();
    // The whole has to be one, too.
    severity::of_vector("", vector)?;
    let claim = severity::of_vector("", &base.join("/"))?;
    Some(Scored { version, vector, score: claim.score?, rating: claim.rating })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_score_is_that_of_the_base_metrics() {
        for (vector, score, word) in [
            ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H", 7.5, "HIGH"),
            ("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:N/VI:N/VA:H/SC:N/SI:N/SA:N", 8.7, "HIGH"),
            ("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:N/VI:N/VA:H/SC:N/SI:N/SA:N/E:U", 8.7, "HIGH"),
            ("AV:N/AC:L/Au:N/C:P/I:P/A:P", 7.5, "HIGH"),
        ] {
            let scored = read(vector).expect(vector);
            assert_eq!((scored.score, scored.word(), scored.vector), (score, word, vector));
        }
        for vector in ["", "CVSS:4.0/AV:N", "CVSS:9.9/AV:N", "AV:N/AC:L/Au:N/C:P/I:P/A:P/../x"] {
            assert!(read(vector).is_none(), "{vector}");
        }
    }
}
