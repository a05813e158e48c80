//! The next good days, and every step computed backwards from one.

use jiff::{
    ToSpan as _,
    civil::{Date, Time, Weekday},
};

use super::{
    policy::{LeadTimes, SlotPolicy},
    record::{Moment, Slot, Step},
};

/// So many days are looked at for a good one.
const MOST_DAYS: usize = 400;

/// Why a day is not good.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Objection {
    /// A fragment that goes on after the day: `a Friday: …`.
    pub because: String,
    /// Nobody should do that without having said so in the configuration.
    pub is_grave: bool,
}

/// What speaks against a day. A weekday that the project named is as good as any other.
pub fn objections(day: Date, policy: &SlotPolicy) -> Vec<Objection> {
    let mut objections = Vec::new();
    let weekday = day.weekday();
    let name = weekday_name(weekday);
    if !policy.weekdays.contains(&weekday) {
        let (why, is_grave) = match weekday {
            Weekday::Friday => ("whoever has to update does it on the weekend", true),
            Weekday::Saturday | Weekday::Sunday => ("hardly anybody is there to update", true),
            Weekday::Monday => ("whoever prepares for it does so on the weekend", false),
            _ => ("which is none of the project's weekdays", false),
        };
        objections.push(Objection { because: format!("a {name}: {why}"), is_grave });
    }
    if policy.holidays.contains(&day) {
        objections.push(Objection { because: "a holiday".to_owned(), is_grave: true });
    }
    if is_quarter_end(day) {
        let because = "at the end of a quarter: many may change nothing then".to_owned();
        objections.push(Objection { because, is_grave: false });
    }
    objections
}

/// The last week of a quarter, in which companies close their books.
fn is_quarter_end(day: Date) -> bool {
    matches!(day.month(), 3 | 6 | 9 | 12) && day.last_of_month().day() - day.day() < 5
}

/// The next good days after `day`, at the hour of the policy; the first is `lead` days later at the
/// earliest.
pub fn next(day: Date, policy: &SlotPolicy, lead: LeadTimes, count: usize) -> Vec<Moment> {
    let ahead = lead.prenotify.max(lead.pre_announce).max(1);
    let Ok(first) = day.checked_add(ahead.days()) else { return Vec::new() };
    let time = Time::new(policy.hour, 0, 0, 0).ok();
    let days = std::iter::successors(Some(first), |day| day.tomorrow().ok()).take(MOST_DAYS);
    days.filter(|day| objections(*day, policy).is_empty())
        .take(count)
        .map(|day| Moment { day, time })
        .collect()
}

/// When each step is due, backwards from the public moment and forwards from the report. A step that
/// would come before the report falls on it.
pub fn steps(reported: Option<Date>, public: Moment, lead: LeadTimes) -> Vec<(Step, Slot)> {
    let before = |days: i64| {
        let day = public.day.checked_sub(days.days()).unwrap_or(public.day);
        reported.map_or(day, |reported| day.max(reported.min(public.day)))
    };
    let after = |day: Date, days: i64| day.checked_add(days.days()).unwrap_or(day);
    let ready = before(lead.prenotify.max(lead.pre_announce).max(1));
    let soon = reported.map(|reported| after(reported, lead.acknowledge).min(ready));
    let planned = [
        (Step::Acknowledged, soon),
        (Step::Confirmed, soon),
        (Step::FixReady, Some(ready)),
        (Step::Prenotified, Some(before(lead.prenotify))),
        (Step::PreAnnounced, Some(before(lead.pre_announce))),
    ];
    let day = |day: Date| Moment { day, time: None };
    let closed = (Step::Closed, Some(day(after(public.day, lead.close))));
    let planned = planned.into_iter().map(|(step, at)| (step, at.map(day)));
    planned
        .chain([(Step::Public, Some(public)), closed])
        .filter_map(|(step, expected)| {
            Some((step, Slot { expected: Some(expected?), actual: None }))
        })
        .collect()
}

/// The English name of a weekday.
pub fn weekday_name(weekday: Weekday) -> &'static str {
    match weekday {
        Weekday::Monday => "Monday",
        Weekday::Tuesday => "Tuesday",
        Weekday::Wednesday => "Wednesday",
        Weekday::Thursday => "Thursday",
        Weekday::Friday => "Friday",
        Weekday::Saturday => "Saturday",
        Weekday::Sunday => "Sunday",
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn the_next_days_are_good_ones() {
        let shown = |day, policy: &SlotPolicy| -> Vec<String> {
            next(day, policy, LeadTimes::default(), 4).iter().map(Moment::to_string).collect()
        };
        let policy = SlotPolicy::default();
        // 2031-06-15 is a Sunday; 2031-06-26 to 06-30 is the end of a quarter.
        assert_eq!(
            shown(date(2031, 6, 15), &policy),
            [
                "2031-06-24 15:00 UTC",
                "2031-06-25 15:00 UTC",
                "2031-07-01 15:00 UTC",
                "2031-07-02 15:00 UTC"
            ]
        );
        let holidays = vec![date(2031, 6, 24), date(2031, 7, 2)];
        let policy = SlotPolicy { holidays, hour: 16, ..policy };
        assert_eq!(
            shown(date(2031, 6, 15), &policy),
            [
                "2031-06-25 16:00 UTC",
                "2031-07-01 16:00 UTC",
                "2031-07-08 16:00 UTC",
                "2031-07-09 16:00 UTC"
            ]
        );
        let end = next(Date::MAX, &policy, LeadTimes::default(), 4);
        assert_eq!(end, []);
    }

    #[test]
    fn what_speaks_against_a_day_is_said() {
        let policy = SlotPolicy { holidays: vec![date(2031, 3, 5)], ..SlotPolicy::default() };
        for (day, grave, light) in [
            (date(2031, 3, 4), 0, 0),  // Tuesday
            (date(2031, 3, 5), 1, 0),  // a holiday
            (date(2031, 3, 6), 0, 1),  // Thursday
            (date(2031, 3, 7), 1, 0),  // Friday
            (date(2031, 3, 8), 1, 0),  // Saturday
            (date(2031, 3, 10), 0, 1), // Monday
            (date(2031, 9, 30), 0, 1), // a Tuesday at the end of a quarter
        ] {
            let found = objections(day, &policy);
            let count = |is_grave| found.iter().filter(|o| o.is_grave == is_grave).count();
            assert_eq!((count(true), count(false)), (grave, light), "{day}: {found:?}");
        }
        let own = SlotPolicy { weekdays: vec![Weekday::Friday], ..SlotPolicy::default() };
        assert_eq!(objections(date(2031, 3, 7), &own), []);
    }

    #[test]
    fn every_step_is_computed_backwards() {
        let public = Moment { day: date(2031, 3, 4), time: Time::new(15, 0, 0, 0).ok() };
        let shown = |reported, lead| -> Vec<String> {
            let steps = steps(reported, public, lead);
            steps
                .iter()
                .map(|(step, slot)| {
                    let expected = slot.expected.expect("it is expected");
                    format!("{} {expected}", step.as_str())
                })
                .collect()
        };
        let lead = LeadTimes { prenotify: 10, ..LeadTimes::default() };
        assert_eq!(
            shown(Some(date(2031, 2, 3)), lead),
            [
                "acknowledged 2031-02-05",
                "confirmed 2031-02-05",
                "fix-ready 2031-02-22",
                "prenotified 2031-02-22",
                "pre-announced 2031-02-25",
                "public 2031-03-04 15:00 UTC",
                "closed 2031-03-07"
            ]
        );
        // What was reported three days before has no week of its own.
        assert_eq!(
            shown(Some(date(2031, 3, 1)), lead)[..3],
            ["acknowledged 2031-03-01", "confirmed 2031-03-01", "fix-ready 2031-03-01"]
        );
        assert_eq!(shown(None, lead).len(), 5);
    }
}
