//! Lists of lines that lack one, are stale, or promise a line that is not there.

use globset::{Glob, GlobMatcher};

use super::{Court, against, decisive, release_of};
use crate::{
    discover::{refs::Refs, resolve::Known, series::Series, statement::Statement},
    model::{
        About, Claim, Contradiction, ContradictionKind as Kind, DeclaredBy, End, LineId, LineKind,
        Origin, ReleaseLine, Standing,
    },
};

/// A stranger's glob with more bytes is not compiled.
const LONGEST_GLOB: usize = 200;
/// Nor are more of them than this.
const MOST_GLOBS: usize = 100;

impl Court<'_> {
    /// Supported lines that a list does not have, or that it is stale as a whole.
    pub(super) fn gaps_of(&self, statement: &Statement<'_>) -> Vec<Contradiction> {
        if !is_list_of_lines(statement) {
            return Vec::new();
        }
        if !statement.is_heard() {
            return self.stale(statement).into_iter().collect();
        }
        let patterns = Patterns::of(statement);
        let lines = self.weighed.iter().filter_map(|(index, line)| Some(((*index)?, line)));
        lines
            .filter(|(index, line)| {
                let series = &self.known.shown.series[*index];
                is_declared_release(line)
                    && !statement.names(*index)
                    && (statement.by != DeclaredBy::Bots
                        || (self.has_branch_of_its_own(series) && !patterns.may_match(series)))
            })
            .filter_map(|(index, line)| self.missing(statement, index, line))
            .collect()
    }

    fn missing(
        &self,
        statement: &Statement<'_>,
        index: usize,
        line: &ReleaseLine,
    ) -> Option<Contradiction> {
        let first = line.because.first()?;
        let branch = self.known.shown.series[index].branch.as_ref();
        let what = match branch.filter(|_| statement.by == DeclaredBy::Bots) {
            Some(branch) => format!("`{}`", branch.short),
            None => line.id.to_string(),
        };
        Some(Contradiction {
            kind: Kind::SupportedLineMissing,
            line: Some(line.id.clone()),
            message: format!("{} is missing here, and {}", line.id, first.says),
            at: Some(first_place(statement)),
            against: against(first, line),
            mend: format!("add {what} to the list"),
        })
    }

    fn stale(&self, statement: &Statement<'_>) -> Option<Contradiction> {
        let newest = self.weighed.iter().find(|(index, _)| *index == self.known.newest)?;
        statement.is_about_support().then(|| Contradiction {
            kind: Kind::StaleStatement,
            line: None,
            message: format!(
                "this list lacks the newest {} released lines, up to {}, so it decides nothing",
                statement.behind, newest.1.id
            ),
            at: Some(first_place(statement)),
            against: release_of(&newest.1),
            mend: "bring the list up to date, or let `patchline security-md --write` keep it"
                .to_owned(),
        })
    }

    /// A bot looks after branches: a line without one, or on the default branch, is none for it.
    fn has_branch_of_its_own(&self, series: &Series) -> bool {
        let branch = series.branch.as_ref().map(|branch| branch.short.as_str());
        branch.is_some() && branch != self.known.default
    }
}

/// A workflow for one branch is no list of the lines, nor is a manifest that speaks of one line,
/// such as an OpenEoX document.
fn is_list_of_lines(statement: &Statement<'_>) -> bool {
    let opinions = statement.opinions.values();
    let named = opinions.filter(|o| o.standing == Standing::Supported && !o.is_implied).count();
    let is_workflow = statement.origin.path.contains("/workflows/");
    let is_of_one_line = statement.by == DeclaredBy::Manifest
        && statement.opinions.len() + statement.unresolved.len() < 2;
    statement.is_list && !is_of_one_line && !(is_workflow && named < 2)
}

/// True of a line that somebody, and not the default, says is supported.
fn is_declared_release(line: &ReleaseLine) -> bool {
    line.standing == Standing::Supported
        && line.kind == LineKind::Release
        && decisive(line).is_some()
}

/// The branches that a bot looks after whatever there is.
struct Patterns {
    globs: Vec<GlobMatcher>,
    /// A regular expression is a language that we do not speak, and a glob that is none or too much
    /// for one is no better: it may match anything.
    is_open: bool,
}

impl Patterns {
    fn of(statement: &Statement<'_>) -> Self {
        let is_glob = |text: &&&str| text.len() <= LONGEST_GLOB && !text.starts_with('/');
        let globs: Vec<GlobMatcher> = statement
            .patterns
            .iter()
            .filter(is_glob)
            .take(MOST_GLOBS)
            .filter_map(|glob| Some(Glob::new(glob).ok()?.compile_matcher()))
            .collect();
        let is_open = globs.len() < statement.patterns.len();
        Self { globs, is_open }
    }

    fn may_match(&self, series: &Series) -> bool {
        let branch = series.branch.as_ref();
        self.is_open
            || branch.is_some_and(|b| self.globs.iter().any(|glob| glob.is_match(&b.short)))
    }
}

/// A promise for a line that has neither a branch nor a tag.
pub(super) fn without_refs(
    statement: &Statement<'_>,
    known: &Known<'_>,
    refs: &Refs,
) -> Vec<Contradiction> {
    if !statement.is_heard() {
        return Vec::new();
    }
    let promised = statement.unresolved.iter().filter_map(|claim| match &claim.about {
        About::Version(name) => Some((claim, name)),
        // A branch that is there, or that is not named as a line, is somebody's work.
        About::Branch(name) if !refs.has_branch(name) && known.is_line_name(name) => {
            Some((claim, name))
        }
        _ => None,
    });
    promised
        .map(|(claim, name)| Contradiction {
            kind: Kind::LineWithoutRefs,
            line: Some(LineId(name.clone())),
            message: format!(
                "{name} is listed here{}, and no branch or tag shows it",
                until(claim)
            ),
            at: Some(claim.origin.clone()),
            against: None,
            mend: format!("take {name} out, or push its branch and tags"),
        })
        .collect()
}

fn until(claim: &Claim) -> String {
    match &claim.security_until {
        Some(End::Day(day)) => format!(" until {day}"),
        _ => String::new(),
    }
}

/// The first row of a list that names a line.
fn first_place(statement: &Statement<'_>) -> Origin {
    let named = statement.opinions.values().filter(|opinion| !opinion.is_implied);
    let rows = named.map(|opinion| &opinion.claim.origin);
    rows.min_by_key(|origin| origin.row).unwrap_or(statement.origin).clone()
}
