//! What is missing before a record is done, in words, with the next step.

use super::{Arrival, Cell, Demand, Fix, Hole, Presence, Tracked, cell::UNNAMED, deliver::GIT_TAG};
use crate::{
    disclose::{Record, record::LineStatus},
    model::{LineId, Standing},
};

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Weight {
    /// Nobody can tell whether something is missing.
    Unknown,
    Missing,
}

impl Weight {
    /// The word that reports use.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Missing => "missing",
        }
    }
}

/// One thing that keeps a record from being done.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Need {
    pub weight: Weight,
    /// `None`: of the whole release.
    pub advisory: Option<String>,
    pub line: Option<LineId>,
    /// The channel that it is about.
    pub channel: Option<String>,
    /// A fragment without a full stop.
    pub what: String,
    /// What to do next.
    pub next: String,
}

/// Everything that is missing: of the fixes, then of the channels.
pub fn needs(record: &Record, tracked: &Tracked) -> Vec<Need> {
    let mut needs = unverified(record, tracked);
    for cell in tracked.cells.iter().filter(|cell| is_unnamed(cell)) {
        of_fix(cell, |weight, what, next| needs.push(of(cell, weight, what, next)));
    }
    needs.extend(tracked.cells.iter().filter_map(undecided));
    for state in tracked.channels.iter().filter(|state| !state.is_idle) {
        needs.extend(state.doubts.iter().map(|doubt| Need {
            weight: Weight::Missing,
            advisory: None,
            line: Some(state.line.clone()),
            channel: Some(state.channel.clone()),
            what: doubt.clone(),
            next: "correct `actual` of the delivery".to_owned(),
        }));
        // A tag that is missing is said where the release is.
        if state.channel == GIT_TAG || !state.arrival.is_open() {
            continue;
        }
        let Arrival::Promised(slot) = &state.arrival else { continue };
        let expected = slot.expected.map(|moment| format!(", expected {moment}"));
        needs.push(Need {
            weight: Weight::Missing,
            advisory: None,
            line: Some(state.line.clone()),
            channel: Some(state.channel.clone()),
            what: format!("not yet in `{}`{}", state.channel, expected.unwrap_or_default()),
            next: "deliver it there, and note the time as `actual`; or say that it is not promised"
                .to_owned(),
        });
    }
    needs.extend(record.deliveries.iter().filter_map(|delivery| {
        let line = delivery.line.as_ref()?;
        let is_known = tracked.cells.iter().any(|cell| cell.line == *line);
        (!is_known).then(|| Need {
            weight: Weight::Missing,
            advisory: None,
            line: Some(line.clone()),
            channel: Some(delivery.channel.clone()),
            what: format!(
                "`{}` has a delivery for it, and there is no such line",
                delivery.channel
            ),
            next: "correct the name of the line, as `patchline lines` writes it".to_owned(),
        })
    }));
    needs
}

/// What has to be true of git before anybody is told that there are fixes: each is on its branch and
/// in a release, the release is the one that the record names, and every supported line has its row.
pub fn unverified(record: &Record, tracked: &Tracked) -> Vec<Need> {
    let mut needs = Vec::new();
    if record.advisories.is_empty() {
        needs.push(Need {
            weight: Weight::Missing,
            advisory: None,
            line: None,
            channel: None,
            what: "the record has no advisory".to_owned(),
            next: "add one".to_owned(),
        });
    }
    for cell in &tracked.cells {
        of_cell(cell, &mut needs);
    }
    needs
}

fn of_cell(cell: &Cell, needs: &mut Vec<Need>) {
    let mut say = |weight: Weight, what: String, next: String| {
        needs.push(of(cell, weight, what, next));
    };
    for contradiction in &cell.contradictions {
        say(Weight::Missing, contradiction.message.clone(), contradiction.mend.clone());
    }
    if cell.standing == Some(Standing::Supported)
        && cell.is_series
        && let Some((what, next)) = unsaid(cell.status)
    {
        say(Weight::Missing, what.to_owned(), next.to_owned());
    }
    if cell.status == Some(LineStatus::NotAffected)
        && let Hole::Unknown { why } = &cell.hole
    {
        let what = format!("whether it is not affected cannot be seen: {why}");
        say(Weight::Unknown, what, look(why));
    }
    if cell.demand != Demand::Nothing && !is_unnamed(cell) {
        of_fix(cell, say);
    }
}

/// A line of which nobody says whether it is supported is not forgotten: somebody decides, or its row says
/// what is true of it.
fn undecided(cell: &Cell) -> Option<Need> {
    let is_open = matches!(cell.status, None | Some(LineStatus::NotEvaluated))
        && !matches!(cell.fix, Fix::Released { .. });
    if cell.standing != Some(Standing::Unknown) || !cell.is_series || !is_open {
        return None;
    }
    let (weight, what) = match &cell.hole {
        Hole::Absent => return None,
        Hole::Present { since, method } => (
            Weight::Missing,
            format!(
                "nobody says whether it is supported, and commit {} brought the hole in (by {})",
                since.short(),
                method.as_str()
            ),
        ),
        Hole::Unsaid | Hole::Unknown { .. } => (
            Weight::Unknown,
            "nobody says whether it is supported, and nobody looked whether it is affected"
                .to_owned(),
        ),
    };
    let next = "say in `patchline.toml` which lines are supported; or add a row for it: affected, not \
                affected, or `ended`";
    Some(of(cell, weight, what, next.to_owned()))
}

/// Of a line that nothing is released of, the record does not say what mends it. That makes no release
/// untrue, and nobody can say that all is done.
fn is_unnamed(cell: &Cell) -> bool {
    let is_it = matches!(&cell.fix, Fix::Unknown { why } if why == UNNAMED);
    is_it && cell.status.is_none() && cell.demand == Demand::Branch
}

fn of(cell: &Cell, weight: Weight, what: String, next: String) -> Need {
    Need {
        weight,
        advisory: Some(cell.advisory.clone()),
        line: Some(cell.line.clone()),
        channel: None,
        what,
        next,
    }
}

/// What nobody said of a supported line, and what is to be said. Nobody looked, so nobody can say that
/// it is done.
fn unsaid(status: Option<LineStatus>) -> Option<(&'static str, &'static str)> {
    match status {
        None => Some((
            "it is supported, and the record has no row for it",
            "add a row for it: affected, or not and why",
        )),
        Some(LineStatus::NotEvaluated) => Some((
            "it is supported, and nobody looked yet whether it is affected",
            "look, and say on its row: affected, or not and why",
        )),
        Some(LineStatus::Ended) => Some((
            "it is supported, and the record says that its support has ended",
            "look whether it is affected, and say so on its row",
        )),
        Some(LineStatus::Affected | LineStatus::NotAffected) => None,
    }
}

fn of_fix(cell: &Cell, mut say: impl FnMut(Weight, String, String)) {
    let branch = cell
        .branch_name
        .as_deref()
        .map_or_else(|| format!("the newest release of {}", cell.line), |name| format!("`{name}`"));
    match &cell.fix {
        Fix::NonePlanned { reason } if reason.trim().is_empty() => {
            say(Weight::Missing, "no fix is planned, without a reason".into(), "give one".into());
        }
        Fix::Missing if cell.wanted.is_empty() => say(
            Weight::Missing,
            "no commit is named that is the fix".to_owned(),
            "name it under `fix`, or say on the row why there will be none".to_owned(),
        ),
        Fix::Missing => say(
            Weight::Missing,
            format!("the fix is not on {branch}{}", remarks(cell)),
            backport(cell),
        ),
        Fix::InReview { .. } if cell.is_courtesy => {}
        Fix::InReview { reviews } => say(
            Weight::Missing,
            format!("the fix is not on {branch}; it is in review{}", remarks(cell)),
            format!("merge {}", reviews.join(", ")),
        ),
        Fix::Partly { present, missing } => say(
            Weight::Missing,
            format!(
                "only {} is on {branch}; {} is not{}",
                listed(present),
                listed(missing),
                remarks(cell)
            ),
            "backport the rest; if it was changed for the line, name its commits on the row"
                .to_owned(),
        ),
        Fix::Reverted { by, day } => say(
            Weight::Missing,
            format!(
                "commit {}{} undid the fix{}",
                by.short(),
                day.map(|day| format!(" of {day}")).unwrap_or_default(),
                remarks(cell)
            ),
            "bring the fix back".to_owned(),
        ),
        Fix::Undone { commit, loss, .. } => say(
            Weight::Missing,
            format!(
                "commit {} is in the history of {branch}, and {}",
                commit.short(),
                loss.because()
            ),
            "bring the fix back; if the line is mended by another commit, name it on the row"
                .to_owned(),
        ),
        Fix::OnBranch { day, commits_since, .. } if cell.demand == Demand::Release => say(
            Weight::Missing,
            format!(
                "the fix is on {branch}{}, and no release has it ({commits_since} {} since)",
                day.map(|day| format!(" since {day}")).unwrap_or_default(),
                if *commits_since == 1 { "commit" } else { "commits" },
            ),
            "release it".to_owned(),
        ),
        Fix::Released { .. } => {
            if let Some(Presence::Unknown { why }) = &cell.branch {
                let what = format!("whether {branch} has the fix cannot be seen: {why}");
                say(Weight::Unknown, what, look(why));
            }
        }
        Fix::Unknown { why } if !has_said(cell, why) => {
            say(
                Weight::Unknown,
                format!("whether it has the fix cannot be seen: {why}"),
                look(why),
            );
        }
        Fix::NotNeeded | Fix::NonePlanned { .. } | Fix::OnBranch { .. } | Fix::Unknown { .. } => {}
    }
}

/// What was seen and not believed, after the news that follows from it.
fn remarks(cell: &Cell) -> String {
    let all = cell.remarks.iter().flat_map(|remark| ["; ", remark]);
    all.collect()
}

/// A contradiction says already why nobody can tell.
fn has_said(cell: &Cell, why: &str) -> bool {
    cell.standing.is_none() || cell.contradictions.iter().any(|found| found.message == why)
}

fn backport(cell: &Cell) -> String {
    let place = match &cell.branch_name {
        Some(branch) => format!("on `{branch}`"),
        None => format!("for {}, from its newest release, as it has no branch here", cell.line),
    };
    format!(
        "{place}: `git cherry-pick -x {}`; if it is there with changes, name its commit on the \
         row; if there will be none, say why",
        cell.wanted.join(" ")
    )
}

fn look(why: &str) -> String {
    if why == UNNAMED {
        "name it under `fix` of the advisory; or add a row for the line: affected, or not and why"
            .to_owned()
    } else if why.contains("shallow") {
        "run `git fetch --unshallow --tags`, or give actions/checkout `fetch-depth: 0`".to_owned()
    } else if why.contains("not in this clone") {
        "fetch the branch and its tags".to_owned()
    } else {
        "look at it by hand, and name the commit of the line on the row".to_owned()
    }
}

fn listed(names: &[String]) -> String {
    let short = |name: &String| format!("`{}`", name.get(..12).unwrap_or(name));
    names.iter().map(short).collect::<Vec<_>>().join(", ")
}
