//! From what was typed to what was meant, with every complaint at once.

use std::collections::BTreeSet;

use globset::{Glob, GlobMatcher, GlobSet, GlobSetBuilder};
use jiff::civil::Date;
use toml::{Spanned, value::Datetime};

use super::{
    Complaint, Config, Error, Overrides, RUSTSEC_URL, Scan,
    raw::{RawConfig, RawLine, RawRules, row},
};
use crate::{
    discover::{self, DeclaredLine, Pattern},
    escape::without_credentials,
    judge::{self, FailAt, Gate, Rules},
    model::{Decision, Origin, Rating, Tier},
};

/// The only schema that is known.
const SCHEMA: i64 = 1;
const DEFAULT_AGE: i64 = 30;

pub(super) fn check(
    raw: RawConfig,
    origin: &Origin,
    text: &str,
    overrides: &Overrides,
) -> Result<Config, Error> {
    let mut checker = Checker { origin, text, complaints: Vec::new() };
    if let Some(schema) = raw.schema.filter(|schema| *schema.get_ref() != SCHEMA) {
        let message = format!(
            "it is written in schema {}, and this version knows schema {SCHEMA}; update Patchline",
            schema.get_ref()
        );
        checker.complain(&schema, message);
    }
    let newest = raw.support.newest.and_then(|newest| checker.newest(&newest));
    let support = discover::Policy {
        newest: newest.as_ref().map(|(count, _)| *count),
        origin: newest.map(|(_, origin)| origin),
        declared: checker.lines(raw.support.line),
        default_branch: raw.support.default_branch.unwrap_or(true),
        remote: raw.support.remote,
        tags: raw.support.tags.and_then(|pattern| checker.pattern(&pattern)),
        branches: raw.support.branches.and_then(|pattern| checker.pattern(&pattern)),
        ignore: checker.globs(&raw.support.ignore, &[]),
        only: (!overrides.lines.is_empty())
            .then(|| overrides.lines.iter().filter_map(|glob| checker.glob(glob)).collect()),
    };
    let rustsec = overrides.rustsec.clone().or(raw.scan.db.rustsec);
    if let Some(place) = rustsec.as_ref().filter(|place| !is_place(place)) {
        // git would start a program for the others, and a configuration may be a stranger's.
        let message = format!(
            "the database `{}` is neither a folder nor an http or https address",
            without_credentials(place)
        );
        checker.complaints.push(Complaint { origin: origin.clone(), message });
    }
    let scan = Scan {
        exclude: checker.globs(&raw.scan.exclude, &overrides.exclude),
        rustsec: rustsec.unwrap_or_else(|| RUSTSEC_URL.to_owned()),
        offline: overrides.offline || raw.scan.offline,
    };
    let max_database_age = raw.scan.max_database_age.map_or(DEFAULT_AGE, |age| checker.days(&age));
    let judge = judge::Policy { gate: checker.gate(raw.gate), max_database_age };
    if checker.complaints.is_empty() {
        Ok(Config { support, scan, judge })
    } else {
        checker.complaints.sort_by_key(|complaint| complaint.origin.row);
        Err(Error { complaints: checker.complaints })
    }
}

/// True of a folder and of what is fetched over HTTP.
fn is_place(place: &str) -> bool {
    let is_http = place.starts_with("https://") || place.starts_with("http://");
    is_http || !(place.contains("://") || place.contains("::") || place.starts_with("git@"))
}

struct Checker<'a> {
    origin: &'a Origin,
    text: &'a str,
    complaints: Vec<Complaint>,
}

impl Checker<'_> {
    fn complain<T>(&mut self, at: &Spanned<T>, message: String) {
        let origin = self.place(at);
        self.complaints.push(Complaint { origin, message });
    }

    fn place<T>(&self, at: &Spanned<T>) -> Origin {
        Origin { row: Some(row(self.text, at.span().start)), ..self.origin.clone() }
    }

    fn newest(&mut self, newest: &Spanned<i64>) -> Option<(usize, Origin)> {
        match usize::try_from(*newest.get_ref()) {
            Ok(0) => {
                self.complain(newest, "`newest` is 0, so no line would be supported".to_owned());
                None
            }
            Ok(count) => Some((count, self.place(newest))),
            Err(_) => {
                self.complain(newest, "`newest` is not a number of lines".to_owned());
                None
            }
        }
    }

    fn lines(&mut self, lines: Vec<RawLine>) -> Vec<DeclaredLine> {
        let mut seen = BTreeSet::new();
        let mut declared = Vec::new();
        for line in lines {
            if !seen.insert(line.id.get_ref().clone()) {
                let message = format!("the line `{}` is declared twice", line.id.get_ref());
                self.complain(&line.id, message);
            }
            if line.id.get_ref().trim().is_empty() {
                self.complain(&line.id, "the line has no name".to_owned());
            }
            let tier = line.tier.map(|tier| self.tier(&tier)).unwrap_or_default();
            let until = line.until.and_then(|until| self.day(&until));
            let origin = self.place(&line.id);
            let id = line.id.into_inner();
            declared.push(DeclaredLine { id, branch: line.branch, tier, until, origin });
        }
        declared
    }

    fn tier(&mut self, tier: &Spanned<String>) -> Tier {
        match tier.get_ref().as_str() {
            "full" => Tier::Full,
            "security-only" => Tier::SecurityOnly,
            other => {
                let message = format!("`tier` is `{other}`; it is one of full, security-only");
                self.complain(tier, message);
                Tier::Full
            }
        }
    }

    fn day(&mut self, until: &Spanned<Datetime>) -> Option<Date> {
        let value = until.get_ref();
        let date = value.date.filter(|_| value.time.is_none()).and_then(|date| {
            let part = |number: u8| i8::try_from(number).ok();
            Date::new(i16::try_from(date.year).ok()?, part(date.month)?, part(date.day)?).ok()
        });
        if date.is_none() {
            self.complain(until, "`until` is a day, such as 2027-06-30".to_owned());
        }
        date
    }

    fn pattern(&mut self, text: &Spanned<String>) -> Option<Pattern> {
        match Pattern::parse(text.get_ref()) {
            Ok(pattern) => Some(pattern),
            Err(message) => {
                self.complain(text, message);
                None
            }
        }
    }

    /// A glob of the command line.
    fn glob(&mut self, text: &str) -> Option<GlobMatcher> {
        match Glob::new(text) {
            Ok(glob) => Some(glob.compile_matcher()),
            Err(error) => {
                let origin =
                    Origin { reference: None, path: "the command line".to_owned(), row: None };
                let message = format!("`{text}` is not a glob: {}", error.kind());
                self.complaints.push(Complaint { origin, message });
                None
            }
        }
    }

    /// Globs of the file and of the command line together.
    fn globs(&mut self, typed: &[Spanned<String>], given: &[String]) -> GlobSet {
        let mut set = GlobSetBuilder::new();
        let command_line =
            Origin { reference: None, path: "the command line".to_owned(), row: None };
        let typed = typed.iter().map(|glob| (glob.get_ref(), self.place(glob)));
        let given = given.iter().map(|glob| (glob, command_line.clone()));
        for (glob, origin) in typed.chain(given).collect::<Vec<_>>() {
            match Glob::new(glob) {
                Ok(glob) => {
                    set.add(glob);
                }
                Err(error) => {
                    let message = format!("`{glob}` is not a glob: {}", error.kind());
                    self.complaints.push(Complaint { origin, message });
                }
            }
        }
        set.build().unwrap_or_else(|error| {
            let message = format!("the globs are too large together: {}", error.kind());
            self.complaints.push(Complaint { origin: self.origin.clone(), message });
            GlobSet::empty()
        })
    }

    fn days(&mut self, age: &Spanned<String>) -> i64 {
        let days = age.get_ref().strip_suffix('d').and_then(|days| days.trim().parse::<u32>().ok());
        if let Some(days) = days {
            return i64::from(days);
        }
        let message = format!(
            "`max-database-age` is `{}`; write a number of days, such as \"30d\"",
            age.get_ref()
        );
        self.complain(age, message);
        DEFAULT_AGE
    }

    fn gate(&mut self, raw: RawRules) -> Gate {
        let rules = self.rules(&raw, &Rules::default());
        let tiers = raw.tier.map(Spanned::into_inner).unwrap_or_default();
        let mut gate = Gate { rules, ..Gate::default() };
        for (tier, raw) in [(Tier::Full, tiers.full), (Tier::SecurityOnly, tiers.security_only)] {
            let Some(raw) = raw else { continue };
            if let Some(nested) = &raw.tier {
                self.complain(nested, "a tier has no tiers of its own".to_owned());
            }
            let rules = self.rules(&raw, &gate.rules);
            gate.tiers.insert(tier, rules);
        }
        gate
    }

    /// What is typed, over what holds otherwise.
    fn rules(&mut self, raw: &RawRules, base: &Rules) -> Rules {
        let mut decide = |key, text: &Option<_>, base| self.decision(key, text.as_ref(), base);
        let decided = Rules {
            fail_at: base.fail_at,
            unrated: decide("unrated", &raw.unrated, base.unrated),
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
