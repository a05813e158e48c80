//! What a run that looks at something else says about records: that dates passed, and no more.

use jiff::civil::Date;

use super::find::{self, Kept};
use crate::{
    config::Config,
    disclose::{Record, schedule, shape},
    edge::{
        git::Git,
        readers::{Readers, readers},
    },
    model::Trouble,
};

/// Warns of records in the work tree whose dates passed without a word, and of those that cannot be
/// read. It belongs into no report, which may be published, and into no log that strangers read: the
/// name of a record is all that it tells, and that one is coming is a secret, too.
pub(in crate::app) fn overdue(git: &Git, config: &Config, today: Date) -> Vec<Trouble> {
    let is_public = readers() == Readers::Others && !config.disclose.is_private;
    if git.work_dir().is_none() || is_public {
        return Vec::new();
    }
    match find::all(git, config) {
        Ok(records) => records.iter().filter_map(|kept| warning(kept, today)).collect(),
        Err(_) => vec![trouble(
            format!("the records in `{}` cannot be listed", config.disclose.records),
            "patchline disclose plan",
        )],
    }
}

fn warning(kept: &Kept, today: Date) -> Option<Trouble> {
    let id = &kept.id;
    let record = kept.reading.record.as_ref();
    // A folder of that name may hold something else.
    if kept.reading.is_foreign() && !record.is_some_and(is_one) {
        return None;
    }
    let Some(record) = record.filter(|_| kept.is_valid()) else {
        let message = format!("the record `{id}` is not valid, so nobody knows what is due");
        return Some(trouble(message, &naming("patchline disclose check", id)));
    };
    if find::is_closed(record, today) {
        return None;
    }
    let missed = schedule::missed(record, today);
    let dates = if missed == 1 { "date" } else { "dates" };
    (missed > 0).then(|| {
        let message = format!("the record `{id}` has {missed} missed {dates}");
        trouble(message, &naming("patchline disclose plan", id))
    })
}

/// True of what can only be a record.
fn is_one(record: &Record) -> bool {
    !record.advisories.is_empty() || !record.steps.is_empty() || !record.product.is_empty()
}

/// A command for one of several records. What is no name of a record may be more than a word to a shell.
fn naming(command: &str, id: &str) -> String {
    if shape::is_name(id) { format!("{command} {id}") } else { command.to_owned() }
}

fn trouble(message: String, command: &str) -> Trouble {
    Trouble::warning(message).hint(format!("run `{command}`"))
}
