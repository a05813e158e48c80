//! What the notes of one release say: the facts of its own line, and where those go who run another.

use serde::Serialize;

use super::{
    Credit, Cvss, credits, cvss, ended_are_affected,
    line::{self, Upgrade},
    standing,
    step::{self, DeliveryView},
};
use crate::{
    disclose::{
        Record,
        record::{Disclosure, LineRow},
        text::Around,
    },
    model::{LineId, Rating, Standing},
};

/// The view of one line's release note.
#[derive(Debug, Serialize)]
pub(in crate::disclose::text) struct ReleaseNote {
    product: String,
    line: String,
    version: Option<String>,
    upgrade: Upgrade,
    severity: Option<&'static str>,
    advisories: Vec<NoteAdvisory>,
    deliveries: Vec<DeliveryView>,
    /// The other lines that are affected.
    others: Vec<Upgrade>,
    /// Lines that have none of it.
    unaffected: Vec<String>,
    /// Supported lines that nothing is known to affect, and at which nobody looked for all of it.
    not_evaluated: Vec<String>,
    ended: Vec<String>,
    ended_are_affected: bool,
    /// Where all of it is read.
    url: Option<String>,
}

/// A vulnerability that the release closes.
#[derive(Debug, Serialize)]
struct NoteAdvisory {
    name: String,
    aliases: Vec<String>,
    title: String,
    summary: String,
    severity: Option<&'static str>,
    cvss: Vec<Cvss>,
    component: Option<String>,
    versions: Option<String>,
    introduced_in: Option<String>,
    fix: Vec<String>,
    action: Option<String>,
    side_effects: Option<String>,
    credits: Vec<Credit>,
}

impl ReleaseNote {
    /// One for each line that gets a release, in the order of the record.
    pub(in crate::disclose::text) fn all(record: &Record, around: &Around<'_>) -> Vec<Self> {
        // A release candidate is patched, and not announced.
        let is_stable = |line: &&LineId| standing(around, line) != Some(Standing::Upcoming);
        let lines = record.lines().into_iter().filter(is_stable);
        lines.filter_map(|line| Self::of(record, line, around)).collect()
    }

    fn of(record: &Record, line: &LineId, around: &Around<'_>) -> Option<Self> {
        let upgrade = line::upgrade(record, line, around)?;
        let is_released = upgrade.version.is_some() && !upgrade.is_courtesy;
        if !is_released || upgrade.closes.is_empty() {
            return None;
        }
        let rows = record.advisories.iter().filter_map(|of| Some((of, of.row(line)?)));
        let is_closed =
            |(_, row): &(&Disclosure, &LineRow)| row.gets_release() && row.fixed_in.is_some();
        let closed: Vec<(&Disclosure, &LineRow)> = rows.filter(is_closed).collect();
        let here = |delivery: &&crate::disclose::record::Delivery| {
            delivery.line.as_ref().is_none_or(|of| of == line)
        };
        Some(Self {
            product: record.product.clone(),
            line: line.0.clone(),
            version: upgrade.version.clone(),
            severity: closed.iter().filter_map(|(of, _)| of.rating()).max().map(Rating::as_str),
            others: line::upgrades(record, around)
                .into_iter()
                .filter(|other| other.line != line.0)
                .collect(),
            unaffected: line::unaffected(record, around),
            not_evaluated: line::unevaluated(record, around),
            ended: line::all_ended(record, around),
            ended_are_affected: ended_are_affected(around),
            upgrade,
            advisories: closed.into_iter().map(|(of, row)| note(of, row)).collect(),
            deliveries: record
                .looked_for()
                .filter(here)
                .map(|of| step::delivery(of, record, around))
                .collect(),
            url: record.url.clone(),
        })
    }
}

fn note(of: &Disclosure, row: &LineRow) -> NoteAdvisory {
    let name = of.name().to_owned();
    let own = [of.ghsa.clone(), Some(of.id.clone())].into_iter().flatten();
    NoteAdvisory {
        aliases: own.filter(|alias| *alias != name).collect(),
        name,
        title: of.title.clone(),
        summary: of.summary.clone(),
        severity: of.rating().map(Rating::as_str),
        cvss: cvss(&of.cvss),
        component: of.component.clone(),
        versions: row.affected.clone(),
        introduced_in: row.introduced_in.clone(),
        fix: row.fix.clone(),
        action: of.action.clone(),
        side_effects: of.side_effects.clone(),
        credits: credits(&of.credits),
    }
}
