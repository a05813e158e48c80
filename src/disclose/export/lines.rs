//! What is true of each stretch of versions: the rows of an advisory, laid beside each other on the
//! axis of all versions.
//!
//! A line reaches from its first release to the first release of the next one, so that a hole without
//! a fix ends where the next line begins. Pre-releases are no releases: they are never listed.

use std::collections::BTreeMap;

use super::{
    Lack, ReleasedVersion,
    range::{Edge, stretch},
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
}

impl Segment<'_> {
    pub(super) fn has(&self, version: &Version) -> bool {
        self.from <= *version && self.to.as_ref().is_none_or(|to| version < to)
    }

    /// The fixed version where the hole is closed on its own line.
    pub(super) fn fixed(&self) -> Option<&Version> {
        let fixed = self.row?.fixed_in.as_deref().and_then(Version::parse)?;
        self.to.as_ref().filter(|to| self.state == State::Affected && **to == fixed)
    }
}

/// A version that was released, or will be, and what is true of it.
#[derive(Clone, Debug)]
pub(super) struct Released<'a> {
    pub version: Version,
    /// `None`: nobody tagged it yet.
    pub tag: Option<&'a str>,
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
    /// Rows of lines that have no version yet, such as those of the default branch.
    pub unversioned: Vec<&'a LineRow>,
}

impl<'a> Facts<'a> {
    /// What can be said of an advisory; whatever contradicts itself is complained about.
    pub(super) fn of(
        disclosure: &'a Disclosure,
        releases: &'a [ReleasedVersion],
        lacks: &mut Vec<Lack>,
    ) -> Self {
        let axis = Axis::of(disclosure, releases);
        let mut segments: Vec<Segment<'a>> = Vec::new();
        for (index, (line, first)) in axis.lines.iter().enumerate() {
            let end = axis.lines.get(index + 1).map(|(_, first)| first);
            match disclosure.row(line) {
                Some(row) => axis.lay(disclosure, row, first, end, &mut segments, lacks),
                // Lines that nobody speaks of are one stretch.
                None => match segments.last_mut().filter(|last| last.row.is_none()) {
                    Some(last) => last.to = end.cloned(),
                    None => push(&mut segments, first, end, State::Unknown, None),
                },
            }
        }
        let unversioned: Vec<&LineRow> =
            disclosure.lines.iter().filter(|row| !axis.knows(&row.line)).collect();
        for row in &unversioned {
            let names = [&row.affected, &row.introduced_in, &row.fixed_in];
            if row.status == LineStatus::Affected && names.iter().any(|name| name.is_some()) {
                lacks.push(Lack::of_row(
                    disclosure,
                    row,
                    "names versions, but nobody knows with which version the line begins",
                ));
            }
        }
        let released = axis.released(&segments);
        Self { of: disclosure, segments, released, unversioned }
    }

    /// The stretches with the hole, one for each line.
    pub(super) fn affected(&self) -> impl Iterator<Item = &Segment<'a>> {
        self.segments.iter().filter(|segment| segment.state == State::Affected)
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
    fn of(disclosure: &'a Disclosure, releases: &'a [ReleasedVersion]) -> Self {
        let mut released: Vec<(Version, &ReleasedVersion)> = releases
            .iter()
            .filter_map(|release| Some((Version::parse(&release.version)?, release)))
            .filter(|(version, _)| !version.is_before_release())
            .collect();
        released.sort_by(|one, other| one.0.cmp(&other.0));
        released.dedup_by(|one, other| one.0 == other.0);
        let mut firsts: BTreeMap<&LineId, Version> = BTreeMap::new();
        for (version, release) in &released {
            firsts.entry(&release.line).or_insert_with(|| version.clone());
        }
        for row in &disclosure.lines {
            let first = || Version::parse(&row.line.0).map(|version| version.padded());
            let first = first().or_else(|| beginning(row)).or_else(|| {
                // Nothing is known but where the hole ends.
                row.fixed_in.as_deref().and_then(Version::parse).map(|_| Version::zero())
            });
            let Some(first) = first else { continue };
            let known = firsts.entry(&row.line).or_insert(first);
            // A pre-release of the first version may have the hole, too.
            if let Some(from) = beginning(row).filter(|from| from.is_of(known)) {
                *known = from.min(known.clone());
            }
        }
        let mut lines: Vec<(&LineId, Version)> = firsts.into_iter().collect();
        lines.sort_by(|one, other| one.1.cmp(&other.1).then_with(|| one.0.cmp(other.0)));
        Self { lines, releases: released }
    }

    fn knows(&self, line: &LineId) -> bool {
        self.lines.iter().any(|(known, _)| *known == line)
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
            push(segments, first, end, state, Some(row));
            return;
        }
        let (from, to) = match self.hole(row) {
            Ok(hole) => hole,
            Err(because) => {
                lacks.push(Lack::of_row(disclosure, row, &because));
                return;
            }
        };
        // What is before the line is another line's.
        let from = from.map_or_else(|| first.clone(), |from| from.max(first.clone()));
        let closed = to.filter(|to| end.is_none_or(|end| to <= end));
        if closed.as_ref().is_some_and(|to| *to <= from) || end.is_some_and(|end| *end <= from) {
            let because = "has no version of the line in its affected range";
            lacks.push(Lack::of_row(disclosure, row, because));
            return;
        }
        push(segments, first, Some(&from), State::Clear, Some(row));
        push(segments, &from, closed.as_ref().or(end), State::Affected, Some(row));
        if let Some(to) = closed {
            push(segments, &to, end, State::Fixed, Some(row));
        }
    }

    /// Where the hole of a line begins, and the first version without it.
    fn hole(&self, row: &LineRow) -> Result<(Option<Version>, Option<Version>), String> {
        let read = |text: &str, key: &str| {
            Version::parse(text).ok_or_else(|| format!("has `{key}`, which is no version"))
        };
        let written = row.affected.as_deref().unwrap_or_default();
        let written = if written.is_empty() {
            super::range::Stretch::default()
        } else {
            stretch(written).map_err(|because| format!("has an `affected` of which {because}"))?
        };
        let from = match (&written.from, &row.introduced_in) {
            (Some(edge), _) if edge.is_inside => Some(edge.version.clone()),
            (Some(edge), _) => Some(self.after(row, &edge.version)),
            (None, Some(introduced)) => Some(read(introduced, "introduced-in")?),
            (None, None) => None,
        };
        let fixed = row.fixed_in.as_deref().map(|text| read(text, "fixed-in")).transpose()?;
        let to = match (&written.to, fixed) {
            (Some(Edge { version, is_inside: true }), Some(fixed)) if *version < fixed => {
                Some(fixed)
            }
            (Some(Edge { version, is_inside: true }), None) => Some(self.after(row, version)),
            (Some(Edge { version, is_inside: false }), Some(fixed)) if *version == fixed => {
                Some(fixed)
            }
            (Some(Edge { version, is_inside: false }), None) => Some(version.clone()),
            (Some(edge), Some(fixed)) => {
                let version = &edge.version;
                let because = format!(
                    "is affected up to `{version}` and fixed in `{fixed}`, which do not fit together"
                );
                return Err(because);
            }
            (None, fixed) => fixed,
        };
        Ok((from, to))
    }

    /// The first version after one: what was released, else the least that may be.
    fn after(&self, row: &LineRow, version: &Version) -> Version {
        let of_line = self.releases.iter().filter(|(_, release)| release.line == row.line);
        let mut later = of_line.map(|(released, _)| released).filter(|other| *other > version);
        later.next().cloned().unwrap_or_else(|| version.next())
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
                found.push(Released { version, tag, state: segment.state, row });
            }
        }
        found.sort_by(|one, other| one.version.cmp(&other.version));
        found
    }
}

/// Where a row says that the hole begins.
fn beginning(row: &LineRow) -> Option<Version> {
    let written = row.affected.as_deref().and_then(|text| stretch(text).ok());
    let from = written.and_then(|stretch| stretch.from).map(|edge| edge.version);
    from.or_else(|| row.introduced_in.as_deref().and_then(Version::parse))
}

/// Nothing, if it would be empty.
fn push<'a>(
    segments: &mut Vec<Segment<'a>>,
    from: &Version,
    to: Option<&Version>,
    state: State,
    row: Option<&'a LineRow>,
) {
    if to.is_none_or(|to| from < to) {
        segments.push(Segment { from: from.clone(), to: to.cloned(), state, row });
    }
}
