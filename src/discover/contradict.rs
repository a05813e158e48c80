//! Where what is said about a line disagrees: with the decision, with another place, or with what
//! was released. Each names the place to mend (the weaker one) and the one that says otherwise.
//!
//! Nothing here changes a decision.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{Span, civil::Date};

use super::{
    Refs,
    resolve::Known,
    rules::{self, counts},
    statement::{Opinion, Statement},
    weigh::Weighed,
};
use crate::model::{
    About, Claim, Contradiction, ContradictionKind as Kind, Declaration, DeclaredBy, End, LineKind,
    Origin, ReleaseLine, Standing,
};

/// A line whose last release is longer ago is not looked after any more, whatever is said of it.
const RECENT: i64 = 60;
/// A release so soon after a rule ended the line was on its way already.
const GRACE: i64 = 30;
/// An end that is longer ago is history.
const HISTORY: i64 = 365;

/// All contradictions, sorted.
pub(super) fn all(
    known: &Known<'_>,
    statements: &[Statement<'_>],
    weighed: &[Weighed],
    refs: &Refs,
    today: Date,
) -> Vec<Contradiction> {
    let court = Court { known, statements, weighed, today };
    let mut found = Vec::new();
    for (index, line) in weighed.iter().filter_map(|(index, line)| Some(((*index)?, line))) {
        court.standings(index, line, &mut found);
        court.dates(index, line, &mut found);
        court.released_after_end(index, line, &mut found);
        court.undeclared(index, line, &mut found);
    }
    for statement in statements {
        court.missing_lines(statement, &mut found);
        // What a partial clone lacks may well be there.
        if !refs.partial {
            without_refs(statement, known, refs, &mut found);
        }
    }
    joined(found)
}

/// One contradiction per kind, line and file: a list that stands ten times in a file is one thing to
/// mend.
fn joined(mut found: Vec<Contradiction>) -> Vec<Contradiction> {
    found.sort_by(|a, b| key(a).cmp(&key(b)).then_with(|| a.cmp(b)));
    let mut joined: Vec<Contradiction> = Vec::new();
    let mut more: BTreeMap<usize, usize> = BTreeMap::new();
    for contradiction in found {
        match joined.last() {
            Some(last) if key(last) == key(&contradiction) => {
                if last.at != contradiction.at {
                    *more.entry(joined.len() - 1).or_default() += 1;
                }
            }
            _ => joined.push(contradiction),
        }
    }
    for (index, count) in more {
        let places = if count == 1 { "place" } else { "places" };
        joined[index].message.push_str(&format!(" (and in {count} more {places} of that file)"));
    }
    joined
}

fn key(contradiction: &Contradiction) -> (Kind, Option<&str>, Option<&str>, Option<&str>) {
    let at = contradiction.at.as_ref();
    (
        contradiction.kind,
        contradiction.line.as_ref().map(|line| line.0.as_str()),
        at.and_then(|at| at.reference.as_deref()),
        at.map(|at| at.path.as_str()),
    )
}

struct Court<'a> {
    known: &'a Known<'a>,
    statements: &'a [Statement<'a>],
    weighed: &'a [Weighed],
    today: Date,
}

impl Court<'_> {
    /// The declaration that decides a line, if somebody declared it.
    fn decisive<'l>(&self, line: &'l ReleaseLine) -> Option<&'l Declaration> {
        line.because.first().filter(|first| first.by != DeclaredBy::Assumed)
    }

    /// Every opinion about a line but the decisive one, with its statement.
    fn others<'s>(
        &'s self,
        index: usize,
        decisive: &'s Declaration,
    ) -> impl Iterator<Item = (&'s Statement<'s>, &'s Opinion<'s>)> + 's {
        let is_decisive =
            move |opinion: &Opinion<'_>| decisive.origin.as_ref() == Some(&opinion.claim.origin);
        self.statements
            .iter()
            .filter_map(move |statement| Some((statement, statement.opinions.get(&index)?)))
            .filter(move |(_, opinion)| !is_decisive(opinion))
    }

    fn standings(&self, index: usize, line: &ReleaseLine, found: &mut Vec<Contradiction>) {
        let Some(decisive) = self.decisive(line) else { return };
        for (statement, opinion) in self.others(index, decisive) {
            // Who writes a rule and names exceptions in one document knows both, and a stale list is
            // told of as a whole.
            let is_same_file = decisive.origin.as_ref().is_some_and(|origin| {
                (&origin.reference, &origin.path)
                    == (&statement.origin.reference, &statement.origin.path)
            });
            let is_stale = !statement.stands() && statement.by != DeclaredBy::Bots;
            if is_stale || (is_same_file && opinion.is_implied) {
                continue;
            }
            let is_unnamed = line.standing == Standing::Unknown
                && decisive.by == DeclaredBy::Configuration
                && opinion.standing == Standing::Supported
                && statement.by != DeclaredBy::Bots;
            if is_unnamed {
                found.push(Contradiction {
                    kind: Kind::SupportedLineMissing,
                    line: Some(line.id.clone()),
                    message: format!(
                        "{} is not named in the configuration, and {}",
                        line.id, opinion.says
                    ),
                    at: decisive.origin.clone(),
                    against: Some(opinion.claim.origin.clone()),
                    mend: format!("say in the configuration whether {} is supported", line.id),
                });
                continue;
            }
            let (kind, message, mend) = match (line.standing, opinion.standing) {
                (Standing::Eol, Standing::Supported) => {
                    let kind =
                        if statement.by == DeclaredBy::Bots || statement.by == DeclaredBy::Table {
                            Kind::EndedLineListed
                        } else {
                            Kind::StandingsDiffer
                        };
                    (
                        kind,
                        format!(
                            "{} is listed here as supported, and {}",
                            line.id,
                            because(decisive)
                        ),
                        format!("take {} out here, or correct the other place", line.id),
                    )
                }
                // A rule that does not reach a line may be younger than the promise.
                (Standing::Supported, Standing::Eol) if statement.behind == 0 => (
                    Kind::StandingsDiffer,
                    format!(
                        "{} is not supported by what stands here ({}), and {}",
                        line.id,
                        opinion.says,
                        because(decisive)
                    ),
                    format!("make both places say the same about {}", line.id),
                ),
                _ => continue,
            };
            // A list that does not name a line says less than one that ends it; it is looked at as
            // a list.
            if opinion.claim.about == About::Others && statement.is_list {
                continue;
            }
            // Each place where it stands is to be mended.
            for origin in opinion.places() {
                found.push(Contradiction {
                    kind,
                    line: Some(line.id.clone()),
                    message: message.clone(),
                    at: Some(origin.clone()),
                    against: against(decisive, line),
                    mend: mend.clone(),
                });
            }
        }
    }

    fn dates(&self, index: usize, line: &ReleaseLine, found: &mut Vec<Contradiction>) {
        let Some(decisive) = self.decisive(line) else { return };
        let Some(until) = decisive.until else { return };
        for (_, opinion) in self.others(index, decisive) {
            let Some(other) = opinion.until.filter(|other| *other != until) else { continue };
            // "September" and "September 12" do not disagree.
            if (other.year(), other.month()) == (until.year(), until.month()) || opinion.is_implied
            {
                continue;
            }
            found.push(Contradiction {
                kind: Kind::DatesDiffer,
                line: Some(line.id.clone()),
                message: format!(
                    "the last day of {} is {other} here and {until} elsewhere",
                    line.id
                ),
                at: Some(opinion.claim.origin.clone()),
                against: against(decisive, line),
                mend: format!("write the same last day for {} in both places", line.id),
            });
        }
    }

    fn released_after_end(&self, index: usize, line: &ReleaseLine, found: &mut Vec<Contradiction>) {
        let Some(decisive) = self.decisive(line).filter(|_| line.standing == Standing::Eol) else {
            return;
        };
        let series = &self.known.shown.series[index];
        let Some(released) = series.last_release() else { return };
        let is_after = match decisive.until {
            Some(until) => released > until && days(until, self.today) <= HISTORY,
            None => {
                let next =
                    rules::successor(self.known.shown, index).and_then(|next| next.first_release);
                days(released, self.today) <= RECENT
                    && next.is_some_and(|next| days(next, released) > GRACE)
            }
        };
        if !is_after {
            return;
        }
        let tag = series.release.as_ref().map_or("", |(tag, _)| tag.short.as_str());
        let end = decisive
            .until
            .map_or_else(|| because(decisive), |until| format!("it ended on {until}"));
        found.push(Contradiction {
            kind: Kind::ReleasedAfterEnd,
            line: Some(line.id.clone()),
            message: format!("{} was released as `{tag}` on {released}, and {end}", line.id),
            at: decisive.origin.clone(),
            against: release_of(line),
            mend: format!("say how long {} is really supported, or stop releasing it", line.id),
        });
    }

    fn undeclared(&self, index: usize, line: &ReleaseLine, found: &mut Vec<Contradiction>) {
        let is_declared_project = self.weighed.iter().any(|(_, line)| {
            line.standing == Standing::Supported
                && self.decisive(line).is_some_and(|d| d.origin.is_some())
        });
        let series = &self.known.shown.series[index];
        if line.standing != Standing::Unknown
            || !is_declared_project
            || !counts(self.known.shown, series)
        {
            return;
        }
        let next = rules::successor(self.known.shown, index).and_then(|next| next.first_release);
        let Some(released) = series.last_release() else { return };
        // The newest line is the one that a list of lines forgets; an older one only looks
        // maintained if it was released after its successor and not long ago.
        let is_newest = self.known.newest == Some(index);
        let is_alive =
            next.is_some_and(|next| released > next && days(released, self.today) <= RECENT);
        if !is_newest && !is_alive {
            return;
        }
        let tag = series.release.as_ref().map_or("", |(tag, _)| tag.short.as_str());
        found.push(Contradiction {
            kind: Kind::UndeclaredLine,
            line: Some(line.id.clone()),
            message: format!("{} was released as `{tag}` on {released}, and nothing says whether it is supported", line.id),
            // The configuration, if that is where lines are declared, else the first list of them.
            at: self.decisive(line).and_then(|decisive| decisive.origin.clone()).or_else(|| {
                self.statements.iter().find(|statement| statement.is_list).map(|s| s.origin.clone())
            }),
            against: release_of(line),
            mend: format!("say whether {} is supported", line.id),
        });
    }

    /// Supported lines that a list does not have.
    fn missing_lines(&self, statement: &Statement<'_>, found: &mut Vec<Contradiction>) {
        // A workflow for one branch is no list of the lines.
        let named = statement
            .opinions
            .values()
            .filter(|o| o.standing == Standing::Supported && !o.is_implied);
        let is_workflow = statement.origin.path.contains("/workflows/");
        // Nor is a manifest that speaks of one line, such as an OpenEoX document.
        let is_of_one_line = statement.by == DeclaredBy::Manifest
            && statement.opinions.len() + statement.unresolved.len() < 2;
        if !statement.is_list || is_of_one_line || (is_workflow && named.count() < 2) {
            return;
        }
        let newest = self.known.newest.map(|newest| &self.known.shown.series[newest]);
        if !statement.stands() && statement.by != DeclaredBy::Bots {
            if !statement.is_about_support() {
                return;
            }
            let newest = newest.map_or_else(String::new, |newest| newest.id.clone());
            found.push(Contradiction {
                kind: Kind::StaleStatement,
                line: None,
                message: format!(
                    "this list lacks the newest {} released lines, up to {newest}, so it decides nothing",
                    statement.behind
                ),
                at: Some(first_place(statement)),
                against: self.weighed.iter().find(|(index, _)| *index == self.known.newest).and_then(|(_, line)| release_of(line)),
                mend: "bring the list up to date, or let `patchline security-md --write` keep it".to_owned(),
            });
            return;
        }
        let globs: Vec<globset::GlobMatcher> = statement
            .patterns
            .iter()
            .filter_map(|pattern| globset::Glob::new(pattern).ok())
            .map(|glob| glob.compile_matcher())
            .collect();
        // A regular expression is somebody's language that we do not speak: it may match.
        let has_expression = statement.patterns.iter().any(|pattern| pattern.starts_with('/'));
        let mut missing = BTreeSet::new();
        for (index, line) in self.weighed {
            let Some(index) = index else { continue };
            let is_named =
                statement.opinions.get(index).is_some_and(|o| o.claim.about != About::Others);
            let is_wanted = line.standing == Standing::Supported
                && line.kind == LineKind::Release
                && self.decisive(line).is_some();
            let series = &self.known.shown.series[*index];
            let branch = series.branch.as_ref().map(|branch| branch.short.as_str());
            let is_covered =
                branch.is_some_and(|branch| globs.iter().any(|glob| glob.is_match(branch)));
            // A bot looks after branches; a line without one, or one on the default branch, is none.
            let has_place = statement.by != DeclaredBy::Bots
                || (branch.is_some()
                    && branch != self.known.default
                    && !has_expression
                    && !is_covered);
            if is_wanted && !is_named && has_place && missing.insert(*index) {
                let first = &line.because[0];
                found.push(Contradiction {
                    kind: Kind::SupportedLineMissing,
                    line: Some(line.id.clone()),
                    message: format!("{} is missing here, and {}", line.id, because(first)),
                    at: Some(first_place(statement)),
                    against: against(first, line),
                    mend: match (statement.by, branch) {
                        (DeclaredBy::Bots, Some(branch)) => format!("add `{branch}` to the list"),
                        _ => format!("add {} to the list", line.id),
                    },
                });
            }
        }
    }
}

/// A promise for a line that has neither a branch nor a tag.
fn without_refs(
    statement: &Statement<'_>,
    known: &Known<'_>,
    refs: &Refs,
    found: &mut Vec<Contradiction>,
) {
    if !statement.stands() && statement.by != DeclaredBy::Bots {
        return;
    }
    for claim in &statement.unresolved {
        let name = match &claim.about {
            About::Version(name) => name,
            // A branch that is there, or that is not named as a line, is somebody's work.
            About::Branch(name) if !refs.has_branch(name) && known.is_line_name(name) => name,
            _ => continue,
        };
        found.push(Contradiction {
            kind: Kind::LineWithoutRefs,
            line: Some(crate::model::LineId(name.clone())),
            message: format!(
                "{name} is listed here{}, and no branch or tag shows it",
                until(claim)
            ),
            at: Some(claim.origin.clone()),
            against: None,
            mend: format!("take {name} out, or push its branch and tags"),
        });
    }
}

fn until(claim: &Claim) -> String {
    match &claim.security_until {
        Some(End::Day(day)) => format!(" until {day}"),
        _ => String::new(),
    }
}

/// The first row of a list that names a line.
fn first_place(statement: &Statement<'_>) -> Origin {
    let rows = statement.opinions.values().filter(|opinion| !opinion.is_implied);
    rows.map(|opinion| &opinion.claim.origin)
        .min_by_key(|origin| origin.row)
        .unwrap_or(statement.origin)
        .clone()
}

fn because(declaration: &Declaration) -> String {
    declaration.says.clone()
}

/// Where the decision is written, else the release that shows it.
fn against(declaration: &Declaration, line: &ReleaseLine) -> Option<Origin> {
    declaration.origin.clone().or_else(|| release_of(line))
}

/// A tag as a place.
fn release_of(line: &ReleaseLine) -> Option<Origin> {
    let release = line.release.as_ref()?;
    Some(Origin {
        reference: Some(format!("refs/tags/{}", release.tag)),
        path: String::new(),
        row: None,
    })
}

/// Whole days from one day to a later one.
fn days(from: Date, to: Date) -> i64 {
    from.until(to).map_or(0, |span: Span| i64::from(span.get_days()))
}
