//! `[publish]`: what GitHub is told.

use toml::Spanned;

use super::Checker;
use crate::{
    config::raw::RawPublish,
    publish::{Issues, Policy, Publishes},
};

/// GitHub takes no longer label.
const LONGEST_LABEL: usize = 50;
/// GitHub takes no more assignees.
const MOST_ASSIGNEES: usize = 10;

impl Checker<'_> {
    pub(super) fn publish(&mut self, raw: &RawPublish) -> Policy {
        Policy {
            code_scanning: self.publishes("code-scanning", raw.code_scanning.as_ref()),
            comment: self.publishes("comment", raw.comment.as_ref()),
            issues: raw.issues.as_ref().map(|text| self.issues(text)).unwrap_or_default(),
            labels: raw.labels.iter().filter_map(|label| self.label(label)).collect(),
            assignees: self.assignees(&raw.assignees),
        }
    }

    fn publishes(&mut self, key: &str, text: Option<&Spanned<String>>) -> Publishes {
        let Some(text) = text else { return Publishes::Auto };
        match text.get_ref().as_str() {
            "auto" => Publishes::Auto,
            "required" => Publishes::Required,
            "off" => Publishes::Off,
            other => {
                let message = format!("`{key}` is `{other}`; it is one of auto, required, off");
                self.complain(text, message);
                Publishes::Auto
            }
        }
    }

    fn issues(&mut self, text: &Spanned<String>) -> Issues {
        match text.get_ref().as_str() {
            "off" => Issues::Off,
            "vulnerability" => Issues::Vulnerability,
            "line" => Issues::Line,
            other => {
                let message =
                    format!("`issues` is `{other}`; it is one of off, vulnerability, line");
                self.complain(text, message);
                Issues::Off
            }
        }
    }

    fn label(&mut self, text: &Spanned<String>) -> Option<String> {
        let label = text.get_ref().trim();
        let is_label = !label.is_empty()
            && label.chars().count() <= LONGEST_LABEL
            && !label.contains([',', '\n', '\r']);
        if !is_label {
            let message = format!(
                "`{label}` is no label: one has 1 to {LONGEST_LABEL} characters and no comma"
            );
            self.complain(text, message);
        }
        is_label.then(|| label.to_owned())
    }

    fn assignees(&mut self, names: &[Spanned<String>]) -> Vec<String> {
        if let Some(first) = names.get(MOST_ASSIGNEES) {
            let message = format!("GitHub takes {MOST_ASSIGNEES} assignees at most");
            self.complain(first, message);
        }
        let is_login = |name: &str| {
            !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
        };
        for name in names.iter().filter(|name| !is_login(name.get_ref())) {
            let message = format!("`{}` is no login: write it without `@`", name.get_ref());
            self.complain(name, message);
        }
        names.iter().map(|name| name.get_ref().clone()).collect()
    }
}
