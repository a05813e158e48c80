//! Days and months as people write them: `August 1 2026`, `Sep. 15, 2026`, `September 2028*`,
//! `2026-09`, `8 July 2026`, `2026/08/01`.

use jiff::civil::Date;

/// The first day or month in a text. A month or a year-and-month is its last day, because a promise
/// "until September" holds all of September.
pub(super) fn find(text: &str) -> Option<Date> {
    all(text).next()
}

/// Every day or month in a text, in its order.
pub(super) fn all(text: &str) -> impl Iterator<Item = Date> + '_ {
    let words = words(text);
    let mut at = 0;
    std::iter::from_fn(move || {
        while at < words.len() {
            if let Some((date, taken)) = at_words(&words[at..]) {
                at += taken;
                return Some(date);
            }
            at += 1;
        }
        None
    })
}

/// A whole text that is one day or month, apart from marks and brackets around it.
pub(super) fn whole(text: &str) -> Option<Date> {
    let words = words(text);
    let (date, taken) = at_words(&words)?;
    (taken == words.len()).then_some(date)
}

/// Words without punctuation; a number with hyphens or slashes stays one word.
fn words(text: &str) -> Vec<String> {
    text.split(|c: char| !(c.is_alphanumeric() || matches!(c, '-' | '/' | '.')))
        .map(|word| word.trim_matches(['-', '/', '.']).to_lowercase())
        .filter(|word| !word.is_empty())
        .collect()
}

fn at_words(words: &[String]) -> Option<(Date, usize)> {
    let first = words.first()?;
    if let Some(date) = numeric(first) {
        return Some((date, 1));
    }
    let word = |at: usize| words.get(at).map(String::as_str);
    if let Some(month) = month(first) {
        // `August 1 2026`, `August 1st, 2026`, else `August 2026`.
        if let (Some(day), Some(year)) = (word(1).and_then(day), word(2).and_then(year)) {
            return Some((Date::new(year, month, day).ok()?, 3));
        }
        let year = word(1).and_then(year)?;
        return Some((last_of_month(year, month)?, 2));
    }
    if let ("end", Some("of"), Some(year)) = (first.as_str(), word(1), word(2).and_then(year)) {
        return Some((Date::new(year, 12, 31).ok()?, 3));
    }
    if let (Some(day), Some(month)) = (day(first), word(1).and_then(month)) {
        // `1 August 2026`, `1st of August 2026` has one word more.
        let year = word(2).and_then(year)?;
        return Some((Date::new(year, month, day).ok()?, 3));
    }
    // `2026 August`
    if let (Some(year), Some(month)) = (year(first), word(1).and_then(month)) {
        return Some((last_of_month(year, month)?, 2));
    }
    quarter(first, word(1))
}

/// `2026-08-01`, `2026/08/01`, `2026.08.01`, `2026-08`, `2026-08-01T00:00:00Z`.
fn numeric(word: &str) -> Option<Date> {
    let word = word.split(['t', ' ']).next()?;
    let separator = word.chars().find(|c| matches!(c, '-' | '/' | '.'))?;
    let parts: Vec<&str> = word.split(separator).collect();
    let number = |part: &&str| part.parse::<i8>().ok().filter(|_| part.len() <= 2);
    // `27.06.2028` is written in one order only, unlike `06/08/2028`.
    if let ('.', [day, month, last]) = (separator, parts.as_slice())
        && let (2, 2, Some(year)) = (day.len(), month.len(), year(last))
    {
        return Date::new(year, number(month)?, number(day)?).ok();
    }
    let year = year(parts.first()?)?;
    let month = parts.get(1).and_then(number)?;
    match parts.len() {
        // `2026.2` is a version.
        2 if separator != '.' => last_of_month(year, month),
        3 => Date::new(year, month, parts.get(2).and_then(number)?).ok(),
        _ => None,
    }
}

/// `Q3 2026` is its last day.
fn quarter(first: &str, second: Option<&str>) -> Option<(Date, usize)> {
    let quarter: i8 = first.strip_prefix('q')?.parse().ok().filter(|q| (1..=4).contains(q))?;
    Some((last_of_month(year(second?)?, quarter * 3)?, 2))
}

fn last_of_month(year: i16, month: i8) -> Option<Date> {
    Date::new(year, month, 1).ok().map(Date::last_of_month)
}

/// A year as four digits.
pub(super) fn year(word: &str) -> Option<i16> {
    word.parse().ok().filter(|year| (1990..2200).contains(year) && word.len() == 4)
}

fn day(word: &str) -> Option<i8> {
    let number =
        ["st", "nd", "rd", "th"].iter().find_map(|end| word.strip_suffix(end)).unwrap_or(word);
    number.parse().ok().filter(|day| (1..=31).contains(day) && number.len() <= 2)
}

/// The number of a month, from its name or the beginning of it.
pub(super) fn month(word: &str) -> Option<i8> {
    const MONTHS: [&str; 12] = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    let is_short = |name: &str| word.len() >= 3 && name.starts_with(word) && word.len() <= 4;
    let at = MONTHS.iter().position(|name| *name == word || is_short(name))?;
    i8::try_from(at + 1).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_months_are_read_as_people_write_them() {
        for (text, expected) in [
            ("August 1 2026", "2026-08-01"),
            ("**August 1 2026**.", "2026-08-01"),
            ("July 8th 2026, security", "2026-07-08"),
            ("May 05, 2026", "2026-05-05"),
            ("Ended May 05, 2026", "2026-05-05"),
            ("Tuesday, Sep. 15, 2026", "2026-09-15"),
            ("Sept 2026", "2026-09-30"),
            ("September 2028*", "2028-09-30"),
            ("March, 2029**", "2029-03-31"),
            ("8 July 2026", "2026-07-08"),
            ("2026-09-30", "2026-09-30"),
            ("2026-09", "2026-09-30"),
            ("27.06.2028", "2028-06-27"),
            ("2026/02/03", "2026-02-03"),
            ("EOL since 2026-08-18 - v1.14.0", "2026-08-18"),
            ("2031-04-30T12:00:00Z", "2031-04-30"),
            ("Q1 2027", "2027-03-31"),
            ("until the end of 2027", "2027-12-31"),
            ("end of May 2027", "2027-05-31"),
            ("Feb 2028", "2028-02-29"),
        ] {
            assert_eq!(find(text).map(|d| d.to_string()).as_deref(), Some(expected), "{text}");
        }
        for text in [
            "TBD",
            "1.13 ships",
            "2026.2",
            "v1.14.0",
            "version 3 of May",
            "February 31 2026",
            "06/08/2028",
            "1.6.2028",
            "",
        ] {
            assert_eq!(find(text), None, "{text}");
        }
        assert_eq!(all("from May 2026 until July 2027").count(), 2);
        assert!(whole("September 2028*").is_some());
        assert!(whole("Ended May 05, 2026").is_none());
    }
}
