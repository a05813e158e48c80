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

/// The next good days after `day`, that of the report, at the hour of the policy. Before the first are
/// days enough for an answer, a fix and the notice that is promised.
pub fn next(day: Date, policy: &SlotPolicy, lead: LeadTimes, count: usize) -> Vec<Moment> {
    let ahead = lead.acknowledge.saturating_add(1).saturating_add(notice(lead));
    let Ok(first) = day.checked_add(ahead.days()) else { return Vec::new() };
    let time = Time::new(policy.hour, 0, 0, 0).ok();
    let days = std::iter::successors(Some(first), |day| day.tomorrow().ok()).take(MOST_DAYS);
    days.filter(|day| objections(*day, policy).is_empty())
        .take(count)
        .map(|day| Moment { day, time })
        .collect()
}

/// The longest notice that anybody is promised.
fn notice(lead: LeadTimes) -> i64 {
    lead.prenotify.max(lead.pre_announce).max(1)
}

/// The days of the early steps, counted from the report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Way {
    /// It is answered and confirmed.
    answered: i64,
    ready: i64,
    prenotified: i64,
    pre_announced: i64,
    public: i64,
}

impl Way {
    /// The steps of so many days from the report to the public one. Nothing comes before the report.
    /// Where the days are too few, the notice gets shorter, since the fix cannot be there before it is
    /// made; the answer, the fix and the notice keep a day each as long as there is one.
    fn of(public: i64, lead: LeadTimes) -> Self {
        let public = public.max(0);
        let promised = (public - notice(lead)).min(lead.fix.max(1));
        let ready = promised.max(2.min((public + 1) / 2));
        Self {
            answered: lead.acknowledge.min(ready - 1).max(0),
            ready,
            prenotified: (public - lead.prenotify).max(ready),
            pre_announced: (public - lead.pre_announce).max(ready),
            public,
        }
    }
}

/// When each step is due: the notices backwards from the public moment, the fix as early as both they
/// and the report ask for, the answer forwards from the report.
pub fn steps(reported: Option<Date>, public: Moment, lead: LeadTimes) -> Vec<(Step, Slot)> {
    let start = reported.map(|reported| reported.min(public.day));
    let way = start.map(|start| Way::of(days_between(start, public.day), lead));
    let after = |day: Date, days: i64| day.checked_add(days.days()).unwrap_or(day);
    let due = |from_report: fn(Way) -> i64, before: i64| match (start, way) {
        (Some(start), Some(way)) => Some(after(start, from_report(way))),
        _ => public.day.checked_sub(before.days()).ok(),
    };
    let answered = start.and(due(|way| way.answered, 0));
    let planned = [
        (Step::Acknowledged, answered),
        (Step::Confirmed, answered),
        (Step::FixReady, due(|way| way.ready, notice(lead))),
        (Step::Prenotified, due(|way| way.prenotified, lead.prenotify)),
        (Step::PreAnnounced, due(|way| way.pre_announced, lead.pre_announce)),
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

/// What does not fit between the report and the public day as the policy promises it, as fragments.
pub fn squeezed(reported: Date, public: Date, lead: LeadTimes) -> Vec<String> {
    let way = Way::of(days_between(reported.min(public), public), lead);
    let mut squeezed: Vec<String> = [
        ("distributors are", way.prenotified, lead.prenotify),
        ("everybody is", way.pre_announced, lead.pre_announce),
    ]
    .into_iter()
    .filter_map(|(who, at, promised)| short_notice(who, way.public - at, promised))
    .collect();
    if way.answered == way.ready {
        squeezed.push("the report, its answer and the fix are on one day".to_owned());
    } else if way.answered == 0 && lead.acknowledge > 0 {
        squeezed.push("the answer is due on the day of the report".to_owned());
    }
    squeezed
}

/// That somebody is told later than was promised, if so.
pub fn short_notice(who: &str, days: i64, promised: i64) -> Option<String> {
    let ahead = match days {
        i64::MIN..=0 => "on the public day itself".to_owned(),
        1 => "1 day ahead".to_owned(),
        days => format!("{days} days ahead"),
    };
    (days < promised).then(|| format!("{who} told {ahead}, and the policy says {promised}"))
}

/// The whole days from one day to another.
pub fn days_between(from: Date, to: Date) -> i64 {
    i64::from((to - from).get_days())
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
                "2031-06-25 15:00 UTC",
                "2031-07-01 15:00 UTC",
                "2031-07-02 15:00 UTC",
                "2031-07-08 15:00 UTC"
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
        // The fix is due when it was promised, even if the public day is far away.
        assert_eq!(
            shown(Some(date(2030, 12, 30)), lead)[1..4],
            ["confirmed 2031-01-01", "fix-ready 2031-01-29", "prenotified 2031-02-22"]
        );
        assert_eq!(
            shown(None, lead),
            [
                "fix-ready 2031-02-22",
                "prenotified 2031-02-22",
                "pre-announced 2031-02-25",
                "public 2031-03-04 15:00 UTC",
                "closed 2031-03-07"
            ]
        );
    }

    #[test]
    fn no_step_is_before_the_report_and_what_does_not_fit_is_said() {
        let (reported, lead) = (date(2031, 3, 1), LeadTimes::default());
        // Days to the public one; of the answer, the fix and the notice; what is said.
        for (public, expected, said) in [
            (10, [2, 3, 3], &[][..]),
            (9, [1, 2, 2], &[]),
            (
                8,
                [1, 2, 2],
                &[
                    "distributors are told 6 days ahead, and the policy says 7",
                    "everybody is told 6 days ahead, and the policy says 7",
                ],
            ),
            (
                2,
                [0, 1, 1],
                &[
                    "distributors are told 1 day ahead, and the policy says 7",
                    "everybody is told 1 day ahead, and the policy says 7",
                    "the answer is due on the day of the report",
                ],
            ),
            (
                0,
                [0, 0, 0],
                &[
                    "distributors are told on the public day itself, and the policy says 7",
                    "everybody is told on the public day itself, and the policy says 7",
                    "the report, its answer and the fix are on one day",
                ],
            ),
        ] {
            let public = reported.checked_add(public.days()).expect("a day");
            let steps = steps(Some(reported), Moment { day: public, time: None }, lead);
            let of = |step: Step| {
                let (_, slot) = steps.iter().find(|(of, _)| *of == step).expect("a step");
                days_between(reported, slot.expected.expect("a day").day)
            };
            let found = [of(Step::Confirmed), of(Step::FixReady), of(Step::PreAnnounced)];
            assert_eq!(found, expected, "{public}");
            assert_eq!(squeezed(reported, public, lead), said, "{public}");
        }
        // Whatever the lead times are, each step comes after the one before it.
        for (acknowledge, fix, prenotify, pre_announce) in
            [(0, 0, 0, 0), (1, 7, 21, 7), (90, 1, 3, 30), (5, 30, 0, 1)]
        {
            let lead = LeadTimes { acknowledge, fix, prenotify, pre_announce, ..lead };
            for public in 0..60 {
                let way = Way::of(public, lead);
                let order = [0, way.answered, way.ready, way.prenotified, way.public];
                assert!(order.is_sorted(), "{way:?}");
                assert!(way.ready <= way.pre_announced && way.pre_announced <= public, "{way:?}");
                assert!(public < 2 || way.answered < way.ready, "{way:?}");
            }
        }
    }
}
