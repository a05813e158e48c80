//! From what was typed to what was meant, with every complaint at once.

mod dependabot;
mod disclose;
mod gate;
mod publish;
mod scanner;
mod suppress;
mod targets;

use std::{collections::BTreeSet, net::IpAddr};

use globset::{Glob, GlobMatcher, GlobSet, GlobSetBuilder};
use jiff::civil::Date;
use toml::{Spanned, value::Datetime};

use super::{
    Complaint, Config, Error, FactPlaces, Overrides, RUSTSEC_URL, Scan, Sources,
    raw::{RawConfig, RawLine, RawRule, row},
};
use crate::{
    discover::{self, DeclaredLine, Pattern, PolicyRule},
    escape::without_credentials,
    judge, merge,
    model::{Origin, Rule, Standing, Tier, Unit},
};

/// The only schema that is known.
const SCHEMA: i64 = 1;
const DEFAULT_AGE: i64 = 30;
/// A century: days are added to dates, and those end.
const MOST_MONTHS: i64 = 1200;

pub(super) fn check(
    mut raw: RawConfig,
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
    let untagged = raw.support.untagged.as_ref().filter(|untagged| *untagged.get_ref());
    if let Some(untagged) = untagged.filter(|_| raw.support.tags.is_some()) {
        let message = "`tags` says what the tags of releases look like, and `untagged` that there \
            are none";
        checker.complain(untagged, message.to_owned());
    }
    let untagged = untagged.is_some();
    let newest = raw.support.newest.and_then(|newest| checker.newest(&newest));
    let sources = Sources {
        endoflife: raw.support.endoflife.and_then(|place| checker.place_of("endoflife", &place)),
        openeox: raw.support.openeox.iter().filter_map(|path| checker.openeox(path)).collect(),
    };
    let support = discover::Policy {
        newest: newest.as_ref().map(|(count, _)| *count),
        origin: newest.map(|(_, origin)| origin),
        declared: checker.lines(raw.support.line),
        rules: raw.support.rule.iter().filter_map(|rule| checker.rule(rule)).collect(),
        evidence: raw.support.evidence.unwrap_or(true),
        editions: raw.support.editions.map(|editions| checker.editions(&editions)),
        default_branch: raw.support.default_branch.unwrap_or(true),
        remote: raw.support.remote,
        tags: raw.support.tags.and_then(|pattern| checker.pattern(&pattern)),
        branches: raw.support.branches.and_then(|pattern| checker.pattern(&pattern)),
        untagged,
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
        dependabot: checker.dependabot(raw.scan.dependabot, raw.scan.dependabot_alerts),
        allow_commands: raw.scan.allow_commands,
        deep: overrides.deep || raw.scan.deep,
    };
    let facts = FactPlaces {
        kev: raw.facts.kev.and_then(|place| checker.place_of("kev", &place)),
        epss: raw.facts.epss.and_then(|place| checker.place_of("epss", &place)),
    };
    let scanners = checker.scanners(&raw.scanner);
    let graphs = checker.graphs(&raw.graph);
    if let Some(fail_at) = &overrides.fail_at {
        raw.gate.fail_at = Some(Spanned::new(0..0, fail_at.clone()));
    }
    let max_database_age = raw
        .scan
        .max_database_age
        .and_then(|age| checker.days("max-database-age", &age))
        .unwrap_or(DEFAULT_AGE);
    let merge = merge::Preference { prefer: checker.preferred(&raw.severity.prefer) };
    let judge = judge::Policy { gate: checker.gate(raw.gate), max_database_age, baseline: None };
    let silence = judge::suppress::Policy {
        suppressions: checker.suppressions(raw.suppress, overrides.today),
        obey: checker.obey(raw.statements.obey),
    };
    let publish = checker.publish(&raw.publish);
    let targets = checker.targets(&raw.targets);
    let disclose = checker.disclose(&raw.disclose);
    if checker.complaints.is_empty() {
        Ok(Config {
            support,
            sources,
            scan,
            merge,
            facts,
            scanners,
            graphs,
            judge,
            silence,
            publish,
            targets,
            disclose,
        })
    } else {
        checker.complaints.sort_by_key(|complaint| complaint.origin.row);
        Err(Error { complaints: checker.complaints })
    }
}

/// Globs of the command line, or every complaint about them.
pub(super) fn globs(given: &[String]) -> Result<Vec<GlobMatcher>, Error> {
    let origin = Origin { reference: None, path: "the command line".to_owned(), row: None };
    let mut checker = Checker { origin: &origin, text: "", complaints: Vec::new() };
    let globs = given.iter().filter_map(|glob| checker.glob(glob)).collect();
    if checker.complaints.is_empty() {
        return Ok(globs);
    }
    Err(Error { complaints: checker.complaints })
}

/// True of a folder and of what is fetched over HTTP.
fn is_place(place: &str) -> bool {
    let is_http = place.starts_with("https://") || place.starts_with("http://");
    is_http || !(place.contains("://") || place.contains("::") || place.starts_with("git@"))
}

/// True of an address without its scheme that leads to this machine, as in a test.
fn is_this_machine(rest: &str) -> bool {
    let authority = rest.split(['/', '?', '#', '\\']).next().unwrap_or_default();
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let host = match host.strip_prefix('[') {
        Some(host) => host.split(']').next().unwrap_or_default(),
        None => host.split(':').next().unwrap_or_default(),
    };
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
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
            let until = line.until.as_ref().and_then(|until| self.day("until", until));
            let bug_fixes_until = line.bug_fixes_until.and_then(|typed| {
                let day = self.day("bug-fixes-until", &typed)?;
                if until.is_some_and(|until| until < day) {
                    let message = "`bug-fixes-until` is after `until`, the last supported day";
                    self.complain(&typed, message.to_owned());
                }
                Some(day)
            });
            let standing = line.status.and_then(|status| self.standing(&status));
            let edition = line.edition.and_then(|edition| self.edition(&edition));
            declared.push(DeclaredLine {
                origin: self.place(&line.id),
                id: line.id.into_inner(),
                branch: line.branch,
                tier,
                until,
                bug_fixes_until,
                standing,
                edition,
                is_lts: line.lts,
            });
        }
        declared
    }

    /// One `[[support.rule]]`.
    fn rule(&mut self, typed: &Spanned<RawRule>) -> Option<PolicyRule> {
        let raw = typed.get_ref();
        let tier = raw.tier.as_ref().map(|tier| self.tier(tier)).unwrap_or_default();
        let of = raw.of.as_ref().and_then(|of| self.unit(of));
        let months = raw.months.as_ref();
        // `months` is a rule of its own, and how long a long-term line lasts.
        let own_months = months.filter(|_| raw.lts_every.is_none());
        let kinds = [
            ("newest", raw.newest.as_ref()),
            ("months", own_months),
            ("after-next", raw.after_next.as_ref()),
            ("last-of-major", raw.last_of_major.as_ref()),
            ("lts-every", raw.lts_every.as_ref()),
        ];
        let mut given = kinds.into_iter().filter_map(|(name, value)| Some((name, value?)));
        let Some((kind, value)) = given.next() else {
            let message =
                "the rule is none of newest, months, after-next, last-of-major, lts-every";
            self.complain(typed, message.to_owned());
            return None;
        };
        for (other, value) in given {
            let message = format!(
                "a rule is one thing, and this is `{kind}` already; give `{other}` a rule of its own"
            );
            self.complain(value, message);
        }
        if let Some(majors) = raw.majors.as_ref().filter(|_| kind != "newest") {
            self.complain(majors, format!("`majors` belongs to `newest`, and not to `{kind}`"));
        }
        if let Some(of) = raw.of.as_ref().filter(|_| !matches!(kind, "newest" | "lts-every")) {
            self.complain(
                of,
                format!("`of` belongs to `newest` and `lts-every`, and not to `{kind}`"),
            );
        }
        let rule = match kind {
            "newest" => self.newest_rule(raw, value, of)?,
            "lts-every" => {
                let every = self.count(kind, value, i64::MAX);
                let Some(months) = months else {
                    let message = "`lts-every` needs `months`: how long such a line is supported";
                    self.complain(value, message.to_owned());
                    return None;
                };
                let months = self.count("months", months, MOST_MONTHS);
                Rule::EveryNth { every: every?, of: of.unwrap_or(Unit::Major), months: months? }
            }
            "months" => Rule::Months { months: self.count(kind, value, MOST_MONTHS)? },
            "after-next" => Rule::AfterNext { months: self.count(kind, value, MOST_MONTHS)? },
            _ => Rule::LastOfMajor { months: self.count(kind, value, MOST_MONTHS)? },
        };
        Some(PolicyRule { rule, tier, origin: self.place(value) })
    }

    /// `newest = 2`, of all lines, of each of the newest majors, or with one line of each major.
    fn newest_rule(
        &mut self,
        raw: &RawRule,
        newest: &Spanned<i64>,
        of: Option<Unit>,
    ) -> Option<Rule> {
        let count = self.count("newest", newest, i64::MAX);
        let majors = match &raw.majors {
            Some(majors) => Some(self.count("majors", majors, i64::MAX)?),
            None => None,
        };
        match (of, majors) {
            (Some(Unit::Major), Some(_)) => {
                let message = "`of = \"major\"` takes one line of each major; `majors` takes `newest` lines of each";
                self.complain(newest, message.to_owned());
                None
            }
            (Some(Unit::Major), None) => Some(Rule::Newest { lines: 1, majors: Some(count?) }),
            (_, majors) => Some(Rule::Newest { lines: count?, majors }),
        }
    }

    /// A number of things, at least one.
    fn count<T: TryFrom<i64>>(&mut self, key: &str, typed: &Spanned<i64>, most: i64) -> Option<T> {
        let value = *typed.get_ref();
        let count = (1..=most).contains(&value).then(|| T::try_from(value).ok()).flatten();
        if count.is_none() {
            let range =
                if most == i64::MAX { "1 or more".to_owned() } else { format!("1 to {most}") };
            self.complain(typed, format!("`{key}` is {value}; it is {range}"));
        }
        count
    }

    fn unit(&mut self, of: &Spanned<String>) -> Option<Unit> {
        match of.get_ref().as_str() {
            "major" => Some(Unit::Major),
            "minor" => Some(Unit::Minor),
            other => {
                self.complain(of, format!("`of` is `{other}`; it is one of major, minor"));
                None
            }
        }
    }

    fn standing(&mut self, status: &Spanned<String>) -> Option<Standing> {
        match status.get_ref().as_str() {
            "supported" => Some(Standing::Supported),
            "eol" => Some(Standing::Eol),
            "upcoming" => Some(Standing::Upcoming),
            other => {
                let message =
                    format!("`status` is `{other}`; it is one of supported, eol, upcoming");
                self.complain(status, message);
                None
            }
        }
    }

    fn edition(&mut self, edition: &Spanned<String>) -> Option<String> {
        let name = edition.get_ref().trim();
        if name.is_empty() {
            self.complain(edition, "the edition has no name".to_owned());
            return None;
        }
        Some(name.to_owned())
    }

    fn editions(&mut self, editions: &Spanned<Vec<Spanned<String>>>) -> Vec<String> {
        if editions.get_ref().is_empty() {
            self.complain(editions, "`editions` is empty, so no edition would count".to_owned());
        }
        editions.get_ref().iter().filter_map(|edition| self.edition(edition)).collect()
    }

    /// A file, or an address that an attacker on the way cannot change.
    fn place_of(&mut self, key: &str, place: &Spanned<String>) -> Option<String> {
        let text = place.get_ref();
        let is_address = text.strip_prefix("https://").is_some_and(|rest| !rest.is_empty())
            || text.strip_prefix("http://").is_some_and(is_this_machine);
        if !is_address && (text.trim().is_empty() || text.contains("://")) {
            let message = format!(
                "`{key}` is `{}`; it is a file or an https address",
                without_credentials(text)
            );
            self.complain(place, message);
            return None;
        }
        Some(text.clone())
    }

    fn openeox(&mut self, path: &Spanned<String>) -> Option<String> {
        let text = path.get_ref();
        if text.trim().is_empty() || text.contains("://") {
            let shown = without_credentials(text);
            self.complain(path, format!("`openeox` names `{shown}`; it names files"));
            return None;
        }
        Some(text.clone())
    }

    fn tier(&mut self, tier: &Spanned<String>) -> Tier {
        match tier.get_ref().as_str() {
            "full" => Tier::Full,
            "security-only" => Tier::SecurityOnly,
            "critical-only" => Tier::CriticalOnly,
            other => {
                let message =
                    format!("`tier` is `{other}`; it is one of full, security-only, critical-only");
                self.complain(tier, message);
                Tier::Full
            }
        }
    }

    fn day(&mut self, key: &str, typed: &Spanned<Datetime>) -> Option<Date> {
        let value = typed.get_ref();
        let date = value.date.filter(|_| value.time.is_none()).and_then(|date| {
            let part = |number: u8| i8::try_from(number).ok();
            Date::new(i16::try_from(date.year).ok()?, part(date.month)?, part(date.day)?).ok()
        });
        if date.is_none() {
            self.complain(typed, format!("`{key}` is a day, such as 2027-06-30"));
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

    /// A number of days that is written as `"30d"`.
    fn days(&mut self, key: &str, typed: &Spanned<String>) -> Option<i64> {
        let text = typed.get_ref();
        let days = text.strip_suffix('d').and_then(|days| days.trim().parse::<u32>().ok());
        if days.is_none() {
            let message = format!("`{key}` is `{text}`; write a number of days, such as \"30d\"");
            self.complain(typed, message);
        }
        days.map(i64::from)
    }

    /// Scales of severities, or the names of sources in lower case.
    fn preferred(&mut self, typed: &[Spanned<String>]) -> Vec<String> {
        let is_name = |text: &str| {
            let is_letter =
                |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "-._".contains(c);
            !text.is_empty() && text.chars().all(is_letter)
        };
        for word in typed.iter().filter(|word| !is_name(word.get_ref())) {
            let message = format!(
                "`prefer` names `{}`; it names cvss4, cvss3, cvss2, score, word, or a source such as nvd",
                word.get_ref()
            );
            self.complain(word, message);
        }
        typed.iter().map(|word| word.get_ref().clone()).collect()
    }
}
