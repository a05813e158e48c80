//! OpenEoX: the ends of the lines, for programs.
//!
//! The core (<https://docs.oasis-open.org/openeox/v1.0/schema/core.json>) is a committee
//! specification draft and names no product, so each line's core stands in a statement of the shell,
//! which does. The shell is an earlier draft; it may still change.

use jiff::civil::Date;
use serde::Serialize;

use super::releases;
use crate::{
    escape,
    model::{ReleaseLine, Standing, Support},
};

const SHELL: &str = "https://docs.oasis-open.org/openeox/tbd/schema/shell.json";
const CORE: &str = "https://docs.oasis-open.org/openeox/v1.0/schema/core.json";
const PRODUCT: &str = "https://docs.oasis-open.org/openeox/tbd/schema/product_software.json";

/// In place of a day that nobody has said yet.
const LATER: &str = "tba";
/// In place of a name that nothing tells.
const NAMELESS: &str = "unknown";

/// One statement for each release line of which something can be said: not for those of which
/// nothing is known or that are not released yet, nor for ended ones without a day, since there is
/// no word for "some time ago". `repository` is the address, which names the vendor and the product.
pub fn openeox(support: &Support, repository: Option<&str>, as_of: Date) -> String {
    let product = Product::named(repository);
    let statements = releases(support)
        .filter(|line| is_stated(line))
        .map(|line| statement(line, &product, as_of))
        .collect();
    let shell = Shell { schema: SHELL, statements };
    // These structs have text keys only, so serialising them cannot fail.
    let text = serde_json::to_string_pretty(&shell).unwrap_or_default();
    format!("{text}\n")
}

/// True if the format has words for what is known of this line.
pub fn is_stated(line: &ReleaseLine) -> bool {
    match line.standing {
        Standing::Supported => true,
        Standing::Eol => line.until.is_some(),
        // Of what is not released yet, "to be announced" would read as supported.
        Standing::Upcoming | Standing::Unknown => false,
    }
}

/// What the repository's address says of the product.
pub(crate) struct Product {
    pub(crate) vendor: String,
    name: String,
    /// A package URL without a version, `pkg:github/owner/name`.
    pub(crate) package: String,
}

impl Product {
    /// `https://github.com/owner/name.git`: an owner and a name.
    pub(crate) fn named(repository: Option<&str>) -> Self {
        let (_, path) =
            repository.and_then(|address| address.split_once("://")).unwrap_or_default();
        let path = path.trim_end_matches('/');
        let path = path.strip_suffix(".git").unwrap_or(path);
        let (host, path) = path.split_once('/').unwrap_or_default();
        let mut parts = path.rsplit('/').filter(|part| !part.is_empty());
        let name = parts.next().unwrap_or(NAMELESS);
        let vendor = parts.next().unwrap_or(NAMELESS);
        let encoded = |text: &str| escape::query(&text.to_lowercase());
        let package = if host == "github.com" {
            format!("pkg:github/{}/{}", encoded(vendor), encoded(name))
        } else {
            format!("pkg:generic/{}/{}", escape::query(vendor), escape::query(name))
        };
        Self { vendor: vendor.to_owned(), name: name.to_owned(), package }
    }

    /// True if the address names an owner.
    pub(crate) fn is_named(&self) -> bool {
        self.vendor != NAMELESS
    }
}

fn statement(line: &ReleaseLine, product: &Product, as_of: Date) -> Statement {
    // Whoever pays may be supported in some way for longer. The end of life is the latest day, and
    // not known where the end of security support is not.
    let ends = [line.until, line.bug_fixes_until, line.extended_until];
    let last = line.until.and_then(|_| ends.into_iter().flatten().max());
    let tag = line.release.as_ref().map(|release| format!("@{}", escape::query(&release.tag)));
    let package = format!("{}{}", product.package, tag.unwrap_or_default());
    Statement {
        core: Core {
            schema: CORE,
            end_of_life: end_of(last),
            end_of_security_support: end_of(line.until),
            last_updated: format!("{as_of}T00:00:00Z"),
        },
        product: Software {
            schema: PRODUCT,
            product_name: product.name.clone(),
            product_version: line.id.0.clone(),
            vendor_name: product.vendor.clone(),
        },
        product_identification_helper: Helper { purls: [package] },
    }
}

/// The last moment of the last day.
fn end_of(day: Option<Date>) -> String {
    day.map_or_else(|| LATER.to_owned(), |day| format!("{day}T23:59:59Z"))
}

#[derive(Serialize)]
struct Shell {
    #[serde(rename = "$schema")]
    schema: &'static str,
    statements: Vec<Statement>,
}

#[derive(Serialize)]
struct Statement {
    core: Core,
    product: Software,
    product_identification_helper: Helper,
}

#[derive(Serialize)]
struct Core {
    #[serde(rename = "$schema")]
    schema: &'static str,
    end_of_life: String,
    end_of_security_support: String,
    last_updated: String,
}

#[derive(Serialize)]
struct Software {
    #[serde(rename = "$schema")]
    schema: &'static str,
    product_name: String,
    product_version: String,
    vendor_name: String,
}

/// As in CSAF 2.1, which asks for at least one of its keys.
#[derive(Serialize)]
struct Helper {
    purls: [String; 1],
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use jiff::{Timestamp, civil::date};
    use serde_json::Value;

    use super::*;
    use crate::{
        model::{About, Claim, End, Origin},
        report::lines::tests::{line, support},
    };

    const ADDRESS: &str = "https://github.com/Ferry/Boat.git";

    fn read(support: &Support, repository: Option<&str>) -> Value {
        let text = openeox(support, repository, date(2031, 6, 15));
        serde_json::from_str(&text).expect("JSON")
    }

    /// What the core's schema and its mandatory and recommended tests ask for.
    fn check(core: &Value) {
        let keys: BTreeSet<&str> =
            core.as_object().expect("a core").keys().map(String::as_str).collect();
        let required = ["$schema", "end_of_life", "end_of_security_support", "last_updated"];
        assert_eq!(keys, BTreeSet::from(required));
        assert_eq!(core["$schema"], "https://docs.oasis-open.org/openeox/v1.0/schema/core.json");
        let day = |key: &str| {
            let text = core[key].as_str().expect("text");
            (text != LATER).then(|| text.parse::<Timestamp>().expect("a timestamp"))
        };
        assert!(day("last_updated").is_some());
        if let Some(life) = day("end_of_life") {
            assert!(day("end_of_security_support").is_some_and(|security| security <= life));
        }
    }

    #[test]
    fn every_line_has_its_core() {
        let document = read(&support(), Some(ADDRESS));
        let statements = document["statements"].as_array().expect("statements");
        let rows: Vec<String> = statements
            .iter()
            .map(|statement| {
                check(&statement["core"]);
                format!(
                    "{} {} {} {}",
                    statement["product"]["product_version"].as_str().expect("text"),
                    statement["core"]["end_of_security_support"].as_str().expect("text"),
                    statement["core"]["end_of_life"].as_str().expect("text"),
                    statement["product_identification_helper"]["purls"][0].as_str().expect("text"),
                )
            })
            .collect();
        assert_eq!(
            rows,
            [
                "1.4 tba tba pkg:github/ferry/boat@v1.4.2",
                "1.3 2031-03-31T23:59:59Z 2031-03-31T23:59:59Z pkg:github/ferry/boat@v1.3.9",
                "1.2 2032-01-31T23:59:59Z 2034-01-31T23:59:59Z pkg:github/ferry/boat@v1.2.30",
            ]
        );
        assert_eq!(statements[0]["product"]["vendor_name"], "Ferry");
        assert_eq!(statements[0]["product"]["product_name"], "Boat");
    }

    #[test]
    fn what_is_printed_is_read_back_with_the_same_lines_and_days() {
        let printed = openeox(&support(), Some(ADDRESS), date(2031, 6, 15));
        let path = "ferry.openeox.json";
        let reader = crate::support::reader_of(path).expect("a reader");
        let at = Origin { reference: None, path: path.to_owned(), row: None };
        let read = reader.read(&printed, &at);
        assert_eq!(read.trouble, []);
        let day = |end: &Option<End>| match end {
            Some(End::Day(day)) => Some(*day),
            _ => None,
        };
        let found: Vec<_> = read
            .claims
            .iter()
            .map(|claim| {
                let About::Version(id) = &claim.about else { panic!("{claim:?}") };
                (id.clone(), day(&claim.security_until), day(&claim.extended_until))
            })
            .collect();
        let stated: Vec<_> = releases(&support())
            .filter(|line| is_stated(line))
            .map(|line| (line.id.0.clone(), line.until, line.extended_until))
            .collect();
        assert_eq!(found, stated);
        // A day says the rest.
        let supported = |claim: &Claim| claim.standing == Some(Standing::Supported);
        let open: Vec<bool> = read.claims.iter().map(supported).collect();
        assert_eq!(open, [true, false, false]);
    }

    #[test]
    fn odd_days_and_addresses_give_valid_documents() {
        let odd = |until, bug_fixes_until, extended_until| {
            let line = line("1\n\"", "", "v1 @/");
            let line = ReleaseLine { until, bug_fixes_until, extended_until, ..line };
            Support { lines: vec![line], ..Support::default() }
        };
        let days = [None, Some(date(2030, 1, 1)), Some(date(2032, 1, 1))];
        for until in days {
            for bug_fixes in days {
                for extended in days {
                    let document = read(&odd(until, bug_fixes, extended), None);
                    check(&document["statements"][0]["core"]);
                }
            }
        }
        for (address, vendor, name) in [
            (None, "unknown", "unknown"),
            (Some("ssh://example.org/boat"), "unknown", "boat"),
            (Some("https://example.org/a/b/boat/"), "b", "boat"),
            (Some("https://example.org"), "unknown", "unknown"),
            (Some("nonsense"), "unknown", "unknown"),
        ] {
            let product = &read(&odd(None, None, None), address)["statements"][0]["product"];
            assert_eq!(product["vendor_name"], vendor, "{address:?}");
            assert_eq!(product["product_name"], name, "{address:?}");
        }
    }
}
