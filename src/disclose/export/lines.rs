//! What is true of each stretch of versions: the rows of an advisory, laid beside each other on the
//! axis of all versions.
//!
//! A line reaches from its first release to the first release of the next one, so that a hole without
//! a fix ends where the next line begins. Pre-releases are no releases: they are never listed.

use std::collections::BTreeMap;

use super::{
    Lack, ReleasedVersion, Source,
    hole::{Hole, beginning, holes, is_given_up},
    version::Version,
};
use crate::{
    disclose::record::{Disclosure, LineRow, LineStatus},
    model::LineId,
};

/// What is true of a stretch of versions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    Affected,
    /// It never had the hole.
    Clear,
    Fixed,
    /// Nobody looked, or nobody says anything.
    Unknown,
}

/// A stretch of versions in which one thing is true.
#[derive(Clone, Debug)]
pub(super) struct Segment<'a> {
    /// Inside.
    pub from: Version,
    /// Outside; `None`: every later version.
    pub to: Option<Version>,
    pub state: State,
    /// `None`: the record does not speak of these lines.
    pub row: Option<&'a LineRow>,
    /// True if `to` has the fix: the row says so, or it is a release of its line.
    is_fixed: bool,
}

impl Segment<'_> {
    pub(super) fn has(&self, version: &Version) -> bool {
        self.from <= *version && self.to.as_ref().is_none_or(|to| version < to)
    }

    /// The fixed version where the hole is closed on its own line.
    pub(super) fn fixed(&self) -> Option<&Version> {
        self.to.as_ref().filter(|_| self.is_fixed)
    }
}

/// A version that was released, or will be, and what is true of it.
#[derive(Clone, Debug)]
pub(super) struct Released<'a> {
    pub version: Version,
    /// `None`: nobody tagged it yet.
    pub tag: Option<&'a str>,
    /// What stands before the version in the tags of its line.
    pub prefix: &'a str,
    pub state: State,
    pub row: &'a LineRow,
}

/// An advisory with what follows from its rows.
#[derive(Debug)]
pub(super) struct Facts<'a> {
    pub of: &'a Disclosure,
    /// In the order of versions, without gaps between them.
    pub segments: Vec<Segment<'a>>,
    /// Every released version of the lines that have a row, and the fixed ones that are planned, in
    /// the order of versions.
    pub released: Vec<Released<'a>>,
    /// Rows that have no place among the versions: of branches that are no release lines, and of lines
    /// without a stable release where nothing says which versions will have the hole.
    pub unversioned: Vec<&'a LineRow>,
}

impl<'a> Facts<'a> {
    /// What can be said of an advisory; whatever contradicts itself is complained about.
    pub(super) fn of(
        disclosure: &'a Disclosure,
        source: Source<'a>,
        lacks: &mut Vec<Lack>,
    ) -> Self {
        let axis = Axis::of(disclosure, source);
        let mut segments: Vec<Segment<'a>> = Vec::new();
        for (index, (line, first)) in axis.lines.iter().enumerate() {
            let end = axis.lines.get(index + 1).map(|(_, first)| first);
            match disclosure.row(line) {
                Some(row) => axis.lay(disclosure, row, first, end, &mut segments, lacks),
                // Lines that nobody speaks of are one stretch.
                None => match segments.last_mut().filter(|last| last.row.is_none()) {
                    Some(last) => last.to = end.cloned(),
                    None => segments.extend(segment(first, end, State::Unknown, None)),
                },
            }
        }
        let unversioned: Vec<&LineRow> =
            disclosure.lines.iter().filter(|row| !axis.knows(&row.line)).collect();
        axis.end_before_what_comes(&unversioned, &mut segments);
        let found = axis.released(&segments);
        Self { of: disclosure, segments, released: found, unversioned }
    }

    /// The stretches with the hole, one for each line.
    pub(super) fn affected(&self) -> impl Iterator<Item = &Segment<'a>> {
        self.segments.iter().filter(|segment| segment.state == State::Affected)
    }

    /// The first version behind a stretch that is of the same line, fixed or not.
    pub(super) fn end_on_line<'s>(&self, segment: &'s Segment<'a>) -> Option<&'s Version> {
        let line = |segment: &Segment<'a>| segment.row.map(|row| &row.line);
        let to = segment.to.as_ref()?;
        let next = self.segments.iter().find(|next| next.from == *to)?;
        (line(next) == line(segment)).then_some(to)
    }

    /// True if every version that ends a stretch is a semantic one.
    pub(super) fn is_semantic(&self) -> bool {
        let ends = self.segments.iter().filter(|segment| segment.row.is_some());
        let mut ends = ends.flat_map(|segment| [Some(&segment.from), segment.to.as_ref()]);
        ends.all(|end| end.is_none_or(Version::is_semantic))
    }
}

/// The lines in the order of their versions.
struct Axis<'a> {
    lines: Vec<(&'a LineId, Version)>,
    /// Without pre-releases.
    releases: Vec<(Version, &'a ReleasedVersion)>,
}

impl<'a> Axis<'a> {
    fn of(disclosure: &'a Disclosure, source: Source<'a>) -> Self {
        let is_line = |line: &LineId| !source.branches.contains(line);
        let mut known: Vec<(Version, &ReleasedVersion)> = source
            .releases
            .iter()
            .filter(|release| is_line(&release.line))
            .filter_map(|release| Some((Version::parse(&release.version)?, release)))
            .filter(|(version, _)| !version.is_before_release())
            .collect();
        known.sort_by(|one, other| one.0.cmp(&other.0));
        known.dedup_by(|one, other| one.0 == other.0);
        let mut firsts: BTreeMap<&LineId, Version> = BTreeMap::new();
        for (version, release) in &known {
            firsts.entry(&release.line).or_insert_with(|| version.clone());
        }
        for row in disclosure.lines.iter().filter(|row| is_line(&row.line)) {
            let Some(first) = firsts.get(&row.line).cloned().or_else(|| planned(row)) else {
                continue;
            };
            let begin = firsts.entry(&row.line).or_insert(first);
            // A pre-release of the first version may have the hole, too.
            if let Some(from) = beginning(row).filter(|from| from.is_of(begin)) {
                *begin = from.min(begin.clone());
            }
        }
        let mut lines: Vec<(&LineId, Version)> = firsts.into_iter().collect();
        lines.sort_by(|one, other| one.1.cmp(&other.1).then_with(|| one.0.cmp(other.0)));
        Self { lines, releases: known }
    }

    fn knows(&self, line: &LineId) -> bool {
        self.lines.iter().any(|(known, _)| *known == line)
    }

    /// A line that is not released yet has no versions of its own, and yet the hole of the line below
    /// does not reach into it.
    fn end_before_what_comes(&self, rows: &[&LineRow], segments: &mut Vec<Segment<'a>>) {
        let firsts = rows.iter().filter_map(|row| first_of(&row.line));
        let Some(last) = segments.last_mut() else { return };
        let Some(next) = firsts.filter(|first| *first > last.from).min() else { return };
        let is_after = self.releases.iter().all(|(version, _)| *version < next);
        if last.state == State::Affected && last.to.is_none() && is_after {
            last.to = Some(next.clone());
            segments.extend(segment(&next, None, State::Unknown, None));
        }
    }

    /// The stretches of one line.
    fn lay(
        &self,
        disclosure: &'a Disclosure,
        row: &'a LineRow,
        first: &Version,
        end: Option<&Version>,
        segments: &mut Vec<Segment<'a>>,
        lacks: &mut Vec<Lack>,
    ) {
        let whole = match row.status {
            LineStatus::Affected => None,
            LineStatus::NotAffected => Some(State::Clear),
            LineStatus::NotEvaluated | LineStatus::Ended => Some(State::Unknown),
        };
        if let Some(state) = whole {
            segments.extend(segment(first, end, state, Some(row)));
            return;
        }
        let holes = match holes(row, &self.of_line(row)) {
            Ok(holes) => holes,
            Err(because) => {
                lacks.push(Lack::of_row(disclosure, row, &because));
                return;
            }
        };
        if let Some(because) = end.and_then(|end| overrun(row, &holes, end)) {
            lacks.push(Lack::of_row(disclosure, row, &because));
            return;
        }
        let (mut at, mut state, before) = (first.clone(), State::Clear, segments.len());
        for Hole { from, to, .. } in holes {
            // What is before the line is another line's.
            let from = from.map_or_else(|| first.clone(), |from| from.max(at.clone()));
            // A hole that reaches to the next line is not closed on this one.
            let closed = to.filter(|to| end.is_none_or(|end| to < end));
            let is_inside = end.is_none_or(|end| from < *end);
            let hole = segment(&from, closed.as_ref().or(end), State::Affected, Some(row));
            let Some(hole) = hole.filter(|_| is_inside) else { continue };
            segments.extend(segment(&at, Some(&from), state, Some(row)));
            let is_fixed = closed.as_ref().is_some_and(|to| self.is_fix(row, to));
            segments.push(Segment { is_fixed, ..hole });
            state = if is_given_up(row) { State::Clear } else { State::Fixed };
            match closed {
                Some(closed) => at = closed,
                // It reaches to the end of the line.
                None => return,
            }
        }
        if segments.len() == before {
            let because = "has no version of the line in its affected range";
            lacks.push(Lack::of_row(disclosure, row, because));
            return;
        }
        segments.extend(segment(&at, end, state, Some(row)));
    }

    /// True of the version that the row names, and of a release of its own line: what another line
    /// begins with is no fix of this one.
    fn is_fix(&self, row: &LineRow, version: &Version) -> bool {
        let fixed = row.fixed_in.as_deref().and_then(Version::parse);
        let is_named = fixed.as_ref() == Some(version);
        !is_given_up(row) && (is_named || self.of_line(row).contains(&version))
    }

    /// The releases of a line, in order.
    fn of_line(&self, row: &LineRow) -> Vec<&Version> {
        let of_line = self.releases.iter().filter(|(_, release)| release.line == row.line);
        of_line.map(|(version, _)| version).collect()
    }

    /// Of the newest tag of a line, else of the project.
    fn prefix(&self, line: &LineId) -> &'a str {
        let releases = || self.releases.iter().rev().map(|(_, release)| *release);
        let newest = releases().find(|release| release.line == *line).or_else(|| releases().next());
        newest.and_then(|newest| newest.tag.strip_suffix(&newest.version)).unwrap_or_default()
    }

    fn released(&self, segments: &[Segment<'a>]) -> Vec<Released<'a>> {
        let mut found: Vec<Released<'a>> = Vec::new();
        let known =
            self.releases.iter().map(|(version, release)| (version.clone(), Some(&*release.tag)));
        let planned = segments.iter().filter_map(|segment| Some((segment.fixed()?.clone(), None)));
        for (version, tag) in known.chain(planned) {
            let Some(segment) = segments.iter().find(|segment| segment.has(&version)) else {
                continue;
            };
            let Some(row) = segment.row else { continue };
            if found.iter().all(|other| other.version != version) {
                let prefix = self.prefix(&row.line);
                found.push(Released { version, tag, prefix, state: segment.state, row });
            }
        }
        found.sort_by(|one, other| one.version.cmp(&other.version));
        found
    }
}

/// What a row says of versions from `end` on, which are those of the next line: its own row speaks
/// of them. `None`: nothing.
fn overrun(row: &LineRow, holes: &[Hole], end: &Version) -> Option<String> {
    let is_outside = |version: &Version| version >= end;
    // A range may end with the line, however the beginning of the next one is written.
    let is_beyond = |to: &Version| to > end && !to.is_of(end);
    let begins_outside = |hole: &Hole| hole.from.as_ref().is_some_and(is_outside);
    if holes.iter().all(begins_outside) {
        return Some("has no version of the line in its affected range".to_owned());
    }
    let fixed = row.fixed_in.as_deref().and_then(Version::parse);
    let reaches = |hole: &Hole| {
        hole.to.as_ref().is_some_and(is_beyond)
            || hole.inside.as_ref().is_some_and(is_outside)
            || begins_outside(hole)
    };
    let is_over = holes.iter().any(reaches) || fixed.as_ref().is_some_and(is_outside);
    is_over.then(|| format!("reaches beyond the line: the next one begins with `{end}`"))
}

/// The first version of a line by its name; `None`: it has the name of no version.
fn first_of(line: &LineId) -> Option<Version> {
    let version = Version::parse(&line.0).filter(|version| !version.is_before_release())?;
    Some(version.padded())
}

/// Where a line without a release will begin; `None`: nothing says which of its versions have the
/// hole.
fn planned(row: &LineRow) -> Option<Version> {
    let first = first_of(&row.line)?;
    let fixed = || row.fixed_in.as_deref().and_then(Version::parse);
    let is_told = row.status != LineStatus::Affected
        || row.affected.is_some()
        || row.introduced_in.is_some()
        || fixed().is_some_and(|fixed| fixed > first);
    is_told.then_some(first)
}

/// `None`: it would be empty.
fn segment<'a>(
    from: &Version,
    to: Option<&Version>,
    state: State,
    row: Option<&'a LineRow>,
) -> Option<Segment<'a>> {
    let is_there = to.is_none_or(|to| from < to);
    let (from, to) = (from.clone(), to.cloned());
    is_there.then_some(Segment { from, to, state, row, is_fixed: false })
}
