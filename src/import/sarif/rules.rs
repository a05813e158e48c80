//! The rules of a run's tool and its extensions, and which of them a result means.

use std::{cell::OnceCell, collections::HashMap};

use serde::Deserialize;
use serde_json::Value;

use super::{
    cursor::Cursor,
    result::SarifResult,
    value::{index, list, read, text},
};
use crate::{
    escape,
    model::{Level, SeverityClaim},
    severity,
};

/// The longest title.
const LONGEST_TITLE: usize = 400;
/// The longest description.
const LONGEST_DETAILS: usize = 16_000;

/// A rule, with the parts that any dialect reads.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Rule {
    pub(super) id: Value,
    pub(super) name: Value,
    pub(super) short_description: Value,
    pub(super) full_description: Value,
    pub(super) help: Value,
    pub(super) help_uri: Value,
    pub(super) message_strings: Value,
    pub(super) default_configuration: Value,
    pub(super) deprecated_ids: Value,
    pub(super) properties: Value,
    /// What `properties["security-severity"]` says.
    #[serde(skip)]
    pub(super) severity: Option<SeverityClaim>,
    #[serde(skip)]
    title: OnceCell<String>,
    #[serde(skip)]
    details: OnceCell<String>,
}

impl Rule {
    pub(super) fn id(&self) -> &str {
        self.id.as_str().unwrap_or_default().trim()
    }

    pub(super) fn name(&self) -> &str {
        self.name.as_str().unwrap_or_default().trim()
    }

    pub(super) fn help(&self) -> &str {
        text(&self.help, "/text").unwrap_or_default()
    }

    /// The short description, in one bounded line.
    pub(super) fn title(&self) -> String {
        let title = || one_line(text(&self.short_description, "/text").unwrap_or_default());
        self.title.get_or_init(title).clone()
    }

    /// The full description.
    pub(super) fn details(&self) -> String {
        let details = || {
            let details = text(&self.full_description, "/text").unwrap_or_default();
            escape::cut(details, LONGEST_DETAILS)
        };
        self.details.get_or_init(details).clone()
    }

    pub(super) fn url(&self) -> Option<String> {
        let url = self.help_uri.as_str().map(str::trim).filter(|url| url.starts_with("http"))?;
        Some(escape::cut(url, LONGEST_TITLE))
    }

    pub(super) fn tags(&self) -> impl Iterator<Item = &str> {
        list(&self.properties, "/tags").iter().filter_map(Value::as_str).map(str::trim)
    }

    /// The number that `security-severity` holds, whatever its type.
    pub(super) fn score(&self) -> Option<f64> {
        let score = self.properties.get("security-severity")?;
        score.as_f64().or_else(|| score.as_str()?.trim().parse().ok())
    }

    pub(super) fn level(&self) -> Option<Level> {
        level(self.default_configuration.get("level"))
    }
}

/// A text on one line, of bounded length.
pub(super) fn one_line(text: &str) -> String {
    let mut line = String::with_capacity(text.len().min(LONGEST_TITLE));
    for word in text.split_whitespace() {
        if line.len() > LONGEST_TITLE * 4 {
            break;
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    escape::cut(&line, LONGEST_TITLE)
}

/// SARIF's level, in any case.
pub(super) fn level(value: Option<&Value>) -> Option<Level> {
    let word = value?.as_str()?.trim();
    [Level::None, Level::Note, Level::Warning, Level::Error]
        .into_iter()
        .find(|level| level.as_str().eq_ignore_ascii_case(word))
}

/// The rules of one part of a tool.
#[derive(Debug, Default)]
struct Component {
    rules: Vec<Rule>,
}

/// What a tool says of itself.
#[derive(Debug, Default)]
pub(super) struct Tool {
    /// The driver, without its rules.
    pub driver: Driver,
    /// The driver's first, then those of the extensions.
    components: Vec<Component>,
    /// By id: the component and the place in it. Of equal ids the first one counts.
    by_id: HashMap<String, (usize, usize)>,
    /// Rules that could not be read.
    pub unread: usize,
}

#[derive(Debug, Default)]
pub(super) struct Driver {
    pub name: String,
    pub version: Option<String>,
    pub properties: Value,
}

impl Tool {
    /// Reads `tool`. `by` says whose severities these are.
    pub(super) fn read(bytes: &[u8]) -> Self {
        let mut tool = Self::default();
        // The first pass went over these bytes, so nothing stops the cursor here.
        let _ = Cursor::new(bytes).entries(|key, cursor| {
            match key {
                "driver" => {
                    let driver = tool.component(&cursor.value()?);
                    tool.components.insert(0, driver);
                }
                "extensions" => cursor.elements(|cursor| {
                    let extension = Self::rules(&cursor.value()?, &mut tool.unread);
                    tool.components.push(extension);
                    Ok(())
                })?,
                _ => {
                    cursor.skip()?;
                }
            }
            Ok(())
        });
        for (component, part) in tool.components.iter().enumerate() {
            for (place, rule) in part.rules.iter().enumerate() {
                if !rule.id().is_empty() {
                    tool.by_id.entry(rule.id().to_owned()).or_insert((component, place));
                }
            }
        }
        tool
    }

    fn component(&mut self, bytes: &[u8]) -> Component {
        let mut semantic = None;
        let string = |bytes: &[u8]| -> Option<String> {
            let value: Value = read(bytes).ok()?;
            let text = value.as_str()?.trim();
            (!text.is_empty()).then(|| one_line(text))
        };
        let _ = Cursor::new(bytes).entries(|key, cursor| {
            let value = cursor.value()?;
            match key {
                "name" => self.driver.name = string(&value).unwrap_or_default(),
                "version" => self.driver.version = string(&value),
                "semanticVersion" => semantic = string(&value),
                "properties" => self.driver.properties = read(&value).unwrap_or_default(),
                _ => {}
            }
            Ok(())
        });
        self.driver.version = self.driver.version.take().or(semantic);
        Self::rules(bytes, &mut self.unread)
    }

    fn rules(bytes: &[u8], unread: &mut usize) -> Component {
        let mut component = Component::default();
        let _ = Cursor::new(bytes).entries(|key, cursor| {
            if key != "rules" {
                return cursor.skip().map(|_| ());
            }
            component.rules.clear();
            cursor.elements(|cursor| {
                let bytes = cursor.value()?;
                let rule = bytes.starts_with(b"{").then(|| read::<Rule>(&bytes).ok()).flatten();
                *unread += usize::from(rule.is_none());
                // Others are found by their place, so a lost one keeps its own.
                component.rules.push(rule.unwrap_or_default());
                Ok(())
            })
        });
        component
    }

    /// Reads the severity of every rule once.
    pub(super) fn rate(&mut self, by: &str) {
        for rule in self.components.iter_mut().flat_map(|component| &mut component.rules) {
            let said = rule.properties.get("security-severity");
            rule.severity = match said {
                Some(Value::Number(score)) => {
                    score.as_f64().and_then(|score| severity::of_score(by, score))
                }
                Some(Value::String(text)) => severity::of_text(by, text),
                _ => None,
            };
        }
    }

    /// The rule that a result means. If its id and its index disagree, the id is right: indices are
    /// wrong in the reports of several tools.
    pub(super) fn rule(&self, result: &SarifResult) -> Option<&Rule> {
        let component = index(result.rule.pointer("/toolComponent/index"));
        let component = self.components.get(component.map_or(0, |extension| extension + 1));
        let place = index(result.rule.get("index")).or_else(|| index(Some(&result.rule_index)));
        let at_place = component.zip(place).and_then(|(part, place)| part.rules.get(place));
        let Some(id) = result.rule_id() else { return at_place };
        if let Some(rule) = at_place.filter(|rule| is_or_holds(rule.id(), id)) {
            return Some(rule);
        }
        let mut id = id;
        loop {
            if let Some((component, place)) = self.by_id.get(id) {
                return self.components.get(*component)?.rules.get(*place);
            }
            // `a/b` may be a finer id of rule `a`.
            id = id.rsplit_once('/')?.0;
        }
    }
}

/// True if an id is a rule's, or a finer one below it.
fn is_or_holds(rule: &str, id: &str) -> bool {
    !rule.is_empty()
        && id.strip_prefix(rule).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}
