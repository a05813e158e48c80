//! The comparators of a record → where the hole begins and where it ends.

use super::version::Version;

/// More comparators than anybody writes.
const MOST: usize = 16;

/// A stretch of versions, as it is written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Stretch {
    pub from: Option<Edge>,
    pub to: Option<Edge>,
}

/// An end of a stretch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Edge {
    pub version: Version,
    /// True if the version itself is inside.
    pub is_inside: bool,
}

/// Reads `>= 1.4.0, < 1.4.7`: all of them have to hold. `Err`: why it cannot be read.
pub(super) fn stretch(text: &str) -> Result<Stretch, String> {
    let mut stretch = Stretch::default();
    let comparators: Vec<&str> = text.split(',').map(str::trim).collect();
    if comparators.len() > MOST {
        return Err(format!("it has more than {MOST} comparators"));
    }
    for comparator in comparators {
        let end = comparator.find(|c: char| !matches!(c, '<' | '>' | '=')).unwrap_or(0);
        let (operator, written) = comparator.split_at(end);
        let Some(version) = Version::parse(written) else {
            return Err(format!("`{comparator}` is no comparator such as `>= 1.4.0`"));
        };
        let edge = |is_inside| Edge { version: version.clone(), is_inside };
        match operator {
            ">=" => stretch.begin(edge(true)),
            ">" => stretch.begin(edge(false)),
            "<" => stretch.end(edge(false)),
            "<=" => stretch.end(edge(true)),
            "=" | "==" | "" => {
                stretch.begin(edge(true));
                stretch.end(edge(true));
            }
            _ => return Err(format!("`{operator}` is no operator")),
        }
    }
    if let (Some(from), Some(to)) = (&stretch.from, &stretch.to) {
        let is_empty = match from.version.cmp(&to.version) {
            std::cmp::Ordering::Less => false,
            std::cmp::Ordering::Equal => !(from.is_inside && to.is_inside),
            std::cmp::Ordering::Greater => true,
        };
        if is_empty {
            return Err("no version is in it".to_owned());
        }
    }
    Ok(stretch)
}

impl Stretch {
    /// The narrower of two beginnings counts.
    fn begin(&mut self, edge: Edge) {
        let is_narrower = self.from.as_ref().is_none_or(|known| {
            known.version < edge.version || known.version == edge.version && !edge.is_inside
        });
        if is_narrower {
            self.from = Some(edge);
        }
    }

    fn end(&mut self, edge: Edge) {
        let is_narrower = self.to.as_ref().is_none_or(|known| {
            known.version > edge.version || known.version == edge.version && !edge.is_inside
        });
        if is_narrower {
            self.to = Some(edge);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comparators_become_a_stretch() {
        let shown = |text: &str| {
            stretch(text).map(|read| {
                let edge = |edge: Option<Edge>, inside: &str, outside: &str| {
                    edge.map_or("-".to_owned(), |edge| {
                        format!("{}{}", if edge.is_inside { inside } else { outside }, edge.version)
                    })
                };
                format!("{} {}", edge(read.from, ">=", ">"), edge(read.to, "<=", "<"))
            })
        };
        for (text, expected) in [
            (">= 1.4.0, < 1.4.7", ">=1.4.0 <1.4.7"),
            ("<1.4.7", "- <1.4.7"),
            (">=v1.4", ">=1.4 -"),
            ("= 1.4.2", ">=1.4.2 <=1.4.2"),
            ("> 1.4.0, <= 1.4.6, < 1.4.6, >= 1.0", ">1.4.0 <1.4.6"),
        ] {
            assert_eq!(shown(text).as_deref(), Ok(expected), "{text}");
        }
        for text in
            ["", "1.x", ">= ", "~> 1.4", "< 1.0, > 2.0", "> 1.0, < 1.0", "=> 1.0", ">= 1.0 < 2.0"]
        {
            assert!(stretch(text).is_err(), "{text}");
        }
    }
}
