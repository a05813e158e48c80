//! Where records lie, and which one is meant.

use std::path::{Path, PathBuf};

use jiff::civil::Date;

use super::guard;
use crate::{
    app::Error,
    config::Config,
    disclose::{Complaint, Reading, Record, privacy::Audience, read, read::LARGEST, record::Step},
    edge::{files, git::Git},
    escape,
};

const UNNAMED: &str = "name the record; none is listed, as others may read this log";

/// So many records are looked at.
const MOST: usize = 1000;

/// A file of the records' folder.
pub(in crate::app) struct Kept {
    pub(in crate::app) path: PathBuf,
    /// The name of the file.
    pub(in crate::app) id: String,
    pub(in crate::app) reading: Reading,
}

impl Kept {
    /// True unless the record says that nothing is left to do: one that cannot be read may say
    /// anything.
    fn is_open(&self, today: Date) -> bool {
        let Some(record) = self.reading.record.as_ref().filter(|_| self.is_valid()) else {
            return true;
        };
        !is_closed(record, today)
    }

    /// True if nothing is wrong with it.
    pub(in crate::app) fn is_valid(&self) -> bool {
        self.reading.complaints.is_empty()
    }
}

/// True if the record says that nothing is left to do.
pub(super) fn is_closed(record: &Record, today: Date) -> bool {
    record.step(Step::Closed).actual.is_some_and(|closed| closed.day <= today)
}

/// The folder of the records.
pub(in crate::app) fn folder(git: &Git, config: &Config) -> Result<PathBuf, Error> {
    Ok(crate::app::tree::root(git)?.join(&config.disclose.records))
}

/// Every record in the folder, by its name; those that cannot be read say why.
pub(in crate::app) fn all(git: &Git, config: &Config) -> Result<Vec<Kept>, Error> {
    let folder = folder(git, config)?;
    let paths = files::listed(&folder, "toml", MOST).map_err(|error| Error::Disclose {
        because: format!("the records in `{}` cannot be listed: {error}", folder.display()),
        hint: None,
    })?;
    Ok(paths.into_iter().map(kept).collect())
}

/// Reads one file.
pub(super) fn kept(path: PathBuf) -> Kept {
    let id = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    let unread = |message: String| {
        let complaint = Complaint { row: None, message };
        Reading { record: None, complaints: vec![complaint] }
    };
    let largest = u64::try_from(LARGEST).unwrap_or(u64::MAX);
    let reading = match files::read_regular(&path, largest).map(String::from_utf8) {
        Ok(Ok(text)) => read(&id, &text),
        Ok(Err(_)) => unread("it is not UTF-8".to_owned()),
        Err(error) => unread(error.to_string()),
    };
    Kept { path, id, reading }
}

/// The record that is named, by its path or its id, or the only one that is not closed. Where strangers
/// read along, no other record is named.
pub(super) fn wanted(
    named: Option<&Path>,
    git: &Git,
    config: &Config,
    today: Date,
) -> Result<Kept, Error> {
    let audience = guard::audience(config);
    let Some(named) = named else { return only(git, config, today, audience) };
    if files::is_file(named) {
        return Ok(kept(named.to_path_buf()));
    }
    let shown = named.to_string_lossy();
    let is_path = named.components().count() > 1 || named.extension().is_some_and(|e| e == "toml");
    if !is_path {
        let path = folder(git, config)?.join(format!("{shown}.toml"));
        if files::is_file(&path) {
            return Ok(kept(path));
        }
    }
    let known = if is_path { Vec::new() } else { all(git, config)? };
    let known: Vec<String> = known.iter().map(|kept| kept.id.clone()).collect();
    let hint = match (known.as_slice(), audience) {
        (_, Audience::Others) => UNNAMED.to_owned(),
        ([], _) => "`patchline disclose new` begins one".to_owned(),
        (known, _) => format!("there are {}", known.join(", ")),
    };
    Err(Error::Disclose { because: format!("there is no record `{shown}`"), hint: Some(hint) })
}

fn only(git: &Git, config: &Config, today: Date, audience: Audience) -> Result<Kept, Error> {
    let folder = folder(git, config)?;
    let all = all(git, config)?;
    let ids = |kept: &[Kept]| {
        let ids: Vec<&str> = kept.iter().map(|kept| kept.id.as_str()).collect();
        ids.join(", ")
    };
    let (mut open, closed): (Vec<Kept>, Vec<Kept>) =
        all.into_iter().partition(|kept| kept.is_open(today));
    match (open.pop(), open.as_slice(), audience) {
        (Some(kept), [], _) => Ok(kept),
        // How many there are is theirs, too.
        (_, _, Audience::Others) => Err(Error::Disclose {
            because: "nothing says which record is meant".to_owned(),
            hint: Some(UNNAMED.to_owned()),
        }),
        (Some(kept), ..) => Err(Error::Disclose {
            because: "several records are not closed, and nothing says which one is meant"
                .to_owned(),
            hint: Some({
                open.push(kept);
                format!("name one of {}", ids(&open))
            }),
        }),
        (None, ..) => Err(Error::Disclose {
            because: format!("there is no record in `{}` that is not closed", folder.display()),
            hint: Some(if closed.is_empty() {
                "`patchline disclose new` begins one".to_owned()
            } else {
                format!("name one of the closed ones: {}", ids(&closed))
            }),
        }),
    }
}

/// The record, if nothing is wrong with it. A complaint quotes the record, and nobody knows whether one
/// that cannot be read is under embargo, so strangers see nothing of it.
pub(super) fn valid(kept: Kept, audience: Audience) -> Result<(Record, PathBuf), Error> {
    let complaints = kept.reading.complaints;
    if let Some(record) = kept.reading.record.filter(|_| complaints.is_empty()) {
        return Ok((record, kept.path));
    }
    if audience == Audience::Others {
        return Err(Error::Disclose {
            because: "the record is not valid; where and why is not printed, as others may read \
                this log"
                .to_owned(),
            hint: Some("check it where only those who may know can read".to_owned()),
        });
    }
    let place = kept.path.display().to_string();
    let shown = |complaint: Complaint| {
        let row = complaint.row.map(|row| format!(":{row}")).unwrap_or_default();
        escape::line(&format!("{place}{row}: {}", complaint.message))
    };
    let complaints = complaints.into_iter().map(shown).collect();
    Err(Error::Record { place: place.clone(), complaints })
}
