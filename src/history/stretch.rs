//! Where something comes and goes in a row of states.

use jiff::Timestamp;

use super::{Sight, lineage::At};

/// One stretch of states that have it, by their places in the row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stretch {
    /// The first that has it.
    pub from: usize,
    /// The first after that of which it is known that it has it not.
    pub until: Option<usize>,
    /// From here on nobody can tell, and nothing that is known follows.
    pub unknown_since: Option<usize>,
    /// It may have begun before `from`, in states of which nobody can tell.
    pub is_older: bool,
}

impl Stretch {
    /// Every stretch, in order. What is unknown neither begins one nor ends it.
    pub(super) fn all(sights: impl IntoIterator<Item = Sight>) -> Vec<Self> {
        let mut found: Vec<Self> = Vec::new();
        let mut is_unknown = false;
        for (place, sight) in sights.into_iter().enumerate() {
            let open = found.last_mut().filter(|stretch| stretch.until.is_none());
            match (sight, open) {
                (Sight::Has, Some(open)) => open.unknown_since = None,
                (Sight::Has, None) => found.push(Self {
                    from: place,
                    until: None,
                    unknown_since: None,
                    is_older: is_unknown,
                }),
                (Sight::Clear, Some(open)) => {
                    (open.until, open.unknown_since) = (Some(place), None);
                }
                (Sight::Unknown, Some(open)) => {
                    open.unknown_since = open.unknown_since.or(Some(place));
                }
                (Sight::Clear | Sight::Unknown, None) => {}
            }
            is_unknown = sight == Sight::Unknown;
        }
        found
    }

    /// True if this stretch and another one of another row have a moment in common.
    pub(super) fn overlaps(&self, row: &[At], other: &Self, others: &[At]) -> bool {
        let begins = |stretch: &Self, row: &[At]| row.get(stretch.from).map(|at| at.moment);
        let ends = |stretch: &Self, row: &[At]| {
            let until = stretch.until.and_then(|until| row.get(until));
            until.map_or(Timestamp::MAX, |at| at.moment)
        };
        let begins = begins(self, row).max(begins(other, others));
        begins < Some(ends(self, row).min(ends(other, others)))
    }

    /// True of a place in the row that is in this stretch.
    pub(super) fn holds(&self, place: usize) -> bool {
        self.from <= place && self.until.is_none_or(|until| place < until)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_unknown_begins_nothing_and_ends_nothing() {
        // H has it, c is clear, ? is unknown.
        for (row, expected) in [
            ("", ""),
            ("cc", ""),
            ("??", ""),
            ("H", "0-"),
            ("cHHc", "1-3"),
            ("HcH", "0-1 2-"),
            ("H?c", "0-2"),
            ("H?H", "0-"),
            ("H??", "0-?1"),
            ("c?Hc", "~2-3"),
            ("?cHc", "2-3"),
            ("Hc?H", "0-1 ~3-"),
            ("H?Hc?c", "0-3"),
        ] {
            let sights = row.chars().map(|c| match c {
                'H' => Sight::Has,
                'c' => Sight::Clear,
                _ => Sight::Unknown,
            });
            let found: Vec<String> = Stretch::all(sights)
                .iter()
                .map(|stretch| {
                    let older = if stretch.is_older { "~" } else { "" };
                    let until = stretch.until.map(|until| until.to_string()).unwrap_or_default();
                    let since = stretch.unknown_since.map(|since| format!("?{since}"));
                    format!("{older}{}-{until}{}", stretch.from, since.unwrap_or_default())
                })
                .collect();
            assert_eq!(found.join(" "), expected, "{row}");
        }
    }
}
