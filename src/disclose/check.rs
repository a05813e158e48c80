//! What a record lacks for a stage, and what in it cannot be right. Everything at once, each with where
//! to write it.

mod doubt;
#[cfg(test)]
mod tests;

pub use self::doubt::{Doubt, Gravity, doubts, early_deliveries};
use super::{
    keys::{self, Key},
    record::{Cve, Delivery, Disclosure, LineRow, LineStatus, Record, Slot, Step},
    stage::{Need, Stage},
    track::GIT_TAG,
};
use crate::model::{LineId, LineKind, ReleaseLine, Standing, Support};

/// Something that has to be written before a stage.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Missing {
    /// The first of the stages that were asked about that needs it.
    pub stage: Stage,
    pub need: Need,
    /// The table that it belongs into, `[[advisory.line]]`.
    pub table: &'static str,
    /// Which of the tables: the advisory, the line.
    pub of: Vec<String>,
    /// The key, or nothing if it is the table that is missing.
    pub key: &'static str,
    /// What is missing, a fragment.
    pub message: String,
}

/// The released lines that are supported: each needs a row. The default branch is no release, and a line
/// that nothing stable was released of is patched and not announced.
pub fn supported(support: &Support) -> impl Iterator<Item = &ReleaseLine> {
    support
        .lines
        .iter()
        .filter(|line| line.kind == LineKind::Release && line.standing == Standing::Supported)
}

/// Everything that the stages need and the record does not say, by stage.
pub fn missing(record: &Record, support: &Support, stages: &[Stage]) -> Vec<Missing> {
    let mut found: Vec<Missing> = Vec::new();
    for stage in stages {
        let mut search = Search { record, support, stage: *stage, found: Vec::new() };
        for need in stage.needs() {
            search.need(*need);
        }
        for missing in search.found {
            let is_known = |known: &Missing| {
                (known.need, &known.of, known.key) == (missing.need, &missing.of, missing.key)
            };
            if !found.iter().any(is_known) {
                found.push(missing);
            }
        }
    }
    found
}

struct Search<'a> {
    record: &'a Record,
    support: &'a Support,
    stage: Stage,
    found: Vec<Missing>,
}

impl<'a> Search<'a> {
    fn need(&mut self, need: Need) {
        let record = self.record;
        match need {
            Need::Product => self.top(need, "product", record.product.is_empty()),
            Need::Contact => self.top(need, "contact", record.contact.is_none()),
            Need::Coordinator => self.top(need, "coordinator", record.coordinator.is_none()),
            Need::Url => self.top(need, "url", record.url.is_none()),
            Need::Reported | Need::PublicTime | Need::Happened => self.steps(need),
            Need::Embargo => {
                let embargo = &record.embargo;
                let share = embargo.may_share.is_none();
                self.key(
                    need,
                    "[embargo]",
                    &keys::EMBARGO,
                    "may-deploy",
                    embargo.may_deploy.is_none(),
                );
                self.key(need, "[embargo]", &keys::EMBARGO, "may-share", share);
            }
            Need::Recipients => {
                let stage = self.stage.as_str();
                let is_told =
                    record.recipients.iter().any(|r| r.stage == stage && !r.to.is_empty());
                if !is_told {
                    let message =
                        format!("to whom the {stage} goes: `stage = \"{stage}\"` and `to`");
                    self.say(need, "[[recipients]]", vec![stage.to_owned()], "to", message);
                }
            }
            Need::Advisories => {
                if record.advisories.is_empty() {
                    let message = "what the release is about".to_owned();
                    self.say(need, "[[advisory]]", Vec::new(), "id", message);
                }
            }
            Need::EveryLine
            | Need::Evaluated
            | Need::AffectedRange
            | Need::FixOrReason
            | Need::FixCommit => self.lines(need),
            Need::Channels => self.channels(),
            Need::Delivered => self.delivered(),
            _ => record.advisories.iter().for_each(|advisory| self.advisory(need, advisory)),
        }
    }

    fn say(
        &mut self,
        need: Need,
        table: &'static str,
        of: Vec<String>,
        key: &'static str,
        message: String,
    ) {
        self.found.push(Missing { stage: self.stage, need, table, of, key, message });
    }

    fn key(
        &mut self,
        need: Need,
        table: &'static str,
        keys: &[Key],
        key: &'static str,
        is_missing: bool,
    ) {
        if is_missing {
            self.say(need, table, Vec::new(), key, help(keys, key));
        }
    }

    fn top(&mut self, need: Need, key: &'static str, is_missing: bool) {
        self.key(need, "", &keys::TOP, key, is_missing);
    }

    fn steps(&mut self, need: Need) {
        let step = |step: Step| self.record.step(step);
        let mut wanted: Vec<(&'static str, Step, &str)> = Vec::new();
        match need {
            Need::Reported if step(Step::Reported).actual.is_none() => {
                wanted.push(("[actual]", Step::Reported, "the day of the report"));
            }
            Need::PublicTime => match step(Step::Public).best() {
                None => wanted.push(("[expected]", Step::Public, "the public day and its hour")),
                Some(public) if public.time.is_none() => {
                    let message = "its hour: a day alone lets nobody prepare";
                    wanted.push(("[expected]", Step::Public, message));
                }
                Some(_) => {}
            },
            Need::Happened => {
                for of in Step::ALL.into_iter().filter(|of| *of != Step::Closed) {
                    let Slot { expected, actual } = step(of);
                    if actual.is_none() && (expected.is_some() || of == Step::Public) {
                        wanted.push(("[actual]", of, "the day on which it happened"));
                    }
                }
            }
            _ => {}
        }
        for (table, step, message) in wanted {
            self.say(need, table, Vec::new(), step.as_str(), message.to_owned());
        }
    }

    fn advisory(&mut self, need: Need, advisory: &Disclosure) {
        let allowed = self.record.pre_announce;
        let keys: &[(&'static str, bool)] = match need {
            Need::Title => &[("title", advisory.title.is_empty())],
            Need::Summary => &[("summary", advisory.summary.is_empty())],
            Need::Description => &[("description", advisory.description.is_empty())],
            Need::Component => &[("component", advisory.component.is_none())],
            Need::Severity => &[("severity", advisory.rating().is_none())],
            Need::Vectors => &[("cvss", advisory.cvss.is_empty())],
            Need::Weakness => &[("cwe", advisory.cwe.is_empty())],
            Need::CveStated => &[("cve", advisory.cve == Cve::Unstated)],
            Need::CveId => &[("cve", advisory.cve.id().is_none())],
            Need::Conditions => &[("conditions", advisory.conditions.is_none())],
            Need::Check => &[("check", advisory.check.is_none())],
            Need::Mitigation => &[("mitigation", advisory.mitigation.is_none())],
            Need::AllowedTexts => &[
                ("component", allowed.component && advisory.component.is_none()),
                ("likely-affected", allowed.likely_affected && advisory.likely_affected.is_none()),
            ],
            _ => &[],
        };
        for (key, is_missing) in keys {
            if *is_missing {
                let mut message = help(&keys::ADVISORY, key);
                if need == Need::Mitigation || need == Need::Check {
                    message.push_str("; if there is none, say that");
                }
                let of = vec![advisory.name().to_owned()];
                self.say(need, "[[advisory]]", of, key, message);
            }
        }
    }

    /// What is said of each supported line.
    fn lines(&mut self, need: Need) {
        for advisory in &self.record.advisories {
            for line in supported(self.support) {
                let of = vec![advisory.name().to_owned(), format!("line {}", line.id)];
                let Some(row) = advisory.row(&line.id) else {
                    if need == Need::EveryLine {
                        let message = "the line is supported, and nothing is said of it".to_owned();
                        self.say(need, "[[advisory.line]]", of, "line", message);
                    }
                    continue;
                };
                if let Some((key, message)) = lacks(need, advisory, row) {
                    self.say(need, "[[advisory.line]]", of, key, message);
                }
            }
        }
    }

    /// The supported lines that get a fix.
    fn fixed(&self) -> Vec<&'a LineId> {
        let (record, support) = (self.record, self.support);
        let is_fixed = |line: &&ReleaseLine| {
            let rows = record.advisories.iter().filter_map(|advisory| advisory.row(&line.id));
            rows.into_iter().any(LineRow::gets_release)
        };
        supported(support).filter(is_fixed).map(|line| &line.id).collect()
    }

    fn channels(&mut self) {
        for line in self.fixed() {
            if !self.record.deliveries.iter().any(|delivery| is_of(delivery, line)) {
                let message = "when and where its fix is to be had, or that nobody promises it";
                let of = vec![format!("line {line}")];
                self.say(Need::Channels, "[[delivery]]", of, "channel", message.to_owned());
            }
        }
        for delivery in self.record.looked_for() {
            if delivery.promised.as_ref().is_ok_and(|slot| slot.best().is_none()) {
                let message = "when the fix is to be had there, or `promised = false`".to_owned();
                self.say(
                    Need::Channels,
                    "[[delivery]]",
                    of_delivery(delivery),
                    "expected",
                    message,
                );
            }
        }
    }

    fn delivered(&mut self) {
        // What is tagged is seen in git, and not in the record.
        for delivery in self.record.looked_for().filter(|of| of.channel != GIT_TAG) {
            if delivery.promised.as_ref().is_ok_and(|slot| slot.actual.is_none()) {
                let message = "when it was there".to_owned();
                self.say(Need::Delivered, "[[delivery]]", of_delivery(delivery), "actual", message);
            }
        }
    }
}

/// What a row lacks.
fn lacks(need: Need, advisory: &Disclosure, row: &LineRow) -> Option<(&'static str, String)> {
    let is_affected = row.status == LineStatus::Affected;
    let key = match need {
        Need::Evaluated if row.status == LineStatus::NotEvaluated => {
            return Some(("status", "the line is supported, and nobody looked yet".to_owned()));
        }
        Need::AffectedRange if is_affected && row.affected.is_none() => "affected",
        Need::FixOrReason
            if is_affected
                && row.fixed_in.is_none()
                && row.no_fix.is_none()
                && !row.is_courtesy =>
        {
            let message = "the version that has the fix, or `no-fix` with the reason";
            return Some(("fixed-in", message.to_owned()));
        }
        Need::FixCommit
            if is_affected
                && row.no_fix.is_none()
                && row.fix.is_empty()
                && advisory.fix.is_empty() =>
        {
            "fix"
        }
        _ => return None,
    };
    Some((key, help(&keys::LINE, key)))
}

fn is_of(delivery: &Delivery, line: &LineId) -> bool {
    delivery.line.as_ref().is_none_or(|of| of == line)
}

fn of_delivery(delivery: &Delivery) -> Vec<String> {
    let line = delivery.line.as_ref().map(|line| format!("line {line}"));
    std::iter::once(delivery.channel.clone()).chain(line).collect()
}

/// What a key is for, and an example.
fn help(keys: &[Key], name: &str) -> String {
    let key = keys.iter().find(|key| key.name == name);
    key.map(|key| {
        let example = key.example.lines().next().unwrap_or_default();
        match example.len() {
            1..=48 if !example.starts_with("\"\"\"") => format!("{}, such as {example}", key.help),
            _ => key.help.to_owned(),
        }
    })
    .unwrap_or_default()
}
