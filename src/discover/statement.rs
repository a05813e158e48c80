//! All that one document says, line by line: claims brought together, and how far behind it is.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use super::{
    resolve::Known,
    rules::{self, counts},
};
use crate::model::{About, Claim, DeclaredBy, End, Origin, Standing, Tier};

/// A list that lacks so many of the newest lines decides nothing any more.
const STALE: usize = 3;

/// What a statement says of one line.
#[derive(Clone, Debug)]
pub(super) struct Opinion<'a> {
    /// The claim that decides within the statement.
    pub claim: &'a Claim,
    pub standing: Standing,
    pub tier: Option<Tier>,
    pub until: Option<Date>,
    pub bug_fixes_until: Option<Date>,
    pub extended_until: Option<Date>,
    pub is_lts: bool,
    pub edition: Option<String>,
    pub says: String,
    /// The line is not named: it is among the others, or a rule counts it.
    pub is_implied: bool,
    /// Further claims that say the same.
    also: Vec<&'a Claim>,
}

/// The claims of one kind in one document.
#[derive(Debug)]
pub(super) struct Statement<'a> {
    pub by: DeclaredBy,
    /// Where the first of its claims stands.
    pub origin: &'a Origin,
    /// By the index of the line.
    pub opinions: BTreeMap<usize, Opinion<'a>>,
    /// Released lines that are newer than every one that it knows of.
    pub behind: usize,
    /// It lists single lines, so that one can be missing.
    pub is_list: bool,
    /// Globs of branches that it looks after whatever there is.
    pub patterns: Vec<&'a str>,
    /// Claims about a line that is not there, and not to come either.
    pub unresolved: Vec<&'a Claim>,
    /// For one on a line's own branch: the line.
    pub line: Option<usize>,
    has_dates: bool,
    /// How many of its claims name a version or a range of them.
    versions: usize,
}

impl<'a> Statement<'a> {
    /// Groups claims into statements, the most trusted first.
    pub(super) fn all(
        claims: &'a [Claim],
        known: &Known<'_>,
        default: Option<&str>,
        today: Date,
    ) -> Vec<Self> {
        let mut groups: BTreeMap<(DeclaredBy, &Option<String>, &str), Vec<&Claim>> =
            BTreeMap::new();
        for claim in claims {
            let key = (claim.by, &claim.origin.reference, claim.origin.path.as_str());
            groups.entry(key).or_default().push(claim);
        }
        // Who handed them over in which order says nothing.
        for claims in groups.values_mut() {
            claims.sort_by(|a, b| (a.origin.row, a).cmp(&(b.origin.row, b)));
        }
        let mut statements: Vec<Self> = groups
            .into_values()
            .filter_map(|claims| Self::of(&claims, known, default, today))
            .collect();
        statements.sort_by(|a, b| a.rank().cmp(&b.rank()));
        statements
    }

    fn of(
        claims: &[&'a Claim],
        known: &Known<'_>,
        default: Option<&str>,
        today: Date,
    ) -> Option<Self> {
        let first = claims.first()?;
        let on_line =
            first.origin.reference.as_deref().filter(|reference| Some(*reference) != default);
        let line = on_line.map(|reference| {
            let has = |s: &super::series::Series| {
                s.branch.as_ref().is_some_and(|b| b.reference == reference)
            };
            known.shown.series.iter().position(has)
        });
        // A copy on a branch that is no line is nobody's word.
        if line == Some(None) {
            return None;
        }
        let line = line.flatten();
        let mut statement = Self {
            by: first.by,
            origin: &first.origin,
            opinions: BTreeMap::new(),
            behind: 0,
            is_list: false,
            patterns: Vec::new(),
            unresolved: Vec::new(),
            line,
            has_dates: false,
            versions: 0,
        };
        statement.take_lines(claims, known, today);
        statement.take_rules(claims, known, today);
        statement.take_others(claims, known);
        if let Some(own) = line {
            // What stands on a line's branch is about that line; a rule there also holds for the
            // older lines, which are under the policy of their time.
            statement.opinions.retain(|at, opinion| {
                *at == own
                    || (*at > own && matches!(opinion.claim.about, About::Rule(_) | About::Others))
            });
        }
        statement.behind = statement.count_behind(claims, known);
        Some(statement)
    }

    fn take_lines(&mut self, claims: &[&'a Claim], known: &Known<'_>, today: Date) {
        // A line that is named outweighs a range that it is in.
        let mut strength: BTreeMap<usize, u8> = BTreeMap::new();
        for claim in claims {
            self.has_dates |= claim.security_until.is_some();
            let weight = match &claim.about {
                About::Version(_) | About::Branch(_) | About::Newest => 2,
                About::Below(_) | About::From(_) | About::Between(..) => 1,
                About::Matching(pattern) => {
                    self.patterns.push(pattern);
                    continue;
                }
                About::Rule(_) | About::Others => continue,
            };
            self.versions += 1;
            let lines = known.lines(&claim.about, claim.standing);
            let names_one = weight == 2 && claim.about != About::Newest;
            if lines.is_empty() && names_one && is_promise(claim) && !is_to_come(claim, known) {
                self.unresolved.push(claim);
            }
            for at in lines {
                let Some(opinion) = opinion(claim, known, at, today) else { continue };
                let is_of_lists = matches!(
                    self.by,
                    DeclaredBy::Manifest
                        | DeclaredBy::Table
                        | DeclaredBy::EndOfLife
                        | DeclaredBy::Bots
                );
                if names_one
                    && is_of_lists
                    && opinion.standing == Standing::Supported
                    && !claim.is_lts
                {
                    self.is_list = true;
                }
                let known_weight = strength.get(&at).copied().unwrap_or(0);
                match self.opinions.get_mut(&at) {
                    Some(present) if known_weight == weight => present.join(opinion),
                    Some(_) if known_weight > weight => {}
                    _ => {
                        strength.insert(at, weight);
                        self.opinions.insert(at, opinion);
                    }
                }
            }
        }
    }

    fn take_rules(&mut self, claims: &[&'a Claim], known: &Known<'_>, today: Date) {
        let mut ruled: BTreeMap<usize, Opinion<'a>> = BTreeMap::new();
        // A document may say the same a thousand times.
        let mut taken = BTreeSet::new();
        for claim in claims {
            let About::Rule(rule) = &claim.about else { continue };
            if !taken.insert((*rule, claim.tier)) {
                continue;
            }
            for at in 0..known.shown.series.len() {
                if self.opinions.contains_key(&at) {
                    continue;
                }
                let Some(found) = rules::apply(*rule, known.shown, at, today) else { continue };
                let opinion = Opinion {
                    claim,
                    standing: found.standing,
                    tier: claim.tier.filter(|_| found.standing == Standing::Supported),
                    until: found.until,
                    // How long a rule gives everything is how long it gives bug fixes.
                    bug_fixes_until: found.until.filter(|_| claim.tier == Some(Tier::Full)),
                    extended_until: None,
                    is_lts: found.is_lts,
                    edition: None,
                    says: found.says,
                    is_implied: true,
                    also: Vec::new(),
                };
                match ruled.get_mut(&at) {
                    Some(present) => present.unite(opinion),
                    None => {
                        ruled.insert(at, opinion);
                    }
                }
            }
        }
        self.opinions.extend(ruled);
    }

    fn take_others(&mut self, claims: &[&'a Claim], known: &Known<'_>) {
        let Some(others) = claims.iter().find(|claim| claim.about == About::Others) else { return };
        // A list that names none of the lines is about something else.
        if self.opinions.is_empty() {
            return;
        }
        for at in 0..known.shown.series.len() {
            self.opinions.entry(at).or_insert_with(|| Opinion {
                claim: others,
                standing: others.standing.unwrap_or(Standing::Eol),
                tier: None,
                until: None,
                bug_fixes_until: None,
                extended_until: None,
                is_lts: false,
                edition: None,
                says: "it is not named".to_owned(),
                is_implied: true,
                also: Vec::new(),
            });
        }
    }

    fn count_behind(&self, claims: &[&Claim], known: &Known<'_>) -> usize {
        let is_open = claims.iter().any(|claim| {
            matches!(claim.about, About::Rule(_) | About::Newest | About::Matching(_))
                || known.is_branch_of_newest(&claim.about)
        });
        if is_open || !self.is_list {
            return 0;
        }
        let released = (0..known.shown.series.len())
            .filter(|at| counts(known.shown, &known.shown.series[*at]));
        let is_known = |at: &usize| {
            self.opinions.get(at).is_some_and(|opinion| opinion.claim.about != About::Others)
        };
        let released: Vec<usize> = released.collect();
        released.iter().position(is_known).unwrap_or(released.len())
    }

    /// Whether it may decide. A list that is far behind does not; a bot's list only if it knows the
    /// newest line, since those rot first.
    pub(super) fn stands(&self) -> bool {
        match self.by {
            DeclaredBy::Bots => self.behind == 0 && self.is_list,
            DeclaredBy::Table => self.behind < STALE,
            _ => true,
        }
    }

    /// Whether it tells what the project supports: a single sentence about a single line without a
    /// day may be about anything.
    pub(super) fn is_about_lines(&self) -> bool {
        let promises = || self.opinions.values().filter(|o| o.standing == Standing::Supported);
        let is_general = |opinion: &Opinion<'_>| {
            matches!(opinion.claim.about, About::Rule(_) | About::Newest) || opinion.until.is_some()
        };
        self.by != DeclaredBy::Prose || promises().count() > 1 || promises().any(is_general)
    }

    /// Whether what it says of a line is worth a word: a stale list is told of as a whole, and what
    /// bots look after always concerns somebody.
    pub(super) fn is_heard(&self) -> bool {
        self.stands() || self.by == DeclaredBy::Bots
    }

    /// True if it speaks of a line itself, and not of "the others".
    pub(super) fn names(&self, index: usize) -> bool {
        self.opinions.get(&index).is_some_and(|opinion| opinion.claim.about != About::Others)
    }

    /// True if the document is about support as a whole, by its name, and names several lines: a
    /// short list elsewhere may be about anything.
    pub(super) fn is_about_support(&self) -> bool {
        nearness(&self.origin.path) <= 3 && self.versions >= 2
    }

    /// The order of trust: the kind, then what is up to date, then what gives days, then what is
    /// nearest to the question by its name.
    fn rank(&self) -> (DeclaredBy, bool, bool, bool, usize, &str, &Option<String>) {
        (
            // A list that is behind is no better than a sentence.
            if self.behind > 0 { self.by.max(DeclaredBy::Prose) } else { self.by },
            self.line.is_none(),
            self.behind > 0,
            !self.has_dates,
            nearness(&self.origin.path),
            &self.origin.path,
            &self.origin.reference,
        )
    }
}

/// How near a document is to the question of support, by its name.
fn nearness(path: &str) -> usize {
    const ORDER: [&str; 6] =
        ["security", "support", "release", "version", "readme", "contributing"];
    let lower = path.to_lowercase();
    let name = lower.rsplit('/').next().unwrap_or(&lower);
    ORDER.iter().position(|word| name.contains(word)).unwrap_or(ORDER.len() - 2)
}

/// True of a claim that promises something.
fn is_promise(claim: &Claim) -> bool {
    match claim.standing {
        Some(standing) => standing == Standing::Supported,
        None => claim.security_until.is_some(),
    }
}

/// True of a line that may come: newer than every one with a stable release.
fn is_to_come(claim: &Claim, known: &Known<'_>) -> bool {
    let (About::Version(version) | About::Branch(version)) = &claim.about else { return false };
    let Some(version) = super::name::VersionName::parse(version) else { return true };
    let newest = known.newest.map(|newest| &known.shown.series[newest].order);
    newest.is_none_or(|newest| version.numbers > *newest)
}

/// What a claim says of a line on a day; `None`: nothing.
fn opinion<'a>(claim: &'a Claim, known: &Known<'_>, at: usize, today: Date) -> Option<Opinion<'a>> {
    let day = |end: &Option<End>| match end {
        Some(End::Day(day)) => Some(*day),
        _ => None,
    };
    let until = day(&claim.security_until);
    let bug_fixes_until = day(&claim.bug_fixes_until);
    let extended_until = day(&claim.extended_until);
    let is_over = |end: &End| match end {
        End::Day(day) => *day < today,
        End::Release(version) => is_released(version, known),
    };
    let is_to_start = claim.from.is_some_and(|from| from > today);
    let (standing, says) = match (claim.standing, &claim.security_until) {
        (Some(Standing::Eol), _) => (Standing::Eol, over_since(until, today)),
        (Some(standing @ (Standing::Upcoming | Standing::Unknown)), _) => {
            (standing, standing.as_str().to_owned())
        }
        _ if is_to_start => (Standing::Upcoming, format!("it starts on {}", claim.from?)),
        // "2.9 until 2.9 is released" is a slip, or means the release after it.
        (_, Some(End::Release(version))) if !ends_later(version, known, at) => {
            (Standing::Supported, supported(claim))
        }
        (_, Some(end)) if is_over(end) => (
            Standing::Eol,
            match end {
                End::Day(day) => format!("it ended on {day}"),
                End::Release(version) => format!("it ended when {version} was released"),
            },
        ),
        (_, Some(End::Day(day))) => (Standing::Supported, format!("it is supported until {day}")),
        (_, Some(End::Release(version))) => {
            (Standing::Supported, format!("it is supported until {version} is released"))
        }
        (Some(Standing::Supported), None) => (Standing::Supported, supported(claim)),
        (None, None) => match (bug_fixes_until, claim.tier) {
            (Some(day), _) if day < today => {
                (Standing::Supported, format!("it had bug fixes until {day}"))
            }
            (Some(day), _) => (Standing::Supported, format!("it has bug fixes until {day}")),
            (None, Some(_)) => (Standing::Supported, supported(claim)),
            (None, None) => return None,
        },
    };
    let has_only_security = bug_fixes_until.is_some_and(|day| day < today);
    let tier = claim.tier.or(has_only_security.then_some(Tier::SecurityOnly));
    let series = &known.shown.series[at];
    // Who pays for another edition gets fixes that the public does not.
    let is_private = claim.edition.as_deref().is_some_and(|edition| !known.is_public(edition));
    let (standing, says) = match claim.edition.as_deref() {
        Some(edition) if is_private && standing == Standing::Supported => {
            (Standing::Eol, format!("only its {edition} edition is supported"))
        }
        _ => (standing, says),
    };
    // A pre-release is not ended by a promise, and a release is not upcoming.
    let standing = match standing {
        Standing::Upcoming if series.is_released() => return None,
        standing => standing,
    };
    Some(Opinion {
        claim,
        standing,
        tier: tier.filter(|_| standing == Standing::Supported),
        until,
        bug_fixes_until,
        extended_until,
        is_lts: claim.is_lts,
        edition: claim.edition.clone(),
        says,
        is_implied: false,
        also: Vec::new(),
    })
}

/// True of a release that is newer than the line.
fn ends_later(version: &str, known: &Known<'_>, at: usize) -> bool {
    let Some(version) = super::name::VersionName::parse(version) else { return false };
    let order = &known.shown.series[at].order;
    version.numbers > *order
        && known.lines(&About::Version(version.numbers.text()), Some(Standing::Eol)) != [at]
}

fn supported(claim: &Claim) -> String {
    match (claim.is_lts, claim.tier) {
        (true, _) => "it is a long-term line".to_owned(),
        (false, Some(Tier::SecurityOnly)) => "it gets security fixes".to_owned(),
        (false, Some(Tier::CriticalOnly)) => "it gets critical fixes".to_owned(),
        (false, _) if claim.by == DeclaredBy::Bots => "it is looked after".to_owned(),
        (false, _) => "it is supported".to_owned(),
    }
}

fn over_since(day: Option<Date>, today: Date) -> String {
    match day.filter(|day| *day < today) {
        Some(day) => format!("it ended on {day}"),
        None => "it is no longer supported".to_owned(),
    }
}

/// True if this release, or a later line, is out.
fn is_released(version: &str, known: &Known<'_>) -> bool {
    let Some(version) = super::name::VersionName::parse(version) else { return false };
    known.shown.series.iter().any(|series| {
        series.release.as_ref().is_some_and(|(_, newest)| *newest >= version.numbers)
            && series.order.major() >= version.numbers.major()
    })
}

impl<'a> Opinion<'a> {
    /// Every place where it stands.
    pub(super) fn places(&self) -> impl Iterator<Item = &'a Origin> {
        std::iter::once(self.claim).chain(self.also.iter().copied()).map(|claim| &claim.origin)
    }

    /// Two claims of equal weight in one statement: a line is supported if one says so (a manifest
    /// lists patch by patch), and the earlier row is quoted.
    fn join(&mut self, other: Self) {
        if self.standing == other.standing {
            self.also.push(other.claim);
        }
        match (self.standing, other.standing) {
            (Standing::Supported, Standing::Supported) => {
                self.until = self.until.max(other.until);
                self.bug_fixes_until = self.bug_fixes_until.max(other.bug_fixes_until);
                self.extended_until = self.extended_until.max(other.extended_until);
                self.is_lts |= other.is_lts;
                self.tier = self.tier.min(other.tier);
            }
            (Standing::Supported, _) => {}
            (_, Standing::Supported) => *self = other,
            _ => {
                self.until = self.until.max(other.until);
                self.bug_fixes_until = self.bug_fixes_until.max(other.bug_fixes_until);
            }
        }
    }

    /// Two rules: what one of them gives is given.
    pub(super) fn unite(&mut self, other: Self) {
        let bug_fixes_until = self.bug_fixes_until.max(other.bug_fixes_until);
        let tier = match (self.standing, other.standing) {
            (Standing::Supported, Standing::Supported) => self.tier.min(other.tier),
            (Standing::Supported, _) => self.tier,
            _ => other.tier,
        };
        let is_longer = match (self.standing, other.standing) {
            (Standing::Supported, Standing::Supported) => {
                // Without a day, it lasts.
                self.until.is_some_and(|own| other.until.is_none_or(|theirs| theirs > own))
            }
            (Standing::Supported, _) => false,
            (_, Standing::Supported) => true,
            _ => other.until > self.until,
        };
        if is_longer {
            *self = other;
        }
        self.tier = tier;
        self.bug_fixes_until =
            bug_fixes_until.filter(|day| self.until.is_some_and(|until| *day < until));
    }
}
