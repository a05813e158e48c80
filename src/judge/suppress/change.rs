//! How suppressions and opinions differ between two states: what a pull request changes.

use std::collections::BTreeMap;

use crate::model::{
    Change, LineId, Opinion, Origin, PackagePattern, Silence, Suppression, canonical_id,
};

/// What was added, removed and changed. A row that moved is no change; an entry that moved to
/// another file is a removed and an added one.
pub fn changes(
    before: (&[Suppression], &[Opinion]),
    after: (&[Suppression], &[Opinion]),
) -> Vec<Change> {
    let mut subjects: BTreeMap<Subject, (Vec<Silence>, Vec<Silence>)> = BTreeMap::new();
    for said in all(before) {
        subjects.entry(subject(&said)).or_default().0.push(said);
    }
    for said in all(after) {
        subjects.entry(subject(&said)).or_default().1.push(said);
    }
    subjects.into_values().flat_map(|(before, after)| differences(before, after)).collect()
}

fn all<'a>(
    (suppressions, opinions): (&'a [Suppression], &'a [Opinion]),
) -> impl Iterator<Item = Silence> + 'a {
    let own = suppressions.iter().cloned().map(Silence::Suppression);
    own.chain(opinions.iter().cloned().map(Silence::Opinion))
}

/// What something is about; the rest is what it says.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Subject {
    /// Our own suppressions have none.
    kind: Option<&'static str>,
    ids: Vec<String>,
    package: Option<PackagePattern>,
    /// Of a suppression: by its name alone.
    name: Option<String>,
    lines: Vec<String>,
    at: Option<LineId>,
    path: String,
    only_if: Vec<String>,
}

fn subject(said: &Silence) -> Subject {
    match said {
        Silence::Suppression(own) => {
            let mut lines = own.lines.clone();
            lines.sort();
            Subject {
                kind: None,
                ids: vec![canonical_id(&own.id)],
                package: None,
                name: own.package.clone(),
                lines,
                at: None,
                path: String::new(),
                only_if: Vec::new(),
            }
        }
        Silence::Opinion(opinion) => Subject {
            kind: Some(opinion.kind),
            ids: opinion.ids.iter().cloned().collect(),
            package: opinion.package.clone(),
            name: None,
            lines: Vec::new(),
            at: opinion.at.as_ref().map(|at| at.line.clone()),
            path: opinion.origin.path.clone(),
            only_if: opinion.only_if.clone(),
        },
    }
}

fn differences(mut before: Vec<Silence>, mut after: Vec<Silence>) -> Vec<Change> {
    before.retain(|old| {
        let same = after.iter().position(|new| words(new) == words(old));
        same.map(|at| after.remove(at)).is_none()
    });
    let mut changes = Vec::new();
    let mut after = after.into_iter();
    for old in before {
        changes.push(match after.next() {
            Some(new) => Change::Changed { before: Box::new(old), after: Box::new(new) },
            None => Change::Removed(old),
        });
    }
    changes.extend(after.map(Change::Added));
    changes
}

/// Without where it is written.
fn words(said: &Silence) -> Silence {
    let nowhere = Origin { reference: None, path: String::new(), row: None };
    match said.clone() {
        Silence::Suppression(own) => Silence::Suppression(Suppression { origin: nowhere, ..own }),
        Silence::Opinion(opinion) => Silence::Opinion(Opinion { origin: nowhere, ..opinion }),
    }
}
