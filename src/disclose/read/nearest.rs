//! The word that was probably meant.

/// Longer words are no typo of a key.
const LONGEST: usize = 40;

/// The word that is at most a third of its letters away from what was typed, the nearest one.
pub(super) fn nearest<'a>(typed: &str, words: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    if typed.chars().count() > LONGEST {
        return None;
    }
    let typed = typed.to_lowercase().replace('_', "-");
    words
        .map(|word| (distance(&typed, word), word))
        .filter(|(distance, word)| *distance <= word.len().max(3) / 3)
        .min()
        .map(|(_, word)| word)
}

/// How many letters have to be put in, taken out, changed or swapped with their neighbour.
fn distance(from: &str, to: &str) -> usize {
    let (from, to): (Vec<char>, Vec<char>) = (from.chars().collect(), to.chars().collect());
    let mut rows: Vec<Vec<usize>> = vec![(0..=to.len()).collect()];
    for i in 1..=from.len() {
        let mut row = vec![i];
        for j in 1..=to.len() {
            let is_same = from[i - 1] == to[j - 1];
            let mut cost = (rows[i - 1][j] + 1).min(row[j - 1] + 1);
            cost = cost.min(rows[i - 1][j - 1] + usize::from(!is_same));
            if i > 1 && j > 1 && from[i - 1] == to[j - 2] && from[i - 2] == to[j - 1] {
                cost = cost.min(rows[i - 2][j - 2] + 1);
            }
            row.push(cost);
        }
        rows.push(row);
    }
    rows[from.len()][to.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_typo_is_near_to_what_was_meant() {
        let words = ["severity", "title", "fixed-in", "fix", "url"];
        for (typed, meant) in [
            ("severty", Some("severity")),
            ("sevreity", Some("severity")),
            ("Fixed_In", Some("fixed-in")),
            ("tilte", Some("title")),
            ("fxi", Some("fix")),
            ("harbour", None),
            ("", None),
        ] {
            assert_eq!(nearest(typed, words.into_iter()), meant, "{typed}");
        }
        assert_eq!(nearest(&"x".repeat(100_000), words.into_iter()), None);
    }
}
