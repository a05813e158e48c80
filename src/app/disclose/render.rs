//! `patchline disclose render`

use std::{collections::BTreeMap, path::Path};

use jiff::{civil::Date, tz::TimeZone};

use super::{Opened, exposure, guard, open, truth::refuse_untrue};
use crate::{
    app::{Error, Exit, end_of, print, tree},
    cli::disclose::RenderArgs,
    collect,
    disclose::{
        Stage,
        check::missing,
        privacy::Secrecy,
        text::{self, Around, Own, Preset},
        track::{Fix, Presence, Tracked},
    },
    edge::{clock, files},
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
    exposure::warn(&opened);
    refuse_incomplete(&opened, stage)?;
    let policy = &opened.config.disclose;
    let own = templates(&opened)?;
    let mut released: Days = opened.support.lines.iter().filter_map(release_day).collect();
    let mut committed = Days::new();
    if text::tells_all(stage) {
        let until = args.record.place.as_of.and_then(end_of);
        let tracked = collect::tracked(
            &opened.git,
            &opened.config.support,
            &opened.support,
            &opened.record,
            (until, opened.now()),
        )?;
        let what = format!("the {}", stage.as_str());
        refuse_untrue(&opened, &what, &tracked)?;
        days_of(&tracked, &mut released, &mut committed);
    }
    let around = Around {
        policy,
        preset: policy.preset.as_deref().and_then(Preset::parse).unwrap_or_default(),
        lines: &opened.support.lines,
        released,
        committed,
        zone: zone(policy.slot.zone.as_deref()),
        secrecy: guard::secrecy_of(&opened),
    };
    let rendered = text::render(stage, &opened.record, &around, &own);
    let Some(text) = rendered.text else {
        let (first, rest) = match rendered.complaints.split_first() {
            Some((first, rest)) => (first.clone(), rest),
            None => ("it has no template".to_owned(), &[][..]),
        };
        for complaint in rest {
            print::note(complaint);
        }
        // What went wrong, and what may be written instead.
        let (because, hint) = match first.split_once("; ") {
            Some((because, hint)) => (because.to_owned(), Some(hint.to_owned())),
            None => (first, None),
        };
        let because = format!("the {} cannot be written: {because}", stage.as_str());
        return Err(Error::Disclose { because, hint });
    };
    if around.secrecy == Secrecy::Embargoed && text::tells_all(stage) {
        print::note(
            "the text is marked as a draft under embargo, until the moment of `public` in [actual] of \
             the record has come",
        );
    }
    let is_over = around.secrecy == Secrecy::Public;
    if is_over && matches!(stage, Stage::Prenotification | Stage::PreAnnouncement) {
        print::note(&format!(
            "all is public already: the {} is what was to be said before that moment",
            stage.as_str()
        ));
    }
    match &args.output {
        Some(path) => guard::write(&opened, args.privacy, path, text.as_bytes())?,
        None => print::prose(&text)?,
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

/// Days by the name of what happened on them.
type Days = BTreeMap<String, Date>;

/// The days of fixes and of the releases that have them, as git knows them.
fn days_of(tracked: &Tracked, released: &mut Days, committed: &mut Days) {
    for cell in &tracked.cells {
        if let Fix::Released { version, day: Some(day), .. } = &cell.fix {
            released.insert(version.clone(), *day);
        }
        if let Some(Presence::There { commit, day: Some(day), .. }) = &cell.branch {
            committed.insert(commit.0.clone(), *day);
        }
    }
}

fn release_day(line: &ReleaseLine) -> Option<(String, Date)> {
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
    // A link to the record would be a template that has all of it.
    if files::is_link(path) || !files::is_inside(root, path).unwrap_or(false) {
        return Err(unread(&shown, "it is a link, or lies behind one that leads elsewhere"));
    }
    let bytes = files::read_regular(path, LONGEST_TEMPLATE)
        .map_err(|error| unread(&shown, &error.to_string()))?;
    let source = String::from_utf8(bytes).map_err(|_| unread(&shown, "it is not UTF-8"))?;
    Ok(Own { name, path: shown, source })
}

fn unread(path: &str, because: &str) -> Error {
    Error::Disclose { because: format!("`{path}` cannot be read: {because}"), hint: None }
}
