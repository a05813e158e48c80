//! One result, with the parts that any dialect reads. What else it holds, such as code flows, is
//! left unread.

use serde::Deserialize;
use serde_json::Value;

use super::{
    parts::{Location, Message, Part, Parts},
    value::{list, text},
};
use crate::{escape, model::Fingerprints};

/// The longest message.
const LONGEST_MESSAGE: usize = 4_000;
/// The longest fingerprint, and how many are kept.
const LONGEST_FINGERPRINT: usize = 400;
const MOST_FINGERPRINTS: usize = 16;

/// One result of a run.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct SarifResult {
    pub(super) rule_id: Value,
    pub(super) rule_index: Value,
    pub(super) rule: Value,
    pub(super) level: Value,
    pub(super) kind: Value,
    pub(super) baseline_state: Value,
    pub(super) message: Part<Message>,
    pub(super) locations: Parts<Location>,
    pub(super) partial_fingerprints: Value,
    pub(super) fingerprints: Value,
    pub(super) suppressions: Value,
    pub(super) properties: Value,
    pub(super) stacks: Value,
    pub(super) fixes: Value,
}

impl SarifResult {
    /// The rule's id as the result gives it.
    pub(super) fn rule_id(&self) -> Option<&str> {
        let given = self.rule_id.as_str().map(str::trim).filter(|id| !id.is_empty());
        given.or_else(|| text(&self.rule, "/id"))
    }

    /// The text of the message, as far as the result itself holds it.
    pub(super) fn message(&self) -> Option<&str> {
        self.message.0.text.get().or_else(|| self.message.0.markdown.get())
    }

    /// The value of one partial fingerprint.
    pub(super) fn partial(&self, key: &str) -> Option<&str> {
        self.partial_fingerprints.get(key)?.as_str()
    }

    /// The tool's fingerprints. What Semgrep writes when nobody is logged in is none.
    pub(super) fn fingerprints(&self) -> Fingerprints {
        let both = [&self.partial_fingerprints, &self.fingerprints];
        both.into_iter()
            .filter_map(Value::as_object)
            .flatten()
            .filter_map(|(key, value)| {
                let value = match value {
                    Value::String(text) if text != "requires login" => text.clone(),
                    Value::Number(_) | Value::Object(_) | Value::Array(_) => value.to_string(),
                    _ => return None,
                };
                let cut = |text: &str| escape::cut(text, LONGEST_FINGERPRINT);
                Some((cut(key), cut(&value)))
            })
            .take(MOST_FINGERPRINTS)
            .collect()
    }

    /// The suppression that holds, if there is one.
    pub(super) fn suppression(&self) -> Option<&Value> {
        list(&self.suppressions, "").iter().filter(|one| one.is_object()).find(|suppression| {
            let status = text(suppression, "/status").unwrap_or_default();
            !status.eq_ignore_ascii_case("rejected")
        })
    }

    /// Why it is no claim that something is wrong.
    pub(super) fn is_no_claim(&self) -> Option<&'static str> {
        const NO_CLAIM: [(&str, &str); 3] = [
            ("pass", "of kind `pass`"),
            ("notApplicable", "of kind `notApplicable`"),
            ("informational", "of kind `informational`"),
        ];
        let kind = self.kind.as_str().unwrap_or_default();
        let by_kind = NO_CLAIM.iter().find(|(word, _)| word.eq_ignore_ascii_case(kind));
        let baseline = self.baseline_state.as_str().unwrap_or_default();
        let is_absent = baseline.eq_ignore_ascii_case("absent");
        by_kind.map(|(_, why)| *why).or(is_absent.then_some("gone since the baseline"))
    }
}

/// A message of bounded length, with its arguments in their places.
pub(super) fn filled(template: &str, arguments: &[Value]) -> String {
    if arguments.is_empty() || !template.contains('{') {
        return escape::cut(template, LONGEST_MESSAGE);
    }
    let mut filled = String::with_capacity(template.len());
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        let argument = after.split_once('}').and_then(|(number, tail)| {
            let argument = arguments.get(number.parse::<usize>().ok()?)?.as_str()?;
            Some((argument, tail))
        });
        if let Some((argument, tail)) = argument {
            filled.push_str(argument);
            rest = tail;
        } else {
            filled.push('{');
            rest = after;
        }
        if filled.len() > LONGEST_MESSAGE * 4 {
            break;
        }
    }
    filled.push_str(rest);
    escape::cut(&filled, LONGEST_MESSAGE)
}
