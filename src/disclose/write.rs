//! A record → its file, which is read back as the same record.

use std::{collections::BTreeMap, fmt::Write as _};

use super::{
    keys::{self, Key},
    read::SCHEMA,
    record::{Cve, Delivery, Disclosure, LineRow, Moment, Record, Slot, Step},
};
use crate::{escape, model::LineId};

/// What is said beside the keys of a new record. A remark is a suggestion and never a fact.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Remarks {
    /// At the top of the file.
    pub top: Vec<String>,
    /// About the dates.
    pub expected: Vec<String>,
    /// Before the rows of lines.
    pub lines: BTreeMap<LineId, Vec<String>>,
}

/// The file of a record.
pub fn write(record: &Record) -> String {
    Writer { out: String::new(), remarks: None }.record(record)
}

/// The file of a record that somebody is to go on with: with remarks, and with every key that has no
/// value as a comment that says what it is for.
pub fn write_guided(record: &Record, remarks: &Remarks) -> String {
    Writer { out: String::new(), remarks: Some(remarks) }.record(record)
}

struct Writer<'a> {
    out: String,
    remarks: Option<&'a Remarks>,
}

/// The values of a table, in TOML; `None`: it has none.
type Values = Vec<(&'static str, Option<String>)>;

impl Writer<'_> {
    fn record(mut self, record: &Record) -> String {
        if let Some(remarks) = self.remarks {
            self.comments(&remarks.top);
        }
        let top = vec![
            ("schema", Some(SCHEMA.to_string())),
            ("product", text(&record.product)),
            ("repository", optional(record.repository.as_ref())),
            ("url", optional(record.url.as_ref())),
            ("contact", optional(record.contact.as_ref())),
            ("coordinator", optional(record.coordinator.as_ref())),
            ("release-managers", texts(&record.release_managers)),
        ];
        self.values(&keys::TOP, &top);
        let embargo = vec![
            ("may-deploy", record.embargo.may_deploy.map(|flag| flag.to_string())),
            ("may-share", optional(record.embargo.may_share.as_ref())),
            ("terms", optional(record.embargo.terms.as_ref())),
        ];
        self.table("[embargo]", &keys::EMBARGO, &embargo);
        let moments = |of: fn(&Slot) -> Option<Moment>| -> Values {
            let value = |step: Step| of(&record.step(step)).map(moment);
            Step::ALL.into_iter().map(|step| (step.as_str(), value(step))).collect()
        };
        if let Some(remarks) = self.remarks.filter(|remarks| !remarks.expected.is_empty()) {
            self.out.push('\n');
            self.comments(&remarks.expected);
        }
        self.table("[expected]", &keys::STEPS, &moments(|slot| slot.expected));
        self.table("[actual]", &keys::STEPS, &moments(|slot| slot.actual));
        let allowed = vec![
            ("component", self.flag(record.pre_announce.component)),
            ("likely-affected", self.flag(record.pre_announce.likely_affected)),
        ];
        self.table("[pre-announce]", &keys::PRE_ANNOUNCE, &allowed);
        for recipients in &record.recipients {
            let values = vec![
                ("stage", text(&recipients.stage)),
                ("to", texts(&recipients.to)),
                ("cc", texts(&recipients.cc)),
            ];
            self.table("[[recipients]]", &keys::RECIPIENTS, &values);
        }
        self.example("[[recipients]]", &keys::RECIPIENTS, record.recipients.is_empty());
        for advisory in &record.advisories {
            self.advisory(advisory);
        }
        for (at, delivery) in record.deliveries.iter().enumerate() {
            self.next_table(at, "[[delivery]]", &keys::DELIVERY, &of_delivery(delivery));
        }
        self.example("[[delivery]]", &keys::DELIVERY, record.deliveries.is_empty());
        for revision in &record.revisions {
            let values =
                vec![("at", Some(moment(revision.at))), ("summary", text(&revision.summary))];
            self.table("[[revision]]", &keys::REVISION, &values);
        }
        self.out
    }

    fn advisory(&mut self, advisory: &Disclosure) {
        let package = advisory.package.as_ref().map(|package| {
            let (ecosystem, name) = (quoted(&package.ecosystem), quoted(&package.name));
            format!("{{ ecosystem = {ecosystem}, name = {name} }}")
        });
        let cve = match &advisory.cve {
            Cve::Unstated => None,
            Cve::Requested => Some("\"requested\"".to_owned()),
            Cve::Id(id) => text(id),
        };
        let vectors: Vec<String> =
            advisory.cvss.iter().filter_map(|claim| claim.vector.clone()).collect();
        let values = vec![
            ("id", text(&advisory.id)),
            ("cve", cve),
            ("ghsa", optional(advisory.ghsa.as_ref())),
            ("aliases", texts(&advisory.aliases)),
            ("title", text(&advisory.title)),
            ("summary", text(&advisory.summary)),
            ("description", text(&advisory.description)),
            ("component", optional(advisory.component.as_ref())),
            ("likely-affected", optional(advisory.likely_affected.as_ref())),
            ("severity", advisory.severity.and_then(|rating| text(rating.as_str()))),
            ("cvss", texts(&vectors)),
            ("cwe", texts(&advisory.cwe)),
            ("capec", texts(&advisory.capec)),
            ("impact", optional(advisory.impact.as_ref())),
            ("attack", optional(advisory.attack.as_ref())),
            ("conditions", optional(advisory.conditions.as_ref())),
            ("check", optional(advisory.check.as_ref())),
            ("mitigation", optional(advisory.mitigation.as_ref())),
            ("action", optional(advisory.action.as_ref())),
            ("side-effects", optional(advisory.side_effects.as_ref())),
            ("detection", optional(advisory.detection.as_ref())),
            ("discovery", optional(advisory.discovery.as_ref())),
            ("package", package),
            ("introduced", texts(&advisory.introduced)),
            ("fix", texts(&advisory.fix)),
        ];
        self.table("[[advisory]]", &keys::ADVISORY, &values);
        for credit in &advisory.credits {
            let values = vec![
                ("name", text(&credit.name)),
                ("affiliation", optional(credit.affiliation.as_ref())),
                ("role", text(&credit.role)),
                ("consent", Some(credit.consent.to_string())),
                ("contact", texts(&credit.contact)),
            ];
            self.table("[[advisory.credit]]", &keys::CREDIT, &values);
        }
        for reference in &advisory.references {
            let values = vec![("kind", text(&reference.kind)), ("url", text(&reference.url))];
            self.table("[[advisory.reference]]", &keys::REFERENCE, &values);
        }
        if self.remarks.is_some() {
            self.example("[[advisory.credit]]", &keys::CREDIT, advisory.credits.is_empty());
            self.example(
                "[[advisory.reference]]",
                &keys::REFERENCE,
                advisory.references.is_empty(),
            );
        }
        for (at, row) in advisory.lines.iter().enumerate() {
            if let Some(remarks) = self.remarks.and_then(|remarks| remarks.lines.get(&row.line)) {
                self.out.push('\n');
                self.comments(remarks);
            }
            self.next_table(at, "[[advisory.line]]", &keys::LINE, &of_row(row));
        }
    }

    /// A flag that says nothing if it is not set, unless somebody is to think about it.
    fn flag(&self, flag: bool) -> Option<String> {
        (flag || self.remarks.is_some()).then(|| flag.to_string())
    }

    fn table(&mut self, header: &str, keys: &[Key], values: &Values) {
        let is_empty = values.iter().all(|(_, value)| value.is_none());
        // One of several tables is there even if it says nothing.
        if is_empty && self.remarks.is_none() && !header.starts_with("[[") {
            return;
        }
        let _ = writeln!(self.out, "\n{header}");
        self.values(keys, values);
    }

    /// One of many tables: the keys are explained in the first one.
    fn next_table(&mut self, at: usize, header: &str, keys: &[Key], values: &Values) {
        let remarks = self.remarks;
        if at > 0 {
            self.remarks = None;
        }
        self.table(header, keys, values);
        self.remarks = remarks;
    }

    fn values(&mut self, keys: &[Key], values: &Values) {
        for key in keys.iter().filter(|key| !key.example.is_empty()) {
            let value = values.iter().find(|(name, _)| *name == key.name);
            match value.and_then(|(_, value)| value.as_ref()) {
                Some(value) => {
                    let _ = writeln!(self.out, "{} = {value}", key.name);
                }
                None if self.remarks.is_some() => self.suggestion(key),
                None => {}
            }
        }
    }

    /// A key that has no value yet.
    fn suggestion(&mut self, key: &Key) {
        let mut example = String::new();
        for (at, row) in key.example.lines().enumerate() {
            example.push_str(if at == 0 { "" } else { "\n# " });
            example.push_str(row);
        }
        let _ = writeln!(self.out, "# {} = {example}  # {}", key.name, key.help);
    }

    /// A table that is not there yet, as a comment.
    fn example(&mut self, header: &str, keys: &[Key], is_wanted: bool) {
        if is_wanted && self.remarks.is_some() {
            let _ = writeln!(self.out, "\n# {header}");
            for key in keys {
                self.suggestion(key);
            }
        }
    }

    fn comments(&mut self, comments: &[String]) {
        for comment in comments.iter().flat_map(|comment| comment.lines()) {
            let _ = writeln!(self.out, "{}", format!("# {}", escape::line(comment)).trim_end());
        }
    }
}

fn of_row(row: &LineRow) -> Values {
    vec![
        ("line", text(&row.line.0)),
        ("status", text(row.status.as_str())),
        ("affected", optional(row.affected.as_ref())),
        ("introduced-in", optional(row.introduced_in.as_ref())),
        ("introduced", texts(&row.introduced)),
        ("fix", texts(&row.fix)),
        ("fixed-in", optional(row.fixed_in.as_ref())),
        ("no-fix", optional(row.no_fix.as_ref())),
        ("justification", optional(row.justification.as_ref())),
        ("courtesy", row.is_courtesy.then(|| "true".to_owned())),
        ("note", optional(row.note.as_ref())),
        ("reviews", texts(&row.reviews)),
    ]
}

fn of_delivery(delivery: &Delivery) -> Values {
    let (slot, because) = match &delivery.promised {
        Ok(slot) => (*slot, None),
        Err(because) => (Slot::default(), Some(because)),
    };
    vec![
        ("channel", text(&delivery.channel)),
        ("line", delivery.line.as_ref().and_then(|line| text(&line.0))),
        ("expected", slot.expected.map(moment)),
        ("actual", slot.actual.map(moment)),
        ("promised", because.map(|_| "false".to_owned())),
        ("because", optional(because)),
        ("url", optional(delivery.url.as_ref())),
    ]
}

/// A day or a moment of TOML.
fn moment(moment: Moment) -> String {
    match moment.time {
        Some(time) => format!("{}T{time}Z", moment.day),
        None => moment.day.to_string(),
    }
}

fn optional(value: Option<&String>) -> Option<String> {
    value.and_then(|value| text(value))
}

/// An empty text is left out.
fn text(value: &str) -> Option<String> {
    (!value.is_empty()).then(|| quoted(value))
}

fn texts(values: &[String]) -> Option<String> {
    let values: Vec<String> = values.iter().map(|value| escape::quoted(value)).collect();
    (!values.is_empty()).then(|| format!("[{}]", values.join(", ")))
}

/// A text in quotes, row by row if it has several.
fn quoted(value: &str) -> String {
    if !value.contains('\n') {
        return escape::quoted(value);
    }
    let rows: Vec<String> = value
        .split('\n')
        .map(|row| {
            let quoted = escape::quoted(row);
            let inner = quoted.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
            // A quotation mark needs no backslash here, but three of them would end the text.
            inner.unwrap_or_default().to_owned()
        })
        .collect();
    format!("\"\"\"\n{}\"\"\"", rows.join("\n"))
}
