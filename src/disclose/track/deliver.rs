//! Whether a line's fix has arrived where people get it.

use jiff::civil::Date;

use super::{Cell, Demand, Fix};
use crate::{
    disclose::{
        Record,
        record::{Delivery, Moment, Slot},
    },
    model::LineId,
};

/// The channel whose times are git's, whatever the record says.
pub const GIT_TAG: &str = "git-tag";

/// One channel of one line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChannelState {
    pub line: LineId,
    pub channel: String,
    pub arrival: Arrival,
    pub url: Option<String>,
    /// The line has nothing to deliver: it is not affected, or gets no release.
    pub is_idle: bool,
    /// Why what the record says of it cannot be right: fragments without a full stop.
    pub doubts: Vec<String>,
}

/// When something arrives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Arrival {
    /// Why nobody was promised it.
    NotPromised {
        reason: String,
    },
    Promised(Slot),
}

impl Arrival {
    /// It is promised, and not there.
    pub fn is_open(&self) -> bool {
        matches!(self, Self::Promised(slot) if slot.actual.is_none())
    }

    /// How many days later it was than promised; less than nothing: earlier.
    pub fn days_late(&self) -> Option<i32> {
        let Self::Promised(Slot { expected: Some(expected), actual: Some(actual) }) = self else {
            return None;
        };
        days_between(expected.day, actual.day)
    }
}

fn days_between(from: Date, to: Date) -> Option<i32> {
    from.until(to).ok().map(|span| span.get_days())
}

/// Every channel of every line that a cell is about.
pub(super) fn channels(record: &Record, cells: &[Cell]) -> Vec<ChannelState> {
    let mut lines: Vec<&LineId> = Vec::new();
    for cell in cells {
        if !lines.contains(&&cell.line) {
            lines.push(&cell.line);
        }
    }
    let mut names: Vec<&str> = Vec::new();
    for delivery in &record.deliveries {
        if !names.contains(&delivery.channel.as_str()) {
            names.push(&delivery.channel);
        }
    }
    let mut states = Vec::new();
    for line in lines {
        for name in &names {
            let of = |wanted: Option<&LineId>| {
                let fits = |delivery: &&Delivery| {
                    delivery.channel == *name && delivery.line.as_ref() == wanted
                };
                record.deliveries.iter().find(fits)
            };
            // What is said of the line itself goes before what is said of all.
            let Some(delivery) = of(Some(line)).or_else(|| of(None)) else { continue };
            states.push(state(line, delivery, cells));
        }
    }
    states
}

fn state(line: &LineId, delivery: &Delivery, cells: &[Cell]) -> ChannelState {
    let own: Vec<&Cell> = cells.iter().filter(|cell| cell.line == *line).collect();
    let is_wanted = |cell: &&Cell| {
        cell.demand == Demand::Release
            && !matches!(cell.fix, Fix::NonePlanned { .. } | Fix::NotNeeded)
    };
    let arrival = match &delivery.promised {
        Err(reason) => Arrival::NotPromised { reason: reason.clone() },
        Ok(slot) if delivery.channel == GIT_TAG => {
            Arrival::Promised(Slot { actual: tagged(&own), ..*slot })
        }
        Ok(slot) => Arrival::Promised(*slot),
    };
    let is_idle = !own.iter().any(is_wanted);
    ChannelState {
        line: line.clone(),
        channel: delivery.channel.clone(),
        doubts: if is_idle { Vec::new() } else { doubts(delivery, &arrival, &own) },
        arrival,
        url: delivery.url.clone(),
        is_idle,
    }
}

/// What the record says of an arrival and git does not show.
fn doubts(delivery: &Delivery, arrival: &Arrival, cells: &[&Cell]) -> Vec<String> {
    let Ok(Slot { actual: Some(said), .. }) = &delivery.promised else { return Vec::new() };
    let channel = &delivery.channel;
    if channel == GIT_TAG {
        let Arrival::Promised(Slot { actual: Some(tagged), .. }) = arrival else {
            return Vec::new();
        };
        // A tag may be made under embargo, and pushed later.
        let is_early = said.day < tagged.day;
        let text =
            format!("`{channel}` is said to have it since {said}, and the tag is of {tagged}");
        return is_early.then_some(text).into_iter().collect();
    }
    let made = cells.iter().filter_map(|cell| cell.released_from).max();
    match made {
        Some(made) if said.day < made => vec![format!(
            "`{channel}` is said to have it since {said}, and what was released was made on {made}"
        )],
        Some(_) => Vec::new(),
        None => {
            let lacks = |cell: &&&Cell| {
                cell.demand == Demand::Release
                    && !matches!(cell.fix, Fix::Released { .. } | Fix::Unknown { .. })
            };
            let text =
                format!("`{channel}` is said to have it since {said}, and no release has the fix");
            cells.iter().find(lacks).map(|_| text).into_iter().collect()
        }
    }
}

/// The day on which the last of a line's fixes was tagged; `None`: one of them is not.
fn tagged(cells: &[&Cell]) -> Option<Moment> {
    let mut last = None;
    for cell in cells.iter().filter(|cell| cell.demand == Demand::Release) {
        match &cell.fix {
            Fix::Released { day: Some(day), .. } => last = last.max(Some(*day)),
            Fix::NonePlanned { .. } | Fix::NotNeeded => {}
            _ => return None,
        }
    }
    last.map(|day| Moment { day, time: None })
}
