//! The stretches of a line's branch and of its releases, joined.
//!
//! Whoever uses a line has its releases, so each stretch of releases is an episode. The stretches of
//! the branch that it came from belong to it: those that hold the commit of one of its releases, or a
//! moment of it. What was on the branch and in no release is an episode of its own.

use std::collections::BTreeSet;

use jiff::civil::Date;

use super::{
    Catalogue, Lineage, Sight,
    lineage::{At, Begins, Row},
    stretch::Stretch,
};
use crate::model::{Began, Episode, Stand, Standing};

/// The episodes of one line, subject by subject.
pub(super) fn all(
    lineage: &Lineage,
    row: &Row,
    catalogue: &Catalogue,
    as_of: Date,
) -> Vec<Episode> {
    let subjects: BTreeSet<u32> = row.marks().flat_map(super::Marks::subjects).collect();
    let mut found = Vec::new();
    for subject in subjects {
        let joint = Joint::of(row, subject);
        let releases = (0..joint.releases.len()).map(|number| joint.part_of_release(number));
        for part in releases.chain(joint.parts_without_release()) {
            found.extend(episode(lineage, row, &part, subject, catalogue, as_of));
        }
    }
    found
}

/// The stretches of one subject.
struct Joint<'a> {
    row: &'a Row,
    branch: Vec<Stretch>,
    releases: Vec<Stretch>,
    /// What is known of the branch's newest state.
    newest: Option<Sight>,
    /// For each stretch of releases, those of the branch that belong to it.
    belong: Vec<Vec<usize>>,
}

/// What becomes one episode.
struct Part {
    branch: Vec<Stretch>,
    release: Option<Stretch>,
    /// The branch has it still, and no later release tells of that.
    is_on_branch: bool,
    /// The branch is known to be without it.
    is_off_branch: bool,
}

impl Part {
    /// The newest release has it.
    fn is_in_release(&self) -> bool {
        self.release.is_some_and(|release| release.until.is_none())
    }
}

impl<'a> Joint<'a> {
    fn of(row: &'a Row, subject: u32) -> Self {
        let stretches =
            |states: &[At]| Stretch::all(states.iter().map(|at| at.marks.sight(subject)));
        let (branch, releases) = (stretches(&row.branch), stretches(&row.releases));
        let newest = row.branch.last().map(|at| at.marks.sight(subject));
        let mut joint = Self { row, branch, releases, newest, belong: Vec::new() };
        joint.belong =
            joint.releases.iter().map(|release| joint.belonging(release, subject)).collect();
        joint
    }

    fn belonging(&self, release: &Stretch, subject: u32) -> Vec<usize> {
        let (states, tags) = (&self.row.branch, &self.row.releases);
        let end = release.until.unwrap_or(tags.len());
        let has = |at: &&At| at.marks.sight(subject) == Sight::Has;
        let made_from: Vec<usize> =
            tags[release.from..end].iter().filter(has).filter_map(|at| at.state).collect();
        // What came onto the branch after the release that ended it is another episode.
        let last = release.until.and_then(|until| tags[until].state);
        let is_before = |stretch: &Stretch| last.is_none_or(|last| stretch.from <= last);
        let belongs = |stretch: &Stretch| {
            made_from.iter().any(|state| stretch.holds(*state))
                || (stretch.overlaps(states, release, tags) && is_before(stretch))
        };
        let numbers = |belongs: &dyn Fn(&Stretch) -> bool| -> Vec<usize> {
            let all = self.branch.iter().enumerate();
            all.filter(|(_, stretch)| belongs(stretch)).map(|(number, _)| number).collect()
        };
        let found = numbers(&belongs);
        if !found.is_empty() {
            return found;
        }
        // A release beside the branch, made of what the branch had before.
        let begins = tags[release.from].moment;
        let ended =
            |stretch: &Stretch| stretch.until.is_some_and(|until| states[until].moment <= begins);
        numbers(&ended).pop().into_iter().collect()
    }

    fn part_of_release(&self, number: usize) -> Part {
        let belong = &self.belong[number];
        let is_later_told = |stretch: usize| {
            self.belong[number + 1..].iter().any(|others| others.contains(&stretch))
        };
        let last = belong.last().copied();
        let is_open = last.is_some_and(|last| self.branch[last].until.is_none());
        Part {
            branch: belong.iter().map(|number| self.branch[*number]).collect(),
            release: Some(self.releases[number]),
            is_on_branch: is_open && !last.is_some_and(is_later_told),
            is_off_branch: self.newest == Some(Sight::Clear),
        }
    }

    fn parts_without_release(&self) -> impl Iterator<Item = Part> {
        let taken: BTreeSet<usize> = self.belong.iter().flatten().copied().collect();
        let others = self.branch.iter().enumerate().filter(move |(n, _)| !taken.contains(n));
        others.map(|(_, stretch)| Part {
            branch: vec![*stretch],
            release: None,
            is_on_branch: stretch.until.is_none(),
            is_off_branch: self.newest == Some(Sight::Clear),
        })
    }
}

fn episode(
    lineage: &Lineage,
    row: &Row,
    part: &Part,
    subject: u32,
    catalogue: &Catalogue,
    as_of: Date,
) -> Option<Episode> {
    let about = catalogue.subjects.get(usize::try_from(subject).ok()?)?;
    let on_branch = |place: usize| row.branch.get(place).map(|at| at.turn.clone());
    let released = |place: usize| row.releases.get(place).map(|at| at.turn.clone());
    let (first, last) = (part.branch.first(), part.branch.last());
    let stand = stand(lineage, part);
    let unknown_since = unknown(part).and_then(|unknown| match unknown {
        Unknown::Release(place) => released(place),
        Unknown::Branch(place) => on_branch(place),
    });
    let began = began(lineage, part);
    let names = &about.names;
    Some(Episode {
        vulnerability: names.first().cloned().unwrap_or_default(),
        aliases: names.iter().skip(1).cloned().collect(),
        title: about.title.clone(),
        ecosystem: about.ecosystem.clone(),
        package: about.package.clone(),
        rating: about.severity.rating(),
        line: lineage.line.clone(),
        is_supported: lineage.standing == Standing::Supported,
        stand,
        is_of_branch: lineage.is_of_branch(),
        began,
        is_cut: match part.release.filter(|_| !lineage.is_of_branch()) {
            Some(release) => release.is_older || (release.from == 0 && began == Began::Earlier),
            None => began == Began::Earlier,
        },
        published: about.published,
        introduced: first.and_then(|first| on_branch(first.from)),
        first_release: part.release.and_then(|release| released(release.from)),
        fixed: last.and_then(|last| on_branch(last.until?)),
        released: part.release.and_then(|release| released(release.until?)),
        unknown_since,
        ended: lineage.ended(as_of).filter(|_| stand == Stand::Ended),
        versions: versions(row, part, subject),
    })
}

/// Where a row stops to tell.
enum Unknown {
    Release(usize),
    Branch(usize),
}

/// Where nobody can tell any more, if neither row is known to have it to its end.
fn unknown(part: &Part) -> Option<Unknown> {
    let release = part.release.filter(|_| part.is_in_release());
    let branch = part.branch.last().filter(|_| part.is_on_branch);
    let since = |stretch: &Stretch| stretch.unknown_since;
    match (release, branch) {
        (None, None) => None,
        (Some(release), None) => since(&release).map(Unknown::Release),
        (None, Some(branch)) => since(branch).map(Unknown::Branch),
        (Some(release), Some(branch)) => since(branch).and(since(&release)).map(Unknown::Release),
    }
}

fn began(lineage: &Lineage, part: &Part) -> Began {
    let begins = lineage.branch.as_ref().map(|branch| &branch.begins);
    let is_first_state = part.branch.first().is_some_and(|first| first.from == 0);
    let mut stretches = part.branch.first().into_iter().chain(&part.release);
    match begins.filter(|_| is_first_state) {
        _ if stretches.any(|stretch| stretch.is_older) => Began::Earlier,
        Some(Begins::Later(_)) => Began::Earlier,
        Some(Begins::Cut) => Began::WithLine,
        Some(Begins::Root) | None => Began::Came,
    }
}

fn stand(lineage: &Lineage, part: &Part) -> Stand {
    match (part.is_on_branch, part.is_in_release()) {
        (false, false) if part.release.is_some() => Stand::Released,
        (false, false) => Stand::NeverReleased,
        _ if lineage.standing == Standing::Eol => Stand::Ended,
        // A branch that cannot be read, or has a copy from elsewhere, has no fix that anybody knows of.
        (false, true) if part.is_off_branch => Stand::Unreleased,
        (true, _) | (false, true) => Stand::Open,
    }
}

/// The versions that were locked meanwhile.
fn versions(row: &Row, part: &Part, subject: u32) -> Vec<String> {
    let of = |stretch: &Stretch, states: &[At]| -> Vec<String> {
        let states = states.iter().enumerate().filter(|(place, _)| stretch.holds(*place));
        states.flat_map(|(_, at)| at.marks.versions(subject).map(str::to_owned)).collect()
    };
    let mut found: BTreeSet<String> = BTreeSet::new();
    for stretch in &part.branch {
        found.extend(of(stretch, &row.branch));
    }
    if let Some(release) = &part.release {
        found.extend(of(release, &row.releases));
    }
    found.into_iter().collect()
}
