//! One result in the context of its run, and what the dialects make of it.

use std::{num::NonZeroU32, sync::Arc};

use semver::Version;
use serde_json::Value;

use super::{
    place::{Places, Spot},
    result::{SarifResult, filled},
    rules::{Rule, Tool, level, one_line},
    value::list,
};
use crate::{
    model::{
        Advisory, AdvisoryClass, Alert, Certainty, Ecosystem, Level, Reach, Reported,
        SeverityClaim, canonical_id,
    },
    name::path,
    severity,
};

/// What a run says beside its results.
#[derive(Debug, Default)]
pub(super) struct Context<'a> {
    pub(super) tool: Tool,
    pub(super) places: Places<'a>,
    pub(super) properties: Value,
    /// The commit that the run is about.
    pub(super) commit: Option<String>,
    /// The id of the tool, whose severities these are.
    pub(super) source: Arc<str>,
}

/// What a dialect makes of one result.
#[derive(Debug)]
pub enum Made {
    /// Claims that packages have a vulnerability.
    Packages(Vec<Reported>),
    /// Something about code, secrets, licences or configuration.
    Alert(Box<Alert>),
    /// It ought to name a package's vulnerability and does not, for this reason. It is kept as an
    /// alert, and named.
    Nameless(&'static str),
}

/// One result, its rule and its run.
#[derive(Clone, Copy, Debug)]
pub struct Seen<'a> {
    pub(super) result: &'a SarifResult,
    pub(super) rule: Option<&'a Rule>,
    pub(super) context: &'a Context<'a>,
}

/// The name of a rule that has none.
const UNNAMED: &str = "unnamed";

impl<'a> Seen<'a> {
    /// The id that the result gives, else that of its rule.
    pub(super) fn rule_id(&self) -> &'a str {
        let of_rule = || self.rule.map(Rule::id).filter(|id| !id.is_empty());
        self.result.rule_id().or_else(of_rule).unwrap_or(UNNAMED)
    }

    /// The message, with its arguments in their places.
    pub(super) fn message(&self) -> String {
        let arguments = list(&self.result.message.0.arguments, "");
        if let Some(text) = self.result.message() {
            return filled(text, arguments);
        }
        let of_rule = || {
            let rule = self.rule?;
            let id = self.result.message.0.id.get()?;
            rule.message_strings.get(id)?.get("text")?.as_str()
        };
        match of_rule() {
            Some(template) => filled(template, arguments),
            None => self.rule.map(Rule::title).unwrap_or_default(),
        }
    }

    /// The text of the message as the tool wrote it.
    pub(super) fn text(&self) -> &'a str {
        self.result.message().unwrap_or_default()
    }

    /// Every place of the result, each once.
    pub(super) fn spots(&self) -> Vec<Spot<'a>> {
        self.context.places.of(self.result)
    }

    /// The full names of the logical locations.
    pub(super) fn logical_names(&self) -> impl Iterator<Item = &'a str> {
        let locations = self.result.locations.0.iter();
        locations
            .flat_map(|location| &location.logical.0)
            .filter_map(|logical| logical.fully_qualified_name.get())
    }

    /// The result as an alert.
    pub(super) fn alert(&self) -> Box<Alert> {
        let by_rule = || self.rule.and_then(Rule::level);
        let level = level(Some(&self.result.level)).or_else(by_rule).unwrap_or(Level::Warning);
        let spot = self.spots().into_iter().next();
        let (file, row) = spot.map(|spot| (spot.file, spot.row)).unwrap_or_default();
        Box::new(Alert {
            source: Arc::clone(&self.context.source),
            rule: one_line(self.rule_id()).into(),
            level,
            severity: self.rule.and_then(|rule| rule.severity.clone()),
            message: self.message().into(),
            // A row without its file means nothing.
            row: row.filter(|_| file.is_some()),
            file,
            fingerprints: self.result.fingerprints(),
            suppressed: None,
            at: None,
        })
    }

    /// What the rule says of a vulnerability, with the severity that it gives.
    pub(super) fn advisory(&self, id: &str, ecosystem: Ecosystem, package: &str) -> Advisory {
        let id = one_line(&canonical_id(id));
        let class = match id.split_once('-') {
            Some(("MAL", _)) => AdvisoryClass::Malware,
            _ => AdvisoryClass::Unstated,
        };
        Advisory {
            class,
            package: ecosystem.canonical(&one_line(package)),
            ecosystem,
            severity: self.rule.and_then(|rule| rule.severity.clone()).into_iter().collect(),
            title: self.rule.map(Rule::title).unwrap_or_default(),
            details: self.rule.map(Rule::details).unwrap_or_default(),
            url: self.rule.and_then(Rule::url),
            id,
            ..Advisory::default()
        }
    }

    /// The severity, where the tool has a word and invents a score from it if it knows none: an
    /// invented score is only the word.
    pub(super) fn rated(
        &self,
        word: Option<&str>,
        invented: &[(&str, f64)],
    ) -> Option<SeverityClaim> {
        let by = &self.context.source;
        let score = self.rule.and_then(Rule::score);
        let is_invented = |known: f64| score.is_some_and(|score| (score - known).abs() < 0.01);
        let named = |(name, known): &&(&str, f64)| {
            is_invented(*known) && word.is_none_or(|word| word.eq_ignore_ascii_case(name))
        };
        if let Some((name, _)) = invented.iter().find(named) {
            return severity::of_word(by, name);
        }
        let claim = self.rule.and_then(|rule| rule.severity.clone());
        claim.or_else(|| severity::of_word(by, word?))
    }

    /// One claim per place, or one without a place.
    pub(super) fn packages(&self, advisory: Advisory, version: Option<&str>) -> Made {
        Made::packages(advisory, version, self.spots())
    }
}

/// Every scanner of packages writes row 1 when it knows none, and hardly any lockfile has a package
/// there.
fn is_row_of_a_package(row: NonZeroU32) -> bool {
    row.get() > 1
}

/// A version, unless the tool says that it knows none.
fn clean(version: Option<&str>) -> Option<String> {
    let version = version?.trim();
    let is_unknown = ["", "unknown", "undefined", "null", "*", "-"].contains(&version);
    (!is_unknown).then(|| one_line(version))
}

impl Made {
    /// One claim per place that is given, or one without a place.
    pub(super) fn packages(
        advisory: Advisory,
        version: Option<&str>,
        spots: Vec<Spot<'_>>,
    ) -> Self {
        let version = version.map(|version| advisory.ecosystem.version(version));
        let first = Reported::of(advisory, clean(version));
        let mut claims: Vec<Reported> = Vec::with_capacity(spots.len().max(1));
        for spot in spots {
            let mut claim = first.clone();
            claim.row = spot.row.filter(|row| spot.file.is_some() && is_row_of_a_package(*row));
            claim.file = spot.file;
            claims.push(claim);
        }
        if claims.is_empty() {
            claims.push(first);
        }
        Self::Packages(claims)
    }

    /// Sets how the package is reached, on every claim.
    pub(super) fn reached(mut self, reach: &Reach) -> Self {
        if let Self::Packages(claims) = &mut self {
            for claim in claims {
                claim.reach = reach.clone();
            }
        }
        self
    }

    /// Says how sure the tool is, on every claim.
    pub(super) fn certain(mut self, certainty: Certainty) -> Self {
        if let Self::Packages(claims) = &mut self {
            for claim in claims {
                claim.certainty = certainty;
            }
        }
        self
    }
}

/// Sets the versions in which a tool says that the flaw is fixed.
pub(super) fn fix<'t>(advisory: &mut Advisory, versions: impl Iterator<Item = &'t str>) {
    for version in versions.map(str::trim) {
        let version = one_line(advisory.ecosystem.version(version));
        if !version.is_empty() && !advisory.patched.contains(&version) {
            advisory.fixed.extend(Version::parse(&version));
            advisory.patched.push(version);
        }
    }
    advisory.fixed.sort();
}

/// Sets the other names of a vulnerability.
pub(super) fn name<'t>(advisory: &mut Advisory, aliases: impl Iterator<Item = &'t str>) {
    let mut names: Vec<String> = aliases
        .map(|alias| one_line(&canonical_id(alias)))
        .filter(|alias| !alias.is_empty() && *alias != advisory.id)
        .collect();
    names.sort();
    names.dedup();
    advisory.aliases = names;
}

/// `name@version`; the name may start with an `@`.
pub(super) fn name_and_version(text: &str) -> Option<(&str, Option<&str>)> {
    let text = text.trim();
    match text.rsplit_once('@') {
        Some((name, version)) if !name.is_empty() => Some((name, Some(version))),
        Some(_) => Some((text, None)),
        None => (!text.is_empty()).then_some((text, None)),
    }
}

/// Some tools write a slash before a path from the root of what they scanned.
pub(super) fn from_the_root(spots: &mut [Spot<'_>]) {
    for spot in spots.iter_mut().filter(|spot| spot.file.is_none() && spot.uri.starts_with('/')) {
        spot.file = path(spot.uri.trim_start_matches('/'), None);
    }
}

/// The value of a `Key: value` line.
pub(super) fn line_of<'t>(text: &'t str, key: &str) -> Option<&'t str> {
    text.lines().find_map(|line| line.trim().strip_prefix(key)?.strip_prefix(':')).map(str::trim)
}

/// The ecosystem of the first place whose file tells, be it a lockfile or an installed package.
pub(super) fn ecosystem_of(spots: &[Spot<'_>]) -> Option<Ecosystem> {
    const INSTALLED: [(&str, &str); 8] = [
        (".deps.json", "NuGet"),
        (".dist-info/METADATA", "PyPI"),
        (".egg-info/PKG-INFO", "PyPI"),
        (".ear", "Maven"),
        (".gemspec", "RubyGems"),
        (".jar", "Maven"),
        (".war", "Maven"),
        ("composer/installed.json", "Packagist"),
    ];
    let of_package = |uri: &str| {
        let (_, ecosystem) = INSTALLED.iter().find(|(end, _)| uri.ends_with(end))?;
        Some(Ecosystem::named(ecosystem))
    };
    spots.iter().find_map(|spot| Ecosystem::of_file(spot.uri).or_else(|| of_package(spot.uri)))
}
