//! The one place that knows the template engine: which templates there are, how foreign text is made
//! safe in them, and what is said where one is wrong.

use minijinja::{
    AutoEscape, Environment, Error, ErrorKind, Output, State, UndefinedBehavior, Value,
    syntax::SyntaxConfig,
};

use super::{Own, Preset, Syntax, preset};
use crate::{
    disclose::Stage,
    escape::{self, document},
};

/// A template takes so many steps at most, and a step is at most 64 bytes of text: no record needs a
/// hundredth of it, and one that repeats itself without end is stopped soon.
const FUEL: u64 = 1_000_000;
/// What includes what includes what.
const DEEPEST: usize = 64;

/// The templates of a stage, read.
pub(super) struct Engine {
    environment: Environment<'static>,
    stage: Stage,
    /// The template of the stage.
    name: String,
    /// What messages call the project's own templates, by their names.
    paths: Vec<(String, String)>,
}

impl Engine {
    /// Reads the templates of a preset, with the project's own in the place of those that have their
    /// names.
    pub(super) fn new(stage: Stage, preset: Preset, own: &[Own]) -> Result<Self, Vec<String>> {
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        environment.set_fuel(Some(FUEL));
        environment.set_recursion_limit(DEEPEST);
        // It knows the name that is missing.
        environment.set_debug(true);
        environment.set_auto_escape_callback(|name| AutoEscape::Custom(mode(name).into()));
        environment.set_formatter(format);
        environment.add_filter("prose", prose);
        environment.add_filter("code", code);
        environment.add_filter("block", block);
        environment.add_filter("link", link);
        environment.add_filter("listed", listed);
        environment.add_filter("counted", counted);
        let syntax = SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build();
        if let Ok(syntax) = syntax {
            environment.set_syntax(syntax);
        }
        let mut complaints = Vec::new();
        environment.set_loader(move |name| Ok(preset::template(preset, name).map(str::to_owned)));
        let paths: Vec<(String, String)> =
            own.iter().map(|own| (own.name.clone(), own.path.clone())).collect();
        for own in own {
            let added = environment.add_template_owned(own.name.clone(), own.source.clone());
            if let Err(error) = added {
                complaints.push(complaint(&error, &paths, None));
            }
        }
        let names = [format!("{}.md", stage.as_str()), format!("{}.txt", stage.as_str())];
        // The project's own counts, whichever of the two it wrote.
        let is_own = |name: &&String| own.iter().any(|own| own.name == **name);
        let is_known = |name: &&String| environment.get_template(name).is_ok();
        let name = names.iter().find(is_own).or_else(|| names.iter().find(is_known)).cloned();
        match name {
            Some(name) if complaints.is_empty() => Ok(Self { environment, stage, name, paths }),
            _ => Err(complaints),
        }
    }

    pub(super) fn syntax(&self) -> Syntax {
        if mode(&self.name) == PLAIN { Syntax::Plain } else { Syntax::Markdown }
    }

    /// The text of the stage; else what is wrong with its template.
    pub(super) fn render(&self, view: &Value) -> Result<String, String> {
        let rendered = self.environment.get_template(&self.name).and_then(|t| t.render(view));
        rendered.map_err(|error| complaint(&error, &self.paths, Some((self.stage, view))))
    }
}

const MARKDOWN: &str = "markdown";
const PLAIN: &str = "plain";

fn mode(name: &str) -> &'static str {
    let is_plain = std::path::Path::new(name).extension().is_some_and(|end| end == "txt");
    if is_plain { PLAIN } else { MARKDOWN }
}

fn is_plain(state: &State<'_, '_>) -> bool {
    matches!(state.auto_escape(), AutoEscape::Custom(mode) if mode == PLAIN)
}

/// Every value that a template shows goes through here.
fn format(out: &mut Output<'_>, state: &mut State<'_, '_>, value: &Value) -> Result<(), Error> {
    if value.is_none() {
        return Ok(());
    }
    let shown = value.to_string();
    let shown = match (value.is_safe(), is_plain(state)) {
        (true, _) => shown,
        (false, true) => document::plain(&shown),
        (false, false) => document::inline(&shown),
    };
    out.write_str(&shown).map_err(|_| Error::new(ErrorKind::WriteFailure, "out of room"))
}

/// Text of several paragraphs: Markdown of the project's own.
fn prose(state: &State<'_, '_>, value: &Value) -> Value {
    let text = string(value);
    safe(if is_plain(state) { super::layout::prose(&text) } else { document::contained(&text) })
}

/// A version, a commit or a name that can be copied.
fn code(state: &State<'_, '_>, value: &Value) -> Value {
    let text = string(value);
    safe(if is_plain(state) { document::plain(&text) } else { document::span(&text) })
}

/// A command that can be copied, in rows of its own.
fn block(state: &State<'_, '_>, value: &Value) -> Value {
    let text = string(value);
    if !is_plain(state) {
        return safe(document::block(&text));
    }
    let text = escape::paragraphs(text.trim_matches(['\n', '\r']));
    let rows: Vec<String> = text.lines().map(|row| format!("    {row}")).collect();
    safe(rows.join("\n"))
}

/// An address.
fn link(state: &State<'_, '_>, value: &Value) -> Value {
    let text = string(value);
    safe(if is_plain(state) { document::plain(&text) } else { document::address(&text) })
}

/// `1.5, 1.4 and 1.3`
fn listed(state: &State<'_, '_>, value: &Value) -> Result<Value, Error> {
    let mut items = Vec::new();
    for item in value.try_iter()? {
        let text = item.to_string();
        items.push(match (item.is_safe(), is_plain(state)) {
            (true, _) => text,
            (false, true) => document::plain(&text),
            (false, false) => document::inline(&text),
        });
    }
    Ok(safe(match items.split_last() {
        None => String::new(),
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
    }))
}

/// `1 vulnerability`, `2 vulnerabilities`
fn counted(count: u64, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

fn string(value: &Value) -> String {
    if value.is_none() || value.is_undefined() { String::new() } else { value.to_string() }
}

fn safe(text: String) -> Value {
    Value::from_safe_string(text)
}

/// What is wrong, where, and what may be written there.
fn complaint(error: &Error, paths: &[(String, String)], at: Option<(Stage, &Value)>) -> String {
    // What an included template did is told by the innermost error.
    let mut innermost = error;
    while let Some(source) = std::error::Error::source(innermost) {
        let Some(source) = source.downcast_ref::<Error>() else { break };
        innermost = source;
    }
    let name = innermost.name().unwrap_or_default();
    let path = paths.iter().find(|(known, _)| known == name).map_or(name, |(_, path)| path);
    let row = innermost.line().map(|row| format!(":{row}")).unwrap_or_default();
    let what = match (innermost.kind(), at) {
        (ErrorKind::UndefinedError, Some((stage, view))) => {
            let missing = missing(innermost);
            let names: Vec<String> = view
                .try_iter()
                .map(|names| names.map(|name| format!("`{name}`")).collect())
                .unwrap_or_default();
            format!(
                "there is no {missing}; the text of the {} may use {}",
                stage.as_str(),
                names.join(", ")
            )
        }
        (ErrorKind::OutOfFuel, _) => "the template does not come to an end".to_owned(),
        (kind, _) => match innermost.detail() {
            Some(detail) => format!("{kind}: {detail}"),
            None => kind.to_string(),
        },
    };
    format!("{path}{row}: {what}")
}

/// The name that the template asked for, as it is written there.
fn missing(error: &Error) -> String {
    let written = error
        .range()
        .and_then(|range| error.template_source()?.get(range).map(str::to_owned))
        .filter(|written| written.len() < 80 && !written.contains('\n'));
    match (written, error.detail()) {
        (Some(written), _) => format!("name `{}`", written.trim()),
        (None, Some(detail)) => format!("such name: {detail}"),
        (None, None) => "such name".to_owned(),
    }
}
