//! Where what is said about a line disagrees: with the decision, with another place, or with what
//! was released. Each names the place to mend (the weaker one) and the one that says otherwise.
//!
//! Nothing here changes a decision. This file looks at each line, `lists` at each list of lines.

mod lists;

use std::{collections::BTreeMap, fmt::Write as _};

use jiff::civil::Date;

use super::{
    Refs,
    resolve::Known,
    rules::{self, counts},
    series::Series,
    statement::{Opinion, Statement},
    weigh::Weighed,
};
use crate::model::{
    About, Contradiction, ContradictionKind as Kind, Declaration, DeclaredBy, Origin, ReleaseLine,
    Rule, Standing,
};

/// A line whose last release is longer ago, in days, is not looked after any more, whatever is said.
const RECENT: i32 = 60;
/// A release so soon, in days, after a rule ended the line was on its way already.
const GRACE: i32 = 30;
/// An end that is longer ago, in days, is history.
const HISTORY: i32 = 365;

/// All contradictions, sorted.
pub(super) fn all(
    known: &Known<'_>,
    statements: &[Statement<'_>],
    weighed: &[Weighed],
    refs: &Refs,
    today: Date,
) -> Vec<Contradiction> {
    let court = Court { known, statements, weighed, today };
    let lines = weighed.iter().filter_map(|(index, line)| Some(((*index)?, line)));
    let cases = lines.map(|(index, line)| Case {
        court: &court,
        index,
        line,
        series: &known.shown.series[index],
        decisive: decisive(line),
    });
    let mut found: Vec<Contradiction> = cases.flat_map(|case| case.contradictions()).collect();
    for statement in statements {
        found.extend(court.gaps_of(statement));
        // What a partial clone lacks may well be there.
        if !refs.partial {
            found.extend(lists::without_refs(statement, known, refs));
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
        let _ = write!(joined[index].message, ", here and in {count} more {places} of this file");
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

/// Everything that lines and lists are held against.
struct Court<'a> {
    known: &'a Known<'a>,
    statements: &'a [Statement<'a>],
    weighed: &'a [Weighed],
    today: Date,
}

/// One line before the court.
struct Case<'a> {
    court: &'a Court<'a>,
    index: usize,
    line: &'a ReleaseLine,
    series: &'a Series,
    /// `None`: nobody declared the line.
    decisive: Option<&'a Declaration>,
}

impl<'a> Case<'a> {
    fn contradictions(&self) -> Vec<Contradiction> {
        let mut found = Vec::new();
        if let Some(decisive) = self.decisive {
            for (statement, opinion) in self.other_opinions(decisive) {
                found.extend(self.standings_differ(decisive, statement, opinion));
                found.extend(self.dates_differ(decisive, opinion));
            }
            found.extend(self.released_after_end(decisive));
        }
        found.extend(self.undeclared());
        found
    }

    /// Every opinion about the line but the decisive one, with its statement.
    fn other_opinions(
        &self,
        decisive: &'a Declaration,
    ) -> impl Iterator<Item = (&'a Statement<'a>, &'a Opinion<'a>)> {
        let index = self.index;
        self.court
            .statements
            .iter()
            .filter_map(move |statement| Some((statement, statement.opinions.get(&index)?)))
            .filter(move |(_, opinion)| decisive.origin.as_ref() != Some(&opinion.claim.origin))
    }

    /// One contradiction for each place where the opinion stands: each is to be mended.
    fn standings_differ(
        &self,
        decisive: &Declaration,
        statement: &Statement<'_>,
        opinion: &Opinion<'_>,
    ) -> Vec<Contradiction> {
        // Who writes a rule and names exceptions in one document knows both, a stale list is told of
        // as a whole, and one that does not name the line is looked at as a list.
        let is_same_file = decisive.origin.as_ref().is_some_and(|origin| {
            (&origin.reference, &origin.path)
                == (&statement.origin.reference, &statement.origin.path)
        });
        let is_silent = opinion.claim.about == About::Others && statement.is_list;
        if !statement.is_heard() || is_silent || (is_same_file && opinion.is_implied) {
            return Vec::new();
        }
        if self.line.standing == Standing::Unknown {
            return self.unnamed(decisive, statement, opinion).into_iter().collect();
        }
        let Some((kind, message, mend)) = self.difference(decisive, statement, opinion) else {
            return Vec::new();
        };
        let at = |origin: &Origin| Contradiction {
            against: against(decisive, self.line),
            ..self.about(kind, message.clone(), Some(origin.clone()), mend.clone())
        };
        opinion.places().map(at).collect()
    }

    fn difference(
        &self,
        decisive: &Declaration,
        statement: &Statement<'_>,
        opinion: &Opinion<'_>,
    ) -> Option<(Kind, String, String)> {
        let (id, because) = (&self.line.id, &decisive.says);
        match (self.line.standing, opinion.standing) {
            (Standing::Eol, Standing::Supported) => Some((
                match statement.by {
                    DeclaredBy::Bots | DeclaredBy::Table => Kind::EndedLineListed,
                    _ => Kind::StandingsDiffer,
                },
                format!("{id} is listed here as supported, and {because}"),
                format!("take {id} out here, or correct the other place"),
            )),
            // A list that is behind does not know the lines that pushed this one out.
            (Standing::Supported, Standing::Eol) if statement.behind == 0 => Some((
                Kind::StandingsDiffer,
                format!(
                    "{id} is not supported by what stands here ({}), and {because}",
                    opinion.says
                ),
                format!("make both places say the same about {id}"),
            )),
            _ => None,
        }
    }

    /// A configuration that does not name a line that is promised elsewhere.
    fn unnamed(
        &self,
        decisive: &Declaration,
        statement: &Statement<'_>,
        opinion: &Opinion<'_>,
    ) -> Option<Contradiction> {
        let is_promised = opinion.standing == Standing::Supported
            && statement.by != DeclaredBy::Bots
            && decisive.by == DeclaredBy::Configuration;
        let id = &self.line.id;
        is_promised.then(|| Contradiction {
            against: Some(opinion.claim.origin.clone()),
            ..self.about(
                Kind::SupportedLineMissing,
                format!("{id} is not named in the configuration, and {}", opinion.says),
                decisive.origin.clone(),
                format!("say in the configuration whether {id} is supported"),
            )
        })
    }

    fn dates_differ(&self, decisive: &Declaration, opinion: &Opinion<'_>) -> Option<Contradiction> {
        let until = decisive.until?;
        let other = opinion.until.filter(|_| !opinion.is_implied)?;
        // "September" and "September 12" do not disagree.
        if (other.year(), other.month()) == (until.year(), until.month()) {
            return None;
        }
        let id = &self.line.id;
        Some(Contradiction {
            against: against(decisive, self.line),
            ..self.about(
                Kind::DatesDiffer,
                format!("the last day of {id} is {other} here and {until} elsewhere"),
                Some(opinion.claim.origin.clone()),
                format!("write the same last day for {id} in both places"),
            )
        })
    }

    fn released_after_end(&self, decisive: &Declaration) -> Option<Contradiction> {
        if self.line.standing != Standing::Eol {
            return None;
        }
        let released = self.series.last_release()?;
        let (today, pushed_out) = (self.court.today, self.pushed_out(decisive));
        let is_after = if let Some(until) = decisive.until {
            released > until && days(until, today) <= HISTORY
        } else {
            let is_late = pushed_out.is_some_and(|day| days(day, released) > GRACE);
            is_late && days(released, today) <= RECENT
        };
        let end = match decisive.until {
            Some(until) => format!("it ended on {until}"),
            None => decisive.says.clone(),
        };
        let id = &self.line.id;
        is_after.then(|| Contradiction {
            against: release_of(self.line),
            ..self.about(
                Kind::ReleasedAfterEnd,
                format!("{id} was released as `{}` on {released}, and {end}", self.tag()),
                decisive.origin.clone(),
                format!("say how long {id} is really supported, or stop releasing it"),
            )
        })
    }

    /// The newest line is the one that a list of lines forgets; an older one only looks maintained
    /// if it was released after its successor and not long ago.
    fn undeclared(&self) -> Option<Contradiction> {
        let shown = self.court.known.shown;
        let is_unknown = self.line.standing == Standing::Unknown && counts(shown, self.series);
        if !is_unknown || !self.court.has_declared_lines() {
            return None;
        }
        let released = self.series.last_release()?;
        let is_newest = self.court.known.newest == Some(self.index);
        let is_after_next = self.next_release().is_some_and(|next| released > next);
        let is_alive = is_after_next && days(released, self.court.today) <= RECENT;
        if !is_newest && !is_alive {
            return None;
        }
        // The configuration, if that is where lines are declared, else the first list of them.
        let list = || {
            let list = self.court.statements.iter().find(|statement| statement.is_list);
            list.map(|statement| statement.origin.clone())
        };
        let at = self.decisive.and_then(|decisive| decisive.origin.clone()).or_else(list);
        let id = &self.line.id;
        Some(Contradiction {
            against: release_of(self.line),
            ..self.about(
                Kind::UndeclaredLine,
                format!(
                    "{id} was released as `{}` on {released}, and nothing says whether it is supported",
                    self.tag()
                ),
                at,
                format!("say whether {id} is supported"),
            )
        })
    }

    /// The day on which the line was not among the newest any more: where those are counted, that of the
    /// first release of the last one that it takes.
    fn pushed_out(&self, decisive: &Declaration) -> Option<Date> {
        let Some(Rule::Newest { lines, majors: None }) = decisive.rule else {
            return self.next_release();
        };
        let shown = self.court.known.shown;
        let mut newer = shown.series[..self.index].iter().rev().filter(|of| counts(shown, of));
        newer.nth(lines.checked_sub(1)?).and_then(|of| of.first_release)
    }

    /// The day of the next newer line's first release.
    fn next_release(&self) -> Option<Date> {
        let next = rules::successor(self.court.known.shown, self.index);
        next.and_then(|next| next.first_release)
    }

    fn tag(&self) -> &str {
        self.series.release.as_ref().map_or("", |(tag, _)| tag.short.as_str())
    }

    fn about(
        &self,
        kind: Kind,
        message: String,
        at: Option<Origin>,
        mend: String,
    ) -> Contradiction {
        Contradiction { kind, line: Some(self.line.id.clone()), message, at, against: None, mend }
    }
}

impl Court<'_> {
    /// Some document or configuration says which lines are supported.
    fn has_declared_lines(&self) -> bool {
        self.weighed.iter().any(|(_, line)| {
            let has_origin = decisive(line).is_some_and(|decisive| decisive.origin.is_some());
            line.standing == Standing::Supported && has_origin
        })
    }
}

/// The declaration that decides a line, if somebody declared it.
fn decisive(line: &ReleaseLine) -> Option<&Declaration> {
    line.because.first().filter(|first| first.by != DeclaredBy::Assumed)
}

/// Where the decision is written, else the release that shows it.
fn against(declaration: &Declaration, line: &ReleaseLine) -> Option<Origin> {
    declaration.origin.clone().or_else(|| release_of(line))
}

/// A tag as a place.
fn release_of(line: &ReleaseLine) -> Option<Origin> {
    let release = line.release.as_ref()?;
    let reference = Some(format!("refs/tags/{}", release.tag));
    Some(Origin { reference, path: String::new(), row: None })
}

/// Whole days from one day to a later one.
fn days(from: Date, to: Date) -> i32 {
    from.until(to).map_or(0, |span| span.get_days())
}
