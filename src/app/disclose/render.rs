//! `patchline disclose render`

use std::path::Path;

use jiff::tz::TimeZone;

use super::{Opened, guard, open};
use crate::{
    app::{Error, Exit, print, tree},
    cli::disclose::RenderArgs,
    disclose::{
        Stage,
        check::missing,
        text::{self, Around, Own, Preset},
    },
    edge::{clock, files},
    escape,
    model::ReleaseLine,
};

/// A project has no more templates, and none is longer.
const MOST_TEMPLATES: usize = 100;
const LONGEST_TEMPLATE: u64 = 256 * 1024;

/// The text of a stage, if the record says everything that it needs.
pub(super) async fn render(args: &RenderArgs) -> Result<Exit, Error> {
    let opened = open(&args.record).await?;
    let stage = Stage::from(args.stage);
    // What is missing, and what is wrong with a template, may quote the record, too.
    guard::reveal(&opened, args.privacy, &format!("the {}", stage.as_str()))?;
    print::warnings(&opened.support.trouble);
    refuse_incomplete(&opened, stage)?;
    let policy = &opened.config.disclose;
    let own = templates(&opened)?;
    let around = Around {
        policy,
        preset: policy.preset.as_deref().and_then(Preset::parse).unwrap_or_default(),
        lines: &opened.support.lines,
        released: opened.support.lines.iter().filter_map(release_day).collect(),
        committed: std::collections::BTreeMap::new(),
        zone: zone(policy.slot.zone.as_deref()),
    };
    let rendered = text::render(stage, &opened.record, &around, &own);
    let Some(text) = rendered.text else {
        let (first, rest) = match rendered.complaints.split_first() {
            Some((first, rest)) => (first.clone(), rest),
            None => ("it has no template".to_owned(), &[][..]),
        };
        rest.iter().for_each(|complaint| print::note(complaint));
        return Err(Error::Disclose {
            because: format!("the {} cannot be written: {}", stage.as_str(), escape::line(&first)),
            hint: None,
        });
    };
    match &args.output {
        Some(path) => guard::write(&opened, args.privacy, path, text.as_bytes())?,
        None => print::data(&text)?,
    }
    Ok(Exit::Pass)
}

/// A text with a gap in it is never sent: everything that is missing is said at once.
fn refuse_incomplete(opened: &Opened, stage: Stage) -> Result<(), Error> {
    let missing = missing(&opened.record, &opened.support, &[stage]);
    if missing.is_empty() {
        return Ok(());
    }
    for missing in &missing {
        let of: Vec<&str> = missing.of.iter().map(String::as_str).collect();
        let place = [missing.table, &of.join(" "), missing.key].join(" ");
        let place = place.split_whitespace().collect::<Vec<_>>().join(" ");
        print::note(&format!("{place}: {}", missing.message));
    }
    let things = if missing.len() == 1 { "thing" } else { "things" };
    Err(Error::Disclose {
        because: format!(
            "`{}` lacks {} {things} for the {}, so it is not written",
            opened.record.id,
            missing.len(),
            stage.as_str()
        ),
        hint: Some(format!(
            "`patchline disclose check --stage {}` lists them, too",
            stage.as_str()
        )),
    })
}

fn release_day(line: &ReleaseLine) -> Option<(String, jiff::civil::Date)> {
    let release = line.release.as_ref()?;
    Some((release.version.clone(), release.date?.to_zoned(TimeZone::UTC).date()))
}

fn zone(name: Option<&str>) -> Option<(String, TimeZone)> {
    let name = name?;
    let zone = clock::zone(name);
    if zone.is_none() {
        print::note(&format!("this machine does not know the zone `{name}`; only UTC is shown"));
    }
    Some((name.to_owned(), zone?))
}

/// The project's own templates, if the configuration names a folder.
fn templates(opened: &Opened) -> Result<Vec<Own>, Error> {
    let Some(folder) = opened.config.disclose.templates.as_deref() else { return Ok(Vec::new()) };
    let root = tree::root(&opened.git)?;
    let whole = root.join(folder);
    if !files::is_folder(&whole) {
        return Err(Error::Disclose {
            because: format!("there is no folder `{folder}` with templates"),
            hint: Some("`templates` in `[disclose]` names it".to_owned()),
        });
    }
    let mut own = Vec::new();
    for extension in ["md", "txt"] {
        let paths = files::listed(&whole, extension, MOST_TEMPLATES)
            .map_err(|error| unread(folder, &error.to_string()))?;
        for path in paths {
            own.push(template(&root, folder, &path)?);
        }
    }
    Ok(own)
}

fn template(root: &Path, folder: &str, path: &Path) -> Result<Own, Error> {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned());
    let name = name.unwrap_or_default();
    let shown = format!("{folder}/{name}");
    if !files::is_inside(root, path).unwrap_or(false) {
        return Err(unread(&shown, "a link leads out of the repository"));
    }
    let bytes =
        files::read(path, LONGEST_TEMPLATE).map_err(|error| unread(&shown, &error.to_string()))?;
    let source = String::from_utf8(bytes).map_err(|_| unread(&shown, "it is not UTF-8"))?;
    Ok(Own { name, path: shown, source })
}

fn unread(path: &str, because: &str) -> Error {
    Error::Disclose { because: format!("`{path}` cannot be read: {because}"), hint: None }
}
