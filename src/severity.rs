//! Severities as sources write them: CVSS vectors, scores and words → claims.
//!
//! Scores are computed from vectors by the `cvss` crate and nowhere else; a score that a source
//! gives beside its vector is not believed over it.

use std::{panic, str::FromStr as _};

use crate::model::{Rating, Scale, SeverityClaim};

/// Longer than any vector with all metrics of CVSS 4.0.
const LONGEST_VECTOR: usize = 512;

/// A claim from a CVSS vector of version 2, 3.0, 3.1 or 4.0; `None`: it is none of these.
pub fn of_vector(by: &str, vector: &str) -> Option<SeverityClaim> {
    let text = vector.trim().trim_start_matches('(').trim_end_matches(')');
    if text.len() > LONGEST_VECTOR {
        return None;
    }
    // A library's arithmetic on hostile metrics must not end the run.
    let read = || cvss::Cvss::from_str(text).ok().map(|parsed| (parsed.score(), parsed));
    let (score, parsed) = panic::catch_unwind(read).ok()??;
    let scale = match parsed {
        cvss::Cvss::CvssV20(_) => Scale::CvssV2,
        cvss::Cvss::CvssV30(_) | cvss::Cvss::CvssV31(_) => Scale::CvssV3,
        _ => Scale::CvssV4,
    };
    let rating = rating(score, scale);
    let vector = Some(text.to_owned());
    Some(SeverityClaim { by: by.to_owned(), scale, rating, score: Some(score), vector })
}

/// A claim from a number between 0.0 and 10.0 without a vector; `None`: it is no score. 0.0 is what
/// several tools write for "unknown", so it is no score, either.
pub fn of_score(by: &str, score: f64) -> Option<SeverityClaim> {
    if !(score > 0.0 && score <= 10.0) {
        return None;
    }
    let score = (score * 10.0).round() / 10.0;
    Some(SeverityClaim {
        by: by.to_owned(),
        scale: Scale::Score,
        rating: rating(score, Scale::Score),
        score: Some(score),
        vector: None,
    })
}

/// A claim from a word of any tool's scale; `None`: the word says that nobody knows, or is unknown.
pub fn of_word(by: &str, word: &str) -> Option<SeverityClaim> {
    let rating = match word.trim().to_ascii_lowercase().as_str() {
        "critical" => Rating::Critical,
        "high" | "important" => Rating::High,
        "medium" | "moderate" => Rating::Medium,
        "low" | "negligible" | "minor" => Rating::Low,
        "none" => Rating::None,
        _ => return None,
    };
    Some(SeverityClaim { by: by.to_owned(), scale: Scale::Word, rating, score: None, vector: None })
}

/// A claim from whatever a field holds: a vector, a number or a word.
pub fn of_text(by: &str, text: &str) -> Option<SeverityClaim> {
    let number = || text.trim().parse::<f64>().ok().and_then(|score| of_score(by, score));
    of_vector(by, text).or_else(number).or_else(|| of_word(by, text))
}

/// The qualitative scale of CVSS 3 and 4, and NIST's of CVSS 2, which knows nothing critical:
/// <https://nvd.nist.gov/vuln-metrics/cvss>.
fn rating(score: f64, scale: Scale) -> Rating {
    match score {
        _ if scale == Scale::CvssV2 && score >= 7.0 => Rating::High,
        _ if scale == Scale::CvssV2 && score < 4.0 => Rating::Low,
        _ if score >= 9.0 => Rating::Critical,
        _ if score >= 7.0 => Rating::High,
        _ if score >= 4.0 => Rating::Medium,
        _ if score > 0.0 => Rating::Low,
        _ => Rating::None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_version_of_cvss_is_scored() {
        for (vector, scale, score, rating) in [
            ("AV:N/AC:L/Au:N/C:P/I:P/A:P", Scale::CvssV2, 7.5, Rating::High),
            ("(AV:N/AC:L/Au:N/C:C/I:C/A:C)", Scale::CvssV2, 10.0, Rating::High),
            ("CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H", Scale::CvssV3, 7.5, Rating::High),
            ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H", Scale::CvssV3, 10.0, Rating::Critical),
            (
                "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:N/VI:N/VA:H/SC:N/SI:N/SA:N",
                Scale::CvssV4,
                8.7,
                Rating::High,
            ),
        ] {
            let claim = of_vector("x", vector).expect(vector);
            assert_eq!((claim.scale, claim.score, claim.rating), (scale, Some(score), rating));
        }
    }

    #[test]
    fn what_is_no_severity_is_none() {
        for text in ["", "undefined", "null", "0.0", "-1", "11", "NaN", "CVSS:9.9/AV:N", "Unknown"]
        {
            assert_eq!(of_text("x", text), None, "{text}");
        }
        assert_eq!(of_text("x", "moderate").map(|claim| claim.rating), Some(Rating::Medium));
        assert_eq!(of_text("x", "9.05").and_then(|claim| claim.score), Some(9.1));
    }
}
