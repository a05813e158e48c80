//! What distributors see under embargo: everything, and what they may do with it.

use serde::Serialize;

use super::{
    Advisory,
    line::{self, Upgrade},
    notice::weekday,
    step::{self, DeliveryView, StepView},
};
use crate::disclose::{Record, record::Step, text::Around};

/// The view of the prenotification.
#[derive(Debug, Serialize)]
pub(in crate::disclose::text) struct Prenotification {
    product: String,
    /// The name of the record, for replies.
    record: String,
    when: Option<String>,
    weekday: Option<String>,
    also: Option<String>,
    count: usize,
    severity: Option<&'static str>,
    /// `None`: nothing was said.
    may_deploy: Option<bool>,
    may_share: Option<String>,
    terms: Option<String>,
    coordinator: Option<String>,
    contact: Vec<String>,
    lines: Vec<Upgrade>,
    advisories: Vec<Advisory>,
    deliveries: Vec<DeliveryView>,
    steps: Vec<StepView>,
    ended_are_affected: bool,
}

impl Prenotification {
    pub(in crate::disclose::text) fn of(record: &Record, around: &Around<'_>) -> Self {
        let slot = record.step(Step::Public);
        let moment = slot.expected.or(slot.actual);
        let private = |of| Advisory::private(of, around);
        Self {
            product: record.product.clone(),
            record: record.id.clone(),
            when: moment.map(|moment| moment.to_string()),
            weekday: moment.map(|moment| weekday(moment.day)),
            also: moment.and_then(|moment| step::also(moment, around)),
            count: record.advisories.len(),
            severity: super::highest(record),
            may_deploy: record.embargo.may_deploy,
            may_share: record.embargo.may_share.clone(),
            terms: record.embargo.terms.clone(),
            coordinator: record.coordinator.clone(),
            contact: super::contact(record, around),
            lines: line::upgrades(record, around),
            advisories: record.advisories.iter().map(private).collect(),
            deliveries: step::deliveries(record, around),
            steps: step::steps(record, around),
            ended_are_affected: super::ended_are_affected(around),
        }
    }
}
