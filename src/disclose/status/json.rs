//! The status for machines, described by `schemas/status.v1.schema.json`.

use jiff::civil::Date;
use serde::Serialize;

use super::{Completeness, Status};
use crate::{
    disclose::{
        record::Slot,
        track::{
            Arrival, Cell, ChannelState, Contradiction, Demand, Fix, Hole, Loss, Method, Need,
            Presence,
        },
    },
    model::CommitId,
};

/// The value of `schema`.
const SCHEMA: &str = "https://patchline.dev/schemas/status.v1.schema.json";

/// The whole status, as JSON.
pub fn json(status: &Status<'_>) -> impl Serialize {
    Document {
        schema: SCHEMA,
        record: status.record.id.clone(),
        product: status.record.product.clone(),
        as_of: status.today.to_string(),
        outcome: Completeness::of(status.needs).as_str(),
        cells: status.tracked.cells.iter().map(cell).collect(),
        channels: status.tracked.channels.iter().map(channel).collect(),
        needs: status.needs.iter().map(need).collect(),
    }
}

#[derive(Serialize)]
struct Document {
    schema: &'static str,
    record: String,
    product: String,
    as_of: String,
    outcome: &'static str,
    cells: Vec<CellJson>,
    channels: Vec<ChannelJson>,
    needs: Vec<NeedJson>,
}

#[derive(Serialize)]
struct CellJson {
    advisory: String,
    line: String,
    standing: Option<&'static str>,
    /// That it is supported is an assumption.
    is_assumed: bool,
    /// What the record says.
    status: Option<&'static str>,
    /// What has to be true before the line is done.
    demand: &'static str,
    hole: State,
    /// At the head of the branch.
    branch: Option<State>,
    fix: State,
    contradictions: Vec<ContradictionJson>,
    /// What was seen and not believed, or believed on its word alone.
    remarks: Vec<String>,
    /// Every commit that mends the branch or a release.
    mended_by: Vec<String>,
}

/// A word with what belongs to it.
#[derive(Default, Serialize)]
struct State {
    #[serde(rename = "state")]
    word: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    commit: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tag: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    day: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    method: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    commits_since: Option<usize>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    present: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    missing: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    reviews: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

#[derive(Serialize)]
struct ContradictionJson {
    kind: &'static str,
    message: String,
    mend: String,
}

#[derive(Serialize)]
struct ChannelJson {
    line: String,
    channel: String,
    is_promised: bool,
    reason: Option<String>,
    expected: Option<String>,
    actual: Option<String>,
    days_late: Option<i32>,
    url: Option<String>,
    /// The line has nothing to deliver.
    is_idle: bool,
    /// Why what the record says of it cannot be right.
    doubts: Vec<String>,
}

#[derive(Serialize)]
struct NeedJson {
    weight: &'static str,
    advisory: Option<String>,
    line: Option<String>,
    channel: Option<String>,
    what: String,
    next: String,
}

fn cell(cell: &Cell) -> CellJson {
    CellJson {
        advisory: cell.advisory.clone(),
        line: cell.line.0.clone(),
        standing: cell.standing.map(crate::model::Standing::as_str),
        is_assumed: cell.is_assumed,
        status: cell.status.map(crate::disclose::record::LineStatus::as_str),
        demand: match cell.demand {
            Demand::Nothing => "nothing",
            Demand::Branch => "branch",
            Demand::Release => "release",
        },
        hole: hole(&cell.hole),
        branch: cell.branch.as_ref().map(presence),
        fix: fix(&cell.fix),
        contradictions: cell.contradictions.iter().map(contradiction).collect(),
        remarks: cell.remarks.clone(),
        mended_by: cell.mended_by.iter().map(|commit| commit.0.clone()).collect(),
    }
}

fn hole(hole: &Hole) -> State {
    match hole {
        Hole::Present { since, method } => State {
            word: "present",
            commit: Some(since.0.clone()),
            method: Some(method.as_str()),
            ..State::default()
        },
        Hole::Absent => State { word: "absent", ..State::default() },
        Hole::Unsaid => State { word: "unsaid", ..State::default() },
        Hole::Unknown { why } => {
            State { word: "unknown", reason: Some(why.clone()), ..State::default() }
        }
    }
}

fn presence(presence: &Presence) -> State {
    match presence {
        Presence::There { commit, day, method } => State {
            word: "there",
            commit: Some(commit.0.clone()),
            day: day.map(|day| day.to_string()),
            method: Some(method.as_str()),
            ..State::default()
        },
        Presence::Partly { present, missing } => State {
            word: "partly",
            present: present.clone(),
            missing: missing.clone(),
            ..State::default()
        },
        Presence::Reverted { by, day } => State {
            word: "reverted",
            commit: Some(by.0.clone()),
            day: day.map(|day| day.to_string()),
            ..State::default()
        },
        Presence::Undone { commit, day, loss } => undone(commit, *day, loss),
        Presence::Lacking => State { word: "lacking", ..State::default() },
        Presence::Unknown { why } => {
            State { word: "unknown", reason: Some(why.clone()), ..State::default() }
        }
    }
}

fn fix(fix: &Fix) -> State {
    let state = State { word: fix.as_str(), ..State::default() };
    match fix {
        Fix::NotNeeded | Fix::Missing => state,
        Fix::NonePlanned { reason } | Fix::Unknown { why: reason } => {
            State { reason: Some(reason.clone()), ..state }
        }
        Fix::InReview { reviews } => State { reviews: reviews.clone(), ..state },
        Fix::Partly { present, missing } => {
            State { present: present.clone(), missing: missing.clone(), ..state }
        }
        Fix::OnBranch { commit, day, method, commits_since } => State {
            commit: Some(commit.0.clone()),
            day: day.map(|day| day.to_string()),
            method: Some(method.as_str()),
            commits_since: Some(*commits_since),
            ..state
        },
        Fix::Released { tag, version, day, method } => State {
            tag: Some(tag.clone()),
            version: Some(version.clone()),
            day: day.map(|day| day.to_string()),
            method: Some(method.as_str()),
            ..state
        },
        Fix::Undone { commit, day, loss } => undone(commit, *day, loss),
        Fix::Reverted { by, day } => {
            State { commit: Some(by.0.clone()), day: day.map(|day| day.to_string()), ..state }
        }
    }
}

fn undone(commit: &CommitId, day: Option<Date>, loss: &Loss) -> State {
    State {
        word: "undone",
        commit: Some(commit.0.clone()),
        day: day.map(|day| day.to_string()),
        method: Some(Method::Content.as_str()),
        reason: Some(loss.because()),
        ..State::default()
    }
}

fn contradiction(found: &Contradiction) -> ContradictionJson {
    ContradictionJson {
        kind: found.kind.as_str(),
        message: found.message.clone(),
        mend: found.mend.clone(),
    }
}

fn channel(state: &ChannelState) -> ChannelJson {
    let (slot, reason) = match &state.arrival {
        Arrival::Promised(slot) => (*slot, None),
        Arrival::NotPromised { reason } => (Slot::default(), Some(reason.clone())),
    };
    ChannelJson {
        line: state.line.0.clone(),
        channel: state.channel.clone(),
        is_promised: reason.is_none(),
        reason,
        expected: slot.expected.map(|moment| moment.to_string()),
        actual: slot.actual.map(|moment| moment.to_string()),
        days_late: state.arrival.days_late(),
        url: state.url.clone(),
        is_idle: state.is_idle,
        doubts: state.doubts.clone(),
    }
}

fn need(need: &Need) -> NeedJson {
    NeedJson {
        weight: need.weight.as_str(),
        advisory: need.advisory.clone(),
        line: need.line.as_ref().map(|line| line.0.clone()),
        channel: need.channel.clone(),
        what: need.what.clone(),
        next: need.next.clone(),
    }
}
