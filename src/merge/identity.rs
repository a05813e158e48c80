//! What a vulnerability is called, for ever: its fingerprints and alerts hang on it.
//!
//! The home database of the package's ecosystem comes first, then GHSA, then CVE, then anything
//! else; ties go to the oldest year and number. A CVE number often arrives later, and would re-open
//! every alert if it came first. *Known limit:* an advisory that its home database adopts later
//! changes its name once.

use crate::model::Ecosystem;

/// The name among these; `None`: there is none.
pub fn primary<'a>(
    ecosystem: &Ecosystem,
    names: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    names.into_iter().min_by_key(|name| order(ecosystem, name))
}

/// Smaller is better: the kind of database, then the age, then the text.
pub(super) fn order<'a>(ecosystem: &Ecosystem, name: &'a str) -> (u8, u64, u64, &'a str) {
    let (prefix, rest) = name.split_once('-').unwrap_or((name, ""));
    let rank = match prefix {
        // A record about malware is about nothing else.
        "MAL" => 0,
        _ if Some(prefix) == home(ecosystem) => 1,
        "GHSA" => 2,
        "CVE" => 3,
        "RUSTSEC" | "GO" | "PYSEC" | "EEF" => 4,
        _ => 5,
    };
    let mut numbers = rest.split('-').map(|part| part.parse::<u64>().unwrap_or(u64::MAX));
    let (year, number) = (numbers.next(), numbers.next());
    (rank, year.unwrap_or(u64::MAX), number.unwrap_or(u64::MAX), name)
}

/// The prefix of the database that the ecosystem itself keeps.
fn home(ecosystem: &Ecosystem) -> Option<&'static str> {
    match ecosystem.as_str() {
        "crates.io" => Some("RUSTSEC"),
        "Go" => Some("GO"),
        "PyPI" => Some("PYSEC"),
        "Hex" => Some("EEF"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn home_comes_first_and_a_later_cve_changes_nothing() {
        let of = |ecosystem: &Ecosystem, names: &str| {
            primary(ecosystem, names.split(' ')).unwrap_or_default().to_owned()
        };
        let (rust, npm, go) = (Ecosystem::CRATES_IO, Ecosystem::NPM, Ecosystem::GO);
        for (ecosystem, names, expected) in [
            (&rust, "CVE-2031-1 GHSA-aaaa-bbbb-cccc RUSTSEC-2031-0001", "RUSTSEC-2031-0001"),
            (&rust, "RUSTSEC-2031-0010 RUSTSEC-2031-0009", "RUSTSEC-2031-0009"),
            (&rust, "RUSTSEC-2031-0001 RUSTSEC-2030-9999", "RUSTSEC-2030-9999"),
            (&npm, "GHSA-aaaa-bbbb-cccc", "GHSA-aaaa-bbbb-cccc"),
            (&npm, "CVE-2031-1 GHSA-aaaa-bbbb-cccc", "GHSA-aaaa-bbbb-cccc"),
            (&npm, "SNYK-JS-X-1 CVE-2031-1", "CVE-2031-1"),
            (&npm, "CVE-2031-10 CVE-2031-9", "CVE-2031-9"),
            (&npm, "MAL-2031-1 GHSA-aaaa-bbbb-cccc", "MAL-2031-1"),
            (&go, "GHSA-aaaa-bbbb-cccc GO-2031-0001 CVE-2031-1", "GO-2031-0001"),
        ] {
            assert_eq!(of(ecosystem, names), expected, "{names}");
        }
    }
}
