//! What the notes of one release say: the facts of its own line, and of no other.

use serde::Serialize;

use super::{
    Credit, Cvss, credits, cvss,
    line::{self, Upgrade},
    step::{self, DeliveryView},
};
use crate::{
    disclose::{
        Record,
        record::{Disclosure, LineRow, LineStatus},
        text::Around,
    },
    model::{LineId, Rating},
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
        let lines = record.lines().into_iter();
        lines.filter_map(|line| Self::of(record, line, around)).collect()
    }

    fn of(record: &Record, line: &LineId, around: &Around<'_>) -> Option<Self> {
        let upgrade = line::upgrade(record, line, around)?;
        let is_released = upgrade.version.is_some() && !upgrade.is_courtesy;
        if !is_released || upgrade.closes.is_empty() {
            return None;
        }
        let rows = record.advisories.iter().filter_map(|of| Some((of, of.row(line)?)));
        let closed = rows.filter(|(_, row)| {
            row.status == LineStatus::Affected && row.no_fix.is_none() && row.fixed_in.is_some()
        });
        let here = |delivery: &&crate::disclose::record::Delivery| {
            delivery.line.as_ref().is_none_or(|of| of == line)
        };
        Some(Self {
            product: record.product.clone(),
            line: line.0.clone(),
            version: upgrade.version.clone(),
            severity: upgrade.severity,
            upgrade,
            advisories: closed.map(|(of, row)| note(of, row)).collect(),
            deliveries: record.deliveries.iter().filter(here).map(step::delivery).collect(),
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
