//! The rows of the table of supported versions.

use std::fmt::Write as _;

use jiff::civil::Date;

use crate::{
    escape,
    model::{LineKind, ReleaseLine, Standing, Support, Tier},
    report::lines::releases,
};

const NOTHING: &str = "–";

/// The table: supported lines newest first, then those that ended.
///
/// Ended lines are summed up as `< 1.2` only if every line below 1.2 has ended; of one that nobody
/// speaks of, the table says nothing.
pub fn table(support: &Support) -> String {
    let lines: Vec<&ReleaseLine> = releases(support).collect();
    let last = lines.iter().rposition(|line| line.is_scanned());
    let mut table = String::from("| Version | Supported | Until |\n|---|---|---|\n");
    let (upper, below) = lines.split_at(last.map_or(0, |last| last + 1));
    for line in upper {
        row(&mut table, line);
    }
    if last.is_none() {
        let default = support.lines.iter().filter(|l| l.kind == LineKind::Default);
        default.filter(|line| line.is_scanned()).for_each(|line| row(&mut table, line));
    }
    let oldest = upper.last().filter(|line| line.id.0.starts_with(|c: char| c.is_ascii_digit()));
    let is_over = below.iter().all(|line| line.standing == Standing::Eol);
    match oldest {
        Some(oldest) if is_over && below.len() > 1 => {
            let _ = writeln!(table, "| < {} | {} | {NOTHING} |", escape::cell(&oldest.id.0), no());
        }
        _ => below.iter().for_each(|line| row(&mut table, line)),
    }
    table
}

fn row(table: &mut String, line: &ReleaseLine) {
    let supported = match (line.standing, line.tier) {
        (Standing::Supported, Tier::Full) => "✅ Yes",
        (Standing::Supported, Tier::SecurityOnly) => "🔒 Security fixes only",
        (Standing::Supported, Tier::CriticalOnly) => "🔒 Critical security fixes only",
        (Standing::Eol, _) => no(),
        (Standing::Upcoming | Standing::Unknown, _) => return,
    };
    let mut version = escape::cell(&line.id.0);
    if line.is_lts {
        version.push_str(" (LTS)");
    }
    if let Some(edition) = &line.edition {
        let _ = write!(version, " ({})", escape::cell(edition));
    }
    let until = line.until.map_or_else(|| NOTHING.to_owned(), |day: Date| day.to_string());
    let _ = writeln!(table, "| {version} | {supported} | {until} |");
}

fn no() -> &'static str {
    "❌ No"
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::lines::tests::{line, support};

    #[test]
    fn the_table_says_what_was_decided() {
        assert_eq!(
            table(&support()),
            "| Version | Supported | Until |\n|---|---|---|\n\
             | 1.4 | ✅ Yes | – |\n\
             | 1.3 | ❌ No | 2031-03-31 |\n\
             | 1.2 (LTS) | 🔒 Security fixes only | 2032-01-31 |\n\
             | 1.1 | ❌ No | – |\n"
        );
    }

    #[test]
    fn what_is_older_than_every_supported_line_is_summed_up_if_all_of_it_has_ended() {
        use Standing::{Eol, Supported, Unknown};
        let lines = |standings: &[Standing]| {
            let with = |(at, standing): (usize, &Standing)| ReleaseLine {
                standing: *standing,
                ..line(&format!("1.{}", 9 - at), "", "")
            };
            let lines = standings.iter().enumerate().map(with).collect();
            let table = table(&Support { lines, ..Support::default() });
            table.lines().skip(2).map(|row| row.replace(" | – |", " |") + "\n").collect::<String>()
        };
        for (standings, expected) in [
            (&[Supported, Eol, Eol][..], "| 1.9 | ✅ Yes |\n| < 1.9 | ❌ No |\n"),
            (&[Supported, Eol], "| 1.9 | ✅ Yes |\n| 1.8 | ❌ No |\n"),
            (
                &[Supported, Eol, Unknown, Eol],
                "| 1.9 | ✅ Yes |\n| 1.8 | ❌ No |\n| 1.6 | ❌ No |\n",
            ),
            (
                &[Supported, Eol, Supported, Eol, Eol],
                "| 1.9 | ✅ Yes |\n| 1.8 | ❌ No |\n| 1.7 | ✅ Yes |\n| < 1.7 | ❌ No |\n",
            ),
        ] {
            assert_eq!(lines(standings), expected);
        }
    }

    #[test]
    fn without_releases_the_default_branch_is_what_is_supported() {
        let main = ReleaseLine { kind: LineKind::Default, ..line("main", "main", "") };
        let table = table(&Support { lines: vec![main], ..Support::default() });
        assert!(table.ends_with("|\n| main | ✅ Yes | – |\n"), "{table}");
    }
}
