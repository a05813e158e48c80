//! What is under embargo stays private: who may see it printed, and where it may be written. Facts in,
//! a decision out; the facts are gathered in `app/disclose/guard.rs`.

use jiff::civil::{Date, Time};

use super::record::{Record, Step};

/// What a record is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Secrecy {
    Embargoed,
    Public,
}

/// Who reads what is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audience {
    /// Whoever runs the program.
    Own,
    /// The members of a private project, in the log of its CI.
    Members,
    /// Strangers, in the log of a CI.
    Others,
}

/// Where a file would lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// In no repository, or in one without a remote.
    Local,
    /// In a repository that only members read.
    Members,
    /// In a repository with a remote that strangers may read.
    Others,
}

/// Whether somebody said that what is under embargo may be seen: `--embargoed`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Leave {
    Given,
    Missing,
}

/// Who can say yes to a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// Somebody did already: `--yes`.
    Before,
    /// Somebody at a terminal.
    Now,
    Nobody,
}

/// What follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Permission {
    Granted,
    /// If somebody says yes to exactly this.
    OnAnswer,
    /// Strangers would see what is under embargo.
    Exposed,
    /// Nobody can be asked.
    Unasked,
}

/// A record is under embargo until its public step has happened: on its own day until the hour, as far
/// as the hour at which that is asked is known, and without an hour until that day is over.
pub fn secrecy(record: &Record, today: Date, now: Option<Time>) -> Secrecy {
    let Some(public) = record.step(Step::Public).actual else { return Secrecy::Embargoed };
    let is_before_its_hour = match (public.time, now) {
        (Some(time), Some(now)) => public.day == today && now < time,
        _ => false,
    };
    let is_of_today = public.day == today && public.time.is_none();
    if public.day > today || is_of_today || is_before_its_hour {
        Secrecy::Embargoed
    } else {
        Secrecy::Public
    }
}

/// Whether it may be printed.
pub fn may_print(secrecy: Secrecy, audience: Audience, leave: Leave) -> Permission {
    match (secrecy, audience, leave) {
        (Secrecy::Embargoed, Audience::Others, Leave::Missing) => Permission::Exposed,
        _ => Permission::Granted,
    }
}

/// Whether a file may be written. That somebody gave leave to expose it is no answer to whether it is
/// to be written, nor the other way round.
pub fn may_write(secrecy: Secrecy, place: Place, leave: Leave, asked: Asked) -> Permission {
    match (secrecy, place, leave, asked) {
        (Secrecy::Embargoed, Place::Others, Leave::Missing, _) => Permission::Exposed,
        (.., Asked::Before) => Permission::Granted,
        (.., Asked::Now) => Permission::OnAnswer,
        (.., Asked::Nobody) => Permission::Unasked,
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::{date, time};

    use super::*;
    use crate::disclose::record::{Moment, Slot};

    #[test]
    fn a_record_is_secret_until_its_public_step_has_happened() {
        let today = date(2031, 3, 4);
        let slot = |actual| {
            let slot =
                Slot { expected: Some(Moment { day: date(2031, 1, 1), time: None }), actual };
            Record { steps: vec![(Step::Public, slot)], ..Record::default() }
        };
        let at = |day, time| Some(Moment { day, time });
        let three = Some(time(15, 0, 0, 0));
        for (actual, now, expected) in [
            (None, three, Secrecy::Embargoed),
            (at(date(2031, 3, 5), None), three, Secrecy::Embargoed),
            (at(date(2031, 3, 5), three), None, Secrecy::Embargoed),
            (at(today, None), three, Secrecy::Embargoed),
            (at(today, three), Some(time(14, 59, 59, 0)), Secrecy::Embargoed),
            (at(today, three), three, Secrecy::Public),
            (at(today, three), None, Secrecy::Public),
            (at(date(2031, 3, 3), three), Some(time(1, 0, 0, 0)), Secrecy::Public),
        ] {
            assert_eq!(secrecy(&slot(actual), today, now), expected, "{actual:?} {now:?}");
        }
        assert_eq!(secrecy(&Record::default(), today, None), Secrecy::Embargoed);
    }

    #[test]
    fn only_strangers_without_leave_are_refused_a_look() {
        let mut refused = 0;
        for secrecy in [Secrecy::Embargoed, Secrecy::Public] {
            for audience in [Audience::Own, Audience::Members, Audience::Others] {
                for leave in [Leave::Given, Leave::Missing] {
                    let is_refused = may_print(secrecy, audience, leave) != Permission::Granted;
                    let expected = secrecy == Secrecy::Embargoed
                        && audience == Audience::Others
                        && leave == Leave::Missing;
                    assert_eq!(is_refused, expected, "{secrecy:?} {audience:?} {leave:?}");
                    refused += usize::from(is_refused);
                }
            }
        }
        assert_eq!(refused, 1);
    }

    #[test]
    fn every_file_is_agreed_to_and_none_is_exposed_without_leave() {
        use Permission::{Exposed, Granted, OnAnswer, Unasked};
        let all = [Asked::Before, Asked::Now, Asked::Nobody];
        for (secrecy, place, leave, expected) in [
            (Secrecy::Embargoed, Place::Others, Leave::Missing, [Exposed; 3]),
            (Secrecy::Embargoed, Place::Others, Leave::Given, [Granted, OnAnswer, Unasked]),
            (Secrecy::Embargoed, Place::Members, Leave::Missing, [Granted, OnAnswer, Unasked]),
            (Secrecy::Embargoed, Place::Members, Leave::Given, [Granted, OnAnswer, Unasked]),
            (Secrecy::Embargoed, Place::Local, Leave::Missing, [Granted, OnAnswer, Unasked]),
            (Secrecy::Embargoed, Place::Local, Leave::Given, [Granted, OnAnswer, Unasked]),
            (Secrecy::Public, Place::Others, Leave::Missing, [Granted, OnAnswer, Unasked]),
            (Secrecy::Public, Place::Others, Leave::Given, [Granted, OnAnswer, Unasked]),
            (Secrecy::Public, Place::Members, Leave::Missing, [Granted, OnAnswer, Unasked]),
            (Secrecy::Public, Place::Members, Leave::Given, [Granted, OnAnswer, Unasked]),
            (Secrecy::Public, Place::Local, Leave::Missing, [Granted, OnAnswer, Unasked]),
            (Secrecy::Public, Place::Local, Leave::Given, [Granted, OnAnswer, Unasked]),
        ] {
            let found = all.map(|asked| may_write(secrecy, place, leave, asked));
            assert_eq!(found, expected, "{secrecy:?} {place:?} {leave:?}");
        }
    }
}
