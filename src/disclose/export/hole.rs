//! The versions that have the hole, as one row says it.

use super::version::Version;
use crate::disclose::{
    affected::{Interval, intervals},
    record::LineRow,
};

/// Versions with the hole.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Hole {
    /// `None`: from the first version of the line.
    pub from: Option<Version>,
    /// The first one without it; `None`: none is known.
    pub to: Option<Version>,
    /// The last one of which the row says that it has it.
    pub inside: Option<Version>,
}

/// Where the hole of a line begins, and the first version without it; in order, and more than one
/// where a fix was taken back. No version is made up: what a row says of "up to the newest release"
/// is true of the next one, too, until there is one. `released` is what the line released, in order.
pub(super) fn holes(row: &LineRow, released: &[&Version]) -> Result<Vec<Hole>, String> {
    let read = |text: &str, key: &str| {
        Version::parse(text).ok_or_else(|| format!("has `{key}`, which is no version"))
    };
    let fixed = row.fixed_in.as_deref().map(|text| read(text, "fixed-in")).transpose()?;
    let introduced = row.introduced_in.as_deref();
    let introduced = introduced.map(|text| read(text, "introduced-in")).transpose()?;
    let written = match row.affected.as_deref() {
        None => vec![Interval::default()],
        Some(text) => intervals(text).ok_or("has an `affected` that is no range")?,
    };
    let after = |version: &Version| {
        let later = released.iter().find(|known| **known > version);
        later.map(|version| (*version).clone())
    };
    let mut found: Vec<Hole> = Vec::new();
    for interval in &written {
        let mut hole = Hole { from: introduced.clone(), to: None, inside: None };
        if let Some(bound) = &interval.from {
            let version = read(&bound.version, "affected")?;
            let next = || after(&version).unwrap_or_else(|| version.next());
            hole.from = Some(if bound.is_inclusive { version } else { next() });
        }
        if let Some(bound) = &interval.to {
            let version = read(&bound.version, "affected")?;
            if bound.is_inclusive {
                hole.to = after(&version);
                hole.inside = Some(version);
            } else {
                hole.to = Some(version);
            }
        }
        found.push(hole);
    }
    let mut holes = joined(found);
    let Some(last) = holes.last_mut() else { return Ok(holes) };
    if let Some(fixed) = fixed {
        let (to, inside) = (last.to.as_ref(), last.inside.as_ref());
        let end = match (to, inside) {
            (Some(to), _) if *to != fixed => Some(("before", to)),
            (None, Some(inside)) if *inside >= fixed => Some(("in", inside)),
            _ => None,
        };
        if let Some((word, end)) = end {
            return Err(format!(
                "is affected {word} `{end}` and fixed in `{fixed}`, which do not fit together"
            ));
        }
        last.to = Some(fixed);
    } else if is_given_up(row) {
        // Where no fix will come, the releases after the last one will have it.
        let is_there = |to: &Version| released.iter().any(|known| *known >= to);
        last.to = last.to.take().filter(is_there);
    }
    Ok(holes)
}

/// In order, and apart from each other.
fn joined(mut holes: Vec<Hole>) -> Vec<Hole> {
    holes.sort();
    let mut joined: Vec<Hole> = Vec::new();
    for hole in holes {
        let touches = |last: &&mut Hole| last.to.is_none() || hole.from <= last.to;
        match joined.last_mut().filter(touches) {
            // It has every later version.
            Some(Hole { to: None, inside: None, .. }) => {}
            Some(last) => {
                let is_longer = hole.to.is_none() || hole.to > last.to;
                if is_longer {
                    last.to = hole.to;
                    last.inside = hole.inside;
                }
            }
            None => joined.push(hole),
        }
    }
    joined
}

/// True if no release of the line will have the fix: the record says so.
pub(super) fn is_given_up(row: &LineRow) -> bool {
    row.no_fix.is_some() || (row.is_courtesy && row.fixed_in.is_none())
}

/// Where a row says that the hole begins.
pub(super) fn beginning(row: &LineRow) -> Option<Version> {
    let written = row.affected.as_deref().and_then(intervals).unwrap_or_default();
    let bounds = written.iter().map(|interval| interval.from.as_ref());
    let froms: Option<Vec<Version>> =
        bounds.map(|bound| bound.and_then(|bound| Version::parse(&bound.version))).collect();
    let first = froms.and_then(|froms| froms.into_iter().min());
    first.or_else(|| row.introduced_in.as_deref().and_then(Version::parse))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{disclose::record::LineStatus, model::LineId};

    #[test]
    fn a_hole_ends_where_the_row_says_or_where_the_next_release_is() {
        let released: Vec<Version> =
            ["1.2.0", "1.2.1", "1.2.2", "1.2.4"].iter().filter_map(|v| Version::parse(v)).collect();
        let released: Vec<&Version> = released.iter().collect();
        for (affected, fixed, expected) in [
            ("< 1.2.2", None, "- 1.2.2"),
            ("< 1.2.6", None, "- 1.2.6"),
            ("<= 1.2.1", None, "- 1.2.2"),
            ("<= 1.2.2", None, "- 1.2.4"),
            ("<= 1.2.4", None, "- -"),
            ("<= 1.2.4", Some("1.2.6"), "- 1.2.6"),
            ("> 1.2.0", Some("1.2.2"), "1.2.1 1.2.2"),
            ("= 1.2.0 || = 1.2.2", None, "1.2.0 1.2.1, 1.2.2 1.2.4"),
            ("= 1.2.1 || = 1.2.2", None, "1.2.1 1.2.4"),
            (">= 1.2.0, < 1.2.6 || >= 1.2.1, < 1.2.3", None, "1.2.0 1.2.6"),
            (">= 1.2.0 || >= 1.2.1, < 1.2.3", None, "1.2.0 -"),
            ("= 1.2.4 || >= 1.2.5, < 1.2.7", None, "1.2.4 1.2.7"),
        ] {
            let mut row = LineRow::new(LineId("1.2".to_owned()), LineStatus::Affected);
            row.affected = Some(affected.to_owned());
            row.fixed_in = fixed.map(str::to_owned);
            let end =
                |end: &Option<Version>| end.as_ref().map_or("-".to_owned(), Version::to_string);
            let holes = holes(&row, &released).expect("they fit");
            let shown: Vec<String> =
                holes.iter().map(|hole| format!("{} {}", end(&hole.from), end(&hole.to))).collect();
            assert_eq!(shown.join(", "), expected, "{affected}");
        }
    }
}
