//! The `releases:` of an endoflife.date product file.
//!
//! <https://github.com/endoflife-date/endoflife.date/blob/master/CONTRIBUTING.md>

use std::fmt::Write as _;

use jiff::{Timestamp, civil::Date, tz::TimeZone};

use super::releases;
use crate::{
    escape,
    model::{Release, ReleaseLine, Standing, Support},
};

/// YAML, newest first: the lines with a stable release of which something is known. The others are
/// named in a comment, since `eol: false` would be a promise that nobody made.
pub fn endoflife(support: &Support) -> String {
    let mut text = String::from("releases:\n");
    let mut unknown = Vec::new();
    for line in releases(support) {
        let Some(release) = &line.release else { continue };
        if line.standing == Standing::Unknown {
            unknown.push(escape::line(&line.id.0));
            continue;
        }
        cycle(&mut text, line, release);
    }
    if text.ends_with(":\n") {
        text.replace_range(.., "releases: []\n");
    }
    if !unknown.is_empty() {
        let _ =
            writeln!(text, "\n# nothing says whether these are supported: {}", unknown.join(", "));
    }
    text
}

fn cycle(text: &mut String, line: &ReleaseLine, release: &Release) {
    let _ = writeln!(text, "- releaseCycle: {}", escape::quoted(&line.id.0));
    let mut field = |key: &str, value: Option<String>| {
        if let Some(value) = value {
            let _ = writeln!(text, "  {key}: {value}");
        }
    };
    let day = |day: Option<Date>| day.map(|day| day.to_string());
    field("releaseDate", day(line.first_release));
    field("lts", Some(line.is_lts.to_string()));
    field("eoas", day(line.bug_fixes_until));
    // `false`: no day is known.
    let is_over = line.standing == Standing::Eol;
    field("eol", Some(day(line.until).unwrap_or_else(|| is_over.to_string())));
    field("eoes", day(line.extended_until));
    field("latest", Some(escape::quoted(&release.version)));
    field("latestReleaseDate", release.date.map(day_of));
}

fn day_of(moment: Timestamp) -> String {
    moment.to_zoned(TimeZone::UTC).date().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::lines::tests::{line, support};

    #[test]
    fn what_is_known_is_listed_newest_first() {
        assert_eq!(
            endoflife(&support()),
            r#"releases:
- releaseCycle: "1.4"
  releaseDate: 2030-07-01
  lts: false
  eol: false
  latest: "1.4.2"
  latestReleaseDate: 2031-02-03
- releaseCycle: "1.3"
  lts: false
  eol: 2031-03-31
  latest: "1.3.9"
  latestReleaseDate: 2031-02-03
- releaseCycle: "1.2"
  releaseDate: 2029-01-02
  lts: true
  eoas: 2030-01-31
  eol: 2032-01-31
  eoes: 2034-01-31
  latest: "1.2.30"
  latestReleaseDate: 2031-02-03
- releaseCycle: "1.1"
  lts: false
  eol: true
  latest: "1.1.0"
  latestReleaseDate: 2031-02-03

# nothing says whether these are supported: 1.0
"#
        );
        assert_eq!(endoflife(&Support::default()), "releases: []\n");
    }

    #[test]
    fn a_hostile_name_stays_a_text() {
        let hostile = line("1\"\n- releaseCycle: x", "", "v1: {{ x }} # \u{85}");
        let unknown = ReleaseLine { standing: Standing::Unknown, ..line("0\nx: y", "", "v0") };
        let text = endoflife(&Support { lines: vec![hostile, unknown], ..Support::default() });
        assert_eq!(
            text,
            "releases:\n- releaseCycle: \"1\\\"\\u000a- releaseCycle: x\"\n  lts: false\n  eol: false\n  \
             latest: \"1: {{ x }} # \\u0085\"\n  latestReleaseDate: 2031-02-03\n\n\
             # nothing says whether these are supported: 0\\u{a}x: y\n"
        );
    }
}
