//! `patchline disclose new`

use std::{collections::BTreeMap, path::PathBuf};

use jiff::civil::{Date, Time};

use super::{Opened, find, guard};
use crate::{
    app::{Discovered, Error, Exit, discover, print},
    cli::disclose::NewArgs,
    config::Overrides,
    disclose::{begin, record::Moment, shape, slot, write_guided},
    edge::{clock, files},
};

/// Begins a record, with everything that is known.
pub(super) async fn new(args: &NewArgs) -> Result<Exit, Error> {
    let discovered = discover(&args.place.repository(), Overrides::default()).await?;
    let Discovered { git, config, support, today, .. } = discovered;
    let policy = &config.disclose;
    let public = args.public.map(|day| moment(day, policy.slot.hour, today)).transpose()?;
    let next = begin::moments(policy, today).first().copied();
    let Some(day) = public.or(next).map(|moment| moment.day) else {
        return Err(Error::Disclose {
            because: "no good day comes within a year".to_owned(),
            hint: Some("name one with --public, or look at `[disclose.slot]`".to_owned()),
        });
    };
    let named = args.id.clone().unwrap_or_else(|| day.to_string());
    let given =
        Some(PathBuf::from(&named)).filter(|path| path.extension() == Some("toml".as_ref()));
    let stem = given.as_ref().and_then(|path| path.file_stem());
    let id = stem.map_or(named, |stem| stem.to_string_lossy().into_owned());
    if !shape::is_name(&id) {
        return Err(Error::Disclose {
            because: format!("`{id}` cannot be the name of a record"),
            hint: Some("use letters, digits, `-`, `_` and `.`".to_owned()),
        });
    }
    print::assumed(&support.lines);
    print::warnings(&support.trouble);
    if let Some(public) = public {
        for objection in slot::objections(public.day, &policy.slot) {
            print::note(&format!("{} is {}", public.day, objection.because));
        }
        for squeezed in slot::squeezed(today, public.day, policy.lead) {
            print::note(&format!("{} is soon: {squeezed}", public.day));
        }
    }
    let repository = git.address();
    let known = begin::Known {
        support: &support,
        policy,
        repository: repository.as_deref(),
        today,
        public,
    };
    let (record, remarks) = begin::begin(&id, &known);
    let text = write_guided(&record, &remarks);
    let gap = support.coverage.iter().find_map(|coverage| coverage.covered.because());
    let gap = gap.map(|gap| format!("whether these are all supported lines is not known: {gap}"));
    let path = match (given, find::folder(&git, &config)) {
        (Some(path), _) => path,
        (None, Ok(folder)) => folder.join(format!("{id}.toml")),
        // A bare repository has lines to show, and no place for a file.
        (None, Err(_)) if args.dry_run => PathBuf::new(),
        (None, Err(error)) => return Err(error),
    };
    let releases = BTreeMap::new();
    let opened = Opened { record, path, git, config, support, releases, today };
    if args.dry_run {
        guard::reveal(&opened, args.privacy, "the record")?;
        print::data(&text)?;
    } else {
        if files::exists(&opened.path) || files::is_link(&opened.path) {
            return Err(Error::Disclose {
                because: format!("there is a record `{id}` already, and it stays as it is"),
                hint: Some("give the new one another name: `patchline disclose new ID`".to_owned()),
            });
        }
        guard::write(&opened, args.privacy, &opened.path, text.as_bytes())?;
    }
    let Some(gap) = gap else { return Ok(Exit::Pass) };
    print::note(&gap);
    Ok(Exit::Incomplete)
}

/// The public moment on a day that somebody names.
fn moment(day: Date, hour: i8, today: Date) -> Result<Moment, Error> {
    let moment = Moment { day, time: Time::new(hour, 0, 0, 0).ok() };
    let is_now = day == clock::today() && day == today;
    let is_over = is_now && moment.time.is_some_and(|time| time <= clock::time());
    if day < today || is_over {
        return Err(Error::Disclose {
            because: format!("{moment} is in the past, and nothing becomes public then"),
            hint: is_over.then(|| "name a later day, or an `hour` in `[disclose.slot]`".to_owned()),
        });
    }
    Ok(moment)
}
