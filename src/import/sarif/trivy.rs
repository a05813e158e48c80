//! Trivy: <https://github.com/aquasecurity/trivy>.
//!
//! The class of a result is its rule's name. Package, version and fix are lines of the message; a
//! rule's help shows the first package only. Older versions fold the package or the severity into
//! the rule's id, and have the lines in the help of that rule.

use super::{
    Dialect, Made, Seen,
    rules::Rule,
    seen::{ecosystem_of, fix, line_of, name_and_version},
};
use crate::model::Ecosystem;

pub(super) struct Trivy;

/// The scores that it writes where it knows only a word.
const INVENTED: [(&str, f64); 4] =
    [("critical", 9.5), ("high", 8.0), ("medium", 5.5), ("low", 2.0)];

/// What older versions called ecosystems.
const OLD_NAMES: [(&str, &str); 8] = [
    ("Bundler", "RubyGems"),
    ("Cargo", "crates.io"),
    ("Composer", "Packagist"),
    ("Npm", "npm"),
    ("Pipenv", "PyPI"),
    ("Poetry", "PyPI"),
    ("Yarn", "npm"),
    ("Alpine", "Alpine"),
];

impl Dialect for Trivy {
    fn id(&self) -> &'static str {
        "trivy"
    }

    fn claims(&self, driver: &str) -> bool {
        driver.get(..5).is_some_and(|start| start.eq_ignore_ascii_case("trivy"))
    }

    fn read(&self, seen: &Seen<'_>) -> Made {
        let class = seen.rule.map(Rule::name).unwrap_or_default();
        let message = seen.text();
        let is_of_packages = class.contains("Vulnerability") || class.ends_with("_scanning");
        if !(is_of_packages || class.is_empty() && line_of(message, "Installed Version").is_some())
        {
            return Made::Alert(seen.alert());
        }
        let (id, is_old, word) = id(seen.rule_id());
        let help = seen.rule.map(Rule::help).unwrap_or_default();
        let lines = match line_of(message, "Package") {
            None if is_old => help,
            _ => message,
        };
        let Some(package) = line_of(lines, "Package").filter(|name| !name.is_empty()) else {
            return Made::Nameless("neither its message nor its rule has a line for the package");
        };
        let mut spots = seen.spots();
        let is_of_system = class.starts_with("Os") || class.starts_with("OS ");
        if is_of_system {
            // The place is the name of an image, not a file.
            spots.clear();
        }
        let old = class.split_once('(').map(|(_, rest)| rest.trim_end_matches(')'));
        let old = OLD_NAMES.iter().find(|(name, _)| Some(*name) == old);
        let ecosystem = old
            .map(|(_, name)| Ecosystem::named(name))
            .or_else(|| ecosystem_of(&spots))
            .unwrap_or(Ecosystem::UNKNOWN);
        let mut advisory = seen.advisory(id, ecosystem, package);
        let word = word.or_else(|| line_of(lines, "Severity"));
        advisory.severity = seen.rated(word, &INVENTED).into_iter().collect();
        let fixed = line_of(lines, "Fixed Version").unwrap_or_default();
        fix(&mut advisory, fixed.split(','));
        let of_place = || {
            let message = spots.first()?.location.message.0.text.get()?;
            let (name, version) = name_and_version(message.rsplit(": ").next()?)?;
            version.filter(|_| name == package)
        };
        let version = line_of(lines, "Installed Version").or_else(of_place);
        // The files of an image are not those of the repository.
        if seen.context.properties.get("imageName").is_some() {
            for spot in &mut spots {
                spot.file = None;
            }
        }
        Made::packages(advisory, version, spots)
    }
}

/// The advisory in a rule's id, whether it is folded into it, and a severity: `CVE-1`,
/// `CVE-1/name`, `[HIGH] CVE-1`.
fn id(rule: &str) -> (&str, bool, Option<&str>) {
    if let Some((word, id)) = rule.strip_prefix('[').and_then(|rest| rest.split_once("] ")) {
        return (id, true, Some(word));
    }
    match rule.split_once('/') {
        Some((id, _)) => (id, true, None),
        None => (rule, false, None),
    }
}
