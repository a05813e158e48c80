//! What keeps a record from being complete beside what git shows: channels that nobody spoke of,
//! arrivals that are not yet, lines that could not be seen.

use jiff::civil::Date;

use crate::{
    disclose::{
        Policy, Record,
        record::{Delivery, LineRow},
        track::{GIT_TAG, Need, Weight},
    },
    model::{ContradictionKind, LineId, LineKind, Standing, Support},
};

/// Everything of that kind.
pub fn around(record: &Record, policy: &Policy, support: &Support, today: Date) -> Vec<Need> {
    let mut needs = Vec::new();
    unseen(support, &mut needs);
    for line in support
        .lines
        .iter()
        .filter(|line| line.standing == Standing::Supported && line.kind == LineKind::Release)
    {
        let rows = record.advisories.iter().filter_map(|of| Some((&of.id, of.row(&line.id)?)));
        let fixed: Vec<(&String, &LineRow)> = rows.filter(|(_, row)| row.gets_release()).collect();
        for (advisory, _) in fixed.iter().filter(|(_, row)| row.fixed_in.is_none()) {
            needs.push(Need {
                advisory: Some((*advisory).clone()),
                line: Some(line.id.clone()),
                ..need(
                    Weight::Missing,
                    "no version is named that has the fix",
                    "name it under `fixed-in`, or say under `no-fix` why there is none",
                )
            });
        }
        if !fixed.is_empty() {
            unspoken(record, policy, &line.id, &mut needs);
        }
    }
    needs.extend(record.deliveries.iter().filter_map(|delivery| early(delivery, today)));
    needs
}

/// Channels of the policy that the record does not speak of.
fn unspoken(record: &Record, policy: &Policy, line: &LineId, needs: &mut Vec<Need>) {
    for channel in policy.channels.iter().filter(|channel| channel.within.is_ok()) {
        let is_of = |delivery: &Delivery| {
            delivery.channel == channel.id && delivery.line.as_ref().is_none_or(|of| of == line)
        };
        if channel.id != GIT_TAG && !record.deliveries.iter().any(is_of) {
            needs.push(Need {
                line: Some(line.clone()),
                channel: Some(channel.id.clone()),
                ..need(
                    Weight::Missing,
                    &format!(
                        "the project promises `{}`, and the record has no delivery",
                        channel.id
                    ),
                    "add a `[[delivery]]` for it, or say there that it is not promised",
                )
            });
        }
    }
}

/// What is said to have arrived on a day that is not yet.
fn early(delivery: &Delivery, today: Date) -> Option<Need> {
    let actual = delivery.promised.as_ref().ok()?.actual.filter(|actual| actual.day > today)?;
    Some(Need {
        line: delivery.line.clone(),
        channel: Some(delivery.channel.clone()),
        ..need(
            Weight::Missing,
            &format!("`{}` is said to have it on {actual}, which is not yet", delivery.channel),
            "note `actual` when it is there",
        )
    })
}

/// Lines of which nobody can tell here, as this clone lacks them or a statement.
fn unseen(support: &Support, needs: &mut Vec<Need>) {
    let gaps = support.coverage.iter().filter_map(|coverage| coverage.covered.because());
    let mut whys: Vec<String> = gaps.map(str::to_owned).collect();
    let promised = |kind| kind == ContradictionKind::LineWithoutRefs;
    let missing = support.contradictions.iter().filter(|found| promised(found.kind));
    whys.extend(missing.map(|found| found.message.clone()));
    whys.sort();
    whys.dedup();
    needs.extend(whys.into_iter().map(|why| {
        need(
            Weight::Unknown,
            &format!("whether these are all lines is not known: {why}"),
            "fetch all branches and tags; `patchline lines --check` tells the rest",
        )
    }));
}

fn need(weight: Weight, what: &str, next: &str) -> Need {
    Need {
        weight,
        advisory: None,
        line: None,
        channel: None,
        what: what.to_owned(),
        next: next.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::{
        disclose::{
            policy::Channel,
            record::{Disclosure, LineStatus, Moment, Slot},
        },
        model::{Coverage, Covered, Declaration, DeclaredBy, ReleaseLine},
    };

    fn row(fixed_in: Option<&str>) -> LineRow {
        LineRow {
            fixed_in: fixed_in.map(str::to_owned),
            ..LineRow::new(LineId("1.4".to_owned()), LineStatus::Affected)
        }
    }

    fn delivery(channel: &str, day: Date) -> Delivery {
        let actual = Some(Moment { day, time: None });
        Delivery {
            channel: channel.to_owned(),
            line: None,
            promised: Ok(Slot { expected: None, actual }),
            url: None,
        }
    }

    fn said(row: LineRow, deliveries: Vec<Delivery>, support: &Support) -> Vec<String> {
        let advisory =
            Disclosure { id: "A-1".to_owned(), lines: vec![row], ..Disclosure::default() };
        let record = Record { advisories: vec![advisory], deliveries, ..Record::default() };
        let channels = vec![
            Channel { id: "container".to_owned(), within: Ok(1) },
            Channel { id: "apt".to_owned(), within: Err("volunteers".to_owned()) },
        ];
        let policy = Policy { channels, ..Policy::default() };
        let needs = around(&record, &policy, support, date(2031, 3, 4));
        needs.into_iter().map(|need| format!("{}: {}", need.weight.as_str(), need.what)).collect()
    }

    fn support() -> Support {
        let because = Declaration::new(DeclaredBy::Table, Standing::Supported, "a table says so");
        let line = ReleaseLine::new(LineId("1.4".to_owned()), LineKind::Release, vec![because]);
        Support { lines: vec![line], ..Support::default() }
    }

    #[test]
    fn a_channel_that_nobody_speaks_of_is_missing() {
        let there = vec![delivery("container", date(2031, 3, 4))];
        assert_eq!(said(row(Some("1.4.7")), there, &support()), [""; 0]);
        assert_eq!(
            said(row(Some("1.4.7")), Vec::new(), &support()),
            ["missing: the project promises `container`, and the record has no delivery"]
        );
        let none = LineRow { no_fix: Some("too old".to_owned()), ..row(None) };
        assert_eq!(said(none, Vec::new(), &support()), [""; 0]);
    }

    #[test]
    fn what_arrives_tomorrow_is_not_there() {
        let tomorrow = vec![delivery("container", date(2031, 3, 5))];
        assert_eq!(
            said(row(Some("1.4.7")), tomorrow, &support()),
            ["missing: `container` is said to have it on 2031-03-05, which is not yet"]
        );
    }

    #[test]
    fn a_fix_without_a_version_and_a_line_without_a_ref_are_told() {
        let there = vec![delivery("container", date(2031, 3, 4))];
        let mut support = support();
        support.coverage.push(Coverage {
            source: "lines".to_owned(),
            at: None,
            covered: Covered::Failed { because: "a tag is not here".to_owned() },
        });
        assert_eq!(
            said(row(None), there, &support),
            [
                "unknown: whether these are all lines is not known: a tag is not here",
                "missing: no version is named that has the fix",
            ]
        );
    }
}
