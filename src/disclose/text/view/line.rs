//! What is said of each line: of every supported one something, and of ended ones by name.

use serde::Serialize;

use super::standing;
use crate::{
    disclose::{
        Record,
        export::version::Version,
        record::{Disclosure, LineRow, LineStatus, Moment, Step},
        schedule,
        text::Around,
    },
    model::{LineId, LineKind, Rating, Standing},
};

/// So many lines whose support has ended are named, the newest ones; who runs an older one knows it.
pub(super) const MOST_ENDED: usize = 3;

/// An affected line.
#[derive(Debug, Serialize)]
pub(super) struct Affected {
    line: String,
    /// `>= 1.4.0, < 1.4.7`
    versions: Option<String>,
    introduced_in: Option<String>,
    fixed_in: Option<String>,
    /// The day of the fixed release.
    released: Option<String>,
    /// Why there will be no fix.
    no_fix: Option<String>,
    /// Patches are offered, and nothing is released.
    is_courtesy: bool,
    /// The line is a branch that is released under other names.
    is_branch: bool,
    introduced: Vec<String>,
    /// Commits of the line's branch.
    fix: Vec<String>,
    note: Option<String>,
    /// Pull requests and patches; only where the text is under embargo.
    pub(super) reviews: Vec<String>,
}

/// A line that somebody looked at, and that does not have it.
#[derive(Debug, Serialize)]
pub(super) struct NotAffected {
    line: String,
    /// In words.
    because: Option<String>,
    note: Option<String>,
}

/// A line of which only its name is said.
#[derive(Debug, Serialize)]
pub(super) struct Named {
    line: String,
    note: Option<String>,
}

/// Where those who run a line go.
#[derive(Debug, Serialize)]
pub(super) struct Upgrade {
    pub(super) line: String,
    /// The version that has every fix that the line gets.
    pub(super) version: Option<String>,
    pub(super) released: Option<String>,
    /// The day on which the last of its fixes came to the branch.
    fixed_on: Option<String>,
    /// From the report to the release.
    days: Option<i64>,
    pub(super) severity: Option<&'static str>,
    /// Patches are offered for all that it gets, and nothing is released.
    pub(super) is_courtesy: bool,
    pub(super) is_branch: bool,
    /// Vulnerabilities that stay.
    pub(super) open: Vec<Open>,
    /// Those that a release leaves open, and for which patches are offered.
    pub(super) offered: Vec<String>,
    /// The names of those that it closes.
    pub(super) closes: Vec<String>,
}

/// A vulnerability that stays on a line.
#[derive(Debug, Serialize)]
pub(super) struct Open {
    name: String,
    because: String,
}

pub(super) fn affected(of: &Disclosure, around: &Around<'_>) -> Vec<Affected> {
    let rows = of.lines.iter().filter(|row| row.status == LineStatus::Affected);
    let rows = rows.filter(|row| standing(around, &row.line) != Some(Standing::Upcoming));
    let seen = |row: &LineRow| Affected {
        line: row.line.0.clone(),
        versions: row.affected.clone(),
        introduced_in: row.introduced_in.clone(),
        fixed_in: row.fixed_in.clone(),
        released: released(around, row.fixed_in.as_deref()),
        no_fix: row.no_fix.clone(),
        is_courtesy: row.is_courtesy,
        is_branch: is_branch(around, &row.line),
        introduced: row.introduced.clone(),
        fix: row.fix.clone(),
        note: row.note.clone(),
        reviews: row.reviews.clone(),
    };
    rows.map(seen).collect()
}

pub(super) fn not_affected(of: &Disclosure) -> Vec<NotAffected> {
    let rows = of.lines.iter().filter(|row| row.status == LineStatus::NotAffected);
    let seen = |row: &LineRow| NotAffected {
        line: row.line.0.clone(),
        because: row.justification.as_deref().map(because),
        note: row.note.clone(),
    };
    rows.map(seen).collect()
}

/// A justification of OpenVEX in words.
fn because(word: &str) -> String {
    let known = match word.replace('-', "_").as_str() {
        "component_not_present" => "it does not have the component",
        "vulnerable_code_not_present" => "it does not have the vulnerable code",
        "vulnerable_code_not_in_execute_path" => "it never runs the vulnerable code",
        "vulnerable_code_cannot_be_controlled_by_adversary" => {
            "nobody outside can reach the vulnerable code"
        }
        "inline_mitigations_already_exist" => "it has a protection against it already",
        _ => word,
    };
    known.to_owned()
}

/// The supported lines of which nobody knows.
pub(super) fn not_evaluated(of: &Disclosure, around: &Around<'_>) -> Vec<Named> {
    let is_ended = |line: &LineId| standing(around, line) == Some(Standing::Eol);
    let rows = of.lines.iter().filter(|row| row.status == LineStatus::NotEvaluated);
    let rows = rows.filter(|row| !is_ended(&row.line)).map(named);
    let unnamed = around.lines.iter().filter(|line| {
        line.kind == LineKind::Release
            && line.standing == Standing::Supported
            && of.row(&line.id).is_none()
    });
    rows.chain(unnamed.map(|line| Named { line: line.id.0.clone(), note: None })).collect()
}

/// The lines whose support has ended and of which nobody knows.
pub(super) fn ended(of: &Disclosure, around: &Around<'_>) -> Vec<Named> {
    let is_ended = |row: &&LineRow| match row.status {
        LineStatus::Ended => true,
        LineStatus::NotEvaluated => standing(around, &row.line) == Some(Standing::Eol),
        LineStatus::Affected | LineStatus::NotAffected => false,
    };
    let mut ended: Vec<Named> = of.lines.iter().filter(is_ended).map(named).collect();
    // Names are enough of a warning for old lines; the newest come first in the list of the project.
    let unnamed = around.lines.iter().filter(|line| {
        line.kind == LineKind::Release
            && line.standing == Standing::Eol
            && of.row(&line.id).is_none()
    });
    let room = MOST_ENDED.saturating_sub(ended.len());
    ended.extend(unnamed.take(room).map(|line| Named { line: line.id.0.clone(), note: None }));
    ended
}

pub(super) fn pre_release(of: &Disclosure, around: &Around<'_>) -> Vec<Named> {
    let rows = of.lines.iter().filter(|row| row.status == LineStatus::Affected);
    rows.filter(|row| standing(around, &row.line) == Some(Standing::Upcoming)).map(named).collect()
}

fn named(row: &LineRow) -> Named {
    Named { line: row.line.0.clone(), note: row.note.clone() }
}

/// The names of the ended lines of all vulnerabilities, once each.
pub(super) fn all_ended(record: &Record, around: &Around<'_>) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for line in record.advisories.iter().flat_map(|of| ended(of, around)) {
        if !names.contains(&line.line) {
            names.push(line.line);
        }
    }
    names
}

/// Where those who run each affected line go.
pub(super) fn upgrades(record: &Record, around: &Around<'_>) -> Vec<Upgrade> {
    let lines = record.lines().into_iter();
    let lines = lines.filter(|line| standing(around, line) != Some(Standing::Upcoming));
    lines.filter_map(|line| upgrade(record, line, around)).collect()
}

/// Where those who run one line go; `None`: nothing is known to affect it.
pub(super) fn upgrade(record: &Record, line: &LineId, around: &Around<'_>) -> Option<Upgrade> {
    let rows = record.advisories.iter().filter_map(|of| Some((of, of.row(line)?)));
    let rows: Vec<(&Disclosure, &LineRow)> =
        rows.filter(|(_, row)| row.status == LineStatus::Affected).collect();
    if rows.is_empty() {
        return None;
    }
    // A courtesy is no part of a release that closes something else.
    let is_courtesy = rows.iter().filter(|(_, row)| row.no_fix.is_none()).all(is_offered)
        && rows.iter().any(is_offered);
    let is_in_it = |row: &&(&Disclosure, &LineRow)| is_courtesy || !is_offered(row);
    let version =
        latest(rows.iter().filter(is_in_it).filter_map(|(_, row)| row.fixed_in.as_deref()));
    let version = version.as_deref();
    let fixes = rows.iter().flat_map(|(_, row)| &row.fix);
    let reported = record.step(Step::Reported).actual;
    let closed = rows.iter().filter(is_in_it).filter(|(_, row)| row.no_fix.is_none());
    let offered = rows.iter().filter(|row| !is_in_it(row));
    let worst = closed.clone().filter_map(|(of, _)| of.rating()).max();
    let severity = worst.or_else(|| rows.iter().filter_map(|(of, _)| of.rating()).max());
    let open = rows.iter().filter_map(|(of, row)| {
        let because = row.no_fix.clone()?;
        Some(Open { name: of.name().to_owned(), because })
    });
    Some(Upgrade {
        line: line.0.clone(),
        version: version.map(str::to_owned),
        released: released(around, version),
        fixed_on: fixes.filter_map(|id| committed(around, id)).max().map(|day| day.to_string()),
        days: reported.zip(version.and_then(|version| around.released.get(version))).map(
            |(from, to)| {
                let to = Moment { day: *to, time: None };
                schedule::days(Moment { time: None, ..from }, to)
            },
        ),
        // A release is rated by what it closes.
        severity: severity.map(Rating::as_str),
        is_courtesy,
        is_branch: is_branch(around, line),
        open: open.collect(),
        offered: offered.map(|(of, _)| of.name().to_owned()).collect(),
        closes: closed.map(|(of, _)| of.name().to_owned()).collect(),
    })
}

/// True where patches are offered without a release.
fn is_offered((_, row): &(&Disclosure, &LineRow)) -> bool {
    row.is_courtesy && row.no_fix.is_none()
}

/// The lines that somebody looked at and that have none of it: supported ones, and ended ones that the
/// record speaks of.
pub(super) fn unaffected(record: &Record, around: &Around<'_>) -> Vec<String> {
    let has_none = |line: &LineId| {
        let mut rows = record.advisories.iter().map(|of| of.row(line));
        rows.all(|row| row.is_some_and(|row| row.status == LineStatus::NotAffected))
    };
    let known = around.lines.iter().filter(|line| {
        line.standing == Standing::Supported
            || line.kind == LineKind::Release && line.standing == Standing::Eol
    });
    known.filter(|line| has_none(&line.id)).map(|line| line.id.to_string()).collect()
}

/// The supported lines that nothing is known to affect, and at which nobody looked for all of it.
pub(super) fn unevaluated(record: &Record, around: &Around<'_>) -> Vec<String> {
    let is_open = |line: &LineId| {
        let statuses: Vec<Option<LineStatus>> =
            record.advisories.iter().map(|of| of.row(line).map(|row| row.status)).collect();
        !statuses.contains(&Some(LineStatus::Affected))
            && statuses.iter().any(|status| *status != Some(LineStatus::NotAffected))
    };
    releases(around, Standing::Supported)
        .filter(|line| is_open(line))
        .map(ToString::to_string)
        .collect()
}

/// The released lines of a standing, the newest first: everybody may know them.
pub(super) fn releases<'a>(
    around: &'a Around<'_>,
    standing: Standing,
) -> impl Iterator<Item = &'a LineId> {
    let is_it = move |line: &&'a crate::model::ReleaseLine| {
        line.kind == LineKind::Release && line.standing == standing
    };
    around.lines.iter().filter(is_it).map(|line| &line.id)
}

/// The version that has what all of these have. Where nobody can tell which comes last, all that may
/// are named: an upgrade to the wrong one would lack a fix.
fn latest<'a>(versions: impl Iterator<Item = &'a str>) -> Option<String> {
    let mut last: Vec<&str> = Vec::new();
    for version in versions {
        let is_behind = |one: &str, other: &str| {
            one == other
                || Version::parse(one)
                    .zip(Version::parse(other))
                    .is_some_and(|(one, other)| one <= other)
        };
        if !last.iter().any(|known| is_behind(version, known)) {
            last.retain(|known| !is_behind(known, version));
            last.push(version);
        }
    }
    match last.as_slice() {
        [] => None,
        [version] => Some((*version).to_owned()),
        several => Some(format!("the later of {}", several.join(" and "))),
    }
}

fn is_branch(around: &Around<'_>, line: &LineId) -> bool {
    let known = around.lines.iter().find(|known| known.id == *line);
    known.is_some_and(|known| known.kind == LineKind::Default)
}

/// The day of a commit, of which a record may have the first digits alone.
fn committed(around: &Around<'_>, id: &str) -> Option<jiff::civil::Date> {
    let is_it = |(full, _): &(&String, &jiff::civil::Date)| id.len() >= 7 && full.starts_with(id);
    around.committed.iter().find(is_it).map(|(_, day)| *day)
}

/// The day on which a version was released.
fn released(around: &Around<'_>, version: Option<&str>) -> Option<String> {
    let version = version?;
    around.released.get(version).map(ToString::to_string)
}

#[cfg(test)]
mod tests {
    use super::latest;

    #[test]
    fn the_version_to_go_to_is_the_last_of_those_that_are_needed() {
        for (versions, expected) in [
            (&["1.4.0.10", "1.4.0.9"][..], Some("1.4.0.10")),
            (&["1.4.0.9", "1.4.0.10"], Some("1.4.0.10")),
            (&["2031.12", "2031.2.1", "2031.3"], Some("2031.12")),
            (&["v1.4.10", "1.4.9"], Some("v1.4.10")),
            (&["1.4.7-rc.2", "1.4.7", "1.4.7-rc.10"], Some("1.4.7")),
            (&["1.4.7", "1.4.7"], Some("1.4.7")),
            // Nobody knows the order of names.
            (&["kilo", "juliett", "kilo"], Some("the later of kilo and juliett")),
            (&["1:1.4", "1.4.1", "1.4.2"], Some("the later of 1:1.4 and 1.4.2")),
            (&[], None),
        ] {
            assert_eq!(latest(versions.iter().copied()).as_deref(), expected, "{versions:?}");
        }
    }
}
