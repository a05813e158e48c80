//! The text of each stage of a disclosure, from templates: our own, those of a known process, or the
//! project's.
//!
//! A stage sees its own view and nothing else, so that what it may not tell cannot be in it, whatever
//! its template asks for.

mod engine;
mod layout;
mod preset;
mod view;

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use minijinja::{Value, value::Serde};
use serde::Serialize;

pub use self::preset::Preset;
use self::view::{
    announcement::Announcement, early::Prenotification, escalation::Escalation, notice::Notice,
    release_note::ReleaseNote, retrospective::Retrospective,
};
use super::{Policy, Record, Stage, privacy::Secrecy, record::Step};
use crate::{escape::document, model::ReleaseLine};

/// What is around a record: the project's words, its lines, and what git knows of its releases.
#[derive(Clone, Debug)]
pub struct Around<'a> {
    pub policy: &'a Policy,
    pub preset: Preset,
    /// Every line of the project, the newest first.
    pub lines: &'a [ReleaseLine],
    /// The days of releases, by version.
    pub released: BTreeMap<String, jiff::civil::Date>,
    /// The days of commits, by their ids.
    pub committed: BTreeMap<String, jiff::civil::Date>,
    /// A zone that is shown beside UTC, with its name.
    pub zone: Option<(String, TimeZone)>,
    /// Whether the record is still under embargo: what is for everybody is a draft until it is not.
    pub secrecy: Secrecy,
}

/// A template of the project's own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Own {
    /// Its name in the folder of templates: `announcement.md`, `blocks.txt`.
    pub name: String,
    /// What messages call it.
    pub path: String,
    pub source: String,
}

/// How a text is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Syntax {
    #[default]
    Markdown,
    /// For mail: rows of at most 72 columns.
    Plain,
}

/// What became of a template.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rendered {
    pub syntax: Syntax,
    /// `None`: see the complaints.
    pub text: Option<String>,
    /// What is wrong with the templates, each with its place.
    pub complaints: Vec<String>,
}

/// True of a text that is for few people until all is public.
pub fn is_embargoed(stage: Stage) -> bool {
    matches!(stage, Stage::Escalation | Stage::Prenotification)
}

/// True of a text that tells everybody all of it, where the fixes are as well, once it is public.
pub fn tells_all(stage: Stage) -> bool {
    match stage {
        Stage::Announcement | Stage::OssSecurity | Stage::ReleaseNote | Stage::Retrospective => {
            true
        }
        // The first two are never for everybody, and the third is from the beginning.
        Stage::Escalation | Stage::Prenotification | Stage::PreAnnouncement => false,
    }
}

/// The text of a stage. What the record lacks for it was asked before.
pub fn render(stage: Stage, record: &Record, around: &Around<'_>, own: &[Own]) -> Rendered {
    let views = match stage {
        Stage::Escalation => vec![seen(Escalation::of(record, around))],
        Stage::Prenotification => vec![seen(Prenotification::of(record, around))],
        // Nothing but the notice goes on from here.
        Stage::PreAnnouncement => vec![seen(Notice::of(record, around))],
        Stage::Announcement | Stage::OssSecurity => {
            vec![seen(Announcement::of(record, around))]
        }
        Stage::ReleaseNote => ReleaseNote::all(record, around).into_iter().map(seen).collect(),
        Stage::Retrospective => vec![seen(Retrospective::of(record, around))],
    };
    let engine = match engine::Engine::new(stage, around.preset, own) {
        Ok(engine) => engine,
        Err(complaints) => return Rendered { complaints, ..Rendered::default() },
    };
    let mut texts = Vec::new();
    for view in views {
        match engine.render(&view) {
            Ok(text) => texts.push(layout::laid_out(&text, engine.syntax())),
            Err(complaint) => {
                return Rendered { complaints: vec![complaint], ..Rendered::default() };
            }
        }
    }
    let mark = (around.secrecy == Secrecy::Embargoed && tells_all(stage))
        .then(|| mark(record, engine.syntax()));
    if stage == Stage::ReleaseNote {
        // Each goes to another place.
        let mark = mark.as_deref().unwrap_or("");
        let marked = texts.iter().map(|text| format!("{mark}{}", parts(text).1));
        let text = marked.collect::<Vec<_>>().join("\n---\n\n");
        let complaints = if text.is_empty() {
            vec!["no line gets a release: none is affected with a fixed version".to_owned()]
        } else {
            Vec::new()
        };
        let text = Some(text).filter(|text| !text.is_empty());
        return Rendered { text, complaints, syntax: engine.syntax() };
    }
    let text = headed(stage, record, &texts.concat(), engine.syntax(), mark.as_deref());
    Rendered { text: Some(text), complaints: Vec::new(), syntax: engine.syntax() }
}

/// A view as templates see it.
fn seen(view: impl Serialize) -> Value {
    Value::from(Serde(view))
}

/// What a draft begins with, so that nobody posts it by accident. No template can leave it out.
fn mark(record: &Record, syntax: Syntax) -> String {
    let until = record.step(Step::Public).best();
    let until = until.map_or("it is public".to_owned(), |moment| moment.to_string());
    let head = format!("EMBARGOED DRAFT until {until}.");
    let rest =
        "Do not publish it, and do not pass it on: the record does not say that it is public.";
    let mark = match syntax {
        Syntax::Markdown => format!("> **{head}** {rest}"),
        Syntax::Plain => format!("{head} {rest}"),
    };
    format!("{}\n", layout::laid_out(&mark, syntax))
}

/// The subject that a template gives in its first row, and what follows.
fn parts(text: &str) -> (&str, &str) {
    let (subject, body) = match text.strip_prefix("Subject:") {
        Some(rest) => rest.split_once('\n').unwrap_or((rest, "")),
        None => ("", text),
    };
    (subject, body.trim_start_matches('\n'))
}

/// Puts the head of a mail before a text that is one: its subject, which the template gives in its
/// first row, and to whom it goes.
fn headed(stage: Stage, record: &Record, text: &str, syntax: Syntax, mark: Option<&str>) -> String {
    let (subject, body) = parts(text);
    let body = format!("{}{body}", mark.unwrap_or(""));
    let mut subject = layout::subject(subject, syntax);
    if subject.is_empty() {
        subject = document::plain(&format!("{} security release", record.product));
    }
    if (is_embargoed(stage) || mark.is_some()) && !subject.contains("[EMBARGOED]") {
        subject = format!("[EMBARGOED] {subject}");
    }
    let mut rows = vec![format!("Subject: {subject}")];
    // Who is told of a release ahead is no part of what everybody may know.
    let recipients = record.recipients.iter().filter(|of| of.stage == stage.as_str());
    for of in recipients.filter(|_| stage != Stage::PreAnnouncement) {
        rows.extend(layout::addresses("To", &of.to));
        rows.extend(layout::addresses("Cc", &of.cc));
    }
    let is_mail = rows.len() > 1 || syntax == Syntax::Plain || is_embargoed(stage);
    if is_mail { format!("{}\n\n{body}", rows.join("\n")) } else { body }
}

#[cfg(test)]
mod tests;
